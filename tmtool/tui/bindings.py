"""The commands' keys as Textual binds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from textual.binding import Binding, BindingType

from tmtool.tui.commands import COMMANDS, Command

_NO_KEY = "none"


def bindings(kind: Literal["letters", "keys"]) -> list[BindingType]:
    """The keys of one kind, bound to ``screen.command('name')``.

    Every command has a binding, also to a key that no keyboard sends, for a keymap to change.
    """
    return [
        Binding(
            getattr(command, kind) or _NO_KEY,
            f"screen.command('{command.name}')",
            command.title,
            show=False,
            priority=kind == "keys",
            id=f"{command.name}.{kind}",
        )
        for command in COMMANDS
    ]


def keymap(commands: Iterable[Command]) -> dict[str, str]:
    """The keys of commands as Textual takes them to change :func:`bindings`."""
    return {
        f"{command.name}.{kind}": getattr(command, kind) or _NO_KEY
        for command in commands
        for kind in ("letters", "keys")
    }
