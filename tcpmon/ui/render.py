"""Pictures to styled text: what a row of the table or a line of the log says.

Pure: a line is a list of spans, a span is text and the name of a style (see
widgets.lines for the names). Whatever a peer had a hand in comes through
`core.escape`. Widths are in cells.
"""

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from rich.cells import cell_len, set_cell_size, split_text

from tcpmon.core import timestamps
from tcpmon.core.escape import ESCAPE, escape
from tcpmon.core.hints import Hint
from tcpmon.core.model import (
    WORDS,
    Backlog,
    Client,
    Kind,
    Message,
    Reason,
    Record,
    State,
    Trouble,
    remark,
    story,
)
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import delay, lasted, number, size, span

Span = tuple[str, str]
"""(text, name of a style; "" = as the row is)"""
Line = list[Span]

CLIENT_COLOURS = 6  # styles id-0 to id-5, so that neighbours in the log can be told apart

_TEXT_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_HEX = [f"{byte:02x}" for byte in range(256)]
_DOTS = bytes(byte if 0x20 <= byte < 0x7F else 0x2E for byte in range(256))
_stamp = Stamper(time.localtime)


def colour(client: int) -> str:
    """Return the style of a client's number."""
    return f"id-{client % CLIENT_COLOURS}"


def fit(text: str, width: int, right: bool = False) -> str:
    """Return text in exactly width cells; what does not fit ends in an ellipsis."""
    text = text.replace("\u200d", "")  # a joiner at the end would take the next cell with it
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(split_text(text, width - 1)[0], width - 1) + "…" if width > 0 else ""
    return " " * missing + text if right else text + " " * missing


def fit_address(text: str, width: int) -> str:
    """As fit, but an address keeps its end, because that is where the port is."""
    cells = cell_len(text)
    if cells <= width or not width:
        return fit(text, width)
    return "…" + split_text(text, cells - width + 1)[1]


def cells_of(line: Iterable[Span]) -> int:
    """Return how wide a line is."""
    return sum(cell_len(text) for text, _ in line)


def crop(line: Line, width: int) -> Line:
    """Return as much of a line as fits."""
    if cells_of(line) <= width:
        return line
    kept: Line = []
    for text, style in line:
        if cell_len(text) > width:
            return [*kept, (fit(text, width), style)]
        kept.append((text, style))
        width -= cell_len(text)
    return kept


Marks = Sequence[tuple[int, int]]
"""Places in bytes, (start, end) each, rising."""


def payload(data: bytes, width: int, style: str = "", marks: Marks = ()) -> Line:
    """Return bytes as one line of at most width cells, escapes set off by style and never cut,
    and marked places too."""
    if width <= 0:
        return []
    seen = 4 * width  # a cell shows four bytes of UTF-8 at most
    spans = (
        _marked(data[:seen], style, marks) if marks else _split_escapes(escape(data, seen), style)
    )
    if cells_of(spans) <= width and len(data) <= seen:
        return spans
    line: Line = []
    room = width - 1
    for text, look in spans:
        cells = cell_len(text)
        if cells > room:
            if not ESCAPE.fullmatch(text) and (head := _head(text, room)):
                line.append((head, look))
            break
        line.append((text, look))
        room -= cells
    return [*line, ("…", "dim")]


def _marked(data: bytes, style: str, marks: Marks) -> Line:
    spans: Line = []
    place = 0
    for start, end in marks:
        spans += _split_escapes(escape(data[place:start]), style)
        spans += [(text, "match") for text, _ in _split_escapes(escape(data[start:end]), "")]
        place = end
    return spans + _split_escapes(escape(data[place:]), style)


def _head(text: str, room: int) -> str:
    """Return the longest beginning of a text that fits into so many cells."""
    if text.isascii():
        return text[: max(0, room)]
    for place, character in enumerate(text):
        room -= cell_len(character)
        if room < 0:
            return text[:place]
    return text


def _split_escapes(text: str, style: str) -> Line:
    if "\\" not in text:
        return [(text, style)] if text else []
    line: Line = []
    place = 0
    for match in ESCAPE.finditer(text):
        if match.start() > place:
            line.append((text[place : match.start()], style))
        line.append((match.group(), "escape"))
        place = match.end()
    if place < len(text):
        line.append((text[place:], style))
    return line


def wrapped(data: bytes, width: int) -> list[Line]:
    """Return bytes as text in lines of at most width cells; a newline ends a line too.

    A character or an escape that is wider than that has a line of its own.
    """
    parts = _TEXT_LINE.findall(data)
    return [line for part in parts for line in _wrap(_split_escapes(escape(part), ""), width)]


