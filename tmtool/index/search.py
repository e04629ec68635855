"""Which units of a shard may be like a text."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tmtool.index.shards import Shard, unpacked, unpacked_between
from tmtool.index.terms import SOURCE, beginning, middles
from tmtool.store.index import IndexStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

LIKELY = 64
"""Units that are given as likely."""

_PLACES = 40_000  # places of the terms by which they are ranked
_WEIGHT = 16  # fineness of the weights of terms
_COMPARED = 3_000  # places of a term that are read as quickly as one unit is compared
_READ = 10_000  # and as quickly as any term is found
_NEVER = 1 << 30


class Query:
    """What is looked for, and the terms to look under, the rarest first.

    ``times`` counts each term that is a word. A unit that is like enough by words holds one of
    the terms ``first``; the other words are the ``rest``. Words and pieces of them are ``likely``,
    the middle of a word only if no unit has that word: it may be misspelt. ``needed`` says how
    many words a unit must share by how many it has, the last number standing for all that are
    longer.
    """

    def __init__(
        self, words: Sequence[str], letters: int, percent: int, percent_by_words: int
    ) -> None:
        self.length = len(words)
        self.letters = letters
        self.times = Counter(SOURCE + word for word in words)
        self._middles = {SOURCE + word: middles(word) for word in words if word.isalpha()}
        pieces = chain(filter(None, map(beginning, words)), *self._middles.values())
        self.terms = sorted({*self.times, *pieces})
        self.shortest, self.longest = _share(percent, letters), 100 * letters // percent
        self._slack = self.length - _share(percent_by_words, self.length)
        sizes = np.arange(100 * self.length // percent_by_words + 2)
        needed = _share(percent_by_words, np.maximum(self.length, sizes))
        self.needed = np.where(needed > np.minimum(self.length, sizes), _NEVER, needed)

    def rank(self, counts: Sequence[dict[str, int]], units: int, of_length: int) -> None:
        """Choose among the terms by how many units hold each, in all shards.

        There are so many units, and so many that are neither too short nor too long.
        """
        total = {term: sum(known.get(term, 0) for known in counts) for term in self.terms}
        order = sorted(self.terms, key=lambda term: (total[term], term))
        words = [term for term in order if term in self.times]
        passed = list(accumulate(self.times[term] for term in words))
        few = bisect_right(passed, self._slack) + 1
        self.first, self.rest = words[:few], words[few:]
        whole = {term for word, terms in self._middles.items() if total[word] for term in terms}
        held = [term for term in order if total[term] and term not in whole]
        places = list(accumulate(total[term] for term in held))
        room = _PLACES * units // max(1, of_length)
        self.likely = held[: max(1, bisect_right(places, room))]
        self.weights = {t: round(_WEIGHT * math.log(1 + units / total[t])) for t in self.likely}


def _share(percent: int, number: Any) -> Any:
    """A percentage of a number or of many, rounded up."""
    return -(-percent * number // 100)


class Part(NamedTuple):
    """What one shard gives: numbers of sure units with their bounds, of likely ones with scores."""

    sure: Numbers
    bounds: Numbers
    likely: Numbers
    scores: NDArray[np.float64]


class Search:
    """A query in one shard."""

    def __init__(self, store: IndexStore, number: int, shard: Shard, query: Query) -> None:
        self._store = store
        self._shard = shard
        self._query = query
        self._blobs: dict[str, bytes] = {}
        self._many: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        for term, units, blob in store.terms(number, query.terms):
            self.counts[term] = units
            if isinstance(blob, int):
                self._many[term] = blob
            else:
                self._blobs[term] = blob

    @property
    def of_length(self) -> int:
        """How many units of the shard are neither too short nor too long."""
        low, high = self._shard.between(self._query.shortest, self._query.longest)
        return high - low

    def part(self) -> Part:
        """What the shard gives, once the query is ranked."""
        query, shard = self._query, self._shard
        self._read([*query.first, *query.likely])
        sure, shared = self._sharing()
        bounds = 100 * shared // np.maximum(query.length, shard.words[sure].astype(np.int64))
        likely, scores = self._ranked()
        return Part(shard.numbers(sure), bounds, shard.numbers(likely), scores)

    def _sharing(self) -> tuple[Numbers, Numbers]:
        """Places of units that may share enough words, and how many each may share."""
        query = self._query
        holders = [self._places(term) for term in query.first]
        times = [query.times[term] for term in query.first]
        found, owner = np.unique(np.concatenate(holders), return_inverse=True)
        shared = np.bincount(
            owner, np.repeat(times, [len(places) for places in holders]), len(found)
        ).astype(np.int64)
        shared += query.length - sum(times)
        words = self._shard.words[found].astype(np.int64)
        needed = query.needed[np.minimum(words, len(query.needed) - 1)]
        for term in [*query.rest, ""]:
            enough = shared >= needed
            found, shared, needed = found[enough], shared[enough], needed[enough]
            if not term or len(found) * _COMPARED <= self.counts.get(term, 0) + _READ:
                break
            shared = shared - query.times[term] * ~_among(found, self._places(term))
        return found, shared

    def _ranked(self) -> tuple[Numbers, NDArray[np.float64]]:
        """Places and scores of the units that hold the most and rarest of the likely terms."""
        query, shard = self._query, self._shard
        low, high = shard.between(query.shortest, query.longest)
        tally = shard.tally(high - low)
        for term in query.likely:
            if term in self.counts:
                places = unpacked_between(self.counts[term], self._blobs[term], low, high)
                tally[places - low] += query.weights[term]
        found = np.flatnonzero(tally > tally.max(initial=0) // 4)
        if len(found) < LIKELY:
            found = np.flatnonzero(tally > 0)  # quicker than for numbers
        letters = shard.letters[low:high][found].astype(np.int64)
        alike = np.minimum(letters, query.letters) / np.maximum(letters, query.letters)
        scores = tally[found] * alike
        if len(found) > LIKELY:
            best = np.argpartition(scores, -LIKELY)[-LIKELY:]
            found, scores = found[best], scores[best]
        return found + low, scores

    def _places(self, term: str) -> Numbers:
        if term not in self.counts:
            return np.zeros(0, np.int64)
        self._read([term])
        return unpacked(self.counts[term], self._blobs[term])

    def _read(self, terms: Iterable[str]) -> None:
        """Have the places of terms at hand."""
        wanted = {self._many[t]: t for t in terms if t in self._many and t not in self._blobs}
        for number, blob in self._store.places(list(wanted)):
            self._blobs[wanted[number]] = blob


def _among(some: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """Whether each number is one of the others; both ascend."""
    if not len(others):
        return np.zeros(len(some), np.bool_)
    at = np.minimum(others.searchsorted(some), len(others) - 1)
    found: NDArray[np.bool_] = others[at] == some
    return found
