"""A rules file is read as it stands, or refused with the line, the rule and a way out."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadRules
from tcpmon.core.payload import parse as payload
from tcpmon.core.rules import parse
from tcpmon.core.rules.model import Close, Delay, Drip, Echo, Expect, Send, When
from tests.core.safety import unsafe_in

ALL = r"""
framing = "line"

[[rule]]
name = "login"
for = "ip:10.0.0.0/8"
starts = "LOGIN "
nth = "2-5"
do = ['send OK\r\n', 'delay 200ms', 'drip 4 every 100ms HELLO', 'close']
once = true
go_on = true
on = false

[[rule]]
when = "silence"
after = "30s"
do = 'close'

[[rule]]
every = 5
do = "send PING\r\n"

[[rule]]
when = "connect"
do = [
    'send 220 hi\r\n',
    'expect within 10s regex user=(?P<who>\w+)',  # [[rule]]
    'expect any',
    'echo',
]
"""


def test_all_of_it() -> None:
    """Every key has its effect."""
    rules = parse(ALL)
    login, silence, timer, dialogue = rules.rules
    assert (rules.framing, rules.text) == ("line", ALL)
    assert (login.name, login.when, login.whom) == ("login", When.MESSAGE, "ip:10.0.0.0/8")
    assert (login.nth, login.once, login.go_on, login.on) == ((2, 5), True, True, False)
    assert login.query is not None
    assert login.steps == (
        Send(payload("OK\\r\\n")), Delay(0.2), Drip(payload("HELLO"), 4, 0.1), Close(),
    )  # fmt: skip
    assert (silence.name, silence.when, silence.seconds) == ("rule 2", When.SILENCE, 30.0)
    assert (timer.when, timer.seconds) == (When.TIMER, 5.0)
    assert isinstance(timer.steps[0], Send)
    assert timer.steps[0].payload.fixed == b"PING\r\n"
    assert [type(step) for step in dialogue.steps] == [Send, Expect, Expect, Echo]
    assert [rule.line for rule in rules.rules] == [4, 14, 19, 23]
    assert login.shown.startswith("starts LOGIN ")


@pytest.mark.parametrize(
    ("said", "nth"), [("3", (3, 3)), ("'3'", (3, 3)), ("'2-5'", (2, 5)), ("'3-'", (3, 0))]
)
def test_nth(said: str, nth: tuple[int, int]) -> None:
    """One of a client's messages, several in a row, or all from there on."""
    assert parse(f"[[rule]]\nnth = {said}\ndo = 'echo'").rules[0].nth == nth


def test_nothing() -> None:
    """An empty file has no rules."""
    assert parse("").rules == ()


