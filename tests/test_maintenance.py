"""Maintenance: compare, choose, tidy, rewrite and count, in memories and files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tmtool as library
from tests.conftest import MOMENT, Program, pair
from tests.test_model import units as any_units
from tmtool.errors import TmtoolError
from tmtool.formats import holds
from tmtool.maintenance import (
    IGNORED,
    Difference,
    Filter,
    Ignored,
    deduplicated,
    differences,
    figures,
    parts,
    recoded,
    replaced,
)
from tmtool.memory import Memory
from tmtool.model import Code, TranslationUnit, Variant
from tmtool.sought import Sought

ENDLESS = r"(а|аа)+$"

words = st.sampled_from(["Иә", "иә!", "Жоқ", "5 теңге", "6 теңге", ""])
few = st.lists(
    st.builds(
        pair,
        words,
        words,
        id=st.sampled_from(["", "1", "2"]),
        document=st.sampled_from([None, "d"]),
        state=st.sampled_from(["translated", "reviewed"]),
        created_at=st.sampled_from([None, MOMENT, MOMENT + timedelta(days=1)]),
    ),
    max_size=8,
)
ignored = st.sets(st.sampled_from(IGNORED))


# Differences


@given(few)
def test_what_is_the_same_has_no_difference(units: list[TranslationUnit]) -> None:
    """In any order."""
    assert list(differences(lambda: units, lambda: units[::-1])) == []


@given(few, few)
def test_differences_lead_from_one_to_the_other(
    a: list[TranslationUnit], b: list[TranslationUnit]
) -> None:
    """What is taken away and put in place makes the second of the first."""
    made = list(a)
    for found in differences(lambda: a, lambda: b):
        assert found.before != found.after
        assert bool(found.reason) == bool(found.before and found.after)
        if found.before:
            made.remove(found.before)
        if found.after:
            made.append(found.after)
    assert sorted(map(repr, made)) == sorted(map(repr, b))


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (("Иә.", "Yes."), ("Иә.", "Yeah."), "text"),
        (("Иә.", "Yes."), ("ИӘ", "yes!"), "case, space or punctuation"),
        (("5 теңге", "5 tenge"), ("5 теңге", "6 tenge"), "numbers"),
        (("Иә.", "Yes."), ("Иә болды.", "Yes."), "text"),
    ],
)
def test_the_reason_of_a_change_is_told(
    before: tuple[str, str], after: tuple[str, str], reason: str
) -> None:
    """The same unit is found again by its source, or else by its target."""
    old, new = pair(*before, document="d"), pair(*after, document="d")
    assert list(differences(lambda: [old], lambda: [new])) == [Difference(old, new, reason)]  # type: ignore[arg-type]


def test_state_and_the_rest_are_reasons_too() -> None:
    """Where both texts are the same."""
    unit = pair("Иә.", "Yes.")
    for changed, reason in (
        (replace(unit, state="reviewed"), "state"),
        (replace(unit, notes=("n",)), "other"),
    ):
        (found,) = differences(lambda: [unit], lambda changed=changed: [changed])  # type: ignore[misc]
        assert found.reason == reason


def test_what_else_differs_is_named(tmtool: Program, tmp_path: Path) -> None:
    """As people call it; of what is told by --texts nothing."""
    unit = pair("Иә.", "Yes.", id="0" * 16)
    coded = replace(unit.source, content=("Иә.", Code("ph", "<ph/>")))
    for changed, others in (
        (replace(unit, changed_at=MOMENT, changed_by="Ann"), "date, author"),
        (replace(unit, notes=("n",), score=0.5), "confidence, notes"),
        (replace(unit, source=coded), "inline codes"),
        (replace(unit, target=replace(unit.target, language="en-GB")), "language"),
    ):
        for name, one in (("a.jsonl", unit), ("b.jsonl", changed)):
            library.write([one], tmp_path / name)
        done = tmtool("diff", "a.jsonl", "b.jsonl", status=1)
        assert done.stdout.startswith(f"changed ({others})\t")
        assert tmtool("diff", "a.jsonl", "b.jsonl", "--texts").stderr == "no difference\n"


# Choosing


FILTERS = [
    (Filter(source_language="kk"), "abcde"),
    (Filter(target_language="en"), "abcde"),
    (Filter(target_language="en-US"), ""),
    (Filter(document="d"), "b"),
    (Filter(states=("reviewed",)), "c"),
    (Filter(authors=("daniyar",)), "d"),
    (Filter(since=MOMENT + timedelta(days=1)), "e"),
    (Filter(until=MOMENT + timedelta(days=1)), "abcd"),
    (Filter(shortest=5), "e"),
    (Filter(longest=4), "abcd"),
    (Filter(longest=4, inverted=True), "e"),
    (Filter(document="d", longest=4, inverted=True), ""),
    (Filter(pattern=Sought("hous", is_regex=True)), "e"),
    (Filter(pattern=Sought("hous", is_regex=True), side="source"), ""),
]


@pytest.mark.parametrize(("wanted", "found"), FILTERS)
def test_units_are_chosen_by_what_is_said_of_them(wanted: Filter, found: str) -> None:
    """All that is said must be true."""
    units = [
        pair("a", "x", created_at=MOMENT),
        pair("b", "x", document="d", created_at=MOMENT),
        pair("c", "x", state="reviewed", created_at=MOMENT),
        pair("d", "x", created_by="aigul", changed_by="daniyar", created_at=MOMENT),
        pair("e", "house", created_at=MOMENT, changed_at=MOMENT + timedelta(days=1)),
    ]
    assert "".join(unit.source.text for unit in units if wanted(unit)) == found


@given(few, st.integers(0, 8), st.sampled_from([None, "ә", "теңге"]))
def test_a_filter_and_its_opposite_share_units_out(
    units: list[TranslationUnit], longest: int, found: str | None
) -> None:
    """Each unit is chosen by one of them."""
    wanted = Filter(longest=longest, pattern=Sought(found, is_regex=True) if found else None)
    opposite = replace(wanted, inverted=True)
    assert all(wanted(unit) != opposite(unit) for unit in units)


# Tidying


def kept(units: list[TranslationUnit], ignored: set[Ignored]) -> list[TranslationUnit]:
    return [after for _, after in deduplicated(lambda: units, ignored) if after]


@given(few, ignored)
def test_no_double_is_left_and_none_twice(
    units: list[TranslationUnit], ignored: set[Ignored]
) -> None:
    """Taking doubles out again changes nothing; every text is still there."""
    once = kept(units, ignored)
    assert kept(once, ignored) == once
    if not ignored:
        texts = [(unit.source, unit.target) for unit in once]
        assert len(set(texts)) == len(texts)
        assert set(texts) == {(unit.source, unit.target) for unit in units}


@given(few, st.sampled_from([Filter(document="d"), Filter(states=("reviewed",))]))
def test_what_is_not_looked_at_for_doubles_stays(
    units: list[TranslationUnit], wanted: Filter
) -> None:
    """In its place; of the others the same is taken out as if they were all there is."""
    done = list(deduplicated(lambda: units, wanted=wanted))
    assert [before for before, _ in done] == units
    assert all(after == before for before, after in done if not wanted(before))
    chosen = [unit for unit in units if wanted(unit)]
    assert [it for it in done if wanted(it[0])] == list(deduplicated(lambda: chosen))


def test_the_most_trusted_double_stays() -> None:
    """Of these the newest; in a memory, all of a document stay, before any that stands alone."""
    old = pair("Иә.", "Yes.", created_at=MOMENT)
    new = pair("Иә.", "Yes.", created_at=MOMENT + timedelta(days=1))
    sure = pair("Иә.", "Yes.", state="reviewed")
    placed = pair("Иә.", "Yes.", document="d", state="rejected")
    assert kept([old, new], set()) == [new]
    assert kept([old, sure, new], set()) == [sure]
    found = deduplicated(lambda: [placed, sure, placed], alone=True)
    assert [after for _, after in found] == [placed, None, placed]


def test_what_is_bound_to_another_place_is_no_double() -> None:
    """As where units are imported: it may be translated otherwise there."""
    units = [pair("Иә.", "Yes.", props=(("file", name),)) for name in "aba"]
    assert kept(units, set()) == units[:2]
    assert kept(units, {"case"}) == units[:2]


def test_what_doubles_say_goes_over_to_the_one_that_stays() -> None:
    """Notes and props, each once; not what is about a double as a record."""
    sure = pair("Иә.", "Yes.", state="final", notes=("a",), props=(("client", "X"),))
    more = (("client", "X"), ("client", "Y"), ("x-tuid", "7"), ("tmx:tu@usagecount", "3"))
    first = pair("Иә.", "Yes.", notes=("b", "a"), props=more)
    last = replace(first, notes=("c",), props=more[:1])
    joined = replace(sure, notes=("a", "b", "c"), props=more[:2])
    assert kept([first, sure, last], set()) == [joined]
    assert kept([first, pair("Жоқ.", "No.")], set())[0] == first
    placed = replace(sure, document="d")
    found = deduplicated(lambda: [placed, first, placed], alone=True)
    both = replace(placed, notes=("a", "b"), props=more[:2])
    assert [after for _, after in found] == [both, None, placed]


@pytest.mark.parametrize(
    ("ignored", "other", "is_double"),
    [
        ("case", "ИӘ, 5 теңге.", True),
        ("space", "Иә,5\u00a0теңге.", True),
        ("punctuation", "Иә 5 теңге", True),
        ("digits", "Иә, 61,5 теңге.", True),
        ("case", "Иә, 6 теңге.", False),
        ("digits", "Иә, 6 доллар.", False),
    ],
)
def test_what_may_differ_is_chosen(ignored: Ignored, other: str, is_double: bool) -> None:
    """Each kind by itself."""
    units = [pair("Иә, 5 теңге.", "x"), pair(other, "x")]
    assert len(kept(units, {ignored})) == 2 - is_double
    assert len(kept(units, set())) == 2
    assert set(get_args(Ignored)) == set(IGNORED)


# Rewriting


@given(any_units)
def test_text_is_replaced_between_codes(unit: TranslationUnit) -> None:
    """Inline codes stay as they are, and so does the other side."""
    done = replaced(unit, Sought("[a-z0-9]", is_regex=True, any_case=False), "", "target")
    assert done.source == unit.source
    codes = [part for part in unit.target.content if isinstance(part, Code)]
    assert [part for part in done.target.content if isinstance(part, Code)] == codes
    assert done.target.text == re.sub("[a-z0-9]", "", unit.target.text)


def test_a_replacement_may_use_groups() -> None:
    """One that is not there is an error."""
    unit = pair("Иә.", "12 May")
    done = replaced(unit, Sought(r"(\d+) (\w+)", is_regex=True), r"\2 \1", "target")
    assert done.target == Variant.of("en", "May 12")
    with pytest.raises(TmtoolError, match=r"'\\\\3' cannot be used: invalid group reference"):
        replaced(unit, Sought("M", is_regex=True), r"\3", "target")


@pytest.mark.parametrize(
    "command",
    [
        ("concordance", "--regex", ENDLESS),
        ("remove", "--match", ENDLESS),
        ("replace", "--regex", ENDLESS, "y"),
        ("export", "x.tmx", "--match", ENDLESS),
    ],
)
def test_an_expression_that_would_never_end_is_given_up(
    tmtool: Program, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """One line names it, and nothing is done."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair(60 * "а" + "!", 60 * "а" + "!")])
    done = tmtool("-m", "m.db", *command, status=2)
    assert f"the expression {ENDLESS!r} takes too long; make it simpler" in done.stderr
    with Memory.open(tmp_path / "m.db") as memory:
        assert len(list(memory.units())) == len(memory.actions()) == 1


