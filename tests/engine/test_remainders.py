"""Who says much at once is dealt with in turns, in order and to the end."""

import pytest

from tcpmon.core.model import Kind
from tcpmon.core.payload import parse as payload
from tcpmon.core.rules.model import Echo, Note, Reset, StopReading, When
from tests.engine.conftest import Serve
from tests.engine.test_acting import Told, rule, say, stage_with, told

MANY = 1000
LINES = b"".join(b"%d\n" % number for number in range(MANY))


@pytest.fixture(autouse=True)
def _short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn ends as soon as it may."""
    monkeypatch.setattr("tcpmon.engine.remainders.TURN_SECONDS", 0.0)


async def test_others_are_answered_meanwhile(serve: Serve) -> None:
    """Who says one thing need not wait until all is answered that another has said."""
    stage = await stage_with(serve, rule(say("!"), Echo()))
    much, little = await stage.peer(), await stage.peer()
    await much.say(LINES)
    await little.say(b"x\n")
    assert await little.hear(3) == b"!x\n"
    assert len(await much.hear(len(LINES) + MANY)) == len(LINES) + MANY
    sent = [record.client for record in stage.records() if record.kind is Kind.TX]
    assert sent.index(little.id) < len(sent) - 1


async def test_all_is_answered_in_order_before_the_end(serve: Serve) -> None:
    """Nothing more is read before what was said is dealt with, the FIN neither."""
    stage = await stage_with(serve, rule(Echo()))
    peer = await stage.peer()
    await peer.say(LINES)
    await peer.say(LINES + b"rest")
    peer.fin()
    assert await peer.hear_out() == LINES * 2 + b"rest"


async def test_a_rule_may_stop_it(serve: Serve) -> None:
    """What is behind a reset is not answered; another's is."""
    gone = rule(say("gone"), when=When.CLOSE)
    stage = await stage_with(serve, rule(Reset(), starts=b"500"), rule(Echo()), gone)
    peer, other = await stage.peer(), await stage.peer()
    await peer.say(LINES)
    await stage.gone(peer)
    await other.say(b"x\n")
    assert await other.hear(2) == b"x\n"
    assert stage.engine.playbook().rules[1].hits == 501


async def test_who_has_gone_is_answered_no_more(serve: Serve) -> None:
    """What waited when the client left is for no rule."""
    stage = await stage_with(serve, rule(Note(payload("heard"))))
    peer, other = await stage.peer(), await stage.peer()
    await peer.say(LINES)
    await stage.received(peer, len(LINES))
    peer.reset()
    await stage.gone(peer)
    hits = stage.engine.playbook().rules[0].hits
    assert hits < MANY
    await other.say(b"x\n")
    await stage.until(lambda: bool(told(stage, other)))
    assert stage.engine.playbook().rules[0].hits == hits + 1
    assert not [record for record in stage.records() if record.data.startswith(b"client ")]


async def test_reading_goes_on_when_both_have_let_it(serve: Serve) -> None:
    """A rule that stops reading does so behind what was read already, and what comes later is
    answered when its time is over."""
    stop = rule(StopReading(0.02), say("stop\n"), starts=b"500")
    stage = await stage_with(serve, stop, rule(Echo()))
    peer = await stage.peer()
    await peer.say(LINES)
    answer = LINES.replace(b"\n500\n", b"\nstop\n")
    assert await peer.hear(len(answer)) == answer
    await peer.say(b"later\n")
    assert await peer.hear(6) == b"later\n"


async def test_hooks_are_told_all_of_it(serve: Serve) -> None:
    """Also what waits when the client has gone."""
    hooks = Told()
    stage = await serve(hooks=hooks, framing="line")
    peer = await stage.peer()
    await peer.say(LINES)
    await stage.received(peer, len(LINES))
    peer.reset()
    await stage.gone(peer)
    lines = LINES.splitlines(keepends=True)
    assert hooks.all[1:-1] == [("said", peer.id, line) for line in lines]
