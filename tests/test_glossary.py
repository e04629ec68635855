"""Glossaries: terms from TBX of all kinds and from TSV, and back."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Program
from tmtool import glossary
from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.model import STATUSES, Term

PAIR = ("kk", "en")
BRITISH = ("target:language", "en-GB")
STATUS = "target:administrativeStatus"

TERMS = [
    Term("келісім", "agreement", "law", subject="law", definition="x & y", concept="c1"),
    Term("келісім", "deal", "", "deprecated", subject="law", definition="x & y", concept="c1"),
    Term("уағда", "agreement", concept="c2", source_status="deprecated"),
    Term("=1", "-лар", "'"),
    Term("жер", "land", "soil", "deprecated", props=(BRITISH, (STATUS, "supersededTerm-admn-sts"))),
]

texts = st.text(st.characters(exclude_categories=["C", "Z", "M"]), min_size=1, max_size=5).map(
    lambda text: unicodedata.normalize("NFC", text)
)
optional = st.just("") | texts
terms = st.lists(
    st.builds(Term, texts, texts, optional, st.sampled_from(STATUSES), optional, optional),
    max_size=4,
)


def tbx(path: Path, body: str, root: str = "martif") -> Path:
    path = path / "a.tbx"
    attributes = 'xmlns="urn:iso:std:iso:30042:ed-2" ' if root == "tbx" else ""
    path.write_text(f"<{root} {attributes}type='TBX'><text><body>\n{body}</body></text></{root}>")
    return path


@pytest.mark.parametrize("name", ["a.tbx", "a.tsv", "a.txt", "a.csv"])
def test_terms_come_back(tmp_path: Path, name: str) -> None:
    """All formats carry all that a term says."""
    assert glossary.write(TERMS, tmp_path / name, PAIR) == 5
    assert glossary.read(tmp_path / name, PAIR) == TERMS


@pytest.mark.parametrize("name", ["a.tbx", "a.tsv", "a.csv"])
@settings(max_examples=30, deadline=None)
@given(terms)
def test_whatever_terms_say_comes_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, found: list[Term]
) -> None:
    """Marks of XML, formulas, quotes."""
    path = tmp_path_factory.mktemp("terms") / name
    glossary.write(found, path, PAIR)
    assert glossary.read(path, PAIR) == found


def test_a_tsv_is_a_glossary_of_omegat(tmp_path: Path) -> None:
    """Its heading is a comment there; a glossary of OmegaT has none, and a note if any."""
    glossary.write(TERMS[:1], tmp_path / "a.tsv", PAIR)
    first, second = (tmp_path / "a.tsv").read_text("utf-8").splitlines()
    assert first.startswith("# source\ttarget\tnote\t")
    assert second.startswith("келісім\tagreement\tlaw\t")
    (tmp_path / "b.utf8").write_text("# мемлекет\nел\tcountry\nжер\tland\tsoil, too\n\n", "utf-8")
    assert glossary.read(tmp_path / "b.utf8", PAIR) == [
        Term("ел", "country"),
        Term("жер", "land", "soil, too"),
    ]


def test_columns_of_a_tsv_are_known_by_their_names(tmp_path: Path) -> None:
    """One that tmtool does not know is part of the note."""
    (tmp_path / "a.tsv").write_text("Client\tTarget\tTerm\tStatus\nBank\tland\tжер\tAdmitted\n")
    assert glossary.read(tmp_path / "a.tsv", PAIR) == [
        Term("жер", "land", "client: Bank", "admitted")
    ]


def test_cells_can_be_written_to_the_letter(tmp_path: Path) -> None:
    """For a CAT tool that would not find a suffix with a ' before it."""
    glossary.write(TERMS[2:], tmp_path / "a.tsv", PAIR)
    assert "'=1\t'-лар" in (tmp_path / "a.tsv").read_text("utf-8")
    glossary.write(TERMS[2:], tmp_path / "a.tsv", PAIR, raw=True)
    assert "\n=1\t-лар\t'\n" in (tmp_path / "a.tsv").read_text("utf-8")
    assert glossary.read(tmp_path / "a.tsv", PAIR, raw=True) == TERMS[2:]


