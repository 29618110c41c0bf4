"""Ages, intervals and groups: the bounds that the database compares agree with counting on fingers, on every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.eligibility import (
    age_on,
    birth_dates_for_ages,
    earliest_last_dose,
    group_for,
    latest_birth_date,
    latest_last_dose,
)

DAYS = st.dates(date(2020, 12, 27), date(2032, 12, 31))
LEAP_DAYS = st.sampled_from([date(2024, 2, 29), date(2028, 2, 29), date(2024, 3, 1), date(2025, 2, 28)])
BIRTHS = st.dates(date(1905, 1, 1), date(2020, 12, 31)) | st.sampled_from([date(1948, 2, 29), date(2008, 2, 29)])


@given(day=DAYS | LEAP_DAYS, birth=BIRTHS, low=st.integers(0, 90), span=st.none() | st.integers(0, 60))
def test_the_bounds_hold_exactly_the_people_of_these_ages(day: date, birth: date, low: int, span: int | None) -> None:
    high = None if span is None else low + span
    earliest, latest = birth_dates_for_ages(on=day, age_min=low, age_max=high)
    inside = birth <= latest and (earliest is None or birth >= earliest)
    age = age_on(birth, day)
    assert inside == (low <= age and (high is None or age <= high))


@pytest.mark.parametrize("year", range(2020, 2033))
def test_every_day_of_every_year_has_a_youngest_of_eighty(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        youngest = latest_birth_date(on=day, age=80)
        assert age_on(youngest, day) == 80
        assert age_on(youngest + timedelta(days=1), day) == 79
        day += timedelta(days=1)


def test_who_was_born_on_a_leap_day_is_older_on_the_first_of_march() -> None:
    birth = date(2008, 2, 29)
    assert age_on(birth, date(2026, 2, 28)) == 17
    assert age_on(birth, date(2026, 3, 1)) == 18
    assert age_on(birth, date(2024, 2, 29)) == 16


@given(day=DAYS, weeks=st.integers(0, 52))
def test_the_interval_is_counted_in_whole_weeks_back(day: date, weeks: int) -> None:
    bound = latest_last_dose(on=day, interval_min_weeks=weeks)
    assert (day - bound).days == 7 * weeks
    assert earliest_last_dose(on=day, interval_max_weeks=weeks) == bound


def test_without_a_longest_interval_no_dose_is_too_late() -> None:
    assert earliest_last_dose(on=date(2021, 4, 24), interval_max_weeks=None) is None


@pytest.mark.parametrize(
    ("criterion_group", "age", "group"),
    [(4, 59, 4), (4, 60, 3), (4, 70, 2), (4, 80, 1), (1, 30, 1), (2, 65, 2), (3, 85, 1)],
)
def test_the_better_of_criterion_and_age_counts(criterion_group: int, age: int, group: int) -> None:
    assert group_for(criterion_group=criterion_group, age=age, age_groups={80: 1, 70: 2, 60: 3}) == group
