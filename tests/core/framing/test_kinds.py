"""What is offered is what is read."""

import pytest

from tcpmon.core.errors import BadFraming
from tcpmon.core.framing import spec
from tcpmon.core.framing.kinds import KINDS, Kind, kind_of
from tcpmon.core.framing.spec import parse
from tests.core.safety import unsafe_in


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_kinds(kind: Kind) -> None:
    """Each kind's example is one of it, and its line fits beside its name in 80 columns."""
    assert parse(kind.example).make().body(b"") == b""
    assert kind.example.startswith(kind.name)
    assert len(kind.what) <= 60
    assert not unsafe_in(kind.what + kind.example + kind.options)


def test_names() -> None:
    """No name is given twice, and the guess stands first."""
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    assert names[0] == "auto"
    assert set(names) == {*spec._PLAIN, *spec._READERS}


def test_options() -> None:
    """What the table tells of the options of a length is what a mistake in them is told."""
    told = next(kind.options for kind in KINDS if kind.name == "length")
    with pytest.raises(BadFraming) as caught:
        parse("length:x=1")
    named = caught.value.hint.removeprefix("its options are ").split(", each")[0]
    assert all(f"{option}=" in told for option in named.split(", "))


LARGE = {
    "length": b"abc",
    "mqtt": b"\x30\xff\xff\xff\x7f",
    "resp": b"*2\r\n$99999999\r\n",
    "http": b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
    "octets": b"99999999 ",
    "mllp": b"\x0b",
    "envelope": b"\x02",
}
"""How a message begins that has no end for long."""


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.name != "modbus"], ids=lambda kind: kind.name
)
def test_keeps_no_payload(kind: Kind) -> None:
    """Whatever comes, a framer keeps numbers and a few bytes; Modbus knows no large messages."""
    framer = parse(kind.example).make()
    framer.feed(LARGE.get(kind.name, b"abc"), 0)
    for _ in range(3):
        framer.feed(b"a" * (1 << 18), 0)
    kept = [value for value in vars(framer).values() if isinstance(value, bytes)]
    assert sum(map(len, kept)) < 32


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("line:crlf", "line"),
        ("GAP", "gap"),
        ("u16be:offset=2", "length"),
        ("varint", "length"),
        ("dollar:2", None),
        ("", None),
    ],
)
def test_the_kind_of_a_spec(spec: str, name: str | None) -> None:
    """A short name of a length has its kind, and the options that it takes."""
    kind = kind_of(spec)
    assert (kind and kind.name) == name
    if kind and spec[0] in "uv":
        assert kind.options == "offset=BYTES, adjust=±BYTES"
