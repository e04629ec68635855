"""Units out of the pages of a memory file that SQLite cannot find its way in any more.

What leads to the rows of a table may be cut off or overwritten while they are there themselves.
Here each page is looked at alone, as https://sqlite.org/fileformat2.html describes it: rows as
long as those of units are units, if their checksums say so.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tmtool.model import TranslationUnit
from tmtool.store import rows

_LEAF = 0x0D  # the kind of a page with rows of a table
_HEADER = 100  # bytes before what is on the first page
_PAGE = 4096  # bytes of a page, as long as nothing else is said
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # bytes, by the type in a row
_DOCUMENT = (type(None), str, str, str)

Values = list[Any]


def units(path: Path, columns: Sequence[str], besides: Container[int]) -> Iterator[TranslationUnit]:
    """The units in a file, but for those of some numbers; of two of a number the first.

    ``columns`` are those of the table, in its order. Raises ``OSError`` where the file cannot be
    read.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield from _Pages(data).units(columns, besides)


class _Pages:
    """The pages of a file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        is_said = data[:6] == b"SQLite" and len(data) >= _HEADER
        self._size = int.from_bytes(data[16:18]) if is_said else _PAGE
        self._size = 1 << 16 if self._size == 1 else self._size
        if self._size < 512 or self._size & (self._size - 1):
            self._size = _PAGE
        self._room = self._size - (data[20] if is_said else 0)
        self._count = len(data) // self._size

    def units(self, columns: Sequence[str], besides: Container[int]) -> Iterator[TranslationUnit]:
        documents = {
            number: values[1]
            for number, values in self._rows()
            if tuple(map(type, values)) == _DOCUMENT
        }
        seen = set[int]()
        for number, values in self._rows():
            if len(values) > len(columns) or number in besides or number in seen:
                continue
            said = dict(zip(columns, values, strict=False))  # an older file lacks the last ones
            with suppress(KeyError, ValueError, TypeError):
                row = [documents.get(said["document"]), *(said[name] for name in rows.COLUMNS)]
                yield rows.unit(row)
                seen.add(number)

    def _rows(self) -> Iterator[tuple[int, Values]]:
        """Whatever looks like a row of a table, with its number, but for what was freed."""
        freed = self._freed()
        for page in range(1, self._count + 1):
            start = (page - 1) * self._size
            head = start + (_HEADER if page == 1 else 0)
            if self._data[head] != _LEAF or page in freed:
                continue
            for cell in range(int.from_bytes(self._data[head + 3 : head + 5])):
                at = head + 8 + 2 * cell
                with suppress(ValueError, IndexError, struct.error):
                    yield self._row(start, int.from_bytes(self._data[at : at + 2]))

    def _freed(self) -> set[int]:
        """The pages that nothing is on any more, as far as the file tells."""
        freed = set[int]()
        page = int.from_bytes(self._data[32:36])
        while 0 < page <= self._count and page not in freed:
            freed.add(page)
            trunk = self._page(page)
            page, count = struct.unpack_from(">II", trunk)
            listed = trunk[8 : 8 + 4 * min(count, self._size // 4)]
            freed.update(number for (number,) in struct.iter_unpack(">I", listed))
        return freed

    def _page(self, number: int) -> bytes:
        """A page; raises ``ValueError`` if it is not there."""
        if not 0 < number <= self._count:
            raise ValueError
        return self._data[(number - 1) * self._size :][: self._size]

    def _row(self, start: int, offset: int) -> tuple[int, Values]:
        """The row of a cell; raises ``ValueError``, or what comes of reading too far, for none."""
        page = self._data[start : start + self._size]
        length, at = _number(page, offset)
        number, at = _number(page, at)
        if length > len(self._data):
            raise ValueError
        here = self._here(length)
        payload = page[at : at + here]
        following = int.from_bytes(page[at + here : at + here + 4]) if here < length else 0
        parts = [payload]
        missing = length - len(payload)
        while missing > 0:
            more = self._page(following)
            following = int.from_bytes(more[:4])
            parts.append(more[4 : min(self._room, 4 + missing)])
            missing -= len(parts[-1])
        return number, _values(b"".join(parts))

    def _here(self, length: int) -> int:
        """How much of a payload is on the page of its cell, the rest on pages of its own."""
        most = self._room - 35
        if length <= most:
            return length
        least = (self._room - 12) * 32 // 255 - 23
        here = least + (length - least) % (self._room - 4)
        return here if here <= most else least


def _values(payload: bytes) -> Values:
    """The values of a row."""
    size, at = _number(payload, 0)
    kinds = []
    while at < size:
        kind, at = _number(payload, at)
        kinds.append(kind)
    values: Values = []
    for kind in kinds:
        value: Any = None
        if kind in _INTEGERS:
            end = at + _INTEGERS[kind]
            value = int.from_bytes(payload[at:end], signed=True)
        elif kind == 7:
            end = at + 8
            (value,) = struct.unpack(">d", payload[at:end])
        elif kind >= 12:
            end = at + (kind - 12) // 2
            value = payload[at:end].decode("utf-8") if kind % 2 else payload[at:end]
        else:
            end = at
            value = {8: 0, 9: 1}.get(kind)
        if end > len(payload):
            raise ValueError
        values.append(value)
        at = end
    return values


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9
