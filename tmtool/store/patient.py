"""Waiting for others who use the same file."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from typing import Any, Self

BUSY_SECONDS = 30.0
_QUIET = 1.0  # seconds of waiting before anything is said
_PAUSE = 0.01  # seconds between two tries; those who wait long try as often as newcomers


class PatientConnection(sqlite3.Connection):
    """Waits up to ``patience`` seconds where the file is in use, and says so after a second.

    SQLite's own waiting cannot be interrupted, says nothing, and lets newcomers go first. Opened
    with a timeout of 0, so that each statement fails at once.
    """

    on_wait: Callable[[], None] | None = None
    patience = BUSY_SECONDS

    def cursor(self, factory: object = None) -> sqlite3.Cursor:  # type: ignore[override]
        """A cursor that waits."""
        return super().cursor(_PatientCursor)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Carry out a statement, once nobody else keeps it from that."""
        return self.cursor().execute(sql, parameters)


class _PatientCursor(sqlite3.Cursor):
    connection: PatientConnection

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        try:
            return super().execute(sql, parameters)
        except sqlite3.OperationalError as error:
            if not (is_busy(error) and self.connection.patience):
                raise
        return self._retry(sql, parameters)

    def _retry(self, sql: str, parameters: Any) -> Self:
        start = time.monotonic()
        is_said = False
        while True:
            time.sleep(random.uniform(0.5, 1.5) * _PAUSE)  # noqa: S311 - so that none keeps step
            waited = time.monotonic() - start
            if waited > _QUIET and not is_said and self.connection.on_wait:
                self.connection.on_wait()
                is_said = True
            try:
                return super().execute(sql, parameters)
            except sqlite3.OperationalError as error:
                if not is_busy(error) or waited > self.connection.patience:
                    raise


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process uses the file, so that the same may succeed later."""
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")
