"""The pieces of an index: which units hold which terms, packed for quick reading.

A place counts the units of a shard from 0, from the shortest source to the longest, so that those
of about one length stand together. The places of a term are kept as numbers of 32 bits
where there are few of them; else as how many there are in each block of 65,536 places, and the
lower 16 bits of each.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tmtool.alphabets import levelled_spelling
from tmtool.index.terms import SOURCE, TARGET, WORD, beginning, middle
from tmtool.text import levelled, plain_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
"""Of the blobs and of the terms; shards of another format are made anew."""

_SHIFT = 20  # bits of a place
LARGEST = 1 << _SHIFT
"""Units of a shard at most: making one takes some 500 bytes for each."""

_BLOCK = 1 << 16
_PORTION = 1 << 21  # occurrences of terms that are put in order at once, 8 bytes each
_MOST = 0xFFFF  # words and letters that are counted
_END = "\x1e"  # of a text among others; white space that no folded text has
_WORD_OR_END = re.compile(f"{WORD}|{_END}")

Posting = tuple[str, int, bytes]
"""A term, how many units hold it, and their places."""


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
    first, last = low // _BLOCK, -(-high // _BLOCK)
    skipped, held = int(counts[:first].sum()), int(counts[first:last].sum())
    found = np.arange(first, first + len(counts[first:last])).repeat(counts[first:last]) * _BLOCK
    found += np.frombuffer(places, "<u2", held, header + 2 * skipped)
    start, end = found.searchsorted((low, high)).tolist()
    return found[start:end]


class Builder:
    """Collects units, in the order of their numbers, and makes a shard of them."""

    def __init__(self, source_language: str) -> None:
        self._language = source_language
        self._numbers = array("q")
        self._letters = array("q")
        self._sides = {SOURCE: _Side(), TARGET: _Side()}

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, units: Sequence[tuple[int, str, str]]) -> None:
        """Add units by their number, source key and target."""
        sources = [plain_key(key) for _, key, _ in units]
        self._numbers.extend(number for number, _, _ in units)
        self._letters.extend(map(len, sources))
        self._sides[SOURCE].add(_END.join(sources) + _END)
        targets = _END.join(target.replace(_END, " ") for _, _, target in units) + _END
        self._sides[TARGET].add(levelled(targets))

    def blobs(self) -> tuple[bytes, bytes, bytes]:
        """What :class:`Shard` is made of: numbers, words and letters."""
        return (
            np.frombuffer(self._numbers, np.int64)[self._order].astype("<i8").tobytes(),
            _capped(self._sides[SOURCE].counts[self._order]),
            _capped(np.frombuffer(self._letters, np.int64)[self._order]),
        )

    @property
    def _order(self) -> NDArray[np.int64]:
        """The units by place."""
        return np.argsort(np.frombuffer(self._letters, np.int64), kind="stable")

    def postings(self) -> Iterator[Posting]:
        """The postings of all terms, in the order of the terms."""
        source, target = self._sides[SOURCE], self._sides[TARGET]
        spelled = [levelled_spelling(word, self._language) for word in source.words]
        for piece in (beginning, middle):
            yield from self._of(source, [piece(word) for word in spelled])
        yield from self._of(source, [word and SOURCE + word for word in spelled])
        yield from self._of(target, [word and TARGET + word for word in target.words])

    def _of(self, side: _Side, terms: Sequence[str]) -> Iterator[Posting]:
        """The postings of terms by the number of the word; an empty one is none."""
        order = sorted({*terms} - {""})
        place = {term: number for number, term in enumerate(order)}
        renamed = np.array([place.get(term, -1) for term in terms], np.int32)
        places = np.argsort(self._order)
        for first, last in _portions(side.frequencies(renamed, len(order))):
            part = np.where((first <= renamed) & (renamed < last), renamed - first, -1)
            yield from _postings(order[first:last], *side.occurrences(part, places), len(self))


class _Side:
    """The words of one side of many units, as numbers."""

    def __init__(self) -> None:
        self._known = _Numbers()
        self._end = self._known[_END]
        self._found: list[NDArray[np.int32]] = []

    def add(self, texts: str) -> None:
        """Add folded texts, each with an end."""
        found = map(self._known.__getitem__, _WORD_OR_END.findall(texts))
        self._found.append(np.fromiter(found, np.int32))

    @property
    def words(self) -> list[str]:
        """The words by their numbers; the first is no word."""
        return ["", *list(self._known)[1:]]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many words each text has."""
        each = (np.flatnonzero(found == self._end) for found in self._found)
        return np.concatenate([np.diff(ends, prepend=-1) - 1 for ends in each])

    def frequencies(self, renamed: NDArray[np.int32], terms: int) -> NDArray[np.int64]:
        """How often each term occurs; ``renamed`` as for :meth:`occurrences`."""
        counts = np.zeros(len(renamed), np.int64)
        for found in self._found:
            counts += np.bincount(found, minlength=len(renamed))
        return np.bincount(renamed + 1, counts, minlength=terms + 1)[1:].astype(np.int64)

    def occurrences(
        self, renamed: NDArray[np.int32], places: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers of terms, and the place where each occurs; each pair once, in order.

        ``renamed`` is the number of a term by that of the word, -1 if it is none, ``places``
        the place of a text by its order of coming.
        """
        parts = []
        before = 0
        for found in self._found:
            ends = found == self._end
            kept = np.flatnonzero(renamed[found] >= 0)
            texts = before + np.cumsum(ends)[kept]
            parts.append((renamed[found[kept]].astype(np.int64) << _SHIFT) | places[texts])
            before += int(ends.sum())
        pairs = np.concatenate(parts)
        del parts
        pairs.sort()
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        return pairs >> _SHIFT, pairs & ((1 << _SHIFT) - 1)


class _Numbers(dict[str, int]):
    """Numbers things in the order in which they first come."""

    def __missing__(self, thing: str) -> int:
        self[thing] = number = len(self)
        return number


def _portions(frequencies: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of terms that together occur about ``_PORTION`` times, to be put in order at once."""
    until = np.cumsum(frequencies)
    first = 0
    while first < len(until):
        before = until[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(until, before + _PORTION)))
        yield first, last
        first = last


def _postings(
    names: list[str], terms: NDArray[np.int64], places: NDArray[np.int64], units: int
) -> Iterator[Posting]:
    bounds = np.searchsorted(terms, np.arange(len(names) + 1)).tolist()
    whole = places.astype("<u4").tobytes()
    lower = (places % _BLOCK).astype("<u2").tobytes()
    blocks = -(-units // _BLOCK)
    for name, start, end in zip(names, bounds, bounds[1:], strict=False):
        count = end - start
        if 2 * count <= 4 * blocks:
            yield name, count, whole[4 * start : 4 * end]
        else:
            counts = np.bincount(places[start:end] // _BLOCK, minlength=blocks)
            yield name, count, counts.astype("<u4").tobytes() + lower[2 * start : 2 * end]


def _capped(counts: NDArray[np.int64]) -> bytes:
    return np.minimum(counts, _MOST).astype("<u2").tobytes()
