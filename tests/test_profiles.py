"""Units as each CAT tool wants them in its TMX."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SEED, SEED_ENGLISH, Program, pair
from tmtool.formats import read
from tmtool.memory import Memory
from tmtool.model import TranslationUnit
from tmtool.profiles import TOOLS, placed, preferred, with_region

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
