"""Files: what each format carries, what it refuses, and that a failed write harms nothing."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import tmtool
from tests.conftest import MOMENT, Program, pair
from tests.interop.omegat import JAR
from tests.test_model import units as any_units
from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.formats import FORMATS, Written, format_of
from tmtool.memory import Memory
from tmtool.model import Code, Header, TranslationUnit, Variant

FULL = TranslationUnit(
    Variant("kk", ("Жаңа ", Code("ph", '<ph x="1"/>'), " & «жыл»")),
    Variant.of("en", "New < year"),
    id="0123456789abcdef",
    state="reviewed",
    document="d",
    position=2.5,
    origin="align",
    created_at=MOMENT,
    created_by="aigul",
    changed_at=MOMENT,
    changed_by="bolat",
    score=0.9968,
    props=(("x-tmtool:date", "2025-10-20"), ("x-other", "<1>")),
    notes=("check & see",),
)


def written(units: list[TranslationUnit], format: str) -> bytes:
    stream = io.BytesIO()
    tmtool.write(units, stream, format=format)
    return stream.getvalue()


def units_in(data: bytes | str, format: str, **options: object) -> list[TranslationUnit]:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(tmtool.read(stream, format=format, **options))  # type: ignore[arg-type]


# Every format


@pytest.mark.parametrize("format", ["tmx", "jsonl", "csv", "xlsx", "xlf", "xliff", "po"])
def test_a_rich_format_carries_everything(format: str) -> None:
    """What is written is read back the same, and writing it again gives the same bytes."""
    units = [FULL, pair("Жоқ.", "No.", score=0.0, position=-1.0, origin="x")]
    data = written(units, format)
    assert units_in(data, format) == units
    assert written(units_in(data, format), format) == data


@pytest.mark.parametrize("format", sorted(FORMATS.keys() - {"moses", "html"}))
@given(st.lists(any_units, min_size=1, max_size=4))
def test_whatever_a_unit_holds_a_file_of_it_is_readable(
    format: str, units: list[TranslationUnit]
) -> None:
    """Strange text never makes a file that tmtool cannot read, and reading loses no pair."""
    plain = [
        replace(
            unit,
            source=Variant.of("kk", unit.source.text),
            target=Variant.of("en", unit.target.text),
            state="final",
        )
        for unit in units
    ]
    stream = io.BytesIO()
    result = tmtool.write(plain, stream, format=format)
    assert result.units + result.left_out == len(units)
    again = units_in(stream.getvalue(), format, languages=("kk", "en"))
    if format != "tsv":  # a pair of empty cells is an empty line there
        assert len(again) == result.units


@pytest.mark.parametrize("encoding", [None, "cp1251"])
@pytest.mark.parametrize("format", ["jsonl", "po"])
def test_a_mark_behind_what_is_escaped_composes_with_none_of_its_letters(
    format: str, encoding: str | None
) -> None:
    """Else a tab or a line end would become a backslash and another letter."""
    text = "Иә\n\u0303сөз\t\u030cб"
    unit = pair(text, text, notes=("\t\u030c",), props=(("\n\u0303", text),))
    stream = io.BytesIO(written([unit], format))
    again = tmtool.read(stream, format=format, languages=("kk", "en"), encoding=encoding)
    assert list(again) == [unit]


def test_the_suffix_names_the_format() -> None:
    """An option overrides it; what neither knows is refused with the list."""
    assert format_of("a/b.TMX") == "tmx"
    assert format_of("-", "tsv") == "tsv"
    with pytest.raises(TmtoolError, match=r"use one of \.tmx, \.tsv, \.csv"):
        format_of("pairs.docx")
    with pytest.raises(TmtoolError, match="unknown format 'docx'"):
        tmtool.write([], io.BytesIO(), format="docx")


def test_languages_can_be_given_regions() -> None:
    """Trados wants kk-KZ where the memory says kk."""
    stream = io.BytesIO()
    regions = {"kk": "kk-KZ", "en": "en-US"}
    tmtool.write([FULL], stream, format="tmx", language_map=regions)
    text = stream.getvalue().decode()
    assert 'srclang="kk-KZ"' in text
    assert re.findall('xml:lang="(.*?)"', text) == ["kk-KZ", "en-US"]
    back = {there: here for here, there in regions.items()}
    assert units_in(text, "tmx", language_map=back) == [FULL]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """One error for every format."""
    with pytest.raises(InputError, match=r"none\.tmx: no such file"):
        list(tmtool.read(tmp_path / "none.tmx"))


# Replacing files


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """The file is replaced as a whole or not at all, and no scrap is left beside it."""
    path = tmp_path / "out.tmx"
    path.write_text("old")

    def units() -> Iterator[TranslationUnit]:
        yield pair("Иә.", "Yes.")
        raise RuntimeError("the disk is on fire")

    with pytest.raises(RuntimeError):
        tmtool.write(units(), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_keeps_its_permissions_and_its_links(tmp_path: Path) -> None:
    """A symbolic link goes on pointing to the file that was replaced."""
    path, link = tmp_path / "out.tmx", tmp_path / "link.tmx"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    tmtool.write([pair("Иә.", "Yes.")], link)
    assert link.is_symlink()
    assert path.read_text("utf-8").startswith("<?xml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The message says which folder to look at."""
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        tmtool.write([], tmp_path / "none" / "out.tmx")


