"""What a bug lets slip past the first fence is stopped by the second and the third."""

import ast
import inspect
import re
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import example, given, strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.app import App, ComposeResult
from textual.color import Color
from textual.css.constants import VALID_POINTER
from textual.drivers import linux_driver
from textual.strip import Strip
from textual.widgets import Button, Input, Static

from tcpmon.ui.fence import SegmentFence, allow_listed, harmless

# -- segments ------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
BLACK = Color.parse("#000000")
BOLD = Style(bold=True)


def fenced(text: str) -> str:
    """Return what is drawn of a text that a bug has let through."""
    return "".join(s.text for s in SegmentFence().apply([Segment(text, BOLD)], BLACK))


def hidden_in(text: str) -> list[str]:
    """Return what moves, hides, joins or breaks a line. A space of another width does not:
    it stands in its cell."""
    return [c for c in text if unicodedata.category(c)[0] in "CM" or c in "\u2028\u2029"]


@given(ANY_TEXT)
@example("\x1b]52;c;aGk=\x07\x9b2J\u202eabc\u200d\ufeff\x00")
@example("e\u0301\u20dd\u0903")
def test_nothing_hidden_is_drawn(text: str) -> None:
    """Of any text, no segment keeps a character that does more than stand in its cell."""
    drawn = fenced(text)
    assert hidden_in(drawn) == []
    assert not hidden_in(text) or drawn != text


def test_no_character_slips_through() -> None:
    """Of all code points there are, none that does harm is drawn."""
    for start in range(0, 0x110000, 0x1000):
        assert hidden_in(fenced("".join(map(chr, range(start, start + 0x1000))))) == []


@given(ANY_TEXT)
@example("\u00ad")
@example("a\ue000b")
@example("\U0010ffff")
@example("❤\ufe0f")
@example("👩\u200d👩")
def test_a_fenced_segment_keeps_its_width(text: str) -> None:
    """A segment is as wide behind the fence as before, so that its line stays in place."""
    assert cell_len(fenced(text)) == cell_len(text)


CLEAN = st.text(st.characters(exclude_categories=["C", "M", "Zl", "Zp"]), min_size=1)


@given(CLEAN)
@example("plain")
@example("grüße, 日本語 👍 │╭")
def test_clean_text_stays(text: str) -> None:
    """Text that can be seen is drawn as it is, in its style."""
    (segment,) = SegmentFence().apply([Segment(text, BOLD)], BLACK)
    assert segment == Segment(text, BOLD)


@given(CLEAN)
@example("plain")
@example("grüße, 日本語 👍 │╭")
def test_clean_segments_are_not_made_anew(text: str) -> None:
    """A segment that is clean goes through the fence as the same object, however often."""
    for segment in (Segment(text, BOLD), Segment("".join([text[:1], text[1:]]), BOLD)):
        assert SegmentFence().apply([segment], BLACK)[0] is segment


def test_order_and_styles_stay() -> None:
    """A line of segments comes out in order, each in its own style, and empty ones too."""
    line = [Segment("a\x1b", BOLD), Segment("", None), Segment("\u202eb", Style(italic=True))]
    drawn = SegmentFence().apply(line, BLACK)
    assert drawn == [Segment("a", BOLD), Segment("", None), Segment("b", Style(italic=True))]


def test_control_segments_of_textual_stay() -> None:
    """What Textual itself says to the terminal between the text is left to the next fence."""
    moving = Control.move_to(3, 4).segment
    assert SegmentFence().apply([moving], BLACK)[0] is moving


@given(ANY_TEXT)
def test_harmless_twice_is_harmless(text: str) -> None:
    """Taking out what is hidden leaves nothing to take out."""
    assert harmless(harmless(text)) == harmless(text)


# -- what is written -----------------------------------------------------------------


def written_by_driver() -> set[str]:
    """Return every literal that Textual's driver writes to the terminal."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(linux_driver))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            text = node.args[0]
            if name != "write":
                continue
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                found.add(text.value)
            elif isinstance(text, ast.JoinedStr):
                parts = [p.value if isinstance(p, ast.Constant) else "25" for p in text.values]
                found.add("".join(map(str, parts)))
    return found


DRIVER = sorted(written_by_driver())


def test_the_driver_was_read() -> None:
    """The list of what Textual's driver writes is the real one."""
    assert len(DRIVER) >= 20
    assert {"\x1b[?1049h", "\x1b[?25l", "\x1b[>25u", "\x1b[<u", "\x1b[?2026$p"} <= set(DRIVER)


@pytest.mark.parametrize("sequence", DRIVER, ids=repr)
def test_the_driver_may_write(sequence: str) -> None:
    """Every sequence with which Textual enters and leaves the full screen passes as it is."""
    assert allow_listed(sequence) == sequence


