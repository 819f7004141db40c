"""tcpmon: a TCP server you can see into.

As a program: `tcpmon`, see README.md. As a library, without a screen:

>>> from tcpmon import Engine

`Engine` is the server that keeps and counts everything (`tcpmon.engine`). What
it shows and takes is in `tcpmon.core`: `model` for the nouns, `commands` for
the verbs. Names are resolved when they are first used, so that `tcpmon --help`
imports none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcpmon.core.errors import TcpmonError as TcpmonError
    from tcpmon.core.limits import Limits as Limits
    from tcpmon.core.model import Ask as Ask, Kind as Kind, Record as Record, View as View
    from tcpmon.engine.engine import Engine as Engine

__version__ = "0.1.0"

_HOMES = {
    "Ask": "tcpmon.core.model",
    "Engine": "tcpmon.engine.engine",
    "Kind": "tcpmon.core.model",
    "Limits": "tcpmon.core.limits",
    "Record": "tcpmon.core.model",
    "TcpmonError": "tcpmon.core.errors",
    "View": "tcpmon.core.model",
}
__all__ = ["Ask", "Engine", "Kind", "Limits", "Record", "TcpmonError", "View"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'tcpmon' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
