"""TLS: how a connection is agreed on, and alerts. Source: RFC 8446, RFC 5246, RFC 6066, RFC 7301.

What is encrypted stays so: records of it are told by their size.
"""

from collections.abc import Callable
from typing import ClassVar

from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, read
from tcpmon.core.decoding.tls_words import (
    ALERTS,
    CIPHERS,
    EXTENSIONS,
    GROUPS,
    HANDSHAKES,
    RECORDS,
    SCHEMES,
    VERSIONS,
)  # fmt: skip
from tcpmon.core.decoding.values import counted, cut, hexed, shown
from tcpmon.core.units import size

_ALERT, _HANDSHAKE, _HEARTBEAT = 21, 22, 24
_LONGEST = (1 << 14) + 2048
_TOLD = 6  # names that a line tells
_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class Tls:
    """Records of TLS."""

    name: ClassVar[str] = "TLS"

    def rate(self, data: bytes) -> float:
        kind, length = data[:1], int.from_bytes(data[3:5], "big")
        if len(data) < 5 or data[1] != 3 or data[2] > 4 or not 0 < length <= _LONGEST:
            return 0.0
        if kind == bytes([_HANDSHAKE]):
            return 1.0 if data[5:6] in (b"\x01", b"\x02") and data[9:10] == b"\x03" else 0.8
        if kind == bytes([_ALERT]):
            return 0.95 if length == 2 and data[5:6] in (b"\x01", b"\x02") else 0.6
        if kind == b"\x14":
            return 0.95 if data[3:6] == b"\0\1\1" else 0.0
        whole = len(data) >= 5 + length
        return (0.8 if whole else 0.6) if kind == b"\x17" and data[2] > 0 else 0.0

    def decode(self, data: bytes) -> Decoded:
        return read(data, _record)


def _record(sheet: Sheet) -> None:
    head = sheet.peek(5)
    if len(head) < 5 or not 20 <= head[0] <= _HEARTBEAT or head[1] != 3:
        raise NotDecoded("it does not begin like a record of TLS")
    length = int.from_bytes(head[3:], "big")
    if length > _LONGEST:
        raise NotDecoded(f"a record of TLS is not {length:,} bytes long")
    sheet.summary = RECORDS[head[0]]
    sheet.add_number("record", 1, RECORDS)
    _version(sheet, "record version")
    sheet.add_number("length", 2)
    with sheet.within(length):
        if head[0] == _HANDSHAKE:
            _handshakes(sheet)
        elif head[0] == _ALERT and length == 2:
            _alert(sheet)
        else:
            sheet.summary += f", {size(length)}"
            sheet.add_bytes("data", sheet.left, hexed)


def _version(sheet: Sheet, name: str) -> int:
    start = sheet.place
    number = sheet.number(2)
    sheet.add(name, VERSIONS.get(number, f"0x{number:04x}"), start)
    return number


def _alert(sheet: Sheet) -> None:
    level = sheet.add_number("level", 1, {1: "warning", 2: "fatal"})
    reason = sheet.add_number("description", 1, ALERTS)
    grade = {1: "warning", 2: "fatal"}.get(level, "unknown")
    sheet.summary += f", {grade}: {ALERTS.get(reason, reason)}"


def _handshakes(sheet: Sheet) -> None:
    told = ""
    while sheet.left:
        kind = sheet.peek(1)[0]
        length = int.from_bytes(sheet.peek(4)[1:], "big")
        if kind not in HANDSHAKES or length > sheet.left + _LONGEST:
            sheet.summary = f"{told}encrypted handshake, {size(sheet.left)}"
            sheet.add_bytes("encrypted", sheet.left, hexed)
            return
        sheet.summary = told + HANDSHAKES[kind]
        with sheet.group("handshake", f"{kind}, {HANDSHAKES[kind]}"):
            sheet.take(4)
            with sheet.within(length):
                if kind in _HELLOS:
                    _HELLOS[kind](sheet)
                elif sheet.left:
                    sheet.add_bytes("content", sheet.left, hexed)
        told = cut(f"{sheet.summary}, ")


def _client_hello(sheet: Sheet) -> None:
    _version(sheet, "version")
    sheet.add_bytes("random", 32, hexed)
    sheet.add_bytes("session id", sheet.number(1), hexed)
    ciphers = _list(sheet, "cipher suites", 2, _named(CIPHERS))
    sheet.summary += f", {counted(ciphers, 'cipher')}"
    _list(sheet, "compression", 1, _named({0: "none"}), width=1)
    _extensions(sheet)


