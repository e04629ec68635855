"""What somebody who waits looks for in texts; a search that goes on and on is given up."""

from __future__ import annotations

import regex

from tmtool.errors import TmtoolError

_PATIENCE = 0.3  # seconds that an expression may take with one text
_GLANCE = 0.02  # with a text that is being drawn


class Sought:
    """Words or a regular expression.

    All methods raise ``TmtoolError`` if a text takes more seconds than their ``patience``: the
    expression goes over it again and again. Other threads go on meanwhile.
    """

    def __init__(self, typed: str, *, is_regex: bool, any_case: bool = True) -> None:
        """Raises ``TmtoolError`` if it is no regular expression."""
        self.typed = typed
        self.is_regex = is_regex
        self._is_slow = False
        try:
            self._pattern = regex.compile(
                typed if is_regex else regex.escape(typed), regex.IGNORECASE * any_case
            )
        except (regex.error, RecursionError, OverflowError) as error:
            raise TmtoolError(f"{typed!r} is no regular expression: {error}") from None

    def is_in(self, text: str, patience: float = _PATIENCE) -> bool:
        """Whether it is found in a text."""
        try:
            return self._pattern.search(text, timeout=patience, concurrent=True) is not None
        except TimeoutError:
            raise self.endless() from None

    def spans(self, text: str, patience: float = _PATIENCE) -> list[tuple[int, int]]:
        """Where it is found in a text."""
        try:
            found = self._pattern.finditer(text, timeout=patience, concurrent=True)
            return [match.span() for match in found]
        except TimeoutError:
            raise self.endless() from None

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Where it is found in a text that is drawn; nowhere once a text has taken too long."""
        if not self._is_slow:
            try:
                return self.spans(text, _GLANCE)
            except TmtoolError:
                self._is_slow = True
        return []

    def replaced(self, text: str, replacement: str, patience: float = _PATIENCE) -> str:
        r"""A text with a replacement for all that is found; it may refer to groups, as ``\1``.

        Raises ``TmtoolError`` also if it refers to one that there is not.
        """
        try:
            done: str = self._pattern.sub(replacement, text, timeout=patience, concurrent=True)
        except TimeoutError:
            raise self.endless() from None
        except (regex.error, IndexError) as error:
            raise TmtoolError(f"the replacement {replacement!r} cannot be used: {error}") from None
        return done

    def endless(self) -> TmtoolError:
        """What to raise where it takes too long."""
        return TmtoolError(
            f"the expression {self.typed!r} takes too long",
            hint="make it simpler: a + or * inside another one takes long",
        )
