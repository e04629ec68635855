"""The program in pipes: what it prints, how it fails, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import click
import pytest

from tests.conftest import MOMENT, SEED, SEED_ENGLISH, Program, pair
from tmtool.cli import COMMANDS, main, run
from tmtool.errors import InputError
from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant
from tmtool.reading import Reading

DOCUMENT = "interview-2025-10-20"


@pytest.fixture
def aligned(tmtool: Program, tmp_path: Path) -> Path:
    """A memory with the seed."""
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    return tmp_path / "m.db"


# segment


def test_segment_prints_one_sentence_a_line(tmtool: Program) -> None:
    """57 lines, and nothing on stderr."""
    done = tmtool("segment", SEED)
    assert len(done.stdout.splitlines()) == 57
    assert done.stderr == ""


def test_segment_reads_standard_input(tmtool: Program) -> None:
    """With - and without a file."""
    for arguments in (["segment"], ["segment", "-"]):
        assert tmtool(*arguments, input="Иә. Жоқ.").stdout == "Иә.\nЖоқ.\n"


def test_offsets_find_the_sentences_in_the_text(tmtool: Program) -> None:
    """Start and end cut each sentence out of the text, in JSON as in columns."""
    text = SEED.read_text("utf-8")
    rows = [json.loads(line) for line in tmtool("segment", "--json", SEED).stdout.splitlines()]
    assert [text[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]
    assert {row["paragraph"] for row in rows} == set(range(26))
    columns = tmtool("segment", "--offsets", SEED).stdout.splitlines()
    assert [line.split("\t") for line in columns] == [
        [str(row["start"]), str(row["end"]), row["text"]] for row in rows
    ]


def test_segment_shows_tokens(tmtool: Program) -> None:
    """The Moses tokenizer, with our abbreviations."""
    found = tmtool("segment", "--tokens", input="Алматы обл. Қарасай ауданы, «Иә».").stdout
    assert found == "Алматы обл. Қарасай ауданы , « Иә » .\n"


def test_segment_writes_a_file(tmtool: Program, tmp_path: Path) -> None:
    """-o replaces a file as a whole."""
    assert tmtool("segment", SEED, "-o", "out.txt").stdout == ""
    assert len((tmp_path / "out.txt").read_text("utf-8").splitlines()) == 57


def test_decomposed_letters_are_composed(tmtool: Program) -> None:
    """A text from a Mac is split like any other."""
    text = unicodedata.normalize("NFD", "Ол йод алды. Кетті.")
    assert tmtool("segment", input=text).stdout == "Ол йод алды.\nКетті.\n"


def test_an_unknown_language_gets_generic_rules_and_a_note(tmtool: Program) -> None:
    """Better a plain split than none, and the user is told."""
    done = tmtool("segment", "-l", "xx", input="A b. C d.")
    assert done.stdout == "A b.\nC d.\n"
    assert done.stderr == "note: no rules for 'xx', so sentences end by the generic ones\n"
    assert tmtool("-q", "segment", "-l", "xx", input="A b.").stderr == ""


# The memory


def test_documents_lists_what_there_is(tmtool: Program, aligned: Path) -> None:
    """Name, languages, states, date."""
    done = tmtool("-m", aligned, "documents")
    assert done.stdout == f"{DOCUMENT}\tkk-en\ttranslated=54\tdate=2025-10-20\n"
    row = json.loads(tmtool("-m", aligned, "documents", "--json").stdout)
    assert (row["name"], row["states"]) == (DOCUMENT, {"translated": 54})


def test_export_and_import_come_full_circle(tmtool: Program, aligned: Path, tmp_path: Path) -> None:
    """The same memory gives the same bytes, and reading them back changes nothing."""
    tmtool("-m", aligned, "export", "one.tmx")
    done = tmtool("-m", aligned, "import", "one.tmx")
    assert done.stderr == "one.tmx: 54 unchanged\n"
    tmtool("-m", "other.db", "import", "one.tmx")
    tmtool("-m", "other.db", "export", "two.tmx")
    assert (tmp_path / "one.tmx").read_bytes() == (tmp_path / "two.tmx").read_bytes()


def test_a_region_travels_there_and_back(tmtool: Program, aligned: Path, tmp_path: Path) -> None:
    """kk-KZ and en-US for Trados; mapped back, nothing has changed."""
    regions = ["--lang-map", "kk=kk-KZ", "--lang-map", "en=en-US"]
    tmtool("-m", aligned, "export", "t.tmx", *regions)
    assert '<tuv xml:lang="kk-KZ">' in (tmp_path / "t.tmx").read_text("utf-8")
    back = ["--lang-map", "kk-KZ=kk", "--lang-map", "en-US=en"]
    assert "54 unchanged" in tmtool("-m", aligned, "import", "t.tmx", *back).stderr


def test_only_what_is_wanted_is_exported(tmtool: Program, aligned: Path) -> None:
    """States, document and languages choose; rejected pairs go only where they are asked for."""
    tmtool("-m", aligned, "review", input="1\na\nx\n")
    export = ["-m", aligned, "export", "-", "--to", "tsv"]
    done = tmtool(*export)
    assert len(done.stdout.splitlines()) == 53
    assert "-: 53 units; 1 rejected left out\n" in done.stderr
    assert len(tmtool(*export, "--state", "reviewed").stdout.splitlines()) == 1
    assert len(tmtool(*export, "--state", "rejected").stdout.splitlines()) == 1
    assert "no unit to export" in tmtool(*export, "-t", "ru", status=1).stderr
    assert "no unit to export" in tmtool(*export, "-d", "x", status=1).stderr


def test_a_file_of_several_pairs_comes_with_a_note(tmtool: Program, aligned: Path) -> None:
    """OmegaT would fill a document with either language; one pair is exported in silence."""
    with Memory.open(aligned) as memory:
        memory.add([TranslationUnit(Variant.of("kk", "Иә."), Variant.of("ru", "Да."), "u")])
    done = tmtool("-m", aligned, "export", "both.tmx")
    assert "note: it holds kk-en, kk-ru; OmegaT mixes them in one project" in done.stderr
    assert tmtool("-m", aligned, "export", "en.tmx", "-t", "en").stderr == "en.tmx: 54 units\n"


def test_undo_takes_back_one_change_after_another(tmtool: Program, aligned: Path) -> None:
    """To the empty memory, and then the answer is no."""
    tmtool("-m", aligned, "review", input="1\ne New.\n")
    assert tmtool("-m", aligned, "undo").stderr == "undone: edit, 1 unit\n"
    assert tmtool("-m", aligned, "undo").stderr == "undone: add, 54 units\n"
    assert tmtool("-m", aligned, "undo", status=1).stderr == "nothing to undo\n"


def test_the_default_memory_is_under_xdg_data(tmtool: Program, tmp_path: Path) -> None:
    """Neither -m nor TMTOOL_MEMORY: the user's data folder."""
    (tmp_path / "a.tsv").write_text("Иә.\tYes.\n", "utf-8")
    tmtool("import", "a.tsv", "-s", "kk", "-t", "en")
    assert (tmp_path / "data" / "tmtool" / "memory.db").exists()
    tmtool("import", "a.tsv", "-s", "kk", "-t", "en", TMTOOL_MEMORY=str(tmp_path / "e.db"))
    assert (tmp_path / "e.db").exists()


