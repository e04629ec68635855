"""XLIFF of OASIS, streamed both ways: 1.x and 2.x are read, 2.1 is written (1.2 by ``xlf``).

A ``<file>`` is a document. The states of a unit are those of XLIFF 2.1; rejected ones are
``initial`` with a sub-state. A translation that needs review, or adaptation, is ``initial``, too:
for a person to look at. What else tmtool knows of a unit is carried in the metadata
module, as one line (see ``plain``), which other tools keep and pass over. What other tools say of
one beside its text, its id for one, are props of the types ``x-xliff:NAME``. What they propose for
it (``<alt-trans>``, ``<mtc:match>``) is no translation that anybody vouches for: its source may be
another, and a machine may have made it. It is counted and left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import chain, groupby
from typing import Any, BinaryIO, Literal, NamedTuple

from lxml import etree

from tmtool.errors import FormatError, LanguageError
from tmtool.formats import Found, Lost, Written
from tmtool.formats.inline import MOST, Cut, Piece, Reader, Tag, contents, is_comment, written
from tmtool.formats.markup import (
    TOO_MANY,
    XML,
    escaped,
    forget,
    has_too_many,
    joined,
    local_name,
    parsed,
    quoted,
    trimmed,
)
from tmtool.formats.pairs import several_pairs
from tmtool.formats.plain import rest, restored
from tmtool.language import Language
from tmtool.model import (
    STATES,
    XLIFF_ID,
    Code,
    Content,
    Header,
    State,
    TranslationUnit,
    Variant,
    parse_time,
)
from tmtool.text import legal

MORE = "x-tmtool-more"
REJECTED = "tmtool:rejected"
OTHERS = "x-xliff:"
STATE = f"{OTHERS}state"

_OPEN = re.compile("new|needs-.+")  # states of XLIFF 1.2; sub-states of 2.1, behind a prefix
_REVIEWED: dict[str, State] = {"signed-off": "reviewed", "final": "final"}
STATES_1: dict[State, dict[str, str]] = {
    "initial": {"state": "needs-translation"},
    "translated": {"state": "translated"},
    "reviewed": {"state": "signed-off"},
    "final": {"state": "final"},
    "rejected": {
        "state": "needs-review-translation",
        "state-qualifier": "rejected-inaccurate",
    },
}
"""What XLIFF 1.2 calls our states, in attributes of a target."""
_APPROVED = ("reviewed", "final")
_APPROVABLE = ("", "needs-translation", "translated")  # who approves may leave these as they are
_OF_STATE = ("approved", "state", "state-qualifier")

_CONFIRMED: dict[str, State] = {
    "RejectedSignOff": "rejected",
    "RejectedTranslation": "rejected",
    "Draft": "initial",
    "Translated": "translated",
    "ApprovedTranslation": "reviewed",
    "ApprovedSignOff": "final",
}
"""What Trados calls our states, beside a unit of XLIFF 1.2; what vouches least for it first."""

_MEMOQ = "{MQXliff}"
_STATUS: dict[str, State] = {
    **dict.fromkeys(("NotStarted", "PartiallyEdited", "AssembledFromFragments"), "initial"),
    **dict.fromkeys(("Pretranslated", "MachineTranslated"), "initial"),
    **dict.fromkeys(("ManuallyConfirmed", "ConfirmedTranslator"), "translated"),
    "Proofread": "reviewed",
    "Rejected": "rejected",
}
"""What memoQ calls our states, in its attribute ``status`` of a unit of XLIFF 1.2."""

_PHRASE = "{http://www.memsource.com/mxlf/2.0}"
_NUMBER = re.compile("[0-9]+")  # a level of the workflow, or milliseconds since 1970

_BY_TOOLS = {
    f"{_MEMOQ}lastchangedtimestamp": "changed_at",
    f"{_MEMOQ}lastchanginguser": "changed_by",
    f"{_PHRASE}modified-at": "changed_at",
    f"{_PHRASE}modified-by": "changed_by",
    f"{_PHRASE}created-at": "created_at",
    f"{_PHRASE}created-by": "created_by",
}
"""The attributes of a unit in which memoQ and Phrase say when it was made and changed, by whom."""

_BY_TRADOS = {
    "modified_on": "changed_at",
    "modified_by": "changed_by",
    "last_modified_by": "changed_by",
    "created_on": "created_at",
    "created_by": "created_by",
}
"""The same of a segment, by the keys of its values in Trados."""

_TRADOS_TIME = "%m/%d/%Y %H:%M:%S"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # and before: how tools say that there was no time

_READ = ("approved", "translate")  # attributes of a unit that say something of ours
_KNOWN = (
    *("source", "seg-source", "target", "note"),
    *("notes", "originalData", "segment", "ignorable", "seg-defs"),
    *("alt-trans", "matches"),
)
_TOKEN = re.compile(  # NMTOKEN of XML, which an id of XLIFF 2 is
    r"[-.:\w\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff]+",
    re.ASCII,
)

_ATTRIBUTES_OF = {
    "1": (
        *("resname", "restype", "datatype", "help-id", "extradata", "extype", "coord", "font"),
        *("menu", "menu-option", "menu-name", "css-style", "style", "exstyle", "charclass"),
        *("size-unit", "maxwidth", "minwidth", "maxheight", "minheight", "maxbytes", "minbytes"),
    ),
    "2": ("name", "type", "canResegment", "srcDir", "trgDir"),
}
"""Those of a unit beside its id that say nothing of other parts of the file, by version."""

_AROUND = ("xliff", "file", "header", "body", "group")
_READ_AROUND = (
    *("id", "version", "source-language", "target-language", "srcLang", "trgLang"),
    *("original", "datatype", "translate"),
)  # attributes of theirs that are read, or say nothing once the units stand elsewhere
_READ_IN = ("id", "state", "subState", "state-qualifier")  # of a segment or a side
_TEXTS = ("{*}source", "{*}target", "{*}segment", "{*}segment/{*}source", "{*}segment/{*}target")

_NOTES = 40, 2_000
"""How many notes, and characters in them, each unit has of the groups around it at most."""

_LONGEST_NAME = 4_096  # characters of a <file>, which each unit in it holds

_KEPT_OUT = 'units with translate="no", which have no translation of their own, left out'
_PROPOSED = "translations that are only proposed (alt-trans, matches), left out"
_ELEMENTS = "elements beside the text that a unit cannot hold, left out"
_OF_TRADOS = (
    "segments of which Trados says more than their state, times and authors, which is left out"
)
_OF_NOTES = "attributes of notes (as from and priority), left out"
_COMMENTS = "comments of Trados of which the file does not say both text and place, left out"
_ATTRIBUTES = "attributes that a unit cannot hold, left out"


def read(file: BinaryIO, name: str) -> Iterator[Found]:
    """Yield a unit for each segment that may be translated, or is all the same.

    Notes of a file are said of all units, and so are those of a group that are too long for each
    of its units to have them. What cannot be held is counted, and so are units that
    say they need no translation, and have none. Raises ``FormatError``
    where the file is not well-formed, not XLIFF, or breaks its rules.
    """
    root = None
    version = ""
    lost: Counter[str] = Counter()
    said: list[list[str]] = []  # notes of the file and the groups around
    comments: dict[str, list[str]] = {}  # of Trados that no unit has yet, by their ids
    for event, element in parsed(file, name, ("trans-unit", "unit")):
        tag = local_name(element)
        if event == "start":
            if root is None:
                root = element
                version = _version(element, name)
            if tag in ("file", "group"):
                said.append([])
            if tag in _AROUND:
                _said(element, _READ_AROUND, lost, is_kept=False)
        elif (tag == "trans-unit" and version == "1") or (tag == "unit" and version == "2"):
            units = _units(element, version, name, said, comments, lost)
            if _inherited(element, "translate") == "no":
                for unit in units:
                    is_translated = not isinstance(unit, TranslationUnit) or (
                        unit.is_paired and unit.source.content != unit.target.content
                    )
                    if is_translated:
                        yield unit
                    lost[_KEPT_OUT] += not is_translated
            else:
                yield from units
            forget(element)
        elif tag == "note" and said and (place := _noted(element)):
            lost[_OF_NOTES] += len(element.attrib)
            note = _text(element).strip()
            if place == "file" or not _has_room(said, note):
                yield Header(notes=(note,) if note else ())
            else:
                said[-1].append(note)
        elif tag == "cmt-def":
            found = list(element.iterfind("{*}Comments/{*}Comment"))
            lost[_OF_NOTES] += sum(len(comment.attrib) for comment in found)
            texts = (_text(comment).strip() for comment in found)
            comments[element.get("id", "")] = [text for text in texts if text]
        elif tag in ("group", "file"):
            said.pop()
            forget(element)
        elif tag not in ("notes", *_AROUND) and _is_around(element.getparent()):
            besides = (child for child in element if local_name(child) != "cmt-defs")
            lost[_ELEMENTS] += tag != "cmt-defs" and (
                tag != "doc-info" or any(True for _ in besides)
            )
            forget(element)
    lost[_COMMENTS] += sum(map(len, comments.values()))
    yield from (Lost(what, count) for what, count in lost.items())


def _has_room(said: Iterable[Sequence[str]], note: str) -> bool:
    """Whether each unit may have one more note of the groups around it."""
    notes = [*chain(*said), note]
    most, longest = _NOTES
    return len(notes) <= most and sum(map(len, notes)) <= longest


def _is_around(element: etree._Element | None) -> bool:
    """Whether an element is none of a unit, nor in what is left out."""
    return element is not None and local_name(element) in _AROUND


def _noted(note: etree._Element) -> str:
    """What a note is about if it is about no unit: ``file`` or ``group``."""
    parent = note.getparent()
    if parent is not None and local_name(parent) in ("header", "notes"):
        parent = parent.getparent()
    tag = "" if parent is None else local_name(parent)
    return tag if tag in ("file", "group") else ""


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _version(root: etree._Element, name: str) -> str:
    version = root.get("version", "")
    if local_name(root) != "xliff" or version.split(".")[0] not in ("1", "2"):
        said = f" version {version!r}" if version else ""
        raise FormatError(
            f"is not XLIFF 1 or 2: its root is <{local_name(root)}>{said}",
            path=name,
            line=root.sourceline or 0,
        )
    return version.split(".")[0]


def _units(
    element: etree._Element,
    version: str,
    name: str,
    said: Sequence[Sequence[str]],
    comments: dict[str, list[str]],
    lost: Counter[str],
) -> Iterator[Found]:
    """The units of a ``<trans-unit>`` or ``<unit>``, one for each segment.

    ``said`` are the notes of the groups around it, ``comments`` those of Trados that are still to
    be had, by their ids: the first segment that has one takes it.
    """
    try:
        languages = _languages(element, version)
        document = _inherited(element, "original")
        if len(document) > _LONGEST_NAME:
            raise ValueError(f"the name of its <file> is longer than {_LONGEST_NAME:,} characters")
        more = _more(element)
        notes = [_text(note) for note in _notes(element)]
        lost[_PROPOSED] += len(element.findall("{*}alt-trans"))
        lost[_PROPOSED] += len(element.findall("{*}matches/{*}match"))
        if not more:
            notes = [note for note in map(str.strip, chain(*said, notes)) if note]
            lost[_ELEMENTS] += sum(
                local_name(child) not in _KNOWN and child.tag != f"{_MEMOQ}comments"
                for child in element
            )
            lost[_ELEMENTS] += sum(map(_left_over, (element, *element.iterfind("{*}segment"))))
            lost[_OF_NOTES] += sum(len(note.attrib) for note in _notes(element))
            for path in _TEXTS:
                for part in element.iterfind(path):
                    _said(part, _READ_IN, lost, is_kept=False)
            lost[_OF_TRADOS] += sum(
                not {"id", "conf"}.issuperset(segment.keys())
                or not all(
                    _is_stamp(_BY_TRADOS.get(key, ""), text) for key, text in _values(segment)
                )
                for segment in element.iterfind("{*}seg-defs/{*}seg")
            )
        segments = list(_segments(element, version, lost))
        own = [] if more and len(segments) == 1 else _said(element, _READ, lost)
        repeated = sum(map(len, chain(notes, *own)))
        if repeated * (len(segments) - 1) > MOST:
            raise ValueError(
                f"its notes and attributes are too long ({repeated:,} characters) to be those of "
                f"each of its {len(segments):,} segments"
            )
        for segment in segments:
            spoken = map(_spoken, segment.elements, languages)
            source, target = map(Variant, spoken, segment.contents)
            state = segment.state or _state_beside(more) or _state_of(segment.contents[1])
            shown = {
                **{"source": source.text, "target": target.text, "state": state},
                **({"document": document} if document else {}),
                "notes": [*notes, *_comments(element, segment.name, comments, lost)],
            }
            unit = replace(restored(shown, more), source=source, target=target)
            if not more:
                place = [(f"{OTHERS}segment", segment.name)] if len(segments) > 1 else []
                said_of_it = (*own, *place, *segment.said)
                props = tuple((kind, text) for kind, text in said_of_it if text)
                stamps = _stamps(element, segment.name)
                unit = replace(unit, origin="xliff", props=(*unit.props, *props), **stamps)
            yield unit
            more = ""  # is about the first segment
    except (ValueError, LanguageError) as error:
        yield FormatError(
            f"unit {element.get('id', '')!r}: {error}",
            path=name,
            line=element.sourceline or 0,
            hint="mend it, or export it again from the tool it came from",
        )


def _said(
    element: etree._Element, besides: Sequence[str], lost: Counter[str], *, is_kept: bool = True
) -> list[tuple[str, str]]:
    """The attributes of an element as props, but for those that are read otherwise.

    Those that cannot be kept, all of them unless ``is_kept``, are counted.
    """
    kept = []
    for key, value in element.attrib.items():
        if key == f"{_MEMOQ}status" and value in _STATUS:
            kept.append((f"{OTHERS}status", str(value)))
        elif key == f"{_PHRASE}confirmed" and _NUMBER.fullmatch(value):
            kept.append((f"{OTHERS}confirmed", str(value)))
        elif is_kept and key in _BY_TOOLS:
            lost[_ATTRIBUTES] += not _is_stamp(_BY_TOOLS[str(key)], str(value))
        elif str(key).startswith("{"):
            lost[_ATTRIBUTES] += not str(key).startswith(XML)
        elif key not in besides and is_kept:
            kept.append((f"{OTHERS}{key}", str(value)))
        else:
            lost[_ATTRIBUTES] += key not in besides
    return kept


def _left_over(element: etree._Element) -> int:
    """How many sides of a unit or segment stand behind one of the same kind."""
    tags = Counter(map(local_name, element))
    return sum(tags[tag] - 1 for tag in ("source", "target") if tags[tag])


def _languages(element: etree._Element, version: str) -> tuple[str, str]:
    """Source and target language, each empty where it is missing."""
    keys = ("source-language", "target-language") if version == "1" else ("srcLang", "trgLang")
    source, target = (_code(_inherited(element, key)) for key in keys)
    return source, target


def _spoken(side: etree._Element | None, language: str) -> str:
    """The language of a side: what itself says before what is said of all."""
    return ("" if side is None else _code(side.get(f"{XML}lang", ""))) or language


def _code(said: str) -> str:
    code = said.replace("_", "-")
    if code:
        Language.check(code)
    return code


def _inherited(element: etree._Element, key: str) -> str:
    """An attribute of the element or of the nearest one around it that has it."""
    around: etree._Element | None = element
    while around is not None:
        if key in around.attrib:
            return around.get(key, "")
        around = around.getparent()
    return ""


def _more(element: etree._Element) -> str:
    """What tmtool wrote beside the text."""
    for path in ("{*}context-group/{*}context", "{*}metadata/{*}metaGroup/{*}meta"):
        for found in element.iterfind(path):
            if MORE in (found.get("context-type"), found.get("type")):
                return found.text or ""
    return ""


def _comments(
    unit: etree._Element, name: str, comments: dict[str, list[str]], lost: Counter[str]
) -> list[str]:
    """The comments of Trados on a segment, or on all if it has no name, taken out of all there are.

    Those whose text is not there are counted.
    """
    taken: list[str] = []
    sides = (part for part in unit if local_name(part) in ("source", "seg-source", "target"))
    for mark in filter(is_comment, chain.from_iterable(side.iter("{*}mrk") for side in sides)):
        cuts = (around for around in mark.iterancestors("{*}mrk") if around.get("mtype") == "seg")
        if name and (cut := next(cuts, None)) is not None and cut.get("mid") != name:
            continue
        keys = (key for key in mark.attrib if etree.QName(key).localname == "cid")
        cid = mark.get(next(keys, "cid"), "")
        lost[_COMMENTS] += cid not in comments
        taken += comments.get(cid, [])
        comments[cid] = []
    return taken


def _notes(element: etree._Element) -> list[etree._Element]:
    """Its notes, and the comments of memoQ but for those that were deleted there."""
    notes = [*element.iterfind("{*}note"), *element.iterfind("{*}notes/{*}note")]
    comments = element.iterfind(f"{_MEMOQ}comments/{_MEMOQ}comment")
    return notes + [comment for comment in comments if comment.get("deleted") != "true"]


class _Segment(NamedTuple):
    """A segment: the elements of its sides and what is in them, its state, its id, and props.

    The state is empty where none is said.
    """

    elements: tuple[etree._Element | None, etree._Element | None]
    contents: tuple[Content, Content]
    state: State | Literal[""]
    name: str
    said: Sequence[tuple[str, str]]


def _segments(element: etree._Element, version: str, lost: Counter[str]) -> Iterator[_Segment]:
    """The segments of a unit, and in them all that stands between them."""
    if version == "1":
        yield from _segments_1(element, lost)
        return
    data = {part.get("id", ""): _text(part) for part in element.iterfind("{*}originalData/{*}data")}
    reader = Reader(version, data)
    parts = [child for child in element if local_name(child) in ("segment", "ignorable")]
    sides = [[_pieces(reader, _child(part, tag)) for part in parts] for tag in ("source", "target")]
    lost.update(reader.lost)
    places = [n for n, part in enumerate(parts) if local_name(part) == "segment"]
    for place in places:
        if _child(parts[place], "source") is None:
            raise ValueError("a segment has no <source>")
    if not places and any(map(_counts, sides[0])):
        places = [0]
    joined_sides = [_with_between(side, places) for side in sides]
    for number, place in enumerate(places):
        segment = parts[place]
        elements = _sides(segment)
        both = _contents([side[number] for side in joined_sides], elements, segment)
        said = [(f"{OTHERS}subState", segment.get("subState", ""))]
        if segment.get("state", "") not in ("", *STATES):
            said.append((STATE, segment.get("state", "")))
        is_own = segment.get("subState") == REJECTED
        has_state = segment.get("state") or segment.get("subState")
        state: State | Literal[""] = _state_2(segment, both[1]) if has_state else ""
        yield _Segment(elements, both, state, segment.get("id", ""), [] if is_own else said)


def _segments_1(element: etree._Element, lost: Counter[str]) -> Iterator[_Segment]:
    """Those of XLIFF 1.2: one, unless both sides are cut alike and all text is in a segment."""
    elements = _sides(element)
    parted, target = _child(element, "seg-source"), elements[1]
    readers = [Reader("1", {}) for _ in range(3)]
    source, cut, translated = map(_pieces, readers, (elements[0], parted, target))
    lost.update(readers[0].lost | readers[1].lost)  # the same text, cut
    lost.update(readers[2].lost)
    if elements[0] is None and parted is None:
        raise ValueError("a segment has no <source>")
    sources = _cut(cut)
    targets = _cut(translated) if sources else None
    pairs = [("", source or cut, translated)]
    if (
        sources
        and targets is not None
        and targets.keys() <= sources.keys()
        and (targets or not _counts(translated))
    ):
        pairs = [(name, pieces, targets.get(name, [])) for name, pieces in sources.items()]
    for name, *sides in pairs:
        both = _contents(sides, elements, element)
        said = {key: value for key in _OF_STATE if (value := _of_state(element, target, key))}
        state: State | Literal[""] = _state_1(said, bool(both[1])) if said else ""
        props = (
            []
            if not state or _is_ours(said, state)
            else [(f"{OTHERS}{k}", v) for k, v in said.items()]
        )
        if conf := _confirmed(element, name):
            state = _CONFIRMED[conf]
            props.append((f"{OTHERS}conf", conf))
        state = _STATUS.get(element.get(f"{_MEMOQ}status", ""), state)
        if _NUMBER.fullmatch(level := element.get(f"{_PHRASE}confirmed", "")):
            state = "translated" if level.strip("0") else "initial"
        yield _Segment(elements, both, state, name, props)


def _of_state(unit: etree._Element, target: etree._Element | None, key: str) -> str:
    """An attribute in which XLIFF 1.2 says something of the state of a unit."""
    element = unit if key == "approved" else target
    return "" if element is None else element.get(key, "")


def _is_ours(said: Mapping[str, str], state: State) -> bool:
    """Whether we would say the same of a unit in this state; one not said to be approved may be."""
    ours = {"approved": "no"} | _said_of(state)
    return {"approved": ours["approved"]} | dict(said) == ours


def _said_of(state: State) -> dict[str, str]:
    """What XLIFF 1.2 calls a state of ours, in attributes of unit and target."""
    return ({"approved": "yes"} if state in _APPROVED else {}) | STATES_1[state]


def said_again(unit: TranslationUnit) -> Mapping[str, str]:
    """What XLIFF 1.2 says of the state of a unit: what was read, if it is still in that state."""
    props = dict(unit.props)
    was = {key: value for key in _OF_STATE if (value := props.get(f"{OTHERS}{key}"))}
    is_true = was and _state_1(was, bool(unit.target.content)) == unit.state
    return was if is_true else _said_of(unit.state)


def _state_1(said: Mapping[str, str], has_target: bool) -> State:
    """The state that XLIFF 1.2 gives a unit in these attributes."""
    state = said.get("state", "")
    if said.get("state-qualifier", "").startswith("rejected"):
        return "rejected"
    if has_target and state in _APPROVABLE and said.get("approved") == "yes":
        return "reviewed"
    if _OPEN.fullmatch(state) or not (state or has_target):
        return "initial"
    return _REVIEWED.get(state, "translated")


def _confirmed(unit: etree._Element, name: str) -> str:
    """What Trados says of a segment, or what vouches least of all segments if it has no name."""
    confs = [
        segment.get("conf", "")
        for segment in unit.iterfind("{*}seg-defs/{*}seg")
        if not name or segment.get("id") == name
    ]
    return next((conf for conf in _CONFIRMED if conf in confs), "")


def _values(segment: etree._Element) -> Iterator[tuple[str, str]]:
    """What Trados says of a segment beside its state, by its keys."""
    return ((value.get("key", ""), _text(value)) for value in segment)


def _stamps(unit: etree._Element, name: str) -> dict[str, Any]:
    """When and by whom a segment was made and changed, by the names of a unit.

    Of several segments of Trados, or one without a name, that which was changed last counts.
    """
    said = [((_BY_TOOLS.get(str(key), ""), str(value)) for key, value in unit.attrib.items())]
    for segment in unit.iterfind("{*}seg-defs/{*}seg"):
        if not name or segment.get("id") == name:
            said.append(((_BY_TRADOS.get(key, ""), text) for key, text in _values(segment)))
    stamps = [
        {field: _stamp(field, text) for field, text in each if field and _is_stamp(field, text)}
        for each in said
    ]
    latest = max(stamps, key=lambda each: (each.get("changed_at") or _NEVER, len(each)))
    return {field: value for field, value in latest.items() if value}


def _is_stamp(field: str, text: str) -> bool:
    """Whether a text can be the value of a unit that says when, or by whom."""
    with suppress(ValueError):
        _stamp(field, text)
        return bool(field)
    return False


def _stamp(field: str, text: str) -> Any:
    """Such a value of what a tool says; a time before 1970 is none.

    Raises ``ValueError`` if it is none.
    """
    text = text.strip()
    if not field.endswith("_at") or not text:
        return text
    if _NUMBER.fullmatch(text):
        try:
            moment: datetime | None = _NEVER + timedelta(milliseconds=int(text))
        except OverflowError:
            raise ValueError(f"{text!r} is no time") from None
    elif "/" in text:
        moment = datetime.strptime(text, _TRADOS_TIME).replace(tzinfo=UTC)
    else:
        moment = parse_time(text)
    return moment.replace(microsecond=0) if moment and moment > _NEVER else None


def _state_2(segment: etree._Element, content: Content) -> State:
    """The state that XLIFF 2.1 gives a segment."""
    _, _, further = segment.get("subState", "").partition(":")
    if further.startswith("rejected"):
        return "rejected"
    said = "initial" if _OPEN.fullmatch(further) else segment.get("state")
    return next((state for state in STATES if state == said), _state_of(content))


def _state_of(target: Content) -> State:
    """The state of a segment of which none is said."""
    return "translated" if target else "initial"


def _state_beside(more: str) -> State | Literal[""]:
    """The state that we wrote beside a unit; empty if we did not."""
    said = None
    with suppress(ValueError, AttributeError, RecursionError):  # it is damaged
        said = json.loads(more or "{}").get("state")
    return next((state for state in STATES if state == said), "")


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    return next((child for child in element if local_name(child) == tag), None)


def _sides(element: etree._Element) -> tuple[etree._Element | None, etree._Element | None]:
    """The elements of source and target."""
    return _child(element, "source"), _child(element, "target")


def _pieces(reader: Reader, side: etree._Element | None) -> list[Piece]:
    if side is None:
        return []
    if has_too_many(side):
        raise ValueError(TOO_MANY)
    return reader.pieces(side)


def _counts(pieces: Iterable[Piece]) -> bool:
    """Whether there is more than white space."""
    return any(not isinstance(piece, str) or piece.strip() for piece in pieces)


def _cut(pieces: list[Piece]) -> dict[str, list[Piece]] | None:
    """The segments that a side of XLIFF 1.2 is parted into, by their ids; none if it is not.

    ``None`` if text is in none of them or two are called the same. Tags between two belong to the
    one that they open or close.
    """
    cut: dict[str, list[Piece]] = {}
    inside = ""
    waiting: list[Piece] = []  # tags before the segment that they open
    last: list[Piece] | None = None
    depth = 0
    for piece in pieces:
        if isinstance(piece, Cut):
            depth += 1 if piece.is_start else -1
            if depth > 1 or (piece.is_start and (not piece.mid or piece.mid in cut)):
                return None
            if piece.is_start:
                inside = piece.mid
                last = cut[inside] = waiting
                waiting = []
        elif depth and last is not None:
            last.append(piece)
        elif isinstance(piece, str):
            if piece.strip():
                return None
        elif (
            last is None or waiting or (isinstance(piece, Tag) and piece.what in ("open", "begin"))
        ):
            waiting.append(piece)
        else:
            last.append(piece)
    if waiting and last is not None:
        last += waiting
    return cut


def _with_between(side: Sequence[list[Piece]], places: Sequence[int]) -> list[list[Piece]]:
    """The parts of a side at some places, each with what stands between it and the next.

    The first has what stands before it, too. White space between two is left out.
    """
    ends = [*places[1:], len(side)]
    found = []
    for number, (place, end) in enumerate(zip(places, ends, strict=True)):
        start = place if number else 0
        own: list[Piece] = []
        for at in range(start, end):
            own += side[at] if at == place or _counts(side[at]) else []
        found.append(own)
    return found


def _contents(
    sides: Sequence[Iterable[Piece]],
    elements: Iterable[etree._Element | None],
    around: etree._Element,
) -> tuple[Content, Content]:
    """The content of the sides of a unit or segment, spaced as it says, or they themselves."""
    source, target = (
        _spaced(parts, around if element is None else element)
        for parts, element in zip(contents(*sides), elements, strict=True)
    )
    return source, target


def _spaced(parts: list[str | Code], element: etree._Element) -> Content:
    """Content with its white space as it is, where that counts, and else on one line."""
    return joined(parts) if _inherited(element, f"{XML}space") == "preserve" else trimmed(parts)


# Writing


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write XLIFF 2.1, which holds one pair of languages.

    A unit has the id that it had in the XLIFF it came from, if no other has it.

    Raises ``TmtoolError`` if there are more.
    """
    count = changed = 0
    languages: tuple[str, str] | None = None
    for files, ((document, spoken), group) in enumerate(groupby(units, key=file_of), 1):
        if languages is None:
            languages = spoken
            file.write(_head(*languages).encode("utf-8"))
        elif spoken != languages:
            raise several_pairs("XLIFF 2.1 holds", languages, spoken, ".xlf")
        original = original_of(document)
        said = f" original={quoted(original)}" if original else ""
        file.write(f'  <file id="f{files}"{said} xml:space="preserve">\n'.encode())
        for name, unit in named(group, _TOKEN):
            file.write(_unit(unit, name).encode("utf-8"))
            count += 1
            changed += is_changed(unit)
        file.write(b"  </file>\n")
    if languages is None:
        file.write((_head("und", "und") + '  <file id="f1">\n  </file>\n').encode())
    file.write(b"</xliff>\n")
    return Written(count, changed=changed)


