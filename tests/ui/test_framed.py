"""How what is shown is cut, in a word or two."""

import pytest
from msgspec.structs import replace

from tcpmon.core.model import Ask, Framed, Listener, View
from tcpmon.ui.framed import listener_of, shown
from tests.ui.fakes import LISTENER, FakeNode, a_client

CLIENT = a_client(7)
ELSEWHERE = a_client(8, listener="127.0.0.1:9000")


def a_view(framed: Framed, *listeners: Listener) -> View:
    """A picture of a node that cuts."""
    node = FakeNode([CLIENT, ELSEWHERE])
    node.framed = framed
    node.listeners = listeners or (LISTENER,)
    return node.view(Ask())


@pytest.mark.parametrize(
    ("framed", "everyone", "one", "other"),
    [
        (Framed(), "", "", ""),
        (Framed("line"), "line", "line", "line"),
        (Framed("line", {1: "mqtt"}), "line, some otherwise", "mqtt", "line"),
        (Framed("none", {1: "mqtt"}), "read, some otherwise", "mqtt", ""),
        (Framed("line", {}, {7: "gap:5ms"}), "line, some otherwise", "gap:5ms", "line"),
        (Framed("line", {1: "mqtt"}, {7: "none"}), "line, some otherwise", "", "line"),
        (Framed("none", {1: "none"}, {7: "line"}), "read, some otherwise", "line", ""),
    ],
)
def test_what_holds(framed: Framed, everyone: str, one: str, other: str) -> None:
    """A client's own way goes before its listener's, and that before the one for all; as it was
    read needs no word."""
    view = a_view(framed)
    told = [shown(view, *who) for who in ((None, None), (7, CLIENT), (8, ELSEWHERE))]
    assert told == [everyone, one, other]


def test_a_client_that_has_left_the_table() -> None:
    """What is not known of it is not made up: it is as for all."""
    assert shown(a_view(Framed("line", {1: "mqtt"})), 7, None) == "line"


def test_by_which_listener_a_client_came() -> None:
    """It is told from the address, as long as that is listened on."""
    second = replace(LISTENER, id=2, addresses=("127.0.0.1:9000",))
    view = a_view(Framed(), LISTENER, second)
    assert [listener_of(view, client) for client in (CLIENT, ELSEWHERE, None)] == [1, 2, None]
    assert listener_of(a_view(Framed()), ELSEWHERE) is None
