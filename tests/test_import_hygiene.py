"""Starting up is quick: nothing heavy is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tmtool

HEAVY = (
    *("sacremoses", "lxml", "numpy", "textual", "rapidfuzz", "regex", "psycopg", "sqlite3"),
    *("openpyxl", "polib"),
)

LIST = "; import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def modules_after(code: str) -> set[str]:
    """What a fresh process has imported when it has run the code."""
    done = subprocess.run(
        [sys.executable, "-c", code + LIST], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import tmtool",
        "from tmtool import TranslationUnit, TmtoolError",
        "from tmtool.cli import main; main(['--help'], standalone_mode=False)",
        "from tmtool.cli import main; main(['--version'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    """import tmtool and tmtool --help stay light."""
    loaded = modules_after(code)
    assert "tmtool" in loaded
    assert not loaded & set(HEAVY)


def test_a_command_loads_what_it_needs_only() -> None:
    """Splitting a text opens no memory and tokenises nothing."""
    loaded = modules_after("import tmtool; tmtool.Segmenter.for_language('kk').segment('Иә. Жоқ.')")
    assert "regex" in loaded
    assert not loaded & {"sacremoses", "sqlite3", "rapidfuzz", "click"}


def test_the_command_segment_loads_no_aligner() -> None:
    """Commands of one module do not pay for each other."""
    loaded = modules_after("import tmtool.cli.segment")
    assert "click" in loaded
    assert "numpy" not in loaded


def test_every_public_name_is_there() -> None:
    """__all__ keeps its promises, and nothing else is one."""
    for name in tmtool.__all__:
        assert getattr(tmtool, name) is not None
    assert sorted(tmtool.__all__) == sorted(tmtool._HOMES)
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        _ = tmtool.frobnicate
