"""Maintenance of memories and bilingual files: compare, choose, tidy, rewrite, count.

All of it works on streams of units, so that a memory and a file of any format are treated alike,
and keeps no more of a stream than what was asked of it needs.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args

from tmtool.language import is_in
from tmtool.model import (
    FOREIGN_ID,
    STATES,
    Code,
    Header,
    Side,
    State,
    TranslationUnit,
    Trust,
    Variant,
    count_words,
)
from tmtool.sought import Sought
from tmtool.text import fold

Ignored = Literal["case", "space", "punctuation", "digits"]
"""What may be left out of account where texts are compared."""

IGNORED: tuple[Ignored, ...] = get_args(Ignored)

Reason = Literal["case, space or punctuation", "numbers", "text", "state", "other"]
"""In what a unit differs: the first of these that is true of it."""

_CALLED = {
    "id": "id",
    "document": "document",
    "position": "place",
    "origin": "origin",
    "created_at": "date",
    "changed_at": "date",
    "created_by": "author",
    "changed_by": "author",
    "score": "confidence",
    "props": "props",
    "notes": "notes",
}
"""What people call the fields of a unit that are neither text nor state."""

_SIGNS = re.compile(r"[^\w\s]|_")
_DIGITS = re.compile(r"\d+(?:[.,\s\u00a0]\d+)*")
_SPACES = re.compile(r"\s+")
_OF_A_RECORD = re.compile(rf"{FOREIGN_ID}|tmx:\w+@.*|x-po:obsolete")
"""Types of props that are about a unit as a record of a file: its id, attributes, whether used."""

Units = Callable[[], Iterable[TranslationUnit]]
"""Gives the same units each time it is called."""

Rewritten = tuple[TranslationUnit, TranslationUnit | None]
"""A unit, and what becomes of it; ``None``: it is taken out."""


def levelled(text: str, ignored: Collection[Ignored]) -> str:
    """A text without what is to be left out of account.

    >>> levelled("5-ші  Сөз!", ["case", "space", "punctuation", "digits"])
    '0шісөз'
    """
    if "case" in ignored:
        text = text.casefold()
    if "digits" in ignored:
        text = _DIGITS.sub("0", text)
    if "punctuation" in ignored:
        text = _SIGNS.sub("", text)
    return _SPACES.sub("", text) if "space" in ignored else text


# Which units


@dataclass(frozen=True, slots=True)
class Filter:
    """Which units are wanted.

    They are of these languages (which stand for all their regions where they name none), of this
    document and in one of these states; and, of the rest, everything that is said is true, or, if
    ``inverted``, is not. ``since`` and ``until`` are about the last change of a unit, ``until`` not
    included. ``shortest`` and ``longest`` count the characters of the longer side. ``pattern`` is
    looked for on ``side``, or on both.
    """

    source_language: str | None = None
    target_language: str | None = None
    document: str | None = None
    states: tuple[State, ...] = STATES
    authors: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    shortest: int = 0
    longest: int | None = None
    pattern: Sought | None = None
    side: Side | None = None
    inverted: bool = False

    def __call__(self, unit: TranslationUnit) -> bool:
        """Whether a unit is wanted."""
        return (
            _is_in(unit.source.language, self.source_language)
            and _is_in(unit.target.language, self.target_language)
            and self.document in (None, unit.document)
            and unit.state in self.states
            and self._fits(unit) != self.inverted
        )

    @property
    def is_any(self) -> bool:
        """Whether every unit is wanted."""
        return self == Filter()

    def _fits(self, unit: TranslationUnit) -> bool:
        at = unit.changed_at or unit.created_at
        size = max(len(unit.source.text), len(unit.target.text))
        return (
            (not self.authors or (unit.changed_by or unit.created_by) in self.authors)
            and (self.since is None or (at is not None and at >= self.since))
            and (self.until is None or (at is not None and at < self.until))
            and size >= self.shortest
            and (self.longest is None or size <= self.longest)
            and (self.pattern is None or self._is_found(unit, self.pattern))
        )

    def _is_found(self, unit: TranslationUnit, pattern: Sought) -> bool:
        sides = {"source": unit.source.text, "target": unit.target.text}
        texts = [sides[self.side]] if self.side else sides.values()
        return any(map(pattern.is_in, texts))


def _is_in(language: str, wanted: str | None) -> bool:
    return wanted is None or is_in(language, wanted)


# What is there


@dataclass(slots=True)
class Figures:
    """What a memory or a file holds, in units; texts without inline codes."""

    units: int = 0
    one_sided: int = 0
    repeated: int = 0
    source_characters: int = 0
    target_characters: int = 0
    source_words: int = 0
    target_words: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    authors: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None


def figures(units: Iterable[TranslationUnit]) -> Figures:
    """Count units; ``repeated`` are those whose both texts came before."""
    found = Figures()
    seen = set[bytes]()
    for unit in units:
        source, target = unit.source.text, unit.target.text
        found.units += 1
        found.one_sided += not unit.is_paired
        found.source_characters += len(source)
        found.target_characters += len(target)
        found.source_words += count_words(source)
        found.target_words += count_words(target)
        found.languages["-".join(unit.languages)] += 1
        found.states[unit.state] += 1
        if unit.document is not None:
            found.documents[unit.document] += 1
        if author := unit.changed_by or unit.created_by:
            found.authors[author] += 1
        at = unit.changed_at or unit.created_at
        if at:
            found.first = min(found.first or at, at)
            found.last = max(found.last or at, at)
        key = _digest(*unit.languages, source, target)
        found.repeated += key in seen
        seen.add(key)
    return found


# In what two differ


@dataclass(frozen=True, slots=True)
class Difference:
    """A unit that only one of two has, or that differs; ``before`` is ``None`` if it was added."""

    before: TranslationUnit | None
    after: TranslationUnit | None
    reason: Reason | None = None

    @property
    def why(self) -> str:
        """The reason as people call it, nothing if there is none."""
        return ", ".join(self.others) if self.reason == "other" else self.reason or ""

    @property
    def others(self) -> tuple[str, ...]:
        """What besides texts and state differs, as people call it."""
        one, other = self.before, self.after
        if one is None or other is None:
            return ()
        differ = [name for name in _CALLED if getattr(one, name) != getattr(other, name)]
        found = dict.fromkeys(_CALLED[name] for name in differ)
        if one.languages != other.languages:
            found["language"] = None
        sides = ((one.source, other.source), (one.target, other.target))
        if any(a.text == b.text and a.content != b.content for a, b in sides):
            found["inline codes"] = None
        return tuple(found)


def arrival(held: TranslationUnit, unit: TranslationUnit, *, is_kept: bool) -> Difference:
    """In what a unit that comes says something else than the one that is held in its place.

    What it does not say, as of dates, is no difference; nor is, where the other ``is_kept``, less.
    """
    said = replace(
        unit,
        id=held.id,
        document=held.document,
        position=held.position,
        origin=held.origin,
        score=held.score,
        created_at=unit.created_at or held.created_at,
        created_by=unit.created_by or held.created_by,
        changed_at=unit.changed_at or held.changed_at,
        changed_by=unit.changed_by or held.changed_by,
    )
    if is_kept:
        is_plain = unit.state in ("initial", "translated")
        said = replace(
            said,
            state=held.state if is_plain else unit.state,
            notes=held.notes if set(unit.notes) <= set(held.notes) else unit.notes,
            props=held.props if set(unit.props) <= set(held.props) else unit.props,
        )
    return Difference(held, said, _reason(held, said))


def differences(a: Units, b: Units) -> Iterator[Difference]:
    """What became of the units of ``a`` in ``b``: removed, changed and added ones.

    Two units are the same one if they have the same id, or else the same document and source, or
    the same document and target, or else sources that differ in case, spaces or punctuation. Each
    is read twice, and only what differs is kept.
    """
    counts = Counter(map(_print, a()))
    new: list[TranslationUnit] = []
    for unit in b():
        mark = _print(unit)
        if counts[mark]:
            counts[mark] -= 1
        else:
            new.append(unit)
    old: list[TranslationUnit] = []
    for unit in a():
        mark = _print(unit)
        if counts[mark]:
            counts[mark] -= 1
            old.append(unit)
    partners = _partners(old, new)
    taken = set(partners.values())
    for number, unit in enumerate(old):
        if number in partners:
            other = new[partners[number]]
            yield Difference(unit, other, _reason(unit, other))
        else:
            yield Difference(unit, None)
    yield from (Difference(None, unit) for n, unit in enumerate(new) if n not in taken)


def _partners(old: list[TranslationUnit], new: list[TranslationUnit]) -> dict[int, int]:
    """The place in ``new`` of the units of ``old`` that are still there."""
    partners: dict[int, int] = {}
    taken = set[int]()
    for key in (_by_id, _by_source, _by_target, _by_folded_source):
        places = defaultdict[object, list[int]](list)
        for number, unit in enumerate(new):
            if number not in taken and (mark := key(unit)):
                places[mark].append(number)
        for marks in places.values():
            marks.reverse()
        for number, unit in enumerate(old):
            if number not in partners and (found := places.get(key(unit))):
                partners[number] = found.pop()
                taken.add(partners[number])
    return partners


def _by_id(unit: TranslationUnit) -> object:
    return unit.id


def _by_source(unit: TranslationUnit) -> object:
    return unit.source.text and (unit.languages, unit.document, unit.source.content)


def _by_target(unit: TranslationUnit) -> object:
    return unit.target.text and (unit.languages, unit.document, unit.target.content, 0)


def _by_folded_source(unit: TranslationUnit) -> object:
    return unit.source.text and (unit.languages, _bare(unit.source.text))


def _bare(text: str) -> str:
    return levelled(fold(text), ("case", "space", "punctuation"))


def _reason(before: TranslationUnit, after: TranslationUnit) -> Reason:
    ours = [before.source.text, before.target.text]
    theirs = [after.source.text, after.target.text]
    if ours == theirs:
        return "state" if before.state != after.state else "other"
    if [*map(_bare, ours)] == [*map(_bare, theirs)]:
        return "case, space or punctuation"
    if [_DIGITS.sub("0", text) for text in ours] == [_DIGITS.sub("0", text) for text in theirs]:
        return "numbers"
    return "text"


def _print(unit: TranslationUnit) -> bytes:
    return _digest(repr(unit))


def _digest(*texts: str) -> bytes:
    return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=12).digest()


# What to take out and to rewrite


def deduplicated(
    units: Units,
    ignored: Collection[Ignored] = (),
    *,
    wanted: Filter = Filter(),
    alone: bool = False,
) -> Iterator[Rewritten]:
    """Units, without those that say the same as a better one, of those that are ``wanted``.

    Texts on both sides are the same, but for what is ``ignored``, and so is the context. The best
    is the one with the highest state, of these the one changed last, of these the first; it takes
    over the notes and props of those that go, but for what is about their records. With ``alone``,
    units of documents are kept all the same, and are better than those that stand alone. Read up
    to three times.
    """
    best: dict[bytes, tuple[tuple[bool, Trust], int]] = {}
    gone: dict[bytes, list[Header]] = {}  # what those say that go

    def is_kept(number: int, unit: TranslationUnit, key: bytes) -> bool:
        is_meant = wanted(unit) and not (alone and unit.document is not None)
        return not is_meant or best[key][1] == number

    for number, unit in enumerate(units()):
        if not wanted(unit):
            continue
        key, rank = _same_texts(unit, ignored), _rank(unit, alone=alone)
        if key in best:
            gone[key] = []
        if key not in best or rank > best[key][0]:
            best[key] = rank, number
    for number, unit in enumerate(units() if gone else ()):
        key = _same_texts(unit, ignored)
        if key in gone and not is_kept(number, unit, key):
            props = tuple(prop for prop in unit.props if not _OF_A_RECORD.fullmatch(prop[0]))
            if said := Header(props, unit.notes):
                gone[key].append(said)
    for number, unit in enumerate(units()):
        key = _same_texts(unit, ignored)
        if not is_kept(number, unit, key):
            yield unit, None
        elif key in gone and best[key][1] == number:
            more = Header.joined(gone[key]).without(Header(unit.props, unit.notes))
            props, notes = (*unit.props, *more.props), (*unit.notes, *more.notes)
            yield unit, replace(unit, props=props, notes=notes)
        else:
            yield unit, unit


def _same_texts(unit: TranslationUnit, ignored: Collection[Ignored]) -> bytes:
    sides = (unit.source, unit.target)
    texts = (levelled(it.text, ignored) if ignored else repr(it.content) for it in sides)
    return _digest(*unit.languages, *texts, repr(unit.context))


def _rank(unit: TranslationUnit, *, alone: bool) -> tuple[bool, Trust]:
    return alone and unit.document is not None, unit.trust


def replaced(
    unit: TranslationUnit, pattern: Sought, replacement: str, side: Side
) -> TranslationUnit:
    r"""A unit with what an expression finds on one side replaced, between its inline codes.

    Raises as :meth:`Sought.replaced`.
    """
    variant = unit.source if side == "source" else unit.target
    parts = (
        part if isinstance(part, Code) else pattern.replaced(part, replacement)
        for part in variant.content
    )
    content = tuple(part for part in parts if part)
    if content == variant.content:
        return unit
    changed = Variant(variant.language, content)
    return replace(unit, source=changed) if side == "source" else replace(unit, target=changed)


def recoded(unit: TranslationUnit, codes: Mapping[str, str]) -> TranslationUnit:
    """A unit with other language codes, as in ``{"kk": "kk-KZ"}``."""
    source, target = (codes.get(language, language) for language in unit.languages)
    if (source, target) == unit.languages:
        return unit
    return replace(
        unit,
        source=replace(unit.source, language=source),
        target=replace(unit.target, language=target),
    )


# Into several


def parts(
    units: Iterable[TranslationUnit], size: int | None
) -> Iterator[tuple[str, list[TranslationUnit]]]:
    """Units in parts with a name each: of ``size`` units at the most, else by document.

    By document, units that follow each other are a part; those that stand alone have no name.
    """
    some: list[TranslationUnit] = []
    number, name = 1, ""
    for unit in units:
        own = unit.document or ""
        if some and (len(some) == size if size else own != name):
            yield (f"{number:03}" if size else name), some
            some, number = [], number + 1
        name = own
        some.append(unit)
    if some:
        yield (f"{number:03}" if size else name), some
