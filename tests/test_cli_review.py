"""Reviewing in plain lines: at a terminal and from a pipe."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SEED, SEED_ENGLISH, Program, pair
from tests.test_cli_translate import Start, ended, start
from tmtool.cli.review import LINE_COMMANDS, LISTED_AT_START
from tmtool.document import Document
from tmtool.memory import Memory
from tmtool.model import Term

__all__ = ["start"]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A memory with a document of three pairs, the second doubtful."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(
            [
                pair("Иә. Жақсы.", "Yes. Good.", document="d", score=0.994),
                pair("Күн шықты.", "The sun rose.", document="d", score=0.5),
                pair("Түн болды.", "Night fell.", document="d"),
            ]
        )
    return tmp_path / "m.db"


def pairs(path: Path) -> list[tuple[str, str, str]]:
    with Memory.open(path) as memory:
        return [(u.source.text, u.target.text, u.state) for u in memory.units(document="d")]


def test_the_list_has_number_state_and_confidence(tmtool: Program, small: Path) -> None:
    """In words and figures, never by colour; doubtful pairs are marked."""
    done = tmtool("-m", small, "review", "d", "--plain")
    assert done.stdout.splitlines()[:4] == [
        "d (kk to en): 3 pairs, 3 translated; 1 doubtful.",
        "   1  translated  99%           Иә. Жақсы. | Yes. Good.",
        "   2  translated  50% doubtful  Күн шықты. | The sun rose.",
        "   3  translated                Түн болды. | Night fell.",
    ]
    assert "\x1b" not in done.stdout


def test_what_has_no_translation_is_open_and_not_doubtful(tmtool: Program, small: Path) -> None:
    """Whatever score it has; an unlikely pair is called as on the screen, and n goes to both."""
    with Memory.open(small) as memory:
        memory.add(
            [
                pair("Қар жауды.", "", document="d", state="initial", score=1.0),
                pair("Жел соқты.", "It rained.", document="d", score=0.3),
                pair("", "A title.", document="d", state="initial", score=0.9),
            ]
        )
    done = tmtool("-m", small, "review", "d", "--plain", input="3\nn\nn\nn\nn\nv\nf open\n")
    lines = done.stdout.splitlines()
    assert lines[0] == "d (kk to en): 6 pairs, 2 initial, 4 translated; 3 doubtful, 1 open."
    assert [line[:32].rstrip() for line in lines[4:7]] == [
        "   4  initial         open",
        "   5  translated  30% unlikely",
        "   6  initial         added",
    ]
    visited = [line for line in lines if "/6  " in line]
    assert [line[0] for line in visited] == ["2", "3", "4", "5", "6", "2", "4"]
    assert visited[2] == "4/6  initial         open"
    assert "  open: 1 pair" in lines
    assert "1 pair. Enter goes to the next; f all ends it." in lines


def test_a_draft_has_its_sign_and_word(tmtool: Program, small: Path) -> None:
    """In the list and at the pair, as on the screen."""
    with Memory.open(small) as memory:
        unit = list(memory.units(document="d"))[1]
        memory.keep_draft(unit, "Sunrise.")
    lines = tmtool("-m", small, "review", "d", "--plain").stdout.splitlines()
    assert lines[2] == "   2  translated  50% doubtful … draft  Күн шықты. | The sun rose."
    assert "2/3  translated  50% doubtful … draft" in lines
    assert "…" not in lines[1]


def test_review_begins_at_the_first_doubtful_pair(tmtool: Program, small: Path) -> None:
    """The rest needs no person."""
    done = tmtool("-m", small, "review")
    assert "2/3  translated  50% doubtful\n  kk: Күн шықты.\n  en: The sun rose." in done.stdout


@pytest.mark.parametrize("way", [0, 1, 2], ids=["word", "Latin", "Cyrillic"])
def test_every_action_has_a_word_and_two_keys(tmtool: Program, small: Path, way: int) -> None:
    """The same physical key works in both layouts."""

    def key(name: str) -> str:
        letters = {command.name: command.letters.split(",") for command in LINE_COMMANDS}
        return (name, *letters[name])[way]

    def after(*lines: str) -> list[tuple[str, str, str]]:
        tmtool("-m", small, "review", input="\n".join(lines))
        found = pairs(small)
        tmtool("-m", small, "review", input=key("undo"))
        return found

    before = pairs(small)
    assert after("1", key("approve"))[0] == ("Иә. Жақсы.", "Yes. Good.", "reviewed")
    assert after("2", key("reject"))[1][2] == "rejected"
    edited = after("3", f"{key('edit')} Night came.")
    assert edited[2] == ("Түн болды.", "Night came.", "reviewed")
    assert after("3", key("edit"), "Night came.") == edited
    merged = after("1", key("merge"))
    assert merged[0] == ("Иә. Жақсы. Күн шықты.", "Yes. Good. The sun rose.", "translated")
    split = after("1", key("split"), "1", "Good")
    assert split[:2] == [("Иә.", "Yes.", "translated"), ("Жақсы.", "Good.", "translated")]
    assert after(key("doubtful"), key("down"), key("approve"))[2][2] == "reviewed"
    assert after("3", key("up"), key("approve"))[1][2] == "reviewed"
    assert after("1", key("quit"), key("approve")) == before


def test_warnings_are_dismissed_in_lines(tmtool: Program, tmp_path: Path) -> None:
    """The only one, one of several or all; back brings them back."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Бағасы 25 теңге.", "The price  is 52 tenge", document="d")])

    def left(*lines: str) -> int:
        done = tmtool("-m", tmp_path / "m.db", "review", input="\n".join(lines))
        return done.stdout.split("\n\n")[-1].count("  warning: ")

    assert left() == 3
    assert left("Z", "1") == 2
    assert left("Я all") == 0
    assert left("Z back") == 3
    assert left("u") == 0
    done = tmtool("-m", tmp_path / "m.db", "review", input="Z", status=2)
    assert "there is no such warning here" in done.stderr


