"""The plug-in, as a suite of somebody else has it."""

from textwrap import dedent

import pytest

import tcpmon.pytest_plugin
from tests.test_imports import imported

pytest_plugins = ["pytester"]


def run(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    """Run a suite that has the plug-in, and no other."""
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess("-p", "tcpmon.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else is installed stays out."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_example(pytester: pytest.Pytester) -> None:
    """The example of the documentation is a test that passes."""
    text = tcpmon.pytest_plugin.__doc__ or ""
    example = text[text.index("    import socket") : text.index("The fixture is")]
    run(pytester, dedent(example)).assert_outcomes(passed=1)


def test_failure(pytester: pytest.Pytester) -> None:
    """A function that raises fails its test, with the traceback, and no other."""
    result = run(
        pytester,
        """
        import socket

        def test_bad(tcpmon_server):
            @tcpmon_server.on_connect
            def greet(client):
                client.close()
                raise ValueError("not today")
            with socket.create_connection((tcpmon_server.host, tcpmon_server.port)) as client:
                assert client.recv(1) == b""

        def test_good(tcpmon_server):
            assert tcpmon_server.clients == ()
        """,
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*in greet*", "*ValueError: not today"])


def test_costs_nothing() -> None:
    """Whoever does not use the fixture pays for nothing."""
    found = imported("import tcpmon.pytest_plugin")
    assert not any(name.startswith(("tcpmon.core", "tcpmon.engine")) for name in found)
