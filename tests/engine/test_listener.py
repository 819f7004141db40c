"""Where one can listen, what is said when one cannot, and how callers are taken in."""

import asyncio
import contextlib
import errno
import json
import os
import re
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from tcpmon.core import endpoint as endpoints
from tcpmon.core.commands import Listen, Unlisten
from tcpmon.core.endpoint import TcpEndpoint, UnixEndpoint
from tcpmon.core.errors import CannotListen, NoSuchTarget, Stopped
from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind, Reason
from tcpmon.engine import sockets
from tcpmon.engine.engine import Engine, MakePoller
from tcpmon.engine.poller import EpollPoller, LoopPoller
from tests.engine.conftest import ALL, WAIT, Serve, Stage

HOSTS = ("127.0.0.1", "::1")


@pytest.fixture(params=[EpollPoller, LoopPoller])
def poller(request: pytest.FixtureRequest) -> MakePoller:
    found: MakePoller = request.param
    return found


def said(engine: Engine, kind: Kind) -> list[str]:
    """Return the text of all INFO or all WARN records."""
    return [record.data.decode() for record in engine.records(0, ALL) if record.kind is kind]


async def greets(engine: Engine, address: str) -> bool:
    """Say whether a caller at an address, as a person writes it, is taken in."""
    before = engine.totals().accepted
    host, _, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), WAIT):
        await engine.until(lambda: engine.totals().accepted > before, WAIT)
    await engine.until(lambda: engine.totals().open == 0, WAIT)
    return True


def refuses(address: str) -> bool:
    """Say whether nobody listens at an address."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), WAIT).close()
    except ConnectionRefusedError:
        return True
    return False


@contextlib.contextmanager
def taken(host: str, port: int = 0) -> Iterator[int]:
    """Hold a port, as another program does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listening:
        yield listening.getsockname()[1]


def suggested(error: CannotListen) -> endpoints.Endpoint:
    """Return the address that a hint tells to try."""
    words = re.match(r"try (\S+) ", error.hint)
    assert words, error.hint
    return endpoints.parse(words[1])


def fail_listening(monkeypatch: pytest.MonkeyPatch, number: int, families: tuple[int, ...]) -> None:
    """Let listening fail on some address families, as on a machine without them."""
    listen = sockets.listen_tcp

    def listen_tcp(family: int, host: str, port: int) -> socket.socket:
        if family in families:
            raise OSError(number, os.strerror(number))
        return listen(family, host, port)

    monkeypatch.setattr(sockets, "listen_tcp", listen_tcp)


# -- where one can listen -----------------------------------------------------------------


@pytest.mark.parametrize("host", HOSTS)
async def test_a_free_port_is_found_and_told(engine: Engine, host: str) -> None:
    """Port 0 takes a free one; the listener says which, and INFO tells it."""
    listener = await engine.listen(TcpEndpoint(host, 0))
    (address,) = listener.addresses
    assert not address.endswith(":0")
    assert listener.endpoint == str(TcpEndpoint(host, 0))
    assert await greets(engine, address)
    assert said(engine, Kind.INFO) == [f"listening on {address}"]
    assert (listener.local, listener.network) == ((address,), ())


async def test_localhost_is_both_families_on_one_port(engine: Engine) -> None:
    """localhost:0 listens on 127.0.0.1 and ::1, on the same port."""
    listener = await engine.listen("localhost:0")
    four, six = listener.addresses
    port = four.rpartition(":")[2]
    assert (four, six) == (f"127.0.0.1:{port}", f"[::1]:{port}")
    assert await greets(engine, four)
    assert await greets(engine, six)
    assert listener.local == (four, six)
    assert said(engine, Kind.INFO) == [f"listening on {four} and {six}"]


