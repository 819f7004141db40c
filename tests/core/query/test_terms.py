"""Each term asks for what its line in the guide says, of clients and of messages."""

import pytest
from msgspec.structs import replace

from tcpmon.core.errors import BadFilter
from tcpmon.core.model import Client, Kind, Message, Reason, open_data
from tcpmon.core.query import parse
from tests.core.query.examples import GONE, GPS, LOCAL, NOW, cast, end, message
from tests.core.safety import unsafe_in

MAPPED = replace(GPS, peer="[::ffff:10.1.2.3]:50")
SCOPED = replace(GPS, peer="[fe80::1%eth0]:50")
MARKED = replace(GPS, flag="left the dialogue 'login'")


@pytest.mark.parametrize(
    ("text", "wanted", "others"),
    [
        ("GPS-", [GPS, LOCAL], [GONE]),
        ("10.0.0.9", [GPS], [LOCAL]),
        ("gpgga", [GPS, GONE], []),
        ("/pid [0-9]+/", [LOCAL], [GPS]),
        ("/^gps/", [GPS], [GONE]),
        ("unsent", [GONE], [GPS]),
        ("text:gpgga", [GPS], []),
        ("text:gps", [], [GPS]),
        ("text:/GP(GGA|RMC)/", [GPS], []),
        ("hex:2447", [GPS], []),
        ("hex:2448", [], [GPS]),
        ("client:7,9-12", [GPS, LOCAL], [GONE]),
        ("name:gps*", [GPS], [GONE]),
        ("name:*04?7", [], [GPS]),
        ("name:G*-*7", [GPS], [GONE]),
        ('name:""', [GONE], [GPS]),
        ("name:gps", [], [GPS]),
        ("ip:10.0.0.0/8", [GPS, MAPPED], [GONE, LOCAL, SCOPED]),
        ("ip:10.0.0.9", [GPS], [MAPPED]),
        ("ip:2001:db8::/32", [GONE], [GPS]),
        ("ip:::ffff:10.0.0.0/104", [GPS, MAPPED], [GONE]),
        ("ip:::/0", [GONE, SCOPED], [GPS]),
        ("ip:fe80::/10", [SCOPED], [GONE]),
        ("port:40112", [GPS], [GONE, LOCAL]),
        ("port:51000-51999,1", [GONE], [GPS]),
        ("on:8000", [GPS], [LOCAL]),
        ("on::8000", [GPS], [LOCAL]),
        ("on:127.0.0.1:8000", [GPS], [LOCAL]),
        ("on:127.*", [GPS], [LOCAL]),
        ("on:unix:*", [LOCAL], [GPS]),
        ("state:open", [GPS], [GONE, LOCAL]),
        ("state:half", [LOCAL], [GPS]),
        ("state:closing", [], [GPS, LOCAL, GONE]),
        ("state:closed", [GONE], [GPS]),
        ("state:reset", [GONE], [GPS]),
        ("kind:open", [], [GPS]),
        ("dir:rx", [], [GPS]),
        ("is:odd", [], [GPS]),
        ("mark:*", [MARKED], [GPS]),
        ("mark:LEFT*", [MARKED], [GPS]),
        ("mark:left", [], [MARKED, GPS]),
    ],
)
def test_clients(text: str, wanted: list[Client], others: list[Client]) -> None:
    """A term lets through the clients it speaks of, and nobody else."""
    query = parse(text)
    assert [query.client(client, NOW) for client in wanted] == [True] * len(wanted)
    assert [query.client(client, NOW) for client in others] == [False] * len(others)


OPEN = message(open_data("10.0.0.9:40112", "127.0.0.1:8000"), Kind.OPEN)
WARN = message(b"client 7 is slow", Kind.WARN, 0)
SENT = message(b"OK\r\n", Kind.TX)
RESET, CLOSED = end(Reason.PEER_RESET), end(Reason.PEER_CLOSED)
ODD = replace(message(), odd="incomplete")
BODY = replace(message(b"len=2 hi"), body=b"HIDDEN")


