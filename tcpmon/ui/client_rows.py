"""A client as a row of the table, and the columns for which there is room."""

from collections.abc import Callable

from msgspec import Struct
from rich.cells import cell_len

from tcpmon.core.escape import escape_text
from tcpmon.core.hints import Hint
from tcpmon.core.model import (
    WORDS,
    Backlog,
    Client,
    Reason,
    State,
    Trouble,
)
from tcpmon.core.units import delay, number, size, span
from tcpmon.ui.render import Line, cells_of, colour, crop, fit, fit_address, payload

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
        style = "error" if broken(client.end) else "warn" if client.flag else ""
        return [(fit(", ".join([client.end, *_marked(client)]), width).rstrip(), style)]
    lost = [f"{number(client.dropped)} dropped"] if client.dropped else []
    if wrong := wrongs(client):
        text = ", ".join([*lost, wrong.pop(0)])
        while wrong and len(text) + len(wrong[0]) + 2 <= width:
            text += f", {wrong.pop(0)}"
        return [(fit(text, width).rstrip(), "warn")]
    line: Line = [(fit(text, width).rstrip() + " ", "warn") for text in lost]
    return crop([*line, *payload(client.last, width - cells_of(line))], width)


MARK = 400
"""Characters of why a client is marked that are looked at: a script may give any number."""


def _marked(client: Client) -> list[str]:
    return [f"marked: {escape_text(client.flag[:MARK])}"] if client.flag else []


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
    wrong = _marked(client)
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
