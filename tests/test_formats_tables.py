"""Tables for spreadsheets: what their cells carry, and what people do to them."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tmtool
from tests.conftest import Program, pair
from tests.test_formats import FULL, units_in, written
from tmtool.errors import FormatError, TmtoolError
from tmtool.formats.table import COLUMNS, literal, neutral
from tmtool.model import Code, TranslationUnit, Variant

EN = {"languages": ("kk", "en")}

letters = st.characters(exclude_categories=["Cs", "Mn", "Mc", "Me"])
cells = st.text(letters, max_size=6)
starts = st.sampled_from(
    ["", "=", "+", "-", "@", "\t", "\r", "\n", "'", "''", "'=", "'+1", '"', ";"]
)
odd = st.tuples(starts, cells).map("".join).map(lambda text: unicodedata.normalize("NFC", text))

full = odd.filter(lambda text: not text or text.strip())  # a cell of white space alone is empty

breaks = st.sampled_from(["\x85", "\u2028", "\x1c", "\x0b", "\\", '"', "\\n", "#", " "])
wild = st.tuples(odd, breaks, odd).map("".join).map(lambda text: unicodedata.normalize("NFC", text))


SIDES = ["-s", "kk", "-t", "en"]


def written_csv(rows: Iterable[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def sheet_of(*rows: tuple[Any, ...]) -> bytes:
    """A workbook that somebody else made."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table(rows: list[list[str]], format: str) -> bytes:
    """A heading and the rows below it as a file of some format."""
    if format == "jsonl":
        return json.dumps(dict(zip(*rows, strict=True))).encode()
    if format == "xlsx":
        return sheet_of(*map(tuple, rows))
    if format == "tsv":
        return "".join("\t".join(row) + "\n" for row in rows).encode()
    return written_csv(rows).encode()


def texts(units: list[TranslationUnit]) -> list[tuple[str, str]]:
    return [(unit.source.text, unit.target.text) for unit in units]


@given(odd)
def test_a_guarded_cell_is_no_formula_and_comes_back(cell: str) -> None:
    """Whatever a cell starts with, the ' before it is taken away again."""
    assert neutral(cell)[:1] not in list("=+-@\t\r\n")
    assert literal(neutral(cell)) == cell


@given(st.lists(st.tuples(full, full, full), max_size=4))
def test_csv_gives_back_what_it_was_given(rows: list[tuple[str, str, str]]) -> None:
    """Quotes, delimiters, line ends, formulas, notes: every cell to the letter."""
    units = [
        pair(source, target, notes=tuple(filter(None, [note])), position=float(number))
        for number, (source, target, note) in enumerate(rows)
    ]
    assert units_in(written(units, "csv"), "csv") == units


def test_no_cell_of_a_csv_is_a_formula() -> None:
    """Not the texts, and not the name of a document either; unless formulas are wanted."""
    unit = pair("=1+1", "@SUM(A1)", document="-cmd", notes=("+1",))
    rows = list(csv.reader(io.StringIO(written([unit], "csv").decode("utf-8-sig"))))
    assert rows[0] == list(COLUMNS)
    assert [rows[1][n] for n in (1, 2, 4, 5)] == ["'=1+1", "'@SUM(A1)", "'+1", "'-cmd"]
    assert written([unit], "tsv").decode() == "'=1+1\t'@SUM(A1)\n"


def test_formulas_are_left_alone_where_that_is_asked_for(tmtool: Program) -> None:
    """Both ways: what is written raw is read raw."""
    pairs = "- Иә.\t'=x\n"
    options = ["-s", "kk", "-t", "en", "--from", "tsv", "--raw-cells"]
    assert tmtool("convert", "-", "-", "--to", "tsv", *options, input=pairs).stdout == pairs
    guarded = tmtool("convert", "-", "-", "--to", "tsv", *options[:-1], input=pairs).stdout
    assert guarded == "'- Иә.\t'=x\n"
    assert (
        tmtool("convert", "-", "-", "--to", "csv", *options, input=pairs)
        .stdout.splitlines()[1]
        .startswith(",- Иә.,'=x,translated,")
    )


def test_a_csv_begins_with_the_mark_that_excel_needs() -> None:
    """Without it Excel shows Kazakh as rubbish; lines end as RFC 4180 says."""
    data = written([pair("Иә.", "Yes.")], "csv")
    assert data.startswith(b"\xef\xbb\xbfid,source,target,")
    assert data.count(b"\r\n") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kk;en\nИә, жақсы.;Yes, good, fine.\n", ("Иә, жақсы.", "Yes, good, fine.")),
        ("Жоқ, болмайды.;No, no.\nИә, жақсы.;Yes.\n", ("Иә, жақсы.", "Yes.")),
        ("sep=|\r\nИә, жақсы; бар.|Yes; good.\r\n", ("Иә, жақсы; бар.", "Yes; good.")),
        ("Иә, бар.\tYes, fine.\n", ("Иә, бар.", "Yes, fine.")),
        ('"Иә; ""жақсы""","Yes\r\nthere"\n', ('Иә; "жақсы"', "Yes\r\nthere")),
    ],
)
def test_the_delimiter_is_found(text: str, expected: tuple[str, str]) -> None:
    """Commas and semicolons stand inside sentences, too."""
    assert texts(units_in(text, "csv", **EN))[-1] == expected


