"""The command team: who may do what with a memory on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from tmtool.cli import Shared
from tmtool.cli.common import memory_address, pass_shared
from tmtool.store import DatabaseUrl, Role

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tmtool.store.team import Team


@click.group("team")
def team_command() -> None:
    """Say who may do what with a memory on a server.

    Each ROLE may do what those before it may: a reader looks things up, exports and checks; a
    translator adds and changes; a reviewer approves, and changes what is approved; an owner
    forgets history and gives roles. They are roles of PostgreSQL, so that the server itself
    keeps everybody to them.
    """


@team_command.command("init")
@pass_shared
def init_command(shared: Shared) -> None:
    """Make the memory, if need be, and its roles.

    Done again it changes nothing. It takes the right to make roles; who does it is an owner.
    """
    with _team(shared, create=True) as team:
        team.init()
    shared.say(f"{shared.memory}: has the roles {', '.join(get_args(Role))}")


@team_command.command("add")
@click.argument("user")
@click.argument("role", type=click.Choice(get_args(Role)), metavar="ROLE")
@pass_shared
def add_command(shared: Shared, user: str, role: Role) -> None:
    """Give a user of the server a role, in place of the one they had.

    ROLE is reader, translator, reviewer or owner.
    """
    with _team(shared) as team:
        team.add(user, role)
    shared.say(f"{user} is {role}")


@team_command.command("remove")
@click.argument("user")
@pass_shared
def remove_command(shared: Shared, user: str) -> None:
    """Take from a user of the server what they may do with the memory."""
    with _team(shared) as team:
        team.remove(user)
    shared.say(f"{user} has no role any more")


def _team(shared: Shared, *, create: bool = False) -> AbstractContextManager[Team]:
    place = memory_address(shared)
    if not isinstance(place, DatabaseUrl):
        raise click.UsageError(
            f"{place} is a file: say with -m which postgresql:// memory, before the command."
        )
    from tmtool.store.team import team

    return team(place, create=create)
