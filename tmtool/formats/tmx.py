"""TMX 1.4b, the Translation Memory eXchange format of LISA, streamed both ways.

What tmtool adds to a unit travels in ``<prop type="x-tmtool:…">``. Written segments are one
line, trimmed and in NFC, because CAT tools compare them letter by letter; units with an
empty side are left out, because an empty target in a CAT tool wipes a sentence. No DOCTYPE
is written: it would send some readers in search of a file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from importlib.metadata import version
from itertools import chain
from typing import Any, BinaryIO

from lxml import etree

from tmtool.errors import FormatError, LanguageError, TmtoolError
from tmtool.formats import Written
from tmtool.formats.markup import (
    XML,
    attribute,
    ended,
    escaped,
    forget,
    legal,
    local_name,
    one_line,
    quoted,
    trimmed,
)
from tmtool.language import Language
from tmtool.model import STATES, Code, TranslationUnit, Variant, format_time

TOOL = "tmtool"

_LANG = f"{XML}lang"
_OWN = "x-tmtool:"
_OWN_PROPS = {_OWN + name: name for name in ("state", "document", "position", "origin", "score")}
_WHEN_AND_WHO = ("creationdate", "creationid", "changedate", "changeid")
_DATE = re.compile(r"\d{8}T\d{6}Z")

_KEPT = "tmx:"
"""What a unit has no field for are props of the types ``tmx:PLACE@ATTRIBUTE``,
``tmx:PLACE/PROP`` and ``tmx:PLACE#note``, where PLACE is tu, source or target."""

_KEPT_IN = re.compile(
    r"tmx:(?P<place>tu|source|target)"
    r"(?:@(?P<attribute>(?!lang$|tuid$|srclang$)[A-Za-z][A-Za-z0-9._-]*)|/(?P<prop>.*)|(?P<note>#note))",
    re.DOTALL,
)


def read(file: BinaryIO, name: str) -> Iterator[TranslationUnit]:
    """Yield the units of a TMX of any version up to 1.4; external entities are never read.

    A unit with several target languages is yielded once for each. What else is said of a unit
    or a side becomes props that :func:`write` puts back in their places. Raises
    ``FormatError`` where the file is not well-formed, not TMX, or a unit lacks what TMX demands.
    """
    header: dict[str, str] = {}
    for tag, element in ended(file, name, "tmx", ("header", "tu")):
        if tag == "tu":
            yield from _units(element, header, name)
            forget(element)
        else:
            header = _attributes(element)


def _units(tu: etree._Element, header: dict[str, str], name: str) -> Iterator[TranslationUnit]:
    """The units of one ``<tu>``, one for each language besides the source."""

    def wrong(what: str, hint: str = "") -> FormatError:
        return FormatError(what, path=name, line=tu.sourceline or 0, hint=hint)

    variants = []
    own: dict[str, str] = {}
    props, notes = [], []
    for child in tu:
        tag = local_name(child)
        if tag == "tuv":
            variants.append((_variant(child, wrong), child))
        elif tag == "note":
            notes.append(child.text or "")
        elif tag == "prop":
            kind, value = child.get("type", ""), child.text or ""
            if kind in _OWN_PROPS:
                own[_OWN_PROPS[kind]] = value
            else:
                props.append((f"{_KEPT}tu/{kind}" if kind.startswith(_KEPT) else kind, value))
    if len(variants) < 2:
        raise wrong(f"<tu> has {len(variants)} <tuv>, not two", "a unit needs both languages")

    attributes = _attributes(tu)
    srclang = attributes.pop("srclang", "") or header.get("srclang", "")
    tool = header.get("creationtool", "")
    unit_id = attributes.pop("tuid", "")
    if unit_id and tool != TOOL:
        props.append(("x-tuid", unit_id))
        unit_id = ""
    state = own.get("state", "translated")
    try:
        position = float(own.get("position", "0"))
        score = float(own["score"]) if "score" in own else None
    except ValueError:
        position = math.nan
    if not math.isfinite(position) or (score is not None and not math.isfinite(score)):
        raise wrong("a tmtool prop that must hold a number does not")
    if state not in STATES:
        raise wrong(f"the state {state!r} is not one of {', '.join(STATES)}")
    at = source_at([variant.language for variant, _ in variants], srclang)
    source, tuv = variants.pop(at)
    said = [attributes.pop(key, "") for key in _WHEN_AND_WHO]
    props += [(f"{_KEPT}tu@{key}", value) for key, value in attributes.items()]
    props += _besides(tuv, "source")
    for target, tuv in variants:
        besides = _besides(tuv, "target")
        if not any(said):  # then the target's are taken
            of_target = dict(besides)
            keys = [f"{_KEPT}target@{key}" for key in _WHEN_AND_WHO]
            said_of_target = [of_target.pop(key, "") for key in keys]
            besides = [(key, value) for key, value in besides if key not in keys]
        else:
            said_of_target = said
        created_at, created_by, changed_at, changed_by = said_of_target
        yield TranslationUnit(
            source,
            target,
            id=unit_id,
            state=state,
            document=own.get("document"),
            position=position,
            origin=own.get("origin", "" if tool == TOOL else tool),
            created_at=_moment(created_at),
            created_by=created_by,
            changed_at=_moment(changed_at),
            changed_by=changed_by,
            score=score,
            props=(*props, *besides),
            notes=tuple(notes),
        )
        unit_id = ""


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(key): str(value) for key, value in element.attrib.items()}