def test_a_device_is_written_to_directly() -> None:
    """/dev/null is not replaced by a file."""
    tmtool.write([FULL], "/dev/null", format="tmx")
    assert not os.path.isfile("/dev/null")


# TMX


@pytest.mark.parametrize(("source", "target"), [("kk", "en"), ("kk-KZ", "en"), ("kk", "en-US")])
def test_a_pair_is_chosen_in_either_direction(source: str, target: str) -> None:
    """A TMX from English serves as one from Kazakh; a language stands for all its regions."""
    unit = TranslationUnit(Variant.of("en-US", "Yes."), Variant.of("kk-KZ", "Иә."))
    other = TranslationUnit(Variant.of("en-US", "Yes."), Variant.of("ru", "Да."))
    stream = io.BytesIO()
    tmtool.write([unit, other], stream, format="tmx")
    (found,) = units_in(stream.getvalue(), "tmx", languages=(source, target))
    assert (found.source.text, found.target.text) == ("Иә.", "Yes.")
    assert found.languages == ("kk-KZ", "en-US")
    assert units_in(stream.getvalue(), "tmx", languages=("k", "en")) == []


def test_tmx_is_what_the_dtd_demands() -> None:
    """Valid TMX 1.4, each seg in NFC, else to the letter, without what XML forbids."""
    odd = pair("  Иә\n\x00\x0b йод\u2028.", "Yes\t\ufffe & <b>\r", props=(("x-a", "\x01"),))
    data = written([FULL, odd, pair("", "Alone."), pair("Жалғыз.", "")], "tmx")
    root = etree.fromstring(data)
    assert root.get("version") == "1.4"
    header = root.find("header")
    assert header is not None
    required = "creationtool creationtoolversion segtype o-tmf adminlang srclang datatype"
    assert set(required.split()) == set(header.attrib)
    units = root.findall("body/tu")
    assert len(units) == 2
    for unit in units:
        order = [child.tag for child in unit]
        assert order == sorted(order, key=lambda tag: ["note", "prop", "tuv"].index(str(tag)))
        for variant in unit.findall("tuv"):
            assert variant.get("{http://www.w3.org/XML/1998/namespace}lang")
    segs = re.findall("<seg>(.*?)</seg>", data.decode(), re.DOTALL)
    assert segs[2:] == ["  Иә\n  йод\u2028.", "Yes\t &amp; &lt;b&gt;&#13;"]


@pytest.mark.skipif(JAR is None, reason="the DTD comes with OmegaT, which is not installed")
def test_tmx_is_valid_against_the_dtd() -> None:
    """The DTD of TMX 1.4, as OmegaT carries it, finds nothing to say."""
    assert JAR is not None
    with zipfile.ZipFile(JAR) as jar, jar.open("schemas/tmx14.dtd") as file:
        dtd = etree.DTD(file)
    stream = io.BytesIO()
    said = [Header((("client", "A & Co"),), ("by hand", "checked"))]
    tmtool.formats.write([FULL, pair("Иә.", "Yes.")], stream, format="tmx", headers=said)
    root = etree.fromstring(stream.getvalue())
    assert dtd.validate(root), dtd.error_log
    root.find("body/tu/tuv/seg").getparent().append(etree.Element("seg"))  # type: ignore[union-attr]
    assert not dtd.validate(root)


