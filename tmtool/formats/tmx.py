"""TMX 1.4b, the Translation Memory eXchange format of LISA, streamed both ways.

What tmtool adds to a unit travels in ``<prop type="x-tmtool:…">``. Written segments are one
line, trimmed and in NFC, because CAT tools compare them letter by letter; units with an
empty side are left out, because an empty target in a CAT tool wipes a sentence. No DOCTYPE
is written: it would send some readers in search of a file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from typing import Any, BinaryIO

from lxml import etree

from tmtool.errors import FormatError, LanguageError, TmtoolError
from tmtool.formats import Written
from tmtool.formats.markup import (
    XML,
    attribute,
    escaped,
    forget,
    legal,
    local_name,
    parsed,
    quoted,
    trimmed,
)
from tmtool.language import Language
from tmtool.model import STATES, Code, TranslationUnit, Variant, format_time

TOOL = "tmtool"

_LANG = f"{XML}lang"
_OWN = "x-tmtool:"
_OWN_PROPS = {_OWN + name for name in ("state", "document", "position", "origin", "score")}
_DATE = "%Y%m%dT%H%M%SZ"


def read(file: BinaryIO, name: str) -> Iterator[TranslationUnit]:
    """Yield the units of a TMX of any version up to 1.4; external entities are never read.

    A unit with several target languages is yielded once for each. Raises ``FormatError``
    where the file is not well-formed, not TMX, or a unit lacks what TMX demands.
    """
    header: dict[str, str] = {}
    root = None
    for event, element in parsed(file, name):
        tag = local_name(element)
        if event == "start":
            if root is None:
                root = element
                if tag != "tmx":
                    raise FormatError(
                        f"is not TMX: its root is <{tag}>", path=name, line=element.sourceline or 0
                    )
        elif tag == "header":
            header = {str(key): str(value) for key, value in element.attrib.items()}
        elif tag == "tu":
            yield from _units(element, header, name)
            forget(element)


def _units(tu: etree._Element, header: dict[str, str], name: str) -> Iterator[TranslationUnit]:
    """The units of one ``<tu>``, one for each language besides the source."""
    line = tu.sourceline or 0

    def wrong(what: str, hint: str = "") -> FormatError:
        return FormatError(what, path=name, line=line, hint=hint)

    variants = []
    own: dict[str, str] = {}
    props, notes = [], []
    for child in tu:
        tag = local_name(child)
        if tag == "tuv":
            variants.append((child, _variant(child, wrong)))
        elif tag == "note":
            notes.append(child.text or "")
        elif tag == "prop":
            kind, value = child.get("type", ""), child.text or ""
            if kind in _OWN_PROPS:
                own[kind.removeprefix(_OWN)] = value
            else:
                props.append((kind, value))
    if len(variants) < 2:
        raise wrong(f"<tu> has {len(variants)} <tuv>, not two", "a unit needs both languages")

    srclang = tu.get("srclang") or header.get("srclang", "")
    at = source_at([variant.language for _, variant in variants], srclang)
    tool = header.get("creationtool", "")
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
    _, source = variants.pop(at)
    for number, (tuv, target) in enumerate(variants):

        def said(attribute: str, tuv: etree._Element = tuv) -> str:
            return str(tu.get(attribute) or tuv.get(attribute) or "")

        yield TranslationUnit(
            source,
            target,
            id=tu.get("tuid", "") if tool == TOOL and not number else "",
            state=state,
            document=own.get("document"),
            position=position,
            origin=own.get("origin", tool),
            created_at=_moment(said("creationdate")),
            created_by=said("creationid"),
            changed_at=_moment(said("changedate")),
            changed_by=said("changeid"),
            score=score,
            props=tuple(props),
            notes=tuple(notes),
        )


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
    code = str(language).replace("_", "-")
    try:
        Language.check(code)
    except LanguageError as error:
        raise wrong(error.message, "mend its xml:lang") from None
    return Variant(code, trimmed(_content(seg, wrong)))


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
    attributes = {
        "tuid": unit.id,
        "srclang": "" if unit.source.language == srclang else unit.source.language,
        "creationdate": _stamp(unit.created_at),
        "creationid": unit.created_by,
        "changedate": _stamp(unit.changed_at),
        "changeid": unit.changed_by,
    }
    own = {
        "state": unit.state,
        "document": unit.document,
        "position": _number(unit.position) if unit.position else None,
        "origin": unit.origin or None,
        "score": None if unit.score is None else _number(unit.score),
    }
    props = [(_OWN + kind, value) for kind, value in own.items() if value is not None]
    lines = ["    <tu" + "".join(f" {k}={quoted(v)}" for k, v in attributes.items() if v) + ">"]
    lines += [f"      <note>{escaped(note)}</note>" for note in unit.notes]
    lines += [
        f"      <prop type={quoted(kind)}>{escaped(value)}</prop>"
        for kind, value in (*props, *unit.props)
    ]
    lines += [
        f"      <tuv xml:lang={quoted(variant.language)}><seg>{seg}</seg></tuv>"
        for variant, seg in zip((unit.source, unit.target), sides, strict=True)
    ]
    return "\n".join([*lines, "    </tu>\n"])


def _seg(variant: Variant, unit_id: str) -> str:
    """The inside of a ``<seg>``, empty if there is no text in it."""
    content = trimmed(legal(part) if isinstance(part, str) else part for part in variant.content)
    if not any(part.strip() for part in content if isinstance(part, str)):
        return ""
    inside = "".join(
        escaped(part) if isinstance(part, str) else legal(part.data) for part in content
    )
    if any(isinstance(part, Code) for part in content):
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


def _stamp(moment: datetime | None) -> str:
    return format_time(moment).replace("-", "").replace(":", "")


def _moment(text: str) -> datetime | None:
    """The time of a TMX attribute; ``None`` where it is missing or not as TMX writes it."""
    try:
        return datetime.strptime(text, _DATE).replace(tzinfo=UTC)
    except ValueError:
        return None
