"""syslog, new and old, with or without its length before it.

Source: RFC 5424, RFC 3164, RFC 6587.
"""

import re
from typing import ClassVar

from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import cut, name_in, shown

_BETWEEN = re.compile(rb"[\r\n\0]*+")
_COUNT = re.compile(rb"([1-9]\d{0,6}) (?=<\d{1,3}>)")
_PRIORITY = re.compile(rb"<(\d{1,3})>")
_NEW = re.compile(rb"(\d{1,2}) (\S{1,64}) (\S{1,255}) (\S{1,128}) (\S{1,128}) (\S{1,128}) ?")
_TIME = rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)"
_TAG = rb"([^\s:\[]{1,64})(?:\[([^\]\s]{1,32})\])?: ?"
# A host may be missing: what ends in a colon is the tag already.
_HOST = rb"([^\s:\[]{1,255}|[\da-fA-F:]{2,45}) "
_OLD = re.compile(rb"(%b) (?:%b)?(?:%b)?" % (_TIME, _HOST, _TAG))
_DATA_NAME = re.compile(rb'\[([^\s=\]"]{1,128})')
_PARAMETER = re.compile(rb' ([^\s=\]"]{1,128})="((?:[^"\\\]]|\\.|)*+)"', re.DOTALL)

_FACILITIES = (
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
)  # fmt: skip
_SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
_NIL = b"-"


class Syslog:
    """Lines of a log that are sent on."""

    name: ClassVar[str] = "syslog"

    def rate(self, data: bytes) -> float:
        count = _COUNT.match(data)
        priority = _PRIORITY.match(data, count.end() if count else 0)
        if priority is None or int(priority[1]) > 191:
            return 0.0
        if _NEW.match(data, priority.end()):
            return 1.0
        return 0.95 if _OLD.match(data, priority.end()) else 0.7 if count else 0.55

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message, _BETWEEN)


def _message(sheet: Sheet) -> None:
    count = _COUNT.match(sheet.data, sheet.place, sheet.end)
    if count is None:
        end = sheet.data.find(b"\n", sheet.place, sheet.end)
        size = (end if end >= 0 else sheet.end) - sheet.place
    else:
        sheet.place = count.end(1)
        sheet.add("octets", str(int(count[1])), count.start(1))
        sheet.place, size = count.end(), int(count[1])
    with sheet.within(size):
        _line(sheet)


def _line(sheet: Sheet) -> None:
    start = sheet.place
    priority = sheet.match(_PRIORITY)
    number = int(priority[1:-1]) if priority else 999
    if number > 191:
        raise NotDecoded("it does not begin with a priority, <0> to <191>")
    severity = _SEVERITIES[number % 8]
    sheet.summary = f"{_FACILITIES[number // 8]}.{severity}"
    with sheet.group("priority", str(number), start):
        sheet.add("facility", f"{number // 8}, {_FACILITIES[number // 8]}", start)
        sheet.add("severity", f"{number % 8}, {severity}", start)
    new = _NEW.match(sheet.data, sheet.place, sheet.end)
    if new:
        _words(sheet, new, ("version", "time", "host", "app", "process", "message id"))
        _structured(sheet)
    elif old := _OLD.match(sheet.data, sheet.place, sheet.end):
        _words(sheet, old, ("time", "host", "app", "process"))
    text = sheet.peek(sheet.left).rstrip(b"\r\n")
    _text(sheet, text)


def _text(sheet: Sheet, text: bytes) -> None:
    mark = b"\xef\xbb\xbf"  # RFC 5424 begins UTF-8 with it
    start = sheet.place + (len(mark) if text.startswith(mark) else 0)
    said = shown(text.removeprefix(mark))
    end = sheet.place + len(text)
    sheet.place = sheet.end
    sheet.add("text", said, start, end)
    if said:
        sheet.summary = cut(f"{sheet.summary}: {said}")


def _words(sheet: Sheet, line: re.Match[bytes], names: tuple[str, ...]) -> None:
    for place, name in enumerate(names, 1):
        if line[place] and line[place] != _NIL:
            sheet.add(name, shown(line[place]), line.start(place), line.end(place))
            if name in ("host", "app"):
                sheet.summary += f" {shown(line[place])}"
    sheet.place = line.end()


def _structured(sheet: Sheet) -> None:
    """Read structured data: none, "-", or some in brackets."""
    if sheet.peek(1) == _NIL:
        sheet.take(1)
    while name := sheet.match(_DATA_NAME):
        with sheet.group(name_in(name[1:]), start=sheet.place - len(name)):
            while parameter := _PARAMETER.match(sheet.data, sheet.place, sheet.end):
                sheet.place = parameter.end()
                key = name_in(parameter[1])
                sheet.add(key, shown(parameter[2]), parameter.start(2), parameter.end(2))
            if sheet.peek(1) != b"]":
                raise Stop(f"byte {sheet.place} should end structured data")
            sheet.take(1)
    if sheet.peek(1) == b" ":
        sheet.take(1)
