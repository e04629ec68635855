"""What rules decide at a candidate, from the few characters around it.

Most *before* sides look at the last word only, and a text has few different last words before
its candidates: so each word is judged once, by all rules, and which of them may fit is
remembered; of most words their last letters tell enough. And after most words the next
characters, a space and a capital letter, tell already that no rule for exceptions fits: so
each pair is judged once, too, and expressions are matched only where they leave doubts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from functools import partial
from typing import TypeVar

import regex

from tmtool import expressions
from tmtool.expressions import Engine
from tmtool.srx import Rule

END = 4  # characters before a candidate that mostly show which rules may fit
AHEAD = 3  # characters after a candidate that mostly show which rules fit
_WORD = 24  # characters before a candidate in which its word is looked for
_REMEMBERED = 100_000  # answers; then the memory of them is emptied
_LONG_END = 200  # characters, of quotes say, that are not looked through for each rule
_PLAIN_END = "оооо."  # such as most words have

_Question = TypeVar("_Question")
_Answer = TypeVar("_Answer")

Match = Callable[[str, int], "re.Match[str] | None"]
Verdict = bool | Match
"""Whether a candidate is a break, or what matches a paragraph at an offset where it is one."""

_Left = tuple[tuple[int, bool], ...]  # rules that may fit, and whether *before* is known to


class Remembered(dict[_Question, _Answer]):
    """The answers of a function that were asked for before, and the others when they are."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Callable[[_Question], _Answer]) -> None:
        self._answer = answer

    def __missing__(self, key: _Question) -> _Answer:
        if len(self) >= _REMEMBERED:
            self.clear()
        answer = self[key] = self._answer(key)
        return answer


Judge = Remembered[str, Verdict]
"""The verdicts after some word, by the first ``AHEAD`` characters after a candidate."""


