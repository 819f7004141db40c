"""A node that is made up, so that a screen can be shown anything; and what is on the screen."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from typing import TypeVar, cast

from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tcpmon.core.access import Permission
from tcpmon.core.commands import (
    Command,
    Cut,
    Delivery,
    Disconnect,
    Examine,
    ForgetClosed,
    ForgetJobs,
    Listen,
    Name,
    Permit,
    Repeat,
    Send,
    SendFile,
    Silence,
    Tell,
    Unlisten,
    Unpermit,
)
from tcpmon.core.cutting.framings import Framings
from tcpmon.core.cutting.log import Log
from tcpmon.core.errors import BadFilter, TcpmonError
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.limits import Limits
from tcpmon.core.model import (
    Ask,
    Backlog,
    Client,
    Framed,
    Kind,
    Lens,
    Listener,
    Message,
    Place,
    Record,
    Sifted,
    Span,
    State,
    Totals,
    Trouble,
    View,
)
from tcpmon.core.playbook import Playbook
from tcpmon.core.query import Query, parse
from tcpmon.core.store import Raw, Store
from tcpmon.core.tcpinfo import TcpInfo
from tcpmon.ui import themes
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.screens.main import MainScreen

R = TypeVar("R")
NOW = 1_780_000_000_000_000_000
MS, SECOND = 1_000_000, 1_000_000_000
SMALL, WIDE = (80, 24), (160, 45)

LISTENER = Listener(1, "localhost:8000", ("127.0.0.1:8000", "[::1]:8000"),
                    ("127.0.0.1:8000", "[::1]:8000"), (), 0, 0, 0)  # fmt: skip


def a_client(id: int, **changes: object) -> Client:
    """A client that is open and has said hello."""
    client = Client(
        id, State.OPEN, f"127.0.0.1:{40000 + id}", "127.0.0.1:8000", NOW - 60 * SECOND, 0,
        NOW - SECOND, 6, 0, 0.0, 0.0, 1, 0, 0, 0, 0, Backlog.NONE, 0, 0, Trouble.NONE,
        b"hello\n", "",
    )  # fmt: skip
    return replace(client, **changes)


def closed(id: int, end: str = "closed by peer") -> Client:
    """A client that has left."""
    return a_client(id, state=State.CLOSED, closed=NOW - SECOND, end=end)


def a_record(seq: int, data: bytes = b"hello\n", kind: Kind = Kind.RX, client: int = 1) -> Record:
    """A record, a millisecond behind the one before."""
    return Record(seq, NOW + seq * SECOND // 1000, kind, client, data)


def an_info(**changes: int | None) -> TcpInfo:
    """What a kernel knows of a connection on which all goes well."""
    info = TcpInfo(
        1, 0, 0, 0, 204_000, 1448, 0, 0, 100, 1200, 100, 1500, 24_300, 1_200, 10, 0, 48, 12_400,
        0, 22_000, 0, 65_536,
    )  # fmt: skip
    return replace(info, **changes)


def a_job(id: int, **changes: object) -> Job:
    """A payload that is sent twenty times to one client."""
    job = Job(
        id, False, "PING\\n", "#1 127.0.0.1:40001", JobState.RUNNING, 0.5, 12, 20, 0,
        NOW - 6 * SECOND, 0,
    )  # fmt: skip
    return replace(job, **changes)


class FakeNode:
    """A node of clients and records that a test makes up.

    commands: what it was asked to do; answers: what it answers, by kind of
    command, an exception is raised. asked: the widest window of rows and of
    records that anybody wanted.
    """

    def __init__(
        self, clients: list[Client] | None = None, records: list[Record] | None = None
    ) -> None:
        self.clients = clients or []
        self.kept = records or []
        self.listeners: tuple[Listener, ...] = (LISTENER,)
        self.rates: tuple[tuple[float, float], ...] = ()
        self.limits = Limits()
        self.permissions: tuple[Permission, ...] = ()
        self.refusals: tuple[tuple[str, int], ...] = ()
        self.framed = Framed()
        self.jobs: tuple[Job, ...] = ()
        self.plays = Playbook()
        self.acting_trouble = self.script_trouble = ""
        self.changes: dict[str, object] = {}
        self.commands: list[object] = []
        self.answers: dict[type, object] = {
            Send: Delivery(1, 0),
            Disconnect: 1,
            ForgetClosed: 0,
            Listen: LISTENER,
            Unlisten: None,
            Cut: None,
            Name: None,
            Silence: None,
            Permit: None,
            Unpermit: None,
            Examine: None,
            Repeat: a_job(1),
            SendFile: a_job(1, is_file=True),
            Tell: None,
            ForgetJobs: 0,
        }
        self.asked_rows = self.asked_records = 0
        self.pace = 1 << 30
        """So many records each `sift` looks at."""
        self.sifted: defaultdict[tuple[int | None, str], int] = defaultdict(int)
        self.found: defaultdict[tuple[int | None, str], set[int]] = defaultdict(set)

    async def do(self, command: Command[R]) -> R:
        self.commands.append(command)
        answer = self.answers[type(command)]
        if isinstance(answer, TcpmonError):
            raise answer
        return cast("R", answer)

    def matching(self, filter: str) -> list[Client]:
        """Return the clients that a filter lets through, all of them if it cannot be read."""
        try:
            query = parse(filter)
        except BadFilter:
            return self.clients
        return [client for client in self.clients if query.client(client, NOW)]

    def view(self, ask: Ask) -> View:
        self.asked_rows = max(self.asked_rows, ask.count)
        order = sorted(
            self.matching(ask.filter),
            key=lambda client: client.rx_bytes if ask.sort == "rx" else client.id,
            reverse=ask.reverse,
        )
        ids = [client.id for client in order]
        opened = [client for client in self.clients if not client.end]
        totals = Totals(
            len(opened), len(self.clients) - len(opened), len(self.clients), 0,
            sum(client.rx_bytes for client in self.clients), 0, len(self.kept), 0.0, 0.0, 0.0, 0,
            len(self.kept), 0, 0, "",
        )  # fmt: skip
        return View(
            NOW, tuple(order[ask.first : ask.first + ask.count]), ask.first, len(order),
            ids.index(ask.cursor) if ask.cursor in ids else None,
            replace(totals, **self.changes), self.listeners, self.rates,
            self.limits, self.permissions, self.refusals, self.framed,
            len(self.clients) - len(order), "", self.jobs, len(self.plays.rules),
            self.acting_trouble, self.script_trouble,
        )  # fmt: skip

    def playbook(self) -> Playbook:
        return self.plays

    def span(self) -> Span:
        if not self.kept:
            return Span(0, 0)
        return Span(self.kept[0].seq, self.kept[-1].seq + 1)

    def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
        self.asked_records = max(self.asked_records, abs(count))
        fitting = [r for r in self.kept if client is None or r.client == client]
        if count < 0:
            return [record for record in fitting if record.seq < start][count:]
        return [record for record in fitting if record.seq >= start][:count]

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        first = start[0] + (start[1] > 0)
        if not readable(lens.filter):
            return [a_row(record, lens.most) for record in self.records(first, count, lens.client)]
        found = self.found[lens.client, lens.filter]
        kept = [record for record in self.kept if record.seq in found]
        if count < 0:
            kept = [record for record in kept if record.seq < first][count:]
        else:
            kept = [record for record in kept if record.seq >= first][:count]
        return [a_row(record, lens.most) for record in kept]

    def sift(self, lens: Lens, seconds: float) -> Sifted:
        query = readable(lens.filter)
        if query is None:
            return Sifted(0, 0, True)
        key = lens.client, lens.filter
        kept = [r for r in self.kept if lens.client in (None, r.client)]
        new = [record for record in kept if record.seq >= self.sifted[key]]
        clients = {client.id: client for client in self.clients}
        for record in new[: self.pace]:
            if query.message(a_row(record), clients.get(record.client), NOW):
                self.found[key].add(record.seq)
            self.sifted[key] = record.seq + 1
        done = len(new) <= self.pace
        upto = self.sifted[key]
        looked = [record for record in kept if record.seq < upto]
        found = sum(record.seq in self.found[key] for record in looked)
        return Sifted(found, len(looked), done, upto, query.trouble)


@cache
def readable(filter: str) -> Query | None:
    """Return a filter, None if there is none or it cannot be read."""
    try:
        return parse(filter) if filter else None
    except BadFilter:
        return None


def a_row(record: Record, most: int = 4096) -> Message:
    """A record as the log shows it where nothing is cut."""
    return Message(
        record.seq, record.time, record.kind, record.client, record.data[:most],
        record.cast, record.queued, record.unsent, record.dropped, len(record.data),
    )  # fmt: skip


class CuttingNode(FakeNode):
    """A made-up node whose log is a real one: what is said is kept, cut and sifted. An order to
    cut is carried out."""

    def __init__(self, clients: list[Client] | None = None, framing: str = "none") -> None:
        super().__init__(clients)
        self.store = Store(1 << 26)
        self._framings = Framings(framing, lambda client: 1)
        self.framed = self._framings.picture()
        self._log = Log(
            self.store, self._framings, lambda client, kind: False, self._record_of,
            lambda id: next((client for client in self.clients if client.id == id), None),
            time.perf_counter, lambda: NOW, nullcontext(),
        )  # fmt: skip

    @staticmethod
    def _record_of(raw: Raw) -> Record:
        seq, at, client, kind, data = raw
        return Record(seq, at, Kind(kind), client, data)

    def say(
        self, data: bytes, client: int = 1, kind: Kind = Kind.RX, after: int = 1_000_000
    ) -> None:
        """Keep a record, so many nanoseconds behind the one before."""
        newest = self.store.rows(self.store.end, -1)
        self.store.append((newest[0][1] if newest else NOW) + after, client, kind, data)

    async def do(self, command: Command[R]) -> R:
        if isinstance(command, Cut):
            self._framings.choose(command.framing, command.client, command.listener)
            self.framed = self._framings.picture()
        return await super().do(command)

    def span(self) -> Span:
        return self.store.span

    def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
        return [self._record_of(raw) for raw in self.store.rows(start, count, client)]

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        self.asked_records = max(self.asked_records, abs(count))
        return self._log.messages(start, count, lens)

    def sift(self, lens: Lens, seconds: float) -> Sifted:
        return self._log.sift(lens, seconds)


@asynccontextmanager
async def a_screen(
    node: FakeNode, size: tuple[int, int] = SMALL, theme: str = "tcpmon-dark"
) -> AsyncIterator[tuple[TcpmonApp, Pilot[None]]]:
    """The program's screen on a made-up node."""
    app = TcpmonApp(node, theme)
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield app, pilot


