"""The guide is the language: each of its lines can be typed, and each key is in it."""

from tcpmon.core.query import KEY, KEYS, guide, parse


def test_every_example_is_a_filter() -> None:
    """What the guide shows can be typed; only the signs that stand around terms need some."""
    for example, means in guide():
        assert str(parse(example.replace("( )", "(a)"))), means


def test_every_value_is_known() -> None:
    """Each value that completion offers can be typed."""
    for key in KEYS:
        for value in key.values:
            assert str(parse(f"{key.name}:{value}")) == f"{key.name}:{value}"


def test_keys_are_found_by_all_their_names() -> None:
    """No two keys share a name, and a key's example begins with it."""
    assert len(KEY) == sum(1 + len(key.also) for key in KEYS)
    assert KEY["size"] is KEY["len"]
    assert all(key.example.startswith(key.name) for key in KEYS)


def test_a_comparison_is_offered_where_there_is_one() -> None:
    """Keys that can be compared take every sign."""
    for key in KEYS:
        if key.compared:
            value = key.example.lstrip(key.name + "<>=")
            for sign in ("<", "<=", ">", ">=", "=", ":"):
                assert str(parse(f"{key.name}{sign}{value}"))
