"""How many lines a script may say."""

LINES = 200
"""Lines a second that are kept: more could not be read, and would push out all else."""
LONGEST = 4096
"""Characters of a line that are kept."""


class Flood:
    """Lets so many lines through in each second, and counts the rest."""

    def __init__(self, lines: int = LINES) -> None:
        self._lines = lines
        self._second = 0
        self._in_second = 0
        self._left_out = 0

    def lets(self, now: float) -> bool:
        """Say whether one more line may be said. now: seconds."""
        if int(now) != self._second:
            self._second, self._in_second = int(now), 0
        self._in_second += 1
        if self._in_second <= self._lines:
            return True
        self._left_out += 1
        return False

    def left_out(self) -> int:
        """Return how many were not let through since this was last asked."""
        count, self._left_out = self._left_out, 0
        return count
