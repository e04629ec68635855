"""What becomes of findings: mended where that needs no guess, or dismissed by a person for good."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from tmtool.model import Code, Finding, TranslationUnit, Variant

DISMISSED = "x-tmtool:dismissed"
"""The property of a unit that holds a finding nobody wants to see again."""

_DIGITS = 16  # of a digest


def is_dismissed(unit: TranslationUnit, finding: Finding) -> bool:
    """Whether a finding was dismissed, and neither text has changed since."""
    if not unit.props:
        return False
    return (DISMISSED, _mark(unit, finding)) in unit.props


def dismissals(unit: TranslationUnit) -> frozenset[str]:
    """What was dismissed in the texts of a unit as they are, as :func:`fault` names it."""
    texts = _texts(unit) if unit.props else ""
    return frozenset(
        value.removeprefix(f"{texts} ")
        for name, value in unit.props
        if name == DISMISSED and value.startswith(texts)
    )


def fault(unit: TranslationUnit, finding: Finding) -> str:
    """A name of what is at fault, the same when something else in the texts changes."""
    text = (unit.source if finding.side == "source" else unit.target).text
    wrong = text[slice(*finding.span)] if finding.span else ""
    return f"{finding.check} {_digest(finding.side, wrong)}"


def dismissed(unit: TranslationUnit, finding: Finding) -> TranslationUnit:
    """A unit in which a finding is dismissed; those of earlier texts are forgotten."""
    texts = _texts(unit)
    kept = (prop for prop in unit.props if prop[0] != DISMISSED or prop[1].startswith(texts))
    return replace(unit, props=(*kept, (DISMISSED, _mark(unit, finding))))


def recalled(unit: TranslationUnit) -> TranslationUnit:
    """A unit in which no finding of its texts is dismissed any more."""
    texts = _texts(unit)
    kept = (prop for prop in unit.props if prop[0] != DISMISSED or not prop[1].startswith(texts))
    return replace(unit, props=tuple(kept))


def mended(unit: TranslationUnit, finding: Finding) -> TranslationUnit:
    """A unit without a fault, if it is known what belongs there; inline codes are not touched."""
    if finding.fix is None or finding.span is None:
        return unit
    variant = unit.source if finding.side == "source" else unit.target
    start, end = finding.span
    parts: list[str | Code] = []
    at = 0
    for part in variant.content:
        if isinstance(part, str):
            if at <= start and end <= at + len(part):
                parts.append(part[: start - at] + finding.fix + part[end - at :])
            else:
                parts.append(part)
            at += len(part)
        else:
            parts.append(part)
    changed = Variant(variant.language, tuple(part for part in parts if part))
    if finding.side == "source":
        return replace(unit, source=changed)
    return replace(unit, target=changed)


def _texts(unit: TranslationUnit) -> str:
    return _digest(unit.source.text, unit.target.text)


def _mark(unit: TranslationUnit, finding: Finding) -> str:
    return f"{_texts(unit)} {fault(unit, finding)}"


def _digest(*texts: str) -> str:
    return sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:_DIGITS]
