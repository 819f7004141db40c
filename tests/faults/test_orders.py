"""Faults that only who gives orders can meet: an engine in this process, its clients as raw
sockets. `tcpmon serve` has no keyboard, so a broadcast, a disconnect or a ban is tried here."""

import ctypes
import socket
import struct
import sys
import time
from random import Random

import pytest

from tcpmon.core.commands import Examine, How, Permit, Unpermit
from tcpmon.core.errors import NoSuchTarget
from tcpmon.core.limits import Limits
from tcpmon.core.model import Backlog, Kind, Reason, State
from tcpmon.engine import sockets
from tests.engine.conftest import TCP_PLACES, Peer, Serve, Stage, digest, place_name
from tests.faults.program import within

MIB = 1 << 20
SMALL = 4096  # a receive buffer that is soon full
SO_ATTACH_FILTER = 26  # asm-generic/socket.h
over_tcp = pytest.mark.parametrize("place", TCP_PLACES, ids=place_name, indirect=True)


# -- those who do not read ------------------------------------------------------------------


async def test_a_broadcast_of_40_mib_reaches_readers_and_is_bounded_for_others(
    serve: Serve,
) -> None:
    """R13: who reads gets all of it; for those who do not, no more waits than is allowed,
    they are marked, and every broadcast says how many it was for and how many were left out."""
    limits = Limits(stuck=2 * MIB, slow=MIB // 2, keep=4 * MIB)
    stage = await serve(limits=limits)
    reader = await stage.peer()
    stuck = [await stage.peer(SMALL) for _ in range(20)]
    said = heard = b""
    for number in range(40):
        piece = Random(number).randbytes(MIB)
        said += piece
        delivery = await stage.send(piece)
        assert delivery.accepted + len(delivery.skipped) == 21
        assert reader.id not in delivery.skipped
        heard += await reader.hear(MIB)
    assert digest(heard) == digest(said)
    assert (delivery.accepted, set(delivery.skipped)) == (1, {peer.id for peer in stuck})
    assert all("does not read, " in reason for reason in delivery.skipped.values())
    for peer in stuck:
        connection = stage.engine._roster.open[peer.id]
        assert 2 * MIB <= connection.queued < 3 * MIB
        assert stage.row(peer).backlog is Backlog.STUCK
    assert stage.engine.totals().unsent < 20 * 3 * MIB
    assert stage.row(reader).backlog is Backlog.NONE


@pytest.mark.parametrize("how", [How.CLOSE, How.RESET])
async def test_a_stuck_client_can_be_disconnected(serve: Serve, how: How) -> None:
    """R14: it is gone within two seconds, and its row keeps the reason and what was unsent."""
    stage = await serve(limits=Limits(flush_seconds=0.2))
    peer, other = await stage.peer(SMALL), await stage.peer()
    await stage.send(bytes(4 * MIB), peer)
    began = time.monotonic()
    await stage.disconnect(peer, how=how)
    await stage.gone(peer)
    within("gone", time.monotonic() - began, 2)
    end = stage.end(peer)
    assert (end.reason, stage.row(peer).state) == (Reason.RESET, State.CLOSED)
    assert 4 * MIB - 512 * 1024 <= end.unsent <= 4 * MIB
    assert " unsent" in stage.row(peer).end
    await other.say(b"still here")
    await stage.received(other, 10)


async def test_a_typed_answer_reaches_a_half_closed_client(serve: Serve) -> None:
    """R17: the row says half-closed, and megabytes of answer arrive before our FIN."""
    stage = await serve(half_open=True)
    peer = await stage.peer()
    await peer.say(b"question")
    peer.fin()
    await stage.until(lambda: stage.row(peer).state is State.HALF)
    answer = Random(1).randbytes(3 * MIB)
    assert (await stage.send(answer, peer)).accepted == 1
    await stage.disconnect(peer)
    assert digest(await peer.hear_out()) == digest(answer)
    await stage.gone(peer)
    assert stage.end(peer).unsent == 0


# -- those who are not there any more --------------------------------------------------------


def vanish(peer: Peer) -> None:
    """Let a peer's system take no notice of anything that comes, as if it were switched off:
    a socket filter that drops every packet. Source: socket(7)."""
    drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))  # BPF_RET 0
    program = struct.pack("HP", 1, ctypes.addressof(drop_all))
    peer.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


