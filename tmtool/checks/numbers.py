"""Numbers and their units, however either language writes them.

A number in digits asks for its like on the other side, and whatever is there may answer: the
same value with other separators, with a word for thousands, in Roman numerals, in words, as an
hour counted to 12. Words ask for nothing. A number with several readings (1,234 may be a thousand
or one and a bit) agrees if one of them does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Set
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from tmtool.checks.core import DIGITS, Flaw, Pair, Side, Span, check
from tmtool.checks.typography import SPACES, WORD, Typography, measures

_SPACE = f"[{SPACES}]"
_NUMBER = re.compile(  # a digit comes first, so that it is looked for quickly
    rf"\d(?:(?<![\d.,].)\d{{0,2}}(?:{_SPACE}\d{{3}})+(?!\d)(?:[.,]\d+)?|\d*(?:[.,:’']\d+)*)"
)
_ROMAN = re.compile(r"\b(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})\b(?![’'.-]?[^\W\d_])")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_WORD = re.compile(rf"(?:{_SPACE}|-)?([%€£₸₽$°]|[^\W\d_]+)\.?")
_SIGNS = "$€£₸₽"
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d/\Z")
_TOLD = frozenset(("percent", "dollar", "euro", "pound", "tenge", "rouble", "yuan"))
"""Units without which a number says something else."""

_BEHIND_DAY = re.compile(r"[^\W\d_]{0,2}[ \u00a0-]+(?:[^\W\d_]{2}[ \u00a0]+)?([^\W\d_]{3,})")
_BEFORE_DAY = re.compile(r"([^\W\d_]{3,})[ \u00a0]+\Z")
_LONGEST_NAME = 16  # letters of a month with its ending
_RANGE = re.compile(r"\s?(?:[-–—]|[^\W\d_]{1,3})\s?")  # between its ends: 2–4, 2 мен 4, 2 to 4
_LONGEST = 9  # words of a number spelled out
_NEAR = 30  # characters between a measure and its conversion
_TEMPERATURE = "temperature"  # Fahrenheit and Celsius are both called degrees
_ROUNDED = 0.3  # by how much a converted measure may be rounded


class Number(NamedTuple):
    """A number in digits where it stands: what it may be worth, and of what unit it is.

    ``parts`` are the values between its separators where it may be several numbers, as a date
    or a time of day. ``is_named`` says that it is a part of a name, as in G20.
    """

    span: Span
    values: frozenset[float]
    parts: frozenset[float]
    unit: str | None
    is_named: bool


_NO_PARTS: frozenset[float] = frozenset()


@lru_cache(maxsize=4)  # two checks ask for those of both sides
def numbers_in(side: Side) -> list[Number]:
    """The numbers that a text writes in digits, in its order."""
    found = [_number(side, match) for match in _NUMBER.finditer(side.text)]
    for at in range(len(found) - 2, -1, -1):  # the unit of a range stands at its end
        one, next_ = found[at], found[at + 1]
        if one.unit is None and next_.unit and _joined(side, one.span, next_.span):
            found[at] = one._replace(unit=next_.unit)
    return found


def _joined(side: Side, one: Span, other: Span) -> bool:
    """Whether two numbers make a range or a score."""
    return _RANGE.fullmatch(side.text, one[1], other[0]) is not None


def _number(side: Side, match: re.Match[str]) -> Number:
    known, lower = side.typography, side.lower
    start, end = match.span()
    before = lower[start - 1 : start]
    values, parts = readings(match[0])
    if before.isalpha() and before.isascii():
        short = {value for value in values if value < 100}
        values |= {era + value for value in short for era in (1900, 2000)}  # the year of SS19
        return Number((start, end), values, parts, None, True)
    word, scale = _WORD.match(lower, end), ""
    if word and (times := known.multipliers[word[1]]):
        many = frozenset(round(value * times, 6) for value in values)
        values = values | many if known.units[word[1]] else many  # 5 m may be metres
        scale, word = word[1], _WORD.match(lower, word.end()) or word
    elif known.afternoon and word and lower.startswith(known.afternoon, word.start(1)):
        values |= {value + 12 for value in values if value < 12}
    if known.decade and lower.startswith(known.decade, end):
        values |= {value % 100 for value in values if 1000 <= value < 2100}
        values |= {1900 + value for value in values if value < 100}
    if before == "/" and match[0].isdigit() and _YEAR.search(lower, 0, start):
        values |= {era + value for value in values if value < 100 for era in (1900, 2000)}
    sign = before if before and before in _SIGNS else word and word[1]
    unit = known.units[sign] if sign else None
    if unit is None and scale:
        unit = known.units[scale]
    return Number((start, end), values, parts, unit, False)


def readings(text: str) -> tuple[frozenset[float], frozenset[float]]:
    """What digits with separators may be worth as one number, and as several."""
    if text.isdigit():
        return frozenset((float(text),)), _NO_PARTS
    digits = re.split(r"\D", text)
    separators = re.findall(r"\D", text)
    if ":" in separators:
        hour, minute = float(digits[0]), float(digits[1]) / 100
        halves = {hour + minute, hour - 12 + minute} if hour > 12 else {hour + minute}
        return frozenset(round(v, 6) for v in halves), frozenset(map(float, digits))
    values = set()
    grouped = all(len(group) == 3 for group in digits[1:]) and len(digits[0]) <= 3
    if grouped and len(set(separators)) == 1:
        values.add(float("".join(digits)))
    if separators[-1] in ".," and separators[-1] not in separators[:-1]:
        whole = digits[:-1]
        if all(len(group) == 3 for group in whole[1:]):
            values.add(float("".join(whole) + "." + digits[-1]))
    several = len(digits) > 2 or (separators[0] == "." and len(digits[1]) == 2)
    parts = frozenset(map(float, digits)) if several or not values else _NO_PARTS
    return frozenset(values), parts


def _roman(side: Side) -> Iterator[float]:
    """The values of Roman numerals."""
    for match in () if side.marks.isdisjoint("IVX") else _ROMAN.finditer(side.text):
        digits = [_ROMAN_VALUES[char] for char in match[0]]
        following = [*digits[1:], 0]
        yield float(sum(-a if a < b else a for a, b in zip(digits, following, strict=True)))


def _spelled(words: list[str], known: Typography) -> set[float]:
    """The values that words may stand for, alone and as a run such as "жүз жиырма бес"."""
    found = set[float]()
    run: list[float] = []
    for word in [*words, ""]:
        if run and word in known.joiners:
            continue
        value = known.numbers[word] if word else None
        if value is not None:
            found.add(value)
            run.append(value)
            continue
        for first in range(len(run)):
            for last in range(first + 2, min(len(run), first + _LONGEST) + 1):
                found.add(_composed(run[first:last]))
        run = []
    return found


def _composed(values: list[float]) -> float:
    """The number that a run of number words makes: 2, 1000, 3, 100, 5 is 2305."""
    total = current = 0.0
    for value in values:
        if value >= 1000:
            total, current = total + (current or 1) * value, 0.0
        elif value == 100:
            current = max(current, 1) * 100
        else:
            current += value
    return total + current


def _answers(side: Side, numbers: list[Number]) -> set[float]:
    """Every value that is found in the digits and Roman numerals of a text."""
    values = set[float]()
    for number in numbers:
        values |= number.values
        values |= number.parts
    values.update(_roman(side))
    return values


def _unanswered(numbers: list[Number], answers: Set[float]) -> list[Number]:
    return [
        number
        for number in numbers
        if not number.is_named
        and answers.isdisjoint(number.values)
        and not (number.parts and number.parts <= answers)
    ]


@check("numbers", "error")
def numbers(pair: Pair) -> Iterator[Flaw]:
    """A number of one side is missing on the other.

    Decimal commas, separators of thousands, ordinals, Roman numerals, dates with names of months,
    hours counted to 12 or 24, and numbers spelled out in words are seen through; so are measures
    that were converted, and a conversion in brackets behind a measure.
    """
    source, target = pair.source, pair.target
    if not source.has_digits and not target.has_digits:
        return
    ours, theirs = numbers_in(source), numbers_in(target)
    if [number.values for number in ours] == [number.values for number in theirs]:
        return
    lost, added = _missing(source, ours, target, theirs), _missing(target, theirs, source, ours)
    for one, other in zip_longest(_runs(source, lost), _runs(target, added)):
        if other is None:
            yield Flaw(f"{source.text[slice(*one)]} is not in the translation", one, "source")
        elif one is None:
            yield Flaw(f"{target.text[slice(*other)]} is not in the source", other)
        else:
            wrong, right = target.text[slice(*other)], source.text[slice(*one)]
            if wrong == right:
                wrong, right = _scaled(target, other), _scaled(source, one)
            yield Flaw(f"{wrong} stands for {right}", other)


def _scaled(side: Side, span: Span) -> str:
    """A number with the word behind it, which may say thousands."""
    word = _WORD.match(side.text, span[1])
    return side.text[span[0] : word.end() if word else span[1]]


def _runs(side: Side, numbers: list[Number]) -> list[Span]:
    """Where numbers stand, each value once, those that make a range or a score together."""
    spans = list[Span]()
    seen = set[frozenset[float]]()
    for number in numbers:
        if spans and _joined(side, spans[-1], number.span):
            spans[-1] = (spans[-1][0], number.span[1])
        elif number.values not in seen:
            spans.append(number.span)
        seen.add(number.values)
    return spans


def _missing(side: Side, numbers: list[Number], other: Side, others: list[Number]) -> list[Number]:
    """The numbers of a side to which nothing on the other side answers."""
    answers = _answers(other, others)
    missing = _unanswered(numbers, answers) if numbers else []
    if not missing:
        return []
    missing = _unanswered(missing, answers | _spelled(other.words, other.typography))
    measured = _measured(others)
    return [
        number
        for number in missing
        if not any(_is_converted(number, other) for other in measured)
        and not _is_conversion(side, number)
    ]


def _measured(numbers: list[Number]) -> list[Number]:
    """The numbers that measure something, each measure once."""
    measured = {(number.values, number.unit): number for number in numbers if number.unit}
    return [number for number in measured.values() if number.unit in measures()]


def _is_converted(one: Number, other: Number) -> bool:
    """Whether two measures are about the same in different units."""
    if one.unit not in measures() or other.unit not in measures():
        return False
    (kind, worth), (other_kind, other_worth) = measures()[one.unit], measures()[other.unit]
    if kind != other_kind:
        return False
    if kind == _TEMPERATURE:
        return any(
            min(abs((a - 32) / 1.8 - b), abs((b - 32) / 1.8 - a)) <= 1
            for a in one.values
            for b in other.values
        )
    return worth != other_worth and any(
        abs(a * worth - b * other_worth) <= _ROUNDED * a * worth
        for a in one.values
        for b in other.values
    )


def _is_conversion(side: Side, number: Number) -> bool:
    """Whether a measure stands in brackets behind another: 20 feet (6 m), six feet (2 m)."""
    before = side.lower[: number.span[0]].rstrip("~≈$€£₸₽ ")
    words = WORD.findall(before[-_NEAR:]) if before.endswith("(") else []
    return number.unit is not None and any(map(side.typography.units.__getitem__, words[-2:]))


@check("units", "error", marks=DIGITS)
def units(pair: Pair) -> Iterator[Flaw]:
    """A number has another unit or currency on the other side: 5 km and 5 miles."""
    source, target = pair.source, pair.target
    if not source.has_digits:
        return
    ours: defaultdict[float, set[str | None]] = defaultdict(set)
    for number in numbers_in(source):
        for value in number.values:
            ours[value].add(number.unit)
    measured = _measured(numbers_in(source))
    for number in numbers_in(target):
        same = {unit for value in number.values if value in ours for unit in ours[value]}
        if not number.unit or not same or same & {None, number.unit}:
            continue
        if not any(_is_converted(number, other) for other in measured):
            wanted = min(filter(None, same))
            yield Flaw(f"the unit is {number.unit}, in the source {wanted}", number.span)
    for number in numbers_in(source):
        if number.unit in _TOLD and not _says(target, number.unit):
            same_values = [other for other in numbers_in(target) if other.values & number.values]
            if same_values and not any(other.unit for other in same_values):
                yield Flaw(f"{number.unit} is not in the translation", number.span, "source")


def _says(side: Side, unit: str) -> bool:
    """Whether a unit is named anywhere in a text, by a sign or a word."""
    units = side.typography.units
    return any(units[word] == unit for word in (*side.marks, *side.words))


@check("dates", "error", marks=DIGITS)
def dates(pair: Pair) -> Iterator[Flaw]:
    """A day is of another month on the other side: 15 наурыз and 15 April."""
    source, target = pair.source, pair.target
    if not source.has_digits:
        return
    ours, theirs = _months(source), _months(target)
    if not ours or not theirs:
        return
    lost = _other_months(source, ours, target)
    added = _other_months(target, theirs, source)
    for one, other in zip(lost, added, strict=False):
        said = f"{target.text[slice(*other)]} stands for {source.text[slice(*one)]}"
        yield Flaw(said, other)


def _months(side: Side) -> dict[float, Span]:
    """The months that are named beside a day in digits, and where."""
    found: dict[float, Span] = {}
    for number in numbers_in(side):
        start, end = number.span
        if end - start > 2:
            continue
        beside = (
            _BEHIND_DAY.match(side.lower, end),
            _BEFORE_DAY.search(side.lower, max(0, start - _LONGEST_NAME), start),
        )
        for match in beside:
            month = match and side.typography.months[match[1]]
            if match and month:
                found.setdefault(month, match.span(1))
    return found


def _other_months(side: Side, months: dict[float, Span], other: Side) -> list[Span]:
    """Where months stand that the other side neither names nor has in digits."""
    said = {other.typography.months[word] for word in other.words}
    said |= {part for number in numbers_in(other) for part in number.parts}
    return [span for month, span in months.items() if month not in said]
