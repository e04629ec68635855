"""Pasted text is text: Textual would make keys, and so commands, of an escape character in it."""

from __future__ import annotations

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.message import Message

_START, _END = "\x1b[200~", "\x1b[201~"


class Pastes:
    """What comes from a terminal, with escape characters inside a paste shown by their picture."""

    def __init__(self) -> None:
        self._is_pasting = False
        self._rest = ""  # of the last piece: outside a paste passed on, inside held back

    def calmed(self, piece: str) -> str:
        """The piece that came next, without its end where that may begin the end of a paste."""
        done = ""
        held = len(self._rest) if not self._is_pasting else 0
        text = self._rest + piece
        while True:
            mark = _END if self._is_pasting else _START
            before, found, text = text.partition(mark)
            if not found:
                break
            done += (before.replace("\x1b", "\u241b") if self._is_pasting else before) + mark
            self._is_pasting = not self._is_pasting
        size = next(n for n in range(len(mark) - 1, -1, -1) if before.endswith(mark[:n]))
        self._rest = before[len(before) - size :]
        if self._is_pasting:
            done += before[: len(before) - size].replace("\x1b", "\u241b")
        else:
            done += before
        return done[held:]


class _Parser(XTermParser):
    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pastes = Pastes()

    def feed(self, data: str) -> Iterable[Message]:
        calmed = self._pastes.calmed(data)
        return super().feed(calmed) if calmed or not data else ()  # nothing at all is the end


def keep_pastes_whole() -> None:
    """Have the terminal read so from now on."""
    vars(linux_driver)["XTermParser"] = _Parser
