"""The units of a TMX as they stand there.

Units of the plainest shape, text on two sides with their props and notes, are recognised by one
expression, which takes a fifth of the time of a parser that builds trees; the reader may know a
quicker one for what it wrote itself. What is not of this shape is left to the parser: the unit,
or, where it could hide where units end, the rest of the file. Which way a unit went makes no
difference to what it says.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import BinaryIO, NamedTuple
from xml.sax.saxutils import unescape

from lxml import etree

from tmtool.errors import FormatError
from tmtool.formats import Lost
from tmtool.formats.markup import (
    HOW_TO_MEND,
    NO_ENTITY,
    TOO_MANY,
    XML,
    Rejoined,
    ended,
    forget,
    has_too_many,
    joined,
    local_name,
    parsed_whole,
    quoted,
)
from tmtool.model import Code, Content, TranslationUnit
from tmtool.text import nfc

Saying = tuple[str, str, str, Sequence[tuple[str, str]]]
"""A ``<prop>``, ``<note>`` or ``<ude>``: its tag, type and text (XML of a ``<ude>``), and other
attributes."""

_CHUNK = 1 << 20
_LONGEST = 1 << 20  # characters in which a unit that is scanned ends


class Side(NamedTuple):
    """A ``<tuv>``; its content, white space and all, is ``None`` if it has no ``<seg>``."""

    attributes: Mapping[str, str]
    sayings: Sequence[Saying]
    content: Content | None


class Head(NamedTuple):
    """A ``<header>``; ``lost`` as of a unit."""

    attributes: Mapping[str, str]
    sayings: Sequence[Saying] = ()
    lost: Sequence[str] = ()


class Tu(NamedTuple):
    """A ``<tu>`` and the line of the file in which it begins.

    ``lost`` says of each thing in it that TMX has no place for what it is.
    """

    line: int
    attributes: Mapping[str, str]
    sayings: Sequence[Saying]
    sides: Sequence[Side]
    lost: Sequence[str] = ()


ELEMENTS = "elements that have no place in TMX, left out"
ATTRIBUTES = "attributes that TMX cannot hold, left out"
_STRAYS = "texts outside <seg>, left out"

VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.4b")

Shortcut = Callable[[str, int], tuple[TranslationUnit, int] | None]
"""The unit that stands at a place of a text, and where it ends; ``None`` where that is not sure."""

SPACE = r"[ \t\n\r]*+"
_CHARACTERS = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
TEXT = rf"{_CHARACTERS}(?:&(?:amp|lt|gt|quot|apos);{_CHARACTERS})*+"
_NAME = r"(?!xmlns)(?:xml:)?[A-Za-z_][A-Za-z0-9_.-]*"
VALUE = r'[^"<&\x00-\x1f\ufffe\uffff]*+'
_ATTRIBUTES = rf'(?: {_NAME}="{VALUE}")*+'
_SAYINGS = (
    rf"((?:<prop{_ATTRIBUTES}>{TEXT}</prop>{SPACE}|<note{_ATTRIBUTES}>{TEXT}</note>{SPACE})*+)"
)
_TUV = rf"<tuv({_ATTRIBUTES})>{SPACE}{_SAYINGS}<seg>({TEXT})</seg>{SPACE}</tuv>{SPACE}"
_PLAIN = re.compile(rf"{SPACE}<tu({_ATTRIBUTES})>{SPACE}{_SAYINGS}{_TUV}{_TUV}</tu>")
_ONE_ATTRIBUTE = re.compile(rf' ({_NAME})="({VALUE})"')
_ONE_SAYING = re.compile(r"<(prop|note)([^>]*)>([^<]*)</")
_PLAIN_SAYING = re.compile(r'<(prop|note)(?: type="([^"]*)")?>([^<]*)</()')
_END_TAG = "</tu>"
_END = re.compile(r"\s*</body>\s*</tmx>\s*\Z")
_BODY = re.compile(rb"<body\s*>")
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"']([^\"']*)[\"']")


def read(
    file: BinaryIO, name: str, shortcut: Shortcut
) -> Iterator[Head | Tu | TranslationUnit | FormatError | Lost]:
    """The header, if there is one, then each ``<tu>`` of a TMX, and what is lost beside them.

    Units that ``shortcut`` knows come as such. In place of a unit that is wrong in itself comes
    an error that says so. Raises ``FormatError`` where the file is not well-formed or not TMX.
    """
    head = _head(file)
    body = _BODY.search(head)
    header = body and _header(head[: body.end()])
    if body is None or header is None:
        yield from _parsed(Rejoined(head, file), name)
        return
    yield header
    rest = Rejoined(head[body.end() :], file)
    yield from _scanned(head[: body.end()], rest, name, shortcut)


def _head(file: BinaryIO) -> bytes:
    """The beginning of a file, to the start of its body if that comes soon."""
    head = b""
    while not _BODY.search(head) and len(head) < _CHUNK:
        some = file.read(1 << 15)
        if not some:
            break
        head += some
    return head


def _header(head: bytes) -> Head | None:
    """The header; ``None`` if the file is not to be scanned."""
    declared = _DECLARATION.match(head.removeprefix(codecs.BOM_UTF8))
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        return None
    if b"<!--" in head or b"<![" in head or b"[" in head.partition(b"<tmx")[0]:
        return None
    root = parsed_whole(head + b"</body></tmx>")
    if root is None or local_name(root) != "tmx" or [local_name(e) for e in root][-1:] != ["body"]:
        return None
    if _strangers(root, "header", "body"):
        return None
    header = next((e for e in root if local_name(e) == "header"), None)
    return None if header is None else _head_of(header)


def _parsed(file: BinaryIO | Rejoined, name: str) -> Iterator[Head | Tu | FormatError | Lost]:
    """The same by the parser alone."""
    strangers = 0
    element = None
    for tag, element in ended(file, name, "tmx", ("header", "tu")):
        if tag == "tu":
            yield _of_element(element, name, 0)
            strangers += _strangers(element.itersiblings(preceding=True), "tu")
            forget(element)
        else:
            yield _head_of(element)
    if element is not None:
        root = element.getroottree().getroot()
        strangers += _strangers(root, "header", "body")
        strangers += sum(_strangers(body, "tu") for body in root if local_name(body) == "body")
    yield Lost(ELEMENTS, strangers)


def _strangers(elements: Iterable[etree._Element], *known: str) -> int:
    return sum(local_name(element) not in known for element in elements)


def _head_of(header: etree._Element) -> Head:
    lost = _lost(header, ("note", "prop", "ude"))
    version = header.getroottree().getroot().get("version", "")
    if version not in VERSIONS:
        said = f"version {version!r}" if version else "no version"
        lost = [*lost, f"{said} of TMX, read as 1.4"]
    return Head(_attributes(header), _sayings(header), lost)


def _scanned(
    head: bytes, file: Rejoined, name: str, shortcut: Shortcut
) -> Iterator[Head | Tu | TranslationUnit | FormatError | Lost]:
    """The units behind a head."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    text, at = "", 0
    counted = 0  # where the line is known
    line = head_lines = head.count(b"\n")
    is_whole = False
    while True:
        known = shortcut(text, at)
        if known:
            unit, at = known
            yield unit
            continue
        line += text.count("\n", counted, at)
        counted = at
        found = _PLAIN.match(text, at)
        tu = found and _of_match(found, 1 + line + text.count("\n", at, found.start(1)))
        if found and tu:
            yield tu
            at = found.end()
            continue
        end = text.find(_END_TAG, at)
        if end < 0 and not is_whole and len(text) - at < _LONGEST:
            some = file.read(_CHUNK)
            try:
                text, at = text[at:] + decoder.decode(some, final=not some), 0
                counted = 0
            except UnicodeDecodeError:
                rest = text[at:].encode() + decoder.getstate()[0] + some
                break
            is_whole = not some
            continue
        if end < 0 and is_whole and _END.match(text, at):
            return
        block = text[at : end + len(_END_TAG)] if end >= 0 else ""
        element = _alone(head, block)
        if element is None:
            rest = text[at:].encode() + decoder.getstate()[0]
            break
        yield _of_element(element, name, line - head_lines)
        at = end + len(_END_TAG)
    passed = b"\n" * (line - head_lines)  # so that the parser counts lines right
    parsed = _parsed(Rejoined(head + passed + rest, file), name)
    next(parsed)  # the header, once more
    yield from parsed


