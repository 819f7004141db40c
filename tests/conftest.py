"""Properties are tried without a clock: a busy machine breaks no promise."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tcpmon",
    parent=settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tcpmon")
