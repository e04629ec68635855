"""Every command in every kind of trouble: its message and its exit code.

:data:`CALLS` says how each command is called, :data:`TROUBLES` what is made to go wrong and what
becomes of it; the tests drive the real program through all of both.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import pexpect
import pytest

import tmtool as library
from tests.conftest import Program, pair, until
from tmtool.cli import COMMANDS, INTERRUPTED, NO, NO_MEMORY, UNREADABLE, USAGE
from tmtool.memory import Memory
from tmtool.model import Term

PATIENCE = 60.0  # seconds

Reads = Literal["text", "list", "units", "terms", "memory", "nothing"]
Writes = Literal["stdout", "file", "memory"]


@dataclass(frozen=True)
class Call:
    """How a command is called, and a piece of what it says, on either stream, if all is well.

    ``IN`` is a file of the kind that it reads first, ``OUT`` one that it writes.
    """

    words: str
    reads: Reads
    writes: Writes
    said: str
    code: int = 0
    opens_memory: bool = True


CALLS = {
    "segment": Call("segment IN", "text", "stdout", "Ол келді.", opens_memory=False),
    "align": Call("align IN en.txt -t en -o OUT", "text", "file", "2 pairs"),
    "corpus": Call("corpus IN -t en -j 1 -o OUT", "list", "file", "1 text", opens_memory=False),
    "translate": Call("translate IN -t en --from en.txt", "text", "memory", "2 pairs added"),
    "review": Call("review d", "memory", "stdout", "Күн шықты."),
    "check": Call("check IN", "units", "stdout", "numbers", NO),
    "report": Call("report d -o OUT", "memory", "file", "3 pairs"),
    "lookup": Call("lookup Иә.", "memory", "stdout", "Yes."),
    "concordance": Call("concordance иә", "memory", "stdout", "Yes."),
    "terms": Call("terms --add IN -s kk -t en", "terms", "memory", "1 new"),
    "stats": Call("stats IN -t en", "text", "stdout", "repetitions"),
    "pretranslate": Call("pretranslate IN -t en", "text", "memory", "1 exact"),
    "documents": Call("documents", "memory", "stdout", "kk-en"),
    "import": Call("import IN", "units", "memory", "1 new"),
    "export": Call("export OUT", "memory", "file", "2 units"),
    "convert": Call("convert IN OUT", "units", "file", "1 unit", opens_memory=False),
    "info": Call("info", "memory", "stdout", "kk-en"),
    "diff": Call("diff IN m.db", "units", "stdout", "added", NO),
    "merge": Call("merge IN -o OUT", "units", "file", "1 unit", opens_memory=False),
    "dedupe": Call("dedupe IN -o OUT", "units", "file", "1 unit", opens_memory=False),
    "remove": Call("remove --state rejected", "memory", "memory", "1 removed"),
    "replace": Call("replace Yes. Yeah.", "memory", "memory", "1 changed"),
    "recode": Call("recode en=en-GB", "memory", "memory", "3 changed"),
    "history": Call("history", "memory", "stdout", "3 units"),
    "undo": Call("undo", "memory", "memory", "undone"),
    "redo": Call("redo", "memory", "memory", "redone"),
    "compact": Call("compact", "memory", "memory", "MB, was"),
    "backup": Call("backup OUT", "memory", "file", "MB"),
    "team": Call("team init", "nothing", "stdout", "say with -m", USAGE, opens_memory=False),
    "doctor": Call("doctor", "memory", "stdout", "integrity"),
    "completion": Call("completion bash", "nothing", "stdout", "_TMTOOL", opens_memory=False),
    "manual": Call("manual", "nothing", "stdout", ".SH NAME", opens_memory=False),
}

INPUTS: Mapping[Reads, str] = {
    "text": "in.txt", "list": "in.tsv", "units": "in.tmx", "terms": "terms.tsv", "memory": "m.db",
}  # fmt: skip


class Ended(NamedTuple):
    """The exit code of a run and what was said, on both streams."""

    code: int
    said: str


class Case:
    """A command in a folder with all that it needs."""

    def __init__(
        self, name: str, folder: Path, environment: dict[str, str], loaded: list[str]
    ) -> None:
        self.name, self.call = name, CALLS[name]
        self.folder, self.environment, self.loaded = folder, environment, loaded
        self.input = folder / INPUTS.get(self.call.reads, "none")
        out = "out" if name == "corpus" else "out.tmx"
        self.words = self.call.words.replace("IN", self.input.name).replace("OUT", out).split()
        self.memory = ["-m", "m.db"]

    @property
    def arguments(self) -> list[str]:
        return [*self.memory, *self.words]

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "tmtool", *self.arguments]

    def start(
        self, command: Sequence[str] | None = None, /, **options: object
    ) -> subprocess.Popen[str]:
        given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            command or self.command,
            cwd=self.folder,
            env=self.environment,
            encoding="utf-8",
            **given | options,
        )

    def run(self, **options: object) -> Ended:
        return ended(self.start(**options))

    def read(self) -> Ended:
        """Run where nothing but a file is in trouble, which spares the loading."""
        return ended(self.start([*self.loaded, *self.arguments]))


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for the end of a process."""
    try:
        out, errors = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Ended(process.returncode, (out or "") + (errors or ""))


