"""Punctuation and white space."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tmtool.checks.core import Flaw, Pair, Side, check, verbatim_in
from tmtool.checks.known import Known

_CLOSERS = "\"'»”’›“)]} \u00a0\u202f\t\n"
_NO_END = _CLOSERS + "—–-"
_ENDS = frozenset(".…!?:;,")
_DASHES = frozenset("-–—―")
_BULLETS = frozenset("•·▪*")
_DEEP = 4  # quotations inside each other that are looked at
_QUOTATION = 5  # units over which a quotation may run
_QUOTES = frozenset('«»“”„‟"')
_QUOTE = re.compile('[«»“”„‟"]')
_BRACKETS = frozenset("()[]{}")
_PAIRED = {")": "(", "]": "[", "}": "{"}
_QUOTED_MARK = re.compile("(?:[?!…]|[.]{3})[\"'»”’“]")
_SHORT_WORD = re.compile(r"\d[ \u00a0-]?[^\W\d_]{1,3}\.\Z")  # as in 1991 ж.
_QUOTED_STOP = re.compile('[.]["»”“]')
_LIST_MARK = re.compile(r"\s*\w{1,3}\)")


def _end(text: str) -> str:
    """The marks that end a text, quotes and brackets behind them aside; "" for none."""
    bare = text.rstrip(_NO_END)
    if not bare or bare[-1] not in _ENDS:
        return ""
    if bare.endswith("..."):
        return "…"
    marks = bare[-1]
    return "".join(sorted({*bare[-2:]} & set("?!"))) if marks in "?!" else marks


@check("end", "warning")
def end(pair: Pair) -> Iterator[Flaw]:
    """The sides end differently: a full stop, question mark or colon was lost, added or changed."""
    ours, theirs = _end(pair.source.text), _end(pair.target.text)
    if ours == theirs or (theirs == "." and _is_unended(pair.source.text, ours)):
        return
    if _is_short_word(pair.source, ours, theirs) or _is_short_word(pair.target, theirs, ours):
        return
    if not _quoted(pair.source.text, theirs) and not _quoted(pair.target.text, ours):
        length = len(pair.target.text)
        said = f'with "{theirs}"' if theirs else "without a mark"
        wanted = f'with "{ours}"' if ours else "without one"
        message = f"it ends {said}, the source {wanted}"
        yield Flaw(message, (max(0, length - 1), length))


def _is_unended(text: str, mark: str) -> bool:
    """Whether it is the source that does not end as a sentence should: with a comma, or without a
    mark behind the full stop of a quotation."""
    return mark == "," or (mark == "" and _QUOTED_STOP.search(text) is not None)


def _is_short_word(side: Side, mark: str, other: str) -> bool:
    """Whether a text ends with the dot of a short word only, where the other has no mark."""
    return mark == "." and other == "" and _SHORT_WORD.search(side.text.rstrip()) is not None


def _quoted(text: str, mark: str) -> bool:
    """Whether a question or an exclamation is quoted, so that the sentence may end with it."""
    return mark in ("?", "!", "…") and _QUOTED_MARK.search(text) is not None


def _start(text: str) -> str:
    first = text.lstrip()[:1]
    return "dash" if first in _DASHES else "bullet" if first in _BULLETS else ""


@check("start", "warning")
def start(pair: Pair) -> Iterator[Flaw]:
    """One side begins with a dash or a bullet, the other with neither; quotes stand for a dash."""
    ours, theirs = _start(pair.source.text), _start(pair.target.text)
    if bool(ours) == bool(theirs):
        return
    bare = pair.target if ours else pair.source
    if "dash" in (ours, theirs) and bare.text.lstrip()[:1] in _QUOTES | {"'", "‘"}:
        return
    said = f"it lacks the {ours} that" if ours else f"it begins with a {theirs}, not as"
    yield Flaw(f"{said} the source begins with", (0, 1))


def _unbalanced_brackets(side: Side) -> list[int]:
    """Where brackets stand alone; the mark of a list, as in 1), is no bracket."""
    mark = _LIST_MARK.match(side.text)
    alone, opened = [], []
    for at, char in enumerate(side.text):
        if char in "([{":
            opened.append(at)
        elif char in _PAIRED and not (mark and at < mark.end()):
            if opened and side.text[opened[-1]] == _PAIRED[char]:
                opened.pop()
            else:
                alone.append(at)
    return alone + opened


@check("brackets", "error", marks=_BRACKETS)
def brackets(pair: Pair) -> Iterator[Flaw]:
    """A bracket of the translation has no partner, though those of the source have."""
    alone = _unbalanced_brackets(pair.target)
    if alone and not _unbalanced_brackets(pair.source):
        yield Flaw(f"{pair.target.text[alone[0]]} has no partner", (alone[0], alone[0] + 1))


_CLOSES = {'"': '"', "“": "„", "»": "«", "”": "“„‟"}  # by a closing mark, those that it closes
_OPENING = re.compile(r'(?<![^\s(«“„—–-])"(?=\w)')
_CLOSES_BOTH = re.compile(r"[,.!?…]*\s*(?:[—–]|\Z)")  # behind the end of a quotation


class _Quotations(NamedTuple):
    """Where quotation marks stand alone; where quotations begin and end, and inside how many."""

    alone: list[int]
    paired: list[tuple[int, int, int]]


def _quotations(text: str) -> _Quotations:
    """The quotations of a text; one » may end a quotation and one inside it."""
    alone, opened = [], list[int]()
    paired = list[tuple[int, int, int]]()
    inner = last_end = 0
    for match in _QUOTE.finditer(text):
        at, char = match.start(), match[0]
        closes = opened and text[opened[-1]] in _CLOSES.get(char, ())
        if closes and not (char == '"' and _OPENING.match(text, at)):
            paired.append((opened.pop(), at, len(opened)))
            if char == "»":
                inner, last_end = paired[-1][0], at + 1
        elif char in '«„“"‟':
            opened.append(at)
        else:
            alone.append(at)
    is_inside = opened and text[opened[-1]] == "«" and inner > opened[-1] + 1
    if is_inside and _CLOSES_BOTH.match(text, last_end):
        opened.pop()
    return _Quotations(alone + opened, paired)


def _join_quotations(known: Known, pairs: Sequence[Pair]) -> None:
    """Tell units of quotations that run over several of them, which their order shows."""
    opened: Pair | None = None
    age = 0
    for pair in pairs:
        age += 1
        target = pair.target
        if target.marks.isdisjoint(_QUOTES):
            continue
        alone = _quotations(target.text).alone
        if len(alone) != 1:
            continue
        at = alone[0]
        is_opener = target.text[at] in "«„“‟" or (
            target.text[at] == '"' and (at == 0 or target.text[at - 1] in " (—")
        )
        if is_opener:
            opened, age = pair, 0
        elif opened and age <= _QUOTATION and opened.unit.document == pair.unit.document:
            opened.runs_on = pair.runs_on = True
            opened = None


@check("quotes", "warning", learn=_join_quotations, marks=_QUOTES)
def quotes(pair: Pair) -> Iterator[Flaw]:
    """A quotation mark of the translation has no partner, though those of the source have, or is
    not one that its language uses, or the house style."""
    target = pair.target
    text = target.text
    found = _quotations(text)
    alone = found.alone
    if alone and not pair.runs_on and not _quotations(pair.source.text).alone:
        yield Flaw(f"{text[alone[0]]} has no partner", (alone[0], alone[0] + 1))
    if style := pair.known.style(target.variant.language).quotation:
        verbatim = verbatim_in(target)
        for start, end, depth in found.paired:
            wanted = style[depth % len(style)]
            if wanted == text[start] + text[end] or depth >= _DEEP:
                continue
            if text[start] == '"' and not _OPENING.match(text, start):
                continue  # inches, or seconds
            if not any(first < end and start < last for first, last in verbatim):
                fix = f"{wanted[0]}{text[start + 1 : end]}{wanted[1]}"
                yield Flaw(
                    f"quotes are {wanted[0]}…{wanted[1]} in this style", (start, end + 1), fix=fix
                )
        return
    usual = target.typography.quotes
    if usual and (odd := (target.marks & _QUOTES).difference(*usual)):
        at = min(text.index(char) for char in odd)
        known = " or ".join(f"{one[0]}…{one[1]}" for one in usual)
        yield Flaw(f"{text[at]} is not how this language quotes: {known}", (at, at + 1))


_SPACES = frozenset("\t\u00a0\u2002\u2003\u2009\u200a\u200b\u202f\u3000\ufeff")
_WITHOUT_WIDTH = "\u200b\ufeff"
_DOUBLE = re.compile("[\\s\u200b\ufeff]{2,}")
_BEFORE_MARK = re.compile(r"(?<=\w)[ \u00a0]+(?=[,;:!?]|\.(?!\w|\.))")
_ODD = re.compile("[\t\u2002\u2003\u200a\u200b\u3000\ufeff]")
_NBSP = re.compile("(?<!\\S)(?P<before>\\S*)[\u00a0\u202f](?P<after>\\S*)")


@check("spaces", "warning")
def spaces(pair: Pair) -> Iterator[Flaw]:
    """Spaces that are doubled, stand at an end or before a mark, are of an odd kind, or keep words
    together that nothing holds together."""
    text = pair.target.text
    if "  " in text and (double := _found_besides(_DOUBLE, pair)):
        yield Flaw("two spaces", double.span(), fix=" ")
    if text[:1].isspace() != pair.source.text[:1].isspace():
        yield Flaw("the sides differ in the space at the start", (0, 1))
    if text[-1:].isspace() != pair.source.text[-1:].isspace():
        yield Flaw("the sides differ in the space at the end", (len(text) - 1, len(text)))
    if (" ," in text or " ." in text or " ;" in text or " :" in text) or (
        " !" in text or " ?" in text
    ):
        found = _BEFORE_MARK.search(text)
        if found and not _BEFORE_MARK.search(pair.source.text):
            yield Flaw("a space before a mark", found.span(), fix="")
    if pair.target.marks.isdisjoint(_SPACES):
        return
    if odd := _found_besides(_ODD, pair):
        fix = "" if odd[0] in _WITHOUT_WIDTH else " "
        yield Flaw(f"a space of an odd kind (U+{ord(odd[0]):04X})", odd.span(), fix=fix)
    for match in _NBSP.finditer(text):
        at = match.end("before")
        if not _holds(match["before"], match["after"]):
            yield Flaw("a non-breaking space between ordinary words", (at, at + 1), fix=" ")
        elif not match["before"] or not match["after"]:
            yield Flaw("a non-breaking space beside another", (at, at + 1), fix="")


def _found_besides(spaces: re.Pattern[str], pair: Pair) -> re.Match[str] | None:
    """The first such spaces of the translation that the source does not have at the same place,
    which is at an end, behind a word or behind a mark."""

    def place(text: str, found: re.Match[str]) -> tuple[bool, ...]:
        start, end = found.span()
        return start == 0, end == len(text), text[start - 1 : start].isalnum()

    ours = pair.source.text
    own = Counter(place(ours, found) for found in spaces.finditer(ours))
    for found in spaces.finditer(pair.target.text):
        at = place(pair.target.text, found)
        if not own[at]:
            return found
        own[at] -= 1
    return None


def _holds(before: str, after: str) -> bool:
    """Whether words may be kept together: short ones, numbers, dashes, abbreviations, names."""
    return (
        len(before) <= 3
        or len(after) <= 3
        or before.endswith((".", "№", "«", "§"))
        or any(char.isdigit() for char in before + after)
    )
