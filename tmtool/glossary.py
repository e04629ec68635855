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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar

from lxml import etree

from tmtool.errors import FormatError, InputError, LanguageError, TmtoolError
from tmtool.formats import Lost, xlsx
from tmtool.formats.csv import rows_of
from tmtool.formats.files import opened, replaced
from tmtool.formats.markup import XML, escaped, forget, local_name, parsed, quoted, trimmed
from tmtool.formats.plain import on_one_line
from tmtool.formats.table import (
    ROWS_ABOVE,
    Heading,
    column_named,
    headed,
    literal,
    neutral,
    words_of,
)
from tmtool.language import Language, is_in
from tmtool.model import STATUSES, Languages, Status, Term, worst_status
from tmtool.text import decode, nfc, plural

_COLUMNS = tuple(field.name for field in fields(Term))
_LANGUAGES = ("source_language", "target_language")  # of a row
_FIELDS = {"notes": "note", "state": "status"}  # by the names of columns of tables
_NAMES = (
    *("source", "target", "notes", "state", "definition", "subject", "concept", "source_status"),
    *("props", *_LANGUAGES),
)
_BARE = ("source", "target", "notes")
_OF_LAST = "status"  # the column of what is said of the term before it
_PLACES = ("concept", "source", "target")  # of which something is said
_LANGUAGE = "language"  # the prop of a code that is not the one asked for
_STATUS = "administrativeStatus"
_TAGS = dict.fromkeys(
    ("context", "definition", "subjectField", "example", "explanation"), "descrip"
)
_TAGS |= dict.fromkeys(("source", "customerSubset", "projectSubset", "productSubset"), "admin")
_MOST_PAIRS = 10_000  # of terms of one concept
_ONE_SIDED = "{} without a term in both languages, left out"
_BROKEN = "terms with tabs or line ends, which TSV has no place for, made spaces"
_OTHER_REGIONS = "terms in further sections of a language, left out"
_SECTIONS = ("langSet", "langSec")
_SIDES = ("source", "target")
_TBX_STATUS = "preferredTerm-admn-sts", "admittedTerm-admn-sts", "deprecatedTerm-admn-sts"


Section = TypeVar("Section")

Row = tuple[int, list[str], Sequence[str]]
"""The line of a row, the texts in its cells, and the remarks that stand beside them."""


def is_glossary(path: str | os.PathLike[str]) -> bool:
    """Whether the suffix of a file says that it holds concepts, and no translation units."""
    return Path(path).suffix.lower() == ".tbx"


def says_encoding(path: str | os.PathLike[str]) -> bool:
    """Whether a file is of a format that says itself what its encoding is."""
    return Path(path).suffix.lower() in (".tbx", ".xlsx")


def read(
    file: str | os.PathLike[str] | BinaryIO,
    languages: Languages,
    *,
    raw: bool = False,
    encoding: str | None = None,
    lost: Counter[str] | None = None,
) -> list[Term]:
    """The terms of a file from the first to the second language: ``.tbx``, a table, else TSV.

    An open file holds TSV.

    A region that only one side names does not matter. A table (``.csv``, ``.xlsx``) or TSV has a
    heading, which may name languages, or source, target and note in this order, as OmegaT has
    them; ``raw`` takes its cells to the letter (see ``formats.write``), ``encoding`` is that of a
    table or TSV that is not in Unicode. ``lost`` counts what of the file no term holds. Raises
    ``InputError`` if the file cannot be read or holds no such terms, and ``FormatError`` where it
    breaks its format.
    """
    lost = Counter() if lost is None else lost
    if not isinstance(file, (str, os.PathLike)):
        return list(_read_table(file, "-", languages, raw, encoding, lost))
    name = os.fspath(file)
    if encoding and says_encoding(name):
        raise TmtoolError(f"{name}: says itself what its encoding is", hint="leave it out")
    with opened(file) as stream:
        if is_glossary(file):
            return _read_tbx(stream, name, languages, lost)
        return list(_read_table(stream, name, languages, raw, encoding, lost))


def languages_of(
    path: str | os.PathLike[str], *, encoding: str | None = None
) -> tuple[str, ...] | None:
    """The languages that a file names, in its order; ``None`` if one of them is none.

    ``encoding`` and errors as for :func:`read`.
    """
    name = os.fspath(path)
    with opened(path) as file:
        if is_glossary(path):
            spoken = dict.fromkeys(_spoken(file, name))
        else:
            rows = _rows(file, name, False, encoding, Counter())
            heading = headed(rows, lambda row: Heading.of(row[1], _NAMES))[0]
            heading = (heading or Heading.without()).whole(name)
            spoken = dict.fromkeys([*heading.languages, *heading.further.values()])
    try:
        return tuple(map(Language.normal, filter(None, spoken)))
    except LanguageError:
        return None


