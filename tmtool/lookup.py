"""Finds what a memory holds that is like a text, and says how like it is and how it differs.

The percentage is the better of two: by letters, 100 · (longer − distance) / longer, where
distance is the Levenshtein distance of the folded texts (:func:`tmtool.text.fold`) and longer
the length of the longer one; and the same by words and punctuation marks. It is rounded down.
100 is kept for the very same text, whatever its white space, and 101 for the same text between
the same neighbours. Latin letters that pass for Cyrillic ones inside a word count as these, and
texts in different alphabets of the language are compared by sounds (:mod:`tmtool.alphabets`).
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from tmtool.alphabets import is_latin, levelled_spelling
from tmtool.index import Index
from tmtool.index.terms import words
from tmtool.language import primary_code
from tmtool.model import EXACT, IN_CONTEXT, Match, MatchKind, TranslationUnit, Trust
from tmtool.renumber import NUMBER, renumbered
from tmtool.text import fold, plain_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tmtool.store.base import Besides, Store

COMPLETE = 70
"""Units as like by words as this, in percent, are all found."""

_MANY = 256  # units that are compared at once

Context = tuple[str, str]
"""The source texts before and after; empty at the ends of a document."""


def lookup(
    store: Store,
    index: Index,
    text: str,
    languages: tuple[str, str],
    *,
    limit: int,
    percent: int,
    context: Context | None,
    besides: Besides,
) -> list[Match]:
    """The best matches of a text, at least as like it as ``percent``, the best first."""
    found = _Found(store, languages, text, limit, percent, besides)
    wanted = found.wanted
    if not wanted.words:
        return []
    with store.snapshot():
        key = fold(text)
        found.compare(store.same_keys(key, languages, besides))
        in_context = store.in_context(text, *context, languages, besides) if context else []
        found.compare([(number, key) for number in in_context])
        if percent >= EXACT or found.has_enough_exact():
            return found.best(in_context)
        for waiting in store.index.unindexed_keys(languages):
            found.compare(waiting)
        near = index.near(
            wanted.words,
            len(wanted.key),
            languages,
            percent=percent,
            percent_by_words=max(percent, COMPLETE),
        )
        for start in range(0, len(near.sure), _MANY):
            if found.is_full(near.bounds[start]):
                break
            numbers = near.sure[start : start + _MANY]
            found.compare(store.index.keys(numbers, languages))
        is_found = percent >= COMPLETE  # by words all that is as like was found already
        found.compare(store.index.keys(near.likely, languages), by_words=not is_found)
        return found.best(in_context)


class _Wanted:
    """A folded text that is looked for: its words, and a code letter for each word."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.words = words(key)
        different = enumerate(set(self.words))  # no unit has more than can be told apart
        self._codes = {word: chr(min(number + 1, sys.maxunicode)) for number, word in different}
        self.coded = self.code(self.words)

    def code(self, others: Sequence[str]) -> str:
        """Words as one letter each, so that texts can be compared by words as by letters."""
        return "".join([self._codes.get(word, "\0") for word in others])

    def percentages(self, keys: Sequence[str], least: int, *, by_words: bool) -> NDArray[np.int64]:
        """How like each of some folded texts is; those under ``least`` may be anything under it."""
        found = _percentages(self.key, keys, least)
        if by_words:
            coded = [self.code(words(key)) for key in keys]
            found = np.maximum(found, _percentages(self.coded, coded, least))
        return found


def _percentages(one: str, others: Sequence[str], least: int) -> NDArray[np.int64]:
    longest = np.maximum(len(one), np.fromiter(map(len, others), np.int64, len(others)))
    most = int(longest.max(initial=0)) * (100 - least) // 100
    distances = process.cdist(
        [one], others, scorer=Levenshtein.distance, score_cutoff=most, dtype=np.int32
    )[0].astype(np.int64)
    found: NDArray[np.int64] = 100 * (longest - distances) // np.maximum(1, longest)
    return found


