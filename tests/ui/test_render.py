"""Every row and line says what is so, fits where it goes, and does nothing to a terminal."""

import re
from array import array
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import example, given, strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from tcpmon.core.escape import ESCAPE, escape, escape_text, unescape
from tcpmon.core.hints import Hint
from tcpmon.core.model import (
    Backlog,
    Cast,
    Client,
    End,
    Kind,
    Reason,
    Record,
    State,
    Trouble,
    open_data,
    story,
)
from tcpmon.core.naming import clean
from tcpmon.ui import render as module
from tcpmon.ui.render import (
    BARS,
    CLIENT_COLOURS,
    COLUMNS,
    TIMES,
    Line,
    broken,
    client_line,
    colour,
    columns_for,
    copied,
    crop,
    delivery,
    fit,
    fit_address,
    hex_line,
    hex_lines,
    last,
    payload,
    record_line,
    record_time,
    skipped,
    sparkline,
    style_of,
    title,
    told,
    wrapped,
    wrongs,
)
from tcpmon.ui.widgets.lines import STYLES
from tests.core.safety import unsafe_in

WIDTHS = st.integers(1, 200)
PIECES = st.one_of(
    st.binary(max_size=8),
    st.text(max_size=8).map(str.encode),
    st.text("日本語世界👍é…", max_size=8).map(str.encode),
    st.sampled_from([b"\r\n", b"\n", b"\\", b"${x}", b"\x1b[2J", b"\xc2\x9b", b"x" * 40, b"["]),
)
BYTES = st.lists(PIECES, max_size=12).map(b"".join)

AMOUNTS = st.one_of(st.integers(0, 2000), st.integers(0, 2**50))
HOUR = 3600 * 10**9
NOON = 1_790_000_000 * 10**9
TIMESTAMPS = st.integers(NOON - 24 * HOUR, NOON + 24 * HOUR)
WORKDAY = st.integers(NOON, NOON + 8 * HOUR)
ANY_TIME = st.integers(0, 2**63 - 1)
ADDRESSES = st.sampled_from(
    ["127.0.0.1:54321", "[::1]:8000", "[2001:db8:1111:2222:3333:4444:5555:6666]:65535",
     "unix:/run/tcpmon.sock", "unix pid 4711 socat"]
)  # fmt: skip
NAMES = st.one_of(ADDRESSES, st.text(max_size=40).map(escape_text))
"""What the engine calls a peer or a listener: a Unix socket may have any name, in any script."""
ENDS = st.builds(
    End, st.sampled_from(Reason), AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS,
    st.sampled_from(["", "Broken pipe", "No route to host"]),
)  # fmt: skip


def said(line: Line) -> str:
    """Return what a person reads."""
    return "".join(text for text, _ in line)


def cells(line: Line) -> int:
    """Return how wide a line is, span by span, as it is painted."""
    return sum(cell_len(text) for text, _ in line)


@st.composite
def clients(draw: st.DrawFn, names: st.SearchStrategy[str] = ADDRESSES) -> Client:
    """Any client, open or closed."""
    state = draw(st.sampled_from(State))
    gone = state is State.CLOSED
    return Client(
        id=draw(st.integers(1, 10**6)),
        state=state,
        peer=draw(names),
        listener=draw(names),
        opened=draw(TIMESTAMPS),
        closed=draw(TIMESTAMPS) if gone else 0,
        heard=draw(st.one_of(st.just(0), TIMESTAMPS)),
        rx_bytes=draw(AMOUNTS),
        tx_bytes=draw(AMOUNTS),
        rx_rate=draw(st.floats(0, 1e13)),
        tx_rate=draw(st.floats(0, 1e13)),
        rx_messages=draw(AMOUNTS),
        tx_messages=draw(AMOUNTS),
        unsent=draw(AMOUNTS),
        in_flight=draw(AMOUNTS),
        dropped=draw(AMOUNTS),
        backlog=draw(st.sampled_from(Backlog)),
        rtt=draw(st.integers(0, 2**32 - 1)),
        retransmits=draw(st.integers(0, 2**32 - 1)),
        trouble=draw(st.sampled_from(Trouble)),
        last=draw(BYTES)[:256],
        end=draw(ENDS).why if gone else "",
        name=draw(st.just("") | st.text(max_size=40).map(clean)),
        silent=0 if gone else draw(st.just(0) | AMOUNTS),
    )


