"""What finds units by their words, as rows; what they mean is said in ``tmtool.index``."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import count, islice
from typing import NamedTuple

from tmtool.model import Languages
from tmtool.store.serving import INDEXED, SERVING, primary_codes
from tmtool.store.statements import Row

_MANY = 5_000  # rows asked for at once
_PAGE = 256  # rows asked for at once where the first may be enough
_LAST = chr(0x10FFFF)  # sorts behind all other letters
_FEW = 64  # bytes of places that stand beside their term

_ADD_POSTING = "INSERT INTO postings VALUES (?, ?, ?, nullif(?, x''), nullif(?, 0))"
"""A NULL that SQLite makes: to bind ``None`` takes Python longer than all the rest."""

_CODE = "substr(lower({0}_language), 1, instr({0}_language || '-', '-') - 1)"
_CODES = f"{_CODE.format('source')}, {_CODE.format('target')}"


class ShardRow(NamedTuple):
    """A row of a shard without its blobs."""

    number: int
    units: int


class IndexStore:
    """Rows of the index of a memory. All methods raise ``StoreError`` where SQLite fails."""

    def __init__(
        self, db: sqlite3.Connection, explained: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._db = db
        self._explained = explained

    # Units

    def count_unindexed(self, limit: int) -> int:
        """How many units no shard covers as they are now; those over a limit do not count."""
        with self._explained():
            query = "SELECT count(*) FROM (SELECT 1 FROM unindexed LIMIT ?)"
            return int(self._db.execute(query, (limit,)).fetchone()[0])

    def unindexed_keys(self, languages: Languages) -> Iterator[list[tuple[int, str]]]:
        """Number and source key of the units that serve as a match and that no shard covers.

        They come many at once.
        """
        with self._explained():
            rows = self._cursor().execute(
                "SELECT units.number, source_key FROM unindexed CROSS JOIN units "
                f"ON units.number = unindexed.number WHERE {SERVING}",
                primary_codes(*languages),
            )
            while some := rows.fetchmany(_MANY):
                yield some

    def keys(self, numbers: Sequence[int], languages: Languages) -> list[tuple[int, str]]:
        """Number and source key of those of some units that serve as a match."""
        with self._explained():
            return (
                self._cursor()
                .execute(
                    "SELECT number, source_key FROM units "
                    f"WHERE number IN (SELECT value FROM json_each(?)) AND {SERVING}",
                    (json.dumps(numbers), *primary_codes(*languages)),
                )
                .fetchall()
            )

    def waiting(self, languages: Languages) -> list[int]:
        """The numbers of the units that serve as a match and that no shard covers."""
        return [number for some in self.unindexed_keys(languages) for number, _ in some]

    def both_texts(
        self, numbers: Sequence[int], languages: Languages
    ) -> list[tuple[int, str, str]]:
        """Number, source and target of those of some units that serve as a match, latest first."""
        with self._explained():
            return (
                self._cursor()
                .execute(
                    "SELECT number, source, target FROM units "
                    f"WHERE number IN (SELECT value FROM json_each(?)) AND {SERVING} "
                    "ORDER BY number DESC",
                    (json.dumps(numbers), *primary_codes(*languages)),
                )
                .fetchall()
            )

    def latest_texts(self, languages: Languages) -> Iterator[list[tuple[int, str, str]]]:
        """Number, source and target of all units that serve as a match, the latest first.

        They come many at once.
        """
        with self._explained():
            rows = self._cursor().execute(
                f"SELECT number, source, target FROM units WHERE {SERVING} ORDER BY number DESC",
                primary_codes(*languages),
            )
            while some := rows.fetchmany(_PAGE):
                yield some

    def indexed_numbers(self, languages: Languages) -> list[int]:
        """The numbers of the units that serve as a match and that shards should cover."""
        with self._explained():
            rows = self._cursor().execute(
                f"SELECT number FROM units WHERE {SERVING} "
                "AND number NOT IN (SELECT number FROM unindexed)",
                primary_codes(*languages),
            )
            return [row[0] for row in rows]

    def target_languages(self, source_language: str) -> list[str]:
        """The primary codes of the languages into which there are units from a language."""
        with self._explained():
            rows = self._cursor().execute(
                "SELECT target_language FROM shards WHERE source_language = ?1 UNION "
                "SELECT substr(lower(target_language), 1, instr(target_language || '-', '-') - 1) "
                "FROM unindexed CROSS JOIN units ON units.number = unindexed.number "
                "WHERE lower(source_language || '-') LIKE ?1 || '-%' ORDER BY 1",
                primary_codes(source_language),
            )
            return [row[0] for row in rows]

    # Making shards

    def unindexed_languages(self) -> list[Languages]:
        """The primary codes of the language pairs of units that no shard covers."""
        query = (
            f"SELECT DISTINCT {_CODES} FROM (SELECT DISTINCT source_language, target_language "
            "FROM unindexed CROSS JOIN units ON units.number = unindexed.number) ORDER BY 1, 2"
        )
        with self._explained():
            return self._cursor().execute(query).fetchall()

    def languages(self) -> list[Languages]:
        """The primary codes of the language pairs of all units and of all shards."""
        query = (
            f"SELECT {_CODES} FROM units UNION "
            "SELECT source_language, target_language FROM shards ORDER BY 1, 2"
        )
        with self._explained():
            return self._cursor().execute(query).fetchall()

    def unindexed_numbers(self) -> array[int]:
        """The numbers of the units that no shard covers, ascending."""
        with self._explained():
            rows = self._cursor().execute("SELECT number FROM unindexed ORDER BY number")
            return array("q", (row[0] for row in rows))

    def texts(
        self, numbers: array[int], languages: Languages
    ) -> Iterator[list[tuple[int, str, str]]]:
        """Number, source key and target of those of some units that serve as a match, or may.

        The numbers ascend; so do those of the units, which come many at once.
        """
        for start in range(0, len(numbers), _MANY):
            some = numbers[start : start + _MANY]
            among: tuple[str, *tuple[object, ...]]
            if some[-1] - some[0] == len(some) - 1:  # nearly always where there are many
                among = "BETWEEN ? AND ?", some[0], some[-1]
            else:
                among = "IN (SELECT value FROM json_each(?))", json.dumps(some.tolist())
            with self._explained():
                yield (
                    self._cursor()
                    .execute(
                        "SELECT number, source_key, target FROM units "
                        f"WHERE number {among[0]} AND {INDEXED} ORDER BY number",
                        (*among[1:], *primary_codes(*languages)),
                    )
                    .fetchall()
                )

    def add_shard(
        self,
        languages: Languages,
        format: int,
        units: int,
        blobs: tuple[bytes, bytes, bytes],
        postings: Iterable[tuple[str, int, bytes]],
    ) -> None:
        """Add a shard, its postings in the order of their terms."""
        with self._explained():
            cursor = self._db.execute(
                "INSERT INTO shards (source_language, target_language, format, units, "
                "numbers, words, letters) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*languages, format, units, *blobs),
            )
            shard = cursor.lastrowid
            last = self._db.execute("SELECT coalesce(max(number), 0) FROM many_places").fetchone()
            numbers = count(last[0] + 1)
            postings = iter(postings)
            while some := list(islice(postings, _MANY)):
                made: list[Row] = []
                many: list[Row] = []
                for term, holders, places in some:
                    if len(places) <= _FEW:
                        made.append((shard, term, holders, places, 0))
                    else:
                        number = next(numbers)
                        made.append((shard, term, holders, b"", number))
                        many.append((number, shard, places))
                self._db.executemany(_ADD_POSTING, made)
                self._db.executemany("INSERT INTO many_places VALUES (?, ?, ?)", many)

    def drop_shards(self, numbers: Sequence[int]) -> None:
        """Remove shards and their postings."""
        with self._explained():
            for table, column in (
                ("postings", "shard"),
                ("many_places", "shard"),
                ("shards", "number"),
            ):
                self._db.executemany(
                    f"DELETE FROM {table} WHERE {column} = ?", [(number,) for number in numbers]
                )

    def is_outdated(self, format: int) -> bool:
        """Whether there are shards of another format."""
        with self._explained():
            query = "SELECT EXISTS (SELECT 1 FROM shards WHERE format <> ?)"
            return bool(self._db.execute(query, (format,)).fetchone()[0])

    def forget(self) -> None:
        """Remove all shards."""
        with self._explained():
            for table in ("postings", "many_places", "shards"):
                self._db.execute(f"DELETE FROM {table}")
            self.await_all()

    def await_all(self) -> None:
        """Note that no shard covers any unit as it is now."""
        with self._explained():
            self._db.execute("INSERT OR IGNORE INTO unindexed SELECT number FROM units")

    def clear_unindexed(self) -> None:
        """Note that shards cover every unit as it is now."""
        with self._explained():
            self._db.execute("DELETE FROM unindexed")

    # Reading shards

    def shards(self, languages: Languages) -> list[ShardRow]:
        """The shards of a language pair, in the order in which they were made."""
        with self._explained():
            rows = self._cursor().execute(
                "SELECT number, units FROM shards "
                "WHERE source_language = ? AND target_language = ? ORDER BY number",
                tuple(code.lower() for code in primary_codes(*languages)),
            )
            return [ShardRow(*row) for row in rows]

    def blobs(self, shard: int) -> tuple[bytes, bytes, bytes]:
        """The numbers, words and letters of a shard."""
        with self._explained():
            query = "SELECT numbers, words, letters FROM shards WHERE number = ?"
            found: tuple[bytes, bytes, bytes] = self._cursor().execute(query, (shard,)).fetchone()
        return found

    def terms(self, shard: int, terms: Sequence[str]) -> list[tuple[str, int, bytes | int]]:
        """Those of some terms that a shard holds: how many units hold each, and their places.

        A number stands for the places of a frequent term.
        """
        with self._explained():
            return (
                self._cursor()
                .execute(
                    "SELECT term, units, coalesce(places, many) FROM postings "
                    "WHERE shard = ? AND term IN (SELECT value FROM json_each(?))",
                    (shard, json.dumps(terms, ensure_ascii=False)),
                )
                .fetchall()
            )

    def terms_from(
        self, shard: int, beginning: str, limit: int
    ) -> list[tuple[str, int, bytes | int]]:
        """The terms of a shard that begin so, as :meth:`terms` gives them."""
        with self._explained():
            return (
                self._cursor()
                .execute(
                    "SELECT term, units, coalesce(places, many) FROM postings "
                    "WHERE shard = ? AND term >= ? AND term < ? LIMIT ?",
                    (shard, beginning, beginning + _LAST, limit),
                )
                .fetchall()
            )

    def words(self, shard: int, kind: str) -> str:
        """The terms of a kind in a shard, each with a line end."""
        with self._explained():
            found = (
                self._cursor()
                .execute(
                    "SELECT group_concat(term, char(10)) FROM postings "
                    "WHERE shard = ? AND term >= ? AND term < ?",
                    (shard, kind, kind + _LAST),
                )
                .fetchone()[0]
            )
        return f"{found}\n" if found else ""

    def places(self, numbers: Sequence[int]) -> list[tuple[int, bytes]]:
        """The places of frequent terms, by the number that stands for them."""
        if not numbers:
            return []
        with self._explained():
            return (
                self._cursor()
                .execute(
                    "SELECT number, places FROM many_places "
                    "WHERE number IN (SELECT value FROM json_each(?))",
                    (json.dumps(numbers),),
                )
                .fetchall()
            )

    def every_posting(self, shard: int) -> Iterator[tuple[str, int, bytes]]:
        """The terms of a shard in their order: how many units hold each, and their places."""
        with self._explained():
            yield from self._cursor().execute(
                "SELECT term, units, coalesce(postings.places, many_places.places) FROM postings "
                "LEFT JOIN many_places ON many_places.number = many "
                "WHERE postings.shard = ? ORDER BY term",
                (shard,),
            )

    def _cursor(self) -> sqlite3.Cursor:
        """A cursor whose rows are plain tuples."""
        cursor = self._db.cursor()
        cursor.row_factory = None
        return cursor
