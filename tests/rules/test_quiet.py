"""Quiet hours over midnight, and over the change to summer time."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.quiet import is_quiet, next_quiet_hours
from tests.factories import BERLIN

NIGHT = (time(21), time(7))


@pytest.mark.parametrize(("clock", "quiet"), [("20:59", False), ("21:00", True), ("02:00", True), ("07:00", False)])
def test_the_night_is_quiet(clock: str, quiet: bool) -> None:
    assert is_quiet(time.fromisoformat(clock), *NIGHT) is quiet


def test_in_the_evening_it_ends_next_morning() -> None:
    now = datetime(2021, 4, 24, 22, 0, tzinfo=BERLIN)
    until, next_from = next_quiet_hours(now, *NIGHT)
    assert until == datetime(2021, 4, 25, 7, 0, tzinfo=BERLIN)
    assert next_from == datetime(2021, 4, 25, 21, 0, tzinfo=BERLIN)


def test_the_night_of_summer_time_ends_at_seven_too() -> None:
    until, _ = next_quiet_hours(datetime(2021, 3, 27, 23, 0, tzinfo=BERLIN), *NIGHT)
    assert until is not None
    assert (until.hour, until.utcoffset()) == (7, timedelta(hours=2))


def test_equal_times_are_never_quiet() -> None:
    until, _ = next_quiet_hours(datetime(2021, 4, 24, 7, 0, tzinfo=BERLIN), time(7), time(7))
    assert until is None


@given(st.datetimes(datetime(2021, 1, 1), datetime(2021, 12, 31)), st.times(), st.times())  # noqa: DTZ001
def test_it_is_quiet_exactly_when_an_end_is_named(now: datetime, begin: time, end: time) -> None:
    local = now.replace(tzinfo=BERLIN)
    until, next_from = next_quiet_hours(local, begin, end)
    assert (until is not None) == (begin != end and is_quiet(local.time(), begin, end))
    assert next_from > local