# Errors: one line with place, reason and remedy, the exit code, and nothing changed


def cp1251(folder: Path) -> Path:
    path = folder / "old.txt"
    path.write_bytes("Сегодня хорошая погода.".encode("cp1251"))
    return path


def empty(folder: Path) -> Path:
    path = folder / "empty.txt"
    path.write_text(" \n\ufeff\n")
    return path


def newer(folder: Path) -> Path:
    path = folder / "newer.db"
    Memory.open(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    return path


def cut(folder: Path) -> Path:
    path = folder / "cut.tmx"
    whole = '<tmx version="1.4"><header srclang="kk"/><body>\n<tu><tuv xml:lang="kk"><seg>Иә'
    path.write_text(whole, "utf-8")
    return path


ERRORS = [
    (["segment", "none.txt"], 3, "none.txt: no such file; check the name"),
    (["segment", "."], 3, ".: is a folder, not a text; name a file in it"),
    (
        ["segment", cp1251],
        3,
        "old.txt:1: is not UTF-8: byte 0xD1 at offset 0; it looks like cp",
    ),
    (["segment", empty], 3, "empty.txt: holds no text; there is nothing to do"),
    (
        ["segment", "-l", "kazakh language", SEED],
        2,
        "'kazakh language' is not a language code;",
    ),
    (
        ["align", SEED, empty, "-t", "en"],
        1,
        "empty.txt: sentences: 57 on one side, 0 on the other; there",
    ),
    (
        ["align", SEED_ENGLISH, SEED, "-t", "en"],
        1,
        "the first text is in en, the second in kk; are the two sides swapped?",
    ),
    (["segment", "-m", "x.db", SEED], 2, "No such option '-m'. It stands before the command"),
    (["align", SEED, "-t", "en"], 2, "Name a text and its translation, two folders, or"),
    (
        ["align", SEED, SEED_ENGLISH, "-t", "en", "-o", "x.doc"],
        2,
        "its suffix names no format",
    ),
    (
        ["align", SEED, SEED_ENGLISH, "-t", "en", "-o", "none/x.tmx"],
        3,
        "none/x.tmx: cannot be written: No such file or directory; check the folder",
    ),
    (["align", SEED, SEED_ENGLISH, "-t", "en", "-o", "/proc/x.tmx"], 3, "/proc/x.tmx: cannot be w"),
    (["align", SEED, SEED_ENGLISH, "-t", "english!"], 2, "'english!' is not a language code"),
    (["align", SEED, SEED_ENGLISH, "-t", "e-" * 999], 2, "-e-e-e-e-…' is not a language code"),
    (["align", SEED, SEED_ENGLISH], 2, "Missing option '-t'"),
    (["import", cut], 3, "cut.tmx:2: is cut short or not well-formed XML"),
    (["import", "none.tmx"], 3, "none.tmx: no such file"),
    (["import", SEED], 2, "its suffix names no format; use one of .tmx"),
    (["import", "x.doc"], 3, "x.doc: no such file; check the name"),
    (["diff", SEED, "x.db"], 2, "its suffix names no format"),
    (["info", "x.doc"], 3, "x.doc: no such file; check the name"),
    (["convert", "x.doc", "a.tmx"], 3, "x.doc: no such file; check the name"),
    (["-m", SEED, "documents"], 4, "is not a tmtool memory; name another file with -m"),
    (["-m", newer, "documents"], 4, "was written by a newer tmtool (schema 99, this one knows 11)"),
    (["-m", "none.db", "documents"], 4, "none.db: no such memory; name one with -m, or make one"),
    (["-m", "none.db", "review"], 4, "none.db: no such memory"),
    (["-m", "none.db", "undo"], 4, "none.db: no such memory"),
    (["-m", "/proc/none/m.db", "import", cut], 4, "/proc/none/m.db: cannot be opened"),
    (["-m", ".", "documents"], 4, ".: is a folder, not a memory; name a file with -m"),
    (["review", "x", "--colour"], 2, "No such option '--colour'"),
    (["frobnicate"], 2, "No such command 'frobnicate'"),
    (["segmnt"], 2, "No such command 'segmnt'. Did you mean 'segment'?"),
    (["export", "x.tmx", "--lang-map", "kk"], 2, "'kk' is not of the form kk=kk-KZ"),
    (["translate", SEED, "-t", "en"], 2, "Translations are typed at a terminal; pipe them with"),
]


@pytest.mark.parametrize(
    ("arguments", "status", "message"), ERRORS, ids=[message for _, _, message in ERRORS]
)
def test_an_error_is_one_line(
    tmtool: Program,
    tmp_path: Path,
    arguments: list[object],
    status: int,
    message: str,
) -> None:
    """Place, reason, what to do; the documented exit code; the memory is as it was."""
    memory = tmp_path / "data" / "tmtool" / "memory.db"
    with Memory.open(memory) as opened:
        opened.add([pair("Иә.", "Yes.")])
    before = memory.read_bytes()
    words = [str(word(tmp_path)) if callable(word) else str(word) for word in arguments]
    done = tmtool(*words, status=status)
    assert message in done.stderr
    assert done.stderr.startswith("tmtool: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert memory.read_bytes() == before
    assert not list(tmp_path.glob("*.db-journal"))


def test_a_broken_file_leaves_those_before_it(tmtool: Program, tmp_path: Path) -> None:
    """Files are imported one by one, each as a whole or not at all."""
    (tmp_path / "good.tsv").write_text("Иә.\tYes.\n", "utf-8")
    (tmp_path / "bad.tsv").write_text("Жоқ.\tNo.\nx\n", "utf-8")
    options = ["-s", "kk", "-t", "en"]
    done = tmtool("-m", "m.db", "import", "good.tsv", "bad.tsv", *options, status=3)
    assert done.stderr.splitlines()[0] == "good.tsv: 1 new"
    assert done.stderr.splitlines()[1].startswith("tmtool: bad.tsv:2: has 1 column, not 2")
    assert tmtool("-m", "m.db", "export", "-", "--to", "tsv").stdout == "Иә.\tYes.\n"


def test_a_reader_that_leaves_early_is_no_error(environment: dict[str, str]) -> None:
    """tmtool … | head ends quietly."""
    command = f"'{sys.executable}' -m tmtool segment '{SEED}' '{SEED}' '{SEED}' | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_interrupt_that_python_wraps_is_an_interrupt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While a class is made, an interrupt comes as the cause of another error."""

    def interrupted(*_: object, **__: object) -> None:
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    monkeypatch.setattr("tmtool.cli._mind_signals", lambda: None)
    monkeypatch.setattr("tmtool.cli.main.main", interrupted)
    with pytest.raises(SystemExit) as ended:
        run([])
    assert ended.value.code == 130
    assert "interrupted" in capsys.readouterr().err


def test_an_interrupted_import_leaves_the_memory_as_it_was(
    tmtool: Program, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Ctrl-C in the middle of a file: exit 130, and nothing of the file is kept."""
    Memory.open(tmp_path / "m.db").close()
    os.mkfifo(tmp_path / "slow.tsv")
    command = [sys.executable, "-m", "tmtool", "-m", "m.db", "import", "slow.tsv"]
    with (
        subprocess.Popen(
            [*command, "-s", "kk", "-t", "en"],
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment,
        ) as process,
        (tmp_path / "slow.tsv").open("wb", buffering=0) as slow,
    ):
        slow.write("Иә.\tYes.\n".encode() * 1000)
        deadline = time.monotonic() + 30
        while not _is_reading(process.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert errors.decode() == "\ntmtool: interrupted; nothing was imported\n"
    assert tmtool("-m", "m.db", "documents").stdout == ""
    assert tmtool("-m", "m.db", "undo", status=1).stderr == "nothing to undo\n"


def _is_reading(pid: int) -> bool:
    """Whether a process waits for its standard input, with the memory open."""
    try:
        opened = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
        waits = Path(f"/proc/{pid}/wchan").read_text()
    except OSError:
        return False
    return any(name.endswith("m.db") for name in opened) and "read" in waits


def test_what_takes_more_memory_than_there_is_is_no_bug(tmtool: Program, tmp_path: Path) -> None:
    """It is said in a line, as what is wrong with a file."""
    (tmp_path / "sitecustomize.py").write_text(
        "import json\ndef dumps(*a, **k): raise MemoryError\njson.dumps = dumps"
    )
    done = tmtool("segment", "--json", SEED, status=3, PYTHONPATH=str(tmp_path))
    assert done.stderr == "tmtool: that takes more memory than there is; divide the files\n"


def test_a_text_too_long_to_be_a_document_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where it is needed as a whole; a text without end is not read for ever."""
    monkeypatch.setattr("tmtool.reading._LONGEST", 100)
    (tmp_path / "a.txt").write_text("Иә. " * 20, "utf-8")
    (tmp_path / "b.txt").write_text("Иә. " * 30, "utf-8")
    assert len(Reading().whole(str(tmp_path / "a.txt"))) == 80
    with pytest.raises(InputError, match=r"b\.txt: has more than 100 characters, which is no doc"):
        Reading().whole(str(tmp_path / "b.txt"))


def test_a_bug_keeps_its_traceback_for_the_report(tmtool: Program, tmp_path: Path) -> None:
    """No traceback reaches the user; the log that the message names has it."""
    breaking = tmp_path / "sitecustomize.py"
    breaking.write_text("import json; json.dumps = lambda *a, **k: 1 / 0")
    done = tmtool("segment", "--json", SEED, status=70, PYTHONPATH=str(tmp_path))
    assert "a bug: ZeroDivisionError" in done.stderr
    log = Path(re.search(r"with (.*)$", done.stderr.strip())[1])  # type: ignore[index]
    assert "Traceback" in log.read_text()


# Help


def test_every_command_is_listed_with_its_first_line() -> None:
    """The list that needs no import says what the commands themselves say."""
    context = click.Context(main)
    for name, (_, summary) in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert (command.help or "").splitlines()[0] == summary


def test_help_is_given_for_every_command(tmtool: Program) -> None:
    """-h and --help, on stdout, with every option explained."""
    assert tmtool("-h").stdout == tmtool("--help").stdout
    for name in COMMANDS:
        assert tmtool(name, "--help").stdout.startswith(f"Usage: tmtool {name}")
    assert re.fullmatch(r"tmtool \d+\.\d+\.\d+\n", tmtool("--version").stdout)


# convert


def test_bilingual_files_become_one_another(tmtool: Program, tmp_path: Path) -> None:
    """TSV to TMX to JSON Lines and back to the same TSV."""
    (tmp_path / "a.tsv").write_text("Иә.\tYes.\nЖоқ.\tNo.\n", "utf-8")
    assert tmtool("convert", "a.tsv", "a.tmx", "-s", "kk", "-t", "en").stderr == "a.tmx: 2 units\n"
    tmtool("convert", "a.tmx", "a.jsonl")
    tmtool("convert", "a.jsonl", "b.tsv")
    assert (tmp_path / "b.tsv").read_bytes() == (tmp_path / "a.tsv").read_bytes()


def test_rules_are_written_for_other_tools(tmtool: Program, tmp_path: Path) -> None:
    """As SRX, which can be given back, and as OmegaT's own file."""
    done = tmtool("convert", "kk,en", "rules.srx")
    assert re.fullmatch(r"rules\.srx: \d+ rules for kk, en\n", done.stderr)
    text = "Кеше М. Әуезов 1939 ж. Алматыға келді. Ол қайтты."
    own = tmtool("segment", input=text).stdout
    assert tmtool("segment", "--srx", "rules.srx", input=text).stdout == own
    tmtool("convert", "rules.srx", "segmentation.conf", "-s", "kk")
    assert "org.omegat.core.segmentation.SRX" in (tmp_path / "segmentation.conf").read_text()
    assert (
        "has no rules for 'de'"
        in tmtool("convert", "rules.srx", "a.srx", "-s", "de", status=3).stderr
    )


# Users' own rules and lines


def test_users_add_abbreviations(tmtool: Program, tmp_path: Path) -> None:
    """A line in a file is enough; a class that no rule knows is an error with its name."""
    text = "Бұл қырл. Асанов еді. Ол кетті."
    (tmp_path / "own.txt").write_text("қырл.\n", "utf-8")
    assert tmtool("segment", input=text).stdout.count("\n") == 3
    done = tmtool("segment", "--prefixes", "own.txt", input=text)
    assert done.stdout == "Бұл қырл. Асанов еді.\nОл кетті.\n"
    (tmp_path / "own.txt").write_text("# [titles]\nқырл\n", "utf-8")
    done = tmtool("segment", "--prefixes", "own.txt", input=text, status=3)
    assert "own.txt: opens a class [titles] that no rule uses; use one of" in done.stderr
    done = tmtool("segment", "--prefixes", "none.txt", input=text, status=3)
    assert "none.txt: cannot be read" in done.stderr


def test_paragraphs_can_be_hard_wrapped_or_sentences(tmtool: Program) -> None:
    """--join-lines makes one line of a paragraph; --sentence-lines takes each line as it is."""
    text = "Күн шық\nты. Түн болды.\r\n\nСоңы\n"
    joined = tmtool("segment", "--join-lines", "--json", input=text).stdout.splitlines()
    assert [(row["text"], row["start"], row["paragraph"]) for row in map(json.loads, joined)] == [
        ("Күн шық ты.", 0, 0),
        ("Түн болды.", 12, 0),
        ("Соңы", 25, 1),
    ]
    lines = tmtool("segment", "--sentence-lines", input=text).stdout
    assert lines == "Күн шық\nты. Түн болды.\nСоңы\n"
    both = tmtool("segment", "--join-lines", "--sentence-lines", input=text, status=2)
    assert "exclude each other" in both.stderr
    explained = tmtool("segment", "--explain", "--sentence-lines", input=text, status=2)
    assert "exclude each other" in explained.stderr


def test_segment_explains_every_place(tmtool: Program) -> None:
    """Offset, verdict, rule, and the text on both sides."""
    done = tmtool("segment", "--explain", input="Кеше М. Әуезов 1939 ж. Ол келді.")
    assert [line.split("\t")[:3] for line in done.stdout.splitlines()] == [
        ["7", "keep", "initial"],
        ["22", "break", "sentence-opener"],
        ["32", "break", "sentence"],
    ]
    row = json.loads(tmtool("segment", "--explain", "--json", input="Иә. Жоқ").stdout)
    assert row == {
        "offset": 3,
        "decision": "break",
        "rule": "sentence",
        "before": "Иә.",
        "after": " Жоқ",
    }


# What must not be overwritten, and what must not be a bug


def test_no_command_overwrites_what_it_reads(
    tmtool: Program, aligned: Path, tmp_path: Path
) -> None:
    """Neither the memory nor a text: exit 2, and the file is as it was."""
    (tmp_path / "a.txt").write_text("Иә. Жоқ.", "utf-8")
    before = aligned.read_bytes()
    done = tmtool("-m", aligned, "export", aligned, "--to", "tsv", status=2)
    assert "is read by this command; write to another file" in done.stderr
    tmtool("segment", "a.txt", "-o", "a.txt", status=2)
    tmtool("align", "a.txt", SEED_ENGLISH, "-t", "en", "--to", "tsv", "-o", "a.txt", status=2)
    assert aligned.read_bytes() == before
    assert (tmp_path / "a.txt").read_text("utf-8") == "Иә. Жоқ."


def test_a_full_output_is_an_error_of_its_own(environment: dict[str, str]) -> None:
    """Not a bug: the message says what cannot be used."""
    command = f"'{sys.executable}' -m tmtool segment '{SEED}' > /dev/full"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, env=environment, check=False
    )
    assert done.returncode == 3
    assert (
        done.stderr.decode() == "tmtool: standard output: cannot be used: No space left on device\n"
    )


def test_a_user_without_a_home_can_split_texts(tmtool: Program) -> None:
    """Only a memory needs a place; the message asks for one."""
    nobody = "import os, pwd; os.environ.pop('HOME'); pwd.getpwuid = lambda uid: {}[uid]; "
    run = "import sys; from tmtool.cli import run; run(sys.argv[1:])"
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        nobody += f"os.environ.pop('{name}', None); "
    done = subprocess.run(
        [sys.executable, "-c", nobody + run, "documents"], capture_output=True, check=False
    )
    assert done.returncode == 4
    assert "no home folder to keep a memory in; name a file with -m" in done.stderr.decode()


def test_an_argument_that_is_no_text_is_refused(tmtool: Program) -> None:
    """Half a character cannot name anything that is stored."""
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"tmtool", b"documents", b"\xff"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"is not valid UTF-8" in done.stderr


def test_reviewed_states_come_with_replace(tmtool: Program, aligned: Path) -> None:
    """What a colleague approved in a copy arrives when it is asked for."""
    copy = aligned.with_name("copy.db")
    copy.write_bytes(aligned.read_bytes())
    tmtool("-m", copy, "review", input="1\na\n")
    tmtool("-m", copy, "export", "copy.jsonl")
    assert "53 unchanged, 1 kept" in tmtool("-m", aligned, "import", "copy.jsonl").stderr
    done = tmtool("-m", aligned, "import", "copy.jsonl", "--on-conflict", "replace")
    assert done.stderr == "copy.jsonl: 53 unchanged, 1 replaced\n"


BAD = {
    "x.jsonl": '{"source": 1}\n%s\n',
    "x.tsv": "a\tb\tc\n%s\n",
    "x.tmx": '<tmx version="1.4"><header srclang="kk"/><body><tu><tuv><seg>x</seg></tuv></tu>\n'
    '%s<tu><tuv xml:lang="kk"><seg>cut sh',
}
GOOD = {
    "x.jsonl": json.dumps(pair("Иә.", "Yes.").as_dict()),
    "x.tsv": "Иә.\tYes.",
    "x.tmx": '<tu><tuv xml:lang="kk"><seg>Иә.</seg></tuv>'
    '<tuv xml:lang="en"><seg>Yes.</seg></tuv></tu>',
}


@pytest.mark.parametrize("name", BAD)
def test_bad_units_are_reported_and_skipped_if_asked(
    tmtool: Program, tmp_path: Path, name: str
) -> None:
    """All or nothing otherwise; what stands before a break in the file can be taken, too."""
    (tmp_path / name).write_text(BAD[name] % GOOD[name], "utf-8")
    command = ["-m", "m.db", "import", name, "-s", "kk", "-t", "en"]
    tmtool(*command, status=3)
    assert not (tmp_path / "m.db").exists()
    done = tmtool(*command, "--skip-bad", status=1)
    *bad, last = done.stderr.splitlines()
    assert bad[0].startswith(f"tmtool: {name}:1: ")
    assert last == f"{name}: 1 new, {len(bad)} bad"
    assert tmtool("-m", "m.db", "export", "-", "--to", "tsv").stdout == "Иә.\tYes.\n"
    assert tmtool(*command, "--skip-bad", status=1).stderr.splitlines()[-1] == (
        f"{name}: 1 unchanged, {len(bad)} bad"
    )


def test_a_dry_run_of_an_import_writes_nothing(tmtool: Program, tmp_path: Path) -> None:
    """No memory is made for it either."""
    (tmp_path / "x.tsv").write_text("Иә.\tYes.\nЖоқ.\tNo.\n", "utf-8")
    command = ["-m", "m.db", "import", "x.tsv", "-s", "kk", "-t", "en", "-d", "d"]
    done = tmtool(*command, "--dry-run")
    assert done.stdout == "new\tИә.\tYes.\nnew\tЖоқ.\tNo.\n"
    assert done.stderr == "x.tsv: 2 new; nothing is written\n"
    assert [path.name for path in tmp_path.iterdir()] == ["x.tsv"]
    tmtool(*command)
    (tmp_path / "x.tsv").write_text("Иә.\tYeah.\n", "utf-8")
    before = (tmp_path / "m.db").read_bytes()
    done = tmtool(*command, "--dry-run", "--on-conflict", "replace")
    assert done.stdout == "replaced (text)\tИә.\tYeah.\tYes.\n"
    assert (tmp_path / "m.db").read_bytes() == before


@pytest.mark.parametrize(
    ("changed", "kept", "replaced"),
    [
        ({"target": "Yea."}, "text", "text"),
        ({"target": "yes."}, "case, space or punctuation", "case, space or punctuation"),
        ({"state": "final"}, "state", "state"),
        ({"notes": ["see", "hm"]}, "notes", "notes"),
        ({"props": [["x", "y"]], "state": "translated"}, "props", "state"),
        ({"changed_at": "2025-10-21T00:00:00Z"}, "date", "date"),
    ],
)
def test_a_dry_run_of_an_import_says_in_what_units_differ(
    tmtool: Program, tmp_path: Path, changed: dict[str, object], kept: str, replaced: str
) -> None:
    """As diff does, in what the file says; its texts alone may be the same."""
    fields = {
        "id": "0123456789abcdef",
        "state": "reviewed",
        "notes": ("see",),
        "created_at": MOMENT,
    }
    with Memory.open(tmp_path / "m.db", author="aigul") as memory:
        memory.add([pair("Иә.", "Yes.", document="d", created_by="aigul", **fields)])
    said: dict[str, object] = {"id": "0123456789abcdef", "source": "Иә."}
    said |= {"source_language": "kk", "target_language": "en"}
    said |= {"target": "Yes.", "state": "reviewed", "notes": ["see"]} | changed
    (tmp_path / "a.jsonl").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    command = ("-m", "m.db", "import", "a.jsonl", "--dry-run")
    for policy, outcome in (("keep", f"kept ({kept})"), ("replace", f"replaced ({replaced})")):
        done = tmtool(*command, "--on-conflict", policy)
        assert done.stdout == f"{outcome}\tИә.\t{said['target']}\tYes.\n"


def test_an_import_that_is_interrupted_leaves_the_memory_as_it_was(
    aligned: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    """Ctrl-C in the middle of a file."""
    before = aligned.read_bytes()
    os.mkfifo(tmp_path / "x.jsonl")
    arguments = [sys.executable, "-m", "tmtool", "-m", str(aligned), "import", "x.jsonl"]
    program = subprocess.Popen(arguments, cwd=tmp_path, env=environment, stderr=subprocess.PIPE)
    with open(tmp_path / "x.jsonl", "w", encoding="utf-8") as file:
        for number in range(9_000):
            file.write(json.dumps(pair(f"{number}", "Yes.").as_dict()) + "\n")
        file.flush()
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate(timeout=60)
    assert program.returncode == 130
    assert errors.strip() == b"tmtool: interrupted; nothing was imported"
    assert aligned.read_bytes() == before
    with Memory.open(aligned) as memory:
        assert len(list(memory.units())) == 54


@pytest.mark.parametrize("suffix", ["tmx", "tsv", "csv", "xlsx", "xlf", "po", "html", "jsonl"])
def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, environment: dict[str, str], suffix: str
) -> None:
    """Of every format; nothing half written takes its place or stays beside it."""
    rows = (f"Бұл {number}-сөйлем.\tThis is sentence {number}." for number in range(20_000))
    (tmp_path / "in.tsv").write_text("\n".join(rows), "utf-8")
    place = tmp_path / f"out.{suffix}"
    place.write_bytes(b"old")
    command = f"ulimit -f 100; '{sys.executable}' -m tmtool convert in.tsv {place.name} -s kk -t en"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        env={**environment, "TMPDIR": str(tmp_path)},
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 3, done.stderr.decode()
    assert "File too large" in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert place.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.tsv", place.name]


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "", "documents"],
        ["segment", ""],
        ["segment", SEED, "-o", ""],
        ["segment", SEED, "--srx", ""],
        ["convert", "", "x.tmx"],
    ],
)
def test_an_empty_name_names_no_file(tmtool: Program, arguments: list[str]) -> None:
    """A variable of a script was not set; nothing is taken in its place."""
    assert "The name of the file is empty." in tmtool(*arguments, status=2).stderr