def test_one_sided_units_are_left_out_and_counted() -> None:
    """An empty target in tm/auto would wipe a sentence in OmegaT."""
    stream = io.BytesIO()
    units = [pair("Иә.", "Yes."), pair("Жоқ.", ""), pair("", "No."), pair("\x00", "No.")]
    assert tmtool.write(units, stream, format="tmx") == Written(1, left_out=3)


def tmx(body: str, header: str = 'srclang="kk" creationtool="other"') -> str:
    return f'<tmx version="1.4"><header {header}/><body>{body}</body></tmx>'


def tuv(language: str, seg: str) -> str:
    return f'<tuv xml:lang="{language}"><seg>{seg}</seg></tuv>'


def test_tmx_of_other_tools_is_read() -> None:
    """The source is the header's, several targets make several units, other props are kept."""
    found = units_in(
        tmx(
            '<tu tuid="7" creationdate="20251020T093000Z" creationid="aigul">'
            f'<note>n</note><prop type="x-a">b</prop>{tuv("en", "Yes")}{tuv("kk", "Иә")}'
            f"{tuv('ru_RU', 'Да')}</tu>"
        ),
        "tmx",
    )
    assert [(unit.languages, unit.target.text) for unit in found] == [
        (("kk", "en"), "Yes"),
        (("kk", "ru-RU"), "Да"),
    ]
    assert found[0].props == (("x-a", "b"), ("x-tuid", "7"))
    assert found[0].notes == ("n",)
    assert (found[0].id, found[0].origin, found[0].state) == ("", "other", "translated")
    assert (found[0].created_at, found[0].created_by) == (MOMENT, "aigul")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("20251020T093000Z", MOMENT),
        ("20251020T093000", MOMENT),
        ("2025-10-20T14:30:00.25+05:00", MOMENT),
        ("20251320T093000Z", None),
        ("yesterday", None),
    ],
)
def test_dates_are_read_as_tools_write_them(said: str, meant: datetime | None) -> None:
    """As TMX has them, and as ISO 8601 has them otherwise; what is none is left out."""
    unit = f'<tu creationdate="{said}">{tuv("kk", "Иә")}{tuv("en", "Yes")}</tu>'
    (found,) = units_in(tmx(unit), "tmx")
    assert found.created_at == meant


def test_what_other_tools_say_of_a_unit_comes_back(tmp_path: Path) -> None:
    """Attributes, props and notes of the unit and of its sides, through the memory and out."""
    unit = (
        '<tu usagecount="3" lastusagedate="20251020T093000Z" changeid="x">'
        '<prop type="tmx:tu@lang">odd</prop><prop type="tmx:source#note">odder</prop>'
        '<tuv xml:lang="kk" creationid="b" o-tmf="T"><note>of the source</note><seg>Иә</seg></tuv>'
        '<tuv xml:lang="en" changeid="c"><prop type="Q">9</prop><seg>Yes</seg></tuv></tu>'
    )
    before = tmx(unit)
    (tmp_path / "in.tmx").write_text(before, "utf-8")
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(tmtool.read(tmp_path / "in.tmx"))
        out = written(list(memory.units()), "tmx")
    (tu,) = etree.fromstring(out).iter("tu")
    assert {"usagecount": "3", "changeid": "x"}.items() <= dict(tu.attrib).items()
    assert [
        (p.get("type"), p.text) for p in tu.findall("prop") if "x-" not in str(p.get("type"))
    ] == [
        ("tmx:tu@lang", "odd"),
        ("tmx:source#note", "odder"),
    ]
    source, target = tu.iter("tuv")
    assert (source.get("creationid"), source.get("o-tmf")) == ("b", "T")
    assert (source.findtext("note"), source.findtext("seg")) == ("of the source", "Иә")
    assert target.get("changeid") == "c"
    assert [(p.get("type"), p.text) for p in target.findall("prop")] == [("Q", "9")]
    assert units_in(out, "tmx")[0].props == units_in(before, "tmx")[0].props


