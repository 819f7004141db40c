"""The door: who is let in, and what is told of those who are not."""

import time
from collections import Counter
from collections.abc import Callable, Mapping

from tcpmon.core.access import Access, network_text, parse_network
from tcpmon.core.errors import NoSuchTarget
from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind
from tcpmon.core.units import counted, lasted
from tcpmon.engine.orders import Say

TOLD_SECONDS = 1.0  # refused callers get one line in so many seconds


class Door:
    """access: whether callers of an address or network are let in. limits: those that hold now;
    say: keeps a line for the operator."""

    def __init__(self, access: Mapping[str, bool], limits: Callable[[], Limits], say: Say) -> None:
        self._limits = limits
        self._say = say
        self.access = Access()
        for network, allow in access.items():
            self.access.set(parse_network(network), allow)
        self.trouble = ""
        """What keeps callers outside now, "" if nothing does."""
        self.refused = 0
        self.reasons: Counter[str] = Counter()
        """How many were refused, by reason."""
        # Callers refused since the last line, by reason: how many, and who was the last.
        self._untold: dict[str, tuple[int, str]] = {}
        self._told_at = -TOLD_SECONDS
        self._at: Counter[str] = Counter()  # open clients by address, if those are limited
        self._second = 0.0  # when the second began in which new clients are counted
        self._in_second = 0

    def refusal(self, address: object, clients: int) -> str:
        """Return why a caller is not let in, "" if he is. clients: those that are in."""
        limits = self._limits()
        if isinstance(address, tuple):
            if reason := self.access.refusal(address[0]):
                return reason
            if limits.per_address and self._at[address[0]] >= limits.per_address:
                return f"limit of {counted(limits.per_address, 'client')} from one address reached"
        if clients >= limits.clients:
            return f"limit of {counted(limits.clients, 'client')} reached"
        if limits.accepts:
            now = time.monotonic()
            if now - self._second >= 1:
                self._second, self._in_second = now, 0
            self._in_second += 1
            if self._in_second > limits.accepts:
                return f"limit of {counted(limits.accepts, 'new client')} a second reached"
        return ""

    def came(self, address: object) -> None:
        """Count somebody who was let in."""
        if self._limits().per_address and isinstance(address, tuple):
            self._at[address[0]] += 1

    def left(self, address: object) -> None:
        """Count him no more."""
        if self._limits().per_address and isinstance(address, tuple):
            host = address[0]
            self._at[host] -= 1
            if not self._at[host]:
                del self._at[host]

    def permit(self, network: str, allow: bool, seconds: float) -> None:
        """Let callers of a network in or not, 0 s = for good. Raises BadNetwork."""
        parsed = parse_network(network)
        self.access.set(parsed, allow, time.time_ns() + int(seconds * 1e9) if seconds else 0)
        verb = "allowed" if allow else "denied"
        until = f" for {lasted(seconds)}" if seconds else ""
        self._say(Kind.INFO, f"{network_text(parsed)} is {verb}{until}", 0)

    def unpermit(self, network: str) -> None:
        """Forget what was said of a network. Raises NoSuchTarget."""
        parsed = parse_network(network)
        if not self.access.drop(parsed):
            raise NoSuchTarget(f"there is no rule for {network_text(parsed)}")
        self._say(Kind.INFO, f"no rule for {network_text(parsed)} any more", 0)

    def refuse(self, reason: str, peer: str = "") -> None:
        """Count a caller who was turned away; the log tells of many in one line."""
        self.refused += 1
        self.reasons[reason] += 1
        self._untold[reason] = self._untold.get(reason, (0, ""))[0] + 1, peer
        self.trouble = f"refusing callers: {reason}"
        if time.monotonic() - self._told_at >= TOLD_SECONDS:
            self.tell()

    def tell(self) -> None:
        """Tell of those who were refused since the last time."""
        self._told_at = time.monotonic()
        for reason, (count, peer) in self._untold.items():
            who = f", the last was {peer}" if peer else ""
            self._say(Kind.WARN, f"{counted(count, 'caller')} refused: {reason}{who}", 0)
        self._untold.clear()

    def tick(self) -> None:
        """Tell what was held back, and forget what is over. Called about once a second."""
        for rule, again in self.access.expire(time.time_ns()):
            told = f"no rule for {rule.network} any more, its time is over"
            if again is not None:
                told = f"{rule.network} is {'allowed' if again.allow else 'denied'} again"
            self._say(Kind.INFO, told, 0)
        if self._untold:
            self.tell()
        elif time.monotonic() - self._told_at > 3 * TOLD_SECONDS:
            self.trouble = ""