def test_languages_are_recoded() -> None:
    """Those that are named."""
    assert recoded(pair("Иә.", "Yes."), {"kk": "kk-KZ"}).languages == ("kk-KZ", "en")


@pytest.mark.parametrize("code", ["kk_KZ", "kk-kz", "KAZ-KZ"])
def test_codes_to_recode_are_read_as_all_codes_are(tmtool: Program, held: Path, code: str) -> None:
    """Whatever their spelling; they come to be spelled as BCP 47 does."""
    with Memory.open(held) as memory:
        memory.add([TranslationUnit(Variant.of("kk-KZ", "г"), Variant.of("en", "d"))])
    assert tmtool("-m", held, "recode", f"{code}=KK_cn").stderr == "1 changed\n"
    assert "kk-CN" in {unit.source.language for unit in everything(held)}


def test_a_pair_keeps_two_languages(tmtool: Program, held: Path) -> None:
    """Codes that would leave it with one are refused, wherever they are given; nothing changes."""
    before = everything(held)
    tmtool("-m", held, "export", "all.tmx")
    m = ("-m", held)
    one = ("--lang-map", "kk=EN")
    for command in (
        [*m, "recode", "kk=en"],
        [*m, "recode", "kk=en", "--dry-run"],
        [*m, "export", "x.tsv", *one],
        [*m, "export", "x.tmx", "--for", "omegat", *one],
        [*m, "export", "x.tsv", "--dry-run", *one],
        [*m, "import", "all.tmx", *one],
        ["convert", "all.tmx", "x.tsv", *one],
    ):
        done = tmtool(*command, status=2)
        assert "5 of the units would have one language on both sides" in done.stderr
        assert done.stdout == ""
    assert everything(held) == before
    assert not [*held.parent.glob("x.*")]


