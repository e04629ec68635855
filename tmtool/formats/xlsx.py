"""XLSX for reviewers: one row a unit under the heading of ``table``, states in colour.

Every cell is text, so that none is a formula and no number or date is guessed. What comes
back is read by columns, so an edited sheet brings its edits to the units of its ids. A cell that
a program made something else of is read as the text that a person sees there, as plain as it
can be; comments on cells are notes, as is what stands in a column without a heading. A sheet is a
zip of XML from anywhere: its members are looked at before any is read, and none is ever unpacked
to the disk.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from typing import IO, Any, BinaryIO

from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.formats import Found, Held, Lost, Written
from tmtool.formats.markup import forget, local_name, parsed
from tmtool.formats.plain import SIDES
from tmtool.formats.table import COLUMNS, Heading, headed, row, rows_above, settled
from tmtool.model import STATES, Languages, TranslationUnit
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
_BATCH = 500  # rows read at once
_TRUE = ("1", "true")  # as XML spells it
_COMMENTS = ("comments", "threadedComment")  # kinds of parts of a workbook

_WIDTHS = dict(zip(COLUMNS, (18, 60, 60, 12, 30, 20, 9, 9, 9), strict=True))
_COLOURS = {
    "initial": "F2F2F2",
    "translated": "FFF2CC",
    "reviewed": "DDEBF7",
    "final": "E2EFDA",
    "rejected": "F8CBAD",
}
_START = re.compile(  # of a row, or of a text that is kept
    rb"<(?:[\w.-]+:)?(?:row|(si|comment|threadedComment))[\s/>]"
)
_LONGEST_START = 64  # bytes that one may be cut into by the end of a block
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that zip knows
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# Characters that XML cannot hold or would change, and text that looks like their escape.
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_PADDED = re.compile("0{2,32}")  # the format of a number with zeros before it
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|[Ff]{3}[EeFf]|005[Ff])_")


def read(
    file: BinaryIO, name: str, *, languages: Languages | None = None, held: Held | None = None
) -> Iterator[Found]:
    """Yield the units of the first sheet with a heading, else of the first that holds anything.

    Sheets that are hidden come last. Raises ``FormatError`` that names the row or cell, or says
    what makes the file unsafe.
    """
    with _workbook(file, name) as workbook:
        table = _Table(workbook, name, COLUMNS)
        yield from rows_above(table.above)
        heading = (table.heading or Heading.without()).whole(name).between(languages)

        def found() -> Iterator[tuple[int, Found]]:
            for row, comments in table.rows():
                try:
                    for it in _units(heading, bool(table.heading), row, comments, held):
                        yield row.number, it
                except ValueError as error:
                    hint = f"mend the row of sheet {table.title!r}, or export it again"
                    said = f"is not a unit: {error}"
                    yield row.number, FormatError(said, path=name, line=row.number, hint=hint)

        yield from settled(found(), heading, name, languages)
        yield from table.lost()


def read_table(
    file: BinaryIO, name: str, names: Collection[str]
) -> Iterator[tuple[int, list[str], list[str]] | Lost]:
    """Yield the rows of the table that :func:`read` reads: their numbers, texts and comments.

    Its heading is of other columns, and comes first.
    """
    with _workbook(file, name) as workbook:
        table = _Table(workbook, name, names)
        yield from rows_above(table.above)
        if table.heading:
            yield 0, list(table.heading.titles), []
        for row, comments in table.rows():
            yield from row.lost()
            yield row.number, row.texts, comments
        yield from table.lost()


@contextmanager
def _workbook(file: BinaryIO, name: str) -> Iterator[Any]:
    """A file as openpyxl sees it."""
    stream = file if file.seekable() else BytesIO(file.read())
    _refuse_unsafe(stream, name)
    with _explained(name):
        from openpyxl.reader.excel import ExcelReader

        reader: Any = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
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


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is not blank: what its cells show, and by their places what the others hold.

    The texts end with the last that is not empty.
    """

    number: int
    texts: list[str]
    wrong: dict[int, str]
    is_hidden: bool

    def name(self, place: int) -> str:
        """What a spreadsheet calls a cell, as in ``J3``."""
        from openpyxl.utils import get_column_letter

        return f"{get_column_letter(place + 1)}{self.number}"

    def apart(self, heading: Heading) -> dict[int, str]:
        """What stands in columns that have no heading, by their places."""
        titles = dict(enumerate(heading.titles))
        return {
            place: text.strip()
            for place, text in enumerate(self.texts)
            if text.strip() and not titles.get(place)
        }

    def said(self, place: int) -> str:
        """What a cell holds that shows no text."""
        return f"cell {self.name(place)} holds {self.wrong[place]}"

    def lost(self) -> Iterator[Lost]:
        """What to say of cells that show no text."""
        for place in self.wrong:
            yield Lost("cells that show no text, left out", 1, self.said(place))


