"""Sentences: the convention for Kazakh, and the laws that hold for every text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tmtool.segment
from tests.conftest import SEED, SEED_ENGLISH
from tmtool.errors import InputError, LanguageError
from tmtool.segment import Segmenter
from tmtool.srx import Rule
from tmtool.text import metadata

KAZAKH = Segmenter.for_language("kk")
ENGLISH = Segmenter.for_language("en")
RUSSIAN = Segmenter.for_language("ru")


def sentences(text: str, segmenter: Segmenter = KAZAKH) -> list[str]:
    return [segment.text for segment in segmenter.segment(text)]


def test_the_seed_has_its_57_sentences(development_data: Path) -> None:
    """The interview is split as a person split it."""
    gold = (development_data / "segmentation" / "seed.kk.txt").read_text("utf-8")
    found = sentences(SEED.read_text("utf-8"))
    assert found == [line for line in gold.splitlines() if line]
    assert len(found) == 57


def test_the_date_of_the_seed_is_in_no_sentence() -> None:
    """Metadata belongs to the document; the first sentence begins after it."""
    text = SEED.read_text("utf-8")
    first = KAZAKH.segment(text)[0]
    assert first.text.startswith("Қасым-Жомарт Тоқаев пен")
    assert first.start > metadata(text)[1]


def test_the_translation_of_the_seed_has_57_sentences_too() -> None:
    """It is split by the rules of English."""
    assert len(sentences(SEED_ENGLISH.read_text("utf-8"), ENGLISH)) == 57


def test_german_gets_its_sentences_from_the_moses_list() -> None:
    """A language without a folder is split by the generic rules."""
    german = Segmenter.for_language("de")
    assert sentences("Prof. Braun kam. Er saß.", german) == ["Prof. Braun kam.", "Er saß."]


@pytest.mark.parametrize(
    "case",
    [
        ["Жаңбыр жауды.", "Күн суытты."],
        ["М. Әуезов пен Қ. Сәтбаев кездесті.", "Олар сөйлесті."],
        ["Ол 1897 ж. Семей облысында туған."],
        ["XIX ғ. Абай өмір сүрді.", "Оның өлеңдері көп."],
        ["– Барасың ба? – деді ол.", "– Барамын."],
        ["«Барасың ба?» – деді ол.", "Мен үндемедім."],
        ["Алақай! деп айқайлады бала."],
        ["Ол ойланды… сосын кетті.", "Бәрі тынды…", "Түн болды."],
        ["Бюджет 700 млрд. АҚШ долларына жетті."],
        ["Ол АҚШ-қа кетті.", "2024 жылы қайтты."],
        ["Проф. Асанов, т.ғ.к. Қ. Серікбаев сөйледі."],
        ["1. Жалпы ережелер.", "2. Құқықтар."],
    ],
    ids=lambda case: case[0],
)
def test_kazakh_sentences_end_where_a_reader_ends_them(case: list[str]) -> None:
    """The convention, a case for each of its clauses."""
    assert sentences(" ".join(case)) == case


def test_a_missing_space_still_ends_a_sentence() -> None:
    """келді.Содан are two sentences; an address on the net is one word."""
    assert sentences("Бала келді.Содан кейін кетті.") == ["Бала келді.", "Содан кейін кетті."]
    assert sentences("Біздің сайт: www.Qazaq.Kz және egov.kz.") == [
        "Біздің сайт: www.Qazaq.Kz және egov.kz."
    ]


def test_every_line_is_a_paragraph() -> None:
    """Headings without a full stop stand alone; empty lines count for nothing."""
    segments = KAZAKH.segment("Тақырып\r\n\r\nБірінші. Екінші.\rҮшінші\u2028Төртінші")
    assert [(segment.text, segment.paragraph) for segment in segments] == [
        ("Тақырып", 0),
        ("Бірінші.", 1),
        ("Екінші.", 1),
        ("Үшінші", 2),
        ("Төртінші", 3),
    ]


def test_each_break_names_its_rule() -> None:
    """A linguist sees which rule broke a place, or kept it whole."""
    decisions = KAZAKH.explain("Кеше М. Әуезов келді. Күн шықты.")
    assert [(decision.rule, decision.breaks, decision.offset) for decision in decisions] == [
        ("initial", False, 7),
        ("sentence", True, 21),
        ("sentence", True, 32),
    ]


def test_a_place_that_no_rule_decides_is_kept() -> None:
    """It is told with the others, each by its offset in the whole text."""
    rules = (Rule("break", True, r"\.", r"\s"), Rule("other", True, "!", "!"))
    segmenter = Segmenter(replace(KAZAKH.language, rules=rules))
    decisions = segmenter.explain("date 2025-10-20\nа.б\n\n  в! г. д")
    assert [(each.offset, each.breaks, each.rule) for each in decisions] == [
        (18, False, ""),
        (25, False, ""),
        (28, True, "break"),
    ]


def test_a_place_that_several_rules_find_is_decided_once() -> None:
    """By the first that fits, also where their expressions begin at different characters."""
    rules = (
        Rule("long", False, r"ж\.", " қ"),
        Rule("dot", True, r"\.", " "),
        Rule("word", True, r"\w+[.]", " "),
    )
    segmenter = Segmenter(replace(KAZAKH.language, rules=rules))
    text = "аа. бж. қ вж. г."
    assert [(each.offset, each.rule) for each in segmenter.explain(text)] == [
        (3, "dot"),
        (7, "long"),
        (13, "dot"),
        (16, ""),
    ]
    assert sentences(text, segmenter) == ["аа.", "бж. қ вж.", "г."]


def test_metadata_in_the_first_of_many_blocks_is_in_no_sentence() -> None:
    """Also where a text has but one line, or the line has no end."""
    for text in ("date 2025-10-20 Күн шықты.\nТүн болды.\n", "date 2025-10-20 Күн шықты."):
        expected = KAZAKH.segment(text)
        assert expected[0].text == "Күн шықты."
        assert list(KAZAKH.stream([text])) == expected
        assert list(KAZAKH.stream(in_blocks(text, 11))) == expected


def test_metadata_stands_at_the_start_of_a_text_alone() -> None:
    """What looks like it further on is a sentence, also where a block begins with it."""
    line = "date 2025-10-20 Түн болды."
    for text in (f"Күн шықты.\n{line}", f"Күн шықты.\n{line}\nТаң атты.\n"):
        expected = KAZAKH.segment(text)
        assert expected[1].text == line
        assert list(KAZAKH.stream(text.splitlines(keepends=True))) == expected
        assert list(KAZAKH.stream(in_blocks(text, 11))) == expected


def test_metadata_before_a_paragraph_without_an_end_is_in_no_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where not all of it is waited for; every sentence is of the same paragraph."""
    monkeypatch.setattr("tmtool.segment._PATIENCE", 5_000)
    text = "date 2025-10-20 " + "Күн шықты. Түн болды. " * 1_000
    assert list(KAZAKH.stream(in_blocks(text, 500))) == KAZAKH.segment(text)


