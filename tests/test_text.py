"""Reading texts, match keys, tokens, and text that is safe to show."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacremoses import MosesTokenizer

from tests.conftest import SEED
from tmtool.errors import InputError
from tmtool.language import Language
from tmtool.text import (
    blocks,
    clean,
    decode,
    display_safe,
    fold,
    is_wrapped,
    joined_lines,
    metadata,
    nfc,
    read,
    tokens,
)

MOSES = MosesTokenizer(
    lang="kk", custom_nonbreaking_prefixes_file=str(Language.load("kk").prefixes_file)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_or_without_a_mark(encoding: str) -> None:
    """A BOM says which Unicode it is and is no part of the text."""
    assert decode("Қазақ тілі".encode(encoding)) == "Қазақ тілі"


def test_a_legacy_text_is_refused_with_its_likely_encoding(tmp_path: Path) -> None:
    """The first bad byte, its line and the encoding to try are named."""
    path = tmp_path / "old.txt"
    path.write_bytes(b"one\n" + "Привет, как дела? Сегодня хорошая погода.".encode("cp1251"))
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:2: is not UTF-8: byte 0xCF at offset 4; ")
    assert "it looks like cp1251: say so with --encoding" in str(caught.value)
    assert read(path, "cp1251").startswith("one\nПривет")


def test_kazakh_in_its_own_legacy_encoding_is_recognised() -> None:
    """KZ-1048 is cp1251 with the Kazakh letters; text that uses them tells the two apart."""
    with pytest.raises(InputError, match="it looks like kz1048"):
        decode("Әлем халқының үні ұлы өмірге қуаныш әкелді, құт әкелді".encode("kz1048"))


def test_lines_that_were_cut_at_a_width_are_seen() -> None:
    """Text goes on with a small letter in most lines; verse, lists and paragraphs are whole."""
    lines = ["Бұл ұзын мәтіннің бір жолы, ол", "келесі жолда жалғасып,", "сосын бітеді. Сол"] * 6
    assert is_wrapped("\n".join(lines))
    assert not is_wrapped("\n\n".join(lines))
    assert not is_wrapped("\n".join(lines[:9]))
    assert not is_wrapped("\n".join(line + "." for line in lines))
    assert not is_wrapped("\n".join(map(str.capitalize, lines)))


def test_an_encoding_is_for_what_is_not_utf8() -> None:
    """One of two texts may need it; the other one is not read as what it is not."""
    assert decode("Қазақ тілі".encode(), encoding="cp1251") == "Қазақ тілі"
    assert decode("Привет".encode("cp1251"), encoding="cp1251") == "Привет"
    assert decode(b"plain", encoding="cp1251") == "plain"


@pytest.mark.parametrize("letters", [(1 << 18) - 1, 1 << 18, 3 << 18])
def test_how_a_text_goes_on_in_utf8_is_seen_however_late(letters: int) -> None:
    """Its first letter that is no ASCII tells, also one in the middle of which a block ends."""
    text = f"{'a' * letters}Қазақ тілі"
    assert decode(text.encode(), encoding="cp1251") == text
    for encoding in ("kz1048", "utf-16-le"):
        assert decode(text.encode(encoding), encoding=encoding) == text
    with pytest.raises(InputError, match="is not UTF-8: byte 0xFF"):
        decode(text.encode() * 9 + b"\xff", encoding="cp1251")


def test_an_unknown_encoding_is_refused() -> None:
    """A typing error in the name of an encoding is not a fault of the text."""
    with pytest.raises(InputError, match="unknown encoding 'cp9999'"):
        decode(b"text", encoding="cp9999")
    with pytest.raises(InputError, match="is not CP1252"):
        decode(b"\x81", encoding="cp1252")


def test_text_is_nfc_once_read() -> None:
    """й as one letter and as и with a breve are the same text."""
    assert decode(unicodedata.normalize("NFD", "йод").encode()) == "йод"


MARKS = ["\u0301", "\u0323", "\u0344", "\u0f73", "\u0315"]


@given(
    st.lists(st.tuples(st.sampled_from([*MARKS, "é", "a", " ", "\u1100"]), st.integers(1, 90))).map(
        lambda runs: "".join(char * count for char, count in runs)
    )
    | st.text()
)
def test_nfc_is_that_of_unicode(text: str) -> None:
    """Runs of combining marks that are ordered beforehand come out the same."""
    assert nfc(text) == unicodedata.normalize("NFC", text)


def test_a_long_run_of_marks_is_no_trap() -> None:
    """Unicode's own function would take half an hour for these."""
    count = 500_000
    assert nfc("\u0301\u0323" * count) == "\u0323" * count + "\u0301" * count


@pytest.mark.parametrize("problem", ["missing", "folder"])
def test_what_cannot_be_read_is_explained(tmp_path: Path, problem: str) -> None:
    """A missing file and a folder have a message each."""
    path = tmp_path if problem == "folder" else tmp_path / "none.txt"
    with pytest.raises(InputError, match="is a folder" if problem == "folder" else "no such file"):
        read(path)


def test_the_date_of_the_seed_is_metadata() -> None:
    """The first line's date belongs to the document, whatever white space stands before it."""
    text = SEED.read_text("utf-8")
    found, begin = metadata(text)
    assert found == {"date": "2025-10-20"}
    assert text[begin:].lstrip().startswith("Қасым-Жомарт Тоқаев")