def _alone(head: bytes, block: str) -> etree._Element | None:
    """The one unit in a block; ``None`` if it is not surely just that."""
    if not block or "<!" in block or "<?" in block:
        return None
    root = parsed_whole(head + block.encode() + b"</body></tmx>")
    body = None if root is None else root[-1]
    if root is None or body is None or local_name(body) != "body" or len(body) != 1:
        return None
    if sum(local_name(element) == "body" for element in root) > 1:
        return None
    return body[0] if local_name(body[0]) == "tu" else None


def _of_match(found: re.Match[str], line: int) -> Tu | None:
    """The unit that the expression found; ``None`` if an attribute comes twice."""
    own, said, *sides = found.groups()
    attributes, sayings = _attributes_in(own), _sayings_in(said)
    if attributes is None or sayings is None:
        return None
    both = []
    for own, said, text in (sides[:3], sides[3:]):
        side, sayings_of_side = _attributes_of_side(own), _sayings_in(said)
        if side is None or sayings_of_side is None:
            return None
        text = nfc(unescaped(text))
        both.append(Side(side, sayings_of_side, (text,) if text else ()))
    return Tu(line, attributes, sayings, both)


def _attributes_in(text: str) -> dict[str, str] | None:
    found = _ONE_ATTRIBUTE.findall(text)
    attributes = dict(found)
    return attributes if len(attributes) == len(found) else None


