"""The command align: what is paired, what is refused, and many texts at once."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from textwrap import fill

import pytest

from tests.conftest import SEED, SEED_ENGLISH, Program
from tests.test_cli import DOCUMENT, aligned
from tests.test_cli_translate import Start, ended, start
from tmtool.segment import Segmenter

__all__ = ["aligned", "start"]


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Two folders with the halves of the seed and its translation."""
    for code, seed in (("kk", SEED), ("en", SEED_ENGLISH)):
        lines = seed.read_text("utf-8").splitlines(keepends=True)
        (tmp_path / code / "b").mkdir(parents=True)
        (tmp_path / code / f"one.{code}.txt").write_text("".join(lines[:12]), "utf-8")
        (tmp_path / code / "b" / f"two_{code}.txt").write_text("".join(lines[12:]), "utf-8")
    return tmp_path


def test_align_prints_every_bead_in_order(tmtool: Program, development_data: Path) -> None:
    """TSV on stdout; both texts read down their columns."""
    done = tmtool("align", SEED, SEED_ENGLISH, "-s", "kk", "-t", "en")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) == 54
    sources = " ".join(source for source, _ in rows if source)
    sentences = Segmenter.for_language("kk").segment(SEED.read_text("utf-8"))
    assert sources == " ".join(segment.text for segment in sentences)


def test_one_sided_beads_stay_in_tsv_and_out_of_tmx(tmtool: Program, tmp_path: Path) -> None:
    """An empty cell there; here they are counted on stderr."""
    lines = SEED_ENGLISH.read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "a.en.txt").write_text("".join(lines[:10] + lines[12:]), "utf-8")
    tmtool("align", SEED, "a.en.txt", "-t", "en", "-o", "a.tsv")
    rows = [line.split("\t") for line in (tmp_path / "a.tsv").read_text("utf-8").splitlines()]
    lonely = sum(not (source and target) for source, target in rows)
    assert lonely >= 2
    done = tmtool("align", SEED, "a.en.txt", "-t", "en", "-o", "a.tmx")
    assert done.stderr == f"a.tmx: {len(rows) - lonely} pairs; {lonely} one-sided left out\n"
    assert (tmp_path / "a.tmx").read_text("utf-8").count("<tu>") == len(rows) - lonely
    done = tmtool("-m", "m.db", "align", SEED, "a.en.txt", "-t", "en", "--add")
    added = f"{len(rows) - lonely} pairs and {lonely} sentences without a partner added; "
    assert added in done.stderr
    to_look_at = int(done.stderr.split(added)[1].split(" to look at, see 'tmtool review'")[0])
    assert to_look_at >= lonely


