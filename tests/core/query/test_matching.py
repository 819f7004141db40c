"""A filter is read whole: it lets through what its terms say together, and marks what it finds."""

from time import process_time

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadFilter
from tcpmon.core.query import parse
from tcpmon.core.query.patterns import PATIENCE
from tcpmon.core.query.syntax import LONGEST
from tests.core.query.examples import FILTERS, GONE, GPS, LOCAL, NOW, cast, message
from tests.core.safety import refusal, unsafe_in

EVERYONE = [GPS, GONE, LOCAL]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", {7, 8, 9}),
        ("state:open", {7}),
        ("!state:open", {8, 9}),
        ("state:open | state:half", {7, 9}),
        ("rx>0 !state:open", {9}),
        ("rx>0 (state:open | state:closed)", {7}),
        ("!(rx>0 state:open)", {8, 9}),
        ("!!state:open", {7}),
        ("state:open or state:closed and rx>0", {7}),
        ("-(state:open or not rx=0)", {8}),
    ],
)
def test_together(text: str, ids: set[int]) -> None:
    """And, or, not and parentheses mean what they mean everywhere, for clients and messages."""
    query = parse(text)
    assert {client.id for client in EVERYONE if query.client(client, NOW)} == ids
    assert {client.id for client in EVERYONE if query.message(message(), client, NOW)} == ids


@given(FILTERS | st.text())
def test_any_text_is_a_filter_or_a_plain_mistake(text: str) -> None:
    """Whatever is typed is a filter that never fails and reads the same once written, or a
    BadFilter that points into it and is harmless."""
    error = refusal(parse, text, BadFilter)
    if error is not None:
        assert 0 <= error.place <= len(text)
        assert unsafe_in(str(error)) == []
        return
    query = parse(text)
    again = parse(str(query)) if len(str(query)) <= LONGEST else query
    assert again.tree == query.tree
    for client in EVERYONE:
        assert query.client(client, NOW) == again.client(client, NOW)
        for one in (message(), message(b"\xff\x00"), cast(7)):
            assert query.message(one, client, NOW) == again.message(one, client, NOW)
            places = [place for mark in query.marks(one.data) for place in mark]
            assert places == sorted(set(places))


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("", []),
        ("dir:rx", []),
        ("gga", [(3, 6)]),
        ("gga | 1", [(3, 6), (7, 8)]),
        ("gpg text:gga", [(1, 6)]),
        ("$gp gga", [(0, 6)]),
        ("/[0-9]+/ hex:2447", [(0, 2), (7, 11)]),
        ("!gga", []),
        ("!(gga !gp)", [(1, 3)]),
    ],
)
def test_marks(text: str, marks: list[tuple[int, int]]) -> None:
    """What is looked for is marked, what overlaps as one; what must be absent is not."""
    assert parse(text).marks(b"$GPGGA,1234\r\n") == marks


@pytest.mark.parametrize(
    ("text", "changing"),
    [
        ("gps", False), ("client:7 len>5", False), ("at>12:00", False), ("kind:open", False),
        ("idle>5s", True), ("a | !state:open", True), ("name:x", True), ("age<5m", True),
        ("unsent>0", True),
    ],
)  # fmt: skip
def test_changing(text: str, changing: bool) -> None:
    """A filter knows whether what it says of the same thing may be another later."""
    assert parse(text).changing is changing


def test_trouble() -> None:
    """A filter says when a pattern in it has given up; the rest of it goes on."""
    query = parse("!/(a+)+$/ client:7")
    slow = message(b"a" * 5000 + b"b")
    for _ in range(PATIENCE):
        assert query.trouble == ""
        assert query.message(slow, None, NOW)
    assert query.trouble == ("the pattern /(a+)+$/ takes too long: it matches nothing from now on")
    assert not query.message(message(client=8), None, NOW)


def test_cheap_terms_go_first() -> None:
    """A pattern is not tried on what another term leaves out, wherever it stands."""
    query = parse("/(a+)+$/ client:8")
    for _ in range(PATIENCE):
        assert not query.message(message(b"a" * 5000 + b"b"), None, NOW)
    assert query.trouble == ""


def test_quick() -> None:
    """A plain text costs a small part of what it costs to draw a row: far below 10 us."""
    query = parse("nothere")
    one = message(b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W")
    begun = process_time()
    for _ in range(10_000):
        query.message(one, GPS, NOW)
    assert process_time() - begun < 0.1
