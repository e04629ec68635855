"""Whatever is done to a document, in any order: nothing is lost, and all of it is undone."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.conftest import pair
from tmtool.document import Document
from tmtool.errors import TmtoolError
from tmtool.memory import Memory
from tmtool.model import TranslationUnit

places = st.integers(0, 6)
sides = st.sampled_from(["source", "target"])


def letters(texts: list[str]) -> str:
    return "".join("".join(texts).split())


class Actions(RuleBasedStateMachine):
    """A reviewer at work on six pairs, some of them one-sided, some approved."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.memory = Memory.open(Path(self.folder) / "m.db", author="Айгүл")
        self.memory.add(
            [
                pair("Иә. Жақсы.", "Yes. Good.", document="d", score=0.97),
                pair("Күн шықты.", "", document="d", state="initial"),
                pair("Түн болды, ай туды.", "Night fell, the moon rose.", document="d", score=0.6),
                pair("", "Nobody said this.", document="d", state="initial"),
                pair("Қар жауды.", "Snow fell.", document="d", state="reviewed"),
                pair("Таң атты.", "Day broke.", document="d"),
            ]
        )
        self.document = Document(self.memory, "d", "kk", "en")
        self.start = list(self.document.units)
        self.texts = self.read()

    def teardown(self) -> None:
        self.memory.close()
        shutil.rmtree(self.folder)

    def read(self) -> tuple[str, str]:
        units = list(self.document.units)
        return letters([u.source.text for u in units]), letters([u.target.text for u in units])

    def act(self, name: str, index: int, *arguments: object) -> None:
        """One action, which may be refused, on a pair."""
        before = list(self.document.units)
        try:
            getattr(self.document, name)(min(index, len(before) - 1), *arguments)
        except TmtoolError:
            assert list(self.document.units) == before

    @rule(name=st.sampled_from(["approve", "reject", "unpair"]), index=places)
    def judge(self, name: str, index: int) -> None:
        self.act(name, index)

    @rule(name=st.sampled_from(["shift_up", "shift_down", "merge"]), index=places, side=sides)
    def move_one_side(self, name: str, index: int, side: str) -> None:
        self.act(name, index, side)

    @rule(index=places)
    def merge(self, index: int) -> None:
        self.act("merge", index)

    @rule(index=places, source_at=st.integers(0, 20), target_at=st.integers(0, 20))
    def split(self, index: int, source_at: int, target_at: int) -> None:
        self.act("split", index, source_at, target_at)

    @rule(index=places)
    def note(self, index: int) -> None:
        self.act("note", index, "look again")

    @rule(index=places)
    def dismiss(self, index: int) -> None:
        found = self.document.flaws(self.document.units[min(index, len(self.document.units) - 1)])
        self.act("dismiss", index, found)

    @rule(index=places)
    def recall(self, index: int) -> None:
        self.act("recall", index)

    @rule(least=st.sampled_from([0.5, 0.9]))
    def approve_above(self, least: float) -> None:
        self.document.approve_above(least)

    @rule()
    def realign(self) -> None:
        self.document.realign()

    @rule(index=places)
    def swap(self, index: int) -> None:
        self.act("swap", index)
        self.texts = self.texts[0], self.read()[1]

    @rule(index=places, text=st.sampled_from(["New text.", " "]))
    def edit(self, index: int, text: str) -> None:
        self.act("edit", index, text)
        self.texts = self.texts[0], self.read()[1]

    @rule(index=places, text=st.sampled_from(["New text.", "Yes. Good.", " "]))
    def translate(self, index: int, text: str) -> None:
        self.act("translate", index, text)
        self.texts = self.texts[0], self.read()[1]

    @rule(index=places, text=st.sampled_from(["Жаңа мәтін.", " "]))
    def edit_source(self, index: int, text: str) -> None:
        self.act("edit_source", index, text)
        self.texts = self.read()[0], self.texts[1]

    @rule(index=places)
    def copy_source(self, index: int) -> None:
        units = self.document.units
        self.edit(index, units[min(index, len(units) - 1)].source.text)

    @rule(steps=st.integers(1, 4))
    def undo_and_redo(self, steps: int) -> None:
        """Back and forth ends where it began."""
        before = list(self.document.units)
        undone = sum(self.document.undo() is not None for _ in range(steps))
        for _ in range(undone):
            assert self.document.redo() is not None
        assert list(self.document.units) == before

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every letter stands where it stood in its column, once."""
        assert self.read() == self.texts

    @invariant()
    def what_is_shown_is_what_is_saved(self) -> None:
        held = list(self.document.units)
        fresh = Document(self.memory, "d", "kk", "en")
        assert held == list(fresh.units)
        assert self.document.outline == fresh.outline == [unit.entry for unit in held]

    def check_undo(self) -> list[TranslationUnit]:
        while self.document.undo():
            pass
        return list(self.document.units)


class UndoneAtTheEnd(Actions):
    """Undo leads back to the start from anywhere, also in a new session."""

    def teardown(self) -> None:
        with suppress(TmtoolError):
            self.document = Document(self.memory, "d", "kk", "en")
        assert self.check_undo() == self.start
        super().teardown()


UndoneAtTheEnd.TestCase.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
TestActions = UndoneAtTheEnd.TestCase
