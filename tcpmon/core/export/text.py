r"""Records as lines for people: `12:00:04.121 1 RX 6 hello\n`."""

from collections.abc import Callable, Iterator

from tcpmon.core.escape import escape, escape_parts
from tcpmon.core.export import PIECE
from tcpmon.core.model import Cast, End, Kind, Message, opened, opened_as, remark
from tcpmon.core.store import Raw
from tcpmon.core.units import counted


class Text:
    """Writes them. stamp: a time of day, see `core.timestamps`."""

    def __init__(self, stamp: Callable[[int], str]) -> None:
        self._stamp = stamp

    def line(self, raw: Raw, cast: Cast | None) -> bytes:
        """Return a record as one line. cast: who a CAST is for."""
        kind, data = raw[3], raw[4]
        before, after = self._around(raw, cast)
        says = escape(data) if kind <= Kind.CAST else _story(kind, data)
        return f"{before}{says}{after}".encode()

    def _around(self, raw: Raw, cast: Cast | None) -> tuple[str, str]:
        _, at, client, kind, data = raw
        before = f"{self._stamp(at)} {client or '-'} "
        if kind == Kind.RX:
            return f"{before}RX {len(data):>3} ", "\n"
        if kind == Kind.TX:
            return f"{before}TX {len(data):>3} ", "\n"
        if kind == Kind.CAST:
            receivers = counted(len(cast.receivers) if cast else 0, "client")
            return f"{before}TX {len(data):>3} ", f" (to {receivers})\n"
        return before, "\n"

    def pieces(self, message: Message) -> Iterator[bytes]:
        """Yield a message as one line, as `line` returns it, and behind it what is odd of it."""
        data, cast = message.data, message.cast
        raw = message.seq, message.time, message.client, message.kind, data
        if message.kind > Kind.CAST or (len(data) <= PIECE and not message.odd):
            yield self.line(raw, cast)
            return
        before, after = self._around(raw, cast)
        yield before.encode()
        for part in escape_parts(data):
            yield part.encode()
        odd = f" ({message.odd})" if message.odd else ""
        yield f"{odd}{after}".encode()


def listening(address: str) -> bytes:
    """Return the line that tells a real address."""
    return f"listening on {address}\n".encode()


def _story(kind: int, data: bytes) -> str:
    match kind:
        case Kind.OPEN:
            peer, listener = opened(data)
            name = opened_as(data)
            return f"open   {peer} via {listener}" + (f" as {name}" if name else "")
        case Kind.EOF:
            return "eof    peer closed its sending side"
        case Kind.CLOSE:
            return End.unpack(data).sentence
    return remark(data)
