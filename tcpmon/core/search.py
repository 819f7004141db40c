"""Bytes looked for in bytes, however large: what a person types, and where it is."""

import re

from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import unescape
from tcpmon.core.payload import parse_hex

BLOCK = 1 << 16
"""Backwards it is looked for in so much at once: `bytes.rfind` may take for ever, `find` not."""

_PAIRS = re.compile(r"[0-9a-fA-F]{2}(?:\s+[0-9a-fA-F]{2})+")
_QUOTED = re.compile(r'"(.*)"', re.DOTALL)


def parse_sought(text: str) -> bytes:
    r"""Return the bytes meant: "01 02 ff" and "0xff" are hex; the rest is text with escapes, also
    in quotes, which make text of "01 02" too.

    Raises BadPayload.
    """
    stripped = text.strip()
    if stripped[:2].lower() == "0x" or _PAIRS.fullmatch(stripped):
        return parse_hex(text)
    if quoted := _QUOTED.fullmatch(stripped):
        text = quoted[1]
    sought = unescape(text)
    if not sought:
        raise BadPayload("nothing to look for", 0, 'write for example OK, 01 02 ff or "01 02"')
    return sought


def find(data: bytes, sought: bytes, at: int, backwards: bool = False) -> int:
    """Return where it is next behind a place, or before it, round and round; -1 for nowhere."""
    if backwards:
        place = _last(data, sought, 0, at - 1)
        return place if place >= 0 else _last(data, sought, at, len(data))
    place = data.find(sought, at + 1)
    return place if place >= 0 else data.find(sought, 0, at + len(sought))


def _last(data: bytes, sought: bytes, first: int, last: int) -> int:
    """Return the last place from first to last, both included."""
    while last >= first:
        block = max(first, last + 1 - BLOCK)
        end = last + len(sought)
        place, found = data.find(sought, block, end), -1
        while place >= 0:
            found, place = place, data.find(sought, place + 1, end)
        if found >= 0:
            return found
        last = block - 1
    return -1
