"""Errands ask where it would hurt, order exactly what was meant, and tell what came of it."""

from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

from tcpmon.core.commands import Command, Delivery, Disconnect, ForgetClosed, How, Permit, Send
from tcpmon.core.errors import NoSuchTarget, Stopped, TcpmonError
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.screens.errands import NAMED, Errands, told
from tcpmon.ui.widgets.composer import Targets
from tests.ui.fakes import a_client, closed

if TYPE_CHECKING:
    from textual.screen import Screen

    from tcpmon.core.node import Node

R = TypeVar("R")


class Stage:
    """A screen, its app and a node in one, and what happened to each of them."""

    def __init__(self, answer: object = None, choice: str = "") -> None:
        """answer: what the node answers, or raises. choice: what the person chooses."""
        self.answer = answer
        self.choice = choice
        self.commands: list[Command[Any]] = []
        self.said: list[tuple[str, str]] = []  # (text, severity)
        self.asked: list[tuple[str, list[str], dict[str, str]]] = []
        self.done = 0
        screen, node = cast("Screen[None]", self), cast("Node", self)
        self.errands = Errands(screen, node, "#{}".format, self.note_done)

    @property
    def app(self) -> "Stage":
        return self

    @property
    def screen(self) -> "Stage":
        return self

    def note_done(self) -> None:
        self.done += 1

    def notify(self, message: str, *, severity: str = "information") -> None:
        self.said.append((message, severity))

    async def push_screen_wait(self, question: Choice) -> str:
        self.asked.append((question._question, question._lines, question._options))
        return self.choice

    async def do(self, command: Command[R]) -> R:
        self.commands.append(command)
        if isinstance(self.answer, Exception):
            raise self.answer
        return cast("R", self.answer)


ERRORS = pytest.mark.parametrize(
    "error",
    [NoSuchTarget("there is no client 7"), Stopped("the node has stopped", "start it again")],
    ids=repr,
)


@ERRORS
async def test_a_failure_is_shown_with_its_hint(error: TcpmonError) -> None:
    """A command that fails is shown as an error, with the hint where there is one."""
    stage = Stage(error)
    assert await stage.errands.do(ForgetClosed()) is None
    assert stage.said == [(str(error), "error")]
    assert error.hint in stage.said[0][0]
    assert stage.done == 0


async def test_a_command_that_worked_is_shown_at_once() -> None:
    """A command's answer comes back, and the screen looks again at once."""
    stage = Stage(3)
    assert await stage.errands.do(ForgetClosed()) == 3
    assert (stage.done, stage.said) == (1, [])


async def test_a_bug_is_not_taken_for_a_failure() -> None:
    """What is no fault of person, world or peer is not swallowed."""
    with pytest.raises(ZeroDivisionError):
        await Stage(ZeroDivisionError()).errands.do(ForgetClosed())


# -- sending -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivery", "sentence"),
    [
        (Delivery(1, 0), "sent to 1 of 1 client"),
        (Delivery(3, 0), "sent to 3 of 3 clients"),
        (Delivery(0, 0), "sent to 0 of 0 clients"),
        (Delivery(0, 0, {7: "gone"}), "sent to 0 of 1 client; not to #7 (gone)"),
        (Delivery(3, 2), "sent to 3 of 3 clients; 2 not yet taken by the peer"),
        (Delivery(12, 0, {7: "gone", 9: "is being closed"}),
         "sent to 12 of 14 clients; not to #7 (gone), #9 (is being closed)"),
        (Delivery(1, 1, {7: "gone", 8: "gone", 9: "gone"}),
         ("sent to 1 of 4 clients; 1 not yet taken by the peer; "
          "not to #7 (gone), #8 (gone) and 1 more")),
        (Delivery(9_990, 1_000, dict.fromkeys(range(1, 11), "gone")),
         ("sent to 9,990 of 10,000 clients; 1,000 not yet taken by the peer; "
          "not to #1 (gone), #2 (gone) and 8 more")),
    ],
)  # fmt: skip
def test_told(delivery: Delivery, sentence: str) -> None:
    """One sentence says how many got it, for whom it waits, and who did not get it and why."""
    assert told(delivery) == sentence


@pytest.mark.parametrize("targets", [(7,), (7, 9), None])
async def test_exactly_the_bytes_are_sent(targets: Targets) -> None:
    """What is sent are these bytes, to these clients, and nothing is asked."""
    delivery = Delivery(2, 1)
    stage = Stage(delivery)
    assert await stage.errands.send(b"hi\n", targets) == (True, told(delivery))
    assert stage.commands == [Send(b"hi\n", targets)]
    assert stage.asked == []


