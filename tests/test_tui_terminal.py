"""The full-screen app in real terminals: a pseudo-terminal, and tmux."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pexpect
import pytest

from tests.conftest import SEED, Program, pair
from tmtool.document import Document
from tmtool.memory import Memory
from tmtool.model import Term

PATIENCE = 20.0  # seconds


class Tmux:
    """The program in a window of tmux."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        # The server outlives its last window: one that is just ending refuses the next window.
        settings = folder / "tmux.conf"
        settings.write_text("set -g exit-empty off\n", "utf-8")
        self._socket = ["tmux", "-S", str(folder / "socket"), "-u", "-f", str(settings)]
        self._folder = folder
        self._environment = environment | {"TERM": "screen-256color"}

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._socket, *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def start(self, *arguments: str | Path, width: int = 100, height: int = 30) -> None:
        command = [sys.executable, "-m", "tmtool", "-m", "m.db", *map(str, arguments)]
        size = ["-x", str(width), "-y", str(height)]
        self("new-session", "-d", "-s", "t", *size, "bash", "--norc", "--noprofile")
        self.type(" ".join(command))
        self.press("Enter")

    def type(self, text: str) -> None:
        self("send-keys", "-t", "t", "-l", text)

    def press(self, *keys: str) -> None:
        self("send-keys", "-t", "t", *keys)

    @property
    def screen(self) -> str:
        return self("capture-pane", "-p", "-t", "t")

    def wait_for(self, wanted: str, *, gone: bool = False) -> str:
        """The screen once an expression is on it, or no longer is."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            screen = self.screen
            if bool(re.search(wanted, screen)) != gone:
                return screen
            time.sleep(0.05)
        raise AssertionError(f"{wanted!r} {'stays' if gone else 'does not come'}:\n{screen}")

    def kill(self) -> None:
        """End the program as a power cut would."""
        shell = self("display-message", "-p", "-t", "t", "#{pane_pid}").strip()
        subprocess.run(["pkill", "-9", "-P", shell], check=True)
        self("kill-session", "-t", "t")


@pytest.fixture
def tmux(tmp_path: Path, environment: dict[str, str]) -> Iterator[Tmux]:
    if not shutil.which("tmux"):
        pytest.skip("tmux is not installed")
    terminal = Tmux(tmp_path, environment)
    yield terminal
    subprocess.run([*terminal._socket, "kill-server"], capture_output=True)


def test_a_translator_types_is_cut_off_and_goes_on(
    tmux: Tmux, tmp_path: Path, tmtool: Program
) -> None:
    """Five sentences of the seed, with Kazakh letters; a kill loses nothing; then the export."""
    tmux.start("translate", SEED, "-t", "en")
    tmux.wait_for("F2 next open")
    typed = [f"Sentence {number}, әғқңөұүһі." for number in range(1, 6)]
    for number, text in enumerate(typed, 1):
        tmux.wait_for(f"en  pair {number}\\b")
        tmux.type(text)
        tmux.wait_for(re.escape(text))
        tmux.press("Enter")
    tmux.wait_for("en  pair 6")
    tmux.type("half a sente")
    tmux.wait_for("draft kept")
    tmux.kill()
    tmux.start("translate", SEED, "-t", "en")
    tmux.wait_for("en  pair 6  draft kept")
    tmux.wait_for("half a sente")
    tmux.press("F10")
    tmux.wait_for("❯", gone=True)
    tmux("kill-session", "-t", "t")

    tmux.start("review")
    tmux.wait_for("❯ +6 ")
    tmux.press("Home")
    tmux.wait_for("❯ +1 ")
    for number in range(2, 7):
        tmux.type("ф")
        tmux.wait_for(f"❯ +{number} ")
    tmux.type("q")
    tmux.wait_for("❯", gone=True)
    tmtool("-m", "m.db", "export", "out.tsv", "--state", "reviewed")
    lines = (tmp_path / "out.tsv").read_text("utf-8").splitlines()
    assert [line.split("\t")[1] for line in lines][-5:] == typed


def test_it_is_resized_and_suspended_and_comes_back(tmux: Tmux, tmp_path: Path) -> None:
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(pair(f"Сөз {n}.", f"Word {n}.", document="d") for n in range(50))
    tmux.start("review")
    tmux.wait_for("❯ +1 ")
    for width, height, shown in ((60, 20, r"\n  Word 0\."), (120, 40, r"Сөз 0\. +Word 0\.")):
        tmux("resize-window", "-t", "t", "-x", str(width), "-y", str(height))
        tmux.wait_for(shown)
    tmux.press("C-z")
    tmux.wait_for("Stopped")
    tmux.type("fg")
    tmux.press("Enter")
    tmux.wait_for("❯ +1 ")
    tmux.type("a")
    tmux.wait_for("✓ reviewed")
    with Memory.open(tmp_path / "m.db") as memory:
        assert next(memory.units()).state == "reviewed"


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., pexpect.spawn]]:
    """Start a review in a pseudo-terminal."""
    children = []

    def spawn(size: tuple[int, int] = (100, 30), **variables: str) -> pexpect.spawn:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "tmtool", "-m", "m.db", "review"],
            cwd=str(tmp_path),
            env=environment | {"TERM": "xterm-256color"} | variables,
            timeout=PATIENCE,
            dimensions=(size[1], size[0]),
        )
        child.delaybeforesend = None
        children.append(child)
        return child

    yield spawn
    for child in children:
        child.close(force=True)


@pytest.mark.parametrize("end", ["kill", "terminate", "interrupt", "hang up", "Ctrl-Q"])
def test_what_is_typed_is_kept_however_it_ends(
    start: Callable[..., pexpect.spawn], tmp_path: Path, end: str
) -> None:
    """Also in the middle of a word: at most a second's work is lost, and only by a kill."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.", document="d")])
    child = start()
    child.expect("❯".encode())
    child.send(b"e")
    for letter in "abcdefghijklmnopqrst":
        child.send(letter.encode())
        time.sleep(0.1)
    match end:
        case "kill":
            child.kill(signal.SIGKILL)
        case "terminate":
            child.kill(signal.SIGTERM)
        case "interrupt":
            child.kill(signal.SIGINT)
        case "hang up":
            child.kill(signal.SIGHUP)
        case _:
            child.send(b"\x11")
    child.expect(pexpect.EOF)
    with Memory.open(tmp_path / "m.db") as memory:
        draft = memory.draft(next(memory.units()))
    assert draft
    assert draft.startswith("Yes.abcde") if end == "kill" else draft == "Yes.abcdefghijklmnopqrst"


