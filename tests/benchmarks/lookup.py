"""Lookup and concordance: speed, size, what is found, beside rapidfuzz and FTS5 in the same run.

    python -m tests.benchmarks.lookup                 100,000 made-up units
    python -m tests.benchmarks.lookup --units 1000000 --queries 300 --memory FILE

FILE is made once and used again; without it, a temporary one. Texts that are looked up are
sentences of the memory with one or two words changed (edited) or a tenth of their letters wrong
(noisy). What should be found is told by comparing with every unit: all that are as like by words
as 70 % (complete), and the five most like by letters from 70 % (top five).
"""

from __future__ import annotations

import argparse
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from tests.benchmarks.units import edited, noisy, pairs
from tmtool.index.terms import words
from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant
from tmtool.text import fold

_PEER_QUERIES = 12  # one takes a peer a second
_PER_DOCUMENT = 1000


def fill(path: Path, count: int) -> float:
    """Make a memory of so many units, without its index; seconds that it took."""
    begin = time.perf_counter()
    with Memory.open(path, author="aigul") as memory:
        memory._settle = lambda: None  # type: ignore[method-assign]
        memory.add(_made(count))
    return time.perf_counter() - begin


def _made(count: int) -> Iterator[TranslationUnit]:
    for number, (source, target) in enumerate(pairs(count)):
        document, position = divmod(number, _PER_DOCUMENT)
        yield TranslationUnit(
            Variant.of("kk", source),
            Variant.of("en", target),
            id=f"{number:016x}",
            state="translated",
            document=f"document {document}",
            position=position + 1.0,
            origin="align",
            score=0.97,
        )


def times(work: Callable[[str], object], queries: Sequence[str]) -> str:
    """The median and the 95th percentile of the milliseconds that each query takes."""
    taken = []
    for query in queries:
        begin = time.perf_counter()
        work(query)
        taken.append(1000 * (time.perf_counter() - begin))
    middle, most = np.percentile(taken, [50, 95])
    return f"p50 {middle:8.2f} ms   p95 {most:8.2f} ms"


class Truth:
    """What should be found, from a look at every unit."""

    def __init__(self, sources: Sequence[str]) -> None:
        self.keys = [fold(source) for source in sources]
        self._words = [words(key) for key in self.keys]

    def by_words(self, text: str) -> set[str]:
        """The folded texts that are as like by words as 70 %."""
        codes = {word: chr(number + 1) for number, word in enumerate(set(words(fold(text))))}
        coded = ["".join([codes.get(word, "\0") for word in found]) for found in self._words]
        wanted = "".join(codes[word] for word in words(fold(text)))
        return {key for key, p in zip(self.keys, _percent(wanted, coded), strict=True) if p >= 70}

    def top_five(self, text: str) -> list[tuple[int, str]]:
        """The five different folded texts that are the most like by letters, from 70 %."""
        found = _percent(fold(text), self.keys)
        likely = np.flatnonzero(found >= 70)
        order = likely[np.argsort(-found[likely], kind="stable")]
        best = dict.fromkeys((int(found[place]), self.keys[place]) for place in order)
        return list(best)[:5]


