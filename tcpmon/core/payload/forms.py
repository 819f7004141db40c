"""What else a person may type beside escaped text: hex, and the line end behind it."""

import re
from enum import Enum, StrEnum

from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import escape_text


class Form(StrEnum):
    """How what is typed is read."""

    TEXT = "text"
    HEX = "hex"


class LineEnd(Enum):
    """Bytes put behind a text that is sent."""

    LF = b"\n"
    CRLF = b"\r\n"
    CR = b"\r"
    NUL = b"\0"
    NONE = b""

    @property
    def following(self) -> "LineEnd":
        """The next one, round and round."""
        ends = list(LineEnd)
        return ends[(ends.index(self) + 1) % len(ends)]


_WORD = re.compile(r"[^\s,;:_-]+")
_DIGITS = re.compile(r"(?:0[xX])?([0-9a-fA-F]+)")
_ESCAPED = re.compile(r"(?:\\[xX][0-9a-fA-F]{2})+")


def parse_hex(text: str) -> bytes:
    r"""Return the bytes of hex in any usual spelling: "01 02", "0x01,0x02", "01:02", "\x01\x02".

    Raises BadPayload with the place of the word that is not hex.
    """
    parts = []
    for match in _WORD.finditer(text):
        word = match[0]
        if _ESCAPED.fullmatch(word):
            digits = re.sub(r"\\[xX]", "", word)
        elif plain := _DIGITS.fullmatch(word):
            digits = plain[1]
        else:
            hint = "write for example 01 a2 ff"
            raise BadPayload(f"{escape_text(word[:8])} is not hex", match.start(), hint)
        if len(digits) % 2 and len(digits) > 1:
            raise BadPayload(f"{digits[:8]} has a digit too few or too many", match.start())
        parts.append(bytes.fromhex(digits.zfill(2)))
    return b"".join(parts)
