"""Modbus/TCP is told by function, registers and values."""

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.modbus import Modbus
from tests.core.decoding.trial import part, told

MODBUS = Modbus()


def framed(body: str) -> bytes:
    """Return unit 17's message with a header before it."""
    data = bytes.fromhex("11" + body)
    return bytes.fromhex("00010000") + len(data).to_bytes(2, "big") + data


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("0100130025", "Read Coils: 37 coils from 19"),
        ("0105cd6bb20e1b", "Read Coils: 1011001111010110010011010111000011011000"),
        ("0103cd6b12", "Read Coils: 101100111101011001001000"),
        ("0103000010", "Read Coils: 16 coils from 768"),
        ("0200c40016", "Read Discrete Inputs: 22 inputs from 196"),
        ("03006b0001", "Read Holding Registers: 1 register from 107"),
        ("0306022b00000064", "Read Holding Registers: 555, 0, 100"),
        ("04020fa0", "Read Input Registers: 4000"),
        ("0500acff00", "Write Single Coil: 172 = on"),
        ("0500ac0000", "Write Single Coil: 172 = off"),
        ("0600010003", "Write Single Register: 1 = 3"),
        ("0f0013000a02cd01", "Write Multiple Coils: 10 coils from 19: 1011001110000000"),
        ("0f0013000a", "Write Multiple Coils: 10 coils from 19: done"),
        ("1000010002 04000a0102", "Write Multiple Registers: 2 registers from 1: 10, 258"),
        ("1000010002", "Write Multiple Registers: 2 registers from 1: done"),
        ("16000400f20025", "Mask Write Register"),
        ("170003000600 0e000306 00ff00ff00ff", "Read/Write Multiple Registers: 255, 255, 255"),
        ("170c00fe0acd00010003000d00ff", "Read/Write Multiple Registers: 254, 2765, 1, 3, 13, 255"),
        ("2b0e0100", "Encapsulated Interface Transport"),
        ("07", "Read Exception Status"),
        ("8302", "Read Holding Registers refused: Illegal Data Address"),
        ("8363", "Read Holding Registers refused: exception 99"),
        ("6501", "function 101"),
    ],
)
def test_summary(body: str, summary: str) -> None:
    """The examples of the specification read as they are explained there; whether one asks or
    answers is seen from its length."""
    decoded = MODBUS.decode(framed(body))
    assert (decoded.summary, decoded.note) == (summary, "")


def test_fields() -> None:
    """Every register has its number, the signed one too, and its bytes."""
    data = framed("0304fffe0064")
    decoded = MODBUS.decode(data)
    assert told(decoded) == {
        "transaction": "1", "protocol": "0, Modbus", "length": "7", "unit": "17",
        "function": "3, Read Holding Registers", "bytes": "4", "register 0": "65534, signed -2",
        "register 1": "100",
    }  # fmt: skip
    assert part(decoded, "register 1", data) == b"\0\x64"


def test_several() -> None:
    """Messages in one read are told one behind the other."""
    decoded = MODBUS.decode(framed("07") + framed("8301"))
    assert decoded.summary == (
        "Read Exception Status; Read Holding Registers refused: Illegal Function"
    )
    assert [field.name for field in decoded.fields] == ["message 1", "message 2"]


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (framed("0306022b00000064")[:-2], "the end is missing: 2 more bytes should follow"),
        (framed("0f0013000a05cd01"), "before byte 15 something is longer than what it is in"),
        (framed("07") + b"hello world", "from byte 8 on it is something else"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said where a message ends too early, or is wrong."""
    decoded = MODBUS.decode(data)
    assert decoded.summary
    assert decoded.note.startswith(note)


@pytest.mark.parametrize(
    "data", [b"", b"\0\1\0\0", b"\0\1\0\7\0\2\1\3", b"\0\1\0\0\0\1\1\3", b"h" * 12]
)
def test_refused(data: bytes) -> None:
    """Without its header it is not Modbus."""
    with pytest.raises(NotDecoded):
        MODBUS.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (framed("07"), 0.95),
        (framed("07") + framed("8301"), 0.95),
        (framed("07") + b"hello", 0.4),
        (framed("8363"), 0.0),
        (framed("65"), 0.0),
        (framed("0306022b00000064")[:-2], 0.0),
        (b"\0" * 40, 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """Header, length and function must fit."""
    assert MODBUS.rate(data) == rate
