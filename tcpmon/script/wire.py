"""What host and child say to each other: lists of lists, many in one frame.

A frame is four bytes of length, little endian, and as many bytes of MessagePack.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Any

from msgspec import msgpack

MOST = 1 << 28  # a frame is sent once 256 KiB are together; a single message may be 64 MiB
_LENGTH = Struct("<I")
_encode = msgpack.Encoder().encode
_decode = msgpack.Decoder(list[list[Any]]).decode


def frame(items: list[list[Any]]) -> bytes:
    """Return items as a frame. Text must be UTF-8, see `utf8`."""
    body = _encode(items)
    return _LENGTH.pack(len(body)) + body


def utf8(text: str) -> str:
    r"""Return text that can be sent: half a surrogate pair becomes `\udc80`."""
    return text.encode("utf-8", "backslashreplace").decode()


class Frames:
    """Finds the frames in a stream."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[list[Any]]:
        """Yield the items of the frames that are complete with data.

        Raises ValueError for what is none; then nothing that follows can be read.
        """
        rest = self._rest
        rest += data
        start = 0
        while len(rest) - start >= _LENGTH.size:
            size = _LENGTH.unpack_from(rest, start)[0]
            if size > MOST:
                raise ValueError(f"a frame of {size} bytes")
            end = start + _LENGTH.size + size
            if len(rest) < end:
                break
            with memoryview(rest) as view, view[start + _LENGTH.size : end] as body:
                items = _decode(body)  # msgspec's errors are ValueErrors
            start = end
            yield from items
        del rest[:start]
