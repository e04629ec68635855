"""The workbench: the list of a document's pairs, the memory's matches, the editor.

How they hang together is here: where keys go, how the editor is opened, left and confirmed, what
is asked of the memory beside. What each command does is in :mod:`tmtool.tui.actions`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tmtool.document import Document, matches_of
from tmtool.errors import (
    ConflictError,
    DisconnectedError,
    OvertakenError,
    StoreError,
    TmtoolError,
)
from tmtool.memory import Memory
from tmtool.model import Entry, Match, TranslationUnit, Variant
from tmtool.text import display_safe, plural
from tmtool.tui.commands import Command
from tmtool.tui.pairs import PairList
from tmtool.tui.panes import Editor, Figures, Keys, Matches
from tmtool.tui.screens import Choice

_ROOMY = 28  # lines from which the memory has a pane and not a line
_DRAFT = 0.9  # seconds after which what is typed is kept as a draft
_DEAF = 1.0  # seconds after the editor could not be opened
_PAUSE = 0.12  # seconds of rest after which the memory is asked
_LOOK = 1.0  # seconds between looks at what others do
_TURN = 0.005  # seconds of work between two looks at the keys
_BREATH = 0.002  # seconds for these
_HARMLESS = ("up", "down", "page_up", "page_down", "first", "last", "quit")
"""Commands that can be given while another one is at work."""

_Answer = TypeVar("_Answer")
_Step = TypeVar("_Step")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to."""

    said: str
    fits: Callable[[Entry], bool]


def in_brief(steps: Iterator[_Step]) -> Iterator[_Step]:
    """The first steps of a work, as many as nobody waits for."""
    until = monotonic() + _TURN
    for step in steps:
        yield step
        if monotonic() > until:
            return


