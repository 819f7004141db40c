"""Bytes in rows of the same length: as hex, and as bits."""

from abc import abstractmethod
from typing import ClassVar

from tcpmon.ui.render import Line
from tcpmon.ui.render_bytes import (
    Marks,
    bits_columns,
    bits_heading,
    bits_row,
    bits_width,
    digits_for,
    hex_columns,
    hex_row,
    hex_width,
)
from tcpmon.ui.views.view import View


class Grid(View):
    """Rows of bytes; any row is made from its number alone."""

    @property
    def digits(self) -> int:
        """Hex digits of an offset."""
        return digits_for(len(self.cursor.data))

    @property
    @abstractmethod
    def per_row(self) -> int:
        """How many bytes a row has, which is as many as fit."""

    @abstractmethod
    def columns(self) -> list[tuple[range, range]]:
        """Return in which cells each byte of a row stands."""

    def count(self) -> int:
        return -(-len(self.cursor.data) // self.per_row)

    def line_at_cursor(self) -> int:
        return self.cursor.at // self.per_row

    def step(self, count: int, select: bool) -> None:
        self.cursor.go(self.cursor.at + count, select)

    def climb(self, lines: int, select: bool) -> None:
        row, column = divmod(self.cursor.at, self.per_row)
        row = max(0, min(row + lines, self.count() - 1))
        self.cursor.go(row * self.per_row + column, select)

    def row_edge(self, last: bool, select: bool) -> None:
        first = self.cursor.at - self.cursor.at % self.per_row
        self.cursor.go(first + self.per_row - 1 if last else first, select)

    def click(self, number: int, column: int) -> None:
        for place, cells in enumerate(self.columns(), number * self.per_row):
            if any(column in part for part in cells) and place < len(self.cursor.data):
                self.cursor.go(place)


class Hex(Grid):
    """Sixteen bytes a row, or eight, and their ASCII."""

    name: ClassVar[str] = "Hex"

    @property
    def per_row(self) -> int:
        return 16 if self.width >= hex_width(16, self.digits) else 8

    def columns(self) -> list[tuple[range, range]]:
        return hex_columns(self.per_row, self.digits)

    def line(self, number: int, marks: Marks) -> Line:
        return hex_row(self.cursor.data, number, self.per_row, self.digits, marks)


class Bits(Grid):
    """A few bytes a row, each bit of them."""

    name: ClassVar[str] = "Bits"

    @property
    def per_row(self) -> int:
        return next((n for n in (8, 4) if self.width >= bits_width(n, self.digits)), 2)

    def columns(self) -> list[tuple[range, range]]:
        return bits_columns(self.per_row, self.digits)

    def heading(self) -> list[Line]:
        return [bits_heading(self.per_row, self.digits)]

    def line(self, number: int, marks: Marks) -> Line:
        return bits_row(self.cursor.data, number, self.per_row, self.digits, marks)
