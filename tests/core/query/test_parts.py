"""A test of clients tests messages too, by their client."""

from tcpmon.core.query.parts import never, of_client
from tests.core.query.examples import GONE, GPS, NOW, message


def test_of_client() -> None:
    """A message is what its client is; without a client it is nothing."""
    test = of_client(lambda client, now: client.id == 7 and now == NOW)
    assert test(message(), GPS, NOW)
    assert not test(message(), GONE, NOW)
    assert not test(message(), None, NOW)


def test_never() -> None:
    """What only a message can be, no client is."""
    assert not never(GPS, NOW)
