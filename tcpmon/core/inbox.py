"""What a client has said, and nobody has had time for yet."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

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
