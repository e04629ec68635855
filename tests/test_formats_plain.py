"""Formats that leave tmtool for good: plain texts for machines, a page for people."""

from __future__ import annotations

import io
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from lxml import html

import tmtool as library
from tests.conftest import Program, pair
from tests.test_formats import FULL, units_in, written
from tests.test_formats_tables import texts, wild
from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.formats import Written
from tmtool.model import Code, TranslationUnit, Variant

PAIR = ("kk", "en")

# Moses


def test_moses_is_a_file_for_each_language(tmp_path: Path) -> None:
    """A segment a line, whatever is in it; one-sided units are left out and counted."""
    units = [pair("Иә.\nБар.\u2028", "Yes."), pair("Жоқ.", ""), pair("«Ия»", "A\tB")]
    assert library.write(units, tmp_path / "a.moses") == Written(2, left_out=1, changed=2)
    assert (tmp_path / "a.kk").read_text("utf-8") == "Иә. Бар.\n«Ия»\n"
    assert (tmp_path / "a.en").read_text("utf-8") == "Yes.\nA B\n"
    for path, format in [(tmp_path / "a.moses", None), (tmp_path / "a", "moses")]:
        found = list(library.read(path, format=format, languages=PAIR))
        assert texts(found) == [("Иә. Бар.", "Yes."), ("«Ия»", "A B")]
        assert found[0].languages == PAIR


@pytest.mark.parametrize(("name", "files"), [("a.moses", "a.kk, a.en"), ("a.tsv", "a.tsv")])
def test_what_lines_do_not_hold_is_counted(
    tmtool: Program, tmp_path: Path, name: str, files: str
) -> None:
    """Of units that are written, and not of what tmtool says of their document."""
    source = Variant("kk", (Code("ph", "<ph/>"), "Иә."))
    coded = replace(pair("", "Yes.", props=(("client", "X"),), notes=("n",)), source=source)
    of_ours = pair("Жоқ.", "No.", notes=("n",), props=(("x-tmtool:date", "2025-10-20"),))
    units = [coded, of_ours, pair("Бар.", "There is.")]
    (tmp_path / "in.jsonl").write_bytes(written(units, "jsonl"))
    done = tmtool("convert", "in.jsonl", name)
    assert done.stderr == f"{files}: 3 units; inline codes of 1, notes of 2, props of 1 left out\n"
    assert tmtool("convert", "in.jsonl", "a.tmx").stderr == "a.tmx: 3 units\n"
    one_sided = replace(coded, target=Variant("en"))
    assert not +library.write([one_sided], tmp_path / "b.moses").bare


def test_breaks_of_other_kinds_end_no_line(tmp_path: Path) -> None:
    """Else every later line would stand beside the wrong one."""
    (tmp_path / "a.kk").write_text("Иә\u2028бар\x85.\r\n\nЖоқ.", "utf-8")
    (tmp_path / "a.en").write_text("Yes.\n\nNo.\n", "utf-8")
    found = list(library.read(tmp_path / "a.moses", languages=PAIR))
    assert texts(found) == [("Иә\u2028бар\x85.", "Yes."), ("Жоқ.", "No.")]


@pytest.mark.parametrize("name", ["a.moses", "a.tsv"])
def test_white_space_that_fits_a_line_is_kept(tmp_path: Path, name: str) -> None:
    """No-break spaces of numbers, doubled ones and those at the ends; nothing else is a break."""
    units = [
        pair("1\u00a0500\u202f000  теңге ", " 1,500,000\u2009 tenge"),
        pair(" – Иә.", "– Yes."),
    ]
    assert library.write(units, tmp_path / name).changed == 0
    found = list(library.read(tmp_path / name, languages=PAIR))
    assert texts(found) == texts(units)


def test_files_of_different_length_are_refused(tmp_path: Path) -> None:
    """The shorter one is named, and its first missing line."""
    (tmp_path / "a.kk").write_text("Иә.\nЖоқ.\n", "utf-8")
    (tmp_path / "a.en").write_text("Yes.\n", "utf-8")
    with pytest.raises(FormatError, match=r"a\.en:2: ends before this line"):
        list(library.read(tmp_path / "a.moses", languages=PAIR))
    with pytest.raises(InputError, match=r"a\.ru: no such file"):
        list(library.read(tmp_path / "a.moses", languages=("kk", "ru")))
    with pytest.raises(InputError, match=r"stands for two files, .* say which with -s and -t"):
        list(library.read(tmp_path / "a.moses"))


def test_moses_files_hold_one_pair_of_languages(tmp_path: Path) -> None:
    """Nothing is written if there are more, or if there is nothing to write."""
    stream = b'{"source_language":"kk","target_language":"ru","source":"a","target":"b"}'
    units = [pair("Иә.", "Yes."), *units_in(stream, "jsonl")]
    with pytest.raises(TmtoolError, match="one pair of languages, not kk-en and kk-ru"):
        library.write(units, tmp_path / "a.moses")
    with pytest.raises(TmtoolError, match="there is no unit"):
        library.write([], tmp_path / "a.moses")
    assert list(tmp_path.iterdir()) == []


def test_moses_is_not_written_to_one_file(tmp_path: Path) -> None:
    """One side would take the place of the other: of one language, or where both names are one."""
    latin = TranslationUnit(Variant.of("kk", "Қазақ"), Variant.of("kk", "Qazaq"))
    with pytest.raises(TmtoolError, match=r"stands for two files, which would be one, .*a\.kk"):
        library.write([latin], tmp_path / "a.moses")
    for side in PAIR:
        (tmp_path / f"b.{side}").symlink_to("one.txt")
    with pytest.raises(TmtoolError, match=r"stands for two files, which would be one, .*one\.txt"):
        library.write([pair("Иә.", "Yes.")], tmp_path / "b.moses")
    assert not any(path.exists() for path in tmp_path.iterdir())


