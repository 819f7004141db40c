"""What rules would do with a message, in words, without doing it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import escape, escape_hidden, escape_text
from tcpmon.core.model import Client
from tcpmon.core.payload import Facts, Payload
from tcpmon.core.rules.matching import MessageTest
from tcpmon.core.rules.model import (
    Ban,
    Call,
    Close,
    Delay,
    Drip,
    Echo,
    Expect,
    Groups,
    HalfClose,
    Mark,
    Note,
    Reset,
    Rule,
    Rules,
    Send,
    Step,
    StopReading,
    When,
)
from tcpmon.core.units import counted

SHOWN = 400
"""Bytes of a payload; what it captured is shown as far as a fifth of that."""


def trial(
    rules: Rules, data: bytes, content: bytes, client: Client | None, number: int, now: int = 0
) -> Iterator[str]:
    """Yield what would be done of a message, rule by rule, in lines that are safe to print.

    client: who says it, None = a client that every `for` lets through. number: which of its
    messages it is, from 1 on, 0 = not known. now: ns since 1970. Counters start anew, and chance
    gives zeros.
    """
    others = fitting = 0
    taken = ""
    for rule in rules.rules:
        if rule.when is not When.MESSAGE:
            others += 1
        elif taken:
            yield f"{rule.name}: not asked, {taken} has taken it"
        else:
            found = _fits(rule, data, content, client, number, now)
            if isinstance(found, str):
                yield f"{rule.name}: {found}"
                continue
            fitting += 1
            yield f"{rule.name}: fits{_captured(found)}{', once' if rule.once else ''}"
            yield from _done(rule, _Message(_facts(client, data, found, now), data))
            taken = "" if rule.go_on else rule.name
    if not fitting:
        yield "no rule answers this message"
    if others:
        yield f"{counted(others, 'rule')} of other times than a message: not asked"


@dataclass
class _Message:
    facts: Facts
    data: bytes
    certain: bool = True
    """Whether all that is filled in is known: not behind an `expect`."""


def _fits(
    rule: Rule, data: bytes, content: bytes, client: Client | None, number: int, now: int
) -> Groups | str:
    """Return what is captured, or why a rule does not act."""
    first, last = rule.nth
    if not rule.on:
        return "is off"
    if number and (number < first or (last and number > last)):
        return f"this is message {number}, not {_wanted(first, last)}"
    if client is not None and rule.query is not None and not rule.query.client(client, now):
        return f"not for this client, but for {escape_text(rule.whom)}"
    found = (rule.test or MessageTest()).match(data, content)
    if found is None:
        return (rule.test.trouble if rule.test else "") or "does not fit"
    return found


def _wanted(first: int, last: int) -> str:
    if last == first:
        return str(first)
    return f"{first} to {last}" if last else f"{first} or later"


def _captured(groups: Groups) -> str:
    """Return what was captured by name, or else by number; all that matched is no news."""
    named = {name for name in groups if not name.isdigit()}
    wanted = named or set(groups) - {"0"}
    shown = (f"{name} = {_shown(groups[name], SHOWN // 5)}" for name in groups if name in wanted)
    return "".join(f", {each}" for each in shown)


def _facts(client: Client | None, data: bytes, groups: Groups, now: int) -> Facts:
    facts = Facts(now=now, message=data, groups=groups, counters={})
    if client is not None:
        facts.tell_of(client)
    return facts


def _done(rule: Rule, message: _Message) -> Iterator[str]:
    for number, step in enumerate(rule.steps, 1):
        yield f"  {number}. {_said(step, message)}"
        if isinstance(step, Expect):
            message.certain = False


def _said(step: Step, message: _Message) -> str:
    """Return what a step would do."""
    match step:
        case Send(payload):
            return f"send {_filled(payload, message)}"
        case Drip(payload, size, seconds):
            every = _span(seconds)
            return f"drip {size} every {every} {_filled(payload, message)}"
        case Echo():
            shown = _shown(message.data) if message.certain else "what it says then"
            return f"send {shown}"
        case Call(payload):
            return f"name {_filled(payload, message)}"
        case Note(payload):
            return f"note {_filled(payload, message)}"
        case Mark(payload):
            return f"mark {_filled(payload, message)}"
        case Expect():
            verb = "skip to" if step.skips else "expect"
            return f"{verb} {escape_text(step.shown)}; only then"
        case _:
            return _plain(step)


def _plain(step: Step) -> str:
    match step:
        case Delay(seconds):
            return f"wait {_span(seconds)}"
        case Close():
            return "close"
        case HalfClose():
            return "half-close"
        case Reset():
            return "reset"
        case Ban(seconds):
            return f"ban {_span(seconds) if seconds else 'for ever'}"
        case StopReading(seconds):
            return f"stop reading for {_span(seconds)}"
        case _:
            raise AssertionError(step)


def _span(seconds: float) -> str:
    return f"{seconds:g}s" if seconds >= 1 else f"{seconds * 1000:g}ms"


def _filled(payload: Payload, message: _Message) -> str:
    if payload.fixed is None and not message.certain:
        return escape_hidden(payload.text)
    try:
        data = payload.fixed if payload.fixed is not None else payload.fill(message.facts)
    except BadPayload as error:
        return f"nothing: {error}"
    return _shown(data)


def _shown(data: bytes, most: int = SHOWN) -> str:
    more = f"… ({len(data):,} bytes)" if len(data) > most else ""
    return escape(data, most) + more
