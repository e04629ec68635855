"""The golden cases of each language, and that no rule and no abbreviation is idle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tmtool.language import DATA, Language, filled_rules, parse_prefixes
from tmtool.segment import Segmenter

GOLDEN = Path(__file__).parent / "data" / "segment"
CODES = sorted(folder.name for folder in DATA.iterdir() if (folder / "prefixes.txt").exists())

Case = tuple[str, str, list[str]]
"""What the case is about, its text, its sentences."""


@cache
def golden(code: str) -> list[Case]:
    return list(_cases((GOLDEN / f"{code}.txt").read_text("utf-8")))


def _cases(text: str) -> Iterator[Case]:
    about, lines = "", list[str]()
    for line in [*text.splitlines(), ""]:
        if line.startswith("# class: "):
            about = line.removeprefix("# class: ")
        elif line and not line.startswith("# "):
            lines.append(line)
        elif lines and not line:
            joined = "".join(part.removesuffix("\\") + " " * (part[-1] != "\\") for part in lines)
            yield about, joined.strip(), [part.removesuffix("\\") for part in lines]
            lines = []


def ends(segmenter: Segmenter, text: str) -> list[int]:
    return [segment.end for segment in segmenter.segment(text)]


@pytest.mark.parametrize("code", CODES)
def test_every_golden_case_is_split_as_written(code: str) -> None:
    """A translator could have written the file; the rules follow it to the letter."""
    segmenter = Segmenter.for_language(code)
    wrong = {
        (about, text): (found, sentences)
        for about, text, sentences in golden(code)
        if (found := [segment.text for segment in segmenter.segment(text)]) != sentences
    }
    assert wrong == {}


def test_the_kazakh_cases_cover_what_was_promised() -> None:
    """At least 400, in Cyrillic and both Latin alphabets, running paragraphs among them."""
    classes = {about for about, _, _ in golden("kk")}
    assert len(golden("kk")) >= 400
    assert {"latin-2018-general", "latin-2021-general", "initials", "ellipsis"} <= classes
    for kind in ("law", "fiction", "encyclopaedia", "interview"):
        assert f"paragraph-{kind}" in classes


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_live(code: str) -> None:
    """Without it, some golden case comes out otherwise.

    Those in which it decides something are tried first.
    """
    language = Language.load(code)
    whole = Segmenter(language)
    cases = [
        (text, ends(whole, text), {decision.rule for decision in whole.explain(text)})
        for _, text, _ in golden(code)
    ]
    idle = []
    for number, rule in enumerate(language.rules):
        rest = language.rules[:number] + language.rules[number + 1 :]
        segmenter = Segmenter(replace(language, rules=rest))
        cases.sort(key=lambda case: rule.name not in case[2])
        if all(ends(segmenter, text) == known for text, known, _ in cases):
            idle.append(rule.name)
    assert idle == []


@pytest.mark.parametrize("code", CODES)
def test_every_abbreviation_is_live(code: str) -> None:
    """Each line of prefixes.txt is needed by a golden case that holds it.

    Lines that no case holds together are taken out at once.
    """
    language = Language.load(code)
    whole = Segmenter(language)
    lines = (DATA / code / "prefixes.txt").read_text("utf-8").splitlines()
    texts = [text for _, text, _ in golden(code)]
    squeezed = ["".join(text.lower().split()) for text in texts]
    holders: dict[int, set[int]] = {}
    for number, line in enumerate(lines):
        if line and not line.startswith("#"):
            abbreviation = "".join(line.split("#")[0].lower().split())
            holders[number] = {at for at, text in enumerate(squeezed) if f"{abbreviation}." in text}
    idle = []
    while holders:
        taken: dict[int, set[int]] = {}
        for number in sorted(holders, key=lambda number: -len(holders[number])):
            if all(holders[number].isdisjoint(others) for others in taken.values()):
                taken[number] = holders.pop(number)
        lists = parse_prefixes([line for at, line in enumerate(lines) if at not in taken])
        segmenter = Segmenter(replace(language, rules=filled_rules(code, lists)))
        for number, places in taken.items():
            if all(ends(segmenter, texts[at]) == ends(whole, texts[at]) for at in places):
                idle.append(lines[number])
    assert idle == []