def write(
    terms: Iterable[Term],
    file: str | os.PathLike[str] | BinaryIO,
    languages: Languages,
    *,
    raw: bool = False,
    lost: Counter[str] | None = None,
) -> int:
    """Write terms to a ``.tbx`` or ``.csv`` file, else as TSV that OmegaT reads too; how many.

    The heading of a table names the languages. An open file takes TSV. ``lost`` counts what the
    file cannot hold. Raises ``InputError`` if the file cannot be written, ``TmtoolError`` if a term
    is empty or the file is to be a workbook.
    """
    lost = Counter() if lost is None else lost
    if not isinstance(file, (str, os.PathLike)):
        return _write_tsv(_whole(terms), file, languages, raw, lost)
    suffix = Path(file).suffix.lower()
    if suffix == ".xlsx":
        name = os.fspath(file)
        raise TmtoolError(f"{name}: no glossary is written as XLSX", hint="write .csv or .tbx")
    with replaced(file) as stream:
        if is_glossary(file):
            return _write_tbx(_whole(terms), stream, languages)
        if suffix == ".csv":
            return _write_csv(_whole(terms), stream, languages, raw)
        return _write_tsv(_whole(terms), stream, languages, raw, lost)


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
    columns = _chosen(heading.whole(name), languages, name) if heading else _BARE
    titles = heading.titles if heading else _BARE
    said = dict(zip(_LANGUAGES, languages, strict=True))
    for number, cells, remarks in rows:
        if (heading is None and len(cells) < 2) or any(cells[len(columns) :]):
            raise FormatError(
                f"has {plural(len(cells), 'column')}, not 2 to {len(columns)}",
                path=name,
                line=number,
                hint="write term, tab, translation, tab, note, or name the columns in a heading",
            )
        texts = [cell.strip() for cell in cells]
        values = list(zip(columns, titles, texts, strict=False))
        values += (("", "", remark) for remark in remarks)
        if any(
            text and not _section({text.lower(): text}, said[column])
            for column, _, text in values
            if column in said
        ):
            lost["rows in other languages, left out"] += 1
            continue
        terms = list(_terms_of(values, name, number))
        if not terms and heading is None:
            raise FormatError(
                "a term or its translation is empty", path=name, line=number, hint="write both"
            )
        if not terms:
            lost[_ONE_SIDED.format("rows")] += 1
        yield from terms


def _rows(
    file: BinaryIO, name: str, raw: bool, encoding: str | None, lost: Counter[str]
) -> Iterator[Row]:
    """The rows of a table."""
    suffix = Path(name).suffix.lower()
    if suffix == ".xlsx":
        said = dict[str, str]()  # of what was lost, with the first example of it
        for row in xlsx.read_table(file, name, _NAMES):
            if isinstance(row, Lost):
                lost[said.setdefault(row.what, row.said)] += row.count
            else:
                yield row
        return
    text = decode(file.read(), path=name, encoding=encoding)
    if suffix == ".csv":
        for number, cells in rows_of(text, name, raw=raw, names=_NAMES):
            yield number, cells, ()
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
            yield number, cells if raw else [literal(cell) for cell in cells], ()


def _chosen(heading: Heading, languages: Languages, name: str) -> tuple[str, ...]:
    """The columns of a heading, those of two languages as source and target, of others empty."""
    columns = list(heading.columns)
    if any(heading.languages):
        spoken = {code.lower(): code for code in heading.codes if code}
        unnamed = "" if "" in heading.languages else None
        found = [_section(spoken, language) or unnamed for language in languages]
        if None in found or found[0] == found[1]:
            raise _other_languages(languages, spoken.values(), name)
        sides = dict(zip(found, _SIDES, strict=True))
        for place, code in enumerate(heading.codes):
            if code or columns[place] in _SIDES:
                columns[place] = sides.get(code, "")
    return tuple(_with_statuses(columns, heading))


def _with_statuses(columns: list[str], heading: Heading) -> Iterator[str]:
    """The columns with those that say how terms may be used as such.

    One whose title stands there once is about the translation, others about the term before them.
    """
    times = Counter(heading.titles)
    last = ""
    for column, title, code in zip(columns, heading.titles, heading.codes, strict=True):
        if code or column in _SIDES:
            last = column
        elif column != "source_status" and _is_of_statuses(title):
            column = "state" if times[title] == 1 else _OF_LAST if last else ""
        yield column


def _is_of_statuses(title: str) -> bool:
    return column_named(title) == "state" or bool(_status(title))


def _other_languages(languages: Languages, spoken: Iterable[str], name: str) -> InputError:
    return InputError(
        f"holds no terms from {languages[0]} to {languages[1]}",
        path=name,
        hint=f"its languages are {', '.join(sorted(spoken))}",
    )


