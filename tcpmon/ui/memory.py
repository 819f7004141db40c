"""What is sent is kept for the next time, and what was kept is read, while the screen goes on."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tcpmon import dotfiles
from tcpmon.core.errors import TcpmonError
from tcpmon.core.history import Written
from tcpmon.core.units import counted


class Memory:
    """Keeps a history. tell: called with what went wrong, once."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._told = False
        # One thread, so that what is sent is kept in its order; the program's end waits for it.
        self._writer = ThreadPoolExecutor(1, "history")

    async def read(self) -> list[Written]:
        """Return what was sent in earlier times."""
        try:
            history, wrong = await asyncio.to_thread(dotfiles.read_history)
        except TcpmonError as error:
            self._wrong(f"no history of what was sent: {error}")
            return []
        if wrong:
            self._wrong(f"{counted(wrong, 'line')} of the history cannot be read")
        return history

    def keep(self, written: Written) -> None:
        """Keep one more."""
        future = self._writer.submit(dotfiles.add_to_history, written)
        asyncio.wrap_future(future).add_done_callback(self._kept)

    def _kept(self, future: "asyncio.Future[None]") -> None:
        try:
            future.result()
        except TcpmonError as error:
            self._wrong(f"what you send is not kept for the next time: {error}")

    def _wrong(self, text: str) -> None:
        if not self._told:
            self._told = True
            self._tell(text)
