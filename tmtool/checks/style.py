"""How a language is to be written in this house: choices that a configuration fixes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from tmtool.checks.typography import SPACES
from tmtool.errors import TmtoolError
from tmtool.language import Language


@dataclass(frozen=True, slots=True)
class Style:
    """The choices for one language; what is empty is left to the translator.

    ``dash`` is the dash between the parts of a sentence with the spaces around it: ``" – "`` or
    ``"—"``. ``quotes`` are one or two pairs of marks, those inside a quotation after those around
    it: ``"“” ‘’"``. ``decimal`` is the mark of decimals and ``thousands`` what stands between
    groups of three digits; a space stands for every kind of space, and ``"none"`` for nothing.
    """

    dash: str = ""
    quotes: str = ""
    decimal: str = ""
    thousands: str = ""

    @property
    def quotation(self) -> list[str]:
        """The pairs of quotation marks."""
        return self.quotes.split()


NO_STYLE = Style()

_ALLOWED: dict[str, tuple[Callable[[str], object], str]] = {
    "dash": (re.compile(rf"([{SPACES}])[-–—―]\1|[–—―]").fullmatch, '" – " or "—"'),
    "quotes": (
        re.compile(r"(?:[«»‹›“”„‟‘’‚‛\"']{2}(?:\s+|\Z)){1,2}").fullmatch,
        '"«»" or "“” ‘’": two levels at the most',
    ),
    "decimal": ((",", ".").__contains__, '"," or "."'),
    "thousands": ((*SPACES, ",", ".", "'", "’", "none").__contains__, '" ", "," or "none"'),
}


def read_styles(tables: Mapping[str, object]) -> dict[str, Style]:
    """The styles of languages by their codes in lower case, from ``{"en": {"dash": "—"}}``.

    Raises ``TmtoolError`` that says what is no choice, and which there are.
    """
    styles: dict[str, Style] = {}
    for code, table in tables.items():
        style, name = _read(code, table), Language.normal(code).lower()
        if name in styles:
            raise TmtoolError(f"there are two styles of {name}", hint="take one of them out")
        styles[name] = style
    return styles


def _read(code: str, table: object) -> Style:
    if not isinstance(table, Mapping):
        raise TmtoolError(f"the style of {code} is no table", hint=f"write [style.{code}]")
    for name, value in table.items():
        if name not in _ALLOWED:
            known = ", ".join(field.name for field in fields(Style))
            raise TmtoolError(f"{name!r} is no choice of style.{code}", hint=f"there are {known}")
        fits, example = _ALLOWED[name]
        if not isinstance(value, str) or not fits(value):
            hint = f"write {example}"
            raise TmtoolError(f"{value!r} is no {name} for style.{code}", hint=hint)
    style = Style(**table)
    if style.decimal and style.decimal == style.thousands:
        message = f"decimal and thousands of style.{code} are the same mark"
        raise TmtoolError(message, hint="one of them is another")
    return style
