"""So many lines a second, and no more."""

from tcpmon.script.flood import Flood


def test_flood() -> None:
    """In each second the first lines are let through; the rest is counted, once."""
    flood = Flood(2)
    assert [flood.lets(now) for now in (1.0, 1.1, 1.2, 1.9, 2.0, 2.5, 2.9)] == [
        True, True, False, False, True, True, False,
    ]  # fmt: skip
    assert flood.left_out() == 3
    assert flood.left_out() == 0
