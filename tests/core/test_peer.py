"""A client, as hooks and scripts have it, asks for what a key would ask for."""

from typing import Any

import pytest

from tcpmon.core.commands import Command, Disconnect, Flag, How, Name, Note, Send
from tcpmon.core.peer import Peer


def test_what_is_asked_of_a_peer_is_a_command() -> None:
    """Each method gives the command for that client alone; text goes out as UTF-8."""
    asked: list[Command[Any]] = []
    peer = Peer(3, "", "10.0.0.7", 40_001, "127.0.0.1:8000", asked.append)
    peer.send("é\n")
    peer.send(bytearray(b"\0\1"))
    peer.close()
    peer.half_close()
    peer.reset()
    peer.rename("press")
    peer.note("odd")
    peer.mark("late")
    assert asked == [
        Send("é\n".encode(), (3,)), Send(b"\0\1", (3,)), Disconnect((3,)),
        Disconnect((3,), How.HALF), Disconnect((3,), How.RESET), Name(3, "press", literal=True),
        Note(3, "odd"), Flag(3, "late"),
    ]  # fmt: skip
    assert (peer.name, repr(peer)) == ("press", "<client 3 press>")


def test_a_name_may_be_set() -> None:
    """As with `rename`; what the node says of its name is no order."""
    asked: list[Command[Any]] = []
    peer = Peer(3, "", "10.0.0.7", 40_001, "127.0.0.1:8000", asked.append)
    peer.name = "press"
    peer.known_as = "press 2"
    assert asked == [Name(3, "press", literal=True)]
    assert peer.name == "press 2"


def test_what_is_no_data_is_refused() -> None:
    """A number is not sent, and nothing is asked for."""
    asked: list[Command[Any]] = []
    with pytest.raises(TypeError):
        Peer(3, "", "::1", 1, "x", asked.append).send(7)  # type: ignore[arg-type]
    assert asked == []


def test_each_peer_has_a_state_of_its_own() -> None:
    """What hooks put there is not seen by others."""
    one, other = (Peer(id, "", "::1", 1, "x", lambda command: None) for id in (1, 2))
    one.state.count = 7
    assert vars(other.state) == {}


@pytest.mark.parametrize("wrong", [None, 5, ["x"]])
def test_what_is_no_text(wrong: Any) -> None:
    """A mistake is told where it is made, and nothing is ordered."""
    asked: list[Command[Any]] = []
    peer = Peer(3, "", "10.0.0.7", 40_001, "127.0.0.1:8000", asked.append)
    for method in (peer.send, peer.rename, peer.note, peer.mark):
        with pytest.raises(TypeError):
            method(wrong)
    assert asked == []
