"""The full-screen app, each command pressed as a person would press it."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual import events
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from tests.conftest import ROOT, pair
from tests.picture import interview
from tmtool.document import Document
from tmtool.errors import StoreError, TmtoolError
from tmtool.memory import Memory
from tmtool.model import Term, TranslationUnit, Variant
from tmtool.sought import Sought
from tmtool.tui.app import ReviewApp
from tmtool.tui.commands import BY_NAME, COMMANDS, NEEDED, with_keys
from tmtool.tui.panes import Editor, Figures, Keys, Matches
from tmtool.tui.screens import Choice, Prompt, Split

SCREENS = ROOT / "tests" / "data" / "screens"
ROOMY, SMALL, NARROW = (100, 30), (80, 24), (60, 24)

# What is only drawn, typed or waited for is the same wherever the memory is kept.
drawn = pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Played:
    """What a session left: the units, the screen as text, the number of the current pair, and the
    text in the editor if that was open."""

    units: list[TranslationUnit]
    screen: str
    number: int | None
    editor: str | None = None

    @property
    def sides(self) -> list[tuple[str, str]]:
        return [(unit.source.text, unit.target.text) for unit in self.units]

    @property
    def states(self) -> list[str]:
        return [unit.state for unit in self.units]


def play(
    memory: Memory,
    *keys: str,
    size: tuple[int, int] = ROOMY,
    translating: bool = False,
    chosen: Mapping[str, str] | None = None,
    light: bool = False,
) -> Played:
    """Press keys one after another; text after an equals sign is typed.

    ``wait`` waits for what the memory is asked beside.
    """

    async def session() -> Played:
        document = Document.find(memory)
        theme = "textual-light" if light else "textual-dark"
        app = ReviewApp(document, memory, translating=translating, keys=chosen, theme=theme)
        async with app.run_test(size=size) as pilot:
            await settle()
            for key in keys:
                if key == "wait":
                    await answered(app)
                elif key.startswith("="):
                    await pilot.press(*("space" if char == " " else char for char in key[1:]))
                else:
                    await pilot.press(key)
                await settle()
            screen = "\n".join(
                strip.text.rstrip() for strip in app.screen._compositor.render_strips()
            )
            desk = app.workbench
            index = desk.current
            editor = None if desk._edited is None else desk._editor.typed
        number = None if index is None else index + 1
        return Played(list(document.units), screen, number, editor)

    async def settle() -> None:
        """Wait until timers have fired and threads have answered."""
        await asyncio.sleep(0.01)

    return asyncio.run(session())


async def answered(app: ReviewApp) -> None:
    """Wait until the memory was asked, and has answered."""
    await asyncio.sleep(0.2)
    while app.workbench.unanswered:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)


@pytest.fixture
def four(memory: Memory) -> Memory:
    """Four pairs of one document, the second doubtful, the last without a translation."""
    memory.add(
        [
            pair("Иә. Жақсы.", "Yes. Good.", document="d", score=0.99),
            pair("Күн шықты.", "The sun rose.", document="d", score=0.6),
            pair("Түн болды.", "Night fell.", document="d", score=0.97),
            pair("Қар жауды.", "", document="d", state="initial"),
        ]
    )
    return memory


# What a pair is


@pytest.mark.parametrize("key", ["a", "ф"])
def test_one_key_approves_and_goes_on(four: Memory, key: str) -> None:
    """From the first doubtful pair; the Latin and the Cyrillic letter of the key do the same."""
    played = play(four, key)
    assert played.states == ["translated", "reviewed", "translated", "initial"]
    assert played.number == 3


def test_one_key_rejects(four: Memory) -> None:
    assert play(four, "x").states[1] == "rejected"


def test_an_empty_side_cannot_be_approved(four: Memory) -> None:
    """The line of keys says why, and what to do."""
    played = play(four, "end", "a")
    assert played.states[3] == "initial"
    assert "pair 4 has an empty side" in played.screen


def test_editing_reviews_and_goes_to_the_next(four: Memory) -> None:
    played = play(four, "e", "=!", "enter")
    assert played.sides[1] == ("Күн шықты.", "The sun rose.!")
    assert played.states[1] == "reviewed"
    assert played.number == 3


def test_letters_type_in_the_editor(four: Memory) -> None:
    """No command hears them there, in either script."""
    played = play(four, "e", "=axmsфчьы", "enter")
    assert played.sides[1][1] == "The sun rose.axmsфчьы"
    assert len(played.units) == 4


def test_the_source_is_edited_by_another_key(four: Memory) -> None:
    """Nobody has vouched for the pair then."""
    played = play(four, "a", "up", "E", "=!", "enter")
    assert played.sides[1][0] == "Күн шықты.!"
    assert played.states[1] == "translated"


def test_a_note_stays_with_the_pair(four: Memory) -> None:
    played = play(four, "t", "=ask", "enter")
    assert played.units[1].notes == ("ask",)
    assert "¶ ask" in played.screen


@pytest.fixture
def faulty(memory: Memory) -> Memory:
    """Two pairs, the first with two faults, the second with one."""
    memory.add(
        [
            pair("Бағасы 25 теңге.", "The price  is 52 tenge.", document="d"),
            pair("Күн шықты.", "The sun rose", document="d"),
        ]
    )
    return memory


@pytest.mark.parametrize("key", ["Z", "Я"])
def test_the_only_warning_is_dismissed_by_one_key(faulty: Memory, key: str) -> None:
    """At once and for good; undo brings it back, and so does the same key after a question."""
    assert "⚠ it ends" in play(faulty, "down").screen
    played = play(faulty, "down", key)
    assert "⚠ it ends" not in played.screen.rsplit("\n", 1)[0]
    assert "dismissed: it ends" in played.screen
    assert "⚠ it ends" not in play(faulty, "down").screen
    assert "⚠ it ends" in play(faulty, "down", "u").screen
    assert "⚠ it ends" in play(faulty, "down", "U", key, "enter").screen


def test_of_several_warnings_one_is_chosen(faulty: Memory) -> None:
    """Or all; what is not chosen stays."""
    shown = play(faulty, "g", "=1", "enter", "Z").screen
    assert "Dismiss for good" in shown
    assert shown.count("52 stands for 25") == 2
    left = play(faulty, "Z", "enter").screen
    assert len(re.findall(r"(?<!\()⚠", left)) == 2
    all_gone = play(faulty, "u", "Z", "up", "enter").screen
    assert len(re.findall(r"(?<!\()⚠", all_gone)) == 1


def test_where_nothing_is_found_nothing_is_dismissed(four: Memory) -> None:
    assert "no check finds anything here" in play(four, "Z").screen


def test_what_is_typed_is_confirmed_before_its_warning_is_dismissed(faulty: Memory) -> None:
    """The warning is one of the text that the memory holds; so it is in the editor, too."""
    chosen = {"dismiss": "f12"}
    assert "the text was changed" in play(faulty, "down", "e", "=x", "f12", chosen=chosen).screen
    played = play(faulty, "e", "=x", "backspace", "f12", chosen=chosen)
    assert "dismissed: it ends" in played.screen


def test_all_sure_pairs_are_approved_after_a_question(four: Memory) -> None:
    """The count is shown first; the doubtful stay."""
    asked = play(four, "b", "enter")
    assert "2 pairs are at least 95% sure" in asked.screen
    assert play(four, "b", "enter", "enter").states == [
        *("reviewed", "translated", "reviewed", "initial")
    ]


# Where text belongs


def test_merging_with_the_next_and_the_previous(four: Memory) -> None:
    assert play(four, "m").sides[1] == ("Күн шықты. Түн болды.", "The sun rose. Night fell.")
    assert play(four, "u", "g", "=2", "enter", "M").sides[0][1] == "Yes. Good. The sun rose."


def test_merging_one_side(four: Memory) -> None:
    """The side that was chosen with an arrow."""
    played = play(four, "right", "m")
    assert played.sides[1:3] == [("Күн шықты.", "The sun rose. Night fell."), ("Түн болды.", "")]


def test_splitting_offers_the_starts_of_sentences(four: Memory) -> None:
    """Enter takes what is offered; the arrows go to another word."""
    assert play(four, "home", "s", "enter").sides[:2] == [("Иә.", "Yes."), ("Жақсы.", "Good.")]
    played = play(four, "u", "2", "g", "=2", "enter", "s", "tab", "left", "enter")
    assert played.sides[1:3] == [("Күн", "The"), ("шықты.", "sun rose.")]


def test_splitting_at_the_cursor_counts_what_is_shown_by_name(memory: Memory) -> None:
    """A character that a terminal would obey takes several cells, and is one."""
    memory.add([pair("Иә. Жоқ.", "Y\u202ees. No.", document="d")])
    keys = ["e", *["left"] * 3, "f8", "enter"]
    assert [target for _, target in play(memory, *keys).sides] == ["Y\u202ees.", "No."]


@pytest.fixture
def long(memory: Memory) -> Memory:
    """A pair of six sentences on either side, longer than a small screen."""
    source = "Бұл бағдарламалық және стратегиялық құжаттарға қол қойылған мемлекеттік сапар еді."
    target = "This was a state visit during which strategic documents were signed."
    memory.add([pair(" ".join([source] * 6), " ".join([target] * 6), document="d")])
    return memory


@drawn
def test_the_places_of_a_split_are_seen_on_the_least_screen(long: Memory) -> None:
    """Both of them, and what the keys are; each sentence start can be reached."""
    down, right = ("down",), ("right",)
    for keys in ((), down * 4, ("tab", *down * 5), ("end",), ("tab", "home"), right * 30):
        screen = play(long, "s", *keys, size=(40, 12)).screen
        assert screen.count("✂") == 2, screen
        assert "Enter cut" in screen
        assert "❯" in screen
    cut = play(long, "s", *("down",) * 3, "tab", *("down",) * 3, "enter", size=(40, 12))
    assert [source.count("еді.") for source, _ in cut.sides] == [4, 2]
    assert [target.count("signed.") for _, target in cut.sides] == [4, 2]


@drawn
def test_a_split_follows_the_size_of_the_terminal(long: Memory) -> None:
    async def session() -> str:
        app = ReviewApp(Document.find(long), long, translating=False)
        async with app.run_test(size=(100, 40)) as pilot:
            await pilot.press("s", "end", "tab", "end")
            await pilot.resize_terminal(40, 12)
            await pilot.pause()
            return "\n".join(strip.text for strip in app.screen._compositor.render_strips())

    assert asyncio.run(session()).count("✂") == 2


def test_shifting_a_column(four: Memory) -> None:
    """Down to the gap, and up again."""
    down = play(four, "d")
    assert [target for _, target in down.sides] == [
        *("Yes. Good.", "", "The sun rose.", "Night fell.")
    ]
    up = play(four, "g", "=2", "enter", "D")
    assert [target for _, target in up.sides] == [
        *("Yes. Good.", "The sun rose.", "Night fell.", "")
    ]


def test_unpairing_and_swapping(four: Memory) -> None:
    apart = play(four, "p")
    assert apart.sides[1:3] == [("Күн шықты.", ""), ("", "The sun rose.")]
    swapped = play(four, "u", "g", "=2", "enter", "w")
    assert [target for _, target in swapped.sides[1:3]] == ["Night fell.", "The sun rose."]


# What a translator needs


def test_translating_goes_from_open_pair_to_open_pair(memory: Memory) -> None:
    """The editor is open at once; Enter saves and goes on."""
    memory.add(
        [
            pair("Иә.", "Yes.", document="d"),
            *(pair(text, "", document="d", state="initial") for text in ("Бір.", "Екі.")),
        ]
    )
    played = play(memory, "=One.", "enter", "=Two.", "enter", translating=True)
    assert [target for _, target in played.sides] == ["Yes.", "One.", "Two."]
    assert played.states == ["translated"] * 3
    assert "All is translated." in played.screen


def test_the_source_is_copied_and_pairs_are_skipped(memory: Memory) -> None:
    memory.add(pair(text, "", document="d", state="initial") for text in ("2025", "Екі.", "Үш."))
    played = play(memory, "f4", "enter", "f2", "=Three.", "enter", translating=True)
    assert [target for _, target in played.sides] == ["2025", "", "Three."]


def test_a_match_is_inserted(four: Memory) -> None:
    """The best one; pressed again the next one."""
    four.add([pair("Қар жауды.", "It snowed."), pair("Қар жауды ма.", "Did it snow?")])
    played = play(four, "end", "wait", "f5")
    assert "It snowed." in played.screen
    assert play(four, "wait", "f5", "enter").sides[3][1] == "It snowed."


@pytest.mark.parametrize("size", [ROOMY, SMALL])
def test_a_match_is_inserted_with_the_numbers_of_the_source(
    memory: Memory, size: tuple[int, int]
) -> None:
    """Shown behind a sign that says so, in the page of matches too, and typed without it."""
    memory.add([pair("Бағасы 30 теңге.", "", document="d", state="initial")])
    memory.add([pair("Бағасы 25 теңге.", "It costs 25 tenge.")])
    for keys in (("wait",), ("wait", "I", "wait")):
        assert "→ # It costs 30 tenge." in play(memory, *keys, size=size).screen
    played = play(memory, "wait", "f5", "wait", size=size)
    assert played.editor == "It costs 30 tenge."


@drawn
def test_the_same_pair_of_another_document_is_shown(four: Memory) -> None:
    """Also where the memory trusts the pair that is looked at more."""
    four.add([pair("Түн болды.", "Night fell.", changed_at=datetime(2024, 1, 1, tzinfo=UTC))])
    assert "100 % Night fell." in play(four, "g", "=3", "enter", "wait").screen


@pytest.fixture
def glossed(four: Memory) -> Memory:
    """The same four with a glossary; the last source holds a term of it."""
    four.add_terms([Term("қар", "snow"), Term("қар", "[b]snowfall")], ("kk", "en"))
    four.add_terms([Term("күн", "sun")], ("kk", "en"))
    return four


@drawn
@pytest.mark.parametrize("size", [ROOMY, SMALL, NARROW])
def test_terms_are_shown_with_their_translations(glossed: Memory, size: tuple[int, int]) -> None:
    """Those that the source holds in any form, beside matches; on one line after the best."""
    (last,) = (unit for unit in glossed.units() if unit.source.text == "Қар жауды.")
    snow = Variant.of("kk", "Қарлар жауды.")
    glossed.change("edit", [(last, replace(last, source=snow))])
    said = "қар → [b]snowfall or snow"
    assert said in play(glossed, "end", "wait", size=size).screen
    glossed.add([pair("Қарлар жауды.", "It snowed.")])
    screen = play(glossed, "end", "wait", size=size).screen
    matched, *_ = (line for line in screen.splitlines() if "100 % It snowed." in line)
    assert (said in matched) == (size != ROOMY)
    assert said in screen
    assert "күн →" not in screen
    assert "күн → sun" in play(glossed, "home", "j", "wait", size=size).screen


def test_many_terms_leave_room_for_a_match(glossed: Memory) -> None:
    """And are cut short in two lines."""
    words = [f"сөз{letter * 5}" for letter in "абвгдежзик"]
    glossed.add_terms([Term(word, "some words that are long") for word in words], ("kk", "en"))
    glossed.add([pair(" ".join(words), "", document="d", state="initial")])
    glossed.add([pair(" ".join(words), "All of them.")])
    lines = play(glossed, "end", "wait").screen.splitlines()[-5:]
    assert lines[0].startswith("─")
    assert "сөзааааа → some words" in lines[1]
    assert lines[2].endswith("…")
    assert lines[3] == " 1 100 % All of them."


def test_terms_that_come_meanwhile_are_shown(tmp_path: Path) -> None:
    """Added in another window, and taken out there."""
    path = tmp_path / "m.db"
    with Memory.open(path) as memory:
        memory.add([pair("Қар жауды.", "It snowed.", document="d")])

        async def session() -> None:
            app = ReviewApp(Document.find(memory), memory, translating=False)
            shown = app.workbench.query_one
            async with app.run_test(size=ROOMY):
                for act in (Memory.add_terms, Memory.withdraw_terms):
                    with Memory.open(path) as theirs:
                        act(theirs, [Term("қар", "snow")], ("kk", "en"))
                    app.workbench._look_at_others()
                    await answered(app)
                    is_there = "қар → snow" in str(shown(Matches).render())
                    assert is_there == (act is Memory.add_terms)

        asyncio.run(session())


def test_a_match_is_never_that_of_the_pair_before(memory: Memory) -> None:
    """F5 pressed before the memory was asked about this pair waits for the answer."""
    memory.add(pair(text, "", document="d", state="initial") for text in ("Бір.", "Екі."))
    memory.add([pair("Бір.", "One."), pair("Екі.", "Two."), pair("Екі.", "Both.")])
    played = play(memory, "wait", "f5", "enter", "f5", "wait", "f5", "enter", translating=True)
    assert [target for _, target in played.sides] == ["One.", "Both."]


def test_what_is_typed_is_not_replaced_by_a_match_that_comes_late(memory: Memory) -> None:
    memory.add(pair(text, "", document="d", state="initial") for text in ("Бір.", "Екі."))
    memory.add([pair("Бір.", "One."), pair("Екі.", "Two.")])

    async def session() -> str:
        app = ReviewApp(Document.find(memory), memory, translating=True)
        async with app.run_test(size=ROOMY) as pilot:
            app.workbench.action_command("insert")
            app.workbench._editor.insert("Mine")
            await pilot.pause()
            await answered(app)
            return app.workbench._editor.text

    assert asyncio.run(session()) == "Mine"


@drawn
@pytest.mark.parametrize("size", [ROOMY, SMALL, NARROW])
def test_a_match_shows_what_differs_and_its_target(four: Memory, size: tuple[int, int]) -> None:
    """On one line, where there is but one."""
    long = "Бұл бағдарламалық және стратегиялық құжаттарға қол қойылған мемлекеттік сапар"
    four.add(
        [
            pair(f"{long} еді.", "", document="d", state="initial"),
            *(pair(f"{long} {word}.", f"It {word} a visit.") for word in ("ма", "ғой", "болды")),
        ]
    )
    lines = play(four, "end", "wait", size=size).screen.splitlines()
    (match,) = (line for line in lines if line.startswith(" 1 "))
    assert re.search(r"(ма|ғой|болды)?еді.*→ It (ма|ғой|болды) a visit", match)
    assert len([line for line in lines if "→ It" in line]) == (3 if size == ROOMY else 1)


def test_concordance_shows_where_words_stand(four: Memory) -> None:
    four.add([pair("Кеше қар жауды.", "It snowed yesterday.")])
    played = play(four, "l", "=қар", "enter", "wait")
    assert "It snowed yesterday." in played.screen


def test_concordance_says_what_it_looks_for(four: Memory) -> None:
    assert "beginnings of words: a stem finds all its forms" in play(four, "l").screen


def test_concordance_asks_for_the_selected_words(four: Memory) -> None:
    four.add([pair("Басқа.", "The sun set.")])
    keys = ["e", *["left"] * 6, *["shift+left"] * 3, "f6", "enter", "wait"]
    shown = play(four, *keys).screen
    assert "pairs with sun" in shown
    assert "The sun set." in shown


# Finding the way


def test_moving_through_the_list(four: Memory) -> None:
    for keys, number in (
        ((), 2),
        (("j",), 3),
        (("k",), 1),
        (("о", "о"), 4),
        (("home",), 1),
        (("end",), 4),
        (("pagedown",), 4),
        (("n",), 4),
        (("home", "N"), 4),
        (("g", "=3", "enter"), 3),
    ):
        four.keep_place(("d", "kk", "en"), Document.find(four).outline[1].id)
        assert play(four, *keys).number == number, keys


@drawn
def test_a_row_taller_than_the_list_is_read_from_its_beginning(four: Memory) -> None:
    """A page leads on in it, and then to the next row."""
    words = " ".join(f"сөз{number}" for number in range(250))
    (first, *_) = four.units()
    four.change("edit", [(first, replace(first, source=Variant.of("kk", words)))])
    top = play(four, "down", "home", size=SMALL)
    assert "сөз0 " in top.screen
    assert "сөз249" not in top.screen
    on = play(four, "home", "pagedown", "pagedown", size=SMALL)
    assert on.number == 1
    assert "сөз0 " not in on.screen
    assert play(four, "home", *["pagedown"] * 9, size=SMALL).number != 1
    assert "сөз0 " in play(four, "home", "pagedown", "pageup", size=SMALL).screen


@pytest.fixture
def many(memory: Memory) -> Memory:
    """So many pairs that they are searched and checked beside; two of them are faulty."""
    targets = {number: f"Number {number}." for number in range(1, 6001)}
    targets[3000], targets[5999] = "Number 3001.", "Number 5999"
    memory.add(pair(f"Сан {n}.", target, document="d") for n, target in targets.items())
    return memory


def test_in_many_pairs_things_are_found_while_the_screen_lives_on(many: Memory) -> None:
    """The next warning, the pairs of a check, what is searched for; keys are obeyed meanwhile."""

    async def session() -> None:
        app = ReviewApp(Document.find(many), many, translating=False)
        desk = app.workbench

        async def press(*keys: str) -> None:
            for key in keys:
                await pilot.press(key)
            while desk._is_busy and app.screen is desk:
                await asyncio.sleep(0.01)

        async with app.run_test(size=ROOMY) as pilot:
            await press("z")
            assert desk.current == 2999
            await press("z")
            assert desk.current == 5998
            await press("/", *"3000", "enter")
            assert desk.current == 2999
            await press("y")
            assert desk.current == 2999
            await press("f", "end")
            kinds = app.screen
            await press("enter")
            async with asyncio.timeout(30):  # each pair is judged
                while app.screen in (kinds, desk):  # else the next key goes to one of these
                    await asyncio.sleep(0.01)
                await pilot.pause()
                await press("enter")
                while list(desk._pairs.rows) != [2999, 5998]:
                    await asyncio.sleep(0.01)

    asyncio.run(session())


@drawn
def test_a_long_work_lets_keys_through_and_is_stopped(four: Memory) -> None:
    """Checking never ends here; the cursor moves all the same, and Esc gives up."""

    async def session() -> None:
        app = ReviewApp(Document.find(four), four, translating=False)
        desk = app.workbench
        async with app.run_test(size=ROOMY) as pilot:
            desk.document.judged = lambda start=0: ((0, []) for _ in count())  # type: ignore
            await pilot.press("z", "down", "a")
            assert desk.current == 2
            assert "one moment" in str(desk.query_one(Keys).render())
            await pilot.press("escape")
            while desk._is_busy:
                await asyncio.sleep(0.01)
            assert "stopped" in str(desk.query_one(Keys).render())
            await pilot.press("a")
            assert desk.document.units[2].state == "reviewed"

    asyncio.run(session())


def test_the_session_goes_on_where_it_stopped(four: Memory) -> None:
    play(four, "end", "q")
    assert play(four).number == 4


def test_search_finds_either_side_and_goes_round(four: Memory) -> None:
    assert play(four, "/", "=night", "enter").number == 3
    assert play(four, "ctrl+f", "=жауды", "enter").number == 4
    again = play(four, "home", ".", "=ы\\.$", "f4", "enter", "wait", "y", "y")
    assert again.number == 3
    assert "3 of 4 pairs with it" in again.screen


@drawn
def test_a_wrong_expression_is_explained(four: Memory) -> None:
    assert "is no regular expression" in play(four, "/", "=(", "f4", "enter").screen


def test_a_reviewer_does_not_take_rejected_pairs_for_open(four: Memory) -> None:
    """For a translator they are: somebody has to translate them again."""
    asked = play(four, "x", "f")
    assert re.search("open: 1 ", asked.screen)
    assert "1 open" in play(four, "v").screen
    assert play(four, "home", "o").number == 4
    assert play(four, "escape", "home", "o", translating=True).number == 2


@drawn
def test_confidence_is_never_shown_higher_than_it_is(memory: Memory) -> None:
    memory.add(
        [
            pair("Иә.", "Yes.", document="d", score=0.996),
            pair("Жоқ.", "No.", document="d", score=0.29),
        ]
    )
    screen = play(memory).screen
    assert "= sure 99%" in screen
    assert "! unlikely 29%" in screen


def test_filters_narrow_the_list(four: Memory) -> None:
    """Rows that no longer fit go away as they are dealt with."""
    played = play(four, "f", "down", "enter", "a")
    assert "[doubtful: 0]" in played.screen
    assert "Night fell." not in played.screen
    assert "[open: 1]" in play(four, "u", "f", "down", "down", "enter").screen
    play(four, "2", "a")
    below = play(four, "u", "f9", "end", "up", "enter", "=70", "enter")
    assert "[below 70%: 1]" in below.screen


@drawn
@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_list_shows_how_sure_a_pair_is_at_any_width(four: Memory, width: int) -> None:
    screen = play(four, size=(width, 24)).screen
    assert all(figure in screen for figure in ("99%", "60%", "97%", "∅ open"))


def test_a_filter_fills_the_view(memory: Memory) -> None:
    """Also where the cursor is near the end: rows above are drawn as long as there is room."""
    memory.add(
        pair(f"Сөз {n}.", f"Word {n}.", document="d", score=0.5 if n % 4 else 0.99)
        for n in range(40)
    )
    narrowed = play(memory, "end", "f9", "down", "enter")
    assert "[doubtful: 30]" in narrowed.screen
    shown = re.findall(r"^[ ❯]*(\d+) \+", narrowed.screen, re.MULTILINE)
    assert shown[-1] == "40"
    every = re.findall(r"^[ ❯]*(\d+) \+", play(memory, "end").screen, re.MULTILINE)
    assert len(shown) == len(every) > 8


def test_what_is_said_of_a_long_work_ends_with_it(four: Memory) -> None:
    """Whatever is answered to the question that follows."""
    assert "checking" not in play(four, "b", "enter", "down", "enter").screen
    assert "checking" not in play(four, "b", "enter", "escape").screen


def test_a_filter_shows_what_a_check_doubts(memory: Memory) -> None:
    """A row that was mended goes away."""
    memory.add(
        [
            pair("Бәрі 25 теңге.", "All of it is 52 tenge.", document="d"),
            pair("Бәрі 30 теңге.", "All of it is 30 tenge.", document="d"),
        ]
    )
    keys = ("f", "end", "enter", "wait", "enter")
    assert "[warnings: 1]" in play(memory, *keys).screen
    mended = play(memory, *keys, "e", *["backspace"] * 9, "=25 tenge.", "enter")
    assert mended.sides[0][1] == "All of it is 25 tenge."
    assert "[warnings: 0]" in mended.screen


# The rest


def test_undo_and_redo_across_sessions(four: Memory) -> None:
    start = play(four).units
    done = play(four, "a", "m", "home", "x").units
    assert play(four, "u", "u", "u").units == start
    assert play(four, "U", "U", "ctrl+r").sides == [(u.source.text, u.target.text) for u in done]
    assert "there is nothing to do again" in play(four, "U").screen


def undone(path: Path, *acts: Callable[[Document], None], keys: tuple[str, ...] = ()) -> Played:
    """Edit the first pair as Айгүл, then as others in windows of their own; then press keys."""
    path.unlink(missing_ok=True)
    with Memory.open(path, author="Айгүл") as mine:
        mine.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])

        async def session() -> Played:
            document = Document.find(mine)
            app = ReviewApp(document, mine, translating=False)
            async with app.run_test(size=ROOMY) as pilot:
                await pilot.press("home", "e", "!", "enter")
                for act in acts:
                    author = "Айгүл" if act is edits_second_as_myself else "Болат"
                    with Memory.open(path, author=author) as theirs:
                        act(Document.find(theirs))
                for key in keys:
                    await pilot.press(key)
                    await pilot.pause()
                strips = app.screen._compositor.render_strips()
                screen = "\n".join(strip.text.rstrip() for strip in strips)
            return Played(list(Document.find(mine).units), screen, None)

        return asyncio.run(session())


def edits_first(document: Document) -> None:
    document.edit(0, "Aye.")


def edits_second(document: Document) -> None:
    document.edit(1, "Nay.")


def edits_second_as_myself(document: Document) -> None:
    edits_second(document)


@pytest.mark.parametrize("other", [edits_second, edits_second_as_myself])
def test_undo_takes_back_what_was_done_here(
    tmp_path: Path, other: Callable[[Document], None]
) -> None:
    """Not what a colleague, or the same person in another window, did since; and so does redo."""
    path = tmp_path / "m.db"
    assert undone(path, other, keys=("u",)).sides == [("Иә.", "Yes."), ("Жоқ.", "Nay.")]
    assert undone(path, other, keys=("u", "U")).sides == [("Иә.", "Yes.!"), ("Жоқ.", "Nay.")]


def test_undo_asks_before_it_takes_back_what_others_did(tmp_path: Path) -> None:
    """It names who, what and when; without an answer all stays."""
    path = tmp_path / "m.db"
    asked = undone(path, edits_first, keys=("u",))
    assert re.search(r"after this edit came Болат's edit of \d{4}-\d\d-\d\d", asked.screen)
    assert asked.sides[0][1] == "Aye."
    assert undone(path, edits_first, keys=("u", "enter")).sides[0][1] == "Aye."
    assert undone(path, edits_first, keys=("u", "down", "enter")).sides[0][1] == "Yes.!"
    assert undone(path, edits_first, keys=("u", "down", "enter", "u")).sides[0][1] == "Yes."
    left = undone(path, edits_second, keys=("u", "u"))
    assert "nothing of yours is left to undo here" in left.screen
    assert "Болат's edit of" in left.screen


def test_undo_asks_before_it_passes_over_what_another_window_did(tmp_path: Path) -> None:
    """What was done before the window was opened is the user's own only as long as it is last."""
    path = tmp_path / "m.db"
    with Memory.open(path, author="Айгүл") as first, Memory.open(path, author="Айгүл") as second:
        first.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])
        elsewhere = Document.find(first)
        elsewhere.approve(0)
        here = Document.find(second)
        elsewhere.approve(1)
        asked = play(second, "u")
        assert "the last change here is your own approve of" in asked.screen
        assert asked.states == ["reviewed", "reviewed"]
        assert play(second, "u", "enter").states == ["reviewed", "reviewed"]
        assert play(second, "u", "down", "enter").states == ["reviewed", "translated"]
        assert play(second, "u").states == ["translated", "translated"]
        here.refresh()
        here.approve(0)
        elsewhere.refresh()
        elsewhere.approve(1)
        stays = play(second, "u")
        assert stays.states == ["translated", "reviewed"]
        assert re.search(
            r"undone: approve   your own approve of .*, made elsewhere, stays", stays.screen
        )


