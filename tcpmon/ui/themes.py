"""Colours. Two hues carry meaning, sky blue for RX and orange for TX, and never alone.

They are from the set of Okabe and Ito, which people with any colour vision can
tell apart; the light theme has darker ones of the same hue. Whatever row it stands
on, text has a contrast of 4.5 to 1 (WCAG 2.1, level AA), quiet text of 4.
"""

import os
from collections.abc import Mapping

from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="tcpmon-dark",
    primary="#4f8fba",
    secondary="#5f7d95",
    accent="#56b4e9",
    foreground="#d8dee4",
    background="#11161b",
    surface="#171d24",
    panel="#1e2730",
    success="#5fb98a",
    warning="#e6b450",
    error="#f2806f",
    dark=True,
    variables={"border": "#56b4e9", "border-blurred": "#33404c"},
)

LIGHT = Theme(
    name="tcpmon-light",
    primary="#2f6f9f",
    secondary="#4f6b80",
    accent="#005f99",
    foreground="#1d252c",
    background="#fbfbfa",
    surface="#f2f3f3",
    panel="#e4e8eb",
    success="#1a6b43",
    warning="#785400",
    error="#ae2012",
    dark=False,
    variables={"border": "#005f99", "border-blurred": "#b9c3cb"},
)

_IDS_DARK = ("#8fc1e3", "#c9a7eb", "#8fd3b6", "#e3b7a0", "#d6d18a", "#e3a0c0")
_IDS_LIGHT = ("#1f5f8b", "#6a3fa0", "#1d6b4f", "#8a4a22", "#655e0f", "#96305f")


def variables(theme: Theme) -> dict[str, str]:
    """Return the colours of our own that every theme needs, Textual's too."""
    ids = _IDS_DARK if theme.dark else _IDS_LIGHT
    rx, tx = ("#56b4e9", "#e69f00") if theme.dark else ("#005f99", "#8f4700")
    quiet = "#8896a2" if theme.dark else "#56636d"
    cursor_share, idle_share = (0.28, 0.08) if theme.dark else (0.22, 0.06)
    colors = theme.to_color_system().generate()
    background = Color.parse(colors["background"])
    cursor = background.blend(Color.parse(colors["primary"]), cursor_share)
    idle = background.blend(Color.parse(colors["foreground"]), idle_share)
    own = {"rx": rx, "tx": tx, "quiet": quiet, "row": cursor.hex, "row-idle": idle.hex}
    own |= {f"id-{number}": color for number, color in enumerate(ids)}
    bar = background.blend(Color.parse(colors["foreground"]), 0.25).hex
    for state in ("", "-hover", "-active"):
        own["scrollbar" + state] = colors["accent"] if state else bar
        own["scrollbar-background" + state] = colors["surface"]
    return own


def choose(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the theme that is meant. "auto": light if the terminal says that its background
    is (COLORFGBG, as rxvt, Konsole and others set it), else dark."""
    if name != "auto":
        return name
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name
