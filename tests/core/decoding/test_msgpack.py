"""MessagePack is shown value by value."""

import pytest
from hypothesis import given, strategies as st
from msgspec import msgpack

from tcpmon.core.decoding import DEPTH, FIELDS, Decoded, NotDecoded
from tcpmon.core.decoding.msgpack import Msgpack
from tests.core.decoding.trial import part, told, tried

MSGPACK = Msgpack()


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("00", "0"), ("7f", "127"), ("ff", "-1"), ("e0", "-32"), ("c0", "null"), ("c2", "false"),
        ("c3", "true"), ("cc80", "128"), ("cd0100", "256"), ("ce00010000", "65536"),
        ("cfffffffffffffffff", "18446744073709551615"), ("d080", "-128"), ("d18000", "-32768"),
        ("d280000000", "-2147483648"), ("d38000000000000000", "-9223372036854775808"),
        ("ca3fc00000", "1.5"), ("cb3ff8000000000000", "1.5"), ("a161", '"a"'), ("d90161", '"a"'),
        ("da000161", '"a"'), ("db0000000161", '"a"'), ("c40200ff", "00 ff"), ("c5000100", "00"),
        ("c60000000100", "00"), ("93010203", "[1, 2, 3]"), ("dc000101", "[1]"),
        ("dd0000000101", "[1]"), ("81a16101", "{a: 1}"), ("de0001a16101", "{a: 1}"),
        ("df00000001a1619101", "{a: […]}"), ("81a001", '{"": 1}'), ("c400", "no bytes"),
        ("d40507", "extension 5: 07"), ("c7020507ff", "extension 5: 07 ff"),
        ("d48007", "extension -128: 07"), ("d6ff6b03d660", "2026-11-23 06:00:00 UTC"),
        ("d7ff773594006b03d660", "2026-11-23 06:00:00.5 UTC"),
        ("c70cff1dcd6500000000006b03d660", "2026-11-23 06:00:00.5 UTC"),
        ("c70cff00000000ffffffffffffffff", "1969-12-31 23:59:59 UTC"),
        ("8191010280", "{key: […], value: 2}; {}"), ("0102", "1; 2"),
    ],
)  # fmt: skip
def test_values(data: str, value: str) -> None:
    """Every kind of value that the specification has is read."""
    decoded = MSGPACK.decode(bytes.fromhex(data))
    assert (decoded.summary, decoded.note) == (value, "")


def test_places() -> None:
    """Each value is where its own bytes are, its key apart."""
    data = msgpack.encode({"id": 7, "t": [21.5, None], "raw": b"\0\xff"})
    decoded = MSGPACK.decode(data)
    assert told(decoded) == {
        "id": "7", "t": "list, 2 items", "[0]": "21.5", "[1]": "null", "raw": "00 ff",
    }  # fmt: skip
    assert part(decoded, "id", data) == b"\x07"
    assert part(decoded, "raw", data) == data[-4:]


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (bytes.fromhex("9201"), "the end is missing: 1 more byte should follow"),
        (
            bytes.fromhex("9201db00ffffff"),
            "the end is missing: 16,777,215 more bytes should follow",
        ),
        (bytes.fromhex("9201c1"), "byte 2 is never used in MessagePack"),
        (b"\x92\x01" + b"\x91" * 1000, f"it is nested deeper than {DEPTH} levels"),
        (b"\xdd\xff\xff\xff\xff" + b"\1" * 5000, f"there are more than {FIELDS:,} fields"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said why what is shown is not all."""
    decoded = MSGPACK.decode(data)
    assert decoded.fields
    assert decoded.note == note


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\xd9"])
def test_refused(data: bytes) -> None:
    """What cannot begin like that is not shown."""
    with pytest.raises(NotDecoded):
        MSGPACK.decode(data)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 99), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_any_value(value: list[object]) -> None:
    """Whatever msgspec writes is read to its end."""
    decoded = tried(MSGPACK, msgpack.encode(value))
    assert isinstance(decoded, Decoded)
    assert decoded.note == ""
    assert len(decoded.fields) == len(value)


@pytest.mark.parametrize(
    ("data", "rate"),
    [("81a16101", 0.9), ("de0001a16101", 0.9), ("c0", 0.0), ("a161", 0.0), ("81a161", 0.0)],
)
def test_rate(data: str, rate: float) -> None:
    """A map with names is likely; a single value might be anything."""
    assert MSGPACK.rate(bytes.fromhex(data)) == rate