def test_a_malformed_code_has_no_segmenter() -> None:
    """The error is the library's own."""
    with pytest.raises(LanguageError):
        Segmenter.for_language("kazakh language")


# Texts made of what rules look at, so that candidates are many.
lively = st.lists(
    st.sampled_from(
        [
            *".!?…«»\"'()[]–-:; \n\r\t\u00a0\u2028АаБбҚқ1.XIV",
            "ж.",
            "т.б.",
            "млн.",
            "деді",
            "Ол ",
            "...",
        ]
    ),
    max_size=40,
).map("".join)


def visible(text: str) -> str:
    return re.sub("[\\s\u00ad\u200b-\u200f\u2060\ufeff]", "", text)


@given(st.one_of(lively, st.text()))
def test_spans_tile_the_text(text: str) -> None:
    """Segments and what lies between them give the text back; there is nothing to see there."""
    _, begin = metadata(text)
    position = begin
    pieces = [text[:begin]]
    for segment in KAZAKH.segment(text):
        assert segment.start >= position
        assert segment.end > segment.start
        assert not visible(text[position : segment.start])
        assert segment.text == text[segment.start : segment.end] == segment.text.strip()
        pieces += [text[position : segment.start], segment.text]
        position = segment.end
    assert not visible(text[position:])
    assert "".join([*pieces, text[position:]]) == text


@given(st.one_of(lively, st.text()))
def test_every_segment_ends_at_a_break_or_with_its_paragraph(text: str) -> None:
    """explain and segment tell the same story."""
    breaks = [decision.offset for decision in KAZAKH.explain(text) if decision.breaks]
    for one, other in zip(KAZAKH.segment(text), KAZAKH.segment(text)[1:], strict=False):
        if one.paragraph == other.paragraph:
            assert any(one.end <= offset <= other.start for offset in breaks)


