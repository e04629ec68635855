"""A server of PostgreSQL for the tests alone: private, on a free port of the loopback device."""

from __future__ import annotations

import os
import selectors
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Thread

import psycopg

_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 60
shared_buffers = 64MB
"""

_FORGETFUL = """
fsync = off
full_page_writes = off
autovacuum = off
"""


def programs() -> Path | None:
    """Where the programs of the newest server here are; ``None`` if there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    known = shutil.which("initdb")
    return Path(known).resolve().parent if known else None


class Server:
    """A server with its data in a temporary folder; ``stop`` takes both away."""

    def __init__(self, programs: Path, *, lasts: bool = False) -> None:
        """Start one; what it writes ``lasts`` through a power cut, as it does elsewhere, or not."""
        self._programs = programs
        memory = Path("/dev/shm")
        place = memory if os.access(memory, os.W_OK) and not lasts else None
        self._folder = Path(tempfile.mkdtemp(prefix="tmtool-postgres-", dir=place))
        self._numbers = count(1)
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._data = self._folder / "data"
        secret = self._folder / "password"
        secret.write_text("geheim\n")
        self._run(
            "initdb", "-D", str(self._data), "-U", "owner", "-A", "scram-sha-256", "-N",
            "-E", "UTF8", "--locale=C", f"--pwfile={secret}",
        )  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = _SETTINGS.format(port=self.port) + ("" if lasts else _FORGETFUL)
        (self._data / "postgresql.auto.conf").write_text(settings)
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        """Run a program of the server, never as root, which it refuses."""
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*as_user, str(self._programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=self._folder,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start, and wait until connections are taken."""
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-l", log, "-w", "-t", "60", "start")

    def halt(self, mode: str = "fast") -> None:
        """Stop serving; the data stays."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "-t", "60", "stop")

    def crash(self) -> None:
        """Stop as if the power went out."""
        self.halt("immediate")

    def stop(self) -> None:
        """Stop for good."""
        if (self._data / "postmaster.pid").exists():
            self.crash()
        shutil.rmtree(self._folder)

    def url(self, database: str, user: str = "owner", password: str = "geheim") -> str:
        """How a user gets at a database."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"memory_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def schema(self) -> str:
        """The URL of a new, empty schema, which is quicker than a database of its own."""
        name = f"memory_{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Carry out a statement as the one who may do everything."""
        with psycopg.connect(self.url(database), autocommit=True) as db:
            db.execute(statement)


class Proxy:
    """Stands between clients and a server, and cuts connections at a chosen moment."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._cut_at: bytes | None = None
        self._is_passed_on = False
        self.port = self._listening.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def cut(self, statement: bytes, *, passed_on: bool) -> None:
        """Cut the next connection on which a client sends this, before or after it is heard."""
        self._is_passed_on = passed_on
        self._cut_at = statement

    def url(self, url: str) -> str:
        """The URL of the same database, through here."""
        return url.replace(f":{self._server.port}/", f":{self.port}/")

    def close(self) -> None:
        """Take no more connections, also where one is waited for."""
        with suppress(OSError):  # closed before
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with (
            client,
            socket.create_connection(("127.0.0.1", self._server.port)) as server,
            selectors.DefaultSelector() as selector,
        ):
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in selector.select():
                    came = key.fileobj
                    assert isinstance(came, socket.socket)
                    data = came.recv(1 << 16)
                    if not data:
                        return
                    if came is client and self._cut_at and self._cut_at in data:
                        self._cut_at = None
                        if self._is_passed_on:
                            server.sendall(data)
                            server.recv(1 << 16)  # it has answered, and nobody hears it
                        return
                    key.data.sendall(data)
