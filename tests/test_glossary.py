"""Glossaries: terms from TBX of all kinds and from TSV, and back."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from tests.conftest import Program
from tmtool import glossary
from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.memory import Memory
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
    assert first.startswith("# kk\ten\tnote\t")
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


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.tbx"])
@settings(max_examples=30, deadline=None)
@given(found=terms, pair=st.permutations(["kk", "en-GB", "ru-Latn-KZ", "id", "zh"]))
def test_a_glossary_says_its_languages(
    tmp_path_factory: pytest.TempPathFactory, name: str, found: list[Term], pair: list[str]
) -> None:
    """So that it is read without saying them again, whatever the terms are."""
    path = tmp_path_factory.mktemp("terms") / name
    glossary.write([TERMS[0], *found], path, (pair[0], pair[1]))
    said = glossary.languages_of(path)
    assert said == (pair[0], pair[1])
    assert glossary.read(path, said) == [TERMS[0], *found]


def test_a_note_of_several_lines_stays_so_in_csv(tmtool: Program, tmp_path: Path) -> None:
    """TSV, which has one line for a term, makes it one, and says so."""
    term = Term("жоба", "project", "law\nsee §1:\t a  b", definition="one\r\ntwo")
    glossary.write([term], tmp_path / "a.csv", PAIR)
    assert glossary.read(tmp_path / "a.csv", PAIR) == [term]
    tmtool("-m", "m.db", "terms", "--add", "a.csv")
    assert tmtool("-m", "m.db", "terms", "-o", "b.csv").stderr == "b.csv: 1 term\n"
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()
    for name, said in (("b.tsv", "b.tsv: 1 term\n"), ("-", "")):
        assert tmtool("-m", "m.db", "terms", "-o", name).stderr == (
            f"{said}note: {name}: terms with tabs or line ends, which TSV has no place for, made "
            "spaces: 1\n"
        )
    (again,) = glossary.read(tmp_path / "b.tsv", PAIR)
    assert again == replace(term, note="law see §1: a b", definition="one two")
    tmtool("-m", "m.db", "terms", "-o", "b.tbx")
    for name in ("b.tsv", "b.tbx"):
        done = tmtool("-m", "m.db", "terms", "--add", name)
        assert done.stderr == f"{name}: 0 new, 1 unchanged\n"
    with Memory.open(tmp_path / "m.db") as memory:
        assert [known for _, known in memory.terms()] == [term]


@pytest.mark.parametrize("name", ["a.tsv", "a.csv"])
def test_a_glossary_whose_codes_head_no_column_comes_back(tmp_path: Path, name: str) -> None:
    """So does one of an earlier version: the languages are to be said."""
    glossary.write(TERMS, tmp_path / name, ("tlh", "x-own"))
    assert (tmp_path / name).read_text("utf-8").lstrip("\ufeff# ").startswith("source")
    assert glossary.languages_of(tmp_path / name) == ()
    assert glossary.read(tmp_path / name, ("tlh", "x-own")) == TERMS


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
    lost: Counter[str] = Counter()
    glossary.read(path, PAIR, lost=lost)
    assert lost == {"concepts without a term in both languages, left out": 1}
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
    assert "must not be translated as deal, but as agreement" in done.stdout
    done = tmtool("check", "a.tsv", *options, status=3)
    assert "a.tsv: does not name its languages; say which with -s and -t" in done.stderr


TERMS_OF_MEMOQ = """\
Entry_ID,Entry_Subject,Entry_Note,Kazakh_Def,Kazakh,Term_Info,Term_Example,English_United_States_Def,\
English_United_States,Term_Info,Term_Example,English_United_States,Term_Info,Term_Example
0,Law,of states,,келісім,CasePermissive;HalfPrefix,,,agreement,CaseInsense;Exact,,\
deal,CasePermissive;HalfPrefix;NonTerm,
1,,,,уағда,CasePermissive;HalfPrefix;Forbidden,,,agreement,CaseInsense;Exact,,,,
2,,,,жол,CasePermissive;HalfPrefix,,,,,,,,
"""


def test_a_term_that_memoq_forbids_is_not_to_be_used(tmp_path: Path) -> None:
    """Its list says so behind each term, of which there may be several in a language."""
    (tmp_path / "a.csv").write_text(TERMS_OF_MEMOQ, "utf-8")
    lost: Counter[str] = Counter()
    found = glossary.read(tmp_path / "a.csv", PAIR, lost=lost)
    assert [(it.source, it.target, it.status, it.source_status) for it in found] == [
        ("келісім", "agreement", "", ""),
        ("келісім", "deal", "deprecated", ""),
        ("уағда", "agreement", "", "deprecated"),
    ]
    assert (found[0].concept, found[0].subject) == ("0", "Law")
    assert found[0].note.startswith("of states; term_info: CasePermissive;HalfPrefix; ")
    assert lost == {"rows without a term in both languages, left out": 1}
    assert glossary.languages_of(tmp_path / "a.csv") == ("kk", "en")


@pytest.mark.parametrize(
    ("title", "said", "status"),
    [
        ("Forbidden", "TRUE", "deprecated"),
        ("Forbidden", "FALSE", ""),
        ("Term_Forbidden", "NonTerm", "deprecated"),
        ("Запрещено", "да", "deprecated"),
        ("Запрещено", "нет", ""),
        ("Тыйым салынған", "жоқ", ""),
        ("Preferred", "1", "preferred"),
        ("Статус", "Запрещённый", "deprecated"),
        ("Мәртебесі", "рұқсат етілген", "admitted"),
        ("status", "DEPRECATED", "deprecated"),
    ],
)
@pytest.mark.parametrize("language", ["", " (EN)"])
def test_words_for_what_may_be_used_are_understood(
    tmp_path: Path, title: str, said: str, status: str, language: str
) -> None:
    """As a word in a column of statuses, or as yes and no in a column of one."""
    text = f"Термин,Перевод{language},{title}\nсапар,trip,{said}\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    assert glossary.read(tmp_path / "a.csv", PAIR) == [Term("сапар", "trip", status=status)]  # type: ignore[arg-type]


def test_a_word_for_a_status_that_is_none_is_part_of_the_note(tmp_path: Path) -> None:
    """Whoever named the column; the worst of what several say counts."""
    text = "source\ttarget\tstatus\tForbidden\nел\tland\tgood\t\nжер\tsoil\tpreferred\tyes\n"
    (tmp_path / "a.tsv").write_text(text, "utf-8")
    assert glossary.read(tmp_path / "a.tsv", PAIR) == [
        Term("ел", "land", "status: good"),
        Term("жер", "soil", status="deprecated"),
    ]


def test_a_status_of_tbx_that_forbids_is_no_preference(tmp_path: Path) -> None:
    """In whatever words; they come back."""
    body = """<termEntry><langSet xml:lang="kk"><tig><term>сапар</term></tig></langSet>
        <langSet xml:lang="en"><tig><term>trip</term>
        <termNote type="administrativeStatus">forbidden</termNote></tig><tig><term>tour</term>
        <termNote type="administrativeStatus">odd</termNote></tig></langSet></termEntry>"""
    found = glossary.read(tbx(tmp_path, body), PAIR)
    assert [term.status for term in found] == ["deprecated", ""]
    glossary.write(found, tmp_path / "b.tbx", PAIR)
    assert glossary.read(tmp_path / "b.tbx", PAIR) == found


def test_a_row_of_a_table_may_say_its_languages(tmp_path: Path) -> None:
    """As tables of units do; those in others are counted, and the rejected not to be used."""
    text = "source,target,state,source_language,target_language\n"
    text += "ел,country,final,kk,en\nел,land,rejected,kk-KZ,en\nел,страна,final,kk,ru\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    lost: Counter[str] = Counter()
    found = glossary.read(tmp_path / "a.csv", PAIR, lost=lost)
    assert [(term.target, term.status) for term in found] == [
        ("country", ""),
        ("land", "deprecated"),
    ]
    assert lost == {"rows in other languages, left out": 1}


def test_a_workbook_of_terms_is_read_whatever_its_cells_hold(tmp_path: Path) -> None:
    """Comments are part of the note; a row without a term is counted."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in [("Термин (қаз)", "Term (EN)"), ("жыл", 2025), ("сапар", "#N/A"), ("ел", "land")]:
        sheet.append(row)
    sheet["B4"].comment = Comment("or country", "aigul")
    book.save(tmp_path / "a.xlsx")
    lost: Counter[str] = Counter()
    assert glossary.read(tmp_path / "a.xlsx", PAIR, lost=lost) == [
        Term("жыл", "2025"),
        Term("ел", "land", "or country"),
    ]
    assert lost == {
        "cells that show no text, left out, such as 'cell B3 holds the error #N/A'": 1,
        "rows without a term in both languages, left out": 1,
    }


