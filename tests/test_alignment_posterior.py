"""Posteriors and the best path, against all alignments written out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tmtool.alignment.posterior import decode, posteriors, unpaired
from tmtool.alignment.scoring import KINDS, PAIRING
from tmtool.alignment.search import Grid, corridor

Step = tuple[int, int, int]


def grid_of(n: int, m: int) -> Grid:
    return corridor([(0, n, 0, m)], np.zeros((0, 2), np.int64), 0)


def alignments(n: int, m: int, i: int = 0, j: int = 0) -> Iterator[list[Step]]:
    """Every way through a table, as (source position, target position, kind)."""
    if (i, j) == (n, m):
        yield []
    for kind, (a, b) in enumerate(KINDS):
        if i + a <= n and j + b <= m:
            for rest in alignments(n, m, i + a, j + b):
                yield [(i, j, kind), *rest]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_posteriors_are_shares_of_all_alignments(n: int, m: int, seed: int) -> None:
    """A bead's posterior is the weight of the alignments that have it, over that of all."""
    scores = np.random.default_rng(seed).normal(0, 2, (len(KINDS), (n + 1) * (m + 1)))
    ways = list(alignments(n, m))
    weights = [np.exp(sum(scores[kind, i * (m + 1) + j] for i, j, kind in way)) for way in ways]
    expected = np.zeros_like(scores)
    for way, weight in zip(ways, weights, strict=True):
        for i, j, kind in way:
            expected[kind, i * (m + 1) + j] += weight / sum(weights)
    found = posteriors(grid_of(n, m), scores.astype(np.float32))
    np.testing.assert_allclose(found, expected, atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_a_null_bead_is_one_wherever_it_stands(n: int, m: int, seed: int) -> None:
    """Its sentence is as likely unpaired as the alignments weigh that pair it with nothing."""
    scores = np.random.default_rng(seed).normal(0, 2, (len(KINDS), (n + 1) * (m + 1)))
    ways = list(alignments(n, m))
    weights = [np.exp(sum(scores[kind, i * (m + 1) + j] for i, j, kind in way)) for way in ways]
    lonely = np.zeros((2, max(n, m) + 1))
    for way, weight in zip(ways, weights, strict=True):
        for i, j, kind in way:
            if KINDS[kind] in ((1, 0), (0, 1)):
                lonely[kind - PAIRING, (i, j)[kind - PAIRING]] += weight / sum(weights)
    grid = grid_of(n, m)
    found = unpaired(grid, posteriors(grid, scores.astype(np.float32)))
    for side, expected, size in zip(found, lonely, (n, m), strict=True):
        np.testing.assert_allclose(side, expected[: size + 1], atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_the_path_gains_most(n: int, m: int, seed: int) -> None:
    """No alignment has a larger sum of posteriors, null beads counting half."""
    gains = np.random.default_rng(seed).random((len(KINDS), (n + 1) * (m + 1)))

    def gain(way: list[Step]) -> float:
        parts = (gains[k, i * (m + 1) + j] * (1 if k < PAIRING else 0.5) for i, j, k in way)
        return float(sum(parts))

    grid = grid_of(n, m)
    cells, kinds = decode(grid, gains.astype(np.float32))
    i, j = grid.place(cells)
    way = list(zip(i.tolist(), j.tolist(), kinds.tolist(), strict=True))
    assert way in list(alignments(n, m))
    assert gain(way) >= max(gain(other) for other in alignments(n, m)) - 1e-5


def test_spans_do_not_touch_each_other() -> None:
    """Two spans in one grid have the posteriors that each has alone."""
    scores = np.random.default_rng(5).normal(0, 2, (len(KINDS), 9 + 6)).astype(np.float32)
    none = np.zeros((0, 2), np.int64)
    both = posteriors(corridor([(0, 2, 0, 2), (2, 3, 2, 4)], none, 0), scores.copy())
    first = posteriors(grid_of(2, 2), scores[:, :9].copy())
    second = posteriors(grid_of(1, 2), scores[:, 9:].copy())
    np.testing.assert_allclose(both, np.concatenate([first, second], axis=1), atol=1e-6)


def test_unlikely_worlds_stay_finite() -> None:
    """Scores of hundreds of nats neither overflow nor vanish."""
    scores = np.full((len(KINDS), 16), -900.0, np.float32)
    found = posteriors(grid_of(3, 3), scores)
    assert np.isfinite(found).all()
    assert found.max() <= 1.0
