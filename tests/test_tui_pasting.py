"""What a terminal sends, with pastes in it, in pieces of any size."""

from __future__ import annotations

import pytest

from tmtool.tui.pasting import Pastes

START, END = "\x1b[200~", "\x1b[201~"


@pytest.mark.parametrize("size", range(1, 40))
def test_an_escape_character_in_a_paste_begins_nothing(size: int) -> None:
    """However the terminal's output was cut; outside a paste everything is as it was."""
    sent = f"a\x1b[A\x1b{START}x\x1b[31my\x1b{END}\x1b[B{START}{END}z\x1b"
    pastes = Pastes()
    pieces = [pastes.calmed(sent[at : at + size]) for at in range(0, len(sent), size)]
    assert "".join(pieces) == f"a\x1b[A\x1b{START}x\u241b[31my\u241b{END}\x1b[B{START}{END}z\x1b"


def test_a_key_is_passed_on_at_once() -> None:
    """Escape by itself is not held back, though a paste begins so."""
    assert Pastes().calmed("\x1b") == "\x1b"
