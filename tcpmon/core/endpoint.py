"""Where to listen: ":9000", "[::1]:8443", "unix:/run/x.sock" as written and as meant.

Knows nothing of sockets: names are not looked up here, and a port number is
only checked to be one.
"""

import ipaddress
import re

from msgspec import Struct

from tcpmon.core.errors import BadAddress
from tcpmon.core.escape import escape_text

DEFAULT_PORT = 8000
LOCALHOST = "localhost"
ANY = "*"

_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?")
_SCOPE = re.compile(r"[A-Za-z0-9_.-]+")  # an interface, by name or number
_EXAMPLES = "write for example 9000, :9000, 192.168.1.5:9000, [::1]:9000 or unix:/tmp/my.sock"


class TcpEndpoint(Struct, frozen=True, tag=True):
    """host: a name, an IP address without brackets, "localhost" (127.0.0.1 and ::1) or
    "*" (every address of this machine); port: 0 to 65535, 0 = any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class UnixEndpoint(Struct, frozen=True, tag=True):
    """path: of the socket file, as given."""

    path: str

    def __str__(self) -> str:
        return f"unix:{self.path}"


Endpoint = TcpEndpoint | UnixEndpoint


def clash(one: Endpoint, other: Endpoint) -> bool:
    """Say whether two endpoints are the same place; any free port is a new one each time."""
    return one == other and not (isinstance(one, TcpEndpoint) and one.port == 0)


def parse(text: str) -> Endpoint:
    """Return what an address on the command line or in a dialog means.

    Raises BadAddress with the wrong part and what would be right.
    """
    if text.startswith("unix:"):
        return _unix(text[5:])
    text = text.strip()
    shown = escape_text(text)
    if "://" in text:
        scheme = escape_text(text.partition("://")[0])
        raise BadAddress(f"{shown}: {scheme}:// is not something tcpmon speaks", _EXAMPLES)
    if text.isascii() and text.isdigit():
        return TcpEndpoint(LOCALHOST, _port(text, shown))
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise BadAddress(f"{shown}: the bracket is not closed before the port", _EXAMPLES)
        return TcpEndpoint(_ipv6(host, shown), _port(rest[1:], shown) if rest else DEFAULT_PORT)
    if text.count(":") > 1:
        return TcpEndpoint(_bare_ipv6(text, shown), DEFAULT_PORT)
    host, colon, port = text.partition(":")
    return TcpEndpoint(
        _host(host, shown) if host not in ("", ANY) else _all(colon, shown),
        _port(port, shown) if colon else DEFAULT_PORT,
    )


def _all(colon: str, shown: str) -> str:
    if not colon:
        raise BadAddress(f"{shown!r} is not an address", _EXAMPLES)
    return ANY


def _unix(path: str) -> UnixEndpoint:
    if not path:
        raise BadAddress("unix: needs a path", "write for example unix:/tmp/my.sock")
    if "\0" in path:
        raise BadAddress("a path cannot hold a NUL", "write for example unix:/tmp/my.sock")
    return UnixEndpoint(path)


def _port(text: str, shown: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadAddress(f"{shown}: {escape_text(text) or 'nothing'} is not a port", _EXAMPLES)
    if len(text) > 20 or int(text) > 65535:
        raise BadAddress(f"{shown}: ports end at 65535", "0 takes any free one")
    return int(text)


def _host(text: str, shown: str) -> str:
    if re.fullmatch(r"[0-9.]+", text):
        try:
            return str(ipaddress.IPv4Address(text))
        except ipaddress.AddressValueError:
            raise BadAddress(f"{shown}: {text} is not an IPv4 address", _EXAMPLES) from None
    if text == "unix":
        return _unix("").path
    if not _NAME.fullmatch(text):
        raise BadAddress(f"{shown} is not an address", _EXAMPLES)
    return text


def _ipv6(text: str, shown: str) -> str:
    address, percent, scope = text.partition("%")
    try:
        plain = str(ipaddress.IPv6Address(address))
    except ipaddress.AddressValueError:
        plain = ""
    if not plain or (percent and not _SCOPE.fullmatch(scope)):
        name = escape_text(text) or "nothing"
        raise BadAddress(f"{shown}: {name} is not an IPv6 address", _EXAMPLES)
    return plain + percent + scope


def _bare_ipv6(text: str, shown: str) -> str:
    address = _ipv6(text, shown)
    head, _, tail = text.rpartition(":")
    try:
        ipaddress.IPv6Address(head)
    except ipaddress.AddressValueError:
        return address
    if tail.isdigit():
        both = f"write [{head}]:{tail} for a port or [{text}]:{DEFAULT_PORT} for an address"
        raise BadAddress(f"{shown} can be read in two ways", both)
    return address
