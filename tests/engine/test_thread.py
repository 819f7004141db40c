"""An engine on a thread of its own: the same face, from any other thread."""

import asyncio
import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from itertools import count, pairwise

import pytest

from tcpmon.core.commands import Disconnect, ForgetClosed, Listen, Send, Unlisten
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.errors import CannotListen, NoSuchTarget, Stopped
from tcpmon.core.limits import Limits
from tcpmon.core.model import SORTS, Ask, End, Kind, Lens, Listener, Reason, Record
from tcpmon.engine.engine import Engine
from tcpmon.engine.thread import EngineThread
from tests.engine.conftest import ALL, WAIT, check_laws, port

ANY_PORT = Listen(TcpEndpoint("127.0.0.1", 0))


@pytest.fixture(autouse=True)
def tidy(descriptors: None, clock: None) -> Iterator[None]:
    """Hold every test to leaving no thread and no descriptor behind."""
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name == "tcpmon-engine"]
    assert left == []


Start = Callable[[Engine], tuple[EngineThread, Listener]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start engines that listen, on threads that end with the test."""
    nodes: list[EngineThread] = []

    def make(engine: Engine) -> tuple[EngineThread, Listener]:
        node = EngineThread(engine)
        node.start()
        nodes.append(node)
        return node, node.do_now(ANY_PORT)

    yield make
    for node in nodes:
        end(node)
        check_laws(node.engine)


def end(node: EngineThread) -> None:
    """Stop a node and wait until its thread has ended."""
    node.stop()
    node.ended.result(WAIT)
    node._thread.join(WAIT)


def call(listener: Listener, receive_buffer: int = 0) -> socket.socket:
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(WAIT)
    sock.connect(("127.0.0.1", port(listener)))
    return sock


def hear(sock: socket.socket, count: int) -> bytes:
    heard = bytearray()
    while len(heard) < count and (data := sock.recv(count - len(heard))):
        heard += data
    return bytes(heard)


def test_a_node_works_while_its_caller_does_something_else(start: Start) -> None:
    """Clients are served on the engine's thread; commands and pictures cross over."""
    node, listener = start(Engine(answer=bytes.upper))
    with call(listener) as sock:
        sock.sendall(b"hello")
        assert hear(sock, 5) == b"HELLO"
        assert node.do_now(Send(b"hi")).accepted == 1
        assert hear(sock, 2) == b"hi"
        view = node.view(Ask(count=10))
        assert (view.rows[0].rx_bytes, view.rows[0].tx_bytes) == (5, 7)
        kinds = [record.kind for record in node.records(0, 10)]
        assert kinds == [Kind.INFO, Kind.OPEN, Kind.RX, Kind.TX, Kind.CAST]
        assert node.span().end == 5
        node.do_now(Unlisten(listener.id))
        assert node.do_now(Disconnect(None)) == 1
        assert hear(sock, 1) == b""


async def test_commands_can_be_awaited_on_another_loop(start: Start) -> None:
    """An app on a loop of its own awaits what the engine's loop carries out."""
    node, listener = start(Engine())
    with call(listener) as sock:
        await asyncio.to_thread(lambda: sock.sendall(b"x"))
        assert (await node.do(Send(b"hello"))).accepted == 1
        assert await asyncio.to_thread(hear, sock, 5) == b"hello"
        assert await node.do(ForgetClosed()) == 0
    assert len(await asyncio.gather(*(node.do(ANY_PORT) for _ in range(5)))) == 5


async def test_errors_cross_over(start: Start) -> None:
    """What a command raises is raised to whoever gave it, in both ways of asking."""
    node, listener = start(Engine())
    taken = Listen(TcpEndpoint("127.0.0.1", port(listener)))
    with pytest.raises(CannotListen, match="in use"):
        await node.do(taken)
    with pytest.raises(NoSuchTarget):
        await asyncio.to_thread(node.do_now, Unlisten(99))
    with pytest.raises(CannotListen):
        await asyncio.to_thread(node.do_now, taken)


def test_what_the_start_raises_is_raised_to_the_caller() -> None:
    """A node that cannot start says why, and has ended with the same."""

    def no_poller(*_: object) -> EngineThread:
        raise OSError("no poller today")

    node = EngineThread(Engine(make_poller=no_poller))  # type: ignore[arg-type]
    with pytest.raises(OSError, match="no poller today"):
        node.start()
    with pytest.raises(OSError, match="no poller today"):
        node.ended.result(WAIT)
    node._thread.join(WAIT)


def test_a_node_that_never_started_is_stopped() -> None:
    """Whoever asks something of a node whose start has failed is told that it has stopped."""

    def no_poller(*_: object) -> EngineThread:
        raise OSError("no poller today")

    node = EngineThread(Engine(make_poller=no_poller))  # type: ignore[arg-type]
    with pytest.raises(OSError, match="no poller today"):
        node.start()
    node._thread.join(WAIT)
    asked = node.engine.do(ForgetClosed())
    try:
        with pytest.raises(Stopped):
            node.submit(asked)
    finally:
        asked.close()


def test_before_the_start_nothing_can_be_done() -> None:
    """A node that was not started takes no commands; to stop it or call it is nothing."""
    node = EngineThread(Engine())
    with pytest.raises(Stopped):
        node.do_now(ForgetClosed())
    node.call_soon(lambda: None)
    node.stop()
    assert not node.ended.done()


async def test_after_the_end_a_node_is_stopped(start: Start) -> None:
    """Whoever asks something of a node that has ended is told; what was kept is there."""
    node, listener = start(Engine())
    call(listener).close()
    await node.do(Disconnect(None))
    await asyncio.to_thread(end, node)
    with pytest.raises(Stopped):
        await node.do(Send(b"late"))
    with pytest.raises(Stopped):
        node.do_now(ANY_PORT)
    node.call_soon(lambda: None)
    node.stop()
    assert node.records(0, 1)[0].kind is Kind.INFO
    assert node.span().end == len(node.records(0, ALL))


def test_an_ended_future_cannot_be_cancelled(start: Start) -> None:
    """Who waits for the end may give up without taking it from others."""
    node, _ = start(Engine())
    assert not node.ended.cancel()
    assert not node.ended.done()


def test_a_stop_ends_clients_in_order(start: Start) -> None:
    """Who reads gets all that was queued, and EOF, after a stop; the reason is told."""
    node, listener = start(Engine(limits=Limits(flush_seconds=WAIT, stop_seconds=WAIT)))
    payload = os.urandom(4_000_000)
    with call(listener, 65536) as sock:
        sock.sendall(b"x")
        assert send_to_one(node, payload) == 1
        node.stop()
        assert hear(sock, len(payload)) == payload
        assert hear(sock, 1) == b""
    end(node)
    assert reasons(node) == [Reason.STOPPED]


def send_to_one(node: EngineThread, payload: bytes) -> int:
    """Send to all once somebody is there; say how many got it."""
    node.submit(node.engine.until(lambda: node.engine.totals().open > 0, WAIT)).result(WAIT)
    return node.do_now(Send(payload)).accepted


def reasons(node: EngineThread) -> list[Reason]:
    return [
        End.unpack(record.data).reason
        for record in node.records(0, ALL)
        if record.kind is Kind.CLOSE
    ]


@pytest.mark.parametrize(
    "limits",
    [Limits(flush_seconds=0.1, stop_seconds=5.0), Limits(flush_seconds=60.0, stop_seconds=0.1)],
    ids=["flush", "stop"],
)
def test_a_stop_does_not_wait_for_those_who_do_not_read(start: Start, limits: Limits) -> None:
    """Clients that do not read are ended with a reset when either time limit is up, and
    their unsent bytes are told."""
    node, listener = start(Engine(limits=limits))
    socks = [call(listener, 4096) for _ in range(3)]
    try:
        everybody = node.engine.until(lambda: node.engine.totals().open == 3, WAIT)
        node.submit(everybody).result(WAIT)
        assert node.do_now(Send(bytes(4_000_000))).queued == 3
        end(node)
    finally:
        for sock in socks:
            sock.close()
    ends = [End.unpack(r.data) for r in node.records(0, ALL) if r.kind is Kind.CLOSE]
    assert len(ends) == 3
    assert all(found.unsent > 3_000_000 for found in ends)


def test_a_command_under_way_at_the_end_is_told(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that the end overtakes raises Stopped: its caller was not cancelled."""
    asked, told = threading.Event(), threading.Event()

    def getaddrinfo(*_: object, **__: object) -> list[object]:
        asked.set()
        told.wait(WAIT)
        return []

    node, _ = start(Engine())
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    listening = node.submit(node.engine.do(Listen(TcpEndpoint("slow.test", 0))))
    try:
        assert asked.wait(WAIT)
        node.stop()
        wait([listening], WAIT)
    finally:
        told.set()
    end(node)
    try:
        failure = listening.exception(WAIT)
    except CancelledError as cancelled:
        failure = cancelled
    assert isinstance(failure, Stopped), repr(failure)


def test_a_command_in_the_last_moment_is_told(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that arrives when the loop has run for the last time is not waited for
    for ever: it is Stopped too."""
    late: list[BaseException | None] = []

    class LastMoment(asyncio.SelectorEventLoop):
        """A loop during whose closing somebody still asks for something."""

        def close(self) -> None:
            if not self.is_closed() and node:
                command = node[0].engine.do(ForgetClosed())
                try:
                    pending.append(node[0].submit(command))
                except Stopped as stopped:
                    late.append(stopped)
            super().close()

    pending: list[Future[int]] = []
    node: list[EngineThread] = []
    monkeypatch.setattr(asyncio, "SelectorEventLoop", LastMoment)
    made, _ = start(Engine())
    node.append(made)
    end(made)
    late.extend(future.exception(1.0) for future in pending)
    assert [type(error) for error in late] == [Stopped]


def test_a_bug_on_the_loop_is_a_record(start: Start) -> None:
    """What fails in a callback of the engine's loop is told among the records, and the
    node goes on."""
    node, listener = start(Engine(answer=bytes.upper))

    def broken() -> None:
        raise ZeroDivisionError("a bug for this test")

    node.call_soon(broken)
    warned = node.engine.until(
        lambda: any(record.kind is Kind.WARN for record in node.records(0, ALL)), WAIT
    )
    node.submit(warned).result(WAIT)
    (warning,) = (r.data.decode() for r in node.records(0, ALL) if r.kind is Kind.WARN)
    assert "ZeroDivisionError: a bug for this test" in warning
    with call(listener) as sock:
        sock.sendall(b"hello")
        assert hear(sock, 5) == b"HELLO"


def test_call_soon_runs_on_the_engines_thread(start: Start) -> None:
    """What is handed over runs where the engine may be touched."""
    node, _ = start(Engine())
    ran = threading.Event()
    where: list[str] = []
    node.call_soon(lambda: where.append(threading.current_thread().name))
    node.call_soon(ran.set)
    assert ran.wait(WAIT)
    assert where == ["tcpmon-engine"]


@contextlib.contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do something again and again on another thread meanwhile; what it raises is raised."""
    over = threading.Event()
    faults: list[BaseException] = []

    def run() -> None:
        try:
            while not over.wait(0.0005):  # so that this thread does not take all of the time
                work()
        except BaseException as error:  # noqa: BLE001 - raised again in the test's thread
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(WAIT)
    for fault in faults:
        raise fault


def whole(records: list[Record]) -> bool:
    """Say whether no record is missing between the first and the last."""
    return all(after.seq == one.seq + 1 for one, after in pairwise(records))


def test_it_can_be_looked_at_under_traffic(start: Start) -> None:
    """Another thread may ask for every order, for records and for the span while clients
    come, talk and go: what it gets is whole, and nothing breaks."""
    limits = Limits(keep=1 << 20, closed_rows=20)
    node, listener = start(Engine(answer=lambda data: data, limits=limits))
    clients, rounds, size = 40, 5, 20_000
    look = count()
    looks = 0

    def watch() -> None:
        nonlocal looks
        looks = next(look)
        client = 1 + looks % clients
        view = node.view(Ask(SORTS[looks % len(SORTS)], looks % 2 == 0, 0, 50, client))
        ids = [row.id for row in view.rows]
        assert len(set(ids)) == len(ids) == min(view.count, 50)
        assert view.totals.rx_bytes <= clients * rounds * size
        end = node.span().end
        assert whole(node.records(end, -100))
        assert whole(node.records(end, 100))
        its = node.records(node.span().first, 50, client)
        assert {record.client for record in its} <= {0, client}

    with beside(watch):
        for _ in range(4):
            socks = [call(listener) for _ in range(clients // 4)]
            for round_ in range(rounds):
                for sock in socks:
                    sock.sendall(bytes((round_,)) * size)
                for sock in socks:
                    assert hear(sock, size) == bytes((round_,)) * size
            node.do_now(Send(b"goodbye"))
            for sock in socks:
                assert hear(sock, 7) == b"goodbye"
                sock.close()
    assert looks > 0
    node.submit(node.engine.until(lambda: node.engine.totals().open == 0, WAIT)).result(WAIT)
    totals = node.view(Ask()).totals
    assert (totals.accepted, totals.rx_bytes) == (clients, clients * rounds * size)
    assert totals.tx_bytes == clients * (rounds * size + 7)
    assert totals.dropped_records == node.span().first > 0


def test_records_are_whole_while_more_come_in() -> None:
    """Whoever reads on from a record misses none in between, at whatever moment the
    engine's thread keeps new ones: here, at every step of the reader's."""
    engine = Engine()

    def keep(count: int) -> None:
        for _ in range(count):
            engine.store.append(0, 0, Kind.INFO, bytes(2000))
        engine.store.settle()

    def meanwhile(_frame: object, event: str, _arg: object) -> None:
        if event == "call":
            keep(8)

    keep(300)
    sys.setprofile(meanwhile)
    try:
        found = [engine.records(100, 400), engine.records(engine.span().end, -400)]
    finally:
        sys.setprofile(None)
    assert engine.span().first == 0, "this is about records that are there"
    for records in found:
        assert whole(records)
        assert len(records) >= 200


def test_a_warning_from_elsewhere_is_kept(start: Start) -> None:
    """Whoever owns a node can put a line among its records, and does not wait for that; once the
    node has ended it is nobody's."""
    node, _ = start(Engine())
    node.warn("grüße\nand more")
    node.submit(asyncio.sleep(0)).result(WAIT)
    end(node)
    node.warn("too late")
    warnings = [record.data for record in node.records(0, 100) if record.kind is Kind.WARN]
    assert warnings == ["grüße\nand more".encode()]


def test_messages_are_cut_and_sifted_while_others_speak(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another thread every message is found once, whatever comes meanwhile."""
    monkeypatch.setattr("tcpmon.core.store.CHUNK_BYTES", 20_000)
    node, listener = start(Engine(framing="line", limits=Limits(keep=1 << 24)))
    count, lens = 6_000, Lens(filter="even")
    lines = [b"even %d\n" % n if n % 2 == 0 else b"odd %d\n" % n for n in range(count)]
    with call(listener) as sock:

        def speak() -> None:
            for line in lines:
                sock.sendall(line)

        speaker = threading.Thread(target=speak)
        speaker.start()
        found = 0
        while found < count // 2:
            sifted = node.sift(lens, 0.001)
            assert sifted.found >= found
            found = sifted.found
            node.messages((node.span().end, 0), -40, Lens())
        speaker.join(WAIT)
        whose = node.messages((0, 0), 2 * count, Lens(1))
        assert [message.data for message in whose if message.kind is Kind.RX] == lines
        even = [row.data for row in node.messages((0, 0), count, lens)]
        assert even == lines[::2]
