"""What a payload will be like is shown of now, and of the client it is for."""

import time

import pytest

from tcpmon.core.commands import Whom
from tcpmon.core.model import Client
from tcpmon.core.payload import Facts
from tcpmon.ui.example import example
from tests.ui.fakes import a_client


def nobody(client: int) -> Client | None:
    """Nobody is known."""
    raise AssertionError(client)


@pytest.mark.parametrize(
    ("peer", "address", "port"),
    [
        ("127.0.0.1:40001", "127.0.0.1", 40_001),
        ("[fe80::1%eth0]:80", "fe80::1%eth0", 80),
        ("unix pid 7", "", 0),
        ("unix pid 7 a:b", "", 0),
    ],
)
def test_a_client(peer: str, address: str, port: int) -> None:
    """Who is named first is the example, with the address apart from the port."""
    client = a_client(3, peer=peer, name="pump")
    facts = example((3, 4), {3: client}.get)
    assert (facts.client, facts.name, facts.listener) == (3, "pump", client.listener)
    assert (facts.address, facts.port) == (address, port)


@pytest.mark.parametrize("whom", [None, (), "ip:10.0.0.0/8"])
def test_nobody_in_particular(whom: Whom) -> None:
    """Of what goes to all nobody is the example."""
    assert example(whom, nobody).client == 0


def test_it_does_not_flicker() -> None:
    """Chance and counters are the same each time, only the clock goes on."""
    before = time.time_ns()
    one, other = example(None, nobody), example(None, nobody)
    assert before <= one.now <= other.now <= time.time_ns()
    assert one.random(8) == other.random(8) != Facts().random(8)
    assert one.counters == other.counters == {}
