"""Two conversations beside each other, as lines: a row for each pair of messages.

Pure, as render is.
"""

from collections.abc import Sequence

from msgspec import Struct

from tcpmon.core import timestamps
from tcpmon.core.alignment import differing
from tcpmon.core.compare import Match
from tcpmon.core.dialogue import Pair, Said, sentence
from tcpmon.core.units import number
from tcpmon.ui.log_lines import record_time
from tcpmon.ui.render import Line, cells_of, fit, payload
from tcpmon.ui.sides import GUTTER, beside, flags, marked

SIGNS = {Match.EQUAL: "=", Match.CHANGED: "~", Match.LEFT: "<", Match.RIGHT: ">"}
LATER = 10  # cells for by how much the right one is later
ROOMY = 44  # cells of a side from which sizes are shown
SEEN = 128  # bytes of a message that a row may show
REPORTED = 500
"""Pairs that a report tells; of more there is only the number."""


class Dialogue(Struct, frozen=True):
    """Two conversations, and how they go together. note: what was left out, "" for nothing."""

    left: Sequence[Said]
    right: Sequence[Said]
    pairs: Sequence[Pair]
    titles: tuple[str, str]
    clients: tuple[int, int]
    note: str = ""

    def mirrored(self) -> "Dialogue":
        """Return the same with the sides swapped."""
        pairs = [pair.mirrored for pair in self.pairs]
        titles, clients = self.titles[::-1], self.clients[::-1]
        return Dialogue(self.right, self.left, pairs, titles, clients, self.note)

    def sides(self, pair: Pair) -> tuple[Said | None, Said | None]:
        """Return the messages of a pair."""
        return (
            self.left[pair.left] if pair.left >= 0 else None,
            self.right[pair.right] if pair.right >= 0 else None,
        )


def headings(titles: tuple[str, str], width: int) -> tuple[Line, Line]:
    """Return whose conversations they are, and what stands in the columns below."""
    side = _side(width)
    columns = f"{'since':>9} way" + (f"{'bytes':>8}  " if side >= ROOMY else " ") + "message"
    label: Line = [(columns, "heading")]
    names = beside([(titles[0], "title")], [(titles[1], "title")], side)
    return names, _with_later(beside(label, label, side), "later", side)


def _side(width: int) -> int:
    return max(0, (width - GUTTER - LATER) // 2)


def _with_later(line: Line, text: str, side: int) -> Line:
    gap = 2 * side + GUTTER - cells_of(line)
    return [*line, (" " * gap + fit(text, LATER, right=True), "dim")]


def pair_line(dialogue: Dialogue, pair: Pair, width: int) -> Line:
    """Return the row of a pair."""
    left, right = dialogue.sides(pair)
    side = _side(width)
    begin, differs = 0, None
    if pair.match is Match.CHANGED and left and right:
        begin = _begin(left, right)
        differs = flags(left.head[begin : begin + SEEN], right.head[begin : begin + SEEN])
    here = said_line(left, side, begin, differs and differs[0]) if left else []
    there = said_line(right, side, begin, differs and differs[1]) if right else []
    line = beside(here, there, side, SIGNS[pair.match])
    return _with_later(line, later(right.since - left.since), side) if left and right else line


def later(nanoseconds: int) -> str:
    """Return by how much something was later: "+0.160"; earlier: "-0.160"."""
    sign = "-" if nanoseconds <= -1_000_000 else "+"
    return sign + timestamps.since(abs(nanoseconds))[1:]


def _begin(left: Said, right: Said) -> int:
    """Return from which byte on two messages are shown, so that a difference can be seen."""
    both = min(len(left.head), len(right.head))
    same = both - len(differing(left.head, 0, right.head, 0, both).lstrip(b"\0"))
    return same - 8 if same > 16 else 0


def said_line(said: Said, width: int, begin: int = 0, differs: list[bool] | None = None) -> Line:
    """Return a message from a byte on. differs: for each byte whether it does."""
    way, style = ("TX", "tx") if said.sent else ("RX", "rx")
    line: Line = [(record_time("start", said.since, None, 0), "dim"), (f" {way}  ", style)]
    if width >= ROOMY:
        line.append((f"{number(said.size):>7}  ", "dim"))
    if differs is None:
        return [*line, *payload(said.head, width - cells_of(line), style)]
    if begin:
        line.append(("…", "dim"))
    return [*line, *marked(said.head[begin : begin + SEEN], differs, width - cells_of(line))]


def report(dialogue: Dialogue) -> str:
    """Return which messages are not equal as text."""
    lines = [f"left   {dialogue.titles[0]}", f"right  {dialogue.titles[1]}"]
    lines += [dialogue.note] if dialogue.note else []
    lines.append(sentence(dialogue.pairs))
    unlike = [pair for pair in dialogue.pairs if pair.match is not Match.EQUAL]
    for pair in unlike[:REPORTED]:
        lines.append(pair.match.replace("changed", "similar"))
        for name, said in zip(("left ", "right"), dialogue.sides(pair), strict=True):
            if said:
                told = said_line(said, 100 + ROOMY)
                lines.append(f"  {name}  " + "".join(text for text, _ in told).strip())
    if len(unlike) > REPORTED:
        lines.append(f"and {number(len(unlike) - REPORTED)} more")
    return "\n".join([*lines, ""])