def test_aligning_again_changes_nothing(tmtool: Program, aligned: Path) -> None:
    """The same command twice is the same memory."""
    before = tmtool("-m", aligned, "export", "-", "--to", "jsonl").stdout
    done = tmtool("-m", aligned, "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    assert done.stderr == f"{DOCUMENT}: 0 pairs added\n"
    assert tmtool("-m", aligned, "export", "-", "--to", "jsonl").stdout == before


def test_aligning_keeps_what_a_reviewer_did(tmtool: Program, aligned: Path) -> None:
    """Edits, merges and splits survive another run of the aligner."""
    tmtool("-m", aligned, "review", input="1\ne New first.\nm\n5\nx\n8\nm\n8\ns\n1\n1\n")
    before = tmtool("-m", aligned, "export", "-", "--to", "jsonl").stdout
    tmtool("-m", aligned, "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    assert tmtool("-m", aligned, "export", "-", "--to", "jsonl").stdout == before


def test_aligning_again_after_a_region_was_named(tmtool: Program, aligned: Path) -> None:
    """The document is the same one, and nothing is called added that is not."""
    tmtool("-m", aligned, "recode", "kk=kk-KZ")
    done = tmtool("-m", aligned, "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    assert done.stderr == f"{DOCUMENT}: 0 pairs added\n"
    assert tmtool("-m", aligned, "documents").stdout.count("kk-KZ-en") == 1


def test_folders_are_paired_by_the_names_of_their_files(tmtool: Program, folders: Path) -> None:
    """One file for all of them, in which each pair names its document."""
    done = tmtool("align", "kk", "en", "-t", "en", "-o", "all.jsonl")
    assert done.stderr == "all.jsonl: 54 pairs\n2 texts aligned\n"
    rows = [json.loads(line) for line in (folders / "all.jsonl").read_text("utf-8").splitlines()]
    assert {row["document"] for row in rows} == {"one", "b/two"}


def test_a_folder_takes_a_file_for_each_text(tmtool: Program, folders: Path) -> None:
    """They are named after the documents."""
    tmtool("align", "kk", "en", "-t", "en", "-o", "out", "--to", "tsv")
    written = [folders / "out" / "one.tsv", folders / "out" / "b" / "two.tsv"]
    assert sum(len(path.read_text("utf-8").splitlines()) for path in written) == 54


def test_what_cannot_be_paired_keeps_nothing_else_from_it(tmtool: Program, folders: Path) -> None:
    """Each is named, and the exit code says that the answer is not whole."""
    (folders / "kk" / "three.kk.txt").write_text("Жалғыз мәтін.", "utf-8")
    (folders / "en" / "one.en.txt").write_bytes(b"\xff\xfe\xfd")
    done = tmtool("-m", "m.db", "align", "kk", "en", "-t", "en", "--add", status=1)
    assert "kk/three.kk.txt: has no partner in en" in done.stderr
    assert "en/one.en.txt:1: is not UTF-16" in done.stderr
    assert done.stderr.endswith("1 text aligned; 2 could not be\n")
    assert tmtool("-m", "m.db", "documents").stdout.startswith("b/two\tkk-en\t")


def test_a_name_that_is_not_utf_8_stops_no_other_text(tmtool: Program, folders: Path) -> None:
    """No document can be called so."""
    try:
        for side in ("kk", "en"):
            (text, *_) = (folders / side).glob(f"*.{side}.txt")
            name = os.fsencode(text).replace(b".", b"\xff.", 1)
            with open(name, "wb") as stream:
                stream.write(text.read_bytes())
    except OSError:
        pytest.skip("this file system takes no such name")
    done = tmtool("-m", "m.db", "align", "kk", "en", "-t", "en", "--add", cwd=folders, status=1)
    assert "<U+DCFF>.kk.txt: has a name that is not UTF-8; rename it\n" in done.stderr
    assert "2 could not be" in done.stderr
    done = tmtool("stats", "kk", cwd=folders, status=3)
    assert "<U+DCFF>.kk.txt: has a name that is not UTF-8" in done.stderr


def test_one_folder_may_hold_both_sides(tmtool: Program, tmp_path: Path) -> None:
    """The languages in the names tell them apart; what has no partner is said once."""
    (tmp_path / "both").mkdir()
    for name, text in (("a.kk", "Иә. Жоқ."), ("a.en", "Yes. No."), ("b.kk", "Рақмет.")):
        (tmp_path / "both" / f"{name}.txt").write_text(text, "utf-8")
    done = tmtool("align", "both", "both", "-s", "kk", "-t", "en", "-o", "all.tsv", status=1)
    assert done.stderr.count("has no partner in both") == 1
    assert "b.kk.txt: has no partner" in done.stderr
    assert (tmp_path / "all.tsv").read_text("utf-8").count("Yes.") == 1


def test_what_was_written_into_a_folder_is_no_text(tmtool: Program, folders: Path) -> None:
    """The same command twice does the same."""
    for _ in range(2):
        tmtool("align", "kk", "en", "-t", "en", "-o", "kk")
    assert (folders / "kk" / "one.tmx").exists()


def test_where_nothing_can_be_aligned_the_old_file_stays(tmtool: Program, folders: Path) -> None:
    """It is neither emptied nor replaced."""
    (folders / "all.tsv").write_text("old", "utf-8")
    (folders / "none").mkdir()
    done = tmtool("align", "kk", "none", "-t", "en", "-o", "all.tsv", status=1)
    assert done.stderr.endswith("nothing could be aligned; all.tsv is as it was\n")
    assert (folders / "all.tsv").read_text("utf-8") == "old"


def test_a_list_names_files_and_documents(tmtool: Program, folders: Path) -> None:
    """As seen from the folder of the list; blank lines and comments are passed over."""
    (folders / "kk" / "list.tsv").write_text(
        "# source, target, document\n\none.kk.txt\t../en/one.en.txt\tfirst\n"
        "b/two_kk.txt\t../en/b/two_en.txt\n",
        "utf-8",
    )
    tmtool("-m", "m.db", "align", "--pairs", "kk/list.tsv", "-t", "en", "--add")
    listed = tmtool("-m", "m.db", "documents").stdout.splitlines()
    assert [line.split("\t")[0] for line in listed] == ["first", "two"]


def test_the_name_of_a_document_is_one_line(tmtool: Program, tmp_path: Path) -> None:
    """Whatever the names of files, folders and documents hold, as that of -d is."""
    for code, text in (("kk", "Иә."), ("en", "Yes.")):
        folder = tmp_path / code / "a\tb"
        folder.mkdir(parents=True)
        (folder / f"c\nd.{code}.txt").write_text(text, "utf-8")
    align = ["-m", "m.db", "align", "-t", "en", "--add", "--force"]
    tmtool(*align, "kk", "en")
    tmtool(*align, "kk/a\tb/c\nd.kk.txt", "en/a\tb/c\nd.en.txt")
    (tmp_path / "e.jsonl").write_text(
        '{"source_language": "kk", "target_language": "en", "source": "Жоқ.", "target": "No.",'
        ' "document": "e\\nf\\tg"}\n'
    )
    tmtool("-m", "m.db", "import", "e.jsonl")
    lines = tmtool("-m", "m.db", "documents").stdout.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [
        [name, "kk-en"] for name in ("a b/c d", "c d", "e f g")
    ]
    assert "documents   a b/c d 1, c d 1, e f g 1\n" in tmtool("-m", "m.db", "info").stdout


def test_where_there_are_no_texts_that_is_said(tmtool: Program, folders: Path) -> None:
    """A list of comments, and empty folders, are mistakes; the output stays as it was."""
    (folders / "list.tsv").write_text("# source, target\n\n", "utf-8")
    (folders / "none").mkdir()
    (folders / "all.tsv").write_text("old", "utf-8")
    for arguments, place in ((["--pairs", "list.tsv"], "list.tsv"), (["none", "none"], "none")):
        done = tmtool("align", *arguments, "-t", "en", "-o", "all.tsv", status=2)
        assert f"There are no texts in {place}." in done.stderr
    assert (folders / "all.tsv").read_text("utf-8") == "old"


def test_both_sides_in_one_language_are_refused(tmtool: Program, folders: Path) -> None:
    """However it is spelt and in whichever order it is said; two regions are two languages."""
    texts = ["kk/one.kk.txt", "en/one.en.txt"]
    for options in (["-t", "KK"], ["-t", "en", "-s", "en"], ["-s", "en", "-t", "en"]):
        done = tmtool("align", *texts, *options, status=2)
        assert "is the language of the source, too" in done.stderr
    assert tmtool("align", *texts[:1] * 2, "-s", "kk-Cyrl", "-t", "kk-KZ", "--force").stdout


def test_what_comes_from_a_pipe_is_called_what_its_translation_is(
    tmtool: Program, folders: Path
) -> None:
    """Or what -d says."""
    align = ["-m", "m.db", "align", "-", "en/one.en.txt", "-t", "en", "--add"]
    text = (folders / "kk" / "one.kk.txt").read_bytes()
    assert tmtool(*align, input=text).stderr.startswith("one: ")
    assert tmtool(*align, "-d", "first", input=text).stderr.startswith("first: ")


def test_a_list_may_come_from_a_pipe(tmtool: Program, folders: Path) -> None:
    """Its files are seen from the folder where the program runs."""
    pairs = ("--pairs", "-", "-t", "en")
    typed = tmtool("align", *pairs, input="kk/one.kk.txt\ten/one.en.txt\n", cwd=folders)
    assert typed.stdout == tmtool("align", "kk/one.kk.txt", "en/one.en.txt", "-t", "en").stdout


def test_a_list_with_a_fault_names_the_line(tmtool: Program, folders: Path) -> None:
    """Before anything is done."""
    (folders / "nul.tsv").write_text("kk/one.kk.txt\ten/\0.txt\n", "utf-8")
    done = tmtool("align", "--pairs", "nul.tsv", "-t", "en", status=3)
    assert done.stderr == "tmtool: nul.tsv:1: holds a NUL character\n"
    (folders / "list.tsv").write_text("kk/one.kk.txt\ten/one.en.txt\nkk/b\n", "utf-8")
    done = tmtool("align", "--pairs", "list.tsv", "-t", "en", "-o", "x.tsv", status=3)
    assert done.stderr.startswith("tmtool: list.tsv:2: holds 1 column; write source, tab, target")
    assert not (folders / "x.tsv").exists()


def test_a_list_is_not_written_over(tmtool: Program, folders: Path) -> None:
    """Nor any other file that the command reads."""
    (folders / "list.tsv").write_text("kk/one.kk.txt\ten/one.en.txt\n", "utf-8")
    (folders / "own.tsv").write_text(".\nқысқ.\n", "utf-8")
    align = ["align", "--pairs", "list.tsv", "-t", "en", "--prefixes", "own.tsv"]
    for name in ("list.tsv", "own.tsv"):
        done = tmtool(*align, "-o", name, status=2)
        assert f"{name} is read by this command" in done.stderr
    done = tmtool("segment", "--prefixes", "own.tsv", "-o", "own.tsv", SEED, status=2)
    assert "own.tsv is read by this command" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "x.tmx", "--lang-map", "kk=en"], "kk and en would both be en"),
        (["-o", "out", "--to", "tmx", "--lang-map", "kk=en"], "kk and en would both be en"),
        (["-o", "one.moses"], "one.moses stands for one.kk, which is read by this command"),
        (["-o", "one.en", "--to", "tsv"], "one.en is read by this command"),
        (["-o", "m.db", "--to", "tsv"], "m.db is read by this command"),
        (["-o", "x.doc"], "its suffix names no format"),
    ],
)
def test_options_are_refused_before_the_memory_has_anything(
    tmtool: Program, folders: Path, options: list[str], said: str
) -> None:
    """Whether one file is written, two, or one for each document; the texts are as they were."""
    texts = {code: (folders / f"{code}/one.{code}.txt").read_bytes() for code in ("kk", "en")}
    for code, text in texts.items():
        (folders / f"one.{code}").write_bytes(text)
    (folders / "list.tsv").write_text("one.kk\tone.en\n", "utf-8")
    before = sorted(folders.rglob("*"))
    given = ["--pairs", "list.tsv"] if "out" in options else ["one.kk", "one.en"]
    done = tmtool("-m", "m.db", "align", *given, "-t", "en", "--add", *options, status=2)
    assert said in done.stderr
    assert "added" not in done.stderr
    assert sorted(folders.rglob("*")) == before
    assert {code: (folders / f"one.{code}").read_bytes() for code in texts} == texts


