"""XLIFF 1.2 and 2.1: what travels in them, and what files of other tools mean."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import tmtool as library
from tests.conftest import Program, pair
from tests.test_formats import FULL, units_in, written
from tests.test_formats_tables import odd
from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.model import STATES, Code, Header, State, TranslationUnit, Variant
from tmtool.text import legal

BOTH = pytest.mark.parametrize("format", ["xlf", "xliff"])

codes = st.sampled_from(
    [
        Code("bpt", '<bpt i="1" x="1">&lt;b&gt;</bpt>', "1"),
        Code("ept", '<ept i="1">&lt;/b&gt;</ept>', "1"),
        Code("ph", '<ph x="2"/>'),
        Code("ph", "<ph/>"),
        Code("Alt-2", '<v:Alt-2 xmlns:v="urn:v">B</v:Alt-2>'),
        Code("it", '<it pos="begin">&lt;i&gt;</it>'),
        Code("hi", '<hi type="x">'),
        Code("hi", "</hi>"),
        Code("bpt", '<bpt i="3" x="3">&lt;g id="7"&gt;</bpt>', "3"),
        Code("ept", '<ept i="3">&lt;/g&gt;</ept>', "3"),
        Code("ph", '<ph x="4">&lt;x id="8"/&gt;</ph>'),
        Code("ph", '<ph x="5">&lt;evil/&gt;</ph>'),
    ]
)
coded = st.lists(st.one_of(odd.map(legal).filter(bool), codes), max_size=5)


def joined(parts: list[str | Code]) -> tuple[str | Code, ...]:
    """Content as a reader gives it: no text beside another."""
    content: list[str | Code] = []
    for part in parts:
        if isinstance(part, str) and content and isinstance(content[-1], str):
            content[-1] += part
        else:
            content.append(part)
    return tuple(
        unicodedata.normalize("NFC", part) if isinstance(part, str) else part for part in content
    )


def kinds(variant: Variant) -> list[str]:
    """The text of a side, its codes by their kinds and pairs."""
    return [
        part if isinstance(part, str) else f"<{part.kind}{part.pair}>" for part in variant.content
    ]


@BOTH
@settings(max_examples=40)
@given(st.lists(st.tuples(coded, coded, st.sampled_from(STATES)), max_size=3))
def test_xliff_gives_back_what_it_was_given(
    format: str, rows: list[tuple[list[str | Code], list[str | Code], str]]
) -> None:
    """White space, states and codes of any format, fitting or not, on every unit."""
    units = [
        replace(
            pair("x", state=state),
            source=Variant("kk", joined(source)),
            target=Variant("en", joined(target)),
        )
        for source, target, state in rows
    ]
    data = written(units, format)
    again = units_in(data, format)
    assert again == units
    assert written(again, format) == data


def test_a_document_is_a_file() -> None:
    """XLIFF 1.2 holds any pairs of languages, 2.1 one."""
    units = [pair("а", document="d"), pair("б", document="d"), pair("в", document="e")]
    other = replace(pair("г"), target=Variant.of("ru", "g"))
    for format in ("xlf", "xliff"):
        assert written(units, format).count(b"<file ") == 2
        assert units_in(written(units, format), format) == units
    assert units_in(written([*units, other], "xlf"), "xlf")[-1] == other
    with pytest.raises(TmtoolError, match="holds one pair of languages, not kk-en and kk-ru"):
        written([*units, other], "xliff")


@pytest.mark.parametrize("format", ["xlf", "xliff"])
@pytest.mark.parametrize("length", [4_096, 4_097, 100_000])
def test_a_document_has_its_name_however_long(format: str, length: int) -> None:
    """One that is too long to be that of a file is said by each unit."""
    names = ["Ә" * length, "б" * length, "б", None]
    units = [pair("Иә.", f"Yes {n}.", document=names[n // 2]) for n in range(8)]
    data = written(units, format)
    assert data.count(b"<file ") == 4
    assert units_in(data, format) == units


@BOTH
def test_nothing_is_a_file_too(format: str) -> None:
    """It is read back as nothing."""
    assert units_in(written([], format), format) == []


def xlf(body: str, attributes: str = 'source-language="kk" target-language="en-US"') -> str:
    return (
        '<?xml version="1.0"?><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        f'<file original="a.docx" {attributes} datatype="x"><header/><body><group>\n{body}\n'
        "</group></body></file></xliff>"
    )


def xliff(body: str, attributes: str = 'srcLang="kk" trgLang="en"') -> str:
    return (
        f'<xliff version="2.0" {attributes} xmlns="urn:oasis:names:tc:xliff:document:2.0">'
        f'<file id="f1" original="a.docx"><group id="g1">\n{body}\n</group></file></xliff>'
    )


@pytest.mark.parametrize(
    ("target", "state"),
    [
        ("", "initial"),
        ("<target/>", "initial"),
        ("<target>Yes</target>", "translated"),
        ('<target state="new">Yes</target>', "initial"),
        ('<target state="needs-l10n">Yes</target>', "initial"),
        ('<target state="needs-adaptation">Yes</target>', "initial"),
        ('<target state="needs-review-translation">Yes</target>', "initial"),
        ('<target state="x-own">Yes</target>', "translated"),
        ('<target state="signed-off">Yes</target>', "reviewed"),
        ('<target state="final">Yes</target>', "final"),
        ('<target state="translated" state-qualifier="rejected-grammar">Yes</target>', "rejected"),
    ],
)
def test_the_states_of_xliff_1_are_ours(target: str, state: str) -> None:
    """What a translator would say of the unit."""
    (unit,) = units_in(xlf(f'<trans-unit id="1"><source>Иә</source>{target}</trans-unit>'), "xlf")
    assert unit.state == state
    assert (unit.languages, unit.document, unit.origin) == (("kk", "en-US"), "a.docx", "xliff")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ('state="translated" subState="x:needs-review-translation"', "initial"),
        ('state="final" subState="okp:needs-review-l10n"', "initial"),
        ('state="translated" subState="x:rejected-grammar"', "rejected"),
        ('state="reviewed" subState="x:own"', "reviewed"),
    ],
)
def test_a_sub_state_of_xliff_2_may_say_it_better(said: str, state: str) -> None:
    """In the words of XLIFF 1.2, behind a prefix of whoever wrote it; it is kept as it was."""
    segment = f"<segment {said}><source>Иә</source><target>Yes</target></segment>"
    (unit,) = units_in(xliff(f'<unit id="u">{segment}</unit>'), "xliff")
    assert unit.state == state
    assert dict(unit.props)["x-xliff:subState"] in said
    assert units_in(written([unit], "xliff"), "xliff") == [unit]


@pytest.mark.parametrize(
    ("name", "was", "is_now"),
    [
        ("o.xlf", 'state="signed-off"', 'state="needs-review-translation"'),
        ("o.xliff", 'state="reviewed"', 'state="reviewed" subState="x:needs-review-translation"'),
    ],
)
def test_a_reviewer_who_doubts_a_translation_is_heard(
    tmtool: Program, tmp_path: Path, name: str, was: str, is_now: str
) -> None:
    """What was approved is for a person to look at again, once the file is back."""
    (tmp_path / "in.jsonl").write_bytes(
        written([pair("Иә.", "Yes.", document="d", state="reviewed")], "jsonl")
    )
    tmtool("-m", "m.db", "import", "in.jsonl")
    tmtool("-m", "m.db", "export", name)
    text = (tmp_path / name).read_text("utf-8")
    assert was in text
    (tmp_path / name).write_text(text.replace(was, is_now), "utf-8")
    tmtool("-m", "m.db", "import", name, "--on-conflict", "replace")
    assert tmtool("-m", "m.db", "documents").stdout == "d\tkk-en\tinitial=1\n"


def test_what_somebody_approved_is_reviewed() -> None:
    """Unless a state says it better."""
    body = '<trans-unit id="1" approved="yes"><source>Иә</source><target>Yes</target></trans-unit>'
    assert units_in(xlf(body), "xlf")[0].state == "reviewed"
    body = body.replace("<target>", '<target state="final">')
    assert units_in(xlf(body), "xlf")[0].state == "final"


@pytest.mark.parametrize(
    ("state", "target", "is_now"),
    [
        ("initial", "Yes", "reviewed"),
        ("translated", "Yes", "reviewed"),
        ("reviewed", "Yes", "reviewed"),
        ("final", "Yes", "final"),
        ("rejected", "Yes", "rejected"),
        ("initial", "", "initial"),
    ],
)
def test_who_approves_a_unit_of_ours_need_not_touch_its_state(
    state: State, target: str, is_now: State
) -> None:
    """Tools that set this attribute alone are heard; to lose it takes nothing back."""
    exported = written([pair("Иә", target, state=state)], "xlf").decode()
    lost = exported.replace(' approved="yes"', "")
    for approved, expected in (("yes", is_now), ("no", state)):
        said = lost.replace("<trans-unit ", f'<trans-unit approved="{approved}" ')
        assert units_in(said, "xlf")[0].state == expected
    assert units_in(lost, "xlf")[0].state == state


@pytest.mark.parametrize(
    ("approved", "state"),
    [
        (' approved="no"', ' state="final"'),
        (' approved="yes"', ' state="needs-review-translation"'),
        (' approved="yes"', ""),
        (' approved="yes"', ' state="translated"'),
        ("", ' state="new"'),
        ("", ' state="translated" state-qualifier="exact-match"'),
    ],
)
def test_what_was_said_of_a_state_is_said_again_while_it_is_true(approved: str, state: str) -> None:
    """A unit that is in another state by now is said to be in that."""
    unit_start, target = f'<trans-unit id="1"{approved}>', f"<target{state}>Yes</target>"
    (unit,) = units_in(xlf(f"{unit_start}<source>Иә</source>{target}</trans-unit>"), "xlf")
    again = written([unit], "xlf").decode()
    assert unit_start in again
    assert target in again
    assert units_in(again, "xlf") == [unit]
    other = replace(unit, state="rejected")
    assert units_in(written([other], "xlf"), "xlf") == [other]


def test_the_states_of_trados_are_ours(tmtool: Program, tmp_path: Path) -> None:
    """They stand beside the unit, one for each segment; what else stands there is counted."""
    states = {
        **{"Draft": "initial", "Translated": "translated", "ApprovedTranslation": "reviewed"},
        **{"RejectedTranslation": "rejected", "RejectedSignOff": "rejected"},
        **{"ApprovedSignOff": "final", "Other": "translated"},
    }
    said = "".join(f'<s:seg id="{n}" conf="{conf}"/>' for n, conf in enumerate(states, 1)).replace(
        "/>", ' locked="true"/>', 1
    )
    text = cut(*states)
    body = (
        f"<trans-unit id='1' xmlns:s='urn:s'><source>Иә</source><seg-source>{text}</seg-source>"
        f"<target>{text}</target><s:seg-defs>{said}</s:seg-defs></trans-unit>"
    )
    units = units_in(xlf(body), "xlf")
    assert {unit.source.text: unit.state for unit in units} == states
    assert ("x-xliff:conf", "RejectedSignOff") in units[4].props
    (whole,) = units_in(xlf(body.replace(f"<target>{text}", "<target>Yes")), "xlf")
    assert whole.state == "rejected"
    (tmp_path / "in.sdlxliff").write_text(xlf(body), "utf-8")
    assert tmtool("convert", "in.sdlxliff", "o.csv").stderr.splitlines()[1:] == [
        "note: in.sdlxliff: segments of which Trados says more than their state, times and "
        "authors, which is left out: 1"
    ]


def test_text_deleted_with_tracked_changes_is_no_translation() -> None:
    """What was added is part of it, and neither is marked; each change is counted."""
    changed = (
        "Yes<mrk mtype='x-sdl-deleted' s:revid='1' xmlns:s='urn:s'> and <g id='1'>no</g></mrk>"
        "<mrk mtype='x-sdl-added' s:revid='2' xmlns:s='urn:s'> <g id='2'>indeed</g></mrk>"
    )
    plain = "Yes <g id='2'>indeed</g>"
    unit = (
        "<trans-unit id='1'><source>Иә</source><seg-source><mrk mtype='seg' mid='1'>Иә</mrk>"
        "</seg-source><target><mrk mtype='seg' mid='1'>{}</mrk></target></trans-unit>"
    )
    lost: Counter[str] = Counter()
    assert units_in(xlf(unit.format(changed)), "xlf", lost=lost) == units_in(
        xlf(unit.format(plain)), "xlf"
    )
    assert +lost == {"tracked changes, read as accepted: text that is deleted, or added": 2}


def test_comments_of_trados_are_notes_of_their_segments(tmtool: Program, tmp_path: Path) -> None:
    """What marks their places is no code; one that is said nowhere, or has no place, is counted."""
    mark = "<mrk mtype='x-sdl-comment' s:cid='{}'>{}</mrk>"
    target = (
        f"<mrk mtype='seg' mid='1'>{mark.format('c1', 'Ye')}s</mrk> "
        f"<mrk mtype='seg' mid='2'><g id='1'>{mark.format('c2', 'No')}</g>"
        f"{mark.format('c2', '.')}{mark.format('c9', '!')}</mrk>"
    )
    body = (
        f"<trans-unit id='1'><source>Иә Жоқ</source><seg-source>{cut('Иә', 'Жоқ')}</seg-source>"
        f"<target>{target}</target></trans-unit>"
    )
    defined = "".join(
        f"<cmt-def id='c{n}'><Comments xmlns=''><Comment user='a'>{text}</Comment></Comments>"
        "</cmt-def>"
        for n, text in enumerate(["Дұрыс", "Қате", "Ескі"], 1)
    )
    where = f"<doc-info xmlns='urn:s'><cmt-defs>{defined}</cmt-defs></doc-info><file "
    text = xlf(body).replace("<file ", where, 1).replace("<xliff", "<xliff xmlns:s='urn:s'", 1)
    (tmp_path / "in.sdlxliff").write_text(text, "utf-8")
    lost: Counter[str] = Counter()
    units = list(library.read(tmp_path / "in.sdlxliff", lost=lost))
    assert [(unit.target.text, unit.notes) for unit in units] == [
        ("Yes", ("Дұрыс",)),
        ("No.!", ("Қате",)),
    ]
    assert kinds(units[0].target) == ["Yes"]
    assert +lost == {
        "attributes of notes (as from and priority), left out": 3,
        "comments of Trados of which the file does not say both text and place, left out": 2,
    }


def test_the_states_and_comments_of_memoq_are_ours(tmtool: Program, tmp_path: Path) -> None:
    """A segment that its reviewer rejected is no translation to anybody."""
    states = {
        **{"NotStarted": "initial", "PartiallyEdited": "initial", "MachineTranslated": "initial"},
        **{"ManuallyConfirmed": "translated", "Proofread": "reviewed", "Rejected": "rejected"},
        "Other": "translated",
    }
    comments = (
        "<mq:comments><mq:comment creatoruser='a' deleted='false'>Дұрыс емес</mq:comment>"
        "<mq:comment deleted='true'>Ескі</mq:comment></mq:comments>"
    )
    body = "".join(
        f"<trans-unit id='{n}' mq:status='{status}' mq:locked='no' xmlns:mq='MQXliff'>"
        f"<source>{status}</source><target>Yes</target>{comments}</trans-unit>"
        for n, status in enumerate(states)
    )
    units = units_in(xlf(body), "xlf")
    assert {unit.source.text: unit.state for unit in units} == states
    assert {unit.notes for unit in units} == {("Дұрыс емес",)}
    assert ("x-xliff:status", "Rejected") in units[5].props
    (tmp_path / "in.mqxliff").write_text(xlf(body), "utf-8")
    assert tmtool("convert", "in.mqxliff", "o.csv").stderr.splitlines()[1:] == [
        "note: in.mqxliff: attributes of notes (as from and priority), left out: 14",
        "note: in.mqxliff: attributes that a unit cannot hold, left out: 8",
    ]


@pytest.mark.parametrize(
    ("confirmed", "state"), [("0", "initial"), ("1", "translated"), ("3", "translated")]
)
def test_what_is_confirmed_in_phrase_is_translated(confirmed: str, state: str) -> None:
    """At whatever level of its workflow; the rest is a draft, and what it said is kept."""
    body = (
        f"<trans-unit id='1' m:confirmed='{confirmed}' xmlns:m='http://www.memsource.com/mxlf/2.0'>"
        "<source>Иә</source><target>Yes</target></trans-unit>"
    )
    lost: Counter[str] = Counter()
    (unit,) = units_in(xlf(body), "xlf", lost=lost)
    assert (unit.state, +lost) == (state, {})
    assert ("x-xliff:confirmed", confirmed) in unit.props


OF_TRADOS = (
    "<trans-unit id='1' xmlns:s='urn:s'><source>Иә</source><seg-source><mrk mtype='seg' mid='7'>Иә"
    "</mrk></seg-source><target><mrk mtype='seg' mid='7'>Yes</mrk></target><s:seg-defs>"
    "<s:seg id='7' conf='Translated'>{}</s:seg></s:seg-defs></trans-unit>"
)


def of_attributes(said: str) -> str:
    return (
        f"<trans-unit id='1' {said} xmlns:q='MQXliff' xmlns:m='http://www.memsource.com/mxlf/2.0'>"
        "<source>Иә</source><target>Yes</target></trans-unit>"
    )


@pytest.mark.parametrize(
    "body",
    [
        of_attributes("q:lastchangedtimestamp='2024-05-03T08:12:11Z' q:lastchanginguser='Айгүл'"),
        of_attributes(
            "m:modified-at='1714723931500' m:modified-by='Айгүл' m:created-at='0' m:created-by=''"
        ),
        OF_TRADOS.format(
            "<s:value key='modified_on'>05/03/2024 08:12:11</s:value>"
            "<s:value key='last_modified_by'>Айгүл</s:value>"
        ),
    ],
)
def test_when_and_by_whom_a_tool_says_a_unit_was_changed_is_read(
    tmtool: Program, tmp_path: Path, body: str
) -> None:
    """So that the newest of two translations is known; nothing of that is counted as lost."""
    (tmp_path / "in.xlf").write_text(xlf(body), "utf-8")
    old = replace(
        pair("Иә", "Yeah", document="a.docx"),
        target=Variant.of("en-US", "Yeah"),
        changed_at=datetime(2024, 5, 3, 8, 12, 10, tzinfo=UTC),
    )
    (unit,) = library.read(tmp_path / "in.xlf")
    assert unit.changed_at == datetime(2024, 5, 3, 8, 12, 11, tzinfo=UTC)
    assert (unit.changed_by, unit.created_at, unit.created_by) == ("Айгүл", None, "")
    for seconds, outcome in ((0, "replaced"), (2, "kept")):
        was = replace(old, changed_at=unit.changed_at + timedelta(seconds=seconds - 1))
        memory = f"{outcome}.db"
        lines = written([was], "jsonl")
        tmtool("-m", memory, "import", "-", "--from", "jsonl", input=lines)
        done = tmtool("-m", memory, "import", "in.xlf", "--on-conflict", "newest")
        assert done.stderr.splitlines()[0] == f"in.xlf: 1 {outcome}"


def test_who_made_a_unit_is_read() -> None:
    """Of Trados and of Phrase."""
    made = units_in(
        xlf(of_attributes("m:created-at='1714723931000' m:created-by='Б'")), "xlf"
    ) + units_in(
        xlf(
            OF_TRADOS.format(
                "<s:value key='created_on'>05/03/2024 08:12:11</s:value>"
                "<s:value key='created_by'>Б</s:value>"
            )
        ),
        "xlf",
    )
    assert [(unit.created_at, unit.created_by) for unit in made] == 2 * [
        (datetime(2024, 5, 3, 8, 12, 11, tzinfo=UTC), "Б")
    ]


def test_a_unit_of_several_segments_was_changed_when_the_last_of_them_was() -> None:
    """By whom, too, where it is one unit."""
    body = OF_TRADOS.format(
        "<s:value key='modified_on'>05/03/2024 08:12:11</s:value>"
        "<s:value key='last_modified_by'>А</s:value></s:seg><s:seg id='8' conf='Translated'>"
        "<s:value key='modified_on'>05/04/2024 08:12:11</s:value>"
        "<s:value key='last_modified_by'>Б</s:value>"
    )
    one = body.replace("<target><mrk mtype='seg' mid='7'>Yes</mrk>", "<target>Yes")
    (unit,) = units_in(xlf(one), "xlf")
    assert (unit.changed_at, unit.changed_by) == (datetime(2024, 5, 4, 8, 12, 11, tzinfo=UTC), "Б")
    (first,) = units_in(xlf(body), "xlf")
    assert first.changed_by == "А"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (of_attributes("q:lastchangedtimestamp='yesterday'"), 1),
        (of_attributes("m:modified-at='99999999999999999999'"), 1),
        (of_attributes("q:lastchangedtimestamp='0001-01-01T00:00:00Z'"), 0),
        (OF_TRADOS.format("<s:value key='modified_on'>31/12/2024 08:12:11</s:value>"), 1),
        (OF_TRADOS.format("<s:value key='SegmentHash'>x</s:value>"), 1),
    ],
)
def test_a_time_that_cannot_be_read_is_counted(body: str, count: int) -> None:
    """One of long ago is how tools say that there was none."""
    lost: Counter[str] = Counter()
    (unit,) = units_in(xlf(body), "xlf", lost=lost)
    assert unit.changed_at is None
    assert (+lost).total() == count


def test_codes_of_xliff_1_are_codes_of_tmx_and_come_back() -> None:
    """A CAT tool that reads our TMX sees a code where XLIFF had one, with the same number."""
    source = (
        'Бұл <g id="1" ctype="bold">өте <x id="2"/></g> <bpt id="3">&lt;i&gt;</bpt>жақсы'
        '<ept id="3">&lt;/i&gt;</ept><bx id="4"/> <mrk mtype="protected">A &amp; B</mrk>.'
    )
    target = '<g id="1" ctype="bold">Very</g> good<x id="2"/>.'
    body = f"<trans-unit id='1'><source>{source}</source><target>{target}</target></trans-unit>"
    units = units_in(xlf(body), "xlf")
    assert units[0].source.text == "Бұл өте  жақсы A & B."
    assert kinds(units[0].source)[:5] == ["Бұл ", "<bpt1>", "өте ", "<ph>", "<ept1>"]
    assert kinds(units[0].target) == ["<bpt1>", "Very", "<ept1>", " good", "<ph>", "."]
    data = written(units, "xlf").decode()
    assert f"<source>{source}</source>" in data
    assert f">{target}</target>" in data
    seg = etree.fromstring(written(units, "tmx")).findall(".//seg")[0]
    assert [code.tag for code in seg] == ["bpt", "ph", "ept", "bpt", "ept", "it", "bpt", "ept"]
    assert units_in(written(units, "tmx"), "tmx")[0].source == units[0].source


def test_a_parted_unit_is_several_units() -> None:
    """memoQ and Trados mark the sentences in a paragraph."""
    body = (
        '<trans-unit id="1"><source>Иә. Жоқ.</source><seg-source><g id="1">'
        '<mrk mtype="seg" mid="1">Иә.</mrk> <mrk mtype="seg" mid="2">Жоқ.</mrk></g></seg-source>'
        '<target><g id="1"><mrk mtype="seg" mid="2">No.</mrk></g></target>'
        "<note> ask\n</note><alt-trans><source>x</source><target>y</target><note>z</note>"
        "</alt-trans></trans-unit>"
    )
    first, second = units_in(xlf(body), "xlf")
    assert (first.source.text, first.target.text, first.state) == ("Иә.", "", "initial")
    assert (second.source.text, second.target.text, second.state) == ("Жоқ.", "No.", "translated")
    assert first.notes == ("ask",)


def cut(*segments: str) -> str:
    """Segments of XLIFF 1.2, their ids counted from 1."""
    return " ".join(
        f'<mrk mtype="seg" mid="{mid}">{text}</mrk>' for mid, text in enumerate(segments, 1)
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (cut("Иә.", "Жоқ."), "Yes. No."),
        (cut("Иә.", "Жоқ."), cut("Yes.", "No.", "x").replace(" <", "<")),
        (cut("Иә.", "Жоқ."), cut("Yes.", "No.").replace('mid="2"', 'mid="1"')),
        (cut("Иә.", "Жоқ."), f"(a) {cut('Yes.', 'No.')}"),
        (f"{cut('Иә.')} / {cut('Жоқ.').replace('1', '2')}", cut("Yes.", "No.")),
        (f'<mrk mtype="seg">{cut("Иә.", "Жоқ.")}</mrk>', cut("Yes.", "No.")),
        ("Иә. Жоқ.", cut("Yes.", "No.")),
    ],
)
def test_a_unit_that_is_not_cut_alike_on_both_sides_is_one_unit(source: str, target: str) -> None:
    """With all of its source and its target, and none of the cuts."""
    body = (
        f"<trans-unit id='1'><source>Иә. Жоқ.</source><seg-source>{source}</seg-source>"
        f"<target>{target}</target></trans-unit>"
    )
    (unit,) = units_in(xlf(body), "xlf")
    said = re.sub("<[^>]*>", "", target)
    assert (unit.source.content, unit.target.content) == (("Иә. Жоқ.",), (said,))
    assert unit.state == "translated"


marks = st.tuples(st.sampled_from("112"), st.sampled_from(["а", "б <x id='9'/>", ""])).map(
    lambda said: f"<mrk mtype='seg' mid='{said[0]}'>{said[1]}</mrk>"
)
pieces = st.lists(st.one_of(marks, st.sampled_from(["в", " ", "<x id='8'/>"])), max_size=4)
sides = st.tuples(pieces, st.booleans()).map(
    lambda said: f"<g id='7'>{''.join(said[0])}</g>" if said[1] else "".join(said[0])
)


@settings(max_examples=200)
@given(sides, sides)
def test_nothing_of_a_unit_is_lost_however_it_is_cut(source: str, target: str) -> None:
    """All its letters and codes, on both sides, and in their order there."""
    plain = re.sub("</?mrk[^>]*>", "", source)
    body = (
        f"<trans-unit id='1'><source>{plain}</source><seg-source>{source}</seg-source>"
        f"<target>{target}</target></trans-unit>"
    )
    units = units_in(xlf(body), "xlf")
    for given_side, side in ((source, "source"), (target, "target")):
        places = f"{given_side}{source}"
        there = sorted(
            units, key=lambda u: places.find(f"mid='{dict(u.props).get('x-xliff:segment')}'")
        )
        found = [getattr(unit, side) for unit in there]
        said = re.sub(r"<x[^>]*>", "+", given_side)
        said = re.sub(r"</?g[^>]*>", "*", said)
        kept = "".join(
            part if isinstance(part, str) else "+" if part.kind == "ph" else "*"
            for variant in found
            for part in variant.content
        )
        assert "".join(kept.split()) == "".join(re.sub("<[^>]*>", "", said).split())


def test_codes_that_go_across_segments_stay_with_them() -> None:
    """Each half with what it opens or closes; our own files give back the same units."""
    code = '<x id="2"/>'
    source = f'<g id="1">{cut("Иә.", f"{code}Жоқ.")}</g>'
    target = f'<g id="1">{cut("Yes.", f"{code}No.")}</g>'
    body = (
        f"<trans-unit id='1'><source>Иә. {code}Жоқ.</source><seg-source>{source}</seg-source>"
        f"<target>{target}</target></trans-unit>"
    )
    units = units_in(xlf(body), "xlf")
    assert [kinds(unit.target) for unit in units] == [
        ["<it>", "Yes."],
        ["<ph>", "No.", "<it>"],
    ]
    body = (
        "<unit id='1'><segment><source><sc id='1'/>Иә.</source></segment>"
        "<segment><source>Жоқ.<ec startRef='1'/></source></segment></unit>"
    )
    units += units_in(xliff(body), "xliff")
    units = [replace(unit, target=replace(unit.target, language="en")) for unit in units]
    for format in ("xlf", "xliff"):
        assert units_in(written(units, format), format) == units


def test_text_between_the_segments_of_xliff_2_is_in_one_of_them() -> None:
    """White space is not; what else is ignorable stands with the segment before it."""
    body = (
        "<unit id='1'><ignorable><source>1) </source><target>1) </target></ignorable>"
        "<segment><source>Иә.</source><target>Yes.</target></segment>"
        "<ignorable><source> / </source><target> / </target></ignorable>"
        "<segment><source>Жоқ.</source><target>No.</target></segment></unit>"
    )
    units = units_in(xliff(body), "xliff")
    assert [(unit.source.text, unit.target.text) for unit in units] == [
        ("1) Иә. /", "1) Yes. /"),
        ("Жоқ.", "No."),
    ]


def test_what_an_xliff_says_beside_its_text_goes_through_the_memory(
    tmtool: Program, tmp_path: Path
) -> None:
    """Ids, states and notes are kept; what cannot be is counted."""
    body = (
        '<note>of the group</note><trans-unit id="a.7" resname="key" xmlns:v="urn:v" v:x="1">'
        '<source>Иә</source><target state="needs-review-translation"'
        ' state-qualifier="mt-suggestion">Yes</target><note>own</note>'
        "<alt-trans><target>Yeah</target></alt-trans></trans-unit>"
    )
    text = xlf(body).replace("<header/>", "<header><note>of the file</note></header>")
    (tmp_path / "in.xlf").write_text(text, "utf-8")
    assert tmtool("-m", "m.db", "import", "in.xlf").stderr.splitlines() == [
        "in.xlf: 1 new",
        "note: in.xlf: attributes that a unit cannot hold, left out: 1",
        "note: in.xlf: translations that are only proposed (alt-trans, matches), left out: 1",
    ]
    for name in ("out.tmx", "out.xlf", "out.xliff"):
        tmtool("-m", "m.db", "export", name)
        (unit,) = library.read(tmp_path / name)
        assert dict(unit.props) == {
            "x-xliff:id": "a.7",
            "x-xliff:resname": "key",
            "x-xliff:state": "needs-review-translation",
            "x-xliff:state-qualifier": "mt-suggestion",
        }
        assert (unit.notes, unit.state) == (("of the group", "own"), "initial")
        assert tmtool("-m", "m.db", "import", name).stderr == f"{name}: 1 unchanged\n"
    assert 'id="a.7"' in (tmp_path / "out.xlf").read_text("utf-8")
    assert 'id="a.7"' in (tmp_path / "out.xliff").read_text("utf-8")
    assert "<note>of the file</note>" in (tmp_path / "out.tmx").read_text("utf-8")
    assert tmtool("-m", "m.db", "documents").stdout == "a.docx\tkk-en-US\tinitial=1\n"


@pytest.mark.parametrize(
    ("notes", "repeated"),
    [
        (["of a group"] * 40, 40),
        (["of a group"] * 41, 40),
        (["я" * 2000], 1),
        (["я" * 2001], 0),
        (["я" * 2000, "of a group"], 1),
    ],
)
def test_long_notes_of_a_group_are_said_once(notes: list[str], repeated: int) -> None:
    """At each of its units they would take many times the space of the file; none is lost."""
    units = "<trans-unit id='1'><source>а</source></trans-unit>"
    inside = "<group>".join(f"<note>{note}</note>" for note in notes)
    headers: list[Header] = []
    (unit,) = units_in(xlf(inside + units + "</group>" * (len(notes) - 1)), "xlf", headers=headers)
    assert [*unit.notes] == notes[:repeated]
    assert [note for header in headers for note in header.notes] == notes[repeated:]


@pytest.mark.parametrize("is_ours", [False, True])
@pytest.mark.parametrize("format", ["xlf", "xliff"])
def test_what_is_only_proposed_is_no_translation(format: str, is_ours: bool) -> None:
    """Of another tool's file and of our own, to which a tool added it: each one is counted."""
    proposed = {
        "xlf": "<alt-trans match-quality='90'><source>Иә!</source><target>Yep</target></alt-trans>"
        "<alt-trans><target>Yeah</target></alt-trans></trans-unit>",
        "xliff": "<m:matches xmlns:m='urn:oasis:names:tc:xliff:matches:2.0'><m:match ref='#s1'>"
        "<source>Иә</source><target>Yeah</target></m:match><m:match ref='#s1'><source>Иә!</source>"
        "<target>Yep</target></m:match></m:matches></unit>",
    }
    own = {
        "xlf": "<trans-unit id='1'><source>Иә</source><target>Yes</target></trans-unit>",
        "xliff": "<unit id='1'><segment><source>Иә</source><target>Yes</target></segment></unit>",
    }
    whole = {"xlf": xlf, "xliff": xliff}[format](own[format])
    text = written([pair("Иә", "Yes")], format).decode() if is_ours else whole
    (alone,) = units_in(text, format)
    lost: Counter[str] = Counter()
    end = "</trans-unit>" if format == "xlf" else "</unit>"
    assert units_in(text.replace(end, proposed[format]), format, lost=lost) == [alone]
    assert +lost == {"translations that are only proposed (alt-trans, matches), left out": 2}


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("elements", "<header/>", "<header><tool tool-id='x'><v/></tool></header>"),
        ("elements", "<trans-unit", "<context-group><context/></context-group><trans-unit"),
        ("elements", "<trans-unit", "<bin-unit><bin-source/><note>n</note></bin-unit><trans-unit"),
        ("elements", "<segment>", "<m:x xmlns:m='urn:m'/><segment>"),
        ("elements", "<group id='g'>", "<skeleton href='x'/><group id='g'>"),
        ("elements", "<target>", "<target>b</target><target>"),
        ("elements", "<segment><target>", "<segment><target>b</target><target>"),
        ("attributes of inline", "<target>", "<target><x id='1' v:y='' xmlns:v='urn:v'/>"),
        ("attributes of inline", "<source>", "<source><ph id='1' v:y='' xmlns:v='urn:v'/>"),
        ("attributes that", "<group>", "<group restype='x-plurals'>"),
        ("attributes that", "<file original", "<file date='x' original"),
        ("attributes that", "<target>", "<target phase-name='x'>"),
        ("attributes that", "<segment><target>", "<segment><target order='1'>"),
        ("attributes that", "<segment>", "<segment canResegment='no'>"),
        ("attributes of notes", "<note>", "<note from='Z'>"),
        ("attributes of notes", "<header/>", "<header><note priority='1'>n</note></header>"),
    ],
)
def test_what_is_lost_of_an_xliff_is_counted(what: str, old: str, new: str) -> None:
    """What stands around units, and what is said of notes and texts; each once."""
    text = xlf("<trans-unit id='1'><source>а</source><target>a</target><note>n</note></trans-unit>")
    if old not in text:
        unit = "<unit id='1'><segment><source>а</source><target>a</target></segment></unit>"
        text = xliff(unit).replace('<group id="g1">', "<group id='g'>")
        text = text.replace("<segment><source>а</source><target>", "<segment><target>")
        text = text.replace("</target>", "</target><source>а</source>")
    assert old in text
    lost: Counter[str] = Counter()
    assert len(units_in(text, "xliff", lost=lost)) == 1
    assert not +lost
    assert len(units_in(text.replace(old, new), "xliff", lost=lost)) == 1
    (said,) = +lost
    assert said.startswith(what)
    assert lost[said] == 1


