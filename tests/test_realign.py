"""Pairing anew around what people confirmed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SEED, SEED_ENGLISH, pair
from tmtool.alignment import align
from tmtool.document import Document
from tmtool.memory import Memory
from tmtool.model import STATES, TranslationUnit
from tmtool.realign import is_confirmed, realigned
from tmtool.segment import Segmenter

KAZAKH, ENGLISH = Segmenter.for_language("kk"), Segmenter.for_language("en")


def seed_beads() -> list[tuple[str, str]]:
    source, target = SEED.read_text("utf-8"), SEED_ENGLISH.read_text("utf-8")
    beads = align(KAZAKH.segment(source), ENGLISH.segment(target))
    return [
        (bead.unit("kk", "en").source.text, bead.unit("kk", "en").target.text) for bead in beads
    ]


def filled(memory: Memory, rows: list[tuple[str, str]]) -> Document:
    """A document with these pairs, which an aligner doubted."""
    memory.add([pair(s, t, document="d", score=0.4) for s, t in rows])
    return Document(memory, "d", "kk", "en")


def texts(document: Document) -> list[tuple[str, str]]:
    return [(unit.source.text, unit.target.text) for unit in document.units]


def test_shifted_pairs_find_back_between_two_that_are_right(memory: Memory) -> None:
    """The rows that a person approved stand, and only the span between them is moved."""
    gold = seed_beads()[:20]
    sources, targets = zip(*gold[5:15], strict=True)
    shifted = list(zip([*sources, ""], ["", *targets], strict=True))
    document = filled(memory, gold[:5] + shifted + gold[15:])
    document.approve(4)
    document.approve(16)
    outside = [document.units[n].id for n in (4, 16)]
    assert document.realign().moved > 5
    assert texts(document) == gold
    assert [unit.id for unit in document.units if unit.state == "reviewed"] == outside


def test_what_is_right_stays_the_same_unit(memory: Memory) -> None:
    """Nothing changes but the confidence; ids and notes stay."""
    document = filled(memory, seed_beads())
    before = list(document.units)
    assert document.realign().moved == 0
    assert [unit.id for unit in document.units] == [unit.id for unit in before]
    assert texts(document) == seed_beads()
    assert not document.realign()


def test_to_pair_the_same_again_is_no_action(memory: Memory) -> None:
    """Confidence that changes as little as nobody can see is left as it was."""
    document = filled(memory, seed_beads())
    before = list(document.units)
    done = document.realign()
    rescored = sum(a.score != b.score for a, b in zip(before, document.units, strict=True))
    assert str(done) == f"no text moved; {rescored} confidences changed"
    before, actions = list(document.units), memory.actions()
    assert str(document.realign()) == "nothing changed"
    assert list(document.units) == before
    assert memory.actions() == actions


def test_undo_takes_all_of_it_back(memory: Memory) -> None:
    """It is one action."""
    rows = seed_beads()[:12]
    document = filled(memory, [(" ".join(s for s, _ in rows), ""), *(("", t) for _, t in rows)])
    before = list(document.units)
    assert document.realign().moved > 0
    assert sum(unit.is_paired for unit in document.units) >= 10
    undone = document.undo()
    assert undone is not None
    assert undone[0] == "realign"
    assert list(document.units) == before


def test_typed_merged_rejected_and_coded_units_are_left_alone() -> None:
    """Only what an aligner paired, or nobody, is dealt out again."""
    aligned = pair("Иә.", "Yes.", score=0.2)
    assert not is_confirmed(aligned)
    assert not is_confirmed(replace(pair("Иә.", ""), state="initial"))
    assert is_confirmed(replace(aligned, score=None))
    assert is_confirmed(replace(aligned, state="rejected"))
    assert is_confirmed(replace(aligned, state="final"))


def test_notes_of_a_unit_that_goes_are_kept(memory: Memory) -> None:
    """With the unit that its text went to."""
    rows = seed_beads()[:8]
    apart = [(s, "") for s, _ in rows] + [("", t) for _, t in rows]
    units = [pair(s, t, document="d", score=0.4) for s, t in apart]
    memory.add([*units[:-1], replace(units[-1], notes=("look here",))])
    document = Document(memory, "d", "kk", "en")
    document.realign()
    assert [note for unit in document.units for note in unit.notes] == ["look here"]


SENTENCES = st.sampled_from(["Күн шықты.", "Ол келді ме?", "Иә!", "Бала 5 алма жеді.", ""])
TRANSLATIONS = st.sampled_from(["The sun rose.", "Did he come?", "Yes!", "He ate 5 apples.", ""])


@st.composite
def documents(draw: st.DrawFn) -> list[TranslationUnit]:
    units = []
    for number in range(draw(st.integers(1, 8))):
        source, target = draw(SENTENCES), draw(TRANSLATIONS)
        unit = pair(source or "Жол.", target, score=draw(st.sampled_from([None, 0.3])))
        state = draw(st.sampled_from(STATES))
        units.append(replace(unit, id=str(number), position=number + 1.0, state=state))
    return units


@settings(deadline=None)
@given(documents())
def test_no_text_is_lost_and_no_confirmed_unit_touched(units: list[TranslationUnit]) -> None:
    """Both sides read as before; every unit is told of once; places ascend."""
    changes = realigned(units, ("kk", "en"))
    after = [new for _, new in changes if new is not None]
    for side in ("source", "target"):
        read = [getattr(unit, side).text for unit in units]
        assert "".join("".join(read).split()) == "".join(
            "".join(getattr(unit, side).text for unit in after).split()
        )
    assert sorted(old.id for old, _ in changes if old is not None) == [u.id for u in units]
    for unit in filter(is_confirmed, units):
        kept = next(new for old, new in changes if old is unit)
        assert kept is not None
        assert replace(kept, position=unit.position) == unit
    assert all(one.position < other.position for one, other in pairwise(after))


def test_a_shift_is_mended(memory: Memory) -> None:
    """The pairs that it made are in doubt, so realigning pairs them as they were."""
    document = Document(memory, "d", "kk", "en")
    source = Segmenter.for_language("kk").segment(SEED.read_text("utf-8"))
    target = Segmenter.for_language("en").segment(SEED_ENGLISH.read_text("utf-8"))
    document.fill(align(source, target))
    before = [(unit.source.text, unit.target.text) for unit in document.units]
    document.shift_down(29)
    assert document.doubtful_count > 20
    document.realign()
    assert [(unit.source.text, unit.target.text) for unit in document.units] == before
    assert document.doubtful_count == 0
