"""A lock that threads get in turn.

Of Python's own, who lets go and takes it again at once gets it, and all others wait: a search
for an export kept the screen waiting for seconds.
"""

from threading import Lock, get_ident
from types import TracebackType


class Turns:
    """Held by one thread at a time, which may take it twice; who waits for it gets it next."""

    def __init__(self) -> None:
        self._held = Lock()
        self._next = Lock()  # who has this waits for the other, and nobody else can take that
        self._owner = 0
        self._depth = 0

    def __enter__(self) -> None:
        me = get_ident()
        if self._owner != me:
            with self._next:
                self._held.acquire()
            self._owner = me
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = 0
            self._held.release()