def test_no_two_units_of_a_file_are_called_the_same() -> None:
    """The segments of one unit had one id; an id of ours may be taken."""
    units = [
        pair("а", props=(("x-xliff:id", name),), position=float(n))
        for n, name in enumerate(["2", "", "2", "4", "a b"])
    ]
    for format, tag in (("xlf", "trans-unit"), ("xliff", "unit")):
        found = re.findall(rf'<{tag} id="([^"]*)"', written(units, format).decode())
        assert len(set(found)) == 5
        assert found[0] == "2"
        assert found[3] == "4"


def test_an_id_is_that_of_its_unit_and_of_no_other() -> None:
    """Xcode has sentences for ids; XLIFF 2.1 has no place for them, and a made-up one is nobody's.

    It is the same in whatever file the unit is, and stays when it is all that is known of it.
    """
    names = ["%d күн\nқалды", "Open file", "", "CANCEL", "1", "3", "3[0]", "²", "қ-1", "CANCEL"]
    units = [pair(f"{name} {n}", props=(("x-xliff:id", name),)) for n, name in enumerate(names)]

    def ids(units: list[TranslationUnit], format: str) -> list[str]:
        tag = {"xlf": "trans-unit", "xliff": "unit"}[format]
        root = etree.fromstring(written(units, format))
        return [str(unit.get("id")) for unit in root.iterfind(f".//{{*}}{tag}")]

    for format, kept in (("xlf", [0, 1, 3, 4, 5, 6, 7, 8]), ("xliff", [3, 4, 5, 8])):
        found = ids(units, format)
        assert [n for n, name in enumerate(found) if name == names[n]] == [*kept]
        made_up = [name for n, name in enumerate(found) if n not in kept]
        assert all(re.fullmatch("tmtool-[0-9a-f]{12}", name) for name in made_up)
        assert len(set(found)) == len(found)
        assert ids(units[:3][::-1], format) == found[:3][::-1]
        again = [
            replace(unit, props=(("x-xliff:id", name),))
            for unit, name in zip(units, found, strict=True)
        ]
        assert ids(again[::-1], format) == found[::-1]
    assert len(set(ids([pair("а")] * 3, "xlf"))) == 3


