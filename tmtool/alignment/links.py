"""Which words may translate which: cognates by sound, and IBM model 1 learned from beads.

The one decision that shapes this module: a block of text is never scored with what was learned
from that block. Beads are dealt into folds, and each fold has probabilities of its own, from
the counts of the others; otherwise an alignment would confirm its own mistakes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from tmtool.alignment.corpus import Flags, Floats, Ints, Side, Singles, Vocabulary, offsets, runs
from tmtool.alignment.tokens import sound

Indices = npt.NDArray[np.int32]

FOLDS = 5
"""Parts into which beads are dealt; each is scored by what the others teach."""

_SAME_NUMBER, _SAME_MARK, _SAME_WORD, _SAME_SOUND = 0.8, 0.6, 0.7, 0.5
_SHORTEST_SOUND, _LONGEST_SOUND = 4, 7
_FORGIVING = 6  # letters from which one edit is forgiven
_UNVOICED = str.maketrans("bvgzdj", "pfksts", "aeiou")

_ROUNDS = 5  # of expectation and maximisation
_FIRST = 5.0  # times its unigram: what a word's translation starts from
_DISCOUNT = 0.6  # taken from every expected count: rare pairs meet by chance
_LARGEST_PAIR = 4000  # word pairs in a bead; larger beads teach little and cost much
_BATCH = 1024  # beads met together
_LEAST_PROBABILITY = 0.01
_MOST_PROBABLE = 0.9


@dataclass(frozen=True)
class Links:
    """Word pairs, parallel arrays: ``source[k]`` and ``target[k]`` are word numbers.

    ``forward[f, k]`` estimates p(target | source) for fold ``f`` and ``backward[f, k]``
    p(source | target), 0 to 1; a single row stands for all folds.
    """

    source: Ints
    target: Ints
    forward: Singles
    backward: Singles


@dataclass(frozen=True)
class Beads:
    """Beads as half-open ranges of sentences on both sides, parallel arrays.

    ``folds`` tells the fold of each, 0 to ``FOLDS`` - 1, or ``FOLDS`` for what teaches them all.
    """

    i0: Ints
    i1: Ints
    j0: Ints
    j1: Ints
    folds: Ints

    def __len__(self) -> int:
        return len(self.i0)

    def where(self, keep: Flags) -> Beads:
        """The beads for which ``keep`` is true."""
        return Beads(*(getattr(self, field.name)[keep] for field in fields(self)))

    def sentences(self) -> Ints:
        """The sentences in each bead, both sides together."""
        return self.i1 - self.i0 + self.j1 - self.j0

    def joined(self, more: Beads) -> Beads:
        """These beads and more, in the order of their source."""
        both = (np.concatenate([getattr(b, f.name) for b in (self, more)]) for f in fields(self))
        beads = Beads(*both)
        order = np.argsort(beads.i0, kind="stable")
        return Beads(*(getattr(beads, field.name)[order] for field in fields(self)))

    def swapped(self) -> Beads:
        """The same beads with source and target exchanged."""
        return Beads(self.j0, self.j1, self.i0, self.i1, self.folds)


def cognates(source: Vocabulary, target: Vocabulary) -> Links:
    """Words that are spelt alike or sound alike, with a guess of their probability.

    Sounds of full words are compared over the length of the shorter, four to seven letters, and
    must be equal; from six letters on one edit is forgiven. A word with n partners gives each
    1/√n of its probability.
    """
    found: dict[tuple[int, int], float] = {}
    ours, theirs = _by_consonants(source), _by_consonants(target)
    for key in ours.keys() & theirs.keys():
        for (length, mine), (size, yours) in product(ours[key].items(), theirs[key].items()):
            shorter = min(length, size)
            alike = cdist(
                [spoken[:shorter] for spoken, _ in mine],
                [spoken[:shorter] for spoken, _ in yours],
                scorer=Levenshtein.distance,
                score_cutoff=int(shorter >= _FORGIVING),
                dtype=np.uint8,
            )
            for a, b in zip(*np.nonzero(alike <= int(shorter >= _FORGIVING)), strict=True):
                pair = mine[a][1], yours[b][1]
                likeness = _SAME_SOUND * (1 - int(alike[a, b]) / shorter) ** 2
                found[pair] = max(likeness, found.get(pair, 0.0))
    for token in source.stems.keys() & target.stems.keys():
        same = {"#": _SAME_NUMBER, "%": _SAME_MARK}.get(token[0], _SAME_WORD)
        found[source.stems[token], target.stems[token]] = same

    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    weight = np.array([found[s, t] for s, t in pairs.tolist()], np.float64)
    s, t = pairs.T
    forward, backward = (weight / np.sqrt(np.bincount(x, minlength=1)[x]) for x in (s, t))
    return Links(s, t, forward[None].astype(np.float32), backward[None].astype(np.float32))


def _by_consonants(vocabulary: Vocabulary) -> dict[str, dict[int, list[tuple[str, int]]]]:
    """Sounds and stem numbers, by the first two consonants and the length compared."""
    blocks: dict[str, dict[int, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    forms = {(sound(word)[:_LONGEST_SOUND], number) for word, number in vocabulary.forms()}
    for spoken, number in forms:
        if len(spoken) >= _SHORTEST_SOUND:
            blocks[spoken.translate(_UNVOICED)[:2]][len(spoken)].append((spoken, number))
    return blocks


def ibm1(source: Side, target: Side, beads: Beads) -> Links:
    """IBM model 1 (Brown et al. 1993, section 4) on the word sets of beads, in both directions.

    The expected count of a pair is c(s, t) = Σ over beads of p(t|s) / (p(t) + Σ_s' p(t|s')),
    where the unigram p(t) stands for the empty word. Counts are discounted by d, and for fold f
    taken without the beads of f: p_f(t|s) = (c(s,t) - c_f(s,t) - d)⁺ / (1 + Σ_t' …).
    """
    bags = _word_sets(source, beads.i0, beads.i1), _word_sets(target, beads.j0, beads.j1)
    ours, theirs = bags[0][0], bags[1][0]
    span = int(theirs.max(initial=0)) + 1

    # Pairs that meet once teach nothing and are most of all. Finding the others first, a batch
    # of beads at a time, is what keeps 20,000 sentences within memory.
    keys = np.empty(int((np.diff(bags[0][1]) * np.diff(bags[1][1])).sum()), np.int64)
    filled = 0
    for ours_at, theirs_at, _ in _meetings(*bags):
        keys[filled : filled + len(ours_at)] = ours[ours_at] * span + theirs[theirs_at]
        filled += len(ours_at)
    keys = keys[:filled]
    keys.sort()
    again = keys[1:] == keys[:-1]
    keys = keys[1:][again & np.diff(again, prepend=False)]
    pair, s_at, t_at, folds = np.empty((4, int(again.sum()) + len(keys)), np.int32)
    filled, batches = 0, []
    for ours_at, theirs_at, bead in _meetings(*bags):
        key = ours[ours_at] * span + theirs[theirs_at]
        place = np.searchsorted(keys, key)
        often = np.flatnonzero(np.append(keys, -1)[place] == key)
        batch = slice(filled, filled + len(often))
        pair[batch], folds[batch] = place[often], beads.folds[bead[often]]
        s_at[batch], t_at[batch] = ours_at[often], theirs_at[often]
        filled += len(often)
        batches.append(batch)
    s, t = keys // span, keys % span

    forward = _expectation(batches, pair, t_at, s, theirs, t, folds)
    backward = _expectation(batches, pair, s_at, t, ours, s, folds)
    keep = np.maximum(forward.max(0), backward.max(0)) > _LEAST_PROBABILITY
    return Links(s[keep], t[keep], forward[:, keep], backward[:, keep])


def _meetings(
    source: tuple[Ints, Ints], target: tuple[Ints, Ints]
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """All pairs of words of each bead, in batches: their places in the word sets, and the bead."""
    n, m = np.diff(source[1]), np.diff(target[1])
    sizes = np.where(n * m <= _LARGEST_PAIR, n * m, 0)
    for begin in range(0, len(sizes), _BATCH):
        size = sizes[begin : begin + _BATCH]
        bead = np.repeat(np.arange(begin, begin + len(size)), size)
        within = runs(np.zeros_like(size), size)
        width = m[bead]
        yield source[1][bead] + within // width, target[1][bead] + within % width, bead


def _word_sets(side: Side, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """The different words of each range of sentences, end to end, and where each set begins.

    Words that occur in one range only are left out: no pair with them could be met twice.
    """
    first, last = side.starts[begins], side.starts[ends]
    size = int(side.words.max(initial=0)) + 1
    owner = np.repeat(np.arange(len(begins)), last - first)
    keys = np.unique(owner * size + side.words[runs(first, last)])
    words = keys % size
    keep = np.bincount(words, minlength=1)[words] >= 2
    return words[keep], offsets(np.bincount(keys[keep] // size, minlength=len(begins)))


def _expectation(
    batches: Sequence[slice],
    pair: Indices,
    at: Indices,
    given: Ints,
    occurrences: Ints,
    other: Ints,
    folds: Indices,
) -> Singles:
    """p(other | given) of every pair for every fold, shape (folds, pairs).

    Entry e says that pair ``pair[e]`` was met at occurrence ``at[e]`` of its other word, in a
    bead of fold ``folds[e]``; ``given`` and ``other`` are the words of the pairs. Entries of one
    occurrence are in one of the ``batches``.
    """
    size = int(given.max(initial=0)) + 1
    frequency = np.bincount(occurrences, minlength=int(other.max(initial=0)) + 1)
    unigram = frequency / max(1, len(occurrences))

    def normalised(count: Floats) -> Floats:
        count = np.maximum(count - _DISCOUNT, 0.0)
        return count / (np.bincount(given, count, size) + 1.0)[given]

    def shares(batch: slice, probability: Floats) -> Floats:
        place = at[batch] - at[batch].min(initial=len(occurrences))
        weight = probability[pair[batch]]
        empty = unigram[occurrences[at[batch]]]
        share: Floats = weight / (np.bincount(place, weight)[place] + empty)
        return share

    probability = _FIRST * unigram[other]
    for _ in range(_ROUNDS - 1):
        total = np.zeros(len(given))
        for batch in batches:
            total += np.bincount(pair[batch], shares(batch, probability), len(given))
        probability = normalised(total)
    counts = np.zeros((FOLDS + 1, len(given)))
    for batch in batches:
        share = shares(batch, probability)
        for fold in range(FOLDS + 1):
            mine = folds[batch] == fold
            counts[fold] += np.bincount(pair[batch][mine], share[mine], len(given))
    total = counts.sum(axis=0)
    return np.array([normalised(total - count) for count in counts[:FOLDS]], np.float32)


def combined(*parts: Links) -> Links:
    """The sum of what several sources say of each pair, at most 0.9."""
    folds = max(len(part.forward) for part in parts)
    s, t = (np.concatenate([getattr(p, side) for p in parts]) for side in ("source", "target"))
    span = int(t.max(initial=0)) + 1
    keys, inverse = np.unique(s * span + t, return_inverse=True)
    ends = offsets(np.array([len(part.source) for part in parts]))

    def total(name: str) -> Singles:
        result = np.zeros((folds, len(keys)), np.float32)
        for part, begin, end in zip(parts, ends[:-1], ends[1:], strict=True):
            # A pair stands in one part once, so adding through an index is safe.
            result[:, inverse[begin:end]] += getattr(part, name)
        return np.minimum(result, _MOST_PROBABLE)

    return Links(keys // span, keys % span, total("forward"), total("backward"))
