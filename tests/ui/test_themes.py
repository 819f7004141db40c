"""Both themes can be read, and the one that fits the terminal is taken."""

from itertools import combinations

import pytest
from textual.color import Color
from textual.theme import Theme

from tcpmon.ui.render import CLIENT_COLOURS
from tcpmon.ui.themes import DARK, LIGHT, choose, variables
from tcpmon.ui.widgets.lines import STYLES

IDS = tuple(f"id-{number}" for number in range(CLIENT_COLOURS))
TEXTS = ("foreground", "rx", "tx", "error", "warning", "success", "accent", "quiet", *IDS)
ROWS = ("background", "row", "row-idle")
ELSEWHERE = ("error", *IDS)
"""Colours that neither the first line nor the keys have."""
LEAST = {"quiet": 4.0}
"""Of text that only helps to find one's way; everything else needs 4.5, WCAG 2.1 level AA."""


def colors(theme: Theme) -> dict[str, Color]:
    """Return all colours of a theme, Textual's and ours."""
    named = theme.to_color_system().generate() | variables(theme)
    return {name: Color.parse(named[name]) for name in {*TEXTS, *ROWS, "panel", "border"}}


def luminance(color: Color) -> float:
    """Return how bright a colour is. Source: WCAG 2.1, relative luminance."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.r / 255, color.g / 255, color.b / 255)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.1, contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula() -> None:
    """Black on white has a contrast of 21, and #777 on white of 4.48."""
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.005)


both = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


@both
@pytest.mark.parametrize("ground", [*ROWS, "panel"])
def test_text_can_be_read(theme: Theme, ground: str) -> None:
    """Each colour of text can be read on the background, on the cursor's row, with the focus
    and without, and those of the first and last line on their panel."""
    named = colors(theme)
    ratios = {name: round(contrast(named[name], named[ground]), 2) for name in TEXTS}
    if ground == "panel":
        ratios = {name: ratio for name, ratio in ratios.items() if name not in ELSEWHERE}
    pale = {name: ratio for name, ratio in ratios.items() if ratio < LEAST.get(name, 4.5)}
    assert pale == {}, f"on {named[ground].hex}"


@both
def test_an_alert_can_be_read(theme: Theme) -> None:
    """What must not be missed stands in the background's colour on the warning's."""
    color, background, _ = STYLES["alert"]
    assert contrast(colors(theme)[color], colors(theme)[background]) >= 4.5


@both
def test_colours_of_clients_differ(theme: Theme) -> None:
    """No two clients' colours are the same, nor the same as RX, TX or an error."""
    named = colors(theme)
    assert len({named[name].hex for name in (*IDS, "rx", "tx", "error")}) == CLIENT_COLOURS + 3


@both
def test_the_cursor_can_be_seen(theme: Theme) -> None:
    """The cursor's row differs from the background, and from the row without the focus."""
    named = colors(theme)
    assert all(named[one].hex != named[other].hex for one, other in combinations(ROWS, 2))


@both
def test_every_style_has_its_colours(theme: Theme) -> None:
    """Every style that a line can have finds its colours in the theme."""
    named = theme.to_color_system().generate() | variables(theme)
    used = {name for color, background, _ in STYLES.values() for name in (color, background)}
    assert used - {""} <= set(named)


def test_any_theme_has_our_colours() -> None:
    """A theme of Textual's gets the dark or the light set, as it is itself."""
    plain = [Theme(name="plain", primary="#0178d4", dark=dark) for dark in (True, False)]
    assert variables(plain[0])["rx"] == variables(DARK)["rx"]
    assert variables(plain[1])["rx"] == variables(LIGHT)["rx"]


@pytest.mark.parametrize(
    ("colorfgbg", "theme"),
    [
        (None, DARK),
        ("", DARK),
        ("15;0", DARK),
        ("7;0", DARK),
        ("15;8", DARK),
        ("0;15", LIGHT),
        ("0;7", LIGHT),
        ("0;default;15", LIGHT),
        ("15;default;0", DARK),
        ("default;default", DARK),
        ("15", LIGHT),
        ("0;15;", DARK),
        ("nonsense", DARK),
    ],
)
def test_choose(colorfgbg: str | None, theme: Theme) -> None:
    """Where it is left to us, the terminal's word for its background decides, else it is dark."""
    environment = {} if colorfgbg is None else {"COLORFGBG": colorfgbg}
    assert choose("auto", environment) == theme.name


@pytest.mark.parametrize("name", [DARK.name, LIGHT.name, "nord", ""])
def test_a_name_is_kept(name: str) -> None:
    """A theme that was asked for is taken, whatever the terminal says."""
    assert choose(name, {"COLORFGBG": "0;15"}) == name
