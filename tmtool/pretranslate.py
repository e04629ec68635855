"""Fills a document with what the memory holds, for a person to look over.

The very same text brings its translation, sure of it. What is only like the source, or one of
several translations of it, stays in the state ``initial`` and doubtful, and is no match for
anything until somebody has confirmed it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from tmtool.document import Document
from tmtool.leverage import Context, contexts, same_text
from tmtool.memory import Change, Memory
from tmtool.model import (
    DOUBTFUL_BELOW,
    EXACT,
    PRETRANSLATE,
    Content,
    Match,
    TranslationUnit,
    Variant,
    coded,
)


@dataclass(frozen=True, slots=True)
class Pretranslated:
    """What :func:`pretranslate` did, in units.

    ``exact`` ones have the translation of the very same text. ``doubtful`` are those of a text
    that is only like it, and ``ambiguous`` ones among them, of a text that the memory translates
    in several ways. For those ``left_open`` nothing was found.
    """

    exact: int
    doubtful: int
    ambiguous: int
    left_open: int


def pretranslate(memory: Memory, document: Document, *, min_percent: int = EXACT) -> Pretranslated:
    """Give the untranslated units of a document the best translation of the memory.

    A match is at least as like the source as ``min_percent``. The numbers of the source replace
    those of the match where that is safe. What is translated, rejected, or being typed stays as
    it is. One action, of the kind ``pretranslate``.
    """
    sources = [source for source, _ in memory.texts(document.key)]
    matches = _Matches(memory, document.languages, min_percent)
    drafted = memory.drafted()
    changes: list[Change] = []
    doubtful = ambiguous = left_open = 0
    for index, (entry, context) in enumerate(zip(document.outline, contexts(sources), strict=True)):
        if not entry.is_open or entry.state != "initial":
            continue
        found = matches.of(sources[index], context) if entry.id not in drafted else []
        if not found:
            left_open += 1
            continue
        unit = document.units[index]
        is_ambiguous = _is_ambiguous(found)
        filled = _filled(unit, found, is_ambiguous)
        ambiguous += is_ambiguous
        doubtful += filled.is_suggestion
        changes.append((unit, filled))
    if changes:
        memory.change(PRETRANSLATE, changes)
        document.refresh()
    return Pretranslated(len(changes) - doubtful, doubtful, ambiguous, left_open)


def _is_ambiguous(found: list[Match]) -> bool:
    """Whether the memory translates the very text in two ways, and knows neither in this place."""
    rivals = {match.unit.target.text for match in found if match.percent == EXACT}
    return found[0].percent == EXACT and len(rivals) > 1


def _filled(unit: TranslationUnit, found: list[Match], is_ambiguous: bool) -> TranslationUnit:
    """A unit with the translation of its best match.

    It is sure of the very same text, codes and all, unless that is ambiguous.
    """
    best = found[0]
    content: Content = best.unit.target.content
    is_same = best.percent >= EXACT and coded(best.unit.source.content) == coded(
        unit.source.content
    )
    if not is_same:
        content = (best.unit.target.text if best.proposal is None else best.proposal,)
    is_sure = is_same and not is_ambiguous
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
