"""PO of GNU gettext: messages as units, contexts, references and flags as props.

``fuzzy`` is a proposal that no person has made their own: a translation in the state ``initial``;
without it a message is ``translated``. What is doubtful here, or rejected, is ``fuzzy`` there.
Each form of a plural is a unit, and the forms of one message become one message again. The lines
of the header that are not about the file itself are props of all units. A PO must not hold a
source twice, so that all but one get a context of ours. What else a unit holds is one line in the
comments (see ``plain``), without spaces, so that whoever wraps it loses nothing of it; so are the
long comments of a unit that has an id, beside themselves. Obsolete messages are translations that
may be found, and stay obsolete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise, takewhile
from typing import Any, BinaryIO, cast

from tmtool.errors import FormatError, LanguageError
from tmtool.formats import Found, Lost, Written
from tmtool.formats.markup import Rejoined
from tmtool.formats.pairs import several_pairs
from tmtool.formats.plain import LONGEST_REST, lines_of, marked, rest, restored
from tmtool.language import Language
from tmtool.model import LONGEST, Header, State, TranslationUnit
from tmtool.text import nfc

_CONTEXT = "x-po:context"
_REFERENCE = "x-po:reference"
_FLAGS = "x-po:flags"
_COMMENT = "x-po:comment"
_PREVIOUS = "x-po:previous"
_PREVIOUS_CONTEXT = "x-po:previous-context"
_PREVIOUS_PLURAL = "x-po:previous-plural"
_OBSOLETE = "x-po:obsolete"
_PLURAL = "x-po:plural"  # the plural of the source
_FORM = "x-po:form"  # the number of a form of the translation
_RULE = "x-po:plural-forms"  # as the header says it

_HEADER = "x-po:header"  # the comment before it; with a slash and a key, one of its lines
_OF_THE_FILE = (
    *("Language", "X-Source-Language", "X-Generator"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
)

_MARK = "tmtool:"
_NO_MORE = '{"origin":"po"}'  # the rest of a unit of which the message says all
_OUR_CONTEXT = "tmtool:"
_CHARSET = re.compile(rb"charset=([\w.:-]+)")
_LINE = re.compile(r"\(line (\d+)\)")
_OPENED = r'(?:#[~|]+\s*)?(?:msg\w+(?:\[\d+\])?\s*)?"'
_STRING = re.compile(_OPENED + r'(?P<closed>(?:[^"\\]|\\.)*")?(?P<more>.*)', re.DOTALL)
_COMMENTED = re.compile(r"\s*#(?![~|])")
_MARKED = re.compile(r"\s*#(?P<kind>~\||[~.:,!|])?(?P<more>.*)", re.DOTALL)
_KEYWORD = re.compile(r"(?:#~\s*)?msg(?:id|str\[(?P<form>\d+)\])")
_WORD = re.compile(r"\s*(?:#~\s*)?(?P<word>msg(?:ctxt|id(?:_plural)?|str(?:\[\d+\])?))(?![\w\[])")
_UNMARKED = re.compile(r'^(?=["m])', re.MULTILINE)
_HEADER_ENTRY = re.compile(r'^[ \t]*msgid[ \t]*""\s*\n(?!\s*")', re.MULTILINE)
_BYTES = re.compile(r"\\\\|((?:\\(?:x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|a))+)")
_BYTE = re.compile(r"\\(?:x([0-9A-Fa-f]+)|([0-7]+)|a)")
_BREAKS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # which Python takes for line ends, and PO does not
_LONGEST = 2 * LONGEST  # of a string as it is written, with what is escaped in it
_LONGEST_COMMENT = 2 * _LONGEST  # of a message, beside what we wrote there
_WIDTH = 75  # characters of a comment that polib, and who uses it, does not wrap
_MOST_LINES = 10_000  # of a message and its comments
_WHOLE = "mend it, or export the file again; msgfmt --check says more"
_PRIVATE = range(0xF0000, 0xFFFFE)


def read(file: BinaryIO, name: str) -> Iterator[Found]:
    """Yield what the header says, and a unit for each message, for a plural one for each form.

    The languages are those of the header, ``Language`` and ``X-Source-Language``; one
    that is missing is left empty. Raises ``FormatError`` that names the line.
    """
    head = file.read(4096)
    charset = _CHARSET.search(head)
    said = charset[1].decode() if charset else "utf-8"
    said = "utf-8" if said.lower() == "charset" else said
    encoding = None if said.lower() == "utf-8" else said
    joined = cast(BinaryIO, Rejoined(head, file))
    text = "".join(_sound(lines_of(joined, name, encoding, composed=False), name))
    if _ends_in_a_comment(text):
        yield Lost("comments behind the last message, left out", 1)
    entries, comment, header, breaks = _parsed(_spelled_out(text, name, said), name)
    lines = (
        (f"{_HEADER}/{key}", value) for key, value in header.items() if key not in _OF_THE_FILE
    )
    props = tuple((kind, nfc(value)) for kind, value in [(_HEADER, comment), *lines] if value)
    if props:
        yield Header(props)
    languages = _languages(header)
    if obsolete := sum(bool(entry.obsolete) for entry in entries):
        yield Lost("obsolete messages (#~), read like others", obsolete)
    for entry in entries:
        try:
            units = _units(entry, header.get("Plural-Forms", ""), breaks)
        except ValueError as error:
            yield FormatError(
                f"is not a message: {error}",
                path=name,
                line=entry.linenum,
                hint="mend it, or export the file again",
            )
            continue
        for unit in units:
            yield replace(
                unit,
                source=replace(unit.source, language=languages[0]),
                target=replace(unit.target, language=languages[1]),
            )


def _sound(lines: Iterable[str], name: str) -> Iterator[str]:
    """Lines of messages that are whole, and no larger than any is, which polib does not ask.

    Raises ``FormatError`` that names the line of another.
    """

    def wrong(said: str, line: int, hint: str) -> FormatError:
        return FormatError(said, path=name, line=line, hint=hint)

    begin = size = 0  # of a message, before its first line; characters of its comments
    length = 0  # of a string
    words: dict[str, int] = {}  # of it, and in which line they stand
    number = 0
    for number, line in enumerate(lines, 1):
        found = _WORD.match(line)
        word = found["word"] if found else ""
        is_comment = _COMMENTED.match(line) is not None
        if _is_translated(words) and (is_comment or word in ("msgctxt", "msgid")):
            begin, size, words = number - 1, 0, {}
        if word:
            _check_word(word, number, words, wrong)
            words.setdefault(word, number)
        if is_comment and not line.startswith(f"#. {_MARK}"):
            size += len(line)
        length = len(line.rstrip()) + (length if line.lstrip("#~| ").startswith('"') else 0)
        what, most = ("comment", LONGEST_REST) if is_comment else ("string", _LONGEST)
        if length > most:
            said = f"a {what} is longer than {most:,} characters"
            raise wrong(said, number, "split it into sentences")
        if number - begin > _MOST_LINES or size > _LONGEST_COMMENT:
            raise wrong(
                f"a message has more than {_MOST_LINES:,} lines, or {_LONGEST_COMMENT:,} "
                "characters of comments",
                number,
                "split it, or leave out its comments",
            )
        yield line
    if words and not _is_translated(words):
        last = max(words.values())
        raise wrong("is cut short: a message has no msgstr", last, _WHOLE)


def _is_translated(words: Iterable[str]) -> bool:
    return any(word.startswith("msgstr") for word in words)


def _check_word(
    word: str, line: int, words: Mapping[str, int], wrong: Callable[[str, int, str], FormatError]
) -> None:
    """Raises ``FormatError`` if a word of a message cannot follow those before it."""
    if word in ("msgctxt", "msgid") and word in words:
        raise wrong("a message has no msgstr", words[word], _WHOLE)
    if word.startswith("msgstr[") and "msgid_plural" not in words:
        raise wrong(f"{word[:9]} belongs to a msgid_plural, and there is none", line, _WHOLE)
    if word == "msgstr" and "msgid_plural" in words:
        raise wrong("a message with msgid_plural has msgstr[0], not msgstr", line, _WHOLE)


def _ends_in_a_comment(text: str) -> bool:
    """Whether there is a comment that stands before no message."""
    behind = takewhile(lambda line: not _STRING.match(line.strip()), reversed(text.split("\n")))
    return any(_COMMENTED.match(line) for line in behind)


def _spelled_out(text: str, name: str, charset: str) -> str:
    """A text in which no letter is written by its bytes, as in ``\\x41`` and ``\\101``."""
    if not any(match[1] for match in _BYTES.finditer(text)):
        return text
    import polib

    def letters(match: re.Match[str]) -> str:
        if not match[1]:
            return match[0]
        values = (
            int(hexadecimal, 16) if hexadecimal else int(octal or "7", 8) & 0xFF
            for hexadecimal, octal in _BYTE.findall(match[1])
        )
        spelled: str = polib.escape(bytes(values).decode(charset))
        return spelled

    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.startswith("#") and not line.startswith("#~"):
            continue
        try:
            lines[number] = _BYTES.sub(letters, line)
        except UnicodeError:
            raise FormatError(
                f"the bytes that a string spells are not {charset.upper()}",
                path=name,
                line=number + 1,
                hint="write the letters themselves",
            ) from None
    return "\n".join(lines)


def _parsed(text: str, name: str) -> tuple[list[Any], str, dict[str, str], dict[int, str]]:
    """The messages of a text, the comment before its header, and the lines of this.

    And what stands in it for breaks that are no line ends.

    polib cuts a text at what Python takes for line ends, and drops the last letter of a string
    that nobody closed.
    """
    import polib

    lines = [*map(_spaced, text.split("\n"))]
    text = "\n".join(lines)
    forms = set[str]()
    for number, line in enumerate(lines, 1):
        string = _STRING.match(line.strip())
        if string and (string["closed"] is None or string["more"]):
            raise FormatError(
                "a string is not closed, or holds a quote that is not escaped",
                path=name,
                line=number,
                hint='end it with ", and write \\" for a quote in it',
            )
        if keyword := _KEYWORD.match(line.strip()):
            form = keyword["form"]
            if form in forms or len(form or "") > 1:  # no language has more than six
                raise FormatError(
                    f"msgstr[{form[:9]}] "
                    + ("stands twice in a message" if form in forms else "is beyond msgstr[9]"),
                    path=name,
                    line=number,
                    hint="number the forms of a plural from 0 on",
                )
            forms = {*forms, form} if form else set()
    free = (code for code in _PRIVATE if chr(code) not in text)
    shielded = {ord(char): next(free) for char in _BREAKS if char in text}
    try:
        # A name of a file never ends so; polib would open it.
        parsed = polib.pofile(text.translate(shielded) + "\n\n")
    except (OSError, ValueError, IndexError, KeyError) as error:
        found = _LINE.search(str(error))
        raise FormatError(
            "is not PO: this is no part of a message, or none where it stands",
            path=name,
            line=int(found[1]) if found else 0,
            hint="msgfmt --check says more",
        ) from None
    breaks = {code: chr(char) for char, code in shielded.items()}
    entries, comment = list(parsed), parsed.header
    if entries and comment and not _HEADER_ENTRY.search(text):
        entries[0].tcomment = "\n".join(filter(None, (comment, entries[0].tcomment)))
        comment = ""
    return entries, comment, dict(parsed.metadata), breaks


def _spaced(line: str) -> str:
    """A line whose comment, if it is one, has its mark and a space, as polib wants them.

    It is that of a translator, unless the mark is of another kind; ``!`` is that of flags, too.
    """
    comment = _MARKED.match(line)
    if not comment:
        return line
    kind, more = comment["kind"] or "", comment["more"]
    if kind in ("~", "~|", "|") and not more.strip():
        return ""
    kind = {"~|": "|", "!": ","}.get(kind, kind)
    return f"#{kind}{more}" if more[:1].isspace() or not more else f"#{kind} {more}"


def _languages(header: dict[str, str]) -> tuple[str, str]:
    source, target = (_language(header.get(key, "")) for key in ("X-Source-Language", "Language"))
    return source, target


def _language(said: str) -> str:
    """The code that a header says, empty if it is none."""
    code = said.replace("_", "-")
    try:
        Language.check(code)
    except LanguageError:
        return ""
    return code


def _units(entry: Any, rule: str, breaks: dict[int, str]) -> list[TranslationUnit]:
    """The units of a message, their languages left empty."""

    def text(value: object) -> str:
        return nfc(str(value or "").translate(breaks))

    comment, rests = _told(text(entry.comment))
    props = {
        _REFERENCE: " ".join(":".join(filter(None, place)) for place in entry.occurrences),
        _FLAGS: ", ".join(flag for flag in entry.flags if flag != "fuzzy"),
        _COMMENT: comment,
        _OBSOLETE: "yes" if entry.obsolete else "",
    }
    named = {
        _CONTEXT: None if (entry.msgctxt or "").startswith(_OUR_CONTEXT) else entry.msgctxt,
        _PREVIOUS_CONTEXT: entry.previous_msgctxt,
        _PREVIOUS: entry.previous_msgid,
        _PREVIOUS_PLURAL: entry.previous_msgid_plural,
    }  # which are there, and empty, or are not there
    there = tuple((kind, text(value)) for kind, value in named.items() if value is not None)
    forms: dict[int, object] = entry.msgstr_plural or {0: entry.msgstr}
    plural = text(entry.msgid_plural)
    units = []
    for place, (number, form) in enumerate(sorted(forms.items())):
        shown = {
            "source": plural if plural and number else text(entry.msgid),
            "target": text(form),
        }
        more = rests[place] if rests and place < len(rests) else {}
        if isinstance(more, dict) and "state" not in more:
            shown["state"] = _state(shown["target"], bool(entry.fuzzy))
        unit = restored(shown, json.dumps(more))
        unit = replace(unit, notes=_unwrapped(text(entry.tcomment), unit.notes))
        here = {**props, **({_PLURAL: plural, _FORM: str(number), _RULE: rule} if plural else {})}
        if any(kind == _COMMENT and _run(value) == _run(comment) for kind, value in unit.props):
            del here[_COMMENT]
        added = (*there, *((kind, nfc(value)) for kind, value in here.items() if value))
        origin = "po" if rests is None else unit.origin
        unit = replace(unit, props=(*unit.props, *added), origin=origin)
        units.append(unit)
    is_fuzzy = bool(entry.fuzzy)
    if any(map(_is_fuzzy, units)) == is_fuzzy:
        return units
    # Whoever set the flag or took it out judged the translation, whatever an aligner thought.
    return [replace(unit, state=_state(unit.target.text, is_fuzzy), score=None) for unit in units]


def _told(comment: str) -> tuple[str, list[Any] | None]:
    """The comment without what tmtool wrote into it, and that; ``None`` if it wrote nothing.

    It may stand on several lines, as polib wraps it at spaces and hyphens. Raises ``ValueError``
    if it is damaged.
    """
    others, parts = list[str](), list[list[str]]()
    for line in comment.split("\n"):
        if line.startswith(_MARK):
            parts.append([line.removeprefix(_MARK).lstrip()])
        else:
            (parts[-1] if parts else others).append(line)
    told = list[list[Any]]()
    for lines in parts:
        pieces = [f"{_between(*pair)}{pair[1]}" for pair in pairwise(["", *lines])]
        ends = [*accumulate(map(len, pieces))]
        try:
            value, end = json.JSONDecoder().raw_decode("".join(pieces))
            others += lines[ends.index(end) + 1 :]
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, list):
            raise ValueError("what tmtool wrote beside it is damaged")
        told.append(value)
    return "\n".join(others), told[0] if told else None


def _between(before: str, line: str) -> str:
    """What stood between two lines before they were wrapped."""
    return "" if not before or before.endswith("-") or line.startswith("--") else " "


def _unwrapped(comment: str, notes: Sequence[str]) -> tuple[str, ...]:
    """The notes in a comment, one a line, but for those written beside it, which may be wrapped."""
    lines = [line for line in comment.split("\n") if line]
    ends = [*accumulate(map(len, map(_run, lines)), initial=0)]
    known = _run("".join(notes))
    start = _run(comment).find(known)
    if not {start, start + len(known)} <= {*ends}:
        return tuple(lines)
    before, behind = lines[: ends.index(start)], lines[ends.index(start + len(known)) :]
    return (*before, *notes, *behind)


def _run(text: str) -> str:
    """A text without white space, which is all that changes where it is wrapped."""
    return "".join(text.split())


def _state(target: str, is_fuzzy: bool) -> State:
    """The state that a message gives a translation."""
    return "translated" if target and not is_fuzzy else "initial"


def _is_fuzzy(unit: TranslationUnit) -> bool:
    """Whether gettext is to show the source in place of the translation."""
    return bool(unit.target.content) and (unit.state == "rejected" or unit.entry.is_doubtful)


def _comment(notes: Sequence[str]) -> str:
    """Notes as the comment of a translator, one a line."""
    lines = (line.strip() for note in notes for line in re.split("[\r\n]", note))
    return "\n".join(filter(None, lines))


# Writing

# What has a place in a message, and what such a place can hold.
_PLACES: dict[str, Callable[[str], bool]] = {
    _CONTEXT: lambda value: not value.startswith(_OUR_CONTEXT),
    _REFERENCE: lambda value: " ".join(value.split()) == value,
    _FLAGS: lambda value: (
        re.fullmatch(r"(?!fuzzy\b)[\w-]+(?:, (?!fuzzy\b)[\w-]+)*", value) is not None
    ),
    _COMMENT: lambda value: _comment([value]) == value and f"\n{_MARK}" not in f"\n{value}",
    **dict.fromkeys((_PREVIOUS_CONTEXT, _PREVIOUS, _PREVIOUS_PLURAL), lambda _: True),
    _OBSOLETE: lambda value: value == "yes",
}


def holds(unit: TranslationUnit) -> bool:
    """Whether a PO can have a message for a unit."""
    return bool(marked(unit.source))


def write(
    units: Iterable[TranslationUnit], file: BinaryIO, headers: Sequence[Header] = ()
) -> Written:
    """Write one message for each unit or plural; units without a source are left out.

    What ``headers`` say of a PO, once the last unit has come, is said in its header. Raises
    ``TmtoolError`` if there is more than one pair of languages.
    """
    groups = []
    count = left_out = 0
    languages: tuple[str, str] | None = None
    rule = ""
    for group in _messages(units):
        for unit in group:
            languages = languages or unit.languages
            rule = rule or dict(unit.props).get(_RULE, "")
            if unit.languages != languages:
                raise several_pairs("PO holds", languages, unit.languages)
        if holds(group[0]):
            groups.append(group)
            count += len(group)
        else:
            left_out += len(group)
    seen: set[tuple[str | None, str]] = set()
    messages = dict[int, str]()
    # Programs look for those in use by their contexts, so that they have the first choice.
    for place, group in sorted(enumerate(groups), key=lambda each: _is_obsolete(each[1])):
        messages[place] = _message(group, seen)
    said = dict(reversed(Header.joined(headers).props))  # the first of each
    file.write(_header(*(languages or ("", "")), rule, said).encode("utf-8"))
    for _, message in sorted(messages.items()):
        file.write(f"\n{message}".encode())
    return Written(count, left_out)


def _header(source: str, target: str, rule: str, said: Mapping[str, str]) -> str:
    import polib

    carried = {
        kind.removeprefix(f"{_HEADER}/"): value
        for kind, value in reversed([*said.items()])
        if kind.startswith(f"{_HEADER}/")
    }
    lines = carried | {
        "Language": target.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": rule or carried.get("Plural-Forms", ""),
        "X-Source-Language": source.replace("-", "_"),
        "X-Generator": "tmtool",
    }
    comment = "".join(f"# {line}".rstrip() + "\n" for line in said.get(_HEADER, "").splitlines())
    written = "".join(
        f'"{polib.escape(f"{key}: {value}")}\\n"\n' for key, value in lines.items() if value
    )
    return f'{comment}msgid ""\nmsgstr ""\n{written}'


def _messages(units: Iterable[TranslationUnit]) -> Iterator[list[TranslationUnit]]:
    """Units, those of one plural together."""
    group: list[TranslationUnit] = []
    for unit in units:
        props = dict(unit.props)
        form = props.get(_FORM, "")
        if group and not (form == str(len(group)) and _plural(unit) == _plural(group[0])):
            yield group
            group = []
        if form == "0" or group:
            group.append(unit)
        else:
            yield [unit]
    if group:
        yield group


def _plural(unit: TranslationUnit) -> tuple[str | None, ...]:
    props = dict(unit.props)
    return props.get(_PLURAL), props.get(_CONTEXT), props.get(_REFERENCE)


def _message(group: Sequence[TranslationUnit], seen: set[tuple[str | None, str]]) -> str:
    """The text of one message, with another context and source than those seen."""
    import polib

    first = group[0]
    is_plural = dict(first.props).get(_FORM) == "0"
    own = [name for name in _PLACES if _has_place(name, group)]
    if is_plural:
        own += (_PLURAL, _FORM, _RULE)
    props = {name: value for name, value in first.props if name in own}
    source = marked(first.source)
    context = props.get(_CONTEXT)
    if (context, source) in seen:
        own = [name for name in own if name != _CONTEXT]
        context = f"{_OUR_CONTEXT}{len(seen)}"
    seen.add((context, source))
    is_fuzzy = any(map(_is_fuzzy, group))
    rests = [_rest(unit, own, is_fuzzy) for unit in group]
    comments = [props.get(_COMMENT, "")]
    if set(rests) != {_NO_MORE}:
        comments.append(f"{_MARK} [{','.join(rests)}]")
    flags = [flag for flag in props.get(_FLAGS, "").split(", ") if flag]
    entry = polib.POEntry(
        msgctxt=context,
        msgid=source,
        comment="\n".join(filter(None, comments)),
        tcomment=_comment(first.notes),
        flags=["fuzzy", *flags] if is_fuzzy else flags,
        previous_msgctxt=props.get(_PREVIOUS_CONTEXT),
        previous_msgid=props.get(_PREVIOUS),
        previous_msgid_plural=props.get(_PREVIOUS_PLURAL),
        occurrences=[(place, "") for place in props.get(_REFERENCE, "").split()],
    )
    if is_plural:
        entry.msgid_plural = props[_PLURAL]
        entry.msgstr_plural = {number: marked(unit.target) for number, unit in enumerate(group)}
    else:
        entry.msgstr = marked(first.target)
    text = entry.__unicode__(wrapwidth=0)
    return _UNMARKED.sub("#~ ", text).replace("\n#|", "\n#~|") if _is_obsolete(group) else text


def _is_obsolete(group: Sequence[TranslationUnit]) -> bool:
    """Whether the message of some units is no longer in use."""
    return _OBSOLETE in dict(group[0].props) and _has_place(_OBSOLETE, group)


def _has_place(name: str, group: Sequence[TranslationUnit]) -> bool:
    """Whether a message can hold the props of this name."""
    values = [[value for kind, value in unit.props if kind == name] for unit in group]
    is_one = len(values[0]) <= 1 and all(value == values[0] for value in values)
    return is_one and all(map(_PLACES[name], values[0]))


def _rest(unit: TranslationUnit, own: Sequence[str], is_fuzzy: bool) -> str:
    """What a message does not say of a unit, or not for good, without a space."""
    others = tuple(
        (kind, value)
        for kind, value in unit.props
        if kind not in own or (kind == _COMMENT and _may_be_wrapped(unit, value))
    )
    notes = _comment(unit.notes)
    is_said = notes.split("\n") == list(unit.notes) and not _may_be_wrapped(unit, notes)
    shown = ["notes"] if is_said else []
    if unit.score is None and unit.state == _state(marked(unit.target), is_fuzzy):
        shown.append("state")
    more = rest(replace(unit, props=others), *shown) or "{}"
    return more.replace(" ", "\\u0020")


def _may_be_wrapped(unit: TranslationUnit, comment: str) -> bool:
    """Whether a comment on a unit that will be known again has a line that tools wrap."""
    return bool(unit.id) and any(len(line) > _WIDTH for line in comment.split("\n"))
