"""Checks of quality: what may be wrong with a translation, one generator for each check.

``check_unit`` looks at one unit alone and is quick enough for every key stroke; ``check`` looks at
many in their order, with what they teach about each other. Neither changes a unit; ``mended`` and
``dismissed`` make another one.

    core          what a check is and what it is given
    typography    what is known about a written language
    known         what the units teach
    mending       what becomes of findings
    numbers marks words extent kept across      the checks
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice

from tmtool.checks import across, extent, kept, marks, numbers, words  # noqa: F401 - they register
from tmtool.checks.core import CHECKS, Check, Pair, findings
from tmtool.checks.known import Known
from tmtool.checks.mending import dismissed, mended
from tmtool.errors import TmtoolError
from tmtool.model import Finding, TranslationUnit

__all__ = ["CHECKS", "Check", "check", "check_unit", "checked", "dismissed", "judge", "repaired"]

_ALONE = tuple(check for check in CHECKS.values() if check.alone)
_NOTHING = Known()
_BATCH = 2000  # units that teach each other before the first is judged


def check_unit(unit: TranslationUnit) -> list[Finding]:
    """What the checks find that look at one unit alone."""
    return findings(Pair(unit, _NOTHING), _ALONE)


def judge(glossary: Iterable[TranslationUnit]) -> Callable[[TranslationUnit], list[Finding]]:
    """As :func:`check_unit`, of a unit and the terms of a ``glossary`` (see :func:`check`)."""
    known = Known()
    known.terms = across.read_terms(glossary)
    checks = (*_ALONE, CHECKS["terms"]) if known.terms else _ALONE
    return lambda unit: findings(Pair(unit, known), checks)


def check(
    units: Iterable[TranslationUnit],
    select: Collection[str] | None = None,
    ignore: Collection[str] = (),
    glossary: Iterable[TranslationUnit] = (),
) -> Iterator[Finding]:
    """What the checks find in units, in their order; rejected units are passed over.

    ``select`` and ``ignore`` are names in :data:`CHECKS`; all are selected if none is. The units
    of a ``glossary`` are terms and their translations, one of several if there are more. Units
    are taken in batches, so that any number of them may come. Raises ``TmtoolError`` if a name is
    none of a check.
    """
    return (finding for _, found in checked(units, select, ignore, glossary) for finding in found)


def checked(
    units: Iterable[TranslationUnit],
    select: Collection[str] | None = None,
    ignore: Collection[str] = (),
    glossary: Iterable[TranslationUnit] = (),
) -> Iterator[tuple[TranslationUnit, list[Finding]]]:
    """Every unit and what is found in it, as :func:`check` finds it."""
    known = Known()
    known.terms = across.read_terms(glossary)
    return _judged(iter(units), _chosen(select, ignore), known)


def repaired(
    unit: TranslationUnit, select: Collection[str] | None = None, ignore: Collection[str] = ()
) -> TranslationUnit:
    """A unit without the faults that one unit alone shows and that need no guess.

    What shows only when another fault is mended is mended, too. ``select`` and ``ignore`` as for
    :func:`check`.
    """
    checks = [check for check in _chosen(select, ignore) if check.alone]
    while unit.state != "rejected":
        found = findings(Pair(unit, _NOTHING), checks)
        better = (changed for one in found if (changed := mended(unit, one)) != unit)
        changed = next(better, unit)
        if changed == unit:
            break
        unit = changed
    return unit


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
        if name not in CHECKS:
            near = get_close_matches(name, CHECKS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(CHECKS)}"
            raise TmtoolError(f"there is no check {name!r}", hint=hint)
    return [
        check
        for name, check in CHECKS.items()
        if (not select or name in select) and name not in ignore
    ]
