"""How long an offer may live, and who can still come. All times are aware; travel is minutes door to door."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST_ANSWER = timedelta(minutes=3)
"""Nobody is asked who would have less time than this to answer (WCAG 2.2.1: enough time)."""

ON_THE_WAY = timedelta(minutes=1)
"""So long an offer may take to the gateway: who is asked still has the shortest answer time after it."""

ROUNDS_WANTED = 3
"""While doses are held one after the other, at least so many people should get their turn before the deadline."""

FLOOR_OF_VALIDITY = timedelta(minutes=5)


def answer_by(*, handed_over: datetime, longest: timedelta, arrive_until: datetime, travel_minutes: int) -> datetime:
    """Latest moment at which a person may still say yes to a dose that is held for them.

    The earlier of the end of validity and the moment from which the person could no longer arrive in time. Validity is
    the county's longest, shortened as the deadline nears so that a refusal leaves time for others, but not below five
    minutes.
    """
    last_start = arrive_until - timedelta(minutes=travel_minutes)
    share = max((last_start - handed_over) / ROUNDS_WANTED, FLOOR_OF_VALIDITY)
    return min(handed_over + min(longest, share), last_start)


def longest_travel(*, now: datetime, arrive_until: datetime) -> int:
    """Whole minutes of travel that a person may need who is asked now; negative when nobody can come any more."""
    return int((arrive_until - now - ON_THE_WAY - SHORTEST_ANSWER).total_seconds() // 60)
