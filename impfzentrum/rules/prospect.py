"""An honest range for one person's chance to be asked within a week.

In each group the lot decides anew every day, so each offer to the group goes to any of the N who wait alike. With k
offers in a week a person is asked at least once with the chance 1 - (1 - 1/N)^k. Nobody knows the k of next week: it is
taken to be a Poisson number whose rate is known only from the offers of the last weeks. With Jeffreys' prior for the
rate (a gamma of shape 1/2) the number of next week is negative binomial, and its 10th and 90th percentile give the
range: four times of five the week lies within it, if it is a week like those before.

What the range leaves out makes it a rough one: vaccines, hours and travel differ from person to person, who has been
asked rests for a while, and doses come in lumps. So the pages round it outwards, and say nothing at all where there
is nothing to go by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SMALL = 5
"""Groups and counts below this are not told: somebody could be recognised in them."""

WEEKS_NEEDED = 2
LOW, HIGH = 0.1, 0.9
PRIOR = 0.5
NEVER_SURE = 95
"""However many doses there are: nobody is told that they will be asked for sure."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """Of 100 people of the group, so many are likely asked within a week: at least `low`, at most `high`."""

    low: int
    high: int


def estimate_prospect(groups: Sequence[tuple[int, Sequence[int]]]) -> Prospect | None:
    """The range for a person who waits at these centres; None where nothing honest can be said.

    Each centre gives the people who wait in the person's group there and the offers to that group in each whole week
    since it began, at most the last ones. Silent for groups below SMALL, with fewer than WEEKS_NEEDED weeks, and when
    nobody was asked in them.
    """
    not_asked_low = not_asked_high = 1.0
    known = [(waiting, asked) for waiting, asked in groups if waiting >= SMALL and len(asked) >= WEEKS_NEEDED]
    if len(known) < len(groups) or sum(sum(asked) for _, asked in known) < SMALL:
        return None
    for waiting, asked in known:
        few, many = predict_range(sum(asked), len(asked))
        not_asked_low *= chance_not_asked(few, waiting)
        not_asked_high *= chance_not_asked(many, waiting)
    low, high = math.floor(100 * (1 - not_asked_low)), math.ceil(100 * (1 - not_asked_high))
    return Prospect(min(low, NEVER_SURE), min(max(high, low + 1), 100))


def chance_not_asked(offers: int, waiting: int) -> float:
    """That none of so many offers goes to a given one of the waiting."""
    return (1 - 1 / waiting) ** offers


def predict_range(total: int, weeks: int) -> tuple[int, int]:
    """The 10th and the 90th percentile of the offers of a week, after `total` offers in `weeks` weeks."""
    shape, success = total + PRIOR, weeks / (weeks + 1)
    probability = success**shape
    if probability == 0.0:  # more offers than a float's logarithm can tell: a normal distribution is exact enough there
        mean, spread = total / weeks, math.sqrt(total / weeks * (weeks + 1) / weeks)
        return max(0, math.floor(mean - 1.2816 * spread)), math.ceil(mean + 1.2816 * spread)
    number, cumulated, low = 0, probability, None
    while True:
        if low is None and cumulated >= LOW:
            low = number
        if cumulated >= HIGH:
            return low or 0, number
        number += 1
        probability *= (shape + number - 1) / number * (1 - success)
        cumulated += probability
