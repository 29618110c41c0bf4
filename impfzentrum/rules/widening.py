"""How many more people must be asked so that the free doses are probably taken, but hardly anybody is asked in vain.

The aim is not the same at all times. Early on a yes too many hurts, and a yes too few can be made up for a minute
later; at the end nothing can be made up for. With one dose, memoryless answers and a lost dose worth as much as many
late people, the best number of expected yes-answers is 1 / (base + time left / pace): the solution of the control
problem in docs/decisions/0020. With more doses chance averages out, so the aim may start lower still.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from impfzentrum.rules.acceptance import Acceptance
from impfzentrum.rules.chance import chance_of_at_least

MOST_IN_ONE_WAVE = 5000
"""Bound of the search. Nobody needs it; it keeps a hopeless situation from being searched for ever."""


@dataclass(frozen=True, slots=True)
class Aim:
    """How the wanted chance of filling rises as time runs out. Chosen on the simulation grid (docs/decisions/0020).

    `base`: with no time left, one dose is sought by 1 / base expected yes-answers. `pace`: minutes after which a
    pending yes has probably come. `averaging`: how much calmer many doses may start (0: like a single one).
    `hold_while`: doses are held for one person each as long as that alone fills them all with this chance.
    """

    base: float = 2.5
    pace: float = 9.0
    averaging: float = 0.7
    hold_while: float = 0.5

    def chance(self, *, doses: int, minutes_left: float) -> float:
        """The wanted chance that the offers now open fill all `doses`, with `minutes_left` for asking more people."""
        return 1 - math.exp(-1 / (self.base + minutes_left / self.pace * doses**self.averaging))


@dataclass(frozen=True, slots=True)
class Pending:
    """What may still come from open offers: `mass` is the sum of their chances of being answered in the time that they
    have left, given that the person says yes at all; `squares` the sum of the squares."""

    mass: float = 0.0
    squares: float = 0.0

    def add(self, count: float, share: float) -> Pending:
        """With `count` more offers of which each is answered in time with chance `share` by a yes-sayer."""
        return Pending(self.mass + count * share, self.squares + count * share * share)


def chance_of_filling_by_holding(doses: int, *, rounds: float, share: float, acceptance: Acceptance) -> float:
    """Chance that `doses`, each held for one person after the other, are all taken within so many rounds.

    `share`: chance that a person answers within a round, given that they say yes at all.
    """
    return math.fsum(part.weight * (1 - (1 - part.mean * share) ** rounds) ** doses for part in acceptance.components)


def chance_of_filling(doses: int, pending: Pending, acceptance: Acceptance) -> float:
    """Chance that at least `doses` of the pending offers are answered by yes, doubt about the acceptance included."""
    chance = 0.0
    for part in acceptance.components:
        mean = part.mean * pending.mass
        doubt = part.variance * (pending.mass * pending.mass - pending.squares)
        variance = mean - part.mean * part.mean * pending.squares + doubt
        chance += part.weight * chance_of_at_least(doses, mean=mean, variance=variance)
    return chance


def count_people_needed(
    doses: int,
    *,
    wanted: float,
    pending: Pending,
    share: float,
    acceptance: Acceptance,
    most: int = MOST_IN_ONE_WAVE,
) -> int:
    """Smallest number of further offers with which `doses` are filled with chance `wanted`; at most `most`.

    `share`: chance that a new offer is answered in time, given that the person says yes at all.
    """

    def reaches(count: int) -> bool:
        return chance_of_filling(doses, pending.add(count, share), acceptance) >= wanted

    return _find_smallest(reaches, most)


def _find_smallest(reaches: Callable[[int], bool], most: int) -> int:
    """Smallest count for which a condition that stays true once it is true holds, or `most`."""
    if most <= 0 or reaches(0):
        return 0
    low, high = 0, 1
    while high < most and not reaches(high):
        low, high = high, 2 * high
    high = min(high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high
