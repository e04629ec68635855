"""A document: translating, reviewing, merging, splitting, and text that comes later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.conftest import pair
from tmtool.alignment import align
from tmtool.document import Document
from tmtool.errors import ConflictError, TmtoolError
from tmtool.memory import Memory
from tmtool.model import Bead, Code, TranslationUnit, Variant
from tmtool.pretranslate import pretranslate
from tmtool.segment import Segmenter

KAZAKH = Segmenter.for_language("kk")
ENGLISH = Segmenter.for_language("en")
DATE = (("x-tmtool:date", "2025-10-20"),)


def document_of(memory: Memory, *units: TranslationUnit) -> Document:
    memory.add(replace(unit, document="d") for unit in units)
    return Document(memory, "d", "kk", "en")


def sides(document: Document) -> list[tuple[str, str]]:
    """Source and target of every unit, as the memory has them."""
    document.refresh()
    return [(unit.source.text, unit.target.text) for unit in document.units]


@pytest.fixture
def three(memory: Memory) -> Document:
    return document_of(
        memory,
        pair("Иә. Жақсы.", "Yes. Good.", score=0.99),
        pair("Күн шықты.", "The sun rose.", score=0.5),
        pair("Түн болды.", ""),
    )


# Translating


def test_a_text_becomes_open_units(memory: Memory) -> None:
    """Each sentence waits for its translation and carries the text's metadata."""
    document = Document(memory, "d", "kk", "en")
    assert document.extend(KAZAKH.segment("Иә. Жоқ."), DATE) == 2
    assert sides(document) == [("Иә.", ""), ("Жоқ.", "")]
    assert document.units[0].props == DATE
    assert (document.next_open(), document.open_count) == (0, 2)


def test_the_next_open_sentence_is_where_work_goes_on(memory: Memory) -> None:
    """Translated sentences are passed over, rejected ones come up again."""
    document = document_of(
        memory, pair("а", "a"), pair("б"), pair("в", "v", state="rejected"), pair("", "x")
    )
    assert document.next_open() == 1
    assert document.next_open(2) == 2
    assert document.next_open(3) is None
    document.translate(1, " b \x00")
    assert sides(document)[1] == ("б", "b")
    assert document.units[1].state == "translated"
    assert document.units[1].origin == "translate"


def test_an_empty_translation_is_refused(three: Document) -> None:
    """White space and control characters are no translation."""
    with pytest.raises(TmtoolError, match="the translation is empty"):
        three.translate(2, " \t\x00")
    assert sides(three)[2] == ("Түн болды.", "")


def test_confirming_what_is_reviewed_keeps_it_reviewed(three: Document) -> None:
    """Going back and pressing Enter takes nothing away; a new text must be reviewed again."""
    three.approve(0)
    three.translate(0, "Yes. Good.")
    assert three.states["reviewed"] == 1
    three.translate(0, "Yes. Fine.")
    assert "reviewed" not in three.states


def test_matches_leave_the_sentence_itself_out(memory: Memory) -> None:
    """What is offered comes from elsewhere, a repetition in the same text included."""
    document = document_of(memory, pair("Иә.", "Yes."), pair("Иә."), pair("Иә, дұрыс.", "Right."))
    assert [match.unit.target.text for match in document.matches(1)] == ["Yes."]
    assert document.matches(0) == []


def test_a_text_that_grew_gets_units_in_its_places(memory: Memory) -> None:
    """New sentences stand where the text has them; what was translated stays."""
    document = Document(memory, "d", "kk", "en")
    document.extend(KAZAKH.segment("Бір. Үш."))
    document.translate(0, "One.")
    assert document.extend(KAZAKH.segment("Бір. Екі. Үш. Төрт.")) == 2
    assert sides(document) == [("Бір.", "One."), ("Екі.", ""), ("Үш.", ""), ("Төрт.", "")]
    assert document.extend(KAZAKH.segment("Бір. Екі. Үш. Төрт.")) == 0


def test_a_text_of_repetitions_is_gone_on_with(memory: Memory) -> None:
    """As a form is, in which most sentences are the same two."""
    document = Document(memory, "d", "kk", "en")
    form = "Аты-жөні. " + "Иә. Жоқ. " * 4
    document.extend(KAZAKH.segment(form))
    document.translate(0, "Name.")
    assert document.extend(KAZAKH.segment(form)) == 0
    assert document.extend(KAZAKH.segment(form + "Иә. ")) == 1


def test_merged_and_split_sentences_are_not_added_again(three: Document) -> None:
    """The reviewer's cut of the text is respected when the same text comes back."""
    three.merge(1)
    three.split(0, 4, 5)
    before = sides(three)
    assert three.extend(KAZAKH.segment("Иә. Жақсы. Күн шықты. Түн болды.")) == 0
    assert sides(three) == before


