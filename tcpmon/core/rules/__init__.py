r"""Answers by rule: what is to happen of which client, and what is done then.

Rules stand in a TOML file, in the order in which they are tried:

    framing = "line"              how streams are cut, if nobody says otherwise

    [[rule]]
    name = "login"                what people call it; "rule 1" if nothing is said
    when = "message"              connect, message, silence, close, timer; "message" unless
                                  after or every says otherwise
    for = "ip:10.0.0.0/8"         only for clients that this filter lets through
    starts = "LOGIN "             what a message must be, one of
                                    text = "PING"       it holds this, in any case of letters
                                    equals = 'PING\r\n'  it is this, with its line end or without
                                    starts, ends        it begins, or ends, with this
                                    regex = 'id=(?P<id>\d+)'   it is found in it, on bytes
                                    hex = "78 78 ?? 01 (imei:8) ... 0d 0a"
                                        the whole message: ?? any byte, 5? any with a 5 in front,
                                        (name:8) eight bytes that are kept, ... any number of
                                        them, (name:...) any number that are kept
                                        and (name:u16be) as many as two bytes in front say
    nth = 3                       the third message of the client; also "2-5", "3-"
    after = "30s"                 of silence; every = "5s" of a timer
    do = ['send OK ${id}\r\n', 'delay 200ms', 'close']
    once = true                   once for each client
    go_on = true                  the rules behind it are tried too
    on = false                    it waits to be turned on

What is done, a line each, one behind the other:

    send PAYLOAD    drip 4 every 100ms PAYLOAD    echo    delay 200ms
    close    half-close    reset    ban 10m    stop-reading 5s
    name PAYLOAD    note PAYLOAD    mark PAYLOAD
    expect [within 10s] any | text … | equals … | starts … | ends … | regex … | hex …
    skip-to [within 10s] …    as expect, and messages before it are passed over

One step may stand alone: do = 'echo'. Between '…' a backslash is the payload's own, between "…"
it is TOML's. A message is looked at as it came and without what is around it for the way, as a
line end or a length; it fits if one of the two does. What starts, ends, equals or text is to find
may hold escapes, as \r\n or \x00. After the client has closed there is only delay, ban, note, mark.

`expect` waits for the client's next message; what was captured of it is there from then on. A
client that says something else, or nothing in time, has left the dialogue: it is marked, and
the rest is not done.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcpmon.core.rules.book import Book as Book
    from tcpmon.core.rules.model import Rule as Rule, Rules as Rules
    from tcpmon.core.rules.reading import parse as parse
    from tcpmon.core.rules.trying import trial as trial

_HOMES = {
    "Book": "tcpmon.core.rules.book",
    "Rule": "tcpmon.core.rules.model",
    "Rules": "tcpmon.core.rules.model",
    "parse": "tcpmon.core.rules.reading",
    "trial": "tcpmon.core.rules.trying",
}
__all__ = ["Book", "Rule", "Rules", "parse", "trial"]


def __getattr__(name: str) -> object:
    # When it is first used: a node without rules starts without the filter language.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