def test_what_sqlite_keeps_beside_a_memory_is_no_output(tmtool: Program, aligned: Path) -> None:
    """Who writes over it would lose what was written last, or loses it when SQLite clears up."""
    beside = aligned.with_name(f"{aligned.name}-journal")
    for is_there in (False, True):
        if is_there:
            beside.write_bytes(b"")
        done = tmtool("-m", aligned, "export", beside, "--to", "tsv", status=2)
        assert f"{beside} is read by this command; write to another file" in done.stderr


@pytest.mark.parametrize(
    "command",
    ["export other.db --to tmx", "export other.moses", "stats a.txt -t en -o other.db"],
)
def test_a_memory_is_no_output(tmtool: Program, tmp_path: Path, command: str) -> None:
    """Nor is one that the command does not read, whatever its name."""
    (tmp_path / "a.txt").write_text("Иә.", "utf-8")
    for name in ("m.db", "other.db"):
        with Memory.open(tmp_path / name) as memory:
            memory.add([pair("Иә.", "Yes.")])
    held = (tmp_path / "other.db").read_bytes()
    (tmp_path / "other.kk").write_bytes(held)
    done = tmtool("-m", "m.db", *command.split(), status=2)
    assert "is a memory; write to another file, such as other-2." in done.stderr
    assert (tmp_path / "other.db").read_bytes() == (tmp_path / "other.kk").read_bytes() == held