def test_what_headers_say_goes_through_every_command(tmtool: Program, tmp_path: Path) -> None:
    """Props and notes of the headers of several files stand in the header of what is written."""
    for name, client, word in (("a", "A &amp; Co", "Иә"), ("b", "B", "Жоқ")):
        said = f'<note>of {name}</note><prop type="client">{client}</prop>'
        head = f'<header srclang="kk" creationtool="x">{said}</header>'
        unit = f"<tu>{tuv('kk', word)}{tuv('en', 'Yes')}</tu>"
        text = f'<tmx version="1.4">{head}<body>{unit}</body></tmx>'
        (tmp_path / f"{name}.tmx").write_text(text, "utf-8")

    def header(name: str) -> list[str | None]:
        (found,) = etree.parse(tmp_path / name).iter("header")
        return [child.text for child in found]

    tmtool("-m", "m.db", "import", "a.tmx", "b.tmx")
    tmtool("-m", "m.db", "export", "out.tmx")
    both = ["of a", "of b", "A & Co", "B"]
    assert header("out.tmx") == both
    tmtool("-m", "other.db", "import", "m.db")
    tmtool("-m", "other.db", "export", "again.tmx")
    tmtool("merge", "a.tmx", "b.tmx", "-o", "merged.tmx")
    tmtool("replace", "Yes", "Yeah", "out.tmx", "-o", "replaced.tmx")
    assert header("again.tmx") == header("merged.tmx") == header("replaced.tmx") == both
    tmtool("convert", "a.tmx", "converted.tmx")
    assert header("converted.tmx") == ["of a", "A & Co"]
    for format in ("jsonl", "csv", "xlsx", "xlf", "xliff", "po", "html", "moses"):
        said = ": 1 unit; what the header says (2 things) left out\n"
        assert tmtool("convert", "a.tmx", f"out.{format}").stderr.endswith(said)
        for split in ([], ["--split", "1"]):
            exported = tmtool("-m", "m.db", "export", f"out.{format}", *split)
            assert ": 2 units; what the header says (4 things) left out\n" in exported.stderr


@pytest.mark.parametrize("place", ["tu", "source", "target"])
@pytest.mark.parametrize("name", ["tuid", "changeid", "lang", "a b", "", "x"])
def test_props_make_no_attribute_twice(place: str, name: str) -> None:
    """Whatever a prop is called, the file can be read, and says the same."""
    unit = replace(
        pair("Иә", "Yes"), id="7", changed_by="me", props=((f"tmx:{place}@{name}", "<"),)
    )
    (read,) = units_in(written([unit], "tmx"), "tmx")
    assert (read.id, read.changed_by, len(read.props)) == ("7", "me", 1)
    assert written([read], "tmx") == written([unit], "tmx")


def test_inline_codes_are_kept_and_highlighted_text_is_text() -> None:
    """Codes come back to the letter; what stands inside <hi> is translatable."""
    seg = 'Бұл <bpt i="1">&lt;b&gt;</bpt>өте<ept i="1">&lt;/b&gt;</ept> <hi type="x">жақсы</hi>.'
    (unit,) = units_in(tmx(f"<tu>{tuv('kk', seg)}{tuv('en', 'Good.')}</tu>"), "tmx")
    assert unit.source.text == "Бұл өте жақсы."
    assert seg in written([unit], "tmx").decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "iso8859-5"])
def test_every_encoding_of_tmx_is_read(encoding: str) -> None:
    """Windows tools write UTF-16 with a BOM, and old ones what they declare."""
    name = {"cp1251": "windows-1251", "iso8859-5": "ISO-8859-5"}.get(encoding)
    name = name or encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{name}"?>' + tmx(
        f"<tu>{tuv('kk', 'Ия')}{tuv('en', 'Yes')}</tu>"
    )
    assert units_in(text.encode(encoding), "tmx")[0].source.text == "Ия"


