"""What is told of a message above its bytes: whose it is, when it came, how it was made up."""

import time

from tcpmon.core import timestamps
from tcpmon.core.escape import escape_hidden
from tcpmon.core.model import Kind, Message
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import counted, lasted, number
from tcpmon.ui.log_lines import delivery, style_of
from tcpmon.ui.render import Line, cells_of, colour, crop

NAME_CELLS = 24
_stamp = Stamper(time.localtime)


def headline(message: Message, name: str, before: int | None, raw: bool, width: int) -> list[Line]:
    """Return one line, or two where there is more to tell.

    name: of its client, "" for none. before: when the message before it came, None if there is
    none. raw: whether its bytes are shown as they came, not its body.
    """
    first = [*_who(message, name), *_when(message, before)]
    second = _made_up(message, raw)
    fate, style = delivery(message)
    if fate and cells_of(first) + len(fate) + 2 <= width:
        first.append((f"  {fate}", style))
    elif fate:
        second.insert(0, (fate, style))
    lines = [first]
    if second:
        lines.append([span for part in second for span in (part, ("  ", ""))])
    return [crop(line, width) for line in lines]


def _who(message: Message, name: str) -> Line:
    line: Line = []
    if message.client:
        line.append((f"#{message.client}", colour(message.client)))
    if name:
        known = escape_hidden(name)
        line.append(
            (f" {known if len(known) <= NAME_CELLS else known[: NAME_CELLS - 1] + '…'}", "")
        )
    if message.kind <= Kind.CAST:
        word = "RX" if message.kind is Kind.RX else "TX"
        line.append((f"  {word}" if line else word, style_of(message.kind)))
        line.append((f"  {number(message.size)} B", ""))
    return line


def _when(message: Message, before: int | None) -> Line:
    line: Line = [(f"  {_stamp.date(message.time)}", "dim")]
    if before is not None:
        line.append((f"  {timestamps.since(message.time - before)} after the one before", "dim"))
    return line


def _made_up(message: Message, raw: bool) -> Line:
    parts: Line = []
    if message.reads > 1:
        parts.append((f"{counted(message.reads, 'read')} over {lasted(message.lasted / 1e9)}", ""))
    if message.beside > 1:
        parts.append((f"{message.part + 1} of {message.beside} that ended in one read", ""))
    if has_body(message):
        body = f"{number(len(message.content))} B"
        shown = f"all of it, b: its body of {body}" if raw else f"its body of {body}, b: all of it"
        parts.append((shown, "note"))
    if message.odd:
        parts.append((message.odd, "warn"))
    return parts


def has_body(message: Message) -> bool:
    """Whether what it carries is something else than its bytes."""
    return message.body is not None and message.body != message.data
