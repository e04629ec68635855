"""How much there is of a translation: its length, and its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from tmtool.checks.core import Flaw, Pair, Side, check
from tmtool.checks.known import Known

if TYPE_CHECKING:
    from tmtool.segment import Segmenter

_TOLERATED = 4.0  # standard deviations
_RARE_STOPS = frozenset("?!…")
_MISSING, _ADDED = -1.5, 2.5  # those that make a difference in sentences suspect


def _learn_lengths(known: Known, pairs: Sequence[Pair]) -> None:
    for source, target in {(pair.source.typography, pair.target.typography) for pair in pairs}:
        sizes = (
            (len(pair.source.text), len(pair.target.text))
            for pair in pairs
            if pair.source.typography is source and pair.target.typography is target
        )
        known.learn_lengths(source, target, sizes)


@check("length", "warning", learn=_learn_lengths)
def length(pair: Pair) -> Iterator[Flaw]:
    """The translation is much shorter or longer than others of such a source."""
    deviation = pair.deviation
    if abs(deviation) > _TOLERATED:
        yield Flaw(f"the translation is too {'short' if deviation < 0 else 'long'} for its source")


@check("sentences", "warning", learn=_learn_lengths)
def sentences(pair: Pair) -> Iterator[Flaw]:
    """The translation has fewer sentences and is rather short, or has more and is rather long;
    sentences that are only joined or split pass."""
    source, target = pair.source, pair.target
    if _stops(source) == _stops(target):
        return
    if not source.typography.letters or not target.typography.letters:
        return
    ours, theirs = _count(source), _count(target)
    deviation = pair.deviation
    if (theirs < ours and deviation < _MISSING) or (theirs > ours and deviation > _ADDED):
        yield Flaw(f"{theirs} sentences for {ours} in the source")


def _stops(side: Side) -> int:
    """About how many sentences end inside a text."""
    count = side.text.count(". ")
    if not side.marks.isdisjoint(_RARE_STOPS):
        count += sum(map(side.text.count, ("? ", "! ", "… ")))
    return count


def _count(side: Side) -> int:
    return len(_segmenter(side.typography.language).segment(side.text))


@cache
def _segmenter(language: str) -> Segmenter:
    from tmtool.segment import Segmenter  # not needed for most units

    return Segmenter.for_language(language)
