"""Checks of quality: what may be wrong with a translation, one generator for each check.

``check_unit`` looks at one unit alone and is quick enough for every key stroke; ``check`` looks at
many in their order, with what they teach about each other. Neither changes a unit; ``mended`` and
``dismissed`` make another one.

    core          what a check is and what it is given
    typography    what is known about a written language
    style         what a configuration fixes about it
    dictionaries  the words that are in a dictionary
    known         what the units teach
    mending       what becomes of findings
    numbers marks words extent kept styled across      the checks
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice

from tmtool.checks import (  # noqa: F401 - they register
    across,
    extent,
    kept,
    marks,
    numbers,
    styled,
    words,
)
from tmtool.checks.core import CHECKS, Check, Pair, findings
from tmtool.checks.known import Known
from tmtool.checks.mending import dismissals, dismissed, fault, mended, recalled
from tmtool.checks.style import Style, read_styles
from tmtool.errors import TmtoolError
from tmtool.model import Finding, TranslationUnit

__all__ = [
    "CHECKS",
    "DEFAULT",
    "Check",
    "Judge",
    "Style",
    "check",
    "check_unit",
    "checked",
    "dismissed",
    "mender",
    "read_styles",
    "recalled",
]

DEFAULT = "default"
"""What stands for all checks that are not optional, among the names of those to be selected."""

_ALONE = tuple(check for check in CHECKS.values() if check.alone)
_NOTHING = Known()
_BATCH = 2000  # units that teach each other before the first is judged


def check_unit(unit: TranslationUnit) -> list[Finding]:
    """What the checks find that look at one unit alone."""
    return findings(Pair(unit, _NOTHING), _ALONE)


class Judge:
    """What looks at one unit alone, as :func:`check_unit`, with a glossary and styles."""

    def __init__(
        self, glossary: Iterable[TranslationUnit], styles: Mapping[str, Style] | None = None
    ) -> None:
        """``glossary`` and ``styles`` are those of :func:`check`."""
        self._known = _known(glossary, styles)
        self._checks = (*_ALONE, CHECKS["terms"]) if self._known.terms else _ALONE

    def findings(self, unit: TranslationUnit) -> list[Finding]:
        """What the checks find in a unit."""
        return findings(Pair(unit, self._known), self._checks)

    def terms(self, unit: TranslationUnit) -> dict[str, tuple[str, ...]]:
        """The terms that its source holds, in any of their forms, with their translations.

        Those that must not be used are left out.
        """
        found = across.terms_in(Pair(unit, self._known))
        return {
            term.text: tuple(text for text, _ in term.translations)
            for term, _ in found
            if term.translations
        }


def check(
    units: Iterable[TranslationUnit],
    select: Collection[str] | None = None,
    ignore: Collection[str] = (),
    glossary: Iterable[TranslationUnit] = (),
    styles: Mapping[str, Style] | None = None,
) -> Iterator[Finding]:
    """What the checks find in units, in their order; rejected units are passed over.

    ``select`` and ``ignore`` are names in :data:`CHECKS`; :data:`DEFAULT` stands for all that are
    not optional, and holds if none is selected. The units of a ``glossary`` are terms and their
    translations, one of several if there are more, or one that must not be used if the unit is
    rejected; ``styles`` are those of languages by their
    codes. Units are taken in batches, so that any number of them may come. Raises ``TmtoolError``
    if a name is none of a check.
    """
    every = checked(units, select, ignore, glossary, styles)
    return (finding for _, found in every for finding in found)


def checked(
    units: Iterable[TranslationUnit],
    select: Collection[str] | None = None,
    ignore: Collection[str] = (),
    glossary: Iterable[TranslationUnit] = (),
    styles: Mapping[str, Style] | None = None,
) -> Iterator[tuple[TranslationUnit, list[Finding]]]:
    """Every unit and what is found in it, as :func:`check` finds it."""
    return _judged(iter(units), _chosen(select, ignore), _known(glossary, styles))


def mender(
    select: Collection[str] | None = None,
    ignore: Collection[str] = (),
    styles: Mapping[str, Style] | None = None,
) -> Callable[[TranslationUnit], TranslationUnit]:
    """What takes out of a unit the faults that it shows alone and that need no guess.

    What shows only when another fault is mended is mended, too. Arguments as for :func:`check`.
    """
    known = _known((), styles)
    checks = [check for check in _chosen(select, ignore) if check.alone]

    def repaired(unit: TranslationUnit) -> TranslationUnit:
        meant = dismissals(unit)  # although other faults are mended
        while unit.state != "rejected":
            better = unit
            found = findings(Pair(unit, known), checks)
            for finding in _apart(one for one in found if fault(unit, one) not in meant):
                better = mended(better, finding)
            if better == unit:
                break
            unit = better
        return unit

    return repaired


def _apart(found: Iterable[Finding]) -> Iterator[Finding]:
    """Those of some findings that can be mended one after the other, as none moves the next."""
    first = dict[str, int]()
    fixable = [(one.span, one) for one in found if one.span and one.fix is not None]
    for (start, end), finding in sorted(fixable, key=lambda fix: fix[0], reverse=True):
        if end <= first.get(finding.side, end):
            first[finding.side] = start
            yield finding


def _known(glossary: Iterable[TranslationUnit], styles: Mapping[str, Style] | None = None) -> Known:
    known = Known()
    known.terms = across.read_terms(glossary)
    known.styles = styles or {}
    return known


def _judged(
    units: Iterator[TranslationUnit], checks: Collection[Check], known: Known
) -> Iterator[tuple[TranslationUnit, list[Finding]]]:
    teachers = {check.learn for check in checks if check.learn}
    while batch := [Pair(unit, known) for unit in islice(units, _BATCH)]:
        usable = [pair for pair in batch if pair.unit.is_paired and pair.unit.state != "rejected"]
        for learn in teachers:
            learn(known, usable)
        for pair in batch:
            is_rejected = pair.unit.state == "rejected"
            yield pair.unit, [] if is_rejected else findings(pair, checks)


def _chosen(select: Collection[str] | None, ignore: Collection[str]) -> list[Check]:
    for name in (*(select or ()), *ignore):
        if name not in CHECKS and name != DEFAULT:
            near = get_close_matches(name, CHECKS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(CHECKS)}"
            raise TmtoolError(f"there is no check {name!r}", hint=hint)
    chosen = select or {DEFAULT}
    return [
        check
        for name, check in CHECKS.items()
        if (name in chosen or (DEFAULT in chosen and not check.is_optional)) and name not in ignore
    ]
