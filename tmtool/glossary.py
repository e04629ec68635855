"""Glossaries: terms and their translations, from and to TBX (ISO 30042) and TSV.

TBX speaks of concepts, which have terms in many languages; here a term is a pair of two of
them, as a checker or a translator asks for it, and the terms of one concept say which it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Literal

from lxml import etree

from tmtool.errors import FormatError, InputError, LanguageError, TmtoolError
from tmtool.formats.files import opened, replaced
from tmtool.formats.markup import XML, escaped, forget, local_name, parsed, quoted, trimmed
from tmtool.formats.table import literal, neutral
from tmtool.language import Language
from tmtool.model import STATUSES, Languages, Status, Term
from tmtool.text import decode

_COLUMNS = tuple(field.name for field in fields(Term))
_ALIASES = {"comment": "note", "notes": "note", "term": "source", "translation": "target"}
_MOST_PAIRS = 10_000  # of terms of one concept
_TBX_STATUS = "preferredTerm-admn-sts", "admittedTerm-admn-sts", "deprecatedTerm-admn-sts"


def is_glossary(path: str | os.PathLike[str]) -> bool:
    """Whether the suffix of a file says that it holds concepts, and no translation units."""
    return Path(path).suffix.lower() == ".tbx"


def read(path: str | os.PathLike[str], languages: Languages, *, raw: bool = False) -> list[Term]:
    """The terms of a file from the first to the second language: ``.tbx``, else TSV.

    A region that only one side names does not matter. TSV has a heading, or source, target
    and note in this order, as OmegaT has them; ``raw`` takes its cells to the letter (see
    ``formats.write``). Raises ``InputError`` if the file cannot be read or holds no such
    terms, and ``FormatError`` where it breaks its format.
    """
    name = os.fspath(path)
    with opened(path) as file:
        if is_glossary(path):
            return _read_tbx(file, name, languages)
        return list(_read_tsv(decode(file.read(), path=path), name, raw))


def write(
    terms: Iterable[Term],
    path: str | os.PathLike[str],
    languages: Languages,
    *,
    raw: bool = False,
) -> int:
    """Write terms to a ``.tbx`` file, else as TSV that OmegaT reads too; how many.

    Raises ``InputError`` if the file cannot be written, ``TmtoolError`` if a term is empty.
    """
    with replaced(path) as file:
        if is_glossary(path):
            return _write_tbx(_whole(terms), file, languages)
        return _write_tsv(_whole(terms), file, raw)


def _whole(terms: Iterable[Term]) -> Iterator[Term]:
    for number, term in enumerate(terms, 1):
        if not term.source.strip() or not term.target.strip():
            raise TmtoolError(f"term {number} has no text on one side", hint="write both")
        yield term


# TSV


def _read_tsv(text: str, name: str, raw: bool) -> Iterator[Term]:
    columns: tuple[str, ...] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        titles = [cell.lower() for cell in (cells[0].lstrip("# "), *cells[1:])]
        names = tuple(_ALIASES.get(title, title) for title in titles)
        if columns is None and {"source", "target"} <= set(names):
            columns = names
            continue
        if cells == [""] or line.startswith("# "):
            continue
        columns = columns or _COLUMNS[:3]
        if len(cells) < 2 or len(cells) > len(columns):
            raise FormatError(
                f"has {len(cells)} columns, not 2 to {len(columns)}",
                path=name,
                line=number,
                hint="write term, tab, translation, tab, note",
            )
        if not raw:
            cells = [literal(cell) for cell in cells]
        yield _term(dict(zip(columns, cells, strict=False)), name, number)


def _term(values: dict[str, str], name: str, line: int) -> Term:
    """The term in a row; columns that tmtool does not know are part of the note."""
    others = [f"{title}: {text}" for title, text in values.items() if title not in _COLUMNS]
    said = [values.get("note", ""), *(text for text in others if not text.endswith(": "))]
    known = {title: text for title, text in values.items() if title in _COLUMNS and text}
    known["note"] = "; ".join(filter(None, said))
    for said_status in map(str.lower, (known.get("status", ""), known.get("source_status", ""))):
        if said_status and said_status not in STATUSES:
            raise FormatError(
                f"the status {said_status!r} is not one of {', '.join(STATUSES)}",
                path=name,
                line=line,
            )
    if "source" not in known or "target" not in known:
        raise FormatError(
            "a term or its translation is empty", path=name, line=line, hint="write both"
        )
    for column in {"status", "source_status"} & known.keys():
        known[column] = known[column].lower()
    return Term(**known)  # type: ignore[arg-type]


def _write_tsv(terms: Iterable[Term], file: BinaryIO, raw: bool) -> int:
    file.write(("# " + "\t".join(_COLUMNS) + "\n").encode())
    count = 0
    for term in terms:
        cells = [" ".join(getattr(term, column).split()) for column in _COLUMNS]
        if not raw:
            cells = [neutral(cell) for cell in cells]
        file.write(("\t".join(cells).rstrip("\t") + "\n").encode("utf-8"))
        count += 1
    return count


# TBX


def _read_tbx(file: BinaryIO, name: str, languages: Languages) -> list[Term]:
    """The terms of TBX, of 2008 (``martif``) and of 2019 (``tbx``) in both of its styles."""
    terms: list[Term] = []
    spoken: set[str] = set()
    root = None
    for event, element in parsed(file, name, ("termEntry", "conceptEntry")):
        tag = local_name(element)
        if event == "start":
            if root is None:
                root = element
                if tag.lower() not in ("martif", "tbx"):
                    raise FormatError(
                        f"is not TBX: its root is <{tag}>", path=name, line=element.sourceline or 0
                    )
        elif tag in ("termEntry", "conceptEntry"):
            terms += _concept(element, name, languages, spoken)
            forget(element)
    if not terms and spoken:
        raise InputError(
            f"holds no terms from {languages[0]} to {languages[1]}",
            path=name,
            hint=f"its languages are {', '.join(sorted(spoken))}",
        )
    return terms


def _concept(
    entry: etree._Element, name: str, languages: Languages, spoken: set[str]
) -> Iterator[Term]:
    """The terms of a concept, each source with each target."""
    for entity in entry.iter(etree.Entity):
        raise FormatError(
            f"an entity that the file defines itself: {entity.text}",
            path=name,
            line=entry.sourceline or 0,
            hint="write its text in its place",
        )
    sections = {}
    for section in entry:
        if local_name(section) in ("langSet", "langSec"):
            code = str(section.get(f"{XML}lang") or section.get("lang") or "").replace("_", "-")
            try:
                Language.check(code)
            except LanguageError as error:
                raise FormatError(
                    error.message, path=name, line=section.sourceline or 0, hint="mend xml:lang"
                ) from None
            spoken.add(code)
            sections[code.lower()] = section
    source, target = (_section(sections, language) for language in languages)
    if source is None or target is None:
        return
    places = (entry, source, target)
    definition = next(filter(None, (_said(place, "definition") for place in places)), "")
    subject = next(filter(None, (_said(place, "subjectField") for place in places)), "")
    ours, theirs = _terms(source), _terms(target)
    if len(ours) * len(theirs) > _MOST_PAIRS:
        raise FormatError(
            f"a concept has {len(ours):,} terms in {languages[0]} and {len(theirs):,} in "
            f"{languages[1]}: {_MOST_PAIRS:,} pairs are the most",
            path=name,
            line=entry.sourceline or 0,
            hint="divide it",
        )
    statuses: list[Status | Literal[""]] = []
    for around, terms in groupby(ours, _around):
        said = _said(around, "administrativeStatus")
        statuses += [_status(said) if said else ""] * len(list(terms))
    for wanted, source_status in zip(ours, statuses, strict=True):
        for around, terms in groupby(theirs, _around):
            note = "; ".join(_text(note) for note in around.iterfind(".//{*}note"))
            said = _said(around, "administrativeStatus")
            status = _status(said) if said else ""
            for found in terms:
                yield Term(
                    _text(wanted),
                    _text(found),
                    note=note,
                    status=status,
                    definition=definition,
                    subject=subject,
                    concept=entry.get("id", ""),
                    source_status=source_status,
                )


def _section(sections: dict[str, etree._Element], language: str) -> etree._Element | None:
    """The section of a language, else one of its regions, else one without."""
    wanted = language.lower()
    if wanted in sections:
        return sections[wanted]
    primary = wanted.split("-")[0]
    for code, section in sections.items():
        if code == primary or code.split("-")[0] == wanted:
            return section
    return None


def _terms(section: etree._Element) -> list[etree._Element]:
    return [term for term in section.iterfind(".//{*}term") if _text(term)]


def _around(term: etree._Element) -> etree._Element:
    """The element that holds a term and what is said of it."""
    around = term.getparent()
    while around is not None and local_name(around) == "termGrp":
        around = around.getparent()
    assert around is not None
    return around


def _said(element: etree._Element, category: str) -> str:
    """What an element says in a data category, in the style of attributes or of tags."""
    for child in element:
        kind = local_name(child)
        if kind in ("langSet", "langSec", "tig", "termSec"):
            continue
        if category in (kind, child.get("type")):
            return _text(child)
        if kind in ("descripGrp", "termGrp", "adminGrp") and (found := _said(child, category)):
            return found
    return ""


def _text(element: etree._Element) -> str:
    (text,) = trimmed(["".join(str(part) for part in element.itertext())]) or ("",)
    return str(text)


def _status(said: str) -> Status:
    for status in STATUSES:
        if said.lower().startswith(status):
            return status
    return "deprecated" if said.lower().startswith("superseded") else "preferred"


def _write_tbx(terms: Iterable[Term], file: BinaryIO, languages: Languages) -> int:
    """Write TBX-Basic of 2008, which most tools read."""
    for code in languages:
        Language.check(code)
    concepts: dict[str, list[Term]] = {}
    count = 0
    for count, term in enumerate(terms, 1):
        concepts.setdefault(term.concept or f"\n{count}", []).append(term)
    source, target = languages
    file.write(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<martif type="TBX-Basic" xml:lang={quoted(source)}>\n  <martifHeader><fileDesc>'
            "<sourceDesc><p>tmtool</p></sourceDesc></fileDesc></martifHeader>\n"
            "  <text><body>\n"
        ).encode()
    )
    for group in concepts.values():
        file.write(_entry(group, source, target).encode("utf-8"))
    file.write(b"  </body></text>\n</martif>\n")
    return count


def _entry(group: list[Term], source: str, target: str) -> str:
    first = group[0]
    identity = f" id={quoted(first.concept)}" if first.concept else ""
    lines = [f"    <termEntry{identity}>"]
    for category, text in (("subjectField", first.subject), ("definition", first.definition)):
        if text:
            lines.append(f'      <descrip type="{category}">{escaped(text)}</descrip>')
    lines.append(f"      <langSet xml:lang={quoted(source)}>")
    for text, said in dict.fromkeys((term.source, term.source_status) for term in group):
        lines.append(f"        <tig><term>{escaped(text)}</term>{_status_note(said)}</tig>")
    lines += ["      </langSet>", f"      <langSet xml:lang={quoted(target)}>"]
    for text, status, note in dict.fromkeys((t.target, t.status, t.note) for t in group):
        noted = f"<note>{escaped(note)}</note>" if note else ""
        lines.append(
            f"        <tig><term>{escaped(text)}</term>{_status_note(status)}{noted}</tig>"
        )
    lines += ["      </langSet>", "    </termEntry>"]
    return "\n".join(lines) + "\n"


def _status_note(status: Status | Literal[""]) -> str:
    """What TBX says of a status, nothing where there is none."""
    if not status:
        return ""
    said = _TBX_STATUS[STATUSES.index(status)]
    return f'<termNote type="administrativeStatus">{said}</termNote>'
