"""HL7 version 2, with or without the marks of MLLP around it. Source: HL7, "Version 2.5.1"
chapter 2; "Transport Specification: MLLP"."""

import re
from typing import ClassVar

from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, read
from tcpmon.core.decoding.values import name_in, shown

_BETWEEN = re.compile(rb"[\x0b\x1c\r\n]*+")
_HEAD = re.compile(rb"(?:MSH|FHS|BHS)([!-/:-@\[-`{-~])[!-~]{2,6}")
_SEGMENT = re.compile(rb"[^\r\n\x1c]*+")
_LINE_END = re.compile(rb"[\r\n]*+")
_MARKS = (b"\x1c", b"\x0b")
_NAMES = {
    b"MSH": (
        "separator", "separators", "sending application", "sending facility",
        "receiving application", "receiving facility", "time", "security",
        "message type", "control id", "processing id",
        "version",
    ),
    b"PID": (
        "set id", "patient id (old)", "patient id", "alternate id", "name", "mother's maiden name",
        "birth", "sex", "alias", "race", "address",
    ),
    b"MSA": ("acknowledgment", "control id", "text"),
    b"EVN": ("event", "time", "planned time", "reason", "operator"),
    b"OBX": (
        "set id", "value type", "observation", "sub id", "value", "units", "reference range",
        "abnormal", "probability", "nature", "status",
    ),
    b"PV1": ("set id", "class", "location", "admission", "preadmit number"),
    b"OBR": ("set id", "placer order", "filler order", "service"),
    b"ERR": ("code", "location", "HL7 error", "severity"),
}  # fmt: skip
_FIELDS = 128  # what is behind them stays one; the longest segment has some sixty
_HEADS = (b"MSH", b"FHS", b"BHS")
_MATTERS = {b"MSH": (9, 10, 3), b"PID": (3, 5), b"MSA": (1, 3), b"OBX": (3, 5, 6), b"EVN": (1,)}


class Hl7:
    """Messages between the systems of a hospital."""

    name: ClassVar[str] = "HL7 v2"

    def rate(self, data: bytes) -> float:
        head = _HEAD.match(data, 1 if data[:1] == b"\x0b" else 0)
        if head is None:
            return 0.0
        return 1.0 if b"^~\\&" in head.group() else 0.7

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message, _BETWEEN)


def _message(sheet: Sheet) -> None:
    head = _HEAD.match(sheet.data, sheet.place, sheet.end)
    if head is None:
        raise NotDecoded("it does not begin with a header, MSH|")
    sheet.summary = "message"
    first = sheet.place
    while sheet.left and sheet.peek(1) not in _MARKS:
        if sheet.place > first and _HEAD.match(sheet.data, sheet.place, sheet.end):
            break  # another message, though nothing ends this one
        start = sheet.place
        segment = sheet.match(_SEGMENT) or b""
        _segment(sheet, segment, start, head[1])
        sheet.match(_LINE_END)


def _segment(sheet: Sheet, segment: bytes, start: int, separator: bytes) -> None:
    words = segment.split(separator, _FIELDS)
    kind = words[0]
    names = _NAMES.get(kind, ())
    is_head = kind in _HEADS
    if is_head:  # the separator itself is its first field
        words[1:1] = [separator]
    end = sheet.place
    with sheet.group(name_in(kind), start=start) as group:
        at = start + len(words[0]) + 1
        for place, word in enumerate(words[1:], 1):
            if is_head and place == 1:
                continue
            if word:
                known = f"{place} {names[place - 1]}" if place <= len(names) else ""
                sheet.add(known or f"field {place}", shown(word), at, at + len(word))
            at += len(word) + 1
        group.value = _told(kind, words)
        sheet.place = end
    if is_head:
        sheet.summary = _told(kind, words) or "message"


def _told(kind: bytes, words: list[bytes]) -> str:
    """Return what matters of a segment."""
    told = [shown(words[place]) for place in _MATTERS.get(kind, ()) if place < len(words)]
    return " ".join(word for word in told if word)
