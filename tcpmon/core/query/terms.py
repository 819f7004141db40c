"""What each term means: text and patterns, and `key:value`."""

import ipaddress
import re
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache

from tcpmon.core.access import Network, parse_network
from tcpmon.core.errors import BadFilter, BadNetwork
from tcpmon.core.escape import escape_text
from tcpmon.core.model import Client, End, Kind, Message, Reason, State, story
from tcpmon.core.query.keys import KEY, Key
from tcpmon.core.query.measures import measured
from tcpmon.core.query.needs import PAYLOAD, Needs
from tcpmon.core.query.parts import OnClient, Part, never, of_client
from tcpmon.core.query.patterns import Finder, Pattern, Text, parse_hex, parse_pattern, parse_text
from tcpmon.core.query.syntax import Term

ENUMERATED = 10_000
"""So many clients are looked for one by one."""
NAMED = 16_384
"""So many addresses are remembered with what was found of them."""


def compiled(term: Term, start: int, place: int) -> Part:
    """Return what a term means. start, place: where it and its value begin.

    Raises BadFilter.
    """
    if not term.key:
        return _anywhere(term, place)
    key = KEY.get(term.key)
    if key is None:
        raise _unknown(term, start)
    if key.compared:
        return measured(term, place, key.example, key.name)
    if term.operator not in ":=":
        sign = start + len(term.key)
        raise BadFilter(f"{key.name} cannot be compared", sign, f"for example {key.example}")
    if key.values and term.value not in key.values:
        choice = " ".join(key.values)
        shown = escape_text(term.value[:20])
        what = f"no {key.name} '{shown}'" if shown else f"{key.name} needs a word"
        raise BadFilter(what, place, f"there is {choice}")
    return _MAKE[key.name](term, place, key)


def _unknown(term: Term, start: int) -> BadFilter:
    written = escape_text(f"{term.key}{term.operator}{term.value[:20]}")
    from difflib import get_close_matches

    begun = [name for name in KEY if name.startswith(term.key)]
    near = begun or get_close_matches(term.key, KEY, 1)
    hint = f"did you mean {near[0]}?" if near else f'for the text itself write "{written}"'
    return BadFilter(f"no key '{term.key[:20]}'", start, hint)


# -- text -------------------------------------------------------------------------------


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a path or a detail may hold what is no text


def _said(finder: Finder) -> Callable[[Message], bool]:
    """Return a test of what a message says: a payload, also its body, or an event in words."""
    found_in = finder.found_in

    def test(message: Message) -> bool:
        if message.kind <= Kind.CAST:
            body = message.body
            return found_in(message.data) or (body is not None and found_in(body))
        return found_in(_bytes(story(message)))

    return test


def _is_called(finder: Text | Pattern) -> Callable[[Client], bool]:
    """Return a test of a client's name and address."""
    if isinstance(finder, Text):
        folded = finder.folded
        return lambda client: folded in client.peer.lower() or folded in client.name.lower()
    found_in = finder.found_in

    @lru_cache(NAMED)
    def fits(*words: str) -> bool:
        return any(found_in(_bytes(word)) for word in words)

    return lambda client: fits(client.peer, client.name)


def _finder(term: Term, place: int) -> Text | Pattern:
    if term.is_pattern:
        return parse_pattern(term.value, place)
    return Text(parse_text(term.value, place))


def _needle(finder: Finder) -> bytes | None:
    needle = finder.needle if isinstance(finder, Text) else None
    return needle if needle and needle.isascii() else None


def _anywhere(term: Term, place: int) -> Part:
    finder = _finder(term, place)
    said, is_called = _said(finder), _is_called(finder)
    shown = _shown(finder)

    def message(message: Message, client: Client | None, _: int) -> bool:
        return said(message) or (client is not None and is_called(client))

    return Part(
        lambda client, now: is_called(client) or shown(client, now),
        message, Needs(word=_needle(finder)), finder,
    )  # fmt: skip


def _text(term: Term, place: int, _: Key) -> Part:
    finder = _finder(term, place)
    said = _said(finder)
    needs = Needs(needle=_needle(finder))
    return Part(_shown(finder), lambda message, *_: said(message), needs, finder)


def _shown(finder: Finder) -> OnClient:
    """Return a test of what the table's last column shows of a client."""
    found_in = finder.found_in
    return lambda client, _: found_in(client.last) or found_in(_bytes(client.end))


def _hex(term: Term, place: int, _: Key) -> Part:
    finder = parse_hex(term.value, place)
    found_in, said = finder.found_in, _said(finder)
    return Part(
        lambda client, _: found_in(client.last),
        lambda message, *_: message.kind <= Kind.CAST and said(message),
        Needs(kinds=PAYLOAD), finder,
    )  # fmt: skip


# -- clients ----------------------------------------------------------------------------

_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
Ranges = list[tuple[int, int]]


def _ranges(term: Term, place: int, key: Key) -> Ranges:
    ranges = []
    for word in term.value.split(","):
        match = _RANGE.fullmatch(word)
        if match is None:
            raise BadFilter(f"{key.name} needs a number", place, f"for example {key.example}")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise BadFilter("the range ends before it begins", place, f"write {last}-{first}")
        ranges.append((first, last))
        place += len(word) + 1
    return ranges


def _client(term: Term, place: int, key: Key) -> Part:
    ranges = _ranges(term, place, key)
    count = sum(last - first + 1 for first, last in ranges)
    ids = None
    if count <= ENUMERATED:
        ids = frozenset(id for first, last in ranges for id in range(first, last + 1))

    def concerns(message: Message, *_: object) -> bool:
        if message.cast is None:
            return any(first <= message.client <= last for first, last in ranges)
        receivers = message.cast.receivers
        return any(
            (at := bisect_left(receivers, first)) < len(receivers) and receivers[at] <= last
            for first, last in ranges
        )

    return Part(
        lambda client, _: any(first <= client.id <= last for first, last in ranges),
        concerns, Needs(clients=ids),
    )  # fmt: skip


