"""What the words of a text are: letters, scripts, repetitions, the right language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from operator import eq

from tmtool.checks.core import Flaw, Pair, Side, check
from tmtool.checks.typography import confusables

_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u0250-\u02af]")
_CYRILLIC_LETTERS = "\u0400-\u052f"
_LATIN_LETTERS = "A-Za-zəƏɵƟķĶ"
_MIXED = re.compile(
    f"[{_LATIN_LETTERS}][{_CYRILLIC_LETTERS}]|[{_CYRILLIC_LETTERS}][{_LATIN_LETTERS}]"
)


@check("empty", "error")
def empty(pair: Pair) -> Iterator[Flaw]:
    """One side has no text, and the unit is not left open for later."""
    if pair.unit.state == "initial":
        return
    for side in (pair.source, pair.target):
        if not side.text.strip():
            yield Flaw("there is no text", None, side.name)


@check("repeated", "warning")
def repeated(pair: Pair) -> Iterator[Flaw]:
    """A word stands twice in a row, and in the source none does."""
    words = pair.target.lower.split()
    if not any(map(eq, words, words[1:])) or _doubled(pair.source):
        return
    if word := _doubled(pair.target):
        found = re.search(
            rf"(?<!\w){re.escape(word)}\s+({re.escape(word)})(?!\w)", pair.target.lower
        )
        yield Flaw(f"{word} stands twice", found and found.span(1))


def _doubled(side: Side) -> str:
    """The first word that stands twice in a row and may not, "" if there is none."""
    words = side.lower.split()
    for one, other in pairwise(words):
        if one == other and one.isalpha() and one not in side.typography.repeatable:
            return one
    return ""


@check("untranslated", "error")
def untranslated(pair: Pair) -> Iterator[Flaw]:
    """The translation is the source, or is still in its language; names and numbers may stay."""
    source, target = pair.source, pair.target
    if source.typography.language == target.typography.language:
        return
    if source.text == target.text:
        if _is_wordy(target):
            yield Flaw("the translation is the source")
        return
    theirs, ours = target.typography.everyday, source.typography.everyday
    if not theirs or not ours or target.text.isascii():
        return
    words = set(target.lower.split())
    foreign = len(words & ours) - len(words & theirs)
    if foreign >= 2 or (foreign == 1 and _share_of_foreign_letters(target) > 0.1):
        yield Flaw("it is still in the language of the source")


def _is_wordy(side: Side) -> bool:
    """Whether a text is more than names, numbers and abbreviations."""
    letters = side.typography.letters
    if letters and any(char.isalpha() and char.lower() not in letters for char in side.marks):
        return True
    return any(word.islower() and word.isalpha() for word in side.text.split()[1:])


def _share_of_foreign_letters(side: Side) -> float:
    letters = side.typography.letters
    return sum(c.isalpha() and c not in letters for c in side.text) / max(1, len(side.text))


@check("mixed-script", "error")
def mixed_script(pair: Pair) -> Iterator[Flaw]:
    """A word mixes Latin and Cyrillic letters that look alike, as сaлт with a Latin a."""
    for side in (pair.source, pair.target):
        if side.text.isascii() or not side.has_latin or not _MIXED.search(side.text):
            continue
        for match in _LETTERS.finditer(side.text):
            word = match[0]
            if word.isascii() or not _CYRILLIC.search(word):
                continue
            latin, passing = set(_LATIN.findall(word)), confusables()
            cyrillic = set(_CYRILLIC.findall(word))
            if latin and (latin <= passing.keys() or cyrillic <= set(passing.values())):
                which = " ".join(sorted(latin))
                yield Flaw(f"{word} mixes scripts (Latin {which})", match.span(), side.name)


@check("foreign-letters", "warning")
def foreign_letters(pair: Pair) -> Iterator[Flaw]:
    """A word of the translation is written in letters of the source's language alone."""
    target = pair.target
    letters = target.typography.letters
    if not letters or not pair.source.typography.letters or target.text.isascii():
        return
    strange = (pair.source.typography.letters - letters) & target.marks
    if not strange or pair.source.text == target.text:
        return
    for match in _LETTERS.finditer(target.text):
        if not strange.isdisjoint(match[0]):
            if max(match[0]) >= "\u0400":
                yield Flaw(f"{match[0]} is not of this language", match.span())
            return


@check("capital", "warning")
def capital(pair: Pair) -> Iterator[Flaw]:
    """The source begins with a capital letter and the translation with a small one."""
    ours, theirs = _first_letter(pair.source.text), _first_letter(pair.target.text)
    if ours.isupper() and theirs.islower():
        at = pair.target.text.index(theirs)
        yield Flaw("the source begins with a capital", (at, at + 1))


def _first_letter(text: str) -> str:
    """The letter a text begins with, marks before it aside; "" where a number comes first."""
    for char in text:
        if char.isalnum():
            return char if char.isalpha() else ""
    return ""
