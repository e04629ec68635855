"""Words as numbers: the same as the words that an expression finds, one by one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmtool.index import vocabulary
from tmtool.index.terms import WORD
from tmtool.index.vocabulary import END, Vocabulary

_WORD_OR_END = re.compile(f"{WORD}|{END}")
_texts = st.lists(
    st.one_of(
        st.text(),
        st.text(st.sampled_from("аә'_- .,5\u0301\u2003𝒂")),
        st.sampled_from("аб").map(lambda char: char * 33),
    ).map(lambda text: text.replace(END, " ") + END),
    max_size=30,
)


def words(texts: list[str], known: Vocabulary) -> list[str]:
    """The words of texts by their numbers."""
    numbers = np.concatenate([known.numbers(text) for text in texts] or [np.zeros(0, np.int32)])
    return [known.words[number] for number in numbers]


@given(_texts)
def test_the_words_are_those_that_an_expression_finds(texts: list[str]) -> None:
    """One text after another, or all at once; each word has one number, and the end has 0."""
    known = Vocabulary()
    wanted = _WORD_OR_END.findall("".join(texts))
    assert words(texts, known) == wanted
    assert words(["".join(texts)], known) == wanted
    assert len(known.words) == len({END, *wanted})
    assert known.words[0] == END


def test_no_word_is_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few characters are looked at together."""
    texts = [f"{number} нөмірлі сөйлем, {'а' * number}.{END}" for number in range(200)]
    wanted = _WORD_OR_END.findall("".join(texts))
    for portion in (1, 7, 1000):
        monkeypatch.setattr(vocabulary, "_PORTION", portion)
        assert words(["".join(texts)], Vocabulary()) == wanted


@given(st.lists(st.integers(0, 50)), st.integers(0, 3))
def test_hashes_that_share_a_slot_are_told_apart(chosen: list[int], step: int) -> None:
    """Hashes so near to each other begin at one slot, also when the table has grown."""
    table = vocabulary._Hashes()
    held: dict[int, int] = {}
    for code in [*chosen, *(range(0, 10_000 * step, step) if step else ())]:
        if code not in held:
            held[code] = len(held)
    codes = np.array(list(held), np.uint64)
    for some in np.array_split(np.arange(len(codes)), 3):
        assert (table.numbers(codes[some]) == -1).all()
        table.add(codes[some], some.astype(np.int32))
    assert table.numbers(codes).tolist() == list(held.values())
    assert table.numbers(codes + np.uint64(1 << 40)).tolist() == [-1] * len(codes)


def test_nobody_can_make_words_that_collide() -> None:
    """These did while the base of the hashes was one number, the first with the end of a text."""
    made = ["рржкпчфомлифнмпмпкожрк", "ьюыбжзыуоегпецзешэгоян", "яэыдгжщшмиглгхждшыбпым"]
    known = Vocabulary()
    assert words([f"{word}{END}" for word in made], known) == [
        x for word in made for x in (word, END)
    ]
    assert vocabulary._BASE % 2 == 1


def test_no_two_words_of_a_language_have_one_hash() -> None:
    """Of very many short ones, which differ in one or two letters."""
    letters = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
    texts = "".join(
        f"{a}{b}{c}{d} " for a in letters for b in letters for c in letters for d in "аы"
    )
    known = Vocabulary()
    known.numbers(texts + END)
    assert len(known.words) == 1 + 2 * len(letters) ** 3
