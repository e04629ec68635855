"""What the XML formats share: parsing that nothing can abuse, and text that XML can hold."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from html.entities import name2codepoint
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from tmtool.errors import FormatError
from tmtool.formats import faults
from tmtool.model import Code, Content
from tmtool.text import is_encoding, legal, nfc, one_line

XML = "{http://www.w3.org/XML/1998/namespace}"

_IN_TEXT = re.compile("[&<>\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_IN_VALUE = re.compile('[&<>"\0-\x1f\ud800-\udfff\ufffe\uffff]')

_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
}
_HEAD = 1 << 15  # bytes in which a root element begins
_SAYS_WIDE = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"'](?:utf|ucs|iso-10646-ucs)-?[24136]+", re.I)
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"']([\w.:-]+)")
_MENDABLE = re.compile(
    rf"Entity '(?:{'|'.join(name2codepoint)})'|[Cc]har value|out of bounds|invalid character"
)

UNIT_BYTES = 2 << 20
"""Bytes that may lie between the ends of two units: more is damage, or made to do harm."""

_BETWEEN = 16 << 20  # bytes the same where a file may hold what it was made from
_ELEMENTS = 100_000  # between the ends of two units
_PARTS = 10_000  # elements and attributes in one side, or one unit of TMX


def parsed(file: BinaryIO, path: str, tags: Sequence[str]) -> Iterator[tuple[str, etree._Element]]:
    """The start and the end of each element of a file, as it is read.

    ``tags`` are those of its units, in which, and in notes, entities that the file defines as
    plain text are written out; the parser refuses those that grow without end. No external
    entity is read.
    Raises ``FormatError`` where the file is not well-formed, or holds a unit that is far too
    large.
    """
    head = file.read(_HEAD)
    bounded = _Bounded(Rejoined(head, file), path, _BETWEEN)
    encoding = _encoding(head, path)
    count = 0
    entities: Mapping[str, str | None] | None = None
    for event, element in _events(bounded, path, events=("start", "end"), encoding=encoding):
        entities = entities_of(element) if entities is None else entities
        if entities and event == "end" and local_name(element) in (*tags, "note"):
            write_out(element, entities)
        yield event, element
        count += 1
        if count > 2 * _ELEMENTS:
            raise _too_large(f"{_ELEMENTS:,} elements", path, element.sourceline or 0)
        if event == "end" and local_name(element) in tags:
            bounded.passed(element)
            count = 0


def ended(
    file: BinaryIO | Rejoined, path: str, root: str, tags: Sequence[str]
) -> Iterator[tuple[str, etree._Element]]:
    """Those elements of a file whose local names are ``tags``, with these, when they end.

    Quicker than :func:`parsed`, and as safe. Raises ``FormatError`` where the file is not
    well-formed, its root element has another local name than ``root``, or one of the
    elements is far too large.
    """
    head = file.read(_HEAD)
    if _SAYS_WIDE.match(head):
        said = "says that its encoding is UTF-16 or UTF-32, and is in bytes"
        raise FormatError(said, path=path, line=1, hint=HOW_TO_MEND)
    encoding = _encoding(head, path)
    probe = etree.XMLPullParser(events=("start",), encoding=encoding, **_SAFE)
    with suppress(etree.XMLSyntaxError):  # which is told below
        probe.feed(head)
    for _, element in probe.read_events():
        if local_name(element) != root:
            said = f"is not {root.upper()}: its root is <{local_name(element)}>"
            raise FormatError(said, path=path, line=element.sourceline or 0)
        break
    entities: Mapping[str, str | None] | None = None
    wanted = [f"{{*}}{tag}" for tag in tags]
    bounded = _Bounded(file, path, UNIT_BYTES)
    for _, element in _events(Rejoined(head, bounded), path, tag=wanted, encoding=encoding):
        entities = entities_of(element) if entities is None else entities
        if entities:
            write_out(element, entities)
        yield local_name(element), element
        bounded.passed(element)


def entities_of(element: etree._Element) -> Mapping[str, str | None]:
    """The entities that the file of an element defines, with their texts.

    There is ``None`` for one that holds markup or another entity, or is another file.
    """
    dtd = element.getroottree().docinfo.internalDTD
    texts = {} if dtd is None else {each.name or "": each.content for each in dtd.iterentities()}
    return {
        name: None if text is None or "&" in text or "<" in text else text
        for name, text in texts.items()
    }


def write_out(element: etree._Element, entities: Mapping[str, str | None]) -> list[str]:
    """Put the texts of entities in their places in an element; the names of those that were.

    Those without a text stay where no attribute holds them, and all do in an element of far too
    many parts.
    """
    if has_too_many(element):
        return []
    names = []
    for around in [each for each in element.iter() if isinstance(each.tag, str)]:
        for key, value in around.attrib.items():
            with suppress(ValueError):  # of a prefix that nothing declares
                around.set(key, value)
        texts = [around.text or ""]
        before = None  # the child behind which these texts stand
        for child in around:
            name = child.name if isinstance(child, etree._Entity) else ""
            if (text := entities.get(name)) is not None:
                texts += text, child.tail or ""
                names.append(name)
                around.remove(child)
                continue
            _set_text(around, before, texts)
            before, texts = child, [child.tail or ""]
        _set_text(around, before, texts)
    return names


def _set_text(around: etree._Element, before: etree._Element | None, texts: list[str]) -> None:
    """Make texts, if they are several, the text behind a child, or before the first."""
    if len(texts) > 1 and before is not None:
        before.tail = "".join(texts)
    elif len(texts) > 1:
        around.text = "".join(texts)


_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (b"<\0\0\0", "utf-32"),
    (b"\0\0\0<", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
    (b"<\0", "utf-16le"),
    (b"\0<", "utf-16be"),
)
"""How a document begins in which a character takes more than a byte."""


def wide_encoding(head: bytes) -> str:
    """``utf-16le`` or ``utf-16be`` for a document in it, marked or not; empty for any other.

    Raises ``ValueError`` that says what is wrong, if it is in UTF-32.
    """
    encoding = next((name for start, name in _WIDE if head.startswith(start)), "")
    if encoding == "utf-32":
        raise ValueError("is in UTF-32, which readers of XML do not know")
    return encoding


def _encoding(head: bytes, path: str) -> str | None:
    """The encoding that a parser is to be told, as it does not see it itself."""
    try:
        encoding = wide_encoding(head)
    except ValueError as error:
        raise FormatError(str(error), path=path, line=1, hint="save it as UTF-8") from None
    return encoding if encoding and head[:2] not in _MARKS else None


_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def parsed_whole(document: bytes) -> etree._Element | None:
    """The root of a document, read as safely; ``None`` if it is not well-formed."""
    try:
        root: etree._Element = etree.fromstring(document, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError:
        return None
    return root


class Rejoined(io.RawIOBase):
    """A file from whose start a part has been read already."""

    def __init__(self, head: bytes, rest: BinaryIO | io.RawIOBase) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        return head or self._rest.read(size) or b""


class _Watched(io.RawIOBase):
    """A file in the encoding of bytes that it names, if it is not UTF-8.

    ``wrong`` is what is wrong with its first byte that is no text, and the line.
    """

    def __init__(self, file: BinaryIO | io.RawIOBase) -> None:
        self._file = file
        self._decoder: codecs.IncrementalDecoder | None = None
        self._name = ""
        self._lines = 0
        self.wrong: tuple[str, int] | None = None

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size) or b""
        if not self._name:
            said = _DECLARED.match(data.removeprefix(codecs.BOM_UTF8))
            self._name = said[1].decode() if said else "utf-8"
            with suppress(LookupError):
                if self._name.lower() not in ("utf-8", "us-ascii") and is_encoding(self._name):
                    self._decoder = codecs.getincrementaldecoder(self._name)()
        if self._decoder and not self.wrong:
            try:
                self._lines += self._decoder.decode(data).count("\n")
            except UnicodeDecodeError as error:
                bad = error.object[error.start]
                before = error.object[: error.start].count(b"\n")
                said_of_it = f"is not {self._name.upper()}, as it says: byte 0x{bad:02X}"
                self.wrong = said_of_it, 1 + self._lines + before
        return data


class _Bounded(io.RawIOBase):
    """A file of which only so many bytes are read between two units."""

    def __init__(self, file: BinaryIO | Rejoined, path: str, most: int) -> None:
        self._file, self._path, self._most = file, path, most
        self._taken = self._line = 0

    def read(self, size: int = -1) -> bytes:
        if self._taken > self._most:
            raise _too_large(f"{self._most >> 20} MB", self._path, self._line)
        data = self._file.read(size)
        self._taken += len(data)
        return data

    def passed(self, element: etree._Element) -> None:
        """Count anew from here, behind a unit."""
        self._taken, self._line = 0, element.sourceline or self._line


def _too_large(what: str, path: str, line: int) -> FormatError:
    return FormatError(
        f"a unit behind this line has more than {what}",
        path=path,
        line=line,
        hint="a unit is a sentence; split it, or export it again from the tool it came from",
    )


def has_too_many(element: etree._Element) -> bool:
    """Whether a unit, or a side of one, is made of more parts than any text is.

    To read so many attributes would take a square of their number.
    """
    count = 0
    for each in element.iter():
        count += 1 + len(each.attrib)
        if count > _PARTS:
            return True
    return False


NO_ENTITY = "an entity that the file does not define as plain text"
"""What is wrong with one that is not written out."""

TOO_MANY = f"a unit has more than {_PARTS:,} inline codes or attributes"
HOW_TO_MEND = "'tmtool check --for generic --fix -o COPY.tmx' writes a copy without it"


def _events(file: BinaryIO | io.RawIOBase, path: str, **options: Any) -> Iterator[Any]:
    """What ``iterparse`` gives of a file that may be read safely."""
    watched = _Watched(file)
    events = etree.iterparse(watched, **options, **_SAFE)
    try:
        yield from events
    except etree.XMLSyntaxError as error:
        said, line = error.msg, error.lineno or 0
        if not line and events.error_log:  # an entity that nobody defined
            said, line = events.error_log[0].message, events.error_log[0].line
        if watched.wrong and faults.of_xml(said) == faults.NO_TEXT:
            what, line = watched.wrong
            raise FormatError(
                what,
                path=path,
                line=line,
                hint="export it again, or correct the encoding that its first line names",
            ) from None
        is_mendable = path.lower().endswith(".tmx") and _MENDABLE.search(said)
        raise FormatError(
            f"is cut short or not well-formed XML: {faults.of_xml(said)}",
            path=path,
            line=line,
            hint=HOW_TO_MEND if is_mendable else "export it again from the tool it came from",
        ) from None


def forget(element: etree._Element) -> None:
    """Let go of an element that was read and of all before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; empty for an entity that was not written out."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


