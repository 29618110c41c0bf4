"""Ages, intervals and groups as plain dates, so that the database can compare and tests can vary them."""

from __future__ import annotations

from datetime import date, timedelta


def latest_birth_date(*, on: date, age: int) -> date:
    """The latest birth date of those who have completed `age` years `on` that day."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:  # 29 February: who was born on 1 March of a common year is a day too young
        return date(on.year - age, 2, 28)


def age_on(birth_date: date, day: date) -> int:
    """Completed years of life on `day` (§ 187 (2), § 188 (2) BGB: the day of birth counts)."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def birth_dates_for_ages(*, on: date, age_min: int, age_max: int | None) -> tuple[date | None, date]:
    """Earliest (or None) and latest birth date of people who are `age_min` to `age_max` completed years old `on`."""
    earliest = None if age_max is None else latest_birth_date(on=on, age=age_max + 1) + timedelta(days=1)
    return earliest, latest_birth_date(on=on, age=age_min)


def latest_last_dose(*, on: date, interval_min_weeks: int) -> date:
    """The day on or before which the last dose must lie for the next one `on`."""
    return on - timedelta(weeks=interval_min_weeks)


def earliest_last_dose(*, on: date, interval_max_weeks: int | None) -> date | None:
    """The day on or after which the last dose must lie for the next one `on`; None where no longest interval is set."""
    return None if interval_max_weeks is None else on - timedelta(weeks=interval_max_weeks)


def group_for(*, criterion_group: int, age: int, age_groups: dict[int, int]) -> int:
    """The better (lower) of the criterion's group and the best group that age alone gives.

    `age_groups` maps a minimum age to its group, such as {80: 1, 70: 2, 60: 3} (§ 2 to § 4 CoronaImpfV).
    """
    by_age = [group for age_from, group in age_groups.items() if age >= age_from]
    return min([criterion_group, *by_age])
