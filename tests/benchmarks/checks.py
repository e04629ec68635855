"""Precision and recall of the checks, beside pofilter of translate-toolkit.

    python -m tests.benchmarks.checks             data in $TMTOOL_DATA or ../shared/data
    python -m tests.benchmarks.checks --show      list what is raised, on stderr

What is raised are findings in pairs that are taken as correct: the seed, and the gold pairs of the
aligner. Each was read by a person, and judged.tsv says which are right after all and why; all
others are false alarms. Recall is measured on the same pairs with faults planted in them, one in a
unit, the units drawn at random; a fault counts as found if its own check finds something there. Of
pofilter any failure counts that the unit did not have before.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from tmtool.checks import Style, check, check_unit, checked
from tmtool.checks.dictionaries import is_available
from tmtool.checks.typography import typography
from tmtool.model import Code, Finding, TranslationUnit, Variant
from tmtool.text import confusables

DATA = Path(os.environ.get("TMTOOL_DATA", "../shared/data")) / "alignment"
SETS = ("kk-en-plain", "kk-ru-plain")
JUDGED = Path(__file__).parent / "judged.tsv"
PLANTED = 50  # units of each kind
NUMBER = re.compile(r"(?<![\w.,:])\d+(?![\w:]|[.,]\d)")
WORD = re.compile(r"[^\W\d_]+")


def gold_pairs(data: Path, name: str) -> list[TranslationUnit]:
    """The pairs of a development set that have text on both sides."""
    source, target = name.split("-")[:2]
    found = []
    for document in json.loads((data / f"{name}.json").read_text("utf-8")):
        for number, (ours, theirs) in enumerate(document["gold"]):
            one, other = (
                " ".join(document[side][index] for index in indices)
                for side, indices in (("src", ours), ("tgt", theirs))
            )
            found.append(_unit(source, target, one, other, f"{document['id']}.{number}"))
    return [unit for unit in found if unit.is_paired]


def seed_pairs(data: Path) -> list[TranslationUnit]:
    """The pairs of the seed."""
    lines = (data / "seed.kk-en.beads.tsv").read_text("utf-8").replace(" ¦ ", " ").splitlines()
    pairs = (line.split("\t") for line in lines)
    return [_unit("kk", "en", one, other, f"seed.{k}") for k, (one, other) in enumerate(pairs)]


def _unit(source: str, target: str, ours: str, theirs: str, name: str) -> TranslationUnit:
    sides = Variant.of(source, ours), Variant.of(target, theirs)
    return TranslationUnit(*sides, id=name, state="translated")


class Kit(NamedTuple):
    """What faults are made with: chance, and the pairs around."""

    random: random.Random
    units: Sequence[TranslationUnit]

    def other(self, unit: TranslationUnit) -> TranslationUnit:
        """Another unit than this one."""
        return self.random.choice([one for one in self.units if one.id != unit.id])


Fault = Callable[[TranslationUnit, Kit], "list[TranslationUnit] | None"]
"""Plants a fault: the units in place of one, the faulty one last; none where it cannot."""

FAULTS: dict[str, tuple[str, Fault]] = {}
"""Kinds of faults by name: the check that must find them, and how they are planted."""


def fault(name: str, finder: str) -> Callable[[Fault], Fault]:
    def register(plant: Fault) -> Fault:
        FAULTS[name] = finder, plant
        return plant

    return register


def with_target(unit: TranslationUnit, text: str) -> list[TranslationUnit] | None:
    """The unit with another translation, none if that is no other."""
    if text == unit.target.text:
        return None
    return [replace(unit, target=Variant.of(unit.target.language, text))]


def with_both(unit: TranslationUnit, source: str, target: str) -> TranslationUnit:
    sides = Variant.of(unit.source.language, source), Variant.of(unit.target.language, target)
    return replace(unit, source=sides[0], target=sides[1])


def a_word(text: str, kit: Kit, size: int = 4) -> re.Match[str] | None:
    """A word of small letters inside a text, by chance."""
    words = [m for m in WORD.finditer(text) if m[0].islower() and len(m[0]) >= size and m.start()]
    return kit.random.choice(words) if words else None


def cut(text: str, span: tuple[int, int], by: str) -> str:
    return text[: span[0]] + by + text[span[1] :]


@fault("number changed", "numbers")
def _number_changed(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    found = [m for m in NUMBER.finditer(unit.target.text) if m[0] in unit.source.text]
    if not found:
        return None
    match = kit.random.choice(found)
    digit = kit.random.choice([d for d in "123456789" if d != match[0][-1]])
    return with_target(unit, cut(unit.target.text, match.span(), match[0][:-1] + digit))


@fault("number dropped", "numbers")
def _number_dropped(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    found = list(NUMBER.finditer(unit.target.text))
    if not found or len(found) != len({m[0] for m in found}):
        return None
    start, end = kit.random.choice(found).span()
    return with_target(unit, cut(unit.target.text, (start, end + 1), ""))


def _swapped(
    unit: TranslationUnit, kit: Kit, words: dict[str, str]
) -> list[TranslationUnit] | None:
    """One of several words behind a number for another."""
    either = "|".join(map(re.escape, words))
    found = re.search(rf"(?<=\d)(?P<gap>\s?)(?P<word>{either})", unit.target.text)
    return found and with_target(
        unit, cut(unit.target.text, found.span("word"), words[found["word"]])
    )


@fault("unit changed", "units")
def _unit_changed(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    words = {
        "en": {"percent": "dollars", "per cent": "dollars", "%": " km", "miles": "percent"}
        | {"years": "percent", "-year-old": " percent", "inches": "percent"},
        "ru": {"%": " км", "процент": "доллар", "доллар": "процент", "километр": "процент"}
        | {"года": "километра", "лет": "км", "минут": "км", "метр": "процент"},
    }
    return _swapped(unit, kit, words[unit.target.language])


@fault("magnitude changed", "numbers")
def _magnitude(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    text = unit.target.text
    if " million" in text or "млн" in text or "миллион" in text or "billion" in text:
        words = {"million": "billion", "billion": "million", "млн": "млрд", "миллион": "миллиард"}
        return _swapped(unit, kit, words)
    found = re.search(r"\d\d\d\b", unit.target.text)
    if not found or not re.match(r"(?![\w.,:])", unit.target.text[found.end() :]):
        return None
    more = " thousand" if unit.target.language == "en" else " тысяч"
    return with_target(unit, cut(unit.target.text, (found.end(), found.end()), more))


@fault("full stop lost", "end")
def _stop_lost(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    ends = unit.source.text.endswith(".") and unit.target.text.endswith(".")
    return with_target(unit, unit.target.text[:-1]) if ends else None


@fault("question for a statement", "end")
def _question(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    ends = unit.source.text.endswith(".") and unit.target.text.endswith(".")
    return with_target(unit, unit.target.text[:-1] + "?") if ends else None


@fault("dash of a turn lost", "start")
def _dash(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    if unit.source.text[0] in "–—" or not unit.target.text[0].isalpha():
        return None
    return [with_both(unit, f"– {unit.source.text}", unit.target.text)]


def _enclosed(
    unit: TranslationUnit, kit: Kit, ours: str, theirs: str
) -> tuple[str, str, tuple[int, int]] | None:
    """Source and target with a word in marks on both sides, and where it is in the target."""
    one, other = a_word(unit.source.text, kit), a_word(unit.target.text, kit)
    marks = set("()[]«»“”„\"'‘’")
    if not one or not other or marks & {*unit.source.text, *unit.target.text}:
        return None
    source = cut(unit.source.text, one.span(), ours[0] + one[0] + ours[1])
    target = cut(unit.target.text, other.span(), theirs[0] + other[0] + theirs[1])
    return source, target, (other.start(), other.end() + 2)


@fault("bracket lost", "brackets")
def _bracket(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    if not (texts := _enclosed(unit, kit, "()", "()")):
        return None
    source, target, (start, end) = texts
    at = kit.random.choice((start, end - 1))
    return [with_both(unit, source, cut(target, (at, at + 1), ""))]


@fault("quotation mark lost", "quotes")
def _quote(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    marks = typography(unit.target.language).quotes[0]
    if not (texts := _enclosed(unit, kit, "«»", marks)):
        return None
    source, target, (start, end) = texts
    at = kit.random.choice((start, end - 1))
    return [with_both(unit, source, cut(target, (at, at + 1), ""))]


@fault("quotes of another language", "quotes")
def _quote_style(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    texts = _enclosed(unit, kit, "«»", "«»" if unit.target.language == "en" else '""')
    return [with_both(unit, texts[0], texts[1])] if texts else None


@fault("double space", "spaces")
def _double_space(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    word = a_word(unit.target.text, kit)
    return word and with_target(unit, cut(unit.target.text, word.span(), f" {word[0]}"))


@fault("space before a mark", "spaces")
def _space_before(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    return with_target(
        unit, re.sub(r"(?<=[^\W\d_])(?=[,.](?:\s|\Z))", " ", unit.target.text, count=1)
    )


@fault("non-breaking space", "spaces")
def _non_breaking(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    longer = re.compile(r"(?<=[^\W\d_]{4}) (?=[^\W\d_]{4})")
    return with_target(unit, longer.sub("\u00a0", unit.target.text, count=1))


@fault("repeated word", "repeated")
def _repeated(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    word = a_word(unit.target.text, kit, 3)
    return word and with_target(unit, cut(unit.target.text, word.span(), f"{word[0]} {word[0]}"))


@fault("source copied", "untranslated")
def _copied(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    return with_target(unit, unit.source.text)


@fault("left in the source language", "untranslated")
def _left(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    words = unit.source.text.split()
    return with_target(unit, " ".join(words[1:]).capitalize()) if len(words) > 4 else None


@fault("empty", "empty")
def _empty(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    return with_target(unit, "")


@fault("cut short", "length")
def _cut_short(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    words = unit.target.text.split()
    short = " ".join(words[: len(words) // 3]).rstrip(",;:") + unit.target.text[-1]
    return with_target(unit, short) if len(words) >= 12 else None


@fault("another's text appended", "length")
def _appended(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    text = unit.target.text
    if len(text) < 40:
        return None
    while len(text) < 3 * len(unit.target.text):
        text += " " + kit.other(unit).target.text
    return with_target(unit, text)


@fault("sentence lost", "sentences")
def _sentence_lost(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    other = kit.other(unit)
    texts = [one.text for pair in (unit, other) for one in (pair.source, pair.target)]
    if not all(re.search(r"\w{3}\.\Z", text) and len(text) > 60 for text in texts):
        return None
    return [with_both(unit, f"{texts[0]} {texts[2]}", texts[1])]


@fault("translated otherwise", "inconsistent-target")
def _otherwise(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    again = replace(kit.other(unit), source=unit.source, id=f"{unit.id} again")
    return [unit, again]


@fault("one translation for two", "inconsistent-source")
def _one_for_two(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    again = replace(kit.other(unit), target=unit.target, id=f"{unit.id} again")
    return [unit, again]


@fault("name of another", "names")
def _name(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    names = {
        "en": {"Trump": "Kavanaugh", "Kavanaugh": "Trump", "Flake": "Indonesia"},
        "ru": {"Трамп": "Кавано", "Кавано": "Трамп", "Флейк": "Трамп", "Роза": "Трамп"},
    }[unit.target.language]
    for name, other in names.items():
        pattern = re.compile(rf"(?<=[^\W_] ){name}(?=[ ,.])")
        if pattern.search(unit.target.text) and other not in unit.target.text:
            text = re.sub(rf"\b{name}\w*", other, unit.target.text)
            return with_target(unit, text)
    return None


@fault("abbreviation lost", "abbreviations")
def _abbreviation(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    ours = typography(unit.source.language).abbreviations
    theirs = typography(unit.target.language).abbreviations
    for meaning, forms in ours.items():
        if not any(re.search(rf"\b{form.upper()}\b", unit.source.text) for form in forms):
            continue
        text = unit.target.text
        for form in sorted(theirs[meaning], key=len, reverse=True):
            word = re.escape(form).replace(r"\*", r"\w*").replace(r"\-", "[ -]")
            text = re.sub(rf"(?i)\b{word}(?!\w)\.?(?:'s)? ?", "", text)
        return with_target(unit, text)
    return None


@fault("address changed", "addresses")
def _address(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    address = kit.random.choice(["https://www.gov.kz/news/17", "info@qazaq.kz", "www.example.kz/a"])
    return [
        with_both(
            unit,
            f"{unit.source.text} {address}",
            f"{unit.target.text} {address[:-1]}",
        )
    ]


@fault("inline code lost", "codes")
def _code(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    code = Code("ph", '<ph x="1"/>')
    source = replace(unit.source, content=(*unit.source.content, code))
    return [replace(unit, source=source)]


@fault("placeholder changed", "codes")
def _placeholder(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    one, other = kit.random.choice([("{name}", "{Name}"), ("%s", "%d"), ("<b>", "<i>")])
    return [with_both(unit, f"{unit.source.text} {one}", f"{unit.target.text} {other}")]


@fault("Latin name lost", "latin")
def _latin(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    if unit.target.language != "en":
        return None
    found = [m[0] for m in re.finditer(r"\b[A-Z][A-Za-z]{3,}\b", unit.source.text)]
    kept = [word for word in found if word in unit.target.text]
    if not kept:
        return None
    word = kit.random.choice(kept)
    return with_target(unit, re.sub(rf"\b{word}\b", "it", unit.target.text))


@fault("Latin letter in a word", "mixed-script")
def _mixed(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    passing = {cyrillic: latin for latin, cyrillic in confusables().items()}
    word = a_word(unit.source.text, kit)
    places = [at for at, char in enumerate(word[0]) if char in passing] if word else []
    if not word or not places:
        return None
    at = word.start() + kit.random.choice(places)
    text = cut(unit.source.text, (at, at + 1), passing[unit.source.text[at]])
    return [with_both(unit, text, unit.target.text)]


@fault("Kazakh word left", "foreign-letters")
def _foreign(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    ours, theirs = a_word(unit.source.text, kit), a_word(unit.target.text, kit)
    if not ours or not theirs or not set(ours[0]) & set("әғқңөұүһі"):
        return None
    return with_target(unit, cut(unit.target.text, theirs.span(), ours[0]))


@fault("Kazakh letter replaced", "letters")
def _spelling(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    known = _known_words(kit)
    plain = typography(unit.source.language).substitutes
    words = [m for m in WORD.finditer(unit.source.text) if known[m[0]] >= 5 and len(m[0]) > 3]
    words = [m for m in words if m[0].translate(plain) != m[0]]
    words = [m for m in words if not known[m[0].translate(plain)]]
    if not words:
        return None
    word = kit.random.choice(words)
    text = cut(unit.source.text, word.span(), word[0].translate(plain))
    return [with_both(unit, text, unit.target.text)]


def _known_words(kit: Kit) -> Counter[str]:
    return Counter(word for unit in kit.units for word in WORD.findall(unit.source.text))


@fault("letters changed places", "spelling")
def _typo(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    word = a_word(unit.target.text, kit, 6)
    if not word or not is_available():
        return None
    at = kit.random.randrange(1, len(word[0]) - 2)
    typed = word[0][:at] + word[0][at + 1] + word[0][at] + word[0][at + 2 :]
    return with_target(unit, cut(unit.target.text, word.span(), typed))


@fault("dash of another style", "dashes")
def _dash_style(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    found = list(re.finditer(r"(?<=[^\W\d_]), (?=[^\W\d_])", unit.target.text))
    typed = kit.random.choice([" - ", "--", " —", "—"][: 2 if unit.target.language == "en" else 4])
    return (
        with_target(unit, cut(unit.target.text, kit.random.choice(found).span(), typed))
        if found
        else None
    )


@fault("decimal mark of another style", "number-format")
def _decimal_style(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    mark, other = STYLES[unit.target.language].decimal, "," if unit.target.language == "en" else "."
    found = re.search(rf"(?<![\d.,])\d+(?:\{mark}\d{{1,2}})(?![\d.,])", unit.target.text)
    return found and with_target(
        unit, cut(unit.target.text, found.span(), found[0].replace(mark, other))
    )


@fault("small letter at the start", "capital")
def _small(unit: TranslationUnit, kit: Kit) -> list[TranslationUnit] | None:
    first = next(char for char in unit.source.text if char.isalnum())
    target = unit.target.text
    if not first.isupper() or not target[0].isupper():
        return None
    return with_target(unit, target[0].lower() + target[1:])


Planted = tuple[list[TranslationUnit], dict[str, TranslationUnit]]
"""Units with faults in some of them, and those units before, by the id of the faulty one."""

STYLES = {
    "en": Style(dash="—", quotes="“” ‘’", decimal=".", thousands=","),
    "ru": Style(dash=" — ", quotes="«» „“", decimal=",", thousands=" "),
}
"""House styles that the faults of style offend against."""

AT_ONCE = {"name of another": 3, "quotation mark lost": 10}
"""Faults that are planted together at the most, where a check looks at the units around."""


def planted(
    name: str, units: Sequence[TranslationUnit], count: int, seed: int = 1
) -> list[Planted]:
    """The units with faults of a kind in some of them, so often that there are enough faults."""
    _, plant = FAULTS[name]
    kit = Kit(random.Random(f"{seed} {name}"), units)
    order = list(range(len(units)))
    kit.random.shuffle(order)
    changed = ((at, now) for at in order if (now := plant(units[at], kit)))
    faults = list(islice(changed, count))
    size = AT_ONCE.get(name, count)
    found = []
    for start in range(0, len(faults), size):
        some = dict(faults[start : start + size])
        faulty = [one for at, unit in enumerate(units) for one in some.get(at, [unit])]
        found.append((faulty, {now[-1].id: units[at] for at, now in some.items()}))
    return found


def recall(name: str, units: Sequence[TranslationUnit], count: int) -> tuple[int, int]:
    """How many planted faults of a kind are found, and how many there are."""
    finder, _ = FAULTS[name]
    found = total = 0
    for faulty, before in planted(name, units, count):
        styles = None if finder == "quotes" else STYLES
        flagged = {unit.id for unit, found_ in checked(faulty, [finder], styles=styles) if found_}
        found += len(flagged & before.keys())
        total += len(before)
    return found, total


def term_recall(units: Sequence[TranslationUnit], count: int, seed: int = 1) -> tuple[int, int]:
    """The same for terms: the glossary asks for another word than the unit has."""
    kit = Kit(random.Random(f"{seed} terms"), units)
    found = total = 0
    for unit in kit.random.sample(list(units), min(len(units), 3 * count)):
        word, other = a_word(unit.source.text, kit, 6), a_word(kit.other(unit).target.text, kit, 6)
        if not word or not other or other[0][:4] in unit.target.text.lower() or total == count:
            continue
        languages = unit.languages
        entry = TranslationUnit(
            Variant.of(languages[0], word[0]), Variant.of(languages[1], other[0])
        )
        total += 1
        found += any(check([unit], ["terms"], (), [entry]))
    return found, total


Raised = tuple[TranslationUnit, Finding]


def raised(units: Sequence[TranslationUnit]) -> list[Raised]:
    """What the checks find in pairs that are taken as correct."""
    return [(unit, finding) for unit, found in checked(units) for finding in found]


def false_alarms(name: str, alarms: Sequence[Raised]) -> list[Raised]:
    """What of it was not judged to be right, by the name of the set."""
    lines = JUDGED.read_text("utf-8").splitlines()
    judged = [line.split("\t") for line in lines if not line.startswith("#")]
    right = {tuple(fields[:3]) for fields in judged if fields[3] == "right"}
    return [
        (unit, finding) for unit, finding in alarms if (name, unit.id, finding.check) not in right
    ]


def units_a_second(units: Sequence[TranslationUnit]) -> float:
    """How many units ``check_unit`` checks in a second of processor time, the best of five runs."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for unit in units:
            check_unit(unit)
        best = min(best, time.process_time() - start)
    return len(units) / best


