"""The second and third fence between a peer's bytes and the terminal.

The first is `core.escape`, and it is enough. These two are there for the bug
that forgets it: one looks at every segment that Textual is about to draw, the
other at every control sequence that is about to be written.
"""

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Mc", "Zl", "Zp"}


@lru_cache(4096)
def harmless(text: str) -> str:
    """Return text as wide as it was, without the characters that could do anything but
    stand in a cell."""
    if text.isascii() and text.isprintable():
        return text
    clean = "".join(
        " " * get_character_cell_size(c) if unicodedata.category(c) in _HIDDEN else c for c in text
    )
    # A joiner that is gone had made its neighbours narrower.
    return clean if clean == text else set_cell_size(clean, cell_len(text))


class SegmentFence(LineFilter):
    """Takes hidden characters out of every segment of every widget."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments, those that were clean as they are."""
        return [
            segment
            if segment.control or (clean := harmless(segment.text)) == segment.text
            else Segment(clean, segment.style)
            for segment in segments
        ]


_MODES = "7|25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2048"
_ALLOWED = re.compile(
    "|".join(
        (
            r"\x1b\[[0-9;:]*m",  # colours and weights
            r"\x1b\[[0-9]*(?:;[0-9]*)?H",  # cursor to
            r"\x1b\[[0-9]*[ABCDGJK]",  # cursor by, erase
            rf"\x1b\[\?(?:{_MODES})[hl]",  # modes that Textual switches and switches back
            r"\x1b\[\?(?:2026|2048)\$p",  # asking whether there is such a mode
            r"\x1b\[>[0-9]+u|\x1b\[<u",  # the kitty keyboard protocol, on and off
            r"\x1b\]22;[a-z-]*(?:\x07|\x1b\\)",  # shape of the mouse pointer
            r"[\n\r\x07]",
        )
    )
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def allow_listed(output: str) -> str:
    """Return what may be written to the terminal: text, and the control sequences that
    this program uses. Any other control character comes out as `?`."""
    if not _CONTROL.search(_ALLOWED.sub("", output)):
        return output
    parts = []
    place = 0
    for match in _ALLOWED.finditer(output):
        parts += [_CONTROL.sub("?", output[place : match.start()]), match.group()]
        place = match.end()
    return "".join([*parts, _CONTROL.sub("?", output[place:])])
