"""A memory in a database of PostgreSQL, for people who work on it together.

One transaction writes at a time, under an advisory lock that it takes first: what is read in it
stays true, nothing can deadlock, and changes are seen in the order of their numbers, so that
whoever follows them misses none. Reading waits for nobody.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from tmtool.errors import MissingExtra, StoreError
from tmtool.store import rows
from tmtool.store.address import DatabaseUrl
from tmtool.store.base import Store
from tmtool.store.index import IndexStore
from tmtool.store.mirror import COLUMNS as MIRRORED
from tmtool.store.mirror import Mirror, folder
from tmtool.store.patient import BUSY_SECONDS
from tmtool.store.sqlite import SqliteStore
from tmtool.store.statements import Row
from tmtool.store.terms import TermStore

try:
    import psycopg
    from psycopg import errors
except ImportError as error:
    raise MissingExtra(
        f"a memory on PostgreSQL needs the package psycopg ({error})",
        hint="pip install 'tmtool[postgres]'",
    ) from error

_LOCK = 0x746D746C  # of whoever writes; also in schema/postgres
_CHANNEL = "tmtool"  # on which those who write tell others
_QUIET = 1.0  # seconds of waiting before anything is said
_PAUSE = 0.1  # seconds between two tries to connect
_FEW = 16  # rows up to which statements are quicker than COPY
_TRIES = 20  # after which a mirror that knows more than the server is taken for wrong
_PAGE = 2_000  # rows of a long answer that are fetched at once

_DEFAULTS = {
    "application_name": "tmtool",
    "connect_timeout": "5",
    # A cut network is noticed in some ten seconds.
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_SESSION = (
    "SET client_encoding = 'UTF8'; SET jit = off; SET default_transaction_isolation = "
    "'read committed'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; "
    f"SET tcp_keepalives_count = 3; LISTEN {_CHANNEL}"
)
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_REACHED = (
    "SELECT identity::text, greatest("
    "(SELECT coalesce(max(change), 0) FROM units), (SELECT coalesce(max(change), 0) FROM gone)"
    ") FROM memory"
)
_COLUMNS = ("document", *rows.COLUMNS)
_PUT = (
    f"INSERT INTO units ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
    "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
)
_TABLES = {
    "documents": "number, name, source_language, target_language",
    "units": f"number, {', '.join(_COLUMNS)}",
    "actions": "number, kind, at, author, undone_by",
    "history": "rowid, action, unit_id, before, checksum",
    "removed": "unit_id",
    "drafts": "unit_id, author, text, target",
    "places": "document, author, unit_id",
    "terms": "source_language, target_language, source, target, note, status, definition, "
    "subject, concept, changed_at, changed_by, is_withdrawn",
}
"""What a memory consists of, in the order in which it can be copied."""

_Answer = TypeVar("_Answer")


class PostgresStore(Store):
    """Rows of a memory in a database. All methods raise ``StoreError`` where the server fails."""

    INDEXES_AT_ONCE = False
    AMONG = "= ANY(?)"
    ADD_ACTION = (
        "WITH next AS (UPDATE memory SET action = action + 1 RETURNING action) "
        "INSERT INTO actions (number, kind, at, author) SELECT action, ?, ?, ? FROM next "
        "RETURNING number"
    )
    WAS = "before::json ->> '{}'"

    def __init__(
        self,
        address: DatabaseUrl,
        *,
        create: bool,
        migrate: bool = True,
        on_wait: Callable[[], None] | None = None,
        on_fill: Callable[[int, int], None] | None = None,
    ) -> None:
        """Connect; without ``migrate`` a memory of an older tmtool stays as it is.

        ``on_wait`` is called, once for each time, when others keep us waiting for a second;
        ``on_fill`` with how many units of how many the index has, while it takes in all of them.
        """
        self.address = self._url = address
        self._on_wait = on_wait
        self._on_fill = on_fill
        self._patience = BUSY_SECONDS
        self._version = 0
        self._is_inside = False  # a transaction
        self._cursors = count(1)
        self._mirror: Mirror | None = None
        self.terms = TermStore(self)
        with self.explained():
            self._db = self._connected()
        try:
            with self.explained():
                self.user = self._db.info.user
                self._check_kind(create=create)
                if migrate:
                    self._migrate()
        except BaseException:
            self._db.close()
            raise

    # The connection

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        url = self._url
        for key, value in _DEFAULTS.items():
            url = DatabaseUrl(url.with_default(key, value))
        db = psycopg.connect(url.url, autocommit=True)
        try:
            db.execute(_SESSION)
        except BaseException:
            db.close()
            raise
        self._pid = db.info.backend_pid
        return db

    def _reconnect(self) -> None:
        """Connect again, as soon as the server answers; raises if it does not in time."""
        self._db.close()
        start = time.monotonic()
        is_said = False
        while True:
            try:
                self._db = self._connected()
            except psycopg.OperationalError:
                waited = time.monotonic() - start
                if waited > self._patience:
                    raise
                if waited > _QUIET and not is_said and self._on_wait:
                    self._on_wait()
                    is_said = True
                time.sleep(_PAUSE)
            else:
                self._version += 1  # who knows what was written meanwhile
                return

    def _surely(self, ask: Callable[[], _Answer]) -> _Answer:
        """What the server answers, on a new connection if the old one was lost.

        For what may be asked twice. A transaction is never carried on.
        """
        try:
            return ask()
        except psycopg.Error as error:
            if self._is_inside or not self._is_lost(error):
                raise
        self._reconnect()
        return ask()

    def _is_lost(self, error: psycopg.Error) -> bool:
        """Whether an error says that there is no connection any more."""
        lost = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow)
        return self._db.closed or isinstance(error, lost)

    def close(self) -> None:
        self._db.close()
        if self._mirror:
            self._mirror.close()

    def wait_briefly(self, seconds: float) -> None:
        self._patience, self._on_wait = seconds, None
        if self._mirror:
            self._mirror.wait_briefly(seconds)

    # Statements

    def read(self, query: str, values: Sequence[Any] = ()) -> Sequence[Row]:
        with self.explained():
            return self._surely(lambda: self._execute(query, values).fetchall())

    def stream(self, query: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        def opened() -> psycopg.ServerCursor[tuple[Any, ...]]:
            name = f"tmtool_{next(self._cursors)}"
            cursor = self._db.cursor(name, withhold=not self._is_inside)
            cursor.execute(_translated(query), tuple(values))
            return cursor

        with self.explained():
            cursor = self._surely(opened)
        try:
            while True:
                with self.explained():
                    some = cursor.fetchmany(_PAGE)
                yield from some
                if len(some) < _PAGE:
                    return
        finally:
            with suppress(psycopg.Error):
                cursor.close()

    def write(self, query: str, values: Sequence[Any] = ()) -> int:
        with self.explained():
            return self._surely(lambda: self._execute(query, values).rowcount)

    def write_each(self, query: str, rows: Iterable[Row]) -> int:
        with self.explained(), self._db.cursor() as cursor:
            cursor.executemany(_translated(query), list(rows))
            return max(0, cursor.rowcount)

    def insert(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        made = list(rows)
        if len(made) <= _FEW:
            marks = ", ".join("?" * len(columns.split(",")))
            self.write_each(f"INSERT INTO {table} ({columns}) VALUES ({marks})", made)
            return
        with (
            self.explained(),
            self._db.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for row in made:
                copy.write_row(row)

    def put_rows(self, made: Sequence[Row]) -> None:
        if len(made) > _FEW:
            last = {row[1]: row for row in made}  # of two states of a unit the later one counts
            query = "SELECT id FROM units WHERE id = ANY(?)"
            held = {row[0] for row in self.read(query, (list(last),))}
            new = [row for unit_id, row in last.items() if unit_id not in held]
            self.insert("units", ", ".join(_COLUMNS), new)
            made = [last[unit_id] for unit_id in held]
        if made:
            self.write_each(_PUT, made)

    def listed(self, values: Sequence[str] | Sequence[int]) -> list[str] | list[int]:
        return list(values)  # type: ignore[return-value]

    def _execute(self, query: str, values: Sequence[Any] = ()) -> psycopg.Cursor[tuple[Any, ...]]:
        return self._db.execute(_translated(query), tuple(values))

    # Transactions

    @contextmanager
    def transaction(self, *, waits: bool = True, lasts: bool = True) -> Iterator[None]:
        with self.explained():
            number = self._begin_writing(waits=waits)
        self._is_inside = True
        try:
            yield
            with self.explained():
                if lasts:
                    self._commit(number)
                else:
                    self._db.execute("ROLLBACK")
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._is_inside = False

    def _begin_writing(self, *, waits: bool) -> str:
        """Open the transaction that writes; the number that the server has for it."""
        number = "pg_current_xact_id()::text"
        if not waits:
            query = f"BEGIN; SELECT pg_try_advisory_xact_lock({_LOCK}), {number}"
            is_ours, found = self._surely(lambda: self._last_row(query))
            if not is_ours:
                self._db.execute("ROLLBACK")
                raise errors.LockNotAvailable
            return str(found)
        patience = min(_QUIET, self._patience)
        while True:
            query = (
                f"BEGIN; SET LOCAL lock_timeout = {int(1000 * patience)}; "
                f"SELECT pg_advisory_xact_lock({_LOCK}), {number}"
            )
            try:
                return str(self._surely(lambda query=query: self._last_row(query))[1])  # type: ignore[misc]
            except errors.LockNotAvailable:
                self._db.execute("ROLLBACK")
                if patience >= self._patience:
                    raise
            if self._on_wait:
                self._on_wait()
            patience = self._patience

    def _last_row(self, query: str) -> tuple[Any, ...]:
        """The row that the last of several statements gives."""
        cursor = self._db.execute(query)
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        assert row is not None
        return row

    def _commit(self, number: str) -> None:
        """Commit the transaction of a number.

        Where the answer is lost, the server is asked what became of it.
        """
        try:
            self._db.execute("COMMIT")
        except psycopg.Error as error:
            if not self._is_lost(error):
                raise
            if not self._was_committed(number):
                raise

    def _was_committed(self, number: str) -> bool:
        self._reconnect()
        end = time.monotonic() + self._patience
        while True:
            row = self._db.execute("SELECT pg_xact_status(%s::xid8)", (number,)).fetchone()
            if row is None or row[0] != "in progress" or time.monotonic() > end:
                return row is not None and row[0] == "committed"
            time.sleep(_PAUSE)

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            if not self._db.closed:
                self._db.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        mirror = self._mirrored()
        for attempt in count():
            with self.explained():
                identity, change = self._surely(
                    lambda: self._last_row(f"{_BEGIN_READING}; {_REACHED}")
                )
            self._is_inside = True
            try:
                self._follow_to(identity, change, anew=attempt > _TRIES)
                with mirror.snapshot():
                    if mirror.followed == (identity, change):
                        yield
                        return
            finally:
                self._is_inside = False
                self._roll_back()

    # What finds units

    @property
    def index(self) -> IndexStore:
        return self._mirrored().index

    def follow(self) -> None:
        reached = self.read(_REACHED)[0]
        if self._mirrored().followed != tuple(reached):
            with self.snapshot():
                pass

    @contextmanager
    def indexing(self, *, waits: bool) -> Iterator[None]:
        with self._mirrored().transaction(waits=waits):
            yield

    def _mirrored(self) -> Mirror:
        if self._mirror is None:
            place = (
                "SELECT oid::text, current_schema() FROM pg_database "
                "WHERE datname = current_database()"
            )
            parts = [*self.read(place)[0], *self._server()]
            name = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
            self._mirror = Mirror(folder() / f"{name}.db", self._on_wait)
        return self._mirror

    def _server(self) -> tuple[str, ...]:
        """What a server is not like any other in, nor like itself after it was set back."""
        query = (
            "SELECT system_identifier::text, timeline_id::text "
            "FROM pg_control_system(), pg_control_checkpoint()"
        )
        try:
            return tuple(self._surely(lambda: self._execute(query).fetchall())[0])
        except errors.InsufficientPrivilege:
            info = self._db.info
            return info.host, str(info.port)

    def _follow_to(self, identity: str, change: int, *, anew: bool) -> None:
        """Have the mirror know all changes up to one, in the snapshot of the caller.

        It may know later ones already. With ``anew`` it forgets what it knew before.
        """
        mirror = self._mirrored()
        if mirror.followed == (identity, change):
            return
        with mirror.transaction(waits=True):
            held, since = mirror.followed
            if held != identity or anew:
                mirror.forget()
                total = int(self.read("SELECT count(*) FROM units")[0][0])

                def told(number: int) -> None:
                    if self._on_fill:
                        self._on_fill(number, total)

                mirror.fill(self._copied("SELECT {} FROM units"), told)
                told(total)
            elif since < change:
                mirror.apply(
                    self._copied(f"SELECT {{}} FROM units WHERE change > {since}"),
                    [
                        row[0]
                        for row in self.read("SELECT number FROM gone WHERE change > ?", (since,))
                    ],
                )
            else:
                return
            mirror.note(identity, change)

    def _copied(self, query: str) -> Iterator[Row]:
        """The rows of a query for the mirror, as texts."""
        with (
            self.explained(),
            self._db.cursor() as cursor,
            cursor.copy(f"COPY ({query.format(MIRRORED)}) TO STDOUT") as copy,
        ):
            yield from copy.rows()

    # The database

    @property
    def version(self) -> int:
        with self.explained():
            if not self._is_inside:
                self._version += self._surely(
                    lambda: sum(note.pid != self._pid for note in self._db.notifies(timeout=0))
                )
        return self._version

    @property
    def product(self) -> str:
        return f"PostgreSQL {self.read('SHOW server_version')[0][0]}"

    @property
    def size(self) -> int:
        tables = ", ".join(f"('{table}')" for table in (*_TABLES, "gone"))
        query = (
            f"SELECT sum(pg_total_relation_size(name::regclass)) FROM (VALUES {tables}) AS t (name)"
        )
        return int(self.read(query)[0][0])

    def vacuum(self) -> None:
        """Let the server use again the space of what was deleted, and see how much there is."""
        with self.explained():
            self._db.execute(f"VACUUM (ANALYZE) {', '.join(_TABLES)}")

    def copy_to(self, path: Path) -> None:
        with self._reading(), closing(SqliteStore(path, create=True)) as copy, copy.transaction():
            for table, columns in _TABLES.items():
                copy.insert(table, columns, self.stream(f"SELECT {columns} FROM {table}"))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """All reads inside see the same."""
        with self.explained():
            self._surely(lambda: self._db.execute(_BEGIN_READING))
        self._is_inside = True
        try:
            yield
        finally:
            self._is_inside = False
            self._roll_back()

    @property
    def schema(self) -> tuple[int, int]:
        known = len(_schema())
        if not self._has("memory"):
            return 0, known
        return int(self.read("SELECT version FROM memory")[0][0]), known

    def _has(self, table: str) -> bool:
        """Whether there is a table of this name where ours are."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM pg_tables "
            "WHERE schemaname = current_schema() AND tablename = ?)"
        )
        return bool(self.read(query, (table,))[0][0])

    def _check_kind(self, *, create: bool) -> None:
        """Raise ``StoreError`` if the database holds no memory, or one of a newer tmtool."""
        encoding = self.read("SHOW server_encoding")[0][0]
        if encoding != "UTF8":
            raise StoreError(
                f"{self.address}: the database keeps texts in {encoding}",
                hint="make it with: createdb --encoding UTF8 --template template0 NAME",
            )
        version, known = self.schema
        if version > known:
            raise StoreError(
                f"{self.address}: was written by a newer tmtool (schema {version}, "
                f"this one knows {known})",
                hint="upgrade tmtool",
            )
        if not version and self._has("units") and not self._has("memory"):
            raise StoreError(
                f"{self.address}: is a database, but not of a tmtool memory",
                hint="name another one with -m",
            )
        if not version and not create:
            raise StoreError(
                f"{self.address}: no such memory",
                hint="make one with 'tmtool team init', 'tmtool align --add' or 'tmtool import'",
            )

    def _migrate(self) -> None:
        """Bring the schema up to date: the numbered files that the memory lacks."""
        version, known = self.schema
        if version == known:
            return
        with self.transaction():
            # Another client may have been first while this one waited for the lock.
            version, _ = self.schema
            with self.explained():
                for script in _schema()[version:]:
                    self._db.execute(script)
                self._db.execute(f"UPDATE memory SET version = {known}")

    @contextmanager
    def explained(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, rows.DamageError) as error:
            message, hint = self._said(error)
            raise StoreError(f"{self.address}: {message}", hint=hint) from None

    def _said(self, error: psycopg.Error | rows.DamageError) -> tuple[str, str]:
        """What an error means, and what to do."""
        if isinstance(error, rows.DamageError):
            return f"is damaged: {error}", "go back to a copy made with 'tmtool backup'"
        for kinds, message, hint in _SAID:
            if isinstance(error, kinds):
                return message, hint
        if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
            hint = "it looks like postgresql://USER@HOST/DATABASE, with % codes for odd letters"
            return "is no URL of a database", hint
        text = self._without_secrets(str(error).strip().splitlines() or [""])
        if isinstance(error, psycopg.OperationalError) and error.sqlstate in (None, "57P01"):
            hint = "see whether the server runs and can be reached; nothing saved was lost"
            return f"no connection: {text}", hint
        return f"cannot be used: {text}", "nothing saved was lost"

    def _without_secrets(self, lines: Sequence[str]) -> str:
        text = "; ".join(line.strip() for line in lines)
        for secret in self._url.secrets:
            text = text.replace(secret, "…")
        return text


