"""Who looks like a scan, and who does not."""

import pytest

from tcpmon.core.scans import ADDRESSES, OWN_VISITS, SHORT, VISITS, WITHIN, Scans
from tests.core.test_openings import CURL, HELLO, RDP

SECOND = 1_000_000_000
NOW = 1_780_000_000 * SECOND
ELSEWHERE = "10.0.0.9"
PROBES = [b"", CURL, b"OPTIONS * RTSP/1.0\r\n\r\n", HELLO, RDP, b"OPTIONS sip:nm SIP/2.0\r\n\r\n"]


def visits(
    scans: Scans, count: int, firsts: list[bytes], address: str = ELSEWHERE, start: int = NOW,
    every: int = 5 * SECOND, stay: int = SECOND, silent: bool = False,
) -> list[str]:  # fmt: skip
    """Let somebody come so often, and return what was said of it."""
    said = []
    for number in range(count):
        opened = start + number * every
        first = firsts[number % len(firsts)]
        said.append(scans.left(address, opened, opened + stay, silent, first))
    return [line for line in said if line]


def test_a_service_scan() -> None:
    """Who tries one protocol after the other is told once, however long it goes on."""
    scans = Scans()
    scan = "30 connections in 146 s from 10.0.0.9: looks like a scan"
    assert visits(scans, VISITS + 100, PROBES) == [scan]
    later = NOW + (VISITS + 100) * 5 * SECOND
    assert visits(scans, VISITS, PROBES, start=later) == []
    assert visits(scans, VISITS, PROBES, start=later + 2 * WITHIN) == [scan]


@pytest.mark.parametrize("address", [ELSEWHERE, "2001:db8::9", "fe80::1%eth0"])
def test_who_says_nothing(address: str) -> None:
    """Who only connects may be a health check as well, and that is said; once, though a health
    check never ends."""
    said = visits(Scans(), 10_000, [b""], address, silent=True, every=SECOND)
    line = f"30 connections in 30 s from {address}: all said nothing"
    assert said == [f"{line}: looks like a scan or a health check"]


def test_most_say_nothing() -> None:
    """How many said nothing is told where it was not all of them."""
    scans = Scans()
    visits(scans, 4, [CURL])
    (line,) = visits(scans, 26, [b""], silent=True, start=NOW + 20 * SECOND)
    assert line.endswith(": 26 said nothing: looks like a scan or a health check")


@pytest.mark.parametrize(
    ("count", "firsts", "changes"),
    [
        (5_000, [CURL], {"every": SECOND // 100}),  # a load test
        (5_000, [CURL, HELLO, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], {}),  # a browser
        (5_000, [b""], {}),  # trackers behind one address, in a language that is not known
        (VISITS - 1, PROBES, {}),
        (500, PROBES, {"every": WITHIN // 20}),
        (500, PROBES, {"stay": SHORT + 1}),
        (OWN_VISITS - 1, PROBES, {"address": "127.0.0.1", "every": 1}),
        (OWN_VISITS - 1, PROBES, {"address": "::1", "every": 1}),
    ],
)
def test_no_scan(count: int, firsts: list[bytes], changes: dict[str, str | int]) -> None:
    """Who speaks one language, comes seldom or stays is no scan; tests of this machine are none
    for long."""
    assert visits(Scans(), count, firsts, **changes) == []  # type: ignore[arg-type]


def test_this_machine() -> None:
    """A scan from this machine is one too, when it is large."""
    own = visits(Scans(), OWN_VISITS, PROBES, "127.0.0.1", every=SECOND // 10)
    assert own == ["300 connections in 31 s from 127.0.0.1: looks like a scan"]


def test_a_million_addresses() -> None:
    """However many addresses come, a thousand are known, those that came last."""
    scans = Scans()
    for number in range(3 * ADDRESSES):
        scans.left(f"10.{number >> 8}.0.{number & 255}", NOW, NOW, False, b"")
        if number % 100 == 0:
            scans.left("192.0.2.1", NOW, NOW + SECOND, True, b"")
    assert len(scans._visits) == ADDRESSES
    assert scans._visits["192.0.2.1"].count == VISITS
