"""What was written is kept as it was, and read with care."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.escape import escape_hidden
from tcpmon.core.history import LONGEST, MOST, Written, add, of_lines, to_line
from tcpmon.core.payload import Form
from tests.core.safety import unsafe_in

typed = st.text(max_size=40).map(escape_hidden).filter(bool)
written = st.builds(Written, st.sampled_from(Form), typed, st.booleans())


@given(st.lists(written, max_size=20))
def test_what_is_kept_is_read(history: list[Written]) -> None:
    """Whatever can be typed comes back as it was, each line in plain ASCII."""
    once: list[Written] = []
    for each in history:
        once = add(once, each)
    lines = b"".join(map(to_line, once))
    assert lines.isascii()
    assert lines.count(b"\n") == len(once)
    assert of_lines(lines) == (once, 0)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_any_file_is_read(data: bytes) -> None:
    """No file whatever is an error, and nothing of it could harm the screen."""
    found, wrong = of_lines(data)
    assert len(found) + wrong <= len(data.splitlines())
    assert all(not unsafe_in(each.text) for each in found)


@pytest.mark.parametrize(
    "line",
    [b'{"form":"text","text":"\xff"}',
     b'{"form":"text","text":"a","x":' + b"[" * 100_000,
     b'{"form":"text","text":"a","x":' + b'{"a":' * 100_000],
)  # fmt: skip
def test_a_line_that_is_nearly_one_is_counted(line: bytes) -> None:
    """Text that is no UTF-8, or nested without an end, costs that line and no other."""
    good = Written(Form.TEXT, "a")
    assert of_lines(line + b"\n" + to_line(good)) == ([good], 1)


@given(st.text(st.characters(), max_size=20))
def test_nothing_hidden_is_read(text: str) -> None:
    """What somebody has put into the file is seen for what it is."""
    found, _ = of_lines(to_line(Written(Form.TEXT, text)))
    assert all(not unsafe_in(each.text) for each in found)


def test_the_newest_are_kept() -> None:
    """No more than so many, and the same twice in a row is one; an empty line is none."""
    history: list[Written] = []
    for number in range(MOST + 5):
        history = add(add(history, Written(Form.TEXT, str(number))), Written(Form.TEXT, ""))
        history = add(history, Written(Form.TEXT, str(number)))
    assert [each.text for each in history] == [str(number) for number in range(5, MOST + 5)]
    assert of_lines(b"".join(map(to_line, history)))[0] == history


def test_what_is_long_is_not_kept() -> None:
    """A payload that nobody has typed by hand makes no file of megabytes."""
    assert to_line(Written(Form.TEXT, "x" * (LONGEST + 1))) == b""
    assert of_lines(b'{"form":"text","text":"%s"}' % (b"x" * (LONGEST + 1))) == ([], 1)
