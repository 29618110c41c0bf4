"""Our code and its floor, timed by turns in one run, so that whatever else the machine does hits both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

Work = Callable[[], int]
"""Does the work that is timed and returns how much of it was done."""


class WorkNotDone(Exception):
    """A run did something else than it was asked for: its time says nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line.

    `size` is how many rows lie there, `n` how many were worked on in `seconds` (median). `ratio` is our speed as a
    share of the floor's: 1 is as fast as the floor. `per_second` is ours.
    """

    name: str
    case: str
    size: int
    n: int
    seconds: float
    floor_seconds: float
    ratio: float
    per_second: float

    def as_json(self) -> dict[str, str | int | float]:
        return asdict(self)


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