async def test_localhost_looks_for_a_port_that_is_free_on_both(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that is free on IPv4 and taken on IPv6 is not what port 0 settles for."""
    listen = sockets.listen_tcp
    busy = iter((True, True, False))

    def listen_tcp(family: int, host: str, port: int) -> socket.socket:
        if family == socket.AF_INET6 and next(busy):
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        return listen(family, host, port)

    monkeypatch.setattr(sockets, "listen_tcp", listen_tcp)
    four, six = (await engine.listen("localhost:0")).addresses
    assert four.rpartition(":")[2] == six.rpartition(":")[2]
    assert said(engine, Kind.WARN) == []


async def test_a_star_is_every_address(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """*:0 listens on all addresses of both families, and tells what to type elsewhere."""
    outward = {socket.AF_INET: "10.0.0.5", socket.AF_INET6: ""}
    monkeypatch.setattr(sockets, "outward_address", lambda family: outward[family])
    listener = await engine.listen("*:0")
    port = listener.addresses[0].rpartition(":")[2]
    assert listener.addresses == (f"0.0.0.0:{port}", f"[::]:{port}")
    assert listener.local == (f"127.0.0.1:{port}", f"[::1]:{port}")
    assert listener.network == (f"10.0.0.5:{port}",)
    for address in listener.local:
        assert await greets(engine, address)


async def test_a_name_is_all_addresses_it_stands_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host name is looked up, and each of its addresses listened on once, on one port."""

    def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        assert host == "raspberrypi"
        four = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        six = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0))
        return [four, six, four]

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", getaddrinfo)
        listener = await engine.listen("raspberrypi:0")
    port = listener.addresses[0].rpartition(":")[2]
    assert listener.addresses == (f"127.0.0.1:{port}", f"[::1]:{port}")
    for address in listener.addresses:
        assert await greets(engine, address)


async def test_a_link_local_address_keeps_its_scope(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fe80:: means nothing without its interface: that is what is bound."""
    asked: list[tuple[object, ...]] = []

    def bind(_sock: socket.socket, address: tuple[object, ...]) -> None:
        asked.append(address)
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))

    monkeypatch.setattr(socket.socket, "bind", bind)
    scope = socket.if_nametoindex(socket.if_indextoname(1))
    with pytest.raises(CannotListen):
        await engine.listen(TcpEndpoint(f"fe80::1%{scope}", 0))
    (address,) = asked
    assert "%" in str(address[0]) or address[3:] == (scope,), f"asked for {address}"


@pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
@pytest.mark.parametrize("address", ["localhost:0", "*:0"])
async def test_a_machine_without_ipv6_gets_a_note(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, address: str, number: int
) -> None:
    """Where there is no IPv6 at all, what means both families starts with a WARN."""
    fail_listening(monkeypatch, number, (socket.AF_INET6,))
    listener = await engine.listen(address)
    assert len(listener.addresses) == 1
    (warning,) = said(engine, Kind.WARN)
    assert "no IPv6" in warning
    assert await greets(engine, listener.local[0])


async def test_a_machine_without_ipv4_gets_a_note(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for a machine with IPv6 only."""
    fail_listening(monkeypatch, errno.EADDRNOTAVAIL, (socket.AF_INET,))
    listener = await engine.listen("localhost:0")
    assert listener.addresses[0].startswith("[::1]:")
    assert "no IPv4" in said(engine, Kind.WARN)[0]
    assert await greets(engine, listener.addresses[0])


async def test_listeners_of_all_kinds_serve_side_by_side(engine: Engine, tmp_path: Path) -> None:
    """Several listeners have their own counts and share the sums and the table."""
    four = await engine.listen("127.0.0.1:0")
    six = await engine.listen("[::1]:0")
    unix = await engine.listen(UnixEndpoint(str(tmp_path / "s")))
    for listener in (four, six, six):
        assert await greets(engine, listener.addresses[0])
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.connect(str(tmp_path / "s"))
        await engine.until(lambda: engine.totals().open == 1, WAIT)
        pictures = Stage.listeners(engine)
        assert [(listener.id, listener.clients, listener.accepted) for listener in pictures] == [
            (four.id, 0, 1), (six.id, 0, 2), (unix.id, 1, 1),
        ]  # fmt: skip
    assert engine.totals().accepted == 4


# -- what is said when one cannot ------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "owner"),
    [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("localhost", "127.0.0.1"),
     ("localhost", "::1"), ("*", "0.0.0.0"), ("*", "::")],
)  # fmt: skip
async def test_a_taken_port_is_told_with_a_way_out(engine: Engine, host: str, owner: str) -> None:
    """A port in use is named; the hint names an address that works, and nothing else was
    bound meanwhile."""
    with taken(owner) as port:
        with pytest.raises(CannotListen) as caught:
            await engine.listen(TcpEndpoint(host, port))
        assert caught.value.message.startswith(f"port {port} is in use")
        assert caught.value.exit_code == 3
        assert Stage.listeners(engine) == ()
        other = suggested(caught.value)
        assert isinstance(other, TcpEndpoint)
        assert other.port != port
        listener = await engine.listen(other)
    assert await greets(engine, listener.local[0])
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(owner, owner)
    assert refuses(f"{here}:{port}")


