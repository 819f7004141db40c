"""Two clients' conversations side by side: a row for each pair of messages.

It paints the rows that fit, of however many; what differs within two messages that are
similar is found when they are painted.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from textual.message import Message as Posted

from tcpmon.core.compare import Match
from tcpmon.core.dialogue import Said, sentence
from tcpmon.ui.dialogues import Dialogue, headings, pair_line
from tcpmon.ui.render import Line, fit
from tcpmon.ui.widgets.pane import Pane

HEAD = 4  # rows above: who, how alike they are, what was left out, the heading


class DialoguePane(Pane):
    """Shows two conversations. Until `show` has said how they go together, it waits."""

    class Opened(Posted):
        """A pair was chosen to be looked at."""

        def __init__(self, left: Said | None, right: Said | None) -> None:
            self.left = left
            self.right = right
            super().__init__()

    def __init__(self, id: str, titles: tuple[str, str]) -> None:
        super().__init__(id)
        self._titles = titles
        self._waits = "reading …"
        self._dialogue: Dialogue | None = None
        self._sentence = ""
        self._unlike: list[int] = []  # the rows that are not equal
        self._cursor = 0
        self._top = 0

    def wait(self, text: str) -> None:
        """Say what is being waited for."""
        self._waits = text
        self.repaint()

    def show(self, dialogue: Dialogue) -> None:
        """Show two conversations."""
        self._dialogue = dialogue
        self._titles = dialogue.titles
        self._sentence = sentence(dialogue.pairs)
        self._unlike = [
            row for row, pair in enumerate(dialogue.pairs) if pair.match is not Match.EQUAL
        ]
        self.scroll_rows(0)

    @property
    def dialogue(self) -> Dialogue | None:
        """What is shown."""
        return self._dialogue

    def swap(self) -> None:
        """Left becomes right."""
        if self._dialogue:
            self.show(self._dialogue.mirrored())

    def step(self, step: int) -> bool:
        """Go to the next row that is not equal, or the one before; return whether there is one."""
        rows = self._unlike
        at = bisect_right(rows, self._cursor) if step > 0 else bisect_left(rows, self._cursor) - 1
        if not 0 <= at < len(rows):
            return False
        self.scroll_rows(rows[at] - self._cursor)
        return True

    def open_selected(self) -> None:
        """Tell that the pair under the cursor is to be looked at."""
        if self._dialogue and self._dialogue.pairs:
            pair = self._dialogue.pairs[self._cursor]
            self.post_message(self.Opened(*self._dialogue.sides(pair)))

    # -- painting -----------------------------------------------------------------------

    @property
    def _count(self) -> int:
        return len(self._dialogue.pairs) if self._dialogue else 0

    @property
    def _high(self) -> int:
        return max(1, self.body_height - HEAD)

    def title(self) -> tuple[Line, Line]:
        """Say what it is."""
        return [("Compare clients", "title")], []

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return whose they are, how alike, what was left out, and the pairs that fit."""
        width = self.body_width - 2
        names, columns = headings(self._titles, width)
        yield [("  ", ""), *names], ""
        if self._dialogue is None:
            yield [("  " + self._waits, "note")], ""
            return
        yield [("  " + self._sentence, "note" if self._unlike else "good")], ""
        yield [("  " + fit(self._dialogue.note, width), "warn")], ""
        yield [("  ", ""), *columns], "row-heading"
        for row in range(self._top, min(self._top + self._high, self._count)):
            here = row == self._cursor
            line = pair_line(self._dialogue, self._dialogue.pairs[row], width)
            yield [("▶ " if here else "  ", "key"), *line], "row-cursor" if here else ""

    def position(self) -> tuple[float, float]:
        """Return which part of the pairs is shown."""
        count = max(1, self._count)
        return self._top / count, (self._top + self._high) / count

    # -- moving -------------------------------------------------------------------------

    def scroll_rows(self, rows: int) -> None:
        """Move the cursor."""
        self._cursor = max(0, min(self._count - 1, self._cursor + rows))
        top = min(max(self._top, self._cursor - self._high + 1), self._cursor)
        self._top = max(0, min(top, self._count - self._high))
        self.repaint()

    def page(self, pages: int) -> None:
        """Move the cursor by screenfuls."""
        self.scroll_rows(pages * max(1, self._high - 1))

    def jump(self, fraction: float) -> None:
        """Go to a place."""
        self.scroll_rows(round(fraction * self._count) - self._cursor)

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Select a pair; open it at a double click."""
        row += self._top - HEAD
        if self._top <= row < min(self._count, self._top + self._high):
            self.scroll_rows(row - self._cursor)
            if double:
                self.open_selected()
