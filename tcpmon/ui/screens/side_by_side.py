"""What screens have in common that show two sides and go from difference to difference."""

from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.screen import Screen


class Sides(Protocol):
    """A pane of two sides."""

    def step(self, step: int) -> bool:
        """Go to the next difference, or the one before; return whether there is one."""

    def swap(self) -> None:
        """Left becomes right."""

    def scroll_rows(self, rows: int) -> None:
        """Go on by rows."""

    def page(self, pages: int) -> None:
        """Go on by screenfuls."""

    def jump(self, fraction: float) -> None:
        """Go to a place, 0 = the beginning, 1 = the end."""


class SideBySide(Screen[None]):
    """Keys to go through a pane of two sides."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home,g", "edge(0)", show=False),
        Binding("end,G", "edge(1)", show=False),
    ]

    _pane: Sides

    def action_next_difference(self) -> None:
        """The next place, or row, that is not equal."""
        if not self._pane.step(1):
            self.notify("no difference after this one", timeout=2)

    def action_previous_difference(self) -> None:
        """The one before."""
        if not self._pane.step(-1):
            self.notify("no difference before this one", timeout=2)

    def action_swap(self) -> None:
        """Left becomes right."""
        self._pane.swap()

    def action_close(self) -> None:
        """Back to where one came from."""
        self.dismiss()

    def action_move(self, rows: int) -> None:
        """Go on by rows."""
        self._pane.scroll_rows(rows)

    def action_page(self, pages: int) -> None:
        """Go on by screenfuls."""
        self._pane.page(pages)

    def action_edge(self, place: int) -> None:
        """Go to the beginning or the end."""
        self._pane.jump(place)