def test_what_is_said_of_a_unit_is_said_of_it_again() -> None:
    """Its name and its longest width, which the tool that made the file looks for."""
    said = 'id="7" resname="OK_BTN" restype="button" size-unit="char" maxwidth="20"'
    units = units_in(xlf(f"<trans-unit {said}><source>Иә</source></trans-unit>"), "xlf")
    assert f"<trans-unit {said}>" in written(units, "xlf").decode()
    assert '<unit id="7">' in written(units, "xliff").decode()
    said = 'id="7" name="OK_BTN" canResegment="no"'
    body = f"<unit {said}><segment><source>Иә</source></segment></unit>"
    assert f"<unit {said}>" in written(units_in(xliff(body), "xliff"), "xliff").decode()


def test_codes_and_segments_of_xliff_2() -> None:
    """Original codes come back with the tags that refer to them; what is ignorable is ignored."""
    source = (
        '<pc id="1" dataRefStart="d1" dataRefEnd="d2">Иә</pc><ph id="2" dataRef="d3"/>'
        '<sc id="3"/><mrk id="m1" type="term">x</mrk><cp hex="0001"/>.'
    )
    data = '<data id="d1">&lt;b&gt;</data><data id="d2">&lt;/b&gt;</data><data id="d3">&amp;</data>'
    body = (
        f"<unit id='1'><notes><note>n</note></notes><originalData>{data}</originalData>"
        f'<segment id="s1" state="reviewed"><source>{source}</source><target>Yes.</target>'
        "</segment><ignorable><source> </source></ignorable>"
        "<segment><source>Жоқ.</source></segment></unit>"
    )
    units = units_in(xliff(body), "xliff")
    assert [(unit.source.text, unit.state, unit.notes) for unit in units] == [
        ("Иәx.", "reviewed", ("n",)),
        ("Жоқ.", "initial", ("n",)),
    ]
    again = written(units, "xliff").decode()
    assert f"<source>{source}</source>" in again
    assert f"<originalData>{data}</originalData>" in again
    assert units_in(written(units, "tmx"), "tmx")[0].source == units[0].source


