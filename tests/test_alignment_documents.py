"""What people see of the aligner: beads, confirmed pairs, page furniture, trust."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmtool.alignment import agreement, align, align_all, check_sides, set_aside, trusted
from tmtool.errors import MismatchError
from tmtool.model import Bead, Segment

NAMES = ["Astana", "Almaty", "Baku", "Caspian", "Tokayev", "Aliyev", "Kokshetau", "Baikonur"]
NAMES += ["Mangystau", "Turkistan"]
SOURCE = [f"{name} туралы {number} сөз айтылды." for number, name in enumerate(NAMES, 11)]
TARGET = [f"There were {number} words on {name}." for number, name in enumerate(NAMES, 11)]


def segments(texts: Sequence[str], paragraphs: Sequence[int] | None = None) -> list[Segment]:
    numbers = paragraphs or [0] * len(texts)
    return [Segment(t, k, k, p) for k, (t, p) in enumerate(zip(texts, numbers, strict=True))]


def kinds(beads: Sequence[Bead]) -> list[tuple[list[int], list[int]]]:
    return [([s.start for s in b.source], [t.start for t in b.target]) for b in beads]


def place(segment: Segment) -> int:
    return segment.start


TEXTS = st.lists(st.sampled_from([*SOURCE, *TARGET, "", "...", "1", "Жоқ.", "No!"]), max_size=12)


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS, st.booleans())
def test_every_segment_is_in_one_bead_in_order(
    source: list[str], target: list[str], paragraphs: bool
) -> None:
    """Whatever the texts, nothing is lost, doubled or crossed, and scores are probabilities."""
    ours = segments(source, list(range(len(source))) if paragraphs else None)
    theirs = segments(target)
    beads = align(ours, theirs)
    # A bead may reach over page furniture, which stands alone.
    assert sorted((s for b in beads for s in b.source), key=place) == ours
    assert sorted((t for b in beads for t in b.target), key=place) == theirs
    for side in ([b.source for b in beads], [b.target for b in beads]):
        paired = [segments[0].start for segments in side if segments]
        assert paired == sorted(paired)
    assert all(0.0 <= bead.score <= 1.0 and (bead.source or bead.target) for bead in beads)


def test_plain_sentences_pair_one_to_one() -> None:
    """Names and numbers are enough for a short text."""
    beads = align(segments(SOURCE), segments(TARGET))
    assert kinds(beads) == [([k], [k]) for k in range(10)]
    assert min(bead.score for bead in beads) > 0.9


def test_an_untranslated_sentence_stands_alone() -> None:
    """A sentence without a partner is a null bead, its neighbours unmoved."""
    beads = align(segments(SOURCE), segments(TARGET[:4] + TARGET[5:]))
    assert ([4], []) in kinds(beads)
    assert ([9], [8]) in kinds(beads)


def test_an_empty_side_gives_null_beads() -> None:
    """With nothing to pair with, every sentence stands alone for certain."""
    assert kinds(align(segments(SOURCE[:2]), [])) == [([0], []), ([1], [])]
    assert kinds(align([], segments(TARGET[:1]))) == [([], [0])]
    assert align([], []) == []
    assert align_all([]) == []


def test_confirmed_beads_are_kept_to_the_letter() -> None:
    """Even wrong ones, null beads and beads that step over a sentence."""
    fixed = [([0], [1]), ([2, 4], [2]), ([5], []), ([], [9])]
    beads = align(segments(SOURCE), segments(TARGET), fixed=fixed)
    for bead in fixed:
        assert bead in kinds(beads)
    assert all(b.score == 1.0 for b in beads if kinds([b])[0] in fixed)
    assert sorted(i for a, _ in kinds(beads) for i in a) == list(range(10))
    assert sorted(j for _, b in kinds(beads) for j in b) == list(range(10))


@pytest.mark.parametrize(
    "fixed", [[([0], [1]), ([1], [0])], [([0], [0]), ([0], [1])], [([99], [0])]]
)
def test_impossible_confirmations_are_refused(
    fixed: list[tuple[list[int], list[int]]],
) -> None:
    """Beads that cross, share a segment or name one that is not there."""
    with pytest.raises(ValueError, match="fixed bead"):
        align(segments(SOURCE), segments(TARGET), fixed=fixed)


def test_documents_aligned_together_stay_apart() -> None:
    """Each document has its own beads, also when one side is empty."""
    pairs = [
        (segments(SOURCE[:5]), segments(TARGET[:5])),
        (segments(SOURCE[5:7]), segments([])),
        (segments(SOURCE[5:]), segments(TARGET[5:])),
    ]
    found = [kinds(beads) for beads in align_all(pairs)]
    assert found[0] == found[2] == [([k], [k]) for k in range(5)]
    assert found[1] == [([0], []), ([1], [])]


def test_running_headers_and_page_numbers_are_set_aside() -> None:
    """Lines that recur on one side only are null beads; the text closes over them."""
    paged: list[str] = []
    for number, text in enumerate(SOURCE):
        paged += [text, f"Абай жолы {number}"] if number % 2 else [text]
    source, target = segments(paged), segments(TARGET)
    assert len(set_aside(source, target)[0]) == 5
    beads = align(source, target)
    assert [b.kind for b in beads if b.source and "Абай" in b.source[0].text] == ["1-0"] * 5
    assert [b.kind for b in beads].count("1-1") == 10


def test_a_header_is_a_line_however_many_sentences_it_seems_to_be() -> None:
    """A stop in it, or a number of its own behind it, makes it no text."""
    lines = list[list[str]]()
    for number, text in enumerate(SOURCE):
        lines += [[text], ["ABAI JOURNAL, VOL.", "12"], [str(number)]] if number % 2 else [[text]]
    paged = [text for line in lines for text in line]
    paragraphs = [number for number, line in enumerate(lines) for _ in line]
    aside, _ = set_aside(segments(paged, paragraphs), segments(TARGET))
    assert {paged[n] for n in aside} == {"ABAI JOURNAL, VOL.", "12", *"13579"}


def test_chapters_are_no_furniture_whatever_they_are_called() -> None:
    """Where the other side has as many lines that are alike, those are their translation."""
    ordinals = ["Бірінші", "Екінші", "Үшінші", "Төртінші", "Бесінші"]
    source, target = list[str](), list[str]()
    for number, ordinal in enumerate(ordinals):
        source += [f"{ordinal} тарау", *SOURCE[2 * number : 2 * number + 2]]
        target += [f"Chapter {number + 1}", *TARGET[2 * number : 2 * number + 2]]
    paragraphs = list(range(len(source)))
    pair = segments(source, paragraphs), segments(target, paragraphs)
    assert not any(set_aside(*pair))
    assert kinds(align(*pair)) == [([k], [k]) for k in range(15)]


def test_what_recurs_in_both_texts_or_is_a_sentence_is_no_furniture() -> None:
    """A refrain and its translation stay; so does an answer that is translated variously."""
    verse = ["Бірінші.", "Жоқ", "Екінші.", "Жоқ", "Үшінші.", "Жоқ"]
    assert not any(
        set_aside(segments(verse), segments(["One.", "No", "Two.", "No", "Three.", "No"]))
    )
    assert not any(set_aside(segments(["Бар ма?", "Жоқ."] * 3), segments(TARGET[:6])))


def test_agreement_tells_translations_from_other_texts() -> None:
    """Near one for a translation, near nothing for another text or for a single sentence."""
    source, target = segments(SOURCE), segments(TARGET)
    assert agreement(align(source, target), source, target) > 0.8
    words = ("so", "much", "in", "vain", "when", "rain", "is", "due")
    other = segments([f"Nobody says {word}." for word in words])
    assert agreement(align(source, other), source, other) < 0.3
    assert agreement([], [], []) == 0.0


def test_short_texts_that_hardly_agree_are_doubtful() -> None:
    """They are not refused, for that may be chance; but nothing of them is called sure."""
    source = segments(["Балалар далада ойнап жүр.", "Анасы нан пісірді.", "Кеш түсті."])
    target = segments(["The minister resigned.", "Prices rose again.", "Nobody knew why."])
    beads, said = trusted(align(source, target), source, target)
    assert max(bead.score for bead in beads) < 0.5
    assert said.startswith("only 0% of 3 and 3 sentences")
    source, target = segments(SOURCE), segments(TARGET)
    sure = align(source, target)
    assert trusted(sure, source, target) == (sure, "")


def test_a_text_in_another_language_than_was_said_is_refused() -> None:
    """The same file twice, sides that are swapped, a wrong code; a few words show nothing."""
    kazakh = segments(["Ол бұл туралы көп айтты, бірақ біз оны әлі де жақсы білмейміз."] * 3)
    english = segments(["He has said a lot about this, but we do not know it well as yet."] * 3)
    for sides, languages, message in (
        ((kazakh, kazakh), ("kk", "en-GB"), "the second text is in kk, not in en-GB"),
        ((english, english), ("kk", "en"), "the first text is in en, not in kk"),
        ((kazakh, english), ("kk", "ru"), "the second text is in en, not in ru"),
        ((english, kazakh), ("kk", "en"), "the first text is in en, the second in kk"),
    ):
        with pytest.raises(MismatchError, match=message):
            check_sides(*sides, languages)
    check_sides(kazakh, english, ("kk", "en"))
    check_sides(kazakh, english, ("kk", "de"))  # of which no words are known
    check_sides(kazakh[:1], kazakh[:1], ("kk", "en"))


def test_progress_rises_to_one() -> None:
    """The share of work done never falls and ends at 1."""
    heard: list[float] = []
    align(segments(SOURCE), segments(TARGET), progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_the_same_input_gives_the_same_beads() -> None:
    """Nothing depends on chance or on the order of a set."""
    once = align(segments(SOURCE), segments(TARGET), known=[("сөз", "word")] * 3)
    assert once == align(segments(SOURCE), segments(TARGET), known=[("сөз", "word")] * 3)


@pytest.mark.parametrize("many", [3_000, 30_000])
def test_sides_of_very_unequal_length_are_aligned_all_the_same(many: int) -> None:
    """However steep the way through the grid is, there is one."""
    few, much = segments(TARGET[:8]), segments(["Бұл бір сөйлем еді."] * many)
    for pair in (few, much), (much, few):
        beads = align(*pair)
        assert sum(len(bead.source) for bead in beads) == len(pair[0])
        assert sum(len(bead.target) for bead in beads) == len(pair[1])
