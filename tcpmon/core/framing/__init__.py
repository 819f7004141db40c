"""How a stream of bytes is cut into messages: one framer a file.

A framer sees one direction of one connection and says where messages end. It
keeps no payload and has no clock, socket or limit: the one who feeds it joins what
belongs together, so that messages and remainder are always exactly the input.
"""

from collections.abc import Sequence
from typing import Protocol


class BadFrame(Exception):  # not an error of ours: what a peer sent is not the chosen protocol
    """What comes behind the last of `ends` cannot be the beginning of a message.

    ends: where messages ended before that, as `feed` would have returned them. why: in a few
    words that are safe to print: "a length of 3 digits, not \\x41".
    """

    def __init__(self, ends: Sequence[int], why: str) -> None:
        super().__init__(why)
        self.ends = list(ends)
        self.why = why


class Framer(Protocol):
    """Cuts one direction of one connection. `copy.copy` of it goes on by itself: all it keeps
    are numbers, bytes and other values that are never changed in place."""

    @property
    def joins(self) -> bool:
        """Whether a new one may begin anywhere in a stream: behind the first end that it finds
        all ends are right. What is `timed` begins with a read."""

    @property
    def timed(self) -> bool:
        """Whether it must be given each read by itself, with its time; others get many reads
        joined."""

    def feed(self, data: bytes, time: int) -> list[int]:
        """Take the next bytes and return where messages end in them: offsets into data, rising;
        0 for one that had ended before.

        data: at least one byte; may end anywhere. time: when it came, ns since 1970; of the
        first read, where several are joined.
        Raises BadFrame; then it is spent.
        """

    def missing(self) -> int | None:
        """Return how many more bytes the message needs that is not complete; None if that
        cannot be known; 0 if it may well be complete, and only what comes next can tell.

        It says nothing where no byte came since the last end."""

    def body(self, message: bytes) -> bytes:
        """Return what a whole message carries, without what was put around it for the way.

        It depends on nothing that was fed, so that any framer of the kind can say it, and it
        never fails; what it does not understand it returns as it is."""


class Quick(Framer, Protocol):
    """A framer that can tell by a glance what most reads are: one message and no more."""

    def whole(self, data: bytes) -> bytes | None:
        """Return the body of bytes that are one message, None if only `feed` can tell.

        data: at least one byte, behind an end or the first. What is one message needs not be fed,
        and then is not."""
