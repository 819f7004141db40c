"""NMEA 0183, what GPS receivers and ships' instruments say. Source: gpsd, "NMEA Revealed".

The standard itself is not public; the sentences here are those that everybody sends.
"""

import re
from collections.abc import Callable
from typing import ClassVar

from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, read
from tcpmon.core.decoding.values import cut, shown, shown_text

_BETWEEN = re.compile(rb"[\r\n\0 ]*+")
_SENTENCE = re.compile(rb"[$!]([A-Z][A-Z0-9]{2,9}),([^\r\n*]{0,1024})(?:\*([0-9A-Fa-f]{2}))?")

_TALKERS = {
    "GP": "GPS", "GL": "GLONASS", "GA": "Galileo", "GB": "BeiDou", "BD": "BeiDou", "GN": "several",
    "GQ": "QZSS", "AI": "AIS", "II": "instruments", "HC": "compass", "SD": "depth sounder",
    "WI": "weather instruments", "P": "proprietary",
}  # fmt: skip
_TYPES = {
    "GGA": "position fix", "RMC": "recommended minimum", "GSV": "satellites in view",
    "GSA": "satellites in use", "GLL": "position", "VTG": "course and speed",
    "ZDA": "date and time", "HDT": "true heading", "DBT": "depth", "MWV": "wind",
    "VDM": "AIS message", "VDO": "own ship's AIS message", "TXT": "text",
}  # fmt: skip

_QUALITY = {
    "0": "no fix", "1": "GPS", "2": "DGPS", "3": "PPS", "4": "RTK", "5": "float RTK",
    "6": "estimated", "7": "manual", "8": "simulated",
}  # fmt: skip
_STATUS = {"A": "valid", "V": "not valid"}
_MODE = {
    "A": "autonomous", "D": "differential", "E": "estimated", "F": "float RTK", "M": "manual",
    "N": "not valid", "R": "RTK", "S": "simulated",
}  # fmt: skip
_WORDS = 32  # what is behind them stays one; the longest sentence known has twenty
_MINUTES = re.compile(r"\d{3,5}(?:\.\d{1,12})?", re.ASCII)
_FIX = {"1": "no fix", "2": "2D", "3": "3D"}

_Show = Callable[..., str]  # one text for each word between commas


def _plain(word: str) -> str:
    return shown_text(word)


def _time(word: str) -> str:
    clock, dot, fraction = word.partition(".")
    if len(clock) != 6 or not clock.isdecimal():
        return shown_text(word)
    fraction = fraction.rstrip("0")
    return shown_text(
        f"{clock[:2]}:{clock[2:4]}:{clock[4:]}{dot if fraction else ''}{fraction} UTC"
    )


def _date(word: str) -> str:
    if len(word) != 6 or not word.isdecimal():
        return shown_text(word)
    year = int(word[4:])  # of two digits: GPS began in 1980
    return f"{2000 + year if year < 80 else 1900 + year}-{word[2:4]}-{word[:2]}"


def _degrees(word: str, side: str) -> str:
    """Return "48.117300° N" from degrees and minutes in one number, "4807.038"."""
    if not _MINUTES.fullmatch(word) or side not in tuple("NSEW"):
        return shown_text(f"{word} {side}".strip())
    whole, dot, fraction = word.partition(".")
    minutes = float(whole[-2:] + dot + fraction)
    return f"{int(whole[:-2] or 0) + minutes / 60:.6f}° {side}"


def _measured(word: str, unit: str) -> str:
    words = {"T": "° true", "M": "° magnetic", "E": "° E", "W": "° W"}
    return shown_text(word + words.get(unit, f" {unit}")) if word else ""


def _length(word: str, unit: str) -> str:
    return shown_text(f"{word} {unit.lower()}") if word else ""


def _speed(word: str, unit: str) -> str:
    words = {"N": "knots", "K": "km/h"}
    return shown_text(f"{word} {words.get(unit, unit)}") if word else ""


def _of(words: dict[str, str]) -> _Show:
    return lambda word: f"{word}, {words[word]}" if word in words else shown_text(word)


def _in(unit: str) -> _Show:
    return lambda word: shown_text(f"{word}{unit}") if word else ""


def _some(*names: str) -> list[tuple[str, int, _Show]]:
    return [(name, 1, _plain) for name in names]


_POSITION = [("latitude", 2, _degrees), ("longitude", 2, _degrees)]
_AT = [("time", 1, _time)]
_IS_VALID = [("status", 1, _of(_STATUS))]
_MODES = [("mode", 1, _of(_MODE))]

