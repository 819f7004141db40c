"""GT06, what many GPS trackers from China speak. Source: Concox, "GT06 GPS Tracker
Communication Protocol V1.8.1".

Firmwares differ behind the first bytes of a status; what is not sure is shown as bytes.
"""

from collections.abc import Callable
from typing import ClassVar

from tcpmon.core.checksums import find
from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, read
from tcpmon.core.decoding.values import flags, hexed

_SHORT, _LONG = b"\x78\x78", b"\x79\x79"
_END = b"\r\n"
_KINDS = {
    0x01: "login", 0x10: "location", 0x11: "LBS", 0x12: "location", 0x13: "heartbeat",
    0x15: "answer to a command", 0x16: "alarm", 0x17: "LBS address", 0x18: "LBS extension",
    0x1A: "address request", 0x21: "answer to a command", 0x22: "location", 0x23: "heartbeat",
    0x26: "alarm", 0x27: "alarm", 0x28: "LBS extension", 0x2C: "Wi-Fi", 0x80: "command",
    0x8A: "time", 0x94: "information", 0xA0: "location",
}  # fmt: skip
_TERMINAL = {0x80: "oil and electricity cut", 0x40: "GPS", 0x04: "charging", 0x02: "ignition on",
             0x01: "armed"}  # fmt: skip
_ALARMS = {
    1: "shock",
    2: "power cut",
    3: "low battery",
    4: "SOS",
}  # in three bits of the terminal's state
_VOLTAGE = {
    0: "no power", 1: "extremely low", 2: "very low", 3: "low", 4: "medium", 5: "high", 6: "full",
}  # fmt: skip
_SIGNAL = {0: "none", 1: "extremely weak", 2: "very weak", 3: "good", 4: "strong"}


class Gt06:
    """Frames of GT06 and its many kin."""

    name: ClassVar[str] = "GT06"

    def rate(self, data: bytes) -> float:
        if data[:2] not in (_SHORT, _LONG) or len(data) < 5:
            return 0.0
        width = 1 if data[:2] == _SHORT else 2
        end = 2 + width + int.from_bytes(data[2 : 2 + width], "big")
        if data[end : end + 2] != _END:
            return 0.5 if end + 2 > len(data) and data[2 + width] in _KINDS else 0.0
        return (
            1.0 if _check(data[2 : end - 2]) == int.from_bytes(data[end - 2 : end], "big") else 0.8
        )

    def decode(self, data: bytes) -> Decoded:
        return read(data, _frame)


def _check(data: bytes) -> int:
    checksum = find("crc-16/x-25")
    assert checksum is not None
    return checksum.of(data)


def _frame(sheet: Sheet) -> None:
    start = sheet.place
    mark = sheet.peek(2)
    if mark not in (_SHORT, _LONG):
        raise NotDecoded("a frame of GT06 begins with 78 78 or 79 79")
    sheet.take(2)
    size = sheet.add_number("length", 1 if mark == _SHORT else 2)
    if size < 5:
        raise NotDecoded(f"a frame of GT06 is not {size} bytes long")
    with sheet.within(size):
        kind = sheet.number(1)
        sheet.summary = _KINDS.get(kind, f"message 0x{kind:02x}")
        sheet.add("kind", f"0x{kind:02x}, {_KINDS.get(kind, 'unknown')}", sheet.place - 1)
        with sheet.within(size - 5):
            _READERS.get(kind, _other)(sheet)
        sheet.add_number("serial", 2)
        _verify(sheet, start)
    if sheet.take(2) != _END:
        sheet.notes.append(f"byte {sheet.place - 2} should be a line end")


def _verify(sheet: Sheet, start: int) -> None:
    right = _check(sheet.data[start + 2 : sheet.place])
    at = sheet.place
    told = sheet.number(2)
    if told == right:
        sheet.add("checksum", f"0x{told:04x}, right", at)
        return
    sheet.add("checksum", f"0x{told:04x}, wrong: it is 0x{right:04x}", at)
    sheet.notes.append("the checksum is wrong")


def _login(sheet: Sheet) -> None:
    if sheet.left < 8:  # the server's answer
        return _other(sheet)
    start = sheet.place
    number = sheet.take(8).hex().lstrip("0")
    sheet.add("device", number, start)
    sheet.summary += f" {number}"
    return None


def _date(sheet: Sheet) -> None:
    start = sheet.place
    year, month, day, hour, minute, second = sheet.take(6)
    told = f"20{year:02}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC"
    sheet.add("time", told, start)
    sheet.summary += f" {told}"


def _location(sheet: Sheet) -> None:
    _date(sheet)
    start = sheet.place
    sheet.add("satellites", str(sheet.number(1) & 15), start)
    places = [(sheet.number(4), sheet.place - 4) for _ in range(2)]
    speed_at = sheet.place
    speed = sheet.number(1)
    course_at = sheet.place
    course = sheet.number(2)
    sides = ("N" if course & 0x400 else "S", "W" if course & 0x800 else "E")
    for (number, at), name, side in zip(places, ("latitude", "longitude"), sides, strict=True):
        told = f"{number / 1_800_000:.6f}° {side}"  # minutes, times 30,000
        sheet.add(name, told, at, at + 4)
        sheet.summary += f" {told}"
    sheet.add("speed", f"{speed} km/h", speed_at, speed_at + 1)
    sheet.add("course", f"{course & 0x3FF}°", course_at)
    words = {0x1000: "positioned", 0x2000: "differential"}
    sheet.add("fix", flags(course & 0x3000, words), course_at)
    sheet.summary += f" {speed} km/h"
    if sheet.left >= 8:
        sheet.add_number("MCC", 2)
        sheet.add_number("MNC", 1)
        sheet.add_number("LAC", 2)
        sheet.add_number("cell", 3)


def _alarm(sheet: Sheet) -> None:
    if sheet.left < 18:  # the server's answer
        return _other(sheet)
    with sheet.within(18):
        _location(sheet)
    with sheet.within(sheet.add_number("LBS length", 1) - 1):
        for name, size in (("MCC", 2), ("MNC", 1), ("LAC", 2), ("cell", 3)):
            sheet.add_number(name, size)
    return _status(sheet)


def _status(sheet: Sheet) -> None:
    if sheet.left < 3:  # the server's answer
        return _other(sheet)
    start = sheet.place
    bits = sheet.number(1)
    alarm = _ALARMS.get(bits >> 3 & 7, "")
    told = flags(bits & 0xC7, _TERMINAL) + (f", {alarm} alarm" if alarm else "")
    sheet.add("terminal", told, start)
    sheet.summary += f" {told}"
    sheet.add_number("voltage", 1, _VOLTAGE)
    sheet.add_number("GSM signal", 1, _SIGNAL)
    return _other(sheet)


def _other(sheet: Sheet) -> None:
    if sheet.left:
        sheet.add_bytes("data", sheet.left, hexed)


_READERS: dict[int, Callable[[Sheet], None]] = {
    0x01: _login, 0x10: _location, 0x12: _location, 0x22: _location, 0x13: _status, 0x16: _alarm,
}  # fmt: skip
