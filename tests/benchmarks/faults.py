"""Faults for documents of any format: what editors, mailers, bad exports and bad people do to them.

A text is taken for tags, quoted strings, cells and words, whatever its format is, so that a fault
is one of the structure and not of some byte. Each fault takes a document and gives back another.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence

from tests.test_bad_files import BOMB, OUTSIDE

Rng = random.Random
Fault = Callable[[bytes, Rng], bytes]

_TOKEN = re.compile(r'<[^<>]*>|"(?:[^"\\\n]|\\.)*"|[^<>"\n\t,;]+|.', re.S)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*("[^"]*"|'[^']*')""")
_LONG = 2000  # characters of a tag that is left alone

VALUES = [
    *("", " ", "-1", "0", "9" * 30, "1e999", "nan", "null", "[]", "kk_KZ", "xx-yy-zzzzzzzzzz", "é"),
    *("99999999T999999Z", "20250230T000000Z", "../../x", "/etc/passwd", "http://127.0.0.1:9/"),
    *("\\", "a\tb", "'", "%s{}", "1970", "true", "x" * 300, "final", "kk", "=cmd|'/c calc'!A1"),
    "\\1(?P<",
]
ENTITIES = [
    *("&e;", "&h;", "&#0;", "&#x110000;", "&#xD800;", "&lt", "&amp;amp;", "&nbsp;", "<![CDATA["),
    *("]]>", "<!--", "--><x/>", "<?x y?>", "<x:y/>", "</seg>", "<ph/>", "\\u0000", "\\ud800"),
    *('\\"', "{{}}"),
]
MARKS = [
    *("\0", "\x01", "\x1b[2J", "\x9b", "\r", "\x85", "\u2028", "\u202e", "\ufeff", "\ufffe"),
    *("\udc80", "\U0010ffff", "\u0301" * 500, "\u200b", "\x7f"),
]
PIECES = ["a", "Сөз ", "9", " ", "\n", ". ", "😀", "a\u0301", '"', "'", "А.", "(", "{1,"]
DOCTYPES = [BOMB, OUTSIDE, "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>"]
WRAPS = [
    *(("<hi>", "</hi>"), ('<g id="1">', "</g>"), ("[", "]"), ('{"a":', "}"), ("(", ")")),
    *(("<!--", "-->"), ('"', '"'), ("<group>", "</group>")),
]
ENCODINGS = ["utf-16", "utf-16-le", "cp1251", "latin-1", "utf-8-sig", "utf-32", "said"]
SAID = ["UTF-16", "windows-1251", "utf-7", "bogus", "ISO-2022-JP"]


def faulty(data: bytes, rng: Rng) -> bytes:
    """A document with one to five faults; of a zip they are in one of its members or in itself."""
    if data[:2] == b"PK":
        broken = cut if rng.random() < 0.5 else garbled
        return broken(data, rng) if rng.random() < 0.1 else repacked(data, rng)
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        data = rng.choice(FAULTS)(data, rng)
    return data


# In the structure


def on_tokens(change: Callable[[list[str], Rng], None]) -> Fault:
    """A fault that is done to a list of tags, strings, cells and words."""

    def fault(data: bytes, rng: Rng) -> bytes:
        tokens = _TOKEN.findall(data.decode("utf-8", "surrogateescape")) or [""]
        change(tokens, rng)
        return "".join(tokens).encode("utf-8", "surrogateescape")

    return fault


def some(tokens: Sequence[str], rng: Rng) -> slice:
    """A few tokens in a row."""
    begin = rng.randrange(len(tokens))
    return slice(begin, begin + int(rng.expovariate(0.2)) + 1)


def size(rng: Rng, digits: float) -> int:
    """A number of any order of magnitude, from 10 to one of so many digits."""
    return int(10 ** rng.uniform(1, digits))


@on_tokens
def dropped(tokens: list[str], rng: Rng) -> None:
    del tokens[some(tokens, rng)]


@on_tokens
def doubled(tokens: list[str], rng: Rng) -> None:
    taken = tokens[some(tokens, rng)]
    times = min(size(rng, 4), 200_000 // (len("".join(taken)) + 1) + 1)
    place = rng.randrange(len(tokens))
    tokens[place:place] = taken * rng.choice((1, 1, times))


@on_tokens
def swapped(tokens: list[str], rng: Rng) -> None:
    one, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]


