"""All ways to cut a stream, in words: for --help, the README and whoever is to choose one."""

import re
from typing import NamedTuple

SHORT = re.compile(r"u8|u(16|24|32|64)(be|le)|varint")
"""A length in front by its short name."""


class Kind(NamedTuple):
    """A way to cut. example: a spec as one writes it; options: the rest of what may follow."""

    name: str
    what: str
    example: str
    options: str = ""


KINDS = (
    Kind("auto", "lines if it begins like lines, else by read and silence", "auto"),
    Kind("none", "not at all: a message is what one read gave", "none"),
    Kind("line", "lines that end in LF, CRLF or CR", "line:crlf", "lf, crlf or cr: only these"),
    Kind("delimiter", "the same bytes end every message", "delimiter:\\x00", "text with escapes"),
    Kind(
        "length",
        "a length in front, as u8, u16be, u32le, varint for short",
        "length:offset=2,width=1,adjust=5",
        "offset=BYTES, width=1-8 or digits=1-18 or varint, endian=big or little, adjust=±BYTES",
    ),
    Kind("fixed", "every message has the same size", "fixed:64"),
    Kind("gap", "a silence ends a message", "gap:50ms"),
    Kind(
        "envelope",
        "between a start and an end, as STX and ETX",
        "envelope:start=\\x02,end=\\x03,escape=\\x10",
        "start=TEXT, end=TEXT, escape=BYTE, after=BYTES",
    ),
    Kind("slip", "SLIP packets", "slip"),
    Kind("cobs", "COBS packets, a zero behind each", "cobs"),
    Kind("octets", "syslog over TCP, counted or by line", "octets"),
    Kind("mqtt", "MQTT 3.1.1 and 5", "mqtt"),
    Kind("resp", "Redis: RESP2, RESP3, inline commands", "resp"),
    Kind("http", "HTTP/1 requests and responses", "http"),
    Kind("mllp", "HL7 in MLLP", "mllp"),
    Kind("modbus", "Modbus/TCP", "modbus"),
)
"""In the order in which to offer them. The names are those that `core.framing.spec` reads."""


def kind_of(spec: str) -> Kind | None:
    """Return the kind that a spec begins with, None for one that is not among them."""
    name = spec.partition(":")[0].strip().lower()
    short = SHORT.fullmatch(name) is not None
    kind = next((kind for kind in KINDS if kind.name == ("length" if short else name)), None)
    return kind._replace(options="offset=BYTES, adjust=±BYTES") if kind and short else kind
