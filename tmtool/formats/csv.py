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
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

from tmtool.errors import FormatError, TmtoolError
from tmtool.formats import Found, Held, Written, faults
from tmtool.formats.plain import LONGEST_REST
from tmtool.formats.table import (
    COLUMNS,
    Heading,
    headed,
    literal,
    neutral,
    row,
    rows_above,
    settled,
)
from tmtool.model import Languages, TranslationUnit
from tmtool.text import decode, plural

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16  # characters, and rows, in which the delimiter is looked for
_SAMPLE_ROWS = 50
_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
_SEPARATOR = re.compile(r"(?i)sep=(.)\r?\n")

Row = tuple[int, list[str]]
"""The line of a file that a row of cells begins in, and the cells."""


def read(
    file: BinaryIO,
    name: str,
    *,
    raw: bool = False,
    languages: Languages | None = None,
    held: Held | None = None,
) -> Iterator[Found]:
    """Yield the units of a file, whose languages are empty where it does not name them.

    With ``raw``, a ``'`` before what looks like a formula is kept.
    """
    text = decode(file.read(), path=name)
    rows = rows_of(text, name, raw=raw)
    yield from table_units(rows, name, "csv", languages, held, is_ended=has_end(text))


def has_end(text: str) -> bool:
    """Whether the last row of a text has a line end behind it."""
    return text.endswith(("\n", "\r"))


def table_units(
    rows: Iterator[Row],
    name: str,
    origin: str,
    languages: Languages | None,
    held: Held | None,
    *,
    is_ended: bool,
) -> Iterator[Found]:
    """The units in the rows of a text; raises ``FormatError`` that names the line.

    Unless the last row ``is_ended``, it may have been cut off, and has been if it is the shortest.
    """
    heading, above, rows = headed(rows, lambda row: Heading.of(row[1]))
    yield from rows_above(len(above))
    if heading is None and (first := next(rows, None)):
        line, cells = first
        if len(cells) != 2:
            raise FormatError(
                f"has {plural(len(cells), 'column')} and no heading",
                path=name,
                line=line,
                hint="name the columns in the first line, as in source,target,notes or kk,ru",
            )
        rows = chain([first], rows)
    heading = (heading or Heading.without()).whole(name).between(languages)
    if not is_ended:
        rows = _uncut(rows, len(heading.columns), name)

    def found() -> Iterator[tuple[int, Found]]:
        for line, cells in rows:
            try:
                for it in heading.units(cells, origin, held):
                    yield line, it
            except ValueError as error:
                said, hint = f"is not a unit: {error}", "mend the row, or export the table again"
                yield line, FormatError(said, path=name, line=line, hint=hint)

    yield from settled(found(), heading, name, languages)


def _uncut(rows: Iterator[Row], width: int, name: str) -> Iterator[Row]:
    """Rows under a heading of some columns; raises ``FormatError`` if the last was cut off."""
    last: Row | None = None
    for each in rows:
        if last:
            width = min(width, len(last[1]))
            yield last
        last = each
    if last and len(last[1]) < width:
        raise FormatError(
            f"is cut short: its last row has {plural(len(last[1]), 'column')}, not {width}",
            path=name,
            line=last[0],
            hint="complete it, or export the table again",
        )
    if last:
        yield last


def rows_of(
    text: str,
    name: str,
    *,
    raw: bool,
    delimiter: str = "",
    names: Collection[str] = COLUMNS,
) -> Iterator[Row]:
    """Each row of a text that is not blank; raises ``FormatError`` that names the line.

    Cells stand between ``delimiter``, or what the text or its looks say: a heading of the columns
    ``names``, rows that are even.
    """
    skipped = 0
    if not delimiter and (said := _SEPARATOR.match(text)):
        text, delimiter, skipped = text[said.end() :], said[1], 1
    rows = _rows(text, delimiter or _delimiter(text, names), name, skipped)
    return rows if raw else ((line, [literal(cell) for cell in cells]) for line, cells in rows)


def _rows(text: str, delimiter: str, name: str, skipped: int) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_REST)
    lines = (match[0] for match in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise FormatError(
            f"is not CSV: {faults.of_csv(str(error))}",
            path=name,
            line=line,
            hint="a cell with quotes in it stands in quotes, each inner one doubled",
        ) from None


def _delimiter(text: str, names: Collection[str]) -> str:
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
        heading, _, below = headed(iter(rows), lambda cells: Heading.of(cells, names))
        rows = list(below)
        width = len(heading.columns) if heading else len(rows[0]) if rows else 0
        if width < 2:
            return False, 0.0, 0
        even = sum(len(cells) == width for cells in rows) / max(1, len(rows))
        return heading is not None, even, -width

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
        cells = row(unit) if raw else tuple(map(neutral, row(unit)))
        for column, cell in zip(COLUMNS, cells, strict=True):
            if len(cell) > LONGEST_REST:
                raise TmtoolError(
                    f"unit {unit.id}: its {column} has {len(cell):,} characters, too many for CSV",
                    hint=f"a cell holds {LONGEST_REST:,}; write .jsonl",
                )
        writer.writerow(cells)
        count += 1
        flush()
    flush()
    return Written(count)
