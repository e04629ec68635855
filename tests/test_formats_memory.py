"""Files through the memory and back: nothing is lost, or it is said what, and how often."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tmtool as library
from tests.conftest import MOMENT, Program, pair
from tests.test_formats import tmx, tuv, units_in, written
from tests.test_formats_tables import wild
from tmtool.conflict import OnConflict
from tmtool.errors import FormatError
from tmtool.memory import Added, Memory
from tmtool.model import RENAMED, Code, Variant
from tmtool.preflight import inspect
from tmtool.profiles import Tailored, Tool, placed, preferred


@settings(max_examples=15)
@example([("\x85", "\x85", False), (" ", "Yes", True), ("Иә", "\t", True)])
@given(st.lists(st.tuples(wild, wild, st.booleans()), max_size=5))
def test_a_memory_holds_what_its_own_export_says(rows: list[tuple[str, str, bool]]) -> None:
    """Whatever white space, line ends and control characters were in what it was given."""
    units = [
        pair(source, target, **({"document": "d", "position": float(number)} if placed else {}))
        for number, (source, target, placed) in enumerate(rows, 1)
    ]
    with TemporaryDirectory() as folder, Memory.open(Path(folder) / "m.db") as memory:
        memory.add(units)
        for format in ("tmx", "xlf", "xliff", "csv", "xlsx", "po", "jsonl"):
            path = Path(folder) / f"out.{format}"
            done = library.write(memory.units(), path)
            assert done.changed == 0
            assert memory.add(library.read(path)) == Added(unchanged=done.units)


def test_white_space_alone_is_no_text_in_a_memory() -> None:
    """A unit that has nothing else is left out; inline codes are something."""
    coded = replace(pair("Иә"), target=Variant("en", (" ", Code("ph", '<ph x="1"/>'))))
    with TemporaryDirectory() as folder, Memory.open(Path(folder) / "m.db") as memory:
        added = memory.add([pair(" ", "Yes"), pair("\t", "\u00a0"), coded])
        assert (added.new, added.empty) == (2, 1)
        first, second = memory.units()
        assert (first.source.content, first.target.text) == ((), "Yes")
        assert second.target == coded.target


def test_white_space_goes_from_po_to_tmx_and_back(tmtool: Program, tmp_path: Path) -> None:
    """Doubled spaces, tabs, line ends, those at the ends too; the original again is nothing new."""
    source, target = " Бірінші  жол\nекінші\tжол\n", "First  line\r\nsecond\tline\n"
    head = '"Language: en\\n"\n"X-Source-Language: kk\\n"\n'
    text = f'msgid ""\nmsgstr ""\n{head}\nmsgid {_quoted(source)}\nmsgstr {_quoted(target)}\n'
    (tmp_path / "in.po").write_text(text, "utf-8")
    assert tmtool("-m", "m.db", "import", "in.po").stderr == "in.po: 1 new\n"
    tmtool("-m", "m.db", "export", "out.tmx")
    for name in ("out.tmx", "in.po"):
        assert tmtool("-m", "m.db", "import", name).stderr == f"{name}: 1 unchanged\n"
    tmtool("-m", "other.db", "import", "out.tmx")
    tmtool("-m", "other.db", "export", "out.po")
    for name in ("out.tmx", "out.po"):
        (unit,) = library.read(tmp_path / name)
        assert (unit.source.text, unit.target.text) == (source, target)


def _quoted(text: str) -> str:
    return '"' + text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'


def test_what_was_laid_out_is_one_line(tmtool: Program, tmp_path: Path) -> None:
    """An indented text of another tool would match nothing; it is said how many there were."""
    laid = "\n        Бір\n        жол.\n      "
    kept = "\nБір\n"
    units = "".join(f"<tu>{tuv('kk', text)}{tuv('en', 'A line.')}</tu>" for text in (laid, kept))
    (tmp_path / "in.tmx").write_text(tmx(units), "utf-8")
    done = tmtool("-m", "m.db", "import", "in.tmx")
    said = "note: in.tmx: texts laid out on several lines, made one line: 1\n"
    assert done.stderr == f"in.tmx: 2 new\n{said}"
    tmtool("-m", "m.db", "export", "out.tmx")
    found = [unit.source.text for unit in library.read(tmp_path / "out.tmx")]
    assert found == ["Бір жол.", kept]


def test_a_tool_gets_texts_on_one_line(tmtool: Program, tmp_path: Path) -> None:
    """OmegaT cuts segments without white space around them; how many that changed is said."""
    (tmp_path / "in.tmx").write_text(
        tmx(f"<tu>{tuv('kk', ' Иә,' + chr(10) + 'бар. ')}{tuv('en', 'Yes.')}</tu>"), "utf-8"
    )
    tmtool("-m", "m.db", "import", "in.tmx")
    done = tmtool("-m", "m.db", "export", "out.tmx", "--for", "omegat")
    assert done.stderr == "out.tmx: 1 unit; white space levelled for OmegaT in 1\n"
    assert [unit.source.text for unit in library.read(tmp_path / "out.tmx")] == ["Иә, бар."]


def test_control_characters_are_left_out_and_counted(tmtool: Program, tmp_path: Path) -> None:
    """No memory keeps them, as no TMX can hold them; a line tabulator parts words."""
    (tmp_path / "in.tsv").write_text("Иә\x01\x0bбар.\tYes.\nЖоқ.\tNo.\n", "utf-8")
    pair_of = ("-s", "kk", "-t", "en")
    done = tmtool("-m", "m.db", "import", "in.tsv", *pair_of)
    said = "note: in.tsv: units with control characters, which were left out: 1\n"
    assert done.stderr == f"in.tsv: 2 new\n{said}"
    tmtool("-m", "m.db", "export", "out.tmx")
    assert tmtool("-m", "m.db", "import", "out.tmx").stderr == "out.tmx: 2 unchanged\n"
    for name in ("out.tmx", "out.xlf", "out.xliff"):
        done = tmtool("convert", "in.tsv", name, *pair_of)
        assert done.stderr == f"{name}: 2 units; control characters left out of 1\n"
    assert next(library.read(tmp_path / "out.tmx")).source.text == "Иә бар."


def test_an_encoding_that_a_file_says_itself_is_refused_before_any_file_is_taken(
    tmtool: Program, tmp_path: Path
) -> None:
    """Though the files before it are in that encoding."""
    (tmp_path / "a.tsv").write_bytes("шарт\tдоговор\n".encode("cp1251"))
    (tmp_path / "b.tmx").write_text(tmx(""), "utf-8")
    files = ["a.tsv", "b.tmx", "--encoding", "cp1251", "-s", "kk", "-t", "ru"]
    done = tmtool("-m", "m.db", "import", *files, status=2)
    assert done.stderr == "tmtool: b.tmx: tmx says itself what its encoding is; leave it out\n"
    assert not (tmp_path / "m.db").exists()


def test_formats_of_lines_say_what_they_level(tmtool: Program, tmp_path: Path) -> None:
    """TSV and Moses have no place for the line end of a text."""
    line = '{"source_language":"kk","target_language":"en","source":"Иә\\n","target":"Yes"}\n'
    (tmp_path / "in.jsonl").write_text(line, "utf-8")
    for name, files in [("out.tsv", "out.tsv"), ("out.moses", "out.kk, out.en")]:
        done = tmtool("convert", "in.jsonl", name)
        assert done.stderr == f"{files}: 1 unit; tabs and line ends made spaces in 1\n"


def test_a_pair_that_is_there_in_several_contexts_is_several_units(
    tmtool: Program, tmp_path: Path
) -> None:
    """Each with its own props; again, or exported and imported, they are the same."""
    contexts = [
        {"file": "a.txt", "prev": "Бір."},
        {"file": "b.txt", "prev": "Екі.", "next": "Үш."},
        {"id": "7"},
        {},
        {"x-client": "Bank"},
        {"x-client": "Mill"},
    ]
    units = "".join(
        "<tu>"
        + "".join(f'<prop type="{kind}">{text}</prop>' for kind, text in context.items())
        + f"{tuv('kk', 'Иә.')}{tuv('en', 'Yes.')}</tu>"
        for context in contexts
    )
    (tmp_path / "in.tmx").write_text(tmx(units), "utf-8")
    assert tmtool("-m", "m.db", "import", "in.tmx").stderr == "in.tmx: 6 new\n"
    tmtool("-m", "m.db", "export", "out.tmx")
    assert [dict(unit.props) for unit in library.read(tmp_path / "out.tmx")] == contexts
    for policy in ("keep", "replace", "both", "newest"):
        for name in ("in.tmx", "out.tmx"):
            done = tmtool("-m", "m.db", "import", name, "--on-conflict", policy)
            assert done.stderr == f"{name}: 6 unchanged\n"


def test_another_context_is_no_conflict_and_other_props_are_one(file_memory: Memory) -> None:
    """A source may be translated otherwise elsewhere; what a tool noted since is not more units."""
    here, there = (pair("Иә.", "Yes.", props=(("file", name),)) for name in "ab")
    file_memory.add([here])
    assert file_memory.add([there, pair("Иә.", "Yep.", props=there.props)]) == Added(new=2)
    assert file_memory.add([pair("Иә.", "Yeah.", props=here.props)]) == Added(kept=1)
    noted = pair("Жоқ.", "No.", props=(("x-client", "Bank"),))
    file_memory.add([noted])
    for policy in ("keep", "both", "newest", "replace"):
        assert file_memory.add([pair("Жоқ.", "No.")], on_conflict=policy) == Added(unchanged=1)
    since = replace(noted, props=(("x-client", "Mill"),))
    assert file_memory.add([since]) == Added(kept=1)
    assert file_memory.add([since], on_conflict="replace") == Added(replaced=1)
    assert file_memory.add([since]) == Added(unchanged=1)


SAID = (
    '<header creationtool="other" segtype="paragraph" adminlang="ru" srclang="*all*"'
    ' datatype="html" o-tmf="x" creationtoolversion="1" o-encoding="cp1251">'
    '<note xml:lang="ru">of all</note><prop type="p" xml:lang="ru" o-encoding="cp1251">v</prop>'
    '<ude name="u" base="x"><map unicode="#xF8FF"/></ude></header>'
)
SAID_UNIT = (
    '<tu xmlns:v="urn:v" v:mark="1"><note xml:lang="kk">of it</note><note>too</note>'
    '<prop type="q" xml:lang="en" o-encoding="utf-8">w</prop>'
    '<tuv xml:lang="kk" xml:space="preserve"><note xml:lang="ru">side</note>'
    f'<prop type="r" xml:lang="kk">x</prop><seg>Иә</seg></tuv>{tuv("en", "Yes")}</tu>'
)


def test_what_the_dtd_knows_goes_through_the_memory(tmtool: Program, tmp_path: Path) -> None:
    """Languages and encodings of notes and props, the header, names of vendors, *all*."""
    text = f'<tmx version="1.4">{SAID}<body>{SAID_UNIT}</body></tmx>'
    (tmp_path / "in.tmx").write_text(text, "utf-8")
    assert tmtool("-m", "m.db", "import", "in.tmx").stderr == "in.tmx: 1 new\n"
    tmtool("-m", "m.db", "export", "out.tmx")
    ours = re.compile(
        r' (?:tuid|srclang|creation[a-z]*|o-tmf)="[^"]*"|<prop type="x-tmtool:[^<]*</prop>|\s+(?=<)'
    )
    made = (tmp_path / "out.tmx").read_text("utf-8").partition("<tmx")[2]
    for part in (*SAID.split("><"), *SAID_UNIT.split("><")):
        said = ours.sub("", f"<{part.strip('<>')}>")
        assert said in ours.sub("", f"<tmx{made}")
    assert made.count('srclang="*all*"') == 1
    assert tmtool("-m", "m.db", "import", "out.tmx", "in.tmx").stderr == (
        "out.tmx: 1 unchanged\nin.tmx: 1 unchanged\n"
    )
    tmtool("convert", "out.tmx", "again.tmx")
    assert (tmp_path / "again.tmx").read_bytes() == (tmp_path / "out.tmx").read_bytes()


def test_a_note_that_was_changed_loses_its_language_only() -> None:
    """What was said of another text is not said of this one, nor is the other text back."""
    (unit,) = units_in(tmx(SAID_UNIT), "tmx")
    (again,) = units_in(written([replace(unit, notes=("changed",))], "tmx"), "tmx")
    assert again.notes == ("changed",)


def test_what_cannot_be_carried_is_counted(tmtool: Program, tmp_path: Path) -> None:
    """Dates that are none, elements and attributes that TMX has no place for."""
    unit = (
        '<tu creationdate="yesterday" белгі="1"><odd>x</odd><prop type="q" odd="1">w</prop>'
        f"{tuv('kk', 'Иә')}{tuv('en', 'Yes')}</tu>"
    )
    (tmp_path / "in.tmx").write_text(tmx(unit), "utf-8")
    notes = [
        "note: in.tmx: attributes that TMX cannot hold, left out: 2",
        "note: in.tmx: dates that cannot be read, left out: 1",
        "note: in.tmx: elements that have no place in TMX, left out: 1",
    ]
    assert tmtool("-m", "m.db", "import", "in.tmx").stderr.splitlines()[1:] == notes
    assert tmtool("convert", "in.tmx", "out.tmx").stderr.splitlines()[1:] == notes
    assert tmtool("merge", "in.tmx", "-o", "out.tmx").stderr.splitlines()[1:-1] == notes
    done = tmtool("replace", "Yes", "Yeah", "in.tmx", "-o", "out.tmx")
    assert done.stderr.splitlines()[1:-1] == notes


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_two_reviewers_of_one_table_get_all_in_and_are_told_what_they_disagree_about(
    tmtool: Program, tmp_path: Path, format: str
) -> None:
    """Of six rows both changed the first and joined notes to the second, one changed the third and
    the other the fourth, one judged the fifth that the other changed; the last is as it was."""
    m = ("-m", "m.db")
    rows = "".join(f"Иә {number}.\tYes {number}.\n" for number in range(6))
    tmtool(*m, "import", "-", "--from", "tsv", "-s", "kk", "-t", "en", "-d", "d", input=rows)
    tmtool(*m, "export", "out.csv")

    def reviewed(name: str, *edits: tuple[int, str, str]) -> str:
        with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.DictReader(file))
        for number, column, value in edits:
            table[number][column] = value
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
        if format != "csv":
            tmtool("convert", f"{name}.csv", f"{name}.{format}")
        return f"{name}.{format}"

    edits = (0, "target", "A"), (1, "notes", "A"), (2, "target", "A"), (4, "target", "A")
    one = reviewed("one", *edits)
    edits = (0, "target", "B"), (1, "notes", "B"), (3, "target", "B"), (4, "state", "rejected")
    other = reviewed("other", *edits)
    newest = ("--on-conflict", "newest")
    assert tmtool(*m, "import", one, *newest).stderr == f"{one}: 2 unchanged, 4 replaced\n"
    said = tmtool(*m, "import", other, *newest, "--dry-run").stderr
    first, *named, hint = tmtool(*m, "import", other, *newest).stderr.splitlines()
    assert first == f"{other}: 2 unchanged, 2 kept, 2 replaced"
    assert said.splitlines() == [f"{first}; nothing is written", *named, hint]
    assert "--on-conflict replace" in hint
    with Memory.open(tmp_path / "m.db") as memory:
        units = list(memory.units())
    assert [unit.target.text for unit in units] == ["A", "Yes 1.", "A", "B", "A", "Yes 5."]
    assert units[1].notes == ("A", "B")
    assert named == [
        f'kept: {units[0].id} "Иә 0.": the memory says "A", the file "B"',
        f'kept: {units[4].id} "Иә 4.": the memory says "A" (translated), '
        'the file "Yes 4." (rejected)',
    ]
    again = tmtool(*m, "import", other, *newest).stderr.splitlines()
    assert again == [f"{other}: 4 unchanged, 2 kept", *named, hint]


def test_no_more_than_a_few_conflicts_are_named(tmtool: Program, tmp_path: Path) -> None:
    """How many more there are is said, and what was removed from the memory is named as such."""
    said = [pair(f"Иә {number}.", "Yes.", document="d", created_at=MOMENT) for number in range(9)]
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(said)
        units = list(memory.units())
        library.write(
            [replace(it, target=Variant.of("en", "No.")) for it in units], tmp_path / "a.jsonl"
        )
        later = [replace(it, target=Variant.of("en", "Y" * 99)) for it in units]
        memory.change("edit", [*zip(units[1:], later[1:], strict=True), (units[0], None)])
    done = tmtool("-m", "m.db", "import", "a.jsonl", "--on-conflict", "newest").stderr.splitlines()
    assert done[:2] == [
        "a.jsonl: 9 kept",
        'kept out: "Иә 0." – "No.", as it was removed from the memory',
    ]
    assert done[2].endswith(f'the memory says "{"Y" * 79}…", the file "No."')
    assert done[6] == "and 4 more kept"
    assert len(done) == 8
    kept = tmtool("-m", "m.db", "import", "a.jsonl").stderr
    for said_of_all in (done[7], kept):
        assert "'tmtool diff MEMORY FILE' shows all that differs" in said_of_all
    differing = tmtool("diff", "m.db", "a.jsonl", status=1).stdout.splitlines()
    assert [line.split()[0] for line in differing].count("changed") == 8


def test_what_somebody_else_translated_alike_is_no_conflict(
    tmtool: Program, tmp_path: Path
) -> None:
    """When it was dated earlier; and where it says something else, it is said of what kind."""
    unit = pair("Иә.", "Yes.", document="d", created_at=MOMENT, created_by="bek")
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([unit])
    earlier = replace(unit, created_at=MOMENT - timedelta(days=1), created_by="dana")
    for came, said in (
        (earlier, "a.jsonl: 1 unchanged\n"),
        (
            replace(earlier, props=(("x", "y"),)),
            'file "Yes.", which differs in date, author, props',
        ),
    ):
        library.write([came], tmp_path / "a.jsonl")
        done = tmtool("-m", "m.db", "import", "a.jsonl", "--on-conflict", "newest").stderr
        assert said in done


@pytest.mark.parametrize("policy", ["keep", "newest"])
def test_what_replace_keeps_too_is_not_promised_of_it(
    tmtool: Program, tmp_path: Path, policy: str
) -> None:
    """A note on what was kept names replace, which keeps a translation that was emptied as well."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.", document="d")])
        (unit,) = memory.units()
    library.write([replace(unit, target=Variant("en"))], tmp_path / "a.jsonl")
    on_conflict = ("-m", "m.db", "import", "a.jsonl", "--on-conflict")
    *_, hint = tmtool(*on_conflict, policy).stderr.splitlines()
    assert "replace" in hint
    assert hint.endswith("(a text that was emptied there stays)")
    assert tmtool(*on_conflict, "replace").stderr == "a.jsonl: 1 kept\n"
    with Memory.open(tmp_path / "m.db") as memory:
        assert [unit.target.text for unit in memory.units()] == ["Yes."]


