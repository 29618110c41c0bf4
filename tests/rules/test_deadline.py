"""How long an offer lives and who can still come, over all times of day and all minutes of travel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.deadline import FLOOR_OF_VALIDITY, ON_THE_WAY, SHORTEST_ANSWER, answer_by, longest_travel

START = datetime(2021, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 6 * 365 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
SECONDS_LEFT = st.integers(-600, 8 * 3600)
TRAVEL = st.integers(0, 240)
LONGEST = st.integers(1, 120).map(lambda minutes: timedelta(minutes=minutes))


@given(now=MOMENTS, left=SECONDS_LEFT, travel=TRAVEL, longest=LONGEST)
def test_nobody_may_say_yes_who_could_not_arrive_any_more(
    now: datetime, left: int, travel: int, longest: timedelta
) -> None:
    arrive_until = now + timedelta(seconds=left)
    end = answer_by(handed_over=now, longest=longest, arrive_until=arrive_until, travel_minutes=travel)
    assert end + timedelta(minutes=travel) <= arrive_until


@given(now=MOMENTS, left=SECONDS_LEFT, travel=TRAVEL, longest=LONGEST, on_the_way=st.integers(0, 60))
def test_who_may_be_asked_has_time_to_answer_after_a_minute_on_the_way(
    now: datetime, left: int, travel: int, longest: timedelta, on_the_way: int
) -> None:
    arrive_until = now + timedelta(seconds=left)
    if travel > longest_travel(now=now, arrive_until=arrive_until):
        return
    handed_over = now + timedelta(seconds=on_the_way)
    end = answer_by(handed_over=handed_over, longest=longest, arrive_until=arrive_until, travel_minutes=travel)
    assert end >= handed_over + min(SHORTEST_ANSWER, longest)


@given(now=MOMENTS, left=SECONDS_LEFT)
def test_a_minute_more_of_travel_would_leave_too_little_time(now: datetime, left: int) -> None:
    arrive_until = now + timedelta(seconds=left)
    too_far = longest_travel(now=now, arrive_until=arrive_until) + 1
    assert arrive_until - timedelta(minutes=too_far) < now + ON_THE_WAY + SHORTEST_ANSWER


@given(now=MOMENTS, left=st.integers(-3600, 239))
def test_in_the_last_four_minutes_not_even_the_neighbour_is_asked(now: datetime, left: int) -> None:
    assert longest_travel(now=now, arrive_until=now + timedelta(seconds=left)) < 0


@given(now=MOMENTS, left=SECONDS_LEFT, travel=TRAVEL, longest=LONGEST, later=st.integers(0, 600))
def test_a_later_hand_over_never_ends_earlier(
    now: datetime, left: int, travel: int, longest: timedelta, later: int
) -> None:
    """What is written into the message before the hand-over is therefore never later than the real end."""
    arrive_until = now + timedelta(seconds=left)
    ends = [
        answer_by(handed_over=moment, longest=longest, arrive_until=arrive_until, travel_minutes=travel)
        for moment in (now, now + timedelta(seconds=later))
    ]
    assert ends[0] <= ends[1]


def test_far_from_the_deadline_the_county_decides_and_near_it_a_third_is_left_for_each_of_three() -> None:
    now = datetime(2021, 4, 24, 10, 0, tzinfo=UTC)

    def minutes(left: int, travel: int = 0) -> float:
        end = answer_by(
            handed_over=now,
            longest=timedelta(minutes=15),
            arrive_until=now + timedelta(minutes=left),
            travel_minutes=travel,
        )
        return (end - now) / timedelta(minutes=1)

    assert minutes(300) == 15
    assert minutes(45) == 15
    assert minutes(30) == 10
    assert minutes(50, travel=20) == 10
    assert minutes(9) == FLOOR_OF_VALIDITY / timedelta(minutes=1)
    assert minutes(4) == 4
