"""Text in columns: what fits in so many cells of a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

_WORD = re.compile(r"\A\s+|\S+\s*")


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text, broken between words, each of ``width`` cells at most.

    Only a word that is wider than a line is broken itself. The lines joined are the text: the
    white space at which a line was broken stands at its end, and may reach over the width.
    At least one line; ``width`` counts cells and is at least 2, for wide characters.
    """
    return list(_lines(text, width)) or [""]


def _lines(text: str, width: int) -> Iterator[str]:
    if len(text) <= width and cell_len(text) <= width:
        if text:
            yield text
        return
    begin = room = 0
    room = width
    for match in _WORD.finditer(text):
        word = match[0]
        size = cell_len(word)
        bare = size if not word[-1].isspace() else cell_len(word.rstrip())
        if bare > room and match.start() > begin:
            yield text[begin : match.start()]
            begin, room = match.start(), width
        if bare > width:
            *full, rest = chop_cells(word, width)
            yield from full
            begin += sum(map(len, full))
            size = cell_len(rest)
        room -= size
    if begin < len(text):
        yield text[begin:]
