"""Syslog over TCP: counted messages and lines, also in one stream."""

import pytest

from tests.core.framing.trial import garbage, trial


def test_messages() -> None:
    """A digit begins a count, anything else a line."""
    trial(
        "octets",
        b"5 <13>a",
        b"<13>b\n",
        b"6 <1>\n<\n",
        b"<13>c\r\n",
        b"\n",
        b"0 ",
        b"0003 abc",
        bodies=[b"<13>a", b"<13>b", b"<1>\n<\n", b"<13>c", b"", b"", b"abc"],
    )


def test_logger() -> None:
    """What util-linux sends with --octet-count: a count, and no line end."""
    message = b"<13>1 2026-11-23T07:00:00.000000+00:00 host app - - - hello syslog"
    whole = b"%d %s" % (len(message), message)
    trial("octets", whole, whole, bodies=[message, message])


@pytest.mark.parametrize(
    ("rest", "missing"),
    [(b"12", None), (b"12 abc", 9), (b"9999999999 ", 9_999_999_999), (b"<13>a", None)],
)
def test_rest(rest: bytes, missing: int | None) -> None:
    """What is missing is told of a counted message, not of a line."""
    trial("octets", b"1 a", b"b\n", rest=rest, missing=missing, bodies=[b"a", b"b"])


@pytest.mark.parametrize("rest", [b"12x", b"1\n", b"12345678901", b"2026-11-23 x\n"])
def test_bad(rest: bytes) -> None:
    """Digits without a space behind them are no count."""
    trial("octets", b"1 a", b"b\n", rest=rest, bad="a count and a space, not ", bodies=[b"a", b"b"])


def test_garbage() -> None:
    """Whatever is counted, nothing breaks."""
    garbage("octets", [b"1 ", b"0 ", b"12", b" ", b"\n", b"<13>", b"999999999999"])
