"""Plots: rates, gaps and numbers against time, for those who would rather look than read.

The screen says which stretch of time is looked at and from what; a `Gather` reads it on a thread,
a slice at once, and between two slices `faces` draws.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tcpmon.core import numbers
from tcpmon.core.model import Ask, Kind, Lens, Place as LogPlace
from tcpmon.core.node import Node
from tcpmon.core.series import BINS
from tcpmon.ui import faces
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.faces import FACES
from tcpmon.ui.faces.gaps import bin_cells
from tcpmon.ui.faces.picture import GUTTER, Face, Picture
from tcpmon.ui.gather import Gathers
from tcpmon.ui.render import Line
from tcpmon.ui.screens.number import NumberDialog
from tcpmon.ui.stretch import NARROWEST, Stretch, Window
from tcpmon.ui.widgets.chart import ChartPane
from tcpmon.ui.widgets.footer import KeyFooter

if TYPE_CHECKING:
    from tcpmon.core.numbers import Number

LOOK_SECONDS = 0.5
SLICE_SECONDS = 0.05
"""A thread reads so long before the screen is drawn again; a key waits no longer for that."""
SAMPLE = 32  # newest messages on which a number is tried while it is being written
PAST = 20  # numbers that are remembered
SHARE = 0.25  # of the chart that one key moves it by


class PlotScreen(Screen[LogPlace | None]):
    """Shows plots of what is kept. The answer is where in the log to go, None for nowhere.

    client: whose messages they are, None for those of all; everyone: to begin with, those of all
    anyway. title_of: what a client is called. past: numbers that were looked at, newest first;
    kept by the caller.
    """

    CSS_PATH = "plot.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.PLOT)

    def __init__(
        self,
        node: Node,
        client: int | None,
        title_of: Callable[[int], str],
        clipboard: Clipboard,
        past: list[str],
        everyone: bool = False,
    ) -> None:
        super().__init__()
        self._node = node
        self._chosen = client
        self.client = None if everyone else client
        """Whose messages are shown, None for those of all."""
        self._title_of = title_of
        self._clipboard = clipboard
        self._past = past
        self._pane = ChartPane("plot")
        self._face = Face.MESSAGES
        self._number: Number | None = numbers.parse(past[0]) if past else None
        self._stretch = Stretch()
        self._cursor: int | None = None
        """A time or, of gaps, a bin."""
        self._drawn: Picture | None = None
        """The newest picture. The keys go by it, since a thread may be writing to the series."""
        self._reading = False
        self._woken = asyncio.Event()
        self._start_over()

    def compose(self) -> ComposeResult:
        """The chart and the keys."""
        yield self._pane
        yield KeyFooter("footer", Place.PLOT)

    def on_mount(self) -> None:
        """Begin to read."""
        self._watch()

    # -- reading ----------------------------------------------------------------------

    def _start_over(self) -> None:
        """Read all from the beginning: it is to be looked at in another way."""
        self._whose = "all clients" if self.client is None else self._title_of(self.client)
        self._gathers = Gathers(self._node, self.client, self._number)

    @work
    async def _watch(self) -> None:
        while True:
            self._woken.clear()
            for gather in self._gathers.due():
                self._reading = True
                try:
                    await asyncio.to_thread(gather.step, SLICE_SECONDS)
                finally:
                    self._reading = False
            self._draw()
            if not self._gathers.behind():
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._woken.wait()

    def _look(self) -> None:
        """Show what has changed by a key, and read what that needs."""
        self._draw()
        self._woken.set()

    # -- drawing ------------------------------------------------------------------------

    def _picture(self) -> Picture:
        now = self._node.view(Ask()).now
        known = self._gathers.all.series
        first = now if known.start is None else known.start
        count = faces.columns_in(self._pane.body_width)
        window = self._stretch.window(count, first, now, max(NARROWEST, 2 * known.width))
        gather = self._gathers.of(self._stretch, window, exact=self._face is Face.GAPS)
        halves = 2 if self._face is Face.NUMBER else 1
        width, count = window.width // halves, window.count * halves
        return Picture(
            face=self._face,
            window=window,
            buckets=gather.series.columns(window.start, width, count),
            gaps=gather.series.gaps,
            stretch=(first if gather.start is None else gather.start, gather.end),
            now=now,
            first=first,
            number=self._number,
            cursor=self._column(window),
            progress=gather.progress if gather.behind else None,
        )

    def _column(self, window: Window) -> int | None:
        """Return the column, or the bin, that is pointed at, None for none in view."""
        if self._cursor is None or self._face is Face.GAPS:
            return self._cursor
        return window.column(self._cursor)

    @on(ChartPane.Resized)
    def _draw(self) -> None:
        if self._reading or not self._pane.body_height:
            return  # it is drawn when the thread has done its slice
        self._drawn = self._picture()
        lines = faces.draw(self._drawn, self._pane.body_width, self._pane.body_height)
        self._pane.show(self._title(), self._note(), lines)

    def _title(self) -> Line:
        line: Line = [("Plot  ", "title"), (self._whose, "note")]
        if self._face is Face.NUMBER and self._number is not None:
            line += [("  ", ""), (faces.name_of(self._number), "key")]
        return line

    def _note(self) -> Line:
        progress = self._drawn.progress if self._drawn else None
        if progress is not None:
            return [(f"reading {progress:.0%}", "warn")]
        return [("follow", "good")] if self._stretch.end is None else [("held", "warn")]

    # -- what is shown ------------------------------------------------------------------

    def _turn_to(self, face: Face) -> None:
        if Face.GAPS in (face, self._face) and face is not self._face:
            self._cursor = None  # a time is no bin
        self._face = face
        self._look()

    def _step(self, step: int) -> None:
        self._turn_to(FACES[(FACES.index(self._face) + step) % len(FACES)])

    def action_next_face(self) -> None:
        """The next plot."""
        self._step(1)

    def action_previous_face(self) -> None:
        """The plot before."""
        self._step(-1)

    def action_messages(self) -> None:
        """Messages a second."""
        self._turn_to(Face.MESSAGES)

    def action_bytes(self) -> None:
        """Bytes a second."""
        self._turn_to(Face.BYTES)

    def action_gaps(self) -> None:
        """Gaps between messages."""
        self._turn_to(Face.GAPS)

    def action_number(self) -> None:
        """A number out of each message."""
        self._turn_to(Face.NUMBER)

    def action_whose(self) -> None:
        """Of all clients, or of the one."""
        if self._chosen is None:
            self.notify("no client was chosen: it is of all", severity="warning")
            return
        self.client = None if self.client is not None else self._chosen
        self._start_over()
        self._look()

    @work
    async def action_edit(self) -> None:
        """Say which number."""
        sample = Lens(self.client, most=numbers.SEEN)
        newest = self._node.messages((self._node.span().end, 0), -SAMPLE, sample)
        said = [message.content for message in newest if message.kind <= Kind.CAST]
        number = await self.app.push_screen_wait(NumberDialog(said, self._past))
        if number is not None:
            self._past[:] = [number.text, *(t for t in self._past if t != number.text)][:PAST]
            self._number = number
            self._start_over()
            self._turn_to(Face.NUMBER)

    # -- moving -------------------------------------------------------------------------

    def _zoom(self, closer: bool) -> None:
        pointed = self._face is not Face.GAPS and self._drawn and self._drawn.cursor is not None
        self._stretch.zoom(closer, self._cursor if pointed else None)
        self._look()

    def _move(self, share: float) -> None:
        self._stretch.move(share)
        self._look()

    def action_closer(self) -> None:
        """Half the time, at the cursor or at the newest."""
        self._zoom(closer=True)

    def action_farther(self) -> None:
        """Twice the time, up to all there is."""
        self._zoom(closer=False)

    def action_earlier(self) -> None:
        """A quarter of the chart back in time."""
        self._move(-SHARE)

    def action_later(self) -> None:
        """A quarter of the chart on in time."""
        self._move(SHARE)

    def action_now(self) -> None:
        """Follow what comes."""
        self._cursor = None
        self._stretch.follow()
        self._look()

    # -- pointing -----------------------------------------------------------------------

    def _point(self, step: int) -> None:
        if self._drawn is None:
            return
        window, column = self._drawn.window, self._column(self._drawn.window)
        count = BINS if self._face is Face.GAPS else window.count
        column = faces.newest(self._drawn) if column is None else column + step
        self._point_at(window, max(0, min(count - 1, column)))

    def _point_at(self, window: Window, column: int) -> None:
        gaps = self._face is Face.GAPS
        self._cursor = column if gaps else window.start + column * window.width
        self._look()

    def action_cursor_left(self) -> None:
        """Point at the column before."""
        self._point(-1)

    def action_cursor_right(self) -> None:
        """Point at the next column."""
        self._point(1)

    @on(ChartPane.Pointed)
    def _pointed(self, event: ChartPane.Pointed) -> None:
        if self._drawn is None:
            return
        window = self._drawn.window
        column, count = event.column - GUTTER - 2, window.count
        if self._face is Face.GAPS:
            column, count = column // bin_cells(window), BINS
        if 0 <= column < count:
            self._point_at(window, column)
            if event.double:
                self.action_open()

    @on(ChartPane.Wheeled)
    def _wheeled(self, event: ChartPane.Wheeled) -> None:
        self._zoom(closer=event.steps < 0)

    # -- leaving --------------------------------------------------------------------------

    def action_open(self) -> None:
        """Go to the log, to the first message of the column, or to the newest with such a gap."""
        if self._drawn is None:
            return
        cursor = self._column(self._drawn.window)
        column = faces.newest(self._drawn) if cursor is None else cursor
        place = faces.place_of(self._drawn, column)
        if place is None:
            self.notify("there is no message", severity="warning")
        else:
            self.dismiss(place)

    def action_copy(self) -> None:
        """The values as CSV."""
        if self._drawn is not None:
            self._clipboard.copy_for(self.app, faces.as_csv(self._drawn))

    def action_close(self) -> None:
        """Back to the log."""
        self.dismiss(None)
