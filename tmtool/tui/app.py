"""The app around the workbench: its theme, its palette of commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from tmtool.document import Document
from tmtool.memory import Memory
from tmtool.tui.actions import Desk
from tmtool.tui.commands import with_keys


class ReviewApp(App[None]):
    """Reviewing or translating one document of a memory, full screen."""

    TITLE = "tmtool"
    ENABLE_COMMAND_PALETTE = True
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
        self.commands = with_keys(keys or {})
        self.workbench = Desk(document, memory, self.commands, translating=translating)
        self.theme = theme

    def get_default_screen(self) -> Screen[None]:
        return self.workbench

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        for command in self.commands:
            run = partial(self.workbench.action_command, command.name)
            yield SystemCommand(command.title, f"{command.help}  {command.shown_keys}", run)
        yield SystemCommand("Theme", "other colours, light or dark", self.action_change_theme)
