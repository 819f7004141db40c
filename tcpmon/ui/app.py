"""The application: wiring only."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import RenderableType
from textual._context import active_message_pump
from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.driver import Driver
from textual.message import Message
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget

from tcpmon.config import Config, ScreenConfig
from tcpmon.core.errors import InputError
from tcpmon.core.model import Ask
from tcpmon.core.node import Node, OwnNode
from tcpmon.core.units import counted
from tcpmon.memory import settle_memory
from tcpmon.ui import themes
from tcpmon.ui.actions import Place, of
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.faults import Faults, fence_in, fenced
from tcpmon.ui.fence import SegmentFence
from tcpmon.ui.screens.main import MainScreen

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tcpmon.ui.screens.report import Report
    from tcpmon.ui.terminal import Ending

END_SECONDS = 5.0
"""How long an ending program may take before it is ended."""
INTERRUPT_SECONDS = 2.0
SETTLE_SECONDS = 0.5  # after the start, when all is imported and painted
PRINTED_SECONDS = 0.1  # in which what is printed piece by piece is taken as one


class TcpmonApp(App[None]):
    """Shows a node.

    answer: how the node answers reads, in a word for the first line. ended:
    tells when the node has ended, if it is ours. keep: takes each report of a
    bug. leaving: called when the end begins, from any thread; it may not wait. hints:
    whether what was noticed in clients is told at first. saved: filters by name; messages:
    payloads by name. history: whether what is sent is kept for the next time.
    """

    TITLE = "tcpmon"
    NOTIFICATION_TIMEOUT = 3
    CSS_PATH: ClassVar[CSSPathType] = ["app.tcss", "screens/main.tcss"]

    def __init__(
        self,
        node: Node,
        theme: str = "auto",
        answer: str = "",
        driver_class: type[Driver] | None = None,
        ended: "Future[None] | None" = None,
        keep: Callable[[str], object] = bool,
        leaving: Callable[[], object] = bool,
        hints: bool = True,
        saved: Mapping[str, str] = MappingProxyType({}),
        messages: Mapping[str, str] = MappingProxyType({}),
        history: bool = False,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self._node = node
        self._answer = answer
        self._hints = hints
        self._saved = saved
        self._messages = messages
        self._history = history
        self._ended = ended
        self._on_leaving = leaving
        self.faults = Faults(keep)
        """Bugs that were met."""
        self._report: Report | None = None
        self._own_loop: asyncio.AbstractEventLoop | None = None
        self._leaving = False
        self._interrupted = 0.0
        self._filters.append(SegmentFence())
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        name = themes.choose(theme)
        if name not in self.available_themes:
            raise InputError(f"no theme {name!r}", "the palette (^p, Theme) lists them")
        self.theme = name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Add our own colours to every theme."""
        return themes.variables(self.current_theme)

    def get_default_screen(self) -> Screen[Any]:
        """The one screen everything starts from."""
        clipboard = Clipboard(self._write_clipboard)
        return MainScreen(
            self._node, clipboard, self._answer, self._hints, self._saved, self._messages,
            self._history,
        )  # fmt: skip

    def on_mount(self) -> None:
        """Watch over the node, which has been serving since before there was a screen."""
        self._own_loop = asyncio.get_running_loop()
        self._own_loop.set_exception_handler(self._on_loop_error)
        self.set_timer(SETTLE_SECONDS, settle_memory)
        if self._leaving:
            self.exit()
        elif self._ended is not None:
            self.run_worker(self._own_node(self._ended), name="node")

    async def _own_node(self, ended: "Future[None]") -> None:
        """Leave when the node has ended; if by a bug of ours, with a word about it."""
        try:
            await asyncio.wrap_future(ended)
        except Exception as error:  # noqa: BLE001 - the fence of the node
            self.exit(return_code=70, message=f"tcpmon: the server ended by a bug: {error!r}")
        else:
            self.exit()

    def leave(self) -> None:
        """End the screen; from any thread, and from a signal handler."""
        self._leaving = True
        if self._own_loop is not None:
            with suppress(RuntimeError):  # the loop is closed: a second signal, after the screen
                self._own_loop.call_soon_threadsafe(self.exit)

    def exit(
        self,
        result: None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """End the screen. The server ends with it, however long the terminal takes.

        What is said first counts: ended by a bug, it is that, whoever else asks meanwhile.
        """
        self._on_leaving()
        if not self._exit:
            super().exit(result, return_code, message)

    # -- bugs -------------------------------------------------------------------------

    async def _dispatch_message(self, message: Message) -> None:
        with fenced(self):
            await super()._dispatch_message(message)

    def _register_child(
        self, parent: DOMNode, child: Widget, before: int | None, after: int | None
    ) -> None:
        fence_in(child)
        super()._register_child(parent, child, before, after)

    def _handle_exception(self, error: Exception) -> None:
        """Textual calls it for all that nobody has caught. The screen goes on if it can."""
        if self._exception is None:  # Textual's pilot raises it at the end of a test
            self._exception = error
            self._exception_event.set()
        line = self.faults.raised(error)
        pump = active_message_pump.get(self)
        reporting = isinstance(pump, DOMNode) and self._report in pump.ancestors_with_self
        if reporting or not self._running:
            self.exit(return_code=70)
        elif line:
            self.call_later(self._tell_of, line)

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self._handle_exception(error if isinstance(error, Exception) else Exception(str(context)))

    def _tell_of(self, line: str) -> None:
        try:
            if self._report is not None:
                self._report.add(line)
                return
            from tcpmon.ui.screens.report import Report

            self._report = Report(line)
            self.push_screen(self._report, self._told)
        except Exception as error:  # noqa: BLE001 - what cannot even be told is the end
            self.faults.raised(error)
            self.exit(return_code=70)

    def _told(self, _: None) -> None:
        self._report = None

    def _print(self, text: str, stderr: bool = False) -> None:
        """Textual calls it with what anybody prints, on any thread; nobody should."""
        super()._print(text, stderr)
        self.faults.printed(text)
        if self._own_loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._own_loop.call_soon_threadsafe(
                    self._own_loop.call_later, PRINTED_SECONDS, self.faults.settle
                )

    # -- what can be done everywhere --------------------------------------------------

    async def action_quit(self) -> None:
        """End, after asking if somebody would be dropped."""
        from tcpmon.ui.screens.choice import Choice

        count = self._node.view(Ask()).totals.open
        if not count or isinstance(self.screen, Choice):
            self.exit()
            return
        are = "is" if count == 1 else "are"
        line = f"{counted(count, 'client')} {are} connected and will be dropped."
        question = Choice("Quit?", [line], {"y": "Quit"})
        self.push_screen(question, lambda answer: self.exit() if answer else None)

    def action_help_quit(self) -> None:
        """Ctrl+C: the second one within two seconds ends the program."""
        now = time.monotonic()
        if now - self._interrupted < INTERRUPT_SECONDS:
            self.exit()
        self._interrupted = now
        self.notify("^c again to quit", timeout=INTERRUPT_SECONDS)

    def key_ctrl_c(self) -> None:
        """Where no binding took it: a modal keeps the keys from the screens below."""
        self.action_help_quit()

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what is selected in an input."""
        self._clipboard = text
        self._write_clipboard(text)

    def _write_clipboard(self, text: str) -> None:
        if write := getattr(self._driver, "write_clipboard", None):
            write(text)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: every action of the main screen, and the themes."""
        if isinstance(screen, MainScreen):
            for action in of(Place.MAIN):
                if action.palette:
                    act = getattr(screen, f"action_{action.method}")
                    title = f"{action.title}  ({action.shown_key})"
                    yield SystemCommand(title, action.help, act)
        yield SystemCommand("Theme", "choose the colours", self.action_change_theme)

    def notify(self, message: str, **options: Any) -> None:
        """Say something for a moment; never as markup."""
        super().notify(message, **{**options, "markup": False})


def run(node: OwnNode, config: ScreenConfig) -> None:
    """Show a node until a person or a signal ends it, then end the node in good order.

    Raises InputError for a theme that is none; the node is ended then too. Exits
    with 70 if a bug ended it. Bugs that were met are told on stderr.
    """
    ending = _ending(node)
    try:
        app = TcpmonApp(
            node, config.theme, _answer(config.node), _driver(), node.ended, node.warn,
            ending.begin if ending else node.stop, config.node.hints, config.node.filters,
            config.node.messages, config.history,
        )  # fmt: skip
        if ending is not None:
            ending.on_signals(app.leave)
        app.run()
    finally:
        node.stop()
        node.ended.exception(END_SECONDS)
    if ending is not None:
        ending.over()
    if summary := app.faults.summary():
        with suppress(OSError):  # nobody listens
            print(summary, file=sys.stderr, flush=True)  # noqa: T201
    if app.return_code != 0:  # None: it ended though nobody had asked it to
        sys.exit(70)


def _answer(config: Config) -> str:
    return "echo" if config.echo else "reply" if config.reply is not None else ""


def _driver() -> type[Driver] | None:
    if sys.platform == "win32":
        return None
    from tcpmon.ui.terminal import Terminal

    return Terminal


def _ending(node: OwnNode) -> "Ending | None":
    if sys.platform == "win32":
        return None
    from tcpmon.ui.terminal import Ending

    return Ending(node.stop, END_SECONDS)
