"""Tests with programs that may not be installed."""

import shutil

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests marked by `program` whose program is not there; how many is told."""
    absent = [
        item
        for item in items
        if (mark := item.get_closest_marker("program")) and shutil.which(mark.args[0]) is None
    ]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]
