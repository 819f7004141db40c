"""How fast the whole program is, beside a peer that was measured in the same minute.

    python -m tests.benchmarks              everything, some ten minutes
    python -m tests.benchmarks echo start   only these
    python -m tests.benchmarks --rounds 9   more rounds, less doubt

Linux, two cores and an otherwise idle machine; tcpmon installed for this
Python. What else is needed (rustc, cc, node, uvloop) is looked for when it is:
where it is missing, its lines are left out and say so.

Each line of the table compares the same work done by tcpmon and by a peer, one
after the other, in several rounds. What counts is the ratio of the two in each
round; the table shows the median of those and how far they spread, and the goal.
Lines without a peer show a figure. Read ratios, not rates: the same program
moves by 15 % from round to round on a quiet machine and by 40 % on a busy one.
A ratio whose spread reaches over its goal is undecided; take more rounds.

Servers run on the first core and what puts load on them on the last.
"""
