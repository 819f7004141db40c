"""R26: whatever clients, the operator and the machine do, in whatever order, each client has
one end, after its last byte, all counters add up, and no byte is lost or made up."""

import asyncio
import os
import shutil
import socket
import struct
import tempfile
from pathlib import Path
from typing import TypeVar

from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tcpmon.core.commands import Command, Disconnect, ForgetClosed, How, Send
from tcpmon.core.limits import Limits, Unread
from tcpmon.core.model import Ask, Kind, State
from tcpmon.engine.engine import Engine
from tests.engine.conftest import ALL, PLACES, check_laws

R = TypeVar("R")
STUCK = 100_000
LARGEST = 1_000_000
WAIT = 10.0
WHICH = st.integers(0, 999)
"""Which of those that are there, who are not the same each time: the system is not."""


class Caller:
    """A raw socket, and what has gone through it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.said = b""
        self.heard = b""
        self.mute = self.left = False


class Dialogue(RuleBasedStateMachine):
    """Rules are what can happen; invariants what must hold after each."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.callers: list[Caller] = []
        self.cut_off = False  # somebody was reset by us

    @initialize(
        echo=st.booleans(), half_open=st.booleans(), unread=st.sampled_from(Unread),
        clients=st.sampled_from([3, 100]),
    )  # fmt: skip
    def begin(self, echo: bool, half_open: bool, unread: Unread, clients: int) -> None:
        limits = Limits(
            clients=clients, slow=STUCK // 2, stuck=STUCK, unread=unread, flush_seconds=0.05,
            stop_seconds=0.1,
        )  # fmt: skip
        self.engine = Engine(
            answer=(lambda data: data) if echo else None, half_open=half_open, limits=limits
        )

        async def start() -> None:
            self.engine.start()
            self.listeners = [
                await self.engine.listen(place.endpoint(self.folder)) for place in PLACES
            ]

        self.runner.run(start())

    def turns(self) -> None:
        """Give the engine a few turns."""

        async def turns() -> None:
            for _ in range(4):
                await asyncio.sleep(0)

        self.runner.run(turns())

    def do(self, command: Command[R]) -> R:
        """Give the engine a command, and a few turns."""
        answer = self.runner.run(self.engine.do(command))
        self.turns()
        return answer

    def here(self) -> list[Caller]:
        return [caller for caller in self.callers if not caller.left]

    # -- what clients do ---------------------------------------------------------------

    @rule(number=st.integers(0, 2), buffer=st.sampled_from([None, 4096]))
    def connect(self, number: int, buffer: int | None) -> None:
        if len(self.callers) < 40:
            sock = PLACES[number].connect(self.listeners[number], buffer)
            sock.setblocking(False)
            self.callers.append(Caller(sock))
            self.turns()

    @precondition(lambda self: self.here())
    @rule(which=WHICH, size=st.sampled_from([1, 100, 447, 448, 5000, 70_000]))
    def say(self, which: int, size: int) -> None:
        caller = self.here()[which % len(self.here())]
        if not caller.mute:
            said = os.urandom(size)
            try:
                caller.said += said[: caller.sock.send(said)]
            except OSError:  # the kernel is full, or we have closed it
                pass
            self.turns()

    @precondition(lambda self: self.here())
    @rule(which=WHICH, size=st.sampled_from([1, 10_000, 1_000_000]))
    def hear(self, which: int, size: int) -> None:
        caller = self.here()[which % len(self.here())]
        try:
            caller.heard += caller.sock.recv(size)
        except OSError:
            pass
        self.turns()

    @precondition(lambda self: self.here())
    @rule(which=WHICH)
    def fin(self, which: int) -> None:
        caller = self.here()[which % len(self.here())]
        caller.mute = True
        try:
            caller.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.turns()

    @precondition(lambda self: self.here())
    @rule(which=WHICH, hard=st.booleans())
    def leave(self, which: int, hard: bool) -> None:
        caller = self.here()[which % len(self.here())]
        if hard:
            caller.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        caller.sock.close()
        caller.left = True
        self.turns()

    # -- what the operator does ------------------------------------------------------------

    @rule(which=WHICH, size=st.sampled_from([0, 1, 5000, LARGEST]), everybody=st.booleans())
    def send(self, which: int, size: int, everybody: bool) -> None:
        ids = sorted(self.engine._roster.open)
        wanted = None if everybody or not ids else (ids[which % len(ids)],)
        delivery = self.do(Send(bytes(size), wanted))
        assert len(delivery.skipped) + delivery.accepted <= max(1, len(ids))
        assert delivery.queued <= delivery.accepted

    @rule(which=WHICH, how=st.sampled_from(How))
    def disconnect(self, which: int, how: How) -> None:
        if ids := sorted(self.engine._roster.open):
            assert self.do(Disconnect((ids[which % len(ids)],), how)) == 1

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.engine.pause_reading(paused)
        self.turns()

    @rule()
    def forget(self) -> None:
        self.do(ForgetClosed())

    @rule()
    def sample(self) -> None:
        self.runner.run(self.engine._sample())

    # -- what always holds -------------------------------------------------------------------

    @invariant()
    def adds_up(self) -> None:
        if not hasattr(self, "listeners"):
            return
        connections = list(self.engine._roster.open.values())
        totals = self.engine.totals()
        records = self.engine.records(0, ALL)
        closed = [record for record in records if record.kind is Kind.CLOSE]
        opened = [record for record in records if record.kind is Kind.OPEN]
        assert totals.open == len(connections) == len(opened) - len(closed)
        assert totals.accepted == len(opened)
        assert len({record.client for record in closed}) == len(closed)
        assert totals.unsent == sum(connection.queued for connection in connections)
        assert totals.rx_bytes == sum(len(r.data) for r in records if r.kind is Kind.RX)
        assert totals.open <= self.engine.limits.clients
        assert sum(listener.clients for listener in self.engine.view(Ask()).listeners) == (
            totals.open
        )
        for connection in connections:
            queued = sum(len(entry[1]) for entry in connection.queue or ())
            assert connection.queued == queued - (connection._head_sent if queued else 0)
            if connection.broken is None:
                assert connection.queued <= STUCK + max(LARGEST, 262_144)
            assert connection.state is not State.CLOSED

    def teardown(self) -> None:
        try:
            if hasattr(self, "listeners"):
                self.finish()
        finally:
            for caller in self.callers:
                caller.sock.close()
            self.runner.close()
            shutil.rmtree(self.folder)

    def finish(self) -> None:
        async def end() -> None:
            self.engine.pause_reading(False)
            for caller in self.here():
                caller.sock.close()
            await self.engine.do(Disconnect(None))
            await self.engine.until(lambda: self.engine.totals().open == 0, WAIT)
            await self.engine.stop()

        self.runner.run(end())
        assert self.engine.totals().unsent == 0
        check_laws(self.engine)
        heard = [
            b"".join(r.data for r in self.engine.records(0, ALL, id) if r.kind is Kind.RX)
            for id in range(1, self.engine.totals().accepted + 1)
        ]
        said = [caller.said for caller in self.callers]
        for stream in heard:  # what is kept of each is how its stream began
            assert any(whole.startswith(stream) for whole in said)
        assert not [
            record for record in self.engine.records(0, ALL)
            if record.kind is Kind.WARN and b"Traceback" in record.data
        ]  # fmt: skip


def test_any_order_ends_each_client_once_with_all_its_bytes() -> None:
    """R26: some hundred orders of fifty events, other ones in each run, through all kinds of
    listeners at once."""
    run_state_machine_as_test(
        Dialogue, settings=settings(max_examples=80, stateful_step_count=40, database=None)
    )
