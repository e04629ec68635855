"""TMX read quickly: it makes no difference whether a unit is scanned or parsed."""

from __future__ import annotations

import io
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tmtool.formats
from tmtool.errors import FormatError, TmtoolError
from tmtool.formats import Written, tmx, tus
from tmtool.model import Code, Header, TranslationUnit, Variant

PLAIN = '<tu><tuv xml:lang="kk"><seg>Иә</seg></tuv><tuv xml:lang="en"><seg>Yes</seg></tuv></tu>'
with io.BytesIO() as written:
    tmx.write(
        [
            TranslationUnit(
                Variant.of("kk", "Иә"),
                Variant.of("en", "Yes & no"),
                id="1",
                document="a & b",
                position=1.5,
                origin="align",
                score=0.5,
            ),
            TranslationUnit(
                Variant.of("kk", "Жоқ"),
                Variant.of("en", "No"),
                id="2",
                state="reviewed",
                created_at=datetime(2025, 10, 20, tzinfo=UTC),
                created_by="a b",
                changed_at=datetime(2025, 10, 21, tzinfo=UTC),
                changed_by="c",
            ),
        ],
        written,
    )
    OWN = [
        f"<tu{unit}</tu>"
        for unit in re.findall("(?s)<tu(?= )(.*?)</tu>", written.getvalue().decode())
    ]
PIECES = [
    *(PLAIN, PLAIN, PLAIN.replace("><", ">\n  <"), PLAIN.replace("Yes", " A &amp; b\n&lt;c ")),
    PLAIN.replace("<tu>", '<tu tuid="1" usagecount="2" creationdate="20251020T093000Z">'),
    PLAIN.replace("<tu>", '<tu><note>n</note><prop type="x">&quot;v</prop><prop>w</prop>'),
    PLAIN.replace("<seg>Y", '<prop xml:lang="kk" type="y">z</prop><note>m</note><seg>Y'),
    PLAIN.replace("</tu>", '<tuv xml:lang="ru"><seg>Да</seg></tuv></tu>'),
    PLAIN.replace("Yes", 'Y<bpt i="1">&lt;b&gt;</bpt>e<ept i="1"/><hi type="b">s</hi>'),
    PLAIN.replace("Yes", "<![CDATA[</tu>]]>"),
    PLAIN.replace("Yes", "Y<!-- </tu> -->es"),
    PLAIN.replace("Yes", "Y<?x </tu>?>es"),
    PLAIN.replace("xml:lang", "lang"),
    PLAIN.replace("<seg>", "<seg >").replace("</tu>", "</tu >"),
    *OWN,
    OWN[0].replace("document", "state"),
    OWN[0].replace("a &amp; b", ""),
    OWN[0].replace("1.5", "1.5.5"),
    OWN[1].replace("20251020", "20259999"),
    OWN[1].replace("changeid", "creationid"),
    *("<!-- <tu> -->", "<?pi?>", "\n\n", "stray", "<other/>", "\u00a0"),
]
WRONG = [
    PLAIN.replace("<tu>", '<tu a="1" a="2">'),
    PLAIN.replace("Yes", "&x;"),
    PLAIN.replace("Yes", "Y\x01es"),
    PLAIN.replace("Yes", "Y\uffffes"),
    PLAIN.replace("Yes", "]]>"),
    PLAIN.replace("Yes", "a & b"),
    PLAIN.replace("</seg>", "", 1),
    PLAIN.replace("<tu>", '<tu x:y="1">'),
    PLAIN.replace("<tu>", '<tu><prop type="a" type="b">c</prop>'),
    PLAIN.replace(' xml:lang="en"', ""),
    PLAIN.replace('"en"', '"e n"'),
    PLAIN.replace("<seg>Yes</seg>", ""),
    *("<tu/>", "</body>", "</tmx>", "<tu>", "</tu>", "</body><body>", "<tu></body>"),
]
HEADS = [
    '<tmx version="1.4"><header srclang="kk" creationtool="x"/><body>',
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
    '<tmx version="1.4">\n<header creationtool="tmtool" srclang="en">\n<note>é</note></header>\n'
    "<body >",
    '<tmx><header creationtool="tmtool" srclang="kk"/><body>',
    '<tmx><header creationtool="tmtool"/><body>',
    '<tmx xmlns="urn:x" version="1.4"><header srclang="*all*"/><body>',
    '<!DOCTYPE tmx [<!ENTITY x "y">]><tmx><header srclang="kk"/><body>',
    '<tmx><!-- <body> --><header srclang="kk"/><body>',
    "<tmx><body>",
    '<tmx><header srclang="kk"/><body><tu/></body><body>',
    "<html><header/><body>",
]


