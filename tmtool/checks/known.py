"""What the units of a memory teach about each other: lengths, words, names, earlier pairs.

Units come in batches. A batch is learned from before any of its units is judged, so that what is
usual is known, and what was learned from earlier batches stays.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import NamedTuple

from tmtool.checks.style import NO_STYLE, Style
from tmtool.checks.typography import Typography
from tmtool.language import primary_code

SHORT = 15
"""The length in characters at which the variance is twice that of long texts."""

_SPREAD = 0.2  # of a usual translation
_PRIOR = 50  # units that what is usual weighs as much as
_SAMPLE = 5000  # units that lengths are learned from
_DEVIATION = 1.4826  # standard deviations in a median absolute one
_WORD = 4  # letters of a word whose spelling is looked at
_OFTEN = 3  # times that a word must be seen to be known
_HEAD = 5  # sounds of a name that are the same in all its forms
_KEPT = 0.7  # share of its units that have the like of a name which is always kept
_SHOWN = 60  # characters of another unit that a message shows
_HASH = (1 << 64) - 1
_RARE = 0.34  # of the number of times that the right spelling was seen


class Lengths(NamedTuple):
    """How long translations are: the logarithm of target to source length is normal.

    ``mean`` and ``spread`` are those of long texts; the variance of short ones is greater.
    """

    mean: float
    spread: float = _SPREAD

    def deviation(self, source: int, target: int) -> float:
        """By how many standard deviations a translation is too long, negative if too short."""
        ratio = math.log(max(1, target) / max(1, source))
        return (ratio - self.mean) / (self.spread * _widening(source, target))


def _widening(source: int, target: int) -> float:
    return math.sqrt(1 + SHORT / max(1, min(source, target)))


class Term(NamedTuple):
    """A term of a glossary: the stems of its words, and the stems of each of its translations.

    ``forbidden`` are those that must not be used.
    """

    text: str
    stems: tuple[str, ...]
    translations: tuple[tuple[str, tuple[str, ...]], ...]
    forbidden: tuple[tuple[str, tuple[str, ...]], ...]


class Partners:
    """The first partner of every text, in the little room that millions of them leave each.

    Texts are told apart by 64 bits: among ten million, two are taken for one by a chance of
    1 in 400,000.
    """

    def __init__(self) -> None:
        self._first: dict[int, int] = {}  # by a text's hash, its partner's and a place in _shown
        self._shown = bytearray()

    def earlier(self, key: tuple[str, ...], partner: str, shown: str) -> str | None:
        """How an earlier partner of a text begins, if that is another than this one."""
        mine = hash(partner) & _HASH
        held = self._first.get(hash(key))
        if held is None:
            self._first[hash(key)] = len(self._shown) << _HASH.bit_length() | mine
            self._shown += shown[:_SHOWN].encode("utf-8", "replace") + b"\0"
            return None
        if held & _HASH == mine:
            return None
        begin = held >> _HASH.bit_length()
        return self._shown[begin : self._shown.index(b"\0", begin)].decode("utf-8")


class Known:
    """What is known from units that were learned from; at first what is usual.

    ``partners`` tells of texts that had another partner before; ``words`` counts the units that
    have a word in their translation, by its language; ``terms`` are those of a glossary by their
    languages and the start of the first word, and ``styles`` those of languages by their codes.
    """

    def __init__(self) -> None:
        self._lengths: dict[tuple[str, str], Lengths] = {}
        self._sizes: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        self._spellings: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(
            lambda: defaultdict(Counter)
        )
        self._names: Counter[tuple[str, str]] = Counter()
        self._kept_names: Counter[tuple[str, str]] = Counter()
        self.partners = Partners()
        self.words: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.terms: dict[tuple[str, str, str], list[Term]] = {}
        self.styles: Mapping[str, Style] = {}

    def lengths(self, source: Typography, target: Typography) -> Lengths:
        """How long translations from one language into another are."""
        languages = source.language, target.language
        if languages not in self._lengths:
            self._lengths[languages] = Lengths(math.log(target.extent / source.extent))
        return self._lengths[languages]

    def learn_lengths(
        self, source: Typography, target: Typography, sizes: Iterable[tuple[int, int]]
    ) -> None:
        """Learn from the lengths of units; robust against those that are wrong."""
        languages = source.language, target.language
        sample = self._sizes[languages]
        sample.extend(sizes)
        del sample[:-_SAMPLE]
        ratios = [(math.log(max(1, t) / max(1, s)), _widening(s, t)) for s, t in sample]
        weight = len(ratios) / (len(ratios) + _PRIOR)
        usual = math.log(target.extent / source.extent)
        mean = weight * median(ratio for ratio, _ in ratios) + (1 - weight) * usual
        spread = _DEVIATION * median(abs(ratio - mean) / wide for ratio, wide in ratios)
        self._lengths[languages] = Lengths(mean, weight * spread + (1 - weight) * _SPREAD)

    def style(self, language: str) -> Style:
        """The house style of the language of a code, or of its region if that has its own."""
        if not self.styles:
            return NO_STYLE
        region = self.styles.get(language.lower())
        return region or self.styles.get(primary_code(language), NO_STYLE)

    def learn_name(self, side: str, name: str, *, is_kept: bool) -> None:
        """Learn whether the other side of a unit has the like of a name, given by its sound."""
        self._names[side, name[:_HEAD]] += 1
        self._kept_names[side, name[:_HEAD]] += is_kept

    def keeps(self, side: str, name: str) -> bool:
        """Whether units that have this name on this side have its like on the other."""
        seen, kept = self._names[side, name[:_HEAD]], self._kept_names[side, name[:_HEAD]]
        return kept >= _OFTEN and kept >= _KEPT * seen

    def learn_spellings(self, known: Typography, words: Iterable[str]) -> None:
        """Learn the words of a language whose letters are often replaced by others."""
        spellings = self._spellings[known.language]
        for word in words:
            if len(word) >= _WORD:
                spellings[word.translate(known.substitutes)][word] += 1

    def spelling(self, known: Typography, word: str) -> str:
        """The usual spelling of a word that is hardly ever spelled as here, "" if this is it."""
        spellings = self._spellings[known.language].get(word.translate(known.substitutes))
        if not spellings or len(spellings) == 1 or word.lower() in known.everyday:
            return ""
        ((usual, count),) = spellings.most_common(1)
        if count < _OFTEN or spellings[word] > _RARE * count:
            return ""
        differing = [(a, b) for a, b in zip(word, usual, strict=True) if a != b]
        special = known.substitutes
        is_poorer = all(ord(b) in special and ord(a) not in special for a, b in differing)
        return usual if is_poorer else ""
