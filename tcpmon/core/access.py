"""Who may connect: addresses and networks that are allowed or denied.

The narrowest rule that an address falls under decides. Under none, it may come
in, unless some rule allows: then only those that are allowed may.
"""

import ipaddress
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Generic, TypeVar

from msgspec import Struct

from tcpmon.core.errors import BadNetwork
from tcpmon.core.escape import escape_text

Network = IPv4Network | IPv6Network
T = TypeVar("T")


def parse_network(text: str) -> Network:
    """Return a network from "10.0.0.0/8", "10.0.0.7", "fe80::/10" or "::1".

    Raises BadNetwork.
    """
    shown = escape_text(text)
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError:
        pass
    try:
        wider = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise BadNetwork(
            f"'{shown}' is not an address or a network", "write for example 10.0.0.7 or 10.0.0.0/8"
        ) from None
    address = text.strip().partition("/")[0]
    raise BadNetwork(f"'{shown}' names one address and a network", f"write {wider} or {address}")


def network_text(network: Network) -> str:
    """Return a network as people write it, a single address without its length."""
    whole = network.prefixlen == network.max_prefixlen
    return str(network.network_address if whole else network)


def networks_of(peer: str) -> tuple[str, str] | None:
    """Return the address of a peer and the network around it, /24 or /64, as `parse_network`
    reads them; None for one that has none, on a Unix socket.

    peer: as Client.peer has it, "127.0.0.1:40872" or "[fe80::1%eth0]:80".
    """
    host = peer.rpartition(":")[0].strip("[]").partition("%")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    length = 24 if address.version == 4 else 64
    around = ipaddress.ip_network(f"{address}/{length}", strict=False)
    return str(address), str(around)


class Permission(Struct, frozen=True):
    """Whether callers of a network may come in.

    network: as people write it. until: when it ends, ns since 1970, 0 never.
    """

    network: str
    allow: bool
    until: int = 0


class ByNetwork(Generic[T]):
    """What belongs to networks: that of the narrowest one around an address is found at once."""

    def __init__(self, entries: Mapping[Network, T]) -> None:
        tables: dict[int, dict[int, dict[int, T]]] = {}
        for network, entry in entries.items():
            prefixes = tables.setdefault(network.version, {}).setdefault(network.prefixlen, {})
            shift = network.max_prefixlen - network.prefixlen
            prefixes[int(network.network_address) >> shift] = entry
        # By family and length of the prefix, the longest first, and then by the prefix.
        self._tables = {
            version: sorted(lengths.items(), reverse=True) for version, lengths in tables.items()
        }

    def find(self, host: str) -> T | None:
        """Return what belongs to an address. host: as the system writes it, maybe with a scope."""
        address = ipaddress.ip_address(host.partition("%")[0])
        bits = int(address)
        for length, prefixes in self._tables.get(address.version, ()):
            entry = prefixes.get(bits >> (address.max_prefixlen - length))
            if entry is not None:
                return entry
        return None


class Access:
    """Rules, one for a network at most."""

    def __init__(self) -> None:
        self._permissions: dict[Network, Permission] = {}
        self._before: dict[Network, Permission] = {}  # where another holds for a while
        self._found: ByNetwork[Permission] = ByNetwork({})
        self._closed = False  # somebody is allowed, so others are not

    def set(self, network: Network, allow: bool, until: int = 0) -> None:
        """Allow or deny a network, whatever it was before. until: as a Permission's; what held
        before for good holds again then."""
        before = self._permissions.get(network)
        if until and before is not None and not before.until:
            self._before[network] = before
        elif not until:
            self._before.pop(network, None)
        self._permissions[network] = Permission(network_text(network), allow, until)
        self._index()

    def drop(self, network: Network) -> bool:
        """Forget the rule for a network; say whether there was one."""
        known = self._permissions.pop(network, None) is not None
        self._before.pop(network, None)
        self._index()
        return known

    def expire(self, now: int) -> list[tuple[Permission, Permission | None]]:
        """Forget the rules that have ended; return each, and what holds again instead. now: ns
        since 1970."""
        over = {
            network: rule for network, rule in self._permissions.items() if 0 < rule.until <= now
        }
        again = {network: self._before.pop(network, None) for network in over}
        if over:
            self._permissions = {
                net: kept
                for net, rule in self._permissions.items()
                if (kept := again[net] if net in over else rule) is not None
            }
            self._index()
        return [(rule, again[network]) for network, rule in over.items()]

    def permissions(self) -> tuple[Permission, ...]:
        """Return all rules, in the order in which they were first made."""
        return tuple(self._permissions.values())

    def refusal(self, host: str) -> str:
        """Return why callers from an address are refused, "" if they are not."""
        if not self._permissions:
            return ""
        rule = self._found.find(host)
        if rule is not None:
            return "" if rule.allow else f"{rule.network} is denied"
        return "not among those that are allowed" if self._closed else ""

    def _index(self) -> None:
        self._found = ByNetwork(self._permissions)
        self._closed = any(rule.allow for rule in self._permissions.values())
