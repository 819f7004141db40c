"""Everything known of one client, in words. What is not known is left out.

Pure, as render is.
"""

import time

from msgspec import Struct

from tcpmon.core.hints import of_client as of_hints
from tcpmon.core.limits import Limits
from tcpmon.core.model import Backlog, Client, State
from tcpmon.core.tcpinfo import STATES, TcpInfo
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import binary_size, counted, delay, lasted, number, size, span
from tcpmon.ui.render import Line, broken, fit, wrongs

LABEL = 14  # cells for a fact's name
NO_SAMPLE = 2**32 - 1  # the least RTT of a connection that has had none; net/ipv4/tcp.c

_stamp = Stamper(time.localtime)


class Fact(Struct, frozen=True):
    """A name, what is so, and the style of it."""

    name: str
    text: str
    style: str = ""


def of_client(client: Client, limits: Limits, now: int, hints: bool = False) -> list[Fact]:
    """Return what the table knows, and what it has no room for. hints: with what was noticed."""
    noticed = of_hints(client, now) if hints else None
    facts = [
        *([Fact("Name", client.name)] if client.name else []),
        Fact("Remote", client.peer),
        Fact("Listener", client.listener),
        _state(client),
        *([Fact("Noticed", noticed.text, "note")] if noticed else []),
        Fact("Opened", f"{_moment(client.opened)}, {_ago(now - client.opened)}"),
    ]
    if client.closed:
        after = lasted((client.closed - client.opened) / 1e9)
        facts.append(Fact("Closed", f"{_moment(client.closed)}, after {after}"))
    facts += [
        Fact("Last heard", _ago(now - client.heard) if client.heard else "never"),
        _flow("Received", "rx", client.rx_bytes, client.rx_messages, client.rx_rate, client.end),
        _flow("Sent", "tx", client.tx_bytes, client.tx_messages, client.tx_rate, client.end),
    ]
    if not client.end:
        amount = f"{size(client.unsent)}, {size(client.in_flight)} of it under way"
        stuck = f"{Backlog.STUCK} from {binary_size(limits.stuck)} queued"
        facts.append(Fact("Unsent", f"{amount}; {stuck}"))
    if client.dropped:
        text = f"{counted(client.dropped, 'message')} made room for newer ones"
        facts.append(Fact("Dropped", text, "warn"))
    return facts


def _state(client: Client) -> Fact:
    if client.end:
        return Fact("State", client.end, "error" if broken(client.end) else "")
    wrong = wrongs(client)
    words = wrong if client.state is State.HALF else [client.state, *wrong]
    return Fact("State", ", ".join(words), "warn" if wrong else "")


def _moment(at: int) -> str:
    return _stamp.date(at).partition(".")[0]


def _ago(nanoseconds: int) -> str:
    return f"{span(nanoseconds / 1e9)} ago"


def _flow(name: str, style: str, count: int, messages: int, rate: float, end: str) -> Fact:
    now = "" if end else f", {size(rate)}/s now"
    return Fact(name, f"{size(count)} in {counted(messages, 'message')}{now}", style)


def of_kernel(info: TcpInfo, client: Client) -> list[Fact]:
    """Return what the kernel knows of an open client."""
    rtt = f"{delay(info.rtt)} ± {delay(info.rtt_variation)}" if info.rtt else "not known yet"
    if info.least_rtt is not None and info.least_rtt != NO_SAMPLE:
        rtt += f", {delay(info.least_rtt)} at best"
    again = counted(info.total_retransmits, "segment") if info.total_retransmits else "nothing"
    if info.retransmits:
        again += f", the oldest {counted(info.retransmits, 'time')} by now"
    under_way = "nothing"
    if info.unacked:
        lost = f", {number(info.lost)} of them lost" if info.lost else ""
        under_way = f"{counted(info.unacked, 'segment')} not acknowledged{lost}"
    facts = [
        Fact("State", STATES.get(info.state, f"state {info.state}")),
        Fact("RTT", rtt),
        Fact("Sent again", again, "warn" if info.retransmits else ""),
        Fact("Under way", under_way),
    ]
    if info.send_window is not None:
        waited = ""
        if info.window_limited:
            waited = f"; {lasted(info.window_limited / 1e6)} spent waiting for it"
        window = f"room for {size(info.send_window)}" if info.send_window else "closed"
        facts.append(Fact("Peer's window", window + waited, "" if info.send_window else "warn"))
    times = {
        "sent": info.last_data_sent if client.tx_bytes else None,
        "received": info.last_data_received if client.rx_bytes else None,
        "acknowledged": info.last_ack_received,
    }
    ago = [f"{what} {_ago(ms * 1_000_000)}" for what, ms in times.items() if ms is not None]
    return [
        *facts,
        Fact("Our window", f"{counted(info.congestion_window, 'segment')} at once (congestion)"),
        Fact("Sizes", f"MSS {number(info.send_mss)} B, path MTU {number(info.path_mtu)} B"),
        Fact("RTO", f"{delay(info.rto)} until it is sent again"),
        Fact("Last", ", ".join(ago)),
    ]


def as_lines(facts: list[Fact]) -> list[Line]:
    """Return facts as lines of a pane."""
    return [[(fit(fact.name, LABEL), "dim"), (fact.text, fact.style)] for fact in facts]


def as_text(facts: list[Fact]) -> str:
    """Return facts for the clipboard."""
    return "".join(f"{fact.name}: {fact.text}\n" for fact in facts)
