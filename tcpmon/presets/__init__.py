"""Rules files that come with tcpmon, to use and to copy. Their text is all that is known here."""

from importlib.resources import files

_SUFFIX = ".toml"


def names() -> list[str]:
    """Return what there is."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX))


def text(name: str) -> str:
    """Return the text of one of `names`."""
    return (files(__name__) / f"{name}{_SUFFIX}").read_text("utf-8")


def about(name: str) -> str:
    """Return what one of `names` is for: its first line, a comment."""
    return text(name).partition("\n")[0].removeprefix("# ")
