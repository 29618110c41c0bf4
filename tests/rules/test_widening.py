"""The arithmetic of widening against exact probabilities."""

from __future__ import annotations

from math import comb, exp, factorial

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from impfzentrum.rules.acceptance import Acceptance, Component
from impfzentrum.rules.chance import chance_of_at_least
from impfzentrum.rules.widening import MOST_IN_ONE_WAVE, Aim, Pending, chance_of_filling, count_people_needed

UNHURRIED = settings(deadline=None)
"""Examples are many and machines are shared: no limit of time on a single one."""

AIM = Aim()
DOSES = st.integers(1, 30)
SHARES = st.floats(0.05, 1)


def sure(acceptance: float) -> Acceptance:
    return Acceptance((Component(1.0, acceptance * 1e7, (1 - acceptance) * 1e7),))


@UNHURRIED
@given(st.integers(1, 60), st.floats(0.01, 0.99), st.integers(0, 60))
def test_a_binomial_is_met_exactly(trials: int, p: float, count: int) -> None:
    exact = sum(comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(count, trials + 1))
    chance = chance_of_at_least(count, mean=trials * p, variance=trials * p * (1 - p))
    assert chance == pytest.approx(exact, abs=1e-6)


@UNHURRIED
@given(st.floats(0.01, 50), st.integers(1, 40))
def test_a_poisson_is_met_exactly(mean: float, count: int) -> None:
    exact = 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(count))
    assert chance_of_at_least(count, mean=mean, variance=mean) == pytest.approx(exact, abs=1e-6)


def test_a_negative_binomial_is_met_exactly() -> None:
    """Failures before the third success at p = 0.4: mean 4.5, variance 11.25."""
    exact = 1 - sum(comb(k + 2, k) * 0.4**3 * 0.6**k for k in range(5))
    assert chance_of_at_least(5, mean=4.5, variance=11.25) == pytest.approx(exact)


def test_far_beyond_any_release_nothing_underflows() -> None:
    assert chance_of_at_least(900, mean=1000, variance=1000) == pytest.approx(0.9992, abs=0.0005)
    assert chance_of_at_least(1100, mean=1000, variance=1000) < 0.002


def test_certain_and_impossible() -> None:
    assert chance_of_at_least(0, mean=0, variance=0) == 1
    assert chance_of_at_least(1, mean=0, variance=0) == 0
    assert chance_of_at_least(2, mean=3, variance=0) == 1
    assert chance_of_at_least(4, mean=3, variance=0) == 0


@UNHURRIED
@given(DOSES, st.floats(0.01, 0.99), SHARES, st.floats(0.03, 0.9))
def test_the_number_is_the_smallest_that_reaches_the_chance(
    doses: int, wanted: float, share: float, acceptance: float
) -> None:
    def chance(people: int) -> float:
        return chance_of_filling(doses, Pending().add(people, share), sure(acceptance))

    needed = count_people_needed(doses, wanted=wanted, pending=Pending(), share=share, acceptance=sure(acceptance))
    assume(needed < MOST_IN_ONE_WAVE)
    assert chance(needed) >= wanted > chance(needed - 1)


@UNHURRIED
@given(DOSES, st.floats(0.01, 0.9), SHARES, st.floats(0.03, 0.8), st.floats(0, 0.15))
def test_the_more_say_yes_the_fewer_are_asked(
    doses: int, wanted: float, share: float, acceptance: float, more: float
) -> None:
    few, many = (
        count_people_needed(doses, wanted=wanted, pending=Pending(), share=share, acceptance=sure(value))
        for value in (acceptance + more, acceptance)
    )
    assert few <= many


def test_no_more_than_the_bound_is_ever_searched() -> None:
    for most in (70, 0):
        count = count_people_needed(50, wanted=0.9, pending=Pending(), share=0.01, acceptance=sure(0.001), most=most)
        assert count == most


@UNHURRIED
@given(DOSES, st.floats(0, 300), st.floats(0, 300))
def test_the_less_time_is_left_the_surer_the_aim(doses: int, one: float, other: float) -> None:
    less, more = sorted((one, other))
    surer, calmer = (AIM.chance(doses=doses, minutes_left=left) for left in (less, more))
    assert 1 > surer >= calmer > 0


def test_with_no_time_left_the_chance_for_one_dose_is_the_one_of_the_base() -> None:
    assert Aim(base=2.0).chance(doses=7, minutes_left=0) == pytest.approx(1 - exp(-0.5))
