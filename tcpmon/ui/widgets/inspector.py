"""One message: what is told of it, a view of its bytes, and what stands at the cursor.

On a wide screen the latter is beside the bytes, else below them. It shows what it is
given; where a message comes from and who decodes it is the screen's matter.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType

from tcpmon.core.model import Kind, Message
from tcpmon.core.units import number
from tcpmon.ui.bytecursor import ByteCursor
from tcpmon.ui.deciphering import Deciphered
from tcpmon.ui.headline import has_body, headline
from tcpmon.ui.log_lines import style_of, told
from tcpmon.ui.render import Line, cells_of, crop
from tcpmon.ui.render_bytes import BESIDE, Marks, below, beside, where
from tcpmon.ui.views.grid import Bits, Hex
from tcpmon.ui.views.prose import Prose
from tcpmon.ui.views.tree import Tree
from tcpmon.ui.views.view import View
from tcpmon.ui.widgets.pane import Pane

WIDE = 124
"""Cells from which sixteen bytes a row and what stands at the cursor fit beside each other."""
LOW = 14
"""Lines under which there is no room for what stands at the cursor."""
DUMP_ROWS = 6
"""Lines of hex that a small screen has below the decoded fields."""


_MOVES = (
    ("up,k", "climb(-1)"),
    ("down,j", "climb(1)"),
    ("left,h", "step(-1)"),
    ("right,l", "step(1)"),
    ("pageup", "page(-1)"),
    ("pagedown", "page(1)"),
    ("home", "row_edge(False)"),
    ("end", "row_edge(True)"),
    ("g,ctrl+home", "edge(False)"),
    ("G,ctrl+end", "edge(True)"),
    ("shift+up", "climb(-1, True)"),
    ("shift+down", "climb(1, True)"),
    ("shift+left", "step(-1, True)"),
    ("shift+right", "step(1, True)"),
    ("shift+pageup", "page(-1, True)"),
    ("shift+pagedown", "page(1, True)"),
    ("shift+home", "row_edge(False, True)"),
    ("shift+end", "row_edge(True, True)"),
)


class InspectorPane(Pane):
    """The bytes of one message. Its own keys are those that move the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, show=False) for keys, action in _MOVES
    ]

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.message = Message(0, 0, Kind.INFO, 0, b"")
        self.cursor = ByteCursor()
        self.raw = False
        """Whether its bytes are shown as they came, not its body."""
        self.prose = Prose(self.cursor)
        self.fields = Tree(self.cursor)
        self.views: tuple[View, ...] = (
            Hex(self.cursor),
            self.prose,
            self.fields,
            Bits(self.cursor),
        )
        self.view: View = self.views[0]
        self._dump = Hex(self.cursor)  # beside the fields
        self._called = ""
        self._before: int | None = None
        self._told: list[Line] = []  # what an event says, which has no view
        self._told_top = 0
        self._inside: list[Line] = []

    # -- what is shown -----------------------------------------------------------------------

    def show(self, message: Message, name: str, before: int | None) -> None:
        """Show another message. name: its client's; before: when the one before came."""
        self.message, self._called, self._before = message, name, before
        self._told_top = 0
        self._renew()

    def _renew(self) -> None:
        message = self.message
        payload = message.kind <= Kind.CAST
        data = message.data if self.raw else message.content
        self.cursor.show(data if payload else b"")
        for view in (*self.views, self._dump):
            view.renew()
        self.fields.show("", None, [])
        self.repaint()

    @property
    def is_event(self) -> bool:
        """Whether there are no bytes of a peer's, or for one."""
        return self.message.kind > Kind.CAST

    def turn_body(self) -> bool:
        """Show all its bytes, or only its body. Return whether these differ."""
        if not has_body(self.message):
            return False
        self.raw = not self.raw
        self._renew()
        return True

    def wait(self) -> None:
        """Say that it is being decoded."""
        self.fields.show("", None, [[("decoding ...", "dim")]])
        self.repaint()

    def show_decoded(self, deciphered: Deciphered) -> None:
        """Show what it means."""
        decoded = deciphered.decoded
        says: list[Line] = []
        if decoded is not None:
            says.append([(decoded.summary, "title")])
        if deciphered.note:
            says.append([(deciphered.note, "warn")])
        self.fields.show(deciphered.name, decoded, says)
        self.repaint()

    def turn(self, view: View) -> None:
        """Look at it in another way."""
        self.view = view
        self.follow()

    def follow(self) -> None:
        """Bring the cursor into sight, wherever it went."""
        self.fields.follow()
        for view in (self.view, self._dump):
            view.reveal()
        self.repaint()

    # -- painting ----------------------------------------------------------------------------

    def title(self) -> tuple[Line, Line]:
        """Say which message it is, and how it is looked at."""
        part = f".{self.message.part + 1}" if self.message.beside > 1 else ""
        line: Line = [("Message ", "title"), (f"{number(self.message.seq)}{part}", "note")]
        if self.is_event:
            return line, []
        for view in self.views:
            here = view is self.view
            line.append((f" [{view.name}]" if here else f"  {view.name}", "key" if here else "dim"))
        note = self.view.note()
        return line, [(note, "note")] if note else []

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Lay out what is inside first: the scroll bar tells of it."""
        self._inside = self._lay_out()
        return super().compose_lines()

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return what is told, the view, and what stands at the cursor."""
        return ((line, "") for line in self._inside)

    def _lay_out(self) -> list[Line]:
        width, height = self.body_width, self.body_height
        above = headline(self.message, self._called, self._before, self.raw, width)
        room = height - len(above)
        if self.is_event:
            self._told = told(self.message, width)
            self._told_top = max(0, min(self._told_top, len(self._told) - room + 1))
            lines = [[], *self._told[self._told_top :]]
        elif width >= WIDE:
            lines = self._side_by_side(width, room)
        else:
            lines = self._one_below(width, room)
        return [*above, *lines]

    def _marks(self) -> Marks:
        first, end = self.cursor.selection
        style = style_of(self.message.kind)
        return Marks(self.cursor.at, first, end, self.fields.field_bytes(), style)

    def _where(self) -> list[Line]:
        return where(self.cursor.data, self._marks(), " / ".join(self.fields.field_names()))

    def _ruler(self, width: int) -> Line:
        """Return a line that sets off what stands at the cursor, and says where that is."""
        ruler: Line = [("──", "frame")]
        for part in filter(None, self._where()):
            ruler += [(" ", ""), *part, (" ", "")]
        ruler = crop(ruler, width)
        return [*ruler, ("─" * (width - cells_of(ruler)), "frame")]

    def _one_below(self, width: int, room: int) -> list[Line]:
        if room < LOW:
            return [*self._window(self.view, width, room - 1), self._ruler(width)]
        if self.view is self.fields:
            under = self._window(self._dump, width, DUMP_ROWS)
        else:
            under = below(self.cursor.data, self.cursor.at, width)
        lines = self._window(self.view, width, room - len(under) - 1)
        return [*lines, self._ruler(width), *under]

    def _side_by_side(self, width: int, room: int) -> list[Line]:
        left_width = width - BESIDE - 3
        left = self._window(self.view, left_width, room)
        right = [*self._where(), [], *beside(self.cursor.data, self.cursor.at)]
        if self.view is self.fields:
            dump = self._window(self._dump, BESIDE, max(0, room - len(right) - 2))
            right += [[], *dump]
        right += [[]] * (room - len(right))
        return [
            [*one, (" " * (left_width - cells_of(one)), ""), (" │ ", "frame"), *crop(other, BESIDE)]
            for one, other in zip(left, right, strict=False)
        ]

    def _window(self, view: View, width: int, height: int) -> list[Line]:
        """Return just so many lines of a view."""
        view.fit(width, height)
        lines = [crop(line, width) for line in view.lines(self._marks())][:height]
        return lines + [[]] * (height - len(lines))

    # -- moving ------------------------------------------------------------------------------

    def position(self) -> tuple[float, float]:
        """Return which part of the lines is shown."""
        if not self.is_event:
            return self.view.position()
        count = max(1, len(self._told))
        return self._told_top / count, (self._told_top + self.body_height - 2) / count

    def scroll_rows(self, rows: int) -> None:
        """Scroll by lines; the cursor stays."""
        self._told_top = max(0, self._told_top + rows)
        self.view.scroll(rows)
        self.repaint()

    def jump(self, fraction: float) -> None:
        """Scroll to a place."""
        self._told_top = round(fraction * len(self._told))
        self.view.jump(fraction)
        self.repaint()

    def action_climb(self, rows: int, select: bool = False) -> None:
        """By lines; of an event, scroll."""
        if self.is_event:
            self.scroll_rows(rows)
        else:
            self.view.climb(rows, select)
            self.moved()

    def action_page(self, pages: int, select: bool = False) -> None:
        """By screenfuls."""
        visible = self.body_height - 2 if self.is_event else self.view.visible
        self.action_climb(pages * max(1, visible - 1), select)

    def action_step(self, count: int, select: bool = False) -> None:
        """By bytes, or characters; among fields, inwards or outwards."""
        self.view.step(count, select)
        self.moved()

    def action_row_edge(self, last: bool, select: bool = False) -> None:
        """To the edge of the line."""
        self.view.row_edge(last, select)
        self.moved()

    def action_edge(self, last: bool, select: bool = False) -> None:
        """To the first byte or the last; of an event, to the first line or the last."""
        self._told_top = len(self._told) if last else 0
        self.view.edge(last, select)
        self.moved()

    def moved(self) -> None:
        """The view has moved the cursor."""
        for view in (self.view, self._dump):
            view.reveal()
        self.repaint()

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Go to the byte or the field that was clicked."""
        above = headline(self.message, self._called, self._before, self.raw, self.body_width)
        beyond = self.body_width >= WIDE and column >= self.view.width
        if self.is_event or row - len(above) >= self.view.height or beyond:
            return
        self.view.press(row - len(above), column)
        self.moved()
