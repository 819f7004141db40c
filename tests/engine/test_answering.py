"""What answers clients is in force as soon as somebody says so, and can be looked at."""

import pytest

from tcpmon.core.commands import Cut, Instruct, Switch
from tcpmon.core.errors import BadRules, NoSuchTarget
from tcpmon.core.model import Kind
from tcpmon.core.peer import Peer
from tests.engine.conftest import Serve
from tests.engine.test_acting import Told

LINES = 'framing = "line"\n[[rule]]\ndo = "echo"\n'


async def test_rules_as_they_are_written(serve: Serve) -> None:
    """A file's text takes the place of what there was, for those who are there too; same names
    keep their counts, a dialogue its steps; what cannot be read changes nothing."""
    stage = await serve()
    peer = await stage.peer()
    text = """
framing = "line"
[[rule]]
name = "login"
regex = 'LOGIN (?P<id>\\w+)'
do = ['send OK ${id}\\n', 'expect any', 'send old\\n']
"""
    await stage.engine.do(Instruct(text, "rules.toml"))
    await peer.say(b"LOGIN bob\n")
    assert await peer.hear(7) == b"OK bob\n"
    with pytest.raises(BadRules):
        await stage.engine.do(Instruct("[[rule]]\nwhat = 1\n"))
    book = stage.engine.playbook()
    assert (book.source, book.text, book.rules[0].hits) == ("rules.toml", text, 1)
    assert "line 2" in book.trouble
    await stage.engine.do(Instruct(text.replace("OK", "NEW").replace("old", "new")))
    await peer.say(b"x\nLOGIN eve\n")
    assert await peer.hear(12) == b"old\nNEW eve\n"
    assert stage.engine.playbook().rules[0].hits == 2
    await stage.engine.do(Instruct(""))
    assert stage.view().rules_on == 0


async def test_rules_cut_unless_somebody_else_does(serve: Serve) -> None:
    """The framing of a rules file holds, and the next file's; a person's own choice stays."""
    stage = await serve()

    def framing() -> str:
        return stage.view().framed.default

    await stage.engine.do(Instruct(LINES))
    assert framing() == "line"
    await stage.engine.do(Instruct(LINES.replace("line", "u16be")))
    assert framing() == "u16be"
    await stage.engine.do(Cut("u32be"))
    chosen = framing()
    await stage.engine.do(Instruct(LINES))
    assert framing() == chosen


async def test_what_is_wrong_is_seen(serve: Serve) -> None:
    """A file that could not be read is in the view until one could; there is no tenth rule."""
    stage = await serve()
    await stage.engine.do(Instruct(LINES))
    stage.engine.not_taken("device.toml: line 3: what?")
    assert stage.view().acting_trouble == "device.toml: line 3: what?"
    assert stage.warnings() == ["rules not taken, those of before stay: device.toml: line 3: what?"]
    assert stage.view().rules_on == 1
    with pytest.raises(NoSuchTarget):
        await stage.engine.do(Switch(9, on=False))
    await stage.engine.do(Instruct(LINES))
    assert stage.view().acting_trouble == ""


async def test_a_script_beside(serve: Serve) -> None:
    """A script is told of clients who come from then on, and what is wrong with it is shown."""
    stage = await serve(framing="line")
    told, trouble = Told(), "line 3: no"
    stage.engine.run_beside(told, lambda: ("my.py", trouble))
    peer = await stage.peer()
    await peer.say(b"a\n")
    await stage.until(lambda: ("said", peer.id, b"a\n") in told.all)
    assert (stage.view().script_trouble, stage.view().acting_trouble) == ("line 3: no", "")
    book = stage.engine.playbook()
    assert (book.script, book.script_trouble) == ("my.py", "line 3: no")


async def test_a_function_may_come_late(serve: Serve) -> None:
    """One that is given to a running engine is called for what happens from then on."""
    stage = await serve(framing="line")
    early = await stage.peer()
    await early.say(b"1\n")
    await stage.received(early, 2)

    @stage.engine.on_message
    def answer(peer: Peer, message: bytes) -> None:
        peer.send(b"got " + message)

    late = await stage.peer()
    await late.say(b"2\n")
    assert await late.hear(6) == b"got 2\n"
    assert [record.kind for record in stage.records(early)] == [Kind.OPEN, Kind.RX]
