"""Commands that take care of the memory: history, undo, redo, compact, backup, doctor."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tmtool.cli import NO, Shared
from tmtool.cli.common import (
    Moment,
    file_only,
    memory_address,
    open_memory,
    pass_shared,
    shown,
    waiting,
)
from tmtool.errors import StoreError
from tmtool.model import TERMS, Action, Event, TranslationUnit, format_time
from tmtool.text import display_safe, plural

_OF_THE_ACTION = ("id", "created_at", "created_by", "changed_at", "changed_by")
_OF_THE_PAIR = ("source", "target", "state", "document")


class _Since(Moment):
    """The number of an action, or a time in UTC."""

    name = "ACTION|TIME"
    is_not = "neither the number of an action nor"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and value.isdecimal() and len(value) < 19:
            return int(value)
        return super().convert(value, param, ctx)


@click.command("history")
@click.argument("unit", metavar="[ID]", required=False)
@click.option("-d", "--document", metavar="NAME", help="Of the units that are or were in this.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@pass_shared
def history_command(shared: Shared, unit: str | None, document: str | None, as_json: bool) -> None:
    """Show what happened to units, when and by whom.

    ID is that of a unit, as in 'tmtool export - --to jsonl'. Each thing that changed is a line,
    the oldest first: number, time (UTC), author and kind of the action, ID, what changed, before,
    after. Without ID and -d the actions on the whole memory, the latest first: number, time,
    author, kind, units; 'undone' marks what was taken back. Exits with 1 if there are none.
    """
    if unit and document:
        raise click.UsageError("ID and --document exclude each other.")
    found = False
    with open_memory(shared) as memory:
        if unit or document:
            for event in memory.history(unit, document=document):
                found = True
                for line in [_event_as_json(event)] if as_json else _event_as_lines(event):
                    click.echo(line)
        else:
            for action in memory.actions():
                found = True
                click.echo(_action_as_json(action) if as_json else _action_as_line(action))
    if not found:
        shared.say("no history of this")
        sys.exit(NO)


@click.command("undo")
@click.option(
    "--since",
    type=_Since(),
    help="Take back this action and all after it, or all from this time (UTC) on.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would be taken back.")
@pass_shared
def undo_command(shared: Shared, since: int | datetime | None, dry_run: bool) -> None:
    """Take back the last change to the memory, or all since a time.

    Whoever made it: of another's change author and time are said. May be repeated until nothing
    is left to undo, which exits with 1. 'tmtool history' numbers the actions; several are taken
    back together or not at all, an undo by carrying out again what it took back, so that the memory
    is as it was before --since, but for what history has forgotten. An undo stays in the history,
    and 'tmtool redo' takes it back.
    """
    with open_memory(shared) as memory:
        if since is None:
            last = memory.last_change()
            undone = [last] if last else []
            if last and not dry_run:
                memory.take_back(last.number)
        elif dry_run:
            undone = memory.standing_since(since)
        else:
            undone = memory.undo_since(since)
        for action in undone:
            if dry_run:
                click.echo(_action_as_line(action))
            else:
                shared.say(f"undone: {_told(action, action, memory.author)}")
    if not undone:
        shared.say("nothing to undo")
        sys.exit(NO)


@click.command("redo")
@click.option("--all", "is_all", is_flag=True, help="All that was undone since the last change.")
@click.option("--dry-run", is_flag=True, help="Only show what would be carried out again.")
@pass_shared
def redo_command(shared: Shared, is_all: bool, dry_run: bool) -> None:
    """Carry out again what the last undo took back, or all of them.

    Whoever undid it: of another's undo author and time are said. May be repeated until nothing is
    left, which exits with 1: what was undone before the last change to the memory stays so. Several
    are carried out together or not at all. 'tmtool undo' takes them back again.
    """
    with open_memory(shared) as memory:
        undone = memory.undone() if is_all else memory.undone()[:1]
        if undone and not dry_run:
            memory.bring_back([action.number for action, _ in undone])
        for action, undo in undone:
            if dry_run:
                click.echo(_action_as_line(action))
            else:
                shared.say(f"redone: {_told(action, undo, memory.author)}")
    if not undone:
        shared.say("nothing to redo")
        sys.exit(NO)


def _told(action: Action, taken_back: Action, reader: str) -> str:
    """What was undone or done again; whose doing was taken back for it, unless it was one's own."""
    verb = "" if taken_back is action else "undone "
    by = f" {verb}by {taken_back.author} at {format_time(taken_back.at)}"
    whose = "" if taken_back.author == reader else by
    what = plural(action.units, "term" if action.kind == TERMS else "unit")
    if action.kind == "add" and not action.units:
        what = "what a header says"
    return f"{action.kind}{whose}, {what}"


