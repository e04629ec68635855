"""TMX 1.4b, the Translation Memory eXchange format of LISA, streamed both ways.

What tmtool adds to a unit travels in ``<prop type="x-tmtool:…">``. Written segments are one
line, trimmed and in NFC, because CAT tools compare them letter by letter; units with an
empty side are left out, because an empty target in a CAT tool wipes a sentence. No DOCTYPE
is written: it would send some readers in search of a file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import chain, islice
from typing import BinaryIO

from lxml import etree

from tmtool.errors import FormatError, LanguageError, TmtoolError
from tmtool.formats import Found, Written, tus
from tmtool.formats.markup import escaped, legal, one_line, quoted, segment, trimmed
from tmtool.language import Language
from tmtool.model import STATES, Header, TranslationUnit, Variant, parse_time

TOOL = "tmtool"

_LANG = ("xml:lang", "lang")
_OWN = "x-tmtool:"
_OWN_PROPS = {_OWN + name: name for name in ("state", "document", "position", "origin", "score")}

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
        rf'(?:<prop type="{_OWN}{name}">({inside})</prop>{tus.SPACE})?'
        for name, inside in _INSIDE.items()
    )
    + _SIDE * 2
    + "</tu>"
)
"""What :func:`write` writes of a unit without props, notes and codes."""

_KEPT = "tmx:"
"""What a unit has no field for are props of the types ``tmx:PLACE@ATTRIBUTE``,
``tmx:PLACE/PROP`` and ``tmx:PLACE#note``, where PLACE is tu, source or target."""

_MANY = 500  # units that are written at once
_KEPT_IN = re.compile(
    r"tmx:(?P<place>tu|source|target)"
    r"(?:@(?P<attribute>(?!lang$|tuid$|srclang$)[A-Za-z][A-Za-z0-9._-]*)|/(?P<prop>.*)|(?P<note>#note))",
    re.DOTALL,
)


def read(file: BinaryIO, name: str) -> Iterator[Found]:
    """Yield the header and the units of a TMX of any version up to 1.4.

    External entities are never read.
    A unit with several target languages is yielded once for each. What else is said of a unit
    or a side becomes props that :func:`write` puts back in their places. Raises
    ``FormatError`` where the file is not well-formed, not TMX, or a unit lacks what TMX demands.
    """
    header: Mapping[str, str] = {}
    srclang: str | None = None  # of a file that tmtool wrote

    def own(text: str, at: int) -> tuple[TranslationUnit, int] | None:
        return None if srclang is None else _own(text, at, srclang)

    for found in tus.read(file, name, own):
        if isinstance(found, (TranslationUnit, FormatError)):
            yield found
        elif isinstance(found, tus.Tu):
            try:
                yield from _units(found, header)
            except _BadUnitError as error:
                yield FormatError(error.what, path=name, line=found.line, hint=error.hint)
        else:
            header = found.attributes
            if found.sayings:
                yield Header(
                    tuple((kind, text) for tag, kind, text in found.sayings if tag == "prop"),
                    tuple(text for tag, _, text in found.sayings if tag == "note"),
                )
            srclang = header.get("srclang", "") if header.get("creationtool") == TOOL else None


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
    text = one_line(tus.unescaped(text) if "&" in text else text).strip()
    return Variant(_code(language), (text,) if text else ())


