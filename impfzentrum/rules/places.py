"""Where somebody stands in the queue: classes of people who are eligible together, so that the next is found at once.

A release asks the people of some classes and not those of others. Each class has an order of its own in the index, so
nobody who is not eligible is ever walked past, however long the list is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from impfzentrum.rules.availability import PARTS

BANDS = (5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 75, 90, 120, 240)
"""Minutes of travel: upper ends of the bands. Narrow where offers are decided, wide where they rarely are."""

ALL_PARTS = 2**PARTS - 1
"""Morning, afternoon and evening of a day; one bit each (rules.availability)."""

NO_GROUP = 9
"""Stands for "no criterion in force": comes into question only when no order of groups is in force."""


def find_band(travel_minutes: int) -> int:
    """The number of the band that these minutes of travel fall into."""
    return bisect_left(BANDS, travel_minutes)


def find_class(travel_minutes: int, parts: int) -> int:
    """The class of somebody so many minutes away who can come in these parts of the day."""
    return find_band(travel_minutes) << PARTS | parts


def list_classes(present: Iterable[int], *, longest: int, parts: int) -> list[int]:
    """Those of the classes `present` in which somebody may be eligible.

    They need at most `longest` minutes of travel and can come in at least one of these `parts` of the day. In the band
    that `longest` falls into the minutes of each person decide, and the hour of whoever said they are ready today.
    """
    if longest < 0:
        return []
    last = find_band(longest)
    return [one for one in present if one >> PARTS <= last and one & parts]