FATES = st.sampled_from(["skipped", "waiting", "lost", "sent"])
WHY = st.sampled_from(
    ["gone", "is being closed", "does not read, 8.4 MB unsent",
     "does not read, and 256.0 MB are unsent in all"]
)  # fmt: skip
"""Why a client may be left out of a broadcast, as the engine says it."""
ANY_KIND = st.sampled_from(Kind)
PAYLOADS = st.sampled_from([Kind.RX, Kind.TX, Kind.CAST])
EVENTS = st.sampled_from([kind for kind in Kind if kind > Kind.CAST])


@st.composite
def casts(draw: st.DrawFn) -> Cast:
    """Who a payload to several was for, and what became of it."""
    receivers = draw(st.lists(st.integers(1, 10**5), min_size=1, max_size=12, unique=True))
    fates = {client: draw(FATES) for client in receivers}
    return Cast(
        array("I", sorted(receivers)),
        {client: draw(WHY) for client, fate in fates.items() if fate == "skipped"},
        {client for client, fate in fates.items() if fate == "waiting"},
        {client for client, fate in fates.items() if fate == "lost"},
    )


@st.composite
def records(draw: st.DrawFn, kinds: st.SearchStrategy[Kind] = ANY_KIND) -> Record:
    """Any record, with the data that its kind has."""
    kind = draw(kinds)
    data, cast, queued, unsent = b"", None, 0, 0
    match kind:
        case Kind.RX | Kind.INFO | Kind.WARN:
            data = draw(BYTES)
        case Kind.TX:
            data = draw(BYTES)
            queued, unsent = draw(st.sampled_from([(0, 0), (1, 0), (0, 1)]))
        case Kind.CAST:
            data, cast = draw(BYTES), draw(casts())
            queued, unsent = len(cast.waiting), len(cast.lost)
        case Kind.OPEN:
            data = open_data(draw(NAMES), draw(NAMES))
        case Kind.CLOSE:
            data = draw(ENDS).pack()
        case Kind.EOF:
            pass
    about = 0 if kind in (Kind.CAST, Kind.INFO) else draw(st.integers(0, 10**6))
    return Record(draw(st.integers(0, 10**9)), draw(ANY_TIME), kind, about, data, cast, queued,
                  unsent)  # fmt: skip


def a_client(**changed: object) -> Client:
    """An open client that has said hello, changed as asked."""
    plain: dict[str, object] = {
        "id": 7, "state": State.OPEN, "peer": "127.0.0.1:54321", "listener": "127.0.0.1:8000",
        "opened": NOON, "closed": 0, "heard": NOON, "rx_bytes": 6, "tx_bytes": 0, "rx_rate": 0.0,
        "tx_rate": 0.0, "rx_messages": 1, "tx_messages": 0, "unsent": 0, "in_flight": 0,
        "dropped": 0, "backlog": Backlog.NONE, "rtt": 0, "retransmits": 0, "trouble": Trouble.NONE,
        "last": b"hello\n", "end": "",
    }  # fmt: skip
    return Client(**(plain | changed))  # type: ignore[arg-type]


# -- text in cells -------------------------------------------------------------------


SHOWN = st.text(max_size=60).map(escape_text)


@given(SHOWN, st.integers(0, 200), st.booleans())
@example("日本", 1, False)
@example("日本", 2, False)
@example("日本", 3, True)
def test_fit_is_exact(text: str, width: int, right: bool) -> None:
    """Text that may be shown comes out exactly as wide as asked."""
    assert cell_len(fit(text, width, right)) == width


@given(st.text(max_size=60), st.integers(0, 200), st.booleans())
@example("a\u200d", 4, False)
def test_fit_is_exact_for_any_text(text: str, width: int, right: bool) -> None:
    """Any text at all comes out exactly as wide as asked."""
    assert cell_len(fit(text, width, right)) == width


