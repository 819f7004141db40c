"""What clients have said, and nobody has had time for yet."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from tcpmon.core.commands import Command, StopReading

T = TypeVar("T")

ITEMS, FEW_ITEMS = 256, 64
SIZE, SMALL_SIZE = 4 << 20, 1 << 20
"""So many items, or bytes, may wait until the client is held; so few, until it is let go on."""

HELD_SECONDS = 86_400.0
"""For how long a held client is not read, should nobody let it go on."""
HELD = f"is not read for now, more than {ITEMS} messages or {SIZE >> 20} MiB wait for on_message"

WAITS_SECONDS = 10
WAITS = (
    f"what it says waits, on_message for what it said before has not ended for {WAITS_SECONDS} s"
)


class Inbox(Generic[T]):
    """Items of one client, in their order.

    hold: called with True when it should say no more for now, and with False when it may go on.
    """

    def __init__(self, hold: Callable[[bool], None]) -> None:
        self._hold = hold
        self._items: deque[tuple[T, int]] = deque()
        self._size = 0
        self._is_held = False
        self._seconds = 0

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T, size: int) -> None:
        """Have an item wait. size: bytes in it."""
        self._items.append((item, size))
        self._size += size
        if not self._is_held and (len(self) >= ITEMS or self._size >= SIZE):
            self._is_held = True
            self._hold(True)

    def take(self) -> T:
        """Return the oldest item. Raises IndexError if there is none."""
        item, size = self._items.popleft()
        self._size -= size
        self._seconds = 0
        if self._is_held and len(self) <= FEW_ITEMS and self._size <= SMALL_SIZE:
            self._is_held = False
            self._hold(False)
        return item

    def waits_long(self) -> bool:
        """Say whether items wait for as long as should be told, once. To be asked every second."""
        self._seconds += bool(self._items)
        return bool(self._items) and self._seconds == WAITS_SECONDS


class Work(Protocol):
    """What goes on after it was called, as an asyncio.Task."""

    def add_done_callback(self, function: Callable[[Any], object], /) -> object:
        """Have a function called with it when it has ended."""


class Inboxes:
    """Calls functions for what each client does, one behind the other.

    call: makes a call that was put, and returns what it goes on with, None if it has ended.
    is_there: whether a client has not gone yet. order: has a command about a client carried out;
    tell: tells the operator of one.
    """

    def __init__(
        self,
        call: Callable[..., Work | None],
        is_there: Callable[[int], bool],
        order: Callable[[int, Command[Any]], None],
        tell: Callable[[int, str], None],
    ) -> None:
        self._call = call
        self._is_there = is_there
        self._order = order
        self._tell = tell
        self._inboxes: dict[int, Inbox[tuple[Any, ...]]] = {}  # of those for whom one is at work
        self._told: set[int] = set()  # of whom it was said that they are not read

    def put(self, client: int, size: int, *call: Any) -> None:
        """Make a call when those before it for the client have ended. size: bytes in it."""
        if (inbox := self._inboxes.get(client)) is not None:
            inbox.put(call, size)
        elif work := self._call(*call):
            self._inboxes[client] = Inbox(partial(self._hold, client))
            work.add_done_callback(partial(self._go_on, client))

    def forget(self, client: int) -> None:
        """The client has gone; what waits is still done."""
        self._told.discard(client)

    def tick(self) -> None:
        """A second is over: tell of whom something waits for too long."""
        for client, inbox in self._inboxes.items():
            if inbox.waits_long():
                self._tell(client, WAITS)

    def clear(self) -> None:
        """Make none of the calls that wait."""
        self._inboxes.clear()

    def _go_on(self, client: int, _: object) -> None:
        inbox = self._inboxes.get(client)
        while inbox:
            if work := self._call(*inbox.take()):
                work.add_done_callback(partial(self._go_on, client))
                return
        self._inboxes.pop(client, None)

    def _hold(self, client: int, held: bool) -> None:
        if not self._is_there(client):
            return
        if held and client not in self._told:
            self._told.add(client)
            self._tell(client, HELD)
        self._order(client, StopReading(client, HELD_SECONDS if held else 0))