@given(few, st.integers(1, 4))
def test_parts_are_all_there_is(units: list[TranslationUnit], size: int) -> None:
    """In their order, none larger than asked for; by document, those that follow each other."""
    by_size = list(parts(units, size))
    assert [unit for _, some in by_size for unit in some] == units
    assert all(len(some) == size for _, some in by_size[:-1])
    by_document = list(parts(units, None))
    assert [unit for _, some in by_document for unit in some] == units
    assert all((unit.document or "") == name for name, some in by_document for unit in some)


def test_figures_count_what_there_is() -> None:
    """Units, words, characters, doubles; by language, state, document, author; dates."""
    units = [
        pair("Иә, иә.", "Yes, yes.", document="d", created_by="a", created_at=MOMENT),
        pair("Иә, иә.", "Yes, yes.", state="reviewed", changed_at=MOMENT + timedelta(days=1)),
        pair("– Жоқ.", ""),
    ]
    found = figures(units)
    assert (found.units, found.one_sided, found.repeated) == (3, 1, 1)
    assert (found.source_words, found.target_words) == (5, 4)  # a dash alone is none
    assert (found.source_characters, found.target_characters) == (20, 18)
    assert found.states == {"translated": 1, "reviewed": 1, "initial": 1}
    assert (found.documents, found.authors) == ({"d": 1}, {"a": 1})
    assert (found.first, found.last) == (MOMENT, MOMENT + timedelta(days=1))


