"""Words as the aligner sees them, in any language: numbers, marks and stems.

A word is cut to its first five characters, which is a fair stem in most languages and the only
morphology there is. Sounds are compared through a rough romanisation, so that a name written in
Cyrillic meets itself in Latin. Nothing here knows which language it reads.
"""

from __future__ import annotations

import re
import unicodedata

STEM = 5
"""Characters of a word that are kept."""

# Thai, Lao, Burmese, Khmer, kana and Han run words together: a token is one character there.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(
    rf"(?P<number>\d+)|[{_UNSPACED}]|(?P<word>[^\W\d_{_UNSPACED}]+)|(?P<mark>[^\w\s.,'’])"
)
# Three letters or a digit before the stop, so that initials end nothing.
_END = re.compile(r"(?:[^\W\d_]{3}|\d)[)\]»”\"']*[.!?…]+[\"'»”’)\]]*\s+[\"'«“„‘(\[–—-]*\s?")
_MARKS = (
    dict.fromkeys('«»„“”‟‹›"〝〞「」『』', '"')
    | dict.fromkeys("-‐‑‒–—―−", "-")
    | {"？": "?", "！": "!", "：": ":", "；": ";", "（": "(", "）": ")"}
)

_SOUNDS = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхцшщыэюя", "abvgdeziiklmnoprstufhcssieua", strict=True)),
        **dict(zip("әғқңөұүһіїєґўј", "agknouuhiieguj", strict=True)),
        **dict(zip("αβγδεζηικλμνοπρσςτυφω", "abgdeziiklmnoprsstifo", strict=True)),
        **{"ж": "j", "ч": "ch", "ъ": "", "ь": "", "θ": "t", "ξ": "ks", "χ": "h", "ψ": "ps"},
        **{"ß": "s", "æ": "e", "œ": "e", "ø": "o", "ł": "l", "ı": "i", "ð": "d", "þ": "t"},
        **{"ə": "a", "w": "u", "y": "i"},
    }
)
_SPELLINGS = (
    *(("sch", "s"), ("sh", "s"), ("ch", "!"), ("zh", "j"), ("dj", "j"), ("ph", "f"), ("th", "t")),
    *(("ck", "k"), ("kh", "h"), ("x", "ks"), ("qu", "kv"), ("q", "k"), ("c", "k"), ("!", "ch")),
)
_DOUBLED = re.compile(r"(.)\1")


def tokens(text: str) -> list[str]:
    """The tokens of a sentence: ``#`` and a number, ``%`` and a mark, or a folded word.

    Full stops, commas and apostrophes say little about a translation and are left out.
    """
    found = []
    for match in _TOKEN.finditer(text.casefold()):
        token = match.group()
        if match.lastgroup == "number":
            found.append("#" + token)
        elif match.lastgroup == "mark":
            found.append("%" + _MARKS.get(token, token))
        else:
            found.append(token)
    return found


def ends_inside(text: str) -> int:
    """How many sentences end inside a text that is taken for one: stops before a capital."""
    return sum(text[match.end() : match.end() + 1].isupper() for match in _END.finditer(text))


OPENINGS = 5
"""How many ways to open :func:`opening` tells apart."""


def opening(text: str) -> int:
    """How a sentence opens: with a capital (0), a small letter (1), a number (2), a dash (3) or
    another mark, mostly a quote (4)."""
    category = unicodedata.category(text.lstrip()[:1] or "A")
    if category == "Pd":
        return 3
    return {"Ll": 1, "Nd": 2}.get(category, 4 if category[0] in "PS" else 0)


def is_word(token: str) -> bool:
    """Whether a token is a word, not a number or a mark."""
    return token[0] not in "#%"


def stem(token: str) -> str:
    """A word cut to its stem; numbers and marks whole."""
    return token[:STEM] if is_word(token) else token


def sound(word: str) -> str:
    """A rough romanisation of a folded word, for comparing names across scripts.

    Accents, doubled letters and habits of spelling go, vowels and voicing stay:

        >>> sound("тоқаев"), sound("tokayev"), sound("шекспир"), sound("schach")
        ('tokaev', 'tokaiev', 'sekspir', 'sach')
    """
    letters = unicodedata.normalize("NFKD", word.translate(_SOUNDS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    for spelling, spoken in _SPELLINGS:
        plain = plain.replace(spelling, spoken)
    return _DOUBLED.sub(r"\1", plain)
