"""How it ends when it is not asked by key."""

import os
import signal
import socket
import time
from contextlib import suppress

import pytest

from tests.program.terminal import DEADLINE, Program

END_SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]


@pytest.mark.parametrize("number", END_SIGNALS)
def test_a_signal_ends_it_in_good_order(number: signal.Signals) -> None:
    """Clients get their FIN, the terminal is as it was."""
    with Program() as program:
        client = program.client()
        program.shows("1 client")
        program.signal(number)
        assert program.hears(client) == b""
        assert program.ended() == 0
        assert program.left_sane() == []


def hears_the_end(client: socket.socket) -> bool:
    """Return whether a connection ends, by FIN or by RST."""
    with suppress(ConnectionResetError):
        while client.recv(1 << 16):
            pass
    return True


@pytest.mark.parametrize("number", END_SIGNALS)
def test_a_signal_with_fifty_stuck_clients(number: signal.Signals) -> None:
    """With fifty clients that do not read it ends within five seconds, and each gets its FIN
    or RST."""
    with Program("localhost:0", "--echo") as program:
        clients = [program.client() for _ in range(50)]
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.setblocking(False)
        for client in clients * 4:
            with suppress(BlockingIOError):
                while client.send(bytes(1 << 16)):
                    pass
            program.read(0)
        program.shows("50 clients", "unsent")
        start = time.monotonic()
        program.signal(number)
        assert program.ended() == 0
        assert time.monotonic() - start < 5
        assert program.left_sane() == []
        for client in clients:
            client.settimeout(DEADLINE)
        assert all(map(hears_the_end, clients))


@pytest.mark.parametrize("by_key", [False, True])
def test_a_signal_with_clients_that_do_not_read(by_key: bool) -> None:
    """Clients that take nothing do not hold it up; a second signal, or one after the screen has
    been left by key, does no harm."""
    with Program("localhost:0", "--reply", "x" * 60_000) as program:
        clients = [program.client() for _ in range(20)]
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            for _ in range(40):
                client.sendall(b"more\n")
                program.read(0)
        program.shows("20 clients")
        if by_key:
            program.keys("q")
            program.shows("Quit?")
            program.keys("y")
        else:
            program.signal(signal.SIGTERM)
        program.wait(lambda: b"\x1b[?1049l" in program.output)
        for _ in range(3):  # while it waits a second for the clients
            program.signal(signal.SIGTERM)
            program.read(0.1)
        assert program.ended() == 0
        assert program.left_sane() == []


def test_a_signal_while_the_terminal_stands_still() -> None:
    """When the screen's output is stuck, the signal still ends it, and clients get their FIN."""
    with Program("localhost:0", "--echo", size=(200, 60)) as program:
        client = program.client()
        for number in range(3_000):  # with nobody reading, the terminal's buffer is soon full
            client.sendall(b"line %d\n" % number)
            client.recv(100)
        time.sleep(1.5)  # nothing to wait on: the state is that nothing happens any more
        program.signal(signal.SIGTERM)
        while client.recv(100):
            pass
        deadline = time.monotonic() + DEADLINE
        while os.waitpid(program.pid, os.WNOHANG) == (0, 0):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        program.status = 0
        while (length := len(program.output)) >= 0:
            program.read(0.5)
            if len(program.output) == length:
                break
        assert program.output.rfind(b"\x1b[?1049l") > program.output.rfind(b"\x1b[?1049h")
