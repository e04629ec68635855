"""What a memory asks of a store, and the SQL that stores have in common.

A store is a dialect: how a connection is opened, what a transaction is, how a list is handed to
a query. The statements themselves are written once, here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any, ClassVar, Literal

from tmtool.errors import StoreError
from tmtool.model import (
    TAKING_BACK,
    Action,
    DocumentKey,
    Entry,
    Event,
    Header,
    TranslationUnit,
    format_time,
)
from tmtool.store import rows, terms
from tmtool.store.address import Address
from tmtool.store.index import IndexStore
from tmtool.store.serving import SERVING, TRUSTED_FIRST, primary_codes
from tmtool.store.statements import Row, Statements
from tmtool.store.terms import TermStore
from tmtool.text import fold

_PAGE = 256  # events, or texts of a document, that are read at once
_NUMBER = (
    "(SELECT number FROM documents WHERE name = ? AND source_language = ? AND target_language = ?)"
)
_ELSEWHERE = "(document IS NULL OR document NOT IN (SELECT number FROM documents WHERE name = ?))"
_OTHER = f"id <> ? AND {_ELSEWHERE}"
_ACTION = (
    "actions.number, kind, at, author, undone_by IS NOT NULL, "
    "(SELECT count(DISTINCT unit_id) FROM history AS own WHERE own.action = actions.number) "
    "+ (SELECT count(*) FROM term_history AS own WHERE own.action = actions.number)"
)
_TOUCHED = {
    "history": "unit_id",
    "term_history": "source_language, target_language, source, target",
}
"""What tells by action what it was about, and by which columns."""
SELECT = (
    "SELECT (SELECT name FROM documents WHERE number = units.document) AS document, "
    f"{', '.join(rows.COLUMNS)} FROM units"
)
"""The rows of units as :func:`tmtool.store.rows.unit` reads them."""


Besides = tuple[str, str]
"""The id of a unit and the name of a document that are left out; empty where there is none."""


@dataclass(slots=True)
class Session:
    """What is an author's own: what was done before a session began, and what was done in it.

    ``begun`` is the number of the last action before, ``written`` holds those of the session.
    """

    author: str
    begun: int
    written: set[int] = field(default_factory=set)


class Store(Statements):
    """Rows of a memory. All methods raise ``StoreError`` where the store fails.

    ``address`` says where it is, without any password when it is shown; ``user`` is who a
    server knows us as, empty where there is none. ``terms`` and ``index`` are further tables.
    """

    address: Address
    user = ""
    terms: TermStore

    INDEXES_AT_ONCE: ClassVar[bool]
    """Whether what is written is put into the index with it, and not when somebody asks."""

    AMONG: ClassVar[str]
    """What follows a column in the condition that it is one of a list, made by :meth:`listed`."""

    ADD_ACTION: ClassVar[str]
    """What opens an action of a kind, at a time, of an author, and gives its number."""

    WAS: ClassVar[str]
    """A text in ``history.before``, by its name."""

    # What each store does in its own way

    @abstractmethod
    def of_sources(self, keys: Sequence[str]) -> tuple[str, list[Any]]:
        """A condition of a query on units, and its values: they have one of some source keys."""

    @property
    @abstractmethod
    def index(self) -> IndexStore:
        """What finds units by their words."""

    @abstractmethod
    def listed(self, values: Sequence[str] | Sequence[int]) -> Any:
        """A list as one value of a query, for ``AMONG``."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store."""

    def abandon(self) -> None:
        """Take the store away again if it was made by opening it, and nothing was written since."""

    @abstractmethod
    def transaction(self, *, lasts: bool = True) -> AbstractContextManager[None]:
        """All writes inside take place, or none does; nobody else writes meanwhile.

        Without ``lasts`` they are seen inside only, and then taken back.
        """

    def expecting_many(self) -> AbstractContextManager[None]:
        """Inside, many units are written, for which a store may take room in memory."""
        return nullcontext()

    @contextmanager
    def loading(self) -> Iterator[bool]:
        """Inside, in a transaction, units come; whether there was never one before.

        Where that is so, a store may put off what finds them in other ways than by their ids
        until all of them are there, which takes half the time.
        """
        tables = ("units", "actions", "removed")  # history may be forgotten
        some = " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables)
        is_new = not self.read(f"SELECT {some}")[0][0]
        put_off = self.put_off() if is_new else []
        for drop, _ in put_off:
            self.write(drop)
        yield is_new
        for _, make in put_off:
            self.write(make)

    def put_off(self) -> Sequence[tuple[str, str]]:
        """Statements that drop what can wait while many units come, and that make it again."""
        return ()

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[None]:
        """All reads inside, of the index too, see the memory as it is at one moment."""

    @abstractmethod
    def wait_briefly(self, seconds: float) -> None:
        """Wait no longer for others from now on, and call nobody meanwhile."""

    def hold_little(self) -> None:
        """Hold little of what is stored in the working memory from now on."""

    @abstractmethod
    def follow(self) -> None:
        """Have the index know what was written."""

    @abstractmethod
    def indexing(self, *, waits: bool) -> AbstractContextManager[None]:
        """A transaction on the index.

        Without ``waits`` a ``StoreError`` is raised at once if somebody else writes to it.
        """

    @property
    @abstractmethod
    def version(self) -> int:
        """A number that is another one once somebody else has written.

        It does not wait for a writer: what that one does is seen when it has finished.
        """

    @property
    @abstractmethod
    def product(self) -> str:
        """What keeps the memory, and its version."""

    @property
    @abstractmethod
    def size(self) -> int:
        """How many bytes the memory takes."""

    @abstractmethod
    def vacuum(self) -> None:
        """Give back the space of what was deleted."""

    @abstractmethod
    def copy_to(self, path: Path) -> None:
        """Write the memory as it is now into an empty file, as one of SQLite.

        It is not flushed to the disk. Raises ``OSError`` if there is no space for it.
        """

    @property
    @abstractmethod
    def schema(self) -> tuple[int, int]:
        """The version of the schema that the store has, and the one that this tmtool writes."""

    # Units

    def unit(self, unit_id: str) -> TranslationUnit | None:
        """The unit with this id."""
        return next(iter(self._units("WHERE id = ?", (unit_id,))), None)

    def units(
        self,
        *,
        document: str | None = None,
        states: Sequence[str] = (),
        languages: tuple[str, str] | None = None,
    ) -> Iterator[TranslationUnit]:
        """Units in a fixed order: by document in order of arrival, then place, then arrival."""
        wheres, values = ["TRUE"], list[Any]()
        if document is not None:
            wheres.append("document IN (SELECT number FROM documents WHERE name = ?)")
            values.append(document)
        if states:
            wheres.append(f"state IN ({', '.join('?' * len(states))})")
            values += states
        if languages:
            wheres.append("source_language = ? AND target_language = ?")
            values += languages
        tail = f"WHERE {' AND '.join(wheres)} ORDER BY document NULLS FIRST, position, number"
        return self._streamed(tail, values)

    def disputed(self) -> Iterator[TranslationUnit]:
        """Units not rejected, of sources that are alike and translated in several ways.

        In order of arrival.
        """
        both = "source <> '' AND target <> '' AND state <> 'rejected'"
        return self._streamed(
            "WHERE (source_key, target_language) IN "
            f"(SELECT source_key, target_language FROM units WHERE {both} "
            "GROUP BY 1, 2 HAVING min(target) <> max(target)) "
            f"AND {both} ORDER BY number",
            (),
        )

    def units_by_id(self, unit_ids: Sequence[str]) -> list[TranslationUnit]:
        """The units with these ids that there are, in any order."""
        return self._units(f"WHERE id {self.AMONG}", (self.listed(unit_ids),))

    def standing_alone(self, keys: Sequence[str], *, besides: int) -> list[TranslationUnit]:
        """Translated units of no document that have one of some source keys.

        In order of arrival, without those that the action ``besides`` touched.
        """
        of_sources, values = self.of_sources(keys)
        return self._units(
            # Each + keeps SQLite from an index that finds too much.
            f"WHERE {of_sources} AND +document IS NULL AND target <> '' AND NOT EXISTS "
            "(SELECT 1 FROM history WHERE unit_id = units.id AND +action = ?) ORDER BY number",
            (*values, besides),
        )

    def in_documents(self, keys: Sequence[str], *, besides: int) -> list[TranslationUnit]:
        """Translated units of documents that have one of some source keys.

        The first of those that say the same, without those that the action ``besides`` touched.
        """
        of_sources, values = self.of_sources(keys)
        return self._units(
            "WHERE number IN (SELECT min(number) FROM units "
            f"WHERE {of_sources} AND +document IS NOT NULL AND target <> '' AND NOT EXISTS "
            "(SELECT 1 FROM history WHERE unit_id = units.id AND +action = ?) "
            "GROUP BY source_language, target_language, source, target, state, created_at, "
            "created_by, changed_at, changed_by, props, notes) ORDER BY number",
            (*values, besides),
        )

    def units_by_number(self, numbers: Sequence[int]) -> list[tuple[int, TranslationUnit]]:
        """The units of these numbers, in any order."""
        query = SELECT.replace("SELECT", "SELECT number,", 1)
        found = self.read(f"{query} WHERE number {self.AMONG}", (self.listed(numbers),))
        with self.explained():
            return [(row[0], rows.unit(row)) for row in found]

    def outline(self, document: DocumentKey) -> list[Entry]:
        """What is needed of each unit of a document to find the way in it, in order."""
        query = (
            f"SELECT {rows.ENTRY} FROM units WHERE document = {_NUMBER} ORDER BY position, number"
        )
        with self.explained():
            return [rows.entry(row) for row in self.stream(query, document)]

    def texts(self, document: DocumentKey) -> Iterator[tuple[str, str]]:
        """Source and target text of each unit of a document, in order.

        They are read some at a time, so that a slow reader keeps nobody from writing.
        """
        query = (
            f"SELECT source, target, position, number FROM units WHERE document = {_NUMBER} "
            f"AND (position, number) > (?, ?) ORDER BY position, number LIMIT {_PAGE}"
        )
        last: tuple[float, int] = -inf, 0
        while found := self.read(query, (*document, *last)):
            yield from ((row[0], row[1]) for row in found)
            last = found[-1][2], found[-1][3]

    def same_keys(
        self, key: str, languages: tuple[str, str], besides: Besides
    ) -> list[tuple[int, str]]:
        """Number and source key of units that serve as a match and have this source key.

        Of those with the same source and target the most trusted.
        """
        of_source, values = self.of_sources([key])
        query = (
            "SELECT number FROM (SELECT number, row_number() OVER "
            f"(PARTITION BY source, target ORDER BY {TRUSTED_FIRST}) AS place "
            f"FROM units WHERE {of_source} AND {SERVING} AND {_OTHER}) AS same WHERE place = 1"
        )
        found = self.read(query, (*values, *primary_codes(*languages), *besides))
        return [(row[0], key) for row in found]

    def in_context(
        self,
        source: str,
        before: str,
        after: str,
        languages: tuple[str, str],
        besides: Besides,
    ) -> list[int]:
        """The numbers of the units with a source text between two others, by their keys.

        Of those with the same target the most trusted. An empty text stands for the start or the
        end of a document.
        """
        next_to = (
            "coalesce((SELECT source_key FROM units AS other WHERE document = units.document "
            "AND position {0} units.position ORDER BY position {1} LIMIT 1), '') = ?"
        )
        of_source, values = self.of_sources([fold(source)])
        found = self.read(
            "SELECT number FROM (SELECT number, row_number() OVER "
            f"(PARTITION BY target ORDER BY {TRUSTED_FIRST}) AS place "
            f"FROM units WHERE {of_source} AND source = ? AND {SERVING} AND {_OTHER} "
            f"AND document IS NOT NULL AND {next_to.format('<', 'DESC')} "
            f"AND {next_to.format('>', 'ASC')}) AS same WHERE place = 1",
            (*values, source, *primary_codes(*languages), *besides, fold(before), fold(after)),
        )
        return [row[0] for row in found]

    def others(self, numbers: Sequence[int], besides: Besides) -> set[int]:
        """The numbers of those of some units that are not left out."""
        query = f"SELECT number FROM units WHERE number {self.AMONG} AND {_OTHER}"
        return {row[0] for row in self.read(query, (self.listed(numbers), *besides))}

    def neighbours(self, unit_id: str) -> tuple[str, str] | None:
        """The source texts before and after a unit of a document."""
        next_to = (
            "coalesce((SELECT source FROM units AS other WHERE document = units.document "
            "AND position {0} units.position ORDER BY position {1} LIMIT 1), '')"
        )
        found = self.read(
            f"SELECT {next_to.format('<', 'DESC')}, {next_to.format('>', 'ASC')} FROM units "
            "WHERE id = ? AND document IS NOT NULL",
            (unit_id,),
        )
        return (found[0][0], found[0][1]) if found else None

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
        found = self.stream(
            f"SELECT source, target FROM units WHERE {SERVING} "
            f"AND coalesce(score, 1) >= ? AND {_ELSEWHERE} ORDER BY number DESC LIMIT ?",
            (*primary_codes(source_language, target_language), least_score, besides, limit),
        )
        return ((row[0], row[1]) for row in found)

    def _units(self, tail: str, values: Sequence[Any]) -> list[TranslationUnit]:
        found = self.read(f"{SELECT} {tail}", values)
        with self.explained():
            return [rows.unit(row) for row in found]

    def _streamed(self, tail: str, values: Sequence[Any]) -> Iterator[TranslationUnit]:
        with self.explained():
            for row in self.stream(f"{SELECT} {tail}", values):
                yield rows.unit(row)

    def put(
        self,
        units: Sequence[tuple[TranslationUnit, str]],
        *,
        fresh: Container[str] = frozenset(),
    ) -> None:
        """Insert units with their source keys, or overwrite those with their ids.

        Ids in ``fresh`` are known to be of no unit that is held.
        """
        documents: dict[DocumentKey, int] = {}
        made = []
        for unit, key in units:
            number = None
            if unit.document:
                place = (unit.document, *unit.languages)
                number = documents.get(place) or self._document(unit.document, unit.languages)
                documents[place] = number
            made.append((number, *rows.row(unit, key)))
        self.put_rows(made, fresh)

    def put_back(self, units: Sequence[tuple[TranslationUnit, str]]) -> None:
        """The same; those that were removed go where they stood, unless others stand there."""
        for unit, key in units:
            found = self.read(
                "SELECT number FROM former WHERE unit_id = ? "
                "AND NOT EXISTS (SELECT 1 FROM units WHERE units.number = former.number) "
                "AND NOT EXISTS (SELECT 1 FROM units WHERE id = unit_id)",
                (unit.id,),
            )
            if not found:
                self.put([(unit, key)])
                continue
            document = self._document(unit.document, unit.languages) if unit.document else None
            columns = f"number, document, {', '.join(rows.COLUMNS)}"
            self.insert("units", columns, [(found[0][0], document, *rows.row(unit, key))])

    @abstractmethod
    def put_rows(self, made: Sequence[Row], fresh: Container[str]) -> None:
        """Insert rows of units, with the numbers of their documents before, or overwrite some.

        Of several states of a unit the last one counts; ``fresh`` as for :meth:`put`.
        """

    def delete(self, unit_id: str) -> None:
        """Remove the unit, and remember where it stood."""
        self.write(
            "INSERT INTO former (unit_id, number) SELECT id, number FROM units WHERE id = ? "
            "ON CONFLICT (unit_id) DO UPDATE SET number = excluded.number",
            (unit_id,),
        )
        self.write("DELETE FROM units WHERE id = ?", (unit_id,))

    def last_position(self, document: DocumentKey) -> float:
        """The highest position in a document, 0 where it is empty."""
        number = self.read(f"SELECT {_NUMBER}", document)[0][0]
        if number is None:
            return 0.0
        query = "SELECT max(position) FROM units WHERE document = ?"
        return float(self.read(query, (number,))[0][0] or 0)

    def documents(self) -> Iterator[tuple[str, str, str]]:
        """Name and languages of every document that has units, in order of arrival."""
        for row in self.stream(
            "SELECT name, source_language, target_language FROM documents WHERE EXISTS "
            "(SELECT 1 FROM units WHERE document = documents.number) ORDER BY number"
        ):
            yield row[0], row[1], row[2]

    def _document(self, name: str, languages: tuple[str, str]) -> int:
        """The number of a document, made if need be."""
        known = self.read(f"SELECT {_NUMBER}", (name, *languages))[0][0]
        if known is None:
            self.insert("documents", "name, source_language, target_language", [(name, *languages)])
            known = self.read(f"SELECT {_NUMBER}", (name, *languages))[0][0]
        return int(known)

    # History

    def add_action(self, kind: str, at: datetime, author: str) -> int:
        """Open an action; its number orders history."""
        return int(self.read(self.ADD_ACTION, (kind, format_time(at), author))[0][0])

    def add_history(self, action: int, units: Iterable[tuple[str, TranslationUnit | None]]) -> None:
        """Note how units, by their ids, were before an action changed them."""
        self.insert(
            "history",
            "action, unit_id, before, checksum",
            (
                (action, unit_id, text, rows.checksum(unit_id, text))
                for unit_id, before in units
                for text in [rows.text(before)]
            ),
        )

    def add_new(self, action: int, units: Sequence[tuple[TranslationUnit, str]]) -> None:
        """Insert units, with their source keys, whose ids no unit has, and note it in history."""
        self.put(units, fresh={unit.id for unit, _ in units})
        self.add_history(action, ((unit.id, None) for unit, _ in units))

    def header(self) -> Header:
        """What files said of all their units, as far as what brought it was not taken back."""
        found = self.read(
            f"SELECT {rows.SAID} FROM headers LEFT JOIN actions ON actions.number = action "
            "WHERE undone_by IS NULL ORDER BY headers.number"
        )
        with self.explained():
            return rows.header([rows.said(row) for row in found])

    def add_header(self, action: int, header: Header) -> None:
        """Keep what an action brought."""
        said = [*header.props, *((None, note) for note in header.notes)]
        made = ((action, *one, rows.checksum(*one)) for one in said)
        self.insert("headers", f"action, {rows.SAID}", made)

    def touched(self, unit_ids: Sequence[str], *, besides: int) -> set[str]:
        """Those of some ids on whose units an action stands, or stood when it was forgotten.

        The action ``besides`` does not count.
        """
        ids = self.listed(unit_ids)
        found = self.read(
            # The + keeps SQLite from going through all actions that stand.
            "SELECT DISTINCT unit_id FROM history "
            "JOIN actions ON actions.number = history.action "
            f"WHERE unit_id {self.AMONG} AND kind NOT IN {TAKING_BACK} AND +undone_by IS NULL "
            "AND +history.action <> ? "
            f"UNION SELECT unit_id FROM removed WHERE unit_id {self.AMONG}",
            (ids, besides, ids),
        )
        return {row[0] for row in found}

    def acted_on(self, unit_ids: Sequence[str], kinds: Sequence[str]) -> set[str]:
        """Those of some ids on whose units an action of some kinds stands."""
        found = self.read(
            "SELECT DISTINCT unit_id FROM history "
            "JOIN actions ON actions.number = history.action "
            f"WHERE unit_id {self.AMONG} AND kind {self.AMONG} AND +undone_by IS NULL",
            (self.listed(unit_ids), self.listed(kinds)),
        )
        return {row[0] for row in found}

    def standing_actions(self, unit_id: str) -> list[int]:
        """Numbers of the actions on a unit that were not taken back, the latest first."""
        found = self.read(
            "SELECT DISTINCT actions.number FROM history "
            "JOIN actions ON actions.number = history.action "
            f"WHERE unit_id = ? AND kind NOT IN {TAKING_BACK} AND undone_by IS NULL "
            "ORDER BY actions.number DESC",
            (unit_id,),
        )
        return [row[0] for row in found]

    def was_known(self, unit_id: str) -> bool:
        """Whether any action ever touched a unit with this id."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM history WHERE unit_id = ?) "
            "OR EXISTS (SELECT 1 FROM removed WHERE unit_id = ?)"
        )
        return bool(self.read(query, (unit_id, unit_id))[0][0])

    def last_action(
        self,
        document: DocumentKey | None,
        *,
        besides: Sequence[str] = (),
        own: Session | None = None,
    ) -> tuple[int, str] | None:
        """Number and kind of the latest standing action, of those on a document if given.

        Actions of the kinds in ``besides`` do not count, nor do undo and redo. With ``own``, only
        those that are the author's of a session.
        """
        besides = (*TAKING_BACK, *besides)
        return self._last(f"kind NOT IN ({', '.join('?' * len(besides))})", besides, document, own)

    def last_undo(
        self, document: DocumentKey | None, *, own: Session | None = None
    ) -> tuple[int, int, str] | None:
        """The latest undo that stands, the action that it took back, and the kind of that."""
        told = "EXISTS (SELECT 1 FROM actions AS undone WHERE undone.undone_by = actions.number)"
        found = self._last(f"kind = 'undo' AND {told}", (), document, own)
        if found is None:
            return None
        query = "SELECT number, kind FROM actions WHERE undone_by = ?"
        number, kind = self.read(query, found[:1])[0]
        return found[0], number, kind

    def undos(self, after: int) -> list[tuple[int, int]]:
        """The undos behind a number that stand, the latest first, and what each took back."""
        return [
            (undo, number)
            for undo, number in self.read(
                "SELECT undo.number, undone.number FROM actions AS undo "
                "JOIN actions AS undone ON undone.undone_by = undo.number "
                "WHERE undo.kind = 'undo' AND undo.undone_by IS NULL AND undo.number > ? "
                "ORDER BY undo.number DESC",
                (after,),
            )
        ]

    def undone_at(self, number: int) -> set[int]:
        """The actions that were undone when the one of a number began."""
        undone = set[int]()
        taken_back = dict(self.undos(0))
        brought_back = dict[int, int]()
        for at, kind, redo in self.read(
            f"SELECT number, kind, undone_by FROM actions WHERE kind IN {TAKING_BACK} "
            "AND number < ? ORDER BY number",
            (number,),
        ):
            if kind == "redo":
                undone.discard(brought_back.get(at, 0))
            elif (found := taken_back.get(at) or self._taken_back(at, undone)) is not None:
                undone.add(found)
                brought_back[redo] = found
        return undone

    def _taken_back(self, undo: int, undone: Container[int]) -> int | None:
        """What an undo took back that was done again, so that nothing names it any more.

        It is the latest that stood then of what was done to one of its units or terms.
        """
        for table, keys in _TOUCHED.items():
            some = self.read(f"SELECT {keys} FROM {table} WHERE action = ? LIMIT 1", (undo,))
            if some:
                marks = ", ".join("?" * len(some[0]))
                where = f"number IN (SELECT action FROM {table} WHERE ({keys}) = ({marks}))"
                break
        else:  # of what a header says
            some = [()]
            where = " AND ".join(
                f"NOT EXISTS (SELECT 1 FROM {table} WHERE action = actions.number)"
                for table in _TOUCHED
            )
        found = self.read(
            f"SELECT number FROM actions WHERE kind NOT IN {TAKING_BACK} AND number < ? "
            f"AND {where} ORDER BY number DESC",
            (undo, *some[0]),
        )
        return next((row[0] for row in found if row[0] not in undone), None)

    def is_overtaken(self, undo: int, number: int) -> bool:
        """Whether something is back since an undo that was away before it.

        On one of the units or terms that it took back, which are then no more as it left them.
        """
        shared = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} AS one JOIN {table} AS other USING ({keys}) "
            "WHERE one.action = ? AND other.action = back.number)"
            for table, keys in _TOUCHED.items()
        )
        query = (
            "SELECT EXISTS (SELECT 1 FROM actions AS back WHERE kind = 'undo' AND number < ? "
            f"AND undone_by > ? AND ({shared}))"
        )
        return bool(self.read(query, (undo, undo, number, number))[0][0])

    def _last(
        self,
        where: str,
        values: Sequence[str],
        document: DocumentKey | None,
        own: Session | None,
    ) -> tuple[int, str] | None:
        """The latest standing action of some kind; on a document that holds or held a unit."""
        mine: list[Any] = []
        if own:
            where += f" AND author = ? AND (number <= ? OR number {self.AMONG})"
            mine = [own.author, own.begun, self.listed([*own.written])]
        was = (self.WAS.format(name) for name in ("document", "source_language", "target_language"))
        touched = (
            "EXISTS (SELECT 1 FROM history WHERE action = actions.number AND ("
            f"EXISTS (SELECT 1 FROM units WHERE id = unit_id AND document = {_NUMBER}) "
            f"OR ({' AND '.join(f'{text} = ?' for text in was)})))"
        )
        found = self.read(
            f"SELECT number, kind FROM actions WHERE undone_by IS NULL AND {where} "
            f"AND {touched if document else 'TRUE'} ORDER BY number DESC LIMIT 1",
            (*values, *mine, *(2 * document if document else ())),
        )
        return (found[0][0], found[0][1]) if found else None

    def action(self, number: int) -> Action | None:
        """The action of a number."""
        found = self.read(f"SELECT {_ACTION} FROM actions WHERE number = ?", (number,))
        with self.explained():
            return rows.action(found[0]) if found else None

    def last_number(self) -> int:
        """The number of the latest action, 0 if there was none."""
        return int(self.read("SELECT coalesce(max(number), 0) FROM actions")[0][0])

    def history(self, action: int) -> list[tuple[str, TranslationUnit | None]]:
        """The units an action changed, each as it was before, in the order of the changes."""
        query = f"SELECT {rows.BEFORE} FROM history WHERE action = ? ORDER BY rowid"
        found = self.read(query, (action,))
        with self.explained():
            return [(row[0], rows.before(row)) for row in found]

    def last_touched(self) -> list[str]:
        """The ids of the units that the latest action touched, in the order of the changes."""
        latest = "(SELECT max(number) FROM actions)"
        query = f"SELECT unit_id FROM history WHERE action = {latest} ORDER BY rowid"
        return [row[0] for row in self.read(query)]

    def actions(self, since: int) -> list[Action]:
        """The actions from a number on, the latest first."""
        query = f"SELECT {_ACTION} FROM actions WHERE number >= ? ORDER BY number DESC"
        found = self.read(query, (since,))
        with self.explained():
            return [rows.action(row) for row in found]

    def first_action(self, at: datetime) -> int | None:
        """The number of the first action at a time or later."""
        query = "SELECT min(number) FROM actions WHERE at >= ?"
        found = self.read(query, (format_time(at),))[0][0]
        return found and int(found)

    def events(self, unit_id: str | None = None, document: str | None = None) -> Iterator[Event]:
        """What happened to a unit, or to those that are or were in a document, in order.

        They are read some at a time, so that a slow reader keeps nobody from writing.
        """
        values: list[Any]
        if document is None:
            where, values = "history.unit_id = ?", [unit_id]
        else:
            where = (
                f"(history.unit_id {self.AMONG} OR EXISTS (SELECT 1 "
                "FROM units JOIN documents ON documents.number = units.document "
                "WHERE id = history.unit_id AND name = ?))"
            )
            values = [self.listed(self._formerly_in(document)), document]
        query = (
            f"SELECT {rows.BEFORE}, history.rowid, (SELECT min(rowid) FROM history AS later "
            "WHERE later.unit_id = history.unit_id AND later.rowid > history.rowid), action "
            f"FROM history WHERE history.rowid > ? AND {where} "
            f"ORDER BY history.rowid LIMIT {_PAGE}"
        )
        actions = dict[int, Action | None]()  # each counts its units, which may be many
        place = 0
        while True:
            found = self.read(query, (place, *values))
            for number in {row[5] for row in found} - actions.keys():
                actions[number] = self.action(number)
            with self.explained():
                events = [
                    Event(action, row[0], rows.before(row), self._became(*row[:5:4]))
                    for row in found
                    if (action := actions[row[5]])
                ]
            yield from events
            if len(found) < _PAGE:
                return
            place = found[-1][3]

    def pasts(self, unit_ids: Sequence[str]) -> dict[str, list[TranslationUnit]]:
        """By the ids of some units what they were, but for what was undone, the earliest first.

        They are read by the unit: it does not matter how much else an action changed.
        """
        pasts: dict[str, list[TranslationUnit]] = {}
        for row in self.read(
            f"SELECT {rows.BEFORE} FROM history JOIN actions ON actions.number = history.action "
            f"WHERE history.unit_id {self.AMONG} AND before IS NOT NULL "
            f"AND kind NOT IN {TAKING_BACK} AND undone_by IS NULL ORDER BY history.rowid",
            (self.listed(unit_ids),),
        ):
            with self.explained():
                if unit := rows.before(row):
                    pasts.setdefault(row[0], []).append(unit)
        return pasts

    def _formerly_in(self, document: str) -> list[str]:
        """The ids of units that were in a document before some action."""
        was = self.WAS.format("document")
        query = f"SELECT DISTINCT unit_id FROM history WHERE {was} = ?"
        return [row[0] for row in self.read(query, (document,))]

    def _became(self, unit_id: str, later: int | None) -> TranslationUnit | None:
        """The unit as an event left it: as the next one found it, or as it is."""
        if later is None:
            return self.unit(unit_id)
        query = f"SELECT {rows.BEFORE} FROM history WHERE rowid = ?"
        return rows.before(self.read(query, (later,))[0])

    def forget(self, last: int) -> None:
        """Drop the history of the actions up to a number."""
        self.write(
            "INSERT INTO removed SELECT DISTINCT unit_id FROM history "
            "JOIN actions ON actions.number = history.action WHERE history.action <= ? "
            f"AND kind NOT IN {TAKING_BACK} AND undone_by IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM units WHERE id = unit_id) ON CONFLICT DO NOTHING",
            (last,),
        )
        self.write(
            "DELETE FROM headers WHERE action IN "
            "(SELECT number FROM actions WHERE number <= ? AND undone_by IS NOT NULL)",
            (last,),
        )
        self.write("UPDATE headers SET action = NULL WHERE action <= ?", (last,))
        self.write("DELETE FROM history WHERE action <= ?", (last,))
        self.write("DELETE FROM term_history WHERE action <= ?", (last,))
        self.write("DELETE FROM actions WHERE number <= ?", (last,))

    def mark_undone(self, action: int, by: int | None) -> None:
        """Note that an action was taken back, or, with ``None``, that it stands again."""
        self.write("UPDATE actions SET undone_by = ? WHERE number = ?", (by, action))

    def take(self, unit_ids: Sequence[str]) -> str | None:
        """Hold the first of some units that nobody else holds, in place of the one before.

        It is let go of when this connection ends, however it does.
        """
        raise StoreError(
            f"{self.address}: a queue needs a memory on a server",
            hint="two people may review one file all the same, at different ends",
        )

    # What is not work yet

    def draft(self, unit_id: str, author: str) -> tuple[str, str] | None:
        """What a person typed for a unit and did not confirm, and the target it began from."""
        query = "SELECT text, target FROM drafts WHERE unit_id = ? AND author = ?"
        found = self.read(query, (unit_id, author))
        return (found[0][0], found[0][1]) if found else None

    def drafted(self) -> set[str]:
        """The ids of the units that anyone keeps a draft of."""
        return {row[0] for row in self.read("SELECT unit_id FROM drafts")}

    def put_draft(self, unit_id: str, author: str, text: str | None, target: str) -> None:
        """Keep a draft in the place of the one before; ``None`` drops it."""
        if text is None:
            query = "DELETE FROM drafts WHERE unit_id = ? AND author = ?"
            self.write(query, (unit_id, author))
        else:
            self.write(
                "INSERT INTO drafts (unit_id, author, text, target) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (unit_id, author) "
                "DO UPDATE SET text = excluded.text, target = excluded.target",
                (unit_id, author, text, target),
            )

    def place(self, document: DocumentKey, author: str) -> str | None:
        """The id of the unit that a person was at in a document."""
        query = f"SELECT unit_id FROM places WHERE document = {_NUMBER} AND author = ?"
        found = self.read(query, (*document, author))
        return found[0][0] if found else None

    def put_place(self, document: DocumentKey, author: str, unit_id: str) -> None:
        """Keep the unit that a person is at."""
        self.write(
            f"INSERT INTO places (document, author, unit_id) SELECT {_NUMBER}, ?, ? WHERE TRUE "
            "ON CONFLICT (document, author) DO UPDATE SET unit_id = excluded.unit_id",
            (*document, author, unit_id),
        )

    # Care

    def altered(self, limit: int = 10) -> list[str]:
        """What is not as it was written, some of it at the most: units, terms, history, headers."""
        altered: list[str] = []
        for what, place, query, read in (
            ("unit", 1, f"{SELECT} ORDER BY number", rows.unit),
            ("history of unit", 0, f"SELECT {rows.BEFORE} FROM history", rows.before),
            ("term", 2, f"SELECT {terms.COLUMNS} FROM terms", terms.term),
            ("history of term", 2, f"SELECT {terms.BEFORE} FROM term_history", terms.before),
            ("header", 3, f"SELECT {rows.SAID}, coalesce(type, 'note') FROM headers", rows.said),
        ):
            for row in self.stream(query):
                try:
                    read(row)
                except ValueError:
                    altered.append(f"{what} {row[place]}")
                    if len(altered) == limit:
                        return altered
        return altered

    def count(self, table: Literal["units", "documents", "actions"]) -> int:
        """How many units and actions there are, or documents that have units."""
        counted = "count(DISTINCT document) FROM units"  # rows of documents stay when units go
        if table != "documents":
            counted = f"count(*) FROM {table}"
        return int(self.read(f"SELECT {counted}")[0][0])
