"""What the engine asks of the operating system, in one place, portable where it can be."""

import asyncio
import os
import socket
import stat
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tcpmon.core import tcpinfo
from tcpmon.core.escape import escape_text
from tcpmon.core.tcpinfo import TcpInfo

if sys.platform == "linux":  # here: a module is a file, and descriptors may be out later
    import fcntl
    import termios

BACKLOG = 4096
NOT_SENT_LOWAT = 256 * 1024
"""How much the kernel may hold unsent for one client. Without it a client that
does not read hides up to 4 MB from our queue, where it could be seen and counted."""

# Not TCP_USER_TIMEOUT, which would end a peer that is there but does not read: what it
# is for, a peer that is gone while data is unacknowledged, is seen in `tcp_info`.
_OPTIONS = (
    ("TCP_KEEPIDLE", 15),
    ("TCP_KEEPINTVL", 5),
    ("TCP_KEEPCNT", 3),
    ("TCP_NOTSENT_LOWAT", NOT_SENT_LOWAT),
)


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
    for name, value in _OPTIONS:
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

    0 where the system does not tell; of a Unix socket it would tell memory, not bytes.
    Source: tcp(7), SIOCOUTQ.
    """
    if sys.platform != "linux" or connected.family == socket.AF_UNIX:
        return 0
    try:
        answer = fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, bytes(4))
    except (OSError, ValueError):
        return 0
    return int.from_bytes(answer, sys.byteorder)


def tcp_info(connected: socket.socket) -> TcpInfo | None:
    """Return what the kernel knows of a connection, None where it does not tell."""
    if sys.platform != "linux" or connected.family == socket.AF_UNIX:
        return None
    return tcpinfo.unpack(connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, tcpinfo.SIZE))


_SO_MEMINFO, _DROPS = 55, slice(32, 36)  # include/uapi: asm-generic/socket.h, linux/sock_diag.h


def dropped_tries(listening: socket.socket) -> int:
    """Return how many tries of callers the kernel has dropped because the queue of those who
    wait to be accepted was full; 0 where this system does not tell."""
    if sys.platform != "linux":
        return 0
    try:
        info = listening.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _DROPS.stop)
    except OSError:
        return 0
    return int.from_bytes(info[_DROPS], sys.byteorder)


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
    """Return a socket address as people write it: "127.0.0.1:80", "[fe80::1%eth0]:80", a path."""
    if isinstance(address, tuple):
        host, port = with_scope(address), address[1]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return escape_text(os.fsdecode(address) if isinstance(address, str | bytes) else str(address))


def with_scope(address: tuple[object, ...]) -> str:
    """Return the host of a socket address, with the interface of a link-local one."""
    host = str(address[0])
    scope = address[3] if len(address) > 3 else 0
    if not scope or "%" in host or not isinstance(scope, int):
        return host
    try:
        return f"{host}%{socket.if_indextoname(scope)}"
    except OSError:
        return f"{host}%{scope}"


async def look_up(host: str, port: int) -> list[tuple[int, str]]:
    """Return (family, host) of all addresses that a name stands for.

    On a thread that nobody waits for: a look-up that hangs must not keep the program
    from ending. Raises OSError, UnicodeError.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[tuple[int, str]]] = loop.create_future()

    def tell(set_it: Callable[..., None], value: object) -> None:
        def unless_cancelled() -> None:
            if not answer.done():
                set_it(value)

        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(unless_cancelled)

    def work() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            tell(answer.set_exception, error)
        else:
            addresses = [(int(family), with_scope(address)) for family, *_, address in found]
            tell(answer.set_result, list(dict.fromkeys(addresses)))

    threading.Thread(target=work, name="tcpmon-look-up", daemon=True).start()
    return await answer


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


def port_owner(host: str, port: int) -> str:
    """Return who listens where a TCP address would be bound: "node (pid 4711)", "this
    tcpmon"; "" where it cannot be seen."""
    tables = ("/proc/net/tcp", "/proc/net/tcp6")
    wanted = {
        f"socket:[{fields[9]}]"
        for table in tables
        for line in _lines(table)
        if len(fields := line.split()) > 9 and fields[3] == _LISTENING
        if _overlaps(fields[1], host, port)
    }
    for process in Path("/proc").glob("[0-9]*") if wanted else ():
        if wanted & _links(process):
            if int(process.name) == os.getpid():
                return "this tcpmon"
            return f"{_program(int(process.name))} (pid {process.name})"
    return ""


_LISTENING = "0A"  # TCP_LISTEN in include/net/tcp_states.h


def _overlaps(local: str, host: str, port: int) -> bool:
    """Say whether a local address, as /proc/net/tcp has it, is in the way of another one."""
    digits, _, port_digits = local.partition(":")
    if int(port_digits, 16) != port:
        return False
    words = bytes.fromhex(digits)  # 32-bit words in the machine's order
    if sys.byteorder == "little":
        words = b"".join(words[at : at + 4][::-1] for at in range(0, len(words), 4))
    if not any(words):
        return True
    family = socket.AF_INET if len(words) == 4 else socket.AF_INET6
    every = "0.0.0.0" if family == socket.AF_INET else "::"
    return host.partition("%")[0] in (every, socket.inet_ntop(family, words))


def _links(process: Path) -> set[str]:
    """Return what the descriptors of a process are, as far as we may know."""
    links = set()
    with suppress(OSError):  # another user's, or gone
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                links.add(os.readlink(descriptor))
    return links


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
