"""Where SRX rules break the paragraphs of a text.

A candidate is a place where the *before* side of a breaking rule ends; there the rules are
tried in order and the first that fits decides, as SRX 2.0 (section 3) asks. Speed comes from
how few expressions are matched at a candidate (see :mod:`tmtool.judges`), and from looking for
the candidates of all paragraphs in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import groupby
from operator import itemgetter, methodcaller
from pathlib import Path
from time import process_time

import regex

from tmtool import expressions
from tmtool.errors import FormatError
from tmtool.expressions import Engine, LimitedEngine
from tmtool.judges import AHEAD, END, Judges, Remembered, ahead, behind
from tmtool.srx import Rule

LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # as str.splitlines() knows them
_UNIT_SEPARATOR = "\x1f", "\x1b"  # white space to some engines; its neighbour is to none
_LONG = 1000  # characters of a paragraph of which it is worth knowing what it lacks
_NONE: frozenset[int] = frozenset()
_SECONDS = 5  # for the rules of a user with any paragraph
_ENOUGH = 1  # second, to tell which of them is slow
_PACE = 5000  # characters a second that they are to do at least

_Spans = Iterator[tuple[int, int]]
_span = methodcaller("span")


class Breaks:
    """Finds the breaks of paragraphs by rules, which are tried in their order.

    Where they are those of a user, ``origin`` is their file, and they have some seconds for each
    paragraph; beyond that ``FormatError`` is raised, which names the rule that takes so long.
    """

    def __init__(self, rules: Iterable[Rule], origin: Path | None = None) -> None:
        self._origin = origin
        self._limit = LimitedEngine() if origin else None
        self._engine = engine = self._limit or Engine()
        self._rules = [
            replace(rule, before=before)
            for rule in rules
            for before in expressions.near_and_far(rule.before)
        ]
        befores = list(dict.fromkeys(rule.before for rule in self._rules if rule.breaks))
        scanned = [x for x in befores if not any(expressions.stem(x, y) for y in befores)]
        self._scanners = [engine.compiled(expressions.quick(x)) for x in scanned]
        self._judges = Judges(self._rules, scanned, engine)
        is_one = len(scanned) == 1 and not self._limit
        self._in_lines = expressions.in_lines(scanned[0], LINE_ENDS) if is_one else ""
        self._quick_scanners = Remembered(self._quick_scanner)

    def _quick_scanner(self, absent: frozenset[int]) -> expressions.Pattern:
        """What finds the candidates of all lines of a text but those that initials keep."""
        letters, followers = self._judges.initials(absent)
        more = regex.compile(expressions.more(self._in_lines))
        aheads = [*(f"{x}." for x in letters), *(f" {x}" for x in letters + followers)]
        if not letters or any(more.match(ahead, partial=True) for ahead in aheads):
            return self._engine.compiled(expressions.quick(self._in_lines))
        after = f"(?<=[ .][{letters}]\\.) ?[{letters}]\\."
        if followers:
            after += f"|(?<= [{letters}]\\.) [{followers}]"
        return self._engine.compiled(expressions.but_not(self._in_lines, after))

    def decisions(self, line: str) -> Iterator[tuple[int, Rule | None]]:
        """Each candidate of a paragraph with the rule that decides it, the obvious way."""
        line = line.replace(*_UNIT_SEPARATOR)
        deciding = self._engine.partial(
            "|".join(
                f"(?:{behind(rule)}{ahead(rule)}(?P<rule{number}>))"
                for number, rule in enumerate(self._rules)
            )
            or "(?!)"
        )
        with self._limited(line):
            for _, offset in self._candidates(line):
                found = deciding.match(line, offset)
                yield offset, self._rules[int(found.lastgroup[4:])] if found else None

    def of(self, text: str, lines: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
        """The offsets at which a sentence ends in each line, the last one left out.

        Lines come as their offsets in the text, by ascending order, without the white space
        around them.
        """
        text = text.replace(*_UNIT_SEPARATOR)
        if self._in_lines:
            scanner = self._quick_scanners[self._judges.absent(text, 0, len(text))]
            return self._walked(text, lines, map(_span, scanner.finditer(text)))
        return (self._of_line(text, start, stop) for start, stop in lines)

    def _of_line(self, text: str, start: int, stop: int) -> list[int]:
        line = text[start:stop]
        with self._limited(line):
            (ends,) = self._walked(line, [(0, len(line))], self._candidates(line))
        return [start + end for end in ends]

    @contextmanager
    def _limited(self, line: str) -> Iterator[None]:
        """Give the rules of a user their time for a paragraph."""
        if not self._limit:
            yield
            return
        self._limit.allow(_SECONDS + len(line) / _PACE)
        try:
            yield
        except TimeoutError:
            rule = self._slowest(line)
            assert self._origin
            raise FormatError(
                f"its rule {rule.name!r} takes too long with a paragraph of {len(line)} characters",
                path=self._origin,
                line=rule.line,
                hint="write it so that there is one way only to repeat what it repeats",
            ) from None

    def _slowest(self, line: str) -> Rule:
        """The rule that takes longest with a paragraph, of those looked at before it is enough."""
        spent = list[float]()
        for rule in self._rules:
            begun = process_time()
            with suppress(TimeoutError):
                for expression in (rule.before, behind(rule), rule.after):
                    for _ in regex.finditer(expression, line, timeout=_ENOUGH):
                        pass
            spent.append(process_time() - begun)
            if sum(spent) > _ENOUGH:
                break
        return self._rules[spent.index(max(spent))]

    def _candidates(self, line: str) -> _Spans:
        """Where *before* sides of breaking rules begin and end, by ascending end."""
        if len(self._scanners) == 1:
            return map(_span, self._scanners[0].finditer(line))
        spans = [match.span() for scan in self._scanners for match in scan.finditer(line)]
        by_end = itemgetter(1)
        return (next(group) for _, group in groupby(sorted(spans, key=by_end), by_end))

    def _walked(
        self, text: str, lines: Iterable[tuple[int, int]], candidates: _Spans
    ) -> Iterator[list[int]]:
        """The breaks among candidates of a text, for each line."""
        judges = self._judges
        near, far = END, AHEAD
        behind_all = (len(text) + 1, len(text) + 1)
        start, end = next(candidates, behind_all)
        for floor, stop in lines:
            absent = judges.absent(text, floor, stop) if stop - floor > _LONG else _NONE
            by_end = judges.by_end[absent]
            begun, near_stop = floor + near, stop - far
            line = ""
            breaks = []
            while end <= floor:
                start, end = next(candidates, behind_all)
            is_apart = start >= floor
            while end < stop:
                judge = by_end[text[start - near : end]] if start >= begun else None
                if judge is None:
                    line = line or text[floor:stop]
                    judge = judges.of(line, start - floor, end - floor, absent)
                verdict = judge[text[end : end + far if end <= near_stop else stop]]
                if verdict is True:
                    breaks.append(end)
                elif verdict is not False:
                    line = line or text[floor:stop]
                    if verdict(line, end - floor):
                        breaks.append(end)
                start, end = next(candidates, behind_all)
            if start < stop:
                is_apart = is_apart and end == stop
                start, end = next(candidates, behind_all)
            # A match that takes in white space around a line is none of the line alone.
            yield breaks if is_apart else self._of_line(text, floor, stop)
