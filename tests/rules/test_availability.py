"""Parts of days as bits agree with looking at each minute of a window, also when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.availability import (
    ALWAYS,
    WEEK,
    Part,
    bit_of,
    bits_of_day,
    bits_of_window,
    list_parts,
    list_ready_ends,
    part_at,
    summarize_week,
)

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2021, 3, 28), date(2021, 10, 31)
DAYS = st.dates(date(2021, 1, 1), date(2030, 12, 31)) | st.sampled_from([SPRING, AUTUMN])
MINUTES = st.integers(0, 23 * 60 + 59)
SATURDAY = date(2021, 4, 24)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BERLIN)


def walk(start: datetime, until: datetime) -> list[datetime]:
    """Every minute of the window as it passes, told by the clock on the wall."""
    moment, minutes = start.astimezone(UTC), []
    while moment < until.astimezone(UTC):
        minutes.append(moment.astimezone(BERLIN))
        moment += timedelta(minutes=1)
    return minutes


@given(day=DAYS, begin=MINUTES, length=st.integers(0, 23 * 60))
def test_a_window_touches_the_parts_its_minutes_lie_in(day: date, begin: int, length: int) -> None:
    midnight = datetime.combine(day, time(0), BERLIN).astimezone(UTC)
    start = (midnight + timedelta(minutes=begin)).astimezone(BERLIN)
    until = (start.astimezone(UTC) + timedelta(minutes=length)).astimezone(BERLIN)
    touched = 0
    for minute in walk(start, until):
        later = minute.date() > day
        touched |= bit_of(day.weekday(), Part.EVENING if later else part_at(minute.time()))
    assert bits_of_window(day, start, until) == touched


@given(day=DAYS, bits=st.integers(0, ALWAYS))
def test_the_number_holds_just_what_was_ticked(day: date, bits: int) -> None:
    rebuilt = sum(bit_of(weekday, part) for weekday in range(7) for part in list_parts(bits, weekday))
    assert rebuilt == bits
    assert bool(bits & bits_of_day(day)) == bool(list_parts(bits, day.weekday()))


def test_a_week_has_21_parts_and_no_two_are_the_same() -> None:
    bits = [bit_of(weekday, part) for weekday in range(7) for part in Part]
    assert len(set(bits)) == WEEK
    assert sum(bits) == ALWAYS
    assert bits_of_day(SATURDAY) == 0b111 << 15


@pytest.mark.parametrize(
    ("start", "until", "parts"),
    [
        ("08:00", "12:00", [Part.MORNING]),
        ("08:00", "12:01", [Part.MORNING, Part.AFTERNOON]),
        ("11:59", "17:00", [Part.MORNING, Part.AFTERNOON]),
        ("12:00", "17:00", [Part.AFTERNOON]),
        ("16:59", "20:00", [Part.AFTERNOON, Part.EVENING]),
        ("17:00", "23:59", [Part.EVENING]),
        ("08:00", "20:00", [Part.MORNING, Part.AFTERNOON, Part.EVENING]),
        ("14:00", "14:00", []),
        ("15:00", "14:00", []),
    ],
)
def test_the_bounds_of_the_parts(start: str, until: str, parts: list[Part]) -> None:
    touched = bits_of_window(SATURDAY, at(SATURDAY, start), at(SATURDAY, until))
    assert list_parts(touched, SATURDAY.weekday()) == parts
    assert touched == touched & bits_of_day(SATURDAY)


def test_the_night_belongs_to_the_evening_before() -> None:
    sunday = SATURDAY + timedelta(days=1)
    evening = bit_of(SATURDAY.weekday(), Part.EVENING)
    assert bits_of_window(SATURDAY, at(SATURDAY, "23:30"), at(sunday, "00:45")) == evening
    assert bits_of_window(SATURDAY, at(sunday, "00:10"), at(sunday, "00:45")) == evening
    assert bits_of_window(sunday, at(sunday, "00:10"), at(sunday, "00:45")) == bit_of(6, Part.MORNING)
    assert bits_of_window(sunday, at(SATURDAY, "20:00"), at(SATURDAY, "23:00")) == 0


def test_the_hour_that_comes_twice_is_not_empty() -> None:
    """From 02:30 in summer time to 02:10 in winter time forty minutes pass, though the clock goes back."""
    start = datetime(2021, 10, 31, 2, 30, tzinfo=BERLIN)
    until = datetime(2021, 10, 31, 2, 10, tzinfo=BERLIN, fold=1)
    assert bits_of_window(AUTUMN, start, until) == bit_of(6, Part.MORNING)
    assert bits_of_window(AUTUMN, until, start) == 0


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("09:30", ["11:30", "18:00", "20:00"]),
        ("15:28", ["17:30", "18:00", "20:00"]),
        ("15:31", ["17:45", "20:00"]),
        ("16:00", ["18:00", "20:00"]),
        ("16:28", ["18:00", "18:30", "20:00"]),
        ("17:20", ["18:00", "19:30", "20:00"]),
        ("17:31", ["20:00"]),
        ("19:59", ["20:00"]),
        ("20:00", []),
        ("23:30", []),
    ],
)
def test_until_when_one_can_be_ready(now: str, ends: list[str]) -> None:
    assert list_ready_ends(at(SATURDAY, now), time(20)) == [at(SATURDAY, end) for end in ends]


def test_two_hours_pass_also_in_the_night_the_clocks_change() -> None:
    assert list_ready_ends(at(SPRING, "01:30"), time(20))[0] == at(SPRING, "04:30")
    assert list_ready_ends(at(AUTUMN, "01:30"), time(20))[0].hour == 2


@given(bits=st.integers(0, ALWAYS))
def test_a_week_in_few_words_loses_nothing(bits: int) -> None:
    told = summarize_week(bits)
    rebuilt = sum(bit_of(day, part) for span in told for day in range(span.first, span.last + 1) for part in span.parts)
    assert rebuilt == bits
    for one, other in pairwise(told):
        assert one.last < other.first
        assert other.first > one.last + 1 or one.parts != other.parts
