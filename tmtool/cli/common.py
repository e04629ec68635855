"""What several commands share: reading texts, naming documents, writing output."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from tmtool.cli import Shared
from tmtool.errors import InputError
from tmtool.formats import FORMATS
from tmtool.language import Language
from tmtool.memory import Memory
from tmtool.model import Segment
from tmtool.segment import Segmenter
from tmtool.text import decode, display_safe, metadata, read

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


encoding_option = click.option(
    "--encoding", metavar="NAME", help="Encoding of texts that are not Unicode, such as cp1251."
)

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


def read_text(path: str, encoding: str | None) -> str:
    """The text of a file, or of standard input for ``-``; raises ``InputError`` if empty."""
    if path == "-":
        text = decode(sys.stdin.buffer.read(), path="standard input", encoding=encoding)
    else:
        text = read(path, encoding)
    if not any(unicodedata.category(char)[0] not in "CZ" for char in text[metadata(text)[1] :]):
        raise InputError("holds no text", path=path, hint="there is nothing to do")
    return text


def sentences(shared: Shared, text: str, language: str) -> list[Segment]:
    """The sentences of a text, with a note where the language has no rules of its own."""
    segmenter = Segmenter(known_language(shared, language))
    return segmenter.segment(text)


def known_language(shared: Shared, code: str) -> Language:
    """A language, with a note where tmtool knows nothing of its own about it."""
    language = Language.load(code)
    if not language.is_known:
        shared.say(f"note: no rules for {code!r}, so sentences end by the generic ones")
    return language


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
