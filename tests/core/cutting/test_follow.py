"""Who takes everything gets every message once, whole, and as soon as it is known to be."""

from hypothesis import given, settings, strategies as st

from tcpmon.core.cutting.follow import Follower
from tcpmon.core.framing import Framer
from tcpmon.core.model import Kind, Message
from tests.core.cutting.framers import Counted, Lines, Returns, Silences
from tests.core.cutting.test_window import CASES, Log

LATE = 1_000_000


@settings(deadline=None, max_examples=60)
@given(case=CASES, takes=st.lists(st.integers(0, 60), max_size=10))
def test_everything_once(
    case: tuple[list[type[Framer] | None], list[tuple[int, Kind, bytes]]], takes: list[int]
) -> None:
    """However often it is asked, the same rows come, and those that were never completed when
    their client has left."""
    kinds, steps = case
    log = Log(1 << 20, kinds)
    follower = Follower(log.window)
    found: list[Message] = []
    for number, (client, kind, data) in enumerate(steps):
        log.say(client, kind, data)
        if number in takes:
            found += follower.take(3 * len(log.said))
    for client in (1, 2, 3):
        log.say(client, Kind.CLOSE, b"")
    found += follower.take(LATE)
    assert sorted((row.place, row.data) for row in found) == log.expected()


def test_as_soon_as_it_is_known() -> None:
    """A whole message comes at once, one that a silence ends after it, others wait."""
    log = Log(1 << 20, [Silences, Lines, Counted])
    follower = Follower(log.window)
    log.say(1, Kind.RX, b"quiet")
    log.say(2, Kind.RX, b"one\ntw")
    log.say(3, Kind.RX, b"\1")
    now = 3 * len(log.said)
    soon = 5  # 2 ns behind what the first said
    payloads = [row.data for row in follower.take(soon) if row.kind is Kind.RX]
    assert payloads == [b"one\n"]
    assert [row.data for row in follower.take(now + 20)] == [b"quiet"]
    assert list(follower.take(now + 40)) == []
    log.say(2, Kind.RX, b"o\n")
    log.say(3, Kind.CLOSE, b"")
    rows = list(follower.take(now + 60))
    assert [(row.data, row.reads) for row in rows] == [(b"two\n", 2), (b"\1", 1), (b"", 1)]


def test_an_end_that_only_the_next_byte_tells() -> None:
    """It comes before what told it."""
    log = Log(1 << 20, [Returns, None, None])
    follower = Follower(log.window)
    log.say(1, Kind.RX, b"a\r")
    assert [row.data for row in follower.take(0)] == [b""]
    log.say(1, Kind.RX, b"b\r")
    assert [row.data for row in follower.take(0)] == [b"a\r"]
