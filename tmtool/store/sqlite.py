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
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast

from tmtool.errors import StoreError
from tmtool.model import (
    TAKING_BACK,
    Action,
    DocumentKey,
    Entry,
    Event,
    State,
    TranslationUnit,
    coded,
    count_words,
    format_time,
    parse_time,
)
from tmtool.store.index import IndexStore
from tmtool.store.patient import PatientConnection, is_busy
from tmtool.store.place import file_system, is_network
from tmtool.store.serving import SERVING, primary_codes
from tmtool.store.terms import TermStore
from tmtool.text import fold

APPLICATION_ID = 0x746D746C  # "tmtl", so that a memory is told from other SQLite files
_PAGE = 256  # events that are read at once
_CACHE = 10 << 10  # KiB of the file that are kept in memory at the most

_COLUMNS = (
    *("id", "position", "source_language", "target_language", "source", "target"),
    *("source_content", "target_content", "source_key", "state", "origin"),
    *("created_at", "created_by", "changed_at", "changed_by", "score", "props", "notes"),
    "checksum",
)
_NUMBER = (
    "(SELECT number FROM documents WHERE name = ? AND source_language = ? AND target_language = ?)"
)
_ACTION = (
    "number, kind, at, author, undone_by IS NOT NULL AS is_undone, "
    "(SELECT count(*) FROM history AS own WHERE own.action = actions.number) AS units"
)
_BEFORE = "unit_id, before, checksum"
_SELECT = (
    "SELECT (SELECT name FROM documents WHERE number = units.document) AS document, "
    f"{', '.join(_COLUMNS)} FROM units"
)
_PUT = (
    f"INSERT INTO units (document, {', '.join(_COLUMNS)}) VALUES (?{', ?' * len(_COLUMNS)}) "
    "ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in ("document", *_COLUMNS))
)


