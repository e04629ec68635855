"""Pretranslation: what a document takes over from the memory, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import pair
from tmtool.document import Document
from tmtool.memory import Memory
from tmtool.model import Code, TranslationUnit, Variant
from tmtool.pretranslate import Pretranslated, pretranslate
from tmtool.segment import Segmenter

KNOWN = [
    pair("Күн шықты.", "The sun rose."),
    pair("Үйде 5 бөлме бар.", "There are 5 rooms in the house."),
    pair("Кешке қатты боран соқты.", "There was a storm in the evening."),
    pair("Иә.", "Yes."),
    pair("Иә.", "Well."),
]


@pytest.fixture
def stocked(memory: Memory) -> Memory:
    """A memory with a few pairs that belong to no document."""
    memory.add(KNOWN)
    return memory


def opened(memory: Memory, *sentences: str, name: str = "d") -> Document:
    """A document of these sentences, none translated."""
    document = Document(memory, name, "kk", "en")
    document.extend(Segmenter.for_language("kk").segment("\n".join(sentences)))
    return document


def rows(document: Document) -> list[tuple[str, str, float | None]]:
    return [(unit.target.text, unit.state, unit.score) for unit in document.units]


def test_the_very_same_text_brings_its_translation(stocked: Memory) -> None:
    """By default nothing else does; it is sure, and nobody has reviewed it yet."""
    document = opened(stocked, "Күн шықты.", "Ай шықты.", "Үйде 8 бөлме бар.")
    assert pretranslate(stocked, document) == Pretranslated(
        exact=1, doubtful=0, ambiguous=0, left_open=2
    )
    assert rows(document) == [
        ("The sun rose.", "translated", 1.0),
        ("", "initial", None),
        ("", "initial", None),
    ]
    assert document.units[0].origin == "pretranslate"
    assert (document.doubtful_count, document.open_count) == (0, 2)


def test_what_is_only_like_it_is_doubtful(stocked: Memory) -> None:
    """Numbers are replaced where that is safe, and that is doubtful, too."""
    document = opened(stocked, "Үйде 8 бөлме бар.", "Кешке қатты жел соқты.", "Мүлдем басқа.")
    assert pretranslate(stocked, document, min_percent=75) == Pretranslated(0, 2, 0, 1)
    (numbers, _, numbers_score), (storm, state, storm_score), _ = rows(document)
    assert numbers == "There are 8 rooms in the house."
    assert (storm, state) == ("There was a storm in the evening.", "initial")
    assert storm_score is not None
    assert numbers_score is not None
    assert storm_score < numbers_score < 0.9
    assert (document.doubtful_count, document.open_count) == (2, 1)


def test_of_several_translations_none_is_sure(stocked: Memory) -> None:
    """Unless one of them, and no other that is trusted as much, stood in this place."""
    document = opened(stocked, "Иә.")
    assert pretranslate(stocked, document) == Pretranslated(0, 1, 1, 0)
    assert rows(document) == [("Yes.", "initial", 0.5)]
    other = [pair("Кім?", "Who?"), pair("Иә.", "Aye."), pair("Ол.", "He.")]
    stocked.add(replace(unit, document="o") for unit in other)
    document = opened(stocked, "Кім?", "Иә.", "Ол.", name="e")
    pretranslate(stocked, document)
    assert rows(document)[1] == ("Aye.", "translated", 1.0)
    other[1] = pair("Иә.", "Indeed.")
    stocked.add(replace(unit, document="p") for unit in other)
    document = opened(stocked, "Кім?", "Иә.", "Ол.", name="f")
    assert pretranslate(stocked, document).ambiguous == 1
    assert rows(document)[1][1:] == ("initial", 0.5)
    assert rows(document)[2] == ("He.", "translated", 1.0)


def test_what_nobody_has_confirmed_is_doubtful(memory: Memory) -> None:
    """A draft, or a fuzzy message of a PO file, stays one, also in its place."""
    memory.add(
        [
            pair("Күн шықты.", "Sun up.", state="initial"),
            pair("Кім?", "Who?", state="initial", document="o"),
        ]
    )
    document = opened(memory, "Күн шықты.")
    assert pretranslate(memory, document) == Pretranslated(0, 1, 0, 0)
    assert rows(document) == [("Sun up.", "initial", 0.5)]
    assert document.units[0].is_suggestion
    placed = opened(memory, "Кім?", name="e")
    assert pretranslate(memory, placed) == Pretranslated(0, 1, 0, 0)
    assert rows(placed) == [("Who?", "initial", 0.5)]


@pytest.mark.parametrize("is_indexed", [False, True])
def test_the_most_trusted_translation_is_taken(memory: Memory, is_indexed: bool) -> None:
    """By its state, then by its last change; it is sure if no other of its state differs."""
    states = ("initial", "translated", "final", "reviewed", "rejected")
    memory.add(pair("Күн шықты.", f"{state}.", state=state) for state in states)
    days = [datetime(2024, month, 1, tzinfo=UTC) for month in (2, 3, 1)]
    memory.add(pair("Ай шықты.", f"{day:%B}.", changed_at=day) for day in days)
    memory.add(pair("Жел соқты.", "It blew.", state=state, document=state) for state in states[:3])
    if is_indexed:
        memory.compact()
    document = opened(memory, "Күн шықты.", "Ай шықты.", "Жел соқты.")
    assert pretranslate(memory, document) == Pretranslated(
        exact=2, doubtful=1, ambiguous=1, left_open=0
    )
    assert rows(document) == [
        ("final.", "translated", 1.0),
        ("March.", "initial", 0.5),
        ("It blew.", "translated", 1.0),
    ]


def test_a_suggestion_is_no_match_until_it_is_confirmed(stocked: Memory) -> None:
    """It would pass for the translation of its source; approved it is one, also where indexed."""
    document = opened(stocked, "Кешке қатты жел соқты.")
    pretranslate(stocked, document, min_percent=75)
    stocked.compact()
    assert [m.percent for m in stocked.lookup("Кешке қатты жел соқты.", "kk", "en")] == [80]
    assert not stocked.concordance("жел", "kk", "en")
    document.approve(0)
    best = stocked.lookup("Кешке қатты жел соқты.", "kk", "en", limit=1)
    assert [match.percent for match in best] == [100]
    assert stocked.concordance("жел", "kk", "en")


def test_one_undo_takes_all_of_it_back(stocked: Memory) -> None:
    """The sentences of the document stay."""
    document = opened(stocked, "Күн шықты.", "Иә.", "Үйде 8 бөлме бар.")
    before = rows(document)
    pretranslate(stocked, document, min_percent=75)
    assert document.undo() == ("pretranslate", 0)
    assert rows(document) == before
    assert document.redo() == ("pretranslate", 0)
    assert rows(document)[0] == ("The sun rose.", "translated", 1.0)


def test_a_text_comes_and_is_pretranslated_in_one_action(stocked: Memory) -> None:
    """New sentences stand where the text has them; what is there is filled, too, or kept."""
    text = ["Ай шықты.", "Күн шықты.", "Үйде 8 бөлме бар.", "Жоқ."]
    before = list(stocked.units())
    document = Document(stocked, "d", "kk", "en")
    segments = Segmenter.for_language("kk").segment("\n".join(text[:2]))
    assert pretranslate(stocked, document, segments) == Pretranslated(1, 0, 0, 1)
    assert [unit.source.text for unit in document.units] == text[:2]
    document.translate(0, "mine")
    segments = Segmenter.for_language("kk").segment("\n".join(["Иә.", *text]))
    done = pretranslate(stocked, document, segments, min_percent=75)
    assert done == Pretranslated(exact=0, doubtful=2, ambiguous=1, left_open=1)
    assert [(unit.source.text, unit.target.text) for unit in document.units] == [
        ("Иә.", "Yes."),
        (text[0], "mine"),
        (text[1], "The sun rose."),
        (text[2], "There are 8 rooms in the house."),
        (text[3], ""),
    ]
    assert pretranslate(stocked, document, segments, min_percent=75) == Pretranslated(0, 0, 0, 1)
    assert document.undo() == ("translate", 1)  # its sentences stay on the screen
    assert stocked.undo() == ("add pretranslated", 3)
    assert stocked.undo() == ("add pretranslated", 2)
    assert list(stocked.units()) == before


def test_what_somebody_is_typing_is_left_alone(stocked: Memory, place: str) -> None:
    """A draft of anyone keeps its unit open."""
    document = opened(stocked, "Күн шықты.")
    colleague = Memory.open(place, author="dana")
    with colleague:
        colleague.keep_draft(document.units[0], "Sunris")
    assert pretranslate(stocked, document) == Pretranslated(0, 0, 0, 1)
    assert rows(document) == [("", "initial", None)]


def test_pairing_anew_leaves_it_where_it_stands(stocked: Memory) -> None:
    """Which sentences belong together was never in doubt, and a doubtful one stays so."""
    document = opened(stocked, "Күн шықты.", "Кешке қатты жел соқты.")
    pretranslate(stocked, document, min_percent=75)
    before = rows(document)
    document.realign()
    assert rows(document) == before


def test_codes_come_with_the_same_codes_only(memory: Memory) -> None:
    """Where the source has others, the text comes alone and is doubtful."""
    code = Code("ph", '<ph x="1"/>')
    source, target = (
        Variant(lang, (code, text)) for lang, text in (("kk", "Күн."), ("en", "Sun."))
    )
    memory.add([TranslationUnit(source, target, state="translated")])
    memory.add([TranslationUnit(source, Variant.of("en", ""), document="d")])
    memory.add([pair("Күн.", document="e")])
    for name, content, state in (("d", (code, "Sun."), "translated"), ("e", ("Sun.",), "initial")):
        document = Document(memory, name, "kk", "en")
        pretranslate(memory, document)
        assert (document.units[0].target.content, document.units[0].state) == (content, state)


actions = st.sampled_from(["translate", "edit", "approve", "reject", "none"])


@given(
    st.lists(st.tuples(st.sampled_from([u.source.text for u in KNOWN]), actions), min_size=1),
    st.integers(50, 101),
)
@settings(max_examples=25, deadline=None)
def test_what_a_person_did_is_never_touched(
    fresh: Callable[[], str], given: list[tuple[str, str]], percent: int
) -> None:
    """Translated, reviewed or rejected units stay to the letter, and a second run changes none."""
    with Memory.open(fresh(), author="aigul") as memory:
        memory.add(KNOWN)
        document = opened(memory, *(text for text, _ in given))
        for index, (_, action) in enumerate(given):
            if action == "translate":
                document.translate(index, "mine")
            elif action in ("edit", "approve"):
                document.edit(index, "mine, too")
            elif action == "reject":
                document.reject(index)
        before = list(document.units)
        done = pretranslate(memory, document, min_percent=percent)
        after = list(document.units)
        touched = [index for index, (_, action) in enumerate(given) if action == "none"]
        kept = [unit for index, unit in enumerate(before) if index not in touched]
        assert [unit for index, unit in enumerate(after) if index not in touched] == kept
        assert done.exact + done.doubtful + done.left_open == len(touched)
        assert pretranslate(memory, document, min_percent=percent).left_open == done.left_open
        assert list(document.units) == after
