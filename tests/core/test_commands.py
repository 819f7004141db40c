"""What can be asked of a node is plain data, and an engine answers all of it."""

import msgspec
import pytest

from tcpmon import Engine
from tcpmon.core import commands
from tcpmon.core.commands import (
    Command,
    Cut,
    Delivery,
    Disconnect,
    Examine,
    Flag,
    ForgetClosed,
    ForgetJobs,
    How,
    Instruct,
    Listen,
    Name,
    Note,
    Order,
    Permit,
    Repeat,
    Send,
    SendFile,
    Silence,
    StopReading,
    Switch,
    Tell,
    Unlisten,
    Unpermit,
)
from tcpmon.core.endpoint import TcpEndpoint, UnixEndpoint
from tcpmon.core.errors import NoSuchTarget

EXAMPLES: tuple[Command[object], ...] = (
    Listen(TcpEndpoint("localhost", 0)),
    Listen(UnixEndpoint("a.sock"), "line", r"imei=(\d+)", 30.0),
    Unlisten(1),
    Send(bytes(range(256))),
    Send(b"", (1, 2)),
    Send(clients="name:gps", text=r"\x02${client}\r\n"),
    Repeat("ping", None, 0.5),
    Repeat("ping", (1, 2), 30.0, times=3),
    SendFile("/tmp/firmware.bin", "state:open"),
    SendFile("a", (7,)),
    *(Tell(3, order) for order in Order),
    ForgetJobs(),
    Disconnect(None),
    Disconnect((7,), How.RESET),
    Disconnect((7,), How.HALF),
    Instruct("[[rule]]\ndo = 'echo'\n", "rules.toml"),
    Switch(0, on=False),
    Flag(3, "why"),
    Note(3, "a line", warn=True),
    StopReading(3, 1.5),
    Permit("10.0.0.0/8", allow=True),
    Permit("::1", allow=False, seconds=60),
    Unpermit("10.0.0.0/8"),
    Cut("line"),
    Cut("length:width=2", client=3),
    Cut("", listener=1),
    Name(3, "gps-0417"),
    Name(3, "gps-{host}", remember=True),
    Name(3, "{said}", literal=True),
    Silence(30.0),
    Silence(0.0, client=3),
    Silence(1.5, listener=1),
    Examine(3),
    ForgetClosed(),
)


def test_every_command_has_an_example() -> None:
    """The tests below leave no command out."""
    every = {kind for kind in vars(commands).values() if isinstance(kind, type)}
    asked = {kind for kind in every if issubclass(kind, Command)} - {Command}
    assert {type(example) for example in EXAMPLES} == asked


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_can_be_written_down(example: Command[object]) -> None:
    """A command survives a trip as bytes and as JSON, as one for a node elsewhere must."""
    for form in (msgspec.msgpack, msgspec.json):
        assert form.decode(form.encode(example), type=type(example)) == example


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_cannot_be_changed(example: Command[object]) -> None:
    """What has been asked stays what was asked, on whatever thread it is carried out."""
    for field in example.__struct_fields__:
        with pytest.raises(AttributeError):
            setattr(example, field, None)


def test_a_send_is_for_all_unless_told() -> None:
    """Without clients a payload is for all of them, and a disconnect is in order."""
    assert Send(b"x").clients is None
    assert Disconnect(None).how is How.CLOSE
    assert Delivery(1, 0).skipped == {}


async def test_an_engine_answers_all_of_it() -> None:
    """Each command gets its kind of answer from a node without clients."""
    async with Engine() as engine:
        listener = await engine.do(Listen(TcpEndpoint("127.0.0.1", 0)))
        assert await engine.do(Send(b"x")) == Delivery(0, 0)
        assert await engine.do(Disconnect(None)) == 0
        assert await engine.do(ForgetClosed()) == 0
        await engine.do(Silence(30.0))
        for unknown in (Name(1, "a"), Silence(1.0, client=1), Silence(1.0, listener=9)):
            with pytest.raises(NoSuchTarget):
                await engine.do(unknown)
        await engine.do(Unlisten(listener.id))
        with pytest.raises(NoSuchTarget):
            await engine.do(Unlisten(listener.id))
