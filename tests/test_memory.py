"""The memory: what it keeps, what adding twice does, and that everything can be undone."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.conftest import MOMENT, WITHOUT_SUMS, pair, until
from tmtool.conflict import OnConflict
from tmtool.errors import ConflictError, InputError, StoreError
from tmtool.formats import write
from tmtool.memory import Added, Memory
from tmtool.model import Code, Header, TranslationUnit, Variant


def everything(memory: Memory) -> object:
    """All that a memory holds, to the byte where it is a file."""
    if isinstance(memory.address, Path):
        return memory.address.read_bytes()
    return list(memory.units()), memory.actions(), memory.document_names()


def targets(memory: Memory) -> list[str]:
    return [unit.target.text for unit in memory.units()]


def test_units_are_kept_as_they_were_given(place: str) -> None:
    """Everything a unit says is there after the file is opened again."""
    unit = TranslationUnit(
        Variant("kk", ("Жаңа ", Code("ph", "<ph/>", "1"), "жыл")),
        Variant.of("en", "New year"),
        id="u1",
        state="reviewed",
        document="d",
        position=3.5,
        origin="align",
        created_at=MOMENT,
        created_by="aigul",
        score=0.75,
        props=(("x-tmtool:date", "2025-10-20"),),
        notes=("check the date",),
    )
    with Memory.open(place) as memory:
        memory.add([unit])
    with Memory.open(place) as memory:
        assert list(memory.units()) == [unit]
        assert memory.unit("u1") == unit
        assert memory.unit("u2") is None


def test_adding_twice_changes_nothing(memory: Memory) -> None:
    """A second run of the same command is harmless."""
    units = [pair("Иә.", "Yes."), pair("Иә.", "Yes."), pair("Жоқ.", "No.", document="d")]
    assert memory.add(units) == Added(new=2, unchanged=1)
    before = list(memory.units())
    assert memory.add(units) == Added(unchanged=3)
    assert list(memory.units()) == before
    assert memory.undo() == ("add", 2)
    assert memory.undo() is None


def schema(path: Path) -> list[tuple[str, ...]]:
    """What an SQLite file consists of, tables, indices and triggers."""
    with closing(sqlite3.connect(path)) as db:
        return sorted(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))


def test_indices_are_there_however_the_first_import_ends(tmp_path: Path) -> None:
    """A memory is of one shape, whether its first units came, were tried only, or were refused."""
    path = tmp_path / "memory.db"
    units = [pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.")]

    def broken() -> Iterator[TranslationUnit]:
        yield from units
        raise InputError("breaks off")

    with Memory.open(path) as memory:
        empty = schema(path)
        memory.add(units, dry_run=True)
        assert schema(path) == empty
        with pytest.raises(InputError, match="breaks off"):
            memory.add(broken())
        assert schema(path) == empty
        assert memory.add(units) == Added(new=2)
        assert schema(path) == empty
        assert memory.add([*units, pair("Мүмкін.", "Maybe.", document="d")]).new == 1
        assert [unit.position for unit in memory.units(document="d")] == [1, 2]
    with Memory.open(path) as memory:
        assert memory.undo() == ("add", 1)


def test_a_first_import_knows_units_that_come_again_in_it(memory: Memory) -> None:
    """Units that a first import brought are known to the rest of it, however long it is."""
    once = [pair(f"{number} жыл.", f"Year {number}.", document="d") for number in range(2_500)]
    alone = [pair("Иә.", "Yes."), pair("Иә.", "Yes.")]
    known = [replace(unit, id=f"u{number}") for number, unit in enumerate(once)]
    assert memory.add([*known, *alone, *known]) == Added(new=2_501, unchanged=2_501)
    assert [unit.position for unit in memory.units(document="d")] == list(range(1, 2_501))


def test_what_files_say_of_all_units_is_kept_beside_what_others_said(memory: Memory) -> None:
    """Each thing once and in order, gone with the undo of what brought it, and no longer undone
    where its history is forgotten."""
    one = Header((("client", "A"), ("domain", "law")), ("by hand",))
    other = Header((("client", "B"), ("domain", "law")))
    units = [pair("Иә.", "Yes.")]
    memory.add(units, headers=[one], dry_run=True)
    assert memory.header == Header()
    memory.add(units, headers=[one])
    assert memory.add(units, headers=[one]) == Added(unchanged=1)
    assert [action.kind for action in memory.actions()] == ["add"]
    memory.add(units, headers=[other])
    both = Header((("client", "A"), ("domain", "law"), ("client", "B")), ("by hand",))
    assert memory.header == both
    assert memory.undo() == ("add", 0)
    assert memory.header == one
    assert memory.redo() == ("add", 0)
    assert memory.header == both
    memory.undo()
    memory.forget()
    assert memory.header == one
    memory.add(units, headers=[other])
    assert memory.header == both


def test_equal_sentences_of_a_document_are_units_of_their_own(memory: Memory) -> None:
    """A refrain is translated each time it comes, and keeps its places."""
    refrain = [pair("Иә.", "Yes.", document="d"), pair("Иә.", "Indeed.", document="d")]
    memory.add(refrain)
    assert targets(memory) == ["Yes.", "Indeed."]
    assert memory.add(refrain) == Added(unchanged=2)
    assert len({unit.id for unit in memory.units()}) == 2


def test_a_document_keeps_the_order_of_its_text(memory: Memory) -> None:
    """Units come back as they were added, later ones after earlier ones."""
    memory.add([pair(word, document="d") for word in "вба"])
    memory.add([pair("г", document="d")])
    assert [unit.source.text for unit in memory.units(document="d")] == list("вбаг")


@pytest.mark.parametrize(("policy", "kept"), [("keep", "Yes."), ("replace", "Yeah.")])
def test_another_translation_is_kept_or_replaces(memory: Memory, policy: str, kept: str) -> None:
    """What the memory holds wins unless the caller says otherwise; the id stays."""
    memory.add([pair("Иә.", "Yes.", document="d")])
    (before,) = memory.units()
    added = memory.add(
        [pair("Иә.", "Yeah.", document="d")],
        on_conflict=policy,  # type: ignore[arg-type]
    )
    assert added == (Added(kept=1) if policy == "keep" else Added(replaced=1))
    (after,) = memory.units()
    assert (after.target.text, after.id) == (kept, before.id)


def test_both_translations_are_held(memory: Memory) -> None:
    """The other stands in no document, however often it comes; an empty target is filled."""
    memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", document="d")])
    units = [pair("Иә.", "Yeah.", document="d"), pair("Жоқ.", "No.", document="d")]
    assert memory.add(units, on_conflict="both") == Added(new=1, replaced=1)
    assert memory.add(units, on_conflict="both") == Added(unchanged=2)
    held = {(unit.document, unit.target.text) for unit in memory.units()}
    assert held == {("d", "Yes."), ("d", "No."), (None, "Yeah.")}


@pytest.mark.parametrize(
    ("held", "came", "outcome"),
    [
        (MOMENT, MOMENT + timedelta(days=1), Added(replaced=1)),
        (MOMENT, MOMENT, Added(kept=1)),
        (MOMENT, MOMENT - timedelta(days=1), Added(kept=1)),
        (MOMENT, None, Added(kept=1)),
    ],
)
def test_the_newest_translation_wins(
    memory: Memory, held: datetime, came: datetime | None, outcome: Added
) -> None:
    """It stays as new as it was, so that a still newer one from elsewhere wins as well."""
    memory.add([pair("Иә.", "Yes.", document="d", created_at=held)])
    unit = pair("Иә.", "Yeah.", document="d", created_at=came, created_by="daniyar")
    assert memory.add([unit], on_conflict="newest") == outcome
    memory.add([unit], on_conflict="newest")
    (after,) = memory.units()
    if outcome.replaced:
        assert (after.target.text, after.changed_at, after.changed_by) == ("Yeah.", came, "daniyar")
        assert (after.created_at, after.created_by) == (held, "aigul")
    else:
        assert after.target.text == "Yes."


@pytest.mark.parametrize(
    "edit",
    [
        lambda unit: replace(unit, target=Variant.of("en", "Yeah.")),
        lambda unit: replace(unit, state="reviewed"),
        lambda unit: replace(unit, notes=("Жақсы",)),
    ],
    ids=["target", "state", "notes"],
)
def test_what_was_edited_in_a_file_is_newer_than_what_it_was_made_from(
    memory: Memory, edit: Callable[[TranslationUnit], TranslationUnit]
) -> None:
    """A row that nobody edited says nothing, whatever was changed in the memory meanwhile; a
    translation that was emptied in the file is kept, and counted."""
    memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
    yes, no = memory.units()
    edited = edit(yes)
    memory.change("edit", [(no, replace(no, target=Variant.of("en", "Nope.")))])
    before = list(memory.units())
    assert memory.add([edited, no], on_conflict="newest") == Added(replaced=1, unchanged=1)
    first, second = memory.units()
    assert first == replace(edited, changed_at=first.changed_at, changed_by="aigul")
    assert second == before[1]
    assert memory.add([yes, no], on_conflict="newest").replaced == 0
    without = replace(second, source=Variant("kk"))
    assert memory.add([without], on_conflict="replace").kept == 1
    emptied = replace(second, target=Variant("en"))
    assert memory.add([emptied], on_conflict="newest").kept == 1
    assert memory.add([emptied], on_conflict="replace").kept == 1
    assert list(memory.units()) == [first, second]


def test_a_reviewer_may_go_back_to_an_earlier_text(memory: Memory) -> None:
    """What it was once is known, without what was undone."""
    memory.add([pair("Иә.", "Yes.", document="d")])
    (yes,) = memory.units()
    memory.change("edit", [(yes, replace(yes, target=Variant.of("en", "Never.")))])
    memory.undo()
    memory.change("edit", [(yes, replace(yes, target=Variant.of("en", "Yeah.")))])
    (yeah,) = memory.units()
    assert memory.states(yes.id) == [yeah, yes]
    assert memory.add([replace(yeah, target=yes.target)], on_conflict="newest").replaced == 1
    assert [unit.target.text for unit in memory.states(yes.id)] == ["Yes.", "Yeah.", "Yes."]
    assert memory.states("none") == []


def test_a_note_that_a_tool_dropped_stays_beside_an_edit(memory: Memory) -> None:
    """So does a prop, unless it has another value now."""
    props = (("x-client", "A"), ("x-page", "1"))
    memory.add([pair("Иә.", "Yes.", document="d", notes=("Client.",), props=props)])
    (yes,) = memory.units()
    bare = replace(yes, target=Variant.of("en", "Yeah."), notes=(), props=(("x-page", "2"),))
    assert memory.add([bare], on_conflict="newest").replaced == 1
    (unit,) = memory.units()
    assert (unit.target.text, unit.notes) == ("Yeah.", ("Client.",))
    assert unit.props == (("x-client", "A"), ("x-page", "2"))


def test_doubt_and_approval_contradict_each_other(memory: Memory) -> None:
    """Whichever of them comes first."""
    memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
    yes, no = memory.units()
    doubted = [replace(unit, state="initial") for unit in (yes, no)]
    approved = [replace(unit, state="reviewed") for unit in (yes, no)]
    assert memory.add([doubted[0], approved[1]], on_conflict="newest").replaced == 2
    held = list(memory.units())
    assert memory.add([approved[0], doubted[1]], on_conflict="newest").kept == 2
    assert list(memory.units()) == held


def test_a_reviewer_may_put_a_translation_in_doubt(memory: Memory) -> None:
    """Whatever else changed meanwhile, unless somebody judged it then; to say no state says no
    doubt."""
    memory.add([pair("Иә.", "Yes.", document="d", state="reviewed")])
    (yes,) = memory.units()
    assert memory.add([replace(yes, state="translated")], on_conflict="newest").unchanged == 1
    doubtful = replace(yes, state="initial")
    memory.change("note", [(yes, replace(yes, notes=("A",)))])
    assert memory.add([doubtful], on_conflict="newest").replaced == 1
    (unit,) = memory.units()
    assert (unit.state, unit.notes) == ("initial", ("A",))
    memory.change("approve", [(unit, replace(unit, state="final"))])
    assert memory.add([doubtful], on_conflict="newest").replaced == 0


@pytest.mark.parametrize(
    ("here", "there", "merged"),
    [
        ({"notes": ("A",)}, {"notes": ("B",)}, {"notes": ("A", "B")}),
        ({"state": "reviewed"}, {"notes": ("B",)}, {"state": "reviewed", "notes": ("B",)}),
        ({"state": "rejected"}, {}, {"state": "rejected"}),
        ({"state": "rejected"}, {"state": "final"}, None),
        ({"target": "Yeah."}, {"notes": ("B",)}, {"target": "Yeah.", "notes": ("B",)}),
        ({"target": "Yeah."}, {"state": "final"}, None),
        ({"target": "Yeah."}, {"target": "Yep."}, {"target": "Yep."}),
        ({"target": "Yeah."}, {}, None),
        ({"notes": ("A",)}, {"target": "Yep."}, {"target": "Yep.", "notes": ("A",)}),
        ({"props": (("client", "A"),)}, {}, {"props": (("client", "A"),)}),
        ({"target": "Yeah.", "state": "reviewed"}, {"state": "reviewed"}, None),
        (
            {"target": "Yeah.", "state": "reviewed"},
            {"target": "Yep."},
            {"target": "Yep.", "state": "translated"},
        ),
        ({"source": "Ия."}, {"target": "Yeah."}, {"source": "Ия.", "target": "Yeah."}),
        ({"source": "Ия."}, {"target": "Yeah.", "state": "final"}, None),
        (
            {"props": (("x-tmtool:dismissed", "end"),)},
            {"props": (("x-tmtool:dismissed", "numbers"),)},
            {"props": (("x-tmtool:dismissed", "end"), ("x-tmtool:dismissed", "numbers"))},
        ),
    ],
)
def test_what_is_dated_later_takes_no_judgement_or_note_away(
    memory: Memory, here: dict[str, Any], there: dict[str, Any], merged: dict[str, Any] | None
) -> None:
    """Nor a text that was not changed there, unless the date can speak of nothing else."""
    memory.add([pair("Иә.", "Yes.", document="d")])
    (base,) = memory.units()
    (held,) = memory.change("edit", [(base, edited(base, **here))])
    assert held is not None
    assert held.changed_at is not None
    later = {"changed_at": held.changed_at + timedelta(days=1), "changed_by": "bek"}
    row = replace(edited(base, **there), **later)  # type: ignore[arg-type]
    assert memory.add([row], on_conflict="newest").kept == int(merged is None)
    (after,) = memory.units()
    assert _said(after) == _said(held if merged is None else edited(base, **merged))
    memory.add([row], on_conflict="newest")
    assert list(memory.units()) == [after]


@pytest.mark.parametrize(
    ("base", "here"),
    [
        ({}, {"state": "rejected"}),
        ({}, {"source": Variant.of("kk", "Ия.")}),
        ({"target": Variant.of("en", "Yes.")}, {"state": "reviewed"}),
        ({"target": Variant.of("en", "Yes."), "score": 0.3}, {"state": "rejected"}),
    ],
)
def test_a_later_note_says_nothing_of_what_was_open_or_doubtful_and_is_judged(
    memory: Memory, base: dict[str, Any], here: dict[str, Any]
) -> None:
    """Whether there was a translation; again, it is nothing new."""
    memory.add([replace(pair("Иә.", document="d"), **base)])
    (unit,) = memory.units()
    (held,) = memory.change("edit", [(unit, replace(unit, **here))])
    assert held is not None
    later = datetime.now(UTC) + timedelta(days=1)
    row = replace(unit, notes=("B",), changed_at=later, changed_by="bek")
    assert memory.add([row], on_conflict="newest") == Added(replaced=1)
    (after,) = memory.units()
    assert _said(after) == _said(replace(held, notes=("B",)))
    assert memory.add([row], on_conflict="newest").replaced == 0
    assert list(memory.units()) == [after]


def test_nobody_judged_two_texts_that_two_people_changed(memory: Memory) -> None:
    """One the source, in a file, one the translation, in the memory, of a pair that was final."""
    memory.add([pair("Иә.", "Yes.", document="d", state="final")])
    (unit,) = memory.units()
    (held,) = memory.change("edit", [(unit, edited(unit, target="Yeah."))])
    assert memory.add([edited(unit, source="Жоқ.")], on_conflict="newest") == Added(kept=1)
    assert list(memory.units()) == [held]


def _said(unit: TranslationUnit) -> tuple[object, ...]:
    return unit.source, unit.target, unit.state, unit.notes, unit.props


def test_what_is_made_anew_of_the_same_texts_takes_nothing_back(memory: Memory) -> None:
    """As by another alignment of two files, whose doubt is not about what somebody approved."""
    memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
    yes, no = memory.units()
    edits = [(yes, edited(yes, target="Yeah.")), (no, replace(no, state="reviewed", notes=("A",)))]
    held = memory.change("edit", edits)
    anew = {"created_at": MOMENT + timedelta(days=9_999), "created_by": "bek", "score": 0.3}
    units = [replace(unit, state="translated", **anew) for unit in (yes, no)]  # type: ignore[arg-type]
    done = memory.add(units, on_conflict="newest")
    assert (done.kept, done.new) == (1, 0)
    assert [_said(unit) for unit in memory.units()] == [_said(unit) for unit in held if unit]


@pytest.mark.parametrize("order", [1, -1])
def test_a_reviewer_may_take_doubt_away(memory: Memory, order: int) -> None:
    """Of a proposal or of what an aligner was unsure of, whatever others do; who judged it after
    that is right."""
    memory.add(
        [
            pair("Иә.", "Yes.", document="d", state="initial"),
            pair("Жоқ.", "No.", document="d", score=0.3),
        ]
    )
    before = list(memory.units())
    sure = [replace(unit, state="translated", score=None) for unit in before]
    noted = [replace(unit, notes=("A",)) for unit in before]
    assert memory.add(sure, on_conflict="keep") == Added(kept=2)
    for file in (sure, noted)[::order]:
        assert memory.add(file, on_conflict="newest") == Added(replaced=2)
    held = list(memory.units())
    assert [(unit.state, unit.score, unit.notes) for unit in held] == [
        ("translated", None, ("A",))
    ] * 2
    for file in (before, sure, noted):
        assert memory.add(file, on_conflict="newest") == Added(unchanged=2)
    final, rejected = replace(held[0], state="final"), replace(held[1], state="rejected")
    memory.change("judge", [(held[0], final), (held[1], rejected)])
    assert memory.add(sure, on_conflict="newest").replaced == 0
    assert [unit.state for unit in memory.units()] == ["final", "rejected"]


@pytest.mark.parametrize("policy", ["newest", "replace"])
def test_what_is_said_of_a_translation_that_was_emptied_is_taken(
    memory: Memory, policy: OnConflict
) -> None:
    """The translation stays: nobody says with which text it would go."""
    memory.add([pair("Иә.", "Yes.", document="d", state="reviewed")])
    (unit,) = memory.units()
    emptied = replace(unit, target=Variant("en"), state="initial", notes=("Why?",))
    assert memory.add([emptied], on_conflict=policy).replaced == 1
    (after,) = memory.units()
    assert (after.target.text, after.state, after.notes) == ("Yes.", "reviewed", ("Why?",))
    rejected = replace(after, target=Variant("en"), state="rejected")
    assert memory.add([rejected], on_conflict=policy).replaced == 1
    (last,) = memory.units()
    assert (last.target.text, last.state, last.notes) == ("Yes.", "rejected", ("Why?",))
    assert memory.add([replace(last, target=Variant("en"))], on_conflict=policy).kept == 1


def edited(unit: TranslationUnit, **fields: Any) -> TranslationUnit:
    """A unit as somebody left it in a file: texts are given as such."""
    codes = {"source": "kk", "target": "en"}
    sides: dict[str, Any] = {
        name: Variant.of(codes[name], value) if name in codes else value
        for name, value in fields.items()
    }
    return replace(unit, **sides)


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ({"target": "Yeah."}, {}, {"target": "Yeah."}),
        ({"target": "Yeah."}, {"notes": ("B",)}, {"target": "Yeah.", "notes": ("B",)}),
        ({"notes": ("A",)}, {"notes": ("B",)}, {"notes": ("A", "B")}),
        ({"notes": ("A",)}, {"target": "Yeah."}, {"notes": ("A",), "target": "Yeah."}),
        ({"source": "Ия."}, {"target": "Yeah."}, {"source": "Ия.", "target": "Yeah."}),
        ({"target": "Yeah."}, {"target": "Yeah.", "state": "final"}, None),
        ({"state": "final"}, {"notes": ("B",)}, {"state": "final", "notes": ("B",)}),
        ({"target": "Yeah.", "state": "final"}, {"state": "final"}, {}),
        ({"notes": ("A",)}, {"state": "rejected"}, {"notes": ("A",), "state": "rejected"}),
    ],
)
def test_what_two_reviewers_changed_in_two_files_is_merged(
    memory: Memory, first: dict[str, Any], second: dict[str, Any], merged: dict[str, Any] | None
) -> None:
    """Field by field, as far as they did not change the same; again, it is nothing new, a dry run
    says the same, and undo takes back what the second did."""
    memory.add([pair("Иә.", "Yes.", document="d")])
    (unit,) = memory.units()
    assert memory.add([edited(unit, **first)], on_conflict="newest") == Added(replaced=1)
    (held,) = memory.units()
    wanted = edited(held, **(second if merged is None else merged))
    row = edited(unit, **second)
    said = memory.add([row], on_conflict="newest", dry_run=True)
    assert memory.add([row], on_conflict="newest") == said
    (after,) = memory.units()
    assert said == (Added(unchanged=1) if wanted == held else Added(replaced=1))
    assert replace(after, changed_at=held.changed_at) == wanted
    for again in (row, edited(unit, **first), unit):
        assert memory.add([again], on_conflict="newest") == Added(unchanged=1)
    if said.replaced:
        memory.undo()
        assert list(memory.units()) == [held]
        assert memory.add([row], on_conflict="newest") == said


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"target": "Yeah."}, {"target": "Yep."}),
        ({"target": "Yeah."}, {"target": "Yep.", "notes": ("B",)}),
        ({"state": "final"}, {"state": "rejected"}),
        ({"target": "Yeah."}, {"state": "rejected"}),
        ({"state": "final"}, {"target": "Yeah."}),
        ({"target": "Yeah."}, {"target": ""}),
    ],
)
def test_what_two_reviewers_changed_each_in_a_way_of_their_own_is_a_conflict(
    memory: Memory, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """So it is where one judged a text that the other changed; what the memory holds is kept, and
    shown with what came."""
    memory.add([pair("Иә.", "Yes.", document="d")])
    (unit,) = memory.units()
    memory.add([edited(unit, **first)], on_conflict="newest")
    before = list(memory.units())
    row = edited(unit, **second)
    for dry_run in (True, False):
        done = memory.add([row], on_conflict="newest", dry_run=dry_run)
        assert done == Added(kept=1)
        assert done.sample == {"kept": [(before[0], row)]}
        assert list(memory.units()) == before


def test_a_row_that_was_taken_and_then_changed_in_the_memory_is_nothing_new(memory: Memory) -> None:
    """It comes again as it came, and what was made of it since stays; but an edit that was undone
    comes again, and so does one that goes back to an older text."""
    memory.add([pair("Иә.", "Yes.", document="d")])
    (unit,) = memory.units()
    row = edited(unit, target="Yeah.")
    memory.add([row], on_conflict="newest")
    memory.undo()
    assert memory.add([row], on_conflict="newest") == Added(replaced=1)
    (taken,) = memory.units()
    memory.change("edit", [(taken, edited(taken, target="Yep."))])
    for again in (row, unit):
        assert memory.add([again], on_conflict="newest") == Added(unchanged=1)
    (held,) = memory.units()
    memory.change("note", [(held, edited(held, notes=("A",)))])
    assert memory.add([edited(held, target="Yes.")], on_conflict="newest") == Added(replaced=1)
    (last,) = memory.units()
    assert (last.target.text, last.notes) == ("Yes.", ("A",))


@pytest.mark.parametrize("policy", ["keep", "newest", "both"])
def test_what_a_tool_is_given_of_a_unit_is_nothing_new(memory: Memory, policy: OnConflict) -> None:
    """Its text on one line, the context that is put beside it, or how it was some time ago."""
    memory.add([pair("Иә.\nРас. ", "Yes.\nTrue. ", document="d")])
    (unit,) = memory.units()
    level = replace(
        unit, source=Variant.of("kk", "Иә. Рас."), target=Variant.of("en", "Yes. True.")
    )
    assert memory.add([level], on_conflict=policy) == Added(unchanged=1)
    placed = replace(unit, props=(("file", "a.txt"), ("prev", "Жоқ.")))
    assert memory.add([placed], on_conflict=policy) == Added(unchanged=1)
    memory.change("edit", [(unit, replace(unit, target=Variant.of("en", "Yeah.")))])
    (edited,) = memory.units()
    memory.change("edit", [(edited, replace(edited, state="final"))])
    earlier = replace(edited, state="final")
    for policy_of_all in (policy, "replace"):
        assert memory.add([earlier], on_conflict=policy_of_all) == Added(unchanged=1)


def test_what_stands_alone_comes_into_the_document_that_it_comes_again_as(memory: Memory) -> None:
    """Each once: an import that forgot to name it is mended by one that does."""
    memory.add([pair("Иә.", "Yes."), pair("Жоқ.", "No.")])
    alone = list(memory.units())
    named = [pair(*texts, document="d") for texts in [("Жоқ.", "No."), ("Иә.", "Yes.")] * 2]
    assert memory.add(named) == Added(replaced=2, new=2)
    held = sorted(memory.units(), key=lambda unit: unit.position)
    assert [(unit.document, unit.target.text) for unit in held] == [("d", "No."), ("d", "Yes.")] * 2
    assert {unit.id for unit in alone} < {unit.id for unit in memory.units()}
    assert memory.add(named) == Added(unchanged=4)
    memory.undo()
    assert list(memory.units()) == alone


@pytest.mark.parametrize("policy", ["keep", "replace", "both", "newest"])
def test_a_bare_pair_that_a_document_holds_is_nothing_new(
    memory: Memory, policy: OnConflict
) -> None:
    """As in a table of the memory's own texts; unless more is said of it. What somebody rejected
    in the document is kept out. The document may change later, and in the same file."""
    memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
    yes, no = before = list(memory.units())
    bare = [pair("Иә.", "Yes.", created_by=""), pair("Жоқ.", "No.", created_by="")]
    for _ in range(2):
        assert memory.add([*bare, bare[0]], on_conflict=policy) == Added(unchanged=3)
    assert list(memory.units()) == before
    noted = replace(bare[0], notes=("see",))
    assert memory.add([noted, pair("Иә.", "Yeah.")], on_conflict=policy) == Added(new=2)
    memory.undo()
    memory.change("reject", [(no, replace(no, state="rejected"))])
    done = memory.add(bare, on_conflict=policy)
    assert (done.new, done.unchanged, done.kept) == (0, 1, 1)
    memory.undo()
    file = [bare[0], replace(yes, target=Variant.of("en", "Yeah."))]
    memory.add(file, on_conflict=policy)
    held = list(memory.units())
    assert "Yes." in targets(memory)
    memory.add(file, on_conflict=policy)
    assert list(memory.units()) == held


def lone(*targets: str) -> list[TranslationUnit]:
    """Translations of one source that stand alone, each dated a day later than the one before."""
    times = [MOMENT + timedelta(days=day) for day in range(len(targets))]
    return [pair("Иә.", target, created_at=at) for target, at in zip(targets, times, strict=True)]


@pytest.mark.parametrize(
    ("policy", "held"),
    [
        ("keep", {"Yes."}),
        ("replace", {"Yeah.", "Yep."}),
        ("newest", {"Yeah.", "Yep."}),
        ("both", {"Yes.", "Yeah.", "Yep."}),
    ],
)
def test_translations_that_stand_alone_compete_with_earlier_ones(
    memory: Memory, policy: OnConflict, held: set[str]
) -> None:
    """Not with each other: of a source, the memory holds what it held, or what a file says."""
    memory.add(lone("Yes."))
    others = lone("Yes.", "Yeah.", "Yep.")[1:]
    memory.add(others, on_conflict=policy)
    assert set(targets(memory)) == held
    before = list(memory.units())
    memory.add(others, on_conflict=policy)
    assert list(memory.units()) == before
    if policy != "keep":
        memory.undo()
    assert targets(memory) == ["Yes."]


@pytest.mark.parametrize("count", [0, 2_500])
@pytest.mark.parametrize("policy", ["keep", "replace", "both"])
def test_in_what_order_translations_come_makes_no_difference(
    fresh: Callable[[], str], policy: OnConflict, count: int
) -> None:
    """Nor how far they stand from each other, nor that some of them are held."""
    between = [pair(f"{number} жыл.", f"Year {number}.") for number in range(count)]
    found = []
    for one, other in (("Yes.", "Yeah."), ("Yeah.", "Yes.")):
        with Memory.open(fresh()) as memory:
            memory.add(lone("Yes.", "Yep."))
            added = [*lone(one), *between, *lone(other)]
            memory.add(added, on_conflict=policy)
            found.append(set(targets(memory)) - {unit.target.text for unit in between})
            memory.add(added, on_conflict=policy)
            found.append(set(targets(memory)) - {unit.target.text for unit in between})
    wanted = {"keep": {"Yes.", "Yep."}, "replace": {"Yes.", "Yeah."}}
    assert found == [wanted.get(policy, {"Yes.", "Yeah.", "Yep."})] * 4


def test_a_pair_of_which_more_is_said_is_a_unit_of_its_own(memory: Memory) -> None:
    """A note, a property, a date; where the memory held the pair alone, it is counted as kept."""
    more = [
        pair("Иә.", "Yes.", notes=("approved by client",)),
        pair("Иә.", "Yes.", props=(("x-client", "B"),)),
        pair("Иә.", "Yes.", created_at=MOMENT, created_by="bek"),
    ]
    memory.add([pair("Иә.", "Yes.")])
    assert memory.add(more) == Added(kept=3)
    memory.undo()
    assert memory.add([*more, pair("Иә.", "Yes.")]) == Added(new=4)


def test_units_of_codes_alone_are_kept_and_empty_ones_counted(memory: Memory) -> None:
    """They are a segment of the text, too."""
    code = (Code("ph", '<ph x="1"/>'),)
    unit = replace(pair("x"), source=Variant("kk", code), target=Variant("en", code))
    assert memory.add([unit, pair("", "")]) == Added(new=1, empty=1)
    assert memory.add([unit]) == Added(unchanged=1)
    assert [unit.source.content for unit in memory.units()] == [code]


def test_translations_that_differ_in_codes_are_two(memory: Memory) -> None:
    """Both are held, or one gives way, as with texts."""

    def coded(number: str) -> TranslationUnit:
        code = Code("ph", f'<ph x="{number}"/>')
        return replace(
            pair("x"), source=Variant("kk", ("Код ", code)), target=Variant("en", (code, "Code"))
        )

    memory.add([coded("1")])
    assert memory.add([coded("2")], on_conflict="both") == Added(new=1)
    assert memory.add([coded("2")], on_conflict="both") == Added(unchanged=1)
    assert memory.add([coded("3")], on_conflict="replace") == Added(replaced=1, gone=1)


def test_both_are_held_where_somebody_edited_one(memory: Memory) -> None:
    """The id that its texts would have given the other one is taken."""
    memory.add([pair("Иә.", "Yes.")])
    (unit,) = memory.units()
    memory.change("edit", [(unit, replace(unit, target=Variant.of("en", "Yeah.")))])
    assert memory.add([pair("Иә.", "Yes.")], on_conflict="both") == Added(new=1)
    assert memory.add([pair("Иә.", "Yes.")], on_conflict="both") == Added(unchanged=1)
    assert targets(memory) == ["Yeah.", "Yes."]


@pytest.mark.parametrize("policy", ["replace", "newest"])
@pytest.mark.parametrize("document", [None, "d"])
def test_what_replaces_is_dated_as_it_says_and_keeps_the_id(
    memory: Memory, policy: OnConflict, document: str | None
) -> None:
    """One unit is replaced, not another one added, for imports, undo and history."""
    memory.add([pair("Иә.", "Yes.", document=document, created_at=MOMENT)])
    (before,) = memory.units()
    at = MOMENT + timedelta(days=1)
    dates = {"created_at": at, "created_by": "a", "changed_at": at, "changed_by": "b"}
    unit = pair("Иә.", "Yeah.", document=document, **dates)
    assert memory.add([unit], on_conflict=policy) == Added(replaced=1)
    assert memory.actions()[0].units == 1
    assert list(memory.units()) == [replace(unit, id=before.id, position=before.position)]
    assert memory.undo() == ("add", 1)
    assert list(memory.units()) == [before]


@pytest.mark.parametrize("policy", ["replace", "newest"])
def test_a_region_that_a_file_adds_takes_no_unit_out_of_its_document(
    memory: Memory, policy: OnConflict
) -> None:
    """Tools want one; what was edited there has the codes of the memory."""
    memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
    source, target = Variant.of("kk-KZ", "Иә."), Variant.of("en-US", "Yeah.")
    edited = [replace(unit, source=source, target=target) for unit in islice(memory.units(), 1)]
    assert memory.add(edited, on_conflict=policy).replaced == 1
    assert memory.document_names() == [("d", "kk", "en")]
    assert targets(memory) == ["Yeah.", "No."]


@pytest.mark.parametrize("policy", ["keep", "newest", "both"])
def test_a_rejected_pair_does_not_come_in_again(memory: Memory, policy: OnConflict) -> None:
    """From a file that says nothing of ids and states; another translation does."""
    memory.add([pair("Иә.", "Yes.", state="rejected")])
    for state in ("translated", "initial", "rejected"):
        done = memory.add([pair("Иә.", "Yes.", state=state, notes=())], on_conflict=policy)
        assert (done.new, done.replaced) == (0, 0)
    assert memory.add([pair("Иә.", "Yeah.")], on_conflict=policy).new == 1
    assert [unit.state for unit in memory.units()] == ["rejected", "translated"]


@pytest.mark.parametrize("policy", ["keep", "replace", "newest", "both"])
def test_a_pair_in_a_document_and_beside_it_is_the_same_again(
    memory: Memory, policy: OnConflict
) -> None:
    """Also where the file dates the one of the document."""
    memory.add([pair("Иә.", "Yes.", document="d")])
    beside = [pair("Иә.", ""), pair("Иә.", "Yes.")]
    units = [*beside, pair("Иә.", "Yes.", document="d", changed_at=MOMENT)]
    memory.add(units, on_conflict=policy)
    held = list(memory.units())
    again = memory.add(units, on_conflict=policy)
    assert (again.new, again.replaced, list(memory.units())) == (0, 0, held)


@pytest.mark.parametrize(
    ("held", "came", "is_same"),
    [("en", "en-US", True), ("en-US", "en", True), ("en-US", "en-GB", False), ("en", "ru", False)],
)
def test_a_sentence_of_a_document_is_the_same_in_a_language_with_its_region(
    memory: Memory, held: str, came: str, is_same: bool
) -> None:
    """As tools add it, which lose ids, too; two regions are two translations of a document."""

    def unit(code: str, text: str) -> TranslationUnit:
        return replace(pair("Иә.", document="d"), target=Variant.of(code, text))

    memory.add([unit(held, "Yes.")])
    done = memory.add([unit(came, "Yes.")])
    assert (done.unchanged, done.new) == (is_same, not is_same)
    memory.add([unit(came, "Yeah.")], on_conflict="replace")
    assert set(targets(memory)) == ({"Yeah."} if is_same else {"Yes.", "Yeah."})
    assert {it.target.language for it in memory.units()} == ({held} if is_same else {held, came})


def test_a_bare_pair_is_looked_for_in_all_sentences_of_its_texts(memory: Memory) -> None:
    """The first of them got its translation later, and says another date."""
    first, second = pair("Иә.", document="d"), pair("Иә.", "Yes.", document="d", changed_at=MOMENT)
    memory.add([first, second])
    units = [pair("Иә.", "Yes.", changed_at=MOMENT), replace(first, target=second.target)]
    assert memory.add(units) == Added(unchanged=1, replaced=1)
    assert memory.add(units) == Added(unchanged=2)


def test_no_spreadsheet_takes_an_id_for_a_number(memory: Memory) -> None:
    """It would write 5833390e82311964 as it writes numbers. These texts have such a hash."""
    texts = [f"Сөйлем нөмірі {number}." for number in (1037, 5868, 3416)]
    units = [pair(text, f"S {text[-5:]}", document="d") for text in texts]
    memory.add(units)
    for unit in memory.units():
        with pytest.raises(ValueError, match="could not convert"):
            float(unit.id)
    assert memory.add(units).unchanged == len(units)


times = st.sampled_from([None, *(MOMENT + timedelta(days=day) for day in range(3))])
places = st.sampled_from(
    [("", None), ("", None), ("", "d"), ("u1", None), ("u1", "d"), ("u2", "d")]
)
said_units = st.builds(
    lambda place, *texts, **said: pair(*texts, id=place[0], document=place[1], **said),
    places,
    st.sampled_from(["Иә.", "Жоқ."]),
    st.sampled_from(["", "Yes.", "Yeah."]),
    state=st.sampled_from(["initial", "translated", "final"]),
    notes=st.sampled_from([(), ("approved by client",), ("see page 2",)]),
    props=st.sampled_from([(), (("x-client", "B"),)]),
    created_at=times,
    created_by=st.sampled_from(["", "bek"]),
    changed_at=times,
)


def signature(unit: TranslationUnit) -> tuple[object, ...]:
    """By whom and when a unit was made and changed."""
    return unit.created_at, unit.created_by, unit.changed_at, unit.changed_by


def is_before(unit: TranslationUnit, other: TranslationUnit) -> bool:
    """Whether a unit is dated earlier than another one."""
    at, then = unit.changed_at or unit.created_at, other.changed_at or other.created_at
    return bool(at and then and at < then)


def is_older(unit: TranslationUnit, other: TranslationUnit) -> bool:
    """Whether a unit is another one as it was before that was changed."""
    return signature(unit)[:2] == signature(other)[:2] and is_before(unit, other)


def loss(
    held: list[TranslationUnit],
    unit: TranslationUnit,
    signed: set[tuple[object, ...]] | None = None,
) -> bool:
    """Whether no one unit says all that another does: texts, notes, props, the date of a target.

    Where the newest counts, ``signed`` has what units were signed with: one that was edited in a
    file, without a date, is dated now, as it has that of what was edited; and an earlier date is
    nothing.
    """
    return not any(
        unit.source == one.source
        and unit.target in (one.target, Variant("en"))
        and set(unit.notes) <= set(one.notes)
        and set(unit.props) <= set(one.props)
        and (
            not unit.target.content
            or (unit.changed_at or unit.created_at) in (None, one.changed_at, one.created_at)
            or is_older(unit, one)
            or (signed is not None and (signature(unit) in signed or is_before(unit, one)))
        )
        for one in held
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(said_units, max_size=4),
    st.lists(said_units, min_size=1, max_size=5),
    st.sampled_from(["keep", "replace", "both", "newest"]),
    st.sampled_from([1, 2, 2_000]),
)
def test_the_same_again_changes_nothing_and_one_file_loses_nothing_of_its_own(
    fresh: Callable[[], str],
    earlier: list[TranslationUnit],
    units: list[TranslationUnit],
    policy: OnConflict,
    at_once: int,
) -> None:
    """Whatever the memory held, and however many units are looked at at once; what is not taken
    is counted as kept, and history counts the units that the import did. Left out, as it
    does not hold there: a file that gives another source than the memory to what keeps others of
    that out, or answers for one without a translation; or to that one that says less."""
    sources = {unit.id: unit.source.text for unit in reversed(earlier) if unit.id}
    lone = [unit for unit in units if not (unit.document or unit.target.content)]
    is_same = all(sources.get(unit.id, unit.source.text) == unit.source.text for unit in units)
    assume(is_same or not (lone or policy == "newest"))
    assume(policy in ("keep", "both") or not any(unit.notes or unit.props for unit in lone))
    with Memory.open(fresh(), author="aigul") as memory, pytest.MonkeyPatch.context() as patch:
        patch.setattr("tmtool.memory._MANY", at_once)
        memory.add(earlier)
        before = {unit.id: unit for unit in memory.units()}
        was = chain.from_iterable(memory.pasts(list(before)).values())
        signed = set(map(signature, (*before.values(), *was))) if policy == "newest" else None
        done = memory.add(units, on_conflict=policy)
        held = list(memory.units())
        said = (unit for unit in units if unit.target.content or policy != "replace")
        losses = (loss(held, unit, signed) for unit in said)
        assert sum(losses) <= done.kept
        assert done.new + done.unchanged + done.kept + done.replaced + done.empty == len(units)
        again = memory.add(units, on_conflict=policy)
        assert (again.new, again.replaced, list(memory.units())) == (0, 0, held)
        if (done.new or done.replaced) and len({unit.id for unit in units if unit.id}) == sum(
            bool(unit.id) for unit in units
        ):
            after = {unit.id: unit for unit in held}
            other = [id for id in before | after if before.get(id) != after.get(id)]
            kind, count = memory.undo() or ("", 0)
            assert kind == "add"
            most = done.new + done.replaced + done.gone  # a later batch may replace a unit again
            assert count == most if at_once > len(units) else len(other) <= count <= most
            assert {unit.id: unit for unit in memory.units()} == before


@pytest.mark.parametrize("policy", ["keep", "replace", "both", "newest"])
@pytest.mark.parametrize("document", [None, "d"])
def test_an_id_that_stands_twice_in_a_file(
    memory: Memory, policy: OnConflict, document: str | None
) -> None:
    """Keep takes the first, else the second comes, too; one without a translation is filled."""
    units = [pair("Иә.", text, id="u1", document=document) for text in ("", "Yes.", "Yeah.")]
    assert memory.add(units[:2], on_conflict=policy) == Added(new=1, replaced=1)
    assert [(unit.id, unit.target.text) for unit in memory.units()] == [("u1", "Yes.")]
    kept = int(policy == "replace")  # one without a translation takes none away
    assert memory.add(units[:2], on_conflict=policy) == Added(unchanged=2 - kept, kept=kept)
    assert memory.undo() == ("add", 1)
    done = memory.add(units[1:], on_conflict=policy)
    assert done == (Added(new=1, kept=1) if policy == "keep" else Added(new=2))
    assert len(targets(memory)) == done.new
    first = memory.unit("u1")
    assert first is not None
    assert (first.target.text, first.document) == ("Yes.", document)
    again = memory.add(units[1:], on_conflict=policy)
    assert again == Added(unchanged=done.new, kept=done.kept)


@pytest.mark.parametrize("said", [{}, {"id": "u1"}, {"id": "u1", "document": "d"}])
def test_what_is_not_newer_is_kept_out_however_often_it_is_said(
    memory: Memory, said: dict[str, str]
) -> None:
    """Of several translations under an id none comes beside the one that is kept."""
    memory.add([pair("Иә.", "Yes.", **said)])
    units = [pair("Иә.", text, **said) for text in ("Yeah.", "Yeah.", "Yep.", "Yeah.")]
    assert memory.add(units, on_conflict="newest") == Added(kept=4)
    assert targets(memory) == ["Yes."]


def test_what_comes_into_a_document_takes_the_place_as_any_other(memory: Memory) -> None:
    """With replace, what the file does not say is gone, and the same again changes nothing."""
    memory.add([pair("Иә.", "Yes.", notes=("hm",))])
    units = [replace(unit, document="d", notes=()) for unit in memory.units()]
    assert memory.add(units, on_conflict="replace") == Added(replaced=1)
    (unit,) = memory.units()
    assert (unit.document, unit.notes) == ("d", ())
    assert memory.add(units, on_conflict="replace") == Added(unchanged=1)


@pytest.mark.parametrize("policy", ["replace", "newest"])
@pytest.mark.parametrize("other", [("Жоқ.", "No.", "d"), ("Жоқ.", "", None), ("Иә.", "Yeah.", "d")])
def test_an_id_of_two_sentences_of_a_file_is_that_of_the_first(
    memory: Memory, policy: OnConflict, other: tuple[str, str, str | None]
) -> None:
    """As where a row was copied; the same again changes nothing."""
    memory.add(lone("Yes."))
    source, target, document = other
    again = pair(source, target, id="u1", document=document)
    units = [pair("Иә.", "Yeah.", id="u1", created_at=datetime(2099, 1, 1, tzinfo=UTC)), again]
    memory.add(units, on_conflict=policy)
    held = list(memory.units())
    said = [(unit.source.text, unit.target.text, unit.document) for unit in held]
    assert sorted(said, key=str) == sorted([("Иә.", "Yeah.", None), other], key=str)
    memory.add(units, on_conflict=policy)
    assert list(memory.units()) == held


def test_a_unit_of_the_last_of_all_dates_is_changed(memory: Memory) -> None:
    """There is no later one to sign it with."""
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    memory.add([pair("Иә.", "Yes.", id="u1", changed_at=last, changed_by="bek")])
    (unit,) = memory.units()
    after = replace(unit, target=Variant.of("en", "Yeah."))
    memory.change("edit", [(unit, after)])
    memory.add([replace(after, notes=("hm",))], on_conflict="newest")
    assert targets(memory) == ["Yeah."]
    assert memory.undo_since(1)
    assert targets(memory) == []


def test_what_stands_alone_beside_its_id_does_not_give_way_to_the_same_file(
    memory: Memory,
) -> None:
    """Also where the memory had it before."""
    memory.add([pair("Иә.", "Yeah."), pair("Иә.", "", id="u1")])
    units = [
        pair("Иә.", text, id=id) for text, id in (("Yes.", "u1"), ("Yeah.", "u1"), ("Yep.", ""))
    ]
    assert memory.add(units, on_conflict="replace") == Added(new=1, unchanged=1, replaced=1)
    assert sorted(targets(memory)) == ["Yeah.", "Yep.", "Yes."]
    assert memory.add(units, on_conflict="replace") == Added(unchanged=3)


@pytest.mark.parametrize("target", ["", "Yes."])
def test_what_says_less_or_more_under_an_id_that_came_replaces_nothing(
    memory: Memory, target: str
) -> None:
    """In either order all that the file says is there, and again changes nothing."""
    noted = pair("Иә.", target, id="u1", props=(("x-client", "B"),))
    plain = pair("Иә.", target, id="u1")
    for units, count in (([noted, plain], 1), ([plain, noted], 2)):
        memory.add(units, on_conflict="replace")
        held = list(memory.units())
        assert [unit.props for unit in held].count(noted.props) == 1
        assert len(held) == count
        assert memory.add(units, on_conflict="replace") == Added(unchanged=2)
        assert list(memory.units()) == held
        memory.undo()


def test_units_compete_with_those_whose_history_is_forgotten(memory: Memory) -> None:
    """A memory that forgot is not a new one."""
    memory.add(lone("Yes."))
    memory.forget()
    assert memory.add(lone("Yeah.")).kept == 1
    memory.change("remove", [(unit, None) for unit in memory.units()])
    memory.forget()
    assert memory.add(lone("Yes.")).kept == 1


def test_what_is_older_or_rejected_or_elsewhere_does_not_compete(memory: Memory) -> None:
    """A translation gives way to a newer one alone; one that is rejected keeps none away."""
    memory.add([pair("Иә.", "No.", state="rejected"), pair("Иә.", "Yes.", document="d")])
    assert memory.add(lone("Yeah.")).new == 1
    older = replace(*lone("Yep."), created_at=MOMENT - timedelta(days=1))
    assert memory.add([older], on_conflict="newest").kept == 1
    assert memory.add([pair("Иә.", "Oui.")], on_conflict="newest").kept == 1
    assert memory.add([pair("Иә.", "")], on_conflict="replace").unchanged == 1
    assert set(targets(memory)) == {"No.", "Yes.", "Yeah."}
    (held, came), *_ = memory.add(lone("Yep."), dry_run=True).sample["kept"]
    assert held is not None
    assert (held.target.text, came.target.text) == ("Yeah.", "Yep.")


@pytest.mark.parametrize("policy", ["keep", "replace", "both", "newest"])
def test_a_dry_run_says_what_would_be_done(memory: Memory, policy: OnConflict) -> None:
    """And does nothing; a few units of each outcome are shown beside what is held."""
    memory.add([pair("Иә.", "Yes.", document="d"), pair("Рас.", "True.", document="d")])
    before = everything(memory)
    units = [pair(letter, letter.upper(), document="d") for letter in "абвгдежз"]
    units += [pair("Иә.", "Yeah.", document="d"), pair("Рас.", "True.", document="d")]
    said = memory.add(units, on_conflict=policy, dry_run=True)
    assert everything(memory) == before
    assert [unit.source.text for _, unit in said.sample["new"]] == list("абвгд")
    if policy in ("keep", "replace"):
        ((held, came),) = said.sample["kept" if policy == "keep" else "replaced"]
        assert held is not None
        assert (held.target.text, came.target.text) == ("Yes.", "Yeah.")
    assert memory.add(units, on_conflict=policy) == said


def test_an_addition_that_fails_leaves_nothing_behind(memory: Memory) -> None:
    """All units of a file are added, or none."""

    def units() -> object:
        yield pair("Иә.", "Yes.")
        raise RuntimeError("the file is broken")

    with pytest.raises(RuntimeError):
        memory.add(units())  # type: ignore[arg-type]
    assert targets(memory) == []
    assert memory.undo() is None


def test_a_change_is_signed_and_dated(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who made a unit and who changed it is known, in reproducible builds too."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(MOMENT.timestamp())))
    memory.add([pair("Иә.", "Yes.")])
    (unit,) = memory.units()
    assert (unit.created_at, unit.created_by, unit.changed_at) == (MOMENT, "aigul", None)
    memory.author = "bolat"
    (changed,) = memory.change("edit", [(unit, replace(unit, state="final"))])
    assert changed is not None
    assert (changed.created_by, changed.changed_at, changed.changed_by) == (
        "aigul",
        MOMENT,
        "bolat",
    )


def test_a_change_to_what_somebody_else_changed_is_refused(place: str) -> None:
    """Two people at one file do not overwrite each other unawares."""
    with Memory.open(place) as one, Memory.open(place) as other:
        one.add([pair("Иә.", "Yes.")])
        (seen,) = other.units()
        one.change("edit", [(seen, replace(seen, target=Variant.of("en", "Yeah.")))])
        with pytest.raises(ConflictError, match="changed by somebody else"):
            other.change("edit", [(seen, replace(seen, target=Variant.of("en", "Aye.")))])
        assert targets(one) == ["Yeah."]


def test_undo_goes_back_to_the_beginning(place: str) -> None:
    """Every action can be taken back, after the file was closed too, removals included."""
    with Memory.open(place) as memory:
        memory.add([pair("Иә.", "Yes.")])
        (first,) = memory.units()
        memory.change("edit", [(first, replace(first, state="final"))])
        (final,) = memory.units()
        memory.change("remove", [(final, None)])
        assert targets(memory) == []
    with Memory.open(place) as memory:
        assert memory.undo() == ("remove", 1)
        assert list(memory.units()) == [final]
        assert memory.undo() == ("edit", 1)
        assert list(memory.units()) == [first]
        assert memory.undo() == ("add", 1)
        assert memory.undo() is None


def test_redo_carries_out_again_what_was_undone(memory: Memory) -> None:
    """Step by step, in the opposite order, and not past a new action."""
    memory.add([pair("а", "a", document="d")])
    (unit,) = memory.units()
    for target in ("b", "c"):
        memory.change("edit", [(unit, replace(unit, target=Variant.of("en", target)))])
        (unit,) = memory.units()
    assert memory.redo() is None
    assert [memory.undo(), memory.undo()] == [("edit", 1), ("edit", 1)]
    assert targets(memory) == ["a"]
    assert memory.redo(("d", "kk", "en")) == ("edit", 1)
    assert targets(memory) == ["b"]
    assert memory.redo() == ("edit", 1)
    assert targets(memory) == ["c"]
    assert memory.redo() is None
    assert memory.undo() == ("edit", 1)
    (unit,) = memory.units()
    memory.change("edit", [(unit, replace(unit, state="final"))])
    assert memory.redo() is None


def test_redo_brings_back_a_new_unit_and_a_removed_one(memory: Memory) -> None:
    """Also where the document no longer knows the unit."""
    key = ("d", "kk", "en")
    memory.add([pair("а", "a", document="d"), pair("б", "b", document="d")])
    first, second = memory.units()
    memory.change("join", [(first, replace(first, state="final")), (second, None)])
    memory.undo(key)
    assert memory.redo(key) == ("join", 2)
    assert [unit.id for unit in memory.units()] == [first.id]
    memory.change("insert", [(None, pair("в", "c", document="d", position=2.0))])
    memory.undo(key)
    assert memory.redo(key) == ("insert", 1)
    assert targets(memory) == ["a", "c"]
    assert memory.redo(("other", "kk", "en")) is None


def test_drafts_and_places_belong_to_one_person(place: str) -> None:
    """They are no work yet: no unit changes, and nobody else sees them."""
    with Memory.open(place, author="Айгүл") as memory:
        memory.add([pair("а", "a", document="d")])
        (unit,) = memory.units()
        memory.keep_draft(unit, "ab")
        memory.keep_place(("d", "kk", "en"), unit.id)
    with Memory.open(place, author="Болат") as memory:
        assert memory.draft(unit) is None
        assert memory.place(("d", "kk", "en")) is None
    with Memory.open(place, author="Айгүл") as memory:
        assert memory.draft(unit) == "ab"
        assert memory.place(("d", "kk", "en")) == unit.id
        assert memory.draft(replace(unit, target=Variant.of("en", "merged"))) is None
        memory.keep_draft(unit, None)
        assert memory.draft(unit) is None
        assert list(memory.units()) == [unit]


def test_writing_elsewhere_is_noticed(place: str) -> None:
    """By another number, which one's own writing does not change."""
    with Memory.open(place) as here, Memory.open(place) as there:
        version = here.version
        here.add([pair("а", "a")])
        assert here.version == version
        there.add([pair("б", "b")])
        until(lambda: here.version != version)


