"""Whatever is shown as a node has the face that the screen knows, to the letter."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from tcpmon.core.model import Ask, View
from tcpmon.core.node import Node, OwnNode, look_up, whole
from tcpmon.engine.engine import Engine
from tcpmon.engine.thread import EngineThread
from tests.ui.fakes import FakeNode, a_client, a_record


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


def test_look_up() -> None:
    """A client is found wherever it stands in the table, by a picture that holds only it, also
    behind a filter."""
    node = FakeNode([a_client(number) for number in range(1, 100)])
    view = look_up(node, 70)
    assert view is not None
    assert [row.id for row in view.rows] == [70]
    found = look_up(node, 70, Ask("rx", reverse=True, first=3, count=50))
    assert found is not None
    assert [row.id for row in found.rows] == [70]
    assert look_up(node, 70, Ask(filter="rx>1GB"))
    assert look_up(node, 100) is None
    assert node.asked_rows == 1


def test_look_up_of_who_moves() -> None:
    """Whoever has another row by the second look is not taken for somebody else."""

    class Moving(FakeNode):
        def view(self, ask: Ask) -> View:
            view = super().view(ask)
            self.clients = self.clients[1:]
            return view

    assert look_up(Moving([a_client(1), a_client(2), a_client(3)]), 2) is None


def test_whole() -> None:
    """A message is had with all its bytes, and none instead of another when it is gone."""
    node = FakeNode([a_client(1)], [a_record(5, b"x" * 10_000), a_record(7, client=2)])
    found = whole(node, (5, 0), None)
    assert found is not None
    assert len(found.data) == found.size == 10_000
    assert whole(node, (4, 0), None) is None
    assert whole(node, (7, 0), 1) is None
    assert whole(node, (8, 0), None) is None