def test_what_is_not_written_is_not_added(tmtool: Program, folders: Path) -> None:
    """A document that would be written outside the folder is not put into the memory either."""
    rows = "kk/one.kk.txt\ten/one.en.txt\t../escaped\nkk/b/two_kk.txt\ten/b/two_en.txt\n"
    (folders / "list.tsv").write_text(rows, "utf-8")
    pairs = ["--pairs", "list.tsv", "-t", "en", "-o", "in/out", "--add"]
    tmtool("-m", "m.db", "align", *pairs, status=1)
    done = tmtool("-m", "m.db", "documents")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["two"]


def test_two_documents_of_one_name_are_a_fault(tmtool: Program, folders: Path) -> None:
    """Else one would be written over the other."""
    row = "kk/one.kk.txt\ten/one.en.txt\n"
    (folders / "list.tsv").write_text(2 * row, "utf-8")
    done = tmtool("align", "--pairs", "list.tsv", "-t", "en", "-o", "out", status=3)
    assert done.stderr.startswith("tmtool: list.tsv:2: makes a second document 'one'; name it")


def test_no_document_is_written_outside_the_folder(tmtool: Program, folders: Path) -> None:
    """Whatever a list calls it; the others are written."""
    (folders / "list.tsv").write_text(
        "kk/one.kk.txt\ten/one.en.txt\t../escaped\nkk/b/two_kk.txt\ten/b/two_en.txt\n", "utf-8"
    )
    done = tmtool("align", "--pairs", "list.tsv", "-t", "en", "-o", "in/out", status=1)
    assert "the document '../escaped' would be written outside in/out" in done.stderr
    assert sorted(path.name for path in folders.rglob("*.tmx")) == ["two.tmx"]


