"""History: who did what when, and how to take it back or forget it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import MOMENT, Program, pair
from tests.test_cli_translate import Start, ended, start
from tests.test_memory import one_step, steps, take, targets
from tmtool import cli
from tmtool.errors import ConflictError, StoreError
from tmtool.memory import Added, Memory
from tmtool.model import Header, Term, TranslationUnit, Variant

__all__ = ["start"]

DAY = timedelta(days=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time, which a test sets as the only thing in a list."""
    now = [MOMENT]
    monkeypatch.setattr("tmtool.memory._now", lambda: now[0])
    return now


def unit_of(memory: Memory, source: str) -> TranslationUnit:
    (unit,) = (unit for unit in memory.units() if unit.source.text == source)
    return unit


def edit(memory: Memory, source: str, target: str) -> None:
    unit = unit_of(memory, source)
    memory.change("edit", [(unit, replace(unit, target=Variant.of("en", target)))])


@pytest.fixture
def lived(memory: Memory, clock: list[datetime]) -> Memory:
    """A memory in which something happened on three days."""
    memory.add([pair("а", "a", document="d"), pair("б", "b", document="d"), pair("в", "c")])
    clock[0] += DAY
    memory.author = "bolat"
    edit(memory, "а", "A")
    memory.change("remove", [(unit_of(memory, "б"), None)])
    clock[0] += DAY
    edit(memory, "а", "AA")
    return memory


@pytest.fixture
def file(lived: Memory, place: str) -> str:
    """The same memory, closed."""
    lived.close()
    return place


def units_of(place: str) -> list[TranslationUnit]:
    with Memory.open(place) as memory:
        return list(memory.units())


def told(memory: Memory, unit_id: str | None = None, document: str | None = None) -> list[str]:
    """Events in short."""
    return [
        f"{event.action.author} {event.action.kind}"
        f" {event.before.target.text if event.before else '–'}"
        f" {event.after.target.text if event.after else '–'}"
        for event in memory.history(unit_id, document=document)
    ]


def test_history_tells_who_did_what_to_a_unit(lived: Memory) -> None:
    """Before and after each action, from its beginning to what it is."""
    edited, untouched = unit_of(lived, "а"), unit_of(lived, "в")
    assert told(lived, edited.id) == ["aigul add – a", "bolat edit a A", "bolat edit A AA"]
    assert told(lived, untouched.id) == ["aigul add – c"]
    assert told(lived, "nobody") == []
    assert [event.after for event in lived.history(edited.id)][-1] == edited


def test_history_of_a_document_tells_of_what_was_removed_from_it(lived: Memory) -> None:
    """In the order in which it happened, other documents left out."""
    added = ["aigul add – a", "aigul add – b"]
    changed = ["bolat edit a A", "bolat remove b –", "bolat edit A AA"]
    assert told(lived, document="d") == added + changed
    assert told(lived, document="e") == []


def test_a_long_history_is_told_to_its_end(memory: Memory) -> None:
    """Longer than what is read at once."""
    memory.add(pair(str(number), "a", document="d") for number in range(1000))
    assert [event.unit_id for event in memory.history(document="d")] == [
        unit.id for unit in memory.units()
    ]


def test_actions_say_when_and_how_much(lived: Memory) -> None:
    """The latest first; from a number or a time on."""
    lived.undo()
    undo, last, remove, first_edit, add = lived.actions()
    assert (add.kind, add.units, add.at, add.author) == ("add", 3, MOMENT, "aigul")
    assert (undo.kind, undo.stands, last.is_undone, last.stands) == ("undo", False, True, False)
    assert lived.actions(remove.number) == [undo, last, remove]
    assert lived.actions(MOMENT + DAY) == [undo, last, remove, first_edit]
    assert lived.actions(MOMENT + 9 * DAY) == []


