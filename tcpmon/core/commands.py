"""All that can be asked of a node, and what it answers.

A key, a script and a remote screen ask in the same words; `Node.do` takes any
of them and returns the answer named in the brackets.
"""

from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from tcpmon.core.endpoint import Endpoint
from tcpmon.core.model import Listener
from tcpmon.core.tcpinfo import TcpInfo

R_co = TypeVar("R_co", covariant=True)


class Command(Struct, Generic[R_co], frozen=True):
    """Something a node can do; R_co is what comes back."""


class Listen(Command[Listener], frozen=True):
    """Bind an endpoint and accept clients on it.

    For those who come in by it: framing: as Cut's, "" for what holds for all. name_from: what
    finds a client's name in what it says first, "" for what all go by. silence: as
    Silence.seconds, None for what holds for all.
    Raises CannotListen, BadFraming, BadPattern.
    """

    endpoint: Endpoint
    framing: str = ""
    name_from: str = ""
    silence: float | None = None


class Unlisten(Command[None], frozen=True):
    """Accept no more on a listener. Its clients stay.

    Raises NoSuchTarget.
    """

    listener: int


class Delivery(Struct, frozen=True):
    """What became of a payload.

    accepted: clients that were given it; queued: those of them for which it
    waits, because the peer has not read what went before; skipped: who did not
    get it, and why.
    """

    accepted: int
    queued: int
    skipped: dict[int, str] = {}


class Send(Command[Delivery], frozen=True):
    """Send data to clients; clients=None means to all that are open."""

    data: bytes
    clients: tuple[int, ...] | None = None


class How(StrEnum):
    """A way to end a connection."""

    CLOSE = "close"
    """Send what is queued, then FIN; a reset only if that is not possible within a second."""
    RESET = "reset"
    """RST at once; what is queued is lost."""


class Disconnect(Command[int], frozen=True):
    """End connections; clients=None means all. Returns how many were open."""

    clients: tuple[int, ...] | None
    how: How = How.CLOSE


class Permit(Command[None], frozen=True):
    """Allow or deny callers of an address or network from now on; open clients stay.

    network: as `tcpmon.core.access.parse_network` reads it. seconds: how long it
    holds, 0 for ever. Raises BadNetwork.
    """

    network: str
    allow: bool
    seconds: float = 0.0


class Unpermit(Command[None], frozen=True):
    """Forget what was said about an address or network.

    Raises BadNetwork, NoSuchTarget.
    """

    network: str


class Cut(Command[None], frozen=True):
    """Cut what comes and goes into messages in another way, what is kept of it too.

    framing: as `tcpmon.core.framing.spec` reads it, "" for what holds otherwise. client: only for
    that one; listener: for those who came in by it; neither: for all others.
    Raises BadFraming, NoSuchTarget.
    """

    framing: str
    client: int | None = None
    listener: int | None = None


class Name(Command[None], frozen=True):
    """Give a client a name, "" for none.

    name: as a person writes it; `{host}`, `{address}` and `{number}` in it are filled in, see
    `tcpmon.core.naming`. remember: for all who come from its address from now on, too.
    Raises NoSuchTarget, BadName.
    """

    client: int
    name: str
    remember: bool = False


class Silence(Command[None], frozen=True):
    """Say so when a client has been silent for so many seconds, 0 = never.

    client: only for that one; listener: for those who came in by it; neither: for all others.
    Raises NoSuchTarget.
    """

    seconds: float
    client: int | None = None
    listener: int | None = None


class Examine(Command[TcpInfo | None], frozen=True):
    """Ask the kernel all it knows about an open client; None where it does not tell.

    Raises NoSuchTarget.
    """

    client: int


class ForgetClosed(Command[int], frozen=True):
    """Take closed clients off the table. Returns how many. Their records stay."""