def test_columns_are_known_by_their_names() -> None:
    """In any order and case; one we do not know becomes a prop."""
    text = "Client;Target;Comment;Source;Status\nBank;Yes.;ask;Иә.;Final\n;No.;;Жоқ.;\n"
    first, second = units_in(text, "csv", **EN)
    assert (first.source.text, first.target.text, first.state) == ("Иә.", "Yes.", "final")
    assert (first.notes, first.props) == (("ask",), (("Client", "Bank"),))
    assert (second.notes, second.props, second.state) == ((), (), "translated")
    assert first.origin == "csv"


@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_columns_may_be_headed_by_their_languages(format: str) -> None:
    """Then nobody has to say them."""
    text = "kk,en-GB\nИә.,Yes.\n".replace(",", "\t" if format == "tsv" else ",")
    assert [unit.languages for unit in units_in(text, format)] == [("kk", "en-GB")]


def test_a_tsv_with_a_heading_is_quoted_as_excel_quotes() -> None:
    """Excel's "Unicode text" is UTF-16 with tabs; without a heading quotes are text."""
    text = 'source\ttarget\tnotes\r\n"Иә\t""бар"""\tYes.\t"a\nb"\r\n'
    (unit,) = units_in(text.encode("utf-16"), "tsv", **EN)
    assert (unit.source.text, unit.notes) == ('Иә\t"бар"', ("a", "b"))
    (unit,) = units_in('"Иә."\t"Yes."\n', "tsv", **EN)
    assert unit.target.text == '"Yes."'


def test_codes_are_marks_that_can_be_moved() -> None:
    """A reviewer moves a code with its mark, or drops it; the text around it is text."""
    data = written([FULL], "csv").decode()
    assert "Жаңа ⟦1⟧ & «жыл»" in data
    (moved,) = units_in(data.replace("Жаңа ⟦1⟧ & «жыл»", "⟦1⟧Жаңа & «жыл» ⟦⟦2⟧"), "csv")
    assert moved.source.content == (Code("ph", '<ph x="1"/>'), "Жаңа & «жыл» ⟦2⟧")
    assert replace(moved, source=FULL.source) == FULL
    plain = pair("⟦1⟧", "⟦⟦")
    assert units_in(written([plain], "csv"), "csv") == [plain]


