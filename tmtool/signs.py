"""The signs for states and confidence, the same wherever pairs are shown."""

from __future__ import annotations

from tmtool.model import Entry, State

GLYPHS: dict[State, str] = {
    "initial": "-",
    "translated": "+",
    "reviewed": "✓",
    "final": "✔",
    "rejected": "✗",
}
"""A glyph for each state, one cell wide on every terminal."""


def percentage(score: float) -> str:
    """A confidence in percent, never more than it is: 0.996 is 99 %."""
    return f"{int(100 * score + 1e-9)}%"


def confidence(entry: Entry) -> tuple[str, str]:
    """A glyph and a word for how sure the pairing of an open unit is; empty where a person is."""
    if entry.state not in ("initial", "translated"):
        return "", ""
    if not entry.has_source:
        return "∅", "added"
    if not entry.has_target:
        return "∅", "open"
    if entry.score is None:
        return "", ""
    if entry.is_doubtful:
        return ("!", "unlikely") if entry.score < 0.5 else ("?", "doubtful")
    return "=", "sure"
