"""Messages between a start and an end, with escapes and checksums, and what strays between."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.framing.envelope import Envelope
from tests.core.framing.trial import feed_all, garbage, singles, trial

STX = "envelope:start=\\x02,end=\\x03"
DLE = "envelope:start=\\x10\\x02,end=\\x10\\x03,escape=\\x10"


@pytest.mark.parametrize(
    ("spec", "messages", "bodies"),
    [
        (STX, [b"\x02a\x03", b"\x02\x03", b"\x02b\x02c\x03"], [b"a", b"", b"b\x02c"]),
        (STX, [b"\x02a\x03", b"\r\n", b"\x02b\x03"], [b"a", b"\r\n", b"b"]),
        (STX, [b"noise\x03", b"\x02a\x03"], [b"noise\x03", b"a"]),
        (f"{STX},after=1", [b"\x02a\x03\x03", b"\x02b\x03\x02"], [b"a", b"b"]),
        (f"{STX},after=2", [b"\x02a\x03LR", b"\x02\x03\x02\x02"], [b"a", b""]),
        (
            f"{STX},escape=\\x10",
            [b"\x02a\x10\x03b\x03", b"\x02\x10\x10\x03", b"\x02\x10\x10\x10\x03\x10z\x03"],
            [b"a\x03b", b"\x10", b"\x10\x03z"],
        ),
        (f"{STX},escape=\\x10,after=1", [b"\x02\x10\x03\x03\x03"], [b"\x03"]),
        (
            DLE,
            [b"\x10\x02a\x10\x03", b"\x10\x02\x10\x10\x03\x10\x10\x10\x03", b"\x10\x02\x10\x03"],
            [b"a", b"\x10\x03\x10", b""],
        ),
        (DLE, [b"x", b"\x10y", b"\x10", b"\x10\x02a\x10\x03"], [b"x", b"\x10y", b"\x10", b"a"]),
        ("envelope:start=xx,end=\\r\\n", [b"xxa\rb\r\n", b"a", b"xxx\r\n"], [b"a\rb", b"a", b"x"]),
        ("envelope:start=$,end=$", [b"$a$", b"$$"], [b"a", b""]),
        ("envelope:start=<,end=ab,escape=E", [b"<Eab Eaab"], [b"ab a"]),
    ],
)
def test_messages(spec: str, messages: list[bytes], bodies: list[bytes]) -> None:
    """What is carried stands between, without escapes; what strays is shown as it came."""
    trial(spec, *messages, bodies=bodies)


@pytest.mark.parametrize(
    ("spec", "rest", "missing"),
    [
        (STX, b"\x02a", None),
        (STX, b"stray", 0),
        (f"{STX},escape=\\x10", b"\x02a\x10\x03", None),
        (f"{STX},escape=\\x10", b"\x02a\x10", None),
        (f"{STX},after=3", b"\x02a\x03L", 2),
    ],
)
def test_rest(spec: str, rest: bytes, missing: int | None) -> None:
    """Before the end nobody knows; behind it the checksum is counted; strays may be complete."""
    after = b"LRC" if "after" in spec else b""
    trial(spec, b"\x02z\x03" + after, rest=rest, missing=missing, bodies=[b"z"])


@given(st.text("\x02\x03\x10a").map(str.encode), st.sampled_from([b"\x03", b"\x10\x03"]))
def test_any_body(text: bytes, end: bytes) -> None:
    """What was escaped is there again, whatever it holds and however it comes."""
    escaped = text.replace(b"\x10", b"\x10\x10")
    if len(end) == 1:
        escaped = escaped.replace(b"\x03", b"\x10\x03")
    message = b"\x02" + escaped + end
    framer = Envelope(b"\x02", end, b"\x10")
    assert feed_all(framer, singles(message)).ends == [len(message)]
    assert framer.body(message) == text


def test_large_body() -> None:
    """Escapes come out alike however many they are."""
    framer = Envelope(b"\x02", b"\x03", b"\x10")
    text = b"\x10\x10a\x10\x03b" * 20_000
    assert framer.body(b"\x02" + text + b"\x03") == b"\x10a\x03b" * 20_000


def test_keeps_little() -> None:
    """Of a message without end only what may be half an end is kept."""
    framer = Envelope(b"\x02", b"END!")
    for _ in range(3):
        assert framer.feed(b"\x02" + b"E" * 1000, 0) == []
    assert sum(len(kept) for kept in vars(framer).values() if isinstance(kept, bytes)) < 10


@pytest.mark.parametrize("spec", [STX, f"{STX},escape=\\x10,after=1", DLE,
                                  "envelope:start=aab,end=bab,escape=E"])  # fmt: skip
def test_garbage(spec: str) -> None:
    """Whatever comes, nothing breaks."""
    garbage(spec, [b"\x02", b"\x03", b"\x10", b"\x10\x02", b"\x10\x03", b"a", b"aa", b"b", b"bab",
                   b"E"])  # fmt: skip