@given(SHOWN, WIDTHS)
def test_fit_says_that_it_cut(text: str, width: int) -> None:
    """Text that fits is whole, and text that does not ends in an ellipsis."""
    whole = cell_len(text) <= width
    left, right = fit(text, width), fit(text, width, right=True)
    if whole:
        assert (left.startswith(text), right.endswith(text)) == (True, True)
        assert left.replace(" ", "") == right.replace(" ", "") == text.replace(" ", "")
    else:
        assert left == right
        assert left.endswith("…")
        assert text.startswith(left[:-1].rstrip(" "))


@given(NAMES, WIDTHS)
@example("unix:/tmp/日本日本日本.sock", 16)
def test_an_address_is_exact(name: str, width: int) -> None:
    """An address, in any script, comes out exactly as wide as asked."""
    assert cell_len(fit_address(name, width)) == width


@given(NAMES, WIDTHS)
def test_an_address_keeps_its_end(name: str, width: int) -> None:
    """An address that is cut begins with an ellipsis and ends as it did."""
    shown = fit_address(name, width)
    if cell_len(name) <= width:
        assert shown.rstrip(" ") == name.rstrip(" ")
    else:
        assert shown[0] == "…"
        assert name.endswith(shown[1:].lstrip(" "))


LINES = st.lists(st.tuples(SHOWN, st.sampled_from(["", "rx", "dim"])), max_size=6)


@given(LINES, st.integers(0, 200))
def test_crop_fits(line: Line, width: int) -> None:
    """A cropped line is never wider than asked, and a line that fits is left alone."""
    cropped = crop(line, width)
    assert cells(cropped) <= width
    assert (cells(line) > width) or cropped == line


@given(LINES, WIDTHS)
def test_crop_keeps_the_beginning(line: Line, width: int) -> None:
    """What is left of a cropped line is how it began, in the same styles."""
    cropped = crop(line, width)
    assert cropped[:-1] == line[: max(0, len(cropped) - 1)]
    if cropped:
        text, style = cropped[-1]
        whole, its_style = line[len(cropped) - 1]
        assert style == its_style
        assert text == whole or whole.startswith(text.rstrip("…").rstrip(" "))


# -- payloads ------------------------------------------------------------------------


DOTS = ("…", "dim")


@given(BYTES, WIDTHS)
@example("a日本".encode(), 3)
@example(b"\x00", 3)
@example("…".encode(), 1)
@example("👍".encode() * 10, 19)
def test_a_payload_fits(data: bytes, width: int) -> None:
    """A payload in a line is never wider than asked and does nothing to a terminal."""
    line = payload(data, width, "rx")
    assert cells(line) <= width
    assert unsafe_in(said(line)) == []


@given(BYTES, WIDTHS)
@example("…".encode(), 1)
@example(b"abc" * 100, 300)
@example("é".encode() * 101, 100)
def test_a_payload_says_that_it_is_cut(data: bytes, width: int) -> None:
    """A payload ends in an ellipsis of its own exactly when something of it is missing."""
    line = payload(data, width, "rx")
    assert (line[-1:] == [DOTS]) == (said(line) != escape(data))
    assert DOTS not in line[:-1]


@given(BYTES, WIDTHS)
def test_a_payload_keeps_its_escapes_whole(data: bytes, width: int) -> None:
    """An escape is set off by its style and stands there whole or not at all."""
    for text, style in payload(data, width, "rx"):
        if style == "escape":
            assert ESCAPE.fullmatch(text)
        else:
            assert "\\" not in text


@given(BYTES, WIDTHS)
@example("aaaa日本".encode(), 6)
def test_a_payload_shows_only_what_came(data: bytes, width: int) -> None:
    """What stands before the ellipsis is how the payload begins, to the character."""
    line = payload(data, width, "rx")
    seen = said([span for span in line if span != DOTS])
    assert escape(data).startswith(seen)


@given(BYTES, WIDTHS)
def test_a_payload_uses_its_room(data: bytes, width: int) -> None:
    """When a payload is cut, the next character or escape would not have fitted either."""
    line = payload(data, width, "rx")
    if line[-1:] == [DOTS]:
        shown = cells(line[:-1])
        rest = escape(data)[len(said(line[:-1])) :]
        following = ESCAPE.match(rest)
        assert shown + cell_len(following[0] if following else rest[:1]) + cell_len("…") > width


