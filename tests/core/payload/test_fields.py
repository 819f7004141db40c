"""What is put in when a payload is sent: time, counters, chance, who it is for, what was said."""

import uuid

import pytest

from tcpmon.core.errors import BadPayload
from tcpmon.core.payload import Facts, parse
from tests.core.payload.filling import facts, filled


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("${hex 01:02 0x03}", b"\1\2\3"),
        ("${hex}", b""),
        ("${now}", b"2023-11-14T22:13:20.123Z"),
        ("${now unix}", b"1700000000"),
        ("${now ms}", b"1700000000123"),
        ("${now u32be}", (1_700_000_000).to_bytes(4)),
        ("${now ms u64le}", (1_700_000_000_123).to_bytes(8, "little")),
        ("${now %d.%m.%Y %H:%M:%S.%f %% é}", "14.11.2023 22:13:20.123456 % é".encode()),
        ("${counter} ${counter} ${counter b %03d} ${counter b}", b"1 2 001 2"),
        ("${client.id} ${client.id u16be}", b"7 \0\7"),
        ("${client.name} ${client.address}", "é 10.0.0.1".encode()),
        ("${client.port %06d} ${listener}", b"040001 127.0.0.1:8000"),
        ("${message}${message HEX}", b"id=12\n69643D31320A"),
        ("${1} ${0} ${imei} ${imei hex} ${imei HEX}", b"12 id=12 \x12\xab 12ab 12AB"),
        ("${1 u16be}${1 %04d}", b"\0\x0c0012"),
        ("${random 4..4}${random 4..4 u16le}", b"4\4\0"),
    ],
)
def test_what_is_put_in(text: str, data: bytes) -> None:
    """Each field gives what it is called, in the form that is asked for."""
    assert filled(text) == data


def test_chance_and_counters_go_on() -> None:
    """Each time a payload is filled in, chance is another one and counters count on."""
    payload = parse("${counter}${counter x}${counter} ${random 8} ${uuid}")
    told = facts()
    first, second = payload.fill(told), payload.fill(told)
    assert (first[:3], second[:3]) == (b"112", b"324")
    assert first[4:12] != second[4:12]
    assert told.counters == {"": 4, "x": 2}


def test_a_uuid_is_one() -> None:
    """What ${uuid} gives is a random UUID of version 4."""
    made = uuid.UUID(filled("${uuid}").decode())
    assert (made.version, made.variant) == (4, uuid.RFC_4122)


def test_random_numbers_are_within_their_range() -> None:
    """Both ends come, and nothing else."""
    payload, told = parse("${random 1..6}"), facts()
    assert {payload.fill(told) for _ in range(300)} == {b"1", b"2", b"3", b"4", b"5", b"6"}


@pytest.mark.parametrize(
    ("text", "told", "message"),
    [
        ("ab${n u8}", Facts(groups={"n": b"x\x1b"}), r"n is no number: x\\x1b; for a number in"),
        ("ab${n u8}", Facts(groups={}), "n is no number: nothing"),
        ("ab${client.port u8}", Facts(port=256), "256 does not fit u8; take a wider one"),
        ("ab${now %Y}", Facts(now=1 << 90), "the clock is in no year that can be written"),
        ("ab${now unix}", Facts(now=-1), "-1 is less than nothing"),
        ("ab${now}", Facts(now=-(1 << 90)), "the clock is in no year that can be written"),
    ],
)
def test_what_cannot_be_put_in(text: str, told: Facts, message: str) -> None:
    """What is not known before it is sent is refused then, with the reason."""
    with pytest.raises(BadPayload) as caught:
        parse(text, groups=["n"]).fill(told)
    assert message.replace("\\\\", "\\") in str(caught.value)


def test_names_that_no_encoding_holds_are_sent_all_the_same() -> None:
    """Half a surrogate pair in a name becomes a question mark, a lone byte itself."""
    told = Facts(name="a\ud800", address="\udcff")
    assert parse("${client.name} ${client.address}").fill(told) == b"a? \xff"
