"""What the XML formats share: parsing that nothing can abuse, and text that XML can hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from tmtool.errors import FormatError
from tmtool.model import Code, Content

XML = "{http://www.w3.org/XML/1998/namespace}"

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = re.compile(r"[ \t]*[\t\n\r\v\f\x85\u2028\u2029]+[ \t]*")


def parsed(file: BinaryIO, path: str) -> Iterator[tuple[str, etree._Element]]:
    """The start and the end of each element of a file, as it is read.

    No external entity is read, and none that the file defines is expanded (see
    :func:`local_name`). Raises ``FormatError`` where the file is not well-formed.
    """
    try:
        yield from etree.iterparse(
            file,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=False,
            remove_comments=True,
            remove_pis=True,
        )
    except etree.XMLSyntaxError as error:
        raise FormatError(
            f"is cut short or not well-formed XML: {error.msg}",
            path=path,
            line=error.lineno or 0,
            hint="export it again from the tool it came from",
        ) from None


def forget(element: etree._Element) -> None:
    """Let go of an element that was read and of all before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; empty for an entity, which the file defined itself."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(key: str) -> str:
    """An attribute as it is written: ``xml:`` is the one prefix that needs no declaration."""
    return key.replace(XML, "xml:").rpartition("}")[2]


def legal(text: str) -> str:
    """Text without the characters that XML has no place for."""
    return _ILLEGAL.sub("", text)


def escaped(text: str) -> str:
    """Text between tags; what XML has no place for is left out."""
    return escape(legal(text))


def quoted(text: str) -> str:
    """The value of an attribute, in quotes; what XML has no place for is left out."""
    return quoteattr(legal(text))


def trimmed(parts: Iterable[str | Code]) -> Content:
    """Content in NFC on one line, without white space at its ends; neighbouring texts joined."""
    joined: list[str | Code] = []
    for part in parts:
        if isinstance(part, str):
            part = _LINE_ENDS.sub(" ", unicodedata.normalize("NFC", part))
            if joined and isinstance(joined[-1], str):
                joined[-1] += part
                continue
        joined.append(part)
    if joined and isinstance(joined[0], str):
        joined[0] = joined[0].lstrip()
    if joined and isinstance(joined[-1], str):
        joined[-1] = joined[-1].rstrip()
    return tuple(part for part in joined if part != "")
