"""Fields in rows, and the byte under the cursor among them."""

from hypothesis import given, strategies as st

from tcpmon.core.decoding import Field
from tcpmon.core.decoding.outline import names, outline, path_at

FIELDS = (
    Field("header", "", 0, 4, (Field("kind", "3", 0, 1), Field("length", "9", 1, 4))),
    Field("guess", "", parts=(Field("inner", "x", 6, 8),)),
    Field("rest", "abc", 4, 9),
)


def test_rows() -> None:
    """All fields stand in order, their parts below them, and none of a folded one."""
    paths = [(0,), (0, 0), (0, 1), (1,), (1, 0), (2,)]
    assert [row.path for row in outline(FIELDS)] == paths
    assert [row.depth for row in outline(FIELDS)] == [0, 1, 1, 0, 1, 0]
    folded = outline(FIELDS, {(0,), (2,)})
    assert [row.path for row in folded] == [(0,), (1,), (1, 0), (2,)]
    assert [row.folded for row in folded] == [True, False, False, False]


def test_the_innermost_field() -> None:
    """A byte belongs to the innermost field, also to one in a field without a place."""
    assert [path_at(FIELDS, at) for at in (0, 3, 5, 6, 8, 9)] == [
        (0, 0), (0, 1), (2,), (1, 0), (2,), (),
    ]  # fmt: skip
    assert names(FIELDS, (1, 0)) == ["guess", "inner"]
    assert names(FIELDS, ()) == []


@given(st.integers(-5, 20))
def test_a_field_without_a_place_has_no_byte(at: int) -> None:
    """Whatever the byte, a field that is nowhere is not it."""
    assert path_at((Field("a", ""),), at) == ()
