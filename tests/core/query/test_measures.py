"""Amounts and times are compared in the units people write, each of what has it."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from tcpmon.core.errors import BadFilter
from tcpmon.core.model import Client, Kind, Message
from tcpmon.core.query import parse
from tcpmon.core.query.measures import SECOND
from tests.core.query.examples import GONE, GPS, LOCAL, NOW, message

LONG = message(b"x" * 200)
READ = replace(message(), reads=3)
OPEN = message(b"a\0b", Kind.OPEN)


@pytest.mark.parametrize(
    ("text", "wanted", "others"),
    [
        ("rx>1MB", [GPS], [GONE]),
        ("rx=2MB", [GPS], [GONE]),
        ("rx:0", [GONE], [GPS]),
        ("tx<=500", [GPS], []),
        ("tx<500B", [], [GPS]),
        ("size>2MB", [GPS], [GONE]),
        ("rate>10kB/s", [GPS], []),
        ("rate>11kB", [], [GPS]),
        ("idle>30s", [GPS], []),
        ("idle>=40s idle<=40s", [GPS], [LOCAL]),
        ("idle>90s", [LOCAL], [GPS, GONE]),
        ("idle>=0", [GPS, LOCAL], [GONE]),
        ("age>1.5m", [GPS], [GONE]),
        ("age=10s", [GONE], [GPS]),
        ("queue>0", [GPS], []),
        ("unsent=100", [GPS], []),
        ("msgs=42", [GPS], [GONE]),
        ("msgs=0", [GONE], [GPS]),
        ("rtt>5ms", [GPS], [GONE]),
        ("rtt=6000us", [GPS], []),
        ("rtt<1h", [GPS], [GONE]),
        ("retr>1", [GPS], []),
        ("reads=30", [GPS], [GONE]),
    ],
)
def test_clients(text: str, wanted: list[Client], others: list[Client]) -> None:
    """A client is compared by what the table says of it; what it has not, is not compared."""
    query = parse(text)
    assert [query.client(client, NOW) for client in wanted] == [True] * len(wanted)
    assert [query.client(client, NOW) for client in others] == [False] * len(others)


@pytest.mark.parametrize(
    ("text", "wanted", "others"),
    [
        ("len>100", [LONG], [READ, OPEN]),
        ("len<100", [READ], [LONG, OPEN]),
        ("size=200", [LONG], [READ]),
        ("reads>1", [READ], [LONG, OPEN]),
        ("age<=10s", [LONG, OPEN], []),
        ("age<10s", [], [LONG]),
        ("rx>1MB", [LONG, OPEN], []),
        ("idle>50s", [], [LONG]),
    ],
)
def test_messages(text: str, wanted: list[Message], others: list[Message]) -> None:
    """Length, reads and age are the message's own, all else its client's; events have no length."""
    query = parse(text)
    assert [query.message(one, GPS, NOW) for one in wanted] == [True] * len(wanted)
    assert [query.message(one, GPS, NOW) for one in others] == [False] * len(others)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("len>", 4, "len needs an amount of bytes; for example len>100"),
        ("rx>1XB", 3, "rx needs an amount of bytes; for example rx>1MB"),
        ("rate>x", 5, "rate needs bytes a second; for example rate>10kB"),
        ("idle>3x", 5, "idle needs a span of time; for example idle>30s"),
        ("msgs=1k", 5, "msgs needs a number; for example msgs=0"),
        ("at>25:00", 3, "at needs a time of day; for example at>12:04:30"),
        ("unsent>-1", 7, "queue needs an amount of bytes; for example queue>0"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, place: int, message: str) -> None:
    """What is no amount is refused with its place and an example."""
    with pytest.raises(BadFilter) as caught:
        parse(text)
    assert (caught.value.place, str(caught.value)) == (place, message)


def at_noon(seconds: float = 0.0) -> Message:
    """Return a message of a day at noon, where the tests run, or so many seconds later."""
    noon = datetime(2026, 3, 4, 12, 4, 30, tzinfo=UTC).astimezone().replace(hour=12, tzinfo=None)
    return replace(message(), time=int(noon.timestamp()) * SECOND + round(seconds * SECOND))


@pytest.mark.parametrize(
    ("text", "seconds", "others"),
    [
        ("at=12:04:30", [0, 0.999], [-0.001, 1]),
        ("at:12:04", [-30, 29.9], [-30.001, 30]),
        ("at=12:04:30.5", [0.5, 0.599], [0.499, 0.6]),
        ("at>12:04:30", [0.001, 3600], [0, -1]),
        ("at>=12:04:30", [0, 1], [-0.001]),
        ("at<12:04:30", [-0.001], [0]),
        ("at<=12:04:30,25", [0.25], [0.251]),
        ("at>9:00 at<13:00", [0], [3600]),
    ],
)
def test_time_of_day(text: str, seconds: list[float], others: list[float]) -> None:
    """A time of day is that of the clock on the screen, as exact as it is written."""
    query = parse(text)
    assert [query.message(at_noon(part), None, NOW) for part in seconds] == [True] * len(seconds)
    assert [query.message(at_noon(part), None, NOW) for part in others] == [False] * len(others)
    assert query.client(replace(GPS, opened=at_noon(seconds[0]).time), NOW)


@given(st.integers(0, 2**32))
def test_any_time_of_day(second: int) -> None:
    """Any moment has the time of day that the system's calendar gives it."""
    clock = time.strftime("%H:%M:%S", time.localtime(second))
    assert parse(f"at={clock}").message(replace(message(), time=second * SECOND), None, NOW)
