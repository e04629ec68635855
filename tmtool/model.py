"""The nouns of a translation memory: frozen values, no input or output.

Names are those of the standards: segment (SRX), bead (Gale and Church 1993), translation
unit and variant (TMX 1.4b), state (XLIFF 2.1). A change makes another value:
``dataclasses.replace(unit, state="final")``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, get_args

from tmtool.errors import TmtoolError

State = Literal["initial", "translated", "reviewed", "final", "rejected"]
"""XLIFF 2.1 states, and ``rejected`` for a pair that a reviewer threw out."""

STATES: tuple[State, ...] = get_args(State)

BY_TRUST: tuple[State, ...] = ("rejected", "initial", "translated", "reviewed", "final")
"""The states, the one that is trusted most at the end."""


LONGEST = 1 << 17
"""Characters that a side of a unit has at most, its codes among them."""


RENAMED = "x-tmtool:props"
"""The type of a prop that says of others of its unit what they were before a tool got them.

JSON of their types and the earlier ones; where one is null, there was no such prop.
"""

FOREIGN_ID = "x-tuid"
"""The type of the prop that holds the id which another tool gave a unit."""

OWN = "x-tmtool:"
"""How the types of props begin in which tmtool says something of a unit or of its text."""

CONTEXTS = (
    *("file", "prev", "next", "id"),  # OmegaT
    *("x-context-pre", "x-context-post"),  # memoQ, which has them in the source side
    *("tmx:source/x-context-pre", "tmx:source/x-context-post"),
    *("x-Context", "x-ContextContent"),  # Trados
    *("x-po:context", "x-po:form"),
)
"""The types of props that bind a translation to a place.

One of another place is no rival: a source may be translated otherwise there.
"""

XLIFF_ID = "x-xliff:id"
"""The type of the prop that holds the id of a unit in XLIFF."""

_OWN_ID = re.compile("[0-9a-f]{16}")
_MADE_UP = re.compile("tmtool-[0-9a-f]{12}(?:-[0-9]+)*")


def is_own_id(unit_id: str) -> bool:
    """Whether an id looks like those that memories give.

    Other tools number their units from 1, which would be the same units in every file.
    """
    return _OWN_ID.fullmatch(unit_id) is not None


def is_made_up(prop: tuple[str, str]) -> bool:
    """Whether a prop says no more than which id tmtool made up for a unit, as XLIFF wants one."""
    kind, value = prop
    return kind == XLIFF_ID and _MADE_UP.fullmatch(value) is not None


class Segment(NamedTuple):
    """A sentence where it stands: ``whole[start:end] == text``.

    ``start`` and ``end`` count characters (code points) of the whole text from 0;
    ``paragraph`` counts the paragraphs that hold text, from 0.
    """

    text: str
    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Code:
    """An inline code kept as it was found.

    ``kind`` is the TMX element (bpt ept ph it hi ut), ``data`` its XML to the letter,
    ``pair`` the number that joins a bpt to its ept (the attribute ``i``; empty if none).
    ``hi`` stands around translatable text, so it is two codes: one whose data is the start
    tag and one whose data is the end tag.
    """

    kind: str
    data: str
    pair: str = ""


Content = tuple[str | Code, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One language side of a unit (TMX ``<tuv>``): text with inline codes."""

    language: str
    content: Content = ()

    @classmethod
    def of(cls, language: str, text: str) -> Variant:
        """The variant that holds plain text; empty text gives empty content."""
        return cls(language, (text,) if text else ())

    @property
    def text(self) -> str:
        """The translatable text, inline codes dropped."""
        if len(self.content) == 1 and isinstance(self.content[0], str):
            return self.content[0]
        return "".join(part for part in self.content if isinstance(part, str))


DocumentKey = tuple[str, str, str]
"""The name of a document, its source and its target language."""

_WORD = re.compile(r"[^\W_]\S*")


def count_words(text: str) -> int:
    """The words of a text as OmegaT and Trados count them.

    A word stands between white space and holds a letter or a digit, so that a dash alone is none;
    Word and memoQ count that, too.

    >>> count_words("Бұл – іс-шара, 25 адам қатысты...")
    5
    """
    return len(_WORD.findall(text))


DOUBTFUL_BELOW = 0.9
"""Alignment scores under this are for a person to look at."""

