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
from tcpmon.core.series import BINS, FINEST
from tcpmon.ui import faces
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.faces import FACES, GUTTER, Face, Picture, Window
from tcpmon.ui.gather import Gather
from tcpmon.ui.render import Line
from tcpmon.ui.screens.number import NumberDialog
from tcpmon.ui.widgets.chart import ChartPane
from tcpmon.ui.widgets.footer import KeyFooter

if TYPE_CHECKING:
    from tcpmon.core.numbers import Number

LOOK_SECONDS = 0.5
SLICE_SECONDS = 0.05
"""A thread reads so long before the screen is drawn again; a key waits no longer for that."""
SAMPLE = 32  # newest messages on which a number is tried while it is being written
PAST = 20  # numbers that are remembered
NARROWEST = 2 * FINEST  # a column has two halves when a line is drawn
ROOM = 8
"""Buckets in a column when a stretch is read: as much closer one can look without reading again."""


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
        self._client = None if everyone else client
        self._title_of = title_of
        self._clipboard = clipboard
        self._past = past
        self._pane = ChartPane("plot")
        self._face = Face.MESSAGES
        self._number: Number | None = numbers.parse(past[0]) if past else None
        self._width: int | None = None
        """Nanoseconds of a column, None for as many as show all."""
        self._held: int | None = None
        """Where the newest column ends, None for now."""
        self._cursor: int | None = None
        """A time or, of gaps, a bin."""
        self._drawn: Picture | None = None
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
        self._all = Gather(self._node, self._client, self._number)
        self._near: Gather | None = None
        """A stretch of it, closer than all of it is known."""
        self._near_for: tuple[int | None, int | None] = None, None

    @work
    async def _watch(self) -> None:
        while True:
            self._woken.clear()
            for gather in self._due():
                self._reading = True
                try:
                    await asyncio.to_thread(gather.step, SLICE_SECONDS)
                finally:
                    self._reading = False
            self._draw()
            if not any(gather.behind for gather in self._due()):
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._woken.wait()

    def _due(self) -> list[Gather]:
        """Return what is to be read now: what is looked at goes first."""
        if self._near is None:
            return [self._all]
        return [self._near] if self._near.behind else [self._near, self._all]

    def _look(self) -> None:
        """Show what has changed by a key, and read what that needs."""
        self._draw()
        self._woken.set()

    # -- what is looked at --------------------------------------------------------------

    @property
    def _now(self) -> int:
        return self._node.view(Ask()).now

    def _window(self) -> Window:
        """Return the columns that are in view."""
        count = faces.columns_in(self._pane.body_width)
        end = self._held or self._now
        fit = self._fit(count)
        width = min(self._width or fit, fit)
        return Window(((end - 1) // width - count + 1) * width, width, count)

    def _fit(self, count: int) -> int:
        """Return how wide columns are that show all there is."""
        now, first = self._now - 1, self._first
        width = max(NARROWEST, 2 * self._all.series.width)
        while now // width - first // width >= count:
            width *= 2
        return width

    @property
    def _first(self) -> int:
        start = self._all.series.start
        return self._now if start is None else start

    def _gather_for(self, window: Window) -> Gather:
        """Return what knows the columns well enough; it may still have to be read. Gaps cannot be
        taken apart by time: they are of just that stretch."""
        seen = self._width, self._held
        gaps = self._face is Face.GAPS
        if self._width is None or (not gaps and self._all.series.width * 2 <= window.width):
            return self._all
        near = self._near
        if near is None or not _covers(near, window) or (gaps and seen != self._near_for):
            end = None if self._held is None else window.end
            width = max(FINEST, window.width // ROOM)
            near = Gather(self._node, self._client, self._number, window.start, end, width)
            self._near, self._near_for = near, seen
        return near

    # -- drawing ------------------------------------------------------------------------

    def _picture(self) -> Picture:
        window = self._window()
        gather = self._gather_for(window)
        halves = 2 if self._face is Face.NUMBER else 1
        columns = gather.series.columns(window.start, window.width // halves, window.count * halves)
        stretch = self._first if gather.start is None else gather.start, gather.end
        return Picture(
            self._face, window, columns, gather.series.gaps, stretch, self._now, self._first,
            self._number, self._column(window), None if not gather.behind else gather.progress,
        )  # fmt: skip

    def _column(self, window: Window) -> int | None:
        """Return the column, or the bin, that is pointed at, None for none in view."""
        if self._cursor is None or self._face is Face.GAPS:
            return self._cursor
        column = (self._cursor - window.start) // window.width
        return column if 0 <= column < window.count else None

    @on(ChartPane.Resized)
    def _draw(self) -> None:
        if self._reading or not self._pane.body_height:
            return  # it is drawn when the thread has done its slice
        self._drawn = self._picture()
        lines = faces.draw(self._drawn, self._pane.body_width, self._pane.body_height)
        self._pane.show(self._title(), self._note(), lines)

    def _title(self) -> Line:
        whose = "all clients" if self._client is None else self._title_of(self._client)
        line: Line = [("Plot  ", "title"), (whose, "note")]
        if self._face is Face.NUMBER and self._number is not None:
            line += [("  ", ""), (faces.name_of(self._number), "key")]
        return line

    def _note(self) -> Line:
        progress = self._drawn.progress if self._drawn else None
        if progress is not None:
            return [(f"reading {progress:.0%}", "warn")]
        return [("follow", "good")] if self._held is None else [("held", "warn")]

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
        self._client = None if self._client is not None else self._chosen
        self._start_over()
        self._look()

    @work
    async def action_edit(self) -> None:
        """Say which number."""
        sample = Lens(self._client, most=numbers.SEEN)
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
        window = self._window()
        column = None if self._face is Face.GAPS else self._column(window)
        width = max(NARROWEST, window.width // 2) if closer else window.width * 2
        self._width = None if width >= self._fit(window.count) else width
        if self._width is None:
            self._held = None
        elif column is not None and self._cursor is not None:
            self._hold(self._cursor + width * (window.count // 2))
        self._look()

    def _hold(self, end: int) -> None:
        """Let the newest column end at a time; from now on, follow."""
        self._held = None if end >= self._now else end

    def _move(self, share: int) -> None:
        window = self._window()
        self._width = window.width if self._width or share < 0 else None
        end = self._held or self._now
        self._hold(max(end + share * window.width * (window.count // 4 or 1), self._first + 1))
        self._look()

    def action_closer(self) -> None:
        """Half the time, at the cursor or at the newest."""
        self._zoom(closer=True)

    def action_farther(self) -> None:
        """Twice the time, up to all there is."""
        self._zoom(closer=False)

    def action_earlier(self) -> None:
        """A quarter of the chart back in time."""
        self._move(-1)

    def action_later(self) -> None:
        """A quarter of the chart on in time."""
        self._move(1)

    def action_now(self) -> None:
        """Follow what comes."""
        self._held = self._cursor = None
        self._look()

    # -- pointing -----------------------------------------------------------------------

    def _point(self, step: int) -> None:
        window = self._window()
        count = BINS if self._face is Face.GAPS else window.count
        column = self._column(window)
        column = self._newest() if column is None else column + step
        self._point_at(window, max(0, min(count - 1, column)))

    def _point_at(self, window: Window, column: int) -> None:
        gaps = self._face is Face.GAPS
        self._cursor = column if gaps else window.start + column * window.width
        self._look()

    def _newest(self) -> int:
        """Return the last column with something in it, or of gaps the bin with the most."""
        picture = self._picture()
        if self._face is Face.GAPS:
            counts = picture.gaps.between.counts
            return counts.index(max(counts))
        held = (c for c in reversed(range(picture.window.count)) if faces.column(picture, c))
        return next(held, picture.window.count - 1)

    def action_cursor_left(self) -> None:
        """Point at the column before."""
        self._point(-1)

    def action_cursor_right(self) -> None:
        """Point at the next column."""
        self._point(1)

    @on(ChartPane.Pointed)
    def _pointed(self, event: ChartPane.Pointed) -> None:
        window = self._window()
        column, count = event.column - GUTTER - 2, window.count
        if self._face is Face.GAPS:
            column, count = column // faces.bin_cells(window), BINS
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
        picture = self._picture()
        column = self._newest() if picture.cursor is None else picture.cursor
        place = faces.place_of(picture, column)
        if place is None:
            self.notify("there is no message", severity="warning")
        else:
            self.dismiss(place)

    def action_copy(self) -> None:
        """The values as CSV."""
        self._clipboard.copy_for(self.app, faces.as_csv(self._picture()))

    def action_close(self) -> None:
        """Back to the log."""
        self.dismiss(None)


def _covers(gather: Gather, window: Window) -> bool:
    """Say whether it is of all columns of a window, and exact enough for halves of them."""
    begins = gather.start is None or gather.start <= window.start
    ends = gather.end is None or gather.end >= window.end
    return begins and ends and gather.series.width * 2 <= window.width
