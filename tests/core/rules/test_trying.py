"""What rules would do is told in words, and never done."""

from tcpmon.core.model import Client, forgotten
from tcpmon.core.rules import Rules, parse, trial
from tests.core.safety import unsafe_in

RULES = parse(r"""
[[rule]]
name = "off"
on = false
do = 'echo'
[[rule]]
name = "later"
nth = "3-"
do = 'echo'
[[rule]]
name = "others"
for = "ip:10.0.0.0/8"
do = 'echo'
[[rule]]
name = "id"
regex = 'id=(?P<id>\S+)'
go_on = true
do = ['note seen', 'delay 200ms', 'ban 10m', 'stop-reading 5s', 'mark m', 'half-close']
[[rule]]
name = "talk"
starts = "id"
once = true
do = ['send \x00OK\r\n', 'drip 1 every 1s abc', 'echo', 'expect any', 'echo', 'name n', 'reset']
[[rule]]
name = "last"
do = ['close', 'ban']
[[rule]]
when = "connect"
do = 'send hi'
""")


def tried(
    rules: Rules, data: bytes, content: bytes, client: Client | None, number: int
) -> list[str]:
    return list(trial(rules, data, content, client, number))


def test_in_words() -> None:
    """Each rule says what it does and what is sent, or why it does nothing."""
    client = forgotten(1, 0, "127.0.0.1:5", "l")
    lines = tried(RULES, b"id=\x1b7\r\n", b"id=\x1b7", client, 1)
    assert lines == [
        "off: is off",
        "later: this is message 1, not 3 or later",
        "others: not for this client, but for ip:10.0.0.0/8",
        "id: fits, id = \\x1b7",
        "  1. note seen", "  2. wait 200ms", "  3. ban 600s", "  4. stop reading for 5s",
        "  5. mark m", "  6. half-close",
        "talk: fits, once",
        "  1. send \\x00OK\\r\\n", "  2. drip 1 every 1s abc", "  3. send id=\\x1b7\\r\\n",
        "  4. expect any; only then", "  5. send what it says then", "  6. name n", "  7. reset",
        "last: not asked, talk has taken it",
        "1 rule of other times than a message: not asked",
    ]  # fmt: skip
    assert not any(map(unsafe_in, lines))


def test_any_client() -> None:
    """Where no client is meant, a rule for some of them acts."""
    assert tried(RULES, b"x", b"x", None, 2)[2:4] == ["others: fits", "  1. send x"]


def test_no_rule() -> None:
    """If nothing fits, that is said."""
    rules = parse("[[rule]]\nequals = 'a'\ndo = 'close'")
    assert tried(rules, b"b", b"b", None, 1) == [
        "rule 1: does not fit", "no rule answers this message",
    ]  # fmt: skip


def test_large() -> None:
    """Of a large message only the beginning is shown."""
    rules = parse("[[rule]]\ndo = ['echo']")
    assert len("".join(tried(rules, b"a" * (1 << 20), b"a" * (1 << 20), None, 1))) < 1000