def test_text_that_a_code_holds_stays_in_it() -> None:
    """As the tool tip of a picture, with codes of its own."""
    code = '<ph id="3">[a <sub ctype="x">са<x id="4"/>б</sub> <sub>v</sub>]</ph>'
    sides = f"<source>Иә {code}</source><target>{code} Yes</target>"
    (unit,) = units_in(xlf(f'<trans-unit id="1">{sides}</trans-unit>'), "xlf")
    assert (unit.source.text, unit.target.text) == ("Иә ", " Yes")
    assert written([unit], "xlf").decode().count(code) == 2
    assert units_in(written([unit], "xliff"), "xliff") == [unit]
    assert units_in(written([unit], "tmx"), "tmx")[0].target == unit.target


def test_codes_of_one_version_are_placeholders_in_the_other() -> None:
    """They come back as they were."""
    body = '<trans-unit id="1"><source>a<x id="1"/><g id="2">b</g></source></trans-unit>'
    units = units_in(xlf(body), "xlf")
    data = written(units, "xliff")
    assert b"<g" not in re.sub(rb"<data.*?</data>", b"", data)
    assert units_in(data, "xliff")[0].source == units[0].source


def test_a_dropped_half_of_a_code_leaves_the_file_whole() -> None:
    """A translator deleted the end tag; both files stay well-formed and nothing else is lost."""
    unit = pair("x")
    half = Code("bpt", '<bpt i="1" x="1">&lt;g id="1"&gt;</bpt>', "1")
    unit = replace(unit, target=Variant("en", ("Yes", half)))
    assert units_in(written([unit], "xlf"), "xlf") == [unit]


