"""Who looks as if he tried what is behind a port: many short visits with nothing said, or in one
protocol after the other.

Whoever comes often and speaks one language is a client: it may poll, or test how much load we
bear, or stand for many behind one address.
"""

from collections import OrderedDict

from tcpmon.core.openings import protocol
from tcpmon.core.units import counted, number

VISITS = 30
"""So many short visits of one address make a scan: a service scan of one port takes about that."""
OWN_VISITS = 300
"""The same for this machine, where tests run."""
WITHIN = 180_000_000_000
"""Nanoseconds in which they come; when it is quiet for so long, it begins anew."""
SHORT = 30_000_000_000
"""A visit that lasts longer is none of a scan's."""
PROTOCOLS = 3
"""Nobody has business in so many on one port."""
ADDRESSES = 1000
"""Of so many we know, the least recent one goes first."""


class _Visits:
    __slots__ = ("count", "first", "newest", "protocols", "silent", "told")

    def __init__(self, first: int) -> None:
        self.first = first
        self.newest = 0
        self.count = self.silent = 0
        self.protocols: set[str] = set()
        self.told = False


class Scans:
    """Counts short visits by address, of a thousand addresses at most."""

    def __init__(self) -> None:
        self._visits: OrderedDict[str, _Visits] = OrderedDict()

    def left(self, address: str, opened: int, closed: int, silent: bool, first: bytes) -> str:
        """Take note of a client that has left by itself; return what there is to say of its
        address, once for a burst, "" for nothing.

        opened, closed: ns since 1970. silent: whether it had said nothing. first: how it began,
        where that may tell what it is.
        """
        if closed - opened > SHORT:
            return ""
        visits = self._of(address, opened)
        visits.newest = closed
        visits.count += 1
        visits.silent += silent
        if spoken := protocol(first):
            visits.protocols.add(spoken)
        if visits.told or visits.count < VISITS:
            return ""
        if visits.count < OWN_VISITS and _is_own(address):
            return ""
        looks = _looks(visits)
        visits.told = bool(looks)
        seconds = max(1, round((closed - visits.first) / 1e9))
        came = f"{counted(visits.count, 'connection')} in {seconds} s from {address}"
        return f"{came}: {looks}" if looks else ""

    def _of(self, address: str, opened: int) -> _Visits:
        visits = self._visits.get(address)
        if visits is not None:
            self._visits.move_to_end(address)
            since = visits.newest if visits.told else visits.first
            if opened - since <= WITHIN:
                return visits
        elif len(self._visits) >= ADDRESSES:
            self._visits.popitem(last=False)
        visits = self._visits[address] = _Visits(opened)
        return visits


def _looks(visits: _Visits) -> str:
    if len(visits.protocols) >= PROTOCOLS:
        return "looks like a scan"
    if visits.silent * 2 > visits.count:
        said = "all" if visits.silent == visits.count else number(visits.silent)
        return f"{said} said nothing: looks like a scan or a health check"
    return ""


def _is_own(address: str) -> bool:
    return address.startswith("127.") or address in ("::1", "::ffff:127.0.0.1")
