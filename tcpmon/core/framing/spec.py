r"""Framings as people write them: `line`, `u16be`, `delimiter:\x00`, `length:offset=2,width=1`.

The same text does for flags, the config, keys and commands.
"""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from tcpmon.core.errors import BadFraming, BadPayload, BadSize, BadTime
from tcpmon.core.escape import escape, escape_text, unescape
from tcpmon.core.framing import Framer, plugin
from tcpmon.core.framing.auto import Auto
from tcpmon.core.framing.cobs import Cobs
from tcpmon.core.framing.delimiter import Delimiter
from tcpmon.core.framing.envelope import Envelope
from tcpmon.core.framing.fixed import Fixed
from tcpmon.core.framing.gap import Gap
from tcpmon.core.framing.http import Http
from tcpmon.core.framing.kinds import KINDS, SHORT
from tcpmon.core.framing.length import Digits, Length, Varint
from tcpmon.core.framing.line import Line
from tcpmon.core.framing.mllp import Mllp
from tcpmon.core.framing.modbus import Modbus
from tcpmon.core.framing.mqtt import Mqtt
from tcpmon.core.framing.octets import Octets
from tcpmon.core.framing.reads import Reads
from tcpmon.core.framing.resp import Resp
from tcpmon.core.framing.slip import Slip
from tcpmon.core.units import parse_size, parse_time

Argument = int | str | bytes | plugin.Options

DELIMITER_BYTES = 64
OFFSET_BYTES = 4096
"""A header may be read byte by byte, and what there is of it is looked at each time."""
ADJUST_BYTES = 1 << 20
MESSAGE_BYTES = 1 << 30
LONGEST_GAP = 3600
_MARK_BYTES = 16
_WIDTH = 8
_DIGITS = 18


class Framing(Struct, frozen=True):
    """A way to cut streams into messages, as somebody asked for it.

    spec: its canonical text, also by `str`; `parse` makes the same of it. short: what to call it
    on the screen, safe to print: "u16be +5". framer, arguments: what makes framers, and of what.
    """

    spec: str
    short: str
    framer: Callable[..., Framer]
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        return self.spec

    @property
    def by_read(self) -> bool:
        """Whether a message is what one read gave."""
        return self.framer is Reads

    def make(self) -> Framer:
        """Return a new framer, for one direction of one connection."""
        return self.framer(*self.arguments)


def parse(spec: str) -> Framing:
    """Return the framing that a text asks for.

    Raises BadFraming.
    """
    name, colon, rest = spec.partition(":")
    name = name.strip()
    kind = name.lower()
    if kind in _PLAIN:
        if rest.strip():
            raise BadFraming(f"{kind} takes no options, not '{escape_text(rest)}'")
        return Framing(kind, kind, _PLAIN[kind])
    if kind in _READERS:
        return _READERS[kind](rest)
    if SHORT.fullmatch(kind):
        return _read_number(kind, rest)
    return _read_plugin(name, rest if colon else "")


_PLAIN: Mapping[str, Callable[[], Framer]] = {
    "auto": Auto, "none": Reads, "slip": Slip, "cobs": Cobs, "octets": Octets, "mqtt": Mqtt,
    "resp": Resp, "http": Http, "mllp": Mllp, "modbus": Modbus,
}  # fmt: skip

_LINES = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}


def _read_line(rest: str) -> Framing:
    end = rest.strip().lower()
    if not end:
        return Framing("line", "line", Line)
    if end not in _LINES:
        raise BadFraming(
            f"'{escape_text(rest)}' is not a line end",
            "write line for any of them, line:lf, line:crlf or line:cr",
        )
    return Framing(f"line:{end}", f"line {end}", Delimiter, (_LINES[end],))


def _read_delimiter(rest: str) -> Framing:
    delimiter = _bytes("a delimiter", rest, DELIMITER_BYTES, "write for example delimiter:\\x00")
    text = _text(delimiter)
    return Framing(f"delimiter:{text}", f"delimiter {text}", Delimiter, (delimiter,))


