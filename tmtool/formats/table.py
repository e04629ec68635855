"""Units as rows of a table, for people with a spreadsheet: what its columns are and mean.

A heading names the columns; those of tmtool are in :data:`COLUMNS`, and columns headed by languages
(``kk``, ``English``) do as well: the first is the source of all others. Titles may stand above it.
A title may have a remark in brackets behind it, which may say the language, as in ``Term (EN)``.
A column whose name has a word for remarks in it holds notes. One of another name becomes a prop,
and so does a state that no word of ours says, and the id of a unit unless tmtool gave it. A row
that lost what tmtool wrote beside it gets that from the unit that the memory holds. Without a
heading a table has two columns, source and target.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from typing import TypeVar

from tmtool.errors import FormatError
from tmtool.formats import Found, Held, Lost
from tmtool.formats.plain import check_code, first_mark, marked, rest, restored
from tmtool.language import DATA, GENERIC, Language, is_in, primary_code, short_code
from tmtool.model import (
    FOREIGN_ID,
    OWN,
    STATES,
    Languages,
    State,
    TranslationUnit,
    Variant,
    is_own_id,
)
from tmtool.text import nfc, plural

COLUMNS = (
    *("id", "source", "target", "state", "notes"),
    *("document", "source_language", "target_language", "more"),
)

_SIDES = ("source", "target")
_ROWS = 10  # of a table, among which its heading is
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_][A-Za-z]{2})?")
_SMALL_CODE = re.compile(r"[a-z]{2}(?:[-_][A-Z]{2})?")
_WORD = re.compile(r"(?:[^\W_]|-)+")
_WORDS = 5  # of a title that has a language among them
_OURS = 2  # titles as tmtool writes them, which a row that is no heading does not have
_LONGEST = 200  # characters of a title that names something
_REMARK = re.compile(
    r"(?P<word>.+?) ?(?:\((?P<round>[^()]+)\)|\[(?P<square>[^\[\]]+)\])"
    r"|(?P<name>[^\W\d_]{4,})_(?P<below>.+)"  # as memoQ puts the country behind a language
)
# What a spreadsheet takes for a formula, as OWASP lists it (CSV injection).
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


ROWS_ABOVE = "rows above the heading, left out"
_PROPS = "values in columns of other names, kept as props"
_TEXTLESS = "rows that say something, but have no text on either side"

Row = TypeVar("Row")


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
    """What each column of a table holds: a name that is known, or the type of a prop.

    ``titles`` are what they are called, ``codes`` the languages that these name, else empty.
    """

    columns: tuple[str, ...]
    titles: tuple[str, ...]
    codes: tuple[str, ...]

    @classmethod
    def of(cls, cells: Sequence[str], names: Collection[str] = COLUMNS) -> Heading | None:
        """The heading that a row is; ``None`` if it is a row like any other.

        ``names`` are the columns that are known, whatever a person calls them. One that has some
        of these to the letter is a heading without both sides, too.
        """
        titles = [" ".join(cell.split()) for cell in cells]
        if not titles:
            return None
        columns, codes = map(list, zip(*(_meaning(it, names) for it in titles), strict=True))
        twice = [name for name, times in Counter(columns).items() if times > 1 and name in names]
        for name in twice:
            places = [place for place, column in enumerate(columns) if column == name]
            plain = [place for place in places if not codes[place]]
            own = [place for place in plain if titles[place] == name]
            if len(own) > 1 or (not own and len(plain) > 1 and name in _SIDES):
                return None
            for place in set(places) - set(own or plain[:1]):
                columns[place] = titles[place]
        wanted = [side for side in _SIDES if side not in columns]
        doubtful = {titles[place] for place in _doubtful(titles, codes)}
        spoken = {
            title: code
            for title, code in zip(titles, codes, strict=True)
            if code and title not in doubtful
        }
        if len(set(spoken.values())) == len(spoken):
            for title in spoken:
                place = titles.index(title)
                if wanted and columns[place] not in _SIDES:
                    columns[place] = wanted.pop(0)
        else:
            codes = [""] * len(codes)
        if not set(_SIDES) <= set(columns) and len({*titles} & {*names}) < _OURS:
            return None
        if not any(codes[columns.index(side)] for side in _SIDES if side in columns):
            codes = [""] * len(codes)  # of columns beside those of the sides
        return cls(tuple(columns), tuple(titles), tuple(codes))

    @classmethod
    def without(cls) -> Heading:
        """That of a table that has none."""
        return cls(_SIDES, _SIDES, ("", ""))

    @property
    def missing(self) -> list[str]:
        """The sides that no column is of."""
        return [side for side in _SIDES if side not in self.columns]

    def whole(self, path: str) -> Heading:
        """The same; raises ``FormatError`` if no column is of a side."""
        if not self.missing:
            return self
        said = f"its heading has no column {' or '.join(self.missing)}"
        if "target" in self.missing:
            said += ", so it holds no translations"
        hint = "name the column in the heading, or export the table again"
        raise FormatError(said, path=path, hint=hint)

    @property
    def languages(self) -> Languages:
        """Those of source and target, empty where the heading does not name them."""
        named = dict(zip(self.columns, self.codes, strict=True))
        return named.get("source", ""), named.get("target", "")

    @property
    def has_languages(self) -> bool:
        """Whether each row is to name its languages itself."""
        return not {"source_language", "target_language"}.isdisjoint(self.columns)

    @property
    def further(self) -> dict[int, str]:
        """The languages of columns of further translations of the source, by their places."""
        source, _ = self.languages
        doubtful = _doubtful(self.titles, self.codes)
        return {
            place: code
            for place, (column, code) in enumerate(zip(self.columns, self.codes, strict=True))
            if code not in ("", source) and column not in _SIDES and place not in doubtful
        }

    @property
    def remarks(self) -> set[int]:
        """The places of columns of notes beside that which is called so."""
        columns = zip(self.columns, self.titles, self.codes, strict=True)
        return {
            place
            for place, (column, title, code) in enumerate(columns)
            if not code and column not in COLUMNS and _is_of_remarks(title)
        }

    def between(self, languages: Languages | None) -> Heading:
        """The same with the columns of two languages as source and target.

        As it is if it has no such columns, or if these are a pair in it already, either way.
        """
        places = [
            next((place for place, code in enumerate(self.codes) if code and is_in(code, it)), -1)
            for it in languages or ()
        ]
        has_both = len({-1, *places}) == 3
        is_pair = "source" in (self.columns[place] for place in places)
        if not has_both or (is_pair and not _doubtful(self.titles, self.codes) & {*places}):
            return self
        columns = [
            self.titles[place] if column in _SIDES else FOREIGN_ID if column == "id" else column
            for place, column in enumerate(self.columns)
        ]
        for place, side in zip(places, _SIDES, strict=True):
            columns[place] = side
        return replace(self, columns=tuple(columns))

    def units(
        self, cells: Sequence[str], origin: str, held: Held | None = None
    ) -> Iterator[TranslationUnit | Lost]:
        """The units in a row, which may end early: one, and one for each further language.

        A cell of white space alone is an empty one.
        ``held`` gives the unit of an id. Raises ``ValueError`` that says which cell is wrong.
        """
        filled = [cell if cell.strip() else "" for cell in cells]
        if any(filled[len(self.columns) :]):
            raise ValueError(f"has {plural(len(cells), 'column')}, not {len(self.columns)}")
        padded = [*filled, *[""] * (len(self.columns) - len(filled))][: len(self.columns)]
        values = dict(zip(self.columns, padded, strict=False))
        further, remarks = self.further, self.remarks
        props = list[tuple[str, str]]()
        notes = [note for place in sorted(remarks) for note in _lines(padded[place])]
        foreign = self._foreign_state(values)
        if foreign:
            example = values.pop("state").strip()
            props.append((foreign, example))
        unit_id = values.get("id", "").strip()
        if unit_id and not ("more" in self.columns or is_own_id(unit_id)):
            props.append((FOREIGN_ID, values.pop("id").strip()))
        unit = self._unit(values, origin, held)
        others = list[str]()  # of the columns that become props
        for place, (name, value) in enumerate(zip(self.columns, padded, strict=True)):
            if value and not name:
                raise ValueError(f"column {place + 1} has no heading")
            if value and name not in COLUMNS and place not in further and place not in remarks:
                name = name.removeprefix(OWN) or name  # what is called so is ours
                props.append((name, value))
                others += [name] if name != FOREIGN_ID else []
        unit = replace(
            unit,
            props=(*unit.props, *(it for it in props if it not in unit.props)),
            notes=(*unit.notes, *(it for it in notes if it not in unit.notes)),
        )
        yield unit
        if others:
            yield Lost(_PROPS, len(others), ", ".join(others))
        if foreign:
            what = f"values of {foreign!r} that are no state here, kept as a prop"
            yield Lost(what, 1, example)
        is_of_all = bool(further) and not unit.id and self._says_one_state
        said = _state_named(values.get("state", "")) if is_of_all else None
        state = said or _state(bool(unit.source.content))
        for place, language in further.items():
            if text := padded[place]:
                yield replace(unit, id="", target=Variant.of(language, text), state=state)

    @property
    def _says_one_state(self) -> bool:
        """Whether there is one column of states, which is about all translations in a row."""
        return sum(column_named(title) == "state" for title in self.titles) == 1

    def _foreign_state(self, values: Mapping[str, str]) -> str:
        """The title of the column of states, if what it says of a unit is none of ours."""
        said = values.get("state", "").strip()
        if not said or _state_named(said):
            return ""
        return self.titles[self.columns.index("state")]

    def _unit(self, values: Mapping[str, str], origin: str, held: Held | None) -> TranslationUnit:
        unit_id = values.get("id", "").strip()
        is_whole = values.get("more") and "state" in values
        if not is_whole and unit_id and held and (states := held(unit_id)):
            values = _completed(values, states)
        source, target = values["source"], values["target"]
        shown = {
            "id": unit_id,
            "source": source,
            "target": target,
            "state": _state_named(values.get("state", "")) or _state(bool(source and target)),
            "document": values.get("document", ""),
            "source_language": values.get("source_language") or self.languages[0],
            "target_language": values.get("target_language") or self.languages[1],
        }
        unit = restored(shown, values.get("more", ""), marks_are_codes=True)
        for code in unit.languages:
            check_code(code)
        if "notes" in values and values["notes"] != "\n".join(unit.notes):
            unit = replace(unit, notes=_lines(values["notes"]))
        return unit if "more" in values else replace(unit, origin=origin)


def _doubtful(titles: Sequence[str], codes: Sequence[str]) -> set[int]:
    """The places of titles that are codes of languages, and rather words like ``no`` and ``it``.

    They are if the table has two other languages.
    """
    words = words_of("words.tsv")
    places = {
        place
        for place, (title, code) in enumerate(zip(titles, codes, strict=True))
        if code and title.lower().rstrip(" .:") in words
    }
    others = {code for place, code in enumerate(codes) if code and place not in places}
    return places if len(others) > 1 else set()


def headed(
    rows: Iterator[Row], heading: Callable[[Row], Heading | None]
) -> tuple[Heading | None, list[Row], Iterator[Row]]:
    """The heading of a table, the rows above it, and those below.

    Without one, all rows are below. What is raised where a row is read is raised in its turn.
    """
    above = list[Row]()
    try:
        for row in islice(rows, _ROWS):
            if found := heading(row):
                return found, above, rows
            above.append(row)
    except FormatError as error:
        return None, [], _broken_off(above, error)
    return None, [], chain(above, rows)


def _broken_off(rows: Iterable[Row], error: FormatError) -> Iterator[Row]:
    yield from rows
    raise error


def rows_above(count: int) -> Iterator[Lost]:
    """What to say of rows above the heading."""
    if count:
        yield Lost(ROWS_ABOVE, count)


def settled(
    found: Iterable[tuple[int, Found]], heading: Heading, path: str, languages: Languages | None
) -> Iterator[Found]:
    """What was found in the rows of a table, by their numbers; those without languages come last.

    Somebody added these, where rows name their languages: they are in those of all others, and in
    the document of the row before. Where the others are in several, each is an error that names
    its row, unless ``languages`` are asked for.
    """
    found = _with_textless(found)
    if not heading.has_languages:
        yield from (it for _, it in found)
        return
    pairs = set[Languages]()
    document: str | None = None
    added = list[tuple[int, TranslationUnit, str | None]]()
    for line, it in found:
        if isinstance(it, TranslationUnit) and not all(it.languages):
            added.append((line, it, document))
            continue
        if isinstance(it, TranslationUnit):
            pairs.add(it.languages)
            document = it.document
        yield it
    for line, unit, place in added:
        fitting = [pair for pair in pairs if all(map(_is_or_says_nothing, unit.languages, pair))]
        if len(pairs) == len(fitting) == 1:
            source, target = (
                replace(side, language=code)
                for side, code in zip((unit.source, unit.target), *fitting, strict=True)
            )
            yield replace(unit, source=source, target=target, document=unit.document or place)
        elif pairs and languages is None:
            yield FormatError(
                "does not name its languages, of which the table has several",
                path=path,
                line=line,
                hint="fill them in, or say which with -s and -t",
            )
        else:
            yield unit


def _with_textless(found: Iterable[tuple[int, Found]]) -> Iterator[tuple[int, Found]]:
    """What was found in rows, and what those say of which no text is known."""
    for line, it in found:
        yield line, it
        if isinstance(it, TranslationUnit) and it.is_empty:
            said = [*it.notes, *(value for _, value in it.props)]
            if said:
                yield line, Lost(_TEXTLESS, 1, f"{line}: {said[0]}")


def _is_or_says_nothing(said: str, language: str) -> bool:
    return said in ("", language)


def _completed(values: Mapping[str, str], states: Sequence[TranslationUnit]) -> Mapping[str, str]:
    """The values of a row that lost what stood beside its texts, with what is held of its unit.

    That is what was said of the unit when it had the texts of the row; of one that nobody ever saw
    so, what is said now. Only the row of a unit whose source it has, or one with marks of inline
    codes, is that unit's.
    """
    every = [dict(zip(COLUMNS, row(unit), strict=True)) for unit in states]
    alike = (known for known in every if all(known[side] == values[side] for side in _SIDES))
    known = next(alike, every[0])
    if values["source"] != known["source"] and not any(first_mark(values[x]) for x in _SIDES):
        return values
    if values["target"] != known["target"]:
        del known["state"]
    return known | {name: value for name, value in values.items() if value or name != "more"}


def _state(is_paired: bool) -> State:
    """The state of a unit of which nobody says another."""
    return "translated" if is_paired else "initial"


def _lines(notes: str) -> tuple[str, ...]:
    """The notes in a cell, one a line."""
    return tuple(line for line in notes.split("\n") if line)


def _meaning(title: str, names: Collection[str]) -> tuple[str, str]:
    """The column that a title is of, itself if that is not known, and the language it names.

    Of a title and the remark behind it, one may name a side and the other its language.
    """
    if len(title) > _LONGEST:
        return title, ""
    if (name := column_named(title)) in names:
        return name, ""
    if code := _language(title):
        return title, code
    if not (found := _REMARK.fullmatch(title.rstrip(" .:"))):
        return _in_words(title)
    word, remark = filter(None, found.groups())
    for side, language in ((word, remark), (remark, word)):
        if (name := column_named(side)) in _SIDES and (code := _language(language)):
            return name, code
    *_, last = remark.split("_")
    if column_named(last) not in names and (code := _language(word)):
        return title, code
    name = column_named(word)
    return (name, "") if name in set(names) - set(_SIDES) else _in_words(title)


def _in_words(title: str) -> tuple[str, str]:
    """The same of a title of some words: those for a language, and for its texts or a side.

    As in ``Текст на казахском языке``, or ``Орысша аударма``, which is the target.
    """
    words = _WORD.findall(title.lower())
    spans = [
        (start, end)
        for length in range(len(words), 0, -1)
        for start, end in enumerate(range(length, len(words) + 1))
    ]
    languages = words_of("names.tsv")
    for start, end in spans if len(words) <= _WORDS else ():
        said = " ".join(words[start:end])
        if len(said) <= 2 or not (code := languages.get(said)):  # "IT" is no Italian
            continue
        rest = words[:start] + words[end:]
        more = [word for word in rest if word not in words_of("titles.tsv")]
        if not more:
            return title, code
        sides = (column_named(" ".join(each)) for each in (rest, more))
        return next(((side, code) for side in sides if side in _SIDES), (title, ""))
    return title, ""


def column_named(title: str) -> str:
    """Which column is called so, in whatever words; the title in small letters if none is."""
    name = " ".join(title.lower().replace("_", " ").split()).rstrip(" .:")
    return words_of("columns.tsv").get(name, name)


def _is_of_remarks(title: str) -> bool:
    """Whether a word of a title says that there are notes below it."""
    return len(title) <= _LONGEST and any(
        column_named(word) == "notes" for word in _WORD.findall(title.lower())
    )


def _state_named(said: str) -> State | None:
    """The state that a word for it means, if it means one."""
    said = " ".join(nfc(said).lower().split()).rstrip(" .")
    meant = words_of("states.tsv").get(said, said)
    return next((state for state in STATES if state == meant), None)


@cache
def words_of(file: str) -> dict[str, str]:
    """What words mean, in small letters: the first of their line in a file of ``data/und``."""
    lines = (DATA / GENERIC / file).read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {nfc(word).lower(): row[0] for row in rows for word in row}


def _language(title: str) -> str:
    """The code of the language that a column is headed by, empty if it is none.

    A code in small letters may be any, one in capitals is that of a language whose name is known.
    """
    title, named = title.rstrip(" .:"), words_of("names.tsv")
    if code := named.get(title.lower()):
        return code
    if _CODE.fullmatch(title):
        primary = short_code(primary_code(title))
        known = named.get(primary, primary)
        if _SMALL_CODE.fullmatch(title) or known in named.values():
            return Language.normal(known + title[len(primary_code(title)) :])
    return ""
