"""The message log: a window on what a node keeps, a million messages or none.

It knows the message at its top and works its way from there, so that what is
below or above costs nothing, new messages do not move the text under the
reader's eyes, and dropping old ones does not either. A message takes one line as
text and as many as it needs as hex. A filter hides what does not match, a search only
marks what does.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.message import Message as Note

from tcpmon.core.hints import Hint, of_message
from tcpmon.core.model import Kind, Lens, Message, Place
from tcpmon.core.node import Node, whole
from tcpmon.core.units import counted, number
from tcpmon.ui.log_lines import TIMES, is_gap, message_line, record_time, style_of
from tcpmon.ui.reel import Reel, Spot
from tcpmon.ui.render import Line, hex_line, hex_lines
from tcpmon.ui.search import Search
from tcpmon.ui.summaries import Summaries
from tcpmon.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from tcpmon.core.query import Query

WIDE = 100  # cells from which both time of day and delta are shown without being asked for


class Form(StrEnum):
    """How a payload is shown."""

    TEXT = "text"
    HEX = "hex"
    BOTH = "both"
    DECODED = "decoded"


class MessagesPane(Pane):
    """Messages of a node, of all clients or of one."""

    class Opened(Note):
        """A message was chosen to be looked at."""

        def __init__(self, record: Message) -> None:
            self.record = record
            super().__init__()

    def __init__(self, id: str, node: Node, scope_name: Callable[[int], str]) -> None:
        """scope_name: how the title calls a client."""
        super().__init__(id)
        self._node = node
        self._scope_name = scope_name
        self._reel = Reel(node, self._lines_of)
        self._top: Spot = ((0, 0), 0)
        self._shown: list[tuple[Message, int]] = []  # (message, line of it), as painted
        self._large: Message | None = None  # the last one that was wanted whole for its hex
        self._left_at = 0  # the end when following ended
        self._start = 0  # time of the first record there was
        self._summaries = Summaries()
        self._search = Search(self, node, self.sync)
        self._query: Query | None = None  # what is marked
        self._sought: tuple[int, bool] | None = None  # as `find_next` was asked, not found yet
        self.follow = True
        self.form = Form.TEXT
        self.find = ""
        """What is searched for, "" for nothing."""
        self.framing = ""
        """How what is shown is cut, in a word or two; "" for as it was read."""
        self.hints = True
        """Whether what was noticed in messages is told."""
        self.times = ""
        """One of log_lines.TIMES; "" = what fits."""
        self.cursor: Place | None = None
        """The selected message; None = the newest one, wherever that is."""

    @property
    def lens(self) -> Lens:
        """What is shown."""
        return self._reel.lens

    @property
    def filter(self) -> str:
        """Only messages that match it are shown, "" for all."""
        return self.lens.filter

    @property
    def scope(self) -> int | None:
        """The one client whose messages are shown; None = all."""
        return self.lens.client

    @property
    def floor(self) -> int:
        """Messages before that record were cleared from view."""
        return self._reel.floor

    # -- the window --------------------------------------------------------------------

    def sync(self) -> None:
        """Look at what is there now, and paint."""
        self._search.go_on()
        self._reel.look()
        if self._sought:
            self.find_next(*self._sought)
        if not self._start and (first := self._node.records(self._reel.span.first, 1)):
            self._start = first[0].time
        self.repaint()

    def _lines_of(self, message: Message) -> int:
        if self.form in (Form.TEXT, Form.DECODED) or message.kind > Kind.CAST:
            return 1
        return 1 + hex_lines(message.size)

    def _bottom(self) -> Spot:
        """Return the top that shows the newest message in the last line."""
        return self._reel.up_from(self._reel.end, self.body_height)

    def _window(self) -> Iterator[tuple[Message, int]]:
        bottom = self._bottom()
        top = bottom if self.follow else min(self._top, bottom)
        if self.follow or self._search.sifted.done:  # else more may be found behind it
            self._top = top
        return self._reel.lines(top, self.body_height)

    # -- painting ----------------------------------------------------------------------

    def title(self) -> tuple[Line, Line]:
        """Say whose messages these are, how they are cut, and whether it follows the newest."""
        left: Line = [("2 Messages", "title")]
        if self.scope is None:
            left.append(("  all clients", ""))
        else:
            left += [("  only ", "dim"), (self._scope_name(self.scope), "note")]
        if self.framing:
            left += [("  by ", "dim"), (self.framing, "note")]
        if self.floor > self._reel.span.first:
            left.append(("  cleared", "warn"))
        note: Line = self._progress()
        note.append(("" if self.form is Form.TEXT else f"{self.form}  ", "note"))
        if self.follow:
            note.append(("follow", "good"))
        else:
            note.append((self._fresh(), "warn"))
        return left, note

    def _fresh(self) -> str:
        """Say what has come since following ended; how much only where every record is a row."""
        if self.filter or self.scope is not None or self.framing:
            return "new" if self._reel.at((self._left_at, 0), 1) else "held"
        fresh = self._reel.span.end - self._left_at
        return f"+{number(fresh)} new" if fresh else "held"

    def _progress(self) -> Line:
        text, _ = self.sifted
        return [(f"{text}  ", "warn" if self.filter else "note")] if text else []

    @property
    def sifted(self) -> tuple[str, str]:
        """How many messages are shown or found, of how many that were looked at, or what is wrong
        with what is looked for; and how that looks."""
        search = self._search
        if not search:
            return "", ""
        if trouble := search.sifted.trouble:
            return trouble, "warn"
        sifted = search.sifted
        verb = "found" if self.find else "shown"
        text = f"{number(sifted.found)} {verb} of {number(sifted.looked)}"
        if search.stopped:
            text += ", stopped"
        elif not sifted.done:
            text += " …"
        return text, "dim"

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return the lines that are in the window."""
        self._shown = list(self._window())
        if not self._shown and self.lens.filter:
            yield self._nothing(), ""
            return
        form = self.times or ("both" if self.body_width >= WIDE else "clock")
        id_width = 0
        if self.scope is None:
            id_width = max([4, *(len(str(message.client)) + 1 for message, _ in self._shown)])
        before = self._time_before()
        cursor = self.selected
        told: set[tuple[int, str]] = set()
        for message, line in self._shown:
            selected = cursor is not None and message.place == cursor.place
            marker = ("▶ " if selected and not line else "  ", "key")
            style = ("row-cursor" if self.has_focus else "row-idle-cursor") if selected else ""
            if line:
                yield [marker, *self._hex(message, line - 1)], style
                continue
            noticed = self._noticed(message, told)
            yield [marker, *self._line(message, form, before, id_width, noticed)], style
            before = message.time

    def _noticed(self, message: Message, told: set[tuple[int, str]]) -> Hint | None:
        """Return what there is to say of a message, once a client among those that are shown."""
        noticed = of_message(message) if self.hints else None
        if noticed is None or (message.client, noticed.short) in told:
            return None
        told.add((message.client, noticed.short))
        return noticed

    def _line(
        self, message: Message, form: str, before: int | None, id_width: int, noticed: Hint | None
    ) -> Line:
        when = record_time(form, message.time, before, self._start)
        time: Line = [(f"{when} ", "gap" if is_gap(message.time, before) else "dim")]
        body = self.form is not Form.HEX or message.kind > Kind.CAST
        marks = self._query.marks(message.content) if self._query and body else []
        means = self._summaries.of(message) if self.form is Form.DECODED else ""
        width = self.body_width - 2
        return message_line(message, time, width, id_width, body, marks, noticed, means)

    def _hex(self, message: Message, row: int) -> Line:
        if 16 * row + 16 > len(message.data) < message.size:  # a few in sight at most
            large = self._large
            if large is None or (large.place, large.size) != (message.place, message.size):
                large = self._large = whole(self._node, message.place, self.scope)
            message = large or message
        return hex_line(message.data, row, style_of(message.kind))

    def _nothing(self) -> Line:
        hidden = counted(self._search.sifted.looked, "message")
        looking = "" if self._search.sifted.done else " so far"
        return [
            (f"none of {hidden}{looking} matches. ", "warn"),
            ("\\", "key"),
            (" clears the filter", ""),
        ]

    def _time_before(self) -> int | None:
        if not self._shown or self._shown[0][1]:
            return self._shown[0][0].time if self._shown else None
        messages = self._reel.before(self._shown[0][0].place, 1)
        return messages[-1].time if messages else None

    def _cursor_place(self) -> Place | None:
        if self.cursor is not None:
            return self.cursor
        return self._shown[-1][0].place if self._shown and self.follow else None

    def position(self) -> tuple[float, float]:
        """Return which part of all messages is shown, by the numbers of their records."""
        first = max(self._reel.span.first, self.floor)
        count = self._reel.span.end - first
        if not self._shown or count <= 0:
            return 0.0, 1.0
        top, bottom = self._shown[0], self._shown[-1]
        whole = not top[1] and len(self._shown) < self.body_height
        if whole:
            return 0.0, 1.0
        return (top[0].seq - first) / count, min(1.0, (bottom[0].seq + 1 - first) / count)

    # -- moving --------------------------------------------------------------------------

    @property
    def selected(self) -> Message | None:
        """The message under the cursor; when it was dropped, the first one that is kept, and
        where it is hidden, one beside it."""
        place = self._cursor_place()
        if place is not None:
            return self._reel.near(place)
        messages = self._reel.before(self._reel.end[0], 1)
        return messages[0] if messages else None

    @property
    def whole(self) -> Message | None:
        """The message under the cursor with all its bytes."""
        message = self.selected
        if message is None or len(message.data) == message.size:
            return message
        return whole(self._node, message.place, self.scope)

    def move(self, rows: int) -> None:
        """Select the next message, or the one before; past the newest, follow it."""
        current = self.selected
        if current is None:
            return
        if rows < 0:
            messages = self._reel.before(current.place, -rows)
            if messages:
                self._select(messages[0])
        else:
            messages = self._reel.at(_behind(current), rows)
            if messages and not (self.follow and self.cursor is None):
                self._select(messages[-1])
            if not self._reel.at(_behind(messages[-1] if messages else current), 1):
                self.set_follow(True)
                return
        self.sync()

    def _select(self, message: Message) -> None:
        self._hold()
        self.cursor = message.place
        place, line = self._top
        if message.place < place or (message.place == place and line):
            self._top = (message.place, 0)
        last = self._reel.up_from((message.place, self._lines_of(message)), self.body_height)
        if last > self._top:
            # As much of it as fits: its first line when it is larger than the window.
            self._top = min(last, (message.place, 0))

    def _hold(self) -> None:
        if self.follow:
            self.follow = False
            self._left_at = self._reel.span.end

    def page(self, pages: int) -> None:
        """Go on by screenfuls; the cursor goes along."""
        self.scroll_rows(pages * max(1, self.body_height - 1))
        if not self.follow and self._shown:
            self.cursor = self._shown[0 if pages < 0 else -1][0].place
            self.sync()

    def edge(self, last: bool) -> None:
        """Go to the oldest message, or follow the newest."""
        if last:
            self.set_follow(True)
            return
        messages = self._reel.at((self._reel.span.first, 0), 1)
        if messages:
            self._select(messages[0])
            self.sync()

    def scroll_rows(self, rows: int) -> None:
        """Scroll by lines; at the end, follow."""
        if rows < 0:
            self._hold()
            self._top = self._reel.up_from(self._top, -rows)
        elif not self.follow:
            top = self._reel.down_from(self._top, rows)
            if top is None or top >= self._bottom():
                self.set_follow(True)
                return
            self._top = top
        self.sync()

    def jump(self, fraction: float) -> None:
        """Scroll to a place among all messages."""
        span = self._reel.span
        first = max(span.first, self.floor)
        if fraction >= 1:
            self.set_follow(True)
            return
        self._hold()
        messages = self._reel.at((first + int(fraction * (span.end - first)), 0), 1)
        self._top = (messages[0].place, 0) if messages else self._bottom()
        self.sync()

    def go_to(self, place: Place) -> None:
        """Select the message at a place, or the next one."""
        messages = self._reel.at(place, 1)
        if messages:
            self._select(messages[0])
        self.sync()

    def set_follow(self, follow: bool) -> None:
        """Follow the newest message, or hold still."""
        if follow:
            self.follow = True
            self.cursor = None
        else:
            self._hold()
            self.cursor = self._shown[-1][0].place if self._shown else None
        self.sync()

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Select a message; open it at a double click."""
        if row < len(self._shown):
            message, _ = self._shown[row]
            self._hold()
            self.cursor = message.place
            self.sync()
            if double:
                self.open_selected()

    def open_selected(self) -> None:
        """Tell that the selected message is to be looked at."""
        message = self.whole
        if message is not None:
            self.post_message(self.Opened(message))

    # -- what is shown ---------------------------------------------------------------------

    def set_scope(self, client: int | None) -> None:
        """Show the messages of one client, or of all."""
        self._look_through(replace(self.lens, client=client))
        self.set_follow(True)

    def set_filter(self, filter: str) -> None:
        """Show only messages that match, "" for all; the cursor stays where it was."""
        held = None if self.follow else self.cursor
        above = sum(held is not None and message.place < held for message, _ in self._shown)
        self._look_through(replace(self.lens, filter=filter))
        if held is not None:
            self._top = self._reel.up_from((held, 0), above)
        self.sync()

    def set_find(self, find: str) -> None:
        """Mark what matches, "" for nothing; `find_next` goes there."""
        self.find = find
        self._look_through(self.lens)
        self.sync()

    def _look_through(self, lens: Lens) -> None:
        self._reel.lens = lens
        marked = self.find or lens.filter
        self._query = _query(marked) if marked else None
        lenses = [lens, self._find_lens] if self.find and lens.filter else [self._find_lens]
        self._search.start(*lenses if marked else ())

    @property
    def _find_lens(self) -> Lens:
        """What is shown and matches what is searched for."""
        texts = [text for text in (self.filter, self.find) if text]
        filter = texts[0] if len(texts) == 1 else " ".join(f"({text})" for text in texts)
        return replace(self.lens, filter=filter)

    def find_next(self, step: int, here: bool = False) -> bool:
        """Select the next match, or the one before; return whether there is one, or may be one
        yet: it is gone to as soon as it is found. here: the message one is at will do."""
        current = self.selected
        if not self.find or current is None:
            return False
        start = _behind(current) if (step > 0) != here else current.place
        found = self._node.messages(start, step, self._find_lens)
        search = self._search
        going_on = not (search.sifted.done or search.stopped)
        self._sought = None
        if found and (step > 0 or not going_on or search.sifted.upto >= start[0]):
            self._select(found[0])
            self.sync()
        elif going_on:  # from the oldest on: the nearest one before may be to come
            self._sought = step, here
        return bool(found) or self._sought is not None

    def stop_search(self) -> bool:
        """Look no further; return whether there was something left to look at."""
        self._sought = None
        running = self._search.stop()
        self.repaint()
        return running

    def clear(self) -> None:
        """Begin with an empty view; nothing is thrown away."""
        self._reel.floor = self._reel.span.end
        self.set_follow(True)

    def unclear(self) -> None:
        """Show again what was cleared."""
        self._reel.floor = 0
        self.sync()

    def next_form(self) -> None:
        """Text, hex, both, decoded."""
        forms = list(Form)
        self.form = forms[(forms.index(self.form) + 1) % len(forms)]
        self._large = None
        self._top = (self._top[0], 0)
        self.sync()

    def next_times(self) -> str:
        """Go on to the next form of times and return its name."""
        self.times = TIMES[(TIMES.index(self.times) + 1) % len(TIMES)] if self.times else TIMES[0]
        self.sync()
        return self.times


def _query(text: str) -> "Query":
    from tcpmon.core.query import parse  # with the first filter, not at the start

    return parse(text)


def _behind(message: Message) -> Place:
    return message.seq, message.part + 1
