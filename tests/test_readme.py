"""README.md says what is so."""

import asyncio
import re

import pytest

from tests.readme import README, renewed, set_up

TEXT = README.read_text()


def test_the_made_parts_are_current() -> None:
    """Keys, options and events are those of the program; `python -m tests.readme` makes them."""
    assert renewed(TEXT) == TEXT


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https?:|#)([^)]+)\)|src=\"([^\"]+)\"", TEXT))
def test_what_it_points_at_is_there(target: tuple[str, str]) -> None:
    """Every picture and file that it shows or names exists."""
    assert (README.parent / "".join(target)).exists()


@pytest.mark.parametrize("example", re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
async def test_the_examples_run(example: str) -> None:
    """What it shows of the library can be pasted and run; it asserts what it says."""
    assert "assert " in example
    await asyncio.to_thread(exec, compile(example, "README.md", "exec"), {})


def test_the_commands_need_nothing_but_python() -> None:
    """Each set-up command is one line that makes its own environment: the system's pip refuses."""
    for name in ("run", "test"):
        assert re.fullmatch(r"python3 -m venv \.venv && \.venv/bin/pip install .+", set_up(name))
