"""Glossaries: terms and their translations, from and to TBX (ISO 30042) and TSV.

TBX speaks of concepts, which have terms in many languages; here a term is a pair of two of
them, as a checker or a translator asks for it, and the terms of one concept say which it is.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar

from lxml import etree

from tmtool.errors import FormatError, InputError, LanguageError, TmtoolError
from tmtool.formats import Lost, xlsx
from tmtool.formats.csv import rows_of
from tmtool.formats.files import opened, replaced
from tmtool.formats.markup import XML, escaped, forget, local_name, parsed, quoted, trimmed
from tmtool.formats.table import ROWS_ABOVE, Heading, headed, literal, neutral
from tmtool.language import Language
from tmtool.model import STATUSES, Languages, Status, Term
from tmtool.text import decode, plural

_COLUMNS = tuple(field.name for field in fields(Term))
_FIELDS = {"notes": "note", "state": "status"}  # by the names of columns of tables
_NAMES = (
    *("source", "target", "notes", "state", "definition", "subject", "concept", "source_status"),
    "props",
)
_BARE = ("source", "target", "notes")
_PLACES = ("concept", "source", "target")  # of which something is said
_LANGUAGE = "language"  # the prop of a code that is not the one asked for
_STATUS = "administrativeStatus"
_TAGS = dict.fromkeys(
    ("context", "definition", "subjectField", "example", "explanation"), "descrip"
)
_TAGS |= dict.fromkeys(("source", "customerSubset", "projectSubset", "productSubset"), "admin")
_MOST_PAIRS = 10_000  # of terms of one concept
_TBX_STATUS = "preferredTerm-admn-sts", "admittedTerm-admn-sts", "deprecatedTerm-admn-sts"


Section = TypeVar("Section")


def is_glossary(path: str | os.PathLike[str]) -> bool:
    """Whether the suffix of a file says that it holds concepts, and no translation units."""
    return Path(path).suffix.lower() == ".tbx"


def read(
    path: str | os.PathLike[str],
    languages: Languages,
    *,
    raw: bool = False,
    encoding: str | None = None,
    lost: Counter[str] | None = None,
) -> list[Term]:
    """The terms of a file from the first to the second language: ``.tbx``, a table, else TSV.

    A region that only one side names does not matter. A table (``.csv``, ``.xlsx``) or TSV has a
    heading, which may name languages, or source, target and note in this order, as OmegaT has
    them; ``raw`` takes its cells to the letter (see ``formats.write``), ``encoding`` is that of a
    table or TSV that is not in Unicode. ``lost`` counts what of the file no term holds. Raises
    ``InputError`` if the file cannot be read or holds no such terms, and ``FormatError`` where it
    breaks its format.
    """
    name = os.fspath(path)
    lost = Counter() if lost is None else lost
    if encoding and Path(path).suffix.lower() in (".tbx", ".xlsx"):
        raise TmtoolError(f"{name}: says itself what its encoding is", hint="leave it out")
    with opened(path) as file:
        if is_glossary(path):
            return _read_tbx(file, name, languages, lost)
        return list(_read_table(file, name, languages, raw, encoding, lost))


def languages_of(path: str | os.PathLike[str], *, encoding: str | None = None) -> Languages | None:
    """The languages that a file names, in its order; ``None`` if these are not just two.

    ``encoding`` and errors as for :func:`read`.
    """
    name = os.fspath(path)
    with opened(path) as file:
        if is_glossary(path):
            spoken = dict.fromkeys(_spoken(file, name))
        else:
            rows = _rows(file, name, False, encoding, Counter())
            heading = headed(rows, lambda row: Heading.of(row[1], _NAMES))[0]
            spoken = dict.fromkeys([*heading.languages, *heading.others] if heading else [])
    try:
        source, target = map(Language.normal, spoken)
    except (ValueError, LanguageError):  # others than two, or none at all
        return None
    return source, target


def write(
    terms: Iterable[Term],
    path: str | os.PathLike[str],
    languages: Languages,
    *,
    raw: bool = False,
) -> int:
    """Write terms to a ``.tbx`` or ``.csv`` file, else as TSV that OmegaT reads too; how many.

    Raises ``InputError`` if the file cannot be written, ``TmtoolError`` if a term is empty or
    the file is to be a workbook.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".xlsx":
        name = os.fspath(path)
        raise TmtoolError(f"{name}: no glossary is written as XLSX", hint="write .csv or .tbx")
    with replaced(path) as file:
        if is_glossary(path):
            return _write_tbx(_whole(terms), file, languages)
        return _write_table(_whole(terms), file, raw, as_csv=suffix == ".csv")


