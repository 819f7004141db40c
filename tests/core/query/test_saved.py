"""A name stands for a filter that was saved."""

import pytest

from tcpmon.core.errors import BadFilter
from tcpmon.core.query.matching import parse
from tcpmon.core.query.saved import check, expand

SAVED = {"quiet": "state:open idle>60s", "lab": "ip:10.0.0.0/8 | ip:192.168.0.0/16"}


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("@quiet", "(state:open idle>60s)"),
        ("dir:rx !@lab", "dir:rx !(ip:10.0.0.0/8 | ip:192.168.0.0/16)"),
        ("(@lab|@quiet) hello",
         "((ip:10.0.0.0/8 | ip:192.168.0.0/16)|(state:open idle>60s)) hello"),
        ('"@lab" /@lab/ me@lab', '"@lab" /@lab/ me@lab'),
        ("", ""),
        ("hello", "hello"),
    ],
)  # fmt: skip
def test_what_a_name_stands_for(typed: str, means: str) -> None:
    """All of it, as one term; in quotes, in a pattern and in a word it is text."""
    assert expand(typed, SAVED) == means
    parse(means)


@pytest.mark.parametrize(
    ("typed", "place", "hint"),
    [
        ("dir:rx @quite", 7, "did you mean @quiet?"),
        ("@", 0, "there is @quiet, @lab"),
        ("@quiet len>", 11, "len>100"),
        ("(@lab", 0, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place(typed: str, place: int, hint: str) -> None:
    """The place in what was typed, wherever names stand before it."""
    with pytest.raises(BadFilter) as caught:
        expand(typed, SAVED)
    assert caught.value.place == place
    assert hint in str(caught.value)


def test_where_nothing_was_saved() -> None:
    """The error says where names come from."""
    with pytest.raises(BadFilter, match="configuration"):
        expand("@quiet", {})


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a b", "gps", "a name has letters, digits, _, . and -"),
        ("", "gps", "a name has"),
        ("night", "dir:rx @quiet", "a saved filter holds no other; write what @quiet stands for"),
        ("night", "len>", "len needs"),
    ],
)
def test_what_cannot_be_saved(name: str, text: str, told: str) -> None:
    """A name that nobody could type, another name, and what is no filter."""
    with pytest.raises(BadFilter) as caught:
        check(name, text)
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ['"@lab" me@lab', "/@lab/", "hello"])
def test_what_can_be_saved(text: str) -> None:
    """Where @ is text it stays that."""
    check("night-2.b_c", text)