class _Table:
    """The table of a workbook: its heading, its rows, and what is said of it beside them."""

    def __init__(self, workbook: Any, name: str, names: Collection[str]) -> None:
        """Find the first heading of columns of which ``names`` are known, if there is any."""
        by_sight = sorted(workbook.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        sheets = [_Sheet(workbook, sheet, name) for sheet in by_sight]
        filled = [sheet for sheet in sheets if next(sheet.rows(), None)] or sheets[:1]
        self._besides = len(filled) - 1
        self._hidden = self._start = 0  # rows that are, and that of the heading

        def heading(row: _Row) -> Heading | None:
            self._start = row.number
            return Heading.of(row.texts, names)

        for sheet in filled:
            self.heading, above, self._rows = headed(sheet.rows(), heading)
            if self.heading:
                break
        else:
            sheet, above, self._start = filled[0], [], 0
            self._rows = sheet.rows()
        self._sheet, self.title, self.above = sheet, sheet.title, len(above)
        self._comments = sheet.comments()

    def rows(self) -> Iterator[tuple[_Row, list[str]]]:
        """Those below the heading, with the comments on their cells."""
        for each in self._rows:
            self._hidden += each.is_hidden
            yield each, self._comments.pop(each.number, [])

    def lost(self) -> Iterator[Lost]:
        """What to say of it, once all rows were read."""
        columns = self.heading.columns if self.heading else SIDES
        hidden = self._sheet.hidden_among(columns)
        merged = [place for row, place in self._sheet.merged() if row > self._start]
        comments = sum(map(len, self._comments.values()))
        for what, count, example in (
            ("hidden rows, read like others", self._hidden, ""),
            ("hidden columns, read like others", sum(it != "more" for it in hidden), ""),
            ("hidden sheets, read like others", int(self._sheet.is_hidden), self.title),
            ("merged cells, of which the first has the text", len(merged), "".join(merged[:1])),
            ("comments beside all units, left out", comments, ""),
            ("sheets besides the first table, left out", self._besides, ""),
        ):
            if count:
                yield Lost(what, count, example)


class _Sheet:
    """A sheet as openpyxl parses it, with what it holds beside cells."""

    def __init__(self, workbook: Any, sheet: Any, name: str) -> None:
        self._workbook, self._sheet, self._name = workbook, sheet, name
        self._parser: Any = None
        self.title = str(sheet.title)
        self.is_hidden = sheet.sheet_state != "visible"

    def rows(self) -> Iterator[_Row]:
        """Each row that is not blank; there is an end to rows and columns."""
        with _explained(self._name):
            source = self._workbook._archive.open(self._sheet._worksheet_path)
        with source:
            self._parser = _parser(source, self._sheet)
            parsed = self._parser.parse()
            while True:
                rows = []
                with _explained(self._name), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    for number, cells in islice(parsed, _BATCH):
                        rows.append(self._row(number, cells))
                if not rows:
                    return
                yield from filter(None, rows)

    def _row(self, number: int, cells: list[dict[str, Any]]) -> _Row | None:
        attributes = self._parser.row_dimensions.pop(str(number), {})
        texts, wrong = list[str](), dict[int, str]()
        for cell in cells:
            text, what = _shown(self._sheet, cell)
            if not text.strip() and not what:
                continue
            place = cell["column"] - 1
            if place >= _COLUMNS or number > _ROWS:
                raise FormatError(
                    f"has more than {_ROWS} rows or {_COLUMNS} columns",
                    path=self._name,
                    line=number,
                    hint="delete what lies beyond the table",
                )
            texts += [""] * (place + 1 - len(texts))
            texts[place] = text
            if what:
                wrong[place] = what
        is_hidden = attributes.get("hidden") in _TRUE
        return _Row(number, texts, wrong, is_hidden) if texts else None

    def hidden_among(self, columns: Sequence[str]) -> list[str]:
        """Those of the first columns that are hidden."""
        every = [it for it in self._parser.column_dimensions.values() if it.get("hidden") in _TRUE]
        return [
            column
            for number, column in enumerate(columns, 1)
            if any(int(it["min"]) <= number <= int(it["max"]) for it in every)
        ]

    def merged(self) -> list[tuple[int, str]]:
        """The cells that were made of several: the last rows of each, and their places."""
        found = self._parser.merged_cells
        return [(each.max_row, each.coord) for each in found.mergeCell] if found else []

    def comments(self) -> dict[int, list[str]]:
        """The comments on cells, by their rows; of a thread the parts, and not its older form."""
        archive, path = self._workbook._archive, self._sheet._worksheet_path
        found: dict[str, dict[tuple[int, int], list[str]]] = {"comment": {}, "threadedComment": {}}
        with _explained(self._name):
            from openpyxl.packaging import relationship
            from openpyxl.utils.cell import coordinate_to_tuple

            packaging: Any = relationship
            names, parts = archive.namelist(), packaging.get_rels_path(path)
            for part in packaging.get_dependents(archive, parts) if parts in names else ():
                if part.Type.rpartition("/")[2] not in _COMMENTS or part.target not in names:
                    continue
                with archive.open(part.target) as source:
                    for event, element in parsed(source, self._name, tuple(found)):
                        if event == "end" and (tag := local_name(element)) in found:
                            place = coordinate_to_tuple(element.get("ref", ""))
                            text = nfc(" ".join("".join(element.itertext()).split()))
                            found[tag].setdefault(place, []).append(text)
                            forget(element)
        by_row = dict[int, list[str]]()
        for (number, _), texts in sorted((found["comment"] | found["threadedComment"]).items()):
            by_row.setdefault(number, []).extend(filter(None, texts))
        return by_row


def _parser(source: IO[bytes], sheet: Any) -> Any:
    """What parses a sheet, and tells a formula that nobody calculated from an empty cell."""
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    class Parser(WorkSheetParser):
        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            is_bare = cell["value"] is None and cell["data_type"] != "str"
            if is_bare and element.find(FORMULA_TAG) is not None:
                cell["data_type"] = "f"
            return cell

    book = sheet.parent
    return Parser(
        source,
        sheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _shown(sheet: Any, cell: dict[str, Any]) -> tuple[str, str]:
    """What a person sees in a cell, as plain as it can be; else what it holds that is no text."""
    value = cell["value"]
    if cell["data_type"] == "f":
        return "", "a formula without a value"
    if cell["data_type"] == "e":
        return "", f"the error {value}"
    if value is None:
        return "", ""
    if isinstance(value, str):
        return nfc(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)), ""
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, int | float):
        from openpyxl.cell.read_only import ReadOnlyCell

        shape = ReadOnlyCell(sheet, **cell).number_format
        if "%" in shape:
            return f"{value * 100:.15g}%", ""
        is_padded = _PADDED.fullmatch(shape) and float(value).is_integer()
        return f"{int(value): 0{len(shape) + 1}}".strip() if is_padded else _number(value), ""
    return _moment(value), ""


