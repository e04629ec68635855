"""Sentences: SRX rules run over paragraphs.

Spans tile the text: segments in order, and between them only white space, metadata, or lines
in which there is nothing to see. A candidate is a place where the *before* side of a breaking
rule ends; there the rules are tried in order and the first that fits decides, as SRX 2.0
(section 3) asks.

Speed comes from two observations. Most *before* sides look at the last word only, and a text
has few different last words before its candidates: so each word is judged once, by all those
rules, and the *after* sides that are left make one expression. And after most words the next
two characters, a space and a capital letter, tell already that no rule for exceptions fits: so
each pair is judged once, too, and the expression is matched only where the pair leaves doubts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Protocol

import regex

from tmtool.errors import InputError
from tmtool.language import Language
from tmtool.model import Segment
from tmtool.srx import Rule
from tmtool.text import metadata

_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # as str.splitlines() knows them
_INVISIBLE = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]*\\Z")
_PATIENCE = 1 << 20  # characters of a paragraph that are waited for
_WORD = 80  # characters: of longer words only the end is looked at
_AHEAD = 24  # characters after a candidate that may decide
_REMEMBERED = 100_000  # words judged; then the memory of them is emptied

# What makes an expression look beyond a word: white space, places, the text that follows.
_FAR = re.compile(r"\\[sWDPAZ]|\\p\{[^LMN]|[ .^$]|\(\?[=!]")
_ITEM = re.compile(r"\\[pP]\{[^}]*\}|\\.|\[\^?(?:\\.|[^]\\])*\]|\{[\d,]+\}|[^\\\[]", re.S)
_REPEATED = re.compile(r"(?<!\\)(?:[*+?]|\{(?:\d*,)?(?P<most>\d*)\})[+?]?\Z")
_RUN = re.compile(r"\A(\[(?:\\.|[^]\\])*\])\+")
_TIMES = re.compile(r"(?:[*+?]|\{[\d,]+\})[+?]?")

# What makes an expression see more than the characters that it matches; with some of it, too
# few characters are no reason that it may not fit when there are more.
_LOOKS = re.compile(r"\(\?[=!]")
_LOOKS_FAR = re.compile(r"\\[bBAGZ]|[$]|(?<![\[\\])\^|\(\?<|\(\?![^()]*\(\?[=!]")


class _Pattern(Protocol):
    """What ``re`` and ``regex`` patterns share."""

    def finditer(self, string: str, /) -> Iterator[re.Match[str]]: ...

    def match(self, string: str, position: int, /) -> re.Match[str] | None: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a candidate place is a break or not: the rule that decided it.

    ``offset`` counts characters of the whole text from 0.
    """

    offset: int
    breaks: bool
    rule: str


