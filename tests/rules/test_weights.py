"""Points that move in steps and never get lost."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.weights import ALL, STEP, draw_provider, drift_to_rest, rest_evenly, shift_away

NAMES = st.lists(st.sampled_from(["kannel", "seven", "twilio", "other"]), min_size=2, max_size=4, unique=True)
CHANCE = st.floats(min_value=0, max_value=1, exclude_max=True)


@st.composite
def weights(draw: st.DrawFn) -> dict[str, int]:
    names = draw(NAMES)
    cuts = sorted(draw(st.lists(st.integers(0, ALL), min_size=len(names) - 1, max_size=len(names) - 1)))
    return {name: high - low for name, low, high in zip(names, [0, *cuts], [*cuts, ALL], strict=True)}


@given(NAMES)
def test_rest_is_even(names: list[str]) -> None:
    resting = rest_evenly(names)
    assert sum(resting.values()) == ALL
    assert max(resting.values()) - min(resting.values()) <= 1


@given(weights(), CHANCE)
def test_nobody_without_weight_is_drawn(carried: dict[str, int], chance: float) -> None:
    assert carried[draw_provider(carried, chance)] > 0


@given(weights(), CHANCE, st.data())
def test_who_has_just_failed_is_not_drawn_again(carried: dict[str, int], chance: float, data: st.DataObject) -> None:
    failed = data.draw(st.sampled_from(sorted(carried)))
    assert draw_provider(carried, chance, without=failed) != failed


def test_alone_there_is_no_other() -> None:
    assert draw_provider({"seven": 0}, 0.5, without="seven") == "seven"


def test_draws_follow_the_weights() -> None:
    drawn = Counter(draw_provider({"seven": 70, "twilio": 30}, number / 1000) for number in range(1000))
    assert drawn == {"seven": 700, "twilio": 300}


@given(weights(), st.data())
def test_a_step_away_takes_at_most_ten_points_and_loses_none(carried: dict[str, int], data: st.DataObject) -> None:
    sick = data.draw(st.sampled_from(sorted(carried)))
    shifted = shift_away(carried, sick)
    assert shifted[sick] == max(carried[sick] - STEP, 0)
    assert sum(shifted.values()) == ALL
    assert all(shifted[name] >= carried[name] for name in carried if name != sick)


@given(weights())
def test_weights_come_to_rest_and_stay(carried: dict[str, int]) -> None:
    resting = rest_evenly(carried)
    for _ in range(ALL // STEP):
        before, carried = carried, drift_to_rest(carried, resting)
        assert sum(carried.values()) == ALL
        assert sum(abs(carried[name] - before[name]) for name in carried) <= 2 * STEP
    assert carried == resting
    assert drift_to_rest(carried, resting) == resting


@given(weights())
def test_a_rest_that_cannot_be_reached_breaks_nothing(carried: dict[str, int]) -> None:
    drifted = drift_to_rest(carried, dict.fromkeys(carried, ALL))
    assert sum(drifted.values()) == ALL
    assert min(drifted.values()) >= 0
