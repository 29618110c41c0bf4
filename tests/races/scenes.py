"""Small scenes in which two actions want the same row, and a picture of how a scene ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Max

from impfzentrum.models import AuditEvent, Dose, Message, Offer, PlaceChange, Release, StandbyEntry
from impfzentrum.states import DoseState, EntryState, OfferState
from tests.conftest import World
from tests.factories import NOON, ticket_of

END = NOON + timedelta(minutes=15)
"""Until when the open offers of a scene may be answered."""

Picture = tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """Releases, and people by the part they play: `promised`, `held`, `racing`, `waiting`, the second one `held 2`."""

    world: World
    releases: list[Release]
    people: dict[str, StandbyEntry] = field(default_factory=dict)

    def offer(self, who: str) -> Offer:
        """The offer as a page has read it, before anything happens."""
        return Offer.objects.select_related("entry__centre", "release__centre__county").get(entry=self.people[who])

    def person(self, who: str) -> StandbyEntry:
        return StandbyEntry.objects.select_related("centre").get(pk=self.people[who].pk)


Build = Callable[[World], Scene]


def scene(
    *, promised: int = 0, held: int = 0, racing: int = 0, waiting: int = 0, free: int = 0, other: int = 0
) -> Build:
    """So many people of each part in one release with `free` doses more; `other` doses are free in a second release."""

    def build(world: World) -> Scene:
        releases = [world.release(doses=max(promised + held + free, 1))]
        releases += [world.release(doses=other)] if other else []
        doses = list(releases[0].doses.order_by("number"))
        if promised + held + free == 0:  # the one dose that a release has at least is somebody else's already
            doses.pop().move_for_sure(DoseState.FREE, DoseState.WITHDRAWN, now=NOON)
        built = Scene(world, releases)
        for who in _parts(promised=promised):
            _ask(built, who, EntryState.APPOINTED, OfferState.ACCEPTED, doses.pop(0), DoseState.CONFIRMED)
        for who in _parts(held=held):
            _ask(built, who, EntryState.OFFERED, OfferState.OPEN, doses.pop(0), DoseState.HELD)
        for who in _parts(racing=racing):
            _ask(built, who, EntryState.OFFERED, OfferState.OPEN)
        for group, who in enumerate(_parts(waiting=waiting), start=1):
            built.people[who] = world.entry(priority_group=group)
        remember()
        return built

    return build


def _parts(**count: int) -> list[str]:
    [(part, people)] = count.items()
    return [part if number == 1 else f"{part} {number}" for number in range(1, people + 1)]


def _ask(
    scene: Scene,
    who: str,
    state: EntryState,
    offer: OfferState,
    dose: Dose | None = None,
    dose_state: DoseState = DoseState.FREE,
) -> None:
    person = scene.people[who] = scene.world.entry(state=state)
    if dose is not None:
        dose.move_for_sure(DoseState.FREE, dose_state, now=NOON, holder=person)
    Offer.objects.create(
        release=scene.releases[0],
        dose=dose,
        entry=person,
        state=offer,
        state_since=NOON,
        created_at=NOON,
        handed_over_at=NOON,
        answer_by=END,
        answered_at=NOON if offer == OfferState.ACCEPTED else None,
        priority_group=person.priority_group,
        ticket=ticket_of(person),
        travel_minutes=person.travel_minutes,
    )


def _tables_of_a_scene() -> list[str]:
    """People, releases and whatever points to them."""
    found: list[type[models.Model]] = [StandbyEntry, Release]
    for target in found:
        for model in apps.get_app_config("impfzentrum").get_models(include_auto_created=True):
            points = any(one.related_model is target for one in model._meta.concrete_fields)
            if points and model not in found:
                found.append(model)
    # The log of places only grows, whatever is played again.
    return [model._meta.db_table for model in found if model is not PlaceChange]


def remember() -> None:
    """Keep every row of the scene, so that it can be played again at the price of a few statements."""
    with connection.cursor() as cursor:
        for table in _tables_of_a_scene():
            cursor.execute(
                f"DROP TABLE IF EXISTS pg_temp.kept_{table}; CREATE TEMP TABLE kept_{table} AS TABLE {table}"
            )


def play_again() -> None:
    """Put the rows back as they were remembered, with the same keys."""
    tables = _tables_of_a_scene()
    delete = [f"DELETE FROM {table}" for table in tables]  # noqa: S608 - names of our own tables
    insert = [f"INSERT INTO {table} TABLE pg_temp.kept_{table}" for table in tables]
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are checked at the commit, so in any order
        cursor.execute("; ".join(delete + insert))


def last_record() -> int:
    """The audit is append-only and so goes on from scene to scene; a picture shows what came after this."""
    return AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0


def picture(scene: Scene, *, since: int) -> Picture:
    """How everything stands, in words without keys: equal pictures are equal outcomes, also to `find_violations`."""
    names = {person.pk: who for who, person in scene.people.items()}
    releases = {release.pk: f"release {number}" for number, release in enumerate(scene.releases, start=1)}
    lines = [
        f"{releases[one.pk]}: {one.state}, nobody left: {one.nobody_left_since is not None}"
        for one in Release.objects.order_by("pk")
    ]
    for dose in Dose.objects.order_by("release", "number"):
        lines.append(
            f"dose {dose.number} of {releases[dose.release_id]}: {dose.state} {names.get(dose.holder_id or 0)}"
        )
    for person in StandbyEntry.objects.order_by("pk"):
        late, resting = person.late_since is not None, person.cool_down_until is not None
        also = f"silent {person.unanswered}, late {late}, resting {resting}, named {bool(person.given_name)}"
        lines.append(f"{names[person.pk]}: {person.state}, {also}")
    for offer in Offer.objects.select_related("dose"):
        about = f"{releases[offer.release_id]} to {names[offer.entry_id]}, dose {offer.dose and offer.dose.number}"
        lines.append(f"offer of {about}: {offer.state}, answered: {offer.answered_at is not None}")
    sent = Message.objects.exclude(entry=None)
    lines += [f"message to {names[one.entry_id or 0]}: {one.template} {one.state}" for one in sent]
    lines += [f"recorded: {one.action}" for one in AuditEvent.objects.filter(pk__gt=since)]
    return tuple(sorted(lines))
