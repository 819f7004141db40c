"""The pytest plug-in: a fixture `tcpmon_server`, a server that a test can script.

    import socket

    def test_ping(tcpmon_server):
        @tcpmon_server.on_message
        def answer(client, message):
            client.send(message.replace(b"PING", b"PONG"))

        with socket.create_connection((tcpmon_server.host, tcpmon_server.port)) as client:
            client.sendall(b"PING\\n")
            assert client.recv(99) == b"PONG\\n"

The fixture is a `tcpmon.testing.Server`: `host`, `port`, `address`; `on_connect`, `on_message`,
`on_close` for functions, plain or async; `rules(text)` for answers by rule, `cut("line")` for how
messages are cut; `send(data, client)`; `messages`, `received`, `clients` for what there was. These
wait, five seconds if nothing else is said, and fail the test with what came instead:
`wait_for(b"...")`, `wait_for_client()`, `wait_for_message(client)`, `wait_for_close(client)`; in an
async test, `await asyncio.to_thread(tcpmon_server.wait_for, b"...")`. A function that raises fails
its test. `-p no:tcpmon` turns the plug-in off; it loads no server before a test wants one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tcpmon.testing import Server


@pytest.fixture
def tcpmon_server() -> Iterator["Server"]:
    """A TCP server on a free port of 127.0.0.1, see `tcpmon.testing.Server`."""
    from tcpmon.testing import Server

    with Server() as server:
        yield server
