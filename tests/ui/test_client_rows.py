"""A client's row fits its columns, and says what matters."""

from itertools import product

import pytest
from hypothesis import example, given, strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from tcpmon.core.hints import Hint
from tcpmon.core.model import (
    Backlog,
    Client,
    End,
    Reason,
    State,
    Trouble,
)
from tcpmon.ui.client_rows import COLUMNS, broken, client_line, columns_for, last, title, wrongs
from tcpmon.ui.render import CLIENT_COLOURS, colour
from tcpmon.ui.widgets.lines import STYLES
from tests.core.safety import unsafe_in
from tests.ui.pictures import NAMES, NOON, TIMESTAMPS, WIDTHS, a_client, cells, clients, said

STAYING = {"state", "id", "peer", "heard", "rx", "tx", "last"}
USUAL = range(80, 260)
LEAVING = [
    "retransmits", "rtt", "messages", "tx_rate", "rx_rate", "age", "listener", "unsent", "name",
]  # fmt: skip
NAMED = pytest.mark.parametrize("named", [False, True])


@NAMED
def test_columns_fill_the_width(named: bool) -> None:
    """From 80 cells up the columns, and a cell between each two, take the whole width."""
    for width in USUAL:
        columns = columns_for(width, named)
        assert sum(cells for _, cells in columns) + len(columns) - 1 == width
        assert all(cells >= column.width and cells > 0 for column, cells in columns), width


@NAMED
def test_columns_are_cut_where_there_is_no_room(named: bool) -> None:
    """However narrow the table, its columns with the cells between them fit it."""
    for width in range(-3, 80):
        columns = columns_for(width, named)
        assert sum(cells for _, cells in columns) + len(columns) - 1 <= max(0, width)
        assert all(cells > 0 for _, cells in columns), width


def test_columns_leave_in_order() -> None:
    """What matters most is there at every width, and the rest leaves one after the other."""
    for width in USUAL:
        shown = [column for column, _ in columns_for(width, named=True)]
        names = ["peer" if "remote" in column.label else column.sort for column in shown]
        gone = [name for name in LEAVING if name not in names]
        assert set(names) >= STAYING, width
        assert gone == LEAVING[: len(gone)], width
        assert names == [column.sort for column in COLUMNS if column.sort in names]


def test_more_room_means_more_columns() -> None:
    """A wider table never has fewer columns, and 160 cells are enough for all of them; names
    are among them where there are any."""
    for named in (False, True):
        counts = [len(columns_for(width, named)) for width in range(1, 260)]
        assert counts == sorted(counts)
    assert len(columns_for(160)) == len(COLUMNS) - 1
    assert len(columns_for(160, named=True)) == len(COLUMNS)


def test_names_are_seen_at_every_width() -> None:
    """Names have a column of their own, as long as anybody has one; where there is no room for
    it they stand for the addresses."""
    client, other = a_client(name="gps-0417"), a_client(peer="10.0.0.7:123", name="")
    for width in (30, 73, 100, 153):
        assert "gps-0417" in said(client_line(client, NOON, columns_for(width, named=True)))
        assert "10.0.0.7:123" in said(client_line(other, NOON, columns_for(width, named=True)))
    assert client.peer in said(client_line(client, NOON, columns_for(153, named=True)))
    assert client.peer not in said(client_line(client, NOON, columns_for(73, named=True)))
    long = replace(client, name="x" * 39 + "…")
    assert "x" * 20 + "…" in said(client_line(long, NOON, columns_for(73, named=True)))


def test_a_title_has_all_that_a_client_is_called() -> None:
    """A client's number, name and address, or as much of it as there is."""
    client = a_client(id=3, peer="10.4.0.9:51044")
    assert title(3, None) == "#3"
    assert title(3, client) == "#3 10.4.0.9:51044"
    assert title(3, replace(client, name="gps-0417")) == "#3 gps-0417 10.4.0.9:51044"


