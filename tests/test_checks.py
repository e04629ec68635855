"""The checks: golden cases of each, laws, and how they treat many units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.checks import (
    FAULTS,
    SETS,
    STYLES,
    false_alarms,
    gold_pairs,
    raised,
    recall,
    seed_pairs,
    term_recall,
)
from tests.conftest import pair
from tmtool.checks import CHECKS, check, check_unit, checked, dismissed, mender, read_styles
from tmtool.checks.dictionaries import dictionary, is_available
from tmtool.checks.typography import typography
from tmtool.errors import TmtoolError
from tmtool.language import DATA
from tmtool.model import SEVERITIES, Code, Finding, TranslationUnit, Variant

GOLDEN = Path(__file__).parent / "data" / "checks"
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


class Case(NamedTuple):
    """Units of which the last is judged, whether it is good, and the text at fault."""

    units: list[TranslationUnit]
    is_good: bool
    fault: str


@cache
def golden(name: str) -> list[Case]:
    """The cases of a check, from the file of its name."""
    text = (GOLDEN / f"{name}.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    return [_case(block.split("\n")) for block in "\n".join(lines).strip("\n").split("\n\n")]


def _case(lines: list[str]) -> Case:
    verdict, source, target, *fault = lines[0].split(" ", 3)
    assert verdict in ("good", "bad")
    units = []
    for number, line in enumerate(lines[1:], 1):
        one, other = (unescaped(side) for side in line.split(" | " if " | " in line else "|"))
        sides = Variant.of(source, one), Variant.of(target, other)
        units.append(TranslationUnit(*sides, id=str(number), state="translated"))
    return Case(units, verdict == "good", unescaped("".join(fault)))


def unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def term(source: str, target: str, language: str = "en") -> TranslationUnit:
    return TranslationUnit(Variant.of("kk", source), Variant.of(language, target))


GLOSSARY = [
    term("мемлекеттік сапар", "state visit"),
    term("келісім", "agreement"),
    term("келісім", "accord"),
    term("ынтымақтастық", "сотрудничество", "ru"),
]


STYLED = ("dashes", "number-format")
LETTERED = ("kk", "en", "ru")
has_dictionaries = is_available() and all(map(dictionary, LETTERED))
needs_dictionaries = pytest.mark.skipif(
    not has_dictionaries, reason="pyenchant or hunspell-kk, -en-us or -ru is not installed"
)


def last(case: Case, name: str) -> list[Finding]:
    """What a check finds in the unit that is judged."""
    judged = {case.units[-1].id}
    found = check(case.units, [name], (), GLOSSARY, STYLES if name in STYLED else None)
    return [finding for finding in found if finding.unit_id in judged]


def text_at(unit: TranslationUnit, finding: Finding) -> str:
    side = unit.source if finding.side == "source" else unit.target
    return side.text[slice(*finding.span)] if finding.span else ""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=needs_dictionaries if name == "spelling" else ()) for name in CHECKS],
)
def test_the_golden_cases_of_a_check_are_judged_as_written(name: str) -> None:
    """At least three good and three bad ones; a bad one names the text at fault, if there is."""
    cases = golden(name)
    assert sum(case.is_good for case in cases) >= 3
    assert sum(not case.is_good for case in cases) >= 3
    for case in cases:
        found = last(case, name)
        texts = [text_at(case.units[-1], finding) for finding in found]
        if case.is_good:
            assert texts == [], case
        else:
            assert case.fault in texts, (case, found)


def test_every_check_has_help_and_a_severity() -> None:
    """The docstring is the help; there is a file of cases for each check and no other."""
    for name, one in CHECKS.items():
        assert one.help.endswith("."), name
        assert one.severity in SEVERITIES
    assert {path.stem for path in GOLDEN.iterdir()} == set(CHECKS)


@pytest.mark.parametrize("code", ["kk", "en", "ru"])
def test_a_language_with_a_typography_has_all_of_it(code: str) -> None:
    """What a check asks for is in the file of each language."""
    known = typography(f"{code}-KZ")
    assert known.language == code
    assert known.letters
    assert known.quotes
    assert known.everyday
    assert known.numbers[{"kk": "үшінші", "en": "third", "ru": "третий"}[code]] == 3
    assert known.units["%"] == "percent"
    assert (DATA / code / "typography.toml").exists()


def test_a_language_of_which_nothing_is_known_is_checked_as_far_as_possible() -> None:
    """Numbers and spaces need no knowledge; what does stays silent."""
    unit = TranslationUnit(
        Variant.of("xx", "Abc 5 «d»."), Variant.of("yy", "Efg 6  „h“."), state="translated"
    )
    assert {finding.check for finding in check_unit(unit)} == {"numbers", "spaces"}


def test_one_unit_is_judged_by_the_checks_that_need_no_other() -> None:
    """check_unit finds what check finds in it, checks across units aside."""
    unit = pair("Оның 5 кітабы бар.", "he has 6  books", id="7")
    alone = check_unit(unit)
    names = {name for name, one in CHECKS.items() if one.alone}
    assert {finding.check for finding in alone} == {"end", "spaces", "numbers", "capital"}
    assert alone == list(check([unit], names))
    assert {finding.unit_id for finding in alone} == {"7"}


def test_checks_are_selected_and_ignored_by_name() -> None:
    """An unknown name is an error that names the nearest."""
    unit = pair("Оның 5 кітабы бар.", "he has 6  books")
    assert {finding.check for finding in check([unit], ["numbers", "end"], ["end"])} == {"numbers"}
    assert "spaces" not in {finding.check for finding in check([unit], ignore=["spaces"])}
    with pytest.raises(TmtoolError, match="no check 'number'; did you mean 'numbers'"):
        list(check([unit], ["number"]))
    with pytest.raises(TmtoolError, match="there are"):
        list(check([unit], ignore=["frobnicate"]))


def test_optional_checks_are_asked_for_by_name() -> None:
    """Alone, or with those that are default."""
    assert [name for name, one in CHECKS.items() if one.is_optional] == ["spelling"]
    unit = pair("Оның кітабы бар.", "he has a breakast.")
    assert [finding.check for finding in check([unit])] == ["capital"]
    assert [finding.check for finding in check([unit], ["default"])] == ["capital"]


@needs_dictionaries
def test_a_dictionary_says_what_is_spelled_wrong() -> None:
    """With the word that is meant, if one is near; beside the default checks or alone."""
    unit = pair("Оның кітабы бар.", "he has a breakast and a qwzrtpl.")
    found = list(check([unit], ["default", "spelling"]))
    assert {finding.check for finding in found} == {"capital", "spelling"}
    assert [finding.message for finding in check([unit], ["spelling"])] == [
        "breakast is in no dictionary; breakfast?",
        "qwzrtpl is in no dictionary",
    ]


@needs_dictionaries
def test_a_dictionary_knows_what_was_typed_without_the_letters_of_the_language() -> None:
    """No other unit is needed; words that are others without the letters pass."""
    found = check([pair("Бұл кылмыс еді.", "It was a crime.")], ["letters"])
    assert [finding.message for finding in found] == ["кылмыс for қылмыс"]
    assert not list(check([pair("Оның атауын білемін.", "I know its name.")], ["letters"]))


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("Иә", "Yes,", 'it ends with ",", the source without one'),
        ("Иә.", "Yes", 'it ends without a mark, the source with "."'),
        ("Иә?", "Yes.", 'it ends with ".", the source with "?"'),
    ],
)
def test_marks_at_the_end_are_quoted(source: str, target: str, said: str) -> None:
    """They would be read as marks of the message."""
    assert [one.message for one in check([pair(source, target)], ["end"])] == [said]


def test_without_dictionaries_spelling_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other checks work."""
    monkeypatch.setattr("tmtool.checks.across.is_available", lambda: False)
    monkeypatch.setattr("tmtool.checks.across.dictionary", lambda language: None)
    unit = pair("Бұл кылмыс.", "A breakast")
    with pytest.raises(
        TmtoolError, match=r"needs hunspell dictionaries; pip install 'tmtool\[spell"
    ):
        list(check([unit], ["spelling"]))
    assert [finding.check for finding in check([unit])] == ["end"]


