"""What messages mean, a line each, for a log that shows them decoded."""

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.model import Kind, Message, Place

KEPT = 1_000
LIKELY = 0.5
"""What is less likely of a format than that is shown as it is."""
WHOLE_BYTES = 4096
"""No more of a message is decoded for a line."""


class Summaries:
    """Remembers what was decoded: a line is drawn more often than it is new."""

    def __init__(self) -> None:
        self._known: dict[tuple[Place, int], str] = {}

    def of(self, message: Message) -> str:
        """Return what a message means, "" where no format claims it or it has no bytes."""
        if message.kind > Kind.CAST:
            return ""
        key = message.place, message.size
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            known = self._known[key] = _summary(message.content[:WHOLE_BYTES])
        return known


def _summary(data: bytes) -> str:
    from tcpmon.core.decoding.all import decode, rated

    for likely, decoder in rated(data):
        if likely <= LIKELY:
            break
        try:
            return f"{decoder.name}: {decode(data, decoder).summary}"
        except NotDecoded:
            continue
    return ""
