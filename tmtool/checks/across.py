"""What only shows across units: consistency, terms, spellings and names that are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from tmtool.checks.core import Flaw, Pair, Side, Span, check
from tmtool.checks.dictionaries import dictionary, is_available
from tmtool.checks.known import Known, Term
from tmtool.checks.typography import WORD
from tmtool.errors import TmtoolError
from tmtool.model import TranslationUnit
from tmtool.text import fold

_NUMBER = re.compile(r"\d[\d.,\u00a0]*")
_NAME = re.compile(r"(?<![\w-])(?:[A-Z][a-z]|[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі])[^\W\d_]{2,}")
_OPENERS = "«“„\"'‘(–—- "
_HEAD = 3  # letters by which terms are found
_ENDING = 2  # letters of a word that may be dropped
_SURE_ENDING = 1  # of one that must not be used, so that journal is not taken for journey
_Ways = dict[str, tuple[str, ...]]  # translations of a term, with their stems
_LOOKED_UP = range(4, 41)  # letters of a word that is looked up in a dictionary
_LONG = range(7, 41)  # of one with a capital
_SPELLED = re.compile(r"(?<![\w@./’'-])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w@/-])")


def _learn_names(known: Known, pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        for side, other in ((pair.source, pair.target), (pair.target, pair.source)):
            if names := _names(side):
                sounds = _sounds(other)
                for name, _ in names:
                    known.learn_name(side.name, name, is_kept=_is_kept(name, sounds))


def _learn_spellings(known: Known, pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        for side in (pair.source, pair.target):
            if side.typography.substitutes:
                known.learn_spellings(side.typography, WORD.findall(side.text))


@lru_cache(maxsize=1 << 14)
def _sound(word: str) -> str:
    from tmtool.alignment.tokens import sound  # with numpy, which one unit alone does not need

    return sound(word)


def _names(side: Side, *, anywhere: bool = False) -> list[tuple[str, Span]]:
    """The capitalised words inside sentences, or anywhere, by their sound, and where they stand."""
    return [
        (_sound(match[0].lower()), match.span())
        for match in _NAME.finditer(side.text)
        if anywhere or not _opens(side.text, match.start())
    ]


def _opens(text: str, at: int) -> bool:
    """Whether a sentence or a quotation begins at a place, so that any word is capitalised."""
    before = text[max(0, at - 4) : at]
    bare = before.rstrip(_OPENERS)
    return not bare or bare[-1] in ".!?…:" or before[-1] != " "


def _sounds(side: Side) -> list[str]:
    """The sounds of every capitalised word."""
    return [_sound(match[0].lower()) for match in _NAME.finditer(side.text)]


def _is_kept(name: str, sounds: Iterable[str]) -> bool:
    return any(_similar(name, other) for other in sounds)


def _similar(one: str, other: str) -> bool:
    """Whether two names sound alike, endings aside."""
    from rapidfuzz.fuzz import ratio

    size = min(len(one), len(other), 6) + 1
    return ratio(one[:size], other[:size]) >= 66


@check("names", "warning", alone=False, learn=_learn_names)
def names(pair: Pair) -> Iterator[Flaw]:
    """A name is missing that other units keep, and another stands here that they keep as well."""
    lost = _unmatched(pair, pair.source, pair.target)
    strange = lost and _unmatched(pair, pair.target, pair.source)
    if lost and strange:
        name, wanted = pair.target.text[slice(*strange[0])], pair.source.text[slice(*lost[0])]
        yield Flaw(f"{name} stands for {wanted}", strange[0])


def _unmatched(pair: Pair, side: Side, other: Side) -> list[Span]:
    """Where names stand that have no like on the other side, and have it in other units."""
    every = _names(side, anywhere=True)
    names = [(name, span) for name, span in every if pair.known.keeps(side.name, name)]
    sounds = _sounds(other) if names else []
    return [span for name, span in names if not _is_kept(name, sounds)]


@check("letters", "warning", alone=False, learn=_learn_spellings)
def letters(pair: Pair) -> Iterator[Flaw]:
    """A word is written without the letters of its language, as кала for қала: other units, or a
    dictionary that is installed, know it only with them."""
    for side in (pair.source, pair.target):
        if not side.typography.substitutes:
            continue
        book = dictionary(side.variant.language)
        for match in WORD.finditer(side.text):
            usual = pair.known.spelling(side.typography, match[0])
            if not usual and book and _is_looked_up(match[0]):
                usual = book.original(match[0])
            if usual:
                yield Flaw(f"{match[0]} for {usual}", match.span(), side.name)


def _is_looked_up(word: str) -> bool:
    """Whether a word is no name that might look like another word."""
    return len(word) in (_LOOKED_UP if word.islower() else _LONG) and not word.isupper()


def _learn_words(known: Known, pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        known.words[pair.target.typography.language].update({*pair.target.words})


@check("spelling", "warning", alone=False, learn=_learn_words, is_optional=True)
def spelling(pair: Pair) -> Iterator[Flaw]:
    """A word of the translation is in no dictionary that is installed for its language; names,
    compounds, words of the source and those that other units have pass. Not among the default
    checks."""
    if not is_available():
        hint = "pip install 'tmtool[spell]', and libenchant of the system"
        raise TmtoolError("spelling needs hunspell dictionaries", hint=hint)
    target, said = pair.target, pair.known.words[pair.target.typography.language]
    if (book := dictionary(target.variant.language)) is None:
        return
    alphabet, sources = target.typography.letters, {*pair.source.words}
    for match in _SPELLED.finditer(target.text):
        word = match[0]
        if len(word) not in _LOOKED_UP or not word.islower() or said[word] > 1:
            continue
        if word in sources:
            continue
        if alphabet and not alphabet.issuperset(word.replace("’", "").replace("'", "")):
            continue
        if not book.is_plausible(word.replace("’", "'")):
            meant = book.suggestion(word)
            yield Flaw(
                f"{word} is in no dictionary" + (f"; {meant}?" if meant else ""), match.span()
            )


@check("terms", "warning", alone=False)
def terms(pair: Pair) -> Iterator[Flaw]:
    """A term of the glossary is not translated as the glossary says, or as it forbids."""
    found: dict[Term, list[Span]] = {}
    for term, span in terms_in(pair):
        found.setdefault(term, []).append(span)
    words = list(WORD.finditer(pair.target.lower)) if found else []
    right = {
        at
        for term in found
        for _, stems in term.translations
        for place in _places(words, stems)
        for at in place
    }
    for term, spans in found.items():
        wanted = " or ".join(text for text, _ in term.translations)
        wrong = [
            (text, place)
            for text, stems in term.forbidden
            for place in _places(words, stems)
            if not right.issuperset(place)
        ]
        for text, place in wrong:
            said = f"{term.text} must not be translated as {text}"
            if wanted:
                said += f", but as {wanted}"
            yield Flaw(said, (words[place[0]].start(), words[place[-1]].end()))
        if wanted and not wrong and not any(_places(words, way) for _, way in term.translations):
            for span in spans:
                yield Flaw(f"{term.text} is to be translated as {wanted}", span, "source")


def terms_in(pair: Pair) -> Iterator[tuple[Term, Span]]:
    """The terms of the glossary that a source holds, in any of their forms, and where."""
    if not pair.known.terms:
        return
    languages = pair.source.typography.language, pair.target.typography.language
    words = list(WORD.finditer(pair.source.lower))
    for at, word in enumerate(words):
        for term in pair.known.terms.get((*languages, word[0][:_HEAD]), ()):
            if _is_run(run := words[at : at + len(term.stems)], term.stems):
                yield term, (run[0].start(), run[-1].end())


def read_terms(units: Iterable[TranslationUnit]) -> dict[tuple[str, str, str], list[Term]]:
    """The terms of a glossary, one a unit, by their languages and the start of the first word.

    That of a rejected unit must not be used.
    """
    ways: dict[tuple[str, str, tuple[str, ...]], tuple[_Ways, _Ways]] = {}
    texts: dict[tuple[str, ...], str] = {}
    for unit in units:
        source, target = Side("source", unit.source), Side("target", unit.target)
        is_forbidden = unit.state == "rejected"
        stems = _stems(source, _ENDING)
        others = _stems(target, _SURE_ENDING if is_forbidden else _ENDING)
        if stems and others:
            texts.setdefault(stems, source.text.strip())
            key = source.typography.language, target.typography.language, stems
            ways.setdefault(key, ({}, {}))[is_forbidden][target.text.strip()] = others
    found: dict[tuple[str, str, str], list[Term]] = {}
    for (ours, theirs, stems), (known, forbidden) in ways.items():
        term = Term(texts[stems], stems, tuple(known.items()), tuple(forbidden.items()))
        found.setdefault((ours, theirs, stems[0][:_HEAD]), []).append(term)
    return found


def _stems(side: Side, ending: int) -> tuple[str, ...]:
    """The words of a term, each without those of its last letters that an ending may change."""
    dropped = side.typography.droppable
    return tuple(
        word[: max(_HEAD, len(word) - ending)] + word[_HEAD:][-ending:].rstrip(dropped)
        for word in side.words
    )


def _is_run(words: Sequence[re.Match[str]], stems: Sequence[str]) -> bool:
    return len(words) == len(stems) and all(
        word[0].startswith(stem) for word, stem in zip(words, stems, strict=True)
    )


def _places(words: Sequence[re.Match[str]], stems: Sequence[str]) -> list[range]:
    """Which of some words, one after another, are those with these stems."""
    size = len(stems)
    places = (range(at, at + size) for at in range(len(words) - size + 1))
    return [place for place in places if _is_run(words[place.start : place.stop], stems)]


@check("inconsistent-target", "warning", alone=False)
def inconsistent_target(pair: Pair) -> Iterator[Flaw]:
    """The same source is translated otherwise in an earlier unit; case and numbers aside."""
    if (other := _earlier(pair, pair.source, pair.target)) is not None:
        yield Flaw(f"translated otherwise before: {other}")


@check("inconsistent-source", "info", alone=False)
def inconsistent_source(pair: Pair) -> Iterator[Flaw]:
    """An earlier unit has the same translation for another source; case and numbers aside."""
    if (other := _earlier(pair, pair.target, pair.source)) is not None:
        yield Flaw(f"translates another source before: {other}", None, "source")


def _earlier(pair: Pair, same: Side, other: Side) -> str | None:
    """What an earlier unit has on the other side, if that is not what this one has there."""
    languages = same.typography.language, other.typography.language
    return pair.known.partners.earlier((same.name, *languages, _key(same)), _key(other), other.text)


def _key(side: Side) -> str:
    return _NUMBER.sub("0", fold(side.text))
