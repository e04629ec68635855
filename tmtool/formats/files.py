"""Opening files to read, and replacing files as a whole."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tmtool.errors import InputError


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

    It is written beside it, flushed to the disk and renamed, so that a reader or a crash
    finds the old file or the new one, whole. A symbolic link is followed; a device or a
    pipe is written to directly. Raises ``InputError`` if the place cannot be written.
    """
    place = Path(os.path.realpath(path))
    try:
        if place.exists() and not stat.S_ISREG(place.stat().st_mode):
            with open(place, "wb") as stream:
                yield stream
            return
        handle, temporary = tempfile.mkstemp(prefix=".tmtool-", dir=place.parent)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}",
            path=path,
            hint="check the folder and its permissions",
        ) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(handle, _mode(place))
            yield stream
            stream.flush()
            os.fsync(handle)
        os.replace(temporary, place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise InputError(
            f"cannot be written: {error.strerror}", path=path, hint="the old file is untouched"
        ) from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode(place: Path) -> int:
    """The permissions of the file that is replaced, or those that a new file would get."""
    if place.exists():
        return stat.S_IMODE(place.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
