"""One message in a pane: views, cursor and numbers, as much of them as the pane has room for."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings, strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from tcpmon.core.decoding import Decoded, Field
from tcpmon.core.model import Kind, Message
from tcpmon.ui.deciphering import Deciphered
from tcpmon.ui.widgets.inspector import InspectorPane
from tests.ui.fakes import NOW, SMALL, WIDE, Show, lines, pane, title
from tests.ui.test_fence import hidden_in

DATA = bytes(range(256)) * 2
DUMP = re.compile("[0-9a-f]{5} [ [][0-9a-f]{2}")
DECODED = Deciphered(
    "Fake", Decoded("two parts", (Field("one", "1", 0, 16), Field("two", "2", 16, 20))), "cut short"
)


def a_message(data: bytes = DATA, **changes: object) -> Message:
    """A message of client 1."""
    fields = {"seq": 7, "time": NOW, "kind": Kind.RX, "client": 1, "data": data, "size": len(data)}
    return Message(**(fields | changes))  # type: ignore[arg-type]


@asynccontextmanager
async def a_pane(
    message: Message, size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[InspectorPane, Pilot[None]]]:
    """The pane alone, with a message in it."""
    shown = InspectorPane("message")
    async with Show(shown).run_test(size=size) as pilot:
        shown.show(message, "", None)
        await pilot.pause()
        yield shown, pilot


@pytest.mark.parametrize(("size", "rows"), [(SMALL, 13), (WIDE, 32)])
async def test_the_numbers_are_always_in_view(size: tuple[int, int], rows: int) -> None:
    """Below the hex on a small screen, beside it on a wide one, wherever the cursor is."""
    async with a_pane(a_message(), size) as (shown, pilot):
        for key in ("home", "G", "pageup"):
            await pilot.press(key)
            await pilot.pause()
            text = "\n".join(lines(shown.app))
            assert f"byte {shown.cursor.at} (0x" in text
            assert "f64" in text
            assert f"[{DATA[shown.cursor.at]:02x}]" in text
            assert len(list(filter(DUMP.match, pane(shown.app, "message")))) == rows


async def test_keys_move_and_select() -> None:
    """Arrows, page and edge keys move the cursor, with shift they select, a click goes there."""
    async with a_pane(a_message()) as (shown, pilot):
        places = []
        for key in ("down", "right", "end", "l", "h", "home", "k", "G", "g", "pagedown", "j"):
            await pilot.press(key)
            places.append(shown.cursor.at)
        assert places == [16, 17, 31, 32, 31, 16, 0, 511, 0, 192, 208]
        await pilot.press("shift+down", "shift+right", "shift+left", "shift+end")
        assert shown.cursor.selection == (208, 240)
        assert "32 bytes selected 208 to 239" in "\n".join(lines(shown.app))
        await pilot.press("shift+home", "shift+up", "shift+pageup", "shift+pagedown")
        assert shown.cursor.at == 208
        await pilot.press("g")
        await pilot.click("#message", offset=(2 + 10, 3))
        assert shown.cursor.at == 17
        await pilot.click("#message", offset=(2 + 10, 17))
        assert shown.cursor.at == 17, "what stands at the cursor is no byte"


async def test_views_share_the_cursor() -> None:
    """What is selected in one view is selected in the others, and the frame names them all."""
    async with a_pane(a_message()) as (shown, pilot):
        shown.show_decoded(DECODED)
        await pilot.press("down", "shift+right")
        seen = []
        for view in shown.views:
            shown.turn(view)
            await pilot.pause()
            assert f"[{view.name}]" in title(shown.app, "message")
            assert shown.cursor.selection == (16, 18)
            seen.append("\n".join(lines(shown.app)))
        assert "[11]" in seen[0]
        assert "UTF-8" in seen[1]
        assert "▶   two" in seen[2]
        assert "[0001 0001]" in seen[3]
        assert all("Fake / two" in text for text in seen)
        assert "two parts" in seen[2]
        assert "cut short" in seen[2]


async def test_a_field_is_marked_in_the_hex_below_it() -> None:
    """On a small screen too the bytes of the selected field can be seen with it."""
    async with a_pane(a_message()) as (shown, pilot):
        shown.show_decoded(DECODED)
        shown.turn(shown.fields)
        await pilot.press("down")
        await pilot.pause()
        assert "00010 [10]11-12-13 14" in "\n".join(lines(shown.app))
        shown.wait()
        await pilot.pause()
        assert "decoding ..." in "\n".join(lines(shown.app))


async def test_the_body_and_all_bytes() -> None:
    """What a message carries is shown first, and all of its bytes when they are wanted."""
    async with a_pane(a_message(b"\x03abc", body=b"abc")) as (shown, pilot):
        assert shown.cursor.data == b"abc"
        assert shown.turn_body()
        await pilot.pause()
        assert shown.cursor.data == b"\x03abc"
        assert "[03]" in "\n".join(lines(shown.app))
        shown.show(a_message(b"\x01x", body=b"x"), "", None)
        assert shown.cursor.data == b"\x01x", "the choice stays"
        shown.show(a_message(b"x"), "", None)
        assert not shown.turn_body()


async def test_an_event_is_told_and_scrolled() -> None:
    """An event has no views; what does not fit is scrolled to."""
    told = a_message(b"".join(b"line %d\n" % n for n in range(50)), kind=Kind.WARN, client=0)
    async with a_pane(told) as (shown, pilot):
        assert "[Hex]" not in title(shown.app, "message")
        assert "line 0" in pane(shown.app, "message")
        await pilot.press("pagedown")
        await pilot.pause()
        assert "line 20" in pane(shown.app, "message")
        await pilot.press("pagedown", "pagedown", "pagedown", "right", "end")
        await pilot.pause()
        assert "line 49" in pane(shown.app, "message")
        await pilot.press("g", "G")
        await pilot.click("#message", offset=(10, 10))
        await pilot.press("up")
        await pilot.pause()
        assert "line 48" in pane(shown.app, "message")
        assert "line 49" not in pane(shown.app, "message")


SAID = st.binary(max_size=200) | st.text(max_size=100).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)
SIZES = [(80, 24), (160, 45), (60, 24), (124, 15), (40, 10), (20, 5), (10, 3)]


@given(SAID, st.sampled_from(SIZES))
@settings(max_examples=8)
async def test_whatever_is_said_and_however_small(data: bytes, size: tuple[int, int]) -> None:
    """In every view and size each line is as wide as the screen and hides nothing."""
    async with a_pane(a_message(data), size) as (shown, pilot):
        shown.show_decoded(DECODED)
        for view in (*shown.views, shown.prose):
            shown.turn(view)
            shown.prose.turn_encoding()
            await pilot.press("end", "down", "shift+left")
            await pilot.pause()
            for line in lines(shown.app):
                assert cell_len(line) == size[0]
                assert hidden_in(line) == []


async def test_a_repaint_of_64_mib_looks_at_what_is_seen() -> None:
    """Of the largest message no more bytes are read than the screen has room for."""

    class Counted(bytes):
        """Bytes that remember the widest slice."""

        widest = 0

        def __getitem__(self, key: object) -> object:  # type: ignore[override]
            found = super().__getitem__(key)  # type: ignore[call-overload]
            if isinstance(key, slice):
                Counted.widest = max(Counted.widest, len(found))
            return found

    async with a_pane(a_message(Counted(1 << 26))) as (shown, pilot):
        for view in (shown.views[0], shown.views[3]):
            shown.turn(view)
            await pilot.press("G", "pageup", "g", "pagedown")
        assert 0 < Counted.widest <= 16
        shown.turn(shown.prose)
        await pilot.press("G", "pageup")
        assert Counted.widest <= 64 * 1024
        assert shown.cursor.at > (1 << 26) - 64 * 1024