@pytest.mark.parametrize("format", ["tsv", "csv", "tmx"])
def test_a_table_of_a_documents_texts_doubles_none(
    tmtool: Program, tmp_path: Path, format: str
) -> None:
    """Though it does not say of which document they are."""
    m, sides = ("-m", "m.db"), ("-s", "kk", "-t", "en")
    texts = "Иә.\tYes.\nЖоқ.\tNo.\n"
    tmtool(*m, "import", "-", "--from", "tsv", *sides, "-d", "d", input=texts)
    (tmp_path / "o.tsv").write_text(tmtool(*m, "export", "-", "--to", "tsv").stdout, "utf-8")
    if format == "csv":
        (tmp_path / "o.csv").write_text("kk,en\nИә.,Yes.\nЖоқ.,No.\n", "utf-8")
    if format == "tmx":
        tmtool("convert", "o.tsv", "o.tmx", *sides)
    assert tmtool(*m, "import", f"o.{format}", *sides).stderr == f"o.{format}: 2 unchanged\n"


OF_OTHERS = ("client", "А"), ("", "е"), ("tmx:target/domain", "б"), ("x-b", "в")


@pytest.mark.parametrize("tool", ["trados", "memoq", "wordfast", "generic"])
def test_what_was_exported_for_a_tool_is_nothing_new(file_memory: Memory, tool: Tool) -> None:
    """Its names of props, and contexts that it was given, are told from what the memory holds."""
    context = ("tmx:source/x-context-pre", "<seg>Неге?</seg>")
    file_memory.add(
        [
            pair("Бір.", "One.", document="d", position=1.0),
            pair("Екі.", "Two.", document="d", position=2.0, props=OF_OTHERS),
            pair("Үш.", "Three.", document="d", position=3.0, props=(*OF_OTHERS, context)),
            pair("Төрт.", "Four.", props=(*OF_OTHERS, context)),
        ]
    )
    for_tool = list(Tailored(tool).units(placed(file_memory.units()), {}))
    assert file_memory.add(units_in(written(for_tool, "tmx").decode(), "tmx")) == Added(unchanged=4)


