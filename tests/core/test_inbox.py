"""A queue that says when it is full."""

import pytest

from tcpmon.core.inbox import FEW_ITEMS, ITEMS, SIZE, SMALL_SIZE, WAITS_SECONDS, Inbox


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
