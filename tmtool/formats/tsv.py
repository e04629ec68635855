"""Source and target with a tab between, one pair a line, in UTF-8 without a heading.

One-sided pairs keep their line and have an empty cell. Codes, states and all else are left
to richer formats; a tab or line end inside a text is written as a space.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tmtool.errors import FormatError
from tmtool.formats import Written
from tmtool.model import TranslationUnit, Variant
from tmtool.text import decode


def read(file: BinaryIO, name: str) -> Iterator[TranslationUnit]:
    """Yield the pairs of a file, their languages left empty."""
    for number, line in enumerate(decode(file.read(), path=name).split("\n"), 1):
        cells = line.removesuffix("\r").split("\t")
        if cells == [""]:
            continue
        if len(cells) != 2:
            raise FormatError(
                f"has {len(cells)} columns, not 2",
                path=name,
                line=number,
                hint="write source, tab, target",
            )
        source, target = (cell.strip() for cell in cells)
        yield TranslationUnit(
            Variant.of("", source),
            Variant.of("", target),
            state="translated" if source and target else "initial",
            origin="tsv",
        )


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write one line for each unit."""
    count = 0
    for unit in units:
        cells = (" ".join(variant.text.split()) for variant in (unit.source, unit.target))
        file.write(("\t".join(cells) + "\n").encode("utf-8"))
        count += 1
    return Written(count)
