"""What is computed of a body: lengths, checksums, repetitions, digits."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.checksums import SIMPLE, names
from tcpmon.core.errors import BadPayload
from tcpmon.core.payload import parse
from tests.core.payload.filling import filled


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("${length: abc}", b"3abc"),
        ("${length:abc}", b"3abc"),
        ("${length:  abc}", b"4 abc"),
        ("${length u16be: abc}", b"\0\3abc"),
        ("${length u16be+2: abc}", b"\0\5abc"),
        ("${length u16le -1: abc}", b"\2\0abc"),
        ("${length %04d+4: abc}", b"0007abc"),
        ("${length only u8: abc}", b"\3"),
        ("${length u8 only: ${client.name}}", b"\2"),
        ("${length varint: ${repeat 200: x}}", b"\xc8\1" + b"x" * 200),
        ("${length u8: {a{b}} ${length u8: c}}", b"\x09{a{b}} \1c"),
        (r"${length u8: \x7d\u{e9}}", b"\3}\xc3\xa9"),
        ("${crc16/modbus: 123456789}", b"123456789\x37\x4b"),
        ("${crc16/modbus be: 123456789}", b"123456789\x4b\x37"),
        ("${crc16/xmodem: 123456789}", b"123456789\x31\xc3"),
        ("${crc16/xmodem le: 123456789}", b"123456789\xc3\x31"),
        ("${CRC-32 hex only: 123456789}", b"cbf43926"),
        ("${crc32 u64be only: 123456789}", b"\0\0\0\0\xcb\xf4\x39\x26"),
        ("${sum8: ${n}}", b"33"),
        ("${repeat 3: ab}", b"ababab"),
        ("${repeat 0: ab}", b""),
        ("${repeat 9999999999999999999:}${repeat 9999999999999999999: }", b""),
        ("${repeat 2: ${counter},}", b"1,2,"),
        ("${repeat n: x}${repeat 1: y}", b"xxxy"),
        ("${repeat %d 1: y}", b"y" * 12),
        ("${repeat u16be two: x}", b"xx"),
        ("${repeat u16le two: x}", b"x" * 512),
        ("${encode hex: ${imei}\\n}${encode HEX: ${imei}}", b"12ab0a12AB"),
        # IEC 61162-1's GGA as manuals have it, MODBUS over serial line V1.02's ASCII frame, GT06
        ("$${xor *%02X: GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,}",
         b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"),
        (r":${encode HEX: ${lrc: \x01\x03\x00\x00\x00\x0a}}\r\n", b":01030000000AF2\r\n"),
        (r"xx${crc16/x-25 be: \x05\x01\x00\x01}\r\n", b"xx\x05\x01\0\1\xd9\xdc\r\n"),
    ],
)  # fmt: skip
def test_computed(text: str, data: bytes) -> None:
    """Each field is what its name says, in the form that is asked for."""
    assert filled(text) == data


@given(st.sampled_from(names()), st.binary(max_size=40))
def test_a_checksum_is_the_same_in_each_way_of_writing(name: str, data: bytes) -> None:
    """With a body, alone, behind the bytes, as digits: it is the same number."""
    body = "".join(f"\\x{byte:02x}" for byte in data)
    both, only, behind, digits = (
        parse(text).fixed or b""
        for text in (
            f"${{{name} be: {body}}}", f"${{{name} be only: {body}}}", f"{body}${{{name} be}}",
            f"${{{name} hex only: {body}}}",
        )
    )  # fmt: skip
    assert both == behind == data + only
    assert digits == only.hex().encode()
    assert len(only) == (SIMPLE[name].size if name in SIMPLE else int(name[4:6].strip("/")) // 8)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("ab${length only}", 11, "only needs a body"),
        ("ab${xor only}", 8, "only needs a body"),
        ("ab${length u8 x: a}", 14, "x is not known here"),
        ("ab${xor x: a}", 8, "x is not known here; write for example be, le, hex"),
        ("ab${crc32 u16be: a}", 10, "it takes 32 bits, not 16"),
        ("ab${length u8: ${repeat 256: a}}", 11, "256 does not fit u8"),
        ("ab${length u8-2: a}", 11, "-1 is less than nothing"),
        ("ab${repeat: a}", 2, "what is to be repeated, and how often?"),
        ("ab${repeat 3}", 2, "what is to be repeated, and how often?"),
        ("ab${repeat x: a}", 11, "x is neither a number nor captured"),
        ("ab${repeat -1: a}", 11, "-1 is neither a number nor captured"),
        ("ab${repeat u8 3: a}", 14, "3 is neither a number nor captured"),
        ("ab${repeat u16 n: a}", 11, "which byte comes first?"),
        ("ab${repeat x n: a}", 11, "x is not known here"),
        ("ab${repeat u8 u8 n: a}", 14, "u8 is not known here"),
        ("ab${encode: a}", 2, "what is to be encoded, and how?"),
        ("ab${encode hex}", 2, "what is to be encoded, and how?"),
        ("ab${encode x: a}", 11, "x is not known here; write ${encode hex: ...}"),
        ("ab${repeat imei: a}", 11, r"imei is no number: \x12\xab"),
        ("ab${repeat none: a}", 11, "none is no number: nothing"),
        ("ab${repeat u8 two: a}", 14, "two is 2 bytes, not 1"),
        ("ab${encode hex: ${repeat 9000000: a}}", 2, "it would be more than 16 MiB"),
    ],
)
def test_mistakes(text: str, place: int, message: str) -> None:
    """What cannot be computed is told with the place, at once or when it is sent."""
    with pytest.raises(BadPayload) as caught:
        filled(text)
    assert (caught.value.place, str(caught.value)[: len(message)]) == (place, message)
