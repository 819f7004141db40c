"""What holds for every job: how it is called, told and ended."""

import pytest

from tcpmon.core.commands import Whom
from tcpmon.engine.job import shown_text, whom_text


@pytest.mark.parametrize(
    ("whom", "words"),
    [
        (None, "all clients"),
        ("name:gps", "those who match name:gps"),
        ((7,), "client 7"),
        ((7, 9), "2 clients"),
        ((), "0 clients"),
    ],
)
def test_for_whom_is_said(whom: Whom, words: str) -> None:
    """For whom a job is stands in words."""
    assert whom_text(whom) == words


def test_what_was_written_is_safe_to_print() -> None:
    """Nothing that is written for a job gets to a terminal as it is."""
    assert shown_text("a\x1b[31m\n") == r"a\x1b[31m\n"
