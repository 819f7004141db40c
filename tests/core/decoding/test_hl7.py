"""HL7 is told by its type, and each segment by what matters in it."""

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.hl7 import Hl7
from tests.core.decoding.trial import part, told

HL7 = Hl7()
ADT = b"MSH|^~\\&|HIS|A|LAB|B|20260101||ADT^A01|42|P|2.5\rPID|1||7||DOE^JOHN\rZXX|a\r"


def test_fields() -> None:
    """Fields are numbered as people do it, where MSH-1 is the separator itself."""
    data = b"\x0b" + ADT + b"\x1c\r"
    decoded = HL7.decode(data)
    assert (decoded.summary, decoded.note) == ("ADT^A01 42 HIS", "")
    found = told(decoded)
    assert found["3 sending application"] == "HIS"
    assert found["9 message type"] == "ADT^A01"
    assert found["12 version"] == "2.5"
    assert found["PID"] == "7 DOE^JOHN"
    assert found["5 name"] == "DOE^JOHN"
    assert found["field 1"] == "a"
    assert part(decoded, "9 message type", data) == b"ADT^A01"
    assert part(decoded, "5 name", data) == b"DOE^JOHN"
    assert part(decoded, "PID", data) == b"PID|1||7||DOE^JOHN"


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (ADT + b"\x1c\r\x0b" + ADT, "ADT^A01 42 HIS; ADT^A01 42 HIS"),
        (ADT + ADT, "ADT^A01 42 HIS; ADT^A01 42 HIS"),
        (b"MSH|^~\\&|\nMSA|AA|42|fine\n", "message"),
        (b"MSH#^~\\&#x######ACK#\x1b[2J", "ACK \\x1b[2J x"),
    ],
)
def test_summary(data: bytes, summary: str) -> None:
    """Type, number and sender, of each message there is."""
    decoded = HL7.decode(data)
    assert (decoded.summary, decoded.note) == (summary, "")


@pytest.mark.parametrize("data", [b"", b"\x0b\x1c\r", b"PID|1", b"MSHA", b"hello", b"MSH|"])
def test_refused(data: bytes) -> None:
    """A message begins with its header."""
    with pytest.raises(NotDecoded):
        HL7.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [(ADT, 1.0), (b"\x0b" + ADT, 1.0), (b"MSH#$%#", 0.7), (b"PID|1", 0.0), (b"MSH hello", 0.0)],
)
def test_rate(data: bytes, rate: float) -> None:
    """The usual separators make it certain."""
    assert HL7.rate(data) == rate
