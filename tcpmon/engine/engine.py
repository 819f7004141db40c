"""The node on this machine: listeners, connections and the store, on one asyncio loop.

Everything here runs on the loop that started the engine, but for `view`, `span`
and `records`, which only read and may be called from any thread.
"""

import asyncio
import os
import socket
import time
import traceback
from array import array
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from msgspec.structs import replace

from tcpmon.core import endpoint as endpoints
from tcpmon.core.commands import (
    Command,
    Cut,
    Delivery,
    Disconnect,
    Examine,
    Flag,
    ForgetClosed,
    ForgetJobs,
    How,
    Instruct,
    Listen,
    Name,
    Note,
    Permit,
    Repeat,
    Send,
    SendFile,
    Silence as SetSilence,
    StopReading,
    Switch,
    Tell,
    Unlisten,
    Unpermit,
    Whom,
)
from tcpmon.core.cutting.framings import Framings
from tcpmon.core.cutting.log import Log
from tcpmon.core.endpoint import Endpoint
from tcpmon.core.errors import CannotListen, NoSuchTarget, Stopped
from tcpmon.core.escape import escape_text
from tcpmon.core.framing import spec as framings
from tcpmon.core.hooks import Hooks
from tcpmon.core.limits import Limits
from tcpmon.core.model import (
    Ask,
    Client,
    Kind,
    Lens,
    Listener as ListenerPicture,
    Message,
    Place,
    Reason,
    Record,
    Sifted,
    Span,
    State,
    Totals,
    View,
    name_data,
    open_data,
)
from tcpmon.core.naming import Finder, clean
from tcpmon.core.payload import parse as parse_payload
from tcpmon.core.playbook import Playbook
from tcpmon.core.rules.model import Rules
from tcpmon.core.scans import Scans
from tcpmon.core.store import Raw, Store
from tcpmon.core.tcpinfo import TcpInfo
from tcpmon.core.units import counted, number
from tcpmon.engine import sockets
from tcpmon.engine.acting import Acting
from tcpmon.engine.answering import Answering, ScriptState
from tcpmon.engine.callbacks import F
from tcpmon.engine.connection import Connection, Shared, Sums
from tcpmon.engine.datapath import DataPath
from tcpmon.engine.door import Door
from tcpmon.engine.jobs import Jobs
from tcpmon.engine.listener import Listener, bind
from tcpmon.engine.naming import Naming
from tcpmon.engine.orders import Done, Orders
from tcpmon.engine.poller import Poller, Serve, make_poller
from tcpmon.engine.roster import Roster
from tcpmon.engine.runs import note
from tcpmon.engine.sending import Sender, slices
from tcpmon.engine.silence import Silence
from tcpmon.engine.turns import Turns

R = TypeVar("R")
MakePoller = Callable[[asyncio.AbstractEventLoop, Serve, Callable[[], None]], Poller]

SAMPLE_SECONDS = 1.0
LOOK_SECONDS = 0.25  # how often the kernel is asked about the rows that somebody looks at
RATES_KEPT = 120
BEGUN_KEPT = 64
ORDERS_SECONDS = 1.0  # for what hooks have ordered by the time that it stops


