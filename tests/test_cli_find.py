"""The commands lookup and concordance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Program, pair
from tmtool import read
from tmtool.memory import Memory
from tmtool.model import TranslationUnit, Variant


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
