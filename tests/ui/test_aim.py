"""Who is meant is said in words."""

import pytest
from msgspec.structs import replace

from tcpmon.core.commands import Whom
from tcpmon.core.model import Ask, Client, View
from tcpmon.ui.aim import RECOUNT_NS, Aim
from tests.ui.fakes import FakeNode, a_client, closed


class Counting(FakeNode):
    """A node that notes which filters were asked for."""

    def __init__(self, clients: list[Client]) -> None:
        super().__init__(clients)
        self.filters: list[str] = []

    def view(self, ask: Ask) -> View:
        self.filters.append(ask.filter)
        return super().view(ask)


def an_aim(node: FakeNode) -> Aim:
    """Return one that looks at a made-up node."""
    known = {client.id: client for client in node.clients}
    view = node.view(Ask())
    return Aim(node, known.get, lambda: view)


@pytest.mark.parametrize(
    ("whom", "title"),
    [
        ((), "Send"),
        ((1,), "Send to #1 127.0.0.1:40001"),
        ((3,), "Send to #3 127.0.0.1:40003, gone"),
        ((9,), "Send to #9, gone"),
        ((1, 2), "Send to 2 marked: #1 #2"),
        (tuple(range(1, 9)), "Send to 8 marked: #1 #2 #3 #4 #5 #6 …"),
        (None, "BROADCAST to 2 clients"),
        ("client:1", "BROADCAST to 1 client that matches client:1"),
        ("text:\x1b[2J", "BROADCAST to 0 clients that match text:\\x1b[2J"),
        (
            "client:1 | client:2,3",
            "BROADCAST to 2 clients that match client:1 | client:2,3",
        ),
    ],
)
def test_title(whom: Whom, title: str) -> None:
    """One client is named, several are counted, and a filter is told with how many it means now,
    of those that are open; nothing in it can harm the screen."""
    assert an_aim(FakeNode([a_client(1), a_client(2), closed(3)])).title(whom) == title


def test_a_filter_is_not_counted_at_each_look() -> None:
    """The border is drawn often: every client is looked at once in two seconds, or for another
    filter."""
    node = Counting([a_client(1)])
    view = node.view(Ask())
    now = [view.now]
    aim = Aim(node, lambda client: None, lambda: replace(view, now=now[0]))
    node.filters.clear()
    for _ in range(5):
        aim.title("client:1")
    now[0] += RECOUNT_NS + 1
    aim.title("client:1")
    aim.title("client:2")
    assert [filter.count("client:1") for filter in node.filters] == [1, 1, 0]
