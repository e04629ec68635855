"""What the program promises about a memory, tried on the real program.

    python -m tests.benchmarks.promises [saved | whole | export | full | many | migration] [-n N]

It is ended at random moments, half of them while it writes, its disk is made full, and many write
at once. Each line of the table says how often something was tried, how often the program was
still at work then, and how often a promise was broken. Exits with 1 if one was.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import pexpect

from tests.benchmarks.units import pairs
from tests.conftest import SEED, SEED_ENGLISH
from tmtool.doctor import diagnose
from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant
from tmtool.store.sqlite import APPLICATION_ID

KILL, INTERRUPT, TERMINATE = signal.SIGKILL, signal.SIGINT, signal.SIGTERM
ENVIRONMENT = {
    "SOURCE_DATE_EPOCH": "1760950000",  # so that a memory is the same after each run
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm-256color",
}
PROGRAM = [sys.executable, "-m", "tmtool", "--author", "aigul", "-m", "m.db"]
SAVES = ("translate", "review", "screen", "import", "undo", "compact", "align")
# Examinations of more than the file.
PLACE = ("versions", "surroundings", "file", "permissions", "space")


def environment(folder: Path) -> dict[str, str]:
    """An environment in which nothing of the user's is read or written."""
    own = {f"XDG_{name}_HOME": str(folder) for name in ("CONFIG", "DATA", "STATE")}
    return {**os.environ, **ENVIRONMENT, **own}


State = tuple[list[dict[str, object]], list[tuple[str, int, bool]]]


@dataclass
class Tally:
    """How often something was tried and what came of it."""

    name: str
    tried: int = 0
    results: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def until_cut_off(self, count: int) -> Iterator[int]:
        """Numbers of trials, until the program was at work so many times when it was ended."""
        while self.results["cut off"] < count:
            self.tried += 1
            yield self.tried

    def __str__(self) -> str:
        told = ", ".join(f"{count} {what}" for what, count in sorted(self.results.items()))
        lines = [f"{self.name:24} {self.tried:6,} tried  {len(self.broken):3} broken  {told}"]
        return "\n    ".join([*lines, *self.broken[:5]])


@dataclass(frozen=True)
class Ended:
    """A run of the program."""

    code: int
    out: str
    errors: str
    seconds: float

    @property
    def was_cut_off(self) -> bool:
        """Whether a signal ended it, be it before the first line of ours was run."""
        in_python = self.errors.endswith("KeyboardInterrupt\n") and "tmtool" not in self.errors
        return in_python or self.code in (-KILL, -INTERRUPT, -TERMINATE, 130)

    @property
    def is_clean(self) -> bool:
        """Whether it ended well, or as a signal should end it."""
        return self.was_cut_off or self.code == 0


def run(
    folder: Path,
    *arguments: object,
    typed: str = "",
    end: Callable[[subprocess.Popen[bytes]], None] | None = None,
    limit: int = 0,
) -> Ended:
    """Run the program in a folder, until ``end`` has ended it or by itself.

    No file that it writes may become larger than ``limit`` bytes, if given.
    """
    (folder / "typed").write_text(typed, "utf-8")

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    start = time.perf_counter()
    with (
        (folder / "typed").open("rb") as stdin,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [*PROGRAM, *map(str, arguments)],
            cwd=folder,
            env=environment(folder),
            stdin=stdin,
            stdout=subprocess.PIPE if limit else out,
            stderr=subprocess.PIPE if limit else errors,
            preexec_fn=bounded if limit else None,
        ) as process,
    ):
        if end:
            end(process)
        held = process.communicate()
        seconds = time.perf_counter() - start
        if limit:
            return Ended(process.returncode, held[0].decode(), held[1].decode(), seconds)
        for stream in (out, errors):
            stream.seek(0)
        return Ended(process.returncode, out.read().decode(), errors.read().decode(), seconds)


