"""Whose streams are cut how."""

import pytest

from tcpmon.core.cutting.framings import Framings
from tcpmon.core.errors import BadFraming
from tcpmon.core.model import Framed

LISTENERS = {1: 10, 2: 10, 3: 20}


def test_the_nearest_choice_holds() -> None:
    """A client's own before its listener's before the one for all; "" takes one back."""
    framings = Framings("line", LISTENERS.__getitem__)
    framings.choose("fixed:4", listener=10)
    framings.choose("u8", client=1)
    assert [str(framings.of(client)) for client in (1, 2, 3)] == ["u8", "fixed:4", "line"]
    assert framings.picture() == Framed("line", {10: "fixed:4"}, {1: "u8"})
    framings.choose("", client=1)
    framings.choose("", listener=10)
    framings.choose("")
    assert [str(framings.of(client)) for client in (1, 2, 3)] == ["none"] * 3
    assert framings.picture() == Framed()


def test_the_same_choice_is_the_same_object() -> None:
    """So what was cut for it holds, until somebody chooses again."""
    framings = Framings("line", LISTENERS.__getitem__)
    assert framings.of(1) is framings.of(3)
    changes = framings.changes
    framings.choose("line", client=1)
    assert framings.changes > changes
    assert framings.of(1) is not framings.of(3)


def test_whether_reads_are_rows() -> None:
    """Only as long as nothing at all is cut."""
    framings = Framings("none", LISTENERS.__getitem__)
    assert framings.whole
    framings.choose("line", client=3)
    assert not framings.whole
    framings.choose("", client=3)
    assert framings.whole


def test_what_is_no_framing_changes_nothing() -> None:
    """The error says what is wrong, and what holds goes on."""
    framings = Framings("line", LISTENERS.__getitem__)
    with pytest.raises(BadFraming):
        framings.choose("lime")
    with pytest.raises(BadFraming):
        Framings("lime", LISTENERS.__getitem__)
    assert str(framings.of(1)) == "line"