def test_what_another_is_just_writing_is_noticed_once_it_is_written(tmp_path: Path) -> None:
    """Nobody waits for it."""
    path = tmp_path / "m.db"
    with Memory.open(path) as memory, closing(sqlite3.connect(path, isolation_level=None)) as other:
        memory.add([pair("а", "a")])
        version = memory.version
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE units SET score = 1")
        assert memory.version == version
        other.execute("COMMIT")
        assert memory.version != version


def test_a_file_that_is_gone_is_not_written_to(tmp_path: Path) -> None:
    """It is said to be gone, and goes on being written where it is put back."""
    path = tmp_path / "m.db"
    with Memory.open(path) as memory:
        memory.add([pair("Иә.", "Yes.")])
        path.rename(tmp_path / "other.db")
        with pytest.raises(StoreError, match=r"m\.db: was moved, deleted or replaced while it"):
            memory.add([pair("Жоқ.", "No.")])
        with pytest.raises(StoreError, match=r"m\.db: was moved, deleted or replaced while it"):
            _ = memory.version
        (tmp_path / "other.db").rename(path)
        memory.add([pair("Жоқ.", "No.")])
        assert targets(memory) == ["Yes.", "No."]


def test_a_copy_that_finds_no_space_leaves_the_earlier_one(tmp_path: Path) -> None:
    """It is the copy that cannot be written, and not the memory that is damaged."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.")])
        memory.backup(tmp_path / "copy.db")
        before = (tmp_path / "copy.db").read_bytes()
        memory.add(pair(f"Бір {n}", f"One {n}") for n in range(1000))
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        try:
            with pytest.raises(InputError, match=r"copy\.db: cannot be written"):
                memory.backup(tmp_path / "copy.db", replace=True)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert (tmp_path / "copy.db").read_bytes() == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "m.db"]
        memory.backup(tmp_path / "copy.db", replace=True)


def test_a_slow_reader_of_texts_keeps_nobody_from_writing(place: str) -> None:
    """They come in order all the same."""
    with Memory.open(place) as here, Memory.open(place) as there:
        here.add(pair(f"Сан {n}.", f"Number {n}.", document="d") for n in range(600))
        here.wait_briefly(0.1)
        texts = there.texts(("d", "kk", "en"))
        first = next(texts)
        here.add([pair("Басқа.", "Other.", document="e")])
        assert [first, *texts] == [(f"Сан {n}.", f"Number {n}.") for n in range(600)]


def test_what_was_removed_does_not_come_back_with_the_next_import(memory: Memory) -> None:
    """A reviewer's merge is not undone by aligning the same files again."""
    unit = pair("Иә.", "Yes.", document="d")
    memory.add([unit])
    (held,) = memory.units()
    memory.change("remove", [(held, None)])
    assert memory.add([unit]) == Added(kept=1)
    assert targets(memory) == []


