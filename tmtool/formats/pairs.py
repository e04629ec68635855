"""Pairs of languages as people read them, and what to do where a file is to hold just one."""

from __future__ import annotations

from collections.abc import Iterable

from tmtool.errors import TmtoolError
from tmtool.language import primary_code
from tmtool.model import Languages


def pair_named(pair: Languages) -> str:
    """A pair of languages in a message.

    >>> pair_named(("kk", "en")), pair_named(("kk-KZ", "en"))
    ('kk-en', 'kk-KZ to en')
    """
    return (" to " if "-" in "".join(pair) else "-").join(pair)


def under_one_code(pairs: Iterable[Languages]) -> str:
    """The options that write languages of the same name under its shortest code.

    >>> under_one_code([("kk", "ru"), ("kk-KZ", "ru-RU")])
    '--lang-map kk-KZ=kk --lang-map ru-RU=ru'
    """
    codes = sorted({code for pair in pairs for code in pair}, key=lambda code: (len(code), code))
    shortest = {primary_code(code): code for code in reversed(codes)}
    mapped = ((code, shortest[primary_code(code)]) for code in codes)
    return " ".join(f"--lang-map {code}={other}" for code, other in mapped if code != other)


def are_the_same(pairs: Iterable[Languages]) -> bool:
    """Whether pairs differ in their regions alone, so that no choice of languages parts them."""
    return len({tuple(map(primary_code, pair)) for pair in pairs}) < 2


def several_pairs(what: str, pair: Languages, other: Languages, besides: str = "") -> TmtoolError:
    """What to say where units of two pairs are to go into a file that has room for one.

    ``besides`` is what else could be written, as the suffix of a format that has room for both.
    """
    if are_the_same([pair, other]):
        hint = f"{under_one_code([pair, other])} makes them one"
    else:
        hint = f"choose one, as with -s {pair[0]} -t {pair[1]}"
    return TmtoolError(
        f"{what} one pair of languages, not {pair_named(pair)} and {pair_named(other)}",
        hint=hint + (f", or write {besides}" if besides else ""),
    )
