"""How many of those who are still expected will probably not come."""

from __future__ import annotations

from dataclasses import dataclass

PRIOR_SHARE = 0.05
"""Missed appointments were 1 to 6 % in most Länder in June 2021, Hessen 20 % (domain.md, read in press texts)."""

PRIOR_WEIGHT = 40.0
"""The prior counts as much as so many appointments: after a few evenings the centre's own experience leads."""

ENOUGH = 20
"""Appointments of a centre from which on its own experience may be told as such."""


@dataclass(frozen=True, slots=True)
class NoShows:
    """What a centre has seen: people who had accepted, and how many of them did not come."""

    appointments: int
    missed: int

    @property
    def share(self) -> float:
        """The share to expect, between what this centre saw and the prior. Between 0 and 1."""
        return (self.missed + PRIOR_SHARE * PRIOR_WEIGHT) / (self.appointments + PRIOR_WEIGHT)

    @property
    def known(self) -> bool:
        return self.appointments >= ENOUGH

    def expect(self, people: int) -> int:
        """How many of these will probably not come, rounded to whole people."""
        return round(self.share * people)