def outcome(content: bytes) -> tuple[list[str], str]:
    """The units of a file as far as they come, and what is said to be wrong."""
    units = []
    try:
        for unit in tmx.read(io.BytesIO(content), "f"):
            units.append(repr(unit))
    except FormatError as error:
        return units, f"{error.line if '<tu' in error.message else ''}{error.message}"
    return units, ""


def parsed_alone(content: bytes) -> tuple[list[str], str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tus, "_header", lambda _: None)
        return outcome(content)


@settings(max_examples=300)
@given(
    st.sampled_from(HEADS[:5]) | st.sampled_from(HEADS),
    st.lists(st.sampled_from(PIECES), max_size=5),
    st.sampled_from(["", "", *WRONG]),
    st.lists(st.sampled_from(PIECES), max_size=2),
    st.sampled_from(["\n</body>\n</tmx>\n", "</body></tmx><!-- end -->", "</body>", ""]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([1 << 20, 64, 7]),
)
def test_a_unit_says_the_same_however_it_is_read(
    head: str,
    before: list[str],
    wrong: str,
    after: list[str],
    end: str,
    encoding: str,
    chunk: int,
) -> None:
    """What the scanner takes is what a parser takes, and what it refuses is refused alike."""
    if encoding == "utf-16":
        head = head.replace("UTF-8", "UTF-16")
    content = "".join([head, *before, wrong, *after, end]).encode(encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tus, "_CHUNK", chunk)
        assert outcome(content) == parsed_alone(content)


def test_plain_units_are_scanned() -> None:
    """The parser sees the head alone, so the test above compares two ways."""
    units = [*[PLAIN] * 2, *OWN]
    content = (
        HEADS[2].replace("<tmx>", '<tmx version="1.4">') + "\n".join(units) + "</body></tmx>"
    ).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tus, "_of_element", None)
        assert len(outcome(content)[0]) == len(units)


@pytest.mark.parametrize("at", [0, 5_000, 12_000])
def test_bytes_that_are_no_text_are_refused(at: int) -> None:
    """Wherever they stand; units before them have been given."""
    content = bytearray((HEADS[0] + PLAIN * 150 + "</body></tmx>").encode())
    at += len(HEADS[0]) + PLAIN.index("Yes") + 2
    at = content.index(b"Yes", at)
    content[at] = 0xFF
    units, error = outcome(bytes(content))
    assert "not well-formed" in error
    assert len(units) < 150


def test_the_line_of_a_bad_unit_is_named_behind_odd_ones() -> None:
    """Also where the parser goes on in the middle of the file."""
    odd = PLAIN.replace("Yes", "<![CDATA[x]]>")
    text = "\n".join([HEADS[0], PLAIN, odd, PLAIN, PLAIN.replace(' xml:lang="en"', "")])
    with pytest.raises(FormatError, match="-:5: <tuv> has no xml:lang"):
        list(tmtool.formats.read(io.BytesIO((text + "</body></tmx>").encode()), format="tmx"))


