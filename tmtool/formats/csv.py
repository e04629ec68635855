"""CSV as spreadsheets read and write it: one row a unit, under a heading (see ``table``).

Written in UTF-8 with the byte order mark that Excel needs to read Cyrillic, with commas, and
with a ``'`` before every cell that a spreadsheet would take for a formula; reading takes it
away again. Read with a comma, semicolon, tab or bar between the cells, whichever makes a
table; a first line ``sep=;`` is obeyed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from tmtool.errors import FormatError
from tmtool.formats import Found, Written, faults
from tmtool.formats.table import COLUMNS, Heading, literal, neutral, row
from tmtool.model import LONGEST, TranslationUnit
from tmtool.text import decode

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16  # characters, and rows, in which the delimiter is looked for
_SAMPLE_ROWS = 50
_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
_SEPARATOR = re.compile(r"(?i)sep=(.)\r?\n")


def read(file: BinaryIO, name: str, *, raw: bool = False) -> Iterator[Found]:
    """Yield the units of a file, whose languages are empty where it does not name them.

    With ``raw``, a ``'`` before what looks like a formula is kept.
    """
    text = decode(file.read(), path=name)
    said = _SEPARATOR.match(text)
    if said:
        text = text[said.end() :]
    delimiter = said[1] if said else _delimiter(text)
    yield from table_units(text, delimiter, name, raw=raw, skipped=1 if said else 0, origin="csv")


def table_units(
    text: str, delimiter: str, name: str, *, raw: bool, skipped: int = 0, origin: str
) -> Iterator[Found]:
    """The units in the rows of a text; ``skipped`` lines of the file stand before it.

    Raises ``FormatError`` that names the line.
    """
    heading = None
    for line, cells in _rows(text, delimiter, name, skipped):
        if not raw:
            cells = [literal(cell) for cell in cells]
        if heading is None:
            heading = Heading.of(cells)
            if heading is not None:
                continue
            heading = Heading.without()
            if len(cells) != 2:
                raise FormatError(
                    f"has {len(cells)} columns and no heading",
                    path=name,
                    line=line,
                    hint="name the columns in the first line, as in source,target,notes or kk,ru",
                )
        try:
            yield from heading.units(cells, origin)
        except ValueError as error:
            yield FormatError(
                f"is not a unit: {error}",
                path=name,
                line=line,
                hint="mend the row, or export the table again",
            )


def _rows(text: str, delimiter: str, name: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, and the line it starts in."""
    csv.field_size_limit(LONGEST)
    lines = (match[0] for match in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise FormatError(
            f"is not CSV: {faults.of_csv(str(error))}",
            path=name,
            line=line,
            hint="a cell with quotes in it stands in quotes, each inner one doubled",
        ) from None


def _delimiter(text: str) -> str:
    """What stands between the cells: that under which the first rows look most like a table."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample

    def likeness(delimiter: str) -> tuple[bool, float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            rows = [cells for cells in islice(reader, _SAMPLE_ROWS) if cells]
        except csv.Error:
            rows = []
        if not rows or len(rows[0]) < 2:
            return False, 0.0, 0
        even = sum(len(cells) == len(rows[0]) for cells in rows) / len(rows)
        return Heading.of(rows[0]) is not None, even, -len(rows[0])

    return max(_DELIMITERS, key=likeness)


def write(units: Iterable[TranslationUnit], file: BinaryIO, *, raw: bool = False) -> Written:
    """Write a heading and one row for each unit; with ``raw``, formulas stay formulas."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")

    def flush() -> None:
        file.write(buffer.getvalue().encode("utf-8"))
        buffer.seek(0)
        buffer.truncate()

    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    count = 0
    for unit in units:
        cells = row(unit)
        writer.writerow(cells if raw else map(neutral, cells))
        count += 1
        flush()
    flush()
    return Written(count)