def test_notes_of_any_kind_come_back() -> None:
    """One note a line in the cell; an edited cell wins over what stands beside it."""
    for notes in [("a", "b"), ("a\nb",), ("",), ("a", "", "b")]:
        unit = pair("Иә.", "Yes.", notes=notes)
        data = written([unit], "csv").decode()
        assert units_in(data, "csv") == [unit]
    data = written([pair("Иә.", "Yes.", notes=("a\nb",))], "csv").decode()
    (edited,) = units_in(data.replace('"a\nb"', "c"), "csv")
    assert edited.notes == ("c",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a,b,c\n", "-:1: has 3 columns and no heading; name the columns"),
        ("source,target\nа,b\nа,b,c\n", "-:3: is not a unit: has 3 columns, not 2"),
        ("source,target,\nа,b,c\n", "-:2: is not a unit: column 3 has no heading"),
        ('source,target\nа,"b" c\n', "-:2: is not CSV: text follows the quote"),
        ('source,target\nа,"b\n', "-:2: is not CSV: a quote that opens a cell"),
        ('source,target,more\nа,b,"{"\n', "-:2: is not a unit: "),
        ("source,target,more\nа,b,[]\n", "-:2: is not a unit: what tmtool wrote .* is damaged"),
        ("source,target,more\nа,b," + "[" * 99999 + "\n", "what tmtool wrote .* is damaged"),
        ('source,target,more\nа⟦2⟧,b,"{""source_codes"":[[""ph"","""",""""]]}"\n', "names no code"),
        ('source,target,more\nа⟦1⟧,b,"{""source_codes"":[7]}"\n', "a code that tmtool wrote"),
        ("one\n", "-:1: has 1 column and no heading"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(text: str, complaint: str) -> None:
    """File, line, reason."""
    with pytest.raises(FormatError, match=complaint):
        units_in(text, "csv", **EN)


@pytest.mark.parametrize("code", ["en us", "e/n", "Қазақша", "../../evil"])
@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_what_is_no_code_names_no_language_of_a_row(format: str, code: str) -> None:
    """As in TMX and XLIFF, which a memory with such a unit could not be exported to."""
    unit = pair("Иә.", "Yes.")
    units = [unit, replace(unit, target=replace(unit.target, language=code))]
    bad: list[FormatError] = []
    assert texts(units_in(written(units, format), format, bad=bad.append)) == [("Иә.", "Yes.")]
    assert [error.message for error in bad] == [f"is not a unit: {code!r} is not a language code"]
    assert bad[0].line == (2 if format == "jsonl" else 3)


def test_a_column_named_as_what_tmtool_says_is_a_prop_like_others() -> None:
    """In a TMX it would be taken for a state of ours, and may be none."""
    (unit,) = units_in("kk,en,x-tmtool:state\nИә.,Yes.,rejected\n", "csv")
    assert unit.props == (("state", "rejected"),)
    (again,) = units_in(written([unit], "tmx"), "tmx")
    assert (again.state, again.props) == (unit.state, unit.props)


def test_a_table_that_names_one_of_two_languages_is_asked_for_the_other(
    tmtool: Program, tmp_path: Path
) -> None:
    """A heading may have lost the other; the one that is there counts."""
    (tmp_path / "a.csv").write_text("source,target,source_language\nИә.,Yes.,kk-KZ\n", "utf-8")
    done = tmtool("-m", "m.db", "import", "a.csv", status=3)
    assert "does not name its languages; say which with -s and -t" in done.stderr
    tmtool("-m", "m.db", "import", "a.csv", "-s", "kk", "-t", "en")
    assert '"kk-KZ"' in tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout


def test_an_edited_table_brings_the_edits_back(tmtool: Program) -> None:
    """A unit is known by its id, whatever was done to its text, and loses nothing."""
    tmtool("-m", "m.db", "import", "-", "--from", "jsonl", input=written([FULL], "jsonl"))
    table = tmtool("-m", "m.db", "export", "-", "--to", "csv").stdout
    edited = table.replace("New < year", "The new year").replace("reviewed", "final")
    options = ["--from", "csv", "--on-conflict", "replace"]
    done = tmtool("-m", "m.db", "import", "-", *options, input=edited)
    assert done.stderr == "-: 1 replaced\n"
    (unit,) = units_in(tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout, "jsonl")
    assert unit.target == Variant.of("en", "The new year")
    same = replace(unit, target=FULL.target, state="reviewed", changed_at=FULL.changed_at)
    assert replace(same, changed_by=FULL.changed_by) == FULL


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "jsonl"])
@pytest.mark.parametrize("blank", [" ", "\u00a0 "])
def test_a_cell_of_white_space_alone_is_empty(
    tmtool: Program, tmp_path: Path, format: str, blank: str
) -> None:
    """Whoever blanked it with the space bar takes no translation away."""
    tmtool("-m", "m.db", "import", "-", *SIDES, "--from", "tsv", input="Иә.\tYes.\n")
    (tmp_path / f"a.{format}").write_bytes(table([["source", "target"], ["Иә.", blank]], format))
    done = tmtool("-m", "m.db", "import", f"a.{format}", *SIDES, "--on-conflict", "newest")
    assert done.stderr == f"a.{format}: 1 unchanged\n"
    assert "Yes." in tmtool("-m", "m.db", "export", "-", "--to", "tsv").stdout


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_row_of_white_space_alone_is_none(format: str) -> None:
    """It is blank like any other, and so is what lies beyond the columns."""
    rows = [["source", "target"], ["Иә", "Yes", " "], [" ", "\u00a0", " "]]
    assert texts(units_in(table(rows, format), format, **EN)) == [("Иә", "Yes")]


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_a_row_that_somebody_added_is_like_the_others(format: str, at: int) -> None:
    """It has the languages of all rows, and the document of the one before it."""
    said = ["source", "target", "document", "source_language", "target_language"]
    rows = [said, ["Иә", "Yes", "a", "kk", "en"], ["Жоқ", "No", "b", "kk", "en"]]
    rows.insert(at, ["Мүмкін", "Maybe"])
    found = units_in(table([[*row, *[""] * (5 - len(row))] for row in rows], format), format)
    assert {unit.languages for unit in found} == {("kk", "en")}
    assert [unit.document for unit in found if unit.target.text == "Maybe"] == [
        {1: None, 2: "a", 3: "b"}[at]
    ]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_added_row_of_a_table_of_many_languages_is_named(
    tmtool: Program, tmp_path: Path, format: str
) -> None:
    """The others can be had without it, and with -s and -t it is in these languages."""
    said = ["source", "target", "source_language", "target_language"]
    rows = [said, ["Иә", "Yes", "kk", "en"], ["Мүмкін", "Maybe", "", ""], ["Иә", "Да", "kk", "ru"]]
    (tmp_path / f"a.{format}").write_bytes(table(rows, format))
    command = ["-m", "m.db", "import", f"a.{format}"]
    done = tmtool(*command, "--skip-bad", "--dry-run", status=1)
    assert f"a.{format}:3: does not name its languages" in done.stderr
    assert "2 new, 1 bad" in done.stderr
    assert f"a.{format}:3: does not name its languages" in tmtool(*command, status=3).stderr
    assert "2 new" in tmtool(*command, *SIDES).stderr


def test_a_letter_that_is_made_of_a_formula_sign_is_a_letter() -> None:
    """An equals sign with a stroke through it composes, and is guarded from nothing."""
    assert neutral("=\u0338") == "≠"


@pytest.mark.parametrize(
    "heading",
    ["Казахский;Русский", "қазақша;орысша", "Kazakh;Russian", "KZ;RUS", "на казахском;ru"],
)
@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_a_heading_names_languages_as_people_do(heading: str, format: str) -> None:
    """In Kazakh, Russian, English or by code; it is no unit."""
    text = f"{heading};Примечание\nИә;Да;о\n"
    (unit,) = units_in(text if format == "csv" else text.replace(";", "\t"), format)
    assert (unit.languages, unit.source.text, unit.target.text) == (("kk", "ru"), "Иә", "Да")
    assert unit.notes == ("о",)


