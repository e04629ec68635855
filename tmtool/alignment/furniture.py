"""Running headers, footers and page numbers: lines of the page, not of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import attrgetter

from tmtool.model import Segment

_NUMBERS = re.compile(r"\d+")
_LEAST_REPEATS = 3  # for a line to count as furniture
_LONGEST = 80  # characters of such a line
_ENDINGS = (".", "!", "?", "…", ":", ";", ",", "»", "”", '"', "。", "！", "？")


def furniture(texts: Sequence[Segment], others: Sequence[Segment]) -> frozenset[int]:
    """The segments of ``texts`` that are page furniture and have no partner in ``others``.

    A short line that does not end like a sentence and recurs three times or more, never twice in
    a row, numbers aside, is furniture where the other side has no lines half as many that are
    alike: else those may well be its translation. Alike are lines that are the same but for
    numbers, or begin or end with the same word (*Бірінші тарау*, *Екінші тарау*).
    """
    places: dict[str, list[range]] = defaultdict(list)
    for line, numbers in _lines(texts):
        if not line.endswith(_ENDINGS):
            places[_shape(line)].append(numbers)
    rival = _most_alike(line for line, _ in _lines(others))
    return frozenset(
        number
        for lines in places.values()
        if len(lines) >= _LEAST_REPEATS and rival < len(lines) / 2
        if all(later[0] > earlier[-1] + 1 for earlier, later in pairwise(lines))
        for numbers in lines
        for number in numbers
    )


def _lines(segments: Sequence[Segment]) -> Iterator[tuple[str, range]]:
    """The short lines of a text, and which segments they are; a long one by its segments."""
    begin = 0
    for _, group in groupby(segments, attrgetter("paragraph")):
        texts = [segment.text for segment in group]
        end = begin + len(texts)
        whole = " ".join(texts)
        if len(whole) <= _LONGEST:
            yield whole.strip(), range(begin, end)
        else:
            for number, text in enumerate(texts, begin):
                if len(text) <= _LONGEST:
                    yield text.strip(), range(number, number + 1)
        begin = end


def _most_alike(lines: Iterable[str]) -> int:
    """How many lines are alike, of those that most are like."""
    alike: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        shape = _shape(line)
        alike[(shape,)] += 1
        if words := not line.endswith(_ENDINGS) and shape.split():
            alike[words[0], ""] += 1
            alike["", words[-1]] += 1
    return max(alike.values(), default=0)


def _shape(line: str) -> str:
    """A line without the numbers in it, case and white space folded."""
    return _NUMBERS.sub("#", " ".join(line.casefold().split()))
