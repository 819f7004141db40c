"""One endpoint: bind it, accept on it, and live through what the machine runs out of.

A listener accepts sockets and hands them on with their peer's name, taken from
`accept()` itself so that it is known even if the peer has gone already. What
becomes of them it does not know.
"""

import asyncio
import errno
import os
import socket
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress

from tcpmon.core import model
from tcpmon.core.endpoint import ANY, LOCALHOST, Endpoint, TcpEndpoint, UnixEndpoint
from tcpmon.core.errors import CannotListen
from tcpmon.core.escape import escape_text
from tcpmon.engine import sockets
from tcpmon.engine.poller import READ, Poller

ACCEPTS_A_TURN = 64
BACK_OFF_SECONDS = 0.2  # when the machine cannot even let us refuse

_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_NO_FILES = {errno.EMFILE, errno.ENFILE}
_MORE_FILES = "raise the limit with ulimit -n"
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_NO_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}

Accepted = Callable[[socket.socket, str, object, "Listener", str], None]
"""Called with (connected socket, peer's name, peer's address, listener, local address)."""


class Listener:
    """Listening sockets that belong to one endpoint, and what came of them."""

    def __init__(
        self,
        id: int,
        endpoint: Endpoint,
        bound: list[socket.socket],
        loop: AbstractEventLoop,
        poller: Poller,
        accepted: Accepted,
        exhausted: Callable[[OSError, bool], None],
    ) -> None:
        """bound: from `bind`. accepted: gets every connection. exhausted: told that there is
        no room to take a caller in, and whether one has been refused for it.

        Raises CannotListen; then nothing stays bound."""
        self.id = id
        self.endpoint = endpoint
        self.accepted = self.refused = self.open = self._dropped = 0
        self.addresses = tuple(self._name(sock) for sock in bound)
        self._local, self._network = self._ways_in(bound)
        self._bound: list[socket.socket] = []
        self._loop = loop
        self._poller = poller
        self._accepted = accepted
        self._exhausted = exhausted
        self._inode = self._unix_inode()
        self._spare: int | None = None
        try:
            self._spare = os.open(os.devnull, os.O_RDONLY)
            for sock, address in zip(bound, self.addresses, strict=True):
                poller.watch(sock.fileno(), _Door(self, sock, address), READ)
                self._bound.append(sock)
        except OSError as error:
            self.close()
            for sock in bound:
                sock.close()
            raise _out_of(endpoint, error) from error

    def _name(self, sock: socket.socket) -> str:
        if isinstance(self.endpoint, UnixEndpoint):
            return f"unix:{escape_text(self.endpoint.path)}"
        return sockets.address_text(sock.getsockname())

    def _ways_in(self, bound: list[socket.socket]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the addresses for clients on this machine, and for those elsewhere."""
        if isinstance(self.endpoint, UnixEndpoint):
            return self.addresses, ()
        local, network = [], []
        for sock in bound:
            host, port = sock.getsockname()[:2]
            if host in _EVERY:
                local.append((_EVERY[host], port))
                if outward := sockets.outward_address(sock.family):
                    network.append((outward, port))
            elif host.startswith("127.") or host == "::1":
                local.append((host, port))
            else:
                network.append((host, port))
        return tuple(map(sockets.address_text, local)), tuple(map(sockets.address_text, network))

    def accept(self, sock: socket.socket, local: str) -> None:
        """Take in who waits at one of the sockets, so many that others have a turn too."""
        for _ in range(ACCEPTS_A_TURN):
            try:
                connected, address = sock.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno not in _EXHAUSTED:
                    continue  # that caller gave up while it waited: accept(2), ECONNABORTED
                if not self._turn_away(sock, error):
                    self._back_off(sock)
                    return
                continue
            connected.setblocking(False)
            peer = (
                sockets.unix_peer(connected)
                if isinstance(self.endpoint, UnixEndpoint)
                else sockets.address_text(address)
            )
            self._accepted(connected, peer, address, self, local)

    def _turn_away(self, sock: socket.socket, error: OSError) -> bool:
        """Use the spare descriptor to tell a caller at once that there is no room."""
        told = False
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None
            with suppress(OSError):
                sockets.reset(sock.accept()[0])
                told = True
        with suppress(OSError):
            self._spare = os.open(os.devnull, os.O_RDONLY)
        self.refused += told
        self._exhausted(error, told)
        return told

    def _back_off(self, sock: socket.socket) -> None:
        self._poller.change(sock.fileno(), 0)

        def again() -> None:
            if sock.fileno() >= 0:
                self._poller.change(sock.fileno(), READ)

        self._loop.call_later(BACK_OFF_SECONDS, again)

    def newly_dropped(self) -> int:
        """Return how many tries of callers the kernel has dropped since the last call."""
        known, self._dropped = self._dropped, sum(map(sockets.dropped_tries, self._bound))
        return self._dropped - known

    def close(self) -> None:
        """Accept no more. A socket file of ours is removed; one that replaced it is not."""
        for sock in self._bound:
            self._poller.forget(sock.fileno())
            sock.close()
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None
        if isinstance(self.endpoint, UnixEndpoint) and self._unix_inode() == self._inode:
            with suppress(OSError):
                os.unlink(self.endpoint.path)

    def _unix_inode(self) -> tuple[int, int] | None:
        if not isinstance(self.endpoint, UnixEndpoint):
            return None
        try:
            found = os.lstat(self.endpoint.path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def picture(self) -> model.Listener:
        """Return what a screen shows of it."""
        return model.Listener(
            self.id,
            escape_text(str(self.endpoint)),
            self.addresses,
            self._local,
            self._network,
            self.open,
            self.accepted,
            self.refused,
        )


class _Door:
    """One listening socket, as the poller sees it."""

    odd = True

    def __init__(self, listener: Listener, sock: socket.socket, address: str) -> None:
        self._listener = listener
        self._sock = sock
        self._address = address

    def on_ready(self, ready: int) -> None:
        self._listener.accept(self._sock, self._address)


async def bind(endpoint: Endpoint) -> tuple[list[socket.socket], str]:
    """Bind all sockets that an endpoint stands for, on one port.

    Returns them and a note for the operator, "" for none. Raises CannotListen.
    """
    if isinstance(endpoint, UnixEndpoint):
        try:
            return [sockets.listen_unix(endpoint.path)], ""
        except OSError as error:
            raise _unix_error(endpoint, error) from error
    for attempt in range(8):  # a free port on IPv4 may be taken on IPv6
        try:
            return await _bind_tcp(endpoint)
        except UnicodeError:
            raise _unknown(endpoint) from None
        except OSError as error:
            if endpoint.port or error.errno != errno.EADDRINUSE or attempt == 7:
                raise await asyncio.to_thread(_tcp_error, endpoint, error) from error
    raise AssertionError("unreachable")


async def _bind_tcp(endpoint: TcpEndpoint) -> tuple[list[socket.socket], str]:
    bound: list[socket.socket] = []
    missing: OSError | None = None
    port = endpoint.port
    try:
        for family, host in await _addresses(endpoint):
            try:
                bound.append(sockets.listen_tcp(family, host, port))
            except OSError as error:
                if not (endpoint.host in (LOCALHOST, ANY) and error.errno in _NO_FAMILY):
                    error.filename = host  # for whoever explains it
                    raise
                missing = error
                absent = "IPv6" if family == socket.AF_INET6 else "IPv4"
                continue
            port = bound[-1].getsockname()[1]
        if missing and not bound:
            raise missing
    except OSError:
        for sock in bound:
            sock.close()
        raise
    return bound, f"no {absent} on this machine: {endpoint} is without it" if missing else ""


async def _addresses(endpoint: TcpEndpoint) -> list[tuple[int, str]]:
    known = {LOCALHOST: ("127.0.0.1", "::1"), ANY: ("0.0.0.0", "::")}
    if endpoint.host in known:
        four, six = known[endpoint.host]
        return [(socket.AF_INET, four), (socket.AF_INET6, six)]
    return await sockets.look_up(endpoint.host, endpoint.port)


def _unknown(endpoint: TcpEndpoint) -> CannotListen:
    return CannotListen(
        f"cannot listen on {endpoint}: the name {endpoint.host} is not known",
        "an address of this machine is needed",
    )


def _tcp_error(endpoint: TcpEndpoint, error: OSError) -> CannotListen:
    if isinstance(error, socket.gaierror):
        return _unknown(endpoint)
    match error.errno:
        case errno.EADDRINUSE:
            owner = sockets.port_owner(str(error.filename or endpoint.host), endpoint.port)
            by = f" by {owner}" if owner else ""
            free = _next_free(endpoint)
            return CannotListen(f"port {endpoint.port} is in use{by}", f"try {free} instead")
        case errno.EACCES | errno.EPERM:
            return CannotListen(
                f"cannot listen on {endpoint}: permission denied",
                "ports below 1024 need root or CAP_NET_BIND_SERVICE"
                if endpoint.port < 1024
                else "a security policy of this machine forbids it",
            )
        case errno.EADDRNOTAVAIL:
            hint = f"try :{endpoint.port} for all addresses of this machine"
            what = "is not an address of this machine"
            return CannotListen(f"cannot listen on {endpoint}: {endpoint.host} {what}", hint)
        case errno.EAFNOSUPPORT:
            return CannotListen(f"cannot listen on {endpoint}: no IPv6 on this machine")
    return _out_of(endpoint, error)


def _out_of(endpoint: Endpoint, error: OSError) -> CannotListen:
    hint = _MORE_FILES if error.errno in _NO_FILES else ""
    reason = (error.strerror or str(error)).lower()
    return CannotListen(f"cannot listen on {escape_text(str(endpoint))}: {reason}", hint)


def _next_free(endpoint: TcpEndpoint) -> str:
    """Return an address like the endpoint, on a port above it that is free now."""
    hosts = {LOCALHOST: ["127.0.0.1", "::1"], ANY: ["0.0.0.0", "::"]}.get(
        endpoint.host, [endpoint.host]
    )
    for port in range(endpoint.port + 1, min(endpoint.port + 100, 65536)):
        if all(_is_free(host, port) for host in hosts):
            names = {LOCALHOST: str(port), ANY: f":{port}"}
            return names.get(endpoint.host, str(TcpEndpoint(endpoint.host, port)))
    return "localhost:0"


def _is_free(host: str, port: int) -> bool:
    try:
        sockets.listen_tcp(socket.AF_INET6 if ":" in host else socket.AF_INET, host, port).close()
    except OSError as error:
        return error.errno in _NO_FAMILY
    return True


def _unix_error(endpoint: UnixEndpoint, error: OSError) -> CannotListen:
    path = escape_text(endpoint.path)
    if error.errno == errno.EADDRINUSE:
        if not _is_socket(endpoint.path):
            return CannotListen(f"{path} is in the way and is not a socket", "take another path")
        return CannotListen(f"{path} is in use by another program", "take another path")
    if error.errno is None:
        return CannotListen(f"cannot listen on unix:{path}: the path is too long for a socket")
    return _out_of(endpoint, error)


def _is_socket(path: str) -> bool:
    if sys.platform == "win32":
        return False
    import stat

    return stat.S_ISSOCK(os.lstat(path).st_mode)
