"""What is asked and shown over the list: prompts, choices, the split, the help."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tmtool.document import starts
from tmtool.model import TranslationUnit
from tmtool.regroup import Side
from tmtool.text import display_safe
from tmtool.tui.commands import Command, shown
from tmtool.tui.wrapping import wrap

_SHEET = """
    {name} {{
        align: center bottom;
        background: transparent;
        & > Vertical {{
            height: auto; max-height: 80%;
            background: $panel; border: tall $primary; padding: 0 1;
        }}
        & Input {{ height: 1; background: $surface; padding: 0 1; }}
        & OptionList {{ height: auto; max-height: 50vh; background: $panel; }}
        & Input, & Input:focus, & OptionList, & OptionList:focus {{ border: none; }}
        & VerticalScroll {{ height: auto; max-height: 100%; }}
        & .hint {{ color: $text-muted; }}
    }}
"""


_Result = TypeVar("_Result")


class _Sheet(ModalScreen[_Result]):
    """A screen over the list that is left once: a second key may be on its way.

    Nor need it be there yet when the first one comes: what a key is about is looked for.
    """

    def dismiss(self, result: _Result | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()


class _Line(Input):
    """One line; lines that are pasted become one."""

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(display_safe(" ".join(event.text.split())))


class Prompt(_Sheet[tuple[str, bool] | None]):
    """One line asked for; the answer, with whether it is a regular expression."""

    DEFAULT_CSS = _SHEET.format(name="Prompt")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", priority=True),
        Binding("f4", "toggle_regex", priority=True),
    ]

    def __init__(
        self, question: str, value: str = "", *, hint: str = "", regex: bool | None = None
    ) -> None:
        """``regex`` is ``None`` where expressions make no sense, else whether it begins as one."""
        super().__init__()
        self._question = question
        self._value = value
        self._hint = hint
        self._regex = regex

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, markup=False, id="question")
            yield _Line(display_safe(self._value), select_on_focus=True)
            yield Static(self._said, markup=False, classes="hint", id="hint")

    @property
    def _said(self) -> str:
        if self._regex is None:
            return self._hint
        return f"Enter: go   F4: regular expression {'ON' if self._regex else 'off'}   Esc: back"

    def action_toggle_regex(self) -> None:
        """Take what is typed for a regular expression, or for plain text again."""
        if self._regex is not None:
            self._regex = not self._regex
            for hint in self.query("#hint").results(Static):
                hint.update(self._said)

    def on_key(self, event: events.Key) -> None:
        """Take letters that came before the line had the focus: those after stay with it."""
        for box in self.query(Input):
            if event.is_printable and event.character:
                if box.select_on_focus:  # what was proposed gives way
                    box.select_on_focus = False
                    box.value = ""
                box.insert_text_at_cursor(event.character)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss((event.value, bool(self._regex)))


class Choice(_Sheet[str | None]):
    """One of several things chosen; its id."""

    DEFAULT_CSS = _SHEET.format(name="Choice") + (
        "Choice > Vertical { max-height: 100%; } Choice VerticalScroll { max-height: 35vh; }"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", priority=True),
        Binding("pageup", "turn('up')", priority=True),
        Binding("pagedown", "turn('down')", priority=True),
        Binding("j,о", "move('down')"),
        Binding("k,л", "move('up')"),
    ]

    def __init__(self, question: str | Content, options: Iterable[tuple[str, str]]) -> None:
        """``options`` are ids with what they say."""
        super().__init__()
        self._question = question
        self._options = list(options)

    def compose(self) -> ComposeResult:
        with Vertical():
            with VerticalScroll(can_focus=False):
                yield Static(self._question, markup=False)
            yield OptionList(
                *(Option(Content(display_safe(said)), id=name) for name, said in self._options)
            )
            yield Static("↑↓ choose   Enter: take it   Esc: back", markup=False, classes="hint")

    def action_turn(self, direction: str) -> None:
        """Go a page up or down in the question if it is longer than its room, or in the list."""
        long = [question for question in self.query(VerticalScroll) if question.max_scroll_y]
        for question in long:
            getattr(question, f"scroll_page_{direction}")(animate=False)
        for options in () if long else self.query(OptionList):
            getattr(options, f"action_page_{direction}")()

    def action_move(self, direction: str) -> None:
        """Go up or down in the list."""
        for options in self.query(OptionList):
            getattr(options, f"action_cursor_{direction}")()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option.id)


class Page(_Sheet[None]):
    """Something to read; any key that does not scroll leaves it."""

    DEFAULT_CSS = _SHEET.format(name="Page")

    def __init__(self, content: Content) -> None:
        super().__init__()
        self._content = content

    def compose(self) -> ComposeResult:
        with Vertical(), VerticalScroll():
            yield Static(self._content, markup=False)
        yield Static("↑↓ scroll   any other key: back", markup=False, classes="hint")

    def on_key(self, event: events.Key) -> None:
        if event.key not in ("up", "down", "pageup", "pagedown", "home", "end"):
            event.stop()
            self.dismiss()


_HOW_TO_SPLIT = "←→ word   ↑↓ sentence   Tab other side   Enter cut   Esc back"
_CUT = " ✂ "
_HERE = "❯ "
_FRAME = (4, 2)  # columns and lines that a sheet takes around what it holds


class Split(_Sheet[tuple[int, int] | None]):
    """Where a pair is cut: an offset in each side, chosen among the starts of words."""

    DEFAULT_CSS = (
        _SHEET.format(name="Split")
        + """
        Split > Vertical { max-height: 100%; }
        Split Static { text-wrap: nowrap; text-overflow: clip; }
        Split .hint { text-wrap: wrap; }
        """
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", priority=True),
        Binding("enter", "cut"),
        Binding("tab,shift+tab", "other_side", priority=True),
        Binding("left,k,л", "step(-1)"),
        Binding("right,j,о", "step(1)"),
        Binding("up", "jump(-1)"),
        Binding("down,space", "jump(1)"),
        Binding("home", "end(0)"),
        Binding("end", "end(1)"),
    ]

    def __init__(self, unit: TranslationUnit, target_at: int | None = None) -> None:
        """``target_at`` is where the target is to be cut, if that is known."""
        super().__init__()
        self._texts: dict[Side, str] = {"source": unit.source.text, "target": unit.target.text}
        self._starts: dict[Side, list[int]] = {
            "source": starts(unit.source),
            "target": starts(unit.target),
        }
        self._at = {side: self._first(side) for side in self._texts}
        self._side: Side = "source" if self._texts["source"] else "target"
        if target_at is not None:
            self._at["target"] = target_at

    def _first(self, side: Side) -> int:
        """The place offered first: a sentence start, or the word nearest to the middle."""
        if self._starts[side]:
            return self._starts[side][0]
        middle = len(self._texts[side]) / 2
        return min(self._words(side), key=lambda at: abs(at - middle))

    def _words(self, side: Side) -> list[int]:
        """Offsets at which a second part may begin, those of no words included."""
        text = self._texts[side]
        inner = [at for at in range(1, len(text)) if text[at - 1] == " " != text[at]]
        return sorted({0, *inner, len(text)})

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(id="source", markup=False)
            yield Static(id="target", markup=False)
            yield Static(_HOW_TO_SPLIT, markup=False, classes="hint")

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        """Show of each side as much as there is room for around the place of its cut."""
        width, height = (have - spent for have, spent in zip(self.app.size, _FRAME, strict=True))
        room = max(2, height - len(wrap(_HOW_TO_SPLIT, max(2, width))))
        lines = {side: self._lines(side, max(2, width - len(_HERE))) for side in self._texts}
        source, target = (len(lines[side][0]) for side in self._texts)
        first = min(source, max(room // 2, room - target))
        for side, share in zip(lines, (first, room - first), strict=True):
            for cell in self.query(f"#{side}").results(Static):
                cell.update(self._seen(side, *lines[side], share))

    def _lines(self, side: Side, width: int) -> tuple[list[Content], int]:
        """A side with the place where it is cut, in lines; the number of the line of that."""
        text, at = self._texts[side], self._at[side]
        marker = "$text on $primary" if side == self._side else "reverse"
        before = display_safe(text[:at])
        whole = Content.assemble(before, (_CUT, marker), (display_safe(text[at:]), "bold"))
        ends = [*accumulate(map(len, wrap(whole.plain, width)))]
        return whole.divide(ends)[:-1], bisect(ends, len(before) + _CUT.index("✂"))

    def _seen(self, side: Side, lines: Sequence[Content], cut: int, room: int) -> Content:
        """As many lines as there is room for, that of the cut among them; arrows tell of more."""
        top = max(0, min(cut - room // 2, len(lines) - room))
        end = min(len(lines), top + room)
        signs = {top: "↑ "} if top else {}
        signs |= {end - 1: "↓ "} if end < len(lines) else {}
        signs |= {cut: _HERE} if side == self._side else {}
        return Content("\n").join(signs.get(n, "  ") + lines[n] for n in range(top, end))

    def _move(self, places: Sequence[int], steps: int) -> None:
        at = self._at[self._side]
        before = [place for place in places if place < at]
        after = [place for place in places if place > at]
        if steps > 0 and after:
            self._at[self._side] = after[0]
        elif steps < 0 and before:
            self._at[self._side] = before[-1]
        self._draw()

    def action_step(self, steps: int) -> None:
        """Go to the next or the previous word."""
        self._move(self._words(self._side), steps)

    def action_jump(self, steps: int) -> None:
        """Go to the next or the previous start of a sentence, or of a clause."""
        self._move(self._starts[self._side], steps)

    def action_end(self, which: int) -> None:
        """Give the whole side to the second part, or to the first."""
        self._at[self._side] = which * len(self._texts[self._side])
        self._draw()

    def action_other_side(self) -> None:
        """Go to the other side."""
        self._side = "target" if self._side == "source" else "source"
        self._draw()

    def action_cut(self) -> None:
        """Cut here."""
        self.dismiss((self._at["source"], self._at["target"]))


def help_page(commands: Iterable[Command], *, editing: bool) -> Content:
    """The commands with their keys, to read; those of the editor first if one is ``editing``."""
    commands = list(commands)
    width = max(len(command.shown_keys) for command in commands) + 2

    def line(keys: str, title: str, about: str) -> Content:
        return Content.assemble((keys.ljust(width), "bold"), title, (about and f"  {about}", "dim"))

    lines = []
    if editing:
        lines.append(Content.styled("Keys in the editor\n", "bold"))
        lines.append(line("Enter", "Confirm", "save what is typed, and go on"))
        lines.append(line("Esc Tab", "Leave the editor", "what is typed stays as a draft"))
        lines += [
            line(" ".join(map(shown, command.keys.split(","))), command.title, command.help)
            for command in commands
            if command.keys
        ]
        lines.append(line("PgDn PgUp", "Read on", "in a pair that is longer than its room"))
        lines.append(line("Ctrl-Y", "Take back typing", "Alt-Y does it again"))
        lines.append(Content.styled("\nKeys in the list\n", "bold"))
    else:
        said = "   in the editor only F-keys and Ctrl-keys act\n"
        lines.append(Content.assemble(("Keys", "bold"), said))
    lines += [line(command.shown_keys, command.title, command.help) for command in commands]
    lines.append(
        Content(
            "\nEnter opens the editor, and there confirms: a translator goes on to the next open"
            "\npair. Esc leaves it; what was typed stays as a draft, which … marks in the list."
            "\nTab changes between list and editor. Ctrl-P finds any command by its name."
            "\nCtrl-Z suspends. Every change is saved at once."
            "\n\n- initial  + translated  ✓ reviewed  ✔ final  ✗ rejected"
            "\n= sure, 90 % and more  ? doubtful  ! unlikely, below 50 %  ∅ a side is missing"
            "\n⚠ what a check doubts  (⚠) dismissed  ¶ a note"
            "\n# before the translation of a match: its numbers were replaced"
        )
    )
    return Content("\n").join(lines)
