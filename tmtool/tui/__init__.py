"""The full-screen app: a document as a list of pairs that is reviewed, and an editor."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from tmtool.document import Document
from tmtool.memory import Memory

_SWITCH = 0.0005  # seconds that the thread which asks the memory may keep the screen waiting

LEAST_SIZE = (40, 12)
"""Columns and lines of a terminal that the app needs."""


def is_possible() -> bool:
    """Whether there is a terminal here that can show the app."""
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        return False
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream.isatty() for stream in streams):
        return False
    try:
        size = os.get_terminal_size(sys.stderr.fileno())
    except OSError:
        return False
    return size.columns >= LEAST_SIZE[0] and size.lines >= LEAST_SIZE[1]


def run(
    document: Document,
    memory: Memory,
    *,
    translating: bool,
    keys: Mapping[str, str] | None = None,
    is_light: bool = False,
) -> str:
    """Show a document until the user leaves; what was typed last and could not be kept, or "".

    ``translating`` starts in the editor at the first open pair, else the list is reviewed.
    ``keys`` gives commands other keys; raises ``TmtoolError`` for one that does not exist.
    """
    from tmtool.tui.app import ReviewApp
    from tmtool.tui.pasting import keep_pastes_whole

    keep_pastes_whole()
    sys.setswitchinterval(_SWITCH)
    theme = "textual-light" if is_light else "textual-dark"
    app = ReviewApp(document, memory, translating=translating, keys=keys, theme=theme)
    with app.minding_signals():
        app.run()
    if app.bug:
        raise app.bug
    return app.workbench.lost
