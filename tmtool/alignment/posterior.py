"""How likely each bead is, given both texts; and the alignment that is right most often.

Both come from sweeps over the rows of a grid. Beads that take a source sentence lead from an
earlier row, so a whole row of cells is summed at once; insertions (0-1) lead along the row, and
a running sum or maximum takes care of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tmtool.alignment.corpus import Floats, Ints, Singles, runs
from tmtool.alignment.scoring import KINDS, PAIRING
from tmtool.alignment.search import Grid

IMPOSSIBLE = -1e30
"""Log weight of what cannot be; finite, so that sums and differences stay numbers."""

_INSERTION = KINDS.index((0, 1))
_NULL_GAIN = 0.5  # of a right null bead, where a right pair gains 1


class _Rows:
    """A grid as plain lists, which Python reads faster than arrays."""

    def __init__(self, grid: Grid) -> None:
        self.low, self.high = grid.low.tolist(), grid.high.tolist()
        self.starts, self.span = grid.starts.tolist(), grid.span.tolist()

    def __len__(self) -> int:
        return len(self.low)

    def first(self, row: int) -> bool:
        """Whether a span begins with the row."""
        return row == 0 or bool(self.span[row - 1] != self.span[row])

    def last(self, row: int) -> bool:
        """Whether a span ends with the row."""
        return row + 1 == len(self) or bool(self.span[row + 1] != self.span[row])

    def step(self, row: int, kind: int) -> tuple[int, int, int] | None:
        """Where beads of a kind lead from a row: first cell, first cell reached, and how many."""
        a, b = KINDS[kind]
        to = row + a
        if row < 0 or to >= len(self) or self.span[to] != self.span[row]:
            return None
        left = max(self.low[row], self.low[to] - b)
        right = min(self.high[row], self.high[to] - b)
        if left >= right:
            return None
        begin = self.starts[row] + left - self.low[row]
        return begin, self.starts[to] + left + b - self.low[to], right - left


def posteriors(grid: Grid, scores: Singles) -> Singles:
    """The posterior probability of every bead, 0 to 1, written in place of its score.

    ``scores[kind, cell]`` is the log weight of the bead that begins at the cell. With the sum
    over all ways to a cell, forward, and from it, backward, the posterior of a bead is
    exp(forward + score + backward - whole), all alignments together weighing exp(whole).
    """
    rows = _Rows(grid)
    forward = _sweep(rows, scores, _log_sum, np.logaddexp.accumulate)
    backward = np.zeros(len(forward))
    whole = 0.0
    for row in range(len(rows) - 1, -1, -1):
        begin, end = rows.starts[row], rows.starts[row + 1]
        onward = np.full((len(KINDS), end - begin), IMPOSSIBLE)
        for kind in range(_INSERTION):
            if step := rows.step(row, kind):
                here, there, width = step
                weight = backward[there : there + width] + scores[kind, here : here + width]
                onward[kind, here - begin : here - begin + width] = weight
        total = _log_sum(onward)
        if rows.last(row):
            total[-1] = 0.0
            whole = forward[end - 1]
        insertion = scores[_INSERTION, begin:end].astype(np.float64)
        path = np.cumsum(insertion) - insertion
        total = np.logaddexp.accumulate((total + path)[::-1])[::-1] - path
        backward[begin:end] = total
        onward[_INSERTION, :-1] = insertion[:-1] + total[1:]
        onward += forward[begin:end] - whole
        scores[:, begin:end] = np.exp(np.minimum(onward, 0.0))
    return scores


def unpaired(grid: Grid, posterior: Singles) -> tuple[Floats, Floats]:
    """How likely each source and each target sentence is to find no partner, 0 to 1.

    That is the posterior of a null bead wherever on the other side it stands: the sum over all
    cells before its sentence.
    """
    rows = np.add.reduceat(posterior[PAIRING], grid.starts[:-1])
    ours = np.bincount(grid.source, rows)
    theirs = np.bincount(runs(grid.low, grid.high), posterior[PAIRING + 1])
    return np.minimum(ours, 1.0), np.minimum(theirs, 1.0)


def decode(grid: Grid, posterior: Singles) -> tuple[Ints, Ints]:
    """The beads of the alignment with the most expected right beads.

    Every pair gains its posterior and every null bead half of it; ``posterior`` is overwritten
    with these gains. Returns the first cell and the kind of each bead, in document order.
    """
    posterior[PAIRING:] *= _NULL_GAIN
    rows = _Rows(grid)
    best = _sweep(rows, posterior, lambda gains: gains.max(axis=0), np.maximum.accumulate)
    cells, kinds = [], []
    row = len(rows) - 1
    while row >= 0:
        cell = rows.starts[row + 1] - 1
        while not (rows.first(row) and cell == rows.starts[row]):
            options = []
            for kind, (taken, _) in enumerate(KINDS):
                step = rows.step(row - taken, kind)
                if step and 0 <= cell - step[1] < step[2]:
                    of = step[0] + cell - step[1]
                    options.append((best[of] + posterior[kind, of], -kind, of))
            _, kind, cell = max(options)
            row -= KINDS[-kind][0]
            cells.append(cell)
            kinds.append(-kind)
        row -= 1
    return np.array(cells[::-1], np.int64), np.array(kinds[::-1], np.int64)


def _sweep(
    rows: _Rows,
    weights: Singles,
    choose: Callable[[Floats], Floats],
    accumulate: Callable[[Floats], Floats],
) -> Floats:
    """What all ways to each cell weigh together, where ``choose`` adds up (or picks) ways."""
    result = np.empty(rows.starts[-1])
    for row in range(len(rows)):
        begin, end = rows.starts[row], rows.starts[row + 1]
        into = np.full((_INSERTION, end - begin), IMPOSSIBLE)
        for kind in range(_INSERTION):
            if step := rows.step(row - KINDS[kind][0], kind):
                of, here, width = step
                weight = result[of : of + width] + weights[kind, of : of + width]
                into[kind, here - begin : here - begin + width] = weight
        total = choose(into)
        if rows.first(row):
            total[0] = 0.0
        insertion = weights[_INSERTION, begin:end].astype(np.float64)
        path = np.cumsum(insertion) - insertion
        result[begin:end] = accumulate(total - path) + path
    return result


def _log_sum(weights: Floats) -> Floats:
    """log Σ exp over the first axis, without overflow."""
    top = weights.max(axis=0)
    total: Floats = np.log(np.exp(weights - top).sum(axis=0)) + top
    return total
