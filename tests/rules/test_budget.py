"""A day's budget of SMS: when it warns, when it ends, and what is kept for those who said yes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.budget import Budget, Level

COUNTS = st.integers(min_value=0, max_value=10_000)


@pytest.mark.parametrize(
    ("used", "promised", "level"),
    [
        (79, 0, Level.PLENTY),
        (80, 0, Level.NEAR_END),
        (97, 2, Level.NEAR_END),
        (97, 3, Level.ONLY_PROMISES),
        (99, 9, Level.ONLY_PROMISES),
        (100, 0, Level.USED_UP),
        (103, 4, Level.USED_UP),
    ],
)
def test_a_budget_warns_from_four_fifths_on_and_ends_with_its_last_sms(used: int, promised: int, level: Level) -> None:
    assert Budget(100, used, promised).level == level


def test_no_sms_at_all_is_a_budget_too() -> None:
    assert (Budget(0, 0).level, Budget(0, 0).percent) == (Level.USED_UP, 100)


@given(limit=COUNTS, used=COUNTS, promised=COUNTS)
def test_never_more_is_given_out_than_is_left(limit: int, used: int, promised: int) -> None:
    budget = Budget(limit, used, promised)
    assert budget.left_for_others + budget.left_for_promises == budget.left <= limit
    assert min(budget.left_for_others, budget.left_for_promises) >= 0
    assert budget.left_for_promises >= min(promised, budget.left)


@given(limit=COUNTS, used=COUNTS)
def test_a_hundred_percent_means_that_nothing_is_left(limit: int, used: int) -> None:
    assert (Budget(limit, used).percent == 100) == (Budget(limit, used).left == 0)
