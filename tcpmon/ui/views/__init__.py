"""The ways to look at the bytes of one message: each is lines, and where a cursor goes in them."""