# The commands


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A memory with a document of three and two that stand alone."""
    with Memory.open(tmp_path / "m.db", author="aigul") as memory:
        memory.add(pair(*texts, document="d") for texts in [("а", "a"), ("б", "b"), ("а", "a")])
        memory.change("add", [(None, pair("а", "a")), (None, pair("в", "C"))])
    return tmp_path / "m.db"


def everything(path: Path) -> list[TranslationUnit]:
    with Memory.open(path) as memory:
        return list(memory.units())


@pytest.mark.parametrize(
    ("command", "said", "left"),
    [
        (["dedupe"], "1 removed", ["aba", "C"]),
        (["remove", "--match", "^B$"], "1 removed", ["aa", "aC"]),
        (["remove", "-d", "d", "--match", "b", "--not"], "2 removed", ["b", "aC"]),
        (["replace", "a", "x.y"], "3 changed", ["x.ybx.y", "x.yC"]),
        (["replace", "c", "\\", "--any-case"], "1 changed", ["aba", "a\\"]),
        (["replace", "(.)", r"\1\1", "--regex", "-d", "d"], "3 changed", ["aabbaa", "aC"]),
        (["recode", "en=en-GB"], "5 changed", ["aba", "aC"]),
        (["remove", "--by", "nobody"], "nothing to do", ["aba", "aC"]),
    ],
)
def test_a_memory_is_rewritten_in_one_action(
    tmtool: Program, held: Path, command: list[str], said: str, left: list[str]
) -> None:
    """A dry run does nothing but show; to undo brings everything back."""
    before = everything(held)
    done = tmtool("-m", held, *command, "--dry-run")
    assert everything(held) == before
    counted = int(said.split()[0]) if said[0].isdigit() else 0
    assert len(done.stdout.splitlines()) == counted
    assert done.stderr == (f"{said}; nothing is written\n" if counted else f"{said}\n")
    assert tmtool("-m", held, *command).stderr == f"{said}\n"
    after = everything(held)
    texts = ["".join(u.target.text for u in after if u.document == name) for name in ("d", None)]
    assert texts == left
    if counted:
        assert tmtool("-m", held, "undo").stderr.startswith(f"undone: {command[0]}, {counted} unit")
    assert everything(held) == before


def test_a_file_keeps_what_was_not_looked_at(tmtool: Program, tmp_path: Path) -> None:
    """Where doubles are sought among some of its units only."""
    rows = "kk,en,ru\nа,a,ә\nа,a,ә\n"
    (tmp_path / "in.csv").write_text(rows, "utf-8")
    assert tmtool("dedupe", "in.csv", "-t", "ru", "-o", "a.jsonl").stderr.endswith("1 removed\n")
    left = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["target"] for line in left] == ["a", "ә", "a"]


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "m.db", "remove", "--in", "target"],
        ["-m", "m.db", "remove", "--in", "source", "--not"],
        ["remove", "m.db", "--in", "target", "-o", "a.tmx"],
        ["-m", "m.db", "export", "a.tmx", "--in", "target"],
        ["convert", "m.tmx", "a.tmx", "--in", "target"],
    ],
)
def test_a_side_alone_chooses_nothing(tmtool: Program, held: Path, command: list[str]) -> None:
    """It is where an expression stands; without one the command is refused, and does nothing."""
    before = everything(held)
    assert "--in says where --match looks" in tmtool(*command, status=2).stderr
    assert everything(held) == before
    assert not (held.parent / "a.tmx").exists()


def test_a_file_is_rewritten_into_another(tmtool: Program, held: Path) -> None:
    """And the memory plays no part."""
    tmtool("-m", held, "export", "a.jsonl")
    assert tmtool("dedupe", "a.jsonl", "-o", "b.jsonl").stderr == "b.jsonl: 3 units\n2 removed\n"
    assert tmtool("remove", "b.jsonl", "--match", "c", "-o", "c.tsv").stderr.endswith("1 removed\n")
    assert tmtool("replace", "a", "z", "c.tsv", "-o", "-", status=2).stdout == ""
    assert "say with -o" in tmtool("dedupe", "a.jsonl", status=2).stderr
    assert "-o is where" in tmtool("-m", held, "dedupe", "-o", "b.jsonl", status=2).stderr
    assert "say which units" in tmtool("-m", held, "remove", status=2).stderr


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["remove", "--match", "(a"], "--match"),
        (["remove", "--match", "(a{99999999999})"], "--match"),
        (["export", "x.tmx", "--match", "(a"], "--match"),
        (["replace", "--regex", "(a", "b"], "PATTERN"),
    ],
)
def test_what_is_no_expression_is_quoted(
    tmtool: Program, held: Path, command: list[str], option: str
) -> None:
    """With the option that it was given to."""
    done = tmtool("-m", held, *command, status=2)
    start = f"tmtool: Invalid value for '{option}': '(a"
    assert done.stderr.startswith(start)
    assert "' is no regular expression: " in done.stderr


def test_a_table_that_names_no_languages_is_rewritten(tmtool: Program, tmp_path: Path) -> None:
    """Once they are said; to count it needs none, and other languages of a file stay."""
    (tmp_path / "a.tsv").write_text("Бір\tOne\nЕкі\tTwo\nЕкі\tTwo\n", "utf-8")
    spoken = ("-s", "kk", "-t", "en")
    rewritten = (("replace", "Two", "2"), ("dedupe",), ("remove", "--match", "Бір"))
    for command in rewritten:
        done = tmtool(*command, "a.tsv", "-o", "b.tsv", status=3)
        assert "does not name its languages; say which with -s and -t" in done.stderr
        tmtool(*command, "a.tsv", *spoken, "-o", "b.tsv")
    assert (tmp_path / "b.tsv").read_text("utf-8") == "Екі\tTwo\nЕкі\tTwo\n"
    assert "units       3" in tmtool("info", "a.tsv").stdout
    (tmp_path / "c.jsonl").write_text(
        '{"source":"Бір","target":"One","source_language":"kk","target_language":"en"}\n'
        '{"source":"Бір","target":"One","source_language":"kk","target_language":"fr"}\n',
        "utf-8",
    )
    tmtool("replace", "One", "1", "c.jsonl", *spoken, "-o", "d.jsonl")
    assert '"One"' in (tmp_path / "d.jsonl").read_text("utf-8")


def test_what_is_rewritten_is_turned_round_as_asked_for(tmtool: Program, tmp_path: Path) -> None:
    """Whichever side comes first in the file or memory, as when it is imported."""
    (tmp_path / "a.tsv").write_text("en\tkk\nOne\tБір\nTwo\tЕкі\nTwo\tЕкі\n", "utf-8")
    tmtool("-m", "a.db", "import", "a.tsv")
    for file, command, expected in (
        ("a.tsv", ["replace", "w", "v"], "Бір\tOne\nЕкі\tTvo\nЕкі\tTvo\n"),
        ("a.tsv", ["dedupe"], "Бір\tOne\nЕкі\tTwo\n"),
        ("a.tsv", ["remove", "--match", "Two", "--in", "target"], "Бір\tOne\n"),
        ("a.db", ["replace", "w", "v"], "Бір\tOne\nЕкі\tTvo\n"),
    ):
        tmtool(*command, file, "-s", "kk", "-t", "en", "-o", "b.tsv")
        assert (tmp_path / "b.tsv").read_text("utf-8") == expected


def test_two_columns_of_three_are_rewritten(tmtool: Program, tmp_path: Path) -> None:
    """Those that are asked for, and the others stay."""
    (tmp_path / "a.csv").write_text("kk,ru,en\nБір,Один,One\n", "utf-8")
    tmtool("replace", "One", "1", "a.csv", "-s", "ru", "-t", "en", "-o", "b.csv")
    units = library.read(tmp_path / "b.csv")
    assert {(*unit.languages, unit.target.text) for unit in units} == {
        ("ru", "en", "1"),
        ("ru", "kk", "Бір"),
    }


def test_two_are_compared(tmtool: Program, held: Path) -> None:
    """A file and a memory; exits with 1 if they differ, as diff does."""
    tmtool("-m", held, "export", "a.jsonl")
    assert tmtool("diff", "a.jsonl", held).stderr == "no difference\n"
    tmtool("-m", held, "replace", "C", "new C", "-d", "d")
    tmtool("-m", held, "replace", "C", "new C")
    tmtool("-m", held, "remove", "--match", "b")
    done = tmtool("diff", "a.jsonl", held, status=1)
    assert done.stdout == "changed (text)\tв\t{+new +}C\nremoved\tб\tb\td\n"
    found = [
        json.loads(line)
        for line in tmtool("diff", "a.jsonl", held, "--json", status=1).stdout.splitlines()
    ]
    assert [(it["kind"], it["reason"]) for it in found] == [("changed", "text"), ("removed", None)]


def test_a_table_is_compared_and_merged_in_the_direction_asked_for(
    tmtool: Program, tmp_path: Path
) -> None:
    """Whichever of its columns comes first, as when it is imported."""
    (tmp_path / "a.csv").write_text("en,kk,ru\nYes,Иә,Да\nNo,Жоқ,Нет\n", "utf-8")
    sides = ("-s", "kk", "-t", "en")
    tmtool("-m", "m.db", "import", "a.csv", *sides)
    assert tmtool("diff", "a.csv", "m.db", *sides, "--texts").stderr.splitlines() == [
        "no difference",
        "note: a.csv: units in en-ru, not in kk-en as -s and -t say, left out: 2",
    ]
    tmtool("merge", "a.csv", *sides, "-o", "b.tsv")
    assert (tmp_path / "b.tsv").read_text("utf-8") == "Иә\tYes\nЖоқ\tNo\n"


def test_what_is_not_compared_or_merged_is_counted(tmtool: Program, tmp_path: Path) -> None:
    """Units in other languages than those asked for."""
    (tmp_path / "a.csv").write_text("kk,en,ru\nа,a,ә\n", "utf-8")
    (tmp_path / "b.csv").write_text("kk,en\nб,b\n", "utf-8")
    assert tmtool("diff", "a.csv", "b.csv", "-t", "de").stderr.splitlines() == [
        "no difference",
        "note: a.csv: units in kk-en, not in de as -t says, left out: 1",
        "note: a.csv: units in kk-ru, not in de as -t says, left out: 1",
        "note: b.csv: units in kk-en, not in de as -t says, left out: 1",
    ]
    assert tmtool("merge", "a.csv", "b.csv", "-t", "en", "-o", "c.tmx").stderr.splitlines() == [
        "a.csv: 1 new",
        "note: a.csv: units in kk-ru, not in en as -t says, left out: 1",
        "b.csv: 1 new",
        "c.tmx: 2 units",
    ]


def test_several_become_one(tmtool: Program, held: Path) -> None:
    """A memory merged with itself is itself; another translation wins or loses by the policy."""
    assert tmtool("merge", held, held, "-o", "a.jsonl").stderr.endswith("a.jsonl: 5 units\n")
    tmtool("diff", "a.jsonl", held)
    (held.parent / "b.tsv").write_text("в\tD\n", "utf-8")
    tmtool("convert", "b.tsv", "b.tmx", "-s", "kk", "-t", "en")
    assert "b.tmx: 1 kept" in tmtool("merge", held, "b.tmx", "-o", "c.tmx").stderr
    both = ["--on-conflict", "both"]
    assert "b.tmx: 1 new" in tmtool("merge", held, "b.tmx", "-o", "c.tmx", *both).stderr


def test_what_would_be_written_is_shown(tmtool: Program, held: Path) -> None:
    """Names of files and units of each; what is there already is said, and stays."""
    folder = held.parent
    (folder / "b.tsv").write_text("в\tD\n", "utf-8")
    tmtool("convert", "b.tsv", "b.tmx", "-s", "kk", "-t", "en")
    done = tmtool("merge", held, "b.tmx", "--dry-run")
    assert done.stdout == "kept (text)\tв\tD\tC\n"
    tmtool("merge", held, "b.tmx", status=2)
    (folder / "a-001.xlsx").write_text("old", "utf-8")
    before = sorted(folder.iterdir())
    done = tmtool("-m", held, "export", "a.xlsx", "--split", "3", "--dry-run")
    assert done.stdout == "a-001.xlsx: 3 units in place of what it holds\na-002.xlsx: 2 units\n"
    assert done.stderr == "a-001.xlsx, a-002.xlsx: 5 units; nothing is written\n"
    for option in ([], ["--dry-run"]):  # before anything is read
        done = tmtool("merge", held, "b.tmx", "-o", "b.tmx", *option, status=2)
        assert done.stderr.startswith("tmtool: b.tmx is read by this command; write to another")
    two = tmtool("merge", held, "-o", "c.moses", "--dry-run").stdout
    assert two == "c.kk: 5 units\nc.en: 5 units\n"
    for name in ("c.html", "c.tmx", "c.jsonl"):
        assert tmtool("merge", held, "-o", name, "--dry-run").stdout == f"{name}: 5 units\n"
    assert tmtool("convert", "b.tmx", "c.po", "--dry-run").stdout == "c.po: 1 unit\n"
    assert sorted(folder.iterdir()) == before
    assert (folder / "a-001.xlsx").read_text("utf-8") == "old"


def test_what_there_is_is_counted(tmtool: Program, held: Path) -> None:
    """For people and for scripts."""
    assert (
        "  units       5\n  one-sided   0\n  repeated    2\n" in tmtool("-m", held, "info").stdout
    )
    tmtool("-m", held, "export", "a.tsv")
    assert json.loads(tmtool("info", held, "--json").stdout)["states"] == {"translated": 5}


def test_parts_count_what_is_written(tmtool: Program, tmp_path: Path) -> None:
    """What a format has no place for fills no part, and makes no file without units."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(pair(f"Ел {n}", "a" if n % 2 else "", document="d") for n in range(8))
        memory.add([pair("Ел", document="empty")])
    export = ("-m", "m.db", "export")
    done = tmtool(*export, "a.tmx", "--split", "3")
    assert done.stderr == "a-001.tmx, a-002.tmx: 4 units; 5 one-sided left out\n"
    counts = [(tmp_path / f"a-00{n}.tmx").read_text("utf-8").count("<tu ") for n in (1, 2)]
    assert counts == [3, 1]
    done = tmtool(*export, "b.tmx", "--split", "document")
    assert done.stderr == "b-d.tmx: 4 units; 5 one-sided left out\n"
    done = tmtool(*export, "c.tmx", "--split", "document", "-d", "empty")
    assert done.stderr == "no file: 0 units; 1 one-sided left out\n"
    assert sorted(path.name for path in tmp_path.glob("?-*.tmx")) == [
        *("a-001.tmx", "a-002.tmx", "b-d.tmx")
    ]
    assert "N|document" in tmtool("export", "--help").stdout


