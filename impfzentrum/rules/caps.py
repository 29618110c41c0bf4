"""How often one person may be offered a dose, over whatever channel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

DAY, WEEK = timedelta(hours=24), timedelta(days=7)
"""The spans in which offers are counted. They roll: a day is the last 24 hours, not the day in the calendar."""


def find_cap_end(offered_at: Collection[datetime], *, per_day: int, per_week: int, now: datetime) -> datetime | None:
    """The first moment at which a person with these offers may be asked again; None when that is already so.

    The newest `per_day` offers keep the next one away until the oldest of them is 24 hours old, the newest `per_week`
    until the oldest of them is seven days old.
    """
    newest_first = sorted(offered_at, reverse=True)
    ends = [newest_first[cap - 1] + span for cap, span in ((per_day, DAY), (per_week, WEEK)) if cap <= len(offered_at)]
    latest = max(ends, default=now)
    return latest if latest > now else None
