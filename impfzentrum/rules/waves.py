"""How many people a release asks now: hold while there is time, widen to an open race when holding would lose doses.

Times are aware datetimes, travel is minutes door to door. Who is asked, and in which order, is decided elsewhere;
here it is only decided how many. Nothing is remembered between two looks: the same state gives the same wave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from impfzentrum.rules.acceptance import Acceptance, Answers
from impfzentrum.rules.deadline import answer_by, longest_travel
from impfzentrum.rules.situation import (
    MINUTE,
    Learned,
    ReleaseState,
    TravelBand,
    count_unanswered,
    let_time_pass,
    sum_up_race,
)
from impfzentrum.rules.widening import (
    MOST_IN_ONE_WAVE,
    Aim,
    Pending,
    chance_of_filling_by_holding,
    count_people_needed,
)

BEST_AIM = Aim()
LOOK_EVERY = timedelta(minutes=1)
"""While an open race is on, the release is looked at so often."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the county allows.

    `longest`: validity of an offer when time is plenty. `most_people`: how many may still be asked for this release.
    `ask_from`, `ask_until`: nobody is asked before the one or from the other on (quiet hours); None is no bound.
    """

    longest: timedelta = timedelta(minutes=15)
    most_people: int = MOST_IN_ONE_WAVE
    ask_from: datetime | None = None
    ask_until: datetime | None = None
    aim: Aim = BEST_AIM


class Reason(StrEnum):
    """Why a wave is as it is."""

    HOLD = "hold"
    WIDEN = "widen"
    ENOUGH_ASKED = "enough_asked"
    NO_FREE_DOSE = "no_free_dose"
    NOBODY_IN_TIME = "nobody_in_time"
    QUIET = "quiet"
    STOPPED = "stopped"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class Wave:
    """What to do now.

    `hold`: people to ask with a dose bound to each. `race`: people to ask for the doses that stay free, "solange der
    Vorrat reicht". `validity`: what an offer to somebody nearby lives if handed over now; everybody's own end is
    `deadline.answer_by`. `look_again`: when time alone may change the decision; None: only a dose that comes free or a
    change of the release does.
    """

    hold: int
    race: int
    validity: timedelta
    look_again: datetime | None
    reason: Reason

    @property
    def people(self) -> int:
        return self.hold + self.race


def decide_wave(state: ReleaseState, learned: Learned, limits: Limits) -> Wave:
    """How many people to ask now, how many of them hold a dose, and when to look again.

    Each person asked holds a dose while holding alone would probably fill all (Aim.hold_while), or while no more people
    than doses are needed anyway; nobody can come too late then. Otherwise the smallest number of race offers is sent
    that reaches the wanted chance (Aim.chance). Nobody is asked who could not answer and arrive in time.
    """
    if limits.ask_from is not None and state.now < limits.ask_from:
        return _wait(Reason.QUIET, limits.ask_from)
    if limits.ask_until is not None and state.now >= limits.ask_until:
        return _wait(Reason.QUIET, None)
    if state.free <= 0:
        return _wait(Reason.NO_FREE_DOSE, _first_end_of_hold(state, None))
    reachable = _reachable_bands(state)
    if not reachable:
        return _wait(Reason.NOBODY_IN_TIME, None)
    outlook = _look_ahead(state, learned, limits, reachable)
    guaranteed = state.free - sum(offers.count for offers in state.open if not offers.held)
    needed = _count_needed(state.free, outlook, limits.aim)
    hold = guaranteed if guaranteed > 0 and (needed <= guaranteed or _can_hold(state.free, outlook, limits.aim)) else 0
    race = 0 if hold else needed
    validity = _end_for(reachable[0], state, limits) - state.now
    if hold + race == 0:
        return _wait(Reason.ENOUGH_ASKED, state.now + LOOK_EVERY)
    if limits.most_people <= 0:
        return _wait(Reason.CAPPED, None)
    hold, race = min(hold, limits.most_people), min(race, limits.most_people)
    if hold == state.free:
        return Wave(hold, 0, validity, _first_end_of_hold(state, state.now + validity), Reason.HOLD)
    return Wave(hold, race, validity, state.now + LOOK_EVERY, Reason.HOLD if hold else Reason.WIDEN)


def foresee_wave(
    state: ReleaseState, learned: Learned, limits: Limits, *, within: timedelta
) -> tuple[datetime, Wave] | None:
    """The next moment `within` which people would be asked if nobody answers until then, and that wave.

    For the staff page ("nächste Welle 14:32, 6 Personen"). None when no wave is in sight.
    """
    moment = state.now + LOOK_EVERY
    while moment <= state.now + within:
        wave = decide_wave(let_time_pass(state, learned.response, moment), learned, limits)
        if wave.people:
            return moment, wave
        moment += LOOK_EVERY
    return None


def _wait(reason: Reason, look_again: datetime | None) -> Wave:
    return Wave(0, 0, timedelta(0), look_again, reason)


def _first_end_of_hold(state: ReleaseState, newest: datetime | None) -> datetime | None:
    """When the first held dose comes free again, `newest` being the end of what is held from now on."""
    ends = [offers.answer_by for offers in state.open if offers.held and offers.answer_by > state.now]
    return min(ends if newest is None else [*ends, newest], default=None)


def _reachable_bands(state: ReleaseState) -> list[TravelBand]:
    """Those who could still answer and arrive, nearest first."""
    farthest = longest_travel(now=state.now, arrive_until=state.arrive_until)
    bands = [band for band in state.travel if band.minutes <= farthest and band.share > 0]
    return sorted(bands, key=lambda band: band.minutes)


def _end_for(band: TravelBand, state: ReleaseState, limits: Limits) -> datetime:
    return answer_by(
        handed_over=state.now,
        longest=limits.longest,
        arrive_until=state.arrive_until,
        travel_minutes=band.minutes,
    )


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What a release may count on: in minutes and shares, computed once a look."""

    minutes_left: float
    validity: float
    share: float
    pending: Pending
    acceptance: Acceptance


