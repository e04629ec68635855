"""What the program promises of a memory, tried a few times; the benchmark tries it often."""

from __future__ import annotations

import random

import pytest

from tests.benchmarks import promises
from tests.benchmarks.promises import INTERRUPT, KILL, TERMINATE, Tally


def kept(*tallies: Tally) -> None:
    """Each was tried, and none was broken."""
    for tally in tallies:
        assert tally.tried
        assert not tally.broken, str(tally)


@pytest.fixture
def rng() -> random.Random:
    """The same chance for every run."""
    return random.Random(1)


def test_what_was_confirmed_is_there_after_a_kill(rng: random.Random) -> None:
    """In the editor by lines, and in a review."""
    kept(promises.typed_translations(1, rng), promises.reviewed_lines(2, rng))


@pytest.mark.parametrize(("name", "count"), [("import", 1), ("replace", 3), ("compact", 1)])
def test_a_command_that_is_cut_off_was_done_or_was_not(
    name: str, count: int, rng: random.Random
) -> None:
    """Whatever ends it."""
    kept(promises.whole(name, count, rng, [KILL, INTERRUPT, TERMINATE]))


@pytest.mark.parametrize("name", ["review", "import"])
def test_a_full_disk_loses_nothing(name: str, rng: random.Random) -> None:
    """It is said, and the work goes on when there is space."""
    kept(promises.limited(name, 1, rng))


@pytest.mark.parametrize(("name", "count"), [("export", 3), ("many", 8), ("migration", 2)])
def test_a_promise_is_kept(name: str, count: int, rng: random.Random) -> None:
    """No half exports, no loss among many writers, no half migrations."""
    promise, _ = promises.PROMISES[name]
    kept(*promise(count, rng))


def test_a_broken_promise_is_seen(rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial fails where what was confirmed is not there.

    This one confirms some sentences before it kills, whatever the speed of the machine.
    """
    monkeypatch.setattr(promises, "texts", lambda _: set())
    tally = promises.typed_translations(1, rng)
    assert tally.results["confirmed"]
    assert tally.broken
    assert "lost" in str(tally)
