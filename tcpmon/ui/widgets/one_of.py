"""One of several, chosen with the arrows and seen without colours."""

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tcpmon.ui.render import Line, fit
from tcpmon.ui.widgets.lines import Lines


class OneOf(Lines, can_focus=True):
    """A heading and a line for each label; the chosen one has a dot."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "choose(-1)", show=False),
        Binding("down,j", "choose(1)", show=False),
    ]

    class Chosen(Message):
        """Another one was chosen."""

    def __init__(self, id: str, heading: str, labels: list[str]) -> None:
        super().__init__(id)
        self._heading = heading
        self._labels = labels
        self.chosen = 0
        """Place of the chosen label."""
        self.styles.height = len(labels) + 1

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return the heading and the labels."""
        yield [(self._heading, "heading")], ""
        for place, label in enumerate(self._labels):
            here = place == self.chosen
            marker = "▶ " if here and self.has_focus else "  "
            text = f"({'•' if here else ' '}) {label}"
            line: Line = [(marker, "key"), (fit(text, self.size.width - 2), "")]
            yield line, "row-cursor" if here and self.has_focus else ""

    def action_choose(self, step: int) -> None:
        """Go on by so many; at the end, stay."""
        self._choose(min(max(0, self.chosen + step), len(self._labels) - 1))

    def _choose(self, place: int) -> None:
        if place != self.chosen:
            self.chosen = place
            self.post_message(self.Chosen())
        self.repaint()

    def on_focus(self) -> None:
        """Show where the arrows go."""
        self.repaint()

    def on_blur(self) -> None:
        """Show that they go elsewhere."""
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        """Choose what is clicked."""
        if 1 <= event.y <= len(self._labels):
            self._choose(event.y - 1)
