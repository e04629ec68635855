"""What the tests share: the seed, the development data, a memory, the program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant

ROOT = Path(__file__).parent.parent
SEED = ROOT / "seeds" / "interview-2025-10-20.kk.txt"
SEED_ENGLISH = ROOT / "seeds" / "interview-2025-10-20.en.txt"
DEVELOPMENT_DATA = ROOT.parent / "shared" / "data"

Program = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def development_data() -> Path:
    """The gold data beside the repository, which is not part of it."""
    if not DEVELOPMENT_DATA.is_dir():
        pytest.skip("the development data is not beside the repository")
    return DEVELOPMENT_DATA


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """An empty memory."""
    with Memory.open(tmp_path / "memory.db", author="aigul") as opened:
        yield opened


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of the user's is read or written."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TMTOOL_")}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        kept.pop(name, None)
    return kept | {
        "HOME": str(tmp_path / "home"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "LC_ALL": "C.UTF-8",
        "PYTHONDEVMODE": "1",
        "PYTHONWARNINGS": "error::ResourceWarning",
    }


@pytest.fixture
def tmtool(tmp_path: Path, environment: dict[str, str]) -> Program:
    """Run the program in a folder of its own; ``status`` is the exit code it must have."""

    def run(
        *arguments: str | Path,
        input: str | bytes = b"",
        status: int = 0,
        cwd: Path = tmp_path,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "tmtool", *map(str, arguments)],
            input=input.encode() if isinstance(input, str) else input,
            capture_output=True,
            cwd=cwd,
            env=environment | variables,
            check=False,
            timeout=120,
        )
        errors = done.stderr.decode()
        assert done.returncode == status, errors or done.stdout.decode()
        assert "Traceback" not in errors, errors
        return subprocess.CompletedProcess(done.args, status, done.stdout.decode(), errors)

    return run


def pair(source: str, target: str = "", **fields: object) -> TranslationUnit:
    """A unit from Kazakh to English."""
    unit = TranslationUnit(Variant.of("kk", source), Variant.of("en", target))
    values = {"state": "translated" if source and target else "initial"} | fields
    return TranslationUnit(unit.source, unit.target, **values)  # type: ignore[arg-type]


MOMENT = datetime(2025, 10, 20, 9, 30, tzinfo=UTC)
