"""The command check: what it reads, what it writes, how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from tests.conftest import SEED, SEED_ENGLISH, Program
from tmtool.checks import CHECKS

FAULTY = "Оның 5 кітабы бар.\tHe has 6  books.\nИә.\tYes.\n"
LANGUAGES = ("-s", "kk", "-t", "en")


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    """A file with a wrong number and a double space in its first unit."""
    (tmp_path / "a.tsv").write_text(FAULTY, "utf-8")
    return "a.tsv"


def test_findings_are_lines_with_the_place_and_the_text(tmtool: Program, faulty: str) -> None:
    """File and unit, severity, check, message, text at fault; exit 1 when there are some."""
    done = tmtool("check", faulty, *LANGUAGES, status=1)
    assert [line.split("\t") for line in done.stdout.splitlines()] == [
        ["a.tsv:1", "warning", "spaces", "two spaces", "  "],
        ["a.tsv:1", "error", "numbers", "6 stands for 5", "6"],
    ]
    assert done.stderr == "1 error, 1 warning\n"


def test_the_exit_code_follows_the_severity(tmtool: Program, faulty: str) -> None:
    """--fail-on names the least severity that fails."""
    spaces = ("check", faulty, *LANGUAGES, "--select", "spaces")
    tmtool(*spaces, status=1)
    tmtool(*spaces, "--fail-on", "error")
    tmtool(*spaces, "--fail-on", "info", status=1)
    tmtool("check", faulty, *LANGUAGES, "--fail-on", "never")


def test_checks_are_chosen_by_name(tmtool: Program, faulty: str) -> None:
    """Several by commas or by repeating; an unknown one is a usage error."""
    done = tmtool("check", faulty, *LANGUAGES, "--ignore", "spaces,numbers")
    assert (done.stdout, done.stderr) == ("", "nothing found\n")
    done = tmtool("check", faulty, *LANGUAGES, "--select", "end", "--select", "spaces", status=1)
    assert done.stdout.count("\n") == 1
    done = tmtool("check", faulty, "--select", "frobnicate", status=2)
    assert "there is no check 'frobnicate'; --list shows them" in done.stderr


def test_the_checks_are_listed_with_their_help(tmtool: Program) -> None:
    """Name, severity and help, one a line."""
    lines = tmtool("check", "--list").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(CHECKS)
    assert all(line.count("\t") == 2 for line in lines)


def test_json_is_one_object_a_line(tmtool: Program, faulty: str) -> None:
    """Everything that a finding holds, and where its unit is."""
    done = tmtool("check", faulty, *LANGUAGES, "--json", "--select", "numbers", status=1)
    (found,) = map(json.loads, done.stdout.splitlines())
    assert found == {
        "check": "numbers",
        "unit_id": "",
        "message": "6 stands for 5",
        "severity": "error",
        "side": "target",
        "span": [7, 8],
        "file": "a.tsv",
        "number": 1,
        "document": None,
    }


def test_sarif_names_rules_and_places(tmtool: Program, faulty: str) -> None:
    """One run, a rule for each check, a result for each finding."""
    done = tmtool("check", faulty, *LANGUAGES, "--to", "sarif", status=1)
    (run,) = json.loads(done.stdout)["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(CHECKS)
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
        ("spaces", "warning"),
        ("numbers", "error"),
    ]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a.tsv"},
        "region": {"startLine": 1, "startColumn": 9, "endColumn": 11},
    }
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_names_files_by_address(tmtool: Program, faulty: str, tmp_path: Path) -> None:
    """A name with spaces and Kazakh letters is a valid URI."""
    (tmp_path / faulty).rename(tmp_path / "менің 1.tsv")
    done = tmtool("check", "менің 1.tsv", *LANGUAGES, "--to", "sarif", status=1)
    (place,) = json.loads(done.stdout)["runs"][0]["results"][0]["locations"]
    uri = place["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "%D0%BC%D0%B5%D0%BD%D1%96%D2%A3%201.tsv"


def test_junit_is_xml_with_a_failure_for_each_finding(tmtool: Program, tmp_path: Path) -> None:
    """Whatever the text at fault holds; a file without findings passes."""
    (tmp_path / "odd.tsv").write_text("Сайт: a@b.kz\tSite: a@b.kz<&\u009b\"'.kz\n", "utf-8")
    (tmp_path / "fine.tsv").write_text("Иә.\tYes.\n", "utf-8")
    done = tmtool("check", "odd.tsv", "fine.tsv", *LANGUAGES, "--to", "junit", status=1)
    suites = etree.fromstring(done.stdout.encode())
    assert {suite.get("name") for suite in suites} == {"odd.tsv", "fine.tsv"}
    odd, fine = suites
    assert int(odd.get("failures", "")) == len(odd.findall(".//failure")) > 0
    assert fine.get("failures") == "0"


def test_the_memory_or_one_of_its_documents_is_checked(tmtool: Program) -> None:
    """Without a file; the seed has no fault."""
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "-d", "seed", "--add")
    assert tmtool("-m", "m.db", "check").stderr == "nothing found\n"
    assert tmtool("-m", "m.db", "check", "-d", "seed", "--json").stdout == ""
    done = tmtool("-m", "m.db", "check", "-d", "other", status=2)
    assert "no document 'other' in the memory; 'tmtool documents' lists" in done.stderr
    tmtool("-m", "none.db", "check", status=4)


def test_files_come_in_every_format_and_from_a_pipe(tmtool: Program, faulty: str) -> None:
    """The same findings, whatever the format."""
    tmtool("convert", faulty, "a.tmx", *LANGUAGES)
    tmtool("convert", faulty, "a.jsonl", *LANGUAGES)
    for arguments in (["a.tmx"], ["a.jsonl"], ["-", "--from", "tsv", *LANGUAGES]):
        done = tmtool("check", *arguments, input=FAULTY, status=1)
        assert done.stdout.count("\n") == 2
        assert f"{arguments[0]}:1\t" in done.stdout


def test_a_glossary_is_any_bilingual_file(tmtool: Program, tmp_path: Path) -> None:
    """Its units are terms."""
    (tmp_path / "terms.tsv").write_text("келісім\taccord\n", "utf-8")
    (tmp_path / "b.tsv").write_text("Олар келісімге келді.\tThey made a deal.\n", "utf-8")
    tmtool("check", "b.tsv", *LANGUAGES)
    done = tmtool("check", "b.tsv", *LANGUAGES, "--glossary", "terms.tsv", status=1)
    assert done.stdout == (
        "b.tsv:1\twarning\tterms\tкелісім is to be translated as accord\tкелісімге\n"
    )


def test_bad_input_is_one_line(tmtool: Program, faulty: str, tmp_path: Path) -> None:
    """A file that is not there or broken, languages that are not said, options that clash."""
    (tmp_path / "broken.tmx").write_text("<tmx>", "utf-8")
    for arguments, status in (
        ([faulty], 3),
        (["none.tmx"], 3),
        (["broken.tmx"], 3),
        (["a.txt"], 2),
        ([faulty, "-s", "kk"], 2),
        ([faulty, "-d", "x"], 2),
        ([faulty, *LANGUAGES, "--glossary", "none.tsv"], 3),
    ):
        done = tmtool("check", *arguments, status=status)
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
