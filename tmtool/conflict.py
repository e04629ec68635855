"""What becomes of a unit beside one that is held under its id: what they say, and what is merged.

All functions look at units alone; the memory looks them up and writes what comes of it.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import filterfalse
from typing import Literal

from tmtool.language import primary_code
from tmtool.model import Code, Content, State, TranslationUnit, Variant, format_time, is_made_up
from tmtool.text import one_line

OnConflict = Literal["keep", "replace", "both", "newest"]
Outcome = Literal["new", "unchanged", "kept", "replaced", "gone"]

_PLAIN: tuple[State, ...] = ("initial", "translated")  # states that judge nothing


def outcome_of(
    held: TranslationUnit | None, unit: TranslationUnit, on_conflict: OnConflict
) -> Outcome:
    """What becomes of a unit beside what the memory holds under its id."""
    if held is None:
        return "new"
    is_edited = signature(held) == signature(unit)
    if on_conflict != "replace" and _is_levelled(held, unit):
        unit = replace(unit, source=held.source, target=held.target)
    if held.source.content and not unit.source.content:
        return "kept"
    if held.target.content and not unit.target.content:
        is_later = _made(held) == _made(unit) and _is_later(unit, held)
        is_taken_away = is_edited or is_later or on_conflict == "replace"
        return "kept" if is_taken_away or not says_all(held, unit) else "unchanged"
    if is_nothing_else(held, unit, on_conflict):
        return "replaced" if is_placed(held, unit) else "unchanged"
    if _is_filled(held, unit) or on_conflict == "replace":
        return "replaced"
    if on_conflict != "newest":
        return "kept"
    if _is_later(unit, held) or (is_edited and last_changed(unit) is not None):
        return "replaced"
    undated = replace(unit, created_at=None, changed_at=None)
    return "unchanged" if says_all(held, undated) else "kept"


def is_nothing_else(held: TranslationUnit, unit: TranslationUnit, on_conflict: OnConflict) -> bool:
    """Whether a unit says nothing that the one held does not; nor less, where it would replace."""
    rest = (held.state, held.notes, held.props) == (unit.state, unit.notes, unit.props)
    return says_all(held, unit) and (rest or on_conflict != "replace")


def rebased(
    pasts: Sequence[TranslationUnit], held: TranslationUnit, unit: TranslationUnit
) -> TranslationUnit | None:
    """A unit as though it had been edited from the one held, not from an earlier state of that.

    Its dates and authors tell from which; where none has these, its texts may, if it is newer.
    One that says what the other said since then is nothing new. ``None``: it contradicts what
    was changed meanwhile.
    """
    states = [*pasts, held]
    bases = [at for at, state in enumerate(states) if signature(state) == signature(unit)]
    if not bases:
        return _newer(states, unit)
    was_so = [at for at, past in enumerate(pasts) if judged(past) == judged(unit)]
    if was_so and was_so[-1] >= bases[0]:
        return _edited(held, unit, held)
    return _three_way(_nearest([states[at] for at in bases], unit), held, unit)


def says_all(held: TranslationUnit, unit: TranslationUnit) -> bool:
    """Whether a unit that is held has the texts of another and all that is said of it.

    No target and no date are nothing said, nor is how the same was dated earlier; nor is a state
    that every translation has, nor an id that was made up. Of what was exported from here, the
    context that it got is nothing either, but that it came into doubt, or out of it, is. Where no
    target is beside one, its date is nothing, nor is its state, unless it is rejected.
    """
    is_bare = is_emptied(held, unit)
    is_same = texts(held) == texts(unit) or (
        not unit.target.content and held.source.content == unit.source.content
    )
    is_plain = unit.state in _PLAIN or (is_bare and unit.state != "rejected")
    at, last = last_changed(unit), last_changed(held)
    by = unit.changed_by or unit.created_by
    signed = (
        (held.created_at, held.created_by),
        (last, held.changed_by or held.created_by),
    )
    is_earlier = at is None or (_made(held) == _made(unit) and last is not None and at < last)
    is_from_here = signature(held) == signature(unit)
    props = {*filterfalse(is_made_up, unit.props)} - ({*unit.context} if is_from_here else set())
    return (
        is_same
        and (is_plain or unit.state == held.state)
        and not (is_from_here and turns(unit, held))
        and set(unit.notes) <= set(held.notes)
        and props <= set(held.props)
        and (is_bare or is_earlier or any(at == then and by in ("", who) for then, who in signed))
    )


def _is_levelled(held: TranslationUnit, unit: TranslationUnit) -> bool:
    """Whether a unit is the one held with its white space as tools cut it, on one line."""
    sides = ((held.source, unit.source), (held.target, unit.target))
    return texts(held) != texts(unit) and all(_is_level(*side) for side in sides)


def _is_level(one: Variant, other: Variant) -> bool:
    """Whether a side is another one, or that with its white space cut, on one line."""
    return one.content == other.content or (
        _codes(one) == _codes(other) and one_line(one.text).strip() == other.text
    )


def is_emptied(held: TranslationUnit, unit: TranslationUnit) -> bool:
    """Whether a unit is one that had a target, without it."""
    is_same = _is_level(held.source, unit.source)
    return is_same and bool(held.target.content) and not unit.target.content


def with_target_of(held: TranslationUnit, unit: TranslationUnit) -> TranslationUnit:
    """A unit that was emptied with the target that it had, and all that is said of that.

    To reject it is the one judgement that needs no text.
    """
    return replace(
        unit,
        target=held.target,
        state=unit.state if unit.state == "rejected" else held.state,
        notes=tuple(dict.fromkeys((*held.notes, *unit.notes))),
        props=tuple(dict.fromkeys((*held.props, *unit.props))),
    )


def as_coded(held: Variant, came: Variant) -> Variant:
    """A side with the code that its language has in the memory, whatever region others add."""
    is_same = primary_code(held.language) == primary_code(came.language)
    return replace(came, language=held.language) if is_same else came


def turns(unit: TranslationUnit, held: TranslationUnit) -> bool:
    """Whether a unit puts the translation of one that is held in doubt, or takes that away.

    What lost its document on the way may have lost its state, too.
    """
    if not unit.target.content or unit.entry.is_doubtful == held.entry.is_doubtful:
        return False
    return unit.entry.is_doubtful or bool(unit.document) == bool(held.document)


def _doubts(unit: TranslationUnit, held: TranslationUnit) -> bool:
    """Whether a unit puts in doubt the translation of one that is held."""
    return unit.entry.is_doubtful and not held.entry.is_doubtful


def judged(unit: TranslationUnit) -> tuple[object, ...]:
    """What a reviewer sees of a unit and may change."""
    return (*texts(unit), unit.state, unit.entry.is_doubtful, unit.notes)


def _newer(states: Sequence[TranslationUnit], unit: TranslationUnit) -> TranslationUnit | None:
    """A unit that may be newer than the last of these states of one, but was not edited from any.

    Judgements and notes are added, none is taken away, and another text takes the place of the one
    held; a text that the other had earlier is one that nobody changed. ``None``: it contradicts
    the other, or its date speaks of nothing that can be seen.
    """
    held, at = states[-1], last_changed(unit)
    is_bare = is_emptied(held, unit) and _made(held) != _made(unit)  # its date is of nothing
    if at is None or is_bare or not _is_later(unit, held):
        return unit
    merged = _three_way(_parted(states, unit), held, unit)
    is_same = _is_level(held.source, unit.source) and _is_level(held.target, unit.target)
    if merged is None or not (
        is_same or (*judged(merged), merged.props) != (*judged(held), held.props)
    ):
        return None
    if judged(merged) == judged(unit):
        return _edited(unit, unit, merged)  # as that says it of itself
    if _made(held) == _made(unit):
        at = a_second_after(at)  # so that the same again is older
    return replace(merged, changed_at=at, changed_by=unit.changed_by or unit.created_by)


def _parted(states: Sequence[TranslationUnit], unit: TranslationUnit) -> TranslationUnit:
    """What a unit and the last of these states may have come from, as far as can be told.

    A side or state that is in none of them is new there; another one was only left as it was, as
    was a state that judges nothing if the unit was made anew.
    """
    first, held = states[0], states[-1]
    is_old_source = any(_is_level(state.source, unit.source) for state in states)
    is_old_target = any(_is_level(state.target, unit.target) for state in states)
    is_known = any(
        (state.state, state.entry.is_doubtful) == (unit.state, unit.entry.is_doubtful)
        for state in states
    )
    if unit.state in _PLAIN and not held.entry.is_doubtful and _made(held) != _made(unit):
        is_known = True
    judge = held if not (is_old_source and is_old_target) else unit if is_known else first
    return replace(
        first,
        source=unit.source if is_old_source else held.source,
        target=unit.target if is_old_target else held.target,
        state=judge.state,
        score=judge.score,
        notes=(),
    )


def _nearest(states: Sequence[TranslationUnit], unit: TranslationUnit) -> TranslationUnit:
    """Of several states, all of one second, the one that a unit differs from least; the last."""

    def distance(state: TranslationUnit) -> int:
        return sum(map(operator.ne, judged(state), judged(unit)))

    return min(reversed(states), key=distance)


def _three_way(
    base: TranslationUnit, held: TranslationUnit, unit: TranslationUnit
) -> TranslationUnit | None:
    """The unit held with what another one, made from ``base``, says else than that.

    Notes and props are joined; that one is not there says nothing. ``None`` where both changed the
    same, each in its way; so is it where one changed a text and the other judged that, as reviewed,
    final or rejected: it would be said of a text that nobody judged.
    """
    source = _merged(base.source, held.source, unit.source)
    target = _merged(base.target, held.target, unit.target)
    if source is None or target is None:
        return None
    was_emptied = is_emptied(base, unit)
    if was_emptied:
        unit = with_target_of(base, unit)
    came = replace(
        unit,
        source=base.source if _is_level(base.source, unit.source) else unit.source,
        target=base.target if _is_level(base.target, unit.target) else unit.target,
    )
    is_plain = came.state in _PLAIN and not _doubts(came, base)
    is_same = came.state == base.state or (
        is_plain and texts(came) == texts(base) and not turns(came, base)
    )
    if is_same or (is_plain and held.state not in (base.state, *_PLAIN)):
        state = held.state
    elif held.state in (base.state, came.state) or (
        held.state in _PLAIN and not _doubts(held, base)
    ):
        state = came.state
    else:
        return None
    merged = replace(
        held,
        source=source,
        target=target,
        state=state,
        score=held.score if unit.score == base.score else unit.score,
        notes=tuple(
            dict.fromkeys((*held.notes, *(it for it in unit.notes if it not in base.notes)))
        ),
        props=_with_props(held, base, unit),
    )
    judges = [it for it in (held, came) if it.state == state and texts(it) == texts(merged)]
    if state not in _PLAIN and not judges:
        return None
    if was_emptied and judged(merged) == judged(held):
        return None  # nothing else was said
    return _edited(held, unit, merged)


def _edited(
    signed: TranslationUnit, unit: TranslationUnit, merged: TranslationUnit
) -> TranslationUnit:
    """What another unit comes to say, dated and signed as the first."""
    return replace(
        merged,
        id=unit.id,
        document=unit.document,
        position=unit.position,
        created_at=signed.created_at,
        created_by=signed.created_by,
        changed_at=signed.changed_at,
        changed_by=signed.changed_by,
    )


def _merged(base: Variant, held: Variant, came: Variant) -> Variant | None:
    """A side with what one of two changed of it, but for who emptied it; ``None``: both did."""
    if _is_level(base, came) or not came.content:
        return held
    if held.content not in (base.content, came.content):
        return None
    return replace(held, content=came.content)


def _with_props(
    held: TranslationUnit, base: TranslationUnit, unit: TranslationUnit
) -> tuple[tuple[str, str], ...]:
    """The props held, with those of another unit in place of what these had at first."""
    new = [it for it in unit.props if it not in base.props and it not in unit.context]
    old = {it for it in base.props if it not in unit.props and it[0] in dict(new)}
    return tuple(dict.fromkeys((*(it for it in held.props if it not in old), *new)))


def _codes(variant: Variant) -> list[Code]:
    return [part for part in variant.content if isinstance(part, Code)]


def _is_filled(held: TranslationUnit, unit: TranslationUnit) -> bool:
    """Whether a unit is the translation that the one held lacks."""
    is_same = held.source.content == unit.source.content
    return is_same and bool(unit.target.content) and not held.target.content


def is_placed(held: TranslationUnit, unit: TranslationUnit) -> bool:
    """Whether a unit says to which document one belongs that stands alone."""
    return held.document is None and unit.document is not None


def signature(unit: TranslationUnit) -> tuple[str, ...]:
    """By whom and when a unit was made and changed: a unit with that of another came from it."""
    times = (unit.created_at, unit.changed_at)
    return (*map(format_time, times), unit.created_by, unit.changed_by)


def _made(unit: TranslationUnit) -> tuple[datetime | None, str]:
    """When and by whom a unit was made."""
    return unit.created_at, unit.created_by


def texts(unit: TranslationUnit) -> tuple[Content, Content]:
    """Both texts of a unit with their codes."""
    return unit.source.content, unit.target.content


def _is_later(unit: TranslationUnit, other: TranslationUnit) -> bool:
    """Whether a unit is dated later than another one."""
    at, last = last_changed(unit), last_changed(other)
    return at is not None and (last is None or at > last)


def a_second_after(at: datetime) -> datetime:
    """A time one second later, as far as there is one."""
    return min(at, _LAST) + timedelta(seconds=1)


_LAST = datetime.max.replace(microsecond=0, tzinfo=UTC) - timedelta(seconds=1)


def last_changed(unit: TranslationUnit) -> datetime | None:
    return unit.changed_at or unit.created_at
