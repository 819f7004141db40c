"""One message, whole."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tcpmon.core.decoding import Decoded, Field
from tcpmon.core.model import Kind, Lens, Message, Place, Record, open_data
from tcpmon.ui import neighbours
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.deciphering import Deciphered
from tcpmon.ui.screens import message
from tcpmon.ui.screens.message import MessageScreen
from tests.ui.fakes import SMALL, FakeNode, a_client, a_record, a_screen, pane, text, title, until

PLAUSIBLE = (("Fake", 0.9), ("Guess", 0.5))


@pytest.fixture(autouse=True)
def decoders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two decoders: they say who they are, and that each byte is a field."""

    def decipher(data: bytes, chosen: str) -> Deciphered:
        name = chosen or "Fake"
        fields = tuple(Field(f"byte {n}", str(byte), n, n + 1) for n, byte in enumerate(data[:9]))
        return Deciphered(name, Decoded(f"read by {name}", fields), "", PLAUSIBLE)

    monkeypatch.setattr(message, "decipher", decipher)
    monkeypatch.setattr(message, "decoder_names", lambda: ["Fake", "Guess", "Third"])


def screen_of(app: TcpmonApp) -> MessageScreen:
    """Return the screen, which is open."""
    assert isinstance(app.screen, MessageScreen)
    return app.screen


def said(app: TcpmonApp) -> list[str]:
    """Return what has been told in passing."""
    return [str(notification.message) for notification in app._notifications]


@contextmanager
def copying(app: TcpmonApp) -> Iterator[list[str]]:
    """Return what is copied from now on."""
    copied: list[str] = []
    clipboard = screen_of(app)._clipboard
    clipboard._write_osc52, clipboard._environment = copied.append, {}
    yield copied


async def test_every_byte_can_be_seen() -> None:
    """Enter on a message shows all of it as hex, x leads to text, fields and bits."""
    data = bytes(range(256)) * 4
    async with a_screen(FakeNode([a_client(1)], [a_record(0, data)])) as (app, pilot):
        await pilot.press("2", "enter")
        await pilot.pause()
        seen = {}
        for _ in range(9):
            for row in pane(app, "message"):
                if row[:3] in ("000", "001", "002", "003"):
                    seen[row[:5]] = row[-17:-1]
            await pilot.press("pagedown")
            await pilot.pause()
        assert len("".join(seen[key] for key in sorted(seen))) == len(data)
        for view in ("Text", "Decoded", "Bits", "Hex"):
            await pilot.press("x")
            await pilot.pause()
            assert f"[{view}]" in title(app, "message")
        for key, view in (("3", "Decoded"), ("shift+tab", "Text"), ("tab", "Decoded")):
            await pilot.press(key)
            await pilot.pause()
            assert f"[{view}]" in title(app, "message")
        await pilot.press("escape")
        await pilot.pause()
        assert "2 Messages" in text(app)


async def test_neighbours_are_a_key_away() -> None:
    """[ and ] step through the client's payloads, also from the log of all clients."""
    records = [
        a_record(n, b"m%d" % n, Kind.EOF if n == 3 else Kind.RX, 1 + n % 2) for n in range(8)
    ]
    async with a_screen(FakeNode([a_client(1), a_client(2)], records)) as (app, pilot):
        await pilot.press("2", "enter")
        numbers = []
        for key in "[[[]]]":
            await pilot.press(key)
            await pilot.pause()
            numbers.append(int(title(app, "message").split("Message ")[1].split()[0]))
        assert numbers == [5, 1, 1, 5, 7, 7]
        await pilot.press("escape", "1", "enter", "2", "enter", "[")
        await pilot.pause()
        assert "Message 4" in title(app, "message")


