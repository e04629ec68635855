"""The scorer of the benchmark, on cases worked out by hand."""

from __future__ import annotations

import pytest

from tests.benchmarks.alignment import Indices, calibration, f1

GOLD: list[Indices] = [((0,), (0,)), ((1, 2), (1,)), ((3,), ()), ((4,), (2,))]


def test_a_perfect_alignment_scores_one() -> None:
    """Null beads count neither way."""
    assert f1([GOLD], [GOLD]) == (1.0, 1.0)
    assert f1([GOLD], [[bead for bead in GOLD if bead[1]]]) == (1.0, 1.0)


def test_a_part_of_a_bead_is_lax_not_strict() -> None:
    """1-1 for a 2-1 bead: two of three exact; all three touch."""
    found: list[Indices] = [((0,), (0,)), ((1,), (1,)), ((2,), ()), ((3,), ()), ((4,), (2,))]
    strict, lax = f1([GOLD], [found])
    assert strict == pytest.approx(2 / 3)
    assert lax == 1.0


def test_lax_asks_for_overlap_on_both_sides() -> None:
    """The right source with the wrong target is no overlap."""
    found: list[Indices] = [((0,), (2,))]
    assert f1([GOLD], [found]) == (0.0, 0.0)


def test_nothing_found_scores_nothing() -> None:
    """No division by zero."""
    assert f1([GOLD], [[]]) == (0.0, 0.0)


def test_calibration_counts_the_sure_and_the_doubtful() -> None:
    """Ten beads, eight of them sure, one error, which is the least certain bead."""
    gold = [[((k,), (k,)) for k in range(10)]]
    found = [[(bead, 0.99 if k > 1 else 0.1 * (k + 1)) for k, bead in enumerate(gold[0])]]
    found[0][0] = (((0,), (9,)), 0.1)
    assert calibration(gold, found) == (0.8, 1.0, 1.0)
