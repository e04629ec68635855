"""How alike two texts are, as CAT tools count it; pure, no storage."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein


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
