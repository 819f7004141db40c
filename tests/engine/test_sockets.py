"""What the operating system is asked, and that it answers as the engine relies on."""

import errno
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tcpmon.engine import sockets
from tests.engine.conftest import WAIT

Pair = tuple[socket.socket, socket.socket]

FAMILIES = pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")],
    ids=["ipv4", "ipv6"],
)  # fmt: skip


@pytest.fixture
def tcp() -> Iterator[Pair]:
    """Give a TCP connection: our accepted end and the peer's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        theirs = socket.create_connection(listening.getsockname(), WAIT)
        ours, _ = listening.accept()
    with ours, theirs:
        yield ours, theirs


# -- listening ------------------------------------------------------------------------


@FAMILIES
def test_accepted_sockets_inherit_what_was_set(family: int, host: str) -> None:
    """No system call is needed for each client: it has all options from the listening
    socket, as tcp(7) and socket(7) say."""
    with sockets.listen_tcp(family, host, 0) as listening:
        assert not listening.getblocking()
        with socket.create_connection(listening.getsockname()[:2], WAIT):
            accepted, _ = listening.accept()
    wanted = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.SOL_SOCKET, socket.SO_OOBINLINE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 15),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
        (socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, sockets.NOT_SENT_LOWAT),
    ]
    with accepted:
        for level, option, value in wanted:
            assert accepted.getsockopt(level, option) == value, option


@FAMILIES
def test_a_live_port_is_never_shared(family: int, host: str) -> None:
    """A second listener on a port is an error, never a share of its callers."""
    with (
        sockets.listen_tcp(family, host, 0) as first,
        pytest.raises(OSError, match="in use") as caught,
    ):
        sockets.listen_tcp(family, host, first.getsockname()[1])
    assert caught.value.errno == errno.EADDRINUSE


def test_an_ipv6_listener_leaves_ipv4_alone() -> None:
    """An IPv6 address takes no IPv4 callers, so that both can have the same port."""
    with (
        sockets.listen_tcp(socket.AF_INET6, "::", 0) as six,
        sockets.listen_tcp(socket.AF_INET, "0.0.0.0", six.getsockname()[1]) as four,
    ):
        assert four.getsockname()[1] == six.getsockname()[1]


# -- Unix sockets -----------------------------------------------------------------------


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Run with a umask that hides nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_a_unix_socket_is_its_owners_alone(tmp_path: Path) -> None:
    """The socket file has mode 0600 even under umask 0, and the umask is put back."""
    path = tmp_path / "s"
    with sockets.listen_unix(str(path)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = os.umask(0)
    assert before == 0


@pytest.mark.usefixtures("open_umask")
def test_a_failure_to_bind_puts_the_umask_back(tmp_path: Path) -> None:
    """Whatever goes wrong with a Unix socket, other files keep the modes they would have."""
    with pytest.raises(OSError, match="No such file"):
        sockets.listen_unix(str(tmp_path / "missing" / "s"))
    assert os.umask(0) == 0


def test_a_socket_file_that_nobody_listens_on_is_replaced(tmp_path: Path) -> None:
    """What a program left behind that was killed is not in the way."""
    path = str(tmp_path / "s")
    sockets.listen_unix(path).close()
    assert Path(path).is_socket()
    with (
        sockets.listen_unix(path),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller,
    ):
        caller.connect(path)


def test_a_live_owner_keeps_its_socket_file(tmp_path: Path) -> None:
    """A path on which somebody listens is refused, and stays theirs."""
    path = str(tmp_path / "s")
    with sockets.listen_unix(path) as owner:
        before = os.lstat(path).st_ino
        with pytest.raises(OSError, match="in use"):
            sockets.listen_unix(path)
        assert os.lstat(path).st_ino == before
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            caller.connect(path)
            owner.accept()[0].close()


def test_what_is_not_a_socket_is_left_alone(tmp_path: Path) -> None:
    """A file, a folder or a link in the way is refused and not touched."""
    (tmp_path / "file").write_text("precious")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "broken").symlink_to(tmp_path / "nothing")
    before = sorted(path.name for path in tmp_path.iterdir())
    for name in before:
        with pytest.raises(OSError, match="in use"):
            sockets.listen_unix(str(tmp_path / name))
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "file").read_text() == "precious"


def test_a_unix_peer_is_named_by_its_process() -> None:
    """A Unix peer's name tells its pid and program."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        name = sockets.unix_peer(ours)
    comm = Path("/proc/self/comm").read_text().rstrip("\n")
    assert name == f"unix pid {os.getpid()} {comm}"


