"""Sentences: SRX rules run over paragraphs.

Spans tile the text: segments in order, and only white space or metadata between them. A
candidate is a place where the *before* side of a breaking rule ends; there the rules are
tried in order and the first that fits decides, as SRX 2.0 (section 3) asks.

Speed comes from one observation. Most *before* sides look at the last word only, and a text
has few different last words before its candidates: so each word is judged once, by all those
rules, and what remains to do at a candidate is one match of the *after* sides that are left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import regex

from tmtool.language import Language
from tmtool.model import Segment
from tmtool.srx import Rule
from tmtool.text import metadata

# What ends a paragraph; str.splitlines() knows the same set.
_LINE = re.compile("[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")

_WORD = 80  # characters: longer words are judged anew at each candidate
_REMEMBERED = 100_000  # words judged; then the memory of them is emptied

# What makes an expression look beyond a word: white space, places, the text that follows.
_FAR = re.compile(r"\\[sSWDPAZ]|\\p\{[^LMN]|[ .^$]|\(\?[=!]")

_Judge = Callable[[str, int], "re.Match[str] | None"]


class _Pattern(Protocol):
    """What ``re`` and ``regex`` patterns share."""

    def finditer(self, string: str, /) -> Iterator[re.Match[str]]: ...

    def match(self, string: str, position: int, /) -> re.Match[str] | None: ...


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
            _compiled(before)
            for before in dict.fromkeys(rule.before for rule in self._rules if rule.breaks)
        ]
        self._near = {
            number: regex.compile(f"(?:{rule.before})\\Z")
            for number, rule in enumerate(self._rules)
            if _is_near(rule.before)
        }
        self._judge_anywhere = self._compiled_judge(range(len(self._rules)), ())
        self._judges: dict[tuple[int, ...], _Judge] = {}
        self._words: dict[str, _Judge] = {}

    @classmethod
    def for_language(cls, code: str) -> Segmenter:
        """The segmenter of a BCP 47 code; raises ``LanguageError`` if it is not well formed."""
        return cls(Language.load(code))

    def segment(self, text: str) -> list[Segment]:
        """The sentences of a text, in order.

        Each line is a paragraph; no sentence crosses one. Metadata at the start of the text
        (see :func:`tmtool.text.metadata`) belongs to no sentence.
        """
        segments: list[Segment] = []
        add = segments.append
        for paragraph, (line, start) in enumerate(_paragraphs(text)):
            left = 0
            for right in self._breaks(line):
                piece = line[left:right].rstrip()
                if piece:
                    add(Segment(piece, start + left, start + left + len(piece), paragraph))
                left = right
                while line[left].isspace():  # a paragraph does not end in white space
                    left += 1
            piece = line[left:]
            if piece:
                add(Segment(piece, start + left, start + len(line), paragraph))
        return segments

    def explain(self, text: str) -> list[Decision]:
        """Every candidate place in a text, with the rule that made it a break or not."""
        decide = regex.compile(
            "|".join(
                f"(?:{_behind(rule)}(?={rule.after})(?P<rule{number}>))"
                for number, rule in enumerate(self._rules)
            )
            or "(?!)"
        )
        decisions = []
        for line, start in _paragraphs(text):
            for offset, _ in self._candidates(line):
                found = decide.match(line, offset)
                if found and found.lastgroup:
                    rule = self._rules[int(found.lastgroup[4:])]
                    decisions.append(Decision(start + offset, rule.breaks, rule.name))
        return decisions

    def _candidates(self, line: str) -> Sequence[tuple[int, int]]:
        """Where the *before* of a breaking rule ends, and where it began, ascending."""
        spans = [(m.end(), m.start()) for scan in self._scanners for m in scan.finditer(line)]
        if len(self._scanners) > 1:
            spans = [next(group) for _, group in groupby(sorted(spans), key=lambda span: span[0])]
        return spans

    def _breaks(self, line: str) -> Iterator[int]:
        """The offsets of a paragraph at which a sentence ends, the last one left out."""
        words = self._words
        size = len(line)
        for end, start in self._candidates(line):
            if end == size:
                break
            space = line.rfind(" ", max(0, start - _WORD), start)
            if space < 0 and start > _WORD:
                judge = self._judge_anywhere
            else:
                word = line[space + 1 : end]
                judge = words.get(word) or self._judged(word)
            found = judge(line, end)
            if found and found.lastindex:
                yield end

    def _judged(self, word: str) -> _Judge:
        """The judge of candidates after a word, in which only rules that it allows are left."""
        if len(self._words) >= _REMEMBERED:
            self._words.clear()
        possible = tuple(
            number
            for number in range(len(self._rules))
            if number not in self._near or self._near[number].search(word)
        )
        if possible not in self._judges:
            self._judges[possible] = self._compiled_judge(possible, self._near)
        judge = self._words[word] = self._judges[possible]
        return judge

    def _compiled_judge(self, numbers: Iterable[int], judged: Collection[int]) -> _Judge:
        """A match at a candidate, with a group if it is a break, by some of the rules.

        The *before* of those that are ``judged`` is known to fit.
        """
        alternatives = []
        for number in numbers:
            rule = self._rules[number]
            sides = ("" if number in judged else _behind(rule)) + f"(?={rule.after})"
            alternatives.append(f"({sides})" if rule.breaks else sides)
        return _compiled("|".join(alternatives) or "(?!)").match


def _paragraphs(text: str) -> Iterator[tuple[str, int]]:
    """Each line that holds more than white space, stripped, and its offset; metadata left out."""
    _, begin = metadata(text)
    for match in _LINE.finditer(text, begin):
        line = match[0]
        stripped = line.strip()
        if stripped:
            yield stripped, match.start() + len(line) - len(line.lstrip())


def _is_near(before: str) -> bool:
    """Whether an expression, matched up to a candidate, sees nothing before its word."""
    plain = re.sub(r"\\\W", "", before.replace(r"(?<!\S)", ""))
    if "[^" in plain:
        return False
    # Inside a class a full stop and the like stand for themselves.
    plain = re.sub(r"\[([^]]*)\]", lambda inside: re.sub("[.^$]", "", inside[1]), plain)
    return not _FAR.search(plain)


def _behind(rule: Rule) -> str:
    return f"(?<={rule.before})" if rule.before else ""


def _compiled(expression: str) -> _Pattern:
    try:
        return re.compile(expression)  # faster, but it knows no \p{Lu}
    except re.error:
        pattern: _Pattern = regex.compile(expression)
        return pattern
