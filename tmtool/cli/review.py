"""The command review, in plain lines: pairs are listed, then looked at one by one."""

from __future__ import annotations

import re

import click

from tmtool.cli import Shared
from tmtool.cli.common import (
    languages,
    open_memory,
    pass_shared,
    plural,
    screen_options,
    show_screen,
)
from tmtool.cli.lines import Conversation, command_named
from tmtool.document import Document
from tmtool.errors import ConflictError, TmtoolError
from tmtool.model import STATES, TranslationUnit
from tmtool.text import clean

# A command and what it is called by: the letters of one key on a Latin and a Cyrillic keyboard.
COMMANDS = {
    "approve": ("a", "ф"),
    "reject": ("x", "ч"),
    "edit": ("e", "у"),
    "merge": ("m", "ь"),
    "split": ("s", "ы"),
    "doubtful": ("n", "т"),
    "realign": ("r", "к"),
    "undo": ("u", "г"),
    "list": ("l", "д"),
    "next": ("j", "о", ""),
    "back": ("k", "л"),
    "quit": ("q", "й"),
    "help": ("h", "р", "?"),
}

HELP = """\
a  approve   the pair is right; go to the next
x  reject    the pair is wrong: kept, but left out of matches and exports
e  edit      correct the translation; 'e TEXT' sets it at once
m  merge     join this pair with the next one
s  split     cut this pair in two
n  doubtful  go to the next pair that a person should look at
r  realign   pair anew what nobody confirmed, around what somebody did
u  undo      take back the last change; again for the one before it
l  list      list all pairs
j  next      go on without a change; so does Enter
k  back      go to the pair before; a number goes to that pair
q  quit      stop; so does Ctrl-D
?  help      this list
The keys work on a Cyrillic layout too: ф ч у ь ы т к г д о л й. Every change is saved at once."""

LISTED_AT_START = 200
"""Longer documents are listed only when asked for."""


@click.command("review")
@click.argument("document", metavar="[DOCUMENT]", required=False)
@languages(source=None, target_required=False)
@screen_options
@pass_shared
def review_command(
    shared: Shared,
    document: str | None,
    source: str | None,
    target: str | None,
    plain: bool,
    light: bool,
) -> None:
    """Look over the pairs of a document.

    Opens a full-screen app, F1 lists its keys; DOCUMENT may be left out where the memory
    holds but one. With --plain, in a small or dumb terminal or in a pipe it lists the pairs
    with number, state and confidence, then asks what to do with each, from the first that a
    person should look at. Commands may be piped in, one a line; the first that fails ends
    the review.
    """
    with open_memory(shared) as memory:
        found = Document.find(memory, document, source, target)
        if not show_screen(found, memory, translating=False, plain=plain, light=light):
            _converse(found)


def _converse(document: Document) -> None:
    """Ask what to do with pair after pair, until there is no more input or enough."""
    talk = Conversation()
    talk.say(_summary(document), strong=True)
    if len(document.units) <= LISTED_AT_START:
        _list(talk, document)
    if talk.is_typed:
        talk.say("Type ? for help.")
    index: int | None = document.next_doubtful() or 0
    while index is not None:
        _show(talk, document, index)
        index = _ask(talk, document, index)
    talk.say(f"Saved. {_summary(document)}")


def _ask(talk: Conversation, document: Document, index: int) -> int | None:
    """Obey commands on one pair; the pair to show next, ``None`` to stop."""
    while True:
        line = talk.ask("[a,x,e,m,s,n,r,u,l,q,?] ")
        if line is None:
            return None
        word, _, argument = line.strip().partition(" ")
        try:
            if word.isdecimal() and len(word) < 10:
                return _numbered(document, int(word))
            match command_named(word, COMMANDS):
                case "approve":
                    document.approve(index)
                    return _following(talk, document, index)
                case "reject":
                    document.reject(index)
                    return _following(talk, document, index)
                case "edit":
                    text = argument or talk.ask("new: ", document.units[index].target.text)
                    if text is not None:
                        document.edit(index, text)
                    return index
                case "merge":
                    document.merge(index)
                    return index
                case "split":
                    _split(talk, document, index)
                    return index
                case "doubtful":
                    doubtful = document.next_doubtful(index + 1)
                    if doubtful is not None:
                        return doubtful
                    talk.say("No pair is doubtful.")
                case "realign":
                    changed = document.realign()
                    talk.say(
                        f"{plural(changed, 'pair')} changed. {_summary(document)}"
                        if changed
                        else "Nothing changed."
                    )
                    return document.next_doubtful(index) or min(index, len(document.units) - 1)
                case "undo":
                    undone = document.undo()
                    if undone is not None:
                        talk.say(f"Undone: {undone[0]}.")
                        return undone[1]
                    talk.say("There is nothing to undo in this document.")
                case "list":
                    _list(talk, document)
                case "next":
                    return _following(talk, document, index)
                case "back":
                    return max(0, index - 1)
                case "quit":
                    return None
                case "help":
                    for row in HELP.splitlines():
                        talk.say_row(row)
                case _:
                    raise TmtoolError(f"there is no command {word!r}", hint="? lists them")
        except ConflictError as error:
            document.refresh()
            talk.complain(error)
            return min(index, len(document.units) - 1) if document.units else None
        except TmtoolError as error:
            talk.complain(error)


def _following(talk: Conversation, document: Document, index: int) -> int:
    if index + 1 < len(document.units):
        return index + 1
    talk.say("That was the last pair; n goes to a doubtful one, q stops.")
    return index


def _numbered(document: Document, number: int) -> int:
    if 1 <= number <= len(document.units):
        return number - 1
    raise TmtoolError(
        f"there is no pair {number}", hint=f"they are numbered from 1 to {len(document.units)}"
    )


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


def _summary(document: Document) -> str:
    source, target = document.languages
    states = document.states
    figures = [f"{states[state]} {state}" for state in STATES if state in states]
    return (
        f"{document.name} ({source} to {target}): {plural(len(document.units), 'pair')}, "
        f"{', '.join(figures)}; {document.doubtful_count} doubtful."
    )


def _list(talk: Conversation, document: Document) -> None:
    for number, unit in enumerate(document.units, 1):
        talk.say_row(f"{number:4}  {_standing(unit):24}  ", unit.source.text, unit.target.text)


def _show(talk: Conversation, document: Document, index: int) -> None:
    unit = document.units[index]
    source, target = document.languages
    talk.say()
    talk.say(f"{index + 1}/{len(document.units)}  {_standing(unit)}", strong=True)
    talk.say(unit.source.text or "(nothing)", indent=f"  {source}: ")
    talk.say(unit.target.text or "(nothing)", indent=f"  {target}: ")


def _standing(unit: TranslationUnit) -> str:
    """State and confidence of a pair in words and figures."""
    words = [f"{unit.state:10}"]
    words.append("    " if unit.score is None else f"{int(100 * unit.score):3}%")
    if unit.entry.is_doubtful:
        words.append("doubtful")
    return " ".join(words).rstrip()
