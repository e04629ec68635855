"""Workbooks: what a reviewer sees and brings back, and files that mean harm."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pexpect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

import tmtool as library
from tests.conftest import Program, pair
from tests.test_formats import FULL, units_in, written
from tests.test_formats_tables import full, sheet_of, texts
from tmtool.errors import FormatError, TmtoolError
from tmtool.formats.table import COLUMNS
from tmtool.model import STATES, TranslationUnit

EN = {"languages": ("kk", "en")}


def edited(data: bytes, edit: Callable[[Any], object]) -> bytes:
    """A workbook as a reviewer saves it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, changes: Mapping[str, bytes]) -> bytes:
    """A zip with some of its members others."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return stream.getvalue()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(full, full), max_size=3))
def test_a_sheet_gives_back_what_it_was_given(rows: list[tuple[str, str]]) -> None:
    """Formulas, errors, line ends and what XML cannot hold: every cell to the letter."""
    units = [pair(*row, position=float(number)) for number, row in enumerate(rows)]
    assert units_in(written(units, "xlsx"), "xlsx") == units


def test_what_xml_cannot_hold_is_held() -> None:
    """Control characters are escaped as Excel does it, and so is what looks like an escape."""
    unit = pair("а\r\n\x00\x1b\ufffe_x0041__x000D_", "#N/A", notes=(" =1 ",))
    assert units_in(written([unit], "xlsx"), "xlsx") == [unit]


def test_the_sheet_is_made_for_reviewing() -> None:
    """A heading that stays, text that wraps, states to choose from and to see by colour."""
    book = openpyxl.load_workbook(io.BytesIO(written([FULL, pair("=1", "-2")], "xlsx")))
    sheet: Any = book.active
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert sheet.freeze_panes == "A2"
    assert sheet["B2"].alignment.wrap_text
    assert (sheet["B3"].value, sheet["B3"].data_type, sheet["B3"].number_format) == ("=1", "s", "@")
    assert sheet.column_dimensions["I"].hidden
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == f'"{",".join(STATES)}"'
    (coloured,) = sheet.conditional_formatting
    assert len(coloured.rules) == len(STATES)
    assert sheet["E2"].value == "check & see"


def test_equal_units_give_equal_workbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No clock in the file: neither in the zip nor in its properties."""
    data = written([FULL], "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
        assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


def test_the_edits_of_a_reviewer_come_back(tmtool: Program, tmp_path: Path) -> None:
    """Text, state and comment; rows may be sorted or deleted, columns added."""
    units = [replace(FULL, notes=()), pair("Жоқ.", "No.", id="2", document="d", position=3.0)]
    data = b"".join(written([unit], "jsonl") for unit in units)
    tmtool("-m", "m.db", "import", "-", "--from", "jsonl", input=data)
    tmtool("-m", "m.db", "export", "review.xlsx")

    def edit(sheet: Any) -> None:
        sheet.move_range("A2:I2", rows=3)
        sheet["C5"] = CellRichText("Happy ", TextBlock(InlineFont(b=True), "New Year"))
        sheet["D5"] = "Final"
        sheet["E5"] = "better\nand shorter"

    path = tmp_path / "review.xlsx"
    path.write_bytes(edited(path.read_bytes(), edit))
    done = tmtool("-m", "m.db", "import", "review.xlsx", "--on-conflict", "replace")
    assert done.stderr == "review.xlsx: 1 unchanged, 1 replaced\n"
    first, second = units_in(tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout, "jsonl")
    assert (first.target.text, first.state) == ("Happy New Year", "final")
    assert first.notes == ("better", "and shorter")
    assert (first.source, first.props, first.score) == (FULL.source, FULL.props, FULL.score)
    assert second.target.text == "No."


def test_a_workbook_of_somebody_else_is_read() -> None:
    """Columns by name or by language, numbers that are plain, blank rows and sheets."""
    rows = [("kk", "en", "Client"), ("Иә.", "Yes.", "Bank"), (), (2025, 1.5, None)]
    units = units_in(sheet_of(*rows), "xlsx")
    assert texts(units) == [("Иә.", "Yes."), ("2025", "1.5")]
    assert units[0].props == (("Client", "Bank"),)
    assert texts(units_in(sheet_of(("Иә.", "Yes.")), "xlsx", **EN)) == [("Иә.", "Yes.")]
    assert units_in(sheet_of(), "xlsx", **EN) == []


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([("Иә.", "Yes.", "")], "holds no"),
        ([("a", "b", "c")], "-:1: is not a unit: has 3 columns, not 2"),
        (
            [("source", "target"), ("a", "=1+1")],
            "-:2: is not a unit: cell B2 holds a formula without a value; "
            "mend the row of sheet 'Sheet'",
        ),
        ([("source", "target"), (), ("a", "#N/A")], "-:3: .* cell B3 holds the error #N/A"),
        (
            [("more", "kk", "ru"), ("{", "a", "b")],
            "-:2: is not a unit: what tmtool wrote .* 'Sheet'",
        ),
    ],
)
def test_what_is_wrong_in_a_sheet_is_named(rows: list[tuple[Any, ...]], complaint: str) -> None:
    """Row, cell, reason, sheet."""
    if complaint == "holds no":
        assert len(units_in(sheet_of(*rows), "xlsx", **EN)) == 1
        return
    with pytest.raises(FormatError, match=complaint):
        units_in(sheet_of(*rows), "xlsx", **EN)


