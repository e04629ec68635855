"""XLSX for reviewers: one row a unit under the heading of ``table``, states in colour.

Every cell is text, so that none is a formula and no number or date is guessed. What comes
back is read by columns, so an edited sheet brings its edits to the units of its ids. A sheet
is a zip of XML from anywhere: its members are looked at before any is read, and none is ever
unpacked to the disk.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from io import BytesIO
from itertools import islice
from typing import IO, Any, BinaryIO

from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.formats import Found, Held, Lost, Written
from tmtool.formats.table import COLUMNS, Heading, headed, row, rows_above
from tmtool.model import STATES, TranslationUnit
from tmtool.text import nfc

_MEMBERS = 1000
_SIZE = 1 << 30  # bytes of all members together
_RATIO = 100  # times a member may grow, if it is not small
_SMALL = 1 << 22  # bytes
_PIECE = 1 << 22  # bytes of a row, of a text, or of a member that has neither
_TAGS = 1 << 16  # in a row or a text
_BLOCK = 1 << 16  # bytes that are looked at at once, fewer than tags may take
_STRINGS = 200 << 20  # bytes that all shared texts take in memory
_STRING = 160  # of these for each text, besides what it says
_LONGEST = 32767  # characters that a cell of Excel holds
_ROWS = 1 << 20  # of a sheet of Excel
_COLUMNS = 256
_Row = tuple[int, tuple[Any, ...]]  # its number, its cells
_Table = tuple[Heading | None, list[_Row], Iterator[_Row]]
_BATCH = 500  # rows read at once

_WIDTHS = dict(zip(COLUMNS, (18, 60, 60, 12, 30, 20, 9, 9, 9), strict=True))
_COLOURS = {
    "initial": "F2F2F2",
    "translated": "FFF2CC",
    "reviewed": "DDEBF7",
    "final": "E2EFDA",
    "rejected": "F8CBAD",
}
_START = re.compile(rb"<(?:[\w.-]+:)?(?:row|(si))[\s/>]")  # of a row, or a shared text
_LONGEST_START = 64  # bytes that one may be cut into by the end of a block
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that zip knows
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# Characters that XML cannot hold or would change, and text that looks like their escape.
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|[Ff]{3}[EeFf]|005[Ff])_")


def read(file: BinaryIO, name: str, *, held: Held | None = None) -> Iterator[Found]:
    """Yield the units of the first sheet with a heading, else of the first that holds anything.

    Raises ``FormatError`` that names the row or cell, or says what makes the file unsafe.
    """
    with _workbook(file, name) as workbook:
        sheets, (heading, above, rows) = _tables(workbook, name, COLUMNS)
        yield from rows_above(len(above))
        heading = heading or Heading.without()
        for number, cells in rows:
            try:
                yield from _units(heading, cells, number, name, held)
            except FormatError as error:
                yield error
        yield from _besides(sheets)


def read_table(
    file: BinaryIO, name: str, names: Collection[str]
) -> Iterator[tuple[int, list[str]] | Lost]:
    """Yield the rows of the table that :func:`read` reads, with their numbers, as texts.

    Its heading is of other columns, and comes first.
    """
    with _workbook(file, name) as workbook:
        sheets, (heading, above, rows) = _tables(workbook, name, names)
        yield from rows_above(len(above))
        if heading:
            yield 0, list(heading.titles)
        for number, cells in rows:
            yield number, _texts(cells, name)
        yield from _besides(sheets)


@contextmanager
def _workbook(file: BinaryIO, name: str) -> Iterator[Any]:
    """A file as openpyxl sees it."""
    stream = file if file.seekable() else BytesIO(file.read())
    _refuse_unsafe(stream, name)
    with _explained(name):
        from openpyxl.reader.excel import ExcelReader

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader: Any = ExcelReader(stream, read_only=True, data_only=False, keep_links=False)
            reader.archive = _Guarded(stream, name)
            reader.read()
            workbook = reader.wb
    try:
        if not workbook.worksheets:
            raise FormatError(
                "is a workbook without a sheet",
                path=name,
                hint="open it in a spreadsheet program and save it as XLSX",
            )
        yield workbook
    finally:
        workbook.close()


def _tables(workbook: Any, name: str, names: Collection[str]) -> tuple[int, _Table]:
    """How many sheets hold anything, and the first table of them."""
    sheets = [it for it in workbook.worksheets if next(_rows(it, name), None)]
    tables = [table for it in sheets if (table := _table(it, name, names))[0]]
    tables += [_table(it, name, names) for it in sheets[:1]]
    return len(sheets), tables[0] if tables else (None, [], iter(()))


def _table(sheet: Any, name: str, names: Collection[str]) -> _Table:
    """The heading of a sheet, and the rows above and below it."""

    def heading(row: _Row) -> Heading | None:
        with suppress(FormatError):  # what is no text heads no column
            return Heading.of([_text(cell, name) for cell in row[1]], names)
        return None

    return headed(_rows(sheet, name), heading)


def _besides(sheets: int) -> Iterator[Lost]:
    """What to say of sheets of which one is read."""
    if sheets > 1:
        yield Lost("sheets besides the first table, left out", sheets - 1)


def _texts(cells: tuple[Any, ...], name: str) -> list[str]:
    """What stands in the cells of a row, to the last that holds anything."""
    texts = [_text(cell, name) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _units(
    heading: Heading, cells: tuple[Any, ...], number: int, name: str, held: Held | None
) -> Iterator[TranslationUnit | Lost]:
    texts = _texts(cells, name)
    try:
        yield from heading.units(texts, "xlsx", held)
    except ValueError as error:
        raise FormatError(
            f"is not a unit: {error}",
            path=name,
            line=number,
            hint="mend the row, or export the sheet again",
        ) from None


def _rows(sheet: Any, name: str) -> Iterator[_Row]:
    """Each row that is not blank, and its number.

    A far row or column would have all before it made up, so there is an end to both.
    """
    sheet.reset_dimensions()  # as the file says them, and not always as they are
    rows = sheet.rows
    number = 0
    while True:
        with _explained(name), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batch = []
            for cells in islice(rows, _BATCH):
                batch.append(cells)
                if len(cells) > _COLUMNS or number + len(batch) > _ROWS:
                    raise FormatError(
                        f"has more than {_ROWS} rows or {_COLUMNS} columns",
                        path=name,
                        line=number + len(batch),
                        hint="delete what lies beyond the table",
                    )
        if not batch:
            return
        for cells in batch:
            number += 1
            if any(cell.value not in (None, "") for cell in cells):
                yield number, cells


def _text(cell: Any, name: str) -> str:
    """The text of a cell; raises ``FormatError`` if a program made something else of it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str) and cell.data_type not in ("f", "e"):
        return nfc(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), value))
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and cell.number_format in ("General", "@", "0")
    ):
        return repr(value).removesuffix(".0")
    kinds = {"f": "a formula", "e": "an error", "d": "a date", "b": "a truth value"}
    raise FormatError(
        f"cell {cell.coordinate} holds {kinds.get(cell.data_type, 'a formatted number')}, not text",
        path=name,
        line=cell.row,
        hint="make it a text: type ' before it",
    )


