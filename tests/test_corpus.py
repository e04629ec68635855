"""The command corpus: shards, what is made again, and who makes them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.conftest import SEED, SEED_ENGLISH, Program
from tmtool import read

DOCUMENTS = 12


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Two folders with texts and their translations, each a turned part of the seed."""
    for code, seed in (("kk", SEED), ("en", SEED_ENGLISH)):
        (tmp_path / code).mkdir()
        lines = seed.read_text("utf-8").splitlines(keepends=True)
        for number in range(DOCUMENTS):
            part = (lines[number:] + lines[:number])[:8]
            (tmp_path / code / f"d{number}.{code}.txt").write_text("".join(part), "utf-8")
    return tmp_path


CORPUS = ("corpus", "kk", "en", "-t", "en", "-o", "out")


def made(folder: Path) -> dict[str, bytes]:
    """The shards in a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.tmx"))}


def manifest(folder: Path) -> dict[str, dict[str, object]]:
    """What the manifest says."""
    found: dict[str, dict[str, object]] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def test_every_document_is_in_a_shard(tmtool: Program, texts: Path) -> None:
    """As it would be aligned alone, and the manifest counts them."""
    done = tmtool(*CORPUS, "-j", "1")
    assert done.stderr.startswith("out: 12 texts aligned, ")
    units = [unit for path in (texts / "out").glob("*.tmx") for unit in read(path)]
    assert {unit.document for unit in units} == {f"d{number}" for number in range(DOCUMENTS)}
    tmtool("align", "kk/d3.kk.txt", "en/d3.en.txt", "-t", "en", "-o", "one.tmx")
    alone = [(unit.source.text, unit.target.text) for unit in read(texts / "one.tmx")]
    assert [(u.source.text, u.target.text) for u in units if u.document == "d3"] == alone
    totals = manifest(texts / "out")["totals"]
    assert (totals["documents"], totals["pairs"]) == (DOCUMENTS, len(units))
    assert manifest(texts / "out")["versions"].keys() >= {"tmtool", "numpy", "Python"}


def test_processes_make_the_same_bytes(tmtool: Program, texts: Path) -> None:
    """However many there are."""
    tmtool(*CORPUS, "-j", "1")
    one = made(texts / "out")
    shutil.rmtree(texts / "out")
    tmtool(*CORPUS, "-j", "3")
    assert made(texts / "out") == one


def test_only_what_changed_is_made_again(tmtool: Program, texts: Path) -> None:
    """A text that changes or is added touches its own shard alone."""
    tmtool(*CORPUS, "-j", "1")
    before = made(texts / "out")
    done = tmtool(*CORPUS, "-j", "1")
    count = len(before)
    assert f"{count} shards, {count} of them as they were" in done.stderr
    (texts / "kk" / "d5.kk.txt").write_text("Күн шықты.\n", "utf-8")
    (texts / "en" / "d5.en.txt").write_text("The sun rose.\n", "utf-8")
    done = tmtool(*CORPUS, "-j", "1")
    assert f"{count} shards, {count - 1} of them as they were" in done.stderr
    after = made(texts / "out")
    assert sum(after[name] != before[name] for name in before) == 1


def test_a_shard_that_was_lost_or_damaged_is_made_again(tmtool: Program, texts: Path) -> None:
    """Its file, its record, or half of one."""
    tmtool(*CORPUS, "-j", "1")
    before = made(texts / "out")
    first, second, third, *_ = sorted((texts / "out").glob("*.tmx"))
    first.unlink()
    second.with_suffix(".json").write_text("{", "utf-8")
    third.write_bytes(third.read_bytes()[:100])
    done = tmtool(*CORPUS, "-j", "1")
    assert f"{len(before) - 3} of them as they were" in done.stderr
    assert made(texts / "out") == before


def test_what_is_removed_leaves_its_shard(tmtool: Program, texts: Path) -> None:
    """No document stays that is asked for no longer."""
    tmtool(*CORPUS, "-j", "1")
    for number in range(1, DOCUMENTS):
        for code in ("kk", "en"):
            (texts / code / f"d{number}.{code}.txt").unlink()
    tmtool(*CORPUS, "-j", "1")
    units = [unit for path in (texts / "out").glob("*.tmx") for unit in read(path)]
    assert {unit.document for unit in units} == {"d0"}


def test_a_bad_document_is_reported_and_the_others_go_on(tmtool: Program, texts: Path) -> None:
    """Not UTF-8, empty, without a partner, missing from a list: exit code 1, in the manifest."""
    (texts / "kk" / "d1.kk.txt").write_bytes("Күн шықты.".encode("utf-16-le"))
    (texts / "en" / "d2.en.txt").write_text("", "utf-8")
    (texts / "en" / "d3.en.txt").unlink()
    done = tmtool(*CORPUS, "-j", "1", status=1)
    assert "out: 9 texts aligned" in done.stderr
    assert "3 could not be" in done.stderr
    failed = manifest(texts / "out")["failed"]
    assert failed.keys() == {"d1", "d2"}
    assert "tmtool: d1: " in done.stderr
    assert "has no partner in en" in done.stderr
    (texts / "list.tsv").write_text("kk/d4.kk.txt\ten/d4.en.txt\nkk/no.txt\ten/no.txt\n", "utf-8")
    done = tmtool("corpus", "list.tsv", "-t", "en", "-o", "two", "-j", "1", status=1)
    assert "no such file" in str(manifest(texts / "two")["failed"]["no"])


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("kk",), 2, "two folders, or a LIST"),
        (("none.tsv",), 3, "no such file"),
        (("kk", "none"), 3, "is no folder"),
        (("empty.tsv",), 3, "names no texts"),
        (("kk", "en", "--scheduler", "tcp://127.0.0.1:9"), 2, "no scheduler of Dask answers"),
        (("kk", "en", "--srx", "none.srx"), 3, "none.srx"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmtool: Program, texts: Path, arguments: tuple[str, ...], status: int, message: str
) -> None:
    """In one line, before anything is made."""
    (texts / "empty.tsv").write_text("# nothing\n", "utf-8")
    done = tmtool("corpus", *arguments, "-t", "en", "-o", "out", status=status)
    assert message in done.stderr
    assert not made(texts / "out")


def test_shards_do_not_go_among_the_texts(tmtool: Program, texts: Path) -> None:
    """The folder of the output holds none of the input."""
    done = tmtool("corpus", "kk", "en", "-t", "en", "-o", "kk", status=2)
    assert "choose another folder" in done.stderr


Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Start]:
    """Starts programs of Dask, which are ended in the end."""
    pytest.importorskip("distributed", reason="Dask is not installed")
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield start


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_cluster_that_loses_a_worker_makes_the_same_bytes(
    tmtool: Program, texts: Path, dask: Start
) -> None:
    """A worker is killed when the first shard is done; another one takes its work."""
    tmtool(*CORPUS, "-j", "2")
    here = made(texts / "out")
    address = f"tcp://127.0.0.1:{free_port()}"
    dask("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2])
    workers = [dask("worker", address, "--nthreads", "1", "--no-nanny") for _ in range(3)]
    running = subprocess.Popen(
        [sys.executable, "-m", "tmtool", *CORPUS[:-1], "there", "--scheduler", address],
        cwd=texts,
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 120
    while not made(texts / "there") and running.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    workers[0].send_signal(signal.SIGKILL)
    _, errors = running.communicate(timeout=240)
    assert running.returncode == 0, errors.decode()
    assert made(texts / "there") == here


def test_a_scheduler_that_ends_is_said(texts: Path, dask: Start) -> None:
    """In one line, of our own, though Dask has much to say of it."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2])
    command = subprocess.Popen(
        [sys.executable, "-m", "tmtool", *CORPUS, "--scheduler", address],
        cwd=texts,
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 120
    while not (texts / "out" / "lexicon.tsv").exists() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(3)  # it connects, and waits for workers that there are none of
    scheduler.kill()
    _, errors = command.communicate(timeout=120)
    assert command.returncode == 2
    assert errors.decode().startswith("tmtool: ")
    assert address in errors.decode()
    assert errors.count(b"\n") == 1


def running(texts: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The command with three processes, all in a group of their own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tmtool", *CORPUS, "-j", "3"],
        cwd=texts,
        env=environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def is_anyone_in(group: int) -> bool:
    """Whether any process of a group is alive, and not only waits to be buried."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, check=True)
    rows = (line.split() for line in listed.stdout.decode().splitlines())
    return any(int(row[0]) == group and not row[1].startswith("Z") for row in rows)


@pytest.mark.parametrize("delay", [0.1, 0.6, 0.9, 1.2, 1.6])
def test_an_interrupt_is_said_once(texts: Path, environment: dict[str, str], delay: float) -> None:
    """Whether the processes are at work or only beginning, no traceback comes from any."""
    command = running(texts, environment)
    time.sleep(delay)
    with suppress(ProcessLookupError):
        os.killpg(command.pid, signal.SIGINT)
    _, errors = command.communicate(timeout=60)
    assert command.returncode in (130, 0, -signal.SIGINT)  # of which a shell makes 130, too
    assert b"Traceback" not in errors, errors.decode()


@pytest.mark.skipif(not shutil.which("ps"), reason="ps is not installed")
def test_processes_end_with_the_one_that_waits_for_them(
    texts: Path, environment: dict[str, str]
) -> None:
    """A kill of it leaves nobody at work."""
    command = running(texts, environment)
    until = time.monotonic() + 60
    while not made(texts / "out") and command.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    command.kill()
    command.communicate()
    while is_anyone_in(command.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_anyone_in(command.pid)


def test_a_cluster_without_dask_says_what_to_install(texts: Path) -> None:
    """It is no part of what everybody installs."""
    hide = "import sys; sys.modules['distributed'] = None; from tmtool.cli import run; "
    done = subprocess.run(
        [
            *(sys.executable, "-c", f"{hide}run(sys.argv[1:])"),
            *(*CORPUS, "--scheduler", "tcp://127.0.0.1:1"),
        ],
        cwd=texts,
        capture_output=True,
        check=False,
    )
    assert done.returncode not in (0, 70)
    assert b"pip install 'tmtool[cluster]'" in done.stderr