@pytest.mark.parametrize(
    ("heading", "languages"),
    [
        ("Қазақша мәтін;Орысша аударма", "kk ru"),
        ("Текст на казахском языке;Перевод на английский", "kk en"),
        ("Орысша аударма;Қазақ тіліндегі түпнұсқа", "kk ru"),
        ("Перевод на русский язык;Исходный текст на казахском", "kk ru"),
        ("Термин на казахском языке;Термин на русском", "kk ru"),
        ("Kazakh term;English term;Русский термин", "kk en, kk ru"),
        ("Текст (на казахском языке);Текст перевода (на русском языке)", "kk ru"),
        ("kk;en;Қазақша анықтама;Комментарий на русском;IT термин", "kk en"),
    ],
)
@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "jsonl"])
def test_a_title_may_say_a_language_among_other_words(
    heading: str, languages: str, format: str
) -> None:
    """For text, term, original and translation; among others it says nothing."""
    titles = heading.split(";")
    found = units_in(table([titles, [f"{n} {it}" for n, it in enumerate(titles)]], format), format)
    assert ", ".join(" ".join(unit.languages) for unit in found) == languages
    assert len({unit.source.text for unit in found}) == 1


def test_a_sentence_about_languages_is_no_heading() -> None:
    """Nor is one of their names in it, beside other words or too many."""
    rows = [("Қазақша сөйлейді", "Говорит на русском"), ("Бұл мәтін қазақ тілінде", "Text")]
    lines = "".join(f"{source}\t{target}\n" for source, target in rows)
    assert texts(units_in(lines, "tsv", **EN)) == rows


def test_words_for_languages_are_no_heading_where_they_translate_each_other() -> None:
    """As in a list of the names of languages."""
    assert texts(units_in("қазақша;по-казахски\nқазақ;Kazakh\n", "csv", **EN)) == [
        ("қазақша", "по-казахски"),
        ("қазақ", "Kazakh"),
    ]


def test_a_table_may_have_many_languages() -> None:
    """The first is the source of all; the id is that of the first pair; -s and -t choose one."""
    one, two = "0" * 16, "0" * 15 + "1"
    text = f"id,kk,Русский,en\n{one},Иә,Да,Yes\n{two},Жоқ,Нет,\n"
    found = units_in(text, "csv")
    assert [(unit.id, unit.languages, unit.target.text) for unit in found] == [
        (one, ("kk", "ru"), "Да"),
        ("", ("kk", "en"), "Yes"),
        (two, ("kk", "ru"), "Нет"),
    ]
    assert not any(unit.props for unit in found)
    assert texts(units_in(text, "csv", **EN)) == [("Иә", "Yes")]


@pytest.mark.parametrize(
    "heading",
    [
        *("KK,RU,EN", "kz,ru,en", "KZ,RU,EN", "қаз,рус,англ", "каз.,рус.,eng", "KAZ,RUS,ENG"),
        *("Kazakh (Kazakhstan),Russian (Russia),English (UK)", "kk_kz,ru-RU,EN-us"),
        *("Түпнұсқа,RU,EN", "Термин,Русский,Английский"),
    ],
)
@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "jsonl"])
def test_every_language_of_a_table_is_kept(heading: str, format: str) -> None:
    """However a person heads its columns, and where -s and -t are given as well."""
    rows = [heading.split(","), ["Иә", "Да", "Yes"]]
    for target, text in [("ru", "Да"), ("en", "Yes")]:
        found = units_in(table(rows, format), format, languages=("kk", target))
        assert texts(found) == [("Иә", text)]
        assert found[0].props == ()


@pytest.mark.parametrize(
    ("heading", "languages"),
    [
        ("Термин (қаз),Term (EN)", "kk en"),
        ("Термин (қаз),Термин (рус),Термин (англ.)", "kk ru, kk en"),
        ("Термин (қаз),Перевод [ru]", "kk ru"),
        ("Перевод [ru],Термин (қаз)", "kk ru"),
        ("Термин (қаз),Перевод [ru],Английский", "kk ru, kk en"),
        ("Термин (қаз),Перевод (рус),Перевод (англ)", "kk ru, kk en"),
        ("Қазақша (мәтін),Орысша (мәтін)", "kk ru"),
        ("Русский (перевод),Қазақша (түпнұсқа)", "kk ru"),
        ("Kazakh,English_United_States", "kk en"),
        ("kk,en,Translation (notes)", "kk en"),
        ("kk,en,Комментарий (рус)", "kk en"),
        ("kk,en,Русский (комментарий)", "kk en"),
    ],
)
@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "jsonl"])
def test_a_title_may_have_a_remark_in_brackets(heading: str, languages: str, format: str) -> None:
    """Which tells the language of a side, or the side that a language is; else it says nothing."""
    titles = heading.split(",")
    found = units_in(table([titles, titles], format), format)
    assert ", ".join(" ".join(unit.languages) for unit in found) == languages
    assert len({unit.source.text for unit in found}) == 1


