"""Asks which number is to be taken from each message, and tries it on the newest ones."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tcpmon.core import numbers
from tcpmon.core.errors import BadNumber
from tcpmon.core.numbers import Number
from tcpmon.core.units import counted
from tcpmon.ui.faces.number import value
from tcpmon.ui.screens.dialog import Dialog


class NumberDialog(Dialog[Number]):
    """Asks for a number as `core.numbers` reads it.

    sample: what the newest messages said, the newest last. past: what was written before, the
    newest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("up", "step(1)", "Older"),
        ("down", "step(-1)", "Newer"),
    ]

    def __init__(self, sample: Sequence[bytes], past: Sequence[str]) -> None:
        super().__init__("Number", "plot", numbers.EXAMPLES, _parse, self._tried)
        self._sample = sample
        self._past = list(past)
        self._place = 0

    def on_mount(self) -> None:
        """Begin with the newest one."""
        self.query_one("#dialog", Vertical).border_subtitle = "enter plot   ↑ before   esc cancel"
        self._recall()

    def action_step(self, step: int) -> None:
        """Go through what was written before."""
        self._place = max(0, min(len(self._past) - 1, self._place + step))
        self._recall()

    def _recall(self) -> None:
        if self._past:
            self.query_one(Input).value = self._past[self._place]

    def _tried(self, number: Number) -> str:
        found = [taken for data in self._sample if (taken := number.take(data)) is not None]
        if number.given_up:
            return "takes too long on these messages"
        if not self._sample:
            return "no message to try it on"
        if not found:
            return f"no number in the newest {counted(len(self._sample), 'message')}"
        return f"{value(found[-1])} is the newest; in {len(found)} of {len(self._sample)}"


def _parse(text: str) -> Number:
    try:
        return numbers.parse(text)
    except BadNumber as error:
        where = f"character {error.place + 1}: {error.message}"
        raise BadNumber(where, error.place, error.hint) from None
