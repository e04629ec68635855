"""What a shell is told to offer, and the manual page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from tests.conftest import Program, pair
from tmtool.cli import COMMANDS, EXIT_CODES
from tmtool.memory import Memory


@pytest.fixture
def documents(tmp_path: Path) -> None:
    """A memory with documents, some with names that mean something to a shell."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Бір.", "One.", document="заң 5"), pair("Екі.", "Two.", document="news")])
        memory.add([pair("Үш.", "Three.", document="a\x1b]0;b\nc")])
        memory.add([pair("Төрт.", "Four.", document="it's $HOME, e: x")])


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
        (
            "tmtool -m m.db review ",
            [r"plain,заң\ 5", "plain,news", r"plain,it\'s\ \$HOME,\ e\:\ x"],
        ),
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


_PATIENCE = 60.0  # seconds
_STARTS = {
    "bash": (
        ["--noprofile", "--rcfile", "start"],
        "PS1='ready> '; eval \"$(tmtool completion bash)\"",
    ),
    "zsh": (
        ["-d"],
        "PS1='ready> '; bindkey -e; autoload -Uz compinit; compinit -u -D\n"
        'eval "$(tmtool completion zsh)"',
    ),
    "fish": (
        ["--no-config", "--init-command", "source start"],
        "function fish_prompt; printf 'ready> '; end; tmtool completion fish | source",
    ),
}
"""With what each shell starts, and the file that it then reads."""


@pytest.mark.parametrize("shell", _STARTS)
def test_shells_complete_whole_words(
    tmp_path: Path, environment: dict[str, str], documents: None, shell: str
) -> None:
    """Spaces, commas, quotes and Kazakh letters among them, wherever the word begins."""
    program = shutil.which(shell)
    if not program:
        pytest.skip(f"{shell} is not installed (Debian package {shell})")
    arguments, start = _STARTS[shell]
    for name in ("start", ".zshrc"):
        (tmp_path / name).write_text(start)
    (tmp_path / "менің жұмысым").mkdir()
    (tmp_path / "менің жұмысым" / "мәтін, 1.txt").touch()
    programs = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    terminal = pexpect.spawn(
        program,
        arguments,
        cwd=str(tmp_path),
        env=environment | {"PATH": programs, "TERM": "xterm", "ZDOTDIR": str(tmp_path)},
        encoding="utf-8",
        dimensions=(24, 200),
        timeout=_PATIENCE,
    )
    terminal.expect_exact("ready> ")
    until = time.monotonic() + _PATIENCE
    is_deaf = 1  # what is typed while a shell begins may be dropped
    while is_deaf and time.monotonic() < until:
        terminal.send("\x15printf '%s%s' lis tens\r")
        is_deaf = terminal.expect_exact(["listens", pexpect.TIMEOUT], timeout=1)
    terminal.expect_exact("ready> ")
    for typed, words in (
        ("review з", ["review", "заң 5"]),
        (r"review заң\ ", ["review", "заң 5"]),
        ("review 'заң ", ["review", "заң 5"]),
        ('review "заң ', ["review", "заң 5"]),
        ("review it", ["review", "it's $HOME, e: x"]),
        ("review 'it", ["review", "it's $HOME, e: x"]),
        ('review "it', ["review", "it's $HOME, e: x"]),
        ("export --document=it", ["export", "--document=it's $HOME, e: x"]),
        ("check --ignore spaces,term", ["check", "--ignore", "spaces,terms"]),
        ("export --to=tm", ["export", "--to=tmx"]),
        ("segment -l r", ["segment", "-l", "ru"]),
        (r"segment менің\ жұмысым/", ["segment", "менің жұмысым/мәтін, 1.txt"]),
        (r"segment --srx=менің\ жұмысым/", ["segment", "--srx=менің жұмысым/мәтін, 1.txt"]),
    ):
        # Then the line, instead of being carried out, prints its words.
        terminal.send(f"tmtool -m m.db {typed}\t END\x01printf '<%s>' \r")
        terminal.expect_exact("".join(f"<{word}>" for word in ("m.db", *words, "END")))
        terminal.expect_exact("ready> ")
    terminal.close(force=True)
