"""Bugs of our own, fenced in: one that strikes is reported and all else goes on.

A widget that raises, whatever it was doing, costs its own picture and the one
thing that was asked of it. Textual would end the program.
"""

import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import WorkerFailed

from tcpmon.core.escape import escape_hidden
from tcpmon.core.units import number

FAILED = "✗ a bug in tcpmon: this cannot be shown"
"""What stands in the place of what failed."""
PLACES = 100
"""Faults that are told apart; whatever comes beyond that is only counted."""
LINE = 300  # characters of an error in one line: it may quote a whole payload
REPORT = 20_000  # and of all that is known about it


class Fault(Struct):
    """What went wrong in one place, as text that is safe line by line, and how often."""

    report: str
    count: int = 1


class Faults:
    """What has gone wrong, each place once. keep: takes each new report."""

    def __init__(self, keep: Callable[[str], object]) -> None:
        self._keep = keep
        self._faults: dict[object, Fault] = {}
        self._beyond = 0
        self._printed: deque[str] = deque()

    def raised(self, error: BaseException) -> str:
        """Take down an exception. Return what it was and where in a line, "" if that is known."""
        if isinstance(error, WorkerFailed):
            error = error.error
        *_, (frame, line) = [(None, 0), *traceback.walk_tb(error.__traceback__)]
        file, name = (frame.f_code.co_filename, frame.f_code.co_name) if frame else ("", "nowhere")
        place = type(error), file, line
        if not self._is_new(place):
            return ""
        report = "".join(traceback.format_exception(error)).rstrip("\n")
        self._add(place, f"a bug in tcpmon, please report it: {report}")
        what = "".join(traceback.format_exception_only(error)).strip().replace("\n", " ")
        where = f" in {name}, {file.rpartition('/')[2]}:{line}"
        return _safe(what, LINE) + escape_hidden(where)

    def printed(self, text: str) -> None:
        """Gather what was printed where nobody can see it; from any thread."""
        self._printed.append(text)

    def settle(self) -> None:
        """Take down what was printed so far as one."""
        text = ""
        while self._printed:
            text += self._printed.popleft()
        text = text.rstrip("\n")
        if text and self._is_new(text):
            self._add(text, text)

    def _is_new(self, place: object) -> bool:
        if known := self._faults.get(place):
            known.count += 1
        elif len(self._faults) == PLACES:
            self._beyond += 1
        else:
            return True
        return False

    def _add(self, place: object, report: str) -> None:
        fault = self._faults[place] = Fault(_safe(report, REPORT))
        self._keep(fault.report)

    def summary(self) -> str:
        """Return all reports, each with how often it was."""
        self.settle()
        lines = []
        for fault in self._faults.values():
            lines.append(fault.report)
            if fault.count > 1:
                lines.append(f"({number(fault.count)} times)")
        if self._beyond:
            lines.append(f"and {number(self._beyond)} more in other places")
        return "\n".join(lines)


def _safe(text: str, length: int) -> str:
    rest = len(text) - length
    more = f" … and {number(rest)} more characters" if rest > 0 else ""
    return "\n".join(map(escape_hidden, text[:length].split("\n"))) + more


@contextmanager
def fenced(pump: MessagePump) -> Iterator[None]:
    """Run what belongs to a widget. If it raises, the app is told, and the caller goes on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the fence of the screen
        with pump._context():
            pump.app._handle_exception(error)


def fence_in(widget: Widget) -> None:
    """Fence in all that Textual asks of a widget: to handle a message, to measure, to paint."""
    dispatch = widget._dispatch_message

    async def dispatch_message(message: Message) -> None:
        with fenced(widget):
            await dispatch(message)

    widget._dispatch_message = dispatch_message  # type: ignore[method-assign]
    instead: dict[str, Callable[..., object]] = {
        "render": lambda: Content(FAILED),
        "render_lines": lambda crop: failed_lines(widget, crop),
        "get_content_width": lambda *_: len(FAILED),
        "get_content_height": lambda *_: 1,
    }
    for name, fallback in instead.items():
        setattr(widget, name, _fenced_method(widget, name, fallback))


def _fenced_method(
    widget: Widget, name: str, fallback: Callable[..., object]
) -> Callable[..., object]:
    def call(*arguments: Any) -> object:
        with fenced(widget):
            return getattr(type(widget), name)(widget, *arguments)
        return fallback(*arguments)

    return call


def failed_lines(widget: Widget, crop: Region) -> list[Strip]:
    """Return what stands in a part of a widget that could not be painted."""
    style = widget.rich_style
    text = Strip([Segment(FAILED, style)]).extend_cell_length(crop.right, style)
    blank = Strip.blank(crop.width, style)
    return [blank if y else text.crop(*crop.column_span) for y in crop.line_range]
