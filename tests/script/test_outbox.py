"""What a script says: commands together, words at once, and never too many."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from tcpmon.script.flood import LINES, LONGEST
from tcpmon.script.outbox import TOGETHER, Outbox, Teller
from tcpmon.script.wire import Frames


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    other.setblocking(False)
    with one, other:
        yield one, other


def heard(sock: socket.socket) -> list[object]:
    """Return what has come by now."""
    try:
        return list(Frames().feed(sock.recv(1 << 20)))
    except BlockingIOError:
        return []


async def test_commands_go_together(pair: tuple[socket.socket, socket.socket]) -> None:
    """What is added waits for the end of the turn, but not when it is much, or a word comes."""
    outbox = Outbox(pair[0], asyncio.get_running_loop())
    outbox.flush()
    outbox.add(["a"], 0)
    outbox.add(["b"], 0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert heard(pair[1]) == [["a"], ["b"]]
    outbox.add(["much"], TOGETHER)
    assert heard(pair[1]) == [["much"]]
    outbox.add(["c"], 0)
    outbox.tell(["word"])
    assert heard(pair[1]) == [["c"], ["word"]]
    outbox.close()
    outbox.tell(["nothing"])
    assert heard(pair[1]) == []


async def test_a_host_that_has_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    """Nobody to listen is no error of the script."""
    outbox = Outbox(pair[0], asyncio.get_running_loop())
    pair[1].close()
    outbox.tell(["a"])
    outbox.tell(["b"])


async def test_lines(pair: tuple[socket.socket, socket.socket]) -> None:
    """Lines are whole, of the client in whose hook they began, and cut where nobody would read."""
    client = 1
    teller = Teller(Outbox(pair[0], asyncio.get_running_loop()), lambda: client, warn=True)
    print("a", "b", file=teller)
    print("begun", end="", file=teller)
    client = 2
    print("x" * (LONGEST + 1), file=teller)
    print("\udc80", end="", file=teller)
    teller.flush()
    assert heard(pair[1]) == [
        ["print", 1, "a b", True], ["print", 1, "begun", True],
        ["print", 2, "x" * LONGEST + "…", True], ["print", 2, "\\udc80", True],
    ]  # fmt: skip


async def test_too_many_lines(pair: tuple[socket.socket, socket.socket]) -> None:
    """Beyond what can be read lines are counted."""
    teller = Teller(Outbox(pair[0], asyncio.get_running_loop()), lambda: 0, warn=False)
    for _ in range(3 * LINES):  # in two seconds at the most
        teller.write("x\n")
    teller.tell_left_out()
    *lines, left_out = heard(pair[1])
    assert LINES <= len(lines) <= 2 * LINES
    assert left_out == ["left out", 3 * LINES - len(lines)]
