"""Choices of style that a configuration fixes; where it fixes none, these checks say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tmtool.checks.core import DIGITS, Flaw, Pair, Side, check, verbatim_in
from tmtool.checks.numbers import Number, numbers_in, readings
from tmtool.checks.style import Style
from tmtool.checks.typography import SPACES, WORD

_NEAR = 24  # characters beside a dash that tell what it is
_DASHES = frozenset("-–—―")
_DASH = re.compile(  # spaced, at least on one side if it is no hyphen, or long between letters
    rf"(?<=[^\s\d%|–—―-])(?:[{SPACES}](?:--|[-–—―])[{SPACES}]|[{SPACES}](?:--|[–—―])"
    rf"|(?:--|[–—―])[{SPACES}]|(?<=[^\W\d_])(?:--|[—―])(?=[^\W\d_]))(?=[^\s\d%|–—―-])"
)
_FIRST_DASH = re.compile(rf"[-–—―](?=[{SPACES}](?:[^\W\d_]|[\"«“„]))")
_SYMBOL = re.compile(r"(?<![\w.])[A-Za-z]\Z"), re.compile(r"[A-Za-z](?![\w.])")
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_DOTTED = re.compile(r"\d+(?:[.:]\d+)+")
_DIGIT_BESIDE = re.compile(rf"\d[{SPACES}-]\Z"), re.compile(rf"[{SPACES}-]\d")


@check("dashes", "warning", marks=_DASHES)
def dashes(pair: Pair) -> Iterator[Flaw]:
    """A dash of the translation is not the one of the house style, or not spaced as there; what is
    beside a digit or a symbol, in a tag or in code is no dash."""
    target = pair.target
    wanted = pair.known.style(target.variant.language).dash
    if not wanted:
        return
    first = _FIRST_DASH.match(target.text)
    if first and first[0] != wanted.strip():
        yield Flaw(f"a dash is {wanted.strip()} in this style", first.span(), fix=wanted.strip())
    verbatim = verbatim_in(target)
    for match in _DASH.finditer(target.text):
        start, end = match.span()
        if _plain(match[0]) == _plain(wanted) or _is_no_dash(target, start, end):
            continue
        if not any(first <= start < last for first, last in verbatim):
            fix = None if "--" in match[0] else wanted  # it might stand for something else
            yield Flaw(f'a dash is "{wanted}" in this style', match.span(), fix=fix)


def _is_no_dash(side: Side, start: int, end: int) -> bool:
    """Whether a mark stands between two symbols, as in x - y, or two months."""
    before, after = side.lower[max(0, start - _NEAR) : start], side.lower[end : end + _NEAR]
    if _SYMBOL[0].search(before) and _SYMBOL[1].match(after):
        return True
    word, other = _LAST_WORD.search(before), WORD.match(after)
    months = side.typography.months
    return bool(word and other and months[word[0]] and months[other[0]])


def _plain(text: str) -> str:
    """A text with one kind of space."""
    return text.translate(_ONE_SPACE)


_ONE_SPACE = str.maketrans(dict.fromkeys(SPACES, " "))


@check("number-format", "warning", marks=DIGITS)
def number_format(pair: Pair) -> Iterator[Flaw]:
    """A number of the translation has other marks for decimals or thousands than the house style;
    what the source says tells thousands from decimals, as in 1,234."""
    target = pair.target
    style = pair.known.style(target.variant.language)
    if not (style.decimal or style.thousands):
        return
    said = [value for number in numbers_in(pair.source) for value in _values(pair.source, number)]
    for number in numbers_in(target):
        text = target.text[slice(*number.span)]
        if text.isdigit() or number.is_named or _is_label(number, target, pair.source):
            continue
        agreed = _values(target, number).intersection(said)
        if len(agreed) == 1:
            wanted = _written(text, agreed.pop(), style)
            if _plain(wanted) != _plain(text):
                is_copied = (
                    "," in text and text in pair.source.text and not _is_amount(number, text)
                )
                fix = None if is_copied else wanted  # a copy might be the number of a table
                yield Flaw(f"{wanted} in this style", number.span, fix=fix)


def _is_label(number: Number, target: Side, source: Side) -> bool:
    """Whether a number is a date, a time of day, one of several in a row as in a telephone number,
    or that of a version or a paragraph, which the source has as it is and without a unit."""
    start, end = number.span
    text = target.text[start:end]
    if ":" in text or _DIGIT_BESIDE[0].search(target.text, max(0, start - 2), start):
        return True
    if _DIGIT_BESIDE[1].match(target.text, end):
        return True
    if not _DOTTED.fullmatch(text):
        return False
    numbers = numbers_in(source)
    if number.parts and any(other.parts == number.parts for other in numbers):
        return True
    is_there = any(source.text[slice(*other.span)] == text for other in numbers)
    return is_there and not _is_amount(number, text)


def _is_amount(number: Number, text: str) -> bool:
    """Whether a number has a unit, or a word for thousands."""
    return number.unit is not None or number.values != readings(text)[0]


def _values(side: Side, number: Number) -> set[float]:
    return {*readings(side.text[slice(*number.span)])[0]}


def _written(text: str, value: float, style: Style) -> str:
    """The number of these digits with the marks of a style."""
    groups, marks = re.findall(r"\d+", text), re.findall(r"\D", text)
    fraction = ""
    if value != float("".join(groups)):
        fraction = (style.decimal or marks[-1]) + groups.pop()
        del marks[-1]
    if style.thousands and groups[1:]:
        separator = {" ": "\u00a0", "none": ""}.get(style.thousands, style.thousands)
        return separator.join(groups) + fraction
    return "".join(map("".join, zip(groups, [*marks, ""], strict=True))) + fraction
