"""A job is told in words, at any width."""

import pytest

from tcpmon.core.jobs import Job, JobState
from tcpmon.ui.job_rows import details, progress, row
from tcpmon.ui.render import cells_of
from tests.core.safety import unsafe_in
from tests.ui.fakes import NOW, SECOND, a_job

FILE = a_job(2, is_file=True, what="/tmp/fw.bin", every=0.0, done=41_000_000, of=1_000_000_000)


@pytest.mark.parametrize(
    ("job", "told"),
    [
        (a_job(1), "12 of 20"),
        (a_job(1, of=0), "12 times"),
        (a_job(1, done=1, of=0), "1 time"),
        (FILE, "41.0 MB of 1.0 GB, 4 %"),
        (a_job(1, is_file=True, done=0, of=0), "0 B of 0 B, 100 %"),
    ],
)
def test_progress(job: Job, told: str) -> None:
    """How far it is: sendings, or bytes."""
    assert progress(job) == told


@pytest.mark.parametrize("width", [40, 74, 154])
@pytest.mark.parametrize("state", JobState)
def test_row(state: JobState, width: int) -> None:
    """State and progress come first, and what is wrong before what it is; it fits, and nothing
    in it can harm the screen."""
    job = a_job(1, state=state, what="\x1b[2J" * 1000, whom="#1 \x1b", missed=3)
    text = "".join(span for span, _ in row(job, width))
    assert cells_of(row(job, width)) <= max(width, 56)
    assert text.startswith(f"{state:<8} 12 of 20")
    assert width < 74 or "3 missed" in text
    assert not unsafe_in(text)


def test_details() -> None:
    """All of it is told: what, to whom, how it goes, and what went wrong."""
    assert [text for text, _ in details(a_job(1, missed=2), NOW)] == [
        "payload  PING\\n",
        "to #1 127.0.0.1:40001",
        "running, every 0.5 s, 12 of 20, 2 missed, for 6.0s now",
    ]
    over = a_job(1, state=JobState.FAILED, ended=NOW - 3 * SECOND, note="all have gone")
    assert details(over, NOW)[2][0] == ("failed, every 0.5 s, 12 of 20, took 3.0s; all have gone")
    assert details(FILE, NOW)[2][0] == "running, 41.0 MB of 1.0 GB, 4 %, for 6.0s now"
