"""A tracker's frame is told by who it is, where it is and how it fares."""

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.gt06 import Gt06
from tests.core.decoding.trial import part, told

GT06 = Gt06()


def check(data: bytes) -> int:
    """Return CRC-16/X-25, bit by bit."""
    total = 0xFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = total >> 1 ^ 0x8408 if total & 1 else total >> 1
    return total ^ 0xFFFF


def framed(kind: int, body: str, serial: int = 1) -> bytes:
    """Return a frame with its length and check."""
    inner = bytes([kind]) + bytes.fromhex(body) + serial.to_bytes(2, "big")
    inner = bytes([len(inner) + 2]) + inner
    return b"\x78\x78" + inner + check(inner).to_bytes(2, "big") + b"\r\n"


HERE = "0b081d112e10cc027ac7eb0c465849"


def test_check() -> None:
    """The check is the one whose value for 123456789 is 906e, by the catalogue of CRCs."""
    assert check(b"123456789") == 0x906E


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (framed(0x01, "0123456789012345"), "login 123456789012345"),
        (framed(0x01, ""), "login"),
        (framed(0x12, HERE + "00148f01cc00287d001fb8"),
         "location 2011-08-29 17:46:16 UTC 23.111668° N 114.409285° E 0 km/h"),
        (framed(0x12, HERE + "371900"),
         "location 2011-08-29 17:46:16 UTC 23.111668° S 114.409285° W 55 km/h"),
        (framed(0x13, "4506040002"), "heartbeat GPS, charging, armed"),
        (framed(0x13, "64060400"), "heartbeat GPS, charging, SOS alarm"),
        (framed(0x13, ""), "heartbeat"),
        (framed(0x16, HERE + "00148f" + "0901cc00287d001fb8" + "6406040002"), "alarm"),
        (framed(0x16, ""), "alarm"),
        (framed(0x8A, ""), "time"),
        (framed(0x99, "0102"), "message 0x99"),
        (b"\x79\x79\0\x07\x94\1\2\0\1" + check(b"\0\x07\x94\1\2\0\1").to_bytes(2, "big") + b"\r\n",
         "information"),
        (framed(0x01, "0123456789012345") + framed(0x8A, "", 2), "login 123456789012345; time"),
    ],
)  # fmt: skip
def test_summary(data: bytes, summary: str) -> None:
    """Each kind of frame has its line, one behind the other too."""
    decoded = GT06.decode(data)
    assert decoded.note == ""
    assert decoded.summary.startswith(summary)
    assert GT06.rate(data) == 1.0


def test_location() -> None:
    """A place is in degrees, each number with its bytes."""
    data = framed(0x12, HERE + "37148f01cc00287d001fb8", 3)
    decoded = GT06.decode(data)
    assert told(decoded) == {
        "length": "31", "kind": "0x12, location", "time": "2011-08-29 17:46:16 UTC",
        "satellites": "12", "latitude": "23.111668° N", "longitude": "114.409285° E",
        "speed": "55 km/h", "course": "143°", "fix": "positioned", "MCC": "460", "MNC": "0",
        "LAC": "10365", "cell": "8120", "serial": "3",
        "checksum": f"0x{check(data[2:-4]):04x}, right",
    }  # fmt: skip
    assert part(decoded, "longitude", data) == bytes.fromhex("0c465849")
    assert part(decoded, "checksum", data) == data[-4:-2]


def test_alarm() -> None:
    """An alarm says which one, with the state of the device."""
    found = told(GT06.decode(framed(0x16, HERE + "00148f" + "0901cc00287d001fb8" + "6404030002")))
    assert found["terminal"] == "GPS, charging, SOS alarm"
    assert found["voltage"] == "4, medium"
    assert found["GSM signal"] == "3, good"
    assert found["data"] == "00 02"


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (framed(0x01, "0123456789012345")[:-4] + b"\0\0\r\n", "the checksum is wrong"),
        (framed(0x01, "0123456789012345")[:-2] + b"ab", "byte 16 should be a line end"),
        (framed(0x01, "0123456789012345")[:-3], "the end is missing: 1 more byte should follow"),
        (framed(0x12, HERE), "before byte 19 something is longer than what it is in"),
        (framed(0x8A, "") + b"hello", "from byte 10 on it is something else"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said what is wrong with a frame."""
    decoded = GT06.decode(data)
    assert decoded.summary
    assert decoded.note.startswith(note)


@pytest.mark.parametrize("data", [b"", b"\x78", b"\x78\x78\x04\x01", b"hello", b"\x78\x79\x05\x01"])
def test_refused(data: bytes) -> None:
    """A frame has its mark, and a length that can be."""
    with pytest.raises(NotDecoded):
        GT06.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (framed(0x8A, "")[:-4] + b"\0\0\r\n", 0.8),
        (framed(0x8A, "")[:-1], 0.5),
        (framed(0x8A, "")[:-2] + b"ab", 0.0),
        (b"xx hello world", 0.0),
        (b"xx", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """Mark, length and line end must fit, and the check makes it certain."""
    assert GT06.rate(data) == rate