def test_what_two_concepts_say_of_a_term_is_joined(tmtool: Program, tmp_path: Path) -> None:
    """In the memory, where a term and its translation are there once; adding is told as ever."""
    concept = (
        "<termEntry><note>{0}</note><langSet xml:lang='kk'><tig><term>сапар</term></tig></langSet>"
        "<langSet xml:lang='en'><tig><term>visit</term>"
        "<termNote type='administrativeStatus'>{1}</termNote><note>n{0}</note></tig></langSet>"
        "</termEntry>"
    )
    said = [("1", "preferredTerm-admn-sts"), ("2", "deprecatedTerm-admn-sts"), ("1", "")]
    tbx(tmp_path, "".join(concept.format(*it) for it in said))
    command = ["-m", "m.db", "terms", "-s", "kk", "-t", "en"]
    assert tmtool(*command, "--add", "a.tbx").stderr == "a.tbx: 1 new, 0 unchanged\n"
    held = tmtool(*command, "--json").stdout
    (term,) = map(json.loads, held.splitlines())
    assert (term["note"], term["status"]) == ("n1; n2", "deprecated")
    assert term["props"] == [["concept:note", "1"], ["concept:note", "2"]]
    assert tmtool(*command, "--add", "a.tbx").stderr == "a.tbx: 0 new, 1 unchanged\n"
    assert tmtool(*command, "--json").stdout == held