def test_a_remark_without_a_heading_is_a_note(tmtool: Program, tmp_path: Path) -> None:
    """Beside the table or within it; the cell is named."""
    rows = [("kk", "", "en"), ("Иә.", None, "Yes."), ("Жоқ.", "why?", "No.", None, "hm")]
    (tmp_path / "e.xlsx").write_bytes(sheet_of(*rows))
    said = tmtool("-m", "m.db", "import", "e.xlsx").stderr
    assert said == (
        "e.xlsx: 2 new\n"
        "note: e.xlsx: cells without a heading, read as notes, such as 'B3: why?': 2\n"
    )
    first, second = units_in((tmp_path / "e.xlsx").read_bytes(), "xlsx")
    assert (first.notes, second.notes) == ((), ("why?", "hm"))


def shown(cell: str, style: str = "General") -> str:
    """What the target of the row ``Иә`` is read as, of which a program wrote the cell."""

    def edit(sheet: Any) -> None:
        sheet["B2"].number_format = style
        sheet["B2"] = 0

    sheet = edited(sheet_of(("kk", "en"), ("Иә", "")), edit)
    with zipfile.ZipFile(io.BytesIO(sheet)) as archive:
        xml = archive.read(SHEET).decode()
    number = re.search(r'<c r="B2"( s="\d+")? t="n"><v>0</v></c>', xml)
    assert number
    xml = xml.replace(number[0], cell.replace("<c", f'<c r="B2"{number[1] or ""}', 1))
    (unit,) = units_in(repacked(sheet, {SHEET: xml.encode()}), "xlsx")
    return unit.target.text


@pytest.mark.parametrize(
    ("cell", "style", "text"),
    [
        ("<c><v>2025</v></c>", "General", "2025"),
        ("<c><v>12.0</v></c>", "0.00", "12"),
        ("<c><v>1234.5</v></c>", '#,##0.00 "₸"', "1234.5"),
        ("<c><v>0.30000000000000004</v></c>", "General", "0.3"),
        ("<c><v>0.07</v></c>", "0%", "7%"),
        ("<c><v>0.505</v></c>", "0%", "50.5%"),
        ("<c><v>45950</v></c>", "dd.mm.yyyy", "2025-10-20"),
        ("<c><v>45950.6041666667</v></c>", "dd.mm.yyyy hh:mm", "2025-10-20 14:30"),
        ("<c><v>0.604236111111111</v></c>", "hh:mm:ss", "14:30:06"),
        ("<c><v>1.10416666666667</v></c>", "[h]:mm", "26:30"),
        ('<c t="d"><v>2025-10-20</v></c>', "General", "2025-10-20"),
        ('<c t="b"><v>1</v></c>', "General", "TRUE"),
        ('<c t="b"><v>0</v></c>', "General", "FALSE"),
        ('<c t="str"><f>A1&amp;"!"</f><v>Yes!</v></c>', "General", "Yes!"),
        ('<c t="str"><f>IF(A1="","x","")</f><v></v></c>', "General", ""),
        ("<c><f>1+1</f><v>2</v></c>", "General", "2"),
        ('<c t="b"><f>1=1</f><v>1</v></c>', "General", "TRUE"),
    ],
)
def test_a_cell_is_read_as_what_a_person_sees(cell: str, style: str, text: str) -> None:
    """Dates in ISO 8601, numbers with no more digits than they need, formulas by their value."""
    assert shown(cell, style) == text


