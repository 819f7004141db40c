"""The first line: where we listen, who is there, what flows, and what is wrong."""

from collections.abc import Callable, Iterable
from time import localtime

from tcpmon.core.model import Totals, View
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import counted, number, size
from tcpmon.ui.render import Line, cells_of, crop, sparkline
from tcpmon.ui.widgets.lines import Lines

_clock = Stamper(localtime).clock


Parts = list[tuple[int, Line]]
"""(rank, spans): the highest rank leaves first, 0 never."""

EXTRAS = 5  # the rank from which on a part is worth less than all addresses


def _drop(parts: Parts, fits: Callable[[], bool], lowest: int) -> None:
    """Take parts out until the others fit, but none of a rank below the lowest."""
    while not fits():
        rank, part = max(parts, key=lambda ranked: ranked[0])
        if rank < lowest:
            return
        parts.remove((rank, part))


class StatusBar(Lines):
    """A picture of a node in one line; what matters least goes first when there is no room."""

    def __init__(self, id: str, answer: str) -> None:
        """answer: how reads are answered, "" for not at all."""
        super().__init__(id)
        self._answer = answer
        self._view: View | None = None
        self._news: int | None = None
        self._pinned = ""

    def show(self, view: View, news: int | None) -> None:
        """Show a picture. news: records since it was taken, if the screen is paused."""
        self._view = view
        self._news = news
        self.repaint()

    def pin(self, text: str) -> None:
        """Say what was put aside to be compared, "" for nothing."""
        self._pinned = text
        self.repaint()

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return the one line."""
        if self._view is None:
            return
        wide = self.size.width >= 120
        clock = _clock(self._view.now)[: 8 if wide else 5]
        gap = "    " if wide else "  "
        room = self.size.width - len(clock) - 2

        def line(parts: Parts) -> Line:
            return [span for _, part in parts for span in (*part, (gap, ""))]

        parts = self._parts(self._view, wide, 60 if wide else 28)
        _drop(parts, lambda: cells_of(line(parts)) <= room, EXTRAS)
        if cells_of(line(parts)) > room:
            parts = self._parts(self._view, wide, 0)
            _drop(parts, lambda: cells_of(line(parts)) <= room, 1)
        made = crop(line(parts), max(0, room))
        yield [(" ", ""), *made, (" " * (room - cells_of(made)), ""), (clock, "dim")], ""

    def _parts(self, view: View, wide: bool, room: int) -> Parts:
        """Return what there is to tell. room: cells for the listeners' addresses."""
        totals = view.totals
        parts: Parts = []
        if self._news is not None:
            new = f"{number(self._news)} new " if self._news else ""
            parts.append((0, [(f" PAUSED {new}", "alert")]))
        if self._pinned:
            parts.append((2, [(f"compare {self._pinned}", "note")]))
        if wide:
            parts.append((8, [("tcpmon", "title")]))
        parts.append((0, _listeners(view, room)))
        parts.append((1, [(counted(totals.open, "client"), "title")]))
        if running := sum(not job.state.over for job in view.jobs):
            parts.append((2, [(counted(running, "job"), "note")]))
        bars = 16 if wide else 8
        for arrow, rate, style, which in (
            ("↓", totals.rx_rate, "rx", 0),
            ("↑", totals.tx_rate, "tx", 1),
        ):
            graph = sparkline([rates[which] for rates in view.rates], bars)
            parts.append((3 + which, [(f"{arrow} {size(rate):>7}/s", style)]))
            parts.append((6 + which, [(graph, style)]))
        parts.append((5, [(f"{number(round(totals.message_rate))} msg/s", "")]))
        if view.rules_on:
            parts.append((7, [(counted(view.rules_on, "rule"), "dim")]))
        if in_trouble := _in_trouble(view):
            parts.append((1, [(f"R: {in_trouble} in trouble", "alert")]))
        parts += _wrong(totals)
        if self._answer:
            parts.append((8, [(self._answer, "note")]))
        return parts


def _in_trouble(view: View) -> str:
    """Return what of that which answers by itself is in trouble, "" for nothing."""
    found = {"rules": view.acting_trouble, "script": view.script_trouble}
    return " and ".join(name for name, trouble in found.items() if trouble)


def _wrong(totals: Totals) -> Parts:
    """Return what is wrong, or how much is kept."""
    parts: Parts = []
    if totals.unsent:
        parts.append((2, [(f"unsent {size(totals.unsent)}", "warn")]))
    if totals.silent:
        parts.append((2, [(f"{number(totals.silent)} silent", "warn")]))
    if totals.dropped_records:
        parts.append((4, [(f"{number(totals.dropped_records)} dropped", "warn")]))
    else:
        parts.append((9, [(f"kept {size(totals.kept_bytes)}", "dim")]))
    if totals.trouble:
        parts.append((0, [(totals.trouble, "alert")]))
    elif totals.refused:
        parts.append((4, [(f"{number(totals.refused)} refused", "warn")]))
    return parts


def _listeners(view: View, room: int) -> Line:
    if not view.listeners:
        return [("○", "warn"), (" not listening", "warn")]
    shown = [address for listener in view.listeners for address in listener.addresses]
    text = " ".join(shown)
    if len(text) > room:
        text = shown[0] + (f" +{len(shown) - 1}" if len(shown) > 1 else "")
    return [("●", "good"), (f" {text}", "")]
