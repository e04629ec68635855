"""Where tmtool runs: locales, names of files, line ends, clocks; and what is installed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import MOMENT, SEED, SEED_ENGLISH, Program, pair
from tmtool import memory as module
from tmtool.memory import Memory
from tmtool.model import Variant


@pytest.mark.parametrize("encoding", ["cp1251", "latin-1", "utf-16"])
def test_streams_are_utf_8_whatever_python_is_told(tmtool: Program, encoding: str) -> None:
    """A pipe gets the same bytes."""
    done = tmtool("segment", "-", input="Күн шықты. Түн болды.", PYTHONIOENCODING=encoding)
    assert done.stdout == "Күн шықты.\nТүн болды.\n"


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "xx_XX.KOI8-R"])
def test_texts_are_utf_8_in_any_locale(tmtool: Program, tmp_path: Path, locale: str) -> None:
    """In files, in pipes, in arguments, in names and in messages."""
    folder = tmp_path / "Құжаттар мен мәтіндер"
    folder.mkdir()
    (folder / "мәтін бір.kk.txt").write_text("Күн шықты. Түн болды.", "utf-8")
    (folder / "мәтін бір.en.txt").write_text("The sun rose. Night fell.", "utf-8")
    variables = {"LC_ALL": locale, "LANG": locale, "PYTHONDEVMODE": "", "PYTHONWARNINGS": ""}

    def run(*arguments: str | Path, **options: str | int) -> subprocess.CompletedProcess[str]:
        return tmtool("-m", "жады.db", *arguments, cwd=folder, **variables, **options)

    files = ("мәтін бір.kk.txt", "мәтін бір.en.txt")
    said = run("align", *files, "-t", "en", "--add", "--force").stderr
    assert "мәтін бір: 2 pairs added" in said
    assert run("documents").stdout.startswith("мәтін бір\tkk-en\t")
    assert run("segment", "-", input="Күн шықты. Түн болды.").stdout == "Күн шықты.\nТүн болды.\n"
    assert "\tThe sun rose.\t" in run("lookup", "Күн шықты.").stdout
    assert "шығыс.tmx: 2 units\n" in run("export", folder / "шығыс.tmx", "-d", "мәтін бір").stderr
    assert "Түн болды." in (folder / "шығыс.tmx").read_text("utf-8")
    assert "жоқ.tmx: no such file" in run("import", "жоқ.tmx", status=3).stderr


def test_line_ends_of_windows_make_no_difference(tmtool: Program, tmp_path: Path) -> None:
    """In texts, lists of pairs and of abbreviations, tables, and the configuration."""
    told = {}
    for name, end in (("unix", "\n"), ("windows", "\r\n")):
        folder = tmp_path / name
        folder.mkdir()
        files = {
            "a.kk.txt": "Бұл құж. Астанаға кетті. Екі.\n\nҮш.\n",
            "a.en.txt": "This doc. went to Astana. Two.\n\nThree.\n",
            "own.txt": "# own\nқұж\n",
            "list.tsv": "a.kk.txt\ta.en.txt\tb\n",
            "units.tsv": "Төрт.\tFour.\nБес.\tFive.\n",
            "units.csv": "source,target\nАлты.,Six.\n",
            "terms.tsv": "екі\ttwo\n",
            "units.po": 'msgid ""\nmsgstr "Language: en\\n"\n\nmsgid "Жеті."\nmsgstr "Seven."\n',
            "tmtool.toml": 'prefixes = "own.txt"\n[align]\ntarget = "en"\n',
        }
        for file, text in files.items():
            (folder / file).write_bytes(text.replace("\n", end).encode())
        m = ("-m", "m.db")
        kk_en = ("-s", "kk", "-t", "en")
        told[name] = [
            tmtool("segment", "a.kk.txt", cwd=folder).stdout,
            tmtool("segment", "--join-lines", "a.kk.txt", cwd=folder).stdout,
            tmtool(*m, "align", "--pairs", "list.tsv", "--add", "--force", cwd=folder).stderr,
            tmtool(*m, "import", "units.tsv", "units.csv", "units.po", *kk_en, cwd=folder).stderr,
            tmtool(*m, "terms", "--add", "terms.tsv", *kk_en, cwd=folder).stderr,
            tmtool(*m, "export", "-", "--to", "tsv", cwd=folder).stdout,
        ]
    assert told["windows"] == told["unix"]
    assert "Бұл құж. Астанаға кетті.\nЕкі.\nҮш.\n" in told["unix"]
    assert "Жеті.\tSeven.\n" in told["unix"][-1]


def test_a_clock_that_is_set_back_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done last is the newest, is undone first, and stands last in the history."""
    days = iter([0, 10, 5, 4, 4])
    monkeypatch.setattr(module, "_now", lambda: MOMENT + timedelta(days=next(days)))
    with Memory.open(tmp_path / "m.db", author="aigul") as memory:
        memory.add([pair("Иә.", "Day 0.", document="d")])
        (unit,) = memory.units()
        memory.change("edit", [(unit, replace(unit, target=Variant.of("en", "Day 10.")))])
        (exported,) = memory.units()
        memory.change("edit", [(exported, replace(exported, target=Variant.of("en", "Day 5.")))])
        (last,) = memory.units()
        assert exported.changed_at == MOMENT + timedelta(days=10)
        assert last.changed_at == exported.changed_at + timedelta(seconds=1)
        assert memory.add([exported], on_conflict="newest").unchanged == 1
        assert [action.number for action in memory.actions()] == [3, 2, 1]
        assert [event.action.number for event in memory.history(unit.id)][-1] == 3
        memory.undo()
        assert next(memory.units()).target.text == "Day 10."


def test_the_same_moment_gives_the_same_bytes(tmtool: Program, tmp_path: Path) -> None:
    """All that is written, of memories that were made at other times, with SOURCE_DATE_EPOCH.

    In whatever order Python keeps sets.
    """
    found = []
    moment = str(int(MOMENT.timestamp()))
    for order, name in (("1", "one"), ("2", "two")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "list.tsv").write_text(f"{SEED}\t{SEED_ENGLISH}\n", "utf-8")
        for arguments in (
            ["align", str(SEED), str(SEED_ENGLISH), "-t", "en", "--add"],
            ["replace", "historic", "great"],
            *(["export", f"all.{end}"] for end in ("tmx", "xlsx", "xlf", "xliff", "po", "html")),
            ["export", "all.jsonl"],
            ["report", "-o", "report.html"],
            ["check", "--to", "junit", "--fail-on", "never"],
            ["corpus", "list.tsv", "-t", "en", "-o", "shards"],
        ):
            variables = {"SOURCE_DATE_EPOCH": moment, "PYTHONHASHSEED": order}
            tmtool("-m", "m.db", *arguments, cwd=folder, **variables)
        files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".db"]
        found.append({str(path.relative_to(folder)): path.read_bytes() for path in files})
    assert len(found[0]) == 12
    assert [each for each in found[0] if found[0][each] != found[1][each]] == []
    assert b'creationdate="20251020T093000Z"' in found[0]["all.tmx"]