PRETRANSLATE = "pretranslate"
"""The origin of a translation that was taken over from the memory, and the kind of that action."""

ADD_PRETRANSLATED = "add pretranslated"
"""The kind of an action that added sentences with translations that were taken over."""


class Entry(NamedTuple):
    """A unit at a glance: enough to find the way in a document of many thousand.

    ``words`` counts those of the source, as :func:`count_words` does.
    """

    id: str
    state: State
    score: float | None
    has_source: bool
    has_target: bool
    has_notes: bool
    words: int

    @property
    def is_untranslated(self) -> bool:
        """Whether the unit has no translation, and nobody said that it shall have none."""
        return self.has_source and not self.has_target and self.state != "rejected"

    @property
    def is_open(self) -> bool:
        """Whether the unit waits for a translator: it has no translation, or one was rejected."""
        return self.is_untranslated or (self.has_source and self.state == "rejected")

    @property
    def is_doubtful(self) -> bool:
        """Whether a translation is for a person to look at.

        It is of little confidence, without a source, or nobody's yet: a proposal or draft, which
        has a text in the state ``initial``.
        """
        if self._is_judged or not self.has_target:
            return False
        is_unsure = self.score is not None and self.score < DOUBTFUL_BELOW
        return is_unsure or not self.has_source or self.state == "initial"

    @property
    def wants_review(self) -> bool:
        """Whether a reviewer should look: it is doubtful, or has no translation."""
        return self.is_doubtful or not (self.has_target or self._is_judged)

    @property
    def _is_judged(self) -> bool:
        return self.state not in ("initial", "translated")

    @property
    def is_vouched(self) -> bool:
        """Whether a person stands for the unit as it is."""
        return self.state in ("reviewed", "final")


Trust = tuple[int, bool, float]
"""How far a translation is to be trusted, for comparison only."""


