"""The stretch of time that a chart is of: all there is or part of it, up to now or held still."""

from msgspec import Struct

from tcpmon.core.series import FINEST

NARROWEST = 2 * FINEST  # a column has two halves where a line is drawn


class Window(Struct, frozen=True):
    """Columns of time: the first begins at start, and each is width nanoseconds long."""

    start: int
    width: int
    count: int

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return self.start + self.count * self.width

    def column(self, time: int) -> int | None:
        """Return in which column a time is, None for none of them."""
        column = (time - self.start) // self.width
        return column if 0 <= column < self.count else None


class Stretch:
    """What was chosen, and the columns it means when it is looked at."""

    def __init__(self) -> None:
        self.width: int | None = None
        """Of a column, None for as much as shows all."""
        self.end: int | None = None
        """Of the newest column, None for now."""
        self._count = 1
        self._now = self._first = 0
        self._fit = NARROWEST

    def window(self, count: int, first: int, now: int, finest: int) -> Window:
        """Return so many columns.

        first, now: the times between which there is anything. finest: width of the narrowest
        column that can show all, a power of two times NARROWEST.
        """
        self._count, self._first, self._now = count, first, now
        self._fit = finest
        while (now - 1) // self._fit - first // self._fit >= count:
            self._fit *= 2
        width = min(self.width or self._fit, self._fit)
        last = ((self.end or now) - 1) // width
        return Window((last - count + 1) * width, width, count)

    def zoom(self, closer: bool, at: int | None = None) -> None:
        """Look at half the time or at twice as much, up to all. at: a time that is to be in the
        middle then, None to leave the newest where it is."""
        before = self.width or self._fit
        width = max(NARROWEST, before // 2) if closer else before * 2
        if width >= self._fit:
            self.width = self.end = None
            return
        self.width = width
        if at is not None:
            self._hold(at + width * (self._count // 2))

    def move(self, share: float) -> None:
        """Go on by a share of the chart, or back if it is negative; from now on, follow."""
        if share > 0 and self.end is None:
            return
        self.width = self.width or self._fit
        columns = max(1, round(abs(share) * self._count))
        step = columns * self.width if share > 0 else -columns * self.width
        self._hold((self.end or self._now) + step)

    def _hold(self, end: int) -> None:
        self.end = None if end >= self._now else max(end, self._first + 1)

    def follow(self) -> None:
        """Let the newest column be now."""
        self.end = None