def test_a_document_that_holds_another_text_stops_no_other(tmtool: Program, folders: Path) -> None:
    """It is reported, and the memory keeps what it has."""
    for n, code in enumerate(("kk", "en")):
        (folders / code / "b" / f"two_{code}.txt").write_text(
            ["Күн шықты. Жаңбыр басылды.", "The sun rose. The rain stopped."][n], "utf-8"
        )
    tmtool(
        "-m", "m.db", "align", "kk/one.kk.txt", "en/one.en.txt", "-t", "en", "--add", "-d", "b/two"
    )
    done = tmtool("-m", "m.db", "align", "kk", "en", "-t", "en", "--add", status=1)
    assert "holds another text" in done.stderr
    assert done.stderr.endswith("1 text aligned; 1 could not be\n")


@pytest.fixture
def babel(tmp_path: Path) -> Path:
    """As many English sentences as the seed has, of its words in any order."""
    text = SEED_ENGLISH.read_text("utf-8")
    words = text.replace(".", "").lower().split()
    random.Random(1).shuffle(words)
    sentences = [" ".join(words[n : n + 15]).capitalize() + "." for n in range(0, len(words), 15)]
    (tmp_path / "babel.en.txt").write_text("\n".join(sentences), "utf-8")
    return tmp_path / "babel.en.txt"