@on_tokens
def nested(tokens: list[str], rng: Rng) -> None:
    tags = filter(None, (re.fullmatch(r"<(\w+)[^>]*[^/]>", token) for token in tokens))
    begin, end = rng.choice([*WRAPS, *((tag[0], f"</{tag[1]}>") for tag in tags)])
    place, depth = some(tokens, rng), size(rng, 4)
    tokens[place] = [begin * depth, *tokens[place], end * depth]


@on_tokens
def attribute(tokens: list[str], rng: Rng) -> None:
    short = (
        (n, token) for n, token in enumerate(tokens) if token[:1] == "<" and len(token) < _LONG
    )
    tags = [number for number, token in short if _ATTRIBUTE.search(token)]
    if not tags:
        tokens[rng.randrange(len(tokens))] = rng.choice(VALUES)
        return
    index = rng.choice(tags)
    found = rng.choice([*_ATTRIBUTE.finditer(tokens[index])])
    whole, name = found[0], found[1]
    changes = ["", f'{name}="{rng.choice(VALUES)}"', f"x:{whole}", f"{name}=1", f"{whole} {whole}"]
    new = rng.choice([*changes, f'{name}="{"я" * size(rng, 5)}"'])
    tokens[index] = tokens[index][: found.start()] + new + tokens[index][found.end() :]


@on_tokens
def value(tokens: list[str], rng: Rng) -> None:
    index, new = rng.randrange(len(tokens)), rng.choice(VALUES)
    within = re.sub(r"\d+|\w+", lambda _: new, tokens[index], count=1)
    tokens[index] = rng.choice((new, within))


def put(text: Callable[[Rng], str]) -> Fault:
    """A fault that puts a text into one of the tokens."""

    @on_tokens
    def fault(tokens: list[str], rng: Rng) -> None:
        index = rng.randrange(len(tokens))
        place = rng.randint(0, len(tokens[index]))
        tokens[index] = tokens[index][:place] + text(rng) + tokens[index][place:]

    return fault


def huge(rng: Rng) -> str:
    """Up to a million times the same."""
    piece = rng.choice(PIECES)
    return piece * (size(rng, 6) // len(piece) + 1)


# In the bytes


def cut(data: bytes, rng: Rng) -> bytes:
    return data[: rng.randrange(len(data) + 1)] if rng.random() < 0.9 else b""


def recoded(data: bytes, rng: Rng) -> bytes:
    """In another encoding, or said to be in one."""
    name = rng.choice(ENCODINGS)
    if name == "said":
        return re.sub(rb"(?i)utf-?8", rng.choice(SAID).encode(), data, count=1)
    return data.decode("utf-8", "replace").encode(name, "replace")


def lines(data: bytes, rng: Rng) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"", b"\n\n", b"\x0b")))


def garbled(data: bytes, rng: Rng) -> bytes:
    made = bytearray(data)
    for _ in range(rng.choice((1, 3, 30))):
        place = rng.randrange(len(made) + 1)
        made[place : place + rng.choice((0, 1))] = rng.randbytes(rng.choice((0, 1, 1, 4)))
    return bytes(made)


def declared(data: bytes, rng: Rng) -> bytes:
    """With a document type of its own, behind the declaration if there is one."""
    doctype = rng.choice(DOCTYPES).encode()
    return re.sub(rb"\?>|(?=<tmx)|$", lambda found: found[0] + doctype, data, count=1)


FAULTS: list[Fault] = [
    *(cut, dropped, doubled, swapped, nested, attribute, attribute, value, value),
    *(recoded, lines, garbled, declared),
    *(put(huge), put(lambda rng: rng.choice(ENTITIES)), put(lambda rng: rng.choice(MARKS))),
]


def repacked(data: bytes, rng: Rng) -> bytes:
    """A zip of which one member is faulty, lacks, grows or has another name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    telling = [name for name in members if "sheet1" in name or "shared" in name.lower()]
    chosen = rng.choice([*members, *telling * 5])
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            what = rng.random() if name == chosen else 1.0
            if what < 0.05:
                continue
            if what < 0.1:
                name = rng.choice(("../../x", "/x", "a\\b", "x" * 300, name.upper()))
            elif what < 0.15:
                content += b" " * size(rng, 7.5)
            elif what < 0.9:
                content = faulty(content, rng)
            new.writestr(name, content)
    return stream.getvalue()
