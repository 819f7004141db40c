"""MQTT is told packet by packet, in the version that fits."""

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.mqtt import Mqtt
from tests.core.decoding.trial import part, told

MQTT = Mqtt()


def packet(first: int, body: str) -> bytes:
    """Return a packet of less than 128 bytes."""
    data = bytes.fromhex(body)
    return bytes([first, len(data)]) + data


CONNECT = "00044d515454"
AB = "0003612f62"


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (packet(0x10, CONNECT + "0402003c000464657631"),
         "CONNECT dev1, MQTT 3.1.1, keep alive 60 s"),
        (packet(0x10, "00064d51497364700302000a0000"),
         "CONNECT (no client id), MQTT 3.1, keep alive 10 s"),
        (packet(0x10, CONNECT + "05c2003c0000046465763100026a6f00026162"),
         "CONNECT dev1, MQTT 5, keep alive 60 s, user jo"),
        (packet(0x10, CONNECT + "04ee003c0000" + AB + "0003627965" + "00026a6f00026162"),
         "CONNECT (no client id), MQTT 3.1.1, keep alive 60 s, user jo"),
        (packet(0x20, "0000"), "CONNACK, accepted"),
        (packet(0x20, "0105"), "CONNACK, not authorized"),
        (packet(0x20, "000000"), "CONNACK, success"),
        (packet(0x20, "008500"), "CONNACK, client identifier not valid"),
        (packet(0x20, "0000032100ff"), "CONNACK, success"),
        (packet(0x30, AB + "6869"), "PUBLISH a/b: hi"),
        (packet(0x30, AB), "PUBLISH a/b, empty"),
        (packet(0x3D, AB + "00077b226964223a377d"), "PUBLISH a/b: {id: 7}"),
        (packet(0x30, AB + "006869"), "PUBLISH a/b: hi"),
        (packet(0x30, AB + "00000007"), "PUBLISH a/b: \\x00\\x00\\x00\\x07"),
        (packet(0x30, AB + "02010168c3a9"), "PUBLISH a/b: hé"),
        (packet(0x40, "0007"), "PUBACK 7"),
        (packet(0x50, "000710"), "PUBREC 7, 16, no matching subscribers"),
        (packet(0x62, "0007"), "PUBREL 7"),
        (packet(0x70, "00079200"), "PUBCOMP 7, 146, packet identifier not found"),
        (packet(0x82, "0001" + AB + "01"), "SUBSCRIBE a/b"),
        (packet(0x82, "0001" + AB + "01" + "000123" + "00"), "SUBSCRIBE a/b, #"),
        (packet(0x82, "000100" + AB + "2d"), "SUBSCRIBE a/b"),
        (packet(0x82, "0001020b05" + AB + "01"), "SUBSCRIBE a/b"),
        (packet(0x90, "000100"), "SUBACK 1, granted QoS 0"),
        (packet(0x90, "00010180"), "SUBACK 1, granted QoS 1, unspecified error"),
        (packet(0x90, "00010087"), "SUBACK 1, not authorized"),
        (packet(0x90, "0001" + "00" * 9), "SUBACK 1, 9 answers"),
        (packet(0xA2, "0001" + AB), "UNSUBSCRIBE a/b"),
        (packet(0xB0, "0001"), "UNSUBACK 1"),
        (packet(0xB0, "00010011"), "UNSUBACK 1, no subscription existed"),
        (packet(0xC0, ""), "PINGREQ"),
        (packet(0xD0, ""), "PINGRESP"),
        (packet(0xE0, ""), "DISCONNECT"),
        (packet(0xE0, "8e"), "DISCONNECT, 142, session taken over"),
        (packet(0xE0, "8b051f0002" + "6279"), "DISCONNECT, 139, server shutting down"),
        (packet(0xF0, "1800"), "AUTH, 24, continue authentication"),
        (packet(0x30, AB + "6869") + packet(0xE0, ""), "PUBLISH a/b: hi; DISCONNECT"),
    ],
)  # fmt: skip
def test_summary(data: bytes, summary: str) -> None:
    """Every packet of either version has its line."""
    decoded = MQTT.decode(data)
    assert decoded.note == ""
    assert decoded.summary == summary
    assert MQTT.rate(data) >= 0.6


