"""Limits are in an order in which each can be reached."""

import pytest

from tcpmon.core.limits import MIB, Limits, Unread


def test_a_growing_backlog_meets_them_in_order() -> None:
    """A client is first slow, then stuck, and one stuck client leaves room for others."""
    limits = Limits()
    assert 0 < limits.slow < limits.stuck < limits.total


def test_a_peer_is_slow_before_it_is_gone() -> None:
    """The mark comes well before the end, and an engine waits for the ends it has asked for."""
    limits = Limits()
    assert limits.stall_seconds < limits.gone_seconds
    assert limits.flush_seconds < limits.stop_seconds


def test_the_defaults_are_those_of_the_command_line() -> None:
    """What README.md and --help say is what a program gets that asks for nothing."""
    assert Limits().keep == 64 * MIB
    assert Limits().clients == 10_000


def test_what_nobody_asked_for_limits_nobody() -> None:
    """Out of the box nobody is refused for his address or his pace, and nobody is let go for
    being silent or for not reading."""
    limits = Limits()
    assert (limits.per_address, limits.accepts, limits.idle_seconds) == (0, 0, 0)
    assert limits.unread is Unread.SKIP
    assert limits.stuck == 8 * MIB


def test_cannot_be_changed() -> None:
    """A running node's limits are those it was started with."""
    with pytest.raises(AttributeError):
        Limits().keep = 0  # type: ignore[misc]
