"""Fields that can be folded; each marks its bytes, and each byte its field."""

from tcpmon.core.decoding import Decoded, Field
from tcpmon.ui.bytecursor import ByteCursor
from tcpmon.ui.render import cells_of
from tcpmon.ui.render_bytes import Marks
from tcpmon.ui.views.tree import Tree

MARKS = Marks(0, 0, 0)
DECODED = Decoded(
    "a packet",
    (
        Field("header", "", 0, 4, (Field("kind", "3, data", 0, 1), Field("length", "9", 1, 4))),
        Field("guess", "no place"),
        Field("rest", "abc", 4, 9),
    ),
)


def a_tree(width: int = 60, height: int = 10) -> Tree:
    """A tree of five fields."""
    view = Tree(ByteCursor(bytes(9)))
    view.fit(width, height)
    view.show("Fake", DECODED, [[("a packet", "title")]])
    return view


def shown(view: Tree) -> list[str]:
    """Return the lines."""
    return ["".join(text for text, _ in line).rstrip() for line in view.lines(MARKS)]


def test_lines() -> None:
    """Each field has its name, value and place, its parts below it, and the cursor is told."""
    assert shown(a_tree()) == [
        "a packet",
        "  ▾ header                                         0000-0003",
        "▶     kind              3, data                         0000",
        "      length            9                          0001-0003",
        "    guess               no place",
        "    rest                abc                        0004-0008",
    ]


def test_a_field_marks_its_bytes() -> None:
    """Going to a field selects its bytes; one without a place leaves the cursor where it is."""
    view = a_tree()
    selections = []
    for lines in (1, 1, 1, 1, -9):
        view.climb(lines, False)
        selections.append(view.cursor.selection)
    assert selections == [(1, 4), (1, 4), (4, 9), (4, 9), (0, 4)]
    view.edge(last=True, select=False)
    assert view.cursor.selection == (4, 9)
    view.row_edge(last=False, select=False)
    assert view.cursor.selection == (0, 4)


def test_a_byte_tells_its_field() -> None:
    """Where the cursor was moved elsewhere, the innermost field is selected and named."""
    view = a_tree()
    view.cursor.go(2)
    view.follow()
    assert shown(view)[3].startswith("▶")
    assert view.field_names() == ["Fake", "header", "length"]
    assert view.field_bytes() == (1, 4)
    view.cursor.go(8)
    assert view.field_names() == ["Fake", "rest"]


def test_a_field_that_is_looked_at_stays() -> None:
    """Coming back to the fields, the one whose bytes are selected is still the one."""
    view = a_tree()
    view.climb(-1, False)
    assert view.cursor.selection == (0, 4)
    view.follow()
    assert shown(view)[1].startswith("▶")


def test_folding() -> None:
    """Left folds a field or goes to the one around it, right unfolds or goes in."""
    view = a_tree()
    view.step(-1, False)
    assert shown(view)[1].startswith("▶ ▾ header")
    view.step(-1, False)
    assert [line[2:8] for line in shown(view)[1:]] == ["▸ head", "  gues", "  rest"]
    view.step(-1, False)
    view.step(1, False)
    assert len(shown(view)) == 6
    view.step(1, False)
    assert shown(view)[2].startswith("▶")
    view.step(1, False)
    assert shown(view)[2].startswith("▶")
    view.cursor.go(0)
    view.turn_fold()
    assert len(shown(view)) == 6, "what has no parts is not folded"


def test_the_field_of_a_folded_one() -> None:
    """A byte of a folded field selects that."""
    view = a_tree()
    view.climb(-1, False)
    view.turn_fold()
    view.cursor.go(2)
    view.follow()
    assert shown(view)[1].startswith("▶ ▸ header")


def test_clicks() -> None:
    """A click selects a field, a second one folds it."""
    view = a_tree()
    view.press(6, 3)
    view.press(5, 3)
    assert view.cursor.selection == (4, 9)
    view.press(1, 3)
    assert view.cursor.selection == (0, 4)
    view.press(1, 3)
    assert len(shown(view)) == 4


def test_what_is_long_or_deep_fits() -> None:
    """Whatever is in them and however narrow it is, the lines fit."""
    field = Field("name" * 20, "日本" * 200, 0, 1 << 20)
    for _ in range(31):
        field = Field("outer" * 9, "v" * 400, 0, 1 << 20, (field,))
    for width in (12, 40, 76, 120):
        view = a_tree(width, 50)
        view.show("Fake", Decoded("s" * 400, (field,)), [[("s" * 400, "")]])
        assert len(shown(view)) == 33
        assert all(cells_of(line) <= max(width, 26) for line in view.lines(MARKS))


def test_nothing_is_decoded() -> None:
    """Without fields only what is said stands there, and no key does harm."""
    view = a_tree()
    view.show("", None, [[("decoding ...", "dim")]])
    view.climb(1, False)
    view.step(1, False)
    view.turn_fold()
    view.edge(last=True, select=False)
    view.follow()
    assert shown(view) == ["decoding ..."]
    assert (view.field_names(), view.field_bytes()) == ([], (0, 0))
