r"""Records as lines for people: `12:00:04.121 1 RX 6 hello\n`."""

import time

from tcpmon.core.escape import escape
from tcpmon.core.model import Cast, End, Kind, opened, opened_as, remark
from tcpmon.core.store import Raw
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import counted

_stamp = Stamper(time.localtime).clock


def listening(address: str) -> bytes:
    """Return the line that tells a real address."""
    return f"listening on {address}\n".encode()


def line(raw: Raw, cast: Cast | None) -> bytes:
    """Return a record as one line. cast: who a CAST is for."""
    _, at, client, kind, data = raw
    who = str(client) if client else "-"
    return f"{_stamp(at)} {who} {_what(kind, data, cast)}\n".encode()


def _what(kind: int, data: bytes, cast: Cast | None) -> str:
    match kind:
        case Kind.RX:
            return f"RX {len(data):>3} {escape(data)}"
        case Kind.TX:
            return f"TX {len(data):>3} {escape(data)}"
        case Kind.CAST:
            receivers = counted(len(cast.receivers) if cast else 0, "client")
            return f"TX {len(data):>3} {escape(data)} (to {receivers})"
        case Kind.OPEN:
            peer, listener = opened(data)
            name = opened_as(data)
            return f"open   {peer} via {listener}" + (f" as {name}" if name else "")
        case Kind.EOF:
            return "eof    peer closed its sending side"
        case Kind.CLOSE:
            return End.unpack(data).sentence
    return remark(data)
