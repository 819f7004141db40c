"""A job under way: what is told to it, how it waits, and how it ends.

What it does is said by those made of it, `repeating` and `filing`.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

from msgspec import Struct
from msgspec.structs import replace

from tcpmon.core.commands import Order, Whom
from tcpmon.core.escape import escape_text
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind
from tcpmon.core.units import counted
from tcpmon.engine.sending import Sender


class Floor(Struct, frozen=True):
    """What jobs have of their engine.

    until: as Engine.until. say: keeps a line among the records, for a client or for none.
    settle: called after something was sent. report: keeps a bug of ours among the records.
    limits: those that hold.
    """

    sender: Sender
    until: Callable[[Callable[[], bool], float | None], Awaitable[None]]
    say: Callable[[Kind, str, int], None]
    settle: Callable[[], None]
    report: Callable[[str], None]
    limits: Callable[[], Limits]


class Run(ABC):
    """A job under way. picture: what is seen of it, from any thread."""

    def __init__(self, floor: Floor, picture: Job) -> None:
        self.floor = floor
        self.picture = picture
        self.is_held = False

    @property
    def name(self) -> str:
        """What it is called in the log."""
        return f"{'file' if self.picture.is_file else 'repeat'} #{self.picture.id}"

    @property
    def over(self) -> bool:
        return self.picture.state.over

    @abstractmethod
    async def run(self) -> None:
        """Do it, until it is over. Raises TcpmonError where it cannot go on."""

    @abstractmethod
    def amount(self) -> str:
        """Say how much has been sent."""

    def show(self, **changes: object) -> None:
        """Change what is seen of it, unless it is over."""
        if not self.over:
            self.picture = replace(self.picture, **changes)

    def become(self, state: JobState) -> None:
        """Say how it is with it, unless it was told to wait."""
        if not self.is_held and state is not self.picture.state:
            self.show(state=state)

    def miss(self, count: int) -> None:
        """Count what came to nothing."""
        if count:
            self.show(missed=self.picture.missed + count)

    def finish(self, state: JobState, note: str = "") -> None:
        """End it, once. note: what went wrong, safe to print."""
        if self.over:
            return
        self.show(state=state, note=note, ended=time.time_ns())
        missed = f", {self.picture.missed} missed" if self.picture.missed else ""
        why = f": {note}" if note else ""
        kind = Kind.WARN if state is JobState.FAILED else Kind.INFO
        self.floor.say(kind, f"{self.name} {state}, {self.amount()}{missed}{why}", 0)

    def tell(self, order: Order) -> None:
        """Carry out what it is told, at once."""
        if order is Order.STOP:
            self.finish(JobState.STOPPED)
        else:
            self.is_held = order is Order.HOLD
            self.show(state=JobState.HELD if self.is_held else JobState.RUNNING)

    async def until(self, condition: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until something holds, or it is told something; seconds at most. Returns whether
        that was in time."""

        def enough() -> bool:
            return self.over or self.is_held or condition()

        try:
            await self.floor.until(enough, seconds)
        except TimeoutError:
            return False
        return True

    async def go_on(self) -> None:
        """Wait while it is told to."""
        await self.floor.until(lambda: self.over or not self.is_held, None)


def whom_text(whom: Whom) -> str:
    """Return for whom something is, as a person says it; a filter as it was written."""
    if whom is None:
        return "all clients"
    if isinstance(whom, str):
        return f"those who match {whom}"
    return f"client {whom[0]}" if len(whom) == 1 else counted(len(whom), "client")


def shown_text(text: str) -> str:
    """Return what a person wrote as part of a line that is safe to print."""
    return escape_text(text)
