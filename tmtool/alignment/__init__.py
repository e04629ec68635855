"""Alignment: which sentences of two texts translate each other.

No model, no dictionary, no language is known beforehand. A dynamic program over beads (Gale and
Church 1993) weighs likelihood ratios of lengths and words (Moore 2002); the words are learned
from the texts themselves (Brown et al. 1993), and every bead carries the probability that it is
right. What people confirmed stands as it is, and only the text between is aligned.

    tokens      words as the aligner sees them
    corpus      texts as arrays
    links       which words may translate which
    lexicon     how far a bead explains its words
    scoring     what a bead is worth
    search      where to look
    posterior   how likely each bead is, and the best path
    passes      score, weigh, learn, and again
    documents   from segments to sentences, and from a path back to beads
    furniture   running headers and page numbers
    trust       whether two texts translate each other at all
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tmtool.alignment.documents import Document, aligned
from tmtool.alignment.furniture import furniture
from tmtool.alignment.trust import agreement, check_sides, trusted
from tmtool.model import Bead, Segment

__all__ = ["agreement", "align", "align_all", "check_sides", "set_aside", "trusted"]


def align(
    source: Sequence[Segment],
    target: Sequence[Segment],
    *,
    fixed: Sequence[tuple[Sequence[int], Sequence[int]]] = (),
    known: Iterable[tuple[str, str]] = (),
    progress: Callable[[float], None] | None = None,
) -> list[Bead]:
    """The beads that pair two texts, in order; every segment is in exactly one.

    ``fixed`` holds beads that a person confirmed, as indices into both sides, in order: they are
    kept exactly, score 1, and only the spans between them are aligned. ``known`` are pairs of
    sentences from elsewhere, say a memory; their words are used if they make this text likelier.
    ``progress`` hears the share of the work that is done, 0 to 1. The score of a bead is its
    posterior probability under the model, 0 to 1; for 2-2 and null beads, which are seldom what
    a translator did, its distance from 1 is doubled. Raises ``ValueError`` if fixed beads overlap
    or cross.
    """
    return aligned([Document.of(source, target, fixed)], known, progress)[0]


def align_all(
    pairs: Sequence[tuple[Sequence[Segment], Sequence[Segment]]],
    *,
    known: Iterable[tuple[str, str]] = (),
    progress: Callable[[float], None] | None = None,
) -> list[list[Bead]]:
    """:func:`align` for many documents, each apart, which share what they teach about words."""
    documents = [Document.of(source, target, ()) for source, target in pairs]
    return aligned(documents, known, progress)


def set_aside(
    source: Sequence[Segment], target: Sequence[Segment]
) -> tuple[frozenset[int], frozenset[int]]:
    """The segments of each side that :func:`align` leaves without a partner as page furniture.

    These are running headers, footers and page numbers: short lines that recur on one side only.
    """
    return furniture(source, target), furniture(target, source)
