"""Lookup: everything like a text is found, how like it is, and in what it differs."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from tests.benchmarks.units import edited, noisy, pairs
from tests.conftest import pair
from tmtool.errors import StoreError
from tmtool.index import WAITING, shards, sides
from tmtool.index.shards import Builder, Shard, unpacked, unpacked_between
from tmtool.index.terms import words
from tmtool.memory import Memory
from tmtool.model import TranslationUnit
from tmtool.text import fold

SIZE = 6 * WAITING


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The sources of the large memory."""
    return [source for source, _ in pairs(SIZE)]


@pytest.fixture(scope="module")
def large(fresh: Callable[[], str], sources: list[str]) -> Iterator[Memory]:
    """A memory of several shards, and units that wait for the next."""
    units = [pair(source, f"{number}.") for number, source in enumerate(sources)]
    with Memory.open(fresh()) as memory:
        for start in range(0, SIZE, SIZE // 4):
            memory.add(units[start : start + SIZE // 4 - 100])
        memory.add(
            units[number] for number in range(SIZE) if number % (SIZE // 4) >= SIZE // 4 - 100
        )
        yield memory


def by_words(a: str, b: str) -> int:
    """The likeness by words, the slow and obvious way."""
    one, other = words(fold(a)), words(fold(b))
    longer = max(len(one), len(other))
    return 100 * (longer - Levenshtein.distance(one, other)) // longer


def by_letters(a: str, b: str) -> int:
    longer = max(len(fold(a)), len(fold(b)))
    return 100 * (longer - Levenshtein.distance(fold(a), fold(b))) // longer


def percentages(
    memory: Memory, text: str, *, limit: int = 5, min_percent: int = 70
) -> list[tuple[int, str]]:
    found = memory.lookup(text, "kk", "en", limit=limit, min_percent=min_percent)
    return [(match.percent, match.kind) for match in found]


# What is found


def test_every_unit_like_by_words_is_found(large: Memory, sources: list[str]) -> None:
    """The index leaves none out that a look at all units would find."""
    rng = random.Random(3)
    for number in range(0, SIZE, 60):
        text = edited(sources[number], sources, rng)
        wanted = {source for source in sources if by_words(text, source) >= 70}
        matches = large.lookup(text, "kk", "en", limit=SIZE)
        assert wanted <= {match.unit.source.text for match in matches}
        assert all(
            match.percent
            == min(
                99,
                max(
                    by_words(text, match.unit.source.text), by_letters(text, match.unit.source.text)
                ),
            )
            for match in matches
            if match.kind == "fuzzy"
        )


def test_the_best_come_first_however_many_are_wanted(large: Memory, sources: list[str]) -> None:
    """Few matches are the beginning of many."""
    rng = random.Random(4)
    for number in range(0, SIZE, 200):
        text = edited(sources[number], sources, rng)
        every = [m.percent for m in large.lookup(text, "kk", "en", limit=SIZE, min_percent=60)]
        assert every == sorted(every, reverse=True)
        assert [p for p, _ in percentages(large, text, limit=2, min_percent=60)] == every[:2]


def test_a_sentence_full_of_slips_is_found(large: Memory, sources: list[str]) -> None:
    """Nearly every sentence is found again where a tenth of its letters is wrong."""
    rng = random.Random(5)
    texts = [source for source in sources[::40] if len(source) > 30]
    slips = [(text, noisy(text, rng)) for text in texts]
    slips = [(text, slip) for text, slip in slips if by_letters(text, slip) >= 70]
    found = sum(
        text in {match.unit.source.text for match in large.lookup(slip, "kk", "en")}
        for text, slip in slips
    )
    assert found >= 0.95 * len(slips)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("абв ,.", min_size=1, max_size=12), min_size=1, max_size=12), st.data())
def test_short_and_odd_texts_are_found(texts: list[str], data: st.DataObject) -> None:
    """Marks alone, words repeated, single letters: nothing like by words escapes."""
    sources = [text for text in dict.fromkeys(texts) if text.strip()]
    wanted = data.draw(st.sampled_from(texts))
    with TemporaryDirectory() as folder, Memory.open(Path(folder) / "m.db") as memory:
        memory.add(pair(source, "x") for source in sources)
        with memory._store.transaction():
            memory._index.settle()
        found = {m.unit.source.text for m in memory.lookup(wanted, "kk", "en", limit=100)}
    if wanted.strip():
        assert found >= {source for source in sources if by_words(wanted, source) >= 70}


def test_a_percentage_is_the_better_of_two_however_low(large: Memory, sources: list[str]) -> None:
    """Also under what is found completely by words."""
    seen = 0
    for one, other in zip(sources[::6], sources[3::6], strict=True):
        mixed = zip_longest(one.split(), other.split(), fillvalue="")
        text = " ".join(b if place % 3 == 2 else a for place, (a, b) in enumerate(mixed))
        for match in large.lookup(text, "kk", "en", limit=SIZE, min_percent=40):
            if match.kind == "fuzzy":
                source = match.unit.source.text
                assert match.percent == max(by_words(text, source), by_letters(text, source))
                seen += by_letters(text, source) < by_words(text, source) < 70
    assert seen > 10


def test_a_sign_that_is_no_sound_is_a_word(large: Memory) -> None:
    """Where nothing is left of it in other alphabets, too."""
    large.add([pair("Ъ, Ь әріптері дыбыс болып саналмайды.", "No sounds.")])
    for number in range(WAITING):
        large.add([pair(f"{number}-мысал.", "Example.")])
    text = "Ъ, Ь жұрнақтың алдында болып саналмайды."
    assert percentages(large, text, min_percent=60)[0] == (75, "fuzzy")


@pytest.mark.parametrize("word", ["қазақ тілі, ", "а.", "."])
def test_a_very_long_text_is_looked_up(large: Memory, word: str) -> None:
    """As long as a side may be; what is like it is found."""
    length = 130_000
    text = (word * length)[:length]
    large.add([pair(text, "Long.")])
    assert percentages(large, text) == [(100, "exact")]
    ((percent, _),) = percentages(large, f"{text[:-100]}!")
    assert percent == 99
    large.change("remove", [(unit, None) for unit in large.units() if unit.target.text == "Long."])


def test_a_text_without_words_has_no_match(memory: Memory) -> None:
    """Nothing is like nothing."""
    memory.add([pair("Иә.", "Yes.")])
    assert memory.lookup("", "kk", "en") == memory.lookup(" \n", "kk", "en") == []


# How it is judged


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Бүгін, 5 мамырда, жаңбыр жауды.", "exact"),
        ("Бүгін,  5 мамырда, жаңбыр жауды.", "exact"),
        ("бүгін, 5 МАМЫРДА, жаңбыр жауды.", "case"),
        ("Бүгін 5 мамырда жаңбыр жауды!", "punctuation"),
        ("Бүгін, 17 мамырда, жаңбыр жауды.", "numbers"),
        ("Бүгiн, 5 мaмырдa, жаңбыр жaуды.", "script"),
        ("Бүгін, 5 мамырда, қар жауды.", "fuzzy"),
    ],
)
def test_a_match_says_in_what_it_differs(memory: Memory, text: str, kind: str) -> None:
    """In case, marks, numbers or look-alike letters only, or in words."""
    memory.add([pair("Бүгін, 5 мамырда, жаңбыр жауды.", "Today, on 5 May, it rained.")])
    ((percent, found),) = percentages(memory, text)
    assert found == kind
    assert (percent == 100) == (kind == "exact")


