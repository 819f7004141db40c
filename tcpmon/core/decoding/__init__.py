"""What a message may mean: one decoder a file, run only when somebody looks.

A decoder takes bytes and gives names, values and where they are in the bytes. It
never trusts them: whatever they hold, it ends soon, and says where it gave up.
"""

from typing import ClassVar, Protocol

from msgspec import Struct


class NotDecoded(Exception):  # not an error of ours: these bytes are something else
    """The bytes are not what the decoder is for. Its text says why, safe to print."""


class Field(Struct, frozen=True):
    """A part of a message: "function 3, Read Holding Registers" is Field("function", "3, Read …").

    name, value: safe to print, a line each, value at most VALUE_CHARACTERS. start, end: where it
    is in the bytes that were decoded, start <= i < end; both -1 where that is not known.
    """

    name: str
    value: str
    start: int = -1
    end: int = -1
    parts: tuple["Field", ...] = ()


class Decoded(Struct, frozen=True):
    """What a decoder made of a message.

    summary: one line that says what matters, safe to print: "PUBLISH a/b, 2 B". note: why this is
    not all of it ("more than 2,000 fields"), "" if it is.
    """

    summary: str
    fields: tuple[Field, ...]
    note: str = ""


class Decoder(Protocol):
    """Reads one format."""

    name: ClassVar[str]
    """As people call it: "Modbus/TCP"."""

    def rate(self, data: bytes) -> float:
        """Return how likely the bytes are of this format, 0 to 1, from a quick look: 1 only for
        what can hardly be anything else."""

    def decode(self, data: bytes) -> Decoded:
        """Return what the bytes say. Raises NotDecoded."""


VALUE_CHARACTERS = 400
"""A longer value is cut, and ends in an ellipsis."""
FIELDS = 2_000
"""No more than so many fields are made of one message."""
DEPTH = 32
"""What is nested deeper is not looked at."""
UNPACKED = 1 << 20
"""No more bytes than that are unpacked from what was compressed."""
LOOKED_AT = 1 << 20
"""What is behind so many bytes of a message is not looked at."""