async def test_the_owner_of_a_taken_port_is_told(engine: Engine) -> None:
    """Another program that holds the port is named with its pid."""
    script = """
import socket
with socket.create_server(("127.0.0.1", 0)) as listening:
    print(listening.getsockname()[1], flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout
        port = int(owner.stdout.readline())
        with pytest.raises(CannotListen) as caught:
            await engine.listen(f"127.0.0.1:{port}")
        owner.communicate("\n", WAIT)
    assert re.fullmatch(rf"port {port} is in use by \S+ \(pid {owner.pid}\)", caught.value.message)


async def test_our_own_port_is_told_as_ours(engine: Engine) -> None:
    """A port that another listener of ours holds is told so."""
    listener = await engine.listen("*:0")
    port = listener.addresses[0].rpartition(":")[2]
    with pytest.raises(CannotListen) as caught:
        await engine.listen(f"localhost:{port}")
    assert caught.value.message.endswith("in use by this tcpmon")


async def test_a_hint_for_localhost_works_on_both_families(engine: Engine) -> None:
    """The port that a hint tells to try is free on IPv4 and on IPv6."""
    with contextlib.ExitStack() as stack:
        while True:
            port = stack.enter_context(taken("127.0.0.1"))
            with contextlib.suppress(OSError, OverflowError):
                stack.enter_context(taken("::1", port + 1))
                break
        with pytest.raises(CannotListen) as caught:
            await engine.listen(f"localhost:{port}")
        assert len((await engine.listen(suggested(caught.value))).addresses) == 2


async def test_half_a_localhost_is_not_left_behind(engine: Engine) -> None:
    """When one of the two families cannot be bound, the other is let go."""
    with taken("::1") as port:
        with pytest.raises(CannotListen):
            await engine.listen(f"localhost:{port}")
        assert refuses(f"127.0.0.1:{port}")


async def test_an_unknown_name_is_told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody knows is repeated in the error."""

    def getaddrinfo(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(CannotListen, match=r"the name no-such-host is not known"):
        await engine.listen("no-such-host:9000")


async def test_an_address_of_another_machine_is_told(engine: Engine) -> None:
    """An address that is not here is named, and the hint can be typed."""
    with pytest.raises(CannotListen) as caught:
        await engine.listen("203.0.113.7:9000")
    assert "203.0.113.7 is not an address of this machine" in caught.value.message
    assert suggested(caught.value) == TcpEndpoint("*", 9000)


@pytest.mark.parametrize(("port", "word"), [(81, "CAP_NET_BIND_SERVICE"), (8000, "policy")])
async def test_a_forbidden_port_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, port: int, word: str
) -> None:
    """A privileged port says what it would need; another says that something forbids it."""

    def bind(_sock: socket.socket, address: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(CannotListen) as caught:
        await engine.listen(f"127.0.0.1:{port}")
    assert f"127.0.0.1:{port}: permission denied" in caught.value.message
    assert word in caught.value.hint


@pytest.mark.parametrize("address", ["localhost:9000", "*:9000", "[::1]:9000"])
async def test_no_family_at_all_is_an_error(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Where nothing that an address stands for exists, it is an error and not a note."""
    fail_listening(monkeypatch, errno.EAFNOSUPPORT, (socket.AF_INET, socket.AF_INET6))
    with pytest.raises(CannotListen, match=re.escape(f"cannot listen on {address}")):
        await engine.listen(address)
    assert said(engine, Kind.WARN) == []


async def test_the_same_address_twice_is_refused(engine: Engine, tmp_path: Path) -> None:
    """A duplicate is an error; port 0 is another port each time."""
    first = await engine.listen("127.0.0.1:0")
    second = await engine.listen("127.0.0.1:0")
    assert first.addresses != second.addresses
    with taken("127.0.0.1") as port:
        pass
    await engine.listen(f"127.0.0.1:{port}")
    with pytest.raises(CannotListen, match=f"already listening on 127.0.0.1:{port}"):
        await engine.listen(f"127.0.0.1:{port}")
    await engine.listen(UnixEndpoint(str(tmp_path / "s")))
    with pytest.raises(CannotListen, match="already listening on unix:"):
        await engine.listen(UnixEndpoint(str(tmp_path / "s")))
    assert len(Stage.listeners(engine)) == 4


async def test_listening_again_after_unlisten(engine: Engine) -> None:
    """An address that was given up can be taken again at once."""
    listener = await engine.listen("127.0.0.1:0")
    await engine.do(Unlisten(listener.id))
    again = await engine.listen(listener.addresses[0])
    assert again.addresses == listener.addresses
    assert await greets(engine, again.addresses[0])


# -- Unix sockets -----------------------------------------------------------------------------


async def test_a_socket_file_lives_as_long_as_its_listener(tmp_path: Path) -> None:
    """The file has mode 0600 under any umask and goes with Unlisten or with the engine."""
    before = os.umask(0)
    try:
        async with Engine() as engine:
            first = await engine.listen(UnixEndpoint(str(tmp_path / "first")))
            await engine.listen(UnixEndpoint(str(tmp_path / "second")))
            for path in tmp_path.iterdir():
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
            await engine.do(Unlisten(first.id))
            assert [path.name for path in tmp_path.iterdir()] == ["second"]
        assert list(tmp_path.iterdir()) == []
    finally:
        os.umask(before)


async def test_a_stale_socket_file_is_replaced(engine: Engine, tmp_path: Path) -> None:
    """What a killed program left behind is taken over."""
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    await engine.listen(UnixEndpoint(str(path)))
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
        await engine.until(lambda: engine.totals().open == 1, WAIT)


async def test_a_live_socket_file_is_never_stolen(engine: Engine, tmp_path: Path) -> None:
    """Another's socket is refused, goes on working, and outlives our attempt."""
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as owner:
        owner.bind(path)
        owner.listen()
        with pytest.raises(CannotListen, match="in use by another program"):
            await engine.listen(UnixEndpoint(path))
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(path)
    assert Path(path).is_socket()


async def test_a_file_in_the_way_of_a_socket_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    """A regular file is told to be in the way, and keeps its content."""
    path = tmp_path / "notes"
    path.write_text("precious")
    with pytest.raises(CannotListen, match="in the way and is not a socket"):
        await engine.listen(UnixEndpoint(str(path)))
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("path", "reason"),
    [("missing/s", "no such file or directory"), ("x" * 200, "the path is too long for a socket")],
)
async def test_an_impossible_socket_file_is_told(
    engine: Engine, tmp_path: Path, path: str, reason: str
) -> None:
    """What the system says about a path is passed on in one line."""
    with pytest.raises(CannotListen, match=reason) as caught:
        await engine.listen(UnixEndpoint(str(tmp_path / path)))
    assert caught.value.message.startswith("cannot listen on unix:")


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOMEM])
@pytest.mark.parametrize("call", ["os.open", "watch"])
async def test_a_listener_that_gets_no_descriptor_is_told_and_leaves_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """When the machine is out of something only after the address was bound, that is told
    like any other reason, and the address is free again (R01)."""
    path = tmp_path / "s"
    await engine.listen("localhost:0")  # its watching must not be disturbed

    def failing(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        if call == "watch":
            patch.setattr(engine._poller, "watch", failing)
        else:
            patch.setattr("tcpmon.engine.listener.os.open", failing)
        for address in ("localhost:0", f"unix:{path}"):
            with pytest.raises(CannotListen) as caught:
                await engine.listen(address)
            assert caught.value.message == (
                f"cannot listen on {address}: {os.strerror(number).lower()}"
            )
            assert ("ulimit -n" in caught.value.hint) == (number == errno.EMFILE)
        assert not path.exists()
    await engine.listen(f"unix:{path}")
    assert len(Stage.listeners(engine)) == 2


async def test_a_socket_file_that_was_replaced_is_not_ours_to_remove(tmp_path: Path) -> None:
    """If somebody else put something at our path meanwhile, it is there afterwards."""
    path = tmp_path / "s"
    async with Engine() as engine:
        await engine.listen(UnixEndpoint(str(path)))
        path.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
            await engine.stop()
            assert path.is_socket()


async def test_a_socket_file_that_is_gone_already_is_no_error(tmp_path: Path) -> None:
    """Somebody may have removed our file."""
    path = tmp_path / "s"
    async with Engine() as engine:
        await engine.listen(UnixEndpoint(str(path)))
        path.unlink()


# -- the end of a listener ---------------------------------------------------------------------


async def test_unlisten_keeps_the_clients(serve: Serve) -> None:
    """Who is connected stays connected when its listener goes; new callers find nobody."""
    stage = await serve(answer=lambda data: data)
    peer = await stage.peer()
    await stage.engine.do(Unlisten(stage.listener.id))
    assert stage.view().listeners == ()
    assert refuses(stage.listener.addresses[0])
    await peer.say(b"still here")
    assert await peer.hear(10) == b"still here"
    assert said(stage.engine, Kind.INFO)[-1] == (
        f"stopped listening on {stage.listener.addresses[0]}"
    )
    peer.close()
    await stage.gone(peer)
    assert stage.end(peer).reason is Reason.PEER_CLOSED


async def test_unlisten_of_nothing_is_told(engine: Engine) -> None:
    """A listener that is not there, or not any more, cannot be given up."""
    with pytest.raises(NoSuchTarget, match="there is no listener 7"):
        await engine.do(Unlisten(7))
    listener = await engine.listen("127.0.0.1:0")
    await engine.do(Unlisten(listener.id))
    with pytest.raises(NoSuchTarget):
        await engine.do(Unlisten(listener.id))


async def test_a_restart_gets_its_port_back_at_once(serve: Serve) -> None:
    """A port whose clients have just been disconnected can be listened on again (R86)."""
    stage = await serve(limits=Limits(flush_seconds=0.1))
    peer = await stage.peer()
    await stage.send(b"hello", peer)
    await stage.engine.stop()
    async with Engine() as engine:
        again = await engine.listen(stage.listener.addresses[0])
        assert await greets(engine, again.addresses[0])


async def test_an_engine_that_is_ending_takes_no_listener(tmp_path: Path) -> None:
    """While an engine waits for its clients nothing new is bound, nor left behind."""
    path = tmp_path / "s"
    async with Engine(limits=Limits(stop_seconds=0.5)) as engine:
        listener = await engine.listen("127.0.0.1:0")
        host, port = listener.addresses[0].split(":")
        with socket.create_connection((host, int(port)), WAIT):  # does not answer our FIN
            await engine.until(lambda: engine.totals().open == 1, WAIT)
            stopping = asyncio.ensure_future(engine.stop())
            await asyncio.sleep(0)
            with pytest.raises(Stopped):
                await engine.listen(UnixEndpoint(str(path)))
            await stopping
    assert not path.exists()


async def test_an_engine_that_ends_during_a_look_up_leaves_nothing_bound(
    monkeypatch: pytest.MonkeyPatch, descriptors: None
) -> None:
    """When the engine stops while a name is looked up, whoever asked to listen is told
    Stopped, and nothing is left listening."""
    asked, told = asyncio.Event(), threading.Event()
    made: list[socket.socket] = []
    listen = sockets.listen_tcp

    def listen_tcp(family: int, host: str, port: int) -> socket.socket:
        made.append(listen(family, host, port))
        return made[-1]

    monkeypatch.setattr(sockets, "listen_tcp", listen_tcp)

    loop = asyncio.get_running_loop()

    def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        loop.call_soon_threadsafe(asked.set)
        told.wait(WAIT)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    engine = Engine()
    engine.start()
    listening = asyncio.ensure_future(engine.do(Listen(TcpEndpoint("slow.test", 0))))
    await asked.wait()
    await engine.stop()
    told.set()
    await asyncio.wait([listening])
    left = [sock for sock in made if sock.fileno() >= 0]
    for sock in left:
        sock.close()
    assert isinstance(listening.exception(), Stopped)
    assert left == []


# -- callers ----------------------------------------------------------------------------------


async def test_many_callers_are_taken_in_by_parts(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 200 that wait at once at most 64 are taken in one after the other, so that clients
    have their turn too; nobody is forgotten."""
    monkeypatch.setattr("tcpmon.engine.poller.TURN_SECONDS", -1.0)  # after each few events
    stage = await serve()
    taken_in = [0]
    stage.engine.taps.append(lambda: taken_in.append(stage.engine.totals().accepted))
    for _ in range(200):
        stage.call()
    await stage.until(lambda: stage.engine.totals().open == 200)
    assert max(after - before for before, after in pairwise(taken_in)) <= 64
    assert stage.view().count == 200


async def test_a_storm_of_resets_is_told_in_full(serve: Serve) -> None:
    """Each of 200 callers that connect, speak and reset before they are looked at has its
    row with address, bytes and reason (R06)."""
    stage = await serve()
    ports = set()
    for _ in range(200):
        peer = stage.call()
        ports.add(peer.sock.getsockname()[1])
        peer.sock.send(b"!")
        peer.reset()
    await stage.until(lambda: stage.view().totals.closed == 200)
    rows = stage.view().rows
    assert {int(row.peer.rpartition(":")[2]) for row in rows} == ports
    assert {(row.rx_bytes, row.end) for row in rows} == {(1, "reset by peer")}
    assert stage.view().listeners[0].clients == 0


# -- callers that cannot be taken in -------------------------------------------------------------


def fail_accept(monkeypatch: pytest.MonkeyPatch, *numbers: int) -> None:
    """Let the next accepts fail, each with its error."""
    accept = socket.socket.accept
    left = list(numbers)

    def failing(sock: socket.socket) -> tuple[socket.socket, object]:
        if left:
            number = left.pop(0)
            raise OSError(number, os.strerror(number))
        return accept(sock)

    monkeypatch.setattr(socket.socket, "accept", failing)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
async def test_a_caller_without_room_is_told_at_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """When the machine is out of something, a caller gets a reset and the operator a
    line; the next is served (R03)."""
    stage = await serve()
    fail_accept(monkeypatch, number)
    surplus = stage.call()
    assert await surplus.hear_all() == (b"", True)
    await stage.until(lambda: stage.view().totals.refused == 1)
    assert stage.view().listeners[0].refused == 1
    reason = os.strerror(number).lower()
    assert stage.warnings() == [f"1 caller refused: {reason}; raise the limit with ulimit -n"]
    assert reason in stage.view().totals.trouble
    await stage.peer()


async def test_a_caller_who_waits_until_there_is_room_is_not_refused(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When not even a refusal is possible, the caller waits and is served a little later:
    it is not counted as refused."""
    stage = await serve(answer=lambda data: data)
    fail_accept(monkeypatch, errno.ENFILE, errno.ENFILE)
    peer = stage.call()
    await peer.say(b"patience")
    assert await peer.hear(8) == b"patience"
    totals = stage.view().totals
    assert (totals.accepted, totals.refused) == (1, 0)


async def test_a_caller_who_gave_up_while_it_waited_is_passed_over(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An accept that fails because of its caller (ECONNABORTED) is the next one's turn."""
    stage = await serve()
    fail_accept(monkeypatch, errno.ECONNABORTED, errno.EPROTO)
    await stage.peer()
    assert stage.view().totals.refused == 0
    assert stage.warnings() == []


SERVER = """
import asyncio, json, resource, sys
from tcpmon import Engine, Kind, Limits
from tcpmon.core.model import Ask
from tcpmon.engine import poller

async def main(which, limit, limits):
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    make = getattr(poller, which)
    async with Engine(answer=bytes.upper, limits=Limits(**limits), make_poller=make) as engine:
        listener = await engine.listen("127.0.0.1:0")
        print(listener.addresses[0].rpartition(":")[2], flush=True)
        await ended
        view = engine.view(Ask())
        lines = [record.data.decode() for record in engine.records(0, 1000)
                 if record.kind is Kind.WARN]
        print(json.dumps([view.totals.refused, view.listeners[0].refused, lines]))

asyncio.run(main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])))
"""


class Crowd(NamedTuple):
    """What became of callers that came to an engine with few descriptors.

    served, refused: of the crowd. turned_away: after the crowd had left, before one was
    served. counted, of_listener: refused callers as the engine counts them.
    """

    served: int
    refused: int
    turned_away: int
    counted: int
    of_listener: int
    warnings: list[str]


def call(address: tuple[str, int]) -> socket.socket | None:
    """Call an engine; a reset may come before the call is through."""
    try:
        return socket.create_connection(address, WAIT)
    except ConnectionError:
        return None


def is_served(sock: socket.socket) -> bool:
    """Say whether a caller gets its answer, and not a reset."""
    try:
        sock.sendall(b"hello")
        return sock.recv(5) == b"HELLO"
    except ConnectionError:
        return False


def crowd(poller: MakePoller, descriptors: int, callers: int, **limits: int) -> Crowd:
    """Send callers to an engine in a process of its own, let them go, and one more in."""
    command = [sys.executable, "-W", "error", "-c", SERVER, poller.__name__]
    command += [str(descriptors), json.dumps(limits)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            address = ("127.0.0.1", int(server.stdout.readline()))
            socks = [sock for _ in range(callers) if (sock := call(address))]
            served = sum(map(is_served, socks))
            for sock in socks:
                sock.close()
            turned_away = 0
            while served and turned_away < 1000:
                if late := call(address):
                    with late:
                        if is_served(late):
                            break
                turned_away += 1
            rest, _ = server.communicate("", WAIT)
        finally:
            server.kill()
    assert server.returncode == 0
    return Crowd(served, callers - served, turned_away, *json.loads(rest))


def test_an_engine_out_of_descriptors_refuses_and_serves_again(poller: MakePoller) -> None:
    """With 40 descriptors some of 60 callers are served and the others told at once; a few
    lines name the cure; when there is room again the next is served (R01)."""
    found = crowd(poller, 40, 60, spare_descriptors=0)
    assert 20 < found.served < 40
    assert found.turned_away < 1000
    assert found.of_listener == found.refused + found.turned_away
    lines = [line for line in found.warnings if "refused" in line]
    assert 1 <= len(lines) <= 10
    assert all("ulimit -n" in line for line in lines)


def test_who_was_refused_for_want_of_descriptors_is_counted_once(poller: MakePoller) -> None:
    """The sums and the lines count exactly the callers who were told that there is no room."""
    found = crowd(poller, 40, 60, spare_descriptors=0)
    assert found.counted == found.refused + found.turned_away


def test_few_descriptors_are_told_at_the_start(poller: MakePoller) -> None:
    """A limit of clients larger than the descriptors allow is lowered, and says so (R05)."""
    found = crowd(poller, 256, 1, clients=5000)
    assert found.warnings == [
        "room for 192 clients, not 5000: open files end at 256; raise it with ulimit -n"
    ]


def test_a_handful_of_descriptors_is_enough_to_serve_somebody(poller: MakePoller) -> None:
    """With the 64 descriptors of R01 and the limits as they are, callers are served."""
    assert crowd(poller, 64, 150).served > 0
