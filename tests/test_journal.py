"""What lies beside a memory after a kill: taken back in its own file, and in no other."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.benchmarks.promises import State, state
from tests.conftest import Program, environment_in, pair
from tmtool.doctor import diagnose
from tmtool.errors import StoreError
from tmtool.memory import Memory
from tmtool.store import journal

MAGIC = bytes.fromhex("d9d505f920a163d7")
IMPORT = ("import", "units.tsv", "-s", "kk", "-t", "en", "-d", "d", "--on-conflict", "replace")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a memory in which an import was killed, and what there was before.

    ``backup.db`` and ``plain.db``, copies made by tmtool and by cp, lack the last edit;
    ``before.db`` has it.
    """
    folder = tmp_path_factory.mktemp("killed")
    path = folder / "m.db"
    with Memory.open(path, author="aigul") as memory:
        memory.add(pair(f"Бұл {n} сөйлем.", f"Sentence {n}.", document="d") for n in range(600))
        memory.backup(folder / "backup.db")
        shutil.copy(path, folder / "plain.db")
        memory.add([pair("Иә.", "Yes.", document="d")])
    shutil.copy(path, folder / "before.db")
    lines = [f"Бұл {n} сөйлем.\tThe {n}th of them.\n" for n in range(2000)]
    (folder / "units.tsv").write_text("".join(lines), "utf-8")
    first = path.read_bytes()[:4096]
    while not (is_hot(path) and first in beside(path).read_bytes()):  # nor in a later write
        beside(path).unlink(missing_ok=True)
        shutil.copy(folder / "before.db", path)
        with subprocess.Popen(
            [sys.executable, "-m", "tmtool", "-m", "m.db", *IMPORT],
            cwd=folder,
            env=environment_in(folder),
        ) as process:
            while process.poll() is None and not is_hot(path):
                time.sleep(0.0002)
            process.kill()
        assert process.returncode in (0, -signal.SIGKILL)
    return folder


def is_hot(path: Path) -> bool:
    """Whether a write was about to change a file, or had begun to."""
    try:
        with beside(path).open("rb") as stream:
            return stream.read(8) == MAGIC
    except FileNotFoundError:
        return False


def beside(path: Path) -> Path:
    """The journal of a file."""
    return path.with_name(f"{path.name}-journal")


@pytest.fixture
def folder(killed: Path, tmp_path: Path) -> Path:
    """The same for a test alone."""
    for path in killed.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """What the files of a memory hold."""
    return {path.name: path.read_bytes() for path in folder.glob("m.db*")}


def state_of(path: Path) -> State:
    """What a memory holds, looked at in a copy."""
    copy = path.with_name(f"{path.name}.copy")
    try:
        return state(Path(shutil.copy(path, copy)))
    finally:
        copy.unlink()


def by_cp(copy: Path, path: Path) -> None:
    shutil.copy(copy, path)


def by_mv(copy: Path, path: Path) -> None:
    copy.rename(path)


# Another file


@pytest.mark.parametrize(
    ("name", "put"), [("backup.db", by_cp), ("backup.db", by_mv), ("plain.db", by_cp)]
)
def test_a_copy_put_beside_what_was_cut_off_stays_what_it_is(
    tmtool: Program, folder: Path, name: str, put: Callable[[Path, Path], None]
) -> None:
    """Each command refuses it and changes nothing; without the journal it is what was copied."""
    held = state_of(folder / name)
    assert held != state_of(folder / "before.db")
    put(folder / name, folder / "m.db")
    files = contents(folder)
    for words in (["documents"], IMPORT, ["doctor", "--rescue", "new.db"]):
        done = tmtool("-m", "m.db", *words, status=4)
        assert done.stderr == (
            "tmtool: m.db-journal: belongs to another file than m.db, as where a copy was put in "
            "its place; remove the -journal if m.db is what you want, else put its own file back\n"
        )
        assert contents(folder) == files
    assert not (folder / "new.db").exists()
    beside(folder / "m.db").unlink()
    tmtool("-m", "m.db", "documents")
    assert (folder / "m.db").read_bytes() == files["m.db"]
    assert state(folder / "m.db") == held


