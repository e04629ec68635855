"""The command translate: translations typed sentence by sentence, or taken from a file."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from functools import partial

import click

from tmtool.cli import Shared, configured_styles
from tmtool.cli.common import (
    Texts,
    document_name,
    document_option,
    kept_of,
    languages,
    open_memory,
    screen_options,
    show_screen,
    text_options,
)
from tmtool.cli.lines import Conversation, command_named, keep_draft
from tmtool.cli.review import Review, say_terms
from tmtool.document import Document
from tmtool.errors import InputError, MismatchError, TmtoolError
from tmtool.memory import Memory
from tmtool.model import EXACT, Bead, Segment, TranslationUnit
from tmtool.reading import document_props
from tmtool.signs import proposed
from tmtool.text import plural

# A command and what it is called by: the letters of one key on a Latin and a Cyrillic keyboard.
COMMANDS = {
    "skip": ("s", "ы"),
    "back": ("b", "и"),
    "copy": ("c", "с"),
    "match": ("m", "ь"),
    "list": ("l", "д"),
    "quit": ("q", "й"),
    "help": ("h", "р", "?"),
}
_COMMAND = re.compile(r":[\w?]")  # so ":)" is text
_F_KEYS = {1: ":help", 2: ":skip", 3: ":back", 4: ":copy", 5: ":match", 6: ":list", 10: ":quit"}

HELP = (
    ("Enter           ", "confirm the translation on the line"),
    (":s  :skip   F2  ", "leave the sentence open and go to the next"),
    (":b  :back   F3  ", "go back to the sentence before"),
    (":c  :copy   F4  ", "start from the source text"),
    (
        ":m  :match  F5  ",
        "start from the best match (# has numbers replaced); :m 2 from the second",
    ),
    (":l  :list   F6  ", "go to the list: all that 'tmtool review' can do; q leads back"),
    (":q  :quit  F10  ", "stop; so does Ctrl-D"),
    (":h  :help   F1  ", "this list"),
    ("", "The letters work on a Cyrillic layout too: :ы :и :с :ь :д :й :р."),
    (
        "",
        "A command is all that you type: on an empty line, or behind the text that stood on it. "
        "Text of yours may end as it likes; where it begins with a colon, type two.",
    ),
)


@click.command("translate")
@click.argument("file", metavar="FILE")
@languages()
@click.option(
    "--from", "given", metavar="FILE|-", help="Take the translations from a file or a pipe."
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["lines", "text"]),
    help="What --from holds: one translation a line, or a running text.  [default: lines, if "
    "there are as many as sentences]",
)
@document_option
@screen_options
@text_options
def translate_command(
    shared: Shared,
    texts: Texts,
    file: str,
    source: str,
    target: str,
    given: str | None,
    form: str | None,
    document: str | None,
    plain: bool,
    light: bool,
) -> None:
    """Enter translations of a text, sentence by sentence.

    Opens a full-screen app, F1 lists its keys. With --plain, or in a small or dumb terminal,
    it shows each sentence that has no translation yet, with what came before and what the
    memory holds for it. What you confirm is saved before the next sentence appears; the
    same command goes on where you stopped. With --from the translations come from a file:
    one a line (an empty line leaves its sentence open), or a running text, which is aligned.
    They replace what pretranslate proposed in doubt, and nothing that may be a person's.
    """
    if given is None and not sys.stdin.isatty():
        raise click.UsageError("Translations are typed at a terminal; pipe them with '--from -'.")
    if given == file == "-":
        raise click.UsageError("The text and its translations cannot both be standard input.")
    text = texts.read(file)
    segments = texts.segmenter(source).segment(text)
    props = document_props(text)
    name = document or document_name(file, source)
    beads: list[Bead] = []
    if given is not None:
        translation = texts.read(given)
        is_told = form is not None
        form = form or ("text" if _lines(translation, len(segments)) is None else "lines")
        if form == "lines":
            beads = _by_line(segments, translation, given)
        else:
            from tmtool.alignment import align, check_sides, trusted

            translated = texts.segmenters((source, target))[1].segment(translation)
            lines = f"it holds {_held(translation)} lines, not one for each sentence"
            try:
                check_sides(segments, translated, (source, target))
                beads, doubt = trusted(align(segments, translated), segments, translated)
            except MismatchError as error:
                if is_told:
                    raise
                raise MismatchError(f"{given}: {error.message}; {lines}", hint=error.hint) from None
            if doubt and not is_told:
                raise MismatchError(
                    f"{given}: {doubt}; {lines}",
                    hint="say '--as text' to have them aligned all the same",
                )
            if doubt:
                shared.say(f"note: {doubt}")
    with open_memory(shared, create=True) as memory:
        pairs = Document.of(memory, name, source, target)
        pairs.styles = configured_styles()
        if given is None:
            pairs.extend(segments, props)
            if not show_screen(pairs, memory, translating=True, plain=plain, light=light):
                _converse(pairs, memory)
            return
        filled = pairs.fill(beads, props, aligned=form == "text")
        how = "aligned as a running text" if form == "text" else "one translation a line"
        shared.say(f"{name}: {plural(filled.taken, 'pair')} added, {how}{kept_of(filled)}")


def _lines(text: str, count: int) -> list[str] | None:
    """The lines of a text if there are so many, blank ones counted or else left out."""
    lines = [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")]
    if len(lines) != count:
        lines = [line for line in lines if line.strip()]
    return lines if len(lines) == count else None


def _held(text: str) -> int:
    """How many lines of a text hold something."""
    return sum(bool(line.strip()) for line in text.splitlines())


def _by_line(segments: list[Segment], text: str, path: str) -> list[Bead]:
    """A bead for each sentence and the line that translates it."""
    lines = _lines(text, len(segments))
    if lines is None:
        raise InputError(
            f"holds {_held(text)} translations for {len(segments)} sentences",
            path=path,
            hint="write one a line, or say '--as text' to have them aligned",
        )
    return [
        Bead((segment,), (Segment(line.strip(), 0, len(line), 0),) if line.strip() else (), 1.0)
        for segment, line in zip(segments, lines, strict=True)
    ]


def _converse(document: Document, memory: Memory) -> None:
    """Ask for the translation of every open sentence."""
    talk = Conversation(_F_KEYS)
    index = _beginning(document, memory)
    total = len(document.units)
    source_language, target_language = document.languages
    if index is None:
        talk.say(f"{document.name}: all of {plural(total, 'sentence')} are translated.")
        return
    opened = document.open_count
    talk.say(
        f"{document.name}: {plural(opened, 'sentence')} of {total} to translate "
        f"from {source_language} to {target_language}. Type :h for help."
    )
    prompt = f"{target_language}> "
    hint: str | None = None
    while index is not None and index < len(document.units):
        unit = document.units[index]
        matches = document.matches(index)
        if hint is None:
            with suppress(TmtoolError):
                memory.keep_place(document.key, unit.id)
            _show(talk, document, index)
            for number, match in enumerate(matches, 1):
                talk.say(
                    proposed(match)
                    + ("" if match.percent >= EXACT else f"  ({match.unit.source.text})"),
                    indent=f"  match {number}, {match.percent} %: ",
                )
            exact = matches and matches[0].percent >= EXACT
            hint = unit.target.text or (matches[0].target if exact else "")
            hint = memory.draft(unit) or hint
        typed = talk.ask(prompt, hint, partial(_keep_draft, memory, unit))
        if typed is None:
            break
        # What was typed behind the text that stood on the line may be a command: that text stays.
        behind = typed.removeprefix(hint).strip() if hint else ""
        if behind[:1] == ":" and command_named(behind[1:].partition(" ")[0], COMMANDS):
            typed = behind
            _keep_draft(memory, unit, hint)
        elif typed.strip() == "?":
            typed = ":help"
        if not _COMMAND.match(typed):
            if not typed.strip():
                talk.say("Nothing was typed; :s leaves the sentence open.")
                continue
            try:
                document.translate(index, typed.removeprefix(":") if typed[:2] == "::" else typed)
            except TmtoolError as error:
                talk.complain(error)
                document.refresh()
                held = document.units[index] if index < len(document.units) else unit
                if held != unit:
                    talk.say(held.source.text, indent="  in the memory now: ")
                    talk.say(held.target.text or "(nothing)", indent="  translated as:     ")
                hint = typed
                continue
            memory.keep_draft(unit, None)
            for finding in document.flaws(document.units[index]):
                talk.say(finding.message, indent="  warning: ")
            index, hint = document.next_open(index + 1), None
            continue
        word, _, argument = typed[1:].strip().partition(" ")
        match command_named(word, COMMANDS):
            case "skip":
                index, hint = document.next_open(index + 1), None
            case "back":
                before = [n for n in range(index) if document.units[n].source.text]
                if before:
                    index, hint = before[-1], None
                else:
                    talk.say("This is the first sentence.")
            case "copy":
                hint = unit.source.text
            case "match":
                chosen = int(argument) if argument in ("2", "3") else 1
                if 1 <= chosen <= len(matches):
                    hint = matches[chosen - 1].target
                else:
                    talk.say("There is no such match.")
            case "list":
                Review(talk, document, memory, index).run()
                document.refresh()
                now_at = document.index_of(unit.id)
                index, hint = _from(document, index if now_at is None else now_at), None
            case "quit":
                break
            case "help":
                for keys, about in HELP:
                    talk.say(about, indent=keys)
            case _:
                talk.say(f"There is no command :{word}; :h lists them.")
                hint = typed
    left = document.open_count
    talk.say(
        f"Saved. {plural(left, 'sentence')} still open; the same command goes on there."
        if left
        else f"Saved. All of {plural(total, 'sentence')} are translated."
    )


def _beginning(document: Document, memory: Memory) -> int | None:
    """Where this person stopped if there is work left, else the first open sentence."""
    place = memory.place(document.key)
    held = document.index_of(place) if place else None
    if held is not None and document.open_count and memory.draft(document.units[held]) is not None:
        return held
    return _from(document, held or 0)


def _from(document: Document, index: int) -> int | None:
    """The next open sentence from one on, then from the top."""
    following = document.next_open(index)
    return document.next_open() if following is None else following


def _keep_draft(memory: Memory, unit: TranslationUnit, typed: str) -> None:
    if not _COMMAND.match(typed):
        keep_draft(memory, unit, typed if typed != unit.target.text else None)


def _show(talk: Conversation, document: Document, index: int) -> None:
    """A sentence with the one before it."""
    unit = document.units[index]
    talk.say()
    talk.say(f"{index + 1}/{len(document.units)}")
    if index:
        before = document.units[index - 1]
        talk.say(before.source.text, indent="  before: ")
        if before.target.text:
            talk.say(before.target.text, indent="          ")
    talk.say(unit.source.text, indent=f"{unit.source.language}: ", strong=True)
    say_terms(talk, document, unit)
