"""What is known of a client is said in words, and nothing that is not known."""

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from tcpmon.core.limits import Limits
from tcpmon.core.model import Backlog, Client, State, Trouble
from tcpmon.core.tcpinfo import SIZE, TcpInfo, unpack
from tcpmon.ui.facts import Fact, as_lines, as_text, of_client, of_kernel
from tcpmon.ui.widgets.lines import STYLES
from tests.core.safety import unsafe_in
from tests.ui.fakes import NOW, SECOND, a_client, an_info, closed
from tests.ui.test_render import NAMES, clients

INFOS = st.binary(min_size=104, max_size=SIZE).map(unpack)


def told(facts: list[Fact], name: str) -> str | None:
    """Return what a fact says, None if it is not there."""
    return next((fact.text for fact in facts if fact.name == name), None)


@pytest.mark.parametrize(
    ("client", "name", "text"),
    [
        (a_client(1), "Remote", "127.0.0.1:40001"),
        (a_client(1), "Name", None),
        (a_client(1, name="gps-0417"), "Name", "gps-0417"),
        (a_client(1, silent=42 * SECOND), "State", "open, silent 42s"),
        (a_client(1), "Listener", "127.0.0.1:8000"),
        (a_client(1), "State", "open"),
        (a_client(1, state=State.CLOSING), "State", "closing"),
        (a_client(1, state=State.HALF), "State", "half-closed by peer"),
        (a_client(1, trouble=Trouble.GONE, retransmits=3), "State",
         "open, does not answer, 3 sent again"),
        (closed(1, "reset by peer"), "State", "reset by peer"),
        (a_client(1), "Last heard", "1.0s ago"),
        (a_client(1, heard=0), "Last heard", "never"),
        (a_client(1, rx_bytes=12_400, rx_messages=3, rx_rate=6.0), "Received",
         "12.4 kB in 3 messages, 6 B/s now"),
        (a_client(1, tx_bytes=48, tx_messages=1), "Sent", "48 B in 1 message, 0 B/s now"),
        (a_client(1, unsent=9_000_000, in_flight=64_000, backlog=Backlog.STUCK), "Unsent",
         "9.0 MB, 64.0 kB of it under way; STUCK from 8 MiB queued"),
        (closed(1), "Unsent", None),
        (closed(1), "Received", "6 B in 1 message"),
        (a_client(1), "Closed", None),
        (a_client(1), "Dropped", None),
        (a_client(1, dropped=12), "Dropped", "12 messages made room for newer ones"),
    ],
)  # fmt: skip
def test_of_client(client: Client, name: str, text: str | None) -> None:
    """Each fact in words, and only what is so."""
    assert told(of_client(client, Limits(), NOW), name) == text


def test_times() -> None:
    """When it came and went is told with the day, and how long ago or how long it lasted."""
    facts = of_client(closed(1), Limits(), NOW)
    opened, over = told(facts, "Opened"), told(facts, "Closed")
    assert opened is not None
    assert over is not None
    assert opened.startswith("2026-05-2")
    assert opened.endswith(":40, 1m00 ago")
    assert over.endswith(":39, after 59.0 s")


@pytest.mark.parametrize(
    ("info", "name", "text"),
    [
        (an_info(), "State", "established"),
        (an_info(state=8), "State", "FIN received"),
        (an_info(state=77), "State", "state 77"),
        (an_info(), "RTT", "24ms ± 1.2ms, 22ms at best"),
        (an_info(least_rtt=None), "RTT", "24ms ± 1.2ms"),
        (an_info(rtt=0, least_rtt=2**32 - 1), "RTT", "not known yet"),
        (an_info(), "Sent again", "nothing"),
        (an_info(total_retransmits=3), "Sent again", "3 segments"),
        (an_info(total_retransmits=3, retransmits=1), "Sent again",
         "3 segments, the oldest 1 time by now"),
        (an_info(), "Under way", "nothing"),
        (an_info(unacked=1), "Under way", "1 segment not acknowledged"),
        (an_info(unacked=3, lost=1), "Under way", "3 segments not acknowledged, 1 of them lost"),
        (an_info(), "Peer's window", "room for 65.5 kB"),
        (an_info(send_window=0, window_limited=1_200_000), "Peer's window",
         "closed; 1.2 s spent waiting for it"),
        (an_info(send_window=None), "Peer's window", None),
        (an_info(), "Our window", "10 segments at once (congestion)"),
        (an_info(), "Sizes", "MSS 1,448 B, path MTU 1,500 B"),
        (an_info(), "RTO", "204ms until it is sent again"),
    ],
)  # fmt: skip
def test_of_kernel(info: TcpInfo, name: str, text: str | None) -> None:
    """Each of the kernel's figures in words, without those it does not return."""
    assert told(of_kernel(info, a_client(1)), name) == text


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (a_client(1, tx_bytes=6), "sent 0.1s ago, received 1.2s ago, acknowledged 0.1s ago"),
        (a_client(1), "received 1.2s ago, acknowledged 0.1s ago"),
        (a_client(1, rx_bytes=0), "acknowledged 0.1s ago"),
    ],
)
def test_what_never_happened_has_no_time(client: Client, text: str) -> None:
    """A kernel counts from the start if there was no data; that is not shown as data."""
    assert told(of_kernel(an_info(), client), "Last") == text


@given(clients(NAMES), INFOS)
def test_facts_are_harmless(client: Client, info: TcpInfo) -> None:
    """Whatever peer and kernel say, it is one line a fact that does nothing to a terminal."""
    facts = [*of_client(client, Limits(), NOW + 10**6 * SECOND), *of_kernel(info, client)]
    assert all(unsafe_in(fact.name + fact.text) == [] for fact in facts)
    assert {style for line in as_lines(facts) for _, style in line} <= {"", *STYLES}
    assert as_text(facts).count("\n") == len(facts)


def test_what_was_noticed() -> None:
    """A hint is a fact too, unless nobody wants any."""
    silent = replace(closed(1), opened=NOW - 2 * SECOND, rx_bytes=0, rx_messages=0)
    text = "said nothing, like a port scan or a health check"
    assert told(of_client(silent, Limits(), NOW, hints=True), "Noticed") == text
    assert told(of_client(silent, Limits(), NOW), "Noticed") is None
    assert told(of_client(a_client(1), Limits(), NOW, hints=True), "Noticed") is None
