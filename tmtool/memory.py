"""The translation memory: units that people vouch for, and all that happened to them.

Every change is one action in one transaction, with a history row for each unit it touched,
so that nothing is lost and everything can be undone. What a change means is decided here;
the store below knows SQL only.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import operator
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain, count, islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tmtool.conflict import (
    OnConflict,
    Outcome,
    a_second_after,
    as_coded,
    is_emptied,
    is_nothing_else,
    is_placed,
    judged,
    last_changed,
    outcome_of,
    rebased,
    says_all,
    signature,
    texts,
    turns,
    with_target_of,
)
from tmtool.errors import ConflictError, InputError, OvertakenError, StoreError, TmtoolError
from tmtool.language import may_be_one
from tmtool.model import (
    ADD_PRETRANSLATED,
    OWN,
    PRETRANSLATE,
    TERMS,
    Action,
    Code,
    DocumentKey,
    Entry,
    Event,
    Header,
    Hit,
    Languages,
    Match,
    Side,
    State,
    Term,
    TranslationUnit,
    Variant,
    coded,
    format_time,
)
from tmtool.store import DatabaseUrl, address, open_store
from tmtool.store.base import Session
from tmtool.store.journal import check_is_apart, set_apart
from tmtool.store.rows import DamageError
from tmtool.store.sqlite import SqliteStore
from tmtool.store.terms import News
from tmtool.text import fold, legal

if TYPE_CHECKING:
    from tmtool.index import Index
    from tmtool.store.base import Store

_MANY = 2_000  # units that are added at once
_SAMPLE = 5  # units of one outcome that are shown
_NOTHING_LEFT = "nothing of yours is left to undo here: the last change is"
_NUMBER = re.compile("[0-9]*e?[0-9]*")
_TRUSTED = 0.9  # least score of a pair to learn from
Change = tuple[TranslationUnit | None, TranslationUnit | None]
"""A unit as it was read and as it shall be; ``None`` before: new, ``None`` after: removed."""


@dataclass(frozen=True, slots=True)
class Added:
    """What :meth:`Memory.add` did, in units.

    ``unchanged`` counts those that say nothing the memory does not hold, or held and gave up since;
    ``kept`` those that the memory already holds with another text, or with less said of
    it, and kept as it was; ``replaced`` those that took the place of one of the memory; ``empty``
    those left out as they hold neither text nor codes. ``gone`` counts further units of the memory
    that gave way to one that came, ``cleaned`` those that came in which there were control
    characters, which no memory keeps; ``headers`` the things that headers say beside what the
    memory knew, unless it was empty. ``sample`` has a few of each but the unchanged: what the
    memory held and what came.
    """

    new: int = 0
    unchanged: int = 0
    kept: int = 0
    replaced: int = 0
    gone: int = 0
    cleaned: int = 0
    empty: int = 0
    headers: int = 0
    sample: Mapping[Outcome, Sequence[tuple[TranslationUnit | None, TranslationUnit]]] = field(
        default_factory=dict, compare=False
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """A document in figures: its languages, its units by state, what its text says of itself."""

    name: str
    source_language: str
    target_language: str
    states: dict[State, int]
    props: tuple[tuple[str, str], ...]


class Memory:
    """A translation memory in one file, or in a database of PostgreSQL.

    A context manager, after an error in which no file is left that was made for nothing; use one
    in one thread. Methods that write are atomic and durable when
    they return, and raise ``StoreError`` with nothing written where that cannot be.
    """

    def __init__(self, store: Store, *, author: str = "") -> None:
        self._store = store
        self.author = author or store.user or _user()
        self._session: Session | None = None

    @classmethod
    def open(
        cls,
        place: str | os.PathLike[str] | DatabaseUrl,
        *,
        create: bool = True,
        author: str = "",
        on_wait: Callable[[], None] | None = None,
        on_fill: Callable[[int, int], None] | None = None,
    ) -> Memory:
        """The memory in a file or at a ``postgresql://`` URL.

        It is made if it is not there and ``create`` allows it. ``author`` signs the changes; if
        empty, the user's name on the server, or the login name. ``on_wait`` is called, once
        for each time, when others keep us waiting for a second; ``on_fill``, from time to time
        while the units of a server are read for the first time, with how many of how many are.
        Raises ``StoreError`` if the memory cannot be opened, is none or was written by a newer
        tmtool.
        """
        return cls(
            open_store(address(place), create=create, on_wait=on_wait, on_fill=on_fill),
            author=author,
        )

    def another(self) -> Memory:
        """The same memory once more, for another thread."""
        other = Memory.open(self.address, create=False, author=self.author)
        other._session = self._session
        return other

    def begin(self) -> None:
        """Have a session begin, if none has: what its author does elsewhere is not undone here."""
        if self._session is None:
            self._session = Session(self.author, self._store.last_number())

    @property
    def address(self) -> Path | DatabaseUrl:
        """The file, or the URL of the database, which is shown without its password."""
        return self._store.address

    @property
    def path(self) -> Path:
        """The file; raises ``StoreError`` for a memory on a server."""
        if isinstance(self.address, Path):
            return self.address
        raise StoreError(f"{self.address}: is no file")

    @property
    def size(self) -> int:
        """How many bytes the memory takes."""
        return self._store.size

    def wait_briefly(self, seconds: float) -> None:
        """Wait no longer than this for others from now on, and call nobody meanwhile."""
        self._store.wait_briefly(seconds)

    def hold_little(self) -> None:
        """Hold little of a file in the working memory from now on; little is asked for at once."""
        self._store.hold_little()

    def close(self) -> None:
        """Let go of the memory."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._store.abandon()
        self.close()

    # Reading

    def unit(self, unit_id: str) -> TranslationUnit | None:
        """The unit with this id."""
        return self._store.unit(unit_id)

    def states(self, unit_id: str) -> list[TranslationUnit]:
        """What the unit with this id is and was, but for what was undone, the latest first.

        Nothing if there is no such unit.
        """
        unit = self.unit(unit_id)
        return [unit, *reversed(self._pasts(unit_id))] if unit else []

    def pasts(self, unit_ids: Sequence[str]) -> dict[str, list[TranslationUnit]]:
        """By the ids of those units that were changed what they were, the earliest first.

        What was undone is left out.
        """
        return self._store.pasts(unit_ids)

    def _pasts(self, unit_id: str) -> list[TranslationUnit]:
        return self.pasts([unit_id]).get(unit_id, [])

    def proposed(self, units: Iterable[TranslationUnit]) -> set[str]:
        """The ids of those suggestions whose text is certain to be as a memory proposed it.

        It is not where a person may have rewritten it in a file, or history was forgotten.
        """
        suggested = {unit.id: unit.target for unit in units if unit.is_suggestion}
        ids = list(suggested)
        pasts = self.pasts(ids)
        return {
            unit_id
            for unit_id in self._store.acted_on(ids, (PRETRANSLATE, ADD_PRETRANSLATED))
            if all(
                past.target == suggested[unit_id]
                for past in pasts.get(unit_id, ())
                if past.is_suggestion
            )
        }

    def units(
        self,
        *,
        document: str | None = None,
        states: Sequence[State] = (),
        languages: tuple[str, str] | None = None,
    ) -> Iterator[TranslationUnit]:
        """Units in a fixed order, documents one after another and each in its order."""
        return self._store.units(document=document, states=states, languages=languages)

    def units_by_id(self, unit_ids: Sequence[str]) -> dict[str, TranslationUnit]:
        """The units with these ids that there are."""
        return {unit.id: unit for unit in self._store.units_by_id(unit_ids)}

    def disputed(self) -> Iterator[TranslationUnit]:
        """Units not rejected, of sources that are alike and translated in several ways.

        In order of arrival.
        """
        return self._store.disputed()

    def outline(self, document: DocumentKey) -> list[Entry]:
        """The units of a document at a glance, in order; some 10 MB for 50,000."""
        return self._store.outline(document)

    def texts(self, document: DocumentKey) -> Iterator[tuple[str, str]]:
        """Source and target text of each unit of a document, in order."""
        return self._store.texts(document)

    @property
    def version(self) -> int:
        """A number that is another one once somebody else has written to the memory."""
        return self._store.version

    @property
    def last_number(self) -> int:
        """The number of the latest action, 0 where there is none."""
        return self._store.last_number()

    def pairs(
        self, source_language: str, target_language: str, *, besides: str = "", limit: int = 5000
    ) -> list[tuple[str, str]]:
        """Source and target texts that can be trusted, the latest ones, for an aligner to learn.

        Rejected pairs, those that an aligner doubted and those of the document ``besides``
        are left out; any region of a language serves.
        """
        languages = source_language, target_language
        pairs = self._store.pairs(*languages, besides, least_score=_TRUSTED, limit=limit)
        return list(pairs)

    def document_names(self) -> list[DocumentKey]:
        """Name, source and target language of every document, in order of arrival."""
        return list(self._store.documents())

    def document_key(self, wanted: DocumentKey) -> DocumentKey:
        """The key of the document for a name and languages: the one that is there, or as it is.

        One that is there may name the region of a language where this does not, or the other way
        round.
        """
        return _at_home(wanted, self.document_names())

    def target_languages(self, source_language: str) -> list[str]:
        """The primary codes of the languages into which there are units from a language."""
        self._store.follow()
        return self._store.index.target_languages(source_language)

    @property
    def header(self) -> Header:
        """What the files that were added say of all their units, each thing once."""
        return self._store.header()

    def documents(self) -> list[Summary]:
        """Every document, in order of arrival."""
        summaries = []
        for name, source, target in self._store.documents():
            states: Counter[State] = Counter()
            props: tuple[tuple[str, str], ...] = ()
            for unit in self.units(document=name, languages=(source, target)):
                states[unit.state] += 1
                props = props or tuple(prop for prop in unit.props if prop[0].startswith(OWN))
            summaries.append(Summary(name, source, target, dict(states), props))
        return summaries

    def lookup(
        self,
        text: str,
        source_language: str,
        target_language: str,
        *,
        limit: int = 5,
        min_percent: int = 70,
        context: tuple[str, str] | None = None,
        besides: str = "",
        besides_id: str = "",
    ) -> list[Match]:
        """Translated units whose source is the same as a text or like it, best first.

        How likeness is counted is said in :mod:`tmtool.lookup`. With ``context``, the source
        texts before and after (:meth:`neighbours`), a unit between the same ones is a match of
        101 percent. Every unit of 70 percent by words, and of ``min_percent``, is among those
        found. Of equal ones the most trusted comes first (:attr:`TranslationUnit.trust`), and of
        those with the same source and target it is the one given. The units of the document
        ``besides``, and the one with the id ``besides_id``, are as if the memory did not hold them.
        """
        from tmtool.lookup import lookup

        languages = source_language, target_language
        self._settle()
        with self._guarded():
            return lookup(
                self._store,
                self._index,
                text,
                languages,
                limit=limit,
                percent=min_percent,
                context=context,
                besides=(besides_id, besides),
            )

    def neighbours(self, unit: TranslationUnit) -> tuple[str, str] | None:
        """The source texts before and after a unit; ``None`` if it is in no document."""
        return self._store.neighbours(unit.id)

    def concordance(
        self,
        pattern: str,
        source_language: str,
        target_language: str,
        *,
        side: Side | None = None,
        is_regex: bool = False,
        is_whole: bool = False,
        limit: int | None = 100,
    ) -> list[Hit]:
        """Units that hold words one after another, or a regular expression, the latest first.

        On one side or on either; ``limit`` of them at most, if it says so. A word is found at the
        beginning of words, with ``is_whole`` as a whole word only (:mod:`tmtool.concordance`).
        Raises ``TmtoolError`` if there is nothing to search for, or it is no regular expression.
        """
        from tmtool.concordance import Pattern, concordance

        wanted = Pattern(pattern, is_regex=is_regex, is_whole=is_whole)
        self._settle()
        with self._guarded():
            return concordance(
                self._store,
                self._index,
                wanted,
                (source_language, target_language),
                sides=(side,) if side else ("source", "target"),
                limit=limit,
            )

    # Writing

    def add(
        self,
        units: Iterable[TranslationUnit],
        *,
        on_conflict: OnConflict = "keep",
        dry_run: bool = False,
        headers: Sequence[Header] = (),
    ) -> Added:
        """Add units, all or none of them; adding the same again changes nothing.

        A unit is known by its id, or, where it has none, by its languages, its document and its
        source text, if it stands alone by all that it says: what is not the same to the last word
        is another unit. A known unit of which something else is said is a conflict: the memory's is
        kept, unless it lacks just the target; or it is replaced; or both, if the texts differ, are
        held, the other in no document; or the newer replaces the older: what is dated and signed
        alike was edited in a file since. What is dated and signed as the unit was earlier was
        edited from that state: what it changed is taken unless the memory changed the same
        meanwhile. What is dated later takes no judgement or note away, and no text by one that the
        unit had earlier. A conflict is also one that stands alone beside others of its source that
        did so before, in the same context, unless one of them says all that it does; it comes into
        a document if it comes again as one of this. Of several new ones of one source all come, and
        what says something else under an id that came already stands alone where it would replace.
        The unit in place of another has its id, and the dates that it says. A unit that somebody
        removed comes back only to replace; to undo brings it back too. Characters that XML has no
        place for are left out, and white space alone is no text. A ``dry_run`` only says what would
        become of the units. What ``headers`` say, once the last unit has come, is kept beside what
        earlier ones said.
        """
        counts: Counter[str] = Counter()
        sample: dict[Outcome, list[tuple[TranslationUnit | None, TranslationUnit]]] = {}
        seen: Counter[str] = Counter()
        units = iter(units)
        with (
            self._store.expecting_many(),
            self._action("add", lasts=not dry_run) as action,
            self._store.loading() as is_new,
        ):
            addition = _Addition(action, on_conflict, is_new)
            for key in () if is_new else self.document_names():
                addition.documents.setdefault(key[0], []).append(key)
            while some := list(islice(units, _MANY)):
                clean = list(map(_legal, some))
                counts["cleaned"] += sum(map(operator.is_not, clean, some))
                filled = (unit for unit in map(_without_blanks, clean) if not unit.is_empty)
                own = map(addition.own, map(addition.at_home, filled))
                known = [self._identified(unit, seen) for unit in own]
                counts["empty"] += len(clean) - len(known)
                for outcome, before, unit in self._add(addition, known):
                    counts[outcome] += 1
                    if outcome != "unchanged" and counts[outcome] <= _SAMPLE:
                        sample.setdefault(outcome, []).append((before, unit))
            if said := Header.joined(headers).without(self.header):
                self._store.add_header(action(), said)
                counts["headers"] = 0 if is_new else len(said.props) + len(said.notes)
        if not dry_run and self._store.INDEXES_AT_ONCE:
            self._settle()
        return Added(**counts, sample=sample)

    def _add(
        self, addition: _Addition, units: Sequence[TranslationUnit]
    ) -> Iterator[tuple[Outcome, TranslationUnit | None, TranslationUnit]]:
        """Add units that have an id; what was done with each, and what was held before."""
        action, on_conflict = addition.action, addition.on_conflict
        ids = list(map(addition.place, units))
        addition.coming = frozenset(ids)
        held = self.units_by_id(ids)
        comes_back = addition.is_new or on_conflict == "replace"
        removed = (
            frozenset()
            if comes_back
            else self._store.touched(ids, besides=action.number) - held.keys()
        )
        rivals = self._rivals(addition, units, held)
        alone = {} if addition.is_new else self._alone(units, held)
        documented = {} if addition.is_new else self._documented(action, units, held)
        changes: list[Change] = []
        written = set[str]()
        for unit in units:
            place = addition.place(unit)
            taken = None if place in held else addition.taken(alone.get(place), unit)
            if taken:
                held[taken.id] = taken
            before = held.get(place) or taken
            policy = addition.policy(unit)
            outcome = "kept" if place in removed else outcome_of(before, unit, policy)
            if before and policy == "replace" and is_emptied(before, unit):
                unit = with_target_of(before, unit)
                outcome = "replaced" if judged(before) != judged(unit) else "kept"
            if (
                before
                and policy == "newest"
                and (outcome != "unchanged" or not unit.target.content or turns(unit, before))
            ):
                merged = rebased(self._pasts(before.id), before, unit)
                outcome = outcome_of(before, merged, policy) if merged else "kept"
                unit = merged or unit
            is_apart = before is not None and addition.is_apart(before, unit, outcome)
            was_older = outcome == "kept" and policy == "newest" and not is_apart
            stands_at = before.id if before and not is_apart else ""
            addition.came(unit, stands_at, was_older=was_older)
            if is_apart:
                unit, before = self._apart(unit, held)
                addition.came(unit)
                is_back = comes_back or not self._store.touched([unit.id], besides=action.number)
                outcome = "unchanged" if before else "new" if is_back else "kept"
            gone: Sequence[TranslationUnit] = ()
            others = rivals.get(_source(unit), []) if rivals and not unit.document else []
            others = [
                other
                for other in others
                if other.id not in written
                and (other.state != "rejected" or texts(other) == texts(unit))
            ]
            is_beside = any(says_all(other, unit) for other in others)
            said = documented.get(unit.id)
            if outcome == "new" and said and said.id not in written and not is_apart:
                addition.came(unit, said.id)
                if not is_beside:
                    outcome = "kept" if said.state == "rejected" != unit.state else "unchanged"
                    before = held[said.id] = said
            if outcome == "new" and others and not (is_apart and on_conflict != "both"):
                outcome, before, gone = addition.outcome_beside(others, unit)
                if before:
                    held[before.id] = before
                if before and outcome == "replaced" and policy == "newest":
                    merged = rebased(self._pasts(before.id), before, unit)
                    outcome, gone = ("replaced", gone) if merged else ("kept", ())
                    unit = merged or unit
            yield outcome, before, unit
            yield from (("gone", other, unit) for other in gone[1:])
            if outcome == "new":
                after = self._signed(action, None, self._placed(unit, addition.last))
            elif outcome == "replaced" and before:
                after = self._in_place(addition, before, unit, policy)
                changes += ((other, None) for other in gone[1:])
            else:
                continue
            written |= {after.id, *(other.id for other in gone)}
            held[after.id] = after
            changes.append((before, after))
        self._replace(action, changes)

    def _alone(
        self, units: Sequence[TranslationUnit], held: Mapping[str, TranslationUnit]
    ) -> dict[str, TranslationUnit]:
        """By the ids of units of documents that are not held: what came alone and says the same."""
        ids = {
            unit.id: _digest(_said(replace(unit, document=None)), 1)
            for unit in units
            if unit.document and unit.id not in held
        }
        found = self.units_by_id(list(ids.values()))
        return {unit_id: found[alone] for unit_id, alone in ids.items() if alone in found}

    def _documented(
        self, action: _Action, units: Sequence[TranslationUnit], held: Mapping[str, TranslationUnit]
    ) -> dict[str, TranslationUnit]:
        """By the ids of units that stand alone: those of documents that were here before, with the
        same texts, and say all that they do."""
        nameless = [unit for unit in units if unit.id not in held and _is_nameless(unit)]
        keys = list({fold(unit.source.text) for unit in nameless})
        found = self._store.in_documents(keys, besides=action.number) if keys else ()
        said: dict[tuple[object, ...], list[TranslationUnit]] = {}
        for other in found:
            said.setdefault((*other.languages, *texts(other)), []).append(other)
        return {
            unit.id: other
            for unit in nameless
            for other in reversed(said.get((*unit.languages, *texts(unit)), ()))
            if says_all(other, unit)  # the first of them
        }

    def _in_place(
        self,
        addition: _Addition,
        before: TranslationUnit,
        unit: TranslationUnit,
        policy: OnConflict,
    ) -> TranslationUnit:
        """A unit in place of one that is held, changed by whom and when it says itself.

        One that stands alone comes into the document of the other. One without a target that is
        filled keeps what was said of it, unless it is to give way. Of which regions the languages
        are is no matter of one unit.
        """
        if is_placed(before, unit):
            place = replace(before, document=unit.document, position=unit.position)
            before = self._placed(place, addition.last)
            if is_nothing_else(before, unit, policy):
                return before
        is_dated = unit.created_at and unit.changed_at
        is_edited = policy == "newest" and signature(unit) == signature(before)
        after = replace(
            unit,
            id=before.id,
            source=as_coded(before.source, unit.source),
            target=as_coded(before.target, unit.target),
            document=before.document,
            position=before.position,
            created_at=unit.created_at if is_dated else before.created_at,
            created_by=unit.created_by if is_dated else before.created_by,
            changed_at=None if is_edited else last_changed(unit),
            changed_by=unit.changed_by or unit.created_by,
        )
        if not before.target.content and policy != "replace":
            after = replace(
                after,
                props=tuple(dict.fromkeys((*before.props, *unit.props))),
                notes=tuple(dict.fromkeys((*before.notes, *unit.notes))),
            )
        return after if after.changed_at else self._signed(addition.action, before, after)

    def _apart(
        self, unit: TranslationUnit, held: Mapping[str, TranslationUnit]
    ) -> tuple[TranslationUnit, TranslationUnit | None]:
        """A unit that stands alone, with an id of its own, and what says the same under that."""
        alone = replace(unit, id="", document=None, position=0.0)
        for number in count(1):
            unit_id = _digest(_said(alone), number)
            before = held.get(unit_id) or self._store.unit(unit_id)
            if before is None or says_all(before, alone):
                return replace(alone, id=unit_id), before
        raise AssertionError

    def _rivals(
        self,
        addition: _Addition,
        units: Sequence[TranslationUnit],
        held: Mapping[str, TranslationUnit],
    ) -> dict[tuple[str, ...], list[TranslationUnit]]:
        """Other translations, by their sources, of those units that stand alone and are not held.

        That is, of units that stand alone, too, and were here before; what several files, or
        one, say of a source since the addition began does not compete.
        """
        if addition.is_new:
            return {}
        fresh = {
            _source(unit)
            for unit in units
            if addition.on_conflict == "both" or (unit.document is None and unit.id not in held)
        }
        keys = list({fold(unit[2]) for unit in fresh if unit})
        rivals: dict[tuple[str, ...], list[TranslationUnit]] = {}
        for other in self._store.standing_alone(keys, besides=addition.action.number):
            if (source := _source(other)) in fresh:
                rivals.setdefault(source, []).append(other)
        return rivals

    def change(self, kind: str, changes: Iterable[Change]) -> list[TranslationUnit | None]:
        """Carry out changes as one action of this kind; give back the units as they now are.

        A new unit without an id is given one. Raises ``ConflictError``, and writes nothing,
        if a unit is no longer as it was read.
        """
        written = []
        seen: Counter[str] = Counter()
        with self._action(kind) as action:
            for before, after in changes:
                if before is not None and self._store.unit(before.id) != before:
                    raise ConflictError(
                        f"unit {before.id} was changed by somebody else meanwhile",
                        hint="look at it again and repeat",
                    )
                if before == after:
                    written.append(after)
                    continue
                if after is not None and not after.id:
                    after = self._identified(after, seen, fresh=True)
                after = after and self._signed(action, before, after)
                self._replace(action, [(before, after)])
                written.append(after)
        return written

    def last_change(
        self, document: DocumentKey | None = None, *, besides: Sequence[str] = ()
    ) -> Action | None:
        """The latest action that stands, of those on a document if given; see :meth:`undo`."""
        last = self._store.last_action(document, besides=besides)
        return last and self._store.action(last[0])

    def undo(
        self, document: DocumentKey | None = None, *, besides: Sequence[str] = ()
    ) -> tuple[str, int] | None:
        """Take back the latest action that stands; its kind and how many units it changed.

        With ``document``, the latest that touched one of its units; actions of the kinds
        ``besides`` are passed over. In a session (:meth:`begin`) only what is the author's own is
        taken back: what was done in it, though others went on elsewhere in the document (see
        :meth:`passed_over`), and of what was done before it the latest that stands. ``None``:
        there is nothing to undo. Raises ``OvertakenError`` if a later action, on other units too,
        built on it, or, in a session, the latest is another's or was done elsewhere.
        """
        with self._action("undo") as undoing:
            last = self._store.last_action(document, besides=besides, own=self._session)
            other = self._store.last_action(document, besides=besides)
            if other is None:
                return None
            if last is not None and (last == other or self._was_done_here(last[0])):
                return last[1], self._take_back(undoing, *last)
            newest = self._store.action(other[0])
        assert newest is not None  # it was found a moment ago
        left = "the last change here is" if last else _NOTHING_LEFT
        raise OvertakenError(f"{left} {self._told(newest)}", number=newest.number)

    def passed_over(
        self, document: DocumentKey | None = None, *, besides: Sequence[str] = ()
    ) -> str:
        """Who did what and when that :meth:`undo` leaves as it is, though it is the latest."""
        last = self._store.last_action(document, besides=besides, own=self._session)
        newest = self.last_change(document, besides=besides)
        if last is None or newest is None or last[0] == newest.number:
            return ""
        return self._told(newest)

    def _was_done_here(self, number: int) -> bool:
        return self._session is not None and number in self._session.written

    def take_back(self, number: int) -> tuple[str, int]:
        """Take back the action of a number, whoever did it; its kind and how many units.

        Raises ``ConflictError`` if it does not stand, ``OvertakenError`` as :meth:`undo`.
        """
        with self._action("undo") as undoing:
            action = self._store.action(number)
            if action is None or not action.stands:
                raise ConflictError(f"action {number} was taken back already")
            return action.kind, self._take_back(undoing, number, action.kind)

    def undo_since(self, since: int | datetime) -> list[Action]:
        """Have the memory as it was before a number or a time; what was taken back for that.

        All that :meth:`standing_since` gives, or nothing.
        """
        with self._store.transaction():
            undone = dict(self._store.undos(0))
            standing = self.standing_since(since)
            for action in standing:
                if action.number in undone:
                    redoing = _Action(self._store, "redo", self.author)
                    self._carry_out_again(redoing, action.number, undone[action.number])
                else:
                    undoing = _Action(self._store, "undo", self.author)
                    self._take_back(undoing, action.number, action.kind)
        return standing

    def standing_since(self, since: int | datetime) -> list[Action]:
        """What stands now and did not before a number or a time, each the latest first.

        Changes, also those that were done before it and then done again; behind them undos of what
        stood.
        """
        number = self._store.first_action(since) if isinstance(since, datetime) else since
        if number is None:
            return []
        was_undone = self._store.undone_at(number)
        undos = self._store.undos(0)
        done_again = was_undone.difference(undone for _, undone in undos)
        later_undos = [
            undo for undo, undone in undos if undone < number <= undo and undone not in was_undone
        ]
        earlier = map(self._store.action, [*sorted(done_again, reverse=True), *later_undos])
        changes = (action for action in self._store.actions(number) if action.stands)
        return [*changes, *filter(None, earlier)]

    def _take_back(self, undoing: _Action, number: int, kind: str) -> int:
        count = self._restore(undoing, number, f"this {kind}")
        self._store.mark_undone(number, undoing())
        return count

    def redo(self, document: DocumentKey | None = None) -> tuple[str, int] | None:
        """Carry out again what the latest undo took back; its kind and how many units it changed.

        ``None``: nothing was undone since the latest action, of those on ``document`` if given, in
        a session of the author's own. Raises ``OvertakenError`` as :meth:`undo`.
        """
        with self._action("redo") as redoing:
            last = self._store.last_undo(document, own=self._session)
            standing = self._store.last_action(document, own=self._session)
            if last is None or (standing and standing[0] > last[0]):
                return None
            undo, number, kind = last
            if self._store.is_overtaken(undo, number):
                return None
            return kind, self._carry_out_again(redoing, undo, number)

    def undone(self) -> list[tuple[Action, Action]]:
        """What was undone since the latest change, and by which undo; that undone last first.

        A change that was undone itself is one, too, of what was undone before it was made.
        """
        standing = self._store.last_action(None)
        last = standing[0] if standing else 0
        found = list[tuple[int, int]]()
        for undo, number in self._store.undos(last):
            if undo < last or self._store.is_overtaken(undo, number):
                break
            found.append((undo, number))
            last = max(last, number)
        pairs = ((self._store.action(number), self._store.action(undo)) for undo, number in found)
        return [(action, undo) for action, undo in pairs if action and undo]

    def bring_back(self, numbers: Sequence[int]) -> None:
        """Carry out again actions that :meth:`undone` gives, by their numbers, whoever undid them.

        From its first on, all or none. Raises ``ConflictError`` if others are those undone last.
        """
        with self._store.transaction():
            undos = {action.number: undo.number for action, undo in self.undone()}
            if list(undos)[: len(numbers)] != list(numbers):
                raise ConflictError(
                    "the memory was changed by somebody else meanwhile",
                    hint="look at what was undone and repeat",
                )
            for number in numbers:
                redoing = _Action(self._store, "redo", self.author)
                self._carry_out_again(redoing, undos[number], number)

    def _carry_out_again(self, redoing: _Action, undo: int, number: int) -> int:
        count = self._restore(redoing, undo, "it was undone")
        self._store.mark_undone(undo, redoing())
        self._store.mark_undone(number, None)
        return count

    def _restore(self, action: _Action, number: int, since: str) -> int:
        """Put units and terms back to where the action of a number found them; how many.

        Raises ``OvertakenError`` if a later action stands on one of the units; on the terms there
        is none, as all actions on them are of one kind.
        """
        history = self._store.history(number)
        for unit_id, _ in history:
            later = next(iter(self._store.standing_actions(unit_id)), 0)
            if later > number and (other := self._store.action(later)):
                raise OvertakenError(
                    f"after {since} came {self._told(other)}",
                    hint="undo the later change first",
                    number=later,
                )
        for unit_id, state in reversed(history):
            self._replace(action, [(self._store.unit(unit_id), state)], is_back=True)
        if terms := self._store.terms.before(number):
            self._store.terms.put(terms, action(), action.at, self.author)
        return len({unit_id for unit_id, _ in history}) + len(terms)

    def _told(self, action: Action) -> str:
        """What somebody did, who and when, for people."""
        said = f"{action.kind} of {action.at.astimezone():%Y-%m-%d %H:%M:%S}"
        if action.author == self.author:
            return f"your own {said}, made elsewhere"
        return f"{action.author or 'somebody'}'s {said}"

    def actions(self, since: int | datetime = 0) -> list[Action]:
        """The actions from a number or a time on, the latest first.

        Where clocks disagreed, an action is later than another if its number is.
        """
        number = self._store.first_action(since) if isinstance(since, datetime) else since
        return [] if number is None else self._store.actions(number)

    def last_touched(self) -> list[str]:
        """The ids of the units that the latest action touched, in the order of the changes."""
        return self._store.last_touched()

    def history(
        self, unit_id: str | None = None, *, document: str | None = None
    ) -> Iterator[Event]:
        """What happened to a unit, or to those that are or were in a document, in order."""
        return self._store.events(unit_id, document)

    # Keeping it small

    def forgettable(self, before: datetime | None = None) -> list[Action]:
        """The actions before a time, or all, the latest first."""
        kept = self._store.first_action(before) if before else None
        return [action for action in self.actions() if kept is None or action.number < kept]

    def forget(self, before: datetime | None = None) -> list[Action]:
        """Drop the history of actions before a time, or all history, for good; of which actions.

        Units stay as they are. What was done then can no longer be undone; a unit that was
        removed then still does not come back with an import. :meth:`compact` frees the space.
        """
        with self._store.transaction():
            actions = self.forgettable(before)
            if actions:
                self._store.forget(actions[0].number)
        return actions

    def compact(self) -> None:
        """Make the index anew and the file as small as it can be."""
        self._store.follow()
        with self._store.indexing(waits=True), self._guarded():
            self._store.index.forget()
            self._index.settle()
        self._store.vacuum()

    def backup(self, path: str | os.PathLike[str], *, replace: bool = False) -> None:
        """Write a copy of the memory as it is now, also while others write to it.

        It is a memory in one file. It appears as a whole or not at all, readable by those who can
        read the memory, one from a server by its owner alone. Raises
        ``InputError`` if the place cannot be written, or holds a file and ``replace`` does not
        allow it to be taken; ``StoreError`` if the copy is not sound, so that no damaged one takes
        the place of one that is.
        """
        from tmtool.formats.files import replacement

        if isinstance(self.address, Path):
            check_is_apart(path, self.address)
        if not replace and os.path.lexists(path):
            hint = "say --force, or choose another name"
            raise InputError("is there already", path=path, hint=hint)
        mode = 0o600
        if isinstance(self.address, Path):
            if Path(path).exists() and os.path.samefile(path, self.address):
                raise InputError("is the memory itself", path=path, hint="choose another name")
            mode = stat.S_IMODE(self.address.stat().st_mode)
        with replacement(path, mode=mode) as temporary:
            self._store.copy_to(temporary)
            set_apart(temporary)
            try:
                found = _faults(temporary)
            except StoreError as error:
                found = [error.message]
            if found:
                raise StoreError(
                    f"{self.address}: is damaged, so no copy was made", hint="see 'tmtool doctor'"
                )

    # Terms

    def terms(self, languages: Languages | None = None) -> Iterator[tuple[Languages, Term]]:
        """The terms of the glossary with their languages, in order of these and of their texts.

        With ``languages``, those between these two.
        """
        return self._store.terms.terms(languages)

    @property
    def glossary_version(self) -> object:
        """A value that is another one once the terms have changed."""
        return self._store.terms.version

    def glossary(self) -> Iterator[TranslationUnit]:
        """The terms as units, rejected ones where the translation must not be used."""
        for languages, term in self.terms():
            yield term.unit(languages)

    def add_terms(self, terms: Iterable[Term], languages: Languages) -> Added:
        """Add terms, or what they say that is new, all or none; in terms, what was done.

        What is said of a term that is there is replaced by what a new one says of it; what that
        leaves empty is kept. To undo takes terms out again, or has them say what they said.
        """
        news = self._put_terms(terms, languages, withdrawn=False)
        return Added(news.new, news.unchanged, replaced=len(news.states) - news.new)

    def withdraw_terms(self, terms: Iterable[Term], languages: Languages) -> int:
        """Take terms out of the glossary; how many. Added again, or by undo, they are back."""
        return len(self._put_terms(terms, languages, withdrawn=True).states)

    def _put_terms(self, terms: Iterable[Term], languages: Languages, *, withdrawn: bool) -> News:
        with self._action(TERMS) as action:
            news = self._store.terms.news(terms, languages, withdrawn=withdrawn)
            if news.states:
                self._store.terms.put(news.states, action(), action.at, self.author)
            return news

    def take(self, unit_ids: Sequence[str]) -> str | None:
        """Take the first of some units that nobody else has taken, and let go of the one before.

        ``None``: others have all of them. It is free again when this memory is closed, however
        that comes. Raises ``StoreError`` for a memory in a file.
        """
        return self._store.take(unit_ids)

    # What is not work yet

    def draft(self, unit: TranslationUnit) -> str | None:
        """What this author typed for a unit and has not confirmed.

        ``None`` too where the target has become another one since: see :meth:`earlier_draft`.
        """
        found = self._store.draft(unit.id, self.author)
        return found[0] if found and found[1] == unit.target.text else None

    def earlier_draft(self, unit: TranslationUnit) -> str | None:
        """What this author typed for a unit before its target became another one."""
        found = self._store.draft(unit.id, self.author)
        return found[0] if found and found[1] != unit.target.text else None

    def drafted(self) -> set[str]:
        """The ids of the units for which anyone typed what is not confirmed."""
        return self._store.drafted()

    def keep_draft(self, unit: TranslationUnit, text: str | None) -> None:
        """Keep what is being typed for a unit; ``None`` drops it."""
        self._store.put_draft(unit.id, self.author, text, unit.target.text)

    def place(self, document: DocumentKey) -> str | None:
        """The id of the unit that this author was at in a document."""
        return self._store.place(document, self.author)

    def keep_place(self, document: DocumentKey, unit_id: str) -> None:
        """Remember the unit that this author is at."""
        self._store.put_place(document, self.author, unit_id)

    # How it is found again

    @cached_property
    def _index(self) -> Index:
        from tmtool.index import Index

        return Index(self._store.index)

    def _settle(self) -> None:
        """Have units that wait for the index put into it once there are many.

        Where that cannot be now, they are found all the same, only later.
        """
        self._store.follow()
        if not self._index.is_due():
            return
        try:
            with self._store.indexing(waits=False), self._guarded():
                self._index.settle()
        except StoreError:
            if self._index.is_outdated:
                raise

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Use the index, and tell one that is damaged, or damaged units, from a bug."""
        from tmtool.index.audit import faults

        try:
            yield
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            with self._store.explained():
                for what in self._store.altered(1):
                    raise DamageError(f"{what} is not as it was written") from error
            if next(faults(self._store.index), None) is None:
                raise
            raise StoreError(
                f"{self.address}: its index is damaged", hint="'tmtool compact' makes it anew"
            ) from error

    # How a change is written

    @contextmanager
    def _action(self, kind: str, *, lasts: bool = True) -> Iterator[_Action]:
        """An action in a transaction of its own."""
        action = _Action(self._store, kind, self.author)
        with self._store.transaction(lasts=lasts):
            yield action
        if self._session and action.number:
            self._session.written.add(action.number)

    def _signed(
        self, action: _Action, before: TranslationUnit | None, after: TranslationUnit
    ) -> TranslationUnit:
        """A unit that an action writes, with its author and the time.

        It is later than the last, though the clock was set back: else the newest would lose.
        """
        if before is not None:
            at = max(action.at, before.created_at or action.at)
            if before.changed_at:
                at = max(at, a_second_after(before.changed_at))
            return replace(after, changed_at=at, changed_by=self.author)
        if after.created_at and after.created_by:
            return after
        return replace(
            after,
            created_at=after.created_at or action.at,
            created_by=after.created_by or self.author,
        )

    def _replace(
        self, action: _Action, changes: Sequence[Change], *, is_back: bool = False
    ) -> None:
        """Put other states of units in place of what they were, and note how they were.

        ``is_back``: units that come were here before, and go where they stood.
        """
        history = [
            (unit.id, before) for before, after in changes if (unit := after or before) is not None
        ]
        if not history:
            return
        number = action()
        states = [(after, fold(after.source.text)) for _, after in changes if after]
        ids = {unit_id for unit_id, before in history if before is None}
        if len(ids) == len(history) and not is_back:
            self._store.add_new(number, states)
            return
        self._store.add_history(number, history)
        if is_back:
            self._store.put_back(states)
        else:
            held = {before.id for before, _ in changes if before}
            self._store.put(states, fresh={unit.id for unit, _ in states} - held)
        for before, after in changes:
            if before and not after:
                self._store.delete(before.id)

    def _identified(
        self, unit: TranslationUnit, seen: Counter[str], *, fresh: bool = False
    ) -> TranslationUnit:
        """The unit with an id: its own, or one made from what it says.

        Equal sentences of one document are told apart by their order, equal pairs of none by all
        that is said of them. With ``fresh``, an id that no unit ever had.
        """
        if unit.id:
            return unit
        if unit.document is None:
            base = _said(unit)
        else:
            parts = [*unit.languages, unit.document, unit.source.text]
            if not unit.source.text:
                parts.append(unit.target.text)
            base = "\x1f".join(parts)
        if unit.document is None and not fresh:
            return replace(unit, id=_digest(base, 1))
        while True:
            seen[base] += 1
            unit_id = _digest(base, seen[base])
            if not fresh or not (self._store.unit(unit_id) or self._store.was_known(unit_id)):
                return replace(unit, id=unit_id)

    def _placed(self, unit: TranslationUnit, last: dict[DocumentKey, float]) -> TranslationUnit:
        """The unit with a position: its own, or one after the last of its document."""
        if unit.document is None:
            return unit
        place = (unit.document, *unit.languages)
        if place not in last:
            last[place] = self._store.last_position(place)
        if unit.position:
            last[place] = max(last[place], unit.position)
            return unit
        last[place] = float(int(last[place]) + 1)
        return replace(unit, position=last[place])


def _faults(path: Path) -> list[str]:
    """What is wrong with a file of a memory that nobody else uses."""
    store = SqliteStore(path, create=False)
    try:
        return store.faults() or store.altered()
    finally:
        store.close()


@dataclass(slots=True)
class _Addition:
    """What units that are added, some after others, have in common.

    ``is_new``: the memory is, so that nothing competes with them and none was removed.
    ``documents`` has by their names those that were here before. ``last`` holds the highest
    positions of documents, ``coming`` the ids of the units at hand. Where units may give way,
    ``said`` tells of what document and source each id is, ``done`` has the ids that came, and those
    under which units that came stand, which do not give way any more; ``places`` says which these
    are, ``beside`` which ones answer for the ids and sources that gave way to them, and
    ``answering`` has all of them.
    """

    action: _Action
    on_conflict: OnConflict
    is_new: bool
    documents: dict[str, list[DocumentKey]] = field(default_factory=dict)
    last: dict[DocumentKey, float] = field(default_factory=dict)
    coming: frozenset[str] = frozenset()
    said: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)
    beside: dict[tuple[str, str], str] = field(default_factory=dict)
    answering: set[str] = field(default_factory=set)

    def at_home(self, unit: TranslationUnit) -> TranslationUnit:
        """A unit with the codes that its languages have in the document that it comes into."""
        documents = self.documents.get(unit.document or "", ())
        key = unit.document or "", *unit.languages
        if not documents or key in documents:
            return unit  # nearly always
        _, source, target = _at_home(key, documents)
        return replace(
            unit,
            source=replace(unit.source, language=source),
            target=replace(unit.target, language=target),
        )

    def own(self, unit: TranslationUnit) -> TranslationUnit:
        """A unit without its id if that is of another one, in its place or with its source."""
        if not unit.id or self.on_conflict not in ("replace", "newest"):
            return unit
        said = hash((unit.document, unit.source.text))
        return unit if self.said.setdefault(unit.id, said) == said else replace(unit, id="")

    def taken(self, alone: TranslationUnit | None, unit: TranslationUnit) -> TranslationUnit | None:
        """What came alone, for the first unit that says the same of the document it is in now.

        What answers for another unit that stands alone goes on to do so.
        """
        if alone is None or alone.id in self.answering:
            return None
        return alone if alone.document in (None, unit.document) else None

    def came(self, unit: TranslationUnit, place: str = "", *, was_older: bool = False) -> None:
        """Note that a unit came, and under which id it stands if that is another one.

        What is held there may still give way to another one if this one ``was_older``.
        """
        place = place or unit.id
        if self.on_conflict in ("replace", "newest") and not was_older:
            self.done |= {unit.id, place}
        if place != unit.id:
            self.places[unit.id] = place
        if not self.is_new:  # there nothing stands alone that came before
            self.answering.add(place)

    def stands(self, unit: TranslationUnit, place: str) -> None:
        """Note that a unit which came gave way to one under another id."""
        self.beside[unit.id, unit.source.text] = place
        self.answering.add(place)

    def place(self, unit: TranslationUnit) -> str:
        """The id under which a unit stands: its own, but for one that came and has another."""
        if not (self.beside or self.places):
            return unit.id  # nearly always
        beside = self.beside.get((unit.id, unit.source.text), unit.id)
        return self.places.get(unit.id, beside)

    def policy(self, unit: TranslationUnit) -> OnConflict:
        """What is done with a unit beside one under its id, which does not give way if it came."""
        return "keep" if self.place(unit) in self.done else self.on_conflict

    def is_apart(self, held: TranslationUnit, unit: TranslationUnit, outcome: Outcome) -> bool:
        """Whether a unit is one of its own, though one is held under its id.

        So is another translation where both are to be held, and what says something else under
        an id that came already, unless it is the translation that this lacked, or lacks it.
        """
        if self.on_conflict == "both":
            return outcome == "kept" and bool(unit.target.content) and texts(held) != texts(unit)
        return outcome == "kept" and held.id in self.done and not is_emptied(held, unit)

    def outcome_beside(
        self, others: Sequence[TranslationUnit], unit: TranslationUnit
    ) -> tuple[Outcome, TranslationUnit | None, Sequence[TranslationUnit]]:
        """What becomes of a unit beside others of its source, and which of these give way.

        One of the same texts that says nothing more is nothing new, nor is what somebody rejected.
        What the file says itself does not give way. In the middle: the one that is held instead,
        or in whose place it comes.
        """
        if same := [other for other in others if says_all(other, unit)]:
            alike = [other for other in same if texts(other) == texts(unit)]
            for other in alike:
                self.came(unit, other.id)
            held = (alike or same)[-1]
            if not alike:
                self.stands(unit, held.id)
            is_refused = held.state == "rejected" != unit.state
            return "kept" if is_refused else "unchanged", held, ()
        if self.on_conflict == "both":
            return "new", None, ()
        after, befores = last_changed(unit), [last_changed(other) for other in others]
        is_newest = after is not None and all(at is None or after > at for at in befores)
        is_weak = self.on_conflict == "newest" and not is_newest
        if self.on_conflict == "keep" or is_weak or not unit.target.content:
            self.stands(unit, others[0].id)
            return "kept", others[0], ()
        gone = [
            other for other in others if other.id not in self.done and other.id not in self.coming
        ]
        if not gone:
            return "new", None, ()
        self.came(unit, gone[0].id)
        return "replaced", gone[0], gone


class _Action:
    """An action that is opened when its first change is written."""

    def __init__(self, store: Store, kind: str, author: str) -> None:
        self._store = store
        self._kind = kind
        self._author = author
        self.number = 0
        """0 as long as it is not open."""

        self.at = _now()

    def __call__(self) -> int:
        """The number of the action."""
        if not self.number:
            self.number = self._store.add_action(self._kind, self.at, self._author)
        return self.number


def _at_home(wanted: DocumentKey, documents: Iterable[DocumentKey]) -> DocumentKey:
    """The one of some documents that a text belongs to, by its name and languages, or itself."""
    name, *languages = wanted
    alike = [
        key for key in documents if key[0] == name and all(map(may_be_one, key[1:], languages))
    ]
    return alike[0] if len(alike) == 1 else wanted


def _said(unit: TranslationUnit) -> str:
    """All that a unit says, but for its id and place; no two that differ say the same."""
    contents = [coded(variant.content) for variant in (unit.source, unit.target)]
    beside = [contents, unit.props, unit.notes, unit.score]
    parts = (
        *(*unit.languages, unit.source.text, unit.target.text, unit.document or ""),
        *(unit.state, unit.origin, unit.created_by, unit.changed_by),
        *(format_time(unit.created_at), format_time(unit.changed_at)),
        json.dumps(beside) if beside != _NOTHING_BESIDE else "",
    )
    return "\x1f".join(parts)


_NOTHING_BESIDE: list[object] = [[[], []], (), (), None]


def _legal(unit: TranslationUnit) -> TranslationUnit:
    """The unit without characters that XML has no place for; itself if it has none."""
    texts = unit.source.text, unit.target.text
    if all(legal(text) is text for text in texts) and not (unit.notes or unit.props):
        return unit  # nearly always

    def side(variant: Variant) -> Variant:
        parts = (legal(part) if isinstance(part, str) else part for part in variant.content)
        return replace(variant, content=tuple(part for part in parts if part))

    cleaned = replace(
        unit,
        source=side(unit.source),
        target=side(unit.target),
        notes=tuple(map(legal, unit.notes)),
        props=tuple((kind, legal(value)) for kind, value in unit.props),
    )
    return unit if cleaned == unit else cleaned


def _without_blanks(unit: TranslationUnit) -> TranslationUnit:
    """The unit without sides that hold nothing but white space; itself if it has none."""
    sides = unit.source, unit.target
    if all(side.text.strip() or not side.content for side in sides):
        return unit  # nearly always
    source, target = (
        side
        if side.text.strip() or any(isinstance(part, Code) for part in side.content)
        else replace(side, content=())
        for side in sides
    )
    return replace(unit, source=source, target=target)


def _is_nameless(unit: TranslationUnit) -> bool:
    """Whether a unit with both texts stands alone, and nothing tells which one it is."""
    has_texts = unit.source.text and unit.target.text
    is_alone = not unit.document and unit.id == _digest(_said(unit), 1)
    return bool(has_texts and is_alone)


def _source(unit: TranslationUnit) -> tuple[str, ...]:
    """The languages, the source text and the context of a unit, nothing if it has no such text."""
    if not unit.source.text:
        return ()
    return (*unit.languages, unit.source.text, *chain.from_iterable(unit.context))


def _digest(text: str, number: int) -> str:
    """16 hexadecimal digits, which a spreadsheet does not take for a number, as it would 12e5."""
    digits = hashlib.sha256(f"{text}\x1f{number}".encode()).hexdigest()
    parts = (digits[start : start + 16] for start in range(len(digits)))
    return next(part for part in parts if not _NUMBER.fullmatch(part))


def _now() -> datetime:
    """The time to the second; SOURCE_DATE_EPOCH stands in for it in reproducible builds."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            raise TmtoolError(
                f"SOURCE_DATE_EPOCH is {epoch!r}, which is no time", hint="unset it"
            ) from None
    return datetime.now(UTC).replace(microsecond=0)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
