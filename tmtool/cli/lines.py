"""Conversation in plain lines: append-only output, one prompt at a time.

This is what screen readers, dumb terminals and pipes can follow. At a terminal a line is
edited with readline, in any script, and may be given a text to start from; in a pipe no
prompt is printed and the first error ends the conversation.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import termios
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from types import ModuleType

import click

from tmtool.errors import TmtoolError
from tmtool.memory import Memory
from tmtool.model import TranslationUnit
from tmtool.text import as_stored, display_safe

_readline: ModuleType | None
try:
    import readline as _readline
except ImportError:  # Python may be built without it
    _readline = None

# What terminals send for F1 to F10, for readline's macros.
_F_KEYS = {
    1: (r"\eOP", r"\e[11~"),
    2: (r"\eOQ", r"\e[12~"),
    3: (r"\eOR", r"\e[13~"),
    4: (r"\eOS", r"\e[14~"),
    5: (r"\e[15~",),
    6: (r"\e[17~",),
    10: (r"\e[21~",),
}


_BAR = " | "
_REST = 0.9  # seconds after which a line that is being typed is kept


class Conversation:
    """Lines said and asked for."""

    def __init__(self, f_keys: Mapping[int, str] | None = None) -> None:
        """``f_keys`` are the lines that function keys enter, by their number."""
        self.is_typed = sys.stdin.isatty()
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="surrogateescape")  # to be cleaned, not to fail
        self._edits = (
            _readline is not None
            and self.is_typed
            and sys.stdout.isatty()
            and os.environ.get("TERM") not in (None, "", "dumb")
        )
        self._styled = self._edits and not os.environ.get("NO_COLOR")
        if _readline and self._edits:
            _readline.set_auto_history(False)
            if "libedit" not in (_readline.__doc__ or ""):
                _readline.parse_and_bind("tab: self-insert")
                _readline.parse_and_bind("set enable-bracketed-paste on")
                # Keys that mean nothing here would leave a ~ in the text.
                _readline.parse_and_bind(r'"\e[": skip-csi-sequence')
                for number, line in (f_keys or {}).items():
                    for key in _F_KEYS[number]:
                        _readline.parse_and_bind(rf'"{key}": "\C-e\C-u{line}\C-m"')

    def say(self, text: str = "", *, indent: str = "", strong: bool = False) -> None:
        """Print a text, wrapped at words where a terminal shows it."""
        shown = display_safe(text)
        if self.is_typed and sys.stdout.isatty():
            width = max(20, shutil.get_terminal_size().columns - 1)
            hang = " " * min(len(indent), width // 3)
            shown = textwrap.fill(
                shown,
                width,
                initial_indent=indent,
                subsequent_indent=hang,
                break_on_hyphens=False,
                drop_whitespace=True,
            )
        else:
            shown = indent + shown
        click.echo(click.style(shown, bold=True) if strong and self._styled else shown)

    def say_row(self, head: str, *cells: str) -> None:
        """Print a line of a list; a terminal's width is shared among its cells."""
        row = [display_safe(cell) for cell in cells]
        if row and self.is_typed and sys.stdout.isatty():
            room = shutil.get_terminal_size().columns - 1 - len(head)
            width = max(8, room // len(row) - len(_BAR))
            row = [cell if len(cell) <= width else cell[: width - 1] + "…" for cell in row]
            row[:-1] = [cell.ljust(width) for cell in row[:-1]]
        click.echo(display_safe(head) + _BAR.join(row))

    def ask(
        self, prompt: str, prefill: str = "", keep: Callable[[str], None] | None = None
    ) -> str | None:
        """One line without its end; ``None`` when there are no more.

        Where lines cannot be edited, an empty line takes ``prefill``; where they can, ``keep`` is
        given what stands on the line whenever it rests, so that it can be kept as a draft.
        """
        if not self.is_typed:
            line = sys.stdin.readline()
            return line.rstrip("\r\n") if line else None
        if prefill and not self._edits:
            self.say(prefill, indent="Enter takes: ")
        try:
            with (
                _prefilled(prefill if self._edits else ""),
                _kept(prefill, keep if self._edits else None),
            ):
                line = input(prompt)
        except EOFError:
            click.echo()
            return None
        if not self._edits:
            return line or prefill
        return as_stored(line, prefill)

    def complain(self, error: TmtoolError) -> None:
        """Show an error and go on, or, in a pipe, raise it."""
        if not self.is_typed:
            raise error
        self.say(str(error), indent="! ")


@contextmanager
def _prefilled(text: str) -> Iterator[None]:
    """Have readline begin the next line with a text."""
    if _readline is None or not text:
        yield
        return
    # What was typed ahead was not meant to follow this text.
    termios.tcflush(sys.stdin, termios.TCIFLUSH)
    _readline.set_startup_hook(lambda: _readline.insert_text(display_safe(text)))
    try:
        yield
    finally:
        _readline.set_startup_hook()


@contextmanager
def _kept(prefill: str, keep: Callable[[str], None] | None) -> Iterator[None]:
    """Have a line that is being typed kept once a second."""
    if _readline is None or keep is None:
        yield
        return
    last = prefill

    def look(*_: object) -> None:
        nonlocal last
        assert _readline
        typed = as_stored(_readline.get_line_buffer(), prefill)
        if typed != last:
            last = typed
            keep(typed)

    before = signal.signal(signal.SIGALRM, look)  # runs while readline waits for a key
    signal.setitimer(signal.ITIMER_REAL, _REST, _REST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def keep_draft(memory: Memory, unit: TranslationUnit, text: str | None) -> None:
    """Keep what is being typed for a unit; where that cannot be, it still stands on the line."""
    with suppress(TmtoolError):
        memory.keep_draft(unit, text)


def command_named(word: str, commands: Mapping[str, Iterable[str]]) -> str | None:
    """The command a word means: its name, or one of the letters it is called by."""
    wanted = word.strip().casefold()
    for name, letters in commands.items():
        if wanted == name or wanted in letters:
            return name
    return None
