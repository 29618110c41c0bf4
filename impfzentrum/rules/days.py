"""Where a day begins and ends, on the clocks of the centres."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def day_begins(now: datetime) -> datetime:
    """The midnight with which the day of `now` began."""
    return begin_of(now.astimezone(BERLIN).date())


def day_ends(now: datetime) -> datetime:
    """The midnight with which the next day begins; 23 or 25 hours later when the clocks change."""
    return begin_of(now.astimezone(BERLIN).date() + timedelta(days=1))


def begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), BERLIN)
