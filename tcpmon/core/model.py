"""The nouns: what there is to see of a node.

Everything here is a picture: frozen, without sockets or clocks, made for the
one who looks. Times are nanoseconds since 1970, amounts are bytes, rates bytes
or messages a second.
"""

import struct
from bisect import bisect_left
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from tcpmon.core.access import Permission
from tcpmon.core.escape import escape_hidden
from tcpmon.core.jobs import Job
from tcpmon.core.limits import Limits
from tcpmon.core.units import lasted, size

if TYPE_CHECKING:
    from array import array


class Kind(IntEnum):
    """What a record tells. The numbers are kept in the store, one byte each."""

    RX = 0
    """Bytes that one read gave."""
    TX = 1
    """Bytes accepted for sending to one client."""
    CAST = 2
    """Bytes accepted for sending to several: one payload, one record."""
    OPEN = 3
    EOF = 4
    """The peer closed its sending side (FIN) and the connection goes on."""
    CLOSE = 5
    INFO = 6
    """The node did something: it listens, or has stopped. UTF-8 text."""
    WARN = 7
    """Something the operator should know. UTF-8 text."""


class State(StrEnum):
    """Where a connection is in its life."""

    OPEN = "open"
    HALF = "half-closed"
    """The peer has closed its sending side; we can still send."""
    CLOSING = "closing"
    """No more is accepted for sending; what is queued still goes out."""
    CLOSED = "closed"


class Reason(IntEnum):
    """Why a connection ended. The numbers are kept in the store."""

    PEER_CLOSED = 0
    PEER_RESET = 1
    CLOSED = 2
    RESET = 3
    NO_ANSWER = 4
    UNREACHABLE = 5
    STOPPED = 6
    FAILED = 7
    IDLE = 8
    UNREAD = 9


WORDS = {
    Reason.PEER_CLOSED: "closed by peer",
    Reason.PEER_RESET: "reset by peer",
    Reason.CLOSED: "closed by us",
    Reason.RESET: "reset by us",
    Reason.NO_ANSWER: "peer is gone, no answer",
    Reason.UNREACHABLE: "peer became unreachable",
    Reason.STOPPED: "closed by us, tcpmon ended",
    Reason.FAILED: "ended by an error",
    Reason.IDLE: "closed by us, idle",
    Reason.UNREAD: "reset by us, did not read",
}


class Backlog(StrEnum):
    """How far a client is behind with reading what we send it."""

    NONE = ""
    SLOW = "SLOW"
    STUCK = "STUCK"


class Trouble(StrEnum):
    """What the kernel knows of a connection and nobody else can see."""

    NONE = ""
    UNREAD = "does not read"
    """Bytes wait, and the peer's window is closed."""
    GONE = "does not answer"
    """Bytes are sent again and again, and nothing comes back."""


class Client(Struct, frozen=True, gc=False):
    """One connection as the table shows it, open or closed.

    unsent: accepted for sending and not yet acknowledged by the peer's system:
    our queue and, where the system tells, the kernel's; in_flight: those of them that
    are under way. dropped: payloads that had to make room for newer ones. rtt: the
    smoothed round-trip time in microseconds, retransmits: segments sent again, both 0
    where the system does not tell.
    last: how the newest payload starts, at most 256 bytes. name: what people call it, "" for none.
    silent: for how long it has said nothing, where that is longer than it should be.
    first: how it began, where that may tell what it is, see core.openings. unanswered: whether
    it said something and was sent nothing since. repeats: how often in a row it has said the
    same, at most once a second, and was sent nothing meanwhile. flag: why it is marked, as a
    rule, a dialogue or a script says, "" if it is not; it may hold what a peer sent: escape it.
    """

    id: int
    state: State
    peer: str
    listener: str
    opened: int
    closed: int
    """0 while it is open."""
    heard: int
    """When the last byte came; 0 = never."""
    rx_bytes: int
    tx_bytes: int
    rx_rate: float
    tx_rate: float
    rx_messages: int
    tx_messages: int
    unsent: int
    in_flight: int
    dropped: int
    backlog: Backlog
    rtt: int
    retransmits: int
    trouble: Trouble
    last: bytes
    end: str
    """Why it ended, in words; "" while it is open."""
    name: str = ""
    silent: int = 0
    first: bytes = b""
    unanswered: bool = False
    repeats: int = 0
    flag: str = ""


def forgotten(id: int, opened: int, peer: str, listener: str) -> Client:
    """Return what is known of a client from the record of its beginning alone."""
    return Client(
        id, State.CLOSED, peer, listener, opened, opened, 0, 0, 0, 0.0, 0.0, 0, 0, 0, 0, 0,
        Backlog.NONE, 0, 0, Trouble.NONE, b"", "no longer in the table",
    )  # fmt: skip


