"""What the numbers of MQTT mean. Source: OASIS, "MQTT Version 3.1.1" section 3.2.2.3, "MQTT
Version 5.0" sections 2.1.2, 2.2.2.2 and 2.4."""

TYPES = {
    1: "CONNECT", 2: "CONNACK", 3: "PUBLISH", 4: "PUBACK", 5: "PUBREC", 6: "PUBREL",
    7: "PUBCOMP", 8: "SUBSCRIBE", 9: "SUBACK", 10: "UNSUBSCRIBE", 11: "UNSUBACK",
    12: "PINGREQ", 13: "PINGRESP", 14: "DISCONNECT", 15: "AUTH",
}  # fmt: skip

QOS = {0: "at most once", 1: "at least once", 2: "exactly once"}

CONNACK = {
    0: "accepted", 1: "unacceptable protocol version", 2: "identifier rejected",
    3: "server unavailable", 4: "bad user name or password", 5: "not authorized",
}  # fmt: skip

REASONS = {
    0x00: "success", 0x01: "granted QoS 1", 0x02: "granted QoS 2",
    0x04: "disconnect with will message", 0x10: "no matching subscribers",
    0x11: "no subscription existed", 0x18: "continue authentication", 0x19: "re-authenticate",
    0x80: "unspecified error", 0x81: "malformed packet", 0x82: "protocol error",
    0x83: "implementation specific error", 0x84: "unsupported protocol version",
    0x85: "client identifier not valid", 0x86: "bad user name or password",
    0x87: "not authorized", 0x88: "server unavailable", 0x89: "server busy", 0x8A: "banned",
    0x8B: "server shutting down", 0x8C: "bad authentication method", 0x8D: "keep alive timeout",
    0x8E: "session taken over", 0x8F: "topic filter invalid", 0x90: "topic name invalid",
    0x91: "packet identifier in use", 0x92: "packet identifier not found",
    0x93: "receive maximum exceeded", 0x94: "topic alias invalid", 0x95: "packet too large",
    0x96: "message rate too high", 0x97: "quota exceeded", 0x98: "administrative action",
    0x99: "payload format invalid", 0x9A: "retain not supported", 0x9B: "QoS not supported",
    0x9C: "use another server", 0x9D: "server moved",
    0x9E: "shared subscriptions not supported", 0x9F: "connection rate exceeded",
    0xA0: "maximum connect time", 0xA1: "subscription identifiers not supported",
    0xA2: "wildcard subscriptions not supported",
}  # fmt: skip

# By identifier: what it is called, and its type: so many bytes, "varint", "text", "pair", "bytes".
PROPERTIES: dict[int, tuple[str, int | str]] = {
    0x01: ("payload format indicator", 1), 0x02: ("message expiry interval", 4),
    0x03: ("content type", "text"), 0x08: ("response topic", "text"),
    0x09: ("correlation data", "bytes"), 0x0B: ("subscription identifier", "varint"),
    0x11: ("session expiry interval", 4), 0x12: ("assigned client identifier", "text"),
    0x13: ("server keep alive", 2), 0x15: ("authentication method", "text"),
    0x16: ("authentication data", "bytes"), 0x17: ("request problem information", 1),
    0x18: ("will delay interval", 4), 0x19: ("request response information", 1),
    0x1A: ("response information", "text"), 0x1C: ("server reference", "text"),
    0x1F: ("reason string", "text"), 0x21: ("receive maximum", 2),
    0x22: ("topic alias maximum", 2), 0x23: ("topic alias", 2), 0x24: ("maximum QoS", 1),
    0x25: ("retain available", 1), 0x26: ("user property", "pair"),
    0x27: ("maximum packet size", 4), 0x28: ("wildcard subscription available", 1),
    0x29: ("subscription identifiers available", 1), 0x2A: ("shared subscription available", 1),
}  # fmt: skip

VERSIONS = {3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5"}

CONNECT_FLAGS = {
    0x80: "user name", 0x40: "password", 0x20: "will retain", 0x04: "will", 0x02: "clean start",
}  # fmt: skip

RETAIN_HANDLING = {1: "retained ones only if new", 2: "no retained ones"}