class Engine:
    """A TCP server you can see into.

    answer: bytes to send back for each read, e.g. ``lambda data: data`` for an
    echo. half_open: keep a connection whose peer has closed its sending side. access:
    whether callers of an address or network are let in, see `tcpmon.core.access`. framing: how
    the log cuts what is said into messages, see `tcpmon.core.framing`. names and name_from:
    what clients are called, see `tcpmon.engine.naming`. silence: seconds after which it is
    said that a client is silent, 0 = never; silences: the same by pattern of its name. hints:
    whether to say so when callers look like a scan. rules: what clients are answered, see
    `tcpmon.core.rules`. hooks: told of what clients do.

    >>> import asyncio
    >>> async def main():
    ...     async with Engine(answer=bytes.upper) as engine:
    ...         listener = await engine.listen("localhost:0")
    ...         host, port = listener.addresses[0].split(":")
    ...         reader, writer = await asyncio.open_connection(host, port)
    ...         writer.write(b"hello\\n")
    ...         print(await reader.readline())
    ...         print([(record.kind.name, record.data) for record in engine.records(1, 9)][1:])
    ...         writer.close()
    >>> asyncio.run(main())
    b'HELLO\\n'
    [('RX', b'hello\\n'), ('TX', b'HELLO\\n')]
    """

    def __init__(
        self,
        *,
        answer: Callable[[bytes], bytes] | None = None,
        half_open: bool = False,
        limits: Limits | None = None,
        access: Mapping[str, bool] | None = None,
        names: Mapping[str, str] | None = None,
        name_from: str = "",
        silence: float = 0.0,
        silences: Mapping[str, float] | None = None,
        framing: str = "none",
        hints: bool = False,
        rules: Rules | None = None,
        hooks: Hooks | None = None,
        make_poller: MakePoller = make_poller,
    ) -> None:
        self.limits = limits or Limits()
        self.store = Store(self.limits.keep)
        self.taps: list[Callable[[], None]] = []
        """Called after every turn, before old records are dropped: the place to take
        every record. Each must be quick."""
        self.begun: deque[tuple[int, bytes]] = deque(maxlen=BEGUN_KEPT)
        """The newest clients who began in a way that may tell what they are, and how."""
        self._came_by = array("I")  # the listeners of all clients there have been, in order
        self._framings = Framings(framing, lambda client: self._came_by[client - 1])
        self.log = Log(
            self.store, self._framings, self._has_ended, self._record, self.client,
            time.perf_counter, time.time_ns, Turns(),
        )  # fmt: skip
        self._answer = answer
        self._half_open = half_open
        self._make_poller = make_poller
        self._roster = Roster(self.limits.closed_rows)
        self.counters: dict[str, int] = {}
        """The counts of payloads that count, by name."""
        self._sender = Sender(
            self._roster, self.store, lambda: self._path, lambda: self._last_id, self.counters,
            self._settle,
        )  # fmt: skip
        self._jobs = Jobs(
            self._sender, self.until, self._say, self._settle, self.report, lambda: self.limits
        )
        self._listeners: dict[int, Listener] = {}
        # Ended with unsent bytes and off the table; none of their records is as new as the number.
        self._cuts: dict[int, tuple[int, Connection]] = {}
        self._watched: frozenset[int] = frozenset()
        self._rates: deque[tuple[float, float]] = deque(maxlen=RATES_KEPT)
        self._message_rate = 0.0
        self._last_id = self._last_listener = 0
        self._sums = Sums()
        self._sums_sampled = (0, 0, 0)
        self._accepted = 0
        self._door = Door(access or {}, lambda: self.limits, self._say)
        self._naming = Naming(names or {}, name_from, self._renamed, self.warn)
        self._silence = Silence(silence, silences or {}, self._say)
        self._scans = Scans() if hints else None
        self._acting = Acting(
            self._framings, hooks, self._say, self._naming.call,
            lambda host, seconds: self._door.permit(host, False, seconds), self._settle,
            self.counters,
        )  # fmt: skip
        self._orders = Orders(self.do, self._say)
        self._answering = Answering(self._acting, self._framings, self._orders, self._say)
        self._pausers: set[str] = set()
        self._silent = 0
        self._ticks: list[asyncio.Task[None]] = []
        self._waiters: dict[asyncio.Future[None], Callable[[], bool]] = {}
        self._shared: Shared | None = None
        self._stopping = False
        if rules is not None:
            self._answering.follow(rules)

    # -- functions as hooks; plain ones, or async ones that run as tasks --------------

    def on_connect(self, function: F) -> F:
        """Call function(peer) for every client that comes, see `tcpmon.core.peer`.

        >>> engine = Engine(framing="line")
        >>> @engine.on_message
        ... async def answer(peer, message):
        ...     peer.send(message.upper())
        """
        return self._answering.add("connect", function)

    def on_message(self, function: F) -> F:
        """Call function(peer, message: bytes) for every whole message, as streams are cut. An async
        one is called for a client's next message when it has ended."""
        return self._answering.add("message", function)

    def on_close(self, function: F) -> F:
        """Call function(peer) for every client that has gone."""
        return self._answering.add("close", function)

    def on_tick(self, function: F) -> F:
        """Call function() every second."""
        return self._answering.add("tick", function)

    def order(self, client: int, command: Command[Any], done: Done | None = None) -> None:
        """Have a command about a client carried out soon; what goes wrong is told in the log.
        done: called when that is over."""
        self._orders.give(client, command, done)

    def run_beside(self, hooks: Hooks, state: ScriptState) -> None:
        """Tell a script of what clients do."""
        self._answering.run_beside(hooks, state)

    # -- life -------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def start(self) -> None:
        """Begin to work on the running loop. `async with` does it for you."""
        loop = asyncio.get_running_loop()
        self._stopping = False
        files = sockets.raise_descriptor_limit()
        possible = max(1, files - min(self.limits.spare_descriptors, files // 4))
        wanted = self.limits.clients
        self.limits = replace(self.limits, clients=min(wanted, possible))
        self._path = DataPath(self.store, self._sums, self._answer)
        self._poller = self._make_poller(loop, self._path.serve, self._settle)
        self._shared = Shared(
            loop, self._poller, self.store, self._sums, self._closed, self.limits, self._answer,
            self._half_open, self._settle, self._heard, self.begun,
        )  # fmt: skip
        self._answering.begin(loop, self._shared, self._path)
        self._sampled_at = loop.time()
        self._ticks = [
            loop.create_task(self._every(SAMPLE_SECONDS, self._sample)),
            loop.create_task(self._every(LOOK_SECONDS, self._look)),
        ]
        if self.limits.clients < wanted:
            self.warn(
                f"room for {counted(self.limits.clients, 'client')}, not {wanted}:"
                f" open files end at {files}; raise it with ulimit -n"
            )

    async def stop(self) -> None:
        """Accept no more, end all connections in order, 2 s at most; then let go of everything."""
        if self._shared is None:
            return
        self._stopping = True
        await self._jobs.stop()
        for listener in list(self._listeners.values()):
            self._drop_listener(listener)
        await self._each(
            list(self._roster.open), lambda connection: connection.close(Reason.STOPPED)
        )
        try:
            await self.until(lambda: not self._roster.open, self.limits.stop_seconds)
        except TimeoutError:
            for connection in list(self._roster.open.values()):
                connection.abort(Reason.STOPPED)
        self._door.tell()
        await self._answering.stop()
        for task in self._ticks:
            task.cancel()
        await asyncio.gather(*self._ticks, return_exceptions=True)
        await self._orders.finish(ORDERS_SECONDS)
        self._settle()
        self._poller.close()
        self._shared = None
        for waiter in list(self._waiters):
            if not waiter.done():
                waiter.set_exception(Stopped("the engine has stopped"))

    @property
    def _running(self) -> Shared:
        if self._shared is None:
            raise Stopped("the engine is not running")
        return self._shared

    def _settle(self) -> None:
        """Show what happened to those who take every record, then keep to the limit."""
        for tap in self.taps:
            try:
                tap()
            except Exception:  # noqa: BLE001 - the fence of whoever listens
                self.report(traceback.format_exc())
        if self.store.settle() and self._cuts:
            first = self.store.first
            self._cuts = {id: cut for id, cut in self._cuts.items() if cut[0] > first}
        if self._waiters:
            for waiter, condition in list(self._waiters.items()):
                try:
                    if not waiter.done() and condition():
                        waiter.set_result(None)
                except Exception as error:  # noqa: BLE001 - it is for whoever waits
                    waiter.set_exception(error)

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> None:
        """Wait until a condition about this engine holds; it is asked after each turn.

        timeout: seconds. Raises TimeoutError; Stopped if the engine ends first.
        """
        if condition():
            return
        waiter = self._running.loop.create_future()
        self._waiters[waiter] = condition
        try:
            async with asyncio.timeout(timeout):
                await waiter
        finally:
            del self._waiters[waiter]

    # -- commands ---------------------------------------------------------------

    async def do(self, command: Command[R]) -> R:
        """Carry out a command, see `tcpmon.core.commands`."""
        shared = self._running
        answer: object
        match command:
            case Listen():
                answer = await self._listen(command)
            case Send():
                answer = await self._send(command)
            case Repeat() | SendFile() if self._stopping:
                raise Stopped("the engine is about to stop")
            case Repeat():
                answer = await self._jobs.repeat(command)
            case SendFile():
                answer = await self._jobs.send_file(command)
            case Disconnect():
                answer = await self._disconnect(command.clients, command.how)
            case SetSilence():
                answer = None
                await self._set_silence(command)
            case Instruct():
                answer = None
                self._answering.instruct(command.text, command.source)
                await self._each(list(self._roster.open), self._acting.arm)
            case _:
                answer = self._do_at_once(command)
        if shared is self._shared:
            self._settle()
        return cast("R", answer)

    def _do_at_once(self, command: Command[object]) -> object:
        """Carry out what needs no waiting."""
        match command:
            case Unlisten():
                self._unlisten(command.listener)
            case Permit():
                self._door.permit(command.network, command.allow, command.seconds)
            case Unpermit():
                self._door.unpermit(command.network)
            case Name():
                self._name(command)
            case Cut():
                self._cut(command.framing, command.client, command.listener)
            case Examine():
                return self._examine(command.client)
            case Tell():
                self._jobs.tell(command)
            case ForgetJobs():
                return self._jobs.forget()
            case ForgetClosed():
                return self._forget_closed()
            case _:
                self._act(command)
        return None

    def _act(self, command: Command[object]) -> None:
        """Do what rules can do too."""
        match command:
            case Switch():
                self._answering.switch(command.rule, command.on)
            case Flag():
                self._open(command.client).mark(command.why)
            case Note():
                if not 0 <= command.client <= self._last_id:
                    raise NoSuchTarget(f"there is no client {command.client}")
                kind = Kind.WARN if command.warn else Kind.INFO
                self._say(kind, note(command.text), command.client)
            case StopReading():
                self._acting.refrain(self._open(command.client), command.seconds, by_rule=False)
            case _:
                raise TypeError(f"not a command: {command!r}")

    def _open(self, client: int) -> Connection:
        connection = self._roster.open.get(client)
        if connection is None:
            raise NoSuchTarget(f"client {client} is gone")
        return connection

    def not_taken(self, why: str) -> None:
        """Say that rules were not taken, and why; those of before stay."""
        self._answering.not_taken(why)

    async def listen(self, address: str | Endpoint) -> ListenerPicture:
        """Listen on an address as on the command line, e.g. "localhost:0"; return the real one.

        Raises BadAddress, CannotListen.
        """
        if isinstance(address, str):
            address = endpoints.parse(address)
        return await self.do(Listen(address))

    async def _listen(self, command: Listen) -> ListenerPicture:
        endpoint = command.endpoint
        finder = Finder(command.name_from) if command.name_from else None
        if command.framing:
            framings.parse(command.framing)  # before anything is bound
        if any(endpoints.clash(other.endpoint, endpoint) for other in self._listeners.values()):
            raise CannotListen(f"already listening on {escape_text(str(endpoint))}")
        shared = self._running
        if self._stopping:
            raise Stopped("the engine is about to stop")
        bound, note = await bind(endpoint)
        if self._stopping or shared is not self._shared:
            for sock in bound:
                sock.close()
            raise Stopped("the engine has stopped")
        self._last_listener += 1
        listener = Listener(
            self._last_listener, endpoint, bound, shared.loop, shared.poller,
            self._accept, self._out_of_room,
        )  # fmt: skip
        self._listeners[listener.id] = listener
        if command.framing:
            self._framings.choose(command.framing, listener=listener.id)
        if finder:
            self._naming.find_in(listener.id, finder)
        if command.silence is not None:
            self._silence.set(command.silence, None, listener.id)
        if note:
            self.warn(note)
        self._say(Kind.INFO, f"listening on {' and '.join(listener.addresses)}")
        return listener.picture()

    def _unlisten(self, id: int) -> None:
        listener = self._listeners.get(id)
        if listener is None:
            raise NoSuchTarget(f"there is no listener {id}")
        self._drop_listener(listener)

    def _drop_listener(self, listener: Listener) -> None:
        listener.close()
        del self._listeners[listener.id]
        self._say(Kind.INFO, f"stopped listening on {' and '.join(listener.addresses)}")

    async def _send(self, command: Send) -> Delivery:
        whom = command.clients
        if isinstance(whom, str):
            whom = tuple(await self._sender.choose(whom))
        if not command.text:
            return (await self._sender.send(command.data, whom)).delivery
        return (await self._sender.send_payload(parse_payload(command.text), whom)).delivery

    async def _disconnect(self, whom: Whom, how: How) -> int:
        act = {
            How.CLOSE: Connection.close, How.RESET: Connection.abort,
            How.HALF: Connection.half_close,
        }  # fmt: skip
        return await self._each(await self._sender.choose(whom), act[how])

    async def _each(self, clients: Sequence[int], act: Callable[[Connection], None]) -> int:
        count = 0
        for part in slices(clients):
            for id in part:
                if connection := self._roster.open.get(id):
                    act(connection)
                    count += 1
            await asyncio.sleep(0)
        return count

    def _name(self, command: Name) -> None:
        connection = self._roster[command.client]
        if connection is None:
            raise NoSuchTarget(f"client {command.client} is gone")
        if command.literal:
            self._naming.call(connection, clean(command.name))
        else:
            self._naming.give(connection, command.name, command.remember)

    async def _set_silence(self, command: SetSilence) -> None:
        client, listener = command.client, command.listener
        if client is not None and client not in self._roster.open:
            raise NoSuchTarget(f"client {client} is gone")
        if listener is not None and listener not in self._listeners:
            raise NoSuchTarget(f"there is no listener {listener}")
        self._silence.set(command.seconds, client, listener)
        concerned = list(self._roster.open) if client is None else [client]
        await self._each(concerned, self._silence.arm)

    def _cut(self, framing: str, client: int | None, listener: int | None) -> None:
        if client is not None and not 0 < client <= self._last_id:
            raise NoSuchTarget(f"there is no client {client}")
        if listener is not None and listener not in self._listeners:
            raise NoSuchTarget(f"there is no listener {listener}")
        self._framings.choose(framing, client, listener)

    def _examine(self, client: int) -> TcpInfo | None:
        connection = self._roster.open.get(client)
        if connection is None:
            raise NoSuchTarget(f"client {client} is gone")
        return connection.look()

    def _forget_closed(self) -> int:
        gone = self._roster.forget_closed()
        self._keep_cuts(gone)
        return len(gone)

    # -- what listeners and connections report ------------------------------------

    def _accept(
        self, sock: socket.socket, peer: str, address: object, listener: Listener, local: str
    ) -> None:
        if reason := self._door.refusal(address, len(self._roster.open)):
            self._turn_away(sock, listener, reason, peer)
            return
        try:
            connection = Connection(
                self._last_id + 1, sock, peer, address, listener, local, self._running
            )
        except OSError as error:  # epoll_ctl(2): ENOSPC, ENOMEM
            self._turn_away(sock, listener, (error.strerror or str(error)).lower(), peer)
            return
        self._last_id += 1
        self._came_by.append(listener.id)
        self._accepted += 1
        listener.accepted += 1
        listener.open += 1
        self._door.came(address)
        self._naming.greet(connection)
        self._silence.arm(connection)
        self._roster.add(connection)
        opening = open_data(peer, local, connection.name)
        self.store.append(connection.opened_at, connection.id, Kind.OPEN, opening)
        if self._acting.is_wanted:
            self._acting.came(connection)

    def _turn_away(self, sock: socket.socket, listener: Listener, reason: str, peer: str) -> None:
        sockets.reset(sock)
        listener.refused += 1
        self._door.refuse(reason, peer)

    def _closed(self, connection: Connection) -> None:
        connection.listener.open -= 1
        self._door.left(connection.address)
        self._silence.forget(connection.id)
        self._acting.gone(connection)
        if self._scans is not None and connection.host:
            self._note_visit(connection, self._scans)
        self._keep_cuts(self._roster.retire(connection))

    def _heard(self, connection: Connection, data: bytes) -> None:
        if data:
            self._silence.heard(connection)
        if not self._naming.heard(connection, data) and data:
            connection.heed(wanted=False)

    def _renamed(self, connection: Connection) -> None:
        self._silence.arm(connection)
        if connection.end is None:
            name = name_data(connection.name)
            self.store.append(time.time_ns(), connection.id, Kind.INFO, name)
            self._acting.renamed(connection)

    def _note_visit(self, connection: Connection, scans: Scans) -> None:
        c = connection
        if c.end and c.end.reason in (Reason.PEER_CLOSED, Reason.PEER_RESET):
            silent = not (c.rx_messages or c.tx_messages)
            if text := scans.left(c.host, c.opened_at, c.closed_at, silent, c.first):
                self.warn(text)

    def _keep_cuts(self, gone: list[Connection]) -> None:
        """Remember what was unsent of connections that leave the table, while its records stay."""
        self._cuts.update((c.id, (self.store.end, c)) for c in gone if c.queued)

    def _out_of_room(self, error: OSError, refused: bool) -> None:
        reason = f"{os.strerror(error.errno or 0).lower()}; raise the limit with ulimit -n"
        if refused:
            self._door.refuse(reason)
        else:
            self._door.trouble = f"callers wait: {reason}"

    def warn(self, text: str) -> None:
        """Keep a line for the operator among the records."""
        self._say(Kind.WARN, text)

    def _say(self, kind: Kind, text: str, client: int = 0) -> None:
        self.store.append(time.time_ns(), client, kind, text.encode("utf-8", "surrogateescape"))

    # -- reading pauses ---------------------------------------------------------------

    def pause_reading(self, paused: bool, who: str = "") -> None:
        """Take no more bytes from clients, so that TCP holds them back, or go on.
        Sending is not affected. who: on whose behalf; all of them must agree to go on."""
        if (shared := self._shared) is None:
            return
        (self._pausers.add if paused else self._pausers.discard)(who)
        if shared.paused is bool(self._pausers):
            return
        shared.paused = bool(self._pausers)
        self._silence.resume(time.time_ns())
        for connection in list(self._roster.open.values()):
            connection.pause(shared.paused)

    # -- the clock ----------------------------------------------------------------

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Exception:  # noqa: BLE001 - the fence of the clock, which must not stop
                self.report(traceback.format_exc())

    def tend(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do this beside all else until the engine stops; a bug ends it alone, and is told."""
        self._ticks.append(self._running.loop.create_task(self._fenced(work)))

    async def _fenced(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:  # noqa: BLE001 - the fence of what is tended
            self.report(traceback.format_exc())

    async def _sample(self) -> None:
        """Work out all rates, and say what was held back to be said once."""
        shared = self._running
        now = shared.loop.time()
        seconds, self._sampled_at = now - self._sampled_at, now
        await self._each(list(self._roster.open), lambda connection: connection.sample(seconds))
        if self._silence.is_wanted:
            at = time.time_ns()
            everyone = list(self._roster.open)
            await self._each(everyone, lambda connection: self._silence.check(connection, at))
            self._silent = sum(bool(each.silent_since) for each in self._roster.open.values())
        sums, before = self._sums, self._sums_sampled
        self._sums_sampled = sums.rx_bytes, sums.tx_bytes, sums.messages
        rx, tx, messages = (
            (new - old) / seconds for new, old in zip(self._sums_sampled, before, strict=True)
        )
        self._rates.append((rx, tx))
        self._message_rate = messages
        for listener in self._listeners.values():
            if missed := listener.newly_dropped():
                where = f"tries to connect to {listener.addresses[0]}"
                why = "the system's queue of those who wait was full"
                self.warn(f"{number(missed)} {where} came to nothing: {why}")
        self._answering.tick()
        self._door.tick()
        self._settle()

    async def _look(self) -> None:
        """Ask the kernel about the connections that somebody looks at; settle names."""
        if self._naming.tick(time.time_ns()):
            self._settle()
        watched, self._watched = self._watched, frozenset()
        for id in watched:
            if connection := self._roster.open.get(id):
                connection.look()

    def report(self, trace: str) -> None:
        """Keep a bug of ours among the records, where it can be seen."""
        self.warn(f"a bug in tcpmon, please report it: {trace}")

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """For `loop.set_exception_handler`, where nobody reads what the loop would log."""
        error = context.get("exception")
        trace = traceback.format_exception(error) if isinstance(error, Exception) else []
        self.report("".join([str(context.get("message")), "\n", *trace]))

    # -- being looked at, from any thread ---------------------------------------------

    def view(self, ask: Ask) -> View:
        """Return the rows asked for and the sums over all."""
        rows, count, cursor, hidden, trouble = self._roster.window(ask)
        self._watched = self._watched.union(row.id for row in rows)
        rates = tuple(self._rates)
        return View(
            time.time_ns(), rows, ask.first, count, cursor, self.totals(rates),
            tuple(listener.picture() for listener in list(self._listeners.values())), rates,
            self.limits, self._door.access.permissions(), tuple(self._door.reasons.items()),
            self._framings.picture(), hidden, trouble, self._jobs.pictures(),
            self._acting.rules_on, self._answering.trouble, self._answering.script_trouble,
        )  # fmt: skip

    def client(self, id: int) -> Client | None:
        """Return what the table shows of a client, None if it is not there (any more)."""
        connection = self._roster[id]
        return connection.picture() if connection else None

    def totals(self, rates: tuple[tuple[float, float], ...] = ()) -> Totals:
        """Return the sums over all connections since the start."""
        rx_rate, tx_rate = rates[-1] if rates else (0.0, 0.0)
        span = self.store.span
        sums = self._sums
        return Totals(
            len(self._roster.open), len(self._roster.closed), self._accepted, self._door.refused,
            sums.rx_bytes, sums.tx_bytes, sums.messages, rx_rate, tx_rate, self._message_rate,
            self._shared.unsent if self._shared else 0,
            span.end - span.first, self.store.kept_bytes, span.first, self._door.trouble,
            self._silent,
        )  # fmt: skip

    def playbook(self) -> Playbook:
        """Return the rules and the script that answer clients."""
        return self._answering.playbook()

    def span(self) -> Span:
        """Return which records are kept now."""
        return self.store.span

    def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
        """Return kept records in order: up to count from start on, or -count before it."""
        return [self._record(raw) for raw in self.store.rows(start, count, client)]

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        """Return what the log shows through a lens: up to count from start on, or -count before."""
        return self.log.messages(start, count, lens)

    def sift(self, lens: Lens, seconds: float) -> Sifted:
        """Go on looking for the messages of a lens that match its filter."""
        return self.log.sift(lens, seconds)

    def _has_ended(self, client: int, kind: int) -> bool:
        """Say whether nothing more will come of a client, or go to it."""
        connection = self._roster.open.get(client)
        return connection is None or (kind == Kind.RX and connection.state is State.HALF)

    def _record(self, raw: Raw) -> Record:
        seq, at, client, kind, data = raw
        if kind == Kind.TX:
            connection = self._roster[client] or self._cuts.get(client, (0, None))[1]
            if connection is not None:
                dropped, lost = connection.has_dropped(seq), connection.lost(seq)
                waits = not (dropped or lost) and connection.waits_for(seq)
                return Record(
                    seq, at, Kind.TX, client, data, None, int(waits), int(dropped or lost),
                    int(dropped),
                )  # fmt: skip
        elif kind == Kind.CAST:
            cast = self.store.cast(seq)
            if cast is not None:
                waiting, gone = len(cast.waiting), min(len(cast.dropped), len(cast.lost))
                return Record(seq, at, Kind.CAST, client, data, cast, waiting, len(cast.lost), gone)
        return Record(seq, at, Kind(kind), client, data)
