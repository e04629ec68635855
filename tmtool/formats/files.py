"""Opening files to read, and replacing files as a whole."""

from __future__ import annotations

import io
import os
import secrets
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from tmtool.errors import FormatError, InputError

LINE_BYTES = 16 << 20
"""Bytes of a line at most: more is damage, or made to do harm."""

_BLOCK = 1 << 18  # bytes read at once


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file open for reading; it and reading raise ``InputError`` that says why it cannot be."""
    try:
        stream = _Input(path)
    except FileNotFoundError:
        raise InputError("no such file", path=path, hint="check the name") from None
    except IsADirectoryError:
        raise InputError("is a folder, not a file", path=path, hint="name a file in it") from None
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", path=path, hint="check its permissions"
        ) from error
    with io.BufferedReader(stream, _BLOCK) as file:
        yield file


class _Input(io.FileIO):
    """A file whose disk or network may fail while it is read."""

    def readinto(self, buffer: Any) -> int | None:
        """Read some bytes into a buffer, as ``RawIOBase`` wants it."""
        with self._explained():
            return super().readinto(buffer)

    def readall(self) -> bytes:
        """All bytes that are left."""
        with self._explained():
            return super().readall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputError(
                f"cannot be read: {error.strerror}",
                path=os.fspath(self.name),
                hint="see whether its disk or network is sound",
            ) from error


@contextmanager
def replaced(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block ends without an error.

    As :func:`replacement`; a device or a pipe is written to directly.
    """
    with replaced_together(path) as [stream]:
        yield stream


@contextmanager
def replaced_together(*paths: str | os.PathLike[str]) -> Iterator[list[BinaryIO]]:
    """Files that take the places of ``paths``, all or none, when the block ends without an error.

    As :func:`replaced`.
    """
    with ExitStack() as stack:
        files = [path for path in paths if not _is_written_directly(path)]
        temporaries = iter(stack.enter_context(_replacements(*files)) if files else ())
        streams = list[BinaryIO]()
        for path in paths:
            if path in files:
                stream: BinaryIO = next(temporaries).open("wb")
            else:
                stack.enter_context(_explained(path))
                stream = open(path, "wb")  # noqa: SIM115 - closed by the stack
            streams.append(stack.enter_context(stream))
        yield streams


def _is_written_directly(path: str | os.PathLike[str]) -> bool:
    """Whether there is a device or a pipe."""
    place = Path(os.path.realpath(path))
    return place.exists() and not stat.S_ISREG(place.stat().st_mode)


@contextmanager
def replacement(path: str | os.PathLike[str], *, mode: int | None = None) -> Iterator[Path]:
    """An empty file to be written, which takes the place of ``path`` when the block ends.

    It lies beside it, nobody else may read it, and it is flushed to the disk and renamed, so that
    a reader or a crash finds the old file or the new one, whole; after an error the old one.
    Its permissions become ``mode``, else those of the old file. A symbolic link is followed.
    Raises ``InputError`` if the place cannot be written, or holds what is no file.
    """
    with _replacements(path, mode=mode) as [temporary]:
        yield temporary


@contextmanager
def _replacements(*paths: str | os.PathLike[str], mode: int | None = None) -> Iterator[list[Path]]:
    """Files as :func:`replacement` gives one, none renamed before all are on the disk."""
    places = [Path(os.path.realpath(path)) for path in paths]
    for path, place in zip(paths, places, strict=True):
        if place.exists() and not place.is_file():
            raise InputError("is no file that could be replaced", path=path, hint="name a file")
    untouched = "the old file is untouched" if len(paths) == 1 else "the old files are untouched"
    with ExitStack() as stack:
        begun = [
            stack.enter_context(_beside(path, place))
            for path, place in zip(paths, places, strict=True)
        ]
        temporaries = [temporary for _, temporary in begun]
        with _explained(", ".join(os.fspath(path) for path in paths), hint=untouched):
            yield temporaries
            for (handle, _), place in zip(begun, places, strict=True):
                os.fchmod(handle, _mode(place) if mode is None else mode)
                os.fsync(handle)
            _put(temporaries, places)
        for folder in {place.parent for place in places}:
            _flush(folder)


@contextmanager
def _beside(path: str | os.PathLike[str], place: Path) -> Iterator[tuple[int, Path]]:
    """A new file in the same folder, open, which is gone afterwards unless it was renamed."""
    temporary = _free(place)
    try:
        with _explained(path):
            handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            yield handle, temporary
        finally:
            os.close(handle)
    finally:  # after an interrupt too, wherever it comes
        with suppress(OSError):
            temporary.unlink()


def _free(place: Path) -> Path:
    """A name that nothing in the folder of a file has."""
    return place.with_name(f".tmtool-{secrets.token_hex(8)}")


def _put(temporaries: list[Path], places: list[Path]) -> None:
    """Rename files, all or none; an interrupt waits until that is done."""
    with _uninterrupted(), ExitStack() as put:
        for temporary, place in zip(temporaries, places, strict=True):
            if place != places[-1]:
                put.enter_context(_kept(place))
            os.replace(temporary, place)


@contextmanager
def _kept(place: Path) -> Iterator[None]:
    """Have what a name stands for stand there again after an error.

    Raises ``InputError`` if that cannot be done.
    """
    kept, is_there = _free(place), place.exists()
    if is_there:
        try:
            os.link(place, kept)
        except OSError:  # a file system without links
            os.replace(place, kept)
    try:
        yield
    except OSError as error:
        try:
            if is_there:
                os.replace(kept, place)
            else:
                place.unlink(missing_ok=True)
        except OSError:
            raise InputError(
                f"is new, and what was to be written with it is not: {error.strerror}",
                path=place,
                hint=f"write both again{f', or take back {kept}' if is_there else ''}",
            ) from error
        kept.unlink(missing_ok=True)  # one file of two names is not renamed
        raise
    with suppress(OSError):
        kept.unlink()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Have signals that end the program wait; only the main thread ever hears of them."""
    came = list[int]()
    usual = dict[signal.Signals, Any]()
    try:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                usual[number] = signal.signal(number, lambda it, _: came.append(it))
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


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