def test_undo_in_one_document_minds_later_changes_in_others(memory: Memory) -> None:
    """An action that a later one built on is not pulled from under it."""
    memory.add([pair("а", "a", document="first"), pair("б", "b", document="second")])
    one, two = memory.units()
    memory.change("join", [(one, replace(one, state="final")), (two, replace(two, state="final"))])
    memory.change("edit", [(memory.unit(two.id), replace(two, state="reviewed"))])
    with pytest.raises(ConflictError, match="undo the later change first"):
        memory.undo(("first", "kk", "en"))


def test_lookup_finds_the_same_and_the_similar(memory: Memory) -> None:
    """Best first, rejected and untranslated units left out, percentages as CAT tools count."""
    memory.add(
        [
            pair("Екі ел келіссөз жүргізді.", "Two countries held talks."),
            pair("Үш ел келіссөз жүргізді.", "Three countries held talks."),
            pair("Екі ел келіссөз жүргізеді.", "Wrong.", state="rejected"),
            pair("Екі ел келіссөз.", ""),
            pair("Күн шықты.", "The sun rose."),
        ]
    )
    found = memory.lookup("Екі ел келіссөз жүргізді.", "kk", "en")
    assert [(match.percent, match.kind) for match in found] == [(100, "exact"), (88, "fuzzy")]
    assert found[0].unit.target.text == "Two countries held talks."
    assert memory.lookup("Екі ел келіссөз жүргізді.", "kk", "ru") == []
    assert len(memory.lookup("Екі ел келіссөз жүргізді.", "kk-KZ", "en-GB")) == 2
    assert len(memory.lookup("Екі ел келіссөз жүргізді.", "kk", "en", limit=1)) == 1


