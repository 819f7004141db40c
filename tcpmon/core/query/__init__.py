r"""The filter language: one for the table, the log, `--filter` and all that comes.

    gps "two words"       text, in any case of letters, in name, address or what was said;
                          escapes as on the screen, \r \x00, and \" between quotes
    /GP(GGA|RMC)/         a regular expression of Python's re, on bytes; (?i) for any case
    key:value             see `keys`; a value with blanks in it stands in quotes
    key>value             also >= < <= =; sizes 10kB 1MiB, times 30s 5m 250ms 12:04:30
    hex:24 47 ?? 5?       goes on as long as words of two digits follow; quotes end it
    a b, a and b          both, and binds closer than
    a | b, a or b         one of them
    !a, -a, not a         not
    ( )                   what belongs together

For a message, terms about clients ask about its client, and `age` how long ago it was; a client
has what is said of it in the table. What cannot be read raises BadFilter with the place; a filter
that can be read never fails.
"""

from tcpmon.core.query.keys import FORMS, KEY, KEYS, Key, guide
from tcpmon.core.query.matching import Query, parse
from tcpmon.core.query.needs import Needs

__all__ = ["FORMS", "KEY", "KEYS", "Key", "Needs", "Query", "guide", "parse"]