def _wrap(spans: Line, width: int) -> list[Line]:
    lines: list[Line] = [[]]
    room = width
    for text, style in spans:
        rest = text
        while rest:
            piece = rest if style else _head(rest, room)
            if lines[-1] and (not piece or cell_len(piece) > room):
                lines.append([])
                room = width
                continue
            piece = piece or rest[0]
            lines[-1].append((piece, style))
            room -= cell_len(piece)
            rest = rest[len(piece) :]
    return lines


def hex_lines(size: int) -> int:
    """Return how many lines the dump of so many bytes takes."""
    return (size + 15) // 16


def hex_line(data: bytes, row: int, style: str = "") -> Line:
    """Return one line of a dump: offset, 16 bytes in two groups, and their text in a style."""
    part = data[row * 16 : row * 16 + 16]
    digits = [_HEX[byte] for byte in part]
    left, right = " ".join(digits[:8]), " ".join(digits[8:])
    return [
        (f"{row * 16:05x} ", "dim"),
        (f"{left:<23}  {right:<23} ", ""),
        ("|", "dim"),
        (part.translate(_DOTS).decode("ascii"), style),
        ("|", "dim"),
    ]


# -- the client table ---------------------------------------------------------------

GLYPHS = {State.OPEN: "●", State.HALF: "◐", State.CLOSING: "◌", State.CLOSED: "○"}
BROKEN_GLYPH = "✗"
TROUBLE_GLYPH = "!"
_BROKEN = {
    WORDS[Reason.PEER_RESET]: "reset",
    WORDS[Reason.RESET]: "reset",
    WORDS[Reason.UNREAD]: "reset",
    WORDS[Reason.NO_ANSWER]: "lost",
    WORDS[Reason.UNREACHABLE]: "lost",
    WORDS[Reason.FAILED]: "lost",
}


def broken(end: str) -> str:
    """Return in a word how a connection broke, "" if it ended in order. end: from core.model."""
    return next((word for words, word in _BROKEN.items() if end.startswith(words)), "")


class Column(Struct, frozen=True):
    """A column of the client table.

    sort: the name it is sorted by, see core.model.SORTS; most_first: the largest
    first, until asked for the other way round. width: cells; 0 = what is
    left. leaves: the order in which columns go when there is no room, 0 = never.
    """

    label: str
    sort: str
    width: int
    right: bool
    leaves: int
    cell: Callable[[Client, int], tuple[str, str]]
    """(client, now) to (text, style)"""
    most_first: bool = False


def _state(client: Client, now: int) -> tuple[str, str]:
    if client.state is State.CLOSED and broken(client.end):
        return BROKEN_GLYPH, "error"
    if (client.trouble or client.silent) and client.state is State.OPEN:
        return TROUBLE_GLYPH, "warn"
    styles = {State.OPEN: "good", State.HALF: "warn", State.CLOSING: "warn"}
    return GLYPHS[client.state], styles.get(client.state, "dim")


def _age(client: Client, now: int) -> tuple[str, str]:
    return span(((client.closed or now) - client.opened) / 1e9), ""


def _heard(client: Client, now: int) -> tuple[str, str]:
    if client.closed or not client.heard:
        return "-", "dim"
    return span((now - client.heard) / 1e9), ""


def _total(count: int, style: str) -> tuple[str, str]:
    return size(count), style if count else "dim"


def _rate(value: float) -> tuple[str, str]:
    return (size(value), "") if value >= 1 else ("-", "dim")


def _unsent(client: Client, now: int) -> tuple[str, str]:
    if not client.unsent:
        return "-", "dim"
    return size(client.unsent), "error" if client.backlog is Backlog.STUCK else "warn"


def _retransmits(client: Client, now: int) -> tuple[str, str]:
    return (number(client.retransmits), "warn") if client.retransmits else ("", "")


def last(client: Client, width: int) -> Line:
    """Return what the last column says: the end, or what is wrong, or the newest payload."""
    if client.end:
        return [(fit(client.end, width).rstrip(), "error" if broken(client.end) else "")]
    lost = [f"{number(client.dropped)} dropped"] if client.dropped else []
    if wrong := wrongs(client):
        text = ", ".join([*lost, wrong.pop(0)])
        while wrong and len(text) + len(wrong[0]) + 2 <= width:
            text += f", {wrong.pop(0)}"
        return [(fit(text, width).rstrip(), "warn")]
    line: Line = [(fit(text, width).rstrip() + " ", "warn") for text in lost]
    return crop([*line, *payload(client.last, width - cells_of(line))], width)


