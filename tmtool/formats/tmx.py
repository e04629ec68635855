"""TMX 1.4b, the Translation Memory eXchange format of LISA, streamed both ways.

What tmtool adds to a unit travels in ``<prop type="x-tmtool:…">``. Segments are in NFC and
otherwise as they are, for in a ``<seg>`` all white space counts; only what another tool laid out,
indented between its tags, is made one line. Units with an empty side are left out, because an
empty target in a CAT tool wipes a sentence. No DOCTYPE is written: it would send some readers in
search of a file.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import chain, islice
from typing import BinaryIO

from lxml import etree

from tmtool.errors import FormatError, LanguageError, TmtoolError
from tmtool.formats import Found, Lost, Written, faults, tus
from tmtool.formats.markup import escaped, local_name, parsed_whole, quoted, trimmed
from tmtool.language import Language
from tmtool.model import (
    FOREIGN_ID,
    OWN,
    RENAMED,
    STATES,
    Content,
    Header,
    TranslationUnit,
    Variant,
    parse_time,
)
from tmtool.text import legal, nfc

TOOL = "tmtool"

_LANG = ("xml:lang", "lang")
_OWN_PROPS = {
    **{OWN + name: name for name in ("state", "document", "position", "origin", "score")},
    RENAMED: "props",
}

_STAMP = r"(\d{8}T\d{6}Z)"
_SIDE = rf'<tuv xml:lang="([A-Za-z0-9-]+)"><seg>({tus.TEXT})</seg></tuv>{tus.SPACE}'
_INSIDE = {
    **{"state": "[a-z]+", "document": rf"(?!<){tus.TEXT}", "position": r"[0-9.]{1,20}"},
    **{"origin": tus.TEXT, "score": r"[0-9.]{1,20}"},
}
_OWN_UNIT = re.compile(
    rf'{tus.SPACE}<tu(?: tuid="({tus.VALUE})")?(?: creationdate="{_STAMP}")?'
    rf'(?: creationid="({tus.VALUE})")?(?: changedate="{_STAMP}")?'
    rf'(?: changeid="({tus.VALUE})")?>{tus.SPACE}'
    + "".join(
        rf'(?:<prop type="{OWN}{name}">({inside})</prop>{tus.SPACE})?'
        for name, inside in _INSIDE.items()
    )
    + _SIDE * 2
    + "</tu>"
)
"""What :func:`write` writes of a unit without props, notes and codes."""

_KEPT = "tmx:"
"""What a unit has no field for are props of the types ``tmx:PLACE@ATTRIBUTE``,
``tmx:PLACE/PROP`` and ``tmx:PLACE#note``, where PLACE is tu, source or target, and header for
the props of a header, which has a ``tmx:header#ude`` as well. Behind PLACE may stand the language
and the encoding of a prop or note, as attributes; the note of a unit is among its notes as well."""

_MANY = 500  # units that are written at once
_KEPT_IN = re.compile(
    r"tmx:(?P<place>tu|source|target|header)"
    r'(?P<said>(?: xml:lang="[\w.-]*")?(?: o-encoding="[\w.:-]*")?)'
    r"(?:@(?P<attribute>(?!(?:xml:)?lang$|tuid$|srclang$|xmlns$)"
    r"(?:(?P<prefix>[A-Za-z][\w.-]*):)?[A-Za-z][\w.-]*)|/(?P<prop>.*)|#(?P<element>note|ude))",
    re.DOTALL | re.ASCII,
)
_FOR_ALL = f"{_KEPT}tu@srclang", "*all*"
"""The prop of a unit of which each side may be the source."""

_HEAD = {"segtype": "sentence", "adminlang": "en", "datatype": "plaintext", "o-encoding": ""}
"""What a header says of all units, and what ours says if nothing else was read."""

_OF_TOOL = ("creationtool", "creationtoolversion", "o-tmf", "srclang")  # in a header

SEGTYPES = ("block", "paragraph", "sentence", "phrase")
"""What TMX knows a segment to be."""

_JOINED = "texts laid out on several lines, made one line"
_DATES = "dates that cannot be read, left out"
_OF_HEADERS = "attributes of headers (as who made the file), left out"


def read(file: BinaryIO, name: str) -> Iterator[Found]:
    """Yield the header and the units of a TMX of any version up to 1.4, and what was lost.

    External entities are never read.
    A unit with several target languages is yielded once for each. What else is said of a unit
    or a side becomes props that :func:`write` puts back in their places. Raises
    ``FormatError`` where the file is not well-formed, not TMX, or a unit lacks what TMX demands.
    """
    header: Mapping[str, str] = {}
    srclang: str | None = None  # of a file that tmtool wrote
    lost: Counter[str] = Counter()

    def own(text: str, at: int) -> tuple[TranslationUnit, int] | None:
        return None if srclang is None else _own(text, at, srclang)

    for found in tus.read(file, name, own):
        if isinstance(found, (TranslationUnit, FormatError)):
            yield found
        elif isinstance(found, tus.Tu):
            try:
                yield from _units(found, header, lost)
            except _BadUnitError as error:
                yield FormatError(error.what, path=name, line=found.line, hint=error.hint)
        elif isinstance(found, Lost):
            lost[found.what] += found.count
        else:
            header = found.attributes
            if said := _header(found, lost):
                yield said
            srclang = header.get("srclang", "") if header.get("creationtool") == TOOL else None
    yield from (Lost(what, count) for what, count in (+lost).items())


def _header(head: tus.Head, lost: Counter[str]) -> Header:
    """What a header says that is not true of ours anyway."""
    place = f"{_KEPT}header"
    lost.update(head.lost)
    lost[_OF_HEADERS] += sum(
        key not in _OF_TOOL and key not in _HEAD and not key.startswith("xmlns:")
        for key in head.attributes
    )
    props = [
        (f"{place}@{key}", said)
        for key, ours in _HEAD.items()
        if (said := head.attributes.get(key, "")) not in ("", ours)
    ]
    notes = []
    for tag, kind, text, attributes in head.sayings:
        said = _said(attributes, lost)
        if tag == "note" and not said:
            notes.append(text)
        elif tag == "prop":
            is_kept = said or kind.startswith(_KEPT)
            props.append((f"{place}{said}/{kind}" if is_kept else kind, text))
        else:
            props.append((f"{place}{said}#{tag}", text))
    return Header(tuple(props), tuple(notes))


def _said(attributes: Sequence[tuple[str, str]], lost: Counter[str]) -> str:
    """Language and encoding of a prop or note as :data:`_KEPT` has them."""
    if not attributes:
        return ""
    known = dict(attributes)
    old = known.pop("lang", "")
    known.setdefault("xml:lang", old)
    values = {key: known.pop(key, "") for key in ("xml:lang", "o-encoding")}
    said = "".join(f' {key}="{value}"' for key, value in values.items() if value)
    lost[tus.ATTRIBUTES] += len(known)
    if not _KEPT_IN.fullmatch(f"{_KEPT}tu{said}#note"):
        lost[tus.ATTRIBUTES] += 1
        return ""
    return said


def _own(text: str, at: int, srclang: str) -> tuple[TranslationUnit, int] | None:
    """The unit that :func:`write` wrote here, if nothing is odd about it, and where it ends."""
    found = _OWN_UNIT.match(text, at)
    if not found:
        return None
    (
        unit_id,
        created_at,
        created_by,
        changed_at,
        changed_by,
        state,
        document,
        position,
        origin,
        score,
        source,
        source_text,
        target,
        target_text,
    ) = found.groups("")
    if source != srclang or (state and state not in STATES):
        return None
    try:
        unit = TranslationUnit(
            _plain(source, source_text),
            _plain(target, target_text),
            unit_id,
            state or "translated",
            tus.unescaped(document) if document else None,
            float(position) if position else 0.0,
            tus.unescaped(origin) if origin else "",
            datetime.fromisoformat(created_at) if created_at else None,
            created_by,
            datetime.fromisoformat(changed_at) if changed_at else None,
            changed_by,
            float(score) if score else None,
        )
    except (LanguageError, ValueError):
        return None
    return unit, found.end()


def _plain(language: str, text: str) -> Variant:
    text = nfc(tus.unescaped(text) if "&" in text else text)
    return Variant(_code(language), (text,) if text.strip() else ())


class _BadUnitError(Exception):
    """A ``<tu>`` that cannot be read."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


