"""All that can be asked of a node, and what it answers.

A key, a script and a remote screen ask in the same words; `Node.do` takes any
of them and returns the answer named in the brackets.
"""

from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from tcpmon.core.endpoint import Endpoint
from tcpmon.core.jobs import Job
from tcpmon.core.model import Listener
from tcpmon.core.tcpinfo import TcpInfo

R_co = TypeVar("R_co", covariant=True)


class Command(Struct, Generic[R_co], frozen=True):
    """Something a node can do; R_co is what comes back."""


Whom = tuple[int, ...] | str | None
"""For whom something is: clients by number, all open ones that a filter lets through as it says
then (see core.query), or None, all that are open."""


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
    """Send data to clients.

    text: a payload as a person writes it, see core.payload, instead of data; it is filled in for
    each of them. Raises BadPayload, BadFilter.
    """

    data: bytes = b""
    clients: Whom = None
    text: str = ""


class Repeat(Command[Job], frozen=True):
    """Send a payload again and again, the first time at once. It goes on by itself, see View.jobs.

    text: as Send's. every: seconds; times: how often, 0 = until it is stopped. A filter is asked
    anew each time. Raises BadPayload, BadFilter, BadTime.
    """

    text: str
    clients: Whom
    every: float
    times: int = 0


class SendFile(Command[Job], frozen=True):
    """Send the bytes of a file, at the pace of the slowest of those it is for.

    It goes on by itself, see View.jobs; no more of it is in memory than what waits to be taken.
    Raises CannotRead, BadFilter, NoSuchTarget.
    """

    path: str
    clients: Whom


class Order(StrEnum):
    """What a job is told."""

    HOLD = "hold"
    GO_ON = "go on"
    STOP = "stop"


class Tell(Command[None], frozen=True):
    """Tell a job to wait, to go on, or to stop.

    Raises NoSuchTarget.
    """

    job: int
    order: Order


class ForgetJobs(Command[int], frozen=True):
    """Take jobs that are over off the list. Returns how many."""


class Instruct(Command[None], frozen=True):
    """Answer clients by these rules from now on, see core.rules; they take the place of all
    others. Rules of the same name keep their counts, and whether they are on.

    source: the file they come from, "" for none. Raises BadRules; then those of before stay.
    """

    text: str
    source: str = ""


class Switch(Command[None], frozen=True):
    """Turn a rule on or off, by its place in the list; on also after it was in trouble.

    Raises NoSuchTarget.
    """

    rule: int
    on: bool


class Flag(Command[None], frozen=True):
    """Mark a client with a few words why, "" for no more.

    Raises NoSuchTarget.
    """

    client: int
    why: str


class Note(Command[None], frozen=True):
    """Keep a line about a client among the records, also of one that has gone; 0 = about none.

    warn: it is something the operator should know. Raises NoSuchTarget.
    """

    client: int
    text: str
    warn: bool = False


class StopReading(Command[None], frozen=True):
    """Take no more bytes from a client for so many seconds, so that TCP holds it back; 0 = go on.

    Raises NoSuchTarget.
    """

    client: int
    seconds: float


class How(StrEnum):
    """A way to end a connection."""

    CLOSE = "close"
    """Send what is queued, then FIN; a reset only if that is not possible within a second."""
    RESET = "reset"
    """RST at once; what is queued is lost."""
    HALF = "half-close"
    """Send what is queued, then FIN; what the peer says is still read, until it closes too."""


class Disconnect(Command[int], frozen=True):
    """End connections. Returns how many were open. Raises BadFilter."""

    clients: Whom
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
    `tcpmon.core.naming`. remember: for all who come from its address from now on, too. literal: it
    is taken as it is, and only for this one. Raises NoSuchTarget, BadName.
    """

    client: int
    name: str
    remember: bool = False
    literal: bool = False


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