@pytest.mark.parametrize(
    ("data", "width", "shown"),
    [
        (b"", 10, []),
        (b"hello", 5, [("hello", "rx")]),
        (b"hello", 4, [("hel", "rx"), DOTS]),
        (b"hi\r\n", 6, [("hi", "rx"), ("\\r", "escape"), ("\\n", "escape")]),
        (b"hi\r\n", 5, [("hi", "rx"), ("\\r", "escape"), DOTS]),
        (b"hi\x00", 5, [("hi", "rx"), DOTS]),
        (b"\x00", 1, [DOTS]),
        (b"x" * 1000, 2, [("x", "rx"), DOTS]),
        (b"hello", 0, []),
        (b"hello", -3, []),
    ],
)
def test_payload(data: bytes, width: int, shown: Line) -> None:
    """A payload is text in its own style, escapes in theirs, and dots where it is cut."""
    assert payload(data, width, "rx") == shown


@pytest.mark.parametrize("width", [-3, 0, 1, 10, 200])
def test_a_payload_is_not_read_to_its_end(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large payload no more is looked at than a line can show, also where there is no room."""
    looked: list[int] = []

    def looking(data: bytes, limit: int | None = None) -> str:
        looked.append(len(data if limit is None else data[:limit]))
        return escape(data, limit)

    monkeypatch.setattr(module, "escape", looking)
    payload(b"x" * 100_000, width)
    assert sum(looked) <= 4 * max(0, width)


# -- whole messages ------------------------------------------------------------------

WIDEST = len("\\u{10ffff}")  # from here on every escape fits a line


@given(BYTES, WIDTHS)
def test_wrapping_loses_nothing(data: bytes, width: int) -> None:
    """A wrapped message, read line after line, is the whole message."""
    assert said([span for line in wrapped(data, width) for span in line]) == escape(data)


@given(BYTES, st.integers(WIDEST, 200))
def test_wrapped_lines_fit(data: bytes, width: int) -> None:
    """No line of a wrapped message is wider than asked, and none does a terminal harm."""
    lines = wrapped(data, width)
    assert [cells(line) for line in lines if cells(line) > width] == []
    assert unsafe_in("".join(map(said, lines))) == []


@given(BYTES, st.integers(1, WIDEST - 1))
@example(b"\x00abcdefgh", 2)
def test_wrapped_lines_fit_a_narrow_window(data: bytes, width: int) -> None:
    """In a window narrower than an escape, only what cannot be cut sticks out of it."""
    for line in wrapped(data, width):
        if cells(line) > width:
            text = said(line)
            assert ESCAPE.fullmatch(text) or len(text) == 1, f"{text!r} could be cut"


@given(BYTES, st.integers(WIDEST, 200))
def test_wrapped_lines_are_full(data: bytes, width: int) -> None:
    """A line of a wrapped message ends at a newline, or where the next piece would not fit."""
    for line, after in pairwise(wrapped(data, width)):
        following = ESCAPE.match(said(after))
        piece = following[0] if following else said(after)[:1]
        assert said(line).endswith("\\n") or cells(line) + cell_len(piece) > width


@given(BYTES, st.integers(WIDEST, 200))
def test_a_newline_ends_a_wrapped_line(data: bytes, width: int) -> None:
    """A newline stands at the end of its line, and every escape is set off whole."""
    for line in wrapped(data, width):
        escapes = [text for text, style in line if style == "escape"]
        assert all(ESCAPE.fullmatch(text) for text in escapes)
        assert "\\n" not in escapes or (escapes.count("\\n"), line[-1][0]) == (1, "\\n")
        assert all("\\" not in text for text, style in line if style != "escape")


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"abc", ["abc"]),
        (b"a\nb", ["a\\n", "b"]),
        (b"a\n", ["a\\n"]),
        (b"\n\n", ["\\n", "\\n"]),
        (b"0123456789ab", ["0123456789", "ab"]),
        (b"012345678\r\n", ["012345678", "\\r\\n"]),
        ("日本語世界日本".encode(), ["日本語世界", "日本"]),
        ("a日本語世界".encode(), ["a日本語世", "界"]),
    ],
)
def test_wrapped(data: bytes, lines: list[str]) -> None:
    """Ten cells hold ten cells of text, and a newline goes on in the next line."""
    assert [said(line) for line in wrapped(data, 10)] == lines


def test_there_may_be_no_room_at_all() -> None:
    """A message in a window without a single cell is laid out without an error."""
    assert unescape(said([span for line in wrapped(b"abc\x00", 0) for span in line])) == b"abc\x00"


# -- the dump ------------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_a_dump_has_every_byte_once(data: bytes) -> None:
    """A dump, read back by its offsets and digits, gives each byte at its place."""
    read = {}
    for row in range(hex_lines(len(data))):
        numbers, _, text = said(hex_line(data, row, "rx")).partition("|")
        offset, *digits = numbers.split()
        read[int(offset, 16)] = part = bytes.fromhex("".join(digits))
        assert text == re.sub(r"[^ -~]", ".", part.decode("latin-1")) + "|"
    assert list(read) == list(range(0, len(data), 16))
    assert b"".join(read.values()) == data


@given(st.binary(min_size=1, max_size=64), st.sampled_from(["rx", "tx"]))
def test_a_dump_line_stands_in_columns(data: bytes, style: str) -> None:
    """Lines of a dump are equally wide up to their text, which alone has the message's style."""
    lines = [hex_line(data, row, style) for row in range(hex_lines(len(data)))]
    assert len({cells(line[:3]) for line in lines}) == 1
    assert all(said(line).isascii() and said(line).isprintable() for line in lines)
    assert all(look == style for line in lines for _, look in line[3:4])
    assert {look for line in lines for _, look in line[:3]} == {"dim", ""}


def test_a_dump_in_full() -> None:
    """A line of a dump looks as hexdump -C writes it."""
    assert said(hex_line(b"GET / HTTP/1.0\r\n..", 0)) == (
        "00000 47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a |GET / HTTP/1.0..|"
    )


# -- the client table ----------------------------------------------------------------

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


STUCK = "does not read, 8.4 MB unsent"
TWO_STUCK = Record(
    1, NOON, Kind.CAST, 0, b"status?\n",
    Cast(array("I", range(1, 15)), dict.fromkeys((12, 13, 14), STUCK), {9}), 1,
)  # fmt: skip
"""A broadcast to fourteen, of whom three do not read."""


@given(records(), st.integers(80, 200), st.integers(4, 8), st.booleans())
@example(TWO_STUCK, 120, 4, True)
def test_a_record_fits(record: Record, width: int, id_width: int, body: bool) -> None:
    """From 80 cells up no record, of whatever kind, is wider than asked."""
    when = record_time("clock", record.time, None, 0)
    assert cells(record_line(record, when, width, id_width, body)) <= width


@given(records(), st.integers(1, 79), st.integers(4, 8), st.booleans())
def test_a_record_fits_a_narrow_window(
    record: Record, width: int, id_width: int, body: bool
) -> None:
    """A record is never wider than asked, even where there is no room for all of it."""
    when = record_time("clock", record.time, None, 0)
    assert cells(record_line(record, when, width, id_width, body)) <= width


@given(records(), WIDTHS, st.booleans())
def test_a_record_is_harmless(record: Record, width: int, body: bool) -> None:
    """A line of the log does nothing to a terminal, and its styles are known."""
    line = record_line(record, "12:00:04.121", width, 4, body)
    assert unsafe_in(said(line)) == []
    assert {style for _, style in line} <= {"", *STYLES}
    assert style_of(record.kind) in STYLES


@given(records())
def test_a_story_is_harmless(record: Record) -> None:
    """What an event says does nothing to a terminal, and a payload is no event."""
    assert unsafe_in(story(record)) == []
    if record.kind <= Kind.CAST:
        assert story(record) == ""
    elif record.kind not in (Kind.INFO, Kind.WARN):
        assert story(record)


@given(records(PAYLOADS), st.integers(80, 200))
def test_columns_of_the_log_line_up(record: Record, width: int) -> None:
    """Time, client, direction and size of a payload take the same cells in every line."""
    line = record_line(record, "12:00:04.121", width, 8)
    assert [cell_len(text) for text, _ in line[:4]] == [13, 8, 8, 8]


def line_of(record: Record, width: int = 100) -> str:
    """Return a record as a line that begins at 12 o'clock."""
    return said(record_line(record, "12:00", width, 4))


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        (Record(1, 0, Kind.RX, 7, b"hi\r\n"), r"12:00   #7 RX          4  hi\r\n"),
        (Record(1, 0, Kind.TX, 7, b"yo"), "12:00   #7 TX          2  yo"),
        (Record(1, 0, Kind.TX, 7, b"yo", queued=1), "12:00   #7 TX          2  yo  queued"),
        (Record(1, 0, Kind.TX, 7, b"yo", unsent=1), "12:00   #7 TX          2  yo  unsent"),
        (Record(1, 0, Kind.CAST, 0, b"yo", Cast(array("I", [1, 2]))),
         "12:00   x2 TX          2  yo  to 2 of 2 clients"),
        (Record(1, 0, Kind.RX, 7, b"x" * 1204), "12:00   #7 RX      1,204  " + "x" * 73 + "…"),
        (Record(1, 0, Kind.OPEN, 7, open_data("127.0.0.1:5", "127.0.0.1:8")),
         "12:00   #7 open   127.0.0.1:5 via 127.0.0.1:8"),
        (Record(1, 0, Kind.EOF, 7, b""), "12:00   #7 eof    peer closed its sending side"),
        (Record(1, 0, Kind.CLOSE, 7, End(Reason.PEER_CLOSED, 6, 0, 0, 5_300_000_000).pack()),
         "12:00   #7 closed by peer, rx 6 B, tx 0 B, after 5.3 s"),
        (Record(1, 0, Kind.CLOSE, 7, End(Reason.PEER_RESET, 6, 0, 0, 5_300_000_000).pack()),
         "12:00   #7 reset  by peer, rx 6 B, tx 0 B, after 5.3 s"),
        (Record(1, 0, Kind.CLOSE, 7, End(Reason.RESET, 6, 9, 9, 12_000_000).pack()),
         "12:00   #7 reset  by us, 9 B unsent, rx 6 B, tx 9 B, after 12.0 ms"),
        (Record(1, 0, Kind.CLOSE, 7, End(Reason.NO_ANSWER, 6, 9, 0, 12 * 10**9).pack()),
         "12:00   #7 lost   peer is gone, no answer, rx 6 B, tx 9 B, after 12.0 s"),
        (Record(1, 0, Kind.INFO, 0, b"listening on 127.0.0.1:8000"),
         "12:00      info   listening on 127.0.0.1:8000"),
        (Record(1, 0, Kind.WARN, 0, b"bad \x1b[2J"), r"12:00      warn   bad \x1b[2J"),
    ],
)  # fmt: skip
def test_record_line(record: Record, shown: str) -> None:
    """Each kind of record says when, who, what, how much, and what became of it."""
    assert line_of(record) == shown.replace("12.0 ms", "12 ms")


