"""The one timer."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from tcpmon.core.model import Ask, View
from tcpmon.ui import feed as module
from tcpmon.ui.feed import FASTEST, QUIET, SLOWEST, Feed
from tests.ui.fakes import FakeNode, a_client, a_record


class Stage:
    """Stands in for a screen."""

    is_active = True
    _context = nullcontext

    def __init__(self) -> None:
        self.timers: list[float] = []
        self.waits = 0
        self.bugs: list[Exception] = []

    @property
    def app(self) -> "Stage":
        return self

    def _handle_exception(self, error: Exception) -> None:
        self.bugs.append(error)

    def set_timer(self, seconds: float, callback: object) -> None:
        self.timers.append(seconds)

    def wait(self) -> None:
        self.waits += 1


def a_feed() -> tuple[Feed, Stage, FakeNode, list[View]]:
    """A feed that shows to a list."""
    stage, node = Stage(), FakeNode([a_client(1)])
    shown: list[View] = []
    feed = Feed(node, stage, lambda: Ask(count=5), [shown.append], stage.wait)  # type: ignore[arg-type]
    return feed, stage, node, shown


def test_it_asks_at_once_and_then_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting shows a picture, each tick another one if something has happened meanwhile, or
    if nearly a second has passed."""
    clock = SimpleNamespace(now=0.0)
    fake_time = SimpleNamespace(thread_time=lambda: 0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(module, "time", fake_time)
    feed, stage, node, shown = a_feed()
    feed.start()
    assert len(shown) == 1
    feed._tick()
    assert len(shown) == 1
    node.kept.append(a_record(1))
    feed._tick()
    assert len(shown) == 2
    clock.now += QUIET
    feed._tick()
    assert len(shown) == 3
    assert len(stage.timers) == 4


def test_while_paused_the_sums_stand_still_and_rows_can_be_fetched() -> None:
    """A tick only tells that it waits; asking for other rows changes only the rows."""
    feed, stage, node, shown = a_feed()
    feed.start()
    feed.paused = True
    node.clients.append(a_client(2))
    feed._tick()
    assert len(shown) == stage.waits == 1
    feed.ask()
    assert shown[-1].totals.open == 1
    assert [row.id for row in shown[-1].rows] == [1, 2]
    assert (shown[-1].count, shown[-1].hidden) == (2, 0)


def test_it_slows_down_when_drawing_is_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy screen is drawn less often, down to twice a second, and faster again later."""
    clock = SimpleNamespace(cpu=0.0, now=0.0)
    fake_time = SimpleNamespace(thread_time=lambda: clock.cpu, monotonic=lambda: clock.now)
    monkeypatch.setattr(module, "time", fake_time)
    feed, stage, _, _ = a_feed()
    feed.start()
    for _ in range(30):
        clock.cpu += 0.09
        clock.now += 0.1
        feed._tick()
    assert stage.timers[-1] == SLOWEST
    for _ in range(60):
        clock.cpu += 0.001
        clock.now += 0.5
        feed._tick()
    assert stage.timers[-1] == FASTEST


def test_what_is_covered_is_drawn_seldom() -> None:
    """Under another screen it ticks slowly, and no tick is lost."""
    feed, stage, _, _ = a_feed()
    feed.start()
    stage.is_active = False
    feed._tick()
    assert stage.timers[-1] == SLOWEST


def test_a_bug_in_one_part_holds_up_no_other() -> None:
    """Whoever fails, the asking, one who shows or the waiting: the others and the next tick
    come as ever, and each bug is reported."""
    stage, shown = Stage(), list[View]()

    def fail(_: object = None) -> Any:
        raise ZeroDivisionError

    node = FakeNode()
    feed = Feed(node, stage, fail, [fail, shown.append, fail, shown.append], fail)  # type: ignore[arg-type]
    feed.start()
    node.kept.append(a_record(1))
    feed._tick()
    assert (len(shown), len(stage.bugs), len(stage.timers)) == (4, 6, 2)
    feed.paused = True
    feed._tick()
    assert (len(shown), len(stage.bugs), len(stage.timers)) == (4, 7, 3)
