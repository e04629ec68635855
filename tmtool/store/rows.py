"""Units, their history and actions as rows of any store, and back.

A checksum goes with each row, so that what changed behind our back is noticed when it is read.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Sequence
from typing import Any, cast

from tmtool.model import (
    Action,
    Entry,
    State,
    TranslationUnit,
    coded,
    count_words,
    format_time,
    parse_time,
)

COLUMNS = (
    *("id", "position", "source_language", "target_language", "source", "target"),
    *("source_content", "target_content", "source_key", "state", "origin"),
    *("created_at", "created_by", "changed_at", "changed_by", "score", "props", "notes"),
    "checksum",
)
"""Of a unit, besides the number of its document, which stands before them."""

BEFORE = "unit_id, before, checksum"
"""Columns of a row of history that :func:`before` reads."""

ENTRY = "id, state, score, source, target <> '', notes IS NOT NULL"
"""Columns of a unit that :func:`entry` reads."""


class DamageError(ValueError):
    """What the store handed out is not what was written."""


def action(row: Sequence[Any]) -> Action:
    """The action of a row: number, kind, time, author, whether it is undone, units."""
    number, kind, said, author, is_undone, units = row
    try:
        at = parse_time(said)
    except ValueError as error:
        raise DamageError(f"action {number} has no time") from error
    assert at is not None
    return Action(number, kind, at, author, bool(is_undone), units)


def text(unit: TranslationUnit | None) -> str | None:
    """A unit as history keeps it."""
    return json.dumps(unit.as_dict(), ensure_ascii=False) if unit else None


def before(row: Sequence[Any]) -> TranslationUnit | None:
    """The unit that history keeps; the row begins with the columns of ``BEFORE``."""
    unit_id, held, sum_of_row, *_ = row
    if checksum(unit_id, held) != sum_of_row:
        raise DamageError(f"the history of unit {unit_id} is not as it was written")
    return TranslationUnit.from_dict(json.loads(held)) if held else None


def entry(row: Sequence[Any]) -> Entry:
    """What an outline says of a unit; the row has the columns of ``ENTRY``."""
    unit_id, state, score, source, has_target, has_notes = row
    known = cast(State, sys.intern(state))
    words = count_words(source)
    return Entry(unit_id, known, score, bool(source), bool(has_target), bool(has_notes), words)


def row(unit: TranslationUnit, key: str) -> tuple[Any, ...]:
    """The columns of a unit; what is empty is NULL."""
    source, target = unit.source, unit.target
    values = (
        unit.id,
        unit.position,
        source.language,
        target.language,
        source.text,
        target.text,
        _json(coded(source.content)),
        _json(coded(target.content)),
        key,
        unit.state,
        unit.origin or None,
        format_time(unit.created_at) or None,
        unit.created_by or None,
        format_time(unit.changed_at) or None,
        unit.changed_by or None,
        unit.score,
        _json(unit.props),
        _json(unit.notes),
    )
    return (*values, checksum(unit.document or None, *values))


def unit(row: Sequence[Any]) -> TranslationUnit:
    """The unit of a row that ends with the name of its document and its columns."""
    values = row[-len(COLUMNS) - 1 :]
    fields = dict(zip(("document", *COLUMNS), values, strict=True))
    if checksum(*values[:-1]) != fields.pop("checksum"):
        raise DamageError(f"unit {fields['id']} is not as it was written")
    del fields["source_key"]
    fields = {name: value for name, value in fields.items() if value is not None}
    for name in ("source_content", "target_content", "props", "notes"):
        if name in fields:
            fields[name] = json.loads(fields[name])
    return TranslationUnit.from_dict(fields)


def checksum(*values: str | float | None) -> int:
    """CRC-32 of the values of columns."""
    texts = [
        value if isinstance(value, str) else "" if value is None else repr(float(value))
        for value in values
    ]
    return zlib.crc32("\x1f".join(texts).encode())


def _json(values: Sequence[Any]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None
