"""SQL statements that every store understands, with ``?`` for each value."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

Row = Sequence[Any]


class Statements(ABC):
    """What obeys SQL. All methods raise ``StoreError`` where the store fails."""

    @abstractmethod
    def read(self, query: str, values: Sequence[Any] = ()) -> Sequence[Row]:
        """The rows that a query gives."""

    @abstractmethod
    def stream(self, query: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows that a query gives, perhaps very many, as they are asked for."""

    @abstractmethod
    def write(self, query: str, values: Sequence[Any] = ()) -> int:
        """Change rows; how many."""

    @abstractmethod
    def write_each(self, query: str, rows: Iterable[Sequence[Any]]) -> int:
        """Change rows with each of several lists of values; how many."""

    @abstractmethod
    def insert(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table."""

    @abstractmethod
    def explained(self) -> AbstractContextManager[None]:
        """What fails inside is said in words that say what to do."""