@pytest.mark.parametrize(
    ("source", "target", "language", "mended"),
    [
        ("Ол – бала.", 'He - the "good and "bad"" one - is 1 5.', "en-GB", None),
        ("Ол – бала.", 'He – "a boy" - is.', "en", "He—“a boy”—is."),
        ("«А «Б» В»", "«A «B» C»", "en", "“A ‘B’ C”"),
        ("– Иә, 1 234,5", '- "Да", 1,234.5', "ru", "— «Да», 1\u00a0234,5"),
        ("– Иә.", '– "Да.', "ru", '— "Да.'),
        *(
            (source, text, language, text)
            for source, language, text in (
                ("Екі жарымға бір.", "en", "The ratio is 1.5:1, or 3:2, at 12:30."),
                ("1 мамырда 200 адам.", "en", "On May 1 200 people came."),
                ("12,5 және 8-701-123-45-67.", "en", "Phone 8 701 123 45 67, 12 345 67 89."),
                ("А", "en", 'See <a title="a - b" href="x">, {"key": "value"}, `print("a")`.'),
                ("А", "en", 'A 12" pipe, a 14" pipe, 43°15\'30" N, 76°54\'10" E.'),
                ("А", "en", "It was - 5 °C, x - y = 3, a - 5 = b, %s - %d, | --- | May - June."),
                ("А", "en", "git log -- file.txt, a --- b, ---- end."),
                ("5.1-тармақ, Python 3.11.", "ru", "Пункт 5.1, Python 3.11, Windows 8.1, 31.12."),
            )
        ),
    ],
)
def test_the_house_style_is_put_in_order(
    source: str, target: str, language: str, mended: str | None
) -> None:
    """Dashes, quotation marks in pairs, numbers; nothing is left to do then."""
    unit = TranslationUnit(
        Variant.of("kk", source), Variant.of(language, target), state="translated"
    )
    better = mender(styles=STYLES)(unit)
    if mended is not None:
        assert better.target.text == mended
    assert mender(styles=STYLES)(better) == better
    names = ["dashes", "quotes", "number-format"]
    left = [one for one in check([better], names, styles=STYLES) if one.fix]
    assert left == []


