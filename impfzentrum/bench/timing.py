"""Our code and its floor, timed by turns in one run, so that whatever else the machine does hits both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from math import inf
from statistics import median

Work = Callable[[], int]
"""Does the work that is timed and returns how much of it was done."""


class WorkNotDone(Exception):
    """A run did something else than it was asked for: its time says nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line.

    `size` is how many rows lie there, `n` how many were worked on in `seconds` (median). `ratio` is our speed as a
    share of the floor's: 1 is as fast as the floor. `per_second` is ours. `goal` is what was set for it, if anything,
    and `met` says whether this run reached it.
    """

    name: str
    case: str
    size: int
    n: int
    seconds: float
    floor_seconds: float
    ratio: float
    per_second: float
    goal: str = ""
    met: bool | None = None

    def as_json(self) -> dict[str, str | int | float | None]:
        return asdict(self)

    def against(self, goal: Goal) -> Figure:
        """The same figure, judged."""
        kept = (
            self.ratio >= goal.least_ratio
            and self.per_second >= goal.least_per_second
            and self.seconds <= goal.most_seconds
        )
        return replace(self, goal=str(goal), met=kept)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is to reach: a share of the floor's speed, so much a second, so many seconds at most."""

    least_ratio: float = 0
    least_per_second: float = 0
    most_seconds: float = inf

    def __str__(self) -> str:
        parts = [f"ratio >= {self.least_ratio:.2f}"] if self.least_ratio else []
        parts += [f">= {self.least_per_second:,.0f}/s"] if self.least_per_second else []
        parts += [f"<= {self.most_seconds:g} s"] if self.most_seconds < inf else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Contest:
    """What is measured: `ours` against `floor`. `prepare` brings back the state both start from and is not timed."""

    name: str
    case: str
    size: int
    n: int
    ours: Work
    floor: Work
    prepare: Callable[[], object] = lambda: None


def hold_contest(contest: Contest, *, repeat: int) -> Figure:
    """The medians of `repeat` runs of each side, after one of each that only warms up.

    Who begins alternates. Raises WorkNotDone when a run did not do `contest.n` pieces of work.
    """
    ours: list[float] = []
    floor: list[float] = []
    for turn in range(repeat + 1):
        sides = [(contest.ours, ours), (contest.floor, floor)]
        for work, seconds in sides if turn % 2 else reversed(sides):
            seconds.append(_time(work, contest))
    return _make_figure(contest, median(ours[1:]), median(floor[1:]))


def _time(work: Work, contest: Contest) -> float:
    contest.prepare()
    begun = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - begun
    if done != contest.n:
        raise WorkNotDone(f"{contest.name}, {contest.case}: {done} done instead of {contest.n}")
    return seconds


def _make_figure(contest: Contest, ours: float, floor: float) -> Figure:
    return Figure(
        name=contest.name,
        case=contest.case,
        size=contest.size,
        n=contest.n,
        seconds=round(ours, 6),
        floor_seconds=round(floor, 6),
        ratio=round(floor / ours, 3),
        per_second=round(contest.n / ours, 1),
    )