@pytest.fixture(scope="module")
def memory_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A memory with a document, of which a pair is rejected, and a term; another was undone."""
    path = tmp_path_factory.mktemp("memory") / "m.db"
    with Memory.open(path, author="aigul") as memory:
        pairs = [("Күн шықты.", "The sun rose."), ("Иә.", "Yes.")]
        rejected = pair("Кет.", "Go.", document="d", state="rejected")
        memory.add([*(pair(*texts, document="d") for texts in pairs), rejected])
        memory.add_terms([Term("ел", "country")], ("kk", "en"))
        memory.add_terms([Term("су", "water")], ("kk", "en"))
        memory.undo()
    return path.read_bytes()


def fill(folder: Path, memory: bytes) -> None:
    """Put all that the calls need into a folder."""
    (folder / "m.db").write_bytes(memory)
    for name in ("in.txt", "kk.txt"):
        (folder / name).write_text("Иә. Ол келді.", "utf-8")
    (folder / "en.txt").write_text("Yes.\nHe came.", "utf-8")
    (folder / "in.tsv").write_text("kk.txt\ten.txt\tжоба\n", "utf-8")
    (folder / "terms.tsv").write_text("жер\tland\n", "utf-8")
    library.write([pair("Жер 5.", "Land 6.")], folder / "in.tmx")


# What is made to go wrong


def missing(case: Case) -> Ended:
    case.input.unlink()
    return case.read()


def unreadable(case: Case) -> Ended:
    """Root may read all files, unless the right to is taken from it."""
    case.input.chmod(0)
    if os.geteuid():
        return case.run()
    if not shutil.which("setpriv"):
        pytest.skip("root reads all files, and setpriv is not installed (Debian util-linux)")
    limits = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    return ended(case.start([*limits, *case.command]))


def holding(data: bytes, case: Case) -> Ended:
    case.input.write_bytes(data)
    return case.read()


def folder(case: Case) -> Ended:
    case.input.unlink()
    case.input.mkdir()
    return case.read()


def legacy(case: Case) -> Ended:
    case.input.write_bytes(case.input.read_text("utf-8").encode("cp1251", "replace"))
    return case.read()


def closed_pipe(case: Case) -> Ended:
    """Whoever reads has gone before anything is printed."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return case.run(stdout=writing)
    finally:
        os.close(writing)


def full_disk(case: Case) -> Ended:
    """No file may grow beyond a few bytes, and the output goes nowhere."""
    if case.call.writes == "stdout":
        with open("/dev/full", "w") as full:
            return case.run(stdout=full)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (64, 64))
    return case.run(preexec_fn=limit)


