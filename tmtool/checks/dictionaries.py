"""The words that hunspell dictionaries know, where they are installed (``tmtool[spell]``)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice, product
from pathlib import Path
from typing import Any

from tmtool.checks.typography import typography
from tmtool.language import primary_code

_REMEMBERED = 100_000  # words that were looked up
_GUESSES = 256  # spellings of a word that are tried


class Dictionary:
    """Whether words of a language are spelled right, by one or several dictionaries."""

    def __init__(self, language: str, books: list[Any]) -> None:
        self._books = books
        self._typography = typography(language)
        self._originals: dict[str, str] = {}  # letters of the language by those typed for them
        for letter, typed in self._typography.substitutes.items():
            self._originals[typed] = self._originals.get(typed, typed) + chr(letter)
        self._known: dict[str, bool] = {}
        self._spellings: dict[str, str] = {}

    def knows(self, word: str) -> bool:
        """Whether a word is in the dictionary as it is written."""
        if word not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[word] = any(book.check(word) for book in self._books)
        return self._known[word]

    def is_plausible(self, word: str) -> bool:
        """Whether it knows a word or, of a language no dictionary of which has all forms, one that
        makes up at least half of its beginning."""
        if self.knows(word):
            return True
        shortest = max(3, (len(word) + 1) // 2)
        return self._typography.is_open and any(
            self.knows(word[:size]) or self.knows(self._devoiced(word[:size]))
            for size in range(len(word) - 1, shortest - 1, -1)
        )

    def _devoiced(self, beginning: str) -> str:
        """The beginning of a word as it is where the word ends with it."""
        return beginning[:-1] + self._typography.voiced.get(beginning[-1], beginning[-1])

    def suggestion(self, word: str) -> str:
        """A known word that differs in the letters of the language only, or else in one letter, or
        in two that changed places; "" if there is none."""
        cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        alphabet = sorted(char for char in self._typography.letters if char.islower())
        near = chain(
            self._retyped(word),
            (a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1),
            (a + b[1:] for a, b in cuts if b),
            (a + char + b[1:] for a, b in cuts if b for char in alphabet),
            (a + char + b for a, b in cuts for char in alphabet),
        )
        return next((guess for guess in near if guess != word and self.knows(guess)), "")

    def original(self, word: str) -> str:
        """The one word that was typed without the letters of the language, "" if none is known.

        A word that is in the dictionary, or has such letters, was not.
        """
        if word not in self._spellings:
            if len(self._spellings) >= _REMEMBERED:
                self._spellings.clear()
            self._spellings[word] = self._original(word)
        return self._spellings[word]

    def _original(self, word: str) -> str:
        special = self._typography.substitutes
        if self.knows(word) or any(ord(char) in special for char in word):
            return ""
        found = [guess for guess in self._retyped(word) if self.knows(guess)]
        return found[0] if len(found) == 1 else ""

    def _retyped(self, word: str) -> Iterator[str]:
        """A word with letters of the language in place of those that are typed for them, more
        than one that makes another ending."""
        guesses = map("".join, product(*(self._originals.get(char, char) for char in word)))
        endings = self._typography.endings
        for guess in islice(guesses, _GUESSES):
            if any(a != b and b not in endings for a, b in zip(word, guess, strict=True)):
                yield guess


def is_available() -> bool:
    """Whether dictionaries can be read at all."""
    return _broker() is not None


@cache
def dictionary(language: str) -> Dictionary | None:
    """The dictionary of the language of a code, None if none is installed.

    That of its region, if there is one; else all of the language, as a word of any will do.
    """
    broker = _broker()
    if broker is None:
        return None
    tags = [tag for tag in broker.list_languages() if primary_code(tag) == primary_code(language)]
    own = [tag for tag in tags if tag.replace("_", "-").lower() == language.lower()]
    books = [broker.request_dict(tag) for tag in own or tags]
    return Dictionary(language, books) if books else None


@cache
def _broker() -> Any:
    own = Path(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config"), "enchant")
    if not own.is_dir():  # of words of the user's own; else it would be made
        os.environ.setdefault("ENCHANT_CONFIG_DIR", os.devnull)
    try:
        import enchant
    except ImportError:  # the package, or the library behind it
        return None
    return enchant.Broker()
