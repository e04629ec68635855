"""How fast very many units come into a new memory in a file, and what that takes.

Rows that are ready, with their history and the indexes of SQL behind the last, once with ids in
their order and once with ids like those that tmtool makes; then the same units by all that adding
them takes, which ends with the index that finds what is alike. Run as

    python -m tests.benchmarks.bulk [--units 1000000] [--processors 1]
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.team import timed, units
from tmtool.memory import Memory
from tmtool.model import TranslationUnit
from tmtool.store import rows
from tmtool.store.sqlite import SqliteStore
from tmtool.text import fold

_BATCH = 20_000


def ready(path: Path, count: int) -> None:
    """Write rows that were made before, and what history says of them."""
    _write(path, "rows", units(count), count)


def scattered(path: Path, count: int) -> None:
    """The same with ids in no order."""
    rng = random.Random(7)
    made = (replace(unit, id=f"{rng.getrandbits(64):016x}") for unit in units(count))
    _write(path, "rows, ids in no order", made, count)


def _write(path: Path, what: str, units: Iterable[TranslationUnit], count: int) -> None:
    made = [(None, *rows.row(unit, fold(unit.source.text))) for unit in units]
    with Memory.open(path) as memory, timed(what, count):
        store = memory._store
        assert isinstance(store, SqliteStore)
        with store.expecting_many(), store.transaction(), store.loading():
            action = store.add_action("add", datetime.now(UTC), "")
            for start in range(0, count, _BATCH):
                some = made[start : start + _BATCH]
                highest = store.highest()
                store.put_rows(some, {row[1] for row in some})
                store.note_new(action, highest)


def added(path: Path, count: int) -> None:
    """Add units as they are made, which is timed apart."""
    with Memory.open(path) as memory:
        begin = time.perf_counter()
        for _ in islice(units(count), count):
            pass
        made = time.perf_counter() - begin
        with timed("add", count):
            memory.add(units(count))
        print(f"{'':28} of which {made:.1f} s make the units")


def main(count: int, processors: int) -> None:
    """Each in a process of its own."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])
    with TemporaryDirectory() as folder:
        for work in (ready, scattered, added):
            path = Path(folder, work.__name__)
            process = get_context("spawn").Process(target=work, args=(path, count))
            process.start()
            process.join()
            path.unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--processors", type=int, default=1)
    chosen = parser.parse_args()
    main(chosen.units, chosen.processors)
