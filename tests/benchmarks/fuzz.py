"""Damaged files and command lines, tried on the program: none breaks it.

    python -m tests.benchmarks.fuzz [--count 20000] [--seed 1] [--only N --keep FOLDER]

A valid document of each kind that the program reads, as our own writers make it and as other tools
do, gets one to five faults and is given to a command that reads it, through the function that the
console script calls, in processes that are watched. What an import takes is exported again. One
input of a hundred is given to the real program as well, which must end the same. Broken is what
ends in a bug, a traceback or a signal, takes over two seconds of the processor or 300 MB, says
nothing of the file that is refused, sends control characters to the terminal, leaves a temporary
file, or changes the memory without importing. ``--only`` tries one input again and leaves its
files in a folder.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

import click

from tests.benchmarks.faults import Rng, faulty
from tests.benchmarks.units import pairs
from tests.test_formats import FULL
from tests.test_formats_po import HEADER, PLURAL
from tests.test_glossary import TERMS
from tests.test_preflight import CASES
from tests.test_srx import SRX
from tmtool import cli, formats, glossary, srx
from tmtool.formats import FORMATS
from tmtool.language import Language
from tmtool.memory import Memory
from tmtool.model import STATES, TranslationUnit, Variant
from tmtool.segment import Segmenter

SECONDS, MEGABYTES = 2.0, 300
HANGS, STANDS = 300.0, 60.0
"""Seconds by the clock after which an input is given up, and after which it stands still."""

EXPECTED = (0, cli.NO, cli.USAGE, cli.UNREADABLE, cli.NO_MEMORY)
BLOCK = 100
"""Inputs that are tried in one process."""

REAL = 100
"""One of so many inputs is given to the real program, too."""

Files = dict[str, bytes]


@dataclass(frozen=True)
class Ended:
    """How a command ended, what it said and took."""

    code: int
    errors: str
    seconds: float
    megabytes: int


@dataclass(frozen=True)
class Outcome:
    """What came of an input: the code of its first command, the most it took, what is broken."""

    number: int
    kind: str
    code: int
    seconds: float
    megabytes: int
    broken: str


# Valid documents


@cache
def texts() -> list[tuple[str, str]]:
    """Sides of units: ordinary ones and such as other tools stumble over."""
    odd = ["", " ", "=1+1", "a\tb\nc", '"', "<b>&amp;</b>", "\u200f«Иә»\u00a0?", "😀", "'", "1,5 %"]
    return [*pairs(60, block=60), *((text, text[::-1] or "x") for text in odd)]


def units(rng: Rng) -> list[TranslationUnit]:
    """Some units, of which a few have all that a unit can have."""
    made = []
    for number in range(rng.choice((0, 1, 2, 4, 12))):
        source, target = (
            Variant.of(*side) for side in zip(("kk", "en"), rng.choice(texts()), strict=True)
        )
        own = rng.choice((FULL, TranslationUnit(source, target)))
        own = replace(
            own, target=target, state=rng.choice(STATES), id=rng.choice(("", f"u{number}"))
        )
        made.append(replace(own, document=rng.choice((None, "d")), position=float(number)))
    return made


def written(kind: str, rng: Rng) -> bytes:
    stream = io.BytesIO()
    formats.write(units(rng), stream, format=kind)
    return stream.getvalue()


XLF = """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="a.txt"
 source-language="kk" target-language="en-GB" datatype="plaintext"><header><note>n</note></header>
<body><group id="g"><trans-unit id="1" approved="yes"><source>Иә <g id="1">мен
<x id="2"/></g></source><seg-source><mrk mtype="seg" mid="0">Иә</mrk></seg-source>
<target state="final"><mrk mtype="seg" mid="0">Yes</mrk><bpt id="3">&lt;b&gt;</bpt></target>
<note from="a">n</note><alt-trans><target>Yeah</target></alt-trans></trans-unit>
<bin-unit id="2" mime-type="x"><bin-source/></bin-unit></group></body></file></xliff>"""
XLIFF = """<?xml version="1.0"?>
<xliff version="2.1" srcLang="kk" trgLang="en" xmlns="urn:oasis:names:tc:xliff:document:2.0">
<file id="f"><notes><note>n</note></notes><group id="g"><unit id="1"><originalData>
<data id="d1">&lt;b&gt;</data></originalData><segment id="s1" state="final"><source>Иә
<pc id="1" dataRefStart="d1">мен <ph id="2"/></pc><cp hex="0001"/></source><target>Yes
<sc id="3"/><ec startRef="3"/><mrk id="m" type="term">x</mrk></target></segment>
<ignorable><source> </source></ignorable></unit></group></file></xliff>"""
TBX = """<martif type="TBX"><text><body><termEntry id="e1"><descripGrp><descrip
 type="subjectField">Law</descrip></descripGrp><langSet xml:lang="en-GB"><ntig><termGrp><term>deal
