"""How clients of known protocols begin: what their first payload gives away.

It knows single payloads and nothing of who sent them. Rather none is named than a wrong one: what
a few bytes of anything could be as well is only said to be like it.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from tcpmon.core.decoding import Field, NotDecoded
from tcpmon.core.escape import escape

KEPT = 448
"""Bytes at the beginning that are enough to tell: what one small read gives."""
_WORD = 60  # characters of a path, a name or a version
_BODILESS = {b"GET", b"HEAD", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT"}


class Opening(Struct, frozen=True):
    """What a first payload shows.

    words: a line, safe to print; short: the same in 12 cells. waits: whether who sends it waits
    for an answer then; part: whether more has to come before that, as far as can be seen. plain:
    whether it can go no further on a port that speaks as it comes. sure: whether it can hardly be
    anything else, even in the middle of a stream. obvious: whether its text says as much.
    """

    words: str
    short: str
    waits: bool = True
    part: bool = False
    plain: bool = True
    sure: bool = False
    obvious: bool = False


def opening(data: bytes) -> Opening | None:
    """Return what a payload shows as the first one of a client, None for nothing in particular.

    data: as much of it as there is, of which KEPT bytes are looked at.
    """
    data = data[:KEPT]
    return _opening(data) if _BEGINS.match(data) else None


def kept(data: bytes) -> bytes:
    """Return so much of a client's first payload as is worth keeping, b"" if it is none that
    `opening` may know. Quick: it is asked of every client."""
    return data[:KEPT] if _BEGINS.match(data) else b""


@lru_cache(256)  # rows are looked at again and again, and a TLS hello takes 0.2 ms
def _opening(data: bytes) -> Opening | None:
    for pattern, _, tell in _KNOWN:
        if match := re.match(pattern, data, re.DOTALL):
            return tell(data, match)
    return None


def protocol(first: bytes) -> str:
    """Return what a client speaks that begins so, "" where that is not known for sure."""
    if not first:  # as of most
        return ""
    return next((name for pattern, name, _ in _KNOWN if re.match(pattern, first, re.DOTALL)), "")


def _tls(data: bytes, _: re.Match[bytes]) -> Opening:
    from tcpmon.core.decoding.all import decode
    from tcpmon.core.decoding.tls import Tls

    told = []
    try:
        found = dict(_values(decode(data, Tls()).fields))
    except NotDecoded:
        found = {}
    if name := found.get("server name"):
        told.append(f"SNI {_cut(name)}")
    if protocols := found.get("ALPN"):
        told.append(f"ALPN {_cut(protocols.replace(', ', ' '))}")
    words = f"TLS hello ({', '.join(told)})" if told else "TLS hello"
    return Opening(words, "TLS hello", plain=False, sure=True)


def _values(fields: tuple[Field, ...]) -> list[tuple[str, str]]:
    """Return the names and values of fields, and of those in them, in order."""
    found = []
    for field in fields:
        found += [(field.name, field.value), *_values(field.parts)]
    return found


def _http(data: bytes, match: re.Match[bytes]) -> Opening:
    method, target, name = match.groups()
    head, *bodies = re.split(rb"\r?\n\r?\n", data, maxsplit=1)
    if method == b"GET" and re.search(rb"\r\nUpgrade: *websocket\b", head, re.IGNORECASE):
        return Opening(f"WebSocket handshake for {_text(target)}", "WebSocket", obvious=True)
    part = not bodies
    if bodies and method not in _BODILESS:
        length = re.search(rb"\nContent-Length: *(\d{1,9})\r?\n", head + b"\n", re.IGNORECASE)
        part = length is None or len(bodies[0]) < int(length[1])
    words = f"{name.decode()} request {method.decode()} {_text(target)}"
    return Opening(words, name.decode(), part=part, obvious=True)


def _ssh(_: bytes, match: re.Match[bytes]) -> Opening:
    return Opening(f"SSH greeting of {_text(match[1])}", "SSH", sure=True, obvious=True)


def _proxy(_: bytes, match: re.Match[bytes]) -> Opening:
    of = f", for {_text(match[1])}" if match[1] else ""
    return Opening(f"PROXY protocol v1 header{of}", "PROXY v1", waits=False, sure=True)


def _mqtt(data: bytes, _: re.Match[bytes]) -> Opening | None:
    from tcpmon.core.decoding.all import decode
    from tcpmon.core.decoding.mqtt import Mqtt

    try:
        words = decode(data, Mqtt()).summary.partition(", ")[0]
    except NotDecoded:
        return None
    return Opening(f"MQTT {_cut(words)}", "MQTT", sure=True)


def _redis(_: bytes, match: re.Match[bytes]) -> Opening:
    return Opening(f"Redis command {_text(match[1])}", "Redis", obvious=True)


def _modbus(data: bytes, _: re.Match[bytes]) -> Opening | None:
    """Of the requests that have 12 bytes: to read, and to write one thing."""
    from tcpmon.core.decoding.all import decode
    from tcpmon.core.decoding.modbus import Modbus

    try:
        words = decode(data, Modbus()).summary
    except NotDecoded:
        return None
    return Opening(f"like a Modbus request: {_cut(words)}", "Modbus?")


def _socks5(data: bytes, _: re.Match[bytes]) -> Opening | None:
    return Opening("like a SOCKS5 greeting", "SOCKS5?") if len(data) == 2 + data[1] else None


def _rdp(data: bytes, _: re.Match[bytes]) -> Opening | None:
    whole = len(data) == int.from_bytes(data[2:4], "big") == data[4] + 5
    return Opening("RDP connection request", "RDP", sure=True) if whole else None


def _fixed(words: str, short: str, waits: bool = True, sure: bool = True) -> "_Tell":
    found = Opening(words, short, waits, sure=sure)
    return lambda data, match: found


def _text(data: bytes) -> str:
    return _cut(escape(data[: 4 * _WORD]))


def _cut(text: str) -> str:
    return text if len(text) <= _WORD else text[: _WORD - 1] + "…"


_Tell = Callable[[bytes, re.Match[bytes]], Opening | None]

# (how it begins, what it is called where that can hardly be anything else, what tells more of it)
_KNOWN: list[tuple[bytes, str, _Tell]] = [
    # A record of TLS that holds a ClientHello: RFC 8446, 5.1 and 4.1.2.
    (rb"\x16\x03[\0-\x04][\0-\x48].\x01\0..\x03[\0-\x04]", "TLS", _tls),
    (rb"([A-Z]{3,20}) ([!-~]{1,400}) (HTTP)/1\.[01]\r?\n", "HTTP", _http),
    (rb"([A-Z]{3,20}) ([!-~]{1,400}) (RTSP)/[12]\.0\r?\n", "RTSP", _http),
    (rb"([A-Z]{3,20}) ([!-~]{1,400}) (SIP)/2\.0\r?\n", "SIP", _http),
    (rb"PRI \* HTTP/2\.0\r\n\r\nSM\r\n\r\n", "HTTP",
     _fixed("HTTP/2 preface", "HTTP/2")),
    (rb"SSH-(?:2\.0|1\.99|1\.5)-([!-~]{1,200})", "SSH", _ssh),
    (rb"PROXY (?:UNKNOWN|TCP[46] ([0-9A-Fa-f.:]{2,45}) )", "", _proxy),
    (rb"\r\n\r\n\0\r\nQUIT\n", "",
     _fixed("PROXY protocol v2 header", "PROXY v2", waits=False)),
    (rb"\x10[\0-\xff]{1,4}?\0(?:\x04MQTT[\x04\x05]|\x06MQIsdp\x03)", "MQTT", _mqtt),
    (rb"\*[1-9]\d{0,5}\r\n\$[1-9]\d{0,3}\r\n([A-Za-z]{1,20})\r\n", "Redis", _redis),
    (rb"\0\0\0\x08\x04\xd2\x16[\x2f\x30]\Z", "PostgreSQL",
     _fixed("PostgreSQL asks for encryption", "Postgres")),
    (rb"\0\0..\0\x03\0[\0\x02]user\0", "PostgreSQL",
     _fixed("PostgreSQL startup message", "Postgres")),
    (rb"AMQP[\0-\x03]\x01?\0?\t?", "AMQP", _fixed("AMQP header", "AMQP")),
    (rb"\x03\0..[\x06-\xff]\xe0\0\0", "RDP", _rdp),
    # IAC and what an option is asked or promised: RFC 854.
    (rb"\xff[\xfb-\xfe][\0-\x31]", "",
     _fixed("telnet negotiation", "telnet", waits=False, sure=False)),
    (rb"\x05[\x01-\x05][\0-\x09]{1,5}\Z", "", _socks5),
    (rb"\x04[\x01\x02]..[\0-\xff]{4}[ -~]{0,64}\0\Z", "",
     _fixed("like a SOCKS4 request", "SOCKS4?", sure=False)),
    (rb"..\0\0\0\x06.[\x01-\x06]....\Z", "", _modbus),
]  # fmt: skip
_BEGINS = re.compile(b"|".join(pattern for pattern, _, _ in _KNOWN), re.DOTALL)