def attribute(key: str) -> str:
    """An attribute as it is written: ``xml:`` is the one prefix that needs no declaration."""
    return key.replace(XML, "xml:").rpartition("}")[2]


def escaped(text: str) -> str:
    """Text between tags; what XML has no place for is left out.

    A carriage return, which a parser would change, is written by its number.
    """
    return escape(legal(text), {"\r": "&#13;"}) if _IN_TEXT.search(text) else text


def quoted(text: str) -> str:
    """The value of an attribute, in quotes; what XML has no place for is left out."""
    return quoteattr(legal(text)) if _IN_VALUE.search(text) else f'"{text}"'


def joined(parts: Iterable[str | Code]) -> Content:
    """Content in NFC, neighbouring texts made one."""
    together: list[str | Code] = []
    for part in parts:
        if isinstance(part, str) and together and isinstance(together[-1], str):
            together[-1] += part
        else:
            together.append(part)
    return tuple(nfc(part) if isinstance(part, str) else part for part in together if part != "")


def trimmed(parts: Iterable[str | Code]) -> Content:
    """Content in NFC on one line, without white space at its ends; neighbouring texts made one."""
    lines = [one_line(part) if isinstance(part, str) else part for part in joined(parts)]
    if lines and isinstance(lines[0], str):
        lines[0] = lines[0].lstrip()
    if lines and isinstance(lines[-1], str):
        lines[-1] = lines[-1].rstrip()
    return tuple(part for part in lines if part != "")
