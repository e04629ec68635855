"""A document in a memory, and everything a translator or reviewer does to it.

The full-screen app and the line mode are two faces of this class: they show its units and
call its methods. Each method is one action, durable when it returns, and gives the unit to
look at next where that is not obvious.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property, partial, reduce
from itertools import chain
from operator import attrgetter
from time import monotonic
from typing import TYPE_CHECKING

from tmtool import regroup
from tmtool.errors import TmtoolError
from tmtool.memory import Change, Memory
from tmtool.model import (
    ADD_PRETRANSLATED,
    STATES,
    Bead,
    DocumentKey,
    Entry,
    Finding,
    Match,
    Segment,
    State,
    TranslationUnit,
    Variant,
)
from tmtool.regroup import Regrouping, Side
from tmtool.segment import Segmenter
from tmtool.sought import Sought
from tmtool.text import clean, plural
from tmtool.units import Units

if TYPE_CHECKING:
    from tmtool.checks import Judge, Style

_ARRIVAL = ("add", ADD_PRETRANSLATED)  # actions that a document's undo does not go back behind
_LONGEST = 10.0  # seconds that an expression may take with a document
_TEACHING = 500
"""Pairs of the memory that teach a realignment words; a person waits for it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What :meth:`Document.fill` did, in beads.

    ``kept`` counts those whose sentences have another translation, or are split otherwise;
    ``unconfirmed`` those of them whose translation is ``initial``, though maybe a person's.
    """

    taken: int
    kept: int
    unconfirmed: int = 0


@dataclass(frozen=True, slots=True)
class Realigned:
    """What :meth:`Document.realign` did, in units.

    ``moved`` counts those whose text changed, ``rescored`` those of which only the confidence did.
    """

    moved: int
    rescored: int

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.moved or self.rescored)

    def __str__(self) -> str:
        """What changed, for people."""
        said = [f"{plural(self.moved, 'pair')} changed" if self.moved else "no text moved"]
        if self.rescored:
            said.append(f"{plural(self.rescored, 'confidence')} changed")
        return "; ".join(said) if self else "nothing changed"


class Document:
    """One document of a memory in one language pair: an ordered list of units.

    ``units`` is what was last read or written; a change made elsewhere shows as a
    ``ConflictError`` at the next action on that unit, and :meth:`refresh` reads again.
    """

    def __init__(
        self, memory: Memory, name: str, source_language: str, target_language: str
    ) -> None:
        self.name = name
        self.is_queue = False
        """Whether :meth:`next_doubtful` hands out pairs: those that nobody else is at."""
        self.styles: Mapping[str, Style] = {}
        """The house styles of languages by their codes, for :meth:`flaws`."""
        self.languages = (source_language, target_language)
        self.key = (name, source_language, target_language)
        self._memory = memory
        self._glossary: object = None
        memory.begin()
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
            hint=f"it holds {listed}" if known else _filling(memory),
        )

    @classmethod
    def of(cls, memory: Memory, name: str, source_language: str, target_language: str) -> Document:
        """The document of a name that a text in two languages belongs to, or a new one."""
        return cls(memory, *memory.document_key((name, source_language, target_language)))

    def refresh(self) -> None:
        """Read the units again."""
        self._version = self._memory.version
        self.units = Units(self._memory, self.key)
        glossary, self._glossary = self._glossary, self._memory.glossary_version
        if glossary != self._glossary:
            self.__dict__.pop("_judge", None)

    @property
    def is_stale(self) -> bool:
        """Whether somebody else has written to the memory since the units were read."""
        return self._memory.version != self._version

    # Finding the way

    @property
    def outline(self) -> Sequence[Entry]:
        """The units at a glance, in order."""
        return self.units.outline

    @property
    def states(self) -> dict[State, int]:
        """How many units are in each state."""
        return {state: count for state, count in self.units.tally.states.items() if count}

    @property
    def words(self) -> dict[State, int]:
        """How many words of the source are in units of each state."""
        return dict(self.units.tally.words)

    @property
    def open_count(self) -> int:
        """How many units want a translation, rejected ones among them."""
        return self.units.tally.open

    @property
    def untranslated_count(self) -> int:
        """How many units have no translation, rejected ones left out."""
        return self.units.tally.untranslated

    @property
    def vouched_count(self) -> int:
        """How many units a person stands for as they are."""
        return sum(entry.is_vouched for entry in self.outline)

    @property
    def doubtful_count(self) -> int:
        """How many units have a translation that hardly belongs there."""
        return self.units.tally.doubtful

    @property
    def waiting(self) -> str:
        """How many units a reviewer should look at, for people: those in doubt, and open ones."""
        opened = f", {self.untranslated_count} open" if self.untranslated_count else ""
        return f"{self.doubtful_count} doubtful{opened}"

    def next_open(self, start: int = 0) -> int | None:
        """The first index from ``start`` on that wants a translation."""
        rest = range(start, len(self.units))
        return next((index for index in rest if self.outline[index].is_open), None)

    def next_untranslated(self, start: int = 0) -> int | None:
        """The first index from ``start`` on that has no translation, rejected ones passed over."""
        rest = range(start, len(self.units))
        return next((index for index in rest if self.outline[index].is_untranslated), None)

    def next_doubtful(self, start: int = 0) -> int | None:
        """The first index from ``start`` on, then from the top, that a person should look at.

        Of a queue, the first that nobody has judged and nobody else is at. Nobody else is given
        it until this memory is closed or asks for another one.
        """
        every = range(len(self.units))
        turn = chain(every[start:], every[:start])
        if self.is_queue:
            return self._taken(turn)
        return next((index for index in turn if self.outline[index].wants_review), None)

    def _taken(self, turn: Iterable[int]) -> int | None:
        """The first of some indices whose unit wants judging, and that nobody else is at."""
        places = {
            self.outline[index].id: index for index in turn if _is_pending(self.outline[index])
        }
        while places:
            unit_id = self._memory.take(list(places))
            if unit_id is None:
                return None
            index = places.pop(unit_id)
            unit = self._memory.unit(unit_id)  # somebody may have judged it a moment ago
            if unit is None:
                continue
            if unit != self.units[index]:
                self.units.put(index, index + 1, [unit])
            if _is_pending(unit.entry):
                return index
        return None

    def previous_doubtful(self, start: int) -> int | None:
        """The last index before ``start``, then from the end, that a person should look at."""
        every = range(len(self.units))
        turn = chain(reversed(every[:start]), reversed(every[start:]))
        return next((index for index in turn if self.outline[index].wants_review), None)

    def index_of(self, unit_id: str) -> int | None:
        """Where a unit stands."""
        ids = (index for index, entry in enumerate(self.outline) if entry.id == unit_id)
        return next(ids, None)

    def flaws(self, unit: TranslationUnit) -> list[Finding]:
        """What checks doubt in a pair, its terms included; a rejected one is known to be wrong."""
        is_judged = unit.is_paired and unit.state != "rejected"
        return self._judge.findings(unit) if is_judged else []

    def terms(self, unit: TranslationUnit) -> dict[str, tuple[str, ...]]:
        """The terms of the glossary in a source, in any of their forms, with their translations."""
        return self._judge.terms(unit)

    @cached_property
    def _judge(self) -> Judge:
        from tmtool.checks import Judge

        return Judge(self._memory.glossary(), self.styles)

    def judged(self, start: int = 0) -> Iterator[tuple[int, list[Finding]]]:
        """Each index from ``start`` on, then from the top, with what checks doubt there."""
        every = range(len(self.units))
        for index in chain(every[start:], every[:start]):
            yield index, self.flaws(self.units[index])

    def next_flawed(self, start: int = 0) -> int | None:
        """The first index from ``start`` on, then from the top, in which a check finds a flaw."""
        return next((index for index, found in self.judged(start) if found), None)

    def search(self, wanted: Sought) -> list[int]:
        """The indexes of the units in which something is found, on either side.

        Raises ``TmtoolError`` as :meth:`Sought.spans`.
        """
        return found_in(self._memory, self.key, wanted)

    @property
    def confidences(self) -> dict[int, int]:
        """How many units an aligner was sure of to 90 % and more, 80 % and more, and so on."""
        scores = [entry.score for entry in self.outline if entry.score is not None]
        counts = Counter(min(90, int(100 * score + 1e-9) // 10 * 10) for score in scores)
        return {low: counts[low] for low in range(90, -1, -10)} if scores else {}

    def matches(self, index: int, limit: int = 3) -> list[Match]:
        """What the memory holds for the source of a unit, the unit itself left out."""
        return matches_of(self._memory, self.units[index], limit)

    def breaks(self, index: int) -> tuple[list[int], list[int]]:
        """Where each side of a unit may be split: offsets at which a second part may begin.

        They are the sentence starts, or, in a side of one sentence, the clause starts.
        """
        unit = self.units[index]
        return starts(unit.source), starts(unit.target)

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
        self._change("approve", index, replace(unit, state="reviewed"))

    def approve_above(self, least: float, *, dry_run: bool = False) -> int:
        """Mark as reviewed every pair that an aligner is this sure of; how many.

        ``least`` is a confidence from 0 to 1; pairs that somebody rejected or vouched for
        stay as they are. With ``dry_run`` they are only counted.
        """
        sure = self.sure(least)
        if sure and not dry_run:
            units = [self.units[index] for index in sure]
            changes = [(unit, replace(unit, state="reviewed")) for unit in units]
            self._memory.change("approve", changes)
            self.refresh()
        return len(sure)

    def sure(self, least: float) -> list[int]:
        """The indexes of the pairs that nobody judged and an aligner is this sure of, 0 to 1."""
        return [
            index
            for index, entry in enumerate(self.outline)
            if entry.state == "translated" and entry.score is not None and entry.score >= least
        ]

    def flawed_above(self, least: float) -> int:
        """In how many of the pairs that :meth:`sure` gives a check finds a flaw."""
        return sum(bool(self.flaws(self.units[index])) for index in self.sure(least))

    def edit_source(self, index: int, source: str) -> None:
        """Correct the source of a unit, which nobody then has vouched for."""
        unit = self.units[index]
        text = clean(source)
        if not text:
            raise TmtoolError("the source is empty", hint="merge the pair or reject it instead")
        if text != unit.source.text:
            variant = Variant.of(unit.source.language, text)
            state: State = "translated" if unit.target.text else "initial"
            self._change("edit", index, replace(unit, source=variant, state=state, score=None))

    def note(self, index: int, text: str) -> None:
        """Add a note to a unit."""
        unit = self.units[index]
        if note := clean(text):
            self._change("note", index, replace(unit, notes=(*unit.notes, note)))

    def dismiss(self, index: int, findings: Iterable[Finding]) -> None:
        """Take it that findings are no faults: they are not shown again while the texts stay."""
        from tmtool.checks import dismissed

        self._change("dismiss", index, reduce(dismissed, findings, self.units[index]))

    def has_dismissed(self, index: int) -> bool:
        """Whether findings were dismissed in a unit as it is."""
        return bool(self.units[index].props) and self._recalled(index) != self.units[index]

    def dismissed(self, unit: TranslationUnit) -> list[Finding]:
        """The findings that were dismissed in a unit, as its texts are."""
        if not unit.props:
            return []
        from tmtool.checks import recalled

        whole = recalled(unit)
        if whole.props == unit.props:
            return []
        shown = self.flaws(unit)
        return [one for one in self.flaws(whole) if one not in shown]

    def recall(self, index: int) -> None:
        """Have the findings shown again that were dismissed in a unit."""
        self._change("recall", index, self._recalled(index))

    def _recalled(self, index: int) -> TranslationUnit:
        from tmtool.checks import recalled

        return recalled(self.units[index])

    def reject(self, index: int) -> None:
        """Mark a unit as rejected: it is kept, and left out of matches and exports."""
        self._change("reject", index, replace(self.units[index], state="rejected"))

    def _retarget(self, kind: str, index: int, target: str, state: State) -> None:
        unit = self.units[index]
        text = clean(target)
        if not text:
            raise TmtoolError("the translation is empty", hint="skip or reject the pair instead")
        if text != unit.target.text:
            unit = replace(
                unit, target=Variant.of(unit.target.language, text), score=None, origin=kind
            )
        self._change(kind, index, replace(unit, state=state))

    # Actions on neighbours

    def merge(self, index: int, side: Side | None = None) -> None:
        """Join a unit with the next one, both sides or one; see :func:`tmtool.regroup.merge`."""
        self._regroup("merge", regroup.merge(self.units, index, side))

    def split(self, index: int, source_at: int, target_at: int) -> None:
        """Cut a unit in two at a character offset of each side; :func:`tmtool.regroup.split`."""
        self._regroup("split", regroup.split(self.units, index, source_at, target_at))

    def unpair(self, index: int) -> None:
        """Put the target of a unit into one of its own; :func:`tmtool.regroup.unpair`."""
        self._regroup("unpair", regroup.unpair(self.units, index))

    def swap(self, index: int) -> None:
        """Exchange the targets of a unit and the next one."""
        self._regroup("swap", regroup.swap(self.units, index))

    def shift_down(self, index: int, side: Side = "target") -> None:
        """Put an empty cell into a column; :func:`tmtool.regroup.shift_down`."""
        self._regroup("shift", regroup.shift_down(self.units, index, side))

    def shift_up(self, index: int, side: Side = "target") -> None:
        """Take a cell out of a column; :func:`tmtool.regroup.shift_up`."""
        self._regroup("shift", regroup.shift_up(self.units, index, side))

    def realign(self) -> Realigned:
        """Pair the sentences that nobody confirmed anew, around the units that somebody did.

        The memory's other pairs teach words. One action, none if nothing changed.
        """
        from tmtool.realign import realigned

        if not self.units:
            return Realigned(0, 0)
        known = self._memory.pairs(*self.languages, besides=self.name, limit=_TEACHING)
        changes = realigned(self.units, self.languages, known)
        kept = [(a, b) for a, b in changes if a and b and _texts(a) == _texts(b)]
        rescored = sum((a.score, a.state) != (b.score, b.state) for a, b in kept)
        done = Realigned(len(changes) - len(kept), rescored)
        if done:
            self._memory.change("realign", changes)
            self.refresh()
        return done

    @property
    def passed_over(self) -> str:
        """Who did what and when that :meth:`undo` leaves as it is, though it is the latest."""
        return self._memory.passed_over(self.key, besides=_ARRIVAL)

    def undo(self, number: int | None = None, *, near: int = 0) -> tuple[str, int] | None:
        """Take back one's latest action on this document; its kind and the index it touched.

        Of several indexes that it touched, the one next to ``near``. What others do meanwhile, or
        the same author in another window, is not one's own, and is :attr:`passed_over` for what
        was done here. With ``number`` that action, whoever did it. Raises ``OvertakenError``,
        which names the other and has the number, if another's action built on it, or nothing that
        was done here is left and the latest is another's.
        """
        if number is not None:
            return self._travel(partial(self._memory.take_back, number), near)
        return self._travel(partial(self._memory.undo, self.key, besides=_ARRIVAL), near)

    def redo(self, *, near: int = 0) -> tuple[str, int] | None:
        """Carry out again what one has undone last; its kind and the index it touched.

        Of several the one next to ``near``. Raises ``OvertakenError`` if another's action built on
        what was before.
        """
        return self._travel(partial(self._memory.redo, self.key), near)

    def _travel(
        self, move: Callable[[], tuple[str, int] | None], near: int
    ) -> tuple[str, int] | None:
        moved = move()
        if moved is None:
            return None
        before = [entry.id for entry in self.outline]
        ids = set(self._memory.last_touched())
        self.refresh()
        touched = [index for index, entry in enumerate(self.outline) if entry.id in ids]
        if not touched:  # all of them are gone
            gone = (index for index, unit_id in enumerate(before) if unit_id in ids)
            touched = [min(next(gone, 0), len(self.outline) - 1)]
        return moved[0], min(touched, key=lambda index: abs(index - near))

    # Text and translation from elsewhere

    def extend(self, segments: Sequence[Segment], props: tuple[tuple[str, str], ...] = ()) -> int:
        """Make units for the sentences of a text that the document lacks; how many.

        Which these are, and what is raised, says :meth:`lacking`.
        """
        changes: list[Change] = [(None, unit) for _, unit in self.lacking(segments, props)]
        if changes:
            self._memory.change("add", changes)
            self.refresh()
        return len(changes)

    def lacking(
        self, segments: Sequence[Segment], props: tuple[tuple[str, str], ...] = ()
    ) -> list[tuple[int, TranslationUnit]]:
        """Units for the sentences of a text that the document lacks, and before which index each.

        Sentences that are there, merged, split and corrected ones too, stay as they are. New ones
        take the place that the text gives them. Raises ``TmtoolError`` if the document holds
        sentences, but hardly any of this text.
        """
        held = self._sentences(self.units)
        texts = [segment.text for segment in segments]
        shared = (Counter(text for text, _ in held) & Counter(texts)).total()
        if 2 * shared < min(len(held), len(texts)):
            raise TmtoolError(
                f"the document {self.name!r} of the memory holds another text",
                hint="give this one another name with --document",
            )
        matcher = SequenceMatcher(None, [text for text, _ in held], texts, autojunk=False)
        spare = Counter(texts) - Counter(text for text, _ in held)
        lacking = []
        for kind, i1, i2, j1, j2 in matcher.get_opcodes():
            same = _letters(text for text, _ in held[i1:i2]) == _letters(texts[j1:j2])
            if kind in ("equal", "delete") or same:
                continue
            left = self.units[held[i2 - 1][1]].position if i2 else 0.0
            right = self.units[held[i2][1]].position if i2 < len(held) else left + j2 - j1 + 1
            earlier = self._earlier_sentences({index for _, index in held[i1:i2]})
            for number, text in enumerate(texts[j1:j2], 1):
                if text in earlier or not spare[text]:
                    continue
                spare[text] -= 1
                source, target = self.languages
                unit = TranslationUnit(
                    Variant.of(source, text),
                    Variant.of(target, ""),
                    document=self.name,
                    position=left + (right - left) * number / (j2 - j1 + 1),
                    origin="translate",
                    props=props,
                )
                lacking.append((held[i2 - 1][1] + 1 if i2 else 0, unit))
        return lacking

    def fill(
        self,
        beads: Sequence[Bead],
        props: tuple[tuple[str, str], ...] = (),
        *,
        aligned: bool = True,
    ) -> Filled:
        """Give the untranslated units the translations that an alignment found, as one action.

        Units for the sentences that the document lacks are made first, as :meth:`extend` does;
        raises as that. A bead is taken where none of its source sentences has a translation, but
        for what a memory proposed in doubt; the units they stand in become one. What is translated,
        or rejected, is kept, and what had just this translation before somebody took it away. Nor
        is a sentence of a translation taken that the document holds elsewhere. An empty document
        takes all beads as they are. Without ``aligned`` a translator paired the sentences, and the
        units carry no confidence.
        """

        def made_of(bead: Bead) -> TranslationUnit:
            unit = bead.unit(*self.languages, document=self.name, props=props)
            return unit if aligned else replace(unit, origin="translate", score=None)

        if not self.units:
            done = self._memory.add(made_of(bead) for bead in beads)
            self.refresh()
            return Filled(sum(unit.is_paired for unit in self.units), done.kept)
        segments = [segment for bead in beads for segment in bead.source]
        segments.sort(key=lambda segment: segment.start)  # a bead may reach over another
        lacking = [unit for _, unit in self.lacking(segments, props)]
        rows = sorted([*self.units, *lacking], key=attrgetter("position"))
        places = self._places([segment.text for segment in segments], rows)
        place_of = dict(zip(segments, places, strict=True))
        spare = Counter(segment.text for bead in beads for segment in bead.target)
        proposed = self._memory.proposed(rows)
        spare.subtract(self._target_sentences(proposed))
        had = self._earlier_targets(proposed)
        become: list[TranslationUnit | None] = [*rows]
        unpaired: list[Change] = []
        taken = kept = unconfirmed = 0
        last = -1  # the unit after which a target without a source belongs
        for bead in beads:
            held = [place_of[segment] for segment in bead.source]
            made = made_of(bead)
            said = Counter(segment.text for segment in bead.target)
            is_spare = all(spare[text] >= count for text, count in said.items())
            if not bead.source:
                place = _between(rows, last)
                if place is not None and is_spare:
                    spare.subtract(said)
                    unpaired.append((None, replace(made, position=place)))
                continue
            last = max(last, *held)
            if not bead.target:
                continue
            indices = sorted(set(held)) if min(held) >= 0 else []
            units = [rows[index] for index in indices]
            whole = _letters(u.source.text for u in units) == _letters([made.source.text])
            standing = [u for u in units if u.target.text and u.id not in proposed]
            is_open = not (standing or any(made.target in had[unit.id] for unit in units))
            if not (whole and is_open and is_spare):
                if not (whole and [u.target for u in units] == [made.target]):
                    kept += 1
                    unconfirmed += {unit.state for unit in standing} == {"initial"}
                continue
            spare.subtract(said)
            taken += 1
            for index in indices:
                become[index] = None
            become[indices[0]] = replace(
                units[0],
                source=made.source,
                target=made.target,
                state=made.state,
                score=made.score,
                origin=made.origin,
                props=made.props,
            )
        were = (row if row.id else None for row in rows)
        changes: list[Change] = [it for it in zip(were, become, strict=True) if it[0] != it[1]]
        changes += unpaired
        if changes:
            self._memory.change("add" if lacking else "align", changes)
            self.refresh()
        return Filled(taken, kept, unconfirmed)

    def _places(self, texts: list[str], units: Iterable[TranslationUnit]) -> list[int]:
        """For each sentence of a text the index of the unit it stands in, -1 where in none."""
        held = self._sentences(units)
        matcher = SequenceMatcher(None, [text for text, _ in held], texts, autojunk=False)
        places = [-1] * len(texts)
        for block in matcher.get_matching_blocks():
            for offset in range(block.size):
                places[block.b + offset] = held[block.a + offset][1]
        return places

    def _sentences(self, units: Iterable[TranslationUnit]) -> list[tuple[str, int]]:
        """The source sentences as units hold them now, each with the index of its unit."""
        segmenter = Segmenter.for_language(self.languages[0])
        return [
            (segment.text, index)
            for index, unit in enumerate(units)
            for segment in segmenter.segment(unit.source.text)
        ]

    def _target_sentences(self, besides: Container[str]) -> Counter[str]:
        """The target sentences that the units hold, and whole targets, as a text may be cut so.

        The units with the ids ``besides`` are left out.
        """
        segmenter = Segmenter.for_language(self.languages[1])
        held = Counter[str]()
        for text in (unit.target.text for unit in self.units if unit.id not in besides):
            held.update(Counter(it.text for it in segmenter.segment(text)) | Counter([text]))
        return held

    def _earlier_sentences(self, indices: Iterable[int]) -> set[str]:
        """The source sentences that units held before they were changed to what they are."""
        segmenter = Segmenter.for_language(self.languages[0])
        pasts = self._memory.pasts([self.outline[index].id for index in indices])
        return {
            segment.text
            for past in chain.from_iterable(pasts.values())
            for segment in segmenter.segment(past.source.text)
        }

    def _earlier_targets(self, proposed: Container[str]) -> defaultdict[str, list[Variant]]:
        """By the ids of units without a translation those that they had, and somebody took away.

        The translations of the units with the ids ``proposed`` are none.
        """
        had = defaultdict[str, list[Variant]](list)
        open_ids = [it.id for it in self.outline if not it.has_target or it.id in proposed]
        for unit_id, pasts in self._memory.pasts(open_ids).items():
            had[unit_id] += [past.target for past in pasts]
        return had

    def _change(self, kind: str, index: int, unit: TranslationUnit) -> None:
        """Put a unit in the place of the one it was."""
        self._regroup(kind, Regrouping(index, index + 1, [unit]))

    def _regroup(self, kind: str, change: Regrouping) -> None:
        """Put units in the place of others, as one action."""
        start, stop, units = change
        old = {unit.id: unit for unit in self.units[start:stop]}
        left = self.units[start - 1].position if start else 0.0
        right = self.units[stop].position if stop < len(self.units) else None
        seated = _seated(units, left, right)
        if seated is not None:
            kept = {unit.id for unit in seated}
            changes: list[Change] = [(old.get(unit.id), unit) for unit in seated]
            changes += [(unit, None) for unit in old.values() if unit.id not in kept]
            written = self._memory.change(kind, changes)
            self.units.put(start, stop, [unit for unit in written if unit is not None])
            return
        # No number is left between two positions: number the whole document anew.
        every = [*self.units[:start], *units, *self.units[stop:]]
        held = {unit.id: unit for unit in self.units}
        spaced = [replace(unit, position=float(n)) for n, unit in enumerate(every, 1)]
        changes = [(held.pop(unit.id, None), unit) for unit in spaced]
        changes += [(unit, None) for unit in held.values()]
        self._memory.change(kind, changes)
        self.refresh()


def _is_pending(entry: Entry) -> bool:
    """Whether a reviewer has to judge a unit still."""
    return entry.wants_review or entry.state == "translated"


def _filling(memory: Memory) -> str:
    """How a memory without documents comes to one."""
    if any(True for _ in memory.units()):
        return "its units belong to none: 'tmtool import -d NAME' makes one of a file"
    return "it is empty: 'tmtool align --add' fills it"


Kind = Callable[[Entry], bool]
"""Tells the units of a kind from others."""


def kinds(*, translating: bool = False) -> dict[str, Kind]:
    """The kinds that a list can be narrowed to, by their names: what waits for somebody, what has
    notes, and the states. Rejected units are open for who is ``translating`` only.
    """
    found: dict[str, Kind] = {
        "doubtful": attrgetter("is_doubtful"),
        "open": attrgetter("is_open" if translating else "is_untranslated"),
        "notes": attrgetter("has_notes"),
    }
    return found | {state: partial(_is_in, state) for state in STATES}


def _is_in(state: State, entry: Entry) -> bool:
    return entry.state == state


def less_sure_than(most: float) -> Kind:
    """The units of which an aligner was less sure than that, 0 to 1."""
    return lambda entry: entry.score is not None and entry.score < most


def fraction(typed: str) -> float:
    """What somebody typed for a percentage, from 0 to 1; raises ``TmtoolError`` if it is none."""
    try:
        percent = float(typed.strip().removesuffix("%").replace(",", "."))
    except ValueError:
        percent = -1
    if not 0 <= percent <= 100:
        raise TmtoolError(f"{typed!r} is no percentage", hint="give a number from 0 to 100")
    return percent / 100


def found_in(
    memory: Memory,
    document: DocumentKey,
    wanted: Sought,
    is_stopped: Callable[[], bool] = lambda: False,
) -> list[int]:
    """The indexes of the units of a document in which something is found, on either side.

    Raises ``TmtoolError`` as :meth:`Sought.spans`, and if it ``is_stopped``, which is asked after
    each unit.
    """
    until = monotonic() + _LONGEST
    found = []
    for index, sides in enumerate(memory.texts(document)):
        if any(map(wanted.spans, sides)):
            found.append(index)
        if is_stopped():
            raise TmtoolError("stopped")
        if monotonic() > until:
            raise wanted.endless()
    return found


def matches_of(memory: Memory, unit: TranslationUnit, limit: int) -> list[Match]:
    """What a memory holds for the source of a unit, the unit itself left out."""
    around = memory.neighbours(unit)
    return memory.lookup(
        unit.source.text, *unit.languages, limit=limit, context=around, besides_id=unit.id
    )


def _between(units: Sequence[TranslationUnit], index: int) -> float | None:
    """A position after a unit and before the next one; ``None`` if floats leave no room."""
    left = units[index].position if index >= 0 else 0.0
    if index + 1 >= len(units):
        return left + 1
    right = units[index + 1].position
    middle = (left + right) / 2
    return middle if left < middle < right else None


def _seated(
    units: Sequence[TranslationUnit], left: float, right: float | None
) -> list[TranslationUnit] | None:
    """Units with positions between two others; ``None`` if floats leave no room.

    Those that have a position keep it. ``right`` is ``None`` at the end of the document.
    """
    seated: list[TranslationUnit] = []
    for number, unit in enumerate(units):
        place = unit.position
        if not place:
            after = next((other.position for other in units[number:] if other.position), right)
            place = left + 1 if after is None else (left + after) / 2
            if not left < place or (after is not None and not place < after):
                return None
        seated.append(replace(unit, position=place) if place != unit.position else unit)
        left = place
    return seated


_CLAUSE = re.compile(r"(?:[,;:]\s+|\s+(?=[–—-]\s))(?=\S)")


def starts(variant: Variant) -> list[int]:
    """Offsets of the sentences of a side after the first, of its clauses where it has but one."""
    text = variant.text
    sentences = Segmenter.for_language(variant.language).segment(text)
    if len(sentences) > 1:
        return [segment.start for segment in sentences[1:]]
    return [match.end() for match in _CLAUSE.finditer(text)]


def _texts(unit: TranslationUnit) -> tuple[str, str]:
    return unit.source.text, unit.target.text


def _letters(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())
