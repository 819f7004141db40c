"""The garbage collector's part in a program that makes little garbage and must not pause."""

import gc


def settle_memory() -> None:
    """Tell the collector that what is there now stays; call once the program is up.

    It was off while modules were imported, which would have had it look at all
    of them again and again.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
