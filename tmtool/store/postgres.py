"""A memory in a database of PostgreSQL, for people who work on it together.

One transaction writes at a time, under an advisory lock that it takes first: what is read in it
stays true, nothing can deadlock, and changes are seen in the order of their numbers, so that
whoever follows them misses none. Reading waits for nobody.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from importlib.resources import files
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any, TypeAlias, TypeVar
from uuid import uuid4

from tmtool.errors import DisconnectedError, MissingExtra, StoreError
from tmtool.store import rows, terms
from tmtool.store.address import DatabaseUrl
from tmtool.store.base import Store
from tmtool.store.drafts import KeptDrafts
from tmtool.store.index import IndexStore
from tmtool.store.mirror import SELECT as MIRRORED
from tmtool.store.mirror import TYPES as MIRRORED_TYPES
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

logging.getLogger("psycopg").addHandler(logging.NullHandler())  # nothing onto a screen

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
# How a query is answered is settled once, perhaps when tables are empty still: by an index then.
_SESSION = (
    "SET client_encoding = 'UTF8'; SET jit = off; SET enable_seqscan = off; "
    "SET default_transaction_isolation = 'read committed'; SET tcp_keepalives_idle = 5; "
    "SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; "
    f"LISTEN {_CHANNEL}"
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
_QUEUE = "hashtext(current_schema())"  # of the locks on units of this memory
_TAKEN = 200  # units that are tried to be held at once
_TAKE = (
    "SELECT id, number FROM (SELECT units.id, number::int FROM unnest(?::text[]) "
    "WITH ORDINALITY AS wanted (id, place) JOIN units ON units.id = wanted.id "
    "ORDER BY place OFFSET 0) AS turn "  # without OFFSET, all of them might be locked
    f"WHERE pg_try_advisory_lock({_QUEUE}, number) LIMIT 1"
)
_TABLES = {
    "documents": "number, name, source_language, target_language",
    "units": f"number, {', '.join(_COLUMNS)}",
    "actions": "number, kind, at, author, undone_by",
    "history": "rowid, action, unit_id, before, checksum",
    "removed": "unit_id",
    "headers": "number, action, type, text, checksum",
    "former": "unit_id, number",
    "drafts": "unit_id, author, text, target",
    "places": "document, author, unit_id",
    "terms": "source_language, target_language, source, target, note, status, definition, "
    "subject, concept, changed_at, changed_by, is_withdrawn, source_status, props, checksum",
    "term_history": "number, action, source_language, target_language, source, target, before, "
    "checksum",
}
"""What a memory consists of, in the order in which it can be copied."""

_SIGNED = (
    ("terms", "source_language, target_language, source, target", terms.COLUMNS),
    ("term_history", "number", terms.BEFORE),
    ("headers", "number", rows.SAID),
)
"""Tables that had no checksums once: what tells their rows apart, and columns with the sum last."""

_Answer = TypeVar("_Answer")
_Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]


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
        self._is_hasty = False  # does without what the server does not say at once
        self._coming: Future[_Connection] | None = None  # a connection that is being made
        self._reason = ""  # why there is no connection
        self._kept = KeptDrafts(str(address))
        self._cursors = count(1)
        self._client = uuid4()  # by which transactions of ours are known
        self._written = 0  # transactions
        self._held: int | None = None  # the number of the unit that is held
        self._mirror: Mirror | None = None
        self.terms = TermStore(self)
        with self.explained():
            self._db = self._connected()
        try:
            with self.explained():
                self.user = self._db.info.user or ""
                self._check_kind(create=create)
                if migrate:
                    self._migrate()
                    self._tell_drafts()
        except BaseException:
            self._db.close()
            raise

    # The connection

    def _connected(self) -> _Connection:
        url = self._url
        for key, value in _DEFAULTS.items():
            url = DatabaseUrl(url.with_default(key, value))
        db = psycopg.connect(url.url, autocommit=True)
        try:
            db.execute(_SESSION)
        except BaseException:
            db.close()
            raise
        return db

    def _reconnect(self) -> None:
        """Connect again, as soon as the server answers; raises if it does not in time."""
        self._db.close()
        start = time.monotonic()
        is_said = False
        while not self._is_back():
            waited = time.monotonic() - start
            if self._is_hasty or waited > self._patience:
                raise psycopg.OperationalError(self._reason)
            if waited > _QUIET and not is_said and self._on_wait:
                self._on_wait()
                is_said = True
            time.sleep(_PAUSE)
        self._tell_drafts()

    def _is_back(self) -> bool:
        """Whether there is a new connection; one is tried to be made beside."""
        if self._coming is None:
            self._coming = Future()
            Thread(target=self._come, args=(self._coming,), daemon=True).start()
        if not self._coming.done():
            return False
        coming, self._coming = self._coming, None
        if error := coming.exception():
            self._reason = str(error)
            return False
        self._db = coming.result()
        self._version += 1  # who knows what was written meanwhile
        self._hold_again()
        return True

    def _hold_again(self) -> None:
        """Hold the unit that was held before the connection was lost, if nobody else does now."""
        held, self._held = self._held, None
        if held is not None:
            with suppress(psycopg.Error):
                query = f"SELECT pg_try_advisory_lock({_QUEUE}, {held})"
                if self._last_row(query)[0]:
                    self._held = held

    def _come(self, coming: Future[_Connection]) -> None:
        try:
            coming.set_result(self._connected())
        except BaseException as error:
            coming.set_exception(error)

    def _surely(self, ask: Callable[[], _Answer]) -> _Answer:
        """What the server answers, on a new connection if the old one was lost.

        For what may be asked twice. A transaction is never carried on.
        """
        try:
            return ask()
        except psycopg.Error as error:
            if self._is_inside or not self._is_lost(error):
                raise
            self._reason = str(error)
        self._reconnect()
        return ask()

    def _is_lost(self, error: psycopg.Error) -> bool:
        """Whether an error says that there is no connection any more."""
        lost = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow)
        return self._db.closed or isinstance(error, lost)

    def close(self) -> None:
        with suppress(psycopg.Error):
            if self._written and not self._db.closed:
                self._db.execute(f"DELETE FROM clients WHERE client = '{self._client}'")
        self._db.close()
        if self._coming:
            self._coming.add_done_callback(_closed)
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
            try:
                cursor.execute(_translated(query), tuple(values))
            except BaseException:
                with suppress(psycopg.Error):
                    cursor.close()
                raise
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

    def put_rows(self, made: Sequence[Row], fresh: Container[str]) -> None:
        last = {row[1]: row for row in made}
        new = [row for unit_id, row in last.items() if unit_id in fresh]
        self.insert("units", ", ".join(_COLUMNS), new)
        if held := [row for unit_id, row in last.items() if unit_id not in fresh]:
            self.write_each(_PUT, held)

    @contextmanager
    def loading(self) -> Iterator[bool]:
        with super().loading() as is_new:
            yield is_new
        if self.read("SELECT to_regclass('units_by_source') IS NULL")[0][0]:
            self.read("SELECT index_units()")

    def of_sources(self, keys: Sequence[str]) -> tuple[str, list[Any]]:
        hashes = "SELECT hashtextextended(key, 0) FROM unnest(?::text[]) AS key"
        condition = f"hashtextextended(source_key, 0) IN ({hashes}) AND source_key = ANY(?)"
        return condition, [list(keys), list(keys)]

    def listed(self, values: Sequence[str] | Sequence[int]) -> list[str] | list[int]:
        return list(values)  # type: ignore[return-value]

    def _execute(self, query: str, values: Sequence[Any] = ()) -> psycopg.Cursor[tuple[Any, ...]]:
        return self._db.execute(_translated(query), tuple(values))

    # Transactions

    @contextmanager
    def transaction(self, *, lasts: bool = True) -> Iterator[None]:
        with self.explained():
            self._begin_writing()
        self._is_inside = True
        try:
            yield
            with self.explained():
                if lasts:
                    self._commit()
                else:
                    self._db.execute("ROLLBACK")
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._is_inside = False

    def _begin_writing(self) -> None:
        """Open the transaction that writes."""
        patience = min(_QUIET, self._patience)
        while True:
            query = (
                f"BEGIN; SET LOCAL lock_timeout = {int(1000 * patience)}; "
                f"SELECT pg_advisory_xact_lock({_LOCK})"
            )
            try:
                self._surely(lambda query=query: self._last_row(query))  # type: ignore[misc]
            except errors.LockNotAvailable:
                self._db.execute("ROLLBACK")
                if patience >= self._patience:
                    raise
            else:
                return
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

    def _commit(self) -> None:
        """Commit the transaction; where the answer is lost, look what became of it."""
        self._written += 1
        try:
            self._db.execute(
                f"INSERT INTO clients (client, wrote) VALUES ('{self._client}', {self._written}) "
                "ON CONFLICT (client) DO UPDATE SET wrote = excluded.wrote, at = now(); COMMIT"
            )
        except psycopg.Error as error:
            if not self._is_lost(error):
                raise
            self._reason = str(error)
            if not self._was_committed():
                raise DisconnectedError(
                    f"{self.address}: the connection was lost, and nothing was written",
                    hint="do it again",
                ) from None

    def _was_committed(self) -> bool:
        """What became of the last transaction; raises if the server does not say in time."""
        try:
            self._reconnect()
            self._begin_writing()  # now it is over, if it was not before
            query = f"SELECT wrote FROM clients WHERE client = '{self._client}'"
            found = self._db.execute(query).fetchone()
            self._db.execute("ROLLBACK")
        except psycopg.Error:
            raise DisconnectedError(
                f"{self.address}: the connection was lost in the moment of writing",
                hint="look whether it is written when the server is back",
            ) from None
        return found is not None and found[0] == self._written

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            if not self._db.closed:
                self._db.execute("ROLLBACK")

    @contextmanager
    def raw(self) -> Iterator[_Connection]:
        """The connection itself, in a transaction."""
        with self.transaction():
            yield self._db

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

                with self._copied("SELECT {} FROM units") as units:
                    mirror.fill(units, told)
                told(total)
            elif since < change:
                gone = self.read("SELECT number FROM gone WHERE change > ?", (since,))
                with self._copied(f"SELECT {{}} FROM units WHERE change > {since}") as units:
                    mirror.apply(units, [row[0] for row in gone])
            else:
                return
            mirror.note(identity, change)

    @contextmanager
    def _copied(self, query: str) -> Iterator[Iterator[Row]]:
        """The rows of a query for the mirror; inside, nothing else can be asked.

        Whatever fails inside, the connection is free again behind it.
        """
        with (
            self.explained(),
            self._db.cursor() as cursor,
            cursor.copy(f"COPY ({query.format(MIRRORED)}) TO STDOUT (FORMAT binary)") as copy,
        ):
            copy.set_types(MIRRORED_TYPES)
            yield copy.rows()

    # The database

    @property
    def version(self) -> int:
        if not self._is_inside:
            with self._hasty(), self.explained():
                self._version += self._surely(self._heard)
        return self._version

    def _heard(self) -> int:
        """How often others said that they have written, since it was asked last."""
        if self._db.closed:
            raise psycopg.OperationalError("the connection is closed")
        own = self._db.info.backend_pid
        return sum(note.pid != own for note in self._db.notifies(timeout=0))

    def take(self, unit_ids: Sequence[str]) -> str | None:
        held, self._held = self._held, None
        unit_id: str | None = None
        for start in range(0, len(unit_ids), _TAKEN):
            some = list(unit_ids[start : start + _TAKEN])
            if found := self.read(_TAKE, (some,)):
                unit_id, self._held = found[0]
                break
        if held is not None:
            self.read(f"SELECT pg_advisory_unlock({_QUEUE}, ?)", (held,))
        return unit_id

    # What is not work yet

    def draft(self, unit_id: str, author: str) -> tuple[str, str] | None:
        for kept_of, kept_by, text, target in self._kept.every():
            if (kept_of, kept_by) == (unit_id, author):
                return None if text is None else (text, target)
        return super().draft(unit_id, author)

    def put_draft(self, unit_id: str, author: str, text: str | None, target: str) -> None:
        """Keep a draft, here if the server cannot be reached, until it can."""
        try:
            with self._hasty():
                super().put_draft(unit_id, author, text, target)
        except DisconnectedError:
            self._kept.put((unit_id, author, text, target))

    def _tell_drafts(self) -> None:
        """Tell the server what was typed while it could not be reached."""
        with suppress(StoreError):  # they stay here
            for draft in self._kept.every():
                super().put_draft(*draft)
                self._kept.drop(draft)

    @contextmanager
    def _hasty(self) -> Iterator[None]:
        """Inside, a server that cannot be reached is not waited for."""
        self._is_hasty = True
        try:
            yield
        finally:
            self._is_hasty = False

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
            self._db.execute("DELETE FROM clients WHERE at < now() - interval '7 days'")
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
        try:
            with self.transaction():
                # Another client may have been first while this one waited for the lock.
                version, _ = self.schema
                with self.explained():
                    for script in _schema()[version:]:
                        self._db.execute(script)
                    self._db.execute(f"UPDATE memory SET version = {known}")
                self._sign()
        except StoreError as error:
            if not version or not isinstance(error.__context__, errors.InsufficientPrivilege):
                raise
            raise StoreError(
                f"{self.address}: is of an older tmtool (schema {version}, this one needs {known})",
                hint="an owner of the memory brings it up to date, with 'tmtool info' or any other",
            ) from error

    def _sign(self) -> None:
        """Put checksums in the place of 0, which stands there in what was written without."""
        for table, key, columns in _SIGNED:
            found = self.read(f"SELECT {key}, {columns} FROM {table} WHERE checksum = 0")
            count = key.count(",") + 1
            marks = ", ".join("?" * count)
            self.write_each(
                f"UPDATE {table} SET checksum = ? WHERE ({key}) = ({marks})",
                ((rows.checksum(*row[count:-1]), *row[:count]) for row in found),
            )

    @contextmanager
    def explained(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, rows.DamageError) as error:
            message, hint = self._said(error)
            kind = DisconnectedError if self._is_away(error) else StoreError
            raise kind(f"{self.address}: {message}", hint=hint) from None

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
        text = self._without_secrets(str(error).strip().splitlines()[:1])
        if isinstance(error, errors.InsufficientPrivilege):
            hint = "an owner of the memory gives rights: tmtool -m URL team add NAME ROLE"
            return f"you have no right to do that: {text}", hint
        if self._is_away(error):
            hint = "see whether the server runs and lets you in there; nothing saved was lost"
            return f"no connection: {text}", hint
        return f"cannot be used: {text}", "nothing saved was lost"

    def _is_away(self, error: Exception) -> bool:
        """Whether an error says that the server does not answer, or not any more."""
        is_told = isinstance(error, psycopg.OperationalError) and error.sqlstate in _AWAY
        is_cut = "_db" in vars(self) and self._db.closed
        return is_told or (is_cut and isinstance(error, psycopg.Error))

    def _without_secrets(self, lines: Sequence[str]) -> str:
        text = "; ".join(line.strip() for line in lines)
        for secret in self._url.secrets:
            text = text.replace(secret, "…")
        return text


_AWAY = (None, "57P01", "57P02", "57P03")
_SAID: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    (
        (errors.LockNotAvailable,),
        "is in use: somebody else writes to it",
        "try again when that has finished",
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


def _closed(coming: Future[_Connection]) -> None:
    """Close a connection that came too late."""
    if not coming.exception():
        coming.result().close()


@lru_cache(256)
def _translated(query: str) -> str:
    """A statement for SQLite and PostgreSQL as psycopg takes it; LIKE is of any case."""
    return query.replace("%", "%%").replace("?", "%s").replace(" LIKE ", " ILIKE ")


def _schema() -> list[str]:
    place = files("tmtool.store") / "schema" / "postgres"
    scripts = sorted(place.iterdir(), key=lambda entry: entry.name)
    return [script.read_text("utf-8") for script in scripts]
