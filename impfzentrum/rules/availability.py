"""When people have time: parts of the days of a week as one number, so that the database can compare it at once.

A week has 21 parts: Monday to Sunday, each with morning (before 12:00), afternoon (12:00 to 17:00) and evening (from
17:00). Part n of the week is bit n of the number. All moments are aware and in Berlin; a part is told by the clock on
the wall, so a day of 23 or 25 hours has the same three.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import NamedTuple

from impfzentrum.rules.arrival import round_up


class Part(IntEnum):
    """A part of a day."""

    MORNING = 0
    AFTERNOON = 1
    EVENING = 2


AFTERNOON_FROM = time(12)
EVENING_FROM = time(17)
PARTS = len(Part)
WEEK = 7 * PARTS
ALWAYS = (1 << WEEK) - 1
"""Every part of every day."""

READY_FOR = timedelta(hours=2)
READY_UNTIL = time(18)
QUARTER = timedelta(minutes=15)
WORTH_A_CHOICE = timedelta(minutes=30)
_A_MOMENT = timedelta(microseconds=1)


def bit_of(weekday: int, part: Part) -> int:
    """The bit of a part of a day; Monday is 0."""
    return 1 << (weekday * PARTS + part)


def bits_of_day(day: date) -> int:
    """The bits of all parts of this day."""
    return sum(bit_of(day.weekday(), part) for part in Part)


def part_at(clock: time) -> Part:
    """The part of the day at this time on the wall clock."""
    if clock < AFTERNOON_FROM:
        return Part.MORNING
    return Part.AFTERNOON if clock < EVENING_FROM else Part.EVENING


def bits_of_window(day: date, start: datetime, until: datetime) -> int:
    """The bits of the parts of `day` that a window touches; 0 for an empty window or one that ends before that day.

    What ends as a part begins does not touch it. A night that follows an evening belongs to it: what lies after
    midnight counts as the evening of `day`, since staff who give doses free at 23:00 mean the coming night.
    """
    if until.astimezone(UTC) <= start.astimezone(UTC) or until.date() < day:
        return 0
    first = _part_on(day, start)
    last = _part_on(day, (until.astimezone(UTC) - _A_MOMENT).astimezone(until.tzinfo))
    return sum(bit_of(day.weekday(), part) for part in Part if first <= part <= last)


def _part_on(day: date, moment: datetime) -> Part:
    if moment.date() < day:
        return Part.MORNING
    return Part.EVENING if moment.date() > day else part_at(moment.time())


def list_parts(bits: int, weekday: int) -> list[Part]:
    """The parts of this weekday that the number holds."""
    return [part for part in Part if bits & bit_of(weekday, part)]


def list_ready_ends(now: datetime, closes_at: time) -> list[datetime]:
    """Until when somebody can say to be ready today: two hours from now, 18:00, until the centre closes.

    Two hours end on a full quarter. Each ends today and no later than the centre closes; choices less than half an hour
    apart, or from now, are none worth choosing between, so the rounder one stays. After closing there is none.
    """
    closing = datetime.combine(now.date(), closes_at, now.tzinfo)
    if now >= closing:
        return []
    in_a_while = round_up((now.astimezone(UTC) + READY_FOR).astimezone(now.tzinfo), QUARTER)
    ends = [closing]
    if in_a_while <= closing - WORTH_A_CHOICE:
        ends.append(in_a_while)
    evening = datetime.combine(now.date(), READY_UNTIL, now.tzinfo)
    if all(abs(evening - other) >= WORTH_A_CHOICE for other in (*ends, now)) and now < evening < closing:
        ends.append(evening)
    return sorted(ends)


class Days(NamedTuple):
    """Days from `first` to `last` (Monday is 0) with the same parts."""

    first: int
    last: int
    parts: tuple[Part, ...]


def summarize_week(bits: int) -> list[Days]:
    """The ticked days from Monday on; neighbours with the same parts are told together."""
    spans: list[Days] = []
    for weekday in range(7):
        parts = tuple(list_parts(bits, weekday))
        before = spans[-1] if spans else None
        if before is not None and before.last == weekday - 1 and before.parts == parts:
            spans[-1] = before._replace(last=weekday)
        elif parts:
            spans.append(Days(weekday, weekday, parts))
    return spans
