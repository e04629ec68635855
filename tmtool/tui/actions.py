"""What each command of the table does: ``do_NAME`` for the command NAME.

A command that asks something is a coroutine; the screen goes on living while it waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import Any

from textual.content import Content

from tmtool.document import Document, found_in, fraction, kinds, less_sure_than
from tmtool.errors import OvertakenError, TmtoolError
from tmtool.model import Finding, TranslationUnit
from tmtool.regroup import Side
from tmtool.sought import Sought
from tmtool.text import display_safe, place_as_stored, plural
from tmtool.tui.panes import Matches
from tmtool.tui.screens import Choice, Page, Prompt, Split, help_page
from tmtool.tui.workbench import Filter, Workbench, asked, in_brief

_MANY = 5000  # pairs that take too long to search for a key to wait, even for words
_SAID = {"notes": "with notes"}  # of kinds that are called otherwise
_BAR = 30  # cells of the longest bar of the statistics


class Desk(Workbench):
    """The workbench with all its commands."""

    async def _ask(self, question: str, value: str = "", *, hint: str = "Enter: go") -> str:
        """A line that is asked for, empty if the user would rather not."""
        prompt = Prompt(question, value, hint=f"{hint}   Esc: back")
        answer = await self.app.push_screen_wait(prompt)
        return answer[0] if answer else ""

    # What a pair is

    def _judge(self, judge: Callable[[int], None]) -> None:
        index = self._here()
        self._refuse_if_changed()
        has_draft = self._memory.draft(self._unit()) is not None
        judge(index)
        was_edited = self._edited is not None
        self._close_editor()
        self._changed()
        if self._pairs.index == index:  # else the filter has taken the row away
            self._go_on()
        if was_edited:
            self._open_editor()
        elif has_draft:
            self._say(f"pair {index + 1} as it stood; the draft of it is kept: e there shows it")

    def do_approve(self) -> None:
        self._judge(self.document.approve)

    def do_reject(self) -> None:
        self._judge(self.document.reject)

    def do_edit(self) -> None:
        self._open_editor(source=self._pairs.side == "source")

    def do_edit_source(self) -> None:
        self._open_editor(source=True)

    async def do_note(self) -> None:
        unit = self._unit()
        note = await self._ask("Note on this pair", hint="Enter: keep")
        if self.document.is_stale:  # a note goes well with what others did
            self._reread()
        index = self.document.index_of(unit.id)
        if note and index is None:
            raise TmtoolError(f"somebody else took this pair away; the note was: {note}")
        if note and index is not None:
            self.document.note(index, note)
            self._changed()

    def do_dismiss(self) -> Coroutine[Any, Any, None] | None:
        index = self._here()
        self._refuse_if_changed()
        found = self.document.flaws(self._unit())
        if len(found) == 1:
            self._dismiss(index, found)
            return None
        if not found and not self.document.has_dismissed(index):
            raise TmtoolError("no check finds anything here", hint="z goes to the next warning")
        return self._ask_to_dismiss(index, found)

    async def _ask_to_dismiss(self, index: int, found: Sequence[Finding]) -> None:
        """Let the user choose among several findings, or bring back what was dismissed."""
        unit = self._unit()
        options = [(str(number), f"⚠ {one.message}") for number, one in enumerate(found)]
        if found:
            options.append(("all", "All of them"))
        if self.document.has_dismissed(index):
            options.append(("recall", "Bring back what was dismissed here"))
        question = "Dismiss for good" if found else "No warning is left here"
        choice = await self.app.push_screen_wait(Choice(question, options))
        if choice is None or self.document.index_of(unit.id) != index:
            return
        if choice == "recall":
            self.document.recall(index)
            self._flaws_changed(index)
            self._changed()
        else:
            self._dismiss(index, found if choice == "all" else [found[int(choice)]])

    def _dismiss(self, index: int, found: Sequence[Finding]) -> None:
        self.document.dismiss(index, found)
        self._flaws_changed(index)
        self._changed()
        self._say(f"dismissed: {'; '.join(one.message for one in found)} (u takes that back)")

    async def do_approve_sure(self) -> None:
        hint = "a confidence in percent, 0 to 100   Enter: count them"
        typed = await self._ask("Approve all pairs that are at least so sure", "95", hint=hint)
        if not typed:
            return
        least = fraction(typed)
        count = self.document.approve_above(least, dry_run=True)
        if not count:
            raise TmtoolError(f"no open pair is {least:.0%} sure")
        self._say("checking these pairs …   Esc stops")
        sure = self.document.sure(least)
        found = (bool(self.document.flaws(self.document.units[index])) for index in sure)
        flawed = sum([is_flawed async for is_flawed in self._at_leisure(found)])
        warned = f", {flawed} of them with warnings" if flawed else ", none with a warning"
        said = "1 pair is" if count == 1 else f"{count} pairs are"
        question = f"{said} at least {least:.0%} sure{warned}. Approve them all?"
        options = [("yes", "Approve them"), ("no", "Leave them")]
        if await self.app.push_screen_wait(Choice(question, options)) == "yes":
            self.document.approve_above(least)
            self._changed()
            self._say(f"{count} approved; u takes that back")

    # Where text belongs

    def _regroup(self, change: Callable[[], None], index: int | None = None) -> None:
        """Carry out a change of several rows, and go to the first of them."""
        at = self._here() if index is None else index
        self._refuse_if_changed()
        was_edited = self._edited is not None
        self._close_editor()
        vouched = self.document.vouched_count
        change()
        self._changed()
        self._pairs.select(min(at, len(self.document.units) - 1))
        if was_edited:
            self._open_editor()
        elif (lost := vouched - self.document.vouched_count) > 0:
            self._say(f"{plural(lost, 'approved pair')} became others: look again")

    def do_merge(self) -> None:
        self._regroup(partial(self.document.merge, self._here(), self._pairs.side))

    def do_merge_back(self) -> None:
        index = self._here()
        if not index:
            raise TmtoolError("this is the first pair", hint="merge it with the next one")
        self._regroup(partial(self.document.merge, index - 1, self._pairs.side), index - 1)

    async def do_split(self) -> None:
        unit = self._unit()
        target_at = None
        if self._edited is not None and not self._edits_source:
            self._refuse_if_changed()
            target_at = place_as_stored(unit.target.text, self._editor.cursor_location[1])
        places = await self.app.push_screen_wait(Split(unit, target_at))
        index = self.document.index_of(unit.id)
        if places and index is not None:
            self._regroup(partial(self.document.split, index, *places), index)

    def _column(self) -> Side:
        return self._pairs.side or "target"

    def do_shift_down(self) -> None:
        self._regroup(partial(self.document.shift_down, self._here(), self._column()))

    def do_shift_up(self) -> None:
        self._regroup(partial(self.document.shift_up, self._here(), self._column()))

    def do_unpair(self) -> None:
        self._regroup(partial(self.document.unpair, self._here()))

    def do_swap(self) -> None:
        self._regroup(partial(self.document.swap, self._here()))

    async def do_realign(self) -> None:
        self._close_editor()
        self._say("realigning what nobody confirmed …")
        key = self.document.key
        done = await self._beside(lambda memory: Document(memory, *key).realign())
        if done:
            self._reread()
            self._changed()
        self._say(f"{done}; u takes that back" if done else str(done))

    # What a translator needs

    def do_skip(self) -> None:
        document = self.document
        following = document.next_open if self._translating else document.next_untranslated
        self._go_in_editor(following(self._here() + 1), "no open pair follows")

    def do_back(self) -> None:
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

    def do_copy_source(self) -> None:
        self._type(self._unit().source.text)

    def do_insert(self) -> None:
        unit = self._unit()
        if self._edits_source:
            self._open_target()
        if self._matched == asked(unit):
            self._insert(self._inserted % max(1, len(self._matches)) + 1)
            return
        self._open_target()
        self._awaiting = (unit.id, self._editor.text)
        self._look_for(unit)

    def do_matches(self) -> None:
        for pane in self.query(Matches):
            self.app.push_screen(Page(pane.whole()))

    def on_matches_taken(self, event: Matches.Taken) -> None:
        if self._matched == asked(self._unit()):  # else they are of the pair before
            with self._explained():
                self._insert(event.number)

    async def do_concordance(self) -> None:
        hint = "beginnings of words: a stem finds all its forms   Enter: look"
        words = await self._ask("Where does the memory hold", self._editor.selected_text, hint=hint)
        if not words.strip():
            return
        languages = self.document.languages
        found = await self._beside(lambda memory: memory.concordance(words, *languages))
        if not found:
            raise TmtoolError(f"the memory does not hold {words!r}")
        units = [hit.unit for hit in found]
        self.app.push_screen(Page(_concordance(words, units)))

    # Finding the way

    def do_down(self) -> None:
        self._pairs.move_to(self._pairs.cursor + 1)

    def do_up(self) -> None:
        self._pairs.move_to(self._pairs.cursor - 1)

    def do_page_down(self) -> None:
        self._pairs.move_by_page(1)

    def do_page_up(self) -> None:
        self._pairs.move_by_page(-1)

    def do_first(self) -> None:
        self._pairs.move_to(0)

    def do_last(self) -> None:
        self._pairs.move_to(len(self._pairs.rows) - 1)

    def do_doubtful(self) -> None:
        self._go_if(self.document.next_doubtful(self._here() + 1), "no pair is doubtful")

    def do_doubtful_back(self) -> None:
        self._go_if(self.document.previous_doubtful(self._here()), "no pair is doubtful")

    def do_warning(self) -> Coroutine[Any, Any, None] | None:
        """Go to the next warning: at once where it is near, else while the screen lives on."""
        judged = self.document.judged(self._here() + 1)
        flawed = (index if found else None for index, found in judged)
        for index in in_brief(flawed):
            if index is not None:
                self._go(index)
                return None
        return self._seek_warning(flawed)

    async def _seek_warning(self, flawed: Iterator[int | None]) -> None:
        self._say("checking the pairs that follow …   Esc stops")
        async for index in self._at_leisure(flawed):
            if index is not None:
                self._go(index)
                self._quiet()
                return
        self._say("no check finds anything")

    def _go_if(self, index: int | None, otherwise: str) -> None:
        if index is None:
            self._say(otherwise)
        else:
            self._go(index)

    async def do_search(self) -> None:
        found = self._pairs.found
        typed, is_regex = (found.typed, found.is_regex) if found else ("", False)
        prompt = Prompt("Search in both sides", typed, regex=is_regex)
        answer = await self.app.push_screen_wait(prompt)
        if answer is None:
            return
        typed, is_regex = answer
        self._pairs.found = Sought(typed, is_regex=is_regex) if typed else None
        self._hits = None
        self._pairs.redraw()
        if typed and (seeking := self._step_found(1, including_here=True)):
            await seeking

    def do_found_next(self) -> Coroutine[Any, Any, None] | None:
        return self._step_found(1)

    def do_found_back(self) -> Coroutine[Any, Any, None] | None:
        return self._step_found(-1)

    def _step_found(
        self, step: int, *, including_here: bool = False
    ) -> Coroutine[Any, Any, None] | None:
        """Go to the next or the previous pair in which something is found, round the end.

        Where it is not known which these are, and that may take a while, the screen lives on.
        """
        wanted = self._pairs.found
        if wanted is None:
            raise TmtoolError("nothing was searched for", hint="/ or Ctrl-F asks what")
        if self._hits is None and (wanted.is_regex or len(self.document.units) > _MANY):
            return self._seek(wanted, step, including_here=including_here)
        if self._hits is None:
            self._hits = self.document.search(wanted)
        self._go_found(self._hits, step, including_here=including_here)
        return None

    async def _seek(self, wanted: Sought, step: int, *, including_here: bool) -> None:
        self._say("searching …   Esc stops")
        key = self.document.key
        self._hits = await self._beside(
            lambda memory: found_in(memory, key, wanted, lambda: self._gives_up)
        )
        self._go_found(self._hits, step, including_here=including_here)

    def _go_found(self, found: Sequence[int], step: int, *, including_here: bool) -> None:
        here = self._here()
        if not found:
            raise TmtoolError("no pair holds what was searched for")
        after = [row for row in found if row > here or (including_here and row == here)]
        before = [row for row in found if row < here]
        index = (after or found)[0] if step > 0 else (before or found)[-1]
        self._go(index)
        self._say(f"{found.index(index) + 1} of {plural(len(found), 'pair')} with it; y the next")

    async def do_go_to(self) -> None:
        count = len(self.document.units)
        typed = (await self._ask(f"Go to pair, 1 to {count}")).strip()
        if not typed:
            return
        if not typed.isdecimal() or len(typed) > 9 or not 1 <= int(typed) <= count:
            hint = f"they are numbered from 1 to {count}"
            raise TmtoolError(f"there is no pair {typed!r}", hint=hint)
        self._go(int(typed) - 1)

    async def do_filter(self) -> None:
        filters = self._filters()
        outline = self.document.outline
        options = [("", "all pairs")]
        options += [
            (name, f"{found.said}: {count}")
            for name, found in filters.items()
            if (count := sum(map(found.fits, outline)))
        ]
        options += [("confidence", "confidence below …"), ("warnings", "warnings of …")]
        name = await self.app.push_screen_wait(Choice("Show", options))
        if name == "confidence":
            hint = "in percent, 0 to 100   Enter: show them"
            if typed := await self._ask("Show pairs less sure than", "90", hint=hint):
                most = fraction(typed)
                self._narrow(Filter(f"below {most:.0%}", less_sure_than(most)))
        elif name == "warnings":
            await self._filter_by_check()
        elif name is not None:
            self._narrow(filters.get(name))

    async def _filter_by_check(self) -> None:
        """Show the pairs that a check doubts, once all have been checked."""
        self._say("checking all pairs …   Esc stops")
        flawed: dict[str, set[str]] = {}
        async for index, found in self._at_leisure(self.document.judged()):
            for finding in found:
                flawed.setdefault(finding.check, set()).add(self.document.outline[index].id)
        every = set().union(*flawed.values())
        if not every:
            raise TmtoolError("no check finds anything")
        options = [("", f"any check: {len(every)}")]
        options += [(name, f"{name}: {len(ids)}") for name, ids in sorted(flawed.items())]
        name = await self.app.push_screen_wait(Choice("Show what is doubted by", options))
        if name is not None:
            doubted = self._flawed = flawed[name] if name else every
            self._flawed_by = name
            self._narrow(Filter(name or "warnings", lambda entry: entry.id in doubted))

    def _filters(self) -> dict[str, Filter]:
        found = kinds(translating=self._translating)
        return {name: Filter(_SAID.get(name, name), fits) for name, fits in found.items()}

    def _narrow(self, chosen: Filter | None) -> None:
        self._filter = chosen
        self._apply_filter()
        self._quiet()

    def do_side_left(self) -> None:
        self._pairs.choose_side("source")

    def do_side_right(self) -> None:
        self._pairs.choose_side("target")

    # The rest

    def do_undo(self) -> Coroutine[Any, Any, None] | None:
        try:
            self._undo()
        except OvertakenError as error:
            return self._ask_to_undo(error)
        return None

    def _undo(self, number: int | None = None) -> None:
        move = partial(self.document.undo, number, near=self._pairs.index or 0)
        stays = "" if number else self.document.passed_over
        done = self._travel(move, "undone", "there is nothing to undo in this document")
        if done and stays:
            self._say(f"undone: {done}   {stays}, stays")

    async def _ask_to_undo(self, overtaken: OvertakenError) -> None:
        """Take back what others did, one after another, only if the user wants that."""
        options = [("leave", "Leave it as it is"), ("undo", "Take that back")]
        while True:
            self._reread()
            question = Choice(f"{overtaken.message}.", options)
            if await self.app.push_screen_wait(question) != "undo":
                return
            try:
                self._undo(overtaken.number)
            except OvertakenError as error:
                overtaken = error
            else:
                return

    def do_redo(self) -> None:
        move = partial(self.document.redo, near=self._pairs.index or 0)
        self._travel(move, "redone", "there is nothing to do again")

    def _travel(self, move: Callable[[], tuple[str, int] | None], said: str, otherwise: str) -> str:
        """Undo or redo, and go there; the kind of the action, empty if there was none."""
        self._close_editor()
        moved = move()
        if moved is None:
            self._say(otherwise)
            return ""
        if self.document.units:
            self._flaws_changed(max(0, moved[1]))
        self._changed()
        self._go(max(0, moved[1]))
        self._say(f"{said}: {moved[0]}")
        return moved[0]

    def do_statistics(self) -> None:
        is_open = kinds(translating=self._translating)["open"]
        opened = sum(map(is_open, self.document.outline))
        self.app.push_screen(Page(_statistics(self.document, opened)))

    def do_help(self) -> None:
        self.app.push_screen(Page(help_page(self._commands, editing=self._edited is not None)))

    def do_quit(self) -> Coroutine[Any, Any, None] | None:
        if self._keep_draft() and not (self._edits_source and self._is_typed):
            self.leave()
            return None
        return self._ask_whether_to_leave()


def _concordance(words: str, found: Sequence[TranslationUnit]) -> Content:
    """Units with the words that were looked for, to read."""
    wanted = re.compile(re.escape(display_safe(words)), re.IGNORECASE)

    def line(text: str) -> Content:
        return Content(display_safe(text)).highlight_regex(wanted, style="bold $accent")

    lines = [Content.styled(f"{plural(len(found), 'pair')} with {display_safe(words)}\n", "bold")]
    for unit in found:
        lines += [line(unit.source.text), line(unit.target.text)]
        lines.append(Content.styled(f"{display_safe(unit.document or '')}\n", "dim"))
    return Content("\n").join(lines)


def _statistics(document: Document, opened: int) -> Content:
    """Pairs and words by state, how sure the aligner was, and how many pairs are open."""
    total = max(1, len(document.units))
    words = document.words
    lines = [Content.styled(f"{display_safe(document.name)}: {plural(total, 'pair')}\n", "bold")]
    lines.append(Content.styled(f"{'pairs':>17}{'words':>9}", "dim"))
    for state, count in document.states.items():
        bar = "#" * round(_BAR * count / total)
        lines.append(Content(f"{state:11}{count:6}{words.get(state, 0):9}  {bar}"))
    if confidences := document.confidences:
        lines.append(Content.styled("\nconfidence of the alignment, by pairs", "bold"))
        for low, count in confidences.items():
            bar = "#" * round(_BAR * count / sum(confidences.values()))
            lines.append(Content(f"{low:3} to {low + 10:3} %{count:6}  {bar}"))
    lines.append(Content(f"\n{document.doubtful_count} doubtful, {opened} open"))
    return Content("\n").join(lines)
