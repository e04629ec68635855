"""How far a bead explains its words: translation ratios, and the chance to be explained at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tmtool.alignment.corpus import Background, Floats, Ints, Side, Singles, offsets, runs
from tmtool.alignment.links import Beads, Links

FIRST_RATE = 0.08
"""λ of every word before any bead is known."""

_LEAST_RATE, _MOST_RATE = 0.01, 0.95
_RATE_ROUNDS = 4
_PRIOR_WORDS, _PRIOR_CLASS = 4.0, 10.0  # observations that the average counts for
_BATCH = 64  # beads looked at together


@dataclass(frozen=True)
class Table:
    """How much likelier each word gets when a word of the other language is seen.

    The partners of word ``w`` are ``others[starts[w]:starts[w + 1]]``, and ``ratios`` of shape
    (folds, partners) holds p(other | w) / p(other) beside them.
    """

    starts: Ints
    others: Ints
    ratios: Singles


@dataclass(frozen=True)
class Lexicon:
    """One direction of translation: how the words of one side are explained by the other.

    ``rate[w]`` is λ, the chance that word w is explained by its bead at all, and ``fresh`` the
    background correction of every token of the explained side.
    """

    table: Table
    rate: Singles
    fresh: Singles

    def everywhere(self) -> Lexicon:
        """The same without the background correction."""
        return replace(self, fresh=np.ones_like(self.fresh))


def tables(links: Links, source: Floats, target: Floats) -> tuple[Table, Table]:
    """The ratios p(t|s) / p(t) by source word, and p(s|t) / p(s) by target word.

    ``source`` and ``target`` are the unigram probabilities of the words of each side.
    """

    def table(given: Ints, other: Ints, probability: Singles, words: int, unigram: Floats) -> Table:
        order = np.argsort(given, kind="stable")
        ratios = probability[:, order] / unigram[other[order]].astype(np.float32)
        starts = offsets(np.bincount(given, minlength=words))
        return Table(starts, other[order], np.ascontiguousarray(ratios))

    return (
        table(links.source, links.target, links.forward, len(source), target),
        table(links.target, links.source, links.backward, len(target), source),
    )


def masses(
    table: Table, words: Ints, rows: Ints, folds: Ints, columns: Ints, shape: tuple[int, int]
) -> Singles:
    """Σ of the ratios of all words in a row, for the partner word of each column.

    Word ``words[k]`` belongs to row ``rows[k]`` and is read in fold ``folds[k]``; ``columns``
    gives the column of every word of the other side, -1 where it has none.
    """
    begins, ends = table.starts[words], table.starts[words + 1]
    partners = runs(begins, ends)
    sizes = ends - begins
    column = columns[table.others[partners]]
    keep = np.flatnonzero(column >= 0)
    cell = np.repeat(rows * shape[1], sizes)[keep] + column[keep]
    fold = np.repeat(folds, sizes)[keep] if len(table.ratios) > 1 else 0
    ratio = table.ratios[fold, partners[keep]]
    total = np.bincount(cell, ratio, shape[0] * shape[1])
    return total.reshape(shape).astype(np.float32)


def observed(given: Side, other: Side, beads: Beads, table: Table, fresh: Singles) -> Singles:
    """r of every token of ``other`` in the beads, bead by bead, out of fold.

    r_w = Σ_v p(w|v) / p(w) / (n + 1) over the n words v of ``given`` in the bead and the empty
    word, which explains nothing here. The beads' first range is on the side of ``given``.
    """
    columns = np.full(int(max(other.words.max(initial=0), table.others.max(initial=0))) + 1, -1)
    parts = [np.zeros(0, np.float32)]
    for k in range(0, len(beads), _BATCH):
        part = slice(k, k + _BATCH)
        begins, ends = given.starts[beads.i0[part]], given.starts[beads.i1[part]]
        owner = np.repeat(np.arange(len(begins)), ends - begins)
        first, last = other.starts[beads.j0[part]], other.starts[beads.j1[part]]
        places = runs(first, last)
        found, column = np.unique(other.words[places], return_inverse=True)
        columns[found] = np.arange(len(found))
        mass = masses(
            table,
            given.words[runs(begins, ends)],
            owner,
            beads.folds[part][owner],
            columns,
            (len(begins), len(found)),
        )
        columns[found] = -1
        row = np.repeat(np.arange(len(first)), last - first)
        parts.append(mass[row, column] / (1.0 + (ends - begins)[row]) * fresh[places])
    return np.concatenate(parts).astype(np.float32)


def explained(words: Ints, ratios: Singles, table: Table, size: int) -> Singles:
    """λ of each of ``size`` words, learned from tokens in beads and their ratios r.

    Moore (2002) explains every word alike. Here a word is explained by its bead with
    probability λ, else drawn from the background: p(w | bead) / p(w) = 1 - λ + λ r. λ is found
    by expectation-maximisation, smoothed by four observations of the average of its class
    (words with any partner in the table, or without) and held in 0.01 … 0.95.
    """
    linked = np.zeros(size, np.int64)
    linked[table.others] = 1
    count = np.bincount(words, minlength=size)
    rate = np.full(size, FIRST_RATE)
    if not len(words):
        return rate.astype(np.float32)
    for _ in range(_RATE_ROUNDS):
        hit = rate[words] * ratios
        share = hit / (1.0 - rate[words] + hit)
        total = np.bincount(words, share, size)
        average = np.bincount(linked, total) + _PRIOR_CLASS * share.mean()
        average /= np.bincount(linked, count) + _PRIOR_CLASS
        rate = (total + _PRIOR_WORDS * average[linked]) / (count + _PRIOR_WORDS)
        rate = np.clip(rate, _LEAST_RATE, _MOST_RATE)
    return rate.astype(np.float32)


def likelihood(words: Ints, ratios: Singles, rate: Singles) -> float:
    """Σ log(1 - λ + λ r) over tokens, in nats: what the lexicon adds to the background."""
    return float(np.log1p(rate[words] * (ratios - 1.0)).sum())


def learned(
    given: Side, other: Side, beads: Beads, table: Table, background: Background
) -> tuple[Lexicon, float]:
    """The lexicon that explains ``other`` by ``given``, and its likelihood on the beads."""
    ratios = observed(given, other, beads, table, background.fresh)
    words = other.words[runs(other.starts[beads.j0], other.starts[beads.j1])]
    rate = explained(words, ratios, table, len(background.unigram))
    return Lexicon(table, rate, background.fresh), likelihood(words, ratios, rate)


def untrained(table: Table, words: int, tokens: int) -> Lexicon:
    """The lexicon before any bead is known: every word alike, everywhere."""
    return Lexicon(table, np.full(words, FIRST_RATE, np.float32), np.ones(tokens, np.float32))
