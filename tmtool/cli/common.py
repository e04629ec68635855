"""What several commands share: reading texts, naming documents, writing output."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from os.path import samefile
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

import click

import tmtool.formats
from tmtool.cli import Shared, configured_keys
from tmtool.document import Document
from tmtool.errors import InputError, StoreError
from tmtool.formats import BINARY, FORMATS, TWO_FILES, LanguageMap, Written
from tmtool.formats.files import replaced
from tmtool.language import Language
from tmtool.memory import Memory
from tmtool.model import STATES, TranslationUnit
from tmtool.segment import Segmenter
from tmtool.text import blocks, clean, display_safe, file_blocks, joined_lines, metadata

pass_shared = click.make_pass_decorator(Shared)


def code(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """A language code as CAT tools spell it: ``kk``, ``en-US``."""
    return value and Language.normal(value)


def languages(
    *, source: str | None = "kk", target_required: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options -s and -t."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option(
            "-t",
            "--target",
            metavar="LANG",
            required=target_required,
            callback=code,
            help="Target language.",
        )(command)
        return click.option(
            "-s",
            "--source",
            metavar="LANG",
            default=source,
            callback=code,
            show_default=source is not None,
            help="Source language.",
        )(command)

    return decorate


def named(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    """The name of a document, on one line and without control characters."""
    return name and clean(name)


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
    callback=lambda ctx, option, pairs: _language_map(pairs),
    help="Another language code, as in kk=kk-KZ; may be repeated.",
)

raw_cells_option = click.option(
    "--raw-cells",
    is_flag=True,
    help="CSV and TSV to the letter: no ' guards what a spreadsheet takes for a formula.",
)


def format_option(name: str, what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option that names a file format where the suffix does not."""
    return click.option(
        name, "format", type=click.Choice(list(FORMATS)), help=f"{what}  [default: by the suffix]"
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """How texts are read and split, as the options of :func:`text_options` say."""

    shared: Shared
    encoding: str | None
    srx: str | None
    prefixes: str | None
    join_lines: bool
    sentence_lines: bool

    def blocks(self, path: str) -> Iterator[str]:
        """The text of a file, or of standard input for ``-``, in pieces.

        Raises ``InputError`` if it cannot be read.
        """
        if path == "-":
            parts = blocks(sys.stdin.buffer, path="standard input", encoding=self.encoding)
        else:
            parts = file_blocks(path, self.encoding)
        return joined_lines(parts) if self.join_lines else parts

    def whole(self, path: str) -> str:
        """The whole text; raises as :meth:`blocks`."""
        return "".join(self.blocks(path))

    def read(self, path: str) -> str:
        """The whole text; raises ``InputError`` if there is nothing in it, too."""
        text = self.whole(path)
        if not any(unicodedata.category(c)[0] not in "CZ" for c in text[metadata(text)[1] :]):
            raise empty_text(path)
        return text

    def segmenter(self, code: str) -> Segmenter:
        """The segmenter of a language, with a note where nothing is known about it."""
        language = Language.load(code, srx_file=self.srx, prefixes_file=self.prefixes)
        if self.sentence_lines:
            language = replace(language, rules=())
        elif not language.is_known:
            self.shared.say(f"note: no rules for {code!r}, so sentences end by the generic ones")
        return Segmenter(language)


def text_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of :class:`Texts`, which the command is given as ``texts``."""

    @click.option("--encoding", metavar="NAME", help="For texts not in Unicode, such as cp1251.")
    @click.option("--srx", metavar="FILE", help="SRX rules in place of those of tmtool.")
    @click.option("--prefixes", metavar="FILE", help="More abbreviations, one a line.")
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
            raise click.UsageError("--join-lines and --sentence-lines exclude each other.")
        shared = click.get_current_context().find_object(Shared)
        assert shared is not None
        texts = Texts(shared, encoding, srx, prefixes, join_lines, sentence_lines)
        return command(shared, *args, texts=texts, **options)

    return with_texts


def empty_text(path: str) -> InputError:
    """What to say of a text in which there is nothing to split."""
    return InputError("holds no text", path=path, hint="there is nothing to do")


def document_props(text: str) -> tuple[tuple[str, str], ...]:
    """The metadata of a text as the properties its units carry."""
    return tuple((f"x-tmtool:{key}", value) for key, value in metadata(text)[0].items())


def document_name(path: str, language: str) -> str:
    """The name of the document in a file: ``a/interview.kk.txt`` is ``interview``."""
    name = Path(path).name
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


def open_memory(shared: Shared, *, create: bool = False) -> Memory:
    """The memory that -m names; raises ``StoreError`` if it cannot be opened."""
    if shared.memory is None:
        raise StoreError("there is no home folder to keep a memory in", hint="name a file with -m")
    return Memory.open(shared.memory, create=create, author=shared.author)


def plural(count: int, noun: str) -> str:
    """A number and what it counts: ``1 pair``, ``2 pairs``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@contextmanager
def output(path: str, *, besides: Iterable[str | Path | None]) -> Iterator[BinaryIO]:
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
    for other in besides:
        if other and Path(path).exists() and Path(other).exists() and samefile(path, other):
            raise click.UsageError(f"{path} is read by this command; write to another file.")
    with replaced(path) as stream:
        yield stream


def write_units(
    units: Iterable[TranslationUnit],
    path: str,
    format: str,
    *,
    besides: Iterable[str | Path | None],
    language_map: LanguageMap | None = None,
    raw_cells: bool = False,
) -> Written:
    """Write units to a file, or to standard output for ``-``; raises as :func:`output`.

    Raises ``click.UsageError`` for a format that is no text on a terminal, too.
    """
    if path == "-" and format in BINARY and sys.stdout.isatty():
        raise click.UsageError(f"{format} is nothing for a terminal; write to a file.")
    if path != "-" and format == TWO_FILES:
        return tmtool.formats.write(units, path, format=format, language_map=language_map)
    with output(path, besides=besides) as stream:
        return tmtool.formats.write(
            units, stream, format=format, language_map=language_map, raw_cells=raw_cells
        )


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

    with click.progressbar(length=size, label=Path(path).name, file=sys.stderr) as bar:
        yield counted()


def shown(text: str) -> str:
    """Text for standard output: as it is in a pipe, harmless on a terminal."""
    return display_safe(text) if sys.stdout.isatty() else text


def _language_map(pairs: tuple[str, ...]) -> dict[str, str]:
    mapped = {}
    for pair in pairs:
        code, equals, other = pair.partition("=")
        if not (code and equals and other):
            raise click.BadParameter(f"{pair!r} is not of the form kk=kk-KZ.")
        for name in (code, other):
            Language.check(name)
        mapped[code] = other
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

    if plain or not tui.is_possible():
        return False
    keys = configured_keys()
    tui.run(document, memory, translating=translating, keys=keys, is_light=light)
    click.echo(display_safe(f"Saved. {summary(document)}"))
    return True


def summary(document: Document) -> str:
    """A document in one line: its languages, its pairs by state."""
    source, target = document.languages
    states = document.states
    figures = [f"{states[state]} {state}" for state in STATES if state in states]
    return (
        f"{document.name} ({source} to {target}): {plural(len(document.units), 'pair')}, "
        f"{', '.join(figures)}; {document.doubtful_count} doubtful."
    )
