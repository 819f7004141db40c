"""Whatever a peer says, each cell of the screen stays in its place."""

from hypothesis import example, given, settings, strategies as st
from rich.cells import cell_len
from textual.app import App

from tcpmon.core.model import Kind
from tests.program.hostile import PAYLOADS
from tests.ui.fakes import FakeNode, a_client, a_record, a_screen, lines, look
from tests.ui.test_fence import hidden_in

WIDTH, HEIGHT = 90, 40
SAID = st.one_of(
    st.binary(max_size=300),
    st.text(st.characters(exclude_categories=[]), max_size=100).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    ),
    st.sampled_from(PAYLOADS),
)


def check(app: App[None]) -> None:
    """Every line is as wide as the screen, framed where it should be, and hides nothing."""
    for line in lines(app):
        assert hidden_in(line) == []
        assert cell_len(line) == WIDTH
        if line[0] == "│":
            assert line[-1] in "│┃"


@given(st.lists(SAID, min_size=8, max_size=8))
@example([data[:9999] for data in PAYLOADS])
@settings(max_examples=5)
async def test_whatever_is_said(said: list[bytes]) -> None:
    """In the table, in the log in each form, and in the inspector, in each view."""
    clients = [
        a_client(number, last=data[:256], end=data.decode("latin-1") if number % 3 == 0 else "")
        for number, data in enumerate(said, 1)
    ]
    kinds = (Kind.RX, Kind.TX, Kind.WARN, Kind.INFO)
    records = [a_record(seq, data, kinds[seq % 4], seq) for seq, data in enumerate(said, 1)]
    async with a_screen(FakeNode(clients, records), (WIDTH, HEIGHT)) as (app, pilot):
        for keys in (
            ("2",), ("x",), ("x",), ("x", "T"), ("g",), ("enter",), ("x",),
            ("e",), ("x",), ("x",), ("end",), ("x", "x"),
            *[("right_square_bracket",)] * min(len(said), 12), ("escape",), ("1", "enter"),
        ):  # fmt: skip
            await pilot.press(*keys)
            await pilot.pause()
            check(app)
        await look(app, pilot)
        check(app)
