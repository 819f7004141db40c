"""The first line: where we listen, who is there, what flows, and what is wrong."""

from collections.abc import Iterable
from time import localtime

from tcpmon.core.model import View
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import counted, number, size
from tcpmon.ui.render import Line, cells_of, fit, sparkline
from tcpmon.ui.widgets.lines import Lines

_clock = Stamper(localtime).clock


class StatusBar(Lines):
    """A picture of a node in one line; what matters least goes first when there is no room."""

    def __init__(self, id: str, answer: str) -> None:
        """answer: how reads are answered, "" for not at all."""
        super().__init__(id)
        self._answer = answer
        self._view: View | None = None
        self._paused = False

    def show(self, view: View, paused: bool) -> None:
        """Show a picture."""
        self._view = view
        self._paused = paused
        self.repaint()

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return the one line."""
        if self._view is None:
            return
        wide = self.size.width >= 120
        parts = self._parts(self._view, wide)
        clock = _clock(self._view.now)[: 8 if wide else 5]
        while parts:
            shown = [part for _, part in parts]
            gap = "    " if wide else "  "
            line: Line = [(" ", "")]
            for part in shown:
                line += [*part, (gap, "")]
            room = self.size.width - cells_of(line) - len(clock) - 1
            if room >= 0 or len(parts) == 1:
                break
            parts.remove(max(parts, key=lambda ranked: ranked[0]))
        if room < 0:
            text = "".join(text for text, _ in line)
            yield [(fit(text, self.size.width), "")], ""
            return
        yield [*line, (" " * room, ""), (clock, "dim")], ""

    def _parts(self, view: View, wide: bool) -> list[tuple[int, Line]]:
        """Return (rank, spans), the highest rank leaves first."""
        totals = view.totals
        parts: list[tuple[int, Line]] = []
        if self._paused:
            parts.append((0, [(" PAUSED ", "alert")]))
        if wide:
            parts.append((6, [("tcpmon", "title")]))
        parts.append((0, _listeners(view, 60 if wide else 28)))
        parts.append((1, [(counted(totals.open, "client"), "title")]))
        bars = 16 if wide else 8
        for arrow, rate, style, which in (
            ("↓", totals.rx_rate, "rx", 0),
            ("↑", totals.tx_rate, "tx", 1),
        ):
            graph = sparkline([rates[which] for rates in view.rates], bars)
            parts.append((1 + which, [(f"{arrow} {size(rate):>7}/s", style)]))
            parts.append((4 + which, [(graph, style)]))
        parts.append((3, [(f"{number(round(totals.message_rate))} msg/s", "")]))
        if totals.unsent:
            parts.append((1, [(f"unsent {size(totals.unsent)}", "warn")]))
        if totals.dropped_records:
            parts.append((2, [(f"{number(totals.dropped_records)} dropped", "warn")]))
        else:
            parts.append((7, [(f"kept {size(totals.kept_bytes)}", "dim")]))
        if totals.trouble:
            parts.append((2, [(totals.trouble, "alert")]))
        elif totals.refused:
            parts.append((3, [(f"{number(totals.refused)} refused", "warn")]))
        if self._answer:
            parts.append((6, [(self._answer, "note")]))
        return parts


def _listeners(view: View, room: int) -> Line:
    if not view.listeners:
        return [("○", "warn"), (" not listening", "warn")]
    shown = [address for listener in view.listeners for address in listener.addresses]
    text = " ".join(shown)
    if len(text) > room:
        text = shown[0] + (f" +{len(shown) - 1}" if len(shown) > 1 else "")
    return [("●", "good"), (f" {text}", "")]
