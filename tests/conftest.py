"""What the tests share: the seed, the development data, a memory, the program."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tests import postgres
from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant

# No test is about time: a busy machine fails none.
settings.register_profile("tmtool", deadline=None)
settings.load_profile("tmtool")

ROOT = Path(__file__).parent.parent
SEED = ROOT / "seeds" / "interview-2025-10-20.kk.txt"
SEED_ENGLISH = ROOT / "seeds" / "interview-2025-10-20.en.txt"
DEVELOPMENT_DATA = ROOT.parent / "shared" / "data"

Program = Callable[..., "subprocess.CompletedProcess[str]"]

# What Python reads of the environment when it starts, and how we start it.
READ_AT_START = ("PYTHON", "LANG", "LC_")
AT_START = {
    "LC_ALL": "C.UTF-8",
    "PYTHONDEVMODE": "1",
    "PYTHONWARNINGS": "error::ResourceWarning",
}


def pytest_xdist_auto_num_workers() -> int:
    """Two for each processor: much of a test is waiting for a screen, a program or a server."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture
def development_data() -> Path:
    """The gold data beside the repository, which is not part of it."""
    if not DEVELOPMENT_DATA.is_dir():
        pytest.skip("the development data is not beside the repository")
    return DEVELOPMENT_DATA


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A server of PostgreSQL of our own."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    started = postgres.Server(programs)
    yield started
    started.stop()


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is left in the user's cache folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def fresh(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Where there can be a new memory: a file, or a database on a server."""
    if request.param == "sqlite":
        return lambda: str(tmp_path_factory.mktemp("memory") / "memory.db")
    server: postgres.Server = request.getfixturevalue("server")
    return server.schema


@pytest.fixture
def place(fresh: Callable[[], str]) -> str:
    """Where there can be a memory."""
    return fresh()


@pytest.fixture
def memory(place: str) -> Iterator[Memory]:
    """An empty memory."""
    with Memory.open(place, author="aigul") as opened:
        yield opened


@pytest.fixture
def file_memory(tmp_path: Path) -> Iterator[Memory]:
    """An empty memory in a file."""
    with Memory.open(tmp_path / "memory.db", author="aigul") as opened:
        yield opened


def environment_in(folder: Path) -> dict[str, str]:
    """An environment in which nothing of the user's is read or written."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TMTOOL_")}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        kept.pop(name, None)
    return kept | {
        "HOME": str(folder / "home"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        **AT_START,
    }


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment for a test alone."""
    return environment_in(tmp_path)


@pytest.fixture(scope="session")
def loaded() -> Iterator[list[str]]:
    """The command that runs the program without loading it anew, which is most of a short run."""
    program = str(ROOT / "tests" / "warm.py")
    with tempfile.TemporaryDirectory() as folder:  # the name of a socket must be short
        place = f"{folder}/socket"
        with subprocess.Popen(
            [sys.executable, "-P", program, "serve", place],
            env=os.environ | AT_START,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as server:
            assert server.stdout
            assert server.stdout.readline()
            yield [sys.executable, "-IS", program, "ask", place]


def program_in(folder: Path, environment: dict[str, str], loaded: list[str]) -> Program:
    """Run the program in a folder; ``status`` is the exit code it must have."""

    def run(
        *arguments: str | Path,
        input: str | bytes = b"",
        status: int = 0,
        cwd: Path = folder,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        is_own = any(name.startswith(READ_AT_START) for name in variables)
        program = [sys.executable, "-m", "tmtool"] if is_own else loaded
        done = subprocess.run(
            [*program, *map(str, arguments)],
            input=input.encode() if isinstance(input, str) else input,
            capture_output=True,
            cwd=cwd,
            env=environment | variables,
            check=False,
            timeout=600,
        )
        errors = done.stderr.decode()
        assert done.returncode == status, errors or done.stdout.decode()
        assert "Traceback" not in errors, errors
        return subprocess.CompletedProcess(done.args, status, done.stdout.decode(), errors)

    return run


@pytest.fixture
def tmtool(tmp_path: Path, environment: dict[str, str], loaded: list[str]) -> Program:
    """Run the program in a folder of its own."""
    return program_in(tmp_path, environment, loaded)


def pair(source: str, target: str = "", **fields: object) -> TranslationUnit:
    """A unit from Kazakh to English."""
    unit = TranslationUnit(Variant.of("kk", source), Variant.of("en", target))
    values = {"state": "translated" if source and target else "initial"} | fields
    return TranslationUnit(unit.source, unit.target, **values)  # type: ignore[arg-type]


def until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until something holds, and fail if it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


WITHOUT_SUMS = tuple(
    f"ALTER TABLE {table} DROP COLUMN checksum" for table in ("terms", "term_history", "headers")
)
"""Statements that take from a memory what version 11 added to it."""

MOMENT = datetime(2025, 10, 20, 9, 30, tzinfo=UTC)
