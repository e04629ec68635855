"""What was typed while a server could not be reached, in a private file until it can."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tmtool.errors import StoreError

Draft = tuple[str, str, str | None, str]
"""The id of a unit, the author, what was typed, ``None`` for nothing, and the target before."""

_TABLE = (
    "CREATE TABLE IF NOT EXISTS drafts (place TEXT, unit_id TEXT, author TEXT, text TEXT, "
    "target TEXT, PRIMARY KEY (place, unit_id, author))"
)


class KeptDrafts:
    """Drafts that one place has not been told of yet.

    All methods raise ``StoreError`` where the file cannot be used. Without drafts there is none.
    """

    def __init__(self, place: str) -> None:
        self._place = place

    def put(self, draft: Draft) -> None:
        """Keep a draft in the place of the one before."""
        with self._opened() as db:
            db.execute(
                "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?)", (self._place, *draft)
            )

    def every(self) -> list[Draft]:
        """All drafts."""
        if not self._path().exists():
            return []
        with self._opened() as db:
            query = "SELECT unit_id, author, text, target FROM drafts WHERE place = ?"
            return db.execute(query, (self._place,)).fetchall()

    def drop(self, draft: Draft) -> None:
        """Let go of a draft, unless another one took its place."""
        with self._opened() as db:
            db.execute(
                "DELETE FROM drafts WHERE place = ? AND unit_id = ? AND author = ? AND text IS ?",
                (self._place, *draft[:3]),
            )

    @staticmethod
    def _path() -> Path:
        try:
            home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
        except RuntimeError:
            raise StoreError("there is no home folder to keep drafts in") from None
        return Path(home) / "tmtool" / "drafts.db"

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        path = self._path()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(path, timeout=5)) as db, db:
                db.execute(_TABLE)
                yield db
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{path}: drafts cannot be kept there: {error}") from error
