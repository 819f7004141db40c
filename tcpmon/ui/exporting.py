"""One export: which messages, in which form, where to. It runs on a thread of its own, slowly
enough for the screen and the server beside it."""

import os
import time
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from tcpmon.core.errors import CannotWrite
from tcpmon.core.escape import escape_text
from tcpmon.core.export import Pieces, raw
from tcpmon.core.export.dump import Dump
from tcpmon.core.export.jsonl import Jsonl
from tcpmon.core.export.text import Text
from tcpmon.core.export.walk import Scope, Walk
from tcpmon.core.model import Message
from tcpmon.core.node import Node
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import counted, number, size
from tcpmon.files import Drafts, Folder, Found, Sink, Stream, look, refuse_taken, telling

WORK_SECONDS, REST_SECONDS = 0.004, 0.002
"""After so much work the others get their turn: a thread that never waits makes the server wait
for the interpreter at each of its calls."""


class Form(StrEnum):
    """How messages are written."""

    TEXT = "text"
    DUMP = "hex dump"
    JSONL = "JSON lines"
    RAW = "raw bytes"


SUFFIXES = {Form.TEXT: ".txt", Form.DUMP: ".hex", Form.JSONL: ".jsonl", Form.RAW: ".raw"}


class Order(Struct, frozen=True):
    """What is to be exported. path: absolute, as a person has named it."""

    scope: Scope
    form: Form
    path: str

    @property
    def clients(self) -> frozenset[int]:
        """Whose messages are wanted, () for all."""
        client = self.scope.lens.client
        return self.scope.clients if client is None else frozenset((client,))

    @property
    def paths(self) -> dict[str, str]:
        """The files it makes, or the folder: raw bytes are apart for each client and each way."""
        if self.form is not Form.RAW or self.scope.only or len(self.clients) != 1:
            return {"": self.path}
        stem, suffix = os.path.splitext(self.path)
        if suffix not in (SUFFIXES[Form.RAW], ".rx", ".tx"):
            stem = self.path
        return {way: f"{stem}.{way}" for way in (raw.RX, raw.TX)}

    @property
    def is_folder(self) -> bool:
        """Say whether it makes a folder with two files for each client."""
        return self.form is Form.RAW and not self.scope.only and len(self.clients) != 1

    def look(self) -> Found:
        """Say what is there already. Raises CannotWrite where nothing can be written."""
        if self.is_folder:
            with telling(self.path):
                refuse_taken(self.path)
        found = [look(path) for path in self.paths.values()]
        if len(found) > 1 and Found.STREAM in found:
            raise CannotWrite("two files cannot both go into a pipe", "choose another name")
        return next((there for there in found if there is not Found.NOTHING), Found.NOTHING)


class Export:
    """Carries out an order. over: it may take the place of what is there."""

    def __init__(self, node: Node, order: Order, over: bool) -> None:
        self._walk = Walk(node, order.scope)
        self._order = order
        self._over = over
        self._messages = self._bytes = 0

    def stop(self) -> None:
        """End it soon, and leave nothing of it. From any thread."""
        self._walk.stopped = True

    @property
    def stopped(self) -> bool:
        """Say whether it was stopped."""
        return self._walk.stopped

    @property
    def progress(self) -> str:
        """How far it is, in words."""
        walk = self._walk
        if not walk.looked and walk.sifted:
            return f"{number(walk.sifted)} messages looked at for those that match; esc stops"
        return f"{number(walk.looked)} of {counted(walk.total, 'record')}; esc stops"

    @property
    def outcome(self) -> str:
        """What has been done, in a sentence."""
        where = " and ".join(map(os.path.basename, self._order.paths.values()))
        where = escape_text(where)
        done = f"{counted(self._messages, 'message')}, {size(self._bytes)}, written to {where}"
        if dropped := self._walk.dropped:
            are = "had been dropped before they could be written"
            done += f"; {counted(dropped, 'record')} {are}"
        return done

    def run(self) -> None:
        """Write everything; to be called in a thread. Raises CannotWrite."""
        with telling(self._order.path):
            sink = self._sink()
            try:
                self._write(sink)
                if not self.stopped:
                    sink.keep(self._over)
            finally:
                sink.discard()

    def _sink(self) -> Sink:
        order = self._order
        if order.is_folder:
            return Folder(order.path)
        if order.look() is Found.STREAM:
            return Stream(order.path, lambda: self._walk.stopped)
        return Drafts(order.paths)

    def _write(self, sink: Sink) -> None:
        pieces = _pieces(self._order.form)
        rested = time.monotonic()
        for message in self._walk:
            empty = True
            for piece in pieces(message):
                for name in self._names(message):
                    sink.write(name, piece)
                    self._bytes += len(piece)
                    empty = empty and not piece
                if (now := time.monotonic()) - rested > WORK_SECONDS:
                    time.sleep(REST_SECONDS)
                    rested = now + REST_SECONDS
                if self.stopped:
                    return
            self._messages += not empty

    def _names(self, message: Message) -> Iterable[str]:
        if self._order.form is not Form.RAW or self._order.scope.only:
            return ("",)
        streams = raw.streams(message, self._order.clients)
        if self._order.is_folder:
            return [f"{client}.{way}" for client, way in streams]
        return [way for _, way in streams]


def _pieces(form: Form) -> Pieces:
    match form:
        case Form.TEXT:
            return Text(Stamper(time.localtime).clock).pieces
        case Form.DUMP:
            return Dump(Stamper(time.localtime).date).pieces
        case Form.JSONL:
            return Jsonl(Stamper(time.gmtime).rfc3339).pieces
        case Form.RAW:
            return raw.pieces