@pytest.mark.parametrize("count", [1, 99_999, 100_000, 262_144, 1_003_270])
def test_an_amount_of_any_size_keeps_the_columns(count: int) -> None:
    """The payload begins in the same cell, be it one byte or as much as can be sent."""
    short = line_of(Record(0, 0, Kind.RX, 7, b"z"), 100)
    assert line_of(Record(0, 0, Kind.RX, 7, b"z" * count), 100).index("z") == short.index("z")


def test_a_long_fate_leaves_room_for_the_payload() -> None:
    """What became of a broadcast is cut before its payload is, which has half the room."""
    shown = line_of(TWO_STUCK, 100)
    assert "status?\\n  to 10 of 14 clients, 1 queued, not to #12 (does not read" in shown
    assert shown.endswith("…")
    assert line_of(Record(**{**_fields(TWO_STUCK), "data": b"x" * 500}), 100).count("x") > 30


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


ORDERLY = {Reason.PEER_CLOSED, Reason.CLOSED, Reason.STOPPED, Reason.IDLE}


@pytest.mark.parametrize("reason", Reason)
def test_broken_ends_stand_out(reason: Reason) -> None:
    """An end that nobody ordered, and every reset, is in the colour of an error."""
    record = Record(1, 0, Kind.CLOSE, 7, End(reason, 0, 0, 0, 0).pack())
    styles = {style for _, style in record_line(record, "12:00", 100, 4)[2:]}
    assert styles == ({"event"} if reason in ORDERLY else {"error"})


