"""What several commands share: reading texts, naming documents, writing output."""

from __future__ import annotations

import itertools
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial, wraps
from io import BytesIO
from itertools import chain, islice
from os.path import samefile
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO, Literal, cast

import click
from click.core import ParameterSource

import tmtool.formats
from tmtool.cli import Shared, complain, configured_keys
from tmtool.document import Document, Filled
from tmtool.errors import FormatError, InputError, StoreError, TmtoolError
from tmtool.formats import (
    BINARY,
    FORMATS,
    LINES,
    TWO_FILES,
    LanguageMap,
    Written,
    format_of,
)
from tmtool.formats.files import replaced
from tmtool.formats.pairs import pair_named
from tmtool.language import Language
from tmtool.maintenance import Filter, Units, arrival, parts
from tmtool.match import Piece
from tmtool.memory import Added, Memory
from tmtool.model import STATES, Header, OutsideCalendar, Side, TranslationUnit, parse_time
from tmtool.reading import Reading
from tmtool.segment import Segmenter
from tmtool.sought import Sought
from tmtool.store import Address, DatabaseUrl, address, exists, is_url, public
from tmtool.store.place import file_system, is_network
from tmtool.text import (
    ENCODINGS,
    blocks,
    clean,
    display_safe,
    is_encoding,
    is_wrapped,
    metadata,
    plural,
)

pass_shared = click.make_pass_decorator(Shared)


