"""Units where a format knows plain text only: what else they hold, carried beside it.

Inline codes become marks, ``⟦1⟧`` the first of a side; a mark can be moved or dropped like a
word. Codes, times, props and whatever else a format has no place for are one line of JSON,
the *rest*, from which reading makes the same unit again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, BinaryIO

from tmtool.errors import LanguageError
from tmtool.language import Language
from tmtool.model import Code, TranslationUnit, Variant
from tmtool.text import blocks

SIDES = ("source", "target")

LONGEST_REST = 1 << 23
"""Characters that a cell, or a comment, has at most, which holds notes or a rest."""

_BREAKS = "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
_BREAK = re.compile(f"[{_BREAKS}]+")
_MARK = re.compile(r"⟦⟦|⟦([0-9]{1,6})⟧")
_NO_LANGUAGE = "und"  # stands in while a unit is made


def lines_of(
    file: BinaryIO,
    path: str | os.PathLike[str],
    encoding: str | None = None,
    *,
    composed: bool = True,
) -> Iterator[str]:
    """The lines of a text as they are read, with their ends; only a line feed ends one.

    In NFC if ``composed``. Raises ``InputError`` as :func:`tmtool.text.decode`.
    """
    begun: list[str] = []
    for block in blocks(file, path=path, encoding=encoding, composed=composed):
        *lines, rest = block.split("\n")
        for line in lines:
            yield "".join((*begun, line, "\n"))
            begun.clear()
        begun.append(rest)
    if last := "".join(begun):
        yield last


def on_one_line(text: str) -> str:
    """A text with a space for its tabs and line ends, and none for those at its own ends.

    >>> on_one_line("one\\r\\n\\ttwo  three\\n")
    'one two  three'
    """
    return _BREAK.sub(" ", text.strip(_BREAKS))


def marked(variant: Variant) -> str:
    """The text of a side with its codes as marks; one without codes is its text to the letter."""
    codes = _codes(variant)
    if not codes:
        return variant.text
    numbers = iter(range(1, len(codes) + 1))
    return "".join(
        part.replace("⟦", "⟦⟦") if isinstance(part, str) else f"⟦{next(numbers)}⟧"
        for part in variant.content
    )


@cache
def check_code(code: str) -> None:
    """Raise ``ValueError`` if what names a language is no code; one that is empty names none."""
    try:
        if code:
            Language.check(code)
    except LanguageError as error:
        raise ValueError(error.message) from None


def rest(unit: TranslationUnit, *shown: str) -> str:
    """What a unit holds besides its texts and the fields of these names (see ``as_dict``)."""
    fields = {
        name: value
        for name, value in unit.as_dict().items()
        if name not in shown and not name.startswith(SIDES) and (name, value) != ("position", 0)
    }
    for side, variant in zip(SIDES, (unit.source, unit.target), strict=True):
        codes = _codes(variant)
        if codes or _MARK.search(variant.text):  # or what looks like a mark, and is text
            fields[f"{side}_codes"] = [[code.kind, code.data, code.pair] for code in codes]
    return json.dumps(fields, separators=(",", ":")) if fields else ""


def first_mark(text: str) -> str:
    """The first of what may stand for inline codes in a text, empty if there is none."""
    return next((match[0] for match in _MARK.finditer(text) if match[1]), "")


def restored(
    shown: Mapping[str, Any], rest: str, *, marks_are_codes: bool = False
) -> TranslationUnit:
    """The unit of its shown fields, the sides with marks in them, and its rest.

    A language may be empty. A mark on a side that has no codes is text, unless
    ``marks_are_codes``: then it stands for a code of the source. Raises ``ValueError`` that says
    what is wrong.
    """
    try:
        fields = json.loads(rest or "{}")
        if "\\u" in rest:  # half of a character may be escaped
            json.dumps(fields, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise ValueError("what tmtool wrote beside the text is damaged")
    said = [fields.pop(f"{side}_codes", None) for side in SIDES]
    codes = [said[0], said[0] if marks_are_codes and said[1] is None else said[1]]
    for side, code_list in zip(SIDES, codes, strict=True):
        if marks_are_codes and code_list is None and (mark := first_mark(shown[side])):
            raise ValueError(
                f"{mark} stands for an inline code, and neither the file nor the memory says "
                "for which"
            )
    fields |= shown
    languages = [fields.get(f"{side}_language") or "" for side in SIDES]
    for side, language in zip(SIDES, languages, strict=True):
        fields[f"{side}_language"] = language or _NO_LANGUAGE
    unit = TranslationUnit.from_dict(fields)
    source, target = (
        Variant(language, _unmarked(variant.text, code_list))
        for variant, language, code_list in zip(
            (unit.source, unit.target), languages, codes, strict=True
        )
    )
    return replace(unit, source=source, target=target)


def _codes(variant: Variant) -> list[Code]:
    return [part for part in variant.content if isinstance(part, Code)]


def _unmarked(text: str, codes: Any) -> tuple[str | Code, ...]:
    """Text with marks as content."""
    if not codes:
        return (text,) if text else ()
    known = [_code(values) for values in codes]
    parts: list[str | Code] = [""]
    at = 0
    for mark in _MARK.finditer(text):
        parts[-1] = str(parts[-1]) + text[at : mark.start()]
        at = mark.end()
        if mark[1] is None:
            parts[-1] = str(parts[-1]) + "⟦"
            continue
        number = int(mark[1])
        if not 1 <= number <= len(known):
            raise ValueError(f"the mark {mark[0]} names no code; there are {len(known)}")
        parts += [known[number - 1], ""]
    parts[-1] = str(parts[-1]) + text[at:]
    return tuple(part for part in parts if part != "")


def _code(values: Any) -> Code:
    if not isinstance(values, list) or len(values) != 3 or not all(map(_is_text, values)):
        raise ValueError("a code that tmtool wrote beside the text is damaged")
    return Code(*values)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