async def test_the_neighbour_of_what_concerns_no_single_client_is_anybodys() -> None:
    """From a broadcast [ and ] step through the payloads of all, there and back."""
    kinds = {3: Kind.CAST, 5: Kind.INFO}
    records = [
        a_record(n, kind=kinds.get(n, Kind.RX), client=0 if n in kinds else 1 + n % 2)
        for n in range(7)
    ]
    async with a_screen(FakeNode([a_client(1), a_client(2)], records)) as (app, pilot):
        await pilot.press("2", "k", "k", "k", "enter")
        numbers = []
        for key in "]][[[[[":
            await pilot.press(key)
            await pilot.pause()
            numbers.append(int(title(app, "message").split("Message ")[1].split()[0]))
        assert numbers == [4, 6, 4, 3, 2, 1, 0]


async def test_the_search_for_a_neighbour_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only events are for too long the message stays, and that is said."""
    monkeypatch.setattr(neighbours, "PAGE", 7)
    monkeypatch.setattr(neighbours, "PAGES", 5)
    records = [a_record(n, kind=Kind.INFO if n else Kind.CAST, client=0) for n in range(61)]
    async with a_screen(FakeNode([], records)) as (app, pilot):
        await pilot.press("2", "g", "enter", "]")
        await pilot.pause()
        assert "Message 0 " in title(app, "message")
        assert said(app) == ["no message in 35 events"]


class Parts(FakeNode):
    """A node whose record 5 ends three messages, of which few bytes are in the log."""

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        parts = [
            Message(
                5, 0, Kind.RX, 1, (b"part %d " % n * 99)[: lens.most], size=693, part=n, beside=3
            )
            for n in range(3)
        ]
        if count < 0:
            return [part for part in parts if part.place < start][count:]
        return [part for part in parts if part.place >= start][:count]


async def test_a_message_is_fetched_whole() -> None:
    """The log has the first bytes only; the screen gets all of them, and steps by the part."""
    node = Parts([a_client(1)], [a_record(5)])
    async with a_screen(node) as (app, pilot):
        short = Message(5, 0, Kind.RX, 1, b"part", size=693, part=1, beside=3)
        app.push_screen(MessageScreen(node, short, Lens(most=4), app.screen._clipboard))  # type: ignore[attr-defined]
        await until(pilot, lambda: "Message 5.2" in text(app))
        assert screen_of(app).selected_bytes() == b"part 1 " * 99
        assert "693 B" in text(app)
        assert "2 of 3 that ended in one read" in text(app)
        await pilot.press("]")
        await pilot.pause()
        assert "Message 5.3" in title(app, "message")
        assert screen_of(app).selected_bytes() == b"part 2 " * 99


async def test_the_one_before_is_told() -> None:
    """The head tells the client's name, and how long after the message before this one came."""
    node = FakeNode([a_client(1, name="gps-0417")], [a_record(0), a_record(147, b"x")])
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "enter")
        await pilot.pause()
        assert "#1 gps-0417  RX  1 B  " in text(app)
        assert "  +0.147 after the one before" in text(app)


async def test_encodings_are_a_key_away() -> None:
    """e shows the text, then it in the next encoding, also of the next message."""
    records = [a_record(n, b"caf\xe9") for n in range(2)]
    async with a_screen(FakeNode([a_client(1)], records)) as (app, pilot):
        await pilot.press("2", "enter", "e")
        await pilot.pause()
        assert "caf\\xe9" in text(app)
        await pilot.press("e", "[")
        await pilot.pause()
        assert "Latin-1 ─╮" in title(app, "message")
        assert "café" in text(app)


async def test_decoders_are_chosen() -> None:
    """m takes the next plausible decoder, M any; the choice stays for the next message."""
    records = [a_record(n, b"\1\2\3") for n in range(2)]
    async with a_screen(FakeNode([a_client(1)], records)) as (app, pilot):
        await pilot.press("2", "enter", "3")
        await until(pilot, lambda: "read by Fake" in text(app))
        await pilot.press("m")
        await until(pilot, lambda: "read by Guess" in text(app))
        await pilot.press("[")
        await until(pilot, lambda: "Message 0" in text(app) and "read by Guess" in text(app))
        await pilot.press("m")
        await until(pilot, lambda: "read by Fake" in text(app))
        await pilot.press("M")
        await until(pilot, lambda: "─ Decode as ─" in text(app))
        assert "Guess                      50%" in text(app)
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: "read by Third" in text(app))
        await pilot.press("M", "escape")
        await until(pilot, lambda: "─ Decode as ─" not in text(app))
        assert "read by Third" in text(app)