class Show(App[None]):
    """One widget in our colours, and nothing else."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget
        self.register_theme(themes.DARK)
        self.theme = themes.DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self._widget


def lines(app: App[None]) -> list[str]:
    """Return what is on the screen, line by line, as a person reads it."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def text(app: App[None]) -> str:
    """Return what is on the screen."""
    return "\n".join(lines(app))


def prose(app: App[None]) -> str:
    """Return what is on the screen as one line, without frames, however it is broken."""
    return " ".join(text(app).replace("│", " ").split())


def pane(app: App[None], id: str) -> list[str]:
    """Return the rows inside a pane's frame."""
    region = app.screen.query_one(f"#{id}").region
    return [
        line[region.x + 2 : region.right - 2].rstrip()
        for line in lines(app)[region.y + 1 : region.bottom - 1]
    ]


def title(app: App[None], id: str) -> str:
    """Return the upper border of a pane."""
    region = app.screen.query_one(f"#{id}").region
    return lines(app)[region.y]


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait for what comes about on the screen by and by."""
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause()


async def look(app: TcpmonApp, pilot: Pilot[None]) -> None:
    """Let the screen take a new picture now."""
    screen = app.screen
    assert isinstance(screen, MainScreen)
    screen._ask()
    await pilot.pause()
