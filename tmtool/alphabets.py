"""One language in several alphabets: texts levelled so that those of one compare with another's.

``data/<code>/alphabets.tsv`` says how; a language without it has one alphabet.
"""

from __future__ import annotations

import re
from functools import cache

from tmtool.language import DATA

_LATIN = re.compile("[a-z\u00df-\u024f]")
_CYRILLIC = re.compile("[\u0400-\u052f]")


def levelled_spelling(key: str, code: str, *, is_cut: bool = False) -> str:
    """A folded text of a language as its alphabets agree on it; ``code`` is the primary one.

    ``is_cut``: words go on behind it, so that a letter is left out which may be half of one.

    >>> levelled_spelling("jańa sóılem", "kk") == levelled_spelling("жаңа сөйлем", "kk")
    True
    """
    sequences, letters = _spellings(code)
    if is_cut and any(sequence[0] == key[-1:] for sequence, _ in sequences):
        key = key[:-1]
    for sequence, spelling in sequences:
        key = key.replace(sequence, spelling)
    return key.translate(letters)


def is_latin(key: str) -> bool:
    """Whether a folded text is in Latin letters and has no Cyrillic ones."""
    return not _CYRILLIC.search(key) and has_latin(key)


def has_latin(key: str) -> bool:
    """Whether a folded text has Latin letters."""
    return bool(_LATIN.search(key))


@cache
def _spellings(code: str) -> tuple[list[tuple[str, str]], dict[int, str]]:
    """What to replace: sequences of letters, and single ones."""
    path = DATA / code / "alphabets.tsv"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    found = {
        written: spelling
        for spelling, _, others in (line.partition("\t") for line in lines if line[:1] != "#")
        for written in others.split()
    }
    sequences = [(written, spelling) for written, spelling in found.items() if len(written) > 1]
    return sequences, {ord(w): spelling for w, spelling in found.items() if len(w) == 1}
