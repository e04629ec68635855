"""The app: one screen over one document, and what each command does there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, TypeVar

from textual import work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tmtool.document import Document, expression, flaws, matches_of
from tmtool.errors import ConflictError, TmtoolError
from tmtool.memory import Memory
from tmtool.model import STATES, Entry, Match, TranslationUnit, Variant
from tmtool.regroup import Side
from tmtool.text import display_safe
from tmtool.tui.bindings import bindings, keymap
from tmtool.tui.commands import Command, with_keys
from tmtool.tui.pairs import PairList
from tmtool.tui.panes import Editor, Figures, Keys, Matches
from tmtool.tui.screens import Choice, Page, Prompt, Split, help_page

_ROOMY = 28  # lines from which the memory has a pane and not a line
_BAR = 30  # cells of the longest bar of the statistics
_REST = 1.0  # seconds of rest after which a draft is kept
_PAUSE = 0.12  # seconds of rest after which the memory is asked
_LOOK = 1.0  # seconds between looks at what others do

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Filter:
    """What the list is narrowed to."""

    said: str
    fits: Callable[[Entry], bool]


class Workbench(Screen[None]):
    """The list of a document's pairs, the memory, the editor."""

    DEFAULT_CSS = """
    Workbench { background: $background; }
    #heading { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    #heading.small, Editor.small { display: none; }
    Workbench.editing #heading, Workbench.editing Editor { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("keys"),
        Binding("tab", "change_focus", show=False, priority=True),
    ]

    def __init__(self, document: Document, memory: Memory, *, translating: bool) -> None:
        super().__init__()
        self.document = document
        self._memory = memory
        self._translating = translating
        self._pairs = PairList(document, flaws)
        self._editor = Editor()
        self._filter: _Filter | None = None
        self._edited: TranslationUnit | None = None  # what the editor holds, as it was
        self._edits_source = False
        self._draft_timer: Timer | None = None
        self._pause: Timer | None = None
        self._matches: list[Match] = []
        self._wanted: TranslationUnit | None = None  # to look for matches of, by the thread
        self._is_looking = False
        self._inserted = 0  # the match that was inserted last, from 1
        self._saved = ""
        self._flawed: set[str] = set()  # ids of the pairs that the checks of a filter doubt
        self._is_busy = False
        self._has_message = False

    # The screen

    def compose(self) -> ComposeResult:
        yield Figures(markup=False)
        yield self._pairs
        yield Matches(markup=False)
        yield Static("", id="heading", markup=False)
        yield self._editor
        yield Keys(markup=False)

    def on_mount(self) -> None:
        self.set_interval(_LOOK, self._look_at_others)
        self._arrange()
        self._begin()

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Give the panes the room that the terminal has."""
        is_small = self.app.size.height < _ROOMY
        self.query_one(Matches).set_class(is_small, "small")
        for widget in (self._editor, self.query_one("#heading")):
            widget.set_class(is_small, "small")
        self.call_after_refresh(self._tell)

    def _begin(self) -> None:
        """Go to where this person was, or to the first pair that wants work."""
        place = self._memory.place(self.document.key)
        index = self.document.index_of(place) if place else None
        if index is None:
            wanted = self.document.next_open if self._translating else self.document.next_doubtful
            index = wanted()
        self._pairs.select(index or 0)
        self._pairs.focus()
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
        )
        if not self._has_message:
            self.query_one(Keys).tell(self._commands, editing=self._edited is not None)
        self._head()

    def _head(self, *, findings: bool = False) -> None:
        """What the editor is about, with ``findings`` what checks doubt in what is typed."""
        self.set_class(self._edited is not None, "editing")
        heading = "Enter edits this pair"
        if self._edited is not None:
            side = self._edited.source if self._edits_source else self._edited.target
            heading = f"{side.language}  pair {(self._pairs.index or 0) + 1}"
            if self._edits_source:
                heading += "  THE SOURCE TEXT"
            if self._edited.id in self._pairs.drafts:
                heading += "  draft kept"
            if findings and not self._edits_source:
                target = Variant.of(self._edited.target.language, self._editor.typed)
                found = flaws(replace(self._edited, target=target))
                heading += "".join(f"  ⚠ {finding.message}" for finding in found)
        self.query_one("#heading", Static).update(display_safe(heading))

    def _say(self, message: str, *, is_error: bool = False) -> None:
        """Show a message until the next key."""
        self._has_message = True
        self.query_one(Keys).say(message, is_error=is_error)
        if is_error:
            self.app.bell()

    def on_key(self) -> None:
        self._has_message = False

    @property
    def current(self) -> int | None:
        """The index of the current pair."""
        return self._pairs.index

    @property
    def _commands(self) -> Sequence[Command]:
        app = self.app
        assert isinstance(app, ReviewApp)
        return app.commands

    # Commands

    def action_command(self, name: str) -> None:
        """Do what a command of the table says, and tell of what went wrong."""
        self._has_message = False
        if self._is_busy and name not in ("up", "down", "help"):
            self._say("one moment: the pairs are being realigned")
            return
        if not self.document.units and name not in ("help", "quit", "undo", "redo"):
            self._say("the document is empty")
            return
        self._guarded(getattr(self, f"_do_{name}"))
        if not self._has_message:
            self._tell()

    def _guarded(self, action: Callable[[], _Result]) -> _Result | None:
        """The result of an action; ``None``, with a message, where it was refused."""
        try:
            return action()
        except ConflictError:
            self._reread()
            self._say(
                "somebody else changed this meanwhile: look again, then decide", is_error=True
            )
        except TmtoolError as error:
            self._say(str(error), is_error=True)
        return None

    def _changed(self) -> None:
        """Show what an action did, now that it is on the disk."""
        self._saved = f"{datetime.now():%H:%M:%S}"
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

    def _reread(self) -> None:
        """Read the document again, and stay at the same unit."""
        index = self._pairs.index
        outline = self.document.outline
        held = outline[index].id if index is not None and index < len(outline) else ""
        self.document.refresh()
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

    # Commands: what a pair is

    def _judge(self, judge: Callable[[int], None]) -> None:
        index = self._here()
        judge(index)
        was_edited = self._edited is not None
        self._close_editor()
        self._changed()
        if self._pairs.index == index:  # else the filter has taken the row away
            self._pairs.move_to(self._pairs.cursor + 1)
        if was_edited:
            self._open_editor()

    def _do_approve(self) -> None:
        self._judge(self.document.approve)

    def _do_reject(self) -> None:
        self._judge(self.document.reject)

    def _do_edit(self) -> None:
        self._open_editor(source=self._pairs.side == "source")

    def _do_edit_source(self) -> None:
        self._open_editor(source=True)

    def _do_note(self) -> None:
        index = self._here()

        def add(answer: tuple[str, bool] | None) -> None:
            if answer and answer[0].strip():
                self._guarded(partial(self.document.note, index, answer[0]))
                self._changed()

        self.app.push_screen(Prompt("Note on this pair", hint="Enter: keep   Esc: back"), add)

    def _do_approve_sure(self) -> None:
        def count(answer: tuple[str, bool] | None) -> None:
            if answer:
                self._guarded(partial(self._approve_sure, answer[0]))

        hint = "a confidence in percent, 0 to 100   Enter: count them   Esc: back"
        self.app.push_screen(
            Prompt("Approve all pairs that are at least so sure", "95", hint=hint), count
        )

    def _approve_sure(self, typed: str) -> None:
        least = _percent(typed)
        count = self.document.approve_above(least, dry_run=True)
        if not count:
            raise TmtoolError(f"no open pair is {typed} % sure")

        def approve(answer: str | None) -> None:
            if answer == "yes":
                self._guarded(partial(self.document.approve_above, least))
                self._changed()
                self._say(f"{count} approved; u takes that back")

        question = f"{count} pairs are at least {least:.0%} sure. Approve them all?"
        self.app.push_screen(
            Choice(question, [("yes", "Approve them"), ("no", "Leave them")]), approve
        )

    # Commands: where text belongs

    def _regroup(self, change: Callable[[], None], index: int | None = None) -> None:
        """Carry out a change of several rows, and go to the first of them."""
        at = self._here() if index is None else index
        self._close_editor()
        change()
        self._changed()
        self._pairs.select(min(at, len(self.document.units) - 1))

    def _do_merge(self) -> None:
        self._regroup(partial(self.document.merge, self._here(), self._pairs.side))

    def _do_merge_back(self) -> None:
        index = self._here()
        if not index:
            raise TmtoolError("this is the first pair", hint="merge it with the next one")
        self._regroup(partial(self.document.merge, index - 1, self._pairs.side), index - 1)

    def _do_split(self) -> None:
        unit = self._unit()
        target_at = None
        if self._edited is not None and not self._edits_source:
            if self._editor.typed != unit.target.text:
                raise TmtoolError("the text was changed", hint="confirm it with Enter, then split")
            target_at = self._editor.cursor_location[1]

        def cut(places: tuple[int, int] | None) -> None:
            if places:
                index = self.document.index_of(unit.id)
                if index is not None:
                    self._guarded(
                        lambda: self._regroup(partial(self.document.split, index, *places))
                    )

        self.app.push_screen(Split(unit, target_at), cut)

    def _column(self) -> Side:
        return self._pairs.side or "target"

    def _do_shift_down(self) -> None:
        self._regroup(partial(self.document.shift_down, self._here(), self._column()))

    def _do_shift_up(self) -> None:
        self._regroup(partial(self.document.shift_up, self._here(), self._column()))

    def _do_unpair(self) -> None:
        self._regroup(partial(self.document.unpair, self._here()))

    def _do_swap(self) -> None:
        self._regroup(partial(self.document.swap, self._here()))

    def _do_realign(self) -> None:
        self._close_editor()
        self._is_busy = True
        self._say("realigning what nobody confirmed …")
        self._realign()

    @work(thread=True, group="realign")
    def _realign(self) -> None:
        """Realign on a connection of its own, so that the screen stays alive."""
        changed, problem = 0, None
        try:
            with Memory.open(self._memory.path, create=False, author=self._memory.author) as memory:
                changed = Document(memory, *self.document.key).realign()
        except TmtoolError as error:
            problem = error
        self._from_thread(self._realigned, changed, problem)

    def _realigned(self, changed: int, problem: TmtoolError | None) -> None:
        self._is_busy = False
        self._reread()
        self._changed()
        if problem:
            self._say(str(problem), is_error=True)
        else:
            self._say(
                f"{changed} pairs changed; u takes that back" if changed else "nothing changed"
            )

    # Commands: what a translator needs

    def _do_skip(self) -> None:
        self._go_in_editor(self.document.next_open(self._here() + 1), "no open pair follows")

    def _do_back(self) -> None:
        index = self._here()
        self._go_in_editor(index - 1 if index else None, "this is the first pair")

    def _go_in_editor(self, index: int | None, otherwise: str) -> None:
        if index is None:
            raise TmtoolError(otherwise)
        was_edited = self._edited is not None
        self._close_editor()
        self._go(index)
        if was_edited:
            self._open_editor()

    def _do_copy_source(self) -> None:
        self._type(self._unit().source.text)

    def _do_insert(self) -> None:
        self.action_insert_match(self._inserted % max(1, len(self._matches)) + 1)

    def action_insert_match(self, number: int) -> None:
        """Type the target of a match of the current pair, counted from 1."""
        if number > len(self._matches):
            self._say("the memory holds no such match")
            return
        self._inserted = number
        self._type(self._matches[number - 1].unit.target.text)

    def _type(self, text: str) -> None:
        """Put a text into the editor in the place of what is there."""
        if self._edited is None or self._edits_source:
            self._open_editor()
        self._editor.load(text)

    def _do_concordance(self) -> None:
        words = self._editor.selected_text

        def look(answer: tuple[str, bool] | None) -> None:
            if answer and answer[0].strip():
                self._look_up(answer[0])

        hint = "words as they stand in either side   Enter: look   Esc: back"
        self.app.push_screen(Prompt("Where does the memory hold", words, hint=hint), look)

    @work(thread=True, exclusive=True, group="concordance")
    def _look_up(self, words: str) -> None:
        with suppress(TmtoolError), Memory.open(self._memory.path, create=False) as memory:
            found = [hit.unit for hit in memory.concordance(words, *self.document.languages)]
            self._from_thread(self._show_concordance, words, found)

    def _show_concordance(self, words: str, found: list[TranslationUnit]) -> None:
        if not found:
            self._say(f"the memory does not hold {words!r}")
            return
        wanted = re.compile(re.escape(display_safe(words)), re.IGNORECASE)

        def line(text: str) -> Content:
            return Content(display_safe(text)).highlight_regex(wanted, style="bold $accent")

        rows = [
            Content("\n").join(
                [
                    line(unit.source.text),
                    line(unit.target.text),
                    Content.styled(f"{display_safe(unit.document or '')}\n", "dim"),
                ]
            )
            for unit in found
        ]
        head = Content.styled(f"{len(found)} pairs hold {display_safe(words)}\n", "bold")
        self.app.push_screen(Page(Content("\n").join([head, *rows])))

    # Commands: finding the way

    def _go(self, index: int) -> None:
        """Go to a pair, also to one that the filter hides."""
        if self._filter and index not in self._pairs.rows:
            self._filter = None
            self._apply_filter(index)
        self._pairs.select(index)

    def _do_down(self) -> None:
        self._pairs.move_to(self._pairs.cursor + 1)

    def _do_up(self) -> None:
        self._pairs.move_to(self._pairs.cursor - 1)

    def _do_page_down(self) -> None:
        self._pairs.move_by_page(1)

    def _do_page_up(self) -> None:
        self._pairs.move_by_page(-1)

    def _do_first(self) -> None:
        self._pairs.move_to(0)

    def _do_last(self) -> None:
        self._pairs.move_to(len(self._pairs.rows) - 1)

    def _do_doubtful(self) -> None:
        self._go_if(self.document.next_doubtful(self._here() + 1), "no pair is doubtful")

    def _do_doubtful_back(self) -> None:
        self._go_if(self.document.previous_doubtful(self._here()), "no pair is doubtful")

    def _do_warning(self) -> None:
        self._go_if(self.document.next_flawed(self._here() + 1), "no check finds anything")

    def _go_if(self, index: int | None, otherwise: str) -> None:
        if index is None:
            self._say(otherwise)
        else:
            self._go(index)

    def _do_search(self) -> None:
        def search(answer: tuple[str, bool] | None) -> None:
            if answer:
                self._guarded(partial(self._search, *answer))

        found = self._pairs.found
        self.app.push_screen(
            Prompt("Search in both sides", found.pattern if found else "", regex=False), search
        )

    def _search(self, typed: str, is_regex: bool) -> None:
        if not typed:
            self._pairs.found = None
            self._pairs.redraw()
            return
        found = expression(typed, is_regex=is_regex)
        self._pairs.found = found
        self._pairs.redraw()
        self._step_found(1, including_here=True)

    def _do_found_next(self) -> None:
        self._step_found(1)

    def _do_found_back(self) -> None:
        self._step_found(-1)

    def _step_found(self, step: int, *, including_here: bool = False) -> None:
        """Go to the next or the previous pair in which something is found, round the end."""
        if self._pairs.found is None:
            raise TmtoolError("nothing was searched for", hint="/ or Ctrl-F asks what")
        found = self.document.search(self._pairs.found)
        here = self._here()
        if not found:
            raise TmtoolError("it is not found in this document")
        after = [row for row in found if row > here or (including_here and row == here)]
        before = [row for row in found if row < here]
        index = (after or found)[0] if step > 0 else (before or found)[-1]
        self._go(index)
        self._say(f"{found.index(index) + 1} of {len(found)} pairs that hold it; y the next")

    def _do_go_to(self) -> None:
        def go(answer: tuple[str, bool] | None) -> None:
            if answer:
                self._guarded(partial(self._go_to, answer[0]))

        count = len(self.document.units)
        self.app.push_screen(Prompt(f"Go to pair, 1 to {count}", hint="Enter: go   Esc: back"), go)

    def _go_to(self, typed: str) -> None:
        count = len(self.document.units)
        if not typed.strip().isdecimal() or not 1 <= int(typed) <= count:
            raise TmtoolError(
                f"there is no pair {typed!r}", hint=f"they are numbered from 1 to {count}"
            )
        self._go(int(typed) - 1)

    def _do_filter(self) -> None:
        filters = self._filters()
        outline = self.document.outline
        options = [("", "all pairs")]
        options += [
            (name, f"{found.said}: {count}")
            for name, found in filters.items()
            if (count := sum(map(found.fits, outline)))
        ]
        options += [("confidence", "confidence below …"), ("warnings", "warnings of …")]

        def chosen(name: str | None) -> None:
            if name == "confidence":
                hint = "in percent, 0 to 100   Enter: show them   Esc: back"
                self.app.push_screen(Prompt("Show pairs less sure than", "90", hint=hint), below)
            elif name == "warnings":
                self._say("checking all pairs …")
                self._check_all()
            elif name is not None:
                self._narrow(filters.get(name))

        def below(answer: tuple[str, bool] | None) -> None:
            if answer and (most := self._guarded(partial(_percent, answer[0]))) is not None:
                fits = lambda entry: entry.score is not None and entry.score < most  # noqa: E731
                self._narrow(_Filter(f"below {most:.0%}", fits))

        self.app.push_screen(Choice("Show", options), chosen)

    @work(thread=True, exclusive=True, group="checks")
    def _check_all(self) -> None:
        """Find the pairs that each check doubts, beside the screen."""
        with suppress(TmtoolError), Memory.open(self._memory.path, create=False) as memory:
            flawed: dict[str, set[str]] = {}
            for unit in Document(memory, *self.document.key).units:
                for finding in flaws(unit):
                    flawed.setdefault(finding.check, set()).add(unit.id)
            self._from_thread(self._choose_check, flawed)

    def _choose_check(self, flawed: dict[str, set[str]]) -> None:
        every = set().union(*flawed.values())
        if not every:
            self._say("no check finds anything")
            return
        self._tell()
        options = [("", f"any check: {len(every)}")]
        options += [(name, f"{name}: {len(ids)}") for name, ids in sorted(flawed.items())]

        def chosen(name: str | None) -> None:
            if name is not None:
                self._flawed = flawed[name] if name else every
                doubted = self._flawed
                self._narrow(_Filter(name or "warnings", lambda entry: entry.id in doubted))

        self.app.push_screen(Choice("Show what is doubted by", options), chosen)

    def _filters(self) -> dict[str, _Filter]:
        filters = {
            "doubtful": _Filter("doubtful", lambda entry: entry.is_doubtful),
            "open": _Filter("open", lambda entry: entry.is_open),
            "notes": _Filter("with notes", lambda entry: entry.has_notes),
        }
        for state in STATES:
            filters[state] = _Filter(state, partial(_is_in, state))
        return filters

    def _narrow(self, chosen: _Filter | None) -> None:
        self._filter = chosen
        self._apply_filter()
        self._tell()

    def _do_side_left(self) -> None:
        self._pairs.choose_side("source")

    def _do_side_right(self) -> None:
        self._pairs.choose_side("target")

    # Commands: the rest

    def _do_undo(self) -> None:
        self._travel(self.document.undo, "undone", "there is nothing to undo in this document")

    def _do_redo(self) -> None:
        self._travel(self.document.redo, "done again", "there is nothing to do again")

    def _travel(
        self, move: Callable[[], tuple[str, int] | None], said: str, otherwise: str
    ) -> None:
        self._close_editor()
        moved = move()
        if moved is None:
            self._say(otherwise)
            return
        self._changed()
        self._go(max(0, moved[1]))
        self._say(f"{said}: {moved[0]}")

    def _do_statistics(self) -> None:
        self.app.push_screen(Page(_statistics(self.document)))

    def _do_help(self) -> None:
        self.app.push_screen(Page(help_page(self._commands)))

    def _do_quit(self) -> None:
        self._close_editor()
        self._keep_place()
        self.app.exit()

    def action_change_focus(self) -> None:
        """Go to the editor, or back to the list."""
        if self._edited is None:
            self.action_command("edit")
        else:
            self.on_editor_left()

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
        draft = None if source else self._memory.draft(unit.id)
        self._edited = unit
        self._edits_source = source
        if draft is not None:
            self._pairs.drafts.add(unit.id)
        self._editor.load(side.text if draft is None else draft)
        self._inserted = 0
        self._editor.focus()
        self._tell()

    def _close_editor(self) -> None:
        """Leave the editor; what was typed and not confirmed stays as a draft."""
        if self._edited is None:
            return
        self._keep_draft()
        self._edited = None
        self._editor.load("")
        self._pairs.focus()
        self._tell()

    def on_text_area_changed(self) -> None:
        if self._draft_timer:
            self._draft_timer.stop()
        if self._edited is not None and not self._edits_source:
            self._draft_timer = self.set_timer(_REST, self._keep_draft)
        if self._has_message:
            self._has_message = False
            self._tell()

    def _keep_draft(self) -> None:
        """Keep what is typed, if it is another text than the pair has."""
        if self._draft_timer:
            self._draft_timer.stop()
            self._draft_timer = None
        unit = self._edited
        if unit is None or self._edits_source:
            return
        typed = self._editor.typed
        is_new = typed != unit.target.text
        if is_new or unit.id in self._pairs.drafts:
            with suppress(TmtoolError):  # the text is still on the screen
                self._memory.keep_draft(unit.id, typed if is_new else None)
                (self._pairs.drafts.add if is_new else self._pairs.drafts.discard)(unit.id)
        self._head(findings=True)

    def on_editor_confirmed(self) -> None:
        if self._edited is not None:
            self._guarded(partial(self._confirm, self._edited, self._editor.typed))

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
            self._ask_about(held, typed)
            return
        if self._edits_source:
            self.document.edit_source(index, typed)
        elif self._translating:
            self.document.translate(index, typed)
        else:
            self.document.edit(index, typed)
        self._memory.keep_draft(unit.id, None)
        self._pairs.drafts.discard(unit.id)
        if not flaws(self.document.units[index]):
            self._flawed.discard(unit.id)
        self._edited = None
        following = self.document.next_open(index + 1) if self._translating else None
        self._changed()
        if following is not None:
            self._go(following)
            self._open_editor()
            return
        self._editor.load("")
        self._pairs.focus()
        if self._pairs.index == index and not self._translating:
            self._pairs.move_to(self._pairs.cursor + 1)
        self._tell()
        if self._translating:
            left = self.document.open_count
            self._say(
                f"{left} pairs before this one are still open" if left else "all is translated"
            )

    def _ask_about(self, held: TranslationUnit | None, typed: str) -> None:
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

        def decided(choice: str | None) -> None:
            if choice in ("theirs", "mine") and held is not None:
                self._edited = held
                if choice == "mine":
                    self._guarded(partial(self._confirm, held, typed))
                else:
                    self._memory.keep_draft(held.id, None)
                    self._pairs.drafts.discard(held.id)
                    self._editor.load(held.target.text)
                    self._close_editor()

        self.app.push_screen(Choice(question, options), decided)

    def on_editor_left(self) -> None:
        self._has_message = False
        self._close_editor()

    def on_pair_list_chosen(self) -> None:
        self.action_command("edit")

    def on_pair_list_stale(self) -> None:
        self._reread()

    # What goes on beside

    def on_pair_list_moved(self) -> None:
        index = self._pairs.index
        if self._edited is not None and (
            index is None or self.document.outline[index].id != self._edited.id
        ):
            self._close_editor()
        if self._pause:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, self._rested)
        self._head()

    def _rested(self) -> None:
        """The cursor rests: ask the memory about this pair."""
        index = self._pairs.index
        self._matches, self._inserted = [], 0
        if index is None or index >= len(self.document.units):
            self.query_one(Matches).tell("", [])
            return
        with suppress(ConflictError):
            unit = self.document.units[index]
            self._keep_place()
            self._look_for(unit)

    def _keep_place(self) -> None:
        index = self._pairs.index
        if index is not None and index < len(self.document.units):
            with suppress(TmtoolError):
                self._memory.keep_place(self.document.key, self.document.outline[index].id)

    @work(thread=True, group="matches")
    def _find_matches(self) -> None:
        """Ask the memory about the pair wanted last, until no other one is."""
        with suppress(TmtoolError), Memory.open(self._memory.path, create=False) as memory:
            while unit := self._wanted:
                self._wanted = None
                self._from_thread(self._show_matches, unit, matches_of(memory, unit, limit=5))
        self._from_thread(self._looked)

    def _looked(self) -> None:
        self._is_looking = False
        if self._wanted:
            self._look_for(self._wanted)

    def _look_for(self, unit: TranslationUnit) -> None:
        """Have the memory asked about a unit; one question at a time, the latest one counts."""
        self._wanted = unit
        if not self._is_looking:
            self._is_looking = True
            self._find_matches()

    def _show_matches(self, unit: TranslationUnit, found: list[Match]) -> None:
        index = self._pairs.index
        if index is not None and self.document.outline[index].id == unit.id:
            self._matches = found
            self.query_one(Matches).tell(unit.source.text, found)

    def _from_thread(self, then: Callable[..., None], *results: Any) -> None:
        """Hand results to the screen, unless it has gone."""
        with suppress(RuntimeError):
            self.app.call_from_thread(then, *results)

    def _look_at_others(self) -> None:
        """See what somebody else has written to the memory."""
        with suppress(TmtoolError):
            if not self._is_busy and self.document.is_stale:
                before = list(self.document.outline)
                self._reread()
                if before != self.document.outline:
                    self._say("somebody else changed this document; it is shown as it is now")


