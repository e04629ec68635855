"""Pairing a document anew around what people confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from tmtool.alignment import align
from tmtool.memory import Change
from tmtool.model import PRETRANSLATE, Bead, Segment, TranslationUnit
from tmtool.segment import Segmenter

_LEAST_NEWS = 0.005  # of a score, that is worth an action
_LEAST_GAP = 1e-6
"""Between two positions; where it would be less, the whole document is numbered anew."""


def is_confirmed(unit: TranslationUnit) -> bool:
    """Whether a person stands for a unit as it is: vouched for, rejected, typed, merged or split.

    A unit with inline codes counts as well, for its text cannot be dealt out again, and one that
    was pretranslated, for it was never a question which sentences belong together.
    """
    sides = (unit.source, unit.target)
    has_codes = any(not isinstance(part, str) for side in sides for part in side.content)
    was_made = unit.is_paired and (unit.score is None or unit.origin == PRETRANSLATE)
    return unit.state in ("reviewed", "final", "rejected") or was_made or has_codes


def realigned(
    units: Sequence[TranslationUnit],
    languages: tuple[str, str],
    known: Iterable[tuple[str, str]] = (),
) -> list[Change]:
    """What changes when the sentences of the units that nobody confirmed are paired anew.

    A unit whose text stays is the same unit, with the confidence that it now has. ``known`` are
    pairs from elsewhere that teach words, as for :func:`tmtool.alignment.align`.
    """
    sides, owners, fixed = _sentences(units, languages)
    beads = align(*sides, fixed=fixed, known=known)
    loose = iter(units)
    changes: list[Change] = []
    for confirmed, span in _spans(beads, owners, units):
        old = []
        for unit in loose:
            if is_confirmed(unit):
                break
            old.append(unit)
        changes += _successors(old, span, units[0])
        if confirmed is not None:
            changes.append((confirmed, confirmed))
    kept = [(before, after) for before, after in changes if after is not None]
    removed = [(before, None) for before, after in changes if after is None]
    placed = _placed([after for _, after in kept], {id(after) for b, after in kept if b is after})
    return [*zip((before for before, _ in kept), placed, strict=True), *removed]


def _sentences(
    units: Sequence[TranslationUnit], languages: tuple[str, str]
) -> tuple[
    tuple[list[Segment], list[Segment]],
    tuple[list[int], list[int]],
    list[tuple[list[int], list[int]]],
]:
    """The sentences of both sides, the unit that each stands in, and the confirmed beads.

    ``start`` of a sentence is its number. A side of a confirmed unit is one sentence.
    """
    sides: tuple[list[Segment], list[Segment]] = ([], [])
    owners: tuple[list[int], list[int]] = ([], [])
    fixed = []
    segmenters = [Segmenter.for_language(code) for code in languages]
    for number, unit in enumerate(units):
        bead: tuple[list[int], list[int]] = ([], [])
        for side, text in enumerate((unit.source.text, unit.target.text)):
            if is_confirmed(unit):
                texts = [text] if text else []
            else:
                texts = [segment.text for segment in segmenters[side].segment(text)]
            for sentence in texts:
                place = len(sides[side])
                bead[side].append(place)
                sides[side].append(Segment(sentence, place, place, 0))
                owners[side].append(number)
        if is_confirmed(unit):
            fixed.append(bead)
    return sides, owners, fixed


def _spans(
    beads: Iterable[Bead], owners: tuple[list[int], list[int]], units: Sequence[TranslationUnit]
) -> Iterator[tuple[TranslationUnit | None, list[Bead]]]:
    """The beads before each confirmed unit, and those after the last one.

    Where a confirmed unit has one side only, a bead may reach over it; such a bead is cut.
    """
    confirmed = [unit for unit in units if is_confirmed(unit)]
    span_of = list(accumulate(map(is_confirmed, units), initial=0))
    spans: list[list[Bead]] = [[] for _ in range(len(confirmed) + 1)]
    for bead in beads:
        parts: defaultdict[int, tuple[list[Segment], list[Segment]]]
        parts = defaultdict(lambda: ([], []))
        for side, segments in enumerate((bead.source, bead.target)):
            for segment in segments:
                owner = owners[side][segment.start]
                if not is_confirmed(units[owner]):
                    parts[span_of[owner]][side].append(segment)
        for span, (source, target) in parts.items():
            spans[span].append(Bead(tuple(source), tuple(target), bead.score))
    return zip([*confirmed, None], spans, strict=True)


def _successors(
    old: Sequence[TranslationUnit], beads: Sequence[Bead], model: TranslationUnit
) -> list[Change]:
    """What becomes of some units in a row when they are paired as these beads."""
    made = [
        bead.unit(*model.languages, document=model.document, props=model.props) for bead in beads
    ]
    same = defaultdict(list)
    for unit in reversed(old):
        same[unit.source.text, unit.target.text].append(unit)
    heirs = [same[unit.source.text, unit.target.text] for unit in made]
    befores = [found.pop() if found else None for found in heirs]
    taken = {unit.id for unit in befores if unit is not None}
    left = [unit for unit in reversed(old) if unit.id not in taken]
    after: list[tuple[TranslationUnit | None, TranslationUnit]] = []
    for before, new in zip(befores, made, strict=True):
        base = before or (left.pop() if left else None)
        if before is not None and _is_as_before(before, new):
            new = before
        elif base is not None:
            new = replace(
                base,
                source=new.source,
                target=new.target,
                state=new.state,
                score=new.score,
                origin=new.origin,
            )
        after.append((base, new))
    # What was noted on units that go is kept with the last one that stays.
    notes = tuple(note for unit in reversed(left) for note in unit.notes)
    if notes and after:
        base, last = after[-1]
        after[-1] = base, replace(last, notes=last.notes + notes)
    return [*after, *((unit, None) for unit in reversed(left))]


def _is_as_before(before: TranslationUnit, new: TranslationUnit) -> bool:
    """Whether a pair of the same texts is as sure as it was, as far as anybody can see."""
    if before.score is None or new.score is None:
        return False
    is_close = abs(before.score - new.score) < _LEAST_NEWS
    return is_close and (before.state, before.origin) == (new.state, new.origin)


def _placed(units: Sequence[TranslationUnit], settled: set[int]) -> list[TranslationUnit]:
    """Units with positions in their order; those ``settled`` (by identity) keep theirs."""
    placed: list[TranslationUnit] = []
    loose: list[TranslationUnit] = []
    left = 0.0

    def seat(right: float) -> None:
        gap = (right - left) / (len(loose) + 1)
        placed.extend(
            replace(unit, position=left + gap * number) for number, unit in enumerate(loose, 1)
        )
        loose.clear()

    for unit in units:
        is_room = unit.position - left > _LEAST_GAP * (len(loose) + 1)
        if id(unit) in settled and is_room:
            seat(unit.position)
            placed.append(unit)
            left = unit.position
        else:
            loose.append(unit)
    seat(left + len(loose) + 1)
    return placed
