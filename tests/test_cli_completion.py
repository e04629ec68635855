"""What a shell is told to offer, and the manual page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.conftest import Program, pair
from tmtool.cli import COMMANDS, EXIT_CODES
from tmtool.memory import Memory


@pytest.fixture
def documents(tmp_path: Path) -> None:
    """A memory with two documents."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Бір.", "One.", document="заң 5"), pair("Екі.", "Two.", document="news")])
        memory.add([pair("Үш.", "Three.", document="a\x1b]0;b\nc")])


def completed(tmtool: Program, line: str) -> list[str]:
    """What is offered at the end of a line, as bash asks."""
    words = line.split(" ")
    done = tmtool(
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
        _TMTOOL_COMPLETE="bash_complete",
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("tmtool conc", ["plain,concordance"]),
        ("tmtool export --to t", ["plain,tmx", "plain,tsv"]),
        ("tmtool -m m.db review ", [r"plain,заң\ 5", "plain,news"]),
        ("tmtool -m m.db export -d n", ["plain,news"]),
        ("tmtool -m none.db review ", [""]),
        ("tmtool align a.txt b.txt -t k", ["plain,kk"]),
        ("tmtool segment -l ", ["plain,en", "plain,kk", "plain,ru"]),
        (
            "tmtool check --ignore spaces,numbe",
            ["plain,spaces,numbers", "plain,spaces,number-format"],
        ),
        ("tmtool segment te", ["file,te"]),
        ("tmtool corpus a b -o ou", ["dir,ou"]),
    ],
)
@pytest.mark.usefixtures("documents")
def test_values_are_offered_by_what_is_asked_for(
    tmtool: Program, line: str, values: list[str]
) -> None:
    """Commands, formats, documents of the memory, languages, checks, files and folders."""
    assert completed(tmtool, line) == values


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(tmtool: Program, shell: str) -> None:
    """One that asks tmtool, and that the shell can read where it is installed."""
    script = tmtool("completion", shell).stdout
    assert f"_TMTOOL_COMPLETE={shell}_complete" in script
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=script.encode(), check=True)


def test_the_manual_page_tells_of_every_command(tmtool: Program) -> None:
    """And of the exit codes; man reads it without a warning where it is installed."""
    page = tmtool("manual").stdout
    for name in COMMANDS:
        assert f"\n.SS {name} " in page
    for code in EXIT_CODES:
        assert f"\n.B {code}\n" in page
    if program := shutil.which("groff"):
        command = [program, "-man", "-ww", "-z", "-K", "utf8"]
        done = subprocess.run(command, input=page.encode(), capture_output=True, check=True)
        assert done.stderr == b""


def test_bash_completes_what_has_spaces(
    tmp_path: Path, environment: dict[str, str], documents: None
) -> None:
    """As one word, also where a part of it stands there."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    shell = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile"],
        cwd=str(tmp_path),
        env=environment | {"PATH": programs, "PS1": "ready> ", "TERM": "dumb"},
        encoding="utf-8",
        timeout=60,
    )
    shell.expect_exact("ready> ")
    shell.sendline('eval "$(tmtool completion bash)"')
    shell.expect_exact("ready> ")
    for typed in ("з", r"заң\ "):
        shell.send(f"tmtool -m m.db review {typed}\t")
        shell.expect_exact(r"заң\ 5 ")
        shell.send("\x15")
    shell.close(force=True)
