"""Who is let in: the narrowest rule decides, whatever was said first."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.access import Access, Permission, network_text, networks_of, parse_network
from tcpmon.core.errors import BadNetwork

SECOND = 1_000_000_000


def access(*rules: str) -> Access:
    """Return what "+network" allows and "-network" denies."""
    made = Access()
    for rule in rules:
        made.set(parse_network(rule[1:]), rule[0] == "+")
    return made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10.0.0.7", "10.0.0.7"), ("10.0.0.7/32", "10.0.0.7"), (" 10.0.0.0/8 ", "10.0.0.0/8"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"), ("::1", "::1"), ("fe80::/10", "fe80::/10"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)  # fmt: skip
def test_reads_networks(text: str, shown: str) -> None:
    """An address is a network of one, and is written as an address."""
    assert network_text(parse_network(text)) == shown


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "10.0.0.0/8"), ("localhost", "10.0.0.0/8"), ("10.0.0", "10.0.0.0/8"),
        ("10.0.0.0/33", "10.0.0.0/8"), ("1.2.3.4:80", "10.0.0.0/8"), ("\x1b[2J", "10.0.0.0/8"),
        ("10.0.0.7/8", "10.0.0.0/8 or 10.0.0.7"), ("fe80::1/10", "fe80::/10 or fe80::1"),
    ],
)  # fmt: skip
def test_says_what_is_no_network(text: str, hint: str) -> None:
    """What is wrong is shown safely, with what would be right."""
    with pytest.raises(BadNetwork) as caught:
        parse_network(text)
    assert hint in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("rules", "let_in", "kept_out"),
    [
        ((), ("10.0.0.1", "::1"), ()),
        (("-10.0.0.0/8",), ("11.0.0.1", "::1"), ("10.0.0.1", "10.255.255.255")),
        (("+10.0.0.0/8",), ("10.0.0.1",), ("11.0.0.1", "::1")),
        (("+10.0.0.0/8", "-10.0.0.7"), ("10.0.0.8",), ("10.0.0.7",)),
        (("-10.0.0.7", "+10.0.0.0/8"), ("10.0.0.8",), ("10.0.0.7",)),
        (("-10.0.0.0/8", "+10.1.0.0/16", "-10.1.1.1"), ("10.1.0.1",), ("10.2.0.1", "10.1.1.1")),
        (("-::/0",), ("127.0.0.1",), ("::1", "fe80::1%eth0")),
        (("-fe80::/10",), ("::1",), ("fe80::1%eth0", "febf::1%2")),
        (("-10.0.0.7", "+10.0.0.7"), ("10.0.0.7",), ("10.0.0.8",)),
    ],
)  # fmt: skip
def test_the_narrowest_rule_decides(
    rules: tuple[str, ...], let_in: tuple[str, ...], kept_out: tuple[str, ...]
) -> None:
    """Narrower before wider; of two for one network the later; none means yes, unless others
    are allowed."""
    made = access(*rules)
    assert [host for host in let_in if made.refusal(host)] == []
    assert [host for host in kept_out if not made.refusal(host)] == []


NETWORKS = st.builds(
    lambda bits, length: ip_network((bits >> (32 - length) << (32 - length), length)),
    st.integers(0x0A000000, 0x0A00000F),
    st.integers(26, 32),
)


@given(
    st.lists(st.tuples(NETWORKS, st.booleans()), max_size=8), st.integers(0x0A000000, 0x0A00000F)
)
def test_agrees_with_looking_at_every_rule(rules: list[tuple], bits: int) -> None:  # type: ignore[type-arg]
    """The tables give what a search through all rules gives."""
    made, plain = Access(), {}
    for network, allow in rules:
        made.set(network, allow)
        plain[network] = allow
    address = ip_address(bits)
    fitting = {network.prefixlen: allow for network, allow in plain.items() if address in network}
    expected = fitting[max(fitting)] if fitting else not any(plain.values())
    assert (made.refusal(str(address)) == "") == expected


def test_says_which_rule_it_was() -> None:
    """The reason names the network, so that it can be found and dropped."""
    assert access("-10.0.0.0/8").refusal("10.0.0.1") == "10.0.0.0/8 is denied"
    assert access("+10.0.0.0/8").refusal("1.0.0.1") == "not among those that are allowed"


def test_rules_end() -> None:
    """A rule with an end is over when it has come, and not before; the others stay."""
    made = access("-10.0.0.0/8")
    made.set(parse_network("1.1.1.1"), allow=False, until=5 * SECOND)
    assert made.expire(5 * SECOND - 1) == []
    assert made.refusal("1.1.1.1") != ""
    assert [(rule.network, again) for rule, again in made.expire(5 * SECOND)] == [("1.1.1.1", None)]
    assert made.refusal("1.1.1.1") == ""
    assert [rule.network for rule in made.permissions()] == ["10.0.0.0/8"]


def test_what_held_before_holds_again() -> None:
    """A ban for a while takes nothing away for good, however often it is renewed; what is said for
    good meanwhile does."""
    made = access("+10.0.0.1")
    network = parse_network("10.0.0.1")
    for seconds in (5, 6):
        made.set(network, allow=False, until=seconds * SECOND)
    assert made.refusal("10.0.0.1") == "10.0.0.1 is denied"
    ((over, again),) = made.expire(6 * SECOND)
    assert (over.allow, again) == (False, Permission("10.0.0.1", True))
    assert made.refusal("10.0.0.1") == ""
    assert made.refusal("10.0.0.2") != ""
    made.set(network, allow=False, until=7 * SECOND)
    assert made.drop(network)
    assert made.expire(7 * SECOND) == []
    assert made.permissions() == ()
    made.set(network, allow=True)
    made.set(network, allow=True, until=8 * SECOND)
    made.set(network, allow=False)
    assert made.expire(8 * SECOND) == []
    assert made.permissions() == (Permission("10.0.0.1", False),)


def test_drops_a_rule() -> None:
    """Once; what was not there is said."""
    made = access("+10.0.0.0/8")
    assert made.drop(parse_network("10.0.0.0/8"))
    assert not made.drop(parse_network("10.0.0.0/8"))
    assert made.refusal("1.1.1.1") == ""
    assert made.permissions() == ()


@pytest.mark.parametrize(
    ("peer", "networks"),
    [
        ("127.0.0.1:40872", ("127.0.0.1", "127.0.0.0/24")),
        ("10.0.0.7:1", ("10.0.0.7", "10.0.0.0/24")),
        ("[::1]:80", ("::1", "::/64")),
        ("[2001:db8:1:2:3:4:5:6]:80", ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")),
        ("[fe80::1%eth0]:80", ("fe80::1", "fe80::/64")),
        ("unix", None),
        ("unix pid 4711 socat", None),
        ("unix pid 4711 1.2.3.4:5", None),
        ("", None),
    ],
)
def test_networks_of(peer: str, networks: tuple[str, str] | None) -> None:
    """A peer's address and the network around it, as rules know them; none on a Unix socket."""
    assert networks_of(peer) == networks
    for network in networks or ():
        assert access(f"-{network}").refusal(networks_of(peer)[0]) == f"{network} is denied"  # type: ignore[index]
