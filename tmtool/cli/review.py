"""The command review: the full-screen app, or the same commands in plain lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from typing import get_args

import click

from tmtool.checks import CHECKS
from tmtool.cli import Shared, configured_styles
from tmtool.cli.common import (
    languages,
    open_memory,
    pass_shared,
    screen_options,
    show_screen,
    summary,
)
from tmtool.cli.lines import Conversation, keep_draft
from tmtool.document import Document, Kind, fraction, kinds, less_sure_than
from tmtool.errors import ConflictError, OvertakenError, TmtoolError
from tmtool.memory import Memory
from tmtool.model import STATES, Entry, TranslationUnit
from tmtool.regroup import Side
from tmtool.signs import confidence, percentage, proposed
from tmtool.sought import Sought
from tmtool.text import clean, plural
from tmtool.tui.commands import BY_NAME, Command

OF_THE_SCREEN = (
    "side_left",
    "side_right",
    "page_down",
    "page_up",
    "first",
    "last",
    "back",
    "matches",
)
"""Commands of the app that lines do in another way: with a word, or with a number."""

LINE_COMMANDS = tuple(command for name, command in BY_NAME.items() if name not in OF_THE_SCREEN)

_ARGUMENTS = {
    "edit": "TEXT",
    "edit_source": "TEXT",
    "note": "TEXT",
    "approve_sure": "PERCENT",
    "dismiss": "N|all|back",
    "merge": "source|target",
    "merge_back": "source|target",
    "shift_down": "source|target",
    "shift_up": "source|target",
    "insert": "NUMBER",
    "concordance": "WORDS",
    "search": "WORDS",
    "filter": "KIND",
    "go_to": "NUMBER",
}
"""What may follow a command on its line."""

_YES = ("y", "yes", "н", "иә")
_NOTHING_LEFT = "Nothing is left to judge that nobody else is at."
LISTED_AT_START = 200
"""Longer documents are listed only when asked for."""


@click.command("review")
@click.argument("document", metavar="[DOCUMENT]", required=False)
@languages(source=None, target_required=False)
@click.option("--queue", is_flag=True, help="Hand out pairs that no colleague is at.")
@screen_options
@pass_shared
def review_command(
    shared: Shared,
    document: str | None,
    source: str | None,
    target: str | None,
    queue: bool,
    plain: bool,
    light: bool,
) -> None:
    """Look over the pairs of a document.

    Opens a full-screen app, F1 lists its keys; DOCUMENT may be left out where the memory
    holds but one. With --plain, in a small or dumb terminal or in a pipe it lists the pairs
    with number, state and confidence, then asks what to do with each, from the first that a
    person should look at. Commands may be piped in, one a line; the first that fails ends
    the review.

    With --queue, reviewers share a document of a memory on a server: each is led from pair to
    pair that nobody has judged yet, and that nobody else is at.
    """
    with open_memory(shared) as memory:
        found = Document.find(memory, document, source, target)
        found.styles = configured_styles()
        found.is_queue = queue
        if queue:
            memory.take([])  # says where there can be no queue
        if not show_screen(found, memory, translating=False, plain=plain, light=light):
            _converse(found, memory)


def _converse(document: Document, memory: Memory) -> None:
    """Ask what to do with pair after pair, until there is no more input or enough."""
    talk = Conversation()
    talk.say(summary(document), strong=True)
    if len(document.units) <= LISTED_AT_START:
        _list(talk, document, memory, range(len(document.units)))
    if talk.is_typed:
        talk.say("Type ? for help.")
    if document.units:
        Review(talk, document, memory).run()
    talk.say(f"Saved. {summary(document)}")


def _named(word: str) -> Command | None:
    """The command that a word means: its name, or one of its letters."""
    name = word.casefold().replace("-", "_")
    name = {"next": "down", "": "down", "back": "up", "list": "filter"}.get(name, name)
    for command in LINE_COMMANDS:
        if command.name == name or (word and word in command.letters.split(",")):
            return command
    return None


class Review:
    """A review in lines; what a command does is the method of its name."""

    def __init__(
        self, talk: Conversation, document: Document, memory: Memory, index: int | None = None
    ) -> None:
        """``index`` is where to begin, if that is known."""
        self._talk = talk
        self._document = document
        self._memory = memory
        self._index = self._beginning() if index is None else index
        self._fits: Kind = _is_any  # what the list is narrowed to
        self._found: list[int] = []

    def _beginning(self) -> int | None:
        """Where this person was, at a terminal; else the first pair that wants work."""
        document = self._document
        if self._talk.is_typed and not document.is_queue:
            place = self._memory.place(document.key)
            held = document.index_of(place) if place else None
            if held is not None:
                return held
        index = document.next_doubtful()
        if index is None and document.is_queue:
            self._talk.say(_NOTHING_LEFT)
            return None
        return index or 0

    def run(self) -> None:
        """Show the current pair and obey, until there is none."""
        shown: int | None = None
        while self._index is not None:
            if shown != self._index:
                self._show()
                self._keep_place(self._index)
            shown = self._index
            line = self._talk.ask("[a,x,e,m,s,n,r,u,f,q,?] ")
            if line is None:
                return
            if self._obey(line.strip()):
                shown = None

    def _keep_place(self, index: int) -> None:
        if self._talk.is_typed:
            with suppress(TmtoolError):
                self._memory.keep_place(self._document.key, self._document.outline[index].id)

    def _obey(self, line: str) -> bool:
        """Do what a line says; whether the pair shall be shown again."""
        word, _, argument = line.partition(" ")
        if word[:1] in ("/", "№"):
            word, argument = "/", line[1:].strip()
        try:
            if line.isdecimal():
                return self._go_to(0, line)
            command = _named(word)
            if command is None:
                hint = "a number goes to its pair; then say what to do there"
                raise TmtoolError(
                    f"there is no command {line if word.isdecimal() else word!r}",
                    hint=hint if word.isdecimal() else "? lists them",
                )
            if argument.strip() and command.name not in _ARGUMENTS:
                raise TmtoolError(
                    f"{word} takes nothing behind it, and nothing was done",
                    hint="it is for the pair shown; a number alone goes to another one",
                )
            do: Callable[[int, str], bool] = getattr(self, f"_{command.name}")
            return do(self._index or 0, argument)
        except ConflictError as error:
            self._document.refresh()
            count = len(self._document.units)
            self._index = min(self._index or 0, count - 1) if count else None
            self._talk.complain(error)
            return True
        except TmtoolError as error:
            self._talk.complain(error)
            return False

    def _go_to(self, _: int, typed: str) -> bool:
        count = len(self._document.units)
        if not typed.isdecimal() or len(typed) > 9 or not 1 <= int(typed) <= count:
            hint = f"they are numbered from 1 to {count}"
            raise TmtoolError(f"there is no pair {typed}", hint=hint)
        return self._go(int(typed) - 1)

    def _go(self, index: int) -> bool:
        """Go to a pair, also to one that the filter hides."""
        self._index = index
        if not self._fits(self._document.outline[index]):
            self._fits = _is_any
            self._talk.say("All pairs are shown again.")
        return True

    def _show(self) -> None:
        """The current pair, with what a check doubts and what was noted."""
        assert self._index is not None
        unit = self._document.units[self._index]
        source, target = self._document.languages
        count = len(self._document.units)
        self._talk.say()
        standing = _standing(unit, self._memory.drafted())
        self._talk.say(f"{self._index + 1}/{count}  {standing}", strong=True)
        self._talk.say(unit.source.text or "(nothing)", indent=f"  {source}: ")
        self._talk.say(unit.target.text or "(nothing)", indent=f"  {target}: ")
        say_terms(self._talk, self._document, unit)
        for finding in self._document.flaws(unit):
            self._talk.say(finding.message, indent="  warning: ")
        for note in unit.notes:
            self._talk.say(note, indent="  note: ")

    # What a pair is

    def _approve(self, index: int, _: str) -> bool:
        self._document.approve(index)
        return self._go_on(index)

    def _reject(self, index: int, _: str) -> bool:
        self._document.reject(index)
        return self._go_on(index)

    def _go_on(self, index: int) -> bool:
        """Go on from a pair that was judged."""
        if not self._document.is_queue:
            return self._down(index, "")
        self._index = self._document.next_doubtful(index + 1)
        if self._index is None:
            self._talk.say(_NOTHING_LEFT)
        return True

    def _edit(self, index: int, typed: str) -> bool:
        return self._retarget(index, typed)

    def _retarget(self, index: int, typed: str, start: str | None = None) -> bool:
        """Have the target typed, from the draft that is kept or from a text; and save it."""
        unit = self._document.units[index]
        if start is None:
            start = self._memory.draft(unit) or unit.target.text
            if earlier := self._memory.earlier_draft(unit):
                self._talk.say(f"You had typed before this changed: {earlier}")
        text = typed or self._talk.ask("new: ", start, partial(keep_draft, self._memory, unit))
        if text is None:
            return True
        try:
            self._document.edit(index, text)
        except ConflictError:
            self._document.refresh()
            held = self._document.index_of(unit.id)
            if held is not None:  # what was typed is there again when the pair is edited
                keep_draft(self._memory, self._document.units[held], text)
            raise
        self._memory.keep_draft(unit, None)
        return True

    def _edit_source(self, index: int, typed: str) -> bool:
        text = typed or self._talk.ask("new source: ", self._document.units[index].source.text)
        if text is not None:
            self._document.edit_source(index, text)
        return True

    def _note(self, index: int, typed: str) -> bool:
        text = typed or self._talk.ask("note: ")
        if text:
            self._document.note(index, text)
        return True

    def _dismiss(self, index: int, typed: str) -> bool:
        found = self._document.flaws(self._document.units[index])
        if typed == "back" and self._document.has_dismissed(index):
            self._document.recall(index)
            return True
        if len(found) > 1 and not typed:
            for number, finding in enumerate(found, 1):
                self._talk.say(finding.message, indent=f"  {number}  ")
            typed = self._talk.ask("dismiss which, a number or all: ") or ""
            if not typed.strip():
                return False
        chosen = dict(enumerate(([one] for one in found), 1)).get(_number(typed or "1"))
        if typed.strip() == "all":
            chosen = found
        if not chosen:
            hint = "give its number, all, or back for what was dismissed"
            raise TmtoolError("there is no such warning here", hint=hint)
        self._document.dismiss(index, chosen)
        self._talk.say(f"Dismissed: {'; '.join(one.message for one in chosen)}.")
        return True

    def _approve_sure(self, _: int, typed: str) -> bool:
        percent = typed or self._talk.ask("least confidence in percent: ", "95") or ""
        least = fraction(percent)
        count = self._document.approve_above(least, dry_run=True)
        flawed = self._document.flawed_above(least)
        warned = f", {flawed} of them with warnings" if flawed else ""
        question = f"{plural(count, 'pair')} at least {least:.0%} sure{warned}; approve? [y/n] "
        if count and (self._talk.ask(question) or "").strip() in _YES:
            self._document.approve_above(least)
            self._talk.say(f"{plural(count, 'pair')} approved. {summary(self._document)}")
        elif not count:
            self._talk.say("No open pair is so sure.")
        return True

    # Where text belongs

    def _merge(self, index: int, typed: str) -> bool:
        return self._regroup(partial(self._document.merge, index, _side(typed)))

    def _regroup(self, change: Callable[[], None], index: int | None = None) -> bool:
        """Carry out a change of several pairs; tell of approvals that it made void."""
        vouched = self._document.vouched_count
        change()
        if index is not None:
            self._index = min(index, len(self._document.units) - 1)
        if (lost := vouched - self._document.vouched_count) > 0:
            self._talk.say(f"{plural(lost, 'approved pair')} became others: look again.")
        return True

    def _merge_back(self, index: int, typed: str) -> bool:
        if not index:
            raise TmtoolError("this is the first pair", hint="merge it with the next one")
        return self._regroup(
            partial(self._document.merge, index - 1, _side(typed)), max(0, index - 1)
        )

    def _split(self, index: int, _: str) -> bool:
        _split(self._talk, self._document, index)
        return True

    def _shift_down(self, index: int, typed: str) -> bool:
        return self._regroup(
            partial(self._document.shift_down, index, _side(typed) or "target"), index
        )

    def _shift_up(self, index: int, typed: str) -> bool:
        return self._regroup(
            partial(self._document.shift_up, index, _side(typed) or "target"), index
        )

    def _unpair(self, index: int, _: str) -> bool:
        return self._regroup(partial(self._document.unpair, index))

    def _swap(self, index: int, _: str) -> bool:
        return self._regroup(partial(self._document.swap, index))

    def _realign(self, index: int, _: str) -> bool:
        done = self._document.realign()
        said = f"{str(done).capitalize()}."
        self._talk.say(f"{said} {summary(self._document)}" if done else said)
        doubtful = self._document.next_doubtful(index)
        self._index = min(index, len(self._document.units) - 1) if doubtful is None else doubtful
        return True

    # What a translator needs

    def _skip(self, index: int, _: str) -> bool:
        return self._go_if(self._document.next_untranslated(index + 1), "No open pair follows.")

    def _copy_source(self, index: int, _: str) -> bool:
        return self._start_from(index, self._document.units[index].source.text)

    def _start_from(self, index: int, text: str) -> bool:
        """Take a text for the target, which a person at a terminal can change first.

        In a pipe nobody has looked at it: it is a translation, and not yet approved.
        """
        if self._talk.is_typed:
            return self._retarget(index, "", text)
        self._document.translate(index, text)
        return True

    def _insert(self, index: int, typed: str) -> bool:
        matches = self._document.matches(index, limit=5)
        if typed.isdecimal() and 1 <= int(typed) <= len(matches):
            return self._start_from(index, matches[int(typed) - 1].target)
        for number, match in enumerate(matches, 1):
            self._talk.say(proposed(match), indent=f"  match {number}, {match.percent} %: ")
            if match.percent < 100:
                self._talk.say(match.unit.source.text, indent="    of: ")
        self._talk.say("i with a number takes one." if matches else "The memory holds no match.")
        return False

    def _concordance(self, _: int, typed: str) -> bool:
        words = typed or self._talk.ask("words: ") or ""
        if words.strip():
            found = self._memory.concordance(words, *self._document.languages)
            for hit in found:
                head = f"  {hit.unit.document or '-'}  "
                self._talk.say_row(head, hit.unit.source.text, hit.unit.target.text)
            self._talk.say(f"{plural(len(found), 'pair')} in the memory.")
        return False

    # Finding the way

    def _down(self, index: int, _: str) -> bool:
        outline = self._document.outline
        after = (n for n in range(index + 1, len(outline)) if self._fits(outline[n]))
        following = next(after, None)
        if following is None:
            self._talk.say("That was the last pair; n goes to a doubtful one, q stops.")
        else:
            self._index = following
        return True

    def _up(self, index: int, _: str) -> bool:
        outline = self._document.outline
        before = (n for n in range(index - 1, -1, -1) if self._fits(outline[n]))
        self._index = next(before, index)
        return True

    def _doubtful(self, index: int, _: str) -> bool:
        return self._go_if(self._document.next_doubtful(index + 1), "No pair is doubtful.")

    def _doubtful_back(self, index: int, _: str) -> bool:
        return self._go_if(self._document.previous_doubtful(index), "No pair is doubtful.")

    def _warning(self, index: int, _: str) -> bool:
        return self._go_if(self._document.next_flawed(index + 1), "No check finds anything.")

    def _go_if(self, index: int | None, otherwise: str) -> bool:
        if index is None:
            self._talk.say(otherwise)
            return False
        return self._go(index)

    def _search(self, index: int, typed: str) -> bool:
        """Words, or a regular expression between slashes."""
        words = typed or self._talk.ask("search: ") or ""
        is_regex = len(words) > 2 and words.endswith("/")
        self._found = self._document.search(
            Sought(words[:-1].removeprefix("/") if is_regex else words, is_regex=is_regex)
        )
        if not self._found:
            raise TmtoolError("it is not found in this document")
        self._talk.say(f"Found in {plural(len(self._found), 'pair')}; y goes to the next.")
        return self._go(next((row for row in self._found if row >= index), self._found[0]))

    def _found_next(self, index: int, _: str) -> bool:
        after = [row for row in self._found if row > index] or self._found[:1]
        return self._go_if(after[0] if after else None, "Nothing was searched for.")

    def _found_back(self, index: int, _: str) -> bool:
        before = [row for row in self._found if row < index] or self._found[-1:]
        return self._go_if(before[-1] if before else None, "Nothing was searched for.")

    def _filter(self, index: int, typed: str) -> bool:
        """List some of the pairs; next and previous then go from one of them to the other."""
        kind, _, argument = typed.partition(" ")
        kind = kind or "all"
        if kind == "warnings":
            fits = self._flawed_by(argument.strip())
        elif kind == "below":
            fits = less_sure_than(fraction(argument))
        else:
            fits = _kind(typed or "all")
        outline = self._document.outline
        shown = [row for row, entry in enumerate(outline) if fits(entry)]
        if not shown:
            raise TmtoolError("there is no such pair", hint="f all lists all of them")
        _list(self._talk, self._document, self._memory, shown)
        if kind != "all":
            self._talk.say(f"{plural(len(shown), 'pair')}. Enter goes to the next; f all ends it.")
        self._fits = fits
        if not fits(outline[index]):
            self._index = next((row for row in shown if row > index), shown[0])
            return True
        return False

    def _flawed_by(self, check: str) -> Kind:
        """Whether a check doubts a pair, any if none is named."""
        if check not in ("", *CHECKS):
            raise TmtoolError(f"there is no check {check!r}", hint="tmtool check --list names them")
        flawed = {
            self._document.outline[index].id
            for index, found in self._document.judged()
            if any(check in ("", finding.check) for finding in found)
        }
        return lambda entry: entry.id in flawed

    # The rest

    def _undo(self, index: int, _: str) -> bool:
        number = None
        stays = self._document.passed_over
        while True:
            try:
                undo = partial(self._document.undo, number, near=index)
                is_done = self._travel(undo, "Undone", "nothing to undo")
                if is_done and stays and number is None:
                    self._talk.say(f"This stays: {stays}.")
                return is_done
            except OvertakenError as error:
                if not self._talk.is_typed:
                    raise
                self._document.refresh()
                answer = self._talk.ask(f"{error.message}. Take that back? [y/n] ") or ""
                if answer.strip() not in _YES:
                    return True
                number = error.number

    def _redo(self, index: int, _: str) -> bool:
        redo = partial(self._document.redo, near=index)
        return self._travel(redo, "Done again", "nothing to do again")

    def _travel(
        self, move: Callable[[], tuple[str, int] | None], said: str, otherwise: str
    ) -> bool:
        moved = move()
        if moved is None:
            self._talk.say(f"There is {otherwise} in this document.")
            return False
        self._talk.say(f"{said}: {moved[0]}.")
        return self._go(max(0, moved[1])) if self._document.units else True

    def _statistics(self, _: int, __: str) -> bool:
        self._talk.say(summary(self._document))
        for state, words in self._document.words.items():
            self._talk.say(f"  {state}: {plural(words, 'word')}")
        for low, count in self._document.confidences.items():
            if count:
                self._talk.say(f"  {low} to {low + 10} % sure: {plural(count, 'pair')}")
        self._talk.say(f"  open: {plural(self._document.untranslated_count, 'pair')}")
        return False

    def _help(self, _: int, __: str) -> bool:
        for command in LINE_COMMANDS:
            letters = " ".join(filter(None, command.letters.split(",")[:2]))
            about = f"{command.title}. {command.help}".rstrip(" .")
            head = f"{letters:4} {_ARGUMENTS.get(command.name, ''):13} "
            self._talk.say(about, indent=head)
        self._talk.say(
            f"KIND: {', '.join(STATES)}, doubtful, open, notes, below PERCENT, warnings, "
            "warnings CHECK or all. A search /…/ is an expression. A number goes to that pair, "
            "Enter to the next. # before a match: its numbers were replaced. All is saved at once."
        )
        return False

    def _quit(self, _: int, __: str) -> bool:
        self._index = None
        return False


def say_terms(talk: Conversation, document: Document, unit: TranslationUnit) -> None:
    """The terms of the glossary in a source, with how they are to be translated."""
    for term, translations in document.terms(unit).items():
        talk.say(f"{term} → {' or '.join(translations)}", indent="  term: ")


def _number(typed: str) -> int:
    """The number that was typed, 0 if it is none."""
    return int(typed) if typed.strip().isdecimal() and len(typed) < 9 else 0


def _side(typed: str) -> Side | None:
    """The side that a word names, both where it is empty."""
    for side in get_args(Side):
        if typed == side:
            return side  # type: ignore[no-any-return]
    if typed:
        raise TmtoolError(f"{typed!r} is no side", hint="source or target, or nothing for both")
    return None


def _split(talk: Conversation, document: Document, index: int) -> None:
    """Ask where the second part begins on each side, and cut there."""
    unit = document.units[index]
    places = []
    for variant, starts in zip((unit.source, unit.target), document.breaks(index), strict=True):
        text = variant.text
        for number, start in enumerate(starts, 1):
            talk.say(text[start:], indent=f"  {number}  ")
        typed = talk.ask(f"{variant.language}, second part (number or first words; Enter: none): ")
        if typed is None:
            return
        places.append(_place(text, starts, clean(typed)))
    document.split(index, *places)


def _place(text: str, starts: list[int], typed: str) -> int:
    """The offset that a number or the first words of the second part mean."""
    if not typed:
        return len(text)
    if typed.isdecimal() and 1 <= int(typed) <= len(starts):
        return starts[int(typed) - 1]
    found = [match.start() for match in re.finditer(re.escape(typed), text, re.IGNORECASE)]
    if not found:
        raise TmtoolError(f"the text does not hold {typed!r}", hint="type its words as they stand")
    if len(found) > 1:
        raise TmtoolError(f"the text holds {typed!r} more than once", hint="type more words")
    return found[0]


def _list(talk: Conversation, document: Document, memory: Memory, rows: Iterable[int]) -> None:
    """List pairs of a document."""
    drafted = memory.drafted()
    for row in rows:
        unit = document.units[row]
        head = f"{row + 1:4}  {_standing(unit, drafted):24}  "
        talk.say_row(head, unit.source.text, unit.target.text)


def _kind(name: str) -> Kind:
    """What tells the pairs of a kind by its name; raises ``TmtoolError`` if there is none."""
    known = {"all": _is_any} | kinds()
    if name not in known:
        hint = f"there are {', '.join(known)}, warnings, warnings CHECK and below PERCENT"
        raise TmtoolError(f"{name!r} is no kind of pair", hint=hint)
    return known[name]


def _is_any(_: Entry) -> bool:
    return True


def _standing(unit: TranslationUnit, drafted: Collection[str]) -> str:
    """State and confidence of a pair in words and figures, and whether there is a draft of it."""
    glyph, word = confidence(unit.entry)
    figure = "" if unit.score is None or glyph == "∅" else percentage(unit.score)
    words = [f"{unit.state:10}", f"{figure:>4}"]
    if glyph not in ("", "="):
        words.append(word)
    if unit.id in drafted:
        words.append("… draft")
    return " ".join(words).rstrip()
