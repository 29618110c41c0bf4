"""Our policy on the simulated desk: nothing but a translation to and from the rules that production calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import numpy as np

from impfzentrum.rules import situation, waves
from impfzentrum.rules.acceptance import Acceptance, Answers, PastRelease, learn_acceptance
from impfzentrum.rules.deadline import answer_by
from impfzentrum.rules.response import PRIOR
from impfzentrum.simulation.desk import DAY, QUIET_FROM, QUIET_UNTIL, Desk, OpenBatch
from impfzentrum.simulation.population import TRAVEL_MINUTES, TRAVEL_SHARES
from impfzentrum.simulation.scenario import Scenario

COUNTY_LIMITS = waves.Limits()
MIDNIGHT = datetime(2021, 5, 8, tzinfo=UTC)
EARLIER_RELEASES = 20
WAITED_FOR = 12.0
"""Minutes that offers of earlier releases lived on average."""

TRAVEL = tuple(
    situation.TravelBand(minutes, share) for minutes, share in zip(TRAVEL_MINUTES, TRAVEL_SHARES, strict=True)
)


class Adaptive:
    """Looks when the rules want to look and asks whom they want asked."""

    name: ClassVar[str] = "adaptive"
    order: ClassVar[str] = "group_ticket"

    def __init__(self, acceptance: Acceptance, limits: waves.Limits = COUNTY_LIMITS) -> None:
        self.learned = situation.Learned(acceptance)
        self.limits = limits
        self.look_again: float | None = 0.0
        self.free_when_seen = 0
        self.watched = 0
        self.running: list[OpenBatch] = []
        self.silent = 0.0

    def look(self, desk: Desk) -> None:
        """Ask for a wave when its time has come or a dose came free since."""
        due = self.look_again is not None and desk.now >= self.look_again
        if not due and desk.free <= self.free_when_seen:
            return
        limits = self._limits(desk)
        wave = waves.decide_wave(self._state(desk), self.learned, limits)
        self.look_again = None if wave.look_again is None else _minute_of(desk, wave.look_again)
        ends_for = _ends_for(desk, limits)
        desk.ask(wave.hold, ends_for=ends_for, hold=True)
        desk.ask(wave.race, ends_for=ends_for)
        self.free_when_seen = desk.free

    def _state(self, desk: Desk) -> situation.ReleaseState:
        self.running += desk.batches[self.watched :]
        self.watched = len(desk.batches)
        ended = tuple(_as_offers(desk, batch) for batch in self.running if batch.ends <= desk.now)
        self.running = [batch for batch in self.running if batch.ends > desk.now]
        self.silent += situation.count_unanswered(ended, self.learned.response, until=_clock(desk, desk.now))
        return situation.ReleaseState(
            now=_clock(desk, desk.now),
            arrive_until=_clock(desk, desk.use_by),
            free=desk.free,
            open=tuple(_as_offers(desk, batch) for batch in self.running if batch.unanswered),
            answers=Answers(len(desk.accepted) + desk.late, self.silent),
            travel=TRAVEL,
        )

    def _limits(self, desk: Desk) -> waves.Limits:
        """The county's limits with the quiet hours of the day."""
        clock = (desk.scenario.starts_at + desk.now) % DAY
        quiet_starts_in = QUIET_FROM - clock
        ask_from = None
        if quiet_starts_in <= 0:
            ask_from, quiet_starts_in = DAY + QUIET_UNTIL - clock, DAY + QUIET_FROM - clock
        elif clock < QUIET_UNTIL:
            ask_from = QUIET_UNTIL - clock
        return replace(
            self.limits,
            ask_from=None if ask_from is None else _clock(desk, desk.now + ask_from),
            ask_until=_clock(desk, desk.now + quiet_starts_in),
        )


def learn_from_earlier(scenario: Scenario, run: int) -> Acceptance:
    """The belief after 20 daily releases of the same size at the earlier acceptance.

    Only counts are drawn: in each release people were asked one after the other until all doses were taken, so the
    number of unanswered offers is negative binomial.
    """
    random = np.random.default_rng([scenario.seed, run, EARLIER_RELEASES])
    earlier = scenario.acceptance if scenario.drift is None else scenario.drift
    passed = PRIOR.answered_by(WAITED_FOR)
    silent = random.negative_binomial(scenario.doses, earlier * passed, size=EARLIER_RELEASES)
    return learn_acceptance(
        PastRelease(Answers(scenario.doses, float(count) * passed), days_ago=float(days))
        for days, count in enumerate(silent, start=1)
    )


def _clock(desk: Desk, minute: float) -> datetime:
    return MIDNIGHT + timedelta(minutes=desk.scenario.starts_at + minute)


def _minute_of(desk: Desk, moment: datetime) -> float:
    return (moment - _clock(desk, 0)) / situation.MINUTE


def _as_offers(desk: Desk, batch: OpenBatch) -> situation.OpenOffers:
    return situation.OpenOffers(
        handed_over=_clock(desk, batch.asked_at),
        answer_by=_clock(desk, batch.ends),
        count=batch.unanswered,
        held=batch.held,
    )


def _ends_for(desk: Desk, limits: waves.Limits) -> dict[int, float]:
    """When an offer handed over now ends, by minutes of travel."""
    now, arrive_until = _clock(desk, desk.now), _clock(desk, desk.use_by)
    return {
        travel: _minute_of(
            desk,
            answer_by(handed_over=now, longest=limits.longest, arrive_until=arrive_until, travel_minutes=travel),
        )
        for travel in TRAVEL_MINUTES
    }
