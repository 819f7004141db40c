"""What is written becomes bytes, at once or when it is sent."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadPayload, InputError
from tcpmon.core.escape import escape
from tcpmon.core.payload import MOST, Facts, Form, LineEnd, parse, sendable
from tests.core.payload.filling import GROUPS, facts
from tests.core.safety import refusal, unsafe_in


@pytest.mark.parametrize(
    ("text", "form", "end", "data"),
    [
        ("ping", Form.TEXT, LineEnd.LF, b"ping\n"),
        ("ping", Form.TEXT, LineEnd.CRLF, b"ping\r\n"),
        ("ping", Form.TEXT, LineEnd.CR, b"ping\r"),
        ("ping", Form.TEXT, LineEnd.NUL, b"ping\0"),
        (r"ping\n", Form.TEXT, LineEnd.NONE, b"ping\n"),
        ("", Form.TEXT, LineEnd.LF, b"\n"),
        ("", Form.TEXT, LineEnd.NONE, b""),
        ("0a 0b", Form.HEX, LineEnd.LF, b"\n\x0b"),
        ("", Form.HEX, LineEnd.LF, b""),
        ("${length u8}ab", Form.TEXT, LineEnd.LF, b"\3ab\n"),
    ],
)
def test_parse(text: str, form: Form, end: LineEnd, data: bytes) -> None:
    """The line end follows text, an empty one too, and never hex; it is part of what follows."""
    assert parse(text, form, end).fixed == data


@given(st.binary(max_size=200))
def test_literal_bytes_survive(data: bytes) -> None:
    """Whatever bytes are shown as text are the same bytes when that text is sent."""
    assert parse(escape(data)).fixed == data


@given(st.binary(max_size=60).map(lambda data: data.translate(None, b"{}")))
def test_literal_bytes_survive_in_a_body(data: bytes) -> None:
    """In a body too, if they are no braces: those go in pairs there."""
    assert parse("${repeat 2: " + escape(data) + "}").fixed == data * 2


PIECES = r"""
    ${ } : { \\ \x7d \u{e9} $ ${now} hex now length u16be u8 +2 repeat 3 99999999999 n only
    crc16/modbus xor *%02X %H %d client.name ${1} ${ ${length ${crc32 ${repeat encode HEX
    random 1..6 varint counter
"""
TOKENS = st.sampled_from([*PIECES.split(), " "])


@given(st.text(max_size=40) | st.lists(TOKENS, max_size=14).map("".join))
def test_any_text_is_a_payload_or_a_plain_mistake(text: str) -> None:
    """Whatever is typed is a payload, or a BadPayload that points into it and is safe to print;
    and what is a payload is bytes then, or another one."""

    def use(text: str) -> None:
        payload = parse(text, groups=GROUPS)
        made = payload.fill(facts())
        assert payload.fixed is None or payload.fixed == made
        assert payload.fixed is None or not payload.personal

    error = refusal(use, text, BadPayload)
    assert error is None or 0 <= error.place < len(text)
    assert error is None or unsafe_in(str(error)) == []


@given(st.sampled_from(["client.id", "client.port", "n", "1", "counter"]), st.binary(max_size=30))
def test_filling_in_fails_plainly(name: str, said: bytes) -> None:
    """Whatever was captured, filling in gives bytes or a BadPayload that is safe to print."""
    payload = parse(
        f"${{{name} u8}}${{repeat n: x}}${{repeat u8 1: ${{message}}}}", groups=["n", "1"]
    )
    told = Facts(1 << 90, 1 << 20, message=said, groups={"n": said, "1": said}, counters={})
    error = refusal(lambda _: payload.fill(told), "", BadPayload)
    assert error is None or unsafe_in(str(error)) == []


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("${now}", False),
        ("${counter}${random 3}${uuid}", False),
        ("${length: ${now}}", False),
        ("${client.id}", True),
        ("${listener}", True),
        ("${message}", True),
        ("${length: ${crc8: ${repeat 2: ${1}}}}", True),
        ("${repeat n: x}", True),
        ("${encode hex: ${client.name}}", True),
        ("${length u8}${client.name}${xor}", True),
    ],
)
def test_what_differs_between_clients_is_known(text: str, personal: bool) -> None:
    """A payload that is not fixed says whether it may differ from client to client."""
    payload = parse(text, groups=GROUPS)
    assert (payload.fixed, payload.personal) == (None, personal)


def test_what_is_computed_of_fixed_bytes_is_fixed() -> None:
    """A checksum, a length or a repetition of what never varies is made once."""
    payload = parse("${length u8}${repeat 3: ab}${encode hex: ${crc8: x}}${crc16/modbus}")
    assert payload.fixed is not None


def test_more_than_a_payload_may_be_is_refused_before_it_is_made() -> None:
    """16 MiB are a payload, a byte more is none; what is captured is not multiplied beyond it."""
    big = parse("${repeat 16777216: x}").fixed
    assert big is not None
    assert len(big) == MOST
    for text in ("${repeat 16777217: x}", "${repeat 999999999999: x}", "a${repeat 16777216: x}"):
        with pytest.raises(BadPayload, match="more than 16 MiB"):
            parse(text)
    whole = Facts(message=bytes(MOST + 1), groups={"n": b"99999999999999999999"})
    for text in ("${message}", "${message hex}", "${repeat n: x}", "a${message}"):
        with pytest.raises(BadPayload, match="more than 16 MiB"):
            parse(text, groups=["n"]).fill(whole)


@pytest.mark.parametrize(
    "text",
    [
        "${repeat 16000000: x}${crc16/modbus}",
        "${repeat 16000000: ${n}}",
        "${repeat 60000: ${repeat 60000: ${0}}}",
        "${repeat 60000: ${repeat 60000: ${length only: ${0}}}}",
        "${repeat 1000000: ${length only: ${message}}}",
        "${repeat 1000: ${random 100000}}",
        "${repeat 100: ${crc16/usb only: ${repeat 100000: x}${0}}}",
    ],
)
def test_what_would_take_long_is_refused(text: str) -> None:
    """Whoever writes a payload that would hold up everyone else is told so, soon."""
    told = Facts(message=bytes(1 << 20), groups={"n": b"", "0": b""})
    started = datetime.now(UTC)
    with pytest.raises(BadPayload, match=r"too long|16 MiB"):
        parse(text, groups=["n", "0"]).fill(told)
    assert (datetime.now(UTC) - started).total_seconds() < 3


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "there is nothing to send"), ("${", "character "), ("a${nope}", "character 2: ")],
)
def test_what_cannot_be_sent_is_told_in_words(text: str, told: str) -> None:
    """Where nothing can be underlined, the place is in the sentence; nothing is a mistake too."""
    with pytest.raises(InputError) as error:
        sendable(text)
    assert error.value.message.startswith(told)


def test_what_can_be_sent() -> None:
    """Bytes, and what is known only when it goes out."""
    assert sendable("a").fixed == b"a"
    assert sendable("${counter}").fixed is None
