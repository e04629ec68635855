"""What a memory saves a translator: how much of some texts it holds, and how like it.

A segment is in one band. ``context``: the memory holds it between the same neighbours (101 %).
``repetition``: it stands earlier in the same text; ``cross-file``: it stands in an earlier text.
The rest by the best match of :meth:`tmtool.memory.Memory.lookup`. So of each sentence that is new
in some texts one is counted by its match and all others as repetitions; one in context repeats
nothing, nor does it make others repetitions. Which text comes first changes nothing in the sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from tmtool.memory import Memory
from tmtool.model import EXACT, IN_CONTEXT, Match, count_words

Band = Literal[
    "context", "repetition", "cross-file", "100", "95-99", "85-94", "75-84", "50-74", "none"
]
BANDS: tuple[Band, ...] = get_args(Band)

RATES: Mapping[Band, float] = MappingProxyType(
    {
        "context": 10,
        "repetition": 25,
        "cross-file": 25,
        "100": 25,
        "95-99": 40,
        "85-94": 60,
        "75-84": 80,
        "50-74": 100,
        "none": 100,
    }
)
"""Per cent of a word's price in each band, where nothing else was agreed on."""

_LEAST: dict[Band, int] = {"100": EXACT, "95-99": 95, "85-94": 85, "75-84": 75, "50-74": 50}

Context = tuple[str, str]
"""The source texts before and after; empty at the ends of a text."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How much some segments are.

    Words as :func:`tmtool.model.count_words` counts them. Characters are code points in NFC, a
    run of white space being one; what stands between segments is not counted.
    """

    segments: int = 0
    words: int = 0
    characters: int = 0
    characters_without_spaces: int = 0

    @classmethod
    def of(cls, text: str) -> Figures:
        """Those of one segment."""
        parts = text.split()
        letters = sum(map(len, parts))
        return cls(1, count_words(text), letters + max(0, len(parts) - 1), letters)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.segments + other.segments,
            self.words + other.words,
            self.characters + other.characters,
            self.characters_without_spaces + other.characters_without_spaces,
        )


@dataclass(frozen=True, slots=True)
class Analysis:
    """The figures of a text, or of several, in each band."""

    bands: Mapping[Band, Figures]

    @property
    def total(self) -> Figures:
        """All bands together."""
        return sum(self.bands.values(), Figures())

    def weighted(self, rates: Mapping[Band, float]) -> float:
        """The words to be paid for in full, at so many per cent for a word of each band."""
        return sum(self.bands[band].words * rates[band] for band in BANDS) / 100

    def __add__(self, other: Analysis) -> Analysis:
        return Analysis({band: self.bands[band] + other.bands[band] for band in BANDS})

    @classmethod
    def none(cls) -> Analysis:
        """That of no text."""
        return cls(dict.fromkeys(BANDS, Figures()))


class Matches:
    """The best matches of one sentence after another.

    A sentence that comes again, and that the memory does not hold as it is, is not looked up
    again. ``limit`` and ``min_percent`` are as for :meth:`tmtool.memory.Memory.lookup`.
    """

    def __init__(
        self, memory: Memory, languages: tuple[str, str], *, min_percent: int, limit: int = 1
    ) -> None:
        self._memory = memory
        self._languages = languages
        self._percent = min_percent
        self._limit = limit
        self._inexact: dict[str, list[Match]] = {}

    def of(self, text: str, context: Context) -> list[Match]:
        """The best matches of a sentence in its place, the best first."""
        key = same_text(text)
        if key in self._inexact:
            return self._inexact[key]
        found = self._memory.lookup(
            text, *self._languages, limit=self._limit, min_percent=self._percent, context=context
        )
        if not found or found[0].percent < EXACT:
            self._inexact[key] = found
        return found


def analysed(
    texts: Iterable[Sequence[str]],
    memory: Memory | None,
    languages: tuple[str, str],
    *,
    tick: Callable[[int], object] = lambda count: None,
) -> Iterator[Analysis]:
    """The analysis of each text, which is given by its segments, as translated one after another.

    Without a memory there are repetitions and nothing else. ``tick`` is told of segments done.
    """
    matches = memory and Matches(memory, languages, min_percent=_LEAST["50-74"])
    everywhere: set[str] = set()
    for segments in texts:
        here: set[str] = set()
        bands = defaultdict[Band, Figures](Figures)
        for text, context in zip(segments, contexts(segments), strict=True):
            found = matches.of(text, context) if matches else []
            percent = found[0].percent if found else 0
            key = same_text(text)
            band: Band
            if percent >= IN_CONTEXT:
                band = "context"
            elif key in here:
                band = "repetition"
            elif key in everywhere:
                band = "cross-file"
            else:
                band = band_of(percent)
            if band != "context":
                here.add(key)
            bands[band] += Figures.of(text)
            tick(1)
        everywhere |= here
        yield Analysis({band: bands[band] for band in BANDS})


def band_of(percent: int) -> Band:
    """The band of a sentence by its best match alone."""
    if percent >= IN_CONTEXT:
        return "context"
    return next((band for band, least in _LEAST.items() if percent >= least), "none")


def contexts(texts: Sequence[str]) -> Iterator[Context]:
    """What stands before and after each of some texts."""
    return zip(["", *texts[:-1]], [*texts[1:], ""], strict=True)


def same_text(text: str) -> str:
    """A text with the white space that says nothing levelled: what repeats it has the same."""
    return " ".join(text.split())