@given(st.lists(st.sampled_from(["Күн шықты.", "Ол келді ме?", "Иә!"]), min_size=1, max_size=8))
def test_paragraphs_do_not_see_each_other(parts: list[str]) -> None:
    """A text is split as its paragraphs are, one by one."""
    alone = [sentence for part in parts for sentence in sentences(part)]
    assert sentences("\n".join(parts)) == alone


def slowly(text: str, segmenter: Segmenter) -> list[str]:
    """The sentences as SRX 2.0 defines them: every rule, in order, at every candidate."""
    found = []
    for line in text.splitlines():
        left = 0
        line = line.strip()
        ends = {
            match.end()
            for rule in segmenter.language.rules
            if rule.breaks
            for match in regex.finditer(rule.before, line)
        }
        for end in sorted(ends):
            for rule in segmenter.language.rules:
                if regex.match(f"(?<={rule.before})(?={rule.after})", line, pos=end):
                    if rule.breaks:
                        found.append(line[left:end].strip())
                        left = end
                    break
        found.append(line[left:].strip())
    return [sentence for sentence in found if sentence]


@settings(deadline=None)
@given(lively, st.sampled_from([KAZAKH, ENGLISH, RUSSIAN, Segmenter.for_language("xx")]))
def test_judging_words_once_gives_what_the_standard_says(text: str, segmenter: Segmenter) -> None:
    """The quick way and the obvious way agree on texts full of what rules look at."""
    text = text[metadata(text)[1] :]
    assert sentences(text, segmenter) == slowly(text, segmenter)


# Initials and names, and what may end a sentence between them.
NAMES = (
    "Қ. |А. |Б.|І.Ф.|J. |Ǵ. |𐐀. |Сәтбаев |Ғабит |Ол |Директоры – |жауабы – |ж. |1990 |«|. |; |\n"
)
named = st.lists(st.sampled_from(NAMES.split("|")), max_size=30).map("".join)


@settings(deadline=None)
@given(named, st.sampled_from([KAZAKH, ENGLISH, RUSSIAN]))
def test_initials_that_are_passed_over_are_no_ends(text: str, segmenter: Segmenter) -> None:
    """Runs of initials and names, with dashes and without, are split by the rules all the same."""
    assert sentences(text, segmenter) == slowly(text, segmenter)
    assert sentences(text.replace("–", ""), segmenter) == slowly(text.replace("–", ""), segmenter)


@settings(deadline=None, max_examples=30)
@given(named)
def test_a_long_paragraph_is_split_as_a_short_one(text: str) -> None:
    """What is looked up of long paragraphs alone, such as whether they have a dash, is right."""
    assert sentences("Сөз " * 300 + text) == slowly("Сөз " * 300 + text, KAZAKH)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Қ.", "т.б.", "1.", "бала.", "Ол", "«", ".", "?", "жж.", "А"])))
def test_long_words_are_judged_by_their_ends(parts: list[str]) -> None:
    """Nothing is lost when only the last characters of a word are looked at."""
    text = "Қ.И." * 25 + "".join(parts) + " Ол келді."
    assert sentences(text) == slowly(text, KAZAKH)


@pytest.mark.parametrize("run", ['"', "»", "”)", "…"])
def test_a_long_run_behind_a_stop_is_judged_as_a_short_one(run: str) -> None:
    """An end of hundreds of characters, which is not looked through for each rule."""
    for stop in (" т.б.", " бала.", " 5."):
        text = f"Ол{stop}{run * 300} Ол келді."
        assert sentences(text) == slowly(text, KAZAKH)


BEFORES = [
    r"[.!?]+",
    r"\d[.!?]+",
    r"[.!?]",
    r"\p{Lu}\.",
    r"(?:т\.\sб|б)\.",
    r"[^.]\.",
    "",
    r"^\s*\d\.",
    r"[.!?]+(?:\s)?",
    r"[.!?]+(?:\s!|О\s)*",
    r"[–]\p{L}[.!?]+",
    r"(?<!\p{L}{2})\p{L}[.!?]+",
    r"(?i:о)\.",
    r"(?i:о\.)|т(?:б)(?i:а\.)",
    r"(?<last>[Бб])\.",
    r"\b\w\w?[.!]",
    r"\W[.!]+",
    "[\x10-А]\\.",
]
AFTERS = [
    "",
    r"\s",
    r"\s+\p{Lu}",
    r"\S",
    r"\s+\p{Ll}(?!\p{Lu})",
    r"(?<=!)\s",
    r"\s\B",
    r"(?!\s)",
    "б$",
    "(?i:а)",
    r"\s(?i:т)б",
]
RULES = st.builds(
    Rule, st.just(""), st.booleans(), st.sampled_from(BEFORES), st.sampled_from(AFTERS)
)