def test_a_filter_narrows_the_review_in_lines(tmtool: Program, small: Path) -> None:
    """By state, confidence or warning, as on the screen; a number leads out of it."""

    def seen(*lines: str) -> list[str]:
        done = tmtool("-m", small, "review", input="\n".join(["1", *lines, ""]))
        return [line.split()[0] for line in done.stdout.splitlines() if "/3  " in line][2:]

    tmtool("-m", small, "review", input="3\na\ne Night falls\n")
    assert seen("f translated", "", "") == ["2/3", "2/3"]
    assert seen("f below 60") == ["2/3"]
    assert seen("f warnings") == ["3/3"]
    assert seen("f warnings end") == ["3/3"]
    assert seen("f reviewed", "1", "") == ["3/3", "1/3", "2/3"]
    for kind, message in (
        ("below 600", "'600' is no percentage"),
        ("warnings nonsense", "there is no check 'nonsense'"),
        ("warnings numbers", "there is no such pair"),
        ("nonsense", "'nonsense' is no kind of pair; there are all, doubtful"),
    ):
        assert message in tmtool("-m", small, "review", input=f"f {kind}", status=2).stderr


def test_approvals_that_a_merge_made_void_are_told_of_in_lines(
    tmtool: Program, small: Path
) -> None:
    done = tmtool("-m", small, "review", input="1\na\n1\nm\n")
    assert "1 approved pair became others: look again." in done.stdout


def test_statistics_in_lines_have_what_the_screen_has(tmtool: Program, small: Path) -> None:
    done = tmtool("-m", small, "review", input="v\n")
    assert "  90 to 100 % sure: 1 pair\n  50 to 60 % sure: 1 pair\n" in done.stdout
    assert "  open: 0 pairs" in done.stdout


def test_undo_in_review_takes_back_one_action_at_a_time(tmtool: Program, small: Path) -> None:
    """Down to the document as it arrived, and no further."""
    before = pairs(small)
    done = tmtool("-m", small, "review", input="1\na\nm\nu\nu\nu\n")
    assert done.stdout.count("Undone: ") == 2
    assert "There is nothing to undo in this document." in done.stdout
    assert pairs(small) == before