def test_the_bell_and_steady_frames_pass() -> None:
    """The bell, and the brackets around a frame, pass as they are."""
    frame = f"{SYNC_START}\x1b[1;1Hab\r\n{SYNC_END}\x07"
    assert allow_listed(frame) == frame


def test_the_pointer_may_change_its_shape() -> None:
    """Every shape of the mouse pointer that Textual asks for passes as it asks for it."""
    asked: list[str] = []
    app = SimpleNamespace(_driver=SimpleNamespace(write=asked.append))
    for shape in sorted(VALID_POINTER):
        App._set_pointer_shape(app, shape)  # type: ignore[arg-type]
    assert len(asked) == len(VALID_POINTER) > 10
    assert [allow_listed(sequence) for sequence in asked] == asked


STYLES = [
    Style.parse(words)
    for words in (
        "bold dim italic underline", "blink blink2 reverse conceal strike",
        "overline frame encircle underline2", "red on blue", "bright_red on bright_black",
        "color(208) on color(17)",
        "#56b4e9 on #11161b", "default on default", "none",
    )
]  # fmt: skip


@pytest.mark.parametrize("system", [s for s in ColorSystem if s is not ColorSystem.WINDOWS])
def test_every_style_passes(system: ColorSystem) -> None:
    """Colours of every depth and every weight pass as they are."""
    for style in STYLES:
        drawn = Strip.render_style(Style.parse(str(style)), "text", system)
        assert allow_listed(drawn) == drawn
        drawn = style.render("text", color_system=system)
        assert allow_listed(drawn) == drawn


@pytest.mark.parametrize(
    "control",
    [Control.home(), Control.clear(), Control.move_to(10, 20), Control.move(-3, 4),
     Control.move(3, -4), Control.move_to_column(7, 1), Control.show_cursor(False),
     Control.show_cursor(True), Control.alt_screen(True), Control.bell()],
    ids=lambda control: repr(str(control)),
)  # fmt: skip
def test_the_cursor_may_move(control: Control) -> None:
    """Moving the cursor, hiding it, and clearing the screen pass as they are."""
    assert allow_listed(control.segment.text) == control.segment.text


class Painted(App[None]):
    """A bit of everything that Textual draws."""

    CSS = "Static { border: round red; text-style: bold italic underline; }"

    def compose(self) -> ComposeResult:
        """Widgets of several kinds."""
        yield Static("text", id="text")
        yield Input("typed")
        yield Button("press")


async def test_a_painted_screen_passes() -> None:
    """Whole screens and changed places pass as Textual paints them."""
    app = Painted()
    async with app.run_test(size=(60, 20)) as pilot:
        for full in (True, False):
            app.screen.query_one("#text", Static).update("changed")
            app.screen._compositor.update_widgets({app.screen.query_one("#text")})
            update = app.screen._compositor.render_update(full=full)
            painted = update.render_segments(app.console)  # type: ignore[union-attr]
            assert "\x1b[" in painted
            assert allow_listed(painted) == painted
            await pilot.pause()


@given(st.text(st.characters(exclude_categories=["Cc"])))
def test_text_is_left_alone(text: str) -> None:
    """Text without control characters is written as it is."""
    assert allow_listed(text) is text


HOSTILE = {
    "title": "\x1b]0;PWNED\x07",
    "title, ST": "\x1b]2;PWNED\x1b\\",
    "link": "\x1b]8;;file:///etc/passwd\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;aGFja2Vk\x07",
    "clipboard, ST": "\x1b]52;c;aGFja2Vk\x1b\\",
    "clipboard, asked for": "\x1b]52;c;?\x07",
    "palette": "\x1b]4;1;rgb:00/00/00\x1b\\",
    "notification": "\x1b]9;hi\x07",
    "picture": "\x1b]1337;File=inline=1:AAAA\x07",
    "pointer shape with more in it": "\x1b]22;a;b\x1b\\",
    "OSC without an end": "\x1b]22;pointer",
    "DCS": '\x1bP$q"p\x1b\\',
    "sixel": "\x1bPq#0;2;0;0;0\x1b\\",
    "tmux passthrough": "\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\",
    "APC": "\x1b_Ga=T;AAAA\x1b\\",
    "PM": "\x1b^private\x1b\\",
    "SOS": "\x1bXstring\x1b\\",
    "selective erase": "\x1b[?2J",
    "erase, private": "\x1b[>2J",
    "full reset": "\x1bc",
    "soft reset": "\x1b[!p",
    "alignment test": "\x1b#8",
    "window": "\x1b[8;1;1t",
    "title asked for": "\x1b[21t",
    "position asked for": "\x1b[6n",
    "status asked for": "\x1b[5n",
    "attributes asked for": "\x1b[c",
    "attributes asked for, 2": "\x1b[>0c",
    "answerback": "\x05",
    "printer": "\x1b[5i",
    "scroll region": "\x1b[5;10r",
    "insert mode": "\x1b[4h",
    "new line mode": "\x1b[20h",
    "reverse screen": "\x1b[?5h",
    "132 columns": "\x1b[?3h",
    "old full screen": "\x1b[?47h",
    "1047": "\x1b[?1047h",
    "alternate scroll": "\x1b[?1007h",
    "win32 input": "\x1b[?9001h",
    "two modes": "\x1b[?25;5h",
    "mode asked for": "\x1b[?1$p",
    "mode saved": "\x1b[?1049s",
    "cursor shape": "\x1b[2 q",
    "kitty keyboard set": "\x1b[=31u",
    "kitty keyboard asked for": "\x1b[?u",
    "keys changed": "\x1b[>4;2m",
    "save cursor": "\x1b7",
    "charset": "\x1b(0",
    "reverse index": "\x1bM",
    "keypad": "\x1b=",
    "shift out": "\x0e",
    "backspace": "\x08",
    "vertical tab": "\x0b",
    "NUL": "\x00",
    "DEL": "\x7f",
    "lone escape": "\x1b",
    "C1 CSI": "\x9b2J",
    "C1 OSC": "\x9d52;c;aGk=\x9c",
    "C1 DCS": "\x90q\x9c",
    "C1 APC": "\x9fG\x9c",
    "C1 next line": "\x85",
    "control inside": "\x1b[3\x001m",
    "escape inside": "\x1b[3\x1b",
    "CSI without an end": "\x1b[31",
}


