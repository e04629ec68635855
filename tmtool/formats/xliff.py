"""XLIFF of OASIS, streamed both ways: 1.x and 2.x are read, 2.1 is written (1.2 by ``xlf``).

A ``<file>`` is a document. The states of a unit are those of XLIFF 2.1; rejected ones are
``initial`` with a sub-state. What else tmtool knows of a unit is carried in the metadata
module, as one line (see ``plain``), which other tools keep and pass over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import BinaryIO

from lxml import etree

from tmtool.errors import FormatError, LanguageError, TmtoolError
from tmtool.formats import Found, Lost, Written
from tmtool.formats.inline import Reader, Writer
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
from tmtool.formats.plain import rest, restored
from tmtool.language import Language
from tmtool.model import STATES, Code, Content, State, TranslationUnit, Variant
from tmtool.text import legal

MORE = "x-tmtool-more"
REJECTED = "tmtool:rejected"

_OPEN = ("new", "needs-translation", "needs-adaptation", "needs-l10n")  # of XLIFF 1.2
_REVIEWED: dict[str, State] = {"signed-off": "reviewed", "final": "final"}


def read(file: BinaryIO, name: str) -> Iterator[Found]:
    """Yield a unit for each segment that may be translated, or is all the same.

    Those that say they need no translation, and have none, are counted. Raises ``FormatError``
    where the file is not well-formed, not XLIFF, or breaks its rules.
    """
    root = None
    version = ""
    passed_over = 0
    for event, element in parsed(file, name, ("trans-unit", "unit")):
        tag = local_name(element)
        if event == "start":
            if root is None:
                root = element
                version = _version(element, name)
        elif (tag == "trans-unit" and version == "1") or (tag == "unit" and version == "2"):
            units = _units(element, version, name)
            if _inherited(element, "translate") == "no":
                for unit in units:
                    is_translated = not isinstance(unit, TranslationUnit) or (
                        unit.is_paired and unit.source.content != unit.target.content
                    )
                    if is_translated:
                        yield unit
                    passed_over += not is_translated
            else:
                yield from units
            forget(element)
        elif tag in ("group", "file"):
            forget(element)
    if passed_over:
        yield Lost('units with translate="no" and no translation, left out', passed_over)


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


def _units(element: etree._Element, version: str, name: str) -> Iterator[Found]:
    """The units of a ``<trans-unit>`` or ``<unit>``, one for each segment."""
    try:
        languages = _languages(element, version)
        more = _more(element)
        notes = _notes(element)
        for contents, state in _segments(element, version):
            source, target = map(Variant, languages, contents)
            shown = {
                **{"source": source.text, "target": target.text, "state": state},
                "document": _inherited(element, "original"),
                "notes": notes if more else [note.strip() for note in notes if note.strip()],
            }
            unit = restored(shown, more)
            origin = unit.origin if more else "xliff"
            yield replace(unit, source=source, target=target, origin=origin)
            more = ""  # is about the first segment
    except (ValueError, LanguageError) as error:
        yield FormatError(
            f"unit {element.get('id', '')!r}: {error}",
            path=name,
            line=element.sourceline or 0,
            hint="mend it, or export it again from the tool it came from",
        )


def _languages(element: etree._Element, version: str) -> tuple[str, str]:
    """Source and target language, none where one is missing."""
    keys = ("source-language", "target-language") if version == "1" else ("srcLang", "trgLang")
    source, target = (_inherited(element, key).replace("_", "-") for key in keys)
    if not source or not target:
        return "", ""
    for code in (source, target):
        Language.check(code)
    return source, target


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


def _notes(element: etree._Element) -> list[str]:
    notes = (*element.iterfind("{*}note"), *element.iterfind("{*}notes/{*}note"))
    return ["".join(str(part) for part in note.itertext()) for note in notes]


def _segments(
    element: etree._Element, version: str
) -> Iterator[tuple[tuple[Content, Content], State]]:
    """Source and target of each segment and its state."""
    target = _child(element, "target")
    if version == "1":
        reader = Reader(version, {})
        parted = _parted(_child(element, "seg-source"))
        targets = _parted(target)
        pairs: list[tuple[etree._Element | None, etree._Element | None]]
        pairs = [(part, targets.get(key)) for key, part in parted.items()]
        for pair in pairs or [(_child(element, "source"), target)]:
            contents = _contents(reader, *pair)
            yield contents, _state_1(element, target, contents[1])
        return
    data = {
        part.get("id", ""): "".join(str(text) for text in part.itertext())
        for part in element.iterfind("{*}originalData/{*}data")
    }
    reader = Reader(version, data)
    for segment in element.iterfind("{*}segment"):
        contents = _contents(reader, _child(segment, "source"), _child(segment, "target"))
        yield contents, _state_2(segment, contents[1])


def _state_1(unit: etree._Element, target: etree._Element | None, content: Content) -> State:
    """The state that XLIFF 1.2 gives a target."""
    said = "" if target is None else target.get("state", "")
    if target is not None and target.get("state-qualifier", "").startswith("rejected"):
        return "rejected"
    if said in _OPEN or not (said or content):
        return "initial"
    if not said and unit.get("approved") == "yes":
        return "reviewed"
    return _REVIEWED.get(said, "translated")


def _state_2(segment: etree._Element, content: Content) -> State:
    """The state that XLIFF 2.1 gives a segment."""
    if segment.get("subState") == REJECTED:
        return "rejected"
    said = segment.get("state")
    return next(
        (state for state in STATES if state == said), "translated" if content else "initial"
    )


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    return next((child for child in element if local_name(child) == tag), None)


def _parted(element: etree._Element | None) -> dict[str, etree._Element]:
    """The segments that an element of XLIFF 1.2 is parted into, by their ids."""
    if element is None:
        return {}
    return {
        mark.get("mid", ""): mark for mark in element.iter("{*}mrk") if mark.get("mtype") == "seg"
    }


def _contents(
    reader: Reader, source: etree._Element | None, target: etree._Element | None
) -> tuple[Content, Content]:
    if source is None:
        raise ValueError("a segment has no <source>")
    if any(side is not None and has_too_many(side) for side in (source, target)):
        raise ValueError(TOO_MANY)
    first, second = (
        () if side is None else _spaced(reader.content(side), side) for side in (source, target)
    )
    return first, second


def _spaced(parts: list[str | Code], element: etree._Element) -> Content:
    """Content with its white space as it is, where that counts, and else on one line."""
    return joined(parts) if _inherited(element, f"{XML}space") == "preserve" else trimmed(parts)


# Writing


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write XLIFF 2.1, which holds one pair of languages.

    Raises ``TmtoolError`` if there are more.
    """
    count = changed = 0
    languages: tuple[str, str] | None = None
    for files, ((document, spoken), group) in enumerate(groupby(units, key=file_of), 1):
        if languages is None:
            languages = spoken
            file.write(_head(*languages).encode("utf-8"))
        elif spoken != languages:
            raise TmtoolError(
                f"XLIFF 2.1 holds one pair of languages, not {'-'.join(languages)} and "
                f"{'-'.join(spoken)}",
                hint="choose one with -s and -t, or write .xlf",
            )
        original = f" original={quoted(document)}" if document else ""
        file.write(f'  <file id="f{files}"{original} xml:space="preserve">\n'.encode())
        for number, unit in enumerate(group, 1):
            file.write(_unit(unit, number).encode("utf-8"))
            count += 1
            changed += is_changed(unit)
        file.write(b"  </file>\n")
    if languages is None:
        file.write((_head("und", "und") + '  <file id="f1">\n  </file>\n').encode())
    file.write(b"</xliff>\n")
    return Written(count, changed=changed)


def is_changed(unit: TranslationUnit) -> bool:
    """Whether a text loses characters that XML has no place for."""
    return any(legal(side.text) != side.text for side in (unit.source, unit.target))


def file_of(unit: TranslationUnit) -> tuple[str | None, tuple[str, str]]:
    """What the units of one ``<file>`` have in common."""
    return unit.document, unit.languages


def _head(source: str, target: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0"'
        ' xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0" version="2.1"'
        f" srcLang={quoted(source)} trgLang={quoted(target)}>\n"
    )


def _unit(unit: TranslationUnit, number: int) -> str:
    writer = Writer("2")
    source, target = writer.xml(unit.source), writer.xml(unit.target)
    state = f'state="{unit.state}"'
    if unit.state == "rejected":
        state = f'state="initial" subState="{REJECTED}"'
    data = "".join(f"<data id={quoted(key)}>{text}</data>" for key, text in writer.data.items())
    notes = "".join(f"<note>{escaped(note)}</note>" for note in unit.notes)
    lines = [
        f'    <unit id="u{number}">',
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
    return rest(plain, "state", "document", "notes") or "{}"
