"""HL7 messages between VT and FS CR."""

from tests.core.framing.trial import garbage, trial

HL7 = b"MSH|^~\\&|A|B|C|D|20261123||ADT^A01|1|P|2.3\rPID|1\r"


def test_messages() -> None:
    """A message is what stands between; a line end that follows is a message of its own."""
    trial("mllp", b"\x0b" + HL7 + b"\x1c\r", b"\x0b\x1c\r", bodies=[HL7, b""])
    trial(
        "mllp", b"\x0bA\x1c\x1c\r", b"\n", b"\x0bB\x1cC\x1c\r", bodies=[b"A\x1c", b"\n", b"B\x1cC"]
    )


def test_rest() -> None:
    """A message without its end is not complete, even with half of it."""
    trial("mllp", b"\x0bA\x1c\r", rest=b"\x0bB\x1c", missing=None, bodies=[b"A"])


def test_garbage() -> None:
    """Whatever comes, nothing breaks."""
    garbage("mllp", [b"\x0b", b"\x1c", b"\r", b"\x1c\r", b"ab"])