def named(
    units: Iterable[TranslationUnit], form: re.Pattern[str]
) -> Iterator[tuple[str, TranslationUnit]]:
    """The units of a ``<file>``, each with an id of its own, of XLIFF if it had one there.

    One that is not of this form, or that another unit has, is made up of what the unit is, so that
    it is that of no other, and the same in another file.
    """
    used = set[str]()
    for number, unit in enumerate(units, 1):
        name = next((value for kind, value in unit.props if kind == XLIFF_ID), "")
        if not form.fullmatch(name) or legal(name) != name or name in used:
            name = f"tmtool-{_digest(name, unit.id, unit.source.text)}"
            while name in used:
                name = f"{name}-{number}"
        used.add(name)
        yield name, unit


def _digest(*said: str) -> str:
    return blake2b("\0".join(said).encode("utf-8", "replace"), digest_size=6).hexdigest()


def own_attributes(unit: TranslationUnit, version: str) -> str:
    """What XLIFF of this major version said of a unit in attributes, as they are written."""
    said = dict(unit.props)
    values = ((name, said.get(f"{OTHERS}{name}")) for name in _ATTRIBUTES_OF[version])
    return "".join(f" {name}={quoted(value)}" for name, value in values if value)


def is_changed(unit: TranslationUnit) -> bool:
    """Whether a text loses characters that XML has no place for."""
    return any(legal(side.text) != side.text for side in (unit.source, unit.target))


