"""What is acted upon is what the log shows, whichever way it comes."""

import pytest
from hypothesis import given, settings, strategies as st

from tcpmon.core.cutting.follow import Follower
from tcpmon.core.cutting.live import Live, Said
from tcpmon.core.framing import Framer
from tcpmon.core.framing.spec import parse
from tcpmon.core.model import Kind
from tests.core.cutting.framers import Made
from tests.core.cutting.test_window import DATA, KINDS, Log

SPECS = ["none", "auto", "line", "gap:1ms", "u8", "envelope:start=\\x02,end=\\n", "resp", "fixed:3"]


@pytest.fixture(autouse=True, scope="module")
def small() -> object:
    """Messages that are too long soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tcpmon.core.cutting.stream.LIMIT", 9)
        yield


@settings(deadline=None, max_examples=150)
@given(kind=st.sampled_from(KINDS), reads=st.lists(DATA, min_size=1, max_size=20))
def test_as_the_log_shows(kind: type[Framer] | None, reads: list[bytes]) -> None:
    """Each message is a row of the log, with what it carries, and none is missing at the end."""
    log = Log(1 << 20, [kind, kind, kind])
    live, said = Live(Made(kind)), Said()
    for data in reads:
        log.say(1, Kind.RX, data)
        said += live.feed(data, 3 * (len(log.said) - 1))
    said += live.end()
    log.say(1, Kind.CLOSE, b"")
    rows = [row for row in Follower(log.window).take(1 << 60) if row.kind is Kind.RX]
    assert said == [(row.data, row.content) for row in rows]


LINES = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r", b"\1", b"x" * 1_200]), min_size=1)


@settings(deadline=None, max_examples=300)
@given(
    spec=st.sampled_from([*SPECS, "delimiter:\\n\\n"]),
    reads=st.lists(LINES.map(b"".join), min_size=1, max_size=20),
    other=st.sampled_from(["", *SPECS]),
    looked=st.sampled_from([3, 4096]),
)
def test_by_a_glance(spec: str, reads: list[bytes], other: str, looked: int) -> None:
    """What is told by a glance to be one message is what it is when it is fed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tcpmon.core.framing.auto.LOOKED_AT", looked)
        patch.setattr("tcpmon.core.cutting.stream.LIMIT", 1 << 20)
        glanced, fed = Live(parse(spec)), Live(parse(spec))
        for number, data in enumerate(reads):
            if other and number == len(reads) // 2:
                glanced.cut_otherwise(parse(other))
                fed.cut_otherwise(parse(other))
            longer = len(data) > looked  # which a read that a glance is enough for never is
            content = None if glanced.behind or longer else glanced.whole(data)
            said = glanced.feed(data, number) if content is None else [(data, content)]
            assert said == fed.feed(data, number)
        assert glanced.end() == fed.end()


@settings(deadline=None, max_examples=300)
@given(
    spec=st.sampled_from([*SPECS, "delimiter:\\n\\n"]),
    reads=st.lists(LINES.map(b"".join), min_size=1, max_size=10),
    step=st.integers(1, 40),
    limit=st.sampled_from([9, 1 << 20]),
)
def test_little_by_little(spec: str, reads: list[bytes], step: int, limit: int) -> None:
    """A read that is cut a part after the other comes to the same messages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tcpmon.core.cutting.live.STEP", step)
        patch.setattr("tcpmon.core.cutting.stream.LIMIT", limit)
        at_once, slowly = Live(parse(spec)), Live(parse(spec))
        for number, data in enumerate(reads):
            assert list(slowly.little_by_little(data, number)) == at_once.feed(data, number)
        assert list(slowly.little_by_little(b"", 0)) == at_once.end()


def test_most_reads_need_a_glance_only() -> None:
    """A line in a read of its own is one for whoever cuts lines, or guesses that they are."""
    for spec in ("none", "line", "auto", "delimiter:\\n"):
        live = Live(parse(spec))
        live.feed(b"line\n" * 1_000, 0)
        assert not live.behind
        assert live.whole(b"one\n") == (b"one\n" if spec == "none" else b"one")
    live = Live(parse("resp"))
    assert live.whole(b"+OK\r\n") is None


@settings(deadline=None, max_examples=150)
@given(
    steps=st.lists(st.tuples(DATA, st.sampled_from([*SPECS, ""])), min_size=1, max_size=20),
    silences=st.booleans(),
)
def test_nothing_is_lost(steps: list[tuple[bytes, str]], silences: bool) -> None:
    """However often it is cut in another way, and whether silences are looked for, the messages
    together are what was read."""
    live, said = Live(parse("line")), Said()
    for now, (data, spec) in enumerate(steps):
        if spec:
            live.cut_otherwise(parse(spec))
        said += live.feed(data, now)
        if silences:
            said += live.silence(now + 10**9)
    said += live.end()
    assert b"".join(message for message, _ in said) == b"".join(data for data, _ in steps)
    assert all(message for message, _ in said)


def test_a_silence_ends_a_message_once() -> None:
    """It is there as soon as the silence was long enough, and not again with what comes next."""
    live = Live(parse("gap:50ms"))
    assert live.feed(b"one", 0) == []
    assert live.waits
    assert live.silence(49_000_000) == []
    assert live.silence(50_000_000) == [(b"one", b"one")]
    assert not live.waits
    assert live.feed(b"two", 60_000_000) == []
    assert live.end() == [(b"two", b"two")]


def test_what_was_pending_is_cut_as_it_is_now() -> None:
    """Another framing begins behind the last message, not behind the last read."""
    live = Live(parse("line"))
    assert live.feed(b"a\n\2bc", 0) == [(b"a\n", b"a")]
    live.cut_otherwise(parse("u8"))
    assert live.feed(b"\1d", 1) == [(b"\2bc", b"bc"), (b"\1d", b"d")]
