"""What is simulated: one cell of the grid with all its options. All times are minutes after the release."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scenario:
    """One situation that every policy meets with the same people.

    `minutes` is the time in which a yes is of use to those who live nearest: the dose has to be used `minutes` plus 20
    minutes of travel after the release. `drift` is the acceptance in the earlier releases from which our policy
    has learned (None: the same as now). `starts_at` is the clock time of the release in minutes after midnight.
    """

    doses: int = 6
    minutes: int = 120
    acceptance: float = 0.33
    seed: int = 1
    drift: float | None = None
    email_only: float = 0.0
    missed: float = 0.0
    spread: float = 0.0
    delay_factor: float = 1.0
    people: int = 8000
    starts_at: int = 14 * 60
