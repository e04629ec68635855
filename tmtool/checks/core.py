"""What a check is, and what it is given: a unit with both sides looked at once.

A check is a generator of flaws under ``@check(...)``; its docstring is its help. Most units have
no flaw, so what a check does first is to ask what rules a flaw out: which characters there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tmtool.checks.known import Known
from tmtool.checks.mending import is_dismissed
from tmtool.checks.typography import WORD, Typography, typography
from tmtool.model import Finding, Severity, TranslationUnit, Variant

SideName = Literal["source", "target"]
Span = tuple[int, int]

_MARK = re.compile("[^a-zа-я ]")
_LATIN = re.compile("[A-Za-zəƏɵƟķĶ]")
DIGITS = frozenset("0123456789")


class Flaw(NamedTuple):
    """What a check yields: a finding of its own name, on the unit it was given."""

    message: str
    span: Span | None = None
    side: SideName = "target"
    fix: str | None = None


class Side:
    """One side of a unit: its text, the characters in it, and how its language is written.

    ``marks`` holds its characters but for small letters from a to z and from а to я.
    """

    __slots__ = (
        *("_has_latin", "_lower", "_prose", "_words"),
        *("marks", "name", "text", "typography", "variant"),
    )

    def __init__(self, name: SideName, variant: Variant) -> None:
        self.name = name
        self.variant = variant
        self.text = variant.text
        self.marks = frozenset(_MARK.findall(self.text))
        self._has_latin: bool | None = None
        self.typography: Typography = typography(variant.language)
        self._words: list[str] | None = None
        self._lower: str | None = None
        self._prose: str | None = None

    @property
    def lower(self) -> str:
        """The text in lower case, of the same length."""
        if self._lower is None:
            lower = self.text.lower()
            if len(lower) != len(self.text):  # İ becomes two characters
                lower = "".join(min(char.lower(), char, key=len) for char in self.text)
            self._lower = lower
        return self._lower

    @property
    def words(self) -> list[str]:
        """The words in lower case, letters only."""
        if self._words is None:
            self._words = WORD.findall(self.lower)
        return self._words

    @property
    def may_have_placeholders(self) -> bool:
        """Whether there are marks with which placeholders and tags begin."""
        return not self.marks.isdisjoint("<{%&")

    @property
    def prose(self) -> str:
        """The text with blanks in place of tags, and :data:`FILLED` in that of placeholders."""
        if self._prose is None:
            has_some = self.may_have_placeholders
            self._prose = PLACEHOLDER.sub(_blank, self.text) if has_some else self.text
        return self._prose

    @property
    def is_plain(self) -> bool:
        """Whether there are no inline codes."""
        return len(self.variant.content) <= 1 or all(
            isinstance(part, str) for part in self.variant.content
        )

    @property
    def has_latin(self) -> bool:
        """Whether there are Latin letters."""
        if self._has_latin is None:
            self._has_latin = _LATIN.search(self.text) is not None
        return self._has_latin

    @property
    def has_digits(self) -> bool:
        """Whether there are digits."""
        return not self.marks.isdisjoint(DIGITS)


PLACEHOLDER = re.compile(
    r"</?[A-Za-z][^<>]*>|&[A-Za-z]\w*;|\{\{?[\w.:]*\}?\}"
    r"|(?<!\d)%(?:\d+\$|\(\w+\))?(?:[-+#0]?\d+)?(?:\.\d+)?l{0,2}[sdiuf](?!\w)"
)
"""A tag, an entity, or a placeholder for what a program puts there, as in {name} and %s."""

FILLED = "\ufffc"
"""What stands in prose where a program puts something: each character of a placeholder."""


def _blank(placeholder: re.Match[str]) -> str:
    is_filled = placeholder[0][0] in "{%"
    return (FILLED if is_filled else " ") * len(placeholder[0])


_VERBATIM = re.compile(r"<[^<>]*>|`[^`]*`|\{[^{}]*\}|\b\w+://\S+")


def verbatim_in(side: Side) -> list[Span]:
    """Where a text is no prose: tags, code, placeholders and addresses."""
    if side.marks.isdisjoint("<`{/"):
        return []
    return [match.span() for match in _VERBATIM.finditer(side.text)]


class Pair:
    """A unit as the checks see it, with what is known from others.

    ``runs_on`` says that a quotation of the translation is opened in an earlier unit or closed in
    a later one.
    """

    __slots__ = ("known", "runs_on", "source", "target", "unit")

    def __init__(self, unit: TranslationUnit, known: Known) -> None:
        self.unit = unit
        self.known = known
        self.source = Side("source", unit.source)
        self.target = Side("target", unit.target)
        self.runs_on = False

    @property
    def deviation(self) -> float:
        """By how many standard deviations the translation is too long, negative if too short."""
        source, target = self.source, self.target
        lengths = self.known.lengths(source.typography, target.typography)
        return lengths.deviation(len(source.text), len(target.text))


Run = Callable[[Pair], Iterator[Flaw]]

Learn = Callable[[Known, Sequence[Pair]], None]
"""Learns from units with text on both sides before any of them is judged."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its name; ``help`` says what it finds and what it lets pass.

    ``alone`` says whether it looks at one unit alone, and needs no other to judge it; ``learn``
    takes from others what it can use. One that ``is_optional`` must be asked for by name; one with
    ``marks`` says nothing of a translation that has none of them.
    """

    name: str
    help: str
    severity: Severity
    alone: bool
    run: Run
    learn: Learn | None = None
    is_optional: bool = False
    marks: frozenset[str] | None = None


CHECKS: dict[str, Check] = {}
"""Every check by its name."""


def check(
    name: str,
    severity: Severity,
    *,
    alone: bool = True,
    learn: Learn | None = None,
    is_optional: bool = False,
    marks: frozenset[str] | None = None,
) -> Callable[[Run], Run]:
    """Register a generator as the check of this name."""

    def register(run: Run) -> Run:
        summary = " ".join((run.__doc__ or "").split())
        CHECKS[name] = Check(name, summary, severity, alone, run, learn, is_optional, marks)
        return run

    return register


def findings(pair: Pair, checks: Iterable[Check]) -> list[Finding]:
    """The flaws of a unit as findings, but for those that were dismissed.

    A unit without a side has no other than that.
    """
    if not pair.source.text.strip() or not pair.target.text.strip():
        checks = [check for check in checks if check.name == "empty"]
    marks = pair.target.marks
    flaws = [
        (check, flaw)
        for check in checks
        if check.marks is None or not check.marks.isdisjoint(marks)
        for flaw in check.run(pair)
    ]
    every = (
        Finding(check.name, pair.unit.id, message, check.severity, side, span, fix)
        for check, (message, span, side, fix) in flaws
    )
    return [finding for finding in every if not is_dismissed(pair.unit, finding)] if flaws else []
