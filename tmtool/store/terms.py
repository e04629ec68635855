"""Terms of glossaries as rows, and how they were before, each with a checksum as units have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, NamedTuple

from tmtool.model import STATUSES, Languages, Term, format_time
from tmtool.store.rows import DamageError, checked, checksum
from tmtool.store.statements import Statements

_FIELDS = tuple(field.name for field in fields(Term))
_KEY = ("source_language", "target_language", "source", "target")
_STATE = (*_FIELDS[2:], "is_withdrawn")  # what may change of a term
_ALL = (*_KEY, *_STATE, "changed_at", "changed_by")
_PUT = (
    f"INSERT INTO terms ({', '.join(_ALL)}, checksum) VALUES ({', '.join('?' * len(_ALL))}, ?) "
    f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in (*_ALL[len(_KEY) :], "checksum"))
)

COLUMNS = f"{', '.join(_ALL)}, checksum"
"""Of a term, as :func:`term` reads them."""

BEFORE = f"{', '.join(_KEY)}, before, checksum"
"""Of a row of history, as :func:`before` reads them."""

Key = tuple[str, str, str, str]
"""The languages of a term, the term and its translation."""


def _state(term: Term) -> list[Any]:
    """What a row says of a term, beside its texts."""
    props = json.dumps(term.props, ensure_ascii=False) if term.props else ""
    return [*(getattr(term, name) for name in _FIELDS[2:-1]), props]


def term(row: Sequence[Any]) -> tuple[Languages, Term]:
    """The languages and the term of a row with the columns of ``COLUMNS``."""
    key, state = _checked(row)
    return key[:2], _term(key, state)


def before(row: Sequence[Any]) -> tuple[Key, list[Any] | None]:
    """A term and its state that history keeps; the row has the columns of ``BEFORE``."""
    what = f"the history of term {row[2]}"
    source_language, target_language, source, target, held = checked(row, what)
    key = source_language or "", target_language or "", source or "", target or ""
    with suppress(TypeError, ValueError):
        return key, _whole(json.loads(held)) if held else None
    raise DamageError(f"{what} makes no sense")


def rescued(said: Mapping[str, Any]) -> tuple[Languages, Term] | None:
    """The term of a row of a damaged memory by the names of its columns; ``None``: withdrawn.

    Raises ``ValueError``, ``TypeError`` or ``LookupError`` for what is none. A memory of an older
    version has no checksums: there, it is one if it can be.
    """
    values = [said[name] for name in _ALL]
    key, state = _checked([*values, said.get("checksum", checksum(*values))])
    found = _term(key, state)
    if "checksum" not in said:
        texts = (*key, *state[:-1], *(text for prop in found.props for text in prop))
        is_one = all(key) and not any("\0" in text for text in texts)
        if not is_one or not {found.status, found.source_status} <= {"", *STATUSES}:
            raise ValueError
    return None if state[-1] else (key[:2], found)


def _checked(row: Sequence[Any]) -> tuple[Key, list[Any]]:
    """A term and its state of a row with the columns of ``COLUMNS``."""
    values = checked(row, f"term {row[2]}")
    said = ["" if value is None else value for value in values]  # as an empty text may become
    source_language, target_language, source, target, *state = said[: len(_KEY) + len(_STATE)]
    return (source_language, target_language, source, target), state


def _term(key: Key, state: Sequence[Any]) -> Term:
    *fields, props, _ = state
    with suppress(TypeError, ValueError):
        said = tuple((kind, text) for kind, text in json.loads(props or "[]"))
        return replace(Term(*key[2:], *fields), props=said)
    raise DamageError(f"term {key[2]} makes no sense")


def _whole(state: list[Any]) -> list[Any]:
    """A state that history keeps, with what earlier versions did not know of a term."""
    return [*state[:-1], *[""] * (len(_STATE) - len(state)), state[-1]]


class News(NamedTuple):
    """What is to become of some terms.

    ``states`` are those that terms get, ``new`` counts those that are not there, ``unchanged``
    those of which nothing changes; each term counts once.
    """

    states: dict[Key, list[Any]]
    new: int
    unchanged: int


class TermStore:
    """Terms of a memory. All methods raise ``StoreError`` where the store fails."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def news(self, terms: Iterable[Term], languages: Languages, *, withdrawn: bool) -> News:
        """What some terms say that the memory does not, of two the later.

        What a term leaves empty stays as it is, unless it was withdrawn before; so does a note of
        several lines that comes in one.
        """
        held = self._held(languages)
        states = {key: state for key, state in held.items() if not state[-1]}
        said = set[Key]()
        for term in terms:
            key = (*languages, term.source, term.target)
            fields = _state(term)
            kept = states.get(key, [*fields, 0])[:-1]
            states[key] = [
                *(old if _is_in(old, new) else new for new, old in zip(fields, kept, strict=True)),
                int(withdrawn),
            ]
            said.add(key)
        news = {key: states[key] for key in states if key in said and held.get(key) != states[key]}
        new = sum(key not in held or bool(held[key][-1]) for key in news)
        return News(news, new, len(said) - len(news))

    def put(self, states: Mapping[Key, list[Any]], action: int, at: datetime, author: str) -> None:
        """Have terms be so, and keep how they were."""
        held: dict[Key, list[Any]] = {}
        for languages in {key[:2] for key in states}:
            held |= self._held(languages)
        self._statements.insert(
            "term_history",
            f"action, {BEFORE}",
            (
                (action, *key, text, checksum(*key, text))
                for key, state in ((key, held.get(key)) for key in states)
                for text in [None if state is None else json.dumps(state, ensure_ascii=False)]
            ),
        )
        made = ((*key, *state, format_time(at), author) for key, state in states.items())
        self._statements.write_each(_PUT, ((*row, checksum(*row)) for row in made))

    def before(self, action: int) -> dict[Key, list[Any]]:
        """The terms that an action changed, as they were; those that it brought as withdrawn."""
        query = f"SELECT {BEFORE} FROM term_history WHERE action = ?"
        rows = self._statements.read(query, (action,))
        with self._statements.explained():
            found = dict(map(before, rows))
        held: dict[Key, list[Any]] = {}
        for languages in {key[:2] for key in found}:
            held |= self._held(languages)
        with self._statements.explained():
            if lost := found.keys() - held.keys():
                raise DamageError(f"term {min(lost)[2]} is not there any more")
        return {
            key: [*held[key][:-1], 1] if state is None else state for key, state in found.items()
        }

    @property
    def version(self) -> tuple[int, int, str]:
        """A value that is another one once the terms have changed."""
        (found,) = self._statements.read(
            "SELECT count(*), coalesce(sum(is_withdrawn), 0), coalesce(max(changed_at), '') "
            "FROM terms"
        )
        return int(found[0]), int(found[1]), found[2]

    def terms(self, languages: Languages | None = None) -> Iterator[tuple[Languages, Term]]:
        """The terms that are not withdrawn, with their languages, in order of languages and text.

        With ``languages``, those between these two.
        """
        which = "AND (source_language, target_language) = (?, ?)" if languages else ""
        query = (
            f"SELECT {COLUMNS} FROM terms WHERE is_withdrawn = 0 "
            f"{which} ORDER BY source_language, target_language, source, target"
        )
        with self._statements.explained():
            for row in self._statements.stream(query, languages or ()):
                yield term(row)

    def _held(self, languages: Languages) -> dict[Key, list[Any]]:
        """The terms between two languages, withdrawn ones, too."""
        query = f"SELECT {COLUMNS} FROM terms WHERE (source_language, target_language) = (?, ?)"
        rows = self._statements.read(query, languages)
        with self._statements.explained():
            return dict(map(_checked, rows))


def _is_in(held: str, said: str) -> bool:
    """Whether a field that is held has all of one that is said, in its own lines."""
    is_in_one = len(said.splitlines()) < len(held.splitlines()) and said.split() == held.split()
    return not said or is_in_one
