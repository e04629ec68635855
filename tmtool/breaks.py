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
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import itemgetter, methodcaller
from typing import Protocol, TypeVar

import regex

from tmtool import expressions
from tmtool.srx import Rule

_END = 4  # characters before a candidate that may show that its word is an ordinary one
_WORD = 24  # characters before a candidate in which its word is looked for
_AHEAD = 3  # characters after a candidate that mostly show which rules fit
_REMEMBERED = 100_000  # answers; then the memory of them is emptied
_PLAIN_END = "оооо."  # such as most words have

_Question = TypeVar("_Question")
_Answer = TypeVar("_Answer")
_Match = Callable[[str, int], "re.Match[str] | None"]
_Verdict = bool | _Match
_Left = tuple[tuple[int, bool], ...]  # rules that may fit, and whether it is known that they do
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
        self._afters = [
            regex.compile(rule.after) if expressions.is_foreseeable(rule.after) else None
            for rule in self._rules
        ]
        self._sights = [expressions.sight(rule.before) for rule in self._rules]
        befores = list(dict.fromkeys(rule.before for rule in self._rules if rule.breaks))
        scanned = [x for x in befores if not any(expressions.stem(x, y) for y in befores)]
        self._scanners = [_compiled(expressions.quick(before)) for before in scanned]
        # Where all candidates come from one expression, it fits every candidate.
        given = {"", *scanned} if len(scanned) == 1 else {""}
        self._given = {n for n, rule in enumerate(self._rules) if rule.before in given}
        self._by_end: dict[int, regex.Pattern[str]] = {}
        self._by_word: dict[int, regex.Pattern[str]] = {}
        self._near = set(self._given)
        for number, rule in enumerate(self._rules):
            if number not in self._given:
                self._look_at_tail(number, rule.before, scanned)
        # The ends that few words have, as one expression: to most words no other rule applies.
        self._rare = {
            number: tail
            for number, tail in self._by_end.items()
            if not tail.search(_PLAIN_END, partial=True)
        }
        self._any_rare = regex.compile("|".join(x.pattern for x in self._rare.values()) or "(?!)")
        self._ends = _Remembered(self._judged_by_end)
        self._words = _Remembered(self._left_by_word)
        self._cut = _Remembered(self._left_by_end)
        self._judges = _Remembered(self._judge)
        self._deciders = _Remembered(self._decider)
        self._quick_scanners = self._scanners
        if len(scanned) == 1 and (letters := self._kept_initials()):
            quick = expressions.but_not(scanned[0], f" [{letters}]\\.", f" ?[{letters}]\\.")
            self._quick_scanners = [_compiled(quick)]

    def _look_at_tail(self, number: int, before: str, scanned: Sequence[str]) -> None:
        """Find out what of a rule can be judged from a word, and what from any end.

        The expressions are matched backwards, so that a partial match tells that the rule may
        fit when more stands before.
        """
        stem, end = before, ""
        for other in scanned:
            if found := expressions.stem(before, other):
                stem, end = found, other
        tail = expressions.near_tail(stem)
        if tail:
            self._by_word[number] = regex.compile(f"(?r)(?:{tail}){end}\\Z")
            self._by_end[number] = self._by_word[number]
        if tail == stem:
            self._near.add(number)
        elif expressions.is_traceable(stem):
            self._by_end[number] = regex.compile(f"(?r)(?:{stem}){end}\\Z")

    def _kept_initials(self) -> str:
        """Letters after which, as initials, no sentence ends before another of the kind."""
        mentioned = {char.upper() for rule in self._rules for char in rule.before + rule.after}
        letters = [char for char in sorted(mentioned) if len(char) == 1 and char.isupper()]
        aheads = [f"{space}{letter}." for letter in letters for space in (" ", "")]
        judges = {letter: self._judges[self._words[f"{letter}."]] for letter in letters}
        return "".join(
            letter
            for letter, judge in judges.items()
            if all(judge[ahead] is False for ahead in aheads)
        )

    def decisions(self, line: str) -> Iterator[tuple[int, Rule | None]]:
        """Each candidate of a paragraph with the rule that decides it, the obvious way."""
        deciding = regex.compile(
            "|".join(
                f"(?:{_behind(rule)}{_ahead(rule)}(?P<rule{number}>))"
                for number, rule in enumerate(self._rules)
            )
            or "(?!)"
        )
        for _, offset in _spans(self._scanners, line):
            found = deciding.match(line, offset)
            yield offset, self._rules[int(found.lastgroup[4:])] if found else None

    def of(self, line: str) -> list[int]:
        """The offsets of a paragraph at which a sentence ends, the last one left out."""
        ends = self._ends
        near, ahead = _END, _AHEAD
        size = len(line)
        breaks = []
        for start, end in _spans(self._quick_scanners, line):
            if end == size:
                break
            judge = ends[line[start - near : end]] if start >= near else None
            if judge is None:
                judge = self._judged_in(line, start, end)
            verdict = judge[line[end : end + ahead]]
            if verdict is True or (verdict is not False and verdict(line, end)):
                breaks.append(end)
        return breaks

    def _judged_by_end(self, end: str) -> _Judge | None:
        """The judge of candidates after words with this end; None if more must be seen."""
        if not self._any_rare.search(end, partial=True):
            return self._judges[self._left_by_end(end, but_not=self._rare)]
        word = end.rfind(" ", 0, _END) + 1
        if word:
            left = self._words[end[word:]]
            return self._judges[tuple(x for x in left if x[1] or self._may_fit(x[0], end))]
        left = self._left_by_end(end)
        tells_more = any(n in self._rare and n in self._near for n, fits in left if not fits)
        return None if tells_more else self._judges[left]

    def _judged_in(self, line: str, start: int, end: int) -> _Judge:
        """The judge of a candidate by its word, or by the end of that if it is long."""
        floor = max(0, start - _WORD)
        word = line.rfind(" ", floor, start) + 1
        is_cut = floor and not word
        left = self._cut[line[start - _END : end]] if is_cut else self._words[line[word:end]]
        return self._judges[left]

    def _may_fit(self, number: int, end: str) -> bool:
        test = self._by_end.get(number)
        return not test or bool(test.search(end, partial=True))

    def _left_by_end(self, end: str, but_not: Container[int] = ()) -> _Left:
        """The rules that may fit after this end, less some that do not."""
        left = []
        for number in range(len(self._rules)):
            if number in self._given:
                left.append((number, True))
            elif number not in but_not:
                test = self._by_end.get(number)
                found = test and test.search(end, partial=True)
                if found or not test:
                    is_seen = found and not found.partial and found.start() >= self._sights[number]
                    left.append((number, bool(is_seen) and number in self._near))
        return tuple(left)

    def _left_by_word(self, word: str) -> _Left:
        """The rules that may fit after a word."""
        left = []
        for number in range(len(self._rules)):
            test = self._by_word.get(number)
            if number in self._given or not test or test.search(word):
                left.append((number, number in self._near))
        return tuple(left)

    def _judge(self, left: _Left) -> _Judge:
        return _Remembered(partial(self._foreseen, left))

    def _foreseen(self, rules: _Left, ahead: str) -> _Verdict:
        """What rules decide before these characters."""
        left: list[tuple[int, bool, bool]] = []
        may_be: set[bool] = set()
        for number, is_judged in rules:
            after = self._afters[number]
            found = after and after.match(ahead, partial=True)
            if after and not found:
                continue
            is_whole = found is not None and not found.partial
            is_sure = after is not None and is_whole and not expressions.looks_on(after.pattern)
            left.append((number, is_judged, is_sure))
            may_be.add(self._rules[number].breaks)
            if is_judged and is_sure:
                break
        else:
            may_be.add(False)
        return may_be.pop() if len(may_be) == 1 else self._deciders[tuple(left)]

    def _decider(self, rules: tuple[tuple[int, bool, bool], ...]) -> _Match:
        """A match where a candidate is a break by these rules.

        Each comes with whether its *before* and its *after* are known to fit. A breaking rule
        decides where it fits and no other rule above it does.
        """
        breaking: dict[int, list[str]] = {}  # by the number of keeping rules above
        keeping: list[str] = []
        for number, fits_behind, fits_ahead in rules:
            rule = self._rules[number]
            sides = ("" if fits_behind else _behind(rule)) + ("" if fits_ahead else _ahead(rule))
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
        return _compiled("|".join(alternatives) or "(?!)").match


class _Remembered(dict[_Question, _Answer]):
    """The answers of a function that were asked for before, and the others when they are."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Callable[[_Question], _Answer]) -> None:
        self._answer = answer

    def __missing__(self, key: _Question) -> _Answer:
        if len(self) >= _REMEMBERED:
            self.clear()
        answer = self[key] = self._answer(key)
        return answer


_Judge = _Remembered[str, _Verdict]
"""Tells by the first characters after a candidate whether it is a break.

If these leave it open, its answer tells by a paragraph and an offset.
"""


def _spans(scanners: Sequence[_Pattern], line: str) -> Iterator[tuple[int, int]]:
    """Where matches begin and end, the first of those with one end, by ascending end."""
    if len(scanners) == 1:
        return map(_span, scanners[0].finditer(line))
    spans = [match.span() for scan in scanners for match in scan.finditer(line)]
    by_end = itemgetter(1)
    return (next(group) for _, group in groupby(sorted(spans, key=by_end), by_end))


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
