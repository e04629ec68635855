"""What stands around the list: the figures, the matches, the editor, the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static, TextArea

from tmtool.document import Document
from tmtool.match import difference
from tmtool.model import STATES, Match
from tmtool.signs import GLYPHS, proposed
from tmtool.text import as_stored, clean, display_safe, plural
from tmtool.tui.commands import Command, shown

_ARROW = " → "
_GAP = "   │ "  # between a match and the terms on its line
_LEAST = 12  # cells that terms beside a match need
_LINES = 3  # of the pane, where it is no single line
_NO_MATCH = Content.styled("no match in the memory", "dim")
_BESIDE = 9  # characters that are shown on either side of a difference
_DARK = ("#FF8A4C", "#56B4E9 underline")  # looks of what a match has too much, and lacks
_LIGHT = ("#B33C00", "#0062A3 underline")
_TYPING = 11  # the least rank of what a translator needs while typing


class Figures(Static):
    """The line at the top: document, languages, counts, words, when it was saved."""

    DEFAULT_CSS = "Figures { height: 1; background: $primary; color: $text; text-style: bold; }"

    def tell(
        self, document: Document, *, translating: bool, saved: str, shown: str, trouble: str
    ) -> None:
        """Show the figures of a document.

        ``shown`` names what the list is narrowed to; ``trouble`` says why nothing can be saved.
        """
        away = f"   ⚠ {trouble}" if trouble else ""
        source, target = document.languages
        words = document.words
        done = {"reviewed", "final"} | ({"translated"} if translating else set())
        counts = document.states
        states = " ".join(f"{GLYPHS[state]}{counts[state]}" for state in STATES if state in counts)
        few_words = f"{sum(words[s] for s in words if s in done)}/{sum(words.values())} words"
        pieces = [
            f" {display_safe(document.name)} {source}→{target}{away}",
            f"[{shown}]" if shown else "",
            f"{document.open_count} open" if translating else document.waiting,
            f"{few_words} {'translated' if translating else 'reviewed'}",
            f"{plural(len(document.units), 'pair')}  {states}",
            f"saved {saved}" if saved else "",
        ]
        # Where there is little room blanks give way first, then the words, the states, the time.
        brief = [*pieces[:3], few_words, *pieces[4:]]
        lines = ["   ".join(filter(None, pieces)), "  ".join(filter(None, pieces))]
        lines.append("  ".join(filter(None, brief)))
        lines += ["   ".join(filter(None, pieces[:3] + pieces[n:])) for n in (4, 5, 6)]
        for line in lines:
            if cell_len(line) <= self.size.width:
                break
        self.update(Content(line))


class Matches(Static):
    """What the memory holds for the current pair: terms, and matches with differences in colour."""

    DEFAULT_CSS = """
    Matches { height: 4; border-top: solid $primary; padding: 0 1; }
    Matches.small { height: 1; border-top: none; }
    """

    class Taken(Message):
        """A match was chosen with the mouse."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def on_click(self, event: events.Click) -> None:
        if number := event.style.meta.get("match"):
            self.post_message(self.Taken(number))

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._told: tuple[str, Sequence[Match], Mapping[str, Sequence[str]]] = ("", (), {})

    def on_resize(self) -> None:
        self.tell(*self._told)

    def tell(
        self, source: str, matches: Sequence[Match], terms: Mapping[str, Sequence[str]]
    ) -> None:
        """Show matches for a source text, and its terms with their translations.

        On one line the best match comes first, and terms where that leaves room.
        """
        self._told = source, matches, terms
        width = self.content_size.width
        if self.has_class("small"):
            line = self._line(1, matches[0], source, is_whole=False) if matches else Content("")
            room = width - line.cell_length - bool(matches) * len(_GAP)
            if terms and room >= _LEAST:
                line += (_GAP if matches else "") + _glossed(terms).truncate(room, ellipsis=True)
            self.update(line if line else _NO_MATCH)
            return
        lines = _glossed(terms).wrap(width) if terms and width > 0 else []
        if len(lines) > (most := _LINES - bool(matches)):
            lines[most - 1 :] = [
                Content(" ").join(lines[most - 1 :]).truncate(width, ellipsis=True)
            ]
        room = _LINES - len(lines)
        is_whole = len(matches) < room  # then there are lines for all that it says
        lines += [
            self._line(number, match, source, is_whole=is_whole)
            for number, match in enumerate(matches[:room], 1)
        ]
        if not matches and room:
            lines.append(_NO_MATCH)
        self.update(Content("\n").join(lines))

    def whole(self) -> Content:
        """All that is known of the current source, to read."""
        source, matches, terms = self._told
        lines = [_glossed(terms)] if terms else []
        for number, match in enumerate(matches, 1):
            lines.append(self._line(number, match, source, is_whole=True))
        return Content("\n").join(lines or [_NO_MATCH])

    def _line(self, number: int, match: Match, source: str, *, is_whole: bool) -> Content:
        """A match: how its source differs on the left, its target on the right."""
        line = Content.assemble((f"{number} ", "dim"), (f"{match.percent:3} % ", "bold"))
        room = self.content_size.width - line.cell_length
        if match.percent < 100:
            extra, lacking = _DARK if self.app.current_theme.dark else _LIGHT
            looks = {"same": "", "only in a": f"{extra} strike", "only in b": lacking}
            pieces = [(text, looks[where]) for where, text in difference(source, match)]
            if not is_whole:
                pieces = [
                    (_short(text, n) if not look else text, look)
                    for n, (text, look) in enumerate(pieces)
                ]
            shown = Content.assemble(*((display_safe(text), look) for text, look in pieces))
            if not is_whole:
                shown = shown.truncate(room // 2 - len(_ARROW), ellipsis=True)
            line += Content.assemble(shown, (_ARROW, "dim"))
        target = Content(display_safe(proposed(match)))
        if not is_whole:
            target = target.truncate(self.content_size.width - line.cell_length, ellipsis=True)
        return (line + target).stylize(Style.from_meta({"match": number}))


def _glossed(terms: Mapping[str, Sequence[str]]) -> Content:
    """Terms with how they are to be translated."""
    return Content("   ").join(
        Content.assemble(
            display_safe(term), (_ARROW, "dim"), (display_safe(" or ".join(translations)), "bold")
        )
        for term, translations in terms.items()
    )


def _short(text: str, number: int) -> str:
    """Words that are the same in both texts, but for those next to what differs."""
    if len(text) <= 3 * _BESIDE:
        return text
    return f"{'' if not number else text[:_BESIDE]}…{text[-_BESIDE:]}"


class Editor(TextArea):
    """Where a translation is typed: one line of text, wrapped."""

    DEFAULT_CSS = """
    Editor { height: 4; padding: 0 1; background: $surface; }
    Editor, Editor:focus { border: none; }
    Editor.small { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+underscore,ctrl+y", "undo", show=False),
        Binding("alt+y", "redo", show=False),
    ]

    def __init__(self, obey: Callable[[events.Key], bool]) -> None:
        """``obey`` is given every key first, and tells whether it was a command."""
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        self._obey = obey
        self._original = ""

    def load(self, text: str) -> None:
        """Begin with a text; what a terminal would obey is shown by name."""
        self._original = text
        self.text = display_safe(text)
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Type a text in the place of what is there, so that it can be taken back."""
        self._original = text
        self.replace(display_safe(text), self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    @property
    def typed(self) -> str:
        """The text as it stands now."""
        return clean(as_stored(self.text, self._original))

    async def _on_key(self, event: events.Key) -> None:
        if self._obey(event):
            event.stop()
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        """Lines that are pasted become one."""
        event.stop()
        event.prevent_default()
        if result := self._replace_via_keyboard(
            display_safe(" ".join(event.text.split())), *self.selection
        ):
            self.move_cursor(result.end_location)


def _in_layout(keys: Sequence[str], latin: bool | None) -> str:
    """What to press of the keys of a command: the letter of a layout, or both letters of the key.

    The first key, if that is no letter.
    """
    letters = [key for key in keys[:2] if len(key) == 1 and key.isalpha()]
    if latin is not None:
        letters = [key for key in letters if key.isascii() == latin][:1]
    return "/".join(letters) or shown(keys[0])


class Keys(Static):
    """The line at the bottom: the keys that matter now, or what just happened."""

    DEFAULT_CSS = "Keys { height: 1; background: $panel; link-style: none; }"

    def tell(self, commands: Iterable[Command], *, editing: bool, latin: bool | None) -> None:
        """Show as many keys as there is room for, the most needed first.

        Letters are those of the keyboard layout, Latin or not; both, where it is not known.
        """
        here = [("Enter", "confirm", ""), ("Esc", "list", "")] if editing else []

        def place(command: Command) -> tuple[bool, int]:
            return editing and 1 < command.rank < _TYPING, command.rank

        for command in sorted(commands, key=place):
            keys = (command.keys if editing else command.letters or command.keys).split(",")
            if command.rank and keys[0]:
                here.append((_in_layout(keys, latin), command.short, command.name))
        line = Content("")
        for key, word, name in here:
            piece = Content.assemble((f" {key}", "bold"), f" {word} ")
            if line.cell_length + piece.cell_length > self.size.width:
                break
            if name:
                piece = piece.stylize(f"@click=screen.command('{name}')")
            line = line + piece
        self.update(line)

    def say(self, message: str, *, is_error: bool = False) -> None:
        """Show what happened instead, until the next key."""
        look = "bold $text on $error" if is_error else "bold"
        self.update(Content.styled(f" {display_safe(message)} ", look))