@contextmanager
def held(case: Case) -> Iterator[subprocess.Popen[str]]:
    """The command while it waits for what it reads first."""
    if case.call.reads == "memory":
        with locked(case.folder / "m.db"), case.start() as process:
            assert process.stderr
            assert process.stderr.readline() == "waiting for the memory …\n"
            yield process
        return
    case.input.unlink()
    os.mkfifo(case.input)
    with case.start() as process:
        writing: list[int] = []

        def is_opened() -> bool:
            try:
                writing.append(os.open(case.input, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                assert process.poll() is None
                return False
            return True

        until(is_opened, PATIENCE)
        yield process
        os.close(writing[0])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A memory that another program writes to."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


def locked_memory(case: Case) -> Ended:
    """Another program writes for a while."""
    with locked(case.folder / "m.db"):
        process = case.start()
        assert process.stderr
        said = process.stderr.readline()
    code, rest = ended(process)
    return Ended(code, said + rest)


def signalled(number: signal.Signals, case: Case) -> Ended:
    with held(case) as process:
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE / 3)
        if process.poll() is None:  # Python loses a signal that comes while it frees an object
            process.send_signal(number)
        return ended(process)


def by_hand(case: Case) -> None:
    """Have translations typed."""
    if case.name == "translate":
        case.words = case.words[: case.words.index("--from")]


def without_terminal(case: Case) -> Ended:
    by_hand(case)
    return case.run(start_new_session=True)


# In a terminal: what is waited for, and what is then typed.
Typed = Mapping[str, tuple[str, str]]


def at_terminal(size: tuple[int, int], term: str, typed: Typed, case: Case) -> Ended:
    by_hand(case)
    child = pexpect.spawn(
        case.command[0],
        case.command[1:],
        cwd=str(case.folder),
        env=case.environment | {"TERM": term},
        encoding="utf-8",
        timeout=PATIENCE,
        dimensions=size,
    )
    said = ""
    if case.name in typed:
        shown, keys = typed[case.name]
        child.expect_exact(shown)
        said = (child.before or "") + shown
        child.send(keys)
    child.expect(pexpect.EOF)
    child.close()
    code = child.exitstatus if child.exitstatus is not None else -1
    return Ended(code, said + (child.before or ""))


def without_home(case: Case) -> Ended:
    """Neither a variable nor the list of users tells of one."""
    nobody = "import pwd\npwd.getpwuid = lambda uid: {}[uid]\n"
    (case.folder / "sitecustomize.py").write_text(nobody)
    for name in [*case.environment]:
        if name == "HOME" or name.startswith("XDG_"):
            del case.environment[name]
    case.environment["PYTHONPATH"] = str(case.folder)
    case.memory = []
    return case.run()


def in_c(case: Case) -> Ended:
    case.environment |= {"LC_ALL": "C", "LANG": "C"}
    return case.run()


# What becomes of it

Expected = tuple[int, str] | str
"""An exit code with a piece of what is said, or why there is nothing to try."""

WELL = (-1, "")
"""All goes as if there were no trouble."""

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))
LINES = {"review": ("1/3", "q\r"), "translate": ("en> ", ":q\r")}
SCREEN = {"review": ("❯", "q"), "translate": ("❯", "\x1b[21~")}


@dataclass(frozen=True)
class Trouble:
    """How a trouble is made, and what becomes of commands, by what they read or write first.

    ``but`` says for which it is different.
    """

    make: Callable[[Case], Ended]
    becomes: Mapping[str, Expected]
    but: Mapping[str, Expected] = field(default_factory=dict)

    def expected(self, name: str) -> Expected:
        call = CALLS[name]
        kind = call.writes if "stdout" in self.becomes else call.reads
        return self.but.get(name, self.becomes[kind])


