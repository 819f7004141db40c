"""A message as a line of the log, and what is told of it elsewhere."""

import time

from tcpmon.core import timestamps
from tcpmon.core.escape import escape
from tcpmon.core.hints import Hint
from tcpmon.core.model import (
    Kind,
    Message,
    Record,
    remark,
    story,
)
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import lasted, number, size
from tcpmon.ui.client_rows import broken
from tcpmon.ui.render import Line, Marks, cells_of, colour, crop, fit, payload, wrap

_stamp = Stamper(time.localtime)

TIMES = ("clock", "delta", "both", "start", "date")
"""A record's time: of day, since the line above, both, since the first record, with date."""
SINCE = len("+99:59:59")  # cells; with days it is shorter again, for twenty years


def record_time(form: str, at: int, before: int | None, start: int) -> str:
    """Return a record's time in one of the forms, as wide for every record.

    before: the time of the line above, None if there is none.
    """
    delta = _since(at - before) if before is not None else " " * SINCE
    match form:
        case "delta":
            return delta
        case "both":
            return f"{_stamp.clock(at)} {delta}"
        case "start":
            return _since(at - start)
        case "date":
            return _stamp.date(at)
    return _stamp.clock(at)


def _since(nanoseconds: int) -> str:
    return fit(timestamps.since(nanoseconds), SINCE, right=True)


def style_of(kind: Kind) -> str:
    """Return the style of a kind of record."""
    return _WORDS[kind][1]


_WORDS = {
    Kind.RX: ("RX", "rx"),
    Kind.TX: ("TX", "tx"),
    Kind.CAST: ("TX", "tx"),
    Kind.OPEN: ("open", "event"),
    Kind.EOF: ("eof", "event"),
    Kind.CLOSE: ("closed", "event"),
    Kind.INFO: ("info", "event"),
    Kind.WARN: ("warn", "warn"),
}


GAP = 1_000_000_000
"""Nanoseconds of silence before a line that are pointed out."""


def is_gap(at: int, before: int | None) -> bool:
    """Say whether a line's time is to be pointed out: nothing had happened for a while."""
    return before is not None and at - before >= GAP


def message_line(
    message: Message, time: Line, width: int, id_width: int, body: bool = True, marks: Marks = (),
    noticed: Hint | None = None, means: str = "",
) -> Line:  # fmt: skip
    """Return a message as one line of the log.

    id_width: cells for the client's number; 0 for a dialogue with one client: its number is left
    out, and what it is sent stands further in. body: with what was said; without it only what
    stands before. marks: places in what was said that are set off. noticed: what there is to say
    of it beside that. means: said in the place of its bytes, where it is known.
    """
    word, style = _WORDS[message.kind]
    says = story(message)
    if message.kind is Kind.CLOSE and broken(says):
        word, style = broken(says), "error"
    if id_width:
        who = f"#{message.client}" if message.client else _crowd(message)
        own = colour(message.client) if message.client else "dim"
        line: Line = [*time, (f"{who:>{id_width}}", own), (f" {word:<6} ", style)]
    else:
        inwards = width // ANSWERS_IN if message.kind in (Kind.TX, Kind.CAST) else 0
        line = [*time, (" " * inwards, ""), (f"{word:<6} ", style)]
    if message.kind > Kind.CAST:
        says = says.removeprefix(f"{word} ")
        return crop([*line, (says, style)] if body else line, width)
    amount = number(message.size) if message.size < 1_000_000 else size(message.size)
    line.append((f"{amount:>6}".ljust(8), "dim"))
    fate, fate_style = delivery(message)
    aside: Line = [(f"  {fate}", fate_style)] if fate else []
    aside += cutting(message, short=width < WORDY)
    if noticed is not None:
        aside.append((f"  {noticed.short if width < WORDY else noticed.text}", "dim"))
    room = width - cells_of(line)
    if body:
        space = max(room - cells_of(aside), room // 4 if message.odd else room // 2)
        said = payload(message.content, space, style, marks)
        line += crop([(means, style)], space) if means else said
    return crop([*line, *aside], width)


ANSWERS_IN = 6
"""In a dialogue that part of the width is before what was sent."""
WORDY = 100
"""Cells from which a line says in whole words how it was cut."""


def cutting(message: Message, short: bool) -> Line:
    """Return what there is to say of how a message lies in the reads, and what is wrong with it."""
    read = "send" if message.kind is Kind.TX else "read"
    how: Line = []
    if message.reads > 1:
        over = _over(message.lasted)
        words = f"{number(message.reads)} {read}s, {over}"
        whole = f"1 message in {number(message.reads)} {read}s over {over}"
        how = [(f"  {words if short else whole}", "dim")]
    elif message.part:
        how = [(f"  same {read}", "dim")]
    elif message.beside > 1:
        messages = "" if short else " messages"
        how = [(f"  {number(message.beside)}{messages} in 1 {read}", "dim")]
    if not message.odd:
        return how
    odd: Line = [(f"  {message.odd}", "warn")]
    return odd if short else [*odd, *how]


def _over(nanoseconds: int) -> str:
    if 10_000_000 <= nanoseconds < 1_000_000_000:
        return f"{nanoseconds / 1e6:.0f} ms"
    return lasted(nanoseconds / 1e9)


def _crowd(record: Record) -> str:
    return f"x{len(record.cast.receivers)}" if record.cast else ""


def told(record: Record, width: int) -> list[Line]:
    """Return what an event says in lines of at most width cells, with its own line breaks."""
    own = record.kind in (Kind.INFO, Kind.WARN)
    parts = map(remark, record.data.rstrip(b"\n").split(b"\n")) if own else [story(record)]
    return [line for part in parts for line in wrap(part, width)]


def copied(record: Record) -> str:
    """Return a record as text for the clipboard: what an event says, or the payload escaped."""
    return story(record) or escape(record.data)


def delivery(record: Record) -> tuple[str, str]:
    """Return what became of a payload that was sent, and its style; "" if nothing is amiss."""
    cast = record.cast
    if cast is None:
        if record.unsent:
            return "dropped" if record.dropped else "unsent", "error"
        return ("queued", "warn") if record.queued else ("", "")
    count = len(cast.receivers)
    sent = count - len(cast.skipped) - record.queued - record.unsent
    parts = [f"to {sent} of {count} clients"]
    if record.queued:
        parts.append(f"{record.queued} queued")
    if ended := record.unsent - record.dropped:
        parts.append(f"{ended} ended before")
    if record.dropped:
        parts.append(f"{record.dropped} dropped")
    if cast.skipped:
        parts.append(f"not to {skipped(cast.skipped)}")
    return ", ".join(parts), "" if sent == count else "warn"


def skipped(clients: dict[int, str]) -> str:
    """Return who was left out and why, the first few by name: "#7 (gone), #9 (gone) and 3 more"."""
    names = [f"#{client} ({why})" for client, why in list(clients.items())[:2]]
    more = len(clients) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
