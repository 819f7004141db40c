"""Properties are tried without a clock: a busy machine breaks no promise. No test reads a
person's own files."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "tcpmon",
    parent=settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tcpmon")

# What the one who runs the tests has configured is none of their business.
os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_STATE_HOME"] = "/dev/null/none"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the limits in seconds that a busy machine has exceeded, see tests/faults."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                for name, hit in report.user_properties:
                    if name == "limit":
                        terminalreporter.write_line(f"slow: {hit} ({report.nodeid})")
