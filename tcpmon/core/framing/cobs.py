"""Packets in consistent overhead byte stuffing, a zero behind each.

Source: S. Cheshire, M. Baker, Consistent Overhead Byte Stuffing, IEEE/ACM Transactions on
Networking 7(2), 1999.
"""

from typing import ClassVar

from tcpmon.core.framing.slip import Flagged

_DECODED_BYTES = 1 << 18  # a peer's packet of nothing but codes costs 60 ns a byte


class Cobs(Flagged):
    """Cuts behind every zero. Packets over 256 KiB, or that are not stuffed like this, are given
    as they came, without the zero."""

    flag: ClassVar[bytes] = b"\0"

    def body(self, message: bytes) -> bytes:
        packet = super().body(message)
        return packet if len(packet) > _DECODED_BYTES else _unstuffed(packet)


def _unstuffed(packet: bytes) -> bytes:
    parts: list[bytes] = []
    at, size = 0, len(packet)
    while at < size:
        code = packet[at]
        if not code:
            return packet
        parts.append(packet[at + 1 : at + code])
        at += code
        if code < 0xFF and at < size:
            parts.append(b"\0")
    return b"".join(parts) if at == size else packet