EVERYTHING = r"""<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
  <header creationtool="tmtool" creationtoolversion="VERSION" segtype="sentence" o-tmf="tmtool" adminlang="en" srclang="kk" datatype="plaintext"/>
  <body>
    <tu tuid='a"1' creationdate="20251020T043000Z" creationid="b &amp; c" changedate="20251021T093001Z" changeid="d" usagecount="3">
      <note>first</note>
      <note>1 &lt; 2</note>
      <prop type="x-tmtool:state">final</prop>
      <prop type="x-tmtool:document">e &amp; f</prop>
      <prop type="x-tmtool:position">2.5</prop>
      <prop type="x-tmtool:origin">align</prop>
      <prop type="x-tmtool:score">0.5</prop>
      <prop type="x-g">h &amp; i</prop>
      <prop type="tmx:tu@changeid">not twice</prop>
      <prop type="tmx:tu">j</prop>
      <tuv xml:lang="kk" changeid="k">      <note>l</note>
      <note>m</note>
      <prop type="n">o</prop>
<seg>Иә &amp; <ph x="1"/>жоқ </seg></tuv>
      <tuv xml:lang="en-GB">      <prop type="">p</prop>
<seg> Yes
&lt;</seg></tuv>
    </tu>
    <tu tuid="q" srclang="ru">
      <prop type="x-tmtool:position">2</prop>
      <prop type="x-tmtool:score">1</prop>
      <tuv xml:lang="ru"><seg>Да</seg></tuv>
      <tuv xml:lang="en"><seg>Yes</seg></tuv>
    </tu>
    <tu>
      <tuv xml:lang="kk"><seg>Бар.</seg></tuv>
      <tuv xml:lang="en"><seg>There is.</seg></tuv>
    </tu>
  </body>
</tmx>
"""  # noqa: E501


def test_what_is_written_is_this_to_the_letter() -> None:
    """All that a unit may say, in its place; and nothing of what it does not say."""
    zone = timezone(timedelta(hours=5))
    units = [
        TranslationUnit(
            Variant("kk", ("Иә\x01 & ", Code("ph", '<ph x="1"/>'), "жоқ ")),
            Variant.of("en-GB", " Yes\n<"),
            id='a"1',
            state="final",
            document="e & f",
            position=2.5,
            origin="align",
            created_at=datetime(2025, 10, 20, 9, 30, tzinfo=zone),
            created_by="b & c",
            changed_at=datetime(2025, 10, 21, 9, 30, 1, tzinfo=UTC),
            changed_by="d",
            score=0.5,
            props=(
                ("x-g", "h & i"),
                ("tmx:tu@usagecount", "3"),
                ("tmx:tu@changeid", "not twice"),
                ("tmx:source@changeid", "k"),
                ("tmx:source#note", "l"),
                ("tmx:source#note", "m"),
                ("tmx:source/n", "o"),
                ("tmx:target/", "p"),
                ("tmx:tu", "j"),
            ),
            notes=("first", "1 < 2"),
        ),
        TranslationUnit(
            Variant.of("ru", "Да"),
            Variant.of("en", "Yes"),
            id="q",
            state="translated",
            position=2.0,
            score=1.0,
        ),
        TranslationUnit(
            Variant.of("kk", "Бар."), Variant.of("en", "There is."), state="translated"
        ),
    ]
    file = io.BytesIO()
    assert tmx.write(units, file) == Written(3, 0, changed=1)
    assert file.getvalue().decode() == EVERYTHING.replace("VERSION", version("tmtool"))


def test_a_file_without_units_is_for_all_languages() -> None:
    """It can be read, and holds none."""
    file = io.BytesIO()
    assert tmx.write([], file) == Written(0, 0)
    assert b' srclang="*all*" ' in file.getvalue()
    file.seek(0)
    assert list(tmx.read(file, "f")) == []


def test_many_units_are_counted_one_by_one() -> None:
    """However many are written at once."""
    whole = TranslationUnit(Variant.of("kk", "Иә"), Variant.of("en", "Yes"))
    half = TranslationUnit(Variant.of("kk", "Иә"), Variant.of("en", ""))
    only_code = TranslationUnit(Variant("kk", (Code("ph", "<ph/>"), " ")), Variant.of("en", "Yes"))
    file = io.BytesIO()
    units = [half, *[whole] * (tmx._MANY + 7), only_code, *[half] * tmx._MANY, whole]
    assert tmx.write(units, file) == Written(tmx._MANY + 8, tmx._MANY + 2)
    assert file.getvalue().count(b"<tu>") == tmx._MANY + 8


