"""Bilingual files, read into units and written from them, one module for each format."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Protocol, cast

from tmtool.errors import FormatError, InputError, LanguageError, TmtoolError
from tmtool.formats.files import bounded, opened, replaced
from tmtool.formats.pairs import pair_named
from tmtool.language import Language, is_in, primary_code
from tmtool.model import LONGEST, OWN, Code, Header, Languages, TranslationUnit, Variant, told_apart
from tmtool.text import decode

_OFTEN = 500  # units between two reports of progress
_EXAMPLE = 40  # characters of what was lost that are shown


@dataclass(frozen=True, slots=True)
class Written:
    """How many units a file took, and how many it cannot hold (one-sided ones in a TMX).

    ``changed`` are those that it took, but not to the letter: without control characters in
    XML, with other white space in formats of lines. ``unsaid`` is how much of what headers say
    has no place in the file, or in any of several. ``bare`` says of how many units the inline
    codes, the notes and the props do not stand in a format of lines. ``suggestions`` counts those
    that were withheld because nobody has looked at them, ``rejected`` those because somebody
    rejected them. ``files`` are those that were written, which Moses has two of; none of a stream.
    """

    units: int
    left_out: int = 0
    changed: int = 0
    unsaid: int = 0
    bare: Counter[str] = field(default_factory=Counter)
    suggestions: int = 0
    rejected: int = 0
    files: tuple[str, ...] = field(default=(), compare=False)

    def __add__(self, other: Written) -> Written:
        """What both took."""
        return Written(
            self.units + other.units,
            self.left_out + other.left_out,
            self.changed + other.changed,
            max(self.unsaid, other.unsaid),
            self.bare + other.bare,
            self.suggestions + other.suggestions,
            self.rejected + other.rejected,
            self.files + other.files,
        )


@dataclass(frozen=True, slots=True)
class Lost:
    """What of a file a unit cannot hold, what was done about it, and how often it is there.

    As in ``Lost("dates that cannot be read, left out", 2)``. An ``example`` is one of them.
    """

    what: str
    count: int
    example: str = ""

    @property
    def said(self) -> str:
        """What it is, with the example."""
        example = f"{self.example[:_EXAMPLE]}…" if self.example[_EXAMPLE:] else self.example
        return f"{self.what}, such as {example!r}" if example else self.what


Held = Callable[[str], Sequence[TranslationUnit]]
"""Gives what a memory holds under an id, and what it held earlier, the latest first."""

Found = TranslationUnit | FormatError | Header | Lost
"""A unit of a file, why one cannot be read, what the file says of all, or what was lost."""


class Format(Protocol):
    """What a module of this package offers."""

    def read(self, file: BinaryIO, name: str) -> Iterator[Found]:
        """Yield the units of an open file; ``name`` is for messages.

        Raises ``FormatError`` that names the line where the file cannot be read any further.
        """

    def write(self, units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
        """Write units to an open file."""


class Table(Protocol):
    """A format of rows, which may have lost what of a unit stood beside its texts.

    Its columns may be of many languages, of which ``languages`` are source and target.
    """

    def read(
        self, file: BinaryIO, name: str, *, languages: Languages | None, held: Held | None
    ) -> Iterator[Found]:
        """Yield the units of an open file; see :func:`read`."""


class Cells(Protocol):
    """A format of cells, which a spreadsheet may take for formulas.

    Writing guards them with a ``'`` and reading takes it away, unless ``raw`` is true.
    """

    def read(
        self,
        file: BinaryIO,
        name: str,
        *,
        raw: bool,
        languages: Languages | None,
        held: Held | None,
    ) -> Iterator[Found]:
        """Yield the units of an open file."""

    def write(self, units: Iterable[TranslationUnit], file: BinaryIO, *, raw: bool) -> Written:
        """Write units to an open file."""


class Headed(Protocol):
    """A format that says something of all units."""

    def write(
        self, units: Iterable[TranslationUnit], file: BinaryIO, headers: Sequence[Header]
    ) -> Written:
        """Write units to an open file."""


FORMATS = {
    "tmx": "TMX 1.4, for CAT tools",
    "tsv": "source and target, a tab between; one pair a line",
    "csv": "a table with a heading, for spreadsheets",
    "xlsx": "an Excel workbook, for reviewers",
    "xlf": "XLIFF 1.2, for CAT tools",
    "xliff": "XLIFF 2.1, for CAT tools",
    "po": "messages of GNU gettext",
    "moses": "two plain texts, name.kk and name.en, for machine translation",
    "html": "both languages side by side, for reading; written only",
    "jsonl": "JSON Lines, one unit a line, nothing left out",
}
"""Formats by name, which is also their suffix."""

_OF_TOOLS = {"sdlxliff": "xlf", "mqxliff": "xlf", "mxliff": "xlf", "pot": "po"}
"""Suffixes of files that other tools write in one of these formats; they are only read."""

BINARY = ("xlsx",)
"""Those that are no text."""

TWO_FILES = "moses"
"""The format that a path stands for two files of."""

LINES = ("tsv", TWO_FILES)
"""Those of a segment a line, which hold no line ends in one and say no state."""

_CHOOSING = ("tmx", "po", TWO_FILES)
"""Those that have no place for some units, which ``holds`` tells."""

_CELLS = ("tsv", "csv")
_TABLES = (*_CELLS, "xlsx", "jsonl")
_HEADED = {"tmx": "", "po": "x-po:header"}
"""Those that say something of all units, with how the types of what they can say begin."""

_TEXTS = (*_CELLS, "po", "jsonl")  # which do not always say what their encoding is

_MAY_BE_EMPTY = ("jsonl",)
"""Those in which a file of no units is one of no bytes, and nothing is left out of one."""

LanguageMap = Mapping[str, str]
"""Codes to write or read in place of others, as in ``{"kk": "kk-KZ"}``."""


def load(name: str) -> Format:
    """The module of a format of one file; raises ``TmtoolError`` if there is none of this name."""
    if name not in FORMATS:
        raise TmtoolError(f"unknown format {name!r}", hint=f"use one of {', '.join(FORMATS)}")
    if name == TWO_FILES:
        raise TmtoolError(
            f"{name} is two files, which are no stream", hint="name what their names begin with"
        )
    return cast(Format, import_module(f"tmtool.formats.{name}"))


def format_of(
    path: str | os.PathLike[str],
    wanted: str | None = None,
    *,
    is_read: bool = False,
    option: str = "",
) -> str:
    """The format of a file, to be read or written: the one asked for, else by its suffix.

    Raises ``TmtoolError`` if neither says, which names the ``option`` that can.
    """
    suffix = Path(path).suffix.lstrip(".").lower()
    name = wanted or (_OF_TOOLS.get(suffix, suffix) if is_read else suffix)
    if name not in FORMATS:
        hint = f"use one of {', '.join('.' + suffix for suffix in FORMATS)}"
        if option:
            hint += f", or say {option}, as in {option} xlf"
        raise TmtoolError(f"{os.fspath(path)}: its suffix names no format", hint=hint)
    return name


def read(
    file: str | os.PathLike[str] | BinaryIO,
    *,
    format: str | None = None,
    languages: tuple[str, str] | None = None,
    turned: tuple[str, str] | None = None,
    language_map: LanguageMap | None = None,
    raw_cells: bool = False,
    encoding: str | None = None,
    held: Held | None = None,
    bad: Callable[[FormatError], None] | None = None,
    headers: list[Header] | None = None,
    lost: Counter[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[TranslationUnit]:
    """The units of a file, one after another.

    ``languages`` are those of source and target where the file does not say (TSV), and choose the
    pair, in either direction, where it does (``kk`` is also ``kk-KZ``; a table has any two of its
    languages; units in others are counted among what is ``lost``); ``turned`` are the same, and
    leave none out. Codes come as BCP 47 spells them. ``raw_cells`` takes cells
    of CSV and TSV to the letter (see :func:`write`). ``encoding`` is that of a table, PO or JSON
    Lines that is not in Unicode. ``held`` gives what the units of ids are and were to a table that
    lost what stood beside their texts: its inline codes and dates are theirs. Raises ``InputError``
    if the file cannot be read and ``FormatError`` where it breaks its format; ``bad`` hears of that
    instead, and what can be read of the other units is. Raises ``TmtoolError`` at the end if
    ``language_map`` makes one language of two. ``headers`` takes what the file says of all units,
    ``lost`` how often a unit cannot hold what the file says (see :class:`Lost`). ``progress`` hears
    now and then how many bytes of a file have been read.
    """
    heard = _Hearing(bad, headers, lost)
    pair = languages or turned
    if isinstance(file, (str, os.PathLike)):
        path, name = os.fspath(file), format_of(file, format, is_read=True)
        if name == TWO_FILES:
            yield from _adapted(
                _moses().read(path, pair, encoding),
                path,
                languages,
                turned,
                language_map,
                heard,
            )
            return
        with opened(file) as stream:
            found = _read(name, stream, path, raw_cells, encoding, pair, held)
            units = _adapted(found, path, languages, turned, language_map, heard)
            if progress:
                units = _told(units, stream, progress)
            yield from units
    else:
        found = _read(format or "", file, "-", raw_cells, encoding, pair, held)
        yield from _adapted(found, "-", languages, turned, language_map, heard)


def adapted(
    units: Iterable[TranslationUnit],
    path: str,
    *,
    languages: tuple[str, str] | None = None,
    turned: tuple[str, str] | None = None,
    language_map: LanguageMap | None = None,
    lost: Counter[str] | None = None,
) -> Iterator[TranslationUnit]:
    """Units of another memory as :func:`read` gives those of a file: of which languages, and how
    their codes are spelled."""
    return _adapted(iter(units), path, languages, turned, language_map, _Hearing(None, None, lost))


def write(
    units: Iterable[TranslationUnit],
    file: str | os.PathLike[str] | BinaryIO,
    *,
    format: str | None = None,
    language_map: LanguageMap | None = None,
    raw_cells: bool = False,
    headers: Sequence[Header] = (),
) -> Written:
    """Write units; a path is replaced as a whole or left as it was.

    What ``headers`` say once the first unit has come is said of all units, in a TMX or PO.

    In CSV and TSV a ``'`` is put before what a spreadsheet would take for a formula, unless
    ``raw_cells`` is true. The same units give the same bytes. Raises ``InputError`` if the
    path cannot be written, ``TmtoolError`` if ``language_map`` makes one language of two.
    """
    if language_map:
        mapped = _normal(language_map)
        units = (new for _, new in told_apart((unit, _mapped(unit, mapped)) for unit in units))
    name = format_of(file, format) if isinstance(file, (str, os.PathLike)) else format or ""
    bare: Counter[str] = Counter()
    if name in LINES:
        units = _laid_bare(units, bare, is_for_pairs=name == TWO_FILES)
    if isinstance(file, (str, os.PathLike)):
        if name == TWO_FILES:
            written: Written = _moses().write(units, os.fspath(file))
        else:
            with replaced(file) as stream:
                written = _write(name, units, stream, raw_cells, headers)
            written = replace(written, files=(os.fspath(file),))
    else:
        written = _write(name, units, file, raw_cells, headers)
    return replace(written, unsaid=_unsaid(name, Header.joined(headers)), bare=bare)


def _laid_bare(
    units: Iterable[TranslationUnit], bare: Counter[str], *, is_for_pairs: bool
) -> Iterator[TranslationUnit]:
    """Units, counting those that are written and of which a line does not hold all that was said.

    What tmtool says itself is not among that, neither in props nor as state or date.
    """
    for unit in units:
        if unit.is_paired or not is_for_pairs:
            sides = (unit.source.content, unit.target.content)
            bare["inline codes"] += any(isinstance(it, Code) for side in sides for it in side)
            bare["notes"] += bool(unit.notes)
            bare["props"] += not all(kind.startswith(OWN) for kind, _ in unit.props)
        yield unit


def files_of(
    path: str, format: str, languages: tuple[str, str], language_map: LanguageMap | None = None
) -> tuple[str, ...]:
    """The files that a path stands for: itself, or two of Moses for units of two languages.

    Raises ``TmtoolError`` if ``language_map`` makes one language of them.
    """
    mapped = _normal(language_map or {})
    codes = [mapped.get(code, code) for code in languages]
    if len(set(map(str.lower, codes))) < len(set(map(str.lower, languages))):
        raise TmtoolError(
            f"{' and '.join(languages)} would both be {codes[0]}",
            hint="the languages of a pair need two codes",
        )
    if format != TWO_FILES:
        return (path,)
    return tuple(str(_moses().path_of(path, code)) for code in codes)


def holds(format: str, unit: TranslationUnit) -> bool:
    """Whether a file of a format has a place for a unit, or it is counted as left out."""
    return format not in _CHOOSING or bool(import_module(f"tmtool.formats.{format}").holds(unit))


def _unsaid(name: str, said: Header) -> int:
    """How much of what headers say has no place in a format."""
    begin = _HEADED.get(name)
    if begin is None:
        return len(said.props) + len(said.notes)
    return sum(not kind.startswith(begin) for kind, _ in said.props) + bool(begin) * len(said.notes)


def takes_encoding(format: str) -> bool:
    """Whether a format leaves it to the user what its encoding is."""
    return format in (*_TEXTS, TWO_FILES)


def check_encoding(path: str, format: str, encoding: str | None) -> None:
    """Raises ``TmtoolError`` if a format does not leave it to the user what its encoding is."""
    if encoding is not None and not takes_encoding(format):
        raise TmtoolError(f"{path}: {format} says itself what its encoding is", hint="leave it out")


def _decoded(file: BinaryIO, path: str, name: str, encoding: str | None) -> BinaryIO:
    """The file, of lines that are not too long, in UTF-8 if it is not in what it says itself."""
    check_encoding(path, name, encoding)
    if name in _TEXTS:
        ends = b"\r\n" if name in _CELLS else b"\n"
        file = bounded(file, path, ends=ends, may_be_empty=name in _MAY_BE_EMPTY)
    if encoding is None:
        return file
    text = decode(file.read(), path=path, encoding=encoding, composed=False)
    return BytesIO(text.encode("utf-8"))


def _moses() -> ModuleType:
    return import_module(f"tmtool.formats.{TWO_FILES}")


def _read(
    name: str,
    file: BinaryIO,
    path: str,
    raw_cells: bool,
    encoding: str | None,
    languages: Languages | None,
    held: Held | None,
) -> Iterator[Found]:
    file = _decoded(file, path, name, encoding)
    if name in _CELLS:
        cells = cast(Cells, load(name))
        yield from cells.read(file, path, raw=raw_cells, languages=languages, held=held)
    elif name in _TABLES:
        yield from cast(Table, load(name)).read(file, path, languages=languages, held=held)
    else:
        yield from load(name).read(file, path)


def _write(
    name: str,
    units: Iterable[TranslationUnit],
    file: BinaryIO,
    raw_cells: bool,
    headers: Sequence[Header],
) -> Written:
    if name in _HEADED:
        return cast(Headed, load(name)).write(units, file, headers)
    if raw_cells and name in _CELLS:
        return cast(Cells, load(name)).write(units, file, raw=True)
    return load(name).write(units, file)


def _told(
    units: Iterator[TranslationUnit], stream: BinaryIO, progress: Callable[[int], None]
) -> Iterator[TranslationUnit]:
    for number, unit in enumerate(units):
        if not number % _OFTEN:
            progress(stream.tell())
        yield unit


@dataclass(frozen=True, slots=True)
class _Hearing:
    """Who hears what of a file is no unit: see :func:`read`."""

    bad: Callable[[FormatError], None] | None
    headers: list[Header] | None
    lost: Counter[str] | None


def _adapted(
    found: Iterator[Found],
    path: str,
    languages: tuple[str, str] | None,
    turned: tuple[str, str] | None,
    language_map: LanguageMap | None,
    heard: _Hearing,
) -> Iterator[TranslationUnit]:
    mapped = _normal(language_map or {})
    pair = languages or turned
    spoken: dict[tuple[str, str], tuple[str, str]] = {}  # by what the file says
    left_out: Counter[str] = Counter()

    def in_codes(unit: TranslationUnit) -> TranslationUnit:
        said = unit.languages
        if said not in spoken:
            spoken[said] = _named(said, path, pair, mapped)
        if spoken[said] == said:
            return unit
        source, target = (
            replace(side, language=code)
            for side, code in zip((unit.source, unit.target), spoken[said], strict=True)
        )
        return replace(unit, source=source, target=target)

    units = _sound(_short(found, path), heard)
    pairs = ((unit, in_codes(unit)) for unit in units)
    for _, unit in told_apart(pairs) if mapped else pairs:
        is_turned = pair is None or _are(pair, unit.source, unit.target)
        if pair and not is_turned and _are(pair, unit.target, unit.source):
            unit = replace(unit, source=unit.target, target=unit.source)
        elif languages and not is_turned:
            left_out[pair_named(unit.languages)] += 1
            continue
        yield unit
    if languages and heard.lost is not None:
        for others, count in left_out.items():
            heard.lost[in_others(others, *languages)] += count


def in_others(pair: str, source: str | None, target: str | None) -> str:
    """What is said of units between languages that are not those asked for."""
    wanted = pair_named((source, target)) if source and target else source or target
    says = "-s and -t say" if source and target else f"{'-s' if source else '-t'} says"
    return f"units in {pair}, not in {wanted} as {says}, left out"


def _named(
    said: tuple[str, str], path: str, pair: tuple[str, str] | None, mapped: LanguageMap
) -> tuple[str, str]:
    """The languages of a unit for what a file says, which is nothing of one that is empty.

    One that is not named is the other of ``pair``. Raises ``InputError`` if there is none.
    """
    codes = [_code(mapped.get(code, code)) for code in map(_code, said)]
    if not all(codes):
        if pair is None:
            hint = "say which with -s and -t"
            raise InputError("does not name its languages", path=path, hint=hint)
        if any(
            c and primary_code(c) == primary_code(o) for c, o in zip(codes, pair[::-1], strict=True)
        ):
            pair = pair[1], pair[0]
        codes = [code or language for code, language in zip(codes, pair, strict=True)]
    return codes[0], codes[1]


def _normal(language_map: LanguageMap) -> LanguageMap:
    """The same with the codes that are replaced spelled as those of units are."""
    return {_code(code): other for code, other in language_map.items()} | dict(language_map)


@cache
def _code(code: str) -> str:
    """A language code as BCP 47 spells it; one that is none, or empty, as it is."""
    try:
        return Language.normal(code) if code else ""
    except LanguageError:
        return code


def _are(languages: tuple[str, str], source: Variant, target: Variant) -> bool:
    """Whether two sides are in these languages, of any region where none is asked for."""
    return all(map(is_in, (source.language, target.language), languages))


def _short(found: Iterator[Found], path: str) -> Iterator[Found]:
    """The same with an error in place of a unit that no tool could hold."""
    number = 0
    for unit in found:
        if isinstance(unit, TranslationUnit):
            number += 1
            longest = max(_length(unit.source), _length(unit.target))
            if longest > LONGEST:
                yield FormatError(
                    f"unit {number}: a side has {longest:,} characters; {LONGEST:,} are the most",
                    path=path,
                    hint="split it into sentences",
                )
                continue
        yield unit


def _length(variant: Variant) -> int:
    length = 0
    for part in variant.content:
        length += len(part) if isinstance(part, str) else len(part.data)
    return length


def _sound(found: Iterator[Found], heard: _Hearing) -> Iterator[TranslationUnit]:
    """The units that could be read."""
    said = dict[str, str]()  # of what was lost, with the first example of it
    try:
        for unit in found:
            if isinstance(unit, TranslationUnit):
                yield unit
            elif isinstance(unit, Header):
                if heard.headers is not None:
                    heard.headers.append(unit)
            elif isinstance(unit, Lost):
                if heard.lost is not None:
                    heard.lost[said.setdefault(unit.what, unit.said)] += unit.count
            elif heard.bad is None:
                raise unit
            else:
                heard.bad(unit)
    except FormatError as error:
        if heard.bad is None:
            raise
        heard.bad(error)


def _mapped(unit: TranslationUnit, language_map: LanguageMap) -> TranslationUnit:

    def mapped(variant: Variant) -> Variant:
        language = language_map.get(variant.language, variant.language)
        return replace(variant, language=language)

    return replace(unit, source=mapped(unit.source), target=mapped(unit.target))
