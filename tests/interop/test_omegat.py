"""Our TMX in the real OmegaT, and what the driver that shows it promises."""

from pathlib import Path

import pytest

from tests.conftest import SEED, SEED_ENGLISH, Program
from tests.interop import omegat
from tests.test_profiles import DIALOGUE, dialogue
from tests.test_segment_golden import CODES, golden
from tmtool.formats import read
from tmtool.memory import Memory
from tmtool.segment import Segmenter
from tmtool.text import metadata

pytestmark = pytest.mark.skipif(bool(omegat.available()), reason=omegat.available())

UNITS = {"Сәлем, әлем!": "Hello, world!", "Қалың қалай?": "How are you?"}
TEXT = "Сәлем, әлем! Қалың қалай?\n"

RULE = """<void method="add"><object class="org.omegat.core.segmentation.Rule">
<void property="breakRule"><boolean>{breaks}</boolean></void>
<void property="beforebreak"><string>{before}</string></void>
<void property="afterbreak"><string>{after}</string></void>
</object></void>"""
RULES = """<?xml version="1.0" encoding="UTF-8"?>
<java class="java.beans.XMLDecoder"><object class="org.omegat.core.segmentation.SRX">
<void property="version"><string>0.2.2</string></void>
<void property="mappingRules"><void method="add">
<object class="org.omegat.core.segmentation.MapRule">
<void property="language"><string>Kazakh</string></void>
<void property="pattern"><string>KK.*</string></void>
<void property="rules"><object class="java.util.ArrayList">{rules}</object></void>
</object></void></void>
</object></java>"""


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return write_memory(tmp_path / "memory.tmx", "kk")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Break at line ends and full stops, but not after the abbreviation т."""
    table = [("false", r"(?&lt;!\p{L})т\.", r"\s"), ("true", r"\n", ""), ("true", "[.?!…]", r"\s")]
    parts = [RULE.format(breaks=breaks, before=b, after=a) for breaks, b, a in table]
    path = tmp_path / "rules.conf"
    path.write_text(RULES.format(rules="".join(parts)), encoding="utf-8")
    return path


def write_memory(path: Path, language: str) -> Path:
    units = "".join(
        f'<tu><tuv xml:lang="{language}"><seg>{source}</seg></tuv>'
        f'<tuv xml:lang="en"><seg>{target}</seg></tuv></tu>\n'
        for source, target in UNITS.items()
    )
    path.write_text(
        '<tmx version="1.4"><header creationtool="tests" creationtoolversion="1" o-tmf="tests"'
        f' segtype="sentence" adminlang="en" srclang="{language}" datatype="plaintext"/>\n'
        f"<body>{units}</body></tmx>",
        encoding="utf-8",
    )
    return path


def test_the_seed_is_translated_by_our_tmx(tmp_path: Path, tmtool: Program) -> None:
    """Every sentence of the interview that is one unit's whole source comes out translated."""
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    tmtool("-m", "m.db", "export", "seed.tmx", "--lang-map", "kk=kk-KZ")
    text = SEED.read_text("utf-8")
    units = {u.source.text: u.target.text for u in read(tmp_path / "seed.tmx")}
    whole = [sentence for sentence in omegat.segments(tmp_path / "s", text) if sentence in units]
    assert len(whole) >= 48
    result = omegat.translate(tmp_path / "t", {"seed.txt": text}, [tmp_path / "seed.tmx"])
    assert result.errors == []
    for sentence in whole:
        assert sentence not in result.translated["seed.txt"]
        assert units[sentence] in result.translated["seed.txt"]


def test_known_sentences_are_translated(tmp_path: Path, memory: Path) -> None:
    """Whole sentences are replaced, others stay, in folders and names of any alphabet."""
    sources = {"a.txt": TEXT, "бөлім/ә.txt": "Қалың қалай?\r\nБелгісіз сөйлем.\r\n"}
    result = omegat.translate(tmp_path / "project", sources, [memory])
    assert result.ok
    assert result.translated == {
        "a.txt": "Hello, world! How are you?\n",
        "бөлім/ә.txt": "How are you?\r\nБелгісіз сөйлем.\r\n",
    }


