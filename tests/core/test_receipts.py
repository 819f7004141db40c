"""Who got what was sent."""

from array import array
from collections import Counter

import pytest
from hypothesis import given

from tcpmon.core.model import Cast, Kind, Record
from tcpmon.core.receipts import Fate, Receipt, counts, receipts
from tests.ui.pictures import casts

CAST = Cast(array("I", (1, 2, 3, 4, 9)), {2: "gone"}, {3}, {4, 9}, {9})


def test_those_who_did_not_get_it_come_first() -> None:
    """Each receiver has its fate with the reason; who has it all stands last."""
    found = receipts(Record(1, 0, Kind.CAST, 0, b"x", CAST, 1, 2))
    assert [(one.client, one.words) for one in found] == [
        (2, "not given: gone"),
        (9, "dropped: it made room for newer ones"),
        (4, "lost: the connection ended before"),
        (3, "waits: the client has not read what went before"),
        (1, "sent"),
    ]
    assert counts(found) == dict.fromkeys(Fate, 1)


@pytest.mark.parametrize(
    ("queued", "unsent", "dropped", "fate"),
    [(0, 0, 0, Fate.SENT), (1, 0, 0, Fate.WAITS), (0, 1, 0, Fate.LOST), (0, 1, 1, Fate.DROPPED)],
)
def test_one_receiver_has_a_fate_too(queued: int, unsent: int, dropped: int, fate: Fate) -> None:
    """What was sent to one has one receiver."""
    (one,) = receipts(Record(1, 0, Kind.TX, 7, b"x", None, queued, unsent, dropped))
    assert (one.client, one.fate) == (7, fate)
    assert bool(one.why) == (fate is not Fate.SENT)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.TX, Kind.CAST)])
def test_what_was_not_sent_has_no_receivers(kind: Kind) -> None:
    """Nobody got what nobody sent."""
    assert receipts(Record(1, 0, kind, 7, b"x")) == []


@given(casts())
def test_nobody_is_left_out_or_counted_twice(cast: Cast) -> None:
    """Every receiver has one fate, which is that of the record, and the counts are of all."""
    record = Record(1, 0, Kind.CAST, 0, b"x", cast, len(cast.waiting), len(cast.lost))
    found = receipts(record)
    assert sorted(one.client for one in found) == list(cast.receivers)
    amounts = Counter(counts(found))
    assert amounts.total() == len(cast.receivers)
    assert amounts[Fate.SKIPPED] == len(cast.skipped)
    assert amounts[Fate.WAITS] == record.queued
    assert amounts[Fate.LOST] + amounts[Fate.DROPPED] == record.unsent
    assert [one.fate for one in found] == sorted((one.fate for one in found), key=list(Fate).index)


def test_a_fate_in_words() -> None:
    """Where all is well there is no reason."""
    assert Receipt(1, Fate.SENT).words == "sent"