def test_doctor_says_that_the_journal_is_of_another_file(tmtool: Program, folder: Path) -> None:
    """In a line of its own, with what to do; what the file holds is not looked at."""
    by_cp(folder / "backup.db", folder / "m.db")
    files = contents(folder)
    lines = tmtool("-m", "m.db", "doctor", status=1).stdout.splitlines()
    assert contents(folder) == files
    verdict, name, message, hint = lines[-1].split("\t")
    assert (verdict, name) == ("WRONG", "journal")
    assert message.startswith("m.db-journal: belongs to another file than m.db")
    assert hint.startswith("remove the -journal if m.db is what you want")


def test_a_link_to_a_memory_leads_to_its_journal(folder: Path) -> None:
    """SQLite looks beside the file itself."""
    by_cp(folder / "backup.db", folder / "m.db")
    (folder / "other").mkdir()
    link = folder / "other" / "link.db"
    link.symlink_to(folder / "m.db")
    with pytest.raises(StoreError, match=r"m\.db-journal: belongs to another file than m\.db"):
        Memory.open(link)


@pytest.mark.parametrize("is_empty", [False, True])
def test_no_memory_begins_beside_what_another_one_needs(
    tmtool: Program, folder: Path, is_empty: bool
) -> None:
    """One that was moved away can be put back, and is what it was."""
    path = folder / "m.db"
    path.rename(folder / "old.db")
    if is_empty:
        path.touch()
    said = tmtool("-m", "m.db", *IMPORT, status=4).stderr
    there = "another file than m.db" if is_empty else "a memory that is not there any more"
    assert f"m.db-journal: belongs to {there}" in said
    assert path.exists() == is_empty
    (folder / "old.db").rename(path)
    assert state(path) == state_of(folder / "before.db")


def test_a_copy_that_is_cut_off_is_not_filled_up(folder: Path) -> None:
    """However little of it is there."""
    data = (folder / "backup.db").read_bytes()
    for length in (1, 30, 5000):
        (folder / "m.db").write_bytes(data[:length])
        with pytest.raises(StoreError, match="belongs to another file"):
            Memory.open(folder / "m.db", create=False)
        assert (folder / "m.db").read_bytes() == data[:length]


def test_a_memory_is_not_cut_down_to_what_another_one_was(folder: Path) -> None:
    """By the journal of one that was just begun, or of a write that spared the first page."""
    path = folder / "begun.db"
    by_cp(folder / "backup.db", path)
    held = path.read_bytes()
    for pages in (0, 50):
        head = [0, 1, pages, 512, 4096]
        numbers = b"".join(number.to_bytes(4) for number in head)
        beside(path).write_bytes((MAGIC + numbers).ljust(512, b"\0"))
        with pytest.raises(StoreError, match="belongs to another file"):
            Memory.open(path)
        assert path.read_bytes() == held


# Its own file


def test_a_write_that_was_cut_off_is_taken_back(folder: Path) -> None:
    """As ever, in its own file, at the next command of whatever kind."""
    found = [one for one in diagnose(folder / "m.db") if one.name == "journal"]
    assert (found, is_hot(folder / "m.db")) == ([], False)
    assert state(folder / "m.db") == state_of(folder / "before.db")


def test_a_write_that_had_not_come_to_the_file_is_taken_back(folder: Path) -> None:
    """All of it was in the journal yet; or not all, and SQLite makes nothing of it."""
    path = folder / "m.db"
    by_cp(folder / "before.db", path)
    assert state(path) == state_of(folder / "before.db")
    assert not beside(path).exists()
    beside(path).write_bytes(bytes(5000))
    assert state(path) == state_of(folder / "before.db")
    by_cp(folder / "backup.db", path)
    assert state(path) == state_of(folder / "backup.db")


