"""MQTT 3.1, 3.1.1 and 5. Source: OASIS, "MQTT Version 3.1.1" and "MQTT Version 5.0".

Only CONNECT says which version is spoken. For other packets it is seen from what fits; where
both would, it is taken for 3.1.1.
"""

from collections.abc import Callable
from typing import ClassVar

from tcpmon.core.decoding import FIELDS, Decoded, NotDecoded
from tcpmon.core.decoding.inside import add_payload
from tcpmon.core.decoding.mqtt_words import (
    CONNACK,
    CONNECT_FLAGS,
    PROPERTIES,
    QOS,
    REASONS,
    RETAIN_HANDLING,
    TYPES,
    VERSIONS,
)  # fmt: skip
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import counted, flags, hexed, named, shown

_PUBLISH = 3
_FLAGS = {6: 2, 8: 2, 10: 2}  # the low four bits of the first byte where they are not 0
_RATED = 64  # packets that are looked at to rate them


class Mqtt:
    """Packets of MQTT."""

    name: ClassVar[str] = "MQTT"

    def rate(self, data: bytes) -> float:
        sure, place = 0.0, 0
        for _ in range(_RATED):
            if place >= len(data):
                break
            head = _head(data, place)
            rate = _rate(data, head) if head else 0.0
            if head is None or not rate:
                return 0.8 * sure
            sure, place = max(sure, rate), head[3]
        return sure

    def decode(self, data: bytes) -> Decoded:
        return read(data, _packet)


def _head(data: bytes, start: int) -> tuple[int, int, int, int] | None:
    """Return the type of a packet, its flags, and where what follows its length begins and ends."""
    kind, bits = divmod(data[start], 16)
    if kind == 0 or (kind != _PUBLISH and bits != _FLAGS.get(kind, 0)):
        return None
    number = _varint(data, start + 1)
    return (kind, bits, number[1], number[1] + number[0]) if number else None


