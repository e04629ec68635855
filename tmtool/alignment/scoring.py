"""What a bead is worth: the log likelihood ratio against its sentences being unrelated.

After Moore (2002), the score of a bead is log p(bead) - log p(its sentences, each alone). Six
kinds of evidence add up, all in nats: the kind of bead, the lengths of the two sides, their
words, whether paragraphs begin in both, the marks that open both, and sentences that end inside
what is taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tmtool.alignment.corpus import Flags, Floats, Ints, Side, Singles, runs
from tmtool.alignment.lexicon import Lexicon, masses
from tmtool.alignment.links import Beads
from tmtool.alignment.search import Grid
from tmtool.alignment.tokens import OPENINGS

KINDS = (
    *((1, 1), (2, 1), (1, 2), (2, 2), (3, 1), (1, 3), (3, 2), (2, 3), (3, 3), (4, 1), (1, 4)),
    *((1, 0), (0, 1)),
)
"""Sentences on each side of a bead; beads that pair something come first."""

PAIRING = 11
"""How many of ``KINDS`` pair something."""

PRIORS = np.array(
    [0.855, 0.04, 0.04, 0.005, 0.0075, 0.0075, 0.001, 0.001, 0.001, 0.001, 0.001, 0.02, 0.02]
)

_LARGEST = 4  # sentences on one side of a bead
_BLOCK = 48  # rows scored together: few, so that a block of a corridor is nearly a rectangle

# Words of a sentence depend on each other, so their evidence counts for less than its sum.
# Logistic regression of true pairs against pairs of neighbours put the weight at 0.2 to 0.3 for
# either direction and the likeness near -2, for Kazakh-English, Kazakh-Russian and
# English-Russian alike; between that and the plain mean (0.5 and 0), results hardly change.
_WORD_WEIGHT = 0.4
LIKENESS = -1.0  # neighbours share a topic: a pair must be likelier than by its words alone

_PRIOR_BEADS = 20.0  # observations that first guesses count for
_LEAST_SPREAD, _MOST_SPREAD = 1.5, 12.0
_BREAK_CORRELATION = 0.5
_MOST_ENDS = 2
_ODDS = np.array([1.0, 0.15, 0.03])  # of sides that differ by no sentence, one, or more
_BREAK_INSIDE = 0.3  # odds of a paragraph break inside a bead, over those elsewhere


@dataclass(frozen=True)
class Lengths:
    """The length of a translation: normal around ``ratio`` times the length of its source.

    The variance is ``spread`` times the mean of the two lengths, in characters (Gale and Church
    1993, section 3.2), and 30 more for the freedom of short sentences. ``mean`` and ``deviation``
    are those of the logarithm of a target sentence's length on its own.
    """

    ratio: float
    spread: float
    mean: float
    deviation: float

    @classmethod
    def of(cls, source: Side, target: Side) -> Lengths:
        """A first guess from the two texts as wholes."""
        logs = np.log(target.lengths)
        ratio = float(target.lengths.sum() / source.lengths.sum())
        return cls(ratio, 6.0, float(logs.mean()), float(logs.std()) + 0.1)

    def refined(self, source: Side, target: Side, beads: Beads) -> Lengths:
        """The same with ratio and spread as they are in these beads, if they are enough."""
        if len(beads) <= _PRIOR_BEADS:
            return self
        here, there = _running(source.lengths), _running(target.lengths)
        ours, theirs = here[beads.i1] - here[beads.i0], there[beads.j1] - there[beads.j0]
        ratio = float(theirs.sum() / ours.sum())
        spread = np.mean((theirs - ratio * ours) ** 2 / (0.5 * (ratio * ours + theirs)))
        return Lengths(
            ratio, float(np.clip(spread, _LEAST_SPREAD, _MOST_SPREAD)), self.mean, self.deviation
        )

    def alone(self, lengths: Floats) -> Floats:
        """The log density of target sentences of these lengths, each on its own: log-normal."""
        z = (np.log(lengths) - self.mean) / self.deviation
        density: Floats = -0.5 * z * z - np.log(self.deviation * np.sqrt(2 * np.pi) * lengths)
        return density

    def together(self, source: Floats, target: Floats) -> Floats:
        """The log density of a target of this length, given the length of its source."""
        expected = self.ratio * source
        variance = 0.5 * self.spread * (expected + target) + 30.0
        return -0.5 * ((target - expected) ** 2 / variance + np.log(2 * np.pi * variance))


@dataclass(frozen=True)
class Breaks:
    """What paragraph breaks say, in nats; nothing where all sentences or none begin one.

    ``start[x, y]`` is log p(x, y) / p(x) p(y) for a bead whose first sentences do (1) or do not
    (0) begin a paragraph; ``source[x]`` and ``target[y]`` are log p(x | inside a bead) / p(x) for
    the sentences after the first.
    """

    start: Floats
    source: Floats
    target: Floats

    @classmethod
    def of(cls, source: Side, target: Side, beads: Beads) -> Breaks:
        """Breaks as they are in these beads; where beads are few, a cautious guess."""
        ours, theirs = _shares(source.opens), _shares(target.opens)
        outer = np.outer(ours, theirs)
        together = _BREAK_CORRELATION * np.sqrt(ours.prod() * theirs.prod())
        together = min(together, 0.9 * outer[0, 1], 0.9 * outer[1, 0])
        guess = outer + together * np.array([[1, -1], [-1, 1]])
        both = 2 * source.opens[beads.i0] + target.opens[beads.j0]
        start = _surprise(np.bincount(both, minlength=4), guess.ravel(), outer.ravel())
        return cls(
            start.reshape(2, 2),
            _inside(source.opens[runs(beads.i0 + 1, beads.i1)], ours),
            _inside(target.opens[runs(beads.j0 + 1, beads.j1)], theirs),
        )


@dataclass(frozen=True)
class Openings:
    """What the marks that open both sides of a bead say, in nats.

    ``worth[x, y]`` is log p(x, y) / p(x) p(y) for a bead whose source opens in the way ``x`` and
    whose target in the way ``y``. Languages differ in their quotes and dashes, so that which of
    them meet is learned.
    """

    worth: Floats

    @classmethod
    def of(cls, source: Side, target: Side, beads: Beads) -> Openings:
        """Openings as they are in these beads; where beads are few, hardly anything."""
        ours, theirs = (
            np.bincount(side.marks, minlength=OPENINGS) / len(side) for side in (source, target)
        )
        chance = np.outer(ours, theirs).ravel()
        both = OPENINGS * source.marks[beads.i0] + target.marks[beads.j0]
        counts = np.bincount(both, minlength=OPENINGS * OPENINGS)
        return cls(_surprise(counts, chance, chance).reshape(OPENINGS, OPENINGS))


@dataclass(frozen=True)
class Ends:
    """What sentences that end inside the given ones say, in nats; nothing where none do.

    A segmenter may leave two sentences in one, so that a pair of two and one is a pair of two
    and two in truth. ``worth[kind, d]`` is log p(d | kind) / p(d | chance) for d, the ends inside
    the target less those inside the source, held in -2 … 2 and counted from 0.
    """

    worth: Floats

    @classmethod
    def of(cls, source: Side, target: Side, beads: Beads) -> Ends:
        """Ends as they are in these beads; where beads are few, a cautious guess."""
        here, there = _running(source.ends), _running(target.ends)
        found = (there[beads.j1] - there[beads.j0]) - (here[beads.i1] - here[beads.i0])
        kinds = beads.i1 - beads.i0, beads.j1 - beads.j0
        worth = np.zeros((PAIRING, 2 * _MOST_ENDS + 1))
        difference = np.arange(-_MOST_ENDS, _MOST_ENDS + 1)
        for kind, (a, b) in enumerate(KINDS[:PAIRING]):
            chance = _differences(source.ends, target.ends, a, b)
            odd = np.minimum(np.abs(difference + b - a), len(_ODDS) - 1)
            guess = chance * _ODDS[odd]
            of_kind = found[(kinds[0] == a) & (kinds[1] == b)]
            counts = np.bincount(_held(of_kind), minlength=len(difference))
            worth[kind] = _surprise(counts, guess / guess.sum(), chance)
        return cls(worth)

    def between(self, kind: int, source: Floats, target: Floats) -> Floats:
        """The evidence for beads of a kind with so many ends inside each side."""
        worth: Floats = self.worth[kind, _held(target - source)]
        return worth


def _held(difference: Floats) -> Ints:
    held: Ints = np.clip(difference, -_MOST_ENDS, _MOST_ENDS).astype(np.int64) + _MOST_ENDS
    return held


def _differences(source: Floats, target: Floats, a: int, b: int) -> Floats:
    """The distribution of the ends inside any ``b`` targets less those inside any ``a`` sources."""
    shares = [
        np.bincount(np.minimum(side, _MOST_ENDS).astype(np.int64), minlength=_MOST_ENDS + 1)
        / len(side)
        for side in (source, target)
    ]
    ours, theirs = np.ones(1), np.ones(1)
    for _ in range(a):
        ours = np.convolve(ours, shares[0])
    for _ in range(b):
        theirs = np.convolve(theirs, shares[1])
    both = np.outer(ours, theirs)
    difference = np.arange(float(len(theirs)))[None, :] - np.arange(len(ours))[:, None]
    shares_of: Floats = np.bincount(
        _held(difference).ravel(), both.ravel(), 2 * _MOST_ENDS + 1
    ).astype(np.float64)
    return shares_of


def _shares(flags: Flags) -> Floats:
    """The shares of false and true."""
    share = flags.mean()
    return np.array([1.0 - share, share])


def _inside(flags: Flags, shares: Floats) -> Floats:
    guess = shares * [1.0, _BREAK_INSIDE]
    return _surprise(np.bincount(flags, minlength=2), guess / guess.sum(), shares)


def _surprise(counts: Ints, guess: Floats, usual: Floats) -> Floats:
    """log p / usual, p from counts and a guess; 0 for what does not occur at all."""
    share = (counts + _PRIOR_BEADS * guess) / (counts.sum() + _PRIOR_BEADS)
    surprise: Floats = np.log(np.where(usual > 0, share, 1.0) / np.where(usual > 0, usual, 1.0))
    return surprise


@dataclass(frozen=True)
class Model:
    """Everything that is learned from one pass to the next.

    ``priors`` are the probabilities of ``KINDS``; ``forward`` explains target words by source
    words, ``backward`` the other way; ``likeness`` is added to every pairing, for the topic that
    neighbours share.
    """

    priors: Floats
    lengths: Lengths
    breaks: Breaks
    openings: Openings
    ends: Ends
    forward: Lexicon
    backward: Lexicon
    likeness: float = 0.0


def priors(expected: Floats) -> Floats:
    """The probabilities of ``KINDS`` from their expected counts and 20 beads of first guesses."""
    counts: Floats = expected + _PRIOR_BEADS * PRIORS
    shares: Floats = counts / counts.sum()
    return shares


def evidence(
    grid: Grid, source: Side, target: Side, folds: tuple[Ints, Ints], model: Model
) -> Singles:
    """The score of every kind of bead at every cell where it could begin, shape (kinds, cells).

    ``folds`` names the fold each sentence of the two sides is read in. Where a bead would leave
    the grid the score means nothing.
    """
    n, m = len(source), len(target)
    prior = np.log(model.priors)
    here, there = _running(source.lengths), _running(target.lengths)
    alone = _running(model.lengths.alone(target.lengths))
    # One more flag, so that the cell after the last sentence can be asked.
    ours, theirs = (np.append(side.opens, False).astype(np.int64) for side in (source, target))
    inside_ours = _running(model.breaks.source[ours])
    inside_theirs = _running(model.breaks.target[theirs])
    ends_ours, ends_theirs = _running(source.ends), _running(target.ends)
    marks_ours, marks_theirs = np.append(source.marks, 0), np.append(target.marks, 0)
    scores = np.empty((len(KINDS), grid.starts[-1]), np.float32)
    scores[PAIRING:] = prior[PAIRING:, None]
    for r0 in range(0, len(grid.low), _BLOCK):
        r1 = min(r0 + _BLOCK, len(grid.low))
        low, high = grid.low[r0:r1], grid.high[r0:r1]
        i0, i1 = int(grid.source[r0]), int(grid.source[r1 - 1]) + 1
        j0, j1 = int(low.min()), int(high.max())
        rows, columns = (i0, i1), (j0, j1)
        reach = (i0, min(n, i1 - 1 + _LARGEST)), (j0, min(m, j1 - 1 + _LARGEST))
        forward = lexical(source, target, model.forward, folds[0], rows, reach[1])
        backward = lexical(target, source, model.backward, folds[1], columns, reach[0])
        i, j = np.repeat(grid.source[r0:r1], high - low), runs(low, high)
        start = model.breaks.start[ours[i], theirs[j]] + model.likeness
        start += model.openings.worth[marks_ours[i], marks_theirs[j]]
        for kind, (a, b) in enumerate(KINDS[:PAIRING]):
            x, y = np.minimum(i + a, n), np.minimum(j + b, m)
            words = forward[a - 1][i - i0, y - j0] - forward[a - 1][i - i0, j - j0]
            words += backward[b - 1][j - j0, x - i0] - backward[b - 1][j - j0, i - i0]
            size = there[y] - there[j]
            # A target of two sentences may be cut anywhere, each cut as likely.
            cuts = (b - 1) * np.log(np.maximum(size, 1.0))
            lengths = model.lengths.together(here[x] - here[i], size) - (alone[y] - alone[j]) - cuts
            breaks = inside_ours[x] - inside_ours[np.minimum(i + 1, x)]
            breaks += inside_theirs[y] - inside_theirs[np.minimum(j + 1, y)]
            ends = model.ends.between(
                kind, ends_ours[x] - ends_ours[i], ends_theirs[y] - ends_theirs[j]
            )
            scores[kind, grid.starts[r0] : grid.starts[r1]] = (
                prior[kind] + _WORD_WEIGHT * words + lengths + breaks + ends + start
            )
    return scores


def lexical(
    given: Side,
    other: Side,
    lexicon: Lexicon,
    folds: Ints,
    rows: tuple[int, int],
    columns: tuple[int, int],
) -> list[Floats]:
    """Running word evidence of each block of sentences for the sentences of the other side.

    Element ``a - 1`` has shape (rows, columns + 1): at [i, j] stands the sum over the sentences
    before ``j`` of Σ_w log(1 - λ_w + λ_w r_w), where r_w = Σ_v p(w|v) / p(w) / (n + 1) and v runs
    over the n words of the ``a`` sentences from row i on. A difference of two columns is the
    evidence for the sentences between. Rows may reach one beyond the last sentence.
    """
    (r0, r1), (c0, c1) = rows, columns
    height = r1 - r0
    last = min(r1 + _LARGEST - 1, len(given))
    count = np.zeros(height + _LARGEST - 1, np.float32)
    count[: last - r0] = given.counts[r0:last]
    owner = np.repeat(np.arange(last - r0), given.counts[r0:last])
    tokens = slice(other.starts[c0], other.starts[c1])
    found, column = np.unique(other.words[tokens], return_inverse=True)
    local = np.full(len(lexicon.rate), -1, np.int64)
    local[found] = np.arange(len(found))
    mass = masses(
        lexicon.table,
        given.words[given.starts[r0] : given.starts[last]],
        owner,
        folds[r0:last][owner],
        local,
        (len(count), len(found)),
    )
    rate, fresh = lexicon.rate[found][column], lexicon.fresh[tokens]
    bounds = other.starts[c0 : c1 + 1] - other.starts[c0]
    filled = np.flatnonzero(np.diff(bounds))
    total, words = np.zeros((height, len(found)), np.float32), np.ones(height, np.float32)
    result = []
    for a in range(_LARGEST):
        total = total + mass[a : a + height]
        words = words + count[a : a + height]
        ratio = (total / words[:, None])[:, column] * fresh
        worth = np.log1p(rate * (ratio - 1.0))
        running = np.zeros((height, len(bounds)))
        running[:, filled + 1] = np.add.reduceat(worth, bounds[filled], axis=1)
        result.append(np.cumsum(running, axis=1, out=running))
    return result


def _running(values: Floats) -> Floats:
    """Sums of all values before each place, one more than there are values."""
    return np.concatenate([[0.0], np.cumsum(values)])
