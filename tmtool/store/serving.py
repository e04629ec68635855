"""Which units can serve as a match, in SQL."""

from __future__ import annotations

from tmtool.model import BY_TRUST, PRETRANSLATE

INDEXED = (
    "source <> '' AND target <> '' AND state <> 'rejected' "
    "AND (source_language || '-') LIKE ? || '-%' AND (target_language || '-') LIKE ? || '-%'"
)
"""A condition on a row of units, for the :func:`primary_codes` of two languages.

It holds text on both sides and was not rejected; any region serves any other.
"""

SERVING = f"{INDEXED} AND (state <> 'initial' OR coalesce(origin, '') <> '{PRETRANSLATE}')"
"""The same of a unit that can be a match: a suggestion that nobody looked at is none."""

_TRUST = " ".join(f"WHEN '{state}' THEN {place}" for place, state in enumerate(BY_TRUST))

TRUSTED_FIRST = f"CASE state {_TRUST} END DESC, coalesce(changed_at, created_at, '') DESC, number"
"""An order of rows of units, as :attr:`tmtool.model.TranslationUnit.trust` has it."""


def primary_codes(*languages: str) -> tuple[str, ...]:
    """The first subtags of language codes."""
    return tuple(code.split("-")[0] for code in languages)
