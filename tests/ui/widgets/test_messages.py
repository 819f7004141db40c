"""The message log."""

import pytest
from textual.pilot import Pilot

from tcpmon.core.commands import Cut
from tcpmon.core.model import End, Kind, Reason, Record, open_data
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.widgets.messages import MessagesPane
from tests.ui.fakes import (
    MS,
    NOW,
    SECOND,
    SMALL,
    WIDE,
    CuttingNode,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    look,
    pane,
    text,
    title,
    until,
)


def numbered(count: int, first: int = 0) -> list[Record]:
    """Records whose text is their number."""
    return [a_record(n, b"message %d\n" % n) for n in range(first, first + count)]


def shown(rows: list[str]) -> list[int]:
    """Return the numbers of the messages on the screen."""
    return [int(row.split("message ")[1].split("\\n")[0]) for row in rows if "message " in row]


async def test_a_record_is_a_line() -> None:
    """A line tells time, client, direction, length and text; events tell their story."""
    end = End(Reason.PEER_RESET, 20, 0, 0, 2_100_000_000)
    records = [
        a_record(0, open_data("127.0.0.1:40872", "127.0.0.1:8000"), Kind.OPEN, 9),
        a_record(1, b"hello\r\n", client=9),
        a_record(2, b"ok", Kind.TX, 9),
        a_record(3, b"", Kind.EOF, 9),
        a_record(4, end.pack(), Kind.CLOSE, 9),
        a_record(5, b"listening on 127.0.0.1:8000", Kind.INFO, 0),
        a_record(6, b"96 callers refused", Kind.WARN, 0),
    ]
    async with a_screen(FakeNode([a_client(9)], records), WIDE) as (app, _):
        rows = [row[24:] for row in pane(app, "messages")[:7]]
    assert [" ".join(row.split()) for row in rows] == [
        "#9 open 127.0.0.1:40872 via 127.0.0.1:8000",
        "#9 RX 7 hello\\r\\n",
        "#9 TX 2 ok",
        "#9 eof peer closed its sending side",
        "#9 reset by peer, rx 20 B, tx 0 B, after 2.1 s",
        "info listening on 127.0.0.1:8000",
        "warn 96 callers refused",
    ]


async def test_the_newest_message_is_followed() -> None:
    """What comes is seen at once, in the last line, and no more is fetched than fits."""
    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        assert shown(pane(app, "messages"))[-1] == 999
        node.kept += numbered(5, 1000)
        await look(app, pilot)
        assert shown(pane(app, "messages"))[-1] == 1004
        assert "follow" in title(app, "messages")
        assert node.asked_records <= SMALL[1]


async def test_a_reader_is_not_disturbed() -> None:
    """While held still, new messages and dropped old ones do not move the lines; how many are
    new is told, and F follows again."""
    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "pageup", "pageup", "up")
        await pilot.pause()
        before = pane(app, "messages")
        node.kept += numbered(312, 1000)
        del node.kept[:500]
        await look(app, pilot)
        assert pane(app, "messages") == before
        assert "+312 new" in title(app, "messages")
        await pilot.press("F")
        await pilot.pause()
        assert shown(pane(app, "messages"))[-1] == 1311
        assert "follow" in title(app, "messages")


async def test_what_was_dropped_under_the_reader_is_not_missed() -> None:
    """When the messages being read are dropped, the oldest that are kept take their place."""
    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "g")
        await pilot.pause()
        assert shown(pane(app, "messages"))[0] == 0
        del node.kept[:700]
        await look(app, pilot)
        assert shown(pane(app, "messages"))[0] == 700


async def test_the_cursor_goes_on_when_its_message_is_dropped() -> None:
    """The oldest message that is kept is selected then, and keys begin there."""
    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "g")
        del node.kept[:700]
        await look(app, pilot)
        assert await selected(app, pilot) == 700
        await pilot.press("down")
        assert await selected(app, pilot) == 701
        del node.kept[:10]
        await pilot.press("enter")
        await pilot.pause()
        assert "Message 710 " in title(app, "message")


