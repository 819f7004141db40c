"""A config file says what it may, or is refused with the key that is wrong."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tcpmon.configfile import File, ListenTable, NamingTable, _explained, read
from tcpmon.core.errors import BadConfig
from tcpmon.core.limits import Unread
from tests.core.safety import unsafe_in

ALL = """
echo = true
reply = 'OK\\r\\n'
half_open = true
keep = "128MiB"
theme = "nord"
framing = "line"
hints = false
history = false
max_clients = 100
max_per_address = 3
max_accepts = 50
max_idle = "90s"
max_unsent = 1048576
unread = "drop"
rules = "echo"
allow = ["10.0.0.0/8"]
deny = ["10.0.0.7", "fe80::/10"]

[[listen]]
at = ":9000"
framing = "u16be"
silence = 30
name_from = 'imei=(\\d+)'

[[listen]]
at = "unix:/tmp/a.sock"

[names]
"192.168.7.21" = "plc-press-3"
"10.4.0.0/16" = "gps-{host}"

[naming]
match = 'id=(\\w+)'

[silence]
"gps-*" = "30s"
default = 600.5

[filters]
quiet = "state:open idle>60s"

[messages]
ping = 'PING\\r\\n'
"""


def test_all_of_it(tmp_path: Path) -> None:
    """Every key is read as it stands."""
    path = tmp_path / "c.toml"
    path.write_text(ALL)
    file = read(str(path))
    assert file == File(
        echo=True, reply="OK\\r\\n", half_open=True, keep="128MiB", theme="nord", framing="line",
        hints=False, max_clients=100, max_per_address=3, max_accepts=50, max_idle="90s",
        max_unsent=1048576, unread=Unread.DROP, rules="echo", allow=("10.0.0.0/8",),
        deny=("10.0.0.7", "fe80::/10"),
        listen=(
            ListenTable(at=":9000", framing="u16be", silence=30, name_from=r"imei=(\d+)"),
            ListenTable(at="unix:/tmp/a.sock"),
        ),
        names={"192.168.7.21": "plc-press-3", "10.4.0.0/16": "gps-{host}"},
        naming=NamingTable(match=r"id=(\w+)"),
        silence={"gps-*": "30s", "default": 600.5},
        filters={"quiet": "state:open idle>60s"},
        history=False,
        messages={"ping": r"PING\r\n"},
    )  # fmt: skip
    assert {
        key for key in File.__struct_fields__ if getattr(file, key) == getattr(File(), key)
    } == set()


def test_nothing(tmp_path: Path) -> None:
    """An empty file says nothing."""
    path = tmp_path / "c.toml"
    path.write_text("")
    assert read(str(path)) == File()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kep = 3", "there is no key kep; did you mean keep?"),
        ("max-idle = 3", "there is no key max-idle; did you mean max_idle?"),
        ("zzz = 3", "there is no key zzz; there is echo, reply, half_open, "),
        ('"a\\u001b.b" = 3', r"there is no key a\x1b.b; there is echo"),
        ("naming.mach = ''", "there is no key naming.mach; did you mean match?"),
        ("[[listen]]\nat = '1'\n[[listen]]\nat = '2'\nframe = 3",
         "there is no key listen[1].frame; did you mean framing?"),
        ("[[listen]]", 'listen[0] has no at; write for example at = "8000"'),
        ("[listen]\nat = '1'", "listen must be a list, not a table; write [[listen]], once for"),
        ("echo = 'yes'", "echo must be true or false, not a text in quotes"),
        ("keep = 1.5", "keep must be a whole number or a text in quotes, not a number"),
        ("max_idle = true", "max_idle must be a number or a text in quotes, not true or false"),
        ("max_clients = 2020-01-01", "max_clients must be a whole number, not a date"),
        ("unread = 'wait'", "unread cannot be 'wait'; there is skip, drop, disconnect"),
        ("allow = ['::1', 3]", "allow[1] must be a text in quotes, not a whole number"),
        ("[[listen]]\nat = 8000", "listen[0].at must be a text in quotes, not a whole number"),
        ("names = 3", "names must be a table, not a whole number"),
        ("[names]\na = 'b'\n\"\\u001b\" = 3", r'names."\x1b" must be a text in quotes, not'),
        ("[silence]\na = '1s'\nb = []", 'silence."b" must be a number or a text in quotes, not a'),
        ("silence = []", "silence must be a number or a text in quotes or a table, not a list"),
        ("name_from = 'a'", "there is no key name_from; write match = '…' under [naming]"),
        ("script = 'a.py'", "there is no key script; a program is run only when it is asked for, "),
        ("no_hints = true", "there is no key no_hints; did you mean hints?"),
        ("[filters]\na.b = 'c'", 'filters."a" must be a text in quotes, not a table'),
    ],
)  # fmt: skip
def test_what_is_wrong(text: str, told: str, tmp_path: Path) -> None:
    """What is wrong is told with the file, the key, and what would be right."""
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(BadConfig) as caught:
        read(str(path))
    assert str(caught.value).startswith(f"{path}: {told}")
    assert not unsafe_in(str(caught.value))


VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(File.__struct_fields__) | st.text(max_size=4), VALUES))
def test_anything_is_read_or_refused(told: dict[str, object]) -> None:
    """Whatever a file says, it is understood or refused in one safe line."""
    import msgspec

    try:
        msgspec.convert(told, File)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        assert not unsafe_in(str(_explained("c.toml", message, place.rstrip("`"), told)))
