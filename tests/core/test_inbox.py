"""A queue that says when it is full."""

from collections.abc import Callable
from typing import Any

import pytest

from tcpmon.core.commands import StopReading
from tcpmon.core.inbox import (
    FEW_ITEMS,
    HELD,
    HELD_SECONDS,
    ITEMS,
    SIZE,
    SMALL_SIZE,
    WAITS,
    WAITS_SECONDS,
    Inbox,
    Inboxes,
)


def test_order() -> None:
    """What came first is taken first."""
    held: list[bool] = []
    inbox = Inbox[str](held.append)
    for item in "abc":
        inbox.put(item, 1)
    assert [inbox.take() for _ in range(len(inbox))] == ["a", "b", "c"]
    assert held == []
    with pytest.raises(IndexError):
        inbox.take()


def test_many_items() -> None:
    """A client is held once too many items wait, and let go on when there are few."""
    held: list[bool] = []
    inbox = Inbox[int](held.append)
    for number in range(ITEMS - 1):
        inbox.put(number, 0)
    assert held == []
    inbox.put(0, 0)
    inbox.put(0, 0)
    assert held == [True]
    while len(inbox) > FEW_ITEMS + 1:
        inbox.take()
    assert held == [True]
    inbox.take()
    inbox.take()
    assert held == [True, False]


def test_large_items() -> None:
    """Bytes count as well."""
    held: list[bool] = []
    inbox = Inbox[int](held.append)
    inbox.put(1, SIZE - SMALL_SIZE)
    inbox.put(2, SMALL_SIZE)
    assert held == [True]
    inbox.take()
    assert held == [True, False]


def test_waiting_for_long() -> None:
    """It is said once that items wait, unless one has been taken meanwhile."""
    inbox = Inbox[int](lambda held: None)
    assert not any(inbox.waits_long() for _ in range(2 * WAITS_SECONDS))
    inbox.put(1, 0)
    inbox.put(2, 0)
    said = [inbox.waits_long() for _ in range(WAITS_SECONDS - 1)]
    inbox.take()
    said += [inbox.waits_long() for _ in range(3 * WAITS_SECONDS)]
    assert [second for second, is_said in enumerate(said) if is_said] == [2 * WAITS_SECONDS - 2]


class Slow:
    """Work that ends when a test says so."""

    def __init__(self) -> None:
        self.after: list[Callable[[Any], object]] = []

    def add_done_callback(self, function: Callable[[Any], object], /) -> None:
        self.after.append(function)

    def end(self) -> None:
        for function in self.after:
            function(self)


class Desk:
    """Takes calls; those that begin with "slow" go on."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.works: list[Slow] = []
        self.there = {1, 2}
        self.orders: list[tuple[int, object]] = []
        self.told: list[tuple[int, str]] = []
        self.inboxes = Inboxes(
            self.call,
            lambda client: client in self.there,
            lambda *order: self.orders.append(order),
            lambda *words: self.told.append(words),
        )

    def call(self, what: str) -> Slow | None:
        self.calls.append(what)
        if not what.startswith("slow"):
            return None
        self.works.append(Slow())
        return self.works[-1]


def test_one_behind_the_other() -> None:
    """What is put while a client's call goes on waits for it, in order; others do not wait."""
    desk = Desk()
    for client, what in ((1, "a"), (1, "slow b"), (1, "c"), (1, "slow d"), (1, "e"), (2, "f")):
        desk.inboxes.put(client, 1, what)
    assert desk.calls == ["a", "slow b", "f"]
    desk.works[0].end()
    assert desk.calls[3:] == ["c", "slow d"]
    desk.works[1].end()
    assert desk.calls[5:] == ["e"]
    desk.inboxes.put(1, 1, "g")
    assert desk.calls[6:] == ["g"]


def test_who_says_too_much_is_held() -> None:
    """It is told once, for each client; who has gone is neither held nor let go on."""
    desk = Desk()
    for client in (1, 2):
        for _ in range(3):
            for _ in range(ITEMS + 1):
                desk.inboxes.put(client, 1, "slow")
            if client == 2:
                desk.there.discard(2)
            while len(desk.works) and desk.works[-1].after:
                work = desk.works.pop()
                work.end()
    stop, go_on = StopReading(1, HELD_SECONDS), StopReading(1, 0)
    assert [order for client, order in desk.orders if client == 1] == [stop, go_on] * 3
    assert [order for client, order in desk.orders if client == 2] == [StopReading(2, HELD_SECONDS)]
    assert desk.told == [(1, HELD), (2, HELD)]


def test_who_waits_too_long_is_told_of() -> None:
    """Once for each call that does not end."""
    desk = Desk()
    for what in ("slow", "b"):
        desk.inboxes.put(1, 1, what)
    for _ in range(3 * WAITS_SECONDS):
        desk.inboxes.tick()
    assert desk.told == [(1, WAITS)]
    desk.inboxes.clear()
    desk.works[0].end()
    assert desk.calls == ["slow"]
