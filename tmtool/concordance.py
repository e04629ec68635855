"""Finds where words stand in the units of a memory, in context.

A pattern is words, which stand one after another, or a regular expression. A word of the pattern
is found at the beginning of a word, so that a stem finds its inflected forms; case, kinds of
quotes and dashes, and Latin letters that pass for Cyrillic ones count for nothing. A regular
expression is searched for in the text as it is, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from tmtool.alphabets import has_latin
from tmtool.errors import TmtoolError
from tmtool.expressions import alternatives, items
from tmtool.index import Clue, Index
from tmtool.index.terms import SOURCE, TARGET, undotted, words
from tmtool.model import Hit, Side, Span
from tmtool.sought import Sought
from tmtool.text import fold, levelled, passed, plain_key

if TYPE_CHECKING:
    from tmtool.store.base import Store


class Pattern:
    """What is searched for; raises ``TmtoolError`` where it is no regular expression, or empty."""

    def __init__(self, text: str, *, is_regex: bool, is_whole: bool) -> None:
        self._is_regex = is_regex
        self._is_whole = is_whole
        if is_regex:
            self._sought = Sought(text, is_regex=True)
            self._runs = _literals(text)
            return
        key = fold(text)
        self._words, plain = words(key), words(plain_key(key))
        if not self._words:
            raise TmtoolError("there is nothing to search for", hint="give a word")
        self._typed = re.compile(_in_a_row(self._words, is_whole=is_whole))
        self._plain = re.compile(_in_a_row(plain, is_whole=is_whole))

    def clues(self, side: Side) -> list[Clue]:
        """What words a text that holds the pattern has."""
        kind = SOURCE if side == "source" else TARGET
        where: Literal["whole", "beginning", "anywhere"] = (
            "whole" if self._is_whole else "beginning"
        )
        if not self._is_regex:
            clues = list(filter(_is_word, self._words))
        else:
            where = "anywhere"
            if side == "target":
                clues = list(map(undotted, self._runs))
            else:  # two letters of another alphabet may stand for one, and a clue be one of them
                clues = [run for run in self._runs if not has_latin(run)]
        return [Clue(kind, tuple(dict.fromkeys((clue, passed(clue)))), where) for clue in clues]

    def is_in(self, text: str) -> bool:
        """Whether a text holds the pattern."""
        if self._is_regex:
            return self._sought.is_in(text)
        key = levelled(text)
        return any(expression.search(where) for expression, where in self._in(key))

    def _in(self, key: str) -> Iterator[tuple[re.Pattern[str], str]]:
        """What to search for in a folded text, and where.

        Latin letters in it may stand for themselves, or for the Cyrillic ones for which they pass.
        """
        plain = plain_key(key)
        yield self._plain, plain
        if plain != key or self._plain != self._typed:
            yield self._typed, key

    def spans(self, text: str) -> tuple[Span, ...]:
        """Where a text holds the pattern."""
        if self._is_regex:
            return tuple(span for span in self._sought.spans(text) if span[0] < span[1])
        if not self.is_in(text):
            return ()
        # Folding may make another number of characters, so each is followed.
        pieces = list(map(_levelled_letter, text))
        at = [place for place, piece in enumerate(pieces) for _ in piece]
        found = {
            match.span()
            for expression, key in self._in("".join(pieces))
            for match in expression.finditer(key)
        }
        return _joined((at[start], at[end - 1] + 1) for start, end in found if start < end)


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
        found.append(Hit(number, unit, spans["source"], spans["target"]))
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
    parts = [rf"(?<!\w){re.escape(found[0])}" if _is_word(found[0]) else re.escape(found[0])]
    rest = "" if is_whole else r"\w*"
    for before, after in pairwise(found):
        both = _is_word(before) and _is_word(after)
        parts.append((rest if _is_word(before) else "") + (r"\W+" if both else r"\s*"))
        parts.append(re.escape(after))
    if _is_word(found[-1]):
        parts.append(r"(?!\w)" if is_whole else r"\w*")
    return "".join(parts)


def _is_word(found: str) -> bool:
    """Whether it is a word, not a mark."""
    return found[0].isalnum() or found[0] == "_"


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in their order, one for those that overlap."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def _literals(expression: str) -> list[str]:
    """Letters in a row that every match of an expression holds, folded; three at the least.

    Nothing is known of an expression with more than the most usual syntax.
    """
    if not _USUAL.fullmatch(expression) or len(alternatives(expression)) > 1:
        return []
    text = "".join(
        item if len(item) == 1 and item not in ".^$" else "\n" for item in items(expression)
    )
    return re.findall(r"[^\W_]{3,}", levelled(text))


_USUAL = re.compile(
    r"(?:\\[wWsSdDbBAZntr]|\\[^\w]|\[\^?+(?:\\[wWsSdDntr]|\\[^\w]|[^]\[\\])++\]"
    r"|\{\d+(?:,\d*)?\}|\(\?(?:[:=!]|<[=!]|P<\w+>)|\((?!\?)|[^\\\[({])*+",
    re.DOTALL,
)
