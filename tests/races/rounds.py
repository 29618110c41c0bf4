"""Playing a pair: one after the other for the outcomes that are right, at once for those that happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import models

from impfzentrum.errors import Refusal
from impfzentrum.procedures.inspecting import find_violations
from tests.conftest import World
from tests.races.guards import Guard, make_careless, unlock, unlocked_functions
from tests.races.pairs import Action, Pair
from tests.races.scenes import Picture, Scene, last_record, picture, play_again
from tests.races.schedules import Call, Rewrite, Stop, Two, keep, two_runners

TOGETHER = 3
"""So many meetings as they come, besides those at every statement: the two may then take turns more often."""

Outcomes = tuple[object, object]
Meeting = Callable[[Call, Call], Outcomes]


@dataclass(frozen=True)
class Round:
    """How one meeting ended: `wrong` says what no order of the two could give, or nothing."""

    how: str
    picture: Picture
    wrong: str


class Play:
    """A pair in its scene. First both orders are played; after that every meeting is held against their pictures."""

    def __init__(self, pair: Pair, scene: Scene, two: Two) -> None:
        self.pair, self.scene, self.two = pair, scene, two
        self.statements = {True: 0, False: 0}
        self.right = {self._play_in_order(first_first=True), self._play_in_order(first_first=False)}

    def _play_in_order(self, *, first_first: bool) -> Picture:
        stop = Stop()
        seen = self._play(partial(self.two.one_after_the_other, stop=stop), first_first=first_first)
        assert list(find_violations()) == []
        self.statements[first_first] = stop.seen
        return seen

    def _play(self, meeting: Meeting, *, first_first: bool = True, guard: Guard | None = None) -> Picture:
        """The picture after both were called, and what the calls themselves came to."""
        play_again()
        since = last_record()
        first, second = self._prepare(self.pair.first, guard), self._prepare(self.pair.second, guard)
        outcomes = meeting(first, second) if first_first else meeting(second, first)[::-1]
        self._outcomes, self._since = outcomes, since
        return self._look()

    def _look(self) -> Picture:
        one, other = self._outcomes
        return (f"first: {_tell(one)}", f"second: {_tell(other)}", *picture(self.scene, since=self._since))

    def _prepare(self, action: Action, guard: Guard | None) -> Call:
        call = action.prepare(self.scene)
        if guard is None or guard.careless != action.name:
            return call
        return make_careless(call, self._rows_of_others(action, guard.rows))

    def _rows_of_others(self, action: Action, rows: type[models.Model]) -> models.QuerySet[models.Model]:
        if action.name == "cancel":
            return rows._base_manager.exclude(holder=self.scene.people[action.about])
        return rows._base_manager.all()

    def meet_everywhere(self, guard: Guard | None = None) -> Iterator[Round]:
        """Let each of the two stop before each of its statements for the other; `guard` is off."""
        rewrite: Rewrite = unlock(guard.locks) if guard else keep
        with unlocked_functions(guard.locks if guard else ()):
            for first_first in (True,) if self.pair.alike else (True, False):
                # Before its first statement a call has read nothing: stopping there is one after the other. Of two
                # alike only the first is stopped, so this is how the other order comes about.
                for before in range(1 if self.pair.alike else 2, self.statements[first_first] + 1):
                    meeting = partial(self.two.meet, before=before, rewrite=rewrite)
                    seen = self._play(meeting, first_first=first_first, guard=guard)
                    who = self.pair.first.name if first_first else self.pair.second.name
                    yield self._judge(f"{who} stopped before statement {before}", seen)
            if guard:  # what one function of the database does has no statement to stop before
                meeting = partial(self.two.start_together, rewrite=rewrite)
                yield self._judge("both started together", self._play(meeting, guard=guard))

    def start_together(self) -> Round:
        return self._judge("both started together", self._play(self.two.start_together))

    def _judge(self, how: str, seen: Picture) -> Round:
        faults = [repr(one) for one in self._outcomes if isinstance(one, Exception) and not isinstance(one, Refusal)]
        if not faults and seen in self.right:  # a picture shows all that find_violations looks at, and these were clean
            return Round(how, seen, "")
        faults += find_violations()
        if not faults and self.pair.again:
            self.pair.first.prepare(self.scene)()
            seen = self._look()
            faults += find_violations()
        if not faults and seen not in self.right:
            faults = [_differ(seen, min(self.right, key=lambda one: len(_differ(seen, one))))]
        return Round(how, seen, "; ".join(faults))


def assert_as_if_in_order(pair: Pair, world: World) -> None:
    """Every meeting of the two ends as one of the two orders does, and both orders come about."""
    with two_runners() as two:
        play = Play(pair, pair.scene(world), two)
        rounds = [*play.meet_everywhere(), *(play.start_together() for _ in range(TOGETHER))]
    wrong = [(one.how, one.wrong) for one in rounds if one.wrong]
    assert wrong == [], wrong
    assert {one.picture for one in rounds} == play.right, "both orders were seen"


def _tell(outcome: object) -> str:
    return str(outcome) if isinstance(outcome, int) else type(outcome).__name__


def _differ(seen: Picture, right: Picture) -> str:
    """What is too much and what is missing, also when it is only there once too often."""
    missing = list(right)
    surplus = [line for line in seen if line not in missing or missing.remove(line)]  # type: ignore[func-returns-value]
    return f"too much: {surplus}, missing: {missing}"
