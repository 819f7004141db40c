"""The child as its host has it: started, spoken to without waiting, watched, killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tcpmon.script.flood import LONGEST
from tcpmon.script.page import SIZE, Page
from tcpmon.script.wire import Frames, frame

READ = 64 << 10
"""Bytes that are taken from the child in one go: then clients have a turn."""
LAST_READS = 64
"""Of a child that has ended: more than a socket holds, should there be a copy that goes on."""
TOGETHER = 256 << 10
ITEM = 64  # bytes that something said takes beside its data

# Where tcpmon is, it may not be installed; last, so that nothing there is in the script's way.
_HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_START = (
    "import sys; sys.path.append(sys.argv.pop(1)); from tcpmon.script.child import main;"
    " main(sys.argv[1:])"
)


class Process:
    """A child that runs.

    path: the script. memory: bytes it may have. said: called with each item from it; printed:
    with each line that comes past its own stdout and stderr (of what it has started, or of C) and
    whether it is stderr; traced: with each line of what it is at; gone: when it speaks no more;
    drained: when it has taken something.
    """

    def __init__(
        self, path: str, memory: int, said: Callable[[list[Any]], None],
        printed: Callable[[str, bool], None], traced: Callable[[str], None],
        gone: Callable[[], None], drained: Callable[[], None],
    ) -> None:  # fmt: skip
        self.waiting = 0
        """Bytes that the child has not taken."""
        self._loop = asyncio.get_running_loop()
        self._said, self._gone, self._drained = said, gone, drained
        self._frames = Frames()
        self._is_heard = True
        self._items: list[list[Any]] = []
        self._size = 0
        self._unsent: deque[memoryview] = deque()
        self._open = True
        self._is_last = False  # nothing is told to it after what waits
        with tempfile.TemporaryFile() as file:
            file.truncate(SIZE)
            self.page = Page(file.fileno())
            self._sock, theirs = socket.socketpair()
            pipes = [os.pipe() for _ in range(3)]
            out, err, trace = (end for _, end in pipes)
            fds = (theirs.fileno(), file.fileno(), trace)
            command = [sys.executable, "-P", "-c", _START, _HOME,
                       *map(str, fds), str(memory), path]  # fmt: skip
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, pass_fds=fds,
                    start_new_session=True,
                )  # fmt: skip
            except OSError:
                for end, _ in pipes:
                    os.close(end)
                self._sock.close()
                self.page.close()
                raise
            finally:
                theirs.close()
                for _, end in pipes:
                    os.close(end)
        self._sock.setblocking(False)
        self._loop.add_reader(self._sock, self._read)
        tells = (lambda line: printed(line, False), lambda line: printed(line, True), traced)
        self._pipes = [_Pipe(self._loop, end, tell)
                       for (end, _), tell in zip(pipes, tells, strict=True)]  # fmt: skip

    def tell(self, item: list[Any], size: int = 0) -> None:
        """Say something to the child, together with what is said in the same turn of the loop.
        size: bytes of data in it."""
        if not self._open or self._is_last:
            return
        if not self._items:
            self._loop.call_soon(self._flush)
        self._items.append(item)
        self._size += ITEM + size
        self.waiting += ITEM + size
        if self._size >= TOGETHER:
            self._flush()

    def _flush(self) -> None:
        if not self._items or not self._open:
            return
        data = frame(self._items)
        self.waiting += len(data) - self._size
        self._items, self._size = [], 0
        self._unsent.append(memoryview(data))
        if len(self._unsent) == 1:
            self._write()

    def _write(self) -> None:
        while self._unsent:
            data = self._unsent[0]
            try:
                count = self._sock.send(data)
            except BlockingIOError:
                self._loop.add_writer(self._sock, self._write)
                break
            except OSError:
                self._take_rest()
                self._hang_up()
                return
            self.waiting -= count
            if count < len(data):
                self._unsent[0] = data[count:]
            else:
                self._unsent.popleft()
        else:
            self._loop.remove_writer(self._sock)
            if self._is_last:
                self._say_end()
        self._drained()

    def _read(self) -> bool:
        """Take what there is; say whether there was anything."""
        try:
            data = self._sock.recv(READ)
            for item in self._frames.feed(data) if data else ():
                self._said(item)
        except BlockingIOError:
            return False
        except (OSError, ValueError):  # the script has written into what is ours
            data = b""
        if not data:
            self._hang_up()
        return bool(data)

    def listen(self, wanted: bool) -> None:
        """Take what the child says, or have it wait."""
        if self._open and wanted is not self._is_heard:
            self._is_heard = wanted
            if wanted:
                self._loop.add_reader(self._sock, self._read)
            else:
                self._loop.remove_reader(self._sock)

    def _take_rest(self) -> None:
        """Take what a child that has gone has said before."""
        for _ in range(LAST_READS):
            if not (self._open and self._read()):
                break

    def _hang_up(self) -> None:
        if self._open:
            self._shut()
            self._gone()

    def _shut(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
            self._sock.close()
            self.waiting = 0

    def ask_where(self) -> None:
        """Have the child tell at which line it is, even if no Python gets to run in it."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGUSR1)

    def finish(self) -> None:
        """Let the child do what it has been told, and end."""
        if self._open:
            self._is_last = True
            self._flush()
            if not self._unsent:
                self._say_end()

    def _say_end(self) -> None:
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def ending(self) -> int | None:
        """Return its exit code, below 0 for a signal; None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """End it, and the copies it has made of itself."""
        with suppress(ProcessLookupError, PermissionError):  # macOS: only zombies are left
            os.killpg(self._process.pid, signal.SIGKILL)

    async def bury(self, at_once: bool = False) -> int:
        """End it, take what it has said to the last, and return its exit code.

        at_once: give it no moment to end by itself.
        """
        for _ in range(0 if at_once else 20):
            if self.ending() is not None:
                break
            await asyncio.sleep(0.01)
        if (code := self._process.poll()) is None:
            self.kill()
            code = await asyncio.to_thread(self._process.wait)
        self.kill()  # copies, of one that has ended by itself
        for pipe in self._pipes:
            pipe.close()
        self._take_rest()
        self._shut()
        self.page.close()
        return code


class _Pipe:
    """Lines that come out of a descriptor."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, fd: int, tell: Callable[[str], None]
    ) -> None:
        self._loop, self._fd, self._tell = loop, fd, tell
        self._rest = b""
        self._open = True
        os.set_blocking(fd, False)
        loop.add_reader(fd, self._read)

    def _read(self) -> bool:
        try:
            data = os.read(self._fd, READ)
        except BlockingIOError:
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST or (not data and self._rest):
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._tell(line[:LONGEST].decode("utf-8", "backslashreplace"))
        if not data:
            self._loop.remove_reader(self._fd)
        return bool(data)

    def close(self) -> None:
        if self._open:
            self._open = False
            for _ in range(16):  # a pipe holds 64 KiB; a copy may go on to fill it
                if not self._read():
                    break
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
