"""A memory in one SQLite file.

Rollback journal and ``synchronous=FULL``: one file that can be copied and mailed, and a
commit that is on the disk when it returns. Every write takes the lock first (``BEGIN
IMMEDIATE``) and waits for others for a while.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from tmtool.errors import StoreError
from tmtool.model import Header, Languages, Term, TranslationUnit
from tmtool.store import journal, rows, terms
from tmtool.store.base import SELECT, Store
from tmtool.store.index import IndexStore
from tmtool.store.patient import PatientConnection, is_busy
from tmtool.store.place import file_system, is_network
from tmtool.store.rows import DamageError
from tmtool.store.statements import Row
from tmtool.store.terms import TermStore

APPLICATION_ID = 0x746D746C  # "tmtl", so that a memory is told from other SQLite files
CACHE = 10 << 10
"""KiB of a file that are kept in memory at the most."""
_LITTLE_CACHE = 1 << 10  # the same while somebody looks at one unit after another
_ROOMY_CACHE = 32 << 10  # the same while many units are written

_MANY = 5_000  # rows that are added at once
_WAYS = (
    *("NOT INDEXED ORDER BY number", "NOT INDEXED ORDER BY number DESC"),
    *("INDEXED BY units_by_place", "INDEXED BY units_by_source"),
)
"""How to come by the numbers of all units: by other parts of the file, or from its other end."""

_READABLE = 9
"""The version from which on nothing was changed that is needed to read what a file holds."""

_TOLERATE = "PRAGMA writable_schema = ON"
"""Has SQLite read a file that ends too early or describes itself badly, for all its name says."""

_COLUMNS = ("document", *rows.COLUMNS)
_INSTEAD = " ON CONFLICT (id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in (*_COLUMNS, "source_hash")
)


class SqliteStore(Store):
    """Rows of a memory file. All methods raise ``StoreError`` where SQLite fails."""

    INDEXES_AT_ONCE = True
    AMONG = "IN (SELECT value FROM json_each(?))"
    ADD_ACTION = "INSERT INTO actions (kind, at, author) VALUES (?, ?, ?) RETURNING number"
    WAS = "before ->> '$.{}'"

    def __init__(
        self,
        path: Path,
        *,
        create: bool,
        migrate: bool = True,
        is_damaged: bool = False,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Open a file; without ``migrate`` one of an older tmtool stays as it is.

        One that ``is_damaged`` is opened as far as SQLite can make sense of it, and never written.
        ``on_wait`` is called, once for each time, when others keep us waiting for a second.
        """
        self.address = self.path = path
        self._is_damaged = is_damaged
        if not create and not path.exists():
            raise StoreError(
                f"{path}: no such memory",
                hint="name one with -m, or make one with 'tmtool align --add' or 'tmtool import'",
            )
        if path.is_dir():
            raise StoreError(f"{path}: is a folder, not a memory", hint="name a file with -m")
        if path.exists() and not path.is_file():
            raise StoreError(f"{path}: is no file, and so no memory", hint="name a file with -m")
        if not create and not path.stat().st_size:
            raise StoreError(
                f"{path}: is empty: it holds no memory, or all of one was lost",
                hint="go back to a copy made with 'tmtool backup', or begin anew in it, as with "
                "'tmtool import'",
            )
        journal.check(path)
        with self.explained():
            if create:
                _make_folder(path)
            mode = "rwc" if create else "rw"
            if self._is_read_only:
                mode = "ro"
            self._is_made = not path.exists()
            self._db = _connection(f"{path.absolute().as_uri()}?mode={mode}", on_wait)
        try:
            self._file = _identity(path)
            with self.explained():
                if is_damaged:
                    self._db.execute(_TOLERATE)
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute(f"PRAGMA cache_size = {-CACHE}")
                self._check_kind()
                if migrate:
                    self._migrate()
                if is_damaged:
                    self._db.execute("PRAGMA query_only = ON")
                self._version = 0
                self._index = IndexStore(self._db, self.explained)
                self.terms = TermStore(self)
        except BaseException:
            self._db.close()
            raise

    @property
    def _is_read_only(self) -> bool:
        """Whether the file is there, and it or its folder may not be written."""
        return self.path.exists() and not (
            os.access(self.path, os.W_OK) and os.access(self.path.absolute().parent, os.W_OK)
        )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def abandon(self) -> None:
        if not self._is_made:
            return
        with suppress(StoreError), self.transaction(waits=False):  # others have not begun to write
            if not self.last_number():
                self.path.unlink(missing_ok=True)

    @property
    def index(self) -> IndexStore:
        return self._index

    @contextmanager
    def transaction(self, *, waits: bool = True, lasts: bool = True) -> Iterator[None]:
        with self.explained(), nullcontext() if waits else self._impatient():
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self.explained():
                self._db.execute("COMMIT" if lasts else "ROLLBACK")
        except BaseException:
            if self._db.in_transaction:  # after "disk full" SQLite has rolled back itself
                self._db.execute("ROLLBACK")
            raise

    def hold_little(self) -> None:
        self._db.execute(f"PRAGMA cache_size = {-_LITTLE_CACHE}")

    @contextmanager
    def expecting_many(self) -> Iterator[None]:
        self._db.execute(f"PRAGMA cache_size = {-_ROOMY_CACHE}")
        try:
            yield
        finally:
            self._db.execute(f"PRAGMA cache_size = {-CACHE}")
            self._db.execute("PRAGMA shrink_memory")

    @contextmanager
    def loading(self) -> Iterator[bool]:
        with super().loading() as is_new:
            yield is_new
        if is_new:  # in an order in which an index has them, which is quicker than the table
            numbers = "SELECT number FROM units ORDER BY document, position"
            self.write(f"INSERT OR IGNORE INTO unindexed {numbers}")

    def put_off(self) -> Sequence[tuple[str, str]]:
        found = self.read(
            "SELECT type, name, sql FROM sqlite_master WHERE name = 'unit_added' "
            "OR type = 'index' AND tbl_name IN ('units', 'history') AND sql IS NOT NULL"
        )
        return [(f"DROP {kind} {name}", made) for kind, name, made in found]

    @contextmanager
    def _impatient(self) -> Iterator[None]:
        """Where somebody else uses the file, fail at once."""
        patience, self._db.patience = self._db.patience, 0.0
        try:
            yield
        finally:
            self._db.patience = patience

    def wait_briefly(self, seconds: float) -> None:
        self._db.patience = seconds
        self._db.on_wait = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self.explained():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.rollback()

    def follow(self) -> None:
        """The index is written with the units."""

    @contextmanager
    def indexing(self, *, waits: bool) -> Iterator[None]:
        with self.transaction(waits=waits):
            yield

    # Statements

    def read(self, query: str, values: Sequence[Any] = ()) -> Sequence[Row]:
        with self.explained():
            return self._db.execute(query, values).fetchall()

    def stream(self, query: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        with self.explained():
            for row in self._db.execute(query, values):  # noqa: UP028 - that closes the closed
                yield row

    def write(self, query: str, values: Sequence[Any] = ()) -> int:
        with self.explained():
            return self._db.execute(query, values).rowcount

    def write_each(self, query: str, rows: Iterable[Row]) -> int:
        with self.explained():
            before = self._db.total_changes
            self._db.executemany(query, rows)
            return self._db.total_changes - before

    def insert(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        rows = iter(rows)
        with self.explained():
            while some := list(islice(rows, _MANY)):
                insert(self._db, table, self._whole(table, columns.split(", "), some))

    def put_rows(self, made: Sequence[Row], fresh: Container[str]) -> None:
        is_new = all(row[1] in fresh for row in made)
        with self.explained():
            columns = self._whole("units", _COLUMNS, made)
            insert(self._db, "units", columns, "" if is_new else _INSTEAD)

    def _whole(self, table: str, names: Sequence[str], rows: Sequence[Row]) -> Columns:
        """The columns of some rows, and those that this store has besides."""
        columns = in_columns(names, rows)
        if table == "units" and columns:
            columns["source_hash"] = list(map(_hash, columns["source_key"]))
        return columns

    def add_new(self, action: int, units: Sequence[tuple[TranslationUnit, str]]) -> None:
        highest = self.highest()
        self.put(units, fresh={unit.id for unit, _ in units})
        self.note_new(action, highest)

    def highest(self) -> int:
        """The highest number of a unit, 0 if there is none."""
        return int(self.read("SELECT coalesce(max(number), 0) FROM units")[0][0])

    def note_new(self, action: int, above: int) -> None:
        """Note in history that an action brought the units whose numbers are above one.

        Their rows are as :meth:`add_history` makes them, in a third of the time.
        """
        self.write(
            "INSERT INTO history (action, unit_id, checksum) "
            "SELECT ?, id, crc32(CAST(id || char(31) AS BLOB)) FROM units "
            "WHERE number > ? ORDER BY number",
            (action, above),
        )

    def of_sources(self, keys: Sequence[str]) -> tuple[str, list[Any]]:
        hashes = self.listed([_hash(key) for key in keys])
        return f"source_hash {self.AMONG} AND source_key {self.AMONG}", [hashes, self.listed(keys)]

    def listed(self, values: Sequence[str] | Sequence[int]) -> str:
        return json.dumps(values)

    # The file

    @property
    def product(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def vacuum(self) -> None:
        """Write the file anew without what was deleted; needs as much space again meanwhile."""
        with self.explained():
            self._db.execute("VACUUM")

    @property
    def version(self) -> int:
        if _identity(self.path) != self._file:
            raise StoreError(f"{self.path}: {_MOVED[0]}", hint=_MOVED[1])
        with self.explained():
            try:
                with self._impatient():
                    found = self._db.execute("PRAGMA data_version").fetchone()
                self._version = int(found[0])
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
        return self._version

    def copy_to(self, path: Path) -> None:
        """Write the memory as it is now into an empty file; nobody else can write meanwhile."""
        with self.snapshot(), self.explained():
            self._db.execute("SELECT count(*) FROM documents")  # the snapshot is of now
            copy = sqlite3.connect(path, isolation_level=None)
            try:
                copy.execute("PRAGMA journal_mode = OFF")
                copy.execute("PRAGMA synchronous = OFF")
                self._db.backup(copy)
            except sqlite3.OperationalError as error:
                number = _UNWRITTEN.get(error.sqlite_errorname)
                if number is None:
                    raise
                raise OSError(number, os.strerror(number)) from error
            finally:
                copy.close()

    def faults(self, limit: int = 10) -> list[str]:
        """What SQLite finds wrong with the file, some of it at the most."""
        with self.explained():
            found = [row[0] for row in self._db.execute(f"PRAGMA integrity_check({limit})")]
            faults = [line for text in found if text != "ok" for line in text.splitlines()]
            for table, number, other, _ in self._db.execute("PRAGMA foreign_key_check"):
                faults.append(
                    f"row {number} of {table} belongs to a row of {other} that is not there"
                )
        return faults[:limit]

    def altered(self, limit: int = 10) -> list[str]:
        with self._tolerant():
            return super().altered(limit)

    def numbers(self) -> tuple[Sequence[int], bool]:
        """The numbers of the units of a damaged file, as far as it tells, and whether of all."""
        numbers = set[int]()
        is_whole = False
        for way in _WAYS:
            try:
                for row in self._db.execute(f"SELECT number FROM units {way}"):
                    numbers.add(row[0])
                is_whole = True
            except sqlite3.Error:  # what came before counts
                pass
        return sorted(number for number in numbers if number > 0), is_whole  # 0 is of a lost page

    def rescued(self, numbers: Iterable[int]) -> Iterator[TranslationUnit | None]:
        """The units of some numbers in a damaged file, ``None`` for one that is lost."""
        for number in numbers:
            try:
                query = f"{SELECT} WHERE number = ?"
                yield rows.unit(self._db.execute(query, (number,)).fetchone())
            except (sqlite3.Error, TypeError, ValueError):
                yield None

    def rescued_terms(self) -> tuple[list[tuple[Languages, Term]], int]:
        """The terms of a damaged file, in order of languages and text, and how many are lost.

        Of what stands on pages that nothing leads to any more the file does not tell.
        """
        found: dict[tuple[Any, ...], tuple[Languages, Term] | None] = {}
        key = ("source_language", "target_language", "source", "target")
        lost = set[tuple[Any, ...]]()
        for way in ("", f" ORDER BY {', '.join(f'{name} DESC' for name in key)}"):
            for row in self._found(f"SELECT * FROM terms{way}"):
                place = tuple(row[name] or "" for name in key)
                try:
                    found[place] = terms.rescued(row)
                except (LookupError, TypeError, ValueError):
                    lost.add(place)
        said = ((place, found[place]) for place in sorted(found))
        return [term for _, term in said if term], len(lost - found.keys())

    def rescued_header(self) -> Header:
        """What a damaged file says of all its units, as far as it can be read."""
        found = []
        for row in self._found(
            "SELECT headers.* FROM headers LEFT JOIN actions ON actions.number = action "
            "WHERE undone_by IS NULL ORDER BY headers.number"
        ):
            with suppress(LookupError, TypeError, ValueError):
                kind, text = row["type"], row["text"]
                f"{kind}{text}".encode()
                if "checksum" in row:
                    found.append(rows.said((kind, text, row["checksum"])))
                elif "\0" not in (kind or "") + text:
                    found.append((kind, text))
        return rows.header(found)

    def _found(self, query: str) -> Iterator[dict[str, Any]]:
        """Rows of a damaged file by the names of their columns, as far as it can be read.

        A text that is no UTF-8 cannot be encoded again.
        """
        self._db.text_factory = bytes
        try:
            rows = self._db.execute(query)
            names = [column[0] for column in rows.description]
            for row in rows:
                texts = (
                    cell.decode(errors="surrogateescape") if isinstance(cell, bytes) else cell
                    for cell in row
                )
                yield dict(zip(names, texts, strict=True))
        except sqlite3.Error:  # what came before counts
            pass
        finally:
            self._db.text_factory = str

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        """Read texts that are not UTF-8, too, with something else for what is not."""
        self._db.text_factory = lambda text: text.decode("utf-8", "replace")
        try:
            yield
        finally:
            self._db.text_factory = str

    @property
    def schema(self) -> tuple[int, int]:
        with self.explained():
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
        return int(version), len(_schema())

    def _check_kind(self) -> None:
        """Raise ``StoreError`` if the file is no memory, or one of a newer tmtool."""
        application = self._db.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION_ID:
            tables = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master")}
            if {"units", "documents", "actions", "history"} <= tables:
                raise DamageError("says that it is another kind of file")
            if tables:
                raise StoreError(
                    f"{self.path}: is an SQLite file, but not a tmtool memory",
                    hint="name another file with -m",
                )
        version, known = self.schema
        if version > known:
            raise StoreError(
                f"{self.path}: was written by a newer tmtool (schema {version}, "
                f"this one knows {known})",
                hint="upgrade tmtool",
            )

    def _migrate(self) -> None:
        """Bring the schema up to date: the numbered files that ``user_version`` lacks.

        Where the file may not be written, or is damaged, a copy in memory takes its place, to be
        read.
        """
        version, known = self.schema
        is_readable = not version or version >= _READABLE
        if version == known or (self._is_damaged and is_readable):
            return
        is_copy = version and (self._is_read_only or self._is_damaged)
        if is_copy:
            with closing(self._db) as original:
                self._db = _connection("file::memory:", original.on_wait)
                original.execute("SELECT count(*) FROM documents")
                original.backup(self._db)
            if self._is_damaged:
                self._db.execute(_TOLERATE)
        with self.transaction():
            # Another process may have been first while this one waited for the lock.
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for script in _schema()[version:]:
                for statement in statements(script):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {known}")
        if is_copy:
            self._db.execute("PRAGMA query_only = ON")

    @contextmanager
    def explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError, DamageError) as error:
            message, hint = self._said(error)
            raise StoreError(f"{self.path}: {message}", hint=hint) from error
        except OSError as error:
            if error.errno in _UNWRITTEN.values():
                raise
            raise StoreError(
                f"{self.path}: cannot be opened: {error.strerror}",
                hint="check the folder and its permissions, or name another file with -m",
            ) from error

    def _said(self, error: sqlite3.Error | UnicodeDecodeError | DamageError) -> tuple[str, str]:
        """What an error means, and what to do."""
        code = _primary(error)
        kind = file_system(self.path)
        if isinstance(error, DamageError):
            return f"is damaged: {error}", SEE_DOCTOR
        if code == "SQLITE_NOTADB" and _was_memory(self.path):
            return "is damaged: its beginning is overwritten", SEE_DOCTOR
        if code in ("SQLITE_IOERR", "SQLITE_PROTOCOL", "SQLITE_NOLFS") and is_network(kind):
            return (
                f"cannot be read or written in a network folder ({kind})",
                "keep it on a disk of this computer, and copies there with 'tmtool backup'",
            )
        if getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY_ROLLBACK":
            return (
                "holds part of a write that was cut off, and may not be written to take it back",
                "open it where it can be, or copy it with its -journal to where you may write",
            )
        if getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY_DBMOVED":
            return _MOVED
        if not code and "decode" in str(error):  # bytes in a text, or in what SQLite quotes
            return "is damaged: a text in it is not UTF-8", SEE_DOCTOR
        return _SAID.get(code, (f"cannot be used: {error}", SEE_DOCTOR))


_MOVED = (
    "was moved, deleted or replaced while it was open",
    "put it back where it was, or leave and open the one that is there",
)
_UNWRITTEN = {"SQLITE_FULL": errno.ENOSPC, "SQLITE_IOERR_WRITE": errno.EIO}
"""Why a copy could not be written, which is no fault of the memory."""

SEE_DOCTOR = "'tmtool doctor' says how far, and what to do"
"""The hint of each error that tells of damage."""

_SAID = {
    "SQLITE_NOTADB": ("is not a tmtool memory", "name another file with -m"),
    "SQLITE_CORRUPT": ("is damaged", SEE_DOCTOR),
    "SQLITE_CONSTRAINT": ("is damaged: it contradicts itself", SEE_DOCTOR),
    "SQLITE_READONLY": (
        "cannot be written: the file or its folder is read-only",
        "check permissions, or name another file with -m",
    ),
    "SQLITE_CANTOPEN": (
        "cannot be opened or made",
        "check the folder and its permissions, or name another file with -m",
    ),
    "SQLITE_BUSY": (
        "is in use by another program",
        "try again when that has finished",
    ),
    "SQLITE_FULL": ("cannot grow: the disk is full", "free some space; nothing saved was lost"),
    "SQLITE_IOERR": (
        "cannot be read or written",
        "see whether the disk is full or broken, or a limit is reached; nothing saved was lost",
    ),
}


def _primary(error: Exception) -> str:
    """The primary result code, such as SQLITE_READONLY for SQLITE_READONLY_DBMOVED."""
    return "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])


def _was_memory(path: Path) -> bool:
    """Whether a file that SQLite does not take for its own has marks of a memory."""
    with path.open("rb") as stream:
        header = stream.read(100)
    return header.startswith(b"SQLite format") or header[68:72] == APPLICATION_ID.to_bytes(4)


def _connection(uri: str, on_wait: Callable[[], None] | None) -> PatientConnection:
    db: PatientConnection = sqlite3.connect(
        uri, uri=True, timeout=0, factory=PatientConnection, isolation_level=None
    )
    db.on_wait = on_wait
    db.create_function("checksum", -1, rows.checksum, deterministic=True)
    db.create_function("crc32", 1, zlib.crc32, deterministic=True)
    return db


def _hash(key: str) -> int:
    """What stands for a source key in an index: numbers are sorted three times as quickly."""
    return zlib.crc32(key.encode())


Columns: TypeAlias = dict[str, Sequence[Any]]
"""Values of some rows by their names."""


def in_columns(names: Iterable[str], rows: Iterable[Row]) -> Columns:
    """Rows turned on their sides; no columns if there are none."""
    return dict(zip(names, zip(*rows, strict=True), strict=False))


def insert(db: sqlite3.Connection, table: str, columns: Columns, end: str = "") -> None:
    """Add rows to a table, by a statement with this end.

    What is NULL in all of them is not named: to bind ``None`` takes Python as long as all that
    SQLite does for a text.
    """
    if not columns:
        return
    held = {
        name: values
        for name, values in columns.items()
        if values[0] is not None or values.count(None) < len(values)
    }
    marks = ", ".join("?" * len(held))
    rows = zip(*held.values(), strict=True)
    db.executemany(f"INSERT INTO {table} ({', '.join(held)}) VALUES ({marks}){end}", rows)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one at the same path; ``None`` if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)


def _schema() -> list[str]:
    folder = files("tmtool.store") / "schema"
    return [
        script(name)
        for name in sorted(entry.name for entry in folder.iterdir())
        if name[:4].isdigit()
    ]


def columns(table: str) -> list[str]:
    """The columns of a table, in its order."""
    with closing(_connection("file::memory:", None)) as db:
        for text in _schema():
            for statement in statements(text):
                db.execute(statement)
        return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def script(name: str) -> str:
    """The text of a file of the schema."""
    return (files("tmtool.store") / "schema" / name).read_text("utf-8")


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would commit."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
