"""What a person writes to be sent: the one payload language of composer, flags, rules and files."""

from tcpmon.core.payload.forms import Form, LineEnd, parse_hex
from tcpmon.core.payload.payload import MOST, Facts, Payload, parse

__all__ = ["MOST", "Facts", "Form", "LineEnd", "Payload", "parse", "parse_hex"]
