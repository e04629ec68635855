"""Translating at a terminal, and from files and pipes."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pexpect
import pytest

from tests.conftest import SEED, SEED_ENGLISH, Program
from tmtool.cli.translate import COMMANDS, HELP
from tmtool.memory import Memory

TEXT = "Күн шықты. Түн болды. Күн шықты. Соңы."

Start = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.kk.txt"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Start]:
    """Start the program in a terminal."""
    children = []

    def spawn(*arguments: str | Path, width: int = 100, term: str = "xterm") -> pexpect.spawn[str]:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "tmtool", "-m", "m.db", *map(str, arguments)],
            cwd=str(tmp_path),
            env=environment | {"TERM": term, "NO_COLOR": "1"},
            encoding="utf-8",
            timeout=20,
            dimensions=(40, width),
        )
        child.delaybeforesend = None
        children.append(child)
        return child

    yield spawn
    for child in children:
        child.close(force=True)


def ended(child: pexpect.spawn[str]) -> tuple[str, int]:
    """What a program said last, and its exit code."""
    child.expect(pexpect.EOF)
    child.close()
    return child.before or "", child.exitstatus if child.exitstatus is not None else -1


def targets(tmp_path: Path) -> list[str]:
    with Memory.open(tmp_path / "m.db", create=False) as memory:
        return [unit.target.text for unit in memory.units()]


def test_sentences_are_translated_one_by_one(start: Start, text: Path, tmp_path: Path) -> None:
    """Sentence, what came before, the exact match on the line; Enter confirms it."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("4 sentences of 4 to translate from kk to en. Type :h for help.")
    child.expect_exact("1/4")
    child.expect_exact("kk: Күн шықты.")
    child.sendline("The sun rose.")
    child.expect_exact("2/4")
    child.expect_exact("before: Күн шықты.")
    child.expect_exact("The sun rose.")
    child.expect_exact("kk: Түн болды.")
    child.sendline("Night fell.")
    child.expect_exact("3/4")
    child.expect_exact("match 1, 100 %: The sun rose.")
    child.expect_exact("en> ")
    child.expect_exact("The sun rose.")
    child.sendline()
    child.expect_exact("4/4")
    child.sendline("Әдемі соңы – қазақша да, русский тоже.")
    last, status = ended(child)
    assert "Saved. All of 4 sentences are translated." in last
    assert status == 0
    assert targets(tmp_path) == [
        "The sun rose.",
        "Night fell.",
        "The sun rose.",
        "Әдемі соңы – қазақша да, русский тоже.",
    ]


def test_what_is_confirmed_survives_a_kill(start: Start, text: Path, tmp_path: Path) -> None:
    """A confirmed translation is on the disk before the next prompt; work goes on after it."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("en> ")
    child.sendline("The sun rose.")
    child.expect_exact("2/4")
    child.kill(signal.SIGKILL)
    ended(child)
    assert targets(tmp_path) == ["The sun rose.", "", "", ""]
    again = start("translate", text, "-t", "en", "--plain")
    again.expect_exact("3 sentences of 4 to translate")
    again.expect_exact("2/4")
    again.expect_exact("kk: Түн болды.")


@pytest.mark.parametrize(
    ("skip", "back", "quit"), [(":s", ":b", ":q"), (":ы", ":и", ":й"), (":skip", ":back", ":quit")]
)
def test_commands_work_in_words_and_on_both_layouts(
    start: Start, text: Path, tmp_path: Path, skip: str, back: str, quit: str
) -> None:
    """Skip leaves a sentence open, back returns to what is done, quit says what is left."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("1/4")
    child.sendline(back)
    child.expect_exact("This is the first sentence.")
    child.sendline(skip)
    child.expect_exact("2/4")
    child.sendline("Night fell.")
    child.expect_exact("3/4")
    child.sendline(back)
    child.expect_exact("2/4")
    child.expect_exact("en> Night fell.")
    child.sendline(" Quietly.")
    child.expect_exact("3/4")
    child.sendline(quit)
    last, status = ended(child)
    assert "Saved. 3 sentences still open; the same command goes on there." in last
    assert status == 0
    assert targets(tmp_path) == ["", "Night fell. Quietly.", "", ""]


