"""How much each SMS provider carries: points that move in steps, away from one in trouble and slowly back to rest.

GOV.UK Notify's way (its first design switched all at once and back again): steps are small enough that a short trouble
costs little and a long one empties the provider within a minute. The points of all providers always add up to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ALL = 100
STEP = 10


def rest_evenly(names: Iterable[str]) -> dict[str, int]:
    """Equal shares; what does not divide goes to the first by name."""
    ordered = sorted(names)
    share, left = divmod(ALL, len(ordered))
    return {name: share + (place < left) for place, name in enumerate(ordered)}


def draw_provider(weights: Mapping[str, int], chance: float, *, without: str = "") -> str:
    """The provider for one message; `chance` is a random number from 0 to below 1.

    `without` has just failed on this message and is left out while there is another, so a retry is the fail-over. When
    all that is left carries nothing, all of it is equally likely.
    """
    names = sorted(name for name in weights if name != without) or sorted(weights)
    shares = [weights[name] for name in names]
    if not any(shares):
        shares = [1] * len(names)
    mark = chance * sum(shares)
    for name, share in zip(names, shares, strict=True):
        if mark < share:
            return name
        mark -= share
    return names[-1]


def shift_away(weights: Mapping[str, int], name: str) -> dict[str, int]:
    """One step away from `name`, spread over the others; the same when it carries nothing or is alone."""
    others = sorted(other for other in weights if other != name)
    taken = min(STEP, weights[name]) if others else 0
    shifted = {**weights, name: weights[name] - taken}
    for point in range(taken):
        shifted[others[point % len(others)]] += 1
    return shifted


def drift_to_rest(weights: Mapping[str, int], resting: Mapping[str, int]) -> dict[str, int]:
    """One step back towards rest: from who carries most too much to who carries most too little, point by point."""
    drifted = dict(weights)
    for _ in range(STEP):
        excess = {name: drifted[name] - resting[name] for name in sorted(drifted)}
        high, low = max(excess, key=excess.__getitem__), min(excess, key=excess.__getitem__)
        if excess[high] <= 0 or excess[low] >= 0:
            break
        drifted[high] -= 1
        drifted[low] += 1
    return drifted