@dataclass(frozen=True, slots=True)
class TranslationUnit:
    """A source segment and its translation (TMX ``<tu>``).

    ``id`` is stable for the life of the unit in a memory and empty until a memory gives
    one. ``document`` names the ordered text the unit belongs to (``None``: it stands
    alone) and ``position`` orders it there, ascending. ``origin`` says where the pair came
    from: ``align``, ``translate``, the creation tool of a TMX. ``score`` is the confidence
    of the alignment, 0 to 1, ``None`` where no aligner spoke. Times are in UTC, to the
    second. ``props`` are (type, value) pairs as in TMX ``<prop>``, kept in order.
    """

    source: Variant
    target: Variant
    id: str = ""
    state: State = "initial"
    document: str | None = None
    position: float = 0.0
    origin: str = ""
    created_at: datetime | None = None
    created_by: str = ""
    changed_at: datetime | None = None
    changed_by: str = ""
    score: float | None = None
    props: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, str]:
        """The codes of source and target language."""
        return self.source.language, self.target.language

    @property
    def context(self) -> tuple[tuple[str, str], ...]:
        """The props that bind the translation to a place (see :data:`CONTEXTS`)."""
        return tuple(prop for prop in self.props if prop[0] in CONTEXTS)

    @property
    def trust(self) -> Trust:
        """What tells which of several translations is to be trusted most: the greatest.

        The place of its state in :data:`BY_TRUST`, whether it is more than a suggestion, then the
        second in which it was last changed.
        """
        at = self.changed_at or self.created_at
        return BY_TRUST.index(self.state), not self.is_suggestion, at.timestamp() if at else 0.0

    @property
    def is_empty(self) -> bool:
        """Whether neither side holds anything, text or inline codes."""
        return not self.source.content and not self.target.content

    @property
    def is_paired(self) -> bool:
        """Whether both sides hold text."""
        return bool(self.source.text.strip()) and bool(self.target.text.strip())

    @property
    def is_suggestion(self) -> bool:
        """Whether a memory proposed the translation in doubt, and nobody has looked at it."""
        return self.state == "initial" and self.origin == PRETRANSLATE

    @property
    def entry(self) -> Entry:
        """The unit as a list of its document shows it at a glance."""
        source = self.source.text
        has_target = bool(self.target.text)
        return Entry(
            self.id,
            self.state,
            self.score,
            bool(source),
            has_target,
            bool(self.notes),
            count_words(source),
        )

    def as_dict(self) -> dict[str, Any]:
        """The unit as values that JSON can hold; fields that are empty are left out.

        ``source`` and ``target`` are plain text; ``source_content`` and ``target_content``
        stand beside them where there are inline codes.
        """
        fields: dict[str, Any] = {
            "id": self.id,
            "source_language": self.source.language,
            "target_language": self.target.language,
            "source": self.source.text,
            "target": self.target.text,
            "source_content": coded(self.source.content),
            "target_content": coded(self.target.content),
            "state": self.state,
            "document": self.document,
            "position": self.position,
            "origin": self.origin,
            "created_at": format_time(self.created_at),
            "created_by": self.created_by,
            "changed_at": format_time(self.changed_at),
            "changed_by": self.changed_by,
            "score": self.score,
            "props": [list(prop) for prop in self.props],
            "notes": list(self.notes),
        }
        return {
            name: value
            for name, value in fields.items()
            if name in ("source", "target") or value not in (None, "", [])
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> TranslationUnit:
        """The unit that :meth:`as_dict` described.

        Raises ``ValueError`` that says what is missing, unknown or of the wrong type.
        """
        values = dict(fields)

        def take(name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
            value = values.pop(name, default)
            if value is None and default is None and name in ("document", "score"):
                return None
            if not isinstance(value, kind) or isinstance(value, bool):
                raise ValueError(
                    f"{name!r} is missing" if value is None else f"{name!r} is of the wrong type"
                )
            return value

        def number(name: str, default: float | None) -> float | None:
            value = take(name, (int, float), default)
            if value is None:
                return None
            try:
                found = float(value)
            except OverflowError:  # of an int
                found = math.inf
            if not math.isfinite(found):
                raise ValueError(f"{name!r} is not a finite number")
            return found

        def variant(side: str) -> Variant:
            language, text = take(f"{side}_language", str), take(side, str)
            if not language:
                raise ValueError(f"'{side}_language' is empty")
            content = take(f"{side}_content", list, [])
            return Variant(language, _content(content)) if content else Variant.of(language, text)

        source, target = variant("source"), variant("target")
        state = take("state", str, "initial")
        if state not in STATES:
            raise ValueError(f"'state' is {state!r}, not one of {', '.join(STATES)}")
        unit = cls(
            source,
            target,
            id=take("id", str, ""),
            state=state,
            document=take("document", str) or None,
            position=number("position", 0.0) or 0.0,
            origin=take("origin", str, ""),
            created_at=parse_time(take("created_at", str, "")),
            created_by=take("created_by", str, ""),
            changed_at=parse_time(take("changed_at", str, "")),
            changed_by=take("changed_by", str, ""),
            score=number("score", None),
            props=tuple(_prop(prop) for prop in take("props", list, [])),
            notes=tuple(_text(note, "notes") for note in take("notes", list, [])),
        )
        if values:
            raise ValueError(f"unknown field {min(values)!r}")
        return unit


def told_apart(
    coded: Iterable[tuple[TranslationUnit, TranslationUnit]],
) -> Iterator[tuple[TranslationUnit, TranslationUnit]]:
    """Units, each with what it is in other language codes, as they are given.

    Raises ``TmtoolError`` at the end if both sides of some would come to be in one language.
    """
    count = 0
    for before, after in coded:
        old, new = ({code.lower() for code in unit.languages} for unit in (before, after))
        count += len(old) > len(new)
        yield before, after
    if count:
        message = f"{count} of the units would have one language on both sides"
        raise TmtoolError(message, hint="the languages of a pair need two codes")


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of all its units (TMX ``<header>``): (type, value) pairs, and notes."""

    props: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def joined(cls, headers: Iterable[Header]) -> Header:
        """What any of them says, each thing once, in order."""
        headers = list(headers)
        return cls(
            tuple(dict.fromkeys(prop for header in headers for prop in header.props)),
            tuple(dict.fromkeys(note for header in headers for note in header.notes)),
        )

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.props or self.notes)

    def without(self, other: Header) -> Header:
        """What this one says and the other does not."""
        props, notes = set(other.props), set(other.notes)
        return Header(
            tuple(prop for prop in self.props if prop not in props),
            tuple(note for note in self.notes if note not in notes),
        )


def format_time(moment: datetime | None) -> str:
    """A time in UTC to the second, as in ``2025-10-20T09:30:00Z``; empty for ``None``."""
    if not moment:
        return ""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat()[: len("2025-10-20T09:30:00")] + "Z"


def tmx_time(text: str) -> str:
    """A time as TMX writes it; empty if it does not say its time zone or is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            return ""
        return format_time(moment.astimezone(UTC)).replace("-", "").replace(":", "")
    except (ValueError, OverflowError):
        return ""


class OutsideCalendar(ValueError):  # noqa: N818 - where a time lies
    """A time with an offset that no year from 1 to 9999 holds in UTC."""


def parse_time(text: str) -> datetime | None:
    """The time that :func:`format_time` wrote; raises ``ValueError`` if it is none.

    That is ``OutsideCalendar`` of one that it could not write.
    """
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        message = f"{text!r} is out of range: before the year 1 or after 9999, in UTC"
        raise OutsideCalendar(message) from None


def coded(content: Content) -> list[Any]:
    """Content as JSON values where plain text would lose something, else nothing."""
    if not content or (len(content) == 1 and isinstance(content[0], str)):
        return []  # nearly always, and told at once
    if not any(isinstance(part, Code) for part in content):
        return []
    return [
        part if isinstance(part, str) else {"kind": part.kind, "data": part.data, "pair": part.pair}
        for part in content
    ]


def _content(parts: list[Any]) -> Content:
    return tuple(
        part
        if isinstance(part, str)
        else Code(*(_text(part[name], "content") for name in ("kind", "data", "pair")))
        for part in parts
        if isinstance(part, str) or _is_code(part)
    )


def _is_code(part: Any) -> bool:
    if isinstance(part, dict) and part.keys() == {"kind", "data", "pair"}:
        return True
    raise ValueError("'content' holds something that is neither text nor a code")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name!r} holds something that is not text")
    return value


def _prop(value: Any) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("'props' holds something that is not a pair of type and value")
    return _text(value[0], "props"), _text(value[1], "props")


@dataclass(frozen=True, slots=True)
class Bead:
    """Segments that translate each other (Gale and Church 1993), in document order.

    Either side may be empty: such a bead says that a sentence has no partner. ``score`` is
    the aligner's posterior probability that this bead is right, 0 to 1.
    """

    source: tuple[Segment, ...]
    target: tuple[Segment, ...]
    score: float

    @property
    def kind(self) -> str:
        """The number of segments on each side, as in ``2-1``."""
        return f"{len(self.source)}-{len(self.target)}"

    def unit(
        self,
        source_language: str,
        target_language: str,
        *,
        document: str | None = None,
        props: tuple[tuple[str, str], ...] = (),
    ) -> TranslationUnit:
        """The bead as a unit, the sentences of a side joined by a space."""
        source = " ".join(segment.text for segment in self.source)
        target = " ".join(segment.text for segment in self.target)
        return TranslationUnit(
            source=Variant.of(source_language, source),
            target=Variant.of(target_language, target),
            state="translated" if source and target else "initial",
            document=document,
            origin="align",
            score=round(self.score, 4),
            props=props,
        )


MatchKind = Literal["context", "exact", "case", "script", "punctuation", "numbers", "fuzzy"]
"""In what a match differs from the text: in nothing, even between the same neighbours; in
nothing; in case, spaces and kinds of quotes and dashes; in look-alike letters or the alphabet; in
punctuation; in numbers; in words."""


EXACT, IN_CONTEXT = 100, 101
"""The percentages of the very same text, and of the same between the same neighbours."""


@dataclass(frozen=True, slots=True)
class Match:
    """A unit found for a text.

    ``percent`` is :data:`IN_CONTEXT` or :data:`EXACT` for the same text, less for all else.
    ``proposal`` is the target with the numbers of the text in place of its own, where only
    numbers differ and that is safe.
    """

    unit: TranslationUnit
    percent: int
    kind: MatchKind
    proposal: str | None = None

    @property
    def target(self) -> str:
        """The translation to start from: the proposal, or the target of the unit."""
        return self.unit.target.text if self.proposal is None else self.proposal


Side = Literal["source", "target"]

Span = tuple[int, int]
"""Start and end of a place in a text, in characters."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit that holds what was searched for, and where: on either side, in order.

    The later a unit came into the memory, the higher is its ``number``.
    """

    number: int
    unit: TranslationUnit
    source_spans: tuple[Span, ...]
    target_spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """What one person did to a memory in one go, and how many units, or terms, that changed.

    Numbers ascend. ``is_undone``: a later action took it back. An undo is an action itself.
    """

    number: int
    kind: str
    at: datetime
    author: str
    is_undone: bool
    units: int

    @property
    def stands(self) -> bool:
        """Whether it can be undone: work that nobody took back."""
        return not self.is_undone and self.kind not in TAKING_BACK


TERMS = "terms"
"""The kind of actions on the glossary."""

TAKING_BACK = ("undo", "redo")
"""Kinds of actions that are about other actions."""


@dataclass(frozen=True, slots=True)
class Event:
    """What an action did to a unit; ``before`` is ``None`` if it made it, ``after`` if removed."""

    action: Action
    unit_id: str
    before: TranslationUnit | None
    after: TranslationUnit | None


Severity = Literal["error", "warning", "info"]
"""How bad a finding is, the worst first."""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)


