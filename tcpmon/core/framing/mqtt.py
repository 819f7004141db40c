"""MQTT control packets, of 3.1.1 and 5 alike.

Source: MQTT 5.0 section 2.1: a byte of type and flags, then the remaining length, a
varint of at most four bytes.
"""

from tcpmon.core.framing.length import varint
from tcpmon.core.framing.measured import Measured, NotAHeader

_LENGTH_BYTES = 4


class Mqtt(Measured):
    """Cuts behind every control packet."""

    def cut(self, data: bytes, at: int, ends: list[int]) -> tuple[int, int]:
        size = len(data)
        while at < size:
            if data[at] < 0x10:
                raise NotAHeader("a packet of type 0, which is reserved")
            if at + 1 == size:
                break
            length = data[at + 1]
            behind = at + 2
            if length >= 0x80:
                length, behind = varint(data, at + 1, _LENGTH_BYTES)
                if not behind:
                    break
            end = behind + length
            if end > size:
                return at, end
            ends.append(end)
            at = end
        return at, 0
