"""A memory in one SQLite file.

Rollback journal and ``synchronous=FULL``: one file that can be copied and mailed, and a
commit that is on the disk when it returns. Every write takes the lock first (``BEGIN
IMMEDIATE``) and waits for others up to ``BUSY_SECONDS``.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

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
from tmtool.store.serving import SERVING, primary_codes
from tmtool.text import fold

APPLICATION_ID = 0x746D746C  # "tmtl", so that a memory is told from other SQLite files
BUSY_SECONDS = 30.0
_PAGE = 256  # events that are read at once
_CACHE = 10 << 10  # KiB of the file that are kept in memory at the most

_COLUMNS = (
    *("id", "position", "source_language", "target_language", "source", "target"),
    *("source_content", "target_content", "source_key", "state", "origin"),
    *("created_at", "created_by", "changed_at", "changed_by", "score", "props", "notes"),
)
_NUMBER = (
    "(SELECT number FROM documents WHERE name = ? AND source_language = ? AND target_language = ?)"
)
_ACTION = (
    "number, kind, at, author, undone_by IS NOT NULL AS is_undone, "
    "(SELECT count(*) FROM history AS own WHERE own.action = actions.number) AS units"
)
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

    def __init__(self, path: Path, *, create: bool) -> None:
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
            if path.exists() and not os.access(path, os.W_OK):
                mode = "ro"
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
            )
        try:
            with self._explained():
                self._db.row_factory = sqlite3.Row
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute(f"PRAGMA cache_size = {-_CACHE}")
                self._migrate()
                self._version = 0
                self.index = IndexStore(self._db, self._explained)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def transaction(self, *, waits: bool = True) -> Iterator[None]:
        """All writes inside take place, or none does; nobody else writes meanwhile.

        Without ``waits`` a ``StoreError`` is raised at once if somebody else does.
        """
        with self._explained():
            if not waits:
                self._db.execute("PRAGMA busy_timeout = 0")
            try:
                self._db.execute("BEGIN IMMEDIATE")
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_SECONDS)}")
        try:
            yield
            with self._explained():
                self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # after "disk full" SQLite has rolled back itself
                self._db.execute("ROLLBACK")
            raise

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
                rows.append((number, *_row(unit, key)))
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
                "INSERT INTO history (action, unit_id, before) VALUES (?, ?, ?)",
                (
                    (action, unit_id, before and json.dumps(before.as_dict(), ensure_ascii=False))
                    for unit_id, before in units
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
            query = "SELECT unit_id, before FROM history WHERE action = ? ORDER BY rowid"
            return [(row[0], _was(row[1])) for row in self._db.execute(query, (action,))]

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
            f"SELECT history.rowid AS place, unit_id, before, {_ACTION}, "
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
                    Event(_action(row), row["unit_id"], _was(row["before"]), self._became(row))
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
        query = "SELECT before FROM history WHERE rowid = ?"
        return _was(self._db.execute(query, (row["later"],)).fetchone()[0])

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
            self._db.execute("PRAGMA busy_timeout = 0")
            try:
                self._version = int(self._db.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.OperationalError as error:
                if _primary(error) != "SQLITE_BUSY":
                    raise
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_SECONDS)}")
        return self._version

    def _migrate(self) -> None:
        """Bring the schema up to date: the numbered files that ``user_version`` lacks."""
        scripts = _schema()
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        application = self._db.execute("PRAGMA application_id").fetchone()[0]
        if (
            application != APPLICATION_ID
            and self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        ):
            raise StoreError(
                f"{self.path}: is an SQLite file, but not a tmtool memory",
                hint="name another file with -m",
            )
        if version > len(scripts):
            raise StoreError(
                f"{self.path}: was written by a newer tmtool (schema {version}, "
                f"this one knows {len(scripts)})",
                hint="upgrade tmtool",
            )
        if version == len(scripts):
            return
        with self.transaction():
            # Another process may have been first while this one waited for the lock.
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for script in scripts[version:]:
                for statement in _statements(script):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {len(scripts)}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """SQLite's and the system's errors in words that say what to do."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self.path}: {_said(error)}", hint=_hint(error)) from error
        except OSError as error:
            raise StoreError(
                f"{self.path}: cannot be opened: {error.strerror}",
                hint="check the folder and its permissions, or name another file with -m",
            ) from error


_SAID = {
    "SQLITE_NOTADB": ("is not a tmtool memory", "name another file with -m"),
    "SQLITE_CORRUPT": ("is damaged", "restore it from a copy"),
    "SQLITE_READONLY": (
        "cannot be written: the file or its folder is read-only",
        "check permissions, or name another file with -m",
    ),
    "SQLITE_CANTOPEN": (
        "cannot be opened or made",
        "check the folder and its permissions, or name another file with -m",
    ),
    "SQLITE_BUSY": (
        f"is in use by another process for {BUSY_SECONDS:.0f} seconds",
        "try again when it has finished",
    ),
    "SQLITE_FULL": ("cannot grow: the disk is full", "free some space; nothing saved was lost"),
    "SQLITE_IOERR": ("cannot be read or written", "check the disk"),
}


def _primary(error: sqlite3.Error) -> str:
    """The primary result code, such as SQLITE_READONLY for SQLITE_READONLY_DBMOVED."""
    return "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])


def _said(error: sqlite3.Error) -> str:
    return _SAID[_primary(error)][0] if _primary(error) in _SAID else f"failed: {error}"


def _hint(error: sqlite3.Error) -> str:
    return _SAID[_primary(error)][1] if _primary(error) in _SAID else ""


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
    at = parse_time(row["at"])
    assert at is not None
    return Action(
        row["number"], row["kind"], at, row["author"], bool(row["is_undone"]), row["units"]
    )


def _was(before: str | None) -> TranslationUnit | None:
    """A unit as history keeps it."""
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


def _unit(row: sqlite3.Row) -> TranslationUnit:
    fields = {name: value for name, value in zip(row.keys(), row, strict=True) if value is not None}
    fields.pop("number", None)
    for name in ("source_content", "target_content", "props", "notes"):
        if name in fields:
            fields[name] = json.loads(fields[name])
    del fields["source_key"]
    return TranslationUnit.from_dict(fields)