def test_the_list_can_be_gone_to_and_warnings_are_told(
    start: Start, text: Path, tmp_path: Path
) -> None:
    """All that a reviewer can do is there; it leads back to the open sentence."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("1/4")
    child.sendline("The sun rose")
    child.expect_exact("warning: it ends without a mark")
    child.expect_exact("2/4")
    child.sendline(":l")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendline("1")
    child.expect_exact("1/4  translated")
    child.sendline("t look again")
    child.expect_exact("note: look again")
    child.sendline("q")
    child.expect_exact("2/4")
    child.sendline(":q")
    assert ended(child)[1] == 0


def test_a_line_that_is_cut_off_is_there_again(start: Start, text: Path, tmp_path: Path) -> None:
    """A second after it was typed; a command is no draft."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("en> ")
    child.send("The sun, әғқ")
    with Memory.open(tmp_path / "m.db") as memory:
        deadline = time.monotonic() + 20
        while not memory.drafted():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    child.kill(signal.SIGKILL)
    ended(child)
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("en> The sun, әғқ")
    child.sendline(".")
    child.expect_exact("2/4")
    assert targets(tmp_path)[0] == "The sun, әғқ."


def test_function_keys_are_commands(start: Start, text: Path, tmp_path: Path) -> None:
    """F4 copies the source, F2 skips, F1 helps, F10 quits: in any keyboard layout."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("1/4")
    child.expect_exact("en> ")
    child.send("half a line\x1bOS")
    child.expect_exact("en> Күн шықты.")
    child.send("\r")
    child.expect_exact("2/4")
    child.expect_exact("en> ")
    child.send("\x1bOQ")
    child.expect_exact("3/4")
    child.expect_exact("en> Күн шықты.")
    child.send("\x1bOP")
    child.expect_exact("leave the sentence open")
    child.expect_exact("en> Күн шықты.")  # what is typed ahead of a filled line is dropped
    child.send("\x1b[21~")
    assert ended(child)[1] == 0
    assert targets(tmp_path) == ["Күн шықты.", "", "", ""]


@pytest.mark.parametrize("key", ["[18~", "[24~", "[5~", "[2~", "[1;5P", "[15;2~", "[I"])
def test_a_key_that_means_nothing_leaves_nothing(start: Start, tmp_path: Path, key: str) -> None:
    """F7, F12, a page up, a focus: no piece of what terminals send for them gets into a text."""
    path = tmp_path / "text.kk.txt"
    path.write_text("Күн шықты.", "utf-8")
    child = start("translate", path, "-t", "en", "--plain")
    child.expect_exact("en> ")
    child.send(f"The \x1b{key}sun rose.\r")
    ended(child)
    assert targets(tmp_path) == ["The sun rose."]


def test_a_match_is_started_from_with_the_numbers_of_the_sentence(
    start: Start, tmtool: Program, tmp_path: Path
) -> None:
    """Shown behind a sign, put on the line without it, and only if asked for."""
    (tmp_path / "n.tsv").write_text("Бағасы 25 теңге.\tIt costs 25 tenge.\n", "utf-8")
    tmtool("-m", "m.db", "import", "n.tsv", "-s", "kk", "-t", "en")
    path = tmp_path / "text.kk.txt"
    path.write_text("Бағасы 30 теңге.", "utf-8")
    child = start("translate", path, "-t", "en", "--plain")
    child.expect_exact("%: # It costs 30 tenge.  (Бағасы 25 теңге.)")
    child.expect_exact("en> ")
    child.sendline(":m")
    child.expect_exact("en> It costs 30 tenge.")
    child.sendline("")
    ended(child)


def test_a_match_between_the_same_neighbours_stands_on_the_line(
    start: Start, tmtool: Program, tmp_path: Path
) -> None:
    """As the very same text does anywhere; its source is not said again."""
    (tmp_path / "n.tsv").write_text("Күн шықты.\tThe sun rose.\nСоңы.\tThe end.\n", "utf-8")
    tmtool("-m", "m.db", "import", "n.tsv", "-s", "kk", "-t", "en", "-d", "n")
    path = tmp_path / "text.kk.txt"
    path.write_text("Күн шықты. Соңы.", "utf-8")
    child = start("translate", path, "-t", "en", "--plain")
    child.expect_exact("match 1, 101 %: The sun rose.\r\n")
    child.expect_exact("en> The sun rose.")
    child.sendline("")
    child.expect_exact("en> The end.")
    child.sendline("")
    ended(child)


def test_a_match_can_be_started_from(start: Start, tmp_path: Path) -> None:
    """A fuzzy match is offered with its source, and put on the line by :m."""
    path = tmp_path / "text.kk.txt"
    path.write_text("Екі ел келіссөз жүргізді. Үш ел келіссөз жүргізді.", "utf-8")
    child = start("translate", path, "-t", "en", "--plain")
    child.expect_exact("1/2")
    child.sendline("Two countries held talks.")
    child.expect_exact("match 1, 88 %: Two countries held talks.  (Екі ел келіссөз жүргізді.)")
    child.sendline(":m 2")
    child.expect_exact("There is no such match.")
    child.sendline(":m")
    child.expect_exact("en> Two countries held talks.")
    child.send("\x01\x0b")  # Ctrl-A Ctrl-K: clear the line
    child.sendline("Three countries held talks.")
    ended(child)
    assert targets(tmp_path) == ["Two countries held talks.", "Three countries held talks."]


def test_nothing_typed_is_nothing_confirmed(start: Start, text: Path, tmp_path: Path) -> None:
    """Enter on an empty line, an unknown command and a colon that is text."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("en> ")
    child.sendline("")
    child.expect_exact("Nothing was typed; :s leaves the sentence open.")
    child.sendline(":frobnicate")
    child.expect_exact("There is no command :frobnicate; :h lists them.")
    child.expect_exact("en> :frobnicate")
    child.send("\x01\x0b")  # Ctrl-A Ctrl-K: clear the line
    child.sendline("::c is a colon and a letter")
    child.expect_exact("2/4")
    child.expect_exact("en> ")
    child.sendline(":) the moon rose")
    child.expect_exact("3/4")
    child.expect_exact("en> :c is a colon and a letter")
    child.send("\x01\x0b")
    child.sendeof()
    assert ended(child)[1] == 0
    assert targets(tmp_path)[:2] == [":c is a colon and a letter", ":) the moon rose"]