def _whole(terms: Iterable[Term]) -> Iterator[Term]:
    for number, term in enumerate(terms, 1):
        if not term.source.strip() or not term.target.strip():
            raise TmtoolError(f"term {number} has no text on one side", hint="write both")
        yield term


# Tables


def _read_table(
    file: BinaryIO,
    name: str,
    languages: Languages,
    raw: bool,
    encoding: str | None,
    lost: Counter[str],
) -> Iterator[Term]:
    """The terms in the rows of a table; raises ``FormatError`` that names the line."""
    rows = _rows(file, name, raw, encoding, lost)
    heading, above, rows = headed(rows, lambda row: Heading.of(row[1], _NAMES))
    if above:
        lost[ROWS_ABOVE] += len(above)
    columns = _chosen(heading, languages, name) if heading else _BARE
    titles = heading.titles if heading else _BARE
    is_partial = heading is not None and any(heading.languages)
    for number, cells in rows:
        if (heading is None and len(cells) < 2) or any(cells[len(columns) :]):
            raise FormatError(
                f"has {plural(len(cells), 'column')}, not 2 to {len(columns)}",
                path=name,
                line=number,
                hint="write term, tab, translation, tab, note, or name the columns in a heading",
            )
        values = [
            (column, title, cell.strip())
            for column, title, cell in zip(columns, titles, cells, strict=False)
            if cell.strip()
        ]
        if not {"source", "target"} <= {column for column, _, _ in values}:
            if not is_partial:
                raise FormatError(
                    "a term or its translation is empty", path=name, line=number, hint="write both"
                )
            lost["rows without a term in both languages, left out"] += any(cells)
            continue
        yield _term(values, name, number)


