"""A file for clients, at the pace of the slowest."""

import asyncio
import os
from pathlib import Path
from random import Random

import pytest

from tcpmon.core.commands import Order, SendFile, Tell
from tcpmon.core.errors import CannotRead, NoSuchTarget
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.limits import Limits, Unread
from tcpmon.engine.filing import PIECE_LEAST, PIECE_MOST, open_file, piece_size
from tests.engine.conftest import Serve, Stage, digest

MB = 1_000_000
SMALL = 4096
DATA = Random(5).randbytes(6 * MB)


def job(stage: Stage) -> Job:
    """Return how it is with the newest job."""
    return stage.view().jobs[-1]


async def over(stage: Stage) -> Job:
    await stage.until(lambda: job(stage).state.over)
    return job(stage)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A file of 6 MB."""
    file = tmp_path / "data.bin"
    file.write_bytes(DATA)
    return str(file)


async def test_a_file_arrives_as_it_is(serve: Serve, path: str) -> None:
    """All whom it is for get every byte of it in order, and the log says so."""
    stage = await serve()
    one, other = await stage.peer(), await stage.peer(SMALL)
    begun = await stage.engine.do(SendFile(path, None))
    assert (begun.is_file, begun.of, begun.whom) == (True, len(DATA), "all clients")
    heard = await asyncio.gather(one.hear(len(DATA)), other.hear(len(DATA)))
    assert [digest(each) for each in heard] == [digest(DATA)] * 2
    ended = await over(stage)
    assert (ended.state, ended.done, ended.missed) == (JobState.DONE, len(DATA), 0)
    told = [r.data.decode() for r in stage.records() if r.data.startswith(b"file #1")]
    assert told[0] == f"file #1 to all clients, 6.0 MB: {path}"
    assert told[1] == "file #1 done, 6.0 MB of 6.0 MB sent"


async def test_it_keeps_to_the_slowest(serve: Serve, path: str) -> None:
    """While one does not read the others wait, and what waits in memory is little; when it
    reads, all have all of it."""
    stage = await serve()
    slow, quick = await stage.peer(SMALL), await stage.peer()
    await stage.engine.do(SendFile(path, (slow.id, quick.id)))
    most = 0
    half = len(DATA) // 2
    for begin, end in ((0, half), (half, len(DATA))):
        reading = asyncio.gather(quick.hear(end - begin), slow.hear(end - begin))
        await stage.until(reading.done)
        first, second = reading.result()
        assert first == second == DATA[begin:end]
        most = max(most, stage.view().totals.unsent)
    assert (await over(stage)).state is JobState.DONE
    rows = stage.engine._roster.open
    assert all(rows[peer.id].queued == 0 for peer in (slow, quick))
    assert most < 4 * PIECE_MOST + 5 * MB  # what the kernel holds is unsent too


async def test_it_waits_while_nobody_takes_more(serve: Serve, path: str) -> None:
    """With nobody who reads it waits, with little in memory, and says so; it goes on by itself."""
    stage = await serve(limits=Limits(stall_seconds=0.05))
    peer = await stage.peer(SMALL)
    await stage.engine.do(SendFile(path, (peer.id,)))
    await stage.until(lambda: job(stage).state is JobState.WAITING)
    assert stage.engine._roster.open[peer.id].queued <= 3 * PIECE_MOST
    assert digest(await peer.hear(len(DATA))) == digest(DATA)
    assert (await over(stage)).state is JobState.DONE


async def test_who_is_stuck_is_left_out(serve: Serve, path: str) -> None:
    """One who takes nothing for longer than the limit does not hold up the others: it is counted,
    and its log says so."""
    stage = await serve(limits=Limits(stall_seconds=0.1))
    stuck, quick = await stage.peer(SMALL), await stage.peer()
    await stage.engine.do(SendFile(path, None))
    assert digest(await quick.hear(len(DATA))) == digest(DATA)
    ended = await over(stage)
    assert (ended.state, ended.done, ended.missed) == (JobState.DONE, len(DATA), 1)
    (said,) = [record for record in stage.records(stuck) if b"goes on without" in record.data]
    assert said.data == b"file #1 goes on without this client: does not read"


async def test_who_lost_a_part_gets_no_more_of_it(serve: Serve, path: str) -> None:
    """Where a part of the file made room for something newer, the rest is worth nothing."""
    stage = await serve(limits=Limits(stuck=MB, unread=Unread.DROP))
    peer = await stage.peer(SMALL)
    await stage.engine.do(SendFile(path, (peer.id,)))
    await stage.until(lambda: stage.row(peer).backlog != "" or job(stage).state == "waiting")
    while not stage.row(peer).dropped:
        await stage.send(bytes(MB), peer)
    reading = asyncio.ensure_future(peer.hear_all())
    ended = await over(stage)
    assert (ended.state, ended.missed) == (JobState.FAILED, 1)
    assert "lost a part of it" in stage.warnings()[0]
    peer.close()
    reading.cancel()


async def test_it_fails_when_all_have_gone(serve: Serve, path: str) -> None:
    """Who leaves is left out and counted; when nobody is left, it has failed."""
    stage = await serve()
    peers = [await stage.peer(SMALL) for _ in range(2)]
    await stage.engine.do(SendFile(path, None))
    await peers[0].hear(1000)
    for peer in peers:
        peer.reset()
    ended = await over(stage)
    assert (ended.state, ended.missed) == (JobState.FAILED, 2)
    assert ended.note == "nobody is left to send it to"


async def test_it_waits_goes_on_and_stops_at_once(serve: Serve, path: str) -> None:
    """Held, no more is handed over; stopped, it is over, whoever does not read."""
    stage = await serve()
    peer = await stage.peer(SMALL)
    begun = await stage.engine.do(SendFile(path, (peer.id,)))
    await stage.engine.do(Tell(begun.id, Order.HOLD))
    assert job(stage).state is JobState.HELD
    held = job(stage).done
    await peer.hear(held)
    assert job(stage).done == held
    await stage.engine.do(Tell(begun.id, Order.GO_ON))
    assert await peer.hear(100_000) == DATA[held : held + 100_000]
    await stage.engine.do(Tell(begun.id, Order.STOP))
    assert job(stage).state is JobState.STOPPED


async def test_a_file_that_shrinks_is_told(serve: Serve, path: str) -> None:
    """What is no more in the file when its turn comes ends the job, with how much is missing."""
    stage = await serve()
    peer = await stage.peer(SMALL)
    await stage.engine.do(SendFile(path, (peer.id,)))
    os.truncate(path, 1000)
    reading = asyncio.ensure_future(peer.hear_all())
    ended = await over(stage)
    assert ended.state is JobState.FAILED
    assert ended.note.startswith("the file has become shorter, ")
    reading.cancel()


async def test_an_empty_file_is_soon_sent(serve: Serve, tmp_path: Path) -> None:
    """Nothing is to be done for nothing."""
    (tmp_path / "empty").touch()
    stage = await serve()
    await stage.peer()
    await stage.engine.do(SendFile(str(tmp_path / "empty"), None))
    assert (await over(stage)).state is JobState.DONE


async def test_nobody_to_send_to_is_said(serve: Serve, path: str) -> None:
    """With nobody there it is no job."""
    stage = await serve()
    with pytest.raises(NoSuchTarget):
        await stage.engine.do(SendFile(path, None))
    assert stage.view().jobs == ()


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A file that is not there, a directory, a pipe or a name that cannot be: each is one
    sentence, and a pipe without a writer holds nothing up."""
    os.mkfifo(tmp_path / "pipe")
    for path, words in (
        (str(tmp_path / "none"), "no such file"),
        (str(tmp_path), "is a directory"),
        (str(tmp_path / "pipe"), "is a pipe, a device or a socket"),
        ("a\0b", "cannot be a file's name"),
    ):
        with pytest.raises(CannotRead, match=words):
            open_file(path)


def test_what_may_not_be_read_is_said(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """The system's own words tell that there is no permission."""

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tcpmon.engine.filing.FileIO", refuse)
    with pytest.raises(CannotRead, match="permission denied"):
        open_file(path)


@pytest.mark.parametrize(("receivers", "size"), [(0, PIECE_MOST), (1, PIECE_MOST), (10_000, 6710)])
def test_many_receivers_get_small_pieces(receivers: int, size: int) -> None:
    """However many they are, what waits for all of them keeps within the limit."""
    assert piece_size(Limits(), receivers) == size
    assert piece_size(Limits(total=1), receivers) == PIECE_LEAST
