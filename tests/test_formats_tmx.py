"""TMX read quickly: it makes no difference whether a unit is scanned or parsed."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tmtool.formats
from tmtool.errors import FormatError
from tmtool.formats import tmx, tus
from tmtool.model import TranslationUnit, Variant

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
    content = (HEADS[2] + "\n".join(units) + "</body></tmx>").encode()
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
