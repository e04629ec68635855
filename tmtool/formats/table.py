"""Units as rows of a table, for people with a spreadsheet: what its columns are and mean.

A heading names the columns; those of tmtool are in :data:`COLUMNS`, and two columns headed by
language codes (``kk``, ``en``) do as well. A column of another name becomes a prop. Without a
heading a table has two columns, source and target.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tmtool.formats.plain import marked, rest, restored
from tmtool.model import STATES, TranslationUnit
from tmtool.text import nfc

COLUMNS = (
    *("id", "source", "target", "state", "notes"),
    *("document", "source_language", "target_language", "more"),
)

_ALIASES = {
    "tuid": "id",
    "src": "source",
    "tgt": "target",
    "translation": "target",
    "status": "state",
    "note": "notes",
    "comment": "notes",
    "comments": "notes",
    "source language": "source_language",
    "target language": "target_language",
}
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

    ``languages`` are those that the heading itself names, else empty.
    """

    columns: tuple[str, ...]
    languages: tuple[str, str] = ("", "")

    @classmethod
    def of(cls, cells: Sequence[str]) -> Heading | None:
        """The heading that a first row is; ``None`` if it is a row like any other."""
        titles = [cell.strip() for cell in cells]
        columns = [_ALIASES.get(title.lower(), title.lower()) for title in titles]
        columns = [
            column if column in COLUMNS else title
            for column, title in zip(columns, titles, strict=True)
        ]
        languages = ("", "")
        if "source" not in columns and "target" not in columns:
            spoken = [column for column in columns if _LANGUAGE.fullmatch(column)]
            if len(spoken) == 2 and spoken[0] != spoken[1]:
                columns[columns.index(spoken[0])] = "source"
                columns[columns.index(spoken[1])] = "target"
                languages = (spoken[0].replace("_", "-"), spoken[1].replace("_", "-"))
        named = [column for column in columns if column in COLUMNS]
        if not {"source", "target"} <= set(columns) or len(named) != len(set(named)):
            return None
        return cls(tuple(columns), languages)

    @classmethod
    def without(cls) -> Heading:
        """That of a table that has none."""
        return cls(("source", "target"))

    def unit(self, cells: Sequence[str], origin: str) -> TranslationUnit:
        """The unit in a row, which may end early.

        Raises ``ValueError`` that says which cell is wrong.
        """
        if any(cells[len(self.columns) :]):
            raise ValueError(f"has {len(cells)} columns, not {len(self.columns)}")
        padded = [*cells, *[""] * (len(self.columns) - len(cells))]
        values = dict(zip(self.columns, padded, strict=False))
        source, target = values["source"], values["target"]
        state = values.get("state", "").strip().lower()
        if state and state not in STATES:
            raise ValueError(f"the state {state!r} is not one of {', '.join(STATES)}")
        shown = {
            "id": values.get("id", "").strip(),
            "source": source,
            "target": target,
            "state": state or ("translated" if source and target else "initial"),
            "document": values.get("document", ""),
            "source_language": values.get("source_language") or self.languages[0],
            "target_language": values.get("target_language") or self.languages[1],
        }
        unit = restored(shown, values.get("more", ""))
        if values.get("notes", "") != "\n".join(unit.notes):
            unit = replace(unit, notes=_lines(values["notes"]))
        props = []
        for number, (name, value) in enumerate(zip(self.columns, padded, strict=False), 1):
            if value and not name:
                raise ValueError(f"column {number} has no heading")
            if value and name not in COLUMNS:
                props.append((name, value))
        if "more" not in self.columns:
            unit = replace(unit, origin=origin)
        return replace(unit, props=(*unit.props, *props))


def _lines(notes: str) -> tuple[str, ...]:
    """The notes in a cell, one a line."""
    return tuple(line for line in notes.split("\n") if line)
