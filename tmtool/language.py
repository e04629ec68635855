"""What tmtool knows about a language, as one frozen value made of data files.

``data/<code>/`` holds it; no code asks which language it is. A language without a folder
gets the generic rules of ``data/und/`` and, where sacremoses carries one, its Moses list of
abbreviations.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tmtool import srx
from tmtool.errors import FormatError, InputError, LanguageError

DATA = Path(__file__).parent / "data"
GENERIC = "und"

# BCP 47 as far as CAT tools use it: language, then script, region or variant, then what extends
# it behind a single letter, to the end what is private behind an x; or all of it private, or
# registered as a whole, behind an x or i.
_CODE = re.compile(
    r"""[A-Za-z]{2,3} (?:[-_][A-Za-z0-9]{2,8})*
        (?:[-_][A-WYZa-wyz0-9](?:[-_][A-Za-z0-9]{2,8})+)* (?:[-_][Xx](?:[-_][A-Za-z0-9]{1,8})+)?\Z
    |   [IiXx](?:[-_][A-Za-z0-9]{1,8})+\Z""",
    re.VERBOSE,
)
_SECTION = re.compile(r"#\s*\[(?P<name>[a-z-]+)\]")
_PLACE = re.compile(r"%([a-z-]+)%")
_MOST = 10_000  # abbreviations of a user; more take their time with every text
_LONGEST = 200  # characters of a line in a list of abbreviations
_SHOWN = 40  # characters of a code that is none
_KEPT = (
    srx.Rule("abbreviation", False, r"(?<![\p{L}\p{N}.])(?:%never%)\.", r"\s"),
    srx.Rule("before-number", False, r"(?<![\p{L}\p{N}.])(?:%before-number%)\.", r"\s+\d"),
)
_NUMERIC_ONLY = re.compile(r"\s*#NUMERIC_ONLY#\s*\Z")


@dataclass(frozen=True, slots=True)
class Language:
    """A language and its segmentation rules.

    ``code`` is the primary BCP 47 subtag in lower case; ``prefixes_file`` is the list of
    abbreviations in Moses format, ``None`` where tmtool ships none; ``is_known`` says
    whether anything about this very language was found; ``srx_file`` is the file of a user that
    the rules are from, if they are.
    """

    code: str
    rules: tuple[srx.Rule, ...]
    prefixes_file: Path | None
    is_known: bool
    srx_file: Path | None = None

    def __hash__(self) -> int:
        """That of the code alone: the rules are many, and a language is often looked up by."""
        return hash(self.code)

    @classmethod
    def load(
        cls,
        code: str,
        *,
        srx_file: str | os.PathLike[str] | None = None,
        prefixes_file: str | os.PathLike[str] | None = None,
    ) -> Language:
        """The language of a BCP 47 code such as ``kk`` or ``kk-KZ``.

        ``srx_file`` takes the place of its rules; the abbreviations of ``prefixes_file`` (see
        :func:`parse_prefixes`) are added to its own. Raises ``LanguageError`` if the code is
        not well formed, and ``InputError`` if a file cannot be used.
        """
        code = cls.normal(code)
        language = _load(primary_code(code))
        if srx_file is None and prefixes_file is None:
            return language
        return _adapted(language, code, srx_file, prefixes_file)

    @classmethod
    def normal(cls, code: str) -> str:
        """A code as BCP 47 spells it: ``KK_kz`` is ``kk-KZ`` and ``kaz`` is ``kk``.

        What stands behind a single letter, as in ``kk-KZ-x-old``, is in small letters. Raises as
        :meth:`check`.
        """
        cls.check(code)
        primary, *rest = re.split("[-_]", code.lower())
        spelled = [short_code(primary)]
        is_small = len(primary) == 1
        for part in rest:
            is_small = is_small or len(part) == 1
            case = {2: part.upper(), 4: part.title()}
            spelled.append(part if is_small else case.get(len(part), part))
        return "-".join(spelled)

    @staticmethod
    def check(code: str) -> None:
        """Raise ``LanguageError`` if a code is not well formed."""
        if not _CODE.match(code):
            shown = code if len(code) <= _SHOWN else f"{code[:_SHOWN]}…"
            raise LanguageError(
                f"{shown!r} is not a language code", hint="use one such as kk, en or kk-KZ"
            )


def primary_code(code: str) -> str:
    """The first subtag of a language code, in lower case; all of one that is private."""
    first, *rest = re.split("[-_]", code.lower())
    return first if len(first) > 1 else "-".join([first, *rest])


def may_be_one(code: str, other: str) -> bool:
    """Whether two codes are of one language, and no two regions."""
    short, long = sorted((code.lower(), other.lower()), key=len)
    return bool(re.fullmatch(rf"{re.escape(short)}(-[a-z]{{2}}|-[0-9]{{3}})?", long))


def is_in(code: str, wanted: str) -> bool:
    """Whether a code is that of a language, of any region where none is asked for."""
    return f"{code}-".lower().startswith(f"{wanted}-".lower())


def short_code(code: str) -> str:
    """The code of two letters (ISO 639-1) for one of three (ISO 639-2, 639-3), where there is one.

    Also for what is often taken for a code, and is that of a country. Other codes come back as
    they are.
    """
    return _short_codes().get(code.lower(), code)


@cache
def _short_codes() -> dict[str, str]:
    lines = (DATA / GENERIC / "codes.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


@cache
def _load(code: str) -> Language:
    lists, prefixes = _own_prefixes(code)
    return Language(code, filled_rules(code, lists), prefixes, is_known=bool(lists))


def _own_prefixes(code: str) -> tuple[dict[str, list[str]], Path | None]:
    """The abbreviations that come with tmtool or sacremoses, and tmtool's file."""
    path = DATA / code / "prefixes.txt"
    if path.exists():
        return parse_prefixes(path.read_text("utf-8").splitlines()), path
    return parse_prefixes(_moses_prefixes(code)), None


