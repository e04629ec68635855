"""What a check is, and what it is given: a unit with both sides looked at once.

A check is a generator of flaws under ``@check(...)``; its docstring is its help. Most units have
no flaw, so what a check does first is to ask what rules a flaw out: which characters there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tmtool.checks.typography import WORD, Typography, typography
from tmtool.model import Finding, Severity, TranslationUnit, Variant

SideName = Literal["source", "target"]
Span = tuple[int, int]

_DIGITS = frozenset("0123456789")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


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

    @property
    def has_latin(self) -> bool:
        return not self.chars.isdisjoint(_LATIN)


class Lengths(NamedTuple):
    """How long translations are: the logarithm of target to source length is normal.

    ``mean`` and ``spread`` are those of long texts; the variance of short ones is greater.
    """

    mean: float
    spread: float = 0.2

    def deviation(self, source: int, target: int) -> float:
        """By how many standard deviations a translation is too long, negative if too short."""
        ratio = math.log(max(1, target) / max(1, source))
        short = 1 + SHORT / max(1, min(source, target))
        return (ratio - self.mean) / (self.spread * math.sqrt(short))


SHORT = 15
"""The length in characters at which the variance is twice that of long texts."""


class Pair:
    """A unit as the checks see it, with what other units taught."""

    __slots__ = ("lengths", "source", "target", "unit")

    def __init__(self, unit: TranslationUnit, lengths: Lengths | None = None) -> None:
        self.unit = unit
        self.source = Side("source", unit.source)
        self.target = Side("target", unit.target)
        self.lengths = lengths or Lengths(
            math.log(self.target.typography.extent / self.source.typography.extent)
        )


Run = Callable[[Pair], Iterator[Flaw]]


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its name; ``help`` says what it finds and what it lets pass."""

    name: str
    help: str
    severity: Severity
    run: Run

    def findings(self, pair: Pair) -> Iterator[Finding]:
        """The flaws of a unit as findings."""
        for message, span, side, severity in self.run(pair):
            yield Finding(self.name, pair.unit.id, message, severity or self.severity, side, span)


CHECKS: dict[str, Check] = {}
"""Every check by its name."""


def check(name: str, severity: Severity) -> Callable[[Run], Run]:
    """Register a generator as the check of this name."""

    def register(run: Run) -> Run:
        summary = " ".join((run.__doc__ or "").split())
        CHECKS[name] = Check(name, summary, severity, run)
        return run

    return register
