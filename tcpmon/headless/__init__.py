"""The same node without a screen: text or JSON lines on stdout, talk on stderr.

Needs no terminal, no stdin and no colours, so it is also the mode for scripts,
tests and screen readers. `serve` runs it; `text` and `jsonl` write a record each.
"""
