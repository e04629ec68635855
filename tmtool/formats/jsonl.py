"""JSON Lines: one unit a line, with everything tmtool knows about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from tmtool.errors import FormatError
from tmtool.formats import Found, Written
from tmtool.model import FOREIGN_ID, TranslationUnit, is_own_id
from tmtool.text import nfc


def read(file: BinaryIO, name: str) -> Iterator[Found]:
    """Yield the units of a file; an id that no memory gave becomes a prop."""
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line.decode("utf-8-sig"))
            if not isinstance(fields, dict):
                raise ValueError("is not a JSON object")
            composed = nfc(json.dumps(fields, ensure_ascii=False))  # also what was escaped
            composed.encode("utf-8")
            unit = TranslationUnit.from_dict(json.loads(composed))
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
            if unit.id and not is_own_id(unit.id):
                unit = replace(unit, id="", props=(*unit.props, (FOREIGN_ID, unit.id)))
            yield unit


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write one line for each unit."""
    count = 0
    for unit in units:
        file.write(json.dumps(unit.as_dict(), ensure_ascii=False).encode("utf-8") + b"\n")
        count += 1
    return Written(count)
