"""The chance that at least so many of the asked people say yes, from the mean and the variance of their number.

The number of yes-answers is a sum of unequal chances, all of them uncertain by the same doubt about the acceptance. Its
first two moments are known; the member of the Panjer family with these moments stands in for it: a binomial when the
variance is below the mean, a Poisson when equal, a negative binomial when above. One recursion serves all three.
"""

from __future__ import annotations

import math

SAME = 1e-9
LARGE = 500.0


def chance_of_at_least(count: int, *, mean: float, variance: float) -> float:
    """Chance that the number of yes-answers is `count` or more.

    `mean` and `variance` are those of the number of yes-answers. A mean above LARGE is far beyond any release; a normal
    distribution is exact enough there and does not underflow.
    """
    if count <= 0:
        return 1.0
    if mean <= SAME:
        return 0.0
    if variance <= SAME * mean:
        return 1.0 if mean >= count else 0.0
    if mean > LARGE:
        return 0.5 * math.erfc((count - 0.5 - mean) / math.sqrt(2 * variance))
    a = 1 - mean / variance
    b = mean * (1 - a) - a
    if abs(a) < SAME:
        a, b, probability = 0.0, mean, math.exp(-mean)
    else:
        probability = math.exp((a + b) / a * math.log1p(-a))
    below = probability
    for number in range(1, count):
        probability *= a + b / number
        if probability <= 0:  # a binomial has no mass beyond its number of trials
            break
        below += probability
    return min(1.0, max(0.0, 1 - below))
