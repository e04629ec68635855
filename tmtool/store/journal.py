"""Whether the journal beside a file is that of the file.

SQLite takes back whatever write a hot journal tells of, in whatever file lies beside it: also in
a good copy that was put in the place of the file that was written to, and ruins it. What tells
the two apart is page 1, whose counter moves by one with each commit: it is in the journal as it
was before anything is in the file that makes this longer, or moves the counter.
https://sqlite.org/fileformat2.html#the_rollback_journal says what a journal holds.

A journal may be that of somebody who writes this moment. It is told by its head, which holds a
number of its own for each write: what is read of the file while the head stays is of that write.
"""

from __future__ import annotations

import os
import struct
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import BinaryIO, NamedTuple

from tmtool.errors import InputError, StoreError
from tmtool.store.place import file_system, is_network

_MAGIC = bytes.fromhex("d9d505f920a163d7")  # SQLite writes it once the journal is on the disk
_HEAD = struct.Struct(">8s5I")
_UNCOUNTED = 0xFFFFFFFF  # records of a segment: as many as there are
_MOST = 20_000  # records that are looked at; page 1 is among the first where much is written
_COUNTER = slice(24, 28)  # where page 1 counts changes of the file
_STATE = slice(24, 32)  # that counter and the number of pages
_COUNTERS = (24, 92)  # the second says for which of the first the number of pages holds
_PAUSE = 0.01  # seconds between two looks

_held: dict[tuple[int, int], int] = {}
"""Descriptors of files that lay beside a hot journal, by device and number."""
_holding = Lock()


def check(path: Path) -> None:
    """Raise ``StoreError`` if SQLite would take back in a file a write to another one.

    Where the journal cannot be read, or what it tells is not clear, SQLite is left to it; so it is
    in a network folder, where the journal may be seen before what was written to the file.
    """
    place = Path(os.path.realpath(path)) if path.is_symlink() else path
    journal = Path(f"{place}-journal")
    for _ in range(2):
        if not _is_of_another(journal, place):
            return
        time.sleep(_PAUSE)
    if is_network(file_system(place)):
        return
    if not place.exists():
        raise StoreError(
            f"{journal}: belongs to a memory that is not there any more",
            hint="put that back, or remove the -journal to begin anew",
        )
    raise StoreError(
        f"{journal}: belongs to another file than {place.name}, as where a copy was put in its "
        "place",
        hint=f"remove the -journal if {place.name} is what you want, else put its own file back",
    )


def check_is_apart(path: str | os.PathLike[str], memory: Path) -> None:
    """Raise ``InputError`` for a name that SQLite takes for its own beside a memory."""
    beside = (f"{os.path.realpath(memory)}-{end}" for end in ("journal", "wal", "shm"))
    if os.path.realpath(path) in beside:  # it would be deleted
        said = "is the name of a file of the memory"
        raise InputError(said, path=path, hint="choose another name")


def set_apart(copy: Path) -> None:
    """Give a copy, which nobody uses yet, a counter that the journal of no other file knows.

    It is made of what the copy holds, so that copies of the same are the same.
    """
    with copy.open("r+b") as stream:
        counter = 0
        while block := stream.read(1 << 20):
            counter = zlib.crc32(block, counter)
        for offset in _COUNTERS:
            stream.seek(offset)
            stream.write(counter.to_bytes(4))


class _Record(NamedTuple):
    """Where a journal holds the page of some number, and what its checksum starts with."""

    page: int
    start: int
    nonce: int


def _is_of_another(journal: Path, path: Path) -> bool:
    """Whether a journal is hot and, as long as it is the same, not that of a file."""
    try:
        head = _head(journal)
        if not head.startswith(_MAGIC) or len(head) < _HEAD.size:
            return False
        with journal.open("rb", buffering=0) as stream:
            return not _can_be_of(stream, head, path) and _head(journal) == head
    except (OSError, struct.error):  # it cannot be read, or became shorter meanwhile
        return False


def _head(journal: Path) -> bytes:
    """The head of a journal, if there is one."""
    if not journal.is_file():
        return b""
    with journal.open("rb", buffering=0) as stream:
        return stream.read(_HEAD.size)


def _can_be_of(journal: BinaryIO, head: bytes, path: Path) -> bool:
    """Whether what a hot journal holds was read from a file, as far as that can be told."""
    beginning, size = _beginning(path)  # first: what was written to it is in the journal by now
    numbers: Sequence[int] = _HEAD.unpack(head)[1:]
    _, _, pages, sector, page_size = numbers
    if not (_is_power(sector, 32) and _is_power(page_size, 512)):
        return True  # nor does SQLite make anything of it
    counter = int.from_bytes(beginning[_COUNTER])
    if not pages:  # nothing was there before
        return counter in (0, 1)
    if len(beginning) < _STATE.stop:
        return False
    for seen, record in enumerate(_records(journal, sector, page_size)):
        if record.page == 1:
            before = _page(journal, record, page_size)
            is_next = counter == (int.from_bytes(before[_COUNTER]) + 1) % (1 << 32)
            return not before or is_next or beginning[_STATE] == before[_STATE]
        if seen > _MOST:
            return True
    return -(-size // page_size) == pages


def _records(journal: BinaryIO, sector: int, page_size: int) -> Iterator[_Record]:
    """What SQLite would play back, one segment after another."""
    size = os.fstat(journal.fileno()).st_size
    length = 4 + page_size + 4
    start = 0
    while start + sector <= size:
        journal.seek(start)
        magic, count, nonce, *_ = _HEAD.unpack(journal.read(_HEAD.size))
        if magic != _MAGIC:
            return
        start += sector
        there = (size - start) // length
        for _ in range(there if count == _UNCOUNTED else min(count, there)):
            journal.seek(start)
            yield _Record(int.from_bytes(journal.read(4)), start + 4, nonce)
            start += length
        start = -(-start // sector) * sector


def _page(journal: BinaryIO, record: _Record, size: int) -> bytes:
    """A page as a journal holds it; empty where its checksum says that it is not whole."""
    journal.seek(record.start)
    data = journal.read(size + 4)
    checksum = record.nonce + sum(data[size - 200 : 0 : -200])
    return data[:size] if data[size:] == (checksum & 0xFFFFFFFF).to_bytes(4) else b""


def _is_power(number: int, least: int) -> bool:
    """Whether a number is a power of two that SQLite takes for a size."""
    return least <= number <= 1 << 16 and not number & (number - 1)


def _beginning(path: Path) -> tuple[bytes, int]:
    """The first bytes of a file, and its size; nothing where there is none.

    The file is not closed again, and opened once: POSIX takes from a process all its locks on a
    file with the first of its descriptors that is closed, and another thread may be writing.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return b"", 0
    with _holding:
        descriptor = _held.get((found.st_dev, found.st_ino), -1)
        if descriptor < 0 or not _is_open(descriptor, found):
            descriptor = os.open(path, os.O_RDONLY)
            found = os.fstat(descriptor)
            _held[found.st_dev, found.st_ino] = descriptor
    return os.pread(descriptor, _STATE.stop, 0), os.fstat(descriptor).st_size


def _is_open(descriptor: int, found: os.stat_result) -> bool:
    """Whether a descriptor is still that of a file: some programs close all they have."""
    try:
        return os.path.samestat(os.fstat(descriptor), found)
    except OSError:
        return False
