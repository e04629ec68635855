"""HTML for reading: both languages side by side, in any browser, on paper, off line.

One file without scripts that fetches nothing, and says so to the browser. It is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import BinaryIO

from tmtool.errors import FormatError
from tmtool.formats import Found, Written
from tmtool.formats.plain import marked
from tmtool.model import TranslationUnit, Variant
from tmtool.text import display_safe

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HEAD = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 Georgia, "Noto Serif", serif }}
body {{ margin: 2em auto; max-width: 80em; padding: 0 1em }}
h2 {{ font-size: 1.2em }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed }}
th, td {{ border-top: 1px solid #ccc; padding: .4em .6em; text-align: start; vertical-align: top }}
th {{ border-top: 0 }}
td {{ white-space: pre-wrap; overflow-wrap: break-word; unicode-bidi: isolate }}
.number {{ width: 3em; color: #777; text-align: end }}
.state {{ width: 6em; color: #555; font-size: .8em }}
.initial {{ background: #f2f2f2 }}
.reviewed .state, .final .state {{ color: #176f2c }}
.rejected td {{ text-decoration: line-through; color: #777 }}
.note {{ display: block; color: #8a4b00; font-size: .85em }}
tr {{ break-inside: avoid }}
thead {{ display: table-header-group }}
</style>
</head>
<body>
"""


def read(file: BinaryIO, name: str) -> Iterator[Found]:
    """Raise ``FormatError``: HTML is for people."""
    raise FormatError(
        "is HTML, which is written for people and not read",
        path=name,
        hint="take the file it was made of, or align the two texts",
    )


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write a table for each document, in the order of the units."""
    count = 0
    for (document, languages), group in groupby(units, key=_table):
        title = document or " – ".join(languages)
        if not count:
            head = _HEAD.format(language=escape(languages[1]), title=shown(title))
            file.write(head.encode("utf-8"))
        heads = "".join(f"<th>{escape(language)}</th>" for language in languages)
        file.write(
            (
                f"<h2>{shown(title)}</h2>\n<table>\n<thead><tr>"
                f'<th class="number"></th>{heads}<th class="state"></th></tr></thead>\n<tbody>\n'
            ).encode()
        )
        for number, unit in enumerate(group, 1):
            file.write(_row(unit, number).encode("utf-8"))
            count += 1
        file.write(b"</tbody>\n</table>\n")
    if not count:
        file.write(_HEAD.format(language="en", title="").encode("utf-8"))
    file.write(b"</body>\n</html>\n")
    return Written(count)


def _table(unit: TranslationUnit) -> tuple[str | None, tuple[str, str]]:
    """What the units of one table have in common."""
    return unit.document, unit.languages


def _row(unit: TranslationUnit, number: int) -> str:
    notes = "".join(f'<span class="note">{shown(note)}</span>' for note in unit.notes)
    return (
        f'<tr class="{unit.state}"><td class="number">{number}</td>{_cell(unit.source)}'
        f'{_cell(unit.target, notes)}<td class="state">{unit.state}</td></tr>\n'
    )


def _cell(variant: Variant, notes: str = "") -> str:
    language = escape(variant.language)
    return f'<td lang="{language}" dir="auto">{shown(marked(variant))}{notes}</td>'


def shown(text: str) -> str:
    """Text that a browser shows and never obeys; characters that steer it are shown by name."""
    return escape(_CONTROL.sub(lambda match: display_safe(match[0]), text))
