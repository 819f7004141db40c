"""What was saved or sent is found again."""

import pytest

from tcpmon.core.history import Written
from tcpmon.core.payload import Form
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.screens.recall import Item, Recall, items
from tcpmon.ui.widgets.composer import Composer
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, text

MESSAGES = {"ping": "PING\\r\\n", "reboot [b]": "AT+RST\\r\\n"}


def sent(text: str, form: Form = Form.TEXT) -> Written:
    """Return what was sent."""
    return Written(form, text)


def test_items() -> None:
    """Saved messages come first, with their keys; what was sent twice stands there once."""
    found = items(MESSAGES, [sent("one"), sent("two"), sent("one")])
    assert [(item.label.split(), item.written.text) for item in found] == [
        (["F2", "ping"], "PING\\r\\n"),
        (["F3", "reboot", "[b]"], "AT+RST\\r\\n"),
        ([], "one"),
        ([], "two"),
    ]
    assert [item.written.exact for item in found] == [True, True, False, False]


@pytest.mark.parametrize(
    ("words", "fits"), [("", True), ("rst", True), ("BOOT at", True), ("ping", False)]
)
def test_matches(words: str, fits: bool) -> None:
    """Each word is in name or payload, in any case."""
    item = Item("F3 reboot", sent("AT+RST"))
    assert item.matches(words.lower().split()) is fits


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_it_is_written_again(size: tuple[int, int]) -> None:
    """^r in the composer lists all; letters filter, arrows choose, enter writes it and sends
    nothing, esc changes nothing."""
    node = FakeNode([a_client(1)])
    app = TcpmonApp(node, messages=MESSAGES)
    async with app.run_test(size=size) as pilot:
        await pilot.press("s", *"draft")
        composer = app.screen.query_one(Composer)
        composer.history = [sent("x" * 500), sent("01 02", Form.HEX)]
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert isinstance(app.screen, Recall)
        for shown in ("F2  ping", "F3  reboot [b]", "AT+RST\\r\\n", "hex  01 02", "xxxx"):
            assert shown in text(app)
        await pilot.press(*"nothing", "enter")
        assert "nothing matches" in text(app)
        await pilot.press("escape")
        assert composer.input.value == "draft"
        await pilot.press("ctrl+r", "down", "down", "down", "up", "enter")
        assert composer.written == sent("01 02", Form.HEX)
        await pilot.press("ctrl+r", *"pin", "enter")
        assert composer.written == Written(Form.TEXT, "PING\\r\\n", exact=True)
        assert composer.payload() == b"PING\r\n"
    assert node.commands == []


async def test_nothing_to_recall() -> None:
    """Where nothing is, it is said how something can be."""
    app = TcpmonApp(FakeNode([a_client(1)]))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("s", "ctrl+r", "down", "enter")
        assert "nothing was sent yet; [messages] in the config file saves some" in text(app)
