"""Where SRX rules break a paragraph.

A candidate is a place where the *before* side of a breaking rule ends; there the rules are
tried in order and the first that fits decides, as SRX 2.0 (section 3) asks.

Speed comes from two observations. Most *before* sides look at the last word only, and a text
has few different last words before its candidates: so each word is judged once, by all those
rules, and the *after* sides that are left make one expression; most words are ordinary, which
their last letters show. And after most words the next two characters, a space and a capital
letter, tell already that no rule for exceptions fits: so each pair is judged once, too, and
the expression is matched only where they leave doubts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter, methodcaller
from typing import Protocol, TypeVar

import regex

from tmtool import expressions
from tmtool.srx import Rule

_END = 4  # characters before a candidate that may show that its word is an ordinary one
_WORD = 80  # characters before a candidate in which its word is looked for
_AHEAD = 24  # characters after a candidate that may decide
_REMEMBERED = 100_000  # answers; then the memory of them is emptied
_PLAIN_END = "оооо."  # such as most words have

_Answer = TypeVar("_Answer")
_Match = Callable[[str, int], "re.Match[str] | None"]
_span = methodcaller("span")


class _Pattern(Protocol):
    """What ``re`` and ``regex`` patterns share."""

    def finditer(self, string: str, /) -> Iterator[re.Match[str]]: ...

    def match(self, string: str, position: int, /) -> re.Match[str] | None: ...


class Breaks:
    """Finds the breaks of paragraphs by rules, which are tried in their order."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = [
            replace(rule, before=before)
            for rule in rules
            for before in expressions.near_and_far(rule.before)
        ]
        befores = list(dict.fromkeys(rule.before for rule in self._rules if rule.breaks))
        scanned = [x for x in befores if not any(expressions.stem(x, y) for y in befores)]
        self._scanners = [_compiled(expressions.quick(before)) for before in scanned]
        # Where all candidates come from one expression, it fits every candidate.
        given = {"", *scanned} if len(scanned) == 1 else {""}
        self._given = {n for n, rule in enumerate(self._rules) if rule.before in given}
        self._tails: dict[int, regex.Pattern[str]] = {}
        self._near = set(self._given)
        for number, rule in enumerate(self._rules):
            if number not in self._given:
                self._look_at_tail(number, rule.before, scanned)
        # The ends that few words have, as one expression: to most words no other rule applies.
        rare = {
            n: tail for n, tail in self._tails.items() if not tail.search(_PLAIN_END, partial=True)
        }
        self._common = [number for number in range(len(self._rules)) if number not in rare]
        self._any_rare = regex.compile("|".join(tail.pattern for tail in rare.values()) or "(?!)")
        self._judges: dict[tuple[tuple[int, ...], frozenset[int]], _Judge] = {}
        self._ends = _Remembered(self._judged_by_end)
        self._words = _Remembered(self._judged)

    def _look_at_tail(self, number: int, before: str, scanned: Sequence[str]) -> None:
        """Find out what of a rule can be judged from a word."""
        stem, end = before, ""
        for other in scanned:
            if found := expressions.stem(before, other):
                stem, end = found, other
        tail = expressions.near_tail(stem)
        if tail:
            self._tails[number] = regex.compile(f"(?r)(?:{tail}){end}\\Z")
        if tail == stem:
            self._near.add(number)

    def candidates(self, line: str) -> Iterator[tuple[int, int]]:
        """Where the *before* of a breaking rule begins and ends, by ascending end."""
        if len(self._scanners) == 1:
            return map(_span, self._scanners[0].finditer(line))
        spans = [match.span() for scan in self._scanners for match in scan.finditer(line)]
        by_end = itemgetter(1)
        return (next(spans) for _, spans in groupby(sorted(spans, key=by_end), by_end))

    def decisions(self, line: str) -> Iterator[tuple[int, Rule | None]]:
        """Each candidate of a paragraph with the rule that decides it, the obvious way."""
        deciding = regex.compile(
            "|".join(
                f"(?:{_behind(rule)}{_ahead(rule)}(?P<rule{number}>))"
                for number, rule in enumerate(self._rules)
            )
            or "(?!)"
        )
        for _, offset in self.candidates(line):
            found = deciding.match(line, offset)
            yield offset, self._rules[int(found.lastgroup[4:])] if found else None

    def of(self, line: str) -> list[int]:
        """The offsets of a paragraph at which a sentence ends, the last one left out."""
        ends, words = self._ends, self._words
        near, far = _END, _WORD
        size = len(line)
        breaks = []
        for start, end in self.candidates(line):
            if end == size:
                break
            judge = ends[line[start - near : end]] if start >= near else None
            if judge is None:
                floor = start - far if start > far else 0
                judge = words[line[line.rfind(" ", floor, start) + 1 or floor : end]]
            is_break = judge[line[end : end + 2]]
            if is_break is None:
                space = line.find(" ", end + 2, end + _AHEAD)
                is_break = judge[line[end : space if space > 0 else end + _AHEAD]]
                if is_break is None:
                    is_break = bool(judge.match(line, end))
            if is_break:
                breaks.append(end)
        return breaks

    def _judged_by_end(self, end: str) -> _Judge | None:
        """The judge of candidates after words with this end; None if more must be seen."""
        if self._any_rare.search(end, partial=True):
            return None
        return self._judge(end, self._common, is_whole=False)

    def _judged(self, word: str) -> _Judge:
        """The judge of candidates after a word, before which more may stand if it is long."""
        is_whole = len(word) < _WORD
        is_rare = self._any_rare.search(word, partial=not is_whole)
        numbers = range(len(self._rules)) if is_rare else self._common
        return self._judge(word, numbers, is_whole=is_whole)

    def _judge(self, word: str, numbers: Iterable[int], *, is_whole: bool) -> _Judge:
        """A judge of some of the rules, less those that a word rules out.

        The tails are matched backwards, so that a partial match tells which rules may fit
        when more stands before the word.
        """
        possible = set(self._given)
        judged = set(self._given)
        for number in numbers:
            tail = self._tails.get(number)
            found = tail and tail.search(word, partial=not is_whole)
            if found or not tail:
                possible.add(number)
            if found and not found.partial and number in self._near:
                sees_enough = is_whole or "(?<" not in self._rules[number].before
                if sees_enough or found.start() >= _WORD // 2:
                    judged.add(number)
        key = (tuple(sorted(possible)), frozenset(judged))
        if key not in self._judges:
            self._judges[key] = _Judge([(self._rules[n], n in judged) for n in key[0]])
        return self._judges[key]