def test_units_are_written_as_they_come() -> None:
    """A file of any size takes little memory."""
    begun = 0

    def units() -> Iterator[TranslationUnit]:
        nonlocal begun
        for _ in range(3 * tmx._MANY):
            begun += 1
            yield TranslationUnit(Variant.of("kk", "Иә"), Variant.of("en", "Yes"))

    class Counting(io.BytesIO):
        def write(self, data: Any, /) -> int:
            seen.append(begun)
            return super().write(data)

    seen: list[int] = []
    tmx.write(units(), Counting())
    assert any(0 < number < 2 * tmx._MANY for number in seen)


@pytest.mark.parametrize(("side", "name"), [("source", "s-1"), ("target", "t-1")])
def test_a_code_that_is_no_xml_is_told_with_its_unit(side: str, name: str) -> None:
    """And what to do about it."""
    codes = Variant("kk", ("Иә", Code("ph", "<ph>")))
    source, target = (codes, Variant.of("en", "Yes"))
    unit = TranslationUnit(source, target, id=name)
    if side == "target":
        unit = TranslationUnit(target, source, id=name)
    message = f"unit {name}: its inline codes are not XML: .*; edit or reject the unit"
    with pytest.raises(TmtoolError, match=message):
        tmx.write([unit], io.BytesIO())


@pytest.mark.parametrize(
    ("languages", "srclang", "at"),
    [
        (["en", "kk"], "kk", 1),
        (["en", "kk-KZ"], "kk", 1),
        (["en", "kk"], "kk_KZ", 1),
        (["en-US", "en-GB"], "en-GB", 1),
        (["en", "kk"], "*all*", 0),
        (["EN", "KK"], "kk-Cyrl-KZ", 1),
    ],
)
def test_the_source_is_what_the_file_calls_it(languages: list[str], srclang: str, at: int) -> None:
    """The very code, else the language without its region, else the first."""
    assert tmx.source_at(languages, srclang) == at


def found(body: str, header: str = 'srclang="kk"') -> list[tmtool.formats.Found]:
    """What is read of a file with a body, and a header with attributes."""
    text = f'<tmx version="1.4"><header {header}/><body>{body}</body></tmx>'
    return list(tmx.read(io.BytesIO(text.encode()), "a.tmx"))


def test_what_headers_say_is_written_and_read() -> None:
    """Props and notes, each as what it is; a header that says nothing ends at once."""
    headers = [Header((("client", "A & B"),), ("first",)), Header((), ("1 < 2",))]
    file = io.BytesIO()
    tmx.write([TranslationUnit(Variant.of("kk", "Иә"), Variant.of("en", "Yes"))], file, headers)
    assert b'<prop type="client">A &amp; B</prop>\n  </header>' in file.getvalue()
    file.seek(0)
    header, unit = tmx.read(file, "a.tmx")
    assert header == Header((("client", "A & B"),), ("first", "1 < 2"))
    assert isinstance(unit, TranslationUnit)
    file = io.BytesIO()
    tmx.write([], file)
    assert b"None" not in file.getvalue()


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        (
            PLAIN.replace('<tuv xml:lang="en"><seg>Yes</seg></tuv>', ""),
            "<tu> has 1 <tuv>, not two",
            "a unit needs both languages; import, check and convert leave it out with --skip-bad",
        ),
        (
            PLAIN.replace(' xml:lang="en"', ""),
            "<tuv> has no xml:lang",
            "TMX needs the language of each side",
        ),
        (PLAIN.replace("<seg>Yes</seg>", ""), "<tuv> has no <seg>", "each side needs its text"),
        (PLAIN.replace('"en"', '"e n"'), "'e n' is not a language code", "mend its xml:lang"),
        (
            PLAIN.replace("<tu>", '<tu><prop type="x-tmtool:state">odd</prop>'),
            "the state 'odd' is not one of initial, translated, reviewed, final, rejected",
            "",
        ),
        (
            PLAIN.replace("<tu>", '<tu><prop type="x-tmtool:score">odd</prop>'),
            "a tmtool prop that must hold a number does not",
            "",
        ),
    ],
)
def test_of_a_bad_unit_it_is_said_what_to_do(body: str, message: str, hint: str) -> None:
    """Beside what is wrong with it; the unit after it is read."""
    bad, unit = found(body + PLAIN)
    assert isinstance(bad, FormatError)
    assert bad.message.endswith(message)
    assert bad.hint == hint
    assert isinstance(unit, TranslationUnit)