def test_changed_numbers_are_proposed(memory: Memory) -> None:
    """The numbers of the text stand in the proposal, the unit is as it was."""
    memory.add([pair("Жиналысқа 15 адам келді.", "15 people came to the meeting.")])
    (match,) = memory.lookup("Жиналысқа 28 адам келді.", "kk", "en")
    assert match.proposal == "28 people came to the meeting."
    assert match.unit.target.text == "15 people came to the meeting."
    (match,) = memory.lookup("Жиналысқа 28 адам келмеді.", "kk", "en")
    assert match.proposal is None


CYRILLIC = "Менің жаңа үйім ауылдағы өзен жағасында, ғимарат қиын салынған."
LATIN_2018 = "Meniń jańa úıim aýyldaǵy ózen jaǵasynda, ǵımarat qıyn salynǵan."
LATIN_2021 = "Menıñ jaña üiım auyldağy özen jağasynda, ğimarat qiyn salynğan."


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("held", [CYRILLIC, LATIN_2018, LATIN_2021])
@pytest.mark.parametrize("wanted", [CYRILLIC, LATIN_2018, LATIN_2021])
def test_any_alphabet_finds_any_other(
    memory: Memory, held: str, wanted: str, settled: bool
) -> None:
    """The same sentence in another script is a match by script, like one in the same script."""
    memory.add([pair(held, "x"), pair("Басқа сөйлем.", "y")])
    if settled:
        with memory._store.transaction():
            memory._index.settle()
    ((percent, kind),) = percentages(memory, wanted)
    if held == wanted:
        assert (percent, kind) == (100, "exact")
    elif CYRILLIC in (held, wanted):
        assert (percent, kind) == (99, "script")
    else:
        assert percent >= 70
    text = wanted.replace(wanted.split()[1], "ескі" if wanted == CYRILLIC else "eski")
    ((percent, kind),) = percentages(memory, text)
    assert 70 <= percent < 99


