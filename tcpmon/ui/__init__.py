"""The screen: the only place that knows Textual.

It shows any `core.node.Node` and asks it for what fits on the screen, ten times
a second at most (`feed`); nothing is pushed. `actions` has everything a person
can do, once; footer, help, palette and README's key table are made from it.
`render` turns pictures into styled text without Textual, `widgets` paint lines,
`screens` put them together, `fence` and `terminal` stand between all of it and
the real terminal.
"""
