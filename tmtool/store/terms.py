"""Terms of glossaries as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, fields
from datetime import datetime

from tmtool.model import Languages, Term, format_time
from tmtool.store.statements import Statements

_FIELDS = tuple(field.name for field in fields(Term))
_LANGUAGES = ("source_language", "target_language")
_ALL = (*_LANGUAGES, *_FIELDS, "changed_at", "changed_by", "is_withdrawn")
_SAID = ", ".join(f"{name} = excluded.{name}" for name in _ALL[4:])
_OTHER = " OR ".join(f"terms.{name} <> excluded.{name}" for name in (*_FIELDS[2:], "is_withdrawn"))
_PUT = (
    f"INSERT INTO terms ({', '.join(_ALL)}) VALUES ({', '.join('?' * len(_ALL))}) "
    f"ON CONFLICT ({', '.join(_ALL[:4])}) DO UPDATE SET {_SAID} WHERE {_OTHER}"
)


class TermStore:
    """Terms of a memory. All methods raise ``StoreError`` where the store fails."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def put(
        self,
        terms: Iterable[Term],
        languages: Languages,
        at: datetime,
        author: str,
        *,
        withdrawn: bool = False,
    ) -> int:
        """Add terms or what is said of them; how many said something new."""
        return self._statements.write_each(
            _PUT,
            (
                (*languages, *astuple(term), format_time(at), author, int(withdrawn))
                for term in terms
            ),
        )

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
            f"SELECT {', '.join((*_LANGUAGES, *_FIELDS))} FROM terms WHERE is_withdrawn = 0 "
            f"{which} ORDER BY source_language, target_language, source, target"
        )
        for source, target, *said in self._statements.stream(query, languages or ()):
            yield (source, target), Term(*said)
