"""Damaged files and command lines, some of each kind; the benchmark tries very many."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks.fuzz import KINDS, trials
from tmtool import formats

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel for the memory")


def test_nothing_breaks_the_program() -> None:
    """Whatever is read, what is wrong with it is said, quickly, and the memory is as it was."""
    outcomes = list(trials(range(1, 12 * len(KINDS)), seed=2, jobs=1))
    assert {outcome.kind for outcome in outcomes} == KINDS.keys()
    assert {outcome.code for outcome in outcomes} >= {0, 1, 2, 3, 4}
    assert not [outcome for outcome in outcomes if outcome.broken]


def test_what_breaks_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of ours is no refusal."""
    monkeypatch.setattr(formats, "_read", lambda *_: 1 / 0)
    tmx = len(KINDS)  # of which the first kind is
    (outcome,) = trials([tmx], seed=2, jobs=1)
    assert outcome.kind == "tmx"
    assert "ZeroDivisionError" in outcome.broken