def test_documents_whose_names_are_alike_have_a_file_each(tmtool: Program, tmp_path: Path) -> None:
    """Also on a disk that knows no capitals."""
    names = ["a:b", "a_b", "a_b-2", "A_B"]
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(pair(f"Ел {name}", "a", document=name) for name in names)
    done = tmtool("-m", "m.db", "export", "x.tsv", "--split", "document")
    files = re.findall(r"x-\S+\.tsv", done.stderr)
    assert len({file.casefold() for file in files}) == len(names)
    texts = [(tmp_path / file).read_text("utf-8") for file in files]
    assert all(sum(f"Ел {name}\t" in text for text in texts) == 1 for name in names)


@pytest.mark.parametrize("format", ["tmx", "po", "moses", "xliff", "csv"])
@given(few.map(lambda units: [*units, pair("\r", "a"), pair("a", "\x01")]))
def test_what_a_format_holds_is_what_it_writes(format: str, units: list[TranslationUnit]) -> None:
    """It is told of each unit before."""
    with TemporaryDirectory() as folder:
        written = library.write(units, Path(folder) / f"a.{format}")
    assert written.units == sum(holds(format, unit) for unit in units)


def test_files_of_an_earlier_cut_are_named(tmtool: Program, held: Path) -> None:
    """Files that are none of the parts are not; all of them stay."""
    (held.parent / "a-old.tsv").write_text("old", "utf-8")
    assert tmtool("-m", held, "export", "a.tsv", "--split", "1").stderr == (
        "a-001.tsv, a-002.tsv, a-003.tsv, a-004.tsv, a-005.tsv: 5 units\n"
    )
    for options in ([], ["--dry-run"]):
        done = tmtool("-m", held, "export", "a.tsv", "--split", "2", *options)
        assert done.stderr.splitlines()[1] == (
            "note: a-004.tsv, a-005.tsv are not of this export, and are left as they are"
        )
    assert (held.parent / "a-005.tsv").exists()
    done = tmtool("-m", held, "export", "a.tsv", "--split", "document")
    assert "a-004.tsv and 2 more files are not of this export" in done.stderr