def code(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """A language code as CAT tools spell it: ``kk``, ``en-US``."""
    return value and Language.normal(value)


def codes(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Several language codes, with commas between."""
    return value and ",".join(map(Language.normal, value.split(",")))


def other_code(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """The code of the target language; raises ``BadParameter`` if it is that of the source."""
    target = code(context, option, value)
    if target and target == context.params.get("source"):
        raise click.BadParameter(f"{target} is the language of the source, too; see -s.")
    return target


def languages(
    *, source: str | None = "kk", target_required: bool = True, several: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options -s and -t; ``several`` sources may be given with commas between."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option(
            "-t",
            "--target",
            metavar="LANG",
            required=target_required,
            callback=other_code if target_required else code,
            help="Target language.",
        )(command)
        return click.option(
            "-s",
            "--source",
            metavar="LANG",
            default=source,
            is_eager=True,  # known when the target is judged
            callback=codes if several else code,
            show_default=source is not None,
            help="Source language.",
        )(command)

    return decorate


def named(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    """The name of a document, on one line and without control characters."""
    return name and clean(name)


def file_only(context: click.Context, option: click.Parameter, name: Any) -> Any:
    """A file that standard input or output cannot stand for, as it is read several times."""
    if str(name) == "-":
        raise click.BadParameter("This must be a file, not standard input or output.")
    return name


document_option = click.option(
    "-d",
    "--document",
    metavar="NAME",
    callback=named,
    help="Name of the document.  [default: from the file]",
)

language_map_option = click.option(
    "--lang-map",
    "language_map",
    metavar="CODE=CODE",
    multiple=True,
    callback=lambda ctx, option, pairs: language_codes(pairs),
    help="Another language code, as in kk=kk-KZ; may be repeated.",
)

raw_cells_option = click.option(
    "--raw-cells",
    is_flag=True,
    help="CSV and TSV to the letter: no ' guards what a spreadsheet takes for a formula.",
)


skip_bad_option = click.option(
    "--skip-bad", is_flag=True, help="Take the other units of a file with bad ones."
)


class Skipped:
    """Says what is wrong with bad units, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: FormatError) -> None:
        """Hear of one."""
        self.count += 1
        complain(error)


def encoding(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    """A callback for the name of an encoding of texts."""
    if name is not None and not is_encoding(name):
        raise click.BadParameter(f"{name!r} is no encoding of texts; try {ENCODINGS}.")
    return name


_ENCODING = "tmtool.encoding"  # in the meta of a context
_encoding: dict[str, Any] = {
    "metavar": "NAME",
    "help": "Of tables and PO that are not in UTF-8, such as cp1251.",
}

encoding_option = click.option("--encoding", callback=encoding, **_encoding)

text_encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    callback=encoding,
    help="Of texts that are not in UTF-8, such as cp1251.",
)


def _take_encoding(context: click.Context, option: click.Parameter, name: str | None) -> None:
    context.meta[_ENCODING] = encoding(context, option, name)


any_encoding_option = click.option(
    "--encoding", expose_value=False, callback=_take_encoding, **_encoding
)
"""The same for a command that reads files of several formats: see :func:`encoding_of`."""


def encoding_of(format: str) -> str | None:
    """What :data:`any_encoding_option` said, for a format that does not say it itself."""
    said: str | None = click.get_current_context().meta.get(_ENCODING)
    return said if tmtool.formats.takes_encoding(format) else None


def format_option(name: str, what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option that names a file format where the suffix does not."""
    return click.option(
        name, "format", type=click.Choice(list(FORMATS)), help=f"{what}  [default: by the suffix]"
    )


@dataclass(frozen=True, slots=True)
class Texts(Reading):
    """How texts are read and split, as the options of :func:`text_options` say."""

    shared: Shared | None = None

    def blocks(self, path: str) -> Iterator[str]:
        """The text of a file, or of standard input for ``-``, in pieces.

        Raises ``InputError`` if it cannot be read.
        """
        if path != "-":
            return Reading.blocks(self, path)
        return self.joined(standard_input(self.encoding))

    def whole(self, path: str) -> str:
        """The whole text, with a note where its lines are not what they are taken for."""
        text = Reading.whole(self, path)
        if self.shared and not (self.join_lines or self.sentence_lines) and is_wrapped(text):
            self.shared.say(
                f"note: {path}: its lines seem to be cut at a width, but each is taken for a "
                "paragraph; see --join-lines"
            )
        return text

    def read(self, path: str) -> str:
        """The whole text; raises ``InputError`` if there is nothing in it, too."""
        text = self.whole(path)
        if not any(unicodedata.category(c)[0] not in "CZ" for c in text[metadata(text)[1] :]):
            raise empty_text(path)
        return text

    def segmenter(self, code: str) -> Segmenter:
        """The segmenter of a language, with a note where nothing is known about it."""
        language = self.language(code)
        if self.shared and not language.is_known and not self.sentence_lines:
            self.shared.say(f"note: no rules for {code!r}, so sentences end by the generic ones")
        return Segmenter(language)


class _Lines:
    """A stream that is read line by line, as somebody types it or another program writes it.

    UTF-16, whose lines are no lines of bytes, is read as a whole.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """The next line, or so many bytes of it."""
        line = self._stream.readline(size)
        return line + self._stream.read() if any(byte < 9 for byte in line) else line


def standard_input(encoding: str | None = None, *, by_lines: bool = False) -> Iterator[str]:
    """The text of standard input in pieces, ``by_lines`` as soon as each is there.

    Raises ``InputError`` if it cannot be read.
    """
    stream = cast(BinaryIO, _Lines(sys.stdin.buffer)) if by_lines else sys.stdin.buffer
    try:
        yield from blocks(stream, path="standard input", encoding=encoding)
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", path="standard input", hint="see what it is"
        ) from None


def text_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of :class:`Texts`, which the command is given as ``texts``."""

    @text_encoding_option
    @click.option(
        "--srx",
        metavar="FILE",
        callback=file_only,
        help="SRX rules in place of those of tmtool.",
    )
    @click.option(
        "--prefixes", metavar="FILE", callback=file_only, help="More abbreviations, one a line."
    )
    @click.option("--join-lines", is_flag=True, help="Paragraphs end at blank lines only.")
    @click.option("--sentence-lines", is_flag=True, help="Each line is a sentence.")
    @wraps(command)
    def with_texts(
        *args: Any,
        encoding: str | None,
        srx: str | None,
        prefixes: str | None,
        join_lines: bool,
        sentence_lines: bool,
        **options: Any,
    ) -> Any:
        if join_lines and sentence_lines:
            wanted = one_of("join_lines", "sentence_lines")
            join_lines, sentence_lines = wanted == "join_lines", wanted == "sentence_lines"
        shared = click.get_current_context().find_object(Shared)
        assert shared is not None
        texts = Texts(encoding, srx, prefixes, join_lines, sentence_lines, shared)
        return command(shared, *args, texts=texts, **options)

    return with_texts


def is_typed(parameter: str) -> bool:
    """Whether an option was said on the command line, and not in ``tmtool.toml``."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is ParameterSource.COMMANDLINE


def one_of(*parameters: str) -> str:
    """Which of some options holds that exclude each other and were said: that which was typed."""
    typed = list(filter(is_typed, parameters))
    if len(typed) != 1:
        options = {each.name: each.opts[-1] for each in click.get_current_context().command.params}
        names = " and ".join(options[name] for name in parameters)
        raise click.UsageError(f"{names} exclude each other.")
    return typed[0]


def empty_text(path: str) -> InputError:
    """What to say of a text in which there is nothing to split."""
    name = "standard input" if path == "-" else path
    return InputError("holds no text", path=name, hint="there is nothing to do")


def document_name(path: str, language: str) -> str:
    """The name of the document in a file: ``a/interview.kk.txt`` is ``interview``, on one line.

    What comes from standard input, ``-``, is called ``stdin``.
    """
    if path == "-":
        return "stdin"
    name = clean(Path(path).name) or "none"
    return re.sub(rf"(?i)(?:{_code_in_name(language)})?(?:\.[^.]+)?\Z", "", name) or name


def is_named_for(path: str | Path, language: str) -> bool:
    """Whether the name of a file says that it is in a language, as ``interview.en.txt`` does."""
    return bool(re.search(rf"(?i){_code_in_name(language)}(?:\.[^.]+)?\Z", Path(path).name))


def _code_in_name(language: str) -> str:
    return rf"[._-]{re.escape(language.split('-')[0])}(?:[-_]\w+)?"


def texts_in(folder: Path) -> list[Path]:
    """The files in a folder and those in it, but for hidden ones and what tmtool writes."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.suffix.lstrip(".").lower() not in FORMATS
    ]


def check_name(path: Path) -> None:
    """Raises ``InputError`` for a file whose name is not UTF-8, which no document can bear."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise InputError("has a name that is not UTF-8", path=path, hint="rename it") from None


def is_memory(path: str) -> bool:
    """Whether a file is one of SQLite's, as memories are, or a text the URL of a database."""
    if is_url(path):
        return True
    with suppress(OSError):
        if Path(path).is_file():  # to look into a pipe would take from it
            with open(path, "rb") as stream:
                return stream.read(16) == b"SQLite format 3\0"
    return False


def kind_of(path: str, format: str | None, *, hint: str = "check the name") -> str:
    """The format of a file that is read, as :func:`tmtool.formats.format_of` tells it.

    Raises ``InputError`` with the ``hint`` if nothing tells and there is no such file.
    """
    try:
        return format_of(path, format, is_read=True, option="--from")
    except TmtoolError:
        if path == "-" or os.path.exists(path):
            raise
        raise InputError("no such file", path=path, hint=hint) from None


def units_in(
    shared: Shared,
    path: str | None,
    format: str | None,
    headers: list[Header] | None = None,
    *,
    languages: tuple[str, str] | None = None,
    turned: tuple[str, str] | None = None,
    language_map: LanguageMap | None = None,
    bad: Skipped | None = None,
    lost: Counter[str] | None = None,
) -> Units:
    """The units of a file or another memory, else of the memory; to be read several times.

    ``headers`` takes what is said of all of them; the other options are those of
    :func:`tmtool.formats.read`, for a file or another memory. ``lost`` counts what the last
    reading lost.
    """
    if path is None or is_memory(path):
        other = replace(shared, memory=address(path)) if path else shared

        def held() -> Iterator[TranslationUnit]:
            if lost is not None:
                lost.clear()
            with open_memory(other) as memory:
                if headers is not None:
                    headers.append(memory.header)
                units = memory.units()
                yield from (
                    tmtool.formats.adapted(
                        units,
                        path,
                        languages=languages,
                        turned=turned,
                        language_map=language_map,
                        lost=lost,
                    )
                    if path
                    else units
                )

        return held
    kind = kind_of(path, format)
    data = sys.stdin.buffer.read() if path == "-" else b""

    def read() -> Iterator[TranslationUnit]:
        if lost is not None:
            lost.clear()
        return tmtool.formats.read(
            BytesIO(data) if path == "-" else path,
            format=kind,
            languages=languages,
            turned=turned,
            language_map=language_map,
            encoding=encoding_of(kind),
            bad=bad,
            headers=headers,
            lost=lost,
        )

    return read


def of_languages(units: Units, source: str | None, target: str | None, lost: Counter[str]) -> Units:
    """Those units that are in the languages that are asked for; the others are counted."""
    wanted = Filter(source, target)

    def chosen() -> Iterator[TranslationUnit]:
        others: Counter[str] = Counter()
        for unit in units():
            if wanted(unit):
                yield unit
            else:
                others[pair_named(unit.languages)] += 1
        for pair, count in others.items():
            lost[tmtool.formats.in_others(pair, source, target)] += count

    return chosen


def sought(name: str, typed: str, *, is_regex: bool, any_case: bool = True) -> Sought:
    """What an option or argument of this name looks for.

    Raises ``BadParameter`` that quotes it where it is no regular expression.
    """
    try:
        return Sought(typed, is_regex=is_regex, any_case=any_case)
    except TmtoolError as error:
        raise click.BadParameter(f"{error}.", param_hint=f"'{name}'") from None


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say which units, which the command is given as ``chosen``."""

    @click.option("--by", "authors", metavar="NAME", multiple=True, help="Changed last by NAME.")
    @click.option("--since", type=Moment(), metavar="TIME", help="Changed last at TIME or later.")
    @click.option("--until", type=Moment(), metavar="TIME", help="Changed last before TIME.")
    @click.option("--shortest", type=click.IntRange(0), default=0, help="Characters at least.")
    @click.option("--longest", type=click.IntRange(0), help="Characters at most, of both sides.")
    @click.option("--match", metavar="REGEX", help="An expression that stands in it, in any case.")
    @click.option("--in", "side", type=click.Choice(["source", "target"]), help="Side of --match.")
    @click.option("--not", "inverted", is_flag=True, help="Units of which that is not true.")
    @wraps(command)
    def with_filter(
        *args: Any,
        authors: tuple[str, ...],
        since: datetime | None,
        until: datetime | None,
        shortest: int,
        longest: int | None,
        match: str | None,
        side: Side | None,
        inverted: bool,
        **options: Any,
    ) -> Any:
        if side and not match:
            raise click.UsageError("--in says where --match looks; say with that what to look for.")
        wanted = Filter(
            authors=authors,
            since=since,
            until=until,
            shortest=shortest,
            longest=longest,
            pattern=sought("--match", match, is_regex=True) if match else None,
            side=side,
        )
        if inverted and wanted == Filter():
            raise click.UsageError("--not needs something that is not to be true.")
        return command(*args, chosen=replace(wanted, inverted=inverted), **options)

    return with_filter


class Moment(click.ParamType[Any]):
    """A time in UTC."""

    name = "TIME"
    is_not = "not"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            moment = parse_time(value)
        except OutsideCalendar as error:
            self.fail(f"{error}.", param, ctx)
        except ValueError:
            moment = None
        if moment is None:
            self.fail(f"{value!r} is {self.is_not} a time such as 2025-10-20T09:30.", param, ctx)
        return moment


def open_memory(shared: Shared, *, create: bool = False) -> Memory:
    """The memory that -m names; raises ``StoreError`` if it cannot be opened.

    Says so where it makes one in a network folder, or in a file that is there and empty.
    """
    place = memory_address(shared)
    if create and isinstance(place, Path) and place.is_file() and not has_memory(shared):
        shared.say(f"note: {place} was empty; a new memory begins in it")
    if (
        create
        and isinstance(place, Path)
        and not place.exists()
        and is_network(kind := file_system(place))
    ):
        shared.say(
            f"note: {place} is in a network folder ({kind}), where two computers may harm it; "
            "keep it on a disk of this one, and copies there with 'tmtool backup'"
        )
    return Memory.open(
        place,
        create=create,
        author=shared.author,
        on_wait=waiting(shared),
        on_fill=_filling(shared),
    )


def waiting(shared: Shared) -> Callable[[], None]:
    """Says that others keep the memory busy."""
    return lambda: shared.say("waiting for the memory …")


def _filling(shared: Shared) -> Callable[[int, int], None] | None:
    """Shows on a terminal how far the units of a server were read for the first time."""
    if shared.quiet or not sys.stderr.isatty():
        return None
    bar = click.progressbar(length=0, label="reading the units of the server", file=sys.stderr)

    def hear(number: int, total: int) -> None:
        bar.length = total
        bar.update(number - bar.pos)
        if number == total:
            bar.render_finish()

    return hear


def has_memory(shared: Shared) -> bool:
    """Whether there is a memory where -m says."""
    return shared.memory is not None and exists(shared.memory)


def memory_address(shared: Shared) -> Address:
    """Where the memory is; raises ``StoreError`` for a user without a home."""
    if shared.memory is None:
        raise StoreError("there is no home folder to keep a memory in", hint="name a file with -m")
    return shared.memory


@contextmanager
def output(path: str, *, besides: Iterable[str | Address | None]) -> Iterator[BinaryIO]:
    """A file replaced as a whole, or standard output for ``-``, harmless on a terminal.

    What goes to standard output is held until it is whole, so that a slow reader keeps no
    memory locked. Raises ``click.UsageError`` if the file is one of ``besides``, which the
    command reads.
    """
    if path == "-":
        with SpooledTemporaryFile(max_size=1 << 24) as stream:
            yield cast(BinaryIO, stream)
            stream.seek(0)
            safe = sys.stdout.isatty()
            for line in stream:
                shown = safe_line(line.decode("utf-8")).encode("utf-8") if safe else line
                sys.stdout.buffer.write(shown)
            sys.stdout.buffer.flush()
        return
    refuse_read(path, besides)
    with replaced(path) as stream:
        yield stream


def refuse_read(path: str, besides: Iterable[str | Address | None]) -> None:
    """Raise ``click.UsageError`` if a file that is to be written is one of those that are read.

    So does any memory that is there: what would be written is never one.
    """
    if path == "-":
        return
    is_read = _is_read(path, besides)
    if is_read or is_memory(path):
        what = "read by this command" if is_read else "a memory"
        raise click.UsageError(
            f"{path} is {what}; write to another file, such as {_another(path)}."
        )


def refuse_files_read(
    path: str,
    format: str,
    besides: Iterable[str | Address | None],
    languages: tuple[str, str],
    language_map: LanguageMap | None = None,
) -> None:
    """As :func:`refuse_read`, of all files that units of two languages are written to.

    Raises ``TmtoolError`` if ``language_map`` makes one language of them.
    """
    files = tmtool.formats.files_of(path, format, languages, language_map)
    if format != TWO_FILES:
        refuse_read(path, besides)
        return
    besides = [other for other in besides if other and not isinstance(other, DatabaseUrl)]
    read = [*besides]
    for other in besides:  # which may stand for two files, too
        read += tmtool.formats.files_of(str(other), format, languages, language_map)
    for file in files:
        if _is_read(file, read):
            raise click.UsageError(
                f"{path} stands for {file}, which is read by this command; write to another file, "
                f"such as {_another(path)}."
            )
        refuse_read(file, ())


def _another(path: str) -> Path:
    """A name like that of a file."""
    place = Path(path)
    return place.with_name(f"{place.stem}-2{place.suffix}")


def _is_read(path: str, besides: Iterable[str | Address | None]) -> bool:
    """Whether a file is one of others, or of those that belong to a memory."""
    for other in besides:
        if not other or isinstance(other, DatabaseUrl):
            continue
        beside = [Path(f"{other}{end}") for end in ("", "-journal", "-wal", "-shm")]
        is_one = Path(path).exists() and any(x.exists() and samefile(path, x) for x in beside)
        if is_one or os.path.realpath(path) in map(os.path.realpath, beside):
            return True
    return False


Split = int | Literal["document"]
"""Into what units are cut: files of so many, or one for each document."""


class _Splitting(click.ParamType[Split]):
    name = "N|document"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Split:
        if value == "document":
            return "document"
        if isinstance(value, int) or (value.isdecimal() and int(value[:18]) > 0):
            return int(value)
        self.fail(f"{value!r} is neither a number of units nor 'document'.", param, ctx)


split_option = click.option(
    "--split",
    type=_Splitting(),
    metavar="N|document",
    help="Several files: of N units at most, or for each document.",
)


dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would be done.")


def _write_parts(
    units: Iterable[TranslationUnit],
    path: str,
    format: str,
    split: Split,
    write: Callable[[Iterable[TranslationUnit], str], Written],
) -> Written:
    """Write units to several files, of which each has its part in its name, and some units."""
    if path == "-":
        raise click.UsageError("--split writes files; name one.")
    left_out = 0

    def held() -> Iterator[TranslationUnit]:
        nonlocal left_out
        for unit in units:
            if tmtool.formats.holds(format, unit):
                yield unit
            else:
                left_out += 1

    place, total = Path(path), Written(0)
    taken = set[str]()
    for name, some in parts(held(), None if split == "document" else split):
        name = re.sub(r"[\x00-\x1f/\\\\:*?\"<>|]", "_", name) or "none"
        names = chain([name], (f"{name}-{number}" for number in itertools.count(2)))
        name = next(free for free in names if free.casefold() not in taken)
        taken.add(name.casefold())
        total += write(some, str(place.with_name(f"{place.stem}-{name}{place.suffix}")))
    return total + Written(0, left_out)


def say_left(shared: Shared, path: str, written: Written, split: Split | None) -> None:
    """Say which files of earlier parts are there that these units were not written to."""
    place = Path(path)
    kinds = {Path(file).suffix for file in written.files}
    name = ".+" if split == "document" else r"\d{3,}"
    part = re.compile(rf"{re.escape(place.stem)}-{name}({'|'.join(map(re.escape, kinds))})")
    own = {Path(file).name for file in written.files}
    try:
        beside = [other.name for other in place.parent.iterdir()] if split else []
    except OSError:  # a folder that is not there yet, or that nobody may look into
        return
    left = sorted(name for name in beside if part.fullmatch(name) and name not in own)
    if left:
        are, they_are = ("is", "it is") if len(left) == 1 else ("are", "they are")
        shared.say(f"note: {_some(left)} {are} not of this export, and {are} left as {they_are}")


FINISHED = ("tmx", "moses", "tsv")
"""Formats in which every pair is taken for a translation."""


def are_finished(files: Iterable[str], format: str | None) -> bool:
    """Whether all files are of :data:`FINISHED` formats: somebody asked for what they hold."""
    return all(not is_memory(file) and kind_of(file, format) in FINISHED for file in files)


def write_units(
    units: Iterable[TranslationUnit],
    path: str,
    format: str,
    *,
    besides: Iterable[str | Address | None],
    split: Split | None = None,
    language_map: LanguageMap | None = None,
    raw_cells: bool = False,
    headers: Sequence[Header] = (),
    suggestions: bool = False,
    rejected: bool = False,
    dry_run: bool = False,
) -> Written:
    """Write units to a file, or to standard output for ``-``; raises as :func:`output`.

    Raises ``click.UsageError`` for a format that is no text on a terminal, too. A ``dry_run`` only
    prints which files it would be, and how many units of each. Pretranslations that nobody has
    looked at are withheld from :data:`FINISHED` formats, unless ``suggestions`` are wanted, and
    ``rejected`` ones from those of lines, where they would pass for good ones.
    """
    withheld: Counter[str] = Counter()

    def good() -> Iterator[TranslationUnit]:
        for unit in units:
            if unit.state == "rejected" and format in LINES and not rejected:
                withheld["rejected"] += 1
            elif unit.is_suggestion and format in FINISHED and not suggestions:
                withheld["suggestions"] += 1
            else:
                yield unit

    write = partial(
        _write_file,
        format=format,
        besides=besides,
        language_map=language_map,
        raw_cells=raw_cells,
        headers=headers,
        dry_run=dry_run,
    )
    written = _write_parts(good(), path, format, split, write) if split else write(good(), path)
    return replace(written, suggestions=withheld["suggestions"], rejected=withheld["rejected"])


def _write_file(
    units: Iterable[TranslationUnit],
    path: str,
    *,
    format: str,
    besides: Iterable[str | Address | None],
    language_map: LanguageMap | None,
    raw_cells: bool,
    headers: Sequence[Header],
    dry_run: bool,
) -> Written:
    """Write units to one file, or to as many as its format has."""
    if format == TWO_FILES:
        units = iter(units)
        for first in islice(units, 1):
            refuse_files_read(path, format, besides, first.languages, language_map)
            units = chain([first], units)
    if dry_run:
        refuse_read(path, besides)
        written = _counted(units, path, format, language_map, headers)
        for file in written.files:
            again = " in place of what it holds" if Path(file).is_file() else ""
            click.echo(shown(f"{file}: {plural(written.units, 'unit')}{again}"))
        return written
    if path == "-" and format in BINARY and sys.stdout.isatty():
        raise click.UsageError(f"{format} is nothing for a terminal; write to a file.")
    if path != "-" and format == TWO_FILES:
        return tmtool.formats.write(
            units, path, format=format, language_map=language_map, headers=headers
        )
    with output(path, besides=besides) as stream:
        written = tmtool.formats.write(
            units,
            stream,
            format=format,
            language_map=language_map,
            raw_cells=raw_cells,
            headers=headers,
        )
    return replace(written, files=(path,))


def summed(written: Written, format: str, noun: str = "unit") -> str:
    """Which files of a format were written, how many units they took, and what they have not."""
    return f"{_some(written.files)}: {plural(written.units, noun)}{left_out(written, format)}"


def _some(files: Sequence[str]) -> str:
    """The names of files, of many those of the first."""
    if len(files) <= _NAMED:
        return ", ".join(files) or "no file"
    return f"{', '.join(files[: _NAMED - 1])} and {len(files) - _NAMED + 1} more files"


def left_out(written: Written, format: str) -> str:
    """What a file of a format does not have of its units, to be said behind their number."""
    said = ""
    if written.left_out:
        said += f"; {written.left_out} one-sided left out"
    if written.suggestions:
        said += f"; {plural(written.suggestions, 'doubtful pretranslation')} left out"
    if written.rejected:
        said += f"; {written.rejected} rejected left out"
    if written.changed and format in LINES:
        said += f"; tabs and line ends made spaces in {written.changed}"
    elif written.changed:
        said += f"; control characters left out of {written.changed}"
    if bare := [f"{what} of {count}" for what, count in written.bare.items() if count]:
        said += f"; {', '.join(bare)} left out"
    if written.unsaid:
        said += f"; what the header says ({plural(written.unsaid, 'thing')}) left out"
    return said


def say_lost(shared: Shared, file: str, lost: Counter[str]) -> None:
    """Say what of a file its units cannot hold, and begin to count anew."""
    for what, count in sorted(lost.items()):
        if count:
            shared.say(f"note: {public(file)}: {what}: {count}")
    lost.clear()


def say_more(shared: Shared, unshown: Mapping[str, int]) -> None:
    """Say how many units of each kind a list of a dry run leaves out."""
    for what, count in unshown.items():
        if count > 0:
            shared.say(f"and {count} more {what}")


def _counted(
    units: Iterable[TranslationUnit],
    path: str,
    format: str,
    language_map: LanguageMap | None,
    headers: Sequence[Header],
) -> Written:
    """What would be written."""
    if format == TWO_FILES:
        place = Path(path)
        with TemporaryDirectory(prefix="tmtool-") as folder:
            written = tmtool.formats.write(
                units,
                Path(folder, place.name),
                format=format,
                language_map=language_map,
                headers=headers,
            )
        files = (str(place.with_name(Path(file).name)) for file in written.files)
        return replace(written, files=tuple(files))
    with open(os.devnull, "wb") as nowhere:
        written = tmtool.formats.write(
            units, nowhere, format=format, language_map=language_map, headers=headers
        )
    return replace(written, files=(path,))


def came(added: Added, bad: int = 0) -> str:
    """What became of the units of a file, of how many more of the memory, and of its header."""
    counts = {name: getattr(added, name) for name in ("new", "unchanged", "kept", "replaced")}
    counts["bad"] = bad
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    gone = f"; {added.gone} more of the memory gave way" if added.gone else ""
    things = plural(added.headers, "thing")
    headers = f"; {things} that its header says added" if added.headers else ""
    return (said or "no units") + gone + headers


def sampled(outcome: str, before: TranslationUnit | None, unit: TranslationUnit) -> str:
    """A line on a unit that would be added: outcome, source, target, the target that is held.

    Behind the outcome stands in what it differs from what is held.
    """
    why = arrival(before, unit, is_kept=outcome == "kept").why if before else ""
    cells = [
        f"{outcome} ({why})" if why else outcome,
        unit.source.text,
        unit.target.text,
        before.target.text if before else "",
    ]
    return "\t".join(shown(clean(cell)) for cell in cells).rstrip("\t")


def safe_line(line: str) -> str:
    """A line of columns that a terminal shows and never obeys."""
    return "\t".join(map(display_safe, line.removesuffix("\n").split("\t"))) + "\n"


@contextmanager
def progress(
    shared: Shared, path: str, parts: Iterator[str], *, output: str
) -> Iterator[Iterator[str]]:
    """The parts of a text, with a bar on a terminal that does not show the output itself."""
    if shared.quiet or not sys.stderr.isatty() or (output == "-" and sys.stdout.isatty()):
        yield parts
        return
    size = Path(path).stat().st_size if Path(path).is_file() else None
    if size is None:  # a pipe: nobody knows how much is to come
        with click.progressbar(parts, label="MB", show_pos=True, file=sys.stderr) as endless:
            yield iter(endless)
        return

    def counted() -> Iterator[str]:
        for part in parts:
            bar.update(len(part.encode()))
            yield part

    with click.progressbar(
        length=size, label=display_safe(Path(path).name), file=sys.stderr
    ) as bar:
        yield counted()


@contextmanager
def counted(shared: Shared, path: str) -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal for a file of units; it is told how many bytes of it have been read."""
    if shared.quiet or not sys.stderr.isatty() or not Path(path).is_file():
        yield None
        return
    size = Path(path).stat().st_size
    with click.progressbar(
        length=size,
        label=display_safe(Path(path).name),
        item_show_func=lambda rate: rate,
        file=sys.stderr,
    ) as bar:

        def hear(read: int) -> None:
            pace = bar.time_per_iteration
            bar.update(read - bar.pos, f"{1e-6 / pace:.1f} MB/s" if pace else None)

        yield hear
        hear(size)


def shown(text: str) -> str:
    """Text for standard output: as it is in a pipe, harmless on a terminal."""
    return display_safe(text) if sys.stdout.isatty() else text


_BRIEFLY = 2.0  # seconds
_NAMED = 5  # files
_LOOKS: dict[str, dict[str, Any]] = {
    "same": {},
    "only in a": {"fg": "red", "strikethrough": True},
    "only in b": {"fg": "cyan", "underline": True},
}
_SIGNS = {"same": ("", ""), "only in a": ("[-", "-]"), "only in b": ("{+", "+}")}


def in_colour() -> bool:
    """Whether standard output shows colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def marked(pieces: Iterable[Piece]) -> str:
    """How two texts differ: in colour on a terminal, else between signs."""
    return "".join(
        click.style(display_safe(words), **_LOOKS[where])
        if in_colour()
        else f"{_SIGNS[where][0]}{display_safe(words)}{_SIGNS[where][1]}"
        for where, words in pieces
    )


def language_codes(pairs: tuple[str, ...]) -> dict[str, str]:
    """Codes and what comes in their place, by each as BCP 47 spells it and as it was typed."""
    mapped: dict[str, str] = {}
    for pair in pairs:
        code, equals, other = pair.partition("=")
        if not (code and equals and other):
            raise click.BadParameter(f"{pair!r} is not of the form kk=kk-KZ.")
        for name in (code, other):
            Language.check(name)
        mapped |= {Language.normal(code): other, code: other}
    return mapped


def screen_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--plain`` and ``--light``."""
    plain = click.option("--plain", is_flag=True, help="Numbered pairs and prompts, line by line.")
    light = click.option("--light", is_flag=True, help="Colours for a light background.")
    return plain(light(command))


def show_screen(
    document: Document, memory: Memory, *, translating: bool, plain: bool, light: bool
) -> bool:
    """Show the full-screen app, if it is wanted and the terminal can; whether it was shown."""
    from tmtool import tui

    keys = configured_keys()  # what is wrong with them is told where there is no screen, too
    if plain or not tui.is_possible():
        return False
    memory.hold_little()
    memory.wait_briefly(_BRIEFLY)  # a screen that stands still is worse than to try again
    lost = tui.run(document, memory, translating=translating, keys=keys, is_light=light)
    if lost:
        hint = "all that was confirmed before is saved"
        raise StoreError(f"what was typed last could not be kept: {lost}", hint=hint)
    click.echo(display_safe(f"Saved. {summary(document)}"))
    return True


def kept_of(filled: Filled) -> str:
    """What :meth:`Document.fill` left as it was, to stand behind what it took."""
    if not filled.kept:
        return ""
    said = f"; {filled.kept} kept as they were translated before"
    if filled.unconfirmed:
        said += f" ({filled.unconfirmed} of them not confirmed by anybody)"
    return said


def summary(document: Document) -> str:
    """A document in one line: its languages, its pairs by state."""
    source, target = document.languages
    states = document.states
    figures = [f"{states[state]} {state}" for state in STATES if state in states]
    return (
        f"{document.name} ({source} to {target}): {plural(len(document.units), 'pair')}, "
        f"{', '.join(figures)}; {document.waiting}."
    )