class Workbench(Screen[None]):
    """The list of a document's pairs, the memory, the editor."""

    DEFAULT_CSS = """
    Workbench { background: $background; }
    #heading { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    #heading { text-wrap: nowrap; text-overflow: ellipsis; }
    #heading, Editor { display: none; }
    Workbench.editing #heading, Workbench.editing Editor { display: block; }
    """

    def __init__(
        self,
        document: Document,
        memory: Memory,
        commands: Sequence[Command],
        *,
        translating: bool,
    ) -> None:
        super().__init__()
        self.document = document
        self.unanswered = 0  # questions that the memory is being asked
        self.lost = ""  # what was typed and could not be kept when the user left
        self._commands = commands
        self._list_keys = {key: c.name for c in commands for key in c.letters.split(",")}
        self._keys = {key: c.name for c in commands for key in c.keys.split(",")}
        self._memory = memory
        self._translating = translating
        self._pairs = PairList(document, document.flaws, self._key_in_list)
        self._editor = Editor(self._key_in_editor)
        self._filter: Filter | None = None
        self._edited: TranslationUnit | None = None  # what the editor holds, as it was
        self._edits_source = False
        self._is_warned = False  # that Esc gives up what was typed into the source
        self._deaf_until = 0.0  # for letters that were meant for the editor
        self._draft_timer: Timer | None = None
        self._pause: Timer | None = None
        self._matches: list[Match] = []
        self._matched = ("", "")  # id and source of the pair that they are of
        self._awaiting = ("", "")  # id and text of the pair that shall have the best one
        self._wanted: TranslationUnit | None = None  # to look for matches of
        self._is_looking = False
        self._inserted = 0  # the match that was inserted last, from 1
        self._saved = ""
        self._hits: list[int] | None = None  # where is what was searched for, if that is known
        self._flawed: set[str] = set()  # ids of the pairs that the check of a filter doubts
        self._flawed_by = ""  # its name, empty for all checks
        self._is_busy = False  # asking the user or the memory
        self._gives_up = False  # waiting for a long work
        self._types_latin: bool | None = None  # what the keyboard is set to, if that is known
        self._has_message = False
        self._trouble = ""  # why nothing can be saved

    # The screen

    def compose(self) -> ComposeResult:
        yield Figures(markup=False)
        yield self._pairs
        yield Matches()
        yield Static("", id="heading", markup=False)
        yield self._editor
        yield Keys(markup=False)

    def on_mount(self) -> None:
        self.app.app_resume_signal.subscribe(self, lambda _: self._pairs.redraw())
        self.set_interval(_LOOK, self._look_at_others)
        self._arrange()
        self._begin()

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Give the panes the room that the terminal has."""
        is_small = self.app.size.height < _ROOMY
        self.query_one(Matches).set_class(is_small, "small")
        self._editor.set_class(is_small, "small")
        self.call_after_refresh(self._tell)

    def _begin(self) -> None:
        """Go to where this person was, or to the first pair that wants work."""
        place = self._memory.place(self.document.key)
        index = self.document.index_of(place) if place else None
        if index is None or self.document.is_queue:
            wanted = self.document.next_open if self._translating else self.document.next_doubtful
            index = wanted()
        self._pairs.select(index or 0)
        self.set_focus(self._pairs)
        if self._translating and self.document.units:
            self._open_editor()

    def _tell(self) -> None:
        """Bring the lines around the list up to date."""
        if not self.is_mounted:
            return
        self.query_one(Figures).tell(
            self.document,
            translating=self._translating,
            saved=self._saved,
            shown=f"{self._filter.said}: {len(self._pairs.rows)}" if self._filter else "",
            trouble=self._trouble,
        )
        if not self._has_message:
            editing = self._edited is not None
            self.query_one(Keys).tell(self._commands, editing=editing, latin=self._types_latin)
        self._head()

    def _head(self, *, findings: bool = False) -> None:
        """What the editor is about, with ``findings`` what checks doubt in what is typed."""
        self.set_class(self._edited is not None, "editing")
        heading = ""
        if self._edited is not None:
            side = self._edited.source if self._edits_source else self._edited.target
            heading = f"{side.language}  pair {(self._pairs.index or 0) + 1}"
            if self._edits_source:
                heading += "  THE SOURCE TEXT"
            if self._edited.id in self._pairs.drafts:
                heading += "  draft kept"
            if findings and not self._edits_source:
                target = Variant.of(self._edited.target.language, self._editor.typed)
                found = self.document.flaws(replace(self._edited, target=target))
                heading += "".join(f"  ⚠ {finding.message}" for finding in found)
        self.query_one("#heading", Static).update(display_safe(heading))

    def _say(self, message: str, *, is_error: bool = False) -> None:
        """Show a message until the next key."""
        self._has_message = True
        self.query_one(Keys).say(message, is_error=is_error)
        if is_error:
            self.app.bell()

    # Keys

    def on_key(self, event: events.Key) -> None:
        if self.focused is None and self._key_in_list(event):
            event.stop()

    def _key_in_list(self, event: events.Key) -> bool:
        """Obey a key that the list was given, at once; whether it meant anything.

        What a key does is done before the next one is looked at. So letters that were typed
        fast, while the editor was being opened, are the editor's, and are no commands.
        """
        if self.app.screen is not self:
            return True
        self._learn_layout(event)
        if self._edited is not None:
            if not self._key_in_editor(event) and event.is_printable and event.character:
                self._editor.insert(event.character)
            return True
        if event.key == "escape":
            self._gives_up = self._is_busy
            self._pairs.choose_side(None)
            self._quiet()
            return True
        if event.is_printable and monotonic() < self._deaf_until:
            return True
        key = "enter" if event.key == "tab" else _key(event)
        return self._obey(self._list_keys.get(key) or self._keys.get(key))

    def _key_in_editor(self, event: events.Key) -> bool:
        """Obey a key that the editor was given, at once; whether it meant anything."""
        if self._edited is None:  # it was left meanwhile
            return self._key_in_list(event)
        self._learn_layout(event)
        if event.key == "enter":
            self._has_message = False
            with self._explained():
                self._confirm(self._edited, self._editor.typed)
        elif event.key in ("pageup", "pagedown"):
            return self._pairs.read_on(1 if event.key == "pagedown" else -1)
        elif event.key in ("escape", "tab"):
            self._has_message = False
            if self._edits_source and self._is_typed and not self._is_warned:
                self._say("the source text was changed: Enter keeps it, Esc again gives it up")
                self._is_warned = True
            else:
                self._close_editor()
        else:
            return self._obey(self._keys.get(_key(event)))
        return True

    def _learn_layout(self, event: events.Key) -> None:
        """Know from a letter what the keyboard is set to, for the line of keys."""
        if event.character and event.character.isalpha():
            self._types_latin = event.character.isascii()

    def _obey(self, command: str | None) -> bool:
        if command:
            self.action_command(command)
        return bool(command)

    @property
    def current(self) -> int | None:
        """The index of the current pair."""
        return self._pairs.index

    # Commands

    def action_command(self, name: str) -> None:
        """Do what a command of the table says, and tell of what went wrong."""
        self._has_message = False
        if self._is_busy and name not in _HARMLESS:
            self._say("one moment, please")
            return
        if not self.document.units and name not in ("help", "quit", "undo", "redo"):
            self._say("the document is empty")
            return
        with self._explained():
            if self._edits_source and name not in _HARMLESS:
                self._refuse_if_changed()  # the draft that is kept is one of the translation
            waiting = getattr(self, f"do_{name}")()
            if waiting is not None:
                self._wait_for(waiting)
        if not self._has_message:
            self._tell()

    def _wait_for(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Carry on with what has to ask somebody, while the screen lives on."""

        async def wait() -> None:
            try:
                with self._explained():
                    await waiting
            finally:
                self._is_busy = False

        self._is_busy = True
        self._gives_up = False
        self.run_worker(wait())

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Tell of what was refused, and go on."""
        try:
            yield
        except OvertakenError as error:
            self._reread()
            self._say(str(error), is_error=True)
        except ConflictError:
            self._reread()
            self._say("somebody else changed this meanwhile: look again", is_error=True)
        except TmtoolError as error:
            self._say(str(error), is_error=True)

    async def _beside(self, ask: Callable[[Memory], _Answer]) -> _Answer:
        """What the memory answers on a connection of its own, without delaying a key."""

        def answer() -> _Answer:
            memory = self._memory
            with memory.another() as other:
                return ask(other)

        self.unanswered += 1
        try:
            return await asyncio.to_thread(answer)
        finally:
            self.unanswered -= 1

    async def _at_leisure(self, steps: Iterator[_Step]) -> AsyncIterator[_Step]:
        """The steps of a long work, with time for keys between; Esc ends it with an error.

        What was said of it ends with it.
        """
        while True:
            done = 0
            for step in in_brief(steps):
                done += 1
                yield step
            if not done:
                self._quiet()
                return
            await asyncio.sleep(_BREATH)
            if self._gives_up:
                raise TmtoolError("stopped")

    def _quiet(self) -> None:
        """Show the keys again in the place of a message."""
        self._has_message = False
        self._tell()

    def _changed(self) -> None:
        """Show what an action did, now that it is on the disk."""
        self._saved = f"{datetime.now():%H:%M:%S}"
        self._hits = None
        self._apply_filter()
        self._tell()

    def _apply_filter(self, index: int | None = None) -> None:
        """Show the rows that the filter lets through; the cursor stays where it can."""
        at = self._pairs.index if index is None else index
        rows: Sequence[int] = range(len(self.document.units))
        if self._filter:
            outline, fits = self.document.outline, self._filter.fits
            rows = [row for row in rows if fits(outline[row])]
        self._pairs.show(rows, at)

    def _flaws_changed(self, index: int) -> None:
        """Have a pair leave the filter by a check once it is mended, or come back.

        One whose finding was dismissed stays, so that the same key can bring that back.
        """
        unit = self.document.units[index]
        found = [*self.document.flaws(unit), *self.document.dismissed(unit)]
        is_flawed = any(self._flawed_by in ("", one.check) for one in found)
        (self._flawed.add if is_flawed else self._flawed.discard)(unit.id)
        if self._edited is not None and self._edited.id == unit.id:
            self._edited = unit

    def _reread(self) -> None:
        """Read the document again, and stay at the same unit."""
        index = self._pairs.index
        outline = self.document.outline
        held = outline[index].id if index is not None and index < len(outline) else ""
        self.document.refresh()
        self._hits = None
        self._apply_filter(self.document.index_of(held) if held else None)
        self._tell()

    def _here(self) -> int:
        """The index of the current row; raises ``TmtoolError`` where none is shown."""
        index = self._pairs.index
        if index is None:
            raise TmtoolError("no pair is shown", hint="F9 takes the filter away")
        return index

    def _unit(self) -> TranslationUnit:
        return self.document.units[self._here()]

    def _go(self, index: int) -> None:
        """Go to a pair, also to one that the filter hides."""
        if self._filter and index not in self._pairs.rows:
            self._filter = None
            self._apply_filter(index)
        self._pairs.select(index)

    def _go_on(self) -> None:
        """Go on from a pair that was judged."""
        if not self.document.is_queue:
            self._pairs.move_to(self._pairs.cursor + 1)
            return
        following = self.document.next_doubtful(self._here() + 1)
        if following is None:
            self._say("nothing is left to judge that nobody else is at")
            return
        self._apply_filter(following)
        self._go(following)

    def _refuse_if_changed(self) -> None:
        """Raise ``TmtoolError`` if the editor holds what was typed and not confirmed."""
        if self._is_typed:
            hint = "Enter keeps it, Esc gives it up" if self._edits_source else "Enter confirms it"
            raise TmtoolError("the text was changed", hint=hint)

    @property
    def _is_typed(self) -> bool:
        """Whether the editor holds another text than the pair."""
        if self._edited is None:
            return False
        side = self._edited.source if self._edits_source else self._edited.target
        return self._editor.typed != side.text

    # The editor

    def _open_editor(self, *, source: bool = False) -> None:
        """Load the current pair, or the draft that was left of it."""
        if self._edited is not None:
            self._close_editor()
        unit = self._unit()
        side = unit.source if source else unit.target
        if any(not isinstance(part, str) for part in side.content):
            raise TmtoolError(
                "this side holds inline codes, which editing would lose",
                hint="approve it, or merge it as it is",
            )
        draft = earlier = None
        if not source:
            try:
                draft = self._memory.draft(unit)
                earlier = self._memory.earlier_draft(unit)
            except TmtoolError:
                self._deaf_until = monotonic() + _DEAF
                raise
        self._edited = unit
        self._edits_source = source
        self._is_warned = False
        if draft is not None:
            self._pairs.drafts.add(unit.id)
        texts = (draft, earlier, side.text)
        self._editor.load(next(text for text in texts if text is not None))
        self._inserted = 0
        self.set_focus(self._editor)
        self._tell()
        if earlier and earlier != side.text:
            self._wait_for(self._ask_about(unit, earlier))

    def _close_editor(self) -> None:
        """Leave the editor; what was typed and not confirmed stays as a draft."""
        if self._edited is None:
            return
        self._keep_draft()
        self._edited = None
        self._editor.load("")
        self.set_focus(self._pairs)
        self._tell()

    def on_text_area_changed(self) -> None:
        """Keep a draft soon, and not at every key."""
        if self._edited is None:
            return
        if not self._edits_source and self._draft_timer is None:
            self._draft_timer = self.set_timer(_DRAFT, self._keep_draft)
        self._is_warned = False
        if self._has_message:
            self._has_message = False
            self._tell()

    def _keep_draft(self) -> bool:
        """Keep what is typed, if it is another text than the pair has; whether that could be."""
        if self._draft_timer:
            self._draft_timer.stop()
            self._draft_timer = None
        unit = self._edited
        if unit is None or self._edits_source:
            return True
        typed = self._editor.typed
        is_new = typed != unit.target.text
        if is_new or unit.id in self._pairs.drafts:
            try:
                self._memory.keep_draft(unit, typed if is_new else None)
            except TmtoolError as error:  # the text is still on the screen
                self._meet(error)
                return False
            (self._pairs.drafts.add if is_new else self._pairs.drafts.discard)(unit.id)
            self._keep_place()
        self._head(findings=True)
        return True

    def _confirm(self, unit: TranslationUnit, typed: str) -> None:
        """Save what was typed for a unit, unless it is no longer as it was when this began."""
        if self.document.is_stale:
            self._reread()
        index = self.document.index_of(unit.id)
        held = self.document.units[index] if index is not None else None
        if (
            index is None
            or held is None
            or held.source != unit.source
            or held.target != unit.target
        ):
            self._wait_for(self._ask_about(held, typed))
            return
        if self._edits_source:
            self.document.edit_source(index, typed)
        elif self._translating:
            self.document.translate(index, typed)
        else:
            self.document.edit(index, typed)
        if not self._edits_source:
            self._drop_draft(unit)
        self._flaws_changed(index)
        self._edited = None
        following = self.document.next_open(index + 1) if self._translating else None
        self._changed()
        if following is not None:
            self._go(following)
            self._open_editor()
            return
        self._editor.load("")
        self.set_focus(self._pairs)
        if self._pairs.index == index and not self._translating:
            self._go_on()
        self._tell()
        if self._translating:
            self._wait_for(self._ask_what_now())

    async def _ask_what_now(self) -> None:
        """The translator is at the end, and must not go on typing into the list."""
        left = self.document.open_count
        said = (
            f"At the end; {plural(left, 'pair')} above still to do."
            if left
            else "All is translated."
        )
        options = [("stay", "Look over the pairs"), ("leave", "Leave: everything is saved")]
        if await self.app.push_screen_wait(Choice(said, options)) == "leave":
            self.leave()

    def _drop_draft(self, unit: TranslationUnit) -> None:
        self._memory.keep_draft(unit, None)
        self._pairs.drafts.discard(unit.id)

    async def _ask_about(self, held: TranslationUnit | None, typed: str) -> None:
        """Two people wrote one translation: show both, and let this one decide."""
        if held is None:
            question = Content("Somebody else took this pair away meanwhile, by a merge perhaps.")
            options = [("edit", "Go on typing: the text stays in the editor")]
        else:
            who = display_safe(held.changed_by) or "somebody else"
            question = Content.assemble(
                f"{who} changed this pair meanwhile.\n",
                ("in the memory: ", "dim"),
                f"{display_safe(held.source.text)} → {display_safe(held.target.text)}\n",
                ("typed here:    ", "dim"),
                display_safe(typed),
            )
            options = [
                ("theirs", "Keep what is in the memory"),
                ("mine", "Write what was typed here over it"),
                ("edit", "Go on typing"),
            ]
        choice = await self.app.push_screen_wait(Choice(question, options))
        if held is None:
            return
        self._edited = held
        if choice not in ("theirs", "mine"):
            self._keep_draft()
        elif choice == "mine":
            self._confirm(held, typed)
        else:
            self._drop_draft(held)
            self._editor.load(held.target.text)
            self._close_editor()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The mouse leads into the editor, and out of it."""
        if self.focused is self._editor and self._edited is None:
            self.action_command("edit")
        elif self.focused is self._pairs and self._edited is not None:
            self._close_editor()

    def on_pair_list_chosen(self) -> None:
        self.action_command("edit")

    def on_pair_list_stale(self) -> None:
        with self._explained():
            self._reread()

    def on_pair_list_unread(self, message: PairList.Unread) -> None:
        self._say(str(message.error), is_error=True)

    # What goes on beside

    def on_pair_list_moved(self) -> None:
        index = self._pairs.index
        if self._edited is not None and (
            index is None or self.document.outline[index].id != self._edited.id
        ):
            if self.document.index_of(self._edited.id) is None:
                self._say("somebody else took this pair away; what you typed stays here")
            else:
                self._close_editor()
        if self._pause:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, self._rested)
        self._head()

    def _rested(self) -> None:
        """The cursor rests: ask the memory about this pair."""
        index = self._pairs.index
        if index is None or index >= len(self.document.units):
            self._matches = []
            self._tell_matches("", [], {})
            return
        with suppress(StoreError):
            self._keep_place()
            self._look_for(self.document.units[index])

    def keep(self) -> None:
        """Keep what is typed and not confirmed, and where the user is."""
        self._keep_draft()
        self._keep_place()

    def leave(self) -> None:
        """End the session; what is typed and not confirmed stays as a draft, if it can be kept."""
        self._gives_up = True
        if not self._keep_draft():
            self.lost = self._editor.typed
        self._close_editor()
        self._keep_place()
        self.app.exit()

    async def _ask_whether_to_leave(self) -> None:
        """What is typed would be lost."""
        options = [("stay", "Stay here"), ("leave", "Leave: what is in the editor is lost")]
        said = "What you typed cannot be kept now."
        if await self.app.push_screen_wait(Choice(said, options)) == "leave":
            self.leave()

    def _keep_place(self) -> None:
        index = self._pairs.index
        if index is not None and index < len(self.document.units):
            with suppress(TmtoolError):
                self._memory.keep_place(self.document.key, self.document.outline[index].id)

    def _look_for(self, unit: TranslationUnit) -> None:
        """Have the memory asked about a unit; one question at a time, the latest one counts."""
        self._wanted = unit
        if not self._is_looking:
            self._is_looking = True
            self.run_worker(self._find_matches())

    async def _find_matches(self) -> None:
        """Ask the memory about the pair wanted last, until no other one is."""
        try:
            while unit := self._wanted:
                self._wanted = None
                try:
                    found = await self._beside(partial(matches_of, unit=unit, limit=5))
                except TmtoolError as error:
                    if self._awaiting[0]:
                        self._awaiting = ("", "")
                        self._say(str(error), is_error=True)
                else:
                    self._show_matches(unit, found)
        finally:
            self._is_looking = False

    def _show_matches(self, unit: TranslationUnit, found: list[Match]) -> None:
        index = self._pairs.index
        if index is not None and self.document.outline[index].id == unit.id:
            if (found, asked(unit)) != (self._matches, self._matched):
                self._matches, self._matched, self._inserted = found, asked(unit), 0
            self._tell_matches(unit.source.text, found, self.document.terms(unit))
            if self._awaiting == (unit.id, self._editor.text):
                self._insert(1)
            self._awaiting = ("", "")

    def _insert(self, number: int) -> None:
        """Type the target of a match of the current pair, counted from 1."""
        if number > len(self._matches):
            self._say("the memory holds no such match")
            return
        self._inserted = number
        self._type(self._matches[number - 1].target)

    def _type(self, text: str) -> None:
        """Put a text into the editor in the place of what is there."""
        self._open_target()
        self._editor.put(text)

    def _open_target(self) -> None:
        """Have the editor open for the translation; who is at the source stays there."""
        if self._edits_source:
            raise TmtoolError(
                "this is the source text", hint="Esc leaves it; then press this again"
            )
        if self._edited is None:
            self._open_editor()

    def _tell_matches(
        self, source: str, found: list[Match], terms: Mapping[str, Sequence[str]]
    ) -> None:
        for pane in self.query(Matches):  # there is none any more when the app closes
            pane.tell(source, found, terms)

    def _meet(self, error: TmtoolError) -> None:
        """Say that nothing can be saved, once, and for as long as that lasts."""
        if not self._trouble:
            is_away = isinstance(error, DisconnectedError)
            what = "NO CONNECTION: what you type is kept here"
            self._trouble = what if is_away else "NOTHING CAN BE SAVED"
            self._say(str(error), is_error=True)
            self._tell()

    def _look_at_others(self) -> None:
        """See what somebody else has written to the memory."""
        if self._is_busy:
            return
        try:
            is_stale = self.document.is_stale
            if self._trouble and self._keep_draft():
                self._trouble = ""
                self._say("the memory can be used again")
                self._tell()
            if not is_stale:
                return
            before = list(self.document.outline)
            self._reread()
        except TmtoolError as error:
            self._meet(error)
            return
        if before != self.document.outline:
            self._say("somebody else changed this document; it is shown as it is now")


def asked(unit: TranslationUnit) -> tuple[str, str]:
    """What the memory was asked about: the id and the source of a unit."""
    return unit.id, unit.source.text


def _key(event: events.Key) -> str:
    """A key as the table of commands writes it."""
    return event.character if event.is_printable and event.character else event.key