def test_any_two_languages_of_a_table_are_a_pair() -> None:
    """The source need not be the first; the id, which is that of the first pair, is no unit's."""
    text = "id;kk;ru;en;Күйі\n" + "0" * 16 + ";Иә;Да;Yes;final\n7;Жоқ;Нет;No;\n"
    lost: Counter[str] = Counter()
    found = units_in(text, "csv", languages=("ru", "en"), lost=lost)
    assert texts(found) == [("Да", "Yes"), ("Нет", "No")]
    assert [unit.languages for unit in found] == [("ru", "en")] * 2
    assert [(unit.id, unit.state) for unit in found] == [("", "final"), ("", "translated")]
    assert [unit.props for unit in found] == [(("x-tuid", "0" * 16),), (("x-tuid", "7"),)]
    assert lost == {"units in ru-kk, not in ru-en as -s and -t say, left out": 2}
    for format in ("tsv", "xlsx", "jsonl"):
        rows = [["kk", "ru", "en"], ["Иә", "Да", "Yes"]]
        for wanted, both in [(("ru", "en"), ("Да", "Yes")), (("en", "kk"), ("Yes", "Иә"))]:
            assert texts(units_in(table(rows, format), format, languages=wanted)) == [both]


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "jsonl"])
@pytest.mark.parametrize(
    ("heading", "row", "states"),
    [
        ("kk ru en Статус", "Иә Да Yes отклонено", "rejected rejected"),
        ("kk ru en Статус", "Иә Да Yes", "translated translated"),
        ("kk ru Статус en Күйі", "Иә Да отклонено Yes тексерілді", "rejected translated"),
        ("id kk ru en Статус", f"{'0' * 16} Иә Да Yes отклонено", "rejected translated"),
    ],
)
def test_the_state_of_a_row_is_that_of_all_its_translations(
    heading: str, row: str, states: str, format: str
) -> None:
    """But where columns of states stand for each, and in the row of a unit that a memory holds."""
    titles, cells = heading.split(), row.split()
    rows = [titles, [*cells, *[""] * (len(titles) - len(cells))]]
    found = units_in(table(rows, format), format)
    assert [unit.target.text for unit in found] == ["Да", "Yes"]
    assert " ".join(unit.state for unit in found) == states


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_titles_may_stand_above_a_heading(format: str) -> None:
    """They are no units, and how many there were is told."""
    rows = [["Глоссарий", ""], [], ["Клиент:", "Банк"], ["Қазақша", "English"], ["Иә", "Yes"]]
    lost: Counter[str] = Counter()
    assert texts(units_in(table(rows, format), format, lost=lost, **EN)) == [("Иә", "Yes")]
    assert lost == {"rows above the heading, left out": 2}


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
@pytest.mark.parametrize(
    ("deleted", "said"),
    [
        ("target", "no column target, so it holds no translations"),
        ("source", "no column source"),
        ("source target", "no column source or target, so it holds no translations"),
        (
            "id target notes document source_language target_language more",
            "no column target, so it holds no translations",
        ),
    ],
)
def test_a_deleted_column_of_texts_is_missed(format: str, deleted: str, said: str) -> None:
    """The titles beside it are no unit, and no row below them is taken for a heading."""
    units = [pair("Иә", "Yes", id="0" * 16), pair("Жоқ", "No", id="1" * 16)]
    rows = [*csv.reader(io.StringIO(written(units, "csv").decode("utf-8-sig")))]
    kept = [place for place, title in enumerate(COLUMNS) if title not in deleted.split()]
    data = table([[row[place].replace('"', "") for place in kept] for row in rows], format)
    for options in ({}, EN):
        with pytest.raises(FormatError) as caught:
            units_in(data, format, **options)
        assert str(caught.value) == (
            f"-: its heading has {said}; name the column in the heading, or export the table again"
        )


def test_one_title_of_ours_makes_no_heading() -> None:
    """A text may be a word that is one."""
    assert texts(units_in("state,күй\nИә,Yes\n", "csv", **EN))[0] == ("state", "күй")


def test_what_is_wrong_behind_the_first_rows_takes_none_of_them(tmtool: Program) -> None:
    """A heading is looked for in rows that are units as well."""
    options = ["-s", "kk", "-t", "en", "--from", "csv", "--skip-bad"]
    done = tmtool("-m", "m.db", "import", "-", *options, input='Иә,Yes\nЖоқ,"No" x\n', status=1)
    assert "-:2: is not CSV" in done.stderr
    assert done.stderr.endswith("-: 1 new, 1 bad\n")


@pytest.mark.parametrize(
    "title", ["Ескерту", "Ескертпе", "Примечание", "Комментарий", "Comment", "Comments", "Notes"]
)
def test_notes_are_known_whatever_they_are_called(title: str) -> None:
    """In Kazakh, Russian and English; there may be two such columns."""
    (unit,) = units_in(f"kk,en,{title}\nИә,Yes,ask\n", "csv")
    assert (unit.notes, unit.props) == (("ask",), ())
    (unit,) = units_in(f"{title},kk,en,Remark\nask,Иә,Yes,two\n", "csv")
    assert (unit.notes, unit.props) == (("ask", "two"), ())


@pytest.mark.parametrize(
    "title",
    [
        *("Reviewer remarks", "Comment by PM", "Editor_notes", "Ескерту", "Редактор ескертулері"),
        *("Замечания", "Замечания редактора (2)"),
    ],
)
@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_a_column_that_speaks_of_remarks_holds_notes(title: str, format: str) -> None:
    """In a sheet of tmtool, too, which has one of notes already; what it repeats is said once."""
    (unit,) = units_in(table([["kk", "en", title], ["Иә", "Yes", "ask"]], format), format)
    assert (unit.notes, unit.props) == (("ask",), ())
    rows = [["source", "target", "notes", title], ["Иә", "Yes", "one", "two"]]
    (unit,) = units_in(table(rows, format), format, **EN)
    assert (unit.notes, unit.props) == (("one", "two"), ())


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_columns_that_become_props_are_told(format: str) -> None:
    """Once for a file, with their names."""
    rows = [["kk", "en", "Client", "Date"], ["Иә", "Yes", "A", "1"], ["Жоқ", "No", "B", ""]]
    lost: Counter[str] = Counter()
    first, second = units_in(table(rows, format), format, lost=lost)
    assert (first.props, second.props) == ((("Client", "A"), ("Date", "1")), (("Client", "B"),))
    assert lost == {"values in columns of other names, kept as props, such as 'Client, Date'": 3}


