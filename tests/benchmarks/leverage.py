"""Leverage: seconds for the analysis of many segments against a large memory.

    python -m tests.benchmarks.leverage --memory FILE --segments 100000 --workers 2

FILE is a memory as tests.benchmarks.lookup makes it with --memory. Of the segments a fifth are
sentences of the memory, a tenth repeat one of two hundred, two fifths are sentences with a word or
two changed, and the rest are other words in another order.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.benchmarks.units import edited
from tmtool.leverage import analysed
from tmtool.memory import Memory


def made_of(sources: list[str], rng: random.Random) -> list[str]:
    """Segments that a memory of these sources holds in all degrees."""

    def made(text: str, kind: float) -> str:
        if kind < 0.2:
            return text
        if kind < 0.3:
            return sources[rng.randrange(200)]
        if kind < 0.7:
            return edited(text, sources, rng)
        words = edited(edited(text, sources, rng), sources, rng).split()
        rng.shuffle(words)
        return " ".join(words)

    return [made(text, rng.random()) for text in sources]


def main(path: Path, count: int, workers: int) -> None:
    rng = random.Random(5)
    with closing(sqlite3.connect(path)) as db:
        sources = [row[0] for row in db.execute("SELECT source FROM units ORDER BY number")]
    units = len(sources)
    segments = made_of(rng.sample(sources, count), rng)
    del sources
    with Memory.open(path, create=False) as memory:
        begin = time.perf_counter()
        (found,) = analysed([segments], memory, ("kk", "en"), workers=workers)
        taken = time.perf_counter() - begin
    print(f"{count:,} segments, {units:,} units, {workers} processes: {taken:.0f} s")
    print({band: figures.segments for band, figures in found.bands.items() if figures.segments})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--memory", type=Path, required=True)
    parser.add_argument("--segments", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    main(arguments.memory, arguments.segments, arguments.workers)