def test_damage_behind_a_byte_order_mark_is_found(tmtool: Program, tmp_path: Path) -> None:
    """Offsets count it, and no other encoding is asked for."""
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfab\n\xff")
    done = tmtool("segment", "a.txt", status=3)
    assert "a.txt:2: is not UTF-8: byte 0xFF at offset 6; its byte order mark says" in done.stderr


def test_lists_of_abbreviations_have_an_end(tmtool: Program, tmp_path: Path) -> None:
    """A dictionary, or a file of no lines, is no list of abbreviations."""
    own = tmp_path / "own.txt"
    own.write_text("".join(f"аб{number}\n" for number in range(10_001)), "utf-8")
    done = tmtool("segment", "--prefixes", own, SEED, status=3)
    assert "own.txt: holds more than 10000 abbreviations; leave out" in done.stderr
    own.write_text("аб\n" + "а" * 1000, "utf-8")
    done = tmtool("segment", "--prefixes", own, SEED, status=3)
    assert "own.txt:2: has more than 200 characters on a line; write one" in done.stderr


@pytest.mark.parametrize(
    ("redirection", "message"),
    [
        (">&-", "tmtool: standard output: cannot be used: Bad file descriptor"),
        ("0>file", "tmtool: standard input: cannot be read: Bad file descriptor"),
    ],
)
def test_a_stream_that_is_closed_or_turned_round_is_said(
    environment: dict[str, str], tmp_path: Path, redirection: str, message: str
) -> None:
    """Sentences that nobody gets are no success."""
    command = f"echo 'Күн шықты.' | '{sys.executable}' -m tmtool segment {redirection}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, env=environment, cwd=tmp_path, check=False
    )
    assert done.returncode == 3
    assert done.stderr.decode().startswith(message)


