"""The app around the workbench: its theme, its palette of commands."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.color import Color
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.filter import LineFilter
from textual.screen import Screen

from tmtool.document import Document
from tmtool.memory import Memory
from tmtool.tui.actions import Desk
from tmtool.tui.commands import with_keys

_LEAVING = (signal.SIGTERM, signal.SIGINT)
_LOOK = 1.0  # seconds between looks at whether the terminal is there
_STANDS_OUT = 0.15
"""Difference in brightness, 0 to 1, from which a background means something."""


class _Colourless(LineFilter):
    """No colour at all, as NO_COLOR asks: what stands out by its background is reversed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, _colourless(style, background)) for text, style, _ in segments]


@lru_cache(1024)
def _colourless(style: Style | None, background: Color) -> Style:
    if style is None:
        return Style.null()
    stands_out = style.bgcolor is not None and style.bgcolor.triplet is not None
    if stands_out:
        behind = Color.from_rich_color(style.bgcolor)
        stands_out = abs(behind.brightness - background.brightness) > _STANDS_OUT
    return Style(
        bold=style.bold,
        dim=style.dim,
        italic=style.italic,
        underline=style.underline,
        strike=style.strike,
        reverse=bool(style.reverse) != stands_out,
        meta=style.meta,
    )


class _Palette(CommandPalette):
    """The palette of commands, which survives keys that come fast or where it has no room."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):
            super()._action_command_list(action)


class _Commands(Provider):
    """The commands in the palette: by their titles, their names in a configuration, their help."""

    async def discover(self) -> Hits:
        for title, about, run, _ in self.app.get_system_commands(self.screen):
            yield DiscoveryHit(title, run, help=about)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, about, run, _ in self.app.get_system_commands(self.screen):
            score = max(matcher.match(title), matcher.match(about))
            if score > 0:
                yield Hit(score, matcher.highlight(title), run, help=about)


class ReviewApp(App[None]):
    """Reviewing or translating one document of a memory, full screen."""

    TITLE = "tmtool"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = {_Commands}
    BINDINGS: ClassVar = [Binding("ctrl+z", "suspend_process", show=False, priority=True)]

    def __init__(
        self,
        document: Document,
        memory: Memory,
        *,
        translating: bool,
        keys: Mapping[str, str] | None = None,
        theme: str = "textual-dark",
    ) -> None:
        """``keys`` gives commands other keys; see :func:`tmtool.tui.commands.with_keys`."""
        super().__init__()
        self._is_told_to_leave = False
        self._terminal = select.poll()
        self.commands = with_keys(keys or {})
        self.workbench = Desk(document, memory, self.commands, translating=translating)
        self.theme = theme

    @contextmanager
    def minding_signals(self) -> Iterator[None]:
        """Have signals that end the program end it in good order.

        SIGTERM and SIGINT wait until the app can leave: torn down where it stands, its threads
        would wait for keys for ever. After SIGHUP there is no terminal to leave: to draw on it
        would block.
        """

        def wait(*_: object) -> None:
            self._is_told_to_leave = True

        before = {number: signal.signal(number, wait) for number in _LEAVING}
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._vanish)
        if os.isatty(0):
            self._terminal.register(0, 0)  # of which nothing but its end is asked
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _vanish(self, *_: object) -> None:
        with suppress(Exception):
            self.workbench.keep()
        os._exit(128 + signal.SIGHUP)

    def _look_at_terminal(self) -> None:
        """End if the terminal is gone and no SIGHUP came: it goes to who leads a session only."""
        if self._terminal.poll(0):
            self._vanish()

    def on_mount(self) -> None:
        self.set_interval(_LOOK, self._look_at_terminal)
        with suppress(RuntimeError):  # not the main thread: somebody else's loop
            for number in _LEAVING:
                asyncio.get_running_loop().add_signal_handler(number, self.workbench.leave)
        if self._is_told_to_leave:
            self.workbench.leave()

    def action_command_palette(self) -> None:
        if not any(isinstance(screen, _Palette) for screen in self.screen_stack):
            self.push_screen(_Palette())

    @property
    def bug(self) -> Exception | None:
        """What ended the app and should not have."""
        return self._exception

    def _fatal_error(self) -> None:
        """End the app; who runs it tells of the bug."""
        with suppress(Exception):
            self.workbench.keep()
        self.bell()
        self._close_messages_no_wait()

    async def action_quit(self) -> None:
        self.workbench.leave()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [_Colourless()] if self.no_color else super().get_line_filters()

    def get_default_screen(self) -> Screen[None]:
        return self.workbench

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        for command in self.commands:
            run = partial(self.workbench.action_command, command.name)
            about = "  ".join(filter(None, (command.help, command.shown_keys, command.name)))
            yield SystemCommand(command.title, about, run)
        yield SystemCommand("Theme", "other colours, light or dark", self.action_change_theme)
