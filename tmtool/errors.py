"""What can go wrong, as one small tree; the library raises, the command line reports.

    TmtoolError                    anything tmtool can explain
    ├── LanguageError              a language tmtool cannot serve
    ├── InputError                 a text or file that cannot be read
    │   └── FormatError            it was read, but it is not what its format demands
    ├── MissingExtra               a package that this needs is not installed
    ├── MismatchError              two texts are no translations of each other
    └── StoreError                 the memory cannot be opened, read or written
        ├── ConflictError          somebody else changed the unit meanwhile
        │   └── OvertakenError     to undo this would take back what somebody else did
        └── DisconnectedError      its server cannot be reached

A message is one line that says what happened and where; ``hint`` says what to do.
"""

from __future__ import annotations

import os


class TmtoolError(Exception):
    """Base of every error tmtool raises on purpose."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class LanguageError(TmtoolError):
    """A language code is not well formed, or its data cannot be used."""


class InputError(TmtoolError):
    """A text or file cannot be read.

    ``path`` names it (``-`` is standard input); ``line`` and ``column`` count from 1,
    0 where the place is the whole file.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | os.PathLike[str] = "",
        line: int = 0,
        column: int = 0,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.path = os.fspath(path)
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {super().__str__()}" if place else super().__str__()


class FormatError(InputError):
    """A file breaks the rules of its format."""


class MissingExtra(TmtoolError):  # noqa: N818 - what is missing, not what went wrong
    """A package that is only needed for this is not installed; the hint says how to get it."""


class MismatchError(TmtoolError):
    """Two texts hardly translate each other, so that pairing them would be nonsense."""


class StoreError(TmtoolError):
    """The memory cannot be opened, read or written."""


class ConflictError(StoreError):
    """A unit was changed by somebody else after it was read; nothing was written."""


class OvertakenError(ConflictError):
    """What is to be taken back was done by another, or another built on it; nothing was done.

    ``number`` is that of the other's action: to take that back, name it.
    """

    def __init__(self, message: str, *, hint: str = "", number: int) -> None:
        super().__init__(message, hint=hint)
        self.number = number


class DisconnectedError(StoreError):
    """The server of the memory cannot be reached; what was asked for was not done."""
