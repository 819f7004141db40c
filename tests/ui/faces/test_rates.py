"""Messages and bytes a second."""

from tcpmon.core.model import Kind
from tcpmon.ui import faces
from tcpmon.ui.faces import rates
from tcpmon.ui.faces.picture import Face
from tests.ui.faces.conftest import Draw
from tests.ui.faces.test_picture import text

TALK = [(0.0, Kind.RX, b"x" * 1000)] * 4 + [(4.0, Kind.RX, b"")] * 2 + [(119.0, Kind.TX, b"12")]


def test_messages(picture: Draw) -> None:
    """Peak, mean and sum are told; bars are as high as their rates."""
    lines = text(rates.draw(picture(Face.MESSAGES, TALK), 19))
    assert lines[0] == "RX ↓ received  peak 2/s   mean 0.0504/s   6 messages"
    assert lines[1].startswith("       2/s ┤█ ")
    assert lines[5].startswith("       1/s ┤█ █ ")
    assert lines[8].startswith("         0 ┤█ █ ")
    assert "1 message" in lines[11]
    assert [line[-1] for line in lines[12:]].count("█") == 7


def test_bytes(picture: Draw) -> None:
    """Bytes have their own units."""
    lines = text(rates.draw(picture(Face.BYTES, TALK), 19))
    assert lines[0] == "RX ↓ received  peak 2.0 kB/s   mean 34 B/s   4.0 kB"
    assert lines[1].startswith("  2.0 kB/s ┤█  ")


def test_csv(picture: Draw) -> None:
    """Each column is a line, empty ones too, with its time in UTC."""
    lines = faces.as_csv(picture(Face.BYTES, TALK)).splitlines()
    assert lines[0] == "time,seconds,rx_messages,rx_bytes,tx_messages,tx_bytes"
    assert lines[1] == "2026-05-28T20:26:40.000000Z,2,4,4000,0,0"
    assert lines[2] == "2026-05-28T20:26:42.000000Z,2,0,0,0,0"
    assert lines[60] == "2026-05-28T20:28:38.000000Z,2,0,0,1,2"
    assert len(lines) == 61
