"""What is allowed, how far it is used up, and who may connect."""

import time
from typing import ClassVar

from msgspec import Struct
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tcpmon.core.access import Permission, network_text, parse_network
from tcpmon.core.commands import Command, Permit, Unpermit
from tcpmon.core.errors import TcpmonError
from tcpmon.core.limits import Unread
from tcpmon.core.model import Ask, View
from tcpmon.core.node import Node
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import binary_size, counted, lasted, number, parse_time, size, span
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.render import Line, fit
from tcpmon.ui.screens.dialog import Dialog
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.listing import Listing
from tcpmon.ui.widgets.sheet import Sheet

LOOK_SECONDS = 0.5
RULES_LEAST = 8  # lines that are kept for the rules, frame and heading included
EXAMPLES = "10.0.0.7, 10.0.0.0/8, fe80::/10, 10.0.0.7 10m"

_UNREAD = {
    Unread.SKIP: "gets nothing more",
    Unread.DROP: "loses what is oldest",
    Unread.DISCONNECT: "is reset",
}
_stamp = Stamper(time.localtime)


class LimitsScreen(Screen[None]):
    """Limits above, rules below."""

    CSS_PATH = "limits.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.LIMITS)
    AUTO_FOCUS = "#rules"

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._node = node
        self._limits = Sheet("limits")
        self._permissions = PermissionsPane("rules")

    def compose(self) -> ComposeResult:
        """Two panes and the keys."""
        yield self._limits
        yield self._permissions
        yield KeyFooter("footer", Place.LIMITS)

    def on_mount(self) -> None:
        """Begin to look."""
        self._look()
        self.set_interval(LOOK_SECONDS, self._look)

    def on_resize(self) -> None:
        """Divide the screen anew."""
        self._look()

    def _look(self) -> None:
        view = self._node.view(Ask())
        lines = [*limit_lines(view), [], *refusal_lines(view)]
        self._limits.styles.height = min(len(lines) + 2, max(3, self.size.height - RULES_LEAST - 1))
        self._limits.show([("Limits", "title")], [], lines)
        self._permissions.now = view.now
        self._permissions.show(view.permissions)

    def action_up(self) -> None:
        """One row up in the pane that has the focus."""
        self._pane.scroll_rows(-1)

    def action_down(self) -> None:
        """One row down in the pane that has the focus."""
        self._pane.scroll_rows(1)

    @property
    def _pane(self) -> "Sheet | PermissionsPane":
        return self._limits if self._limits.has_focus else self._permissions

    def action_next_pane(self) -> None:
        """To the other pane."""
        self.focus_next()

    @work
    async def action_allow(self) -> None:
        """Let callers in."""
        await self._permit("Allow", allow=True)

    @work
    async def action_deny(self) -> None:
        """Refuse callers."""
        await self._permit("Deny", allow=False)

    async def _permit(self, verb: str, allow: bool) -> None:
        def read(text: str) -> Permit:
            return parse_permit(text, allow)

        dialog = Dialog(verb, verb.lower(), EXAMPLES, read, permit_told)
        permit = await self.app.push_screen_wait(dialog)
        if permit is not None:
            await self._do(permit)

    @work
    async def action_remove(self) -> None:
        """Forget the selected rule."""
        if self._permissions.selected is not None:
            await self._do(Unpermit(self._permissions.selected.network))

    async def _do(self, command: Command[None]) -> None:
        try:
            await self._node.do(command)
        except TcpmonError as error:
            self.notify(str(error), severity="error")
        self._look()

    def action_close(self) -> None:
        """Back to the clients."""
        self.dismiss()


def parse_permit(text: str, allow: bool) -> Permit:
    """Return what is ordered by "10.0.0.0/8", or by "10.0.0.7 10m" for ten minutes.

    Raises BadNetwork, BadTime.
    """
    network, _, seconds = text.strip().partition(" ")
    return Permit(
        network_text(parse_network(network)), allow, parse_time(seconds) if seconds else 0.0
    )


def permit_told(permit: Permit) -> str:
    """Say what an order means."""
    verb = "allow" if permit.allow else "deny"
    text = f"{verb} {permit.network}{f' for {lasted(permit.seconds)}' if permit.seconds else ''}"
    others = ", and nobody else who is not allowed" if permit.allow else ""
    return f"{text}{others}; who is connected stays"


class PermissionsPane(Listing[Permission]):
    """One rule a row. now: ns since 1970."""

    now = 0

    def title(self) -> tuple[Line, Line]:
        """Say what it is."""
        return [("Access", "title")], []

    def heading(self) -> list[Line]:
        """Say what holds for those whom no rule names, and for those who are connected."""
        if not self.items:
            who = "Anybody may connect."
        elif any(rule.allow for rule in self.items):
            who = "Only these may connect; the narrower rule decides."
        else:
            who = "All others may connect; the narrower rule decides."
        return [[(f"{who} Who is connected stays.", "dim")]]

    def row(self, item: Permission) -> Line:
        """Return whom it concerns, and for how long."""
        word: Line = [("allowed ", "good")] if item.allow else [("denied  ", "warn")]
        until = "until it is removed"
        if item.until:
            left = span((item.until - self.now) / 1e9)
            until = f"until {_stamp.date(item.until).partition('.')[0]}, {left} more"
        return [*word, (fit(item.network, 24), ""), (f" {until}", "dim")]


class _Limit(Struct, frozen=True):
    """now: the figure, "" where there is none; full: it is used up."""

    name: str
    now: str
    allowed: str
    flag: str
    full: bool = False


def limit_lines(view: View) -> list[Line]:
    """Return each limit, what it is now, and the flag that sets it."""
    limits, totals = view.limits, view.totals
    idle = f"closed after {lasted(limits.idle_seconds)}" if limits.idle_seconds else "stays"
    each = [
        _Limit("Clients", number(totals.open), number(limits.clients), "--max-clients",
               totals.open >= limits.clients),
        _Limit("  from one address", "", _any(limits.per_address), "--max-per-address"),
        _Limit("  new in a second", "", _any(limits.accepts), "--max-accepts"),
        _Limit("  without a byte", "", idle, "--max-idle"),
        _Limit("Unsent", size(totals.unsent), binary_size(limits.total), "",
               totals.unsent >= limits.total),
        _Limit("  to one client", "", binary_size(limits.stuck), "--max-unsent"),
        _Limit("  who is beyond it", "", _UNREAD[limits.unread], "--unread"),
        _Limit("Records", size(totals.kept_bytes), binary_size(limits.keep), "--keep"),
    ]  # fmt: skip
    heading: Line = [(f"{'':<19}{'now':>9}   {'allowed':<24}set by", "heading")]
    return [heading, *map(_limit_line, each)]


def _any(count: int) -> str:
    return number(count) if count else "any number"


def _limit_line(limit: _Limit) -> Line:
    return [
        (f"{limit.name:<19}", ""),
        (f"{limit.now:>9}", "warn" if limit.full else ""),
        (f"   {limit.allowed:<24}", ""),
        (limit.flag, "dim"),
    ]


def refusal_lines(view: View) -> list[Line]:
    """Return why callers were refused and how often, the most frequent reason first."""
    if not view.refusals:
        return [[("Nobody has been refused.", "dim")]]
    lines: list[Line] = [[(f"{counted(view.totals.refused, 'caller')} refused:", "warn")]]
    for reason, count in sorted(view.refusals, key=lambda refusal: -refusal[1]):
        lines.append([(f"{number(count):>9}", "warn"), (f"  {reason}", "")])
    return lines
