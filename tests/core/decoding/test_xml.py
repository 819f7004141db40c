"""XML is shown element by element; nothing in it is expanded or fetched."""

import pytest

from tcpmon.core.decoding import DEPTH, FIELDS, NotDecoded
from tcpmon.core.decoding.xml import Xml
from tests.core.decoding.trial import flat, part, told

XML = Xml()


def test_elements() -> None:
    """An element has its text, its attributes and what is in it, and its own bytes."""
    data = b'<?xml version="1.0"?>\n<note id="5">\n <to>To\n  ve</to><b x="1"/> hi\n</note>\n'
    decoded = XML.decode(data)
    assert decoded.summary == "note {@id: 5, to: To ve, b: {…}}"
    assert told(decoded) == {"note": "hi", "@id": "5", "to": "To ve", "b": "", "@x": "1"}
    assert part(decoded, "to", data) == b"<to>To\n  ve</to>"
    assert part(decoded, "b", data) == b'<b x="1"/>'
    assert part(decoded, "note", data) == data[22:-1]


@pytest.mark.parametrize("inner", ["<b/>", "<b></b>", "<b><c/></b>", "<b>/></b>", "<b x='/>'/>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_end(inner: str, encoding: str) -> None:
    """An element ends where its last tag does, whatever comes next."""
    for behind in ("", "<d/>", "x"):
        data = f"\ufeff<a>{inner}{behind}</a>".encode(encoding)
        found = part(XML.decode(data), "b", data)
        assert found.rstrip(b"\0") == inner.encode(encoding).rstrip(b"\0")


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b"<a/>", "a"),
        (b"<a>x</a>", "a: x"),
        (b"<a>x</a>\n<b>y</b>", "a: x; b: y"),
        (b"<a>\xc3\xa9&lt;&#27;</a>".replace(b"&#27;", b"&#233;"), "a: é<é"),
        (b"<a><![CDATA[<>]]></a>", "a: <>"),
        ('<?xml version="1.0" encoding="latin-1"?><a>é</a>'.encode("latin-1"), "a: é"),
        ("<a>é</a>".encode("utf-16"), "a: é"),
        (b"<a>\xe2\x80\xae</a>", "a: \\u{202e}"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a>x</a>', "a: x"),
    ],
)
def test_summary(data: bytes, summary: str) -> None:
    """The root stands for the document, in any encoding that XML knows."""
    assert XML.decode(data).summary == summary


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"<a><b>x</b><c>", "the end is missing: 2 elements not closed"),
        (b"<a>x<b", "the end is missing: 1 element not closed"),
        (b"<a><b></c></a>", "line 1: mismatched tag"),
        (b"<a>\n&x;</a>", "line 2: undefined entity"),
        (b"<a>" * 1000, f"it is nested deeper than {DEPTH} levels"),
        (b"<r>" + b"<a/>" * 5000 + b"</r>", f"there are more than {FIELDS:,} fields"),
        (b"<a/>" * 5000, "there are more than 100 messages"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said why what is shown is not all."""
    decoded = XML.decode(data)
    assert decoded.fields
    assert decoded.note == note


def test_text_is_bounded() -> None:
    """Of a long text no more is kept than is shown."""
    decoded = XML.decode(b"<a>" + b"word \n" * 100_000 + b"</a>")
    assert [field.name for field in flat(decoded.fields)] == ["a"]
    assert decoded.fields[0].value.endswith("…")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'<!DOCTYPE l [<!ENTITY a "b">]><l>&a;</l>', "declares entities"),
        (b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>', "declares"),
        (b"hello", "line 1: syntax error"),
        (b"<hello", "^the end is missing$"),
        (b"<?xml version='1.0' encoding='none'?><a/>", "encoding is not known"),
        (b"", "nothing"),
    ],
)
def test_refused(data: bytes, why: str) -> None:
    """Declarations are not read, and what is no XML is not shown as any."""
    with pytest.raises(NotDecoded, match=why):
        XML.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (b'<?xml version="1.0"?><a/>', 1.0),
        (b"<a>b</a>\n", 0.8),
        (b'<message to="a">cut', 0.6),
        ("<a/>".encode("utf-16"), 0.9),
        (b"<hello", 0.0),
        (b"<13>hello", 0.0),
        (b"<- see here ->", 0.0),
        (b"hello", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """A declaration is certain, a tag is likely, a bracket is nothing."""
    assert XML.rate(data) == rate
