"""Whether a memory can be trusted: doctor, backup, damage, the place of the file, waiting."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.promises import make_old
from tests.conftest import WITHOUT_SUMS, Program, pair
from tests.test_memory import read_only
from tmtool.cli import main
from tmtool.doctor import Diagnosis, diagnose, rescue
from tmtool.errors import InputError, StoreError
from tmtool.formats.files import replacement
from tmtool.memory import Memory
from tmtool.model import Header, Term, TranslationUnit
from tmtool.store import salvage
from tmtool.store.place import file_system, is_network
from tmtool.store.sqlite import columns

__all__ = ["read_only"]

PLACE = ("versions", "surroundings", "file", "permissions", "space")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A memory with an index and a history, closed."""
    path = tmp_path / "m.db"
    with Memory.open(path, author="aigul") as memory:
        memory.add(pair(f"Бұл {n} сөйлем.", f"Sentence {n}.", document="d") for n in range(200))
        memory.add([pair("Бұл 7 сөйлем.", "The 7th.", document="d")], on_conflict="replace")
    return path


def wrong(path: Path) -> dict[str, Diagnosis]:
    """What is not sound, the place and its rights left out."""
    found = [one for one in diagnose(path) if not one.is_sound]
    return {one.name: one for one in found if one.name not in PLACE}


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def overwrite(path: Path, old: str, new: str | bytes, *, last: bool = False) -> None:
    """Change bytes of a file as a broken disk would."""
    data = path.read_bytes()
    at = (data.rfind if last else data.find)(old.encode())
    assert at >= 0
    new = new.encode() if isinstance(new, str) else new
    assert len(old.encode()) == len(new)
    with path.open("r+b") as stream:
        stream.seek(at)
        stream.write(new)


# Doctor


def test_a_sound_memory_is_said_to_be_sound(tmtool: Program, file: Path) -> None:
    """A line for each examination, with what a report of a bug should name."""
    lines = tmtool("-m", file, "doctor").stdout.splitlines()
    assert {line.split("\t")[0] for line in lines} == {"ok"}
    names = [line.split("\t")[1] for line in lines]
    assert names == [*PLACE, "integrity", "schema", "units", "index"]
    for name in ("tmtool ", "Python ", "SQLite ", "lxml ", "textual ", "psycopg "):
        assert name in lines[0]
    assert "pytest" not in lines[0]
    assert lines[-2].endswith("units: 200, documents: 1, actions: 2")
    tmtool("-m", file, "recode", "en=en-GB")
    assert "documents: 1, actions: 3" in tmtool("-m", file, "doctor").stdout
    tmtool("-m", file, "undo", "--since", "1")
    assert "units: 0, documents: 0, " in tmtool("-m", file, "doctor").stdout


def test_a_report_names_the_terminal_and_nothing_secret(tmtool: Program, file: Path) -> None:
    """How text is shown, and neither a password nor a text of the memory."""
    said = tmtool("-m", file, "doctor", TERM="xterm-tm", NO_COLOR="1").stdout
    assert "locale C.UTF-8, encoding utf-8, TERM=xterm-tm, no terminal, NO_COLOR" in said
    assert "сөйлем" not in said
    assert "Sentence" not in said
    url = "postgresql://aigul:geheim@127.0.0.1:1/m?sslpassword=geheim"
    done = tmtool("-m", url, "doctor", status=1)
    assert "aigul@127.0.0.1:1/m" in done.stdout
    assert "geheim" not in done.stdout + done.stderr


def test_machines_are_told_the_same(tmtool: Program, file: Path) -> None:
    """JSON Lines, and the exit code."""
    sql(file, "DELETE FROM shards")
    lines = tmtool("-m", file, "doctor", "--json", status=1).stdout.splitlines()
    last = json.loads(lines[-1])
    assert (last["name"], last["is_sound"]) == ("index", False)
    assert last["message"] == "199 units of kk-en are in no shard"
    assert "compact" in last["hint"]


@pytest.mark.parametrize(
    ("statement", "name", "message"),
    [
        ("UPDATE units SET target = 'x' WHERE number = 3", "units", "unit "),
        ("UPDATE history SET before = '{}' WHERE before IS NOT NULL", "units", "history of unit"),
        ("UPDATE units SET document = 77", "integrity", "row 1 of units belongs to a row of"),
        ("UPDATE shards SET words = x'00'", "index", "shard 1 of kk-en is not what its units"),
        ("UPDATE shards SET units = 3", "index", "shard 1 of kk-en is not what its units"),
        ("DELETE FROM postings WHERE term LIKE '%sentence%'", "index", "shard 1 of kk-en"),
    ],
)
def test_each_fault_is_found(file: Path, statement: str, name: str, message: str) -> None:
    """By the examination that is made for it, with what to do."""
    assert wrong(file) == {}
    sql(file, statement)
    (found,) = wrong(file).values()
    assert found.name == name
    assert found.message.startswith(message)
    assert found.hint


