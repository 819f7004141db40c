"""An address means one thing or is refused with the reason, and is never looked up."""

import pytest
from hypothesis import example, given, strategies as st

from tcpmon.core.endpoint import Endpoint, TcpEndpoint, UnixEndpoint, clash, parse
from tcpmon.core.errors import BadAddress
from tests.core.safety import refusal, unsafe_in


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("9000", TcpEndpoint("localhost", 9000)),
        ("0", TcpEndpoint("localhost", 0)),
        ("65535", TcpEndpoint("localhost", 65535)),
        (":9000", TcpEndpoint("*", 9000)),
        ("*:80", TcpEndpoint("*", 80)),
        ("localhost", TcpEndpoint("localhost", 8000)),
        ("localhost:0", TcpEndpoint("localhost", 0)),
        ("raspberrypi:9000", TcpEndpoint("raspberrypi", 9000)),
        ("my-host.example.org.", TcpEndpoint("my-host.example.org.", 8000)),
        ("9front:80", TcpEndpoint("9front", 80)),
        ("192.168.1.5", TcpEndpoint("192.168.1.5", 8000)),
        ("0.0.0.0:9000", TcpEndpoint("0.0.0.0", 9000)),
        ("::", TcpEndpoint("::", 8000)),
        ("::1", TcpEndpoint("::1", 8000)),
        ("[::1]", TcpEndpoint("::1", 8000)),
        ("[::]:9000", TcpEndpoint("::", 9000)),
        ("[::1:9000]:80", TcpEndpoint("::1:9000", 80)),
        ("2001:DB8:0::a", TcpEndpoint("2001:db8::a", 8000)),
        ("1:2:3:4:5:6:7:8", TcpEndpoint("1:2:3:4:5:6:7:8", 8000)),
        ("fe80::1%eth0", TcpEndpoint("fe80::1%eth0", 8000)),
        ("[fe80::1%eth0]:80", TcpEndpoint("fe80::1%eth0", 80)),
        ("unix:/run/x.sock", UnixEndpoint("/run/x.sock")),
        ("unix:rel/a:b", UnixEndpoint("rel/a:b")),
        ("unix:a b\x1b", UnixEndpoint("a b\x1b")),
        ("  9000\n", TcpEndpoint("localhost", 9000)),
    ],
)
def test_parse(text: str, endpoint: Endpoint) -> None:
    """Every way to write an address means what README says it means."""
    assert parse(text) == endpoint


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [
        (TcpEndpoint("localhost", 80), "localhost:80"),
        (TcpEndpoint("*", 80), "*:80"),
        (TcpEndpoint("::1", 80), "[::1]:80"),
        (UnixEndpoint("/a b"), "unix:/a b"),
    ],
)
def test_str(endpoint: Endpoint, text: str) -> None:
    """An endpoint is written as a person would write it, IPv6 in brackets."""
    assert str(endpoint) == text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("70000", "70000: ports end at 65535"),
        ("65536", "65536: ports end at 65535"),
        ("1.2.3.4:70000", "1.2.3.4:70000: ports end at 65535"),
        ("-1", "-1 is not an address"),
        ("localhost:-1", "-1 is not a port"),
        ("localhost:http", "http is not a port"),
        ("localhost:80 80", "80 80 is not a port"),
        ("localhost:٣", "٣ is not a port"),
        ("localhost:", "nothing is not a port"),
        (":", "nothing is not a port"),
        ("[::1]:", "nothing is not a port"),
        ("", "'' is not an address"),
        (" ", "'' is not an address"),
        ("*", "'*' is not an address"),
        ("my host", "my host is not an address"),
        ("a b:80", "a b:80 is not an address"),
        ("host-:80", "host-:80 is not an address"),
        ("tls://localhost:9000", "tls:// is not something tcpmon speaks"),
        ("http://[::1]", "http:// is not something tcpmon speaks"),
        ("[::1", "the bracket is not closed"),
        ("[::1]80", "the bracket is not closed"),
        ("[localhost]:80", "localhost is not an IPv6 address"),
        ("[1.2.3.4]:80", "1.2.3.4 is not an IPv6 address"),
        ("::1:9000", "::1:9000 can be read in two ways"),
        ("a:b:c", "a:b:c is not an IPv6 address"),
        ("256.1.1.1", "256.1.1.1 is not an IPv4 address"),
        ("1.2.3:80", "1.2.3 is not an IPv4 address"),
        ("01.2.3.4", "01.2.3.4 is not an IPv4 address"),
        ("9000:localhost", "9000"),
        ("unix:", "unix: needs a path"),
        ("unix:a\0b", "NUL"),
        ("\x1b[31m", r"\x1b[31m is not an address"),
        ("host:\x1b]0;x\x07", r"\x1b]0;x\x07 is not a port"),
        ("\x1b[2J://x", r"\x1b[2J:// is not something"),
        ("[\u202e]:80", r"\u{202e} is not an IPv6 address"),
    ],
)
def test_a_bad_address_is_named(text: str, named: str) -> None:
    """What cannot be listened on is refused, naming the wrong part and what would be right."""
    with pytest.raises(BadAddress) as caught:
        parse(text)
    assert named in caught.value.message
    assert caught.value.hint
    assert unsafe_in(str(caught.value)) == []