class Listener(Struct, frozen=True):
    """A bound endpoint.

    addresses: the real ones, as many as the endpoint stands for. local and
    network: what to tell a client on this machine and one elsewhere, () for no way in.
    """

    id: int
    endpoint: str
    addresses: tuple[str, ...]
    local: tuple[str, ...]
    network: tuple[str, ...]
    clients: int
    accepted: int
    refused: int


class Totals(Struct, frozen=True):
    """Sums over all connections since the node started, and what is kept of them."""

    open: int
    closed: int
    """Closed clients that are still in the table."""
    accepted: int
    refused: int
    rx_bytes: int
    tx_bytes: int
    messages: int
    rx_rate: float
    tx_rate: float
    message_rate: float
    unsent: int
    kept_records: int
    kept_bytes: int
    dropped_records: int
    trouble: str
    """What the operator should know at any time (out of descriptors), "" for nothing."""
    silent: int = 0
    """Clients that have been silent for longer than they should be."""


class Ask(Struct, frozen=True):
    """Which part of the table is wanted, and in which order.

    sort: a column's name from SORTS. cursor: the client whose row number is wanted too.
    filter: only clients that match, see core.query; one that cannot be read matches all.
    """

    sort: str = "id"
    reverse: bool = False
    first: int = 0
    count: int = 0
    cursor: int | None = None
    filter: str = ""


SORTS = (
    "id", "name", "state", "peer", "listener", "age", "heard", "rx", "tx", "rx_rate", "tx_rate",
    "messages", "unsent", "rtt", "retransmits", "last",
)  # fmt: skip


class Framed(Struct, frozen=True):
    """How streams are cut into messages, see core.framing: those of all clients, of those who
    came in by a listener, of a client."""

    default: str = "none"
    listeners: dict[int, str] = {}
    clients: dict[int, str] = {}


class View(Struct, frozen=True):
    """A picture of a node: the rows asked for, and the sums over all.

    first: row number of rows[0]; count: rows in all that match; cursor: row number of the
    asked client, None when it is not in the table.
    """

    now: int
    rows: tuple[Client, ...]
    first: int
    count: int
    cursor: int | None
    totals: Totals
    listeners: tuple[Listener, ...]
    rates: tuple[tuple[float, float], ...]
    """(rx, tx) of the last seconds, oldest first, for a sparkline."""
    limits: Limits
    """What is allowed, as it holds on this machine."""
    permissions: tuple[Permission, ...]
    refusals: tuple[tuple[str, int], ...]
    """Why callers were refused since the node started, and how many for each reason."""
    framed: Framed = Framed()
    hidden: int = 0
    """How many rows more there are without the filter."""
    trouble: str = ""
    """What is wrong with the filter by now (a pattern that takes too long), "" for nothing."""
    jobs: tuple[Job, ...] = ()
    """What is being sent over a while, and what was, the oldest first."""
    rules_on: int = 0
    """How many rules answer clients."""
    acting_trouble: str = ""
    """What is wrong with rules, "" for nothing."""
    script_trouble: str = ""
    """What is wrong with the script, "" for nothing."""


class Cast(Struct, frozen=True):
    """Who a CAST record is for, and what became of it so far.

    receivers: client ids in rising order. skipped: who was not given it, and why.
    waiting: for whom it is queued. lost: who will never have it: their connection ended before,
    or, for those who are among dropped too, it made room for newer ones.
    """

    receivers: "array[int]"
    skipped: dict[int, str] = {}
    waiting: set[int] = set()
    lost: set[int] = set()
    dropped: set[int] = set()

    def __contains__(self, client: int) -> bool:
        place = bisect_left(self.receivers, client)
        return place < len(self.receivers) and self.receivers[place] == client


class Record(Struct, frozen=True):
    """One thing that happened, as kept.

    seq: counts up by one for each record of the node, so it orders everything.
    client: 0 where it concerns no single one. queued and unsent: of a TX or CAST,
    how many receivers still wait for it, or will never have it; dropped: for how many of
    these it made room for newer ones.
    """

    seq: int
    time: int
    kind: Kind
    client: int
    data: bytes
    cast: Cast | None = None
    queued: int = 0
    unsent: int = 0
    dropped: int = 0


Place = tuple[int, int]
"""Where a message stands: the record that its last byte came with, and which it is of the
messages that end in that record."""


class Message(Record, frozen=True):
    """A row of the log: an event, one read, or a message that was cut from reads.

    seq, time: of the record that its last byte came with; data: its first bytes, as many as were
    asked for; size: how many there are. part: which it is of the messages that end in this
    record; beside: how many those are. reads: of how many reads it is made, lasted: nanoseconds
    from the first to the last. body: what it carries, where that is not simply data. odd: what is
    wrong with it, "" for nothing: "incomplete, 100 B missing".
    """

    size: int = 0
    part: int = 0
    beside: int = 1
    reads: int = 1
    lasted: int = 0
    body: bytes | None = None
    odd: str = ""

    @property
    def place(self) -> Place:
        return self.seq, self.part

    @property
    def content(self) -> bytes:
        """What it says: its body where there is one."""
        return self.data if self.body is None else self.body


