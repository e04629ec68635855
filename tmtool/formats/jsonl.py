"""JSON Lines: one unit a line, with everything tmtool knows about it.

A line of somebody else is read as a row of a table whose heading is its names (see ``table``); what
it holds as ``translation``, as collections of texts for machines do, is part of the line.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import isfinite
from types import NoneType
from typing import Any, BinaryIO

from tmtool.errors import FormatError
from tmtool.formats import Found, Held, Lost, Written
from tmtool.formats.plain import SIDES, check_code
from tmtool.formats.table import Heading
from tmtool.model import FOREIGN_ID, Languages, TranslationUnit, is_own_id
from tmtool.text import nfc

_LANGUAGES = {"source_language", "target_language"}
_FIELDS = {
    *("id", "source", "target", "source_content", "target_content", *_LANGUAGES),
    *("state", "document", "position", "origin", "score", "props", "notes"),
    *("created_at", "created_by", "changed_at", "changed_by"),
}  # of a unit, as we write it
_MOST = 100_000  # values in a unit: names, codes and their parts, props, notes


def read(
    file: BinaryIO, name: str, *, languages: Languages | None = None, held: Held | None = None
) -> Iterator[Found]:
    """Yield the units of a file, whose languages are empty where it does not name them.

    An id that no memory gave becomes a prop.
    """
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            text = line.decode("utf-8-sig")
            fields = _loaded(text)
            if not isinstance(fields, dict):
                raise ValueError("is not a JSON object")
            if _has_too_many(fields):
                raise ValueError(f"it has more than {_MOST:,} values")
            if "\\u" in text:  # half of a character may be escaped
                json.dumps(fields, ensure_ascii=False).encode("utf-8")
            found = list(_found(_composed(fields), languages, held))
        except (ValueError, RecursionError) as error:
            said = str(error)
            if isinstance(error, json.JSONDecodeError):
                said = f"it is not JSON from character {error.pos + 1} on"
            elif isinstance(error, UnicodeError):
                said = "it is not UTF-8"
            elif isinstance(error, RecursionError):
                said = "it is nested too deep"
            yield FormatError(
                f"is not a unit: {said}",
                path=name,
                line=number,
                hint="one JSON object a line, as 'tmtool export --to jsonl' writes them",
            )
        else:
            yield from found


def _loaded(text: str) -> Any:
    """A value of JSON; raises ``ValueError`` that says what is wrong."""
    return json.loads(text, object_pairs_hook=_once, parse_int=_integer)


def _composed(value: Any) -> Any:
    """The same with all texts in NFC, also of what was escaped; raises as :func:`_loaded`."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, list):
        return [*map(_composed, value)]
    if isinstance(value, dict):
        return _once([(nfc(name), _composed(each)) for name, each in value.items()])
    return value


def _has_too_many(fields: dict[str, Any]) -> bool:
    """Whether a line is made of more values than any unit is."""
    count, within = 0, list[Any]([fields])
    while within and count <= _MOST:
        each = within.pop()
        count += len(each)
        values = each.values() if isinstance(each, dict) else each
        within += (value for value in values if isinstance(value, (dict, list)))
    return count > _MOST


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:  # Python reads no more than some thousand
        raise ValueError(f"a number in it has {len(digits):,} digits") from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; raises ``ValueError`` if it says something twice."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice = next(
            name for name, count in Counter(name for name, _ in pairs).items() if count > 1
        )
        raise ValueError(f"it has {twice!r} twice")
    return fields


def _found(
    fields: dict[str, Any], languages: Languages | None, held: Held | None
) -> Iterator[TranslationUnit | Lost]:
    """The unit of a line, or the units; raises ``ValueError`` that says what is wrong."""
    if fields.keys() >= _LANGUAGES or not (line := _as_row(fields)):
        yield _judged(TranslationUnit.from_dict(fields), fields, held)
    elif fields.keys() <= _FIELDS:
        fields |= {side: "" for side in SIDES if not _cell(fields[side]).strip()}
        unit = TranslationUnit.from_dict(dict.fromkeys(_LANGUAGES, "und") | fields)
        source, target = (
            side if name in fields else replace(side, language="")
            for name, side in zip(sorted(_LANGUAGES), (unit.source, unit.target), strict=True)
        )
        yield _judged(replace(unit, source=source, target=target), fields, held)
    else:
        heading, cells = line
        yield from heading.between(languages).units(cells, "jsonl", held)


def _judged(unit: TranslationUnit, fields: dict[str, Any], held: Held | None) -> TranslationUnit:
    """The unit of a line, in the state that it has in the memory where the line does not say it.

    Raises ``ValueError`` if it names a language by what is no code.
    """
    for code in unit.languages:
        check_code(code)
    unit = _renamed(unit)
    if "state" in fields or not unit.is_paired:
        return unit
    known = held(unit.id) if held and unit.id else []
    alike = (it.state for it in known if it.target.content == unit.target.content)
    return replace(unit, state=next(alike, "translated"))


def _renamed(unit: TranslationUnit) -> TranslationUnit:
    """The unit without an id that no memory gave."""
    if not unit.id or is_own_id(unit.id):
        return unit
    return replace(unit, id="", props=(*unit.props, (FOREIGN_ID, unit.id)))


def _as_row(fields: dict[str, Any]) -> tuple[Heading, list[str]] | None:
    """A line as a row of a table and its heading; ``None`` if its names are none.

    Raises ``ValueError`` if a side is no text, or a number not finite.
    """
    inner = fields.get("translation")
    if isinstance(inner, dict):
        around = [(name, value) for name, value in fields.items() if name != "translation"]
        fields = _once([*around, *inner.items()])
    heading = Heading.of(list(fields))
    if not heading or heading.missing:
        return None
    further, cells = heading.further, list[str]()
    for place, (name, column) in enumerate(zip(fields, heading.columns, strict=True)):
        is_text = column in SIDES or place in further
        if is_text and not isinstance(fields[name], (str, NoneType)):
            raise ValueError(f"{name!r} is no text")
        if isinstance(fields[name], float) and not isfinite(fields[name]):
            raise ValueError(f"{name!r} is not a finite number")
        try:
            cells.append(_cell(fields[name]))
        except ValueError:
            raise ValueError(f"{name!r} holds a number that is not finite") from None
    return heading, cells


def _cell(value: Any) -> str:
    """A value as text; raises ``ValueError`` if there is a number in it that is not finite."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write one line for each unit."""
    count = 0
    for unit in units:
        file.write(json.dumps(unit.as_dict(), ensure_ascii=False).encode("utf-8") + b"\n")
        count += 1
    return Written(count)