def _besides(tuv: etree._Element, place: str) -> list[tuple[str, str]]:
    """What a ``<tuv>`` says besides its language and text, as props."""
    said = [
        (f"{_KEPT}{place}@{attribute(key)}", value)
        for key, value in _attributes(tuv).items()
        if key not in (_LANG, "lang")
    ]
    if len(tuv) > 1:
        for child in tuv:
            tag = local_name(child)
            if tag == "prop":
                said.append((f"{_KEPT}{place}/{child.get('type', '')}", child.text or ""))
            elif tag == "note":
                said.append((f"{_KEPT}{place}#note", child.text or ""))
    return said


def source_at(languages: list[str], srclang: str) -> int:
    """Which variant is the source: that of ``srclang``, of its language, or the first."""
    wanted = srclang.lower().replace("_", "-")
    codes = [language.lower() for language in languages]
    for candidates in (codes, [code.split("-")[0] for code in codes]):
        if wanted in candidates:
            return candidates.index(wanted)
        wanted = wanted.split("-")[0]
    return 0


def _variant(tuv: etree._Element, wrong: Any) -> Variant:
    language = tuv.get(_LANG) or tuv.get("lang")
    if not language:
        raise wrong("<tuv> has no xml:lang", "TMX needs the language of each side")
    seg = next((child for child in tuv if local_name(child) == "seg"), None)
    if seg is None:
        raise wrong("<tuv> has no <seg>", "each side needs its text")
    try:
        code = _code(language)
    except LanguageError as error:
        raise wrong(error.message, "mend its xml:lang") from None
    if not len(seg):
        text = one_line(seg.text or "").strip()
        return Variant(code, (text,) if text else ())
    return Variant(code, trimmed(_content(seg, wrong)))


@cache
def _code(language: str) -> str:
    code = language.replace("_", "-")
    Language.check(code)
    return code