def _look_ahead(state: ReleaseState, learned: Learned, limits: Limits, reachable: list[TravelBand]) -> _Outlook:
    response = learned.response
    unanswered = state.answers.unanswered + count_unanswered(state.open, response, until=state.now)
    acceptance = learned.acceptance.update(Answers(state.answers.yes, unanswered))
    lives = [(_end_for(band, state, limits) - state.now) / MINUTE for band in reachable]
    weight = sum(band.share for band in reachable)
    answered = sum(
        band.share / weight * response.answered_by(life) for band, life in zip(reachable, lives, strict=True)
    )
    return _Outlook(
        minutes_left=_minutes_for_asking(state, limits, reachable[0]),
        validity=lives[0],
        share=answered,
        pending=sum_up_race(state, response, acceptance.mean),
        acceptance=acceptance,
    )


def _can_hold(doses: int, outlook: _Outlook, aim: Aim) -> bool:
    rounds = outlook.minutes_left / outlook.validity
    chance = chance_of_filling_by_holding(doses, rounds=rounds, share=outlook.share, acceptance=outlook.acceptance)
    return chance >= aim.hold_while


def _count_needed(doses: int, outlook: _Outlook, aim: Aim) -> int:
    return count_people_needed(
        doses,
        wanted=aim.chance(doses=doses, minutes_left=outlook.minutes_left),
        pending=outlook.pending,
        share=outlook.share,
        acceptance=outlook.acceptance,
    )


def _minutes_for_asking(state: ReleaseState, limits: Limits, nearest: TravelBand) -> float:
    """How long further people can still be asked: until quiet hours or until nobody could arrive any more."""
    spare = float(longest_travel(now=state.now, arrive_until=state.arrive_until) - nearest.minutes)
    if limits.ask_until is not None:
        spare = min(spare, (limits.ask_until - state.now) / MINUTE)
    return max(spare, 0.0)
