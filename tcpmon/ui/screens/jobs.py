"""What is being sent over a while: see how far it is, hold it, stop it."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tcpmon.core.commands import Command, ForgetJobs, Order, Tell
from tcpmon.core.errors import TcpmonError
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.model import Ask
from tcpmon.core.node import Node, R
from tcpmon.core.units import counted
from tcpmon.ui import job_rows
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.render import Line, fit
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.lines import Lines
from tcpmon.ui.widgets.listing import Listing

LOOK_SECONDS = 0.5


class JobsScreen(Screen[None]):
    """A job a row, and all of the one that is selected below."""

    CSS_PATH = "jobs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.JOBS)

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._node = node
        self._pane = JobsPane("jobs")
        self._details = Details("job")

    def compose(self) -> ComposeResult:
        """The list, the one that is selected, and the keys."""
        yield self._pane
        yield self._details
        yield KeyFooter("footer", Place.JOBS)

    def on_mount(self) -> None:
        """Begin to look, at the first that runs."""
        self._look()
        jobs = self._pane.items
        self._pane.scroll_rows(next((n for n, job in enumerate(jobs) if not job.state.over), 0))
        self._tell()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        view = self._node.view(Ask())
        self._pane.show(view.jobs)
        self._details.now = view.now
        self._tell()

    def _tell(self) -> None:
        self._details.job = self._pane.selected
        self._details.repaint()

    def on_click(self) -> None:
        """Another row may be selected."""
        self._tell()

    def action_up(self) -> None:
        """One row up."""
        self._pane.scroll_rows(-1)
        self._tell()

    def action_down(self) -> None:
        """One row down."""
        self._pane.scroll_rows(1)
        self._tell()

    async def _do(self, command: Command[R]) -> R | None:
        answer = None
        try:
            answer = await self._node.do(command)
        except TcpmonError as error:
            self.notify(str(error), severity="error")
        self._look()
        return answer

    async def _order(self, order: Order) -> None:
        job = self._pane.selected
        if job is None or job.state.over:
            self.notify("no job that runs", severity="warning")
        else:
            await self._do(Tell(job.id, order))

    async def action_hold(self) -> None:
        """Let it wait, or go on."""
        job = self._pane.selected
        held = job is not None and job.state is JobState.HELD
        await self._order(Order.GO_ON if held else Order.HOLD)

    async def action_stop(self) -> None:
        """End it before its time."""
        await self._order(Order.STOP)

    async def action_clear(self) -> None:
        """Take those off the list that are over."""
        count = await self._do(ForgetJobs())
        if count is not None:
            self.notify(f"{counted(count, 'finished job')} cleared")

    def action_close(self) -> None:
        """Back to the clients."""
        self.dismiss()


class JobsPane(Listing[Job]):
    """One job a row."""

    def show(self, items: Sequence[Job]) -> None:
        """Show jobs. The cursor stays with its job when others leave the list, since a key is
        meant for that one."""
        if job := self.selected:
            ids = [each.id for each in items]
            self._cursor = ids.index(job.id) if job.id in ids else self._cursor
        super().show(items)

    def title(self) -> tuple[Line, Line]:
        """Say what it is, and how many run."""
        running = sum(not job.state.over for job in self.items)
        return [("Jobs", "title")], [(f"{running} of {len(self.items)} run", "dim")]

    def heading(self) -> list[Line]:
        """Name the columns, or say that there is nothing."""
        if self.items:
            return [job_rows.heading()]
        first: Line = [("Nothing is being sent over a while.", "")]
        keys: Line = [
            ("r", "key"),
            (" repeats a payload, ", ""),
            ("S", "key"),
            (" sends a file.", ""),
        ]
        return [[], first, keys]

    def row(self, item: Job) -> Line:
        """Return a job."""
        return job_rows.row(item, self.body_width - 2)


class Details(Lines):
    """All of one job."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.job: Job | None = None
        self.now = 0

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return three lines, or nothing."""
        if self.job is not None:
            for text, style in job_rows.details(self.job, self.now):
                yield [(" " + fit(text, self.size.width - 2), style)], ""
