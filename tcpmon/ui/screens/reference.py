"""A page to read while one writes: what a payload may hold, and what rules are."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tcpmon.core import payload, rules
from tcpmon.ui.screens.help import HelpScreen


class Reference(HelpScreen):
    """One text as it stands in README. Where the screen is narrow its lines are broken."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._page_title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """One scrolling page."""
        with VerticalScroll(id="help") as box:
            box.border_title = self._page_title
            box.border_subtitle = "↑↓ scroll   esc close"
            yield Static(self._text, markup=False)


def of_payloads() -> Reference:
    """Return the page on what can be sent."""
    return Reference("What can be written", _below_the_first_line(payload.__doc__))


def of_rules() -> Reference:
    """Return the page on rules, with what they can send behind it."""
    sent = _below_the_first_line(payload.__doc__)
    text = f"{_below_the_first_line(rules.__doc__)}\n\nA PAYLOAD\n\n{sent}"
    return Reference("What rules are", text)


def _below_the_first_line(text: str | None) -> str:
    return (text or "").partition("\n")[2].strip()  # without docstrings there is nothing
