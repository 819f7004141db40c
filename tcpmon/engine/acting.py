"""Acts on what clients do: gives it to the rules in force, and to the hooks.

Nothing is remembered of a client before something is to be acted upon; what is done then is in
`runs`. It is told by the engine and knows no listener and no store.
"""

import time
from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable, Iterable
from itertools import islice

from tcpmon.core.cutting.framings import Framings
from tcpmon.core.cutting.live import STEP, Live
from tcpmon.core.hooks import Hooks
from tcpmon.core.model import Kind, State
from tcpmon.core.playbook import RuleState
from tcpmon.core.rules.model import Groups, Rule, Rules, When
from tcpmon.engine.connection import Connection
from tcpmon.engine.remainders import TOGETHER, Remainders
from tcpmon.engine.runs import Acted, Part, Run, Runs

LOOK_SECONDS = 0.02  # how often it is looked whether a silence has ended a message
LOOKED_AT = 200  # of so many clients in one go

Candidates = Callable[[bytes, bytes], Iterable[tuple[int, Rule, Groups]]]


class Acting:
    """Rules and hooks. say: keeps a line about a client, 0 for none; name: gives a client a name;
    deny: lets nobody in from an address for so many seconds; settle: called when something was
    done outside the poller's turns; counters: what payloads count on."""

    loop: AbstractEventLoop
    """Set before anything is told."""

    def __init__(
        self,
        framings: Framings,
        hooks: Hooks | None,
        say: Callable[[Kind, str, int], None],
        name: Callable[[Connection, str], None],
        deny: Callable[[str, float], None],
        settle: Callable[[], None],
        counters: dict[str, int],
    ) -> None:
        self.hooks = hooks
        self.settle = settle
        self.name = name
        self.rules = Rules()
        self.acted: list[Acted] = []
        self._framings = framings
        self._say = say
        self._deny = deny
        self._runs = Runs(self, counters)
        self._remainders = Remainders(self._said, self._hold, settle)
        self._parts: dict[int, Part] = {}
        self._by_when: dict[When, list[Acted]] = {}
        self._candidates: Candidates = lambda data, content: ()
        self._held: dict[tuple[int, bool], TimerHandle] = {}  # by client, and whether a rule does
        self._timed: dict[Part, None] = {}
        self._looking: TimerHandle | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether there is anybody to be told."""
        return self.hooks is not None or bool(self.acted)

    @property
    def rules_on(self) -> int:
        """How many rules answer clients."""
        return sum(acted.on for acted in self.acted)

    @property
    def trouble(self) -> str:
        """What is wrong with a rule, "" for nothing."""
        for acted in list(self.acted):
            if acted.is_at_fault:
                return f"rule '{acted.rule.name}': {acted.trouble}"
        return ""

    def states(self) -> tuple[RuleState, ...]:
        """Return the rules in force. From any thread."""
        return tuple(
            RuleState(each.rule.name, each.on, each.hits, each.at, each.trouble, each.rule.shown)
            for each in list(self.acted)
        )

    def instruct(self, rules: Rules) -> None:
        """Act by these rules from now on. Clients who are there must be `arm`ed again."""
        before = {each.rule.name: each for each in self.acted}
        acted = [Acted(rule, number) for number, rule in enumerate(rules.rules)]
        by_when: dict[When, list[Acted]] = {}
        for each in acted:
            by_when.setdefault(each.rule.when, []).append(each)
            if (old := before.get(each.rule.name)) is not None:
                each.hits, each.at = old.hits, old.at
                if old.on != old.rule.on and not old.spent:
                    each.on = old.on
        self.rules, self.acted, self._by_when = rules, acted, by_when
        self._look_up()
        for part in self._parts.values():
            part.suits.clear()
            if not self.is_wanted:
                self._let_be(part)

    def _let_be(self, part: Part) -> None:
        """Nobody is told any more of what a client says: what it has begun to say is never whole,
        and no dialogue would hear it."""
        self._runs.forget(part)
        part.rest = None
        part.live = Live(part.live.framing)
        self.refrain(part.connection, 0.0)

    def _look_up(self) -> None:
        """Look up the rules that are on from now on."""
        from tcpmon.core.rules.book import Book  # the filter language, which a start has no use for

        off = {each.number for each in self.acted if not each.on}
        self._candidates = Book(self.rules.rules, off).candidates

    def switch(self, number: int, on: bool) -> None:
        """Turn a rule on or off; what it was in trouble for is forgotten. Raises IndexError."""
        acted = self.acted[number]
        acted.on = on
        acted.spent = acted.faulty = acted.told = False
        acted.failed, acted.why = 0, ""
        for each in (acted.rule.test, acted.rule.query):
            if on and each is not None:
                each.forgive()
        self._look_up()

    # -- what clients do ------------------------------------------------------------------

    def came(self, connection: Connection) -> None:
        """A client has come."""
        try:
            if self.hooks is not None:
                c = connection
                self.hooks.opened(c.id, c.name, c.host, c.port, c.local)
            self._do_all(connection, When.CONNECT)
            self.arm(connection)
        except Exception:  # noqa: BLE001 - the fence of a connection
            connection.bug()

    def heard(self, connection: Connection, data: bytes) -> bytes | None:
        """As connection.Hook."""
        part = self._parts.get(connection.id) or self._begin(connection)
        try:
            if part.changes != self._framings.changes and part.rest is None:
                self._cut_otherwise(part)
            live = part.live
            content = live.whole(data) if data and not live.behind else None
            if content is not None and part.rest is None:  # as it is most of the time
                out = self._said(part, ((data, content),))
            else:
                out = self._cut(part, data)
                if live.waits:
                    self._look_later(part)
        except Exception:  # noqa: BLE001 - the fence of a connection
            connection.bug()
            return b""
        return out

    def _cut(self, part: Part, data: bytes) -> bytes | None:
        """Act on what a read completes; return as _said."""
        live, now = part.live, part.connection.heard_at
        if part.rest is None and len(data) <= STEP:
            said = live.feed(data, now) if data else live.end()
            if len(said) <= TOGETHER:
                return self._said(part, said)
            return self._remainders.add(part, iter(said), self.loop)
        return self._remainders.add(part, live.little_by_little(data, now), self.loop)

    def renamed(self, connection: Connection) -> None:
        """A client is called something else."""
        if part := self._parts.get(connection.id):
            part.suits.clear()
        if self.hooks is not None:
            self.hooks.renamed(connection.id, connection.name)

    def leaves(self, connection: Connection) -> None:
        """A connection is over, and the record that says so not kept yet."""
        try:
            if part := self._parts.get(connection.id):
                self._runs.forget(part)
                rest, part.rest = part.rest or (), None
                if self.hooks is not None and not part.hearing:
                    for data, _ in (*rest, *part.live.end()):
                        self.hooks.said(connection.id, data)
            self._do_all(connection, When.CLOSE)
        except Exception:  # noqa: BLE001 - the fence of a connection
            connection.bug()

    def gone(self, connection: Connection) -> None:
        """A connection has ended."""
        if part := self._parts.pop(connection.id, None):
            for timer in part.timers.values():
                timer.cancel()
            self._timed.pop(part, None)
        for by_rule in (False, True):
            if held := self._held.pop((connection.id, by_rule), None):
                held.cancel()
        if self.hooks is not None and connection.end is not None:
            self.hooks.ended(connection.id, connection.end.why)

    def _begin(self, connection: Connection) -> Part:
        live = Live(self._framings.of(connection.id))
        part = Part(connection, live, self._framings.changes)
        self._parts[connection.id] = part
        return part

    def _cut_otherwise(self, part: Part) -> None:
        part.changes = self._framings.changes
        framing = self._framings.of(part.connection.id)
        if framing != part.live.framing:
            part.live.cut_otherwise(framing)

    # -- messages -------------------------------------------------------------------------

    def _said(self, part: Part, said: Iterable[tuple[bytes, bytes]]) -> bytes | None:
        """Act on messages; return what is to be sent at once, None if nobody cared."""
        part.hearing, part.out = True, None
        hooks, id = self.hooks, part.connection.id
        try:
            for data, content in said:
                part.seen += 1
                if hooks is not None:
                    hooks.said(id, data)
                if part.expecting:
                    part.out = part.out or b""
                    self._runs.heard(part, data, content)
                elif self.acted:
                    self._try_rules(part, data, content)
                if part.connection.state is State.CLOSED:
                    return b""
            return part.out
        finally:
            part.hearing, part.out = False, None

    def _try_rules(self, part: Part, data: bytes, content: bytes) -> None:
        connection = part.connection
        for number, _, groups in self._candidates(data, content):
            acted = self.acted[number]
            if (
                acted.direct
                and part.out is None
                and connection.queue is None
                and connection.state is State.OPEN
                and ((reply := acted.fixed) is None or reply != data)
            ):  # as most of the time: what follows would come to the same, with many calls
                acted.hits += 1
                acted.at = connection.heard_at
                part.out = part.last = data if reply is None else reply
                return
            if not (acted.plain or self._suits(part, acted)):
                continue
            if part.out is None:
                part.out = b""
            self._act(part, acted, data, groups)
            if not acted.rule.go_on or connection.state is State.CLOSED:
                break

    def _act(self, part: Part, acted: Acted, data: bytes, groups: Groups) -> None:
        acted.hits += 1
        acted.at = time.time_ns()
        if acted.rule.once:
            part.done.add(acted.rule.name)
        reply = data if acted.echoes else acted.fixed
        if reply:  # most rules are no more than that
            self._runs.put(part, acted, data, reply)
        else:
            self._runs.go(Run(acted, part, data, groups))

    def _suits(self, part: Part, acted: Acted) -> bool:
        """Say whether a rule is for this client, and now."""
        rule = acted.rule
        first, last = rule.nth
        if rule.when is When.MESSAGE and (part.seen < first or (last and part.seen > last)):
            return False
        if rule.once and rule.name in part.done:
            return False
        if rule.query is None:
            return True
        suits = part.suits.get(acted)
        if suits is None or rule.query.changing:
            suits = rule.query.client(part.connection.picture(), time.time_ns())
            part.suits[acted] = suits
        return suits

    # -- what is no message -----------------------------------------------------------------

    def _do_all(self, connection: Connection, when: When) -> None:
        """Act by the rules for what has just become of a client."""
        rules = self._by_when.get(when)
        if not rules:
            return
        part = self._parts.get(connection.id) or self._begin(connection)
        for acted in rules:
            if acted.on and self._suits(part, acted):
                self._act(part, acted, b"", {})
                sent_away = when is When.CONNECT and connection.state is State.CLOSED
                if not acted.rule.go_on or sent_away:
                    break

    def arm(self, connection: Connection) -> None:
        """Begin to wait for what time brings: a client is new, or the rules are."""
        if connection.state is State.CLOSED:  # by the rules for when it came
            return
        rules = [*self._by_when.get(When.SILENCE, ()), *self._by_when.get(When.TIMER, ())]
        part = self._parts.get(connection.id)
        if part is None and rules:
            part = self._begin(connection)
        if part is None:
            return
        for timer in part.timers.values():
            timer.cancel()
        part.timers.clear()
        for acted in rules:
            self._ring_later(part, acted, acted.rule.seconds)

    def _ring_later(self, part: Part, acted: Acted, seconds: float) -> None:
        part.timers[acted.number] = self.loop.call_later(seconds, self._ring, part, acted)

    def _ring(self, part: Part, acted: Acted) -> None:
        connection, rule = part.connection, acted.rule
        seconds = rule.seconds
        try:
            since = max(connection.heard_at, connection.opened_at)
            if rule.when is When.SILENCE:
                left = seconds - (time.time_ns() - since) / 1e9
                if left > 0:
                    seconds = left
                    return
                if part.quiet.get(rule.name) == since or not connection.is_listened_to:
                    return
            if acted.on and self._suits(part, acted):
                part.quiet[rule.name] = since
                self._act(part, acted, b"", {})
        except Exception:  # noqa: BLE001 - the fence of a connection
            connection.bug()
        finally:
            if connection.state is not State.CLOSED:
                self._ring_later(part, acted, max(seconds, 0.001))
        self.settle()

    def _look_later(self, part: Part) -> None:
        self._timed[part] = None
        if self._looking is None:
            self._looking = self.loop.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Look whether a silence has ended what some have said."""
        self._looking = None
        now = time.time_ns()
        for part in list(islice(self._timed, LOOKED_AT)):
            del self._timed[part]
            connection = part.connection
            if part.rest is not None:
                self._timed[part] = None
                continue
            try:
                if out := self._said(part, part.live.silence(now)):
                    connection.send(out)
            except Exception:  # noqa: BLE001 - the fence of a connection
                connection.bug()
            if part.live.waits and connection.state is not State.CLOSED:
                self._timed[part] = None
        if self._timed:
            self._looking = self.loop.call_later(LOOK_SECONDS, self._look)
        self.settle()

    def tick(self) -> None:
        """Turn rules off whose pattern took too long, and say so."""
        for acted in self.acted:
            rule = acted.rule
            why = (rule.test.trouble if rule.test else "") or (
                rule.query.trouble if rule.query else ""
            )
            if why and acted.on:
                acted.on, acted.spent, acted.why = False, True, why
                self._look_up()
                self._say(Kind.WARN, f"rule '{rule.name}' is off: {why}", 0)

    # -- what rules do to clients --------------------------------------------------------------

    def say(self, kind: Kind, text: str, client: int) -> None:
        """Keep a line about a client, also after it has gone."""
        part = self._parts.get(client)
        ended = part is None or part.connection.end is not None
        self._say(kind, f"client {client}: {text}" if ended else text, 0 if ended else client)

    def ban(self, connection: Connection, seconds: float) -> None:
        """Reset a client, and let nobody in from its address."""
        if connection.host:
            self._deny(connection.host.partition("%")[0], seconds)
        connection.abort()

    def refrain(self, connection: Connection, seconds: float, by_rule: bool = True) -> None:
        """Read nothing from a client for so long, 0 = go on reading, unless somebody else has said
        not to: a rule knows nothing of a script that is behind."""
        if timer := self._held.pop((connection.id, by_rule), None):
            timer.cancel()
        if seconds > 0 and connection.state is not State.CLOSED:
            again = self.loop.call_later(seconds, self.refrain, connection, 0.0, by_rule)
            self._held[connection.id, by_rule] = again
        self._hold(connection)

    def _hold(self, connection: Connection) -> None:
        """Read from a client, unless it was said not to, or it has said more than is dealt with."""
        part = self._parts.get(connection.id)
        has_rest = part is not None and part.rest is not None
        held = (connection.id, False) in self._held or (connection.id, True) in self._held
        connection.refrain(has_rest or held)