class ReviewApp(App[None]):
    """Reviewing or translating one document of a memory, full screen."""

    TITLE = "tmtool"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar = [Binding("ctrl+z", "suspend_process", show=False, priority=True)]

    def __init__(
        self,
        document: Document,
        memory: Memory,
        *,
        translating: bool,
        keys: Mapping[str, str] | None = None,
        theme: str = "textual-dark",
    ) -> None:
        """``keys`` gives commands other keys; see :func:`tmtool.tui.commands.with_keys`."""
        super().__init__()
        self.commands = with_keys(keys or {})
        self.workbench = Workbench(document, memory, translating=translating)
        self.theme = theme
        if keys:
            self.set_keymap(keymap(self.commands))

    def get_default_screen(self) -> Screen[None]:
        return self.workbench

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        for command in self.commands:
            run = partial(self.workbench.action_command, command.name)
            yield SystemCommand(command.title, f"{command.help}  {command.shown_keys}", run)
        yield SystemCommand("Theme", "other colours, light or dark", self.action_change_theme)


def _is_in(state: str, entry: Entry) -> bool:
    return entry.state == state


def _percent(typed: str) -> float:
    """What somebody typed for a percentage, from 0 to 1."""
    try:
        percent = float(typed.strip().removesuffix("%").replace(",", "."))
    except ValueError:
        percent = -1
    if not 0 <= percent <= 100:
        raise TmtoolError(f"{typed!r} is no percentage", hint="type a number from 0 to 100")
    return percent / 100


def _statistics(document: Document) -> Content:
    """Pairs and words by state, and how sure the aligner was."""
    total = max(1, len(document.units))
    words = document.words
    lines = [Content.styled(f"{display_safe(document.name)}: {total} pairs\n", "bold")]
    for state, count in document.states.items():
        bar = "#" * round(_BAR * count / total)
        lines.append(Content(f"{state:11}{count:6} pairs {words.get(state, 0):8} words  {bar}"))
    scores = [entry.score for entry in document.outline if entry.score is not None]
    if scores:
        lines.append(Content.styled("\nconfidence of the alignment", "bold"))
        for low in range(90, -1, -10):
            count = sum(
                low <= 100 * score < low + 10 or (low == 90 and score == 1) for score in scores
            )
            bar = "#" * round(_BAR * count / len(scores))
            lines.append(Content(f"{low:3} to {low + 10:3} %{count:6} pairs  {bar}"))
    lines.append(Content(f"\n{document.doubtful_count} doubtful, {document.open_count} open"))
    return Content("\n").join(lines)
