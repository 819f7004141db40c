"""The names of MQTT are complete where the standard is."""

from tcpmon.core.decoding.mqtt_words import CONNACK, PROPERTIES, REASONS, TYPES


def test_complete() -> None:
    """There are 15 types, six answers in 3.1.1, 27 properties and 43 reasons in 5."""
    assert list(TYPES) == list(range(1, 16))
    assert list(CONNACK) == list(range(6))
    assert (len(PROPERTIES), len(REASONS)) == (27, 43)


def test_properties() -> None:
    """Each property has a name of its own, and a type that can be read."""
    names = [name for name, _ in PROPERTIES.values()]
    assert len(set(names)) == len(names)
    assert {kind for _, kind in PROPERTIES.values()} == {1, 2, 4, "varint", "text", "pair", "bytes"}
