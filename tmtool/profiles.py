"""Units as a CAT tool wants them in a TMX: languages, contexts, limits and order.

A source with several translations is told apart by its context. OmegaT binds a unit to a place by
props with the file and the source texts before and after it, and takes of the units without
these the last: so each translation comes with its context, and one without, at the end, serves
everywhere else. memoQ has the context in props of the source side of every unit. Trados and
Wordfast read no context from a TMX, and hold texts of some length only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal
from xml.sax.saxutils import escape

from tmtool.language import DATA, GENERIC
from tmtool.model import TranslationUnit, Variant
from tmtool.text import legal, one_line

Tool = Literal["omegat", "trados", "memoq", "wordfast", "generic"]

TOOLS: dict[Tool, str] = {
    "omegat": "OmegaT",
    "trados": "Trados",
    "memoq": "memoQ",
    "wordfast": "Wordfast",
    "generic": "a CAT tool",
}
"""The tools a file may be meant for, and what they are called."""

LONGEST: dict[Tool, int] = {"trados": 2000, "wordfast": 8000}
"""Characters that a side of a unit may have at most."""

_WITH_REGIONS: tuple[Tool, ...] = ("trados", "memoq", "wordfast")

Placed = tuple[TranslationUnit, str, str]
"""A unit with the source texts before and after it in its document."""


@dataclass(slots=True)
class Tailored:
    """Units for a tool, with what was left out on the way."""

    tool: Tool
    file_name: str = "{}.txt"
    language_map: Mapping[str, str] = field(default_factory=dict)
    too_long: int = 0
    levelled: int = 0

    def units(
        self, placed: Iterable[Placed], several: Mapping[tuple[str, str], str]
    ) -> Iterator[TranslationUnit]:
        """The units as the tool wants them.

        ``several`` gives, for a source text and a target language with more than one
        translation, the one that is for any place. ``file_name`` is that of a document in an
        OmegaT project, ``{}`` standing for the name of the document. A code in
        ``language_map`` becomes what it says there instead of getting the usual region. Texts
        are on one line, without white space at their ends; ``levelled`` counts those that were not.
        """
        everywhere: dict[tuple[str, str], TranslationUnit] = {}
        longest = LONGEST.get(self.tool)
        for unit, before, after in placed:
            levelled = _level(unit)
            self.levelled += levelled is not unit
            unit, before, after = levelled, _line(before), _line(after)
            if longest and max(len(unit.source.text), len(unit.target.text)) > longest:
                self.too_long += 1
                continue
            if self.tool == "memoq" and unit.document:
                unit = _with_props(
                    unit,
                    {
                        "tmx:source/x-context-pre": before and f"<seg>{escape(before)}</seg>",
                        "tmx:source/x-context-post": after and f"<seg>{escape(after)}</seg>",
                    },
                )
            key = unit.source.text, unit.target.language
            if self.tool == "omegat" and key in several:
                if unit.target.text == several[key]:
                    everywhere.setdefault(key, unit)
                if not unit.document:
                    continue
                name = self.file_name.replace("{}", unit.document)
                unit = _with_props(_bare(unit), {"file": name, "prev": before, "next": after})
            yield self._with_regions(unit)
        yield from map(_bare, everywhere.values())

    def _with_regions(self, unit: TranslationUnit) -> TranslationUnit:
        if self.tool not in _WITH_REGIONS:
            return unit
        source, target = (self.language_map.get(code, with_region(code)) for code in unit.languages)
        if (source, target) == unit.languages:
            return unit
        return replace(
            unit,
            source=replace(unit.source, language=source),
            target=replace(unit.target, language=target),
        )


def placed(units: Iterable[TranslationUnit]) -> Iterator[Placed]:
    """Units in the order of their documents, each between its neighbours' source texts."""
    last: TranslationUnit | None = None
    before = ""
    for unit in units:
        if last is not None:
            is_next = _is_together(last, unit)
            yield last, before, unit.source.text if is_next else ""
            before = last.source.text if is_next else ""
        last = unit
    if last is not None:
        yield last, before, ""


def preferred(units: Iterable[TranslationUnit]) -> dict[tuple[str, str], str]:
    """Of sources with several translations, by target language, the one that is for any place.

    That is the one most often vouched for, then the most frequent, then the first.
    """
    counts: dict[tuple[str, str], Counter[str]] = {}
    vouched: dict[tuple[str, str], Counter[str]] = {}
    for unit in units:
        if unit.is_paired:
            key = _line(unit.source.text), unit.target.language
            target = _line(unit.target.text)
            counts.setdefault(key, Counter())[target] += 1
            vouched.setdefault(key, Counter())[target] += unit.entry.is_vouched
    return {
        key: max(found, key=lambda target: (vouched[key][target], found[target]))
        for key, found in counts.items()
        if len(found) > 1
    }


def _line(text: str) -> str:
    """Text on one line, without white space at its ends, as CAT tools cut segments."""
    return one_line(legal(text)).strip()


def _level(unit: TranslationUnit) -> TranslationUnit:
    """The unit with such texts; itself if they are so."""
    source, target = map(_level_side, (unit.source, unit.target))
    if source is unit.source and target is unit.target:
        return unit
    return replace(unit, source=source, target=target)


def _level_side(variant: Variant) -> Variant:
    if _line(variant.text) == variant.text:
        return variant
    parts = [one_line(legal(part)) if isinstance(part, str) else part for part in variant.content]
    for place, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if isinstance(part := parts[place], str):
            parts[place] = strip(part)
    content = tuple(part for part in parts if part)
    return variant if content == variant.content else replace(variant, content=content)


def with_region(code: str) -> str:
    """A language code with a region: its own, or the usual one; ``kk`` is ``kk-KZ``."""
    return f"{code}-{_regions()[code]}" if code in _regions() else code


@cache
def _regions() -> dict[str, str]:
    lines = (DATA / GENERIC / "regions.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


def _is_together(one: TranslationUnit, other: TranslationUnit) -> bool:
    return bool(one.document) and (one.document, one.languages) == (
        other.document,
        other.languages,
    )


def _bare(unit: TranslationUnit) -> TranslationUnit:
    """A unit that has no props: with one it does not know, OmegaT takes a context as not met."""
    return replace(
        unit, state="translated", document=None, position=0.0, origin="", score=None, props=()
    )


def _with_props(unit: TranslationUnit, props: Mapping[str, str]) -> TranslationUnit:
    """A unit with these props, empty ones left out, in place of others of the same types."""
    kept = tuple(prop for prop in unit.props if prop[0] not in props)
    return replace(unit, props=(*kept, *((kind, text) for kind, text in props.items() if text)))
