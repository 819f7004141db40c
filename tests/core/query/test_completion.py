"""What is offered while a filter is typed fits what was typed, and can be typed."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadFilter
from tcpmon.core.limits import Limits
from tcpmon.core.model import Listener, Totals, View
from tcpmon.core.query import parse
from tcpmon.core.query.completion import MOST, complete, seen_in
from tests.core.query.examples import FILTERS, GONE, GPS, LOCAL, NOW
from tests.core.safety import refusal

SEEN = {
    "client": ["1", "2", "12"], "name": ["gps-1", "two words", ""],
    "address": ["10.0.0.9", "10.0.0.9", "::1"], "listener": ["127.0.0.1:8000", "unix:/a b"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "begin", "found"),
    [
        ("st", 0, ["state:"]),
        ("ST", 0, ["state:"]),
        ("gps !r", 5, ["rx>", "rate>", "rtt>", "retr>", "reads>"]),
        ("gps (-is", 6, ["is:"]),
        ("dir:", 0, ["dir:rx", "dir:tx"]),
        ("a|kind:e", 2, ["kind:eof", "kind:event", "kind:error"]),
        ("kind:eof", 0, []),
        ("client:1", 0, ["client:12"]),
        ("name:", 0, ["name:gps-1"]),
        ("name:GPS", 0, ["name:gps-1"]),
        ("ip:1", 0, ["ip:10.0.0.9"]),
        ("on:", 0, ["on:127.0.0.1:8000"]),
        ("len>", 0, []),
        ("nokey:", 0, []),
        ('"st', 1, ["state:"]),
    ],
)
def test_complete(text: str, begin: int, found: list[str]) -> None:
    """Keys come first, then the values there are; what would need quotes is left out."""
    assert complete(text, SEEN.__getitem__) == (begin, found)


@given(FILTERS | st.text(), st.lists(st.text(), max_size=3))
def test_what_is_offered_can_be_typed(text: str, seen: list[str]) -> None:
    """Whatever is typed, what is offered begins with its last word and is a term, or the
    beginning of one."""
    begin, found = complete(text, lambda _: seen)
    word = text[begin:]
    for each in found:
        assert each.lower().startswith(word.lower())
        error = refusal(parse, each, BadFilter)
        assert error is None or error.place > 0


def test_no_more_is_offered_than_can_be_looked_at() -> None:
    """Where ten thousand clients are seen, a few are offered."""
    assert len(complete("client:", lambda _: map(str, range(10_000)))[1]) == MOST


def test_seen_in_a_picture() -> None:
    """What a picture shows is offered: numbers, names, addresses without ports, listeners."""
    listener = Listener(1, ":80", ("0.0.0.0:80", "[::]:80"), (), (), 0, 0, 0)
    totals = Totals(3, 0, 3, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0, 0, 0, 0, "")
    seen = seen_in(
        View(NOW, (GPS, GONE, LOCAL), 0, 3, None, totals, (listener,), (), Limits(), (), ())
    )
    assert list(seen("client")) == ["7", "8", "9"]
    assert list(seen("name")) == ["gps-0417", "", "gps-0417"]
    assert list(seen("address")) == ["10.0.0.9", "2001:db8::5"]
    assert list(seen("listener")) == ["0.0.0.0:80", "[::]:80"]