def test_undo_asks_before_it_takes_back_what_a_colleague_did(start: Start, small: Path) -> None:
    """One's own is taken back without a question, though a colleague came after."""
    child = start("review", "d", "--plain")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendline("e Sunrise.")
    child.expect_exact("2/3  reviewed")
    with Memory.open(small, author="bolat") as memory:
        Document(memory, "d", "kk", "en").edit(2, "Dusk.")
    child.sendline("u")
    child.expect_exact("Undone: edit.")
    child.sendline("u")
    child.expect_exact("nothing of yours is left to undo here: the last change is bolat's edit of")
    child.expect_exact("Take that back? [y/n] ")
    child.sendline("n")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    assert pairs(small)[1:] == [
        ("Күн шықты.", "The sun rose.", "translated"),
        ("Түн болды.", "Dusk.", "reviewed"),
    ]
    child.sendline("u")
    child.expect_exact("Take that back? [y/n] ")
    child.sendline("y")
    child.expect_exact("Undone: edit.")
    assert pairs(small)[2][1] == "Night fell."


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("frobnicate\n", "there is no command 'frobnicate'; ? lists them"),
        ("4\n", "there is no pair 4; they are numbered from 1 to 3"),
        ("3\nm\n", "pair 3 is the last one"),
        ("1\ns\nNight\n", "the text does not hold 'Night'"),
        ("2\ns\nы\n", "the text holds 'ы' more than once"),
        ("2\ns\n\n\n", "a part of the split would be empty"),
        ("1\ne\n\n", "the translation is empty"),
    ],
)
def test_the_first_command_that_fails_ends_a_piped_review(
    tmtool: Program, small: Path, lines: str, message: str
) -> None:
    """A script does not stumble on; what came before it is saved."""
    before = pairs(small)
    done = tmtool("-m", small, "review", input="3\na\n" + lines, status=2)
    assert message in done.stderr
    assert pairs(small) == [*before[:2], (*before[2][:2], "reviewed")]


def test_a_document_has_to_be_named_among_several(tmtool: Program, small: Path) -> None:
    """The error lists them."""
    with Memory.open(small) as memory:
        memory.add([pair("Иә.", "Yes.", document="e")])
    done = tmtool("-m", small, "review", status=2)
    assert "more than one document fits: d (kk-en), e (kk-en); name one" in done.stderr
    assert tmtool("-m", small, "review", "e").stdout.startswith("e (kk to en): 1 pair,")