def test_tbx_of_2008_is_read(tmp_path: Path) -> None:
    """ntig and tig, definitions in a language, several terms of one concept, regions."""
    path = tbx(
        tmp_path,
        """<termEntry id="eid-1"><descripGrp><descrip type="subjectField">Law</descrip></descripGrp>
        <langSet xml:lang="en-GB"><descrip type="definition">A
          promise.</descrip>
          <ntig><termGrp><term>agreement</term><termNote type="partOfSpeech">noun</termNote>
          <termNote type="administrativeStatus">admittedTerm-admn-sts</termNote></termGrp>
          <note>a</note></ntig>
          <tig><term>bargain</term>
          <termNote type="administrativeStatus">supersededTerm-admn-sts</termNote></tig></langSet>
        <langSet xml:lang="kk"><tig><term> келісім </term></tig></langSet>
        <langSet xml:lang="de"><tig><term>Abkommen</term></tig></langSet></termEntry>
        <termEntry><langSet xml:lang="de"><tig><term>Fluss</term></tig></langSet></termEntry>""",
    )
    common = partial(Term, "келісім", definition="A promise.", subject="Law", concept="eid-1")
    assert glossary.read(path, PAIR) == [
        common("agreement", "a", "admitted", props=(BRITISH, ("target:partOfSpeech", "noun"))),
        common("bargain", "", "deprecated", props=(BRITISH, (STATUS, "supersededTerm-admn-sts"))),
    ]
    with pytest.raises(InputError, match="no terms from kk to en-US; its languages are de, en-GB"):
        glossary.read(path, ("kk", "en-US"))


def test_what_tbx_says_of_terms_comes_back(tmp_path: Path) -> None:
    """Of the concept, a term or its translation; what no term holds is counted."""
    path = tbx(
        tmp_path,
        """<termEntry id="c1"><descrip type="definition">x</descrip><note>all</note>
        <descrip type="projectSubset">p</descrip><transacGrp><date>2025</date></transacGrp>
        <langSet xml:lang="kk-KZ"><descripGrp><descrip type="definition">y</descrip></descripGrp>
          <tig><term>келісім</term><termNote type="partOfSpeech">noun</termNote>
          <descripGrp><descrip type="context">Келісім бар.</descrip>
          <admin type="source">Заң</admin></descripGrp><note>k</note></tig></langSet>
        <langSet xml:lang="en"><tig><term>agreement</term>
          <termNote type="termType">fullForm</termNote><note>e</note></tig></langSet>
        </termEntry>""",
    )
    lost: Counter[str] = Counter()
    (term,) = glossary.read(path, PAIR, lost=lost)
    assert lost == {"<transacGrp> of terms, left out": 1}
    assert (term.definition, term.note) == ("x", "e")
    assert set(term.props) == {
        *{("concept:note", "all"), ("concept:projectSubset", "p")},
        *{("source:language", "kk-KZ"), ("source:definition", "y"), ("source:note", "k")},
        *{("source:partOfSpeech", "noun"), ("source:context", "Келісім бар.")},
        *{("source:source", "Заң"), ("target:termType", "fullForm")},
    }
    for name in ("b.tbx", "b.tsv", "b.csv"):
        glossary.write([term], tmp_path / name, PAIR)
        (back,) = glossary.read(tmp_path / name, PAIR)
        assert set(back.props) == set(term.props)
        assert replace(back, props=term.props) == term


def test_tbx_of_2019_is_read(tmp_path: Path) -> None:
    """In the style of tags, whose namespaces are modules."""
    path = tbx(
        tmp_path,
        """<conceptEntry id="c1" xmlns:min="http://x" xmlns:basic="http://y">
        <min:subjectField>Law</min:subjectField>
        <langSec xml:lang="kk"><termSec><term>келісім</term></termSec></langSec>
        <langSec xml:lang="en"><termSec><term>deal</term>
        <min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus></termSec>
        </langSec></conceptEntry>""",
        "tbx",
    )
    assert glossary.read(path, PAIR) == [
        Term("келісім", "deal", "", "deprecated", subject="Law", concept="c1")
    ]


