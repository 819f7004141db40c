"""Records as JSON, one object a line. README.md has the schema for users."""

import time

import msgspec

from tcpmon.core.escape import escape
from tcpmon.core.model import Cast, End, Kind, opened, opened_as, renamed
from tcpmon.core.store import Raw
from tcpmon.core.timestamps import Stamper

_stamp = Stamper(time.gmtime).rfc3339
_encode = msgspec.json.Encoder().encode


class Listening(msgspec.Struct, tag_field="event", tag="listening"):
    """A bound address, the real one: port 0 is resolved."""

    time: str
    address: str


class Open(msgspec.Struct, tag_field="event", tag="open", omit_defaults=True):
    """A client has connected. listener: the address it came in by. name: what it is called,
    there only if that is known by its address."""

    time: str
    client: int
    peer: str
    listener: str
    name: str = ""


class Named(msgspec.Struct, tag_field="event", tag="name"):
    """A client is called so from now on, "" = by no name any more."""

    time: str
    client: int
    name: str


class Rx(msgspec.Struct, tag_field="event", tag="rx"):
    """One read. text: escaped, base64: the exact bytes, size: how many."""

    time: str
    client: int
    size: int
    text: str
    base64: bytes


class Tx(Rx, tag_field="event", tag="tx"):
    """A payload accepted for sending."""


class Broadcast(msgspec.Struct, tag_field="event", tag="broadcast"):
    """A payload for several. skipped: who did not get it, by client, and why."""

    time: str
    clients: list[int]
    skipped: dict[int, str]
    size: int
    text: str
    base64: bytes


class Eof(msgspec.Struct, tag_field="event", tag="eof"):
    """The peer closed its sending side and the connection goes on."""

    time: str
    client: int


class Close(msgspec.Struct, tag_field="event", tag="close"):
    """A connection has ended. reason: a word for programs, why: a sentence for people."""

    time: str
    client: int
    reason: str
    why: str
    rx: int
    tx: int
    unsent: int
    seconds: float


Event = Listening | Open | Named | Rx | Tx | Broadcast | Eof | Close


def listening(address: str) -> bytes:
    """Return the line that tells a real address."""
    return _encode(Listening(_stamp(time.time_ns()), address)) + b"\n"


def line(raw: Raw, cast: Cast | None) -> bytes:
    """Return a record as one line; b"" if it is not one of a client's. cast: who a CAST is for."""
    event = _event(raw, cast)
    return _encode(event) + b"\n" if event is not None else b""


def _event(raw: Raw, cast: Cast | None) -> Event | None:
    _, at, client, kind, data = raw
    stamp = _stamp(at)
    match kind:
        case Kind.RX:
            return Rx(stamp, client, len(data), escape(data), data)
        case Kind.TX:
            return Tx(stamp, client, len(data), escape(data), data)
        case Kind.CAST:
            receivers = cast.receivers.tolist() if cast else []
            skipped = dict(cast.skipped) if cast else {}
            return Broadcast(stamp, receivers, skipped, len(data), escape(data), data)
        case Kind.OPEN:
            return Open(stamp, client, *opened(data), opened_as(data))
        case Kind.INFO:
            name = renamed(data)
            return None if name is None or not client else Named(stamp, client, name)
        case Kind.EOF:
            return Eof(stamp, client)
        case Kind.CLOSE:
            end = End.unpack(data)
            seconds = round(end.nanoseconds / 1e9, 6)
            reason = end.reason.name.lower()
            return Close(
                stamp, client, reason, end.why, end.rx_bytes, end.tx_bytes, end.unsent, seconds
            )
    return None
