"""Moses: two files of plain text, ``name.kk`` and ``name.en``, a segment a line.

What machine translation is trained on. Only pairs with text on both sides are written and
read, as a line without a partner teaches nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, zip_longest
from pathlib import Path
from typing import BinaryIO

from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.formats import Found, Lost, Written
from tmtool.formats.files import bounded, opened, replaced_together
from tmtool.formats.pairs import several_pairs
from tmtool.formats.plain import lines_of, on_one_line
from tmtool.model import TranslationUnit, Variant


def path_of(path: str, language: str) -> Path:
    """The file of a language: ``corpus.moses`` and ``corpus`` stand for ``corpus.kk``."""
    return Path(f"{path.removesuffix('.moses')}.{language}")


def read(
    path: str, languages: tuple[str, str] | None, encoding: str | None = None
) -> Iterator[Found]:
    """Yield the pairs of two files, and how many lines have text on one side only.

    Raises ``InputError`` if the languages are not known or a file cannot be read, and
    ``FormatError`` if one ends before the other.
    """
    if languages is None:
        raise InputError(
            "stands for two files, one for each language",
            path=path,
            hint="say which with -s and -t",
        )
    places = [path_of(path, language) for language in languages]
    with ExitStack() as stack:
        sides = [_lines(stack.enter_context(opened(place)), place, encoding) for place in places]
        one_sided = 0
        for number, texts in enumerate(zip_longest(*sides), 1):
            for place, text in zip(places, texts, strict=True):
                if text is None:
                    raise FormatError(
                        "ends before this line, and the other file goes on",
                        path=place,
                        line=number,
                        hint="both files must have the same lines",
                    )
            source, target = map(Variant.of, languages, texts)
            unit = TranslationUnit(source, target, state="translated", origin="moses")
            if unit.is_paired:
                yield unit
            else:
                one_sided += any(text.strip() for text in texts)
        if one_sided:
            yield Lost("lines with text on one side only, left out", one_sided)


def _lines(file: BinaryIO, path: Path, encoding: str | None) -> Iterator[str]:
    """The lines of a text."""
    lines = lines_of(bounded(file, path), path, encoding)
    yield from (line.removesuffix("\n").removesuffix("\r") for line in lines)


def holds(unit: TranslationUnit) -> bool:
    """Whether the two files have a line for a unit."""
    return unit.is_paired


def write(units: Iterable[TranslationUnit], path: str) -> Written:
    """Write two files, replaced together; one-sided units are counted and left out.

    Raises ``TmtoolError`` if there is more than one pair of languages, or one file for both.
    """
    units = iter(units)
    first = next(units, None)
    if first is None:
        raise TmtoolError(
            f"{path} stands for two files, and there is no unit to say of which languages",
            hint="see which units are chosen, or write to a file of another format",
        )
    count = left_out = changed = 0
    places = [path_of(path, language) for language in first.languages]
    files = {os.path.realpath(place) for place in places}
    if len(files) == 1:
        raise TmtoolError(
            f"{path} stands for two files, which would be one, {files.pop()}",
            hint="write to a file of another format",
        )
    with replaced_together(*places) as streams:
        for unit in chain([first], units):
            if unit.languages != first.languages:
                both = f"{places[0].name} and {places[1].name}"
                raise several_pairs(
                    f"{path} stands for two files, {both}, which hold",
                    first.languages,
                    unit.languages,
                )
            if not holds(unit):
                left_out += 1
                continue
            count += 1
            texts = [variant.text for variant in (unit.source, unit.target)]
            lines = [*map(on_one_line, texts)]
            changed += lines != texts
            for file, line in zip(streams, lines, strict=True):
                file.write(f"{line}\n".encode())
    return Written(count, left_out, changed, files=tuple(map(str, places)))
