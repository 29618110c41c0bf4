"""The range of the chance: right where it can be counted by hand, silent where nothing honest can be said."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impfzentrum.rules.prospect import Prospect, chance_not_asked, estimate_prospect, predict_range


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ([], "no centre"),
        ([(4, [9, 9, 9, 9])], "a small group"),
        ([(100, [40])], "one week"),
        ([(100, [])], "no week"),
        ([(100, [0, 0, 0, 0])], "nobody was asked"),
        ([(100, [1, 1, 1, 1])], "too few were asked"),
        ([(100, [20, 20]), (3, [20, 20])], "one of two centres is small: the whole would tell of it"),
    ],
)
def test_silence(groups: list[tuple[int, list[int]]], why: str) -> None:
    assert estimate_prospect(groups) is None, why


def test_a_group_of_a_hundred_asked_ten_times_a_week() -> None:
    # 10 % expect between 6 and 14 of them; each time one of a hundred.
    assert predict_range(40, 4) == (6, 15)
    assert estimate_prospect([(100, [10, 10, 10, 10])]) == Prospect(5, 14)


def test_two_centres_are_more_than_one() -> None:
    one, two = estimate_prospect([(100, [10] * 4)]), estimate_prospect([(100, [10] * 4), (100, [10] * 4)])
    assert one is not None
    assert two is not None
    assert (two.low > one.low, two.high > one.high) == (True, True)


def test_nobody_is_promised_anything_where_there_is_plenty() -> None:
    assert estimate_prospect([(5, [500] * 4)]) == Prospect(95, 100)


def test_thousands_of_offers_do_not_underflow() -> None:
    low, high = predict_range(40_000, 4)
    assert 9_800 < low < 10_000 < high < 10_200


@settings(max_examples=40)
@given(waiting=st.integers(5, 5_000), asked=st.lists(st.integers(0, 400), min_size=2, max_size=4))
def test_the_range_holds_what_the_weeks_before_say(waiting: int, asked: list[int]) -> None:
    found = estimate_prospect([(waiting, asked)])
    if found is None:
        assert sum(asked) < 5
        return
    expected = 100 * (1 - chance_not_asked(round(sum(asked) / len(asked)), waiting))
    assert 0 <= found.low <= expected <= found.high <= 100
    assert found.low < found.high


def test_four_weeks_of_five_lie_within_it() -> None:
    """Weeks drawn with a rate nobody knows: the range from four of them holds the fifth four times of five."""
    rng = random.Random(1)
    held = 0
    for _trial in range(400):
        rate = rng.uniform(5, 40)
        weeks = [sum(rng.random() < rate / 500 for _ in range(500)) for _week in range(5)]
        low, high = predict_range(sum(weeks[:4]), 4)
        held += low <= weeks[4] <= high
    assert 0.78 <= held / 400 <= 0.93