def test_the_files_that_were_written_are_named(tmtool: Program, held: Path) -> None:
    """Moses has one for each language; of many the first are."""
    moses = "c.kk, c.ru: 5 units"
    mapped = ["--lang-map", "en=ru"]
    assert tmtool("-m", held, "export", "c.moses", *mapped).stderr == f"{moses}\n"
    done = tmtool("-m", held, "export", "c.moses", *mapped, "--dry-run")
    assert done.stderr == f"{moses}; nothing is written\n"
    again = "5 units in place of what it holds"
    assert done.stdout == f"c.kk: {again}\nc.ru: {again}\n"
    done = tmtool("-m", held, "export", "c.moses", "--split", "1")
    assert done.stderr.startswith("c-001.kk, c-001.en, c-002.kk, c-002.en and 6 more files: 5 u")


def test_two_files_of_moses_are_none_that_is_read(tmtool: Program, held: Path) -> None:
    """Nor the memory; what is said names what was typed, and another name."""
    folder = held.parent
    tmtool("-m", held, "export", "a.tsv")
    (folder / "a.kk").write_bytes((folder / "a.tsv").read_bytes())
    (folder / "b.en").write_bytes(held.read_bytes())
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    pairs = ["-s", "kk", "-t", "en"]
    for command in (
        ["merge", "a.kk", "--from", "tsv", *pairs, "-o", "a.moses"],
        ["merge", "a.kk", "--from", "tsv", *pairs, "-o", "a.moses", "--dry-run"],
        ["convert", "a.kk", "a.moses", "--from", "tsv", *pairs],
        ["-m", "b.en", "export", "b.moses"],
    ):
        name = next(part for part in command if part.endswith("moses"))
        read = {"a.moses": "a.kk", "b.moses": "b.en"}[name]
        done = tmtool(*command, status=2)
        assert f"tmtool: {name} stands for {read}, which is read by this command" in done.stderr
        assert f"such as {name[0]}-2.moses." in done.stderr
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    tmtool("merge", "a.kk", "--from", "tsv", *pairs, "-o", "c.moses")
    done = tmtool("merge", "c", "--from", "moses", *pairs, "-o", "c.moses", status=2)
    assert "c.moses stands for c.kk, which is read" in done.stderr
    done = tmtool("merge", "c.moses", *pairs, "-o", "c.moses", status=2)
    assert "c.moses is read by this command; write to another file, such as c-2." in done.stderr