@contextmanager
def spilling(path: Path) -> Iterator[sqlite3.Connection]:
    """A write that comes to the file piece by piece: long before it reaches the first page."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 5")
        db.execute("BEGIN")
        db.execute("UPDATE history SET unit_id = upper(unit_id)")
        yield db


@pytest.mark.parametrize("is_longer", [False, True])
def test_a_write_in_several_pieces_is_taken_back(folder: Path, is_longer: bool) -> None:
    """Also where it has made the file longer, and the first page is in a later piece."""
    path = folder / "big.db"
    by_cp(folder / "before.db", path)
    child = os.fork()
    if not child:
        with spilling(path) as db:
            if is_longer:
                query = "INSERT INTO documents (name, source_language, target_language)"
                db.executemany(
                    f"{query} VALUES (?, 'kk', 'en')", [(f"{n}" * 999,) for n in range(500)]
                )
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert is_hot(path)
    first, *others = beside(path).read_bytes().split(MAGIC)[1:]
    assert others
    assert b"SQLite format 3" not in first
    assert (path.stat().st_size > (folder / "before.db").stat().st_size) == is_longer
    assert path.read_bytes() != (folder / "before.db").read_bytes()
    with Memory.open(path) as memory:
        assert len(list(memory.units())) == 601
    assert path.read_bytes() == (folder / "before.db").read_bytes()


def test_a_write_of_another_process_is_never_taken_for_one_of_another_file(folder: Path) -> None:
    """While it goes on, and while the next one does."""
    path = folder / "copy.db"
    by_cp(folder / "backup.db", path)
    script = (
        "import sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA cache_size = 5')\n"
        "while True:\n"
        "    db.execute(\"UPDATE units SET origin = coalesce(origin, '') || 'xxxxxxxx'\")\n"
    )
    seen = 0
    with subprocess.Popen([sys.executable, "-c", script, str(path)]) as writer:
        try:
            end = time.monotonic() + 20
            while seen < 200 and time.monotonic() < end:
                journal.check(path)
                seen += is_hot(path)
        finally:
            writer.kill()
    assert seen
    journal.check(path)


def test_to_look_does_not_let_go_of_the_file(folder: Path) -> None:
    """Another thread may be writing, and others must still wait for it."""
    path = folder / "big.db"
    by_cp(folder / "before.db", path)
    with spilling(path):
        assert is_hot(path)
        journal.check(path)
        script = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute(sys.argv[2])"
        done = subprocess.run(
            [sys.executable, "-c", script, str(path), "SELECT count(*) FROM units"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "database is locked" in done.stderr


# What is no journal


def test_what_cannot_be_read_as_a_journal_is_left_to_sqlite(folder: Path) -> None:
    """A folder, a pipe, sizes that there are none of: it is opened, or refused in a line."""
    path = folder / "copy.db"
    by_cp(folder / "backup.db", path)
    data = beside(folder / "m.db").read_bytes()
    place = beside(path)
    makers: list[Callable[[], object]] = [
        place.mkdir,
        lambda: os.mkfifo(place),
        lambda: place.symlink_to(place),
        lambda: place.write_bytes(data[:20]),
        lambda: place.write_bytes(data[:24] + bytes(4) + data[28:]),
        lambda: place.write_bytes(data[:12] + bytes(4) + data[16:]),  # no checksum fits
    ]
    for make in makers:
        make()
        journal.check(path)
        if place.is_dir():
            place.rmdir()
        else:
            place.unlink()


def test_in_a_network_folder_sqlite_is_left_to_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There what others wrote to the file may be seen later than their journal."""
    by_cp(folder / "backup.db", folder / "m.db")
    monkeypatch.setattr("tmtool.store.journal.file_system", lambda _: "nfs4")
    journal.check(folder / "m.db")


# The copy


def test_a_backup_has_a_counter_of_its_own(folder: Path) -> None:
    """Made of what it holds: the same for the same, and SQLite goes on from it."""
    counters = set()
    with Memory.open(folder / "before.db", author="aigul") as memory:
        for name in ("a.db", "b.db", "c.db"):
            memory.backup(folder / name)
            if name == "b.db":
                memory.add([pair("Жоқ.", "No.")])
    for name in ("a.db", "b.db", "c.db", "before.db"):
        with (folder / name).open("rb") as stream:
            header = stream.read(100)
        assert header[24:28] == header[92:96]
        counters.add(header[24:28])
    assert len(counters) == 3
    assert (folder / "a.db").read_bytes() == (folder / "b.db").read_bytes()
    with Memory.open(folder / "a.db") as memory:
        memory.add([pair("Мүмкін.", "Perhaps.")])
        memory.compact()
    assert all(one.is_sound for one in diagnose(folder / "a.db") if one.name == "integrity")