def table(rows: list[dict[str, str]]) -> str:
    """Rows as a table with a heading."""
    made = io.StringIO()
    writer = csv.DictWriter(made, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue()


LOSE = {
    "tmx": (r"<prop.*?</prop>", "", ">initial<"),
    "jsonl": (r'"state":"?[^,]*, ?', "", '"initial"'),
    "xlf": (r'(?:(?<=<target) state="[^"]*"| approved="yes")', "", '"needs-translation"'),
    "xliff": (r'(<segment id="s1") state="[^"]*"', r"\1", '"initial"'),
}
"""How a tool drops the states of a format, and what says that one is ``initial``."""


@pytest.mark.parametrize("format", ["csv", *LOSE])
def test_doubt_is_not_taken_away_by_what_was_dropped(
    tmtool: Program, tmp_path: Path, format: str
) -> None:
    """Neither with a column nor with our props; who says that it is gone is heard."""
    with Memory.open(tmp_path / "m.db") as memory:
        units = [pair("Иә.", "Yes.", score=0.3), pair("Жоқ.", "No.", state="initial")]
        memory.add(replace(unit, document="d") for unit in [*units, pair("Ел", "x", state="final")])
    tmtool("-m", "m.db", "export", f"a.{format}")
    text = (tmp_path / f"a.{format}").read_text("utf-8-sig")
    if format == "csv":
        rows = list(csv.DictReader(text.splitlines()))
        texts = [
            table([{name: row[name] for name in row if name != dropped} for row in rows])
            for dropped in ("id", "state", "notes", "document", "more")
        ]
        judged = text.replace(",initial,", ",translated,")
    else:
        expression, rest, initial = LOSE[format]
        texts = [re.sub(expression, rest, text)]
        judged = text.replace(initial, initial.replace(initial.strip('"<>'), "translated"))
        assert text not in (*texts, judged)
    update = ("-m", "m.db", "import", f"a.{format}", "--on-conflict", "newest")
    for lost in texts:
        (tmp_path / f"a.{format}").write_text(lost, "utf-8")
        assert tmtool(*update).stderr == f"a.{format}: 3 unchanged\n"
    (tmp_path / f"a.{format}").write_text(judged, "utf-8")
    assert tmtool(*update).stderr == f"a.{format}: 2 unchanged, 1 replaced\n"


def test_what_omegat_gets_for_anywhere_else_is_nothing_new(file_memory: Memory) -> None:
    """The document has it; the copy says besides only when it was made."""
    said = ("Yes.", "translated"), ("Yeah.", "reviewed")
    units = [pair("Иә.", text, document="d", state=state) for text, state in said]
    file_memory.add([*units, pair("Жоқ.", "No.", document="d")])
    several = preferred(file_memory.disputed())
    for_omegat = list(Tailored("omegat").units(placed(file_memory.units()), several))
    assert len(for_omegat) == 4
    done = file_memory.add(units_in(written(for_omegat, "tmx").decode(), "tmx"))
    assert done == Added(unchanged=4)


@pytest.mark.parametrize("policy", ["keep", "newest"])
@pytest.mark.parametrize(
    ("format", "beside"),
    [
        ("xlf", r"(?s)<context-group.*?</context-group>"),
        ("xliff", r"(?s)<mda:metadata>.*?</mda:metadata>"),
        ("po", r"(?m)^#\. tmtool:.*\n"),
    ],
)
def test_what_a_tool_drops_beside_the_texts_is_nothing_said(
    memory: Memory, format: str, beside: str, policy: OnConflict
) -> None:
    """Ids that were made up for XLIFF neither. Props and notes are kept; no unit comes twice."""
    memory.add(
        [
            pair(
                "Иә", "Yes", document="d", state="reviewed", notes=("ask",), props=(("x-a", "1"),)
            ),
            pair("Жоқ", "No", document="d", props=(("x-po:reference", "a.c:1"), ("x-a", "2"))),
            pair("Бәлкім", "Maybe", notes=("see",), props=(("x-a", "1"),)),
            pair("Мүмкін", "Perhaps", props=(("x-a", "1"), ("x-po:reference", "b.c:7"))),
        ]
    )
    held = list(memory.units())
    bare, count = re.subn(beside, "", written(held, format).decode())
    assert count == len(held)
    assert memory.add(units_in(bare, format), on_conflict=policy) == Added(unchanged=4)
    assert list(memory.units()) == held


@pytest.mark.parametrize(
    ("format", "doubt", "sure"),
    [
        ("po", "#, fuzzy\n", ""),
        ("xlf", 'state="needs-translation"', 'state="translated"'),
        ("xliff", 'state="initial"', 'state="translated"'),
        ("csv", ",initial,", ",translated,"),
    ],
)
def test_a_translation_that_is_no_longer_in_doubt_comes_in(
    file_memory: Memory, format: str, doubt: str, sure: str
) -> None:
    """Though its text is as it was."""
    file_memory.add([pair("Иә", "Yes", document="d", state="initial"), pair("Жоқ", "No")])
    data = written(list(file_memory.units()), format).decode()
    assert doubt in data
    found = units_in(data.replace(doubt, sure), format)
    assert file_memory.add(found, on_conflict="newest") == Added(replaced=1, unchanged=1)
    assert {unit.state for unit in file_memory.units()} == {"translated"}


@pytest.mark.parametrize("said", ["{", "[]", '{"x-client": 1}', '{"x-client": "\\ud800client"}'])
def test_what_a_tool_damages_of_it_costs_no_unit(said: str) -> None:
    """Its props are called as the file calls them."""
    (unit,) = Tailored("trados").units([(pair("Иә", "Yes", props=OF_OTHERS[:1]), "", "")], {})
    damaged = replace(unit, props=tuple((k, said if k == RENAMED else t) for k, t in unit.props))
    (came,) = units_in(written([damaged], "tmx").decode(), "tmx")
    assert came.props[0][0] in ("x-client", "client")
    assert len(came.props) == 1


def test_what_a_header_says_comes_into_a_memory_with_a_word(
    tmtool: Program, tmp_path: Path
) -> None:
    """It is said of all units that are exported; of a new memory all comes from the file."""
    unit = f"<tu>{tuv('kk', 'Иә')}{tuv('en', 'Yes')}</tu>"
    texts = [tmx(unit).replace("/>", f"><note>{note}</note></header>", 1) for note in "ab"]
    for name, text in zip(("a.tmx", "b.tmx"), texts, strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    assert tmtool("-m", "m.db", "import", "a.tmx").stderr == "a.tmx: 1 new\n"
    said = "b.tmx: 1 unchanged; 1 thing that its header says added"
    done = tmtool("-m", "m.db", "import", "b.tmx", "--dry-run")
    assert done.stderr == f"{said}; nothing is written\n"
    assert tmtool("-m", "m.db", "import", "b.tmx").stderr == f"{said}\n"
    assert tmtool("-m", "m.db", "import", "b.tmx").stderr == "b.tmx: 1 unchanged\n"
    assert tmtool("-m", "m.db", "undo").stderr == "undone: add, what a header says\n"
    assert tmtool("-m", "m.db", "import", "b.tmx").stderr == f"{said}\n"


@pytest.mark.parametrize("is_scanned", [False, True])
@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("attributes of headers", "<header", "<header creationid='aigul'"),
        ("attributes of headers", "<header", "<header maker='aigul'"),
        ("elements", "</header>", "<vendor/></header>"),
        ("elements", "<body>", "<body><tuGroup/>"),
        ("elements", "<body>", "<vendor/><body>"),
        ("elements", "</body>", "<tuGroup/></body>"),
        ("elements", "</body>", "</body><vendor/>"),
        ("elements", "</note>", "<b/></note>"),
        ("elements", "</seg>", "</seg><seg>second</seg>"),
        ("attributes that", "<seg>", "<seg type='x'>"),
        ("texts outside", "<tu>", "<tu>text"),
        ("texts outside", "<seg>", "text<seg>"),
        ("texts outside", "</seg>", "</seg>text"),
    ],
)
def test_what_a_tmx_loses_is_counted_however_it_is_read(
    what: str, old: str, new: str, is_scanned: bool
) -> None:
    """What stands in headers, around and in units; each thing once, and nothing of a sound file."""
    whole = tmx(f"<tu><note>n</note>{tuv('kk', 'Иә')}{tuv('en', 'Yes')}</tu>" * 2)
    whole = whole.replace("/>", "></header>", 1)
    if not is_scanned:
        whole = f"<!-- told to the parser -->{whole}"
    assert old in whole
    for text, count in ((whole, 0), (whole.replace(old, new, 1), 1)):
        lost: Counter[str] = Counter()
        assert [unit.source.text for unit in units_in(text, "tmx", lost=lost)] == ["Иә"] * 2
        assert [(said[: len(what)], times) for said, times in (+lost).items()] == (
            [(what, 1)] * count
        )


