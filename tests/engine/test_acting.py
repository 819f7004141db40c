"""Rules act in the turn in which something is read, each for whom and when it says."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from tcpmon.core.commands import (
    Cut,
    Disconnect,
    Flag,
    How,
    Instruct,
    Note,
    StopReading as StopReadingCommand,
    Switch,
)
from tcpmon.core.errors import NoSuchTarget
from tcpmon.core.limits import Limits, Unread
from tcpmon.core.model import Kind
from tcpmon.core.payload import parse as payload
from tcpmon.core.query import parse as query
from tcpmon.core.rules.model import (
    Call,
    Close,
    Delay,
    Echo,
    Groups,
    Mark,
    Note as NoteStep,
    Reset,
    Rule,
    Rules,
    Send,
    Step,
    StopReading,
    When,
)
from tests.engine.conftest import Peer, Serve, Stage, digest


class Starts:
    """A message that begins so; it fails if it is told to."""

    def __init__(self, start: bytes) -> None:
        self.start = start
        self.trouble = ""

    def match(self, data: bytes, content: bytes) -> Groups | None:
        if self.start == b"bug":
            raise RuntimeError("a bug of ours")
        return {"0": self.start} if content.startswith(self.start) else None

    def forgive(self) -> None:
        self.trouble = ""


def rule(*steps: Step, starts: bytes = b"", **more: Any) -> Rule:
    test = Starts(starts) if starts else None
    return Rule(more.pop("name", "r"), more.pop("when", When.MESSAGE), steps, test, **more)


def say(text: str) -> Send:
    return Send(payload(text))


async def stage_with(serve: Serve, *rules: Rule, **more: Any) -> Stage:
    named = tuple(
        replace(each, name=f"r{number}") if each.name == "r" else each
        for number, each in enumerate(rules)
    )
    return await serve(rules=Rules(named), **{"framing": "line", **more})


def told(stage: Stage, peer: Peer, kind: Kind = Kind.INFO) -> list[str]:
    return [record.data.decode() for record in stage.records(peer) if record.kind is kind]


async def test_messages_are_answered_as_they_are_cut(serve: Serve) -> None:
    """However a message comes, it is answered once when it is complete, the first rule that fits
    does it, and what is sent is one record each."""
    stage = await stage_with(
        serve, rule(say("pong\\n"), say("!\\n"), starts=b"PING"), rule(Echo()), rule(say("never"))
    )
    peer = await stage.peer()
    await peer.say(b"PI")
    await stage.received(peer, 2)
    await peer.say(b"NG\nother\n")
    assert await peer.hear(13) == b"pong\n!\nother\n"
    sent = [record.data for record in stage.records(peer) if record.kind is Kind.TX]
    assert sent == [b"pong\n", b"!\n", b"other\n"]
    states = stage.engine.playbook().rules
    assert [state.hits for state in states] == [1, 1, 0]
    assert states[0].at > 0
    assert stage.view().rules_on == 3


@pytest.mark.parametrize("size", [100, 5_000, 3_000_000])
async def test_bulk_is_heard_whole(serve: Serve, size: int) -> None:
    """What comes in large reads reaches the rules to the last byte, and backpressure holds."""
    stage = await stage_with(serve, rule(Echo()), framing="none")
    peer = await stage.peer()
    said = bytes(range(256)) * (size // 256 + 1)
    talk = asyncio.create_task(peer.say(said))
    assert digest(await peer.hear(len(said))) == digest(said)
    await talk


async def test_the_remainder_is_a_message(serve: Serve) -> None:
    """What was not complete at the FIN is answered before the connection ends."""
    stage = await stage_with(serve, rule(say("got it"), starts=b"bye"))
    peer = await stage.peer()
    await peer.say(b"bye")
    peer.fin()
    assert await peer.hear_out() == b"got it"


async def test_connect_close_and_what_is_noted(serve: Serve) -> None:
    """A client is greeted, named, marked; what is noted stands in its log, before its end."""
    stage = await stage_with(
        serve,
        rule(say("hello\\n"), when=When.CONNECT),
        rule(Call(payload("gps-7")), Mark(payload("odd")), NoteStep(payload("said x")),
             NoteStep(payload("name is boss")), starts=b"x"),
        rule(NoteStep(payload("has left")), when=When.CLOSE),
    )  # fmt: skip
    peer = await stage.peer()
    assert await peer.hear(6) == b"hello\n"
    await peer.say(b"x\n")
    await stage.until(lambda: stage.row(peer).name == "gps-7")
    peer.close()
    await stage.gone(peer)
    assert stage.row(peer).flag == "odd"
    assert told(stage, peer) == ["name is gps-7", "said x", "note: name is boss", "has left"]
    times = [record.time for record in stage.records(peer)]
    assert times == sorted(times)


async def test_for_whom_and_how_often(serve: Serve) -> None:
    """nth, once, go_on, on and a filter decide, a filter anew when the name is another."""
    stage = await stage_with(
        serve,
        rule(say("first\\n"), nth=(1, 1), go_on=True),
        rule(say("once\\n"), once=True),
        rule(say("off\\n"), on=False),
        rule(say("boss\\n"), query=query("name:boss"), whom="name:boss"),
        rule(Call(payload("boss"))),
    )
    peer = await stage.peer()
    await peer.say(b"1\n2\n3\n")
    assert await peer.hear(16) == b"first\nonce\nboss\n"
    await stage.engine.do(Switch(2, on=True))
    await peer.say(b"4\n")
    assert await peer.hear(4) == b"off\n"
    with pytest.raises(NoSuchTarget):
        await stage.engine.do(Switch(9, on=True))


async def test_silence_and_timer(serve: Serve) -> None:
    """A timer goes on; a silence is told once, and again after the client has spoken."""
    stage = await stage_with(
        serve,
        rule(NoteStep(payload("tick")), when=When.TIMER, seconds=0.01),
        rule(say("quiet"), when=When.SILENCE, seconds=0.02),
    )
    peer = await stage.peer()
    assert await peer.hear(5) == b"quiet"
    await stage.until(lambda: told(stage, peer).count("tick") >= 6)
    await peer.say(b"x")
    assert await peer.hear(5) == b"quiet"
    assert stage.engine.playbook().rules[1].hits == 2


async def test_a_silence_ends_a_message(serve: Serve) -> None:
    """Where only a silence tells the end, the answer comes after it."""
    stage = await stage_with(serve, rule(Echo()), framing="gap:10ms")
    peer = await stage.peer()
    await peer.say(b"x")
    assert await peer.hear(1) == b"x"


async def test_a_pattern_that_takes_too_long(serve: Serve) -> None:
    """Its rule is turned off, and it is said."""
    slow = rule(say("x"), starts=b"x")
    stage = await stage_with(serve, slow)
    assert isinstance(slow.test, Starts)
    slow.test.trouble = "the pattern takes too long"
    await stage.until(lambda: not stage.engine.playbook().rules[0].on)
    assert stage.warnings() == ["rule 'r0' is off: the pattern takes too long"]


async def test_a_bug_costs_one_client(serve: Serve) -> None:
    """What goes wrong in our own code ends one connection and is told."""
    stage = await stage_with(serve, rule(starts=b"bug"))
    peer, other = await stage.peer(), await stage.peer()
    await peer.say(b"x\n")
    await stage.gone(peer)
    assert "a bug of ours" in stage.warnings()[0]
    assert not stage.row(other).closed


async def test_what_a_script_can_ask(serve: Serve) -> None:
    """A client is marked, noted, not read for a while, half-closed; who is gone is no target."""
    stage = await serve()
    peer = await stage.peer()
    do = stage.engine.do
    await do(Flag(peer.id, "why"))
    assert stage.row(peer).flag == "why"
    await do(Flag(peer.id, "y" * (1 << 20)))
    assert stage.row(peer).flag == "y" * 1_000
    await do(Note(peer.id, "a note"))
    await do(Note(peer.id, "a warning", warn=True))
    assert told(stage, peer) == ["a note"]
    assert told(stage, peer, Kind.WARN) == ["a warning"]
    await do(StopReadingCommand(peer.id, 60.0))
    await peer.say(b"x")
    await do(Disconnect((peer.id,), How.HALF))
    assert await peer.hear_out() == b""
    assert stage.row(peer).rx_bytes == 0
    await do(StopReadingCommand(peer.id, 0.0))
    await stage.received(peer, 1)
    peer.fin()
    await stage.gone(peer)
    await do(Note(peer.id, "said too late"))
    assert "said too late" in told(stage, peer)
    for command in (Flag(peer.id, ""), Note(99, ""), StopReadingCommand(peer.id, 1.0)):
        with pytest.raises(NoSuchTarget):
            await do(command)


class Told:
    """Hooks that keep what they are told."""

    def __init__(self) -> None:
        self.all: list[object] = []

    def opened(self, client: int, name: str, address: str, port: int, listener: str) -> None:
        self.all.append(("opened", client, name, address))

    def said(self, client: int, data: bytes) -> None:
        self.all.append(("said", client, data))

    def renamed(self, client: int, name: str) -> None:
        self.all.append(("renamed", client, name))

    def ended(self, client: int, why: str) -> None:
        self.all.append(("ended", client, why))


@pytest.mark.parametrize("leave", [Peer.close, Peer.reset])
async def test_hooks_are_told(serve: Serve, leave: Callable[[Peer], None]) -> None:
    """Those who act are told of all that a client does, and the answer stays what it was."""
    hooks = Told()
    stage = await serve(hooks=hooks, answer=bytes.upper, framing="line", name_from=r"id=(\w+)")
    peer = await stage.peer()
    await peer.say(b"id=a\nre")
    assert await peer.hear(7) == b"ID=A\nRE"
    await stage.until(lambda: bool(stage.row(peer).name))
    leave(peer)
    await stage.gone(peer)
    said = [("said", 1, b"id=a\n"), ("said", 1, b"re")]
    assert hooks.all[0] == ("opened", 1, "", "127.0.0.1")
    assert [each for each in hooks.all if each in said] == said
    assert ("renamed", 1, "a") in hooks.all
    assert hooks.all[-1] == ("ended", 1, stage.row(peer).end)


async def test_hooks_are_told_nothing_out_of_order(serve: Serve) -> None:
    """Of what is behind a message for which a rule ends the connection nothing is told, the
    remainder neither."""
    hooks = Told()
    stage = await stage_with(serve, rule(Reset(), starts=b"1"), hooks=hooks)
    peer = await stage.peer()
    await peer.say(b"1\n2\nrest")
    await stage.gone(peer)
    assert hooks.all[1:-1] == [("said", peer.id, b"1\n")]


async def test_rules_that_are_taken_away(serve: Serve) -> None:
    """Nothing is left of what they had begun: no dialogue that hears nobody, and no half of a
    message whose other half nobody has heard."""
    stage = await serve(framing="line")
    peer = await stage.peer()
    wait = "'expect within 20ms any'"
    await stage.engine.do(Instruct(f"[[rule]]\nnth = 1\ndo = ['send ok\\n', {wait}]\n"))
    await peer.say(b"a\nPAR")
    assert await peer.hear(3) == b"ok\n"
    await stage.engine.do(Instruct(""))
    await peer.say(b"TIAL\n")
    await stage.received(peer, 10)
    await stage.engine.do(Instruct("[[rule]]\nafter = '50ms'\ndo = 'send idle'\n"))
    assert await peer.hear(4) == b"idle"
    assert stage.row(peer).flag == ""
    await stage.engine.do(Instruct("[[rule]]\ndo = 'echo'\n"))
    await peer.say(b"ping\n")
    assert await peer.hear(5) == b"ping\n"


async def test_half_a_message_is_forgotten_with_the_rules(serve: Serve) -> None:
    """What comes while there are no rules is not heard, so what came before is never whole."""
    stage = await serve(framing="line")
    peer = await stage.peer()
    echo = "[[rule]]\ndo = 'echo'\n"
    await stage.engine.do(Instruct(echo))
    await peer.say(b"a\nPAR")
    assert await peer.hear(2) == b"a\n"
    await stage.engine.do(Instruct(""))
    await peer.say(b"TIAL\n")
    await stage.received(peer, 10)
    await stage.engine.do(Instruct(echo))
    await peer.say(b"ping\n")
    assert await peer.hear(5) == b"ping\n"


async def test_a_held_client_is_let_go_with_the_rules(serve: Serve) -> None:
    """A client that a rule does not read is read again when there are no rules any more."""
    stage = await serve(framing="line")
    peer = await stage.peer()
    await stage.engine.do(Instruct("[[rule]]\ndo = ['stop-reading 1h', 'send ok']\n"))
    await peer.say(b"a\n")
    assert await peer.hear(2) == b"ok"
    await stage.engine.do(Instruct(""))
    await peer.say(b"b\n")
    await stage.received(peer, 4)


async def test_a_timer_of_before(serve: Serve) -> None:
    """What an old rule still finds out about a client says nothing about the new one in its
    place."""
    tick = rule(say("x"), when=When.TIMER, seconds=0.005, query=query("client:99"))
    stage = await stage_with(serve, tick)
    peer = await stage.peer()
    acting = stage.engine._acting
    acting.instruct(Rules((rule(Echo(), query=query("client:1")),)))
    part = acting._parts[peer.id]
    stage.engine._acting.loop.call_later(0.02, stage.engine._settle)
    await stage.until(lambda: bool(part.suits))
    await peer.say(b"hi\n")
    assert await peer.hear(3) == b"hi\n"


async def test_a_slow_rule_gets_another_chance(serve: Serve) -> None:
    """Who turns a rule on again whose pattern took too long has it look again."""
    stage = await serve(framing="line")
    await stage.engine.do(Instruct("[[rule]]\nregex = '(a|aa)+$'\ndo = 'send ok'\n"))
    peer = await stage.peer()
    await peer.say((b"a" * 60 + b"b\n") * 3)
    await stage.until(lambda: not stage.engine.playbook().rules[0].on)
    await stage.engine.do(Switch(0, on=True))
    await peer.say(b"aa\n")
    assert await peer.hear(2) == b"ok"
    assert stage.engine.playbook().rules[0].trouble == ""


async def test_two_who_stop_reading(serve: Serve) -> None:
    """A client is read again when all who said otherwise let it: a rule's short while does not
    end that of a script which is behind."""
    beat = rule(StopReading(0.001), NoteStep(payload("beat")), when=When.TIMER, seconds=0.005)
    stage = await stage_with(serve, beat)
    peer = await stage.peer()
    await stage.engine.do(StopReadingCommand(peer.id, 60.0))
    await peer.say(b"x\n")
    await stage.until(lambda: len(told(stage, peer)) >= 5)
    assert stage.row(peer).rx_bytes == 0
    await stage.engine.do(StopReadingCommand(peer.id, 0.0))
    await stage.received(peer, 2)


async def test_what_a_silence_brings_may_be_the_end(serve: Serve) -> None:
    """Who does not take the answer to what a silence has ended is sent no more once it is gone."""
    limits = Limits(unread=Unread.DISCONNECT, stuck=1000)
    much = rule(say("x" * 6_000_000), say("b"), say("c"))
    stage = await stage_with(serve, much, framing="gap:10ms", limits=limits)
    peer = await stage.peer(receive_buffer=4096)
    await peer.say(b"x")
    await stage.gone(peer)
    await stage.engine.do(Note(0, "one turn later"))
    assert stage.kinds(peer)[-1] is Kind.CLOSE
    assert stage.view().totals.unsent == 0


async def test_what_is_kept_of_a_rule(serve: Serve) -> None:
    """New rules keep what a person turned off, but not what a slow pattern did; a rules file's
    framing gives way to one that somebody has chosen."""
    stage = await serve()
    text = "framing = 'line'\n[[rule]]\nname = 'a'\nstarts = 'x'\ndo = ['echo']\n"
    await stage.engine.do(Instruct(text))
    assert stage.view().framed.default == "line"
    await stage.engine.do(Switch(0, on=False))
    await stage.engine.do(Instruct(text.replace("line", "fixed:3")))
    assert stage.view().framed.default == "fixed:3"
    assert not stage.engine.playbook().rules[0].on
    await stage.engine.do(Cut("resp"))
    await stage.engine.do(Instruct(text.replace("line", "u8")))
    assert stage.view().framed.default == "resp"


async def test_who_repeats_itself(serve: Serve) -> None:
    """The same message is answered each time as is right for this client, and now."""
    text = """
