"""Servers and load: started, pinned to their cores, watched, and ended by their id."""

import json
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, NamedTuple, Self

from tests.benchmarks.table import Unmeasured
from tests.benchmarks.tools import PORT, Command, tcpload

SECONDS = 20.0
"""After which something that should have happened counts as not happened."""
SPARE = 200
"""Descriptors that a program has open beside its connections."""

_CORES = sorted(os.sched_getaffinity(0))
SERVER, LOAD = {_CORES[0]}, {_CORES[-1]}
_TICKS = os.sysconf("SC_CLK_TCK")

Said = dict[str, float]
"""What the load generator said, see its source."""


# -- servers ----------------------------------------------------------------------


class Server(NamedTuple):
    """A process that listens."""

    pid: int
    port: int


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def with_port(command: Command, port: int) -> Command:
    """Return a command that serves a port."""
    return tuple(word.replace(PORT, str(port)) for word in command)


@contextmanager
def serving(command: Command, stdout: int | IO[bytes] = DEVNULL) -> Iterator[Server]:
    """Run a server, and end it and what it has started.

    What it writes is thrown away unless told otherwise, by tcpmon and its peers alike.
    """
    port = free_port()
    words = with_port(command, port)
    with Popen(words, stdin=DEVNULL, stdout=stdout, start_new_session=True) as process:
        try:
            os.sched_setaffinity(process.pid, SERVER)
            if not _comes_up(process, port):
                raise Unmeasured(f"{Path(command[0]).name} does not listen")
            yield Server(process.pid, port)
        finally:
            end(process)
            _end_children(process.pid)


def _comes_up(process: Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if listens(port):
            return True
        time.sleep(0.01)
    return False


def listens(port: int) -> bool:
    """Tell whether a client is let in."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def end(process: Popen[bytes]) -> None:
    """End a process, if need be the hard way."""
    process.terminate()
    try:
        process.wait(SECONDS / 2)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_children(leader: int) -> None:
    """End what is left of a session that we have started: ncat and socat fork."""
    try:
        os.killpg(leader, signal.SIGTERM)
    except ProcessLookupError:
        pass


# -- load -------------------------------------------------------------------------


def load(mode: str, port: int, **options: float) -> Said:
    """Put load on a server, see the source of tcpload for modes and options."""
    command = _command(mode, port=port, **options)
    with Popen(command, stdout=PIPE, stderr=PIPE) as process:
        os.sched_setaffinity(process.pid, LOAD)
        try:
            said, wrong = process.communicate(timeout=3 * SECONDS + options.get("seconds", 0))
        except subprocess.TimeoutExpired:
            raise Unmeasured("the load does not end") from None
        finally:
            end(process)
    if process.returncode:
        raise Unmeasured(wrong.decode().strip())
    return _numbers(said)


def _command(mode: str, **options: float) -> Command:
    needed = options.get("clients", 0) + SPARE
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if needed > most:
        raise Unmeasured(f"{needed:,.0f} descriptors needed, ulimit -n allows {most:,}")
    return tcpload(), mode, *(f"{name}={value}" for name, value in options.items())


def _numbers(said: bytes) -> Said:
    return {name: float(number) for name, number in json.loads(said).items()}


class Pour:
    """Clients that send lines of 64 bytes, so many a second in all; 0: they keep still.

    Use as a context. At its end the clients are gone and `rate` is how many
    lines a second the server took, `share` how much of what was sent. They read
    nothing; window: bytes that the kernel keeps for each.
    """

    def __init__(self, port: int, clients: int, rate: float, window: int = 0) -> None:
        command = _command("pour", port=port, clients=clients, rate=rate, window=window)
        self._process = Popen(command, stdin=PIPE, stdout=PIPE)
        os.sched_setaffinity(self._process.pid, LOAD)
        self.rate = self.share = 0.0

    def __enter__(self) -> Self:
        assert self._process.stdout
        if self._process.stdout.readline() != b"connected\n":
            end(self._process)
            raise Unmeasured("the clients do not get in")
        return self

    def __exit__(self, *_: object) -> None:
        try:
            said = self._process.communicate(timeout=SECONDS)[0]  # closes its stdin
            if said:
                numbers = _numbers(said)
                self.rate, self.share = numbers["rate"], numbers["share"]
        except subprocess.TimeoutExpired:
            end(self._process)


# -- what they use ----------------------------------------------------------------


def resident_kib(pid: int, most: bool = False) -> float:
    """Return how much memory a process has, or the most that it has had."""
    status = Path(f"/proc/{pid}/status").read_text().split()
    return float(status[status.index("VmHWM:" if most else "VmRSS:") + 1])


def descriptors(pid: int) -> int:
    """Return how many descriptors a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def processor_seconds(pid: int, thread: int | None = None) -> float:
    """Return the processor time that a process or one of its threads has taken."""
    path = f"/proc/{pid}/task/{thread}/stat" if thread else f"/proc/{pid}/stat"
    fields = Path(path).read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def settle(pid: int) -> None:
    """Wait until a process has nothing to do, but not for ever."""
    deadline = time.monotonic() + SECONDS
    before, now = -1.0, processor_seconds(pid)
    while before != now and time.monotonic() < deadline:
        time.sleep(0.3)
        before, now = now, processor_seconds(pid)