async def test_nothing_else_is_plausible(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no other decoder is plausible m says so, and what M is for."""
    monkeypatch.setattr(message, "decipher", lambda data, chosen: Deciphered(note="no idea"))
    async with a_screen(FakeNode([a_client(1)], [a_record(0)])) as (app, pilot):
        await pilot.press("2", "enter", "m")
        await until(pilot, lambda: "it may be nothing else; M: all decoders" in said(app))
        await until(pilot, lambda: "no idea" in text(app))


async def test_fields_and_bytes_lead_to_each_other() -> None:
    """Going to a field marks its bytes; going to a byte in the hex names its field."""
    async with a_screen(FakeNode([a_client(1)], [a_record(0, b"\1\2\3")])) as (app, pilot):
        await pilot.press("2", "enter", "right")
        await until(pilot, lambda: "Fake / byte 1" in text(app))
        await pilot.press("3", "down")
        await pilot.pause()
        assert "▶   byte 2" in text(app)
        await pilot.press("space", "1")
        await pilot.pause()
        assert "02[03]" in text(app)
        assert screen_of(app).selected_bytes() == b"\3"


async def test_decoding_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a decoder takes its time keys work, and what it says of a message that was left is
    dropped."""
    started, released = threading.Event(), threading.Event()

    def decipher(data: bytes, chosen: str) -> Deciphered:
        if data == b"slow":
            started.set()
            released.wait(10)
        return Deciphered("Fake", Decoded("it says " + data.decode(), ()))

    monkeypatch.setattr(message, "decipher", decipher)
    records = [a_record(0, b"quick"), a_record(1, b"slow")]
    async with a_screen(FakeNode([a_client(1)], records)) as (app, pilot):
        await pilot.press("2", "enter", "3")
        await until(pilot, started.is_set)
        assert "decoding ..." in text(app)
        await pilot.press("[")
        await until(pilot, lambda: "it says quick" in text(app))
        released.set()
        await until(
            pilot, lambda: not [w for w in app.workers if w.group == "decode" and w.is_running]
        )
        assert "it says quick" in text(app)


async def test_it_can_be_left_while_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving does not wait for a decoder, and what comes of it then is nobody's."""
    started, released = threading.Event(), threading.Event()

    def decipher(data: bytes, chosen: str) -> Deciphered:
        started.set()
        released.wait(10)
        return Deciphered()

    monkeypatch.setattr(message, "decipher", decipher)
    async with a_screen(FakeNode([a_client(1)], [a_record(0)])) as (app, pilot):
        await pilot.press("2", "enter")
        await until(pilot, started.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: "2 Messages" in text(app))
        released.set()
        await pilot.pause()
        assert "2 Messages" in text(app)


async def test_bytes_are_found() -> None:
    """/ finds text or hex and marks it, n and N go on, round both ends, and what is not is said."""
    data = b"one two one \x01\x02 one"
    async with a_screen(FakeNode([a_client(1)], [a_record(0, data)])) as (app, pilot):
        await pilot.press("2", "enter", "n")
        await until(pilot, lambda: "nothing was looked for yet: /" in said(app))
        cursor = screen_of(app)._pane.cursor
        await pilot.press("slash")
        await until(pilot, lambda: "─ Find ─" in text(app))
        await pilot.press(*"one")
        await pilot.pause()
        assert "3 bytes: 6f 6e 65" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: cursor.selection == (0, 3))
        places = []
        for key in "nnnNNN":
            await pilot.press(key)
            places.append(cursor.at)
        assert places == [8, 15, 0, 15, 8, 0]
        assert said(app)[1:] == ["from the beginning", "from the end"]
        await pilot.press("slash", "0", "1", "space", "0", "2", "enter")
        await until(pilot, lambda: cursor.selection == (12, 14))
        await pilot.press("slash", *"three", "enter")
        await until(pilot, lambda: "it is not in this message" in said(app))
        assert cursor.selection == (12, 14)


