"""The line one writes in."""

import pytest
from textual import events

from tcpmon.core.commands import Delivery, Send
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.widgets.composer import Composer, ComposerInput
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, a_screen, closed, look, text, title


def info(app: TcpmonApp) -> str:
    """Return the line that tells the bytes."""
    region = app.screen.query_one("#composer-info").region
    return text(app).splitlines()[region.y][region.x : region.right].strip()


def value(app: TcpmonApp) -> str:
    """Return what is written."""
    return app.screen.query_one(ComposerInput).value


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_the_bytes_are_seen_before_they_go(size: tuple[int, int]) -> None:
    """While one writes, the very bytes are shown, with the line end; enter sends just these."""
    node = FakeNode([a_client(1)])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("s", *"AT\\x3f")
        await pilot.pause()
        assert "Send to #1 127.0.0.1:40001" in title(app, "composer")
        assert info(app).split("4 B")[1].strip() == "41 54 3f 0a"
        await pilot.press("enter")
        await pilot.pause()
        assert node.commands == [Send(b"AT?\n", (1,))]
        assert value(app) == ""
        assert "sent to 1 of 1 client" in info(app)


async def test_json_goes_out_as_it_is_typed() -> None:
    """Braces, quotes and a lone dollar need no escaping."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (_, pilot):
        await pilot.press("b", *'{"cost": "$5", "tags": []}', "enter")
        await pilot.pause()
    assert node.commands == [Send(b'{"cost": "$5", "tags": []}\n', None)]


async def test_a_mistake_is_told_with_its_place_and_nothing_is_sent() -> None:
    """What is no escape is named with the character where it stands; the text stays."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("s", *"ab\\q", "enter")
        await pilot.pause()
        assert info(app).startswith("text  end LF  character 3: \\q is not an escape")
        assert value(app) == "ab\\q"
        assert app.screen.query_one(ComposerInput).cursor_position == 2
    assert node.commands == []


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_what_varies_is_shown_as_it_will_be_like(size: tuple[int, int]) -> None:
    """An example of the bytes is shown and called one; what goes is what was written, with the
    line end, to be filled in for each client."""
    node = FakeNode([a_client(1), a_client(12)])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("s", *"$", "{", *"client.id}")
        await pilot.pause()
        assert info(app).split("LF")[1].strip() == "2 B, varies by client  31 0a"
        await pilot.press("enter")
        await pilot.pause()
        assert node.commands == [Send(b"", (1,), "${client.id}\\n")]
        assert "sent to 1 of 1 client" in info(app)
        await pilot.press(*"${counter u8}")
        await pilot.pause()
        assert "3 B" not in info(app)
        assert "2 B, varies  01 0a" in info(app)


async def test_a_checksum_of_what_is_fixed_goes_as_bytes() -> None:
    """What is computed once is seen and sent as it is."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("s", *["ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n"], *"${xor:ab}")
        await pilot.pause()
        assert info(app).endswith("3 B  61 62 03")
        await pilot.press("enter")
        await pilot.pause()
    assert node.commands == [Send(b"ab\3", (1,))]


async def test_what_varies_is_not_turned_into_hex() -> None:
    """^t leaves a text as it is whose bytes are not known yet."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("s", *"${now}", "ctrl+t")
        await pilot.pause()
        assert value(app) == "${now}"
        assert "${now} is not hex" in info(app)


async def test_what_is_huge_is_not_turned_into_hex() -> None:
    """A few letters can stand for millions of bytes; these are not written out, since a line of
    them would hold up the screen."""
    async with a_screen(FakeNode([a_client(1)]), WIDE) as (app, pilot):
        await pilot.press("s", *"${repeat 16000000: a}", "ctrl+t")
        await pilot.pause()
        assert value(app) == "${repeat 16000000: a}"
        assert "16,000,000 B are too many for the other form" in info(app)
        await pilot.press(*["backspace"] * 20, "b", "ctrl+t")
        assert value(app) == "24 62"


async def test_a_mistake_in_a_field_is_told_with_its_place() -> None:
    """The place of a mistake deep inside is counted from the beginning, and the cursor is there."""
    node = FakeNode([a_client(1)])
    async with a_screen(node, WIDE) as (app, pilot):
        await pilot.press("s", *"ab${length u8: ${nwo}}", "enter")
        await pilot.pause()
        assert "character 16: ${nwo} is not known; near to it: now" in info(app)
        assert app.screen.query_one(ComposerInput).cursor_position == 15
    assert node.commands == []


