"""Small cells stay unknown: an attacker who tries every table that goes with what is shown finds two values a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impfzentrum.rules.withholding import SMALLEST, ShownTable, TooFewPeople, withhold

COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 30))
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(COUNTS, min_size=width, max_size=width), min_size=1, max_size=5)
)


def tables_that_go_with(shown: ShownTable, fixed: tuple[int, int], value: int) -> bool:
    """Whether some table of counts with `value` at `fixed` looks exactly like what is shown.

    By trying, line by line, and knowing nothing of how cells are chosen. `fixed` may be in the column of all.
    """
    left = list(shown.sums)
    seen: set[tuple[int, tuple[int, ...]]] = set()

    def fill(line: int) -> bool:
        if line == len(shown.cells):
            return not any(left)
        if (line, tuple(left)) in seen:
            return False
        for guess in guess_line(line):
            for column, count in enumerate(guess):
                left[column] -= count
            if fill(line + 1):
                return True
            for column, count in enumerate(guess):
                left[column] += count
        seen.add((line, tuple(left)))
        return False

    def guess_line(line: int) -> Iterator[list[int]]:
        wanted = value if fixed == (line, len(shown.sums)) else shown.together[line]
        yield from guess_cells(line, 0, wanted)

    def guess_cells(line: int, column: int, wanted: int | None) -> Iterator[list[int]]:
        if column == len(shown.sums):
            if wanted in (None, 0):
                yield []
            return
        known = value if fixed == (line, column) else shown.cells[line][column]
        most = left[column] if wanted is None else min(left[column], wanted)
        for count in range(most + 1) if known is None else [known] if 0 <= known <= most else []:
            rest = None if wanted is None else wanted - count
            for others in guess_cells(line, column + 1, rest):
                yield [count, *others]

    return fill(0)


def computable(shown: ShownTable, table: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    found = []
    for line, counts in enumerate(table):
        full, cells = [*counts, sum(counts)], [*shown.cells[line], shown.together[line]]
        for column, (count, cell) in enumerate(zip(full, cells, strict=True)):
            if cell is None and not any(tables_that_go_with(shown, (line, column), count + one) for one in (1, -1)):
                found.append((line, column))
    return found


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_no_withheld_cell_can_be_computed(table: list[list[int]]) -> None:
    if any(sum(column) < SMALLEST for column in zip(*table, strict=True)):
        with pytest.raises(TooFewPeople):
            withhold(table)
        return
    shown = withhold(table)
    assert computable(shown, table) == []
    for counts, cells, together in zip(table, shown.cells, shown.together, strict=True):
        for count, cell in zip([*counts, sum(counts)], [*cells, together], strict=True):
            assert cell is None or cell == count >= SMALLEST
    if all(count >= SMALLEST for counts in table for count in counts):
        assert shown.withheld == 0
    assert shown.sums == [sum(column) for column in zip(*table, strict=True)]
    assert shown.all_sum == sum(shown.sums)


def test_without_the_second_step_the_attacker_finds_the_cell() -> None:
    """The control: only the small cell withheld, and the sum of its column tells it."""
    table = [[2, 30], [40, 50]]
    naive = ShownTable([[None, 30], [40, 50]], [32, 90], [42, 80], 122)
    assert computable(naive, table) == [(0, 0)]
    assert withhold(table).withheld == 4


def test_all_ones_are_no_way_out() -> None:
    """Five cells of one each add up to five: who knew that a withheld cell holds somebody would know them all."""
    shown = withhold([[1], [1], [1], [1], [1], [0]])
    assert shown.cells == [[None]] * 6
    assert shown.sums == [5]


def test_a_small_table_says_only_what_it_must() -> None:
    shown = withhold([[120, 80], [3, 60], [44, 9], [15, 12]])
    assert shown.cells[1][0] is None
    assert shown.withheld == 4
    assert shown.together[0] == 200


def test_a_county_of_postcodes_is_done_at_once() -> None:
    table = [[7 * line % 97, 5 * line % 41, line % 3] for line in range(60)]
    shown = withhold(table)
    assert 0 < shown.withheld < 3 * 61
