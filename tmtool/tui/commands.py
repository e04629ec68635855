"""Every command of the app, once: its keys, its name in the palette, what it does.

The bindings, the footer, the help, the palette, the configuration, the line mode and the
manual are all made from this table. Letters come in twos, the Latin and the Cyrillic one of
a physical key, and act in the list alone; other keys act in the editor too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from string import ascii_lowercase

from tmtool.errors import TmtoolError


@dataclass(frozen=True, slots=True)
class Command:
    """A command: ``letters`` act in the list, ``keys`` in the list and in the editor.

    Both are comma-separated keys as Textual names them. ``short`` is its word in the footer, with
    ``rank`` for its place there; 0: not shown.
    """

    name: str
    title: str
    help: str
    letters: str = ""
    keys: str = ""
    short: str = ""
    rank: int = 0

    @property
    def shown_keys(self) -> str:
        """The keys as a person reads them."""
        return " ".join(shown(key) for key in f"{self.letters},{self.keys}".split(",") if key)


COMMANDS = (
    # What a pair is
    Command(
        "approve",
        "Approve",
        "the pair is right; go to the next",
        "a,ф",
        short="approve",
        rank=2,
    ),
    Command(
        "reject",
        "Reject",
        "the pair is wrong: kept, but left out of matches and exports",
        "x,ч",
        short="reject",
        rank=3,
    ),
    Command("edit", "Edit", "the target, or the side chosen", "e,у,enter", short="edit", rank=4),
    Command("edit_source", "Edit the source", "to correct a slip in the text itself", "E,У"),
    Command("note", "Add a note", "a remark that stays with the pair", "t,е"),
    Command(
        "dismiss",
        "Dismiss a warning",
        "for good, as long as the texts stay; also brings it back",
        "Z,Я",
    ),
    Command(
        "approve_sure",
        "Approve all sure pairs",
        "those above a confidence, after showing how many",
        "b,и",
    ),
    # Where text belongs
    Command(
        "merge",
        "Merge with the next",
        "both sides, or the one chosen",
        "m,ь",
        "f7",
        short="merge",
        rank=7,
    ),
    Command("merge_back", "Merge with the previous", "both sides, or the one chosen", "M,Ь"),
    Command(
        "split",
        "Split",
        "cut the pair in two; sentence starts are offered first",
        "s,ы",
        "f8",
        short="split",
        rank=8,
    ),
    Command("shift_down", "Shift the column down", "an empty cell is put in here", "d,в"),
    Command(
        "shift_up",
        "Shift the column up",
        "the cell here is taken out; its text joins the one above",
        "D,В",
    ),
    Command("unpair", "Unpair", "the translation gets a row of its own", "p,з"),
    Command("swap", "Swap translations", "with the next pair", "w,ц"),
    Command(
        "realign",
        "Realign",
        "pair anew what nobody confirmed, around what somebody did",
        "r,к",
        short="realign",
        rank=10,
    ),
    # What a translator needs
    Command(
        "skip", "Go to the next open pair", "leave this as it is", "o,щ", "f2", "next open", 11
    ),
    Command("back", "Go to the pair before", "and stay in the editor", "", "f3", "back", 12),
    Command("copy_source", "Copy the source", "as a start", "c,с", "f4", "copy source", 13),
    Command("insert", "Insert a match", "the best; again for the next", "i,ш", "f5", "match", 14),
    Command("matches", "Read the matches", "each as a whole, with terms", "I,Ш", "ctrl+o"),
    Command(
        "concordance",
        "Concordance",
        "where the memory holds some words",
        "l,д",
        "f6",
        "concordance",
        15,
    ),
    # Finding the way
    Command("down", "Next pair", "", "j,о,down"),
    Command("up", "Previous pair", "", "k,л,up"),
    Command("doubtful", "Next doubtful pair", "after the last the first", "n,т", "", "doubtful", 5),
    Command("doubtful_back", "Previous doubtful pair", "", "N,Т"),
    Command("warning", "Next warning", "the next pair that a check doubts", "z,я"),
    Command("search", "Search", "in both sides, for words or an expression", "/,.,№", "ctrl+f"),
    Command("found_next", "Next found", "", "y,н"),
    Command("found_back", "Previous found", "", "Y,Н"),
    Command("go_to", "Go to a number", "", "g,п"),
    Command("filter", "Filter", "by state, confidence or warnings", "f,а", "f9", "filter", 9),
    Command("side_left", "Choose the source side", "for merge and shift", "left"),
    Command("side_right", "Choose the target side", "for merge and shift", "right"),
    Command("page_down", "A page down", "", "pagedown"),
    Command("page_up", "A page up", "", "pageup"),
    Command("first", "First pair", "", "home"),
    Command("last", "Last pair", "", "end"),
    # The rest
    Command("undo", "Undo", "the last change; again for the one before it", "u,г", "", "undo", 6),
    Command("redo", "Redo", "what was undone", "U,Г,ctrl+r"),
    Command("statistics", "Statistics", "pairs, words and confidence", "v,м"),
    Command("help", "Help", "this list", "h,р,?", "f1", "help", 1),
    Command("quit", "Quit", "everything is saved", "q,й", "f10,ctrl+q", "quit", 10),
)

BY_NAME = {command.name: command for command in COMMANDS}

_EVERYWHERE = re.compile(r"(?:shift\+)?f\d+$|(?:ctrl|alt)\+")
NEEDED = {
    "escape": "leaves what is open",
    "tab": "changes between list and editor",
    "shift+tab": "changes between the sides of a split",
    "ctrl+h": "is Backspace to terminals",
    "ctrl+i": "is Tab to terminals",
    "ctrl+j": "is Enter to terminals",
    "ctrl+m": "is Enter to terminals",
    "ctrl+p": "opens the palette of commands",
    "ctrl+z": "suspends the program",
    "ctrl+a": "goes to the start of the line in the editor",
    "ctrl+e": "goes to the end of the line in the editor",
    "ctrl+left": "goes back a word in the editor",
    "ctrl+right": "goes on a word in the editor",
    "ctrl+shift+left": "selects a word in the editor",
    "ctrl+shift+right": "selects a word in the editor",
    "ctrl+w": "deletes a word in the editor",
    "ctrl+backspace": "deletes a word in the editor",
    "alt+backspace": "deletes a word in the editor",
    "alt+delete": "deletes a word in the editor",
    "ctrl+d": "deletes a character in the editor",
    "ctrl+u": "deletes to the start of the line in the editor",
    "ctrl+k": "deletes to the end of the line in the editor",
    "ctrl+x": "cuts in the editor",
    "ctrl+c": "copies in the editor",
    "ctrl+v": "pastes in the editor",
    "ctrl+y": "takes back typing in the editor",
    "alt+y": "types again in the editor",
}
"""What keys do that no command can have: those of the editor, the palette and the terminal."""

_SHOWN = {
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    " ": "Space",
}
_NAMED = {
    **{name.lower(): key for key, name in _SHOWN.items()},
    **{key: key for key in _SHOWN if key != " "},
    **{key: key for key in ("tab", "insert", "delete", "backspace")},
    **{f"f{number}": f"f{number}" for number in range(1, 25)},
}
"""Keys by what they may be called in a configuration."""


def shown(key: str) -> str:
    """A key as a person reads it."""
    *modifiers, last = re.split(r"\+(?=.)", key)
    if modifiers:
        last = last.upper() if "ctrl" in modifiers and len(last) == 1 else shown(last)
        return "-".join([*(name.capitalize() for name in modifiers), last])
    if key[0] == "f" and key[1:].isdecimal():
        return key.upper()
    return _SHOWN.get(key, key)


def with_keys(chosen: Mapping[str, str]) -> tuple[Command, ...]:
    """The commands with the keys that a configuration gives some of them, by name.

    Keys are separated by commas or spaces; function keys and those with Ctrl or Alt act in the
    editor too. Raises ``TmtoolError`` for a name that no command has, for what is no key or one
    of :data:`NEEDED`, or a key that two would have.
    """
    for name in chosen:
        if name not in BY_NAME:
            raise TmtoolError(
                f"there is no command {name!r} to give keys to", hint=f"there are {_names()}"
            )
    commands = []
    for command in COMMANDS:
        if command.name in chosen:
            typed = chosen[command.name].replace(",", " ").split()
            keys = [_key(name, command.name) for name in typed]
            commands.append(
                replace(
                    command,
                    letters=",".join(key for key in keys if not _EVERYWHERE.match(key)),
                    keys=",".join(key for key in keys if _EVERYWHERE.match(key)),
                )
            )
        else:
            commands.append(command)
    _check(commands, chosen)
    return tuple(commands)


def _key(typed: str, command: str) -> str:
    """A key as Textual names it, of what a configuration calls it."""
    if len(typed) == 1 and typed.isprintable():
        return typed
    *modifiers, last = re.split(r"[+-](?=.)", typed.casefold())
    key = "+".join([*sorted(set(modifiers)), _NAMED.get(last, last)])
    is_letter = len(last) == 1 and (modifiers == ["alt"] or last in ascii_lowercase)
    is_known = {*modifiers} <= {"alt", "ctrl", "shift"} and (
        last in _NAMED or (is_letter and modifiers in (["alt"], ["ctrl"]))
    )
    if not is_known:
        hint = "a key is one character, or such as f12, ctrl+t, alt+ф, home, space"
        raise TmtoolError(f"there is no key {typed!r} to give to {command}", hint=hint)
    if key in NEEDED:
        hint = f"give {command} another one"
        raise TmtoolError(f"the key {typed!r} has another use: it {NEEDED[key]}", hint=hint)
    return key


def _check(commands: Iterable[Command], chosen: Mapping[str, str]) -> None:
    owners: dict[str, str] = {}
    for command in commands:
        for key in filter(None, f"{command.letters},{command.keys}".split(",")):
            other = owners.setdefault(key, command.name)
            if other != command.name:
                raise TmtoolError(
                    f"the key {key!r} is given to both {other} and {command.name}",
                    hint=f"give {other if command.name in chosen else command.name} another key",
                )


def _names() -> str:
    return ", ".join(BY_NAME)