def test_what_was_dismissed_is_not_mended() -> None:
    """Though another fault of the same text is."""
    unit = pair("Ол келді.", "He  came .")
    spaces = list(check([unit], ["spaces"]))
    assert [one.message for one in spaces] == ["two spaces", "a space before a mark"]
    assert mender()(dismissed(unit, spaces[0])).target.text == "He  came."
    assert mender()(unit).target.text == "He came."


@pytest.mark.parametrize(
    ("word", "mended"),
    [
        ("Теxt", "Text"),
        ("Тоkayev", "Tokayev"),
        ("сaлт", "салт"),
        ("сахарa", "сахарa"),  # five letters Cyrillic and one Latin, each of which may be either
        ("сахараn", "сахараn"),  # one of which is Latin, against the six others
        ("Ca", "Ca"),
        ("Сa", "Сa"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_look_alikes_are_mended_where_the_other_letters_tell_the_script(
    word: str, mended: str, language: str
) -> None:
    """A word of letters that are all in both scripts, or mostly in the other one, is only named."""
    unit = pair("Иә.")
    unit = replace(unit, target=Variant.of(language, f"the {word} park"), state="translated")
    assert mender(["mixed-script"])(unit).target.text == f"the {mended} park"
    assert len(list(check([unit], ["mixed-script"]))) == (word != "Ca")


def test_what_is_wrong_in_a_word_of_two_scripts_is_named() -> None:
    """The letters that are few, of as many of both all of them."""
    unit = pair("Иә.", "сахарa Сa Теxt")
    assert [finding.message for finding in check([unit], ["mixed-script"])] == [
        "сахарa mixes scripts (Latin a)",
        "Сa mixes scripts (Cyrillic С, Latin a)",
        "Теxt mixes scripts (Cyrillic Т е)",
    ]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("Yes, СО2 and ОК.", "СО2, ОК are not of this language"),
        ("Cyrillic word кот and OK Н2О кот", "кот, Н2О are not of this language"),
        ("а б в г д ж з", "а, б, в, г, д and 2 more are not of this language"),
    ],
)
def test_all_foreign_words_of_a_text_are_named(target: str, said: str) -> None:
    """Whole, with their digits; of many a few, and how many more there are."""
    found = list(check([pair("Мәтін.", target)], ["foreign-letters"]))
    assert [finding.message for finding in found] == [said]


@pytest.mark.parametrize(
    ("source", "target", "mended"),
    [
        ("Иә.  Жоқ.", "Yes.  No  way.", "Yes.  No way."),
        ("Иә.  Жоқ.", "Yes  indeed.", "Yes indeed."),
        ("Аты:   Тегі:", "Name:   Surname:", "Name:   Surname:"),
        ("Жол  бар", "A  way  out", "A  way out"),
        ("  Иә", "  Yes", "  Yes"),
        ("1)\tИә", "1)\tYes,\tsir", "1)\tYes, sir"),
    ],
)
def test_spaces_that_the_source_has_at_the_same_place_stay(
    source: str, target: str, mended: str
) -> None:
    """They are meant; others are levelled."""
    assert mender()(pair(source, target)).target.text == mended


def test_quotes_of_a_house_style_come_before_those_of_the_language() -> None:
    """A region may have a style of its own."""
    unit = TranslationUnit(
        Variant.of("kk", "Ол «иә» деді."), Variant.of("en-GB", "He said “yes”."), state="translated"
    )
    british = read_styles({"en": {"quotes": "“”"}, "EN_gb": {"quotes": "‘’ “”"}})
    assert not list(check([unit], ["quotes"], styles=STYLES))
    assert [one.fix for one in check([unit], ["quotes"], styles=british)] == ["‘yes’"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"e n": {}}, "'e n' is not a language code"),
        ({"en": "—"}, "the style of en is no table; write \\[style.en\\]"),
        ({"en": {"dsh": "—"}}, "'dsh' is no choice of style.en; there are dash, quotes"),
        ({"en": {"dash": "~"}}, "'~' is no dash for style.en; write"),
        ({"en": {"dash": " —"}}, "is no dash"),
        ({"en": {"dash": "-"}}, "is no dash"),
        ({"en": {"quotes": "ab"}}, "is no quotes"),
        ({"en-GB": {}, "en-gb": {}}, "there are two styles of en-gb"),
        ({"en": {"quotes": "“"}}, "is no quotes"),
        ({"en": {"quotes": "“” ‘’ «»"}}, "is no quotes for style.en; .*: two levels at the most"),
        ({"en": {"decimal": 1}}, "1 is no decimal"),
        ({"en": {"decimal": ",", "thousands": ","}}, "are the same mark"),
    ],
)
def test_slips_in_a_style_are_said(table: dict[str, object], message: str) -> None:
    """With what may be written instead."""
    with pytest.raises(TmtoolError, match=message):
        read_styles(table)