ONE = f"<tu>\n{tuv('kk', 'Иә')}{tuv('en', 'Yes')}</tu>"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "-: is cut short or not well-formed XML"),
        (tmx(ONE)[:-30], "-:2: is cut short or not well-formed XML"),
        ("<html/>", "-:1: is not TMX: its root is <html>"),
        (tmx(f"{ONE}<tu>{tuv('kk', 'Иә')}</tu>"), "-:2: <tu> has 1 <tuv>, not two"),
        (tmx("<tu><tuv><seg>a</seg></tuv></tu>"), "-:1: <tuv> has no xml:lang"),
        (tmx('<tu><tuv xml:lang="kk"/></tu>'), "-:1: <tuv> has no <seg>"),
        (
            tmx(f'<tu><prop type="x-tmtool:state">done</prop>{ONE[4:]}'),
            "-:1: the state 'done' is not one of",
        ),
        (tmx(f'<tu><prop type="x-tmtool:score">?</prop>{ONE[4:]}'), "must hold a number"),
        (
            '<!DOCTYPE tmx [<!ENTITY e "<ph/>">]>' + tmx(f"<tu>{tuv('kk', '&e;')}{ONE[4:]}"),
            "an entity that the file does not define as plain text: &e;",
        ),
    ],
)
def test_what_is_wrong_in_a_tmx_is_named(text: str, complaint: str) -> None:
    """File, line, reason; the units before it are not half the answer."""
    with pytest.raises(FormatError, match=complaint):
        units_in(text, "tmx")


@pytest.mark.parametrize("format", ["tmx", "xliff"])
def test_plain_text_that_a_file_names_is_read(format: str) -> None:
    """In texts, notes and attributes, of units and around them."""
    (unit,) = units_in(
        {
            "tmx": '<!DOCTYPE tmx [<!ENTITY co "Қазақ">]>'
            + tmx(f'<tu creationid="&co;"><note>&co;!</note>{ONE[4:]}').replace(
                "Иә", "a &co; b&co;"
            ),
            "xliff": '<!DOCTYPE xliff [<!ENTITY co "Қазақ">]><xliff version="1.2"><file original=""'
            ' source-language="kk" target-language="en"><body><group>'
            '<note>&co;!</note><trans-unit resname="&co;">'
            "<source>a &co; b&co;</source></trans-unit></group></body></file></xliff>",
        }[format],
        format,
    )
    assert unit.source.content == ("a Қазақ bҚазақ",)
    assert unit.notes == ("Қазақ!",)
    assert "Қазақ" in (unit.created_by, *dict(unit.props).values())


def test_a_tmx_reaches_for_no_other_file(tmp_path: Path) -> None:
    """An external entity is refused, not read."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    text = f'<!DOCTYPE tmx [<!ENTITY e SYSTEM "{secret.as_uri()}">]>' + tmx(
        f"<tu>{tuv('kk', '&e;')}{ONE[4:]}"
    )
    with pytest.raises(FormatError) as caught:
        units_in(text, "tmx")
    assert "secret" not in str(caught.value).replace(str(secret), "")


def test_codes_that_are_no_xml_are_not_written() -> None:
    """A broken code would break the whole file, so its unit is named."""
    unit = TranslationUnit(
        Variant("kk", ("Иә", Code("bpt", "<bpt>"))), Variant.of("en", "Yes"), id="u1"
    )
    with pytest.raises(TmtoolError, match="unit u1: its inline codes are not XML"):
        written([unit], "tmx")


# TSV and JSON Lines


def test_tsv_is_one_pair_a_line() -> None:
    """One-sided pairs keep their line; tabs and line ends inside a text become spaces."""
    data = written([pair("Иә.\tЖақсы.", "Yes.\nGood."), pair("Жоқ.", ""), pair("", "No.")], "tsv")
    assert data.decode() == "Иә. Жақсы.\tYes. Good.\nЖоқ.\t\n\tNo.\n"
    assert [unit.target.text for unit in units_in(data, "tsv", languages=("kk", "en"))] == [
        "Yes. Good.",
        "",
        "No.",
    ]


def test_tsv_needs_to_be_told_its_languages() -> None:
    """The file does not say them."""
    with pytest.raises(InputError, match="say which with -s and -t"):
        units_in("Иә.\tYes.\n", "tsv")


def test_a_line_of_three_columns_is_refused() -> None:
    """Somebody's spreadsheet has more to say than two columns hold."""
    with pytest.raises(FormatError, match="-:2: has 3 columns, not 2; write source, tab, target"):
        units_in("а\tb\r\nа\tb\tc\n", "tsv", languages=("kk", "en"))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "is not a unit"),
        ("[]", "is not a JSON object"),
        ('{"position": ' + "9" * 5000 + "}", "a number in it has 5,000 digits"),
        ('{"source": "a"}', "'source_language' is missing"),
        ('{"source": "\\ud800"}', "is not a unit"),
        ('{"kk": "Төрт", "kk": "Бес", "en": "Four"}', "it has 'kk' twice"),
        ('{"kk": "Төрт", "en": "Four", "й": "1", "и\u0306": "2"}', "it has 'й' twice"),
        ('{"kk": "Төрт", "translation": {"kk": "Бес", "en": "Four"}}', "it has 'kk' twice"),
        ('{"kk": "Төрт", "en": ["Four", "4"]}', "'en' is no text"),
        ('{"kk": "Төрт", "en": "Four", "ru": {"text": "Четыре"}}', "'ru' is no text"),
        ('{"source": ["Төрт"], "target": "Four"}', "'source' is no text"),
        ('{"kk": 12, "en": "Twelve"}', "'kk' is no text"),
        ('{"kk": "Төрт", "en": NaN}', "'en' is no text"),
        ('{"kk": "Төрт", "en": "Four", "x": -Infinity}', "'x' is not a finite number"),
        ('{"kk": "Төрт", "en": "Four", "x": [1, NaN]}', "'x' holds a number that is not finite"),
        ('{"kk": "Төрт", "en": "Four", "x": {"a": [1e999]}}', "'x' holds a number that is not"),
        ("[" * 100_000, "is not a unit"),
    ],
)
def test_a_line_that_is_no_unit_is_named(line: str, complaint: str) -> None:
    """The first line is right, the second is not."""
    good = written([FULL], "jsonl").decode()
    with pytest.raises(FormatError, match=f"-:2: .*{complaint}"):
        units_in(good + line + "\n", "jsonl")