def test_the_last_column_keeps_room() -> None:
    """Where any column has left or all are there, the last one has 21 cells or more: enough for
    a diagnosis, however much waits."""
    for named in (False, True):
        assert min(columns_for(width, named)[-1][1] for width in USUAL) >= 21
    assert cell_len("does not read 12.4 MB") == 21


def test_a_small_terminal_has_no_room_for_the_kernel() -> None:
    """What the kernel knows is there in 160 cells and leaves before 80."""
    small, wide = ({column.sort for column, _ in columns_for(cells - 7)} for cells in (80, 160))
    assert {"rtt", "retransmits", "unsent"} <= wide
    assert not {"rtt", "retransmits"} & small


def check_cells(client: Client, now: int, width: int, named: bool = False) -> None:
    """Judge a row of the table, cell by cell."""
    columns = columns_for(width, named)
    line = client_line(client, now, columns)
    for column, room in columns[:-1]:
        (text, _), line = line[0], line[1:]
        assert cell_len(text) == room, f"{column.sort} is {text!r} in {room} cells"
        assert line.pop(0) == (" ", "")
    assert cells(line) <= columns[-1][1]


@given(clients(), TIMESTAMPS, WIDTHS, st.booleans())
def test_a_row_is_as_wide_as_its_columns(client: Client, now: int, width: int, named: bool) -> None:
    """Each cell of a row has exactly its column's width, whatever the client did."""
    check_cells(client, now, width, named)


@given(clients(NAMES), TIMESTAMPS, st.integers(80, 200))
@example(a_client(listener="unix:/tmp/日本語日本語.sock"), NOON, 160)
def test_a_row_is_as_wide_with_any_name(client: Client, now: int, width: int) -> None:
    """A listener or peer whose name is in wide letters does not shift the row."""
    check_cells(client, now, width)


@given(clients(NAMES), TIMESTAMPS, WIDTHS, st.booleans())
def test_a_row_is_harmless(client: Client, now: int, width: int, named: bool) -> None:
    """A row of the table does nothing to a terminal, and its styles are known."""
    line = client_line(client, now, columns_for(width, named))
    assert unsafe_in(said(line)) == []
    assert {style for _, style in line} <= {"", *STYLES}


@given(clients(), WIDTHS)
def test_the_last_column_fits(client: Client, width: int) -> None:
    """The last column is never wider than asked."""
    assert cells(last(client, width)) <= width


@pytest.mark.parametrize(
    ("client", "shown", "style"),
    [
        (a_client(), "hello\\n", ""),
        (a_client(last=b""), "", ""),
        (a_client(state=State.HALF), "half-closed by peer", "warn"),
        (a_client(trouble=Trouble.UNREAD, unsent=147_000), "does not read 147 kB", "warn"),
        (a_client(trouble=Trouble.UNREAD, unsent=9_000_000, backlog=Backlog.STUCK),
         "does not read 9.0 MB, STUCK", "warn"),
        (a_client(trouble=Trouble.GONE, unsent=6, retransmits=3),
         "does not answer, 3 sent again", "warn"),
        (a_client(backlog=Backlog.SLOW, unsent=1_200_000), "SLOW, 1.2 MB unsent", "warn"),
        (a_client(state=State.HALF, backlog=Backlog.STUCK, unsent=9_000_000),
         "STUCK, 9.0 MB unsent, half-closed by peer", "warn"),
        (a_client(silent=42 * 10**9), "silent 42s", "warn"),
        (a_client(flag="said \x1b[2J"), "marked: said \\x1b[2J", "warn"),
        (a_client(state=State.CLOSED, end="closed by peer", flag="late"),
         "closed by peer, marked: late", "warn"),
        (a_client(silent=42 * 10**9, trouble=Trouble.GONE),
         "does not answer, 0 sent again, silent 42s", "warn"),
        (a_client(dropped=1204), "1,204 dropped hello\\n", "warn"),
        (a_client(dropped=12, trouble=Trouble.UNREAD, backlog=Backlog.STUCK, unsent=8_400_000),
         "12 dropped, does not read 8.4 MB, STUCK", "warn"),
        (a_client(state=State.CLOSED, closed=NOON, end="closed by peer"), "closed by peer", ""),
        (a_client(state=State.CLOSED, closed=NOON, end="reset by peer", backlog=Backlog.SLOW),
         "reset by peer", "error"),
    ],
)  # fmt: skip
def test_last(client: Client, shown: str, style: str) -> None:
    """The last column tells how it ended, else what is wrong, else what came last."""
    line = last(client, 60)
    assert said(line) == shown
    assert not line or line[0][1] == style


