"""Messages as hex dumps, each under a line that says when, who and which way."""

from collections.abc import Callable, Iterator

from tcpmon.core.export.text import Text
from tcpmon.core.literals import dump
from tcpmon.core.model import Kind, Message
from tcpmon.core.units import counted, number

_WORDS = {Kind.RX: "RX", Kind.TX: "TX", Kind.CAST: "TX"}


class Dump:
    """Writes them. stamp: a time with its date, see `core.timestamps`."""

    def __init__(self, stamp: Callable[[int], str]) -> None:
        self._stamp = stamp
        self._event = Text(stamp).line

    def pieces(self, message: Message) -> Iterator[bytes]:
        """Yield the line and, if it is no event, the dump."""
        data, kind = message.data, message.kind
        if kind > Kind.CAST:
            yield self._event((message.seq, message.time, message.client, kind, data), None)
            return
        who = str(message.client or "-")
        crowd = f" to {counted(len(message.cast.receivers), 'client')}" if message.cast else ""
        head = f"{self._stamp(message.time)} {who} {_WORDS[kind]} {number(len(data))} B{crowd}\n"
        yield head.encode()
        for part in dump(data):
            yield part.encode()
