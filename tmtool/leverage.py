"""What a memory saves a translator: how much of some texts it holds, and how like it.

A segment is in one band. ``context``: the memory holds it between the same neighbours (101 %).
``repetition``: it stands earlier in the same text; ``cross-file``: it stands in an earlier text.
The rest by the best match of :meth:`tmtool.memory.Memory.lookup`. So of each sentence that is new
in some texts one is counted by its match and all others as repetitions. One in context repeats
nothing; where there is any, earlier or later, all others of that sentence repeat it. Which text
comes first changes nothing in the sum.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import compress
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from tmtool.memory import Memory
from tmtool.model import EXACT, IN_CONTEXT, count_words
from tmtool.store import DatabaseUrl

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

_MANY = 1000  # texts from which on processes are worth their start
_CHUNK = 50  # texts that a process is given at once

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


def analysed(
    texts: Sequence[Sequence[str]],
    memory: Memory | None,
    languages: tuple[str, str],
    *,
    besides: str = "",
    workers: int = 1,
    tick: Callable[[int], object] = lambda count: None,
) -> list[Analysis]:
    """The analysis of each text, which is given by its segments, translated in this order.

    Without a memory there are repetitions and nothing else. What the memory holds of the document
    ``besides`` does not count, nor is anything in context then. With more ``workers`` than one,
    that many processes look things up; they start as a module of a program does, so it must not
    start work when imported. ``tick`` is told how many segments were looked up.
    """
    copies = Counter(same_text(text) for segments in texts for text in segments)
    best = dict.fromkeys(copies, 0)
    if memory:
        found = _percentages(memory, list(best), languages, besides, workers)
        for text, percent in zip(copies, found, strict=True):
            best[text] = percent
            tick(copies[text])
    in_context = [
        [
            memory is not None
            and not besides
            and best[same_text(segment)] == EXACT
            and _is_in_context(memory, segment, context, languages)
            for segment, context in zip(segments, contexts(segments), strict=True)
        ]
        for segments in texts
    ]
    counted = [
        {same_text(segment) for segment in compress(segments, which)}
        for segments, which in zip(texts, in_context, strict=True)
    ]
    everywhere = set[str]().union(*counted)
    analyses = []
    for segments, which, here in zip(texts, in_context, counted, strict=True):
        bands = dict.fromkeys(BANDS, Figures())
        for segment, is_in_context in zip(segments, which, strict=True):
            text = same_text(segment)
            band: Band
            if is_in_context:
                band = "context"
            elif text in here:
                band = "repetition"
            else:
                band = "cross-file" if text in everywhere else band_of(best[text])
                here.add(text)
            bands[band] += Figures.of(text)
        everywhere |= here
        analyses.append(Analysis(bands))
    return analyses


def _is_in_context(memory: Memory, text: str, context: Context, languages: tuple[str, str]) -> bool:
    found = memory.lookup(text, *languages, limit=1, min_percent=EXACT, context=context)
    return bool(found) and found[0].percent == IN_CONTEXT


def _percentages(
    memory: Memory, texts: Sequence[str], languages: tuple[str, str], besides: str, workers: int
) -> Iterator[int]:
    """How like each text the best match of a memory is, neighbours aside; 0 if there is none."""
    if workers == 1 or len(texts) < _MANY:
        yield from map(partial(_percentage, memory, languages, besides), texts)
        return
    start = memory.address, languages, besides
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, start) as pool:
        yield from pool.map(_work, texts, chunksize=_CHUNK)


def _percentage(memory: Memory, languages: tuple[str, str], besides: str, text: str) -> int:
    least = _LEAST["50-74"]
    found = memory.lookup(text, *languages, limit=1, min_percent=least, besides=besides)
    return found[0].percent if found else 0


def _start(address: Path | DatabaseUrl, languages: tuple[str, str], besides: str) -> None:
    """Prepare a process of the pool for :func:`_work`; an interrupt is for the one that waits."""
    global _work_of_process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    memory = Memory.open(address, create=False)
    _work_of_process = partial(_percentage, memory, languages, besides)


_work_of_process: Callable[[str], int]


def _work(text: str) -> int:
    return _work_of_process(text)


def band_of(percent: int) -> Band:
    """The band of a sentence by its best match alone."""
    if percent >= IN_CONTEXT:
        return "context"
    return next((band for band, least in _LEAST.items() if percent >= least), "none")


def contexts(texts: Sequence[str]) -> Iterator[Context]:
    """What stands before and after each of some texts."""
    around = ["", *texts, ""]
    return zip(around, around[2:], strict=False)


def same_text(text: str) -> str:
    """A text with the white space that says nothing levelled: what repeats it has the same."""
    return " ".join(text.split())