async def test_the_cursor_goes_through_all_messages() -> None:
    """Up from the newest to the oldest and down again, every message is selected once."""
    node = FakeNode([a_client(1)], numbered(40))
    async with a_screen(node) as (app, pilot):
        await pilot.press("2")
        seen = []
        for _ in range(39):
            await pilot.press("k")
            seen.append(await selected(app, pilot))
        assert seen == list(range(38, -1, -1))
        for _ in range(39):
            await pilot.press("j")
        assert await selected(app, pilot) == 39
        assert "follow" in title(app, "messages")


async def selected(app: TcpmonApp, pilot: Pilot[None]) -> int:
    """Return the number of the message under the cursor."""
    await pilot.pause()
    row = next(row for row in pane(app, "messages") if row.startswith("▶"))
    return shown([row])[0]


async def test_hex_and_both_show_every_byte() -> None:
    """x goes from text to hex to both and back; a dump has every byte, the text too."""
    data = bytes(range(40))
    async with a_screen(FakeNode([a_client(1)], [a_record(0, data)]), WIDE) as (app, pilot):
        await pilot.press("x")
        await pilot.pause()
        rows = [row for row in pane(app, "messages") if row]
        digits = "".join("".join(row[8:56].split()) for row in rows[1:])
        assert bytes.fromhex(digits) == data
        assert "\\x00" not in rows[0]
        await pilot.press("x")
        await pilot.pause()
        assert "\\x00\\x01" in pane(app, "messages")[0]
        assert "00 01 02 03" in pane(app, "messages")[1]
        await pilot.press("x")
        await pilot.pause()
        assert len([row for row in pane(app, "messages") if row]) == 1


