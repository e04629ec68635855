"""Defaults of options from tmtool.toml.

A key at the top of the file is the default of that option for every command that has it, a key
in a table named after a command for that command alone. Files are seen from the folder of
tmtool.toml. What the command line or the environment says comes first.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.store import is_url

if TYPE_CHECKING:
    from tmtool.checks import Style

NAME = "tmtool.toml"
SHARED = (
    *("memory", "author", "quiet", "source", "target", "language"),
    *("encoding", "prefixes", "srx", "join-lines", "sentence-lines"),
)
"""Options that a key at the top may set."""

_SWITCHES = ("quiet", "join-lines", "sentence-lines")
"""Those of them that are on or off."""

KEYS = "keys"
"""The table that gives commands of the full-screen app other keys."""

STYLE = "style"
"""The table of the house styles of languages, each a table of its own."""

PROFILES = "profiles"
"""The tables, in that of a command, which the command takes by ``--profile``."""

_FILES = ("memory", "prefixes", "srx", "output")


def find(folder: Path, home: Path | None) -> Path | None:
    """The file in a folder or the nearest one above it, else that of the user in ``home``.

    Also one that cannot be read, of which :func:`load` says why.
    """
    places = [folder, *folder.parents, *([home] if home else [])]
    return next((place / NAME for place in places if os.path.lexists(place / NAME)), None)


def load(path: Path) -> dict[str, Any]:
    """What a file says; raises ``InputError`` if it cannot be read, ``FormatError`` if no TOML."""
    import tomllib

    hint = "mend it, or take it away"
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe would wait
            raise InputError("is no file", path=path, hint=hint)
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path, hint=hint) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"is not TOML: {error}", path=path) from None
    except ValueError:  # of an integer with thousands of digits
        raise FormatError("holds a number that is too long", path=path) from None
    except RecursionError:
        hint = "no option needs that"
        raise FormatError("is nested too deeply", path=path, hint=hint) from None


def keys(path: Path) -> dict[str, str]:
    """The keys that a file gives commands of the app; raises as :func:`load`.

    Raises ``FormatError`` too where it gives them to no command, or what it gives is no key.
    """
    from tmtool.tui.commands import with_keys

    table = load(path).get(KEYS, {})
    for name, value in table.items():
        if not isinstance(value, str):
            hint = f'write them as {name} = "f12, a, ф"'
            raise FormatError(f"[{KEYS}] {name!r} is no text of keys", path=path, hint=hint)
    try:
        with_keys(table)
    except TmtoolError as error:
        said = f"[{KEYS}] {error.message}"
        raise FormatError(said, path=path, hint=error.hint) from None
    return dict(table)


def styles(path: Path) -> dict[str, Style]:
    """The house styles that a file sets, by language code; raises as :func:`load`."""
    from tmtool.checks import read_styles

    table = load(path).get(STYLE, {})
    try:
        return read_styles(table)
    except TmtoolError as error:
        raise FormatError(error.message, path=path, hint=error.hint) from None


def defaults(path: Path, commands: Collection[str]) -> dict[str, Any]:
    """The defaults that a file sets, by option, and by command and option.

    Raises as :func:`load`, and ``FormatError`` if it holds a key or a table that means nothing.
    """
    said = load(path)
    tables = {key: value for key, value in said.items() if isinstance(value, Mapping)}
    for name in tables:
        if name not in (*commands, KEYS, STYLE):
            hint = f"there are {', '.join(commands)}"
            raise FormatError(f"[{name}] is no command", path=path, hint=hint)
    shared = _options({k: v for k, v in said.items() if k not in tables}, path)
    for key in shared:
        if key not in SHARED:
            raise FormatError(
                f"{key!r} is no option for all commands",
                path=path,
                hint=f"those are {', '.join(SHARED)}; others stand in a table such as [align]",
            )
        _check_kind(path, key, shared[key], bool if key in _SWITCHES else str)
    own = {name: _options(tables.get(name, {}), path) for name in commands}
    return shared | {name: shared | options for name, options in own.items()}


def profiles(
    path: Path, command: str, said: Mapping[str, Any], options: Mapping[str, click.Option]
) -> dict[str, dict[str, Any]]:
    """The named sets of defaults of a command, by name; raises as :func:`for_command`."""
    tables = said.get(PROFILES, {})
    if not isinstance(tables, Mapping) or not all(isinstance(x, Mapping) for x in tables.values()):
        hint = f"write tables such as [{command}.{PROFILES}.strict]"
        raise FormatError(f"{PROFILES} of {command} are no tables", path=path, hint=hint)
    return {name: for_command(path, command, table, options) for name, table in tables.items()}


def for_command(
    path: Path, command: str, said: Mapping[str, Any], options: Mapping[str, click.Option]
) -> dict[str, Any]:
    """The defaults of one command by parameter; ``options`` are its options by their long names.

    Raises ``FormatError`` if its table sets something that is no option of it, or is no value
    for it.
    """
    known_keys = {*options, *SHARED, *([PROFILES] if "profile" in options else [])}
    for key in said.keys() - known_keys:
        known = ", ".join(sorted(options))
        raise FormatError(f"{key!r} is no option of {command}", path=path, hint=f"it has {known}")
    found = {}
    for key in said.keys() & options.keys():
        option, values = options[key], said[key]
        several = values if option.multiple and isinstance(values, list) else [values]
        for value in several:
            is_number = isinstance(
                option.type, click.types.IntParamType | click.types.FloatParamType
            )
            kinds = bool if option.is_bool_flag else (int, float, str) if is_number else str
            _check_kind(path, key, value, kinds)
        found[option.name or ""] = several if option.multiple else values
    return found


def _check_kind(path: Path, key: str, value: object, kinds: type | tuple[type, ...]) -> None:
    is_switch = kinds is bool
    if not isinstance(value, kinds) or (isinstance(value, bool) and not is_switch):
        example = "true or false" if is_switch else f'as in {key} = "…"'
        wanted = "a switch" if is_switch else "a text"
        raise FormatError(f"{key} is {wanted}, not {value!r}", path=path, hint=f"write {example}")


def _options(table: Mapping[str, Any], path: Path) -> dict[str, Any]:
    folder = path.parent
    options = dict(table)
    for name in _FILES:
        if options.get(name) == "":
            hint = "name a file, or leave the line out"
            raise FormatError(f"{name} is empty", path=path, hint=hint)
        if isinstance(options.get(name), str) and not is_url(options[name]):
            options[name] = os.fspath(folder / Path(options[name]).expanduser())
    return options
