"""How what is shown is cut, in a word or two."""

from tcpmon.core.model import Client, View


def listener_of(view: View, client: Client | None) -> int | None:
    """Return the listener that a client came in by, if it is still there."""
    if client is None:
        return None
    listeners = (one for one in view.listeners if client.listener in one.addresses)
    return next((one.id for one in listeners), None)


def shown(view: View, scope: int | None, client: Client | None) -> str:
    """Return how the log of a scope is cut, None for all clients; "" for as it was read.

    client: the one in scope, if it is known.
    """
    framed = view.framed
    default = "" if framed.default == "none" else framed.default
    if scope is None:
        others = framed.clients or framed.listeners
        return f"{default or 'read'}, some otherwise" if others else default
    framing = framed.clients.get(scope) or framed.listeners.get(listener_of(view, client) or 0)
    return default if framing is None else "" if framing == "none" else framing