def test_ctrl_c_ends_with_130_and_keeps_what_was_confirmed(
    start: Start, text: Path, tmp_path: Path
) -> None:
    """Interrupted is a code of its own; nothing half typed is kept."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("en> ")
    child.sendline("The sun rose.")
    child.expect_exact("2/4")
    child.expect_exact("en> ")
    child.send("half a sen")
    child.expect_exact("half a sen")
    child.sendintr()
    last, status = ended(child)
    assert "tmtool: interrupted; everything confirmed is saved" in last
    assert status == 130
    assert targets(tmp_path) == ["The sun rose.", "", "", ""]


def test_a_dumb_terminal_is_spoken_to_plainly(start: Start, tmp_path: Path) -> None:
    """No escape sequence; what would stand on the line is said, and Enter takes it."""
    path = tmp_path / "text.kk.txt"
    path.write_text("Күн шықты. Күн шықты.", "utf-8")
    child = start("translate", path, "-t", "en", term="dumb")
    child.expect_exact("en> ")
    child.sendline("The sun rose.")
    child.expect_exact("Enter takes: The sun rose.")
    child.sendline("")
    last, _ = ended(child)
    assert "\x1b" not in last
    assert targets(tmp_path) == ["The sun rose."] * 2


def test_a_narrow_terminal_wraps_at_words(start: Start) -> None:
    """No word of the sentence is cut in two."""
    child = start("translate", SEED, "-t", "en", "--plain", width=40)
    child.expect_exact(
        "kk: Қасым-Жомарт Тоқаев пен Ильхам\r\n    Әлиевтің кездесуі екі ел арасындағы\r\n"
    )


def test_translations_come_from_a_file_one_a_line(
    tmtool: Program, text: Path, tmp_path: Path
) -> None:
    """As many lines as sentences; an empty one leaves its sentence open; done twice is once."""
    (tmp_path / "en.txt").write_text("The sun rose.\n\nThe sun rose.\nThe end.\n", "utf-8")
    translate = ["-m", "m.db", "translate", text, "-t", "en", "--from", "en.txt"]
    assert tmtool(*translate).stderr == "text: 3 pairs added, one translation a line\n"
    assert targets(tmp_path) == ["The sun rose.", "", "The sun rose.", "The end."]
    assert tmtool(*translate).stderr == "text: 0 pairs added, one translation a line\n"
    with Memory.open(tmp_path / "m.db") as memory:
        assert {unit.score for unit in memory.units()} == {None}


def test_translations_take_the_place_of_doubtful_proposals(tmtool: Program, text: Path) -> None:
    """Of those that nobody confirmed and that may be a person's is told."""
    Path(text.parent, "b.tsv").write_text("Күн шығар.\tSun.\nТүн болды.\tNight fell.\n", "utf-8")
    tmtool("-m", "m.db", "import", "b.tsv", "-s", "kk", "-t", "en")
    tmtool("-m", "m.db", "pretranslate", text, "-t", "en", "--min", "60")
    translate = ["-m", "m.db", "translate", text, "-t", "en", "--from", "-"]
    done = tmtool(*translate, input="The sun rose.\nIt was night.\nAgain.\nThe end.\n")
    assert done.stderr == (
        "text: 3 pairs added, one translation a line; 1 kept as they were translated before\n"
    )
    assert targets(text.parent)[-4:] == ["The sun rose.", "Night fell.", "Again.", "The end."]
    with Memory.open(text.parent / "m.db") as memory:
        (unit,) = (unit for unit in memory.units() if unit.target.text == "Again.")
        memory.change("import", [(unit, replace(unit, state="initial", origin="other"))])
    done = tmtool(*translate, input="The sun rose.\nNight fell.\nOnce more.\nThe end.\n")
    assert done.stderr == (
        "text: 0 pairs added, one translation a line; 1 kept as they were translated before "
        "(1 of them not confirmed by anybody)\n"
    )


