"""The rules that come with tcpmon satisfy the programs that people have, where they are there."""

import ftplib
import smtplib
import subprocess
from collections.abc import Iterator

import pytest

from tcpmon import presets
from tcpmon.testing import Server

ARGUMENTS = {
    "curl": ["curl", "-sS", "--fail", "--max-time", "9"],
    "logger": ["logger", "-T", "-n", "127.0.0.1"],
    "mbpoll": ["mbpoll", "-m", "tcp", "-1", "-o", "9"],
    "mosquitto_pub": ["mosquitto_pub", "-h", "127.0.0.1", "-t", "a/b", "-m", "hi"],
    "mosquitto_sub": ["mosquitto_sub", "-h", "127.0.0.1", "-t", "a/b", "-E"],
    "redis-cli": ["redis-cli", "-e"],
    "swaks": ["swaks", "--from", "a@example.org", "--to", "b@example.org,c@example.org"],
}
"""What each client is always told."""


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with the rules of that name."""
    name: str = request.param
    with Server() as made:
        made.rules(presets.text(name))
        yield made


def said_by(program: str, *arguments: str) -> str:
    """Return what a client program prints; it must be content."""
    done = subprocess.run(
        [*ARGUMENTS[program], *arguments], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.program("mosquitto_pub")
@pytest.mark.parametrize("server", ["mqtt"], indirect=True)
@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
@pytest.mark.parametrize("qos", ["0", "1", "2"])
def test_mosquitto_pub(server: Server, version: str, qos: str) -> None:
    """It publishes at each quality of service, and is let go."""
    said_by("mosquitto_pub", "-p", str(server.port), "-V", version, "-q", qos)
    assert server.wait_for_close() == "closed by us"


@pytest.mark.program("mosquitto_sub")
@pytest.mark.parametrize("server", ["mqtt"], indirect=True)
@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_mosquitto_sub(server: Server, version: str) -> None:
    """It subscribes, and is told so."""
    said_by("mosquitto_sub", "-p", str(server.port), "-V", version)


@pytest.mark.program("redis-cli")
@pytest.mark.parametrize("server", ["redis"], indirect=True)
def test_redis_cli(server: Server) -> None:
    """A ping is answered, a key may be written and has no value."""
    port = str(server.port)
    assert said_by("redis-cli", "-p", port, "PING") == "PONG\n"
    assert said_by("redis-cli", "-p", port, "SET", "a", "b") == "OK\n"
    assert said_by("redis-cli", "-p", port, "GET", "a") == "\n"


@pytest.mark.program("curl")
@pytest.mark.parametrize("server", ["http200"], indirect=True)
def test_curl(server: Server) -> None:
    """Two requests over one connection, one with a body, are answered."""
    url = f"http://127.0.0.1:{server.port}/"
    told = said_by("curl", "-d", "a=1", "-w", "%{http_code} %{num_connects}\n", url, url)
    assert told == "hello\n200 1\nhello\n200 0\n"


@pytest.mark.program("swaks")
@pytest.mark.parametrize("server", ["smtp"], indirect=True)
def test_swaks(server: Server) -> None:
    """A mail to two is taken, whatever its lines look like."""
    body = "QUIT\nRSET\n.\nDATA\n"
    told = said_by("swaks", "-s", f"127.0.0.1:{server.port}", "--body", body)
    assert "250 OK: taken as number 1" in told


@pytest.mark.parametrize("server", ["smtp"], indirect=True)
def test_smtplib(server: Server) -> None:
    """Two mails in one session are taken, and an unknown command is refused."""
    with smtplib.SMTP("127.0.0.1", server.port, timeout=9) as client:
        for _ in range(2):
            assert client.sendmail("a@example.org", ["b@example.org"], "Subject: x\n\nQUIT\n") == {}
        assert client.verify("b@example.org") == (502, b"not implemented")


@pytest.mark.parametrize("server", ["ftp"], indirect=True)
def test_ftplib(server: Server) -> None:
    """Anybody may log in, and see where they are."""
    client = ftplib.FTP()
    assert client.connect("127.0.0.1", server.port, timeout=9) == "220 tcpmon"
    assert client.login("joe", "secret") == "230 logged in"
    assert client.pwd() == "/"
    assert client.quit() == "221 bye"
    assert server.wait_for_close() == "closed by us"


@pytest.mark.program("mbpoll")
@pytest.mark.parametrize("server", ["modbus"], indirect=True)
def test_mbpoll(server: Server) -> None:
    """Registers and coils are read and written."""
    port = "-p", str(server.port)
    assert said_by("mbpoll", *port, "-c", "2", "127.0.0.1").count("42\n") == 2
    assert "[1]: \t0\n" in said_by("mbpoll", *port, "-t", "0", "127.0.0.1")
    assert "Written 2 references" in said_by("mbpoll", *port, "127.0.0.1", "7", "8")
    assert "Written 1 references" in said_by("mbpoll", *port, "-t", "0", "127.0.0.1", "1")


@pytest.mark.program("logger")
@pytest.mark.parametrize("server", ["syslog"], indirect=True)
@pytest.mark.parametrize("counted", [["--octet-count"], []], ids=["counted", "by line"])
def test_logger(server: Server, counted: list[str]) -> None:
    """A line is a message, counted or not."""
    said_by("logger", "-P", str(server.port), *counted, "it rains")
    assert server.wait_for_message().rstrip().endswith(b"it rains")
