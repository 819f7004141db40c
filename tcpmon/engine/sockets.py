"""What the engine asks of the operating system, in one place, portable where it can be."""

import os
import socket
import stat
import struct
import sys
from pathlib import Path

from tcpmon.core.escape import escape_text

BACKLOG = 4096
NOT_SENT_LOWAT = 256 * 1024
"""How much the kernel may hold unsent for one client. Without it a client that
does not read hides up to 4 MB from our queue, where it could be seen and counted."""

_KEEP_ALIVE = (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
_USER_TIMEOUT_MS = 30_000  # keep-alive alone never fires while data is unacknowledged


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open descriptors to the hard one; return what holds now."""
    if sys.platform == "win32":
        return 512  # what select() takes there
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
        except (ValueError, OSError):  # macOS refuses "unlimited"
            pass
    return soft if soft != resource.RLIM_INFINITY else 1 << 20


def _tune(listening: socket.socket) -> None:
    """Set what accepted sockets inherit from the listening one.

    Source: tcp(7), socket(7); that they do is tested.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    options = (
        *_KEEP_ALIVE,
        ("TCP_USER_TIMEOUT", _USER_TIMEOUT_MS),
        ("TCP_NOTSENT_LOWAT", NOT_SENT_LOWAT),
    )
    for name, value in options:
        if option := getattr(socket, name, None):
            listening.setsockopt(socket.IPPROTO_TCP, option, value)


def listen_tcp(family: int, host: str, port: int) -> socket.socket:
    """Return a non-blocking listening socket. Raises OSError."""
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        _tune(listening)
        listening.setblocking(False)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def listen_unix(path: str) -> socket.socket:
    """Return a non-blocking listening socket at path, mode 0600.

    A socket file that nobody listens on any more is replaced; anything else in
    the way is not. Raises OSError.
    """
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listening.setblocking(False)
        if _is_stale(path):
            os.unlink(path)
        listening.bind(path)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(mask)
    return listening


def _is_stale(path: str) -> bool:
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            return False
    except FileNotFoundError:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False


def reset(connected: socket.socket) -> None:
    """Close with a reset: what is queued is thrown away, and the peer is told."""
    try:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass  # the peer was faster
    connected.close()


def unacknowledged(connected: socket.socket) -> int:
    """Return how many bytes (a FIN counts as one) the peer's system has not acknowledged.

    0 where the system does not tell. Source: tcp(7), SIOCOUTQ.
    """
    if sys.platform != "linux":
        return 0
    import fcntl
    import termios

    try:
        answer = fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, bytes(4))
    except (OSError, ValueError):
        return 0
    return int.from_bytes(answer, sys.byteorder)


def pending_error(connected: socket.socket) -> int:
    """Return and clear the error that the kernel holds for a connection, 0 for none."""
    return connected.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def hung_up(fd: int) -> bool:
    """Say whether both directions of a connection are closed."""
    if sys.platform == "win32":
        return False
    import select

    poll = select.poll()
    poll.register(fd, 0)
    return any(ready & select.POLLHUP for _, ready in poll.poll(0))


def address_text(address: object) -> str:
    """Return a socket address as people write it: "127.0.0.1:80", "[::1]:80", a path."""
    if isinstance(address, tuple):
        host, port = address[0], address[1]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return escape_text(os.fsdecode(address) if isinstance(address, str | bytes) else str(address))


def outward_address(family: int) -> str:
    """Return the address by which this machine is seen from its network, "" if there is none.

    Nothing is sent: connecting a datagram socket only looks up the route. The
    targets are addresses reserved for documentation, RFC 5737 and RFC 3849.
    """
    target = "192.0.2.1" if family == socket.AF_INET else "2001:db8::1"
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((target, 9))
            return str(probe.getsockname()[0])
        except OSError:
            return ""


def unix_peer(connected: socket.socket) -> str:
    """Return who is at the other end of a Unix socket: "unix pid 4711 socat"."""
    if sys.platform != "linux":
        return "unix"
    try:
        credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    except OSError:
        return "unix"
    pid = struct.unpack("iII", credentials)[0]
    return f"unix pid {pid} {_program(pid)}".rstrip()


def _program(pid: int) -> str:
    try:
        return escape_text(os.fsdecode(Path(f"/proc/{pid}/comm").read_bytes()).rstrip("\n"))
    except OSError:
        return ""


def port_owner(port: int) -> str:
    """Return who listens on a TCP port, as "node (pid 4711)"; "" where it cannot be seen."""
    inodes = {
        fields[9]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in _lines(table)
        if len(fields := line.split()) > 9
        and fields[3] == "0A"
        and fields[1].endswith(f":{port:04X}")
    }
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*") if wanted else ():
        try:
            links = {os.readlink(link) for link in (process / "fd").iterdir()}
        except OSError:  # another user's, or gone
            continue
        if links & wanted:
            return f"{_program(int(process.name))} (pid {process.name})"
    return ""


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
