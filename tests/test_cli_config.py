"""Defaults from tmtool.toml."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SEED, SEED_ENGLISH, Program

TEXT = "Бұл қысқ. Сөз екен."


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A folder with defaults, and one inside it to work in."""
    (tmp_path / "tmtool.toml").write_text(
        'memory = "team.db"\nprefixes = "own.txt"\n[align]\ntarget = "en"\nto = "jsonl"\n', "utf-8"
    )
    (tmp_path / "own.txt").write_text("қысқ\n", "utf-8")
    (tmp_path / "inside").mkdir()
    return tmp_path


def test_own_abbreviations_hold_in_the_folder_and_below(tmtool: Program, configured: Path) -> None:
    """Files are seen from the folder of the configuration."""
    assert tmtool("segment", input=TEXT, cwd=configured / "inside").stdout == f"{TEXT}\n"


def test_a_table_is_for_its_command_alone(tmtool: Program, configured: Path) -> None:
    """Options by their long names; the memory is the one that is named."""
    inside = configured / "inside"
    assert tmtool("align", SEED, SEED_ENGLISH, "-o", "-", cwd=inside).stdout.startswith('{"')
    tmtool("align", SEED, SEED_ENGLISH, "--add", cwd=inside)
    assert (configured / "team.db").exists()


def test_the_command_line_comes_first(tmtool: Program, configured: Path) -> None:
    """Then the environment, then the file."""
    tmtool("-m", "mine.db", "align", SEED, SEED_ENGLISH, "-t", "en-GB", "--add")
    assert "kk-en-GB" in tmtool("-m", "mine.db", "documents").stdout
    assert tmtool("documents", TMTOOL_MEMORY="mine.db").stdout
    assert not (configured / "team.db").exists()


def test_without_one_here_the_users_own_holds(tmtool: Program, tmp_path: Path) -> None:
    """In the XDG configuration folder."""
    folder = tmp_path / "config" / "tmtool"
    folder.mkdir(parents=True)
    (folder / "tmtool.toml").write_text('prefixes = "own.txt"\n', "utf-8")
    (folder / "own.txt").write_text("қысқ\n", "utf-8")
    (tmp_path / "elsewhere").mkdir()
    done = tmtool(
        "segment",
        input=TEXT,
        cwd=tmp_path / "elsewhere",
        XDG_CONFIG_HOME=str(tmp_path / "config"),
    )
    assert done.stdout == f"{TEXT}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prefxes = 1", "'prefxes' is no option for all commands; those are memory, author"),
        ("[segmnt]\n", "[segmnt] is no command; there are segment, align"),
        ("[segment]\nto = 'tmx'", "'to' is no option of segment; it has "),
        ("memory = ''", "tmtool.toml: memory is empty; name a file, or leave the line out"),
        ("[segment]\noutput = ''", "tmtool.toml: output is empty; name a file"),
        ("memory =", "is not TOML: Invalid value (at "),
        ("quiet = 1", "quiet is a switch, not 1; write true or false"),
        ("prefixes = ['a']", "prefixes is a text, not ['a']; write as in prefixes = "),
        ("[segment]\noutput = 1", "output is a text, not 1"),
        ("[segment]\noffsets = 'maybe'", "offsets is a switch, not 'maybe'; write true"),
        (f"[segment]\noutput = {'[' * 5000}", "tmtool.toml: is nested too deeply"),
        (f"quiet = {'1' * 5000}", "tmtool.toml: holds a number that is too long"),
    ],
)
def test_a_fault_is_one_line_that_names_the_file(
    tmtool: Program, tmp_path: Path, text: str, message: str
) -> None:
    """What is wrong and what could be meant."""
    (tmp_path / "tmtool.toml").write_text(text, "utf-8")
    done = tmtool("segment", input="Иә.", status=3)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Path.mkdir, "is no file"),
        (os.mkfifo, "is no file"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
        (lambda path: path.symlink_to("none"), "cannot be read: No such file or directory"),
    ],
)
def test_one_that_cannot_be_read_is_not_passed_over(
    tmtool: Program, tmp_path: Path, make: Callable[[Path], None], message: str
) -> None:
    """What it says would hold, so that is an error that names it."""
    make(tmp_path / "tmtool.toml")
    done = tmtool("segment", input="Иә.", status=3)
    assert f"tmtool.toml: {message}; mend it, or take it away\n" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_is_typed_comes_before_what_excludes_it(tmtool: Program, tmp_path: Path) -> None:
    """Lines are joined as a rule, but not where each is said to be a sentence."""
    (tmp_path / "tmtool.toml").write_text("join-lines = true\nsource = 'kk'\n", "utf-8")
    assert tmtool("segment", input="Күн\nшықты.").stdout == "Күн шықты.\n"
    assert tmtool("segment", "--sentence-lines", input="Күн\nшықты.").stdout == "Күн\nшықты.\n"
    tmtool("convert", "kk", "x.srx")


def test_a_list_may_be_empty(tmtool: Program, tmp_path: Path) -> None:
    """That is as if nothing were said."""
    (tmp_path / "tmtool.toml").write_text("[check]\nselect = []\n", "utf-8")
    (tmp_path / "a.tsv").write_text("Иә 5.\tYes 6.\n", "utf-8")
    assert "numbers" in tmtool("check", "a.tsv", "-s", "kk", "-t", "en", status=1).stdout
