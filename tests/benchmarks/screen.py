"""How fast the full-screen app is, seen through a pseudo-terminal.

    python -m tests.benchmarks.screen [PAIRS …]

For documents of 5,000 and 50,000 made-up pairs: seconds from the start of ``tmtool review`` to
the first row on the screen; milliseconds from a key to the paint that it causes, while
scrolling, approving and typing; and the memory of the process at its highest, after all pairs were
checked too.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pexpect

from tests.benchmarks.units import pairs
from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant

KEYS = 60
QUIET = 0.25  # seconds without output after which the screen has settled


def made(count: int) -> list[TranslationUnit]:
    """Made-up pairs, with confidences as an aligner gives them."""
    chance = random.Random(count)
    return [
        TranslationUnit(
            Variant.of("kk", source),
            Variant.of("en", target),
            state="translated",
            document="big",
            score=round(1 - chance.random() ** 3, 4),
        )
        for source, target in pairs(count)
    ]


class Screen:
    """The app in a terminal of 100 by 30."""

    def __init__(self, memory: Path) -> None:
        environment = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self.start = time.perf_counter()
        arguments = ["-m", "tmtool", "-m", str(memory), "review"]
        self.child = pexpect.spawn(
            sys.executable, arguments, env=environment, dimensions=(30, 100), encoding="utf-8"
        )
        self.child.delaybeforesend = None
        self.child.expect("❯ +[0-9]")
        self.ready = time.perf_counter() - self.start
        self.settle()

    def settle(self) -> float:
        """Read until nothing comes any more; when the last of it came."""
        last = time.perf_counter()
        while True:
            try:
                self.child.read_nonblocking(100_000, QUIET)
                last = time.perf_counter()
            except pexpect.TIMEOUT:
                return last

    def press(self, key: str) -> float:
        """Milliseconds from a key to the first bytes of the paint that it causes."""
        start = time.perf_counter()
        self.child.send(key)
        self.child.read_nonblocking(100_000, 5)
        taken = time.perf_counter() - start
        self.settle()
        return 1000 * taken

    @property
    def megabytes(self) -> float:
        """The memory that the process has had at most."""
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "memory.db"
            with Memory.open(path) as memory:
                memory.add(made(count))
            starts = []
            for _ in range(3):
                screen = Screen(path)
                starts.append(screen.ready)
                screen.child.close(force=True)
            screen = Screen(path)
            print(f"{count:,} pairs: ready in {min(starts):.2f} s (of {len(starts)} starts)")
            for name, keys in (
                ("scrolling", ["j"] * KEYS),
                ("pages", ["\x1b[6~"] * KEYS),
                ("approving", ["a"] * KEYS),
                ("next doubtful", ["n"] * KEYS),
                ("typing", ["e", *"аәбвгғ деёж зийкқ лмнңо" * 3][:KEYS]),
            ):
                times = sorted(screen.press(key) for key in keys)
                p95 = times[int(0.95 * len(times))]
                median = statistics.median(times)
                print(f"    {name:14} key to paint: median {median:5.1f} ms, p95 {p95:5.1f} ms")
            for key in ("\x1b", "f", "\x1b[F", "\r"):
                screen.press(key)
            screen.child.expect("any check", timeout=600)
            print(f"    memory at most {screen.megabytes:.0f} MB, all pairs checked")
            screen.child.close(force=True)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [5_000, 50_000])