def _rows(
    file: BinaryIO, name: str, raw: bool, encoding: str | None, lost: Counter[str]
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table, with their lines."""
    suffix = Path(name).suffix.lower()
    if suffix == ".xlsx":
        for row in xlsx.read_table(file, name, _NAMES):
            if isinstance(row, Lost):
                lost[row.what] += row.count
            else:
                yield row
        return
    text = decode(file.read(), path=name, encoding=encoding)
    if suffix == ".csv":
        yield from rows_of(text, name, raw=raw, names=_NAMES)
        return
    for number, line in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if line.startswith("#"):
            title = cells[0].lstrip("# ")
            if Heading.of([title, *cells[1:]], _NAMES):
                cells[0] = title
            elif line.startswith("# "):
                continue
        if any(cells):
            yield number, cells if raw else [literal(cell) for cell in cells]


def _chosen(heading: Heading, languages: Languages, name: str) -> tuple[str, ...]:
    """The columns of a heading, those of two languages as source and target, of others empty."""
    if not any(heading.languages):
        return heading.columns
    spoken = dict(zip(heading.languages, ("source", "target"), strict=True))
    spoken |= {language: language for language in heading.others}
    unnamed = spoken.pop("", None)
    found = [_section(spoken, language) or unnamed for language in languages]
    if None in found or found[0] == found[1]:
        raise _other_languages(languages, spoken, name)
    chosen = dict(zip(found, ("source", "target"), strict=True))
    return tuple(
        chosen.get(column, "" if column in spoken.values() else column)
        for column in heading.columns
    )


def _other_languages(languages: Languages, spoken: Iterable[str], name: str) -> InputError:
    return InputError(
        f"holds no terms from {languages[0]} to {languages[1]}",
        path=name,
        hint=f"its languages are {', '.join(sorted(spoken))}",
    )


def _term(values: Iterable[tuple[str, str, str]], name: str, line: int) -> Term:
    """The term in a row of columns, their titles and texts.

    What tmtool does not know is part of the note.
    """
    known = dict[str, str]()
    others = list[str]()
    for column, title, text in values:
        is_status = column in ("state", "source_status")
        if is_status and text.lower() in STATUSES:
            text = text.lower()
        elif is_status and title in _COLUMNS:
            raise FormatError(
                f"the status {text.lower()!r} is not one of {', '.join(STATUSES)}",
                path=name,
                line=line,
            )
        elif is_status or (column not in _NAMES and (column or not title)):
            others.append(f"{title.lower()}: {text}" if title else text)
            continue
        if column:
            known[_FIELDS.get(column, column)] = text
    known["note"] = "; ".join(filter(None, (known.get("note", ""), *others)))
    try:
        props = tuple(map(_prop, json.loads(known.pop("props", "[]"))))
    except (TypeError, ValueError, RecursionError):
        raise FormatError(
            "what tmtool wrote under props is damaged", path=name, line=line, hint="empty the cell"
        ) from None
    return Term(**known, props=props)  # type: ignore[arg-type]


def _prop(pair: Any) -> tuple[str, str]:
    kind, text = pair
    if not isinstance(kind, str) or not isinstance(text, str):
        raise TypeError
    return kind, text


def _write_table(terms: Iterable[Term], file: BinaryIO, raw: bool, *, as_csv: bool) -> int:
    """Write CSV as spreadsheets read it, or TSV as OmegaT does."""
    stream = io.TextIOWrapper(file, "utf-8-sig" if as_csv else "utf-8", newline="")
    writer = csv.writer(stream)
    if as_csv:
        writer.writerow(_COLUMNS)
    else:
        stream.write("# " + "\t".join(_COLUMNS) + "\n")
    count = 0
    for term in terms:
        cells = [" ".join(getattr(term, column).split()) for column in _COLUMNS[:-1]]
        cells.append(json.dumps(term.props, ensure_ascii=False) if term.props else "")
        if not raw:
            cells = [neutral(cell) for cell in cells]
        if as_csv:
            writer.writerow(cells)
        else:
            stream.write("\t".join(cells).rstrip("\t") + "\n")
        count += 1
    stream.detach()
    return count


# TBX


def _read_tbx(file: BinaryIO, name: str, languages: Languages, lost: Counter[str]) -> list[Term]:
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
            terms += _concept(element, name, languages, spoken, lost)
            forget(element)
    if not terms and spoken:
        raise _other_languages(languages, spoken, name)
    return terms


def _spoken(file: BinaryIO, name: str) -> Iterator[str]:
    """The language of each section of TBX."""
    for event, element in parsed(file, name, ("termEntry", "conceptEntry")):
        if event == "end" and local_name(element) in ("termEntry", "conceptEntry"):
            for section in element:
                if local_name(section) in ("langSet", "langSec"):
                    yield _code(section)
            forget(element)


def _concept(
    entry: etree._Element,
    name: str,
    languages: Languages,
    spoken: set[str],
    lost: Counter[str],
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
            code = _code(section)
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
    common = [
        (f"{place}:{kind}", text)
        for place, element in zip(_PLACES, (entry, source, target), strict=True)
        for kind, text in _described(element, lost)
    ]
    definition, subject = (_taken(common, kind) for kind in ("definition", "subjectField"))
    for place, section, language in zip(_PLACES[1:], (source, target), languages, strict=True):
        code = _code(section)
        if code.lower() != language.lower():
            common.append((f"{place}:{_LANGUAGE}", code))
    ours, theirs = _terms(source), _terms(target)
    if len(ours) * len(theirs) > _MOST_PAIRS:
        raise FormatError(
            f"a concept has {len(ours):,} terms in {languages[0]} and {len(theirs):,} in "
            f"{languages[1]}: {_MOST_PAIRS:,} pairs are the most",
            path=name,
            line=entry.sourceline or 0,
            hint="divide it",
        )
    sources = [_told(term, "source", lost) for term in ours]
    targets = [_told(term, "target", lost) for term in theirs]
    for wanted, (source_status, own) in zip(ours, sources, strict=True):
        for found, (status, others) in zip(theirs, targets, strict=True):
            props = [*common, *own, *others]
            yield Term(
                _text(wanted),
                _text(found),
                note=_taken(props, "note", of="target"),
                status=status,
                definition=definition,
                subject=subject,
                concept=entry.get("id", ""),
                source_status=source_status,
                props=tuple(props),
            )


def _told(
    term: etree._Element, place: str, lost: Counter[str]
) -> tuple[Status | Literal[""], list[tuple[str, str]]]:
    """The status of a term, and what else is said of it on its side of a pair."""
    props = [(f"{place}:{kind}", text) for kind, text in _described(_around(term), lost)]
    said = next((text for kind, text in props if kind == f"{place}:{_STATUS}"), "")
    if said in ("", *_TBX_STATUS):
        props = [prop for prop in props if prop != (f"{place}:{_STATUS}", said)]
    return _status(said) if said else "", props


def _described(element: etree._Element, lost: Counter[str]) -> Iterator[tuple[str, str]]:
    """What an element says, by data categories, in the style of attributes or of tags."""
    for child in element:
        kind = local_name(child)
        if kind in ("langSet", "langSec", "tig", "ntig", "termSec", "term"):
            continue
        if kind in ("descripGrp", "termGrp", "adminGrp", "termNoteGrp"):
            yield from _described(child, lost)
        elif kind in ("transacGrp", "transac", "ref", "xref", "date"):
            lost[f"<{kind}> of terms, left out"] += 1
        elif text := _text(child):
            yield child.get("type") or kind, text


def _taken(props: list[tuple[str, str]], kind: str, *, of: str = "") -> str:
    """What is said first in a data category, of any place or one; it is a prop no more.

    Of notes, all together.
    """
    wanted = [prop for prop in props if prop[0] in ([f"{of}:{kind}"] if of else _of_all(kind))]
    if not of:
        wanted = wanted[:1]
    for prop in wanted:
        props.remove(prop)
    return "; ".join(text for _, text in wanted)


def _of_all(kind: str) -> list[str]:
    return [f"{place}:{kind}" for place in _PLACES]


def _code(section: etree._Element) -> str:
    """The language of a section as it says it."""
    return str(section.get(f"{XML}lang") or section.get("lang") or "").replace("_", "-")


def _section(sections: Mapping[str, Section], language: str) -> Section | None:
    """What there is in a language, else in one of its regions, else in none."""
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
    said = dict.fromkeys(prop for term in group for prop in term.props)
    lines += (f"      {_element(*prop)}" for prop in _of("concept", said))
    for place, language in (("source", source), ("target", target)):
        of_place = [prop for prop in said if prop[0] == f"{place}:{_LANGUAGE}"]
        code = of_place[0][1] if of_place else language
        lines.append(f"      <langSet xml:lang={quoted(code)}>")
        tigs = (
            _tig(term.source, term.source_status, "", _of(place, term.props))
            if place == "source"
            else _tig(term.target, term.status, term.note, _of(place, term.props))
            for term in group
        )
        lines += dict.fromkeys(tigs)
        lines.append("      </langSet>")
    lines.append("    </termEntry>")
    return "\n".join(lines) + "\n"


def _of(place: str, props: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What props say of a place, by data categories."""
    return [
        (kind.removeprefix(f"{place}:"), text)
        for kind, text in props
        if kind.startswith(f"{place}:") and kind != f"{place}:{_LANGUAGE}"
    ]


def _tig(term: str, status: Status | Literal[""], note: str, props: list[tuple[str, str]]) -> str:
    """A term with what is said of it; a status in the words that somebody found for it."""
    said = next((text for kind, text in props if kind == _STATUS and _status(text) == status), "")
    if status and not said:
        said = _TBX_STATUS[STATUSES.index(status)]
    others = [prop for prop in props if prop[0] != _STATUS]
    elements = [
        *([_element(_STATUS, said)] if said else []),
        *(_element(*prop) for prop in sorted(others, key=lambda it: _tag(it[0]) != "termNote")),
        *([_element("note", note)] if note else []),
    ]
    return f"        <tig><term>{escaped(term)}</term>{''.join(elements)}</tig>"


def _element(category: str, text: str) -> str:
    tag = _tag(category)
    kind = "" if tag == "note" else f" type={quoted(category)}"
    return f"<{tag}{kind}>{escaped(text)}</{tag}>"


def _tag(category: str) -> str:
    """The element of TBX that says something in a data category."""
    return "note" if category == "note" else _TAGS.get(category, "termNote")
