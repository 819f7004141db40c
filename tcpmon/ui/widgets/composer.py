"""Where a person writes to clients: text with escapes or hex, and the very bytes before they go.

It knows who is meant and what is written; sending is the screen's.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from tcpmon.core.commands import Whom
from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import escape, escape_hidden
from tcpmon.core.history import Written, add
from tcpmon.core.model import Client
from tcpmon.core.payload import Form, LineEnd, Payload, parse
from tcpmon.core.units import number
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.example import example
from tcpmon.ui.render import Line, cells_of, fit
from tcpmon.ui.saved import bind_keys
from tcpmon.ui.widgets.line_input import LineInput
from tcpmon.ui.widgets.lines import Lines

PREVIEW_BYTES = 64
_NEWLINE = re.compile(r"\r\n|\r|\n")
_LAST_NEWLINE = re.compile(r"(?:\r\n|\r|\n)\Z")

Targets = Whom
"""For whom it is; who a filter lets through is seen when it is sent."""


class Composer(Vertical):
    """A line to write in, who gets it, and what it is in bytes."""

    class Submitted(Message):
        """A payload is to be sent. text: as it was written, if only the node can fill it in."""

        def __init__(self, data: bytes, targets: Targets, text: str = "") -> None:
            self.data = data
            self.targets = targets
            self.text = text
            super().__init__()

    class Left(Message):
        """The person has had enough."""

    class Asked(Message):
        """Something is wanted that takes a dialog."""

        def __init__(self, what: Literal["recall", "whom", "repeat", "file", "language"]) -> None:
            self.what = what
            super().__init__()

    class Saved(Message):
        """A saved message is to be written, by its place among them."""

        def __init__(self, place: int) -> None:
            self.place = place
            super().__init__()

    def __init__(
        self,
        id: str,
        describe: Callable[[Targets], str],
        remember: Callable[[Written], object] = bool,
        find: Callable[[int], Client | None] = lambda client: None,
    ) -> None:
        """describe: says who the targets are, for the border. remember: is told what is sent.
        find: what is known of a client."""
        super().__init__(id=id)
        self._describe = describe
        self._remember = remember
        self._find = find
        self.history: list[Written] = []
        """What was sent, the newest last."""
        self._place = 0  # in the history; its length = what is being written
        self._draft = Written(Form.TEXT, "")
        self._under_way: deque[Written] = deque()  # submitted, outcome not yet told
        self._exact = False  # until the line is empty: nothing is put behind it
        self._ends: dict[str, LineEnd] = {}
        self._listener = ""
        self._info = ComposerInfo(self)
        self.input = ComposerInput(self)
        """The line that is written in."""
        self.targets: Targets = ()
        self.form = Form.TEXT
        self._note = ("", "")  # for which text, what became of the last payload

    def compose(self) -> ComposeResult:
        """Lay out the input and what is told about it."""
        yield self.input
        yield self._info

    @property
    def end(self) -> LineEnd:
        """The line end of the listener whose clients are meant; none behind what was saved."""
        return LineEnd.NONE if self._exact else self._ends.get(self._listener, LineEnd.LF)

    def aim(self, targets: Targets, listener: str) -> None:
        """Say who is meant. listener: its line end is used."""
        if targets != self.targets:
            self._note = ("", "")  # it was about others
        self.targets = targets
        self._listener = listener
        self.retitle()

    def retitle(self) -> None:
        """Write the border anew: a target may have gone."""
        title = Content(self._describe(self.targets))
        if title.markup != self.border_title:
            self.border_title = title
        self.set_class(not isinstance(self.targets, tuple), "-broadcast")
        self.tell()

    def tell(self) -> None:
        """Show the bytes anew."""
        self._info.repaint()

    def sent(self, accepted: bool, note: str) -> None:
        """Say what became of the oldest payload submitted of which this has not been said.

        If nobody took it, its text is there again, unless something else is written.
        """
        written = self._under_way.popleft()
        if written.text and not accepted and not self.input.value:
            self.put(written)
        self._note = self.input.value, note
        self.tell()

    @property
    def note(self) -> str:
        """What became of the last payload, until something else is written."""
        text, note = self._note
        return note if self.input.value == text else ""

    def payload(self) -> bytes:
        """Return what would be sent now, of what varies an example. Raises BadPayload."""
        return self.preview()[1]

    def preview(self) -> tuple[Payload, bytes]:
        """Return what is written, and what would be sent now. Raises BadPayload."""
        payload = parse(self.input.value, self.form, self.end)
        if payload.fixed is not None:
            return payload, payload.fixed
        return payload, payload.fill(example(self.targets, self._find))

    def submit(self) -> None:
        """Send, if it is bytes and not nothing."""
        try:
            payload, data = self.preview()
        except BadPayload as error:
            self.input.cursor_position = error.place
            self.tell()
            return
        if not data and payload.fixed is not None:
            return
        text = "" if payload.fixed is not None else self.spell()
        self._keep()
        self._under_way.append(self.written)
        self.put(self.blank)
        self.post_message(self.Submitted(data, self.targets, text))

    @property
    def written(self) -> Written:
        """What is written now."""
        return Written(self.form, self.input.value, self._exact)

    @property
    def blank(self) -> Written:
        """Nothing, in the form that is chosen."""
        return Written(self.form, "")

    def put(self, written: Written) -> None:
        """Write something else."""
        self.form, self._exact = written.form, written.exact and bool(written.text)
        self.input.value = written.text
        self.input.cursor_position = len(written.text)
        self.tell()

    def supplant(self, written: Written) -> None:
        """Write something else; what was being written is a key away: up."""
        if self.written not in self.history:
            self.history = add(self.history, self.written)
        self._place = len(self.history)
        self.put(written)

    def begin_anew(self) -> None:
        """Keep what is written as something that was sent, and write nothing."""
        self._keep()
        self.put(self.blank)

    def spell(self) -> str:
        """Return what is written as a text that stands for the same bytes by itself."""
        if self.form is Form.HEX:
            return escape(self.payload())
        return self.input.value + escape(self.end.value)

    def older(self, history: list[Written]) -> None:
        """Take what was sent in earlier times for older than what was sent in this one."""
        for written in self.history:
            history = add(history, written)
        self._place += len(history) - len(self.history)
        self.history = history

    def _keep(self) -> None:
        history = add(self.history, self.written)
        if history[-1:] != self.history[-1:]:
            self._remember(self.written)
        self.history = history
        self._place = len(history)

    def walk(self, step: int) -> None:
        """Go through what was sent before; what is being written is not lost."""
        if self._place == len(self.history):
            self._draft = self.written
        self._place = min(len(self.history), max(0, self._place + step))
        at_draft = self._place == len(self.history)
        self.put(self._draft if at_draft else self.history[self._place])

    def next_form(self) -> None:
        """Text or hex; what is written is turned into the other form where that is possible."""
        other = Form.HEX if self.form is Form.TEXT else Form.TEXT
        try:
            data = parse(self.input.value, self.form, LineEnd.NONE).fixed
        except BadPayload:
            data = None
        if data is not None:
            self.input.value = data.hex(" ") if other is Form.HEX else escape(data)
            self.input.cursor_position = len(self.input.value)
        self.form = other
        self.tell()

    def next_end(self) -> None:
        """Another line end, remembered for the listener."""
        following = self.end.following
        self._exact = False
        self._ends[self._listener] = following
        self.tell()

    def on_input_changed(self) -> None:
        """The text has changed, and so have the bytes."""
        self._exact = self._exact and bool(self.input.value)
        self.tell()


class ComposerInput(LineInput):
    """The line itself. What cannot be seen is turned into an escape as it comes in."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.COMPOSER)

    def __init__(self, composer: Composer) -> None:
        super().__init__(compact=True, select_on_focus=False, id="composer-input")
        self._composer = composer
        bind_keys(self._bindings)

    def insert_text_at_cursor(self, text: str) -> None:
        super().insert_text_at_cursor(escape_hidden(text, self.value[: self.cursor_position]))

    def on_paste(self, event: events.Paste) -> None:
        """Insert pasted text, never send it; its line breaks become the line end chosen, but for
        one at the end of all, where the line end is put in any case."""
        event.stop()
        event.prevent_default()
        composer, pasted = self._composer, event.text
        if composer.end.value and self.cursor_position == len(self.value):
            pasted = _LAST_NEWLINE.sub("", pasted)
        end = (composer.end.value or b"\n").decode()
        hexadecimal = composer.form is Form.HEX
        self.insert_text_at_cursor(_NEWLINE.sub(" " if hexadecimal else end, pasted))

    async def action_submit(self) -> None:
        self._composer.submit()

    def action_leave(self) -> None:
        """Escape."""
        self._composer.post_message(Composer.Left())

    def action_kind(self) -> None:
        """Text or hex."""
        self._composer.next_form()

    def action_line_end(self) -> None:
        """Another line end."""
        self._composer.next_end()

    def action_recall(self) -> None:
        """What was saved, or sent before."""
        self._composer.post_message(Composer.Asked("recall"))

    def action_whom(self) -> None:
        """Write to others."""
        self._composer.post_message(Composer.Asked("whom"))

    def action_repeat(self) -> None:
        """Again and again."""
        self._composer.post_message(Composer.Asked("repeat"))

    def action_file(self) -> None:
        """A file, to the same."""
        self._composer.post_message(Composer.Asked("file"))

    def action_language(self) -> None:
        """What can be written."""
        self._composer.post_message(Composer.Asked("language"))

    def action_saved(self, place: int = 0) -> None:
        """A saved message, which is not sent yet."""
        self._composer.post_message(Composer.Saved(place))

    def action_older(self) -> None:
        """What was sent before."""
        self._composer.walk(-1)

    def action_newer(self) -> None:
        """What was sent after that."""
        self._composer.walk(1)


