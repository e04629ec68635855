"""Numbers of one sentence put into the translation of another."""

from __future__ import annotations

import pytest

from tmtool.renumber import renumbered


@pytest.mark.parametrize(
    ("source", "target", "wanted", "language", "proposal"),
    [
        ("5 мамырда 3 адам", "3 people on 5 May", "7 мамырда 4 адам", "en", "4 people on 7 May"),
        ("5 пен 7", "5 and 7", "7 мен 5", "en", "7 and 5"),
        ("12,5 пайыз", "12.5 percent", "14,5 пайыз", "en", "14.5 percent"),
        ("12 500 теңге", "12,500 tenge", "13 600 теңге", "en", "13,600 tenge"),
        ("2024-05-01", "2024-05-01", "2025-06-02", "en", "2025-06-02"),
        ("5 бала", "5 детей", "7 бала", "ru", "7 детей"),
        ("21 бала", "21 ребёнок", "31 бала", "ru", "31 ребёнок"),
        # The number is written out, is not there, or is there more than once.
        ("5 бала", "five children", "7 бала", "en", None),
        ("5 бала", "5 of 5 children", "7 бала", "en", None),
        # The word behind it would need another form.
        ("1 бала", "1 child", "2 бала", "en", None),
        ("5 бала", "5 children", "1 бала", "en", None),
        ("2 бала", "2 ребёнка", "5 бала", "ru", None),
        ("11 бала", "11 детей", "21 бала", "ru", None),
        # It is written in another way, or one number becomes two.
        ("5 бала", "5 children", "5,5 бала", "en", None),
        ("5 пен 5", "5 and 5", "6 мен 7", "en", None),
        ("5 бала", "5 children", "5 бала, 6 үй", "en", None),
    ],
)
def test_numbers_are_replaced_where_that_is_safe(
    source: str, target: str, wanted: str, language: str, proposal: str | None
) -> None:
    """Digits alone change, each place by place, in the way the target writes them."""
    assert renumbered(source, target, wanted, language) == proposal