def test_what_is_not_to_be_translated_is_counted(tmtool: Program, tmp_path: Path) -> None:
    """It comes in if somebody translated it all the same; a group speaks for what is in it."""
    one = "<trans-unit id='1' translate='no'><source>Бір</source><target>One</target></trans-unit>"
    others = (
        "<trans-unit id='2' translate='no'><source>Екі</source></trans-unit>"
        "<trans-unit id='3' translate='no'><source>GDP</source><target>GDP</target></trans-unit>"
        "<group translate='no'><trans-unit id='4'><source>Төрт</source></trans-unit></group>"
    )
    head = "<file original='a' source-language='kk' target-language='en' datatype='x'>"
    text = f"<xliff version='1.2'>{head}<body>{one}{others}</body></file></xliff>"
    (tmp_path / "in.xlf").write_text(text, "utf-8")
    said = (
        'note: in.xlf: units with translate="no", which have no translation of their own, '
        "left out: 3\n"
    )
    assert tmtool("-m", "m.db", "import", "in.xlf").stderr == f"in.xlf: 1 new\n{said}"


DECLARED = '<?xml version="1.0" encoding="{}"?>\n'
SOUND = (
    '<tmx version="1.4"><header creationtool="x" creationtoolversion="1" segtype="sentence"'
    ' o-tmf="x" adminlang="en" srclang="kk" datatype="plaintext"/><body>'
    f"<tu>{tuv('kk', 'Ия, ә')}{tuv('en', 'Yes')}</tu></body></tmx>"
)


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
@pytest.mark.parametrize("said", ["", DECLARED.format("UTF-16"), DECLARED.format("UTF-8")])
def test_utf_16_is_read_alike_by_import_and_check(mark: bytes, said: str, tmp_path: Path) -> None:
    """With a byte order mark or without, whatever it says of itself."""
    encoding = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    data = mark + (said + SOUND).encode(encoding)
    assert [unit.source.text for unit in units_in(data, "tmx")] == ["Ия, ә"]
    copy = io.BytesIO()
    problems = list(inspect(io.BytesIO(data), "a.tmx", "omegat", output=copy))
    assert [problem for problem in problems if not problem.outcome] == []
    assert [unit.source.text for unit in units_in(copy.getvalue(), "tmx")] == ["Ия, ә"]


