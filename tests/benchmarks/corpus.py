"""How fast a corpus is aligned: by one process, by several, and on a cluster on this machine.

    python -m tests.benchmarks.corpus [--documents 1000] [--processes 2]

The documents are those of the development data, over and over, or made up where it is absent.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.units import pairs
from tests.conftest import DEVELOPMENT_DATA

ADDRESS = "tcp://127.0.0.1:18786"


def documents(count: int) -> Iterator[tuple[str, list[str], list[str]]]:
    """Names, sentences and translations; each time around in another order."""
    path = DEVELOPMENT_DATA / "alignment" / "kk-en-hard.json"
    if path.exists():
        found = [(each["src"], each["tgt"]) for each in json.loads(path.read_text("utf-8"))]
    else:
        made = list(pairs(15 * 60))
        parts = [made[at : at + 15] for at in range(0, len(made), 15)]
        found = [([one for one, _ in part], [two for _, two in part]) for part in parts]
    random.Random(1).shuffle(found)
    for number, (source, target) in enumerate(islice(cycle(found), count)):
        yield f"d{number:05}", source, target


def write(folder: Path, count: int) -> None:
    """A file for each side of each document."""
    for code in ("kk", "en"):
        (folder / code).mkdir()
    for name, *sides in documents(count):
        for code, sentences in zip(("kk", "en"), sides, strict=True):
            (folder / code / f"{name}.{code}.txt").write_text("\n".join(sentences), "utf-8")


def run(folder: Path, out: str, *options: str) -> tuple[float, float]:
    """Align all documents; documents and pairs a second."""
    command = ["-q", "corpus", "kk", "en", "-t", "en", "-o", out, *options]
    subprocess.run(
        [sys.executable, "-m", "tmtool", *command],
        cwd=folder,
        check=True,
    )
    found = json.loads((folder / out / "manifest.json").read_text("utf-8"))
    elapsed = found["seconds"]["elapsed"]
    return found["totals"]["documents"] / elapsed, found["totals"]["pairs"] / elapsed


@contextmanager
def cluster(workers: int) -> Iterator[None]:
    """A scheduler and workers of Dask on this machine."""
    port = ADDRESS.rpartition(":")[2]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", port]]
    commands += [["worker", ADDRESS, "--nthreads", "1", "--no-nanny"]] * workers
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *command, "--no-dashboard"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def main(count: int, processes: int) -> None:
    """Measure, and print a table."""
    print(f"tmtool {version('tmtool')}, {os.cpu_count()} processors, {count} documents")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        alone = run(folder, "one", "-j", "1")
        print(f"{'1 process':20}{alone[0]:9.1f} documents/s{alone[1]:9.0f} pairs/s")
        several = run(folder, "several", "-j", str(processes))
        ratio = several[1] / alone[1]
        told = f"{processes} processes"
        print(f"{told:20}{several[0]:9.1f} documents/s{several[1]:9.0f} pairs/s{ratio:8.2f}×")
        try:
            told = f"Dask {version('distributed')}"
        except PackageNotFoundError:
            return
        with cluster(processes):
            spread = run(folder, "cluster", "--scheduler", ADDRESS)
        ratio = spread[1] / alone[1]
        print(f"{told:20}{spread[0]:9.1f} documents/s{spread[1]:9.0f} pairs/s{ratio:8.2f}×")
        for path in (folder / "one").glob("*.tmx"):
            others = [(folder / other / path.name).read_bytes() for other in ("several", "cluster")]
            assert others == [path.read_bytes()] * 2, path.name


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    main(arguments.documents, arguments.processes)
