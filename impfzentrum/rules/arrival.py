"""When people can come, as long as staff say nothing else. Plain aware times of the centre's own clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta

LEAD = timedelta(minutes=30)
"""So long after the release the first people are expected."""

TAIL = timedelta(minutes=15)
"""So long before the use-by time the last people should be there."""

AFTER_HOURS = timedelta(hours=2)
"""So long doses are proposed to be usable when the usual times of day are over."""

EVENING = time(18)
SMALL_HOURS = time(6)

FIVE_MINUTES = timedelta(minutes=5)


def first_arrival(now: datetime) -> datetime:
    """Half an hour from now, on the next full five minutes."""
    return round_up(now + LEAD)


def last_arrival(use_by: datetime) -> datetime:
    return use_by - TAIL


def round_up(moment: datetime, step: timedelta = FIVE_MINUTES) -> datetime:
    """The next full five minutes; a moment on a full five minutes stays."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour + -((hour - moment) // step) * step


def at_clock(clock: time, now: datetime) -> datetime:
    """This time of day on the day of `now`, in the zone of `now`.

    In the evening a time of the small hours means the coming night: at 23:00 nobody types 01:00 for a time long past.
    """
    today = datetime.combine(now.date(), clock, now.tzinfo)
    return today + timedelta(days=1) if now.time() >= EVENING and clock < SMALL_HOURS else today


def propose_use_by(*, usual: list[time], now: datetime) -> datetime:
    """The first of the usual times of day that leaves room for an arrival window, else two hours from now.

    An evening may run into the night, no further.
    """
    fitting = (at_clock(clock, now) for clock in usual if last_arrival(at_clock(clock, now)) > first_arrival(now))
    return next(fitting, round_up(now + AFTER_HOURS))
