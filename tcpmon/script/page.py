"""A page of memory in which the child notes what it is at, so that the host can see it even while
nothing in the child gets to run."""

import mmap
from struct import Struct

HOOKS = ("on_connect", "on_message", "on_close", "on_tick")
IDLE, TASKS, LOADING = "", "a task of its own", "its first lines"
WORDS = (IDLE, TASKS, LOADING, *HOOKS)
"""What it can be at; the page holds the place of the word."""

SIZE = mmap.PAGESIZE
_MARK = Struct("<QQQ")


class Page:
    """The page. fd: a file of at least SIZE bytes, shared by both."""

    def __init__(self, fd: int) -> None:
        self._memory = mmap.mmap(fd, SIZE)
        self._serial = 0

    def mark(self, at: str, client: int = 0) -> None:
        """Note what is begun now. client: for whom, 0 for nobody."""
        self._serial += 1
        _MARK.pack_into(self._memory, 0, self._serial, WORDS.index(at), client)

    def read(self) -> tuple[int, str, int]:
        """Return (a number that changes with each mark, what it is at, for which client)."""
        serial, at, client = _MARK.unpack_from(self._memory)
        return serial, WORDS[at], client

    def close(self) -> None:
        self._memory.close()
