"""The report: what is on the page, and that texts are only shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from tests.conftest import SEED, SEED_ENGLISH, Program, pair
from tmtool.model import Code, Finding, Variant
from tmtool.report import Report, Row, highlighted, page

EVIL = '<script>window.pwned = 1</script><img src=x onerror="window.pwned=1">\'"&amp;</p>'


def reported() -> Report:
    """Five pairs with what may be said of them."""
    doubt = Finding("numbers", "", EVIL, "error", "target", (4, 8))
    rows = [
        Row(pair("Күн шықты.", "The sun rose.", score=0.99)),
        Row(pair(f"Ай {EVIL}", f"Moon {EVIL}", score=0.7), [doubt]),
        Row(pair("Жел тұрды.", "A wind rise.", state="reviewed"), origin="A breeze arose."),
        Row(pair("Қар жауды.", "", notes=(EVIL,))),
        Row(pair("Боран соқты.", "Bad.", state="rejected", score=0.3)),
    ]
    return Report(EVIL, ("kk", "en"), rows, [("date", EVIL)])


def parsed(report: Report) -> html.HtmlElement:
    """The page as a browser reads it."""
    return html.document_fromstring("".join(page(report)))


def test_each_pair_is_there_with_its_state_and_confidence() -> None:
    """Side by side, in order; signs and words, not colours alone."""
    articles = parsed(reported()).findall(".//article")
    assert [each.get("id") for each in articles] == ["1", "2", "3", "4", "5"]
    assert [each.get("data-state") for each in articles] == [
        *("translated", "translated", "reviewed", "initial", "rejected")
    ]
    kinds = [each.get("data-confidence") for each in articles]
    assert kinds == ["sure", "doubtful", "person", "missing", ""]
    first = articles[0]
    assert [(p.get("lang"), p.text_content()) for p in first.findall("p")] == [
        ("kk", "Күн шықты."),
        ("en", "The sun rose."),
    ]
    assert "= sure 99%" in first.text_content()


def test_of_a_long_document_the_plot_shows_the_least_sure() -> None:
    """No doubt is lost between pairs that are sure; the key counts all pairs."""
    rows = [Row(pair("а", "a", score=0.2 if n == 1234 else 0.97)) for n in range(5000)]
    plot = parsed(Report("d", ("kk", "en"), rows)).find_class("plot")[0]
    unlikely, sure = plot.find_class("unlikely")[0], plot.find_class("sure")[0]
    assert unlikely.get("d") == "M1232.5 100V80"
    assert sure.get("d", "").count("M") < 300
    assert "least sure of 17 pairs" in plot.text_content()
    assert "(4,999)" in plot.text_content()


def test_a_doubtful_pair_is_not_rounded_to_a_sure_one() -> None:
    """The figure never says more than the word."""
    report = Report("d", ("kk", "en"), [Row(pair("а", "a", score=0.899))])
    assert "doubtful 89%" in parsed(report).text_content()


def test_texts_are_shown_and_never_obeyed() -> None:
    """No element comes from a text, a note, a name or a message."""
    tree = parsed(reported())
    assert len(tree.findall(".//script")) == 1
    assert not tree.findall(".//img")
    assert tree.findtext(".//h1") == EVIL
    second = tree.findall(".//article")[1]
    assert second.findall("p")[1].text_content() == f"Moon {EVIL}"
    assert not [name for each in tree.iter() for name in each.attrib if name.startswith("on")]


def test_characters_that_steer_are_shown_by_name() -> None:
    """Escapes and marks of direction reach no browser."""
    report = Report("a\x1b]0;b\u202e", ("kk", "en"), [Row(pair("а\x9bб\u2066", "c\x00d"))])
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(page(report))
    )


def test_findings_are_marked_in_their_place() -> None:
    """And told below; the same in several places once."""
    tree = parsed(reported())
    mark = tree.find(".//mark")
    assert mark is not None
    assert (mark.text_content(), mark.get("class")) == (" <sc", "error")
    again = [Finding("terms", "", "x", "warning", "target", (n, n + 1)) for n in (0, 2)]
    items = parsed(Report("d", ("kk", "en"), [Row(pair("а б", "a b"), again)])).findall(".//li")
    assert [item.text_content() for item in items if item.get("class") == "warning"] == [
        "⚠ terms x (2 times)"
    ]


@given(
    st.text(st.sampled_from("аб<&\"' \x1b"), max_size=20),
    st.lists(
        st.tuples(
            st.integers(0, 22), st.integers(0, 22), st.sampled_from(["error", "warning", "info"])
        )
    ),
)
def test_marks_change_nothing_in_the_text(text: str, spans: list[tuple[int, int, str]]) -> None:
    """However they overlap or reach out."""
    found = [
        Finding("c", "", "m", severity, "target", (min(a, b), max(a, b)))  # type: ignore[arg-type]
        for a, b, severity in spans
    ]
    marked, plain = (
        html.fragment_fromstring(f"<p>.{highlighted(text, each)}</p>").text_content()
        for each in (found, [])
    )
    assert marked == plain


def test_edits_are_shown() -> None:
    """What a person changed since the first translation."""
    article = parsed(reported()).findall(".//article")[2]
    assert [each.text_content() for each in article.findall(".//del")] == ["breeze", "arose"]
    assert [each.text_content() for each in article.findall(".//ins")] == ["wind", "rise"]


def test_inline_codes_do_not_move_marks() -> None:
    """A side with codes is shown with them and without marks."""
    unit = pair("Күн", "")
    content = ("Sun ", Code("ph", '<ph x="1"/>'), "rose")
    unit = type(unit)(unit.source, Variant("en", content))
    row = Row(unit, [Finding("c", "", "m", "error", "target", (0, 3))])
    article = parsed(Report("d", ("kk", "en"), [row])).find(".//article")
    assert article is not None
    assert not article.findall(".//mark")
    assert "rose" in article.findall("p")[1].text_content()


def test_it_fetches_nothing_and_says_so() -> None:
    """The policy names its own style and script by their hashes."""
    text = "".join(page(reported()))
    policy = re.search('Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "default-src 'none'; style-src 'sha256-" in policy[1]
    assert "unsafe" not in policy[1]
    tree = parsed(reported())
    assert not tree.xpath("//@style | //link | //@src | //@href[not(starts-with(., '#'))]")


@pytest.fixture
def aligned(tmtool: Program) -> None:
    """The seed in a memory, with an edit."""
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    tmtool("-m", "m.db", "replace", "historic step", "great step")


@pytest.mark.usefixtures("aligned")
def test_a_document_becomes_a_page(tmtool: Program, tmp_path: Path) -> None:
    """With its date, its edits and what the rest of the memory holds; the same bytes each time."""
    done = tmtool("-m", "m.db", "report", "-o", "r.html")
    assert done.stderr == "r.html: 54 pairs\n"
    text = (tmp_path / "r.html").read_text("utf-8")
    assert "date 2025-10-20" in text
    assert "<del>historic</del><ins>great</ins>" in text
    assert "no match" in text
    assert tmtool("-m", "m.db", "report", "-o", "-").stdout == text


@pytest.mark.usefixtures("aligned")
def test_what_other_documents_hold_is_counted(tmtool: Program, tmp_path: Path) -> None:
    """The document itself does not count."""
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "--add", "-d", "copy")
    tmtool("-m", "m.db", "report", "copy", "-o", "r.html")
    assert '<th scope="row">100 %</th>' in (tmp_path / "r.html").read_text("utf-8")


def test_what_a_document_took_from_another_is_counted(tmtool: Program, tmp_path: Path) -> None:
    """The same pairs, though the memory trusts those of the document itself most."""
    (tmp_path / "base.tsv").write_text("Мен кітап оқыдым.\tI read a book.\n", "utf-8")
    tmtool("-m", "m.db", "import", "base.tsv", "-s", "kk", "-t", "en", "-d", "base")
    (tmp_path / "new.kk.txt").write_text("Мен кітап оқыдым.\n", "utf-8")
    tmtool("-m", "m.db", "pretranslate", "new.kk.txt", "-t", "en")
    tmtool("-m", "m.db", "review", "new", input="1\na\n")
    text = tmtool("-m", "m.db", "report", "new", "-o", "-").stdout
    assert '<th scope="row">100 %</th>' in text
    assert "no match" not in text


@pytest.mark.usefixtures("aligned")
def test_no_such_document_is_said(tmtool: Program, tmp_path: Path) -> None:
    """And nothing is written; the memory is not overwritten either."""
    assert "no document 'x'" in tmtool("-m", "m.db", "report", "x", "-o", "r.html", status=2).stderr
    assert not (tmp_path / "r.html").exists()
    assert "write to another file" in tmtool("-m", "m.db", "report", "-o", "m.db", status=2).stderr
