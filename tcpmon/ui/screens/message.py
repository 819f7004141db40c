"""One message whole: its bytes in several views, found, decoded, and its neighbours a key away."""

from typing import ClassVar

from msgspec.structs import replace
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import get_current_worker

from tcpmon.core.escape import escape
from tcpmon.core.model import Lens, Message, story
from tcpmon.core.node import Node, look_up, whole
from tcpmon.core.search import find, parse_sought
from tcpmon.core.units import binary_size, counted
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.deciphering import Deciphered, decipher, decoder_names, following
from tcpmon.ui.neighbours import Step, TooFar, neighbour
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.inspector import InspectorPane

COPY_BYTES = 1 << 20
"""More is not made text of for a clipboard: it takes four times as many characters."""


def _said(sought: bytes) -> str:
    return f"{counted(len(sought), 'byte')}: {sought[:32].hex(' ')}"


class MessageScreen(Screen[None]):
    """Shows a message and steps to its neighbours.

    lens: through what the log is looked at; the neighbours are those it shows. Without a filter
    only those of the message's own client, if it has one.
    """

    CSS_PATH = "message.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Place.MESSAGE),
        *(Binding(str(number + 1), f"look({number})", show=False) for number in range(4)),
        Binding("shift+tab", "look_back", show=False),
    ]

    def __init__(self, node: Node, message: Message, lens: Lens, clipboard: Clipboard) -> None:
        super().__init__()
        self._node = node
        self._first = message
        own = None if lens.filter else message.client or None
        self._lens = replace(lens, client=lens.client or own)
        self._clipboard = clipboard
        self._pane = InspectorPane("message")
        self._deciphered = Deciphered()
        self._chosen = ""  # the decoder, for this message and the next ones
        self._sought = b""

    def compose(self) -> ComposeResult:
        """The message and the keys."""
        yield self._pane
        yield KeyFooter("footer", Place.MESSAGE)

    def on_mount(self) -> None:
        """Get all of the message."""
        self._show(self._first)

    def _show(self, message: Message) -> None:
        message = whole(self._node, message.place, self._lens.client) or message
        before = self._node.messages(message.place, -1, replace(self._lens, most=0))
        view = look_up(self._node, message.client) if message.client else None
        name = view.rows[0].name if view else ""
        self._pane.show(message, name, before[-1].time if before else None)
        self._deciphered = Deciphered()
        self._decode()

    # -- neighbours --------------------------------------------------------------------------

    def _go_to(self, step: Step) -> None:
        try:
            message = neighbour(self._node, self._pane.message.place, step, self._lens)
        except TooFar as error:
            self.notify(str(error))
            return
        if message is not None:
            self._show(message)

    def action_previous(self) -> None:
        """The message before."""
        self._go_to(-1)

    def action_next(self) -> None:
        """The next message."""
        self._go_to(1)

    # -- views -------------------------------------------------------------------------------

    def action_form(self) -> None:
        """The next view."""
        views = self._pane.views
        self.action_look((views.index(self._pane.view) + 1) % len(views))

    def action_look_back(self) -> None:
        """The view before."""
        self.action_look(self._pane.views.index(self._pane.view) - 1)

    def action_look(self, view: int) -> None:
        """A view by its number."""
        self._pane.turn(self._pane.views[view])

    def action_encoding(self) -> None:
        """Text in the next encoding."""
        if self._pane.view is self._pane.prose:
            self._pane.prose.turn_encoding()
        self._pane.turn(self._pane.prose)

    def action_body(self) -> None:
        """All bytes, or what they carry."""
        if self._pane.turn_body():
            self._decode()
        else:
            self.notify("it has no body other than all of its bytes")

    # -- decoding ----------------------------------------------------------------------------

    def _decode(self) -> None:
        if not self._pane.is_event:
            self._pane.wait()
            self._decipher(self._pane.cursor.data, self._chosen)

    # Without a description the worker's would be the message: all of it, as Python writes it.
    @work(thread=True, exclusive=True, group="decode", description="decode")
    def _decipher(self, data: bytes, chosen: str) -> None:
        worker = get_current_worker()
        if worker.is_cancelled:  # while it waited for its turn: one is at another message
            return
        deciphered = decipher(data, chosen)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show_decoded, data, deciphered)

    def _show_decoded(self, data: bytes, deciphered: Deciphered) -> None:
        if data is self._pane.cursor.data:  # and not of another message by now
            self._deciphered = deciphered
            self._pane.show_decoded(deciphered)

    def _choose(self, decoder: str) -> None:
        self._chosen = decoder
        self._pane.turn(self._pane.fields)
        self._decode()

    def action_decoder(self) -> None:
        """The next plausible decoder."""
        decoder = following(self._deciphered, self._chosen)
        if decoder or self._chosen:
            self._choose(decoder)
        else:
            self._pane.turn(self._pane.fields)
            self.notify("it may be nothing else; M: all decoders")

    @work
    async def action_decoders(self) -> None:
        """Any decoder."""
        from tcpmon.ui.screens.pick import Pick

        rates = dict(self._deciphered.plausible)
        options = {"": "the likeliest"}
        for name in decoder_names():
            rate = rates.get(name)
            options[name] = f"{name:<24}{f'{rate:>6.0%}' if rate else ''}"
        decoder = await self.app.push_screen_wait(Pick("Decode as", options, self._chosen))
        if decoder is not None:
            self._choose(decoder)

    # -- what is selected ------------------------------------------------------------------

    def action_mark(self) -> None:
        """Select from here on; of a field, its parts are folded."""
        if self._pane.view is self._pane.fields:
            self._pane.fields.turn_fold()
        else:
            self._pane.cursor.turn_anchor()
        self._pane.moved()

    def selected_bytes(self) -> bytes:
        """Return what is selected, or all there is."""
        cursor = self._pane.cursor
        first, end = cursor.selection
        return cursor.data[first:end] if cursor.selected else cursor.data

    def action_copy(self) -> None:
        """As escaped text; what an event says as it is told."""
        if self._pane.is_event:
            self._clipboard.copy_for(self.app, story(self._pane.message))
            return
        data = self.selected_bytes()
        if len(data) <= COPY_BYTES:
            self._clipboard.copy_for(self.app, escape(data))
        else:
            most = binary_size(COPY_BYTES)
            self.notify(f"{most} is the most that is copied: select less, or Y", severity="warning")

    @work
    async def action_copy_as(self) -> None:
        """In a form that is asked for."""
        from tcpmon.ui.screens.carrying import Carrying

        if self._pane.is_event:
            self.notify("an event has no bytes", severity="warning")
            return
        carrying = Carrying(self, self._node, self._clipboard)
        await carrying.copy_bytes(self.selected_bytes())

    # -- finding -----------------------------------------------------------------------------

    @work
    async def action_find(self) -> None:
        """Bytes, written as text or hex."""
        from tcpmon.ui.screens.dialog import Dialog

        dialog = Dialog("Find", "find", 'OK\\r\\n, 01 02 ff or "01 02"', parse_sought, _said)
        if sought := await self.app.push_screen_wait(dialog):
            self._sought = sought
            self._find(backwards=False, here=True)

    def _find(self, backwards: bool, here: bool = False) -> None:
        cursor = self._pane.cursor
        if not self._sought:
            self.notify("nothing was looked for yet: /", severity="warning")
            return
        place = find(cursor.data, self._sought, cursor.at - here, backwards)
        if place < 0:
            self.notify("it is not in this message", severity="warning")
            return
        if not here and (place <= cursor.at) != backwards:
            self.notify("from the end" if backwards else "from the beginning", timeout=2)
        cursor.mark(place, place + len(self._sought))
        self._pane.follow()

    def action_find_next(self) -> None:
        """Where it is next."""
        self._find(backwards=False)

    def action_find_previous(self) -> None:
        """Where it was before."""
        self._find(backwards=True)

    def action_close(self) -> None:
        """Back to the log."""
        self.dismiss()
