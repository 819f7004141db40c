"""Quiet words on what is noticed in a client: what it may be, and what it may be waiting for.

From what is known of it anyway, and only when somebody looks. Rather nothing than what may be
wrong.
"""

import re

from msgspec import Struct

from tcpmon.core.model import Client, Kind, Message
from tcpmon.core.openings import KEPT, opening
from tcpmon.core.units import lasted, number

WAITS = 2_000_000_000
"""Nanoseconds after which it is said that a client waits: most are answered before."""
SETTLED = 1_000_000_000
"""Nanoseconds after which nothing follows that belonged to what came last."""
BRIEF = 5_000_000_000
"""Whoever leaves before that without a word had none to say."""
REPEATS = 5
"""From so many on, the same payload is no chance."""
CR_ONLY = "lines end in CR only: line:cr"
_SEEN = 256  # bytes of the newest payload that are known

_TEXT = rb"[\t -~\x80-\xff]"
_ENDS_IN_CR = re.compile(rb"(?:%b+\r)+%b*\Z" % (_TEXT, _TEXT))


class Hint(Struct, frozen=True):
    """What was noticed. text: a line, safe to print; short: the same in about 21 cells. urgent:
    whether it is worth more than what the client said last."""

    text: str
    short: str
    urgent: bool = False


def of_client(client: Client, now: int) -> Hint | None:
    """Return what there is to say of a client, None for nothing. now: ns since 1970."""
    if client.closed:
        return _of_closed(client)
    return (
        _of_tls(client)
        or _of_waiting(client, now)
        or _of_start(client)
        or _of_lines(client, now)
        or _of_repeats(client)
    )


def of_message(message: Message) -> Hint | None:
    """Return what there is to say of a message by itself, whatever was said before it."""
    if message.kind is not Kind.RX or message.part:
        return None
    found = opening(message.data)
    if found and found.sure and not found.obvious:
        return Hint(found.words, found.short) if found.plain else _encrypted(found.words)
    if found is None and message.data.count(b"\r", 0, KEPT) > 1 and _is_cr_only(message.data):
        return Hint(CR_ONLY, "CR only: line:cr")
    return None


def on_plain(first: bytes) -> str:
    """Return what to tell an operator of a client that begins so and can go no further, "" for
    nothing."""
    found = opening(first)
    return _encrypted(found.words).text if found and not found.plain else ""


def _encrypted(words: str) -> Hint:
    return Hint(f"{words}, this port is plain", "TLS hello, plain port", urgent=True)


def _of_tls(client: Client) -> Hint | None:
    found = opening(client.first)
    # An alert may follow it, after an answer that was none; if more does, somebody speaks TLS.
    if found and not found.plain and client.rx_messages <= 2:
        return _encrypted(found.words)
    return None


def _of_waiting(client: Client, now: int) -> Hint | None:
    if not client.unanswered or now - client.heard < WAITS:
        return None
    alone = client.rx_messages == 1
    found = opening(client.first if alone else client.last)
    if client.tx_messages:  # in the middle of a dialogue it may be anything
        found = found if found and (found.sure or found.obvious) else None
    elif found is None:
        found = opening(client.first)
    if found is None or not found.waits:
        return None
    so_long = _so_long(now - client.heard)
    if found.part and alone and client.rx_bytes < KEPT:
        return Hint(f"{found.words}, not all of it for {so_long}", f"{found.short}, not all",
                    urgent=True)  # fmt: skip
    says = f"no answer for {so_long}" if found.part else f"client waits {so_long}"
    return Hint(f"{found.words}, {says}", f"{found.short}, waits {so_long}", urgent=True)


def _of_start(client: Client) -> Hint | None:
    found = opening(client.first)
    if found is None or client.tx_messages or client.rx_messages > 1 or found.obvious:
        return None
    return Hint(found.words, found.short) if found.sure or not found.waits else None


def _of_lines(client: Client, now: int) -> Hint | None:
    data = client.last
    if not _is_last_word(client) or len(data) >= _SEEN or not _is_cr_only(data):
        return None
    if data.endswith(b"\r") and now - client.heard < SETTLED:
        return None  # its LF may be under way
    return Hint(CR_ONLY, "CR only: line:cr")


def _is_cr_only(data: bytes) -> bool:
    """Say whether it is text whose lines end in CR. HL7 is written so, and wants no advice."""
    return _ENDS_IN_CR.match(data[:KEPT]) is not None and not data.startswith(b"MSH|")


def _is_last_word(client: Client) -> bool:
    """Say whether the newest payload is the client's and not ours."""
    return bool(client.rx_messages) and (client.unanswered or not client.tx_messages)


def _of_repeats(client: Client) -> Hint | None:
    if client.repeats < REPEATS or not client.unanswered:
        return None
    text = f"same payload {number(client.repeats)} times, no answer"
    return Hint(text, f"same {number(client.repeats)} times")


def _of_closed(client: Client) -> Hint | None:
    if hint := _of_tls(client):
        return hint
    if not (client.rx_messages or client.tx_messages):
        if not client.end.startswith(("closed by peer", "reset by peer")):
            return None
        brief = client.closed - client.opened < BRIEF
        like = ", like a port scan or a health check" if brief else ""
        return Hint(f"said nothing{like}", "said nothing")
    found = opening(client.first)
    if found and found.waits and not client.tx_messages:
        return Hint(f"{found.words} was not answered", f"{found.short}, no answer")
    return None


def _so_long(nanoseconds: int) -> str:
    """Return a time that somebody waits: whole seconds, since it is looked at again and again."""
    seconds = nanoseconds // 1_000_000_000
    return f"{seconds} s" if seconds < 120 else lasted(seconds)
