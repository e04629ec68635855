"""A memory on PostgreSQL: the same as one in a file, for people who work on it together."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import NamedTuple, get_args

import psycopg
import pytest
from psycopg import errors

from tests.conftest import SEED, SEED_ENGLISH, WITHOUT_SUMS, Program, pair, until
from tests.postgres import Proxy, Server
from tmtool.document import Document
from tmtool.errors import ConflictError, DisconnectedError, StoreError
from tmtool.memory import Memory
from tmtool.model import Header, Term, Variant
from tmtool.store import postgres
from tmtool.store.address import DatabaseUrl, Role
from tmtool.store.postgres import PostgresStore
from tmtool.store.team import team
from tmtool.tui.app import ReviewApp


@pytest.fixture
def database(server: Server) -> str:
    """The URL of an empty database."""
    return server.schema()


def together(*tasks: Callable[[], object]) -> None:
    """Do several things at once; what one of them raises is raised."""
    failed: list[BaseException] = []

    def guarded(task: Callable[[], object]) -> None:
        try:
            task()
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=guarded, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def edit(memory: Memory, unit_id: str, target: str) -> None:
    """Give a unit another translation, and look again where somebody else was quicker."""
    while True:
        unit = memory.unit(unit_id)
        assert unit is not None
        try:
            memory.change("edit", [(unit, replace(unit, target=Variant.of("en", target)))])
        except ConflictError:
            continue
        return


# The same as in a file


def test_every_command_says_the_same(tmtool: Program, database: str, tmp_path: Path) -> None:
    """On a server and in a file: what is printed, and what is written."""
    (tmp_path / "more.tsv").write_text("Иә.\tYes.\nЖоқ.\tNo.\nЖоқ.\tNope.\n", "utf-8")
    (tmp_path / "terms.tsv").write_text("жоба\tproject\nсапар\tvisit\n", "utf-8")
    (tmp_path / "next.kk.txt").write_text("Сапар аясында мәдени байланыс та бар. Иә.", "utf-8")
    commands: list[list[str | Path]] = [
        ["align", SEED, SEED_ENGLISH, "-t", "en", "--add"],
        ["documents"],
        ["import", "more.tsv", "-s", "kk", "-t", "en", "--dry-run"],
        ["import", "more.tsv", "-s", "kk", "-t", "en", "-d", "more"],
        ["import", "more.tsv", "-s", "kk", "-t", "en", "-d", "more", "--on-conflict", "both"],
        ["terms", "--add", "terms.tsv", "-s", "kk", "-t", "en"],
        ["terms", "--json"],
        ["check", "--json", "--fail-on", "never"],
        ["lookup", "Сапар аясында мәдени ынтымақтастық та назардан тыс қалмайды.", "--json"],
        ["lookup", "Иә.", "-t", "en"],
        ["concordance", "кеңейту"],
        ["stats", "next.kk.txt", "-t", "en"],
        ["pretranslate", "next.kk.txt", "-t", "en", "--min", "60"],
        ["replace", "programme", "program", "--dry-run"],
        ["replace", "programme", "program"],
        ["recode", "en=en-GB", "--dry-run"],
        ["dedupe"],
        ["info"],
        ["remove", "--longest", "3", "--dry-run"],
        ["undo", "--dry-run"],
        ["undo"],
        ["redo", "--dry-run"],
        ["redo", "--all"],
        ["undo"],
        ["history"],
        ["history", "-d", "more", "--json"],
        ["compact", "--forget", "--dry-run"],
        ["export", "-", "--to", "tmx"],
        ["export", "-", "--to", "jsonl", "--state", "translated"],
    ]
    for command in commands:
        said = []
        for memory in ("m.db", database):
            done = tmtool(
                "-m", memory, "--author", "aigul", *command, SOURCE_DATE_EPOCH="1760952600"
            )
            shown = (done.stdout + done.stderr).replace(str(DatabaseUrl(database)), "m.db")
            said.append(shown)
            assert "geheim" not in shown
        assert said[0] == said[1], command


def test_a_backup_is_the_same_memory_in_a_file(database: str, tmp_path: Path) -> None:
    """With history, drafts, places and terms; it can be undone there as it could here."""
    with Memory.open(database, author="aigul") as memory:
        memory.add(pair(f"Бір {n}", f"One {n}", document="d") for n in range(40))
        (unit, *_) = memory.units()
        memory.keep_draft(unit, "On")
        memory.keep_place(("d", "kk", "en"), unit.id)
        edit(memory, unit.id, "One!")
        memory.backup(tmp_path / "copy.db")
        with Memory.open(tmp_path / "copy.db", author="aigul") as copy:
            assert list(copy.units()) == list(memory.units())
            assert list(copy.actions()) == list(memory.actions())
            assert list(copy.history(unit.id)) == list(memory.history(unit.id))
            assert copy.place(("d", "kk", "en")) == unit.id
            assert copy.undo() == ("edit", 1)
            assert copy.draft(unit) == "On"


def test_the_doctor_examines_a_server(tmtool: Program, database: str) -> None:
    """Versions, server, schema, units, index; and says what is not as it was written."""
    tmtool("-m", database, "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    said = tmtool("-m", database, "doctor").stdout
    assert "ok\tserver\tpostgresql://owner@127.0.0.1:" in said
    assert "ok\tunits\tunits: 54, documents: 1, actions: 1" in said
    assert "ok\tindex\tsays what the units say" in said
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("UPDATE units SET target = 'x' WHERE number = 7")
    assert "WRONG\tunits\tunit " in tmtool("-m", database, "doctor", status=1).stdout


# Who may be there


def test_two_clients_may_make_the_memory_at_once(server: Server) -> None:
    """The schema is made once, whoever is first."""
    for _ in range(5):
        place = server.schema()
        counts: list[int] = []

        def add(place: str = place, counts: list[int] = counts) -> None:
            with Memory.open(place) as memory:
                counts.append(memory.add([pair("Иә.", "Yes.")]).new)

        together(*[add] * 4)
        assert sorted(counts) == [0, 0, 0, 1]


def test_a_newer_memory_is_left_alone(database: str) -> None:
    """With what to do."""
    Memory.open(database).close()
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("UPDATE memory SET version = 99")
    with pytest.raises(StoreError, match=r"written by a newer tmtool \(schema 99, .*; upgrade"):
        Memory.open(database)


def test_another_database_is_no_memory(database: str) -> None:
    """Somebody else's tables are left alone."""
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("CREATE TABLE units (name text)")
    with pytest.raises(StoreError, match="is a database, but not of a tmtool memory"):
        Memory.open(database)


