"""One release as it happens: who is asked, who answers when, who gets a dose. Knows no policy.

Time is float minutes since the release. Every policy is counted by the same strict rules:

- late is everybody who says yes while the offer is open by its printed end and gets nothing; withdrawing an offer does
  not make its yes uncounted;
- a group violation is a person picked while somebody of a better group could have been asked in their place;
- a night message is one handed over between QUIET_FROM and QUIET_UNTIL.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

import numpy as np

from impfzentrum.rules.deadline import longest_travel
from impfzentrum.simulation.population import TRAVEL_MINUTES, Floats, Integers, People
from impfzentrum.simulation.scenario import Scenario

QUIET_FROM, QUIET_UNTIL = 21 * 60, 7 * 60
DAY = 24 * 60
NOON = datetime(2021, 5, 8, 12, tzinfo=UTC)
LEAST_TO_ANSWER = -longest_travel(now=NOON, arrive_until=NOON)
"""Minutes that somebody without any travel must have left to be asked at all."""


class Happening(IntEnum):
    """What may happen; at the same moment an answer comes before the end of a hold."""

    YES = 0
    HOLD_ENDS = 1


@dataclass(slots=True)
class Outcome:
    """What one release came to."""

    filled: int = 0
    given: int = 0
    late: int = 0
    messages: int = 0
    asked: int = 0
    overbooked: int = 0
    group_violations: int = 0
    night_messages: int = 0
    minutes: list[float] = field(default_factory=list)


@dataclass(slots=True)
class OpenBatch:
    """People asked in the same minute with the same end of their offers."""

    asked_at: float
    ends: float
    held: bool
    unanswered: int


class Desk:
    """Everything a policy may see of a release, and the only way to ask people."""

    def __init__(self, scenario: Scenario, people: People, order: Integers) -> None:
        self.scenario = scenario
        self.people = people
        self.now = 0.0
        self.doses = scenario.doses
        self.free = scenario.doses
        self.held = 0
        self.accepted: list[tuple[float, float]] = []
        self.late = 0
        self.batches: list[OpenBatch] = []
        self.outcome = Outcome()
        self.use_by = scenario.minutes + min(TRAVEL_MINUTES)
        self._order = order
        self._place = 0
        self._asked = np.zeros(len(people), dtype=np.bool_)
        self._coming: list[tuple[float, Happening, int, int]] = []

    @property
    def remaining(self) -> int:
        """Doses nobody has accepted yet, held or free."""
        return self.doses - len(self.accepted)

    @property
    def minutes_left(self) -> float:
        return self.scenario.minutes - self.now

    def advance(self, until: float) -> None:
        """Let everything happen up to and including `until`."""
        while self._coming and self._coming[0][0] <= until:
            moment, what, person, place = heapq.heappop(self._coming)
            batch = self.batches[place]
            if what is Happening.YES:
                batch.unanswered -= 1
                self._answer(moment, person, batch)
            else:
                self.held -= batch.unanswered
                self.free += batch.unanswered
        self.now = until

    def ask(
        self,
        count: int,
        *,
        life: float = math.inf,
        ends_for: Mapping[int, float] | None = None,
        hold: bool = False,
        extra_messages: int = 0,
    ) -> None:
        """Ask the next `count` people of the order.

        Their offers live `life` minutes, or until the minute given for their travel, at most until they could not
        arrive any more.
        `extra_messages`: so many of them get an SMS besides their e-mail.
        """
        picked = self._pick(count)
        if not len(picked):
            return
        self._count_violations(picked)
        self._asked[picked] = True
        self._count_messages(picked, extra_messages)
        travel = self.people.travel[picked]
        for minutes in np.unique(travel):
            end = min(self.now + life if ends_for is None else ends_for[int(minutes)], self.use_by - float(minutes))
            self._open_batch(picked[travel == minutes], end, hold)
        if hold:
            self.free -= len(picked)
            self.held += len(picked)

    def is_night(self) -> bool:
        clock = (self.scenario.starts_at + self.now) % DAY
        return clock >= QUIET_FROM or clock < QUIET_UNTIL

    def close(self) -> Outcome:
        """The end: everybody who still says yes in time comes too late or gets what is left."""
        self.advance(float(self.use_by))
        outcome = self.outcome
        outcome.filled = len(self.accepted)
        outcome.overbooked = max(0, outcome.filled - self.doses)
        outcome.late = self.late
        outcome.minutes = [moment for moment, _ in self.accepted]
        return outcome

    def _count_messages(self, picked: Integers, extra: int) -> None:
        messages = len(picked) + min(extra, int((~self.people.email_only[picked]).sum()))
        self.outcome.asked += len(picked)
        self.outcome.messages += messages
        self.outcome.night_messages += messages if self.is_night() else 0

    def _answer(self, moment: float, person: int, batch: OpenBatch) -> None:
        if batch.held:
            self.held -= 1
        elif self.free > 0:
            self.free -= 1
        else:
            self.late += 1
            return
        self.accepted.append((moment, batch.asked_at))
        self.outcome.given += bool(self.people.shows_up[person])

    def _open_batch(self, members: Integers, end: float, hold: bool) -> None:
        place = len(self.batches)
        self.batches.append(OpenBatch(self.now, end, hold, len(members)))
        answers: Floats = self.now + self.people.delay[members]
        coming = self.people.says_yes[members] & (answers <= end)
        for person, moment in zip(members[coming].tolist(), answers[coming].tolist(), strict=True):
            heapq.heappush(self._coming, (moment, Happening.YES, person, place))
        if hold:
            heapq.heappush(self._coming, (end, Happening.HOLD_ENDS, -1, place))

    def _can_be_asked(self, candidates: Integers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return (self.use_by - self.people.travel[candidates] - self.now >= LEAST_TO_ANSWER) & ~self._asked[candidates]

    def _pick(self, count: int) -> Integers:
        """The next people down the order who can still arrive. Who cannot now never can: the walk never goes back."""
        found: list[Integers] = []
        missing = count
        while missing > 0 and self._place < len(self._order):
            step = self._order[self._place : self._place + max(64, 2 * missing)]
            hits = np.flatnonzero(self._can_be_asked(step))[:missing]
            found.append(step[hits])
            missing -= len(hits)
            self._place += len(step) if missing else int(hits[-1]) + 1
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

    def _count_violations(self, picked: Integers) -> None:
        groups = self.people.group[picked]
        if groups.max() == 1:
            return
        everybody = np.arange(len(self.people))
        waiting = self._can_be_asked(everybody)
        waiting[picked] = False
        if waiting.any():
            self.outcome.group_violations += int((groups > self.people.group[waiting].min()).sum())