def test_translations_come_from_a_pipe_as_a_running_text(tmtool: Program, tmp_path: Path) -> None:
    """The translation of the seed is aligned, and a kept translation is kept."""
    done = tmtool(
        "-m", "m.db", "translate", SEED, "-t", "en", "--from", "-", input=SEED_ENGLISH.read_bytes()
    )
    assert done.stderr == "interview-2025-10-20: 54 pairs added, aligned as a running text\n"
    assert len(targets(tmp_path)) == 54


def test_too_few_lines_are_counted(tmtool: Program) -> None:
    """Who meant one translation a line sees why they were not taken so."""
    translate = ["-m", "m.db", "translate", SEED, "-t", "en", "--from", "-"]
    done = tmtool(*translate, input="One.\nTwo.\n", status=1)
    assert "it holds 2 lines, not one for each sentence; are these the same" in done.stderr


def test_the_form_of_the_translations_can_be_said(tmtool: Program, text: Path) -> None:
    """Lines that do not fit are an error where lines were promised."""
    translate = ["-m", "m.db", "translate", text, "-t", "en", "--from", "-", "--as", "lines"]
    done = tmtool(*translate, input="One.\nTwo.\n", status=3)
    assert "-: holds 2 translations for 4 sentences; write one a line, or say" in done.stderr
    done = tmtool("translate", "-", "-t", "en", "--from", "-", status=2)
    assert "cannot both be standard input" in done.stderr