def test_a_database_that_cannot_hold_all_letters_is_refused(server: Server) -> None:
    """With what it keeps texts in; nothing is made in it."""
    server.execute("CREATE DATABASE narrow ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(StoreError, match="the database keeps texts in LATIN1"):
        Memory.open(server.url("narrow"))
    with psycopg.connect(server.url("narrow")) as db:
        assert db.execute("SELECT to_regclass('units')").fetchone() == (None,)


def test_a_row_that_somebody_broke_is_said_to_be_damaged(database: str) -> None:
    """With what to do; other units are read."""
    with Memory.open(database) as memory:
        memory.add([pair("Иә.", "Yes.", id="1"), pair("Жоқ.", "No.", id="2")])
        with psycopg.connect(database, autocommit=True) as db:
            db.execute("UPDATE units SET props = 'odd' WHERE id = '1'")
        with pytest.raises(StoreError, match=r"is damaged: .*; go back to a copy made with"):
            memory.unit("1")
        assert memory.unit("2") is not None
        with pytest.raises(StoreError, match="is no file"):
            _ = memory.path


def test_what_the_server_says_otherwise_is_passed_on(database: str) -> None:
    """Where somebody took away a table: what is missing, and that nothing is lost."""
    with Memory.open(database) as memory:
        memory.add([pair("Иә.", "Yes.")])
        with psycopg.connect(database, autocommit=True) as db:
            db.execute("DROP TABLE drafts")
        with pytest.raises(StoreError, match='"drafts" does not exist; nothing saved was lost'):
            memory.drafted()
        assert memory.add([pair("Жоқ.", "No.")]).new == 1


def test_what_a_url_says_comes_before_what_is_usual(database: str) -> None:
    """The name under which the server lists a client, for instance."""
    for place, name in ((database, "tmtool"), (f"{database}&application_name=mine", "mine")):
        with Memory.open(place) as memory:
            query = "SELECT current_setting('application_name')"
            assert memory._store.read(query)[0][0] == name


def test_roles_are_not_taken_where_there_are_none(database: str) -> None:
    """It is said how they are made."""
    Memory.open(database).close()
    with (
        pytest.raises(StoreError, match="has no roles yet; make them with 'tmtool team init'"),
        team(DatabaseUrl(database)) as people,
    ):
        people.remove("owner")


def test_who_waits_for_another_writer_is_told_and_goes_on(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, as soon as it lasts; a screen waits briefly, says why, and nobody is called."""
    monkeypatch.setattr("tmtool.store.postgres._QUIET", 0.05)
    called: list[str] = []
    with Memory.open(database) as memory:
        memory.add([pair("Иә.", "Yes.")])

    def told() -> None:
        called.append("waiting")
        other.rollback()

    with psycopg.connect(database) as other, Memory.open(database, on_wait=told) as memory:
        assert memory.lookup("Иә.", "kk", "en")
        lock = f"SELECT pg_advisory_xact_lock({postgres._LOCK})"
        other.execute(lock)
        assert memory.add([pair("Жоқ.", "No.")]).new == 1
        assert called == ["waiting"]
        other.execute(lock)
        memory.wait_briefly(0.05)
        with pytest.raises(StoreError, match="is in use: somebody else writes to it"):
            memory.undo()
        assert called == ["waiting"]
        other.rollback()
        assert memory.undo() == ("add", 1)


def test_who_need_not_be_told_waits_as_well(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than until others would be told."""
    monkeypatch.setattr("tmtool.store.postgres._QUIET", 0.01)
    tries: list[str] = []
    asked = PostgresStore._last_row

    def counted(store: PostgresStore, query: str) -> tuple[object, ...]:
        tries.append(query)
        return asked(store, query)

    with psycopg.connect(database) as other, Memory.open(database) as memory:
        other.execute(f"SELECT pg_advisory_xact_lock({postgres._LOCK})")
        monkeypatch.setattr(PostgresStore, "_last_row", counted)

        def release() -> None:
            until(lambda: len(tries) > 1)
            other.rollback()

        together(release, lambda: memory.add([pair("Иә.", "Yes.")]))
        assert targets(memory) == ["Yes."]


def test_a_memory_that_is_not_there_is_not_made_by_reading(tmtool: Program, database: str) -> None:
    """And it is said how to make one."""
    said = tmtool("-m", database, "documents", status=4).stderr
    assert "no such memory; make one with" in said
    with psycopg.connect(database) as db:
        assert db.execute("SELECT to_regclass('units')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("postgresql://owner:geheim@127.0.0.1:1/m", "no connection: .*refused"),
        ("postgresql://owner:geheim@[127.0.0.1/m", "is no URL of a database"),
        ("postgresql://owner@127.0.0.1:1/m?password=geheim&x=1", "is no URL of a database"),
        ("postgres://owner:ge%68eim@127.0.0.1:1/m", "no connection"),
    ],
)
def test_a_password_is_never_said(tmtool: Program, place: str, said: str) -> None:
    """Whatever is wrong, and where the URL is no URL."""
    done = tmtool("-m", place, "documents", status=4)
    assert "geheim" not in done.stderr
    assert "ge%68eim" not in done.stderr
    with pytest.raises(StoreError, match=said) as raised:
        Memory.open(place)
    assert "geheim" not in repr(raised.value)
    assert raised.value.__cause__ is None


def test_a_wrong_password_is_said_and_not_shown(server: Server) -> None:
    """The server says no; the password is not repeated."""
    with pytest.raises(StoreError, match="password authentication failed") as raised:
        Memory.open(server.url("postgres", password="geheimnis"))
    assert "geheimnis" not in str(raised.value)


def test_a_password_may_come_from_elsewhere(
    server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the environment, or from the file of passwords."""
    place = database.replace(":geheim@", "@")
    with pytest.raises(StoreError, match="no password supplied"):
        Memory.open(place)
    with monkeypatch.context() as patch:
        patch.setenv("PGPASSWORD", "geheim")
        Memory.open(place).close()
    kept = tmp_path / "pgpass"
    kept.write_text(f"127.0.0.1:{server.port}:*:owner:geheim\n")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    Memory.open(place).close()


def test_without_the_package_it_is_said_how_to_get_it() -> None:
    """And nothing else needs it."""
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from tmtool.cli import run; run(['-m', 'postgresql://h/d', 'documents'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "needs the package psycopg" in done.stderr
    assert "pip install 'tmtool[postgres]'" in done.stderr


# Together


def test_nothing_is_lost_where_many_edit_at_once(database: str) -> None:
    """Each change is in the history, and the last of each unit is what the unit says."""
    clients, edits = 8, 25
    with Memory.open(database) as memory:
        memory.add(pair(f"Бір {n}", f"One {n}") for n in range(5))
        ids = [unit.id for unit in memory.units()]

    def work(name: int) -> None:
        with Memory.open(database, author=f"c{name}") as memory:
            for step in range(edits):
                edit(memory, ids[(name + step) % len(ids)], f"{name}/{step}")

    together(*[partial(work, name) for name in range(clients)])
    with Memory.open(database) as memory:
        every = [event for unit_id in ids for event in memory.history(unit_id)]
        events = [event for event in every if event.action.kind == "edit"]
        written = [event.after.target.text for event in events if event.after]
        assert sorted(written) == sorted(f"{c}/{s}" for c in range(clients) for s in range(edits))
        assert all(e.action.author == f"c{e.after.target.text[0]}" for e in events if e.after)
        last = {event.unit_id: event.after for event in events}
        assert {unit.id: unit for unit in memory.units()} == last


def test_what_others_write_is_found(server: Server, database: str) -> None:
    """New, changed, removed, also by hand and all at once: a search in an open memory sees it."""
    with Memory.open(database) as here, Memory.open(database) as there:
        there.add(pair(f"Бұл {n} нөмірлі сөйлем.", f"Sentence {n}.") for n in range(300))
        (match,) = here.lookup("Бұл 7 нөмірлі сөйлем.", "kk", "en", limit=1)
        assert match.percent == 100
        there.change("remove", [(match.unit, None)])
        assert here.lookup("Бұл 7 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent < 100
        there.undo()
        assert here.lookup("Бұл 7 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent == 100
        with psycopg.connect(database) as db:
            db.execute("DELETE FROM units WHERE id = %s", (match.unit.id,))
        assert here.lookup("Бұл 7 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent < 100
        with psycopg.connect(database) as db:
            db.execute("TRUNCATE units")
        assert here.lookup("Бұл 8 нөмірлі сөйлем.", "kk", "en") == []


def test_no_change_is_skipped_where_transactions_overlap(database: str) -> None:
    """One that began first and ended last is followed, too."""
    with Memory.open(database) as memory:
        memory.add([pair("Бірінші сөйлем.", "x"), pair("Екінші сөйлем.", "x")])
        assert memory.lookup("Бірінші сөйлем.", "kk", "en")
        first, second = psycopg.connect(database), psycopg.connect(database)
        first.execute("UPDATE units SET source_key = 'алғашқы сөз' WHERE number = 1")

        def change() -> None:
            second.execute("UPDATE units SET source_key = 'кейінгі сөз' WHERE number = 2")
            second.commit()

        other = Thread(target=change)
        other.start()
        memory.lookup("Бірінші сөйлем.", "kk", "en")
        first.commit()
        other.join()
        with memory._store.snapshot():
            keys = memory._store.index.keys([1, 2], ("kk", "en"))
        assert keys == [(1, "алғашқы сөз"), (2, "кейінгі сөз")]
        first.close()
        second.close()


def test_an_index_that_is_gone_or_damaged_is_made_anew(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one that another client keeps serves as well."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Memory.open(database) as memory:
        memory.add(pair(f"Бұл {n} нөмірлі сөйлем.", f"Sentence {n}.") for n in range(300))
        assert memory.lookup("Бұл 7 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent == 100
    (file,) = (tmp_path / "tmtool").iterdir()
    assert file.stat().st_mode & 0o77 == 0
    file.write_bytes(b"x" * 5000)
    with Memory.open(database) as memory:
        assert memory.lookup("Бұл 7 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent == 100
    file.unlink()
    with Memory.open(database) as memory:
        assert memory.lookup("Бұл 7 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent == 100


def test_a_stored_position_of_another_server_is_not_believed(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the index knows of later changes than the server, it begins anew."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Memory.open(database) as memory:
        memory.add([pair("Иә.", "Yes.")])
        assert memory.lookup("Иә.", "kk", "en")
        assert isinstance(memory._store, PostgresStore)
        mirror = memory._store._mirrored()
        with mirror.transaction(waits=True):
            mirror.forget()
            identity = memory._store.read("SELECT identity::text FROM memory")[0][0]
            mirror.note(identity, 1 << 40)
        assert [m.percent for m in memory.lookup("Иә.", "kk", "en")] == [100]


def test_an_index_whose_making_is_broken_off_is_made_the_next_time(database: str) -> None:
    """Whole: what was taken in until then is not taken for all."""
    told: list[tuple[int, int]] = []

    def stop(number: int, total: int) -> None:
        told.append((number, total))
        raise KeyboardInterrupt

    with Memory.open(database) as memory:
        memory.add(pair(f"Бұл {n} нөмірлі сөйлем.", f"Sentence {n}.") for n in range(300))
    with Memory.open(database, on_fill=stop) as memory, pytest.raises(KeyboardInterrupt):
        memory.lookup("Бұл 7 нөмірлі сөйлем.", "kk", "en")
    with Memory.open(database, on_fill=lambda *figures: told.append(figures)) as memory:
        for number in (7, 299):
            (match,) = memory.lookup(f"Бұл {number} нөмірлі сөйлем.", "kk", "en", limit=1)
            assert match.percent == 100
    assert {total for _, total in told} == {300}
    assert told[-1] == (300, 300)


def test_where_no_index_can_be_kept_it_is_said(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its place; what needs no index is done all the same."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Memory.open(database) as memory:
        memory.add([pair("Иә.", "Yes.")])
        assert memory.lookup("Иә.", "kk", "en")
    (file,) = (tmp_path / "tmtool").iterdir()
    file.unlink()
    file.mkdir()
    with Memory.open(database) as memory:
        with pytest.raises(StoreError, match=f"{file.name}: the index kept there cannot be used"):
            memory.lookup("Иә.", "kk", "en")
        assert targets(memory) == ["Yes."]


def test_a_server_that_does_not_say_what_it_is_has_an_index_too(
    agency: Agency, server: Server
) -> None:
    """It is known by its address where its users may not ask for more."""
    with Memory.open(agency.users["translator"]) as memory:
        memory.add([pair("Иә.", "Yes.")])
    with psycopg.connect(agency.place, autocommit=True) as db:
        db.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    with Memory.open(agency.users["reader"], create=False) as memory:
        assert memory._store._server() == ("127.0.0.1", str(server.port))  # type: ignore[attr-defined]
        assert [match.percent for match in memory.lookup("Иә.", "kk", "en")] == [100]


# Where the connection goes away


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    """Something between clients and the server that can cut connections."""
    made = Proxy(server)
    yield made
    made.close()


def targets(memory: Memory) -> list[str]:
    return [unit.target.text for unit in memory.units()]


def test_an_idle_client_goes_on_after_a_restart(server: Server, database: str) -> None:
    """It reads, looks up and writes as if nothing had been."""
    with Memory.open(database) as memory:
        memory.add([pair("Иә.", "Yes.")])
        version = memory.version
        server.halt()
        server.start()
        assert targets(memory) == ["Yes."]
        assert memory.version != version
        server.halt()
        server.start()
        assert memory.add([pair("Жоқ.", "No.")]).new == 1
        server.crash()
        server.start()
        assert [match.percent for match in memory.lookup("Жоқ.", "kk", "en")] == [100]


def test_a_commit_whose_answer_is_lost_is_not_done_twice(proxy: Proxy, database: str) -> None:
    """The server is asked what became of it, and it has been done."""
    with Memory.open(proxy.url(database)) as memory:
        memory.add([pair("Иә.", "Yes.")])
        (unit,) = memory.units()
        proxy.cut(b"COMMIT", passed_on=True)
        memory.change("edit", [(unit, replace(unit, target=Variant.of("en", "Aye.")))])
        assert targets(memory) == ["Aye."]
        assert [action.kind for action in memory.actions()] == ["edit", "add"]


def test_a_commit_that_is_lost_is_said(proxy: Proxy, database: str) -> None:
    """Nothing is written, and it may be done again."""
    with Memory.open(proxy.url(database)) as memory:
        memory.add([pair("Иә.", "Yes.")])
        (unit,) = memory.units()
        proxy.cut(b"COMMIT", passed_on=False)
        change = [(unit, replace(unit, target=Variant.of("en", "Aye.")))]
        with pytest.raises(DisconnectedError, match="nothing was written; do it again"):
            memory.change("edit", change)
        assert targets(memory) == ["Yes."]
        memory.change("edit", change)
        assert targets(memory) == ["Aye."]
        assert [action.kind for action in memory.actions()] == ["edit", "add"]


def test_a_commit_of_which_nobody_can_tell_is_said_to_be_one(proxy: Proxy, database: str) -> None:
    """Where the server stays away: it is not said to be written, nor not to be."""
    with Memory.open(proxy.url(database)) as memory:
        memory.add([pair("Иә.", "Yes.")])
        (unit,) = memory.units()
        memory.wait_briefly(0.2)
        proxy.close()
        proxy.cut(b"COMMIT", passed_on=True)
        with pytest.raises(DisconnectedError, match="in the moment of writing; look whether"):
            memory.change("edit", [(unit, replace(unit, target=Variant.of("en", "Aye.")))])
    with Memory.open(database) as memory:
        assert targets(memory) == ["Aye."]


def test_who_waits_for_a_server_is_told_and_goes_on(
    server: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, as soon as it lasts."""
    monkeypatch.setattr("tmtool.store.postgres._QUIET", 0.05)
    called: list[str] = []

    def told() -> None:
        called.append("waiting")
        server.start()

    with Memory.open(database, on_wait=told) as memory:
        memory.add([pair("Иә.", "Yes.")])
        server.halt()
        assert targets(memory) == ["Yes."]
    assert called == ["waiting"]


@pytest.mark.parametrize("comes", [True, False])
def test_a_connection_that_comes_too_late_is_closed(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, comes: bool
) -> None:
    """Nobody is left on the server by a memory that was closed; nor if none comes at all."""
    made: list[psycopg.Connection[tuple[object, ...]]] = []
    is_closed, is_over = Event(), Event()
    connected = PostgresStore._connected

    def late(store: PostgresStore) -> psycopg.Connection[tuple[object, ...]]:
        is_closed.wait(60)
        try:
            if not comes:
                raise psycopg.OperationalError("refused")
            made.append(connected(store))
            return made[0]
        finally:
            is_over.set()

    with Memory.open(database) as memory:
        monkeypatch.setattr(PostgresStore, "_connected", late)
        assert isinstance(memory._store, PostgresStore)
        memory._store._db.close()
        with pytest.raises(DisconnectedError):
            _ = memory.version
    is_closed.set()
    is_over.wait(60)
    until(lambda: all(db.closed for db in made))
    assert len(made) == comes
    assert not caplog.records


def test_a_cut_in_the_midst_leaves_nothing_behind(proxy: Proxy, database: str) -> None:
    """All of an import is there, or none."""
    with Memory.open(proxy.url(database)) as memory:
        proxy.cut(b"COPY history", passed_on=False)
        units = [pair(f"Бір {n}", f"One {n}") for n in range(100)]
        with pytest.raises(DisconnectedError):
            memory.add(units)
        assert targets(memory) == []
        assert memory.add(units).new == 100


def test_a_restart_while_many_edit_loses_and_doubles_nothing(server: Server, database: str) -> None:
    """What was said to be done is done once; what was said to have failed is not done."""
    clients = 4
    with Memory.open(database) as memory:
        memory.add(pair(f"Бір {n}", f"One {n}") for n in range(clients))
        ids = [unit.id for unit in memory.units()]
    done: list[list[str]] = [[] for _ in range(clients)]
    is_over = Event()

    def work(name: int) -> None:
        with Memory.open(database, author=f"c{name}") as memory:
            for step in count():
                if is_over.is_set():
                    return
                with suppress(DisconnectedError):
                    edit(memory, ids[name], f"{name}/{step}")
                    done[name].append(f"{name}/{step}")

    def restart() -> None:
        try:
            for stop in (server.halt, server.crash):
                before = [len(steps) for steps in done]
                until(lambda: all(len(s) > b + 5 for s, b in zip(done, before, strict=True)))  # noqa: B023
                stop()
                server.start()
            before = [len(steps) for steps in done]
            until(lambda: all(len(s) > b + 5 for s, b in zip(done, before, strict=True)))
        finally:
            is_over.set()

    together(restart, *[partial(work, name) for name in range(clients)])
    with Memory.open(database) as memory:
        for name, unit_id in enumerate(ids):
            events = [e for e in memory.history(unit_id) if e.action.kind == "edit"]
            assert [e.after.target.text for e in events if e.after] == done[name]


def test_what_is_typed_while_the_server_is_away_is_kept(
    server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here, until it is back; also where the program ended meanwhile."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with Memory.open(database, author="aigul") as memory:
        memory.add([pair("Иә.", "Yes."), pair("Жоқ.", "No.")])
        first, second = memory.units()
        server.halt()
        try:
            memory.keep_draft(first, "Yea")
            memory.keep_draft(second, "Nop")
            memory.keep_draft(second, "Nope")
            assert memory.draft(first) == "Yea"
            with pytest.raises(DisconnectedError, match="no connection"):
                _ = memory.version
        finally:
            server.start()
    with Memory.open(database, author="aigul") as memory:
        assert memory.draft(first) == "Yea"
        assert memory.drafted() == {first.id, second.id}
        with psycopg.connect(database) as db:
            found = db.execute("SELECT text FROM drafts ORDER BY text").fetchall()
        assert found == [("Nope",), ("Yea",)]


def test_open_screens_say_that_the_server_is_away_and_come_back(
    server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed stays, and can be confirmed as soon as the server answers."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    async def session(memory: Memory) -> None:
        app = ReviewApp(Document.find(memory), memory, translating=False)

        def seen(text: str) -> bool:
            strips = app.screen._compositor.render_strips()
            return any(text in strip.text for strip in strips)

        async with app.run_test(size=(110, 30)) as pilot:

            async def wait(text: str, *, shown: bool = True) -> None:
                end = time.monotonic() + 60
                while seen(text) != shown:
                    assert time.monotonic() < end, text
                    await pilot.pause(0.02)

            await pilot.press("e", "!")
            await asyncio.to_thread(server.halt)
            await wait("NO CONNECTION")
            await pilot.press("!")
            await pilot.press("enter")
            await wait("no connection")
            await asyncio.to_thread(server.start)
            await wait("NO CONNECTION", shown=False)
            await pilot.press("enter")
            await wait("Yes.!!")

    with Memory.open(database) as memory:
        memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
        memory.wait_briefly(0.5)
        asyncio.run(session(memory))
        assert targets(memory) == ["Yes.!!", "No."]


def test_open_screens_show_what_others_write(database: str) -> None:
    """Within two seconds, without a key."""

    async def session(mine: Memory, theirs: Memory) -> float:
        app = ReviewApp(Document.find(mine), mine, translating=False)
        async with app.run_test(size=(110, 30)) as pilot:
            await pilot.pause()
            Document.find(theirs).edit(0, "Indeed.")
            begin = time.monotonic()
            while not any("Indeed." in s.text for s in app.screen._compositor.render_strips()):
                assert time.monotonic() < begin + 60
                await pilot.pause(0.02)
            return time.monotonic() - begin

    with Memory.open(database) as mine, Memory.open(database) as theirs:
        mine.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
        print(f"seen after {asyncio.run(session(mine, theirs)):.2f} s")


# Roles


@pytest.fixture
def agency(server: Server, tmtool: Program) -> Agency:
    """A memory with roles, and a user for each."""
    place = server.database()
    said = tmtool("-m", place, "team", "init").stderr
    assert "has the roles reader, translator, reviewer, owner" in said
    name = place.rpartition("/")[2]
    users = {}
    for role in get_args(Role):
        user = f"{name}_the_{role}"
        server.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'geheim'")
        with team(DatabaseUrl(place)) as people:
            people.add(user, role)
        users[role] = server.url(name, user)
    return Agency(place, users)


class Agency(NamedTuple):
    """Where the owner of all gets in, and where those with a role do."""

    place: str
    users: dict[str, str]


_WRITES = [
    "UPDATE units SET target = 'x'",
    "INSERT INTO units (id, source_language, target_language, source, target, source_key, state, "
    "checksum) VALUES ('x', 'kk', 'en', 'а', 'a', 'а', 'translated', 0)",
    "DELETE FROM units",
    "TRUNCATE units",
    "DELETE FROM history",
    "UPDATE memory SET version = 0",
    "INSERT INTO drafts VALUES ('x', 'x', 'x', 'x')",
    "DROP TABLE terms",
    "ALTER TABLE units DISABLE TRIGGER ALL",
    "CREATE TABLE mine (x int)",
]


def test_a_reader_reads_and_cannot_write_by_any_means(agency: Agency) -> None:
    """All that reads does; nothing that writes, raw SQL neither."""
    with Memory.open(agency.users["translator"]) as memory:
        memory.add([pair("Иә.", "Yes.", document="d")])
    with Memory.open(agency.users["reader"], create=False) as memory:
        assert targets(memory) == ["Yes."]
        assert [match.percent for match in memory.lookup("Иә.", "kk", "en")] == [100]
        assert len(memory.concordance("иә", "kk", "en")) == 1
        with pytest.raises(StoreError, match=r"you have no right to do that: .*; an owner of"):
            memory.add([pair("Жоқ.", "No.")])
        with pytest.raises(StoreError, match="no right"):
            memory.undo()
        assert targets(memory) == ["Yes."]
    for statement in _WRITES:
        with psycopg.connect(agency.users["reader"]) as db:
            db.execute("SELECT 1")
            with pytest.raises(errors.InsufficientPrivilege):
                db.execute(statement)
    with Memory.open(agency.place) as memory:
        assert targets(memory) == ["Yes."]


def test_a_translator_works_and_does_not_approve(agency: Agency) -> None:
    """Nor changes what a reviewer approved; a reviewer may both."""
    with (
        Memory.open(agency.users["translator"]) as memory,
        Memory.open(agency.users["reviewer"]) as reviewer,
    ):
        memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
        document = Document.find(memory)
        document.translate(0, "Yeah.")
        assert document.units[0].changed_by == memory.author
        with pytest.raises(StoreError, match="only a reviewer may approve a translation"):
            document.approve(1)
        theirs = Document.find(reviewer)
        theirs.approve(0)
        document.refresh()
        with pytest.raises(StoreError, match="only a reviewer may"):
            document.translate(0, "Aye.")
        with pytest.raises(StoreError, match="no right"):
            memory.forget()
        theirs.edit(0, "Aye.")
        assert reviewer.undo() == ("edit", 1)
        assert targets(memory) == ["Yeah.", "No."]


def test_roles_outlive_a_new_version(agency: Agency) -> None:
    """What an owner brings up to date, a translator works with."""
    with psycopg.connect(agency.place) as db:
        db.execute("DROP TABLE headers, former, term_history")
        db.execute(
            "ALTER TABLE terms DROP COLUMN source_status, DROP COLUMN props, DROP COLUMN checksum"
        )
        db.execute("ALTER TABLE units ALTER COLUMN number SET GENERATED ALWAYS")
        db.execute("UPDATE memory SET version = 1")
    with pytest.raises(StoreError, match="is of an older tmtool") as raised:
        Memory.open(agency.users["translator"])
    assert "an owner of the memory" in raised.value.hint
    Memory.open(agency.users["owner"]).close()
    with psycopg.connect(agency.place) as db:
        query = "SELECT proowner = relowner FROM pg_proc, pg_class WHERE proname = 'index_units' "
        assert db.execute(f"{query} AND relname = 'units'").fetchall() == [(True,)]
    said = Header((("client", "A"),), ("by hand",))
    with Memory.open(agency.users["translator"]) as memory:
        memory.add([pair("Иә.", "Yes."), pair("Жоқ.", "No.")], headers=[said])
        memory.change("remove", [(unit, None) for unit in [*memory.units()][:1]])
        memory.undo()
        assert targets(memory) == ["Yes.", "No."]
        memory.add_terms([Term("сапар", "visit")], ("kk", "en"))
        memory.undo()
        assert list(memory.terms()) == []
    with Memory.open(agency.users["reader"], create=False) as memory:
        assert memory.header == said


_INDEXES = {
    *("units_by_place", "units_by_source", "units_by_change"),
    *("history_by_action", "history_by_unit"),
}


def indexes(place: str) -> set[str]:
    """The indexes of a memory that serve to find units and their history."""
    query = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
    with psycopg.connect(place) as db:
        return _INDEXES & {row[0] for row in db.execute(query)}


def test_what_finds_units_is_made_behind_the_first_ones(agency: Agency) -> None:
    """Whoever brings them, and not where they were taken back; who only reads may not."""
    with Memory.open(agency.users["translator"]) as memory:
        memory.add([pair("Иә.", "Yes.")], dry_run=True)
        assert indexes(agency.place) == set()
        memory.add([pair("Иә.", "Yes.")])
        assert indexes(agency.place) == _INDEXES
        memory.add([pair("Жоқ.", "No.")])
    with (
        psycopg.connect(agency.users["reader"]) as db,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        db.execute("SELECT index_units()")


def test_units_of_a_source_are_found_without_looking_at_all(database: str) -> None:
    """Also in a memory of an earlier version, once it is opened."""
    with Memory.open(database) as memory:
        memory.add(pair(f"Сөз {number}.", f"Word {number}.") for number in range(100))
    with psycopg.connect(database) as db:
        db.execute("DROP FUNCTION index_units; DROP INDEX units_by_source")
        db.execute("CREATE INDEX units_by_source ON units USING hash (source_key)")
        db.execute("; ".join(WITHOUT_SUMS))
        db.execute("UPDATE memory SET version = 4")
    with Memory.open(database) as memory:
        assert memory.add([pair("Сөз 7.", "The seventh.")]).kept == 1
        condition, values = memory._store.of_sources(["сөз 7."])
        plan = memory._store.read(f"EXPLAIN SELECT id FROM units WHERE {condition}", values)
        assert "units_by_source" in str(plan)
    assert indexes(database) == _INDEXES


def test_terms_of_an_earlier_version_get_their_checksums(agency: Agency) -> None:
    """From the owner who opens it; what somebody changes behind our back is noticed from then."""
    terms = [
        Term("сапар", "visit", "of the state"),
        Term("жоба", "project", props=(("source:x", "y"),)),
    ]
    said = Header((("client", "A"),), ("by hand",))
    with Memory.open(agency.users["translator"]) as memory:
        memory.add([pair("Иә.", "Yes.")], headers=[said])
        memory.add_terms([Term("сапар", "visit")], ("kk", "en"))
        memory.add_terms(terms, ("kk", "en"))
    with psycopg.connect(agency.place) as db:
        db.execute("; ".join(WITHOUT_SUMS))
        db.execute("UPDATE memory SET version = 5")
    Memory.open(agency.users["owner"]).close()
    with Memory.open(agency.users["translator"]) as memory:
        assert memory._store.altered() == []
        assert memory.header == said
        assert [term for _, term in memory.terms()] == sorted(terms, key=lambda term: term.source)
        memory.undo()
        assert [term for _, term in memory.terms()] == [Term("сапар", "visit")]
        with psycopg.connect(agency.place) as db:
            db.execute("UPDATE terms SET target = 'risit' WHERE source = 'сапар'")
            db.execute("UPDATE term_history SET before = '[]'")
            db.execute("UPDATE headers SET text = 'B'")
        altered = memory._store.altered()
        assert {*altered} == {"term сапар", "history of term жоба", "history of term сапар"} | {
            "header client",
            "header note",
        }
        with pytest.raises(StoreError, match="is damaged: term сапар is not as it was written"):
            list(memory.terms())
        with pytest.raises(StoreError, match="is damaged: the history of term"):
            memory.redo()


def test_an_owner_gives_roles_and_takes_them(
    agency: Agency, server: Server, tmtool: Program
) -> None:
    """And may forget; who has no role cannot even read; who is unknown is named."""
    owner, reader = agency.users["owner"], agency.users["reader"]
    name = DatabaseUrl(reader).url.split("//")[1].partition(":")[0]
    assert (
        tmtool("-m", owner, "team", "add", name, "translator").stderr == f"{name} is translator\n"
    )
    with Memory.open(reader) as memory:
        assert memory.add([pair("Иә.", "Yes.")]).new == 1
    with Memory.open(owner) as memory:
        assert len(memory.forget()) == 1
    tmtool("-m", owner, "team", "remove", name)
    with pytest.raises(StoreError, match="no right"):
        Memory.open(reader, create=False)
    said = tmtool("-m", owner, "team", "add", "nobody", "reader", status=4).stderr
    assert "knows no user 'nobody'; make one with: createuser --pwprompt nobody" in said
    assert "is a file" in tmtool("-m", "m.db", "team", "init", status=2).stderr
    tmtool("-m", agency.place, "team", "init")


# The queue


def queued(memory: Memory) -> Document:
    document = Document.find(memory)
    document.is_queue = True
    return document


def test_no_pair_is_given_to_two_reviewers(database: str) -> None:
    """Each is judged once, however many ask for the next at once."""
    reviewers, size = 6, 60
    with Memory.open(database) as memory:
        memory.add(pair(f"Бір {n}", f"One {n}", document="d") for n in range(size))
    judged: list[str] = []
    ready = Barrier(reviewers)

    def review(name: int) -> None:
        with Memory.open(database, author=f"r{name}") as memory:
            document = queued(memory)
            ready.wait()
            while (index := document.next_doubtful()) is not None:
                judged.append(document.units[index].id)
                document.approve(index)

    together(*[partial(review, name) for name in range(reviewers)])
    assert len(judged) == len(set(judged)) == size
    with Memory.open(database) as memory:
        assert {unit.state for unit in memory.units()} == {"reviewed"}
        assert len(memory.actions()) == size + 1


def test_the_pair_of_a_reviewer_who_vanished_is_given_again(database: str) -> None:
    """As soon as the server sees that the program is gone; not before."""
    with Memory.open(database) as memory:
        memory.add([pair("Бір", "One", document="d"), pair("Екі", "Two", document="d")])
        code = (
            "import sys, time\n"
            "from tmtool import Document, Memory\n"
            "memory = Memory.open(sys.argv[1])\n"
            "document = Document.find(memory)\n"
            "document.is_queue = True\n"
            "print(document.next_doubtful(), flush=True)\n"
            "time.sleep(600)"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, database], stdout=subprocess.PIPE, text=True
        ) as colleague:
            assert colleague.stdout is not None
            assert colleague.stdout.readline() == "0\n"
            document = queued(memory)
            assert document.next_doubtful() == 1
            assert document.next_doubtful() == 1
            colleague.kill()
        until(lambda: document.next_doubtful() == 0)


def test_a_reviewer_keeps_the_pair_when_the_server_was_away(server: Server, database: str) -> None:
    """As soon as the connection is back, unless another one was quicker."""
    with Memory.open(database) as here, Memory.open(database) as there:
        here.add(pair(f"Бір {n}", f"One {n}", document="d") for n in range(3))
        mine, theirs = queued(here), queued(there)
        assert (mine.next_doubtful(), theirs.next_doubtful()) == (0, 1)
        server.halt()
        server.start()
        assert [len(memory.actions()) for memory in (here, there)] == [1, 1]
        with Memory.open(database) as another:
            assert queued(another).next_doubtful() == 2
        server.halt()
        server.start()
        assert len(there.actions()) == 1
        with Memory.open(database) as another:
            assert queued(another).next_doubtful() == 0
            assert len(here.actions()) == 1
            assert mine.next_doubtful() == 2


def test_what_a_colleague_has_judged_is_not_given_again(database: str) -> None:
    """Nor what one removed, though the document was read before."""
    with Memory.open(database) as here, Memory.open(database) as there:
        here.add(pair(f"Бір {n}", f"One {n}", document="d") for n in range(4))
        document = queued(here)
        theirs = Document.find(there)
        theirs.approve(0)
        there.change("remove", [(theirs.units[1], None)])
        theirs.refresh()
        theirs.edit_source(1, "Екі")
        index = document.next_doubtful()
        assert index == 2
        assert document.units[index].source.text == "Екі"


def test_the_command_leads_from_pair_to_pair(tmtool: Program, database: str) -> None:
    """Past what a colleague is at; a file has no queue."""
    tmtool("-m", database, "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    with Memory.open(database) as memory:
        assert queued(memory).next_doubtful() == 0
        said = tmtool("-m", database, "review", "--queue", "--plain", input="a\nx\nq\n").stdout
        states = [unit.state for unit in memory.units()]
        assert states[:4] == ["translated", "reviewed", "rejected", "translated"]
        assert "4/54" in said
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    said = tmtool("-m", "m.db", "review", "--queue", "--plain", status=4).stderr
    assert "m.db: a queue needs a memory on a server" in said


def test_the_screen_leads_from_pair_to_pair(database: str) -> None:
    """With the keys of a review."""

    async def session(mine: Memory, theirs: Memory) -> None:
        assert queued(theirs).next_doubtful() == 0
        app = ReviewApp(queued(mine), mine, translating=False)
        async with app.run_test(size=(110, 30)) as pilot:
            for key in ("a", "n", "x", "a"):
                await pilot.press(key)
                await pilot.pause()

    with Memory.open(database) as mine, Memory.open(database) as theirs:
        mine.add(pair(f"Бір {n}", f"One {n}", document="d") for n in range(5))
        asyncio.run(session(mine, theirs))
        states = [unit.state for unit in mine.units()]
        assert states == ["translated", "reviewed", "translated", "rejected", "reviewed"]
