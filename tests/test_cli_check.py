"""The command check: what it reads, what it writes, how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from junitparser import JUnitXml
from lxml import etree
from sarif_pydantic import Sarif

from tests.conftest import SEED, SEED_ENGLISH, Program
from tmtool.checks import CHECKS
from tmtool.memory import Memory

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
    assert [line.split("\t")[0] for line in lines if "optional" in line] == ["spelling"]


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
        "fix": None,
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
        "region": {"startLine": 1, "snippet": {"text": "  "}},
    }
    assert run["results"][0]["properties"] == {"side": "target", "span": [8, 10]}


def test_readers_of_sarif_and_junit_take_what_is_written(
    tmtool: Program, faulty: str, tmp_path: Path
) -> None:
    """Models of the formats that others keep."""
    done = tmtool("check", faulty, *LANGUAGES, "--to", "sarif", status=1)
    (run,) = Sarif.model_validate_json(done.stdout).runs
    assert [one.rule_id for one in run.results or []] == ["spaces", "numbers"]
    done = tmtool("check", faulty, *LANGUAGES, "--to", "junit", status=1)
    (tmp_path / "a.xml").write_text(done.stdout, "utf-8")
    (suite,) = JUnitXml.fromfile(str(tmp_path / "a.xml"))
    assert (suite.name, suite.tests, suite.failures) == ("a.tsv", 2, 2)
    assert [case.result[0].message for case in suite] == ["two spaces", "6 stands for 5"]


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
    assert (fine.get("tests"), fine.get("failures")) == ("1", "0")
    assert [case.get("name") for case in fine] == ["nothing found"]


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
        (["interview"], 3),
        (["--fix", "-d", "interview"], 4),
        (["broken.tmx"], 3),
        (["a.txt"], 3),
        ([faulty, "-s", "kk"], 2),
        ([faulty, "-d", "x"], 2),
        ([faulty, *LANGUAGES, "--glossary", "none.tsv"], 3),
    ):
        done = tmtool("check", *arguments, status=status)
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1


@pytest.fixture
def untidy(tmtool: Program, tmp_path: Path) -> Path:
    """A memory of a document with faults: spaces, a Latin letter, a number."""
    rows = [
        *("Күн шықты.\tThe  sun rose .", "Бұл сaлт.\tThis is a custom."),
        "Он 5 адам.\tThere were 6 people.",
    ]
    (tmp_path / "text.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    tmtool("-m", "m.db", "import", "text.tsv", *LANGUAGES, "-d", "text")
    return tmp_path / "m.db"


def test_what_needs_no_guess_is_mended(tmtool: Program, untidy: Path) -> None:
    """In one action that can be undone; a dry run shows it and changes nothing."""
    assert tmtool("-m", untidy, "check", status=1).stdout.count("\n") == 4
    done = tmtool("-m", untidy, "check", "--fix", "--dry-run")
    assert done.stdout.count("changed") == 2
    assert done.stderr == "2 changed; nothing is written\n"
    assert tmtool("-m", untidy, "check", "--fix").stderr == "2 changed\n"
    assert tmtool("-m", untidy, "check", "--fix").stderr == "nothing to do\n"
    with Memory.open(untidy) as memory:
        texts = {(unit.source.text, unit.target.text) for unit in memory.units()}
    assert ("Күн шықты.", "The sun rose.") in texts
    assert ("Бұл салт.", "This is a custom.") in texts
    assert tmtool("-m", untidy, "check", status=1).stdout.startswith("text:3\t")
    tmtool("-m", untidy, "undo")
    assert tmtool("-m", untidy, "check", status=1).stdout.count("\n") == 4


def test_a_file_is_mended_in_a_copy(tmtool: Program, untidy: Path, tmp_path: Path) -> None:
    """The checks may be chosen."""
    done = tmtool("check", "text.tsv", *LANGUAGES, "--fix", "-o", "b.tsv", "--select", "spaces")
    assert done.stderr == "b.tsv: 3 units\n1 changed\n"
    assert "The sun rose." in (tmp_path / "b.tsv").read_text("utf-8")
    assert "сaлт" in (tmp_path / "b.tsv").read_text("utf-8")
    tmtool("check", "text.tsv", *LANGUAGES, "--fix", status=2)
    tmtool("check", "text.tsv", *LANGUAGES, "--fix", "-o", "c.tsv", "--json", status=2)
    tmtool("check", "text.tsv", "-o", "b.tsv", status=2)


def test_the_house_style_comes_from_the_configuration(tmtool: Program, tmp_path: Path) -> None:
    """It is checked and mended; slips are said with the file."""
    (tmp_path / "a.tsv").write_text("Ол – 1 234 «адам».\tHe - «man» 1 234.\n", "utf-8")
    (tmp_path / "tmtool.toml").write_text(
        "[style.en]\ndash = '—'\nquotes = '“”'\nthousands = ','\n", "utf-8"
    )
    done = tmtool("check", "a.tsv", *LANGUAGES, status=1)
    assert [line.split("\t")[2] for line in done.stdout.splitlines()] == [
        *("quotes", "dashes", "number-format"),
    ]
    tmtool("check", "a.tsv", *LANGUAGES, "--fix", "-o", "b.tsv")
    assert "He—“man” 1,234.\n" in (tmp_path / "b.tsv").read_text("utf-8")
    (tmp_path / "tmtool.toml").write_text("[style.en]\ndash = '~'\n", "utf-8")
    done = tmtool("check", "a.tsv", *LANGUAGES, status=3)
    assert "tmtool.toml: '~' is no dash for style.en; write " in done.stderr


def test_a_mended_copy_keeps_what_the_file_says_of_all(tmtool: Program, tmp_path: Path) -> None:
    """The props and notes of the header of a TMX."""
    (tmp_path / "a.tmx").write_text(
        '<tmx version="1.4"><header creationtool="x" creationtoolversion="1" segtype="sentence" '
        'o-tmf="x" adminlang="en" srclang="kk" datatype="xml"><note>Ours</note>'
        '<prop type="client">Zhol</prop></header><body><tu><tuv xml:lang="kk"><seg>Бір</seg></tuv>'
        '<tuv xml:lang="en"><seg>One  x</seg></tuv></tu></body></tmx>',
        "utf-8",
    )
    tmtool("check", "a.tmx", "--fix", "-o", "b.tmx")
    mended = (tmp_path / "b.tmx").read_text("utf-8")
    assert "<seg>One x</seg>" in mended
    assert "<note>Ours</note>" in mended
    assert '<prop type="client">Zhol</prop>' in mended


def test_a_finding_is_dismissed_until_the_text_changes(tmtool: Program, untidy: Path) -> None:
    """It is no more reported, in exports neither; other findings are."""
    assert "text:3\twarning\tnumbers" in tmtool("-m", untidy, "check", status=1).stdout.replace(
        "error", "warning"
    )
    done = tmtool("-m", untidy, "check", "--dismiss", "text:3:numbers")
    assert done.stderr == "1 finding dismissed\n"
    assert "text:3" not in tmtool("-m", untidy, "check", status=1).stdout
    tmtool("-m", untidy, "export", "x.tmx")
    assert "x.tmx:3" not in tmtool("check", "x.tmx", status=1).stdout
    done = tmtool("-m", untidy, "check", "--dismiss", "text:3:numbers", status=2)
    assert "there is no finding 'text:3:numbers'; as 'tmtool check' shows them" in done.stderr
    tmtool("-m", untidy, "replace", "people", "persons")
    assert "text:3" in tmtool("-m", untidy, "check", status=1).stdout
    tmtool("check", "x.tmx", "--dismiss", "text:1:spaces", status=2)


def test_profiles_are_named_sets_of_options(tmtool: Program, faulty: str, tmp_path: Path) -> None:
    """Of the configuration; what is typed comes first, and slips are said."""
    (tmp_path / "tmtool.toml").write_text(
        "[check]\nselect = ['numbers', 'spaces']\n"
        "[check.profiles.layout]\nselect = ['spaces']\nfail-on = 'never'\n",
        "utf-8",
    )
    check = ("check", faulty, *LANGUAGES)
    assert tmtool(*check, status=1).stdout.count("\n") == 2
    done = tmtool(*check, "--profile", "layout")
    assert "spaces" in done.stdout
    assert "numbers" not in done.stdout
    tmtool(*check, "--profile", "layout", "--fail-on", "info", status=1)
    done = tmtool(*check, "--profile", "strict", status=2)
    assert "there is no profile 'strict'; tmtool.toml has layout." in done.stderr
    (tmp_path / "tmtool.toml").write_text("[check.profiles.layout]\nselct = 1\n", "utf-8")
    assert "'selct' is no option of check" in tmtool(*check, status=3).stderr


def test_one_bad_unit_does_not_keep_a_file_from_being_checked(
    tmtool: Program, tmp_path: Path
) -> None:
    """With --skip-bad it is named and counted, and the others keep their numbers."""
    units = ["Иә.\tYes.", "Жоқ", "25 теңге.\t52 tenge."]
    (tmp_path / "a.tsv").write_text("\n".join(units) + "\n", "utf-8")
    pair = ["-s", "kk", "-t", "en"]
    assert tmtool("check", "a.tsv", *pair, status=3).stdout == ""
    done = tmtool("check", "a.tsv", *pair, "--skip-bad", status=1)
    assert done.stdout.startswith("a.tsv:3\terror\tnumbers\t")
    assert done.stderr.startswith("tmtool: a.tsv:2: ")
    assert done.stderr.endswith("1 error\n1 bad left out\n")
    done = tmtool("check", "a.tsv", *pair, "--skip-bad", "--fail-on", "never", status=1)
    done = tmtool("check", "a.tsv", *pair, "--skip-bad", "--fix", "-o", "b.tsv", status=1)
    assert done.stderr.endswith("b.tsv: 2 units\nnothing to do\n1 bad left out\n")
    done = tmtool("convert", "a.tsv", "c.tsv", *pair, "--skip-bad", status=1)
    assert done.stderr.endswith("c.tsv: 2 units; 1 bad left out\n")
    tmtool("check", "--skip-bad", status=2)


def test_another_memory_is_checked_as_a_file_is(tmtool: Program, tmp_path: Path) -> None:
    """Its documents count their units; it can be converted and mended, too."""
    rows = "kk,en,ru\nОның 5 кітабы бар.,He has 6 books.,У него 5 книг.\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    tmtool("-m", "b.db", "import", "a.csv", "-d", "d")
    found = "d:1\terror\tnumbers\t6 stands for 5\t6\n"
    assert tmtool("check", "b.db", status=1).stdout == found
    done = tmtool("check", "b.db", "-s", "kk", "-t", "ru")
    left = "note: b.db: units in kk-en, not in kk-ru as -s and -t say, left out: 1\n"
    assert done.stderr == f"{left}nothing found\n"
    assert (
        tmtool("check", "b.db", "--fix", "-o", "c.tmx").stderr == "c.tmx: 2 units\nnothing to do\n"
    )
    assert (
        tmtool("convert", "b.db", "c.tsv", "-s", "kk", "-t", "ru").stderr
        == f"c.tsv: 1 unit\n{left}"
    )
    assert (tmp_path / "c.tsv").read_text("utf-8") == "Оның 5 кітабы бар.\tУ него 5 книг.\n"
    tmtool("convert", "b.db", "c.jsonl", "--lang-map", "kk=kk-KZ")
    assert (tmp_path / "c.jsonl").read_text("utf-8").count('"kk-KZ"') == 2


def test_units_in_languages_nobody_asked_for_are_counted(tmtool: Program, tmp_path: Path) -> None:
    """Where others are checked."""
    (tmp_path / "a.csv").write_text("kk,en,ru\nИә.,Yes.,Да.\n", "utf-8")
    tmtool("-m", "b.db", "import", "a.csv")
    left = "note: {}: units in kk-ru, not in kk-en as -s and -t say, left out: 1\n"
    for memory in ((), ("-m", "b.db")):
        file = () if memory else ("b.db",)
        done = tmtool(*memory, "check", *file, "-s", "kk", "-t", "en")
        assert done.stderr == f"{left.format('b.db')}nothing found\n"


def test_to_mend_languages_of_which_there_is_no_unit_is_no_success(
    tmtool: Program, tmp_path: Path
) -> None:
    """Of a file as of the memory; no file is written."""
    (tmp_path / "a.csv").write_text("kk,en\nИә бар.,Yes  it is.\n", "utf-8")
    tmtool("import", "a.csv", "-d", "a")
    for options in (["a.csv", "-o", "b.csv"], ["a.csv", "--dry-run"], []):
        done = tmtool("check", "--fix", *options, "-s", "ru", "-t", "de", status=1)
        assert done.stderr == "no unit is in ru-de, as -s and -t say; nothing is mended\n"
        assert not (tmp_path / "b.csv").exists()
    assert "1 changed" in tmtool("check", "--fix", "-s", "kk", "-t", "en").stderr


@pytest.mark.parametrize("kind", ["table", "json", "sarif", "junit"])
def test_languages_of_which_there_is_no_unit_are_no_success(
    kind: str, tmtool: Program, tmp_path: Path
) -> None:
    """Of a file as of the memory; that is said, and what is written for machines is whole."""
    (tmp_path / "a.csv").write_text("kk,en\nИә.,Yes.\n", "utf-8")
    tmtool("import", "a.csv", "-d", "a")
    for files in (["a.csv"], []):
        assert tmtool("check", *files, "-s", "kk", "-t", "en", "--to", kind).returncode == 0
        done = tmtool("check", *files, "-s", "ru", "-t", "de", "--to", kind, status=1)
        assert "no unit is in ru-de, as -s and -t say; nothing is checked" in done.stderr
        assert "nothing found" not in done.stderr
        if kind == "sarif":
            assert json.loads(done.stdout)["runs"][0]["results"] == []
