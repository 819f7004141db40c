"""Modbus/TCP: what follows an MBAP header.

Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3: transaction,
protocol (0), length, all of two bytes, big endian; the length counts the unit and what follows,
of which there is at least a function code and at most 253 bytes.
"""

import struct

from tcpmon.core.framing.measured import Measured, NotAHeader

_HEADER = 6
_LENGTHS = range(2, 255)
_unpack = struct.Struct(">2xHH").unpack_from


class Modbus(Measured):
    """Cuts behind every request or response."""

    def cut(self, data: bytes, at: int, ends: list[int]) -> tuple[int, int]:
        size = len(data)
        while at + _HEADER <= size:
            protocol, length = _unpack(data, at)
            if protocol:
                raise NotAHeader(f"protocol {protocol}, and Modbus is 0")
            if length not in _LENGTHS:
                raise NotAHeader(f"a length of {length}, and Modbus has 2 to 254")
            end = at + _HEADER + length
            if end > size:
                return at, end
            ends.append(end)
            at = end
        return at, 0
