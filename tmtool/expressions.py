r"""What an expression of a rule can be seen to look at, from its text alone.

A rule's *before* is matched up to a candidate, a place where a sentence might end. Near is
what stays in the last word before it; far is what sees white space, the start of the
paragraph or what follows. Only the syntax that ICU, Java and the ``regex`` package share is
known; of what is not understood the worst is assumed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from time import process_time
from typing import Protocol

import regex


class Pattern(Protocol):
    """What ``re`` and ``regex`` patterns share."""

    def finditer(self, string: str, /) -> Iterator[re.Match[str]]: ...

    def match(self, string: str, position: int, /) -> re.Match[str] | None: ...


class Engine:
    """What makes patterns of expressions."""

    def compiled(self, expression: str) -> Pattern:
        """A pattern of the package that is faster: ``re`` unless it does not know the syntax.

        What is a word is not the same to both.
        """
        pattern: Pattern = regex.compile(expression)
        if not _WORDS.search(expression):
            with suppress(re.error):
                pattern = re.compile(expression)
        return pattern

    def partial(self, expression: str) -> regex.Pattern[str]:
        """A pattern that matches in part, too, which those of ``re`` do not."""
        return regex.compile(expression)


class LimitedEngine(Engine):
    """Makes patterns that raise ``TimeoutError`` when the time for a text is up.

    The time is that of the processor.
    """

    def __init__(self) -> None:
        self._end = math.inf

    def allow(self, seconds: float) -> None:
        """Have the patterns match for some seconds from now on, all together."""
        self._end = process_time() + seconds

    def left(self) -> float | None:
        """The seconds that are left, None where there is no limit."""
        left = self._end - process_time()
        if left <= 0:
            raise TimeoutError
        return left if left < math.inf else None

    def compiled(self, expression: str) -> Pattern:
        pattern: Pattern = self.partial(expression)
        return pattern

    def partial(self, expression: str) -> regex.Pattern[str]:
        return _Limited(regex.compile(expression), self)


class _Limited:
    """A pattern of ``regex`` with a limit of time."""

    def __init__(self, pattern: regex.Pattern[str], engine: LimitedEngine) -> None:
        self.pattern: str = pattern.pattern
        self._pattern = pattern
        self._left = engine.left

    def finditer(self, string: str) -> Iterator[re.Match[str]]:
        found: Iterator[re.Match[str]] = self._pattern.finditer(string, timeout=self._left())
        return found

    def match(
        self, string: str, position: int = 0, *, partial: bool = False
    ) -> re.Match[str] | None:
        found: re.Match[str] | None = self._pattern.match(
            string, position, partial=partial, timeout=self._left()
        )
        return found

    def search(self, string: str, *, partial: bool = False) -> re.Match[str] | None:
        found: re.Match[str] | None = self._pattern.search(
            string, partial=partial, timeout=self._left()
        )
        return found


_WORDS = re.compile(r"\\[wWbB]")

_ALL_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))

# What makes an expression look beyond a word: white space, places, the text that follows.
_FAR = re.compile(r"\\[sWDPAZbBG]|\\p\{[^LMN]|[ .^$]|\(\?[=!]")
_ITEM = re.compile(r"\\[pP]\{[^}]*\}|\\.|\[\^?(?:\\.|[^]\\])*\]|\{[\d,]+\}|[^\\\[]", re.S)
_TIMES = re.compile(r"(?:[*+?]|\{[\d,]+\})[+?]?")
_RUN = re.compile(r"\A(\[(?:\\.|[^]\\])*\])\+")
_MARKS = re.compile(r"\[[^]^\\[\w-]+\]")
_OPTIONAL = re.compile(r"[^\\+}][*?]\Z")
_REPEATED_END = re.compile(r"(?<!\\)\)\*\Z")
_LOOKAROUND = re.compile(r"\(\?[=!]")
# With these, too few characters to match may be enough when there are more.
_UNFORESEEABLE = re.compile(r"\\[bBAGZ]|[$]|(?<![\[\\])\^|\(\?<|\(\?![^()]*\(\?[=!]")

_UNTRACEABLE = re.compile(r"\\[bBGZ]|[$]|\(\?[=!]")

_NOT_BEHIND = re.compile(r"\(\?<!((?:\\.|\[(?:\\.|[^]\\])*\]|[^]()\[\\])*)\)")
_EXACTLY = re.compile(r"\{(\d+)\}\Z")

_BEFORE_SPACE = r"(?=\s|$)"
_NOT_IN_LINES = re.compile(r"\(\?(?!:)|\\[bBAGZ]|(?<!\\)[.^$](?![^[]*\])")


def alternatives(expression: str) -> list[str]:
    """The alternatives of an expression, one if there is no choice."""
    found = [""]
    depth = 0
    for match in _ITEM.finditer(expression):
        depth += (match[0] == "(") - (match[0] == ")")
        if match[0] == "|" and not depth:
            found.append("")
        else:
            found[-1] += match[0]
    return found


def items(expression: str) -> list[str]:
    """The parts of an expression that stand in a row, one item if it has alternatives."""
    if len(alternatives(expression)) > 1:
        return [expression]
    found: list[str] = []
    depth = 0
    for match in _ITEM.finditer(expression):
        item = match[0]
        if depth or (found and _TIMES.match(expression, match.start())):
            found[-1] += item
        else:
            found.append(item)
        depth += (item == "(") - (item == ")")
    return found


def choices(item: str) -> list[str]:
    """The alternatives of a group; none if the item is something else."""
    is_group = item.startswith("(?:") and item.endswith(")")
    return alternatives(item[3:-1]) if is_group else []


def is_near(expression: str) -> bool:
    """Whether an expression, matched up to a candidate, sees nothing before its word."""
    plain = re.sub(r"\\\W", "", expression.replace(r"(?<!\S)", ""))
    if "[^" in plain or any(_holds_space(x) for x in _ITEM.findall(plain) if x[0] == "["):
        return False
    # Inside a class a full stop and the like stand for themselves.
    plain = re.sub(r"\[([^]]*)\]", lambda inside: re.sub("[.^$]", "", inside[1]), plain)
    return not _FAR.search(plain)


@cache
def _holds_space(item: str) -> bool:
    return bool(regex.search(item, _ALL_SPACES))


def near_tail(before: str) -> str:
    """The longest end of an expression that, matched up to a candidate, stays in its word.

    All of it for most rules: then the word alone tells whether they fit. For others a word
    that the end does not fit rules them out.
    """
    tail = ""
    for item in reversed(items(before)):
        if not is_near(item):
            if item in (r"\s", r"\s+"):
                return r"(?<!\S)" + tail
            tails = [near_tail(choice) for choice in choices(item)]
            return f"(?:{'|'.join(tails)}){tail}" if tails and all(tails) else tail
        tail = item + tail
    return tail


def near_and_far(before: str) -> list[str]:
    """An expression as two, if some choices of a group are near and some far, else as it is.

    Whatever one of the two matches the whole matches, and the other way round.
    """
    parts = items(before)
    for number in reversed(range(len(parts))):
        near = [choice for choice in choices(parts[number]) if is_near(choice)]
        far = [choice for choice in choices(parts[number]) if not is_near(choice)]
        if near and far:
            groups = (f"(?:{'|'.join(group)})" for group in (near, far))
            return ["".join([*parts[:number], group, *parts[number + 1 :]]) for group in groups]
        if not is_near(parts[number]):
            break
    return [before]


def needed(expression: str) -> str:
    """Marks one of which stands in all that an expression matches; empty if none is known."""
    return next((item[1:-1] for item in items(expression) if _MARKS.fullmatch(item)), "")


def run(expression: str) -> list[str]:
    """The parts of one such as ``[.!?]+"?``, a run and then what may be left out; else none."""
    head, *rest = items(expression) or [""]
    is_run = _RUN.fullmatch(head) and all(_OPTIONAL.search(part) for part in rest)
    return [head, *rest] if is_run else []


