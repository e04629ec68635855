"""Inline codes between XLIFF and a unit, where they are TMX elements (see ``model.Code``).

An XLIFF tag becomes a TMX code whose content is the tag to the letter, so that a CAT tool that
reads our TMX sees one code where there was one, and XLIFF gets its tag back. Any other code is
written as a placeholder that holds its TMX.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, unescape

from lxml import etree

from tmtool.formats.markup import attribute, escaped, local_name, quoted
from tmtool.model import Code, Variant
from tmtool.text import nfc

# The elements around text, those that stand alone or hold a code, and those that open and close
# something that is not all in one segment.
_AROUND = {"1": ("g", "mrk"), "2": ("pc", "mrk")}
_ALONE = {"1": ("x", "ph", "bpt", "ept", "it"), "2": ("ph", "cp")}
_HALVES = {"1": ("bx", "ex"), "2": ("sc", "ec", "sm", "em")}
_BEGIN = ("bx", "sc", "sm")
_REFERENCES = ("dataRef", "dataRefStart", "dataRefEnd")
_MARK = {"1": 'ctype="x-tmtool"', "2": 'type="other" subType="tmtool:code"'}

_NATIVE = re.compile(
    r"(?P<tag></?(?P<name>[a-z]+)\b[^>]*>(?:[^<]*</(?P=name)>)?)"
    r'(?P<data>(?:<data id="[^"]*">[^<]*</data>)*)'
)
_DATA = re.compile(r'<data id="([^"]*)">([^<]*)</data>')
_START = re.compile(r"</?([a-z]+)((?:\s[^>]*)?)>")
_PAIR = re.compile(r'\si="([^"]*)"')


class Reader:
    """Makes content of the inline elements of one unit; its sides share the numbers of codes.

    ``version`` is the major version of XLIFF; ``data`` what the unit says of its original codes.
    Raises ``ValueError`` that says what is wrong.
    """

    def __init__(self, version: str, data: Mapping[str, str]) -> None:
        self._version = version
        self._data = data
        self._numbers: dict[str, int] = {}

    def content(self, element: etree._Element) -> list[str | Code]:
        """Text and codes in an element."""
        parts: list[str | Code] = [_normal(element.text)]
        for child in element:
            parts += self._inline(child)
            parts.append(_normal(child.tail))
        return parts

    def _inline(self, element: etree._Element) -> list[str | Code]:
        tag = local_name(element)
        if not tag:
            raise ValueError(f"it uses an entity that the file defines itself: {element.text}")
        number = self._number(element.get("id", "") or element.get("mid", "") or tag)
        if tag in _AROUND[self._version]:
            opened = f'<bpt i="{number}" x="{number}">{escape(self._start(element))}</bpt>'
            closed = f'<ept i="{number}">{escape(f"</{tag}>")}</ept>'
            pair = str(number)
            around = Code("bpt", opened, pair), Code("ept", closed, pair)
            return [around[0], *self.content(element), around[1]]
        if tag not in (*_ALONE[self._version], *_HALVES[self._version]):
            raise ValueError(f"<{tag}> is no inline element of XLIFF {self._version}")
        if own := self._own(element):
            return [own]
        inside = escaped("".join(element.itertext()))
        whole = escape(self._start(element, inside))
        if tag in _HALVES[self._version]:
            place = "begin" if tag in _BEGIN else "end"
            return [Code("it", f'<it pos="{place}" x="{number}">{whole}</it>')]
        return [Code("ph", f'<ph x="{number}">{whole}</ph>')]

    def _number(self, identity: str) -> int:
        return self._numbers.setdefault(identity, len(self._numbers) + 1)

    def _start(self, element: etree._Element, inside: str | None = None) -> str:
        """A tag as it is written, with the original code that it refers to.

        The whole element if ``inside`` is given.
        """
        tag = local_name(element)
        attributes = "".join(f" {attribute(str(k))}={quoted(str(v))}" for k, v in _plain(element))
        written = f"<{tag}{attributes}>"
        if inside is not None:
            written = f"{written}{inside}</{tag}>" if inside else f"{written[:-1]}/>"
        for key in _REFERENCES:
            reference = element.get(key, "")
            if reference in self._data:
                written += f"<data id={quoted(reference)}>{escaped(self._data[reference])}</data>"
        return written

    def _own(self, element: etree._Element) -> Code | None:
        """The code that tmtool wrote as a placeholder."""
        if element.get("ctype") == "x-tmtool":
            data = "".join(element.itertext())
        elif element.get("subType") == "tmtool:code":
            data = self._data.get(element.get("dataRef", ""), "")
        else:
            return None
        start = _START.match(data)
        if not start:
            raise ValueError("a code that tmtool wrote is damaged")
        pair = _PAIR.search(start[2])
        return Code(start[1], data, unescape(pair[1], {"&quot;": '"'}) if pair else "")


class Writer:
    """Writes the content of one unit; ``data`` holds the original codes it refers to."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._allowed = {*_AROUND[version], *_ALONE[version], *_HALVES[version]}
        self._numbers: dict[tuple[str, int], int] = {}
        self.data: dict[str, str] = {}

    def xml(self, variant: Variant) -> str:
        """The content of a side; its XLIFF tags, if they fit together, are tags again."""
        native = [
            escaped(part) if isinstance(part, str) else self._native(part)
            for part in variant.content
        ]
        if None not in native:
            whole = "".join(part for part in native if part)
            if self._fits(whole):
                return whole
        seen: dict[str, int] = {}
        return "".join(
            escaped(part) if isinstance(part, str) else self._placeholder(part, seen)
            for part in variant.content
        )

    def _native(self, code: Code) -> str | None:
        """The XLIFF tag that a code was made of."""
        try:
            content = etree.fromstring(code.data).text or ""
        except etree.XMLSyntaxError:
            return None
        match = _NATIVE.fullmatch(content)
        if not match or match["name"] not in self._allowed:
            return None
        data = dict(_DATA.findall(match["data"]))
        if any(self.data.get(key, value) != value for key, value in data.items()):
            return None
        self.data |= data
        return match["tag"]

    def _fits(self, whole: str) -> bool:
        try:
            root = etree.fromstring(f"<source>{whole}</source>")
        except etree.XMLSyntaxError:
            return False
        return all(element.tag in self._allowed for element in root.iterdescendants())

    def _placeholder(self, code: Code, seen: dict[str, int]) -> str:
        """A code as its TMX in a placeholder; the same code has the same id on both sides."""
        seen[code.data] = seen.get(code.data, 0) + 1
        key = (code.data, seen[code.data])
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        content = escaped(code.data)
        if self._version == "1":
            return f'<ph id="tm{number}" {_MARK["1"]}>{content}</ph>'
        self.data[f"tm{number}"] = content
        return f'<ph id="tm{number}" {_MARK["2"]} dataRef="tm{number}"/>'


def _normal(text: str | None) -> str:
    return nfc(text or "")


def _plain(element: etree._Element) -> list[tuple[object, object]]:
    """Attributes that need no declaration of a namespace."""
    return [
        (key, value)
        for key, value in element.attrib.items()
        if not str(key).startswith("{") or attribute(str(key)).startswith("xml:")
    ]