@pytest.mark.parametrize("format", ["tmx", "xlf", "xliff"])
@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_utf_32_is_refused(encoding: str, format: str) -> None:
    """By import and by check; the one taken for UTF-16 would lose its letters."""
    data = SOUND.encode(encoding)
    with pytest.raises(FormatError, match=r"is in UTF-32, .* save it as UTF-8"):
        units_in(data, format)
    (problem,) = inspect(io.BytesIO(data), "a.tmx", "omegat")
    assert problem.is_fatal
    assert "is in UTF-32" in problem.message


def test_bytes_that_say_they_are_utf_16_are_mended(tmtool: Program, tmp_path: Path) -> None:
    """As the message of an import that refuses them promises."""
    for said in ("UTF-16", "UTF-32"):
        (tmp_path / "in.tmx").write_text(DECLARED.format(said) + SOUND, "utf-8")
        refused = tmtool("-m", "m.db", "import", "in.tmx", status=3).stderr
        assert "'tmtool check --for generic --fix -o COPY.tmx'" in refused
        tmtool("check", "--for", "generic", "--fix", "-o", "copy.tmx", "in.tmx")
        assert len(list(library.read(tmp_path / "copy.tmx"))) == 1


@pytest.mark.parametrize(
    "said",
    [
        *("&#x110000;", "&#1114112;", f"&#x{'9' * 400_000};", f"&#x{'0' * 400_000}1;", "&#1;"),
        *("&#x;", "&laquo;", "\x01"),
    ],
)
@pytest.mark.parametrize("place", ["text", "attribute"])
def test_what_import_says_can_be_mended_is(
    tmtool: Program, tmp_path: Path, said: str, place: str
) -> None:
    """Numbers of no character, however long, and names that only HTML knows."""
    plain = SOUND if place == "text" else SOUND.replace("<tu>", '<tu creationid="Ия">')
    (tmp_path / "in.tmx").write_text(plain.replace("Ия", f"И{said}я", 1), "utf-8")
    refused = tmtool("-m", "m.db", "import", "in.tmx", status=3).stderr
    assert "'tmtool check --for generic --fix -o COPY.tmx'" in refused
    found = tmtool("check", "--for", "memoq", "--fix", "-o", "copy.tmx", "in.tmx").stdout
    assert max(map(len, found.splitlines())) < 200
    copy = (tmp_path / "copy.tmx").read_text("utf-8")
    assert copy.replace("«", "").count("Ия") == plain.count("Ия")