def _adapted(
    language: Language,
    code: str,
    srx_file: str | os.PathLike[str] | None,
    prefixes_file: str | os.PathLike[str] | None,
) -> Language:
    """A language with a user's rules or abbreviations; ``code`` may have a region."""
    if srx_file is None:
        rules = srx.read(_srx_file(language.code), language.code)
        lists, _ = _own_prefixes(language.code)
    else:
        rules = srx.read(srx_file, code)
        if not rules:
            hint = "see its <languagemap>s"
            raise FormatError(f"has no rules for {code!r}", path=srx_file, hint=hint)
        lists = {}
    places = rules if srx_file is None else _KEPT  # in rules of others a % is a %
    if prefixes_file is not None:
        lines = _lines(prefixes_file)
        for number, line in enumerate(lines, 1):
            if complaint := _is_no_entry(line):
                raise FormatError(
                    complaint,
                    path=prefixes_file,
                    line=number,
                    hint="write one abbreviation a line, and comments on lines of their own",
                )
        added = parse_prefixes(lines)
        if sum(map(len, added.values())) > _MOST:
            raise FormatError(
                f"holds more than {_MOST} abbreviations",
                path=prefixes_file,
                hint="leave out those that your texts do not use",
            )
        used = {name for rule in places for name in _PLACE.findall(rule.before + rule.after)}
        for name in added:
            if name not in used:
                raise FormatError(
                    f"opens a class [{name}] that no rule uses",
                    path=prefixes_file,
                    hint=f"use one of {', '.join(sorted(used))}",
                )
        lists = {n: lists.get(n, []) + added.get(n, []) for n in lists.keys() | added.keys()}
    filled = _filled(places, lists) if srx_file is None or lists else ()
    own = () if srx_file is None else rules
    file = None if srx_file is None else Path(srx_file)
    return replace(language, rules=(*filled, *own), is_known=True, srx_file=file)


def _is_no_entry(line: str) -> str:
    """What is wrong with a line of a list of abbreviations, if anything is."""
    if len(line) > _LONGEST:
        return f"has more than {_LONGEST} characters on a line"
    entry = _NUMERIC_ONLY.sub("", line).strip()
    odd = (c for c in entry if c in "#,;\t" or unicodedata.category(c) in ("Cc", "Cn"))
    if not entry.startswith("#") and (found := next(odd, "")):
        return f"holds {found!r} in an abbreviation"
    return ""


def _lines(path: str | os.PathLike[str]) -> list[str]:
    try:
        return unicodedata.normalize("NFC", Path(path).read_text("utf-8-sig")).splitlines()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", path=path, hint="check the name"
        ) from error
    except UnicodeDecodeError:
        raise InputError("is not UTF-8", path=path, hint="save it as UTF-8") from None


def _moses_prefixes(code: str) -> list[str]:
    """The lines of the Moses list for a language, none where sacremoses has no list."""
    from sacremoses.corpus import NonbreakingPrefixes

    corpus = NonbreakingPrefixes()
    return list(corpus.words(code)) if code in corpus.available_langs else []


@cache
def everyday_words(code: str) -> frozenset[str]:
    """The most frequent words of a language, by its primary code; none where there is no list."""
    path = DATA / code.split("-")[0] / "words.txt"
    if not path.exists():
        return frozenset()
    lines = path.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def languages_with_everyday_words() -> tuple[str, ...]:
    """The codes of the languages that have such a list."""
    return tuple(sorted(path.parent.name for path in DATA.glob("*/words.txt")))


def parse_prefixes(lines: list[str]) -> dict[str, list[str]]:
    """Abbreviations by class, from a list in Moses format.

    One abbreviation a line, its last full stop left out or not; ``#`` starts a comment. A comment
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
        abbreviation = entry.removesuffix(".")
        if abbreviation and not entry.startswith("#"):
            name = "before-number" if numeric else current
            classes.setdefault(name, []).append(abbreviation)
    return classes


def filled_rules(code: str, lists: dict[str, list[str]]) -> tuple[srx.Rule, ...]:
    """The rules of a language with these abbreviations by class."""
    return _filled(srx.read(_srx_file(code), code), lists)


def _srx_file(code: str) -> Path:
    path = DATA / code / "segment.srx"
    return path if path.exists() else DATA / GENERIC / "segment.srx"


def _filled(rules: Iterable[srx.Rule], lists: dict[str, list[str]]) -> tuple[srx.Rule, ...]:
    """Rules with each ``%class%`` replaced by the abbreviations of that class."""

    def alternatives(match: re.Match[str]) -> str:
        entries = sorted(set(lists.get(match[1], ())), key=lambda entry: (-len(entry), entry))
        return "|".join(map(_either_case, entries)) or "(?!)"

    return tuple(
        replace(
            rule,
            before=_PLACE.sub(alternatives, rule.before),
            after=_PLACE.sub(alternatives, rule.after),
        )
        for rule in rules
    )


def _either_case(entry: str) -> str:
    """An expression for an abbreviation, its first letter small or capital.

    A space in the entry stands for any white space; one after a full stop may be left out,
    and then all of them are.
    """
    first, rest = re.escape(entry[0]), re.escape(entry[1:]).replace("\\ ", "\\s")
    if entry[0].islower() and len(entry[0].upper()) == 1:
        first = f"[{first}{first.upper()}]"
    close = rest.replace("\\.\\s", "\\.")
    return first + rest if close == rest else f"{first}{rest}|{first}{close}"
