"""Choices of style that a configuration fixes; where it fixes none, these checks say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tmtool.checks.core import Flaw, Pair, Side, check
from tmtool.checks.numbers import numbers_in, readings
from tmtool.checks.style import SPACES, Style

_DASHES = frozenset("-–—―")
_DASH = re.compile(  # spaced, at least on one side if it is no hyphen, or long between letters
    rf"(?<=[^\s])(?:[{SPACES}](?:--|[-–—―])[{SPACES}]|[{SPACES}](?:--|[–—―])|(?:--|[–—―])[{SPACES}]"
    r"|(?<=[^\W\d_])(?:--|[—―])(?=[^\W\d_]))(?=[^\s])"
)
_FIRST_DASH = re.compile(rf"[-–—―](?=[{SPACES}]\S)")


@check("dashes", "warning")
def dashes(pair: Pair) -> Iterator[Flaw]:
    """A dash of the translation is not the one of the house style, or not spaced as there."""
    target = pair.target
    wanted = pair.known.style(target.variant.language).dash
    if not wanted or target.marks.isdisjoint(_DASHES):
        return
    first = _FIRST_DASH.match(target.text)
    if first and first[0] != wanted.strip():
        yield Flaw(f"a dash is {wanted.strip()} in this style", first.span(), fix=wanted.strip())
    for match in _DASH.finditer(target.text):
        is_range = target.text[match.start() - 1].isdigit() and target.text[match.end()].isdigit()
        if _plain(match[0]) != _plain(wanted) and not is_range:
            yield Flaw(f'a dash is "{wanted}" in this style', match.span(), fix=wanted)


def _plain(text: str) -> str:
    """A text with one kind of space."""
    return text.translate(_ONE_SPACE)


_ONE_SPACE = str.maketrans(dict.fromkeys(SPACES, " "))


@check("number-format", "warning")
def number_format(pair: Pair) -> Iterator[Flaw]:
    """A number of the translation has other marks for decimals or thousands than the house style;
    what the source says tells thousands from decimals, as in 1,234."""
    target = pair.target
    style = pair.known.style(target.variant.language)
    if not (style.decimal or style.thousands) or not target.has_digits:
        return
    said = {
        value for number in numbers_in(pair.source) for value in _values(pair.source, number.span)
    }
    for number in numbers_in(target):
        text = target.text[slice(*number.span)]
        if text.isdigit() or number.is_named or (number.parts and text in pair.source.text):
            continue  # a date or a time of day stays as it is
        values = readings(text)[0]
        agreed = values & said or values
        if len(agreed) == 1:
            wanted = _written(text, min(agreed), style)
            if _plain(wanted) != _plain(text):
                yield Flaw(f"{wanted} in this style", number.span, fix=wanted)


def _values(side: Side, span: tuple[int, int]) -> frozenset[float]:
    return readings(side.text[slice(*span)])[0]


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