framing = "line"
[[rule]]
nth = 2
do = 'send second '
go_on = true
[[rule]]
text = 'ping'
once = true
do = 'send once\\n'
[[rule]]
regex = 'PING (?P<n>\\d)'
do = 'send ${n}\\n'
[[rule]]
do = 'send other\\n'
"""
    stage = await serve()
    await stage.engine.do(Instruct(text))
    for _ in range(2):
        peer = await stage.peer()
        await peer.say(b"PING 7\n" * 4 + b"x\n" * 3 + b"PING 8\n")
        expected = b"once\nsecond 7\n7\n7\nother\nother\nother\n8\n"
        assert await peer.hear(len(expected)) == expected
    await stage.engine.do(Switch(2, on=False))
    await peer.say(b"PING 7\n")
    assert await peer.hear(6) == b"other\n"
    await stage.engine.do(Switch(2, on=True))
    await peer.say(b"PING 7\n")
    assert await peer.hear(2) == b"7\n"
    await stage.engine.do(Instruct(text.replace("${n}", "new")))
    await peer.say(b"PING 7\n")
    assert await peer.hear(4) == b"new\n"


async def test_who_was_there_before(serve: Serve) -> None:
    """Timers of new rules run for clients who came before, and those of old ones no more."""
    stage = await serve()
    peer = await stage.peer()
    timer = "[[rule]]\nname = 'a'\nwhen = 'timer'\nevery = '20ms'\ndo = ['send old']\n"
    await stage.engine.do(Instruct(timer))
    assert await peer.hear(3) == b"old"
    await stage.engine.do(Instruct(timer.replace("old", "new")))
    heard = b"old"
    while heard == b"old":
        heard = await peer.hear(3)
    assert heard == await peer.hear(3) == b"new"


async def test_nothing_waits_for_who_is_sent_away(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the rest of the rule nor the rules behind it keep a client that has been reset."""
    waits: list[object] = []
    monkeypatch.setattr("tcpmon.engine.runs.Runs._later", lambda *each: waits.append(each))
    first = rule(Reset(), Delay(60.0), when=When.CONNECT, go_on=True)
    stage = await stage_with(serve, first, rule(Delay(60.0), when=When.CONNECT))
    peer = await stage.peer()
    await stage.gone(peer)
    assert [state.hits for state in stage.engine.playbook().rules] == [1, 0]
    assert waits == []


@pytest.mark.parametrize("step", [Reset(), Close()])
async def test_nothing_is_left_of_who_is_sent_away_at_once(serve: Serve, step: Step) -> None:
    """A crowd that a rule ends as it comes costs no memory, whatever other rules wait for."""
    tick = rule(say("x"), when=When.TIMER, seconds=60.0)
    stage = await stage_with(serve, rule(step, when=When.CONNECT), tick)
    for _ in range(3):
        peer = await stage.peer()
        await peer.hear_all()
        peer.close()
    await stage.until(lambda: not stage.view().totals.open)
    assert vars(stage.engine._acting)["_parts"] == {}
