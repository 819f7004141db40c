"""The message before or behind another, as the log shows them."""

from typing import Literal

from msgspec.structs import replace

from tcpmon.core.model import Kind, Lens, Message, Place
from tcpmon.core.node import Node
from tcpmon.core.units import number

PAGE, PAGES = 256, 80
"""A neighbour is sought in so many messages at once, and in no more than so many pages: the screen
stands still meanwhile, and between two messages there may be a million events of other clients."""

Step = Literal[-1, 1]


class TooFar(Exception):  # nothing is wrong: the search was ended
    """No neighbour was found as far as was looked, and there is more. Says so in a sentence."""


def neighbour(node: Node, place: Place, step: Step, lens: Lens) -> Message | None:
    """Return the next message that is no event, or the one before, without its bytes; None if
    there is none. Raises TooFar."""
    bare = replace(lens, most=0)
    for _ in range(PAGES):
        start = (place[0], place[1] + 1) if step > 0 else place
        messages = node.messages(start, step * PAGE, bare)[::step]
        found = next((message for message in messages if message.kind <= Kind.CAST), None)
        if found is not None or not messages:
            return found
        place = messages[-1].place
    raise TooFar(f"no message in {number(PAGES * PAGE)} events")
