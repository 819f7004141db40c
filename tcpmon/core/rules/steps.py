"""What is done, as it is written: `send OK ${id}`, `delay 200ms`, `expect starts ACK`."""

import re
from collections.abc import Callable, Collection

from tcpmon.core import payload
from tcpmon.core.errors import BadFilter, BadPayload, BadTime
from tcpmon.core.escape import escape_text
from tcpmon.core.payload import Payload
from tcpmon.core.rules.matching import KINDS, MessageTest
from tcpmon.core.rules.model import (
    Ban,
    Call,
    Close,
    Delay,
    Drip,
    Echo,
    Expect,
    HalfClose,
    Mark,
    Note,
    Reset,
    Send,
    Step,
    StopReading,
    When,
)
from tcpmon.core.units import parse_time

LONGEST = 30 * 86_400.0
"""Seconds that anything may take: who waits longer has gone."""
DRIP_MOST = 1 << 20

Known = Collection[str]


class Wrong(Exception):
    """What is wrong with a part of a rule: a sentence, where in it, and what to do."""

    def __init__(self, message: str, place: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint


def read_test(kind: str, value: str) -> MessageTest:
    """Return the test that is meant. Raises Wrong."""
    try:
        return KINDS[kind](value)
    except BadFilter as error:
        raise Wrong(error.message, error.place, error.hint) from None


def seconds(text: str, place: int | None = None, least: float = 0.001) -> float:
    """Return a span of time. Raises Wrong."""
    try:
        found = parse_time(text)
    except BadTime as error:
        raise Wrong(error.message, place, error.hint) from None
    if not least <= found <= LONGEST:
        what = "short" if found < least else "long"
        hint = f"{round(least * 1000)}ms to 30d can be waited for"
        raise Wrong(f"{escape_text(text)} is too {what}", place, hint)
    return found


def read_step(text: str, known: Known, when: When, heard: bool) -> Step:
    """Return a step. known: what was captured before it, by name. heard: whether there is a
    message that it answers. Raises Wrong."""
    verb, _, rest = text.partition(" ")
    make = _VERBS.get(verb)
    if make is None:
        raise _unknown(verb)
    if when is When.CLOSE and verb not in _AFTERWARDS:
        raise Wrong(f"{verb} comes too late: the client has gone", 0, _only(_AFTERWARDS))
    if verb == "echo" and not heard:
        raise Wrong("there is no message to echo", 0, 'it goes with when = "message"')
    return make(rest, len(verb) + 1, known)


def _only(words: Collection[str]) -> str:
    return f"there is {', '.join(words)}"


def _unknown(verb: str) -> Wrong:
    from difflib import get_close_matches

    if not verb:
        return Wrong("a step says nothing", 0, _only(_VERBS))
    near = get_close_matches(verb.lower(), _VERBS, 1)
    hint = f"did you mean {near[0]}?" if near else _only(_VERBS)
    return Wrong(f"there is no step {escape_text(verb[:20])}", 0, hint)


def _payload(text: str, place: int, known: Known) -> Payload:
    if not text:
        raise Wrong("what is to be sent is missing", None, "for example send OK\\r\\n")
    try:
        return payload.parse(text, groups=known)
    except BadPayload as error:
        raise Wrong(error.message, place + error.place, error.hint) from None


def _of_payload(make: Callable[[Payload], Step]) -> Callable[[str, int, Known], Step]:
    return lambda rest, place, known: make(_payload(rest, place, known))


def _alone(step: Step) -> Callable[[str, int, Known], Step]:
    def read(rest: str, place: int, _: Known) -> Step:
        if rest.strip():
            raise Wrong(f"nothing can stand behind it, not {escape_text(rest[:20])}", place)
        return step

    return read


def _lasting(make: Callable[[float], Step]) -> Callable[[str, int, Known], Step]:
    return lambda rest, place, _: make(seconds(rest, place))


def _ban(rest: str, place: int, _: Known) -> Step:
    return Ban(seconds(rest, place) if rest.strip() else 0.0)


_DRIP = re.compile(r"\s*(\d{1,9})\s+every\s+(\S+) (.*)", re.DOTALL | re.ASCII)


def _drip(rest: str, place: int, known: Known) -> Step:
    match = _DRIP.match(rest)
    if match is None:
        raise Wrong("how much of what, and how often?", place, "as in drip 4 every 100ms HELLO")
    size = int(match[1])
    if not 0 < size <= DRIP_MOST:
        raise Wrong(f"1 to {DRIP_MOST:,} bytes at a time", place + match.start(1))
    every = seconds(match[2], place + match.start(2))
    return Drip(_payload(match[3], place + match.start(3), known), size, every)


_EXPECT = re.compile(
    r"\s*(?:within\s+(?P<time>\S+)\s+)?(?P<kind>\S+)(?: (?P<value>.*))?", re.DOTALL
)


def _expect(rest: str, place: int, _: Known) -> Expect:
    match = _EXPECT.match(rest)
    if match is None:
        raise Wrong("what is expected is missing", place, _only(("any", *KINDS)))
    waits = seconds(match["time"], place + match.start("time")) if match["time"] else 0.0
    kind, value = match["kind"], match["value"] or ""
    at = place + match.start("kind")
    if kind != "any" and kind not in KINDS:
        raise Wrong(f"{escape_text(kind[:20])} cannot be expected", at, _only(("any", *KINDS)))
    if kind == "any" and value.strip():
        raise Wrong("nothing can stand behind any", at + 4)
    try:
        test = read_test(kind, value) if kind != "any" else MessageTest()
    except Wrong as error:
        raise Wrong(error.message, at + len(kind) + 1 + (error.place or 0), error.hint) from None
    return Expect(test, waits, rest.strip())


def _skip_to(rest: str, place: int, known: Known) -> Step:
    expected = _expect(rest, place, known)
    return Expect(expected.test, expected.seconds, expected.shown, skips=True)


_VERBS: dict[str, Callable[[str, int, Known], Step]] = {
    "send": _of_payload(Send),
    "drip": _drip,
    "echo": _alone(Echo()),
    "delay": _lasting(Delay),
    "close": _alone(Close()),
    "half-close": _alone(HalfClose()),
    "reset": _alone(Reset()),
    "ban": _ban,
    "stop-reading": _lasting(StopReading),
    "name": _of_payload(Call),
    "note": _of_payload(Note),
    "mark": _of_payload(Mark),
    "expect": _expect,
    "skip-to": _skip_to,
}
VERBS = tuple(_VERBS)
_AFTERWARDS = ("delay", "ban", "note", "mark")
