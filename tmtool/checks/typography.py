"""What the checks know about a written language: the file typography.toml of its folder.

A language without the file has an empty one, and the checks that need it say nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from tmtool.language import DATA, GENERIC, everyday_words

Meaning = TypeVar("Meaning")

SPACES = " \u00a0\u202f\u2009"
"""Those that stand between words and inside numbers."""

WORD = re.compile(r"[^\W\d_]+")

_REMEMBERED = 20_000  # words whose meaning was looked up


class Vocabulary(Generic[Meaning]):
    """Words and what they mean; an entry that ends in ``*`` stands for all that begin so."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        self._words: dict[str, Meaning] = {}
        self._stems: dict[str, Meaning] = {}
        for entry, meaning in entries:
            if entry.endswith("*"):
                self._stems.setdefault(entry[:-1], meaning)
            else:
                self._words.setdefault(entry, meaning)
        self._known: dict[str, Meaning | None] = {}
        self._lengths = sorted({len(stem) for stem in self._stems}, reverse=True)

    def __getitem__(self, word: str) -> Meaning | None:
        """What a word in lower case means; the longest entry decides."""
        if word not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[word] = self._find(word)
        return self._known[word]

    def _find(self, word: str) -> Meaning | None:
        if word in self._words:
            return self._words[word]
        stems = (word[:length] for length in self._lengths)
        return next((self._stems[stem] for stem in stems if stem in self._stems), None)


@dataclass(frozen=True, slots=True, eq=False)
class Typography:
    """How a language is written, from its typography.toml; empty where nothing is known.

    ``extent`` is the number of characters that say what one character of English says.
    ``numbers``, ``multipliers`` and ``months`` give values to words, and ``joiners`` are words
    inside numbers of several words; ``units`` gives units and currencies their English names;
    ``abbreviations`` lists what may stand for a well-known abbreviation in a text.
    ``substitutes`` are letters and those typed in their place on a keyboard that lacks them,
    ``endings`` those of them that make another ending of it, ``droppable`` letters that may go or
    change when an ending is added, and ``voiced`` what some change into, each with what it was.
    ``is_open`` says that no dictionary has all forms of its words.
    """

    language: str
    letters: frozenset[str]
    extent: float
    quotes: tuple[str, ...]
    repeatable: frozenset[str]
    everyday: frozenset[str]
    afternoon: tuple[str, ...]
    decade: tuple[str, ...]
    numbers: Vocabulary[float]
    joiners: tuple[str, ...]
    months: Vocabulary[float]
    multipliers: Vocabulary[int]
    units: Vocabulary[str]
    abbreviations: Mapping[str, tuple[str, ...]]
    substitutes: Mapping[int, str]
    endings: str
    voiced: Mapping[str, str]
    droppable: str
    is_open: bool


@cache
def typography(language: str) -> Typography:
    """What is known about the language of a BCP 47 code."""
    code = re.split("[-_]", language)[0].lower() or GENERIC
    path = DATA / code / "typography.toml"
    known = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}

    def table(name: str) -> list[tuple[str, str]]:
        return [(word, key) for key, words in known.get(name, {}).items() for word in words.split()]

    letters = known.get("letters", "")
    substitutes = known.get("substitutes", {})
    return Typography(
        language=code,
        letters=frozenset(letters + letters.upper()),
        extent=known.get("extent", 1.0),
        quotes=tuple(known.get("quotes", ())),
        repeatable=frozenset(known.get("repeatable", ())),
        everyday=everyday_words(code),
        afternoon=tuple(known.get("afternoon", ())),
        decade=tuple(known.get("decade", ())),
        numbers=Vocabulary((w, float(key)) for w, key in table("numbers") + table("months")),
        joiners=tuple(known.get("joiners", ())),
        months=Vocabulary((w, float(key)) for w, key in table("months")),
        multipliers=Vocabulary((w, int(key)) for w, key in table("multipliers")),
        units=Vocabulary(table("units")),
        abbreviations={
            key: tuple(words.split()) for key, words in known.get("abbreviations", {}).items()
        },
        substitutes=str.maketrans(
            substitutes | {a.upper(): b.upper() for a, b in substitutes.items()}
        ),
        endings=known.get("endings", ""),
        voiced=known.get("voiced", {}),
        droppable=known.get("droppable", ""),
        is_open=known.get("open", False),
    )


@cache
def measures() -> dict[str, tuple[str, float]]:
    """What a unit measures, and how much of it one is worth, by the unit's name."""
    tables = tomllib.loads((DATA / GENERIC / "units.toml").read_text("utf-8"))
    return {unit: (kind, worth) for kind, units in tables.items() for unit, worth in units.items()}