def test_a_concept_pairs_each_term_with_each(tmp_path: Path) -> None:
    """What is said of a term is said of all in its group; too many are refused."""
    terms = "".join(f"<term>t{n}</term>" for n in range(101))
    note = '<termNote type="administrativeStatus">admittedTerm-admn-sts</termNote>'
    concept = """<conceptEntry><langSec xml:lang="kk"><termSec>{}</termSec></langSec>
        <langSec xml:lang="en"><termSec>{}{}</termSec><termSec><term>last</term></termSec></langSec>
        </conceptEntry>"""
    path = tbx(tmp_path, concept.format("<term>ел</term><term>жер</term>", terms, note), "tbx")
    found = glossary.read(path, PAIR)
    assert [(term.source, term.target) for term in found[101::102]] == [
        ("ел", "last"),
        ("жер", "last"),
    ]
    assert {term.status for term in found[:101]} == {"admitted"}
    path = tbx(tmp_path, concept.format(terms, terms, note), "tbx")
    with pytest.raises(FormatError, match="has 101 terms in kk and 102 in en: 10,000 pairs"):
        glossary.read(path, PAIR)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.tsv", "ел\n", "a.tsv:1: has 1 column, not 2 to 3; write term, tab, translation"),
        ("a.tsv", "ел\ta\tb\tc\n", "a.tsv:1: has 4 columns, not 2 to 3"),
        ("a.tsv", "ел\t\n", "a.tsv:1: a term or its translation is empty"),
        ("a.tsv", "source\ttarget\tstatus\nел\ta\tgood\n", "a.tsv:2: the status 'good' is not"),
        ("a.tsv", "source\ttarget\tprops\nел\ta\t[1]\n", "a.tsv:2: what .* under props"),
        ("a.tbx", "<html/>", "a.tbx:1: is not TBX: its root is <html>"),
        ("a.tbx", "<tbx>", "a.tbx:1: is cut short or not well-formed XML"),
        ("a.tbx", "<tbx>\n<conceptEntry><langSec/></conceptEntry></tbx>", "a.tbx:2: '' is not a"),
    ],
)
def test_what_is_wrong_in_a_glossary_is_named(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    """File, line, reason."""
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(FormatError, match=complaint):
        glossary.read(tmp_path / name, PAIR)


@pytest.mark.parametrize("name", ["a.tbx", "a.tsv"])
def test_an_empty_term_is_not_written(tmp_path: Path, name: str) -> None:
    """It could not be read back."""
    with pytest.raises(TmtoolError, match="term 2 has no text on one side"):
        glossary.write([Term("a", "b"), Term("a", " ")], tmp_path / name, PAIR)
    assert list(tmp_path.iterdir()) == []


def test_no_glossary_is_written_as_a_workbook(tmp_path: Path) -> None:
    """The name of one would promise what is not in it."""
    with pytest.raises(TmtoolError, match=r"a\.xlsx: no glossary is written as XLSX; write .csv"):
        glossary.write(TERMS, tmp_path / "a.xlsx", PAIR)


def test_the_checks_take_a_tbx(tmtool: Program, tmp_path: Path) -> None:
    """A translation that must not be used is none; the languages are those of -s and -t."""
    glossary.write(TERMS[:2], tmp_path / "a.tbx", PAIR)
    (tmp_path / "a.tsv").write_text("Бұл келісім.\tThis is a deal.\n", "utf-8")
    options = ["--glossary", "a.tbx", "--select", "terms"]
    done = tmtool("check", "a.tsv", *options, "-s", "kk", "-t", "en", status=1)
    assert "is to be translated as agreement" in done.stdout
    done = tmtool("check", "a.tsv", *options, status=2)
    assert "--glossary a.tbx needs -s and -t" in done.stderr
