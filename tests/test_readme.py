"""What the README shows is true: its examples run, its tables match the program."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tmtool.cli import COMMANDS

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.M | re.S)


def blocks(kind: str) -> list[str]:
    return [text for name, text in BLOCKS if name == kind]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder like the sources, with the environment that the tests run in as .venv."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def shell(command: str, folder: Path, environment: dict[str, str]) -> str:
    """The output of a command, stdout and stderr as a terminal shows them."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command],
        cwd=folder,
        env=environment | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_main_job_is_one_command(folder: Path, environment: dict[str, str]) -> None:
    """The first block, its setting up left to .ci/run, ends by showing a TMX."""
    setup, _, job = blocks("sh")[0].partition("pip install -q . &&\n")
    assert setup == "python3 -m venv .venv && .venv/bin/"
    shown = shell(job, folder, environment)
    assert shown.startswith("interview-2025-10-20: 54 pairs added\ninterview.kk-en.tmx: 54 units\n")
    assert shown.endswith("</tuv>\n    </tu>\n")
    assert shown.count("<seg>") == 2


def test_the_tests_are_one_command() -> None:
    """The second block is what .ci/run does too."""
    assert blocks("sh")[1].endswith(" && .venv/bin/pytest\n")
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "install --quiet --disable-pip-version-check -e '.[test]'" in script
    assert "/pytest" in script


def test_the_walk_gives_what_it_shows(folder: Path, environment: dict[str, str]) -> None:
    """Every command of the console blocks, in order, with its output to the letter."""
    steps = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks("console")), re.M)
    assert len(steps) >= 9
    for command, output in steps:
        assert shell(command, folder, environment) == output


def test_the_python_example_runs(folder: Path, environment: dict[str, str]) -> None:
    """It prints a match and writes a TMX."""
    (example,) = blocks("python")
    (folder / "example.py").write_text(example, "utf-8")
    shown = shell("python example.py", folder, environment)
    assert re.match(r"\d\d There are new opportunities", shown)
    assert (folder / "python.tmx").read_text("utf-8").count("<tu ") == 54


def test_every_command_is_in_the_table_with_its_purpose() -> None:
    """What --help says, the README says."""
    for name, (_, summary) in COMMANDS.items():
        assert re.search(rf"^\| `{name}[^|]*` \| {re.escape(summary)} \|$", README, re.M), name


def test_behind_each_line_on_safety_stands_a_test() -> None:
    """One that there is, in the file that is named."""
    section = README.split("\n## Safety\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([A-Z].*) \| (.*) \|$", section, re.M)
    assert len(rows) >= 11
    for claim, said in rows:
        tests = re.findall(r"`([\w/]+): (test_\w+)`", said)
        assert tests, claim
        for file, name in tests:
            tree = ast.parse((ROOT / "tests" / f"{file}.py").read_text("utf-8"))
            assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
