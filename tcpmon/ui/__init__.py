"""The screen: the only place that knows Textual.

It shows any `core.node.Node` and asks it for what fits on the screen, ten times
a second at most (`feed`); nothing is pushed. `actions` has everything a person
can do, once; footer, help, palette and README's key table are made from it.
`render`, `client_rows` and `log_lines` turn pictures into styled text without
Textual, `reel` scrolls through a log of unknown length, `search` looks through it
between two keys; `widgets` paint lines, `screens` put them together, `fence` and
`terminal` stand between all of it and the real terminal.
"""