SAID_LEAST = 12
"""Cells of what a client said that a hint leaves."""


def _noticed(client: Client, width: int, hint: Hint) -> Line:
    """Return the last column with a hint at its end, in as many words as there is room for. What
    is urgent takes the place of what was said or of an end in order, not of what is wrong."""
    said = cells_of(last(client, width))
    wrong = bool(broken(client.end) or client.dropped or wrongs(client))
    for words in (hint.text, hint.short):
        room = width - cell_len(words) - 2
        if room >= (said if wrong or client.end else min(said, SAID_LEAST)):
            return [*last(client, room), (f"  {words}" if said else words, "dim")]
    if hint.urgent and not wrong:
        return [(fit(hint.short, width).rstrip(), "note")]
    return last(client, width)


def wrongs(client: Client) -> list[str]:
    """Return what is wrong with an open client now, what matters most first."""
    wrong: list[str] = []
    if client.trouble is Trouble.UNREAD:
        wrong.append(f"{client.trouble} {size(client.unsent)}")
    elif client.trouble:
        wrong += [client.trouble, f"{number(client.retransmits)} sent again"]
    if client.backlog:
        wrong.append(client.backlog)
        wrong += [] if client.trouble else [f"{size(client.unsent)} unsent"]
    if client.silent:
        wrong.append(f"silent {span(client.silent / 1e9)}")
    return [*wrong, "half-closed by peer"] if client.state is State.HALF else wrong


COLUMNS = (
    Column("", "state", 1, False, 0, _state),
    Column("#", "id", 5, True, 0, lambda client, now: (str(client.id), colour(client.id))),
    Column("Name", "name", 16, False, 9, lambda client, now: (client.name, "")),
    Column("Remote", "peer", 21, False, 0, lambda client, now: (client.peer, "")),
    Column("On", "listener", 16, False, 7, lambda client, now: (client.listener, "dim")),
    Column("Age", "age", 5, True, 6, _age),
    Column("Heard", "heard", 5, True, 0, _heard),
    Column("RX", "rx", 7, True, 0, lambda client, now: _total(client.rx_bytes, "rx"), True),
    Column("TX", "tx", 7, True, 0, lambda client, now: _total(client.tx_bytes, "tx"), True),
    Column("RX/s", "rx_rate", 7, True, 5, lambda client, now: _rate(client.rx_rate), True),
    Column("TX/s", "tx_rate", 7, True, 4, lambda client, now: _rate(client.tx_rate), True),
    Column("Msgs", "messages", 7, True, 3,
           lambda client, now: (number(client.rx_messages + client.tx_messages), ""), True),
    Column("Unsent", "unsent", 7, True, 8, _unsent, True),
    Column("RTT", "rtt", 5, True, 2,
           lambda client, now: (delay(client.rtt) if client.rtt else "", ""), True),
    Column("Retr", "retransmits", 6, True, 1, _retransmits, True),
    Column("Last", "last", 0, False, 0, lambda client, now: ("", "")),
)  # fmt: skip
_NAME_OR_REMOTE = Column(
    "Name or remote", "name", 21, False, 0, lambda client, now: (client.name or client.peer, "")
)
LAST_LEAST = 21
"""Cells below which the last column does not go before others leave: "does not read 12.4 MB"."""


def title(id: int, client: Client | None) -> str:
    """Return what a client is called where there is room: its number, its name, its address."""
    if client is None:
        return f"#{id}"
    return f"#{id} {client.name} {client.peer}" if client.name else f"#{id} {client.peer}"


def columns_for(width: int, named: bool = False) -> list[tuple[Column, int]]:
    """Return the columns that fit, each with its width; one cell is between them.

    named: whether any client has a name. Where there is no room for a column of names, they
    stand in the place of the addresses.
    """
    shown = [column for column in COLUMNS if named or column.sort != "name"]
    while True:
        fixed = sum(column.width for column in shown) + len(shown) - 1
        leavers = [column for column in shown if column.leaves]
        if width - fixed >= LAST_LEAST or not leavers:
            break
        shown.remove(min(leavers, key=lambda column: column.leaves))
    if named and not any(column.sort == "name" for column in shown):
        shown = [_NAME_OR_REMOTE if column.sort == "peer" else column for column in shown]
    spare = max(0, width - fixed)
    remote = min(spare - LAST_LEAST, 18) // 2 if spare > 2 * LAST_LEAST else 0
    fitting: list[tuple[Column, int]] = []
    for column in shown:
        if width <= 0:
            break
        wanted = column.width + (remote if column.sort == "peer" else 0) or spare - remote
        fitting.append((column, min(wanted, width)))
        width -= wanted + 1
    return fitting


