"""Records as JSON on stdout. The schema, and what writes it to a file too, is in core."""

import time

from tcpmon.core.export.jsonl import (
    Broadcast,
    Close,
    Eof,
    Event,
    Jsonl,
    Listening,
    Named,
    Open,
    Rx,
    Tx,
)
from tcpmon.core.model import Message
from tcpmon.core.timestamps import Stamper

__all__ = [
    "Broadcast",
    "Close",
    "Eof",
    "Event",
    "Listening",
    "Named",
    "Open",
    "Rx",
    "Tx",
    "message",
]

_jsonl = Jsonl(Stamper(time.gmtime).rfc3339)
line = _jsonl.line


def listening(address: str) -> bytes:
    """Return the line that tells a real address."""
    return _jsonl.listening(time.time_ns(), address)


def message(what: Message) -> bytes:
    """Return a message as one line."""
    return b"".join(_jsonl.pieces(what))