def test_undo_stays_at_the_pair_if_that_is_among_those_it_changes(memory: Memory) -> None:
    """Else it goes to the nearest of them; redo does the same."""
    memory.add(
        pair(f"Сөз {n}.", f"Word {n}.", document="d", score=0.99 if n > 2 else 0.5)
        for n in range(40)
    )
    assert play(memory, "g", "=30", "enter", "b", "enter", "enter").states.count("reviewed") == 37
    undone_there = play(memory, "g", "=30", "enter", "u")
    assert (undone_there.number, undone_there.states.count("reviewed")) == (30, 0)
    assert play(memory, "g", "=30", "enter", "U").number == 30
    assert play(memory, "g", "=1", "enter", "u").number == 4


def test_realigning_leaves_what_was_confirmed(memory: Memory) -> None:
    memory.add(
        [
            pair("Иә.", "Yes.", document="d", state="reviewed"),
            pair("Бір.", "", document="d", state="initial"),
            pair("Екі.", "One. Two.", document="d", score=0.3),
        ]
    )
    played = play(memory, "r", "wait")
    assert played.sides[0] == ("Иә.", "Yes.")
    assert " ".join(target for _, target in played.sides).split() == ["Yes.", "One.", "Two."]
    assert "realigning" not in played.screen


@drawn
def test_help_and_the_palette_list_every_command(four: Memory) -> None:
    """So does the figure of statistics, for what it counts."""
    tall = (100, 80)
    screen = play(four, "f1", size=tall).screen
    assert all(command.title in screen for command in COMMANDS)
    assert "Approve" in play(four, "ctrl+p", "wait").screen
    assert "confidence of the alignment" in play(four, "v").screen