@pytest.mark.parametrize("soon", [True, False])
def test_the_program_ends_with_its_terminal(
    environment: dict[str, str], tmp_path: Path, soon: bool
) -> None:
    """Also where that goes away while the app starts."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.", document="d")])
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (30, 100))
    program = subprocess.Popen(
        [sys.executable, "-m", "tmtool", "-m", "m.db", "review"],
        cwd=tmp_path,
        env=environment | {"TERM": "xterm-256color"},
        preexec_fn=lambda: os.login_tty(theirs),
    )
    os.close(theirs)
    seen = b""
    while (b"\x1b" if soon else "❯".encode()) not in seen:
        seen += os.read(ours, 1 << 16)
    os.close(ours)
    assert program.wait(timeout=60) == 128 + signal.SIGHUP


EVIL = "a\x1b]0;EVIL\x07b\x9b31mc\x85d\u202ee\u2066f\x08g\x7fh\U000e0041i"


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """A memory with such characters in every text, name, note and term."""
    with Memory.open(tmp_path / "m.db", author=EVIL) as memory:
        unit = pair(EVIL, EVIL, document=EVIL, score=0.5)
        memory.add([replace(unit, notes=(EVIL,)), pair(EVIL + "!", EVIL)])
        memory.add([pair(f"{EVIL} жоба", f"{EVIL} plan", document=EVIL)])
        memory.add_terms([Term("жоба", f"project {EVIL}")], ("kk", "en"))
    return tmp_path / "m.db"


def sent(child: pexpect.spawn, *keys: bytes) -> str:
    """What the program shows as keys are pressed."""
    seen = child.before + child.after
    for key in keys:
        child.send(key)
        with_pause = time.monotonic() + 0.4
        while time.monotonic() < with_pause:
            try:
                seen += child.read_nonblocking(100_000, 0.1)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                break
    text: str = seen.decode("utf-8")
    return text


def check_harmless(text: str) -> None:
    assert "EVIL" in text
    assert "\x1b]0;" not in text
    assert "EVIL\x07" not in text
    assert not re.search("[\x00-\x06\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]", text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", text)


def test_no_control_character_of_a_text_reaches_the_terminal(
    start: Callable[..., pexpect.spawn], evil: Path
) -> None:
    """In the list, the editor, the matches, the notes, the terms and every dialog."""
    child = start()
    child.expect("❯".encode())
    seen = sent(child, *b"e|\x1b|s|\x1b|v|q|f|\x1b|l|EVIL\r|x|j|Z|\x1b|u|e|?".split(b"|"))
    with Memory.open(evil, author=EVIL) as memory:
        Document.find(memory).edit(0, f"{EVIL} again")
        Document.find(memory).edit(1, f"{EVIL} again")
    seen += sent(child, b"\r", b"\x1b", b"\x1b", b"q")
    assert "changed this pair meanwhile" in seen
    assert "project" in seen
    check_harmless(seen)


def test_no_control_character_of_a_text_is_printed_in_lines(
    start: Callable[..., pexpect.spawn], evil: Path
) -> None:
    """By none of the commands."""
    child = start(TERM="dumb")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    lines = b"1|i|l EVIL|v|f|s|1|1|3|u|2|Z|/EVIL|e abc|u|U|m|u|w|t \x1b]0;x\x07|q".split(b"|")
    seen = sent(child, *(line + b"\r" for line in lines))
    assert "project" in seen
    check_harmless(re.sub(r"\^\[", "", seen))


@pytest.mark.parametrize(
    ("size", "variables"),
    [((39, 30), {}), ((100, 11), {}), ((100, 30), {"TERM": "dumb"}), ((100, 30), {"TERM": ""})],
)
def test_where_the_screen_cannot_be_lines_take_over(
    start: Callable[..., pexpect.spawn],
    tmp_path: Path,
    size: tuple[int, int],
    variables: dict[str, str],
) -> None:
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.", document="d")])
    child = start(size, **variables)
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendline("q")
    child.expect(pexpect.EOF)


def test_no_colour_is_honoured(start: Callable[..., pexpect.spawn], tmp_path: Path) -> None:
    """The words and glyphs say it all, and the current row is still marked."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.", document="d", score=0.5)])
    child = start(NO_COLOR="1")
    child.expect("❯".encode())
    seen = child.before + child.after
    child.send(b"e!\r")
    child.expect(b"reviewed")
    seen += child.before
    child.send(b"q")
    child.expect(pexpect.EOF)
    seen += child.before
    child.close()
    assert not re.search(rb"\x1b\[(?:[0-9]+;)*[34][0-9](?:;[0-9]+)*m", seen)
    assert re.search("\x1b\\[7m *❯".encode(), seen)
    assert child.exitstatus == 0
    with Memory.open(tmp_path / "m.db") as memory:
        assert Document.find(memory).units[0].target.text == "Yes.!"


def test_a_terminal_that_goes_without_a_word_ends_the_program(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """SIGHUP goes to who leads a session; others would read its end for ever."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.", document="d")])
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (30, 100))
    command = [sys.executable, "-m", "tmtool", "-m", "m.db", "review"]
    program = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=tmp_path,
        env=environment | {"TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(slave)
    shown = b""
    while b"Yes." not in shown:
        shown += os.read(master, 65536)
    os.close(master)
    try:
        assert program.wait(PATIENCE) == 128 + signal.SIGHUP
    finally:
        program.kill()