def stem(longer: str, shorter: str) -> str:
    """What stands before one expression in another; empty if they do not end alike.

    Only of a run is it known that the longer one ends in no place but where the shorter one
    does, too.
    """
    parts, end = items(longer), run(shorter)
    is_end = end and parts[-len(end) :] == end
    return "".join(parts[: -len(end)]) if is_end else ""


def quick(expression: str) -> str:
    """An expression that finds the same, in less time and memory.

    ``[.!?]+`` becomes ``[.!?][.!?]*``: where one character is due, ``re`` looks for it quickly.
    And a group that may repeat at the end is never tried with fewer repetitions, so nothing
    needs to be remembered of each.
    """
    return _RUN.sub(r"\1\1*", _REPEATED_END.sub(r"\g<0>+", expression))


def more(expression: str) -> str:
    """What may follow the first character of a run in its matches."""
    head, *rest = run(expression)
    return "|".join([head[:-1], *(part[:-1] for part in rest)])


def but_not(expression: str, after: str) -> str:
    """A run but for its matches of one character where ``after`` fits behind it."""
    head, *rest = run(expression)
    return quick(f"{head[:-1]}(?!{after}){head[:-1]}*{''.join(rest)}")


def in_lines(expression: str, line_ends: str) -> str:
    """A run as an expression for a text of many lines, empty if none is known.

    Its matches are those that the run has in each line, but that they may take in white space
    around a line.
    """
    if not run(expression) or _NOT_IN_LINES.search(expression.replace(_BEFORE_SPACE, "")):
        return ""
    parts = []
    for part in expression.split(_BEFORE_SPACE):
        found = [match[0] for match in _ITEM.finditer(part)]
        may_cross = (regex.search(x, line_ends) for x in found if x[0] in "\\[" and x != r"\s")
        if "".join(found) != part or any(may_cross):
            return ""
        parts.append("".join(f"[^\\S{line_ends}]" if x == r"\s" else x for x in found))
    return rf"(?=[\s{line_ends}]|$)".join(parts)


def is_foreseeable(expression: str) -> bool:
    """Whether an expression that cannot match on from some characters cannot if more follow."""
    return not _UNFORESEEABLE.search(expression)


def is_traceable(expression: str) -> bool:
    """Whether an expression that cannot match back from some end cannot if more stands before."""
    return not _UNTRACEABLE.search(expression)


def sight(expression: str) -> float:
    """How many characters before its match an expression looks at, at most."""
    insides = [match[1] for match in _NOT_BEHIND.finditer(expression)]
    if len(insides) < expression.count("(?<"):
        return math.inf
    rows = [items(choice) for inside in insides for choice in alternatives(inside)]
    return max((sum(map(_width, row)) for row in rows), default=0)


def barred(expression: str) -> str:
    """What must not stand behind a match, to be matched backwards; empty if more is asked there."""
    head = _NOT_BEHIND.match(expression)
    is_all = head and expression.count("(?<") == 1
    return f"(?r)(?:{head[1]})\\Z" if head and is_all else ""


def _width(item: str) -> float:
    times = _EXACTLY.search(item)
    return int(times[1]) if times else 1 if _ITEM.fullmatch(item) else math.inf


def looks_on(expression: str) -> bool:
    """Whether a match may depend on what follows it."""
    return bool(_LOOKAROUND.search(expression))
