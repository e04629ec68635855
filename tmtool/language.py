"""What tmtool knows about a language, as one frozen value made of data files.

``data/<code>/`` holds it; no code asks which language it is. A language without a folder
gets the generic rules of ``data/und/`` and, where sacremoses carries one, its Moses list of
abbreviations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tmtool import srx
from tmtool.errors import LanguageError

DATA = Path(__file__).parent / "data"
GENERIC = "und"

# BCP 47 as far as CAT tools use it: language, then script, region or variant.
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_SECTION = re.compile(r"#\s*\[(?P<name>[a-z-]+)\]")
_PLACE = re.compile(r"%([a-z-]+)%")
_NUMERIC_ONLY = re.compile(r"\s*#NUMERIC_ONLY#\s*\Z")


@dataclass(frozen=True, slots=True)
class Language:
    """A language and its segmentation rules.

    ``code`` is the primary BCP 47 subtag in lower case; ``prefixes_file`` is the list of
    abbreviations in Moses format, ``None`` where tmtool ships none; ``is_known`` says
    whether anything about this very language was found.
    """

    code: str
    rules: tuple[srx.Rule, ...]
    prefixes_file: Path | None
    is_known: bool

    @classmethod
    def load(cls, code: str) -> Language:
        """The language of a BCP 47 code such as ``kk`` or ``kk-KZ``.

        Raises ``LanguageError`` if the code is not well formed.
        """
        cls.check(code)
        return _load(re.split("[-_]", code)[0].lower())

    @staticmethod
    def check(code: str) -> None:
        """Raise ``LanguageError`` if a code is not well formed."""
        if not _CODE.match(code):
            raise LanguageError(
                f"{code!r} is not a language code", hint="use one such as kk, en or kk-KZ"
            )


@cache
def _load(code: str) -> Language:
    prefixes = DATA / code / "prefixes.txt"
    if prefixes.exists():
        lists = parse_prefixes(prefixes.read_text("utf-8").splitlines())
        return Language(code, filled_rules(code, lists), prefixes, is_known=True)
    moses = _moses_prefixes(code)
    return Language(code, filled_rules(code, parse_prefixes(moses)), None, is_known=bool(moses))


def _moses_prefixes(code: str) -> list[str]:
    """The lines of the Moses list for a language, none where sacremoses has no list."""
    from sacremoses.corpus import NonbreakingPrefixes

    corpus = NonbreakingPrefixes()
    return list(corpus.words(code)) if code in corpus.available_langs else []


def parse_prefixes(lines: list[str]) -> dict[str, list[str]]:
    """Abbreviations by class, from a list in Moses format.

    One abbreviation a line, without its last full stop; ``#`` starts a comment. A comment
    ``# [class]`` names the class of what follows, ``never`` at the start; a line marked
    ``#NUMERIC_ONLY#``, as Moses has it, is of class ``before-number``.
    """
    classes: dict[str, list[str]] = {}
    current = "never"
    for line in lines:
        if section := _SECTION.match(line):
            current = section["name"]
            continue
        entry, numeric = _NUMERIC_ONLY.subn("", line.strip())
        if entry and not entry.startswith("#"):
            classes.setdefault("before-number" if numeric else current, []).append(entry)
    return classes


def filled_rules(code: str, lists: dict[str, list[str]]) -> tuple[srx.Rule, ...]:
    """The rules of a language, each ``%class%`` replaced by the abbreviations of that class."""
    path = DATA / code / "segment.srx"
    if not path.exists():
        path = DATA / GENERIC / "segment.srx"

    def alternatives(match: re.Match[str]) -> str:
        entries = sorted(lists.get(match[1], ()), key=lambda entry: (-len(entry), entry))
        return "|".join(map(_either_case, entries)) or "(?!)"

    return tuple(
        replace(
            rule,
            before=_PLACE.sub(alternatives, rule.before),
            after=_PLACE.sub(alternatives, rule.after),
        )
        for rule in srx.read(path, code)
    )


def _either_case(entry: str) -> str:
    """An expression for an abbreviation, its first letter small or capital.

    A space in the entry stands for any white space.
    """
    first, rest = entry[0], re.escape(entry[1:]).replace("\\ ", "\\s?")
    if first.lower() != first.upper() and len(first.upper()) == 1:
        return f"[{first.lower()}{first.upper()}]{rest}"
    return re.escape(first) + rest
