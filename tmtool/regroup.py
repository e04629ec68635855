"""How text moves between neighbouring units: pure, and no letter is lost or doubled.

Each function takes the units of a document and the index of one, and gives the span that
changes with the units that take its place. A unit keeps its id as long as it stands; a new
one has none. Units whose text changed are ``translated`` with both sides and ``initial`` with
one. They have no score where a person paired just these texts, by a merge or a split; the many
that a shift moves are as likely right as wrong, so they are doubtful, and realigning mends them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from tmtool.errors import TmtoolError
from tmtool.model import TranslationUnit, Variant

Side = Literal["source", "target"]

_EVEN = 0.5
"""The score of pairs that a shift made."""


class Regrouping(NamedTuple):
    """The units ``[start:stop]`` of a document and those that take their place."""

    start: int
    stop: int
    units: list[TranslationUnit]


def merge(units: Sequence[TranslationUnit], index: int, side: Side | None = None) -> Regrouping:
    """A unit joined with the next one: both sides, or one, which leaves that of the next empty.

    Raises ``TmtoolError`` at the last unit.
    """
    first, second = _with_next(units, index, "merge an earlier one")
    sides: list[Side] = [side] if side else ["source", "target"]
    for name in sides:
        first = _having(first, name, _joined(_side(first, name), _side(second, name)))
        second = _having(second, name, _nothing(second, name))
    return Regrouping(index, index + 2, _without_empty([first, second]))


def split(
    units: Sequence[TranslationUnit], index: int, source_at: int, target_at: int
) -> Regrouping:
    """A unit cut in two, each side at a character offset of its text.

    An offset of 0 or the whole length leaves that side of one part empty. Raises
    ``TmtoolError`` if a part would be empty on both sides, or if inline codes stand in the way.
    """
    unit = units[index]
    (s1, s2), (t1, t2) = _cut(unit.source, source_at), _cut(unit.target, target_at)
    if not (s1.text or t1.text) or not (s2.text or t2.text):
        raise TmtoolError("a part of the split would be empty", hint="choose other places")
    head = _restated(replace(unit, source=s1, target=t1))
    return Regrouping(index, index + 1, [head, _fresh(replace(head, source=s2, target=t2))])


def unpair(units: Sequence[TranslationUnit], index: int) -> Regrouping:
    """The target of a unit put into a unit of its own after it; merging takes that back."""
    unit = units[index]
    if not unit.is_paired:
        raise TmtoolError(f"pair {index + 1} has an empty side already", hint="go to another")
    return split(units, index, len(unit.source.text), 0)


def swap(units: Sequence[TranslationUnit], index: int) -> Regrouping:
    """The targets of a unit and the next one exchanged; raises ``TmtoolError`` at the last."""
    first, second = _with_next(units, index, "swap an earlier one")
    first, second = (
        _having(first, "target", second.target),
        _having(second, "target", first.target),
    )
    return Regrouping(index, index + 2, _without_empty([first, second]))


def shift_down(units: Sequence[TranslationUnit], index: int, side: Side) -> Regrouping:
    """An empty cell put into a column: what stood there and below moves down by one.

    It moves as far as the first empty cell, or to a new unit before the next one that a
    person vouched for. Raises ``TmtoolError`` if the cell is empty.
    """
    carried = _side(units[index], side)
    if not carried.text:
        raise TmtoolError(f"the {side} of pair {index + 1} is empty already", hint="go to another")
    moved = [_having(units[index], side, _nothing(units[index], side))]
    stop = index + 1
    while carried.text and stop < len(units) and not units[stop].entry.is_vouched:
        moved.append(_shifted(units[stop], side, carried))
        carried = _side(units[stop], side)
        stop += 1
    if carried.text:
        bare = replace(moved[-1], source=_nothing(moved[-1], "source"))
        bare = replace(bare, target=_nothing(bare, "target"))
        moved.append(_fresh(_having(bare, side, carried)))
    return Regrouping(index, stop, _without_empty(moved))


def shift_up(units: Sequence[TranslationUnit], index: int, side: Side) -> Regrouping:
    """A cell taken out of a column: those below move up by one.

    What stood in it joins the cell above. The move ends before the first empty cell, or
    before the next unit that a person vouched for. Raises ``TmtoolError`` if there is no
    cell above to join, or nothing below to move up into an empty one.
    """
    start = index
    taken = _side(units[index], side)
    moved = []
    if taken.text:
        if not index:
            raise TmtoolError("there is no pair above to join", hint="merge it with the next one")
        start -= 1
        moved.append(_having(units[start], side, _joined(_side(units[start], side), taken)))
    stop = index + 1
    while stop < len(units) and _side(units[stop], side).text and not units[stop].entry.is_vouched:
        moved.append(_shifted(units[stop - 1], side, _side(units[stop], side)))
        stop += 1
    if not taken.text and not moved:
        raise TmtoolError("nothing below can move up", hint="the next pair is empty or approved")
    moved.append(_having(units[stop - 1], side, _nothing(units[stop - 1], side)))
    return Regrouping(start, stop, _without_empty(moved))


def _with_next(
    units: Sequence[TranslationUnit], index: int, hint: str
) -> tuple[TranslationUnit, TranslationUnit]:
    if index + 1 >= len(units):
        raise TmtoolError(f"pair {index + 1} is the last one", hint=hint)
    return units[index], units[index + 1]


def _side(unit: TranslationUnit, side: Side) -> Variant:
    return unit.source if side == "source" else unit.target


def _nothing(unit: TranslationUnit, side: Side) -> Variant:
    return Variant(_side(unit, side).language)


def _having(unit: TranslationUnit, side: Side, variant: Variant) -> TranslationUnit:
    if variant == _side(unit, side):
        return unit
    changed = replace(unit, source=variant) if side == "source" else replace(unit, target=variant)
    return _restated(changed)


def _shifted(unit: TranslationUnit, side: Side, variant: Variant) -> TranslationUnit:
    changed = _having(unit, side, variant)
    return replace(changed, score=_EVEN) if changed is not unit and changed.is_paired else changed


def _restated(unit: TranslationUnit) -> TranslationUnit:
    return replace(unit, state="translated" if unit.is_paired else "initial", score=None)


def _fresh(unit: TranslationUnit) -> TranslationUnit:
    """The unit as a new one, whose id and place are still to be found."""
    return _restated(replace(unit, id="", position=0.0, notes=()))


def _without_empty(units: Iterable[TranslationUnit]) -> list[TranslationUnit]:
    """The units that hold text; notes on others go to the one before, or the next."""
    kept: list[TranslationUnit] = []
    notes: tuple[str, ...] = ()
    for unit in units:
        if unit.source.text or unit.target.text:
            kept.append(replace(unit, notes=notes + unit.notes) if notes else unit)
            notes = ()
        elif kept:
            kept[-1] = replace(kept[-1], notes=kept[-1].notes + unit.notes)
        else:
            notes += unit.notes
    return kept


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
