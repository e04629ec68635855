"""Units, their history and actions as rows of any store, and back.

A checksum goes with each row, so that what changed behind our back is noticed when it is read.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from tmtool.model import (
    Action,
    Entry,
    Header,
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

SAID = "type, text, checksum"
"""Columns of what a header says that :func:`said` reads."""

ENTRY = "id, state, score, source, target <> '', notes IS NOT NULL"
"""Columns of a unit that :func:`entry` reads."""


class DamageError(ValueError):
    """What the store handed out is not what was written."""


def action(row: Sequence[Any]) -> Action:
    """The action of a row: number, kind, time, author, whether it is undone, units."""
    number, kind, said, author, is_undone, units = row
    at = None
    with suppress(TypeError, ValueError):
        at = parse_time(said)
    if at is None:
        raise DamageError(f"action {number} has no time")
    if not (isinstance(kind, str) and isinstance(author, str)):
        raise DamageError(f"action {number} makes no sense")
    return Action(number, kind, at, author, bool(is_undone), units)


def text(unit: TranslationUnit | None) -> str | None:
    """A unit as history keeps it."""
    return json.dumps(unit.as_dict(), ensure_ascii=False) if unit else None


def before(row: Sequence[Any]) -> TranslationUnit | None:
    """The unit that history keeps; the row begins with the columns of ``BEFORE``."""
    what = f"the history of unit {row[0]}"
    _, held = checked(row[:3], what)
    with suppress(TypeError, ValueError):
        return TranslationUnit.from_dict(json.loads(held)) if held else None
    raise DamageError(f"{what} makes no sense")


def said(row: Sequence[Any]) -> tuple[str | None, str]:
    """Type and text of what a header says; the row begins with the columns of ``SAID``."""
    kind, text = checked(row[:3], f"what a header says ({row[0] or 'note'})")
    return kind, text or ""


def header(found: Sequence[tuple[str | None, str]]) -> Header:
    """The header that says some things: props, of a type, and notes."""
    return Header(
        tuple((kind, text) for kind, text in found if kind is not None),
        tuple(text for kind, text in found if kind is None),
    )


def entry(row: Sequence[Any]) -> Entry:
    """What an outline says of a unit; the row has the columns of ``ENTRY``."""
    unit_id, state, score, source, has_target, has_notes = row
    if not (isinstance(unit_id, str) and isinstance(state, str) and isinstance(source, str)):
        raise DamageError(f"unit {unit_id} is not as it was written")
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
    what = f"unit {fields['id']}"
    checked(values, what)
    del fields["checksum"], fields["source_key"]
    fields = {name: value for name, value in fields.items() if value is not None}
    with suppress(TypeError, ValueError):  # a text that was empty may be NULL
        for name in ("source_content", "target_content", "props", "notes"):
            if name in fields:
                fields[name] = json.loads(fields[name])
        return TranslationUnit.from_dict(fields)
    raise DamageError(f"{what} makes no sense")


def checked(row: Sequence[Any], what: str) -> Sequence[Any]:
    """The values of a row that ends with its checksum.

    Raises ``DamageError``, in which ``what`` names the row, where they do not fit.
    """
    values = row[:-1]
    with suppress(TypeError, ValueError):  # of types that are never written
        if checksum(*values) == row[-1]:
            return values
    raise DamageError(f"{what} is not as it was written")


def checksum(*values: str | float | None) -> int:
    """CRC-32 of the values of columns."""
    texts = [
        value if isinstance(value, str) else "" if value is None else repr(float(value))
        for value in values
    ]
    return zlib.crc32("\x1f".join(texts).encode())


def _json(values: Sequence[Any]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None