Status = Literal["preferred", "admitted", "deprecated"]
"""Whether a translation is the one to use, one that may be used, or one that must not be."""

STATUSES: tuple[Status, ...] = get_args(Status)


def worst_status(said: Iterable[Status | Literal[""]]) -> Status | Literal[""]:
    """Of statuses the one that allows least; empty if there is none."""
    return max((status for status in said if status), key=STATUSES.index, default="")


Languages = tuple[str, str]
"""The codes of source and target language."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term and a translation of it; ``status`` and ``note`` are about the translation.

    ``source_status`` is about the term itself. ``concept`` is the id of what the term means, the
    same for all terms that mean it. ``props`` are pairs of a type and a text, for all else that is
    said: of the concept, the term or its translation, as in ``target:partOfSpeech``. What nobody
    said is empty; a translation of which nobody said otherwise is one to use.
    """

    source: str
    target: str
    note: str = ""
    status: Status | Literal[""] = ""
    definition: str = ""
    subject: str = ""
    concept: str = ""
    source_status: Status | Literal[""] = ""
    props: tuple[tuple[str, str], ...] = ()

    @classmethod
    def joined(cls, terms: Iterable[Term]) -> list[Term]:
        """Terms, those with the same texts made one, which says what any of them does.

        Of statuses it has the worst, of concepts the first.
        """
        found: dict[tuple[str, str], list[Term]] = {}
        for term in terms:
            found.setdefault((term.source, term.target), []).append(term)
        return [same[0] if len(same) == 1 else _one_of(same) for same in found.values()]

    def unit(self, languages: Languages) -> TranslationUnit:
        """The term as a translation unit, rejected if the translation must not be used."""
        source, target = (
            Variant.of(language, text)
            for language, text in zip(languages, (self.source, self.target), strict=True)
        )
        state = "rejected" if self.status == "deprecated" else "final"
        return TranslationUnit(source, target, state=state)  # type: ignore[arg-type]


def _one_of(same: Sequence[Term]) -> Term:
    """What several terms with the same texts say."""

    def said(name: str) -> list[str]:
        return [*dict.fromkeys(text for term in same if (text := getattr(term, name)))]

    return replace(
        same[0],
        note="; ".join(said("note")),
        status=worst_status(term.status for term in same),
        definition="; ".join(said("definition")),
        subject="; ".join(said("subject")),
        concept=next(iter(said("concept")), ""),
        source_status=worst_status(term.source_status for term in same),
        props=tuple(dict.fromkeys(prop for term in same for prop in term.props)),
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault that a check found in a unit.

    ``check`` is the name of the check, ``unit_id`` the unit's id, empty for a unit that has
    none. ``span`` holds the start and end of the faulty place in the text of ``side``, in
    characters; ``None`` where the fault is one of the whole text. ``fix`` is what belongs in that
    place, ``None`` where somebody must think.
    """

    check: str
    unit_id: str
    message: str
    severity: Literal["error", "warning", "info"]
    side: Literal["source", "target"]
    span: tuple[int, int] | None
    fix: str | None = None
