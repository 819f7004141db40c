"""With what a payload is filled in, and how much work that may be."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from tcpmon.core.errors import BadPayload

if TYPE_CHECKING:
    from tcpmon.core.model import Client

MOST = 16 << 20
"""Bytes that one payload can become."""

WORK = 1 << 19
"""What filling in may cost; the unit is a byte of a CRC, all in all less than a tenth of a
second: a payload is made on the engine's loop, and on the screen's at each letter."""


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

    def tell_of(self, client: "Client") -> None:
        """Fill in that it goes to a client."""
        host, _, port = client.peer.rpartition(":")
        self.client, self.name, self.listener = client.id, client.name, client.listener
        if port.isdecimal():
            self.address, self.port = host.strip("[]"), int(port)


class Filling:
    """One payload being filled in."""

    __slots__ = ("_left", "facts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._left = WORK

    def spend(self, work: int, place: int) -> None:
        """Take so much of what it may cost. Raises BadPayload."""
        self._left -= work
        if self._left < 0:
            hint = "checksum fewer bytes, repeat less"
            raise BadPayload("it would take too long to make", place, hint)


def too_big(place: int) -> BadPayload:
    """Return the error for a payload that is more than MOST."""
    return BadPayload("it would be more than 16 MiB", place, "send a file instead")