def test_of_very_many_faults_some_are_named(file: Path) -> None:
    """Enough to see what it is about, on a line that can be read."""
    sql(file, "UPDATE units SET target = target || 'x'")
    assert wrong(file)["units"].message.count("unit ") == 10


def test_an_action_without_a_time_is_said_to_be_damaged(file: Path) -> None:
    """By its number; units are read all the same."""
    sql(file, "UPDATE actions SET at = 'yesterday' WHERE number = 2")
    with Memory.open(file) as memory:
        with pytest.raises(StoreError, match=r"is damaged: action 2 has no time; 'tmtool doctor'"):
            memory.actions()
        assert len(list(memory.units())) == 200


def test_an_index_that_is_behind_its_units_is_sound(file: Path) -> None:
    """Units that were changed or removed since, and new ones, wait outside."""
    with Memory.open(file) as memory:
        units = list(memory.units())
        memory.change("remove", [(unit, None) for unit in units[:20]])
        memory.undo()
        memory.change("remove", [(unit, None) for unit in units[50:60]])
        memory.add([pair("Бұл 100 сөйлем.", "Hundred.", document="d")], on_conflict="replace")
        memory.add([pair("Жаңа сөйлем.", "New.")])
        assert memory._store.index.count_unindexed(100) > 20
    assert wrong(file) == {}


def test_compact_mends_the_index(tmtool: Program, file: Path) -> None:
    """As doctor says; a search that meets the fault says so too."""
    sql(file, "UPDATE shards SET numbers = x'00'")
    with Memory.open(file) as memory:
        assert memory.add(pair(f"{n}", "x") for n in range(300)).new == 300
    done = tmtool("-m", file, "lookup", "Бұл 5 сөйлем.", "-t", "en", status=4)
    assert "its index is damaged; 'tmtool compact' makes it anew" in done.stderr
    tmtool("-m", file, "compact")
    assert wrong(file) == {}


def test_doctor_says_that_there_is_no_memory(tmtool: Program) -> None:
    done = tmtool("-m", "none.db", "doctor", status=1)
    assert "WRONG\tfile\tnone.db: no such memory\tname one with -m" in done.stdout


def test_doctor_changes_nothing(tmp_path: Path) -> None:
    """A memory of an older version stays what it is."""
    make_old(tmp_path / "old.db", 5)
    before = (tmp_path / "old.db").read_bytes()
    found = {one.name: one for one in diagnose(tmp_path / "old.db")}
    assert found["schema"].message.startswith("1; the next command")
    assert (tmp_path / "old.db").read_bytes() == before


