"""Numbers and their units, however either language writes them.

A number in digits asks for its like on the other side, and whatever is there may answer: the
same value with other separators, with a word for thousands, in Roman numerals, in words, as an
hour counted to 12. Words ask for nothing. A number with several readings (1,234 may be a thousand
or one and a bit) agrees if one of them does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from tmtool.checks.core import Flaw, Pair, Side, Span, check
from tmtool.checks.typography import WORD, Vocabulary, measures

_SPACE = "[ \u00a0\u202f\u2009]"
_NUMBER = re.compile(
    rf"(?<![\d.,])\d{{1,3}}(?:{_SPACE}\d{{3}})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,:’']\d+)*"
)
_ROMAN = re.compile(r"\b(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})\b(?![’'.-]?[^\W\d_])")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_GAP = re.compile(rf"(?:{_SPACE}|-)?")
_UNIT = re.compile(r"[%€£₸₽$°]|[^\W\d_]+(?:[-/ ][^\W\d_]+)?")
_SIGNS = "$€£₸₽"
_RANGE = re.compile(r"\s?(?:[-–—]|[^\W\d_]{1,3})\s?")  # between its ends: 2–4, 2 мен 4, 2 to 4
_NEAR = 30  # characters between a measure and its conversion
_TEMPERATURE = "temperature"  # Fahrenheit and Celsius are both called degrees
_ROUNDED = 0.3  # by how much a converted measure may be rounded


@dataclass(frozen=True, slots=True)
class Number:
    """A number in digits where it stands: what it may be worth, and of what unit it is.

    ``parts`` are the values between its separators where it may be several numbers, as a date
    or a time of day.
    """

    span: Span
    values: frozenset[float]
    parts: frozenset[float]
    unit: str | None


@lru_cache(maxsize=4)  # two checks ask for those of both sides
def numbers_in(side: Side) -> list[Number]:
    """The numbers that a text writes in digits, in its order."""
    found = [
        _number(side, match)
        for match in _NUMBER.finditer(side.text)
        if not _is_part_of_name(side.text, match.start())
    ]
    for at in range(len(found) - 2, -1, -1):  # the unit of a range stands at its end
        one, next_ = found[at], found[at + 1]
        between = side.text[one.span[1] : next_.span[0]]
        if one.unit is None and next_.unit and _RANGE.fullmatch(between):
            found[at] = replace(one, unit=next_.unit)
    return found


def _is_part_of_name(text: str, at: int) -> bool:
    """Whether digits stand behind a Latin letter, as in G20."""
    before = text[at - 1 : at]
    return before.isalpha() and before.isascii()


def _number(side: Side, match: re.Match[str]) -> Number:
    lower, known = side.lower, side.typography
    values, parts = _readings(match[0])
    end = _GAP.match(lower, match.end()).end()  # type: ignore[union-attr]
    word = WORD.match(lower, end)
    if word and (times := known.multipliers[word[0]]):
        many = frozenset(round(value * times, 6) for value in values)
        if known.units[word[0]]:  # 5 m may be metres
            return Number(match.span(), values | many, parts, _unit(side, match.start(), end))
        values = many
        end = word.end() + (lower[word.end() : word.end() + 1] == ".")
        end = _GAP.match(lower, end).end()  # type: ignore[union-attr]
    elif lower.startswith(known.afternoon, end):
        values |= {value + 12 for value in values if value < 12}
    if lower.startswith(known.decade, match.end()):
        values |= {value % 100 for value in values if 1000 <= value < 2100}
        values |= {1900 + value for value in values if value < 100}
    return Number(match.span(), values, parts, _unit(side, match.start(), end))


def _readings(text: str) -> tuple[frozenset[float], frozenset[float]]:
    """What digits with separators may be worth as one number, and as several."""
    if text.isdigit():
        return frozenset((float(text),)), frozenset()
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
    return frozenset(values), frozenset(
        map(float, digits)
    ) if several or not values else frozenset()


def _unit(side: Side, start: int, end: int) -> str | None:
    """The unit of a number: the currency sign before it, or what is written behind it."""
    units = side.typography.units
    sign = side.lower[start - 1 : start]
    if sign and sign in _SIGNS:
        return units[sign]
    found = _UNIT.match(side.lower, end)
    if not found:
        return None
    first, *rest = re.split("[-/ ]", found[0])
    return (rest and units[f"{first}-{rest[0]}"]) or units[first]


def _roman(side: Side) -> Iterator[tuple[Span, float]]:
    if side.chars.isdisjoint("IVX"):
        return
    for match in _ROMAN.finditer(side.text):
        digits = [_ROMAN_VALUES[char] for char in match[0]]
        following = [*digits[1:], 0]
        value = sum(-a if a < b else a for a, b in zip(digits, following, strict=True))
        yield match.span(), float(value)


def _spelled(words: list[str], vocabulary: Vocabulary[float]) -> set[float]:
    """The values that words may stand for, alone and as a run such as "жүз жиырма бес"."""
    found = set[float]()
    run: list[float] = []
    for word in [*words, ""]:
        value = vocabulary[word] if word else None
        if value is not None:
            found.add(value)
            run.append(value)
            continue
        for first in range(len(run)):
            for last in range(first + 2, len(run) + 1):
                found.add(_composed(run[first:last]))
        run = []
    return found


def _composed(values: list[float]) -> float:
    """The number that a run of number words makes: 2, 1000, 3, 100, 5 is 2305."""
    total = current = 0.0
    for value in values:
        if value >= 1000:
            total, current = total + max(current, 1) * value, 0.0
        elif value == 100:
            current = max(current, 1) * 100
        else:
            current += value
    return total + current


def _answers(side: Side, numbers: list[Number]) -> set[float]:
    """Every value that is found in the digits and Roman numerals of a text."""
    values = {value for number in numbers for value in number.values | number.parts}
    values.update(value for _, value in _roman(side))
    for match in _NUMBER.finditer(side.text):
        if _is_part_of_name(side.text, match.start()) and match[0].isdigit():
            value = float(match[0])
            values |= {value, 1900 + value, 2000 + value} if value < 100 else {value}
    return values


def _unanswered(numbers: list[Number], answers: Set[float]) -> list[Number]:
    return [
        number
        for number in numbers
        if answers.isdisjoint(number.values) and not (number.parts and number.parts <= answers)
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
    lost, added = _missing(source, ours, target, theirs), _missing(target, theirs, source, ours)
    for one, other in zip_longest(_runs(source, lost), _runs(target, added)):
        if other is None:
            yield Flaw(f"{source.text[slice(*one)]} is not in the translation", one, "source")
        elif one is None:
            yield Flaw(f"{target.text[slice(*other)]} is not in the source", other)
        else:
            said = f"{target.text[slice(*other)]} stands for {source.text[slice(*one)]}"
            yield Flaw(said, other)


def _runs(side: Side, numbers: list[Number]) -> list[Span]:
    """Where numbers stand, each value once, those that make a range or a score together."""
    spans = list[Span]()
    seen = set[frozenset[float]]()
    for number in numbers:
        start, end = number.span
        if spans and _RANGE.fullmatch(side.text, spans[-1][1], start):
            spans[-1] = (spans[-1][0], end)
        elif number.values not in seen:
            spans.append(number.span)
        seen.add(number.values)
    return spans


def _missing(side: Side, numbers: list[Number], other: Side, others: list[Number]) -> list[Number]:
    """The numbers of a side to which nothing on the other side answers."""
    answers = _answers(other, others)
    missing = _unanswered(numbers, answers)
    if missing:
        answers |= _spelled(other.words, other.typography.numbers)
        missing = _unanswered(missing, answers)
    return [
        number
        for number in missing
        if not any(_is_converted(number, other) for other in others)
        and not _is_conversion(side, number)
    ]


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


@check("units", "error")
def units(pair: Pair) -> Iterator[Flaw]:
    """A number has another unit or currency on the other side: 5 km and 5 miles."""
    source, target = pair.source, pair.target
    if not source.has_digits or not target.has_digits:
        return
    ours, theirs = numbers_in(source), numbers_in(target)
    for number in theirs:
        same = [other for other in ours if not other.values.isdisjoint(number.values)]
        if any(_is_converted(number, other) for other in ours):
            continue
        if number.unit and same and all(other.unit not in (None, number.unit) for other in same):
            yield Flaw(f"the unit is {same[0].unit} in the source", number.span)
