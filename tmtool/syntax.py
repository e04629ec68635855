r"""The syntax of expressions that engines of SRX share: ICU, Java, and the ``regex`` package.

They agree on most of it. Where they do not, :func:`shared` has what is read mean one thing, and
:func:`portable` has what is written mean the same to all.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_CODE = r"\\x\{[0-9A-Fa-f]{1,6}\}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_PART = re.compile(
    rf"(?P<code>{_CODE})"
    r"""|(?P<escape>\\[pPN]\{[^}]*\}|\\.)
    |(?P<set>\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\])
    |(?P<comment>\(\?\#[^)]*\))
    |\(\?(?P<flags>[a-zA-Z-]+)(?P<scope>[:)])
    |(?P<capture>\((?:\?<\w+>)?(?![?*]))
    |(?P<group>\(\?(?:[:=!]|<[=!]))
    |(?P<repeat>[*+?]|\{(?P<least>\d+)(?:,(?P<most>\d*))?\})(?P<greed>[+?])?
    |(?P<odd>\([?*].?.?|\{.?.?)
    |(?P<other>.)""",
    re.S | re.X,
)
_UNSHARED = re.compile(r"\\[1-9gkmKLMG]")
_SET_IN_SET = re.compile(r"(?<!\\)(?:\\\\)*(?:&&|\|\||~~|--|\[(?!:\^?\w+:\]))")
_DEEPEST = 100  # groups within each other
_MEMBER = re.compile(rf"{_CODE}|\\[pP]\{{[^}}]*\}}|\\.|.", re.S)
_CLASS = re.compile(r"\[:\^?\w+:\]")
_CLASSES = {
    **{"[:alpha:]": r"\p{L}", "[:digit:]": r"\p{Nd}", "[:alnum:]": r"\p{L}\p{Nd}"},
    **{"[:upper:]": r"\p{Lu}", "[:lower:]": r"\p{Ll}"},
    **{"[:punct:]": r"\p{P}", "[:space:]": r"\s", "[:word:]": r"\w"},
}
_CASED = (r"\p{Lu}", r"\p{Ll}", r"\p{Lt}")
_CASED_MEMBERS = "".join(_CASED)
_RANGE = 0x1000  # characters of a range that are looked at for their case
_LONGEST = 300_000
"""Parts of an expression written out at the most; more take too much memory."""


def is_too_long(expression: str) -> bool:
    """Whether there are far too many parts when what is repeated by number is written out."""
    totals, last = [0], 0
    for match in _PART.finditer(expression):
        if match["group"] or match["capture"] or match["flags"]:
            totals.append(0)
        elif match[0] == ")" and len(totals) > 1:
            last = totals.pop()
            totals[-1] += last
        elif match["repeat"]:
            times = int((match["most"] or match["least"] or "1")[:12])
            totals[-1] += last * (times - 1)
            last *= times
        else:
            last = 1
            totals[-1] += 1
    return sum(totals) > _LONGEST


def shared(expression: str) -> str:
    """An expression with only what the engines, and rules that are tried at once, can share.

    Case is spelled out, for Java folds that of ASCII alone: ``(?i)аб|в`` becomes
    ``(?:[аА][бБ])|(?:[вВ])``. Other flags get an end. Raises ``ValueError`` where a part means
    something else to others, or depends on the number of its groups.
    """
    parts: list[str] = []
    # By depth, the flags that hold to the end of the group, and whether case is none.
    opened: list[tuple[list[str], bool]] = [([], False)]
    for match in _PART.finditer(expression):
        part = match[0]
        flags, any_case = opened[-1]
        is_possessive = match["greed"] == "+"
        if match["odd"] or is_possessive or (match["escape"] and _UNSHARED.match(part)):
            raise ValueError(f"uses {part}, which rules cannot hold; write it otherwise")
        if match["set"] and _SET_IN_SET.search(part[1:]):
            raise ValueError(f"has a set within the set {part}; write one, and \\[ for a bracket")
        if match["comment"]:
            continue
        if match["set"]:
            part = "".join(map(_meant, _MEMBER.findall(_CLASS.sub(_named, part))))
        elif match["code"]:
            part = _meant(part)
        if match["flags"]:
            part, any_case = _group_of(match["flags"], any_case)
            if match["scope"] == ")":
                flags.append(part)
                opened[-1] = flags, any_case
            else:
                opened.append(([], any_case))
        elif match["group"] or match["capture"]:
            if len(opened) > _DEEPEST:
                raise ValueError(f"has more than {_DEEPEST} groups within each other")
            part = match["group"] or "(?:"  # rules tried at once cannot number their groups
            opened.append(([], any_case))
        elif part == ")":
            part = ")" * len(flags) + ")"
            if len(opened) > 1:
                opened.pop()
        elif part == "|":
            part = ")" * len(flags) + "|" + "".join(flags)
        elif any_case:
            part = _in_any_case(part)
        parts.append(part)
    return "".join(parts) + ")" * len(opened[-1][0])


def _meant(part: str) -> str:
    """The character that a code such as ``\\u0020`` stands for; other parts as they are."""
    if not re.fullmatch(_CODE, part):
        return part
    char = chr(min(int(part[2:].strip("{}"), 16), 0x10FFFF))
    return char if char.isalnum() or char.isspace() else re.escape(char)


def _named(match: re.Match[str]) -> str:
    """The property that a class such as ``[:digit:]`` stands for."""
    if match[0] not in _CLASSES:
        raise ValueError(f"has {match[0]} in a set, which not all engines know; use \\p")
    return _CLASSES[match[0]]


def _group_of(flags: str, any_case: bool) -> tuple[str, bool]:
    """A group with the flags but for those of case, and whether its case is none."""
    if set(flags) - set("imsu-") or flags.count("-") > 1:
        raise ValueError(f"sets the flags (?{flags}), of which i, m and s are known")
    on, _, off = flags.partition("-")
    any_case = "i" in on or (any_case and "i" not in off)
    on, off = (re.sub("[iu]", "", part) for part in (on, off))
    return f"(?{on}{'-' if off else ''}{off}:", any_case


def _in_any_case(part: str) -> str:
    r"""A character, a set or a property in both cases: ``а`` is ``[аА]``, ``\p{Lu}`` any letter
    that has a case."""
    if part in _CASED:
        return f"[{_CASED_MEMBERS}]"
    if part.startswith("["):
        return f"{part[:-1]}{_others(_MEMBER.findall(part[1:-1]))}]"
    cases = _cases(part)
    return f"[{''.join(cases)}]" if len(cases) > 1 else part


def _others(members: list[str]) -> str:
    """What makes a set of these members one of both cases."""
    others: dict[str, None] = {}
    for at, member in enumerate(members):
        if member in _CASED:
            others[_CASED_MEMBERS] = None
        elif member == "-" and 0 < at < len(members) - 1:
            first, last = (ord(side[-1]) for side in (members[at - 1], members[at + 1]))
            cases = (_cases(chr(code)) for code in range(first + 1, min(last, first + _RANGE)))
            others |= dict.fromkeys(char for two in cases if len(two) > 1 for char in two)
        else:
            others |= dict.fromkeys(_cases(member)[1:])
    return "".join(others)


def _cases(part: str) -> list[str]:
    """A character and what it is in the other case, if that is one character."""
    if len(part) != 1:
        return [part]
    return list(
        dict.fromkeys(char for char in (part, part.lower(), part.upper()) if len(char) == 1)
    )


LINE_START = r"(?<![^\r\n])"
"""``^`` where a paragraph may hold several lines."""

_SPACES = r"\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0085"
_WORD = r"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}"
_IN_SETS = {r"\s": _SPACES, r"\d": r"\p{Nd}", r"\D": r"\P{Nd}", r"\w": _WORD}
_ALONE = {
    **{r"\s": f"[{_SPACES}]", r"\S": f"[^{_SPACES}]", r"\d": r"\p{Nd}", r"\D": r"\P{Nd}"},
    **{r"\w": f"[{_WORD}]", r"\W": f"[^{_WORD}]"},
    r"\b": f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))",
    r"\B": f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))",
}


def portable(expression: str, start: str = "^") -> str:
    """An expression, as :func:`shared` gives them, that means the same to every engine.

    White space, digits and words are those of all scripts, which Java and others leave out of
    ``\\s``, ``\\d``, ``\\w`` and ``\\b`` unless told. ``start`` takes the place of
    ``^``. Raises ``ValueError`` where no expression is known that all understand.
    """
    parts = []
    for match in _PART.finditer(expression):
        part = match[0]
        if match["escape"]:
            part = _ALONE.get(part, part)
            _check_property(part)
        elif match["set"]:
            begin = 2 if part.startswith("[^") else 1
            inside = part[begin:-1]
            for written in (_SPACES, "".join(map(_meant, _MEMBER.findall(_SPACES)))):
                inside = inside.replace(written, r"\s")  # as it was before
            inside = "".join(map(_member, _MEMBER.findall(inside)))
            part = f"{part[:begin]}{inside}]"
        elif part == "^":
            part = start
        parts.append(part)
    return "".join(parts)


def _member(part: str) -> str:
    """What stands in a set for a part of one."""
    if part in (r"\S", r"\W"):
        raise ValueError(f"has {part} in a set, for which others have no word; turn the set round")
    _check_property(part)
    return _IN_SETS.get(part, part)


def _check_property(part: str) -> None:
    """Raise ``ValueError`` if a property is none of the general categories, which all know."""
    if part[:2].lower() == r"\p" and part[3:-1] not in _categories():
        raise ValueError(f"uses {part}, which not all engines know; use \\p{{L}} or a range")


@cache
def _categories() -> frozenset[str]:
    names = {unicodedata.category(chr(code)) for code in range(0x11000)}
    return frozenset(names | {name[0] for name in names})