@given(ENDS)
def test_an_end_is_judged_alike_everywhere(end: End) -> None:
    """The glyph, the last column and the log agree on whether a connection broke."""
    client = a_client(state=State.CLOSED, closed=NOON, end=end.why)
    record = Record(1, 0, Kind.CLOSE, 7, end.pack())
    orderly = end.reason in ORDERLY
    resets = {Reason.PEER_RESET, Reason.RESET, Reason.UNREAD}
    word = "reset" if end.reason in resets else "lost"
    assert broken(end.why) == ("" if orderly else word)
    assert (client_line(client, NOON, columns_for(120))[0][1] == "error") != orderly
    assert (last(client, 60)[0][1] == "error") != orderly
    assert (record_line(record, "12:00", 100, 4)[2][1] == "error") != orderly


@given(records(EVENTS), WIDTHS)
def test_an_event_is_told_in_lines(record: Record, width: int) -> None:
    """An event in lines is harmless, fits, and says what its story says."""
    lines = told(record, width)
    assert unsafe_in("".join(map(said, lines))) == []
    assert all(cells(line) <= max(2, width) for line in lines)
    if b"\n" not in record.data:
        assert said([span for line in lines for span in line]) == story(record)


def test_an_event_keeps_its_own_lines() -> None:
    """A line break of a warning ends a line, also an empty one; its backslashes are its own."""
    record = Record(1, 0, Kind.WARN, 0, b"one\n\n  C:\\new\x1b\n")
    assert [said(line) for line in told(record, 40)] == ["one", "", "  C:\\new\\x1b"]