async def test_hex_is_for_payloads() -> None:
    """In every form an event says what happened."""
    node = FakeNode([a_client(1)], [a_record(0), a_record(1, b"it happened", Kind.WARN, 0)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("2")
        for _ in range(3):
            await pilot.press("x")
            await pilot.pause()
            assert "it happened" in "".join(pane(app, "messages"))


async def test_one_huge_message_can_be_scrolled_through_as_hex() -> None:
    """A message of 256 KiB is shown as hex from its first line to its last."""
    data = b"A" * (256 * 1024 - 1) + b"Z"
    async with a_screen(FakeNode([a_client(1)], [a_record(0, data)])) as (app, pilot):
        await pilot.press("2", "x")
        await pilot.pause()
        assert "Z|" in pane(app, "messages")[-1]
        await pilot.press("g")
        await pilot.pause()
        assert "00000" in pane(app, "messages")[1]
        await pilot.press("pagedown")
        await pilot.pause()
        assert "00000" not in "".join(pane(app, "messages"))


async def test_one_client_only_and_back() -> None:
    """Enter on a client, or f on a message, shows only its messages; esc shows all again."""
    records = [a_record(n, b"message %d\n" % n, client=1 + n % 3) for n in range(60)]
    node = FakeNode([a_client(1), a_client(2), a_client(3)], records)
    async with a_screen(node) as (app, pilot):
        await pilot.press("down", "enter")
        await pilot.pause()
        assert {n % 3 for n in shown(pane(app, "messages"))} == {1}
        assert "only #2" in title(app, "messages")
        await pilot.press("escape")
        await pilot.pause()
        assert shown(pane(app, "messages"))[-1] == 59
        await pilot.press("2", "up", "f")
        await pilot.pause()
        assert {n % 3 for n in shown(pane(app, "messages"))} == {58 % 3}


async def test_a_cleared_view_comes_back() -> None:
    """^l empties the view and only that: new messages are seen, esc brings the old ones back."""
    node = FakeNode([a_client(1)], numbered(20))
    async with a_screen(node) as (app, pilot):
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert shown(pane(app, "messages")) == []
        assert "cleared" in title(app, "messages")
        node.kept += numbered(2, 20)
        await look(app, pilot)
        assert shown(pane(app, "messages")) == [20, 21]
        await pilot.press("escape")
        await pilot.pause()
        assert 19 in shown(pane(app, "messages"))


async def test_times_are_told_in_five_ways() -> None:
    """T goes through time of day, delta, both, since the start, and with date."""
    records = [a_record(0), a_record(1500), a_record(3000)]
    async with a_screen(FakeNode([a_client(1)], records)) as (app, pilot):
        forms = []
        for _ in range(6):
            await pilot.press("T")
            await pilot.pause()
            forms.append(pane(app, "messages")[2].split("#1")[0].strip("▶ "))
    clock, delta, both, start, date, again = forms
    assert delta == "+1.500"
    assert start == "+3.000"
    assert both.split() == [clock, delta]
    assert date.endswith(clock)
    assert date.startswith("20")
    assert again == clock


async def test_pause_holds_everything() -> None:
    """While paused nothing moves and the first line says so; afterwards all is there."""
    node = FakeNode([a_client(1)], numbered(100))
    async with a_screen(node) as (app, pilot):
        await pilot.press("p")
        await pilot.pause()
        before = pane(app, "clients"), pane(app, "messages")
        node.kept += numbered(50, 100)
        node.clients.append(a_client(2))
        await look(app, pilot)
        assert "PAUSED" in text(app)
        assert pane(app, "messages") == before[1]
        await pilot.press("p")
        await pilot.pause()
        assert shown(pane(app, "messages"))[-1] == 149
        assert "PAUSED" not in text(app)


async def test_the_mouse_scrolls_and_selects() -> None:
    """The wheel scrolls by lines, a drag on the border by places, a click selects."""
    from textual.events import MouseScrollUp

    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        last = shown(pane(app, "messages"))[-1]
        await pilot._post_mouse_events([MouseScrollUp], "#messages", (10, 3), button=0)
        await pilot.pause()
        assert shown(pane(app, "messages"))[-1] == last - 3
        width = app.query_one("#messages").region.width
        await pilot.mouse_down("#messages", offset=(width - 1, 1))
        await pilot.mouse_up("#messages", offset=(width - 1, 1))
        await pilot.pause()
        assert shown(pane(app, "messages"))[0] == 0
        await pilot.click("#messages", offset=(20, 3))
        await pilot.pause()
        assert await selected(app, pilot) == 2


@pytest.mark.parametrize("kind", [Kind.RX, Kind.TX, Kind.WARN])
async def test_hostile_bytes_are_seen_and_not_obeyed(kind: Kind) -> None:
    """Escape sequences, markup and a forged line are text in one line."""
    wild = b"\x1b]52;c;RVZJTA==\x07[@click=app.quit]x[/]\n00:00:00 #9 closed\xc2\x85\xe2\x80\xae"
    async with a_screen(FakeNode([a_client(1)], [a_record(0, wild, kind)]), WIDE) as (app, _):
        rows = [row for row in pane(app, "messages") if row]
    assert len(rows) == 1
    assert "\\x1b]52;c;RVZJTA==\\x07[@click=app.quit]x[/]\\n00:00:00 #9 closed" in rows[0]
    assert "\x1b" not in rows[0]


async def test_the_delta_is_from_the_line_above() -> None:
    """The first line's delta counts from the message that is just out of sight."""
    node = FakeNode([a_client(1)], numbered(100))
    async with a_screen(node, WIDE) as (app, _):
        first = pane(app, "messages")[0]
    assert "+0.001" in first
    assert NOW % SECOND == 0


# -- a filter --------------------------------------------------------------------------


def log_of(app: TcpmonApp) -> MessagesPane:
    return app.screen.query_one(MessagesPane)


async def test_a_filter_shows_what_matches_and_what_comes() -> None:
    """Nothing else is there, however one scrolls, and the title says of how many."""
    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        log_of(app).set_filter("7\\n")
        await pilot.pause()
        assert shown(pane(app, "messages"))[-3:] == [977, 987, 997]
        assert "100 shown of 1,000" in title(app, "messages")
        node.kept += numbered(10, 1000)
        await look(app, pilot)
        assert shown(pane(app, "messages"))[-1] == 1007
        assert "101 shown of 1,010" in title(app, "messages")
        await pilot.press("2", "g")
        await pilot.pause()
        assert shown(pane(app, "messages"))[:3] == [7, 17, 27]
        del node.kept[:500]
        await look(app, pilot)
        assert shown(pane(app, "messages"))[0] == 507
        assert node.asked_records <= SMALL[1]


async def test_the_cursor_stays_when_the_filter_changes() -> None:
    """On its message where that is shown, and in its line too; beside it where it is hidden; and
    there again when all are shown."""
    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        log = log_of(app)
        await pilot.press("2")
        log.go_to((496, 0))
        await pilot.press("down", "down", "up")
        await pilot.pause()
        before = pane(app, "messages")
        assert await selected(app, pilot) == 497
        log.set_filter("7")
        assert await selected(app, pilot) == 497
        log.set_filter("8")
        assert await selected(app, pilot) == 498
        log.set_filter("")
        assert await selected(app, pilot) == 497
        assert pane(app, "messages") == before
        log.set_filter("client:1 message 1")
        log.set_filter("")
        assert pane(app, "messages") == before


async def test_the_cursor_is_never_lost() -> None:
    """Where all that matches is before it, the last one is selected, and keys go on from there."""
    node = FakeNode([a_client(1)], [a_record(n, b"message %d" % n) for n in range(1000)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "up", "up")
        log_of(app).set_filter("/message [1-3]$/")
        assert await selected(app, pilot) == 3
        await pilot.press("up")
        assert await selected(app, pilot) == 2


async def test_the_view_goes_back_as_the_filter_finds() -> None:
    """While the log is looked through from its oldest message on, the newest of what was found
    is shown; where one was is gone to once that is found."""
    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        log = log_of(app)
        await pilot.press("2")
        log.go_to((500, 0))
        node.pace = 0
        log.set_filter("message")
        await pilot.pause()
        assert "0 shown of 0 …" in title(app, "messages")
        node.pace = 50
        await until(pilot, lambda: "1,000 shown of 1,000 " in title(app, "messages"))
        assert "…" not in title(app, "messages")
        assert await selected(app, pilot) == 500


async def test_only_what_would_be_seen_is_new() -> None:
    """Where some are hidden, the title says that there is something new when that is shown."""
    node = FakeNode([a_client(1)], numbered(100))
    async with a_screen(node) as (app, pilot):
        log_of(app).set_filter("9\\n")
        await pilot.press("2", "up")
        told = []
        for number in (100, 105, 110):
            node.kept += numbered(5, number)
            await look(app, pilot)
            told.append(title(app, "messages").split()[-2])
    assert told == ["held", "new", "new"]


async def test_nothing_matches() -> None:
    """It says of how many, and how to see them again."""
    node = FakeNode([a_client(1)], numbered(1000))
    async with a_screen(node) as (app, pilot):
        node.pace = 100
        log_of(app).set_filter("nothing")
        await pilot.pause()
        await until(pilot, lambda: "so far" not in "".join(pane(app, "messages")))
        rows = pane(app, "messages")
        assert rows[0] == "none of 1,000 messages matches. \\ clears the filter"
        await pilot.press("2", "up", "down", "pageup", "pagedown", "g", "G", "enter")
        await pilot.pause()
        assert rows[0] == pane(app, "messages")[0]
        await pilot.press("backslash")
        await pilot.pause()
        assert shown(pane(app, "messages"))[-1] == 999


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_what_matches_is_marked(size: tuple[int, int]) -> None:
    """By the filter, or by what is searched for while there is such."""
    node = FakeNode([a_client(1)], [a_record(0, b"one two \xff one")])
    async with a_screen(node, size) as (app, pilot):
        log = log_of(app)

        def marked() -> list[str]:
            line = next(iter(log.rows()))[0]
            return [part for part, style in line if style == "match"]

        log.set_filter("one")
        assert marked() == ["one", "one"]
        log.set_find("hex:ff")
        assert marked() == ["\\xff"]
        log.set_find("")
        log.set_filter("")
        assert marked() == []
        await pilot.pause()


async def test_a_pattern_that_takes_too_long_is_told() -> None:
    """What finds nothing any more says so in the title."""
    wild = [a_record(n, b"a" * 3000 + b"b") for n in range(5)]
    node = FakeNode([a_client(1)], wild)
    async with a_screen(node, WIDE) as (app, pilot):
        log_of(app).set_filter("text:/(a|a)*$/")
        await pilot.pause()
        assert "the pattern /(a|a)*$/ takes too long" in title(app, "messages")


# -- messages that were cut --------------------------------------------------------------


async def test_how_a_message_lies_in_the_reads() -> None:
    """Several in one read, one in several, and what is not complete: said in words."""
    node = CuttingNode([a_client(1)], "line")
    node.say(b"one\ntwo\nth")
    node.say(b"ree\n", after=40 * MS)
    node.say(b"fou", after=SECOND)
    async with a_screen(node, WIDE) as (app, pilot):
        rows = [" ".join(row[row.index("RX") :].split()) for row in pane(app, "messages") if row]
        assert rows == [
            "RX 4 one 2 messages in 1 read",
            "RX 4 two same read",
            "RX 6 three 1 message in 2 reads over 40 ms",
            "RX 3 fou incomplete",
        ]
        assert "by line" in title(app, "messages")
        node.say(b"r\n", after=2 * SECOND)
        await look(app, pilot)
        rows = [row for row in pane(app, "messages") if row]
    assert len(rows) == 4
    assert rows[3].endswith("four  1 message in 2 reads over 2.0 s")


async def test_the_cursor_stays_when_the_framing_changes() -> None:
    """On the message that holds what it was on, or ends in the same read."""
    node = CuttingNode([a_client(1)], "line")
    for number in range(100):
        node.say(b"message %d\nmore %d\n" % (number, number))
    async with a_screen(node) as (app, pilot):
        log = log_of(app)
        await pilot.press("2")
        log.go_to((50, 1))
        await node.do(Cut("none"))
        await look(app, pilot)
        assert log.selected
        assert log.selected.place == (50, 0)
        await node.do(Cut("line"))
        await look(app, pilot)
        assert log.selected.place == (50, 1)


async def test_a_dialogue_with_one_client() -> None:
    """Its number is left out, and what was sent to it stands further in."""
    records = [a_record(0, b"ask"), a_record(1, b"answer", Kind.TX), a_record(2, b"gone", Kind.EOF)]
    async with a_screen(FakeNode([a_client(1)], records)) as (app, pilot):
        assert "#1" in pane(app, "messages")[0]
        await pilot.press("enter")
        await pilot.pause()
        asked, answered = pane(app, "messages")[:2]
    assert "#1" not in asked + answered
    assert answered.index("TX") - asked.index("RX") == 12


async def test_a_silence_before_a_message_is_pointed_out() -> None:
    """The time of what came a second or more after the line above looks different."""
    node = FakeNode([a_client(1)], [a_record(0), a_record(999), a_record(1999)])
    async with a_screen(node) as (app, _):
        styles = [line[1][1] for line, _ in log_of(app).rows()]
    assert styles == ["dim", "dim", "gap"]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_large_messages_cost_what_is_seen_of_them(size: tuple[int, int]) -> None:
    """As hex, too, no more of each is asked for than a screen shows, but of the one that one has
    scrolled into; its last line is right."""
    node = FakeNode([a_client(1)], [a_record(n, b"A" * 99_999 + b"Z") for n in range(50)])
    asked: list[int] = []
    messages = node.messages

    async with a_screen(node, size) as (app, pilot):
        node.messages = lambda start, count, lens: (  # type: ignore[method-assign]
            asked.append(count * lens.most) or messages(start, count, lens)  # type: ignore[func-returns-value]
        )
        await pilot.press("2", "x")
        await pilot.pause()
        assert pane(app, "messages")[-1].endswith("41 5a |AAAAAAAAAAAAAAAZ|")
        whole = [amount for amount in asked if amount > 50 * 4096]
        assert len(whole) == 1
        asked.clear()
        await look(app, pilot)
        assert max(asked) <= 50 * 4096


async def test_decoded_says_what_is_meant() -> None:
    """The fourth form tells messages of a known format by what they mean, others as text."""
    records = [
        a_record(0, b"\x30\x07\x00\x03a/bhi"),
        a_record(1, b"hello\r\n"),
        a_record(2, b"*1\r\n$4\r\nPING\r\n"),
    ]
    async with a_screen(FakeNode([a_client(1)], records), WIDE) as (app, pilot):
        await pilot.press("x", "x", "x")
        await pilot.pause()
        rows = [row for row in pane(app, "messages") if row]
        assert "decoded" in title(app, "messages")
        assert "PUBLISH a/b" in rows[0]
        assert "hello\\r\\n" in rows[1]
        assert "PING" in rows[2]
        await pilot.press("x")
        await pilot.pause()
        assert "decoded" not in title(app, "messages")