def _percent(one: str, others: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    longest = np.maximum(len(one), np.fromiter(map(len, others), np.int64, len(others)))
    distances = process.cdist([one], others, scorer=Levenshtein.distance, dtype=np.int32)[0]
    found: np.ndarray[tuple[int], np.dtype[np.int64]] = 100 * (longest - distances) // longest
    return found


def found_of_truth(memory: Memory, truth: Truth, queries: Sequence[str]) -> str:
    """The shares of what should be found that is."""
    complete = wanted = top = best = 0
    for text in queries:
        should = truth.by_words(text)
        matches = memory.lookup(text, "kk", "en", limit=len(truth.keys))
        complete += len(should & {fold(match.unit.source.text) for match in matches})
        wanted += len(should)
        five = truth.top_five(text)
        given = memory.lookup(text, "kk", "en")
        keys = {fold(match.unit.source.text) for match in given}
        least = given[-1].percent if len(given) == 5 else 101
        top += sum(key in keys or percent <= least for percent, key in five)
        best += len(five)
    share = 100 * top / max(1, best)
    return f"complete {complete} of {wanted}   top five {top} of {best}, {share:.1f} %"


def rapidfuzz_over_all(keys: Sequence[str]) -> Callable[[str], object]:
    return lambda text: process.extract(
        fold(text), keys, scorer=Levenshtein.normalized_similarity, limit=5, score_cutoff=0.7
    )


def fts5(keys: Sequence[str]) -> Callable[[str], object]:
    """Full-text search for any of the words, the best 200 compared by rapidfuzz."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE texts USING fts5(text, detail=none)")
    db.executemany("INSERT INTO texts VALUES (?)", ((key,) for key in keys))
    db.execute("INSERT INTO texts (texts) VALUES ('optimize')")

    def search(text: str) -> object:
        key = fold(text)
        query = " OR ".join(f'"{word}"' for word in words(key) if word[0].isalnum())
        rows = db.execute(
            "SELECT text FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 200", (query,)
        )
        return rapidfuzz_over_all([row[0] for row in rows])(text)

    return search


def adding(memory: Memory, count: int) -> str:
    """Milliseconds of keeping the index for one unit more, and whether each is found at once."""
    settle, spent, found = memory._settle, 0.0, 0

    def timed() -> None:
        nonlocal spent
        begin = time.perf_counter()
        settle()
        spent += time.perf_counter() - begin

    memory._settle = timed  # type: ignore[method-assign]
    for number in range(count):
        source = f"Жаңадан қосылған {number}-сөйлем осы."
        memory.add([TranslationUnit(Variant.of("kk", source), Variant.of("en", "New."))])
        found += number % 100 == 0 and memory.lookup(source, "kk", "en", limit=1)[0].percent == 100
    return f"{1000 * spent / count:.3f} ms   found at once {found} of {count // 100}"


def one_shot(path: Path, text: str) -> str:
    """Seconds for a whole run of the program, the best of five."""
    taken = []
    for _ in range(5):
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "tmtool", "-m", path, "lookup", text, "-t", "en"],
            capture_output=True,
            check=True,
        )
        taken.append(time.perf_counter() - begin)
    return f"{min(taken):.2f} s"


def main(count: int, queries: int, path: Path) -> None:
    rng = random.Random(7)
    versions = ", ".join(f"{name} {version(name)}" for name in ("tmtool", "rapidfuzz", "numpy"))
    print(f"{versions}, SQLite {sqlite3.sqlite_version}, Python {platform.python_version()}")
    print(f"{count:,} units")
    if not path.exists():
        print(f"adding    {count / fill(path, count):,.0f} units/s, without the index")
    with Memory.open(path) as memory:
        size, begin = path.stat().st_size, time.perf_counter()
        if memory._index.is_due():
            with memory._store.transaction():
                memory._index.settle()
            grown = path.stat().st_size - size
            print(
                f"index     {time.perf_counter() - begin:.1f} s   {grown / size:.0%} of {size:,} B"
            )
        with sqlite3.connect(path) as db:
            sources = [row[0] for row in db.execute("SELECT source FROM units LIMIT ?", (count,))]
        chosen = rng.sample(sources, queries)
        kinds = {
            "edited": [edited(text, chosen, rng) for text in chosen],
            "noisy": [noisy(text, rng) for text in chosen],
            "exact": chosen,
        }
        memory.lookup(chosen[0], "kk", "en")
        for kind, texts in kinds.items():
            print(f"{kind:9} {times(lambda text: memory.lookup(text, 'kk', 'en'), texts)}")
        truth = Truth(sources)
        for name, peer in (("rapidfuzz", rapidfuzz_over_all), ("FTS5", fts5)):
            print(f"{name:9} {times(peer(truth.keys), kinds['edited'][:_PEER_QUERIES])}")
        some = max(5, min(queries, 20_000_000 // count))
        for kind in ("edited", "noisy"):
            print(f"{kind:9} {found_of_truth(memory, truth, kinds[kind][:some])}")
        for kind, patterns in _patterns(chosen).items():
            work = searching(memory, is_regex=kind == "regex")
            work(patterns[0])
            print(f"{kind:9} {times(work, patterns)}")
        print(f"one run   {one_shot(path, chosen[1])}")
        print(f"adding    {adding(memory, 3000)}")


def searching(memory: Memory, *, is_regex: bool) -> Callable[[str], object]:
    return lambda text: memory.concordance(text, "kk", "en", is_regex=is_regex, limit=20)


def _patterns(texts: Sequence[str]) -> dict[str, list[str]]:
    """What is searched for in the concordance, from some texts."""
    found = [[word for word in text.rstrip(".?!").split() if word.isalpha()] for text in texts]
    found = [some for some in found if len(some) > 2]
    return {
        "word": [some[0] for some in found],
        "phrase": [" ".join(some[:2]) for some in found],
        "stem": [some[1][: max(4, len(some[1]) - 3)] for some in found],
        "regex": [f"{some[1][1:-1]}\\w* \\w+" for some in found if len(some[1]) > 4],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--memory", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        main(arguments.units, arguments.queries, arguments.memory or Path(folder) / "lookup.db")