def test_a_memory_cut_in_half_is_an_error(tmp_path: Path, memory: Path) -> None:
    """OmegaT ends with 0 and drops the whole memory; the log knows."""
    half = memory.read_text(encoding="utf-8")[: memory.stat().st_size // 2]
    memory.write_text(half, encoding="utf-8")
    result = omegat.translate(tmp_path / "project", {"a.txt": TEXT}, [memory])
    assert not result.ok
    assert "Failed to load translation memory" in result.errors[0]
    assert result.translated == {"a.txt": TEXT}


def test_without_memories_the_text_stays(tmp_path: Path) -> None:
    """A project without memories is no error."""
    result = omegat.translate(tmp_path / "project", {"a.txt": TEXT}, [])
    assert result.ok
    assert result.translated == {"a.txt": TEXT}


@pytest.mark.parametrize(("memory_language", "project"), [("kk", "kk-KZ"), ("kk-KZ", "kk")])
def test_a_region_does_not_matter(tmp_path: Path, memory_language: str, project: str) -> None:
    """kk serves kk-KZ and the other way round."""
    memory = write_memory(tmp_path / "m.tmx", memory_language)
    folder = tmp_path / "project"
    result = omegat.translate(folder, {"a.txt": TEXT}, [memory], source_language=project)
    assert result.ok
    assert result.translated == {"a.txt": "Hello, world! How are you?\n"}


def test_units_in_another_language_are_an_error(tmp_path: Path) -> None:
    """OmegaT skips units it finds no source in with a warning: kaz is not kk."""
    memory = write_memory(tmp_path / "m.tmx", "kaz")
    result = omegat.translate(tmp_path / "project", {"a.txt": TEXT}, [memory])
    assert len(result.errors) == 1
    assert "TMXR_WARNING_SOURCE_NOT_FOUND" in result.errors[0]


def test_a_file_passed_over_is_an_error(tmp_path: Path, memory: Path) -> None:
    """OmegaT reads nothing but .tmx and says nothing of the rest."""
    memory = memory.rename(tmp_path / "memory.xml")
    result = omegat.translate(tmp_path / "project", {"a.txt": TEXT}, [memory])
    assert result.errors == ["OmegaT passed over 000-memory.xml"]


def test_text_is_utf8(tmp_path: Path) -> None:
    """The encoding is told, not guessed: OmegaT takes these characters for Thai."""
    assert omegat.segments(tmp_path / "project", "§ 3") == ["§ 3"]


def test_memories_of_the_same_name_both_count(tmp_path: Path, memory: Path) -> None:
    """Two customers may each have a жад.tmx."""
    memory = memory.rename(tmp_path / "жад.tmx")
    other = tmp_path / "other" / memory.name
    other.parent.mkdir()
    other.write_text(memory.read_text(encoding="utf-8").replace("Қалың", "Халің"), encoding="utf-8")
    sources = {"a.txt": "Халің қалай? Қалың қалай?"}
    result = omegat.translate(tmp_path / "project", sources, [memory, other])
    assert result.translated == {"a.txt": "How are you? How are you?"}


def test_a_used_folder_is_refused(tmp_path: Path) -> None:
    """What an earlier run left would change the outcome."""
    omegat.translate(tmp_path, {}, [])
    with pytest.raises(FileExistsError):
        omegat.translate(tmp_path, {}, [])


def test_sentences_follow_the_rules_in_order(tmp_path: Path, rules: Path) -> None:
    """Sentences come in the text's order, repeated ones too; markup is text like any other."""
    text = "Мұғалім т. Ахметов келді. Ия. Ия. А < Б & «В»!\n"
    expected = ["Мұғалім т. Ахметов келді.", "Ия.", "Ия.", "А < Б & «В»!"]
    assert omegat.segments(tmp_path / "project", text, rules) == expected


def test_own_rules_split_the_abbreviation(tmp_path: Path) -> None:
    """OmegaT's own rules know no Kazakh, so a test of ours can fail."""
    text = "Мұғалім т. Ахметов келді."
    expected = ["Мұғалім т.", "Ахметов келді."]
    assert omegat.segments(tmp_path / "project", text) == expected


@pytest.mark.parametrize("first", ["Жаңа тақырып", "date 2025-10-20 source astana.kz"])
def test_the_first_line_stands_alone(tmp_path: Path, rules: Path, first: str) -> None:
    """A heading or a line of metadata is a segment of its own when a rule breaks at line ends."""
    text = f"{first}\nБірінші сөйлем. Екінші сөйлем.\n"
    expected = [first, "Бірінші сөйлем.", "Екінші сөйлем."]
    assert omegat.segments(tmp_path / "project", text, rules) == expected


def test_lines_are_one_paragraph_by_default(tmp_path: Path) -> None:
    """Without such a rule only a blank line ends a paragraph."""
    assert omegat.segments(tmp_path / "project", "Бір\nекі\n\nүш") == ["Бір\nекі", "үш"]


def test_broken_rules_are_an_error(tmp_path: Path, rules: Path) -> None:
    """OmegaT goes on with its own rules instead; that must not pass for ours."""
    rules.write_text(rules.read_text(encoding="utf-8").replace("[.", "(["), encoding="utf-8")
    with pytest.raises(RuntimeError, match="CORE_SRX_EXC_LOADING_SEG_RULES"):
        omegat.segments(tmp_path / "project", "Ия.", rules)


def test_an_empty_text_has_no_sentences(tmp_path: Path) -> None:
    """White space alone is not a sentence."""
    assert omegat.segments(tmp_path / "project", " \n\n") == []


def test_absence_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason for a skipped test names what is missing."""
    monkeypatch.setattr(omegat, "JAR", None)
    assert "OMEGAT_JAR" in omegat.available()


@pytest.mark.parametrize("code", CODES)
def test_omegat_splits_like_us_by_our_rules(tmp_path: Path, tmtool: Program, code: str) -> None:
    """Every golden case and the seed come out of OmegaT in the same sentences."""
    tmtool("convert", ",".join(CODES), "segmentation.conf")
    seed = SEED.read_text("utf-8")
    paragraphs = seed[metadata(seed)[1] :].splitlines() + [text for _, text, _ in golden(code)]
    text = "\n".join(paragraphs)
    conf = tmp_path / "segmentation.conf"
    found = omegat.segments(tmp_path / "project", text, conf, source_language=code)
    assert found == [s.text for s in Segmenter.for_language(code).segment(text)]


OWN = r"""<srx xmlns="http://www.lisa.org/srx20" version="2.0"><body><languagerules>
<languagerule languagerulename="Own">
<rule break="no"><beforebreak>(?i)\b(?:құж|алқ)\.</beforebreak><afterbreak>\s</afterbreak></rule>
<rule break="no"><beforebreak>\b\w\w[[:digit:]]\.</beforebreak><afterbreak>\s</afterbreak></rule>
<rule break="yes"><beforebreak>\.</beforebreak><afterbreak>\s</afterbreak></rule>
</languagerule></languagerules><maprules>
<languagemap languagepattern="KK.*" languagerulename="Own"/></maprules></body></srx>"""


def test_rules_of_a_user_mean_the_same_to_omegat(tmp_path: Path, tmtool: Program) -> None:
    """Java takes case and words for those of ASCII unless they are spelled out."""
    (tmp_path / "own.srx").write_text(OWN, "utf-8")
    tmtool("convert", "own.srx", "segmentation.conf", "-s", "kk")
    text = "Бұл ҚҰЖ. Жаңа. Алқ. Ескі. Үй әү1. Сол. Жол үйү1. Бар."
    wanted = ["Бұл ҚҰЖ. Жаңа.", "Алқ. Ескі.", "Үй әү1. Сол.", "Жол үйү1.", "Бар."]
    conf = tmp_path / "segmentation.conf"
    assert omegat.segments(tmp_path / "project", text, conf, source_language="kk") == wanted
    assert tmtool("segment", "--srx", "own.srx", input=text).stdout.splitlines() == wanted


def test_each_translation_of_one_source_comes_out_in_its_place(
    tmp_path: Path, tmtool: Program
) -> None:
    """Bound to their places by context, and by the one for any place in another file."""
    lines = [source for source, _ in DIALOGUE]
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(dialogue())
    tmtool("-m", "m.db", "export", "talk.tmx", "--for", "omegat")
    texts = {"talk.txt": "\n\n".join(lines), "other.txt": "Иә.\n\nЖақсы.\n\nИә."}
    result = omegat.translate(tmp_path / "t", texts, [tmp_path / "talk.tmx"])
    assert result.errors == []
    assert result.translated["talk.txt"].split("\n\n") == [target for _, target in DIALOGUE]
    assert result.translated["other.txt"].split("\n\n") == ["Yes.", "Good.", "Yes."]


def test_contexts_of_omegat_come_back_out_of_a_memory(tmp_path: Path, tmtool: Program) -> None:
    """A TMX that OmegaT wrote is in no document, and binds its units to places all the same."""
    lines = [source for source, _ in DIALOGUE]
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(dialogue())
    tmtool("-m", "m.db", "export", "talk.tmx", "--for", "omegat")
    text = (tmp_path / "talk.tmx").read_text("utf-8").replace('tool="tmtool"', 'tool="OmegaT"')
    (tmp_path / "talk.tmx").write_text(text, "utf-8")
    tmtool("-m", "other.db", "import", "talk.tmx")
    tmtool("-m", "other.db", "export", "again.tmx", "--for", "omegat")
    texts = {"talk.txt": "\n\n".join(lines), "other.txt": "Иә."}
    result = omegat.translate(tmp_path / "t", texts, [tmp_path / "again.tmx"])
    assert result.errors == []
    assert result.translated["talk.txt"].split("\n\n") == [target for _, target in DIALOGUE]
    assert result.translated["other.txt"] == "Yes."
