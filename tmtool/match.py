"""How alike two texts are, as CAT tools count it; pure, no storage."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from rapidfuzz.distance import Levenshtein

from tmtool.alphabets import is_latin, levelled_spelling
from tmtool.language import primary_code
from tmtool.model import Match
from tmtool.text import fold


def similarity(a: Sequence[str], b: Sequence[str]) -> int:
    """Percentage of fuzzy match, 0 to 100, from the edit distance over the longer text.

    Give two strings to compare letters, two lists of tokens to compare words. 100 is kept
    for texts that are the same; everything else is rounded down to 99 at the most.

    >>> similarity("қазақ тілі", "қазақ тілі"), similarity("қазақ тілі", "қазақ елі")
    (100, 80)
    """
    if len(a) == len(b) and list(a) == list(b):
        return 100
    return min(99, int(100 * Levenshtein.normalized_similarity(a, b)))


Piece = tuple[Literal["same", "only in a", "only in b"], str]
"""Words of two texts, with where they stand."""

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)


def diff(a: str, b: str, *, level: Callable[[str], str] | None = None) -> list[Piece]:
    """How a text differs from another one, word by word, in the order of reading.

    What is the same or only in one of them; the pieces that are not only in ``a`` make up
    ``b``, and the other way round. Words are the same, too, if ``level`` makes them so; the one of
    ``a`` is given.

    >>> diff("ақ қар", "ақ боран")
    [('same', 'ақ '), ('only in a', 'қар'), ('only in b', 'боран')]
    """
    words, others = _WORD.findall(a), _WORD.findall(b)
    pieces: list[Piece] = []
    keys = [[level(word) for word in side] if level else side for side in (words, others)]
    for operation in Levenshtein.opcodes(*keys):
        left = "".join(words[operation.src_start : operation.src_end])
        right = "".join(others[operation.dest_start : operation.dest_end])
        if operation.tag == "equal":
            pieces.append(("same", left))
        else:
            pieces += [("only in a", left)] if left else []
            pieces += [("only in b", right)] if right else []
    return pieces


def difference(text: str, match: Match) -> list[Piece]:
    """How a text differs from the source of a match; in another alphabet, by sounds."""
    source = match.unit.source
    if is_latin(fold(source.text)) == is_latin(fold(text)):
        return diff(source.text, text)
    code = primary_code(source.language)
    return diff(source.text, text, level=lambda word: levelled_spelling(fold(word), code))