def test_what_moses_cannot_hold_is_said_with_its_name(tmtool: Program, held: Path) -> None:
    """Several pairs of languages, or none at all; nothing is written."""
    (held.parent / "b.tsv").write_text("в\tВ\n", "utf-8")
    tmtool("convert", "b.tsv", "b.tmx", "-s", "kk", "-t", "ru")
    (held.parent / "e.jsonl").write_text("", "utf-8")
    before = sorted(held.parent.iterdir())
    done = tmtool("merge", held, "b.tmx", "-o", "x.moses", status=2)
    assert "x.moses stands for two files, x.kk and x.en, which hold one pair" in done.stderr
    assert "not kk-en and kk-ru; choose one, as with -s kk -t en" in done.stderr
    done = tmtool("merge", "e.jsonl", "-o", "x.moses", status=2)
    assert "x.moses stands for two files, and there is no unit to say" in done.stderr
    assert sorted(held.parent.iterdir()) == before


def test_what_a_format_levels_is_no_contradiction(tmtool: Program, tmp_path: Path) -> None:
    """There is nothing else to do."""
    line = '{"source_language":"kk","target_language":"en","source":"Иә\\n","target":"Yes"}\n'
    (tmp_path / "in.jsonl").write_text(line, "utf-8")
    done = tmtool("dedupe", "in.jsonl", "-o", "out.tsv")
    assert "made spaces in 1\nnothing else to do\n" in done.stderr


