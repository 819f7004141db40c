"""What can be compared: `len>100`, `idle>30s`, `at>12:04:30`."""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from tcpmon.core.errors import BadFilter, BadSize, BadTime
from tcpmon.core.model import Client, Kind, Message
from tcpmon.core.query.needs import PAYLOAD, Needs
from tcpmon.core.query.parts import Part, of_client
from tcpmon.core.query.syntax import Term
from tcpmon.core.units import parse_size, parse_time

OfClient = Callable[[Client, int], float | None]
OfMessage = Callable[[Message, int], float | None]

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "=": operator.eq, ":": operator.eq,
}  # fmt: skip


class Measure(Struct, frozen=True):
    """An amount that a client or message has; None where it has none.

    of_message: None where a message has its client's. read: what was typed to the same unit.
    """

    of_client: OfClient
    read: Callable[[str], float]
    unit: str
    of_message: OfMessage | None = None


def _count(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ValueError(text)
    return int(text)


def _nanoseconds(text: str) -> float:
    return round(parse_time(text) * 1e9)


def _idle(client: Client, now: int) -> float | None:
    return None if client.closed else now - (client.heard or client.opened)


MEASURES = {
    "len": Measure(
        lambda client, _: client.rx_bytes + client.tx_bytes, parse_size, "an amount of bytes",
        lambda message, _: message.size if message.kind <= Kind.CAST else None,
    ),
    "rx": Measure(lambda client, _: client.rx_bytes, parse_size, "an amount of bytes"),
    "tx": Measure(lambda client, _: client.tx_bytes, parse_size, "an amount of bytes"),
    "rate": Measure(
        lambda client, _: client.rx_rate + client.tx_rate,
        lambda text: parse_size(text.removesuffix("/s")), "bytes a second",
    ),
    "idle": Measure(_idle, _nanoseconds, "a span of time"),
    "age": Measure(
        lambda client, now: (client.closed or now) - client.opened, _nanoseconds,
        "a span of time", lambda message, now: now - message.time,
    ),
    "queue": Measure(lambda client, _: client.unsent, parse_size, "an amount of bytes"),
    "msgs": Measure(lambda client, _: client.rx_messages + client.tx_messages, _count, "a number"),
    "rtt": Measure(
        lambda client, _: client.rtt or None, lambda text: round(parse_time(text) * 1e6),
        "a span of time",
    ),
    "retr": Measure(lambda client, _: client.retransmits, _count, "a number"),
    "reads": Measure(
        lambda client, _: client.rx_messages, _count, "a number",
        lambda message, _: message.reads if message.kind <= Kind.CAST else None,
    ),
}  # fmt: skip


def measured(term: Term, place: int, example: str, name: str) -> Part:
    """Return a comparison. Raises BadFilter."""
    if name == "at":
        return _clock(term, place, example)
    measure = MEASURES[name]
    try:
        bound = measure.read(term.value)
    except (ValueError, BadSize, BadTime):
        raise BadFilter(f"{name} needs {measure.unit}", place, f"for example {example}") from None
    return _part(term.operator, bound, measure, name)


def _part(sign: str, bound: float, measure: Measure, name: str) -> Part:
    compare, of_one, of_other = _COMPARE[sign], measure.of_client, measure.of_message

    def client(client: Client, now: int) -> bool:
        amount = of_one(client, now)
        return amount is not None and compare(amount, bound)

    if of_other is None:
        return Part(client, of_client(client))
    of_message = of_other

    def message(message: Message, _: Client | None, now: int) -> bool:
        amount = of_message(message, now)
        return amount is not None and compare(amount, bound)

    return Part(client, message, _needs(sign, int(bound)) if name == "len" else Needs())


def _needs(sign: str, bound: int) -> Needs:
    least = {">": bound + 1, ">=": bound, "=": bound, ":": bound}.get(sign, 0)
    most = {"<": bound - 1, "<=": bound, "=": bound, ":": bound}.get(sign)
    return Needs(kinds=PAYLOAD, least=least, most=most)


# -- the time of day ------------------------------------------------------------------

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{1,9}))?)?")
SECOND = 10**9
DAY = 86_400 * SECOND
QUARTER = 900 * SECOND
"""No clock anywhere is put forward or back but at a quarter of an hour."""


class _TimeOfDay:
    """Nanoseconds since midnight where the program runs."""

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}

    def __call__(self, time: int) -> int:
        quarter = time // QUARTER
        offset = self._offsets.get(quarter)
        if offset is None:
            begin = datetime.fromtimestamp(quarter * 900, UTC).astimezone()
            shift = begin.utcoffset()
            offset = int(shift.total_seconds()) * SECOND if shift else 0
            self._offsets[quarter] = offset
        return (time + offset) % DAY


def _clock(term: Term, place: int, example: str) -> Part:
    match = _CLOCK.fullmatch(term.value)
    if match is None:
        raise BadFilter("at needs a time of day", place, f"for example {example}")
    hour, minute, second, part = match[1], match[2], match[3], match[4]
    begin = (int(hour) * 3600 + int(minute) * 60 + int(second or 0)) * SECOND
    begin += int((part or "0").ljust(9, "0"))
    lasts = 60 * SECOND if second is None else SECOND if part is None else 10 ** (9 - len(part))
    time_of_day = _TimeOfDay()
    compare = _COMPARE[term.operator]

    def holds(time: int) -> bool:
        at = time_of_day(time)
        return begin <= at < begin + lasts if term.operator in "=:" else compare(at, begin)

    return Part(lambda client, _: holds(client.opened), lambda message, *_: holds(message.time))
