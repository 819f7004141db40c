"""Whatever is shown as a node has the face that the screen knows, to the letter."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from tcpmon.core.node import Node, OwnNode
from tcpmon.engine.engine import Engine
from tcpmon.engine.thread import EngineThread
from tests.ui.fakes import FakeNode


def methods(face: type) -> dict[str, Callable[..., Any]]:
    """Return what a protocol asks for."""
    return {
        name: method
        for kind in (Node, face)
        for name, method in vars(kind).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }


def parameters(method: Callable[..., Any]) -> list[tuple[str, object]]:
    return [(each.name, each.default) for each in inspect.signature(method).parameters.values()]


@pytest.mark.parametrize(
    ("node", "face"), [(Engine, Node), (EngineThread, OwnNode), (FakeNode, Node)]
)
def test_has_the_face(node: type, face: type) -> None:
    """Every method is there with the same parameters, and waits where the face says so."""
    assert {"do", "view", "span", "records"} <= set(methods(face))
    for name, wanted in methods(face).items():
        found = getattr(node, name)
        asked = [
            (each.name, each.default) for each in inspect.signature(wanted).parameters.values()
        ]
        given = [(each.name, each.default) for each in inspect.signature(found).parameters.values()]
        assert given == asked, name
        assert inspect.iscoroutinefunction(found) == inspect.iscoroutinefunction(wanted), name
