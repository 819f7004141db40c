"""What is written is understood, or refused with the place of the first character that is wrong."""

import re

import pytest

from tcpmon.core import payload as language
from tcpmon.core.errors import BadPayload
from tcpmon.core.payload import parse
from tcpmon.core.payload.computed import NAMES
from tcpmon.core.payload.fields import FIELDS
from tcpmon.core.payload.parsing import RAW
from tests.core.payload.filling import GROUPS

UNKNOWN = "to send ${ as it is, write \\${"


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"cost": "$5", "tags": [{}]}', b'{"cost": "$5", "tags": [{}]}'),
        ("}{ $} $$ $", b"}{ $} $$ $"),
        (r"\${now} \\\${", rb"${now} \${"),
        ("a${hex 00}b${hex}c", b"a\0bc"),
        (r"${length u8: \${x} {y} $z}", b"\x0b${x} {y} $z"),
        ("${length u8:}", b"\0"),
        ("${length  u8 : a}", b"\1a"),
        ("${repeat 2:\n}", b"\n\n"),
    ],
)
def test_what_is_text(text: str, data: bytes) -> None:
    """Only a dollar with a brace behind it begins a field; braces that go in pairs stay."""
    assert parse(text).fixed == data


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a\\q", 1, r"\q is not an escape"),
        ("${now}a\\q", 7, r"\q is not an escape"),
        ("${length: ${length: a\\q}}", 21, r"\q is not an escape"),
        ("${now}\\", 6, "a \\ at the end"),
        ("ab${", 2, "${ without a name; " + UNKNOWN),
        ("ab${}", 2, "${ without a name"),
        ("ab${ now}", 2, "${ without a name"),
        ("ab${x}", 2, "${x} is not known; " + UNKNOWN),
        ("ab${x", 2, "${x} is not known"),
        ("ab${x: y}", 2, "${x} is not known"),
        ("ab${cuonter}", 2, "${cuonter} is not known; near to it: counter"),
        ("${crc16/modbis: a}", 0, "${crc16/modbis} is not known; near to it: crc-16/modbus"),
        ("ab${1}", 2, "${1} is not captured; only an answer to a message captures"),
        ("ab${now", 2, "${now is not closed; write } at its end; a { or } that has no other half"),
        ("ab${hex 00", 2, "${hex is not closed"),
        ("ab${counter", 2, "${counter is not closed"),
        ("ab${counter {}", 2, "${counter is not closed"),
        ("ab${length: {}", 2, "${length is not closed"),
        ("ab${length: ${now}", 2, "${length is not closed"),
        ("${length: a} ${length: b", 13, "${length is not closed"),
        ("ab${counter: x}", 11, "counter has nothing behind a :; only computed fields"),
        ("ab${hex 0g}", 8, "0g is not hex; write for example 01 a2 ff"),
        ("ab${hex:0g}", 8, "0g is not hex"),
        ("ab${now 5}", 8, "5 is not known here; write for example ${now}"),
        ("ab${now  %H %Q}", 12, "%Q is no part of a time; there is %Y"),
        ("ab${now %}", 8, "% is no part of a time"),
        ("ab${now \x1b%H\ud800}", 11, "half a surrogate pair"),
        ("ab${counter a b}", 14, "b is not known here; a number is written as %05d"),
        ("ab${counter u16}", 12, "which byte goes first?"),
        ("ab${random}", 2, "how many random bytes?"),
        ("ab${random x}", 11, "x is not known here; write ${random 8}"),
        ("ab${random 8 hex}", 13, "hex is not known here"),
        ("ab${random 6..1}", 11, "6 is more than 1; write the smaller one first"),
        ("ab${random 99999999}", 11, "it would be more than 16 MiB"),
        ("ab${uuid hex}", 9, "hex is not known here; it is always written as text"),
        ("ab${client.name u8}", 16, "u8 is not known here; it is put in as it is"),
        ("ab${message u8}", 12, "u8 is not known here"),
        ("${length: " * 17, 160, "more than 16 fields in one another"),
        ("${counter}" * 1001, 10_000, "more than 1000 fields; send it in parts"),
    ],
)
def test_mistakes(text: str, place: int, message: str) -> None:
    """Every mistake is one sentence with a hint, and the place of what is wrong in all of it."""
    with pytest.raises(BadPayload) as caught:
        parse(text)
    assert (caught.value.place, str(caught.value)[: len(message)]) == (place, message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${2}", "${2} is not captured; there is ${0}, ${1}, ${imei}, ${n}, ${none}, ${two}"),
        ("${xyz}", "${xyz} is not captured; there is ${0}, ${1}, ${imei}"),
        ("${imie}", "${imie} is not known; near to it: imei"),
        ("${imei: x}", "imei has nothing behind a :"),
        ("${imei u16be x}", "x is not known here"),
    ],
)
def test_what_was_not_captured_is_told_with_what_was(text: str, message: str) -> None:
    """Where something is captured, the names of it are the hint."""
    with pytest.raises(BadPayload) as caught:
        parse(text, groups=GROUPS)
    assert str(caught.value)[: len(message)] == message


@pytest.mark.parametrize("name", ["now", "hex", "length", "xor", "message", "counter"])
def test_what_is_captured_hides_a_field(name: str) -> None:
    """What a rule calls now is now, alone; with a body it is the field all the same."""
    payload = parse(f"${{{name}}}", groups=[name])
    assert (payload.fixed, payload.personal) == (None, True)
    assert parse("${length u8: a}${xor: a}", groups=["length", "xor"]).fixed == b"\1aaa"


def examples() -> list[str]:
    """Return everything that the language's description says one may write."""
    assert language.__doc__
    lines = [line for line in language.__doc__.splitlines() if line.startswith("    ")]
    parts = [part for line in lines for part in re.split(r"  +", line.strip())]
    return [part for part in parts if part.startswith(("$", ":$", r"\x30$"))]


@pytest.mark.parametrize("text", examples())
def test_the_description_holds(text: str) -> None:
    """What the description of the language shows can be written just so."""
    assert parse(text, groups=["1", "imei", "n"]).text == text


def test_the_description_leaves_nothing_out() -> None:
    """Every field there is stands in the description."""
    shown = " ".join(examples())
    for name in [*RAW, *FIELDS, *NAMES]:
        assert f"${{{name}" in shown