@pytest.mark.parametrize("cell", ['<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "<c><f>1</f><v/></c>"])
def test_a_formula_that_came_to_nothing_is_no_text(cell: str) -> None:
    """Nor is one that no program has calculated."""
    with pytest.raises(FormatError, match=r"cell B2 holds (the error #DIV/0!|a formula with)"):
        shown(cell)


def test_what_a_cell_cannot_show_costs_its_unit_alone(tmtool: Program, tmp_path: Path) -> None:
    """Or, where it is no text of a unit, itself; both are told."""
    rows = [("kk", "en", "Words"), ("Иә", "Yes", "=LEN(A2)"), ("Жоқ", "#N/A"), ("Ол", "He")]
    (tmp_path / "a.xlsx").write_bytes(sheet_of(*rows))
    tmtool("-m", "m.db", "import", "a.xlsx", status=3)
    done = tmtool("-m", "m.db", "import", "a.xlsx", "--skip-bad", status=1)
    assert "a.xlsx:3: is not a unit: cell B3 holds the error #N/A" in done.stderr
    assert done.stderr.endswith(
        "a.xlsx: 2 new, 1 bad\nnote: a.xlsx: cells that show no text, left out, such as "
        "'cell C2 holds a formula without a value': 1\n"
    )


def test_a_sheet_that_looks_like_one_loses_nothing_unsaid(tmtool: Program, tmp_path: Path) -> None:
    """What is hidden is read, comments are notes, what no unit takes is counted."""
    book = openpyxl.Workbook()
    book.create_sheet("old").append(("kk", "ru"))
    sheet: Any = book.active
    book["old"].sheet_state = "hidden"
    book.move_sheet("old", -1)
    for row in [("Title", "", ""), ("kk", "en", "Client"), ("Иә", "Yes", "x"), ("Жоқ", "No", "y")]:
        sheet.append(row)
    sheet.append(("", "Nope", "z"))
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A4:A5")
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    for place, text in [("B2", "heading"), ("C3", "second"), ("B3", "first\nremark"), ("F9", "x")]:
        sheet[place].comment = Comment(text, "aigul")
    book.save(tmp_path / "a.xlsx")
    done = tmtool("-m", "m.db", "import", "a.xlsx")
    assert done.stderr.splitlines() == [
        "a.xlsx: 3 new",
        "note: a.xlsx: comments beside all units, left out: 2",
        "note: a.xlsx: hidden columns, read like others: 1",
        "note: a.xlsx: hidden rows, read like others: 1",
        "note: a.xlsx: merged cells, of which the first has the text, such as 'A4:A5': 1",
        "note: a.xlsx: rows above the heading, left out: 1",
        "note: a.xlsx: sheets besides the first table, left out: 1",
        "note: a.xlsx: values in columns of other names, kept as props, such as 'Client': 3",
    ]
    assert tmtool("-m", "m.db", "import", "a.xlsx").stderr.startswith("a.xlsx: 3 unchanged\n")
    first, second, third = library.read(tmp_path / "a.xlsx")
    assert (first.notes, second.notes) == (("first remark", "second"), ())
    assert first.props == (("Client", "x"),)
    assert (third.source.text, third.target.text) == ("", "Nope")


def test_a_hidden_sheet_is_read_if_there_is_no_other_table(tmp_path: Path) -> None:
    """And that is told."""
    book = openpyxl.Workbook()
    cover: Any = book.active
    cover.append(("Cover",))
    sheet = book.create_sheet("units")
    sheet.append(("kk", "en"))
    sheet.append(("Иә", "Yes"))
    sheet.sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    lost: Counter[str] = Counter()
    assert texts(list(library.read(tmp_path / "a.xlsx", lost=lost))) == [("Иә", "Yes")]
    assert lost["hidden sheets, read like others, such as 'units'"] == 1


def test_the_hidden_column_of_our_own_is_no_news() -> None:
    """It is made so."""
    lost: Counter[str] = Counter()
    assert units_in(written([FULL], "xlsx"), "xlsx", lost=lost) == [FULL]
    assert not lost


def test_a_thread_of_comments_is_read_as_it_was_written() -> None:
    """Not as what stands there for older programs, with what they are told about it."""

    def edit(sheet: Any) -> None:
        sheet["B2"].comment = Comment("[Threaded comment] Your version of Excel ...", "tc={1}")

    data = edited(sheet_of(("kk", "en"), ("Иә", "Yes")), edit)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = archive.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    link = f'<Relationship Id="t1" Type="{kind}" Target="../threadedComments/t.xml"/></'
    said = "".join(
        f'<threadedComment ref="B2" id="{{{n}}}"><text>{text}</text></threadedComment>'
        for n, text in enumerate(["Shorter?", "No."])
    )
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations.replace("</", link, 1).encode(),
        "xl/threadedComments/t.xml": f"<ThreadedComments>{said}</ThreadedComments>".encode(),
    }
    (unit,) = units_in(repacked(data, parts), "xlsx")
    assert unit.notes == ("Shorter?", "No.")


def test_as_many_comments_as_rows_are_read() -> None:
    """A comment is as little too large as a row."""
    rows = 12_000
    data = sheet_of(("kk", "en"), *((f"Иә {n}", f"Yes {n}") for n in range(2, rows + 2)))
    said = "".join(
        f'<comment ref="A{n}" authorId="0"><text><r><rPr><b/></rPr><t>{n}</t></r></text></comment>'
        for n in range(2, rows + 2)
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    link = f'<Relationship Id="c1" Type="{kind}" Target="/xl/comments1.xml"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{space}">{link}'
        "</Relationships>",
        "xl/comments1.xml": f"<comments><commentList>{said}</commentList></comments>",
    }
    units = units_in(repacked(data, {name: xml.encode() for name, xml in parts.items()}), "xlsx")
    assert [unit.notes for unit in units] == [(str(n),) for n in range(2, rows + 2)]


def test_a_text_too_long_for_excel_is_refused() -> None:
    """It would be cut without a word."""
    with pytest.raises(TmtoolError, match="unit u1: its target has 32768 characters"):
        written([pair("Иә.", "x" * 32768, id="u1")], "xlsx")


GOOD = written([FULL], "xlsx")
SHEET = "xl/worksheets/sheet1.xml"
BOMB = b"<!DOCTYPE x [<!ENTITY a '%s'>%s]><x>&%s;</x>" % (
    b"a" * 100,
    b"".join(
        b"<!ENTITY %s '%s'>" % (bytes([98 + n]), b"&%s;" % bytes([97 + n]) * 30) for n in range(8)
    ),
    bytes([105]),
)


def far(place: str) -> bytes:
    row = place.lstrip("AIWZ")
    cell = f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cell}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "is not XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as XLSX, without a password"),
        (GOOD[:-40], "is not XLSX"),
        (repacked(GOOD, {"../../evil.xml": b"x"}), "a file whose name leads elsewhere"),
        (repacked(GOOD, {"/etc/evil": b"x"}), "a file whose name leads elsewhere"),
        (repacked(GOOD, {"c:\\evil": b"x"}), "a file whose name leads elsewhere"),
        (repacked(GOOD, {"xl/zeros.xml": bytes(10_000_000)}), "grows 100 times and more"),
        (repacked(GOOD, {f"xl/{n}.xml": b"" for n in range(1001)}), "files, too many"),
        (repacked(GOOD, {"xl/workbook.xml": b"<"}), "is not a workbook"),
        (repacked(GOOD, {SHEET: b"<"}), "is not a workbook"),
        (repacked(GOOD, {SHEET: BOMB}), "is not a workbook"),
        (repacked(GOOD, {SHEET: far("A1048577")}), ":1048577: has more than 1048576 rows or 256"),
        (repacked(GOOD, {SHEET: far("IW1")}), "-:1: has more than 1048576 rows or 256 columns"),
    ],
)
def test_a_file_that_means_harm_is_refused(data: bytes, complaint: str) -> None:
    """Before anything is unpacked, and with a reason."""
    with pytest.raises(FormatError, match=complaint):
        units_in(data, "xlsx", **EN)


