"""Where memories are kept: SQL and nothing else. What it means is said in ``tmtool.memory``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tmtool.store.address import Address, DatabaseUrl, Role, address, is_url, public

if TYPE_CHECKING:
    from tmtool.store.base import Store

__all__ = ["Address", "DatabaseUrl", "Role", "address", "exists", "is_url", "open_store", "public"]


def open_store(
    place: Address,
    *,
    create: bool,
    migrate: bool = True,
    on_wait: Callable[[], None] | None = None,
    on_fill: Callable[[int, int], None] | None = None,
) -> Store:
    """The store at a place; raises ``StoreError`` if there is none and ``create`` allows none.

    Without ``migrate`` one of an older tmtool stays as it is. What is called when is said in
    :meth:`tmtool.memory.Memory.open`.
    """
    if isinstance(place, Path):
        from tmtool.store.sqlite import SqliteStore

        return SqliteStore(place, create=create, migrate=migrate, on_wait=on_wait)
    from tmtool.store.postgres import PostgresStore

    return PostgresStore(place, create=create, migrate=migrate, on_wait=on_wait, on_fill=on_fill)


def exists(place: Address) -> bool:
    """Whether there is something where a memory would be, other than an empty file; raises
    ``StoreError`` if a server does not say."""
    if isinstance(place, Path):
        return place.exists() and bool(place.stat().st_size)
    from tmtool.store.postgres import holds_memory

    return holds_memory(place)