def _refuse_unsafe(file: BinaryIO, name: str) -> None:
    """Raise ``FormatError`` if a file is no zip, or one that is made to do harm."""

    def wrong(what: str, hint: str = "export it again from the tool it came from") -> FormatError:
        return FormatError(what, path=name, hint=hint)

    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise wrong("is not XLSX", "save it as XLSX, without a password") from None
    finally:
        file.seek(0)
    if len(members) > _MEMBERS or len({member.filename for member in members}) != len(members):
        raise wrong(f"holds {len(members)} files, too many or some twice")
    for member in members:
        path = member.filename
        if path.startswith("/") or "\\" in path or ":" in path or ".." in path.split("/"):
            raise wrong(f"holds a file whose name leads elsewhere: {path!r}")
        if member.flag_bits & 1:
            raise wrong("is protected by a password", "save it without one")
        if member.file_size > max(_SMALL, _RATIO * member.compress_size):
            raise wrong(f"holds a file that grows {_RATIO} times and more: {path!r}")
    size = sum(member.file_size for member in members)
    if size > _SIZE:
        raise wrong(f"would grow to {size >> 20} MB", f"{_SIZE >> 20} MB are the most")


class _Guarded(zipfile.ZipFile):
    """A zip of which nothing is opened that a reader of XML would take too much memory for."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        super().__init__(file)
        self._name = name
        self._sound = set[str]()

    def open(self, name: Any, *arguments: Any, **options: Any) -> IO[bytes]:
        member = name if isinstance(name, str) else name.filename
        if member not in self._sound:
            with super().open(name) as stream:
                _refuse_large(stream, self._name)
            self._sound.add(member)
        return super().open(name, *arguments, **options)


def _refuse_large(stream: IO[bytes], name: str) -> None:
    """Raise ``FormatError`` if a row or a shared text of a member is too large, or all texts are.

    What has neither rows nor texts is taken for one of them.
    """
    tail = b""  # in which one may begin
    piece = tags = strings = 0
    while data := stream.read(_BLOCK):
        joined = tail + data
        last, texts = None, 0
        for last in _START.finditer(joined):
            texts += last[1] is not None
        if last is None:
            piece += len(data)
            tags += data.count(b"<")
        else:
            piece = len(joined) - last.start()
            tags = joined.count(b"<", last.start())
        if texts or strings:
            strings += len(data) + texts * _STRING
        cut = joined.rfind(b"<", -_LONGEST_START)
        tail = joined[cut:] if cut >= 0 and not _START.match(joined, cut) else b""
        if piece > _PIECE or tags > _TAGS:
            raise FormatError(
                f"holds a row or a text of more than {_PIECE >> 20} MB or {_TAGS:,} tags",
                path=name,
                hint="delete what is not text, or save it as CSV",
            )
        if strings > _STRINGS:
            raise FormatError(
                f"holds texts that take more than {_STRINGS >> 20} MB",
                path=name,
                hint="save it as CSV, or in parts",
            )


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Whatever openpyxl says of a file that is no workbook, as ``FormatError``.

    It raises what its own parsing comes across, of any class.
    """
    try:
        yield
    except FormatError:
        raise
    except Exception as error:
        said = "is missing" if isinstance(error, LookupError) else "cannot be read"
        raise FormatError(
            f"is not a workbook, or a damaged one: a part of it {said}",
            path=name,
            hint="open it in a spreadsheet program and save it as XLSX",
        ) from error


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write a sheet with a row for each unit; its heading stays in sight.

    Raises ``TmtoolError`` if a cell is longer than Excel allows, and ``InputError`` if the
    folder for temporary files, where the sheet is made, has no room for it.
    """
    from lxml.etree import SerialisationError
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("units")
    try:
        rows = _fill(sheet, units)
        with _Archive(file, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(workbook, archive).write_data()
    except SerialisationError as error:
        number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        raise InputError(
            f"cannot hold the sheet while it is made: {os.strerror(number)}",
            path=tempfile.gettempdir(),
            hint="make room, or name another folder in TMPDIR; nothing was written",
        ) from error
    finally:
        if not sheet.closed:  # another error is on its way
            with suppress(SerialisationError):
                sheet.close()
    return Written(rows)


def _fill(sheet: Any, units: Iterable[TranslationUnit]) -> int:
    """Write the rows of a sheet and all that makes them legible; how many units."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.formatting.rule import Rule
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.styles.differential import DifferentialStyle
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    pattern: Any = WriteOnlyCell(sheet)
    pattern.number_format = "@"
    pattern.alignment = Alignment(wrap_text=True, vertical="top")

    def cell(text: str) -> Any:
        made: Any = WriteOnlyCell(sheet, text or None)
        if text:
            made.data_type = "s"  # or "=1" would be a formula
        made._style = copy(pattern._style)
        return made

    letters = {name: get_column_letter(number) for number, name in enumerate(COLUMNS, 1)}
    for name, letter in letters.items():
        sheet.column_dimensions[letter].width = _WIDTHS[name]
    sheet.column_dimensions[letters["more"]].hidden = True
    sheet.freeze_panes = "A2"
    heading = [cell(name) for name in COLUMNS]
    for title in heading:
        title.font = Font(bold=True)
    sheet.append(heading)
    number = 1
    for unit in units:
        number += 1
        texts = [_escaped(text) for text in row(unit)]
        for name, text in zip(COLUMNS, texts, strict=True):
            if len(text) > _LONGEST:
                raise TmtoolError(
                    f"unit {unit.id}: its {name} has {len(text)} characters, too many for XLSX",
                    hint=f"a cell holds {_LONGEST}; write .csv or .jsonl",
                )
        sheet.append([cell(text) for text in texts])
    last = max(number, 2)
    states = letters["state"]
    sheet.auto_filter.ref = f"A1:{letters['more']}{last}"
    choice = DataValidation("list", formula1=f'"{",".join(STATES)}"', allow_blank=True)
    choice.add(f"{states}2:{states}{last}")
    sheet.data_validations.append(choice)
    for state, colour in _COLOURS.items():
        style = DifferentialStyle(fill=PatternFill(bgColor=colour, fill_type="solid"))
        rule = Rule(type="expression", dxf=style, formula=[f'${states}2="{state}"'])
        sheet.conditional_formatting.add(f"A2:{letters['notes']}{last}", rule)
    return number - 1


def _escaped(text: str) -> str:
    """Text as cells hold it: ``_x0001_`` for what XML has no place for."""
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


class _Archive(zipfile.ZipFile):
    """A zip that says nothing of when it was written, so that equal units give equal bytes."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *others: Any, **options: Any) -> None:
        if zinfo_or_arcname == "docProps/core.xml":
            data = _MOMENT.sub(b"1980-01-01T00:00:00Z", data)
        member = zipfile.ZipInfo(zinfo_or_arcname, _EPOCH)
        member.compress_type = self.compression
        super().writestr(member, data)

    def write(self, filename: Any, arcname: Any = None, *others: Any, **options: Any) -> None:
        member = zipfile.ZipInfo(str(arcname), _EPOCH)
        member.compress_type = self.compression
        with open(filename, "rb") as source, self.open(member, "w", force_zip64=True) as target:
            while block := source.read(1 << 20):
                target.write(block)
