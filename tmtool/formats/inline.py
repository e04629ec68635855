"""Inline codes between XLIFF and a unit, where they are TMX elements (see ``model.Code``).

An XLIFF tag becomes a TMX code whose content is the tag to the letter, so that a CAT tool that
reads our TMX sees one code where there was one, and XLIFF gets its tag back. Any other code is
written as a placeholder that holds its TMX.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Literal, NamedTuple
from xml.sax.saxutils import escape, unescape

from lxml import etree

from tmtool.formats.markup import NO_ENTITY, attribute, escaped, local_name, quoted
from tmtool.model import LONGEST, Code, Variant
from tmtool.text import nfc

# The elements around text, those that stand alone or hold a code, and those that open and close
# something that is not all in one segment.
_AROUND = {"1": ("g", "mrk"), "2": ("pc", "mrk")}
_ALONE = {"1": ("x", "ph", "it"), "2": ("ph", "cp")}
_PAIRED: Mapping[str, Mapping[str, Literal["first", "last"]]] = {
    "1": {"bpt": "first", "ept": "last"},
    "2": {},
}  # those that hold the code that opens or closes something
_HALVES = {"1": ("bx", "ex"), "2": ("sc", "ec", "sm", "em")}
_BEGIN = ("bx", "sc", "sm")
_REFERENCES = ("dataRef", "dataRefStart", "dataRefEnd")
_TRACKED = {"x-sdl-deleted": False, "x-sdl-added": True}  # by mtype: whether the text is there
_COMMENT = "x-sdl-comment"  # by mtype: what says where a comment of Trados is
_OF_CUT = ("mtype", "mid")  # attributes of a segment of XLIFF 1.2
_MARK = {"1": 'ctype="x-tmtool"', "2": 'type="other" subType="tmtool:code"'}

MOST = 2 * LONGEST
"""Characters of what a unit says once that its segments may repeat; two sides hold no more."""

_CHANGES = "tracked changes, read as accepted: text that is deleted, or added"
_ATTRIBUTES = "attributes of inline codes that a unit cannot hold, left out"
_NATIVE = re.compile(
    r"(?P<tag></?(?P<name>[a-z]+)\b[^>]*>"
    r"(?:[^<]*(?:<sub\b.*</sub>[^<]*)?</(?P=name)>)?)"  # text that an original code holds
    r'(?P<data>(?:<data id="[^"]*">[^<]*</data>)*)',
    re.DOTALL,
)
_DATA = re.compile(r'<data id="([^"]*)">([^<]*)</data>')
_START = re.compile(r"</?(?:[^\s<>/:]+:)?([^\s<>/:]+)((?:\s[^>]*)?)/?>")
_PAIR = re.compile(r'\si="([^"]*)"')


class Tag(NamedTuple):
    """An inline tag: what it does, whose it is, and the tag to the letter.

    ``what`` is open and close for the two of an element around text, first and last for those that
    name each other, begin and end for those that the file itself says may stand apart, and alone.
    """

    what: Literal["open", "close", "first", "last", "begin", "end", "alone"]
    identity: str
    written: str


class Cut(NamedTuple):
    """Where a segment of XLIFF 1.2 begins or ends, by its ``mid``."""

    mid: str
    is_start: bool


Piece = str | Tag | Code | Cut
"""A part of what is in an element: text, a tag, a code that tmtool wrote, or a cut."""


class Reader:
    """Makes content of the inline elements of one unit.

    ``version`` is the major version of XLIFF; ``data`` what the unit says of its original codes.
    ``lost`` counts what content cannot hold. Raises ``ValueError`` that says what is wrong.
    """

    def __init__(self, version: str, data: Mapping[str, str]) -> None:
        self._version = version
        self._data = data
        self._repeated = 0  # characters of the data
        self.lost: Counter[str] = Counter()

    def pieces(self, element: etree._Element) -> list[Piece]:
        """What is in an element, one after another."""
        pieces: list[Piece] = [_normal(element.text)]
        for child in element:
            pieces += self._inline(child)
            pieces.append(_normal(child.tail))
        return [piece for piece in pieces if piece != ""]

    def _inline(self, element: etree._Element) -> list[Piece]:
        tag = local_name(element)
        if not tag:
            raise ValueError(f"it uses {NO_ENTITY}: {element.text}")
        if self._version == "1" and tag == "mrk" and element.get("mtype") == "seg":
            mid = element.get("mid", "")
            self.lost[_ATTRIBUTES] += sum(key not in _OF_CUT for key in element.attrib)
            return [Cut(mid, True), *self.pieces(element), Cut(mid, False)]
        if tag == "mrk" and (is_there := _TRACKED.get(element.get("mtype", ""))) is not None:
            self.lost[_CHANGES] += 1
            return self.pieces(element) if is_there else []
        if is_comment(element):
            return self.pieces(element)
        identity = element.get("id", "") or element.get("mid", "") or tag
        if tag in _AROUND[self._version]:
            opened = Tag("open", identity, self._start(element))
            return [opened, *self.pieces(element), Tag("close", identity, f"</{tag}>")]
        what = _PAIRED[self._version].get(tag)
        if not what and tag not in (*_ALONE[self._version], *_HALVES[self._version]):
            raise ValueError(f"<{tag}> is no inline element of XLIFF {self._version}")
        if own := self._own(element):
            return [own]
        whole = self._start(element, self._inside(element))
        if what:
            return [Tag(what, f"{tag[1:]} {element.get('rid', '') or identity}", whole)]
        if tag in _HALVES[self._version]:
            return [Tag("begin" if tag in _BEGIN else "end", identity, whole)]
        return [Tag("alone", identity, whole)]

    def _inside(self, element: etree._Element) -> str:
        """The original code in an element to the letter, with the elements in it."""
        parts = [escaped(_normal(element.text))]
        for child in element:
            if not local_name(child):
                raise ValueError(f"it uses {NO_ENTITY}: {child.text}")
            parts += (self._start(child, self._inside(child)), escaped(_normal(child.tail)))
        return "".join(parts)

    def _start(self, element: etree._Element, inside: str | None = None) -> str:
        """A tag as it is written, with the original code that it refers to.

        The whole element if ``inside`` is given.
        """
        tag = local_name(element)
        plain = _plain(element)
        self.lost[_ATTRIBUTES] += len(element.attrib) - len(plain)
        attributes = "".join(f" {attribute(str(k))}={quoted(str(v))}" for k, v in plain)
        written = f"<{tag}{attributes}>"
        if inside is not None:
            written = f"{written}{inside}</{tag}>" if inside else f"{written[:-1]}/>"
        for key in _REFERENCES:
            reference = element.get(key, "")
            if reference in self._data:
                data = escaped(self._data[reference])
                self._repeated += len(data)
                if self._repeated > MOST:
                    raise ValueError(
                        f"the original data of its codes are more than {MOST:,} characters"
                    )
                written += f"<data id={quoted(reference)}>{data}</data>"
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


def is_comment(element: etree._Element) -> bool:
    """Whether an element only says where a comment of Trados is."""
    return local_name(element) == "mrk" and element.get("mtype") == _COMMENT


def contents(*sides: Iterable[Piece]) -> list[list[str | Code]]:
    """Text and codes of the sides of a segment, which share the numbers of their codes.

    Of an element around text of which one tag is elsewhere, the other is a code of its own.
    """
    numbers: dict[str, int] = {}
    return [_content(list(pieces), numbers) for pieces in sides]


def _content(pieces: list[Piece], numbers: dict[str, int]) -> list[str | Code]:
    open_tags: list[int] = []
    waiting: dict[str, int] = {}  # the first of two that name each other
    paired = set[int]()
    for place, piece in enumerate(pieces):
        if isinstance(piece, Tag) and piece.what == "open":
            open_tags.append(place)
        elif isinstance(piece, Tag) and piece.what == "close" and open_tags:
            paired |= {open_tags.pop(), place}
        elif isinstance(piece, Tag) and piece.what == "first":
            waiting[piece.identity] = place
        elif isinstance(piece, Tag) and piece.what == "last" and piece.identity in waiting:
            paired |= {waiting.pop(piece.identity), place}
    parts: list[str | Code] = []
    for place, piece in enumerate(pieces):
        if isinstance(piece, Tag):
            number = numbers.setdefault(piece.identity, len(numbers) + 1)
            parts.append(_code(piece, number, is_paired=place in paired))
        elif not isinstance(piece, Cut):
            parts.append(piece)
    return parts


def _code(tag: Tag, number: int, *, is_paired: bool) -> Code:
    whole = escape(tag.written)
    if tag.what == "alone":
        return Code("ph", f'<ph x="{number}">{whole}</ph>')
    if not is_paired:
        place = "begin" if tag.what in ("open", "first", "begin") else "end"
        return Code("it", f'<it pos="{place}" x="{number}">{whole}</it>')
    if tag.what in ("open", "first"):
        return Code("bpt", f'<bpt i="{number}" x="{number}">{whole}</bpt>', str(number))
    return Code("ept", f'<ept i="{number}">{whole}</ept>', str(number))


class Sides(NamedTuple):
    """Both sides of a unit as XLIFF, and the original codes that they refer to, by their ids."""

    source: str
    target: str
    data: Mapping[str, str]


def written(version: str, source: Variant, target: Variant) -> Sides:
    """The sides of a unit in a major version of XLIFF.

    XLIFF tags are tags again where reading makes the same codes of them; all other codes are
    placeholders.
    """
    if not any(isinstance(part, Code) for part in (*source.content, *target.content)):
        return Sides(escaped(source.text), escaped(target.text), {})
    attempt = Sides("", "", {})
    for native in product((True, False), repeat=2):
        writer = _Writer(version)
        sides = [
            writer.native(side) if is_native else writer.placeholders(side)
            for side, is_native in zip((source, target), native, strict=True)
        ]
        if sides[0] is None or sides[1] is None:
            continue
        attempt = Sides(sides[0], sides[1], writer.data)
        if _codes_in(version, attempt) == [_codes(source.content), _codes(target.content)]:
            break
    return attempt


def _codes_in(version: str, attempt: Sides) -> list[list[Code]]:
    """The codes that reading would find; none where it finds fault."""
    data = "".join(f"<data id={quoted(key)}>{text}</data>" for key, text in attempt.data.items())
    sides = f"<source>{attempt.source}</source><target>{attempt.target}</target>"
    try:
        whole = etree.fromstring(f"<unit><originalData>{data}</originalData>{sides}</unit>")
        originals = {item.get("id", ""): item.text or "" for item in whole[0]}
        reader = Reader(version, originals)
        return list(map(_codes, contents(*map(reader.pieces, whole[1:]))))
    except (etree.XMLSyntaxError, ValueError):
        return []


def _codes(content: Iterable[str | Code]) -> list[Code]:
    return [part for part in content if isinstance(part, Code)]


class _Writer:
    """Writes the content of one unit; ``data`` holds the original codes it refers to."""

    def __init__(self, version: str) -> None:
        self._version = version
        kinds = (_AROUND, _ALONE, _HALVES, _PAIRED)
        self._allowed = {tag for kind in kinds for tag in kind[version]}
        self._numbers: dict[tuple[str, int], int] = {}
        self.data: dict[str, str] = {}

    def native(self, variant: Variant) -> str | None:
        """The content of a side with its XLIFF tags; ``None`` if a code of it is no such tag."""
        parts = [
            escaped(part) if isinstance(part, str) else self._native(part)
            for part in variant.content
        ]
        return None if None in parts else "".join(part for part in parts if part)

    def placeholders(self, variant: Variant) -> str:
        """The content of a side with a placeholder for each code."""
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
