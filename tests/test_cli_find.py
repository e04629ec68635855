"""The commands lookup and concordance."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Program, pair
from tests.test_cli_translate import Start, ended, start
from tmtool import read
from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant

__all__ = ["start"]


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A small memory in two target languages."""
    path = tmp_path / "m.db"
    russian = TranslationUnit(Variant.of("kk", "Күн шықты."), Variant.of("ru", "Взошло солнце."))
    with Memory.open(path) as memory:
        memory.add(
            [
                pair("Күн шықты.", "The sun rose.", document="day"),
                pair("Кешке боран соқты.", "There was a storm."),
                pair("Үйде 5 бөлме бар.", "There are 5 rooms in the house."),
                russian,
            ]
        )
    return path


def test_matches_are_lines_best_first(tmtool: Program, held: Path) -> None:
    """Percentage, kind, target, difference and document."""
    done = tmtool("-m", held, "lookup", "Күн шықты.", "-t", "en")
    assert done.stdout == "100\texact\tThe sun rose.\tКүн шықты.\tday\n"
    done = tmtool("-m", held, "lookup", "Ай шықты.", "-t", "en", "--min", "50")
    assert done.stdout.splitlines() == [
        " 70\tfuzzy\tThe sun rose.\t[-Күн-]{+Ай+} шықты.\tday",
    ]


def test_every_target_language_is_looked_at(tmtool: Program, held: Path) -> None:
    """Unless one is named; -n counts all of them."""
    done = tmtool("-m", held, "lookup", "Күн шықты.")
    assert [line.split("\t")[2] for line in done.stdout.splitlines()] == [
        "The sun rose.",
        "Взошло солнце.",
    ]
    assert len(tmtool("-m", held, "lookup", "Күн шықты.", "-n", "1").stdout.splitlines()) == 1


def test_replaced_numbers_are_marked(tmtool: Program, held: Path) -> None:
    """A proposal is not what the memory holds, and says so."""
    done = tmtool("-m", held, "lookup", "Үйде 8 бөлме бар.")
    assert done.stdout.split("\t")[1:3] == ["numbers", "# There are 8 rooms in the house."]


def test_json_has_all_there_is(tmtool: Program, held: Path) -> None:
    """One object a match, one text a line of standard input."""
    done = tmtool("-m", held, "lookup", "--json", input="Үйде 8 бөлме бар.\n\nКүн шықты.\n")
    first, second, _ = map(json.loads, done.stdout.splitlines())
    assert first["proposal"] == "There are 8 rooms in the house."
    assert first["unit"]["target"] == "There are 5 rooms in the house."
    assert ["only in b", "8"] in first["diff"]
    assert (second["text"], second["percent"], second["kind"]) == ("Күн шықты.", 100, "exact")


def test_each_line_is_answered_as_it_comes(
    environment: dict[str, str], held: Path, tmp_path: Path
) -> None:
    """Who writes into a pipe need not close it to read the answer; a line may have no end."""
    run = [sys.executable, "-m", "tmtool", "-m", str(held), "lookup", "--json"]
    with subprocess.Popen(
        run, env=environment, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdin
        assert program.stdout
        for text in ("Кешке боран соқты.", "Үйде 8 бөлме бар."):
            program.stdin.write(f"Мүлдем басқа.\n{text}\n".encode())
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["text"] == text
        program.stdin.write("\nКүн шықты.\r\nКүн шықты.".encode())
        program.stdin.close()
        answers = [json.loads(line)["text"] for line in program.stdout]
        assert answers == ["Күн шықты."] * 4
        assert program.wait() == 0


def test_at_a_terminal_lookup_says_what_to_do(start: Start, held: Path) -> None:
    """Once; each text that nothing is like is answered, too, and in no other place."""
    child = start("lookup", "-t", "en")
    child.expect_exact("Type a text and Enter; Ctrl-D ends.\r\n")
    child.sendline("Мүлдем басқа.")
    child.expect_exact("no match\r\n")
    child.sendline("Кешке боран соқты.")
    child.expect_exact("There was a storm.")
    child.sendeof()
    said, status = ended(child)
    assert status == 0
    assert "Type" not in said
    assert "no match" not in said


def test_lines_in_utf_16_are_read_as_a_whole(tmtool: Program, held: Path) -> None:
    """With a mark; without one how to make it readable is said, as of any text."""
    lines = "Кешке боран соқты.\nҮйде 8 бөлме бар.\n"
    assert tmtool("-m", held, "lookup", "-", input=lines.encode("utf-16")).stdout.count("\n") == 2
    said = tmtool("-m", held, "lookup", input=lines.encode("utf-16-le"), status=3).stderr
    assert said.startswith("tmtool: standard input: is UTF-16-LE without a byte order mark")
    other = lines.translate(str.maketrans("қҮө", "кУо")).encode("cp1251")
    assert "say so with --encoding" in tmtool("-m", held, "lookup", input=other, status=3).stderr
    done = tmtool("-m", held, "lookup", "--encoding", "cp1251", input=other)
    assert done.stdout.count("\n") == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--whole", "--regex"], "--whole and --regex exclude each other."),
        (["-o", "x.tmx", "--json"], "--output and --json exclude each other."),
        (["--to", "tmx"], "--to goes with -o."),
    ],
)
def test_options_of_a_concordance_that_do_not_go_together(
    tmtool: Program, held: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    """None is passed over in silence; what is typed comes before what a file says."""
    done = tmtool("-m", held, "concordance", "күн", *options, status=2)
    assert done.stderr.startswith(f"tmtool: {said}")
    assert not (tmp_path / "x.tmx").exists()
    (tmp_path / "tmtool.toml").write_text(
        '[concordance]\nwhole = true\njson = true\nto = "tmx"\n', "utf-8"
    )
    found = tmtool("-m", held, "concordance", "кү.", "--regex").stdout
    assert json.loads(found.splitlines()[0])["source_spans"] == [[0, 3]]
    tmtool("-m", held, "concordance", "күн", "-o", "x.tmx", "-t", "en")
    assert (tmp_path / "x.tmx").exists()


def test_nothing_found_is_an_answer(tmtool: Program, held: Path) -> None:
    """Exit code 1, and nothing on standard output."""
    done = tmtool("-m", held, "lookup", "Мүлдем басқа сөйлем.", status=1)
    assert (done.stdout, done.stderr) == ("", "no match\n")
    tmtool("-m", "none.db", "lookup", "Күн", status=4)


def test_hits_of_a_concordance_are_written_to_a_file(
    tmtool: Program, held: Path, tmp_path: Path
) -> None:
    """In any format, by its suffix or by name."""
    done = tmtool("-m", held, "concordance", "күн", "-t", "en", "-o", tmp_path / "hits.tmx")
    assert (done.stdout, done.stderr) == ("", f"{tmp_path}/hits.tmx: 1 unit\n")
    assert [unit.source.text for unit in read(tmp_path / "hits.tmx")] == ["Күн шықты."]
    done = tmtool("-m", held, "concordance", "күн", "-t", "en", "-o", "-", "--to", "jsonl")
    assert json.loads(done.stdout)["target"] == "The sun rose."
    done = tmtool("-m", held, "concordance", "түн", "-o", tmp_path / "none.tmx", status=1)
    assert not (tmp_path / "none.tmx").exists()