MANY = "[[rule]]\ndo='echo'\n" * 1001
BAD = [
    ("[[rule]\n", 1, "column"), ("x = 1", 1, "no key x"), ("\n\nframing = 1", 3, "text"),
    ("framing = 'zip'", 1, "zip"), ("rule = 1", 1, "table"), ("rule = [1]", 1, "table"),
    ("[rule]\ndo = 'echo'", 1, "table"), (MANY, 2001, "1,001"), ("[[rules]]\n", 1, "no key rules"),
    ("x = " + "[" * 5000, 0, "nested"), ("x = " + "9" * 5000, 0, "too long"),
    ("a" * (2 << 20), 0, "too long"), ("[[rule]]\nstarts = \"\\d\"", 2, "'…'"),
    ('[[rule]]\nname = "a\ndo = 1', 2, "no quote"), ("[[rule]]\nname = 'a\ndo = 1", 2, "no quote"),
    ("[[rule]]\nname = 'a\ndo = 'echo'", 2, "no quote"), ('framing = "a', 1, "no quote"),
    ("[[rule]]", 1, "do is missing"), ("[[rule]]\ndo = []", 2, "nothing is done"),
    ("[[rule]]\ndo = 1", 2, "list of texts"), ("[[rule]]\ndo = [\n'echo',\n1]", 2, "text"),
    ("[[rule]]\ndo = [\n'echo',\n'sned x']", 4, "mean send"), ("[[rule]]\ndo = ''", 2, "nothing"),
    ("[[rule]]\ndo = 'hop'", 2, "there is no step hop"), ("[[rule]]\ndo = 'send'", 2, "missing"),
    ("[[rule]]\ndo = 'send a\\q'", 2, "character 7"), ("[[rule]]\ndo = 'close now'", 2, "behind"),
    ("[[rule]]\ndo = 'delay soon'", 2, "span of time"), ("[[rule]]\ndo = 'delay 0'", 2, "short"),
    ("[[rule]]\ndo = 'delay 99d'", 2, "long"), ("[[rule]]\ndo = 'ban x'", 2, "span of time"),
    ("[[rule]]\ndo = 'drip 4 HELLO'", 2, "how much"), ("[[rule]]\ndo = 'stop-reading'", 2, "span"),
    ("[[rule]]\ndo = 'drip 0 every 1s HELLO'", 2, "character 6"),
    ("[[rule]]\ndo = 'drip 1 every x HELLO'", 2, "character 14"),
    ("[[rule]]\ndo = 'expect'", 2, "missing"), ("[[rule]]\ndo = 'expect any x'", 2, "behind any"),
    ("[[rule]]\ndo = 'expect some x'", 2, "cannot be expected"),
    ("[[rule]]\ndo = 'expect within x any'", 2, "span of time"),
    ("[[rule]]\ndo = 'expect regex a('", 2, "pattern"),
    ("[[rule]]\ndo = '''send a\nsend b'''", 2, "two steps"),
    ("[[rule]]\nwhen = 'connect'\ndo = 'echo'", 3, "no message"),
    ("[[rule]]\nwhen = 'close'\ndo = 'send x'", 3, "too late"),
    ("[[rule]]\nwhen = 'never'\ndo = 'echo'", 2, "when cannot be never"),
    ("[[rule]]\nwhen = 'timer'\ndo = 'close'", 2, "every is missing"),
    ("[[rule]]\nwhen = 'silence'\ndo = 'close'", 2, "after is missing"),
    ("[[rule]]\nafter = '3s'\nwhen = 'timer'\ndo = 'close'", 2, "goes with silence"),
    ("[[rule]]\nevery = 'x'\ndo = 'close'", 2, "span of time"),
    ("[[rule]]\nevery = 0\ndo = 'close'", 2, "short"), ("[[rule]]\nevery = true", 2, "number"),
    ("[[rule]]\nwhen = 'connect'\ntext = 'x'\ndo = 'close'", 3, "asks for a message"),
    ("[[rule]]\nname = ''\ndo = 'echo'", 2, "empty"), ("[[rule]]\nname = 1", 2, "name must be"),
    ("[[rule]]\nname = 'a'\ndo = 'echo'\n[[rule]]\nname = 'a'\ndo = 'echo'", 5, "line 1"),
    ("[[rule]]\nonce = 1\ndo = 'echo'", 2, "true or false"),
    ("[[rule]]\nstart = 'x'\ndo = 'echo'", 2, "did you mean starts"),
    ("[[rule]]\ntext = ''\ndo = 'echo'", 2, "missing"),
    ("[[rule]]\ntext = 'a'\nends = 'b'\ndo = 'echo'", 3, "two tests"),
    ("[[rule]]\nregex = 'a(b'\ndo = 'echo'", 2, "character 2"),
    ("[[rule]]\nhex = '01 0g'\ndo = 'echo'", 2, "not hex"),
    ("[[rule]]\nnth = 0\ndo = 'echo'", 2, "nth cannot be 0"),
    ("[[rule]]\nnth = '5-2'\ndo = 'echo'", 2, "nth cannot be 5-2"),
    ("[[rule]]\nfor = 'ip:'\ndo = 'echo'", 2, "for:"),
    ("[[rule]]\nevery = '1ms'\ndo = 'send a'", 2, "1ms is too short; 10ms to 30d"),
    ("[[rule]]\ndo = 'delay 31d'", 2, "31d is too long; 1ms to 30d"),
    (f"[[rule]]\ndo = [{'0,' * 101}]", 2, "too many"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), BAD, ids=range(len(BAD)))
def test_bad(text: str, line: int, words: str) -> None:
    """What is wrong is told in one safe line, with its place."""
    with pytest.raises(BadRules) as error:
        parse(text)
    assert error.value.line == line
    assert words in str(error.value)
    assert not unsafe_in(str(error.value))
    assert not line or error.value.message.startswith(f"line {line}")


@given(st.text() | st.sampled_from(BAD).map(lambda bad: bad[0][:400]), st.text(max_size=9))
def test_never_fails(text: str, more: str) -> None:
    """Any text is rules, or is refused."""
    told: BadRules | None = None
    try:
        parse(text + more)
    except BadRules as error:
        told = error
    assert told is None or not unsafe_in(str(told))
    assert told is None or told.line <= (text + more).count("\n") + 1
