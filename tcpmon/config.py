"""Every option once, as it is meant: flags are turned into this and nothing else is read."""

from dataclasses import dataclass
from typing import Literal

from tcpmon.core.endpoint import Endpoint
from tcpmon.core.limits import Limits


@dataclass(frozen=True, slots=True)
class Config:
    """What a node does.

    endpoints: where it listens. echo: answer each read with what came; reply:
    answer each read with this. half_open: keep a client that has closed its
    sending side. Limits: see there.
    """

    endpoints: tuple[Endpoint, ...]
    echo: bool = False
    reply: bytes | None = None
    half_open: bool = False
    limits: Limits = Limits()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class ServeConfig:
    """How `tcpmon serve` reports. quiet: no line for each message."""

    node: Config
    format: Literal["text", "jsonl"] = "text"
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """How the screen looks. theme: a name, "auto" = by the terminal's colours."""

    node: Config
    theme: str = "auto"
