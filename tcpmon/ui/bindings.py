"""Actions to Textual's bindings."""

from textual.binding import Binding, BindingType

from tcpmon.ui.actions import Place, of


def bindings(place: Place) -> list[BindingType]:
    """Return the bindings of a screen or widget."""
    return [
        Binding(",".join(action.keys), action.method, action.label, show=False)
        for action in of(place)
    ]
