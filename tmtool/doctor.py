"""Whether a memory can be trusted: its file, its place, and what it says of itself.

Each examination says what it found and, where that is not sound, what to do. Nothing is changed,
besides that a write that was cut off is taken back, as by any command.
"""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path

from tmtool.errors import InputError, StoreError
from tmtool.formats.files import replacement
from tmtool.index.audit import faults as index_faults
from tmtool.memory import Memory
from tmtool.model import TranslationUnit
from tmtool.store import Address, DatabaseUrl, journal, open_store, salvage
from tmtool.store.base import Store
from tmtool.store.place import file_system, is_network
from tmtool.store.sqlite import SEE_DOCTOR, SqliteStore, columns

OLDEST_SQLITE = (3, 38)
SPARE = 50_000_000  # bytes that should be free, however small the memory
_GO_BACK = "go back to a copy made with 'tmtool backup'"
_RESTORE = (
    f"{_GO_BACK}; without one, 'tmtool doctor --rescue NEW' writes what can be read to a new memory"
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one examination found; ``hint`` says what to do where it ``is_sound`` not."""

    name: str
    message: str
    is_sound: bool = True
    hint: str = ""


def diagnose(place: Address, *, on_wait: Callable[[], None] | None = None) -> Iterator[Diagnosis]:
    """Examine a memory; what needs a sound file, or a server, is left out where there is none.

    ``on_wait`` is called when others keep us waiting for a second.
    """
    yield _versions()
    yield _surroundings()
    if isinstance(place, DatabaseUrl):
        yield from _server(place, on_wait)
        return
    if not place.exists():
        yield Diagnosis("file", f"{place}: no such memory", False, "name one with -m")
        return
    yield from _place(place)
    yield from _file(place, on_wait)


@dataclass(frozen=True, slots=True)
class Rescued:
    """What came of a damaged memory, in units, and terms of its glossary.

    ``lost`` units and terms could not be read; where it is not ``all_known``, there may be others
    of which the file does not tell any more.
    """

    units: int
    terms: int
    lost: int
    all_known: bool


def rescue(path: Address, new: Path) -> Rescued:
    """Write what can be read of a damaged memory to a new one: units and terms, no history.

    The damaged one, which may be cut off anywhere, is not changed. Raises ``StoreError`` if
    nothing can be read, or the new memory cannot be made, or the old one is on a server;
    ``InputError`` if there is no folder for the new one.
    """
    if isinstance(path, DatabaseUrl):
        hint = "'tmtool backup' copies what it holds"
        raise StoreError(f"{path}: a server mends its own files", hint=hint)
    if new.exists():
        raise StoreError(f"{new}: is there already", hint="choose another name")
    journal.check_is_apart(new, path)
    try:
        new.parent.stat()
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise InputError(message, path=new, hint="check the folder and its permissions") from None
    store = None
    try:
        store = SqliteStore(path, create=False, is_damaged=True)
    except StoreError as error:
        if error.hint != SEE_DOCTOR:
            raise
    with closing(store) if store else nullcontext():
        return _rescued(store, path, new)


def _rescued(store: SqliteStore | None, path: Path, new: Path) -> Rescued:
    """Rescue what a store can read, if one makes sense of the file, and what pages hold besides."""
    numbers, all_known = store.numbers() if store else ((), False)
    lost = 0

    def readable() -> Iterator[TranslationUnit]:
        nonlocal lost
        read = set[int]()
        for number, unit in zip(numbers, store.rescued(numbers) if store else (), strict=True):
            if unit:
                read.add(number)
                yield unit
        lost = len(numbers) - len(read)
        if lost or not all_known:
            for unit in salvage.units(path, columns("units"), read):
                lost -= lost > 0
                yield unit

    units = readable()
    first = list(islice(units, 1))
    terms, lost_terms = store.rescued_terms() if store else ([], 0)
    headers = [store.rescued_header()] if store else []
    if not (first or terms) and (numbers or not all_known):
        raise StoreError(f"{path}: is damaged, and nothing of it can be read", hint=_GO_BACK)
    with replacement(new) as temporary:  # half of it would be taken for all that can be read
        try:
            with Memory.open(temporary) as memory:
                count = memory.add(chain(first, units), headers=headers).new
                for languages, those in groupby(terms, key=itemgetter(0)):
                    memory.add_terms([term for _, term in those], languages)
        except StoreError as error:
            message = error.message.replace(str(temporary), str(new))
            raise StoreError(message, hint=error.hint) from error
    return Rescued(count, len(terms), lost + lost_terms, all_known)


def _versions() -> Diagnosis:
    """What a report of a bug should name; packages are those that do not serve tests alone."""
    said = [f"{name} {_version(name)}" for name in _packages()]
    said += [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    message = ", ".join([*said, platform.platform()])
    is_sound = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    needed = ".".join(map(str, OLDEST_SQLITE))
    hint = f"use a Python with SQLite {needed} or newer"
    return Diagnosis("versions", message, is_sound, "" if is_sound else hint)


def _packages() -> list[str]:
    with suppress(PackageNotFoundError):
        needed = [each for each in requires("tmtool") or () if "extra == 'test'" not in each]
        names = (re.match(r"[\w.-]+", each) for each in needed)
        return ["tmtool", *(name[0] for name in names if name)]
    return ["tmtool"]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _surroundings() -> Diagnosis:
    """What the outcome may depend on besides: how text is shown and read, and on what screen."""
    said = [
        f"locale {locale.setlocale(locale.LC_CTYPE)}",
        f"encoding {sys.getfilesystemencoding()}",
        f"TERM={os.environ.get('TERM', '')}",
    ]
    for descriptor in (2, 0, 1):  # the screens draw on the first
        with suppress(OSError):
            columns, lines = os.get_terminal_size(descriptor)
            said.append(f"{columns} by {lines}")
            break
    else:
        said.append("no terminal")
    if os.environ.get("NO_COLOR"):
        said.append("NO_COLOR")
    return Diagnosis("surroundings", ", ".join(said))


def _place(path: Path) -> Iterator[Diagnosis]:
    """The folder and the disk of a memory."""
    kind = file_system(path)
    size = path.stat().st_size
    shown = f"{path}: {_megabytes(size)}" + (f" on {kind}" if kind else "")
    if is_network(kind):
        hint = "keep it on a disk of this computer, and copies there with 'tmtool backup'"
        yield Diagnosis("file", f"{shown}, a network folder: locks may not hold", False, hint)
    else:
        yield Diagnosis("file", shown)
    yield _permissions(path)
    free = shutil.disk_usage(path.parent).free
    message = f"{_megabytes(free)} free"
    if free < max(size, SPARE):
        hint = "free some space: a big import or 'tmtool compact' may need as much as the file has"
        yield Diagnosis("space", message, False, hint)
    else:
        yield Diagnosis("space", message)


def _permissions(path: Path) -> Diagnosis:
    mode = stat.S_IMODE(path.stat().st_mode)
    shown = f"{mode:04o}, folder {stat.S_IMODE(path.parent.stat().st_mode):04o}"
    lacking = [
        what
        for what, is_lacking in (
            ("the file cannot be read", not os.access(path, os.R_OK)),
            ("the file cannot be written", not os.access(path, os.W_OK)),
            ("its folder cannot be written", not os.access(path.parent, os.W_OK | os.X_OK)),
        )
        if is_lacking
    ]
    if lacking:
        hint = "to change the memory, get the right to write to the file and its folder"
        return Diagnosis("permissions", f"{shown}: {', '.join(lacking)}", False, hint)
    if mode & stat.S_IWOTH:
        return Diagnosis(
            "permissions", f"{shown}: anybody may change it", False, f"chmod o-w {path}"
        )
    return Diagnosis("permissions", shown)


def _file(path: Path, on_wait: Callable[[], None] | None) -> Iterator[Diagnosis]:
    """What is in a file."""
    try:
        journal.check(path)
    except StoreError as error:
        yield Diagnosis("journal", error.message, False, error.hint)
        return
    try:
        store = SqliteStore(path, create=False, migrate=False, on_wait=on_wait)
    except StoreError as error:
        message = error.message.removeprefix(f"{path}: ")
        hint = _RESTORE if error.hint == SEE_DOCTOR else error.hint
        yield Diagnosis("integrity", message, False, hint)
        return
    try:
        yield from _content(store)
    except StoreError as error:
        yield Diagnosis("integrity", error.message.removeprefix(f"{path}: "), False, _RESTORE)
    finally:
        store.close()


def _server(url: DatabaseUrl, on_wait: Callable[[], None] | None) -> Iterator[Diagnosis]:
    """What a server says of itself and holds."""
    try:
        with closing(open_store(url, create=False, migrate=False, on_wait=on_wait)) as store:
            yield Diagnosis("server", f"{url}: {store.product}, {_megabytes(store.size)}")
            yield from _rows(store)
    except StoreError as error:
        yield Diagnosis("server", error.message, False, error.hint)


def _content(store: SqliteStore) -> Iterator[Diagnosis]:
    if found := store.faults():
        yield Diagnosis("integrity", "; ".join(found), False, _RESTORE)
        return
    yield Diagnosis("integrity", "the file is sound")
    yield from _rows(store)


def _rows(store: Store) -> Iterator[Diagnosis]:
    """What a store says of itself, and of what is in it."""
    has, known = store.schema
    if has != known:
        message = f"{has}; the next command brings it to {known}"
        yield Diagnosis("schema", message)
        return
    yield Diagnosis("schema", str(known))
    if altered := store.altered():
        hint = _RESTORE if isinstance(store, SqliteStore) else _GO_BACK
        yield Diagnosis("units", "; ".join(altered), False, hint)
    else:
        counts = (f"{table}: {store.count(table)}" for table in ("units", "documents", "actions"))
        yield Diagnosis("units", ", ".join(counts))
    store.follow()
    if wrong := list(index_faults(store.index)):
        yield Diagnosis("index", "; ".join(wrong), False, "'tmtool compact' makes it anew")
    else:
        yield Diagnosis("index", "says what the units say")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
