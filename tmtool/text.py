"""Texts as they come: bytes to NFC strings, metadata, match keys, tokens, safe display.

Everything downstream works on NFC text with its line ends as they were; offsets refer to it.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from io import BytesIO
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, BinaryIO

from tmtool.errors import InputError
from tmtool.language import DATA, GENERIC

if TYPE_CHECKING:
    import os

    from sacremoses import MosesTokenizer

    from tmtool.language import Language

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BLOCK = 1 << 18  # bytes read at once
_UNBROKEN = 1 << 22  # characters without white space that are waited for
_SHORT = 1000  # characters of a text in which it does not matter how they are ordered
_MARKS = 64  # combining marks in a row that are ordered by insertion quickly enough
_CUTS = " \n\r\t\u2028\u2029\u3000"
_NO_TEXTS = {
    b"PK\x03\x04": "a document of an office program or another packed file",
    b"\xd0\xcf\x11\xe0": "a document of an office program",
    b"%PDF-": "a PDF",
}
_NO_ENCODINGS = ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined")
ENCODINGS = "utf-8, cp1251 or kz1048"
"""Names of encodings that are tried first."""

_LEGACY = ("cp1251", "kz1048", "iso8859-5", "koi8-r")
_KAZAKH_AND_RUSSIAN = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі")

# The first line of a text may open with such pairs; the sentence follows on the same line.
_METADATA = re.compile(r"\ufeff?[ \t]*(?P<key>date)[ \t]+(?P<value>\d{4}-\d{2}-\d{2})(?=\s|\Z)")


def read(path: str | os.PathLike[str], encoding: str | None = None) -> str:
    """The text of a file, decoded and in NFC.

    Raises ``InputError`` if the file cannot be read or decoded (see :func:`decode`).
    """
    return "".join(file_blocks(path, encoding))


def file_blocks(path: str | os.PathLike[str], encoding: str | None = None) -> Iterator[str]:
    """The text of a file in pieces, as :func:`blocks` gives them; raises as :func:`read`."""
    try:
        with open(path, "rb") as stream:
            yield from blocks(stream, path=path, encoding=encoding)
    except FileNotFoundError:
        raise InputError("no such file", path=path, hint="check the name") from None
    except IsADirectoryError:
        raise InputError("is a folder, not a text", path=path, hint="name a file in it") from None
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", path=path, hint="check its permissions"
        ) from error


def decode(
    data: bytes,
    *,
    path: str | os.PathLike[str] = "",
    encoding: str | None = None,
    composed: bool = True,
) -> str:
    """Bytes as NFC text: UTF-8 with or without BOM, UTF-16 with BOM, else ``encoding``.

    Unless ``composed``, its characters are as they come: an escaped text is spelled out first, as
    the ``n`` of a line end does not compose with the mark behind it. Raises ``InputError`` that
    names the first bad byte, its line and, when no encoding was asked for, the one that looks
    likely.
    """
    return "".join(blocks(BytesIO(data), path=path, encoding=encoding, composed=composed))


def blocks(
    stream: BinaryIO,
    *,
    path: str | os.PathLike[str] = "",
    encoding: str | None = None,
    composed: bool = True,
) -> Iterator[str]:
    """The text of a stream in pieces that can be joined, decoded and in NFC as by :func:`decode`.

    A piece ends after white space, unless there is none for long. Raises as :func:`decode`.
    """
    data = stream.read(_BLOCK)
    offset = lines = 0
    marked = ""
    for bom, name in _BOMS:
        if data.startswith(bom):
            data, offset, marked = data[len(bom) :], len(bom), name
            break
    for start, kind in _NO_TEXTS.items():
        if data.startswith(start):
            raise InputError(
                f"is {kind}, no plain text", path=path, hint="save it as plain text in UTF-8"
            )
    if encoding is None and not marked and (name := _unmarked(data)):
        raise InputError(
            f"is {name.upper()} without a byte order mark, as it seems",
            path=path,
            hint=f"say so with --encoding {name}",
        )
    wanted = marked or encoding or "utf-8"
    if not is_encoding(wanted):
        raise InputError(f"unknown encoding {wanted!r}", path=path, hint=f"try {ENCODINGS}")
    decoder = codecs.getincrementaldecoder(wanted)()
    is_plain = encoding is not None and not marked  # ASCII so far, which may go on as UTF-8
    pending = ""
    while True:
        if is_plain and not data.isascii():
            data += stream.read(_BLOCK)  # of what is no ASCII there may be half a letter so far
            if _is_utf8(data):
                encoding = "utf-8"
                decoder = codecs.getincrementaldecoder(encoding)()
            is_plain = False
        seen = len(pending)
        try:
            pending += decoder.decode(data, final=not data)
        except UnicodeError as error:
            bad = error if isinstance(error, UnicodeDecodeError) else None
            raise _undecodable(bad, data, offset, lines, path, marked or encoding, marked) from None
        if not data:
            break
        is_plain = is_plain and len(pending) - seen == len(data)
        offset += len(data)
        lines += pending.count("\n", seen)
        # White space composes with nothing, so a text may be cut behind it.
        cut = max(map(pending.rfind, _CUTS)) + 1
        if cut or len(pending) > _UNBROKEN:
            cut = cut or len(pending)
            yield nfc(pending[:cut]) if composed else pending[:cut]
            pending = pending[cut:]
        data = stream.read(_BLOCK)
    if pending:
        yield nfc(pending) if composed else pending


def is_encoding(name: str) -> bool:
    """Whether texts are written in an encoding of this name, which Python knows."""
    try:
        "".encode(name)  # refuses what turns bytes into bytes
    except (LookupError, UnicodeError, ValueError):
        return False
    return codecs.lookup(name).name not in _NO_ENCODINGS


def _unmarked(data: bytes) -> str:
    """The kind of UTF-16 that bytes are in all likelihood; "" if they are none."""
    sample = data[:2000] if len(data) % 2 == 0 or len(data) > 2000 else b""
    if len(sample) < 16 or sum(byte < 9 for byte in sample) * 4 < len(sample):
        return ""
    for name in ("utf-16-le", "utf-16-be"):
        text = sample.decode(name, errors="replace")
        known = sum(char.isascii() or char in _KAZAKH_AND_RUSSIAN for char in text.lower())
        if known * 10 >= len(text) * 9 and "\0" not in text:
            return name
    return ""


def _is_utf8(data: bytes) -> bool:
    """Whether bytes at the beginning of a text are UTF-8 and no ASCII: by chance no text is."""
    try:
        return not codecs.getincrementaldecoder("utf-8")().decode(data).isascii()
    except UnicodeDecodeError:
        return False


def nfc(text: str) -> str:
    """A text in NFC, in linear time: ``unicodedata`` alone takes a square for runs of marks.

    It puts them in canonical order by insertion, so longer runs are ordered beforehand.
    """
    if len(text) < _SHORT or not any(map(_is_mark, text[::_MARKS])):
        return unicodedata.normalize("NFC", text)
    parts = []
    for is_mark, run in groupby(text, _is_mark):
        if is_mark:
            marks = "".join(unicodedata.normalize("NFD", char) for char in run)
            parts.extend(sorted(marks, key=unicodedata.combining))
        else:
            parts.extend(run)
    return unicodedata.normalize("NFC", "".join(parts))


@cache
def _is_mark(char: str) -> bool:
    """Whether a character is moved in canonical order."""
    return unicodedata.combining(unicodedata.normalize("NFD", char)[0]) > 0


def _undecodable(
    error: UnicodeDecodeError | None,
    data: bytes,
    offset: int,
    lines: int,
    path: str | os.PathLike[str],
    encoding: str | None,
    marked: str,
) -> InputError:
    """What to say of bytes that are not text; ``offset`` and ``lines`` lie before ``data``.

    ``marked`` is the encoding that a byte order mark told.
    """
    wanted = (encoding or "utf-8").upper()
    if error is not None and error.reason == "unexpected end of data":
        hint = "the file seems to be cut short"
    elif marked:
        hint = "its byte order mark says so, but it is damaged; save it again"
    elif encoding is None:
        hint = (
            f"it looks like {_likely_encoding(data)}: say so with --encoding, or save it as UTF-8"
        )
    else:
        hint = "name its real encoding with --encoding"
    if error is None:
        return InputError(f"is not {wanted}", path=path, hint=hint)
    whole = bytes(error.object)  # the bytes of a character begun before, then data
    at = offset + len(data) - len(whole) + error.start
    before = whole[: error.start].decode(marked or "latin-1", errors="replace")
    return InputError(
        f"is not {wanted}: byte 0x{whole[error.start]:02X} at offset {at}",
        path=path,
        line=lines + before.count("\n") + 1,
        hint=hint,
    )


def _likely_encoding(data: bytes) -> str:
    """The legacy Cyrillic encoding under which most letters are lower-case Kazakh or Russian."""
    sample = data[:65536]

    def letters(name: str) -> int:
        return sum(char in _KAZAKH_AND_RUSSIAN for char in sample.decode(name, errors="replace"))

    best = max(_LEGACY, key=letters)
    return best if letters(best) * 4 > len(sample) else "another encoding"


def metadata(text: str) -> tuple[dict[str, str], int]:
    """The metadata at the start of a text, and the offset at which the text itself begins.

    >>> metadata("date 2025-10-20 Кездесу өтті.")
    ({'date': '2025-10-20'}, 15)
    """
    found = _METADATA.match(text)
    return ({found["key"]: found["value"]}, found.end()) if found else ({}, 0)


_LINE_END = r"(\r?\n|\r(?!\n))"
_LIST_MARK = r"(?:\d{1,2}[.)]|\w\)|[•▪●◦·*])[ \t]"
_WRAP = re.compile(rf"(?<=\S)([ \t]*){_LINE_END}(?=[ \t]*\S)(?![ \t]*{_LIST_MARK})")
_FEWEST_CUT = 10  # lines that end in the middle of a sentence
_MARK_LENGTH = 5  # characters of a line that show whether a list goes on there


def joined_lines(parts: Iterable[str]) -> Iterator[str]:
    """A hard-wrapped text in pieces, each line end inside a paragraph made white space.

    Paragraphs are parted by blank lines, and what a list counts, as in ``2. ``, by its mark. The
    length of the text stays the same.

    >>> "".join(joined_lines(["Күн шық", "ты.\\nТүн болды.\\n\\nСоңы."]))
    'Күн шықты. Түн болды.\\n\\nСоңы.'
    """
    pending = ""  # from a character that is no white space, if there was one
    for part in parts:
        pending += part
        if not part.isspace():
            cut = _last(pending, len(pending))
            while cut > 0:
                line = max(pending.rfind("\n", 0, cut), pending.rfind("\r", 0, cut))
                if line < 0 or len(pending[line:].strip()) >= _MARK_LENGTH:
                    break
                cut = _last(pending, line)
            yield _unwrapped(pending)[: max(0, cut)]
            pending = pending[max(0, cut) :]
    yield _unwrapped(pending)


def is_wrapped(text: str) -> bool:
    """Whether the lines of a text were cut at a width, as it seems.

    That is so if half of those that are followed by another one, ten at least, end in the middle
    of a sentence, which goes on with a small letter.
    """
    lines = [line.strip() for line in text.splitlines()]
    followed = [(line, after) for line, after in pairwise(lines) if line and after]
    cut = sum(
        (line[-1].isalpha() or line[-1] == ",") and after[0].islower() for line, after in followed
    )
    return cut >= max(_FEWEST_CUT, len(followed) / 2)


def _last(text: str, end: int) -> int:
    """Where the last character before a place stands that is no white space; -1 for none."""
    return len(text[:end].rstrip()) - 1


def _unwrapped(text: str) -> str:
    return _WRAP.sub(lambda wrap: wrap[1] + " " * len(wrap[2]), text)


_QUOTES_AND_DASHES = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "\u00ad": None,
        "\u200b": None,
        "\ufeff": None,
    }
)
_QUOTE_OR_DASH = re.compile(f"[{''.join(map(chr, _QUOTES_AND_DASHES))}]")


def fold(text: str) -> str:
    """The match key of a text: NFKC, case-folded, white space, quotes and dashes levelled.

    For comparing only; stored text is never rewritten.

    >>> fold("«Жасыл   КАБЕЛЬ» – жоба…")
    '"жасыл кабель" - жоба...'
    """
    return " ".join(levelled(text).split())


def levelled(text: str) -> str:
    """A text as :func:`fold` has it, but with its white space."""
    if _QUOTE_OR_DASH.search(text):  # most texts have none, and to look is quicker
        text = text.translate(_QUOTES_AND_DASHES)
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def confusables() -> dict[str, str]:
    """Latin letters and the Cyrillic ones for which they pass."""
    lines = (DATA / GENERIC / "confusables.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


@cache
def _passing() -> tuple[re.Pattern[str], re.Pattern[str], dict[int, str]]:
    """Expressions for Latin letters that pass for others and for words of both, and the letters."""
    meant = {a.casefold(): b.casefold() for a, b in confusables().items()}
    letters = "".join(meant)
    words = rf"\b(?=\w*[{letters}])[\u0400-\u052f{letters}]+\b"
    return re.compile(f"[{letters}]"), re.compile(words), str.maketrans(meant)


_CYRILLIC = re.compile("[\u0400-\u052f]")


def plain_key(key: str) -> str:
    """A match key in which Latin letters that pass for Cyrillic ones are the ones they pass for.

    That is, in a text that has Cyrillic letters, in words of no other Latin letters.

    >>> plain_key("cөз бостандығы, iphone") == "сөз бостандығы, iphone"
    True
    """
    letters, words, meant = _passing()
    if not letters.search(key) or not _CYRILLIC.search(key):
        return key
    return words.sub(lambda word: word[0].translate(meant), key)


def passed(key: str) -> str:
    """A match key with the Cyrillic letters for all Latin ones that pass for them."""
    return key.translate(_passing()[2])


@lru_cache(maxsize=8)
def _tokenizer(language: Language) -> MosesTokenizer:
    from sacremoses import MosesTokenizer

    prefixes = str(language.prefixes_file) if language.prefixes_file else None
    tokenizer = MosesTokenizer(lang=language.code, custom_nonbreaking_prefixes_file=prefixes)
    letters, small = frozenset(tokenizer.IsAlpha), frozenset(tokenizer.IsLower)
    # These collect the same letters anew for each word with a full stop, which takes 1 ms.
    tokenizer.isanyalpha = lambda text: not letters.isdisjoint(text)
    tokenizer.islower = small.issuperset
    return tokenizer


def tokens(text: str, language: Language) -> list[str]:
    """Words and punctuation as the Moses tokenizer parts them, abbreviations left whole."""
    return list(_tokens(text, language))


@lru_cache(maxsize=256)  # short sentences come again and again
def _tokens(text: str, language: Language) -> tuple[str, ...]:
    return tuple(_tokenizer(language).tokenize(text, escape=False))


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legal(text: str) -> str:
    """Text without the characters that XML, and so a CAT tool, has no place for.

    A space stands for those that part words; text that has none of them comes back as it is.
    """
    if not _ILLEGAL.search(text):
        return text
    return _ILLEGAL.sub(lambda found: " " if found[0].isspace() else "", text)


_BREAK = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]")
# White space is looked at from its beginning, or long runs of it would take for ever.
_BREAKS = re.compile(r"(?:(?<![ \t])[ \t]*)?[\t\n\r\v\f\x85\u2028\u2029]+[ \t]*")


def one_line(text: str) -> str:
    """Text with each of its line ends and tabs a space, with the white space around them."""
    return _BREAKS.sub(" ", text) if _BREAK.search(text) else text


_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Typed text as a unit keeps it: NFC, one line, single spaces, no control characters."""
    return " ".join(nfc(_NO_TEXT.sub("", text)).split())