def _read_fixed(rest: str) -> Framing:
    hint = "write for example fixed:64"
    try:
        size = parse_size(rest)
    except BadSize as error:
        raise BadFraming(error.message, hint) from None
    if not 1 <= size <= MESSAGE_BYTES:
        raise BadFraming(f"a fixed size is 1 byte to 1 GiB, not {escape_text(rest)}", hint)
    return Framing(f"fixed:{size}", f"fixed {size}", Fixed, (size,))


def _read_gap(rest: str) -> Framing:
    hint = "write for example gap:50ms"
    try:
        gap = round(parse_time(rest) * 1e9)
    except BadTime as error:
        raise BadFraming(error.message, hint) from None
    if not 1000 <= gap <= LONGEST_GAP * 10**9:
        raise BadFraming(f"a gap is at most 1h and not 0, not {escape_text(rest)}", hint)
    text = f"{gap / 1e6:.6f}".rstrip("0").rstrip(".") + "ms"
    if gap % 10**9 == 0:
        text = f"{gap // 10**9}s"
    return Framing(f"gap:{text}", f"gap {text}", Gap, (gap,))


def _read_number(kind: str, rest: str) -> Framing:
    """Read a length in front by its short name: "u16be", "varint:offset=1"."""
    options = _options(kind, rest, ("offset", "adjust"))
    if kind != "varint":
        options["width"] = str(int(kind[1:].rstrip("bel")) // 8)
        options["endian"] = "little" if kind.endswith("le") else "big"
    return _length(options, varint=kind == "varint")


def _read_length(rest: str) -> Framing:
    parts = [part.strip() for part in rest.split(",")]
    varint = "varint" in parts
    if varint:
        parts.remove("varint")
    known = ("offset", "adjust") if varint else ("offset", "adjust", "digits", "width", "endian")
    options = _options("length", ",".join(parts), known)
    if "digits" in options and not options.keys().isdisjoint({"width", "endian"}):
        raise BadFraming(
            "a length is of digits or of bytes, not of both", "leave out width, endian"
        )
    return _length(options, varint)


def _length(options: dict[str, str], varint: bool) -> Framing:
    offset = _integer(options, "offset", 0, 0, OFFSET_BYTES)
    adjust = _integer(options, "adjust", 0, -ADJUST_BYTES, ADJUST_BYTES)
    more = [f"offset={offset}"] * bool(offset) + [f"adjust={adjust}"] * bool(adjust)
    place = f" @{offset}" * bool(offset) + f" {adjust:+}" * bool(adjust)
    if varint:
        return Framing(_spec("varint", more), f"varint{place}", Varint, (offset, adjust))
    if "digits" in options:
        digits = _integer(options, "digits", 4, 1, _DIGITS)
        spec = _spec("length", [f"digits={digits}", *more])
        return Framing(spec, f"{digits} digits{place}", Digits, (digits, offset, adjust))
    width = _integer(options, "width", 2, 1, _WIDTH)
    endian = options.get("endian", "big").lower()
    if endian not in {"big", "little"}:
        raise BadFraming(f"endian is big or little, not '{escape_text(endian)}'")
    name = "u8" if width == 1 else f"u{8 * width}{endian[0]}e"
    spec = _spec(name, more)
    if width == 1:
        endian = "big"
    elif not SHORT.fullmatch(name):
        spec = _spec("length", [f"width={width}", f"endian={endian}", *more])
    return Framing(spec, name + place, Length, (width, endian, offset, adjust))


_ENVELOPE = "write for example envelope:start=\\x02,end=\\x03"


def _read_envelope(rest: str) -> Framing:
    options = _options("envelope", rest, ("start", "end", "escape", "after"))
    start = _bytes("a start", options.get("start", "\\x02"), _MARK_BYTES, _ENVELOPE)
    end = _bytes("an end", options.get("end", "\\x03"), _MARK_BYTES, _ENVELOPE)
    after = _integer(options, "after", 0, 0, _MARK_BYTES)
    mark = b""
    if "escape" in options:
        mark = _bytes("an escape", options["escape"], 1, _ENVELOPE)
        if mark in end and not (len(end) == 2 and end.rfind(mark) == 0):
            raise BadFraming(
                "an escape cannot be in the end, but as the first of two bytes",
                "write for example envelope:start=\\x10\\x02,end=\\x10\\x03,escape=\\x10",
            )
    more = [f"start={_text(start)}", f"end={_text(end)}"]
    more += [f"escape={_text(mark)}"] * bool(mark) + [f"after={after}"] * bool(after)
    short = f"{_text(start)}…{_text(end)}" + f" +{after}" * bool(after)
    return Framing(_spec("envelope", more), short, Envelope, (start, end, mark, after))


_READERS: Mapping[str, Callable[[str], Framing]] = {
    "line": _read_line, "delimiter": _read_delimiter, "length": _read_length,
    "fixed": _read_fixed, "gap": _read_gap, "envelope": _read_envelope,
}  # fmt: skip


def _read_plugin(name: str, rest: str) -> Framing:
    if not name or plugin.load(name) is None:
        raise _unknown(name)
    options = tuple(_options(name, rest).items())
    plugin.check(name, options)
    spec = _spec(name, [f"{key}={value}" for key, value in options])
    return Framing(spec, escape_text(name), plugin.make, (name, options))


def _unknown(name: str) -> BadFraming:
    from difflib import get_close_matches

    known = [kind.name for kind in KINDS] + ["u8", "u16be", "u32be", "u16le", "u32le", "varint"]
    near = get_close_matches(name.lower(), known + plugin.names(), n=1)
    hint = f"did you mean {escape_text(near[0])}?" if near else f"known are {', '.join(known)}"
    return BadFraming(f"no framing is called '{escape_text(name)}'", hint)


def _options(kind: str, rest: str, known: tuple[str, ...] | None = None) -> dict[str, str]:
    """Return the options of a spec: "a=1,b=2". known: which there are; None for any."""
    options: dict[str, str] = {}
    for part in filter(None, map(str.strip, rest.split(","))):
        key, equals, value = (text.strip() for text in part.partition("="))
        key = key.lower()
        shown = escape_text(key)
        if not equals or (known is not None and key not in known):
            hint = f"its options are {', '.join(known)}, each as name=value" if known else ""
            raise BadFraming(f"{escape_text(kind)} has no option '{shown}'", hint)
        if key in options:
            raise BadFraming(f"{shown} is given twice")
        options[key] = value
    return options


def _integer(options: dict[str, str], key: str, default: int, least: int, most: int) -> int:
    text = options.get(key, str(default))
    if re.fullmatch(r"[+-]?[0-9]{1,9}", text) and least <= int(text) <= most:
        return int(text)
    raise BadFraming(f"{key} is a number from {least} to {most}, not '{escape_text(text)}'")


def _bytes(what: str, text: str, most: int, hint: str) -> bytes:
    try:
        data = unescape(text)
    except BadPayload as error:
        raise BadFraming(f"{error.message} in '{escape_text(text)}'", error.hint) from None
    if 1 <= len(data) <= most:
        return data
    size = f"1 to {most} bytes" if most > 1 else "1 byte"
    raise BadFraming(f"{what} has {size}, not {len(data)}", hint)


def _text(data: bytes) -> str:
    """Return bytes as they stand in a spec: no comma, and no space where it would be lost."""
    text = escape(data).replace(",", "\\x2c")
    if text.startswith(" "):
        text = f"\\x20{text[1:]}"
    return f"{text[:-1]}\\x20" if text.endswith(" ") else text


def _spec(name: str, options: list[str]) -> str:
    return ":".join([name, ",".join(options)]) if options else name
