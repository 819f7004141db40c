"""Peers that are slow, silent, broken or gone, seen from outside."""

import itertools
import select
import socket
from pathlib import Path
from random import Random

import pytest

from tests.faults.program import TCP, UNIX, Caller, Place, Program, Pulse, everywhere

MIB = 1 << 20
SMALL = 4096  # a receive buffer that is soon full
over_tcp = pytest.mark.parametrize("via", TCP, ids=lambda place: place.name)


def close_waits(program: Program) -> int:
    """Count its TCP connections that the peer has closed and we have not."""
    ports = {address.rpartition(":")[2] for address in program.addresses if "unix" not in address}
    lines = [
        line.split()
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
    ]
    return sum(str(int(line[1][-4:], 16)) in ports and line[3] == "08" for line in lines)


def exchange(caller: Caller, data: bytes) -> None:
    """Send data to an echo, reading what comes back as it comes."""
    rest = data
    while caller.heard.size < caller.said.size + len(rest):
        readable, writable, _ = select.select([caller.sock], [caller.sock] if rest else [], [], 20)
        assert readable or writable
        if writable:
            rest = rest[caller.say_some(rest[: 1 << 18]) :]
        if readable:
            caller.hear(1)
            caller.sock.setblocking(False)
            try:
                more = caller.sock.recv(1 << 20)
            except BlockingIOError:
                more = b""
            caller.sock.settimeout(20)
            caller.heard.add(more)


# -- those who do not read ---------------------------------------------------------------


def test_twenty_that_never_read_are_held_back_and_disturb_nobody(
    tmp_path: Path, via: Place
) -> None:
    """R13: of an echo to those who take nothing no more waits than is allowed: they are not
    read from any more. Others have all of theirs. In the end it is told what was unsent."""
    data = Random(1).randbytes(16 * MIB)
    with Program(tmp_path, "-q", "--echo", "--max-unsent", "256KiB", "--keep", "4MiB") as program:
        memory = program.rss()
        with Pulse(program, via) as pulse:
            stuck = [program.client(via, buffer=SMALL) for _ in range(20)]
            rests = dict.fromkeys(stuck, data)
            quiet = 0
            while quiet < 5:
                _, writable, _ = select.select([], [c.sock for c in stuck], [], 0.05)
                quiet = 0 if writable else quiet + 1
                for caller in stuck:
                    if caller.sock in writable:
                        rests[caller] = rests[caller][caller.say_some(rests[caller][:65536]) :]
            assert all(rests.values()), "somebody was not held back"
            assert program.rss() - memory < 64 * MIB
        pulse.steady()
        for caller in stuck:
            caller.close()
        for caller in stuck:
            closing = program.closing(caller)
            assert closing.reason == "peer_reset"
            assert 256 * 1024 < closing.rx < len(data)
            assert closing.unsent == closing.rx - closing.tx > 256 * 1024
        assert program.stderr == ""


def test_a_window_that_opens_late_finds_nothing_lost(tmp_path: Path, via: Place) -> None:
    """R25: a client that reads nothing for a while, and then everything, gets all of it, and
    what it could not say in between is taken when it reads."""
    data = Random(2).randbytes(6 * MIB)
    with Program(tmp_path, "--echo") as program:
        caller = program.client(via, buffer=SMALL)
        sent = caller.say_until_held_back(data, quiet=0.4)
        exchange(caller, data[sent:])
        assert caller.heard.digest == caller.said.digest
        caller.fin()
        assert not caller.hear_out()
        program.conserves([caller], echo=True)
        assert program.closing(caller).unsent == 0


# -- those who leave -----------------------------------------------------------------------


def test_after_a_fin_the_whole_answer_arrives_and_nothing_stays(tmp_path: Path, via: Place) -> None:
    """R16: `printf … | nc -N`: 5 MB, a FIN, and then the answer is read to its end. The
    connection does not stay behind half closed."""
    data = Random(3).randbytes(5_000_000)
    with Program(tmp_path, "-q", "--echo") as program:
        base = program.descriptors()
        caller = program.client(via)
        sent = 0
        while sent < len(data):
            select.select([], [caller.sock], [], 20)
            sent += caller.say_some(data[sent:])
            if select.select([caller.sock], [], [], 0)[0]:
                caller.hear(1)  # as little as lets it go on
                caller.sock.setblocking(False)
                try:
                    caller.heard.add(caller.sock.recv(1 << 18))
                except BlockingIOError:
                    pass
                caller.sock.settimeout(20)
        caller.fin()
        assert not caller.hear_out()
        assert caller.heard.digest == caller.said.digest
        program.until(lambda: program.descriptors() == base)
        assert close_waits(program) == 0
        closing = program.closing(caller)
        assert (closing.reason, closing.unsent) == ("peer_closed", 0)
        assert closing.rx == closing.tx == len(data)