_SAID: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    (
        (errors.LockNotAvailable,),
        "is in use: somebody else writes to it",
        "try again when that has finished",
    ),
    (
        (errors.InsufficientPrivilege,),
        "you have no right to do that",
        "an owner of the memory can give it: tmtool -m URL team add YOUR-NAME ROLE",
    ),
    (
        (errors.ReadOnlySqlTransaction,),
        "cannot be written: the server allows reading only",
        "name the server that is not a copy of another",
    ),
    (
        (errors.DiskFull,),
        "cannot grow: the disk of the server is full",
        "free some space there; nothing saved was lost",
    ),
    (
        (errors.DataError,),
        "cannot keep a text with a NUL character, or of another encoding",
        "take it out of what is to be added",
    ),
    (
        (errors.ProgramLimitExceeded,),
        "cannot keep an id, a name or a term so long",
        "shorten it to some hundred characters",
    ),
)


def holds_memory(address: DatabaseUrl) -> bool:
    """Whether a database holds anything of a memory; raises ``StoreError`` if nobody says."""
    with closing(PostgresStore(address, create=True, migrate=False)) as store:
        return store.schema[0] > 0


@lru_cache(256)
def _translated(query: str) -> str:
    """A statement for SQLite and PostgreSQL as psycopg takes it; LIKE is of any case."""
    return query.replace("%", "%%").replace("?", "%s").replace(" LIKE ", " ILIKE ")


def _schema() -> list[str]:
    place = files("tmtool.store") / "schema" / "postgres"
    scripts = sorted(place.iterdir(), key=lambda entry: entry.name)
    return [script.read_text("utf-8") for script in scripts]
