"""Units as rows of a table, for people with a spreadsheet: what its columns are and mean.

A heading names the columns; those of tmtool are in :data:`COLUMNS`, and two columns or more headed
by languages (``kk``, ``English``) do as well: the first is the source of all others. A column of
another name becomes a prop, and so does the id of a unit unless tmtool gave it. Without a heading
a table has two columns, source and target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from tmtool.formats.plain import marked, rest, restored
from tmtool.language import DATA, GENERIC
from tmtool.model import FOREIGN_ID, STATES, State, TranslationUnit, Variant, is_own_id
from tmtool.text import nfc

COLUMNS = (
    *("id", "source", "target", "state", "notes"),
    *("document", "source_language", "target_language", "more"),
)

_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Z]{2})?")
# What a spreadsheet takes for a formula, as OWASP lists it (CSV injection).
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: a ``'`` stands before what looks like one.

    >>> neutral("=1+1"), neutral("'=1+1"), neutral("1+1")
    ("'=1+1", "''=1+1", '1+1')
    """
    cell = nfc(cell)  # "=" and a stroke through it are one letter
    return f"'{cell}" if _FORMULA.match(cell) else cell


def literal(cell: str) -> str:
    """The cell that :func:`neutral` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def row(unit: TranslationUnit) -> tuple[str, ...]:
    """The cells of a unit under :data:`COLUMNS`."""
    notes = "\n".join(unit.notes)
    carried = COLUMNS[:-1] if _lines(notes) == unit.notes else set(COLUMNS) - {"notes"}
    return (
        unit.id,
        marked(unit.source),
        marked(unit.target),
        unit.state,
        notes,
        unit.document or "",
        *unit.languages,
        rest(unit, *carried),
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """What each column of a table holds: a name of :data:`COLUMNS`, or the type of a prop.

    ``languages`` are those that the heading itself names, else empty; ``others`` those of further
    columns, each a target, which ``columns`` call by their languages.
    """

    columns: tuple[str, ...]
    languages: tuple[str, str] = ("", "")
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, cells: Sequence[str]) -> Heading | None:
        """The heading that a first row is; ``None`` if it is a row like any other."""
        titles = [" ".join(cell.split()) for cell in cells]
        known = _columns()
        columns = [known.get(title.lower(), title) for title in titles]
        languages, others = ("", ""), list[str]()
        if "source" not in columns and "target" not in columns:
            spoken = {
                number: code
                for number, column in enumerate(columns)
                if column not in COLUMNS and (code := _language(column))
            }
            if len(spoken) >= 2 and len(set(spoken.values())) == len(spoken):
                first, second, *others = spoken.values()
                languages = first, second
                for number, name in zip(spoken, ("source", "target", *others), strict=True):
                    columns[number] = name
        named = [column for column in columns if column in COLUMNS]
        if not {"source", "target"} <= set(columns) or len(named) != len(set(named)):
            return None
        return cls(tuple(columns), languages, tuple(others))

    @classmethod
    def without(cls) -> Heading:
        """That of a table that has none."""
        return cls(("source", "target"))

    def units(self, cells: Sequence[str], origin: str) -> Iterator[TranslationUnit]:
        """The units in a row, which may end early: one, and one for each further language.

        Raises ``ValueError`` that says which cell is wrong.
        """
        unit = self._unit(cells, origin)
        yield unit
        texts = dict(zip(self.columns, cells, strict=False))
        for language in self.others:
            if text := texts.get(language, ""):
                target = Variant.of(language, text)
                yield replace(unit, id="", target=target, state=_state(bool(unit.source.content)))

    def _unit(self, cells: Sequence[str], origin: str) -> TranslationUnit:
        if any(cells[len(self.columns) :]):
            raise ValueError(f"has {len(cells)} columns, not {len(self.columns)}")
        padded = [*cells, *[""] * (len(self.columns) - len(cells))]
        values = dict(zip(self.columns, padded, strict=False))
        source, target = values["source"], values["target"]
        state = values.get("state", "").strip().lower()
        if state and state not in STATES:
            raise ValueError(f"the state {state!r} is not one of {', '.join(STATES)}")
        unit_id = values.get("id", "").strip()
        is_own = "more" in self.columns or is_own_id(unit_id)
        shown = {
            "id": unit_id if is_own else "",
            "source": source,
            "target": target,
            "state": state or _state(bool(source and target)),
            "document": values.get("document", ""),
            "source_language": values.get("source_language") or self.languages[0],
            "target_language": values.get("target_language") or self.languages[1],
        }
        unit = restored(shown, values.get("more", ""))
        if values.get("notes", "") != "\n".join(unit.notes):
            unit = replace(unit, notes=_lines(values["notes"]))
        props = [(FOREIGN_ID, unit_id)] if unit_id and not is_own else []
        for number, (name, value) in enumerate(zip(self.columns, padded, strict=False), 1):
            if value and not name:
                raise ValueError(f"column {number} has no heading")
            if value and name not in COLUMNS and name not in self.others:
                props.append((name, value))
        if "more" not in self.columns:
            unit = replace(unit, origin=origin)
        return replace(unit, props=(*unit.props, *props))


def _state(is_paired: bool) -> State:
    """The state of a unit of which nobody says another."""
    return "translated" if is_paired else "initial"


def _lines(notes: str) -> tuple[str, ...]:
    """The notes in a cell, one a line."""
    return tuple(line for line in notes.split("\n") if line)


@cache
def _columns() -> dict[str, str]:
    """The columns of :data:`COLUMNS` by all that they may be called, in small letters."""
    return {name: name for name in COLUMNS} | _named("columns.tsv")


@cache
def _languages() -> dict[str, str]:
    """Language codes by the names of languages, in small letters."""
    return _named("names.tsv")


def _named(file: str) -> dict[str, str]:
    lines = (DATA / GENERIC / file).read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {nfc(name).lower(): first for first, *names in rows for name in names}


def _language(title: str) -> str:
    """The code of the language that a column is headed by, empty if it is none."""
    if _LANGUAGE.fullmatch(title):
        return title.replace("_", "-")
    return _languages().get(title.lower(), "")
