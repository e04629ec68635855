"""Finds where words stand in the units of a memory, in context.

A pattern is words, which stand one after another, or a regular expression. A word of the pattern
is found at the beginning of a word, so that a stem finds its inflected forms; case, kinds of
quotes and dashes, and Latin letters that pass for Cyrillic ones count for nothing. A regular
expression is searched for in the text as it is, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from tmtool.alphabets import is_latin
from tmtool.errors import TmtoolError
from tmtool.expressions import alternatives, items
from tmtool.index import Clue, Index
from tmtool.index.terms import SOURCE, TARGET, words
from tmtool.model import Hit, Side, Span
from tmtool.sought import Sought
from tmtool.text import fold, levelled, plain_key

if TYPE_CHECKING:
    from tmtool.store.base import Store


class Pattern:
    """What is searched for; raises ``TmtoolError`` where it is no regular expression, or empty."""

    def __init__(self, text: str, *, is_regex: bool, is_whole: bool) -> None:
        self._is_regex = is_regex
        self._is_whole = is_whole
        if is_regex:
            self._sought = Sought(text, is_regex=True)
            self._clues = _literals(text)
        else:
            self._words = words(plain_key(fold(text)))
            if not self._words:
                raise TmtoolError("there is nothing to search for", hint="give a word")
            self._expression = re.compile(_in_a_row(self._words, is_whole=is_whole))
            self._clues = [word for word in self._words if word[0].isalnum() or word[0] == "_"]

    def clues(self, side: Side) -> list[Clue]:
        """What words a text that holds the pattern has."""
        kind = SOURCE if side == "source" else TARGET
        if self._is_regex:
            # Two letters of another alphabet may stand for one, and the clue be only one of them.
            return [
                Clue(kind, c, "anywhere")
                for c in self._clues
                if side == "target" or not is_latin(c)
            ]
        return [
            Clue(kind, clue, "whole" if self._is_whole else "beginning") for clue in self._clues
        ]

    def is_in(self, text: str) -> bool:
        """Whether a text holds the pattern."""
        if self._is_regex:
            return self._sought.is_in(text)
        return self._expression.search(plain_key(levelled(text))) is not None

    def spans(self, text: str) -> tuple[Span, ...]:
        """Where a text holds the pattern."""
        if self._is_regex:
            return tuple(span for span in self._sought.spans(text) if span[0] < span[1])
        if not self.is_in(text):
            return ()
        # Folding may make another number of characters, so each is followed.
        pieces = list(map(_levelled_letter, text))
        ends = list(accumulate(map(len, pieces)))
        at = [place for place, piece in enumerate(pieces) for _ in piece]
        found = (match.span() for match in self._expression.finditer(plain_key("".join(pieces))))
        return tuple((at[start], at[end - 1] + 1) for start, end in found if ends and start < end)


def concordance(
    store: Store,
    index: Index,
    pattern: Pattern,
    languages: tuple[str, str],
    *,
    sides: Sequence[Side],
    limit: int | None,
) -> list[Hit]:
    """The units that hold a pattern on one of some sides, the latest first."""
    hits: list[int] = []
    with store.snapshot():
        for texts in _candidates(store, index, pattern, languages, sides):
            for number, *both in texts:
                held = dict(zip(("source", "target"), both, strict=True))
                if any(pattern.is_in(held[side]) for side in sides):
                    hits.append(number)
                    if len(hits) == limit:
                        break
            if len(hits) == limit:
                break
        units = dict(store.units_by_number(hits))
    found = []
    for number in hits:
        unit = units[number]
        spans = {
            side: pattern.spans(getattr(unit, side).text) if side in sides else ()
            for side in ("source", "target")
        }
        found.append(Hit(unit, spans["source"], spans["target"]))
    return found


_levelled_letter = lru_cache(4096)(levelled)


def _candidates(
    store: Store,
    index: Index,
    pattern: Pattern,
    languages: tuple[str, str],
    sides: Sequence[Side],
) -> Iterator[list[tuple[int, str, str]]]:
    """Number, source and target of units that may hold a pattern, the latest first."""
    numbers = index.holding([pattern.clues(side) for side in sides], languages)
    if numbers is None:
        yield from store.index.latest_texts(languages)
        return
    for some in numbers:
        yield store.index.both_texts(some, languages)


def _in_a_row(found: Sequence[str], *, is_whole: bool) -> str:
    """An expression for words and marks one after another, on folded text."""
    parts = [rf"(?<!\w){re.escape(found[0])}" if found[0][0].isalnum() else re.escape(found[0])]
    rest = "" if is_whole else r"\w*"
    for before, after in pairwise(found):
        both = before[0].isalnum() and after[0].isalnum()
        parts.append((rest if before[0].isalnum() else "") + (r"\W+" if both else r"\s*"))
        parts.append(re.escape(after))
    if found[-1][0].isalnum():
        parts.append(r"(?!\w)" if is_whole else r"\w*")
    return "".join(parts)


def _literals(expression: str) -> list[str]:
    """Letters in a row that every match of an expression holds, folded; three at the least."""
    if len(alternatives(expression)) > 1 or re.match(r"\(\?[a-z]*x", expression):
        return []
    text = "".join(
        item if len(item) == 1 and item not in ".^$" else "\n" for item in items(expression)
    )
    runs = re.findall(r"[^\W_]{3,}", text)
    return [run.casefold() for run in runs if len(run.casefold()) == len(run)]
