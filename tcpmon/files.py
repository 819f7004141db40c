"""Files that are whole or not there, and what can be said when the system refuses.

What is written stands under a name of its own in the same directory until it is
complete, so a failure leaves no half file and destroys no old one. Only the owner may
read it, because messages hold passwords. Nothing here knows what is written.
"""

import errno
import os
import select
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Protocol

from tcpmon.core.errors import CannotWrite
from tcpmon.core.escape import escape_text

BUFFER = 256 << 10
"""Bytes that are written at once."""
FOLDER_BUFFER = 4 << 20
"""The same for a folder, whose files are opened anew each time: there may be 20,000."""
WAIT_SECONDS = 0.2  # for a reader, before one looks whether it is still wanted
PREFIX, SUFFIX = ".tcpmon-", ".part"

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


class Found(StrEnum):
    """What is at a path."""

    NOTHING = "nothing"
    FILE = "a file"
    STREAM = "a pipe or a device"


def expanded(text: str) -> str:
    """Return the path that a person means; a link is followed, so that it stays one.

    Raises CannotWrite.
    """
    text = text.strip()
    if not text:
        raise CannotWrite("no file name", "write one, such as ~/messages.txt")
    with telling(text):
        if text.endswith(os.sep):
            raise _error(errno.EISDIR)
        try:
            return os.path.realpath(os.path.expanduser(text))
        except ValueError:  # a NUL, or half a character
            raise CannotWrite("this cannot be a file's name", "choose another") from None


def look(path: str) -> Found:
    """Say what is at a path. Raises CannotWrite where no file can be."""
    with telling(path):
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            if not os.path.isdir(os.path.dirname(path)):
                raise
            return Found.NOTHING
        if stat.S_ISDIR(mode):
            raise _error(errno.EISDIR)
        if stat.S_ISREG(mode) and not os.access(path, os.W_OK):
            raise _error(errno.EACCES)  # to rename another one over it would need no permission
    if stat.S_ISREG(mode):
        return Found.FILE
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return Found.STREAM
    raise CannotWrite(f"{escape_text(path)} is a disk or a socket", "choose a file")


class Sink(Protocol):
    """Where bytes go. All of it raises OSError."""

    def write(self, name: str, data: bytes) -> None:
        """Take bytes for the file of a name."""

    def keep(self, over: bool) -> None:
        """It is whole: give it its name. over: in place of what has it already; else that is
        a FileExistsError."""

    def discard(self) -> None:
        """Leave nothing of it. After `keep`, too."""


