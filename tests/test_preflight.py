"""Pre-flight: the traps in a TMX, what a tool does with them, and what mending does."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import tmtool as library
from tests.conftest import ROOT, Program, pair
from tests.interop import omegat
from tests.interop.omegat import JAR
from tests.test_formats import FULL, tuv, written
from tests.test_formats_tables import texts, wild
from tmtool.formats.markup import XML
from tmtool.preflight import TRAPS, Problem, inspect
from tmtool.profiles import TOOLS, Tailored, Tool, placed, preferred
from tmtool.tmx14 import MODELS

HEADER = (
    'creationtool="t" creationtoolversion="1" segtype="sentence" o-tmf="t" adminlang="en"'
    ' srclang="kk" datatype="plaintext"'
)
GOOD = f"<tu>{tuv('kk', 'Жоқ.')}{tuv('en', 'No.')}</tu>"
YES = tuv("en", "Yes.")


def tmx(unit: str, header: str = f"<header {HEADER}/>", root: str = 'version="1.4"') -> str:
    return f"<tmx {root}>\n{header}<body>\n{unit}\n{GOOD}</body></tmx>"


def tu(*inside: str, attributes: str = "") -> str:
    return f"<tu{attributes}>{''.join(inside)}</tu>"


def found(
    data: str | bytes, tool: Tool = "generic", name: str = "a.tmx", **options: object
) -> tuple[list[Problem], str]:
    """The problems of a file and its mended copy."""
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    output = io.BytesIO()
    problems = list(inspect(stream, name, tool, output=output, **options))  # type: ignore[arg-type]
    return problems, output.getvalue().decode()


SOUND = tmx(tu(tuv("kk", "Иә."), YES))
# Trap, tool, a file, what becomes of it.
CASES: list[tuple[str, Tool, str | bytes, str]] = [
    ("not-xml", "generic", "  <?xml version='1.0'?>" + SOUND, "mended"),
    ("encoding", "omegat", f"<?xml encoding='utf-8'?>{SOUND}".encode("utf-16"), "mended"),
    ("not-plain-utf-8", "generic", SOUND.encode("utf-16"), "mended"),
    ("not-plain-utf-8", "generic", SOUND.encode("utf-8-sig"), "mended"),
    ("control-character", "generic", tmx(tu(tuv("kk", "И\x01ә."), YES)), "mended"),
    ("control-character", "omegat", tmx(tu(tuv("kk", "И&#x1F;ә."), YES)), "mended"),
    ("entity", "omegat", tmx(tu(tuv("kk", "Иә&nbsp;."), YES)), "mended"),
    (
        "entity",
        "omegat",
        '<!DOCTYPE tmx [<!ENTITY e "<ph/>">]>' + tmx(tu(tuv("kk", "Иә&e;."), YES)),
        "left out",
    ),
    (
        "entity",
        "omegat",
        '<!DOCTYPE tmx [<!ENTITY e "x">]>' + tmx(tu(tuv("kk", "Иә&e;."), YES)),
        "mended",
    ),
    ("doctype", "generic", '<!DOCTYPE tmx SYSTEM "tmx14.dtd">' + SOUND, "mended"),
    ("namespace", "generic", SOUND.replace("<tmx", '<tmx xmlns="http://e/"'), "mended"),
    ("namespace", "generic", SOUND.replace("<tu>", '<tu xmlns="http://e/">', 1), "mended"),
    *(
        (
            "prefix",
            tool,
            SOUND.replace(f"<{name}", f'<x:{name} xmlns:x="u"', 1).replace(
                f"</{name}>", f"</x:{name}>", 1
            ),
            "mended",
        )
        for tool in ("generic", "omegat")
        for name in ("seg", "tuv")
    ),
    ("version", "memoq", SOUND.replace('"1.4"', '"2.0"'), "mended"),
    ("version", "memoq", SOUND.replace(' version="1.4"', ""), "mended"),
    ("no-header", "generic", tmx(tu(tuv("kk", "Иә."), YES), ""), "mended"),
    ("header", "generic", tmx(tu(tuv("kk", "Иә."), YES), '<header srclang="kk"/>'), "mended"),
    ("header", "generic", SOUND.replace('"sentence"', '"line"'), "mended"),
    ("no-unit", "trados", SOUND.replace("<tu>", "<TU>").replace("</tu>", "</TU>"), ""),
    ("no-srclang", "omegat", SOUND.replace(' srclang="kk"', ""), "mended"),
    ("prop-without-type", "omegat", tmx(tu("<prop>a</prop>", tuv("kk", "Иә."), YES)), ""),
    ("prop-prefix", "trados", tmx(tu('<prop type="a"/>', tuv("kk", "Иә."), YES)), "mended"),
    ("order", "generic", tmx(tu(tuv("kk", "Иә."), YES, "<note>n</note>")), "mended"),
    (
        "order",
        "generic",
        tmx(tu(tuv("kk", "Иә.").replace("</tuv>", "<note>n</note></tuv>"), YES)),
        "mended",
    ),
    (
        "date",
        "generic",
        tmx(tu(tuv("kk", "Иә."), YES, attributes=' changedate="2025-10-20T14:30:00+05:00"')),
        "mended",
    ),
    ("date", "generic", tmx(tu(tuv("kk", "Иә."), YES, attributes=' changedate="2025-10-20"')), ""),
    *(
        (
            "date",
            "omegat",
            tmx(tu(tuv("kk", "Иә."), YES, attributes=f' {kind}="20261301T000000Z"')),
            "mended",
        )
        for kind in ("creationdate", "changedate", "lastusagedate")
    ),
    ("no-language", "omegat", tmx(tu("<tuv><seg>Иә.</seg></tuv>", YES)), "left out"),
    ("old-language", "generic", tmx(tu('<tuv lang="kk"><seg>Иә.</seg></tuv>', YES)), "mended"),
    ("language-code", "omegat", tmx(tu(tuv("kk_KZ", "Иә."), YES)), "mended"),
    ("language-code", "omegat", tmx(tu(tuv("kaz", "Иә."), YES)), "mended"),
    ("language-code", "omegat", tmx(tu(tuv("Kazakh", "Иә."), YES)), ""),
    ("language-code-of-target", "omegat", tmx(tu(tuv("kk", "Иә."), tuv("English", "Yes."))), ""),
    ("language-code-of-target", "omegat", tmx(tu(tuv("kk", "Иә."), tuv("*all*", "Yes."))), ""),
    ("language-code-of-target", "trados", tmx(tu(tuv("kk", "Иә."), tuv("eng", "Yes."))), "mended"),
    ("header", "generic", SOUND.replace('srclang="kk"', 'srclang="kaz"'), "mended"),
    ("long-language-code", "wordfast", tmx(tu(tuv("kk-Cyrl-KZ", "Иә."), YES)), ""),
    ("no-region", "trados", tmx(tu(tuv("kk", "Иә."), YES)), ""),
    ("srclang", "generic", SOUND.replace('srclang="kk"', 'srclang="de"'), ""),
    ("other-languages", "trados", tmx(GOOD + tu(tuv("kk", "А"), tuv("ru", "А"))), ""),
    ("one-sided", "omegat", tmx(tu(tuv("kk", "Иә."))), "left out"),
    ("two-of-a-language", "omegat", tmx(tu(tuv("kk", "Иә."), YES, tuv("en", "Yeah."))), ""),
    ("no-seg", "omegat", tmx(tu('<tuv xml:lang="kk"/>', YES)), "left out"),
    ("two-segs", "omegat", SOUND.replace("<seg>Yes.</seg>", "<seg>Yes.</seg><seg>x</seg>"), ""),
    ("empty-target", "omegat", tmx(tu(tuv("kk", "Иә."), tuv("en", " \n"))), "left out"),
    ("empty-target", "omegat", tmx(tu(tuv("kk", "Иә."), YES, tuv("ru", "\x80"))), "mended"),
    ("no-seg", "omegat", tmx(tu(tuv("kk", "Иә."), YES, '<tuv xml:lang="ru"/>')), "mended"),
    ("empty-source", "omegat", tmx(tu(tuv("kk", ""), YES)), "left out"),
    ("white-space", "omegat", tmx(tu(tuv("kk", "\n  Иә,\n  бар. "), YES)), "mended"),
    ("white-space-in-target", "omegat", tmx(tu(tuv("kk", "Иә."), tuv("en", " Yes."))), "mended"),
    ("line-break", "omegat", tmx(tu(tuv("kk", "Иә,\nбар."), YES)), ""),
    ("highlight", "omegat", tmx(tu(tuv("kk", "Иә, <hi>б<hi>а</hi>р</hi>."), YES)), "mended"),
    ("unknown-code", "omegat", tmx(tu(tuv("kk", "<b>Иә</b>."), YES)), ""),
    ("code", "generic", tmx(tu(tuv("kk", 'Иә<bpt i="1">x</bpt>.'), YES)), ""),
    ("code", "generic", tmx(tu(tuv("kk", "<bpt>x</bpt>Иә<ept>x</ept>."), YES)), ""),
    ("old-code", "generic", tmx(tu(tuv("kk", "Иә<ut>x</ut>."), YES)), ""),
    ("too-long", "trados", tmx(tu(tuv("kk", "Иә. " * 600), YES)), ""),
    ("no-break-space", "omegat", tmx(tu(tuv("kk", "Иә\u00a0бар."), YES)), ""),
    ("invisible", "omegat", tmx(tu(tuv("kk", "И\u200bә."), YES)), ""),
    ("invisible", "omegat", tmx(tu(tuv("kk", "И\u009bә."), YES)), "mended"),
    ("decomposed", "memoq", tmx(tu(tuv("kk", "Ко\u0438\u0306лек."), YES)), "mended"),
    ("code", "generic", tmx(tu(tuv("kk", '<ept i="1"/>Иә<bpt i="1"/>'), YES)), ""),
    ("code", "generic", tmx(tu(tuv("kk", 'Иә<ept i="1"/>'), YES)), ""),
    ("code", "generic", tmx(tu(tuv("kk", '<bpt i="1"/><bpt i="1"/>Иә<ept i="1"/>'), YES)), ""),
    ("code", "generic", tmx(tu(tuv("kk", '<bpt i="a"/>Иә<ept i="a"/>'), YES)), ""),
    ("code", "generic", tmx(tu(tuv("kk", '<it/>Иә<it pos="middle"/>'), YES)), ""),
    ("code", "generic", tmx(tu(tuv("kk", '<ph x="1"/>Иә<ph x="1"/>'), YES)), ""),
    (
        "code-match",
        "generic",
        tmx(tu(tuv("kk", '<ph x="1"/>Иә'), tuv("en", '<ph x="2"/>Yes'))),
        "",
    ),
    ("unknown-code", "omegat", tmx(tu(tuv("kk", "Иә <sub>бар</sub>."), YES)), ""),
    ("unknown-code", "generic", tmx(tu(tuv("kk", "Иә <ph><b/></ph>."), YES)), ""),
    ("element", "generic", tmx("<foo/>" + tu(tuv("kk", "Иә."), YES)), "mended"),
    ("element", "generic", tmx("<foo>" + tu(tuv("kk", "Иә."), YES) + "</foo>"), "mended"),
    ("element", "generic", tmx(tu("<foo>x</foo>", tuv("kk", "Иә."), YES)), "mended"),
    (
        "element",
        "generic",
        tmx(tu(tuv("kk", "Иә."), YES.replace("<seg>", "<foo/><seg>"))),
        "mended",
    ),
    ("element", "generic", tmx(tu("<note>a<b/></note>", tuv("kk", "Иә."), YES)), ""),
    ("element", "generic", tmx(GOOD, f"<header {HEADER}><foo/></header>"), "mended"),
    ("element", "generic", SOUND.replace("<body>", f"<header {HEADER}/><body>"), "mended"),
    ("element", "generic", SOUND.replace("</body>", "</body><body/>"), "mended"),
    ("element", "generic", SOUND.replace("<body>", "<foo/><body>"), "mended"),
    ("loose-text", "generic", tmx("junk" + tu(tuv("kk", "Иә."), YES)), "mended"),
    ("loose-text", "generic", tmx(tu(tuv("kk", "Иә."), YES) + "junk"), "mended"),
    ("loose-text", "generic", SOUND.replace("</body>", "junk</body>"), "mended"),
    ("loose-text", "generic", SOUND.replace("</body>", "</body>junk"), "mended"),
    ("loose-text", "generic", tmx(tu("junk", tuv("kk", "Иә."), YES)), "mended"),
    ("loose-text", "generic", tmx(tu(tuv("kk", "Иә."), YES, "junk")), "mended"),
    (
        "loose-text",
        "generic",
        tmx(tu(tuv("kk", "Иә."), YES.replace("<seg>", "junk<seg>"))),
        "mended",
    ),
    ("loose-text", "generic", tmx(GOOD, f"<header {HEADER}>junk</header>"), "mended"),
    ("attribute", "generic", tmx(GOOD, f"<header {HEADER} foo='1'/>"), "mended"),
    ("attribute", "generic", SOUND.replace("<body>", "<body foo='1'>"), "mended"),
    ("attribute", "generic", SOUND.replace("<tmx", "<tmx foo='1'"), "mended"),
    ("attribute", "generic", SOUND.replace("<seg>", "<seg xml:space='preserve'>"), "mended"),
    ("attribute", "generic", tmx(tu(tuv("kk", "<ph i='1'/>Иә."), YES)), "mended"),
    ("attribute", "generic", tmx(tu(tuv("kk", "Иә."), YES, attributes=" segtype='l'")), "mended"),
    ("header", "generic", tmx(GOOD, f"<header {HEADER}><prop>x</prop></header>"), ""),
    ("header", "generic", tmx(GOOD, f"<header {HEADER}><ude name='x'/></header>"), ""),
    (
        "header",
        "generic",
        tmx(
            GOOD,
            f"<header {HEADER}><ude name='x'><map unicode='#x9' code='#x1'/></ude></header>",
        ),
        "",
    ),
    ("too-many-codes", "omegat", tmx(tu(tuv("kk", "Иә" + "<ph/>" * 10_001), YES)), "left out"),
    ("mixed-script", "omegat", tmx(tu(tuv("kk", "Қaлың бар."), YES)), ""),
    ("two-targets", "omegat", tmx(tu(tuv("kk", "Жоқ."), YES)), ""),
    ("other-document", "omegat", SOUND.replace("<tu>", '<tu><prop type="file">b</prop>', 1), ""),
]  # fmt: skip


@pytest.mark.parametrize(("trap", "tool", "data", "outcome"), CASES)
def test_a_trap_is_named_and_mended_where_nothing_need_be_guessed(
    trap: str, tool: Tool, data: str | bytes, outcome: str
) -> None:
    """In the mended copy it is gone; what only the author knows stays as it is."""
    problems, copy = found(data, tool)
    named = [problem for problem in problems if problem.trap == trap]
    assert {problem.outcome for problem in named} == {outcome}
    assert {problem.effect.startswith(TOOLS[tool]) for problem in named} == {True}
    again, same = found(copy, tool)
    assert (trap in {problem.trap for problem in again}) == (not outcome)
    assert {problem.outcome for problem in again} <= {""}
    assert same == copy
    assert copy.count("<tu>") + copy.count("<tu ") == data_units(data) - (outcome == "left out")


@pytest.mark.skipif(JAR is None, reason="the DTD comes with OmegaT, which is not installed")
def test_the_model_is_that_of_the_dtd() -> None:
    """Which elements stand in which, whether there is text, and the attributes of each."""
    assert JAR is not None
    with zipfile.ZipFile(JAR) as jar, jar.open("schemas/tmx14.dtd") as file:
        dtd = etree.DTD(file)

    def names(content: Any) -> set[str]:
        if content is None:
            return set()
        if content.type in ("element", "pcdata"):
            return {content.name or "text"}
        return names(content.left) | names(content.right)

    elements = list(dtd.iterelements())
    assert {element.name for element in elements} == MODELS.keys()
    for element in elements:
        model = MODELS[str(element.name)]
        assert names(element.content) == model.children | ({"text"} if model.has_text else set())
        attributes = {
            f"{XML if one.prefix == 'xml' else ''}{one.name}": one
            for one in element.iterattributes()
        }
        must = {name for name, one in attributes.items() if one.default in ("required", "fixed")}
        assert must == model.required
        assert attributes.keys() == model.attributes


@pytest.mark.skipif(JAR is None, reason="the DTD comes with OmegaT, which is not installed")
def test_what_the_dtd_refuses_is_named() -> None:
    """Of all the files above, and of their mended copies, in which only that is left."""
    assert JAR is not None
    with zipfile.ZipFile(JAR) as jar, jar.open("schemas/tmx14.dtd") as file:
        dtd = etree.DTD(file)
    refused = 0
    for _, _, data, _ in CASES:
        problems, copy = found(data)
        for root, left in ((parsed(data), problems), (parsed(copy), found(copy)[0])):
            if root is not None and not dtd.validate(root):
                refused += 1
                assert {problem.trap for problem in left} & STRICT, data
    assert refused > 30


STRICT = {
    *("no-header", "header", "no-srclang", "namespace", "version", "prop-without-type", "order"),
    *("no-language", "no-seg", "two-segs", "unknown-code", "code", "element", "loose-text"),
    *("attribute", "entity", "prefix"),
}


def parsed(data: str | bytes) -> etree._Element | None:
    """A file as XML, if it is."""
    parser = etree.XMLParser(resolve_entities=False)
    try:
        return etree.fromstring(data.encode() if isinstance(data, str) else data, parser)
    except etree.XMLSyntaxError:
        return None


def data_units(data: str | bytes) -> int:
    text = data if isinstance(data, str) else data.decode("utf-16" if b"\0" in data else "utf-8")
    return text.count("</tu>")


def test_plain_texts_that_a_file_names_are_written_out_in_a_copy() -> None:
    """Whatever HTML calls so; what else a file defines is left out, and that is said."""
    dtd = '<!DOCTYPE tmx [<!ENTITY copy "ЖШС «Х»"><!ENTITY co "&copy;"><!ENTITY b "<ph/>">]>'
    header = f"<header {HEADER}><note>&copy;</note><note>&b;</note></header>"
    unit = tu("<note>&copy;</note>", tuv("kk", "a&copy;b&copy;"), YES, attributes=' tuid="&copy;"')
    problems, copy = found(dtd + tmx(unit + tu(tuv("kk", "&co;"), YES), header))
    assert [problem.outcome for problem in problems if problem.trap == "entity"] == [
        *("mended", "left out", "mended", "left out")
    ]
    assert copy.count("ЖШС «Х»") == 5
    assert "&" not in copy
    assert "Жоқ." in copy


def test_a_sound_file_has_no_problem() -> None:
    """For none of the tools, but for what Trados wants of languages."""
    for tool in TOOLS:
        problems, copy = found(SOUND, tool)
        assert {problem.trap for problem in problems} <= {"no-region"}
        assert texts(list(library.read(io.BytesIO(copy.encode()), format="tmx"))) == [
            ("Иә.", "Yes."),
            ("Жоқ.", "No."),
        ]


def test_every_trap_has_a_case() -> None:
    """That of the name stands in a test below."""
    assert {trap for trap, *_ in CASES} == TRAPS.keys() - {"suffix"}


@pytest.mark.parametrize(
    ("data", "trap", "line", "message"),
    [
        ("", "not-xml", 1, "cut short"),
        (SOUND[:-30], "not-xml", 4, "cut short"),
        (f"{SOUND[: SOUND.index('Yes')]}Yes&nbsp;", "not-xml", 3, "ends within <seg> of line 3"),
        (SOUND.replace("Иә", "A & B"), "not-xml", 3, "not well-formed"),
        (SOUND.replace("Иә", "&ours;"), "not-xml", 3, "nobody says what the entity &ours; means"),
        ("<html/>", "not-xml", 1, "is not TMX: its root is <html>"),
        (SOUND.encode("cp1251", "ignore"), "encoding", 3, "is not UTF-8: byte 0x"),
        (
            b"<?xml version='1.0' encoding='windows-1251'?>\n<tmx>\x98",
            *("encoding", 2, "is not WINDOWS-1251: byte 0x98"),
        ),
        (SOUND.replace("Иә", "Иә" * 2_000_000), "not-xml", 3, "a unit has more than 2 MB"),
        (bytes(20_000_000), "not-xml", 1, "a unit has more than 2 MB"),
        (b'<?xml version="1.0" encoding="x"?><tmx/>', "not-xml", 1, "encoding 'x' is unknown"),
        (b'<?xml version="1.0" encoding="hex"?><tmx/>', "not-xml", 1, "'hex' is unknown"),
    ],
)
def test_what_ends_the_reading_is_fatal(
    data: str | bytes, trap: str, line: int, message: str
) -> None:
    """It is the last problem, and says where."""
    problem = found(data)[0][-1]
    assert (problem.trap, problem.line, problem.is_fatal) == (trap, line, True)
    assert message in problem.message


def test_places_are_counted() -> None:
    """Lines from 1 whatever was taken out before; units from 1, 0 for the file itself."""
    data = '<?xml version="1.0"\n encoding="UTF-8"?>\n' + tmx("\n" + tu(tuv("kk", "И&#1;ә"), YES))
    problems = found(data.replace("</body>", tu(tuv("kk", "А")) + "</body>"))[0]
    assert [(p.trap, p.line, p.unit) for p in problems] == [
        ("control-character", 6, 0),
        ("one-sided", 7, 3),
    ]


@pytest.mark.parametrize(
    "apart", ["<![CDATA[{}]]>", "<!-- {} -->", "<?p {}?>", "<!-- <!ENTITY nbsp 'x'> -->"]
)
def test_what_is_set_apart_holds_no_reference(apart: str) -> None:
    """It is plain text, or nothing; what stands beside it is mended as anywhere."""
    said = "&#1; &nbsp; &#x110000;"
    sound = tmx(tu(tuv("kk", f"Код {apart.format(said)} бар."), YES))
    problems, copy = found(sound, "omegat")
    assert problems == []
    assert ("Код &amp;#1; &amp;nbsp; &amp;#x110000; бар." in copy) == ("CDATA" in apart)
    problems, copy = found(sound.replace("Yes.", "Yes&nbsp;&#1;."), "omegat")
    assert [(p.trap, p.outcome) for p in problems] == [
        ("entity", "mended"),
        ("control-character", "mended"),
    ]
    assert "Yes\u00a0." in copy


_references = ["&#1;", "&nbsp;", "&", "ә", "\n"]
_marks = ["<", ">", "!", "<!--", "--", "<![CDATA[", "]]", "<?", "?>"]
_inside = st.lists(st.sampled_from(_references + _marks), max_size=5).map("".join)
# As it is written, the text that it is, and what is found in it.
_written = st.one_of(
    st.sampled_from(
        [
            *((text, text, "") for text in ("-->", "?>", "-", "[", "ә\nә")),
            *(("&amp;", "&", ""), ("&#65;", "A", "")),
            *(("&#1;", "", "holds &#1;"), ("\x01", "", "holds a control character")),
            ("&nbsp;", "\u00a0", "holds &nbsp;, which is of HTML"),
        ]
    ),
    _inside.filter(lambda text: "]]>" not in text).map(lambda t: (f"<![CDATA[{t}]]>", t, "")),
    _inside.filter(lambda text: "--" not in text).map(lambda text: (f"<!--{text}-->", "", "")),
    _inside.filter(lambda text: "?>" not in text).map(lambda text: (f"<?p {text}?>", "", "")),
)


@settings(max_examples=100)
@given(st.lists(_written, max_size=8), st.integers(1, 40))
def test_a_file_is_the_same_however_it_is_cut_into_blocks(
    parts: list[tuple[str, str, str]], size: int
) -> None:
    """References, comments and CDATA may go on from one block of it to the next."""
    data = tmx(tu(tuv("kk", f"а{''.join(part for part, _, _ in parts)}я"), YES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tmtool.preflight._BLOCK", size)
        problems, copy = found(data, "omegat")
    root = parsed(copy)
    assert root is not None
    text = "".join(text for _, text, _ in parts)
    assert root.findtext(".//seg") == f"а{text}я"
    line, expected = 3, set()
    for part, _, what in parts:
        expected |= {(line, what)} if what else set()
        line += part.count("\n")
    assert {(p.line, p.message) for p in problems if p.trap in CHARACTERS} == expected


CHARACTERS = ("entity", "control-character")


@pytest.mark.parametrize("empty", ["<ph><![CDATA[]]></ph>", "<ph>&e;</ph>", "<hi>\x80</hi>"])
def test_what_comes_out_empty_is_written_as_what_was(empty: str) -> None:
    """A copy of a copy is the same, byte for byte."""
    data = '<!DOCTYPE tmx [<!ENTITY e "">]>' + tmx(tu(tuv("kk", f"Иә{empty}."), YES))
    copy = found(data)[1]
    assert f"Иә{empty[:3]}/>." in copy
    assert found(copy)[1] == copy


def test_a_date_that_is_none_is_named_in_its_place_and_left_out() -> None:
    """As an import leaves it out; so is that of a side."""
    no = ' changedate="20261301T000000Z"'
    unit = tu(tuv("kk", "Иә."), YES.replace("<tuv", f"<tuv{no}"), attributes=no)
    problems, copy = found(tmx("\n" + unit), "omegat")
    what = "its changedate '20261301T000000Z' is no date"
    assert [(p.line, p.unit, p.message) for p in problems] == [(4, 1, what)] * 2
    assert "date=" not in copy


@pytest.mark.parametrize("code", ["KK_kz", "KK-kz", "KK-KZ", "kaz-kz"])
def test_codes_are_mended_into_those_of_bcp_47(code: str) -> None:
    """However they were written."""
    copy = found(tmx(tu(tuv(code, "Иә."), tuv("en", "Yes."))), "omegat")[1]
    assert 'xml:lang="kk-KZ"' in copy


@pytest.mark.parametrize("tool", TOOLS)
def test_a_unit_with_a_prefix_is_called_tu_in_a_copy(tool: Tool) -> None:
    """As an import reads it: tools go by the name as it is written, with the prefix."""
    unit = f'<x:tu xmlns:x="u">{tuv("kk", "Иә.")}{YES}</x:tu>'
    problems, copy = found(tmx(unit + unit), tool)
    said = [(p.unit, p.message, p.outcome) for p in problems if p.trap == "prefix"]
    assert said == [(1, "<tu> is called <x:tu>, here for the first time", "mended")]
    assert copy.count("<tu>") == 3


def test_what_holds_for_every_unit_is_said_once() -> None:
    """A thousand units in kk_KZ are one problem, all of them mended."""
    units = "\n".join(tu(tuv("kk_KZ", f"{n}."), tuv("en", f"{n}.")) for n in range(50))
    problems, copy = found(tmx(units), "omegat")
    assert [problem.trap for problem in problems] == ["language-code"]
    assert copy.count('xml:lang="kk-KZ"') == 50


def test_regions_are_those_that_are_asked_for() -> None:
    """Nobody else knows whether English is that of London."""
    mapped = {"kk": "kk-KZ", "en": "en-GB"}
    problems, copy = found(SOUND, "trados", language_map=mapped)
    assert problems == []
    assert 'srclang="kk-KZ"' in copy
    assert copy.count('"en-GB"') == 2


def test_the_languages_of_a_file_can_be_said() -> None:
    """Else they are those of its first unit."""
    problems = found(SOUND, "trados", languages=("kk", "ru"))[0]
    assert [problem.trap for problem in problems].count("other-languages") == 2


@pytest.mark.parametrize(
    ("languages", "sides", "left"),
    [
        (None, {"kk": "Иә.", "en": "Yes.", "ru": ""}, {"kk", "en"}),
        (None, {"kk": "Иә.", "en": "", "ru": "Да."}, {"kk", "ru"}),
        (None, {"kk": "Иә.", "en": "", "ru": ""}, set()),
        (None, {"kk": "", "en": "Yes.", "ru": "Да."}, set()),
        (("kk", "en"), {"kk": "Иә.", "en": "Yes.", "ru": ""}, {"kk", "en"}),
        (("en", "kk"), {"kk": "Иә.", "en": "", "ru": "Да."}, set()),
        (("kk", "en"), {"kk": "Иә.", "en-US": "", "en-GB": "Yes.", "ru": ""}, {"kk", "en-GB"}),
        (("kk", "de"), {"kk": "Иә.", "en": "Yes.", "ru": ""}, {"kk", "en"}),
    ],
)
def test_of_several_languages_the_empty_ones_go(
    languages: tuple[str, str] | None, sides: dict[str, str], left: set[str]
) -> None:
    """The unit goes where the pair that is asked for is not whole, or no pair is."""
    unit = tu(*(tuv(code, text) for code, text in sides.items()))
    problems, copy = found(tmx(unit).replace(GOOD, ""), "omegat", languages=languages)
    root = parsed(copy)
    assert root is not None
    assert {each.get(f"{XML}lang") for each in root.iter("tuv")} == left
    said = [p for p in problems if p.trap in ("empty-target", "empty-source")]
    assert [p.message for p in said] == [
        "its source is empty" if code == "kk" else f"its translation into {code} is empty"
        for code, text in sides.items()
        if not text
    ]
    assert {p.outcome for p in said} == {"mended" if left else "left out"}
    assert found(copy, "omegat", languages=languages)[1] == copy


def test_the_languages_of_a_file_are_those_of_the_first_unit_that_stays() -> None:
    """A copy is the same file; what of it was in other languages is so in the copy."""
    units = tu(tuv("kk", "Иә."), tuv("ru", ""), YES) + tu(tuv("kk", "А."), tuv("ru", ""))
    assert [p.trap for p in found(tmx(units), "omegat")[0]] == ["empty-target"] * 2


def test_a_name_that_omegat_passes_over() -> None:
    """It reads nothing but .tmx, and says nothing of the rest."""
    assert [p.trap for p in found(SOUND, "omegat", name="a.xml")[0]] == ["suffix"]
    assert found(SOUND, "omegat", name="-")[0] == []


@settings(max_examples=40)
@given(st.lists(st.tuples(wild, wild), max_size=3))
def test_what_tmtool_writes_has_no_error(rows: list[tuple[str, str]]) -> None:
    """Whatever the units hold; only words themselves may still match nothing."""
    units = [FULL, *(pair(f"{source}x", f"{target}x") for source, target in rows)]
    for tool in TOOLS:
        data = written(list(Tailored(tool).units(placed(units), preferred(units))), "tmx")
        problems = found(data, tool)[0]
        assert {problem.severity for problem in problems} <= {"warning", "info"}
        assert {p.trap for p in problems if not p.outcome} <= {
            *("no-break-space", "invisible", "mixed-script", "two-targets", "no-region"),
        }


@pytest.mark.parametrize(("tool", "count"), [("memoq", 1), ("trados", 2), ("generic", 2)])
def test_units_in_other_contexts_do_not_compete_in_memoq(tool: Tool, count: int) -> None:
    """Its contexts, on the unit or its source, tell them apart; other tools do not read them."""
    no = '<prop type="x-context-pre">&lt;seg&gt;Бар ма?&lt;/seg&gt;</prop>'
    own = [tuv("kk", "Иә.").replace("<seg>", f"{said}<seg>", 1) for said in ("", no, no)]
    texts = ("Yes.", "Yeah.", "Yep.")
    units = [tu(source, tuv("en", text)) for source, text in zip(own, texts, strict=True)]
    problems, _ = found(tmx("".join(units)), tool)
    assert [problem.trap for problem in problems].count("two-targets") == count


def test_our_export_is_sound() -> None:
    """The TMX that comes with the sources."""
    for path in (ROOT / "exports").glob("*.tmx"):
        assert [p.trap for p in found(path.read_bytes(), "omegat")[0]] == []


# The command


def test_the_command_names_what_is_left(tmtool: Program, tmp_path: Path) -> None:
    """Line, unit, what is wrong, what the tool does; a copy is mended as far as it can be."""
    bad = tmx(tu(tuv("kk", " Қaлың."), YES) + tu(tuv("kk", "А."), tuv("en", "")))
    (tmp_path / "a.tmx").write_text(bad, "utf-8")
    done = tmtool("check", "--for", "omegat", "a.tmx", status=1)
    assert done.stdout.splitlines()[-1] == (
        "a.tmx:3\terror\tempty-target\tunit 2: its translation into en is empty; "
        "OmegaT wipes the sentence, in tm/auto"
    )
    assert done.stderr == "3 problems for OmegaT\n"
    done = tmtool("check", "--for", "omegat", "a.tmx", "--fix", "-o", "b.tmx", status=1)
    assert done.stdout.splitlines()[-1].endswith("in tm/auto\tleft out")
    assert done.stderr == "1 mended, 1 unit left out, 1 problem left for OmegaT\n"
    done = tmtool("check", "--for", "omegat", "b.tmx", "--fail-on", "error", "--json")
    assert json.loads(done.stdout)["trap"] == "mixed-script"
    assert done.stderr == "no problem for OmegaT\n"


@pytest.mark.parametrize(
    ("lost", "gone"),
    [
        (tu(tuv("kk", "Иә."), tuv("en", "")), "empty-target"),
        (tu(tuv("kk", "Иә."), YES).replace("tu>", "TU>"), "element"),
    ],
)
def test_a_unit_that_is_left_out_is_counted_and_missed(
    tmtool: Program, tmp_path: Path, lost: str, gone: str
) -> None:
    """In capitals it is none for XML; a copy without any unit is what a check of it finds."""
    fix = ("check", "--for", "omegat", "a.tmx", "--fix", "-o", "b.tmx", "--json")
    (tmp_path / "a.tmx").write_text(tmx(lost + lost), "utf-8")
    done = tmtool(*fix)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(it["trap"], it["unit"], it["outcome"]) for it in said] == [
        (gone, 1, "left out"),
        (gone, 2, "left out"),
    ]
    assert done.stderr == "0 mended, 2 units left out, no problem left for OmegaT\n"
    assert (tmp_path / "b.tmx").read_text("utf-8").count("<tu>") == 1
    (tmp_path / "a.tmx").write_text(tmx(lost).replace(GOOD, ""), "utf-8")
    done = tmtool(*fix, status=1)
    assert [json.loads(line)["trap"] for line in done.stdout.splitlines()] == [gone, "no-unit"]
    assert done.stderr == "0 mended, 1 unit left out, 1 problem left for OmegaT\n"
    again = tmtool("check", "--for", "omegat", "b.tmx", status=1)
    assert "\tno-unit\thas no <tu>; " in again.stdout


def test_what_a_header_loses_is_no_unit(tmtool: Program, tmp_path: Path) -> None:
    """It is named as left out, and not counted among the units."""
    dtd = '<!DOCTYPE tmx [<!ENTITY b "<ph/>">]>'
    (tmp_path / "a.tmx").write_text(
        dtd + tmx(GOOD, f"<header {HEADER}><note>&b;</note></header>"), "utf-8"
    )
    done = tmtool("check", "--for", "omegat", "a.tmx", "--fix", "-o", "b.tmx")
    assert done.stdout.endswith("\tleft out\n")
    assert done.stderr == "0 mended, no problem left for OmegaT\n"


def test_what_would_be_mended_is_shown_and_not_written(tmtool: Program, tmp_path: Path) -> None:
    """It says what the mending would, with or without a file that would be the copy."""
    (tmp_path / "a.tmx").write_text(tmx(tu(tuv("kk", " Қалың."), YES)), "utf-8")
    fix = ("check", "--for", "omegat", "a.tmx", "--fix")
    shown = [tmtool(*fix, "--dry-run", *copy) for copy in ((), ("-o", "b.tmx"))]
    assert not (tmp_path / "b.tmx").exists()
    done = tmtool(*fix, "-o", "b.tmx")
    assert [one.stdout for one in shown] == [done.stdout] * 2
    assert done.stdout.endswith("\tmended\n")
    assert done.stderr == "1 mended, no problem left for OmegaT\n"
    assert {one.stderr for one in shown} == {
        "1 mended, no problem left for OmegaT; nothing is written\n"
    }


def test_a_file_that_cannot_be_mended_leaves_what_was_there(
    tmtool: Program, tmp_path: Path
) -> None:
    """A half copy would be worse than none."""
    (tmp_path / "a.tmx").write_text(SOUND[:-30], "utf-8")
    (tmp_path / "b.tmx").write_text("old", "utf-8")
    done = tmtool("check", "--for", "omegat", "a.tmx", "--fix", "-o", "b.tmx", status=3)
    assert "a.tmx:4: is cut short" in done.stderr
    assert (tmp_path / "b.tmx").read_text("utf-8") == "old"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["a.tmx", "--fix"], "say with -o where to write the units"),
        (["--for", "trados"], "--for looks at TMX files; name one."),
        (["a.tmx", "--for", "trados", "--fix"], "--fix mends one FILE and needs -o FILE"),
        (["a.tmx", "a.tmx", "--for", "trados", "--fix", "-o", "b"], "--fix mends one FILE"),
        (["a.tmx", "--for", "trados", "-o", "b"], "-o and --dry-run go with --fix."),
        (["a.tmx", "--for", "trados", "--dry-run"], "-o and --dry-run go with --fix."),
        (["a.tmx", "--for", "trados", "--fix", "-o", "b.csv"], "name the copy .tmx, not b.csv."),
        (["a.tmx", "--for", "trados", "--fix", "-o", "a.tmx"], "is read by this command"),
        (["a.tmx", "--for", "trados", "--to", "sarif"], "--for writes a table or --json."),
    ],
)
def test_options_that_do_not_fit_are_refused(
    tmtool: Program, tmp_path: Path, options: list[str], message: str
) -> None:
    """Before anything is written."""
    (tmp_path / "a.tmx").write_text(SOUND, "utf-8")
    assert message in tmtool("check", *options, status=2).stderr
    assert [path.name for path in tmp_path.glob("*.tmx")] == ["a.tmx"]


# The real OmegaT

SOURCES = {"a.txt": "Бірінші сөйлем.\n\nЕкінші сөйлем.\n\nҮшінші сөйлем.\n\nТөртінші сөйлем.\n"}
BROKEN = tmx(
    tu(tuv("kk", "Бірінші <hi>сөйлем</hi>."), tuv("en", "\n  One."))
    + tu(tuv("kaz", "\n  Екінші\n  сөйлем. "), tuv("eng", "Two&nbsp;.&#7;"))
    + tu(tuv("kk", "Үшінші сөйлем."), tuv("en", " "))
    + tu("<tuv><seg>Төртінші сөйлем.</seg></tuv>", YES)
    + tu(tuv("kk", "Төртінші сөйлем."), tuv("en", "Four.")),
    header="<header/>",
)


@pytest.mark.skipif(bool(omegat.available()), reason=omegat.available())
def test_omegat_loads_the_mended_copy_and_matches(tmp_path: Path) -> None:
    """What it did not load at all translates every sentence that can be translated."""
    broken, mended = tmp_path / "broken.tmx", tmp_path / "mended.tmx"
    broken.write_text(BROKEN, "utf-8")
    assert omegat.translate(tmp_path / "one", SOURCES, [broken]).errors
    mended.write_text(found(BROKEN, "omegat")[1], "utf-8")
    result = omegat.translate(tmp_path / "two", SOURCES, [mended])
    assert result.errors == []
    assert result.translated == {"a.txt": "One.\n\nTwo\u00a0.\n\nҮшінші сөйлем.\n\nFour.\n"}


ODD = tmx(
    tu(tuv("kk", "Бірінші сөйлем."), tuv("english", "One."))
    + f'<x:tu xmlns:x="u">{tuv("kk", "Екінші сөйлем.")}{tuv("en", "Two.")}</x:tu>'
    + tu(tuv("kk", "Үшінші сөйлем."), tuv("en", "Three.")).replace("tu>", "TU>")
    + tu(tuv("Kazakh", "Төртінші сөйлем."), tuv("en", "Four."))
)


@pytest.mark.skipif(bool(omegat.available()), reason=omegat.available())
def test_omegat_does_with_names_and_languages_what_is_said_of_it(tmp_path: Path) -> None:
    """A target in no language serves any project; a source is skipped, as is another name."""
    (tmp_path / "odd.tmx").write_text(ODD, "utf-8")
    assert {p.trap: p.effect.removeprefix("OmegaT ") for p in found(ODD, "omegat")[0]} == {
        "language-code-of-target": "takes it for a translation into the language of any project",
        "prefix": "passes over it",
        "element": "passes over it",
        "language-code": "skips the unit",
        "other-languages": "mixes it with the others in one project",
    }
    for language in ("en", "ru"):
        result = omegat.translate(
            tmp_path / language, SOURCES, [tmp_path / "odd.tmx"], target_language=language
        )
        assert len(result.errors) == 1
        assert "TMXR_WARNING_SOURCE_NOT_FOUND" in result.errors[0]
        assert result.translated["a.txt"].startswith("One.\n\nЕкінші сөйлем.\n\nҮшінші сөйлем.")
        assert result.translated["a.txt"].endswith("Төртінші сөйлем.\n")


def test_a_file_that_is_no_tmx_is_refused(tmtool: Program, tmp_path: Path) -> None:
    """Nothing is said of what a tool would make of it."""
    (tmp_path / "a.tsv").write_text("Иә.\tYes.\n", "utf-8")
    done = tmtool("check", "a.tsv", "--for", "memoq", status=2)
    assert "--for looks at TMX files; a.tsv is none." in done.stderr
