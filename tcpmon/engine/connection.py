"""One connection's life: read, count, keep, write, close.

Owns its socket from accept to close and everything counted about it. It knows
nothing of other connections and never waits: what it cannot do now it does when
the poller calls again.
"""

import errno
import os
import socket
import sys
import traceback
from asyncio import AbstractEventLoop, TimerHandle
from collections import deque
from collections.abc import Callable
from itertools import islice
from time import time_ns

from tcpmon.core.limits import Limits, Unread
from tcpmon.core.model import Backlog, Cast, Client, End, Kind, Reason, State, Trouble
from tcpmon.core.openings import kept
from tcpmon.core.store import Store, head
from tcpmon.core.tcpinfo import TcpInfo
from tcpmon.core.units import size
from tcpmon.engine import sockets
from tcpmon.engine.listener import Listener
from tcpmon.engine.poller import BROKEN, READ, WRITE, Poller

READ_SMALL, READ_LARGE = 448, 256 * 1024
"""A read asks for little, since what it asks for is allocated, and goes on asking while it
comes back full. 448 is what fits, header included, where the interpreter keeps small objects."""

BULK = 64 * 1024
"""Who has said so much at once is read straight into the store's blocks, until he says little."""

ANSWER_FAILED = "the answer failed"
LAST_BYTES = 256  # of the newest payload, for the table
FLAG_MOST = 1_000  # characters of why a client is marked
FLUSH_MESSAGES = 64  # queued payloads handed to the kernel in one call; one call a turn

_NO_ROOM = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS, errno.ENOMEM}
_GATHERS = hasattr(socket.socket, "sendmsg")  # Windows does not

_REASONS = {
    errno.ECONNRESET: Reason.PEER_RESET,
    errno.ECONNABORTED: Reason.PEER_RESET,
    errno.EPIPE: Reason.PEER_RESET,
    errno.ETIMEDOUT: Reason.NO_ANSWER,
    errno.EHOSTUNREACH: Reason.UNREACHABLE,
    errno.ENETUNREACH: Reason.UNREACHABLE,
    errno.ENETDOWN: Reason.UNREACHABLE,
}


Hook = Callable[["Connection", bytes], bytes | None]
"""Acts on what a client has said, b"" at its end, and returns what is to be sent at once; None if
nobody cared, so that the plain answer may."""


def as_bytes(answer: bytes) -> bytes:
    """Return what an answer has returned, of whatever kind of bytes. Raises TypeError."""
    return answer if type(answer) is bytes else memoryview(answer).tobytes()


class Sums:
    """What has been counted over all connections, open and closed."""

    __slots__ = ("messages", "rx_bytes", "tx_bytes")

    def __init__(self) -> None:
        self.rx_bytes = self.tx_bytes = self.messages = 0