def test_a_program_cannot_forge_its_row_by_its_name() -> None:
    """A process may call itself anything: what we show of it is printable text."""
    script = r"""
import socket, sys
with open("/proc/self/comm", "w") as comm:
    comm.write("\x1b[31mbad\nrow")
from tcpmon.engine import sockets
ours, theirs = socket.socketpair()
print(ascii(sockets.unix_peer(ours)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=WAIT, check=True
    )
    assert re.fullmatch(r"'unix pid \d+ \\\\x1b\[31mbad\\\\nrow'\n", done.stdout)


# -- ends -------------------------------------------------------------------------------


def test_a_reset_reaches_the_peer(tcp: Pair) -> None:
    """Who is reset reads ECONNRESET and not an orderly end; what was queued is gone."""
    ours, theirs = tcp
    sockets.reset(ours)
    assert ours.fileno() == -1
    with pytest.raises(ConnectionResetError):
        theirs.recv(1)


def test_a_reset_after_the_peers_reset_is_no_error(tcp: Pair) -> None:
    """A peer may be faster with its reset."""
    ours, theirs = tcp
    sockets.reset(theirs)
    sockets.reset(ours)
    sockets.reset(ours)


def test_what_a_peer_has_not_acknowledged_is_counted(tcp: Pair) -> None:
    """What its system has taken is acknowledged; what it cannot hold is not."""
    ours, theirs = tcp
    assert sockets.unacknowledged(ours) == 0
    ours.setblocking(False)
    sent = 0
    try:
        while True:
            sent += ours.send(bytes(1 << 20))
    except BlockingIOError:
        pass
    held = sockets.unacknowledged(ours)
    assert 0 < held <= sent
    theirs.setblocking(False)
    assert len(theirs.recv(1)) == 1
    ours.close()
    assert sockets.unacknowledged(ours) == 0


def test_a_unix_peers_unread_bytes_are_not_overstated() -> None:
    """Of a Unix peer, never more is said to be unsent than was sent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.send(b"hello")
        assert sockets.unacknowledged(ours) <= 5


def test_a_pending_error_is_told_once(tcp: Pair) -> None:
    """The kernel keeps what went wrong until it is asked, and then forgets it."""
    ours, theirs = tcp
    assert sockets.pending_error(ours) == 0
    sockets.reset(theirs)
    assert sockets.pending_error(ours) == errno.ECONNRESET
    assert sockets.pending_error(ours) == 0


def test_hung_up_is_who_has_closed_both_ways(tcp: Pair) -> None:
    """One direction closed is half-open; both is the end."""
    ours, theirs = tcp
    assert not sockets.hung_up(ours.fileno())
    theirs.shutdown(socket.SHUT_WR)
    assert ours.recv(1) == b""
    assert not sockets.hung_up(ours.fileno())
    ours.shutdown(socket.SHUT_WR)
    assert theirs.recv(1) == b""
    assert sockets.hung_up(ours.fileno())


# -- names ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (("127.0.0.1", 80), "127.0.0.1:80"),
        (("::1", 8000, 0, 0), "[::1]:8000"),
        ("/tmp/my.sock", "/tmp/my.sock"),
        (b"/tmp/\xff.sock", r"/tmp/\xff.sock"),
        ("/tmp/a\nb", r"/tmp/a\nb"),
        ("", ""),
    ],
)
def test_addresses_are_written_as_people_write_them(address: object, text: str) -> None:
    """An address is text that can be typed back, and never more than one line."""
    assert sockets.address_text(address) == text


@FAMILIES
def test_the_owner_of_a_port_is_named(family: int, host: str) -> None:
    """Who listens on a port is told with its program and pid; of a free port nobody."""
    script = f"""
import socket
with socket.create_server(({host!r}, 0), family=socket.AddressFamily({int(family)})) as listening:
    print(listening.getsockname()[1], flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout
        port = int(owner.stdout.readline())
        named = sockets.port_owner(host, port)
        every = {"127.0.0.1": "0.0.0.0", "::1": "::"}[host]
        assert sockets.port_owner(every, port) == named
        assert sockets.port_owner("192.0.2.1", port) == ""
        owner.communicate("\n", WAIT)
    assert re.fullmatch(rf"\S+ \(pid {owner.pid}\)", named)
    assert sockets.port_owner(host, port) == ""


def test_we_are_named_as_the_owner_of_our_own_port() -> None:
    """A process whose descriptors come and go while they are listed, as our own do, is
    found all the same."""
    with sockets.listen_tcp(socket.AF_INET, "127.0.0.1", 0) as listening:
        assert sockets.port_owner(*listening.getsockname()[:2]) == "this tcpmon"


def test_a_machine_without_a_network_has_no_outward_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a route there is nothing to tell clients elsewhere; with one, an address."""

    def connect(_sock: socket.socket, address: tuple[str, int]) -> None:
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert sockets.outward_address(socket.AF_INET) == ""
    assert sockets.outward_address(socket.AF_INET6) == ""
    monkeypatch.setattr(socket.socket, "connect", lambda sock, address: None)
    monkeypatch.setattr(socket.socket, "getsockname", lambda sock: ("10.0.0.5", 4711))
    assert sockets.outward_address(socket.AF_INET) == "10.0.0.5"


def test_the_limit_of_descriptors_is_raised_to_what_is_allowed() -> None:
    """The soft limit becomes the hard one, and what holds is returned."""
    script = """
import resource
from tcpmon.engine.sockets import raise_descriptor_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
print(raise_descriptor_limit(), resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=WAIT, check=True
    )
    assert done.stdout == "200 (200, 200)\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_tries_that_found_the_queue_full_are_counted() -> None:
    """Nothing while there is room; then what the kernel drops at this socket, not elsewhere."""
    here = ("127.0.0.1", 0)
    with ExitStack() as stack:
        full, other = [stack.enter_context(socket.create_server(here, backlog=5)) for _ in "ab"]
        assert sockets.dropped_tries(full) == 0
        for _ in range(20):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        assert sockets.dropped_tries(full) >= 10
        assert sockets.dropped_tries(other) == 0


def test_a_unix_socket_drops_nobody(tmp_path: Path) -> None:
    """A caller of a Unix socket waits."""
    with sockets.listen_unix(str(tmp_path / "s")) as listening:
        assert sockets.dropped_tries(listening) == 0