def test_rejected_units_are_passed_over() -> None:
    """They are no translations, and no example for others."""
    units = [
        pair("Рақмет.", "No", state="rejected"),
        pair("Рақмет.", "Thank you."),
    ]
    assert [len(found) for _, found in checked(units)] == [0, 0]


def test_a_unit_that_is_open_is_not_empty() -> None:
    """What nobody translated yet is no fault; what somebody emptied is."""
    assert check_unit(pair("Иә.", "")) == []
    assert [finding.check for finding in check_unit(pair("Иә.", "", state="final"))] == ["empty"]


def test_inline_codes_must_be_on_both_sides() -> None:
    """Each as often as on the other side, to the letter."""
    code = Code("ph", '<ph x="1"/>')
    unit = pair("Иә.", "Yes.")
    source = replace(unit, source=replace(unit.source, content=("Иә", code, ".")))
    both = replace(source, target=replace(unit.target, content=(code, "Yes.")))
    twice = replace(source, target=replace(unit.target, content=(code, "Yes.", code)))
    assert [finding.message for finding in check_unit(source)] == [
        '<ph x="1"/> is not in the translation'
    ]
    assert check_unit(both) == []
    assert [finding.check for finding in check_unit(twice)] == ["codes"]


def coded(*parts: str) -> tuple[str | Code, ...]:
    """Text, and codes by their data."""
    return tuple(
        Code(part[1:4].rstrip(), part, "".join(re.findall(' i="(.*?)"', part)))
        if part.startswith("<")
        else part
        for part in parts
    )