Failures = Callable[[TranslationUnit], set[str]]


def pofilter(language: str) -> tuple[str, Failures] | None:
    """The version of pofilter and what it finds in a unit, spelling aside; none where it is not
    installed."""
    try:
        number = version("translate-toolkit")
    except PackageNotFoundError:
        return None
    checks: Any = import_module("translate.filters.checks")
    base: Any = import_module("translate.storage.pypo")
    checker = (
        checks.StandardUnitChecker(),
        checks.StandardChecker(checkerconfig=checks.CheckerConfig(targetlanguage=language)),
    )

    def failures(unit: TranslationUnit) -> set[str]:
        entry = base.pounit(unit.source.text)
        entry.target = unit.target.text
        return {name for one in checker for name in one.run_filters(entry)} - {"spellcheck"}

    return number, failures


def _listed(data: Path, options: Any) -> Iterator[str]:
    sets = {"seed": seed_pairs(data)} | {name: gold_pairs(data, name) for name in SETS}
    peers = {code: pofilter(code) for code in ("en", "ru")}
    peer = peers["en"]
    yield f"{'':30}{'tmtool ' + version('tmtool'):>20}{'pofilter ' + (peer[0] if peer else ''):>20}"
    yield "findings per 100 units taken as correct (units with one); those judged wrong"
    for name, units in sets.items():
        alarms = raised(units)
        if options.show:
            for unit, finding in alarms:
                texts = f"{unit.source.text} | {unit.target.text}"
                print(finding.check, finding.message, texts, sep="\t", file=sys.stderr)
        ours = _rate(len(alarms), len({unit.id for unit, _ in alarms}), len(units))
        ours += f"; {100 * len(false_alarms(name, alarms)) / len(units):.1f}"
        theirs = ""
        if judge := peers[units[0].target.language]:
            failed = [judge[1](unit) for unit in units]
            theirs = _rate(sum(map(len, failed)), sum(map(bool, failed)), len(units))
        yield f"{name:30}{ours:>20}{theirs:>20}"
    yield f"planted faults found, %, {PLANTED} of each kind in each language"
    ours_found = ours_all = theirs_found = theirs_all = 0
    for kind in FAULTS:
        found = total = peer_found = peer_total = 0
        for units in (sets[name] for name in SETS):
            one, all_ = recall(kind, units, PLANTED)
            found, total = found + one, total + all_
            judge = peers[units[0].target.language]
            if judge and not kind.startswith(("translated", "one")):
                pairs = [
                    (unit, before[unit.id])
                    for faulty, before in planted(kind, units, PLANTED)
                    for unit in faulty
                    if unit.id in before
                ]
                peer_found += sum(bool(judge[1](unit) - judge[1](old)) for unit, old in pairs)
                peer_total += len(pairs)
        theirs = f"{100 * peer_found / peer_total:.0f}" if peer_total else "–"
        yield f"{kind:30}{f'{100 * found / total:.0f} of {total}':>20}{theirs:>20}"
        ours_found, ours_all = ours_found + found, ours_all + total
        theirs_found, theirs_all = theirs_found + peer_found, theirs_all + peer_total
    found = total = 0
    for units in (sets[name] for name in SETS):
        one, all_ = term_recall(units, PLANTED)
        found, total = found + one, total + all_
    ours_found, ours_all = ours_found + found, ours_all + total
    yield f"{'terms':30}{f'{100 * found / total:.0f} of {total}':>20}{'–':>20}"
    theirs = f"{100 * theirs_found / theirs_all:.1f}" if theirs_all else ""
    yield f"{'together':30}{f'{100 * ours_found / ours_all:.1f} of {ours_all}':>20}{theirs:>20}"
    for name in SETS:
        rate = f"{units_a_second(sets[name]):,.0f}"
        yield f"{'check_unit, units/s, ' + name:30}{rate:>20}"


def _rate(findings: int, units: int, total: int) -> str:
    return f"{100 * findings / total:.1f} ({100 * units / total:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--show", action="store_true", help="list what is raised, on stderr")
    for line in _listed(DATA, parser.parse_args()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
