"""Fuzzy matching: what a percentage means."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tmtool.match import similarity


def test_a_hundred_is_kept_for_the_same_text() -> None:
    """One letter in a thousand is not a perfect match."""
    assert similarity("а" * 1000, "а" * 999 + "б") == 99
    assert similarity("қазақ", "қазақ") == 100


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
