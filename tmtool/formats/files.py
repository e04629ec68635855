"""Opening files to read, and replacing files as a whole."""

from __future__ import annotations

import io
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from tmtool.errors import FormatError, InputError

LINE_BYTES = 16 << 20
"""Bytes of a line at most: more is damage, or made to do harm."""

_BLOCK = 1 << 18  # bytes read at once


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file open for reading; raises ``InputError`` that says why if it cannot be."""
    try:
        stream = open(path, "rb")  # noqa: SIM115 - closed below, opened where errors are explained
    except FileNotFoundError:
        raise InputError("no such file", path=path, hint="check the name") from None
    except IsADirectoryError:
        raise InputError("is a folder, not a file", path=path, hint="name a file in it") from None
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", path=path, hint="check its permissions"
        ) from error
    with stream:
        yield stream


@contextmanager
def replaced(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block ends without an error.

    As :func:`replacement`; a device or a pipe is written to directly.
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not stat.S_ISREG(place.stat().st_mode):
        with _explained(path), open(place, "wb") as stream:
            yield stream
        return
    with replacement(path) as temporary, temporary.open("wb") as stream:
        yield stream


@contextmanager
def replacement(path: str | os.PathLike[str], *, mode: int | None = None) -> Iterator[Path]:
    """An empty file to be written, which takes the place of ``path`` when the block ends.

    It lies beside it, nobody else may read it, and it is flushed to the disk and renamed, so that
    a reader or a crash finds the old file or the new one, whole; after an error the old one.
    Its permissions become ``mode``, else those of the old file. A symbolic link is followed.
    Raises ``InputError`` if the place cannot be written, or holds what is no file.
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        raise InputError("is no file that could be replaced", path=path, hint="name a file")
    temporary = place.with_name(f".tmtool-{secrets.token_hex(8)}")
    try:
        with _explained(path):
            handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            with _explained(path, hint="the old file is untouched"):
                yield temporary
                os.fchmod(handle, _mode(place) if mode is None else mode)
                os.fsync(handle)
                os.replace(temporary, place)
            _flush(place.parent)
        finally:
            os.close(handle)
    except BaseException:  # an interrupt too, wherever it comes
        with suppress(OSError):
            temporary.unlink()
        raise


def _flush(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _explained(
    path: str | os.PathLike[str], *, hint: str = "check the folder and its permissions"
) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise InputError(message, path=path, hint=hint) from error


def _mode(place: Path) -> int:
    """The permissions of the file that is replaced, or those that a new file would get."""
    if place.exists():
        return stat.S_IMODE(place.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def bounded(
    file: BinaryIO,
    path: str | os.PathLike[str],
    *,
    ends: bytes = b"\n",
    may_be_empty: bool = False,
) -> BinaryIO:
    """A file of lines that ends with an error where one is longer than any unit.

    Each of ``ends`` ends a line. Raises ``FormatError`` if the file is empty and may not be.
    """
    lines = io.BufferedReader(_Bounded(file, path, ends), _BLOCK)
    if not may_be_empty and not lines.peek(1):
        raise FormatError("is empty", path=path, hint="export it again from where it came")
    return cast(BinaryIO, lines)


class _Bounded(io.RawIOBase):
    """The bytes of a file of lines; reading raises ``FormatError`` as said above."""

    def __init__(self, file: BinaryIO, path: str | os.PathLike[str], ends: bytes) -> None:
        self._path, self._ends = path, ends
        # What is there: to read all that was asked for would not be interrupted between its parts.
        self._read = getattr(file, "read1", file.read)
        self._begun = self._lines = 0  # bytes of the line begun, and lines before it

    def readable(self) -> bool:
        """It is for reading only."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes into a buffer, as ``RawIOBase`` wants it."""
        data: bytes = self._read(len(buffer))
        self._lines += data.count(b"\n")
        last = max(map(data.rfind, self._ends))
        self._begun = len(data) - 1 - last if last >= 0 else self._begun + len(data)
        if self._begun > LINE_BYTES:
            raise FormatError(
                f"is a line of more than {LINE_BYTES >> 20} MB",
                path=self._path,
                line=self._lines + 1,
                hint="a unit is a sentence; split it, or export it again from where it came",
            )
        buffer[: len(data)] = data
        return len(data)
