"""The pieces of an index: which units hold which terms, packed for quick reading.

A place counts the units of a shard from 0, from the shortest source to the longest, so that those
of about one length stand together. The places of a term are kept as numbers of 32 bits
where there are few of them; else as how many there are in each block of 65,536 places, and the
lower 16 bits of each.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Self

import numpy as np

from tmtool.index.sides import BLOCK, SHIFT, Posting, Side, SideApart
from tmtool.index.vocabulary import END
from tmtool.processors import processors

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 2
"""Of the blobs and of the terms; shards of another format are made anew."""

LARGEST = 1 << SHIFT
"""Units of a shard at most: making one takes some 500 bytes for each."""

_MOST = 0xFFFF  # words and letters that are counted
_WORTH = 100_000  # units whose sources are worth a process of their own


class Shard:
    """The units of a shard by place: how many ``words`` and ``letters`` their sources have."""

    __slots__ = ("_numbers", "_tally", "letters", "units", "words")

    def __init__(self, numbers: bytes, words: bytes, letters: bytes) -> None:
        """A shard from its blobs."""
        self._numbers = np.frombuffer(numbers, "<i8")
        self.words = np.frombuffer(words, "<u2")
        self.letters = np.frombuffer(letters, "<u2")
        self.units = len(self._numbers)
        self._tally = np.zeros(0, np.uint16)

    def tally(self, places: int) -> NDArray[np.uint16]:
        """Zeros to count with, at so many places, until they are asked for again."""
        if not len(self._tally):
            self._tally = np.zeros(self.units, np.uint16)
        zeros = self._tally[:places]
        zeros.fill(0)
        return zeros

    def numbers(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of the units at these places."""
        return self._numbers[places]

    def between(self, shortest: int, longest: int) -> tuple[int, int]:
        """The places of units of so many letters: the first, and the one behind the last."""
        ends = np.minimum([shortest, longest + 1], _MOST).astype(np.uint16)
        low, high = self.letters.searchsorted(ends).tolist()
        return low, high


def unpacked(units: int, places: bytes) -> NDArray[np.int64]:
    """The places of a term that so many units hold, ascending."""
    return unpacked_between(units, places, 0, 1 << 32)


def unpacked_between(units: int, places: bytes, low: int, high: int) -> NDArray[np.int64]:
    """The places of a term from ``low`` up to ``high``."""
    if len(places) == 4 * units:
        found = np.frombuffer(places, "<u4").astype(np.int64)
        return found[(low <= found) & (found < high)]
    header = len(places) - 2 * units
    counts = np.frombuffer(places, "<u4", header // 4)
    first, last = low // BLOCK, -(-high // BLOCK)
    skipped, held = int(counts[:first].sum()), int(counts[first:last].sum())
    found = np.arange(first, first + len(counts[first:last])).repeat(counts[first:last]) * BLOCK
    found += np.frombuffer(places, "<u2", held, header + 2 * skipped)
    start, end = found.searchsorted((low, high)).tolist()
    return found[start:end]


class Builder:
    """Collects units, in the order of their numbers, and makes a shard of them.

    Of many units, another process does the source if there is a processor for it. To be used in a
    ``with`` statement; methods raise ``StoreError`` if that process ends too early.
    """

    def __init__(self, source_language: str, expected: int = 0) -> None:
        """Begin a shard of as many units as are ``expected``, or fewer."""
        self._numbers = array("q")
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)  # the units by place
        self._source = _side(source_language, expected)
        self._target = Side(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failed: object) -> None:
        self._source.close()

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, units: Sequence[tuple[int, str, str]]) -> None:
        """Add units by their number, source key and target."""
        self._numbers.extend(number for number, _, _ in units)
        self._source.add("".join([f"{key}{END}" for _, key, _ in units]))
        targets = [target.replace(END, " ") for _, _, target in units]
        self._target.add(END.join((*targets, "")))

    def blobs(self) -> tuple[bytes, bytes, bytes]:
        """What :class:`Shard` is made of: numbers, words and letters; behind the last unit."""
        words, letters = self._source.counts()
        self._order = np.argsort(letters, kind="stable")
        return (
            np.frombuffer(self._numbers, np.int64)[self._order].astype("<i8").tobytes(),
            _capped(words[self._order]),
            _capped(letters[self._order]),
        )

    def postings(self) -> Iterator[Posting]:
        """The postings of all terms, in the order of the terms; behind the blobs."""
        places = np.argsort(self._order)
        source, target = self._source.postings(places), self._target.postings(places)
        if isinstance(self._source, SideApart):
            target = iter(list(target))  # what the other process has to do takes as long
        return chain(source, target)


def _side(language: str, expected: int) -> Side | SideApart:
    """A source of so many units."""
    if expected >= _WORTH and processors() > 1 and not hasattr(sys, "frozen"):
        with suppress(OSError):
            return SideApart(language)
    return Side(language)


def _capped(counts: NDArray[np.int64]) -> bytes:
    return np.minimum(counts, _MOST).astype("<u2").tobytes()