def test_a_unit_may_have_a_source_of_its_own() -> None:
    """In place of what the header says; without either, what comes first is the source."""
    other = PLAIN.replace("<tu>", '<tu srclang="en">')
    for body, header, source in (
        (PLAIN, 'srclang="kk"', "Иә"),
        (other, 'srclang="kk"', "Yes"),
        (PLAIN, 'srclang="en"', "Yes"),
        (PLAIN, 'o-tmf="x"', "Иә"),
    ):
        (unit,) = found(body, header)
        assert isinstance(unit, TranslationUnit)
        assert unit.source.text == source
        assert (unit.origin, unit.props) == ("", ())


def test_what_is_written_of_a_unit_is_read_back() -> None:
    """All of it, and of a unit of which little is said no more."""
    sides = Variant.of("kk", "Иә"), Variant.of("en", "Yes & no")
    at = datetime(2025, 10, 20, 9, 30, tzinfo=UTC)
    units = [
        TranslationUnit(
            *sides,
            id="1",
            state="reviewed",
            document="a & b",
            position=1.5,
            origin="c & d",
            created_at=at,
            created_by="e",
            changed_at=at + timedelta(days=1),
            changed_by="f",
            score=0.5,
        ),
        TranslationUnit(*sides, state="translated"),
        TranslationUnit(*sides, id="2", state="final", document="g", score=1.0),
    ]
    file = io.BytesIO()
    tmx.write(units, file)
    file.seek(0)
    assert list(tmx.read(file, "a.tmx")) == units


def test_old_files_name_the_language_otherwise() -> None:
    """TMX 1.1 knows ``lang`` without a prefix."""
    (unit,) = found(PLAIN.replace("xml:lang", "lang"))
    assert isinstance(unit, TranslationUnit)
    assert unit.languages == ("kk", "en")


def test_of_several_targets_the_first_has_the_id() -> None:
    """No two units have the same one."""
    side = '<tuv xml:lang="ru"><seg>Да</seg></tuv><tuv xml:lang="de"><seg>Ja</seg></tuv></tu>'
    body = PLAIN.replace("<tu>", '<tu tuid="7">').replace("</tu>", side)
    units = found(body, 'srclang="kk" creationtool="tmtool"')
    assert [unit.id for unit in units if isinstance(unit, TranslationUnit)] == ["7", "", ""]


def test_what_xml_cannot_hold_is_left_out_beside_codes() -> None:
    """Of texts, and of codes."""
    content = ("a\x01b ", Code("ph", "<ph>\x02</ph>"), "c\x03")
    file = io.BytesIO()
    tmx.write([TranslationUnit(Variant("kk", content), Variant.of("en", "x"))], file)
    assert b"<seg>ab <ph></ph>c</seg>" in file.getvalue()


def test_times_are_those_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the computer stands."""
    monkeypatch.setenv("TZ", "QYZ-5")
    time.tzset()
    try:
        at = datetime(2025, 10, 20, 14, 30, tzinfo=timezone(timedelta(hours=5)))
        file = io.BytesIO()
        unit = TranslationUnit(Variant.of("kk", "Иә"), Variant.of("en", "x"), created_at=at)
        tmx.write([unit], file)
        assert b'creationdate="20251020T093000Z"' in file.getvalue()
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (' version="1.4"', ""),
        (' version="1.1"', ""),
        (' version="2.0"', "version '2.0' of TMX, read as 1.4"),
        ("", "no version of TMX, read as 1.4"),
    ],
)
@pytest.mark.parametrize("before", ["", "<!-- by hand -->"])
def test_another_version_is_told_once(version: str, said: str, before: str) -> None:
    """It is read all the same, whichever way."""
    head = '<header srclang="kk"/>'
    text = f"{before}<tmx{version}>{head}<body>{PLAIN * 3}</body></tmx>"
    lost: Counter[str] = Counter()
    units = list(tmtool.formats.read(io.BytesIO(text.encode()), format="tmx", lost=lost))
    assert len(units) == 3
    assert +lost == ({said: 1} if said else {})