def test_another_text_does_not_get_into_a_document(three: Document) -> None:
    """Two files of one name are not shuffled together."""
    with pytest.raises(TmtoolError, match="the document 'd' of the memory holds another text"):
        three.extend(KAZAKH.segment("Мүлде басқа мәтін."))
    assert len(sides(three)) == 3


# Filling with an alignment


def beads_of(source: str, target: str) -> list[Bead]:
    return align(KAZAKH.segment(source), ENGLISH.segment(target))


def test_an_alignment_fills_an_empty_document(memory: Memory) -> None:
    """Every bead becomes a unit, and a second time nothing changes."""
    document = Document(memory, "d", "kk", "en")
    beads = beads_of("Күн шықты. Түн болды.", "The sun rose. Night fell.")
    assert document.fill(beads, DATE).taken == 2
    before = list(document.units)
    again = document.fill(beads, DATE)
    assert (again.taken, again.kept) == (0, 0)
    assert list(document.units) == before


def test_an_alignment_fills_what_is_open_and_keeps_the_rest(memory: Memory) -> None:
    """A person's translation is never overwritten by a machine's."""
    document = Document(memory, "d", "kk", "en")
    document.extend(KAZAKH.segment("Күн шықты. Түн болды."))
    document.translate(0, "Sunrise.")
    filled = document.fill(beads_of("Күн шықты. Түн болды.", "The sun rose. Night fell."))
    assert (filled.taken, filled.kept) == (1, 1)
    assert sides(document) == [("Күн шықты.", "Sunrise."), ("Түн болды.", "Night fell.")]
    assert document.units[1].score is not None


@pytest.fixture
def proposed(memory: Memory) -> Document:
    """A document of two sentences, for each of which the memory proposed something in doubt."""
    memory.add([pair("Бағасы 25 теңге.", "The price was 25."), pair("Түн болды ма.", "Was it?")])
    document = Document(memory, "d", "kk", "en")
    document.extend(KAZAKH.segment("Бағасы 30 теңге. Түн болды."))
    assert pretranslate(memory, document, min_percent=50).doubtful == 2
    return document


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("price", ["It cost 30.", "The price was 30."])
def test_what_a_memory_proposed_in_doubt_gives_way(
    memory: Memory, proposed: Document, aligned: bool, price: str
) -> None:
    """To a person's translation, the very same one too; history keeps it."""
    before = sides(proposed)
    assert [unit.state for unit in proposed.units] == ["initial", "initial"]
    one, two = KAZAKH.segment("Бағасы 30 теңге. Түн болды.")
    said = [ENGLISH.segment(text)[0] for text in (price, "The price was 30.")]
    beads = [Bead((one,), (said[0],), 0.9), Bead((two,), (said[1],), 0.9)]
    filled = proposed.fill(beads, aligned=aligned)
    assert (filled.taken, filled.kept, filled.unconfirmed) == (2, 0, 0)
    assert sides(proposed) == [
        ("Бағасы 30 теңге.", price),
        ("Түн болды.", "The price was 30."),
    ]
    origin = "align" if aligned else "translate"
    assert [(unit.state, unit.origin) for unit in proposed.units] == 2 * [("translated", origin)]
    assert memory.states(proposed.units[0].id)[1].target.text == "The price was 30."
    memory.undo()
    assert sides(proposed) == before
    assert proposed.fill(beads, aligned=aligned).taken == 2


def test_a_proposal_that_may_be_rewritten_is_kept(memory: Memory, proposed: Document) -> None:
    """What a reviewer edited in a file, and any that is translated; the first is counted."""
    first = proposed.units[0]
    at = datetime(2100, 1, 1, tzinfo=UTC)
    edited = replace(first, target=Variant.of("en", "Mine."), changed_at=at)
    assert memory.add([edited], on_conflict="newest").replaced == 1
    proposed.refresh()
    assert proposed.units[0].is_suggestion
    proposed.translate(1, proposed.units[1].target.text)
    before = sides(proposed)
    filled = proposed.fill(
        beads_of("Бағасы 30 теңге. Түн болды.", "It cost 30 tenge. Night fell."), aligned=False
    )
    assert (filled.taken, filled.kept, filled.unconfirmed) == (0, 2, 1)
    assert sides(proposed) == before


