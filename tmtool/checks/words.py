"""What the words of a text are: letters, scripts, repetitions, the right language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import islice

from tmtool.checks.core import FILLED, Flaw, Pair, Side, Span, check
from tmtool.checks.typography import WORD, Typography
from tmtool.text import confusables

_EVERYDAY = 2  # everyday words that tell another language
_FOREIGN = 0.3  # share of words in strange letters that tells another language
_DOUBLED = re.compile(r"(?<![\w-])([^\W\d_]+)\s+(\1)(?![\w-])")
_CYRILLIC = "\u0400-\u052f"
_LATIN = "A-Za-zəƏɵƟķĶ"
_LATIN_RUN = re.compile(r"[A-Za-z\d@./_&'’-]+(?: [A-Za-z\d@./_&'’-]+)*")
_TOKEN = re.compile(r"[^\W_]+")  # a word with its digits, as in CO2
_NAMED = 5  # words of a text that are named at the most
_MIXED = re.compile(f"[{_LATIN}][{_CYRILLIC}]|[{_CYRILLIC}][{_LATIN}]")
_CYRILLIC_LETTER = re.compile(f"[{_CYRILLIC}]")
_LATIN_LETTER = re.compile(f"[{_LATIN}]")


@check("empty", "error")
def empty(pair: Pair) -> Iterator[Flaw]:
    """One side has no text, and the translation is not left open for later."""
    if pair.unit.state == "initial" and pair.source.text.strip():
        return
    for side in (pair.source, pair.target):
        if not side.text.strip():
            yield Flaw("there is no text", None, side.name)


@check("repeated", "warning")
def repeated(pair: Pair) -> Iterator[Flaw]:
    """A word stands twice in a row, and in the source none does."""
    words = pair.target.lower.split()
    if not any(map(str.startswith, words[1:], words)):
        return
    found = _doubled(pair.target)
    if found and not _doubled(pair.source):
        yield Flaw(f"{found[1]} stands twice", found.span(2))


def _doubled(side: Side) -> re.Match[str] | None:
    """The first word that stands twice in a row and may not."""
    for match in _DOUBLED.finditer(side.lower):
        if match[1] not in side.typography.repeatable:
            return match
    return None


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
    words = target.lower.split()
    known, has_strange = len(ours.intersection(words)), _has_strange(pair)
    if known < _EVERYDAY and not has_strange:
        return
    foreign = known - len(theirs.intersection(words))
    written = WORD.findall(target.prose.lower())
    strange = sum(not target.typography.letters.issuperset(word) for word in written)
    if foreign >= _EVERYDAY or (foreign >= 0 and strange >= 2 and strange >= _FOREIGN * len(words)):
        yield Flaw("it is still in the language of the source")


def _has_strange(pair: Pair) -> bool:
    """Whether the translation has letters that only the language of the source has."""
    letters, some_are_no_marks = _only_in(pair.source.typography, pair.target.typography)
    if not letters.isdisjoint(pair.target.marks):
        return True
    return some_are_no_marks and not letters.isdisjoint(pair.target.text)


@cache
def _only_in(one: Typography, other: Typography) -> tuple[frozenset[str], bool]:
    """The letters of a language that another lacks, and whether there are some that are no marks
    of a side."""
    letters = one.letters - other.letters if other.letters else frozenset[str]()
    return letters, any("a" <= char <= "z" or "а" <= char <= "я" for char in letters)


def _is_wordy(side: Side) -> bool:
    """Whether a text is more than names, numbers and abbreviations."""
    letters = side.typography.letters
    if letters and any(char.isalpha() and char not in letters for char in side.prose):
        return True
    return any(word.islower() and word.isalpha() for word in side.prose.split()[1:])


@check("mixed-script", "error")
def mixed_script(pair: Pair) -> Iterator[Flaw]:
    """A word mixes Latin and Cyrillic letters that look alike, as сaлт with a Latin a; it is mended
    where letters without a look-alike, and most of all, tell in which script it is meant."""
    for side in (pair.source, pair.target):
        if side.text.isascii() or not side.has_latin or not _MIXED.search(side.text):
            continue
        for match in WORD.finditer(side.text):
            word = match[0]
            if word.isascii():
                continue
            letters = {
                "Latin": _LATIN_LETTER.findall(word),
                "Cyrillic": _CYRILLIC_LETTER.findall(word),
            }
            may_be = [script for script in letters if _can_be(script, letters)]
            if not all(letters.values()) or not may_be:
                continue
            few, many = sorted(letters, key=lambda script: len(letters[script]))
            is_even = len(letters[few]) == len(letters[many])
            is_sure = len(may_be) == 1 and (is_even or may_be[0] == many)
            wrong = letters.keys() - may_be if is_sure else letters if is_even else {few}
            said = (f"{which} {' '.join(sorted(set(letters[which])))}" for which in sorted(wrong))
            passing = _passing(may_be[0])
            fix = "".join(passing.get(char, char) for char in word) if is_sure else None
            message = f"{word} mixes scripts ({', '.join(said)})"
            yield Flaw(message, match.span(), side.name, fix)


def _can_be(script: str, letters: Mapping[str, Collection[str]]) -> bool:
    """Whether all letters of other scripts pass for some of this one."""
    others = (letter for other in letters if other != script for letter in letters[other])
    return all(letter in _passing(script) for letter in others)


@cache
def _passing(script: str) -> dict[str, str]:
    """The letters of a script by those of the other one that pass for them."""
    cyrillic = confusables()
    return cyrillic if script == "Cyrillic" else {b: a for a, b in cyrillic.items()}


@check("foreign-letters", "warning")
def foreign_letters(pair: Pair) -> Iterator[Flaw]:
    """Words of the translation have letters that only the language of the source has; Latin names
    and addresses in a Cyrillic text pass."""
    target = pair.target
    if target.text.isascii() or pair.source.text == target.text or not _has_strange(pair):
        return
    strange, _ = _only_in(pair.source.typography, target.typography)
    found = dict[str, Span]()
    prose = target.prose
    kept = _LATIN_RUN.sub(_without_name, prose)
    for match in _TOKEN.finditer(prose):
        span = slice(*match.span())
        if not strange.isdisjoint(kept[span]) and not any(
            left != char and char.isalpha() for left, char in zip(kept[span], match[0], strict=True)
        ):
            found.setdefault(match[0], match.span())
    if found:
        named = ", ".join(islice(found, _NAMED))
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        are = "is" if len(found) == 1 else "are"
        yield Flaw(f"{named}{more} {are} not of this language", next(iter(found.values())))


def _without_name(run: re.Match[str]) -> str:
    """Latin words, blank if one has a capital, a digit or what addresses and codes have."""
    is_name = any(not (char.islower() or char in " '’&") for char in run[0])
    return " " * len(run[0]) if is_name else run[0]


@check("capital", "warning")
def capital(pair: Pair) -> Iterator[Flaw]:
    """The source begins with a capital letter and the translation with a small one."""
    ours, theirs = _first_letter(pair.source.prose), _first_letter(pair.target.prose)
    if ours.isupper() and theirs.islower():
        at = pair.target.prose.index(theirs)
        yield Flaw("it begins with a small letter, the source with a capital", (at, at + 1))


def _first_letter(text: str) -> str:
    """The letter a text begins with, marks before it aside; "" where no letter comes first."""
    for char in text:
        if char.isalnum() or char == FILLED:
            return char if char.isalpha() else ""
    return ""
