"""The nouns: what they promise and how they become JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MOMENT, pair
from tmtool.model import (
    STATES,
    Bead,
    Code,
    Segment,
    TranslationUnit,
    Variant,
    count_words,
    format_time,
    parse_time,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
contents = st.lists(st.one_of(texts, st.builds(Code, texts, texts, texts)), max_size=4).map(tuple)
moments = st.none() | st.datetimes(
    datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=0))
units = st.builds(
    TranslationUnit,
    source=st.builds(Variant, st.just("kk"), contents),
    target=st.builds(Variant, st.just("en"), contents),
    id=texts,
    state=st.sampled_from(STATES),
    document=st.none() | texts.filter(bool),
    position=st.floats(allow_nan=False, allow_infinity=False),
    origin=texts,
    created_at=moments,
    created_by=texts,
    changed_at=moments,
    changed_by=texts,
    score=st.none() | st.floats(0, 1),
    props=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    notes=st.lists(texts, max_size=3).map(tuple),
)


@given(units)
def test_a_unit_survives_json(unit: TranslationUnit) -> None:
    """What as_dict says, from_dict reads back, the text of both sides to the letter."""
    again = TranslationUnit.from_dict(json.loads(json.dumps(unit.as_dict())))
    assert again.source.text == unit.source.text
    assert again.as_dict() == unit.as_dict()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"source_language": None}, "'source_language' is missing"),
        ({"target": 5}, "'target' is of the wrong type"),
        ({"state": "done"}, "'state' is 'done', not one of initial"),
        ({"score": "high"}, "'score' is of the wrong type"),
        ({"score": True}, "'score' is of the wrong type"),
        ({"colour": "red"}, "unknown field 'colour'"),
        ({"props": ["date"]}, "'props' holds something"),
        ({"notes": [1]}, "'notes' holds something"),
        ({"source_content": [1]}, "'content' holds something"),
        ({"created_at": "yesterday"}, "yesterday"),
    ],
)
def test_a_field_that_is_wrong_is_named(change: dict[str, Any], complaint: str) -> None:
    """A reader of JSON is told which field is wrong, and how."""
    fields = pair("Иә.", "Yes.").as_dict() | change
    with pytest.raises(ValueError, match=complaint):
        TranslationUnit.from_dict({k: v for k, v in fields.items() if v is not None})


def test_the_text_of_a_variant_leaves_its_codes_out() -> None:
    """Matching and review work on words; codes are carried beside them."""
    variant = Variant("kk", ("Жаңа ", Code("ph", "<ph/>"), "жыл"))
    assert variant.text == "Жаңа жыл"


def test_a_bead_joins_its_sentences_with_a_space() -> None:
    """Two sentences that share one translation make one unit; its score is kept."""
    one, two = Segment("Иә.", 0, 3, 0), Segment("Жақсы.", 4, 10, 0)
    bead = Bead((one, two), (Segment("Yes, good.", 0, 10, 0),), 0.98765)
    assert bead.kind == "2-1"
    unit = bead.unit("kk", "en", document="d")
    assert (unit.source.text, unit.target.text) == ("Иә. Жақсы.", "Yes, good.")
    assert (unit.state, unit.score, unit.document) == ("translated", 0.9877, "d")


def test_a_one_sided_bead_makes_an_unfinished_unit() -> None:
    """A sentence without a partner is work to do, not a translation."""
    unit = Bead((Segment("Иә.", 0, 3, 0),), (), 0.5).unit("kk", "en")
    assert unit.state == "initial"
    assert not unit.is_paired


def test_times_are_written_in_utc_to_the_second() -> None:
    """Astana's half past two is half past nine in UTC."""
    assert format_time(MOMENT) == "2025-10-20T09:30:00Z"
    assert parse_time("2025-10-20T14:30:00+05:00") == MOMENT
    assert parse_time("2025-10-20T09:30:00") == MOMENT
    assert format_time(None) == ""
    later = MOMENT + timedelta(days=400)
    assert parse_time(format_time(later)) == later


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Бұл – сөз.", 2),
        ("іс-шара және/немесе «жоба»", 3),
        ("25 % 1 000 теңге, 10%", 5),
        ("* * * … ___", 0),
        ("бір\u00a0екі\tүш", 3),
    ],
)
def test_a_word_stands_between_white_space_and_is_no_mere_mark(text: str, count: int) -> None:
    """Hyphens and slashes part nothing; a number is a word, a lone dash is none."""
    assert count_words(text) == count
    assert pair(text).entry.words == count
