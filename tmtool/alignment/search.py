"""Where to look: anchors found by words, and a corridor of cells around them.

A full table of 20,000 by 20,000 sentences is out of reach, and nearly all of it is empty. Rare
words that translate each other tie the texts together; between two ties everything is searched,
and a margin around them forgives a wrong one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tmtool.alignment.corpus import Floats, Ints, Side, offsets, runs
from tmtool.alignment.links import Links

Span = tuple[int, int, int, int]
"""Source sentences ``i0:i1`` and target sentences ``j0:j1``, aligned apart from all others."""

_SMALL = 40_000  # cells of a span that is searched whole
_RECTANGLE = 250_000  # cells between two ties that are searched whole
_WIDEST = 120  # half the cells of a row where ties are missing for long
_MEETINGS = 100  # sentence pairs that a pair of words may tie: rare words only
_LEAST_TIE = 0.8  # evidence of a tie, over the geometric mean of the two token counts


@dataclass(frozen=True)
class Grid:
    """The nodes that are searched, row by row; node (i, j) stands before sentences i and j.

    Row ``r`` is at source position ``source[r]`` and holds the target positions
    ``low[r]:high[r]``, whose cells begin at ``starts[r]`` of every array over cells. ``span[r]``
    numbers the stretch that the row belongs to: each runs from the first cell of its first row
    to the last cell of its last, and no bead leaves it.
    """

    source: Ints
    low: Ints
    high: Ints
    span: Ints
    starts: Ints

    def place(self, cells: Ints) -> tuple[Ints, Ints]:
        """The source and target position of cells."""
        row = np.searchsorted(self.starts, cells, "right") - 1
        return self.source[row], self.low[row] + cells - self.starts[row]


def corridor(spans: Sequence[Span], ties: Ints, margin: int) -> Grid:
    """The grid of all spans around nodes that the path is thought to pass.

    ``ties`` has shape (ties, 2), source and target position, rising in both. Small spans are
    searched whole; in others a row reaches ``margin`` cells beyond the rectangle of the two ties
    around it. Where ties are far apart, the line between them is followed instead.
    """
    i0, i1, j0, j1 = np.array(spans, np.int64).reshape(-1, 4).T
    heights = i1 - i0 + 1
    first_rows = offsets(heights)
    span = np.repeat(np.arange(len(i0)), heights)
    source = runs(i0, i1 + 1)
    low, high = j0[span], j1[span]

    large = (i1 - i0) * (j1 - j0) > _SMALL
    owner = np.searchsorted(i1, ties[:, 0], "left") if len(ties) else np.zeros(0, np.int64)
    owner = np.minimum(owner, len(i0) - 1)
    fits = large[owner] & (ties[:, 0] >= i0[owner])
    fits &= (ties[:, 1] >= j0[owner]) & (ties[:, 1] <= j1[owner])
    which = np.flatnonzero(large)
    at = np.concatenate([which, owner[fits], which])
    x = np.concatenate([i0[which], ties[fits, 0], i1[which]])
    y = np.concatenate([j0[which], ties[fits, 1], j1[which]])
    at, x, y = np.unique(np.stack([at, x, y]), axis=1)

    piece = np.flatnonzero(at[1:] == at[:-1])
    x0, x1, y0, y1 = x[piece], x[piece + 1], y[piece], y[piece + 1]
    row0 = first_rows[at[piece]] + x0 - i0[at[piece]]
    rows = runs(row0, row0 + x1 - x0 + 1)
    of = np.repeat(np.arange(len(piece)), x1 - x0 + 1)
    wide = ((x1 - x0) * (y1 - y0) > _RECTANGLE)[of]
    line = y0[of] + (rows - row0[of]) * (y1 - y0)[of] // np.maximum(1, x1 - x0)[of]
    slope = (y1 - y0) // np.maximum(1, x1 - x0)
    reach = np.minimum(_WIDEST, margin + np.maximum(x1 - x0, y1 - y0) // 4)
    reach = (reach + slope // 2)[of]  # rows must overlap, however steep the line
    bounded = np.isin(span, which)
    low[bounded], high[bounded] = j1[span[bounded]], j0[span[bounded]]
    np.minimum.at(low, rows, np.where(wide, line - reach, y0[of] - margin))
    np.maximum.at(high, rows, np.where(wide, line + reach, y1[of] + margin))
    low, high = np.maximum(low, j0[span]), np.minimum(high, j1[span])
    return Grid(source, low, high + 1, span, offsets(high + 1 - low))


def ties(source: Side, target: Side, links: Links, weights: Floats, spans: Sequence[Span]) -> Ints:
    """Sentence pairs tied by rare words, the heaviest rising chain; shape (ties, 2).

    ``weights`` holds the evidence of each link in nats. The evidence of a sentence pair is the
    sum of its links, over the geometric mean of the two token counts.
    """
    ours, our_starts = _places(source, int(links.source.max(initial=0)) + 1)
    theirs, their_starts = _places(target, int(links.target.max(initial=0)) + 1)
    n, m = np.diff(our_starts)[links.source], np.diff(their_starts)[links.target]
    rare = (n * m > 0) & (n * m <= _MEETINGS)
    s, t, n, m = links.source[rare], links.target[rare], n[rare], m[rare]
    within = np.arange((n * m).sum()) - np.repeat(np.cumsum(n * m) - n * m, n * m)
    width = np.repeat(m, n * m)
    i = ours[np.repeat(our_starts[s], n * m) + within // width]
    j = theirs[np.repeat(their_starts[t], n * m) + within % width]

    bounds = np.array(spans, np.int64).reshape(-1, 4)
    owner = np.repeat(np.arange(len(bounds)), bounds[:, 1] - bounds[:, 0])
    covered = runs(bounds[:, 0], bounds[:, 1])
    of = np.full(len(source), -1)
    of[covered] = owner
    inside = (of[i] >= 0) & (bounds[of[i], 2] <= j) & (j < bounds[of[i], 3])
    keys, inverse = np.unique((i * len(target) + j)[inside], return_inverse=True)
    total = np.bincount(inverse, np.repeat(weights[rare], n * m)[inside])
    i, j = keys // len(target), keys % len(target)
    tokens = np.maximum(3, source.counts[i]) * np.maximum(3, target.counts[j])
    evidence = total / np.sqrt(tokens)
    strong = evidence > _LEAST_TIE
    i, j, evidence = i[strong], j[strong], evidence[strong]
    order = np.lexsort((-j, i))
    chain = heaviest_chain(i[order].tolist(), j[order].tolist(), evidence[order].tolist())
    return np.stack([i[order][chain], j[order][chain]], axis=1)


def _places(side: Side, size: int) -> tuple[Ints, Ints]:
    """The sentences that hold each word, end to end by word, and where each word's begin."""
    keys = np.unique(side.words * len(side) + side.sentences)
    words = keys // len(side)
    return keys % len(side), offsets(np.bincount(words, minlength=size))


def heaviest_chain(x: list[int], y: list[int], weights: list[float]) -> list[int]:
    """The points that rise strictly in both coordinates and weigh most together.

    Points must be sorted by ``x`` and, where that is equal, by falling ``y``. Among chains that
    end at the same height only the heaviest can win, and only if it outweighs all lower ones: so
    the ends kept rise in height and in weight, and the best one below a height is found by
    bisection.
    """
    heights: list[int] = []
    totals: list[float] = []
    ends: list[int] = []
    before = []
    for point, (height, weight) in enumerate(zip(y, weights, strict=True)):
        place = bisect_left(heights, height)
        before.append(ends[place - 1] if place else -1)
        total = weight + (totals[place - 1] if place else 0.0)
        stop = place
        while stop < len(heights) and totals[stop] <= total:
            stop += 1
        if stop > place or place == len(heights) or heights[place] > height:
            heights[place:stop] = [height]
            totals[place:stop] = [total]
            ends[place:stop] = [point]
    chain = []
    point = ends[-1] if ends else -1
    while point >= 0:
        chain.append(point)
        point = before[point]
    return chain[::-1]
