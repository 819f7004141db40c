"""The keys of the filter language, once: help, README and completion are made from this."""

from msgspec import Struct


class Key(Struct, frozen=True):
    """What may stand before an operator.

    example: a whole term. means: after "only what …", a few words. also: other spellings.
    values: all there are, () for any. seen: where else completion gets values, "" for nowhere:
    "client", "name", "address" or "listener". compared: whether < and > may follow. changes:
    whether it depends on what changes of a client, or with time.
    """

    name: str
    example: str
    means: str
    also: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    seen: str = ""
    compared: bool = False
    changes: bool = False


KEYS = (
    Key("text", "text:login", "has the text in what was said, not in the name; or text:/re/"),
    Key("hex", 'hex:"24 47 ?? 52"', "has the bytes; ? is any digit"),
    Key("client", "client:3-9", "is of these clients: 7 or 7,9 or 3-9", seen="client"),
    Key("name", "name:gps*", "is of clients with such a name; * is anything", seen="name",
        changes=True),
    Key("ip", "ip:10.0.0.0/8", "is of clients from an address or network", seen="address"),
    Key("port", "port:40112", "is of clients from such a port: 80 or 80,443 or 80-90"),
    Key("on", "on::8000", "came in by a listener: its port or address", seen="listener"),
    Key("dir", "dir:rx", "was received, or sent", values=("rx", "tx")),
    Key("kind", "kind:close", "is a message or such an event",
        values=("msg", "open", "close", "eof", "info", "warn", "event", "error")),
    Key("state", "state:half", "is of clients in such a state",
        values=("open", "half", "closing", "closed", "reset"), changes=True),
    Key("is", "is:odd", "is marked as not what was expected", values=("odd",)),
    Key("mark", "mark:left*", "is of clients that a rule marked so; * is anything", changes=True),
    Key("len", "len>100", "is so many bytes long", ("size",), compared=True),
    Key("rx", "rx>1MB", "is of clients that sent so much", compared=True, changes=True),
    Key("tx", "tx>1MB", "is of clients that were sent so much", compared=True, changes=True),
    Key("rate", "rate>10kB", "is of clients with so many bytes a second", compared=True,
        changes=True),
    Key("idle", "idle>30s", "is of clients that have been silent so long", compared=True,
        changes=True),
    Key("age", "age<5m", "was so long ago; a client: so long here", compared=True, changes=True),
    Key("queue", "queue>0", "is of clients with so much unsent", ("unsent",), compared=True,
        changes=True),
    Key("msgs", "msgs=0", "is of clients with so many messages", compared=True, changes=True),
    Key("rtt", "rtt>5ms", "is of clients with such a round-trip time", compared=True,
        changes=True),
    Key("retr", "retr>0", "is of clients to whom so much was sent again", compared=True,
        changes=True),
    Key("at", "at>12:04:30", "was at such a time of day", compared=True),
    Key("reads", "reads>1", "came in so many reads", compared=True),
)  # fmt: skip

KEY = {name: key for key in KEYS for name in (key.name, *key.also)}

FORMS = (
    ("gps", "has the text in name, address or what was said; in any case of letters"),
    ('"two words"', "likewise; what is special elsewhere is itself here"),
    ("/GP(GGA|RMC)/", "fits the regular expression; (?i) before it for any case"),
    ("a b", "both hold; also: a and b"),
    ("a | b", "one of them holds; also: a or b"),
    ("!a", "does not hold; also: -a, not a"),
    ("( )", "what belongs together"),
)
"""What else there is: how it is written, and what it asks for."""


def guide() -> list[tuple[str, str]]:
    """Return the whole language in lines: an example, and what it asks for."""
    return [*FORMS, *((key.example, key.means) for key in KEYS)]
