"""Files that are damaged, or made to do harm, cost nothing but a message."""

from __future__ import annotations

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import tmtool.formats
from tests.conftest import Program, pair
from tests.measured import measured
from tmtool.document import Document
from tmtool.errors import FormatError, TmtoolError
from tmtool.memory import Memory
from tmtool.model import LONGEST, Segment

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
LAUGHS = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefg", "bcdefgh", strict=True)
)
BOMB = f'<!DOCTYPE x [<!ENTITY a "ha">{LAUGHS}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "secret.txt">]>'


def tmx(source: str, doctype: str = "", attributes: str = "") -> str:
    return (
        f'{HEAD}{doctype}<tmx version="1.4"><header srclang="kk"/><body>\n<tu{attributes}>'
        f'<tuv xml:lang="kk"><seg>{source}</seg></tuv>'
        '<tuv xml:lang="en"><seg>Yes</seg></tuv></tu>\n</body></tmx>'
    )


def xliff(source: str, doctype: str = "") -> str:
    return (
        f'{HEAD}{doctype}<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        '<file original="a" source-language="kk" target-language="en" datatype="plaintext">'
        f'<body>\n<trans-unit id="1"><source>{source}</source><target>Yes</target></trans-unit>'
        "</body></file></xliff>"
    )


def workbook(**changed: Callable[[str], str]) -> bytes:
    """A workbook with other members; an empty one is left out."""
    whole, made = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(whole)
    with (
        zipfile.ZipFile(whole) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        members = {name: old.read(name).decode() for name in old.namelist()}
        members["xl/strings.xml"] = ""
        for name, text in members.items():
            change = changed.get(name.split("/")[-1].removesuffix(".xml"), str)
            if text := change(text):
                new.writestr(name, text)
    return made.getvalue()


def with_texts(inside: str) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/strings.xml" ContentType="{kind}"/></Types>'
    head = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return workbook(
        **{"[Content_Types]": lambda text: text.replace("</Types>", part)},
        strings=lambda _: f"{head}{inside}</sst>",
    )


def xliff_2(data: str, name: str = "a", note: str = "") -> str:
    """A unit of 4000 segments, each with the data, the name of the file and the note."""
    segment = '<segment><source>Иә<ph id="1" dataRef="d"/></source><target>Yes</target></segment>'
    return (
        f'{HEAD}<xliff version="2.0" srcLang="kk" trgLang="en"><file id="f" original="{name}">'
        f'<unit id="u"><notes><note>{note}</note></notes><originalData><data id="d">{data}</data>'
        f"</originalData>{segment * 4000}</unit></file></xliff>"
    )


LONG = "Сөз " * 6_000_000  # 42 MB
LINE = "Сөз " * 2_200_000  # 15 MB, as much as a line may have
PO = 'msgid ""\nmsgstr "Language: en\\n"\n\nmsgid "{}"\nmsgstr "Yes"\n'
# A file, its content, what is said of it.
FILES: list[tuple[str, Callable[[], str | bytes], str]] = [
    ("cut.tmx", lambda: tmx("Иә")[:-30], "cut.tmx:3: is cut short"),
    ("wrong.tmx", lambda: tmx("Иә").encode("cp1251", "replace"), "wrong.tmx:3: is cut short"),
    ("wide.tmx", lambda: tmx("Иә").replace("UTF-8", "UTF-16"), "wide.tmx:1: says that its"),
    ("bomb.tmx", lambda: tmx("&h;", BOMB), "not well-formed XML: its entities grow"),
    ("outside.tmx", lambda: tmx("&e;", OUTSIDE), ":3: an entity that the file does not"),
    ("deep.tmx", lambda: tmx("<hi>" * 300 + "Иә" + "</hi>" * 300), ":3: is cut short or not"),
    ("prefix.tmx", lambda: tmx("<x:y>Иә</x:y>"), "not well-formed XML: the prefix x: of <y> is"),
    ("html.tmx", lambda: tmx("Иә&nbsp;"), "html.tmx:3: is cut short or not"),
    ("long.tmx", lambda: tmx(LONG), "long.tmx:2: a unit behind this line has more than 2 MB"),
    ("codes.tmx", lambda: tmx("<ph/>" * 4_000_000), "a unit behind this line has more than 2 MB"),
    ("some.tmx", lambda: tmx("<ph/>" * 10_001), "some.tmx:3: a unit has more than 10,000 inline"),
    (
        "attributes.tmx",
        lambda: tmx("Иә<ph/>", "", "".join(f' a{n}="1"' for n in range(20_000))),
        "attributes.tmx:3: a unit has more than 10,000 inline codes or attributes",
    ),
    ("bomb.xlf", lambda: xliff("&h;", BOMB), "not well-formed XML: its entities grow"),
    ("outside.xlf", lambda: xliff("&e;", OUTSIDE), "does not define as plain text: &e;"),
    ("deep.xlf", lambda: xliff('<g id="1">' * 300 + "Иә" + "</g>" * 300), ":3: is cut short"),
    ("codes.xlf", lambda: xliff('<x id="1"/>' * 500_000), "has more than 100,000 elements"),
    ("some.xlf", lambda: xliff('<x id="1"/>' * 10_001), "more than 10,000 inline codes"),
    ("long.xlf", lambda: xliff(LONG), "long.xlf:3: is cut short or not well-formed XML"),
    ("data.xlf", lambda: xliff_2("я" * 100_000), "data of its codes are more than 262,144 char"),
    ("names.xlf", lambda: xliff_2("я", "Х" * 100_000), "name of its <file> is longer than 4,096"),
    ("notes.xlf", lambda: xliff_2("я", "Х", LONG[:99_999]), "too long (100,010 characters) to be"),
    ("long.tsv", lambda: LINE + "\tYes\n", "long.tsv:1: has more than 131,072 characters"),
    ("long.csv", lambda: f'source,target\n"{LINE}",Yes\n', "long.csv:2: is not CSV: a cell is"),
    ("long.po", lambda: PO.format(LINE), "long.po:4: a string is longer than 262,144 characters"),
    (
        "lines.po",
        lambda: PO.format('"\n"'.join(["Сөз " * 25] * 10_000)),
        "lines.po:2573: a string is longer than 262,144 characters",
    ),
    *(
        (f"line.{name}", lambda start=start: f"{start}{LONG}", ": is a line of more than 16 MB")
        for name, start in [
            ("tsv", "Иә\tYes\n"),
            ("csv", "source,target\n"),
            ("jsonl", '{"source":"'),
            ("po", 'msgid "a"\nmsgstr "b"\n\nmsgid "'),
        ]
    ),
    (
        "comments.po",
        lambda: "# c\n" * 6_000_000 + 'msgid "a"\nmsgstr "b"\n',
        "comments.po:10001: a message has more than 10,000 lines",
    ),
    (
        "letters.po",
        lambda: f"# {'c' * 200}\n" * 10_000 + 'msgid "a"\nmsgstr "b"\n',
        "or 524,288 characters of comments",
    ),
    (
        "strings.po",
        lambda: 'msgid ""\n' + '"a"\n' * 4_000_000,
        "strings.po:10001: a message has more than 10,000 lines",
    ),
    (
        "keys.jsonl",
        lambda: json.dumps({"kk": "a", "en": "b"} | {f"k{n}": "b" for n in range(500_000)}),
        "keys.jsonl:1: is not a unit: it has more than 100,000 values",
    ),
    (
        "props.jsonl",
        lambda: json.dumps({"kk": "a", "en": "b", "props": [["k", "b"]] * 1_000_000}),
        "props.jsonl:1: is not a unit: it has more than 100,000 values",
    ),
    *((f"empty.{name}", str, f"empty.{name}: is empty") for name in ("csv", "tsv", "po")),
    ("sheets.xlsx", lambda: workbook(sheet1=lambda _: ""), ": is a workbook without a sheet"),
    (
        "texts.xlsx",
        lambda: with_texts("".join(f"<si><t>{n}</t></si>" for n in range(1_200_000))),
        "texts.xlsx: holds texts that take more than 200 MB",
    ),
    (
        "runs.xlsx",
        lambda: with_texts(f"<si>{'<r><t>а</t></r>' * 20_000}</si>"),
        "runs.xlsx: holds a row or a text of more than 4 MB or 65,536 tags",
    ),
    (
        "cells.xlsx",
        lambda: workbook(sheet1=lambda it: it.replace("<sheetData", f"{'<c/>' * 70_000}<x")),
        "cells.xlsx: holds a row or a text of more than 4 MB or 65,536 tags",
    ),
]  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel how much memory was used")
@pytest.mark.parametrize(("name", "content", "complaint"), FILES, ids=[name for name, *_ in FILES])
def test_a_bad_file_costs_one_message(
    tmtool: Program,
    tmp_path: Path,
    environment: dict[str, str],
    name: str,
    content: Callable[[], str | bytes],
    complaint: str,
) -> None:
    """It names the place; the memory is as it was, and no more than 300 MB were taken."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "good.tsv").write_text("Иә\tYes\n", encoding="utf-8")
    tmtool("-m", "m.db", "import", "good.tsv", "-s", "kk", "-t", "en")
    before = (tmp_path / "m.db").read_bytes()
    data = content()
    (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    arguments = ["-m", "m.db", "import", name]
    if not name.endswith(("tmx", "xlf")):
        arguments += ["-s", "kk", "-t", "en"]
    done = measured(
        [sys.executable, "-m", "tmtool", *arguments],
        cwd=tmp_path,
        env=environment | {"PYTHONDEVMODE": ""},
    )
    assert done.status == 3
    assert done.errors.startswith("tmtool: ")
    assert done.errors.count("\n") == 1
    assert complaint in done.errors
    assert (tmp_path / "m.db").read_bytes() == before
    assert done.megabytes < 300


def test_two_texts_end_at_a_line_that_is_too_long(tmtool: Program, tmp_path: Path) -> None:
    """As all formats of lines do, and one of no bytes is no text."""
    command = ["import", "a.moses", "-s", "kk", "-t", "en"]
    (tmp_path / "a.en").write_text("Yes\n" * 2, "utf-8")
    (tmp_path / "a.kk").write_text(f"Иә\n{LONG}\n", "utf-8")
    assert "a.kk:2: is a line of more than 16 MB" in tmtool(*command, status=3).stderr
    (tmp_path / "a.kk").write_text("", "utf-8")
    assert "a.kk: is empty" in tmtool(*command, status=3).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("source,target\n", ""),
    ],
)
def test_a_heading_alone_is_no_empty_file(
    tmtool: Program, tmp_path: Path, content: str, said: str
) -> None:
    """It is a table without rows."""
    (tmp_path / "a.csv").write_text(content, "utf-8")
    done = tmtool("import", "a.csv", "-s", "kk", "-t", "en", status=3 if said else 0)
    assert said in done.stderr


@pytest.mark.parametrize(
    "command",
    ["convert - good.tmx", "dedupe - -o good.tmx", "import -", "import"],
)
@pytest.mark.parametrize("format", ["csv", "tsv", "po"])
def test_nothing_on_standard_input_is_an_empty_file(
    tmtool: Program, tmp_path: Path, command: str, format: str
) -> None:
    """A program that failed wrote it, and the file that was to be replaced stays."""
    (tmp_path / "good.tmx").write_text("whole")
    arguments = [*command.split(), "--from", format]
    assert tmtool(*arguments, status=3).stderr.startswith("tmtool: -: is empty; ")
    assert (tmp_path / "good.tmx").read_text() == "whole"
    assert tmtool("import", "--from", "jsonl").stderr == "-: no units\n"  # a file of none


@pytest.mark.parametrize("format", ["tmx", "xlf", "xliff", "tsv", "csv", "po", "jsonl"])
def test_the_longest_text_comes_back(format: str) -> None:
    """What one format holds, all do, however it is escaped there."""
    text = "&" * LONGEST
    file = io.BytesIO()
    tmtool.formats.write([pair(text, text)], file, format=format)
    (unit,) = tmtool.formats.read(
        io.BytesIO(file.getvalue()), format=format, languages=("kk", "en")
    )
    assert (unit.source.text, unit.target.text) == (text, text)


def test_a_longer_one_is_skipped_if_asked() -> None:
    """The others of its file are read."""
    told: list[FormatError] = []
    text = f"А\tA\n{'x' * (LONGEST + 1)}\tB\nВ\tC\n"
    units = tmtool.formats.read(
        io.BytesIO(text.encode()), format="tsv", languages=("kk", "en"), bad=told.append
    )
    assert [unit.source.text for unit in units] == ["А", "В"]
    assert [str(error).split(":")[1] for error in told] == [" unit 2"]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.po", "a.moses"])
def test_a_legacy_encoding_can_be_said(tmtool: Program, tmp_path: Path, name: str) -> None:
    """As Excel writes CSV; without it the error proposes what it looks like."""
    tmtool("convert", "-", name, "--from", "tsv", "-s", "ru", "-t", "en", input="Да, нет\tYes\n")
    for path in (tmp_path / name, tmp_path / "a.ru"):
        if path.exists():
            path.write_bytes(path.read_text("utf-8-sig").encode("cp1251"))
    choice = ["--from", "moses"] if name == "a.moses" else []
    arguments = ["-m", "m.db", "import", name, *choice, "-s", "ru", "-t", "en"]
    assert "--encoding" in tmtool(*arguments, status=3).stderr
    assert tmtool(*arguments, "--encoding", "cp1251").stderr.endswith(": 1 new\n")
    assert "Да, нет" in tmtool("-m", "m.db", "export", "-", "--to", "tsv").stdout


@pytest.mark.parametrize("name", ["nope", "base64", "rot13", "idna", "punycode", "unicode_escape"])
@pytest.mark.parametrize(
    "command", ["import a.csv", "convert a.csv b.tmx", "info a.csv", "segment"]
)
def test_what_is_no_encoding_is_a_wrong_option(tmtool: Program, command: str, name: str) -> None:
    """Also what Python calls one and no text is in."""
    done = tmtool(*command.split(), "--encoding", name, status=2)
    assert f"'{name}' is no encoding of texts; try utf-8, cp1251 or kz1048" in done.stderr


def test_an_encoding_is_for_files_that_do_not_say_it() -> None:
    """XML does."""
    with pytest.raises(TmtoolError, match="tmx says itself what its encoding is"):
        list(tmtool.formats.read(io.BytesIO(), format="tmx", encoding="cp1251"))


@pytest.mark.parametrize("odd", ["\x01", "\x9b", "\uffff"])
def test_an_abbreviation_is_text(tmtool: Program, tmp_path: Path, odd: str) -> None:
    """Nothing else can be written to a file of rules."""
    (tmp_path / "own.txt").write_text(f"құж\nтірк{odd}н\n", "utf-8")
    done = tmtool("convert", "kk", "b.srx", "--prefixes", "own.txt", status=3)
    assert f"own.txt:2: holds {odd!r} in an abbreviation" in done.stderr
    assert not (tmp_path / "b.srx").exists()


def test_what_no_unit_can_hold_is_no_sentence(tmtool: Program, tmp_path: Path) -> None:
    """It is not aligned for minutes; also where texts of doubt are to be."""
    (tmp_path / "a.kk.txt").write_text('Иә. "' + '"' * LONGEST, "utf-8")
    (tmp_path / "a.en.txt").write_text("Yes. No.", "utf-8")
    command = ["align", "a.kk.txt", "a.en.txt", "-t", "en"]
    for more in ([], ["--force"]):
        done = tmtool(*command, *more, status=3)
        assert "a.kk.txt, a.en.txt: a sentence has 131,073 characters; 131,072 are" in done.stderr


def test_sentences_that_recur_are_known_at_once(tmp_path: Path) -> None:
    """Each is told from the others without asking for all that came before it."""
    text = [Segment("Иә.", 0, 3, 0)] * 300
    with Memory.open(tmp_path / "m.db") as memory:
        asked: list[str] = []
        memory._store.unit = lambda unit_id: asked.append(unit_id)  # type: ignore[method-assign]
        assert Document(memory, "d", "kk", "en").extend(text) == 300
    assert len(set(asked)) == len(asked) == 300


@pytest.mark.skipif(sys.platform != "linux", reason="limits the time of the processor")
@pytest.mark.parametrize("arguments", [["info", "a.tmx"], ["check", "a.tmx", "--for", "memoq"]])
def test_much_white_space_takes_no_time(
    tmp_path: Path, environment: dict[str, str], arguments: list[str]
) -> None:
    """A text of spaces and one of line ends, each with a word behind it."""
    for blank in (" ", "\n"):
        (tmp_path / "a.tmx").write_text(tmx(f"Иә\n{blank * 130_000}мен\n бар"), "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "tmtool", *arguments],
            cwd=tmp_path,
            env=environment | {"PYTHONDEVMODE": ""},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (20, 20)),
            capture_output=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr.decode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<tu><tuv></tu>", "<tuv> of line 1 ends as </tu>"),
        ("<tu>", "<tu> of line 1 ends as </body>"),
        ("<tu", "an attribute is not written as"),
        ("5 & 6", "an & stands for itself; it is &amp;"),
        ("<tu>5 < 6</tu>", "a < stands for itself; it is &lt;"),
        ("<tu a='<'/>", "a < stands in an attribute; it is &lt;"),
        ("&foo;", "nobody says what the entity &foo; means"),
        ("\x01", "it holds the control character 1"),
        ("&#1;", "it holds the control character 1"),
        ("&#x110000;", "it holds the number of no character"),
        ("&#xD800;", "it holds half of a character (a surrogate, 55296)"),
        ("&#xDFFF;", "it holds half of a character (a surrogate, 57343)"),
        ("&#xFFFE;", "it holds the control character 65534"),
        ("<tu a=1/>", "an attribute is not written as"),
        ("<tu a/>", "the attribute a has no value"),
        ("<tu a='1' a='2'/>", "the attribute a is there twice"),
        ("<v:tu/>", "the prefix v: of <tu> is not declared"),
        ("</body></tmx><tmx>", "it goes on after its end"),
        ("]]>", "]]> stands in a text; it is ]]&gt;"),
        ("<!-- ", "a comment has no end"),
        ("<a>" * 300, "its elements are nested too deep"),
    ],
)
def test_what_is_wrong_with_xml_is_said_in_words(body: str, said: str) -> None:
    """Not in those of the parser."""
    text = f'<tmx version="1.4"><header srclang="kk"/><body>{body}</body></tmx>'
    with pytest.raises(FormatError, match=re.escape(f"not well-formed XML: {said}")):
        list(tmtool.formats.read(io.BytesIO(text.encode()), format="tmx"))


@pytest.mark.parametrize("format", ["tmx", "xlf"])
@pytest.mark.parametrize("before", [0, 5000])
def test_a_byte_that_its_encoding_does_not_know_is_found(format: str, before: int) -> None:
    """In the line where it is, by the name that the file gives its encoding."""
    text = tmx("Ия~") if format == "tmx" else xliff("Ия~")
    head, line_end, rest = text.replace("UTF-8", "windows-1251").partition("\n")
    text = head + "\n" * before + line_end + rest
    data = text.encode("cp1251").replace(b"~", b"\x98")
    line = text[: text.index("~")].count("\n") + 1
    with pytest.raises(FormatError, match="is not WINDOWS-1251, as it says: byte 0x98") as caught:
        list(tmtool.formats.read(io.BytesIO(data), format=format))
    assert caught.value.line == line
