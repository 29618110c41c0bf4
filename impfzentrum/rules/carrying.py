"""Small counts of a time series are withheld and carried forward, as the RKI does in its open county data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from impfzentrum.rules.withholding import SMALLEST

Line = tuple[date, str, int, int]
"""Day, age band, dose, count."""


def carry_small_counts(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, in the order of their days, with counts of at least `SMALLEST`.

    What is smaller waits and is added to the next day of the same age and dose. What never grows enough is never told.
    """
    waiting: dict[tuple[str, int], int] = {}
    for day, band, dose, count in lines:
        kind = band, dose
        waiting[kind] = waiting.get(kind, 0) + count
        if waiting[kind] >= SMALLEST:
            yield day, band, dose, waiting.pop(kind)