def of_files(*expected: Expected, memory: Expected) -> dict[str, Expected]:
    """What becomes of texts, lists, units and terms, or of all of them, and of a memory."""
    files = dict(
        zip(("text", "list", "units", "terms"), expected * (4 // len(expected)), strict=True)
    )
    return {**files, "memory": memory, "nothing": "it reads nothing"}


def of_all(expected: Expected, **others: Expected) -> dict[str, Expected]:
    kinds = ("text", "list", "units", "terms", "memory", "nothing")
    return {**dict.fromkeys(kinds, expected), **others}


NO_FILE = (UNREADABLE, "IN: no such file; check the name")
NOT_PERMITTED = (UNREADABLE, "IN: cannot be read: Permission denied; check its permissions")
FOLDER = (UNREADABLE, "IN: is a folder, not a file; name a file in it")
FOLDER_OF_TEXTS = (UNREADABLE, "IN: is a folder, not a text; name a file in it")
NOT_XML = (UNREADABLE, "IN:1: is cut short or not well-formed XML: it does not begin with a tag")
NOT_UTF_8 = (UNREADABLE, "IN:1: is not UTF-8: byte 0x89 at offset 0")
CYRILLIC = (UNREADABLE, "it looks like cp1251: say so with --encoding, or save it as UTF-8")
HOMELESS = (NO_MEMORY, "there is no home folder to keep a memory in; name a file with -m")
STOPPED = (INTERRUPTED, "tmtool: interrupted; everything confirmed is saved")
STOPPED_IMPORT = (INTERRUPTED, "tmtool: interrupted; nothing was imported")
NO_SPACE = (NO_MEMORY, "see whether the disk is full or broken, or a limit is reached")

TROUBLES = {
    "missing": Trouble(
        missing,
        of_files(NO_FILE, memory=(NO_MEMORY, "IN: no such memory; name one with -m")),
        {"doctor": (NO, "IN: no such memory\tname one with -m")},
    ),
    "unreadable": Trouble(
        unreadable,
        of_files(NOT_PERMITTED, memory=(NO_MEMORY, "IN: cannot be opened or made; check the fol")),
        {"doctor": (NO, "the file cannot be read")},
    ),
    "empty": Trouble(
        partial(holding, b""),
        of_files(
            (UNREADABLE, "IN: holds no text; there is nothing to do"),
            (UNREADABLE, "IN: names no texts; there is nothing to align"),
            (UNREADABLE, "IN: is cut short or not well-formed XML: it is empty"),
            (UNREADABLE, "IN: holds no terms; there is nothing to add"),
            memory=(
                NO_MEMORY,
                "IN: is empty: it holds no memory, or all of one was lost; go back to",
            ),
        ),
        {
            "align": (NO, "IN, en.txt: sentences: 0 on one side, 2 on the other"),
            "doctor": (
                NO,
                "is empty: it holds no memory, or all of one was lost\tgo back to a copy",
            ),
        },
    ),
    "folder": Trouble(
        folder,
        of_files(
            FOLDER_OF_TEXTS,
            (USAGE, "Name two folders, or a LIST of pairs of files."),
            FOLDER,
            FOLDER,
            memory=(NO_MEMORY, "IN: is a folder, not a memory; name a file with -m"),
        ),
        {
            "align": (UNREADABLE, "en.txt: is no folder; name two folders, or two files"),
            "stats": (UNREADABLE, "IN: holds no text; name a folder with texts"),
            "doctor": (NO, "is a folder, not a memory"),
        },
    ),
    "wrong format": Trouble(
        partial(holding, PNG),
        of_files(
            NOT_UTF_8,
            (UNREADABLE, "IN: is not UTF-8; save it as UTF-8"),
            NOT_XML,
            NOT_UTF_8,
            memory=(NO_MEMORY, "IN: is not a tmtool memory; name another file with -m"),
        ),
        {"doctor": (NO, "is not a tmtool memory")},
    ),
    "wrong encoding": Trouble(
        legacy,
        of_files(
            CYRILLIC,
            (UNREADABLE, "IN: is not UTF-8; save it as UTF-8"),
            (UNREADABLE, "not well-formed XML: its bytes are no text"),
            CYRILLIC,
            memory="no encoding of a memory is a wrong one",
        ),
    ),
    "closed pipe": Trouble(
        closed_pipe, {"stdout": (0, ""), "file": WELL, "memory": WELL}, {"team": WELL}
    ),
    "full disk": Trouble(
        full_disk,
        {
            "stdout": (UNREADABLE, "standard output: cannot be used: No space left on device"),
            "file": (UNREADABLE, "out.tmx: cannot be written: "),
            "memory": NO_SPACE,
        },
        {
            "corpus": (UNREADABLE, ": cannot be written: File too large"),
            "merge": NO_SPACE,  # of the memory in which it merges
            "team": WELL,
        },
    ),
    "locked memory": Trouble(
        locked_memory,
        of_all(WELL),
        {name: "it opens no memory" for name, call in CALLS.items() if not call.opens_memory},
    ),
    "Ctrl-C": Trouble(
        partial(signalled, signal.SIGINT),
        of_all(STOPPED, nothing="it waits for nothing"),
        {"import": STOPPED_IMPORT},
    ),
    "SIGTERM": Trouble(
        partial(signalled, signal.SIGTERM),
        of_all(STOPPED, nothing="it waits for nothing"),
        {"import": STOPPED_IMPORT},
    ),
    "no terminal": Trouble(
        without_terminal,
        of_all(WELL),
        {"translate": (USAGE, "Translations are typed at a terminal; pipe them with '--from -'.")},
    ),
    "tiny terminal": Trouble(
        partial(at_terminal, (3, 10), "xterm", LINES),
        of_all(WELL),
        {"translate": (0, "still open")},
    ),
    "unknown TERM": Trouble(
        partial(at_terminal, (30, 100), "vt-none", SCREEN),
        of_all(WELL),
        {"translate": (0, "Saved. in"), "review": (0, "Saved. d")},
    ),
    "LANG=C": Trouble(in_c, of_all(WELL)),
    "no HOME": Trouble(
        without_home,
        of_all(HOMELESS),
        dict.fromkeys(
            (
                "segment",
                "align",
                "corpus",
                "check",
                "convert",
                "diff",
                "merge",
                "dedupe",
                "completion",
                "manual",
            ),
            WELL,
        ),
    ),
}


OF_INPUT = ("missing", "unreadable", "empty", "folder", "wrong format", "wrong encoding")
"""Troubles of what is read first, which may be the memory."""


def test_every_command_is_tried() -> None:
    """One that is added gets its lines in the table."""
    assert CALLS.keys() == COMMANDS.keys()


CASES = [
    pytest.param(name, trouble, id=f"{name} {trouble}")
    for trouble in TROUBLES
    for name in CALLS
    if not isinstance(TROUBLES[trouble].expected(name), str)
]


@pytest.mark.parametrize(("name", "trouble"), CASES)
def test_a_command_in_trouble(
    name: str,
    trouble: str,
    tmp_path: Path,
    environment: dict[str, str],
    loaded: list[str],
    memory_bytes: bytes,
) -> None:
    """It says so in one line, with the code of its kind, and harms nothing."""
    fill(tmp_path, memory_bytes)
    plain = environment | {"PYTHONDEVMODE": "", "PYTHONWARNINGS": ""}
    case = Case(name, tmp_path, plain, loaded)
    expected = TROUBLES[trouble].expected(name)
    assert not isinstance(expected, str)
    code, said = expected if expected != WELL else (case.call.code, case.call.said)
    done = TROUBLES[trouble].make(case)
    assert done.code == code, done.said
    assert said.replace("IN", case.input.name) in done.said
    assert "Traceback" not in done.said
    if code >= USAGE:
        assert done.said.strip().splitlines()[-1].startswith("tmtool: ")
        memory = tmp_path / "m.db"
        is_spoilt = trouble in OF_INPUT and case.input == memory
        assert is_spoilt or memory.read_bytes() == memory_bytes
    assert not [*tmp_path.glob(".tmtool-*"), *tmp_path.glob("*-journal")]


INTERRUPTED_WHILE_FREEING = """
import os, signal, time
from tmtool import cli

class Dying:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0)

class Work:
    def main(self, *arguments, **options):
        Dying()
        time.sleep(60)

cli.main = Work()
cli.run([])
"""


def test_an_interrupt_while_an_object_is_freed_is_not_lost(environment: dict[str, str]) -> None:
    """Nothing can be raised there, so it comes again."""
    run = [sys.executable, "-c", INTERRUPTED_WHILE_FREEING]
    done = subprocess.run(run, env=environment, capture_output=True, check=False, timeout=50)
    assert done.returncode == INTERRUPTED
    assert done.stderr == b"tmtool: interrupted; everything confirmed is saved\n"


INTERRUPTED_LATE = """
import os, signal, sys
from tmtool import cli
from tmtool.memory import Memory

adding, settling = Memory.add, Memory._settle

def added(memory, units, **options):
    if sys.argv[1] == "before":
        os.kill(os.getpid(), signal.SIGINT)
    return adding(memory, units, **options)

def settled(memory):
    if sys.argv[1] == "after" or memory.last_number > 1:
        os.kill(os.getpid(), signal.SIGINT)
    settling(memory)

Memory.add, Memory._settle = added, settled
cli.run(sys.argv[2:])
"""


@pytest.mark.parametrize(
    ("when", "files", "said", "units"),
    [
        ("before", ["a.tsv"], "nothing was imported", 0),
        ("after", ["a.tsv"], "the import was done", 1),
        ("after", ["a.tsv", "b.tsv"], "imported: a.tsv; the other files were not", 1),
        ("later", ["a.tsv", "b.tsv"], "the import was done", 2),
    ],
)
def test_an_interrupted_import_says_whether_it_was_done(
    tmp_path: Path, environment: dict[str, str], when: str, files: list[str], said: str, units: int
) -> None:
    """Nothing of a file is in the memory, or all of it: the signal comes before, or once it is."""
    for number, name in enumerate(files):
        (tmp_path / name).write_text(f"Иә {number}.\tYes.\n", "utf-8")
    words = ["-m", "m.db", "import", *files, "-s", "kk", "-t", "en"]
    run = [sys.executable, "-c", INTERRUPTED_LATE, when, *words]
    done = subprocess.run(run, env=environment, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == INTERRUPTED
    assert done.stderr.decode().splitlines()[-1] == f"tmtool: interrupted; {said}"
    with Memory.open(tmp_path / "m.db") as memory:
        assert len(list(memory.units())) == units


@pytest.mark.parametrize("format", ["csv", "jsonl", "po", "tmx", "tsv", "xlf"])
def test_an_input_that_breaks_off_is_named(tmtool: Program, tmp_path: Path, format: str) -> None:
    """A disk or a network folder failed; nothing is wrong with what is written."""
    broken = tmp_path / f"broken.{format}"
    broken.symlink_to("/proc/self/mem")  # which the kernel refuses to read at its beginning
    said = f"tmtool: broken.{format}: cannot be read: Input/output error; see whether its disk"
    pair = ["-s", "kk", "-t", "en"]
    assert tmtool("import", broken.name, *pair, status=3).stderr.startswith(said)
    assert tmtool("convert", broken.name, "a.tmx", *pair, status=3).stderr.startswith(said)
