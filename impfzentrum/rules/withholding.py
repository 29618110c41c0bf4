"""Small cells of a table are withheld, and as many others as it takes so that nobody can compute them.

A table has a column for each centre and one for all centres together, which is published as well, and under each
column its sum. Withheld is every cell below 5, a zero too: that nobody of a village belongs to a group says something
of the village (so does the RKI in its open data). Then a reader who knows all that is shown, that rows and columns add
up and that no count is negative, must find at least two values for every withheld cell.

Lines and columns are the places of a network, cells its pipes: a cell can be another value exactly where there is a way
round through other withheld cells along which one more here is one less there. Such tables are totally
unimodular, so that looking for ways round of one unit is the whole proof and not an estimate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SMALLEST = 5
"""From this count on a cell may be shown."""


class TooFewPeople(Exception):
    """A column adds up to fewer than `SMALLEST`: even its sum would be a small cell. Leave the column out."""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """What may be published: None stands for a withheld cell. `sums`: of each column, `all_sum` of the whole table.

    `together`: each line over all columns, withheld where a small cell or a difference would show.
    """

    cells: list[list[int | None]]
    together: list[int | None]
    sums: list[int]
    all_sum: int

    @property
    def withheld(self) -> int:
        return sum(cell is None for line in [*self.cells, self.together] for cell in line)


Cell = tuple[int, int]
"""Line and column; the column after the last is that of all together."""


def withhold(lines: Sequence[Sequence[int]]) -> ShownTable:
    """The table of counts with small cells withheld, and enough others.

    Raises TooFewPeople where a column adds up to less than `SMALLEST`.
    """
    full = [[*line, sum(line)] for line in lines]
    sums = [sum(column) for column in zip(*full, strict=True)]
    if any(one < SMALLEST for one in sums):
        raise TooFewPeople
    hidden = {
        (line, column) for line, cells in enumerate(full) for column, count in enumerate(cells) if count < SMALLEST
    }
    while bare := next((cell for cell in sorted(hidden) if is_computable(full, hidden, cell)), None):
        hidden |= _choose_more(full, hidden, bare)
    shown = [
        [None if (line, column) in hidden else count for column, count in enumerate(cells)]
        for line, cells in enumerate(full)
    ]
    return ShownTable(
        cells=[cells[:-1] for cells in shown],
        together=[cells[-1] for cells in shown],
        sums=sums[:-1],
        all_sum=sums[-1] if sums else 0,
    )


def is_computable(full: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> bool:
    """Whether only one value of a withheld cell goes with all that is shown. `full` has the column of all together."""
    return not (_may_be_more(full, hidden, cell) or _may_be_less(full, hidden, cell))


def _may_be_more(full: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> bool:
    """One more here: the column has to lose one elsewhere, that line to gain one, and so on back to this line."""
    return _can_grow(full, cell) and cell[0] in _lines_reached(full, hidden, cell, growing=True)


def _may_be_less(full: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> bool:
    return _can_shrink(full, cell) and cell[0] in _lines_reached(full, hidden, cell, growing=False)


def _can_grow(full: Sequence[Sequence[int]], cell: Cell) -> bool:
    """Whether the flow through a cell can be one more. In the column of all it runs backwards: it is their sum."""
    line, column = cell
    return full[line][column] >= 1 if column == len(full[line]) - 1 else True


def _can_shrink(full: Sequence[Sequence[int]], cell: Cell) -> bool:
    line, column = cell
    return True if column == len(full[line]) - 1 else full[line][column] >= 1


def _lines_reached(full: Sequence[Sequence[int]], hidden: set[Cell], start: Cell, *, growing: bool) -> set[int]:
    """The lines to which a change of `start` can be passed on, its own among them if the way comes round."""
    back, forth = (_can_shrink, _can_grow) if growing else (_can_grow, _can_shrink)
    lines: set[int] = set()
    columns, waiting = {start[1]}, [start[1]]
    while waiting:
        column = waiting.pop()
        for line, _ in [one for one in hidden if one[1] == column and one != start and back(full, one)]:
            if line in lines:
                continue
            lines.add(line)
            for onward in [one for one in hidden if one[0] == line and one != start and forth(full, one)]:
                if onward[1] not in columns:
                    columns.add(onward[1])
                    waiting.append(onward[1])
    return lines


def _choose_more(full: Sequence[Sequence[int]], hidden: set[Cell], bare: Cell) -> set[Cell]:
    """What to withhold besides, so that this cell cannot be computed: what costs a reader least.

    The other corners of a rectangle make a way round. Few cells come before many, those of a centre before those of all
    together, small before large ones. Where no rectangle will do, everything near is withheld, then everything.
    """
    everybody = len(full[0]) - 1

    def cost(cells: set[Cell]) -> tuple[int, int, int]:
        return len(cells), sum(column == everybody for _, column in cells), sum(full[one][two] for one, two in cells)

    for corners in sorted(_rectangles(full, hidden, bare), key=cost):
        if corners and not is_computable(full, hidden | corners, bare):
            return corners
    shown = {(line, column) for line, cells in enumerate(full) for column in range(len(cells))} - hidden
    return {one for one in shown if one[0] == bare[0] or one[1] == bare[1]} or shown


def _rectangles(full: Sequence[Sequence[int]], hidden: set[Cell], bare: Cell) -> Iterator[set[Cell]]:
    """For each cell in another line and column, the corners that are not withheld yet."""
    line, column = bare
    for other_line in range(len(full)):
        for other_column in range(len(full[0])):
            if other_line != line and other_column != column:
                yield {(line, other_column), (other_line, column), (other_line, other_column)} - hidden