def test_a_proposal_that_comes_from_a_file_is_kept(memory: Memory, proposed: Document) -> None:
    """Nobody knows who wrote it; nor what stood there before history was forgotten."""
    units = [replace(unit, document="e", id="") for unit in proposed.units]
    memory.add(units)
    beads = beads_of("Бағасы 30 теңге. Түн болды.", "It cost 30 tenge. Night fell.")
    assert Document(memory, "e", "kk", "en").fill(beads).unconfirmed == 2
    memory.forget(datetime(2100, 1, 1, tzinfo=UTC))
    assert proposed.fill(beads).unconfirmed == 2


def test_an_alignment_with_what_a_text_lacked_is_one_action(memory: Memory) -> None:
    """New sentences, those that become one and what stands alone too: they go and come at once."""
    document = Document(memory, "d", "kk", "en")
    document.extend(KAZAKH.segment("Күн шықты. Түн болды."))
    before = list(memory.units())
    one, two, three, four, five = KAZAKH.segment(
        "Күн шықты. Ауа райы жақсы болды. Жел соқты. Түн болды. Соңы."
    )
    rose, fine, fell, extra = ENGLISH.segment("The sun rose. It was fine. Night fell. Well.")
    sources, targets = [(one,), (two, three), (four,), (five,), ()], [rose, fine, fell, None, extra]
    beads = [
        Bead(source, (target,) if target else (), 0.95)
        for source, target in zip(sources, targets, strict=True)
    ]
    assert document.fill(beads).taken == 3
    assert sides(document) == [
        ("Күн шықты.", "The sun rose."),
        ("Ауа райы жақсы болды. Жел соқты.", "It was fine."),
        ("Түн болды.", "Night fell."),
        ("Соңы.", ""),
        ("", "Well."),
    ]
    after = list(memory.units())
    assert memory.undo() == ("add", 5)
    assert list(memory.units()) == before
    assert memory.redo() == ("add", 5)
    assert list(memory.units()) == after
    assert document.fill(beads).taken == 0
    assert len(memory.actions()) == 4


def test_an_alignment_that_meets_a_change_adds_nothing(memory: Memory) -> None:
    """Nor are its new sentences left without their translations."""
    document = Document(memory, "d", "kk", "en")
    document.extend(KAZAKH.segment("Күн шықты. Түн болды."))
    list(document.units)
    with memory.another() as other:
        Document(other, "d", "kk", "en").translate(0, "Sunrise.")
    with pytest.raises(ConflictError):
        document.fill(beads_of("Күн шықты. Түн болды. Соңы.", "The sun rose. Night fell. The end."))
    document.refresh()
    assert sides(document) == [("Күн шықты.", "Sunrise."), ("Түн болды.", "")]


@pytest.mark.parametrize(
    "rewrite",
    ["edit_source", "unpair", "shift_down", "shift_up", "shift_down source", "shift_up source"],
)
def test_an_alignment_keeps_what_a_reviewer_parted_or_corrected(
    memory: Memory, rewrite: str
) -> None:
    """The old sentence does not come back beside the new one, nor the translation twice."""
    document = Document(memory, "d", "kk", "en")
    beads = beads_of("Күн шықты. Түн болды. Соңы.", "The sun rose. Night fell. The end.")
    document.fill(beads)
    if rewrite == "edit_source":
        document.edit_source(1, "Түн қысқа болды.")
    else:
        name, *side = rewrite.split()
        getattr(document, name)(1, *side)
    before = sides(document)
    assert document.fill(beads).taken == 0
    assert sides(document) == before
    while memory.undo():
        pass
    document.refresh()
    assert document.fill(beads).taken == 3


def test_a_sentence_that_comes_later_comes_once(memory: Memory) -> None:
    """Also within a merged pair, and where the alignment parts what is one translation here."""
    document = Document(memory, "d", "kk", "en")
    target = "The sun rose. It was fine. Night fell."
    one, two = KAZAKH.segment("Күн шықты. Түн болды.")
    rose, fine, fell = ENGLISH.segment(target)
    document.fill([Bead((one,), (rose, fine), 0.9), Bead((two,), (fell,), 0.9)])
    document.merge(0)
    one, new, two = KAZAKH.segment("Күн шықты. Ауа райы жақсы болды. Түн болды.")
    beads = [Bead((one,), (rose,), 0.9), Bead((new,), (fine,), 0.9), Bead((two,), (fell,), 0.9)]
    for _ in range(2):
        assert document.fill(beads).taken == 0
        assert sorted(sides(document)) == [
            ("Ауа райы жақсы болды.", ""),
            ("Күн шықты. Түн болды.", target),
        ]


