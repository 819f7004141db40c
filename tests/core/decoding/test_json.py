"""JSON is shown value by value, each with its bytes."""

import json

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.decoding import DEPTH, FIELDS, VALUE_CHARACTERS, Decoded, NotDecoded
from tcpmon.core.decoding.json import Json
from tests.core.decoding.trial import flat, part, told, tried

JSON = Json()


def test_members() -> None:
    """Members have their names, lists and maps how many are in them, texts their quotes."""
    data = b' {"id": 7, "t": [21.5, {"a": null}], "on": true, "name": "7"}\r\n'
    decoded = JSON.decode(data)
    assert decoded.summary == '{id: 7, t: […], on: true, name: "7"}'
    assert told(decoded) == {
        "id": "7", "t": "list, 2 items", "[0]": "21.5", "[1]": "map, 1 member", "a": "null",
        "on": "true", "name": '"7"',
    }  # fmt: skip
    assert part(decoded, "t", data) == b'[21.5, {"a": null}]'
    assert part(decoded, "name", data) == b'"7"'


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b"42", "42"),
        (b"-1.5e+3", "-1.5e+3"),
        (b'"a"', '"a"'),
        (b"null", "null"),
        (b"{}", "{}"),
        (b"[]", "[]"),
        (b"[1,2,3,4,5,6,7,8,9]", "[1, 2, 3, 4, 5, 6, 7, 8, …]"),
        (b'{"a":1}\n{"b":2}\n', "{a: 1}; {b: 2}"),
        (rb'"\u00e9\ud83d\ude00\n\/"', '"é😀\\n/"'),
        (rb'"\ud800"', '"\\u{d800}"'),
        (rb'"\q"', '"\\\\q"'),
        (b'"\xff\x1b[1m"', '"\\xff\\x1b[1m"'),
        (b'{"\\u001b": 1}', "{\\x1b: 1}"),
    ],
)
def test_summary(data: bytes, summary: str) -> None:
    """One line stands for the whole, with nothing in it that could not be printed."""
    assert JSON.decode(data).summary == summary


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b'{"a": 1, "b', "the end is missing: a text is not closed"),
        (b'{"a": "bcd', "the end is missing: a text is not closed"),
        (b'{"a": [1,', "the end is missing: it stops in the middle of a map or a list"),
        (b'{"a": 1 "b": 2}', "byte 8 is not JSON"),
        (b'{"a": 1, b: 2}', "byte 9 is not JSON"),
        (b'{"b": 1, "a": 01}', "byte 14 is not JSON"),
        (b"[1, nul]", "byte 4 is not JSON"),
        (b'{"a": 1} x', "byte 9 is not JSON"),
        (b"[" * 1000, f"it is nested deeper than {DEPTH} levels"),
        (b"[" + b"1," * 5000 + b"1]", f"there are more than {FIELDS:,} fields"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said why what is shown is not all."""
    decoded = JSON.decode(data)
    assert decoded.fields
    assert decoded.note.startswith(note)


@pytest.mark.parametrize("data", [b"", b" ", b"hello", b"{hello}", b"[", b'{"a', b"\x00", b"01"])
def test_refused(data: bytes) -> None:
    """What is no JSON at all is not shown as any."""
    with pytest.raises(NotDecoded):
        JSON.decode(data)


def test_long() -> None:
    """A long text is cut at its end, and the bytes it is in are all of it."""
    data = b'["' + b"\\u00e9" * 10_000 + b'"]'
    decoded = JSON.decode(data)
    (field,) = decoded.fields
    assert field.value.startswith('"ééé')
    assert field.value.endswith('…"')
    assert len(field.value) <= VALUE_CHARACTERS
    assert part(decoded, "[0]", data) == data[1:-1]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_any_value(value: object, indent: int | None, ascii_only: bool) -> None:
    """Whatever Python writes is read to its end, and each scalar's bytes are that scalar."""
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode(
        "utf-8", "surrogatepass"
    )
    decoded = tried(JSON, data)
    assert isinstance(decoded, Decoded)
    assert decoded.note == ""
    for field in flat(decoded.fields):
        json.loads(data[field.start : field.end])


@pytest.mark.parametrize(
    ("data", "low", "high"),
    [
        (b'{"a": 1}', 0.9, 1.0),
        (b'[1]\n{"a": 1}\n', 0.9, 1.0),
        (b'{"a": 1, "b', 0.5, 0.6),
        (b"42", 0.2, 0.4),
        (b"{hello}", 0.0, 0.0),
        (b"[info] started", 0.0, 0.0),
        (b"hello", 0.0, 0.0),
        (b"[" * 100_000, 0.0, 0.7),
    ],
)
def test_rate(data: bytes, low: float, high: float) -> None:
    """Whole JSON is certain, its beginning likely, a number might be anything."""
    assert low <= JSON.rate(data) <= high