def _units(tu: tus.Tu, header: Mapping[str, str], lost: Counter[str]) -> list[TranslationUnit]:
    """The units of one ``<tu>``, one for each language besides the source."""
    tool = header.get("creationtool", "")
    variants = [_variant(side, tool, lost) for side in tu.sides]
    if len(variants) < 2:
        raise _BadUnitError(
            f"<tu> has {len(variants)} <tuv>, not two",
            "a unit needs both languages; import, check and convert leave it out with --skip-bad",
        )
    lost.update(tu.lost)
    own: dict[str, str] = {}
    props: list[tuple[str, str]] = []
    notes: list[str] = []
    for tag, kind, text, more in tu.sayings:
        said = _said(more, lost) if more else ""
        if name := _OWN_PROPS.get(kind):
            own[name] = text
        elif tag == "prop":
            is_kept = said or kind.startswith(_KEPT)
            props.append((f"{_KEPT}tu{said}/{kind}" if is_kept else kind, text))
        else:
            notes.append(text)
            if said:
                props.append((f"{_KEPT}tu{said}#note", text))
    state = own.get("state", "translated")
    if state not in STATES:
        raise _BadUnitError(f"the state {state!r} is not one of {', '.join(STATES)}")
    position = _number_of(own.get("position", "0"))
    score = _number_of(own["score"]) if "score" in own else None

    attributes = dict(tu.attributes)
    srclang = attributes.pop("srclang", "") or header.get("srclang", "")
    if srclang == _FOR_ALL[1]:
        props.append(_FOR_ALL)
    unit_id = attributes.pop("tuid", "")
    if unit_id and tool != TOOL:
        props.append((FOREIGN_ID, unit_id))
        unit_id = ""
    stamps = _when_and_who(attributes)
    if attributes:
        props += _kept("tu", attributes, lost)
    at = 0
    if variants[0].language != srclang:
        at = source_at([variant.language for variant in variants], srclang)
    props += _besides(tu.sides[at].attributes, tu.sides[at].sayings, "source", lost)
    units = []
    for number, side in enumerate(tu.sides):
        if number == at:
            continue
        beside: Mapping[str, str] = side.attributes
        if any(stamps):
            created_at, created_by, changed_at, changed_by = stamps
        else:
            attributes = beside = dict(beside)
            created_at, created_by, changed_at, changed_by = _when_and_who(attributes)
        unit = TranslationUnit(
            variants[at],
            variants[number],
            id=unit_id,
            state=state,
            document=own.get("document"),
            position=position,
            origin=own.get("origin", "" if tool == TOOL else tool),
            created_at=_moment(created_at, lost),
            created_by=created_by,
            changed_at=_moment(changed_at, lost),
            changed_by=changed_by,
            score=score,
            props=_as_were((*props, *_besides(beside, side.sayings, "target", lost)), own),
            notes=tuple(notes),
        )
        units.append(unit)
        unit_id = ""
    return units


