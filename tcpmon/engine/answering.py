"""Who answers clients beside the operator: rules, functions of a program, a script.

Here is what is in force, and whether the hot loop tells of anything at all; what is done then is
for `acting`.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable

from msgspec.structs import replace

from tcpmon.core.cutting.framings import Framings
from tcpmon.core.errors import BadRules, NoSuchTarget
from tcpmon.core.hooks import Hooks
from tcpmon.core.model import Kind
from tcpmon.core.playbook import Playbook
from tcpmon.core.rules.model import Rules
from tcpmon.engine.acting import Acting
from tcpmon.engine.callbacks import Callbacks, F
from tcpmon.engine.connection import Shared
from tcpmon.engine.datapath import DataPath
from tcpmon.engine.orders import Orders, Say

ScriptState = Callable[[], tuple[str, str]]
"""Returns a script's file, "" for none, and what is wrong with it."""


class Answering:
    """acting: acts on what clients do. framings: how their streams are cut. orders: carries out
    what hooks want. say: keeps a line for the operator."""

    def __init__(self, acting: Acting, framings: Framings, orders: Orders, say: Say) -> None:
        self._acting = acting
        self._framings = framings
        self._orders = orders
        self._say = say
        self._shared: Shared | None = None
        self._path: DataPath | None = None
        self._callbacks: Callbacks | None = None
        self._script: ScriptState = lambda: ("", "")
        self._playbook = Playbook()
        self._cut_by_rules = ""

    def begin(self, loop: AbstractEventLoop, shared: Shared, path: DataPath) -> None:
        """Let this hot loop tell of what is said, if there is anybody to be told."""
        self._acting.loop = loop
        self._shared, self._path = shared, path
        self._hook()

    def _hook(self) -> None:
        acting, shared, path = self._acting, self._shared, self._path
        if shared is not None and path is not None:
            wanted = acting.is_wanted
            path.hook = shared.hook = acting.heard if wanted else None
            shared.leaves = acting.leaves if wanted else None

    def add(self, what: str, function: F) -> F:
        """Call a function from now on, see `callbacks`."""
        if self._callbacks is None:
            acting = self._acting
            acting.hooks = self._callbacks = Callbacks(self._orders.give, self._say, acting.hooks)
            self._hook()
        return self._callbacks.add(what, function)

    def run_beside(self, hooks: Hooks, state: ScriptState) -> None:
        """Tell a script of what clients do."""
        self._script = state
        self._acting.hooks = hooks
        self._hook()

    def instruct(self, text: str, source: str) -> None:
        """Follow the rules of a text from now on; if they are bad, those of before. Raises
        BadRules."""
        from tcpmon.core.rules import parse

        try:
            rules = parse(text)
        except BadRules as error:
            self._playbook = replace(self._playbook, trouble=str(error))
            raise
        self.follow(rules, source)

    def follow(self, rules: Rules, source: str = "") -> None:
        """Act by these rules, and cut as they say unless somebody has said otherwise."""
        self._acting.instruct(rules)
        self._playbook = Playbook(source, rules.text)
        if rules.framing and self._framings.picture().default in (
            "none", "auto", self._cut_by_rules
        ):  # fmt: skip
            self._cut_by_rules = self._framings.choose(rules.framing)
        self._hook()

    def not_taken(self, why: str) -> None:
        """Say that rules were not taken, and why; those of before stay."""
        self._playbook = replace(self._playbook, trouble=why)
        self._say(Kind.WARN, f"rules not taken, those of before stay: {why}", 0)

    def switch(self, number: int, on: bool) -> None:
        """Turn a rule on or off, counted from 0. Raises NoSuchTarget."""
        if not 0 <= number < len(self._acting.acted):
            raise NoSuchTarget(f"there is no rule {number + 1}")
        self._acting.switch(number, on)

    def tick(self) -> None:
        """A second is over."""
        self._acting.tick()
        if self._callbacks is not None:
            self._callbacks.tick()

    async def stop(self) -> None:
        """End what functions are at, in a moment."""
        if self._callbacks is not None:
            await self._callbacks.stop()

    # -- being looked at, from any thread ---------------------------------------------

    @property
    def trouble(self) -> str:
        """What is wrong with the rules, "" for nothing."""
        return self._acting.trouble or self._playbook.trouble

    @property
    def script_trouble(self) -> str:
        """What is wrong with the script, "" for nothing."""
        return self._script()[1]

    def playbook(self) -> Playbook:
        """Return all that answers clients."""
        script, trouble = self._script()
        states = self._acting.states()
        return replace(self._playbook, rules=states, script=script, script_trouble=trouble)
