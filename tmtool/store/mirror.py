"""The index that a client keeps of the units of a server, in a private file of its own.

It holds of each unit what a search looks at, and the shards over it, so that a search asks the
server for no more than the units that it found. Derived from the server, it may be deleted at
any time. A kill leaves it sound; after a power cut it may be damaged, and is made anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from tmtool.errors import StoreError
from tmtool.store.index import IndexStore
from tmtool.store.patient import PatientConnection
from tmtool.store.sqlite import CACHE, script, statements

COLUMNS = "number, source_language, target_language, source, target, source_key, state, origin"
SELECT = COLUMNS.replace("origin", "coalesce(origin, '')")
TYPES = ("int8", *["bytea"] * COLUMNS.count(","))
"""What is asked of the server for these columns: a number, and texts as bytes of UTF-8.

To make strings of these and bytes again takes Python longer than all that SQLite does with them.
"""

_PATIENCE = 600.0  # seconds: somebody else of this user fills the file for the first time
_MANY = 10_000  # units between two calls of on_fill
_ADD = f"INSERT INTO units ({COLUMNS}) VALUES (?{', CAST(? AS TEXT)' * COLUMNS.count(',')})"
_PUT = f"{_ADD} ON CONFLICT (number) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[1:]
)
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")


def folder() -> Path:
    """Where mirrors are kept; raises ``StoreError`` for a user without a home."""
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        raise StoreError(
            "there is no home folder to keep an index in", hint="set XDG_CACHE_HOME to a folder"
        ) from None
    return Path(home) / "tmtool"


class Mirror:
    """The units of a server as far as they were followed, and their index.

    All methods raise ``StoreError`` where the file cannot be used.
    """

    def __init__(self, path: Path, on_wait: Callable[[], None] | None) -> None:
        """Open the file, or make it."""
        self._path = path
        with self.explained():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._db = self._opened(on_wait)
            except sqlite3.DatabaseError as error:
                if not getattr(error, "sqlite_errorname", "").startswith(_DAMAGED):
                    raise
                for end in ("", "-journal"):
                    path.with_name(path.name + end).unlink(missing_ok=True)
                self._db = self._opened(on_wait)
        self.index = IndexStore(self._db, self.explained)

    def _opened(self, on_wait: Callable[[], None] | None) -> PatientConnection:
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        db: PatientConnection = sqlite3.connect(
            self._path, timeout=0, factory=PatientConnection, isolation_level=None
        )
        db.on_wait, db.patience = on_wait, _PATIENCE
        try:
            db.execute("PRAGMA synchronous = OFF")
            db.execute(f"PRAGMA cache_size = {-CACHE}")
            with _transaction(db):
                if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
                    for statement in (*statements(script("mirror.sql")), *_index_statements()):
                        db.execute(statement)
            db.execute("SELECT identity, change FROM followed, (SELECT count(*) FROM unindexed)")
        except BaseException:
            db.close()
            raise
        return db

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def wait_briefly(self, seconds: float) -> None:
        """Wait no longer for others from now on, and call nobody meanwhile."""
        self._db.patience, self._db.on_wait = seconds, None

    @contextmanager
    def transaction(self, *, waits: bool) -> Iterator[None]:
        """All writes inside take place, or none does; without ``waits`` now or not at all."""
        patience = self._db.patience
        with self.explained():
            self._db.patience = patience if waits else 0.0
            try:
                self._db.execute("BEGIN IMMEDIATE")
            finally:
                self._db.patience = patience
        try:
            yield
            with self.explained():
                self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._db.rollback()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see the same."""
        with self.explained():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                self._db.rollback()

    @property
    def followed(self) -> tuple[str, int]:
        """The identity of the memory that was followed, and the number of the last change."""
        with self.explained():
            identity, change = self._db.execute("SELECT identity, change FROM followed").fetchone()
        return identity, int(change)

    def forget(self) -> None:
        """Know nothing of any unit, in the transaction of the caller."""
        self.index.forget()
        with self.explained():
            self._db.execute("DELETE FROM units")
            self.index.clear_unindexed()
            self._db.execute("UPDATE followed SET identity = '', change = 0")

    def fill(self, units: Iterable[Sequence[Any]], told: Callable[[int], None]) -> None:
        """Take in all units of a server, in the transaction of the caller.

        ``told`` is given how many there are, from time to time.
        """
        units = iter(units)
        count = 0
        with self.explained():
            self._db.execute("DROP TRIGGER unit_added")
            while some := list(islice(units, _MANY)):
                self._db.executemany(_ADD, some)
                count += len(some)
                told(count)
            self._db.execute(next(s for s in _index_statements() if "TRIGGER unit_added" in s))
            self._db.execute("INSERT INTO unindexed SELECT number FROM units")

    def apply(self, units: Iterable[Sequence[Any]], gone: Iterable[int]) -> None:
        """Take in units that changed, and drop those that are gone, in a transaction."""
        with self.explained():
            # First these: a unit that was put back has its number again.
            self._db.executemany("DELETE FROM units WHERE number = ?", ((n,) for n in gone))
            self._db.executemany(_PUT, units)

    def note(self, identity: str, change: int) -> None:
        """Note how far changes were followed, in the transaction of the caller."""
        with self.explained():
            self._db.execute("UPDATE followed SET identity = ?, change = ?", (identity, change))

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What fails inside is said in words that say what to do."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self._path}: the index kept there cannot be used: {error}",
                hint="free some space, or delete the file: it is made anew",
            ) from error


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def _index_statements() -> list[str]:
    """What makes the tables of the index, as in a memory in a file."""
    return list(statements(script("0003.sql")))