def test_texts_that_translate_nothing_are_refused(tmtool: Program, babel: Path) -> None:
    """With a figure; nothing is written and nothing kept."""
    done = tmtool("align", SEED, babel, "-t", "en", "-o", "x.tsv", status=1)
    assert "of 57 and " in done.stderr
    assert "are these the same document?" in done.stderr
    assert done.stderr.count("\n") == 1
    tmtool("-m", "m.db", "align", SEED, babel, "-t", "en", "--add", status=1)
    assert not (babel.parent / "x.tsv").exists()
    assert not (babel.parent / "m.db").exists()


def test_force_pairs_them_with_a_note(tmtool: Program, babel: Path) -> None:
    """Who insists gets pairs."""
    done = tmtool("align", SEED, babel, "-t", "en", "-o", "x.tsv", "--force")
    assert done.stderr.startswith("note: ")
    assert "sentences found a partner that can be trusted\nx.tsv: " in done.stderr
    assert (babel.parent / "x.tsv").read_text("utf-8")


def test_page_headers_are_set_aside_with_a_note(tmtool: Program, tmp_path: Path) -> None:
    """They have no partner, and it is said how many there were."""
    lines = SEED.read_text("utf-8").splitlines()
    paged = [part for n, line in enumerate(lines) for part in (line, f"Сұхбат жинағы {n}")]
    (tmp_path / "paged.kk.txt").write_text("\n".join(paged), "utf-8")
    done = tmtool("align", "paged.kk.txt", SEED_ENGLISH, "-t", "en", "-o", "x.tsv")
    count = f"{len(lines)} lines set aside as page headers or numbers"
    assert done.stderr.startswith(f"note: paged.kk.txt: {count}\n")
    rows = [line.split("\t") for line in (tmp_path / "x.tsv").read_text("utf-8").splitlines()]
    assert all(row[1] == "" for row in rows if row[0].startswith("Сұхбат жинағы"))


def test_a_text_of_cut_lines_is_noticed(tmtool: Program, tmp_path: Path) -> None:
    """Its lines would be taken for paragraphs; with --join-lines they are not."""
    for seed in (SEED, SEED_ENGLISH):
        lines = seed.read_text("utf-8").splitlines()
        (tmp_path / seed.name).write_text("\n\n".join(map(fill, lines)), "utf-8")
    align = ("align", SEED.name, SEED_ENGLISH.name, "-t", "en", "-o", "x.tsv")
    done = tmtool(*align)
    assert f"note: {SEED.name}: its lines seem to be cut at a width" in done.stderr
    assert f"note: {SEED_ENGLISH.name}: its lines seem" in done.stderr
    assert tmtool(*align, "--join-lines").stderr == "x.tsv: 54 pairs\n"


def test_a_bar_shows_how_far_long_work_is(start: Start, tmp_path: Path) -> None:
    """At a terminal, and only there."""
    for seed in (SEED, SEED_ENGLISH):
        (tmp_path / seed.name).write_text(8 * (seed.read_text("utf-8") + "\n"), "utf-8")
    child = start("align", SEED.name, SEED_ENGLISH.name, "-t", "en", "-o", "x.tsv")
    child.expect("aligning.*100%")
    assert ended(child)[1] == 0


def test_sides_of_very_unequal_length_are_refused_but_for_force(
    tmtool: Program, tmp_path: Path
) -> None:
    """A count tells enough; the texts before and after such a pair are aligned."""
    (tmp_path / "long.kk.txt").write_text("Бұл бір сөйлем еді.\n" * 3000, "utf-8")
    (tmp_path / "short.en.txt").write_text("This was a sentence.\n" * 8, "utf-8")
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"long.kk.txt\tshort.en.txt\n{SEED}\t{SEED_ENGLISH}\n", "utf-8")
    done = tmtool("align", "--pairs", pairs, "-t", "en", "-o", "x.tsv", status=1)
    assert (
        "sentences: 3000 on one side, 8 on the other; are these the same document?" in done.stderr
    )
    assert done.stderr.endswith("1 text aligned; 1 could not be\n")
    done = tmtool("align", "--pairs", pairs, "-t", "en", "-o", "x.tsv", "--force")
    assert "note: " in done.stderr
    assert "sentences: 3000 on one side, 8 on the other" in done.stderr
    assert len((tmp_path / "x.tsv").read_text("utf-8").splitlines()) > 3000
