"""The response curve: Covidliste's as prior, bent by the county's own answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impfzentrum.rules.response import (
    PRIOR,
    Delay,
    ResponseCurve,
    answered_by_prior,
    estimate_curve,
    estimate_share_answered,
)

UNHURRIED = settings(deadline=None)
"""Examples are many and machines are shared: no limit of time on a single one."""

MINUTES = st.floats(0, 600, allow_nan=False)
DELAYS = st.lists(st.builds(Delay, st.floats(0.1, 240).map(lambda m: round(m, 1)), st.booleans()), max_size=60)

# Freireich et al. 1963, weeks of remission under 6-mercaptopurine: the textbook table of Kaplan and Meier's estimate.
REMISSION_ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
REMISSION_CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
STILL_IN_REMISSION = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


@pytest.mark.parametrize(("minutes", "share"), [(5, 0.31), (10, 0.45), (30, 0.69), (60, 0.82), (120, 0.92)])
def test_prior_has_the_published_values(minutes: float, share: float) -> None:
    assert answered_by_prior(minutes) == pytest.approx(share, abs=0.006)
    assert PRIOR.answered_by(minutes) == pytest.approx(answered_by_prior(minutes))


def test_nobody_answers_before_the_message() -> None:
    assert PRIOR.answered_by(0) == PRIOR.answered_by(-5) == answered_by_prior(-1) == 0


@UNHURRIED
@given(MINUTES)
def test_table_is_close_to_the_formula(minutes: float) -> None:
    if minutes <= 480:
        assert PRIOR.answered_by(minutes) == pytest.approx(answered_by_prior(minutes), abs=0.03)


def test_estimate_gives_the_known_table() -> None:
    delays = [Delay(weeks, answered=True) for weeks in REMISSION_ENDED]
    delays += [Delay(weeks, answered=False) for weeks in REMISSION_CENSORED]
    steps = dict(estimate_share_answered(delays))
    assert {week: round(1 - share, 3) for week, share in steps.items()} == STILL_IN_REMISSION


def test_without_answers_the_prior_stays() -> None:
    assert estimate_curve([]) is PRIOR
    assert estimate_curve([Delay(15, answered=False)] * 50) is PRIOR


@UNHURRIED
@given(DELAYS, MINUTES, MINUTES)
def test_estimated_curve_never_falls_and_stays_a_share(delays: list[Delay], one: float, other: float) -> None:
    curve = estimate_curve(delays)
    early, late = sorted((one, other))
    assert -1e-9 <= curve.answered_by(early) <= curve.answered_by(late) + 1e-9 <= 1 + 2e-9


def test_many_answers_bend_the_curve_to_a_slower_county() -> None:
    """People here answer twice as late; 70 % never say yes; offers end after 60 minutes."""
    random = np.random.default_rng(3)
    slow = ResponseCurve.tabulate(lambda minutes: answered_by_prior(minutes / 2))
    knots = np.arange(len(slow.shares)) * 0.25
    times = np.interp(random.random(6000), slow.shares, knots, right=np.inf)
    says_yes = random.random(6000) < 0.3
    delays = [
        Delay(float(time), answered=True) if yes and time <= 60 else Delay(60.0, answered=False)
        for time, yes in zip(times, says_yes, strict=True)
    ]
    curve = estimate_curve(delays)
    scale = PRIOR.answered_by(60) / slow.answered_by(60)
    for minutes in (5, 10, 20, 40):
        assert curve.answered_by(minutes) == pytest.approx(scale * slow.answered_by(minutes), abs=0.05)
    few = estimate_curve(delays[:30])
    assert abs(few.answered_by(10) - PRIOR.answered_by(10)) < abs(curve.answered_by(10) - PRIOR.answered_by(10))
