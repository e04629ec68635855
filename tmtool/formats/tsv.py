"""Source and target with a tab between, one pair a line, in UTF-8 without a heading.

One-sided pairs keep their line and have an empty cell. Codes, states and all else are left
to richer formats; a tab or line end inside a text is written as a space, other white space stays,
and a cell of nothing else is empty. One that a
spreadsheet would take for a formula with a ``'`` before it, which reading takes away. A file
that has a heading is read as a table, quoted as spreadsheets quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tmtool.errors import FormatError
from tmtool.formats import Found, Held, Written
from tmtool.formats.csv import has_end, rows_of, table_units
from tmtool.formats.pairs import several_pairs
from tmtool.formats.plain import on_one_line
from tmtool.formats.table import Heading, headed, literal, neutral
from tmtool.model import LONGEST, Languages, TranslationUnit
from tmtool.text import decode, plural

_MOST = 3 * LONGEST  # characters of a line
_LINE = re.compile(r"[^\n]*+\n|[^\n]++")


def read(
    file: BinaryIO,
    name: str,
    *,
    raw: bool = False,
    languages: Languages | None = None,
    held: Held | None = None,
) -> Iterator[Found]:
    """Yield the pairs of a file, their languages left empty where it has no heading.

    With ``raw``, a ``'`` before what looks like a formula is kept.
    """
    text = decode(file.read(), path=name)
    heading, _, _ = headed(_LINE.finditer(text), _heading)
    if heading:
        rows = rows_of(text, name, raw=raw, delimiter="\t")
        yield from table_units(rows, name, "tsv", languages, held, is_ended=has_end(text))
        return
    bare = Heading.without()
    for number, match in enumerate(_LINE.finditer(text), 1):
        if match.end() - match.start() > _MOST:
            yield FormatError(
                f"has more than {LONGEST:,} characters in a cell",
                path=name,
                line=number,
                hint="split it into sentences",
            )
            continue
        cells = match[0].removesuffix("\n").removesuffix("\r").split("\t")
        if cells == [""]:
            continue
        if len(cells) != 2:
            yield FormatError(
                f"has {plural(len(cells), 'column')}, not 2",
                path=name,
                line=number,
                hint="write source, tab, target, or name the columns in the first line",
            )
            continue
        try:
            yield from bare.units([_text(cell, raw) for cell in cells], "tsv")
        except ValueError as error:
            yield FormatError(
                f"is not a unit: {error}",
                path=name,
                line=number,
                hint="export the units as CSV, which holds the codes",
            )


def _text(cell: str, raw: bool) -> str:
    """The text in a cell."""
    if not cell.strip():
        return ""
    return cell if raw else literal(cell)


def _heading(line: re.Match[str]) -> Heading | None:
    """The heading that a line is, if it is one."""
    if line.end() - line.start() > _MOST:
        return None
    return Heading.of(line[0].rstrip("\r\n").split("\t"))


def write(units: Iterable[TranslationUnit], file: BinaryIO, *, raw: bool = False) -> Written:
    """Write one line for each unit; with ``raw``, formulas stay formulas.

    Raises ``TmtoolError`` if there is more than one pair of languages.
    """
    count = changed = 0
    languages: Languages | None = None
    for unit in units:
        languages = languages or unit.languages
        if unit.languages != languages:
            raise several_pairs(
                "TSV names no language and holds", languages, unit.languages, ".csv"
            )
        texts = [variant.text for variant in (unit.source, unit.target)]
        cells = [*map(on_one_line, texts)]
        changed += cells != texts
        file.write(("\t".join(cells if raw else map(neutral, cells)) + "\n").encode("utf-8"))
        count += 1
    return Written(count, changed=changed)