WHOLE = 1 << 26
"""Bytes to ask for of a message when all are wanted: none is longer."""


class Lens(Struct, frozen=True):
    """Through what the log is looked at.

    client: only what concerns it. filter: only messages that match, see core.query. most: bytes
    of each message that are wanted. patience: seconds after which those that were met by then
    are enough, 0 for all that were asked for.
    """

    client: int | None = None
    filter: str = ""
    most: int = 4096
    patience: float = 0.0


class Sifted(Struct, frozen=True):
    """How far the messages of a lens have been looked through.

    found: messages that match so far, looked: messages looked at, of those that are kept. done:
    whether that were all. upto: none before that record is missing. trouble: what is wrong with
    the filter by now (a pattern that takes too long), "" for nothing.
    """

    found: int
    looked: int
    done: bool
    upto: int = 0
    trouble: str = ""


class Span(Struct, frozen=True):
    """Which records are kept: first <= seq < end. Older ones were dropped."""

    first: int
    end: int


def open_data(peer: str, listener: str, name: str = "") -> bytes:
    """Pack what an OPEN record says; no part can hold a NUL. name: if it is known by then."""
    named = f"\0{name}" if name else ""
    return f"{peer}\0{listener}{named}".encode("utf-8", "surrogateescape")


def remark(data: bytes) -> str:
    """Return what an INFO or WARN record says, as one line that is safe to print."""
    return escape_hidden(data.decode("utf-8", "replace"))


def opened(data: bytes) -> tuple[str, str]:
    """Return (peer, listener) of an OPEN record."""
    peer, listener, *_ = [*data.decode("utf-8", "surrogateescape").split("\0"), ""]
    return peer, listener


def opened_as(data: bytes) -> str:
    """Return the name that an OPEN record tells, "" for none."""
    return data.decode("utf-8", "surrogateescape").partition("\0")[2].partition("\0")[2]


_NAMED, _UNNAMED = b"name is ", b"has no name any more"


def name_data(name: str) -> bytes:
    """Return what an INFO record of a client says when it gets a name, or "" for none."""
    return _NAMED + name.encode() if name else _UNNAMED


def renamed(data: bytes) -> str | None:
    """Return the name that an INFO record of a client tells; None if it is about another thing."""
    if data == _UNNAMED:
        return ""
    return data.removeprefix(_NAMED).decode("utf-8", "replace") if data[:8] == _NAMED else None


_END = struct.Struct("<BQQQQ")


class End(Struct, frozen=True):
    """How a connection ended, and what it amounted to.

    unsent: bytes accepted for sending that the peer did not get, as far as can
    be known. detail: what the system said, where the reason does not say it all.
    """

    reason: Reason
    rx_bytes: int
    tx_bytes: int
    unsent: int
    nanoseconds: int
    detail: str = ""

    def pack(self) -> bytes:
        """Return the data of a CLOSE record."""
        numbers = (self.reason, self.rx_bytes, self.tx_bytes, self.unsent, self.nanoseconds)
        return _END.pack(*numbers) + self.detail.encode("utf-8", "surrogateescape")

    @classmethod
    def unpack(cls, data: bytes) -> "End":
        """Read the data of a CLOSE record."""
        reason, rx_bytes, tx_bytes, unsent, nanoseconds = _END.unpack_from(data)
        detail = data[_END.size :].decode("utf-8", "surrogateescape")
        return cls(Reason(reason), rx_bytes, tx_bytes, unsent, nanoseconds, detail)

    @property
    def why(self) -> str:
        """The reason in words: "reset by us, 3.9 MB unsent"."""
        words = WORDS[self.reason] + (f": {self.detail}" if self.detail else "")
        return words + (f", {size(self.unsent)} unsent" if self.unsent else "")

    @property
    def sentence(self) -> str:
        """The whole story in one line: "closed by peer, rx 6 B, tx 0 B, after 5.3 s"."""
        amount = f"rx {size(self.rx_bytes)}, tx {size(self.tx_bytes)}"
        return f"{self.why}, {amount}, after {lasted(self.nanoseconds / 1e9)}"


def story(record: Record) -> str:
    """Return what an event says, "" for a payload."""
    match record.kind:
        case Kind.OPEN:
            peer, listener = opened(record.data)
            name = opened_as(record.data)
            return f"{peer} via {listener}" + (f" as {name}" if name else "")
        case Kind.EOF:
            return "peer closed its sending side"
        case Kind.CLOSE:
            return End.unpack(record.data).sentence
        case Kind.INFO | Kind.WARN:
            return remark(record.data)
    return ""