@pytest.mark.parametrize("sequence", HOSTILE.values(), ids=HOSTILE)
def test_hostile_sequences_are_disarmed(sequence: str) -> None:
    """A sequence that this program never uses comes out as text, without what introduces it."""
    written = allow_listed(f"before{sequence}after")
    assert re.findall(r"[\x00-\x06\x08\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", written) == []
    assert written.startswith("before?")
    assert written.endswith("after")


# -- the whole language --------------------------------------------------------------

TOKEN = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # a control sequence: ECMA-48, 5.4
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # an operating system command
    r"|[\x00-\x1f\x7f-\x9f]"
)
MODES = {7, 25, 1000, 1002, 1003, 1004, 1006, 1015, 1016, 1049, 2004, 2026, 2048}
LISTED = re.compile(
    r"[\n\r\x07]|\x1b\[(?:[0-9:;]*m|[0-9;]*H|[0-9]*[ABCDGJK]|\?(?:2026|2048)\$p|>[0-9]+u|<u"
    rf"|\?(?:{'|'.join(map(str, sorted(MODES)))})[hl])"
    r"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"
)

GOOD = [
    *DRIVER,
    "\x1b[0m",
    "\x1b[38;2;1;2;3m",
    "\x1b[12;40H",
    "\x1b[2J",
    "\x1b]22;text\x1b\\",
    "\n",
]
SNIPPETS = st.one_of(
    st.sampled_from([*HOSTILE.values(), *GOOD]),
    st.tuples(st.sampled_from([*HOSTILE.values(), *GOOD]), st.integers(1, 9)).map(
        lambda cut: cut[0][: cut[1]]
    ),
    st.text(st.characters(max_codepoint=0xFF), max_size=4),
    st.sampled_from(
        ["\x1b", "[", "]", "?", "0", "1", "2", "5", ";", "22;", "m", "h", "\\", "\x07"]
    ),
    st.text(max_size=4),
)
OUTPUT = st.lists(SNIPPETS, max_size=12).map("".join)


@given(OUTPUT)
def test_only_listed_sequences_are_written(output: str) -> None:
    """Whatever is to be written, only sequences from the list reach the terminal."""
    for token in TOKEN.findall(allow_listed(output)):
        assert LISTED.fullmatch(token), repr(token)


@given(OUTPUT)
def test_text_between_sequences_stays(output: str) -> None:
    """Whatever is taken out leaves one `?` for each control character, and nothing else."""
    written = allow_listed(output)
    assert len(written) == len(output)
    changed = [(old, new) for old, new in zip(output, written, strict=True) if old != new]
    assert all(new == "?" and unicodedata.category(old) == "Cc" for old, new in changed)


@given(OUTPUT)
def test_what_is_written_passes_again(output: str) -> None:
    """What has passed the fence passes it again as it is."""
    assert allow_listed(allow_listed(output)) == allow_listed(output)


@given(
    st.lists(st.one_of(st.sampled_from(GOOD), st.text(st.characters(exclude_categories=["Cc"]))))
)
def test_good_output_passes_in_any_order(parts: list[str]) -> None:
    """Text and listed sequences, one behind the other, pass as they are."""
    output = "".join(parts)
    assert allow_listed(output) == output
