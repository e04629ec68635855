"""Who may do what with a memory on a server, as roles of PostgreSQL.

Each role may do what those before it may. The server itself keeps people to it, whatever
program they use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from typing import get_args

from psycopg import Connection, errors, sql

from tmtool.errors import StoreError
from tmtool.store.address import DatabaseUrl, Role
from tmtool.store.postgres import PostgresStore

ROLES: tuple[Role, ...] = get_args(Role)


class Team:
    """The people of a memory. All methods raise ``StoreError`` where the server refuses."""

    def __init__(self, db: Connection[tuple[object, ...]]) -> None:
        found = db.execute(
            "SELECT current_database(), current_schema(), current_schema() = 'public'"
        ).fetchone()
        assert found is not None
        self._database, self._schema, is_usual = map(str, found)
        self._db = db
        prefix = self._database if is_usual == "True" else f"{self._database}_{self._schema}"
        self._names = {role: f"{prefix}_{role}" for role in ROLES}

    def init(self) -> None:
        """Make the roles of the memory with their rights, as often as wanted."""
        for name in self._names.values():
            if not self._exists(name):
                self._do("CREATE ROLE {} NOLOGIN", name)
        names = {role: sql.Identifier(name) for role, name in self._names.items()}
        script = (files("tmtool.store") / "schema" / "roles.sql").read_text("utf-8")
        self._db.execute(
            sql.SQL(script).format(
                **names,
                reviewers=sql.Literal(self._names["reviewer"]),
                database=sql.Identifier(self._database),
                schema=sql.Identifier(self._schema),
            )
        )

    def add(self, user: str, role: Role) -> None:
        """Give a user of the server a role, in place of the one they had."""
        self.remove(user)
        passed_on = " WITH ADMIN OPTION" if role == "owner" else ""
        self._do(f"GRANT {{}} TO {{}}{passed_on}", self._names[role], user)

    def remove(self, user: str) -> None:
        """Take from a user of the server what they may do with the memory."""
        if not self._exists(self._names["reader"]):
            raise StoreError(
                "the memory has no roles yet", hint="make them with 'tmtool team init'"
            )
        if not self._exists(user):
            raise StoreError(
                f"the server knows no user {user!r}",
                hint=f"make one with: createuser --pwprompt {user}",
            )
        query = (
            "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = "
            "(SELECT oid FROM pg_roles WHERE rolname = %s) AND roleid IN "
            "(SELECT oid FROM pg_roles WHERE rolname = ANY(%s))"
        )
        for (name,) in self._db.execute(query, (user, list(self._names.values()))).fetchall():
            self._do(f"REVOKE {name} FROM {{}}", user)

    def _exists(self, name: str) -> bool:
        query = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        return self._db.execute(query, (name,)).fetchone() is not None

    def _do(self, statement: str, *names: str) -> None:
        self._db.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def team(url: DatabaseUrl, *, create: bool = False) -> Iterator[Team]:
    """The people of the memory at a URL; what is done to them takes place as a whole."""
    with (
        closing(PostgresStore(url, create=create)) as store,
        store.explained(),
        store.raw() as db,
    ):
        try:
            yield Team(db)
        except errors.DuplicateObject as error:  # somebody else made the same role
            raise errors.LockNotAvailable from error
