"""Running headers, footers and page numbers: lines of the page, not of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

_NUMBERS = re.compile(r"\d+")
_LEAST_REPEATS = 3  # for a line to count as furniture
_LONGEST = 80  # characters of such a line
_ENDINGS = (".", "!", "?", "…", ":", ";", ",", "»", "”", '"', "。", "！", "？")


def furniture(texts: Sequence[str], others: Sequence[str]) -> frozenset[int]:
    """The sentences of ``texts`` that are page furniture and have no partner in ``others``.

    A short line that does not end like a sentence and recurs three times or more, never twice in
    a row, numbers aside, is furniture where the other side has no line that recurs at least half
    as often: else that one may well be its translation.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        if len(text) <= _LONGEST and not text.rstrip().endswith(_ENDINGS):
            places[_shape(text)].append(number)
    repeats = Counter(_shape(text) for text in others if len(text) <= _LONGEST)
    rival = max(repeats.values(), default=0)
    return frozenset(
        number
        for numbers in places.values()
        if len(numbers) >= _LEAST_REPEATS and rival < len(numbers) / 2
        if all(later - earlier > 1 for earlier, later in pairwise(numbers))
        for number in numbers
    )


def _shape(text: str) -> str:
    """A line without the numbers in it, case and outer white space folded."""
    return _NUMBERS.sub("#", " ".join(text.casefold().split()))
