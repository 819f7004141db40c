"""Records as lines on stdout. What writes them, to a file too, is in core."""

import time

from tcpmon.core.export.text import Text, listening
from tcpmon.core.model import Message
from tcpmon.core.timestamps import Stamper

__all__ = ["line", "listening", "message"]

_text = Text(Stamper(time.localtime).clock)
line = _text.line


def message(what: Message) -> bytes:
    """Return a message as one line."""
    return b"".join(_text.pieces(what))