@click.command("compact")
@click.option("--forget", is_flag=True, help="Drop history for good; what it tells of stays done.")
@click.option(
    "--before",
    type=Moment(),
    metavar="TIME",
    help="With --forget: only history before this date or time (UTC).",
)
@click.option("--dry-run", is_flag=True, help="Only show which actions would be forgotten.")
@click.option("--force", is_flag=True, help="Forget without asking.")
@pass_shared
def compact_command(
    shared: Shared, forget: bool, before: datetime | None, dry_run: bool, force: bool
) -> None:
    """Make the memory small again; forget old history if asked to.

    The index is made anew and the file written without what it no longer holds, which takes as
    much space again meanwhile; a server keeps that space, to use it again. Units stay as they
    are. Only --forget deletes anything for good:
    it drops history, so that what was done then can no longer be undone or looked up.
    """
    if (before or dry_run or force) and not forget:
        raise click.UsageError("--before, --dry-run and --force go with --forget.")
    with open_memory(shared) as memory:
        if forget:
            actions = memory.forgettable(before)
            if dry_run:
                for action in actions:
                    click.echo(_action_as_line(action))
                return
            if actions and not force:
                _confirm(f"Forget {plural(len(actions), 'action')} for good?")
            count = len(memory.forget(before))
            shared.say(f"forgotten: {plural(count, 'action')}")
        size = memory.size
        try:
            memory.compact()
        except StoreError as error:
            if not forget:
                raise
            message = f"{error.message}; history is forgotten, only the file is not smaller yet"
            raise StoreError(message, hint=error.hint) from error
        shared.say(f"{memory.address}: {_megabytes(memory.size)}, was {_megabytes(size)}")


@click.command("backup")
@click.argument("path", metavar="FILE", callback=file_only)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@pass_shared
def backup_command(shared: Shared, path: str, force: bool) -> None:
    """Copy the memory as it is now, also while others work on it.

    The copy is examined before it takes the place of FILE, as a whole or not at all. To go back
    to it, copy it to where the memory was, and remove a -journal that lies there.
    """
    with open_memory(shared) as memory:
        memory.backup(path, replace=force)
    shared.say(f"{path}: {_megabytes(Path(path).stat().st_size)}")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@click.option(
    "--rescue",
    "new",
    metavar="FILE",
    type=click.Path(path_type=Path),
    callback=file_only,
    help="Write the units and terms that can be read to a new memory, without history.",
)
@pass_shared
def doctor_command(shared: Shared, as_json: bool, new: Path | None) -> None:
    """Examine the memory, and say what to do where something is wrong.

    One examination a line: ok or WRONG, its name, what it found, what to do. It looks at
    versions, place, rights and space, at the whole file and every unit in it, and at the index.
    Paste it into a report of a bug. Exits with 1 if anything is wrong.
    """
    from tmtool.doctor import diagnose, rescue

    place = memory_address(shared)
    if new:
        done = rescue(place, new)
        terms = f", {plural(done.terms, 'term')}" if done.terms else ""
        lost = f"{done.lost} could not be read"
        if not done.all_known:
            lost = "how many could not be read the file does not tell any more"
        shared.say(f"{new}: {plural(done.units, 'unit')}{terms}; {lost}")
        return
    is_sound = True
    for found in diagnose(place, on_wait=waiting(shared)):
        is_sound &= found.is_sound
        if as_json:
            click.echo(shown(json.dumps(asdict(found), ensure_ascii=False)))
            continue
        cells = ["ok" if found.is_sound else "WRONG", found.name, found.message, found.hint]
        click.echo("\t".join(map(display_safe, cells)).rstrip("\t"))
    if not is_sound:
        sys.exit(NO)


def _confirm(question: str) -> None:
    """Ask at a terminal; raises ``click.UsageError`` where nobody can be asked."""
    if not sys.stdin.isatty():
        raise click.UsageError("This deletes history for good: say --force.")
    click.confirm(question, abort=True, err=True)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _action_as_dict(action: Action) -> dict[str, Any]:
    return asdict(action) | {"at": format_time(action.at)}


def _action_as_json(action: Action) -> str:
    return shown(json.dumps(_action_as_dict(action), ensure_ascii=False))


def _action_as_line(action: Action) -> str:
    cells = [*_beginning(action), plural(action.units, "unit")]
    return "\t".join(cells + ["undone"] * action.is_undone)


def _beginning(action: Action) -> list[str]:
    return [
        str(action.number),
        format_time(action.at),
        display_safe(action.author),
        display_safe(action.kind),
    ]


def _event_as_json(event: Event) -> str:
    before, after = (unit and unit.as_dict() for unit in (event.before, event.after))
    fields = {"unit": event.unit_id, "before": before, "after": after}
    return shown(json.dumps(_action_as_dict(event.action) | fields, ensure_ascii=False))


def _event_as_lines(event: Event) -> Iterator[str]:
    beginning = [*_beginning(event.action), display_safe(event.unit_id)]
    for name, before, after in _changes(event.before, event.after):
        yield "\t".join([*beginning, name, display_safe(before), display_safe(after)])


def _changes(
    before: TranslationUnit | None, after: TranslationUnit | None
) -> Iterator[tuple[str, str, str]]:
    """What differs in two states of a unit: its name, and how it was before and after.

    Of a unit that was made or removed, the pair alone.
    """
    old, new = (unit.as_dict() if unit else {} for unit in (before, after))
    names = [*old, *(name for name in new if name not in old)]
    for name in names if before and after else _OF_THE_PAIR:
        if name not in _OF_THE_ACTION and old.get(name) != new.get(name):
            yield name, _value(old.get(name)), _value(new.get(name))


def _value(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