@given(records())
def test_what_is_copied_is_harmless(record: Record) -> None:
    """A copied payload can be typed back; of an event it is what it says."""
    assert unsafe_in(copied(record)) == []
    if record.kind <= Kind.CAST:
        assert unescape(copied(record)) == record.data
    elif record.data:
        assert copied(record) == story(record)


def a_cast(skips: int = 0, queued: int = 0, unsent: int = 0) -> Record:
    """A payload for ten clients, of whom the last ones were left out."""
    left_out = {10 - number: "gone" for number in range(skips)}
    return Record(1, 0, Kind.CAST, 0, b"x", Cast(array("I", range(1, 11)), left_out), queued,
                  unsent)  # fmt: skip


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (Record(1, 0, Kind.RX, 1, b"x"), ("", "")),
        (Record(1, 0, Kind.TX, 1, b"x"), ("", "")),
        (Record(1, 0, Kind.TX, 1, b"x", queued=1), ("queued", "warn")),
        (Record(1, 0, Kind.TX, 1, b"x", unsent=1), ("unsent", "error")),
        (a_cast(), ("to 10 of 10 clients", "")),
        (a_cast(queued=2), ("to 8 of 10 clients, 2 queued", "warn")),
        (a_cast(unsent=3), ("to 7 of 10 clients, 3 ended before", "warn")),
        (a_cast(skips=1), ("to 9 of 10 clients, not to #10 (gone)", "warn")),
        (a_cast(skips=3, queued=1, unsent=1),
         ("to 5 of 10 clients, 1 queued, 1 ended before, not to #10 (gone), #9 (gone) and 1 more",
          "warn")),
    ],
)  # fmt: skip
def test_delivery(record: Record, told: tuple[str, str]) -> None:
    """What was sent says who has it, who waits for it, and who will not get it."""
    assert delivery(record) == told


@given(casts())
def test_delivery_accounts_for_everyone(cast: Cast) -> None:
    """Who got it, who waits, who ended before and who was left out are all there is."""
    waiting, lost = len(cast.waiting), len(cast.lost)
    told, _ = delivery(Record(1, 0, Kind.CAST, 0, b"x", cast, waiting, lost))
    words = re.match(
        r"to (\d+) of (\d+) clients(?:, (\d+) queued)?(?:, (\d+) ended before)?"
        r"(?:, not to #\d+ \([^)]*\)(?P<second>, #\d+ \([^)]*\))?(?: and (\d+) more)?)?\Z",
        told,
    )
    assert words, told
    sent, count, queued, ended, more = (int(words[place] or 0) for place in (1, 2, 3, 4, 6))
    named = 2 if words["second"] else 1 if "not to" in told else 0
    assert (queued, ended, named + more) == (waiting, lost, len(cast.skipped))
    assert sent + queued + ended + named + more == count == len(cast.receivers)


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ({7: "gone"}, "#7 (gone)"),
        ({7: "gone", 9: "SLOW"}, "#7 (gone), #9 (SLOW)"),
        ({7: "gone", 9: "SLOW", 11: "gone", 12: "gone"}, "#7 (gone), #9 (SLOW) and 2 more"),
    ],
)
def test_skipped(left_out: dict[int, str], told: str) -> None:
    """Who was left out is named with the reason, as far as that is short."""
    assert skipped(left_out) == told