@pytest.mark.parametrize(
    ("text", "wanted", "others"),
    [
        ("gpgga", [message()], [SENT, OPEN]),
        ("gps-0417", [message(), SENT, OPEN], []),
        ("text:gps-0417", [], [message(), SENT, OPEN]),
        ("text:hidden", [BODY], [message()]),
        ("text:len=2", [BODY], [message()]),
        ("text:via", [OPEN], [message()]),
        ("text:/closed by/", [CLOSED], [RESET]),
        ("slow", [WARN], [OPEN]),
        ("hex:0d0a", [message(), SENT], [OPEN]),
        ("hex:31", [message()], [OPEN]),
        ("hex:4849", [BODY], [SENT]),
        ("client:7", [message(), cast(1, 7, 9)], [WARN, cast(), cast(8), cast(1, 8)]),
        ("client:2-5,9", [cast(1, 4), cast(9)], [message(), cast(1, 6, 8, 10)]),
        ("ip:10.0.0.0/8", [message(), OPEN], []),
        ("dir:rx", [message()], [SENT, OPEN, cast(1)]),
        ("dir:tx", [SENT, cast(1)], [message(), WARN]),
        ("kind:msg", [message(), SENT, cast(1)], [OPEN, WARN]),
        ("kind:event", [OPEN, WARN, CLOSED], [message(), cast(1)]),
        ("kind:open", [OPEN], [CLOSED]),
        ("kind:close", [CLOSED, RESET], [OPEN]),
        ("kind:eof", [message(b"", Kind.EOF)], [OPEN]),
        ("kind:info", [message(b"", Kind.INFO)], [WARN]),
        ("kind:warn", [WARN], [RESET]),
        ("kind:error", [WARN, RESET, end(Reason.UNREAD)], [CLOSED, end(Reason.IDLE), message()]),
        ("is:odd", [ODD], [message(), OPEN]),
        ("state:open", [message()], []),
    ],
)
def test_messages(text: str, wanted: list[Message], others: list[Message]) -> None:
    """A term lets through the messages it speaks of; about clients it asks their client."""
    query = parse(text)
    assert [query.message(one, GPS, NOW) for one in wanted] == [True] * len(wanted)
    assert [query.message(one, GPS, NOW) for one in others] == [False] * len(others)


@pytest.mark.parametrize("text", ["gps-", "name:*", "ip:10.0.0.9", "state:open", "rx>0", "on:8000"])
def test_of_nobody(text: str) -> None:
    """What is asked of a client does not hold where there is none, and so its opposite does."""
    assert not parse(text).message(WARN, None, NOW)
    assert parse(f"!{text}").message(WARN, None, NOW)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a stat:open", 2, "no key 'stat'; did you mean state?"),
        ("status:open", 0, "no key 'status'; did you mean state?"),
        ("http://x", 0, "no key 'http'; for the text itself write \"http://x\""),
        ("state:", 6, "state needs a word; there is open half closing closed reset"),
        ("dir:up", 4, "no dir 'up'; there is rx tx"),
        ("state>open", 5, "state cannot be compared; for example state:half"),
        ("client:", 7, "client needs a number; for example client:3-9"),
        ("client:7,x", 9, "client needs a number; for example client:3-9"),
        ("port:9-3", 5, "the range ends before it begins; write 3-9"),
        ("ip:", 3, "ip needs an address or a network; for example ip:10.0.0.0/8"),
        ("ip:10.0.0.1/8", 3,
         "'10.0.0.1/8' names one address and a network; write 10.0.0.0/8 or 10.0.0.1"),
        ("mark:", 5, "mark needs a word; mark:* for any, mark:left*"),
        ("on:", 3, "on needs a port or an address; for example on::8000"),
        ("text:", 5, 'a text is missing; for example gps or "two words"'),
        ('name:"\\q"', 6, "\\q is not an escape; for one backslash write \\\\"),
        ("dir:\x1b[2J", 4, "no dir '\\x1b[2J'; there is rx tx"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_where(text: str, place: int, message: str) -> None:
    """A term that means nothing is refused with its place and what would mean something."""
    with pytest.raises(BadFilter) as caught:
        parse(text)
    assert (caught.value.place, str(caught.value)) == (place, message)
    assert unsafe_in(str(caught.value)) == []


def test_a_name_with_many_stars_is_found_out_soon() -> None:
    """However many stars there are, a name is tried once from left to right."""
    client = replace(GPS, name="a" * 5000)
    assert not parse("name:" + "a*" * 200 + "b").client(client, NOW)
    assert parse("name:" + "a*" * 200).client(client, NOW)
