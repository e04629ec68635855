"""The words of very many texts as numbers, many characters at once.

To part a text into words and look each one up takes Python far longer than all else that is done
with it. Here the characters of many texts are one array: words begin and end where their kinds
change, and each is known by a hash of its characters. It is a polynomial in random values for them
modulo 2**64 (Karp and Rabin 1987), so that the hashes of all words come from one running sum. The
base and the values are other ones in each process, so that nobody can make words that collide.
"""

from __future__ import annotations

import re
import secrets
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from tmtool.index.terms import WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]
    Places = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

END = "\x1e"
"""Of a text among others; white space that no folded text has."""

_UNSEEN, _SPACE, _LETTER, _MARK = range(4)  # kinds of characters
_SHAPES = {
    _LETTER: re.compile(r"\w"),
    _MARK: re.compile(f"{WORD}|{END}"),  # each a word by itself
    _SPACE: re.compile(""),
}
_PORTION = 1 << 16  # characters that are looked at together: so many stay in the cache
_LONG = 32  # characters from which a word is compared itself: of longer ones some may collide
_GAP = re.compile(r"\s")  # the end of a text is one
_BASE = secrets.randbits(64) | 1
_MIX = np.uint64(0xD6E8FEB86659FD93)


class Vocabulary:
    """Numbers words and marks as they come; 0 is the end of a text."""

    def __init__(self) -> None:
        self.words = [END]
        """By their numbers."""

        self._hashes = _Hashes()
        self._long: dict[str, int] = {}

    def numbers(self, texts: str) -> Numbers:
        """The words and marks of folded texts, each with an end, and these ends."""
        found = []
        start = 0
        while start < len(texts):
            gap = _GAP.search(texts, start + _PORTION)
            end = gap.end() if gap else len(texts)
            found.append(self._numbers(texts[start:end]))
            start = end
        return np.concatenate(found) if found else np.zeros(0, np.int32)

    def _numbers(self, texts: str) -> Numbers:
        codes = np.frombuffer(texts.encode("utf-32-le", "surrogatepass"), "<u4")
        kinds = _kinds(codes)
        is_mark, is_letter = kinds == _MARK, kinds == _LETTER
        begins, ends = is_mark.copy(), is_mark.copy()
        begins[0] |= is_letter[0]
        begins[1:] |= is_letter[1:] & ~is_letter[:-1]
        ends[-1] |= is_letter[-1]
        ends[:-1] |= is_letter[:-1] & ~is_letter[1:]
        starts, stops = np.flatnonzero(begins), np.flatnonzero(ends) + 1
        hashes = _hashed(codes, starts, stops)
        numbers = self._hashes.numbers(hashes)
        for place in np.flatnonzero(stops - starts >= _LONG).tolist():
            word = texts[starts[place] : stops[place]]
            if word not in self._long:
                self._long[word] = self._add(word)
            numbers[place] = self._long[word]
        unknown = np.flatnonzero(numbers < 0)
        if len(unknown):
            new: dict[int, int] = {}
            for place, code in zip(unknown.tolist(), hashes[unknown].tolist(), strict=True):
                if code not in new:
                    new[code] = self._add(texts[starts[place] : stops[place]])
                numbers[place] = new[code]
            self._hashes.add(np.array(list(new), np.uint64), np.array(list(new.values()), np.int32))
        return numbers

    def _add(self, word: str) -> int:
        if word == END:
            return 0
        self.words.append(word)
        return len(self.words) - 1


class _Hashes:
    """A table of hashes, open and half empty at the least, and the number of each."""

    def __init__(self) -> None:
        self._bits = 12
        self._count = 0
        self._clear()

    def _clear(self) -> None:
        self._held = np.zeros(1 << self._bits, np.uint64)
        self._number = np.full(1 << self._bits, -1, np.int32)

    def _slots(self, hashes: Hashes) -> Places:
        return ((hashes * _MIX) >> np.uint64(64 - self._bits)).astype(np.int64)

    def numbers(self, hashes: Hashes) -> Numbers:
        """The numbers of hashes, -1 for those that are not here."""
        slots = self._slots(hashes)
        numbers = self._number[slots]
        left = np.flatnonzero((self._held[slots] != hashes) & (numbers >= 0))
        slots = slots[left]
        while len(left):
            slots = (slots + 1) & (len(self._held) - 1)
            numbers[left] = found = self._number[slots]
            on = (self._held[slots] != hashes[left]) & (found >= 0)
            left, slots = left[on], slots[on]
        return numbers

    def add(self, hashes: Hashes, numbers: Numbers) -> None:
        """Take in hashes that are not here, each once."""
        self._count += len(hashes)
        if 2 * self._count > len(self._held):
            here = self._number >= 0
            hashes = np.concatenate((self._held[here], hashes))
            numbers = np.concatenate((self._number[here], numbers))
            self._bits = int(2 * self._count).bit_length() + 1
            self._clear()
        slots = self._slots(hashes)
        while len(slots):
            free = np.flatnonzero(self._number[slots] < 0)
            self._held[slots[free]], self._number[slots[free]] = hashes[free], numbers[free]
            lost = np.flatnonzero(self._number[slots] != numbers)  # some came to one slot
            slots = (slots[lost] + 1) & (len(self._held) - 1)
            hashes, numbers = hashes[lost], numbers[lost]


def _kinds(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    known = _known_kinds()
    kinds = known[codes]
    if not kinds.all():
        for code in set(codes[kinds == _UNSEEN].tolist()):
            known[code] = next(kind for kind, shape in _SHAPES.items() if shape.match(chr(code)))
        kinds = known[codes]
    return kinds


@cache
def _known_kinds() -> NDArray[np.uint8]:
    """The kinds of characters, as far as they were seen."""
    return np.zeros(0x110000, np.uint8)


def _hashed(codes: NDArray[np.uint32], starts: Places, stops: Places) -> Hashes:
    """Hashes of pieces of a text, at the same place in it or not."""
    powers, inverses = _powers(1 << max(17, len(codes).bit_length()))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(_values()[codes] * powers[: len(codes)], out=sums[1:])
    hashes: Hashes = (sums[stops] - sums[starts]) * inverses[starts]
    return hashes


@cache
def _values() -> Hashes:
    """What stands for each character in a hash."""
    return np.random.default_rng().integers(0, 1 << 64, 0x110000, np.uint64)


@cache
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Powers of the base, from 0 on, and what each multiplies to 1 with."""
    both = []
    for base in (_BASE, pow(_BASE, -1, 1 << 64)):
        powers = np.full(count, base, np.uint64)
        powers[0] = 1
        both.append(np.multiply.accumulate(powers))
    return both[0], both[1]