def _as_were(
    props: tuple[tuple[str, str], ...], own: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Props as they were before a tool got them, if the unit still tells that."""
    if "props" not in own:
        return props  # nearly always
    try:
        was = json.loads(own["props"])
    except (ValueError, RecursionError):
        was = None
    if not isinstance(was, dict):
        return props
    found = []
    for kind, text in props:
        old = was.get(kind, kind)
        if old is not None:
            found.append((legal(old) if isinstance(old, str) else kind, text))
    return tuple(found)


def _when_and_who(attributes: dict[str, str]) -> tuple[str, str, str, str]:
    """Who made and changed a unit, and when, taken out of its attributes."""
    take = attributes.pop
    return (
        take("creationdate", ""),
        take("creationid", ""),
        take("changedate", ""),
        take("changeid", ""),
    )


def _number_of(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _BadUnitError("a tmtool prop that must hold a number does not")
    return number


def _besides(
    attributes: Mapping[str, str], sayings: Sequence[tus.Saying], place: str, lost: Counter[str]
) -> list[tuple[str, str]]:
    """What a ``<tuv>`` says besides its language and text, as props."""
    if len(attributes) == 1 and not sayings:
        return []
    kept = _kept(place, attributes, lost)
    for tag, kind, text, more in sayings:
        where = f"{_KEPT}{place}{_said(more, lost)}"
        kept.append((f"{where}#note" if tag == "note" else f"{where}/{kind}", text))
    return kept


def _kept(place: str, attributes: Mapping[str, str], lost: Counter[str]) -> list[tuple[str, str]]:
    """Attributes as props."""
    kept = []
    for key, value in attributes.items():
        prefix = key.partition(":")[0] if ":" in key else "xml"
        if key in _LANG:
            continue
        if prefix in ("xml", "xmlns") or f"xmlns:{prefix}" in attributes:
            kind = f"{_KEPT}{place}@{key}"
            if _KEPT_IN.fullmatch(kind):
                kept.append((kind, value))
                continue
        lost[tus.ATTRIBUTES] += 1
    return kept


def source_at(languages: list[str], srclang: str) -> int:
    """Which variant is the source: that of ``srclang``, of its language, or the first."""
    wanted = srclang.lower().replace("_", "-")
    codes = [language.lower() for language in languages]
    for candidates in (codes, [code.split("-")[0] for code in codes]):
        if wanted in candidates:
            return candidates.index(wanted)
        wanted = wanted.split("-")[0]
    return 0


def _variant(side: tus.Side, tool: str, lost: Counter[str]) -> Variant:
    language = side.attributes.get("xml:lang") or side.attributes.get("lang")
    if not language:
        raise _BadUnitError("<tuv> has no xml:lang", "TMX needs the language of each side")
    if side.content is None:
        raise _BadUnitError("<tuv> has no <seg>", "each side needs its text")
    content = side.content
    if len(content) == 1 and isinstance(content[0], str) and not content[0].strip():
        content = ()
    elif tool != TOOL and _is_laid_out(content):
        content = trimmed(content)
        lost[_JOINED] += 1
    try:
        return Variant(_code(language), content)
    except LanguageError as error:
        raise _BadUnitError(error.message, "mend its xml:lang") from None


def _is_laid_out(content: Content) -> bool:
    """Whether text was indented between its tags."""
    if not content:
        return False
    first, last = content[0], content[-1]
    if not (isinstance(first, str) and isinstance(last, str) and last[-1].isspace()):
        return False  # nearly always, and told at once
    around = first[: -len(first.lstrip())], last[len(last.rstrip()) :]
    return all("\n" in space and space[-1] in " \t" for space in around)


@cache
def _code(language: str) -> str:
    code = language.replace("_", "-")
    Language.check(code)
    return code


def holds(unit: TranslationUnit) -> bool:
    """Whether a TMX has a place for a unit: both sides have text that XML can hold."""
    return all(legal(side.text).strip() for side in (unit.source, unit.target))


def write(
    units: Iterable[TranslationUnit], file: BinaryIO, headers: Sequence[Header] = ()
) -> Written:
    """Write units as TMX 1.4; those with an empty side are counted and left out.

    What ``headers`` say, once the first unit has come, is what the header says. Raises
    ``TmtoolError`` if an inline code of a unit is not XML.
    """
    units = iter(units)
    first = next(units, None)
    srclang = first.source.language if first else "*all*"
    file.write(_head(Header.joined(headers), srclang).encode("utf-8"))
    count = left_out = changed = 0
    units = chain([first] if first else [], units)
    while some := list(islice(units, _MANY)):
        tus = []
        for unit in some:
            source, target = _seg(unit.source, unit.id), _seg(unit.target, unit.id)
            if source and target:
                tus.append(_tu(unit, source, target, srclang))
                # Nearly always a text is written as it is, and then it is the same object.
                changed += (source is not unit.source.content[0] and _is_changed(unit.source)) or (
                    target is not unit.target.content[0] and _is_changed(unit.target)
                )
        file.write("".join(tus).encode("utf-8"))
        count += len(tus)
        left_out += len(some) - len(tus)
    file.write(b"  </body>\n</tmx>\n")
    return Written(count, left_out, changed)


def _head(said: Header, srclang: str) -> str:
    """The beginning of a file, with what its header says."""
    kept: dict[str, list[str]] = {key: [] for key in _HEAD}
    inside = "".join(map(_note, said.notes))
    for kind, value in said.props:
        found = _KEPT_IN.fullmatch(kind)
        if not found or found["place"] != "header":
            inside += _prop(kind, value)
        elif found["attribute"]:
            kept.get(found["attribute"], []).append(value)
        elif found["element"] == "note":
            inside += _note(value, found["said"])
        elif found["element"] is None:
            inside += _prop(found["prop"], value, found["said"])
        elif (root := parsed_whole(value.encode("utf-8"))) is not None and local_name(
            root
        ) == "ude":
            inside += f"      {value}\n"
    one = {key: found[0] if len(found) == 1 else _HEAD[key] for key, found in kept.items()}
    if one["segtype"] not in SEGTYPES:
        one["segtype"] = _HEAD["segtype"]
    attributes = {
        "creationtool": TOOL,
        "creationtoolversion": version(TOOL),
        "segtype": one["segtype"],
        "o-tmf": TOOL,
        "adminlang": one["adminlang"],
        "srclang": srclang,
        "datatype": one["datatype"],
        "o-encoding": one["o-encoding"],
    }
    names = "".join(f" {key}={quoted(value)}" for key, value in attributes.items() if value)
    end = f">\n{inside}  </header>" if inside else "/>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f"  <header{names}{end}\n  <body>\n"
    )


def _tu(unit: TranslationUnit, source: str, target: str, srclang: str) -> str:
    """A unit with the insides of its segments."""
    own = f" tuid={quoted(unit.id)}" if unit.id else ""
    if unit.props and _FOR_ALL in unit.props:
        own += f' srclang="{_FOR_ALL[1]}"'
    elif unit.source.language != srclang:
        own += f" srclang={quoted(unit.source.language)}"
    if unit.created_at:
        own += f' creationdate="{_stamp(unit.created_at)}"'
    if unit.created_by:
        own += f" creationid={_name(unit.created_by)}"
    if unit.changed_at:
        own += f' changedate="{_stamp(unit.changed_at)}"'
    if unit.changed_by:
        own += f" changeid={_name(unit.changed_by)}"
    said = "".join(map(_note, unit.notes)) if unit.notes else ""
    if unit.state != "translated":
        said += f'      <prop type="x-tmtool:state">{unit.state}</prop>\n'
    if unit.document is not None:
        said += f'      <prop type="x-tmtool:document">{_label(unit.document)}</prop>\n'
    if unit.position:
        said += f'      <prop type="x-tmtool:position">{_number(unit.position)}</prop>\n'
    if unit.origin:
        said += f'      <prop type="x-tmtool:origin">{_label(unit.origin)}</prop>\n'
    if unit.score is not None:
        said += f'      <prop type="x-tmtool:score">{_number(unit.score)}</prop>\n'
    own_source = own_target = said_source = said_target = ""
    if unit.props:
        attributes = {"tu": own, "source": "", "target": ""}
        inside = {"tu": said, "source": "", "target": ""}
        _put_back(unit.props, attributes, inside)
        own, own_source, own_target = attributes.values()
        said, said_source, said_target = inside.values()
    return (
        f"    <tu{own}>\n{said}"
        f"      <tuv xml:lang={_name(unit.source.language)}{own_source}>"
        f"{said_source}<seg>{source}</seg></tuv>\n"
        f"      <tuv xml:lang={_name(unit.target.language)}{own_target}>"
        f"{said_target}<seg>{target}</seg></tuv>\n"
        "    </tu>\n"
    )


def _put_back(
    props: Iterable[tuple[str, str]], attributes: dict[str, str], inside: dict[str, str]
) -> None:
    """Put props, and what reading made of other things, into their places."""
    for kind, value in props:
        kept = _KEPT_IN.fullmatch(kind)
        if (kind, value) == _FOR_ALL:
            continue
        if not kept or kept["place"] == "header" or kept["element"] == "ude":
            inside["tu"] += _prop(kind, value)
            continue
        place = kept["place"]
        if name := kept["attribute"]:
            is_declared = kept["prefix"] in (None, "xml", "xmlns") or (
                f" xmlns:{kept['prefix']}=" in attributes[place]
            )
            if is_declared and f" {name}=" not in attributes[place]:
                attributes[place] += f" {name}={quoted(value)}"
            else:
                inside[place] += _prop(kind, value)
        elif not kept["element"]:
            inside[place] += _prop(kept["prop"], value, kept["said"])
        elif place == "tu" and kept["said"]:  # is among the notes, if nobody changed it
            plain, said = _note(value), _note(value, kept["said"])
            inside["tu"] = inside["tu"].replace(plain, said, 1)
        else:
            inside[place] += _note(value, kept["said"])


def _note(text: str, said: str = "") -> str:
    return f"      <note{said}>{escaped(text)}</note>\n"


def _prop(kind: str, value: str, said: str = "") -> str:
    return f"      <prop type={quoted(kind)}{said}>{escaped(value)}</prop>\n"


def _is_changed(variant: Variant) -> bool:
    """Whether a text loses characters on its way into a ``<seg>``."""
    return legal(variant.text) != variant.text


def _seg(variant: Variant, unit_id: str) -> str:
    """The inside of a ``<seg>``, empty if there is no text in it."""
    if len(variant.content) == 1 and isinstance(variant.content[0], str):
        text = escaped(nfc(variant.content[0]))
        return text if text.replace("&#13;", "").strip() else ""
    if not legal(variant.text).strip():
        return ""
    inside = "".join(
        escaped(nfc(part)) if isinstance(part, str) else legal(part.data)
        for part in variant.content
    )
    try:
        etree.fromstring(f"<seg>{inside}</seg>")
    except etree.XMLSyntaxError as error:
        raise TmtoolError(
            f"unit {unit_id}: its inline codes are not XML: {faults.of_xml(error.msg)}",
            hint="edit or reject the unit",
        ) from None
    return inside


_name = lru_cache(256)(quoted)  # of a language or a person
_label = lru_cache(256)(escaped)  # of a document or a tool


def _number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return repr(value).removesuffix(".0")


def _stamp(at: datetime) -> str:
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    when = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    return "%04d%02d%02dT%02d%02d%02dZ" % when  # noqa: UP031 - the quickest there is


def _moment(text: str, lost: Counter[str]) -> datetime | None:
    """The time of a TMX attribute, also as ISO 8601 writes it otherwise; ``None`` if it is none."""
    try:
        moment = parse_time(text)
    except ValueError:
        lost[_DATES] += 1
        return None
    return moment and moment.replace(microsecond=0)