def _content(element: etree._Element, wrong: Any) -> list[str | Code]:
    """Text and codes of a ``<seg>`` or ``<hi>``."""
    parts: list[str | Code] = [element.text or ""]
    for child in element:
        tag = local_name(child)
        if not tag:
            raise wrong(f"an entity that the file defines itself: {child.text}", "write it out")
        if tag == "hi":
            attributes = "".join(
                f" {attribute(str(k))}={quoted(str(v))}" for k, v in child.attrib.items()
            )
            parts.append(Code("hi", f"<hi{attributes}>"))
            parts += _content(child, wrong)
            parts.append(Code("hi", "</hi>"))
        else:
            data = etree.tostring(child, encoding="unicode", with_tail=False)
            parts.append(Code(tag, data, child.get("i", "")))
        parts.append(child.tail or "")
    return parts


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write units as TMX 1.4; those with an empty side are counted and left out.

    Raises ``TmtoolError`` if an inline code of a unit is not XML.
    """
    units = iter(units)
    first = next(units, None)
    srclang = first.source.language if first else "*all*"
    file.write(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
            f'  <header creationtool="{TOOL}" creationtoolversion="{version(TOOL)}"'
            ' segtype="sentence" o-tmf="tmtool" adminlang="en"'
            f' srclang={quoted(srclang)} datatype="plaintext"/>\n  <body>\n'
        ).encode()
    )
    count = left_out = 0
    for unit in chain([first] if first else [], units):
        sides = [_seg(unit.source, unit.id), _seg(unit.target, unit.id)]
        if all(sides):
            file.write(_tu(unit, sides, srclang).encode("utf-8"))
            count += 1
        else:
            left_out += 1
    file.write(b"  </body>\n</tmx>\n")
    return Written(count, left_out)


def _tu(unit: TranslationUnit, sides: list[str], srclang: str) -> str:
    said = {"tu": "", "source": "", "target": ""}  # attributes
    inside = {"tu": "", "source": "", "target": ""}  # notes and props
    if unit.id:
        said["tu"] += f" tuid={quoted(unit.id)}"
    if unit.source.language != srclang:
        said["tu"] += f" srclang={quoted(unit.source.language)}"
    if unit.created_at:
        said["tu"] += f' creationdate="{_stamp(unit.created_at)}"'
    if unit.created_by:
        said["tu"] += f" creationid={quoted(unit.created_by)}"
    if unit.changed_at:
        said["tu"] += f' changedate="{_stamp(unit.changed_at)}"'
    if unit.changed_by:
        said["tu"] += f" changeid={quoted(unit.changed_by)}"
    for note in unit.notes:
        inside["tu"] += _note(note)
    inside["tu"] += _prop("x-tmtool:state", unit.state)
    if unit.document is not None:
        inside["tu"] += _prop("x-tmtool:document", unit.document)
    if unit.position:
        inside["tu"] += _prop("x-tmtool:position", _number(unit.position))
    if unit.origin:
        inside["tu"] += _prop("x-tmtool:origin", unit.origin)
    if unit.score is not None:
        inside["tu"] += _prop("x-tmtool:score", _number(unit.score))
    for kind, value in unit.props:
        kept = _KEPT_IN.fullmatch(kind)
        if not kept:
            inside["tu"] += _prop(kind, value)
        elif kept["attribute"] and f" {kept['attribute']}=" not in said[kept["place"]]:
            said[kept["place"]] += f" {kept['attribute']}={quoted(value)}"
        elif kept["note"]:
            inside[kept["place"]] += _note(value)
        else:
            inside[kept["place"]] += _prop(kind if kept["prop"] is None else kept["prop"], value)
    tuvs = [
        f"      <tuv xml:lang={quoted(variant.language)}{said[place]}>{inside[place]}"
        f"<seg>{seg}</seg></tuv>\n"
        for place, variant, seg in zip(
            ("source", "target"), (unit.source, unit.target), sides, strict=True
        )
    ]
    return f"    <tu{said['tu']}>\n{inside['tu']}{tuvs[0]}{tuvs[1]}    </tu>\n"


def _note(text: str) -> str:
    return f"      <note>{escaped(text)}</note>\n"


def _prop(kind: str, value: str) -> str:
    return f"      <prop type={quoted(kind)}>{escaped(value)}</prop>\n"


def _seg(variant: Variant, unit_id: str) -> str:
    """The inside of a ``<seg>``, empty if there is no text in it."""
    if len(variant.content) == 1 and isinstance(variant.content[0], str):
        return escaped(one_line(legal(variant.content[0])).strip())
    content = trimmed(legal(part) if isinstance(part, str) else part for part in variant.content)
    if not any(part.strip() for part in content if isinstance(part, str)):
        return ""
    inside = "".join(
        escaped(part) if isinstance(part, str) else legal(part.data) for part in content
    )
    try:
        etree.fromstring(f"<seg>{inside}</seg>")
    except etree.XMLSyntaxError as error:
        raise TmtoolError(
            f"unit {unit_id}: its inline codes are not XML: {error.msg}",
            hint="edit or reject the unit",
        ) from None
    return inside


def _number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return repr(value).removesuffix(".0")


def _stamp(moment: datetime) -> str:
    return format_time(moment).replace("-", "").replace(":", "")


def _moment(text: str) -> datetime | None:
    """The time of a TMX attribute; ``None`` where it is missing or not as TMX writes it."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