def test_white_space_counts_where_the_file_says_so() -> None:
    """Else a pretty-printed file would match nothing."""
    body = '<trans-unit id="1"><source>\n  Иә,\n  бар. </source></trans-unit>'
    assert units_in(xlf(body), "xlf")[0].source.text == "Иә, бар."
    kept = body.replace('id="1"', 'id="1" xml:space="preserve"')
    assert units_in(xlf(kept), "xlf")[0].source.text == "\n  Иә,\n  бар. "
    body = '<unit id="1"><segment><source xml:space="preserve"> Иә </source></segment></unit>'
    assert units_in(xliff(body), "xliff")[0].source.text == " Иә "


def test_what_must_not_be_translated_is_passed_over() -> None:
    """Names of styles and the like."""
    body = '<trans-unit id="1" translate="no"><source>Normal</source></trans-unit>'
    assert units_in(xlf(body), "xlf") == []
    body = '<unit id="1" translate="no"><segment><source>Normal</source></segment></unit>'
    assert units_in(xliff(body), "xliff") == []


def test_languages_that_are_missing_must_be_said() -> None:
    """A file without a target language, as a client sends it."""
    text = xlf('<trans-unit id="1"><source>Иә</source></trans-unit>', 'source-language="kk"')
    with pytest.raises(InputError, match="say which with -s and -t"):
        units_in(text, "xlf")
    assert units_in(text, "xlf", languages=("kk", "en"))[0].languages == ("kk", "en")


