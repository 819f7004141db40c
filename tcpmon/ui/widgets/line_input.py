"""A line to write in that takes keys in the order in which they were pressed."""

from textual import events
from textual.binding import Binding
from textual.widgets import Input

EDITS = ("cursor_", "delete_", "home", "end", "submit")
"""How what Input does with a key begins that is about its text; the others, copy and scroll, may
mean something else to who is around it."""


class LineInput(Input):
    """An Input whose keys do not wait: those that edit, and those that a subclass binds.

    Textual puts a letter in at once, but sends what a binding means on its way through the app
    first: where the app is busy, letters typed behind a backspace would be there before it.
    """

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable:
            return  # Input's own handler, which comes next
        own = [] if type(self) is LineInput else list(Binding.make_bindings(self.BINDINGS))
        for binding in [*own, *self._bindings.key_to_bindings.get(event.key, ())]:
            if binding.key == event.key and (binding in own or binding.action.startswith(EDITS)):
                event.stop()
                event.prevent_default()
                await self.run_action(binding.action)
                return
