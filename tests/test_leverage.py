"""Leverage: what of some texts a memory holds, and how like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import pair
from tmtool import leverage
from tmtool.leverage import BANDS, RATES, Analysis, Band, Figures, analysed, band_of
from tmtool.memory import Memory
from tmtool.model import count_words

LANGUAGES = ("kk", "en")
HELD = ("Күн шықты.", "Ай батты.", "Үйде 5 бөлме бар екен, бәрі үлкен.", "Жаңбыр жауды ма екен?")
SENTENCES = (
    *HELD,
    "Күн  шықты.",
    "Күн шықты!",
    "Ай  батпады.",
    "Үйде 7 бөлме бар екен, бәрі үлкен.",
    "Мұндай сөйлем еш жерде жоқ.",
    "– – –",
)
texts = st.lists(st.lists(st.sampled_from(SENTENCES), max_size=8), max_size=4)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """A memory of one document with a few sentences."""
    with Memory.open(tmp_path_factory.mktemp("leverage") / "m.db") as opened:
        opened.add(pair(text, f"{number}.", document="d") for number, text in enumerate(HELD))
        yield opened


def segments(analysis: Analysis) -> dict[Band, int]:
    """How many segments there are in the bands that hold any."""
    return {band: found.segments for band, found in analysis.bands.items() if found.segments}


def joined(analyses: Sequence[Analysis]) -> Analysis:
    return sum(analyses, Analysis.none())


# Laws


@given(texts)
@settings(max_examples=40, deadline=None)
def test_every_segment_is_in_one_band(held: Memory, given: list[list[str]]) -> None:
    """The bands of a text add up to what the text holds, in segments, words and characters."""
    found = analysed(given, held, LANGUAGES)
    assert len(found) == len(given)
    for analysis, sentences in zip(found, given, strict=True):
        assert tuple(analysis.bands) == BANDS
        whole = " ".join("".join(sentences).split())
        assert analysis.total.segments == len(sentences)
        assert analysis.total.words == sum(map(count_words, sentences))
        assert analysis.total.characters_without_spaces == len(whole.replace(" ", ""))


@given(texts)
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_texts_changes_only_which_copy_is_the_repetition(
    held: Memory, given: list[list[str]]
) -> None:
    """All texts together come to the same, and each to the same but for repetitions and firsts."""
    there, back = analysed(given, held, LANGUAGES), analysed(given[::-1], held, LANGUAGES)
    assert joined(there) == joined(back)
    for one, other in zip(there, back[::-1], strict=True):
        assert one.bands["context"] == other.bands["context"]
        assert one.bands["repetition"] == other.bands["repetition"]
        assert one.total == other.total


@given(texts)
@settings(max_examples=40, deadline=None)
def test_each_new_sentence_is_counted_once_by_its_match(
    held: Memory, given: list[list[str]]
) -> None:
    """What is neither in context nor repeated are the distinct sentences, white space aside."""
    once = segments(joined(analysed(given, held, LANGUAGES)))
    for band in ("context", "repetition", "cross-file"):
        once.pop(band, None)
    distinct = {" ".join(text.split()) for sentences in given for text in sentences}
    found = (held.lookup(text, *LANGUAGES, limit=1, min_percent=50) for text in distinct)
    wanted = Counter(band_of(best[0].percent if best else 0) for best in found)
    assert once.pop("100", 0) <= wanted.pop("100", 0)  # the others are all in context
    assert once == wanted


@given(st.text(max_size=60))
def test_figures_of_a_text_do_not_depend_on_its_white_space(text: str) -> None:
    """A run of white space is one character, and none at the ends."""
    figures = Figures.of(text)
    assert figures == Figures.of(f"  {text.replace(' ', '   ')} ")
    assert figures.characters == len(" ".join(text.split()))
    assert figures.words <= len(text.split())


# Bands


def test_bands_are_those_of_the_best_match(held: Memory) -> None:
    """The same text, letters and numbers changed, and nothing like it."""
    given = ["Ай батты.", "Үйде 7 бөлме бар екен, бәрі үлкен.", "Мүлдем басқа."]
    (found,) = analysed([given], held, LANGUAGES)
    assert segments(found) == {"100": 1, "95-99": 1, "none": 1}
    edges = [101, 100, 99, 95, 94, 85, 84, 75, 74, 50, 49, 0]
    expected = ["context", "100", "95-99", "95-99", "85-94", "85-94"]
    expected += ["75-84", "75-84", "50-74", "50-74", "none", "none"]
    assert [band_of(percent) for percent in edges] == expected


def test_in_context_is_more_than_repeated(held: Memory) -> None:
    """What stands between the same neighbours is so each time, and all others repeat it."""
    given = [*HELD[:3], "Мүлдем басқа.", HELD[1], *HELD[:3]]
    (found,) = analysed([given], held, LANGUAGES)
    assert segments(found) == {"context": 3, "100": 1, "repetition": 3, "none": 1}


def test_what_is_in_context_later_is_repeated_before(held: Memory) -> None:
    """One counts the sentence, wherever it stands: in the same text or in another one."""
    elsewhere, between = ["Мүлдем басқа.", HELD[1]], HELD[:3]
    (found,) = analysed([[*elsewhere, *between]], held, LANGUAGES)
    assert segments(found) == {"context": 1, "repetition": 1, "100": 2, "none": 1}
    for texts in ([elsewhere, between], [between, elsewhere]):
        found = joined(analysed(texts, held, LANGUAGES))
        assert segments(found) == {"context": 2, "cross-file": 1, "100": 1, "none": 1}


def test_repetitions_of_other_texts_have_a_band_of_their_own() -> None:
    """The first in a text repeats an earlier text, the next one this text."""
    first, second, third = analysed([["а", "б", "а"], ["а", "а", "в"], ["в"]], None, LANGUAGES)
    assert segments(first) == {"repetition": 1, "none": 2}
    assert segments(second) == {"repetition": 1, "cross-file": 1, "none": 1}
    assert segments(third) == {"cross-file": 1}


def test_words_are_weighted_by_the_rates_of_their_bands(held: Memory) -> None:
    """In words of the full price."""
    (found,) = analysed([["Ай батты.", "Мүлдем басқа.", "Мүлдем басқа."]], held, LANGUAGES)
    assert found.weighted(RATES) == 2 * 0.25 + 2 * 1 + 2 * 0.25
    assert found.weighted(dict.fromkeys(BANDS, 0)) == 0
    assert set(RATES) == set(BANDS)


def test_several_processes_find_the_same(held: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """And tell how far they are: every segment is looked up, copies with the first."""
    given = [[*SENTENCES, *SENTENCES[:3]], [*SENTENCES[::-1]]]
    done: list[int] = []
    monkeypatch.setattr(leverage, "_MANY", 1)
    found = analysed(given, held, LANGUAGES, workers=2, tick=done.append)
    assert found == analysed(given, held, LANGUAGES)
    assert sum(done) == sum(map(len, given))


def test_a_sentence_is_looked_up_once(held: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it comes, unless the memory holds it and its neighbours matter."""
    looked_up: list[str] = []
    lookup = Memory.lookup

    def counted(self: Memory, text: str, *args: str, **options: int) -> object:
        looked_up.append(text)
        return lookup(self, text, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Memory, "lookup", counted)
    analysed([["Мүлдем басқа."] * 3, ["Мүлдем  басқа."]], held, LANGUAGES)
    assert looked_up == ["Мүлдем басқа."]


def test_the_memory_stays_as_it_is(held: Memory) -> None:
    """Counting writes nothing."""
    before = Path(held.path).read_bytes()
    analysed([SENTENCES], held, LANGUAGES)
    assert Path(held.path).read_bytes() == before
