"""Concordance: where words stand in the memory, by words, beginnings and expressions."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.units import pairs
from tests.conftest import Program, pair
from tmtool.concordance import Pattern
from tmtool.errors import TmtoolError
from tmtool.index import WAITING
from tmtool.memory import Memory
from tmtool.model import Side, TranslationUnit, Variant
from tmtool.text import nfc, passed

SIZE = 10 * WAITING


@pytest.fixture(scope="module")
def units() -> list[tuple[str, str]]:
    """The texts of the large memory."""
    return list(dict.fromkeys(pairs(SIZE)))


@pytest.fixture(scope="module")
def large(fresh: Callable[[], str], units: list[tuple[str, str]]) -> Iterator[Memory]:
    """A memory with a shard, and units that wait."""
    with Memory.open(fresh()) as memory:
        memory.add(pair(*unit) for unit in units[: SIZE - 100])
        memory.add(pair(*unit) for unit in units[SIZE - 100 :])
        yield memory


def sources(memory: Memory, pattern: str, *, limit: int = SIZE, **options: bool) -> list[str]:
    found = memory.concordance(pattern, "kk", "en", side="source", limit=limit, **options)
    return [hit.unit.source.text for hit in found]


@pytest.mark.parametrize("word", ["ел", "мемлекет", "тау", "және", "бағдарламаның", "х"])
def test_every_form_of_a_stem_is_found(
    large: Memory, units: list[tuple[str, str]], word: str
) -> None:
    """As a look at all units finds them, the latest first."""
    expected = [s for s, _ in units if re.search(rf"(?i)(?<!\w){word}", s)]
    assert sources(large, word) == expected[::-1]
    assert sources(large, word, limit=3) == expected[::-1][:3]
    whole = [s for s, _ in units if re.search(rf"(?i)(?<!\w){word}(?!\w)", s)]
    assert sources(large, word, is_whole=True) == whole[::-1]


@pytest.mark.parametrize("first", range(0, 1200, 150))
def test_words_in_a_row_are_found(large: Memory, units: list[tuple[str, str]], first: int) -> None:
    """A phrase of a text is found in it, marks between its words or not."""
    text = units[first][0]
    phrase = " ".join(re.findall(r"\w+", text)[1:3])
    assert text in sources(large, phrase)
    assert all(re.search(phrase.replace(" ", r"\w*\W+"), s, re.I) for s in sources(large, phrase))


@pytest.mark.parametrize(
    "expression",
    [
        "емлек",
        r"\bел\w*ның\b",
        "ғандар[.!?]$",
        "(көл|теңіз)",
        "[0-9]{4}",
        "қа.?ала",
        "ТЕҢІЗ",
        "қш{2,}",
        "",
    ],
)
def test_expressions_are_found(
    large: Memory, units: list[tuple[str, str]], expression: str
) -> None:
    """In any case, anywhere in the text, also where no letters are sure to be there."""
    expected = [s for s, _ in units if re.search(expression, s, re.I)]
    assert sources(large, expression, is_regex=True) == expected[::-1]


@pytest.mark.parametrize(("side", "found"), [("source", []), ("target", ["Күн шықты."])])
def test_either_side_or_one_is_searched(memory: Memory, side: Side, found: list[str]) -> None:
    """Without a side, both are."""
    memory.add([pair("Күн шықты.", "The sun rose.")])
    hits = memory.concordance("sun", "kk", "en", side=side)
    assert [hit.unit.source.text for hit in hits] == found
    (hit,) = memory.concordance("sun", "kk", "en")
    assert (hit.source_spans, hit.target_spans) == ((), ((4, 7),))


@pytest.mark.parametrize(
    ("pattern", "text", "marked"),
    [
        ("келіссөз", "Келіссөздер мен келіссөз.", ["Келіссөздер", "келіссөз"]),
        ("екі ел", "Бүгін екі, елдің үні.", ["екі, елдің"]),
        ('"иә"', "Ол «Иә» деді.", ["«Иә»"]),
        ("іс-шара", "Бұл іс–шаралар.", ["іс–шаралар"]),
        ("сөз", "Бұл cөз.", ["cөз"]),
        ("IP", "IP мекенжайы, ІР және iphone.", ["IP", "iphone"]),
        ("ІР", "IP мекенжайы, ІР және iphone.", ["IP", "ІР"]),
        ("cөз copy", "Бұл сөз copy.", ["сөз copy"]),
        ("шт", "Тёплый ﬁшт штат.", ["штат"]),
        ("ﬁш", "Бұл ﬁшт.", ["ﬁшт"]),
    ],
)
def test_places_are_those_of_the_text(pattern: str, text: str, marked: list[str]) -> None:
    """However it was folded to be compared; a form of a word is marked as a whole."""
    found = Pattern(pattern, is_regex=False, is_whole=False)
    assert found.is_in(text)
    assert [text[start:end] for start, end in found.spans(text)] == marked


@settings(max_examples=200, deadline=None)
@given(st.text("абв(|)[]{2}*+?.\\^$d"), st.text("абв2", max_size=8))
def test_clues_are_in_every_match(expression: str, text: str) -> None:
    """What the index is asked for stands in whatever an expression matches."""
    try:
        pattern = Pattern(expression, is_regex=True, is_whole=False)
    except TmtoolError:
        return
    if pattern.is_in(text):
        clues = pattern.clues("source")
        assert all(any(one in text for one in clue.spellings) for clue in clues)


def test_clues_are_found_where_there_are_some() -> None:
    """Letters in a row, not those that may be left out or changed."""

    def clues(expression: str) -> list[str]:
        pattern = Pattern(expression, is_regex=True, is_whole=False)
        return [clue.spellings[0] for clue in pattern.clues("source")]

    assert clues(r"келіс\w+ жүргіз(ді|еді)") == ["келіс", "жүргіз"]
    assert clues("мемлекетт?ік") == ["мемлекет"]
    assert clues("ел|жер") == clues("(?x)мем лек") == clues("ship") == []
    for expression in (r"\u0441өздік", r"\pLөздік", "[]абв]", "[^]абв]", "абвг{e<=1}", r"\x5fабв"):
        assert clues(expression) == []


ODD = "аәбіийөсьъэяёАІСcoikhCOIKİıﬁ²ｋKşÇ_1-.«» \u0301\u0307"


@pytest.fixture(scope="module")
def odd(fresh: Callable[[], str]) -> Iterator[tuple[Memory, list[TranslationUnit]]]:
    """A memory of odd texts, all in a shard, and its units."""
    rng = random.Random(7)
    texts = [nfc("".join(rng.choices(ODD, k=rng.randint(3, 12)))) for _ in range(4 * WAITING)]
    with Memory.open(fresh()) as memory:
        memory.add(map(pair, texts[::2], texts[1::2]))
        yield memory, list(memory.units())


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0),
    st.slices(10),
    st.sampled_from(["{}", "{}", "{}.?", "({})+", "[{}]+", r"\b{}", r"{}\w"]),
    st.sampled_from([str, str.upper, str.lower, passed, str.swapcase]),
    st.booleans(),
)
def test_the_index_leaves_nothing_out(
    odd: tuple[Memory, list[TranslationUnit]],
    number: int,
    part: slice,
    frame: str,
    change: Callable[[str], str],
    is_whole: bool,
) -> None:
    """What a look at every text finds, whatever letters pass for others, is found by the index."""
    memory, units = odd
    unit = units[number % len(units)]
    typed = change((unit.source.text, unit.target.text)[number // len(units) % 2][part])
    for pattern, is_regex in ((typed, False), (frame.format(re.escape(typed)), True)):
        try:
            sought = Pattern(pattern, is_regex=is_regex, is_whole=is_whole)
        except TmtoolError:
            continue
        held = {
            unit.id
            for unit in units
            if sought.is_in(unit.source.text) or sought.is_in(unit.target.text)
        }
        hits = memory.concordance(
            pattern, "kk", "en", is_regex=is_regex, is_whole=is_whole, limit=len(units)
        )
        found = {hit.unit.id for hit in hits}
        assert found == held, [
            (pattern, u.source.text, u.target.text) for u in units if u.id in found ^ held
        ]


@pytest.mark.parametrize(
    ("pattern", "is_regex"), [("(", True), ("a{99999999999}", True), (" ", False)]
)
def test_what_cannot_be_searched_for_is_refused(
    memory: Memory, pattern: str, is_regex: bool
) -> None:
    """With one line that says why."""
    with pytest.raises(TmtoolError):
        memory.concordance(pattern, "kk", "en", is_regex=is_regex)


def test_the_command_marks_what_it_finds(tmtool: Program, tmp_path: Path) -> None:
    """Source, target, document, date; JSON with offsets; exit code 1 if there is nothing."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Екі ел келіссөз жүргізді.", "Two countries talked.", document="d")])
        (unit,) = memory.units()
    run = ("-m", tmp_path / "m.db", "concordance")
    assert unit.created_at
    date = unit.created_at.date().isoformat()
    line = f"Екі ел [келіссөз] жүргізді.\tTwo countries talked.\td\t{date}\n"
    assert tmtool(*run, "келіс").stdout == line
    assert tmtool(*run, "--regex", "ке.{5}з", "--in", "source").stdout == line
    assert '"source_spans": [[7, 15]], "target_spans": []' in tmtool(*run, "келіс", "--json").stdout
    assert tmtool(*run, "келіс", "--whole", status=1).stderr == "not found\n"
    assert "is no regular expression" in tmtool(*run, "(", "--regex", status=2).stderr
    assert "there is nothing to search for" in tmtool(*run, "", status=2).stderr


