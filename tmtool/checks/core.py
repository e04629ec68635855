"""What a check is, and what it is given: a unit with both sides looked at once.

A check is a generator of flaws under ``@check(...)``; its docstring is its help. Most units have
no flaw, so what a check does first is to ask what rules a flaw out: which characters there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tmtool.checks.known import Known
from tmtool.checks.typography import WORD, Typography, typography
from tmtool.model import Finding, Severity, TranslationUnit, Variant

SideName = Literal["source", "target"]
Span = tuple[int, int]

_DIGITS = frozenset("0123456789")


class Flaw(NamedTuple):
    """What a check yields: a finding of its own name, on the unit it was given."""

    message: str
    span: Span | None = None
    side: SideName = "target"
    severity: Severity | None = None


class Side:
    """One side of a unit: its text, the characters in it, and how its language is written."""

    __slots__ = ("_lower", "_words", "chars", "name", "text", "typography", "variant")

    def __init__(self, name: SideName, variant: Variant) -> None:
        self.name = name
        self.variant = variant
        self.text = variant.text
        self.chars = frozenset(self.text)
        self.typography: Typography = typography(variant.language)
        self._words: list[str] | None = None
        self._lower: str | None = None

    @property
    def lower(self) -> str:
        """The text in lower case."""
        if self._lower is None:
            self._lower = self.text.lower()
        return self._lower

    @property
    def words(self) -> list[str]:
        """The words in lower case, letters only."""
        if self._words is None:
            self._words = WORD.findall(self.lower)
        return self._words

    @property
    def has_digits(self) -> bool:
        return not self.chars.isdisjoint(_DIGITS)


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


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its name; ``help`` says what it finds and what it lets pass.

    ``alone`` says whether it looks at one unit alone, and needs no other to judge it.
    """

    name: str
    help: str
    severity: Severity
    alone: bool
    run: Run


CHECKS: dict[str, Check] = {}
"""Every check by its name."""


def check(name: str, severity: Severity, *, alone: bool = True) -> Callable[[Run], Run]:
    """Register a generator as the check of this name."""

    def register(run: Run) -> Run:
        summary = " ".join((run.__doc__ or "").split())
        CHECKS[name] = Check(name, summary, severity, alone, run)
        return run

    return register


def findings(pair: Pair, checks: Iterable[Check]) -> list[Finding]:
    """The flaws of a unit as findings; a unit without a side has no other than that."""
    if not pair.source.text.strip() or not pair.target.text.strip():
        checks = [check for check in checks if check.name == "empty"]
    return [
        Finding(check.name, pair.unit.id, message, severity or check.severity, side, span)
        for check in checks
        for message, span, side, severity in check.run(pair)
    ]
