"""Where things stand in a rules file."""

from tcpmon.core.rules.places import Places

TEXT = '''\
framing = "line" # [[rule]]
[[rule]]
name = "a = 1"
do = [
  'send a',   # 'no'

  """two
lines""", 'b',
]
once = true

[[ "rule" ]]
"do" = 'x'
'''


def test_places() -> None:
    """Comments, texts of several lines, and spellings of headings do not lead astray."""
    places = Places(TEXT)
    assert places.top("framing") == 1
    assert places.top("other") == 1
    assert [places.rule(0, "do", item) for item in range(3)] == [5, 7, 8]
    assert (places.rule(0), places.rule(0, "do"), places.rule(0, "once")) == (2, 4, 10)
    assert (places.rule(1), places.rule(1, "do"), places.rule(1, "do", 0)) == (12, 13, 13)
    assert places.rule(1, "name") == 12


def test_otherwise() -> None:
    """What is written in another way is at the top."""
    assert Places("x = 1\nrule = [{do = 'echo'}]").rule(0, "do") == 2