def test_only_the_very_same_text_is_a_full_match(memory: Memory) -> None:
    """Other quotes or another case leave 99 percent, so that somebody looks."""
    memory.add([pair("«Иә» деді.", "“Yes,” he said.")])
    assert [match.percent for match in memory.lookup('"Иә" деді.', "kk", "en")] == [99]
    assert [match.percent for match in memory.lookup("«Иә»  деді.", "kk", "en")] == [100]


def test_documents_are_listed_in_order_of_arrival(memory: Memory) -> None:
    """Name, languages, states and metadata of each."""
    date = (("x-tmtool:date", "2025-10-20"),)
    memory.add([pair("б", document="second", props=date), pair("в", "v", document="second")])
    memory.add([pair("а", document="a"), pair("стоит", "alone")])
    second, first = memory.documents()
    assert (second.name, second.source_language, second.target_language) == ("second", "kk", "en")
    assert second.states == {"initial": 1, "translated": 1}
    assert second.props == date
    assert first.name == "a"


# The file


def test_a_text_file_is_no_memory(tmp_path: Path) -> None:
    """The file is named and left as it was."""
    path = tmp_path / "notes.txt"
    path.write_text("Бұл жад емес. " * 100, "utf-8")
    with pytest.raises(StoreError, match=r"notes\.txt: is not a tmtool memory; name another"):
        Memory.open(path)
    assert path.read_text("utf-8").startswith("Бұл жад емес.")