@pytest.mark.parametrize("text", ["Дата 2025-10-20.", "date of birth", "Ол date 2025-10-20", ""])
def test_a_text_without_metadata_is_left_alone(text: str) -> None:
    """Only the word date and a day, at the very start, are metadata."""
    assert metadata(text) == ({}, 0)


def test_the_match_key_levels_typography() -> None:
    """Quotes, dashes, case and white space do not part a sentence from its match."""
    assert fold("«Жасыл\u00a0 кабель» – ЖОБА…") == fold('"жасыл кабель" - жоба...')


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """A key is its own key."""
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.sampled_from(["обл.", "Аа.", "т.", "б.", "1.1.", "№.", "А.", "ый", "-"])))
def test_tokens_are_those_of_moses(words: list[str]) -> None:
    """Which letters are small, and which are any, is what sacremoses says."""
    text, language = " ".join(words), Language.load("kk")
    assert tokens(text, language) == MOSES.tokenize(text, escape=False)


def test_tokens_keep_kazakh_abbreviations_whole() -> None:
    """The Moses tokenizer knows our list of abbreviations."""
    assert tokens("Алматы обл. Қарасай ауд.", Language.load("kk"))[:2] == ["Алматы", "обл."]
    assert tokens("Ол келді.", Language.load("kk")) == ["Ол", "келді", "."]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mқызыл", "␛[31mқызыл"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\x9bb\x7f\x00", "a<U+009B>b␡␀"),
        ("a\tb\nc", "a b c"),
        ("\ud800", "<U+D800>"),
    ],
)
def test_a_terminal_is_shown_and_never_told(text: str, shown: str) -> None:
    """Escape sequences and direction overrides become visible."""
    assert display_safe(text) == shown


@given(st.text())
def test_nothing_shown_can_steer_a_terminal(text: str) -> None:
    """No control or format character of any text gets through."""
    shown = display_safe(text)
    assert shown.isprintable() or all(
        unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") for char in shown
    )
    shown.encode("utf-8")


@given(st.text(st.characters()))
def test_cleaned_text_can_be_stored(text: str) -> None:
    """Typed text is one line of NFC without control characters, and cleaning is final."""
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert all(unicodedata.category(char) != "Cc" for char in cleaned)
    assert clean("  a\x00\n b\x1b ") == "a b"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_paragraph_is_joined_whatever_ends_its_lines(end: str) -> None:
    """A line end is one, also where it is two characters; a blank line parts paragraphs."""
    text = f"Күн шық{end}ты.{end}{end}Түн болды."
    joined = "".join(joined_lines([text]))
    assert joined == f"Күн шық{' ' * len(end)}ты.{end}{end}Түн болды."


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"PK\x03\x04", "office"), (b"%PDF-1.7", "PDF"), (b"\xd0\xcf\x11\xe0", "office")],
)
def test_documents_of_other_programs_are_told_from_texts(start: bytes, kind: str) -> None:
    """What to do is said, and it is not another encoding."""
    with pytest.raises(InputError, match=f"{kind}.*plain text") as caught:
        list(blocks(BytesIO(start + bytes(100)), path="a.docx"))
    assert "encoding" not in str(caught.value)


@given(
    st.lists(st.sampled_from(["а", "сөз", ".", " ", "\n", "\r", "\t", "1", "2. ", ")", "12"])),
    st.integers(1, 5),
)
def test_a_wrapped_text_is_joined_in_pieces_as_in_one(words: list[str], size: int) -> None:
    """Wherever the pieces end."""
    text = "".join(words)
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    assert "".join(joined_lines(parts)) == "".join(joined_lines([text]))


def test_a_wrapped_text_without_blank_lines_is_not_held() -> None:
    """Lines are joined as they come; only the last few characters wait for what follows."""
    taken = shown = 0

    def given() -> Iterator[str]:
        nonlocal taken
        for number in range(1000):
            line = f"Бұл {number} жол болды\n"
            taken += len(line)
            yield line

    for piece in joined_lines(given()):
        shown += len(piece)
        assert taken - shown < 50
    assert shown == taken


def test_a_list_goes_on_with_its_marks() -> None:
    """Its lines are paragraphs, and what is wrapped inside them is joined."""
    text = "Тізім:\n1. Алма\nағашы\n2. Өрік\nа) кептірген\n• шие\n2024 жыл.\n"
    joined = "Тізім:\n1. Алма ағашы\n2. Өрік\nа) кептірген\n• шие 2024 жыл.\n"
    assert "".join(joined_lines([text])) == joined


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["Күн шықты. Құстар.", "It is a day. It is."])
def test_utf_16_without_a_mark_is_recognised(text: str, encoding: str) -> None:
    """Its bytes are valid UTF-8 often enough, and no text."""
    with pytest.raises(InputError, match=f"say so with --encoding {encoding}"):
        decode(text.encode(encoding))
    assert decode(text.encode(encoding), encoding=encoding) == text


def test_lines_of_utf_16_are_counted_as_characters() -> None:
    """A byte 0x0A is half of a letter as well."""
    damaged = "Њ\nЊ".encode("utf-16") + b"\x00\xd8\x41\x00"
    with pytest.raises(InputError, match=r"a\.txt:2: is not UTF-16-LE: .* at offset 8"):
        decode(damaged, path="a.txt")
