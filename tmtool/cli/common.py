"""What several commands share: reading texts, naming documents, writing output."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO

import click

from tmtool.cli import Shared
from tmtool.errors import InputError
from tmtool.formats import FORMATS
from tmtool.language import Language
from tmtool.memory import Memory
from tmtool.segment import Segmenter
from tmtool.text import blocks, display_safe, file_blocks, joined_lines, metadata

pass_shared = click.make_pass_decorator(Shared)


def languages(
    *, source: str | None = "kk", target_required: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options -s and -t."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option(
            "-t", "--target", metavar="LANG", required=target_required, help="Target language."
        )(command)
        return click.option(
            "-s",
            "--source",
            metavar="LANG",
            default=source,
            show_default=source is not None,
            help="Source language.",
        )(command)

    return decorate


document_option = click.option(
    "-d", "--document", metavar="NAME", help="Name of the document.  [default: from the file]"
)

language_map_option = click.option(
    "--lang-map",
    "language_map",
    metavar="CODE=CODE",
    multiple=True,
    callback=lambda ctx, option, pairs: _language_map(pairs),
    help="Another language code, as in kk=kk-KZ; may be repeated.",
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

    def read(self, path: str) -> str:
        """The whole text; raises ``InputError`` if there is nothing in it, too."""
        text = "".join(self.blocks(path))
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
    code = re.escape(language.split("-")[0])
    return re.sub(rf"(?i)(?:[._-]{code}(?:[-_]\w+)?)?(?:\.[^.]+)?\Z", "", name) or name


def open_memory(shared: Shared, *, create: bool = False) -> Memory:
    """The memory that -m names."""
    return Memory.open(shared.memory, create=create, author=shared.author)


def plural(count: int, noun: str) -> str:
    """A number and what it counts: ``1 pair``, ``2 pairs``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@contextmanager
def output(path: str) -> Iterator[BinaryIO]:
    """A file replaced as a whole, or standard output for ``-``."""
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        from tmtool.formats.files import replaced

        with replaced(path) as stream:
            yield stream


@contextmanager
def progress(shared: Shared, path: str, parts: Iterator[str]) -> Iterator[Iterator[str]]:
    """The parts of a text, with a bar on stderr while a terminal shows nothing else of it."""
    if shared.quiet or not sys.stderr.isatty() or sys.stdout.isatty() or path == "-":
        yield parts
        return
    size = Path(path).stat().st_size if Path(path).is_file() else 0

    def counted() -> Iterator[str]:
        for part in parts:
            bar.update(len(part.encode()))
            yield part

    with click.progressbar(length=size, label=Path(path).name, file=sys.stderr) as bar:
        yield counted()


def written_lines(stream: BinaryIO, lines: Iterable[str], path: str) -> int:
    """Write lines to a stream; how many. On a terminal they are made harmless."""
    count = 0
    safe = path == "-" and sys.stdout.isatty()
    for line in lines:
        count += 1
        shown = "\t".join(map(display_safe, line.split("\t"))) if safe else line
        stream.write(shown.encode("utf-8") + b"\n")
    return count


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