def _varint(data: bytes, start: int) -> tuple[int, int] | None:
    """Return a number of one to four bytes, seven bits in each, and where it ends."""
    number = 0
    for place, byte in enumerate(data[start : start + 4]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, start + place + 1
    return None


def _rate(data: bytes, head: tuple[int, int, int, int]) -> float:
    """Return how likely a packet is one, from what is known of its type."""
    kind, bits, start, end = head
    size, body = end - start, data[start : min(end, start + 512)]
    if kind == 1:
        return 1.0 if body[2:6] in (b"MQTT", b"MQIs") else 0.0
    if kind == _PUBLISH:
        return _rate_topic(body, size) if bits & 6 != 6 else 0.0
    if kind in (8, 10):
        number = _varint(body, 2)  # in 5 properties stand before the first filter
        skipped = sum(number) if number else size
        return max(_rate_topic(body[2:], size - 2), _rate_topic(body[skipped:], size - skipped))
    if end > len(data):
        return 0.0
    if kind in (12, 13):
        return 0.6 if size == 0 else 0.0
    if kind == 2:
        return 0.8 if size >= 2 and body[0] < 2 and body[1] in REASONS | CONNACK else 0.0
    if kind in (14, 15):
        return 0.6 if size == 0 or body[0] in REASONS else 0.0
    return 0.6 if size == 2 or (size > 2 and body[2] in REASONS) else 0.0


def _rate_topic(body: bytes, size: int) -> float:
    """Return how likely the bytes begin with a topic."""
    length = int.from_bytes(body[:2], "big")
    topic = body[2 : 2 + length]
    if not topic or length + 2 > size:
        return 0.0
    text = str(topic, "utf-8", "surrogateescape")  # what is no UTF-8 is not printable
    return 0.8 if text.isprintable() else 0.0


def _packet(sheet: Sheet) -> None:
    start = sheet.place
    head = _head(sheet.data, start)
    if head is None:
        raise NotDecoded("it does not begin like an MQTT packet")
    kind, bits, begin, end = head
    sheet.summary = TYPES[kind]
    sheet.take(1)
    sheet.add("type", named(kind, TYPES), start)
    sheet.take(begin - sheet.place)
    sheet.add("length", str(end - begin), start + 1)
    with sheet.within(end - begin):
        if kind == _PUBLISH:
            _publish(sheet, bits, start)
        elif kind in _READERS:
            _READERS[kind](sheet)


def _text(sheet: Sheet, name: str) -> str:
    """Read a text with its length before it, add it and return it, safe and cut."""
    with sheet.within(sheet.number(2)):
        sheet.add_bytes(name, sheet.left)
    return sheet.found[-1].value


def _connect(sheet: Sheet) -> None:
    _text(sheet, "protocol")
    version = sheet.add_number("version", 1, VERSIONS)
    start = sheet.place
    bits = sheet.number(1)
    told = flags(bits & ~0x18, CONNECT_FLAGS)
    sheet.add("flags", f"{told}; will QoS {bits >> 3 & 3}" if bits & 4 else told, start)
    alive = sheet.add_number("keep alive", 2)
    if version == 5:
        _properties(sheet)
    name = _text(sheet, "client id")
    sheet.summary += f" {name or '(no client id)'}, {VERSIONS.get(version, f'version {version}')}"
    sheet.summary += f", keep alive {alive} s"
    if bits & 4:
        if version == 5:
            _properties(sheet, "will properties")
        _text(sheet, "will topic")
        with sheet.within(sheet.number(2)):
            add_payload(sheet, "will message", sheet.left)
    if bits & 0x80:
        sheet.summary += f", user {_text(sheet, 'user name')}"
    if bits & 0x40:
        _text(sheet, "password")


def _connack(sheet: Sheet) -> None:
    start = sheet.place
    bits = sheet.number(1)
    sheet.add("flags", flags(bits, {1: "session present"}), start)
    words = CONNACK if sheet.left == 1 else REASONS
    sheet.summary += f", {words.get(sheet.add_number('reason', 1, words), 'unknown reason')}"
    if sheet.left:
        _properties(sheet)


def _publish(sheet: Sheet, bits: int, start: int) -> None:
    qos = bits >> 1 & 3
    told = f"QoS {named(qos, QOS, 'not allowed')}"
    told += ("; retain" if bits & 1 else "") + ("; duplicate" if bits & 8 else "")
    sheet.add("flags", told, start, start + 1)
    sheet.summary += f" {_text(sheet, 'topic')}"
    if qos:
        sheet.add_number("packet id", 2)
    if _looks_like_5(sheet):
        _properties(sheet)
    line = add_payload(sheet, "payload", sheet.left)
    sheet.summary += f": {line}" if line else ", empty"


def _looks_like_5(sheet: Sheet) -> bool:
    """Return whether properties seem to stand in front of a payload."""
    if sheet.peek(1) == b"\0":  # none of them; or the payload begins with a number
        text = sheet.peek(33)[1:]
        return text.isascii() and str(text, "ascii").isprintable()
    return _properties_end(sheet) > 0


def _properties_end(sheet: Sheet) -> int:
    """Return where properties that begin here end, 0 if these are none."""
    number = _varint(sheet.data, sheet.place)
    if number is None or number[1] + number[0] > sheet.end:
        return 0
    trial = Sheet(sheet.data[sheet.place : number[1] + number[0]])
    try:
        _properties(trial)
    except Stop:
        return 0
    return number[1] + number[0]


def _properties(sheet: Sheet, name: str = "properties") -> None:
    start = sheet.place
    number = _varint(sheet.data, start)
    if number is None:
        raise Stop(f"byte {start} should be the length of properties")
    sheet.take(number[1] - start)
    with sheet.group(name, "none", start) as group, sheet.within(number[0]):
        while sheet.left:
            _property(sheet)
        if sheet.found:
            group.value = ", ".join(field.name for field in sheet.found[:8])


def _property(sheet: Sheet) -> None:
    start = sheet.place
    code = sheet.number(1)
    name, kind = PROPERTIES.get(code, ("", ""))
    if isinstance(kind, int):
        value = str(sheet.number(kind))
    elif kind == "varint":
        number = _varint(sheet.data, sheet.place)
        if number is None:
            raise Stop(f"byte {sheet.place} should be a number")
        sheet.take(number[1] - sheet.place)
        value = str(number[0])
    elif kind == "pair":
        value = f"{shown(_blob(sheet))}: {shown(_blob(sheet))}"
    elif kind:
        value = (shown if kind == "text" else hexed)(_blob(sheet))
    else:
        raise Stop(f"byte {start}: there is no property {code}")
    sheet.add(name, value, start)


def _blob(sheet: Sheet) -> bytes:
    return sheet.take(sheet.number(2))


def _acknowledge(sheet: Sheet) -> None:
    sheet.summary += f" {sheet.add_number('packet id', 2)}"
    _reason(sheet)


def _reason(sheet: Sheet) -> None:
    """Read what only 5 has: a reason, and properties."""
    if sheet.left:
        sheet.summary += f", {named(sheet.add_number('reason', 1, REASONS), REASONS)}"
    if sheet.left:
        _properties(sheet)


def _subscribe(sheet: Sheet) -> None:
    _filters(sheet, 1)


def _unsubscribe(sheet: Sheet) -> None:
    _filters(sheet, 0)


def _filters(sheet: Sheet, options: int) -> None:
    """Read filters of topics, with so many bytes of options behind each."""
    sheet.add_number("packet id", 2)
    if not _are_filters(sheet, options):
        _properties(sheet)
    told = []
    while sheet.left:
        told.append(_text(sheet, "filter"))
        if options:
            start = sheet.place
            bits = sheet.number(1)
            words = flags(bits & 0x0C, {4: "no local", 8: "retain as published"})
            handling = RETAIN_HANDLING.get(bits >> 4, "unknown") if bits >> 4 else ""
            parts = [f"QoS {bits & 3}", words if bits & 0x0C else "", handling]
            sheet.add("options", ", ".join(part for part in parts if part), start)
    sheet.summary += f" {', '.join(told[:8])}"


def _are_filters(sheet: Sheet, options: int) -> bool:
    """Return whether filters follow at once, as they do in 3.1.1."""
    place = sheet.place
    for _ in range(FIELDS):
        if place >= sheet.end:
            return place == sheet.end
        size = int.from_bytes(sheet.data[place : place + 2], "big")
        if size == 0:
            return False
        place += 2 + size + options
    return True


def _suback(sheet: Sheet) -> None:
    sheet.summary += f" {sheet.add_number('packet id', 2)}"
    if not set(sheet.peek(sheet.left)) <= {0, 1, 2, 0x80}:
        _properties(sheet)
    _codes(sheet, {**REASONS, 0: "granted QoS 0"})


def _unsuback(sheet: Sheet) -> None:
    sheet.summary += f" {sheet.add_number('packet id', 2)}"
    if sheet.left:
        _properties(sheet)
        _codes(sheet, REASONS)


def _codes(sheet: Sheet, words: dict[int, str]) -> None:
    told = []
    while sheet.left:
        told.append(words.get(sheet.add_number("reason", 1, words), "unknown"))
    if len(told) > 8:
        sheet.summary += f", {counted(len(told), 'answer')}"
    elif told:
        sheet.summary += f", {', '.join(told)}"


_READERS: dict[int, Callable[[Sheet], None]] = {
    1: _connect, 2: _connack, 4: _acknowledge, 5: _acknowledge, 6: _acknowledge, 7: _acknowledge,
    8: _subscribe, 9: _suback, 10: _unsubscribe, 11: _unsuback, 14: _reason, 15: _reason,
}  # fmt: skip
