"""The steps of a rule come in order, wait for what they wait for, and end with the client."""

import pytest

from tcpmon.core.commands import Instruct, Send as SendCommand, StopReading
from tcpmon.core.model import Kind, State
from tcpmon.core.payload import parse as payload
from tcpmon.core.rules.matching import Equals
from tcpmon.core.rules.model import (
    Ban,
    Close,
    Delay,
    Drip,
    Echo,
    Expect,
    HalfClose,
    Mark,
    Note,
    Reset,
    Send,
    Step,
    StopReading as StopReadingStep,
    When,
)
from tests.engine.conftest import Serve
from tests.engine.test_acting import Starts, rule, say, stage_with, told


@pytest.mark.parametrize(
    ("steps", "heard", "reset"),
    [
        ((say("bye"), Close()), b"bye", False),
        ((say("bye"), HalfClose()), b"bye", False),
        ((Drip(payload("abcd"), 3, 0.001), Delay(0.001), say("e"), Close()), b"abcde", False),
        ((Reset(),), b"", True),
        ((Ban(60.0),), b"", True),
    ],
)  # fmt: skip
async def test_steps_come_in_order(
    serve: Serve, steps: tuple[Step, ...], heard: bytes, reset: bool
) -> None:
    """What ends a connection comes behind what was sent, what waits behind what it waits for."""
    stage = await stage_with(serve, rule(*steps))
    peer = await stage.peer()
    await peer.say(b"x\n")
    assert await peer.hear_all() == (heard, reset)
    if isinstance(steps[0], Ban):
        assert [each.network for each in stage.view().permissions] == ["127.0.0.1"]


async def test_half_closed_is_still_read(serve: Serve) -> None:
    """After our FIN the peer may go on for as long as it likes."""
    stage = await stage_with(serve, rule(HalfClose(), starts=b"end"), rule(Mark(payload("late"))))
    peer = await stage.peer()
    await peer.say(b"end\n")
    assert await peer.hear_out() == b""
    await peer.say(b"more\n")
    await stage.until(lambda: stage.row(peer).flag == "late")
    assert stage.row(peer).state is State.CLOSING
    peer.fin()
    await stage.gone(peer)
    assert stage.end(peer).unsent == 0


async def test_who_has_closed_goes_though_nothing_is_read(serve: Serve) -> None:
    """Where both sides have said FIN there is nothing left to wait for."""
    stage = await stage_with(serve, rule(HalfClose(), StopReadingStep(60.0)))
    peer = await stage.peer()
    await peer.say(b"x\n")
    assert await peer.hear_out() == b""
    peer.close()
    await stage.gone(peer)


async def test_a_dialogue(serve: Serve) -> None:
    """What a dialogue waits for is its own; who says something else has left it."""
    login = rule(
        say("user?\\n"), Expect(Starts(b"bob"), 0, "starts bob"), say("hi\\n"), starts=b"LOGIN"
    )
    stage = await stage_with(serve, login, rule(say("?\\n")))
    peer, other = await stage.peer(), await stage.peer()
    for each, name in ((peer, b"bob\n"), (other, b"eve\x1b\n")):
        await each.say(b"LOGIN\n")
        assert await each.hear(6) == b"user?\n"
        await each.say(name)
    assert await peer.hear(3) == b"hi\n"
    await peer.say(b"x\n")
    assert await peer.hear(2) == b"?\n"
    await stage.until(lambda: bool(stage.row(other).flag))
    assert stage.row(other).flag == "left the dialogue 'r0'"
    (line,) = told(stage, other, Kind.WARN)
    assert line == "left the dialogue 'r0': expected starts bob, said eve\\x1b\\n"


async def test_what_is_passed_over(serve: Serve) -> None:
    """A dialogue that skips to something takes all that comes before: no rule answers it."""
    mail = rule(
        say("go on\\n"), Expect(Equals(b"."), 0, "equals .", skips=True), say("taken\\n"),
        starts=b"DATA",
    )  # fmt: skip
    stage = await stage_with(serve, mail, rule(say("?\\n")))
    peer = await stage.peer()
    await peer.say(b"DATA\nSubject: x\n\nDATA\n.\nQUIT\n")
    assert await peer.hear(14) == b"go on\ntaken\n?\n"
    assert stage.row(peer).flag == ""


async def test_nobody_waits_for_ever(serve: Serve) -> None:
    """Who says nothing in time has left the dialogue too."""
    stage = await stage_with(serve, rule(Expect(Starts(b"x"), 0.01, "any"), when=When.CONNECT))
    peer = await stage.peer()
    await stage.until(lambda: bool(told(stage, peer, Kind.WARN)))
    assert told(stage, peer, Kind.WARN)[0].endswith("expected any, nothing in time")


