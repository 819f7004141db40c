"""The parts that rules are made of: when, for whom, what a message must be, what is done."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from tcpmon.core.payload import Payload

if TYPE_CHECKING:
    from tcpmon.core.query import Query

Groups = Mapping[str, bytes]
"""What was captured of a message, by name and by number; "0" is all that matched."""


class When(StrEnum):
    """What makes a rule act."""

    CONNECT = "connect"
    MESSAGE = "message"
    SILENCE = "silence"
    """The client has said nothing for so long; once, until it speaks again."""
    CLOSE = "close"
    """The connection has ended: nothing can be sent any more."""
    TIMER = "timer"
    """Every so often, from when the client came."""


class Test(Protocol):
    """What a message must be."""

    @property
    def trouble(self) -> str:
        """Why it fits nothing any more (it took too long), safe to print; "" while it does."""

    def match(self, data: bytes, content: bytes) -> Groups | None:
        """Return what is captured of a message, None if it does not fit. data: all of it; content:
        without what is put around it for the way (line end, length); the same if that is nothing.
        Never raises, never takes long."""

    def forgive(self) -> None:
        """Forget what is in trouble, so that it may fit again."""


class Send(Struct, frozen=True, tag=True):
    """Send a payload."""

    payload: Payload


class Drip(Struct, frozen=True, tag=True):
    """Send a payload slowly, so many bytes at a time; what comes behind waits until it is out."""

    payload: Payload
    size: int
    seconds: float


class Echo(Struct, frozen=True, tag=True):
    """Send back the message, as it came."""


class Delay(Struct, frozen=True, tag=True):
    """Do the rest later."""

    seconds: float


class Close(Struct, frozen=True, tag=True):
    """Send what is queued, then FIN."""


class HalfClose(Struct, frozen=True, tag=True):
    """FIN, and go on reading."""


class Reset(Struct, frozen=True, tag=True):
    """RST at once."""


class Ban(Struct, frozen=True, tag=True):
    """Reset, and let nobody in from that address for so long, 0 = for ever."""

    seconds: float


class StopReading(Struct, frozen=True, tag=True):
    """Take nothing from the client for so long."""

    seconds: float


class Call(Struct, frozen=True, tag=True):
    """Give the client a name."""

    payload: Payload


class Note(Struct, frozen=True, tag=True):
    """Put a line about the client in the log."""

    payload: Payload


class Mark(Struct, frozen=True, tag=True):
    """Mark the client, with a few words why."""

    payload: Payload


class Expect(Struct, frozen=True, tag=True):
    """Wait for the next message. seconds: how long, 0 = for ever. shown: as it was written. skips:
    pass over messages that it does not wait for."""

    test: Test
    seconds: float
    shown: str
    skips: bool = False


Step = (
    Send | Drip | Echo | Delay | Close | HalfClose | Reset | Ban | StopReading | Call | Note | Mark
    | Expect
)  # fmt: skip


class Rule(Struct, frozen=True):
    """What is done when something is so.

    test: of a message, None = any. nth: which of a client's messages, from and to, from 1 on; to =
    0: all from there on. seconds: of silence, or of a timer. whom: as it was written, "" = all.
    once: for each client. go_on: whether the rules behind it are tried too. line: where it begins
    in the text, from 1 on. shown: when and what, in a few words as it was written.
    """

    name: str
    when: When
    steps: tuple[Step, ...]
    test: Test | None = None
    nth: tuple[int, int] = (1, 0)
    seconds: float = 0.0
    whom: str = ""
    query: "Query | None" = None
    once: bool = False
    go_on: bool = False
    on: bool = True
    line: int = 1
    shown: str = ""

    @property
    def plain(self) -> bool:
        """Whether it is for every client and every message that fits."""
        return not (self.once or self.query or self.nth != (1, 0))

    @property
    def captures(self) -> bool:
        """Whether something is sent or said that may depend on what is captured."""
        return any(
            isinstance(step, Send | Drip | Call | Note | Mark) and step.payload.fixed is None
            for step in self.steps
        )


class Rules(Struct, frozen=True):
    """All of a rules file. framing: as core.framing.spec reads it, "" for what holds otherwise.
    text: what was parsed."""

    rules: tuple[Rule, ...] = ()
    framing: str = ""
    text: str = ""