def test_a_column_of_notes_may_be_deleted() -> None:
    """Those that no cell could hold stand in the last column."""
    more = json.dumps({"notes": ["one\ntwo"]})
    (unit,) = units_in(written_csv([["kk", "en", "more"], ["Иә", "Yes", more]]), "csv")
    assert unit.notes == ("one\ntwo",)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("title", ["notes", "Client"])
def test_a_row_without_its_texts_is_named(
    tmtool: Program, tmp_path: Path, format: str, title: str
) -> None:
    """With what it says."""
    rows = [["kk", "en", title], ["Иә", "Yes", ""], ["", "", "see chapter 2"]]
    (tmp_path / f"a.{format}").write_bytes(table(rows, format))
    said = tmtool("-m", "m.db", "import", f"a.{format}").stderr
    assert (
        f"note: a.{format}: rows that say something, but have no text on either side, "
        "such as '3: see chapter 2': 1\n"
    ) in said


@pytest.mark.parametrize("title", ["state", "Status", "Статус", "Күйі"])
def test_a_state_that_is_none_of_ours_is_kept(tmtool: Program, tmp_path: Path, title: str) -> None:
    """As a prop, and that is told; one that is ours is taken."""
    (tmp_path / "a.csv").write_text(f"kk,en,{title}\nИә,Yes,Ертең\nЖоқ,No,Final\n", "utf-8")
    done = tmtool("-m", "m.db", "import", "a.csv")
    assert done.stderr == (
        "a.csv: 2 new\n"
        f"note: a.csv: values of '{title}' that are no state here, kept as a prop, "
        "such as 'Ертең': 1\n"
    )
    first, second = units_in(tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout, "jsonl")
    assert (first.state, first.props) == ("translated", ((title, "Ертең"),))
    assert (second.state, second.props) == ("final", ())


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("қабылданбады", "rejected"),
        ("Қабылданбаған", "rejected"),
        ("ОТКЛОНЕНО", "rejected"),
        ("Rejected", "rejected"),
        ("жоба", "initial"),
        ("Черновик", "initial"),
        ("New", "initial"),
        ("аударылған", "translated"),
        ("переведено", "translated"),
        ("тексерілген", "reviewed"),
        ("бекітілген", "reviewed"),
        ("мақұлданған", "reviewed"),
        ("Проверено.", "reviewed"),
        ("утверждено", "reviewed"),
        ("Signed  off", "reviewed"),
        ("Final", "final"),
    ],
)
@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_words_for_states_are_understood(said: str, state: str, format: str) -> None:
    """In Kazakh, Russian and English, as far as they are evident; also where tmtool heads them."""
    for title in ("Күйі", "state"):
        (unit,) = units_in(table([["kk", "en", title], ["Иә", "Yes", said]], format), format)
        assert (unit.state, unit.props) == (state, ())


def test_what_somebody_rejected_is_not_exported(tmtool: Program) -> None:
    """Whatever the language in which it was said."""
    text = "kk,en,Күйі\nИә,Yes,қабылданбады\nЖоқ,No,отклонено\nОл,He,тексерілді\n"
    tmtool("-m", "m.db", "import", "-", "--from", "csv", input=text)
    export = ("-m", "m.db", "export", "-", "--to", "tsv")
    done = tmtool(*export)
    assert (done.stdout, done.stderr) == ("Ол\tHe\n", "-: 1 unit; 2 rejected left out\n")
    done = tmtool(*export, "--match", "Жоқ", status=1)
    assert "no unit to export, but 1 rejected; " in done.stderr


def test_what_somebody_rejected_passes_nowhere_for_good(tmtool: Program, tmp_path: Path) -> None:
    """Files that have no word for it go without it, and that is said; who asks has it."""
    text = "kk,en,state\nИә,Yes,rejected\nОл,He,reviewed\n"
    (tmp_path / "in.csv").write_text(text, "utf-8")
    tmtool("-m", "m.db", "import", "in.csv")
    tmtool("convert", "m.db", "all.tmx")
    for command in (
        *("convert m.db out.tsv", "convert all.tmx out.tsv --split 5", "dedupe m.db -o out.tsv"),
        *("convert m.db out.moses", "convert m.db out.moses --dry-run", "merge m.db -o out.moses"),
    ):
        assert "; 1 rejected left out" in tmtool(*command.split()).stderr, command
    assert (tmp_path / "out.kk").read_text("utf-8") == "Ол\n"
    for format in ("tmx", "csv", "xlsx", "jsonl", "xlf", "xliff", "po", "html"):
        assert tmtool("convert", "m.db", f"all.{format}").stderr == f"all.{format}: 2 units\n"
    asked = tmtool("-m", "m.db", "export", "-", "--to", "tsv", "--state", "rejected")
    assert (asked.stdout, asked.stderr) == ("Иә\tYes\n", "-: 1 unit\n")


# What stood beside a unit


