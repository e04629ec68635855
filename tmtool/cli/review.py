"""The command review: the full-screen app, or the same commands in plain lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import get_args

import click

from tmtool.cli import Shared, configured_styles
from tmtool.cli.common import (
    languages,
    open_memory,
    pass_shared,
    plural,
    screen_options,
    show_screen,
    summary,
)
from tmtool.cli.lines import Conversation
from tmtool.document import Document, expression
from tmtool.errors import ConflictError, TmtoolError
from tmtool.memory import Memory
from tmtool.model import STATES, Entry, TranslationUnit
from tmtool.regroup import Side
from tmtool.text import clean
from tmtool.tui.commands import BY_NAME, Command

OF_THE_SCREEN = ("side_left", "side_right", "page_down", "page_up", "first", "last", "back")
"""Commands of the app that lines do in another way: with a word, or with a number."""

LINE_COMMANDS = tuple(command for name, command in BY_NAME.items() if name not in OF_THE_SCREEN)

_ARGUMENTS = {
    "edit": "TEXT",
    "edit_source": "TEXT",
    "note": "TEXT",
    "approve_sure": "PERCENT",
    "dismiss": "NUMBER|all|back",
    "merge": "source|target",
    "merge_back": "source|target",
    "shift_down": "source|target",
    "shift_up": "source|target",
    "insert": "NUMBER",
    "concordance": "WORDS",
    "search": "WORDS",
    "filter": "STATE|doubtful|open|notes|all",
    "go_to": "NUMBER",
}
"""What may follow a command on its line."""

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
        _list(talk, document, "all")
    if talk.is_typed:
        talk.say("Type ? for help.")
    if document.units:
        _Review(talk, document, memory).run()
    talk.say(f"Saved. {summary(document)}")


def _named(word: str) -> Command | None:
    """The command that a word means: its name, or one of its letters."""
    name = word.casefold().replace("-", "_")
    name = {"next": "down", "": "down", "back": "up", "list": "filter"}.get(name, name)
    for command in LINE_COMMANDS:
        if command.name == name or (word and word in command.letters.split(",")):
            return command
    return None


class _Review:
    """A review in lines; what a command does is the method of its name."""

    def __init__(self, talk: Conversation, document: Document, memory: Memory) -> None:
        self._talk = talk
        self._document = document
        self._memory = memory
        self._index = document.next_doubtful()
        if self._index is None:
            if document.is_queue:
                talk.say(_NOTHING_LEFT)
            else:
                self._index = 0
        self._found: list[int] = []

    def run(self) -> None:
        """Show the current pair and obey, until there is none."""
        shown: int | None = None
        while self._index is not None:
            if shown != self._index:
                self._show()
            shown = self._index
            line = self._talk.ask("[a,x,e,m,s,n,r,u,f,q,?] ")
            if line is None:
                return
            if self._obey(line.strip()):
                shown = None

    def _obey(self, line: str) -> bool:
        """Do what a line says; whether the pair shall be shown again."""
        word, _, argument = line.partition(" ")
        if word[:1] == "/":
            word, argument = "/", line[1:].strip()
        try:
            if word.isdecimal():
                return self._go_to(word)
            command = _named(word)
            if command is None:
                raise TmtoolError(f"there is no command {word!r}", hint="? lists them")
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

    def _go_to(self, typed: str) -> bool:
        count = len(self._document.units)
        if not typed.isdecimal() or len(typed) > 9 or not 1 <= int(typed) <= count:
            hint = f"they are numbered from 1 to {count}"
            raise TmtoolError(f"there is no pair {typed}", hint=hint)
        self._index = int(typed) - 1
        return True

    def _show(self) -> None:
        """The current pair, with what a check doubts and what was noted."""
        assert self._index is not None
        unit = self._document.units[self._index]
        source, target = self._document.languages
        count = len(self._document.units)
        self._talk.say()
        self._talk.say(f"{self._index + 1}/{count}  {_standing(unit)}", strong=True)
        self._talk.say(unit.source.text or "(nothing)", indent=f"  {source}: ")
        self._talk.say(unit.target.text or "(nothing)", indent=f"  {target}: ")
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
        text = typed or self._talk.ask("new: ", self._document.units[index].target.text)
        if text is not None:
            self._document.edit(index, text)
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
        if not percent.isdecimal() or int(percent) > 100:
            raise TmtoolError(f"{percent!r} is no percentage", hint="give a number from 0 to 100")
        least = int(percent) / 100
        count = self._document.approve_above(least, dry_run=True)
        question = f"{plural(count, 'pair')} at least {percent}% sure; approve them? [y/n] "
        if count and (self._talk.ask(question) or "").strip() in ("y", "yes", "н", "иә"):
            self._document.approve_above(least)
            self._talk.say(f"{plural(count, 'pair')} approved. {summary(self._document)}")
        elif not count:
            self._talk.say("No open pair is so sure.")
        return True

    # Where text belongs

    def _merge(self, index: int, typed: str) -> bool:
        self._document.merge(index, _side(typed))
        return True

    def _merge_back(self, index: int, typed: str) -> bool:
        if not index:
            raise TmtoolError("this is the first pair", hint="merge it with the next one")
        self._document.merge(index - 1, _side(typed))
        self._index = index - 1
        return True

    def _split(self, index: int, _: str) -> bool:
        _split(self._talk, self._document, index)
        return True

    def _shift_down(self, index: int, typed: str) -> bool:
        self._document.shift_down(index, _side(typed) or "target")
        return True

    def _shift_up(self, index: int, typed: str) -> bool:
        self._document.shift_up(index, _side(typed) or "target")
        self._index = min(index, len(self._document.units) - 1)
        return True

    def _unpair(self, index: int, _: str) -> bool:
        self._document.unpair(index)
        return True

    def _swap(self, index: int, _: str) -> bool:
        self._document.swap(index)
        return True

    def _realign(self, index: int, _: str) -> bool:
        changed = self._document.realign()
        if changed:
            self._talk.say(f"{plural(changed, 'pair')} changed. {summary(self._document)}")
        else:
            self._talk.say("Nothing changed.")
        doubtful = self._document.next_doubtful(index)
        self._index = min(index, len(self._document.units) - 1) if doubtful is None else doubtful
        return True

    # What a translator needs

    def _skip(self, index: int, _: str) -> bool:
        return self._go_if(self._document.next_open(index + 1), "No open pair follows.")

    def _copy_source(self, index: int, _: str) -> bool:
        self._document.edit(index, self._document.units[index].source.text)
        return True

    def _insert(self, index: int, typed: str) -> bool:
        matches = self._document.matches(index, limit=5)
        if typed.isdecimal() and 1 <= int(typed) <= len(matches):
            self._document.edit(index, matches[int(typed) - 1].unit.target.text)
            return True
        for number, match in enumerate(matches, 1):
            self._talk.say(match.unit.target.text, indent=f"  match {number}, {match.percent} %: ")
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
        if index + 1 < len(self._document.units):
            self._index = index + 1
        else:
            self._talk.say("That was the last pair; n goes to a doubtful one, q stops.")
        return True

    def _up(self, index: int, _: str) -> bool:
        self._index = max(0, index - 1)
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
        self._index = index
        return True

    def _search(self, index: int, typed: str) -> bool:
        """Words, or a regular expression between slashes."""
        words = typed or self._talk.ask("search: ") or ""
        is_regex = len(words) > 2 and words.endswith("/")
        self._found = self._document.search(
            expression(words[:-1] if is_regex else words, is_regex=is_regex)
        )
        if not self._found:
            raise TmtoolError("it is not found in this document")
        self._talk.say(f"Found in {plural(len(self._found), 'pair')}; y goes to the next.")
        self._index = next((row for row in self._found if row >= index), self._found[0])
        return True

    def _found_next(self, index: int, _: str) -> bool:
        after = [row for row in self._found if row > index] or self._found[:1]
        return self._go_if(after[0] if after else None, "Nothing was searched for.")

    def _found_back(self, index: int, _: str) -> bool:
        before = [row for row in self._found if row < index] or self._found[-1:]
        return self._go_if(before[-1] if before else None, "Nothing was searched for.")

    def _filter(self, _: int, typed: str) -> bool:
        _list(self._talk, self._document, typed or "all")
        return False

    # The rest

    def _undo(self, _: int, __: str) -> bool:
        return self._travel(self._document.undo, "Undone", "nothing to undo")

    def _redo(self, _: int, __: str) -> bool:
        return self._travel(self._document.redo, "Done again", "nothing to do again")

    def _travel(
        self, move: Callable[[], tuple[str, int] | None], said: str, otherwise: str
    ) -> bool:
        moved = move()
        if moved is None:
            self._talk.say(f"There is {otherwise} in this document.")
            return False
        self._talk.say(f"{said}: {moved[0]}.")
        self._index = max(0, moved[1])
        return True

    def _statistics(self, _: int, __: str) -> bool:
        self._talk.say(summary(self._document))
        for state, words in self._document.words.items():
            self._talk.say(f"  {state}: {plural(words, 'word')}")
        return False

    def _help(self, _: int, __: str) -> bool:
        for command in LINE_COMMANDS:
            letters = " ".join(filter(None, command.letters.split(",")[:2]))
            about = f"{command.title}. {command.help}".rstrip(" .")
            self._talk.say_row(f"{letters:4} {_ARGUMENTS.get(command.name, ''):14} {about}")
        self._talk.say_row("A number goes to that pair, Enter to the next. All is saved at once.")
        return False

    def _quit(self, _: int, __: str) -> bool:
        self._index = None
        return False


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


def _list(talk: Conversation, document: Document, which: str) -> None:
    """List the pairs in a state, or those that wait for somebody."""
    fits: dict[str, Callable[[Entry], bool]] = {
        "all": lambda entry: True,
        "doubtful": lambda entry: entry.is_doubtful,
        "open": lambda entry: entry.is_open,
        "notes": lambda entry: entry.has_notes,
    }
    fits |= {state: partial(_is_in, state) for state in STATES}
    if which not in fits:
        hint = f"there are {', '.join(fits)}"
        raise TmtoolError(f"{which!r} is no kind of pair", hint=hint)
    for number, entry in enumerate(document.outline, 1):
        if fits[which](entry):
            unit = document.units[number - 1]
            talk.say_row(f"{number:4}  {_standing(unit):24}  ", unit.source.text, unit.target.text)


def _is_in(state: str, entry: Entry) -> bool:
    return entry.state == state


def _standing(unit: TranslationUnit) -> str:
    """State and confidence of a pair in words and figures."""
    words = [f"{unit.state:10}"]
    words.append("    " if unit.score is None else f"{int(100 * unit.score):3}%")
    if unit.entry.is_doubtful:
        words.append("doubtful")
    return " ".join(words).rstrip()