@pytest.mark.parametrize(
    ("named", "wanted", "is_one"),
    [
        (("kk-KZ", "en"), ("kk", "en"), True),
        (("kk", "en"), ("kk-KZ", "en-GB"), True),
        (("kk", "en-US"), ("kk", "en-GB"), False),
        (("kk", "en"), ("kk-Latn", "en"), False),
    ],
)
def test_a_text_belongs_to_the_document_of_its_languages(
    memory: Memory, named: tuple[str, str], wanted: tuple[str, str], is_one: bool
) -> None:
    """Whether a region is named or not; but not to one of another region or script."""
    document = Document(memory, "d", *named)
    document.extend(KAZAKH.segment("Күн шықты."))
    assert Document.of(memory, "d", *wanted).key == ("d", *(named if is_one else wanted))
    assert Document.of(memory, "e", *wanted).key == ("e", *wanted)


def test_two_open_sentences_with_one_translation_become_one_unit(memory: Memory) -> None:
    """An n:m bead joins the open units that it covers."""
    document = Document(memory, "d", "kk", "en")
    document.extend(KAZAKH.segment("Күн шықты. Түн болды. Соңы."))
    one, two, three = KAZAKH.segment("Күн шықты. Түн болды. Соңы.")
    target = ENGLISH.segment("Day and night. The end.")
    document.fill([Bead((one, two), (target[0],), 0.9), Bead((three,), (target[1],), 0.9)])
    assert sides(document) == [
        ("Күн шықты. Түн болды.", "Day and night."),
        ("Соңы.", "The end."),
    ]


def test_a_target_without_a_partner_finds_its_place_once(memory: Memory) -> None:
    """An added sentence of the translator stands between its neighbours."""
    document = Document(memory, "d", "kk", "en")
    document.extend(KAZAKH.segment("Күн шықты. Түн болды."))
    one, two = KAZAKH.segment("Күн шықты. Түн болды.")
    rose, extra, fell = ENGLISH.segment("The sun rose. How fine! Night fell.")
    beads = [Bead((one,), (rose,), 1), Bead((), (extra,), 1), Bead((two,), (fell,), 1)]
    document.fill(beads)
    document.fill(beads)
    assert sides(document) == [
        ("Күн шықты.", "The sun rose."),
        ("", "How fine!"),
        ("Түн болды.", "Night fell."),
    ]


def test_what_a_translator_paired_has_no_confidence(memory: Memory) -> None:
    """Only an aligner gives a score."""
    document = Document(memory, "d", "kk", "en")
    (one,), (other,) = KAZAKH.segment("Иә."), ENGLISH.segment("Yes.")
    document.fill([Bead((one,), (other,), 1.0)], aligned=False)
    assert (document.units[0].score, document.units[0].origin) == (None, "translate")


# Reviewing


def test_approving_and_rejecting_set_the_state(three: Document) -> None:
    """The text stays; the state says what a person thinks of it."""
    three.approve(0)
    three.reject(1)
    assert [unit.state for unit in three.units] == ["reviewed", "rejected", "initial"]
    assert three.states == {"reviewed": 1, "rejected": 1, "initial": 1}


def test_half_a_pair_cannot_be_approved(three: Document) -> None:
    """Nobody vouches for an empty side."""
    with pytest.raises(TmtoolError, match="pair 3 has an empty side; edit or merge it"):
        three.approve(2)


def test_editing_reviews_and_drops_the_confidence(three: Document) -> None:
    """A person wrote it, so the aligner's figure says nothing any more."""
    three.edit(1, "Sunrise.")
    unit = three.units[1]
    assert (unit.target.text, unit.state, unit.score) == ("Sunrise.", "reviewed", None)


def test_doubtful_pairs_are_found_in_turn(three: Document) -> None:
    """Those without a translation, too, which are open; from the end it goes on at the top."""
    assert three.next_doubtful() == 1
    assert three.next_doubtful(2) == 2
    assert three.next_doubtful(3) == 1
    assert (three.doubtful_count, three.untranslated_count) == (1, 1)
    assert three.waiting == "1 doubtful, 1 open"
    three.approve(1)
    three.reject(2)
    assert three.next_doubtful() is None


def test_merging_joins_both_sides(three: Document) -> None:
    """The second unit is gone, and nobody has vouched for the whole yet."""
    three.approve(0)
    three.merge(0)
    assert sides(three) == [
        ("Иә. Жақсы. Күн шықты.", "Yes. Good. The sun rose."),
        ("Түн болды.", ""),
    ]
    assert three.units[0].state == "translated"
    with pytest.raises(TmtoolError, match="pair 2 is the last one"):
        three.merge(1)


