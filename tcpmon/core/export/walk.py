"""From the oldest kept message to the newest, page by page, while others come and go.

It never holds more than a page and one large message, whatever is kept, and knows
what it could not see any more.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from tcpmon.core.model import Lens, Message, Place
from tcpmon.core.node import Node, whole

PAGE = 512
"""Messages that are asked for at once."""
MOST = 16 << 10
"""Bytes of each of them; what is longer is asked for alone."""
SIFT_SECONDS = 0.01
"""The screen waits meanwhile, if it wants to look at the log."""


class Scope(Struct, frozen=True):
    """Which messages are meant.

    lens: through what they are looked at; clients: only those that concern one of these, () for
    all that the lens shows. first: records before this one are not meant. only: this one message.
    """

    lens: Lens = Lens()
    clients: frozenset[int] = frozenset()
    first: int = 0
    only: Place | None = None


class Walk:
    """Yields the messages of a scope that are there when it is made, each one whole.

    Iterate over it in any thread. Set `stopped` to end it early.
    """

    def __init__(self, node: Node, scope: Scope) -> None:
        span = node.span()
        self._node = node
        self._scope = scope
        self._lens = replace(scope.lens, most=MOST)
        self._at = max(span.first, scope.first)
        self._end = span.end
        self.total = max(0, self._end - self._at)
        """Records that there are to look at."""
        self.looked = 0
        """Records looked at so far."""
        self.sifted = 0
        """Messages that the filter has looked at so far, before the first one is yielded."""
        self.dropped = 0
        """Records that were dropped before they could be looked at."""
        self.stopped = False

    def __iter__(self) -> Iterator[Message]:
        only = self._scope.only
        for message in self._all() if only is None else self._one(only):
            if message.size <= len(message.data):
                yield message
            elif large := whole(self._node, message.place, None):
                yield large
            else:
                self.dropped += 1

    def _one(self, place: Place) -> Iterable[Message]:
        self.total = self.looked = 1
        message = whole(self._node, place, None)
        self.dropped += message is None
        return [message] if message else []

    def _all(self) -> Iterator[Message]:
        self._sift()
        start = self._at
        place: Place = (start, 0)
        while not self.stopped and place[0] < self._end:
            page = self._node.messages(place, PAGE, self._lens)
            seen = [message for message in page if message.seq < self._end]
            end = seen[-1].seq + 1 if len(seen) == len(page) > 0 else self._end
            self.dropped += gap(place, seen, end, self._node.span().first)
            yield from filter(self._is_meant, seen)
            self.looked = end - start
            if end == self._end and len(seen) < PAGE:
                return
            place = (seen[-1].seq, seen[-1].part + 1)

    def _sift(self) -> None:
        """Have all messages looked at: until then the node does not know which ones match."""
        while self._lens.filter and not self.stopped:
            sifted = self._node.sift(self._lens, SIFT_SECONDS)
            self.sifted = sifted.looked
            if sifted.done:
                return

    def _is_meant(self, message: Message) -> bool:
        clients = self._scope.clients
        if not clients or message.client in clients:
            return True
        return message.cast is not None and not clients.isdisjoint(message.cast.receivers)


def gap(place: Place, seen: list[Message], end: int, first: int) -> int:
    """Return how many records were dropped between a place and an end without being seen.

    seen: the messages that a node had there; first: the oldest record that is kept now.
    """
    missing = 0
    next_one = place[0] + (place[1] > 0)
    if first > next_one:
        for message in seen:
            missing += max(0, min(message.seq, first) - next_one)
            next_one = message.seq + 1
        missing += max(0, min(end, first) - next_one)
    return missing
