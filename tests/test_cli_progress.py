"""What a person sees of long work at a terminal."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import SEED
from tests.test_cli_translate import Start, ended, start

__all__ = ["start"]


def test_a_bar_shows_how_much_of_a_text_is_split(start: Start, tmp_path: Path) -> None:
    """On stderr, where the sentences go to a file."""
    child = start("segment", SEED, "-o", tmp_path / "out.txt")
    child.expect("100%")
    assert ended(child)[1] == 0
    assert len((tmp_path / "out.txt").read_text("utf-8").splitlines()) == 57


def test_no_bar_among_sentences_on_the_screen(start: Start) -> None:
    """What is printed is the sentences alone."""
    shown, code = ended(start("segment", SEED))
    assert (code, "%" in shown) == (0, False)
    assert len(shown.strip().splitlines()) == 57
