"""The units of a document as a sequence that reads them when they are asked for.

What is always held is the outline, one short entry a unit, so that a document of many
thousand opens at once and weighs little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, overload

from tmtool.errors import ConflictError
from tmtool.memory import Memory
from tmtool.model import DocumentKey, Entry, State, TranslationUnit

_PAGE = 64  # units read at once
_HELD = 512  # units held; then all are let go


class Tally:
    """A document in figures, which follow its units."""

    def __init__(self, outline: Iterable[Entry]) -> None:
        self.states: Counter[State] = Counter()
        self.words: Counter[State] = Counter()
        self.open = 0
        self.untranslated = 0
        self.doubtful = 0
        self.add(outline)

    def add(self, entries: Iterable[Entry], sign: Literal[1, -1] = 1) -> None:
        """Count units that came, or, with -1, units that went."""
        for entry in entries:
            self.states[entry.state] += sign
            self.words[entry.state] += sign * entry.words
            self.open += sign * entry.is_open
            self.untranslated += sign * entry.is_untranslated
            self.doubtful += sign * entry.is_doubtful


class Units(Sequence[TranslationUnit]):
    """The units of one document of a memory, in order.

    Reading a unit that somebody else has removed raises ``ConflictError``.
    """

    def __init__(self, memory: Memory, document: DocumentKey) -> None:
        self.outline: list[Entry] = memory.outline(document)
        self.tally = Tally(self.outline)
        self._memory = memory
        self._held: dict[str, TranslationUnit] = {}

    def __len__(self) -> int:
        return len(self.outline)

    @overload
    def __getitem__(self, index: int) -> TranslationUnit: ...
    @overload
    def __getitem__(self, index: slice) -> list[TranslationUnit]: ...
    def __getitem__(self, index: int | slice) -> TranslationUnit | list[TranslationUnit]:
        if isinstance(index, slice):
            return [self._read(at) for at in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._read(index % len(self))

    def __iter__(self) -> Iterator[TranslationUnit]:
        return (self._read(index) for index in range(len(self)))

    def put(self, start: int, stop: int, units: Sequence[TranslationUnit]) -> None:
        """Note that these units were written in the place of others."""
        old, new = self.outline[start:stop], [unit.entry for unit in units]
        for entry in old:
            self._held.pop(entry.id, None)
        self.outline[start:stop] = new
        self.tally.add(old, -1)
        self.tally.add(new)
        self._held.update((unit.id, unit) for unit in units)

    def _read(self, index: int) -> TranslationUnit:
        unit_id = self.outline[index].id
        held = self._held.get(unit_id)
        if held is None:
            if len(self._held) >= _HELD:
                self._held.clear()
            page = self.outline[max(0, index - _PAGE // 4) : index + _PAGE]
            wanted = [entry.id for entry in page if entry.id not in self._held]
            self._held |= self._memory.units_by_id(wanted)
            held = self._held.get(unit_id)
        if held is None:
            raise ConflictError(
                f"unit {unit_id} was removed by somebody else meanwhile",
                hint="look at the document again",
            )
        return held