def test_merging_carries_inline_codes(memory: Memory) -> None:
    """Codes of a TMX stay where they were in the joined text."""
    coded = TranslationUnit(
        Variant("kk", ("Иә", Code("ph", "<ph/>"))), Variant.of("en", "Yes"), state="translated"
    )
    document = document_of(memory, coded, pair("Жоқ.", "No."))
    document.merge(0)
    assert document.units[0].source.content == ("Иә", Code("ph", "<ph/>"), " ", "Жоқ.")
    with pytest.raises(TmtoolError, match="inline codes cannot be split"):
        document.split(0, 2, 2)


def test_splitting_cuts_both_sides(three: Document) -> None:
    """Each part is a pair; white space at the cut belongs to neither."""
    three.split(0, 3, 4)
    assert sides(three)[:2] == [("Иә.", "Yes."), ("Жақсы.", "Good.")]


def test_a_split_may_leave_a_side_empty(three: Document) -> None:
    """An addition of the translator can be parted from its neighbour."""
    three.split(1, len("Күн шықты."), 3)
    assert sides(three)[1:3] == [("Күн шықты.", "The"), ("", "sun rose.")]
    with pytest.raises(TmtoolError, match="a part of the split would be empty"):
        three.split(0, 0, 0)


def test_places_for_a_split_are_sentences_or_clauses(memory: Memory) -> None:
    """A side of several sentences offers their starts, one of one sentence its clauses."""
    document = document_of(memory, pair("Иә. Жақсы.", "Yes, that is good – really."))
    source, target = document.breaks(0)
    assert source == [4]
    text = document.units[0].target.text
    assert [text[at:] for at in target] == ["that is good – really.", "– really."]


def test_a_place_is_split_as_often_as_one_likes(memory: Memory) -> None:
    """Positions never run out, and the order of the text is kept."""
    words = " ".join(f"Сөз{number}." for number in range(70))
    first, last = pair("Басы.", "Start."), pair("Соңы.", "End.")
    document = document_of(memory, first, pair(words, words), last)
    for number in range(69):
        at = len(f"Сөз{number}.")
        document.split(1 + number, at, at)
    document.refresh()
    expected = ["Басы.", *(f"Сөз{number}." for number in range(70)), "Соңы."]
    assert [unit.source.text for unit in document.units] == expected


def test_undo_takes_back_what_was_done_here_and_says_where(three: Document, memory: Memory) -> None:
    """Edits elsewhere and the arrival of the document itself stay."""
    before = sides(three)
    three.edit(1, "Sunrise.")
    three.merge(0)
    memory.add([pair("Басқа.", "Other.", document="other")])
    assert three.undo() == ("merge", 0)
    assert three.undo() == ("edit", 1)
    assert three.undo() is None
    assert sides(three) == before


def test_undo_says_where_when_nothing_but_a_text_changed(three: Document) -> None:
    """One of as many words, in a pair of the same state."""
    three.edit(0, "Yes. Well.")
    three.edit(0, "Yes. Fine.")
    assert three.undo() == ("edit", 0)
    assert three.redo() == ("edit", 0)


def test_somebody_elses_change_is_not_overwritten(three: Document, memory: Memory) -> None:
    """The action fails, and after a refresh it can be done on what is there now."""
    assert sides(three)[1] == ("Күн шықты.", "The sun rose.")
    colleague = Document(memory, "d", "kk", "en")
    colleague.edit(1, "Dawn.")
    with pytest.raises(ConflictError):
        three.approve(1)
    three.refresh()
    three.approve(1)
    assert sides(three)[1] == ("Күн шықты.", "Dawn.")


def test_a_document_is_found_by_what_is_known_of_it(memory: Memory) -> None:
    """The only one needs no name; of several the error lists the names."""
    with pytest.raises(TmtoolError, match="it is empty"):
        Document.find(memory)
    document_of(memory, pair("а", "a"))
    assert Document.find(memory).name == "d"
    memory.add([pair("б", "b", document="other")])
    assert Document.find(memory, "other", target_language="en").name == "other"
    with pytest.raises(TmtoolError, match=r"more than one document fits: d \(kk-en\), other"):
        Document.find(memory)
    with pytest.raises(TmtoolError, match=r"no document 'x' in the memory; it holds d \(kk-en\)"):
        Document.find(memory, "x")


def test_words_are_counted_alike_when_read_and_when_changed(memory: Memory) -> None:
    """The tally of a document that was changed is that of the document read anew."""
    document = document_of(memory, pair("Бұл – сөз.", "This is a word."), pair("Ол * да", "Too"))
    document.approve(0)
    assert document.words == {"reviewed": 2, "translated": 2}
    changed = document.words
    document.refresh()
    assert document.words == changed
