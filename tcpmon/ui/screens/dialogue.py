"""Two clients' conversations side by side: what both said and were told, in order."""

import asyncio
from typing import ClassVar

from msgspec import Struct
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from tcpmon.core.dialogue import Said, align
from tcpmon.core.model import Kind, Lens, Message
from tcpmon.core.node import Node, look_up, whole
from tcpmon.core.units import binary_size, number
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.dialogues import Dialogue, report
from tcpmon.ui.screens.side_by_side import SideBySide
from tcpmon.ui.widgets.dialogue import DialoguePane
from tcpmon.ui.widgets.footer import KeyFooter

MOST = 20_000
"""Messages of each client that are compared, the newest."""
MOST_BYTES = 16 << 20  # of each client, as far as they are looked at
HEAD_BYTES = 4096
"""Bytes of a message that are looked at; of a longer one its size beside."""
PAGE = 256  # messages that are read at once, so that keys are answered between


class Heard(Struct):
    """What was read of a client, the newest first, and whether there is more that is older."""

    messages: list[Message]
    more: bool = False
    cut: bool = False
    """Whether one is longer than what was looked at."""


async def hear(node: Node, client: int) -> Heard:
    """Read the newest messages of a client, a page at a time: keys go on between."""
    heard = Heard([])
    start, taken = (node.span().end, 0), 0
    while page := node.messages(start, -PAGE, Lens(client, most=HEAD_BYTES)):
        for message in reversed(page):
            if message.kind > Kind.CAST or (message.cast and client in message.cast.skipped):
                continue
            if len(heard.messages) >= MOST or taken >= MOST_BYTES:
                heard.more = True
                return heard
            heard.messages.append(message)
            heard.cut |= message.size > len(message.data)
            taken += len(message.data)
        start = page[0].place
        await asyncio.sleep(0)
    return heard


def opened(node: Node, client: int, heard: Heard) -> int:
    """Return when a client came; if that is forgotten, when the oldest that was read did."""
    if view := look_up(node, client):
        return view.rows[0].opened
    return heard.messages[-1].time if heard.messages else 0


def said(heard: Heard, began: int) -> list[Said]:
    """Return what was read in the order in which it was said. began: when the client came."""
    return [
        Said(each.place, each.kind is not Kind.RX, each.time - began, each.size, each.data)
        for each in reversed(heard.messages)
    ]


def _note(heard: tuple[Heard, Heard], whole: bool) -> str:
    notes = []
    if any(one.more for one in heard):
        counts = " and ".join(number(len(one.messages)) for one in heard)
        notes.append(f"newest {counts} only")
    if any(one.cut for one in heard):
        notes.append(f"long ones by first {binary_size(HEAD_BYTES)}")
    if not whole:
        notes.append("not all paired")
    return "; ".join(notes)


class DialogueScreen(SideBySide):
    """Shows what two clients and we have said to each other, up to now."""

    CSS_PATH = "dialogue.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.DIALOGUE)

    _pane: DialoguePane

    def __init__(
        self, node: Node, clients: tuple[int, int], titles: tuple[str, str], clipboard: Clipboard
    ) -> None:
        super().__init__()
        self._node = node
        self._clients = clients
        self._titles = titles
        self._clipboard = clipboard
        self._pane = DialoguePane("dialogue", titles)

    def compose(self) -> ComposeResult:
        """Both conversations and the keys."""
        yield self._pane
        yield KeyFooter("footer", Place.DIALOGUE)

    def on_mount(self) -> None:
        """Begin to read."""
        self._compare()

    @work
    async def _compare(self) -> None:
        left, right = self._clients
        heard = await hear(self._node, left), await hear(self._node, right)
        began = opened(self._node, left, heard[0]), opened(self._node, right, heard[1])
        self._pane.wait("comparing …")

        def compared() -> Dialogue:
            here, there = said(heard[0], began[0]), said(heard[1], began[1])
            pairs, whole = align(here, there)
            note = _note(heard, whole)
            return Dialogue(here, there, pairs, self._titles, self._clients, note)

        self._pane.show(await asyncio.to_thread(compared))

    @on(DialoguePane.Opened)
    def _open(self, message: DialoguePane.Opened) -> None:
        dialogue = self._pane.dialogue
        if dialogue is None:
            return
        if message.left is None or message.right is None:
            side = "left" if message.left else "right"
            self.notify(f"only the {side} one has this message", timeout=2)
            return
        left = whole(self._node, message.left.place, dialogue.clients[0])
        right = whole(self._node, message.right.place, dialogue.clients[1])
        if left is None or right is None:
            self.notify("it is no longer kept", severity="warning")
            return
        from tcpmon.ui.screens.compare import CompareScreen

        self.app.push_screen(CompareScreen(left, right, dialogue.titles, self._clipboard))

    def action_open(self) -> None:
        """Both messages of the row, byte by byte."""
        self._pane.open_selected()

    @work
    async def action_copy(self) -> None:
        """What is not equal as text."""
        if dialogue := self._pane.dialogue:
            self._clipboard.copy_for(self.app, await asyncio.to_thread(report, dialogue))
