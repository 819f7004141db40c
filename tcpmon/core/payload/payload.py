"""A payload as it was written: bytes, or what makes them when it is sent.

It has no clock and no chance of its own: what varies comes in as Facts.
"""

from collections.abc import Callable, Collection, Mapping

from msgspec import Struct

from tcpmon.core.escape import unescape
from tcpmon.core.payload.forms import Form, LineEnd, parse_hex

MOST = 16 << 20
"""Bytes that one payload can become."""


def _zeros(count: int) -> bytes:
    return bytes(count)


class Facts(Struct):
    """With what a payload is filled in.

    now: ns since 1970. client, name, address, port, listener: whom it goes to; name "" for none.
    message: what it answers, whole, b"" for nothing; groups: what was captured of that, by name
    and by number ("0" is all that matched). counters: the counts so far by name, which are
    counted on in place. random: returns so many random bytes.
    """

    now: int = 0
    client: int = 0
    name: str = ""
    address: str = ""
    port: int = 0
    listener: str = ""
    message: bytes = b""
    groups: Mapping[str, bytes] = {}
    counters: dict[str, int] = {}
    random: Callable[[int], bytes] = _zeros


class Payload(Struct, frozen=True):
    """Made by `parse`.

    text: as it was written. fixed: its bytes, None if they are known only when it is sent.
    personal: whether they may differ from one client to the next.
    """

    text: str
    fixed: bytes | None
    personal: bool = False

    def fill(self, facts: Facts) -> bytes:
        """Return the bytes. Raises BadPayload where they cannot be made: it asks for a number and
        what was captured is none, or there would be more than MOST."""
        assert self.fixed is not None
        return self.fixed


def parse(
    text: str,
    form: Form = Form.TEXT,
    end: LineEnd = LineEnd.NONE,
    groups: Collection[str] = (),
) -> Payload:
    """Return the payload that was written. end: behind it, if it is text. groups: the names of
    what may be captured of a message, without which there is nothing to put in.

    Raises BadPayload with the place.
    """
    data = parse_hex(text) if form is Form.HEX else unescape(text) + end.value
    return Payload(text, data)
