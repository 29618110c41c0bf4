"""Replaying a day: who stood where in the order at each pick, from the record of the draw and the log of changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from impfzentrum.rules.snapshot import Snapshot

WHILE_LOCKED = 5.0
"""Seconds. Who was locked at the moment of a pick has their change logged by the time the lock is given back: so long a
transaction that had locked somebody may take to log it, generously."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A place at a moment.

    `rests_until`: end of the cool-down, `ready_until`: of what they said of today; in seconds since 1970, 0 for none.
    `availability`: parts of the week (rules.availability).
    """

    group: int
    place_class: int
    travel: int
    ticket: int
    ready: bool
    rests_until: float
    availability: int
    ready_until: float


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the log: from now on `entry` stands so for this vaccine, or (None) not at all. `at`: the log's clock."""

    number: int
    at: float
    transaction: int
    entry: int
    vaccine: int
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Pick:
    """A pick as the audit describes it. `asked`: tickets and groups of those who were asked, by entry.

    `at` is the time it decided for, `ended` the database's clock when it was over; both in seconds since 1970.
    """

    at: float
    vaccine: int
    tiers: list[list[int]]
    classes: frozenset[int]
    longest: int
    touched: int
    arrive_from: float
    wanted: int
    asked: dict[int, tuple[int, int]]
    seen: Snapshot
    ended: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """Somebody who stood in front and was not asked; `tier` counts from 0."""

    entry: int
    tier: int
    group: int
    ticket: int


class Replay:
    """The order of one draw, brought forward from pick to pick.

    `changes` come in their numbers' order. A change counts for a pick when the pick saw it, which its snapshot says
    exactly. Whose change the pick did not see, though it was logged before the pick was over or within WHILE_LOCKED
    after it, may have been locked just then and passed by: they are excused for this one pick.
    """

    def __init__(self, places: Iterator[tuple[int, int, Standing]], changes: Iterator[Change]) -> None:
        self._standing: dict[tuple[int, int], Standing] = {}
        self._number: dict[tuple[int, int], int] = {}
        self._lines: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for entry, vaccine, standing in places:
            self._standing[entry, vaccine] = standing
            self._lines[vaccine, standing.group].append((standing.ticket, entry))
        for line in self._lines.values():
            line.sort()
        self._changes = changes
        self._next = next(changes, None)
        self._waiting: list[Change] = []

    def find_skipped(self, pick: Pick, *, asked_before: set[int]) -> Iterator[Skipped]:
        """Everybody who stood ready in front of the last one asked, and was not asked though they could have been.

        When fewer were asked than wanted, everybody who stood ready anywhere was in front. Picks come in their order.
        """
        excused = self._bring_forward(pick)
        last = self._find_last(pick)
        for tier, groups in enumerate(pick.tiers):
            if last is not None and tier > last[0]:
                return
            end = last[1:] if last is not None and tier == last[0] else None
            for group in groups:
                for ticket, entry in self._in_front(pick.vaccine, group, end):
                    if entry in pick.asked or entry in asked_before or entry in excused:
                        continue
                    if self._could_be_asked(pick, entry, group, ticket):
                        yield Skipped(entry, tier, group, ticket)

    def _bring_forward(self, pick: Pick) -> set[int]:
        """Apply what the pick saw; return whose change it did not see."""
        # What a pick saw was logged before it ended, so nothing that it saw comes after the first that is too late.
        while self._next is not None and self._next.at <= pick.ended + WHILE_LOCKED:
            self._waiting.append(self._next)
            self._next = next(self._changes, None)
        unseen = []
        for change in self._waiting:
            if pick.seen.sees(change.transaction):
                self._apply(change)
            else:
                unseen.append(change)
        self._waiting = unseen
        return {change.entry for change in unseen}

    def _apply(self, change: Change) -> None:
        place = change.entry, change.vaccine
        # What was logged first may be seen last; the lock of the row made the numbers' order.
        if self._number.get(place, -1) > change.number:
            return
        self._number[place] = change.number
        before = self._standing.pop(place, None)
        now = change.standing
        if now is None:
            return
        self._standing[place] = now
        if before is None or (before.group, before.ticket) != (now.group, now.ticket):
            line, position = self._lines[change.vaccine, now.group], (now.ticket, change.entry)
            index = bisect_left(line, position)
            if line[index : index + 1] != [position]:
                insort(line, position)

    def _find_last(self, pick: Pick) -> tuple[int, int, int] | None:
        """Tier, ticket and entry of the last one asked; None when the pick went through to the end of the order."""
        if len(pick.asked) < pick.wanted:
            return None
        tier_of = {group: tier for tier, groups in enumerate(pick.tiers) for group in groups}
        last_tier = len(pick.tiers)
        return max((tier_of.get(group, last_tier), ticket, entry) for entry, (ticket, group) in pick.asked.items())

    def _in_front(self, vaccine: int, group: int, end: tuple[int, ...] | None) -> Iterator[tuple[int, int]]:
        for position in self._lines.get((vaccine, group), []):
            if end is not None and position >= end:
                return
            yield position

    def _could_be_asked(self, pick: Pick, entry: int, group: int, ticket: int) -> bool:
        standing = self._standing.get((entry, pick.vaccine))
        return (
            standing is not None
            and standing.ready
            and (standing.group, standing.ticket) == (group, ticket)  # else the position is an old one
            and standing.place_class in pick.classes
            and standing.travel <= pick.longest
            and standing.rests_until <= pick.at
            and (standing.availability & pick.touched != 0 or standing.ready_until > pick.arrive_from)
        )