@pytest.mark.skipif(sys.platform != "linux", reason="filters of sockets are Linux's")
@over_tcp
async def test_who_vanishes_is_noticed_idle_or_with_bytes_unsent(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R18, R19: a peer whose system is gone ends as such, within the time that is set for it
    (30 s; here 2 s and 1 s), whether it was idle or owed us an acknowledgement. One that is
    there but does not read stays."""
    monkeypatch.setattr(
        sockets, "_OPTIONS", (("TCP_KEEPIDLE", 1), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 1))
    )
    stage = await serve(limits=Limits(gone_seconds=1.0))
    idle, owing, unread, healthy = [await stage.peer(SMALL) for _ in range(4)]
    await stage.send(bytes(4 * MIB), unread)
    for peer in (idle, owing):
        vanish(peer)
    began = time.monotonic()
    await stage.send(b"are you there?", owing)
    await stage.gone(owing)
    assert time.monotonic() - began >= 1
    assert (stage.end(owing).reason, stage.end(owing).unsent) == (Reason.NO_ANSWER, 14)
    await stage.gone(idle)
    assert time.monotonic() - began >= 1.5
    assert (stage.end(idle).reason, stage.end(idle).unsent) == (Reason.NO_ANSWER, 0)
    assert stage.row(idle).end == "peer is gone, no answer"
    for peer in (unread, healthy):
        assert stage.row(peer).state is State.OPEN
    assert await stage.engine.do(Examine(healthy.id)) is not None


# -- who may come in, at run time ---------------------------------------------------------------


async def is_in(stage: Stage, peer: Peer) -> bool:
    """Say whether a caller is served, once that is decided."""
    await peer.say(b"?")
    try:
        return await peer.hear(1) == b"?"
    except (AssertionError, ConnectionResetError):
        return False


def told(stage: Stage, kind: Kind) -> list[str]:
    records = [record for record in stage.records() if record.kind is kind]
    return [record.data.decode() for record in records if b"listening" not in record.data]


@over_tcp
async def test_a_ban_keeps_out_and_leaves_those_who_are_in(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permit: from now on callers of a network are refused, with the rule as the reason;
    who is in stays; when the rule is dropped the next one is in."""
    monkeypatch.setattr("tcpmon.engine.door.TOLD_SECONDS", 0.02)
    stage = await serve(answer=lambda data: data)
    host = "::1" if ":" in stage.listener.addresses[0].rpartition(":")[0] else "127.0.0.1"
    before = await stage.peer()
    await stage.engine.do(Permit(host, allow=False))
    for _ in range(3):
        assert not await is_in(stage, stage.call())
    assert await is_in(stage, before)
    view = stage.view()
    assert view.refusals == ((f"{host} is denied", 3),)
    assert (view.totals.refused, view.listeners[0].refused, view.totals.accepted) == (3, 3, 1)
    assert [(rule.network, rule.allow, rule.until) for rule in view.permissions] == [
        (host, False, 0)
    ]
    await stage.until(lambda: sum(int(line.split()[0]) for line in stage.warnings()) == 3)
    assert all(f"refused: {host} is denied, the last was " in line for line in stage.warnings())
    await stage.engine.do(Unpermit(host))
    assert await is_in(stage, stage.call())
    assert told(stage, Kind.INFO) == [f"{host} is denied", f"no rule for {host} any more"]
    with pytest.raises(NoSuchTarget, match=f"there is no rule for {host}"):
        await stage.engine.do(Unpermit(host))


@over_tcp
async def test_a_ban_for_a_time_ends_by_itself(serve: Serve) -> None:
    """Permit: a rule with a time is gone when that is over, and it is told."""
    stage = await serve(answer=lambda data: data)
    host = "::1" if ":" in stage.listener.addresses[0].rpartition(":")[0] else "127.0.0.1"
    await stage.engine.do(Permit(host, allow=False, seconds=0.4))
    (rule,) = stage.view().permissions
    assert 0 < rule.until - time.time_ns() <= 400_000_000
    assert not await is_in(stage, stage.call())
    await stage.until(lambda: not stage.view().permissions)
    assert time.time_ns() >= rule.until
    assert await is_in(stage, stage.call())
    assert told(stage, Kind.INFO) == [
        f"{host} is denied for 0.4 s", f"no rule for {host} any more, its time is over",
    ]  # fmt: skip


@over_tcp
async def test_an_allowed_network_keeps_all_others_out(serve: Serve) -> None:
    """Permit: as soon as somebody is allowed, others are not; the narrower rule decides."""
    stage = await serve(answer=lambda data: data)
    own = "::/0" if ":" in stage.listener.addresses[0].rpartition(":")[0] else "127.0.0.0/8"
    await stage.engine.do(Permit("10.0.0.0/8", allow=True))
    assert not await is_in(stage, stage.call())
    assert stage.view().refusals == (("not among those that are allowed", 1),)
    await stage.engine.do(Permit(own, allow=True))
    assert await is_in(stage, stage.call())
    await stage.engine.do(Permit(own, allow=False))  # the same network again: the last word
    assert not await is_in(stage, stage.call())


async def test_a_unix_socket_has_no_address_to_ban(serve: Serve) -> None:
    """Rules for addresses do not concern a socket file, and no rule stops the others."""
    stage = await serve(answer=lambda data: data)
    for network in ("0.0.0.0/0", "::/0"):
        await stage.engine.do(Permit(network, allow=False))
    over_unix = stage.listener.endpoint.startswith("unix:")
    assert await is_in(stage, stage.call()) == over_unix
    assert stage.view().totals.refused == (0 if over_unix else 1)