</term><termNote type="administrativeStatus">admittedTerm-admn-sts</termNote></termGrp></ntig>
</langSet><langSet xml:lang="kk"><tig><term>келісім</term></tig></langSet></termEntry></body></text>
</martif>"""
TBX_TAGS = """<tbx type="TBX" xmlns="urn:iso:std:iso:30042:ed-2"><text><body><conceptEntry id="c"
 xmlns:min="http://x"><min:subjectField>Law</min:subjectField><langSec xml:lang="kk"><termSec><term>
ел</term></termSec></langSec><langSec xml:lang="en"><termSec><term>land</term></termSec></langSec>
</conceptEntry></body></text></tbx>"""
TOML = """memory = "m.db"
author = "aigul"
quiet = false
prefixes = "own.txt"
join-lines = true
[segment]
offsets = true
[stats]
rate = ["85-94=50", "100=20"]
[check]
select = ["numbers"]
[check.profiles.strict]
fail-on = "info"
[keys]
approve = "f12, a"
"""
TABLE = 'source,target,note\nИә,Yes,=1\n"a\nb",\'=2,\n'
OWN = "# own\nқұж\nтірк. н.\n№ #NUMERIC_ONLY#\n"


def text(rng: Rng, side: int = 0) -> bytes:
    """A plain text, perhaps with a date and paragraphs."""
    head = rng.choice(("", "", "date 2025-10-20 Тоқаев\n"))
    return (head + rng.choice(("\n", "\n\n", " ")).join(p[side] for p in texts()[:12])).encode()


def glossary_as(suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{suffix}"
        glossary.write(TERMS, path, ("kk", "en"))
        return path.read_bytes()


def rules(rng: Rng) -> bytes:
    if rng.random() < 0.3:
        return srx.write({"en": Language.load("en").rules})
    return SRX.format(cascade=rng.choice(("yes", "no")), before="\\.", default="Default").encode()


@cache
def base() -> bytes:
    """A memory with a document and some terms."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.db"
        with Memory.open(path, author="aigul") as memory:
            memory.add(replace(FULL, id=f"{n}", position=float(n)) for n in range(5))
            memory.add_terms(TERMS, ("kk", "en"))
        return path.read_bytes()


@cache
def beside() -> Mapping[str, bytes]:
    """Sound files that commands may need."""
    ours, theirs = ("\n".join(p[side] for p in texts()[:8]).encode() for side in (0, 1))
    return {"m.db": base(), "m.tsv": "Иә\tYes\n".encode(), "kk.txt": ours, "en.txt": theirs}


@dataclass(frozen=True)
class Kind:
    """What makes the files of an input, the first of which gets faults, and what reads them."""

    files: Callable[[Rng], Files]
    commands: Sequence[str]


def one(name: str, *makers: Callable[[Rng], bytes] | str | bytes) -> Callable[[Rng], Files]:
    """Makes a file of this name in one of several ways."""

    def made(rng: Rng) -> Files:
        maker = rng.choice(makers)
        data = maker(rng) if callable(maker) else maker
        return {name: data if isinstance(data, bytes) else data.encode()}

    return made


def bilingual(kind: str, *others: str | bytes) -> Kind:
    """A format of units, as ours and as some others write it."""
    spoken = " -s kk -t en" if kind in ("tsv", "csv") else ""
    commands = ["import IN -s kk -t en --on-conflict replace -d d", *[f"import IN{spoken}"] * 6]
    commands += [f"import IN --{option}{spoken}" for option in ("skip-bad", "dry-run")]
    commands += [
        f"{command}{spoken}" for command in ("check IN", "convert IN b.xlsx", "convert IN b.po")
    ]
    commands += ["info IN", "dedupe IN -o b.jsonl", "diff IN m.db"]
    if kind in ("tsv", "csv", "po"):
        commands += [f"import IN{spoken} --encoding {code}" for code in ("cp1251", "utf-16")]
    files = one(f"a.{kind}", *[partial(written, kind)] * max(1, len(others)), *others)
    return Kind(files, [command.replace("IN", f"a.{kind}") for command in commands])


