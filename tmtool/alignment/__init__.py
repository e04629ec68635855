"""Alignment: which sentences of two texts translate each other.

A dynamic program over beads in the manner of Gale and Church (1993), "A Program for
Aligning Sentences in Bilingual Corpora", with paragraph ends as soft anchors: they make a
bead boundary likelier where both sides have one, and never forbid another.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from tmtool.model import Bead, Segment

# Prior probabilities of bead kinds, after Gale and Church (1993), table 5, with room for
# the three-sentence beads that literary translators make.
_PRIORS = {
    (1, 1): 0.88,
    (1, 0): 0.008,
    (0, 1): 0.008,
    (2, 1): 0.045,
    (1, 2): 0.045,
    (2, 2): 0.006,
    (3, 1): 0.004,
    (1, 3): 0.004,
}
_KINDS = [(kind, math.log(prior)) for kind, prior in _PRIORS.items()]
_VARIANCE = 6.8  # of target characters per source character, Gale and Church (1993), section 3.2

# Log odds: both sides end a paragraph at a bead boundary; only one does; one ends inside a bead.
_PARAGRAPHS_AGREE = 2.0
_PARAGRAPHS_DIFFER = -3.0
_PARAGRAPH_INSIDE = -3.0

_BAND = 150  # cells searched on each side of the diagonal, in sentences


def align(source: Sequence[Segment], target: Sequence[Segment]) -> list[Bead]:
    """The beads that pair two texts, in order; every segment is in exactly one.

    The score of a bead is its posterior probability under the model, from the forward and
    backward sums over all alignments.
    """
    if not source or not target:
        return [Bead((s,), (), 1.0) for s in source] + [Bead((), (t,), 1.0) for t in target]
    steps = _Steps(source, target)
    n, m = len(source), len(target)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    forward = {(0, 0): 0.0}
    arcs: list[tuple[tuple[int, int], tuple[int, int], float]] = []
    for i in range(n + 1):
        for j in steps.columns(i):
            into = [
                ((i - a, j - b), steps.score(i - a, i, j - b, j) + prior)
                for (a, b), prior in _KINDS
                if (i - a, j - b) in forward
            ]
            if not into:
                continue
            arcs += [(cell, (i, j), weight) for cell, weight in into]
            best[i, j] = max((best[cell][0] + weight, cell) for cell, weight in into)
            forward[i, j] = _log_sum([forward[cell] + weight for cell, weight in into])

    backward = {(n, m): 0.0}
    for cell, after, weight in reversed(arcs):
        if after in backward:
            onward = backward[after] + weight
            known = backward.get(cell)
            backward[cell] = onward if known is None else _log_sum([known, onward])

    weights = {(cell, after): weight for cell, after, weight in arcs}
    beads = []
    end = (n, m)
    while end != (0, 0):
        start = best[end][1]
        posterior = forward[start] + weights[start, end] + backward[end] - forward[n, m]
        beads.append(
            Bead(
                tuple(source[start[0] : end[0]]),
                tuple(target[start[1] : end[1]]),
                math.exp(min(0.0, posterior)),
            )
        )
        end = start
    return beads[::-1]


class _Steps:
    """The scores of all beads of one text pair."""

    def __init__(self, source: Sequence[Segment], target: Sequence[Segment]) -> None:
        self._source_size = _running_size(source)
        self._target_size = _running_size(target)
        self._source_ends = _paragraph_ends(source)
        self._target_ends = _paragraph_ends(target)
        self._ratio = self._target_size[-1] / self._source_size[-1]

    def columns(self, row: int) -> range:
        """The target positions searched when ``row`` source sentences have been read."""
        rows, columns = len(self._source_size) - 1, len(self._target_size) - 1
        # Rows and columns whose difference exceeds the band still need a way to the corner.
        band = _BAND + abs(rows - columns)
        middle = row * columns // rows
        return range(max(0, middle - band), min(columns, middle + band) + 1)

    def score(self, i0: int, i1: int, j0: int, j1: int) -> float:
        """Log likelihood ratio of the bead source[i0:i1], target[j0:j1], its prior left out."""
        agreement = self._paragraphs(i0, i1, j0, j1)
        if i0 == i1 or j0 == j1:
            return agreement + math.log(0.5)
        here = (self._source_size[i1] - self._source_size[i0]) * self._ratio
        there = self._target_size[j1] - self._target_size[j0]
        deviation = (there - here) / math.sqrt(_VARIANCE * (here + there) / 2)
        # Two-tailed probability of a deviation at least this large, equation (1).
        return agreement + math.log(max(math.erfc(abs(deviation) / math.sqrt(2)), 1e-12))

    def _paragraphs(self, i0: int, i1: int, j0: int, j1: int) -> float:
        inside = sum(i in self._source_ends for i in range(i0 + 1, i1))
        inside += sum(j in self._target_ends for j in range(j0 + 1, j1))
        total = inside * _PARAGRAPH_INSIDE
        here, there = i1 in self._source_ends, j1 in self._target_ends
        if here and there:
            total += _PARAGRAPHS_AGREE
        elif here or there:
            total += _PARAGRAPHS_DIFFER
        return total


def _running_size(segments: Sequence[Segment]) -> list[int]:
    """Characters before each segment, and in all."""
    sizes = [0]
    for segment in segments:
        sizes.append(sizes[-1] + max(1, len(segment.text)))
    return sizes


def _paragraph_ends(segments: Sequence[Segment]) -> frozenset[int]:
    """How many segments have been read where a paragraph ends."""
    return frozenset(
        number
        for number, (segment, following) in enumerate(itertools.pairwise(segments), 1)
        if segment.paragraph != following.paragraph
    )


def _log_sum(logs: list[float]) -> float:
    top = max(logs)
    return top + math.log(sum(math.exp(value - top) for value in logs))