_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
    "|[\U000e0000-\U000e007f]"
)


def display_safe(text: str) -> str:
    """Text that a terminal shows and never obeys.

    Control characters (C0, C1), bidi overrides, line separators, tags and lone surrogates
    become visible: a control picture, or ``<U+202E>``. Tabs and line ends become spaces.
    """

    def visible(match: re.Match[str]) -> str:
        code = ord(match[0])
        if match[0] in "\t\n\r":
            return " "
        if code < 0x20:
            return chr(0x2400 + code)
        return "\u2421" if code == 0x7F else f"<U+{code:04X}>"

    return _UNSAFE.sub(visible, text)


def place_as_stored(original: str, shown_at: int) -> int:
    """The offset in a text that an offset in what :func:`display_safe` shows of it means."""
    for at, char in enumerate(original):
        if shown_at <= 0:
            return at
        shown_at -= len(display_safe(char))
    return len(original)


def as_stored(shown: str, original: str) -> str:
    """Text that somebody edited as :func:`display_safe` showed the original.

    The characters that were shown by their names come back.
    """
    for char in set(original):
        if (name := display_safe(char)) != char:
            shown = shown.replace(name, char)
    return shown


def plural(count: int, noun: str) -> str:
    """A number and what it counts: ``1 pair``, ``2 pairs``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