class SqliteStore:
    """Rows of a memory file. All methods raise ``StoreError`` where SQLite fails."""

    def __init__(
        self,
        path: Path,
        *,
        create: bool,
        migrate: bool = True,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Open a file; without ``migrate`` one of an older tmtool stays as it is.

        ``on_wait`` is called, once for each time, when others keep us waiting for a second.
        """
        self.path = path
        if not create and not path.exists():
            raise StoreError(
                f"{path}: no such memory",
                hint="name one with -m, or make one with 'tmtool align --add' or 'tmtool import'",
            )
        with self._explained():
            if create:
                _make_folder(path)
            mode = "rwc" if create else "rw"
            if self._is_read_only:
                mode = "ro"
            self._db = _connection(f"{path.absolute().as_uri()}?mode={mode}", on_wait)
        try:
            with self._explained():
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute(f"PRAGMA cache_size = {-_CACHE}")
                self._check_kind()
                if migrate:
                    self._migrate()
                self._version = 0
                self.index = IndexStore(self._db, self._explained)
                self.terms = TermStore(self._db, self._explained)
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

    @contextmanager
    def transaction(self, *, waits: bool = True, lasts: bool = True) -> Iterator[None]:
        """All writes inside take place, or none does; nobody else writes meanwhile.

        Without ``waits`` a ``StoreError`` is raised at once if somebody else does. Without
        ``lasts`` they are seen inside only, and then taken back.
        """
        with self._explained(), nullcontext() if waits else self._impatient():
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._explained():
                self._db.execute("COMMIT" if lasts else "ROLLBACK")
        except BaseException:
            if self._db.in_transaction:  # after "disk full" SQLite has rolled back itself
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _impatient(self) -> Iterator[None]:
        """Where somebody else uses the file, fail at once."""
        patience, self._db.patience = self._db.patience, 0.0
        try:
            yield
        finally:
            self._db.patience = patience

    def wait_briefly(self, seconds: float) -> None:
        """Wait no longer for others from now on, and call nobody meanwhile."""
        self._db.patience = seconds
        self._db.on_wait = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see the memory as it is at the first of them."""
        with self._explained():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.rollback()

    # Units

    def unit(self, unit_id: str) -> TranslationUnit | None:
        """The unit with this id."""
        return next(self._units("WHERE id = ?", (unit_id,)), None)

    def units(
        self,
        *,
        document: str | None = None,
        states: Sequence[str] = (),
        languages: tuple[str, str] | None = None,
    ) -> Iterator[TranslationUnit]:
        """Units in a fixed order: by document in order of arrival, then place, then arrival."""
        wheres, values = ["1"], list[Any]()
        if document is not None:
            wheres.append("document IN (SELECT number FROM documents WHERE name = ?)")
            values.append(document)
        if states:
            wheres.append(f"state IN ({', '.join('?' * len(states))})")
            values += states
        if languages:
            wheres.append("source_language = ? AND target_language = ?")
            values += languages
        return self._units(
            f"WHERE {' AND '.join(wheres)} ORDER BY document NULLS FIRST, position, number", values
        )

    def disputed(self) -> Iterator[TranslationUnit]:
        """Units not rejected of whose source there is another translation, in order of arrival."""
        both = "source <> '' AND target <> '' AND state <> 'rejected'"
        return self._units(
            "WHERE (source_key, source, target_language) IN "
            f"(SELECT source_key, source, target_language FROM units WHERE {both} "
            "GROUP BY 1, 2, 3 HAVING min(target) <> max(target)) "
            f"AND {both} ORDER BY number",
            (),
        )

    def units_by_id(self, unit_ids: Sequence[str]) -> Iterator[TranslationUnit]:
        """The units with these ids that there are, in any order."""
        tail = "WHERE id IN (SELECT value FROM json_each(?))"
        return self._units(tail, (json.dumps(unit_ids),))

    def units_by_number(self, numbers: Sequence[int]) -> Iterator[tuple[int, TranslationUnit]]:
        """The units of these numbers, in any order."""
        tail = "WHERE number IN (SELECT value FROM json_each(?))"
        with self._explained():
            query = _SELECT.replace("SELECT", "SELECT number,", 1)
            for row in self._db.execute(f"{query} {tail}", (json.dumps(numbers),)):
                yield row["number"], _unit(row)

    def outline(self, document: DocumentKey) -> list[Entry]:
        """What is needed of each unit of a document to find the way in it, in order."""
        with self._explained():
            cursor = self._db.cursor()
            cursor.row_factory = _entry
            return cursor.execute(
                "SELECT id, state, score, source, target <> '', notes IS NOT NULL FROM units "
                f"WHERE document = {_NUMBER} ORDER BY position, number",
                document,
            ).fetchall()

    def texts(self, document: DocumentKey) -> Iterator[tuple[str, str]]:
        """Source and target text of each unit of a document, in order."""
        with self._explained():
            yield from self._db.cursor().execute(
                f"SELECT source, target FROM units WHERE document = {_NUMBER} "
                "ORDER BY position, number",
                document,
            )

    def same_keys(self, key: str, languages: tuple[str, str]) -> list[tuple[int, str]]:
        """Number and source key of units that serve as a match and have this source key.

        Of those with the same source and target the earliest.
        """
        with self._explained():
            rows = self._db.execute(
                f"SELECT min(number), source_key FROM units WHERE source_key = ? AND {SERVING} "
                "GROUP BY source, target",
                (key, *primary_codes(*languages)),
            )
            return [(row[0], row[1]) for row in rows]

    def in_context(
        self, source: str, before: str, after: str, languages: tuple[str, str]
    ) -> int | None:
        """The number of the first unit with a source text between two others, by their keys.

        An empty text stands for the start or the end of a document.
        """
        next_to = (
            "coalesce((SELECT source_key FROM units AS other WHERE document = units.document "
            "AND position {0} units.position ORDER BY position {1} LIMIT 1), '') = ?"
        )
        with self._explained():
            row = self._db.execute(
                f"SELECT number FROM units WHERE source_key = ? AND source = ? AND {SERVING} "
                f"AND document IS NOT NULL AND {next_to.format('<', 'DESC')} "
                f"AND {next_to.format('>', 'ASC')} ORDER BY number LIMIT 1",
                (fold(source), source, *primary_codes(*languages), fold(before), fold(after)),
            ).fetchone()
        return row[0] if row else None

    def neighbours(self, unit_id: str) -> tuple[str, str] | None:
        """The source texts before and after a unit of a document."""
        next_to = (
            "coalesce((SELECT source FROM units AS other WHERE document = units.document "
            "AND position {0} units.position ORDER BY position {1} LIMIT 1), '')"
        )
        with self._explained():
            row = self._db.execute(
                f"SELECT {next_to.format('<', 'DESC')}, {next_to.format('>', 'ASC')} FROM units "
                "WHERE id = ? AND document IS NOT NULL",
                (unit_id,),
            ).fetchone()
        return (row[0], row[1]) if row else None

    def pairs(
        self,
        source_language: str,
        target_language: str,
        besides: str,
        *,
        least_score: float,
        limit: int,
    ) -> Iterator[tuple[str, str]]:
        """Source and target texts that can serve as a match, the latest ones first.

        Those of the document ``besides`` and of a lower score than ``least_score`` are left out.
        """
        with self._explained():
            for row in self._db.execute(
                f"SELECT source, target FROM units WHERE {SERVING} "
                "AND coalesce(score, 1) >= ? AND (document IS NULL OR document NOT IN "
                "(SELECT number FROM documents WHERE name = ?)) ORDER BY number DESC LIMIT ?",
                (*primary_codes(source_language, target_language), least_score, besides, limit),
            ):
                yield row[0], row[1]

    def _units(self, tail: str, values: Sequence[Any]) -> Iterator[TranslationUnit]:
        with self._explained():
            for row in self._db.execute(f"{_SELECT} {tail}", values):
                yield _unit(row)

    def put(self, units: Sequence[tuple[TranslationUnit, str]]) -> None:
        """Insert units with their source keys, or overwrite those with their ids."""
        documents: dict[DocumentKey, int] = {}
        rows = []
        with self._explained():
            for unit, key in units:
                number = None
                if unit.document:
                    place = (unit.document, *unit.languages)
                    number = documents.get(place) or self._document(unit.document, unit.languages)
                    documents[place] = number
                row = _row(unit, key)
                rows.append((number, *row, _checksum(unit.document or None, *row)))
            self._db.executemany(_PUT, rows)

    def delete(self, unit_id: str) -> None:
        """Remove the unit."""
        with self._explained():
            self._db.execute("DELETE FROM units WHERE id = ?", (unit_id,))

    def last_position(self, document: DocumentKey) -> float:
        """The highest position in a document, 0 where it is empty."""
        with self._explained():
            query = f"SELECT max(position) FROM units WHERE document = {_NUMBER}"
            found = self._db.execute(query, document).fetchone()[0]
        return float(found or 0)

    def target_languages(self, source_language: str) -> list[str]:
        """The primary codes of the languages into which there are units from a language."""
        with self._explained():
            rows = self._db.execute(
                "SELECT target_language FROM shards WHERE source_language = ?1 UNION "
                "SELECT substr(lower(target_language), 1, instr(target_language || '-', '-') - 1) "
                "FROM unindexed CROSS JOIN units ON units.number = unindexed.number "
                "WHERE lower(source_language || '-') LIKE ?1 || '-%' ORDER BY 1",
                primary_codes(source_language),
            )
            return [row[0] for row in rows]

    def documents(self) -> Iterator[tuple[str, str, str]]:
        """Name and languages of every document that has units, in order of arrival."""
        with self._explained():
            for row in self._db.execute(
                "SELECT name, source_language, target_language FROM documents "
                "WHERE number IN (SELECT document FROM units) ORDER BY number"
            ):
                yield row[0], row[1], row[2]

    def _document(self, name: str, languages: tuple[str, str]) -> int:
        """The number of a document, made if need be."""
        self._db.execute(
            "INSERT INTO documents (name, source_language, target_language) VALUES (?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (name, *languages),
        )
        return int(self._db.execute(f"SELECT {_NUMBER}", (name, *languages)).fetchone()[0])

    # History

    def add_action(self, kind: str, at: datetime, author: str) -> int:
        """Open an action; its number orders history."""
        with self._explained():
            cursor = self._db.execute(
                "INSERT INTO actions (kind, at, author) VALUES (?, ?, ?)",
                (kind, format_time(at), author),
            )
        return int(cursor.lastrowid or 0)

    def add_history(self, action: int, units: Iterable[tuple[str, TranslationUnit | None]]) -> None:
        """Note how units, by their ids, were before an action changed them."""
        with self._explained():
            self._db.executemany(
                "INSERT INTO history (action, unit_id, before, checksum) VALUES (?, ?, ?, ?)",
                (
                    (action, unit_id, text, _checksum(unit_id, text))
                    for unit_id, before in units
                    for text in [_text(before)]
                ),
            )

    def touched(self, unit_ids: Sequence[str]) -> set[str]:
        """Those of some ids on whose units an action stands, or stood when it was forgotten."""
        with self._explained():
            rows = self._db.execute(
                "SELECT DISTINCT unit_id FROM json_each(?1) CROSS JOIN history ON unit_id = value "
                "JOIN actions ON actions.number = history.action "
                f"WHERE kind NOT IN {TAKING_BACK} AND undone_by IS NULL "
                "UNION SELECT unit_id FROM json_each(?1) CROSS JOIN removed ON unit_id = value",
                (json.dumps(unit_ids),),
            )
            return {row[0] for row in rows}

    def standing_actions(self, unit_id: str) -> list[int]:
        """Numbers of the actions on a unit that were not taken back, the latest first."""
        with self._explained():
            return [
                row[0]
                for row in self._db.execute(
                    "SELECT DISTINCT actions.number FROM history "
                    "JOIN actions ON actions.number = history.action "
                    f"WHERE unit_id = ? AND kind NOT IN {TAKING_BACK} AND undone_by IS NULL "
                    "ORDER BY actions.number DESC",
                    (unit_id,),
                )
            ]

    def was_known(self, unit_id: str) -> bool:
        """Whether any action ever touched a unit with this id."""
        with self._explained():
            query = (
                "SELECT EXISTS (SELECT 1 FROM history WHERE unit_id = ?1) "
                "OR EXISTS (SELECT 1 FROM removed WHERE unit_id = ?1)"
            )
            return bool(self._db.execute(query, (unit_id,)).fetchone()[0])

    def last_action(
        self, document: DocumentKey | None, *, besides: Sequence[str] = ()
    ) -> tuple[int, str] | None:
        """Number and kind of the latest standing action, of those on a document if given.

        Actions of the kinds in ``besides`` do not count, nor do undo and redo.
        """
        besides = (*TAKING_BACK, *besides)
        return self._last(f"kind NOT IN ({', '.join('?' * len(besides))})", besides, document)

    def last_undo(self, document: DocumentKey | None) -> tuple[int, int, str] | None:
        """The latest undo that stands, the action that it took back, and the kind of that."""
        told = "EXISTS (SELECT 1 FROM actions AS undone WHERE undone.undone_by = actions.number)"
        found = self._last(f"kind = 'undo' AND {told}", (), document)
        if found is None:
            return None
        with self._explained():
            query = "SELECT number, kind FROM actions WHERE undone_by = ?"
            number, kind = self._db.execute(query, found[:1]).fetchone()
        return found[0], number, kind

    def _last(
        self, where: str, values: Sequence[str], document: DocumentKey | None
    ) -> tuple[int, str] | None:
        """The latest standing action of some kind; on a document that holds or held a unit."""
        touched = (
            "EXISTS (SELECT 1 FROM history WHERE action = actions.number AND ("
            f"EXISTS (SELECT 1 FROM units WHERE id = unit_id AND document = {_NUMBER}) "
            "OR (before ->> '$.document' = ? AND before ->> '$.source_language' = ? "
            "AND before ->> '$.target_language' = ?)))"
        )
        with self._explained():
            row = self._db.execute(
                f"SELECT number, kind FROM actions WHERE undone_by IS NULL AND {where} "
                f"AND {touched if document else 1} ORDER BY number DESC LIMIT 1",
                (*values, *(2 * document if document else ())),
            ).fetchone()
        return (row[0], row[1]) if row else None

    def history(self, action: int) -> list[tuple[str, TranslationUnit | None]]:
        """The units an action changed, each as it was before, in the order of the changes."""
        with self._explained():
            query = f"SELECT {_BEFORE} FROM history WHERE action = ? ORDER BY rowid"
            return [(row[0], _before(row)) for row in self._db.execute(query, (action,))]

    def actions(self, since: int) -> list[Action]:
        """The actions from a number on, the latest first."""
        with self._explained():
            rows = self._db.execute(
                f"SELECT {_ACTION} FROM actions WHERE number >= ? ORDER BY number DESC", (since,)
            )
            return [_action(row) for row in rows]

    def first_action(self, at: datetime) -> int | None:
        """The number of the first action at a time or later."""
        with self._explained():
            query = "SELECT min(number) FROM actions WHERE at >= ?"
            found = self._db.execute(query, (format_time(at),)).fetchone()[0]
        return found and int(found)

    def events(self, unit_id: str | None = None, document: str | None = None) -> Iterator[Event]:
        """What happened to a unit, or to those that are or were in a document, in order.

        They are read some at a time, so that a slow reader keeps nobody from writing.
        """
        if document is None:
            where, values = "history.unit_id = ?", [unit_id]
        else:
            where = (
                "(history.unit_id IN (SELECT value FROM json_each(?)) OR EXISTS (SELECT 1 "
                "FROM units JOIN documents ON documents.number = units.document "
                "WHERE id = history.unit_id AND name = ?))"
            )
            values = [json.dumps(self._formerly_in(document)), document]
        query = (
            f"SELECT {_BEFORE}, history.rowid AS place, {_ACTION}, "
            "(SELECT min(rowid) FROM history AS later WHERE later.unit_id = history.unit_id "
            "AND later.rowid > history.rowid) AS later "
            "FROM history JOIN actions ON actions.number = history.action "
            f"WHERE history.rowid > ? AND {where} ORDER BY history.rowid LIMIT {_PAGE}"
        )
        place = 0
        while True:
            with self._explained():
                rows = self._db.execute(query, (place, *values)).fetchall()
                events = [
                    Event(_action(row), row["unit_id"], _before(row), self._became(row))
                    for row in rows
                ]
            yield from events
            if len(rows) < _PAGE:
                return
            place = rows[-1]["place"]

    def _formerly_in(self, document: str) -> list[str]:
        """The ids of units that were in a document before some action."""
        query = "SELECT DISTINCT unit_id FROM history WHERE before ->> '$.document' = ?"
        with self._explained():
            return [row[0] for row in self._db.execute(query, (document,))]

    def _became(self, row: sqlite3.Row) -> TranslationUnit | None:
        """The unit as an event left it: as the next one found it, or as it is."""
        if row["later"] is None:
            return self.unit(row["unit_id"])
        query = f"SELECT {_BEFORE} FROM history WHERE rowid = ?"
        return _before(self._db.execute(query, (row["later"],)).fetchone())

    def forget(self, last: int) -> None:
        """Drop the history of the actions up to a number."""
        with self._explained():
            self._db.execute(
                "INSERT OR IGNORE INTO removed SELECT DISTINCT unit_id FROM history "
                "JOIN actions ON actions.number = history.action WHERE history.action <= ? "
                f"AND kind NOT IN {TAKING_BACK} AND undone_by IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM units WHERE id = unit_id)",
                (last,),
            )
            self._db.execute("DELETE FROM history WHERE action <= ?", (last,))
            self._db.execute("DELETE FROM actions WHERE number <= ?", (last,))

    def mark_undone(self, action: int, by: int | None) -> None:
        """Note that an action was taken back, or, with ``None``, that it stands again."""
        with self._explained():
            self._db.execute("UPDATE actions SET undone_by = ? WHERE number = ?", (by, action))

    # What is not work yet

    def draft(self, unit_id: str, author: str) -> tuple[str, str] | None:
        """What a person typed for a unit and did not confirm, and the target it began from."""
        with self._explained():
            query = "SELECT text, target FROM drafts WHERE unit_id = ? AND author = ?"
            found = self._db.execute(query, (unit_id, author)).fetchone()
        return (found[0], found[1]) if found else None

    def drafted(self) -> set[str]:
        """The ids of the units that anyone keeps a draft of."""
        with self._explained():
            return {row[0] for row in self._db.execute("SELECT unit_id FROM drafts")}

    def put_draft(self, unit_id: str, author: str, text: str | None, target: str) -> None:
        """Keep a draft in the place of the one before; ``None`` drops it."""
        with self._explained():
            if text is None:
                query = "DELETE FROM drafts WHERE unit_id = ? AND author = ?"
                self._db.execute(query, (unit_id, author))
            else:
                query = "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)"
                self._db.execute(query, (unit_id, author, text, target))

    def place(self, document: DocumentKey, author: str) -> str | None:
        """The id of the unit that a person was at in a document."""
        with self._explained():
            query = f"SELECT unit_id FROM places WHERE document = {_NUMBER} AND author = ?"
            found = self._db.execute(query, (*document, author)).fetchone()
        return found[0] if found else None

    def put_place(self, document: DocumentKey, author: str, unit_id: str) -> None:
        """Keep the unit that a person is at."""
        with self._explained():
            self._db.execute(
                f"INSERT OR REPLACE INTO places (document, author, unit_id) SELECT {_NUMBER}, ?, ?",
                (*document, author, unit_id),
            )

    # The file

    def vacuum(self) -> None:
        """Write the file anew without what was deleted; needs as much space again meanwhile."""
        with self._explained():
            self._db.execute("VACUUM")

    @property
    def version(self) -> int:
        """A number that is another one once somebody else has written to the file.

        It does not wait for a writer: what that one does is seen when it has finished.
        """
        with self._explained():
            try:
                with self._impatient():
                    found = self._db.execute("PRAGMA data_version").fetchone()
                self._version = int(found[0])
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
        return self._version

    def copy_to(self, path: Path) -> None:
        """Write the memory as it is now into an empty file; nobody else can write meanwhile.

        It is not flushed to the disk. Raises ``OSError`` if there is no space for it.
        """
        with self.snapshot(), self._explained():
            self._db.execute("SELECT count(*) FROM documents")  # the snapshot is of now
            copy = sqlite3.connect(path, isolation_level=None)
            try:
                copy.execute("PRAGMA journal_mode = OFF")
                copy.execute("PRAGMA synchronous = OFF")
                self._db.backup(copy)
            except sqlite3.OperationalError as error:
                if _primary(error) != "SQLITE_FULL":
                    raise
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            finally:
                copy.close()

    def faults(self, limit: int = 10) -> list[str]:
        """What SQLite finds wrong with the file, some of it at the most."""
        with self._explained():
            found = [row[0] for row in self._db.execute(f"PRAGMA integrity_check({limit})")]
            faults = [line for text in found if text != "ok" for line in text.splitlines()]
            for table, number, other, _ in self._db.execute("PRAGMA foreign_key_check"):
                faults.append(
                    f"row {number} of {table} belongs to a row of {other} that is not there"
                )
        return faults[:limit]

    def altered(self, limit: int = 10) -> list[str]:
        """Units and history that are not as they were written, some of them at the most."""
        altered: list[str] = []
        with self._explained(), self._tolerant():
            for what, name, query, read in (
                ("unit", "id", f"{_SELECT} ORDER BY number", _unit),
                ("history of unit", "unit_id", f"SELECT {_BEFORE} FROM history", _before),
            ):
                for row in self._db.execute(query):
                    try:
                        read(row)
                    except (sqlite3.Error, ValueError):
                        altered.append(f"{what} {row[name]}")
                        if len(altered) == limit:
                            return altered
        return altered

    def rescued(self) -> Iterator[TranslationUnit | None]:
        """The units of a damaged file in order of arrival, ``None`` for one that is lost."""
        numbers = set[int]()
        for index in ("NOT INDEXED", "INDEXED BY units_by_place", "INDEXED BY units_by_source"):
            with suppress(sqlite3.Error):
                for row in self._db.execute(f"SELECT number FROM units {index}"):
                    numbers.add(row[0])
        for number in sorted(numbers):
            try:
                yield _unit(self._db.execute(f"{_SELECT} WHERE number = ?", (number,)).fetchone())
            except (sqlite3.Error, TypeError, ValueError):
                yield None

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
        """The version of the schema that the file has, and the one that this tmtool writes."""
        with self._explained():
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
        return int(version), len(_schema())

    def count(self, table: Literal["units", "documents", "actions"]) -> int:
        """How many rows a table has."""
        with self._explained():
            return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def _check_kind(self) -> None:
        """Raise ``StoreError`` if the file is no memory, or one of a newer tmtool."""
        application = self._db.execute("PRAGMA application_id").fetchone()[0]
        tables = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master")}
        if application != APPLICATION_ID and tables:
            if {"units", "documents", "actions", "history"} <= tables:
                raise _Damage("says that it is another kind of file")
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

        Where the file may not be written, a copy in memory takes its place, to be read.
        """
        version, known = self.schema
        if version == known:
            return
        is_copy = version and self._is_read_only
        if is_copy:
            with closing(self._db) as original:
                self._db = _connection("file::memory:", original.on_wait)
                original.execute("SELECT count(*) FROM documents")
                original.backup(self._db)
        with self.transaction():
            # Another process may have been first while this one waited for the lock.
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for script in _schema()[version:]:
                for statement in _statements(script):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {known}")
        if is_copy:
            self._db.execute("PRAGMA query_only = ON")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """SQLite's and the system's errors in words that say what to do."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            message, hint = self._said(error)
            raise StoreError(f"{self.path}: {message}", hint=hint) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise StoreError(
                f"{self.path}: cannot be opened: {error.strerror}",
                hint="check the folder and its permissions, or name another file with -m",
            ) from error

    def _said(self, error: sqlite3.Error | UnicodeDecodeError) -> tuple[str, str]:
        """What an error means, and what to do."""
        code = _primary(error)
        kind = file_system(self.path)
        if isinstance(error, _Damage):
            return f"is damaged: {error}", _SEE_DOCTOR
        if code == "SQLITE_NOTADB" and _was_memory(self.path):
            return "is damaged: its beginning is overwritten", _SEE_DOCTOR
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
        if not code and "decode" in str(error):  # bytes in a text, or in what SQLite quotes
            return "is damaged: a text in it is not UTF-8", _SEE_DOCTOR
        return _SAID.get(code, (f"cannot be used: {error}", _SEE_DOCTOR))


class _Damage(sqlite3.DatabaseError):
    """What SQLite handed out is not what was written."""


_SEE_DOCTOR = "'tmtool doctor' says how far, and what to do"
_SAID = {
    "SQLITE_NOTADB": ("is not a tmtool memory", "name another file with -m"),
    "SQLITE_CORRUPT": ("is damaged", _SEE_DOCTOR),
    "SQLITE_CONSTRAINT": ("is damaged: it contradicts itself", _SEE_DOCTOR),
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
    db.row_factory = sqlite3.Row
    db.create_function("checksum", -1, _checksum, deterministic=True)
    return db


def _make_folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)


def _schema() -> list[str]:
    folder = files("tmtool.store") / "schema"
    scripts = sorted((entry for entry in folder.iterdir()), key=lambda entry: entry.name)
    return [script.read_text("utf-8") for script in scripts if script.name.endswith(".sql")]


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would commit."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _action(row: sqlite3.Row) -> Action:
    try:
        at = parse_time(row["at"])
    except ValueError as error:
        raise _Damage(f"action {row['number']} has no time") from error
    assert at is not None
    return Action(
        row["number"], row["kind"], at, row["author"], bool(row["is_undone"]), row["units"]
    )


def _text(unit: TranslationUnit | None) -> str | None:
    """A unit as history keeps it."""
    return json.dumps(unit.as_dict(), ensure_ascii=False) if unit else None


def _before(row: Sequence[Any]) -> TranslationUnit | None:
    """The unit that history keeps; the row begins with the columns of ``_BEFORE``."""
    unit_id, before, checksum, *_ = row
    if _checksum(unit_id, before) != checksum:
        raise _Damage(f"the history of unit {unit_id} is not as it was written")
    return TranslationUnit.from_dict(json.loads(before)) if before else None


def _entry(_: sqlite3.Cursor, row: tuple[Any, ...]) -> Entry:
    unit_id, state, score, source, has_target, has_notes = row
    known = cast(State, sys.intern(state))
    words = count_words(source)
    return Entry(unit_id, known, score, bool(source), bool(has_target), bool(has_notes), words)


def _row(unit: TranslationUnit, key: str) -> tuple[Any, ...]:
    """The columns of a unit, besides its document; what is empty is NULL."""
    source, target = unit.source, unit.target
    return (
        unit.id,
        unit.position,
        source.language,
        target.language,
        source.text,
        target.text,
        _json(coded(source.content)),
        _json(coded(target.content)),
        key,
        unit.state,
        unit.origin or None,
        format_time(unit.created_at) or None,
        unit.created_by or None,
        format_time(unit.changed_at) or None,
        unit.changed_by or None,
        unit.score,
        _json(unit.props),
        _json(unit.notes),
    )


def _json(values: Sequence[Any]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None


def _checksum(*values: str | float | None) -> int:
    """CRC-32 of the values of columns."""
    texts = [
        value
        if isinstance(value, str)
        else ""
        if value is None
        else repr(float(value) if isinstance(value, int) else value)
        for value in values
    ]
    return zlib.crc32("\x1f".join(texts).encode())


def _unit(row: sqlite3.Row) -> TranslationUnit:
    values = row[-len(_COLUMNS) - 1 :]
    fields = dict(zip(("document", *_COLUMNS), values, strict=True))
    if _checksum(*values[:-1]) != fields.pop("checksum"):
        raise _Damage(f"unit {fields['id']} is not as it was written")
    del fields["source_key"]
    fields = {name: value for name, value in fields.items() if value is not None}
    for name in ("source_content", "target_content", "props", "notes"):
        if name in fields:
            fields[name] = json.loads(fields[name])
    return TranslationUnit.from_dict(fields)