@pytest.mark.parametrize(
    ("delivery", "taken"),
    [(Delivery(1, 1), True), (Delivery(1, 0, {7: "gone"}), True),
     (Delivery(0, 0, {7: "gone"}), False), (Delivery(0, 0), False)],
)  # fmt: skip
async def test_nobody_got_it(delivery: Delivery, taken: bool) -> None:
    """It is said whether anybody at all was given what was sent."""
    assert await Stage(delivery).errands.send(b"x", None) == (taken, told(delivery))


@ERRORS
async def test_what_could_not_be_sent_is_not_claimed(error: TcpmonError) -> None:
    """What failed to be sent is called not sent, beside the error."""
    stage = Stage(error)
    assert await stage.errands.send(b"x", (7,)) == (False, "not sent")
    assert stage.said == [(str(error), "error")]


# -- disconnecting -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("open_before", "how", "sentence"),
    [
        (1, How.CLOSE, "#7: closing"),
        (1, How.RESET, "#7: reset"),
        (0, How.CLOSE, "#7: is gone already"),
        (0, How.RESET, "#7: is gone already"),
    ],
)
async def test_one_client_is_disconnected_without_a_question(
    open_before: int, how: How, sentence: str
) -> None:
    """One client is disconnected at once, and what came of it is said."""
    stage = Stage(open_before)
    assert await stage.errands.disconnect((7,), 1, how) is True
    assert stage.commands == [Disconnect((7,), how)]
    assert stage.asked == []
    assert stage.said == [(sentence, "information")]


@pytest.mark.parametrize(
    ("targets", "count", "how", "question"),
    [
        ((7, 9), 2, How.CLOSE, "Disconnect 2 clients?"),
        ((7, 9), 2, How.RESET, "Reset 2 clients?"),
        (None, 1_204, How.CLOSE, "Disconnect 1,204 clients?"),
    ],
)
async def test_several_are_disconnected_after_a_question(
    targets: tuple[int, ...] | None, count: int, how: How, question: str
) -> None:
    """Several clients are disconnected only after it was asked how many it is to be."""
    stage = Stage(count, choice="y")
    assert await stage.errands.disconnect(targets, count, how) is True
    assert [asked[0] for asked in stage.asked] == [question]
    assert list(stage.asked[0][2]) == ["y"]
    assert stage.commands == [Disconnect(targets, how)]


@pytest.mark.parametrize("targets", [(7, 9), None])
async def test_nothing_is_done_without_a_yes(targets: tuple[int, ...] | None) -> None:
    """Whoever does not say yes has done nothing."""
    stage = Stage(2)
    assert await stage.errands.disconnect(targets, 2) is False
    assert (len(stage.asked), stage.commands, stage.done, stage.said) == (1, [], 0, [])


async def test_all_is_always_a_question() -> None:
    """All clients are disconnected only after it was asked, also if it is only one."""
    stage = Stage(1, choice="y")
    assert await stage.errands.disconnect(None, 1) is True
    assert [asked[0] for asked in stage.asked] == ["Disconnect 1 client?"]
    assert stage.commands == [Disconnect(None)]


@pytest.mark.parametrize("count", [2, NAMED, NAMED + 1, NAMED + 2_000])
async def test_a_question_names_whom_it_concerns(count: int) -> None:
    """A question names the first clients, and says how many more there are."""
    stage = Stage()
    await stage.errands.disconnect(tuple(range(1, count + 1)), count)
    lines = stage.asked[0][1]
    more = count - NAMED
    assert lines[:NAMED] == [f"#{id}" for id in range(1, min(count, NAMED) + 1)]
    assert lines[NAMED:] == ([f"and {more:,} more"] if more > 0 else [])


async def test_a_question_about_all_says_so() -> None:
    """A question about all clients does not name them one by one."""
    stage = Stage()
    await stage.errands.disconnect(None, 5)
    assert len(stage.asked[0][1]) == 1
    assert stage.asked[0][1][0].startswith("all that are connected")


@pytest.mark.parametrize(("choice", "how"), [("c", How.CLOSE), ("r", How.RESET)])
@pytest.mark.parametrize("targets", [(7,), (7, 9)])
async def test_how_to_disconnect_can_be_chosen(
    choice: str, how: How, targets: tuple[int, ...]
) -> None:
    """Between FIN and RST is chosen by a letter, for one client and for several."""
    stage = Stage(len(targets), choice)
    assert await stage.errands.disconnect_how(targets) is True
    assert stage.commands == [Disconnect(targets, how)]
    assert list(stage.asked[0][2]) == ["c", "r"]
    assert stage.asked[0][1] == [f"#{client}" for client in targets]


async def test_no_choice_is_no_reset() -> None:
    """Who does not choose between FIN and RST has disconnected nobody."""
    stage = Stage(1)
    assert await stage.errands.disconnect_how((7,)) is False
    assert stage.commands == []


