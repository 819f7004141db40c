"""The rules file on disk: read, written, and looked at again when it changes.

It belongs to the person, who may edit it elsewhere at the same time; it is written only when
rules were edited on the screen. What stands in it is for core.rules.
"""

import os
import tempfile
from contextlib import suppress

from tcpmon.core.errors import CannotRead, CannotWrite
from tcpmon.core.escape import escape_text

MOST = 1 << 20
"""Bytes of a rules file."""

Stamp = tuple[int, int, int]
"""What changes with a file: when it was written, how long it is, which one it is."""


def read(path: str) -> str:
    """Return what a rules file says. Raises CannotRead."""
    shown = escape_text(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MOST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = (getattr(error, "strerror", "") or str(error)).lower()
        raise CannotRead(f"cannot read {shown}: {why}") from None
    if len(data) > MOST:
        raise CannotRead(f"{shown} is too long for a rules file", "1 MiB is the most")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CannotRead(f"{shown}, line {line}: not UTF-8", "TOML is UTF-8 text") from None


def stamp(path: str) -> Stamp | None:
    """Return what tells whether a file has changed, None while there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def write(path: str, text: str) -> None:
    """Put rules in place of what was in the file, whole or not at all; who may read it stays.

    Raises CannotWrite.
    """
    target = os.path.realpath(path)
    try:
        handle, fresh = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".rules-")
        try:
            with os.fdopen(handle, "wb") as file:
                with suppress(FileNotFoundError):
                    os.fchmod(file.fileno(), os.stat(target).st_mode & 0o777)
                file.write(text.encode("utf-8", "surrogateescape"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(fresh)
            raise
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise CannotWrite(f"cannot write {escape_text(path)}: {why}") from None
