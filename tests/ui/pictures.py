"""Pictures of all kinds: clients, records and bytes as hypothesis may think of them."""

from array import array

from hypothesis import strategies as st
from rich.cells import cell_len

from tcpmon.core.escape import escape_text
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
)
from tcpmon.core.naming import clean
from tcpmon.ui.render import (
    Line,
)

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
