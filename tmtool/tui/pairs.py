"""The list of pairs: two wrapped columns, drawn as far as they are seen.

Nothing is laid out beforehand. The view hangs on the row at its top, and rows are wrapped
from there down to the end of the window, so a document of any size opens at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat, zip_longest
from operator import itemgetter
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tmtool.document import Document
from tmtool.errors import ConflictError, StoreError
from tmtool.model import Entry, Finding, TranslationUnit
from tmtool.regroup import Side
from tmtool.signs import GLYPHS, confidence, percentage
from tmtool.sought import Sought
from tmtool.text import display_safe
from tmtool.tui.wrapping import wrap

STACKED_BELOW = 70
"""Columns under which the source stands above the target."""

_WIDE_FROM = 90  # columns from which the gutter has room for words
_PLAIN = Style(strike=False)
_CONTEXT = 3  # lines of other rows above and below the current one
_EACH_LINE = 3  # lines that a turn of the wheel moves


class PairList(Widget, can_focus=True):
    """The rows of a document that are shown, one of them the current one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *("pairs--gutter", "pairs--cursor", "pairs--side", "pairs--sure", "pairs--doubtful"),
        *("pairs--unlikely", "pairs--vouched", "pairs--rejected", "pairs--warning"),
        *("pairs--flaw", "pairs--found", "pairs--note", "pairs--bar", "pairs--thumb"),
    }
    DEFAULT_CSS = """
    PairList {
        height: 1fr;
        & .pairs--gutter { color: #9AA0A6; }
        & .pairs--cursor { background: $surface-lighten-2; }
        & .pairs--side { background: #56B4E9 30%; }
        & .pairs--sure { color: #56B4E9; }
        & .pairs--doubtful { color: #E69F00; }
        & .pairs--unlikely { color: #FF8A4C; text-style: bold; }
        & .pairs--vouched { color: #2BC79A; }
        & .pairs--rejected { color: #D992BC; text-style: strike; }
        & .pairs--warning { color: #E69F00; }
        & .pairs--flaw { text-style: underline; }
        & .pairs--found { background: #F0E442; color: #000000; }
        & .pairs--note { color: #9AA0A6; text-style: italic; }
        & .pairs--bar { background: $panel; }
        & .pairs--thumb { background: $primary; }
        &:light {
            & .pairs--cursor { background: #CFE3F4; }
            & .pairs--side { background: #56B4E9 60%; }
            & .pairs--gutter { color: #5F6368; }
            & .pairs--note { color: #5F6368; text-style: italic; }
            & .pairs--sure { color: #0062A3; }
            & .pairs--doubtful { color: #8A5A00; }
            & .pairs--unlikely { color: #B33C00; text-style: bold; }
            & .pairs--vouched { color: #00704F; }
            & .pairs--rejected { color: #9C3F78; text-style: strike; }
            & .pairs--warning { color: #8A5A00; }
        }
    }
    """

    class Moved(Message):
        """Another row is the current one."""

    class Chosen(Message):
        """The current row is to be edited."""

    class Unread(Message):
        """The memory does not answer."""

        def __init__(self, error: StoreError) -> None:
            super().__init__()
            self.error = error

    class Stale(Message):
        """A row that was to be drawn is no longer there."""

    def __init__(
        self,
        document: Document,
        findings: Callable[[TranslationUnit], list[Finding]],
        obey: Callable[[events.Key], bool],
    ) -> None:
        """``findings`` tells what may be wrong with a unit, ``obey`` if a key was a command."""
        super().__init__()
        self.document = document
        self.rows: Sequence[int] = range(len(document.units))
        self.cursor = 0
        self.side: Side | None = None
        self.found: Sought | None = None
        self.drafts: set[str] = set()
        self._findings = findings
        self._dismissed = document.dismissed
        self._obey = obey
        self._top = 0  # the row at the top of the view
        self._above = 0  # lines of it that are out of sight
        self._settled = -1  # the row that the view was last put at
        self._is_loose = False  # whether the wheel may have moved the cursor out of sight
        self._blocks: dict[int, list[Strip]] = {}
        self._view: list[tuple[int, Strip]] | None = None

    # What is shown

    @property
    def index(self) -> int | None:
        """The index in the document of the current row."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[int], index: int | None) -> None:
        """Show other rows; the current one is that with an index, or the next after it."""
        if self.index != index:
            self.side = None
        self.rows = rows
        self.redraw()
        self.select(index or 0)

    def redraw(self) -> None:
        """Draw all rows anew, for the document or their look has changed."""
        self._blocks.clear()
        self._view = None
        self.refresh()

    def select(self, index: int) -> None:
        """Make the row with an index of the document, or the next after it, the current one."""
        if isinstance(self.rows, range):
            at = index
        else:
            at = next((n for n, row in enumerate(self.rows) if row >= index), len(self.rows))
        self.move_to(at)

    def move_to(self, cursor: int) -> None:
        """Make a row the current one, by its number among those shown."""
        old = self.cursor
        self.cursor = max(0, min(cursor, len(self.rows) - 1))
        if self.cursor != old:
            self.side = None
        self._is_loose = False
        self._blocks.pop(old, None)
        self._blocks.pop(self.cursor, None)
        self._view = None
        self.refresh()
        self.post_message(self.Moved())

    def move_by_page(self, direction: int) -> None:
        """Go down or up by as many rows as are seen, or through a row that is taller."""
        if self.read_on(direction):
            return
        seen = len({row for row, _ in self._seen() if row >= 0})
        self.move_to(self.cursor + direction * max(1, seen - 1))

    def read_on(self, direction: int) -> bool:
        """Go down or up through the current row if it is taller than the view; whether it was."""
        view, height = self._seen(), self.size.height
        if view and view[0][0] == view[-1][0] == self.cursor:
            last = len(self._block(self.cursor)) - height
            above = max(0, min(self._above + direction * (height - 1), last))
            if above != self._above:
                self._above, self._view = above, None
                self.refresh()
                return True
        return False

    def choose_side(self, side: Side | None) -> None:
        """Choose one side of the current pair; both again from the other side, or for ``None``."""
        self.side = side if self.side in (None, side) else None
        self.redraw()

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        view = self._seen()
        strip = view[y][1] if y < len(view) else Strip.blank(width - 1, self.rich_style)
        return Strip([*strip, self._bar(y)])

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.redraw()

    def on_resize(self) -> None:
        self.redraw()

    def _seen(self) -> list[tuple[int, Strip]]:
        """The lines of the view, each with the row it is of."""
        if self._view is None:
            try:
                self._settle()
                lines = []
                for row in range(self._top, len(self.rows)):
                    lines += [(row, strip) for strip in self._block(row)]
                    if len(lines) >= self._above + self.size.height:
                        break
                self._view = lines[self._above : self._above + self.size.height]
            except ConflictError:
                self._view = []
                self.post_message(self.Stale())
            except StoreError as error:
                self._view = []
                self.post_message(self.Unread(error))
        return self._view

    def _settle(self) -> None:
        """Find the top of the view, so that the current row is seen and no line stays empty."""
        self._top = min(self._top, max(0, len(self.rows) - 1))
        if self._is_loose or not self.rows:
            return
        self._place()
        height = self.size.height
        left = height + self._above - len(self._block(self._top))
        left -= self._lines_after(self._top, left)
        self._above -= max(0, left)
        while self._above < 0 and self._top:
            self._top -= 1
            self._above += len(self._block(self._top))
        self._above = max(0, self._above)

    def _place(self) -> None:
        """Have the current row seen, near where it was."""
        height = self.size.height
        own = len(self._block(self.cursor))
        is_first = self._settled < 0
        is_new, self._settled = self._settled != self.cursor, self.cursor
        if own > height:  # it is read from its beginning
            if is_new or self._top != self.cursor:
                self._top, self._above = self.cursor, 0
            self._above = min(self._above, own - height)
            return
        if self._top <= self.cursor <= self._top + height:
            above = -self._above + sum(
                len(self._block(row)) for row in range(self._top, self.cursor)
            )
            least = min(_CONTEXT, (height - own) // 2)
            below = self._lines_after(self.cursor, least)
            is_near = above >= 0 and above < height + own  # a step, and no leap
            before = least if self._top or self._above else min(least, above)
            if above >= before and above + own + below <= height:
                return
            room = height // 3
            if is_near and not is_first:
                room = height - own - below if above > before else least
        elif self.cursor < self._top and self.cursor >= self._top - 1:
            room = min(_CONTEXT, (height - own) // 2)
        else:
            room = height // 3
        self._top, self._above = self.cursor, 0
        while self._top and room > 0:
            self._top -= 1
            room -= len(self._block(self._top))
        self._above = max(0, -room)

    def _lines_after(self, row: int, most: int) -> int:
        """How many lines the rows after one have, counted up to ``most``."""
        count = 0
        for following in range(row + 1, len(self.rows)):
            if count >= most:
                break
            count += len(self._block(following))
        return min(count, most)

    def _block(self, row: int) -> list[Strip]:
        """The lines of a row."""
        block = self._blocks.get(row)
        if block is None:
            if len(self._blocks) > 1000:
                self._blocks.clear()
            unit = self.document.units[self.rows[row]]
            block = self._blocks[row] = list(self._drawn(row, unit))
        return block

    def _drawn(self, row: int, unit: TranslationUnit) -> Iterator[Strip]:
        is_current = row == self.cursor
        base = self.get_component_rich_style("pairs--cursor") if is_current else self.rich_style
        side = self.side if is_current else None
        gutter = [
            [Segment(text, base + self._look(look)) for text, look in line]
            for line in self._gutter(row, unit.entry)
        ]
        margin = cell_len("".join(segment.text for segment in gutter[0]))
        width = self.size.width - 1
        is_stacked = width < STACKED_BELOW
        column = width - 2 if is_stacked else (width - margin - 2) // 2
        text_style = base + self._look("rejected" if unit.state == "rejected" else "")
        chosen = base + self._look("side")
        findings = self._findings(unit)
        texts: list[tuple[Side, str]]
        texts = [("source", unit.source.text), ("target", unit.target.text)]
        source, target = (
            list(
                self._cell(
                    text,
                    column,
                    chosen if side == name else text_style,
                    [f.span for f in findings if f.side == name and f.span],
                )
            )
            for name, text in texts
        )
        remarks = [(f"⚠ {finding.message}", "warning") for finding in findings]
        remarks += [(f"(⚠) dismissed: {one.message}", "note") for one in self._dismissed(unit)]
        remarks += [(f"¶ {note}", "note") for note in unit.notes]
        extra = [
            Segment(line, base + self._look(look))
            for text, look in remarks
            for line in wrap(display_safe(text), width - (2 if is_stacked else margin))
        ]
        left, right = ("❯ " if side == name else "  " for name, _ in texts)
        if is_stacked:
            heads = (left, *["  "] * (len(source) - 1), right, *["  "] * (len(target) - 1))
            cells = zip(heads, (*source, *target), strict=True)
            lines = [gutter[0], *([Segment(head, base), *cell] for head, cell in cells)]
            lines += [[Segment("  ", base), line] for line in extra]
        else:
            blank = [Segment(" " * margin, base)]
            nothing = [Segment(" " * column, base)]
            if side == "source":  # the gutter ends with a blank
                *pieces, last = gutter[0]
                gutter[0] = [*pieces, Segment(last.text[:-1] + "❯", last.style)]
            between = chain([right], repeat("  "))
            lines = [
                [
                    *(head or blank),
                    *(one or nothing),
                    Segment(next(between), base),
                    *(two or nothing),
                ]
                for head, one, two in zip_longest(gutter, source, target)
            ]
            lines += [[*blank, line] for line in extra]
        for line in lines:
            yield Strip(line).adjust_cell_length(width, base)

    def _gutter(self, row: int, entry: Entry) -> Iterator[list[tuple[str, str]]]:
        """Number, state and confidence of a row, as pieces with their look."""
        number = f"{'❯' if row == self.cursor else ' '}{self.rows[row] + 1:>5} "
        draft = "…" if entry.id in self.drafts else " "
        look = "vouched" if entry.is_vouched else ""
        glyph, word = confidence(entry)
        is_scored = entry.score is not None and glyph not in ("", "∅")
        percent = percentage(entry.score or 0.0) if is_scored else ""
        sure = {"=": "sure", "?": "doubtful"}.get(glyph, "unlikely" if glyph else "")
        state = GLYPHS[entry.state]
        if self.size.width - 1 < STACKED_BELOW:
            yield [
                (number, "gutter"),
                (f"{state} {entry.state}{draft} ", look),
                (f"{glyph} {word} {percent}".rstrip(), sure),
            ]
        elif self.size.width < _WIDE_FROM:
            yield [(number, "gutter"), (f"{state}{draft}   ", look)]
            if glyph:
                yield [(f" {glyph} {percent or word}".ljust(12), sure)]
        else:
            yield [(number, "gutter"), (f"{state} {entry.state:10}{draft}  ", look)]
            if glyph:
                yield [(" " * 7, ""), (f"{glyph} {word} {percent}".ljust(15), sure)]

    def _cell(
        self, text: str, width: int, style: Style, flawed: Sequence[tuple[int, int]]
    ) -> Iterator[list[Segment]]:
        """The lines of one side, with what was searched for and what may be wrong marked."""
        safe = display_safe(text)
        marks: list[tuple[int, int, Style]] = []
        if self.found:
            found = style + self._look("found")
            marks += [(*span, found) for span in self.found.marks(safe)]
        if safe == text:  # else the offsets are others
            marks += [(*span, style + self._look("flaw")) for span in flawed]
        marks.sort(key=itemgetter(0, 1))
        start = 0
        for line in wrap(safe, width):
            shown = set_cell_size(line, width) if cell_len(line) != width else line
            pieces, at = [], 0
            for left, right, look in marks:
                a, b = max(left - start, at), min(right - start, len(line.rstrip()))
                if a < b:
                    pieces += [Segment(shown[at:a], style), Segment(shown[a:b], look)]
                    at = b
            end = max(at, len(shown.rstrip()))  # a line through words ends with them
            yield [*pieces, Segment(shown[at:end], style), Segment(shown[end:], style + _PLAIN)]
            start += len(line)

    def _look(self, name: str) -> Style:
        if not name:
            return Style.null()
        return self.get_component_rich_style(f"pairs--{name}", partial=True)

    def _bar(self, y: int) -> Segment:
        """The cell of the scroll bar in a line of the view."""
        height, count = self.size.height, max(1, len(self.rows))
        view = self._seen()
        first = self._top / count
        last = (view[-1][0] + 1) / count if view else 1.0
        is_thumb = first * height - 0.5 <= y <= max(last * height - 0.5, first * height)
        name = "pairs--thumb" if is_thumb and last - first < 1 else "pairs--bar"
        return Segment(" ", self.get_component_rich_style(name))

    # Keys and mouse

    def on_key(self, event: events.Key) -> None:
        if self._obey(event):
            event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(_EACH_LINE)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-_EACH_LINE)

    def _scroll(self, lines: int) -> None:
        """Move the view, not the current row."""
        self._above += lines
        while self._above < 0 and self._top:
            self._top -= 1
            self._above += len(self._block(self._top))
        while self._top + 1 < len(self.rows) and self._above >= len(self._block(self._top)):
            self._above -= len(self._block(self._top))
            self._top += 1
        last = len(self._block(self._top)) - 1 if self.rows else 0
        self._above = max(0, min(self._above, last))
        self._is_loose = True
        self._view = None
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        view = self._seen()
        if event.x >= self.size.width - 1:
            self.move_to(event.y * len(self.rows) // max(1, self.size.height))
        elif event.y < len(view):
            row = view[event.y][0]
            if row == self.cursor and event.chain > 1:
                self.post_message(self.Chosen())
            else:
                self.move_to(row)