def test_only_what_stands_between_the_same_neighbours_may_be_wanted(memory: Memory) -> None:
    """A least percentage of 101 leaves out the very same text in another place."""
    memory.add(
        [
            pair("Күн шықты.", "The sun rose.", document="d"),
            pair("Иә.", "Yes.", document="d"),
            pair("Ай батты.", "The moon set.", document="d"),
        ]
    )
    around = ("Күн шықты.", "Ай батты.")
    found = memory.lookup("Иә.", "kk", "en", min_percent=101, context=around)
    assert [match.percent for match in found] == [101]
    assert memory.lookup("Иә.", "kk", "en", min_percent=101) == []


def test_the_same_text_between_the_same_neighbours_is_the_best_match(memory: Memory) -> None:
    """Of two translations of one sentence the one that stood in this place is taken."""
    memory.add(
        pair(s, t, document="a") for s, t in [("Кім?", "Who?"), ("Иә.", "Yes."), ("Ол.", "He.")]
    )
    memory.add(
        pair(s, t, document="b") for s, t in [("Не?", "What?"), ("Иә.", "Well."), ("Ол.", "It.")]
    )
    found = memory.lookup("Иә.", "kk", "en", context=("Не?", "Ол."))
    assert [(m.percent, m.kind, m.unit.target.text) for m in found] == [
        (101, "context", "Well."),
        (100, "exact", "Yes."),
    ]
    assert percentages(memory, "Кім?") == [(100, "exact")]
    assert [m.percent for m in memory.lookup("Кім?", "kk", "en", context=("", "Иә."))] == [101]
    unit = next(unit for unit in memory.units(document="b") if unit.source.text == "Иә.")
    assert memory.neighbours(unit) == ("Не?", "Ол.")
    assert memory.neighbours(pair("Иә.")) is None


def test_a_place_is_known_among_units_that_say_the_same(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same pair stands in many documents; the neighbours are those of the last."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1760952600")  # no pair is later than another
    for number in range(3):
        near = [pair(f"Бірі {number}.", "a"), pair("Иә.", "Yes."), pair(f"Екісі {number}.", "b")]
        memory.add(replace(unit, document=f"d{number}") for unit in near)
    (best,) = memory.lookup("Иә.", "kk", "en", context=("Бірі 2.", "Екісі 2."), limit=1)
    assert (best.percent, best.unit.document) == (101, "d2")
    for percent in (70, 100):
        found = memory.lookup("Иә.", "kk", "en", min_percent=percent)
        assert [(match.percent, match.unit.document) for match in found] == [(100, "d0")]


