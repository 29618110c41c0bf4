"""Until when an opened vial can be used, and what to propose for its rest. Aware times of the centre's own clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from impfzentrum.rules.arrival import propose_use_by

ENDS_SOON = timedelta(minutes=45)
"""So long before its end a vial is warned of: who is asked then can still come."""


def opened_moment(clock: time, now: datetime) -> datetime:
    """The last time at which it was this time of day: nobody notes a vial that will be opened later."""
    today = datetime.combine(now.date(), clock, now.tzinfo)
    return today if today <= now else today - timedelta(days=1)


def use_by_of_vial(*, usable_until: datetime, closes_at: time, now: datetime) -> datetime:
    """The earlier of the vial's end and the centre's closing; after closing the usual two hours, but never longer
    than the vial. In full minutes, rounded down."""
    proposed = min(usable_until, propose_use_by(usual=[closes_at], now=now))
    return proposed.replace(second=0, microsecond=0)