_attributes_of_side = lru_cache(64)(_attributes_in)  # nearly always the same ones


def _sayings_in(text: str) -> list[Saying] | None:
    if not text:
        return []
    found: list[Saying] = _PLAIN_SAYING.findall(text)
    if len(found) == text.count("</") and "&" not in text:
        return found
    sayings: list[Saying] = []
    for tag, attributes, said in _ONE_SAYING.findall(text):
        known = _attributes_in(attributes)
        if known is None:
            return None
        kind = known.pop("type", "") if tag == "prop" else ""
        sayings.append((tag, kind, unescaped(said), [*known.items()]))
    return sayings


def unescaped(text: str) -> str:
    """Text as it is meant, of which :data:`TEXT` is how it is written."""
    return unescape(text, {"&quot;": '"', "&apos;": "'"}) if "&" in text else text


def _attributes(element: etree._Element) -> dict[str, str]:
    """Attributes as they are written, each prefix but ``xml`` declared before it."""
    found: dict[str, str] = {}
    for key, value in element.attrib.items():
        namespace, _, name = str(key).rpartition("}")
        if namespace and namespace != XML[:-1]:
            prefixes = (
                each for each, uri in element.nsmap.items() if each and uri == namespace[1:]
            )
            prefix = next(prefixes)  # it has one, as no other attribute is in a namespace
            found[f"xmlns:{prefix}"] = namespace[1:]
            name = f"{prefix}:{name}"
        found[f"xml:{name}" if namespace == XML[:-1] else name] = str(value)
    return found


def _of_element(tu: etree._Element, name: str, lines: int) -> Tu | FormatError:
    """The unit that a parser read, or what is wrong in it; it did not read so many lines."""
    line = (tu.sourceline or 0) + lines
    if has_too_many(tu):
        return FormatError(TOO_MANY, path=name, line=line, hint="split it")
    sides = []
    lost = _lost(tu, ("prop", "note", "tuv"))
    for tuv in tu:
        if local_name(tuv) == "tuv":
            lost += _lost(tuv, ("prop", "note", "seg"))
            seg = next((child for child in tuv if local_name(child) == "seg"), None)
            try:
                content = None if seg is None else _content(seg)
            except _ForeignEntityError as error:
                return FormatError(
                    f"{NO_ENTITY}: {error}",
                    path=name,
                    line=line,
                    hint=f"write it out; {HOW_TO_MEND}",
                )
            sides.append(Side(_attributes(tuv), _sayings(tuv), content))
    return Tu(line, _attributes(tu), _sayings(tu), sides, lost)


def _lost(element: etree._Element, known: Sequence[str]) -> list[str]:
    """What is in an element, or in its props and notes, that TMX has no place for."""
    lost = [_STRAYS] if _is_stray(element.text) else []
    segs = 0
    for child in element:
        tag = local_name(child)
        if tag not in known:
            lost.append(ELEMENTS)
        elif tag == "seg":
            lost += [ATTRIBUTES] * len(child.attrib) + [ELEMENTS] * bool(segs)
            segs += 1
        elif tag in ("prop", "note"):
            lost += [ELEMENTS] * len(child)
        if _is_stray(child.tail):
            lost.append(_STRAYS)
    return lost


def _is_stray(text: str | None) -> bool:
    return text is not None and not text.isspace()


def _sayings(element: etree._Element) -> list[Saying]:
    sayings: list[Saying] = []
    for child in element:
        tag = local_name(child)
        if tag in ("prop", "note"):
            attributes = _attributes(child)
            kind = attributes.pop("type", "") if tag == "prop" else ""
            sayings.append((tag, kind, child.text or "", [*attributes.items()]))
        elif tag == "ude":
            sayings.append(
                (tag, "", etree.tostring(child, encoding="unicode", with_tail=False), ())
            )
    return sayings


class _ForeignEntityError(Exception):
    """An entity that a parser did not expand."""


def _content(seg: etree._Element) -> Content:
    return joined(_parts(seg)) if len(seg) else joined([seg.text or ""])


def _parts(element: etree._Element) -> list[str | Code]:
    """Text and codes of a ``<seg>`` or ``<hi>``."""
    parts: list[str | Code] = [element.text or ""]
    for child in element:
        tag = local_name(child)
        if not tag:
            raise _ForeignEntityError(child.text)
        if tag == "hi":
            attributes = "".join(f" {k}={quoted(v)}" for k, v in _attributes(child).items())
            parts.append(Code("hi", f"<hi{attributes}>"))
            parts += _parts(child)
            parts.append(Code("hi", "</hi>"))
        else:
            data = etree.tostring(child, encoding="unicode", with_tail=False)
            parts.append(Code(tag, data, child.get("i", "")))
        parts.append(child.tail or "")
    return parts
