"""Units as a CAT tool wants them in a TMX: languages, contexts, limits and order.

A source with several translations is told apart by its context. OmegaT binds a unit to a place by
props with the file and the source texts before and after it, and takes of the units without
these the last: so each translation comes with its context, and one without, at the end, serves
everywhere else. A unit of no document is bound to the place that it says itself. memoQ has the
context in props of the source side of every unit. Trados and Wordfast read no context from a TMX,
and hold texts of some length only.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal
from xml.sax.saxutils import escape

from tmtool.language import DATA, GENERIC
from tmtool.model import RENAMED, Code, TranslationUnit, Variant, tmx_time, told_apart
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

_LONGEST_CODE: dict[Tool, int] = {"wordfast": 5}
"""Characters that a language code may have at most."""

_PLACE = ("file", "prev", "next", "id", "path")
"""The types of the props by which OmegaT binds a unit to a place; only with a file."""

_CONTEXT = ("tmx:source/x-context-pre", "tmx:source/x-context-post")
"""The types of the props in which memoQ has the texts before and after a unit."""

_CONTROLS = re.compile("[\x7f-\x84\x86-\x9f]")
_PROP = re.compile(r"(?P<place>(?:tmx:(?:tu|source|target)[^@#/]*/)?)(?P<kind>.*)", re.DOTALL)
_DATES = ("@creationdate", "@changedate", "@lastusagedate")
_KEPT = re.compile(r"tmx:(?:tu|source|target|header)[^/]*[@#]")
_HALF = re.compile(r'(?P<start>\A<(?:bpt|ept)\b)|(?<=[\w"])\si="[^"]*"|(?P<end></(?:bpt|ept)>\Z)')
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
    unmarked: int = 0
    renamed: int = 0
    without_place: int = 0
    of_one_language: int = 0

    def units(
        self, placed: Iterable[Placed], several: Mapping[tuple[str, str], str]
    ) -> Iterator[TranslationUnit]:
        """The units as the tool wants them.

        ``several`` gives, for a source text and a target language with more than one
        translation, the one that is for any place. ``file_name`` is that of a document in an
        OmegaT project, ``{}`` standing for the name of the document. A code in
        ``language_map`` becomes what it says there instead of getting the usual region. Texts
        are on one line, without white space at their ends; ``levelled`` counts those that were not,
        ``unmarked`` those that lost highlighting, in which OmegaT would lose the text, ``renamed``
        those of whose props some got other types, which reading takes back. Left out are
        units that are ``too_long``, those ``of_one_language`` on both sides, and further
        translations of a source ``without_place``, of which OmegaT takes one. Raises
        ``TmtoolError`` at the end if ``language_map`` makes one language of two.
        """
        pairs = ((unit, self._with_codes(unit)) for unit in self._chosen(placed, several))
        for _, unit in told_apart(pairs):
            yield unit

    def _chosen(
        self, placed: Iterable[Placed], several: Mapping[tuple[str, str], str]
    ) -> Iterator[TranslationUnit]:
        """The units that the tool gets, in their own codes."""
        everywhere: dict[tuple[str, str], TranslationUnit] = {}
        longest = LONGEST.get(self.tool)
        for original, before, after in placed:
            unit = original
            if self._is_of_one_language(unit):
                self.of_one_language += 1
                continue
            unit = self._sound(unit)
            levelled = _level(unit)
            self.levelled += levelled is not unit
            unit, before, after = levelled, _line(before), _line(after)
            if longest and max(len(unit.source.text), len(unit.target.text)) > longest:
                self.too_long += 1
                continue
            if self.tool == "memoq" and unit.document:
                texts = [text and f"<seg>{escape(text)}</seg>" for text in (before, after)]
                unit = _with_props(unit, dict(zip(_CONTEXT, texts, strict=True)))
            key = unit.source.text, unit.target.language
            if self.tool == "omegat":
                own = {kind: text for kind, text in unit.props if kind in _PLACE}
                if key in several:
                    is_for_any_place = unit.target.text == several[key]
                    if is_for_any_place:
                        everywhere.setdefault(key, replace(unit, id=""))
                    if unit.document:
                        name = self.file_name.replace("{}", unit.document)
                        own = {"file": name, "prev": before, "next": after}
                    elif "file" not in own:
                        self.without_place += not is_for_any_place
                        continue
                    unit = _with_props(_bare(unit), own)
                elif own:
                    unit = _with_props(unit, dict.fromkeys(own, ""))
            else:
                unit = self._renamed(unit, original)
            yield unit
        yield from map(_bare, everywhere.values())

    def _sound(self, unit: TranslationUnit) -> TranslationUnit:
        """The unit with inline codes and props that the tool takes."""
        if unit.props:
            props = ((self._prefixed(kind), _dated(kind, text)) for kind, text in unit.props)
            unit = replace(unit, props=tuple(props))
        if not any(isinstance(part, Code) for part in (*unit.source.content, *unit.target.content)):
            return unit  # nearly always
        source, target = map(_paired, (unit.source, unit.target))
        if self.tool == "omegat":
            plain = [_unmarked(side) for side in (source, target)]
            self.unmarked += plain != [source, target]
            source, target = plain
        return replace(unit, source=source, target=target)

    def _prefixed(self, kind: str) -> str:
        """A type of a prop that is not empty, and begins as the tool wants it."""
        found = _PROP.fullmatch(kind)
        if _KEPT.match(kind) or found is None:
            return kind
        name, prefix = found["kind"], "x-" if self.tool == "trados" else ""
        return kind if name and name.startswith(prefix) else f"{found['place']}x-{name}"

    def _renamed(self, unit: TranslationUnit, original: TranslationUnit) -> TranslationUnit:
        """The unit for the tool, which says of its props how they differ from the original's."""
        if not unit.props:
            return unit  # nearly always
        kinds = {kind for kind, _ in original.props}
        was: dict[str, str | None] = {self._prefixed(kind): kind for kind in kinds}
        was = {kind: old for kind, old in was.items() if kind not in kinds}
        for prop in unit.props:
            if prop[0] in _CONTEXT and prop not in original.props:
                was[prop[0]] = None
        self.renamed += any(was.values())
        said = json.dumps(was, ensure_ascii=False, sort_keys=True)
        return _with_props(unit, {RENAMED: said}) if was else unit

    def _is_of_one_language(self, unit: TranslationUnit) -> bool:
        """Whether both sides have one code, or get it from the tool, whatever the user said."""
        source, target = unit.languages
        is_told = source in self.language_map or target in self.language_map
        return source == target or (not is_told and self._code(source) == self._code(target))

    def _with_codes(self, unit: TranslationUnit) -> TranslationUnit:
        """The unit with the language codes of the tool."""
        codes = tuple(map(self._code, unit.languages))
        if codes == unit.languages:
            return unit
        source, target = (
            replace(side, language=code)
            for side, code in zip((unit.source, unit.target), codes, strict=True)
        )
        return replace(unit, source=source, target=target)

    def _code(self, code: str) -> str:
        if code in self.language_map:
            return self.language_map[code]
        if self.tool in _WITH_REGIONS:
            code = with_region(code)
        if len(code) <= _LONGEST_CODE.get(self.tool, len(code)):
            return code
        primary, *_, region = code.split("-")
        return f"{primary}-{region}" if len(primary) == len(region) == 2 else primary


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

    That is one that no file binds to a place, if there is any; of these the one most often vouched
    for, then the most frequent, then the first.
    """
    counts: dict[tuple[str, str], Counter[str]] = {}
    general: dict[tuple[str, str], Counter[str]] = {}
    vouched: dict[tuple[str, str], Counter[str]] = {}
    for unit in units:
        if unit.is_paired:
            key = _line(unit.source.text), unit.target.language
            target = _line(unit.target.text)
            counts.setdefault(key, Counter())[target] += 1
            vouched.setdefault(key, Counter())[target] += unit.entry.is_vouched
            is_bound = any(kind == "file" for kind, _ in unit.props)
            general.setdefault(key, Counter())[target] += not is_bound
    return {
        key: max(
            found,
            key=lambda target: (general[key][target] > 0, vouched[key][target], found[target]),
        )
        for key, found in counts.items()
        if len(found) > 1
    }


def _line(text: str) -> str:
    """Text on one line, without white space at its ends, as CAT tools cut segments."""
    return _levelled(text).strip()


def _levelled(text: str) -> str:
    return _CONTROLS.sub("", one_line(legal(text)))


def _dated(kind: str, text: str) -> str:
    """What a prop says; a date that is an attribute in TMX as TMX writes it, if that is sure."""
    return (tmx_time(text) or text) if kind.endswith(_DATES) and _KEPT.match(kind) else text


def _paired(variant: Variant) -> Variant:
    """A side in which what opens a code, or closes one, and has no partner stands for itself."""
    counts = Counter((part.kind, part.pair) for part in variant.content if isinstance(part, Code))

    def whole(part: str | Code) -> str | Code:
        if isinstance(part, str) or part.kind not in ("bpt", "ept"):
            return part
        if part.pair and counts["bpt", part.pair] == counts["ept", part.pair]:
            return part
        start = f'<it pos="{"begin" if part.kind == "bpt" else "end"}"'
        return Code(
            "it",
            _HALF.sub(
                lambda found: start if found["start"] else "</it>" if found["end"] else "",
                part.data,
            ),
        )

    content = tuple(map(whole, variant.content))
    return variant if content == variant.content else replace(variant, content=content)


def _unmarked(variant: Variant) -> Variant:
    """A side without highlighting, but with all that is in it."""
    parts: list[str | Code] = []
    for part in variant.content:
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif isinstance(part, str) or part.kind != "hi":
            parts.append(part)
    return replace(variant, content=tuple(parts))


def _level(unit: TranslationUnit) -> TranslationUnit:
    """The unit with such texts; itself if they are so."""
    source, target = map(_level_side, (unit.source, unit.target))
    if source is unit.source and target is unit.target:
        return unit
    return replace(unit, source=source, target=target)


def _level_side(variant: Variant) -> Variant:
    if _line(variant.text) == variant.text:
        return variant
    parts = [_levelled(part) if isinstance(part, str) else part for part in variant.content]
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