def test_a_row_that_lost_its_codes_gets_them_from_the_memory(tmtool: Program) -> None:
    """And all else that it lost; edits come back all the same."""
    tmtool("-m", "m.db", "import", "-", "--from", "jsonl", input=written([FULL], "jsonl"))
    table = tmtool("-m", "m.db", "export", "-", "--to", "csv").stdout
    rows = [row[:3] for row in csv.reader(io.StringIO(table.removeprefix("\ufeff")))]
    rows[1][2] = "The ⟦1⟧ new year"
    edited = written_csv(rows)
    options = ["--from", "csv", "-s", "kk", "-t", "en", "--on-conflict", "replace"]
    assert tmtool("-m", "m.db", "import", "-", *options, input=edited).stderr == "-: 1 replaced\n"
    (unit,) = units_in(tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout, "jsonl")
    code = FULL.source.content[1]
    assert unit.target.content == ("The ", code, " new year")
    same = replace(unit, target=FULL.target, state="reviewed", changed_at=FULL.changed_at)
    assert replace(same, changed_by=FULL.changed_by) == FULL


def test_a_row_that_lost_its_dates_is_stale_all_the_same(tmtool: Program) -> None:
    """Nobody edited it, though the memory says something else by now; an edit is one."""
    tmtool("-m", "m.db", "import", "-", "--from", "tsv", *SIDES, "-d", "d", input="Иә\tYes\n")
    export = ["export", "-", "--to", "csv"]
    table = tmtool("-m", "m.db", *export).stdout.removeprefix("\ufeff")
    rows = [row[:3] for row in csv.reader(io.StringIO(table))]
    tmtool("-m", "m.db", "replace", "Yes", "Yeah")
    newest = ["-m", "m.db", "import", "-", "--from", "csv", *SIDES, "--on-conflict", "newest"]
    assert tmtool(*newest, input=written_csv(rows)).stderr == "-: 1 unchanged\n"
    rows[1][2] = "Aye"
    assert tmtool(*newest, input=written_csv(rows)).stderr == "-: 1 replaced\n"
    table = tmtool("-m", "m.db", *export).stdout.removeprefix("\ufeff")
    dated = list(csv.reader(io.StringIO(table)))
    dated[1][2] = "Yes"  # as it was once
    assert tmtool(*newest, input=written_csv(dated)).stderr == "-: 1 replaced\n"


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_a_mark_of_no_code_is_no_text(tmtool: Program, tmp_path: Path, format: str) -> None:
    """The row is named; with --skip-bad the others are taken."""
    rows = [["id", "kk", "en"], ["0" * 16, "Иә", "Yes"], ["1" * 16, "Жоқ ⟦1⟧", "⟦1⟧No"]]
    (tmp_path / f"a.{format}").write_bytes(table(rows, format))
    done = tmtool("-m", "m.db", "import", f"a.{format}", status=3)
    assert f"a.{format}:3: is not a unit: ⟦1⟧ stands for an inline code, and neither" in done.stderr
    done = tmtool("-m", "m.db", "import", f"a.{format}", "--skip-bad", status=1)
    assert done.stderr.endswith(f"a.{format}: 1 new, 1 bad\n")
    bare = "Жоқ ⟦1⟧\tNo\n"
    done = tmtool("-m", "m.db", "import", "-", "--from", "tsv", *SIDES, input=bare, status=3)
    assert "-:1: is not a unit: ⟦1⟧ stands for an inline code" in done.stderr


def test_marks_in_a_first_translation_stand_for_the_codes_of_the_source() -> None:
    """A translator copies the source with its marks, and types the words between."""
    code = Code("ph", "<ph/>")
    unit = replace(pair("", "", state="initial"), source=Variant("kk", ("Иә", code)))
    rows = list(csv.reader(io.StringIO(written([unit], "csv").decode("utf-8-sig"))))
    rows[1][2] = "⟦1⟧Yes"
    (translated,) = units_in(written_csv(rows), "csv")
    assert translated.target.content == (code, "Yes")


@pytest.mark.parametrize("format", ["csv", "po"])
def test_notes_of_any_length_come_back(format: str) -> None:
    """Nothing that is written cannot be read."""
    unit = pair("Иә.", "Yes.", notes=("я" * 140_000,) * 2, props=(("x", "ю" * 140_000),))
    assert units_in(written([unit], format), format) == [unit]


def test_what_no_cell_could_give_back_is_not_written() -> None:
    """The unit and its column are named."""
    with pytest.raises(TmtoolError, match="unit u1: its notes has 8,388,609 characters, too many"):
        written([pair("Иә.", "Yes.", id="u1", notes=("x" * (8_388_609),))], "csv")


# JSON Lines


@pytest.mark.parametrize(
    "line",
    [
        '{"source":"Иә","target":"Yes"}',
        '{"src":"Иә","tgt":"Yes","domain":"law"}',
        '{"kk":"Иә","en":"Yes","score":0.5}',
        '{"id":7,"translation":{"kk":"Иә","en":"Yes"}}',
        '{"source":"Иә","target":"Yes","source_language":"kk"}',
    ],
)
def test_lines_of_others_are_read(line: str) -> None:
    """With -s and -t where they do not say their languages."""
    (unit,) = units_in(line, "jsonl", **EN)
    assert (unit.source.text, unit.target.text, unit.state) == ("Иә", "Yes", "translated")
    assert unit.languages == ("kk", "en")