def test_help_names_every_command() -> None:
    """The list shown by :h and the commands there are agree."""
    for name, (first, *others) in COMMANDS.items():
        shown = "\n".join(keys + about for keys, about in HELP)
        assert f":{first}  :{name}" in shown
        assert others[0] == "?" or f":{others[0]}" in shown


@pytest.mark.parametrize("width", [60, 80])
def test_help_is_wrapped_at_words(start: Start, text: Path, width: int) -> None:
    """No line is longer than the terminal, which would cut it anywhere."""
    child = start("translate", text, "-t", "en", "--plain", width=width)
    child.expect_exact("en> ")
    for typed, title, end in (
        (":h", "confirm the", "en> "),
        (":l", "1/", "] "),
        ("?", "Approve", "] "),
    ):
        child.sendline(typed)
        child.expect_exact(title)
        child.expect_exact(end)
        assert max(map(len, (child.before or "").splitlines())) < width


def test_a_command_behind_the_text_on_the_line_is_a_command(
    start: Start, text: Path, tmp_path: Path
) -> None:
    """Who goes back twice does not write ":b" into a translation."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("1/4")
    child.expect_exact("en> ")
    child.sendline("The sun rose.")
    child.expect_exact("2/4")
    child.expect_exact("en> ")
    child.sendline(":b")
    child.expect_exact("1/4")
    child.expect_exact("en> The sun rose.")
    child.sendline(":q")
    assert ended(child)[1] == 0
    assert targets(tmp_path)[0] == "The sun rose."


def test_text_may_end_like_a_command(start: Start, text: Path, tmp_path: Path) -> None:
    """A command is all that is typed; two colons begin a text with one, and ? asks for help."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("en> ")
    child.sendline("?")
    child.expect_exact("leave the sentence open")
    child.expect_exact("en> ")
    child.sendline("The ratio is a:c")
    child.expect_exact("2/4")
    child.expect_exact("en> ")
    child.sendline("::c")
    child.expect_exact("3/4")
    child.expect_exact("en> ")
    child.sendline(":q")
    assert ended(child)[1] == 0
    assert targets(tmp_path)[:2] == ["The ratio is a:c", ":c"]


def test_work_goes_on_where_it_stopped(start: Start, text: Path, tmp_path: Path) -> None:
    """Behind what was left open on the way; the list leads back to the same sentence."""
    child = start("translate", text, "-t", "en", "--plain")
    child.expect_exact("1/4")
    child.sendline(":s")
    child.expect_exact("2/4")
    child.sendline(":l")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendline("q")
    child.expect_exact("2/4")
    child.expect_exact("en> ")
    child.sendline(":q")
    assert ended(child)[1] == 0
    again = start("translate", text, "-t", "en", "--plain")
    again.expect_exact("4 sentences of 4 to translate")
    again.expect_exact("2/4")
    again.sendline(":q")
    assert ended(again)[1] == 0


def test_a_last_empty_line_leaves_its_sentence_open(tmtool: Program, tmp_path: Path) -> None:
    """Three lines for three sentences, the last one empty."""
    (tmp_path / "a.kk.txt").write_text("Күн шықты. Түн болды. Соңы.", "utf-8")
    translate = ["-m", "m.db", "translate", "a.kk.txt", "-t", "en", "--from", "-"]
    done = tmtool(*translate, input="The sun rose.\nNight fell.\n\n")
    assert done.stderr == "a: 2 pairs added, one translation a line\n"
    assert targets(tmp_path) == ["The sun rose.", "Night fell.", ""]
