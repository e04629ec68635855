"""What a translation keeps as it is: addresses, inline codes, abbreviations, names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tmtool.checks.core import PLACEHOLDER, Flaw, Pair, Side, check
from tmtool.model import Code

_ADDRESS = re.compile(r"(?:https?://|ftp://|www\.)\S+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_CAPITALS = re.compile("[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][A-ZА-ЯЁӘҒҚҢӨҰҮҺІ.]+")
_ROMAN = frozenset("IVXLCDM")
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
    """Inline codes, or tags and placeholders in the text, are not the same on both sides."""
    source, target = pair.source, pair.target
    if not _may_have_codes(source) and not _may_have_codes(target):
        return
    ours, theirs = _codes(source), _codes(target)
    for code in ours - theirs:
        yield Flaw(f"{code} is not in the translation", None, "source")
    for code in theirs - ours:
        yield Flaw(f"{code} is not in the source")


def _may_have_codes(side: Side) -> bool:
    return not side.is_plain or side.may_have_placeholders


def _codes(side: Side) -> Counter[str]:
    content = side.variant.content
    found = Counter(part.data for part in content if isinstance(part, Code))
    if side.may_have_placeholders:
        found.update(PLACEHOLDER.findall(side.text))
    return found


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