WAITS = Hint("HTTP request GET /x, client waits 12 s", "HTTP, waits 12 s", urgent=True)
QUIET = Hint("same payload 37 times, no answer", "same 37 times")


@pytest.mark.parametrize(
    ("client", "hint", "width", "shown"),
    [
        (a_client(last=b"GET /x HTTP/1.1\r\n"), WAITS, 70,
         "GET /x HTTP/1.1\\r\\n  HTTP request GET /x, client waits 12 s"),
        (a_client(last=b"GET /x HTTP/1.1\r\n"), WAITS, 52,
         "GET /x HTTP…  HTTP request GET /x, client waits 12 s"),
        (a_client(last=b"GET /x HTTP/1.1\r\n"), WAITS, 51,
         "GET /x HTTP/1.1\\r\\n  HTTP, waits 12 s"),
        (a_client(last=b"GET /x HTTP/1.1\r\n"), WAITS, 21, "HTTP, waits 12 s"),
        (a_client(last=b"GET /x HTTP/1.1\r\n"), QUIET, 21, "GET /x HTTP/1.1\\r\\n"),
        (a_client(last=b""), QUIET, 40, "same payload 37 times, no answer"),
        (a_client(last=b"hi"), QUIET, 21, "hi  same 37 times"),
        (a_client(state=State.HALF), WAITS, 40, "half-closed by peer  HTTP, waits 12 s"),
        (a_client(state=State.HALF), WAITS, 30, "half-closed by peer"),
        (a_client(dropped=12), WAITS, 34, "12 dropped hello\\n"),
        (a_client(state=State.CLOSED, closed=NOON, end="closed by peer"), WAITS, 21,
         "HTTP, waits 12 s"),
        (a_client(state=State.CLOSED, closed=NOON, end="reset by peer"), WAITS, 21,
         "reset by peer"),
        (a_client(state=State.CLOSED, closed=NOON, end="closed by peer"), QUIET, 30,
         "closed by peer  same 37 times"),
    ],
)  # fmt: skip
def test_what_was_noticed(client: Client, hint: Hint, width: int, shown: str) -> None:
    """A hint stands behind what the client said, in as many words as there is room for. Where
    there is none, what is urgent takes its place, but never that of what is wrong."""
    columns = [(COLUMNS[-1], width)]
    line = client_line(client, NOON, columns, hint)
    assert said(line) == shown
    assert cells(line) <= width
    assert shown == said(last(client, width)) or line[-1][1] in ("dim", "note")


@given(clients(), WIDTHS, st.sampled_from([WAITS, QUIET]))
def test_a_hint_fits(client: Client, width: int, hint: Hint) -> None:
    """With a hint the last column is never wider than asked, and what is wrong stays."""
    line = client_line(client, NOON, [(COLUMNS[-1], width)], hint)
    assert cells(line) <= width
    if broken(client.end) or (not client.end and wrongs(client)):
        assert said(line).startswith(said(last(client, width)).removesuffix("…"))


@pytest.mark.parametrize(
    "client",
    [
        a_client(state=State.HALF),
        a_client(trouble=Trouble.UNREAD, unsent=12_400_000, backlog=Backlog.STUCK),
        a_client(trouble=Trouble.GONE, retransmits=12, unsent=6),
        a_client(silent=4000 * 10**9),
    ],
)
def test_what_is_wrong_is_seen_at_80(client: Client) -> None:
    """On a small terminal what matters most of it is there whole, and nothing cut; the loss of
    payloads stands before it."""
    columns = columns_for(80 - 7)
    assert said(client_line(client, NOON, columns)[-1:]) == wrongs(client)[0]
    lossy = replace(client, dropped=120)
    assert said(client_line(lossy, NOON, columns)[-1:]).startswith("120 dropped, ")