def _of_client(test: OnClient) -> Part:
    return Part(test, of_client(test))


def _glob(text: str) -> re.Pattern[str]:
    """Return what fits text in which * is anything; it never goes back, so it cannot take long."""
    first, *rest = (re.escape(part) for part in text.split("*"))
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    end = f".*{rest[-1]}" if rest else ""
    return re.compile(first + middle + end, re.IGNORECASE | re.DOTALL)


def _name(term: Term, place: int, _: Key) -> Part:
    wanted = parse_text(term.value, place).decode("utf-8", "surrogateescape") if term.value else ""
    fits = _glob(wanted).fullmatch
    return _of_client(lambda client, _: fits(client.name) is not None)


def _mark(term: Term, place: int, key: Key) -> Part:
    if not term.value:
        raise BadFilter("mark needs a word", place, f"mark:* for any, {key.example}")
    fits = _glob(parse_text(term.value, place).decode("utf-8", "surrogateescape")).fullmatch
    return _of_client(lambda client, _: client.flag != "" and fits(client.flag) is not None)


def _ip(term: Term, place: int, key: Key) -> Part:
    try:
        network = _plain(parse_network(term.value))
    except BadNetwork as error:
        hint = error.hint if term.value else f"for example {key.example}"
        what = error.message if term.value else "ip needs an address or a network"
        raise BadFilter(what, place, hint) from None
    version, shift = network.version, network.max_prefixlen - network.prefixlen
    prefix = int(network.network_address) >> shift

    def test(client: Client, _: int) -> bool:
        address = _address(client.peer)
        return address is not None and address[0] == version and address[1] >> shift == prefix

    return _of_client(test)


def _plain(network: Network) -> Network:
    """Return a network of IPv4 addresses that are written as IPv6 as that of IPv4."""
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return ipaddress.IPv4Network((mapped, network.prefixlen - 96))
    return network


@lru_cache(NAMED)
def _address(peer: str) -> tuple[int, int] | None:
    """Return a peer's address as version and number; None on a Unix socket."""
    host = peer.rpartition(":")[0].strip("[]").partition("%")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    plain = mapped or address
    return plain.version, int(plain)


def _port_of(address: str) -> int | None:
    port = address.rpartition(":")[2]
    return (
        int(port) if port.isascii() and port.isdigit() and not address.startswith("unix") else None
    )


def _port(term: Term, place: int, key: Key) -> Part:
    ranges = _ranges(term, place, key)

    def test(client: Client, _: int) -> bool:
        port = _port_of(client.peer)
        return port is not None and any(first <= port <= last for first, last in ranges)

    return _of_client(test)


def _on(term: Term, place: int, key: Key) -> Part:
    if not term.value:
        raise BadFilter("on needs a port or an address", place, f"for example {key.example}")
    digits = term.value.removeprefix(":")
    if digits.isascii() and digits.isdigit():
        port = int(digits)
        return _of_client(lambda client, _: _port_of(client.listener) == port)
    fits = _glob(term.value).fullmatch
    return _of_client(lambda client, _: fits(client.listener) is not None)


# -- closed sets --------------------------------------------------------------------------

_STATES: dict[str, OnClient] = {
    "open": lambda client, _: client.state is State.OPEN,
    "half": lambda client, _: client.state is State.HALF,
    "closing": lambda client, _: client.state is State.CLOSING,
    "closed": lambda client, _: client.state is State.CLOSED,
    "reset": lambda client, _: client.end.startswith("reset"),
}

EVENTS = frozenset(Kind) - PAYLOAD
_KINDS = {
    "rx": frozenset({Kind.RX}), "tx": frozenset({Kind.TX, Kind.CAST}), "msg": PAYLOAD,
    "event": EVENTS, "open": frozenset({Kind.OPEN}), "close": frozenset({Kind.CLOSE}),
    "eof": frozenset({Kind.EOF}), "info": frozenset({Kind.INFO}), "warn": frozenset({Kind.WARN}),
}  # fmt: skip

_IN_ORDER = (Reason.PEER_CLOSED, Reason.CLOSED, Reason.STOPPED, Reason.IDLE)


def _is_error(message: Message, *_: object) -> bool:
    """A warning, or an end that was not in order."""
    if message.kind is Kind.CLOSE:
        return End.unpack(message.data).reason not in _IN_ORDER
    return message.kind is Kind.WARN


def _kind(term: Term, _: int, __: Key) -> Part:
    if term.value == "error":
        return Part(never, _is_error, Needs(kinds=frozenset({Kind.WARN, Kind.CLOSE})))
    kinds = _KINDS[term.value]
    wanted = [kind in kinds for kind in Kind]
    return Part(never, lambda message, *_: wanted[message.kind], Needs(kinds=kinds))


def _state(term: Term, _: int, __: Key) -> Part:
    return _of_client(_STATES[term.value])


def _is(_: Term, __: int, ___: Key) -> Part:
    return Part(never, lambda message, *_: message.odd != "", Needs(kinds=PAYLOAD))


_MAKE: dict[str, Callable[[Term, int, Key], Part]] = {
    "text": _text, "hex": _hex, "client": _client, "name": _name, "ip": _ip, "port": _port,
    "on": _on, "dir": _kind, "kind": _kind, "state": _state, "is": _is, "mark": _mark,
}  # fmt: skip
