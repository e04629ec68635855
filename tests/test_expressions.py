"""What is read off the expressions of rules, and that it holds."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from tmtool import expressions
from tmtool.language import Language
from tmtool.srx import Rule

KAZAKH = Language.load("kk").rules


@pytest.mark.parametrize(
    ("before", "tail"),
    [
        (r"\p{Lu}\.", r"\p{Lu}\."),
        (r"(?<![\p{L}.])(?:т\.б|кг)\.", r"(?<![\p{L}.])(?:т\.б|кг)\."),
        (r"\d\s?[-–]?(?:бап|бет)\.", r"[-–]?(?:бап|бет)\."),
        (r"(?:^|\s)(?:№\s?)?\d{1,3}(?:\.\d)*\.", r"\d{1,3}(?:\.\d)*\."),
        (r"^\d+\.", r"\d+\."),
        (r"[^.]\.", r"\."),
        (r"а|\sб", ""),
        (r".+", ""),
        (r"\.(?!\d)", ""),
        (r"\p{L}{1,3}\.", r"\p{L}{1,3}\."),
        (r"»\sгаз\.", r"(?<!\S)газ\."),
        (r"(?:т\.\sб|аға\sоқыт)\.", r"(?:(?<!\S)б|(?<!\S)оқыт)\."),
    ],
)
def test_what_a_rule_sees_of_the_last_word(before: str, tail: str) -> None:
    """The longest end of an expression that looks at no white space and no place."""
    assert expressions.near_tail(before) == tail


@pytest.mark.parametrize(
    ("longer", "shorter", "stem"),
    [
        (r"ж[.!?]+", r"[.!?]+", "ж"),
        (r"[–—]\sмыс[.!?]+[»)]*", r"[.!?]+[»)]*", r"[–—]\sмыс"),
        (r"[.!?]+", r"[.!?]+", ""),
        (r"\d\.", r"\.", ""),
        (r"а|б[.!?]+", r"[.!?]+", ""),
        (r"x\[.!?]+", r"[.!?]+", ""),
        (r"ж[.!?]+\?", r"[.!?]+\?", ""),
        ("", "", ""),
    ],
)
def test_what_stands_before_a_common_end(longer: str, shorter: str, stem: str) -> None:
    """Found where it is sure that the longer expression ends where the shorter one does."""
    assert expressions.stem(longer, shorter) == stem


@settings(deadline=None)
@given(st.sampled_from(KAZAKH), st.text(st.sampled_from("аОбт.!1 »)V–к5"), max_size=12))
def test_two_halves_of_a_rule_match_what_the_whole_does(rule: Rule, text: str) -> None:
    """Near and far choices apart decide as before."""
    before = rule.before
    whole = {m.end() for m in regex.finditer(f"(?<={before})", text)}
    halves = expressions.near_and_far(before)
    assert whole == {m.end() for half in halves for m in regex.finditer(f"(?<={half})", text)}


@settings(deadline=None)
@given(st.sampled_from(KAZAKH), st.text(st.sampled_from("аОбт.!1 »)V–к5"), max_size=12))
def test_a_word_that_the_tail_does_not_fit_rules_a_rule_out(rule: Rule, text: str) -> None:
    """And where all of an expression is near, the word alone decides."""
    before = rule.before
    tail = expressions.near_tail(before)
    word = text[text.rstrip(" ").rfind(" ") + 1 :]
    fits = bool(regex.search(f"(?:{before})\\Z", text))
    if tail and not regex.search(f"(?:{tail})\\Z", word):
        assert not fits
    if tail == before:
        assert fits == bool(regex.search(f"(?:{tail})\\Z", word))


@pytest.mark.parametrize(
    ("after", "is_foreseeable"),
    [
        (r"\s+\p{Lu}", True),
        (r"\s+(?!деп)\p{Ll}", True),
        (r"[^а]", True),
        (r"\s\B", False),
        ("б$", False),
        (r"(?<=!)\s", False),
        (r"(?!а(?!б))\S", False),
    ],
)
def test_what_more_characters_could_change(after: str, is_foreseeable: bool) -> None:
    """Only where nothing looks back or at an end, no match is no match for good."""
    assert expressions.is_foreseeable(after) is is_foreseeable


@pytest.mark.parametrize(
    ("expression", "width"),
    [
        (r"\p{Lu}\.", 0),
        (r"(?<![\p{L}.])кг\.", 1),
        (r"(?<!\p{Ll}{3}|[.!?])[.!?]+", 3),
        (r"(?<!а)б(?<!көш)\.", 3),
        (r"(?<!а+)б", float("inf")),
        (r"(?<!а(?:б))в", float("inf")),
        (r"(?<=а)б", float("inf")),
    ],
)
def test_how_far_an_expression_looks_back(expression: str, width: float) -> None:
    """No limit is known but of what must not stand before, if it has one length."""
    assert expressions.sight(expression) == width


@pytest.mark.parametrize(
    ("expression", "behind", "may_fit"),
    [
        (r"(?<!\p{Ll}{3}|[.!?])[.!?]+", "Б", False),
        (r"(?<!\p{Ll}{3}|[.!?])[.!?]+", "б", True),
        (r"(?<!\p{Ll}{3}|[.!?])[.!?]+", "Ббб", False),
    ],
)
def test_what_must_not_stand_behind(expression: str, behind: str, may_fit: bool) -> None:
    """It is told from an end of what stands there, unless more is asked than that."""
    barred = expressions.barred(expression)
    assert barred
    assert bool(regex.search(barred, behind, partial=True)) is may_fit
    assert not expressions.barred(r"б(?<!а)в")
    assert not expressions.barred(r"(?<!а)(?<=б)в")


@settings(deadline=None)
@given(st.sampled_from(KAZAKH), st.text(st.sampled_from("аОбт.!1 »)V–к5"), max_size=12), st.data())
def test_an_end_that_does_not_match_back_rules_a_rule_out(
    rule: Rule, text: str, data: st.DataObject
) -> None:
    """Whatever stands before the end."""
    if expressions.is_traceable(rule.before):
        end = text[data.draw(st.integers(0, len(text))) :]
        if not regex.search(f"(?r)(?:{rule.before})\\Z", end, partial=True):
            assert not regex.search(f"(?:{rule.before})\\Z", text)


@pytest.mark.parametrize(
    ("expression", "marks"),
    [
        (r"[–—]\sмыс\.", "–—"),
        (r"(?:күн|жыл)\s[–—]\s\d", "–—"),
        (r"[–—]?\sмыс\.", ""),
        (r"[–—]|мыс\.", ""),
        (r"(?:[–—]\s)мыс\.", ""),
        (r"[^–]мыс\.", ""),
        (r"[а-я]\.", ""),
    ],
)
def test_marks_that_an_expression_needs(expression: str, marks: str) -> None:
    """A class of marks that can neither be left out nor stand for others."""
    assert expressions.needed(expression) == marks


ENDS = "\n\r\u2028"


@pytest.mark.parametrize(
    "expression",
    [r"[.!?]", r"[.!?]+x", r"[^а]+", r"[\s.]+", r"[.]+(?:\D)?", r"[.]+(?:.)?", r"[.]+(?:\b)?"],
)
def test_expressions_that_may_see_beyond_a_line(expression: str) -> None:
    """They are not known for many lines."""
    assert expressions.in_lines(expression, ENDS) == ""


@given(
    st.sampled_from([r"[.!?]+", r"[.!?]+[»]*", r"[.!?]+(?:»|\[\d+\]|\s[»”](?=\s|$))*", r"[.]+\s?"]),
    st.text(st.sampled_from("а.!» 1[]" + ENDS)),
)
def test_a_text_has_the_matches_of_its_lines(expression: str, text: str) -> None:
    """Those of many lines at once are those of each."""
    at_once = [
        match.span() for match in regex.finditer(expressions.in_lines(expression, ENDS), text)
    ]
    alone = [
        (line.start() + match.start(), line.start() + match.end())
        for line in regex.finditer(f"[^{ENDS}]+", text)
        for match in regex.finditer(expression, line[0])
    ]
    assert at_once == alone


@given(st.text(st.sampled_from("аА.!» ")))
def test_matches_of_one_character_are_left_out_where_something_follows(text: str) -> None:
    """All other matches stay."""
    expression = r"[.!?]+[»]*(?:\s»)?"
    assert not regex.search(expressions.more(expression), "А")
    found = [match.span() for match in regex.finditer(expression, text)]
    kept = [match.span() for match in regex.finditer(expressions.but_not(expression, "А"), text)]
    assert kept == [(one, end) for one, end in found if end - one > 1 or text[end : end + 1] != "А"]


def test_a_quick_expression_finds_the_same() -> None:
    """However often its end repeats."""
    text = "а.»» »). б?. »[1] !)x..."
    for expression in (r"[.!?]+(?:[»)]|\s»(?=\s|$)|\[\d\])*", r"[.?]+\)*", r"\.(?:»|»\s)*"):
        expected = [match.span() for match in re.finditer(expression, text)]
        assert [
            match.span() for match in re.finditer(expressions.quick(expression), text)
        ] == expected