# -- times ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", TIMES)
@given(at=ANY_TIME, before=st.none() | ANY_TIME, start=ANY_TIME)
@example(at=NOON + 10 * HOUR, before=NOON, start=NOON)
def test_times_are_equally_wide(form: str, at: int, before: int | None, start: int) -> None:
    """In each form, the times of any two records are equally wide."""
    shown = record_time(form, at, before, start)
    assert len(shown) == cell_len(shown) == len(record_time(form, NOON, None, NOON)), repr(shown)


@pytest.mark.parametrize("form", TIMES)
@given(at=WORKDAY, before=st.none() | WORKDAY, start=WORKDAY)
def test_times_are_equally_wide_in_a_workday(
    form: str, at: int, before: int | None, start: int
) -> None:
    """In each form, the times of records of the same eight hours are equally wide."""
    shown = record_time(form, at, before, start)
    assert len(shown) == len(record_time(form, NOON, None, NOON)), repr(shown)


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("delta", r" *\+0\.160"),
        ("start", r" *\+1:02:03"),
        ("clock", r"\d\d:\d\d:\d\d\.121"),
        ("both", r"\d\d:\d\d:\d\d\.121 +\+0\.160"),
        ("date", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.121"),
    ],
)
def test_record_time(form: str, shown: str) -> None:
    """Each form says what its name says."""
    at = NOON + 121_000_000
    start = at - 3_723_000_000_000
    assert re.fullmatch(shown, record_time(form, at, at - 160_000_000, start))


@pytest.mark.parametrize(
    ("hours", "shown"), [(9, " +9:00:00"), (10, "+10:00:00"), (99, "+99:00:00"), (100, "    +4d4h")]
)
def test_long_spans_line_up(hours: int, shown: str) -> None:
    """Ten hours and days are written out, as wide as a moment is."""
    assert record_time("start", NOON + hours * HOUR, None, NOON) == shown
    assert record_time("delta", NOON + hours * HOUR, NOON, 0) == shown


def test_the_first_line_has_no_delta() -> None:
    """Where no line is above there is a blank instead of a span."""
    assert record_time("delta", NOON, None, 0).strip() == ""


# -- sparklines ----------------------------------------------------------------------

RATES = st.lists(st.floats(0, 1e15), max_size=60)


@given(RATES, st.integers(0, 200))
@example([0.0, 5e-324], 2)
@example([1.0, 2.0], 0)
def test_a_sparkline_is_as_wide_as_asked(values: list[float], width: int) -> None:
    """A sparkline has the asked width, in bars of one cell each, whatever the values."""
    drawn = sparkline(values, width)
    assert cell_len(drawn) == len(drawn) == width
    assert set(drawn) <= set(BARS)


@given(RATES, WIDTHS)
def test_the_largest_value_is_the_top_bar(values: list[float], width: int) -> None:
    """Of the newest values the largest is a full bar, and no smaller one is higher."""
    newest = values[-width:]
    drawn = sparkline(values, width)[width - len(newest) :]
    bars = dict(zip(newest, drawn, strict=True))
    ranked = [bars[value] for value in sorted(bars)]
    assert ranked == sorted(ranked)
    assert not newest or ranked[-1] == (BARS[-1] if max(newest) else BARS[0])


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], "▁▁▁▁"),
        ([0.0, 0.0], "▁▁▁▁"),
        ([1.0], "▁▁▁█"),
        ([1.0, 2.0, 4.0, 8.0], "▁▂▄█"),
        ([9e9, 0.0, 4.0, 0.0, 8.0], "▁▄▁█"),
    ],
)
def test_sparkline(values: list[float], drawn: str) -> None:
    """The newest value is at the right, and what has left the picture does not count."""
    assert sparkline(values, 4) == drawn