def test_another_database_is_no_memory(tmp_path: Path) -> None:
    """Somebody else's SQLite file is not written to."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE users (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is an SQLite file, but not a tmtool memory"):
        Memory.open(path)
    assert path.read_bytes() == before


def test_a_memory_of_an_older_version_knows_its_sources(tmp_path: Path) -> None:
    """And finds those of one key among all, by an index."""
    path = tmp_path / "m.db"
    with Memory.open(path) as memory:
        memory.add(pair(f"Сөз {number}.", f"Word {number}.") for number in range(100))
    whole = schema(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for statement in WITHOUT_SUMS:
            raw.execute(statement)
        raw.execute("DROP INDEX units_by_source")
        raw.execute("ALTER TABLE units DROP COLUMN source_hash")
        raw.execute("CREATE INDEX units_by_source ON units (source_key)")
        raw.execute("PRAGMA user_version = 9")
    with Memory.open(path) as memory:
        assert memory.add([pair("СӨЗ  7.", "Word 7.")]).new == 1
        assert memory.add([pair("Сөз 7.", "The seventh.")]).kept == 1
        condition, values = memory._store.of_sources(["сөз 7."])
        (plan,) = memory._store.read(
            f"EXPLAIN QUERY PLAN SELECT id FROM units WHERE {condition}", values
        )[:1]
        assert "USING INDEX units_by_source" in str(tuple(plan))
    assert schema(path) == whole


def test_a_newer_memory_is_left_alone(tmp_path: Path) -> None:
    """A file with a schema from the future is refused with the remedy."""
    path = tmp_path / "m.db"
    Memory.open(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"written by a newer tmtool \(schema 99, .*; upgrade"):
        Memory.open(path)
    assert path.read_bytes() == before


def test_a_memory_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    """A typing error in the name leaves no empty file behind."""
    with pytest.raises(StoreError, match="no such memory"):
        Memory.open(tmp_path / "none.db", create=False)
    assert not (tmp_path / "none.db").exists()


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder that may be read and not written, root's rights laid aside."""
    import_module("tmtool.formats.tmx")  # later there may be no right to read it
    folder = Path(tempfile.mkdtemp())
    user = os.geteuid()
    with Memory.open(folder / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.")])
    folder.chmod(0o555)
    if user == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    folder.chmod(0o700)
    shutil.rmtree(folder)


def test_a_read_only_folder_can_be_read_and_is_named(read_only: Path) -> None:
    """The memory in it opens; a change, and a new memory, are refused with the remedy."""
    with Memory.open(read_only / "m.db") as memory:
        assert targets(memory) == ["Yes."]
        with pytest.raises(StoreError, match=r"m\.db: cannot be written: .* is read-only; check"):
            memory.add([pair("Жоқ.", "No.")])
        assert targets(memory) == ["Yes."]
    with pytest.raises(StoreError, match=r"new\.db: cannot be opened or made; check the folder"):
        Memory.open(read_only / "new.db")
    with pytest.raises(InputError, match=r"out\.tmx: cannot be written: Permission denied; check"):
        write([], read_only / "out.tmx")


def test_a_file_in_place_of_a_folder_is_explained(tmp_path: Path) -> None:
    """A path through a file cannot be made."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be opened"):
        Memory.open(tmp_path / "file" / "m.db")


def test_a_write_protected_memory_can_be_read(tmp_path: Path) -> None:
    """Looking something up needs no right to write."""
    path = tmp_path / "m.db"
    with Memory.open(path) as memory:
        memory.add([pair("Иә.", "Yes.")])
    path.chmod(0o400)
    with Memory.open(path, create=False) as memory:
        assert targets(memory) == ["Yes."]


def test_a_copy_of_the_file_is_the_whole_memory(tmp_path: Path) -> None:
    """One file can be copied and mailed while the memory is open."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.")])
        shutil.copy(tmp_path / "m.db", tmp_path / "copy.db")
    with Memory.open(tmp_path / "copy.db") as copy:
        assert targets(copy) == ["Yes."]