def test_the_latest_come_first_in_all_languages_together(tmtool: Program, tmp_path: Path) -> None:
    """As many as are wanted."""
    with Memory.open(tmp_path / "m.db") as memory:
        for number, language in enumerate(["ru", "en", "tr", "en"]):
            unit = pair(f"Сөз {number}.")
            memory.add([replace(unit, target=Variant.of(language, "a"))])
    run = ("-m", tmp_path / "m.db", "concordance", "сөз")
    assert re.findall(r"\d(?=\.)", tmtool(*run).stdout) == list("3210")
    assert re.findall(r"\d(?=\.)", tmtool(*run, "-n", "2").stdout) == list("32")


def test_what_a_limit_leaves_out_is_said(tmtool: Program, tmp_path: Path) -> None:
    """On lines, in JSON and in a file, which takes all there is as long as no limit is given."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(pair(f"Ел {number}", "a") for number in range(1100))
    run = ("-m", tmp_path / "m.db", "concordance", "ел")
    file = tmp_path / "a.tsv"
    assert tmtool(*run, "-o", file).stderr == f"{file}: 1100 units\n"
    assert len(file.read_text("utf-8").splitlines()) == 1100
    for options, count, said in [
        ([], 20, "over 1000 more"),
        (["-n", "100"], 100, "1000 more"),
        (["-n", "1090", "--json"], 1090, "10 more"),
    ]:
        done = tmtool(*run, *options)
        assert len(done.stdout.splitlines()) == count
        assert done.stderr == f"and {said}; say with -n how many to show\n"
    done = tmtool(*run, "-n", "2", "-o", file)
    assert done.stderr == f"{file}: 2 units\nand over 1000 more; say with -n how many to show\n"
