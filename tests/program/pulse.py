"""A healthy client that asks every 20 ms, and notes how long it waits: what others suffer."""

import socket
import threading
import time
from typing import Self

PERIOD = 0.02
WAIT = 0.05
"""How long an answer may take on a machine that has nothing else to do."""


class Pulse:
    """Runs beside the test, as a context. It needs a server that echoes.

    sent: pulses that were answered. The machine may be busy with something else;
    how much shows in how late this wakes from a sleep.
    """

    def __init__(self, port: int) -> None:
        self._client = socket.create_connection(("127.0.0.1", port), 30)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._waits: list[float] = []
        self._late: list[float] = []
        self.broken: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._client.close()

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                line = b"pulse %d\n" % self.sent
                start = time.monotonic()
                self._client.sendall(line)
                heard = b""
                while heard != line:
                    heard += self._client.recv(100) or b"?" * 100
                    assert len(heard) <= len(line)
                end = time.monotonic()
                self._waits.append(end - start)
                time.sleep(PERIOD)
                self._late.append(time.monotonic() - end - PERIOD)
        except BaseException as error:  # noqa: BLE001 - it is told to the test
            self.broken = error

    @property
    def sent(self) -> int:
        """How many were answered."""
        return len(self._waits)

    def fine(self) -> bool:
        """Return whether hardly any had to wait, and none for long, as far as the machine lets
        one judge. Whoever is held up by a screen waits for seconds."""
        noise = 4 * max(self._late)
        waited = sum(wait > WAIT + noise for wait in self._waits)
        print(f"{self.sent} pulses, worst {max(self._waits):.3f} s, late {max(self._late):.3f} s")
        return (
            self.broken is None
            and max(self._waits) <= 5 * WAIT + noise
            and waited <= (1 + self.sent // 100)
        )