B, END_B = '<bpt i="1">&lt;b&gt;</bpt>', '<ept i="1">&lt;/b&gt;</ept>'
L, END_L = '<bpt i="2">&lt;i&gt;</bpt>', '<ept i="2">&lt;/i&gt;</ept>'


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ((B, "a", END_B, L, "b", END_L), (L, "b", END_L, B, "a", END_B), []),
        ((B, "a", L, "b", END_B, "c", END_L), (B, "a", L, "b", END_B, "c", END_L), []),
        ((B, "a", L, "b", END_B, "c", END_L), (L, "a", B, "b", END_L, "c", END_B), []),
        ((B, "a", END_B), (END_B, "a", B), [f"{END_B} stands before {B}, which it closes"]),
        (
            (B, "a", END_B, L, "b", END_L),
            (B, "a", L, "b", END_B, END_L),
            [f"{B} and {L} overlap, and do not in the source"],
        ),
        (
            (B, L, "a", END_L, END_B),
            (L, B, "a", END_B, END_L),
            [f"{L} stands around {B}, and in the source within it"],
        ),
    ],
)
def test_paired_codes_stand_in_the_order_of_the_source(
    source: tuple[str, ...], target: tuple[str, ...], said: list[str]
) -> None:
    """They may come in another order, but not turned round or nested otherwise."""
    unit = pair("a", "a")
    unit = replace(
        unit,
        source=replace(unit.source, content=coded(*source)),
        target=replace(unit.target, content=coded(*target)),
    )
    assert [finding.message for finding in check([unit], ["codes"])] == said


def test_paired_codes_of_xliff_stand_in_the_order_of_the_source() -> None:
    """What is a pair to XLIFF is one to the check, by the ids that join its halves."""
    halves = [
        *('<bpt id="1" rid="1">', '<ept id="2" rid="1">'),
        *('<bx id="1"/>', '<ex id="1"/>'),
        *('<sc id="1"/>', '<ec startRef="1"/>'),
    ]
    codes = [
        Code("ph", f"<ph>{half.replace('<', '&lt;').replace('>', '&gt;')}</ph>") for half in halves
    ]
    for begin, end in zip(codes[::2], codes[1::2], strict=True):
        unit = pair("a", "a")
        right = replace(unit.source, content=(begin, "a", end))
        wrong = replace(unit.target, content=(end, "a", begin))
        (finding,) = check([replace(unit, source=right, target=wrong)], ["codes"])
        assert finding.message == f"{end.data} stands before {begin.data}, which it closes"


def test_a_quotation_over_several_units_has_its_marks_in_two_of_them() -> None:
    """The order of the units tells; a unit alone cannot."""
    units = [
        pair("Ол айтты: «Мен келдім».", 'He said: "I have come.', id="1"),
        pair("Ол отырды.", 'And now I sit."', id="2"),
    ]
    assert list(check(units, ["quotes"])) == []
    assert [finding.unit_id for finding in check(units[:1], ["quotes"])] == ["1"]


