"""Servers and load: started, pinned to their cores, watched, and ended by their id."""

import os
import resource
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Self

from tests.benchmarks.table import Unmeasured
from tests.benchmarks.tools import tcpload

SECONDS = 20.0
"""After which something that should have happened counts as not happened."""
SPARE = 200
"""Descriptors that a program has open beside its connections."""

_CORES = sorted(os.sched_getaffinity(0))
SERVER, LOAD = {_CORES[0]}, {_CORES[-1]}
_TICKS = os.sysconf("SC_CLK_TCK")


# -- servers ----------------------------------------------------------------------


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(*command: str) -> Iterator[tuple[int, int]]:
    """Run a server that takes its port as the last argument; give its process id and port.

    What it writes to stdout is thrown away, by it and by its peers alike.
    """
    port = free_port()
    with Popen((*command, str(port)), stdin=DEVNULL, stdout=DEVNULL) as process:
        try:
            os.sched_setaffinity(process.pid, SERVER)
            if not _comes_up(process, port):
                raise Unmeasured(f"{Path(command[0]).name} does not listen")
            yield process.pid, port
        finally:
            end(process)


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


# -- load -------------------------------------------------------------------------


class Pour:
    """Clients that send lines of 64 bytes, so many a second in all; 0: they keep still.

    Use as a context. At its end the clients are gone and `rate` is how many
    lines a second the server took.
    """

    def __init__(self, port: int, clients: int, rate: float) -> None:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if clients + SPARE > most:
            raise Unmeasured(f"{clients + SPARE:,} descriptors needed, ulimit -n allows {most:,}")
        command = (tcpload(), "pour", str(port), str(clients), str(rate))
        self._process = Popen(command, stdin=PIPE, stdout=PIPE)
        os.sched_setaffinity(self._process.pid, LOAD)
        self.rate = 0.0

    def __enter__(self) -> Self:
        assert self._process.stdout
        if self._process.stdout.readline() != b"connected\n":
            end(self._process)
            raise Unmeasured("the clients do not get in")
        return self

    def __exit__(self, *_: object) -> None:
        try:
            said = self._process.communicate(timeout=SECONDS)[0]  # closes its stdin
            self.rate = float(said.split()[0]) if said else 0.0
        except subprocess.TimeoutExpired:
            end(self._process)


# -- what they use ----------------------------------------------------------------


def resident_kib(pid: int) -> float:
    """Return how much memory a process has."""
    status = Path(f"/proc/{pid}/status").read_text().split()
    return float(status[status.index("VmRSS:") + 1])


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