def test_a_zip_that_lies_about_its_size_is_not_unpacked_further() -> None:
    """A member that says it is small is read as far as it says."""
    data = bytearray(repacked(GOOD, {SHEET: b"<x>" + bytes(3_000_000)}))
    size = (3_000_003).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(FormatError, match="is not a workbook"):
        units_in(bytes(data), "xlsx")


def test_a_failed_write_says_what_failed() -> None:
    """An error among the units is not lost in closing the workbook."""

    def units() -> Any:
        yield pair("Иә.", "Yes.")
        raise RuntimeError("the disk is on fire")

    with pytest.raises(RuntimeError, match="on fire"):
        library.write(units(), io.BytesIO(), format="xlsx")


def test_a_workbook_can_be_piped(tmtool: Program, tmp_path: Path) -> None:
    """Standard input is no file that one can move about in."""
    (tmp_path / "a.xlsx").write_bytes(GOOD)
    units: list[TranslationUnit] = [FULL]
    done = tmtool("convert", "-", "-", "--from", "xlsx", "--to", "jsonl", input=GOOD)
    assert units_in(done.stdout, "jsonl") == units


def test_a_workbook_is_nothing_for_a_terminal(tmp_path: Path, environment: dict[str, str]) -> None:
    """It is asked for a file instead."""
    (tmp_path / "a.xlsx").write_bytes(GOOD)
    command = ["-m", "tmtool", "convert", "a.xlsx", "-", "--to", "xlsx"]
    child = pexpect.spawn(
        sys.executable, command, cwd=str(tmp_path), env=environment, encoding="utf-8", timeout=20
    )
    child.expect("xlsx is nothing for a terminal; write to a file.")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2