TMX = [data for _, _, data, _ in CASES]
TOOLS = [
    f"{tool}{fix}" for tool in ("omegat", "trados", "memoq") for fix in ("", " --fix -o b.tmx")
]
KINDS = {
    "tmx": bilingual("tmx", *TMX),
    "tmx for tools": Kind(
        one("a.tmx", partial(written, "tmx"), *TMX), [f"check a.tmx --for {tool}" for tool in TOOLS]
    ),
    "xlf": bilingual("xlf", XLF),
    "xliff": bilingual("xliff", XLIFF),
    "po": bilingual("po", HEADER + PLURAL),
    "csv": bilingual("csv", TABLE, TABLE.replace(",", ";")),
    "tsv": bilingual("tsv", "Иә\tYes\n" * 5, "source\ttarget\nИә\tYes\n"),
    "xlsx": bilingual("xlsx"),
    "jsonl": bilingual("jsonl"),
    "moses": Kind(
        lambda rng: {"a.kk": text(rng), "a.en": text(rng, 1)},
        ["import a.moses -s kk -t en", "convert a.moses b.tmx -s kk -t en"],
    ),
    "tbx": Kind(
        one("a.tbx", glossary_as("tbx"), TBX, TBX_TAGS),
        ["terms --add a.tbx -s kk -t en", "check m.tsv --glossary a.tbx -s kk -t en"],
    ),
    "glossary": Kind(
        one("a.txt", glossary_as("tsv"), "ел\tcountry\nжер\tland\tsoil\n"),
        ["terms --add a.txt -s kk -t en"],
    ),
    "srx": Kind(
        one("a.srx", rules),
        [
            *("segment kk.txt --srx a.srx", "segment kk.txt -l en --srx a.srx --explain"),
            *("convert a.srx segmentation.conf -s kk", "convert a.srx b.srx -s kk,en"),
        ],
    ),
    "abbreviations": Kind(
        one("a.txt", OWN), ["segment kk.txt --prefixes a.txt", "convert kk b.srx --prefixes a.txt"]
    ),
    "text": Kind(
        one("a.txt", text),
        [
            *("segment a.txt", "segment a.txt --json", "segment a.txt --explain"),
            *("segment a.txt --join-lines", "segment a.txt --tokens", "stats a.txt -t en"),
            *("segment a.txt --encoding cp1251", "pretranslate a.txt -t en --min 75"),
            *("translate a.txt -t en --from en.txt", "translate kk.txt -t en --from a.txt"),
            *("align a.txt en.txt -t en --add", "align kk.txt a.txt -t en -o b.tmx --force"),
        ],
    ),
    "list": Kind(
        one("a.txt", "# pairs\nkk.txt\ten.txt\nkk.txt\ten.txt\tdocument\n"),
        ["align --pairs a.txt -t en -o b.tmx", "align --pairs a.txt -t en --add"],
    ),
    "configuration": Kind(
        lambda rng: {"tmtool.toml": TOML.encode(), "own.txt": OWN.encode()},
        [
            *("segment kk.txt", "documents", "check", "check --profile strict", "stats kk.txt"),
            "review d --plain",
        ],
    ),
    "memory": Kind(
        lambda rng: {"a.db": base()},
        [
            *("-m a.db documents", "-m a.db import m.tsv -s kk -t en", "-m a.db doctor"),
            *("import a.db", "-m a.db lookup Иә", "-m a.db export b.jsonl", "-m a.db undo"),
            "-m a.db doctor --rescue b.db",
        ],
    ),
    "command line": Kind(lambda rng: {}, []),
}


def command_line(rng: Rng) -> list[str]:
    """A command with some of its options and arguments, sound and not."""
    name = rng.choice([*cli.COMMANDS])
    words = rng.choice(([], [], ["-q"], ["-m", rng.choice(WORDS)], ["--author", rng.choice(WORDS)]))
    made = [*words, name]
    for parameter in loaded()[name].params:
        if rng.random() < (0.3 if isinstance(parameter, click.Option) else 0.9):
            made += words_for(parameter, rng)
    return made


WORDS = [
    *("m.db", "m.tsv", "kk.txt", "en.txt", "none.tmx", ".", "-", "", "b.tmx", "kk", "en"),
    *("kk=kk-KZ", "d", "1", "-1", "2025-10-20", "Иә", "(", "a" * 5000, "\x1b[2J", "document"),
    *("/dev/null", "numbers", "80=50", "b.xlsx", "b.srx", "m.db/x", "=", "~/x", "\\9", "é.tsv"),
    *("--", "reviewed"),
]


def words_for(parameter: click.Parameter, rng: Rng) -> list[str]:
    """An option with its value, or the value of an argument; a cluster is never asked for."""
    flag = [rng.choice(parameter.opts)] if isinstance(parameter, click.Option) else []
    if "--scheduler" in flag:
        return []
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return flag
    if isinstance(parameter.type, click.Choice) and rng.random() < 0.8:
        return [*flag, rng.choice(list(parameter.type.choices))]
    return [*flag, rng.choice(WORDS)]


