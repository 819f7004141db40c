"""The lines of the log around a place: scrolling without knowing how many there are.

A place on it is (message, line of it). What is above or below is asked for as far as it is
wanted, so new messages move nothing, and dropping old ones does not either.
"""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from tcpmon.core.model import Lens, Message, Place, Span
from tcpmon.core.node import Node

PATIENCE = 0.2
"""Seconds that one look may take. Where streams of very many clients are cut in a way that is not
theirs, messages are so rare that a screenful would take a minute."""

Spot = tuple[Place, int]
"""(place of a message, line of it)"""


class Reel:
    """Messages of a node through a lens. lines_of: how many lines one takes.

    floor: messages before that record were cleared from view.
    """

    def __init__(self, node: Node, lines_of: Callable[[Message], int]) -> None:
        self._node = node
        self._lines_of = lines_of
        self.span = Span(0, 0)
        self.lens = Lens()
        self.floor = 0

    @property
    def end(self) -> Spot:
        """Behind the newest message."""
        return (self.span.end, 0), 0

    def look(self) -> None:
        """Take note of what is kept now."""
        self.span = self._node.span()

    def before(self, place: Place, count: int) -> list[Message]:
        """Return up to count messages before a place, in order."""
        messages = self._node.messages(place, -count, self._quick) if count > 0 else []
        return [message for message in messages if message.seq >= self.floor]

    def at(self, place: Place, count: int) -> list[Message]:
        """Return up to count messages at or after a place."""
        return self._node.messages(max(place, (self.floor, 0)), count, self._quick)

    @property
    def _quick(self) -> Lens:
        return replace(self.lens, patience=PATIENCE)

    def near(self, place: Place) -> Message | None:
        """Return the message at a place. If there is none (any more): what its record ends with
        now, or else the next message, or the last one."""
        after = self.at(place, 1)
        if after and after[0].place == place:
            return after[0]
        before = self.before(place, 1)
        if before and (before[0].seq == place[0] or not after):
            return before[0]
        return after[0] if after else None

    def up_from(self, spot: Spot, lines: int) -> Spot:
        """Return the spot so many lines above another, or the first one there is."""
        place, line = spot
        if line >= lines:
            return place, line - lines
        lines -= line
        messages = self.before(place, lines)
        for message in reversed(messages):
            height = self._lines_of(message)
            if height >= lines:
                return message.place, height - lines
            lines -= height
        return (messages[0].place, 0) if messages else (place, 0)

    def down_from(self, spot: Spot, lines: int) -> Spot | None:
        """Return the spot so many lines below another; None if there are not so many."""
        place, line = spot
        for message in self.at(place, lines + 1):
            skipped = line if message.place == place else 0
            height = self._lines_of(message) - skipped
            if lines < height:
                return message.place, lines + skipped
            lines -= height
        return None

    def lines(self, top: Spot, height: int) -> Iterator[tuple[Message, int]]:
        """Yield (message, line of it) for as many lines as fit below a spot."""
        place, skip = top
        for message in self.at(place, height):
            if message.place != place:
                skip = 0  # it is another one: that was dropped, or has gone on
            for line in range(skip, min(self._lines_of(message), skip + height)):
                yield message, line
                height -= 1
            skip = 0
            if height <= 0:
                return
