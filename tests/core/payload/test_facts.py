"""What a payload is filled in with is bounded in work."""

import pytest

from tcpmon.core.errors import BadPayload
from tcpmon.core.model import forgotten
from tcpmon.core.payload.facts import WORK, Facts, Filling, too_big


def test_work_is_bounded() -> None:
    """All that may be spent can be, in parts; one more is refused where it is asked for."""
    filling = Filling(Facts())
    filling.spend(WORK - 1, 3)
    filling.spend(1, 4)
    with pytest.raises(BadPayload, match="too long to make; checksum fewer bytes") as caught:
        filling.spend(1, 5)
    assert caught.value.place == 5


def test_too_big() -> None:
    """What is too big says what to do instead."""
    assert str(too_big(7)) == "it would be more than 16 MiB; send a file instead"
    assert too_big(7).place == 7


def test_facts_do_not_share_their_counters() -> None:
    """Whoever gives no counters counts for himself alone."""
    one, other = Facts(), Facts()
    one.counters["x"] = 1
    assert other.counters == {}
    assert one.random(3) == bytes(3)


@pytest.mark.parametrize(
    ("peer", "address", "port"),
    [("10.0.0.7:4711", "10.0.0.7", 4711), ("[::1]:80", "::1", 80), ("unix 3", "", 0)],
)
def test_whom_it_goes_to(peer: str, address: str, port: int) -> None:
    """A client's name, number and address are those that the table shows."""
    facts = Facts(now=5)
    facts.tell_of(forgotten(3, 0, peer, "127.0.0.1:8000"))
    assert (facts.now, facts.client, facts.listener) == (5, 3, "127.0.0.1:8000")
    assert (facts.address, facts.port) == (address, port)
