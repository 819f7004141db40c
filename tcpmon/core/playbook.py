"""What answers clients by itself, as the screen shows it: rules with their counts, and a script."""

from msgspec import Struct


class RuleState(Struct, frozen=True):
    """A rule as it stands. hits: how often it has acted; at: when it did last, ns since 1970, 0 =
    never; trouble: why it does nothing any more, or what came to nothing, "" for nothing; shown:
    when and what it does, in a few words. Both are safe to print."""

    name: str
    on: bool
    hits: int
    at: int
    trouble: str = ""
    shown: str = ""


class Playbook(Struct, frozen=True):
    """The rules in force, and the script.

    source: the file they come from, or "" for what was written on the screen; text: the whole
    of it. trouble: why a newer text was not taken, "" if there is none; the rules are those of
    before then. script: the file of the script, "" for none; script_trouble: why it does not run,
    or what it does that it should not.
    """

    source: str = ""
    text: str = ""
    rules: tuple[RuleState, ...] = ()
    trouble: str = ""
    script: str = ""
    script_trouble: str = ""