class Segmenter:
    """Splits text into sentences by the rules of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._rules = tuple(part for rule in language.rules for part in _parts(rule))
        befores = list(dict.fromkeys(rule.before for rule in self._rules if rule.breaks))
        scanned = [
            before for before in befores if not any(_stem(before, other) for other in befores)
        ]
        self._scanners = [_compiled(_quick(before)) for before in scanned]
        self._tails: dict[int, regex.Pattern[str]] = {}
        # Where all candidates come from one expression, it fits every candidate.
        given = {"", *scanned} if len(scanned) == 1 else {""}
        self._given = {n for n, rule in enumerate(self._rules) if rule.before in given}
        self._near = set(self._given)
        self._short: set[int] = set()
        for number, rule in enumerate(self._rules):
            if number not in self._given:
                stem, end = rule.before, ""
                for other in scanned:
                    if found := _stem(rule.before, other):
                        stem, end = found, other
                if tail := _near_tail(stem):
                    self._tails[number] = regex.compile(f"(?:{tail}){end}\\Z")
                if tail == stem:
                    self._near.add(number)
                if tail and _width(tail) <= _WORD // 2:
                    self._short.add(number)
        self._afters = [_compiled_after(rule.after) for rule in self._rules]
        self._judges: dict[tuple[tuple[int, ...], frozenset[int]], _Judge] = {}
        self._words: dict[str, _Judge] = {}

    @classmethod
    def for_language(cls, code: str) -> Segmenter:
        """The segmenter of a BCP 47 code; raises ``LanguageError`` if it is not well formed."""
        return cls(Language.load(code))

    def segment(self, text: str) -> list[Segment]:
        """The sentences of a text, in order.

        Each line is a paragraph; no sentence crosses one. Metadata at the start of the text
        (see :func:`tmtool.text.metadata`) belongs to no sentence. Raises ``InputError`` if
        the text holds half a surrogate pair, which is no character.
        """
        _check(text, 0)
        return self._split(text, metadata(text)[1], 0, 0)

    def stream(self, blocks: Iterable[str]) -> Iterator[Segment]:
        """The sentences of a text that comes in blocks, as :meth:`segment` would find them.

        Only one block and one paragraph are held at a time; of a paragraph without an end
        only its last sentence.
        """
        pending = ""
        offset = paragraph = 0
        begin: int | None = None
        patience = _PATIENCE
        for block in blocks:
            _check(block, offset + len(pending))
            pending += block
            cut = max(map(pending.rfind, _LINE_ENDS)) + 1
            if not cut and len(pending) < patience:
                continue
            if begin is None:
                begin = metadata(pending)[1]
            if cut:
                segments = self._split(pending[:cut], begin, offset, paragraph)
                paragraph = segments[-1].paragraph + 1 if segments else paragraph
            else:
                segments = self._split(pending, begin, offset, paragraph)[:-1]
                cut = segments[-1].end - offset if segments else begin
            yield from segments
            offset += cut
            pending = pending[cut:]
            begin = 0
            patience = max(_PATIENCE, 2 * len(pending))
        yield from self._split(
            pending, metadata(pending)[1] if begin is None else 0, offset, paragraph
        )

    def _split(self, text: str, begin: int, offset: int, paragraph: int) -> list[Segment]:
        """The sentences of a part of a text that lies ``offset`` characters into the whole.

        ``begin`` characters are passed over; ``paragraph`` is the number of the first one.
        """
        segments: list[Segment] = []
        add = segments.append
        for number, (line, start) in enumerate(_paragraphs(text, begin), paragraph):
            start += offset
            left = 0
            for right in self._breaks(line):
                piece = line[left:right].rstrip()
                if piece:
                    add(Segment(piece, start + left, start + left + len(piece), number))
                left = right
                while line[left].isspace():  # a paragraph does not end in white space
                    left += 1
            add(Segment(line[left:], start + left, start + len(line), number))
        return segments

    def explain(self, text: str) -> list[Decision]:
        """Every candidate place in a text, with the rule that made it a break or not.

        The rule is empty where none fits, which is no break. Raises as :meth:`segment`.
        """
        _check(text, 0)
        decide = regex.compile(
            "|".join(
                f"(?:{_behind(rule)}{_ahead(rule)}(?P<rule{number}>))"
                for number, rule in enumerate(self._rules)
            )
            or "(?!)"
        )
        nothing = Rule("", False, "", "")
        decisions = []
        for line, start in _paragraphs(text, metadata(text)[1]):
            for _, offset in self._candidates(line):
                found = decide.match(line, offset)
                rule = self._rules[int(found.lastgroup[4:])] if found else nothing
                decisions.append(Decision(start + offset, rule.breaks, rule.name))
        return decisions

    def _candidates(self, line: str) -> Iterator[tuple[int, int]]:
        """Where the *before* of a breaking rule begins and ends, by ascending end."""
        if len(self._scanners) == 1:
            return (match.span() for match in self._scanners[0].finditer(line))
        spans = [match.span() for scan in self._scanners for match in scan.finditer(line)]
        by_end = itemgetter(1)
        return (next(spans) for _, spans in groupby(sorted(spans, key=by_end), by_end))

    def _breaks(self, line: str) -> list[int]:
        """The offsets of a paragraph at which a sentence ends, the last one left out."""
        words = self._words
        size = len(line)
        breaks = []
        for start, end in self._candidates(line):
            if end == size:
                break
            space = line.rfind(" ", start - _WORD if start > _WORD else 0, start)
            if space < 0 and start > _WORD:
                space = start - _WORD - 1
            word = line[space + 1 : end]
            try:
                judge = words[word]
            except KeyError:
                judge = self._judged(word, end - start)
            pair = line[end : end + 2]
            try:
                is_break = judge.foreseen[pair]
            except KeyError:
                is_break = self._foreseen(judge, pair)
            if is_break is None:
                space = line.find(" ", end + 2, end + _AHEAD)
                ahead = line[end : space if space > 0 else end + _AHEAD]
                try:
                    is_break = judge.foreseen[ahead]
                except KeyError:
                    is_break = self._foreseen(judge, ahead)
            if is_break or (is_break is None and judge.match(line, end)):
                breaks.append(end)
        return breaks

    def _judged(self, word: str, size: int) -> _Judge:
        """The judge of candidates after a word, in which only rules that it allows are left.

        The word ends in the ``size`` characters of the candidate. If ``_WORD`` characters stand
        before these, more of the word may stand before it; then an expression that does not
        fit is only ruled out if it is too short to see more.
        """
        if len(self._words) >= _REMEMBERED:
            self._words.clear()
        is_whole = len(word) - size < _WORD
        possible = set(self._given)
        judged = set(self._given)
        for number in range(len(self._rules)):
            tail = self._tails.get(number)
            found = tail and tail.search(word)
            if not tail or found or not (is_whole or number in self._short):
                possible.add(number)
            if found and number in self._near and (is_whole or found.start() >= _WORD // 2):
                judged.add(number)
        key = (tuple(sorted(possible)), frozenset(judged))
        if key not in self._judges:
            self._judges[key] = _Judge(*key, self._rules)
        judge = self._words[word] = self._judges[key]
        return judge

    def _foreseen(self, judge: _Judge, ahead: str) -> bool | None:
        """Whether a candidate is a break if these characters follow; None if that is open."""
        may_be: set[bool] = set()
        for number in judge.numbers:
            after = self._afters[number]
            found = after and after.match(ahead, partial=True)
            if found or not after:
                may_be.add(self._rules[number].breaks)
            is_sure = found and not found.partial and not _LOOKS.search(self._rules[number].after)
            if is_sure and number in judge.judged:
                break
        else:
            may_be.add(False)
        if len(judge.foreseen) >= _REMEMBERED:
            judge.foreseen.clear()
        is_open = len(may_be) > 1 or len(ahead) < 2
        outcome = judge.foreseen[ahead] = None if is_open else may_be.pop()
        return outcome


class _Judge:
    """The rules that are left to decide at a candidate.

    The *before* of those that are ``judged`` is known to fit. ``foreseen`` remembers what
    the next two characters decide.
    """

    __slots__ = ("_rules", "foreseen", "judged", "match", "numbers")

    def __init__(
        self, numbers: tuple[int, ...], judged: Collection[int], rules: Sequence[Rule]
    ) -> None:
        self.numbers = numbers
        self.judged = judged
        self.foreseen: dict[str, bool | None] = {}
        self.match: Callable[[str, int], re.Match[str] | None] = self._compile_and_match
        self._rules = rules

    def _compile_and_match(self, line: str, offset: int) -> re.Match[str] | None:
        """A match at a candidate that is a break; it is compiled when it is first asked for.

        A breaking rule decides where it fits and no other rule above it does.
        """
        breaking: dict[int, list[str]] = {}  # by the number of keeping rules above
        keeping: list[str] = []
        for number in self.numbers:
            rule = self._rules[number]
            sides = ("" if number in self.judged else _behind(rule)) + _ahead(rule)
            if not rule.breaks:
                keeping.append(sides)
            elif sides:
                breaking.setdefault(len(keeping), []).append(sides)
            else:
                breaking[len(keeping)] = [""]  # fits anywhere, the ones beside it are idle
        alternatives = [
            (f"(?!{'|'.join(keeping[:above])})" if above else "") + f"(?:{'|'.join(sides)})"
            for above, sides in breaking.items()
        ]
        self.match = _compiled("|".join(alternatives) or "(?!)").match
        return self.match(line, offset)


def _check(text: str, offset: int) -> None:
    """Raise ``InputError`` if a text that lies ``offset`` characters into another is none."""
    try:
        text.encode("utf-16-le")
    except UnicodeEncodeError as error:
        raise InputError(
            f"holds half a surrogate pair, U+{ord(text[error.start]):04X}, "
            f"at character {offset + error.start}",
            hint="it was decoded wrongly; read it again as UTF-8 or UTF-16",
        ) from None


def _paragraphs(text: str, begin: int) -> Iterator[tuple[str, int]]:
    """Each line in which there is something to see, stripped, and where it stands."""
    start = begin
    for line in (text[begin:] if begin else text).splitlines(keepends=True):
        stripped = line.strip()
        if stripped and not _INVISIBLE.match(stripped):
            yield stripped, start + (0 if line[0] == stripped[0] else line.index(stripped))
        start += len(line)


def _alternatives(expression: str) -> list[str]:
    """The alternatives of an expression, one if there is no choice."""
    found = [""]
    depth = 0
    for match in _ITEM.finditer(expression):
        depth += (match[0] == "(") - (match[0] == ")")
        if match[0] == "|" and not depth:
            found.append("")
        else:
            found[-1] += match[0]
    return found


def _items(expression: str) -> list[str]:
    """The parts of an expression that stand in a row, one item if it has alternatives."""
    if len(_alternatives(expression)) > 1:
        return [expression]
    items: list[str] = []
    depth = 0
    for match in _ITEM.finditer(expression):
        item = match[0]
        if depth or (items and _TIMES.match(expression, match.start())):
            items[-1] += item
        else:
            items.append(item)
        depth += (item == "(") - (item == ")")
    return items


def _choices(item: str) -> list[str]:
    """The alternatives of a group; none if the item is something else."""
    is_group = item.startswith("(?:") and item.endswith(")")
    return _alternatives(item[3:-1]) if is_group else []


def _parts(rule: Rule) -> list[Rule]:
    """A rule as two, if some alternatives of its *before* look at one word and some at more."""
    items = _items(rule.before)
    for number in reversed(range(len(items))):
        choices = _choices(items[number])
        near = [choice for choice in choices if _is_near(choice)]
        far = [choice for choice in choices if not _is_near(choice)]
        if near and far:
            groups = (f"(?:{'|'.join(part)})" for part in (near, far))
            sides = ("".join([*items[:number], group, *items[number + 1 :]]) for group in groups)
            return [replace(rule, before=side) for side in sides]
        if not _is_near(items[number]):
            break
    return [rule]


def _width(expression: str) -> float:
    """The most characters that an expression can match, infinite if there is no limit."""
    widest = 0.0
    for alternative in _alternatives(expression):
        width = 0.0
        for item in _items(alternative):
            times = _REPEATED.search(item)
            bare = item[: times.start()] if times else item
            inner = re.fullmatch(r"\((?:\?[:=!<]*)?(.*)\)", bare, re.S)
            count = float(times["most"] or "inf") if times else 1.0
            if times and times[0][0] == "?":
                count = 1.0
            width += count * (_width(inner[1]) if inner else 1.0)
        widest = max(widest, width)
    return widest


def _stem(longer: str, shorter: str) -> str:
    """What stands before one expression in another; empty if they do not end alike.

    Only of expressions such as ``[.!?]+"?``, a run and then what may be left out, is it known
    that the longer one ends in no place but where the shorter one does, too.
    """
    items, end = _items(longer), _items(shorter)
    if not end:
        return ""
    stem, rest = items[: -len(end)], items[-len(end) :]
    is_run = end[0][0] == "[" and end[0][-1] == "+" and all(x[-1] in "*?" for x in end[1:])
    return "".join(stem) if rest == end and is_run else ""


def _near_tail(before: str) -> str:
    """The longest end of an expression that, matched up to a candidate, stays in its word.

    All of it for most rules: then the word alone tells whether they fit. For others a word
    that the end does not fit rules them out.
    """
    tail = ""
    for item in reversed(_items(before)):
        if not _is_near(item):
            if item in (r"\s", r"\s+"):
                return r"(?<!\S)" + tail
            tails = [_near_tail(choice) for choice in _choices(item)]
            return f"(?:{'|'.join(tails)}){tail}" if tails and all(tails) else tail
        tail = item + tail
    return tail


def _is_near(expression: str) -> bool:
    """Whether an expression, matched up to a candidate, sees nothing before its word."""
    plain = re.sub(r"\\\W", "", expression.replace(r"(?<!\S)", ""))
    if "[^" in plain:
        return False
    # Inside a class a full stop and the like stand for themselves.
    plain = re.sub(r"\[([^]]*)\]", lambda inside: re.sub("[.^$]", "", inside[1]), plain)
    return not _FAR.search(plain)


def _behind(rule: Rule) -> str:
    return f"(?<={rule.before})" if rule.before else ""


def _ahead(rule: Rule) -> str:
    return f"(?={rule.after})" if rule.after else ""


def _quick(expression: str) -> str:
    """``[.!?]+`` as ``[.!?][.!?]*``: where one character is due, ``re`` looks for it quickly."""
    return _RUN.sub(r"\1\1*", expression)


def _compiled(expression: str) -> _Pattern:
    try:
        return re.compile(expression)  # faster, but it knows no \p{Lu}
    except re.error:
        pattern: _Pattern = regex.compile(expression)
        return pattern


def _compiled_after(expression: str) -> regex.Pattern[str] | None:
    """An *after* side to try on too few characters; None if it might fit when there are more."""
    return None if _LOOKS_FAR.search(expression) else regex.compile(expression)