words = st.sampled_from(["Иә.", "Жоқ.", "Күн шықты."])
translations = st.sampled_from(["", "Yes.", "No."])
one_step = st.one_of(
    st.tuples(st.just("add"), st.builds(pair, words, translations, document=st.just("d"))),
    st.tuples(st.just("edit"), st.tuples(st.integers(0, 5), translations)),
    st.tuples(st.just("remove"), st.integers(0, 5)),
)
steps = st.lists(one_step, max_size=8)


def take(memory: Memory, kind: str, what: Any) -> None:
    """Do one step, if the memory has the unit it is about."""
    units = dict(enumerate(memory.units()))
    match kind, what:
        case "add", unit:
            memory.add([unit], on_conflict="replace")
        case "edit", (number, text) if number in units:
            changed = replace(units[number], target=Variant.of("en", text))
            memory.change("edit", [(units[number], changed)])
        case "remove", number if number in units:
            memory.change("remove", [(units[number], None)])


@settings(max_examples=40, deadline=None)
@given(steps)
def test_undo_retraces_every_step(fresh: Callable[[], str], steps: list[tuple[str, Any]]) -> None:
    """Whatever was done, each undo gives the memory as it was one step before."""
    with Memory.open(fresh()) as memory:
        past = [list(memory.units())]
        for kind, what in steps:
            take(memory, kind, what)
            if list(memory.units()) != past[-1]:
                past.append(list(memory.units()))
        while len(past) > 1:
            assert list(memory.units()) == past.pop()
            assert memory.undo() is not None
        assert list(memory.units()) == past.pop()
        assert memory.undo() is None
