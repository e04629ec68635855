"""Checks of quality: what may be wrong with a translation, one generator for each check.

``check_unit`` looks at one unit alone and is quick enough for every key stroke.
"""

from __future__ import annotations

from tmtool.checks import extent, marks, numbers, words  # noqa: F401 - they register the checks
from tmtool.checks.core import CHECKS, Check, Pair
from tmtool.model import Finding, TranslationUnit

__all__ = ["CHECKS", "Check", "check_unit"]


def check_unit(unit: TranslationUnit) -> list[Finding]:
    """What the checks find that look at one unit alone."""
    pair = Pair(unit)
    if not unit.is_paired:
        return list(CHECKS["empty"].findings(pair))
    return [finding for check in CHECKS.values() for finding in check.findings(pair)]
