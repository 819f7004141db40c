"""Jobs: see how far they are, hold and stop them."""

import pytest

from tcpmon.core.commands import ForgetJobs, Order, Tell
from tcpmon.core.errors import NoSuchTarget
from tcpmon.core.jobs import JobState
from tcpmon.ui.screens.jobs import JobsScreen
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_job, a_screen, lines, text, until

JOBS = (
    a_job(1, missed=2),
    a_job(2, is_file=True, what="/tmp/[b]fw.bin", done=41_000_000, of=1_000_000_000,
          state=JobState.HELD),
    a_job(3, state=JobState.FAILED, ended=1, note="all have gone"),
)  # fmt: skip


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_jobs_are_listed(size: tuple[int, int]) -> None:
    """J lists each job with its state and how far it is, and tells all of the one of the row; the
    first line of the main screen says how many there are."""
    node = FakeNode()
    node.jobs = JOBS
    async with a_screen(node, size) as (app, pilot):
        assert "2 jobs" in lines(app)[0]
        await pilot.press("J")
        await pilot.pause()
        shown = text(app)
        for told in ("running  12 of 20", "2 missed", "41.0 MB of 1.0 GB, 4 %", "all have gone",
                     "2 of 3 run", "to #1 127.0.0.1:40001", "payload  PING\\n"):  # fmt: skip
            assert told in shown
        await pilot.press("down")
        await pilot.pause()
        assert "file  /tmp/[b]fw.bin" in text(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, JobsScreen)


async def test_one_that_runs_is_at_hand() -> None:
    """d stops a job that runs, though others that are over stand above it."""
    node = FakeNode()
    node.jobs = (a_job(3, state=JobState.FAILED, ended=1), *JOBS[:2])
    async with a_screen(node) as (_, pilot):
        await pilot.press("J", "d")
        await pilot.pause()
        assert node.commands == [Tell(1, Order.STOP)]


async def test_jobs_are_told_what_to_do() -> None:
    """space holds a job and lets a held one go on, d stops it, x clears the finished ones; one
    that is over is told nothing."""
    node = FakeNode()
    node.jobs = JOBS
    node.answers[ForgetJobs] = 1
    async with a_screen(node) as (app, pilot):
        await pilot.press("J", "space", "down", "space", "d", "down", "d", "x")
        await pilot.pause()
        assert node.commands == [
            Tell(1, Order.HOLD), Tell(2, Order.GO_ON), Tell(2, Order.STOP), ForgetJobs(),
        ]  # fmt: skip
        assert "no job that runs" in text(app)
        assert "1 finished job cleared" in text(app)
        node.answers[Tell] = NoSuchTarget("there is no job 2")
        await pilot.press("up", "d")
        await until(pilot, lambda: "there is no job 2" in text(app))
        node.jobs = ()
        await pilot.press("x")
        await until(pilot, lambda: "Nothing is being sent over a while." in text(app))
        await pilot.press("space")


async def test_the_row_stays_with_its_job() -> None:
    """When finished jobs leave the list, a key still means the job that was selected."""
    node = FakeNode()
    node.jobs = a_job(1, state=JobState.DONE, ended=1), a_job(2), a_job(3)
    async with a_screen(node) as (app, pilot):
        await pilot.press("J")
        node.jobs = node.jobs[1:]
        await pilot.press("x", "d")
        await until(pilot, lambda: Tell(2, Order.STOP) in node.commands)
        node.jobs = node.jobs[:1]
        await pilot.press("x", "d")
        await pilot.pause()
        assert "1 of 1 run" in text(app)
    assert node.commands == [ForgetJobs(), Tell(2, Order.STOP)] * 2
