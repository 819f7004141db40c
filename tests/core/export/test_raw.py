"""Raw bytes are the bytes, and each belongs to whom it concerns."""

from array import array

import pytest
from msgspec.structs import replace

from tcpmon.core.export.raw import pieces, streams
from tcpmon.core.model import Cast, Kind, Message
from tests.core.export.messages import CAST, EVENTS, a_message

CROWD = Cast(array("I", (1, 2, 5, 9)), {2: "gone"}, {1}, {9})


@pytest.mark.parametrize("kind", [Kind.RX, Kind.TX, Kind.CAST])
def test_the_bytes_are_exact(kind: Kind) -> None:
    """Every byte of a payload is there, nothing else."""
    assert list(pieces(a_message(b"\x1b[2J\0\xff", kind))) == [b"\x1b[2J\0\xff"]


@pytest.mark.parametrize("message", EVENTS, ids=lambda message: message.kind.name)
def test_an_event_has_none(message: Message) -> None:
    """What is told of a connection is no part of what went over it."""
    assert list(pieces(message)) == []
    assert list(streams(message, frozenset())) == []


@pytest.mark.parametrize(
    ("message", "wanted", "found"),
    [
        (a_message(b"x", Kind.RX, 3), (), [(3, "rx")]),
        (a_message(b"x", Kind.TX, 3), (), [(3, "tx")]),
        (replace(a_message(b"x", Kind.TX, 3), queued=1), (), [(3, "tx")]),
        (replace(a_message(b"x", Kind.TX, 3), unsent=1), (), []),
        (a_message(b"x", Kind.CAST, 0, CAST), (), [(1, "tx"), (5, "tx")]),
        (a_message(b"x", Kind.CAST, 0, CROWD), (), [(1, "tx"), (5, "tx")]),
        (a_message(b"x", Kind.CAST, 0, CROWD), (5,), [(5, "tx")]),
        (a_message(b"x", Kind.CAST, 0, CROWD), (2, 9), []),
        (a_message(b"x", Kind.CAST, 0), (), []),
    ],
)
def test_whose_it_is(
    message: Message, wanted: tuple[int, ...], found: list[tuple[int, str]]
) -> None:
    """A broadcast is part of what each receiver was sent; what never went out is nobody's."""
    assert list(streams(message, frozenset(wanted))) == found
