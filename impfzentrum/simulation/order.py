"""In which order the policies walk down the list."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from impfzentrum.simulation.population import Integers, People

ORDERS: dict[str, Callable[[People], Integers]] = {
    "joined": lambda people: np.argsort(people.joined),
    "group_joined": lambda people: np.lexsort((people.joined, people.group)),
    "group_ticket": lambda people: np.lexsort((people.ticket, people.group)),
    "group_age": lambda people: np.lexsort((-people.age, people.group)),
    "near_newest": lambda people: np.lexsort((-people.joined, people.travel)),
}
"""Indices of the people, first one first: by first come, by group and then first come, draw or age, by nearness."""


class Orders:
    """The orders of one run's people, each sorted once and only if a policy walks it."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._sorted: dict[str, Integers] = {}

    def walk(self, name: str) -> Integers:
        """Everybody in the order `name`, a key of ORDERS."""
        if name not in self._sorted:
            self._sorted[name] = ORDERS[name](self._people)
        return self._sorted[name]