def test_lengths_are_learned_from_the_units() -> None:
    """Where translations are all twice as long, one that is no longer than its source is short."""
    source = "Бұл ұзақ сөйлем, оның ішінде көп сөз бар, бірақ мағынасы аз болуы да мүмкін."
    usual = [pair(source, source.lower() * 3, id=str(number)) for number in range(300)]
    odd = pair(source, "This is a long sentence in which there are many words, and little sense.")
    assert list(check([odd], ["length"])) == []
    assert [finding.message for finding in check([*usual, odd], ["length"])] == [
        "the translation is too short for its source"
    ]


def test_units_are_read_as_findings_are_asked_for() -> None:
    """A stream without end is checked in batches."""

    def endless() -> Iterator[TranslationUnit]:
        number = 0
        while True:
            number += 1
            yield pair(f"{number} кітап.", "Books.", id=str(number))

    found = check(endless(), ["numbers"])
    assert [next(found).unit_id for _ in range(5)] == ["1", "2", "3", "4", "5"]


texts = st.text(
    st.sampled_from("абвқәіAbİß0123456789.,:;!?-–—()[]{}<>%&\"'«»“”„ \u00a0\u200b\tIVX$€@/")
    | st.characters(exclude_categories=["Cs"]),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(texts, texts, st.sampled_from(["en", "ru", "kk", "fr", "xx"]))
def test_any_text_is_judged_and_spans_lie_inside_it(one: str, other: str, language: str) -> None:
    """Whatever a text holds, no check fails, and what it points at is there."""
    unit = TranslationUnit(
        Variant.of("kk", one), Variant.of(language, other), id="1", state="translated"
    )
    for finding in check([unit, replace(unit, id="2")], styles=STYLES):
        text = unit.source.text if finding.side == "source" else unit.target.text
        assert finding.check in CHECKS
        if finding.span:
            start, end = finding.span
            assert 0 <= start < end <= len(text)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([" ", "\u00a0", ","]))
def test_a_number_agrees_with_itself_however_it_is_grouped(number: int, separator: str) -> None:
    """Separators of thousands change no value."""
    grouped = f"{number:,}".replace(",", separator)
    unit = pair(f"Саны {grouped} болды.", f"There were {number:,} of them.")
    assert not [finding for finding in check_unit(unit) if finding.check == "numbers"]


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "a ",
            "A, ",
            "1",
            "1,",
            "1 ",
            "5 км ",
            "бір ",
            "<a",
            "\u00a0",
            "a\u00a0",
            "«",
            "A.",
            "(",
        ),
        *("«a» ", "a - ", "1,5 ", "aaab", "кала", "a'", "a\u00a0abcd "),
    ],
)
def test_odd_texts_of_any_length_take_little_time(piece: str) -> None:
    """No expression goes over a text again and again."""
    text = piece * (50_000 // len(piece))
    unit = pair(f"Ә@{text}", f"Ж@{text}", state="final")
    assert isinstance(check_unit(unit), list)
    assert isinstance(list(check([unit], STYLED, styles=STYLES)), list)
    assert mender(styles=STYLES)(unit).source == unit.source
    if has_dictionaries:
        assert isinstance(list(check([unit], ["spelling", "letters"])), list)


def test_false_alarms_are_rare(development_data: Path) -> None:
    """At most 3 in 100 pairs that are taken as correct, of the seed and of each set of gold pairs,
    those aside that a person found to be right."""
    assert raised(seed_pairs(development_data / "alignment")) == []
    for name in SETS:
        units = gold_pairs(development_data / "alignment", name)
        assert len(false_alarms(name, raised(units))) <= 0.03 * len(units)


def test_planted_faults_are_found(development_data: Path) -> None:
    """At least 95 %, over all kinds of faults."""
    units = gold_pairs(development_data / "alignment", SETS[0])
    counts = {name: recall(name, units, 50) for name in FAULTS}
    counts["terms"] = term_recall(units, 50)
    found, total = (sum(column) for column in zip(*counts.values(), strict=True))
    assert found >= 0.95 * total, counts