def test_terms_of_a_further_region_are_counted(tmp_path: Path) -> None:
    """What is said in the very language that was asked for is taken, of two sections the first."""
    sides = [("kk", "жол"), ("en-GB", "lorry"), ("en", "truck"), ("en", "van"), ("ru", "путь")]
    sections = (
        f"<langSet xml:lang='{code}'><tig><term>{term}</term></tig></langSet>"
        for code, term in sides
    )
    path = tbx(tmp_path, f"<termEntry>{''.join(sections)}</termEntry>")
    lost: Counter[str] = Counter()
    assert glossary.read(path, PAIR, lost=lost) == [Term("жол", "truck")]
    assert lost == {"terms in further sections of a language, left out": 2}


def test_what_is_checked_says_the_languages_of_a_glossary(tmtool: Program, tmp_path: Path) -> None:
    """The file, a pipe or the memory; each pair of it, of those the glossary has."""
    glossary.write([Term("сапар", "visit")], tmp_path / "g.tbx", PAIR)
    (tmp_path / "g.tsv").write_text("сапар\tvisit\n", "utf-8")
    table = "kk,en,ru\nСапар жақсы.,The trip is good.,Поездка хорошая.\n"
    (tmp_path / "a.csv").write_text(table, "utf-8")
    (tmp_path / "b.csv").write_text("en,ru\nA trip.,Поездка.\n", "utf-8")
    tmtool("-m", "m.db", "import", "a.csv")
    options = ["--select", "terms", "--glossary"]
    expected = "1\twarning\tterms\tсапар is to be translated as visit\tСапар\n"
    assert tmtool("check", "a.csv", *options, "g.tbx", status=1).stdout == f"a.csv:{expected}"
    done = tmtool("check", "-", "--from", "csv", *options, "g.tbx", input=table, status=1)
    assert done.stdout == f"-:{expected}"
    done = tmtool("-m", "m.db", "check", *options, "g.tbx", status=1)
    assert done.stdout == f"m.db:{expected}"
    done = tmtool("check", "b.csv", *options, "g.tbx", status=3)
    assert "g.tbx: holds no terms from en to ru; its languages are en, kk" in done.stderr
    done = tmtool("check", "a.csv", *options, "g.tsv", status=2)
    assert "--glossary g.tsv names no languages; say them with -s and -t" in done.stderr
    done = tmtool("check", "a.csv", *options, "g.tsv", "-s", "kk", "-t", "en", status=1)
    assert done.stdout == f"a.csv:{expected}"


def test_a_deleted_column_of_terms_is_missed(tmp_path: Path) -> None:
    """Also where the languages of a glossary are asked for."""
    (tmp_path / "a.csv").write_text("kk,note,definition,subject\nжоба,n,d,s\n", "utf-8")
    for read in (lambda path: glossary.read(path, PAIR), glossary.languages_of):
        with pytest.raises(FormatError, match=r"a\.csv: its heading has no column target"):
            read(tmp_path / "a.csv")


@pytest.mark.parametrize("heading", ["kk,en-GB", "kk-KZ,en_GB", "KK,EN-GB"])
def test_a_heading_may_name_regions(tmtool: Program, tmp_path: Path, heading: str) -> None:
    """However they are spelled."""
    (tmp_path / "a.csv").write_text(f"{heading}\nжоба,project\n", "utf-8")
    assert tmtool("-m", "m.db", "terms", "--add", "a.csv").stderr == "a.csv: 1 new, 0 unchanged\n"
    tmtool("-m", "n.db", "terms", "--add", "a.csv", "-s", "kk", "-t", "en")
