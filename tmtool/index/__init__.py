"""Finds the units of a memory that are like a text, without looking at all of them.

The index is kept beside the units and written with them. New and changed units wait until there
are enough of them for a shard; until then each search looks at them one by one. Shards are never
changed, only replaced by larger ones. Whatever a shard says, a search reads the units themselves
before it believes it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

import numpy as np

from tmtool.alphabets import levelled_spelling
from tmtool.index.search import LIKELY, Query, Search
from tmtool.index.shards import FORMAT, LARGEST, Builder, Shard, unpacked
from tmtool.index.terms import SOURCE
from tmtool.language import primary_code
from tmtool.model import Languages
from tmtool.store.index import IndexStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

_FORMS = 3_000  # forms of a word that are looked under
_COMMON = 2  # a word that is in more than one of so many units helps little
_MANY = 128  # numbers that are given at once
_SORTED = 4096  # numbers that are sorted at once: often the first are enough

WAITING = 150
"""Units that may wait for a shard: looking at so many takes a search some 0.3 ms."""


@dataclass(frozen=True, slots=True)
class Near:
    """The numbers of units that may be like a text.

    ``sure`` holds every unit that is as like it by words as was asked for, in the order of
    ``bounds``, the percentage by words that a unit has at the most, the highest first.
    ``likely`` holds those that share the rarest words and beginnings of words with it.
    """

    sure: list[int]
    bounds: list[int]
    likely: list[int]


@dataclass(frozen=True, slots=True)
class Clue:
    """Part of a word that is searched for, and where in the word it stands.

    ``kind`` is that of its terms: a word of the source or of the target. It may be spelled in
    several ways.
    """

    kind: str
    spellings: tuple[str, ...]
    where: Literal["whole", "beginning", "anywhere"]


class Index:
    """The index of a memory. All methods raise ``StoreError`` where the memory cannot be used."""

    def __init__(self, store: IndexStore) -> None:
        self._store = store
        self._known: dict[int, Shard] = {}
        self._words: dict[tuple[int, str], str] = {}

    # Keeping it

    def is_due(self) -> bool:
        """Whether more units wait for a shard than should, or shards must be made anew."""
        return self._store.count_unindexed(WAITING + 1) > WAITING or self.is_outdated

    @property
    def is_outdated(self) -> bool:
        """Whether another version of this program has made the shards."""
        return self._store.is_outdated(FORMAT)

    def settle(self) -> None:
        """Put the units that wait into shards, in the transaction of the caller.

        A shard takes in those before it that are not much larger, so that there are few and
        a unit moves seldom: for n units, log n times.
        """
        if self.is_outdated:
            self._store.forget()
        waiting = self._store.unindexed_numbers()
        for languages in self._store.unindexed_languages():
            numbers: Numbers = np.frombuffer(waiting, np.int64)  # ascending, each once
            absorbed = []
            for row in reversed(self._store.shards(languages)):
                if row.units > min(2 * len(numbers), LARGEST // 2):
                    continue
                absorbed.append(row.number)
                numbers = np.union1d(numbers, self._every_number(row.number))
            self._add_shards(languages, numbers)
            self._store.drop_shards(absorbed)
        self._store.clear_unindexed()

    def _every_number(self, shard: int) -> Numbers:
        units = self._shard(shard)
        return units.numbers(np.arange(units.units))

    def _add_shards(self, languages: Languages, numbers: Numbers) -> None:
        for start in range(0, len(numbers), LARGEST):
            some = array("q", numbers[start : start + LARGEST].tobytes())
            with Builder(languages[0], len(some)) as builder:
                for units in self._store.texts(some, languages):
                    builder.add(units)
                if len(builder):
                    self._store.add_shard(
                        languages, FORMAT, len(builder), builder.blobs(), builder.postings()
                    )

    # Searching it

    def near(
        self,
        words: Sequence[str],
        letters: int,
        languages: Languages,
        *,
        percent: int,
        percent_by_words: int,
    ) -> Near:
        """Units that may be like a text of these words and so many letters.

        A unit as like by words as ``percent_by_words`` shares all but a few words of the text,
        so it holds one of its rarest words if these are one more than those few (prefix
        filtering: Chaudhuri, Ganti and Kaushik 2006). Units that only letters make like it to
        ``percent`` are found by the words and pieces of words that are still whole. In which
        alphabet of the language a text is makes no difference.
        """
        spelled = [levelled_spelling(word, primary_code(languages[0])) for word in words]
        query = Query(spelled, letters, percent, percent_by_words)
        rows = self._store.shards(languages)
        searches = [Search(self._store, row.number, self._shard(row.number), query) for row in rows]
        query.rank(
            [search.counts for search in searches],
            sum(row.units for row in rows),
            sum(search.of_length for search in searches),
        )
        parts = [search.part() for search in searches]
        if not parts:
            return Near([], [], [])
        sure, bounds, likely, scores = map(np.concatenate, zip(*parts, strict=True))
        order = np.argsort(-bounds, kind="stable")
        best = np.argsort(-scores, kind="stable")[:LIKELY]
        return Near(sure[order].tolist(), bounds[order].tolist(), likely[best].tolist())

    def holding(
        self, choices: Sequence[Sequence[Clue]], languages: Languages
    ) -> Iterator[list[int]] | None:
        """Numbers of units among which are those that hold all clues of one choice.

        The latest come first, some at once. ``None``: the clues are no help, any unit may.
        """
        parts = [np.array(self._store.waiting(languages), np.int64)]
        for row in self._store.shards(languages):
            shard = self._shard(row.number)
            held = np.zeros(shard.units, np.bool_)
            for clues in choices:
                found = self._holding_all(row.number, shard, clues, languages)
                if found is None:
                    return None
                held |= found
            parts.append(shard.numbers(np.flatnonzero(held)))
        return _latest_first(np.concatenate(parts))

    def _holding_all(
        self, number: int, shard: Shard, clues: Sequence[Clue], languages: Languages
    ) -> NDArray[np.bool_] | None:
        """Which units of a shard may hold some clues; ``None`` if nearly all may."""
        held: NDArray[np.bool_] | None = None
        for clue in clues:
            terms = self._terms(number, clue, languages)
            places = sum(units for _, units, _ in terms)
            if len(terms) > _FORMS or (len(clues) == 1 and places * _COMMON > shard.units > _FORMS):
                continue
            many = [blob for _, _, blob in terms if isinstance(blob, int)]
            blobs = dict(self._store.places(many))
            holders = np.zeros(shard.units, np.bool_)
            for _, units, blob in terms:
                holders[unpacked(units, blobs[blob] if isinstance(blob, int) else blob)] = True
            held = holders if held is None else held & holders
        return held

    def _terms(
        self, number: int, clue: Clue, languages: Languages
    ) -> list[tuple[str, int, bytes | int]]:
        """The terms of words in which a clue stands, with their postings; perhaps more."""
        found: dict[str, tuple[str, int, bytes | int]] = {}
        for spelling in clue.spellings:
            if clue.kind == SOURCE:
                is_cut = clue.where == "beginning"
                code = primary_code(languages[0])
                spelling = levelled_spelling(spelling, code, is_cut=is_cut)
            found |= {term[0]: term for term in self._terms_with(number, clue, spelling)}
        return list(found.values())

    def _terms_with(self, number: int, clue: Clue, text: str) -> list[tuple[str, int, bytes | int]]:
        if clue.where == "whole":
            return self._store.terms(number, [clue.kind + text])
        if clue.where == "beginning":
            return self._store.terms_from(number, clue.kind + text, _FORMS + 1)
        key = number, clue.kind
        if key not in self._words:
            self._words[key] = self._store.words(number, clue.kind)
        return self._store.terms(
            number, list(islice(_lines_with(text, self._words[key]), _FORMS + 1))
        )

    def _shard(self, number: int) -> Shard:
        if number not in self._known:
            self._known[number] = Shard(*self._store.blobs(number))
        return self._known[number]


def _latest_first(numbers: Numbers) -> Iterator[list[int]]:
    """Numbers from the largest to the smallest, each once."""
    above = None
    while rest := max(0, len(numbers) - _SORTED):
        numbers = np.partition(numbers, rest)
        yield from _pages(numbers[rest:], above)
        above, numbers = int(numbers[rest]), numbers[:rest]
    yield from _pages(numbers, above)


def _pages(numbers: Numbers, above: int | None) -> Iterator[list[int]]:
    numbers = np.unique(numbers)
    if above is not None:
        numbers = numbers[numbers < above]
    for end in range(len(numbers), 0, -_MANY):
        yield numbers[max(0, end - _MANY) : end][::-1].tolist()


def _lines_with(text: str, lines: str) -> Iterator[str]:
    """Those of some lines, each with an end, in which a text stands."""
    at = lines.find(text)
    while at >= 0:
        start, end = lines.rfind("\n", 0, at) + 1, lines.find("\n", at)
        yield lines[start:end]
        at = lines.find(text, end)