class _BadUnitError(Exception):
    """A ``<tu>`` that cannot be read."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


def _units(tu: tus.Tu, header: Mapping[str, str]) -> list[TranslationUnit]:
    """The units of one ``<tu>``, one for each language besides the source."""
    variants = [_variant(side) for side in tu.sides]
    if len(variants) < 2:
        raise _BadUnitError(
            f"<tu> has {len(variants)} <tuv>, not two",
            "a unit needs both languages; import --skip-bad leaves it out",
        )
    own: dict[str, str] = {}
    props: list[tuple[str, str]] = []
    notes: list[str] = []
    for tag, kind, text in tu.sayings:
        if name := _OWN_PROPS.get(kind):
            own[name] = text
        elif tag == "note":
            notes.append(text)
        else:
            props.append((f"{_KEPT}tu/{kind}" if kind.startswith(_KEPT) else kind, text))
    state = own.get("state", "translated")
    if state not in STATES:
        raise _BadUnitError(f"the state {state!r} is not one of {', '.join(STATES)}")
    position = _number_of(own.get("position", "0"))
    score = _number_of(own["score"]) if "score" in own else None

    attributes = dict(tu.attributes)
    srclang = attributes.pop("srclang", "") or header.get("srclang", "")
    tool = header.get("creationtool", "")
    unit_id = attributes.pop("tuid", "")
    if unit_id and tool != TOOL:
        props.append(("x-tuid", unit_id))
        unit_id = ""
    said = _when_and_who(attributes)
    if attributes:
        props += [(f"{_KEPT}tu@{key}", value) for key, value in attributes.items()]
    at = 0
    if variants[0].language != srclang:
        at = source_at([variant.language for variant in variants], srclang)
    props += _besides(tu.sides[at].attributes, tu.sides[at].sayings, "source")
    units = []
    for number, side in enumerate(tu.sides):
        if number == at:
            continue
        beside: Mapping[str, str] = side.attributes
        if any(said):
            created_at, created_by, changed_at, changed_by = said
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
            created_at=_moment(created_at),
            created_by=created_by,
            changed_at=_moment(changed_at),
            changed_by=changed_by,
            score=score,
            props=(*props, *_besides(beside, side.sayings, "target")),
            notes=tuple(notes),
        )
        units.append(unit)
        unit_id = ""
    return units


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
    attributes: Mapping[str, str], sayings: Sequence[tus.Saying], place: str
) -> list[tuple[str, str]]:
    """What a ``<tuv>`` says besides its language and text, as props."""
    if len(attributes) == 1 and not sayings:
        return []
    said = [
        (f"{_KEPT}{place}@{key}", value) for key, value in attributes.items() if key not in _LANG
    ]
    for tag, kind, text in sayings:
        said.append((f"{_KEPT}{place}#note" if tag == "note" else f"{_KEPT}{place}/{kind}", text))
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


def _variant(side: tus.Side) -> Variant:
    language = side.attributes.get("xml:lang") or side.attributes.get("lang")
    if not language:
        raise _BadUnitError("<tuv> has no xml:lang", "TMX needs the language of each side")
    if side.content is None:
        raise _BadUnitError("<tuv> has no <seg>", "each side needs its text")
    try:
        return Variant(_code(language), side.content)
    except LanguageError as error:
        raise _BadUnitError(error.message, "mend its xml:lang") from None


@cache
def _code(language: str) -> str:
    code = language.replace("_", "-")
    Language.check(code)
    return code


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
    said = Header.joined(headers)
    inside = "".join([*map(_note, said.notes), *(_prop(*prop) for prop in said.props)])
    end = f">\n{inside}  </header>" if inside else "/>"
    file.write(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
            f'  <header creationtool="{TOOL}" creationtoolversion="{version(TOOL)}"'
            ' segtype="sentence" o-tmf="tmtool" adminlang="en"'
            f' srclang={quoted(srclang)} datatype="plaintext"{end}\n  <body>\n'
        ).encode()
    )
    count = left_out = 0
    units = chain([first] if first else [], units)
    while some := list(islice(units, _MANY)):
        tus = []
        for unit in some:
            source, target = _seg(unit.source, unit.id), _seg(unit.target, unit.id)
            if source and target:
                tus.append(_tu(unit, source, target, srclang))
        file.write("".join(tus).encode("utf-8"))
        count += len(tus)
        left_out += len(some) - len(tus)
    file.write(b"  </body>\n</tmx>\n")
    return Written(count, left_out)


def _tu(unit: TranslationUnit, source: str, target: str, srclang: str) -> str:
    """A unit with the insides of its segments."""
    own = f" tuid={quoted(unit.id)}" if unit.id else ""
    if unit.source.language != srclang:
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
    """Put props, and what :func:`_besides` made of other things, into their places."""
    for kind, value in props:
        kept = _KEPT_IN.fullmatch(kind)
        if not kept:
            inside["tu"] += _prop(kind, value)
        elif kept["attribute"] and f" {kept['attribute']}=" not in attributes[kept["place"]]:
            attributes[kept["place"]] += f" {kept['attribute']}={quoted(value)}"
        elif kept["note"]:
            inside[kept["place"]] += _note(value)
        else:
            inside[kept["place"]] += _prop(kind if kept["prop"] is None else kept["prop"], value)


def _note(text: str) -> str:
    return f"      <note>{escaped(text)}</note>\n"


def _prop(kind: str, value: str) -> str:
    return f"      <prop type={quoted(kind)}>{escaped(value)}</prop>\n"


def _seg(variant: Variant, unit_id: str) -> str:
    """The inside of a ``<seg>``, empty if there is no text in it."""
    if len(variant.content) == 1 and isinstance(variant.content[0], str):
        return segment(variant.content[0])
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


def _moment(text: str) -> datetime | None:
    """The time of a TMX attribute, also as ISO 8601 writes it otherwise; ``None`` if it is none."""
    try:
        moment = parse_time(text)
    except ValueError:
        return None
    return moment and moment.replace(microsecond=0)