class _Remembered(dict[str, _Answer]):
    """The answers of a function that were asked for before, and the others when they are."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Callable[[str], _Answer]) -> None:
        self._answer = answer

    def __missing__(self, key: str) -> _Answer:
        if len(self) >= _REMEMBERED:
            self.clear()
        answer = self[key] = self._answer(key)
        return answer


class _Judge(_Remembered[bool | None]):
    """The rules that are left to decide after a word, each with whether its *before* fits.

    Tells by the first characters after a candidate whether it is a break, and None if these
    leave it open; then ``match`` matches where it is one.
    """

    __slots__ = ("_afters", "_rules", "match")

    def __init__(self, rules: Sequence[tuple[Rule, bool]]) -> None:
        super().__init__(self._foreseen)
        self._rules = rules
        self._afters = [
            regex.compile(rule.after) if expressions.is_foreseeable(rule.after) else None
            for rule, _ in rules
        ]
        self.match: _Match = self._compile_and_match

    def _foreseen(self, ahead: str) -> bool | None:
        may_be: set[bool] = set()
        for (rule, is_judged), after in zip(self._rules, self._afters, strict=True):
            found = after and after.match(ahead, partial=True)
            if found or not after:
                may_be.add(rule.breaks)
            is_sure = found and not found.partial and not expressions.looks_on(rule.after)
            if is_sure and is_judged:
                break
        else:
            may_be.add(False)
        return None if len(may_be) > 1 or len(ahead) < 2 else may_be.pop()

    def _compile_and_match(self, line: str, offset: int) -> re.Match[str] | None:
        """A match where a candidate is a break; the expression is made when first asked for.

        A breaking rule decides where it fits and no other rule above it does.
        """
        breaking: dict[int, list[str]] = {}  # by the number of keeping rules above
        keeping: list[str] = []
        for rule, is_judged in self._rules:
            sides = ("" if is_judged else _behind(rule)) + _ahead(rule)
            if not rule.breaks:
                keeping.append(sides)
            elif sides:
                breaking.setdefault(len(keeping), []).append(sides)
            else:
                breaking[len(keeping)] = [""]  # fits anywhere, the ones beside it are idle
        alternatives = [
            (f"(?!{'|'.join(keeping[:above])})" if above else "") + f"(?:{'|'.join(sides)})"
            for above, sides in breaking.items()
        ]
        self.match = _compiled("|".join(alternatives) or "(?!)").match
        return self.match(line, offset)


def _behind(rule: Rule) -> str:
    return f"(?<={rule.before})" if rule.before else ""


def _ahead(rule: Rule) -> str:
    return f"(?={rule.after})" if rule.after else ""


def _compiled(expression: str) -> _Pattern:
    try:
        return re.compile(expression)  # faster, but it knows no \p{Lu}
    except re.error:
        pattern: _Pattern = regex.compile(expression)
        return pattern
