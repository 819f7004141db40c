"""How fast the whole program is, beside a peer that was measured in the same minute.

    python -m tests.benchmarks              everything, some half an hour
    python -m tests.benchmarks echo start   only these
    python -m tests.benchmarks --rounds 9   more rounds, less doubt

Linux, two cores and nothing else to do for them, 20,000 descriptors (ulimit -n);
tcpmon installed for this Python. What else is needed (rustc, cc, node, ncat, socat,
uvloop) is looked for when it is: where it is missing, its lines are left out and
say so.

A line compares the same work done by tcpmon and by a peer in several rounds, by
the ratio of the two in each round: the median of those, how far they spread, the
goal for the median, and what both took or did. A line without a peer is about
the figure itself. Read ratios, not rates: the same program moves by 15 % from one
round to the next on a quiet machine, and by half on a busy one. A spread that
reaches over the goal leaves it open; take more rounds on a quieter machine.

What each benchmark measures, against what and why, stands at the top of its
module. Servers run on the first core, and what puts load on them on the last. Those
that are compared are there at once and take turns under load. Everything stays on
127.0.0.1, ends in time, and takes what it started with it.
"""
