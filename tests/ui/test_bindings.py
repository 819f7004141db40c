"""Textual is told exactly the keys that the list of actions names."""

import pytest
from textual.binding import Binding, BindingsMap

from tcpmon.ui.actions import Place, of
from tcpmon.ui.bindings import bindings
from tests.ui.test_actions import DOERS


@pytest.mark.parametrize("place", Place)
def test_every_key_is_bound(place: Place) -> None:
    """Each key of a place's actions does its action, and no other key is bound."""
    bound = {
        key: binding.action
        for key, found in BindingsMap(bindings(place)).key_to_bindings.items()
        for binding in found
    }
    assert bound == {key: action.method for action in of(place) for key in action.keys}


@pytest.mark.parametrize("place", Place)
def test_no_binding_is_shown_twice(place: Place) -> None:
    """The footer is ours: Textual's own would say nothing."""
    made = bindings(place)
    assert all(isinstance(binding, Binding) and not binding.show for binding in made)
    assert len(made) == len(of(place))


@pytest.mark.parametrize("place", Place)
def test_every_place_is_bound(place: Place) -> None:
    """The screen or widget of a place binds all its keys, and each of them once."""
    declared = BindingsMap(DOERS[place].BINDINGS).key_to_bindings
    for action in of(place):
        for key in action.keys:
            assert [binding.action for binding in declared[key]] == [action.method]
