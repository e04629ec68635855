"""Sentences: the breaks that rules find, as spans of a text.

Spans tile the text: segments in order, and between them only white space, metadata, or lines
in which there is nothing to see.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from tmtool.breaks import LINE_ENDS, Breaks
from tmtool.errors import InputError
from tmtool.language import Language
from tmtool.model import Segment
from tmtool.text import metadata

_INVISIBLE = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]*\\Z")
_BLOCK = 1 << 15  # characters that are checked at once: memory that is used again is quicker
_PATIENCE = 1 << 18  # characters of a paragraph that are waited for
_SIGHT = 2000  # characters from a place on which what is decided there depends, at most


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a candidate place is a break or not: the rule that decided it.

    ``offset`` counts characters of the whole text from 0.
    """

    offset: int
    breaks: bool
    rule: str


class Segmenter:
    """Splits text into sentences by the rules of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._breaks = Breaks(language.rules, language.srx_file)

    @classmethod
    def for_language(cls, code: str) -> Segmenter:
        """The segmenter of a BCP 47 code; raises ``LanguageError`` if it is not well formed."""
        return _of(Language.load(code))

    def segment(self, text: str) -> list[Segment]:
        """The sentences of a text, in order.

        Each line is a paragraph; no sentence crosses one. Metadata at the start of the text
        (see :func:`tmtool.text.metadata`) belongs to no sentence. Raises ``InputError`` if
        the text holds half a surrogate pair, which is no character, or if a rule of an SRX file
        of the user takes seconds with a paragraph.
        """
        _check(text, 0)
        return self._split(text, metadata(text)[1], 0, 0)

    def stream(self, blocks: Iterable[str]) -> Iterator[Segment]:
        """The sentences of a text that comes in blocks, as :meth:`segment` would find them.

        Only one block and one paragraph are held at a time; of a paragraph without an end only
        its last sentence and what stands near it.
        """
        pending = ""
        offset = paragraph = given = 0
        begin: int | None = None
        patience = _PATIENCE
        for block in blocks:
            _check(block, offset + len(pending))
            cut = max(map(block.rfind, LINE_ENDS)) + 1
            cut += len(pending) if cut else 0
            pending += block
            if not cut and len(pending) < patience:
                continue
            if begin is None:
                begin = metadata(pending)[1]
            if cut:
                segments = self._split(pending[:cut], begin, offset, paragraph)
                paragraph = segments[-1].paragraph + 1 if segments else paragraph
            else:  # what stands near the end, or is the start of what is left, is not decided yet
                near = offset + len(pending) - _SIGHT
                segments = self._split(pending, begin, offset, paragraph)
                while segments and segments[-1].end > near:
                    segments.pop()
                end = segments[-1].end - offset if segments else 0
                cut = max(0, end - _SIGHT)
            yield from _from(given, segments)
            given = segments[-1].end if segments else given
            offset += cut
            pending = pending[cut:]
            begin = max(0, begin - cut)
            patience = max(_PATIENCE, 4 * len(pending))
        begin = metadata(pending)[1] if begin is None else begin
        yield from _from(given, self._split(pending, begin, offset, paragraph))

    def _split(self, text: str, begin: int, offset: int, paragraph: int) -> list[Segment]:
        """The sentences of a part of a text that lies ``offset`` characters into the whole.

        ``begin`` characters are passed over; ``paragraph`` is the number of the first one.
        """
        if begin:
            text, offset = text[begin:], offset + begin
        starts, stops = _paragraphs(text)
        segments: list[Segment] = []
        add = segments.append
        made = tuple.__new__  # what Segment() comes to, without a call in Python
        ends = self._breaks.of(text, zip(starts, stops, strict=True))
        with _nothing_collected():
            for number, (left, stop, breaks) in enumerate(
                zip(starts, stops, ends, strict=True), paragraph
            ):
                for right in breaks:
                    if piece := text[left:right].rstrip():
                        at = offset + left
                        add(made(Segment, (piece, at, at + len(piece), number)))
                    left = right + 1 if text[right] == " " else right
                    while text[left].isspace():  # a paragraph does not end in white space
                        left += 1
                add(made(Segment, (text[left:stop], offset + left, offset + stop, number)))
        return segments

    def explain(self, text: str) -> list[Decision]:
        """Every candidate place in a text, with the rule that made it a break or not.

        The rule is empty where none fits, which is no break. Raises as :meth:`segment`.
        """
        _check(text, 0)
        begin = metadata(text)[1]
        lines = zip(*_paragraphs(text[begin:]), strict=True)
        return [
            Decision(begin + start + offset, rule.breaks, rule.name)
            if rule
            else Decision(begin + start + offset, False, "")
            for start, stop in lines
            for offset, rule in self._breaks.decisions(text[begin + start : begin + stop])
        ]


def _from(given: int, segments: Iterable[Segment]) -> Iterator[Segment]:
    """Segments from an offset on, up to which they were given before."""
    for segment in segments:
        if segment.start >= given:
            yield segment
        elif rest := segment.text[max(0, given - segment.start) :].lstrip():
            yield Segment(rest, segment.end - len(rest), segment.end, segment.paragraph)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Spare the garbage collector many objects that stay: a tenth of the time of a long text."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def _of(language: Language) -> Segmenter:
    """One segmenter for each language: its rules are compiled once, and it learns words."""
    return Segmenter(language)


def _check(text: str, offset: int) -> None:
    """Raise ``InputError`` if a text that lies ``offset`` characters into another is none."""
    for begin in range(0, len(text), _BLOCK):
        try:
            text[begin : begin + _BLOCK].encode("utf-16-le")
        except UnicodeEncodeError as error:
            at = begin + error.start
            raise InputError(
                f"holds half a surrogate pair, U+{ord(text[at]):04X}, at character {offset + at}",
                hint="it was decoded wrongly; read it again as UTF-8 or UTF-16",
            ) from None


def _paragraphs(text: str) -> tuple[list[int], list[int]]:
    """Where lines in which there is something to see start and stop, white space left out."""
    starts, stops = [], []
    start = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped and (stripped[0].isalnum() or not _INVISIBLE.match(stripped)):
            left = start if line[0] == stripped[0] else start + line.index(stripped)
            starts.append(left)
            stops.append(left + len(stripped))
        start += len(line)
    return starts, stops
