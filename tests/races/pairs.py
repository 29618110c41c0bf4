"""What may happen at the same moment, and for each pair a scene in which the two are in each other's way.

Every pair of the nine and, at the end of the table, what else decides about a dose while people answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import uuid4

from impfzentrum.models import AttendanceStep, StandbyEntry
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.attending import AttendanceOrder, note_attendance
from impfzentrum.procedures.changing import add_doses, stamp_doses, take_back_doses
from impfzentrum.procedures.expiring import end_releases, expire_offers
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.procedures.staying import leave_list, pause_entry
from impfzentrum.procedures.undoing_attendance import undo_step
from impfzentrum.states import AttendanceState
from tests.conftest import World
from tests.races.guards import Guard, locks, own_rows
from tests.races.scenes import END, Build, Scene, remember, scene
from tests.races.schedules import Call

NINE = ("match", "accept", "decline", "expire", "cancel", "withdraw", "add doses", "pause", "leave")


@dataclass(frozen=True)
class Action:
    """Something that happens to a person or a release of the scene. `prepare` reads what a page has read before."""

    name: str
    prepare: Callable[[Scene], Call]
    about: str = ""


def match(release: int = 0) -> Action:
    return Action("match", lambda scene: partial(match_release, scene.releases[release].pk, now=END))


def accept(who: str) -> Action:
    return Action("accept", lambda scene: partial(accept_offer, scene.offer(who), now=END), who)


def decline(who: str) -> Action:
    return Action("decline", lambda scene: partial(decline_offer, scene.offer(who), now=END), who)


def expire() -> Action:
    return Action("expire", lambda scene: partial(expire_offers, now=END + timedelta(seconds=1)))


def cancel(who: str) -> Action:
    return Action("cancel", lambda scene: partial(cancel_dose, scene.offer(who), now=END), who)


def withdraw() -> Action:
    """Staff stop the release: what nobody has accepted is withdrawn."""
    return Action("withdraw", lambda scene: partial(stop_release, scene.releases[0], by=scene.world.staff, now=END))


def end() -> Action:
    """The clock ends the release: what nobody has accepted has lapsed."""
    return Action("end", lambda scene: partial(end_releases, now=scene.releases[0].use_by))


def take_back() -> Action:
    def prepare(scene: Scene) -> Call:
        [release, *_] = scene.releases
        return partial(take_back_doses, release, 1, stand=stamp_doses(release), by=scene.world.staff, now=END)

    return Action("take back", prepare)


def add() -> Action:
    def prepare(scene: Scene) -> Call:
        [release, *_] = scene.releases
        return partial(add_doses, release, 2, stand=stamp_doses(release), by=scene.world.staff, now=END)

    return Action("add doses", prepare)


def pause(who: str) -> Action:
    return Action("pause", lambda scene: partial(pause_entry, scene.person(who), until=None, now=END), who)


def leave(who: str) -> Action:
    return Action("leave", lambda scene: partial(leave_list, scene.person(who), now=END), who)


def at_the_door(name: str, state: AttendanceState, who: str) -> Action:
    """A colleague notes this of a person."""

    def prepare(scene: Scene) -> Call:
        order = AttendanceOrder(scene.offer(who), state, uuid4(), proof_checked=True, batch="EX3599", surely=True)
        return partial(note_attendance, order, by=scene.world.staff, now=END)

    return Action(name, prepare, who)


def arrive(who: str) -> Action:
    return at_the_door("arrive", AttendanceState.ARRIVED, who)


def miss(who: str) -> Action:
    return at_the_door("miss", AttendanceState.MISSED, who)


def undo() -> Action:
    """A colleague takes back the only step there is."""

    def prepare(scene: Scene) -> Call:
        step = AttendanceStep.objects.select_related("attendance__offer").get()
        return partial(undo_step, step, by=scene.world.staff, now=END)

    return Action("undo", prepare)


def missed(**others: int) -> Build:
    """Somebody was noted as not come, so their dose is free again; besides `others`."""

    def build(world: World) -> Scene:
        built = scene(promised=1, **others)(world)
        miss("promised").prepare(built)()
        remember()
        return built

    return build


@dataclass(frozen=True)
class Pair:
    """Two actions that want `wanted` at once, and the `guard` that keeps them apart.

    `again`: the first action may pass by what the second has locked at this moment. That is no outcome of one after the
    other, but what is left over is done when it is called again, and the second wakes it.
    """

    first: Action
    second: Action
    scene: Build
    wanted: str
    guard: Guard
    again: bool = False

    @property
    def name(self) -> str:
        return f"{self.first.name} × {self.second.name}"

    @property
    def id(self) -> str:
        """The name of its test: `accept-withdraw-held dose`."""
        return f"{self.first.name}-{self.second.name}-{self.wanted}"

    @property
    def alike(self) -> bool:
        """The same action twice: who of the two stops makes no difference."""
        return self.first.name == self.second.name

    @property
    def told(self) -> str:
        """The row of docs/locking.md."""
        return f"| {self.name} | {self.wanted} | {self.guard.tells} | {self.guard.control} |"


RELEASE, DOSE, PERSON = locks("release"), locks("dose"), locks("person")
RELEASE_OR_DOSE, DOSE_OR_PERSON, ANY = (
    locks("release", "dose"),
    locks("dose", "person"),
    locks("release", "dose", "person"),
)

ADDING = own_rows("add doses", "nothing in common: adding only inserts")
CANCELLING = own_rows("cancel", "nothing in common: one needs a live offer, the other an accepted one")
MISSING = own_rows("miss", "nothing in common: an answer takes only what is free when it looks")
PAUSING = own_rows("pause", "only cancel writes: whoever has promised cannot pause", StandbyEntry)

PAIRS = [
    Pair(match(), match(), scene(free=1, waiting=2), "the free dose", RELEASE_OR_DOSE),
    Pair(match(), match(1), scene(free=1, other=1, waiting=1), "the person, for two releases", PERSON),
    Pair(match(), accept("racing"), scene(free=1, racing=1, waiting=1), "the free dose", DOSE, again=True),
    Pair(match(), decline("racing"), scene(promised=1, racing=1), "the offer of a race that is over", PERSON),
    Pair(match(), expire(), scene(promised=1, racing=1), "the offer of a race that is over", PERSON),
    Pair(match(), cancel("promised"), scene(promised=1, racing=1), "whether the release is filled", RELEASE),
    Pair(match(), withdraw(), scene(free=1, waiting=1), "the free dose", RELEASE_OR_DOSE),
    Pair(match(), add(), scene(promised=1, waiting=1), "whether the release is filled", RELEASE),
    Pair(match(), pause("waiting"), scene(free=1, waiting=1), "the person", PERSON),
    Pair(match(), leave("waiting"), scene(free=1, waiting=1), "the person", PERSON),
    Pair(accept("racing"), accept("racing 2"), scene(free=1, racing=2), "the last dose", DOSE),
    Pair(accept("held"), accept("held"), scene(held=1), "the offer, by two taps", DOSE_OR_PERSON),
    Pair(accept("held"), decline("held"), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(accept("held"), expire(), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(accept("held"), cancel("held"), scene(held=1), "the offer", DOSE),
    Pair(accept("held"), withdraw(), scene(held=1), "the held dose", DOSE_OR_PERSON),
    Pair(accept("racing"), withdraw(), scene(free=1, racing=1), "the free dose of a race", DOSE_OR_PERSON),
    Pair(accept("racing"), add(), scene(free=1, racing=1), "the doses of a release", ADDING),
    Pair(accept("held"), pause("held"), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(accept("held"), leave("held"), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(decline("held"), decline("held"), scene(held=1), "the offer, by two taps", DOSE_OR_PERSON),
    Pair(decline("held"), expire(), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(decline("held"), cancel("promised"), scene(held=1, promised=1), "the doses of a release", CANCELLING),
    Pair(decline("held"), withdraw(), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(decline("held"), add(), scene(held=1), "the doses of a release", ADDING),
    Pair(decline("held"), pause("held"), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(decline("held"), leave("held"), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(expire(), expire(), scene(held=2), "the offers, for two sweeps", DOSE_OR_PERSON),
    Pair(expire(), cancel("promised"), scene(held=1, promised=1), "the doses of a release", CANCELLING),
    Pair(expire(), withdraw(), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(expire(), add(), scene(held=1), "the doses of a release", ADDING),
    Pair(expire(), pause("held"), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(expire(), leave("held"), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(cancel("promised"), cancel("promised"), scene(promised=1), "the promise, by two taps", ANY),
    Pair(cancel("promised"), withdraw(), scene(promised=1), "whether the dose is free again", RELEASE),
    Pair(cancel("promised"), add(), scene(promised=1), "the doses of a release", ADDING),
    Pair(cancel("promised"), pause("promised"), scene(promised=1), "the person", PAUSING),
    Pair(cancel("promised"), leave("promised"), scene(promised=1), "the promise", ANY),
    Pair(withdraw(), withdraw(), scene(free=1, held=1), "the release", RELEASE),
    Pair(withdraw(), add(), scene(free=1), "the release", RELEASE),
    Pair(withdraw(), pause("held"), scene(held=1), "the offer", DOSE_OR_PERSON),
    Pair(withdraw(), leave("promised"), scene(promised=1), "whether the dose is free again", RELEASE),
    Pair(add(), add(), scene(free=1), "the numbers of the doses", RELEASE),
    Pair(add(), pause("held"), scene(held=1), "the doses of a release", ADDING),
    Pair(add(), leave("held"), scene(held=1), "the doses of a release", ADDING),
    Pair(pause("held"), pause("held"), scene(held=1), "the offer, by two taps", DOSE_OR_PERSON),
    Pair(pause("held"), leave("held"), scene(held=1), "the offer and the person", DOSE_OR_PERSON),
    Pair(leave("held"), leave("held"), scene(held=1), "the offer and the person, by two taps", DOSE_OR_PERSON),
    Pair(end(), accept("held"), scene(held=1), "the held dose", DOSE_OR_PERSON),
    Pair(end(), accept("racing"), scene(free=1, racing=1), "the free dose of a race", DOSE_OR_PERSON),
    Pair(end(), match(), scene(free=1, waiting=1), "the free dose", RELEASE_OR_DOSE),
    Pair(take_back(), accept("held 2"), scene(held=2), "the held dose", DOSE),
    Pair(take_back(), accept("racing"), scene(free=1, racing=1), "the free dose of a race", DOSE),
    Pair(take_back(), match(), scene(free=2, waiting=2), "the free doses", RELEASE),
    Pair(arrive("promised"), miss("promised"), scene(promised=1), "the appointment", ANY),
    Pair(arrive("promised"), cancel("promised"), scene(promised=1), "the appointment", ANY),
    Pair(miss("promised"), miss("promised"), scene(promised=1), "the appointment, for two colleagues", ANY),
    Pair(miss("promised"), accept("racing"), scene(promised=1, racing=1), "the dose of who did not come", MISSING),
    Pair(undo(), match(), missed(waiting=1), "the dose that is free again", RELEASE_OR_DOSE),
    Pair(undo(), accept("racing"), missed(racing=1), "the dose that is free again", DOSE),
    Pair(undo(), undo(), missed(), "the step, for two colleagues", ANY),
]

WITH_ANSWERS = [pair for pair in PAIRS if pair.first.name in ("match", "accept", "decline")]
