"""Alignment: the seed as a person aligned it, and laws that hold for every pair of texts."""

from __future__ import annotations

from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.conftest import SEED, SEED_ENGLISH
from tmtool.alignment import align, set_aside
from tmtool.model import Bead, Segment
from tmtool.segment import Segmenter


def text_of(*lengths: int, paragraph: int | None = None) -> list[Segment]:
    """Sentences of given lengths, each a paragraph of its own unless one is named."""
    return [
        Segment("x" * length, 0, length, number if paragraph is None else paragraph)
        for number, length in enumerate(lengths)
    ]


def kinds(beads: list[Bead]) -> list[str]:
    return [bead.kind for bead in beads]


def test_the_seed_is_aligned_as_a_person_did(development_data: Path) -> None:
    """Strict F1 on the 54 beads is at least 0.95."""
    gold = (development_data / "alignment" / "seed.kk-en.beads.tsv").read_text("utf-8")
    expected = {
        tuple(tuple(side.split(" ¦ ")) for side in line.split("\t")[-2:])
        for line in gold.splitlines()
        if line and not line.startswith("#")
    }
    found = {
        tuple(tuple(segment.text for segment in side) for side in (bead.source, bead.target))
        for bead in align(
            Segmenter.for_language("kk").segment(SEED.read_text("utf-8")),
            Segmenter.for_language("en").segment(SEED_ENGLISH.read_text("utf-8")),
        )
    }
    right = len(found & expected)
    assert 2 * right / (len(found) + len(expected)) >= 0.95


def test_a_sentence_split_by_the_translator_is_one_bead() -> None:
    """One long sentence stands against two that together are as long."""
    beads = align(text_of(40, 100, 40, paragraph=0), text_of(40, 50, 50, 40, paragraph=0))
    assert kinds(beads) == ["1-1", "1-2", "1-1"]


def test_paragraphs_are_no_fence() -> None:
    """A translator who joins two paragraphs is still followed."""
    source = [*text_of(60, 30, paragraph=0), *text_of(80, 45, paragraph=1)]
    target = text_of(60, 30, 80, 45, paragraph=0)
    assert kinds(align(source, target)) == ["1-1"] * 4


def test_an_empty_side_leaves_every_sentence_alone() -> None:
    """Nothing is paired with nothing, and nothing is lost."""
    assert kinds(align(text_of(3, 4), [])) == ["1-0", "1-0"]
    assert kinds(align([], text_of(3))) == ["0-1"]
    assert align([], []) == []


def test_a_doubtful_pair_scores_less_than_a_sure_one() -> None:
    """Lengths that fit raise the confidence, lengths that do not lower it."""
    sure = align(text_of(40, 90, 20), text_of(40, 90, 20))
    doubtful = align(text_of(40, 90, 20), text_of(44, 30, 70))
    assert min(bead.score for bead in sure) > min(bead.score for bead in doubtful)


lengths = st.lists(st.integers(1, 120), max_size=9)


@given(lengths, lengths)
def test_every_sentence_is_in_exactly_one_bead_in_order(left: list[int], right: list[int]) -> None:
    """Beads read one after another give both texts back; scores are probabilities.

    A bead may step over a line set aside, so texts with page furniture are left to other tests.
    """
    source, target = text_of(*left), text_of(*right)
    assume(not any(set_aside(source, target)))
    beads = align(source, target)
    assert [segment for bead in beads for segment in bead.source] == source
    assert [segment for bead in beads for segment in bead.target] == target
    assert all(0 <= bead.score <= 1 for bead in beads)
    assert all(bead.source or bead.target for bead in beads)
