"""Synthetic people: who waits on the list, and what each of them would do with an offer in this run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from impfzentrum.rules.response import HORIZON, PRIOR, STEP
from impfzentrum.simulation.scenario import Scenario

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

GROUPS = (0.10, 0.25, 0.25, 0.40)
"""Shares of the groups 1 to 4 on the list (assumed)."""

TRAVEL_MINUTES = (20, 30, 45, 60)
TRAVEL_SHARES = (0.40, 0.30, 0.20, 0.10)
"""20 to 60 minutes of travel were asked in 2021; how they spread is assumed."""

EMAIL_SLOWER = 3.0
"""Who can only be reached by e-mail answers so many times later (assumed)."""


@dataclass(frozen=True, slots=True)
class People:
    """One column a trait; a person is an index. Decision and delay belong to the person, not to the policy."""

    group: Integers
    ticket: Floats
    joined: Floats
    age: Integers
    travel: Integers
    email_only: Flags
    says_yes: Flags
    delay: Floats
    shows_up: Flags

    def __len__(self) -> int:
        return len(self.group)


def make_people(scenario: Scenario, run: int) -> People:
    """The people of one run. The same seed and run give the same people whatever else is simulated."""
    size = scenario.people
    random = np.random.default_rng([scenario.seed, run])
    willing, pace = random.random(size), random.random(size)
    group = random.choice(np.arange(1, 5), size=size, p=GROUPS)
    ticket, joined, shows = random.random(size), random.random(size), random.random(size)
    age = random.integers(18, 95, size=size)
    travel = random.choice(np.array(TRAVEL_MINUTES), size=size, p=TRAVEL_SHARES)
    email_only = random.random(size) < scenario.email_only
    delay = delays_at(pace) * scenario.delay_factor * np.where(email_only, EMAIL_SLOWER, 1.0)
    return People(
        group=group,
        ticket=ticket,
        joined=joined,
        age=age,
        travel=travel,
        email_only=email_only,
        says_yes=willing < _own_acceptance(scenario, random),
        delay=delay,
        shows_up=shows >= scenario.missed,
    )


def _own_acceptance(scenario: Scenario, random: np.random.Generator) -> Floats | float:
    """Each person's own chance of a yes: all alike, or Beta-distributed around the mean with the wanted spread."""
    if scenario.spread == 0:
        return scenario.acceptance
    weight = (1 - scenario.spread) / scenario.spread
    yes, no = scenario.acceptance * weight, (1 - scenario.acceptance) * weight
    return random.beta(yes, no, size=scenario.people)


def delays_at(quantile: Floats) -> Floats:
    """Minutes after which this quantile of the yes-sayers has answered, by the true curve."""
    minutes, shares = _true_curve()
    return np.interp(quantile, shares, minutes, right=np.inf)


@lru_cache(maxsize=1)
def _true_curve() -> tuple[Floats, Floats]:
    minutes = np.arange(0, HORIZON + STEP, STEP)
    shares = np.array([PRIOR.answered_by(float(minute)) for minute in minutes])
    first = int(np.flatnonzero(shares > 0)[0]) - 1
    return minutes[first:], shares[first:]
