"""The commands stats and pretranslate."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.conftest import Program, pair
from tmtool.memory import Memory

TEXT = "Күн шықты. Ай батты.\nҮйде 8 бөлме бар екен, бәрі үлкен.\nАй батты.\n"


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A small memory, and texts in a folder."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(
            [
                pair("Күн шықты.", "The sun rose."),
                pair("Үйде 5 бөлме бар екен, бәрі үлкен.", "There are 5 rooms, all of them large."),
            ]
        )
    (tmp_path / "texts" / "in").mkdir(parents=True)
    (tmp_path / "texts" / "a.kk.txt").write_text(TEXT, "utf-8")
    (tmp_path / "texts" / "a.en.txt").write_text("The sun rose.", "utf-8")
    (tmp_path / "texts" / "in" / "b.txt").write_text("date 2025-10-20 Ай – батты.\n", "utf-8")
    (tmp_path / "texts" / "out.tmx").write_text("not looked at", "utf-8")
    return tmp_path / "m.db"


def test_a_text_is_a_table_of_bands(tmtool: Program, held: Path) -> None:
    """One table for one text; it fits in 80 columns."""
    shown = tmtool("-m", held, "stats", "texts/a.kk.txt", "-t", "en").stdout
    rows = {line[:22].strip(): line[22:].split() for line in shown.splitlines()}
    assert rows["100 %"] == ["1", "2", "10", "9", "25", "%", "0.50"]
    assert rows["repetitions"] == ["1", "2", "9", "8", "25", "%", "0.50"]
    assert rows["95–99 %"] == ["1", "7", "34", "28", "40", "%", "2.80"]
    assert rows["no match"] == ["1", "2", "9", "8", "100", "%", "2.00"]
    assert rows["total"] == ["4", "13", "62", "53", "5.80"]
    assert max(map(len, shown.splitlines())) <= 80


def test_several_texts_have_their_words_by_band_and_a_sum(tmtool: Program, held: Path) -> None:
    """Of a folder what tmtool writes and what is in the target language is no text to count."""
    shown = tmtool("-m", held, "stats", "texts", "-t", "en").stdout
    files, _, table = shown.partition("\n\n")
    bands = ("95–99", "85–94", "75–84", "50–74")
    assert [line.split() for line in files.splitlines()] == [
        ["words", "101", "rep.", "cross", "100", *bands, "none", "total"],
        ["texts/a.kk.txt", *"02027000", "2", "13"],
        ["texts/in/b.txt", *"00000000", "2", "2"],
        ["2", "files", *"02027000", "4", "15"],
    ]
    assert table.splitlines()[-1].split()[:3] == ["total", "5", "15"]


def test_a_long_name_loses_its_beginning(tmtool: Program, held: Path, tmp_path: Path) -> None:
    """The table fits all the same, and shows no control character."""
    name = "ұзақ-" * 15 + "\x1b[31m"
    for number in range(2):
        (tmp_path / f"{name}{number}.txt").write_text("Иә. " * 300, "utf-8")
    files = [path.name for path in tmp_path.glob("ұзақ*")]
    shown = tmtool("-m", held, "stats", *files, "-t", "en").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "\x1b" not in shown
    assert "1.txt " in shown


def test_csv_and_json_have_every_figure(tmtool: Program, held: Path) -> None:
    """The same figures by file and band, and of all files."""
    made = tmtool("-m", held, "stats", "texts", "-t", "en", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(made.removeprefix("\ufeff"))))
    lines = tmtool("-m", held, "stats", "texts", "-t", "en", "--json").stdout.splitlines()
    objects = [json.loads(line) for line in lines]
    assert [found["file"] for found in objects] == ["texts/a.kk.txt", "texts/in/b.txt", None]
    assert len(rows) == 10 * len(objects)
    for row in rows:
        (found,) = (o for o in objects if (o["file"] or "") == row["file"])
        figures = found["total"] if row["band"] == "total" else found["bands"][row["band"]]
        for name in ("segments", "words", "characters", "characters_without_spaces"):
            assert int(row[name]) == figures[name]
        if row["band"] != "total":
            weighted = figures["words"] * figures["rate"] / 100
            assert float(row["weighted_words"]) == pytest.approx(weighted)
    assert objects[-1]["total"]["weighted_words"] == 7.8


def test_a_name_is_no_formula(tmtool: Program, held: Path, tmp_path: Path) -> None:
    """A spreadsheet shows it and runs nothing."""
    (tmp_path / "=1+1.txt").write_text("Иә.", "utf-8")
    tmtool("-m", held, "stats", "=1+1.txt", "-t", "en", "--csv", "-o", "s.csv")
    assert "\n'=1+1.txt,none," in (tmp_path / "s.csv").read_text("utf-8-sig")


def test_rates_are_given_or_stand_in_the_configuration(
    tmtool: Program, held: Path, tmp_path: Path
) -> None:
    """What is not said keeps its default; the command line stands in place of the file."""

    def weighted(*rates: str) -> float:
        options = [part for rate in rates for part in ("--rate", rate)]
        done = tmtool("-m", held, "stats", "texts/a.kk.txt", "-t", "en", "--json", *options)
        found: float = json.loads(done.stdout.splitlines()[-1])["total"]["weighted_words"]
        return found

    assert weighted("100=0", "95-99=50%") == 0 + 0.5 + 3.5 + 2
    (tmp_path / "tmtool.toml").write_text('[stats]\nrate = ["none=50", "100=100"]\n', "utf-8")
    assert weighted() == 2 + 0.5 + 2.8 + 1
    assert weighted("100=0") == 0 + 0.5 + 2.8 + 2
    for wrong, message in (("99=1", "'99=1' names no band"), ("none=x", "0 to 100 per cent")):
        assert message in tmtool("stats", "a", "--rate", wrong, status=2).stderr
    (tmp_path / "tmtool.toml").write_text("[stats]\nrate = 7\n", "utf-8")
    assert tmtool("-m", held, "stats", "texts", status=3).stderr.count("\n") == 1


def test_without_a_target_no_memory_is_wanted(tmtool: Program) -> None:
    """Words and repetitions can be counted all the same, from a pipe too."""
    done = tmtool("-m", "none.db", "stats", "--json", input=TEXT)
    bands = json.loads(done.stdout.splitlines()[0])["bands"]
    assert (bands["none"]["segments"], bands["repetition"]["segments"]) == (3, 1)
    tmtool("-m", "none.db", "stats", "-t", "en", input=TEXT, status=4)


def test_texts_are_read_as_by_the_other_commands(tmtool: Program, tmp_path: Path) -> None:
    """Hard-wrapped ones and legacy encodings."""
    (tmp_path / "a.txt").write_bytes("Жаңа күн\r\nшықты.".encode("kz1048"))
    shown = tmtool("stats", "a.txt", "--encoding", "kz1048", "--join-lines").stdout
    assert shown.splitlines()[-1].split()[:5] == ["total", "1", "3", "15", "13"]


def test_a_file_that_cannot_be_read_is_reported(
    tmtool: Program, held: Path, tmp_path: Path
) -> None:
    """The others are counted, and the exit code tells; alone it is an error."""
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfa\xf3")
    (tmp_path / "empty").mkdir()
    done = tmtool("-m", held, "stats", "bad.txt", "texts/a.kk.txt", "-t", "en", status=1)
    assert done.stderr.startswith("tmtool: bad.txt:1: is not UTF-8")
    assert done.stderr.endswith("1 file of 2 not counted\n")
    assert done.stdout.splitlines()[-1].split()[:2] == ["total", "4"]
    tmtool("-m", held, "stats", "bad.txt", "-t", "en", status=3)
    done = tmtool("stats", "empty", status=3)
    assert done.stderr == "tmtool: empty: holds no text; name a folder with texts\n"
    tmtool("stats", "--csv", "--json", status=2)
    tmtool("-m", held, "stats", "texts/a.kk.txt", "-o", "texts/a.kk.txt", status=2)


def test_words_are_those_that_the_document_has(tmtool: Program, held: Path) -> None:
    """What was quoted is what review counts as done."""
    done = tmtool("stats", "texts/a.kk.txt", "--json").stdout.splitlines()[-1]
    tmtool("-m", held, "pretranslate", "texts/a.kk.txt", "-t", "en")
    shown = tmtool("-m", held, "review", "a", "--plain", input="v\n").stdout
    words = [int(line.split()[1]) for line in shown.splitlines() if line.endswith(" words")]
    assert sum(words) == json.loads(done)["total"]["words"] == 13


def test_pretranslation_fills_a_document(tmtool: Program, held: Path, tmp_path: Path) -> None:
    """The very same sentences by default; more on demand, and the rest of it then."""
    done = tmtool("-m", held, "pretranslate", "texts/a.kk.txt", "-t", "en")
    assert done.stderr == "a: 1 unit pretranslated, 1 exact; 3 left open\n"
    done = tmtool("-m", held, "pretranslate", "texts/a.kk.txt", "-t", "en", "--min", "75")
    assert done.stderr == (
        "a: 1 unit pretranslated, 0 exact, 1 doubtful; see 'tmtool review a'; 2 left open\n"
    )
    lines = tmtool("-m", held, "export", "-", "-d", "a", "--to", "jsonl").stdout.splitlines()
    units = [json.loads(line) for line in lines]
    assert [(unit["target"], unit["state"]) for unit in units] == [
        ("The sun rose.", "translated"),
        ("", "initial"),
        ("There are 8 rooms, all of them large.", "initial"),
        ("", "initial"),
    ]
    before = tmtool("-m", held, "undo", "--dry-run").stdout
    assert before.split("\t")[3:] == ["pretranslate", "1 unit\n"]
    for said in ("pretranslate, 1 unit", "add pretranslated, 4 units"):
        assert tmtool("-m", held, "undo").stderr == f"undone: {said}\n"
    assert "a\tkk-en" not in tmtool("-m", held, "documents").stdout


def test_a_doubtful_pretranslation_is_in_no_tmx(tmtool: Program, held: Path) -> None:
    """A CAT tool would take it for a translation; a format with states has it, and who asks."""
    tmtool("-m", held, "pretranslate", "texts/a.kk.txt", "-t", "en", "--min", "75")
    tmx = ("-m", held, "export", "-", "-d", "a", "--to", "tmx")
    done = tmtool(*tmx)
    assert done.stdout.count("<tu ") == 1
    assert "; 1 doubtful pretranslation left out\n" in done.stderr
    assert tmtool(*tmx, "--for", "omegat").stdout.count("<tu ") == 1
    assert tmtool(*tmx, "--state", "initial").stdout.count("<tu ") == 1
    xliff = tmtool("-m", held, "export", "-", "-d", "a", "--to", "xliff").stdout
    assert "There are 8 rooms" in xliff


def test_no_other_command_takes_it_for_a_translation(
    tmtool: Program, held: Path, tmp_path: Path
) -> None:
    """What writes the units of a memory to such a format withholds it, and says so."""
    tmtool("-m", held, "pretranslate", "texts/a.kk.txt", "-t", "en", "--min", "75")
    tmtool("convert", held, "all.jsonl")
    for command in (
        "merge HELD -o x.tmx",
        "dedupe HELD -o x.tmx",
        "replace Sun Star HELD -o x.tmx",
        "remove HELD --match rose -o x.tmx",
        "convert HELD x.tsv",
        "convert HELD x --to moses",
        "convert HELD x.tmx --split document --dry-run",
        "convert all.jsonl x.tmx",
        "convert HELD x.tmx",
    ):
        done = tmtool(*(str(held) if word == "HELD" else word for word in command.split()))
        assert "; 1 doubtful pretranslation left out" in done.stderr, command
    assert "There are 8 rooms" not in (tmp_path / "x.tmx").read_text("utf-8")
    assert "pretranslation" not in tmtool("merge", held, "-o", "x.xliff").stderr


@pytest.mark.parametrize("command", ["convert IN OUT", "dedupe IN -o OUT", "merge IN -o OUT"])
def test_who_asked_for_it_keeps_it(
    tmtool: Program, held: Path, tmp_path: Path, command: str
) -> None:
    """A TMX that has it is written anew with it."""
    tmtool("-m", held, "pretranslate", "texts/a.kk.txt", "-t", "en", "--min", "75")
    tmtool("-m", held, "export", "asked.tmx", "--state", "initial")
    tmtool(*command.replace("IN", "asked.tmx").replace("OUT", "x.tmx").split())
    assert "There are 8 rooms" in (tmp_path / "x.tmx").read_text("utf-8")


def test_one_of_several_translations_is_said_to_be_doubtful(
    tmtool: Program, tmp_path: Path
) -> None:
    """No person chose it: it is counted and shown, and left out of a TMX as others in doubt are."""
    (tmp_path / "two.tsv").write_text("Иә.\tYes.\nИә.\tWell.\n", "utf-8")
    tmtool("-m", "m.db", "import", "two.tsv", "-s", "kk", "-t", "en")
    (tmp_path / "p.kk.txt").write_text("Иә.\n", "utf-8")
    done = tmtool("-m", "m.db", "pretranslate", "p.kk.txt", "-t", "en")
    assert done.stderr == (
        "p: 1 unit pretranslated, 0 exact, 1 doubtful (1 of several translations); "
        "see 'tmtool review p'; 0 left open\n"
    )
    for path in ("p.tmx", "p.tsv"):
        done = tmtool("-m", "m.db", "export", path, "-d", "p", status=1)
        assert done.stderr == (
            "no unit to export, but 1 doubtful pretranslation; --state initial asks for it\n"
        )
    asked = ("-m", "m.db", "export", "-", "-d", "p", "--state", "initial", "--to", "tsv")
    assert tmtool(*asked).stdout == "Иә.\tYes.\n"