def test_a_half_closed_client_stays_and_its_reset_ends_it(tmp_path: Path, via: Place) -> None:
    """R17: with --half-open a FIN is told and the row goes on, until the client is gone or
    we end. (A typed answer is in test_orders.py: serve has no keyboard.)"""
    with Program(tmp_path, "--echo", "--half-open") as program:
        staying, leaving = program.client(via), program.client(via)
        for caller in (staying, leaving):
            caller.trip(b"hello")
            caller.fin()
        program.wait(lambda: sum(c.eof for c in program.told.clients.values()) == 2)
        if via is UNIX:
            leaving.close()
        else:
            leaving.reset()  # a close would be the same FIN again
        ending = program.closing(leaving)
        assert (ending.rx, ending.tx) == (5, 5)
        assert program.told.clients[staying.id].close is None
        assert program.end() == 0
        assert not staying.hear_out()
        assert program.closing(staying).reason == "stopped"


@over_tcp
def test_what_came_before_a_reset_is_all_there(tmp_path: Path, via: Place) -> None:
    """R21: a client that resets in mid-stream has a row that says so, with every byte that
    had arrived. (TCP: a Unix socket knows no reset.)"""
    with Program(tmp_path) as program:
        callers = []
        for number in range(20):
            caller = program.client(via)
            caller.say(Random(number).randbytes(10_000 * number + 36))
            caller.arrived()
            caller.reset()
            callers.append(caller)
        program.conserves(callers)
        for caller in callers:
            assert program.closing(caller).reason == "peer_reset"


@pytest.mark.parametrize("how", ["fin", "close", "shutdown both"])
def test_every_way_to_leave_ends_a_row_once(tmp_path: Path, how: str) -> None:
    """R16, R21: with or without an answer under way, a client that leaves ends in a row, and
    no descriptor stays. Through all listeners."""
    with Program(tmp_path, "--echo") as program:
        base = program.descriptors()
        callers = []
        for number, place in enumerate(everywhere(30)):
            caller = program.client(place)
            caller.say(b"x" * number * 1000)
            match how:
                case "fin":
                    caller.fin()
                case "close":
                    caller.close()
                case _:
                    caller.sock.shutdown(socket.SHUT_RDWR)
            callers.append(caller)
        if how == "fin":
            assert not any(caller.hear_out() for caller in callers)
        program.wait(lambda: program.told.closed == 30)
        program.until(lambda: program.descriptors() == base)
        if how == "fin":
            program.conserves(callers, echo=True)


# -- how a stream is cut -----------------------------------------------------------------------


def test_every_split_of_a_message_is_conserved(tmp_path: Path, via: Place) -> None:
    """R23: however a message falls into pieces, what is told is the pieces as they came, and
    put together the message: all ways to cut 8 bytes, and one byte at a time."""
    message = b"ab\r\n\0\xff\xc3\xa9"
    gaps = range(1, len(message))
    with Program(tmp_path, "--echo") as program:
        wanted: dict[int, list[bytes]] = {}
        for count in range(len(message)):
            for cuts in itertools.combinations(gaps, count):
                pieces = [
                    message[start:end]
                    for start, end in itertools.pairwise((0, *cuts, len(message)))
                ]
                caller = program.call(via)
                wanted[len(wanted) + 1] = pieces
                for piece in pieces:
                    assert caller.trip(piece) == piece
                caller.close()
        assert len(wanted) == 128
        program.wait(lambda: program.told.closed == 128)
        told = {id: client.rx.pieces for id, client in program.told.clients.items()}
        assert told == wanted
        assert {id: client.tx.pieces for id, client in program.told.clients.items()} == wanted


def test_many_at_once_are_conserved_and_never_mixed(tmp_path: Path, via: Place) -> None:
    """R23: sixty clients that talk in pieces of odd sizes, in turns, have each their own
    bytes in their own order, there and back."""
    random = Random(4)
    with Program(tmp_path, "--echo") as program:
        callers = [program.call(via) for _ in range(60)]
        for _ in range(40):
            random.shuffle(callers)
            for caller in callers:
                caller.say(random.randbytes(random.choice([1, 2, 447, 448, 449, 3000])))
        for caller in callers:
            caller.fin()
        assert not any(caller.hear_out() for caller in callers)
        program.conserves(callers, echo=True)


@over_tcp
def test_urgent_bytes_stay_in_their_place(tmp_path: Path, via: Place) -> None:
    """R23: a byte sent as urgent is not lost and not told out of order. (TCP only.)"""
    with Program(tmp_path) as program:
        caller = program.client(via)
        for _ in range(50):
            caller.say(b"plain")
            caller.sock.send(b"!", socket.MSG_OOB)
            caller.said.add(b"!")
        caller.close()
        program.conserves([caller])
