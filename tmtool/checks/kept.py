"""What a translation keeps as it is: addresses, inline codes, abbreviations, names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tmtool.checks.core import PLACEHOLDER, Flaw, Pair, Side, check
from tmtool.model import Code

_ADDRESS = re.compile(r"(?:https?://|ftp://|www\.)\S+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_CAPITALS = re.compile("[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][A-ZА-ЯЁӘҒҚҢӨҰҮҺІ.]+")
_ROMAN = frozenset("IVXLCDM")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)(?:\s[^<>]*)?(?<!/)>")
# Codes that are a pair in XLIFF, which TMX has as codes that stand alone.
_OF_XLIFF = re.compile(r"&lt;(bpt|bx|sc|ept|ex|ec)\b((?:(?!&gt;).)*)")
_OPENING = ("bpt", "bx", "sc")
_ATTRIBUTE = re.compile(r"""\b(rid|startRef|id)=["']([^"']*)""")
_DEEPEST = 20  # codes within each other of which it is seen which is around which
_LATIN_WORD = re.compile(r"(?<![\w@./{<%&$])[A-Za-z]{3,}(?![\w@/])")


@check("addresses", "error")
def addresses(pair: Pair) -> Iterator[Flaw]:
    """A web or e-mail address is not the same on both sides."""
    if not _may_have_address(pair.source) and not _may_have_address(pair.target):
        return
    ours, theirs = _addresses(pair.source), _addresses(pair.target)
    yield from _lost_and_added(ours, theirs)


def _may_have_address(side: Side) -> bool:
    return "@" in side.marks or (":" in side.marks and "://" in side.text) or "www." in side.text


def _addresses(side: Side) -> dict[str, tuple[int, int]]:
    found = {}
    for match in _ADDRESS.finditer(side.text):
        address = match[0].rstrip(".,;:!?\"'»”’)]>")
        found[address] = (match.start(), match.start() + len(address))
    return found


def _lost_and_added(
    ours: dict[str, tuple[int, int]], theirs: dict[str, tuple[int, int]]
) -> Iterator[Flaw]:
    for thing, span in ours.items():
        if thing not in theirs:
            yield Flaw(f"{thing} is not in the translation", span, "source")
    for thing, span in theirs.items():
        if thing not in ours:
            yield Flaw(f"{thing} is not in the source", span)


@check("codes", "error")
def codes(pair: Pair) -> Iterator[Flaw]:
    """Inline codes, or tags and placeholders in the text, are not the same on both sides, or what
    they open and close is not in the same order."""
    source, target = pair.source, pair.target
    if not _may_have_codes(source) and not _may_have_codes(target):
        return
    ours, theirs = _codes(source), _codes(target)
    for code in ours - theirs:
        yield Flaw(f"{code} is not in the translation", None, "source")
    for code in theirs - ours:
        yield Flaw(f"{code} is not in the source")
    yield from _disordered(_Order.of(source), _Order.of(target))


def _may_have_codes(side: Side) -> bool:
    return not side.is_plain or side.may_have_placeholders


def _codes(side: Side) -> Counter[str]:
    content = side.variant.content
    found = Counter(part.data for part in content if isinstance(part, Code))
    if side.may_have_placeholders:
        found.update(PLACEHOLDER.findall(side.text))
    return found


class _Order(NamedTuple):
    """How what opens and closes in a text stands to each other, by what opens.

    ``early`` closes, by which of them, before it opens; of two in ``crossed`` neither stands in the
    other; the first of two in ``around`` has the second in it.
    """

    early: dict[str, str]
    crossed: set[tuple[str, str]]
    around: set[tuple[str, str]]

    @classmethod
    def of(cls, side: Side) -> _Order:
        """That of the inline codes, and the tags in the text, of one side."""
        order = cls({}, set(), set())
        halves = list(_halves(side))
        waiting: dict[str, list[int]] = {}  # what is open, by its key
        early: dict[str, list[int]] = {}
        ends: dict[int, int] = {}
        for place, (opens, key, _) in enumerate(halves):
            if opens:
                waiting.setdefault(key, []).append(place)
            elif waiting.get(key):
                ends[waiting[key].pop()] = place
            else:
                early.setdefault(key, []).append(place)
        for key in waiting.keys() & early.keys():
            for begin, end in zip(waiting[key], early[key], strict=False):
                order.early[halves[begin].written] = halves[end].written
        begins = {end: begin for begin, end in ends.items()}
        within: list[int] = []
        for place in range(len(halves)):
            if place in ends:
                within.append(place)
            elif place in begins:
                begin = begins[place]
                code = halves[begin].written
                if within[-1] != begin:
                    order.crossed.add((code, halves[within[-1]].written))
                at = within.index(begin)
                del within[at]
                order.around.update((halves[x].written, code) for x in within[:at][-_DEEPEST:])
        return order


class _Half(NamedTuple):
    """What opens or closes something, by its key, as it is written."""

    opens: bool
    key: str
    written: str


def _halves(side: Side) -> Iterator[_Half]:
    """What opens and closes in a text, in its order."""
    for part in side.variant.content:
        if isinstance(part, str):
            for match in _TAG.finditer(part):
                yield _Half(not match[1], f"<{match[2]}>", match[0])
        elif part.kind in ("bpt", "ept"):
            yield _Half(part.kind == "bpt", part.pair, part.data)
        elif found := _OF_XLIFF.search(part.data):
            named = dict(_ATTRIBUTE.findall(found[2]))
            key = named.get("rid") or named.get("startRef") or named.get("id", "")
            yield _Half(found[1] in _OPENING, key, part.data)


def _disordered(ours: _Order, theirs: _Order) -> Iterator[Flaw]:
    """What stands otherwise in the translation than in the source."""
    for code, end in theirs.early.items():
        if code not in ours.early:
            yield Flaw(f"{end} stands before {code}, which it closes")
    for one, other in sorted(theirs.crossed):
        if not ours.crossed & {(one, other), (other, one)}:
            yield Flaw(f"{one} and {other} overlap, and do not in the source")
    for one, other in sorted(theirs.around - ours.around):
        if (other, one) in ours.around and (other, one) not in theirs.around:
            yield Flaw(f"{one} stands around {other}, and in the source within it")


@check("abbreviations", "warning")
def abbreviations(pair: Pair) -> Iterator[Flaw]:
    """An abbreviation that both languages have, such as АҚШ and US, has no counterpart."""
    source, target = pair.source, pair.target
    ours, theirs = source.typography.abbreviations, target.typography.abbreviations
    if not ours or not theirs:
        return
    known = dict[str, bool]()  # whether the translation has an abbreviation of this meaning
    for match in _CAPITALS.finditer(source.text):
        start, end = match.span()
        if source.text[start - 1 : start].isalnum() or source.text[end : end + 1].isalnum():
            continue
        written = match[0].replace(".", "").lower()
        for meaning, forms in ours.items():
            if written not in forms:
                continue
            if meaning not in known:
                known[meaning] = _holds(target, theirs.get(meaning, (written,)))
            if not known[meaning]:
                yield Flaw(f"{match[0]} has no counterpart", match.span(), "source")


def _holds(side: Side, forms: Iterable[str]) -> bool:
    """Whether one of several words or phrases is in a text; ``*`` ends one that may go on."""
    return any(
        any(word.startswith(form[:-1]) for word in side.words)
        if form.endswith("*") and "-" not in form
        else form.rstrip("*").replace("-", " ") in side.lower.replace("-", " ")
        if not form.isalpha()
        else form in side.words
        for form in forms
    )


@check("latin", "warning")
def latin(pair: Pair) -> Iterator[Flaw]:
    """A word in Latin letters in a Cyrillic text is missing in its translation into a language
    that is written in them."""
    source, target = pair.source, pair.target
    if source.text.isascii() or not source.has_latin or _CYRILLIC.search(target.text):
        return
    if not _CYRILLIC.search(source.text):
        return
    for match in _LATIN_WORD.finditer(source.text):
        word = match[0].lower()
        if set(match[0]) - _ROMAN and not any(other.startswith(word) for other in target.words):
            yield Flaw(f"{match[0]} is not in the translation", match.span(), "source")
