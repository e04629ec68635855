"""A document in a memory, and everything a translator or reviewer does to it.

The full-screen app and the line mode are two faces of this class: they show its units and
call its methods. Each method is one action, durable when it returns, and gives the unit to
look at next where that is not obvious.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain

from tmtool.errors import TmtoolError
from tmtool.memory import Change, Memory
from tmtool.model import Bead, Match, Segment, State, TranslationUnit, Variant
from tmtool.segment import Segmenter
from tmtool.text import clean

DOUBTFUL_BELOW = 0.9
"""Alignment scores under this are for a person to look at."""

_TEACHING = 500
"""Pairs of the memory that teach a realignment words; a person waits for it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What :meth:`Document.fill` did, in beads.

    ``kept`` counts those whose sentences have another translation, or are split otherwise.
    """

    taken: int
    kept: int


class Document:
    """One document of a memory in one language pair: an ordered list of units.

    ``units`` is what was last read or written; a change made elsewhere shows as a
    ``ConflictError`` at the next action on that unit, and :meth:`refresh` reads again.
    """

    def __init__(
        self, memory: Memory, name: str, source_language: str, target_language: str
    ) -> None:
        self.name = name
        self.languages = (source_language, target_language)
        self._memory = memory
        self.refresh()

    @classmethod
    def find(
        cls,
        memory: Memory,
        name: str | None = None,
        source_language: str | None = None,
        target_language: str | None = None,
    ) -> Document:
        """The one document that fits what is given.

        Raises ``TmtoolError`` that lists the documents if none fits, or more than one.
        """
        known = memory.document_names()
        fitting = [
            found
            for found in known
            if all(
                want in (None, have)
                for want, have in zip((name, source_language, target_language), found, strict=True)
            )
        ]
        if len(fitting) == 1:
            return cls(memory, *fitting[0])
        listed = ", ".join(
            f"{name} ({source}-{target})" for name, source, target in fitting or known
        )
        if fitting:
            raise TmtoolError(
                f"more than one document fits: {listed}", hint="name one, with -s and -t if need be"
            )
        what = f"no document {name!r}" if name else "no such document"
        raise TmtoolError(
            f"{what} in the memory",
            hint=f"it holds {listed}" if known else "it is empty: 'tmtool align --add' fills it",
        )

    def refresh(self) -> None:
        """Read the units again."""
        self.units = list(self._memory.units(document=self.name, languages=self.languages))

    # Finding the way

    @property
    def states(self) -> dict[State, int]:
        """How many units are in each state."""
        counts: dict[State, int] = {}
        for unit in self.units:
            counts[unit.state] = counts.get(unit.state, 0) + 1
        return counts

    @property
    def open_count(self) -> int:
        """How many units want a translation."""
        return sum(map(is_open, self.units))

    @property
    def doubtful_count(self) -> int:
        """How many units a person should look at."""
        return sum(map(is_doubtful, self.units))

    def next_open(self, start: int = 0) -> int | None:
        """The first index from ``start`` on that wants a translation."""
        return self._first(range(start, len(self.units)), is_open)

    def next_doubtful(self, start: int = 0) -> int | None:
        """The first index from ``start`` on, then from the top, that a person should look at."""
        every = range(len(self.units))
        return self._first(chain(every[start:], every[:start]), is_doubtful)

    def _first(
        self, indexes: Iterable[int], wanted: Callable[[TranslationUnit], bool]
    ) -> int | None:
        return next((index for index in indexes if wanted(self.units[index])), None)

    def matches(self, index: int, limit: int = 3) -> list[Match]:
        """What the memory holds for the source of a unit, the unit itself left out."""
        unit = self.units[index]
        found = self._memory.lookup(unit.source.text, *self.languages, limit=limit + 1)
        return [match for match in found if match.unit.id != unit.id][:limit]

    def breaks(self, index: int) -> tuple[list[int], list[int]]:
        """Where each side of a unit may be split: offsets at which a second part may begin.

        They are the sentence starts, or, in a side of one sentence, the clause starts.
        """
        unit = self.units[index]
        return _starts(unit.source), _starts(unit.target)

    # Actions on one unit

    def translate(self, index: int, target: str) -> None:
        """Set the translation of a unit that a translator confirmed.

        A reviewed or final unit whose text stays the same keeps its state.
        """
        unit = self.units[index]
        vouched = unit.state in ("reviewed", "final") and clean(target) == unit.target.text
        if not vouched:
            self._retarget("translate", index, target, "translated")

    def edit(self, index: int, target: str) -> None:
        """Set the translation of a unit that a reviewer corrected; the unit is reviewed."""
        self._retarget("edit", index, target, "reviewed")

    def approve(self, index: int) -> None:
        """Mark a unit as reviewed; raises ``TmtoolError`` if a side is empty."""
        unit = self.units[index]
        if not unit.is_paired:
            raise TmtoolError(
                f"pair {index + 1} has an empty side", hint="edit or merge it before approving"
            )
        self._change("approve", index, [replace(unit, state="reviewed")])

    def reject(self, index: int) -> None:
        """Mark a unit as rejected: it is kept, and left out of matches and exports."""
        self._change("reject", index, [replace(self.units[index], state="rejected")])

    def _retarget(self, kind: str, index: int, target: str, state: State) -> None:
        unit = self.units[index]
        text = clean(target)
        if not text:
            raise TmtoolError("the translation is empty", hint="skip or reject the pair instead")
        if text != unit.target.text:
            unit = replace(
                unit, target=Variant.of(unit.target.language, text), score=None, origin=kind
            )
        self._change(kind, index, [replace(unit, state=state)])

    # Actions on neighbours

    def merge(self, index: int) -> None:
        """Join a unit with the next one, both sides; raises ``TmtoolError`` at the last."""
        if index + 1 >= len(self.units):
            raise TmtoolError(f"pair {index + 1} is the last one", hint="merge an earlier one")
        first, second = self.units[index : index + 2]
        merged = _restated(
            replace(
                first,
                source=_joined(first.source, second.source),
                target=_joined(first.target, second.target),
                score=None,
                notes=first.notes + second.notes,
            )
        )
        self._change("merge", index, [merged], width=2)

    def split(self, index: int, source_at: int, target_at: int) -> None:
        """Cut a unit in two, each side at a character offset of its text.

        An offset of 0 or the whole length leaves that side of one part empty. Raises
        ``TmtoolError`` if a part would be empty on both sides, or if inline codes stand in
        the way.
        """
        unit = self.units[index]
        (s1, s2), (t1, t2) = _cut(unit.source, source_at), _cut(unit.target, target_at)
        if not (s1.text or t1.text) or not (s2.text or t2.text):
            raise TmtoolError("a part of the split would be empty", hint="choose other places")
        head = _restated(replace(unit, source=s1, target=t1, score=None))
        tail = _restated(replace(unit, source=s2, target=t2, score=None, id="", notes=()))
        place = self._between(index)
        if place is not None:
            self._change("split", index, [head, replace(tail, position=place)])
            return
        # No number is left between the two positions: number the whole document anew.
        old: list[TranslationUnit | None] = list(self.units)
        new = [*self.units[:index], head, tail, *self.units[index + 1 :]]
        spaced = [replace(unit, position=float(n)) for n, unit in enumerate(new, 1)]
        old.insert(index + 1, None)
        self._memory.change("split", zip(old, spaced, strict=True))
        self.refresh()

    def realign(self) -> int:
        """Pair the sentences that nobody confirmed anew, around the units that somebody did.

        The memory's other pairs teach words. How many units changed, their confidence alone
        left out of account; one action.
        """
        from tmtool.realign import realigned

        if not self.units:
            return 0
        known = self._memory.pairs(*self.languages, besides=self.name, limit=_TEACHING)
        changes = realigned(self.units, self.languages, known)
        moved = [(a, b) for a, b in changes if a is None or b is None or _texts(a) != _texts(b)]
        if any(before != after for before, after in changes):
            self._memory.change("realign", changes)
            self.refresh()
        return len(moved)

    def undo(self) -> tuple[str, int] | None:
        """Take back the latest action on this document; its kind and the index it touched."""
        ids = {unit.id: index for index, unit in enumerate(self.units)}
        before = list(self.units)
        undone = self._memory.undo(among=ids, besides=("add",))
        if undone is None:
            return None
        self.refresh()
        changed = (
            index
            for index, (old, new) in enumerate(zip(before, self.units, strict=False))
            if old != new
        )
        return undone[0], next(changed, min(len(self.units), len(before)) - 1)

    # Text and translation from elsewhere

    def extend(self, segments: Sequence[Segment], props: tuple[tuple[str, str], ...] = ()) -> int:
        """Make units for the sentences of a text that the document lacks; how many.

        Sentences that are there, merged and split ones too, stay as they are. New ones take
        the place that the text gives them. Raises ``TmtoolError`` if the document holds
        sentences, but hardly any of this text.
        """
        held = self._sentences()
        texts = [segment.text for segment in segments]
        shared = len({text for text, _ in held} & set(texts))
        if 2 * shared < min(len(held), len(texts)):
            raise TmtoolError(
                f"the document {self.name!r} of the memory holds another text",
                hint="give this one another name with --document",
            )
        matcher = SequenceMatcher(None, [text for text, _ in held], texts, autojunk=False)
        changes: list[Change] = []
        for kind, i1, i2, j1, j2 in matcher.get_opcodes():
            same = _letters(text for text, _ in held[i1:i2]) == _letters(texts[j1:j2])
            if kind in ("equal", "delete") or same:
                continue
            left = self.units[held[i2 - 1][1]].position if i2 else 0.0
            right = self.units[held[i2][1]].position if i2 < len(held) else left + j2 - j1 + 1
            for number, text in enumerate(texts[j1:j2], 1):
                source, target = self.languages
                unit = TranslationUnit(
                    Variant.of(source, text),
                    Variant.of(target, ""),
                    document=self.name,
                    position=left + (right - left) * number / (j2 - j1 + 1),
                    origin="translate",
                    props=props,
                )
                changes.append((None, unit))
        if changes:
            self._memory.change("add", changes)
            self.refresh()
        return len(changes)

    def fill(
        self,
        beads: Sequence[Bead],
        props: tuple[tuple[str, str], ...] = (),
        *,
        aligned: bool = True,
    ) -> Filled:
        """Give the untranslated units the translations that an alignment found.

        A bead is taken where none of its source sentences has a translation; the units they
        stand in become one. What is translated, or rejected, is kept. An empty document
        takes all beads as they are. Without ``aligned`` a translator paired the sentences,
        and the units carry no confidence.
        """

        def made_of(bead: Bead) -> TranslationUnit:
            unit = bead.unit(*self.languages, document=self.name, props=props)
            return unit if aligned else replace(unit, origin="translate", score=None)

        if not self.units:
            units = [made_of(bead) for bead in beads]
            self._memory.add(units)
            self.refresh()
            return Filled(sum(unit.is_paired for unit in units), 0)
        segments = [segment for bead in beads for segment in bead.source]
        segments.sort(key=lambda segment: segment.start)  # a bead may reach over another
        self.extend(segments, props)
        places = self._places([segment.text for segment in segments])
        place_of = dict(zip(segments, places, strict=True))
        changes: list[Change] = []
        taken = kept = 0
        last = -1  # the unit after which a target without a source belongs
        for bead in beads:
            held = [place_of[segment] for segment in bead.source]
            made = made_of(bead)
            if not bead.source:
                place = self._between(last)
                if place is not None and not any(u.target == made.target for u in self.units):
                    changes.append((None, replace(made, position=place)))
                continue
            last = max(last, *held)
            if not bead.target:
                continue
            units = [self.units[index] for index in sorted(set(held))] if min(held) >= 0 else []
            whole = _letters(u.source.text for u in units) == _letters([made.source.text])
            if not whole or any(unit.target.text for unit in units):
                kept += not (whole and [u.target for u in units] == [made.target])
                continue
            taken += 1
            first, *others = units
            paired = replace(
                first,
                source=made.source,
                target=made.target,
                state=made.state,
                score=made.score,
                origin=made.origin,
                props=made.props,
            )
            changes.append((first, paired))
            changes += [(other, None) for other in others]
        if changes:
            self._memory.change("align", changes)
            self.refresh()
        return Filled(taken, kept)

    def _places(self, texts: list[str]) -> list[int]:
        """For each sentence of a text the index of the unit it stands in, -1 where in none."""
        held = self._sentences()
        matcher = SequenceMatcher(None, [text for text, _ in held], texts, autojunk=False)
        places = [-1] * len(texts)
        for block in matcher.get_matching_blocks():
            for offset in range(block.size):
                places[block.b + offset] = held[block.a + offset][1]
        return places

    def _sentences(self) -> list[tuple[str, int]]:
        """The source sentences as the units hold them now, each with the index of its unit."""
        segmenter = Segmenter.for_language(self.languages[0])
        return [
            (segment.text, index)
            for index, unit in enumerate(self.units)
            for segment in segmenter.segment(unit.source.text)
        ]

    def _between(self, index: int) -> float | None:
        """A position after a unit and before the next one; ``None`` if floats leave no room."""
        left = self.units[index].position if index >= 0 else 0.0
        if index + 1 >= len(self.units):
            return left + 1
        right = self.units[index + 1].position
        middle = (left + right) / 2
        return middle if left < middle < right else None

    def _change(
        self, kind: str, index: int, units: Sequence[TranslationUnit], *, width: int = 1
    ) -> None:
        """Put units in the place of ``width`` others, as one action."""
        old = self.units[index : index + width]
        count = max(len(old), len(units))
        padded_old = [*old, *[None] * (count - len(old))]
        padded_new = [*units, *[None] * (count - len(units))]
        written = self._memory.change(kind, zip(padded_old, padded_new, strict=True))
        self.units[index : index + width] = [unit for unit in written if unit is not None]


def is_open(unit: TranslationUnit) -> bool:
    """Whether a unit waits for a translator: none yet, or one that was rejected."""
    return bool(unit.source.text) and (not unit.target.text or unit.state == "rejected")


def is_doubtful(unit: TranslationUnit) -> bool:
    """Whether a reviewer should look at a unit: one-sided, or paired with little confidence."""
    if unit.state not in ("initial", "translated"):
        return False
    return not unit.is_paired or (unit.score is not None and unit.score < DOUBTFUL_BELOW)


def _joined(first: Variant, second: Variant) -> Variant:
    between: Iterable[str] = (" ",) if first.content and second.content else ()
    parts = (*first.content, *between, *second.content)
    if all(isinstance(part, str) for part in parts):
        return Variant.of(first.language, "".join(part for part in parts if isinstance(part, str)))
    return replace(first, content=parts)


def _cut(variant: Variant, at: int) -> tuple[Variant, Variant]:
    text = variant.text
    if variant.content not in ((), (text,)) and 0 < at < len(text):
        raise TmtoolError("a side with inline codes cannot be split", hint="edit it instead")
    if at >= len(text) or at <= 0:
        nothing = Variant(variant.language)
        return (variant, nothing) if at > 0 else (nothing, variant)
    language = variant.language
    return Variant.of(language, text[:at].strip()), Variant.of(language, text[at:].strip())


_CLAUSE = re.compile(r"(?:[,;:]\s+|\s+(?=[–—-]\s))(?=\S)")


def _starts(variant: Variant) -> list[int]:
    """Offsets of the sentences of a side after the first, of its clauses where it has but one."""
    text = variant.text
    sentences = Segmenter.for_language(variant.language).segment(text)
    if len(sentences) > 1:
        return [segment.start for segment in sentences[1:]]
    return [match.end() for match in _CLAUSE.finditer(text)]


def _restated(unit: TranslationUnit) -> TranslationUnit:
    """The unit in the state that its sides allow when nobody has vouched for it yet."""
    return replace(unit, state="translated" if unit.is_paired else "initial")


def _texts(unit: TranslationUnit) -> tuple[str, str]:
    return unit.source.text, unit.target.text


def _letters(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())