def _number(value: float) -> str:
    """A number with the digits that a spreadsheet knows of it."""
    return str(value) if isinstance(value, int) else f"{value:.15g}"


def _moment(value: date | time | timedelta) -> str:
    """A date or time in ISO 8601, a blank between them; a duration in hours, as ``26:30``."""
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if not isinstance(value, datetime | time):
        return value.isoformat()
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    exact = "seconds" if value.second else "minutes"
    return value.isoformat(timespec=exact).replace("T", " ")


def _units(
    heading: Heading, has_heading: bool, row: _Row, comments: list[str], held: Held | None
) -> Iterator[TranslationUnit | Lost]:
    """The units of a row; raises ``ValueError`` that says what is wrong in it."""
    for place, column in enumerate(heading.columns):
        if column in SIDES and place in row.wrong:
            raise ValueError(row.said(place))
    apart = row.apart(heading) if has_heading else {}
    texts = ["" if place in apart else text for place, text in enumerate(row.texts)]
    for found in heading.units(texts, "xlsx", held):
        if isinstance(found, TranslationUnit):
            new = (it for it in (*comments, *apart.values()) if it not in found.notes)
            found = replace(found, notes=(*found.notes, *new))
        yield found
    for place, text in apart.items():
        yield Lost("cells without a heading, read as notes", 1, f"{row.name(place)}: {text}")
    yield from row.lost()


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