class Judges:
    """The judges of candidates, which matches of the expressions ``scanned`` are.

    ``by_end`` gives judges by the ``END`` characters before a candidate and itself, None where
    more must be seen. Rules that may be absent because a paragraph lacks a mark that they need
    have judges of their own. ``engine`` makes the patterns.
    """

    def __init__(self, rules: Sequence[Rule], scanned: Sequence[str], engine: Engine) -> None:
        self._rules = rules
        self._engine = engine
        self._afters = [
            engine.partial(rule.after) if expressions.is_foreseeable(rule.after) else None
            for rule in rules
        ]
        self._sights = [expressions.sight(rule.before) for rule in rules]
        barred = [expressions.barred(rule.before) for rule in rules]
        self._barred = [engine.partial(pattern) if pattern else None for pattern in barred]
        # Where all candidates come from one expression, it fits every candidate.
        given = {"", *scanned} if len(scanned) == 1 else {""}
        self._given = {number for number, rule in enumerate(rules) if rule.before in given}
        self._near = set(self._given)
        self._end_tests: dict[int, regex.Pattern[str]] = {}
        self._word_tests: dict[int, regex.Pattern[str]] = {}
        for number, rule in enumerate(rules):
            if number not in self._given:
                self._add_tests(number, rule.before, scanned)
        # The ends that few words have, as one expression: to most words no other rule applies.
        self._rare = {
            number: test
            for number, test in self._end_tests.items()
            if not test.search(_PLAIN_END, partial=True)
        }
        self._any_rare = engine.partial("|".join(x.pattern for x in self._rare.values()) or "(?!)")
        self._marks, self._marked = self._find_marks(scanned)
        self.by_end = Remembered(self._ends_without)
        self._left_after_word = Remembered(self._left_by_word)
        self._left_after_end = Remembered(self._left_by_end)
        self._judges = Remembered(self._judge)
        self._deciders = Remembered(self._decider)

    def _add_tests(self, number: int, before: str, scanned: Sequence[str]) -> None:
        """Find out what of a rule can be judged from a word, and what from any end.

        The tests are matched backwards, so that a partial match tells that the rule may fit
        when more stands before.
        """
        stem, end = before, ""
        for other in scanned:
            if found := expressions.stem(before, other):
                stem, end = found, other
        tail = expressions.near_tail(stem)
        if tail:
            self._word_tests[number] = self._engine.partial(f"(?r)(?:{tail}){end}\\Z")
            self._end_tests[number] = self._word_tests[number]
        if tail == stem:
            self._near.add(number)
        elif expressions.is_traceable(stem):
            self._end_tests[number] = self._engine.partial(f"(?r)(?:{stem}){end}\\Z")

    def _find_marks(self, scanned: Sequence[str]) -> tuple[str, frozenset[int]]:
        """The marks, such as dashes, that most rules which look beyond words need, and these."""
        needed = {
            number: marks
            for number, rule in enumerate(self._rules)
            if number not in self._near
            and (marks := expressions.needed(rule.before))
            and not regex.search("|".join(scanned), marks)
        }
        counts = Counter(needed.values()).most_common(1)
        marks = counts[0][0] if counts else ""
        return marks, frozenset(number for number in needed if needed[number] == marks)

    def absent(self, text: str, start: int, stop: int) -> frozenset[int]:
        """The rules that fit nowhere in a part of a text, as far as that is easily seen."""
        has_mark = any(text.find(mark, start, stop) >= 0 for mark in self._marks)
        return frozenset() if has_mark else self._marked

    def of(self, line: str, start: int, end: int, absent: frozenset[int]) -> Judge:
        """The judge of a candidate by its word, or by the end of that if it is long."""
        floor = max(0, start - _WORD)
        word = line.rfind(" ", floor, start) + 1
        if floor and not word:
            return self._without(absent, self._left_after_end[line[start - END : end]])
        return self._without(absent, self._left_after_word[line[word:end]])

    def initials(self, absent: frozenset[int]) -> tuple[str, str]:
        """Letters after which, as initials, no sentence ends before another of the kind.

        And those before which none ends then, whatever they begin, if a space stands before
        the initial.
        """
        mentioned = {char.upper() for rule in self._rules for char in rule.before + rule.after}
        letters = [char for char in sorted(mentioned) if len(char) == 1 and char.isupper()]
        befores = [f"{space}{x}." for x in letters for space in (" ", "")]
        kept = {}
        for letter in letters:
            judge = self._without(absent, self._left_after_word[f"{letter}."])
            glued = self._without(absent, self._left_by_end(f".{letter}."))
            if all(judge[before] is glued[before] is False for before in befores):
                kept[letter] = judge
        followers = [x for x in letters if all(judge[f" {x}"] is False for judge in kept.values())]
        return "".join(kept), "".join(followers)

    def _ends_without(self, absent: frozenset[int]) -> Remembered[str, Judge | None]:
        return Remembered(partial(self._by_end, absent))

    def _by_end(self, absent: frozenset[int], end: str) -> Judge | None:
        if len(end) > _LONG_END:
            left = self._left_by_end(end)
        elif not self._any_rare.search(end, partial=True):
            left = self._left_by_end(end, but_not=self._rare)
        elif word := end.rfind(" ", 0, END) + 1:
            after_word = self._left_after_word[end[word:]]
            left = tuple(rule for rule in after_word if rule[1] or self._may_fit(rule[0], end))
        else:
            left = self._left_after_end[end]
            if any(
                number in self._rare and number in self._near
                for number, is_known in left
                if not is_known
            ):
                return None
        return self._without(absent, left)

    def _without(self, absent: Container[int], left: _Left) -> Judge:
        return self._judges[tuple(rule for rule in left if rule[0] not in absent)]

    def _may_fit(self, number: int, end: str) -> bool:
        test = self._end_tests.get(number)
        return not test or bool(test.search(end, partial=True))

    def _left_by_end(self, end: str, but_not: Container[int] = ()) -> _Left:
        """The rules that may fit after this end, less some that do not."""
        if len(end) > _LONG_END:
            return tuple((number, number in self._given) for number in range(len(self._rules)))
        left = []
        for number in range(len(self._rules)):
            if number in self._given:
                left.append((number, True))
            elif number not in but_not:
                test = self._end_tests.get(number)
                found = test and test.search(end, partial=True)
                if found or not test:
                    is_seen = found and not found.partial and self._sees(number, end, found.start())
                    left.append((number, bool(is_seen) and number in self._near))
        return tuple(left)

    def _sees(self, number: int, end: str, start: int) -> bool:
        """Whether what a rule must not have behind it is not there, whatever stands before."""
        if start >= self._sights[number]:
            return True
        barred = self._barred[number]
        return barred is not None and not barred.search(end[:start], partial=True)

    def _left_by_word(self, word: str) -> _Left:
        """The rules that may fit after a word."""
        left = []
        for number in range(len(self._rules)):
            test = self._word_tests.get(number)
            if number in self._given or not test or test.search(word):
                left.append((number, number in self._near))
        return tuple(left)

    def _judge(self, left: _Left) -> Judge:
        return Remembered(partial(self._foreseen, left))

    def _foreseen(self, rules: _Left, ahead: str) -> Verdict:
        """What rules decide before these characters."""
        left: list[tuple[int, bool, bool]] = []
        may_be: set[bool] = set()
        for number, fits_behind in rules:
            after = self._afters[number]
            found = after.match(ahead, partial=True) if after else None
            if after and not found:
                continue
            looks_on = expressions.looks_on(self._rules[number].after)
            fits_ahead = found is not None and not found.partial and not looks_on
            left.append((number, fits_behind, fits_ahead))
            may_be.add(self._rules[number].breaks)
            if fits_behind and fits_ahead:
                break
        else:
            may_be.add(False)
        return may_be.pop() if len(may_be) == 1 else self._deciders[tuple(left)]

    def _decider(self, rules: tuple[tuple[int, bool, bool], ...]) -> Match:
        """A match where a candidate is a break by these rules.

        Each comes with whether its *before* and its *after* are known to fit. A breaking rule
        decides where it fits and no other rule above it does.
        """
        breaking: dict[int, list[str]] = {}  # by the number of keeping rules above
        keeping: list[str] = []
        for number, fits_behind, fits_ahead in rules:
            rule = self._rules[number]
            sides = ("" if fits_behind else behind(rule)) + ("" if fits_ahead else ahead(rule))
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
        return self._engine.compiled("|".join(alternatives) or "(?!)").match


def behind(rule: Rule) -> str:
    """An expression that fits where the *before* of a rule ends."""
    return f"(?<={rule.before})" if rule.before else ""


def ahead(rule: Rule) -> str:
    """An expression that fits where the *after* of a rule begins."""
    return f"(?={rule.after})" if rule.after else ""