def file_of(unit: TranslationUnit) -> tuple[str | None, tuple[str, str]]:
    """What the units of one ``<file>`` have in common."""
    return unit.document, unit.languages


def original_of(document: str | None) -> str:
    """What a ``<file>`` is called: its document, but for a name that its units say themselves."""
    return document if document and len(document) <= _LONGEST_NAME else ""


def _head(source: str, target: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0"'
        ' xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0" version="2.1"'
        f" srcLang={quoted(source)} trgLang={quoted(target)}>\n"
    )


def _unit(unit: TranslationUnit, name: str) -> str:
    source, target, originals = written("2", unit.source, unit.target)
    state = f'state="{unit.state}"'
    if unit.state == "rejected":
        state = f'state="initial" subState="{REJECTED}"'
    data = "".join(f"<data id={quoted(key)}>{text}</data>" for key, text in originals.items())
    notes = "".join(f"<note>{escaped(note)}</note>" for note in unit.notes)
    lines = [
        f"    <unit id={quoted(name)}{own_attributes(unit, '2')}>",
        '      <mda:metadata><mda:metaGroup category="tmtool">'
        f'<mda:meta type="{MORE}">{escaped(carried(unit))}</mda:meta>'
        "</mda:metaGroup></mda:metadata>",
        f"      <notes>{notes}</notes>" if notes else "",
        f"      <originalData>{data}</originalData>" if data else "",
        f'      <segment id="s1" {state}>',
        f"        <source>{source}</source>",
        f"        <target>{target}</target>" if target or unit.state != "initial" else "",
        "      </segment>",
        "    </unit>",
    ]
    return "".join(f"{line}\n" for line in lines if line)


def carried(unit: TranslationUnit) -> str:
    """What XLIFF itself does not say of a unit, as one line."""
    plain = replace(unit, source=Variant(""), target=Variant(""))
    is_said = original_of(unit.document) == (unit.document or "")
    said = ["state", "notes", *(["document"] if is_said else [])]
    if unit.entry.is_doubtful:
        said.remove("state")  # a tool that drops it vouches for nothing
    return rest(plain, *said) or "{}"
