"""SLIP packets come out as they were put in; flags alone are no packets."""

from hypothesis import given, strategies as st

from tcpmon.core.framing.slip import Slip
from tests.core.framing.trial import garbage, trial

END, ESC = b"\xc0", b"\xdb"


def test_packets() -> None:
    """An END in front, or several, belongs to the packet behind."""
    trial(
        "slip",
        b"a" + END,
        END + b"b" + END,
        END * 3 + ESC + b"\xdc" + ESC + b"\xdd" + END,
        b"\xdd\xdc" + END,
        bodies=[b"a", b"b", END + ESC, b"\xdd\xdc"],
    )


def test_rest() -> None:
    """A packet without END is not complete; ENDs alone miss nothing."""
    trial("slip", b"a" + END, rest=b"b", missing=None, bodies=[b"a"])
    trial("slip", b"a" + END, rest=END, missing=0, bodies=[b"a"])


@given(st.binary(min_size=1) | st.text("\xc0\xdb\xdc\xdda", min_size=1).map(str.encode))
def test_body(packet: bytes) -> None:
    """What was stuffed by the book is there again."""
    stuffed = packet.replace(ESC, ESC + b"\xdd").replace(END, ESC + b"\xdc")
    assert Slip().feed(END + stuffed + END, 0) == [len(stuffed) + 2]
    assert Slip().body(END + stuffed + END) == packet


def test_garbage() -> None:
    """Any bytes are packets of a kind."""
    garbage("slip", [END, END * 2, ESC, b"a"])