# By type: what stands behind one another, each with how many words it takes.
_PARTS: dict[str, list[tuple[str, int, _Show]]] = {
    "GGA": [
        *_AT, *_POSITION, ("quality", 1, _of(_QUALITY)), *_some("satellites", "HDOP"),
        ("altitude", 2, _length), ("geoid separation", 2, _length),
        ("age of DGPS data", 1, _in(" s")), *_some("DGPS station"),
    ],
    "RMC": [
        *_AT, *_IS_VALID, *_POSITION, ("speed", 1, _in(" knots")), ("course", 1, _in("°")),
        ("date", 1, _date), ("magnetic variation", 2, _measured), *_MODES,
        *_some("navigational status"),
    ],
    "GLL": [*_POSITION, *_AT, *_IS_VALID, *_MODES],
    "VTG": [
        ("course", 2, _measured), ("course", 2, _measured), ("speed", 2, _speed),
        ("speed", 2, _speed), *_MODES,
    ],
    "GSA": [
        *_some("selection"), ("fix", 1, _of(_FIX)), *_some(*["satellite"] * 12),
        *_some("PDOP", "HDOP", "VDOP"),
    ],
    "GSV": [
        *_some("sentences", "sentence", "satellites in view"),
        *[
            ("satellite", 1, _in("")), ("elevation", 1, _in("°")), ("azimuth", 1, _in("°")),
            ("SNR", 1, _in(" dB")),
        ] * 4,
    ],
    "ZDA": [*_AT, *_some("day", "month", "year", "zone hours", "zone minutes")],
    "HDT": [("heading", 2, _measured)],
    "VDM": _some("fragments", "fragment", "message id", "channel", "payload", "fill bits"),
}  # fmt: skip
_PARTS["VDO"] = _PARTS["VDM"]
_MATTERS = {
    "GGA": ("time", "latitude", "longitude", "altitude", "quality"),
    "RMC": ("date", "time", "latitude", "longitude", "speed", "status"),
    "GLL": ("latitude", "longitude", "time", "status"),
    "VTG": ("course", "speed"),
    "GSA": ("fix",),
    "GSV": ("satellites in view",),
    "ZDA": ("time", "day", "month", "year"),
    "HDT": ("heading",),
}


class Nmea:
    """Sentences of NMEA 0183, each a line."""

    name: ClassVar[str] = "NMEA 0183"

    def rate(self, data: bytes) -> float:
        start = _BETWEEN.match(data, 0, 64)
        sentence = _SENTENCE.match(data, start.end() if start else 0)
        if sentence is None:
            return 0.0
        if sentence[3] is None:
            return 0.7 if sentence[1][-3:].decode() in _TYPES else 0.2
        return 1.0 if _sum(sentence) == int(sentence[3], 16) else 0.8

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message, _BETWEEN)


def _sum(sentence: re.Match[bytes]) -> int:
    total = 0
    for byte in sentence[1] + b"," + sentence[2]:
        total ^= byte
    return total


def _message(sheet: Sheet) -> None:
    start = sheet.place
    sentence = _SENTENCE.match(sheet.data, start, sheet.end)
    if sentence is None:
        raise NotDecoded("it does not begin like a sentence, $ and letters")
    tag = sentence[1].decode("ascii")
    talker, kind = ("P", tag[1:]) if tag.startswith("P") else (tag[:-3], tag[-3:])
    sheet.summary = tag
    sheet.place = sentence.end(1)
    sheet.add("talker", _worded(talker, _TALKERS), start + 1, start + 1 + len(talker))
    sheet.add("sentence", _worded(kind, _TYPES), start + 1 + len(talker))
    told = _fields(sheet, kind, sentence)
    sheet.place = sentence.end()
    _checksum(sheet, sentence)
    sheet.summary = cut(" ".join([tag, *told]))


def _worded(code: str, words: dict[str, str]) -> str:
    return f"{code}, {words[code]}" if code in words else code


def _checksum(sheet: Sheet, sentence: re.Match[bytes]) -> None:
    if sentence[3] is None:
        return
    told, right = int(sentence[3], 16), _sum(sentence)
    value = f"{told:02X}, right" if told == right else f"{told:02X}, wrong: it is {right:02X}"
    sheet.add("checksum", value, sentence.start(3), sentence.end(3))
    if told != right:
        sheet.notes.append("the checksum is wrong")


def _fields(sheet: Sheet, kind: str, sentence: re.Match[bytes]) -> list[str]:
    """Add what stands between the commas; return what matters of it."""
    raw = sentence[2].split(b",", _WORDS)
    words = [str(word, "utf-8", "surrogateescape") for word in raw]
    parts = _PARTS.get(kind, [])
    told: dict[str, str] = {}
    place, start, row = 0, sentence.start(2), 0
    while place < len(raw):
        name, size, show = parts[row] if row < len(parts) else (f"field {place + 1}", 1, _plain)
        if size > len(raw) - place:
            name, size, show = f"field {place + 1}", 1, _plain
        value = show(*words[place : place + size])
        end = start + sum(len(word) + 1 for word in raw[place : place + size]) - 1
        if value:
            sheet.add(name, value, start, end)
            told.setdefault(name, value.rpartition(", ")[2])
        place, start, row = place + size, end + 1, row + 1
    if kind not in _MATTERS:
        return [shown(sentence[2])]
    return [told[name] for name in _MATTERS[kind] if name in told]
