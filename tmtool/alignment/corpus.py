"""Texts as arrays: the sentences of one language, and small tools for runs of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmtool.alignment.tokens import ends_inside, is_word, opening, stem, tokens

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

NEAR = 20
"""Sentences on each side that count as the neighbourhood of a word."""

_NEAR_SHARE = 0.5  # of a word's background probability that its neighbourhood decides


class Vocabulary:
    """Numbers for stems, given out in order of appearance; ``words`` are the full forms seen."""

    def __init__(self) -> None:
        self.stems: dict[str, int] = {}
        self.words: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.stems)

    def numbers(self, text: str) -> list[int]:
        """The tokens of a sentence as numbers of their stems."""
        return [self._number(token) for token in tokens(text)]

    def _number(self, token: str) -> int:
        number = self.words.get(token)
        if number is None:
            number = self.stems.setdefault(stem(token), len(self.stems))
            self.words[token] = number
        return number

    def forms(self) -> Iterable[tuple[str, int]]:
        """The words seen and the numbers of their stems."""
        return ((word, number) for word, number in self.words.items() if is_word(word))


@dataclass(frozen=True)
class Side:
    """The sentences of one language.

    Sentence ``k`` holds ``words[starts[k]:starts[k + 1]]``, numbers from a vocabulary, and
    ``lengths[k]`` characters other than white space, at least 1. ``opens[k]`` tells whether a
    paragraph begins with it, ``ends[k]`` how many sentences seem to end inside it, ``marks[k]``
    how it opens.
    """

    words: Ints
    starts: Ints
    lengths: Floats
    opens: Flags
    ends: Floats
    marks: Ints

    @classmethod
    def of(cls, texts: Sequence[str], opens: Sequence[bool], vocabulary: Vocabulary) -> Side:
        """The side that holds these sentences; the vocabulary learns their words."""
        numbered = [vocabulary.numbers(text) for text in texts]
        return cls(
            words=np.array([word for sentence in numbered for word in sentence], np.int64),
            starts=offsets(np.array([len(sentence) for sentence in numbered], np.int64)),
            lengths=np.array([max(1, len("".join(text.split()))) for text in texts], np.float64),
            opens=np.array(opens, np.bool_),
            ends=np.array([ends_inside(text) for text in texts], np.float64),
            marks=np.array([opening(text) for text in texts], np.int64),
        )

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def counts(self) -> Ints:
        """The tokens in each sentence."""
        return np.diff(self.starts)

    @property
    def sentences(self) -> Ints:
        """The sentence of each token."""
        return np.repeat(np.arange(len(self)), self.counts)


@dataclass(frozen=True)
class Background:
    """How likely each word is by itself.

    ``unigram`` has the share of each word number among all tokens, half a token added to each.
    ``fresh`` has for each token of the side p(w) / p(w here): less than 1 where the
    neighbourhood is full of the word, so that the topic of a passage is no evidence between its
    sentences. p(w here) mixes the unigram with the share of w among the tokens of the
    neighbouring sentences, the token's own left out.
    """

    unigram: Floats
    fresh: Singles

    @classmethod
    def of(cls, side: Side, size: int) -> Background:
        """The background of a side whose vocabulary has ``size`` words."""
        counts = np.bincount(side.words, minlength=size) + 0.5
        unigram = counts / counts.sum()
        # Tokens of one word and nearby sentences are neighbours among these sorted keys.
        keys = side.words * (len(side) + 2 * NEAR + 1) + side.sentences + NEAR
        ordered = np.sort(keys)

        def within(reach: int) -> Ints:
            until = np.searchsorted(ordered, keys + reach, "right")
            return until - np.searchsorted(ordered, keys - reach, "left")

        near = within(NEAR) - within(0)
        first = np.maximum(np.arange(len(side)) - NEAR, 0)
        last = np.minimum(np.arange(len(side)) + NEAR + 1, len(side))
        tokens_near = side.starts[last] - side.starts[first] - side.counts
        here = near / np.maximum(1, tokens_near)[side.sentences]
        usual = unigram[side.words]
        fresh = usual / ((1 - _NEAR_SHARE) * usual + _NEAR_SHARE * here)
        return cls(unigram, fresh.astype(np.float32))


def offsets(sizes: Ints) -> Ints:
    """Where runs of these sizes begin when laid end to end, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def runs(begins: Ints, ends: Ints) -> Ints:
    """All numbers of the half-open ranges ``begins[k]:ends[k]``, one range after the other."""
    sizes = ends - begins
    before = np.cumsum(sizes) - sizes
    result: Ints = np.arange(sizes.sum()) + np.repeat(begins - before, sizes)
    return result