@cache
def loaded() -> dict[str, click.Command]:
    """All commands, with the modules that they use."""
    for module in ("openpyxl", "polib", "sacremoses", *(f"formats.{name}" for name in FORMATS)):
        import_module(f"tmtool.{module}" if "." in module else module)
    for module in ("alignment", "doctor", "pretranslate"):
        import_module(f"tmtool.{module}")
    for code in ("kk", "en"):  # whose expressions are compiled then
        Segmenter.for_language(code).segment("Иә. Yes.")
    context = click.Context(cli.main)
    found = {name: cli.main.get_command(context, name) for name in cli.COMMANDS}
    gc.freeze()
    return {name: command for name, command in found.items() if command}


# Trials


def ended(arguments: Sequence[str], folder: Path) -> Ended:
    """Run a command in this process, in a folder, as the console script would."""
    os.chdir(folder)
    os.environ.update(environment(folder))
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        with open(folder / name, mode) as file:
            os.dup2(file.fileno(), number)
        stream = open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115 - lasts
        setattr(sys, name, stream)
    Path("/proc/self/clear_refs").write_text("5")  # what counts as the most memory is that of now
    begin, used = time.monotonic(), sum(os.times()[:4])
    try:
        cli.run(arguments)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 98
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 99
    sys.stderr.flush()
    seconds, elapsed = sum(os.times()[:4]) - used, time.monotonic() - begin
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    assert found
    errors = (folder / "stderr").read_text("utf-8", "backslashreplace")
    return Ended(code, errors, elapsed if elapsed > STANDS else seconds, int(found[1]) >> 10)