def _server_hello(sheet: Sheet) -> None:
    _version(sheet, "version")
    random = sheet.add_bytes("random", 32, hexed)
    if random == _RETRY:
        sheet.summary += " (retry request)"
    sheet.add_bytes("session id", sheet.number(1), hexed)
    start = sheet.place
    cipher = _named(CIPHERS)(sheet.take(2))
    sheet.add("cipher suite", cipher, start)
    sheet.summary += f" {cipher}"
    sheet.add_number("compression", 1, {0: "none"})
    _extensions(sheet)


_HELLOS: dict[int, Callable[[Sheet], None]] = {1: _client_hello, 2: _server_hello}


def _named(words: dict[int, str]) -> Callable[[bytes], str]:
    """Return what writes a number by its name, or as hex; GREASE by that name (RFC 8701)."""

    def write(data: bytes) -> str:
        if len(data) == 2 and data[0] == data[1] and data[0] & 15 == 10:
            return "GREASE"
        number = int.from_bytes(data, "big")
        return words.get(number, f"0x{number:0{2 * len(data)}x}")

    return write


def _list(
    sheet: Sheet, name: str, size_bytes: int, show: Callable[[bytes], str], width: int = 2
) -> int:
    """Read a list with its length, in so many bytes, before it; return how many are in it."""
    start = sheet.place
    length = sheet.number(size_bytes)
    with sheet.group(name, "none", start) as group, sheet.within(length):
        while sheet.left >= width:
            sheet.add_bytes(f"[{len(sheet.found)}]", width, show)
        count = len(sheet.found)
        told = [field.value for field in sheet.found[:_TOLD]]
        group.value = f"{count}: {', '.join(told)}{', …' if count > _TOLD else ''}"
    return count


def _extensions(sheet: Sheet) -> None:
    if not sheet.left:
        return
    start = sheet.place
    with sheet.group("extensions", "", start) as group, sheet.within(sheet.number(2)):
        while sheet.left:
            start = sheet.place
            kind = sheet.number(2)
            name = _named(EXTENSIONS)(kind.to_bytes(2, "big"))
            length = sheet.number(2)
            with sheet.group(name, f"extension {kind}", start) as inner, sheet.within(length):
                if kind in _READERS and length:
                    inner.value = _READERS[kind](sheet)
                elif sheet.left:
                    sheet.add_bytes("content", sheet.left, hexed)
        group.value = counted(len(sheet.found), "extension")


def _server_names(sheet: Sheet) -> str:
    told = []
    with sheet.within(sheet.number(2)):
        while sheet.left:
            sheet.take(1)  # the only type is a host's name
            told.append(shown(sheet.add_bytes("name", sheet.number(2))))
    sheet.summary += f" for {', '.join(told[:_TOLD])}"
    return ", ".join(told[:_TOLD])


def _protocols(sheet: Sheet) -> str:
    told = []
    with sheet.within(sheet.number(2)):
        while sheet.left:
            told.append(shown(sheet.add_bytes("protocol", sheet.number(1))))
    sheet.summary += f", ALPN {' '.join(told[:_TOLD])}"
    return ", ".join(told[:_TOLD])


def _versions(sheet: Sheet) -> str:
    show = _named(VERSIONS)
    if sheet.left == 2:  # the server has chosen
        sheet.add_bytes("version", 2, show)
    else:
        _list(sheet, "versions", 1, show)
    told = sheet.found[-1].value.partition(": ")[2] or sheet.found[-1].value
    sheet.summary += f", {told}"
    return told


def _groups(sheet: Sheet) -> str:
    _list(sheet, "groups", 2, _named(GROUPS))
    return sheet.found[-1].value


def _schemes(sheet: Sheet) -> str:
    _list(sheet, "schemes", 2, _named(SCHEMES))
    return sheet.found[-1].value


def _key_shares(sheet: Sheet) -> str:
    show = _named(GROUPS)
    told = []
    is_list = int.from_bytes(sheet.peek(2), "big") == sheet.left - 2
    with sheet.within(sheet.number(2) if is_list else sheet.left):
        while sheet.left:
            sheet.add_bytes("group", 2, show)
            told.append(sheet.found[-1].value)
            if sheet.left:  # a retry request names the group only
                sheet.add_bytes("key", sheet.number(2), hexed)
    return ", ".join(told[:_TOLD])


_READERS: dict[int, Callable[[Sheet], str]] = {
    0: _server_names, 10: _groups, 13: _schemes, 16: _protocols, 43: _versions, 51: _key_shares,
}  # fmt: skip
