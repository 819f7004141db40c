"""Every option once, as it is meant: flags are turned into this and nothing else is read."""

from typing import Literal

from msgspec import Struct

from tcpmon.core.endpoint import Endpoint
from tcpmon.core.limits import Limits


class Config(Struct, frozen=True):
    """What a node does.

    endpoints: where it listens. echo: answer each read with what came; reply:
    answer each read with this. half_open: keep a client that has closed its
    sending side. Limits: see there. allow, deny: addresses and networks, see core.access. framing:
    how streams are cut into messages, see core.framing.spec.
    """

    endpoints: tuple[Endpoint, ...]
    echo: bool = False
    reply: bytes | None = None
    half_open: bool = False
    limits: Limits = Limits()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    framing: str = "none"


class ServeConfig(Struct, frozen=True):
    """How `tcpmon serve` reports. quiet: no line for each message. filter: only what matches,
    see core.query."""

    node: Config
    format: Literal["text", "jsonl"] = "text"
    quiet: bool = False
    filter: str = ""


class ScreenConfig(Struct, frozen=True):
    """How the screen looks. theme: a name, "auto" = by the terminal's colours."""

    node: Config
    theme: str = "auto"