def doubled() -> list[TranslationUnit]:
    """Units of two documents, and of none, that say the same or nearly so."""
    said = [("Мен кітап оқыдым.", "I read a book."), ("Қала әкімі бүгін келді.", "The mayor came.")]
    said += [("Мен екі кітап оқыдым.", "I read two books."), ("Бағасы 25 теңге.", "It costs 25.")]
    at = datetime(2024, 1, 1, tzinfo=UTC)
    return [
        *(pair(source, target, document="base", changed_at=at) for source, target in said),
        *(pair(source, target, document="new", state="reviewed") for source, target in said),
        *(pair(f"Мен {n} кітап оқыдым.", f"I read {n} books.", document="new") for n in range(9)),
        pair(*said[0]),
        pair("Мен кітап оқыдым.", "I was reading.", document="new"),
    ]


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_what_is_left_out_is_as_if_it_was_not_held(
    memory: Memory, settled: bool, limit: int
) -> None:
    """A unit or a document: what says the same elsewhere is found, in its context too."""
    memory.add(doubled())
    if settled:
        with memory._store.transaction():
            memory._index.settle()
    units = list(memory.units())
    parts = [("", unit.id, [unit]) for unit in units[:3] + units[-3:]]
    for name in ("base", "new"):
        parts.append((name, "", [unit for unit in units if unit.document == name]))
    for document, unit_id, gone in parts:
        asked = [(unit.source.text, memory.neighbours(unit)) for unit in gone[:3]]
        ask = [
            partial(memory.lookup, text, "kk", "en", limit=limit, min_percent=50, context=context)
            for text, context in asked
        ]
        found = [lookup(besides=document, besides_id=unit_id) for lookup in ask]
        memory.change("remove", [(unit, None) for unit in gone])
        assert found == [lookup() for lookup in ask]
        assert memory.undo()


def test_of_equal_matches_the_most_trusted_comes_first(memory: Memory) -> None:
    """Of the very same text and of what is like it; also where one is many times there."""
    for source in ("Күн шықты.", "Қатты жел соқты."):
        memory.add(
            [
                pair(source, "New.", changed_at=datetime(2024, 2, 1, tzinfo=UTC)),
                pair(source, "Old.", changed_at=datetime(2024, 1, 1, tzinfo=UTC)),
                *(pair(source, "Draft.", state="initial", document=f"d{n}") for n in range(9)),
                pair(source, "Vouched.", document="a"),
                pair(source, "Vouched.", document="b", state="final"),
            ]
        )
    for text in ("Күн шықты.", "Қатты боран соқты."):
        for limit in (1, 2, 4):
            found = memory.lookup(text, "kk", "en", limit=limit, min_percent=50)
            expected = ["Vouched.", "New.", "Old.", "Draft."][:limit]
            assert [match.unit.target.text for match in found] == expected
            assert found[0].unit.state == "final"


def test_the_very_same_text_is_the_first_however_many_are_wanted(
    large: Memory, sources: list[str]
) -> None:
    """Where nothing else is wanted, nothing else is looked for, and the answer is the same."""
    for text in sources[::90]:
        many = large.lookup(text, "kk", "en", limit=5)
        assert large.lookup(text, "kk", "en", limit=1) == many[:1]
        exact = [match for match in many if match.percent == 100]
        assert large.lookup(text, "kk", "en", limit=5, min_percent=100) == exact


def test_languages_are_kept_apart(large: Memory, sources: list[str]) -> None:
    """Units of another language pair are no matches; regions of a language are."""
    assert large.lookup(sources[7], "kk", "ru") == []
    assert large.lookup(sources[7], "kk-KZ", "en-GB")[0].percent == 100


# How the index keeps up


def filled(path: str | Path, count: int) -> Memory:
    """A memory of numbered units, all of them in shards."""
    memory = Memory.open(path)
    memory.add(
        pair(f"Бұл {number} нөмірлі сөйлем.", f"Sentence {number}.") for number in range(count)
    )
    return memory


