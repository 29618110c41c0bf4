"""When people can come if staff say nothing else."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from impfzentrum.rules.arrival import at_clock, first_arrival, last_arrival, propose_use_by, round_up

BERLIN = ZoneInfo("Europe/Berlin")


def at(clock: str, day: int = 24) -> datetime:
    return datetime.combine(date(2021, 4, day), time.fromisoformat(clock), BERLIN)


@pytest.mark.parametrize(
    ("now", "rounded"),
    [("12:00", "12:00"), ("12:01", "12:05"), ("12:04:59", "12:05"), ("12:05:01", "12:10"), ("12:59", "13:00")],
)
def test_rounding_goes_up_to_full_five_minutes(now: str, rounded: str) -> None:
    assert round_up(at(now)) == at(rounded)


def test_the_usual_window() -> None:
    assert first_arrival(at("12:02")) == at("12:35")
    assert last_arrival(at("18:00")) == at("17:45")


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        ("12:00", "18:00"),  # the last release's time of day
        ("17:10", "18:00"),  # from 17:40 until 17:45
        ("17:11", "20:00"),  # from 17:45 until 17:45 would be nobody's window: closing time
        ("19:30", "21:30"),  # after hours: two hours
        ("21:54", "23:55"),
        ("22:48", "00:50"),
    ],
)
def test_the_first_time_that_leaves_room_is_proposed(now: str, proposed: str) -> None:
    expected = at(proposed, day=25 if proposed < now else 24)
    assert propose_use_by(usual=[time(18), time(20)], now=at(now)) == expected


@pytest.mark.parametrize(
    ("now", "clock", "day"),
    [("23:00", "01:00", 25), ("18:00", "05:59", 25), ("17:59", "05:59", 24), ("23:00", "06:00", 24)],
)
def test_in_the_evening_the_small_hours_are_those_of_the_coming_night(now: str, clock: str, day: int) -> None:
    assert at_clock(time.fromisoformat(clock), at(now)) == at(clock, day)


def test_clocks_change_in_the_night_not_the_wall_time() -> None:
    now = datetime(2021, 3, 28, 1, 0, tzinfo=BERLIN)
    assert at_clock(time(18), now).isoformat() == "2021-03-28T18:00:00+02:00"