def test_all_since_an_action_or_a_time_is_taken_back(lived: Memory) -> None:
    """What was done before stays, and each step can be done again."""
    assert [action.kind for action in lived.undo_since(MOMENT + DAY)] == ["edit", "remove", "edit"]
    assert targets(lived) == ["c", "a", "b"]
    assert lived.undo_since(MOMENT + DAY) == []
    assert lived.redo() == ("edit", 1)
    assert targets(lived) == ["c", "A", "b"]
    assert [action.number for action in lived.undo_since(1)][-1] == 1
    assert targets(lived) == []


@settings(max_examples=30, deadline=None)
@given(steps)
def test_every_state_can_be_gone_back_to(
    fresh: Callable[[], str], steps: list[tuple[str, Any]]
) -> None:
    """Undoing since any action gives the memory as that action found it."""
    with Memory.open(fresh()) as memory:
        past = []
        for kind, what in steps:
            numbers = [action.number for action in memory.actions()]
            past.append((max(numbers, default=0) + 1, list(memory.units())))
            take(memory, kind, what)
        for first, units in reversed(past):
            memory.undo_since(first)
            assert list(memory.units()) == units


moves = st.lists(
    st.one_of(
        st.sampled_from(["undo", "redo", "header"]),
        st.tuples(st.just("since"), st.integers(0, 20)),
        st.tuples(st.just("term"), st.sampled_from(["yes", "no"]), st.sampled_from(["", "n"])),
        one_step,
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(moves)
def test_one_can_go_back_to_before_any_undo_and_redo(
    fresh: Callable[[], str], moves: list[Any]
) -> None:
    """What was undone or done again since then is as it was; the same changes make the same."""
    with Memory.open(fresh()) as memory:
        past = dict[int, object]()
        made_of = dict[tuple[int, ...], object]()

        def now() -> object:
            actions = memory.actions()
            standing = tuple(action.number for action in actions if action.stands)
            found = (list(memory.units()), [*memory.terms()], memory.header, standing)
            assert made_of.setdefault(standing, found) == found
            return past.setdefault(max((action.number for action in actions), default=0) + 1, found)

        before = now()
        for move in [*moves, ("since", 0), "undo", "redo", ("since", 1), "undo", "redo"]:
            match move:
                case "undo" | "redo":
                    is_due = memory.last_change() if move == "undo" else memory.undone()
                    assert bool(getattr(memory, move)()) == bool(is_due)
                case "header":
                    memory.add([], headers=[Header(notes=(f"{len(past)}",))])
                case "since", which:
                    number = list(past)[which % len(past)]
                    taken_back = memory.standing_since(number)
                    assert memory.undo_since(number) == taken_back
                    assert now() == past[number]
                    assert bool(taken_back) == (now() != before)
                case "term", target, note:
                    memory.add_terms([Term("иә", target, note)], ("kk", "en"))
                case kind, what:
                    take(memory, kind, what)
            before = now()


def test_what_was_made_without_it_is_not_done_again_on_it(lived: Memory) -> None:
    """An undo that was taken back stands again below nothing that came after it."""
    lived.undo()
    edit(lived, "а", "Ā")
    number = lived.actions()[1].number
    assert [action.kind for action in lived.undo_since(number)] == ["edit", "undo"]
    assert targets(lived) == ["c", "AA"]
    assert lived.undone() == []
    assert lived.redo() is None
    assert lived.undo() == ("edit", 1)
    assert targets(lived) == ["c", "A"]
    assert lived.redo() == ("edit", 1)
    assert targets(lived) == ["c", "AA"]


def test_what_is_forgotten_stays_done(lived: Memory) -> None:
    """Units are as they were; only what was done since can be undone."""
    before = list(lived.units())
    assert [action.kind for action in lived.forgettable(MOMENT + 2 * DAY)] == [
        *("remove", "edit", "add")
    ]
    assert len(lived.forget(MOMENT + 2 * DAY)) == 3
    lived.compact()
    assert list(lived.units()) == before
    assert told(lived, unit_of(lived, "а").id) == ["bolat edit A AA"]
    assert lived.undo() == ("edit", 1)
    assert targets(lived) == ["c", "A"]
    assert lived.undo() is None
    assert lived.redo() == ("edit", 1)


def test_nothing_is_forgotten_where_nothing_is_as_old(lived: Memory) -> None:
    """And all of it can be taken back as before."""
    actions = lived.actions()
    assert lived.forget(MOMENT) == []
    assert lived.actions() == actions
    assert lived.undo() is not None


def test_the_removed_does_not_come_back_when_its_history_is_forgotten(lived: Memory) -> None:
    """Not with an import, and no new unit takes its id; what was undone is as if never there."""
    lived.add([pair("г", "d", document="d")])
    lived.undo()
    lived.forget()
    assert lived.actions() == []
    assert lived.add([pair("б", "b", document="d")]) == Added(kept=1)
    assert lived.add([pair("г", "d", document="d")]) == Added(new=1)
    assert "b" not in targets(lived)


def test_an_undo_whose_action_is_forgotten_cannot_be_redone(
    memory: Memory, clock: list[datetime]
) -> None:
    """There is nothing left to do again."""
    memory.add([pair("а", "a")])
    clock[0] += DAY
    memory.undo()
    memory.forget(clock[0])
    assert memory.redo() is None


def test_forgetting_makes_the_file_smaller_and_leaves_no_trace(file_memory: Memory) -> None:
    """Not even in pages of the file that are free."""
    memory = file_memory
    memory.add(pair(f"Бір {number}", "secret " * 20, document="d") for number in range(300))
    other = Variant.of("en", "a")
    memory.change("edit", [(unit, replace(unit, target=other)) for unit in list(memory.units())])
    size = memory.path.stat().st_size
    memory.compact()
    assert b"secret" in memory.path.read_bytes()
    memory.forget()
    memory.compact()
    assert b"secret" not in memory.path.read_bytes()
    assert memory.path.stat().st_size < size / 2
    assert memory.lookup("Бір 7", "kk", "en")[0].percent == 100


# The commands


def test_history_prints_a_line_for_each_change(tmtool: Program, file: str) -> None:
    """Number, time, author, kind, id, what, before, after."""
    with Memory.open(file) as memory:
        unit = unit_of(memory, "а")
    lines = tmtool("-m", file, "history", unit.id).stdout.splitlines()
    made = f"1\t2025-10-20T09:30:00Z\taigul\tadd\t{unit.id}\t"
    assert lines[:4] == [
        f"{made}source\t\tа",
        f"{made}target\t\ta",
        f"{made}state\t\ttranslated",
        f"{made}document\t\td",
    ]
    assert lines[4:] == [
        f"2\t2025-10-21T09:30:00Z\tbolat\tedit\t{unit.id}\ttarget\ta\tA",
        f"4\t2025-10-22T09:30:00Z\tbolat\tedit\t{unit.id}\ttarget\tA\tAA",
    ]
    last = json.loads(tmtool("-m", file, "history", "-d", "d", "--json").stdout.splitlines()[-1])
    assert (last["number"], last["kind"], last["unit"]) == (4, "edit", unit.id)
    assert (last["before"]["target"], last["after"]["target"]) == ("A", "AA")


def test_history_lists_the_actions(tmtool: Program, file: str) -> None:
    """With what was taken back; 1 and a word where there are none."""
    tmtool("-m", file, "--author", "saule", "undo")
    lines = [line.split("\t") for line in tmtool("-m", file, "history").stdout.splitlines()]
    assert [(line[0], line[2], line[3]) for line in lines] == [
        ("5", "saule", "undo"),
        ("4", "bolat", "edit"),
        ("3", "bolat", "remove"),
        ("2", "bolat", "edit"),
        ("1", "aigul", "add"),
    ]
    assert lines[1][4:] == ["1 unit", "undone"]
    assert json.loads(tmtool("-m", file, "history", "--json").stdout.splitlines()[4])["units"] == 3
    assert tmtool("-m", file, "history", "nobody", status=1).stderr == "no history of this\n"
    assert "exclude each other" in tmtool("history", "x", "-d", "y", status=2).stderr


def test_undo_names_whose_change_it_took_back(tmtool: Program, file: str) -> None:
    """Its author and time, unless that is one's own."""
    done = tmtool("-m", file, "--author", "saule", "undo").stderr
    assert done == "undone: edit by bolat at 2025-10-22T09:30:00Z, 1 unit\n"
    assert tmtool("-m", file, "--author", "bolat", "undo").stderr == "undone: remove, 1 unit\n"


def test_undo_since_shows_first_what_it_would_do(tmtool: Program, file: str) -> None:
    """--dry-run changes nothing."""
    dry = tmtool("-m", file, "undo", "--since", "2025-10-21", "--dry-run").stdout.splitlines()
    assert [line.split("\t")[0] for line in dry] == ["4", "3", "2"]
    assert tmtool("-m", file, "undo", "--dry-run").stdout.startswith("4\t")
    done = tmtool("-m", file, "--author", "aigul", "undo", "--since", "3")
    assert done.stderr == (
        "undone: edit by bolat at 2025-10-22T09:30:00Z, 1 unit\n"
        "undone: remove by bolat at 2025-10-21T09:30:00Z, 1 unit\n"
    )
    assert tmtool("-m", file, "undo", "--since", "3", status=1).stderr == "nothing to undo\n"
    wrong = tmtool("-m", file, "undo", "--since", "noon", status=2).stderr
    assert "'noon' is neither the number of an action nor a time such as 2025" in wrong
    early = tmtool("-m", file, "undo", "--since", "0001-01-01T00:00+14:00", status=2).stderr
    assert "'0001-01-01T00:00+14:00' is out of range: before the year 1" in early


@pytest.mark.parametrize("since", ["7", "2025-10-22T09:31"])
def test_undo_since_takes_back_what_was_done_again(tmtool: Program, file: str, since: str) -> None:
    """By the number of the redo, or a time before it and behind the change; so of an undo."""

    def program(*words: str, seconds: int) -> str:
        at = str(int(MOMENT.timestamp()) + 2 * 24 * 3600 + seconds)
        done = tmtool("-m", file, "--author", "saule", *words, SOURCE_DATE_EPOCH=at)
        return done.stdout or done.stderr

    program("undo", seconds=20)
    program("undo", seconds=30)
    program("redo", seconds=100)
    dry = program("undo", "--since", since, "--dry-run", seconds=120)
    assert [line.split("\t")[0] for line in dry.splitlines()] == ["3"]
    done = program("undo", "--since", since, seconds=120)
    assert done == "undone: remove by bolat at 2025-10-21T09:30:00Z, 1 unit\n"
    assert program("redo", seconds=130) == "redone: remove, 1 unit\n"
    dry = program("undo", "--since", "5", "--dry-run", seconds=140)
    assert [line.split("\t")[::3] for line in dry.splitlines()] == [["5", "undo"]]
    done = program("undo", "--since", "5", seconds=140)
    assert done == "undone: undo, 1 unit\n"
    assert sorted(unit.target.text for unit in units_of(file)) == ["AA", "c"]


def test_redo_takes_an_undo_back(tmtool: Program, file: str) -> None:
    """One after another or all at once, until something else is done; another's undo is named."""
    history = tmtool("-m", file, "history").stdout
    tmtool("-m", file, "--author", "saule", "undo", "--since", "2", SOURCE_DATE_EPOCH="1761211800")
    undone = list(units_of(file))
    dry = tmtool("-m", file, "redo", "--all", "--dry-run").stdout.splitlines()
    assert [line.split("\t")[0] for line in dry] == ["2", "3", "4"]
    assert tmtool("-m", file, "redo", "--dry-run").stdout.splitlines() == dry[:1]
    assert list(units_of(file)) == undone
    said = tmtool("-m", file, "--author", "bolat", "redo").stderr
    assert said == "redone: edit undone by saule at 2025-10-23T09:30:00Z, 1 unit\n"
    said = tmtool("-m", file, "--author", "saule", "redo", "--all").stderr
    assert said == "redone: remove, 1 unit\nredone: edit, 1 unit\n"
    assert tmtool("-m", file, "redo", status=1).stderr == "nothing to redo\n"
    kept = tmtool("-m", file, "history").stdout
    assert kept.endswith(history)
    tmtool("-m", file, "undo")
    tmtool("-m", file, "replace", "A", "B")
    assert tmtool("-m", file, "redo", "--all", status=1).stderr == "nothing to redo\n"


@pytest.mark.parametrize("is_all", [False, True])
def test_all_is_done_again_that_one_redo_after_another_does(
    tmtool: Program, tmp_path: Path, is_all: bool
) -> None:
    """What was undone before another change was made stays so, though that was undone, too."""
    for name, target in (("first", "Hello."), ("a", "Yes."), ("b", "Yeah.")):
        source = "Сәлем." if name == "first" else "Иә."
        (tmp_path / f"{name}.tsv").write_text(f"{source}\t{target}\n", "utf-8")
    for step in ("first", "a", "undo", "b", "undo", "undo"):
        tmtool("-m", "m.db", *(["undo"] if step == "undo" else _imported(step)))
    dry = tmtool("-m", "m.db", "redo", "--all", "--dry-run").stdout.splitlines()
    assert [line.split("\t")[0] for line in dry] == ["1", "4"]
    if is_all:
        tmtool("-m", "m.db", "redo", "--all")
    else:
        for _ in dry:
            tmtool("-m", "m.db", "redo")
    assert tmtool("-m", "m.db", "redo", status=1).stderr == "nothing to redo\n"
    assert tmtool("-m", "m.db", "export", "-", "--to", "tsv").stdout.splitlines() == [
        "Сәлем.\tHello.",
        "Иә.\tYeah.",
    ]


def _imported(name: str) -> list[str]:
    return ["import", f"{name}.tsv", "-s", "kk", "-t", "en", "-d", "d"]


def test_what_is_not_undone_last_is_not_brought_back(lived: Memory) -> None:
    """Nothing is, where somebody else was first."""
    lived.undo_since(3)
    before = list(lived.units())
    with pytest.raises(ConflictError):
        lived.bring_back([3, 2])
    with pytest.raises(ConflictError):
        lived.bring_back([4])
    assert list(lived.units()) == before
    lived.bring_back([3, 4])
    assert targets(lived) == ["c", "AA"]


def test_nothing_is_forgotten_unasked(tmtool: Program, file: str) -> None:
    """In a pipe only with --force; --dry-run lists what it would be."""
    compact = ["-m", file, "compact"]
    assert "m" in tmtool(*compact).stderr
    assert "say --force" in tmtool(*compact, "--forget", status=2).stderr
    dry = tmtool(*compact, "--forget", "--before", "2025-10-22", "--dry-run").stdout
    assert [line[0] for line in dry.splitlines()] == ["3", "2", "1"]
    assert len(tmtool("-m", file, "history").stdout.splitlines()) == 4
    done = tmtool(*compact, "--forget", "--before", "2025-10-22", "--force")
    assert done.stderr.startswith("forgotten: 3 actions\n")
    assert len(tmtool("-m", file, "history").stdout.splitlines()) == 1
    assert "go with --forget" in tmtool(*compact, "--before", "2025-10-22", status=2).stderr


def test_a_full_disk_after_forgetting_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making the file smaller needs as much space again, and comes after it."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("а", "a")])
    monkeypatch.setattr(Memory, "compact", Mock(side_effect=StoreError("m.db: the disk is full")))
    command = ["-q", "-m", str(tmp_path / "m.db"), "compact", "--forget", "--force"]
    with pytest.raises(StoreError, match="is full; history is forgotten, only the file is not sma"):
        cli.main(command, standalone_mode=False)
    with Memory.open(tmp_path / "m.db") as memory:
        assert memory.actions() == []


def test_a_person_is_asked_before_anything_is_forgotten(start: Start, tmp_path: Path) -> None:
    """No is an answer."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("а", "a")])
    child = start("compact", "--forget")
    child.expect_exact("Forget 1 action for good? [y/N]")
    child.sendline("n")
    assert ended(child)[1] == 130
    with Memory.open(tmp_path / "m.db") as memory:
        assert len(memory.actions()) == 1


@pytest.mark.parametrize("by", ["option", "environment", "configuration"])
def test_changes_are_signed_by_whom_the_settings_name(
    tmtool: Program, tmp_path: Path, by: str
) -> None:
    """--author, TMTOOL_AUTHOR, or author in tmtool.toml."""
    (tmp_path / "a.tsv").write_text("Иә.\tYes.\n", "utf-8")
    if by == "configuration":
        (tmp_path / "tmtool.toml").write_text('author = "saule"\n', "utf-8")
    options = ["--author", "saule"] if by == "option" else []
    variables = {"TMTOOL_AUTHOR": "saule"} if by == "environment" else {}
    tmtool("-m", "m.db", *options, "import", "a.tsv", "-s", "kk", "-t", "en", **variables)
    assert tmtool("-m", "m.db", "history").stdout.split("\t")[2] == "saule"


def test_nothing_in_a_history_is_obeyed_by_a_terminal(tmtool: Program, tmp_path: Path) -> None:
    """A name or a text with control characters takes one line and shows them."""
    with Memory.open(tmp_path / "m.db", author="a\x1b[2J\nb") as memory:
        memory.add([pair("а\tб\x1b", "a", document="d")])
    shown = (
        tmtool("-m", "m.db", "history").stdout + tmtool("-m", "m.db", "history", "-d", "d").stdout
    )
    assert "\x1b" not in shown
    assert all(len(line.split("\t")) in (5, 8) for line in shown.splitlines())


def test_what_came_back_otherwise_and_changed_is_undone(memory: Memory) -> None:
    """A unit that an import brought back stays where it is, and one."""
    memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.")])
    first, *_ = memory.units(document="d")
    memory.change("remove", [(first, None)])
    memory.add([pair("Иә.", "Yes.", document="d")], on_conflict="replace")
    memory.add([pair("Иә.", "Yeah.", document="d")], on_conflict="replace")
    assert memory.undo() == ("add", 1)
    assert [unit.target.text for unit in memory.units(document="d")] == ["Yes."]


def test_what_was_removed_comes_back_to_its_place(memory: Memory) -> None:
    """Also a unit that stands alone, and it is found there again."""
    memory.add([pair(f"{word} сөз", word.upper()) for word in "абвг"])
    removed = [unit for unit in memory.units() if unit.target.text in "БГ"]
    memory.change("remove", [(unit, None) for unit in removed])
    memory.compact()
    assert memory.undo() == ("remove", 2)
    assert [unit.target.text for unit in memory.units()] == list("АБВГ")
    assert [match.unit.target.text for match in memory.lookup("б сөз", "kk", "en", limit=1)] == [
        "Б"
    ]
    memory.redo()
    assert [unit.target.text for unit in memory.units()] == list("АВ")
    memory.undo()
    (last,) = (unit for unit in memory.units() if unit.target.text == "Г")
    memory.change("remove", [(last, None)])
    memory.add([pair("д сөз", "Д")])
    memory.undo_since(memory.actions()[1].number)
    assert [unit.target.text for unit in memory.units()] == list("АБВГ")


def test_an_undo_counts_units_and_not_their_changes(memory: Memory) -> None:
    """One that an import touched twice is one."""
    memory.add([pair("Иә.", target, id="a") for target in ("", "Yes.")])
    assert [action.units for action in memory.actions()] == [1]
    assert memory.undo() == ("add", 1)
    assert list(memory.units()) == []