async def test_line_ends_are_chosen_and_remembered_for_the_listener() -> None:
    """^n goes through LF, CRLF, CR, NUL and none; each listener's clients keep their own."""
    node = FakeNode([a_client(1), a_client(2, listener="127.0.0.1:9000")])
    async with a_screen(node) as (_, pilot):
        await pilot.press("s")
        for end in (b"\n", b"\r\n", b"\r", b"\0", b""):
            await pilot.press("x", "enter", "ctrl+n")
            assert node.commands.pop() == Send(b"x" + end, (1,))
        await pilot.press("ctrl+n", "escape", "down", "s", "y", "enter", "escape")
        assert node.commands.pop() == Send(b"y\n", (2,))
        await pilot.press("up", "s", "z", "enter")
        assert node.commands.pop() == Send(b"z\r\n", (1,))


async def test_an_empty_line_sends_the_line_end_or_nothing() -> None:
    """Enter on nothing sends the line end, and nothing at all where there is none."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (_, pilot):
        await pilot.press("s", "enter", "ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n", "enter")
        await pilot.pause()
    assert node.commands == [Send(b"\n", (1,))]


async def test_hex_is_taken_in_any_spelling() -> None:
    """^t turns to hex, and what is written is turned along; no line end is added."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("s", *"hi", "ctrl+t")
        await pilot.pause()
        assert value(app) == "68 69"
        await pilot.press(*", 0x0a", "enter", *"zz", "enter")
        await pilot.pause()
        assert "zz is not hex" in info(app)
    assert node.commands == [Send(b"hi\n", (1,))]


async def test_history_goes_back_and_forth_and_keeps_the_draft() -> None:
    """Up brings back what was sent, down what was being written, in its own form."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("s", *"one", "enter", *"two", "enter", "ctrl+t", *"03", "enter")
        await pilot.press(*"04")
        seen = []
        for key in ("up", "up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            seen.append(value(app))
    assert seen == ["03", "two", "one", "one", "two", "03", "04"]


async def test_a_paste_is_inserted_and_never_sent() -> None:
    """Lines of a paste are joined by the line end, what cannot be seen becomes an escape."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("s")
        app.screen.query_one(ComposerInput).post_message(
            events.Paste("one\r\ntwo\rthree\x1b[31m\u202e é\\")
        )
        await pilot.pause()
        assert value(app) == "one\\ntwo\\nthree\\x1b[31m\\u{202e} é\\"
        assert node.commands == []
        await pilot.press("backslash", "enter")
        await pilot.pause()
    sent = "one\ntwo\nthree\x1b[31m\u202e é\\\n"
    assert node.commands == [Send(sent.encode(), (1,))]


async def test_a_long_paste_is_inserted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A paste of many lines changes the text once, not line by line, in the middle as well."""
    inserted: list[str] = []
    insert = ComposerInput.insert

    def noting(self: ComposerInput, text: str, index: int) -> None:
        inserted.append(text)
        insert(self, text, index)

    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("s", "ctrl+n", *"<\\>", "left")
        monkeypatch.setattr(ComposerInput, "insert", noting)
        app.screen.query_one(ComposerInput).post_message(events.Paste("\n" + "a\\\n" * 3000))
        await pilot.pause()
        whole = "\\\\r\\n" + "a\\\\\\r\\n" * 3000
        assert inserted == [whole]
        assert value(app) == f"<\\{whole}>"


@pytest.mark.parametrize("form", ["text", "hex"])
async def test_lines_of_a_paste_are_joined_in_its_form(form: str) -> None:
    """In hex a line break is a blank; where no line end is added to a text, it is LF."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("s", *["ctrl+n"] * 4, *["ctrl+t"] * (form == "hex"))
        app.screen.query_one(ComposerInput).post_message(events.Paste("61\r\n62"))
        await pilot.pause()
        assert value(app) == ("61 62" if form == "hex" else "61\\n62")


