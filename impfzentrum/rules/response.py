"""When people answer: the share of those who say yes at all who have done so some minutes after the message.

Everything here is in float minutes. The prior is the curve that Covidliste fitted to its own answers in 2021,
F(t) = 1 - 1.498 * exp(-0.007 t - 0.435 t^(1/3)), nothing before it turns positive (about 50 seconds).
A county's own answers bend it by a Kaplan-Meier estimate (docs/decisions/0021).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

STEP = 0.25
"""Distance of the table's knots. Between two knots the curve is a straight line."""

HORIZON = 480.0
"""No release is open longer; whoever has not answered by then is counted as not answering."""

ANSWERS_TO_TRUST = 100.0
"""So many own answers weigh as much as the prior."""


def answered_by_prior(minutes: float) -> float:
    """Share of the yes-sayers who have answered `minutes` after the message, as fitted by Covidliste."""
    if minutes <= 0:
        return 0.0
    return max(0.0, 1 - 1.498 * math.exp(-0.007 * minutes - 0.435 * minutes ** (1 / 3)))


@dataclass(frozen=True, slots=True)
class ResponseCurve:
    """A table of shares at 0, STEP, 2 STEP … minutes, not falling, from 0 to at most 1."""

    shares: tuple[float, ...]

    @classmethod
    def tabulate(cls, answered_by: Callable[[float], float]) -> ResponseCurve:
        """Store a curve given as a function of minutes."""
        return cls(tuple(answered_by(knot * STEP) for knot in range(int(HORIZON / STEP) + 1)))

    def answered_by(self, minutes: float) -> float:
        """Share of the yes-sayers who have answered `minutes` after the message; 0 for no or negative time."""
        if minutes <= 0:
            return 0.0
        place = minutes / STEP
        knot = int(place)
        if knot >= len(self.shares) - 1:
            return self.shares[-1]
        low, high = self.shares[knot], self.shares[knot + 1]
        return low + (high - low) * (place - knot)


PRIOR = ResponseCurve.tabulate(answered_by_prior)


@dataclass(frozen=True, slots=True)
class Delay:
    """One offer seen from its hand-over: answered yes after `minutes`, or not answered yes until then (censored)."""

    minutes: float
    answered: bool


def estimate_share_answered(delays: Iterable[Delay]) -> list[tuple[float, float]]:
    """Kaplan-Meier: at each time of a yes, the share of all asked people who have said yes by then.

    Offers that ended unanswered are censored at their end: they say nothing about later times. At equal times
    answers come before ends, as usual. Sorted by time; empty without any answer.
    """
    ordered = sorted(delays, key=lambda delay: (delay.minutes, not delay.answered))
    at_risk, silent = len(ordered), 1.0
    steps: list[tuple[float, float]] = []
    for minutes, same_time in groupby(ordered, key=lambda delay: delay.minutes):
        outcomes = [delay.answered for delay in same_time]
        answers = sum(outcomes)
        if answers:
            silent *= 1 - answers / at_risk
            steps.append((minutes, 1 - silent))
        at_risk -= len(outcomes)
    return steps


def estimate_curve(delays: Sequence[Delay], *, prior: ResponseCurve = PRIOR) -> ResponseCurve:
    """The county's own curve, shrunk to the prior by the number of answers.

    Most people never say yes, so the estimate levels off at the acceptance instead of 1. Only its shape up to the last
    seen answer is used: it is scaled to what the prior expects by that moment, and the prior's tail is kept beyond.
    """
    steps = estimate_share_answered(delays)
    if not steps:
        return prior
    last_seen, share_by_last = steps[-1]
    weight = sum(delay.answered for delay in delays)
    trust = weight / (weight + ANSWERS_TO_TRUST)
    scale = prior.answered_by(last_seen) / share_by_last

    def blend(minutes: float) -> float:
        expected = prior.answered_by(minutes)
        if minutes >= last_seen:
            return expected
        return expected + trust * (scale * _height_at(steps, minutes) - expected)

    return ResponseCurve.tabulate(blend)


def _height_at(steps: Sequence[tuple[float, float]], minutes: float) -> float:
    """Value of a rising step function given as (from when, height)."""
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        if steps[middle][0] <= minutes:
            low = middle + 1
        else:
            high = middle
    return steps[low - 1][1] if low else 0.0
