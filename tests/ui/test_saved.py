"""Saved messages have keys, and are written as what they are."""

from textual.binding import BindingsMap

from tcpmon.core.history import Written
from tcpmon.core.payload import Form
from tcpmon.ui.saved import KEYS, bind_keys, key_of, saved


def test_keys() -> None:
    """F2 to F12 in the order of the file; those beyond have none."""
    assert [key_of(place) for place in (0, 1, KEYS - 1, KEYS)] == ["F2", "F3", "F12", ""]
    bindings = BindingsMap()
    bind_keys(bindings)
    actions = {key: each[0].action for key, each in bindings.key_to_bindings.items()}
    assert actions == {f"f{number}": f"saved({number - 2})" for number in range(3, 13)}


def test_a_saved_message_is_exact() -> None:
    """No line end is put behind it, and what could not be seen is an escape."""
    assert saved("a", {"a": "A\x1b\\n"}) == Written(Form.TEXT, "A\\x1b\\n", exact=True)
