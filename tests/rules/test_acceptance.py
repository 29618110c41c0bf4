"""Belief about acceptance: learned from earlier releases, moved quickly by the running one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impfzentrum.rules.acceptance import Answers, PastRelease, learn_acceptance

UNHURRIED = settings(deadline=None)
"""Examples are many and machines are shared: no limit of time on a single one."""

COUNTS = st.floats(0, 500, allow_nan=False)
ANSWERS = st.builds(Answers, COUNTS, COUNTS)
PAST = st.lists(st.builds(PastRelease, ANSWERS, st.floats(0, 400)), max_size=30)


def steady(share: float, *, releases: int = 20, asked: float = 100) -> list[PastRelease]:
    answers = Answers(asked * share, asked * (1 - share))
    return [PastRelease(answers, days_ago=float(day)) for day in range(1, releases + 1)]


def test_steady_past_is_believed() -> None:
    assert learn_acceptance(steady(0.06)).components[0].mean == pytest.approx(0.06, abs=0.005)
    assert learn_acceptance(steady(0.5)).components[0].mean == pytest.approx(0.5, abs=0.01)


@UNHURRIED
@given(PAST, ANSWERS)
def test_belief_is_always_a_distribution(past: list[PastRelease], answers: Answers) -> None:
    for belief in (learn_acceptance(past), learn_acceptance(past).update(answers)):
        assert 0 < belief.mean < 1
        assert sum(part.weight for part in belief.components) == pytest.approx(1)
        assert all(part.variance > 0 for part in belief.components)


@UNHURRIED
@given(PAST, ANSWERS, ANSWERS)
def test_two_updates_are_one(past: list[PastRelease], first: Answers, second: Answers) -> None:
    belief = learn_acceptance(past)
    both = Answers(first.yes + second.yes, first.unanswered + second.unanswered)
    assert belief.update(first).update(second).mean == pytest.approx(belief.update(both).mean, rel=1e-4)


@UNHURRIED
@given(PAST, ANSWERS, st.floats(1, 50))
def test_a_yes_raises_and_silence_lowers_each_part(past: list[PastRelease], answers: Answers, more: float) -> None:
    belief = learn_acceptance(past).update(answers)
    for before, eager, silent in zip(
        belief.components,
        belief.update(Answers(more, 0)).components,
        belief.update(Answers(0, more)).components,
        strict=False,
    ):
        assert silent.mean < before.mean < eager.mean


def test_a_sudden_drop_is_followed_within_one_release() -> None:
    belief = learn_acceptance(steady(0.3))
    after = belief.update(Answers(1, 25))
    assert belief.mean > 0.25
    assert after.mean < 0.15


def test_one_unlucky_wave_does_not_overturn_a_steady_past() -> None:
    after = learn_acceptance(steady(0.3)).update(Answers(0, 4))
    assert after.mean > 0.15
    assert after.components[0].weight > 0.5


def test_newer_releases_count_more_in_whatever_order_they_come() -> None:
    rising = [PastRelease(Answers(5, 45), days_ago=2), PastRelease(Answers(20, 30), days_ago=1)]
    falling = [PastRelease(Answers(5, 45), days_ago=1), PastRelease(Answers(20, 30), days_ago=2)]
    assert learn_acceptance(rising).mean > learn_acceptance(falling).mean
    assert learn_acceptance(rising) == learn_acceptance(rising[::-1])


def test_long_ago_is_forgotten() -> None:
    old = [PastRelease(Answers(30, 20), days_ago=365)]
    assert learn_acceptance(old).mean == pytest.approx(learn_acceptance([]).mean, abs=0.01)