async def test_nothing_is_expected_of_who_has_gone(serve: Serve) -> None:
    """What is behind an `expect` is not done for a client that cannot say anything."""
    expect = Expect(Starts(b"x"), 0.0, "starts x")
    stage = await stage_with(serve, rule(Reset(), expect, Note(payload("it said x"))))
    peer = await stage.peer()
    await peer.say(b"y\n")
    await stage.gone(peer)
    assert not [record for record in stage.records() if b"it said x" in record.data]


async def test_an_answer_that_answers_itself(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that say the same to each other are slowed down, and it is said once."""
    monkeypatch.setattr("tcpmon.engine.runs.SAME_MOST", 5)
    stage = await stage_with(serve, rule(say("ping\\n"), starts=b"ping"))
    peer = await stage.peer()
    for _ in range(6):
        await peer.say(b"ping\n")
        await peer.hear(5)
    await peer.say(b"ping\n")
    await stage.until(lambda: bool(told(stage, peer, Kind.WARN)))
    assert "answer itself" in told(stage, peer, Kind.WARN)[0]
    await stage.engine.do(StopReading(peer.id, 0.0))
    assert await peer.hear(5) == b"ping\n"


async def test_too_many_that_wait(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client cannot make the node remember without end."""
    monkeypatch.setattr("tcpmon.engine.runs.RUNS_MOST", 3)
    stage = await stage_with(serve, rule(Delay(60.0), say("late")))
    peer = await stage.peer()
    await peer.say(b"\n" * 9)
    await stage.until(lambda: bool(stage.engine.playbook().rules[0].trouble))
    assert "more were dropped, and 5 more" in stage.engine.playbook().rules[0].trouble
    assert len(told(stage, peer, Kind.WARN)) == 1
    assert stage.view().acting_trouble.startswith("rule 'r0': 3 answers wait")


async def test_what_cannot_be_made_is_told_once(serve: Serve) -> None:
    """A payload that asks for a number where none was said is told in the log, for the first
    client; the rest of that rule is left out, and the rules go on."""
    number = payload("${0 %04d}", groups=("0",))
    stage = await stage_with(serve, rule(say("a"), Send(number), say("b"), starts=b"x"))
    peer = await stage.peer()
    await peer.say(b"x\nx\n")
    assert await peer.hear(2) == b"aa"
    await stage.until(lambda: stage.engine.playbook().rules[0].trouble.endswith("and 1 more"))
    (line,) = told(stage, peer, Kind.WARN)
    assert line.startswith("rule 'r0', step 2, and all behind it came to nothing: 0 is no number")


async def test_the_last_that_may_wait_goes_on_waiting(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dialogue that has waited once may wait again, however many others do."""
    monkeypatch.setattr("tcpmon.engine.runs.RUNS_MOST", 1)
    test = Starts(b"b")
    stage = await stage_with(
        serve,
        rule(Delay(0.001), say("1"), Expect(test, 0, "starts b"), say("2"), starts=b"a"),
    )
    peer = await stage.peer()
    await peer.say(b"a\n")
    assert await peer.hear(1) == b"1"
    await peer.say(b"b\n")
    assert await peer.hear(1) == b"2"


async def test_a_reply_that_comes_too_late(serve: Serve) -> None:
    """It is counted and told where the rule stands, but is no trouble of the rule's, and no
    error."""
    stage = await stage_with(serve, rule(say("gone"), when=When.CLOSE))
    peer = await stage.peer()
    peer.close()
    await stage.gone(peer)
    assert stage.engine.playbook().rules[0].trouble == f"client {peer.id} is gone"
    assert stage.view().acting_trouble == ""
    assert stage.warnings() == []


async def test_reading_stops_for_a_while(serve: Serve) -> None:
    """What comes meanwhile is answered afterwards."""
    stage = await stage_with(serve, rule(StopReadingStep(0.02), starts=b"wait"), rule(Echo()))
    peer = await stage.peer()
    await peer.say(b"wait\n")
    await stage.received(peer, 5)
    await peer.say(b"x\n")
    assert await peer.hear(2) == b"x\n"


async def test_payloads_are_filled_in(serve: Serve) -> None:
    """With what was captured, who it is, and counts that go on where other payloads count."""
    stage = await serve(framing="line")
    text = r"""
[[rule]]
regex = 'id=(?P<id>\w+)'
do = ['send ${id} ${client.id} ${counter}\n']
"""
    await stage.engine.do(Instruct(text))
    peer = await stage.peer()
    await stage.engine.do(SendCommand(text="${counter}", clients=(peer.id,)))
    assert await peer.hear(1) == b"1"
    await peer.say(b"id=bob\n")
    assert await peer.hear(8) == b"bob 1 2\n"
