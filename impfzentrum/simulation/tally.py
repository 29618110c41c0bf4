"""Adding up releases to the figures of a policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np

from impfzentrum.simulation.desk import Outcome


class Figures(TypedDict):
    """What is reported of a policy; the keys are part of the command's JSON.

    `fill`: doses given, of all released (a person who accepted and did not come wastes one). `late`: said yes in time
    and got nothing, of all who said yes in time. `minutes_p50`, `minutes_p90`: from release to the yes, over all
    accepted doses. `asked`: people asked a release. The last three are totals. None: nothing to divide by.
    """

    fill: float
    late: float
    messages_per_dose: float | None
    minutes_p50: float | None
    minutes_p90: float | None
    asked: float
    overbooked: int
    group_violations: int
    night_messages: int


@dataclass(slots=True)
class Tally:
    """Sums over the releases of one policy."""

    releases: int = 0
    doses: int = 0
    total: Outcome = field(default_factory=Outcome)

    def count(self, outcome: Outcome, *, doses: int) -> None:
        """Add one release."""
        self.add(Tally(1, doses, outcome))

    def add(self, other: Tally) -> None:
        """Add another tally of the same policy."""
        self.releases += other.releases
        self.doses += other.doses
        mine, theirs = self.total, other.total
        mine.filled += theirs.filled
        mine.given += theirs.given
        mine.late += theirs.late
        mine.messages += theirs.messages
        mine.asked += theirs.asked
        mine.overbooked += theirs.overbooked
        mine.group_violations += theirs.group_violations
        mine.night_messages += theirs.night_messages
        mine.minutes += theirs.minutes

    def figures(self) -> Figures:
        """The figures over everything counted."""
        total = self.total
        said_yes = total.filled + total.late
        return Figures(
            fill=total.given / self.doses,
            late=total.late / said_yes if said_yes else 0.0,
            messages_per_dose=total.messages / total.given if total.given else None,
            minutes_p50=float(np.percentile(total.minutes, 50)) if total.minutes else None,
            minutes_p90=float(np.percentile(total.minutes, 90)) if total.minutes else None,
            asked=total.asked / self.releases,
            overbooked=total.overbooked,
            group_violations=total.group_violations,
            night_messages=total.night_messages,
        )
