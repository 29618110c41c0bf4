"""A cap ends at the very moment at which counting the offers by hand would allow one more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.caps import DAY, WEEK, find_cap_end

NOW = datetime(2021, 4, 24, 12, tzinfo=UTC)
MINUTES_AGO = st.lists(st.integers(0, 8 * 24 * 60), max_size=15)
MOMENT = timedelta(microseconds=1)


def allowed(offered_at: list[datetime], at: datetime, *, per_day: int, per_week: int) -> bool:
    """One more offer at this moment, counted by hand: fewer than the caps are younger than a day, than a week."""
    younger_than_day = sum(at - one < DAY for one in offered_at)
    younger_than_week = sum(at - one < WEEK for one in offered_at)
    return younger_than_day < per_day and younger_than_week < per_week


@given(ago=MINUTES_AGO, per_day=st.integers(1, 4), more=st.integers(0, 8))
def test_the_end_of_a_cap_is_the_first_moment_that_counting_allows(ago: list[int], per_day: int, more: int) -> None:
    offered_at = [NOW - timedelta(minutes=minutes) for minutes in ago]
    per_week = per_day + more
    end = find_cap_end(offered_at, per_day=per_day, per_week=per_week, now=NOW)
    if end is None:
        assert allowed(offered_at, NOW, per_day=per_day, per_week=per_week)
        return
    assert end > NOW
    assert not allowed(offered_at, end - MOMENT, per_day=per_day, per_week=per_week)
    assert allowed(offered_at, end, per_day=per_day, per_week=per_week)
