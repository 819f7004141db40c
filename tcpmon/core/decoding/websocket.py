"""Frames of WebSocket, as they follow the handshake. Source: RFC 6455, section 5."""

from typing import ClassVar

from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.inside import inside
from tcpmon.core.decoding.sheet import Sheet, read
from tcpmon.core.decoding.values import cut, flags, hexed, named, shown
from tcpmon.core.units import size

_KINDS = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
_CLOSE = {
    1000: "normal", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
    1007: "invalid data", 1008: "policy violation", 1009: "too big", 1010: "extension missing",
    1011: "internal error", 1012: "restart", 1013: "try again later",
}  # fmt: skip
_FLAGS = {0x80: "final", 0x40: "RSV1 (compressed)", 0x20: "RSV2", 0x10: "RSV3"}
_RATED = 16  # frames that are looked at to rate them
_SIZES = {126: 2, 127: 8}


class WebSocket:
    """Frames, from a client masked, from a server not."""

    name: ClassVar[str] = "WebSocket"

    def rate(self, data: bytes) -> float:
        end = _end(data, 0)
        frames = 1
        while 0 < end < len(data) and frames < _RATED:
            end = _end(data, end)
            frames += 1
        if end < 0 or (end != len(data) and frames < _RATED):
            return 0.0
        kind, masked = data[0] & 15, data[1] & 0x80
        start, length = _payload_at(data, 0)
        if kind == 1 and data[0] & 0xC0 == 0x80:
            mask = data[start - 4 : start] if masked else b""
            text = _unmasked(data[start : start + min(length, 1024)], mask)
            return 0.75 if length and _is_text(text, length > 1024) else 0.0
        if kind == 8 and length >= 2 and not masked:
            return 0.8 if 1000 <= int.from_bytes(data[start : start + 2]) < 5000 else 0.0
        return 0.5 if masked and kind > 2 else 0.45

    def decode(self, data: bytes) -> Decoded:
        return read(data, _frame)


def _payload_at(data: bytes, start: int) -> tuple[int, int]:
    """Return where the payload of a frame begins, and how long it is."""
    length = data[start + 1] & 0x7F
    wide = _SIZES.get(length, 0)
    if wide:
        length = int.from_bytes(data[start + 2 : start + 2 + wide], "big")
    return start + 2 + wide + (4 if data[start + 1] & 0x80 else 0), length


def _end(data: bytes, start: int) -> int:
    """Return where a frame ends, -1 if none begins here."""
    if len(data) < start + 2 or data[start] & 0x30 or data[start] & 15 not in _KINDS:
        return -1
    if data[start] & 8 and (data[start + 1] & 0x7F > 125 or data[start] & 0xC0 != 0x80):
        return -1  # what controls is short and in one piece
    return sum(_payload_at(data, start))


def _is_text(data: bytes, is_cut: bool) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return is_cut and error.start > len(data) - 4
    return "".join(text.split()).isprintable()


def _unmasked(data: bytes, mask: bytes) -> bytes:
    if not mask:
        return data
    size = len(data)
    repeated = (mask * (size // 4 + 1))[:size]
    both = int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")
    return both.to_bytes(size, "big")


def _frame(sheet: Sheet) -> None:
    start = sheet.place
    first = sheet.number(1)
    kind = first & 15
    if kind not in _KINDS:
        raise NotDecoded(f"there is no frame of kind {kind}")
    second = sheet.number(1)
    length = second & 0x7F
    if length in _SIZES:
        length = sheet.number(_SIZES[length])
    behind = sheet.place
    sheet.summary = f"{_KINDS[kind]}, {size(length)}"
    sheet.add("flags", flags(first & 0xF0, _FLAGS), start, start + 1)
    sheet.add("kind", named(kind, _KINDS), start, start + 1)
    sheet.add("length", f"{length}{', masked' if second & 0x80 else ''}", start + 1, behind)
    mask = sheet.add_bytes("mask", 4, hexed) if second & 0x80 else b""
    with sheet.within(length):
        if sheet.left:
            _payload(sheet, kind, mask)


def _payload(sheet: Sheet, kind: int, mask: bytes) -> None:
    start = sheet.place
    data = _unmasked(sheet.take(sheet.left), mask)
    if kind == 8 and len(data) >= 2:
        code = int.from_bytes(data[:2], "big")
        told = " ".join([named(code, _CLOSE), shown(data[2:])]).strip()
        sheet.add("reason", told, start)
        sheet.summary += f": {told}"
        return
    inner = inside(data)
    if inner is None:
        sheet.add("payload", hexed(data) if kind == 2 else shown(data), start)
    else:
        with sheet.group("payload", inner.summary, start):
            sheet.embed(inner, -1 if mask else start)
    if kind != 2 and (inner or data):
        sheet.summary = cut(f"{sheet.summary}: {inner.summary if inner else shown(data)}")
