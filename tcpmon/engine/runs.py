"""What a rule does for a client, step by step: one behind the other, with delays in between.

Knows connections and the loop's timers; what else it needs of the node comes in as Means.
"""

import os
import time
from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from tcpmon.core.cutting.live import Live
from tcpmon.core.errors import TcpmonError
from tcpmon.core.escape import escape
from tcpmon.core.model import Kind, State, renamed
from tcpmon.core.naming import said
from tcpmon.core.payload import Facts, Payload
from tcpmon.core.rules import model
from tcpmon.core.rules.model import Groups, Rule, When
from tcpmon.engine.connection import Connection

RUNS_MOST = 1_000
"""So many rules may be waiting for one client."""
SAME_MOST = 1_000
"""Who is answered with what it said, and says it again, so often in a second talks to itself."""
TEXT_MOST = 1_000  # bytes of a note or mark
SHOWN = 40  # bytes of a message in a line of the log


class Means(Protocol):
    """What the node does for a rule."""

    @property
    def loop(self) -> AbstractEventLoop: ...

    def say(self, kind: Kind, text: str, client: int) -> None: ...

    @property
    def name(self) -> Callable[[Connection, str], None]: ...

    def ban(self, connection: Connection, seconds: float) -> None: ...

    def refrain(self, connection: Connection, seconds: float) -> None: ...

    @property
    def settle(self) -> Callable[[], None]: ...


class Acted:
    """A rule in force, and what came of it."""

    __slots__ = ("at", "direct", "echoes", "failed", "faulty", "fixed", "hits", "number", "on",
                 "plain", "rule", "spent", "told", "why")  # fmt: skip

    def __init__(self, rule: Rule, number: int) -> None:
        self.rule = rule
        self.number = number
        self.on = rule.on
        self.plain = rule.plain
        self.hits = self.at = self.failed = 0
        only = rule.steps[0] if len(rule.steps) == 1 else None
        self.echoes = isinstance(only, model.Echo)
        self.fixed = only.payload.fixed if isinstance(only, model.Send) else None
        """All that it sends, if that is all that it does."""
        self.faulty = self.told = False
        """Whether it was said that a step of it could not be done."""
        self.direct = rule.plain and not rule.go_on and bool(self.echoes or self.fixed)
        """Whether it sends that or the message, and nothing else is done, whoever the client."""
        self.spent = False
        """Whether it is off because its pattern took too long."""
        self.why = ""

    @property
    def trouble(self) -> str:
        """What came to nothing, or why it does nothing any more."""
        if self.failed > 1:
            return f"{self.why}, and {self.failed - 1} more"
        return self.why

    @property
    def is_at_fault(self) -> bool:
        """Whether that is for the operator to mend: not if only a client did not take it."""
        return self.spent or self.faulty

    def fail(self, why: str, faulty: bool = True) -> None:
        """Count what came to nothing. faulty: the rule is to blame, not the client."""
        self.failed += 1
        self.why = why
        self.faulty = self.faulty or faulty


class Part:
    """What is remembered of a client while rules or hooks are there.

    out: a payload that is sent when all that was said is dealt with; None if nobody cared. rest:
    what it has said and waits for a later turn, None for nothing.
    """

    __slots__ = ("changes", "connection", "done", "expecting", "hearing", "last", "live", "out",
                 "quiet", "rest", "runs", "same", "second", "seen", "suits", "timers", "told",
                 "warned")  # fmt: skip

    def __init__(self, connection: Connection, live: Live, changes: int) -> None:
        self.connection = connection
        self.live = live
        self.changes = changes
        self.seen = 0
        self.hearing = False
        self.out: bytes | None = None
        self.rest: Iterator[tuple[bytes, bytes]] | None = None
        self.last = b""
        self.same = 0
        self.second = 0.0
        self.warned = self.told = False
        self.done: set[str] = set()
        self.quiet: dict[str, int] = {}  # rules of silence that have acted, and since when it was
        self.suits: dict[Acted, bool] = {}
        self.runs: dict[Run, None] = {}
        self.expecting: dict[Run, None] = {}
        self.timers: dict[int, TimerHandle] = {}


class Run:
    """A rule that is being carried out. rest: of a drip."""

    __slots__ = ("acted", "at", "groups", "message", "part", "rest", "timer")

    def __init__(self, acted: Acted, part: Part, message: bytes, groups: Groups) -> None:
        self.acted = acted
        self.part = part
        self.message = message
        self.groups = groups
        self.at = 0
        self.rest = memoryview(b"")
        self.timer: TimerHandle | None = None


