"""The list of what is sent over a while."""

import pytest

from tcpmon.core.commands import ForgetJobs, Order, Repeat, SendFile, Tell
from tcpmon.core.errors import NoSuchTarget, Stopped
from tcpmon.core.jobs import JobState
from tcpmon.core.model import Kind
from tcpmon.engine.engine import Engine
from tcpmon.engine.repeating import Repeating
from tests.engine.conftest import Serve

SELDOM = 3600.0


async def test_jobs_are_listed_and_forgotten(serve: Serve) -> None:
    """The oldest stands first; what is over stays until it is forgotten, what runs stays."""
    stage = await serve()
    peer = await stage.peer()
    await stage.engine.do(Repeat("a", (peer.id,), SELDOM, 1))
    await stage.engine.do(Repeat("b", None, SELDOM))
    await stage.until(lambda: stage.view().jobs[0].state is JobState.DONE)
    assert [(job.id, job.what, job.whom) for job in stage.view().jobs] == [
        (1, "a", "client 1"), (2, "b", "all clients"),
    ]  # fmt: skip
    assert await stage.engine.do(ForgetJobs()) == 1
    assert [job.id for job in stage.view().jobs] == [2]


async def test_only_the_newest_are_remembered(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what is over only so much is kept, and nothing that runs is forgotten."""
    monkeypatch.setattr("tcpmon.engine.jobs.KEPT", 3)
    stage = await serve()
    peer = await stage.peer()
    await stage.engine.do(Repeat("stays", (peer.id,), SELDOM))
    for count in range(1, 6):
        await stage.engine.do(Repeat("x", (peer.id,), SELDOM, 1))
        await stage.until(lambda: stage.view().jobs[-1].state is JobState.DONE)
        assert len(stage.view().jobs) == min(count + 1, 3)
    assert [job.id for job in stage.view().jobs] == [1, 5, 6]


async def test_only_what_runs_can_be_told(serve: Serve) -> None:
    """What is over, or never was, is told nothing."""
    stage = await serve()
    begun = await stage.engine.do(Repeat("x", None, SELDOM))
    await stage.engine.do(Tell(begun.id, Order.STOP))
    for job, words in ((begun.id, "is over"), (99, "no job 99")):
        with pytest.raises(NoSuchTarget, match=words):
            await stage.engine.do(Tell(job, Order.GO_ON))


async def test_an_engine_that_ends_ends_its_jobs(tmp_path: object) -> None:
    """No job outlives its engine, and none is begun by one that has stopped."""
    engine = Engine()
    engine.start()
    await engine.do(Repeat("x", None, SELDOM))
    held = await engine.do(Repeat("y", None, SELDOM))
    await engine.do(Tell(held.id, Order.HOLD))
    await engine.stop()
    assert {job.state for job in engine._jobs.pictures()} == {JobState.STOPPED}
    assert not engine._jobs._tasks
    for command in (Repeat("x", None, SELDOM), SendFile("x", None)):
        with pytest.raises(Stopped):
            await engine.do(command)


async def test_a_bug_ends_one_job_only(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in a job by our fault is in the log, and nothing else ends."""

    async def fail(self: Repeating) -> None:
        raise ZeroDivisionError

    stage = await serve()
    peer = await stage.peer()
    with monkeypatch.context() as patch:
        patch.setattr(Repeating, "_send", fail)
        await stage.engine.do(Repeat("x", None, SELDOM))
        await stage.until(lambda: stage.view().jobs[0].state.over)
    (job,) = stage.view().jobs
    assert (job.state, job.note) == (JobState.FAILED, "a bug in tcpmon, see the log")
    assert any("ZeroDivisionError" in text for text in stage.warnings())
    await stage.engine.do(Repeat("x", (peer.id,), SELDOM, 1))
    assert await peer.hear(1) == b"x"
    assert stage.kinds(peer) == [Kind.OPEN, Kind.TX]