def test_of_mixed_languages_omegat_is_named_where_it_reads(tmtool: Program) -> None:
    """It reads a TMX, and no table."""
    text = "kk,en,ru\nИә,Yes,Да\n"
    tmtool("-m", "m.db", "import", "-", "--from", "csv", input=text)
    assert "OmegaT mixes them" in tmtool("-m", "m.db", "export", "a.tmx").stderr
    assert tmtool("-m", "m.db", "export", "a.csv").stderr == "a.csv: 2 units\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["info", "a.csv", "b.tmx"], "characters  4 and 4"),
        (["diff", "a.csv", "b.tmx"], "added"),
        (["merge", "a.csv", "b.tmx", "-o", "o.csv"], None),
        (["dedupe", "a.csv", "-o", "o.csv"], None),
        (["replace", "No", "Yes", "a.csv", "-o", "o.csv"], None),
        (["remove", "a.csv", "--longest", "1", "-o", "o.csv"], None),
        (["check", "a.csv", "b.tmx"], "a.csv:1\twarning\tspaces"),
        (["check", "b.tmx", "-s", "kk", "-t", "en", "--glossary", "terms.tsv"], "білім"),
        (["check", "a.csv", "--fix", "-o", "o.csv"], None),
    ],
)
def test_what_is_not_in_unicode_is_read_where_that_is_said(
    tmtool: Program, tmp_path: Path, command: list[str], said: str | None
) -> None:
    """Wherever a table is read; what says itself how it is encoded may stand beside it."""
    text = "kk,en,notes\nЖоқ.,No .,Айгүл\n"
    (tmp_path / "a.csv").write_bytes(text.encode("kz1048"))
    (tmp_path / "terms.tsv").write_bytes("білім\tknowledge\n".encode("kz1048"))
    library.write([pair("Бұл білім.", "This is science.")], tmp_path / "b.tmx")
    status = 0 if said is None or command[0] == "info" else 1
    done = tmtool(*command, "--encoding", "kz1048", status=status)
    if said is None:
        assert "Айгүл" in (tmp_path / "o.csv").read_text("utf-8")
    else:
        assert said in done.stdout
    assert "say so with --encoding" in tmtool(*command, status=3).stderr


def test_languages_that_no_choice_parts_are_made_one(tmtool: Program) -> None:
    """With and without a region they are of one name: what makes them one is said, and does."""
    for codes, text in ((("kk", "ru"), "Иә\tДа\n"), (("kk-KZ", "ru-RU"), "Жоқ\tНет\n")):
        pair = ["-s", codes[0], "-t", codes[1]]
        tmtool("-m", "m.db", "import", "-", "--from", "tsv", *pair, input=text)
    export = ["-m", "m.db", "export", "-s", "kk", "-t", "ru"]
    mapped = ["--lang-map", "kk-KZ=kk", "--lang-map", "ru-RU=ru"]
    advice = f"{' '.join(mapped)} makes them one"
    for tool in ([], ["--for", "generic"], ["--for", "omegat"]):
        done = tmtool(*export, "a.tmx", *tool)
        assert done.stderr.endswith(f"note: it holds kk-ru, kk-KZ to ru-RU; {advice}\n")
        assert "note" not in tmtool(*export, "a.tmx", *tool, *mapped).stderr
    for name in ("a.tsv", "a.po", "a.moses", "a.xliff"):
        done = tmtool(*export, name, status=2)
        assert f"one pair of languages, not kk-ru and kk-KZ to ru-RU; {advice}" in done.stderr
        tmtool(*export, name, *mapped)


def test_tsv_holds_one_pair_of_languages(tmtool: Program, held: Path) -> None:
    """It has no place to say which line is in which; what was there stays."""
    tmtool("-m", held, "export", "a.tsv", "-t", "en")
    before = (held.parent / "a.tsv").read_bytes()
    tmtool("-m", held, "import", "-", "--from", "csv", input="kk,ru\nИә,Да\n")
    done = tmtool("-m", held, "export", "a.tsv", status=2)
    assert "choose one, as with -s kk -t en, or write .csv" in done.stderr
    assert (held.parent / "a.tsv").read_bytes() == before


def test_exports_are_chosen_and_cut(tmtool: Program, held: Path) -> None:
    """By size or by document; a memory is imported as a file is."""
    tmtool("-m", held, "export", "a.tsv", "--split", "2")
    assert [(held.parent / f"a-00{n}.tsv").read_text("utf-8") for n in (1, 2, 3)] == [
        "а\ta\nв\tC\n",
        "а\ta\nб\tb\n",
        "а\ta\n",
    ]
    tmtool("-m", held, "export", "b.tsv", "--split", "document", "--match", "a")
    assert (held.parent / "b-d.tsv").read_text("utf-8") == "а\ta\nа\ta\n"
    assert (held.parent / "b-none.tsv").read_text("utf-8") == "а\ta\n"
    assert (
        "neither a number" in tmtool("-m", held, "export", "a.tsv", "--split", "0", status=2).stderr
    )
    assert "--not needs" in tmtool("-m", held, "export", "a.tsv", "--not", status=2).stderr
    assert tmtool("-m", "n.db", "import", held).stderr == f"{held}: 5 new\n"
    assert "is the memory itself" in tmtool("-m", held, "import", held, status=2).stderr
