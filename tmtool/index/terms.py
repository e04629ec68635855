"""The words of a text, and the terms under which an index finds it.

A term is a word with a letter before it that says of what kind it is: a word of the source, the
beginning or the middle of one, or a word of the target. Words of the source are spelled as all
alphabets of its language agree (:mod:`tmtool.alphabets`), those of the target as they are and,
where Turkish tells one i from another, as an expression in any case takes them for one.
"""

from __future__ import annotations

import re

SOURCE, BEGINNING, MIDDLE, TARGET = "s", "b", "m", "t"

_PIECE = 4  # letters of a piece: most stems keep as many under all their suffixes
_MIDDLE = 2  # letters before the middle

WORD = r"\w+|[^\w\s]"
_WORDS = re.compile(WORD)


def words(key: str) -> list[str]:
    """The words and punctuation marks of a folded text.

    >>> words("іс-шара 5 күнге созылды.")
    ['іс', '-', 'шара', '5', 'күнге', 'созылды', '.']
    """
    return _WORDS.findall(key)


def undotted(key: str) -> str:
    """A folded text with one i for all there are.

    >>> undotted("i̇stanbul, kırım")
    'istanbul, kirim'
    """
    return key.replace("i\u0307", "i").replace("ı", "i")


def beginning(word: str) -> str:
    """The term for how a word begins; empty for short words, and for numbers and marks."""
    return BEGINNING + word[:_PIECE] if len(word) >= _PIECE and word.isalpha() else ""


def middle(word: str) -> str:
    """The term for the letters behind the first two; empty where there are too few."""
    return (
        MIDDLE + word[_MIDDLE:][:_PIECE] if len(word) >= _MIDDLE + _PIECE and word.isalpha() else ""
    )


def middles(word: str) -> list[str]:
    """Terms for the middle of a word that may lack a letter before it, or have one too many."""
    return [MIDDLE + word[at:][:_PIECE] for at in (1, 2, 3) if len(word) >= at + _PIECE]