@BOTH
def test_a_side_says_itself_what_language_it_is_in(format: str) -> None:
    """Whatever the file says of all others."""
    sides = '<source xml:lang="kk_KZ">Жоқ</source><target xml:lang="ru">Нет</target>'
    texts = {
        "xlf": xlf(f'<trans-unit id="1">{sides}</trans-unit>'),
        "xliff": xliff(f'<unit id="1"><segment>{sides}</segment></unit>'),
    }
    (unit,) = units_in(texts[format], format)
    assert unit.languages == ("kk-KZ", "ru")
    assert units_in(written([unit], format), format) == [unit]
    with pytest.raises(FormatError, match=r"unit '1': '[?]' is not a language code"):
        units_in(texts[format].replace('"ru"', '"?"'), format)


GOOD = '<trans-unit id="7">\n<source>Иә</source></trans-unit>'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "-: is cut short or not well-formed XML"),
        (xlf(GOOD)[:-40], "-:3: is cut short or not well-formed XML"),
        ("<html/>", "-:1: is not XLIFF 1 or 2: its root is <html>"),
        ('<xliff version="3.0"/>', "its root is <xliff> version '3.0'"),
        (xlf('<trans-unit id="7"/>'), "-:2: unit '7': a segment has no <source>"),
        (xlf(GOOD.replace("Иә", "<b>Иә</b>")), "-:2: unit '7': <b> is no inline element"),
        (xlf(GOOD, 'source-language="?" target-language="en"'), "'[?]' is not a language code"),
        (xliff('<unit id="7"><segment/></unit>'), "-:2: unit '7': a segment has no <source>"),
        (
            xliff('<unit id="7"><segment><source><g id="1"/></source></segment></unit>'),
            "<g> is no inline element of XLIFF 2",
        ),
        (
            xlf(GOOD.replace("Иә", '<ph id="1" ctype="x-tmtool">b</ph>')),
            "unit '7': a code that tmtool wrote is damaged",
        ),
        (
            xlf(
                GOOD.replace(
                    "</source>",
                    '</source><context-group><context context-type="x-tmtool-more">[]</context>'
                    "</context-group>",
                )
            ),
            "unit '7': what tmtool wrote beside the text is damaged",
        ),
        (
            '<!DOCTYPE xliff [<!ENTITY e "<x/>">]>' + xlf(GOOD.replace("Иә", "&e;")).split("?>")[1],
            "an entity that the file does not define as plain text: &e;",
        ),
    ],
)
def test_what_is_wrong_in_an_xliff_is_named(text: str, complaint: str) -> None:
    """File, line, unit, reason."""
    with pytest.raises(FormatError, match=complaint):
        units_in(text, "xliff")