class Runs:
    """Carries rules out. counters: what payloads count on, for all clients."""

    def __init__(self, means: Means, counters: dict[str, int]) -> None:
        self._means = means
        self._counters = counters
        self._do: dict[type, Callable[[Run, Any], bool]] = {
            model.Send: self._send, model.Drip: self._drip, model.Echo: self._echo,
            model.Delay: self._delay, model.Close: self._close, model.HalfClose: self._half,
            model.Reset: self._reset, model.Ban: self._ban, model.StopReading: self._refrain,
            model.Call: self._call, model.Note: self._note, model.Mark: self._mark,
            model.Expect: self._expect,
        }  # fmt: skip

    def go(self, run: Run) -> None:
        """Do the steps until one of them waits, or the rest comes to nothing."""
        part, steps = run.part, run.acted.rule.steps
        while run.at < len(steps):
            step = steps[run.at]
            run.at += 1
            try:
                if self._do[type(step)](run, step):
                    self._wait(run)
                    return
            except TcpmonError as error:  # a payload that cannot be made of what was said
                self._stuck(run, error)
                break
        if part.runs:
            part.runs.pop(run, None)

    def _wait(self, run: Run) -> None:
        part = run.part
        if run in part.runs:
            return
        if len(part.runs) < RUNS_MOST:
            part.runs[run] = None
            return
        self._stop(run)
        run.acted.fail(f"{RUNS_MOST:,} answers wait for one client, more were dropped")
        if not part.told:
            part.told = True
            self._say(run, f"{RUNS_MOST:,} answers by rule wait for it: more are dropped")

    def _stuck(self, run: Run, error: TcpmonError) -> None:
        """A step cannot be done, and so the rest is not: said once for each rule."""
        acted = run.acted
        acted.fail(error.message)
        if not acted.told:
            acted.told = True
            where = f"rule '{acted.rule.name}', step {run.at}"
            self._say(run, f"{where}, and all behind it came to nothing: {error}")

    def _say(self, run: Run, text: str) -> None:
        self._means.say(Kind.WARN, text, run.part.connection.id)

    def _later(self, run: Run, seconds: float) -> bool:
        run.timer = self._means.loop.call_later(seconds, self._resume, run)
        return True

    def _resume(self, run: Run) -> None:
        run.timer = None
        connection = run.part.connection
        try:
            if run in run.part.expecting:
                self._departed(run, "nothing in time")
            elif not run.rest or self._drop_by_drop(run):
                self.go(run)
        except Exception:  # noqa: BLE001 - the fence of a connection
            connection.bug()
        self._means.settle()

    @staticmethod
    def _stop(run: Run) -> None:
        if run.timer is not None:
            run.timer.cancel()
            run.timer = None
        run.part.runs.pop(run, None)
        run.part.expecting.pop(run, None)

    def forget(self, part: Part) -> None:
        """A client has gone: nothing more is done for it."""
        for run in list(part.runs):
            self._stop(run)

    # -- what is said ----------------------------------------------------------------

    def heard(self, part: Part, data: bytes, content: bytes) -> None:
        """Give a message to the dialogue that has waited for one the longest."""
        run = next(iter(part.expecting))
        step = run.acted.rule.steps[run.at - 1]
        assert isinstance(step, model.Expect)
        groups = step.test.match(data, content)
        if groups is None and step.skips:
            return
        if groups is None:
            self._departed(run, f"said {escape(data[:SHOWN])}")
            return
        if run.timer is not None:
            run.timer.cancel()
            run.timer = None
        del part.expecting[run]
        run.message = data
        run.groups = {**run.groups, **groups}
        self.go(run)

    def _departed(self, run: Run, told: str) -> None:
        rule, connection = run.acted.rule, run.part.connection
        step = rule.steps[run.at - 1]
        assert isinstance(step, model.Expect)
        self._stop(run)
        connection.mark(f"left the dialogue '{rule.name}'")
        self._say(run, f"left the dialogue '{rule.name}': expected {step.shown}, {told}")

    def fill(self, run: Run, payload: Payload) -> bytes:
        """Return the bytes of a payload. Raises BadPayload."""
        if payload.fixed is not None:
            return payload.fixed
        connection = run.part.connection
        return payload.fill(
            Facts(
                time.time_ns(), connection.id, connection.name, connection.host,
                connection.port, connection.local, run.message, run.groups, self._counters,
                os.urandom,
            )
        )  # fmt: skip

    def put(self, part: Part, acted: Acted, message: bytes, data: bytes) -> bool:
        """Send what answers a message, behind what is to be sent already."""
        connection = part.connection
        reason = "" if connection.state is State.OPEN and not connection.queue else None
        if reason is None:
            reason = connection.offer()
        if reason:
            acted.fail(f"client {connection.id} {_is(reason)}", faulty=False)
            return False
        if data == message == part.last and data is not message:
            self._count_same(part, acted)
        part.last = data
        if not part.hearing:
            connection.send(data)
            return True
        if part.out:
            connection.send(part.out)
        part.out = data
        return True

    def _count_same(self, part: Part, acted: Acted) -> None:
        now = self._means.loop.time()
        if now - part.second >= 1:
            part.second, part.same = now, 0
        part.same += 1
        if part.same < SAME_MOST:
            return
        self._means.refrain(part.connection, max(0.001, part.second + 1 - now))
        part.same = 0
        if not part.warned:
            part.warned = True
            text = f"it says what rule '{acted.rule.name}' answers: does it answer itself?"
            self._means.say(Kind.WARN, text, part.connection.id)

    @staticmethod
    def flush(part: Part) -> None:
        """Send what was to be sent later: what comes now must be behind it."""
        out, part.out = part.out, b""
        if out:
            part.connection.send(out)

    # -- steps; each says whether the rest waits ------------------------------------------

    def _send(self, run: Run, step: model.Send) -> bool:
        if data := self.fill(run, step.payload):
            self.put(run.part, run.acted, run.message, data)
        return False

    def _echo(self, run: Run, step: model.Echo) -> bool:
        if run.message:
            self.put(run.part, run.acted, run.message, run.message)
        return False

    def _drip(self, run: Run, step: model.Drip) -> bool:
        run.rest = memoryview(self.fill(run, step.payload))
        return bool(run.rest) and not self._drop_by_drop(run)

    def _drop_by_drop(self, run: Run) -> bool:
        """Send the next bytes of a drip; say whether those were the last."""
        step = run.acted.rule.steps[run.at - 1]
        assert isinstance(step, model.Drip)
        drop, run.rest = bytes(run.rest[: step.size]), run.rest[step.size :]
        if not self.put(run.part, run.acted, run.message, drop) or not run.rest:
            run.rest = memoryview(b"")
            return True
        self._later(run, step.seconds)
        return False

    def _delay(self, run: Run, step: model.Delay) -> bool:
        return not self._ends(run) and self._later(run, step.seconds)

    def _expect(self, run: Run, step: model.Expect) -> bool:
        part = run.part
        if self._ends(run):
            return False
        if run not in part.runs and len(part.runs) >= RUNS_MOST:
            return True  # _wait says that it is one too many
        part.expecting[run] = None
        return self._later(run, step.seconds) if step.seconds else True

    @staticmethod
    def _ends(run: Run) -> bool:
        """Leave out what would wait for a client that has gone; say whether that is so."""
        rule = run.acted.rule
        if run.part.connection.state is not State.CLOSED or rule.when is When.CLOSE:
            return False
        run.at = len(rule.steps)
        return True

    def _close(self, run: Run, step: model.Close) -> bool:
        self.flush(run.part)
        run.part.connection.close()
        return False

    def _half(self, run: Run, step: model.HalfClose) -> bool:
        self.flush(run.part)
        run.part.connection.half_close()
        return False

    def _reset(self, run: Run, step: model.Reset) -> bool:
        self.flush(run.part)
        run.part.connection.abort()
        return False

    def _ban(self, run: Run, step: model.Ban) -> bool:
        self.flush(run.part)
        self._means.ban(run.part.connection, step.seconds)
        return False

    def _refrain(self, run: Run, step: model.StopReading) -> bool:
        self._means.refrain(run.part.connection, step.seconds)
        return False

    def _call(self, run: Run, step: model.Call) -> bool:
        self._means.name(run.part.connection, said(self.fill(run, step.payload)))
        return False

    def _note(self, run: Run, step: model.Note) -> bool:
        self._means.say(Kind.INFO, note(self._text(run, step.payload)), run.part.connection.id)
        return False

    def _mark(self, run: Run, step: model.Mark) -> bool:
        run.part.connection.mark(self._text(run, step.payload))
        return False

    def _text(self, run: Run, payload: Payload) -> str:
        """Return the text of a note or mark, as it is: who shows it escapes it."""
        data = self.fill(run, payload).strip(b" \t\r\n\0")[:TEXT_MOST]
        return data.decode("utf-8", "replace")


def note(text: str) -> str:
    """Return what a record of a client says, so that it cannot be taken for a new name."""
    return f"note: {text}" if renamed(text.encode("utf-8", "replace")) is not None else text


def _is(reason: str) -> str:
    return "is gone" if reason == "gone" else reason