@ERRORS
async def test_a_failed_disconnect_is_not_claimed(error: TcpmonError) -> None:
    """A disconnect that failed is shown as an error and not as done, either way."""
    for choice in ("c", "r"):
        stage = Stage(error, choice)
        assert await stage.errands.disconnect((7,), 1) is False
        assert await stage.errands.disconnect_how((7,)) is False
        assert stage.said == [(str(error), "error")] * 2


# -- refusing callers ----------------------------------------------------------------

HERE, THERE = a_client(1), a_client(2, peer="[2001:db8::7]:80")
NEAR = a_client(3, peer="127.0.0.2:4711")
LOCAL = a_client(4, peer="unix pid 4711 socat")


@pytest.mark.parametrize(
    ("choice", "commands"),
    [
        ("", []),
        ("y", [Permit("127.0.0.1", allow=False)]),
        ("t", [Permit("127.0.0.1", allow=False, seconds=600)]),
        ("w", [Permit("127.0.0.0/24", allow=False)]),
        ("d", [Permit("127.0.0.1", allow=False), Disconnect((1,))]),
    ],
)
async def test_an_address_is_refused_as_chosen(choice: str, commands: list[object]) -> None:
    """It is asked whether the address, for how long, or its network; clients that are connected
    stay unless that is chosen too."""
    stage = Stage(None, choice)
    await stage.errands.refuse([HERE])
    assert stage.commands == commands
    ((question, lines, options),) = stage.asked
    assert question == "Refuse 127.0.0.1?"
    assert "who is connected stays" in lines[0]
    assert options == {
        "y": "127.0.0.1", "t": "127.0.0.1 for 10 min", "w": "127.0.0.0/24",
        "d": "127.0.0.1, and disconnect 1 client",
    }  # fmt: skip


async def test_several_addresses_are_refused() -> None:
    """Marked clients are refused by their addresses, each once, and their networks, each once;
    who comes by a Unix socket is left out."""
    marked = [HERE, HERE, THERE, NEAR, LOCAL]
    stage = Stage(None, "w")
    await stage.errands.refuse(marked)
    assert stage.commands == [
        Permit("127.0.0.0/24", allow=False), Permit("2001:db8::/64", allow=False),
    ]  # fmt: skip
    question, lines, options = stage.asked[0]
    assert question == "Refuse 3 addresses?"
    assert lines[:3] == ["127.0.0.1", "2001:db8::7", "127.0.0.2"]
    assert (options["y"], options["w"]) == ("3 addresses", "2 networks")


async def test_a_question_about_many_addresses_names_the_first() -> None:
    """A question names some of the addresses, and says how many more there are."""
    stage = Stage()
    await stage.errands.refuse([a_client(n, peer=f"10.0.{n}.1:80") for n in range(20)])
    assert stage.asked[0][1][NAMED - 1 : NAMED + 1] == [f"10.0.{NAMED - 1}.1", "and 12 more"]


async def test_who_is_gone_is_not_disconnected() -> None:
    """Whoever has left can be refused, and there is nobody to disconnect."""
    stage = Stage(None, "y")
    await stage.errands.refuse([closed(1)])
    assert "d" not in stage.asked[0][2]
    assert stage.commands == [Permit("127.0.0.1", allow=False)]


async def test_a_unix_socket_cannot_be_refused() -> None:
    """Nothing is asked about a client that has no address, and it is said."""
    stage = Stage()
    await stage.errands.refuse([LOCAL])
    assert (stage.asked, stage.commands) == ([], [])
    assert stage.said == [("who comes by a Unix socket cannot be refused", "warning")]


@ERRORS
async def test_a_refusal_that_failed_is_told(error: TcpmonError) -> None:
    """What the node does not do is shown as an error."""
    stage = Stage(error, "y")
    await stage.errands.refuse([HERE])
    assert stage.said == [(str(error), "error")]


# -- the rest ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "sentence"),
    [(0, "0 closed clients cleared"), (1, "1 closed client cleared"),
     (1_000, "1,000 closed clients cleared")],
)  # fmt: skip
async def test_cleared_clients_are_counted(count: int, sentence: str) -> None:
    """How many closed clients have left the table is said."""
    stage = Stage(count)
    await stage.errands.forget_closed()
    assert stage.commands == [ForgetClosed()]
    assert stage.said == [(sentence, "information")]


@ERRORS
async def test_clearing_that_failed_is_not_claimed(error: TcpmonError) -> None:
    """Where nothing could be cleared, only the error is said."""
    stage = Stage(error)
    await stage.errands.forget_closed()
    assert stage.said == [(str(error), "error")]
