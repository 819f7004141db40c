"""A length in front, of every shape, cuts where it says and nowhere else."""

import pytest

from tcpmon.core.framing.length import varint
from tcpmon.core.framing.measured import NotAHeader
from tests.core.framing.trial import garbage, trial

GT06 = bytes.fromhex("78780d01086845102030405000011bd40d0a")


@pytest.mark.parametrize(
    ("spec", "messages", "bodies"),
    [
        ("u8", [b"\x01a", b"\0", b"\x02bc"], [b"a", b"", b"bc"]),
        ("u16be", [b"\0\x01a", b"\0\0", b"\x01\0" + b"b" * 256], [b"a", b"", b"b" * 256]),
        ("u16le", [b"\x01\0a", b"\0\0"], [b"a", b""]),
        ("u24be", [b"\0\0\x01a", b"\0\0\0"], [b"a", b""]),
        ("u32be", [b"\0\0\0\x01a"], [b"a"]),
        ("u32le", [b"\x01\0\0\0a"], [b"a"]),
        ("u64be", [b"\0" * 7 + b"\x01a"], [b"a"]),
        ("length:width=5,endian=little", [b"\x01\0\0\0\0a"], [b"a"]),
        ("u16be:adjust=-2", [b"\0\x02", b"\0\x03a"], [b"", b"a"]),
        ("u8:adjust=1", [b"\x01aL", b"\0L"], [b"aL", b"L"]),
        ("length:offset=2,width=1,adjust=2", [GT06] * 2, [GT06] * 2),
        ("u16be:offset=1", [b"T\0\x01a", b"U\0\0"], [b"T\0\x01a", b"U\0\0"]),
        ("length:digits=4", [b"0001a", b"0000", b"0012" + b"b" * 12], [b"a", b"", b"b" * 12]),
        ("length:digits=2,offset=1,adjust=-3", [b"#04a", b"#03"], [b"#04a", b"#03"]),
        ("length:digits=2,adjust=-2", [b"03a", b"02"], [b"a", b""]),
        ("varint", [b"\x01a", b"\0", b"\x80\x01" + b"b" * 128], [b"a", b"", b"b" * 128]),
        ("varint", [b"\x81\x80\x80\x80\x80\x80\x80\x80\x80\0a"], [b"a"]),
        ("varint:offset=1,adjust=1", [b"T\x01aL", b"T\0L"], [b"T\x01aL", b"T\0L"]),
        ("varint:adjust=-1", [b"\x02a", b"\x01"], [b"a", b""]),
    ],
)
def test_messages(spec: str, messages: list[bytes], bodies: list[bytes]) -> None:
    """A length alone in front is not part of what is carried; a header that says more is."""
    trial(spec, *messages, bodies=bodies)


@pytest.mark.parametrize(
    ("spec", "rest", "missing"),
    [
        ("u16be", b"\0", None),
        ("u16be", b"\0\x05ab", 3),
        ("length:width=8", b"\xff" * 8 + b"ab", 2**64 - 3),
        ("length:offset=3,width=1,adjust=2", b"abc\x04x", 5),
        ("length:digits=4", b"001", None),
        ("length:digits=4", b"9999a", 9998),
        ("length:digits=18", b"9" * 18, 10**18 - 1),
        ("varint", b"\xff" * 9, None),
        ("varint", b"\xff" * 9 + b"\x01", 2**64 - 1),
        ("varint", b"\x05", 5),
    ],
)
def test_rest(spec: str, rest: bytes, missing: int | None) -> None:
    """What is missing is exact as soon as the length is there, however large it is."""
    trial(spec, rest=rest, missing=missing)


@pytest.mark.parametrize(
    ("spec", "first", "rest", "why"),
    [
        ("u8:adjust=-2", b"\x02", b"\x01", "a length of 1 is too short, with 2 taken off"),
        ("u16be:adjust=-4", b"\0\x04", b"\0\0", "a length of 0"),
        ("length:digits=4", b"0001a", b"00x1", "a length of 4 digits, not 00x1"),
        ("length:digits=2", b"00", b"\x1b[", "not \\x1b["),
        ("length:digits=2", b"00", b"-1", "not -1"),
        ("length:digits=2,adjust=-5", b"05", b"04", "a length of 4"),
        ("varint", b"\x01a", b"\x80" * 10, "a varint of more than 10 bytes"),
        ("varint:adjust=-2", b"\x02", b"\x01", "a length of 1"),
    ],
)
def test_bad(spec: str, first: bytes, rest: bytes, why: str) -> None:
    """A header that cannot be one is told, and what came before it stands."""
    trial(spec, first, rest=rest, bad=why, bodies=[first[1:] if why.startswith("a v") else b"a"]
          if first.endswith(b"a") else [b""])  # fmt: skip


def test_varint() -> None:
    """A varint is read from its place, not before it is whole."""
    assert varint(b"x\xac\x02y", 1, 10) == (300, 3)
    assert varint(b"\xac", 0, 10) == (0, 0)
    with pytest.raises(NotAHeader):
        varint(b"\xff" * 4, 0, 4)


@pytest.mark.parametrize(
    "spec",
    ["u8", "u16le:offset=1,adjust=-2", "length:width=3", "length:digits=2", "varint:adjust=-1"],
)
def test_garbage(spec: str) -> None:
    """Whatever is announced, nothing breaks."""
    garbage(spec, [b"\0", b"\x01", b"\x02", b"\x80", b"\xff" * 8, b"02", b"13"])
