"""Quiet hours: when nobody is asked. Wall-clock times of the county; a period may run over midnight."""

from __future__ import annotations

from datetime import datetime, time, timedelta


def next_quiet_hours(now: datetime, quiet_from: time, quiet_until: time) -> tuple[datetime | None, datetime]:
    """(until when it is quiet now, or None; from when it is quiet next). `now` is in the county's own zone.

    Equal times mean that it is never quiet: then the next quiet moment lies a day ahead again and again.
    """
    if quiet_from == quiet_until:
        return None, now + timedelta(days=1)
    if is_quiet(now.time(), quiet_from, quiet_until):
        end = _next_at(now, quiet_until)
        return end, _next_at(end, quiet_from)
    return None, _next_at(now, quiet_from)


def is_quiet(clock: time, quiet_from: time, quiet_until: time) -> bool:
    """Whether this time of day lies in the quiet hours; their end does not."""
    if quiet_from <= quiet_until:
        return quiet_from <= clock < quiet_until
    return clock >= quiet_from or clock < quiet_until


def _next_at(now: datetime, clock: time) -> datetime:
    """The next moment after `now` at this time of day (wall clock, so also over a change to summer time)."""
    today = datetime.combine(now.date(), clock, now.tzinfo)
    return today if today > now else datetime.combine(now.date() + timedelta(days=1), clock, now.tzinfo)