@drawn
def test_help_in_the_editor_begins_with_its_keys(four: Memory) -> None:
    shown = play(four, "e", "f1").screen
    assert shown.index("Keys in the editor") < shown.index("Enter")
    assert "Keys in the editor" not in play(four, "f1").screen


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("f99", "there is no key 'f99' to give to approve; a key is one character"),
        ("ctlr+a", "there is no key 'ctlr+a'"),
        ("ctrl+ф", "there is no key 'ctrl+ф'"),
        ("aa", "there is no key 'aa'"),
        ("Esc", "the key 'Esc' has another use"),
        ("ctrl+p", "the key 'ctrl+p' has another use"),
        (
            "Ctrl-V",
            "the key 'Ctrl-V' has another use: it pastes in the editor; give approve another",
        ),
        ("ctrl+shift+left", "it selects a word in the editor"),
    ],
)
def test_what_is_no_key_is_refused(keys: str, message: str) -> None:
    with pytest.raises(TmtoolError, match=re.escape(message)):
        with_keys({"approve": keys})


def test_no_command_can_take_a_key_from_the_editor() -> None:
    """Those that act there and are not the app's own are refused."""
    bindings = [*Editor.BINDINGS, *TextArea.BINDINGS]
    keys = {key for binding in bindings for key in binding.key.split(",")}  # type: ignore[union-attr]
    everywhere = {key for key in keys if re.match(r"ctrl|alt", key)} - {"ctrl+underscore"}
    assert everywhere >= {"ctrl+v", "alt+y"}
    for key in everywhere - {key for command in COMMANDS for key in command.keys.split(",")}:
        with pytest.raises(TmtoolError, match=r"another use|there is no key"):
            with_keys({"approve": key})


