"""Fuzzy matching: what a percentage means."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import pair
from tmtool.match import diff, difference, similarity
from tmtool.model import Match


def test_a_hundred_is_kept_for_the_same_text() -> None:
    """One letter in a thousand is not a perfect match."""
    assert similarity("а" * 1000, "а" * 999 + "б") == 99
    assert similarity("қазақ", "қазақ") == 100


def test_the_percentage_is_rounded_down() -> None:
    """Two letters of three are 66 percent, and five words of six 83."""
    assert similarity("абв", "абг") == 66
    assert similarity(list("абвгде"), list("абвгдж")) == 83


def test_a_text_and_its_list_of_letters_are_the_same_text() -> None:
    """What is compared are the parts, whatever holds them; a longer text is another one."""
    assert similarity("аб", ["а", "б"]) == 100
    assert similarity("аб", "абв") == 66
    assert similarity("", "") == 100


def test_words_count_as_wholes() -> None:
    """One word of four that differs leaves three quarters."""
    assert similarity(["екі", "ел", "сөз", "айтты"], ["үш", "ел", "сөз", "айтты"]) == 75


def distance(a: str, b: str) -> int:
    """Levenshtein's distance as a textbook has it."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (left != right))
    return row[-1]


@given(st.text("абв", max_size=8), st.text("абв", max_size=8))
def test_the_percentage_is_that_of_the_edit_distance(a: str, b: str) -> None:
    """It is symmetric and agrees with the slow way to the percent."""
    expected = 100 * (1 - distance(a, b) / max(len(a), len(b), 1))
    assert similarity(a, b) == similarity(b, a)
    assert abs(similarity(a, b) - expected) <= 1


def test_the_words_that_differ_are_told_apart() -> None:
    """In the order of reading, what was left out before what came in its place."""
    assert diff("Ол кеше келді.", "Ол бүгін келді!") == [
        ("same", "Ол "),
        ("only in a", "кеше"),
        ("only in b", "бүгін"),
        ("same", " келді"),
        ("only in a", "."),
        ("only in b", "!"),
    ]
    assert diff("", "жаңа") == [("only in b", "жаңа")]
    assert diff("ескі\n", "") == [("only in a", "ескі\n")]
    assert diff("", "") == []


@given(st.text("аб .\n-", max_size=12), st.text("аб .\n-", max_size=12))
def test_a_difference_holds_both_texts(a: str, b: str) -> None:
    """Put together, the pieces of each side are that side; no piece is empty."""
    pieces = diff(a, b)
    assert "".join(text for where, text in pieces if where != "only in b") == a
    assert "".join(text for where, text in pieces if where != "only in a") == b
    assert all(text for _, text in pieces)
    assert (a == b) == all(where == "same" for where, _ in pieces)


def test_texts_in_two_alphabets_differ_where_their_sounds_do() -> None:
    """Else all of it would be struck out, and the same in other letters put in."""
    unit = pair("Жаңа сөйлем бар екен.", "There is.")
    found = difference("Jańa sóılem bar edi.", Match(unit, 80, "script"))
    assert found == [
        ("same", "Жаңа сөйлем бар "),
        ("only in a", "екен"),
        ("only in b", "edi"),
        ("same", "."),
    ]
    found = difference("Жаңа сөйлем бар еді.", Match(unit, 80, "fuzzy"))
    assert found[1:3] == [("only in a", "екен"), ("only in b", "еді")]