def environment(folder: Path) -> dict[str, str]:
    own = {
        f"XDG_{name}_HOME": str(folder / "home") for name in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    return {**own, "TMTOOL_MEMORY": "m.db", "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8"}


def trial(number: int, seed: int, folder: Path) -> Outcome:
    """Make an input, give it to the program, and judge what came of it."""
    rng = random.Random(f"{seed}/{number}")
    kind = [*KINDS][number % len(KINDS)]
    files = KINDS[kind].files(rng)
    name = rng.choice([*files][: 2 if kind == "moses" else 1] or [""])
    if name:
        files[name] = faulty(files[name], rng)
    arguments = (
        rng.choice(KINDS[kind].commands).split() if KINDS[kind].commands else command_line(rng)
    )
    fresh(folder, files)
    runs = [ended(arguments, folder)]
    broken = [*judged(arguments, runs[0], folder, name)]
    if arguments[0] == "import" and runs[0].code == 0:  # what was taken goes out again
        export = ["export", "b." + rng.choice(("tmx", "xlsx", "csv", "xlf", "po", "html"))]
        runs.append(ended(export, folder))
        broken += judged(export, runs[1], folder, "")
    if number % REAL == 0:
        fresh(folder, files)
        broken += differences(runs[0], arguments, folder)
    seconds, megabytes = max(r.seconds for r in runs), max(r.megabytes for r in runs)
    said = f"{' '.join(arguments)[:200]}: {'; '.join(broken)}" if broken else ""
    return Outcome(number, kind, runs[0].code, seconds, megabytes, said)


def fresh(folder: Path, files: Files) -> None:
    """A folder with these files, those that commands may need, and no others."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / "home").mkdir()
    for name, data in {"stdin": b"", "stderr": b"", **beside(), **files}.items():
        (folder / name).write_bytes(data)


def judged(arguments: Sequence[str], run: Ended, folder: Path, name: str) -> Iterator[str]:
    """What is broken in how a command ended."""
    if run.code not in EXPECTED or "Traceback" in run.errors:
        log = folder / "home" / "tmtool" / "bug.log"
        yield f"code {run.code}: {(log.read_text() if log.exists() else run.errors)[-600:]}"
    if run.seconds > SECONDS:
        yield f"{run.seconds:.1f} s"
    if run.megabytes > MEGABYTES:
        yield f"{run.megabytes} MB"
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", run.errors):
        yield f"control characters in {run.errors[:300]!r}"
    if run.code >= cli.USAGE and not re.search(r"^(?:tmtool|Usage): ", run.errors, re.M):
        yield f"says nothing: {run.errors[:300]!r}"
    if run.code == cli.UNREADABLE and name and Path(name).stem not in run.errors:
        yield f"names no file: {run.errors[:300]!r}"
    if left := [path.name for path in folder.glob(".tmtool-*")]:
        yield f"leaves {left}"
    is_taken = run.code in (0, cli.NO) and "--dry-run" not in arguments
    if (
        arguments[0] in ("import", "terms")
        and not is_taken
        and (folder / "m.db").read_bytes() != base()
    ):
        yield "the memory is another one"


def differences(run: Ended, arguments: Sequence[str], folder: Path) -> Iterator[str]:
    """Whether the real program ends as the forked one did."""
    done = subprocess.run(
        [sys.executable, "-m", "tmtool", *arguments],
        cwd=folder,
        env={**os.environ, **environment(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=HANGS,
    )
    own, theirs = (re.sub(r"\d[\d.]*", "", said) for said in (done.stderr.decode(), run.errors))
    if (done.returncode, own) != (run.code, theirs):  # but for times
        yield f"the real program: {done.returncode} {own[:300]!r}, not {run.code} {theirs[:300]!r}"


def trials(numbers: Sequence[int], seed: int, jobs: int) -> Iterator[Outcome]:
    """What came of each input, in some processes that are watched.

    Where something is broken, another process tries again what only this one may have done wrong.
    """
    loaded(), base(), beside()
    waiting = [numbers[n : n + BLOCK] for n in range(0, len(numbers), BLOCK)][::-1]
    working: dict[Connection, Work] = {}
    again = set[int]()
    while waiting or working:
        while waiting and len(working) < jobs:
            work = Work(waiting.pop(), seed)
            working[work.results] = work
        ready = set(wait([*working], timeout=HANGS / 10))
        for results, work in [*working.items()]:
            outcome = work.next(results in ready)
            if outcome and outcome.broken and outcome.number not in again:
                again.add(outcome.number)
                waiting.append([outcome.number])
            elif outcome:
                yield outcome
            if work.is_over:
                del working[results]
                if work.numbers:
                    waiting.append(work.numbers)


class Work:
    """A process that tries some inputs one after another."""

    def __init__(self, numbers: Sequence[int], seed: int) -> None:
        self.numbers = list(numbers)
        self.results, sending = Pipe(duplex=False)
        self._since = time.monotonic()
        self._process = get_context("fork").Process(target=_try, args=(numbers, seed, sending))
        self._process.start()
        sending.close()
        self.is_over = False

    def next(self, is_ready: bool) -> Outcome | None:
        """The next outcome, if there is one; of a process that died or hangs, that it did."""
        said = ""
        if is_ready:
            try:
                outcome: Outcome = self.results.recv()
            except EOFError:
                self._process.join()
                said = f"the process died: {self._process.exitcode}"
            else:
                self.numbers.pop(0)
                self._since = time.monotonic()
                return outcome
        elif time.monotonic() - self._since > HANGS:
            self._process.kill()
            said = f"hangs for {HANGS:.0f} s"
        self.is_over = bool(said)
        if not said or not self.numbers:
            return None
        number = self.numbers.pop(0)
        return Outcome(number, [*KINDS][number % len(KINDS)], -1, 0.0, 0, said)


def _try(numbers: Sequence[int], seed: int, results: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number in numbers:
            results.send(trial(number, seed, Path(folder)))
        os.chdir("/")


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How inputs of each kind ended."""
    yield f"{'':14} inputs  taken     no refused broken     s   MB"
    by_kind = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.kind].append(outcome)
    for kind, some in [*by_kind.items(), ("all", list(outcomes))]:
        codes = Counter(outcome.code for outcome in some)
        refused = sum(count for code, count in codes.items() if code not in (0, cli.NO))
        broken = sum(bool(outcome.broken) for outcome in some)
        slowest, largest = max(o.seconds for o in some), max(o.megabytes for o in some)
        yield (
            f"{kind:14} {len(some):6,} {codes[0]:6,} {codes[cli.NO]:6,} {refused:7,} {broken:6,}"
            f" {slowest:5.2f} {largest:4}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", type=int, help="try this one alone")
    parser.add_argument("--keep", type=Path, help="an empty folder for its files")
    options = parser.parse_args()
    if options.only is not None:
        print(trial(options.only, options.seed, options.keep), file=sys.__stdout__)
        return
    outcomes = []
    with suppress(KeyboardInterrupt):  # which shows what was tried so far
        for outcome in trials(range(options.count), options.seed, options.jobs):
            outcomes.append(outcome)
            if outcome.broken:
                print(f"{outcome.number} {outcome.kind}: {outcome.broken}", flush=True)
    print("\n".join(table(outcomes)))
    sys.exit(any(outcome.broken for outcome in outcomes))


if __name__ == "__main__":
    main()