@pytest.mark.parametrize(
    ("keys", "pasted", "written"),
    [
        ((), "a\r\nb\r\n", "a\\nb"), ((), "a\n\n", "a\\n"), (("x", "left"), "a\n", "a\\nx"),
        (("ctrl+n",) * 4, "a\n", "a\\n"), (("ctrl+t",), "61\n", "61"),
    ],
)  # fmt: skip
async def test_the_last_line_of_a_paste_ends_once(
    keys: tuple[str, ...], pasted: str, written: str
) -> None:
    """A paste that ends a line where the line end is put anyhow does not end it twice."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("s", *keys)
        app.screen.query_one(ComposerInput).post_message(events.Paste(pasted))
        await pilot.pause()
        assert value(app) == written


async def test_a_refused_empty_line_brings_nothing_back() -> None:
    """What was sent before is not written again because a line end found nobody."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("s", *"reboot", "enter")
        await pilot.pause()
        node.answers[Send] = Delivery(0, 0, {1: "gone"})
        await pilot.press("enter")
        await pilot.pause()
        assert value(app) == ""
        assert "not to #1 (gone)" in info(app)


async def test_what_comes_back_is_what_was_refused() -> None:
    """Though another payload was submitted meanwhile."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        composer = app.screen.query_one(Composer)
        with composer.prevent(Composer.Submitted):
            await pilot.press("s", "ctrl+t", *"01", "enter", "ctrl+t", *"two", "enter")
        composer.sent(False, "not sent")
        await pilot.pause()
        assert value(app) == "01"
        assert info(app).startswith("hex ")
        composer.sent(False, "not sent")
        assert value(app) == "01"


async def test_a_target_that_leaves_keeps_the_text() -> None:
    """When the client goes while one writes, the border says so and the text stays."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("s", *"hello")
        node.clients[0] = closed(1)
        await look(app, pilot)
        assert "Send to #1 127.0.0.1:40001, gone" in title(app, "composer")
        node.answers[Send] = Delivery(0, 0, {1: "gone"})
        await pilot.press("enter")
        await pilot.pause()
        assert "sent to 0 of 1 client; not to #1 (gone)" in info(app)
        assert value(app) == "hello"


async def test_leaving_keeps_the_text() -> None:
    """Escape leaves with the text kept, for the next time."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("s", *"draft", "escape")
        await pilot.pause()
        assert app.screen.query_one(Composer).display is False
        await pilot.press("s")
        await pilot.pause()
        assert value(app) == "draft"


async def test_a_broadcast_says_to_how_many() -> None:
    """The border of a broadcast says its word and how many it goes to, and follows them."""
    node = FakeNode([a_client(1), a_client(2), closed(3)])
    async with a_screen(node, WIDE) as (app, pilot):
        await pilot.press("b")
        await pilot.pause()
        assert "BROADCAST to 2 clients" in title(app, "composer")
        assert title(app, "composer").startswith("╔")
        node.clients.append(a_client(4))
        await look(app, pilot)
        assert "BROADCAST to 3 clients" in title(app, "composer")


@pytest.mark.parametrize("wild", ["[/]", "[@click=app.quit]x[/]", "[red", "[b]bold[/b]"])
async def test_a_name_is_never_markup(wild: str) -> None:
    """What a peer calls itself stands in the border as it is, and cannot end the program."""
    async with a_screen(FakeNode([a_client(1, peer=f"unix pid 7 {wild}")]), WIDE) as (app, pilot):
        assert f"Send to #1 unix pid 7 {wild} " in title(app, "composer")
        await pilot.press("s")
        await pilot.pause()
        assert f"Send to #1 unix pid 7 {wild} " in title(app, "composer")


async def test_letters_are_text_while_one_writes() -> None:
    """Keys that are commands elsewhere are letters here."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("s", *"dbqxXpz12?/*u")
        await pilot.pause()
        assert value(app) == "dbqxXpz12?/*u"
    assert node.commands == []


async def test_a_partly_failed_send_is_told() -> None:
    """Of several targets, who did not get it and why is said."""
    node = FakeNode([a_client(number) for number in range(1, 5)])
    node.answers[Send] = Delivery(
        1, 1, {2: "gone", 3: "does not read, 8.4 MB unsent", 4: "is being closed"}
    )
    async with a_screen(node, WIDE) as (app, pilot):
        await pilot.press("b", "x", "enter")
        await pilot.pause()
        said = "sent to 1 of 4 clients; 1 not yet taken by the peer; not to #2 (gone), "
        assert said + "#3 (does not read, 8.4 MB unsent) and 1 more" in info(app)