async def test_what_is_selected_is_copied() -> None:
    """y copies what is selected, or all; b its body or all its bytes, where these differ."""
    async with a_screen(FakeNode([a_client(1)], [a_record(0, b"0123\n")])) as (app, pilot):
        await pilot.press("2", "enter")
        await pilot.pause()
        with copying(app) as copied:
            await pilot.press("y", "right", "space", "right", "y", "space", "b")
            await until(pilot, lambda: len(copied) == 2)
        assert copied == ["0123\\n", "12"]
        await until(pilot, lambda: "it has no body other than all of its bytes" in said(app))


async def test_too_much_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no clipboard takes is not made text of; the remedy is said."""
    monkeypatch.setattr(message, "COPY_BYTES", 1024)
    async with a_screen(FakeNode([a_client(1)], [a_record(0, bytes(1025))])) as (app, pilot):
        await pilot.press("2", "enter", "y")
        await until(
            pilot, lambda: "1 KiB is the most that is copied: select less, or Y" in said(app)
        )


async def test_an_event_is_told_in_full() -> None:
    """A long warning is shown in as many lines as it needs."""
    warning = a_record(0, b"a bug " * 60, Kind.WARN, 0)
    async with a_screen(FakeNode([], [warning])) as (app, pilot):
        await pilot.press("2", "enter")
        await pilot.pause()
        assert "".join(pane(app, "message")).count("bug") == 60


TRACE = (
    rb"""Traceback:
  File "a.py", line 7
    print("it's\n", b"\x00")
Error: """
    b"\x1b[31m\n"
)


async def test_a_traceback_has_its_lines() -> None:
    """A warning of several lines is shown in these, as text, escaped once, whatever the view."""
    async with a_screen(FakeNode([], [a_record(0, TRACE, Kind.WARN, 0)])) as (app, pilot):
        await pilot.press("2", "enter", "x", "m", "b", "e", "space", "n")
        await pilot.pause()
        assert pane(app, "message")[2:7] == [
            "Traceback:",
            '  File "a.py", line 7',
            r"""    print("it's\n", b"\x00")""",
            "Error: \\x1b[31m",
            "",
        ]
        assert "[" not in title(app, "message")


async def test_an_event_is_copied_as_it_is_told() -> None:
    """y copies what an event says, not how it is kept, in the log and on its own screen."""
    kept = open_data("127.0.0.1:40001", "127.0.0.1:8000")
    copied: list[str] = []
    node = FakeNode([a_client(1)], [a_record(0, kept, Kind.OPEN)])
    async with a_screen(node) as (app, pilot):
        app.screen._clipboard._write_osc52 = copied.append  # type: ignore[attr-defined]
        app.screen._clipboard._environment = {}  # type: ignore[attr-defined]
        await pilot.press("2", "y", "enter", "y")
        await pilot.pause()
    assert copied == ["127.0.0.1:40001 via 127.0.0.1:8000"] * 2


async def test_a_clipboard_that_hangs_holds_nothing_up(hanging: asyncio.Event) -> None:
    """While a program takes its time to copy, keys work; the copy is made though one has left."""
    async with a_screen(FakeNode([a_client(1)], [a_record(0)])) as (app, pilot):
        await pilot.press("2", "y", "enter", "y", "escape", "1")
        await until(pilot, lambda: app.screen.focused is app.screen.query_one("#clients"))
        hanging.set()
        await until(pilot, lambda: text(app).count("copied 7 B") == 2)


async def test_it_fits_a_small_screen() -> None:
    """At 80x24 a line of the dump is whole."""
    record: Record = a_record(0, b"0123456789abcdef")
    async with a_screen(FakeNode([a_client(1)], [record]), SMALL) as (app, pilot):
        await pilot.press("2", "enter")
        await pilot.pause()
        assert "|0123456789abcdef|" in text(app)