def client_line(
    client: Client, now: int, columns: list[tuple[Column, int]], noticed: Hint | None = None
) -> Line:
    """Return one row of the table. noticed: what there is to say of the client beside that."""
    line: Line = []
    for column, width in columns:
        if line:
            line.append((" ", ""))
        if not column.width:
            line += last(client, width) if noticed is None else _noticed(client, width, noticed)
            continue
        text, style = column.cell(client, now)
        address = text in (client.peer, client.listener)
        text = fit_address(text, width) if address else fit(text, width, column.right)
        line.append((text, "" if client.closed and style not in ("error", "good") else style))
    return line


# -- the message log ------------------------------------------------------------------

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


def record_line(record: Record, when: str, width: int, id_width: int, body: bool = True) -> Line:
    """Return a record as one line. when: from record_time."""
    return message_line(record, [(f"{when} ", "dim")], width, id_width, body)


def message_line(
    record: Record, time: Line, width: int, id_width: int, body: bool = True, marks: Marks = (),
    noticed: Hint | None = None, means: str = "",
) -> Line:  # fmt: skip
    """Return a record or message as one line of the log.

    id_width: cells for the client's number; 0 for a dialogue with one client: its number is left
    out, and what it is sent stands further in. body: with what was said; without it only what
    stands before. marks: places in what was said that are set off. noticed: what there is to say
    of it beside that. means: said in the place of its bytes, where it is known.
    """
    word, style = _WORDS[record.kind]
    says = story(record)
    if record.kind is Kind.CLOSE and broken(says):
        word, style = broken(says), "error"
    if id_width:
        who = f"#{record.client}" if record.client else _crowd(record)
        own = colour(record.client) if record.client else "dim"
        line: Line = [*time, (f"{who:>{id_width}}", own), (f" {word:<6} ", style)]
    else:
        inwards = width // ANSWERS_IN if record.kind in (Kind.TX, Kind.CAST) else 0
        line = [*time, (" " * inwards, ""), (f"{word:<6} ", style)]
    if record.kind > Kind.CAST:
        says = says.removeprefix(f"{word} ")
        return crop([*line, (says, style)] if body else line, width)
    count = record.size if isinstance(record, Message) else len(record.data)
    amount = number(count) if count < 1_000_000 else size(count)
    line.append((f"{amount:>6}".ljust(8), "dim"))
    fate, fate_style = delivery(record)
    aside: Line = [(f"  {fate}", fate_style)] if fate else []
    if isinstance(record, Message):
        aside += cutting(record, short=width < WORDY)
    if noticed is not None:
        aside.append((f"  {noticed.short if width < WORDY else noticed.text}", "dim"))
    room = width - cells_of(line)
    if body:
        said = record.content if isinstance(record, Message) else record.data
        least = room // 4 if isinstance(record, Message) and record.odd else room // 2
        space = max(room - cells_of(aside), least)
        line += crop([(means, style)], space) if means else payload(said, space, style, marks)
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
    return [line for part in parts for line in _wrap([(part, "")], width)]


def copied(record: Record) -> str:
    """Return a record as text for the clipboard: what an event says, or the payload escaped."""
    return story(record) or escape(record.data)


def delivery(record: Record) -> tuple[str, str]:
    """Return what became of a payload that was sent, and its style; "" if nothing is amiss."""
    cast = record.cast
    if cast is None:
        if record.unsent:
            return "unsent", "error"
        return ("queued", "warn") if record.queued else ("", "")
    count = len(cast.receivers)
    sent = count - len(cast.skipped) - record.queued - record.unsent
    parts = [f"to {sent} of {count} clients"]
    if record.queued:
        parts.append(f"{record.queued} queued")
    if record.unsent:
        parts.append(f"{record.unsent} ended before")
    if cast.skipped:
        parts.append(f"not to {skipped(cast.skipped)}")
    return ", ".join(parts), "" if sent == count else "warn"


def skipped(clients: dict[int, str]) -> str:
    """Return who was left out and why, the first few by name: "#7 (gone), #9 (gone) and 3 more"."""
    names = [f"#{client} ({why})" for client, why in list(clients.items())[:2]]
    more = len(clients) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Iterable[float], width: int) -> str:
    """Return the last width values as bars, the highest one full; flat where there is nothing."""
    shown = deque(values, width)
    top = max(shown, default=0.0)
    bars = [BARS[min(7, int(value / top * 7.999))] if top else BARS[0] for value in shown]
    return BARS[0] * (width - len(bars)) + "".join(bars)
