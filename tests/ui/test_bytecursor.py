"""The cursor is always on a byte, and what is selected is what one went over."""

from hypothesis import given, strategies as st

from tcpmon.ui.bytecursor import ByteCursor

MOVES = st.lists(
    st.tuples(st.sampled_from(["go", "select", "anchor", "mark"]), st.integers(-5, 30)), max_size=12
)


@given(st.binary(max_size=20), MOVES)
def test_it_stays_within_the_bytes(data: bytes, moves: list[tuple[str, int]]) -> None:
    """However it is moved, the cursor and the selection are within the data."""
    cursor = ByteCursor(data)
    for move, at in moves:
        if move == "anchor":
            cursor.turn_anchor()
        elif move == "mark":
            cursor.mark(at, at + 3)
        else:
            cursor.go(at, select=move == "select")
        first, end = cursor.selection
        assert 0 <= cursor.at <= max(0, len(data) - 1)
        assert 0 <= first <= end <= len(data)
        assert cursor.selected == end - first
        assert not cursor.selected or first <= cursor.at < end


def test_a_selection_grows_from_where_one_was() -> None:
    """Both ends belong to it, in either direction; a plain move lets go of it."""
    cursor = ByteCursor(b"0123456789")
    cursor.go(4)
    assert cursor.selected == 0
    cursor.go(6, select=True)
    assert cursor.selection == (4, 7)
    cursor.go(2, select=True)
    assert cursor.selection == (2, 5)
    cursor.go(3)
    assert cursor.selected == 0


def test_an_anchor_holds_until_it_is_let_go() -> None:
    """From the anchor every move selects; a second time ends it."""
    cursor = ByteCursor(b"0123456789")
    cursor.turn_anchor()
    assert cursor.selection == (0, 1)
    cursor.go(5)
    assert cursor.selection == (0, 6)
    cursor.turn_anchor()
    assert cursor.selected == 0
    assert cursor.at == 5


def test_what_is_marked_is_selected() -> None:
    """A found or decoded part is selected as a whole, with the cursor on its first byte."""
    cursor = ByteCursor(b"0123456789")
    cursor.turn_anchor()
    cursor.mark(3, 7)
    assert (cursor.at, cursor.selection) == (3, (3, 7))
    cursor.go(4)
    assert cursor.selected == 0
    cursor.mark(8, 8)
    assert (cursor.at, cursor.selected) == (8, 0)


def test_other_bytes() -> None:
    """With other bytes it begins anew."""
    cursor = ByteCursor(b"0123456789")
    cursor.mark(3, 7)
    cursor.show(b"ab")
    assert (cursor.at, cursor.selected, cursor.data) == (0, 0, b"ab")
