"""How many are asked: what must hold in every state, and the decisions that people would make by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from impfzentrum.rules.acceptance import Acceptance, Answers, Component, PastRelease, learn_acceptance
from impfzentrum.rules.deadline import longest_travel
from impfzentrum.rules.response import PRIOR
from impfzentrum.rules.situation import Learned, OpenOffers, ReleaseState, TravelBand, count_unanswered
from impfzentrum.rules.waves import Limits, Reason, decide_wave, foresee_wave

UNHURRIED = settings(deadline=None)
"""Examples are many and machines are shared: no limit of time on a single one."""

NOON = datetime(2021, 5, 8, 12, tzinfo=UTC)
NEAR = (TravelBand(20, 1.0),)
NOTHING = Answers(0, 0)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def sure(acceptance: float) -> Learned:
    return Learned(Acceptance((Component(1.0, acceptance * 1e6, (1 - acceptance) * 1e6),)))


def release(free: int, left: float, *offers: OpenOffers, travel: tuple[TravelBand, ...] = NEAR) -> ReleaseState:
    """A release with so many minutes for those who live 20 minutes away."""
    return ReleaseState(NOON, NOON + minutes(left + 20), free, offers, NOTHING, travel)


@st.composite
def offers_now(draw: st.DrawFn) -> OpenOffers:
    age, life = draw(st.floats(0, 14)), draw(st.floats(0.5, 15))
    handed_over = NOON - minutes(age)
    return OpenOffers(handed_over, NOON + minutes(life), draw(st.integers(1, 30)), draw(st.booleans()))


BANDS = st.lists(st.builds(TravelBand, st.integers(0, 90), st.floats(0, 1)), max_size=4).map(tuple)
STATES = st.builds(
    ReleaseState,
    now=st.just(NOON),
    arrive_until=st.floats(-10, 400).map(lambda left: NOON + minutes(left)),
    free=st.integers(0, 25),
    open=st.lists(offers_now(), max_size=6).map(tuple),
    answers=st.builds(Answers, st.integers(0, 30), st.floats(0, 300)),
    travel=BANDS,
)
LEARNED = st.one_of(st.just(Learned(learn_acceptance([]))), st.floats(0.03, 0.9).map(sure))
LIMITS = st.builds(
    Limits,
    longest=st.integers(5, 60).map(minutes),
    most_people=st.integers(-2, 400),
    ask_from=st.none() | st.floats(-60, 60).map(lambda m: NOON + minutes(m)),
    ask_until=st.none() | st.floats(-60, 300).map(lambda m: NOON + minutes(m)),
)


@UNHURRIED
@given(STATES, LEARNED, LIMITS)
def test_never_more_than_allowed_and_never_to_be_broken(state: ReleaseState, learned: Learned, limits: Limits) -> None:
    wave = decide_wave(state, learned, limits)
    assert wave.hold >= 0
    assert wave.race >= 0
    assert wave.people <= max(limits.most_people, 0)
    assert wave.hold <= state.free
    assert wave.look_again is None or wave.look_again > state.now
    assert (wave.reason in (Reason.HOLD, Reason.WIDEN)) == (wave.people > 0)
    if wave.people:
        farthest = longest_travel(now=state.now, arrive_until=state.arrive_until)
        nearest = min(band.minutes for band in state.travel if band.share > 0)
        assert nearest <= farthest
        assert state.now + wave.validity <= state.arrive_until - minutes(nearest)
        assert wave.validity <= max(limits.longest, minutes(5))
        assert state.free > 0


@UNHURRIED
@given(STATES, LEARNED, LIMITS)
def test_who_gets_a_held_dose_is_never_in_a_race_for_it(state: ReleaseState, learned: Learned, limits: Limits) -> None:
    """After a hold the doses left free are enough for everybody who is still open in the race."""
    wave = decide_wave(state, learned, limits)
    racing = sum(offers.count for offers in state.open if not offers.held)
    if wave.hold:
        assert wave.race == 0
        assert state.free - wave.hold >= racing


@UNHURRIED
@given(st.integers(1, 20), st.floats(5, 240), st.floats(0.03, 0.85), st.floats(0, 0.1))
def test_the_more_say_yes_the_smaller_the_race(doses: int, left: float, acceptance: float, more: float) -> None:
    unwilling = decide_wave(release(doses, left), sure(acceptance), Limits())
    willing = decide_wave(release(doses, left), sure(acceptance + more), Limits())
    assert willing.people <= unwilling.people


@UNHURRIED
@given(st.integers(1, 20), st.floats(5, 240), st.floats(0, 120), st.floats(0.03, 0.9))
def test_the_more_time_the_smaller_the_wave(doses: int, left: float, more: float, acceptance: float) -> None:
    soon = decide_wave(release(doses, left), sure(acceptance), Limits())
    later = decide_wave(release(doses, left + more), sure(acceptance), Limits())
    assert later.people <= soon.people


@UNHURRIED
@given(STATES, LEARNED)
def test_open_offers_make_the_wave_smaller(state: ReleaseState, learned: Learned) -> None:
    assume(all(not offers.held for offers in state.open))
    alone = decide_wave(replace(state, open=()), learned, Limits())
    fresh = OpenOffers(NOON, NOON + minutes(3), 4)
    assert decide_wave(replace(state, open=(fresh,)), learned, Limits()).people <= alone.people


@UNHURRIED
@given(STATES, LEARNED, LIMITS)
def test_the_same_state_gives_the_same_wave(state: ReleaseState, learned: Learned, limits: Limits) -> None:
    assert decide_wave(state, learned, limits) == decide_wave(state, learned, limits)


def test_with_time_and_willing_people_each_dose_is_held_for_one() -> None:
    wave = decide_wave(release(6, 240), sure(0.5), Limits())
    assert (wave.hold, wave.race, wave.reason) == (6, 0, Reason.HOLD)
    assert wave.validity == minutes(15)
    assert wave.look_again == NOON + minutes(15)


def test_unwilling_people_make_a_race_early_a_late_hour_makes_one_too() -> None:
    assert decide_wave(release(1, 240), sure(0.5), Limits()).reason is Reason.HOLD
    assert decide_wave(release(1, 60), sure(0.03), Limits()).reason is Reason.WIDEN
    assert decide_wave(release(1, 6), sure(0.3), Limits()).reason is Reason.WIDEN


def test_nothing_is_asked_when_every_dose_is_held_and_the_next_look_is_the_end_of_a_hold() -> None:
    held = OpenOffers(NOON - minutes(4), NOON + minutes(11), 1, held=True)
    wave = decide_wave(release(0, 100, held), sure(0.3), Limits())
    assert (wave.people, wave.reason, wave.look_again) == (0, Reason.NO_FREE_DOSE, NOON + minutes(11))


def test_a_filled_release_is_not_looked_at_again() -> None:
    assert decide_wave(release(0, 100), sure(0.3), Limits()).look_again is None


def test_enough_is_enough() -> None:
    many = OpenOffers(NOON - minutes(1), NOON + minutes(14), 60)
    wave = decide_wave(release(1, 200, many), sure(0.3), Limits())
    assert (wave.people, wave.reason, wave.look_again) == (0, Reason.ENOUGH_ASKED, NOON + minutes(1))


@pytest.mark.parametrize("left", [-30, 0, 3.9])
def test_nobody_is_asked_who_could_not_arrive(left: float) -> None:
    wave = decide_wave(release(3, left), sure(0.3), Limits())
    assert (wave.people, wave.reason, wave.look_again) == (0, Reason.NOBODY_IN_TIME, None)
    assert decide_wave(release(3, 60, travel=()), sure(0.3), Limits()).reason is Reason.NOBODY_IN_TIME


def test_quiet_hours_end_asking_and_hurry_it_before() -> None:
    closing = Limits(ask_until=NOON + minutes(20))
    assert (
        decide_wave(release(1, 200), sure(0.06), closing).race > decide_wave(release(1, 200), sure(0.06), Limits()).race
    )
    assert decide_wave(release(1, 200), sure(0.3), Limits(ask_until=NOON)).reason is Reason.QUIET
    morning = decide_wave(release(1, 200), sure(0.3), Limits(ask_from=NOON + minutes(9)))
    assert (morning.people, morning.reason, morning.look_again) == (0, Reason.QUIET, NOON + minutes(9))


def test_a_hold_that_has_ended_is_no_reason_to_look_back() -> None:
    over = OpenOffers(NOON - minutes(15), NOON - minutes(1), 1, held=True)
    assert decide_wave(release(0, 100, over), sure(0.3), Limits()).look_again is None


def test_a_cap_is_kept_and_said() -> None:
    assert decide_wave(release(6, 240), sure(0.5), Limits(most_people=2)).hold == 2
    assert decide_wave(release(6, 240), sure(0.5), Limits(most_people=0)).reason is Reason.CAPPED


def test_silence_within_the_release_widens_it() -> None:
    """The county had 30 %; of 40 people asked here nobody has answered."""
    learned = Learned(learn_acceptance([PastRelease(Answers(3, 7), days_ago=day) for day in range(20)]))
    state = release(3, 60)
    disappointed = replace(state, answers=Answers(0, 40))
    assert decide_wave(disappointed, learned, Limits()).people > 2 * decide_wave(state, learned, Limits()).people


def test_the_next_wave_is_foretold() -> None:
    held = OpenOffers(NOON, NOON + minutes(15), 2, held=True)
    state = release(0, 200, held)
    foreseen = foresee_wave(state, sure(0.4), Limits(), within=minutes(30))
    assert foreseen is not None
    moment, wave = foreseen
    assert moment == NOON + minutes(15)
    assert wave.people >= 2
    assert foresee_wave(state, sure(0.4), Limits(), within=minutes(10)) is None


def test_unanswered_offers_count_by_the_part_of_the_curve_that_has_passed() -> None:
    offers = (
        OpenOffers(NOON - minutes(10), NOON + minutes(5), 4),
        OpenOffers(NOON - minutes(30), NOON - minutes(15), 2),
    )
    assert count_unanswered(offers, PRIOR, until=NOON) == pytest.approx(
        4 * PRIOR.answered_by(10) + 2 * PRIOR.answered_by(15)
    )
