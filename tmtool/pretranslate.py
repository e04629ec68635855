"""Fills a document with what the memory holds, for a person to look over.

The very same text brings its most trusted translation, sure of it. What is only like the source,
or has other codes, what nobody has confirmed, or one of several that are trusted as much, stays in
the state ``initial`` and doubtful, and is no match for anything until somebody has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tmtool.document import Document
from tmtool.leverage import Context, contexts, same_text
from tmtool.memory import Change, Memory
from tmtool.model import (
    ADD_PRETRANSLATED,
    DOUBTFUL_BELOW,
    EXACT,
    PRETRANSLATE,
    Content,
    Match,
    Segment,
    TranslationUnit,
    Variant,
    coded,
)


@dataclass(frozen=True, slots=True)
class Pretranslated:
    """What :func:`pretranslate` did, in units.

    ``exact`` ones have the translation of the very same text. ``doubtful`` are those of a text
    that is only like it, or has other codes, or that nobody confirmed, and ``ambiguous`` ones among
    them, of a text that the memory translates in several ways, trusted as much. For those
    ``left_open`` nothing was found.
    """

    exact: int
    doubtful: int
    ambiguous: int
    left_open: int


def pretranslate(
    memory: Memory,
    document: Document,
    segments: Sequence[Segment] = (),
    props: tuple[tuple[str, str], ...] = (),
    *,
    min_percent: int = EXACT,
) -> Pretranslated:
    """Give the untranslated units of a document the best translation of the memory.

    Those of the sentences of a text that it lacks are made first, as :meth:`Document.extend` does;
    raises as that. A match is at least as like the source as ``min_percent``. The numbers of the
    source replace those of the match where that is safe. What is translated, rejected, or being
    typed stays as it is. One action, of the kind ``pretranslate``, or ``add pretranslated`` where
    units are made.
    """
    lacking = document.lacking(segments, props) if segments else []
    rows = list(_with(lacking, [source for source, _ in memory.texts(document.key)]))
    matches = _Matches(memory, document.languages, min_percent)
    drafted = memory.drafted()
    changes: list[Change] = []
    exact = doubtful = ambiguous = left_open = 0
    for (source, place), context in zip(rows, contexts([text for text, _ in rows]), strict=True):
        if isinstance(place, TranslationUnit):
            before, found = None, matches.of(source, context)
        else:
            entry = document.outline[place]
            if not entry.is_open or entry.state != "initial":
                continue
            found = matches.of(source, context) if entry.id not in drafted else []
            before = document.units[place] if found else None
        unit = place if isinstance(place, TranslationUnit) else before
        if unit is None or not found:
            left_open += 1
        else:
            is_ambiguous = _is_ambiguous(found)
            unit = _filled(unit, found, is_ambiguous)
            exact += not unit.is_suggestion
            doubtful += unit.is_suggestion
            ambiguous += is_ambiguous
        if unit:
            changes.append((before, unit))
    if changes:
        memory.change(ADD_PRETRANSLATED if lacking else PRETRANSLATE, changes)
        document.refresh()
    return Pretranslated(exact, doubtful, ambiguous, left_open)


def _with(
    lacking: Iterable[tuple[int, TranslationUnit]], sources: Sequence[str]
) -> Iterator[tuple[str, int | TranslationUnit]]:
    """The sources of a document with those that it lacks; the index of each, or its new unit."""
    start = 0
    for index, unit in lacking:
        yield from zip(sources[start:index], range(start, index), strict=True)
        yield unit.source.text, unit
        start = index
    yield from zip(sources[start:], range(start, len(sources)), strict=True)


def _is_ambiguous(found: list[Match]) -> bool:
    """Whether two translations of the very text are trusted as much, in this place or in others."""
    best = found[0]
    rivals = (match.unit for match in found if match.percent == best.percent)
    others = {unit.target.text for unit in rivals if unit.state == best.unit.state}
    return best.percent >= EXACT and len(others) > 1


def _filled(unit: TranslationUnit, found: list[Match], is_ambiguous: bool) -> TranslationUnit:
    """A unit with the translation of its best match.

    It is sure of the very same text, codes and all, unless that is ambiguous or unconfirmed.
    """
    best = found[0]
    content: Content = best.unit.target.content
    is_same = best.percent >= EXACT and coded(best.unit.source.content) == coded(
        unit.source.content
    )
    if not is_same:
        content = (best.target,)
    is_sure = is_same and not is_ambiguous and best.unit.state != "initial"
    return replace(
        unit,
        target=Variant(unit.target.language, content),
        state="translated" if is_sure else "initial",
        score=1.0 if is_sure else 0.5 if is_same else _doubt(best.percent),
        origin=PRETRANSLATE,
    )


def _doubt(percent: int) -> float:
    """The confidence in the translation of a text that is like another: always doubtful."""
    return round(DOUBTFUL_BELOW * min(percent, EXACT - 1) / EXACT, 4)


class _Matches:
    """The two best matches of one sentence after another, of a like one once for all its copies."""

    def __init__(self, memory: Memory, languages: tuple[str, str], min_percent: int) -> None:
        self._lookup = partial(memory.lookup, limit=2, min_percent=min_percent)
        self._languages = languages
        self._inexact: dict[str, list[Match]] = {}

    def of(self, text: str, context: Context) -> list[Match]:
        """The matches of a sentence in its place, the best first."""
        key = same_text(text)
        if key in self._inexact:
            return self._inexact[key]
        found = self._lookup(text, *self._languages, context=context)
        if not found or found[0].percent < EXACT:
            self._inexact[key] = found
        return found
