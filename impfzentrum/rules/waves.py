"""How many people a release asks now: hold while there is time, widen to an open race when holding would lose doses.

Times are aware datetimes, travel is float minutes door to door. Who is asked, and in which order, is decided elsewhere;
here it is only decided how many. Nothing is remembered between two looks: the same state gives the same wave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from impfzentrum.rules.acceptance import Acceptance, Answers
from impfzentrum.rules.deadline import answer_by, longest_travel
from impfzentrum.rules.response import PRIOR, ResponseCurve
from impfzentrum.rules.widening import MOST_IN_ONE_WAVE, Aim, Pending, count_people_needed

BEST_AIM = Aim()
LOOK_EVERY = timedelta(minutes=1)
"""While an open race is on, the release is looked at so often."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OpenOffers:
    """Offers without an answer that may still be accepted; equal ones may be counted together.

    Prepared offers that no provider has taken yet count as handed over when they were prepared.
    `held`: each binds a dose. Otherwise they are in an open race.
    """

    handed_over: datetime
    answer_by: datetime
    count: int = 1
    held: bool = False


@dataclass(frozen=True, slots=True)
class TravelBand:
    """Share of the people next in line who need so many minutes of travel. Shares need not add up to 1."""

    minutes: int
    share: float


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """A running release at the moment `now`.

    `free`: doses nobody holds and nobody has accepted. `open`: all open offers, held and racing. `answers`: every yes
    so far, late ones too, and the offers that ended without one (see Answers); open offers are not in it.
    """

    now: datetime
    arrive_until: datetime
    free: int
    open: tuple[OpenOffers, ...]
    answers: Answers
    travel: tuple[TravelBand, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What the county's earlier releases have taught."""

    acceptance: Acceptance
    response: ResponseCurve = PRIOR


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

    While so few offers suffice for the wanted chance (Aim.chance) that everybody open in the race and everybody newly
    asked could be served, each new one holds a dose and nobody can come too late. Otherwise the smallest number of race
    offers that reaches the chance is sent. Nobody is asked who could not answer and arrive in time.
    """
    if limits.ask_from is not None and state.now < limits.ask_from:
        return _wait(Reason.QUIET, limits.ask_from)
    if limits.ask_until is not None and state.now >= limits.ask_until:
        return _wait(Reason.QUIET, None)
    if state.free <= 0:
        return _wait(Reason.NO_FREE_DOSE, _first_end_of_hold(state))
    reachable = _reachable_bands(state)
    if not reachable:
        return _wait(Reason.NOBODY_IN_TIME, None)
    racing = sum(offers.count for offers in state.open if not offers.held)
    needed = _count_needed(state, learned, limits, reachable)
    guaranteed = state.free - racing
    hold = guaranteed if needed <= guaranteed else 0
    race = 0 if hold else needed
    validity = _end_for(reachable[0], state, limits) - state.now
    if hold + race == 0:
        return _wait(Reason.ENOUGH_ASKED, state.now + LOOK_EVERY)
    if limits.most_people <= 0:
        return _wait(Reason.CAPPED, None)
    hold, race = min(hold, limits.most_people), min(race, limits.most_people)
    if hold and not racing:
        ends = [offers.answer_by for offers in state.open if offers.held]
        return Wave(hold, 0, validity, min([state.now + validity, *ends]), Reason.HOLD)
    return Wave(hold, race, validity, state.now + LOOK_EVERY, Reason.HOLD if hold else Reason.WIDEN)


def foresee_wave(
    state: ReleaseState, learned: Learned, limits: Limits, *, within: timedelta
) -> tuple[datetime, Wave] | None:
    """The next moment `within` which people would be asked if nobody answers until then, and that wave.

    For the staff page ("nächste Welle 14:32, 6 Personen"). None when no wave is in sight.
    """
    moment = state.now + LOOK_EVERY
    while moment <= state.now + within:
        wave = decide_wave(_let_time_pass(state, learned.response, moment), learned, limits)
        if wave.people:
            return moment, wave
        moment += LOOK_EVERY
    return None


def count_unanswered(offers: tuple[OpenOffers, ...], response: ResponseCurve, *, until: datetime) -> float:
    """Offers without a yes, each counted by how much of the response curve had passed at its end or `until`."""
    return sum(
        group.count * response.answered_by((min(group.answer_by, until) - group.handed_over) / MINUTE)
        for group in offers
    )


def _wait(reason: Reason, look_again: datetime | None) -> Wave:
    return Wave(0, 0, timedelta(0), look_again, reason)


def _first_end_of_hold(state: ReleaseState) -> datetime | None:
    return min((offers.answer_by for offers in state.open if offers.held), default=None)


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


def _count_needed(state: ReleaseState, learned: Learned, limits: Limits, reachable: list[TravelBand]) -> int:
    response = learned.response
    unanswered = state.answers.unanswered + count_unanswered(state.open, response, until=state.now)
    acceptance = learned.acceptance.update(Answers(state.answers.yes, unanswered))
    weight = sum(band.share for band in reachable)
    share = sum(
        band.share / weight * response.answered_by((_end_for(band, state, limits) - state.now) / MINUTE)
        for band in reachable
    )
    wanted = limits.aim.chance(doses=state.free, minutes_left=_minutes_for_asking(state, limits, reachable[0]))
    pending = _sum_up_race(state, response, acceptance.mean)
    return count_people_needed(state.free, wanted=wanted, pending=pending, share=share, acceptance=acceptance)


def _minutes_for_asking(state: ReleaseState, limits: Limits, nearest: TravelBand) -> float:
    """How long further people can still be asked: until quiet hours or until nobody could arrive any more."""
    spare = float(longest_travel(now=state.now, arrive_until=state.arrive_until) - nearest.minutes)
    if limits.ask_until is not None:
        spare = min(spare, (limits.ask_until - state.now) / MINUTE)
    return max(spare, 0.0)


def _sum_up_race(state: ReleaseState, response: ResponseCurve, acceptance: float) -> Pending:
    """What the open race may still bring. Who has not answered for long is the less likely to say yes at all."""
    pending = Pending()
    for offers in state.open:
        if not offers.held:
            passed = response.answered_by((state.now - offers.handed_over) / MINUTE)
            in_all = response.answered_by((offers.answer_by - offers.handed_over) / MINUTE)
            pending = pending.add(offers.count, (in_all - passed) / (1 - acceptance * passed))
    return pending


def _let_time_pass(state: ReleaseState, response: ResponseCurve, moment: datetime) -> ReleaseState:
    """The state at `moment` if nobody answers: ended holds give their doses back."""
    ended = tuple(offers for offers in state.open if offers.answer_by <= moment)
    still_open = tuple(offers for offers in state.open if offers.answer_by > moment)
    silent = state.answers.unanswered + count_unanswered(ended, response, until=moment)
    return ReleaseState(
        now=moment,
        arrive_until=state.arrive_until,
        free=state.free + sum(offers.count for offers in ended if offers.held),
        open=still_open,
        answers=Answers(state.answers.yes, silent),
        travel=state.travel,
    )
