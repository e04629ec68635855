"""One side of the units of a shard: its words, and the postings of their terms.

Half of the work on a large shard is on each side, so that one of them is done by another process.
"""

from __future__ import annotations

import pickle
import signal
import sys
from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from tmtool.alphabets import levelled_spelling
from tmtool.errors import StoreError
from tmtool.index.terms import SOURCE, TARGET, beginning, middle, undotted
from tmtool.index.vocabulary import END, Vocabulary
from tmtool.text import levelled, plain_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHIFT = 20  # bits of a place
BLOCK = 1 << 16
_PORTION = 1 << 20  # occurrences of terms that are put in order at once, some 30 bytes each
_MOST = 1 << 16  # terms that are put in order at once
_MANY = 5_000  # postings that a process sends at once

Posting = tuple[str, int, bytes]
"""A term, how many units hold it, and their places."""

Counts = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""How many words each text has, and how many letters."""


class Side:
    """The words of one side of many units, as numbers."""

    def __init__(self, language: str | None) -> None:
        """A side that is the source, in a language, or else the target."""
        self._language = language
        self._known = Vocabulary()
        self._found: list[NDArray[np.int32]] = []
        self._letters = array("q")

    def add(self, texts: str) -> None:
        """Add texts, each with an end: keys of the source, or targets as they are."""
        if self._language is None:
            each = levelled(texts).split(END)[:-1]
            keys = [plain_key(key) for key in map(_with_undotted, each)]
        else:
            keys = list(map(plain_key, texts.split(END)[:-1]))
            self._letters.extend(map(len, keys))
        self._found.append(self._known.numbers(END.join((*keys, ""))))

    def counts(self) -> Counts:
        """How many words and letters each source has; asked for once, when all have come."""
        each = (np.flatnonzero(found == 0) for found in self._found)
        words = np.concatenate([np.diff(ends, prepend=-1) - 1 for ends in each])
        return words, np.frombuffer(self._letters, np.int64)

    def postings(self, places: NDArray[np.int64]) -> Iterator[Posting]:
        """The postings of all terms, in their order; ``places`` of the texts as they came.

        Asked for once, behind the counts.
        """
        words = ["", *self._known.words[1:]]  # the end of a text is none
        stream = self._by_place(places)
        if self._language is None:
            yield from stream.postings([word and TARGET + word for word in words])
            return
        spelled = [levelled_spelling(word, self._language) for word in words]
        for piece in (beginning, middle):
            yield from stream.postings([piece(word) for word in spelled])
        whole = zip(words, spelled, strict=True)  # of a lone ъ no letter is left
        yield from stream.postings([word and SOURCE + spelling for word, spelling in whole])

    def close(self) -> None:
        """Nothing is held."""

    def _by_place(self, places: NDArray[np.int64]) -> _Stream:
        """The words of the texts, these in the order of their places."""
        found = np.concatenate(self._found)
        self._found.clear()
        frequencies = np.zeros(len(self._known.words), np.int64)
        for start in range(0, len(found), _PORTION):  # each counted as 64 bits
            frequencies += np.bincount(found[start : start + _PORTION], minlength=len(frequencies))
        ends = np.flatnonzero(found == 0).astype(np.int32)
        counts = np.diff(ends, prepend=np.int32(-1)) - 1
        starts = ends - counts
        order = np.argsort(places)
        counts, starts = counts[order], starts[order]
        shifts = starts - (np.cumsum(counts, dtype=np.int32) - counts)
        at = np.repeat(shifts, counts)
        at += np.arange(len(at), dtype=np.int32)
        words = found[at]
        del found, at
        held = np.repeat(np.arange(len(order), dtype=np.int32), counts)
        return _Stream(words, held, frequencies)


@dataclass(frozen=True, slots=True)
class _Stream:
    """Words by their numbers, and the place where each stands, ascending."""

    words: NDArray[np.int32]
    places: NDArray[np.int32]
    frequencies: NDArray[np.int64]
    """How often each word comes."""

    def postings(self, terms: Sequence[str]) -> Iterator[Posting]:
        """The postings of terms by the number of the word; an empty one is none."""
        order = sorted({*terms} - {""})
        number = {term: number for number, term in enumerate(order)}
        of_words = np.array([number.get(term, -1) for term in terms], np.int32)
        del terms, number
        units = int(self.places[-1]) + 1 if len(self.places) else 0
        frequencies = np.zeros(len(order), np.int64)
        np.add.at(frequencies, of_words[of_words >= 0], self.frequencies[of_words >= 0])
        for first, last in _portions(frequencies):
            yield from _postings(order[first:last], *self._sorted(of_words, first, last), units)

    def _sorted(
        self, terms: NDArray[np.int32], first: int, last: int
    ) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
        """The terms from one up to another, counted from the first, and the places of each.

        ``terms`` has the term of each word.
        """
        those, there = [np.zeros(0, np.uint16)], [np.zeros(0, np.int32)]
        for start in range(0, len(self.words), _PORTION):
            found = terms[self.words[start : start + _PORTION]]
            kept = np.flatnonzero((first <= found) & (found < last))
            those.append((found[kept] - first).astype(np.uint16))
            there.append(self.places[start : start + _PORTION][kept])
        numbers, places = np.concatenate(those), np.concatenate(there)
        by_term = np.argsort(numbers, kind="stable")  # of 16 bits: as quick as reading them
        numbers, places = numbers[by_term], places[by_term]
        once = np.ones(len(places), bool)  # a text may hold a term several times
        once[1:] = (numbers[1:] != numbers[:-1]) | (places[1:] != places[:-1])
        return numbers[once], places[once]


class SideApart:
    """The same, by another process. Methods raise ``StoreError`` if that ends too early."""

    _PROGRAM = (
        "import sys; sys.path[:] = sys.argv[1:]; from tmtool.index.sides import serve; serve()"
    )

    def __init__(self, language: str | None) -> None:
        """As for :class:`Side`; raises ``OSError`` where there can be no process."""
        self._process = Popen(  # noqa: S603 - this program, which nobody else names
            [sys.executable, "-I", "-c", self._PROGRAM, *sys.path],
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        self._send(language)

    def add(self, texts: str) -> None:
        self._send(texts)

    def counts(self) -> Counts:
        self._send(None)
        counts: Counts = self._received()
        return counts

    def postings(self, places: NDArray[np.int64]) -> Iterator[Posting]:
        self._send(places)
        return chain.from_iterable(iter(self._received, []))

    def close(self) -> None:
        """End the process."""
        with suppress(OSError), self._process as process:  # what it was not sent is lost
            process.kill()

    def _send(self, something: object) -> None:
        assert self._process.stdin
        try:
            pickle.dump(something, self._process.stdin)
            self._process.stdin.flush()
        except OSError as error:
            raise StoreError(_STOPPED) from error

    def _received(self) -> Any:
        assert self._process.stdout
        try:
            return _read(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise StoreError(_STOPPED) from error


_STOPPED = "the process that makes half of the index ended too early"


def serve() -> None:
    """Be the process of a :class:`SideApart`, as long as that has questions."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is told
    try:
        _answer(sys.stdin.buffer, sys.stdout.buffer)
    except (EOFError, OSError):  # it is gone
        sys.exit(1)


