"""CBOR is shown value by value, with tags by their names."""

import math

import pytest

from tcpmon.core.decoding import DEPTH, FIELDS, NotDecoded
from tcpmon.core.decoding.cbor import Cbor
from tests.core.decoding.trial import part, told

CBOR = Cbor()


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("00", "0"), ("17", "23"), ("1818", "24"), ("1903e8", "1000"),
        ("1bffffffffffffffff", "18446744073709551615"), ("20", "-1"), ("3903e7", "-1000"),
        ("f93c00", "1.0"), ("fa47c35000", "100000.0"), ("fb3ff199999999999a", "1.1"),
        ("f97c00", "inf"), ("f97e00", "nan"), ("f4", "false"), ("f5", "true"), ("f6", "null"),
        ("f7", "undefined"), ("f0", "simple 16"), ("f8ff", "simple 255"), ("40", "no bytes"),
        ("4401020304", "01 02 03 04"), ("60", '""'), ("6161", '"a"'), ("62c3bc", '"ü"'),
        ("61ff", '"\\xff"'), ("80", "[]"), ("a0", "{}"), ("83010203", "[1, 2, 3]"),
        ("8301820203820405", "[1, […], […]]"), ("a201020304", "{1: 2, 3: 4}"),
        ("a26161016162820203", "{a: 1, b: […]}"), ("5f42010243030405ff", "01 02 03 04 05"),
        ("7f657374726561646d696e67ff", '"streaming"'), ("9fff", "[]"), ("9f0102ff", "[1, 2]"),
        ("bf6161019f01ff02ff", "{a: 1, key: […], value: 2}"), ("a1600a", '{"": 10}'),
        ("c074323031332d30332d32315432303a30343a30305a", 'tag 0, date: "2013-03-21T20:04:00Z"'),
        ("c11a514b67b0", "tag 1, time: 2013-03-21 20:04:00 UTC"),
        ("c1fb41d452d9ec200000", "tag 1, time: 2013-03-21 20:04:00.5 UTC"),
        ("c1fb7e37e43c8800759c", "tag 1, time: 1e+300"),
        ("c249010000000000000000", "tag 2, big number: 18446744073709551616"),
        ("c349010000000000000000", "tag 3, negative big number: -18446744073709551617"),
        ("c14107", "tag 1, time: 07"), ("c1f5", "tag 1, time: true"),
        ("c120", "tag 1, time: 1969-12-31 23:59:59 UTC"), ("c240", "tag 2, big number: 0"),
        ("d9d9f701", "tag 55799, CBOR: 1"), ("d8ff01", "tag 255: 1"), ("0102", "1; 2"),
    ],
)  # fmt: skip
def test_values(data: str, value: str) -> None:
    """The examples of RFC 8949, appendix A, and some more, read as there."""
    decoded = CBOR.decode(bytes.fromhex(data))
    assert decoded.summary == value
    assert decoded.note == ""


def test_places() -> None:
    """Each value is where its own bytes are, its key apart."""
    data = bytes.fromhex("a2616101616283fb3ff8000000000000f6427878")
    decoded = CBOR.decode(data)
    assert told(decoded) == {
        "a": "1", "b": "list, 3 items", "[0]": "1.5", "[1]": "null", "[2]": "78 78",
    }  # fmt: skip
    assert part(decoded, "a", data) == b"\x01"
    assert part(decoded, "b", data) == data[6:]
    assert math.isclose(float(told(decoded)["[0]"]), 1.5)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (bytes.fromhex("8301"), "the end is missing: 1 more byte should follow"),
        (
            bytes.fromhex("82017a00ffffff"),
            "the end is missing: 16,777,215 more bytes should follow",
        ),
        (bytes.fromhex("82011c"), "byte 2 is not how a CBOR value begins"),
        (bytes.fromhex("8201fc"), "byte 2 is not how a CBOR value begins"),
        (bytes.fromhex("82015f01"), "byte 3 should begin a part of a string"),
        (b"\x82\x01" + b"\x81" * 1000, f"it is nested deeper than {DEPTH} levels"),
        (b"\xc1" * 1000, f"it is nested deeper than {DEPTH} levels"),
        (b"\x9f" + b"\0" * 5000, f"there are more than {FIELDS:,} fields"),
        (b"\x82\x01\x5f" + b"\x40" * 5000, f"there are more than {FIELDS:,} fields"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said why what is shown is not all."""
    decoded = CBOR.decode(data)
    assert decoded.fields
    assert decoded.note == note


@pytest.mark.parametrize("data", ["", "1c", "ff", "18"])
def test_refused(data: str) -> None:
    """What cannot begin like that is not shown."""
    with pytest.raises(NotDecoded):
        CBOR.decode(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("data", "rate"),
    [("d9d9f701", 1.0), ("a1616101", 0.9), ("a10101", 0.4), ("bf616101ff", 0.9), ("01", 0.0),
     ("6161", 0.0), ("a16161", 0.0)],
)  # fmt: skip
def test_rate(data: str, rate: float) -> None:
    """What says that it is CBOR is; a map with names is likely; a number might be anything."""
    assert CBOR.rate(bytes.fromhex(data)) == rate
