"""One text says how to cut, and is read back as what it was."""

import pickle

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadFraming
from tcpmon.core.framing.spec import parse
from tests.core.safety import refusal, unsafe_in


@pytest.mark.parametrize(
    ("text", "spec", "short"),
    [
        ("none", "none", "none"),
        (" AUTO ", "auto", "auto"),
        ("http:", "http", "http"),
        ("line", "line", "line"),
        ("line:CRLF", "line:crlf", "line crlf"),
        ("line:", "line", "line"),
        ("delimiter:\\x00", "delimiter:\\x00", "delimiter \\x00"),
        ("delimiter:||", "delimiter:||", "delimiter ||"),
        ("delimiter: ", "delimiter:\\x20", "delimiter \\x20"),
        ("delimiter:a:b,c", "delimiter:a:b\\x2cc", "delimiter a:b\\x2cc"),
        ("delimiter:\\r\\n.\\r\\n", "delimiter:\\r\\n.\\r\\n", "delimiter \\r\\n.\\r\\n"),
        ("u8", "u8", "u8"),
        ("U16BE", "u16be", "u16be"),
        ("u32le:adjust=-4", "u32le:adjust=-4", "u32le -4"),
        ("length", "u16be", "u16be"),
        ("length:offset=0,width=2,endian=big,adjust=0", "u16be", "u16be"),
        ("length:offset=2, width=1, adjust=+5", "u8:offset=2,adjust=5", "u8 @2 +5"),
        ("length:width=1,endian=little", "u8", "u8"),
        ("length:width=8,endian=little", "u64le", "u64le"),
        ("length:width=3", "u24be", "u24be"),
        ("length:width=5", "length:width=5,endian=big", "u40be"),
        ("length:digits=4,offset=1", "length:digits=4,offset=1", "4 digits @1"),
        ("length:varint,offset=1,adjust=2", "varint:offset=1,adjust=2", "varint @1 +2"),
        ("varint", "varint", "varint"),
        ("fixed:64", "fixed:64", "fixed 64"),
        ("fixed:1KiB", "fixed:1024", "fixed 1024"),
        ("gap:50ms", "gap:50ms", "gap 50ms"),
        ("gap:0.5s", "gap:500ms", "gap 500ms"),
        ("gap:2m", "gap:120s", "gap 120s"),
        ("gap:0.25ms", "gap:0.25ms", "gap 0.25ms"),
        ("envelope", "envelope:start=\\x02,end=\\x03", "\\x02…\\x03"),
        (
            "envelope:end=\\r,start=$,escape=\\x2c,after=2",
            "envelope:start=$,end=\\r,escape=\\x2c,after=2",
            "$…\\r +2",
        ),
        ("envelope:start==,end=\\x20", "envelope:start==,end=\\x20", "=…\\x20"),
    ],
)
def test_parse(text: str, spec: str, short: str) -> None:
    """Every framing has one text, however it was written, and a short name."""
    framing = parse(text)
    assert (str(framing), framing.short) == (spec, short)
    assert parse(spec) == framing
    assert hash(parse(spec)) == hash(framing)
    assert pickle.loads(pickle.dumps(framing)) == framing


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "no framing is called ''", "known are auto, none, line"),
        ("lines", "no framing is called 'lines'", "did you mean line?"),
        ("u16", "no framing is called 'u16'", "did you mean u16"),
        ("htttp", "no framing is called 'htttp'", "did you mean http?"),
        ("\x1b[2J", "no framing is called '\\x1b[2J'", "known are"),
        ("slip:x", "slip takes no options, not 'x'", ""),
        ("line:lfcr", "'lfcr' is not a line end", "line:crlf"),
        ("delimiter", "a delimiter has 1 to 64 bytes, not 0", "delimiter:\\x00"),
        ("delimiter:" + "a" * 65, "a delimiter has 1 to 64 bytes, not 65", ""),
        ("delimiter:\\q", "\\q is not an escape in '\\\\q'", "for one backslash write"),
        ("fixed", "'' is not a size", "fixed:64"),
        ("fixed:0", "a fixed size is 1 byte to 1 GiB, not 0", "fixed:64"),
        ("fixed:2GiB", "a fixed size is", ""),
        ("gap", "'' is not a span of time", "gap:50ms"),
        ("gap:0", "a gap is", "gap:50ms"),
        ("gap:2h", "a gap is at most 1h", ""),
        ("length:widht=2", "length has no option 'widht'", "offset, adjust, digits, width, endian"),
        ("length:2", "length has no option '2'", "each as name=value"),
        ("length:width=9", "width is a number from 1 to 8, not '9'", ""),
        ("length:width=0", "width is a number from 1 to 8, not '0'", ""),
        ("length:width=two", "width is a number from 1 to 8, not 'two'", ""),
        ("length:width=2,width=2", "width is given twice", ""),
        ("length:endian=middle", "endian is big or little, not 'middle'", ""),
        ("length:offset=-1", "offset is a number from 0 to 4096, not '-1'", ""),
        ("length:offset=99999", "offset is a number from 0 to 4096", ""),
        ("length:digits=4,width=2", "a length is of digits or of bytes", "leave out"),
        ("length:varint,width=2", "length has no option 'width'", "offset, adjust"),
        ("u16be:width=2", "u16be has no option 'width'", "offset, adjust"),
        ("varint:adjust=1e3", "adjust is a number from", ""),
        ("envelope:escape=ab", "an escape has 1 byte, not 2", "envelope:start="),
        ("envelope:end=", "an end has 1 to 16 bytes, not 0", "envelope:start="),
        ("envelope:escape=\\x03", "an escape cannot be in the end", "end=\\x10\\x03"),
        ("envelope:after=17", "after is a number from 0 to 16, not '17'", ""),
        ("envelope:start=\\x", "\\x needs two hex digits in", "for example \\x0a"),
    ],
)
def test_refused(text: str, message: str, hint: str) -> None:
    """What cannot be read is named in one line, with a way on."""
    with pytest.raises(BadFraming) as caught:
        parse(text)
    assert caught.value.message.startswith(message)
    assert hint in caught.value.hint
    assert not unsafe_in(str(caught.value))


NAMES = ["line", "delimiter", "length", "fixed", "gap", "envelope", "u8", "u16be", "varint"]
OPTIONS = ["offset=1", "width=3", "digits=2", "varint", "endian=little", "adjust=-2", "start=a",
           "end=\\x10b", "escape=\\x10", "after=1", "lf", "64", "50ms", "\\", ",", "="]  # fmt: skip


@given(
    st.text()
    | st.builds(
        lambda name, options: f"{name}:{','.join(options)}",
        st.sampled_from(NAMES),
        st.lists(st.sampled_from(OPTIONS) | st.text(max_size=3), max_size=3),
    )
)
def test_any_text(text: str) -> None:
    """Any text is a framing that is read back as itself and makes framers, or a BadFraming."""
    error = refusal(parse, text, BadFraming)
    if error:
        assert not unsafe_in(str(error))
        return
    framing = parse(text)
    assert parse(str(framing)) == framing
    assert not unsafe_in(framing.spec + framing.short)
    assert framing.make() is not framing.make()


@given(st.binary(min_size=1, max_size=64))
def test_any_delimiter(delimiter: bytes) -> None:
    """Any bytes can be a delimiter, and its text says which."""
    text = "".join(f"\\x{byte:02x}" for byte in delimiter)
    framing = parse(f"delimiter:{text}")
    assert framing.arguments == (delimiter,)
    assert parse(str(framing)) == framing
    assert str(framing).strip() == str(framing)