def _answer(questions: IO[bytes], answers: IO[bytes]) -> None:
    side = Side(_read(questions))
    while (texts := _read(questions)) is not None:
        side.add(texts)
    pickle.dump(side.counts(), answers)
    answers.flush()
    postings = side.postings(_read(questions))
    with ThreadPoolExecutor(1) as sender:  # whoever reads them need not keep up
        while some := list(islice(postings, _MANY)):
            sender.submit(pickle.dump, some, answers)
        sender.submit(pickle.dump, [], answers)
    answers.flush()


def _read(stream: IO[bytes]) -> Any:
    return pickle.load(stream)  # noqa: S301 - from the process that was started here, or did so


def _with_undotted(key: str) -> str:
    """A folded text, and that with one i for all there are where these differ."""
    plain = undotted(key)
    return key if plain == key else f"{key} {plain}"


def _portions(frequencies: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of terms that together occur about ``_PORTION`` times, to be put in order at once."""
    until = np.cumsum(frequencies)
    first = 0
    while first < len(until):
        before = until[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(until, before + _PORTION)))
        last = min(last, first + _MOST)
        yield first, last
        first = last


def _postings(
    names: list[str], terms: NDArray[np.uint16], places: NDArray[np.int32], units: int
) -> Iterator[Posting]:
    bounds = [0, *np.cumsum(np.bincount(terms, minlength=len(names))).tolist()]
    whole = places.astype("<u4").tobytes()
    lower = (places % BLOCK).astype("<u2").tobytes()
    blocks = -(-units // BLOCK)
    for name, start, end in zip(names, bounds, bounds[1:], strict=False):
        count = end - start
        if 2 * count <= 4 * blocks:
            yield name, count, whole[4 * start : 4 * end]
        else:
            counts = np.bincount(places[start:end] // BLOCK, minlength=blocks)
            yield name, count, counts.astype("<u4").tobytes() + lower[2 * start : 2 * end]
