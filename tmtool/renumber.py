"""Puts the numbers of a text into the translation of one that differs from it in numbers only."""

from __future__ import annotations

import re
from functools import cache

from tmtool.language import DATA, GENERIC

NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_SEPARATOR = re.compile(r"\D")


def renumbered(source: str, target: str, wanted: str, target_language: str) -> str | None:
    """The target with the numbers of ``wanted`` in place of those of its source.

    ``None`` where that is not safe: a number that changes is not in the target, or not as often
    as in the source; it is written in another way than its successor, or takes another plural.

    >>> renumbered("12,5 млн теңге", "12.5 million tenge", "14,5 млн теңге", "en")
    '14.5 million tenge'
    """
    old, new = NUMBER.findall(source), NUMBER.findall(wanted)
    if len(old) != len(new):
        return None
    changes: dict[tuple[str, ...], str] = {}
    for before, after in zip(old, new, strict=True):
        if changes.setdefault(_digits(before), after) != after:
            return None  # one number became two
        if _SEPARATOR.findall(before) != _SEPARATOR.findall(after):
            return None
        if before != after and _plural(before, target_language) != _plural(after, target_language):
            return None
    there = [_digits(number) for number in NUMBER.findall(target)]
    for digits, after in changes.items():
        held = sum(_digits(number) == digits for number in old)
        if digits != _digits(after) and there.count(digits) != held:
            return None

    def replaced(match: re.Match[str]) -> str:
        after = changes.get(_digits(match[0]))
        if after is None:
            return match[0]
        separators = [*_SEPARATOR.findall(match[0]), ""]
        return "".join(map(str.__add__, _digits(after), separators))

    return NUMBER.sub(replaced, target)


def _digits(number: str) -> tuple[str, ...]:
    """The digits of a number between its separators."""
    return tuple(_SEPARATOR.split(number))


def _plural(number: str, language: str) -> str:
    """The name of the plural form that a number goes with."""
    for name, digits in _plurals(language.split("-")[0]):
        if digits.fullmatch(number):
            return name
    return ""


@cache
def _plurals(code: str) -> list[tuple[str, re.Pattern[str]]]:
    path = DATA / code / "plurals.tsv"
    if not path.exists():
        path = DATA / GENERIC / "plurals.tsv"
    lines = path.read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return [(name, re.compile(digits)) for name, digits in rows]
