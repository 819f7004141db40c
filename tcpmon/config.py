"""Every option once, as it is meant: flags are turned into this and nothing else is read."""

from typing import Literal

from msgspec import Struct

from tcpmon.core.endpoint import Endpoint
from tcpmon.core.limits import Limits
from tcpmon.core.payload import Payload


class Own(Struct, frozen=True):
    """What holds for one address alone, instead of what holds for all; None = as for all."""

    framing: str | None = None
    silence: float | None = None
    name_from: str | None = None


class Config(Struct, frozen=True):
    """What a node does.

    endpoints: where it listens. echo: answer each read with what came; reply:
    answer each read with this, or with what it makes. half_open: keep a client that has closed its
    sending side. Limits: see there. allow, deny: addresses and networks, see core.access.
    framing: how streams are cut into messages, see core.framing.spec. hints: whether what
    was noticed in clients is told, see core.hints. names, name_from: what clients are called, see
    core.naming. silence: seconds after which it is said that a client is silent, 0 = never;
    silences: the same by pattern of its name. filters: what `@name` stands for in a filter.
    messages: payloads by name, in the order of their keys, see core.payload. own: what holds for
    those alone who come in by an endpoint. rules: the file they come from, "" for none, and their
    text, see core.rules. script: the file of a program that acts on what clients do, see
    tcpmon.script, "" for none.
    """

    endpoints: tuple[Endpoint, ...]
    echo: bool = False
    reply: bytes | Payload | None = None
    half_open: bool = False
    limits: Limits = Limits()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    framing: str = "none"
    hints: bool = True
    names: dict[str, str] = {}
    name_from: str = ""
    silence: float = 0.0
    silences: dict[str, float] = {}
    filters: dict[str, str] = {}
    messages: dict[str, str] = {}
    own: dict[Endpoint, Own] = {}
    rules: tuple[str, str] | None = None
    script: str = ""


class ServeConfig(Struct, frozen=True):
    """How `tcpmon serve` reports. quiet: no line for each message. filter: only what matches,
    see core.query."""

    node: Config
    format: Literal["text", "jsonl"] = "text"
    quiet: bool = False
    filter: str = ""


class ScreenConfig(Struct, frozen=True):
    """How the screen looks. theme: a name, "auto" = by the terminal's colours. history: whether
    what is sent is kept for the next time."""

    node: Config
    theme: str = "auto"
    history: bool = True