@drawn
def test_keys_may_be_written_as_they_are_shown(four: Memory) -> None:
    chosen = {"approve": "Ctrl-T, F12, Space, alt+ф, shift+F5"}
    (approve, *_) = with_keys(chosen)
    assert approve.shown_keys == "Space Ctrl-T F12 Alt-ф Shift-F5"
    assert play(four, "space", chosen=chosen).states[1] == "reviewed"
    assert play(four, "u", "ctrl+t", chosen=chosen).states[1] == "reviewed"


@drawn
def test_keys_can_be_chosen(four: Memory) -> None:
    """By the name of the command; the old key then does nothing."""
    assert play(four, "a", chosen={"approve": "f12, ! "}).states[1] == "translated"
    assert play(four, "!", chosen={"approve": "f12 !"}).states[1] == "reviewed"
    assert play(four, "u", "f12", chosen={"approve": "f12"}).states[1] == "reviewed"
    with pytest.raises(TmtoolError, match="there is no command 'aprove' to give keys to"):
        with_keys({"aprove": "a"})
    with pytest.raises(TmtoolError, match="the key 'x' is given to both approve and reject"):
        with_keys({"approve": "x"})


def test_no_key_is_given_twice() -> None:
    keys = [key for c in COMMANDS for key in f"{c.letters},{c.keys}".split(",") if key]
    assert len(keys) == len(set(keys))


