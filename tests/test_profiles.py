"""Units as each CAT tool wants them in its TMX."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import chain
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SEED, SEED_ENGLISH, Program, pair
from tmtool.formats import read, write
from tmtool.memory import Memory
from tmtool.model import Code, Header, TranslationUnit, Variant
from tmtool.preflight import inspect
from tmtool.profiles import TOOLS, Tailored, Tool, placed, preferred, with_region

DIALOGUE = [
    ("Иә.", "Yes."),
    ("Бірінші сөйлем.", "The first one."),
    ("Жақсы.", "Good."),
    ("Екінші <b> сөйлем.", "The second one."),
    ("Жақсы.", "Fine."),
    ("Иә.", "Yeah."),
]


def dialogue() -> list[TranslationUnit]:
    return [
        pair(source, target, document="talk", position=float(position), origin="typed")
        for position, (source, target) in enumerate(DIALOGUE, 1)
    ]


@pytest.fixture
def exported(tmp_path: Path, tmtool: Program, memory: Memory) -> Path:
    """The folder of a memory with one document in which two sources have two translations."""
    memory.add(dialogue())
    return tmp_path


def said(unit: TranslationUnit) -> tuple[str, dict[str, str]]:
    return unit.target.text, dict(unit.props)


def test_omegat_gets_each_translation_with_its_place_and_one_for_any_place(
    exported: Path, tmtool: Program, place: str
) -> None:
    tmtool("-m", place, "export", "o.tmx", "--for", "omegat", "--file-names", "text/{}.md")
    file = "text/talk.md"
    units = list(read(exported / "o.tmx"))
    of_sources = [unit for unit in units if unit.source.text in ("Иә.", "Жақсы.")]
    assert list(map(said, of_sources)) == [
        ("Yes.", {"file": file, "next": "Бірінші сөйлем."}),
        ("Good.", {"file": file, "prev": "Бірінші сөйлем.", "next": "Екінші <b> сөйлем."}),
        ("Fine.", {"file": file, "prev": "Екінші <b> сөйлем.", "next": "Иә."}),
        ("Yeah.", {"file": file, "prev": "Жақсы."}),
        ("Yes.", {}),
        ("Good.", {}),
    ]
    # OmegaT takes a context as not met where a unit has any prop besides.
    assert (exported / "o.tmx").read_text("utf-8").count("<prop") == 10 + 2 * 3


def test_the_translation_for_any_place_is_the_one_most_vouched_for() -> None:
    units = [
        pair("Иә.", "Yes."),
        pair("Иә.", "Yes."),
        pair("Иә.", "Yeah.", state="reviewed"),
        pair("Жоқ.", "No."),
        pair("Жоқ.", "No."),
        pair("Бар.", ""),
        pair("Бар.", "Is."),
    ]
    assert preferred(units) == {("Иә.", "en"): "Yeah."}


def test_what_a_file_binds_to_a_place_is_for_no_other() -> None:
    """As long as there is a translation that nobody bound."""
    bound = pair("Қос.", "A", state="final", props=(("file", "a.txt"), ("next", "n")))
    assert preferred([bound, pair("Қос.", "C"), pair("Қос.", "D")]) == {("Қос.", "en"): "C"}


def test_only_what_is_exported_chooses_the_one_for_any_place(
    exported: Path, tmtool: Program, place: str, memory: Memory
) -> None:
    memory.add([pair("Иә.", "Aye.", document="other", state="reviewed")])
    tmtool("-m", place, "export", "o.tmx", "--for", "omegat", "--document", "talk")
    plain = [unit.target.text for unit in read(exported / "o.tmx") if not unit.props]
    assert "Yes." in plain
    assert "Aye." not in plain


def test_memoq_gets_the_texts_before_and_after_in_the_source_side(
    exported: Path, tmtool: Program, place: str
) -> None:
    tmtool("-m", place, "export", "m.tmx", "--for", "memoq")
    text = (exported / "m.tmx").read_text("utf-8")
    second = text.split("<tu ")[3]
    assert 'srclang="kk-KZ"' in text
    assert '<tuv xml:lang="en-US"><seg>Good.' in second
    source_side = second[second.index("<tuv") : second.index("</tuv>")]
    assert '"x-context-pre">&lt;seg&gt;Бірінші сөйлем.&lt;/seg&gt;<' in source_side
    assert '"x-context-post">&lt;seg&gt;Екінші &amp;lt;b&amp;gt; сөйлем.&lt;/seg' in source_side


@pytest.mark.parametrize(("tool", "longest"), [("trados", 2000), ("wordfast", 8000)])
def test_what_is_too_long_for_a_tool_is_left_out_and_counted(
    tmp_path: Path, tmtool: Program, place: str, memory: Memory, tool: str, longest: int
) -> None:
    memory.add([pair("а" * longest, "a"), pair("а", "a" * (longest + 1)), pair("б", "b")])
    done = tmtool("-m", place, "export", "t.tmx", "--for", tool)
    assert "2 units" in done.stderr
    assert f"1 too long for {tool.title()} left out" in done.stderr
    codes = {unit.languages for unit in read(tmp_path / "t.tmx")}
    assert codes == {("kk-KZ", "en-US")}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_export_passes_the_pre_flight_for_its_tool(
    tmp_path: Path, tmtool: Program, tool: str
) -> None:
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    tmtool("-m", "m.db", "export", "out.tmx", "--for", tool)
    tmtool("check", "out.tmx", "--for", tool)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("options", [[], ["--split", "1"], ["--dry-run"]])
def test_a_file_for_a_tool_is_of_one_pair_of_languages(
    tmp_path: Path, tmtool: Program, tool: str, options: list[str]
) -> None:
    """Where there are more, they are counted, and none is written; regions are no other pair."""
    for code, name in (("en", "a.tsv"), ("en-GB", "a.tsv"), ("ru", "b.tsv")):
        (tmp_path / name).write_text(f"Иә.\t{code}\nЖоқ.\t{code}\n", "utf-8")
        tmtool("-m", "m.db", "import", name, "-s", "kk", "-t", code)
    command = ["-m", "m.db", "export", "out.tmx", "--for", tool, *options]
    before = sorted(tmp_path.iterdir())
    done = tmtool(*command, status=2)
    assert "of kk-en (4 units), kk-ru (2 units); choose one, as with -s kk -t en" in done.stderr
    assert sorted(tmp_path.iterdir()) == before
    tmtool("-m", "m.db", "export", "out.tmx", "--for", tool, "-s", "kk", "-t", "en")
    done = tmtool("check", "out.tmx", "--for", tool, "--fail-on", "never")
    assert "other-languages" not in done.stdout


spaces = st.sampled_from(
    ["", " ", "\n", "\r\n", "\t", "\u00a0", "\u2028", "\x85", "\x9b", "\u200b"]
)
words = st.sampled_from(["Иә", "Жоқ", "и\u0306", "&nbsp;", "<", "&#1;", "қaз"])
texts = st.tuples(spaces, words, spaces, words, spaces).map("".join)
codes = st.sampled_from(
    [
        Code("bpt", '<bpt i="1" x="1">&lt;b&gt;</bpt>', "1"),
        Code("bpt", '<bpt type="i" i="2"/>', "2"),
        Code("bpt", "<bpt>b</bpt>"),
        Code("ept", '<ept i="1">&lt;/b&gt;</ept>', "1"),
        Code("ph", '<ph x="2"/>'),
        Code("it", '<it pos="begin">&lt;i&gt;</it>'),
        Code("ut", "<ut>x</ut>"),
    ]
)
highlit = texts.map(lambda text: (Code("hi", '<hi type="x">'), text, Code("hi", "</hi>")))
parts = st.one_of(texts.map(lambda text: (text,)), codes.map(lambda code: (code,)), highlit)
contents = st.lists(parts, max_size=4).map(lambda found: tuple(chain.from_iterable(found)))
kinds = st.sampled_from(
    ["", "file", "prev", "id", "client", "x-client", "tmx:source/client", "tmx:tu@usagecount"]
)
rich = st.builds(
    TranslationUnit,
    st.builds(Variant, st.sampled_from(["kk", "kk-Cyrl-KZ"]), contents),
    st.builds(Variant, st.sampled_from(["kk", "en", "en-029", "tyv"]), contents),
    state=st.sampled_from(["translated", "final"]),
    document=st.sampled_from([None, None, "d", "e&"]),
    props=st.lists(
        st.one_of(
            st.tuples(kinds, words),
            st.just(("tmx:tu@lastusagedate", "2025-10-20T09:30:00+05:00")),
        ),
        max_size=3,
        unique_by=itemgetter(0),
    ).map(tuple),
    notes=st.lists(words, max_size=1).map(tuple),
)


@pytest.mark.parametrize("tool", TOOLS)
@settings(max_examples=30)
@given(st.lists(rich, max_size=6))
def test_the_pre_flight_finds_nothing_that_an_export_could_mend(
    tool: Tool, units: list[TranslationUnit]
) -> None:
    """And nothing that is an error, whatever the units hold; that there are several pairs of
    languages is said where they are exported."""
    ordered = sorted(units, key=lambda unit: (unit.document or "", unit.languages))
    languages = ordered[0].languages if ordered else ("kk", "en")
    ordered = [unit for unit in ordered if unit.languages == languages]
    stream = io.BytesIO()
    headers = [Header((("tmx:header@segtype", "line"), ("client", "Bank")), ("note",))]
    tailored = Tailored(tool).units(placed(ordered), preferred(ordered))
    written = write(tailored, stream, format="tmx", headers=headers).units
    stream.seek(0)
    found = list(inspect(stream, "out.tmx", tool))
    assert [
        problem
        for problem in found
        if (problem.severity == "error" or problem.outcome) and problem.trap != "no-unit"
    ] == []
    assert ("no-unit" in {problem.trap for problem in found}) == (not written)


def test_what_is_mended_for_a_tool_loses_no_text(
    tmp_path: Path, tmtool: Program, place: str, memory: Memory
) -> None:
    """Highlighting for OmegaT, half a code for Trados, and how often is said; props come back."""
    half = Code("bpt", '<bpt i="1" type="bold">&lt;b&gt;</bpt>', "1")
    marked = (half, "Иә, ", Code("hi", "<hi>"), "бар", Code("hi", "</hi>"), ".")
    unit = replace(pair("x", "Yes."), source=Variant("kk", marked), props=(("client", "Bank"),))
    memory.add([unit])
    done = tmtool("-m", place, "export", "o.tmx", "--for", "omegat")
    assert done.stderr == "o.tmx: 1 unit; highlighting taken out of 1\n"
    done = tmtool("-m", place, "export", "t.tmx", "--for", "trados")
    assert done.stderr == "t.tmx: 1 unit; props renamed for Trados in 1\n"
    assert '<prop type="x-client">Bank</prop>' in (tmp_path / "t.tmx").read_text("utf-8")
    (first,), (second,) = (read(tmp_path / name) for name in ("o.tmx", "t.tmx"))
    alone = Code("it", '<it pos="begin" type="bold">&lt;b&gt;</it>')
    assert first.source.content == (alone, "Иә, бар.")
    assert second.source.content == (alone, *marked[1:])
    assert first.props == second.props == (("client", "Bank"),)


def test_omegat_gets_every_translation_that_says_its_place(
    tmp_path: Path, tmtool: Program, place: str, memory: Memory
) -> None:
    """Of those in no document; how many of the others are left out is said."""
    memory.add(
        [
            pair("Иә.", "Yes."),
            pair("Иә.", "Yes.", props=(("x-client", "Bank"),)),
            pair("Иә.", "Yeah."),
            pair("Иә.", "Aye."),
            pair("Иә.", "Yep.", props=(("file", "a.txt"), ("next", "Жоқ."), ("x-y", "z"))),
            pair("Жоқ.", "No.", props=(("file", "a.txt"),)),
        ]
    )
    done = tmtool("-m", place, "export", "o.tmx", "--for", "omegat")
    assert done.stderr == (
        "o.tmx: 3 units; 2 further translations left out, as OmegaT takes one of a source that "
        "is in no document\n"
    )
    assert list(map(said, read(tmp_path / "o.tmx"))) == [
        ("Yep.", {"file": "a.txt", "next": "Жоқ."}),
        ("No.", {}),
        ("Yes.", {}),
    ]
    tmtool("check", "o.tmx", "--for", "omegat")


def test_a_unit_of_one_language_is_no_translation(
    tmtool: Program, memory: Memory, place: str
) -> None:
    """Variants of one language, as a TMX may hold them."""
    memory.add([replace(pair("Иә.", "Ия."), target=Variant.of("kk", "Ия.")), pair("Жоқ.", "No.")])
    done = tmtool("-m", place, "export", "t.tmx", "--for", "trados")
    assert done.stderr == "t.tmx: 1 unit; 1 with one language on both sides left out\n"


def test_two_codes_that_a_tool_tells_not_apart_are_one_language() -> None:
    """Wordfast has kk-KZ for both."""
    unit = replace(pair("Иә.", "Ия."), target=Variant.of("kk-Cyrl-KZ", "Ия."))
    tailored = Tailored("wordfast")
    assert [*tailored.units(placed([unit]), {})] == []
    assert tailored.of_one_language == 1


def test_a_language_map_has_the_last_word(exported: Path, tmtool: Program, place: str) -> None:
    tmtool("-m", place, "export", "t.tmx", "--for", "trados", "--lang-map", "en=en-GB")
    assert next(read(exported / "t.tmx")).languages == ("kk-KZ", "en-GB")


def test_tailoring_is_for_tmx(tmtool: Program, place: str, exported: Path) -> None:
    done = tmtool("-m", place, "export", "t.csv", "--for", "omegat", status=2)
    assert "--for is for TMX" in done.stderr


def test_neighbours_are_those_of_the_same_document() -> None:
    units = [pair("1", "1", document="a"), pair("2", "2", document="b"), pair("3", "3")]
    assert [(before, after) for _, before, after in placed(units)] == [("", "")] * 3


def test_a_code_with_a_region_keeps_it() -> None:
    assert [with_region(code) for code in ("kk", "kk-CN", "qqq")] == ["kk-KZ", "kk-CN", "qqq"]
