"""The glossary of the memory: what is kept, what checks make of it, the command."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.conftest import WITHOUT_SUMS, Program, pair
from tests.test_formats_tables import table
from tmtool.checks import check
from tmtool.document import Document
from tmtool.memory import Added, Memory
from tmtool.model import STATUSES, Term
from tmtool.store import is_url

PAIR = ("kk", "en")
TERM = Term("келісім", "agreement", "law", subject="law", definition="x", concept="c1")

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
terms = st.builds(
    Term,
    *(texts, texts, texts, st.sampled_from(STATUSES), texts, texts, texts),
    st.sampled_from(["", *STATUSES]),
    st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(terms, max_size=5, unique_by=lambda term: (term.source, term.target)))
def test_terms_are_kept_as_they_were_given(fresh: Callable[[], str], given: list[Term]) -> None:
    """By languages; adding them again changes nothing."""
    place = fresh()
    has_nul = any("\0" in text for term in given for text in astuple(term))
    assume(not (has_nul and is_url(place)))  # a server keeps none
    with Memory.open(place) as memory:
        assert memory.add_terms(given, PAIR) == Added(new=len(given))
        assert memory.add_terms(given, PAIR) == Added(unchanged=len(given))
        memory.add_terms([TERM], ("kk", "ru"))
        kept = [term for _, term in memory.terms(PAIR)]
        assert sorted(kept, key=repr) == sorted(given, key=repr)
        assert len(list(memory.terms())) == len(given) + 1
        assert memory.withdraw_terms(given, PAIR) == len(given)
        assert list(memory.terms()) == [(("kk", "ru"), TERM)]


def test_what_is_said_of_a_term_may_change(memory: Memory) -> None:
    """The latest holds; a term that was taken out comes back when it is added."""
    memory.add_terms([TERM], PAIR)
    other = Term("келісім", "agreement", "contracts", "admitted")
    assert memory.add_terms([other], PAIR) == Added(replaced=1)
    memory.withdraw_terms([other], PAIR)
    assert list(memory.terms()) == []
    memory.add_terms([other], PAIR)
    assert list(memory.terms()) == [(PAIR, other)]


def test_what_a_list_leaves_empty_is_kept(tmtool: Program, tmp_path: Path) -> None:
    """A bare list of what is there takes nothing from it; what a list says counts, once each."""
    (tmp_path / "full.tsv").write_text(
        "source\ttarget\tnote\tstatus\tdefinition\n"
        "келісім\tagreement\tlaw\tdeprecated\tmeeting of minds\n",
        "utf-8",
    )
    (tmp_path / "bare.tsv").write_text("келісім\tagreement\nсапар\tvisit\n", "utf-8")
    (tmp_path / "note.tsv").write_text("келісім\tagreement\nкелісім\tagreement\tx\n", "utf-8")
    command = ["-m", "m.db", "terms", "-s", "kk", "-t", "en"]
    tmtool(*command, "--add", "full.tsv")
    held = tmtool(*command, "келісім", "--json").stdout
    assert tmtool(*command, "--add", "bare.tsv").stderr == "bare.tsv: 1 new, 1 unchanged\n"
    assert tmtool(*command, "келісім", "--json").stdout == held
    done = tmtool(*command, "--add", "note.tsv")
    assert done.stderr == "note.tsv: 0 new, 1 changed, 0 unchanged\n"
    assert tmtool(*command, "келісім", "--json").stdout == held.replace('"law"', '"x"')
    tmtool("-m", "m.db", "undo")
    assert tmtool(*command, "келісім", "--json").stdout == held


@pytest.mark.parametrize("suffix", ["tsv", "txt", "csv", "xlsx"])
def test_a_client_heads_a_list_of_terms_as_any_table(
    tmtool: Program, tmp_path: Path, suffix: str
) -> None:
    """Titles above, languages in any order, of which -s and -t choose; all else is a note."""
    rows = [["Глоссарий", "", "", "", "", ""]]
    rows += [["№", "Английский", "KZ", "Рус.", "Анықтама", "Статус"]]
    rows += [["1", "agreement", "келісім", "соглашение", "bond", "Бекітілді"]]
    rows += [["2", "", "сапар", "визит", "", "Preferred"]]
    path = tmp_path / f"g.{suffix}"
    path.write_bytes(table(rows, "tsv" if suffix == "txt" else suffix))
    for target, text, last in [("en", "agreement", 1), ("ru", "соглашение", 2)]:
        command = ["-m", "m.db", "terms", "-s", "kk", "-t", target]
        done = tmtool(*command, "--add", path.name)
        notes = [f"note: {path.name}: rows above the heading, left out: 1\n"]
        if last == 1:
            notes += [f"note: {path.name}: rows without a term in both languages, left out: 1\n"]
        assert done.stderr == "".join([f"{path.name}: {last} new, 0 unchanged\n", *notes])
        term, *_ = map(json.loads, tmtool(*command, "--json").stdout.splitlines())
        assert (term["source"], term["target"], term["definition"]) == ("келісім", text, "bond")
        assert (term["note"], term["status"]) == ("№: 1; статус: Бекітілді", "preferred")
    done = tmtool("-m", "m.db", "terms", "--add", path.name, "-s", "kk", "-t", "tr", status=3)
    assert "holds no terms from kk to tr; its languages are en, kk, ru" in done.stderr


def test_a_list_may_name_the_language_of_one_side(tmtool: Program, tmp_path: Path) -> None:
    """The other one is the one that is left."""
    (tmp_path / "g.csv").write_text("Термин;Английский\nкелісім;agreement\n", "utf-8")
    command = ["-m", "m.db", "terms", "--add", "g.csv"]
    assert tmtool(*command, "-s", "kk", "-t", "en").stderr == "g.csv: 1 new, 0 unchanged\n"
    assert tmtool(*command, "-s", "en", "-t", "kk").stderr == "g.csv: 1 new, 0 unchanged\n"
    assert "its languages are en" in tmtool(*command, "-s", "kk", "-t", "ru", status=3).stderr


def test_a_list_may_be_in_a_legacy_encoding(tmtool: Program, tmp_path: Path) -> None:
    """As old Windows programs write it; what says its encoding itself is told so."""
    (tmp_path / "g.txt").write_bytes("шарт\tдоговор\n".encode("cp1251"))
    command = ["-m", "m.db", "terms", "-s", "kk", "-t", "ru"]
    done = tmtool(*command, "--add", "g.txt", "--encoding", "cp1251")
    assert done.stderr == "g.txt: 1 new, 0 unchanged\n"
    assert tmtool(*command).stdout == "kk-ru\tшарт\tдоговор\tpreferred\n"
    tmtool(*command, "-o", "g.tbx")
    done = tmtool(*command, "--add", "g.tbx", "--encoding", "cp1251", status=2)
    assert "g.tbx: says itself what its encoding is; leave it out" in done.stderr


def test_several_lists_are_added_together_or_not_at_all(tmtool: Program, tmp_path: Path) -> None:
    """What is wrong with a later one, or with an option for it, is found before; and a list is
    never written over the memory."""
    (tmp_path / "g.txt").write_text("шарт\tcontract\n", "utf-8")
    (tmp_path / "empty.txt").write_text("", "utf-8")
    (tmp_path / "m.tsv").touch()
    command = ["-m", "m.tsv", "terms", "-s", "kk", "-t", "en"]
    tmtool(*command, "--add", "g.txt")
    tmtool(*command, "--remove", "шарт")
    (tmp_path / "g.tbx").write_text("<martif/>", "utf-8")
    tmtool(*command, "--add", "g.txt", "--add", "empty.txt", status=3)
    encoding = ["--encoding", "cp1251"]
    tmtool(*command, "--add", "g.txt", "--add", "g.tbx", *encoding, status=2)
    tmtool(*command, status=1)
    tmtool(*command, "--add", "g.txt")
    done = tmtool(*command, "-o", "m.tsv", status=2)
    assert "m.tsv is read by this command" in done.stderr
    assert tmtool(*command).stdout == "kk-en\tшарт\tcontract\tpreferred\n"


def test_a_reviewer_is_warned_where_a_term_is_not_used(memory: Memory) -> None:
    """In the very pair, with the endings that the term takes."""
    memory.add_terms([TERM, Term("шарт", "condition", status="deprecated")], PAIR)
    texts = [("Келісімге қол қойылды.", "The pact was signed."), ("Шарт жоқ.", "No terms.")]
    texts += [("Келісімге қол қойылды.", "The agreement was signed.")]
    memory.add([pair(*both, document="d") for both in texts])
    document = Document(memory, "d", *PAIR)
    found = [[flaw.message for flaw in document.flaws(unit)] for unit in document.units]
    assert found == [["келісім is to be translated as agreement"], [], []]
    assert document.terms(document.units[1]) == {}


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("Сапар басталды.", "The trip has begun.", {"trip"}),
        ("Сапар мен сапар.", "Trips, the visit, a journey.", {"Trips", "journey"}),
        ("Сапар басталды.", "The visit has begun; see our journal.", set()),
        ("Сапар парағы бар.", "A visit with a trip sheet.", set()),
        ("Сапар парағы бар.", "A trip, with a trip sheet, that is a visit.", {"trip"}),
        ("Жол басталды.", "The trip has begun.", set()),
        ("Шарт бар.", "There is a condition.", {"condition"}),
        ("Шарт пен күй.", "A condition.", set()),
    ],
)
def test_a_translation_that_must_not_be_used_is_found(
    source: str, target: str, found: set[str]
) -> None:
    """Where its term occurs, and the word is no translation that is right there."""
    terms = [
        Term("сапар", "trip", status="deprecated"),
        Term("сапар", "journey", status="deprecated"),
        Term("сапар", "visit"),
        Term("сапар парағы", "trip sheet", status="admitted"),
        Term("шарт", "condition", status="deprecated"),
        Term("күй", "condition"),
    ]
    flaws = list(check([pair(source, target)], ["terms"], (), [term.unit(PAIR) for term in terms]))
    assert {target[slice(*flaw.span)] for flaw in flaws if flaw.span} == found
    assert all("must not be translated as" in flaw.message for flaw in flaws)
    assert len(flaws) == len(found)


def test_the_command_reports_what_must_not_be_used(tmtool: Program, tmp_path: Path) -> None:
    """With the glossary of the memory, and with that of a file."""
    (tmp_path / "t.csv").write_text("kk,en,status\nсапар,trip,forbidden\nсапар,visit,\n", "utf-8")
    (tmp_path / "u.tsv").write_text("Сапар басталды.\tThe trip has begun.\n", "utf-8")
    said = "warning\tterms\tсапар must not be translated as trip, but as visit\ttrip\n"
    given = tmtool("check", "u.tsv", "-s", "kk", "-t", "en", "--glossary", "t.csv", status=1)
    assert given.stdout == f"u.tsv:1\t{said}"
    tmtool("-m", "m.db", "terms", "--add", "t.csv", "-s", "kk", "-t", "en")
    tmtool("-m", "m.db", "import", "u.tsv", "-s", "kk", "-t", "en")
    assert tmtool("-m", "m.db", "check", status=1).stdout == f"m.db:1\t{said}"


def test_the_command_keeps_a_glossary(tmtool: Program, tmp_path: Path) -> None:
    """Add, list, find, write, remove; checks use it."""
    (tmp_path / "g.tsv").write_text("келісім\tagreement\tlaw\nсапар\tvisit\n", "utf-8")
    command = ["-m", "m.db", "terms"]
    both = ["-s", "kk", "-t", "en"]
    assert tmtool(*command, "--add", "g.tsv", *both).stderr == "g.tsv: 2 new, 0 unchanged\n"
    assert tmtool(*command, "--add", "g.tsv", *both).stderr == "g.tsv: 0 new, 2 unchanged\n"
    listed = "kk-en\tкелісім\tagreement\tpreferred\tlaw\nkk-en\tсапар\tvisit\tpreferred\n"
    assert tmtool(*command).stdout == listed
    assert tmtool(*command, "VISIT").stdout == "kk-en\tсапар\tvisit\tpreferred\n"
    assert json.loads(tmtool(*command, "сап", "--json").stdout) == {
        **{"source_language": "kk", "target_language": "en"},
        **{"source": "сапар", "target": "visit", "status": "preferred"},
    }
    (tmp_path / "a.tsv").write_text("Сапары басталды.\tThe trip began.\n", "utf-8")
    done = tmtool("-m", "m.db", "check", "a.tsv", *both, "--select", "terms", status=1)
    assert "сапар is to be translated as visit" in done.stdout
    assert tmtool(*command, "-o", "g.tbx", *both).stderr == "g.tbx: 2 terms\n"
    piped = tmtool(*command, "-o", "-", *both).stdout
    assert tmtool(*command, "--add", "-", *both, input=piped).stderr == "-: 0 new, 2 unchanged\n"
    assert not (tmp_path / "-").exists()
    for name in ("g2.csv", "g2.tsv"):
        tmtool(*command, "-o", name)
        for memory in ("m.db", f"{name}.db"):
            said = tmtool("-m", memory, "terms", "--add", name).stderr
            assert said.startswith(f"{name}: {'0 new, 2' if memory == 'm.db' else '2 new, 0'} un")
        assert tmtool("-m", f"{name}.db", "terms").stdout == listed
    assert tmtool(*command, "--remove", "Келісім", *both).stderr == "1 term removed\n"
    assert tmtool(*command, "келісім", status=1).stderr == "no such term\n"
    assert tmtool(*command, "--add", "g.tbx", *both).stderr == "g.tbx: 1 new, 1 unchanged\n"


def test_what_was_done_to_terms_is_undone(memory: Memory) -> None:
    """Added, changed and removed ones, one after another, and done again; units beside them."""
    changed, other = replace(TERM, note="of the state"), Term("сапар", "visit")

    def held() -> list[Term]:
        return [term for _, term in memory.terms()]

    states = [held()]
    for change, terms in (
        (memory.add_terms, [TERM, other]),
        (memory.add_terms, [changed, TERM, changed]),
        (memory.withdraw_terms, [changed, other]),
        (memory.add_terms, [other]),
    ):
        change(terms, PAIR)
        states.append(held())
    assert states == [[], [TERM, other], [changed, other], [], [other]]
    assert memory.add_terms([other], PAIR) == Added(unchanged=1)
    assert [action.units for action in memory.actions()] == [1, 2, 1, 2]
    memory.add([pair("Иә.", "Yes.")])
    assert memory.undo() == ("add", 1)
    for state in reversed(states[:-1]):
        done = memory.undo()
        assert done is not None
        assert done[0] == "terms"
        assert held() == state
    for state in states[1:]:
        memory.redo()
        assert held() == state
    memory.undo_since(1)
    assert held() == []
    memory.forget()
    assert memory.undo() is None


def test_terms_taken_out_come_back_with_undo(tmtool: Program, tmp_path: Path) -> None:
    (tmp_path / "g.tsv").write_text("келісім\tagreement\nсапар\tvisit\n", "utf-8")
    both = ["-s", "kk", "-t", "en"]
    tmtool("-m", "m.db", "terms", "--add", "g.tsv", *both)
    listed = tmtool("-m", "m.db", "terms").stdout
    tmtool("-m", "m.db", "terms", "--remove", "сапар", *both)
    assert tmtool("-m", "m.db", "undo").stderr == "undone: terms, 1 term\n"
    assert tmtool("-m", "m.db", "terms").stdout == listed


def test_what_an_earlier_version_did_to_terms_is_undone(tmp_path: Path) -> None:
    """Its history knows nothing of props."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add_terms([TERM], PAIR)
        memory.add_terms([replace(TERM, note="x", props=(("target:context", "A deal."),))], PAIR)
    with closing(sqlite3.connect(tmp_path / "m.db")) as db, db:
        for statement in (*WITHOUT_SUMS, "PRAGMA user_version = 10"):
            db.execute(statement)
        db.execute("UPDATE term_history SET before = json_remove(before, '$[6]')")
    with Memory.open(tmp_path / "m.db") as memory:
        memory.undo()
        assert list(memory.terms()) == [(PAIR, TERM)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--remove"], "--remove needs a TERM"),
        (["--add", "g.tsv", "-o", "h.tbx"], "exclude each other"),
        (["-s", "kk"], "-s and -t go together"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmtool: Program, arguments: list[str], message: str
) -> None:
    """Before anything is done."""
    assert message in tmtool("-m", "m.db", "terms", *arguments, status=2).stderr


TBX = (
    '<martif type="TBX"><text><body><termEntry>'
    '<langSet xml:lang="kk"><tig><term>сапар</term></tig></langSet>'
    '<langSet xml:lang="en"><tig><term>visit</term></tig></langSet>'
    "%s</termEntry></body></text></martif>"
)
RUSSIAN = '<langSet xml:lang="ru"><tig><term>визит</term></tig></langSet>'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("g.tbx", TBX % ""),
        ("g.csv", "Қазақша,English\nсапар,visit\n"),
        ("g.csv", "English,Kazakh\nvisit,сапар\n"),
        ("g.tsv", "kk\ten\nсапар\tvisit\n"),
    ],
)
def test_languages_are_asked_for_where_they_are_in_doubt(
    tmtool: Program, tmp_path: Path, name: str, text: str
) -> None:
    """A file that names two is clear, and so is a glossary of one pair: it says the direction."""
    (tmp_path / "first.tbx").write_text(TBX.replace("сапар", "жоба") % "", "utf-8")
    tmtool("-m", "m.db", "terms", "--add", "first.tbx")
    (tmp_path / name).write_text(text, "utf-8")
    assert tmtool("-m", "m.db", "terms", "--add", name).stderr.startswith(f"{name}: 1 new")
    assert "kk-en\tсапар\tvisit" in tmtool("-m", "m.db", "terms").stdout
    assert tmtool("-m", "m.db", "terms", "-o", "o.csv").stderr == "o.csv: 2 terms\n"
    assert tmtool("-m", "m.db", "terms", "--remove", "сапар").stderr == "1 term removed\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("g.tbx", TBX % RUSSIAN), ("g.csv", "kk,ru,en\nИә,Да,Yes\n"), ("g.tsv", "Иә\tYes\n")],
)
def test_a_file_of_other_languages_than_two_needs_them_said(
    tmtool: Program, tmp_path: Path, name: str, text: str
) -> None:
    """And so do the terms of a memory that has several pairs of them."""
    (tmp_path / name).write_text(text, "utf-8")
    asked = "say between which languages with -s and -t"
    assert asked in tmtool("-m", "m.db", "terms", "--add", name, status=2).stderr
    for target in ("en", "ru"):
        (tmp_path / "b.tsv").write_text("Ол\tx\n", "utf-8")
        tmtool("-m", "m.db", "terms", "--add", "b.tsv", "-s", "kk", "-t", target)
    for arguments in (["-o", "o.tsv"], ["--remove", "Ол"]):
        assert asked in tmtool("-m", "m.db", "terms", *arguments, status=2).stderr