def test_connect() -> None:
    """All that a client says of itself is there, a last will too."""
    data = packet(
        0x10, CONNECT + "05f6003c" + "0321000a" + "000464657631"
        + "05" + "1800000005" + AB + "0003627965" + "00026a6f" + "00026162",
    )  # fmt: skip
    decoded = MQTT.decode(data)
    assert decoded.note == ""
    assert told(decoded) == {
        "type": "1, CONNECT", "length": str(len(data) - 2), "protocol": "MQTT",
        "version": "5, MQTT 5",
        "flags": "user name, password, will retain, will, clean start; will QoS 2",
        "keep alive": "60", "properties": "receive maximum", "receive maximum": "10",
        "client id": "dev1", "will properties": "will delay interval", "will delay interval": "5",
        "will topic": "a/b", "will message": "bye", "user name": "jo", "password": "ab",
    }  # fmt: skip
    assert part(decoded, "client id", data) == b"dev1"
    assert part(decoded, "receive maximum", data) == bytes.fromhex("21000a")


def test_publish() -> None:
    """Flags are told by name, properties by theirs, and a payload of JSON is opened."""
    data = packet(
        0x3B,
        AB
        + "0007"
        + "12"
        + "2600016b000176"
        + "0900020aff"
        + "0b8001"
        + "230001"
        + "7b226964223a377d",
    )
    decoded = MQTT.decode(data)
    found = told(decoded)
    assert found["flags"] == "QoS 1, at least once; retain; duplicate"
    assert found["packet id"] == "7"
    assert found["user property"] == "k: v"
    assert found["correlation data"] == "0a ff"
    assert found["subscription identifier"] == "128"
    assert found["payload"] == "{id: 7}"
    assert part(decoded, "id", data) == b"7"


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (packet(0x30, AB + "6869")[:-1], "the end is missing: 1 more byte should follow"),
        (
            b"\x30\xff\xff\xff\x7f\0\3a/b",
            "the end is missing: 268,435,450 more bytes should follow",
        ),
        (packet(0x30, "00ff6162"), "before byte 6 something is longer than what it is in"),
        (packet(0x20, "000002ff00"), "byte 5: there is no property 255"),
        (packet(0x20, "0000020b80"), "byte 6 should be a number"),
        (packet(0x20, "000080"), "byte 4 should be the length of properties"),
        (packet(0xC0, "") + b"hello", "from byte 2 on it is something else"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said where a packet ends too early, or is wrong."""
    decoded = MQTT.decode(data)
    assert decoded.summary
    assert decoded.note.startswith(note)


@pytest.mark.parametrize(
    "data", [b"", b"\x10", b"\x00\x00", b"\x11\x00", b"hello", b"\x30\xff\xff\xff\xff"]
)
def test_refused(data: bytes) -> None:
    """What has no such first byte or length is no packet."""
    with pytest.raises(NotDecoded):
        MQTT.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (packet(0x10, CONNECT + "0402003c000464657631"), 1.0),
        (packet(0x10, CONNECT + "0402003c000464657631")[:9], 1.0),
        (packet(0x10, "0004" + "00" * 8), 0.0),
        (packet(0x30, AB + "6869"), 0.8),
        (packet(0x36, AB + "6869"), 0.0),
        (packet(0x30, "0003000102"), 0.0),
        (packet(0x30, "00096162"), 0.0),
        (packet(0xC0, ""), 0.6),
        (packet(0xC0, "00"), 0.0),
        (packet(0x40, "0007")[:3], 0.0),
        (packet(0x40, "000777"), 0.0),
        (packet(0x10, CONNECT + "0402003c000464657631") + b"hello", 0.8),
        (b"\xc0\0" * 1000, 0.6),
        (b"", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """A CONNECT is certain; of others all that is fixed must fit."""
    assert MQTT.rate(data) == rate