@pytest.mark.parametrize(("state", "glyph"), [(State.OPEN, "!"), (State.HALF, "◐")])
def test_the_glyph_tells_of_trouble(state: State, glyph: str) -> None:
    """An open client in trouble stands out at every width; a half-closed one does already."""
    unread, silent = a_client(state=state, trouble=Trouble.UNREAD), a_client(state=state, silent=1)
    for client, width in product((unread, silent), (40, 73, 153)):
        assert client_line(client, NOON, columns_for(width))[0] == (glyph, "warn")


@pytest.mark.parametrize(
    ("client", "shown"),
    [
        (a_client(), ["", ""]),
        (a_client(rtt=24), ["24us", ""]),
        (a_client(rtt=1_200, retransmits=3), ["1.2ms", "3"]),
        (a_client(rtt=2**32 - 1, retransmits=99_999), ["4295s", "99,999"]),
    ],
)
def test_what_the_kernel_knows(client: Client, shown: list[str]) -> None:
    """Round-trip time and retransmits are there once there are any."""
    columns = columns_for(153)
    texts = [text.strip() for text, _ in client_line(client, NOON, columns)[::2]]
    assert texts[-3:-1] == shown


@pytest.mark.parametrize(
    ("state", "end", "glyph"),
    [
        (State.OPEN, "", "●"),
        (State.HALF, "", "◐"),
        (State.CLOSING, "", "◌"),
        *[
            (State.CLOSED, End(reason, 0, 0, 0, 0).why, "○")
            for reason in (Reason.PEER_CLOSED, Reason.CLOSED, Reason.STOPPED)
        ],
        *[
            (State.CLOSED, End(reason, 0, 0, 5, 0).why, "✗")
            for reason in (
                *(Reason.PEER_RESET, Reason.RESET, Reason.NO_ANSWER),
                *(Reason.UNREACHABLE, Reason.FAILED),
            )
        ],
    ],
)
def test_the_glyph_tells_the_state(state: State, end: str, glyph: str) -> None:
    """One glyph tells an open client from a closed one, and an orderly end from a broken one."""
    client = a_client(state=state, end=end, closed=NOON if end else 0)
    text, style = client_line(client, NOON, columns_for(120))[0]
    assert (text, style == "error") == (glyph, glyph == "✗")


def test_a_row_in_full() -> None:
    """A row has, in this order, what the headings say."""
    client = a_client(
        heard=NOON + 41 * 10**9, tx_bytes=12_400, rx_rate=6.0, tx_messages=1203, unsent=1_200_000,
        rtt=12_400,
    )  # fmt: skip
    now = NOON + 65 * 10**9
    columns = columns_for(150)
    texts = [text.strip() for text, _ in client_line(client, now, columns)[::2]]
    assert texts == [
        *["●", "7", "127.0.0.1:54321", "127.0.0.1:8000", "1m05", "24s", "6 B", "12.4 kB", "6 B"],
        *["-", "1,204", "1.2 MB", "12ms", "", "hello"],
    ]


def test_neighbours_have_different_colours() -> None:
    """As many clients in a row as there are colours can be told apart."""
    looks = [colour(client) for client in range(40, 40 + CLIENT_COLOURS)]
    assert len(set(looks)) == CLIENT_COLOURS
    assert set(looks) <= set(STYLES)


# -- the log -------------------------------------------------------------------------


def test_a_long_mark_is_looked_at_as_far_as_a_row_goes() -> None:
    """A script may mark a client with all that was sent to it; the screen is not held up by it."""
    (told,) = wrongs(a_client(flag="\x1b" * 1_000_000))
    assert told.startswith("marked: \\x1b")
    assert len(told) < 2000
