"""A page to read while one writes: what a payload may hold, and what rules are."""

import re
import textwrap

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tcpmon.core import payload, rules
from tcpmon.ui.screens.help import HelpScreen


class Reference(HelpScreen):
    """One text as it stands in README; its lines are broken anew where the screen is narrow."""

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

    def on_resize(self) -> None:
        """Break its lines."""
        self.call_after_refresh(self._fold)

    def _fold(self) -> None:
        page = self.query_one(Static)
        page.update(fold(self._text, page.size.width))


def fold(text: str, width: int) -> str:
    """Return a text of paragraphs and indented rows in lines of that width. Of a row with two
    columns, what is too long for the second goes on below it."""
    lines: list[str] = []
    paragraph: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line and line[0] != " ":
            paragraph.append(line)
            continue
        lines += textwrap.wrap(" ".join(paragraph), max(1, width), break_on_hyphens=False)
        paragraph.clear()
        lines += [line] if len(line) <= width else _broken(line, width)
    return "\n".join(lines[:-1])


LEAST_COLUMNS = 24
"""How much room a second column has at least: three or four words."""


def _broken(row: str, width: int) -> list[str]:
    words = row.lstrip(" ")
    indent = len(row) - len(words)
    gaps = [gap.end() for gap in re.finditer(r"\S {2,}(?=\S)", row)]
    hang = min([indent + 2, *gaps][-1], max(0, width - LEAST_COLUMNS))
    return textwrap.wrap(
        words, max(1, width), initial_indent=" " * min(indent, hang),
        subsequent_indent=" " * hang, break_on_hyphens=False,
    )  # fmt: skip


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
