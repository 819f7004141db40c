"""Who is let in, and what is told of those who are not."""

import time

import pytest

from tcpmon.core.errors import BadNetwork, NoSuchTarget
from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind
from tcpmon.engine.door import Door

NONE = Limits()
HOST = ("10.0.0.7", 40000)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        patch.setattr(time, "monotonic", lambda: self.now)
        patch.setattr(time, "time_ns", lambda: int(self.now * 1e9))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


class Porter:
    """A door, and what it has told."""

    def __init__(self, limits: Limits = NONE) -> None:
        self.told: list[str] = []
        self.door = Door({}, lambda: limits, self.tell)

    def tell(self, kind: Kind, text: str, client: int) -> None:
        self.told.append(text)


def test_per_address(clock: Clock) -> None:
    """So many from one address, another one when one of them has left; others are not concerned."""
    door = Porter(Limits(per_address=1)).door
    assert door.refusal(HOST, 0) == ""
    door.came(HOST)
    assert door.refusal(HOST, 1) == "limit of 1 client from one address reached"
    assert door.refusal(("10.0.0.8", 1), 1) == ""
    assert door.refusal("unix", 1) == ""
    door.left(HOST)
    assert door.refusal(HOST, 0) == ""


def test_in_all(clock: Clock) -> None:
    """No more than so many at once."""
    door = Porter(Limits(clients=2)).door
    assert door.refusal(HOST, 1) == ""
    assert door.refusal(HOST, 2) == "limit of 2 clients reached"


def test_a_second(clock: Clock) -> None:
    """No more than so many new ones a second; the next second lets in others."""
    door = Porter(Limits(accepts=2)).door
    assert [door.refusal(HOST, 0) for _ in range(3)] == [
        "",
        "",
        "limit of 2 new clients a second reached",
    ]
    clock.now += 1
    assert door.refusal(HOST, 0) == ""


def test_permissions(clock: Clock) -> None:
    """A network is denied for a while; nobody knows of one that was never named."""
    porter = Porter()
    door = porter.door
    door.permit("10.0.0.0/8", False, 60.0)
    assert door.refusal(HOST, 0) == "10.0.0.0/8 is denied"
    clock.now += 61
    door.tick()
    assert door.refusal(HOST, 0) == ""
    with pytest.raises(NoSuchTarget):
        door.unpermit("10.0.0.0/8")
    with pytest.raises(BadNetwork):
        door.permit("nonsense/", True, 0.0)
    door.permit("::1", True, 0.0)
    door.permit("::1", False, 60.0)
    clock.now += 61
    door.tick()
    door.unpermit("::1")
    assert porter.told == [
        "10.0.0.0/8 is denied for 60.0 s",
        "no rule for 10.0.0.0/8 any more, its time is over",
        "::1 is allowed",
        "::1 is denied for 60.0 s",
        "::1 is allowed again",
        "no rule for ::1 any more",
    ]


def test_many_refused_are_one_line(clock: Clock) -> None:
    """The first is told at once, those after him together; the trouble ends when it is over."""
    porter = Porter()
    for number in range(5):
        porter.door.refuse("full", f"10.0.0.{number}:1")
    assert porter.told == ["1 caller refused: full, the last was 10.0.0.0:1"]
    assert porter.door.trouble == "refusing callers: full"
    clock.now += 1
    porter.door.tick()
    assert porter.told[1:] == ["4 callers refused: full, the last was 10.0.0.4:1"]
    assert (porter.door.refused, dict(porter.door.reasons)) == (5, {"full": 5})
    clock.now += 4
    porter.door.tick()
    assert porter.door.trouble == ""