class _Found:
    """The units that were compared with a text, by number, and how like it they are."""

    def __init__(
        self,
        store: Store,
        languages: tuple[str, str],
        text: str,
        limit: int,
        percent: int,
        besides: Besides,
    ) -> None:
        self._store = store
        self._besides = besides
        self._text = text
        self._limit = limit
        self._least = percent
        self._percent: dict[int, int] = {}
        self._keys: dict[str, int] = {}
        self._language = primary_code(languages[0])
        self.wanted = _Wanted(plain_key(fold(text)))
        self._is_latin = is_latin(self.wanted.key)

    @cached_property
    def _wanted_by_sounds(self) -> _Wanted:
        return _Wanted(levelled_spelling(self.wanted.key, self._language))

    def compare(self, units: Sequence[tuple[int, str]], *, by_words: bool = True) -> None:
        """Take in units by number and source key, those that are like enough."""
        same: list[tuple[int, str]] = []
        other: list[tuple[int, str]] = []
        for number, source_key in units:
            if number not in self._percent:
                key = plain_key(source_key)
                (same if is_latin(key) == self._is_latin else other).append((number, key))
        self._take(same, [key for _, key in same], self.wanted, by_words=by_words)
        if other:
            keys = [levelled_spelling(key, self._language) for _, key in other]
            self._take(other, keys, self._wanted_by_sounds, by_words=True)

    def _take(
        self,
        units: Sequence[tuple[int, str]],
        keys: Sequence[str],
        wanted: _Wanted,
        *,
        by_words: bool,
    ) -> None:
        if not units:
            return
        least = min(self._least, EXACT)  # only neighbours make more of it
        found = wanted.percentages(keys, least, by_words=by_words).tolist()
        like = [
            (number, key, percent)
            for (number, key), percent in zip(units, found, strict=True)
            if percent >= least
        ]
        if like and any(self._besides):
            others = self._store.others([number for number, _, _ in like], self._besides)
            like = [it for it in like if it[0] in others]
        for number, key, percent in like:
            self._percent[number] = self._keys[key] = percent

    def is_full(self, bound: int) -> bool:
        """Whether units that are like the text to this bound at the most would not be given."""
        return sum(percent > bound for percent in self._keys.values()) >= self._limit

    def has_enough_exact(self) -> bool:
        """Whether so many units with the very same text are found that none like it is wanted."""
        units = self._store.units_by_number(sorted(self._percent)[: 2 * self._limit])
        exact = sum(self._kind(unit.source.text) == "exact" for _, unit in units)
        return exact >= self._limit

    def best(self, in_context: Sequence[int]) -> list[Match]:
        """The best of the units, of equals the most trusted, each source and target once."""
        order = sorted(self._percent, key=lambda n: (n not in in_context, -self._percent[n], n))
        matches: dict[tuple[str, str], Match] = {}
        held: Counter[int] = Counter()  # how many of these have each percentage
        numbers = iter(order)
        many = 2 * self._limit
        while some := list(islice(numbers, many)):
            bound = self._percent[some[0]]
            if sum(count for percent, count in held.items() if percent > bound) >= self._limit:
                break
            units = dict(self._store.units_by_number(some))
            for number in some:
                match = self._match(units[number], self._percent[number], number in in_context)
                texts = match.unit.source.text, match.unit.target.text
                before = matches.get(texts)
                if match.percent >= self._least and _rank(match) > _rank(before):
                    matches[texts] = match
                    held[match.percent] += 1
                    if before:
                        held[before.percent] -= 1
            many = max(many, min(2 * many, _MANY))
        return sorted(matches.values(), key=_rank, reverse=True)[: self._limit]

    def _match(self, unit: TranslationUnit, percent: int, is_in_context: bool) -> Match:
        source, target = unit.source.text, unit.target.text
        kind = self._kind(source)
        if kind == "exact":
            if is_in_context:
                return Match(unit, IN_CONTEXT, "context")
            return Match(unit, EXACT, "exact")
        proposal = None
        if kind == "numbers":
            proposal = renumbered(source, target, self._text, unit.target.language)
        return Match(unit, min(EXACT - 1, percent), kind, proposal)

    def _kind(self, source: str) -> MatchKind:
        """In what a source differs from the text."""
        if source.split() == self._text.split():
            return "exact"
        folded = fold(source)
        if folded == fold(self._text):
            return "case"
        key, wanted = plain_key(folded), self.wanted.key
        if key == wanted or is_latin(key) != self._is_latin:
            return "script"
        if _MARK.sub(" ", key).split() == _MARK.sub(" ", wanted).split():
            return "punctuation"
        if NUMBER.sub("0", key) == NUMBER.sub("0", wanted):
            return "numbers"
        return "fuzzy"


def _rank(match: Match | None) -> tuple[int, Trust]:
    """What tells which match is the best: the greatest, and of equals the earliest."""
    return (match.percent, match.unit.trust) if match else (0, (0, False, 0.0))


_MARK = re.compile(r"[^\w\s]")
