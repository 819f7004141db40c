"""What is kept of a connection reads back as it was, and in words."""

from array import array

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.model import (
    WORDS,
    Cast,
    End,
    Kind,
    Reason,
    name_data,
    open_data,
    opened,
    opened_as,
    renamed,
)
from tcpmon.core.store import KINDS

AMOUNTS = st.integers(0, 2**64 - 1)
ENDS = st.builds(End, st.sampled_from(Reason), AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.text())


@given(ENDS)
def test_an_end_is_kept_whole(end: End) -> None:
    """A CLOSE record gives back every figure and word that went into it."""
    assert End.unpack(end.pack()) == end


@pytest.mark.parametrize(
    ("end", "why", "rest"),
    [
        (
            End(Reason.PEER_CLOSED, 6, 0, 0, 5_300_000_000),
            "closed by peer",
            ", rx 6 B, tx 0 B, after 5.3 s",
        ),
        (
            End(Reason.RESET, 0, 4_000_000, 3_900_000, 60_000_000),
            "reset by us, 3.9 MB unsent",
            ", rx 0 B, tx 4.0 MB, after 60 ms",
        ),
        (
            End(Reason.FAILED, 1000, 1, 0, 720 * 10**9, "broken pipe"),
            "ended by an error: broken pipe",
            ", rx 1.0 kB, tx 1 B, after 12 min",
        ),
        (
            End(Reason.FAILED, 0, 0, 7, 0, "broken pipe"),
            "ended by an error: broken pipe, 7 B unsent",
            ", rx 0 B, tx 0 B, after 0.0 ms",
        ),
    ],
)
def test_an_end_in_words(end: End, why: str, rest: str) -> None:
    """An end says why, what was lost by it, what had passed, and how long it lasted."""
    assert end.why == why
    assert end.sentence == why + rest


def test_every_reason_has_words_of_its_own() -> None:
    """No two reasons read alike, and none is without words."""
    assert set(WORDS) == set(Reason)
    assert len(set(WORDS.values())) == len(Reason)


def test_kinds_can_be_kept() -> None:
    """Every kind fits beside a client's number, and payloads come before events."""
    assert all(0 <= kind < KINDS for kind in Kind)
    assert {kind for kind in Kind if kind <= Kind.CAST} == {Kind.RX, Kind.TX, Kind.CAST}


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.binary().map(
    lambda path: path.replace(b"\0", b"").decode("utf-8", "surrogateescape")
)


@given(NAMES, NAMES)
def test_an_opening_is_kept_whole(peer: str, listener: str) -> None:
    """An OPEN record gives back who came and where, even a path that is not UTF-8."""
    assert opened(open_data(peer, listener)) == (peer, listener)


@given(st.sets(st.integers(1, 40)))
def test_a_cast_knows_its_receivers(clients: set[int]) -> None:
    """A broadcast was for exactly those clients that it names."""
    cast = Cast(array("I", sorted(clients)))
    assert {client for client in range(42) if client in cast} == clients


def test_casts_share_nothing() -> None:
    """What becomes of one broadcast is not told of another."""
    one, other = Cast(array("I", [1])), Cast(array("I", [1]))
    one.skipped[1] = "it does not read"
    one.waiting.add(1)
    one.lost.add(1)
    assert (other.skipped, other.waiting, other.lost) == ({}, set(), set())


@given(*[st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))] * 3)
def test_an_opening_may_tell_a_name(peer: str, listener: str, name: str) -> None:
    """An OPEN record gives back who came in where, and as whom if that was known."""
    data = open_data(peer, listener, name)
    assert opened(data) == (peer, listener)
    assert opened_as(data) == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_name_can_be_read_from_its_record(name: str) -> None:
    """What says that a client has got a name, or has none any more, is told from other talk."""
    assert renamed(name_data(name)) == name
    assert renamed(b"10.0.0.7:1 speaks again after 42.0 s") is None
