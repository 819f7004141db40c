"""Where one stands in the bytes of a message, and what of it is selected.

All views of a message share one, so that what is selected in one is selected in all.
"""


class ByteCursor:
    """A place in data, which always holds a byte if there is one."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self.at = 0
        self._anchor: int | None = None
        self._end: int | None = None  # behind the selection, where `mark` has set it
        self.anchored = False
        """Whether the next moves select."""

    def show(self, data: bytes) -> None:
        """Begin with other bytes."""
        self.data = data
        self.at = 0
        self.free()

    def free(self) -> None:
        """Select nothing."""
        self._anchor = self._end = None
        self.anchored = False

    def go(self, at: int, select: bool = False) -> None:
        """Go to a place, or the nearest there is. select: up to there, from where one was."""
        if not (select or self.anchored):
            self.free()
        elif self._anchor is None:
            self._anchor = self.at
        self._end = None
        self.at = max(0, min(at, len(self.data) - 1))

    def mark(self, first: int, end: int) -> None:
        """Select these bytes and go to the first of them."""
        self.free()
        self.go(first)
        end = min(end, len(self.data))
        if end > self.at:
            self._anchor, self._end = self.at, end

    def turn_anchor(self) -> None:
        """Select from here on, or no more."""
        anchored = self.anchored
        self.free()
        if not anchored:
            self.anchored, self._anchor = True, self.at

    @property
    def selection(self) -> tuple[int, int]:
        """Return what is selected: first <= place < end; both the same if that is nothing."""
        if self._anchor is None:
            return self.at, self.at
        if self._end is not None:
            return self._anchor, self._end
        return min(self._anchor, self.at), min(len(self.data), max(self._anchor, self.at) + 1)

    @property
    def selected(self) -> int:
        """How many bytes are selected."""
        first, end = self.selection
        return end - first