# Safety


@drawn
def test_an_expression_that_takes_too_long_is_given_up(memory: Memory) -> None:
    """And the screen goes on."""
    memory.add(
        [pair("а" * 60 + "!", "a" * 60 + "!", document="d"), pair("Иә.", "Yes.", document="d")]
    )
    keys = ("/", "f4", "=(a|aa)+$", "enter", "wait")
    assert "takes too long" in play(memory, *keys).screen
    assert play(memory, *keys, "j").number == 2


@drawn
def test_a_slow_search_lets_keys_through_and_is_stopped(
    four: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each text takes a while, though none too long; Esc gives up."""
    begun, goes_on = Event(), Event()

    def slow(_: Sought, text: str, patience: float | None = None) -> list[tuple[int, int]]:
        begun.set()
        if patience is None:  # else the text is being drawn
            assert goes_on.wait(60), text
        return []

    async def session() -> None:
        app = ReviewApp(Document.find(four), four, translating=False)
        desk = app.workbench
        async with app.run_test(size=ROOMY) as pilot:
            monkeypatch.setattr(Sought, "spans", slow)
            await pilot.press("/", "f4", "x", "enter")
            await asyncio.to_thread(begun.wait)
            await pilot.press("down", "escape")
            assert desk.current == 2
            goes_on.set()
            while desk._is_busy:
                await asyncio.sleep(0.01)
            assert "stopped" in str(desk.query_one(Keys).render())

    asyncio.run(session())


def test_a_slow_expression_marks_nothing() -> None:
    """Drawing does not wait for it more than once."""
    wanted = Sought("(a|aa)+$", is_regex=True)
    assert wanted.marks("baa") == [(1, 3)]
    assert wanted.marks("a" * 60 + "!") == []
    assert wanted.marks("baa") == []
    assert wanted.spans("baa") == [(1, 3)]


def test_a_draft_outlives_the_session(four: Memory) -> None:
    """What was typed and not confirmed is there again, and a confirmed text ends it."""
    left = play(four, "e", "=  abc", "escape")
    assert left.sides[1][1] == "The sun rose."
    again = play(four, "e")
    assert "The sun rose. abc" in again.screen
    assert "draft kept" in again.screen
    done = play(four, "e", "enter")
    assert done.sides[1][1] == "The sun rose. abc"
    assert four.draft(done.units[1]) is None


def test_a_draft_of_an_earlier_text_is_offered(four: Memory) -> None:
    """The text became another one since: both are shown, and either can be had."""
    play(four, "e", "=MINE", "escape")
    document = Document.find(four)
    document.edit(1, "Dawn.")
    asked = play(four, "e", "wait")
    assert "changed this pair meanwhile" in asked.screen
    assert "The sun rose.MINE" in asked.screen
    assert play(four, "e", "wait", "down", "down", "enter", "escape").sides[1][1] == "Dawn."
    assert four.draft(Document.find(four).units[1]) == "The sun rose.MINE"


def test_a_new_source_leaves_the_draft_of_the_translation(four: Memory) -> None:
    """It was typed for the pair, which is there still."""
    play(four, "e", "=MINE", "escape")
    done = play(four, "E", "=!", "enter")
    assert done.sides[1][0].endswith("!")
    assert four.draft(done.units[1]) == "The sun rose.MINE"


def test_what_is_typed_into_the_source_is_not_dropped_in_silence(four: Memory) -> None:
    """Esc asks once; other commands are refused."""
    warned = play(four, "E", "=!", "escape")
    assert "Esc again gives it up" in warned.screen
    assert warned.editor is not None
    assert play(four, "E", "=!", "escape", "escape").editor is None
    assert "the text was changed" in play(four, "E", "=!", "f4").screen


@drawn
def test_what_a_command_types_can_be_taken_back(four: Memory) -> None:
    """As what was typed by hand."""
    assert play(four, "e", "=!", "f4", "ctrl+y").editor == "The sun rose.!"


def test_a_pair_is_not_judged_by_another_text_than_is_shown(four: Memory) -> None:
    """What was typed has to be confirmed before."""
    refused = play(four, "e", "=!", "f12", chosen={"approve": "f12"})
    assert refused.states[1] == "translated"
    assert "the text was changed" in refused.screen


def test_who_types_keeps_the_editor_when_the_pair_is_taken_away(tmp_path: Path) -> None:
    """By a merge of somebody else; letters typed then are no commands."""
    path = tmp_path / "m.db"
    with Memory.open(path) as memory:
        memory.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])

        async def session() -> str:
            document = Document.find(memory)
            app = ReviewApp(document, memory, translating=False)
            async with app.run_test(size=ROOMY) as pilot:
                await pilot.press("j", "e", "!")
                with Memory.open(path, author="Болат") as theirs:
                    Document.find(theirs).merge(0)
                app.workbench._look_at_others()
                await pilot.press("x", "a")
                await pilot.pause()
                return app.workbench._editor.typed

        assert asyncio.run(session()) == "No.!xa"
        (left,) = Document.find(memory).units
        assert left.state != "rejected"


def test_leaving_says_that_something_cannot_be_kept(
    four: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the text is told when the user leaves all the same."""

    def refused(*_: object) -> None:
        raise StoreError("the disk is full")

    async def session(*keys: str) -> tuple[bool, str]:
        app = ReviewApp(Document.find(four), four, translating=False)
        async with app.run_test(size=ROOMY) as pilot:
            await pilot.press("e", "!")
            monkeypatch.setattr(Memory, "keep_draft", refused)
            for key in ("f10", *keys):
                await pilot.press(key)
                await pilot.pause()
            monkeypatch.undo()
            return app.is_running, app.workbench.lost

    assert asyncio.run(session()) == (True, "")
    assert asyncio.run(session("down", "enter"))[1].endswith("!")


def test_a_note_may_be_pasted_in_lines(four: Memory) -> None:
    """They become one."""

    async def session() -> None:
        app = ReviewApp(Document.find(four), four, translating=False)
        async with app.run_test(size=ROOMY) as pilot:
            await pilot.press("t")
            await pilot.pause()
            app.screen.query_one(Input).post_message(events.Paste("one\n  two\n"))
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()

    asyncio.run(session())
    assert [unit.notes for unit in four.units() if unit.notes] == [("one two",)]


def test_somebody_elses_change_is_shown_not_overwritten(tmp_path: Path) -> None:
    """The one who comes second sees both texts, and decides."""

    def contested(*keys: str) -> Played:
        path = tmp_path / "m.db"
        path.unlink(missing_ok=True)
        with Memory.open(path, author="Айгүл") as mine:
            mine.add([pair("Иә.", "Yes.", document="d"), pair("Жоқ.", "No.", document="d")])

            async def session() -> Played:
                document = Document.find(mine)
                app = ReviewApp(document, mine, translating=False)
                async with app.run_test(size=ROOMY) as pilot:
                    await pilot.press("e", "!")
                    with Memory.open(path, author="Болат") as theirs:
                        Document.find(theirs).edit(0, "Aye.")
                    await pilot.press("enter")
                    await pilot.pause()
                    for key in keys:
                        await pilot.press(key)
                        await pilot.pause()
                    strips = app.screen._compositor.render_strips()
                    screen = "\n".join(strip.text for strip in strips)
                return Played(list(document.units), screen, None)

            return asyncio.run(session())

    asked = contested()
    assert "Болат changed this pair meanwhile" in asked.screen
    assert "Иә. → Aye." in asked.screen
    assert contested("enter").sides[0][1] == "Aye."
    assert contested("down", "enter").sides[0][1] == "Yes.!"


def test_a_memory_that_is_gone_is_noticed(tmp_path: Path) -> None:
    """Nothing is said to be saved, what is typed stays, and it is saved once that is possible."""
    path = tmp_path / "m.db"
    with Memory.open(path) as memory:
        memory.add([pair("Иә.", "Yes.", document="d", score=0.5)])

        async def session() -> None:
            document = Document.find(memory)
            app = ReviewApp(document, memory, translating=False)
            desk = app.workbench

            def said() -> str:
                return f"{desk.query_one(Figures).render()} {desk.query_one(Keys).render()}"

            async with app.run_test(size=ROOMY) as pilot:
                await pilot.press("e", "!")
                path.rename(tmp_path / "other.db")
                desk._look_at_others()
                await pilot.pause()
                assert "NOTHING CAN BE SAVED" in said()
                assert "was moved, deleted or replaced while it was open" in said()
                await pilot.press("enter")
                assert "was moved, deleted or replaced" in said()
                assert desk._editor.text == "Yes.!"
                (tmp_path / "other.db").rename(path)
                desk._look_at_others()
                await pilot.pause()
                assert "NOTHING CAN BE SAVED" not in said()
                await pilot.press("enter")
            assert document.units[0].target.text == "Yes.!"

        asyncio.run(session())


@drawn
def test_control_characters_are_shown_never_sent(memory: Memory) -> None:
    """Not from texts, notes or names; an edited text keeps those that it had."""
    evil = "a\x1b]0;x\x07b\x9bc\u202ed"
    unit = pair(evil, evil, document="\x1b[2J", score=0.5)
    memory.add([replace(unit, notes=(evil,)), pair(evil + "!", evil)])
    played = play(memory, "e", "wait")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", played.screen)
    assert "]0;xb<U+009B>c<U+202E>d" in played.screen


@drawn
@pytest.mark.parametrize("size", [(40, 12), (41, 13), (69, 40), (200, 60)])
def test_any_size_shows_the_current_pair(four: Memory, size: tuple[int, int]) -> None:
    played = play(four, "e", size=size)
    assert "❯" in played.screen
    assert max(map(len, played.screen.splitlines())) <= size[0]


@drawn
@pytest.mark.parametrize("key", ["ctrl+p", "f", "f1", "s", "/"])
def test_a_terminal_without_room_breaks_nothing(four: Memory, key: str) -> None:
    """Whatever stands over the list then, and whichever keys come fast."""
    keys = ("pagedown", "pageup", "end", "down", "home", "tab", "escape", "escape", "escape")
    played = play(four, "home", key, *keys, "down", size=(12, 3))
    assert played.number == 2


@drawn
def test_two_keys_at_once_leave_a_page_once(four: Memory) -> None:
    async def session() -> None:
        app = ReviewApp(Document.find(four), four, translating=False)
        async with app.run_test(size=ROOMY) as pilot:
            await pilot.press("f1")
            page = app.screen
            for key in ("escape", "x"):
                page.post_message(events.Key(key, None))
            await pilot.pause()
            assert app.screen is app.workbench

    asyncio.run(session())


@drawn
def test_keys_that_come_early_break_nothing(four: Memory) -> None:
    """Before what they are about is on the screen; the palette is opened once, and left once."""

    async def session() -> None:
        app = ReviewApp(Document.find(four), four, translating=False)
        async with app.run_test(size=ROOMY) as pilot:
            desk = app.workbench
            choice, prompt = Choice("?", [("a", "A")]), Prompt("?", regex=False)
            split = Split(desk.document.units[0])
            early: list[tuple[Screen[Any], Callable[[], None]]] = [
                (choice, partial(choice.action_move, "down")),
                (choice, partial(choice.action_turn, "down")),
                (prompt, prompt.action_toggle_regex),
                (split, partial(split.action_step, 1)),
            ]
            for screen, act in early:
                app.push_screen(screen)
                act()
                await pilot.pause()
                await pilot.press("escape")
            app.action_command_palette()
            await pilot.pause()
            palette = app.screen
            app.push_screen(Choice("?", [("a", "A")]))
            app.action_command_palette()
            await pilot.press("escape")
            for _ in range(2):
                palette.dismiss()
            app.action_command_palette()
            await pilot.pause()
            await pilot.press("escape")
            assert app.screen is desk

    asyncio.run(session())


@drawn
def test_letters_that_come_early_are_not_lost(four: Memory) -> None:
    """Before the line that is asked for has the focus, on a slow machine."""

    async def session() -> str:
        app = ReviewApp(Document.find(four), four, translating=False)
        async with app.run_test(size=ROOMY) as pilot:
            app.workbench.action_command("approve_sure")
            await pilot.pause()
            app.screen._forward_event(events.Key("6", "6"))
            await pilot.pause()
            await pilot.press("0", "enter")
            await pilot.pause()
            return str(app.screen.query(Static).first().render())

    assert "at least 60% sure" in asyncio.run(session())


def test_a_bug_is_left_to_whoever_runs_the_app(
    four: Memory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback with texts in it is printed, and what was typed is kept."""

    async def failing() -> None:
        app = ReviewApp(Document.find(four), four, translating=False)
        with suppress(ZeroDivisionError):
            async with app.run_test(size=ROOMY) as pilot:
                monkeypatch.setattr(app.workbench, "do_undo", lambda: 1 // 0)
                await pilot.press("e", "!", "escape", "u")
                await pilot.pause()
        assert isinstance(app.bug, ZeroDivisionError)

    asyncio.run(failing())
    assert "Traceback" not in capsys.readouterr().err
    assert four.draft(Document.find(four).units[1]) == "The sun rose.!"


@drawn
def test_wide_characters_keep_the_columns(memory: Memory) -> None:
    """A cell is as wide as a terminal draws it."""
    memory.add([pair("漢字" * 30, "字" * 41, document="d")])
    lines = play(memory).screen.splitlines()
    starts = {line.index("字字字", 20) for line in lines if "漢" in line and "字字字" in line[20:]}
    assert len(starts) == 1


@drawn
def test_the_mouse_chooses_rows_matches_and_the_editor(four: Memory) -> None:
    """A click on a row goes there, on a match types it, on a key does what it says."""
    four.add([pair("Түн болды.", "It was night.")])

    async def session() -> list[str]:
        document = Document.find(four)
        app = ReviewApp(document, four, translating=False)
        async with app.run_test(size=ROOMY) as pilot:
            await pilot.click("PairList", offset=(40, 4))
            await answered(app)
            await pilot.click("Matches", offset=(12, 1))
            await pilot.pause()
            await pilot.press("enter")
            await pilot.click("PairList", offset=(40, 0))
            await pilot.click("Keys", offset=(10, 0))
            await pilot.pause()
        return [f"{unit.target.text} {unit.state}" for unit in document.units]

    assert asyncio.run(session())[:3] == [
        "Yes. Good. reviewed",
        "The sun rose. translated",
        "It was night. reviewed",
    ]


# Screens


@pytest.fixture(scope="module")
def seed_memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory with the seed, aligned, some of it reviewed, one doubt and one note."""
    path = tmp_path_factory.mktemp("screens") / "memory.db"
    interview(path)
    return path


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("list", ROOMY, ()),
        ("list", SMALL, ()),
        ("list", NARROW, ()),
        ("cyrillic", ROOMY, ("л", "о")),
        ("cyrillic", SMALL, ("л", "о")),
        ("terms", ROOMY, ()),
        ("terms", SMALL, ()),
        ("split", (40, 12), ("s", "down", "tab")),
        ("editor", ROOMY, ("e", "=.")),
        ("editor", SMALL, ("e", "=.")),
        *(
            (name, size, keys)
            for size in (ROOMY, SMALL)
            for name, keys in (
                ("split", ("s",)),
                ("filter", ("f",)),
                ("search", ("/", "=Қазақ")),
                ("help", ("f1",)),
                ("statistics", ("v",)),
                ("dismiss", ("e", *["backspace"] * 3, "=  7", "enter", "up", "Z")),
            )
        ),
    ],
)
def test_screens_look_as_they_were_accepted(
    seed_memory: Path, tmp_path: Path, name: str, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    """TMTOOL_ACCEPT_SCREENS=1 accepts them anew: look at each before you commit it."""
    path = tmp_path / "memory.db"
    path.write_bytes(seed_memory.read_bytes())
    with Memory.open(path, author="Айгүл") as memory:
        if name == "terms":
            terms = [Term("ресми", "official"), Term("мемлекеттік сапар", "state visit")]
            memory.add_terms(terms, ("kk", "en"))
        played = play(memory, "g", "=6", "enter", "wait", *keys, "wait", size=size)
    screen = re.sub(r"\d\d:\d\d:\d\d", "hh:mm:ss", played.screen) + "\n"
    accepted = SCREENS / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("TMTOOL_ACCEPT_SCREENS"):
        accepted.parent.mkdir(exist_ok=True)
        accepted.write_text(screen, "utf-8")
    assert screen == accepted.read_text("utf-8")


def test_colours_say_nothing_alone(seed_memory: Path, tmp_path: Path) -> None:
    """State and confidence have a glyph and a word, in both themes."""
    path = tmp_path / "memory.db"
    path.write_bytes(seed_memory.read_bytes())
    with Memory.open(path, author="Айгүл") as memory:
        screens = {play(memory, "wait", light=light).screen for light in (False, True)}
    (screen,) = screens
    assert "+ translated" in screen
    assert "? doubtful 62%" in screen


@drawn
@pytest.mark.parametrize("size", [ROOMY, SMALL, NARROW, (40, 12)])
def test_the_line_of_keys_follows_the_keyboard(four: Memory, size: tuple[int, int]) -> None:
    """Both letters of a key until one was typed, then those of its layout."""
    both, latin, cyrillic = (
        play(four, *keys, size=size).screen.splitlines()[-1]
        for keys in (("wait",), ("down", "k", "j"), ("down", "e", "=ж", "escape"))
    )
    assert both.startswith(" h/р help  a/ф approve")
    assert latin.startswith(" h help  a approve")
    assert cyrillic.startswith(" р help  ф approve")
    assert max(map(len, (both, latin, cyrillic))) <= size[0]


@drawn
def test_a_long_question_leaves_room_for_the_answers(four: Memory) -> None:
    """On the least screen, too; a page leads on in it."""
    words = " ".join(f"w{number}" for number in range(80))
    document = Document.find(four)
    four.keep_draft(document.units[1], words)
    document.edit(1, "Dawn.")
    four.keep_place(("d", "kk", "en"), document.units[1].id)
    asked = play(four, "e", size=(40, 12))
    for said in ("changed this pair", "Keep what is", "Write what", "Go on typing", "take it"):
        assert said in asked.screen
    assert "w79" in play(four, "escape", "e", *["pagedown"] * 9, size=(40, 12)).screen


def test_an_empty_document_has_a_screen(memory: Memory) -> None:
    """No key breaks it."""
    memory.add([pair("Иә.", "Yes.", document="d")])
    (unit,) = memory.units()
    document = Document.find(memory)
    memory.change("remove", [(unit, None)])

    async def session() -> None:
        document.refresh()
        app = ReviewApp(document, memory, translating=False)
        async with app.run_test(size=SMALL) as pilot:
            for command in COMMANDS:
                for key in f"{command.letters},{command.keys}".split(","):
                    if key and command.name not in ("quit", "help", "undo"):
                        await pilot.press(key)
            await pilot.press("u")
            assert [u.target for u in document.units] == [Variant.of("en", "Yes.")]

    asyncio.run(session())


def test_the_manual_lists_every_key() -> None:
    manual = (ROOT / "README.md").read_text("utf-8")
    for command in COMMANDS:
        about = f"{command.title}: {command.help}" if command.help else command.title
        assert f"| {command.shown_keys} | `{command.name}` | {about} |" in manual


@drawn
def test_search_keeps_whether_it_is_an_expression(four: Memory) -> None:
    """The key of the slash asks in every layout, the Kazakh one included."""
    assert {"/", ".", "№"} <= {*BY_NAME["search"].letters.split(",")}
    asked = play(four, ".", "=ы\\.$", "f4", "enter", "wait", "/")
    assert "regular expression ON" in asked.screen


def test_the_source_stays_in_the_editor_when_a_translation_is_to_be_typed(four: Memory) -> None:
    for key in ("f4", "f5"):
        played = play(four, "E", key)
        assert played.editor == "Күн шықты."
        assert "this is the source text" in played.screen


def test_a_refusal_is_no_longer_shown_once_the_text_is_confirmed(four: Memory) -> None:
    assert "the text was changed" in play(four, "E", "=!", "f4").screen
    assert (
        "the text was changed"
        not in play(four, "g", "=3", "enter", "E", "=!", "f4", "enter").screen
    )


@drawn
@pytest.mark.parametrize("name", [command.name for command in COMMANDS if "_" in command.name])
def test_the_palette_finds_commands_by_their_names(four: Memory, name: str) -> None:
    title = next(command.title for command in COMMANDS if command.name == name)
    assert title in play(four, "ctrl+p", f"={name}", "wait").screen


@drawn
@pytest.mark.parametrize("size", [ROOMY, SMALL, NARROW])
def test_the_chosen_side_has_a_sign_and_belongs_to_its_pair(
    four: Memory, size: tuple[int, int]
) -> None:
    """Where there is no colour, too; Esc and any other pair take the choice back."""
    for key, text in (("left", "Күн"), ("right", "The sun")):
        assert re.search(f"❯ ?{text}", play(four, "g", "=2", "enter", key, size=size).screen)
        for leaving in (("escape",), ("down", "up")):
            played = play(four, "g", "=2", "enter", key, *leaving, size=size)
            assert not re.search(f"❯ ?{text}", played.screen)


def test_the_manual_tells_of_the_keys_that_are_no_commands() -> None:
    """Those of the app itself, as they are shown."""
    manual = (ROOT / "README.md").read_text("utf-8")
    (paragraph,) = re.findall(r"^Keys that no command can have:.*?\n\n", manual, re.S | re.M)
    for key in ("escape", "tab", "ctrl+p", "ctrl+z", "ctrl+y", "alt+y"):
        assert key in NEEDED
        name = "Esc" if key == "escape" else "-".join(map(str.capitalize, key.split("+")))
        assert name in paragraph


def test_a_dismissed_warning_has_a_sign_and_stays_in_its_filter(faulty: Memory) -> None:
    """So that the same key brings it back, and does not reach the next pair."""
    keys = ("g", "=2", "enter", "f", "end", "enter", "wait", "enter", "down", "Z")
    played = play(faulty, *keys)
    assert played.number == 2
    assert "(⚠) dismissed: it ends" in played.screen
    assert "⚠ it ends" in play(faulty, "Z", "enter").screen


@drawn
def test_a_long_pair_is_read_while_it_is_edited(four: Memory) -> None:
    """On the least screen, too; what is typed stays."""
    words = " ".join(f"сөз{number}" for number in range(40))
    (first, *_) = four.units()
    four.change("edit", [(first, replace(first, source=Variant.of("kk", words)))])
    top = play(four, "down", "home", "e", size=(40, 12))
    assert "сөз39" not in top.screen
    read = play(four, "home", "e", *["pagedown"] * 4, size=(40, 12))
    assert "сөз39" in read.screen
    assert read.editor == top.editor


def test_approving_all_sure_pairs_tells_how_many_have_warnings(memory: Memory) -> None:
    memory.add(
        [
            pair("Бағасы 25 теңге.", "The price is 52 tenge.", document="d", score=0.99),
            pair("Күн шықты.", "The sun rose.", document="d", score=0.99),
        ]
    )
    asked = play(memory, "b", "enter", "wait").screen
    assert "2 pairs are at least 95% sure, 1 of them with warnings" in asked


def test_approving_tells_of_a_draft_that_it_leaves(four: Memory) -> None:
    """It is there again in the editor."""
    left = play(four, "e", "=MINE", "escape", "a")
    assert "the draft of it is kept" in left.screen
    assert play(four, "g", "=2", "enter", "e").editor == "The sun rose.MINE"


@drawn
def test_long_matches_are_read_as_a_whole(four: Memory) -> None:
    """Where their line is too short for them, from the editor, too."""
    words = " ".join(f"w{number}" for number in range(30))
    four.add([pair("Күн шықты.", words)])
    shown = play(four, "e", "wait", size=(40, 12))
    assert "w29" not in shown.screen
    assert "w29" in play(four, "e", "wait", "ctrl+o", size=(40, 12)).screen