@pytest.mark.parametrize("old", [["Ескі.\n", "Old.\n"], None])
def test_both_files_of_moses_are_replaced_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: list[str] | None
) -> None:
    """A source would stand beside the translation of another one; nothing else is left behind."""
    files = [tmp_path / "a.kk", tmp_path / "a.en"]
    for file, text in zip(files, old or (), strict=False):
        file.write_text(text, "utf-8")
    usual = os.replace

    def replace_all_but_the_english(source: Path, place: Path) -> None:
        if place.suffix == ".en":
            raise PermissionError(1, "Operation not permitted")
        usual(source, place)

    monkeypatch.setattr(os, "replace", replace_all_but_the_english)
    said = (
        r"a\.kk, .*a\.en: cannot be written: Operation not permitted; the old files are untouched"
    )
    with pytest.raises(InputError, match=said):
        library.write([pair("Иә.", "Yes.")], tmp_path / "a.moses")
    assert sorted(tmp_path.iterdir()) == (sorted(files) if old else [])
    assert [file.read_text("utf-8") for file in files if old] == (old or [])


def test_an_interrupt_waits_until_both_files_of_moses_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds two new files, not one."""
    files = [tmp_path / "a.kk", tmp_path / "a.en"]
    for file in files:
        file.write_text("Ескі.\n", "utf-8")
    usual, found = os.replace, list[list[str]]()

    def replace_interrupted(source: Path, place: Path) -> None:
        usual(source, place)
        signal.raise_signal(signal.SIGTERM)

    def interrupt(number: int, frame: object) -> None:
        found.append([file.read_text("utf-8") for file in files])

    monkeypatch.setattr(os, "replace", replace_interrupted)
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        library.write([pair("Иә.", "Yes.")], tmp_path / "a.moses")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert found == [["Иә.\n", "Yes.\n"]]
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_moses_files_are_no_stream(tmtool: Program, tmp_path: Path) -> None:
    """They are named together, by what their names begin with."""
    (tmp_path / "a.tsv").write_text("Иә.\tYes.\n", "utf-8")
    pair_options = ["-s", "kk", "-t", "en"]
    done = tmtool("convert", "a.tsv", "-", "--to", "moses", *pair_options, status=2)
    assert done.stderr.startswith("tmtool: moses is two files, which are no stream; name what")
    assert tmtool("convert", "a.tsv", "b.moses", *pair_options).stderr == "b.kk, b.en: 1 unit\n"
    assert (tmp_path / "b.kk").read_text("utf-8") == "Иә.\n"
    tmtool("-m", "m.db", "import", "b", "--from", "moses", *pair_options)
    assert tmtool("-m", "m.db", "export", "-", "--to", "tsv").stdout == "Иә.\tYes.\n"


# HTML


def page(*units: library.TranslationUnit) -> html.HtmlElement:
    return html.document_fromstring(written(list(units), "html"))


def cells(root: html.HtmlElement) -> list[list[str]]:
    return [[cell.text_content() for cell in row] for row in root.findall(".//tbody/tr")]


def test_a_page_shows_both_languages_side_by_side() -> None:
    """A table for each document; its cells say their language, states are classes."""
    root = page(FULL, pair("Жоқ.", ""))
    assert [head.text for head in root.findall(".//h2")] == ["d", "kk – en"]
    assert cells(root) == [
        ["1", "Жаңа ⟦1⟧ & «жыл»", "New < yearcheck & see", "reviewed"],
        ["1", "Жоқ.", "", "initial"],
    ]
    assert [row.get("class") for row in root.findall(".//tbody/tr")] == ["reviewed", "initial"]
    assert {cell.get("lang") for cell in root.findall(".//td[@dir]")} == {"kk", "en"}


def test_a_page_fetches_and_runs_nothing() -> None:
    """Nothing in it names an address, and the browser is told to fetch none."""
    evil = '<script>x</script><img src="http://e">" onload="x'
    data = written([pair(evil, evil, document=evil, notes=(evil,))], "html").decode()
    assert "default-src 'none'" in data
    root = html.document_fromstring(data)
    assert {str(e.tag) for e in root.iter()} <= {
        *("html", "head", "meta", "title", "style", "body", "h2", "span"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert not root.xpath("//@src | //@href | //@onload")
    assert cells(root)[0][1] == evil


@given(wild, wild)
def test_a_page_shows_whatever_there_is(source: str, target: str) -> None:
    """Characters that steer a display are shown by name; the rest is as it was."""
    root = page(pair(source + "\u202e", target + "x"))
    shown = cells(root)[0][1]
    assert shown.endswith("<U+202E>")
    assert not set(shown) & set("\u202e\x1c\x85\r")


def test_an_empty_page_is_a_page() -> None:
    """No unit, no table."""
    assert cells(page()) == []


def test_html_is_not_read(tmp_path: Path) -> None:
    """It is for people."""
    (tmp_path / "a.html").write_bytes(written([FULL], "html"))
    with pytest.raises(FormatError, match=r"a\.html: is HTML, which is written for people"):
        list(library.read(tmp_path / "a.html"))
    stream = io.BytesIO()
    assert library.write([FULL], stream, format="html") == Written(1)
