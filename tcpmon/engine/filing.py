"""The bytes of a file, at the pace of the slowest of those they are for.

Of the file no more is in memory than what waits to be taken.
"""

import asyncio
import errno
import os
import stat
from io import FileIO

from tcpmon.core.errors import CannotRead, NoSuchTarget
from tcpmon.core.escape import escape_text
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind, State
from tcpmon.core.units import size
from tcpmon.engine.connection import Connection
from tcpmon.engine.job import Floor, Run
from tcpmon.engine.sending import Awaited

PIECE_MOST, PIECE_LEAST = 128 << 10, 4 << 10
LOOK_SECONDS = 0.25  # how often one looks who holds it up


def open_file(path: str) -> tuple[FileIO, int]:
    """Open a file to be sent; return it and its size. Raises CannotRead."""
    try:
        path = os.path.expanduser(path)
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            hint = "only a regular file can be sent"
            raise CannotRead(f"{escape_text(path)} is a pipe, a device or a socket", hint)
        file = FileIO(path)
        return file, os.fstat(file.fileno()).st_size
    except OSError as error:
        raise cannot_read(path, error) from None
    except ValueError:  # a NUL, or half a character
        raise CannotRead("this cannot be a file's name", "write a path") from None


def cannot_read(path: str, error: OSError) -> CannotRead:
    """Return the error for what the system said of a file."""
    return CannotRead(f"cannot read {escape_text(path)}: {(error.strerror or str(error)).lower()}")


def piece_size(limits: Limits, receivers: int) -> int:
    """Return how much is handed over at a time, so that all of them together may be behind by two
    pieces without using up what may be unsent."""
    return max(PIECE_LEAST, min(PIECE_MOST, limits.total // (4 * max(1, receivers))))


class FileSending(Run):
    """Sends a file to those who were there when it began."""

    def __init__(self, floor: Floor, picture: Job, file: FileIO, clients: list[int]) -> None:
        super().__init__(floor, picture)
        self._file = file
        self._roster = floor.sender.roster
        self._awaited = Awaited(self._roster)
        # How many payloads each had lost when it began: with one more, it may be a part of this.
        self._receivers = {id: self._roster.open[id].dropped for id in clients}
        if not clients:
            raise NoSuchTarget("nobody is there to send it to")

    def amount(self) -> str:
        return f"{size(self.picture.done)} of {size(self.picture.of)} sent"

    async def run(self) -> None:
        with self._file:
            await self._deliver()

    async def _deliver(self) -> None:
        while self.picture.done < self.picture.of:
            piece = await self._read()
            await self._ready(2 * len(piece))
            if self.over:
                return
            if not self._receivers:
                self.finish(JobState.FAILED, "nobody is left to send it to")
                return
            await self._send(piece)
        await self._drain()
        if self._receivers:
            self.finish(JobState.DONE)
        else:
            self.finish(JobState.FAILED, "nobody is left who has all of it")

    async def _read(self) -> bytes:
        left = self.picture.of - self.picture.done
        count = min(left, piece_size(self.floor.limits(), len(self._receivers)))
        try:
            piece = await asyncio.to_thread(self._file.read, count)
        except OSError as error:
            raise cannot_read(self.picture.what, error) from None
        if not piece:
            raise CannotRead(f"the file has become shorter, {size(left)} are missing")
        return piece

    async def _send(self, piece: bytes) -> None:
        given = await self.floor.sender.send(piece, list(self._receivers))
        self._awaited.add(given)
        for id, why in given.delivery.skipped.items():
            self._leave_out(id, why)
        if given.delivery.accepted:
            self.show(done=self.picture.done + len(piece))
        self.floor.settle()

    async def _ready(self, low: int) -> None:
        """Wait until all who are left take more, and nobody says to wait."""
        while not self.over:
            await self.go_on()
            if await self._all_take(low):
                break
        self.become(JobState.RUNNING)
        self._leave_lost()

    async def _all_take(self, low: int) -> bool:
        """Wait for a moment until nobody has more than that unsent; say whether it came to that."""
        lagging = list(self._receivers)
        before = self._taken(lagging)
        if await self.until(lambda: self._none_lags(lagging, low), LOOK_SECONDS):
            return not self.is_held
        waits = len(lagging) == len(self._receivers) and before == self._taken(lagging)
        self.become(JobState.WAITING if waits else JobState.RUNNING)
        self._leave_stalled(lagging)
        return False

    def _none_lags(self, lagging: list[int], low: int) -> bool:
        """Take those off the list, from its end, who have no more than that unsent."""
        while lagging:
            connection = self._roster.open.get(lagging[-1])
            if connection and _is_open(connection) and _lags(connection, low):
                return False
            lagging.pop()
        return True

    def _taken(self, clients: list[int]) -> int:
        found = (self._roster.open.get(id) for id in clients)
        return sum(connection.tx_bytes for connection in found if connection)

    def _leave_stalled(self, lagging: list[int]) -> None:
        """Go on without those who have taken nothing for long, if others do."""
        open = self._roster.open
        stalled = [id for id in lagging if (each := open.get(id)) and each.stalled]
        others = len(self._receivers) - len(stalled)
        if stalled and others and len(stalled) == len(lagging):
            for id in stalled:
                self._leave_out(id, "does not read")

    def _leave_lost(self) -> None:
        """Go on without those who have gone, or who lost something."""
        for id, dropped in list(self._receivers.items()):
            connection = self._roster.open.get(id)
            if connection is None or not _is_open(connection):
                self._leave_out(id, "gone")
            elif connection.dropped != dropped:
                self._leave_out(id, "did not read, and lost a part of it")

    def _leave_out(self, id: int, why: str) -> None:
        if self._receivers.pop(id, None) is not None:
            self.miss(1)
            if why != "gone":
                self.floor.say(Kind.WARN, f"{self.name} goes on without this client: {why}", id)

    async def _drain(self) -> None:
        """Wait until the last of it is with the system of all who are left."""
        while not self.over:
            await self.go_on()
            if await self.until(lambda: not self._waiting(), LOOK_SECONDS):
                if not self.is_held:
                    break
            else:
                self.become(JobState.WAITING)
                self._leave_stalled(self._waiting())
        self._leave_lost()

    def _waiting(self) -> list[int]:
        return [id for id in self._awaited.clients() if id in self._receivers]


def _is_open(connection: Connection) -> bool:
    return connection.state in (State.OPEN, State.HALF)


def _lags(connection: Connection, low: int) -> bool:
    return connection.queued >= low or bool(connection.refusal())
