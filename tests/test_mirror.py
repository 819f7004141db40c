"""Every module has its tests where one looks for them."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "tcpmon"

EXCEPTIONS: frozenset[str] = frozenset({"core/hooks.py", "core/playbook.py"})
"""Modules that may go without: these hold declarations, and nothing that is done."""


def modules() -> list[str]:
    """Return the path of every module, but those that only make a package of a folder or
    call `main`."""
    paths = (path for path in PACKAGE.rglob("*.py") if not path.name.startswith("__"))
    return sorted(path.relative_to(PACKAGE).as_posix() for path in paths)


@pytest.mark.parametrize("module", modules())
def test_has_tests(module: str) -> None:
    """The tests of `tcpmon/a/b.py` are in `tests/a/test_b.py`."""
    path = Path(module)
    assert (TESTS / path.parent / f"test_{path.name}").is_file() or module in EXCEPTIONS


def test_finds_modules() -> None:
    """The test above looks at the real package."""
    assert {"cli.py", "core/escape.py", "ui/screens/main.py"} <= set(modules())
    assert set(modules()) >= EXCEPTIONS