class ComposerInfo(Lines):
    """Form, line end, and the bytes; or what is wrong, and where."""

    def __init__(self, composer: Composer) -> None:
        super().__init__("composer-info")
        self._composer = composer

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return the one line."""
        composer = self._composer
        text = composer.form is Form.TEXT
        line: Line = [(f" {composer.form} ", "note")]
        if text:
            line += [
                (" end ", "dim"),
                (f"{composer.end.name if composer.end.value else 'none'} ", "note"),
            ]
        line.append((" ", ""))
        if not composer.input.value and not composer.input.has_focus:
            yield (
                [
                    *line,
                    ("s", "key"),
                    (" write   ", "dim"),
                    ("b", "key"),
                    (" write to all", "dim"),
                ],
                "",
            )
            return
        room = self.size.width - cells_of(line)
        try:
            payload, data = composer.preview()
        except BadPayload as error:
            message = f"character {error.place + 1}: {error}"
            yield [*line, (fit(message, max(1, room)).rstrip(), "error")], ""
            return
        if composer.note:
            yield [*line, (fit(composer.note, max(1, room)).rstrip(), "")], ""
            return
        count = f"{number(len(data))} B"
        if payload.fixed is None:
            count += ", varies by client" if payload.personal else ", varies"
        shown = data[: max(0, min(PREVIEW_BYTES, (room - len(count) - 5) // 3))]
        dots = " …" if len(shown) < len(data) else ""
        yield [*line, (f"{count}  ", ""), (shown.hex(" ") + dots, "dim")], ""