def test_a_long_document_is_listed_on_demand(tmtool: Program, tmp_path: Path) -> None:
    """Nobody reads five hundred lines before the first prompt."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add(
            pair(f"Сөз {n}.", f"Word {n}.", document="d") for n in range(LISTED_AT_START + 1)
        )
    assert " | Word 7." not in tmtool("-m", "m.db", "review").stdout
    assert " | Word 7." in tmtool("-m", "m.db", "review", input="f\n").stdout


def test_a_person_reviews_at_a_terminal(start: Start, small: Path) -> None:
    """Prompts, the old text on the line to correct, errors that end nothing."""
    child = start("review", "d", "--plain")
    child.expect_exact("d (kk to en): 3 pairs")
    child.expect_exact("2/3  translated  50% doubtful")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendline("e")
    child.expect_exact("new: The sun rose.")
    child.sendline(" Slowly.")
    child.expect_exact("2/3  reviewed")
    child.expect_exact("The sun rose. Slowly.")
    child.sendline("?")
    child.expect_exact("Undo. the last change")
    child.sendline("zz")
    child.expect_exact("! there is no command 'zz'; ? lists them")
    child.sendline("т")
    child.expect_exact("No pair is doubtful.")
    child.sendline("")
    child.expect_exact("3/3")
    child.sendline("a")
    child.expect_exact("That was the last pair")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendeof()
    last, status = ended(child)
    assert "Saved. d (kk to en): 3 pairs, 1 translated, 2 reviewed; 0 doubtful." in last
    assert status == 0


def test_each_action_is_durable_at_once(start: Start, small: Path) -> None:
    """A kill right after the answer loses nothing."""
    child = start("review", "d", "--plain")
    child.expect_exact("2/3")
    child.sendline("a")
    child.expect_exact("3/3")
    child.kill(signal.SIGKILL)
    ended(child)
    assert pairs(small)[1][2] == "reviewed"


def test_a_line_that_is_cut_off_is_there_again(start: Start, small: Path) -> None:
    """At the pair where it was, after a second of rest, also when nothing can say farewell."""
    child = start("review", "d", "--plain")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendline("3")
    child.expect_exact("3/3")
    child.sendline("e")
    child.expect_exact("new: Night fell.")
    child.send(" Түн")
    wait_for(lambda: draft(small) == "Night fell. Түн")
    child.kill(signal.SIGKILL)
    ended(child)
    child = start("review", "d", "--plain")
    child.expect_exact("3/3")
    child.sendline("e")
    child.expect_exact("new: Night fell. Түн")
    child.sendline("!")
    child.expect_exact("3/3  reviewed")
    assert pairs(small)[2][1] == "Night fell. Түн!"
    assert draft(small) is None


def test_what_was_typed_over_a_colleagues_change_is_kept(start: Start, small: Path) -> None:
    """Both are seen; the one who comes second decides."""
    child = start("review", "d", "--plain")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendline("e")
    child.expect_exact("new: The sun rose.")
    with Memory.open(small, author="bolat") as memory:
        Document(memory, "d", "kk", "en").edit(1, "Dawn.")
    child.sendline("!")
    child.expect_exact("changed by somebody else meanwhile")
    child.expect_exact("en: Dawn.")
    child.sendline("e")
    child.expect_exact("new: The sun rose.!")
    child.sendline("")
    child.expect_exact("2/3  reviewed")
    assert pairs(small)[1][1] == "The sun rose.!"


def draft(path: Path) -> str | None:
    """What is kept as a draft of the third pair or the second one."""
    with Memory.open(path) as memory:
        found = [memory.draft(unit) for unit in memory.units(document="d")]
    return found[2] or found[1]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ctrl_c_ends_a_review_with_130(start: Start, small: Path) -> None:
    """In the middle of a split, too: nothing is half done."""
    before = pairs(small)
    child = start("review", "d", "--plain")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    child.sendline("s")
    child.expect_exact("Enter: none): ")
    child.sendintr()
    assert ended(child)[1] == 130
    assert pairs(small) == before


def test_a_colleagues_change_is_shown_and_kept(start: Start, small: Path) -> None:
    """Two people review one document; nobody overwrites the other."""
    child = start("review", "d", "--plain")
    child.expect_exact("2/3")
    child.expect_exact("[a,x,e,m,s,n,r,u,f,q,?] ")
    with Memory.open(small, author="bolat") as memory:
        Document(memory, "d", "kk", "en").edit(1, "Dawn.")
    child.sendline("a")
    child.expect_exact("changed by somebody else meanwhile")
    child.expect_exact("en: Dawn.")
    child.sendline("q")
    assert ended(child)[1] == 0
    assert pairs(small)[1] == ("Күн шықты.", "Dawn.", "reviewed")


def test_the_seed_is_reviewed_in_a_pipe(tmtool: Program) -> None:
    """Every doubtful pair of the interview approved; none is left."""
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    done = tmtool("-m", "m.db", "review", input="a\nn\n" * 54)
    assert done.stdout.splitlines()[-1].endswith("; 0 doubtful.")


def test_terms_are_told_in_lines(tmtool: Program, small: Path, start: Start) -> None:
    """Of the pair that is reviewed, or the sentence to translate, in any form of them."""
    with Memory.open(small) as memory:
        memory.add_terms([Term("күндік", "day"), Term("түн", "night")], ("kk", "en"))
        memory.add_terms([Term("түн", "dark hours")], ("kk", "en"))
    said = tmtool("-m", small, "review", input="3\n").stdout
    assert said.endswith(
        "  kk: Түн болды.\n  en: Night fell.\n  term: түн → dark hours or night\n"
        "Saved. d (kk to en): 3 pairs, 3 translated; 1 doubtful.\n"
    )
    assert said.count("  term: ") == 1
    (small.parent / "new.txt").write_text("Түнде болды.", "utf-8")
    child = start("translate", "new.txt", "-s", "kk", "-t", "en", "--plain")
    child.expect_exact("kk: Түнде болды.")
    child.expect_exact("  term: түн → dark hours or night")
    child.expect_exact("en> ")
    child.sendeof()
    assert ended(child)[1] == 0


def test_wrong_keys_are_refused_where_there_is_no_screen_too(
    tmtool: Program, small: Path, tmp_path: Path
) -> None:
    """With the file and what the key does; nothing is reviewed."""
    (tmp_path / "tmtool.toml").write_text('[keys]\napprove = "ctrl+v"\n', "utf-8")
    for arguments in (["review", "d", "--plain"], ["review", "d"]):
        said = tmtool("-m", small, *arguments, input="a\n", status=3).stderr
        assert "tmtool.toml: [keys] the key 'ctrl+v' has another use: it pastes in the ed" in said
    assert [state for _, _, state in pairs(small)] == ["translated"] * 3


def test_lines_do_what_the_screen_does(tmtool: Program, small: Path) -> None:
    """Every command of the app has its line; help lists them with both letters."""

    def after(*lines: str) -> list[tuple[str, str]]:
        done = tmtool("-m", small, "review", input="\n".join(lines))
        assert "Traceback" not in done.stderr
        found = [(source, target) for source, target, _ in pairs(small)]
        tmtool("-m", small, "review", input="u\n" * 5)
        return found

    assert after("1", "m target")[:2] == [
        ("Иә. Жақсы.", "Yes. Good. The sun rose."),
        ("Күн шықты.", ""),
    ]
    assert after("2", "M")[0][1] == "Yes. Good. The sun rose."
    assert after("1", "d")[:2] == [("Иә. Жақсы.", ""), ("Күн шықты.", "Yes. Good.")]
    assert after("2", "D")[0][1] == "Yes. Good. The sun rose."
    assert after("1", "p")[:2] == [("Иә. Жақсы.", ""), ("", "Yes. Good.")]
    assert after("1", "w")[0][1] == "The sun rose."
    assert after("1", "E Иә.")[0][0] == "Иә."
    assert after("1", "c")[0][1] == "Иә. Жақсы."
    assert after("1", "m", "u", "U")[0][1] == "Yes. Good. The sun rose."
    tmtool("-m", small, "review", input="1\nt ask\nb 90\ny\n")
    assert pairs(small)[0][2] == "reviewed"
    said = tmtool("-m", small, "review", input="?\nv\n/night\ny\nY\nz\nf reviewed\nl rose\n")
    for command in LINE_COMMANDS:
        assert command.title in said.stdout
    assert "Found in 1 pair" in said.stdout
    assert "note: ask" in tmtool("-m", small, "review", input="1\n").stdout


def test_matches_are_taken_by_number(tmtool: Program, small: Path) -> None:
    with Memory.open(small) as memory:
        memory.add([pair("Түн болды.", "It was night.")])
    said = tmtool("-m", small, "review", "d", input="3\ni\ni 1\n")
    assert "match 1, 100 %: It was night." in said.stdout
    assert pairs(small)[2] == ("Түн болды.", "It was night.", "translated")


def test_the_same_pair_of_another_document_is_a_match(tmtool: Program, small: Path) -> None:
    """Also where the memory trusts the pair that is looked at more."""
    with Memory.open(small) as memory:
        memory.add([pair("Түн болды.", "Night fell.", document="e", state="reviewed")])
    for document, number in (("d", 3), ("e", 1)):
        said = tmtool("-m", small, "review", document, input=f"{number}\ni\n").stdout
        assert "match 1, 100 %: Night fell." in said


def test_a_match_comes_with_the_numbers_of_the_sentence(tmtool: Program, small: Path) -> None:
    """Listed behind a sign that says so, taken without it."""
    with Memory.open(small) as memory:
        memory.add([pair("Бағасы 30 теңге.", "", document="e", state="initial")])
        memory.add([pair("Бағасы 25 теңге.", "It costs 25 tenge.")])
    said = tmtool("-m", small, "review", "e", input="1\ni\ni 1\n").stdout
    assert "%: # It costs 30 tenge." in said
    assert "of: Бағасы 25 теңге." in said
    with Memory.open(small) as memory:
        (unit,) = memory.units(document="e")
    assert (unit.target.text, unit.state) == ("It costs 30 tenge.", "translated")


def test_a_number_and_an_expression_may_stand_behind_their_commands(
    tmtool: Program, small: Path
) -> None:
    """As the list of commands has them."""
    done = tmtool("-m", small, "review", "--plain", input="g 2\n/ /[a-z]/\ng 99\n", status=2)
    said = done.stdout + done.stderr
    assert "Found in " in said
    assert "there is no pair 99" in said
    assert "a bug" not in said


def test_what_a_pipe_copies_is_not_approved(tmtool: Program, small: Path) -> None:
    """Nobody has looked at it; approving is a command of its own."""
    tmtool("-m", small, "review", "d", input="3\nc\n")
    assert pairs(small)[2] == ("Түн болды.", "Түн болды.", "translated")
    tmtool("-m", small, "review", "d", input="3\na\n")
    assert pairs(small)[2][2] == "reviewed"


@pytest.mark.parametrize("line", ["x 12", "a 3", "u 2", "3 a", "n all"])
def test_what_a_command_does_not_take_is_refused(tmtool: Program, small: Path, line: str) -> None:
    """It might mean another pair than the one shown."""
    before = pairs(small)
    done = tmtool("-m", small, "review", "d", input=f"{line}\n", status=2)
    assert "takes nothing behind it" in done.stderr or "a number goes to its pair" in done.stderr
    assert pairs(small) == before
