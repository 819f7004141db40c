"""The keys that work now, as many as fit, to be read and to be clicked."""

from collections.abc import Iterable

from rich.cells import cell_len
from textual import events

from tcpmon.ui.actions import Action, Place, of
from tcpmon.ui.render import Line, cells_of
from tcpmon.ui.widgets.lines import Lines

ALWAYS = 100  # from this footer rank on an action stands at the right and never leaves


class KeyFooter(Lines):
    """One line of keys. Set `place` and `pane` to what has the focus."""

    def __init__(self, id: str, place: Place) -> None:
        super().__init__(id)
        self.place = place
        self.pane = ""
        self._spots: list[tuple[int, int, Action]] = []  # (first cell, behind the last, action)

    def focus_on(self, place: Place, pane: str = "") -> None:
        """Show the keys of a place, and of a pane of it."""
        if (self.place, self.pane) != (place, pane):
            self.place, self.pane = place, pane
            self.repaint()

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return the one line."""
        fitting = [a for a in of(self.place) if a.footer and a.pane in ("", self.pane)]
        fitting.sort(key=lambda action: action.footer)
        left = [action for action in fitting if action.footer < ALWAYS]
        right = [action for action in fitting if action.footer >= ALWAYS]
        width = self.size.width
        room = width - sum(map(_width, right)) - 1
        while left and sum(map(_width, left)) > room:
            left.pop()
        self._spots = []
        line: Line = []
        for action in left:
            self._put(line, action)
        gap = width - cells_of(line) - sum(map(_width, right))
        line.append((" " * max(0, gap), ""))
        for action in right:
            self._put(line, action)
        yield line, ""

    def _put(self, line: Line, action: Action) -> None:
        start = cells_of(line)
        line += [(f" {action.shown_key}", "key"), (f" {action.label} ", "dim")]
        self._spots.append((start, cells_of(line), action))

    async def on_click(self, event: events.Click) -> None:
        """Do what the key would."""
        for start, end, action in self._spots:
            if start <= event.x < end:
                await self.run_action(f"{_target(action)}.{action.method}")


def _width(action: Action) -> int:
    return cell_len(action.shown_key) + cell_len(action.label) + 3


def _target(action: Action) -> str:
    return "focused" if action.place in (Place.COMPOSER, Place.FILTER) else "screen"