@pytest.mark.parametrize(
    ("make", "message", "hint"),
    [
        (lambda path: path.write_text("Бұл жад емес. " * 99), "is not a tmtool memory", "name an"),
        (lambda path: sql(path, "PRAGMA user_version = 99"), "by a newer tmtool", "upgrade"),
        (lambda path: sql(path, "PRAGMA application_id = 5"), "is damaged: says that", "go back"),
        (lambda path: overwrite(path, "SQLite", "SQLITE"), "is damaged: its begin", "go back"),
        (lambda path: os.truncate(path, path.stat().st_size // 2), "", "go back to a copy"),
    ],
)
def test_each_kind_of_wrong_file_is_named(
    file: Path, make: Callable[[Path], None], message: str, hint: str
) -> None:
    """No memory, a newer one and a damaged one are told apart."""
    make(file)
    found = wrong(file)["integrity"]
    assert message in found.message
    assert found.hint.startswith(hint)


def test_rights_and_space_are_examined(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory that anybody may change, and a disk that is nearly full."""
    file.chmod(0o666)
    usage = shutil.disk_usage(file)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=1000))
    found = {one.name: one for one in diagnose(file) if not one.is_sound}
    assert "anybody may change it" in found["permissions"].message
    assert found["permissions"].hint.startswith("chmod o-w")
    assert found["space"].hint.startswith("free some space")


# Damage


def test_a_byte_that_changed_is_noticed_when_it_is_read(tmtool: Program, file: Path) -> None:
    """In the middle of an export too, which leaves the old file; whatever the byte became."""
    (file.parent / "out.tsv").write_text("the old file")
    overwrite(file, "Sentence 150.", "Sentence 151.")
    for command in (["export", "out.tsv"], ["documents"], ["check"]):
        done = tmtool("-m", file, *command, status=4)
        assert "m.db: is damaged: unit " in done.stderr
        assert done.stderr.endswith("'tmtool doctor' says how far, and what to do\n")
    assert (file.parent / "out.tsv").read_text() == "the old file"
    assert "Sentence 9." in tmtool("-m", file, "lookup", "Бұл 9 сөйлем.", "-t", "en").stdout


def test_history_that_changed_is_not_brought_back(file: Path) -> None:
    """To undo would put a garbled text in the place of a good one."""
    with Memory.open(file) as memory:
        units = list(memory.units())
        memory.change("remove", [(units[0], None)])
    overwrite(file, '"target": "Sentence 0."', '"target": "Sentence 1."')
    with Memory.open(file) as memory:
        with pytest.raises(StoreError, match=r"the history of unit .* is not as it was written"):
            memory.undo()
        assert len(list(memory.units())) == 199


@pytest.mark.parametrize("seed", range(40))
def test_whatever_changes_nothing_wrong_is_handed_out(file: Path, seed: int) -> None:
    """Some bytes anywhere: each reading gives what was written or an error that says so."""
    rng = random.Random(seed)
    with Memory.open(file) as memory:
        sound = {unit.id: unit for unit in memory.units()}
    data = bytearray(file.read_bytes())
    start = rng.randrange(len(data) - 64)
    for at in range(start, start + rng.choice((1, 8, 64))):
        data[at] ^= rng.randrange(1, 256)
    file.write_bytes(data)
    reads: list[Callable[[Memory], list[TranslationUnit]]] = [
        lambda memory: list(memory.units()),
        lambda memory: [match.unit for match in memory.lookup("Бұл 9 сөйлем.", "kk", "en")],
        lambda memory: [hit.unit for hit in memory.concordance("сөйлем", "kk", "en", limit=9)],
        lambda memory: [
            event.after for event in memory.history(document="d") if event.before and event.after
        ],
    ]
    for read in reads:
        with suppress(StoreError), Memory.open(file) as memory:
            assert [unit for unit in read(memory) if sound.get(unit.id) != unit] == []


def test_what_can_be_read_is_rescued(tmtool: Program, file: Path) -> None:
    """Units that are not as they were written stay behind, and are counted."""
    overwrite(file, "Sentence 150.", "Sentence 151.")
    overwrite(file, "Sentence 160.", "Sentence 16\x80\x80"[:-1])
    done = tmtool("-m", file, "doctor", "--rescue", "new.db")
    assert done.stderr == "new.db: 198 units; 2 could not be read\n"
    with Memory.open(file.parent / "new.db") as memory:
        assert [unit.target.text for unit in memory.units()][149:152] == [
            *("Sentence 149.", "Sentence 151.", "Sentence 152.")
        ]
    assert wrong(file.parent / "new.db") == {}
    with pytest.raises(StoreError, match=r"new\.db: is there already"):
        rescue(file, file.parent / "new.db")
    done = tmtool("-m", file, "doctor", "--rescue", "a/b/new.db", status=3)
    assert "a/b/new.db: cannot be written: No such file or directory" in done.stderr
    assert not (file.parent / "a").exists()
    with pytest.raises(InputError, match="is the name of a file of the memory"):
        rescue(file, file.with_name(f"{file.name}-journal"))


@pytest.mark.parametrize(("percent", "terms"), [(97, 1), (60, 1), (25, 0)])
def test_a_memory_that_ends_too_early_is_rescued(
    tmtool: Program, file: Path, percent: int, terms: int
) -> None:
    """What comes before the cut is read, the glossary where it is; the file stays as it is."""
    with Memory.open(file) as memory:
        memory.add_terms([Term("сөйлем", "sentence")], ("kk", "en"))
        sound = {unit.id: unit for unit in memory.units()}
    data = file.read_bytes()
    cut = data[: len(data) * percent // 100]
    file.write_bytes(cut)
    assert "--rescue" in wrong(file)["integrity"].hint
    done = tmtool("-m", file, "doctor", "--rescue", "new.db")
    assert file.read_bytes() == cut
    new = file.parent / "new.db"
    assert wrong(new) == {}
    with Memory.open(new) as memory:
        units = list(memory.units())
        assert [term.target for _, term in memory.terms()] == ["sentence"] * terms
    assert [unit for unit in units if unit != sound[unit.id]] == []
    if percent == 97:
        lost = 200 - len(units)
        assert done.stderr == f"new.db: {len(units)} units, 1 term; {lost} could not be read\n"
        assert lost < 20
    else:
        rest = "how many could not be read the file does not tell any more"
        and_terms = ", 1 term" if terms else ""
        assert done.stderr == f"new.db: {len(units)} units{and_terms}; {rest}\n"
        assert percent / 4 < len(units) < 200


def test_each_page_says_of_itself_what_units_are_on_it(file: Path) -> None:
    """As where nothing leads to them; long texts, and what is of no document, as the others."""
    long = pair("ұзақ " * 5000, "long " * 30_000, score=0.25, notes=("n",), position=7.5)
    with Memory.open(file) as memory:
        memory.add([long, pair("Иә.", "Yes.", score=1.0)])
        units = list(memory.units())
        memory.change("remove", [(unit, None) for unit in units[:150]])
        held = {unit.id: unit for unit in memory.units()}
    found = list(salvage.units(file, columns("units"), ()))
    assert {unit.id: unit for unit in found} == held
    data = bytearray(file.read_bytes())
    data[16:40] = bytes(24)
    file.write_bytes(data)
    assert rescue(file, file.parent / "new.db").units >= len(held)


@pytest.mark.parametrize("length", [1, 4096])
def test_a_damaged_root_of_the_units_costs_none_of_them(
    tmtool: Program, file: Path, length: int
) -> None:
    """The pages with their rows are there."""
    with Memory.open(file) as memory:
        units = {unit.id for unit in memory.units()}
    with closing(sqlite3.connect(file)) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'units'"
        start = 4096 * (db.execute(query).fetchone()[0] - 1)
    data = bytearray(file.read_bytes())
    data[start : start + length] = bytes(length)
    file.write_bytes(data)
    done = tmtool("-m", file, "doctor", "--rescue", file.with_name("new.db"))
    said = f"{len(units)} units; 0 could not be read"
    assert said in done.stdout + done.stderr
    with Memory.open(file.with_name("new.db")) as memory:
        assert {unit.id for unit in memory.units()} == units


@pytest.mark.parametrize("size", [0, 50, 5000])
def test_where_nothing_is_left_to_rescue_only_a_backup_helps(
    tmtool: Program, file: Path, size: int
) -> None:
    """It is said, and no empty memory is made that looks like what was saved."""
    file.write_bytes(file.read_bytes()[:size])
    done = tmtool("-m", file, "doctor", "--rescue", "new.db", status=4)
    said = "nothing of it can be read" if size else "is empty: it holds no memory"
    assert said in done.stderr
    assert "; go back to a copy made with 'tmtool backup'" in done.stderr
    assert not (file.parent / "new.db").exists()


def test_a_memory_of_an_older_version_is_rescued_as_it_is(tmp_path: Path) -> None:
    """It is brought up to date in a copy that nobody sees."""
    old = tmp_path / "old.db"
    make_old(old, 50)
    data = old.read_bytes()
    assert rescue(old, tmp_path / "new.db").units == 50
    assert old.read_bytes() == data


def made_before_hashes(file: Path) -> None:
    """Make a memory one of version 9, which knew sources by their keys alone."""
    sql(file, *WITHOUT_SUMS)
    sql(file, "DROP INDEX units_by_source", "ALTER TABLE units DROP COLUMN source_hash")
    sql(file, "CREATE INDEX units_by_source ON units (source_key)", "PRAGMA user_version = 9")


def test_what_is_damaged_in_a_memory_of_version_9_takes_nothing_else_with_it(file: Path) -> None:
    """Neither its glossary, where units are lost, nor the units before the place where it ends."""
    with Memory.open(file) as memory:
        memory.add_terms([Term("сөйлем", "sentence")], ("kk", "en"))
    made_before_hashes(file)
    data = file.read_bytes()
    page = data.index(b"Sentence 50.") // 4096 * 4096
    for name, damaged in (
        ("unit", data.replace(b"Sentence 50.", b"Sentence 05.")),
        ("page", data[:page] + bytes(4096) + data[page + 4096 :]),
        ("cut", data[: len(data) * 9 // 10 + 1000]),
    ):
        path = file.parent / f"{name}.db"
        path.write_bytes(damaged)
        found = rescue(path, file.parent / f"{name}.new.db")
        assert found.terms == 1, name
        assert found.units > 150, name
        assert path.read_bytes() == damaged


def test_a_key_that_is_no_text_is_noticed_in_a_memory_of_version_9(file: Path) -> None:
    """It is brought up to date all the same, and read but for that unit."""
    made_before_hashes(file)
    bad = "CAST(x'ff' || substr(source_key, 2) AS TEXT)"
    sql(file, f"UPDATE units SET source_key = {bad} WHERE number = 5")
    with Memory.open(file) as memory:
        assert len(memory.actions()) == 2
    assert "units" in wrong(file)


def test_an_altered_history_of_new_units_is_noticed(file: Path) -> None:
    """As is that of others: undo would pass it over."""
    sql(file, "UPDATE history SET unit_id = unit_id || 'x' WHERE rowid = 7")
    assert "history of unit" in wrong(file)["units"].message


# Damage to the glossary, and what is damaged beside texts

TERMS = [Term("жоба", "project", "note one"), Term("сапар", "visit", "note two")]


@pytest.fixture
def glossary(file: Path) -> Path:
    """The memory with terms and what a header says, closed."""
    with Memory.open(file, author="aigul") as memory:
        memory.add_terms(TERMS, ("kk", "en"))
        said = Header((("client", "Agency"),), ("done by hand",))
        fillers = (pair(f"Толтырғыш сөйлем нөмірі {n} осында.", f"Filler {n}.") for n in range(300))
        memory.add(fillers, headers=[said])
    return file


@pytest.mark.parametrize("byte", ["prozect", b"pro\xffect"])
def test_a_term_that_changed_is_noticed_when_it_is_read(
    tmtool: Program, glossary: Path, byte: str | bytes
) -> None:
    """Neither shown nor written nor built on; doctor names it, and rescues the others."""
    overwrite(glossary, "project", byte)
    (glossary.parent / "t.tsv").write_text("жоба\tproject\tnew\n")
    for command in (
        *(["terms"], ["terms", "-o", "g.tbx"], ["terms", "--add", "t.tsv", "-s", "kk", "-t", "en"]),
        *(["terms", "--remove", "жоба"], ["undo", "--since", "3"], ["check"]),
    ):
        done = tmtool("-m", glossary, *command, status=4)
        assert "m.db: is damaged: " in done.stderr
        assert "'tmtool doctor' says how far, and what to do" in done.stderr
        assert "zect" not in done.stdout
    assert not (glossary.parent / "g.tbx").exists()
    tmtool("-m", glossary, "backup", "copy.db", status=4)
    assert wrong(glossary)["units"].message == "term жоба"
    found = rescue(glossary, glossary.parent / "new.db")
    assert (found.units, found.terms, found.lost) == (500, 1, 1)
    with Memory.open(glossary.parent / "new.db") as memory:
        assert [term for _, term in memory.terms()] == TERMS[1:]
        assert memory.header.notes == ("done by hand",)


def test_the_history_of_a_term_that_changed_is_not_brought_back(glossary: Path) -> None:
    """The term stays what it is."""
    with Memory.open(glossary) as memory:
        memory.add_terms([replace(TERMS[0], note="note three")], ("kk", "en"))
    overwrite(glossary, '["note one', '["note 0ne')
    assert wrong(glossary)["units"].message == "history of term жоба"
    with Memory.open(glossary) as memory:
        with pytest.raises(StoreError, match="is damaged: the history of term жоба is not as it"):
            memory.undo()
        assert next(memory.terms())[1].note == "note three"


def test_what_a_header_says_and_changed_is_noticed(glossary: Path) -> None:
    """It is not exported, nor rescued."""
    overwrite(glossary, "clientAgency", "clientAgensy")
    assert wrong(glossary)["units"].message == "header client"
    with Memory.open(glossary) as memory, pytest.raises(StoreError, match="is damaged: what a h"):
        _ = memory.header
    rescue(glossary, glossary.parent / "new.db")
    with Memory.open(glossary.parent / "new.db") as memory:
        assert memory.header == Header((), ("done by hand",))


def test_an_older_memory_learns_the_checksums_of_its_terms(glossary: Path) -> None:
    """The same as if it had written them itself, whatever the texts, and of all in it."""
    odd = Term(
        "ө\x00\x1f", "й'", "\U0001f600\n", "admitted", "d", "s", "c", "preferred", (("a", "ә"),)
    )
    with Memory.open(glossary) as memory:
        memory.add_terms([odd], ("kk", "en"))
        memory.withdraw_terms(TERMS[:1], ("kk", "en"))
    query = " UNION ALL ".join(
        f"SELECT '{table}', {column}, checksum FROM {table}"
        for table, column in (
            *(("terms", "source"), ("term_history", "number || before"), ("headers", "text")),
        )
    )
    with closing(sqlite3.connect(glossary)) as db:
        written = sorted(db.execute(query), key=str)
    sql(glossary, *WITHOUT_SUMS, "PRAGMA user_version = 10")
    Memory.open(glossary).close()
    with closing(sqlite3.connect(glossary)) as db:
        assert sorted(db.execute(query), key=str) == written
    assert wrong(glossary) == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("note", None), ("note", 5), ("note", b"\x00"), ("target", None), ("source", "\0\0")),
        *(("props", "[["), ("props", "[[1, 2]]"), ("status", "prefarred"), ("subject", 1.5)),
        *(("is_withdrawn", None), ("source", ""), ("target_language", b"\xff")),
    ],
)
def test_what_is_no_term_in_an_older_memory_is_left_out(
    glossary: Path, column: str, value: object
) -> None:
    """Whatever a damaged file gives for one; the others are taken, and so are all units."""
    sql(glossary, *WITHOUT_SUMS, "PRAGMA user_version = 10")
    with closing(sqlite3.connect(glossary, isolation_level=None)) as db:
        names = ", ".join(row[1] for row in db.execute("PRAGMA table_info(terms)"))
        db.execute(f"CREATE TABLE any ({names})")
        db.execute("INSERT INTO any SELECT * FROM terms")
        db.execute(f"UPDATE any SET {column} = ? WHERE source = 'жоба'", (value,))
        db.execute("DROP TABLE terms")
        db.execute("ALTER TABLE any RENAME TO terms")
    found = rescue(glossary, glossary.parent / "new.db")
    is_lost = (column, value) not in [("note", None), ("is_withdrawn", None)]  # as good as empty
    assert (found.units, found.terms) == (500, 2 - is_lost)


def test_a_memory_cut_off_anywhere_is_rescued_or_refused(glossary: Path) -> None:
    """And where it is refused, or fails, no half of a new one is left."""
    data = glossary.read_bytes()
    with closing(sqlite3.connect(glossary)) as db:
        query = "SELECT 4096 * rootpage FROM sqlite_master WHERE name = 'terms'"
        ((end,),) = db.execute(query)
    cut, new = glossary.parent / "cut.db", glossary.parent / "new.db"
    counts = set[int]()
    for size in (*range(1024, len(data), 30_000), *range(end - 7168, end + 7168, 1024)):
        cut.write_bytes(data[:size])
        try:
            counts.add(rescue(cut, new).terms)
        except StoreError:
            assert not new.exists()
        new.unlink(missing_ok=True)
    assert counts == {0, 2}


def test_numbers_of_units_that_are_used_again_are_no_fault(tmp_path: Path) -> None:
    """Of two shards that know a number the later one says what has it now."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(pair(f"Сөйлем {number} тұр.", "A.") for number in range(1_000))
        memory.undo()
        memory.add(pair(f"Басқа {number} жатыр.", "B.") for number in range(200))
    assert wrong(tmp_path / "m.db") == {}


def test_what_goes_wrong_in_a_rescue_leaves_no_half_of_a_memory(
    glossary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be tried again at once."""
    with monkeypatch.context() as patch:
        patch.setattr(Memory, "add_terms", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rescue(glossary, glossary.parent / "new.db")
    assert [path.name for path in glossary.parent.iterdir()] == ["m.db"]
    assert rescue(glossary, glossary.parent / "new.db").terms == 2


def test_a_sector_of_zeros_is_no_bug(glossary: Path) -> None:
    """Wherever it is: what is asked for is answered, or the memory said to be damaged."""
    data = glossary.read_bytes()
    asks: list[Callable[[Memory], object]] = [
        lambda memory: memory.lookup("Толтырғыш сөйлем нөмірі 77 осындай.", "kk", "en"),
        lambda memory: memory.concordance("сөйлем", "kk", "en", limit=9),
        lambda memory: list(memory.terms()),
        lambda memory: memory.outline(("d", "kk", "en")),
        lambda memory: memory.actions(),
    ]
    for at in range(0, len(data), 3 * 512):
        glossary.write_bytes(data[:at] + bytes(512) + data[at + 512 :])
        for ask in asks:
            with suppress(StoreError), Memory.open(glossary, create=False) as memory:
                ask(memory)


# Backup


def test_a_backup_is_the_memory_as_it_is(tmtool: Program, file: Path) -> None:
    """Also while it is open; with its rights, and only with --force over another file."""
    file.chmod(0o600)
    with Memory.open(file) as memory:
        assert tmtool("-m", file, "backup", "copy.db").stderr.startswith("copy.db: ")
        assert len(list(memory.units())) == 200
    copy = file.parent / "copy.db"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert wrong(copy) == {}
    sql(copy, "DELETE FROM history")
    done = tmtool("-m", file, "backup", "copy.db", status=3)
    assert done.stderr == "tmtool: copy.db: is there already; say --force, or choose another name\n"
    tmtool("-m", file, "backup", "copy.db", "--force")
    with Memory.open(copy) as memory:
        assert len(memory.actions()) == 2
    assert [path.name for path in file.parent.glob(".tmtool*")] == []


def test_a_backup_takes_no_place_it_should_not(tmtool: Program, file: Path) -> None:
    """Not that of the memory itself or of a file of its own, and none that is not there."""
    done = tmtool("-m", file, "backup", "m.db", "--force", status=3)
    assert "m.db: is the memory itself" in done.stderr
    (file.parent / "link.db").symlink_to(file)
    for end in ("journal", "wal", "shm"):
        done = tmtool("-m", "link.db", "backup", f"m.db-{end}", "--force", status=3)
        assert f"m.db-{end}: is the name of a file of the memory; choose another" in done.stderr
    done = tmtool("-m", file, "backup", "nowhere/copy.db", status=3)
    assert "nowhere/copy.db: cannot be written" in done.stderr
    os.mkfifo(file.parent / "pipe")
    done = tmtool("-m", file, "backup", "pipe", "--force", status=3)
    assert "pipe: is no file that could be replaced" in done.stderr
    assert (file.parent / "pipe").is_fifo()


def test_what_is_no_file_is_no_memory(tmtool: Program, tmp_path: Path) -> None:
    """And nothing is left beside it."""
    os.mkfifo(tmp_path / "pipe")
    assert "pipe: is no file" in tmtool("-m", "pipe", "documents", status=4).stderr
    assert "is no file" in tmtool("-m", "pipe", "doctor", status=1).stdout
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_damaged_memory_replaces_no_sound_backup(tmtool: Program, file: Path) -> None:
    """The copy is examined first."""
    tmtool("-m", file, "backup", "copy.db")
    before = (file.parent / "copy.db").read_bytes()
    overwrite(file, "Sentence 150.", "Sentence 151.")
    done = tmtool("-m", file, "backup", "copy.db", "--force", status=4)
    assert "m.db: is damaged, so no copy was made; see 'tmtool doctor'" in done.stderr
    assert (file.parent / "copy.db").read_bytes() == before


def test_a_backup_in_the_midst_of_writing_is_whole(file: Path) -> None:
    """While another one writes, each copy holds actions as a whole."""
    stop = threading.Event()

    def write() -> None:
        with Memory.open(file) as memory:
            count = 0
            while not stop.is_set():
                count += 1
                memory.add(pair(f"{count} {n}", "x", document=f"w{count}") for n in range(7))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            with Memory.open(file) as memory:
                memory.backup(file.parent / "copy.db", replace=True)
            with Memory.open(file.parent / "copy.db") as copy:
                assert len(list(copy.units())) % 7 == 200 % 7
    finally:
        stop.set()
        writer.join()


def test_a_file_is_replaced_with_nobody_else_reading_it(tmp_path: Path) -> None:
    """While it is written only its owner may read it; an error leaves no trace."""
    with replacement(tmp_path / "x") as temporary:
        assert temporary.stat().st_mode & 0o777 == 0o600
        temporary.write_text("new")
    assert (tmp_path / "x").read_text() == "new"
    with pytest.raises(InputError, match="the old file is untouched"), replacement(tmp_path / "x"):
        raise OSError(28, "No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


# Where it lies

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
//server/team /mnt/team\\040files cifs rw 0 0
me@host: /mnt/ssh fuse.sshfs rw 0 0
tmpfs /home/local tmpfs rw 0 0
"""


def test_network_folders_are_known(tmp_path: Path) -> None:
    """By the list of mounts, the innermost of them; nothing is said where there is none."""
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    for path, kind, far in (
        ("/var/m.db", "ext4", False),
        ("/home/aigul/m.db", "nfs4", True),
        ("/homework/m.db", "ext4", False),
        ("/mnt/team files/m.db", "cifs", True),
        ("/mnt/ssh/m.db", "fuse.sshfs", True),
        ("/home/local/m.db", "tmpfs", False),
    ):
        assert (file_system(Path(path), mounts), is_network(kind)) == (kind, far)
    assert file_system(Path("/m.db"), tmp_path / "none") == ""


def test_a_memory_in_a_network_folder_is_warned_of(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When it is made, by doctor, and where locks fail."""
    for module in ("tmtool.cli.common", "tmtool.doctor", "tmtool.store.sqlite"):
        monkeypatch.setattr(f"{module}.file_system", lambda _: "nfs4")
    (file.parent / "a.tsv").write_text("а\ta\n")
    for _ in range(2):
        arguments = ["-m", str(file.parent / "new.db"), "import", str(file.parent / "a.tsv")]
        main.main([*arguments, "-s", "kk", "-t", "en"], standalone_mode=False)
    assert capsys.readouterr().err.count("is in a network folder (nfs4), where two") == 1
    found = {one.name: one for one in diagnose(file)}["file"]
    assert "a network folder: locks may not hold" in found.message
    assert "backup" in found.hint
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_LOCK"
    with Memory.open(file) as memory:
        assert "network folder (nfs4)" in memory._store._said(error)[0]  # type: ignore[attr-defined]


# Reading what may not be written


def test_an_older_memory_that_may_not_be_written_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays what it is; changes are refused."""
    path = tmp_path / "old.db"
    make_old(path, 20)
    before = path.read_bytes()
    monkeypatch.setattr("os.access", lambda *_: False)
    with Memory.open(path, create=False) as memory:
        assert len(list(memory.units())) == 20
        with pytest.raises(StoreError, match="cannot be written: the file or its folder is read-o"):
            memory.add([pair("Иә.", "Yes.")])
    assert path.read_bytes() == before


def test_a_write_that_was_cut_off_and_cannot_be_taken_back_is_explained(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the folder may not be written any more; where it may, it is taken back."""
    child = os.fork()
    if not child:
        db = sqlite3.connect(file, isolation_level=None)
        db.execute("PRAGMA cache_size = 5")
        db.execute("BEGIN")
        db.execute("UPDATE units SET origin = 'a rather long text to fill pages with'")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda *_: False)
        with pytest.raises(
            StoreError, match=r"part of a write that was cut off, .*; open it where"
        ):
            Memory.open(file, create=False)
    assert wrong(file) == {}


# Waiting


def test_waiting_is_said_once_and_can_be_interrupted(
    tmtool: Program, file: Path, environment: dict[str, str]
) -> None:
    """After a second, on stderr; -q keeps quiet; Ctrl-C ends it at once."""
    command = [sys.executable, "-m", "tmtool", "-m", str(file)]
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with subprocess.Popen(
            [*command, "documents"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as waiting:
            assert waiting.stderr
            assert waiting.stderr.readline() == "waiting for the memory …\n"
            other.execute("ROLLBACK")
            out, errors = waiting.communicate()
            assert (out[:2], errors, waiting.returncode) == ("d\t", "", 0)
        other.execute("BEGIN IMMEDIATE")
        with subprocess.Popen(
            [*command, "undo"], env=environment, stderr=subprocess.PIPE, text=True
        ) as waiting:
            assert waiting.stderr
            assert waiting.stderr.readline() == "waiting for the memory …\n"
            waiting.send_signal(signal.SIGINT)
            assert "interrupted" in waiting.communicate()[1]
            assert waiting.returncode == 130


def test_who_waits_too_long_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After 30 seconds, here fewer; a screen waits briefly, and nobody is called meanwhile."""
    monkeypatch.setattr("tmtool.store.patient.PatientConnection.patience", 0.05)
    monkeypatch.setattr("tmtool.store.patient._QUIET", 0.0)
    called: list[str] = []
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        Memory.open(file, on_wait=lambda: called.append("waiting")) as memory,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is in use by another program; try again"):
            memory.undo()
        assert called == ["waiting"]
        memory.wait_briefly(0.01)
        with pytest.raises(StoreError, match="is in use"):
            memory.undo()
        assert called == ["waiting"]


READERS = {
    "info": ("info",),
    "lookup": ("lookup", "Иә."),
    "export": ("export", "out.tmx"),
    "check": ("check",),
    "undo": ("undo",),
    "terms": ("terms",),
}


@pytest.mark.parametrize("words", READERS.values(), ids=READERS)
def test_an_empty_file_is_no_memory_to_read(
    tmtool: Program, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Perhaps all was lost of one that was there; nothing is written to it."""
    (tmp_path / "m.db").touch()
    done = tmtool("-m", "m.db", *words, status=4)
    assert done.stderr.startswith("tmtool: m.db: is empty: it holds no memory, or all of one was")
    assert (tmp_path / "m.db").read_bytes() == b""
    assert not (tmp_path / "out.tmx").exists()


def test_a_new_memory_may_begin_in_an_empty_file(tmtool: Program, tmp_path: Path) -> None:
    """As mktemp makes one; that is said, and a dry run does not write to it."""
    (tmp_path / "m.db").touch()
    said = ("-m", "m.db", "import", "-", "--from", "tsv", "-s", "kk", "-t", "en")
    tmtool(*said, "--dry-run", input="Иә.\tYes.\n")
    assert (tmp_path / "m.db").read_bytes() == b""
    done = tmtool(*said, input="Иә.\tYes.\n")
    assert done.stderr == "note: m.db was empty; a new memory begins in it\n-: 1 new\n"
    assert tmtool(*said, input="Иә.\tYes.\n").stderr == "-: 1 unchanged\n"
