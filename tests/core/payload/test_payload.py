"""What is written becomes bytes, at once or when it is sent."""

import pytest

from tcpmon.core.payload import Form, LineEnd, parse


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
    ],
)
def test_parse(text: str, form: Form, end: LineEnd, data: bytes) -> None:
    """The line end follows text, an empty one too, and never hex."""
    assert parse(text, form, end).fixed == data