def cutting(
    path: Path, how: signal.Signals, seconds: float, rng: random.Random
) -> Callable[[subprocess.Popen[bytes]], None]:
    """Ends a process that takes some seconds: at any moment, or while it writes a file."""

    def end(process: subprocess.Popen[bytes]) -> None:
        if rng.random() < 0.5:
            wait_for(rng.uniform(0, seconds), process)
        else:
            until = time.monotonic() + 2 * seconds
            while process.poll() is None and time.monotonic() < until and not traces(path):
                time.sleep(0.0005)
            wait_for(rng.expovariate(1) * seconds / 10, process)
        process.send_signal(how)

    return end


def traces(path: Path) -> list[Path]:
    """What stands beside a file while it is written."""
    journal = path.with_name(f"{path.name}-journal")
    return [*path.parent.glob(".tmtool-*"), *[journal] * journal.exists()]


def wait_for(seconds: float, process: subprocess.Popen[bytes]) -> None:
    """Wait, no longer than a process runs."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def state(path: Path) -> State:
    """All that a memory holds: its units and its actions."""
    with Memory.open(path, author="aigul") as memory:
        units = [unit.as_dict() for unit in memory.units()]
        return units, [(action.kind, action.units, action.stands) for action in memory.actions()]


def texts(path: Path) -> set[str]:
    """The translations in a memory."""
    with Memory.open(path, author="aigul") as memory:
        return {unit.target.text for unit in memory.units()}


def unsound(path: Path) -> str:
    """What is wrong with a memory; empty if nothing is."""
    wrong = [found for found in diagnose(path) if not found.is_sound]
    return "; ".join(f"{found.name}: {found.message}" for found in wrong if found.name not in PLACE)


def made(count: int, document: str | None, start: int = 0) -> Iterator[TranslationUnit]:
    """Made-up units; those of another start are others."""
    for source, target in _pool()[start : start + count]:
        variants = Variant.of("kk", source), Variant.of("en", target)
        yield TranslationUnit(*variants, state="translated", document=document)


@cache
def _pool() -> list[tuple[str, str]]:
    return list(pairs(8000, block=8000))


def fill(path: Path, count: int) -> None:
    """Make a memory with a document of some units, each with a history of its own."""
    with Memory.open(path, author="aigul") as memory:
        memory.add(made(count, "d"))
        memory.add(made(count, "d", start=count))
        first = [replace(unit, target=Variant.of("en", "Another.")) for unit in made(count, "d")]
        memory.add(first, on_conflict="replace")


def write_table(path: Path, units: Sequence[TranslationUnit], mark: str = "") -> None:
    """Units as a table for the import."""
    lines = [f"{unit.source.text}\t{unit.target.text}{mark}\n" for unit in units]
    path.write_text("".join(lines), "utf-8")


IMPORT = ("import", "units.tsv", "-s", "kk", "-t", "en", "-d", "d")
COMMANDS: dict[str, tuple[tuple[object, ...], str]] = {
    "import": (IMPORT, r" new"),
    "replace": ((*IMPORT, "--on-conflict", "replace"), r" replaced"),
    "undo": (("undo",), "undone"),
    "undo since": (("undo", "--since", "1"), "undone"),
    "compact": (("compact", "--forget", "--force"), "MB, was"),
    "align": (("align", SEED, SEED_ENGLISH, "-t", "en", "--add"), "pairs added"),
}
"""Commands that do something as a whole, and what they say when it is done."""


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder with a memory ``base.db`` and a table ``units.tsv``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "base.db", 400)
        write_table(folder / "units.tsv", [*made(400, "d"), *made(1200, "d", start=2000)], " again")
        yield folder


def fresh(folder: Path) -> Path:
    """The memory as it was at the beginning."""
    for path in folder.glob("m.db*"):
        path.unlink()
    return Path(shutil.copy(folder / "base.db", folder / "m.db"))


def whole(name: str, count: int, rng: random.Random, how: Sequence[signal.Signals]) -> Tally:
    """A command is ended at some moment: the memory is as before or as after, and sound.

    As after, where it had said so.
    """
    tally = Tally(f"{name}, {'/'.join(sign.name for sign in how)}")
    arguments, said = COMMANDS[name]
    with workplace() as folder:
        before = state(fresh(folder))
        seconds = run(folder, *arguments).seconds
        after = state(folder / "m.db")
        assert before != after or name == "compact"
        for number in tally.until_cut_off(count):
            path = fresh(folder)
            done = run(folder, *arguments, end=cutting(path, how[number % len(how)], seconds, rng))
            is_hot = bool(traces(path))
            found = state(path)
            tally.results["cut off"] += done.was_cut_off
            seconds = seconds if done.was_cut_off else done.seconds
            tally.results["in a write"] += is_hot
            tally.results["as after"] += found == after != before
            if found != after and (found != before or re.search(said, done.out + done.errors)):
                tally.broken.append(f"{number}: {len(found[0])} units, said {done.errors!r}")
            elif wrong := unsound(path):
                tally.broken.append(f"{number}: {wrong}")
            elif not done.is_clean:
                tally.broken.append(f"{number}: {done.code} {done.errors!r}")
    return tally


def typed_translations(count: int, rng: random.Random) -> Tally:
    """A translator types and is cut off: what was confirmed is there."""
    tally = Tally("translate, SIGKILL")
    with workplace() as folder:
        for number in range(count):
            path = fresh(folder)
            child = spawn(folder, "translate", SEED, "-t", "en", "--plain")
            last = rng.randrange(12)
            confirmed = 0
            while True:
                try:
                    child.expect(r"\r\n(\d+)/\d+\r\n")
                    confirmed = int(child.match[1]) - 1
                    child.expect("en> ")
                    if confirmed > last:
                        continue  # until it ends
                    child.send(f"Text {number}.{confirmed}.\r")
                    if confirmed == last:
                        killing(child, rng.uniform(0, 0.05)).join()
                except pexpect.EOF:
                    break
            child.close(force=True)
            tally.tried += 1
            tally.results["confirmed"] += confirmed
            wanted = [f"Text {number}.{n}." for n in range(confirmed)]
            expect(tally, path, wanted, number, bool(traces(path)))
    return tally


def approved(count: int, rng: random.Random) -> Tally:
    """A reviewer presses keys in the full-screen app and is cut off: what it showed is there."""
    tally = Tally("screen, SIGKILL")
    with workplace() as folder:
        for number in range(count):
            path = fresh(folder)
            child = spawn(folder, "review", "d")
            last = rng.randrange(1, 8)
            child.expect("❯ +1 ")
            shown = 1
            try:
                for _ in range(last):
                    child.send("a")
                    shown += 1
                    child.expect(f"❯ +{shown} ")
                child.send("a")
                killing(child, rng.uniform(0, 0.06)).join()
                child.expect(f"❯ +{shown + 1} ")
                shown += 1
                child.expect(pexpect.EOF)
            except pexpect.EOF:
                pass
            child.close(force=True)
            is_hot = bool(traces(path))
            with Memory.open(path, author="aigul") as memory:
                states = [unit.state for unit in memory.units(document="d")]
            tally.tried += 1
            tally.results["confirmed"] += shown - 1
            tally.results["in a write"] += is_hot
            if states[: shown - 1] != ["reviewed"] * (shown - 1):
                tally.broken.append(f"{number}: {states[:shown]} of {shown - 1}")
            elif wrong := unsound(path):
                tally.broken.append(f"{number}: {wrong}")
    return tally


def reviewed_lines(count: int, rng: random.Random) -> Tally:
    """A review in lines is cut off: each edit that was shown as done is there."""
    tally = Tally("review, SIGKILL")
    with workplace() as folder:
        fresh(folder)
        seconds = run(folder, "review", "d", "--plain", typed=edits(40, "x")).seconds
        for number in tally.until_cut_off(count):
            path = fresh(folder)
            end = cutting(path, KILL, seconds, rng)
            done = run(folder, "review", "d", "--plain", typed=edits(40, str(number)), end=end)
            tally.results["cut off"] += done.was_cut_off
            seconds = seconds if done.was_cut_off else done.seconds
            wanted = re.findall(r"^  en: (Edit \S+ \d+\.)$", done.out, re.M)
            tally.results["confirmed"] += len(wanted)
            expect(tally, path, wanted, number, bool(traces(path)))
    return tally


def edits(count: int, mark: str) -> str:
    """Commands of a review that give some pairs other translations."""
    return "".join(f"{n}\ne Edit {mark} {n}.\n" for n in range(1, count + 1))


def expect(tally: Tally, path: Path, wanted: Sequence[str], number: int, is_hot: bool) -> None:
    """Note what came of a trial after which some translations should be in a memory."""
    tally.results["in a write"] += is_hot
    if lost := set(wanted) - texts(path):
        tally.broken.append(f"{number}: {lost} lost")
    elif wrong := unsound(path):
        tally.broken.append(f"{number}: {wrong}")


def spawn(folder: Path, *arguments: object) -> pexpect.spawn:
    """The program in a terminal."""
    child = pexpect.spawn(
        PROGRAM[0],
        [*PROGRAM[1:], *map(str, arguments)],
        cwd=str(folder),
        env=environment(folder),
        encoding="utf-8",
        dimensions=(30, 100),
        timeout=60,
    )
    child.delaybeforesend = None
    return child


def killing(child: pexpect.spawn, seconds: float) -> threading.Timer:
    """Kill a program in a while."""
    timer = threading.Timer(seconds, child.kill, (KILL,))
    timer.start()
    return timer


def saved(count: int, rng: random.Random) -> Iterator[Tally]:
    """What the program called saved is there after it was killed."""
    share = [count // 4, count // 4, count // 10, count // 10, count // 20, count // 10]
    share.append(count - sum(share))
    for name, kills in zip(SAVES, share, strict=True):
        match name:
            case "translate":
                yield typed_translations(kills, rng)
            case "review":
                yield reviewed_lines(kills, rng)
            case "screen":
                yield approved(kills, rng)
            case _:
                yield whole(name, kills, rng, [KILL])


def as_a_whole(count: int, rng: random.Random) -> Iterator[Tally]:
    """Import, replacing import and undo since take place or do not."""
    for name in ("import", "replace"):
        yield whole(name, count // 2, rng, [KILL, INTERRUPT, TERMINATE])


def exported(count: int, rng: random.Random) -> Iterator[Tally]:
    """An export is ended: the file is the old one or the new one."""
    tally = Tally("export")
    old = b"<tmx>the old file</tmx>"
    how = [KILL, INTERRUPT, TERMINATE]
    with workplace() as folder:
        fresh(folder)
        out = folder / "out.tmx"
        seconds = run(folder, "export", "out.tmx").seconds
        new = out.read_bytes()
        for number in tally.until_cut_off(count):
            out.write_bytes(old)
            done = run(
                folder,
                *("export", "out.tmx"),
                end=cutting(out, how[number % 3], seconds, rng),
            )
            left = traces(out)
            tally.results["cut off"] += done.was_cut_off
            seconds = seconds if done.was_cut_off else done.seconds
            tally.results["new"] += out.read_bytes() == new
            if out.read_bytes() not in (old, new):
                tally.broken.append(f"{number}: {len(out.read_bytes())} bytes")
            if left and number % 3:
                tally.broken.append(f"{number}: left {left[0].name}")
            for path in left:
                path.unlink()
        for limit in range(1, len(new), max(1, len(new) // max(1, count // 4))):
            out.write_bytes(old)
            done = run(folder, "export", "out.tmx", limit=limit)
            tally.tried += 1
            tally.results["no space"] += 1
            if done.code != 3 or "the old file is untouched" not in done.errors:
                tally.broken.append(f"limit {limit}: {done.code} {done.errors!r}")
            if out.read_bytes() != old:
                tally.broken.append(f"limit {limit}: {len(out.read_bytes())} bytes")
    yield tally


def full(count: int, rng: random.Random) -> Iterator[Tally]:
    """The disk is full at some write: a clear message, nothing lost, and it goes on later."""
    for name in ("review", "import", "replace", "compact", "align"):
        yield limited(name, count // 6, rng)
    if os.geteuid() == 0 and shutil.which("mount"):
        yield on_a_small_disk(count // 6, rng)


def limited(name: str, count: int, rng: random.Random) -> Tally:
    """No file may grow beyond some size: that of the memory or of its journal."""
    tally = Tally(f"{name}, file size limited")
    typed = edits(40, "full") if name == "review" else ""
    arguments = COMMANDS[name][0] if name in COMMANDS else ("review", "d", "--plain")
    with workplace() as folder:
        before = state(fresh(folder))
        assert run(folder, *arguments, typed=typed).code == 0
        after, texts_after = state(folder / "m.db"), texts(folder / "m.db")
        size = (folder / "m.db").stat().st_size
        for number in range(count):
            path = fresh(folder)
            done = run(folder, *arguments, typed=typed, limit=rng.randrange(1, size))
            tally.tried += 1
            is_refused = done.code == 4 and "nothing saved was lost" in done.errors
            tally.results["refused"] += is_refused
            if not is_refused and (done.code or state(path) != after):
                tally.broken.append(f"{number}: {done.code} {done.errors!r}")
                continue
            if name == "review":
                wanted = re.findall(r"^  en: (Edit \S+ \d+\.)$", done.out, re.M)
                if set(wanted) - texts(path):
                    tally.broken.append(f"{number}: of {len(wanted)} edits some are lost")
            elif state(path) not in (before, after):
                tally.broken.append(f"{number}: neither before nor after")
            assert run(folder, *arguments, typed=typed).code == 0
            if texts(path) != texts_after:
                tally.broken.append(f"{number}: does not go on")
            elif wrong := unsound(path):
                tally.broken.append(f"{number}: {wrong}")
    return tally


def on_a_small_disk(count: int, rng: random.Random) -> Tally:
    """The disk of the memory is really full; then there is space again."""
    tally = Tally("import, disk full")
    with workplace() as folder, tempfile.TemporaryDirectory() as name:
        disk = Path(name)
        size = (folder / "base.db").stat().st_size
        needed = 4 * size + 8_000_000
        mounting = ["mount", "-t", "tmpfs", "-o", f"size={needed}", "tmpfs", name]
        if subprocess.run(mounting, capture_output=True, check=False).returncode:
            tally.results["mount refused"] += 1
            return tally
        try:
            shutil.copy(folder / "units.tsv", disk)
            shutil.copy(folder / "base.db", disk)
            before = state(fresh(disk))
            assert run(disk, *IMPORT).code == 0
            after = state(disk / "m.db")
            for number in range(count):
                path = fresh(disk)
                free = shutil.disk_usage(disk).free
                ballast = disk / "ballast"
                ballast.write_bytes(bytes(free - rng.randrange(8192, size)))
                done = run(disk, *IMPORT)
                ballast.unlink()
                found = state(path)
                tally.tried += 1
                is_refused = "the disk is full" in done.errors and done.code == 4
                tally.results["refused"] += is_refused
                if not (is_refused and found == before) and not (done.code == 0 and found == after):
                    tally.broken.append(f"{number}: {done.code} {done.errors!r}")
                run(disk, *IMPORT)
                if state(path) != after:
                    tally.broken.append(f"{number}: does not go on")
                elif wrong := unsound(path):
                    tally.broken.append(f"{number}: {wrong}")
        finally:
            subprocess.run(["umount", name], check=False)
    return tally


def many(count: int, rng: random.Random) -> Iterator[Tally]:
    """Eight programs write to one memory at once: nothing is lost, and none waits long."""
    tally = Tally("8 processes at once")
    waits: list[float] = []
    said = Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Memory.open(folder / "m.db", author="aigul") as memory:
            for worker in range(8):
                memory.add(made(count, f"d{worker}", start=worker * count))
        threads = [
            threading.Thread(target=_write, args=(folder, worker, count, waits, said))
            for worker in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with Memory.open(folder / "m.db", author="aigul") as memory:
            for worker in range(8):
                targets = {unit.target.text for unit in memory.units(document=f"d{worker}")}
                wanted = {f"Edit {worker} {n}." for n in range(1, count + 1)}
                tally.tried += count
                tally.broken += [f"lost: {text}" for text in sorted(wanted - targets)]
        if wrong := unsound(folder / "m.db"):
            tally.broken.append(wrong)
    waits.sort()
    p99, longest = waits[int(0.99 * len(waits))], waits[-1]
    tally.name += f": p99 {p99:.2f} s, longest {longest:.2f} s"
    tally.results.update(said)
    if p99 > 5:
        tally.broken.append(f"p99 of the waits is {p99:.1f} s")
    yield tally


def _write(folder: Path, worker: int, count: int, waits: list[float], said: Counter[str]) -> None:
    """Edit the pairs of a document, and note how long each took."""
    commands = edits(count, str(worker))
    with subprocess.Popen(
        [*PROGRAM, "review", f"d{worker}", "--plain"],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        feeding = threading.Thread(target=_feed, args=(process.stdin, commands))
        feeding.start()
        last = time.monotonic()
        for line in process.stdout:
            if line.startswith("  en: Edit "):
                now = time.monotonic()
                waits.append(now - last)
                last = now
            elif line.startswith("  en: "):
                last = time.monotonic()
        feeding.join()
        said["waiting said"] += process.stderr.read().count("waiting for the memory")


def _feed(stream: object, text: str) -> None:
    with stream as opened:  # type: ignore[attr-defined]
        opened.write(text)


def migrated(count: int, rng: random.Random) -> Iterator[Tally]:
    """A memory of the first version is brought up to date, and that is killed."""
    tally = Tally("migration, SIGKILL")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_old(folder / "base.db", 5000)
        with sqlite3.connect(fresh(folder)) as db:
            wanted = db.execute("SELECT id, source, target FROM units ORDER BY id").fetchall()
        db.close()
        seconds = run(folder, "documents").seconds
        newest = _version(folder / "m.db")
        for number in tally.until_cut_off(count):
            path = fresh(folder)
            done = run(folder, "documents", end=cutting(path, KILL, seconds, rng))
            tally.results["cut off"] += done.was_cut_off
            seconds = seconds if done.was_cut_off else done.seconds
            tally.results["in a write"] += bool(traces(path))
            found = _version(path)
            tally.results["still old"] += found == 1
            if found not in (1, newest):
                tally.broken.append(f"{number}: schema {found}")
            with Memory.open(path) as memory:
                units = [(unit.id, unit.source.text, unit.target.text) for unit in memory.units()]
            if sorted(units) != wanted:
                tally.broken.append(f"{number}: {len(units)} units")
            elif wrong := unsound(path):
                tally.broken.append(f"{number}: {wrong}")
    yield tally


def _version(path: Path) -> int:
    db = sqlite3.connect(path)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def make_old(path: Path, count: int) -> None:
    """A memory as the first version of the schema has it."""
    script = (files("tmtool.store") / "schema" / "0001.sql").read_text("utf-8")
    db = sqlite3.connect(path)
    db.executescript(script)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")
    db.execute("INSERT INTO documents VALUES (1, 'd', 'kk', 'en')")
    db.executemany(
        "INSERT INTO units (id, document, position, source_language, target_language, source, "
        "target, source_key, state) VALUES (?, 1, ?, 'kk', 'en', ?, ?, ?, 'translated')",
        [
            (f"id{number}", number, source, target, source.lower())
            for number, (source, target) in enumerate(_pool()[:count])
        ],
    )
    db.commit()
    db.close()


PROMISES: dict[str, tuple[Callable[[int, random.Random], Iterator[Tally]], int]] = {
    "saved": (saved, 1000),
    "whole": (as_a_whole, 200),
    "export": (exported, 200),
    "full": (full, 300),
    "many": (many, 1000),
    "migration": (migrated, 100),
}
"""The promises, and how often each is tried if nobody says."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("promises", nargs="*", choices=[*PROMISES, []], default=[])
    parser.add_argument("-n", type=int, help="how often; for many, units of each process")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    is_kept = True
    for name in options.promises or PROMISES:
        promise, usual = PROMISES[name]
        for tally in promise(options.n or usual, random.Random(options.seed)):
            print(tally, flush=True)
            is_kept &= not tally.broken
    sys.exit(not is_kept)


if __name__ == "__main__":
    main()
