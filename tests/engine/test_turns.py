"""Who waits for the lock gets it next, and who has it may take it again."""

import time
from threading import Event, Thread

import pytest

from tcpmon.engine.turns import Turns


def test_who_has_it_may_take_it_again() -> None:
    """It is free only when it was let go of as often as it was taken."""
    lock, taken = Turns(), Event()

    def take() -> None:
        with lock:
            taken.set()

    with lock:
        with lock:
            other = Thread(target=take)
            other.start()
        assert not taken.wait(0.02)
    assert taken.wait(5)
    other.join()


def test_who_waits_gets_it_next() -> None:
    """A thread that lets go and takes it again at once keeps nobody waiting for longer."""
    lock = Turns()
    order: list[str] = []

    def wait() -> None:
        with lock:
            order.append("waited")

    with lock:
        waiter = Thread(target=wait)
        waiter.start()
        until = time.monotonic() + 5
        while not lock._next.locked() and time.monotonic() < until:
            pass
    with lock:
        order.append("again")
    waiter.join()
    assert order == ["waited", "again"]


def test_it_is_let_go_of_when_something_fails() -> None:
    """What is raised inside leaves it free."""
    lock = Turns()
    with pytest.raises(LookupError), lock:
        raise LookupError
    free = Thread(target=lock.__enter__)
    free.start()
    free.join(5)
    assert not free.is_alive()