def test_a_cover_sheet_is_passed_over(tmtool: Program, tmp_path: Path) -> None:
    """The first sheet with a heading is the table; how many others held something is said."""
    book = openpyxl.Workbook()
    cover: Any = book.active
    for row in [("Глоссарий", date(2025, 10, 20)), ("Автор", "Айгүл")]:
        cover.append(row)
    book.create_sheet("empty")
    for name, heading in [("units", ("Казахский", "Русский")), ("more", ("kk", "ru"))]:
        sheet = book.create_sheet(name)
        sheet.append(heading)
        sheet.append(("Иә", f"Да, {name}"))
    book.save(tmp_path / "in.xlsx")
    done = tmtool("-m", "m.db", "import", "in.xlsx")
    said = "note: in.xlsx: sheets besides the first table, left out: 2\n"
    assert done.stderr == f"in.xlsx: 1 new\n{said}"
    (unit,) = library.read(tmp_path / "in.xlsx")
    assert (unit.languages, unit.target.text) == (("kk", "ru"), "Да, units")


@pytest.mark.parametrize(
    ("value", "shape", "shown"),
    [
        (7, "000", "007"),
        (1234, "000", "1234"),
        (-7, "000", "-007"),
        (7.0, "00", "07"),
        (7.5, "000", "7.5"),
        (7, "0", "7"),
        (7, "General", "7"),
        (7, "0.00", "7"),
    ],
)
def test_a_number_keeps_the_zeros_before_it(value: float, shape: str, shown: str) -> None:
    """Those of a code that a spreadsheet pads, as a person sees it."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["kk", "en", "code"])
    sheet.append(["Бір", "One", value])
    sheet["C2"].number_format = shape
    file = io.BytesIO()
    book.save(file)
    (unit,) = units_in(file.getvalue(), "xlsx")
    assert unit.props == (("code", shown),)