def test_what_changed_is_found_as_it_is_now(place: str) -> None:
    """Edited, removed, rejected, undone: a search sees each at once."""
    with filled(place, WAITING + 1) as memory:
        (match,) = memory.lookup("Бұл 77 нөмірлі сөйлем.", "kk", "en", limit=1)
        unit = match.unit
        edit = pair("Мүлдем басқа мәтін.", "Quite another text.", id=unit.id)
        memory.change("edit", [(unit, edit)])
        assert memory.lookup("Мүлдем басқа мәтін.", "kk", "en")[0].unit.id == unit.id
        assert memory.lookup("Бұл 77 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent < 100
        memory.undo()
        assert memory.lookup("Бұл 77 нөмірлі сөйлем.", "kk", "en", limit=1)[0].unit == unit
        assert memory.lookup("Мүлдем басқа мәтін.", "kk", "en") == []
        memory.change("remove", [(unit, None)])
        assert memory.lookup("Бұл 77 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent < 100
        memory.undo()
        assert memory.lookup("Бұл 77 нөмірлі сөйлем.", "kk", "en", limit=1)[0].percent == 100


def test_other_programs_see_what_one_adds(place: str) -> None:
    """Two open memories of one file agree, whichever of them makes the shards."""
    with filled(place, WAITING + 1) as one, Memory.open(place) as other:
        assert percentages(other, "Бұл 5 нөмірлі сөйлем.", limit=1) == [(100, "exact")]
        for number in range(3):
            one.add(
                pair(f"Тағы {number}-{k} сөйлем бар.", "There is one more.")
                for k in range(WAITING + 1)
            )
            assert percentages(other, f"Тағы {number}-5 сөйлем бар.", limit=1) == [(100, "exact")]
        assert percentages(other, "Бұл 5 нөмірлі сөйлем.", limit=1) == [(100, "exact")]


def test_many_small_additions_make_few_shards(place: str) -> None:
    """Shards grow together, so that a search need not ask many."""
    with Memory.open(place) as memory:
        for step in range(24):
            memory.add(pair(f"{step} {k} сөйлем", "x") for k in range(WAITING + 1))
            assert percentages(memory, f"{step} 5 сөйлем", limit=1) == [(100, "exact")]
        units = [row.units for row in memory._store.index.shards(("kk", "en"))]
        assert sum(units) == 24 * (WAITING + 1)
        assert len(units) <= 6


def test_a_memory_of_an_older_version_is_indexed_when_it_is_asked(tmp_path: Path) -> None:
    """Shards of another format are made anew."""
    path = tmp_path / "m.db"
    filled(path, WAITING + 1).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE shards SET format = 0, words = x'00'")
    path.chmod(0o400)
    if os.geteuid():
        with Memory.open(path) as memory, pytest.raises(StoreError, match="read-only"):
            memory.lookup("Бұл 5 нөмірлі сөйлем.", "kk", "en")
    path.chmod(0o600)
    with Memory.open(path) as memory:
        assert percentages(memory, "Бұл 5 нөмірлі сөйлем.", limit=1) == [(100, "exact")]


def test_an_index_of_an_older_version_is_not_believed_meanwhile(tmp_path: Path) -> None:
    """While it cannot be made anew: a search says so, and does not find less than there is."""
    path = tmp_path / "m.db"
    filled(path, WAITING + 1).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE shards SET format = 0, words = x'00'")
    with Memory.open(path) as memory, Memory.open(path) as other:
        with other._store.transaction(), pytest.raises(StoreError, match="is in use by another"):
            memory.lookup("Бұл 5 нөмірлі сөйлем.", "kk", "en")
        assert percentages(memory, "Бұл 5 нөмірлі сөйлем.", limit=1) == [(100, "exact")]


def test_a_bug_is_not_taken_for_a_damaged_index(
    file_memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said where it is, and nobody is sent to mend an index that is sound."""

    def wrong(*arguments: object, **options: object) -> None:
        raise ValueError("a bug")

    file_memory.add([pair("Иә.", "Yes.")])
    monkeypatch.setattr("tmtool.lookup.lookup", wrong)
    with pytest.raises(ValueError, match="a bug"):
        file_memory.lookup("Иә.", "kk", "en")


def test_a_kill_while_shards_are_made_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was added is there and found, and the next one who asks makes the shards."""
    path = tmp_path / "m.db"
    filled(path, WAITING + 1).close()
    child = os.fork()
    if not child:
        postings = Builder.postings

        def dying(self: Builder) -> Iterator[sides.Posting]:
            for number, posting in enumerate(postings(self)):
                if number == 300:
                    os.kill(os.getpid(), signal.SIGKILL)
                yield posting

        monkeypatch.setattr(Builder, "postings", dying)
        with Memory.open(path) as memory:
            memory.add(pair(f"Тағы {k} сөйлем бар.", "More.") for k in range(WAITING + 1))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    with Memory.open(path) as memory:
        assert memory._store.index.count_unindexed(2 * WAITING) == WAITING + 1
        assert percentages(memory, "Тағы 5 сөйлем бар.", limit=1) == [(100, "exact")]
        assert memory._store.index.count_unindexed(2 * WAITING) == 0
        assert percentages(memory, "Бұл 5 нөмірлі сөйлем.", limit=1) == [(100, "exact")]


def test_a_search_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    """While somebody writes, shards are left for later and units are looked at one by one."""
    path = tmp_path / "m.db"
    with Memory.open(path) as memory, Memory.open(path) as other:
        with memory._store.transaction():
            unit = pair("Иә.", "Yes.")
            memory._store.index.forget()
        with sqlite3.connect(path) as db:
            db.execute("DELETE FROM unindexed")
        memory.add([unit])
        with sqlite3.connect(path) as db:
            db.executemany(
                "INSERT INTO unindexed VALUES (?)", [(n,) for n in range(100, 200 + WAITING)]
            )
        with other._store.transaction():
            assert percentages(memory, "Иә.") == [(100, "exact")]


# Shards


@settings(max_examples=30, deadline=None)
@given(
    st.sets(st.integers(0, 200_000), min_size=1, max_size=60), st.integers(0, 200_000), st.data()
)
def test_places_are_read_as_they_were_written(
    places: set[int], low: int, data: st.DataObject
) -> None:
    """Few or many, in one block or several, all or a range of them."""
    import numpy as np

    order = np.array(sorted(places))
    ((_, units, blob),) = sides._postings(["x"], np.zeros(len(order), np.uint16), order, 200_001)
    assert unpacked(units, blob).tolist() == sorted(places)
    high = data.draw(st.integers(low, 200_001))
    between = [place for place in sorted(places) if low <= place < high]
    assert unpacked_between(units, blob, low, high).tolist() == between


def made(units: list[tuple[int, str, str]], expected: int) -> tuple[object, ...]:
    """A shard of units and its postings."""
    with Builder("kk", expected) as builder:
        for start in range(0, len(units), 50):
            builder.add(units[start : start + 50])
        return type(builder._source), builder.blobs(), list(builder.postings())


def test_two_processes_make_the_shard_that_one_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little is put in order at once, and whatever a text holds."""
    monkeypatch.setattr(shards, "processors", lambda: 2)
    units = [(3 * number, fold(kk), en) for number, (kk, en) in enumerate(pairs(400))]
    units += [(5000, "", "\x1e \ud800"), (5001, "ұ ұ ұ \x00", ""), (5002, "сөз " * 70_000, "a")]
    one, *rest = made(units, shards._WORTH - 1)
    two, *same = made(units, shards._WORTH)
    assert (one, two) == (sides.Side, sides.SideApart)
    assert rest == same
    monkeypatch.setattr(sides, "_PORTION", 100)
    monkeypatch.setattr(sides, "_MOST", 7)
    assert made(units, 0)[1:] == tuple(rest)


def test_a_process_that_ends_too_early_or_cannot_be_is_survived(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units wait for the index and are found meanwhile; without a second process one does all."""
    monkeypatch.setattr(shards, "processors", lambda: 2)
    monkeypatch.setattr(shards, "_WORTH", 1)
    units = [pair(f"{number} нөмірлі сөйлем", "x") for number in range(WAITING + 1)]
    with monkeypatch.context() as patch, Memory.open(place) as memory:
        patch.setattr(sides.SideApart, "_PROGRAM", "import sys; sys.stdin.buffer.read(9)")
        memory.add(units)
        assert memory._store.index.shards(("kk", "en")) == []
        assert percentages(memory, "7 нөмірлі сөйлем", limit=1) == [(100, "exact")]
    with monkeypatch.context() as patch, Memory.open(place) as memory:
        patch.setattr(sides, "Popen", Mock(side_effect=OSError))
        memory._settle()
        assert [row.units for row in memory._store.index.shards(("kk", "en"))] == [len(units)]
        assert percentages(memory, "7 нөмірлі сөйлем", limit=1) == [(100, "exact")]


def test_a_shard_knows_its_units_by_length() -> None:
    """Places go from the shortest source to the longest and lead back to the units."""
    builder = Builder("kk")
    builder.add([(7, "үш сөз бар", "b"), (9, "бір", "a"), (30, "екі сөз", "a")])
    shard = Shard(*builder.blobs())
    assert shard.numbers(unpacked(3, b"\0\0\0\0\1\0\0\0\2\0\0\0")).tolist() == [9, 30, 7]
    assert (shard.words.tolist(), shard.letters.tolist()) == ([1, 2, 3], [3, 7, 10])
    assert shard.between(3, 7) == (0, 2)
    found = {term: unpacked(n, blob).tolist() for term, n, blob in builder.postings()}
    assert list(found) == sorted(found)
    assert (found["sсөз"], found["ta"], found["tb"]) == ([1, 2], [0, 1], [2])