def test_an_xliff_reaches_for_no_other_file(tmp_path: Path) -> None:
    """An external entity is refused, not read."""
    (tmp_path / "secret").write_text("secret")
    entity = f'<!DOCTYPE xliff [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    with pytest.raises(FormatError, match="define as plain text: &e;"):
        units_in(entity + xlf(GOOD.replace("Иә", "&e;")).split("?>")[1], "xlf")


def test_a_long_file_is_read_as_it_comes() -> None:
    """The first unit is there before the last was read."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(4096, size if size and size > 0 else 4096))

    stream = Slow(written([pair(f"{n} сөйлем", f"{n}") for n in range(2000)], "xlf"))
    first = next(iter(library.read(stream, format="xlf")))
    assert first.source.text == "0 сөйлем"
    assert stream.tell() < 100_000


@BOTH
def test_the_edits_of_a_translator_come_back(tmtool: Program, format: str) -> None:
    """A unit is known by its id, and loses nothing."""
    tmtool("-m", "m.db", "import", "-", "--from", "jsonl", input=written([FULL], "jsonl"))
    text = tmtool("-m", "m.db", "export", "-", "--to", format).stdout
    edited = text.replace("New &lt; year", "The new year")
    options = ["--from", format, "--on-conflict", "replace"]
    done = tmtool("-m", "m.db", "import", "-", *options, input=edited)
    assert done.stderr == "-: 1 replaced\n"
    units: list[TranslationUnit]
    units = units_in(tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout, "jsonl")
    assert [(unit.id, unit.target.text, unit.props) for unit in units] == [
        (FULL.id, "The new year", FULL.props)
    ]


BOLD = '<bpt id="1" rid="1">&lt;b&gt;</bpt>қалың<ept id="2" rid="1">&lt;/b&gt;</ept>'


@pytest.mark.parametrize(
    ("side", "kinds"),
    [
        ('<bpt id="1">&lt;b&gt;</bpt>қалың<ept id="1">&lt;/b&gt;</ept>', "bpt1 ept1"),
        (BOLD, "bpt1 ept1"),
        (f'<ph id="1">x</ph>{BOLD}', "ph bpt2 ept2"),
        (
            '<bpt id="1">b</bpt>а<bpt id="2">i</bpt>ә<ept id="1">/b</ept>б<ept id="2">/i</ept>',
            "bpt1 bpt2 ept1 ept2",
        ),
        ('<ept id="1">/b</ept>қалың<bpt id="1">b</bpt>', "it it"),
        ('<bpt id="1">b</bpt>қалың', "it"),
    ],
)
def test_codes_that_name_each_other_are_a_pair(side: str, kinds: str) -> None:
    """As bpt and ept of TMX, which come back as they were; one alone may stand apart."""
    text = (
        '<xliff version="1.2"><file original="a" source-language="kk" target-language="en" '
        f'datatype="plaintext"><body><trans-unit id="1"><source>{side}</source>'
        f"<target>{side}</target></trans-unit></body></file></xliff>"
    )
    (unit,) = units_in(text, "xlf")
    for content in (unit.source.content, unit.target.content):
        codes = [part for part in content if isinstance(part, Code)]
        assert " ".join(code.kind + code.pair for code in codes) == kinds
    assert f"<source>{side}</source>" in written([unit], "xlf").decode()
    (again,) = units_in(written([unit], "tmx"), "tmx")
    assert (again.source, again.target) == (unit.source, unit.target)