def test_what_cannot_be_mended_is_not_promised(tmtool: Program, tmp_path: Path) -> None:
    """Nobody but its author knows what an entity stands for that is in no list."""
    (tmp_path / "in.tmx").write_text(SOUND.replace("Ия", "&ours;"), "utf-8")
    hint = "export it again from the tool it came from"
    assert hint in tmtool("-m", "m.db", "import", "in.tmx", status=3).stderr
    fix = ("check", "--for", "generic", "--fix", "-o", "copy.tmx", "in.tmx")
    assert hint in tmtool(*fix, status=3).stderr


def test_a_dry_run_says_how_many_it_does_not_show(tmtool: Program, tmp_path: Path) -> None:
    """Of an import and of what changes units."""
    (tmp_path / "in.tsv").write_text("".join(f"Иә {n}\tYes {n}\n" for n in range(30)), "utf-8")
    both = ("-s", "kk", "-t", "en")
    done = tmtool("-m", "m.db", "import", "in.tsv", *both, "--dry-run")
    assert done.stderr == "in.tsv: 30 new; nothing is written\nand 25 more new\n"
    assert done.stdout.count("\n") == 5
    done = tmtool("replace", "Yes", "Yeah", "in.tsv", *both, "--dry-run")
    assert done.stderr == "and 10 more changed\n30 changed; nothing is written\n"
    assert done.stdout.count("\n") == 20