def test_units_in_other_languages_are_counted(tmtool: Program) -> None:
    """Which were left out for -s and -t, and in what languages they are."""
    lines = '{"kk":"Иә","ru":"Да"}\n{"kk":"Жоқ","ru":"Нет"}\n'
    done = tmtool("-m", "m.db", "import", "-", "--from", "jsonl", *SIDES, input=lines)
    assert done.stderr == (
        "-: no units\nnote: -: units in kk-ru, not in kk-en as -s and -t say, left out: 2\n"
    )


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "jsonl"])
def test_the_ids_of_a_client_address_no_unit_of_the_memory(
    tmtool: Program, tmp_path: Path, format: str
) -> None:
    """Each client's sheet begins with a row 1; the number is kept beside the text."""
    for name, source, target in [("a", "Иә.", "Yes."), ("b", "Жоқ.", "No.")]:
        path = tmp_path / f"{name}.{format}"
        if format == "jsonl":
            unit = pair(source, target).as_dict() | {"id": "1"}
            path.write_text(json.dumps(unit), "utf-8")
        elif format == "xlsx":
            book = openpyxl.Workbook()
            for row in [("ID", "kk", "en"), (1, source, target)]:
                sheet: Any = book.active
                sheet.append(row)
            book.save(path)
        else:
            tab = "\t" if format == "tsv" else ","
            path.write_text(f"ID,kk,en\n1,{source},{target}\n".replace(",", tab), "utf-8")
        done = tmtool("-m", "m.db", "import", path.name, "--on-conflict", "replace")
        assert done.stderr == f"{path.name}: 1 new\n"
        assert tmtool("-m", "m.db", "import", path.name).stderr == f"{path.name}: 1 unchanged\n"
    units = units_in(tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout, "jsonl")
    assert texts(units) == [("Иә.", "Yes."), ("Жоқ.", "No.")]
    assert [unit.props for unit in units] == [(("x-tuid", "1"),)] * 2


def test_a_reviewer_may_send_back_ids_and_texts_only(tmtool: Program) -> None:
    """An id that the memory gave addresses its unit in any table."""
    tmtool("-m", "m.db", "import", "-", "--from", "jsonl", input=written([FULL], "jsonl"))
    text = f"id,source,target\n{FULL.id},Жаңа жыл,The new year\n"
    options = ["--from", "csv", "-s", "kk", "-t", "en", "--on-conflict", "replace"]
    assert tmtool("-m", "m.db", "import", "-", *options, input=text).stderr == "-: 1 replaced\n"


def test_half_a_character_beside_a_text_is_damage(tmp_path: Path) -> None:
    """As an escape in what tmtool writes there may stand for it."""
    more = '"{""props"":[[""x-\\ud800"",""a""]]}"'
    (tmp_path / "a.csv").write_text(f"source,target,more\nИә,Yes,{more}\n", "utf-8")
    with pytest.raises(FormatError, match="what tmtool wrote beside the text is damaged"):
        list(tmtool.read(tmp_path / "a.csv", turned=("kk", "en")))


@pytest.mark.parametrize(("format", "mark"), [("csv", ","), ("tsv", "\t")])
def test_a_table_that_was_cut_off_says_so(format: str, mark: str) -> None:
    """In its last row, which has no line end and fewer cells than all others."""
    text = "kk,en,note\nБір,One\nЕкі".replace(",", mark)
    with pytest.raises(FormatError, match="is cut short: its last row has 1 column, not 2") as cut:
        units_in(text, format)
    assert cut.value.line == 3
    told: list[FormatError] = []
    units = tmtool.read(io.BytesIO(text.encode()), format=format, bad=told.append)
    assert [unit.source.text for unit in units] == ["Бір"]
    assert len(told) == 1


@pytest.mark.parametrize(
    "rows", ["Бір,One\nЕкі\n", "Бір\nЕкі", "Бір,One,a\nЕкі,Two\nҮш,Three", "Бір,One,a\nЕкі,,"]
)
def test_a_row_may_end_early(rows: str) -> None:
    """Where its last cells are empty, as some tools write it."""
    assert len(units_in(f"Title\nkk,en,note\n{rows}", "csv")) == rows.strip().count("\n") + 1


@pytest.mark.parametrize(
    ("heading", "pairs", "props"),
    [
        ("no,kk,en", ["kk-en"], ("no",)),
        ("kk,en,no.,it,tm,qa", ["kk-en"], ("no.", "it", "tm", "qa")),
        ("kk,en,IT,ru", ["kk-en", "kk-ru"], ("IT",)),
        ("kk,no", ["kk-no"], ()),
        ("it,kk", ["it-kk"], ()),
        ("no,source,target", ["kk-en"], ("no",)),
        ("kk,en,no-NO", ["kk-en", "kk-no-NO"], ()),
    ],
)
def test_a_word_that_is_a_code_is_no_language_beside_two(
    heading: str, pairs: list[str], props: tuple[str, ...]
) -> None:
    """It names what it does in other tables, as the number of a row."""
    row = ",".join(f"x{place}" for place, _ in enumerate(heading.split(",")))
    units = units_in(f"{heading}\n{row}\n", "csv", turned=("kk", "en"))
    assert ["-".join(unit.languages) for unit in units] == pairs
    assert tuple(kind for kind, _ in units[0].props) == props


def test_a_word_is_a_language_where_one_asks_for_it() -> None:
    """As -s and -t do."""
    text = "kk,en,no\nИә,Yes,Ja\n"
    units = tmtool.read(io.BytesIO(text.encode()), format="csv", languages=("kk", "no"))
    assert [unit.target.text for unit in units] == ["Ja"]