def test_dates_before_the_year_1000_come_back() -> None:
    """Some tools write the year 1 where they know no date."""
    unit = pair("Иә.", "Yes.", created_at=datetime(1, 1, 1, tzinfo=UTC))
    for format in ("tmx", "jsonl"):
        assert units_in(written([unit], format), format)[0].created_at == unit.created_at


def test_the_source_is_found_whatever_its_region() -> None:
    """srclang="kk" means the variant in kk-KZ; an underscore is a hyphen."""
    variants = tuv("en-US", "Yes") + tuv("kk_KZ", "Иә")
    for srclang in ("kk", "kk_KZ", "KK-kz"):
        (unit,) = units_in(tmx(f"<tu>{variants}</tu>", f'srclang="{srclang}"'), "tmx")
        assert unit.languages == ("kk-KZ", "en-US")


def test_props_of_other_tools_are_not_ours() -> None:
    """A prop named state or score without our prefix is carried along."""
    props = '<prop type="state">approved</prop><prop type="score">high</prop>'
    (unit,) = units_in(tmx(f"<tu>{props}{ONE[4:]}"), "tmx")
    assert unit.props == (("state", "approved"), ("score", "high"))
    assert unit.state == "translated"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ('"position": 1e999', "'position' is not a finite number"),
        (f'"score": 1{"0" * 400}', "'score' is not a finite number"),
        ('"position": NaN', "'position' is not a finite number"),
        ('"created_at": "0001-01-01T00:00:00+14:00"', "before the year 1 or after 9999"),
        ('"target_language": ""', "'target_language' is empty"),
    ],
)
def test_values_that_no_memory_can_hold_are_refused(change: str, complaint: str) -> None:
    """The reader says so, before anything is written."""
    line = '{"source_language": "kk", "target_language": "en", "source": "a", "target": "b", '
    if change.startswith('"target_language"'):
        line = line.replace('"target_language": "en", ', "")
    with pytest.raises(FormatError, match=complaint):
        units_in(line + change + "}", "jsonl")


def test_highlighted_text_keeps_its_language() -> None:
    """An xml:lang inside a segment is written as it was read."""
    seg = '<hi xml:lang="en">OK</hi>'
    (unit,) = units_in(tmx(f"<tu>{tuv('kk', seg)}{tuv('en', 'OK')}</tu>"), "tmx")
    assert seg in written([unit], "tmx").decode()