@settings(deadline=None, max_examples=300)
@given(st.lists(RULES, max_size=5), st.text(st.sampled_from("АОбт.!1–  \n\u0301\x1f"), max_size=30))
@example([Rule("", True, "[\x10-А]\\.", "")], "1\x1f.1")
def test_rules_of_a_user_are_run_as_the_standard_says(rules: list[Rule], text: str) -> None:
    """Whatever they look at: the quick way and the obvious way agree."""
    segmenter = Segmenter(replace(KAZAKH.language, rules=tuple(rules)))
    assert sentences(text, segmenter) == slowly(text, segmenter)


ODD = "\x00\u00ad\u200b\u00a0\u2028\r\n\r\u0301\ufeff \u0085"


@given(st.text(st.sampled_from("Аб.!? 1«»" + ODD)))
def test_odd_characters_are_kept_in_their_places(text: str) -> None:
    """NUL, soft hyphen, zero-width, NBSP, line separators, combining letters: nothing is lost."""
    _, begin = metadata(text)
    kept = "".join(segment.text for segment in KAZAKH.segment(text))
    assert visible(kept) == visible(text[begin:])


def test_half_a_surrogate_pair_is_refused() -> None:
    """It is no character; the message says where it stands."""
    message = r"holds half a surrogate pair, U\+D83D, at character 4; it was decoded wrongly"
    with pytest.raises(InputError, match=message):
        KAZAKH.segment("Иә. \ud83d")
    with pytest.raises(InputError, match="at character 4"):
        list(KAZAKH.stream(["Иә. ", "\ud83d"]))
    with pytest.raises(InputError, match="at character 80000"):
        KAZAKH.segment("Иә. " * 20_000 + "\ud83d")
    with pytest.raises(InputError, match="at character 4"):
        KAZAKH.explain("Иә. \ud83d")


@given(st.one_of(lively, st.text()), st.data())
def test_a_text_in_blocks_has_the_same_sentences(text: str, data: st.DataObject) -> None:
    """Wherever it is cut, offsets and paragraphs are those of the whole."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    edges = [0, *cuts, len(text)]
    blocks = [text[one:other] for one, other in itertools.pairwise(edges)]
    assert list(KAZAKH.stream(blocks)) == KAZAKH.segment(text)


def in_blocks(text: str, size: int) -> list[str]:
    """A text in pieces."""
    return [text[at : at + size] for at in range(0, len(text), size)]


def test_a_paragraph_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences come out before the line does, and are the same."""
    monkeypatch.setattr(tmtool.segment, "_PATIENCE", 150)
    monkeypatch.setattr(tmtool.segment, "_SIGHT", 60)
    text = "Күн шықты. 1. Түн болды. – Иә! – деді ол. Ж. б. келді 😀! – Бар. " * 40
    begun = 0

    def given() -> Iterator[str]:
        nonlocal begun
        for block in in_blocks(text, 7):
            begun += len(block)
            yield block

    found = []
    for segment in KAZAKH.stream(given()):
        found.append(segment)
        assert begun - segment.end < 1000 or begun == len(text)
    assert found == KAZAKH.segment(text)


@example("0\u00ad", 0, 1)
@example("… … «", 2, 9)
@example("… » – ", 2, 9)
@given(st.one_of(lively, st.text()), st.integers(0, 5), st.integers(1, 9))
def test_nothing_is_lost_of_a_paragraph_without_end(text: str, sight: int, size: int) -> None:
    """Even if what is decided depended on more than is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tmtool.segment, "_PATIENCE", 1)
        patch.setattr(tmtool.segment, "_SIGHT", sight)
        found = list(KAZAKH.stream(in_blocks(text, size)))
    ends = [0, *(segment.end for segment in found)]
    assert ends == sorted(ends)
    for segment in found:
        assert text[segment.start : segment.end] == segment.text
    whole = "".join(segment.text for segment in KAZAKH.segment(text))
    assert visible("".join(segment.text for segment in found)) == visible(whole)
