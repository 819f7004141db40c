"""Fields as rows that can be folded, and which of them a byte belongs to."""

from collections.abc import Collection, Iterator

from msgspec import Struct

from tcpmon.core.decoding import Field

Path = tuple[int, ...]
"""Which part of which part: (2, 0) is the first part of the third field."""


class Row(Struct, frozen=True):
    """A field as it stands in the outline. folded: its parts are left out."""

    path: Path
    field: Field
    folded: bool

    @property
    def depth(self) -> int:
        """How far it is indented, 0 at the edge."""
        return len(self.path) - 1


def outline(fields: tuple[Field, ...], folded: Collection[Path] = ()) -> list[Row]:
    """Return the fields and their parts in order, without those in folded ones."""
    return list(_rows(fields, (), folded))


def _rows(fields: tuple[Field, ...], above: Path, folded: Collection[Path]) -> Iterator[Row]:
    for number, field in enumerate(fields):
        path = (*above, number)
        shut = bool(field.parts) and path in folded
        yield Row(path, field, shut)
        if not shut:
            yield from _rows(field.parts, path, folded)


def path_at(fields: tuple[Field, ...], at: int) -> Path:
    """Return the innermost field that a byte belongs to, () if there is none.

    A field whose place is not known does not hide its parts.
    """
    best: Path = ()
    for row in outline(fields):
        field = row.field
        if field.start <= at < field.end and len(row.path) > len(best):
            best = row.path
    return best


def names(fields: tuple[Field, ...], path: Path) -> list[str]:
    """Return what the fields on the way to one are called, its own name last."""
    found = []
    for number in path:
        found.append(fields[number].name)
        fields = fields[number].parts
    return found