class Drafts:
    """Files that get their names together. paths: by the name that `write` knows them by."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        self._drafts: dict[str, _Draft] = {}
        try:
            for name, path in paths.items():
                self._drafts[name] = _Draft(path)
        except BaseException:
            self.discard()
            raise

    def write(self, name: str, data: bytes) -> None:
        self._drafts[name].write(data)

    def keep(self, over: bool) -> None:
        for draft in self._drafts.values():
            draft.finish()
        for draft in self._drafts.values():
            draft.publish(over)

    def discard(self) -> None:
        for draft in self._drafts.values():
            draft.discard()


class _Draft:
    def __init__(self, path: str) -> None:
        from tempfile import mkstemp

        self._path = path
        self._fd, self._own = mkstemp(SUFFIX, PREFIX, os.path.dirname(path))
        self._open = True
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= BUFFER:
            write_all(self._fd, self._waiting)
            self._waiting = bytearray()

    def finish(self) -> None:
        """Bring it to the disk: some systems tell only then that there is no room."""
        write_all(self._fd, self._waiting)
        try:
            os.fsync(self._fd)
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise
        self._open = False
        os.close(self._fd)

    def publish(self, over: bool) -> None:
        if over:
            os.replace(self._own, self._path)
        else:
            _rename_to_free(self._own, self._path)

    def discard(self) -> None:
        with suppress(OSError):
            if self._open:
                self._open = False
                os.close(self._fd)
        with suppress(OSError):
            os.unlink(self._own)


def _rename_to_free(own: str, path: str) -> None:
    try:
        os.link(own, path)  # unlike a rename it fails when there is a file
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        os.unlink(own)
        return
    refuse_taken(path)
    os.rename(own, path)


def refuse_taken(path: str) -> None:
    """Raise FileExistsError if there is anything."""
    if os.path.lexists(path):
        raise _error(errno.EEXIST)


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


class Folder:
    """A folder that gets its name when all its files are whole. It takes nobody's place."""

    def __init__(self, path: str) -> None:
        from tempfile import mkdtemp

        self._path = path
        self._own = mkdtemp(SUFFIX, PREFIX, os.path.dirname(path))
        self._waiting: dict[str, bytearray] = {}
        self._count = 0

    def write(self, name: str, data: bytes) -> None:
        self._waiting.setdefault(name, bytearray()).extend(data)
        self._count += len(data)
        if self._count >= FOLDER_BUFFER:
            self._flush()

    def _flush(self) -> None:
        for name, data in self._waiting.items():
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            fd = os.open(os.path.join(self._own, name), flags, 0o600)
            try:
                write_all(fd, data)
            finally:
                os.close(fd)
        self._waiting.clear()
        self._count = 0

    def keep(self, over: bool) -> None:
        self._flush()
        refuse_taken(self._path)
        os.rename(self._own, self._path)

    def discard(self) -> None:
        from shutil import rmtree

        rmtree(self._own, ignore_errors=True)


class Stream:
    """A pipe or a device that is there already. It gets the bytes at once, and keeps them.

    stopped: whether nobody wants it any more, asked while a reader takes its time.
    """

    def __init__(self, path: str, stopped: Callable[[], bool]) -> None:
        # Else the open of a pipe without a reader would wait, and a device could become our
        # controlling terminal.
        self._fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        self._open = True
        self._stopped = stopped
        if os.isatty(self._fd):
            self.discard()
            raise OSError(errno.ENOTTY, "it is a terminal, and could take it for commands")

    def write(self, name: str, data: bytes) -> None:
        rest = memoryview(data)
        while rest and not self._stopped():
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                select.select([], [self._fd], [], WAIT_SECONDS)

    def keep(self, over: bool) -> None:
        self._open = False
        os.close(self._fd)

    def discard(self) -> None:
        if self._open:
            self._open = False
            with suppress(OSError):
                os.close(self._fd)


def write_all(fd: int, data: bytes | bytearray) -> None:
    """Write everything, however little is taken at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


_WHY = {
    errno.ENOSPC: ("the disk is full", "make room, or write to another disk"),
    errno.EDQUOT: ("your quota of the disk is used up", "make room, or write to another disk"),
    errno.EFBIG: ("the file would be larger than is allowed", "see ulimit -f, or export less"),
    errno.EIO: ("the disk reports an error", "write to another disk"),
    errno.EACCES: ("no permission", "choose a directory of your own, such as ~"),
    errno.EPERM: ("no permission", "choose a directory of your own, such as ~"),
    errno.EROFS: ("the disk is read-only", "choose another directory, such as /tmp"),
    errno.ENOENT: ("there is no such directory", "make it first, or choose another"),
    errno.ENOTDIR: ("a part of the path is no directory", "choose another"),
    errno.EISDIR: ("it is a directory", "add the name of a file"),
    errno.EEXIST: ("there is one by now", "choose another name"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
    errno.EPIPE: ("whoever read there has ended", "start the reader again"),
    errno.ENXIO: ("nobody reads there", "start the reader first"),
}


@contextmanager
def telling(path: str) -> Iterator[None]:
    """Turn what the system says of a path into CannotWrite."""
    try:
        yield
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        why, hint = _WHY.get(error.errno or 0, (said, "choose another file"))
        raise CannotWrite(f"cannot write {escape_text(path)}: {why}", hint) from error
