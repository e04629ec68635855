"""How much there is of a translation: its length, and its sentences."""

from __future__ import annotations

from collections.abc import Iterator

from tmtool.checks.core import Flaw, Pair, check

_TOLERATED = 4.0  # standard deviations


@check("length", "warning")
def length(pair: Pair) -> Iterator[Flaw]:
    """The translation is much shorter or longer than others of such a source."""
    deviation = pair.lengths.deviation(len(pair.source.text), len(pair.target.text))
    if abs(deviation) > _TOLERATED:
        yield Flaw(f"the translation is too {'short' if deviation < 0 else 'long'} for its source")
