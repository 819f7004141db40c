"""Records as JSON, one object a line. README.md has the schema for users."""

from base64 import b64encode
from collections.abc import Callable, Iterator

import msgspec

from tcpmon.core.escape import escape, escape_parts
from tcpmon.core.export import PIECE
from tcpmon.core.model import Cast, End, Kind, Message, opened, opened_as, renamed
from tcpmon.core.store import Raw

_encode = msgspec.json.Encoder().encode
_EMPTY = b'"","base64":""}'
_BASE64 = 48 << 10  # bytes that are encoded at once: a multiple of three has no padding


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


class Rx(msgspec.Struct, tag_field="event", tag="rx", omit_defaults=True):
    """One read, or one message cut from reads. text: escaped, base64: the exact bytes, size:
    how many; reads: of how many reads it is, if not of one; odd: what is wrong with it, if
    anything is."""

    time: str
    client: int
    size: int
    text: str
    base64: bytes
    reads: int = 1
    odd: str = ""


class Tx(Rx, tag_field="event", tag="tx", omit_defaults=True):
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


class Jsonl:
    """Writes them. stamp: a time as RFC 3339 has it, see `core.timestamps`."""

    def __init__(self, stamp: Callable[[int], str]) -> None:
        self._stamp = stamp

    def listening(self, now: int, address: str) -> bytes:
        """Return the line that tells a real address."""
        return _encode(Listening(self._stamp(now), address)) + b"\n"

    def line(self, raw: Raw, cast: Cast | None) -> bytes:
        """Return a record as one line; b"" if it is not one of a client's. cast: who a CAST is
        for."""
        _, at, client, kind, data = raw
        match kind:
            case Kind.RX | Kind.TX | Kind.CAST:
                event: Event = self._payload(raw, cast, escape(data), data)
            case Kind.OPEN:
                event = Open(self._stamp(at), client, *opened(data), opened_as(data))
            case Kind.INFO if client and (name := renamed(data)) is not None:
                event = Named(self._stamp(at), client, name)
            case Kind.EOF:
                event = Eof(self._stamp(at), client)
            case Kind.CLOSE:
                event = _close(self._stamp(at), client, End.unpack(data))
            case _:
                return b""
        return _encode(event) + b"\n"

    def _payload(self, raw: Raw, cast: Cast | None, text: str, data: bytes) -> Rx | Broadcast:
        _, at, client, kind, whole = raw
        if kind == Kind.CAST:
            receivers = cast.receivers.tolist() if cast else []
            skipped = dict(cast.skipped) if cast else {}
            return Broadcast(self._stamp(at), receivers, skipped, len(whole), text, data)
        make = Rx if kind == Kind.RX else Tx
        return make(self._stamp(at), client, len(whole), text, data)

    def pieces(self, message: Message) -> Iterator[bytes]:
        """Yield a message as one line, as `line` returns it."""
        data, cast = message.data, message.cast
        raw = message.seq, message.time, message.client, message.kind, data
        if message.kind > Kind.CAST:
            yield self.line(raw, cast)
            return
        if len(data) <= PIECE:
            event = self._payload(raw, cast, escape(data), data)
            if isinstance(event, Rx):
                event.reads, event.odd = message.reads, message.odd
            yield _encode(event) + b"\n"
            return
        yield _encode(self._payload(raw, cast, "", b"")).removesuffix(_EMPTY) + b'"'
        for part in escape_parts(data):
            yield _encode(part)[1:-1]
        yield b'","base64":"'
        for start in range(0, len(data), _BASE64):
            yield b64encode(data[start : start + _BASE64])
        reads = b',"reads":%d' % message.reads if message.reads > 1 else b""
        odd = b',"odd":' + _encode(message.odd) if message.odd else b""
        yield b'"' + reads + odd + b"}\n"


def _close(stamp: str, client: int, end: End) -> Close:
    seconds = round(end.nanoseconds / 1e9, 6)
    reason = end.reason.name.lower()
    return Close(stamp, client, reason, end.why, end.rx_bytes, end.tx_bytes, end.unsent, seconds)