def _terms_of(values: Iterable[tuple[str, str, str]], name: str, line: int) -> Iterator[Term]:
    """The terms in a row of columns, their titles and texts, each source with each target.

    What tmtool does not know is part of the note.
    """
    known = dict[str, str]()
    others = list[str]()
    sides: dict[str, list[tuple[str, list[Status]]]] = {side: [] for side in _SIDES}
    said: dict[str, list[Status]] = {"state": [], "source_status": [], _OF_LAST: []}
    for column, title, text in values:
        if column in sides:
            said[_OF_LAST] = []
            if text:
                sides[column].append((text, said[_OF_LAST]))
        elif column in said and text:
            statuses, rest = _statuses_in(title, text)
            said[column] += statuses
            if rest:
                others.append(f"{title.lower()}: {rest}")
        elif text and column not in _NAMES and (column or not title):
            others.append(f"{title.lower()}: {text}" if title else text)
        elif text and column and column not in _LANGUAGES:
            known[_FIELDS.get(column, column)] = text
    known["note"] = "; ".join(filter(None, (known.get("note", ""), *dict.fromkeys(others))))
    try:
        props = tuple(map(_prop, json.loads(known.pop("props", "[]"))))
    except (TypeError, ValueError, RecursionError):
        raise FormatError(
            "what tmtool wrote under props is damaged", path=name, line=line, hint="empty the cell"
        ) from None
    for source, of_source in sides["source"]:
        for target, of_target in sides["target"]:
            yield Term(
                source,
                target,
                status=worst_status([*of_target, *said["state"]]),
                source_status=worst_status([*of_source, *said["source_status"]]),
                props=props,
                **known,
            )


def _statuses_in(title: str, text: str) -> tuple[list[Status], str]:
    """The statuses that a cell says, and what it says besides.

    It lists some, as in ``CaseInsense;NonTerm``, or says whether a term has that of its title.
    """
    if (of_title := _status(title)) and not _status(text):
        is_so = _word(text) not in words_of("answers.tsv")
        return ([of_title] if is_so else []), ""
    words = [word.strip() for word in text.split(";")]
    statuses = [status for word in words if (status := _status(word))]
    return statuses, ";".join(word for word in words if word and not _status(word))


def _prop(pair: Any) -> tuple[str, str]:
    kind, text = pair
    if not isinstance(kind, str) or not isinstance(text, str):
        raise TypeError
    return kind, text


def _write_csv(terms: Iterable[Term], file: BinaryIO, languages: Languages, raw: bool) -> int:
    """Write CSV as spreadsheets read it, under a heading."""
    stream = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(stream)
    writer.writerow(_titles(languages))
    count = 0
    for term in terms:
        writer.writerow(_cells(term, raw))
        count += 1
    stream.detach()
    return count


def _write_tsv(
    terms: Iterable[Term], file: BinaryIO, languages: Languages, raw: bool, lost: Counter[str]
) -> int:
    """Write TSV as OmegaT reads it, under a heading; ``lost`` counts what a line cannot hold."""
    file.write(("# " + "\t".join(_titles(languages)) + "\n").encode("utf-8"))
    count = 0
    for term in terms:
        count += 1
        cells = _cells(term, raw)
        lost[_BROKEN] += any(on_one_line(cell) != cell for cell in cells)
        line = "\t".join(" ".join(cell.split()) for cell in cells)
        file.write((line.rstrip("\t") + "\n").encode("utf-8"))
    return count


def _titles(languages: Languages) -> Sequence[str]:
    """The heading of a table: languages, where these are known by it."""
    titles = (*languages, *_COLUMNS[2:])
    heading = Heading.of(titles, _NAMES)
    if heading is None or heading.languages != languages:  # a code that is rarely one
        return _COLUMNS
    return titles


def _cells(term: Term, raw: bool) -> list[str]:
    """The cells of a term under such a heading."""
    cells = [getattr(term, column).strip() for column in _COLUMNS[:-1]]
    cells.append(json.dumps(term.props, ensure_ascii=False) if term.props else "")
    return cells if raw else [neutral(cell) for cell in cells]


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
                if local_name(section) in _SECTIONS:
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
    sections: dict[str, etree._Element] = {}
    for section in entry:
        if local_name(section) in _SECTIONS:
            code = _code(section)
            try:
                Language.check(code)
            except LanguageError as error:
                raise FormatError(
                    error.message, path=name, line=section.sourceline or 0, hint="mend xml:lang"
                ) from None
            spoken.add(code)
            sections.setdefault(code.lower(), section)
    source, target = (_section(sections, language) for language in languages)
    ours, theirs = ([] if it is None else _terms(it) for it in (source, target))
    if source is None or target is None or not ours or not theirs:
        lost[_ONE_SIDED.format("concepts")] += 1
        return
    for section in entry:
        if local_name(section) not in _SECTIONS or section in (source, target):
            continue
        if any(is_in(_code(section), code) for code in languages) and (more := _terms(section)):
            lost[_OTHER_REGIONS] += len(more)
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
    return _status(said), props


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


def _status(said: str) -> Status | Literal[""]:
    """The status that a word for it means; empty if it means none."""
    return _statuses().get(_word(said), "")


@cache
def _statuses() -> dict[str, Status]:
    """Statuses by all that they may be called, in small letters."""
    named = words_of("statuses.tsv")
    return {word: status for status in STATUSES for word in named if named[word] == status}


def _word(said: str) -> str:
    """A word as those of data are spelled."""
    return " ".join(nfc(said).lower().replace("_", " ").split()).rstrip(" .:")


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
