"""What a release looks like at one moment, as far as the size of a wave depends on it. Times are aware datetimes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from impfzentrum.rules.acceptance import Acceptance, Answers
from impfzentrum.rules.response import PRIOR, ResponseCurve
from impfzentrum.rules.widening import Pending

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


def count_unanswered(offers: tuple[OpenOffers, ...], response: ResponseCurve, *, until: datetime) -> float:
    """Offers without a yes, each counted by how much of the response curve had passed at its end or `until`."""
    return sum(
        group.count * response.answered_by((min(group.answer_by, until) - group.handed_over) / MINUTE)
        for group in offers
    )


def sum_up_race(state: ReleaseState, response: ResponseCurve, acceptance: float) -> Pending:
    """What the open race may still bring. Who has not answered for long is the less likely to say yes at all."""
    pending = Pending()
    for offers in state.open:
        if not offers.held:
            passed = response.answered_by((state.now - offers.handed_over) / MINUTE)
            in_all = response.answered_by((offers.answer_by - offers.handed_over) / MINUTE)
            pending = pending.add(offers.count, (in_all - passed) / (1 - acceptance * passed))
    return pending


def let_time_pass(state: ReleaseState, response: ResponseCurve, moment: datetime) -> ReleaseState:
    """The state at `moment` if nobody answers: ended holds give their doses back."""
    ended = tuple(offers for offers in state.open if offers.answer_by <= moment)
    still_open = tuple(offers for offers in state.open if offers.answer_by > moment)
    silent = state.answers.unanswered + count_unanswered(ended, response, until=moment)
    given_back = sum(offers.count for offers in ended if offers.held)
    answers = Answers(state.answers.yes, silent)
    return replace(state, now=moment, free=state.free + given_back, open=still_open, answers=answers)