def test_both_readings_are_offered() -> None:
    """Where an address could be read in two ways, both are written out to choose from."""
    with pytest.raises(BadAddress) as caught:
        parse("::1:9000")
    assert "[::1]:9000" in caught.value.hint
    assert "[::1:9000]:8000" in caught.value.hint


HOSTS = st.one_of(
    st.sampled_from(["*", "localhost"]),
    st.ip_addresses().map(str),
    st.text("aZ09_-.").map("h{}e".format),
)


@given(HOSTS, st.integers(0, 65535))
def test_what_is_written_is_read_again(host: str, port: int) -> None:
    """An endpoint as it is shown can be typed and is the same endpoint."""
    endpoint = TcpEndpoint(host, port)
    assert parse(str(endpoint)) == endpoint


@given(st.text(st.characters(exclude_characters="\0"), min_size=1).filter(str.strip).map(str.strip))
def test_a_path_is_taken_as_it_is(path: str) -> None:
    """Any path but one that holds a NUL can be a Unix socket's."""
    endpoint = UnixEndpoint(path)
    assert parse(str(endpoint)) == endpoint


PARTS = st.lists(
    st.one_of(
        st.text(max_size=3),
        st.sampled_from(["fe80::1%", "::1", "[", "]", ":", "80", "1.2.3.4", "unix:", "\x1b[2J"]),
    ),
    max_size=6,
).map("".join)


@given(PARTS)
@example("fe80::1%]")
def test_any_text_is_an_address_or_a_plain_mistake(text: str) -> None:
    """Whatever is typed gives an endpoint that can be typed again, or a BadAddress."""
    try:
        endpoint = parse(text)
    except BadAddress:
        return
    assert parse(str(endpoint)) == endpoint


@given(PARTS)
@example("fe80::1%\x1b[2J:9000")
def test_every_refusal_is_safe_to_print(text: str) -> None:
    """Nothing that was typed reaches the terminal raw by way of the refusal."""
    assert unsafe_in(str(refusal(parse, text, BadAddress))) == []


@given(PARTS)
@example("[fe80::1%\x1b[2J]:9000")
def test_a_host_is_safe_to_print(text: str) -> None:
    """A TCP endpoint holds nothing that could do a terminal harm: its str is printed as it is."""
    try:
        endpoint = parse(text)
    except BadAddress:
        return
    if isinstance(endpoint, TcpEndpoint):
        assert unsafe_in(str(endpoint)) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("8000", "localhost:8000", True),
        (":80", "*:80", True),
        ("8000", ":8000", False),
        ("localhost:0", "localhost:0", False),
        ("unix:a:0", "unix:a:0", True),
        ("unix:a", "unix:b", False),
    ],
)
def test_two_of_a_kind(one: str, other: str, same: bool) -> None:
    """The same place twice is a clash, but each free port is another place."""
    assert clash(parse(one), parse(other)) is same