class Shared:
    """What all connections of an engine share: where bytes go, and the limits.

    sums: added to with everything that a connection counts. answer: bytes to send
    back for each read. closed: told of every connection that has ended, after its
    last record. settle: called when something happened outside the poller's turns. heard:
    told of each read of a connection that is `heeded`, and at its end of b"". begun: gets (client,
    first bytes) of those who begin in a way that may tell what they are. hook: told of each read of
    all connections before `answer` is asked, None while nobody acts on what they say.
    """

    hook: Hook | None = None
    leaves: Callable[["Connection"], None] | None = None
    """Told of a connection that is over, before the record that says so is kept."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        poller: Poller,
        store: Store,
        sums: Sums,
        closed: Callable[["Connection"], None],
        limits: Limits,
        answer: Callable[[bytes], bytes] | None,
        half_open: bool,
        settle: Callable[[], None],
        heard: Callable[["Connection", bytes], None],
        begun: deque[tuple[int, bytes]],
    ) -> None:
        self.loop = loop
        self.poller = poller
        self.store = store
        self.sums = sums
        self.closed = closed
        self.limits = limits
        self.answer = answer
        self.half_open = half_open
        self.settle = settle
        self.heard = heard
        self.begun = begun
        self.unsent = 0
        """Queued bytes of all connections."""
        self.paused = False
        self.parked: set[Connection] = set()
        """Connections that had something to say while reading was paused."""


class Connection:
    """A connected socket and its story.

    The attributes of the first group are `datapath`'s too, which reads and
    writes them for every message.
    """

    __slots__ = (
        "broken", "heard_at", "last", "odd", "queue", "read_size", "recv", "rx_bytes", "rx_head",
        "rx_messages", "tx_bytes", "tx_head", "tx_messages", "write",
        "address", "closed_at", "dropped", "end", "first", "flag", "heeded", "id", "in_flight",
        "kernel_unsent", "listener", "local", "name", "opened_at", "patience", "peer", "queued",
        "repeats", "retransmits", "rtt", "rx_rate", "silent_since", "stalled", "state", "trouble",
        "tx_rate",
        "_active_at", "_asked", "_bulk", "_dropped", "_dropped_bytes", "_eof", "_events", "_fd",
        "_fin_sent", "_half", "_head_sent", "_lost_from", "_moved", "_owed_at", "_refrains",
        "_said", "_sampled", "_shared", "_sock", "_timer", "_why",
    )  # fmt: skip

    def __init__(
        self, id: int, sock: socket.socket, peer: str, address: object, listener: Listener,
        local: str, shared: Shared,
    ) -> None:  # fmt: skip
        """peer and local: names of the two ends. address: the peer's, as accept() gave it."""
        self.odd = shared.paused
        """No plain reading will do: it is not open both ways, reading pauses, it is in bulk, or
        somebody waits for what it says."""
        self.recv: Callable[[int], bytes] = self._recv_first
        self.write = sock.send
        self.read_size = READ_SMALL
        self.rx_head, self.tx_head = head(id, Kind.RX), head(id, Kind.TX)
        self.rx_bytes = self.tx_bytes = self.rx_messages = self.tx_messages = 0
        self.last = b""
        """How the newest payload of either direction starts."""
        self.heard_at = 0
        self.broken: OSError | None = None
        """What a write said of a connection that is no more. Reading goes on to its end,
        and would not be told again."""
        # (a number that TX records made later are not below, payload, whose CAST record it is)
        self.queue: deque[tuple[int, bytes, Cast | None]] | None = None
        self.id = id
        self.peer = peer
        self.address = address
        self.listener = listener
        self.local = local
        self.name = ""
        """What people call it."""
        self.flag = ""
        """Why it is marked."""
        self.heeded = False
        """Somebody is told of each read, see Shared.heard."""
        self.patience = 0
        """Nanoseconds it may be silent before somebody wants to know, 0 = for ever."""
        self.silent_since = 0
        """When it said the last thing, if it has been silent for longer than that; else 0."""
        self.state = State.OPEN
        self.opened_at = time_ns()
        self.closed_at = 0
        self.rx_rate = self.tx_rate = 0.0
        self.queued = 0
        """Bytes accepted for sending that the kernel does not have yet."""
        self.kernel_unsent = 0
        """Bytes that the kernel has and the peer's has not acknowledged, when last looked at."""
        self.in_flight = 0
        """Those of them that are under way."""
        self.first = b""
        """How it began, where that may tell what it is, see core.openings."""
        self.repeats = 0
        """How often in a row it has said the same without an answer, at most once a sample."""
        self.rtt = self.retransmits = 0
        self.trouble = Trouble.NONE
        self.dropped = 0
        """Payloads that had to make room for newer ones."""
        self.stalled = False
        self.end: End | None = None
        self._shared = shared
        self._sock = sock
        self._fd = sock.fileno()
        self._sampled = (0, 0)
        self._asked = False  # it was the only one to speak between the last samples
        self._said = (0, 0)  # at the last sample: how many messages, the newest as a number
        self._head_sent = 0  # of the first payload in the queue
        self._lost_from: int | None = None
        self._moved = 0.0
        self._active_at = 0.0  # when a byte went either way, as far as `sample` has seen
        self._owed_at = 0.0  # since when the peer's system has owed us an answer, 0 if it does not
        self._dropped: dict[int, None] | None = None  # numbers of TX records, in order
        self._dropped_bytes = 0
        self._bulk = False
        self._eof = False
        self._fin_sent = False
        self._half = False  # we have said FIN, or will, and it may go on
        self._refrains = False  # nothing is read from it for a while
        self._why = Reason.CLOSED
        self._timer: TimerHandle | None = None
        self._events = READ
        shared.poller.watch(self._fd, self, READ)

    # -- reading --------------------------------------------------------------

    def on_ready(self, ready: int) -> None:
        """Do what the hot loop does not. ready: what the poller saw, see its constants."""
        try:
            if ready & WRITE and self.queue:
                self._flush()
            if ready & (READ | BROKEN) and self.state is not State.CLOSED:
                if self._shared.paused and not ready & BROKEN:
                    self._shared.parked.add(self)
                    self._watch()
                else:
                    self._read()
        except Exception:  # noqa: BLE001 - the fence of a connection
            self.bug()

    def _read(self) -> None:
        if self._eof or self.state is State.CLOSED:
            self.check()
            return
        try:
            if self._bulk:
                room = self._shared.store.room(READ_LARGE)
                self._take_bulk(room[: self._sock.recv_into(room)])
            else:
                self.take(self.recv(self.read_size))
        except BlockingIOError:
            return
        except OSError as error:
            self.failed(error)

    def _take_bulk(self, read: memoryview) -> None:
        """Account for what was read into the store's room; nothing is the peer's FIN."""
        if not read:
            self._peer_closed()
            return
        shared, count = self._shared, len(read)
        acting = self._acts
        data = bytes(read if acting else read[:LAST_BYTES])
        self.heard_at = time_ns()
        self._count_rx(count)
        self.last = data[:LAST_BYTES]
        shared.store.keep(self.heard_at, self.id, Kind.RX, count)
        if self.heeded:
            shared.heard(self, data[:LAST_BYTES])
        if count < BULK // 4:
            self._set_bulk(False)
        if acting:
            self._act(data)

    def _set_bulk(self, bulk: bool) -> None:
        self._bulk = bulk
        self.read_size = READ_SMALL
        self._become(self.state)

    def _recv_first(self, size: int) -> bytes:
        """Read for the first time; what comes later has nothing to do with this."""
        data = self._sock.recv(size)
        self.recv = self._sock.recv
        self.first = kept(data)
        if self.first:
            self._shared.begun.append((self.id, self.first))
        return data

    def take(self, data: bytes) -> None:
        """Account for what one read gave; b"" is the peer's FIN. A read that came back full
        is continued first, so that what had arrived together is one record."""
        ending: OSError | bool = not data
        if len(data) == self.read_size < READ_LARGE:
            self.read_size = min(len(data) * 4, READ_LARGE)
            data, ending = self._continued(data)
        elif len(data) < self.read_size // 4:
            self.read_size = max(self.read_size // 4, READ_SMALL)
        if data:
            self.heard_at = time_ns()
            self._count_rx(len(data))
            self.last = data[:LAST_BYTES]
            self._shared.store.append(self.heard_at, self.id, Kind.RX, data)
            if self.heeded:
                self._shared.heard(self, data)
            if len(data) >= BULK:
                self._set_bulk(True)
            if self._acts:
                self._act(data)
        if self.state is State.CLOSED or (data and ending is True and self._refrains):
            return  # a FIN can be read again: once the data before it is dealt with
        if isinstance(ending, OSError):
            self.failed(ending)
        elif ending:
            self._peer_closed()

    def _count_rx(self, count: int) -> None:
        sums = self._shared.sums
        self.rx_bytes += count
        self.rx_messages += 1
        sums.rx_bytes += count
        sums.messages += 1

    def _count_tx(self, count: int) -> None:
        self.tx_bytes += count
        self._shared.sums.tx_bytes += count

    @property
    def _acts(self) -> bool:
        """Whether somebody may want to answer what it says."""
        shared = self._shared
        return shared.hook is not None or (shared.answer is not None and self.state is State.OPEN)

    def _act(self, data: bytes) -> None:
        """Give what was read to who may want to answer it, b"" at its end."""
        shared = self._shared
        reply = shared.hook(self, data) if shared.hook is not None else None
        if reply is None and data and shared.answer is not None and self.state is State.OPEN:
            try:
                reply = as_bytes(shared.answer(data))
            except Exception:  # noqa: BLE001 - the fence of a connection
                self.bug(ANSWER_FAILED)
                return
        if reply and self.state is not State.CLOSED:
            self.send(reply)

    def _continued(self, data: bytes) -> tuple[bytes, OSError | bool]:
        """Read on behind a full read; return all of it, and whether or how the stream ended."""
        parts = [data]
        room = READ_LARGE - len(data)
        while room:
            try:
                more = self.recv(room)
            except BlockingIOError:
                break
            except OSError as error:
                return b"".join(parts), error
            if not more:
                return b"".join(parts), True
            parts.append(more)
            room -= len(more)
        return b"".join(parts), False

    # -- sending --------------------------------------------------------------

    def refusal(self) -> str:
        """Return why no payload is accepted now, "" if one is."""
        if self.state is State.CLOSED:
            return "gone"
        if self.state is State.CLOSING:
            return "is being closed"
        limits = self._shared.limits
        if self.queued >= limits.stuck:
            return f"does not read, {size(self.queued)} unsent"
        if self.queued and self._shared.unsent >= limits.total:
            return f"does not read, and {size(self._shared.unsent)} are unsent in all"
        return ""

    def offer(self) -> str:
        """As refusal, for a payload that is there: for its sake a client that does not read
        may lose what waits, or its connection."""
        limits = self._shared.limits
        reason = self.refusal()
        if reason and self.queued >= limits.stuck and self.state is not State.CLOSING:
            if limits.unread is Unread.DROP:
                self._drop_oldest(limits.stuck)
                return self.refusal()
            if limits.unread is Unread.DISCONNECT:
                self.abort(Reason.UNREAD)
        return reason

    def _drop_oldest(self, limit: int) -> None:
        """Drop whole payloads from the queue until less than the limit waits."""
        assert self.queue
        begun = self.queue.popleft() if self._head_sent else None
        while self.queue and self.queued >= limit:
            seq, data, cast = self.queue.popleft()
            self.queued -= len(data)
            self._shared.unsent -= len(data)
            self.dropped += 1
            self._dropped_bytes += len(data)
            if cast is not None:
                cast.waiting.discard(self.id)
                cast.lost.add(self.id)
                cast.dropped.add(self.id)
                continue
            self._dropped = self._dropped or {}
            self._dropped[seq] = None
            while self._dropped and next(iter(self._dropped)) < self._shared.store.first:
                del self._dropped[next(iter(self._dropped))]
        if begun:
            self.queue.appendleft(begun)
        if not self.queue:
            self.queue = None
        self._watch()

    def send(self, data: bytes) -> None:
        """Accept a payload for sending, keep it as a record, and hand over what the kernel
        takes. Ask `offer` first unless the peer is owed it."""
        if data:
            self._shared.store.append(time_ns(), self.id, Kind.TX, data)
            self.transmit(data)

    def transmit(self, data: bytes, cast: Cast | None = None) -> None:
        """As send, for a payload whose record is kept already. cast: that record's, if
        it is for several."""
        self.tx_messages += 1
        self._shared.sums.messages += 1
        self.last = data[:LAST_BYTES]
        sent = 0
        if self.queue is None:
            try:
                sent = self.write(data)
            except OSError as error:
                self.note_write_error(error)
            self._count_tx(sent)
            if sent == len(data):
                return
        self.enqueue(data, sent, cast)

    def note_write_error(self, error: OSError) -> None:
        """Remember an error of a write, unless it is only that there is no room now."""
        if error.errno not in _NO_ROOM:
            self.broken = error

    def enqueue(self, data: bytes, sent: int, cast: Cast | None = None) -> None:
        """Queue a payload of which the kernel took `sent` bytes. Its record is the newest,
        unless it is a cast's."""
        shared = self._shared
        if self.queue is None:
            self.queue = deque()
            self._head_sent = sent
            self._moved = shared.loop.time()
        if cast is None:
            self.queue.append((shared.store.end - 1, data, None))
        else:
            self.queue.append((shared.store.end, data, cast))
            cast.waiting.add(self.id)
        self.queued += len(data) - sent
        shared.unsent += len(data) - sent
        self._watch()

    def _flush(self) -> None:
        assert self.queue
        batch: list[bytes | memoryview] = [entry[1] for entry in islice(self.queue, FLUSH_MESSAGES)]
        if self._head_sent:
            batch[0] = memoryview(batch[0])[self._head_sent :]
        try:
            sent = self._sock.sendmsg(batch) if _GATHERS else self._sock.send(batch[0])
        except OSError as error:
            self.note_write_error(error)
            if self.broken and self._read_rest():
                self.failed(self.broken)
            return
        self._count_tx(sent)
        self.queued -= sent
        self._shared.unsent -= sent
        self._moved = self._shared.loop.time()
        self.stalled = False
        self._head_sent += sent
        while self.queue and self._head_sent >= len(self.queue[0][1]):
            _, data, cast = self.queue.popleft()
            self._head_sent -= len(data)
            if cast is not None:
                cast.waiting.discard(self.id)
        if not self.queue:
            self.queue = None
            if self.state is State.CLOSING:
                self._flushed()
                return
        self._watch()

    def has_dropped(self, seq: int) -> bool:
        """Say whether the payload of a TX record made room for newer ones. From any thread."""
        return self._dropped is not None and seq in self._dropped

    def lost(self, seq: int) -> bool:
        """Say whether the payload of a TX record was unsent at the end. From any thread."""
        return self.end is not None and self.waits_for(seq)

    def waits_for(self, seq: int) -> bool:
        """Say whether the payload of a TX record is unsent: queued or, once the
        connection has ended, lost. From any thread."""
        mark = self._lost_from
        if mark is None:
            try:
                mark = self.queue[0][0] if self.queue else None
            except IndexError:  # it has just been emptied
                return False
        return mark is not None and seq >= mark

    # -- closing --------------------------------------------------------------

    def close(self, why: Reason = Reason.CLOSED) -> None:
        """End it in order: what is queued, then FIN, and what the peer still says is read.

        After flush_seconds without success it becomes a reset, and the record says
        how much was unsent.
        """
        if self.state is State.CLOSED or self._timer is not None:
            return
        self._become(State.CLOSING)
        self._why = why
        self._arm_timer()
        if self.queue is None:
            self._flushed()

    def half_close(self) -> None:
        """Say FIN behind what is queued, and go on reading until the peer closes too."""
        if self.state is State.OPEN:
            self._half = True
            self._become(State.CLOSING)
            if self.queue is None:
                self._flushed()
        elif self.state is State.HALF:
            self.close()

    def mark(self, why: str) -> None:
        """Show why it is marked, in so many characters as anybody reads."""
        self.flag = why[:FLAG_MOST]

    def refrain(self, refrains: bool) -> None:
        """Read nothing from now on, so that TCP holds the peer back, or go on."""
        self._refrains = refrains
        if self.state is not State.CLOSED:
            self._become(self.state)
            self._watch()

    def abort(self, why: Reason = Reason.RESET) -> None:
        """End it at once with a reset; the record says how much was unsent."""
        if self.state is not State.CLOSED:
            self._finish(why, kernel_unsent=self._unacknowledged(), hard=True)

    def _unacknowledged(self) -> int:
        """Return the bytes that the kernel has and the peer's has not acknowledged."""
        return max(0, sockets.unacknowledged(self._sock) - self._fin_sent)

    def _arm_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._shared.loop.call_later(self._shared.limits.flush_seconds, self._give_up)

    def _flushed(self) -> None:
        """All that was queued is with the kernel: say FIN, or leave if the peer has."""
        if self._eof:
            self._finish(self._why)
            return
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            if self._read_rest():
                self.failed(error)
            return
        self._fin_sent = True
        if not self._half or self._timer is not None:
            self._arm_timer()
        self._watch()

    def _give_up(self) -> None:
        """The peer did not take what was queued, or did not answer our FIN, in time."""
        self._timer = None
        if self._read_rest():
            kernel = self._unacknowledged()
            if self.queued or kernel:
                why = Reason.STOPPED if self._why is Reason.STOPPED else Reason.RESET
                self._finish(why, kernel_unsent=kernel, hard=True)
            else:
                self._finish(self._why)
        self._shared.settle()

    def _read_rest(self) -> bool:
        """Keep what has arrived, so that closing does not turn into a reset over unread
        bytes. Returns False if reading ended the connection."""
        for _ in range(64):  # a peer that floods does not get to stay
            before = self.rx_messages
            self._read()
            if self.state is State.CLOSED or self.rx_messages == before:
                break
        return self.state is not State.CLOSED

    def _peer_closed(self) -> None:
        if self.broken:
            self.failed(self.broken)
            return
        self._eof = True
        if self._shared.hook is not None:
            self._act(b"")
            if self.state is State.CLOSED:
                return
        if self.state is State.CLOSING and (self._fin_sent or self.queue is None):
            self._finish(self._why)
        elif self.state is State.OPEN and self.queue is None and not self._shared.half_open:
            self._finish(Reason.PEER_CLOSED)
        else:
            self._shared.store.append(time_ns(), self.id, Kind.EOF, b"")
            if self.state is State.OPEN:
                self._become(State.HALF if self._shared.half_open else State.CLOSING)
                self._why = Reason.PEER_CLOSED
            self._watch()

    def check(self) -> None:
        """Look whether a connection that is not read any more is still there."""
        if self.state is State.CLOSED:
            return
        if self.broken:
            self.failed(self.broken)
        elif error := sockets.pending_error(self._sock):
            self.failed(OSError(error, os.strerror(error)))
        elif sockets.hung_up(self._fd):
            self._finish(self._why)

    def failed(self, error: OSError) -> None:
        """A system call says that the connection is no more."""
        reason = _REASONS.get(error.errno or 0, Reason.FAILED)
        if reason is Reason.PEER_RESET and self._fin_sent:
            reason = self._why  # our FIN was out: the peer agrees in its own way
        self._finish(reason, detail=error.strerror or "" if reason is Reason.FAILED else "")

    def _finish(
        self, reason: Reason, detail: str = "", kernel_unsent: int = 0, hard: bool = False
    ) -> None:
        shared = self._shared
        self._become(State.CLOSED)
        self.closed_at = time_ns()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.recv = self._sock.recv  # who never spoke refers to itself until here
        shared.poller.forget(self._fd)
        shared.parked.discard(self)
        if hard:
            sockets.reset(self._sock)
        else:
            self._sock.close()
        if self.queue is not None:
            self._lose_queue(self.queue)
        if self.heeded:
            shared.heard(self, b"")
        if shared.leaves is not None:
            shared.leaves(self)
            self.closed_at = time_ns()  # what was noted meanwhile is before it
        unsent = self.queued + kernel_unsent + self._dropped_bytes
        self.kernel_unsent = kernel_unsent
        self.rx_rate = self.tx_rate = 0.0
        lived = self.closed_at - self.opened_at
        self.end = End(reason, self.rx_bytes, self.tx_bytes, unsent, lived, detail)
        shared.store.append(self.closed_at, self.id, Kind.CLOSE, self.end.pack())
        shared.closed(self)

    def _lose_queue(self, queue: deque[tuple[int, bytes, Cast | None]]) -> None:
        self._lost_from = queue[0][0]
        for _, _, cast in queue:
            if cast is not None:
                cast.waiting.discard(self.id)
                cast.lost.add(self.id)
        self.queue = None
        self._shared.unsent -= self.queued

    def bug(self, what: str = "a bug in tcpmon") -> None:
        """The fence: called in an `except Exception`, it ends this connection and nothing else.
        Where memory is short, half of what is kept goes first."""
        store = self._shared.store
        if isinstance(sys.exception(), MemoryError):
            what = "out of memory"
            store.shrink()
            text = f"{what}: from now on {size(store.limit_bytes)} of what happened are kept"
        else:
            text = traceback.format_exc()
        data = text.encode("utf-8", "backslashreplace")
        store.append(time_ns(), self.id, Kind.WARN, data)
        if self.state is not State.CLOSED:
            self._finish(Reason.FAILED, detail=f"{what}, see the log", hard=True)

    def _become(self, state: State) -> None:
        self.state = state
        self.odd = self.heeded or not self._plain

    @property
    def _plain(self) -> bool:
        return self.state is State.OPEN and not (self._bulk or self._shared.paused)

    def heed(self, wanted: bool) -> None:
        """Tell of each read from now on, or no more: nothing is paid for it by those of whom
        nobody wants to know."""
        self.heeded = wanted
        self._become(self.state)

    @property
    def is_listened_to(self) -> bool:
        """Whether what it says would be read now: if not, its silence means nothing."""
        return self.state is State.OPEN and bool(self._events & READ) and not self._shared.paused

    # -- being looked at ------------------------------------------------------

    def _watch(self) -> None:
        """Tell the poller what is wanted now, if that has changed."""
        shared = self._shared
        held_back = self._refrains or (
            self.state is State.OPEN and self._acts and bool(self.refusal())
        )
        reading = not (self._eof or held_back or (shared.paused and self in shared.parked))
        events = (READ if reading else 0) | (WRITE if self.queue is not None else 0)
        if events != self._events:
            self._events = events
            shared.poller.change(self._fd, events)

    def pause(self, paused: bool) -> None:
        """Stop or go on reading, as Shared.paused has just said. What is slow to do, telling
        the poller, is done when there is something to read."""
        self._become(self.state)
        if not paused:
            self._active_at = self._shared.loop.time()  # what it said meanwhile was not seen
            self._watch()

    def look(self) -> TcpInfo | None:
        """Ask the kernel what it knows of the connection."""
        self.kernel_unsent = self._unacknowledged()
        return self._look_closer()

    def _look_closer(self) -> TcpInfo | None:
        info = sockets.tcp_info(self._sock)
        self.trouble = Trouble.UNREAD if self.stalled else Trouble.NONE
        if info is not None:
            self.rtt, self.retransmits = info.rtt, info.total_retransmits
            self.in_flight = max(0, self.kernel_unsent - (info.not_sent or 0))
            owed = info.unacked or info.probes
            self._owed_at = (self._owed_at or self._shared.loop.time()) if owed else 0.0
            if info.unanswered:
                self.trouble = Trouble.GONE
            elif info.window_closed:
                self.trouble = Trouble.UNREAD
        return info

    def sample(self, seconds: float) -> None:
        """Work out the rates since the last call, and look whether the peer is still there."""
        rx, tx = self._sampled
        moved = rx != self.rx_bytes or tx != self.tx_bytes
        if moved:
            self._active_at = self._shared.loop.time()
            self._listen(rx, tx)
        elif self._has_idled():
            self.close(Reason.IDLE)
            return
        elif not (self.rx_rate or self.tx_rate or self.kernel_unsent or self.queue
                  or (self.odd and not self._plain)):  # fmt: skip
            return  # at rest, as most are
        self.rx_rate = (self.rx_bytes - rx) / seconds
        self.tx_rate = (self.tx_bytes - tx) / seconds
        self._sampled = (self.rx_bytes, self.tx_bytes)
        if why := self._given_up():
            self.abort(why)
        elif self.state is State.HALF:
            self.check()
        elif self in self._shared.parked and sockets.hung_up(self._fd):
            self.on_ready(BROKEN)

    def _listen(self, rx: int, tx: int) -> None:
        """Take note of who has spoken since there were so many bytes, and whether it was the same
        as before. It is not asked at each message, so it knows only what is slow enough."""
        count, before = self._said
        self._asked = tx == self.tx_bytes and self.queue is None
        one = self.rx_messages == count + 1 and self.rx_bytes - rx == len(self.last)
        self._said = self.rx_messages, hash(self.last)
        same = before == self._said[1]
        self.repeats = (self.repeats if same else 0) + 1 if self._asked and one else 0

    @property
    def unanswered(self) -> bool:
        """Whether it said something and was sent nothing since, as far as can be known."""
        if not self.rx_messages or self.queue is not None or self.state is State.CLOSING:
            return False
        return not self.tx_messages or (self._asked and self._sampled[1] == self.tx_bytes)

    def _has_idled(self) -> bool:
        limit = self._shared.limits.idle_seconds
        lives = self.state in (State.OPEN, State.HALF) or (self._half and self._timer is None)
        if not (limit and lives) or self._shared.paused or self._refrains:
            return False
        now = self._shared.loop.time()
        lived = (time_ns() - self.opened_at) / 1e9
        return min(lived, now - self._active_at) > limit

    def _given_up(self) -> Reason | None:
        """Look at what waits; return why a peer that does not take it is let go, if it is."""
        limits = self._shared.limits
        if self.queue is not None:
            self.stalled = self._shared.loop.time() - self._moved > limits.stall_seconds
            stuck = self.stalled and self.queued >= limits.stuck
            if stuck and limits.unread is Unread.DISCONNECT:
                return Reason.UNREAD
        if self.kernel_unsent or self.tx_rate or self.trouble:
            self.kernel_unsent = self._unacknowledged()
        if not (self.kernel_unsent or self.trouble):
            self._owed_at = 0.0
        elif (info := self._look_closer()) and self._owed_at:
            # Both: the probes of a closed window, which are answered, may be minutes apart.
            owed = self._shared.loop.time() - self._owed_at
            if min(owed, info.last_ack_received / 1000) > limits.gone_seconds:
                return Reason.NO_ANSWER
        return None

    @property
    def host(self) -> str:
        """The peer's address without its port, "" for none."""
        return str(self.address[0]) if isinstance(self.address, tuple) else ""

    @property
    def port(self) -> int:
        """The peer's port, 0 for none."""
        return int(self.address[1]) if isinstance(self.address, tuple) else 0

    @property
    def unsent(self) -> int:
        return self.queued + self.kernel_unsent

    @property
    def backlog(self) -> Backlog:
        limits = self._shared.limits
        if self.queued >= limits.stuck:
            return Backlog.STUCK
        return Backlog.SLOW if self.queued >= limits.slow or self.stalled else Backlog.NONE

    def picture(self) -> Client:
        """Return what the table shows of it. From any thread."""
        end = self.end
        return Client(
            self.id, self.state, self.peer, self.local, self.opened_at, self.closed_at,
            self.heard_at, self.rx_bytes, self.tx_bytes, self.rx_rate, self.tx_rate,
            self.rx_messages, self.tx_messages, self.unsent, 0 if end else self.in_flight,
            self.dropped, Backlog.NONE if end else self.backlog, self.rtt, self.retransmits,
            Trouble.NONE if end else self.trouble, self.last[:LAST_BYTES],
            end.why if end else "", self.name,
            time_ns() - self.silent_since if self.silent_since and not end else 0,
            self.first, self.unanswered, self.repeats, self.flag,
        )  # fmt: skip
