"""The signs for states and confidence, the same wherever pairs are shown."""

from __future__ import annotations

from tmtool.model import Entry, Match, State

GLYPHS: dict[State, str] = {
    "initial": "-",
    "translated": "+",
    "reviewed": "✓",
    "final": "✔",
    "rejected": "✗",
}
"""A glyph for each state, one cell wide on every terminal."""


def proposed(match: Match) -> str:
    """The translation of a match; behind ``#`` where its numbers were replaced."""
    return match.target if match.proposal is None else f"# {match.target}"


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
    if entry.is_doubtful:
        is_unlikely = entry.score is not None and entry.score < 0.5
        return ("!", "unlikely") if is_unlikely else ("?", "doubtful")
    return ("", "") if entry.score is None else ("=", "sure")
