"""Sentences: SRX rules run over paragraphs.

Spans tile the text: segments in order, and only white space or metadata between them. A
candidate is a place where the *before* side of some breaking rule ends; there the rules are
tried in order and the first that fits decides, as SRX 2.0 (section 3) asks. Finding
candidates is one fast scan; deciding is one match of all rules joined as look-arounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import regex

from tmtool.language import Language
from tmtool.model import Segment
from tmtool.srx import Rule
from tmtool.text import metadata

_LINE = re.compile("[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


class _Scanner(Protocol):
    """What ``re`` and ``regex`` patterns share."""

    def finditer(self, string: str, /) -> Iterator[re.Match[str]]: ...


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
        self._rules = language.rules
        self._scanners = [
            _scanner(before)
            for before in dict.fromkeys(rule.before for rule in self._rules if rule.breaks)
        ]
        self._decide = regex.compile(
            "|".join(f"(?:{_look(rule)}(?P<rule{n}>))" for n, rule in enumerate(self._rules))
            or "(?!)"
        )

    @classmethod
    def for_language(cls, code: str) -> Segmenter:
        """The segmenter of a BCP 47 code; raises ``LanguageError`` if it is not well formed."""
        return cls(Language.load(code))

    def segment(self, text: str) -> list[Segment]:
        """The sentences of a text, in order.

        Each line is a paragraph; no sentence crosses one. Metadata at the start of the text
        (see :func:`tmtool.text.metadata`) belongs to no sentence.
        """
        segments = []
        paragraph = -1
        for start, end in _paragraphs(text):
            line = text[start:end]
            paragraph += 1
            left = 0
            breaks = [offset for offset, rule in self._decisions(line) if rule.breaks]
            for right in (*breaks, len(line)):
                piece = line[left:right]
                stripped = piece.strip()
                if stripped:
                    at = start + left + len(piece) - len(piece.lstrip())
                    segments.append(Segment(stripped, at, at + len(stripped), paragraph))
                left = right
        return segments

    def explain(self, text: str) -> list[Decision]:
        """Every candidate place in a text, with the rule that made it a break or not."""
        return [
            Decision(start + offset, rule.breaks, rule.name)
            for start, end in _paragraphs(text)
            for offset, rule in self._decisions(text[start:end])
        ]

    def _decisions(self, line: str) -> list[tuple[int, Rule]]:
        """The candidate offsets of one paragraph, ascending, each with its deciding rule."""
        offsets = {match.end() for scan in self._scanners for match in scan.finditer(line)}
        decided = []
        for offset in sorted(offsets):
            match = self._decide.match(line, offset)
            if match and match.lastgroup:
                decided.append((offset, self._rules[int(match.lastgroup[4:])]))
        return decided


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each line that holds more than white space, metadata left out."""
    _, begin = metadata(text)
    for match in _LINE.finditer(text, begin):
        line = match[0]
        if stripped := line.strip():
            start = match.start() + len(line) - len(line.lstrip())
            yield start, start + len(stripped)


def _scanner(before: str) -> _Scanner:
    try:
        return re.compile(before)  # several times as fast, but it knows no \p{Lu}
    except re.error:
        scanner: _Scanner = regex.compile(before)
        return scanner


def _look(rule: Rule) -> str:
    before = f"(?<=(?:{rule.before}))" if rule.before else ""
    after = f"(?=(?:{rule.after}))" if rule.after else ""
    return before + after