def test_an_export_names_the_document_to_review(tmtool: Program, tmp_path: Path) -> None:
    """That with the most doubtful pairs."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(
            pair(f"Иә {name} {n}", "Yes", document=name, position=float(n + 1), score=0.5)
            for name, count in (("a", 1), ("b c", 2))
            for n in range(count)
        )
    said = tmtool("-m", "m.db", "export", "out.tmx").stderr
    assert "note: 3 of them doubtful; 'tmtool review 'b c'' shows 2 of these\n" in said
    said = tmtool("-m", "m.db", "export", "out.tmx", "-d", "a").stderr
    assert "note: 1 of them doubtful; 'tmtool review a' shows which\n" in said


def test_codes_that_are_spelled_otherwise_are_the_same_language(
    tmtool: Program, tmp_path: Path
) -> None:
    """As BCP 47 has it, in any format; kz is the code of the country."""
    for spelled in ("kk-KZ", "KK-kz", "kk_KZ", "kaz-KZ", "KZ-kz"):
        unit = f"<tu>{tuv(spelled, 'Иә')}{tuv('EN', 'Yes')}</tu>"
        (tmp_path / "in.tmx").write_text(tmx(unit).replace('srclang="kk"', ""), "utf-8")
        (tmp_path / "in.csv").write_text(
            f"source,target,source_language,target_language\nИә,Yes,{spelled},EN\n", "utf-8"
        )
        for name in ("in.tmx", "in.csv"):
            tmtool("-m", "m.db", "import", name)
            (found,) = library.read(tmp_path / name, languages=("kk", "en"))
            assert found.languages == ("kk-KZ", "en")
            assert found.source.text == "Иә"
    done = tmtool("-m", "m.db", "export", "out.tmx", "-s", "kz", "-t", "en")
    assert done.stderr == "out.tmx: 1 unit\n"
    tmtool("convert", "in.tmx", "mapped.tmx", "--lang-map", "KK-kz=kk-CN")
    (found,) = library.read(tmp_path / "mapped.tmx")
    assert found.languages == ("kk-CN", "en")


def test_units_in_languages_that_nobody_asked_for_are_counted(
    tmtool: Program, tmp_path: Path
) -> None:
    """A file of several pairs, of which -s and -t choose one."""
    unit = f"<tu>{tuv('kk', 'Иә')}{tuv('en', 'Yes')}{tuv('ru', 'Да')}</tu>"
    (tmp_path / "in.tmx").write_text(tmx(unit * 3), "utf-8")
    done = tmtool("convert", "in.tmx", "out.tmx", "-s", "kk", "-t", "en")
    assert done.stderr.splitlines() == [
        "out.tmx: 3 units",
        "note: in.tmx: units in kk-ru, not in kk-en as -s and -t say, left out: 3",
    ]


def test_lines_of_moses_without_a_partner_are_counted(tmtool: Program, tmp_path: Path) -> None:
    """Lines that are empty in both files are none."""
    (tmp_path / "c.kk").write_text("Иә\n\nЖоқ\n\n", "utf-8")
    (tmp_path / "c.en").write_text("Yes\nNo\n\n\n", "utf-8")
    done = tmtool("-m", "m.db", "import", "c.moses", "-s", "kk", "-t", "en")
    assert done.stderr.splitlines() == [
        "c.moses: 1 new",
        "note: c.moses: lines with text on one side only, left out: 2",
    ]