def test_offsets_of_several_files_name_their_file(tmtool: Program, tmp_path: Path) -> None:
    """They begin anew with each; sentences alone are only joined."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"Күн {name}. Ол келді.", "utf-8")
    both = "a.txt", "b.txt"
    assert tmtool("segment", *both).stdout.count("txt") == 0
    assert tmtool("segment", *both, "--offsets").stdout.splitlines()[2] == "b.txt\t0\t6\tКүн b."
    assert json.loads(tmtool("segment", *both, "--json").stdout.splitlines()[3])["file"] == "b.txt"
    assert tmtool("segment", *both, "--explain").stdout.startswith("a.txt\t6\tbreak\t")
    assert "file" not in tmtool("segment", "a.txt", "--json").stdout


def test_a_memory_without_documents_says_so(tmtool: Program) -> None:
    """An empty answer would look like an empty memory."""
    tmtool(
        "-m", "m.db", "import", "-", "--from", "tsv", "-s", "kk", "-t", "en", input="Иә.\tYes.\n"
    )
    done = tmtool("-m", "m.db", "documents")
    assert (done.stdout, done.stderr[:13]) == ("", "no document; ")


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "-", "info"],
        ["-m", "m.db", "backup", "-"],
        ["-m", "m.db", "doctor", "--rescue", "-"],
        ["segment", "a.txt", "--prefixes", "-"],
        ["segment", "a.txt", "--srx", "-"],
        ["convert", "kk", "a.srx", "--prefixes", "-"],
        ["check", "a.tmx", "--glossary", "-"],
    ],
)
def test_what_must_be_a_file_is_no_pipe(
    tmtool: Program, tmp_path: Path, command: list[str]
) -> None:
    """A memory, and what is read several times: that is said, and no file is called ``-``."""
    done = tmtool(*command, status=2)
    assert "a file, not standard input or output." in done.stderr
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "command",
    [
        ["import", "bad.tmx"],
        ["import", "names-none.tsv"],
        ["terms", "--add", "empty.csv", "-s", "kk", "-t", "en"],
    ],
)
def test_what_is_refused_makes_no_memory(
    tmtool: Program, tmp_path: Path, command: list[str]
) -> None:
    """One in which something was done before stays; so does one that was there."""
    (tmp_path / "bad.tmx").write_text("<tmx version='1.4'><header/><body><tu>", "utf-8")
    (tmp_path / "names-none.tsv").write_text("Иә\tYes\n", "utf-8")
    (tmp_path / "empty.csv").write_text("kk,en\n", "utf-8")
    tmtool("-m", "new.db", *command, status=3)
    assert not (tmp_path / "new.db").exists()
    Memory.open(tmp_path / "held.db").close()
    tmtool("-m", "held.db", *command, status=3)
    assert (tmp_path / "held.db").exists()


def test_what_stands_beside_a_broken_file_is_imported(tmtool: Program, tmp_path: Path) -> None:
    """Each file is taken as a whole or not at all; the first that is not has the exit code."""
    (tmp_path / "a.csv").write_text("kk,en\nИә,Yes\n", "utf-8")
    (tmp_path / "bad.csv").write_text("kk,en\nБір,One\nЕкі,Two,3,4\n", "utf-8")
    (tmp_path / "c.csv").write_text("kk,en\nЖоқ,No\n", "utf-8")
    with Memory.open(tmp_path / "cut.db") as memory:
        memory.add([pair("Үш", "Three")])
    with (tmp_path / "cut.db").open("r+b") as file:
        file.truncate(5000)
    files = ["a.csv", "bad.csv", "cut.db", "c.csv"]
    dry = tmtool("-m", "new.db", "import", *files, "--dry-run", status=3)
    assert [line.split("\t")[:2] for line in dry.stdout.splitlines()] == [
        ["new", "Иә"],
        ["new", "Жоқ"],
    ]
    done = tmtool("-m", "new.db", "import", *files, status=3)
    first, bad, cut, last, sum_ = done.stderr.splitlines()
    assert (first, last, sum_) == ("a.csv: 1 new", "c.csv: 1 new", "2 files of 4 not taken")
    assert bad.startswith("tmtool: bad.csv:3: ")
    assert cut.startswith("tmtool: cut.db: ")
    assert "units       2" in tmtool("-m", "new.db", "info").stdout
    tmtool("-m", "new.db", "import", "cut.db", "bad.csv", status=4)
    tmtool("-m", "none.db", "import", "bad.csv", "cut.db", status=3)
    assert not (tmp_path / "none.db").exists()


def test_an_unknown_suffix_names_the_option_that_helps(tmtool: Program, tmp_path: Path) -> None:
    """That which the command has."""
    (tmp_path / "a.odt").write_text("x", "utf-8")
    said = tmtool("import", "a.odt", status=2).stderr
    assert "a.odt: its suffix names no format; use one of .tmx, " in said
    assert said.endswith(", or say --from, as in --from xlf\n")
    assert "or say --to, " in tmtool("-m", "n.db", "export", "a.odt", status=2).stderr
    assert "say" not in tmtool("merge", "a.tmx", "-o", "b.odt", status=2).stderr
