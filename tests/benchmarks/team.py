"""How fast a memory on PostgreSQL is, and whether people who write at once lose anything.

A private server is started, which writes to the disk as it should. Run as

    python -m tests.benchmarks.team [--units 1000000] [--clients 16] [--edits 1000]
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context

from tests.benchmarks.units import edited, pairs
from tests.postgres import Server, programs
from tmtool.errors import ConflictError
from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant
from tmtool.store import rows
from tmtool.text import fold

_SHARED = 50  # units that all clients edit
_QUERIES = 300


@contextmanager
def timed(what: str, count: int) -> Iterator[None]:
    """Print how many units a second went by, and what the process held at most."""
    begin, used = time.perf_counter(), time.process_time()
    yield
    took, used = time.perf_counter() - begin, time.process_time() - used
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rate = f"{count / took:9,.0f} /s"
    print(f"{what:28} {rate}   ({took:.1f} s, {used:.1f} s of them ours; {held} MB)")


def units(count: int) -> Iterator[TranslationUnit]:
    """Made-up units."""
    for number, (source, target) in enumerate(pairs(count, block=8000)):
        yield TranslationUnit(
            Variant.of("kk", source),
            Variant.of("en", target),
            id=f"unit-{number}",
            state="translated",
        )


def bulk(other: str, place: str, count: int) -> None:
    """Rows that are ready, by COPY, with all indexes behind the last; then the same units as ever.

    Those come into another memory, by all that adding them takes.
    """
    made = [(None, *rows.row(unit, fold(unit.source.text))) for unit in units(count)]
    ids = {row[1] for row in made}
    with (
        Memory.open(other) as memory,
        timed("COPY of rows", count),
        memory._store.transaction(),
        memory._store.loading(),
    ):
        for some in batches(made):
            memory._store.put_rows(some, ids)
    del made, ids
    with Memory.open(place) as memory, timed("add", count):
        memory.add(units(count))


def batches(made: list[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    for start in range(0, len(made), 20_000):
        yield made[start : start + 20_000]


def lookups(place: str, count: int) -> None:
    """The first fill of the index, and looking up texts with a word or two changed."""
    rng = random.Random(7)
    with Memory.open(place) as memory:
        with timed("first fill: units", count):
            memory._store.follow()
        with timed("first fill: index", count):
            memory._settle()
        sources = [source for source, _ in pairs(count, block=8000)]
        chosen = [edited(text, sources[:10], rng) for text in rng.sample(sources, _QUERIES)]
        taken = []
        for text in chosen:
            begin = time.perf_counter()
            memory.lookup(text, "kk", "en")
            taken.append(1000 * (time.perf_counter() - begin))
        taken.sort()
        p95 = taken[len(taken) * 95 // 100]
        print(f"{'lookup':28} median {statistics.median(taken):.1f} ms, p95 {p95:.1f} ms")


def _work(place: str, name: int, edits: int) -> Counter[str]:
    """One of many who edit the same units; what came of it."""
    rng = random.Random(name)
    counts: Counter[str] = Counter()
    with Memory.open(place, author=f"c{name}") as memory:
        for step in range(edits):
            while True:
                unit = memory.unit(f"unit-{rng.randrange(_SHARED)}")
                assert unit is not None
                after = replace(unit, target=Variant.of("en", f"{name}/{step}"))
                try:
                    memory.change("edit", [(unit, after)])
                except ConflictError:
                    counts["conflict"] += 1
                    continue
                except Exception as error:
                    counts[type(error).__name__] += 1
                    raise
                counts["done"] += 1
                break
    return counts


def together(place: str, clients: int, edits: int) -> None:
    """Many who edit the same units at once; what is lost, and what they are told of it."""
    with Memory.open(place) as memory:
        memory.add(units(_SHARED))
    begin = time.perf_counter()
    with get_context("spawn").Pool(clients) as pool:
        work = [(place, name, edits) for name in range(clients)]
        counts = sum(pool.starmap(_work, work), Counter[str]())
    took = time.perf_counter() - begin
    with Memory.open(place) as memory:
        written = Counter(
            event.after.target.text
            for number in range(_SHARED)
            for event in memory.history(f"unit-{number}")
            if event.action.kind == "edit" and event.after
        )
    wanted = Counter(f"{name}/{step}" for name in range(clients) for step in range(edits))
    lost, double = (wanted - written).total(), (written - wanted).total()
    print(
        f"{clients} clients, {edits} edits each: {counts['done'] / took:,.0f} /s, "
        f"{counts.pop('conflict', 0)} conflicts said, {lost} lost, {double} double, "
        f"{counts.total() - counts['done']} other errors"
    )


def main(count: int, clients: int, edits: int) -> None:
    found = programs()
    assert found is not None, "PostgreSQL is not installed"
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        server = Server(found, lasts=True)
        try:
            together(server.database(), clients, edits)
            place = server.database()
            bulk(server.database(), place, count)
            lookups(place, count)
        finally:
            server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--edits", type=int, default=1_000)
    arguments = parser.parse_args()
    main(arguments.units, arguments.clients, arguments.edits)
