"""What TMX 1.4 allows: which element stands in which, and what attributes it has.

The same as its DTD, but that ``lang`` alone, which is deprecated, is not enough for a variant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Model:
    """What an element may hold, and which attributes it must have, and may have."""

    children: frozenset[str]
    has_text: bool
    required: frozenset[str]
    attributes: frozenset[str]

    @classmethod
    def of(cls, children: str, *, text: bool = False, required: str = "", more: str = "") -> Model:
        """A model by names with spaces between them; ``more`` attributes are not required."""
        must = frozenset(required.split())
        return cls(frozenset(children.split()), text, must, must | frozenset(more.split()))


_SAID = "creationdate creationid changedate changeid o-encoding"
_USED = f"{_SAID} datatype usagecount lastusagedate creationtool creationtoolversion o-tmf"
_CODES = "bpt ept ph it hi ut"
_TOLD = f"{LANG} lang o-encoding"

MODELS: dict[str, Model] = {
    "tmx": Model.of("header body", required="version"),
    "header": Model.of(
        "note prop ude",
        required="creationtool creationtoolversion segtype o-tmf adminlang srclang datatype",
        more=_SAID,
    ),
    "body": Model.of("tu"),
    "note": Model.of("", text=True, more=_TOLD),
    "prop": Model.of("", text=True, required="type", more=_TOLD),
    "ude": Model.of("map", required="name", more="base"),
    "map": Model.of("", required="unicode", more="code ent subst"),
    "tu": Model.of("note prop tuv", more=f"{_USED} tuid segtype srclang"),
    "tuv": Model.of("note prop seg", required=LANG, more=f"{_USED} lang"),
    "seg": Model.of(_CODES, text=True),
    "bpt": Model.of("sub", text=True, required="i", more="x type"),
    "ept": Model.of("sub", text=True, required="i"),
    "it": Model.of("sub", text=True, required="pos", more="x type"),
    "ph": Model.of("sub", text=True, more="x assoc type"),
    "ut": Model.of("sub", text=True, more="x"),
    "hi": Model.of(_CODES, text=True, more="x type"),
    "sub": Model.of(_CODES, text=True, more="datatype type"),
}
"""The model of each element by its name."""

POSITIONS = ("begin", "end")
"""What an <it> may say it is of what it is half of."""


def header_faults(child: etree._Element) -> Iterator[str]:
    """What an element of a header lacks."""
    for element in child.iter("*"):
        tag = str(element.tag)
        if tag in MODELS:
            yield from _missing(element, tag)
    if child.tag == "ude":
        if child.find("map") is None:
            yield "a <ude> has no <map>"
        if not child.get("base") and child.find("map[@code]") is not None:
            yield "a <ude> has no base, though a <map> has a code"


def code_faults(seg: etree._Element) -> Iterator[str]:
    """What is wrong with the attributes and the pairs of the codes of a segment."""
    codes = _codes_in(seg)
    for code in codes:
        tag = str(code.tag)
        yield from _missing(code, tag)
        said = code.get("pos")
        if said and tag == "it" and said not in POSITIONS:
            yield f"the pos {said!r} of <it> is not one of {', '.join(POSITIONS)}"
        for name in ("i", "x"):
            said = code.get(name, "0")
            if not (said.isascii() and said.isdigit()):
                yield f"the {name} {said!r} of <{tag}> is no number"
    yield from _pair_faults(code for code in codes if code.tag in ("bpt", "ept") and code.get("i"))
    for (tag, x), count in Counter(map(_matched_by, codes)).items():
        if x and count > 1:
            yield f"{count} codes <{tag}> have x={x!r}"


def _missing(element: etree._Element, tag: str) -> Iterator[str]:
    for name in sorted(MODELS[tag].required - set(element.keys())):
        yield f"a <{tag}> has no {name}"


def match_faults(seg: etree._Element, other: etree._Element) -> Iterator[str]:
    """What is wrong with how the codes of two variants match, where x says it on both sides."""
    ours, theirs = (
        {_matched_by(x) for x in _codes_in(side) if x.get("x")} for side in (seg, other)
    )
    if ours and theirs:
        for tag, x in sorted(ours ^ theirs):
            yield f"a <{tag}> with x={x!r} is on one side only"


def _codes_in(seg: etree._Element) -> list[etree._Element]:
    return [code for code in seg.iter("*") if code is not seg and code.tag in MODELS]


def _matched_by(code: etree._Element) -> tuple[str, str]:
    """By what a code is known on the other side: what it is, and its x."""
    return " ".join(filter(None, (str(code.tag), code.get("pos")))), code.get("x", "")


def _pair_faults(halves: Iterable[etree._Element]) -> Iterator[str]:
    """What is wrong with the pairs of <bpt> and <ept>."""
    opened, closed = set[str](), set[str]()
    early = list[str]()
    for half in halves:
        i = half.get("i", "")
        is_start = half.tag == "bpt"
        if i in (opened if is_start else closed):
            yield f"there are two <{'bpt' if is_start else 'ept'}> with i={i!r}"
        elif not is_start and i not in opened:
            early.append(i)
        (opened if is_start else closed).add(i)
    for i in early:
        what = "stands before its <bpt>" if i in opened else "has no <bpt>"
        yield f"an <ept> with i={i!r} {what}"
    for i in sorted(opened - closed):
        yield f"a <bpt> with i={i!r} has no <ept>"
