"""The same payload again and again."""

import asyncio
import math

import pytest

from tcpmon.core.commands import Order, Repeat, Tell
from tcpmon.core.errors import BadFilter, BadPayload, BadTime
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.model import Kind
from tcpmon.engine.repeating import SHORTEST, check_every
from tests.engine.conftest import Serve, Stage

MB = 1_000_000
SMALL = 4096
OFTEN, SELDOM = 0.002, 3600.0


def job(stage: Stage) -> Job:
    """Return how it is with the newest job."""
    return stage.view().jobs[-1]


async def over(stage: Stage) -> Job:
    await stage.until(lambda: job(stage).state.over)
    return job(stage)


async def test_it_is_sent_so_often_and_no_more(serve: Serve) -> None:
    """The first goes out at once, the last is told with the number asked for, and the log says
    when it began and ended."""
    stage = await serve()
    peer = await stage.peer()
    begun = await stage.engine.do(Repeat("tick\\n", (peer.id,), OFTEN, 3))
    assert (begun.id, begun.state, begun.of, begun.is_file) == (1, JobState.RUNNING, 3, False)
    assert await peer.hear(15) == b"tick\n" * 3
    ended = await over(stage)
    assert (ended.state, ended.done, ended.note) == (JobState.DONE, 3, "")
    assert ended.ended >= ended.began > 0
    told = [r.data.decode() for r in stage.records() if r.data.startswith(b"repeat #1")]
    assert told[0] == "repeat #1 to client 1, every 2.0 ms"
    assert told[1].startswith("repeat #1 done, sent 3 times")


async def test_beats_do_not_drift(serve: Serve) -> None:
    """What is sent and what was missed are as many as the time that has passed has beats: being
    late moves no beat, and what was missed is not sent in a burst."""
    stage = await serve()
    peer = await stage.peer()
    await stage.engine.do(Repeat("x", (peer.id,), OFTEN, 40))
    ended = await over(stage)
    beats = (ended.ended - ended.began) / 1e9 / OFTEN
    assert ended.done == 40
    assert ended.done + ended.missed <= beats + 2
    times = [record.time for record in stage.records(peer) if record.kind is Kind.TX]
    assert times[-1] - ended.began >= 39 * OFTEN * 1e9 - 1e6  # two clocks


async def test_who_is_always_late_lets_others_have_a_turn(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payload that takes longer to make than from one beat to the next stops nobody else."""
    stage = await serve()
    peer = await stage.peer()
    beats = iter(range(10**9))
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "time", lambda: next(beats) * 10.0)  # each look at it is much later
    begun = await stage.engine.do(Repeat("x", (peer.id,), SELDOM / 3600, 1000))
    for _ in range(10):
        await asyncio.sleep(0)
    assert 0 < job(stage).done < 100
    await stage.engine.do(Tell(begun.id, Order.STOP))


async def test_all_are_asked_for_anew(serve: Serve) -> None:
    """For all means for those who are there at that time: who comes later gets it too, and who
    has gone is left out. While nobody is there it waits."""
    stage = await serve()
    await stage.engine.do(Repeat("x", None, OFTEN))
    await stage.until(lambda: job(stage).state is JobState.WAITING)
    assert (job(stage).done, job(stage).missed > 0) == (0, True)
    peer = await stage.peer()
    await peer.hear(2)
    assert job(stage).state is JobState.RUNNING
    peer.close()
    await stage.gone(peer)
    other = await stage.peer()
    await other.hear(2)


async def test_a_filter_is_asked_anew(serve: Serve) -> None:
    """Who begins to match begins to get it."""
    stage = await serve()
    peer = await stage.peer()
    await stage.engine.do(Repeat("x", "rx>0", OFTEN))
    await stage.until(lambda: job(stage).missed > 2)
    assert stage.row(peer).tx_bytes == 0
    await peer.say(b"!")
    await peer.hear(2)


async def test_it_ends_when_all_have_gone(serve: Serve) -> None:
    """Of those who are named it goes on for those who are left, and fails when nobody is."""
    stage = await serve()
    one, other = await stage.peer(), await stage.peer()
    await stage.engine.do(Repeat("x", (one.id, other.id), OFTEN))
    await other.hear(1)
    one.close()
    await stage.gone(one)
    before = job(stage).done
    await stage.until(lambda: job(stage).done > before + 2)
    other.close()
    ended = await over(stage)
    assert ended.state is JobState.FAILED
    assert ended.note == "all of those it was for have gone"


async def test_nothing_waits_behind_itself(serve: Serve) -> None:
    """Who has not taken what came before gets no more of it, which is counted, until he has; the
    others go on."""
    stage = await serve()
    slow, quick = await stage.peer(SMALL), await stage.peer()
    text = "x" * 4 * MB
    await stage.engine.do(Repeat(text, (slow.id, quick.id), OFTEN))
    for _ in range(3):
        await quick.hear(4 * MB)
    await stage.until(lambda: job(stage).missed > 3)
    casts = [record.cast for record in stage.records() if record.cast]
    assert [slow.id in cast for cast in casts].count(True) <= 1
    assert stage.row(slow).unsent < 5 * MB
    await slow.hear(4 * MB)
    await stage.until(lambda: stage.row(slow).tx_messages == 2)


async def test_it_waits_goes_on_and_stops_at_once(serve: Serve) -> None:
    """What a job is told holds at once, however long it is to the next beat."""
    stage = await serve()
    peer = await stage.peer()
    begun = await stage.engine.do(Repeat("x", (peer.id,), SELDOM))
    await peer.hear(1)
    await stage.engine.do(Tell(begun.id, Order.HOLD))
    assert job(stage).state is JobState.HELD
    await stage.engine.do(Tell(begun.id, Order.GO_ON))
    assert await peer.hear(1) == b"x"
    await stage.engine.do(Tell(begun.id, Order.STOP))
    assert (job(stage).state, job(stage).done) == (JobState.STOPPED, 2)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (Repeat("\\q", None, 1.0), BadPayload),
        (Repeat("x", "rx>", 1.0), BadFilter),
        (Repeat("x", None, 0.0), BadTime),
        (Repeat("x", None, math.nan), BadTime),
        (Repeat("x", None, math.inf), BadTime),
    ],
)
async def test_what_cannot_be_repeated_is_refused(
    serve: Serve, command: Repeat, error: type[Exception]
) -> None:
    """What cannot be is said to the one who asks, and is no job."""
    stage = await serve()
    with pytest.raises(error):
        await stage.engine.do(command)
    assert stage.view().jobs == ()


def test_a_millisecond_is_the_shortest() -> None:
    """As often as every millisecond is possible, and no more often."""
    check_every(SHORTEST)
    with pytest.raises(BadTime):
        check_every(SHORTEST / 2)
