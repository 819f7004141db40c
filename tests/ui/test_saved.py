"""Saved messages have keys, and are written as what they are."""

import pytest
from textual.binding import BindingsMap

from tcpmon.core.history import Written
from tcpmon.core.payload import Form, parse
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


@pytest.mark.parametrize(
    "text",
    ["${hex 01\n02\t03}", "${hex 01:02\n}", "${length\nu16be: a\nb${hex\n03\n}}", "${xor\t: a\t}",
     "\\${hex 01\n02}", "\\\\${hex 01\n02}", "{\n}$\n", "\u2028${encode\u2028hex: \u2028}"],
)  # fmt: skip
def test_a_saved_message_may_go_over_several_lines(text: str) -> None:
    """Whatever lines the file has it in, on the one line of the composer it stands for the same
    bytes."""
    written = saved("a", {"a": text}).text
    assert "\n" not in written
    assert parse(written).fixed == parse(text).fixed is not None
