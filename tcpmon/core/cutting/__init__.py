"""Records to messages: what the log shows, cut when somebody looks.

The store keeps what was read. A stream is what one client sent, or was sent; its framer
says where messages end, and a message stands where its last byte came. Choosing another
framing cuts anew what is kept, from the client's first byte on; of that no more is done
than the rows that are asked for need.

`stream` cuts one stream within one chunk of the store, `window` finds the rows around a
place, `sieve` remembers which of all rows match a filter.
"""
